// Landscapes of flat shapes: sky, hills, water, trees, houses; put together by an emblem's word and varied by
// a seed.
#include <algorithm>
#include <array>
#include <cmath>

#include "client/ui/art.hpp"

namespace waymark::ui {
namespace {

constexpr std::array<std::string_view, 12> scene_names = {"creek",    "city",      "garden", "kitchen",
                                                          "workshop", "stage",     "school", "bridge",
                                                          "night",    "portraits", "hills",  "sea"};

struct Colors {
  Color sky, sky_low, sun, far, middle, near, water, light, tree, sand, wall, plum, gold, blue, ink, warm,
      wood;
};

Colors colors_of(const Painter& p) {
  // The high contrast theme shows the evening in a white frame.
  const bool evening = p.t.dusk || p.t.contrast;
  const auto c = [evening](std::uint32_t day, std::uint32_t dusk) { return rgb(evening ? dusk : day); };
  return {c(0xF6EBD8, 0x46323C), c(0xFBF4E6, 0x7E544C), c(0xF0D9AE, 0xF2BE8C), c(0xDCE3CF, 0x54464C),
          c(0xBFD2BC, 0x3A4A43), c(0x98B79F, 0x2E4038), c(0xA7CBD0, 0x53707A), c(0xD2E6E6, 0x7296A0),
          c(0x3F7561, 0x1E2F28), c(0xE9DFCB, 0x66574D), c(0xEBD6BC, 0x5C4640), c(0x7A4E66, 0x9A738E),
          c(0xF2BC57, 0xD9A75A), c(0x2D6E7E, 0x2A5661), c(0x2F4A44, 0x18211D), c(0xF6E3D0, 0x8C6A5C),
          c(0xC9A47E, 0x463430)};
}

float chance(std::uint32_t seed, std::uint32_t index) {
  std::uint32_t h = (seed ^ (index * 0x9E3779B1U)) * 0x85EBCA77U;
  h = (h ^ (h >> 13)) * 0xC2B2AE35U;
  return static_cast<float>((h ^ (h >> 16)) & 0xFFFFU) / 65535.0F;
}

class Scene {
 public:
  Scene(const Painter& painter, Rect box, std::uint32_t with)
      : p(painter),
        r(box),
        seed(with),
        c(colors_of(painter)),
        evening(painter.t.dusk || painter.t.contrast) {}

  const Painter& p;
  Rect r;
  std::uint32_t seed;
  Colors c;
  bool evening;

  float x(float u) const { return r.x + r.w * u; }
  float y(float v) const { return r.y + r.h * v; }
  float wild(std::uint32_t index, float from, float to) const {
    return from + (to - from) * chance(seed, index);
  }
  Color day_or(std::uint32_t day, std::uint32_t dusk) const { return rgb(evening ? dusk : day); }

  void sky(float low) const { p.gradient({r.x, r.y, r.w, r.h * low + 1}, c.sky, c.sky_low); }
  void sun(float u, float v, float size) const { p.circle({x(u), y(v)}, r.h * size, c.sun); }

  // Everything below a line.
  template <class Line>
  void ground(Line line, Color color, float until = 1) const {
    std::vector<Vec> middle;
    constexpr int steps = 48;
    const float bottom = y(until);
    for (int i = 0; i <= steps; ++i) {
      const float u = static_cast<float>(i) / steps, top = y(line(u));
      middle.push_back({x(u), (top + bottom) / 2});
    }
    strip(
        middle, [&](std::size_t i) { return std::max(0.0F, bottom - middle[i].y); }, color);
  }
  // A stream or road that widens towards us.
  template <class Line>
  void stream(Line centre, float from, float wide_left, float wide_right, Color color,
              float thin = 0.004F) const {
    constexpr int steps = 40;
    std::vector<Vec> left, right;
    for (int i = 0; i <= steps; ++i) {
      const float v = from + (1 - from) * static_cast<float>(i) / steps, q = (v - from) / (1 - from);
      left.push_back({x(centre(v) - thin - wide_left * q * q), y(v)});
      right.push_back({x(centre(v) + thin + wide_right * q * q), y(v)});
    }
    between(left, right, color);
  }
  void between(const std::vector<Vec>& a, const std::vector<Vec>& b, Color color) const {
    std::vector<Vec> middle;
    for (std::size_t i = 0; i < a.size(); ++i) middle.push_back((a[i] + b[i]) * 0.5F);
    // Across the line from a to b, whatever its direction: four corners at a time.
    for (std::size_t i = 0; i + 1 < a.size(); ++i) {
      const Vec quad[4] = {a[i], b[i], b[i + 1], a[i + 1]};
      p.quad(quad, color);
    }
    p.polyline(a, color, 1.3F);
    p.polyline(b, color, 1.3F);
  }
  template <class Half>
  void strip(const std::vector<Vec>& middle, Half half, Color color) const {
    std::vector<Vec> top, low;
    for (std::size_t i = 0; i < middle.size(); ++i) {
      top.push_back({middle[i].x, middle[i].y - half(i)});
      low.push_back({middle[i].x, middle[i].y + half(i)});
    }
    between(top, low, color);
  }

