#include "sync-server/sample/drawing.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <zlib.h>

#include "shared/base/bytes.hpp"
#include "shared/base/seams.hpp"

namespace waymark::server {
namespace {

struct Color {
  int r = 0, g = 0, b = 0;
};
struct Point {
  double x = 0, y = 0;
};

constexpr Color kPaper{246, 241, 229}, kPencil{70, 68, 74}, kBlue{74, 122, 168}, kGreen{104, 138, 84},
    kBrown{146, 110, 76}, kRed{186, 88, 70}, kSand{214, 190, 142}, kGray{150, 150, 148},
    kYellow{228, 190, 84};

class Canvas {
 public:
  explicit Canvas(std::uint64_t seed) : random_(seed) {
    pixels_.resize(static_cast<std::size_t>(drawing_width) * drawing_height, kPaper);
    // Paper is never one color, and a photo of it is darker toward one corner.
    double corner = between(0, 1) < 0.5 ? 0 : 1;
    for (int y = 0; y < drawing_height; y++)
      for (int x = 0; x < drawing_width; x++) {
        double shade = std::abs(corner - static_cast<double>(x) / drawing_width) * 16 +
                       static_cast<double>(y) / drawing_height * 8;
        int grain = static_cast<int>(shade) + ((x / 3 * 7 + y / 3 * 13) % 11 == 0 ? 3 : 0);
        auto& p = at(x, y);
        p = {p.r - grain, p.g - grain, p.b - grain};
      }
  }

  double between(double low, double high) {
    return low + (high - low) * static_cast<double>(random_.below(1'000'000)) / 1e6;
  }

  void dot(double cx, double cy, double radius, Color color, double strength = 1) {
    int x0 = static_cast<int>(cx - radius - 1), x1 = static_cast<int>(cx + radius + 2);
    int y0 = static_cast<int>(cy - radius - 1), y1 = static_cast<int>(cy + radius + 2);
    for (int y = std::max(0, y0); y < std::min(drawing_height, y1); y++)
      for (int x = std::max(0, x0); x < std::min(drawing_width, x1); x++) {
        double distance = std::hypot(x + 0.5 - cx, y + 0.5 - cy);
        double cover = std::clamp(radius + 0.5 - distance, 0.0, 1.0) * strength;
        if (cover <= 0) continue;
        auto& p = at(x, y);
        p = {mix(p.r, color.r, cover), mix(p.g, color.g, cover), mix(p.b, color.b, cover)};
      }
  }

  // A line as a hand draws it: a little off, a little uneven.
  void line(Point a, Point b, Color color, double width = 2.2) {
    double length = std::hypot(b.x - a.x, b.y - a.y);
    int steps = std::max(2, static_cast<int>(length / 1.4));
    double bow = between(-0.012, 0.012) * length, phase = between(0, 6);
    for (int i = 0; i <= steps; i++) {
      double t = static_cast<double>(i) / steps;
      double off = bow * std::sin(t * 3.14159) + 0.8 * std::sin(t * length / 23 + phase);
      double nx = length > 0 ? -(b.y - a.y) / length : 0, ny = length > 0 ? (b.x - a.x) / length : 0;
      dot(a.x + (b.x - a.x) * t + nx * off, a.y + (b.y - a.y) * t + ny * off, width / 2 * between(0.85, 1.1),
          color, 0.85);
    }
  }
  void path(const std::vector<Point>& points, Color color, double width = 2.2) {
    for (std::size_t i = 1; i < points.size(); i++) line(points[i - 1], points[i], color, width);
  }
  void box(double x, double y, double w, double h, Color color, double width = 2.2) {
    path({{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}, {x, y}}, color, width);
  }
  // Colored pencil: strokes side by side, paper showing through.
  void shade(double x, double y, double w, double h, Color color, double gap = 4.5) {
    for (double s = gap / 2; s < w + h; s += gap) {
      Point a{x + std::min(s, w), y + std::max(0.0, s - w)};
      Point b{x + std::max(0.0, s - h), y + std::min(s, h)};
      line(a, b, color, gap * 0.62);
    }
  }
  void fill(double x, double y, double w, double h, Color color) {
    for (int py = static_cast<int>(std::max(0.0, y)); py < std::min<double>(drawing_height, y + h); py++)
      for (int px = static_cast<int>(std::max(0.0, x)); px < std::min<double>(drawing_width, x + w); px++)
        at(px, py) = color;
  }
  void ring(double cx, double cy, double rx, double ry, Color color, double width = 2.2) {
    std::vector<Point> points;
    for (int i = 0; i <= 40; i++) {
      double a = i * 6.28318 / 40;
      points.push_back({cx + rx * std::cos(a), cy + ry * std::sin(a)});
    }
    path(points, color, width);
  }
  void arrow(Point a, Point b, Color color, double width = 3) {
    line(a, b, color, width);
    double angle = std::atan2(b.y - a.y, b.x - a.x);
    for (double turn : {2.6, -2.6})
      line(b, {b.x + 14 * std::cos(angle + turn), b.y + 14 * std::sin(angle + turn)}, color, width);
  }
  // Handwriting too small to read.
  void scribble(double x, double y, double w, Color color = kPencil) {
    double at_x = x;
    while (at_x < x + w) {
      double word = between(16, 44);
      std::vector<Point> points;
      for (double s = 0; s < word; s += 3.4)
        points.push_back({at_x + s, y + between(-3.6, 2.2) - (between(0, 1) < 0.14 ? 5 : 0)});
      if (at_x + word < x + w + 10) path(points, color, 1.4);
      at_x += word + 9;
    }
  }

