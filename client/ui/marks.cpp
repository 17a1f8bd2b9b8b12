// The signs students compose, and the pictures of the PIN. Shapes are told apart by form; colour only helps.
#include <array>
#include <cmath>

#include "client/ui/art.hpp"

namespace waymark::ui {
namespace {

constexpr std::array<std::string_view, 12> shapes = {"trefoil", "leaf", "waves", "star",  "moon", "mountains",
                                                     "fish",    "sun",  "drop",  "heart", "bird", "stones"};
struct Named {
  std::string_view name;
  Color color;
};
constexpr std::array<Named, 12> palette = {{{"teal", rgb(0x2D6E7E)},
                                            {"plum", rgb(0x7A4E66)},
                                            {"pine", rgb(0x3F7561)},
                                            {"blue", rgb(0x35507A)},
                                            {"brown", rgb(0x8A5A3C)},
                                            {"ink", rgb(0x3D4F66)},
                                            {"night", rgb(0x4A3A5C)},
                                            {"gold", rgb(0xF2BC57)},
                                            {"sand", rgb(0xF3E4C8)},
                                            {"blush", rgb(0xF6E3D0)},
                                            {"mint", rgb(0xB9CDBB)},
                                            {"cream", rgb(0xF2E3B3)}}};
constexpr std::array<std::string_view, 12> palette_names = {
    "teal", "plum", "pine", "blue", "brown", "ink", "night", "gold", "sand", "blush", "mint", "cream"};

constexpr std::array<std::string_view, pin_pictures> picture_keys = {
    "pin.picture.sun",  "pin.picture.fish", "pin.picture.house", "pin.picture.tree",
    "pin.picture.drop", "pin.picture.star", "pin.picture.boat",  "pin.picture.mountain",
    "pin.picture.moon", "pin.picture.leaf", "pin.picture.kite",  "pin.picture.flower"};

std::vector<Vec> star(Vec c, float far, float near, int rays) {
  std::vector<Vec> out;
  for (int i = 0; i < 2 * rays; ++i) {
    const float a = -pi / 2 + static_cast<float>(i) * pi / static_cast<float>(rays), r = i % 2 ? near : far;
    out.push_back(c + Vec{std::cos(a), std::sin(a)} * r);
  }
  return out;
}

// Two arcs that meet in two points: leaves and fish.
void lens(const Painter& p, Vec c, float length, float half, float turn, Color color) {
  std::vector<Vec> out;
  const float cs = std::cos(turn), sn = std::sin(turn);
  const auto put = [&](float u, float side) {
    const float x = u * length, y = side * half * (1 - u * u);
    out.push_back({c.x + x * cs - y * sn, c.y + x * sn + y * cs});
  };
  for (int i = 0; i <= 16; ++i) put(static_cast<float>(i) / 8 - 1, -1);
  for (int i = 15; i > 0; --i) put(static_cast<float>(i) / 8 - 1, 1);
  p.fan(c, out, color);
}

void drop(const Painter& p, Vec c, float r, Color color) {
  std::vector<Vec> out;
  for (int i = 0; i <= 20; ++i) {
    const float a = pi * (-0.22F + 1.44F * static_cast<float>(i) / 20);
    out.push_back({c.x + std::cos(a) * r * 0.62F, c.y + r * 0.28F + std::sin(a) * r * 0.62F});
  }
  out.push_back({c.x, c.y - r});
  p.fan({c.x, c.y + r * 0.25F}, out, color);
}

// Between two circles, so that any ground may lie behind it.
void crescent(const Painter& p, Vec c, float r, float turn, Color color) {
  std::vector<Vec> out;
  const auto put = [&](float x, float y) {
    out.push_back({c.x + (x * std::cos(turn) - y * std::sin(turn)) * r,
                   c.y + (x * std::sin(turn) + y * std::cos(turn)) * r});
  };
  for (int i = 0; i <= 24; ++i) {
    const float a = (50 + 260 * static_cast<float>(i) / 24) * pi / 180;
    put(std::cos(a), std::sin(a));
  }
  std::vector<Vec> outer = out;
  out.clear();
  for (int i = 0; i <= 24; ++i) {
    const float a = (75.9F + 208.2F * static_cast<float>(i) / 24) * pi / 180;
    put(0.45F + 0.79F * std::cos(a), 0.79F * std::sin(a));
  }
  std::vector<Vec> middle;
  for (std::size_t i = 0; i < outer.size(); ++i) middle.push_back((outer[i] + out[i]) * 0.5F);
  const auto half = [&outer, &out](float u) {
    const auto i = std::min<std::size_t>(24, static_cast<std::size_t>(u * 24 + 0.5F));
    const Vec d = outer[i] - out[i];
    return std::hypot(d.x, d.y) / 2;
  };
  p.ribbon(middle, half, color);
}

void heart(const Painter& p, Vec c, float r, Color color) {
  std::vector<Vec> out;
  for (int i = 0; i < 40; ++i) {
    const float a = 2 * pi * static_cast<float>(i) / 40;
    const float x = std::pow(std::sin(a), 3.0F);
    const float y = 0.8125F * std::cos(a) - 0.3125F * std::cos(2 * a) - 0.125F * std::cos(3 * a) -
                    0.0625F * std::cos(4 * a);
    out.push_back({c.x + x * r, c.y - y * r});
  }
  p.fan({c.x, c.y - r * 0.1F}, out, color);
}

void shape(const Painter& p, std::string_view name, Vec c, float r, Color ink, Color disc) {
  if (name == "trefoil") {
    for (int i = 0; i < 3; ++i) {
      const float a = -pi / 2 + static_cast<float>(i) * 2 * pi / 3;
      p.circle(c + Vec{std::cos(a), std::sin(a)} * (r * 0.36F), r * 0.31F, ink);
    }
    p.circle(c, r * 0.24F, ink);
    p.circle(c, r * 0.17F, disc);
  } else if (name == "leaf") {
    lens(p, c, r * 0.66F, r * 0.34F, -pi * 0.28F, ink);
    p.line({c.x - r * 0.50F, c.y + r * 0.56F}, {c.x + r * 0.30F, c.y - r * 0.34F}, disc, r * 0.075F);
  } else if (name == "waves") {
    for (int i = -1; i <= 1; ++i) {
      std::vector<Vec> wave;
      for (int k = 0; k <= 24; ++k) {
        const float u = static_cast<float>(k) / 24;
        wave.push_back({c.x + r * (-0.56F + 1.12F * u),
                        c.y + r * (0.36F * static_cast<float>(i) - 0.09F * std::sin(u * 2 * pi))});
      }
      p.polyline(wave, ink, r * 0.15F);
      p.circle(wave.front(), r * 0.075F, ink);
      p.circle(wave.back(), r * 0.075F, ink);
    }
  } else if (name == "star") {
    p.fan({c.x, c.y + r * 0.04F}, star({c.x, c.y + r * 0.04F}, r * 0.66F, r * 0.30F, 5), ink);
  } else if (name == "moon") {
    crescent(p, {c.x - r * 0.04F, c.y}, r * 0.6F, -0.55F, ink);
  } else if (name == "mountains") {
    p.fan({c.x - r * 0.14F, c.y + r * 0.2F},
          {{c.x - r * 0.66F, c.y + r * 0.42F},
           {c.x - r * 0.14F, c.y - r * 0.48F},
           {c.x + r * 0.38F, c.y + r * 0.42F}},
          ink);
    p.fan({c.x + r * 0.34F, c.y + r * 0.3F},
          {{c.x, c.y + r * 0.42F}, {c.x + r * 0.34F, c.y - r * 0.14F}, {c.x + r * 0.68F, c.y + r * 0.42F}},
          ink);
  } else if (name == "fish") {
    lens(p, {c.x - r * 0.10F, c.y}, r * 0.54F, r * 0.36F, 0, ink);
    p.fan({c.x + r * 0.46F, c.y},
          {{c.x + r * 0.26F, c.y},
           {c.x + r * 0.66F, c.y - r * 0.30F},
           {c.x + r * 0.55F, c.y},
           {c.x + r * 0.66F, c.y + r * 0.30F}},
          ink);
    p.circle({c.x - r * 0.36F, c.y - r * 0.08F}, r * 0.07F, disc);
  } else if (name == "sun") {
    p.circle(c, r * 0.32F, ink);
    for (int i = 0; i < 8; ++i) {
      const float a = static_cast<float>(i) * pi / 4;
      const Vec way{std::cos(a), std::sin(a)};
      p.line(c + way * (r * 0.44F), c + way * (r * 0.66F), ink, r * 0.11F);
    }
  } else if (name == "drop") {
    drop(p, {c.x, c.y - r * 0.06F}, r * 0.66F, ink);
  } else if (name == "heart") {
    heart(p, {c.x, c.y + r * 0.02F}, r * 0.56F, ink);
  } else if (name == "bird") {
    lens(p, {c.x - r * 0.02F, c.y + r * 0.10F}, r * 0.50F, r * 0.30F, 0.12F, ink);
    p.circle({c.x - r * 0.38F, c.y - r * 0.16F}, r * 0.22F, ink);
    p.fan({c.x - r * 0.62F, c.y - r * 0.13F},
          {{c.x - r * 0.54F, c.y - r * 0.24F},
           {c.x - r * 0.54F, c.y - r * 0.04F},
           {c.x - r * 0.76F, c.y - r * 0.11F}},
          ink);
    lens(p, {c.x + r * 0.16F, c.y - r * 0.14F}, r * 0.42F, r * 0.17F, -0.85F, ink);
    p.fan({c.x + r * 0.52F, c.y + r * 0.12F},
          {{c.x + r * 0.32F, c.y + r * 0.12F},
           {c.x + r * 0.70F, c.y - r * 0.02F},
           {c.x + r * 0.66F, c.y + r * 0.24F}},
          ink);
    p.circle({c.x - r * 0.42F, c.y - r * 0.20F}, r * 0.05F, disc);
  } else {  // stones
    float y = c.y + r * 0.56F, half = r * 0.54F;
    for (int i = 0; i < 3; ++i) {
      const float high = r * (0.19F - 0.015F * static_cast<float>(i));
      y -= high;
      std::vector<Vec> out;
      for (int k = 0; k < 24; ++k) {
        const float a = 2 * pi * static_cast<float>(k) / 24;
        out.push_back({c.x + std::cos(a) * half, y + std::sin(a) * high});
      }
      p.fan({c.x, y}, out, ink);
      y -= high * 1.12F;
      half *= 0.74F;
    }
  }
}

Color darker_or_lighter(const Painter& p, Color disc) {
  return p.t.dusk ? mix(disc, rgb(0xFFFFFF), 0.36F) : mix(disc, rgb(0x000000), 0.32F);
}

}  // namespace

std::span<const std::string_view> mark_shapes() { return shapes; }
std::span<const std::string_view> mark_colors() { return palette_names; }

Color mark_color(std::string_view name) {
  for (const auto& one : palette)
    if (one.name == name) return one.color;
  return palette[0].color;
}

bool mark_pair_readable(std::string_view ink, std::string_view disc) {
  return contrast(mark_color(ink), mark_color(disc)) >= 3;
}

void draw_mark(const Painter& p, Vec c, float r, const app::Mark& mark, std::string_view initial) {
  Color disc = mark_color(mark.disc.empty() ? "teal" : mark.disc),
        ink = mark_color(mark.ink.empty() ? "cream" : mark.ink);
  if (contrast(ink, disc) < 1.5F) ink = contrast(rgb(0xFFFFFF), disc) > 3 ? rgb(0xFFFFFF) : rgb(0x1E2A2E);
  if (p.t.contrast) {
    disc = p.t.page;
    ink = p.t.text;
    p.circle(c, r, p.t.text);
    p.circle(c, r - 2, disc);
  } else {
    p.circle(c, r, disc);
    // A disc that hardly stands out from the card gets a thin ring.
    if (p.t.dusk || contrast(disc, p.t.surface) < 3) p.ring(c, r - 0.7F, darker_or_lighter(p, disc), 1.4F);
  }
  if (!mark.shape.empty()) {
    shape(p, mark.shape, c, r, ink, disc);
  } else if (!initial.empty()) {
    const Type type = r > 40 ? Type::big : r > 24 ? Type::h1 : Type::label;
    p.words_middle(type, c, ink, initial);
  }
}

std::string_view pin_picture_key(int picture) {
  return picture_keys[static_cast<std::size_t>(picture) % picture_keys.size()];
}

void draw_pin_picture(const Painter& p, int picture, Vec c, float r) {
  const bool dark = p.t.dusk;
  Color gold = dark ? rgb(0xF2BC57) : rgb(0xB8822A), green = dark ? rgb(0x93D1B6) : rgb(0x2F6B57);
  Color blue = dark ? rgb(0x9CCBD8) : rgb(0x2D6E7E), plum = dark ? rgb(0xD3A6C0) : rgb(0x7A4E66);
  if (p.t.contrast) gold = green = blue = plum = p.t.text;
  const Color ground = p.t.surface;
  switch (picture) {
    case 0:
      p.circle(c, r * 0.44F, gold);
      for (int i = 0; i < 8; ++i) {
        const float a = static_cast<float>(i) * pi / 4;
        const Vec way{std::cos(a), std::sin(a)};
        p.line(c + way * (r * 0.60F), c + way * (r * 0.86F), gold, 3);
      }
      break;
    case 1:
      lens(p, {c.x - r * 0.12F, c.y}, r * 0.68F, r * 0.42F, 0, blue);
      p.fan({c.x + r * 0.62F, c.y},
            {{c.x + r * 0.36F, c.y},
             {c.x + r * 0.86F, c.y - r * 0.40F},
             {c.x + r * 0.70F, c.y},
             {c.x + r * 0.86F, c.y + r * 0.40F}},
            blue);
      p.circle({c.x - r * 0.44F, c.y - r * 0.08F}, r * 0.09F, ground);
      break;
    case 2:
      p.fan({c.x, c.y - r * 0.3F},
            {{c.x - r * 0.80F, c.y - r * 0.04F}, {c.x, c.y - r * 0.78F}, {c.x + r * 0.80F, c.y - r * 0.04F}},
            plum);
      p.rect({c.x - r * 0.54F, c.y - r * 0.05F, r * 1.08F, r * 0.77F}, plum, 2);
      p.rect({c.x - r * 0.16F, c.y + r * 0.22F, r * 0.32F, r * 0.50F}, ground, 2);
      break;
    case 3:
      p.line({c.x, c.y + r * 0.84F}, {c.x, c.y + r * 0.1F},
             p.t.contrast ? p.t.text
             : dark       ? rgb(0xB89878)
                          : rgb(0x7A5A3C),
             4);
      p.circle({c.x, c.y - r * 0.40F}, r * 0.42F, green);
      p.circle({c.x - r * 0.32F, c.y - r * 0.06F}, r * 0.34F, green);
      p.circle({c.x + r * 0.32F, c.y - r * 0.06F}, r * 0.34F, green);
      p.circle(c, r * 0.30F, green);
      break;
    case 4:
      drop(p, c, r * 0.84F, blue);
      break;
    case 5:
      p.fan(c, star({c.x, c.y + r * 0.04F}, r * 0.86F, r * 0.37F, 5), gold);
      break;
    case 6:
      p.fan({c.x, c.y + r * 0.46F},
            {{c.x - r * 0.76F, c.y + r * 0.26F},
             {c.x + r * 0.76F, c.y + r * 0.26F},
             {c.x + r * 0.44F, c.y + r * 0.70F},
             {c.x - r * 0.44F, c.y + r * 0.70F}},
            plum);
      p.line({c.x, c.y + r * 0.26F}, {c.x, c.y - r * 0.82F}, plum, 3);
      p.fan({c.x + r * 0.24F, c.y - r * 0.1F},
            {{c.x + r * 0.09F, c.y + r * 0.12F},
             {c.x + r * 0.09F, c.y - r * 0.74F},
             {c.x + r * 0.64F, c.y + r * 0.12F}},
            plum);
      break;
    case 7:
      p.fan({c.x - r * 0.2F, c.y + r * 0.3F},
            {{c.x - r * 0.86F, c.y + r * 0.60F},
             {c.x - r * 0.20F, c.y - r * 0.62F},
             {c.x + r * 0.46F, c.y + r * 0.60F}},
            green);
      p.fan({c.x + r * 0.42F, c.y + r * 0.4F},
            {{c.x, c.y + r * 0.60F}, {c.x + r * 0.42F, c.y - r * 0.14F}, {c.x + r * 0.86F, c.y + r * 0.60F}},
            green);
      break;
    case 8:
      crescent(p, c, r * 0.72F, -0.5F, gold);
      break;
    case 9:
      lens(p, {c.x + r * 0.04F, c.y - r * 0.04F}, r * 0.80F, r * 0.40F, -pi * 0.28F, green);
      p.line({c.x - r * 0.62F, c.y + r * 0.66F}, {c.x + r * 0.36F, c.y - r * 0.44F}, ground, 2.4F);
      break;
    case 10: {
      p.fan({c.x, c.y - r * 0.14F},
            {{c.x - r * 0.54F, c.y - r * 0.14F},
             {c.x, c.y - r * 0.88F},
             {c.x + r * 0.54F, c.y - r * 0.14F},
             {c.x, c.y + r * 0.46F}},
            plum);
      p.line({c.x - r * 0.5F, c.y - r * 0.14F}, {c.x + r * 0.5F, c.y - r * 0.14F}, ground, 2);
      p.line({c.x, c.y - r * 0.82F}, {c.x, c.y + r * 0.42F}, ground, 2);
      const Vec tail[4] = {{c.x, c.y + r * 0.46F},
                           {c.x + r * 0.16F, c.y + r * 0.60F},
                           {c.x - r * 0.04F, c.y + r * 0.74F},
                           {c.x + r * 0.12F, c.y + r * 0.92F}};
      p.polyline(spline(tail, 8), plum, 2.4F);
      break;
    }
    default:
      for (int i = 0; i < 5; ++i) {
        const float a = -pi / 2 + static_cast<float>(i) * pi * 0.4F;
        p.circle(c + Vec{std::cos(a), std::sin(a)} * (r * 0.46F), r * 0.30F, plum);
      }
      p.circle(c, r * 0.24F, p.t.contrast ? ground : gold);
  }
}

}  // namespace waymark::ui
