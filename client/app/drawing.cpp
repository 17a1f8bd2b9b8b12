#include "client/app/drawing.hpp"

#include <cmath>
#include <utility>

#include "client/app/commands.hpp"
#include "client/app/files.hpp"

namespace waymark::app {

// Each stroke covers a pixel as far as its nearest part does, so that where it crosses itself nothing shows.
Picture picture_of(const std::vector<PenStroke>& strokes) {
  constexpr auto wide = static_cast<std::size_t>(drawing_width);
  Picture page{drawing_width, drawing_height, 3, Bytes(wide * drawing_height * 3, 255)};
  std::vector<float> covered(wide * drawing_height);
  for (const auto& stroke : strokes) {
    if (stroke.points.empty()) continue;
    const float radius = static_cast<float>(stroke.thick()) / 2;
    const int around = static_cast<int>(radius) + 2;
    int left = drawing_width, top = drawing_height, right = 0, bottom = 0;
    for (std::size_t i = 0; i < stroke.points.size(); i++) {
      const auto a = stroke.points[i > 0 ? i - 1 : 0], b = stroke.points[i];
      const int x0 = std::max(std::min(a.x, b.x) - around, 0);
      const int x1 = std::min(std::max(a.x, b.x) + around, drawing_width);
      const int y0 = std::max(std::min(a.y, b.y) - around, 0);
      const int y1 = std::min(std::max(a.y, b.y) + around, drawing_height);
      left = std::min(left, x0), right = std::max(right, x1);
      top = std::min(top, y0), bottom = std::max(bottom, y1);
      const auto dx = static_cast<float>(b.x - a.x), dy = static_cast<float>(b.y - a.y);
      const float length = dx * dx + dy * dy;
      for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++) {
          const float px = static_cast<float>(x - a.x) + 0.5F, py = static_cast<float>(y - a.y) + 0.5F;
          const float along = length > 0 ? std::clamp((px * dx + py * dy) / length, 0.0F, 1.0F) : 0.0F;
          const float far = std::hypot(px - along * dx, py - along * dy);
          auto& one = covered[static_cast<std::size_t>(y) * wide + static_cast<std::size_t>(x)];
          one = std::max(one, std::clamp(radius + 0.5F - far, 0.0F, 1.0F));
        }
    }
    const auto color = pen_colors[static_cast<std::size_t>(stroke.color)];
    for (int y = top; y < bottom; y++)
      for (int x = left; x < right; x++) {
        const auto at = static_cast<std::size_t>(y) * wide + static_cast<std::size_t>(x);
        const float part = std::exchange(covered[at], 0.0F);
        if (part <= 0) continue;
        for (std::size_t c = 0; c < 3; c++) {
          auto& pixel = page.pixels[at * 3 + c];
          const auto ink = static_cast<float>((color >> (16 - 8 * c)) & 255U);
          pixel = static_cast<std::uint8_t>(static_cast<float>(pixel) * (1 - part) + ink * part + 0.5F);
        }
      }
  }
  return page;
}

Result<Bytes> png_of_drawing(std::string_view text) {
  if (text.size() > drawing_bytes_max) return Error{Code::too_large, "a drawing of too many strokes"};
  auto strokes = read_drawing(text);
  if (strokes.empty()) return Error{Code::invalid, "a drawing without a stroke"};
  return encode_png(picture_of(strokes));
}

Result<Imported> take_in(FileFolder& folder, const AttachFile& command) {
  if (command.drawing.empty()) return folder.import(command.path, command.photo);
  WAYMARK_TRY(png, png_of_drawing(command.drawing));
  return folder.import_bytes(png, drawing_name, true);
}

}  // namespace waymark::app
