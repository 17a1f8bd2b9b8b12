#include "client/ui/fonts.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include <ft2build.h>
#include <imgui.h>
#include <imgui_freetype.h>
#include FT_FREETYPE_H

#include "client/ui/utf8.hpp"

namespace waymark::ui {
namespace {

struct Metrics {
  float height = 1.3F;  // ascender to descender in parts of the em: what ImGui calls the size
  float cap = 0.7F;
  bool good = false;
};

// One FreeType for asking faces about themselves; ImGui has its own.
class Library {
 public:
  Library() { FT_Init_FreeType(&library_); }
  ~Library() { FT_Done_FreeType(library_); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  FT_Library get() const { return library_; }

 private:
  FT_Library library_ = nullptr;
};

Metrics metrics_of(const std::string& file) {
  static Library library;
  static std::map<std::string, Metrics> known;
  if (const auto found = known.find(file); found != known.end()) return found->second;
  Metrics metrics;
  FT_Face face = nullptr;
  if (!file.empty() && FT_New_Face(library.get(), file.c_str(), 0, &face) == 0) {
    const auto em = static_cast<float>(face->units_per_EM);
    metrics.height = static_cast<float>(face->ascender - face->descender) / em;
    if (FT_Load_Char(face, 'H', FT_LOAD_NO_SCALE) == 0)
      metrics.cap = static_cast<float>(face->glyph->metrics.horiBearingY) / em;
    metrics.good = true;
    FT_Done_Face(face);
  }
  known[file] = metrics;
  return metrics;
}

bool has_glyph(const std::string& file, char32_t character) {
  static Library library;
  static std::map<std::string, FT_Face> faces;
  auto& face = faces[file];
  if (!face && FT_New_Face(library.get(), file.c_str(), 0, &face) != 0) return false;
  return FT_Get_Char_Index(face, character) != 0;
}

// In every atlas: what most of Europe writes, punctuation, arrows, and what stands for an unknown character.
// The rest comes when somebody writes it: a small atlas is a quick start.
constexpr ImWchar latin[] = {0x20,   0x7E,   0xA0,   0x17F,  0x2010, 0x2027, 0x2030,
                             0x203A, 0x20AC, 0x20AC, 0x2122, 0x2122, 0x2190, 0x2193,
                             0x2212, 0x2212, 0x2713, 0x2713, 0xFFFD, 0xFFFD, 0};

bool in_latin(char32_t c) {
  for (std::size_t i = 0; latin[i]; i += 2)
    if (c >= latin[i] && c <= latin[i + 1]) return true;
  return false;
}

// For characters that the chosen face does not draw.
constexpr std::string_view fallback_files[] = {
    "truetype/andika/Andika-Regular.ttf",       "truetype/noto/NotoSans-Regular.ttf",
    "truetype/dejavu/DejaVuSans.ttf",           "truetype/noto/NotoSansArabic-Regular.ttf",
    "truetype/noto/NotoSansHebrew-Regular.ttf", "opentype/noto/NotoSansCJK-Regular.ttc"};

}  // namespace

Typeface typeface_named(std::string_view name) {
  return name == "plain" ? Typeface::plain : name == "dyslexic" ? Typeface::dyslexic : Typeface::reading;
}

std::string find_font(std::string_view file) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path relative(file);
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    const fs::path beside = self.parent_path().parent_path() / "share/waymark/fonts" / relative.filename();
    if (fs::exists(beside, error)) return beside.string();
  }
  for (const char* root : {"/usr/share/fonts", "/usr/local/share/fonts"}) {
    const fs::path path = fs::path(root) / relative;
    if (fs::exists(path, error)) return path.string();
  }
  return {};
}

void Fonts::want(std::string_view words) const {
  bool plain = true;
  for (const char c : words) plain = plain && static_cast<unsigned char>(c) < 0x80;
  if (plain) return;
  for (const char32_t c : to_utf32(words)) {
    if (c > 0xFFFF || c < 0x20 || in_latin(c) || extra_.size() >= extra_max) continue;
    if (extra_.insert(c).second) grown_ = true;
  }
}