  std::string png() const {
    std::string raw;
    raw.reserve(pixels_.size() * 3 + drawing_height);
    for (int y = 0; y < drawing_height; y++) {
      raw += '\0';
      for (int x = 0; x < drawing_width; x++) {
        const auto& p = pixels_[static_cast<std::size_t>(y) * drawing_width + static_cast<std::size_t>(x)];
        // Four levels less a channel: nobody sees it and the file is a third smaller.
        for (int value : {p.r, p.g, p.b}) raw += static_cast<char>(std::clamp(value, 0, 255) & 0xFC);
      }
    }
    uLongf size = compressBound(static_cast<uLong>(raw.size()));
    std::string packed(size, '\0');
    compress2(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(raw.data()),
              static_cast<uLong>(raw.size()), 9);
    packed.resize(size);
    std::string out("\x89PNG\r\n\x1a\n", 8);
    auto big = [](std::uint32_t n) {
      std::string bytes;
      for (int shift : {24, 16, 8, 0}) bytes += static_cast<char>(n >> shift & 0xFF);
      return bytes;
    };
    auto chunk = [&](const std::string& type, const std::string& body) {
      std::string named = type + body;
      auto sum = crc32(0, reinterpret_cast<const Bytef*>(named.data()), static_cast<uInt>(named.size()));
      out += big(static_cast<std::uint32_t>(body.size())) + named + big(static_cast<std::uint32_t>(sum));
    };
    chunk("IHDR", big(drawing_width) + big(drawing_height) + std::string("\x08\x02\x00\x00\x00", 5));
    chunk("IDAT", packed);
    chunk("IEND", "");
    return out;
  }