  void pine(float u, float v, float size, Color color) const {
    const Vec foot{x(u), y(v)};
    const float s = r.h * size;
    p.line(foot, {foot.x, foot.y - s * 0.4F}, color, std::max(1.5F, s * 0.06F));
    for (int i = 0; i < 3; ++i) {
      const float k = static_cast<float>(i), half = s * (0.30F - 0.06F * k),
                  base = foot.y - s * (0.16F + 0.24F * k);
      p.fan({foot.x, base - s * 0.14F},
            {{foot.x - half, base}, {foot.x, base - s * 0.42F}, {foot.x + half, base}}, color);
    }
  }
  void tree(float u, float v, float size, Color crown) const {
    const Vec foot{x(u), y(v)};
    const float s = r.h * size;
    p.line(foot, {foot.x, foot.y - s * 0.6F}, c.ink, std::max(1.5F, s * 0.06F));
    p.circle({foot.x, foot.y - s * 0.74F}, s * 0.25F, crown);
    p.circle({foot.x - s * 0.17F, foot.y - s * 0.56F}, s * 0.19F, crown);
    p.circle({foot.x + s * 0.17F, foot.y - s * 0.56F}, s * 0.19F, crown);
    p.circle({foot.x, foot.y - s * 0.52F}, s * 0.18F, crown);
  }
  void box(float u, float v, float w, float h, Color color, float round = 0) const {
    p.rect({x(u), y(v), r.w * w, r.h * h}, color, round);
  }
  // A window that is lit in the evening.
  void pane(Rect at) const {
    p.rect(at, evening ? with_alpha(c.gold, 0.6F) : with_alpha(rgb(0xFFFDF9), 0.78F), 1);
  }
  void house(float u, float v, float size, Color wall, Color roof) const {
    const float s = r.h * size;
    const Vec f{x(u), y(v)};
    p.rect({f.x - s * 0.5F, f.y - s * 0.6F, s, s * 0.6F}, wall, 1);
    p.fan({f.x, f.y - s * 0.75F},
          {{f.x - s * 0.62F, f.y - s * 0.58F}, {f.x, f.y - s * 1.05F}, {f.x + s * 0.62F, f.y - s * 0.58F}},
          roof);
    p.rect({f.x - s * 0.12F, f.y - s * 0.34F, s * 0.24F, s * 0.34F}, roof, 1);
    pane({f.x + s * 0.20F, f.y - s * 0.44F, s * 0.17F, s * 0.17F});
    pane({f.x - s * 0.37F, f.y - s * 0.44F, s * 0.17F, s * 0.17F});
  }
  void person(float u, float v, float size, Color coat, Color skin) const {
    const Vec f{x(u), y(v)};
    const float s = r.h * size;
    p.fan({f.x, f.y - s * 0.3F},
          {{f.x - s * 0.26F, f.y},
           {f.x - s * 0.20F, f.y - s * 0.52F},
           {f.x, f.y - s * 0.66F},
           {f.x + s * 0.20F, f.y - s * 0.52F},
           {f.x + s * 0.26F, f.y}},
          coat);
    p.circle({f.x, f.y - s * 0.82F}, s * 0.18F, skin);
  }

  void hills() const {
    const float a = wild(1, 0, 3), b = wild(2, 0, 3);
    ground([a](float u) { return 0.46F - 0.15F * std::sin(u * 3 + 0.5F + a * 0.3F); }, c.far);
    ground([b](float u) { return 0.60F - 0.10F * std::sin(u * 4 + 2.4F + b * 0.3F); }, c.middle);
  }