bool Fonts::prepare(Typeface typeface, float scale) {
  if (typeface == typeface_ && std::abs(scale - scale_) < 0.001F && !grown_) return false;
  typeface_ = typeface;
  scale_ = scale;
  grown_ = false;
  missing_.clear();

  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  atlas.FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
  atlas.FontBuilderFlags = ImGuiFreeTypeBuilderFlags_LightHinting;
  atlas.TexDesiredWidth = scale > 1.6F ? 4096 : 2048;

  std::vector<ImWchar> more;
  for (const char32_t c : extra_) {
    const auto one = static_cast<ImWchar>(c);
    if (!more.empty() && more.back() + 1 == one)
      more.back() = one;
    else
      more.insert(more.end(), {one, one});
  }
  more.push_back(0);

  const auto add = [&](std::string_view file, float css, float line) {
    Face face;
    face.css = css;
    face.line = line;
    std::string path = find_font(file);
    if (path.empty()) {
      missing_.emplace_back(file);
      path = find_font("truetype/andika/Andika-Regular.ttf");
      if (path.empty()) path = find_font("truetype/dejavu/DejaVuSans.ttf");
    }
    ImFontConfig config;
    config.OversampleH = 1;
    config.PixelSnapH = false;
    if (path.empty()) {
      config.SizePixels = std::round(css * scale);
      face.font = atlas.AddFontDefault(&config);
      return face;
    }
    const Metrics metrics = metrics_of(path);
    const float size = std::round(css * scale * metrics.height);
    face.cap = metrics.cap;
    face.font = atlas.AddFontFromFileTTF(path.c_str(), size, &config, latin);
    if (more.size() > 1) {
      // Each unknown character from the first face that draws it.
      std::map<std::string, std::vector<ImWchar>> from;
      for (const char32_t c : extra_) {
        if (has_glyph(path, c)) {
          from[path].push_back(static_cast<ImWchar>(c));
          continue;
        }
        for (const auto fallback : fallback_files) {
          const std::string other = find_font(fallback);
          if (other.empty() || !has_glyph(other, c)) continue;
          from[other].push_back(static_cast<ImWchar>(c));
          break;
        }
      }
      static std::vector<std::unique_ptr<std::vector<ImWchar>>> ranges;  // ImGui reads them when it builds
      for (auto& [other, characters] : from) {
        auto range = std::make_unique<std::vector<ImWchar>>();
        for (const ImWchar c : characters) range->insert(range->end(), {c, c});
        range->push_back(0);
        ImFontConfig merge = config;
        merge.MergeMode = true;
        atlas.AddFontFromFileTTF(other.c_str(), std::round(css * scale * metrics_of(other).height), &merge,
                                 range->data());
        ranges.push_back(std::move(range));
      }
    }
    return face;
  };

  const std::string_view round = "truetype/quicksand/Quicksand-Bold.ttf";
  std::string_view regular = "truetype/andika/Andika-Regular.ttf", bold = "truetype/andika/Andika-Bold.ttf";
  std::string_view title = round;
  float k = 1, lines = 1;  // of the size, so that the faces look equally large; of the leading
  if (typeface == Typeface::plain) {
    regular = "opentype/inter/Inter-Regular.otf";
    bold = "opentype/inter/Inter-SemiBold.otf";
    k = 1.03F;
  } else if (typeface == Typeface::dyslexic) {
    regular = "opentype/opendyslexic/OpenDyslexic-Regular.otf";
    bold = title = "opentype/opendyslexic/OpenDyslexic-Bold.otf";
    k = 0.92F;
    lines = 1.12F;
  }
  const float t = typeface == Typeface::dyslexic ? 0.86F : 1;  // titles of a wide face
  const auto put = [&](Type type, std::string_view file, float css, float line) {
    faces_[static_cast<std::size_t>(type)] = add(file, css, line);
  };
  put(Type::big, title, 40 * t, 48 * lines);
  put(Type::display, title, 31 * t, 39 * lines);
  put(Type::h1, title, 26 * t, 32 * lines);
  put(Type::h2, title, 20 * t, 26 * lines);
  put(Type::h3, title, 17 * t, 22 * lines);
  put(Type::body, regular, 16 * k, 24 * lines);
  put(Type::body_bold, bold, 16 * k, 24 * lines);
  put(Type::label, bold, 14.5F * k, 20 * lines);
  put(Type::small, regular, 13.5F * k, 19 * lines);
  put(Type::small_bold, bold, 13.5F * k, 19 * lines);

  samples_[0] =
      typeface == Typeface::reading ? face(Type::body) : add("truetype/andika/Andika-Regular.ttf", 16, 24);
  samples_[1] =
      typeface == Typeface::plain ? face(Type::body) : add("opentype/inter/Inter-Regular.otf", 16.5F, 24);
  samples_[2] = typeface == Typeface::dyslexic
                    ? face(Type::body)
                    : add("opentype/opendyslexic/OpenDyslexic-Regular.otf", 14.7F, 24);

  for (ImFont* font : atlas.Fonts) {
    font->FallbackChar = 0xFFFD;
    font->EllipsisChar = 0x2026;
  }
  atlas.Build();
  atlas.ClearInputData();  // the files' bytes; the next build reads them again
  return true;
}

float Fonts::width(const Face& face, std::string_view words) const {
  if (words.empty() || !face.font) return 0;
  return face.font->CalcTextSizeA(face.font->FontSize, 1e9F, 0, words.data(), words.data() + words.size()).x /
         scale_;
}

}  // namespace waymark::ui
