// The files of one profile, named by the SHA-256 of their content: what a student attaches comes in here
// without its metadata, and what the school sends is kept here too. Pictures have a small copy in a folder
// that may be thrown away at any time. What a file belongs to, the records say.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/hash.hpp"
#include "shared/sync/file_queue.hpp"

namespace waymark::app {

using sync::file_bytes_max;
inline constexpr int picture_side_max = 2048;
inline constexpr int thumbnail_side_max = 320;
// What a teacher's page shows before anybody asks for the whole picture; made where it saves a slow line.
inline constexpr int small_side_max = 640;
inline constexpr std::int64_t small_from_bytes = 200 * 1024;
// More than any camera a school has takes; decoding one needs three bytes a pixel.
inline constexpr std::int64_t picture_pixels_max = 100'000'000;

struct Imported {
  std::string hash;  // 64 hexadecimal digits
  std::string mime;
  std::string name;  // of the file it came from
  std::int64_t bytes = 0;
  int width = 0, height = 0;  // of a picture
  // A small copy that goes with a large picture, a JPEG; empty when there is none.
  std::string small;
  std::int64_t small_bytes = 0;
};

class FileFolder final : public sync::FileDisk {
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

  std::string path_of(std::string_view hash) const;
  bool has(std::string_view hash) const;
  Result<Bytes> read(std::string_view hash) const;
  // The path of a picture at most 320 pixels wide and high, made when it is not there yet; empty when the
  // file is not here or no picture, or while somebody else makes it.
  std::string thumbnail(std::string_view hash);
  // Decoding takes longer than a frame: `later` makes a small copy that is not there, with a folder of its
  // own over the same files (apart()).
  void make_thumbnails_by(std::function<void(const std::string& hash)> later) { later_ = std::move(later); }
  std::shared_ptr<FileFolder> apart() const { return std::make_shared<FileFolder>(files_, thumbnails_); }
  // All that are here whole.
  std::vector<std::string> names() const;
  // Erased: the file and its small copy.
  Status erase(std::string_view hash);
  // What came of any file so far: it is asked for again.
  void drop_all();

  // ---- FileDisk: what comes from school is beside its place until it is whole
  std::optional<std::int64_t> size(std::string_view hash) const override;
  Result<std::string> read(std::string_view hash, std::int64_t from, std::size_t bytes) const override;
  std::int64_t coming(std::string_view hash) const override;
  Status append(std::string_view hash, std::int64_t from, std::string_view bytes) override;
  Status finish(std::string_view hash) override;
  void drop(std::string_view hash) override;

 private:
  Status store(std::string_view hash, ByteView bytes);
  std::string coming_path(std::string_view hash) const { return path_of(hash) + ".coming"; }
  std::string thumbnail_path(std::string_view hash) const {
    return thumbnails_ + "/" + std::string(hash) + ".jpg";
  }
  std::string files_, thumbnails_;
  // Hashed as it comes, so that the end of a large file needs no long look at all of it.
  struct Coming {
    std::string hash;
    std::int64_t bytes = 0;
    Sha256Stream sum;
  };
  std::optional<Coming> coming_;
  std::function<void(const std::string& hash)> later_;
};

}  // namespace waymark::app
