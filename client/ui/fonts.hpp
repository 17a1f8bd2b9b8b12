// The typefaces at the sizes they are used: found beside the program or on the system, measured with
// FreeType, built into one atlas that grows when somebody writes a character it does not have yet.
#pragma once

#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "client/ui/painter.hpp"

struct ImFont;

namespace waymark::ui {

struct Face {
  ImFont* font = nullptr;
  float css = 16;    // size in CSS pixels
  float line = 24;   // from line to line
  float cap = 0.7F;  // height of capitals in parts of the size
};

enum class Typeface { reading, plain, dyslexic };
Typeface typeface_named(std::string_view name);

class Fonts {
 public:
  static constexpr std::size_t extra_max = 4000;  // characters beyond the Latin ones

  // Needs ImGui's context. Builds the atlas anew when something differs; says whether it did.
  bool prepare(Typeface typeface, float scale);
  const Face& face(Type type) const { return faces_[static_cast<std::size_t>(type)]; }
  // A sample of a typeface in its own letters, for the settings.
  const Face& sample(Typeface typeface) const { return samples_[static_cast<std::size_t>(typeface)]; }
  // Characters that words ask for; those the atlas lacks come with the next prepare().
  void want(std::string_view words) const;
  float scale() const { return scale_; }
  // How wide one line is, in CSS pixels.
  float width(const Face& face, std::string_view words) const;
  // Files that were looked for and not found.
  const std::vector<std::string>& missing() const { return missing_; }

 private:
  std::array<Face, 10> faces_{};
  std::array<Face, 3> samples_{};
  float scale_ = 0;
  Typeface typeface_ = Typeface::reading;
  mutable std::set<char32_t> extra_;  // beyond the Latin ranges, seen in words
  mutable bool grown_ = false;
  std::vector<std::string> missing_;
};

// Where a font's file is: beside the program, else on the system; empty: nowhere.
std::string find_font(std::string_view file);

}  // namespace waymark::ui
