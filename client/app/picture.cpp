#include "client/app/picture.hpp"

#include <algorithm>
#include <memory>

#include <stb/stb_image.h>
#include <stb/stb_image_resize.h>
#include <stb/stb_image_write.h>

#include "client/app/files.hpp"

namespace waymark::app {
namespace {

bool begins(ByteView bytes, std::string_view with) { return as_text(bytes).starts_with(with); }

struct Reader {  // of the TIFF structure inside EXIF, in either byte order
  ByteView bytes;
  bool little = true;
  std::uint32_t at(std::size_t offset, std::size_t count) const {
    if (offset + count > bytes.size()) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
      value |= std::uint32_t{bytes[offset + i]} << (8 * (little ? i : count - 1 - i));
    return value;
  }
};

int orientation_of_tiff(ByteView tiff) {
  if (tiff.size() < 8) return 1;
  Reader reader{tiff, tiff[0] == 'I'};
  std::size_t directory = reader.at(4, 4);
  if (directory > tiff.size()) return 1;
  std::size_t entries = reader.at(directory, 2);
  for (std::size_t i = 0; i < entries; ++i) {
    std::size_t entry = directory + 2 + 12 * i;
    if (entry + 12 > tiff.size()) return 1;
    if (reader.at(entry, 2) != 0x0112) continue;
    auto value = reader.at(entry + 8, 2);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

// Where the pixel that belongs at (x, y) of the upright picture lies in the stored one.
Picture turned(Picture picture, int orientation) {
  if (orientation == 1) return picture;
  bool sideways = orientation >= 5;
  Picture upright{sideways ? picture.height : picture.width, sideways ? picture.width : picture.height,
                  picture.channels, Bytes(picture.pixels.size())};
  auto channels = static_cast<std::size_t>(picture.channels);
  for (int y = 0; y < upright.height; ++y)
    for (int x = 0; x < upright.width; ++x) {
      int sx = x, sy = y;
      switch (orientation) {
        case 2:
          sx = picture.width - 1 - x;
          break;
        case 3:
          sx = picture.width - 1 - x, sy = picture.height - 1 - y;
          break;
        case 4:
          sy = picture.height - 1 - y;
          break;
        case 5:
          sx = y, sy = x;
          break;
        case 6:
          sx = y, sy = picture.height - 1 - x;
          break;
        case 7:
          sx = picture.width - 1 - y, sy = picture.height - 1 - x;
          break;
        case 8:
          sx = picture.width - 1 - y, sy = x;
          break;
        default:
          break;
      }
      auto from = (static_cast<std::size_t>(sy) * static_cast<std::size_t>(picture.width) +
                   static_cast<std::size_t>(sx)) *
                  channels;
      auto to = (static_cast<std::size_t>(y) * static_cast<std::size_t>(upright.width) +
                 static_cast<std::size_t>(x)) *
                channels;
      std::copy_n(picture.pixels.begin() + static_cast<std::ptrdiff_t>(from), channels,
                  upright.pixels.begin() + static_cast<std::ptrdiff_t>(to));
    }
  return upright;
}

int size_of(ByteView bytes) { return static_cast<int>(std::min<std::size_t>(bytes.size(), 1u << 30)); }

struct Head {
  int width = 0, height = 0, channels = 0;
};
Result<Head> read_head(ByteView bytes) {
  Head head;
  if (!stbi_info_from_memory(bytes.data(), size_of(bytes), &head.width, &head.height, &head.channels) ||
      head.width < 1 || head.height < 1)
    return Error{Code::not_an_image, "neither JPEG nor PNG"};
  return head;
}

void append(void* context, void* data, int size) {
  auto* out = static_cast<Bytes*>(context);
  const auto* bytes = static_cast<const std::uint8_t*>(data);
  out->insert(out->end(), bytes, bytes + size);
}

}  // namespace

bool is_jpeg(ByteView bytes) { return begins(bytes, "\xff\xd8\xff"); }
bool is_png(ByteView bytes) { return begins(bytes, "\x89PNG\r\n\x1a\n"); }

PictureForm picture_form(ByteView bytes) {
  if (is_jpeg(bytes) || is_png(bytes) || begins(bytes, "GIF87a") || begins(bytes, "GIF89a") ||
      (begins(bytes, "BM") && bytes.size() > 26 && bytes[14] >= 12 && bytes[15] == 0))
    return PictureForm::readable;
  if (begins(bytes, std::string_view("II*\0", 4)) || begins(bytes, std::string_view("MM\0*", 4)))
    return PictureForm::unreadable;
  if (bytes.size() > 12 && begins(bytes, "RIFF") && begins(bytes.subspan(8), "WEBP"))
    return PictureForm::unreadable;
  if (bytes.size() > 12 && begins(bytes.subspan(4), "ftyp"))
    for (std::string_view brand : {"heic", "heix", "heim", "hevc", "mif1", "msf1", "avif", "avis"})
      if (begins(bytes.subspan(8), brand)) return PictureForm::unreadable;
  return PictureForm::none;
}

int exif_orientation(ByteView jpeg) {
  if (!is_jpeg(jpeg)) return 1;
  std::size_t at = 2;
  while (at + 4 <= jpeg.size() && jpeg[at] == 0xff) {
    int marker = jpeg[at + 1];
    if (marker == 0xda || marker == 0xd9) break;  // the picture itself begins
    std::size_t length = std::size_t{jpeg[at + 2]} << 8 | jpeg[at + 3];
    if (length < 2 || at + 2 + length > jpeg.size()) break;
    ByteView segment = jpeg.subspan(at + 4, length - 2);
    if (marker == 0xe1 && begins(segment, std::string_view("Exif\0\0", 6)))
      return orientation_of_tiff(segment.subspan(6));
    at += 2 + length;
  }
  return 1;
}

Result<std::int64_t> pixels_told(ByteView bytes) {
  WAYMARK_TRY(told, read_head(bytes));
  return std::int64_t{told.width} * told.height;
}

Result<Picture> decode(ByteView bytes) {
  WAYMARK_TRY(told, read_head(bytes));
  auto [width, height, channels] = told;
  if (std::int64_t{width} * height > picture_pixels_max)
    return Error{Code::too_large, "more than a hundred million pixels"};
  int wanted = channels == 2 || channels == 4 ? 4 : 3;
  std::unique_ptr<stbi_uc, decltype(&stbi_image_free)> pixels(
      stbi_load_from_memory(bytes.data(), size_of(bytes), &width, &height, &channels, wanted),
      stbi_image_free);
  if (!pixels) return Error{Code::not_an_image, "the picture's data are damaged"};
  Picture picture{width, height, wanted, {}};
  auto count =
      static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * static_cast<std::size_t>(wanted);
  picture.pixels.assign(pixels.get(), pixels.get() + count);
  pixels.reset();
  return turned(std::move(picture), exif_orientation(bytes));
}

Picture fitted(Picture picture, int side_max) {
  int longest = std::max(picture.width, picture.height);
  if (longest <= side_max) return picture;
  auto scaled = [&](int side) {
    return std::max(1, static_cast<int>((std::int64_t{side} * side_max + longest / 2) / longest));
  };
  Picture small{scaled(picture.width), scaled(picture.height), picture.channels, {}};
  small.pixels.resize(static_cast<std::size_t>(small.width) * static_cast<std::size_t>(small.height) *
                      static_cast<std::size_t>(small.channels));
  int alpha = picture.channels == 4 ? 3 : STBIR_ALPHA_CHANNEL_NONE;
  if (!stbir_resize_uint8_srgb(picture.pixels.data(), picture.width, picture.height, 0, small.pixels.data(),
                               small.width, small.height, 0, picture.channels, alpha, 0))
    return picture;
  return small;
}

Result<Bytes> encode_jpeg(const Picture& picture) {
  const Bytes* pixels = &picture.pixels;
  Bytes opaque;
  if (picture.channels == 4) {
    opaque.reserve(picture.pixels.size() / 4 * 3);
    for (std::size_t i = 0; i + 3 < picture.pixels.size(); i += 4) {
      unsigned alpha = picture.pixels[i + 3];
      for (std::size_t c = 0; c < 3; ++c)
        opaque.push_back(
            static_cast<std::uint8_t>((picture.pixels[i + c] * alpha + 255 * (255 - alpha)) / 255));
    }
    pixels = &opaque;
  }
  Bytes out;
  if (!stbi_write_jpg_to_func(append, &out, picture.width, picture.height, 3, pixels->data(), 90))
    return Error{Code::internal, "the picture could not be encoded"};
  return out;
}

Result<Bytes> encode_png(const Picture& picture) {
  Bytes out;
  if (!stbi_write_png_to_func(append, &out, picture.width, picture.height, picture.channels,
                              picture.pixels.data(), picture.width * picture.channels))
    return Error{Code::internal, "the picture could not be encoded"};
  return out;
}

}  // namespace waymark::app