  void creek() const {
    sky(0.6F);
    sun(wild(3, 0.62F, 0.78F), 0.28F, 0.11F);
    hills();
    ground([](float u) { return 0.66F - 0.05F * std::sin(u * 5 + 0.9F); }, c.near);
    const float bend = wild(4, 0.10F, 0.16F);
    const auto line = [bend](float v) {
      return 0.50F + bend * std::sin((v - 0.62F) * 11) - (v - 0.62F) * 0.2F;
    };
    stream(line, 0.645F, 0.20F, 0.24F, c.water);
    stream([line](float v) { return line(v) + 0.01F; }, 0.67F, 0.03F, 0.05F, c.light, 0.002F);
    pine(0.84F, 0.74F, 0.26F, c.tree);
    pine(0.93F, 0.79F, 0.32F, c.tree);
    pine(0.75F, 0.70F, 0.18F, c.tree);
    pine(0.33F, 0.695F, 0.13F, c.tree);
    pine(0.385F, 0.715F, 0.18F, c.tree);
  }
  void city() const {
    sky(1);
    sun(0.34F, 0.30F, 0.15F);
    for (std::uint32_t i = 0; i < 8; ++i) {
      const float u = 0.28F + 0.092F * static_cast<float>(i), high = wild(10 + i, 0.28F, 0.60F);
      const Color wall = i == 4 ? c.wall : i % 2 ? c.middle : c.far;
      box(u, 0.80F - high, 0.086F, high + 0.01F, wall, 2);
      const int floors = static_cast<int>(high * 8);
      for (int floor = 0; floor < floors; ++floor)
        for (int k = 0; k < 2; ++k)
          pane({x(u + 0.018F + 0.034F * static_cast<float>(k)),
                y(0.80F - high + 0.05F + 0.10F * static_cast<float>(floor)), r.w * 0.016F, r.h * 0.05F});
    }
    box(0, 0.80F, 1, 0.21F, c.sand);
    stream([](float v) { return 0.55F - (v - 0.8F) * 0.5F; }, 0.80F, 0.16F, 0.16F, day_or(0xD8C9AE, 0x544842),
           0.03F);
    tree(0.30F, 0.86F, 0.36F, c.tree);
    tree(0.88F, 0.90F, 0.46F, c.tree);
    tree(0.78F, 0.86F, 0.32F, c.near);
  }
  void garden() const {
    sky(0.5F);
    sun(0.30F, 0.26F, 0.11F);
    ground([](float u) { return 0.42F - 0.06F * std::sin(u * 4 + 1); }, c.far);
    box(0, 0.50F, 1, 0.51F, c.near);
    for (int i = -6; i <= 6; ++i) {
      const float k = static_cast<float>(i);
      std::vector<Vec> left, right;
      for (int step = 0; step <= 10; ++step) {
        const float v = 0.5F + 0.05F * static_cast<float>(step), q = (v - 0.5F) * 2;
        const float at = 0.5F + k * (0.055F + 0.205F * q);
        left.push_back({x(at - 0.006F - 0.05F * q), y(v)});
        right.push_back({x(at + 0.006F + 0.05F * q), y(v)});
      }
      between(left, right, i % 2 ? c.middle : day_or(0xE3D3A4, 0x5A5240));
    }
    house(0.80F, 0.54F, 0.34F, c.plum, c.ink);
    tree(0.68F, 0.54F, 0.26F, c.tree);
    tree(0.92F, 0.55F, 0.34F, c.tree);
  }
  void kitchen() const {
    box(0, 0, 1, 0.72F, c.wall);
    // A window with evening or morning light.
    const Rect window{x(0.46F), y(0.10F), r.w * 0.24F, r.h * 0.40F};
    p.rect({window.x - 5, window.y - 5, window.w + 10, window.h + 10}, c.warm, 3);
    p.gradient(window, c.sky, c.sun);
    p.line({window.centre().x, window.y}, {window.centre().x, window.bottom()}, c.warm, 4);
    p.line({window.x, window.centre().y}, {window.right(), window.centre().y}, c.warm, 4);
    box(0, 0.72F, 1, 0.29F, c.wood);
    box(0, 0.70F, 1, 0.03F, mix(c.wood, c.ink, 0.3F));
    // Shelf with jars.
    box(0.76F, 0.36F, 0.24F, 0.025F, c.ink);
    for (std::uint32_t i = 0; i < 4; ++i) {
      const float high = wild(20 + i, 0.12F, 0.20F);
      const Color jar = i % 3 == 0 ? c.blue : i % 3 == 1 ? c.gold : c.plum;
      box(0.775F + 0.055F * static_cast<float>(i), 0.36F - high, 0.042F, high, jar, 3);
    }
    // A bowl, bread, a steaming pot.
    const Vec bowl{x(0.42F), y(0.72F)};
    const float s = r.h * 0.16F;
    p.fan({bowl.x, bowl.y - s * 0.3F},
          {{bowl.x - s, bowl.y - s * 0.62F},
           {bowl.x + s, bowl.y - s * 0.62F},
           {bowl.x + s * 0.56F, bowl.y},
           {bowl.x - s * 0.56F, bowl.y}},
          c.blue);
    p.circle({bowl.x - s * 0.35F, bowl.y - s * 0.72F}, s * 0.28F, c.gold);
    p.circle({bowl.x + s * 0.20F, bowl.y - s * 0.78F}, s * 0.32F, c.plum);
    const Rect pot{x(0.58F), y(0.72F) - s * 1.3F, s * 2, s * 1.3F};
    p.rect(pot, c.ink, 5);
    p.rect({pot.x - s * 0.25F, pot.y + s * 0.2F, pot.w + s * 0.5F, s * 0.16F}, c.ink, 2);
    for (int i = 0; i < 2; ++i) {
      std::vector<Vec> steam;
      for (int k = 0; k <= 12; ++k) {
        const float u = static_cast<float>(k) / 12;
        steam.push_back(
            {pot.centre().x + (i ? 10.0F : -10.0F) + 5 * std::sin(u * 7), pot.y - 6 - u * s * 1.4F});
      }
      p.polyline(steam, with_alpha(rgb(0xFFFDF9), 0.75F), 3);
    }
  }
  void workshop() const {
    box(0, 0, 1, 0.74F, day_or(0xE3D9C6, 0x3E3438));
    for (int i = 0; i < 5; ++i)
      p.line({x(0), y(0.13F * static_cast<float>(i + 1))}, {x(1), y(0.13F * static_cast<float>(i + 1))},
             with_alpha(c.sand, 0.6F), 1.5F);
    // Tools on the wall.
    const Color steel = c.blue;
    p.line({x(0.50F), y(0.16F)}, {x(0.50F), y(0.50F)}, c.wood, 7);
    box(0.465F, 0.12F, 0.07F, 0.09F, steel, 2);
    p.line({x(0.62F), y(0.20F)}, {x(0.62F), y(0.50F)}, c.wood, 6);
    p.fan({x(0.62F), y(0.16F)},
          {{x(0.605F), y(0.22F)}, {x(0.60F), y(0.10F)}, {x(0.64F), y(0.10F)}, {x(0.635F), y(0.22F)}}, steel);
    p.fan({x(0.77F), y(0.27F)},
          {{x(0.69F), y(0.22F)}, {x(0.87F), y(0.22F)}, {x(0.85F), y(0.36F)}, {x(0.70F), y(0.27F)}}, steel);
    p.ring({x(0.90F), y(0.27F)}, r.h * 0.06F, c.plum, 7);
    // Bench with a bird house being made.
    box(0, 0.74F, 1, 0.06F, mix(c.wood, c.ink, 0.25F));
    box(0, 0.80F, 1, 0.21F, c.wood);
    box(0.36F, 0.80F, 0.03F, 0.21F, c.ink);
    box(0.88F, 0.80F, 0.03F, 0.21F, c.ink);
    house(0.55F, 0.74F, 0.26F, c.gold, c.plum);
    p.circle({x(0.55F), y(0.655F)}, r.h * 0.028F, c.ink);
    box(0.70F, 0.70F, 0.20F, 0.04F, c.sand, 1);
    box(0.73F, 0.66F, 0.18F, 0.04F, c.warm, 1);
  }
  void stage() const {
    box(0, 0, 1, 0.78F, day_or(0x4A3A5C, 0x241C2A));
    const Color light = with_alpha(c.gold, 0.20F);
    p.fan({x(0.55F), y(0.5F)},
          {{x(0.47F), y(0)}, {x(0.53F), y(0)}, {x(0.74F), y(0.80F)}, {x(0.38F), y(0.80F)}}, light);
    p.fan({x(0.72F), y(0.5F)},
          {{x(0.76F), y(0)}, {x(0.82F), y(0)}, {x(0.86F), y(0.80F)}, {x(0.56F), y(0.80F)}}, light);
    box(0, 0.78F, 1, 0.23F, c.wood);
    box(0, 0.77F, 1, 0.025F, c.gold);
    for (int side = 0; side < 2; ++side)
      for (int i = 0; i < 4; ++i) {
        const float u = side ? 1 - 0.045F * static_cast<float>(i) : 0.045F * static_cast<float>(i);
        const float w = 0.05F;
        const Color fold = i % 2 ? c.plum : mix(c.plum, c.ink, 0.3F);
        box(side ? u - w : u + 0.24F, 0, w, 0.86F, fold, 3);
      }
    person(0.55F, 0.82F, 0.34F, c.blue, c.warm);
    person(0.66F, 0.84F, 0.30F, c.gold, c.wood);
    person(0.76F, 0.82F, 0.33F, c.near, c.warm);
    for (std::uint32_t i = 0; i < 9; ++i)
      p.circle({x(0.30F + 0.085F * static_cast<float>(i)), y(1.0F)}, r.h * wild(30 + i, 0.055F, 0.075F),
               c.ink);
  }
  void school() const {
    sky(1);
    sun(0.30F, 0.28F, 0.11F);
    hills();
    ground([](float) { return 0.76F; }, c.near);
    box(0.46F, 0.40F, 0.46F, 0.37F, c.wall, 2);
    box(0.46F, 0.37F, 0.46F, 0.045F, c.plum, 2);
    box(0.63F, 0.28F, 0.12F, 0.49F, mix(c.wall, c.warm, 0.6F), 2);
    p.fan({x(0.69F), y(0.24F)}, {{x(0.615F), y(0.285F)}, {x(0.69F), y(0.16F)}, {x(0.765F), y(0.285F)}},
          c.plum);
    p.circle({x(0.69F), y(0.36F)}, r.h * 0.034F, c.warm);
    p.ring({x(0.69F), y(0.36F)}, r.h * 0.034F, c.ink, 2);
    box(0.665F, 0.60F, 0.05F, 0.17F, c.ink, 2);
    for (int i = 0; i < 3; ++i)
      for (int k = 0; k < 2; ++k) {
        const float v = 0.46F + 0.15F * static_cast<float>(k);
        pane({x(0.485F + 0.048F * static_cast<float>(i)), y(v), r.w * 0.028F, r.h * 0.085F});
        pane({x(0.775F + 0.048F * static_cast<float>(i)), y(v), r.w * 0.028F, r.h * 0.085F});
      }
    stream([](float v) { return 0.69F - (v - 0.77F) * 0.3F; }, 0.77F, 0.10F, 0.10F, c.sand, 0.025F);
    tree(0.40F, 0.79F, 0.34F, c.tree);
    tree(0.95F, 0.80F, 0.40F, c.tree);
  }
  void bridge() const {
    sky(0.7F);
    sun(0.52F, 0.38F, 0.14F);
    ground([](float u) { return 0.52F - 0.12F * std::cos(u * 6.2F); }, c.far);
    box(0, 0.74F, 1, 0.27F, c.water);
    for (int i = 0; i < 5; ++i) {
      const float k = static_cast<float>(i), u = 0.40F + 0.07F * static_cast<float>(i % 3) + 0.03F * k;
      p.line({x(u), y(0.80F + 0.038F * k)}, {x(u + 0.09F), y(0.80F + 0.038F * k)}, c.light, 1.8F);
    }
    p.fan({x(0.97F), y(0.9F)},
          {{x(1.01F), y(0.56F)},
           {x(1.01F), y(1.02F)},
           {x(0.75F), y(1.02F)},
           {x(0.80F), y(0.72F)},
           {x(0.86F), y(0.58F)}},
          c.near);
    p.fan({x(0.2F), y(0.9F)},
          {{x(-0.01F), y(0.56F)},
           {x(0.20F), y(0.58F)},
           {x(0.28F), y(0.72F)},
           {x(0.34F), y(1.02F)},
           {x(-0.01F), y(1.02F)}},
          c.near);
    box(0.16F, 0.60F, 0.76F, 0.045F, c.plum);
    std::vector<Vec> arch;
    for (int i = 0; i <= 24; ++i) {
      const float u = static_cast<float>(i) / 24;
      arch.push_back({x(0.20F + 0.68F * u), y(0.60F) - r.h * 0.34F * std::sin(u * pi)});
    }
    p.polyline(arch, c.plum, 4);
    for (std::size_t i = 2; i <= 22; i += 2) p.line(arch[i], {arch[i].x, y(0.60F)}, c.plum, 1.6F);
    person(0.50F, 0.605F, 0.16F, c.ink, c.ink);
    person(0.55F, 0.605F, 0.14F, c.ink, c.ink);
    pine(0.955F, 0.60F, 0.30F, c.tree);
  }
  void night() const {
    p.gradient(r, day_or(0x2F4F63, 0x1E2730), day_or(0x6E8A90, 0x4A4A5C));
    for (std::uint32_t i = 0; i < 18; ++i)
      p.circle({x(0.24F + 0.76F * chance(seed, 40 + i)), y(0.04F + 0.46F * chance(seed, 70 + i))},
               1.1F + (i % 3 ? 0 : 0.6F), rgb(0xF6EBD8));
    p.circle({x(0.78F), y(0.28F)}, r.h * 0.12F, rgb(0xF6E9C8));
    p.circle({x(0.755F), y(0.26F)}, r.h * 0.10F,
             mix(day_or(0x2F4F63, 0x1E2730), day_or(0x6E8A90, 0x4A4A5C), 0.27F));
    ground([](float u) { return 0.62F - 0.10F * std::sin(u * 3.4F + 0.4F); }, day_or(0x4A7068, 0x2A3A38));
    ground([](float u) { return 0.76F - 0.06F * std::sin(u * 4.4F + 2); }, day_or(0x2F5449, 0x1E2C28));
    const Color dark = day_or(0x1F3D36, 0x121B18);
    pine(0.36F, 0.92F, 0.50F, dark);
    pine(0.44F, 0.95F, 0.36F, dark);
    pine(0.93F, 0.94F, 0.54F, dark);
    house(0.68F, 0.84F, 0.22F, day_or(0x6A5A4E, 0x40342E), dark);
    p.rect({x(0.68F) + r.h * 0.044F, y(0.84F) - r.h * 0.097F, r.h * 0.04F, r.h * 0.04F}, rgb(0xF2BC57), 1);
  }
  void portraits() const {
    box(0, 0, 1, 0.80F, c.wall);
    box(0, 0.80F, 1, 0.21F, c.wood);
    box(0, 0.785F, 1, 0.025F, c.warm);
    const Color skins[4] = {day_or(0xC98F63, 0x8A6250), day_or(0x8A5A3C, 0x5A3C30),
                            day_or(0xE3B48C, 0xA67C62), day_or(0x6A4430, 0x4A3026)};
    const Color frames[4] = {c.tree, c.plum, c.blue, c.gold};
    const Color coats[4] = {c.gold, c.tree, c.plum, c.blue};
    for (std::uint32_t i = 0; i < 4; ++i) {
      const float high = wild(50 + i, 0.42F, 0.52F);
      const Rect picture{x(0.28F + 0.18F * static_cast<float>(i)), y(0.40F - high / 2), r.w * 0.14F,
                         r.h * high};
      p.rect({picture.x - 4, picture.y - 4, picture.w + 8, picture.h + 8}, frames[i], 2);
      p.rect(picture, i % 2 ? c.light : c.warm);
      p.clip(picture);
      const std::uint32_t who = (i + seed) % 4;
      const float s = picture.h * 0.5F;
      const Vec face{picture.centre().x, picture.y + picture.h * 0.44F};
      p.circle({face.x, face.y - s * 0.10F}, s * 0.42F, c.ink);  // hair
      if (who % 2) p.rect({face.x - s * 0.42F, face.y - s * 0.1F, s * 0.84F, s * 0.5F}, c.ink, 6);
      p.circle({face.x, face.y + s * 1.02F}, s * 0.62F, coats[who]);
      p.circle(face, s * 0.34F, skins[who]);
      p.unclip();
    }
    person(0.52F, 1.02F, 0.30F, c.ink, c.ink);
    person(0.62F, 1.04F, 0.26F, c.ink, c.ink);
  }
  void open_hills() const {
    sky(0.7F);
    sun(wild(3, 0.55F, 0.8F), 0.30F, 0.12F);
    hills();
    ground([](float u) { return 0.72F - 0.06F * std::sin(u * 5 + 1.4F); }, c.near);
    stream([](float v) { return 0.58F + 0.06F * std::sin((v - 0.7F) * 12); }, 0.71F, 0.07F, 0.09F, c.sand,
           0.004F);
    draw_cairn(p, {x(0.62F), y(0.735F)}, 3, std::max(7.0F, r.h * 0.05F), Stone::done, seed, false);
    pine(0.86F, 0.80F, 0.34F, c.tree);
    pine(0.94F, 0.86F, 0.42F, c.tree);
    pine(0.36F, 0.80F, 0.22F, c.tree);
  }
  void sea() const {
    sky(0.62F);
    sun(0.60F, 0.36F, 0.13F);
    box(0, 0.60F, 1, 0.41F, c.water);
    for (int i = 0; i < 9; ++i) {
      const float k = static_cast<float>(i),
                  u = 0.30F + 0.6F * chance(seed, static_cast<std::uint32_t>(60 + i));
      p.line({x(u), y(0.65F + 0.035F * k)}, {x(u + 0.07F), y(0.65F + 0.035F * k)}, c.light, 1.8F);
    }
    p.fan({x(0.92F), y(0.6F)},
          {{x(0.78F), y(0.605F)},
           {x(0.86F), y(0.42F)},
           {x(0.95F), y(0.34F)},
           {x(1.01F), y(0.36F)},
           {x(1.01F), y(0.605F)}},
          c.middle);
    const Rect tower{x(0.885F), y(0.16F), r.h * 0.09F, r.h * 0.25F};
    p.rect(tower, c.warm, 1);
    p.rect({tower.x, tower.y + tower.h * 0.3F, tower.w, tower.h * 0.2F}, c.plum);
    p.rect({tower.x - 3, tower.y - r.h * 0.03F, tower.w + 6, r.h * 0.035F}, c.ink, 1);
    const Vec boat{x(0.50F), y(0.72F)};
    const float s = r.h * 0.15F;
    p.fan({boat.x, boat.y},
          {{boat.x - s, boat.y - s * 0.2F},
           {boat.x + s, boat.y - s * 0.2F},
           {boat.x + s * 0.6F, boat.y + s * 0.3F},
           {boat.x - s * 0.6F, boat.y + s * 0.3F}},
          c.plum);
    p.line({boat.x, boat.y - s * 0.2F}, {boat.x, boat.y - s * 1.8F}, c.ink, 2.4F);
    p.fan({boat.x + s * 0.3F, boat.y - s * 0.8F},
          {{boat.x + 3, boat.y - s * 0.4F},
           {boat.x + 3, boat.y - s * 1.75F},
           {boat.x + s * 0.95F, boat.y - s * 0.4F}},
          c.warm);
  }

