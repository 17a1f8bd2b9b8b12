#include "client/ui/painter.hpp"

#include <algorithm>
#include <cmath>

#include <imgui.h>

#include "client/ui/fonts.hpp"

namespace waymark::ui {
namespace {

struct Pixels {
  float scale;
  ImVec2 fine(Vec v) const { return {v.x * scale, v.y * scale}; }
  ImVec2 whole(Vec v) const { return {std::floor(v.x * scale + 0.5F), std::floor(v.y * scale + 0.5F)}; }
  ImVec2 whole_end(Rect r) const { return whole({r.right(), r.bottom()}); }
};

// Points that the draw list wants in pixels; kept between calls to spare allocations.
std::vector<ImVec2>& scratch() {
  static thread_local std::vector<ImVec2> points;
  points.clear();
  return points;
}

float distance(Vec a, Vec b) { return std::hypot(a.x - b.x, a.y - b.y); }

}  // namespace

Color color(const Tokens& t, Ink ink) {
  switch (ink) {
    case Ink::text:
      return t.text;
    case Ink::muted:
      return t.muted;
    case Ink::pine:
      return t.pine;
    case Ink::pine_deep:
      return t.contrast ? t.pine : t.pine_deep;
    case Ink::on_pine:
      return t.on_pine;
    case Ink::trail:
      return t.trail;
    case Ink::on_trail:
      return t.on_trail;
    case Ink::control:
      return t.control;
    case Ink::border:
      return t.border;
    case Ink::surface:
      return t.surface;
  }
  return t.text;
}

Painter::Painter(ImDrawList* list, const Tokens& tokens, const Fonts& fonts, float scale, bool reduced_motion)
    : t(tokens), list_(list), fonts_(fonts), scale_(scale), reduced_motion_(reduced_motion) {}

void Painter::rect(Rect r, Color c, float radius) const {
  const Pixels px{scale_};
  list_->AddRectFilled(px.whole({r.x, r.y}), px.whole_end(r), c, std::round(radius * scale_));
}

void Painter::frame(Rect r, Color c, float radius, float thick) const {
  const Pixels px{scale_};
  const float width = std::max(1.0F, std::round(thick * scale_));
  const float inset = width > 1 ? (width - 1) / 2 : 0;  // even widths on whole pixels
  const ImVec2 a = px.whole({r.x, r.y}), b = px.whole_end(r);
  list_->AddRect({a.x + inset, a.y + inset}, {b.x - inset, b.y - inset}, c, std::round(radius * scale_), 0,
                 width);
}

void Painter::dashed_frame(Rect r, Color c, float radius, float thick, float on, float off) const {
  std::vector<Vec> edge;
  const Rect in = r.inset(thick / 2);
  const Vec corners[4] = {{in.x + radius, in.y + radius},
                          {in.right() - radius, in.y + radius},
                          {in.right() - radius, in.bottom() - radius},
                          {in.x + radius, in.bottom() - radius}};
  for (int corner = 0; corner < 4; ++corner)
    for (int i = 0; i <= 8; ++i) {
      const float angle = 3.14159265F * (1 + 0.5F * (static_cast<float>(corner) + static_cast<float>(i) / 8));
      edge.push_back(corners[corner] + Vec{std::cos(angle), std::sin(angle)} * radius);
    }
  edge.push_back(edge.front());
  dashes(edge, c, thick, on, off);
}

void Painter::shadow(Rect r, float radius, float strength) const {
  const float k = strength * t.shadow_strength;
  if (k <= 0) return;
  const Pixels px{scale_};
  constexpr int layers = 8;  // each a little larger and fainter: soft at the edge, deep below
  for (int i = layers; i >= 1; --i) {
    const float grow = static_cast<float>(i) * 1.3F;
    list_->AddRectFilled(px.fine({r.x - grow * 0.4F, r.y - grow * 0.2F + 2}),
                         px.fine({r.right() + grow * 0.4F, r.bottom() + grow + 2}),
                         with_alpha(t.shadow, 0.0105F * k), (radius + grow * 0.6F) * scale_);
  }
}

void Painter::card(Rect r, float radius, float lift, Color fill) const {
  shadow(r, radius, lift);
  rect(r, fill ? fill : t.surface, radius);
  frame(r, t.border, radius, t.contrast ? 2 : 1);
}

void Painter::gradient(Rect r, Color top, Color bottom) const {
  const Pixels px{scale_};
  list_->AddRectFilledMultiColor(px.whole({r.x, r.y}), px.whole_end(r), top, top, bottom, bottom);
}

void Painter::line(Vec a, Vec b, Color c, float thick) const {
  const Pixels px{scale_};
  list_->AddLine(px.fine(a), px.fine(b), c, thick * scale_);
}

void Painter::polyline(std::span<const Vec> points, Color c, float thick, bool closed) const {
  if (points.size() < 2) return;
  const Pixels px{scale_};
  auto& out = scratch();
  for (const Vec v : points) out.push_back(px.fine(v));
  list_->AddPolyline(out.data(), static_cast<int>(out.size()), c, closed ? ImDrawFlags_Closed : 0,
                     thick * scale_);
}

void Painter::dots(std::span<const Vec> points, Color c, float gap, float radius) const {
  const Pixels px{scale_};
  float next = gap;
  for (std::size_t i = 1; i < points.size(); ++i) {
    const float length = distance(points[i - 1], points[i]);
    for (; next <= length; next += gap)
      list_->AddCircleFilled(px.fine(points[i - 1] + (points[i] - points[i - 1]) * (next / length)),
                             radius * scale_, c, 12);
    next -= length;
  }
}

void Painter::dashes(std::span<const Vec> points, Color c, float thick, float on, float off) const {
  if (points.size() < 2) return;
  std::vector<Vec> dash{points[0]};
  bool drawing = true;
  float left = on;
  for (std::size_t i = 1; i < points.size(); ++i) {
    const Vec from = points[i - 1], way = points[i] - from;
    const float length = distance(from, points[i]);
    for (float at = 0; length > 0 && at < length;) {
      const float step = std::min(left, length - at);
      at += step;
      left -= step;
      const Vec here = from + way * (at / length);
      if (drawing) dash.push_back(here);
      if (left > 0.001F) continue;
      if (drawing) polyline(dash, c, thick);
      drawing = !drawing;
      left = drawing ? on : off;
      dash.assign(1, here);
    }
  }
  if (drawing && dash.size() > 1) polyline(dash, c, thick);
}

void Painter::circle(Vec centre, float radius, Color c) const {
  if (radius * scale_ < 0.25F) return;  // ImGui divides by the corners of a circle that has none
  list_->AddCircleFilled(Pixels{scale_}.fine(centre), radius * scale_, c, 0);
}

void Painter::ring(Vec centre, float radius, Color c, float thick) const {
  if (radius * scale_ < 0.25F) return;
  list_->AddCircle(Pixels{scale_}.fine(centre), radius * scale_, c, 0, thick * scale_);
}

void Painter::fan(Vec centre, std::span<const Vec> points, Color c) const {
  const auto count = static_cast<int>(points.size());
  if (count < 3) return;
  const Pixels px{scale_};
  const ImVec2 white = ImGui::GetFontTexUvWhitePixel();
  list_->PrimReserve(count * 3, count + 1);
  const unsigned base = list_->_VtxCurrentIdx;
  list_->PrimWriteVtx(px.fine(centre), white, c);
  for (const Vec v : points) list_->PrimWriteVtx(px.fine(v), white, c);
  for (unsigned i = 0; i < static_cast<unsigned>(count); ++i) {
    list_->PrimWriteIdx(static_cast<ImDrawIdx>(base));
    list_->PrimWriteIdx(static_cast<ImDrawIdx>(base + 1 + i));
    list_->PrimWriteIdx(static_cast<ImDrawIdx>(base + 1 + (i + 1) % static_cast<unsigned>(count)));
  }
  polyline(points, c, 1.2F, true);  // triangles written by hand have no soft edge of their own
}

void Painter::quad(std::span<const Vec, 4> corners, Color c) const {
  const Pixels px{scale_};
  const ImVec2 white = ImGui::GetFontTexUvWhitePixel();
  list_->PrimReserve(6, 4);
  const unsigned base = list_->_VtxCurrentIdx;
  for (const Vec v : corners) list_->PrimWriteVtx(px.fine(v), white, c);
  for (const unsigned corner : {0U, 1U, 2U, 0U, 2U, 3U})
    list_->PrimWriteIdx(static_cast<ImDrawIdx>(base + corner));
}

void Painter::ribbon(std::span<const Vec> points, const std::function<float(float)>& radius, Color c) const {
  const auto count = static_cast<int>(points.size());
  if (count < 2) return;
  const Pixels px{scale_};
  const ImVec2 white = ImGui::GetFontTexUvWhitePixel();
  std::vector<Vec> left, right;
  for (int i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const Vec way = points[std::min(at + 1, points.size() - 1)] - points[at ? at - 1 : 0];
    const float length = std::hypot(way.x, way.y) + 1e-4F;
    const Vec across{-way.y / length, way.x / length};
    const float half = radius(static_cast<float>(i) / static_cast<float>(count - 1));
    left.push_back(points[at] + across * half);
    right.push_back(points[at] - across * half);
  }
  list_->PrimReserve((count - 1) * 6, count * 2);
  const unsigned base = list_->_VtxCurrentIdx;
  for (std::size_t i = 0; i < left.size(); ++i) {
    list_->PrimWriteVtx(px.fine(left[i]), white, c);
    list_->PrimWriteVtx(px.fine(right[i]), white, c);
  }
  for (unsigned i = 0; i + 1 < static_cast<unsigned>(count); ++i)
    for (const unsigned corner : {0U, 2U, 1U, 1U, 2U, 3U})
      list_->PrimWriteIdx(static_cast<ImDrawIdx>(base + 2 * i + corner));
  polyline(left, c, 1.2F);
  polyline(right, c, 1.2F);
}

void Painter::clip(Rect r) const {
  const Pixels px{scale_};
  list_->PushClipRect(px.whole({r.x, r.y}), px.whole_end(r), true);
}
void Painter::unclip() const { list_->PopClipRect(); }

void Painter::words(Type type, Vec baseline, Color c, std::string_view words) const {
  const Face& face = fonts_.face(type);
  if (words.empty() || !face.font) return;
  fonts_.want(words);
  const ImVec2 at{std::floor(baseline.x * scale_ + 0.5F),
                  std::floor(baseline.y * scale_ + 0.5F) - std::floor(face.font->Ascent + 0.5F)};
  list_->AddText(face.font, face.font->FontSize, at, c, words.data(), words.data() + words.size());
}

void Painter::words_left(Type type, float x, float centre_y, Color c, std::string_view text) const {
  const Face& face = fonts_.face(type);
  words(type, {x, centre_y + face.css * face.cap / 2}, c, text);
}

void Painter::words_middle(Type type, Vec centre, Color c, std::string_view text) const {
  words_left(type, centre.x - width(type, text) / 2, centre.y, c, text);
}

float Painter::width(Type type, std::string_view words) const {
  return fonts_.width(fonts_.face(type), words);
}

std::vector<Vec> spline(std::span<const Vec> points, int steps) {
  std::vector<Vec> out;
  const std::size_t count = points.size();
  if (count < 2) return {points.begin(), points.end()};
  for (std::size_t i = 0; i + 1 < count; ++i) {
    const Vec before = points[i ? i - 1 : 0], a = points[i], b = points[i + 1];
    const Vec after = points[std::min(i + 2, count - 1)];
    const Vec leave = a + (b - before) * (1.0F / 6), arrive = b - (after - a) * (1.0F / 6);
    for (int k = 0; k < steps; ++k) {
      const float u = static_cast<float>(k) / static_cast<float>(steps), v = 1 - u;
      out.push_back(a * (v * v * v) + leave * (3 * v * v * u) + arrive * (3 * v * u * u) + b * (u * u * u));
    }
  }
  out.push_back(points.back());
  return out;
}

}  // namespace waymark::ui
