// A drawing, as a pen made it: strokes on a white page of its own size, in a text that a draft keeps until it
// is done. The text only grows at its end while somebody draws. Screens read and show strokes; the picture
// that is kept as work is made of them in drawing.cpp.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/app/picture.hpp"

namespace waymark::app {

inline constexpr int drawing_width = 1200, drawing_height = 900;
// What a text may have, and the pieces in which a draft keeps it, so that a stroke more writes little.
inline constexpr std::size_t drawing_piece_bytes = 4'000, drawing_pieces = 30;
inline constexpr std::size_t drawing_bytes_max = drawing_piece_bytes * drawing_pieces;
inline constexpr std::size_t stroke_points_max = 2'000, stroke_bytes_min = 7;
// The file's name; it tells a drawing from other pictures, and is in no language.
inline constexpr std::string_view drawing_name = "drawing.png";

// On white whatever the theme is; the last is the paper, with which the eraser draws.
inline constexpr std::array<std::uint32_t, 6> pen_colors = {0x22302A, 0x1F5FA8, 0xB83A2E,
                                                            0x2E7D4F, 0xD98A1F, 0xFFFFFF};
inline constexpr int pen_paper = 5;
inline constexpr std::array<int, 3> pen_widths = {5, 12, 28};
inline constexpr int eraser_times = 2;

struct PenPoint {
  int x = 0, y = 0;
  bool operator==(const PenPoint&) const = default;
};
struct PenStroke {
  int color = 0, width = 0;  // of the tables above
  std::vector<PenPoint> points;
  int thick() const {
    return pen_widths[static_cast<std::size_t>(width)] * (color == pen_paper ? eraser_times : 1);
  }
  bool operator==(const PenStroke&) const = default;
};

inline constexpr std::string_view pen_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// A digit each for colour and width, four a point, and a semicolon. Points that lie on one another are one.
inline std::string text_of(const PenStroke& stroke) {
  auto digit = [](int value) { return pen_digits[static_cast<std::size_t>(value) & 63U]; };
  std::string text{digit(stroke.color), digit(stroke.width)};
  PenPoint before{-1, -1};
  for (const auto& at : stroke.points) {
    const PenPoint point{std::clamp(at.x, 0, drawing_width), std::clamp(at.y, 0, drawing_height)};
    if (point == std::exchange(before, point)) continue;
    for (int value : {point.x, point.y}) text += digit(value >> 6), text += digit(value);
  }
  return text + ';';
}

// What makes no sense is left out: a stroke, not the drawing.
inline std::vector<PenStroke> read_drawing(std::string_view text) {
  std::vector<PenStroke> strokes;
  while (!text.empty()) {
    auto end = text.find(';');
    if (end == std::string_view::npos) break;  // torn
    auto words = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (words.size() < 6 || words.size() % 4 != 2 || words.size() > 2 + 4 * stroke_points_max) continue;
    std::vector<int> digits;
    for (char c : words)
      if (auto at = pen_digits.find(c); at != std::string_view::npos) digits.push_back(static_cast<int>(at));
    if (digits.size() != words.size()) continue;
    PenStroke stroke{digits[0], digits[1], {}};
    if (stroke.color >= static_cast<int>(pen_colors.size()) ||
        stroke.width >= static_cast<int>(pen_widths.size()))
      continue;
    for (std::size_t i = 2; i < digits.size(); i += 4)
      stroke.points.push_back({std::min(digits[i] * 64 + digits[i + 1], drawing_width),
                               std::min(digits[i + 2] * 64 + digits[i + 3], drawing_height)});
    strokes.push_back(std::move(stroke));
  }
  return strokes;
}

// Without its last stroke.
inline std::string drawing_undone(std::string_view text) {
  if (!text.empty()) text.remove_suffix(1);
  auto end = text.rfind(';');
  return std::string(text.substr(0, end == std::string_view::npos ? 0 : end + 1));
}

// The draft of one: how long the text is, and its pieces by name.
inline std::string drawing_place(std::string_view step) { return "drawing." + std::string(step); }
inline std::vector<std::pair<std::string, std::string>> drawing_parts(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> parts = {{"length", std::to_string(text.size())}};
  for (std::size_t i = 0; i * drawing_piece_bytes < text.size() && i < drawing_pieces; i++)
    parts.emplace_back("piece" + std::to_string(i),
                       std::string(text.substr(i * drawing_piece_bytes, drawing_piece_bytes)));
  return parts;
}

// Its strokes on white.
Picture picture_of(const std::vector<PenStroke>& strokes);
// As the file that is kept. `invalid` without a stroke, `too_large`.
Result<Bytes> png_of_drawing(std::string_view text);
// What is attached, into the folder: a file of this computer, or a drawing.
class FileFolder;
struct AttachFile;
struct Imported;
Result<Imported> take_in(FileFolder& folder, const AttachFile& command);

}  // namespace waymark::app
