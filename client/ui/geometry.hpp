// Points, sizes and rectangles in CSS pixels: what a screen says before content scale and text size are
// applied.
#pragma once

#include <cstdint>
#include <numbers>

namespace waymark::ui {

inline constexpr float pi = std::numbers::pi_v<float>;

struct Vec {
  float x = 0, y = 0;
  bool operator==(const Vec&) const = default;
};
inline Vec operator+(Vec a, Vec b) { return {a.x + b.x, a.y + b.y}; }
inline Vec operator-(Vec a, Vec b) { return {a.x - b.x, a.y - b.y}; }
inline Vec operator*(Vec a, float k) { return {a.x * k, a.y * k}; }

struct Rect {
  float x = 0, y = 0, w = 0, h = 0;
  float right() const { return x + w; }
  float bottom() const { return y + h; }
  Vec centre() const { return {x + w / 2, y + h / 2}; }
  bool holds(Vec p) const { return p.x >= x && p.x < right() && p.y >= y && p.y < bottom(); }
  Rect inset(float by) const { return {x + by, y + by, w - 2 * by, h - 2 * by}; }
  bool operator==(const Rect&) const = default;
};
inline Rect intersect(Rect a, Rect b) {
  const float x = a.x > b.x ? a.x : b.x, y = a.y > b.y ? a.y : b.y;
  const float r = a.right() < b.right() ? a.right() : b.right();
  const float d = a.bottom() < b.bottom() ? a.bottom() : b.bottom();
  return {x, y, r > x ? r - x : 0, d > y ? d - y : 0};
}

// Red, green, blue and alpha in that order of bytes, as the draw list wants it.
using Color = std::uint32_t;
constexpr Color rgb(std::uint32_t hex, std::uint32_t alpha = 255) {
  return ((hex >> 16) & 255U) | (hex & 0xff00U) | ((hex & 255U) << 16) | (alpha << 24);
}
Color mix(Color a, Color b, float t);
Color with_alpha(Color color, float alpha);

}  // namespace waymark::ui