 private:
  static int mix(int from, int to, double part) {
    return static_cast<int>(std::lround(from + (to - from) * part));
  }
  Color& at(int x, int y) {
    return pixels_[static_cast<std::size_t>(y) * drawing_width + static_cast<std::size_t>(x)];
  }
  std::vector<Color> pixels_;
  SeededRandom random_;
};

// From high on the left to low on the right, with a roof, a yard, a creek and arrows between them.
void water_map(Canvas& c) {
  double tilt = c.between(-16, 16);
  c.box(40, 50 + tilt, 120, 80, kPencil, 2.6);
  c.line({40, 50 + tilt}, {160, 130 + tilt}, kPencil, 1.4);
  c.line({40, 130 + tilt}, {160, 50 + tilt}, kPencil, 1.4);
  c.scribble(52, 150 + tilt, 90);
  c.box(210, 90, 150, 130, kPencil);
  c.shade(213, 93, 144, 124, kSand, 6);
  c.scribble(232, 240, 110);
  c.shade(222, 40, 46, 34, kGreen);
  c.shade(300, 34, 40, 34, kGreen);
  std::vector<Point> bank, other;
  for (int i = 0; i <= 14; i++) {
    double x = 395 + i * 6 + 20 * std::sin(i * 0.7 + tilt), y = 20 + i * 27;
    bank.push_back({x, y}), other.push_back({x + 46, y + 6});
  }
  c.path(bank, kBlue, 3), c.path(other, kBlue, 3);
  for (std::size_t i = 1; i < bank.size(); i += 2)
    c.line({bank[i].x + 12, bank[i].y}, {bank[i].x + 30, bank[i].y + 5}, kBlue, 1.8);
  c.arrow({160, 105 + tilt}, {208, 130}, kBlue);
  c.arrow({250, 130}, {330, 190}, kBlue);
  c.arrow({360, 180}, {415, 215}, kBlue, 3.6);
  c.box(338, 300, 44, 26, kPencil, 2.6);
  for (int i = 1; i < 5; i++) c.line({338.0 + i * 9, 300}, {338.0 + i * 9, 326}, kPencil, 1.6);
  c.ring(360, 313, 46, 32, kRed, 2.6);
  c.scribble(60, 320, 190), c.scribble(60, 346, 230), c.scribble(60, 372, 150);
}

// A straight jar with a strip of marks, as a photo from above the windowsill.
void rain_jar(Canvas& c) {
  c.fill(0, 330, drawing_width, 90, {126, 104, 84});
  c.fill(0, 0, drawing_width, 330, {188, 202, 206});
  for (int i = 0; i < 14; i++) {
    double x = c.between(0, drawing_width), y = c.between(0, 300);
    c.dot(x, y, c.between(14, 46), {152, 174, 152}, 0.35);
  }
  double level = c.between(190, 265);
  c.fill(210, 60, 140, 300, {222, 232, 232});
  c.fill(214, level, 132, 356 - level, {124, 162, 188});
  c.line({214, level}, {346, level}, {228, 240, 246}, 3);
  c.box(210, 60, 140, 300, {96, 110, 116}, 3);
  c.ring(280, 60, 70, 12, {96, 110, 116}, 3);
  c.fill(252, 80, 26, 274, {242, 240, 232});
  for (int i = 0; i < 23; i++)
    c.line({252, 352.0 - i * 12}, {252.0 + (i % 5 == 0 ? 22 : 11), 352.0 - i * 12}, kPencil, 1.6);
  c.line({330, 90}, {330, 330}, {246, 250, 252}, 5);
}

void bottles(Canvas& c) {
  c.fill(0, 320, drawing_width, 100, {168, 150, 128});
  std::array<Color, 3> soils{kSand, kBrown, Color{104, 86, 66}};
  std::array<double, 3> through{96, 58, 14};
  for (std::size_t i = 0; i < 3; i++) {
    double x = 60 + static_cast<double>(i) * 165, t = through[i] + c.between(-8, 8);
    c.fill(x, 70, 104, 100, soils[i]);
    for (int k = 0; k < 50; k++)
      c.dot(x + c.between(6, 98), 70 + c.between(6, 94), c.between(1, 3.4), {70, 56, 44}, 0.4);
    if (i == 2) c.fill(x, 40, 104, 30, {150, 160, 160});
    c.fill(x + 8, 330 - t, 88, t, {142, 170, 184});
    c.path({{x, 30}, {x, 170}, {x + 36, 214}, {x + 68, 214}, {x + 104, 170}, {x + 104, 30}}, {88, 100, 104},
           3);
    c.box(x + 6, 222, 92, 110, {88, 100, 104}, 3);
    c.fill(x + 14, 344, 76, 34, {246, 243, 232});
    c.scribble(x + 22, 362, 56);
  }
}

void bars(Canvas& c) {
  c.line({80, 40}, {80, 350}, kPencil, 2.6), c.line({80, 350}, {510, 350}, kPencil, 2.6);
  std::array<Color, 4> colors{kYellow, kGreen, kBrown, kBlue};
  for (std::size_t i = 0; i < 4; i++) {
    double h = c.between(60, 270), x = 112 + static_cast<double>(i) * 100;
    c.shade(x, 350 - h, 62, h, colors[i], 5);
    c.box(x, 350 - h, 62, h, kPencil);
    c.scribble(x + 4, 372, 50);
    c.scribble(x + 16, 338 - h, 26);
  }
  for (int i = 0; i < 6; i++) {
    c.line({72, 350.0 - i * 52}, {88, 350.0 - i * 52}, kPencil, 1.8);
    c.scribble(36, 352.0 - i * 52, 18);
  }
  c.scribble(130, 24, 260);
}

// A long paper sign pinned to a board, three pictures on it.
using Pictogram = void (*)(Canvas&, double x, double y, int which);
void sign(Canvas& c, Pictogram draw) {
  c.fill(0, 0, drawing_width, drawing_height, {172, 142, 104});
  for (int i = 0; i < 9; i++)
    c.line({0, i * 50.0 + 10}, {560, i * 50.0 + c.between(2, 18)}, {150, 122, 88}, 2);
  c.fill(40, 110, 480, 190, {244, 240, 228});
  c.line({40, 286}, {520, 288}, kGray, 1.6);
  for (int i = 0; i < 3; i++) draw(c, 110.0 + i * 155, 205, i);
  for (double x : {82.0, 232.0, 392.0}) c.scribble(x, 274, 50);
  c.scribble(180, 132, 200);
  for (double x : {48.0, 512.0}) c.dot(x, 118, 5, kRed);
}

void bottle(Canvas& c, double x, double y) {
  c.path({{x - 20, y + 45},
          {x - 20, y - 25},
          {x - 8, y - 45},
          {x - 8, y - 59},
          {x + 8, y - 59},
          {x + 8, y - 45},
          {x + 20, y - 25},
          {x + 20, y + 45},
          {x - 20, y + 45}},
         kBlue, 3.4);
}
void book(Canvas& c, double x, double y) {
  c.box(x - 42, y - 46, 84, 92, kRed, 3.4);
  c.line({x - 24, y - 46}, {x - 24, y + 46}, kRed, 3);
}
void jacket(Canvas& c, double x, double y) {
  c.path({{x - 44, y - 30},
          {x - 14, y - 50},
          {x + 14, y - 50},
          {x + 44, y - 30},
          {x + 34, y - 4},
          {x + 22, y - 10},
          {x + 22, y + 50},
          {x - 22, y + 50},
          {x - 22, y - 10},
          {x - 34, y - 4},
          {x - 44, y - 30}},
         kGreen, 3.4);
}
void strip(Canvas& c) {
  sign(c, [](Canvas& on, double x, double y, int which) {
    (which == 0 ? bottle : which == 1 ? book : jacket)(on, x, y);
  });
}
void strip_bike(Canvas& c) {
  sign(c, [](Canvas& on, double x, double y, int which) {
    auto color = which == 1 ? kRed : kBlue;
    on.ring(x - 32, y + 24, 22, 22, kPencil, 3), on.ring(x + 32, y + 24, 22, 22, kPencil, 3);
    on.path({{x - 32, y + 24}, {x - 12, y - 16}, {x + 20, y - 16}, {x, y + 24}, {x - 32, y + 24}}, color,
            3.4);
    on.path({{x, y + 24}, {x - 14, y - 22}, {x - 24, y - 22}}, color, 3.4);
    on.path({{x + 32, y + 24}, {x + 18, y - 30}, {x + 32, y - 34}}, color, 3.4);
  });
}
void strip_shoe(Canvas& c) {
  sign(c, [](Canvas& on, double x, double y, int which) {
    if (which == 2) return on.arrow({x, y - 44}, {x, y + 30}, kRed, 6);
    on.path({{x - 44, y - 34},
             {x - 10, y - 30},
             {x + 6, y - 8},
             {x + 44, y},
             {x + 46, y + 16},
             {x - 44, y + 16},
             {x - 44, y - 34}},
            which == 0 ? kPencil : kBrown, 3.4);
    for (int wave = 0; wave < 5; wave++)
      on.path(
          {{x - 44 + wave * 18.0, y + 34}, {x - 35 + wave * 18.0, y + 27}, {x - 26 + wave * 18.0, y + 34}},
          kBlue, 3);
  });
}
void strip_hand(Canvas& c) {
  sign(c, [](Canvas& on, double x, double y, int which) {
    if (which != 1) return on.arrow({x, y - 40}, {x, y + 36}, kBlue, 5);
    on.path({{x - 30, y + 50},
             {x - 30, y},
             {x - 48, y - 14},
             {x - 42, y - 24},
             {x - 24, y - 14},
             {x - 26, y - 50},
             {x - 14, y - 52},
             {x - 10, y - 18},
             {x - 6, y - 60},
             {x + 6, y - 60},
             {x + 8, y - 18},
             {x + 14, y - 54},
             {x + 24, y - 52},
             {x + 24, y - 12},
             {x + 32, y - 38},
             {x + 40, y - 34},
             {x + 34, y + 10},
             {x + 24, y + 50},
             {x - 30, y + 50}},
            kRed, 3.4);
  });
}
void strip_feet(Canvas& c) {
  sign(c, [](Canvas& on, double x, double y, int which) {
    double up = which * -14.0;
    for (double side : {-18.0, 18.0}) {
      double fy = y + up + (side > 0 ? -22 : 12);
      on.shade(x + side - 10, fy - 18, 20, 38, kBlue, 4);
      on.ring(x + side, fy, 13, 24, kBlue, 3);
      for (int toe = 0; toe < 4; toe++) on.dot(x + side - 9 + toe * 6, fy - 31 + (toe % 3), 3, kBlue);
    }
  });
}
void strip_found(Canvas& c) {
  sign(c, [](Canvas& on, double x, double y, int which) {
    if (which == 0) {  // a sock
      on.path({{x - 18, y - 50},
               {x + 14, y - 50},
               {x + 14, y + 8},
               {x + 44, y + 30},
               {x + 36, y + 48},
               {x - 8, y + 34},
               {x - 18, y + 10},
               {x - 18, y - 50}},
              kGreen, 3.4);
      for (double stripe : {-36.0, -24.0}) on.line({x - 18, y + stripe}, {x + 14, y + stripe}, kRed, 3);
    } else if (which == 1) {  // a cap
      on.path({{x - 36, y + 14},
               {x - 32, y - 16},
               {x - 8, y - 34},
               {x + 20, y - 24},
               {x + 30, y + 12},
               {x - 36, y + 14}},
              kBlue, 3.4);
      on.path({{x + 30, y + 12}, {x + 62, y + 24}, {x + 26, y + 26}}, kBlue, 3.4);
    } else {  // a key
      on.ring(x - 26, y, 20, 20, kBrown, 4);
      on.path({{x - 6, y}, {x + 50, y}, {x + 50, y + 16}}, kBrown, 4);
      on.line({x + 34, y}, {x + 34, y + 12}, kBrown, 4);
    }
  });
}

// Housefronts along a street, one with a date stone.
void street(Canvas& c) {
  c.line({20, 340}, {540, 338}, kPencil, 3);
  double x = 30;
  int n = 0;
  while (x < 480) {
    double w = c.between(70, 120), h = c.between(130, 230);
    w = std::min(w, 530 - x);
    c.box(x, 340 - h, w, h, kPencil);
    if (n % 2 == 0) c.path({{x, 340 - h}, {x + w / 2, 300 - h}, {x + w, 340 - h}}, kPencil);
    for (double wy = 340 - h + 20; wy < 260; wy += 48)
      for (double wx = x + 12; wx + 20 < x + w; wx += 34) c.box(wx, wy, 18, 26, kPencil, 1.6);
    c.box(x + w / 2 - 12, 290, 24, 50, kBrown, 2.4);
    if (n == 1) c.ring(x + w / 2, 270, 30, 18, kRed, 2.6), c.scribble(x + w / 2 - 16, 272, 24);
    x += w + c.between(0, 14);
    n++;
  }
  c.scribble(40, 372, 300), c.scribble(40, 396, 220);
}

// A rubbing: graphite over something round and raised.
void circle(Canvas& c) {
  for (double y = 30; y < 400; y += 5) c.line({50, y}, {510, y + c.between(-3, 3)}, {128, 126, 128}, 4.2);
  for (double r : {150.0, 138.0, 96.0, 60.0}) c.ring(280, 210, r, r * 0.96, {226, 222, 212}, r > 140 ? 7 : 4);
  for (int i = 0; i < 12; i++) {
    double a = i * 6.28318 / 12 + c.between(-0.06, 0.06);
    c.line({280 + 98 * std::cos(a), 210 + 94 * std::sin(a)},
           {280 + 134 * std::cos(a), 210 + 130 * std::sin(a)}, {226, 222, 212}, 4);
  }
}

void table(Canvas& c) {
  c.scribble(60, 44, 240);
  for (int row = 0; row <= 8; row++)
    c.line({50, 70.0 + row * 38}, {510, 70.0 + row * 38}, kPencil, row < 2 ? 2.6 : 1.6);
  for (double x : {50.0, 210.0, 310.0, 410.0, 510.0}) c.line({x, 70}, {x, 374}, kPencil, 1.8);
  for (int row = 0; row < 8; row++) {
    c.scribble(62, 94.0 + row * 38, c.between(60, 120));
    for (double x : {226.0, 326.0, 426.0})
      c.scribble(x, 94.0 + row * 38, c.between(20, 52), row == 7 ? kRed : kPencil);
  }
}

void page(Canvas& c) {
  for (int i = 0; i < 12; i++) c.line({40, 60.0 + i * 30}, {530, 60.0 + i * 30}, {176, 196, 214}, 1.2);
  c.line({92, 20}, {92, 400}, {214, 150, 144}, 1.4);
  c.scribble(110, 34, 200);
  for (int i = 0; i < 11; i++)
    c.scribble(106, 54.0 + i * 30, i % 4 == 3 ? c.between(90, 240) : c.between(330, 410));
}

void leaf(Canvas& c) {
  c.shade(0, 330, 560, 90, kBrown, 7);
  c.path({{280, 360}, {276, 250}, {286, 90}}, kBrown, 6);
  for (int i = 0; i < 7; i++) {
    double y = 110 + i * 32, reach = 60 + 90 * std::sin(i * 0.5 + 0.4);
    for (double side : {-1.0, 1.0}) {
      Point tip{282 + side * (reach + c.between(-14, 14)), y - c.between(14, 40)};
      c.line({282, y}, tip, kGreen, 3.4);
      c.ring((282 + tip.x) / 2 + side * 18, (y + tip.y) / 2, 34, 16, kGreen, 2.4);
    }
  }
}

// A room from above with two lines of people.
void plan(Canvas& c) {
  c.box(40, 40, 480, 320, kPencil, 3.4);
  c.fill(250, 354, 60, 10, kPaper);
  for (int i = 0; i < 3; i++) {
    c.box(90.0 + i * 140, 80, 100, 50, kBrown, 2.6);
    for (int k = 0; k < 4; k++) c.ring(104.0 + i * 140 + k * 24, 146, 8, 8, kGray, 2);
    for (int k = 0; k < 4; k++) c.ring(104.0 + i * 140 + k * 24, 66, 8, 8, kGray, 2);
  }
  c.box(180, 230, 200, 34, kGreen, 3);
  for (int k = 0; k < 5; k++)
    c.ring(160.0 - k * 22, 250, 8, 8, kBlue, 2.4), c.ring(400.0 + k * 22, 250, 8, 8, kRed, 2.4);
  c.arrow({280, 350}, {280, 290}, kPencil), c.arrow({180, 218}, {120, 170}, kBlue),
      c.arrow({380, 218}, {440, 170}, kRed);
  c.scribble(200, 310, 60), c.scribble(60, 392, 300);
}

}  // namespace

std::string draw_png(std::string_view name, std::uint64_t seed) {
  using Draw = void (*)(Canvas&);
  constexpr std::pair<std::string_view, Draw> kDrawings[] = {{"water_map", water_map},
                                                             {"rain_jar", rain_jar},
                                                             {"bottles", bottles},
                                                             {"bars", bars},
                                                             {"strip", strip},
                                                             {"street", street},
                                                             {"circle", circle},
                                                             {"table", table},
                                                             {"page", page},
                                                             {"leaf", leaf},
                                                             {"plan", plan},
                                                             {"strip_bike", strip_bike},
                                                             {"strip_shoe", strip_shoe},
                                                             {"strip_hand", strip_hand},
                                                             {"strip_feet", strip_feet},
                                                             {"strip_found", strip_found}};
  for (const auto& [known, draw] : kDrawings)
    if (known == name) {
      Canvas canvas(seed);
      draw(canvas);
      return canvas.png();
    }
  return {};
}

}  // namespace waymark::server
