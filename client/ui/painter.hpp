// Drawing in CSS pixels with the theme's tokens: shapes, words, icons. It draws only; what can be pressed or
// read is said by Ui's widgets.
#pragma once

#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/ui/geometry.hpp"
#include "client/ui/theme.hpp"

struct ImDrawList;

namespace waymark::ui {

class Fonts;

enum class Type { big, display, h1, h2, h3, body, body_bold, label, small, small_bold };

enum class Ink { text, muted, pine, pine_deep, on_pine, trail, on_trail, control, border, surface };
Color color(const Tokens& tokens, Ink ink);

enum class Icon {
  none,
  lock,
  pack,
  check,
  calendar,
  message,
  send,
  photo,
  document,
  hand,
  heart,
  ring,
  people,
  arrow,
  plus,
  gear,
  pencil,
  eye,
  spark,
  back,
  chevron,
  chevron_down,
  globe,
  step,
  card,
  screen,
  close,
  link,
  drawing,
  flag,
  search,
  speaker,
  undo,
  trash,
  clock,
  question,
  text_size,
  folder,
  backspace,
  growth,
  team,
  alone,
  minus,
};

class Painter {
 public:
  Painter(ImDrawList* list, const Tokens& tokens, const Fonts& fonts, float scale, bool reduced_motion);

  const Tokens& t;
  float scale() const { return scale_; }
  bool reduced_motion() const { return reduced_motion_; }
  ImDrawList* list() const { return list_; }

  void rect(Rect r, Color color, float radius = 0) const;
  void frame(Rect r, Color color, float radius = 0, float thick = 1) const;
  void dashed_frame(Rect r, Color color, float radius, float thick, float on = 6, float off = 5) const;
  void shadow(Rect r, float radius, float strength = 1) const;
  // Shadow, fill and edge of a card.
  void card(Rect r, float radius = 16, float lift = 1, Color fill = 0) const;
  void gradient(Rect r, Color top, Color bottom) const;
  void line(Vec a, Vec b, Color color, float thick = 1) const;
  void polyline(std::span<const Vec> points, Color color, float thick, bool closed = false) const;
  void dots(std::span<const Vec> points, Color color, float gap, float radius) const;
  void dashes(std::span<const Vec> points, Color color, float thick, float on, float off) const;
  void circle(Vec centre, float radius, Color color) const;
  void ring(Vec centre, float radius, Color color, float thick) const;
  // Star-shaped around `centre`, filled, with a soft edge.
  void fan(Vec centre, std::span<const Vec> points, Color color) const;
  void fan(Vec centre, std::initializer_list<Vec> points, Color color) const {
    fan(centre, std::span<const Vec>(points.begin(), points.size()), color);
  }
  // Four corners in turn, without a soft edge.
  void quad(std::span<const Vec, 4> corners, Color color) const;
  // A path that changes its width: `radius` of 0 … 1 along it.
  void ribbon(std::span<const Vec> points, const std::function<float(float)>& radius, Color color) const;
  void clip(Rect r) const;
  void unclip() const;

  // One line of words on a baseline, and centred on its capitals' height.
  void words(Type type, Vec baseline, Color color, std::string_view words) const;
  void words_left(Type type, float x, float centre_y, Color color, std::string_view words) const;
  void words_middle(Type type, Vec centre, Color color, std::string_view words) const;
  float width(Type type, std::string_view words) const;

  void icon(Icon icon, Vec centre, float size, Color color, float thick = 1.9f) const;

 private:
  ImDrawList* list_;
  const Fonts& fonts_;
  float scale_;
  bool reduced_motion_;
};

// A smooth line through the points.
std::vector<Vec> spline(std::span<const Vec> points, int steps = 18);

}  // namespace waymark::ui
