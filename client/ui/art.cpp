// Cairns, flags, maps and trails.
#include "client/ui/art.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <list>
#include <map>
#include <memory>

namespace waymark::ui {
namespace {

// A number of 0 … 1 for each index of a seed, the same on every computer.
float chance(std::uint32_t seed, std::uint32_t index) {
  std::uint32_t h = seed * 0x9E3779B1U + index * 0x85EBCA77U + 0x27220A95U;
  h = (h ^ (h >> 15)) * 0x2C1B3C6DU;
  h = (h ^ (h >> 12)) * 0x297A2D39U;
  h ^= h >> 15;
  return static_cast<float>(h & 0xFFFFFFU) / 16777215.0F;
}

// A stone: an ellipse that is not quite one.
void stone(const Painter& p, Vec c, float rx, float ry, std::uint32_t seed, Color fill, Color edge,
           float thick) {
  constexpr int corners = 28;
  const float lean = static_cast<float>(seed % 17) * 1.7F, dent = static_cast<float>(seed % 13) * 2.9F;
  std::array<Vec, corners> points;
  for (int i = 0; i < corners; ++i) {
    const float a = 2 * pi * static_cast<float>(i) / corners;
    const float k = 1 + 0.09F * std::sin(2 * a + lean) + 0.05F * std::sin(3 * a + dent);
    points[static_cast<std::size_t>(i)] = {c.x + std::cos(a) * rx * k, c.y + std::sin(a) * ry * k};
  }
  p.fan(c, points, fill);
  if (edge) p.polyline(points, edge, thick, true);
}

float smooth_noise(float x, float y, std::uint32_t seed) {
  const float fx = std::floor(x), fy = std::floor(y);
  const auto at = [&](float cx, float cy) {
    const auto ix = static_cast<std::uint32_t>(static_cast<std::int32_t>(cx) + 4096);
    const auto iy = static_cast<std::uint32_t>(static_cast<std::int32_t>(cy) + 4096);
    return chance(seed, ix * 8191 + iy) * 2 - 1;
  };
  const auto ease = [](float t) { return t * t * (3 - 2 * t); };
  const float u = ease(x - fx), v = ease(y - fy);
  const float top = at(fx, fy) + (at(fx + 1, fy) - at(fx, fy)) * u;
  const float low = at(fx, fy + 1) + (at(fx + 1, fy + 1) - at(fx, fy + 1)) * u;
  return top + (low - top) * v;
}

struct Contour {
  std::vector<Vec> points;
  bool deep = false;
};

// Marching squares, the pieces chained into lines: few corners to draw, and computed once for a map.
std::vector<Contour> contours_of(float w, float h, std::uint32_t seed) {
  constexpr float step = 7, frequency = 0.0065F;
  constexpr int levels = 9;
  const int nx = static_cast<int>(w / step) + 2, ny = static_cast<int>(h / step) + 2;
  std::vector<float> field(static_cast<std::size_t>((nx + 1) * (ny + 1)));
  const auto at = [&](int i, int j) -> float& { return field[static_cast<std::size_t>(j * (nx + 1) + i)]; };
  for (int j = 0; j <= ny; ++j)
    for (int i = 0; i <= nx; ++i) {
      const float x = static_cast<float>(i) * step * frequency, y = static_cast<float>(j) * step * frequency;
      at(i, j) = smooth_noise(x, y, seed) + 0.22F * smooth_noise(x * 1.9F + 7, y * 1.9F, seed + 5);
    }
  std::vector<Contour> out;
  for (int level = 0; level < levels; ++level) {
    const float height = -1 + 2 * (static_cast<float>(level) + 0.5F) / levels;
    // Edges of the grid as numbers; each cell joins two of them, or four.
    std::map<int, std::vector<int>> joined;
    std::map<int, Vec> where;
    const auto edge = [&](int i, int j, bool down) { return (j * (nx + 2) + i) * 2 + (down ? 1 : 0); };
    const auto cross = [&](int i, int j, bool down) {
      const float a = at(i, j), b = down ? at(i, j + 1) : at(i + 1, j);
      const float u = (height - a) / (b - a);
      const int id = edge(i, j, down);
      where[id] = {(static_cast<float>(i) + (down ? 0 : u)) * step,
                   (static_cast<float>(j) + (down ? u : 0)) * step};
      return id;
    };
    for (int j = 0; j < ny; ++j)
      for (int i = 0; i < nx; ++i) {
        const bool a = at(i, j) < height, b = at(i + 1, j) < height, c = at(i, j + 1) < height,
                   d = at(i + 1, j + 1) < height;
        std::array<int, 4> met{};
        std::size_t n = 0;
        if (a != b) met[n++] = cross(i, j, false);
        if (b != d) met[n++] = cross(i + 1, j, true);
        if (c != d) met[n++] = cross(i, j + 1, false);
        if (a != c) met[n++] = cross(i, j, true);
        for (std::size_t k = 0; k + 1 < n; k += 2) {
          joined[met[k]].push_back(met[k + 1]);
          joined[met[k + 1]].push_back(met[k]);
        }
      }
    const auto walk = [&](int from) {
      Contour line;
      line.deep = level % 4 == 1;
      int here = from;
      while (true) {
        line.points.push_back(where[here]);
        auto& next = joined[here];
        if (next.empty()) break;
        const int to = next.back();
        next.pop_back();
        auto& back = joined[to];
        const auto mine = std::find(back.begin(), back.end(), here);
        if (mine != back.end()) back.erase(mine);
        here = to;
      }
      if (line.points.size() > 2) out.push_back(std::move(line));
    };
    std::vector<int> ends;
    for (const auto& [id, next] : joined)
      if (next.size() == 1) ends.push_back(id);
    for (const int id : ends)
      if (!joined[id].empty()) walk(id);
    for (auto& [id, next] : joined)
      while (!next.empty()) walk(id);
  }
  return out;
}

const std::vector<Contour>& kept_contours(float w, float h, std::uint32_t seed) {
  struct Map {
    int w, h;
    std::uint32_t seed;
    std::vector<Contour> lines;
  };
  static thread_local std::list<Map> maps;  // latest first
  const int iw = static_cast<int>(w), ih = static_cast<int>(h);
  for (auto map = maps.begin(); map != maps.end(); ++map)
    if (map->w == iw && map->h == ih && map->seed == seed) {
      maps.splice(maps.begin(), maps, map);
      return maps.front().lines;
    }
  maps.push_front({iw, ih, seed, contours_of(w, h, seed)});
  if (maps.size() > 6) maps.pop_back();
  return maps.front().lines;
}

}  // namespace

std::uint32_t seed_of(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

void draw_cairn(const Painter& p, Vec foot, int stones, float size, Stone state, std::uint32_t seed,
                bool shadow, float settled) {
  const auto& t = p.t;
  Color fill = t.stone, edge = t.stone_edge;
  float thick = 1.4F;
  switch (state) {
    case Stone::ahead:
      break;
    case Stone::done:
      fill = t.pine;
      edge = mix(t.pine, t.surface, t.contrast ? 0.6F : 0.45F);
      break;
    case Stone::today:
      fill = t.surface;
      edge = t.trail;
      thick = 2.2F;
      break;
    case Stone::order:
      break;
    case Stone::order_chosen:
      fill = edge = t.pine;
      break;
  }
  const auto mood = static_cast<float>(seed % 101);
  if (shadow && !t.contrast)
    stone(p, {foot.x + 1, foot.y + size * 0.06F}, size * 1.12F, size * 0.26F, seed,
          with_alpha(t.shadow, 0.10F), 0, 0);
  float half = size, y = foot.y;
  for (int i = 0; i < stones; ++i) {
    const float high = size * (0.34F - 0.03F * static_cast<float>(i));
    y -= high;
    const float sway = std::sin(mood * 3.1F + static_cast<float>(i) * 2.3F) * size * 0.08F;
    // Falls as stones do, and gives a little when it lands.
    const float u = std::min(1.0F, settled / 0.6F);
    const float drop = settled < 0.6F ? -10 * (1 - u * u) : 1.6F * std::sin((settled - 0.6F) / 0.4F * pi);
    const float off = i + 1 == stones && settled < 1 ? drop : 0;
    stone(p, {foot.x + sway, y + off}, half, high, seed * 5 + static_cast<std::uint32_t>(i), fill, edge,
          thick);
    y -= high * 0.80F;
    half *= 0.76F;
  }
}

void draw_flag(const Painter& p, Vec foot, float size, Color c) {
  p.line(foot, {foot.x, foot.y - size}, c, 2.2F);
  const float y = foot.y;
  p.fan({foot.x + size * 0.26F, y - size * 0.78F},
        {{foot.x, y - size},
         {foot.x + size * 0.30F, y - size * 0.99F},
         {foot.x + size * 0.64F, y - size * 0.81F},
         {foot.x + size * 0.32F, y - size * 0.60F},
         {foot.x, y - size * 0.52F}},
        c);
}

void draw_logo(const Painter& p, Vec centre, float size) {
  draw_cairn(p, {centre.x, centre.y + size}, 3, size, Stone::order_chosen, 3, false);
}

void draw_contours(const Painter& p, Rect r, std::uint32_t seed, float fade_from, float fade_over) {
  if (p.t.contrast || r.w < 20 || r.h < 20) return;
  for (const auto& line : kept_contours(r.w, r.h, seed)) {
    const Color full = line.deep ? mix(p.t.contour, p.t.border, 0.5F) : p.t.contour;
    std::vector<Vec> run;
    Color run_color = full;
    const auto flush = [&] {
      if (run.size() > 1) p.polyline(run, run_color, 1.15F);
      run.clear();
    };
    for (const Vec point : line.points) {
      const float f =
          fade_from > 0 ? std::clamp((point.y - fade_from) / std::max(1.0F, fade_over), 0.0F, 1.0F) : 1;
      // In steps, so that a line fades without becoming many.
      const Color now = f <= 0.02F ? 0 : mix(p.t.surface, full, std::ceil(f * 5) / 5);
      const Vec here{r.x + point.x, r.y + point.y};
      if (now != run_color) {
        if (run_color) run.push_back(here);
        flush();
        run_color = now;
      }
      if (now) run.push_back(here);
    }
    flush();
  }
}

TrailForm trail_across(Rect r, std::string_view seed, std::size_t steps, float above, float below) {
  TrailForm form;
  if (!steps) return form;
  const std::uint32_t s = seed_of(seed);
  const float side = std::min(96.0F, r.w * 0.09F);
  const float top = r.y + above, low = std::max(top + 6, r.bottom() - below);
  std::vector<Vec> knots;
  for (std::size_t i = 0; i < steps; ++i) {
    const float u = steps == 1 ? 0.5F : static_cast<float>(i) / static_cast<float>(steps - 1);
    // Up and down in turn, never quite alike: crests carry their words above, dips below.
    const float wild = chance(s, static_cast<std::uint32_t>(i));
    const float v = i % 2 == 0 ? 0.72F + 0.28F * wild : 0.06F + 0.34F * wild;
    const float drift = steps > 2 ? (chance(s, static_cast<std::uint32_t>(i) + 40) - 0.5F) * 16 : 0;
    knots.push_back({r.x + side + (r.w - 2 * side) * u + drift, top + (low - top) * v});
  }
  form.feet = knots;
  std::vector<Vec> through{{r.x - 12, knots.front().y + 8}};
  through.insert(through.end(), knots.begin(), knots.end());
  through.push_back({r.right() + 12, knots.back().y - 8});
  constexpr int fine = 24;
  form.line = spline(through, fine);
  const float room = steps > 1 ? (r.w - 2 * side) / static_cast<float>(steps - 1) : r.w;
  for (std::size_t i = 0; i < steps; ++i) {
    form.at.push_back(static_cast<int>((i + 1) * fine));
    const bool crest = i % 2 == 1;
    const float wide = std::min(190.0F, std::max(84.0F, 2 * room - 40));
    float x = knots[i].x - wide / 2;
    x = std::clamp(x, r.x + 12, std::max(r.x + 12, r.right() - 12 - wide));
    form.words.push_back(crest ? Rect{x, knots[i].y - 66, wide, 42} : Rect{x, knots[i].y + 19, wide, 42});
    form.right.push_back(!crest);
  }
  return form;
}

TrailForm trail_climbing(Rect r, std::string_view seed, std::size_t steps) {
  TrailForm form;
  if (!steps) return form;
  const std::uint32_t s = seed_of(seed);
  const float top = r.y + 46, low = r.bottom() - 62;
  std::vector<Vec> knots;
  for (std::size_t i = 0; i < steps; ++i) {
    const float u = steps == 1 ? 0.5F : static_cast<float>(i) / static_cast<float>(steps - 1);
    const float wild = chance(s, static_cast<std::uint32_t>(i) + 7);
    const float v = i % 2 == 0 ? 0.24F + 0.12F * wild : 0.60F + 0.14F * wild;
    knots.push_back({r.x + r.w * v, low + (top - low) * u});
  }
  form.feet = knots;
  std::vector<Vec> through{{r.x + r.w * 0.55F, r.bottom() + 14}};
  through.insert(through.end(), knots.begin(), knots.end());
  constexpr int fine = 24;
  form.line = spline(through, fine);
  for (std::size_t i = 0; i < steps; ++i) {
    form.at.push_back(static_cast<int>((i + 1) * fine));
    const bool right = knots[i].x < r.centre().x;
    form.right.push_back(right);
    if (right)
      form.words.push_back({knots[i].x + 34, knots[i].y - 22, r.right() - 16 - knots[i].x - 34, 44});
    else
      form.words.push_back({r.x + 16, knots[i].y - 22, knots[i].x - 34 - r.x - 16, 44});
  }
  return form;
}

}  // namespace waymark::ui
