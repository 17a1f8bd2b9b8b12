// The files of one profile, named by the SHA-256 of their content: what a student attaches comes in here
// without its metadata, and what the school sends is kept here too. Pictures have a small copy in a folder
// that may be thrown away at any time. What a file belongs to, the records say.
#pragma once

#include <string>
#include <string_view>

#include "shared/base/bytes.hpp"

namespace waymark::app {

inline constexpr std::int64_t file_bytes_max = 20 * 1024 * 1024;
inline constexpr int picture_side_max = 2048;
inline constexpr int thumbnail_side_max = 320;
// More than any camera a school has takes; decoding one needs three bytes a pixel.
inline constexpr std::int64_t picture_pixels_max = 100'000'000;

struct Imported {
  std::string hash;  // 64 hexadecimal digits
  std::string mime;
  std::string name;  // of the file it came from
  std::int64_t bytes = 0;
  int width = 0, height = 0;  // of a picture
};

class FileFolder {
 public:
  // `files` is kept, `thumbnails` may be deleted. Neither need exist yet.
  FileFolder(std::string files, std::string thumbnails);

  // Copies a file in. A JPEG or PNG (BMP, GIF: their first frame) is decoded, turned as its EXIF orientation
  // says, made at most 2048 pixels wide and high, and written anew, so that where and when it was taken does
  // not come along; with `must_be_picture` anything else is `not_an_image`. A picture in a form that cannot
  // be cleaned (HEIC, WebP, TIFF, AVIF) is `unsupported`. Other files are kept as they are. `not_found`,
  // `too_large` beyond 20 MB, `disk_full`, `io`.
  Result<Imported> import(const std::string& path, bool must_be_picture);
  Result<Imported> import_bytes(ByteView bytes, std::string_view name, bool must_be_picture);

  // What came from school, under its own name; `wrong_id` when the content is another.
  Status put(std::string_view hash, ByteView bytes);

  std::string path_of(std::string_view hash) const;
  bool has(std::string_view hash) const;
  Result<Bytes> read(std::string_view hash) const;
  // The path of a picture at most 320 pixels wide and high, made when it is not there yet; empty when the
  // file is not here or no picture.
  std::string thumbnail(std::string_view hash);

 private:
  Status store(std::string_view hash, ByteView bytes);
  std::string files_, thumbnails_;
};

}  // namespace waymark::app
