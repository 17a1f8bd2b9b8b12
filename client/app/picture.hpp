// Pictures as values: decoded, turned upright, made smaller, encoded again. Nothing but pixels goes through,
// so metadata stays behind.
#pragma once

#include "shared/base/bytes.hpp"

namespace waymark::app {

struct Picture {
  int width = 0, height = 0;
  int channels = 3;  // 3 RGB, 4 RGBA
  Bytes pixels;
};

enum class PictureForm {
  none,        // no picture
  readable,    // JPEG, PNG, GIF, BMP
  unreadable,  // a picture in a form that we cannot decode: HEIC, AVIF, WebP, TIFF
};
// By its first bytes.
PictureForm picture_form(ByteView bytes);
bool is_jpeg(ByteView bytes);
bool is_png(ByteView bytes);

// How many pixels a picture says that it has. `not_an_image`.
Result<std::int64_t> pixels_told(ByteView bytes);
// Decodes and turns upright by the EXIF orientation (Exif 2.32, tag 0x0112). `not_an_image`, and `too_large`
// beyond picture_pixels_max.
Result<Picture> decode(ByteView bytes);
// At most `side_max` wide and high; a smaller one is returned as it is.
Picture fitted(Picture picture, int side_max);
// Quality 90; transparency becomes white.
Result<Bytes> encode_jpeg(const Picture& picture);
Result<Bytes> encode_png(const Picture& picture);
// 1 … 8; 1 where nothing is said.
int exif_orientation(ByteView jpeg);

}  // namespace waymark::app