  void draw(std::string_view emblem) const {
    p.clip(r);
    if (emblem == "creek" || emblem == "water" || emblem == "river")
      creek();
    else if (emblem == "city" || emblem == "street" || emblem == "town")
      city();
    else if (emblem == "garden" || emblem == "field" || emblem == "farm")
      garden();
    else if (emblem == "kitchen" || emblem == "table" || emblem == "food")
      kitchen();
    else if (emblem == "workshop" || emblem == "tools" || emblem == "machine")
      workshop();
    else if (emblem == "stage" || emblem == "theatre" || emblem == "theater" || emblem == "music")
      stage();
    else if (emblem == "school" || emblem == "classroom" || emblem == "library")
      school();
    else if (emblem == "bridge")
      bridge();
    else if (emblem == "night" || emblem == "sky" || emblem == "owl")
      night();
    else if (emblem == "portraits" || emblem == "wall" || emblem == "faces" || emblem == "people")
      portraits();
    else if (emblem == "sea" || emblem == "coast" || emblem == "harbor")
      sea();
    else
      open_hills();
    p.unclip();
  }
};

// Paints over the corners of a picture with what is around it.
void round_corners(const Painter& p, Rect r, float radius, Color around) {
  const Vec centres[4] = {{r.x + radius, r.y + radius},
                          {r.right() - radius, r.y + radius},
                          {r.right() - radius, r.bottom() - radius},
                          {r.x + radius, r.bottom() - radius}};
  const Vec tips[4] = {{r.x - 1, r.y - 1},
                       {r.right() + 1, r.y - 1},
                       {r.right() + 1, r.bottom() + 1},
                       {r.x - 1, r.bottom() + 1}};
  for (int corner = 0; corner < 4; ++corner) {
    std::vector<Vec> points{tips[corner]};
    std::vector<Vec> arc;
    for (int i = 0; i <= 10; ++i) {
      const float a = pi + (static_cast<float>(corner) + static_cast<float>(i) / 10) * pi / 2;
      arc.push_back(centres[corner] + Vec{std::cos(a), std::sin(a)} * radius);
    }
    for (std::size_t i = 0; i + 1 < arc.size(); ++i) {
      const Vec quad[4] = {tips[corner], arc[i], arc[i + 1], tips[corner]};
      p.quad(quad, around);
    }
    p.polyline(arc, around, 1.4F);
  }
}

}  // namespace

std::span<const std::string_view> scenes() { return scene_names; }

void draw_scene(const Painter& p, Rect r, std::string_view emblem, std::uint32_t seed) {
  Scene(p, r, seed).draw(emblem);
}

void draw_scene_print(const Painter& p, Rect r, float radius, std::string_view emblem, std::uint32_t seed,
                      Color ground) {
  draw_scene(p, r, emblem, seed);
  if (radius > 0) round_corners(p, r, radius, ground);
  if (p.t.contrast)
    p.frame(r, p.t.border, radius, 2);
  else
    p.frame(r, with_alpha(p.t.border, 0.9F), radius, 1);
}

void draw_scene_cut(const Painter& p, Rect card, float radius, std::string_view emblem, std::uint32_t seed,
                    float from, float swing) {
  // A card as high as a page has the landscape as its main thing.
  const float wide = card.h > 420 ? card.w * 0.74F : std::min(card.w * 0.46F, 420.0F);
  const Rect r{card.right() - wide, card.y + 1, wide - 1, card.h - 2};
  if (p.t.contrast) {
    // Line art: a sun, two hills, a way.
    p.clip(r.inset(1));
    const auto curve = [&](auto line, float a, float b, Color color) {
      std::vector<Vec> points;
      for (int i = 0; i <= 48; ++i) {
        const float u = a + (b - a) * static_cast<float>(i) / 48;
        points.push_back({r.x + r.w * u, r.y + r.h * line(u)});
      }
      p.polyline(points, color, 2);
    };
    curve([](float u) { return 0.46F - 0.14F * std::sin(u * 3 + 0.5F); }, 0.2F, 1, p.t.border);
    curve([](float u) { return 0.64F - 0.05F * std::sin(u * 5 + 0.9F); }, 0.17F, 1, p.t.border);
    p.ring({r.x + r.w * 0.78F, r.y + r.h * 0.20F}, r.h * 0.09F, p.t.border, 2);
    for (const float side : {-1.0F, 1.0F}) {
      std::vector<Vec> bank;
      for (int i = 0; i <= 32; ++i) {
        const float v = 0.70F + 0.30F * static_cast<float>(i) / 32, q = (v - 0.62F) / 0.38F;
        const float at = 0.52F + 0.14F * std::sin((v - 0.62F) * 11);
        bank.push_back({r.x + r.w * (at + side * (0.01F + 0.17F * q * q)), r.y + r.h * v});
      }
      p.polyline(bank, p.t.pine, 2);
    }
    p.unclip();
    return;
  }
  draw_scene(p, r, emblem, seed);
  // The card comes back at the left in one long S, so that words never meet the picture.
  p.clip(r);
  std::vector<Vec> edge;
  for (int i = 0; i <= 56; ++i) {
    const float v = static_cast<float>(i) / 56, s = v * v * (3 - 2 * v);
    edge.push_back({r.x + r.w * (from - swing * s), r.y + r.h * v});
  }
  for (std::size_t i = 0; i + 1 < edge.size(); ++i) {
    const Vec quad[4] = {{r.x - 1, edge[i].y}, edge[i], edge[i + 1], {r.x - 1, edge[i + 1].y}};
    p.quad(quad, p.t.surface);
  }
  p.polyline(edge, p.t.surface, 2.5F);
  p.unclip();
  // The corners at the right are the card's.
  const Rect whole{card.x, card.y, card.w, card.h};
  const float inner = radius - 1;
  for (int corner = 1; corner <= 2; ++corner) {
    const Vec centre{whole.right() - radius, corner == 1 ? whole.y + radius : whole.bottom() - radius};
    const Vec tip{whole.right(), corner == 1 ? whole.y : whole.bottom()};
    std::vector<Vec> arc;
    for (int i = 0; i <= 10; ++i) {
      const float a = pi + (static_cast<float>(corner) + static_cast<float>(i) / 10) * pi / 2;
      arc.push_back(centre + Vec{std::cos(a), std::sin(a)} * inner);
    }
    for (std::size_t i = 0; i + 1 < arc.size(); ++i) {
      const Vec quad[4] = {tip, arc[i], arc[i + 1], tip};
      p.quad(quad, mix(mix(p.t.page, p.t.page2, whole.y / 800), p.t.shadow, corner == 1 ? 0.02F : 0.07F));
    }
  }
  p.frame(card, p.t.border, radius, 1);
}

void draw_foot_hills(const Painter& p, Rect r, bool path) {
  if (p.t.contrast) {
    std::vector<Vec> line;
    for (int i = 0; i <= 80; ++i) {
      const float u = static_cast<float>(i) / 80;
      line.push_back({r.x + r.w * u, r.y + r.h * (0.42F - 0.22F * std::sin(u * 4.2F + 0.6F))});
    }
    p.polyline(line, p.t.border, 2);
    return;
  }
  const Scene s(p, r, 7);
  const auto soft = [&](Color color, float how) { return mix(p.t.page2, color, how); };
  const Color glow = s.day_or(0xF3DDB8, 0x8A5A4E);
  p.gradient({r.x, r.y - r.h * 0.75F, r.w, r.h * 1.37F}, with_alpha(glow, 0), with_alpha(glow, 0.6F));
  p.circle({s.x(0.80F), s.y(0.20F)}, r.h * 0.20F, soft(s.day_or(0xEBC27E, 0xF2BE8C), 0.8F));
  s.ground([](float u) { return 0.34F - 0.26F * std::sin(u * 3.6F + 0.2F); },
           soft(s.c.far, s.evening ? 0.8F : 0.75F));
  s.ground([](float u) { return 0.52F - 0.20F * std::sin(u * 4.4F + 2.6F); }, soft(s.c.middle, 0.8F));
  s.ground([](float u) { return 0.72F - 0.10F * std::sin(u * 5 + 1.1F); }, soft(s.c.near, 0.9F));
  if (path) {
    const float k = std::min(1.0F, r.h / 170);
    const Vec knots[5] = {{s.x(0.63F), s.y(1.30F)},
                          {s.x(0.60F), s.y(1.08F)},
                          {s.x(0.53F), s.y(0.90F)},
                          {s.x(0.60F), s.y(0.78F)},
                          {s.x(0.555F), s.y(0.66F)}};
    p.clip({r.x, r.y - r.h, r.w, 2 * r.h});
    p.ribbon(
        spline(knots, 20),
        [k](float u) {
          const float near = std::min(1.0F, 1.18F * (1 - u));
          return (2.5F + 12.5F * near * near) * k;
        },
        s.day_or(0xE9DFCB, 0x8A7460));
    p.unclip();
    draw_cairn(p, {s.x(0.575F), s.y(0.70F)}, 3, std::max(9.0F, r.h * 0.055F), Stone::done, 2);
  }
  constexpr std::array<std::array<float, 3>, 9> trees = {{{0.045F, 0.86F, 0.44F},
                                                          {0.085F, 0.94F, 0.56F},
                                                          {0.13F, 0.84F, 0.34F},
                                                          {0.90F, 0.86F, 0.40F},
                                                          {0.94F, 0.95F, 0.54F},
                                                          {0.975F, 0.84F, 0.36F},
                                                          {0.27F, 0.66F, 0.20F},
                                                          {0.30F, 0.69F, 0.26F},
                                                          {0.73F, 0.68F, 0.22F}}};
  for (std::size_t i = 0; i < trees.size(); ++i)
    s.pine(trees[i][0], trees[i][1], trees[i][2], soft(s.c.tree, i < 6 ? 0.95F : 0.75F));
}

}  // namespace waymark::ui
