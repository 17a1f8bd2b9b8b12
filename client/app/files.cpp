#include "client/app/files.hpp"

#include <filesystem>
#include <fstream>

#include "client/app/picture.hpp"
#include "shared/store/files.hpp"

namespace waymark::app {
namespace {

namespace fs = std::filesystem;

// Drawings and screenshots stay PNG while that is no larger than this.
constexpr std::size_t kPngBytesMax = 3 * 1024 * 1024;

Result<Bytes> read_file(const std::string& path, std::int64_t bytes_max) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return Error{Code::not_found, path};
  auto size = fs::file_size(path, error);
  if (error) return Error{Code::io, path + ": " + error.message()};
  if (static_cast<std::int64_t>(size) > bytes_max)
    return Error{Code::too_large, path + " has " + std::to_string(size) + " bytes"};
  std::ifstream in(path, std::ios::binary);
  Bytes bytes(size);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  if (!in || in.gcount() != static_cast<std::streamsize>(size)) return Error{Code::io, path};
  return bytes;
}

Status write_file(const std::string& path, ByteView bytes) {
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  if (error) return Error{error == std::errc::no_space_on_device ? Code::disk_full : Code::io, path};
  return store::write_durably(path, as_text(bytes));
}

bool valid_hash(std::string_view hash) { return hash.size() == 64 && from_hex(hash).has_value(); }

std::string mime_of(const fs::path& name) {
  static constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".pdf", "application/pdf"},
      {".txt", "text/plain"},
      {".csv", "text/csv"},
      {".mp3", "audio/mpeg"},
      {".ogg", "audio/ogg"},
      {".wav", "audio/wav"},
      {".m4a", "audio/mp4"},
      {".mp4", "video/mp4"},
      {".webm", "video/webm"},
      {".html", "text/html"},
      {".odt", "application/vnd.oasis.opendocument.text"},
      {".ods", "application/vnd.oasis.opendocument.spreadsheet"},
      {".odp", "application/vnd.oasis.opendocument.presentation"}};
  std::string extension = name.extension().string();
  for (char& c : extension)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  for (const auto& [known, mime] : kTypes)
    if (known == extension) return std::string(mime);
  return "application/octet-stream";
}

}  // namespace

FileFolder::FileFolder(std::string files, std::string thumbnails)
    : files_(std::move(files)), thumbnails_(std::move(thumbnails)) {}

std::string FileFolder::path_of(std::string_view hash) const {
  return files_ + "/" + std::string(hash.substr(0, 2)) + "/" + std::string(hash);
}
bool FileFolder::has(std::string_view hash) const {
  std::error_code error;
  return valid_hash(hash) && fs::is_regular_file(path_of(hash), error);
}
Result<Bytes> FileFolder::read(std::string_view hash) const {
  if (!valid_hash(hash)) return Error{Code::not_found, "no file has such a name"};
  return read_file(path_of(hash), file_bytes_max);
}

Status FileFolder::store(std::string_view hash, ByteView bytes) {
  if (has(hash)) return {};
  return write_file(path_of(hash), bytes);
}

// ---- as the queue of files sees it

std::optional<std::int64_t> FileFolder::size(std::string_view hash) const {
  std::error_code error;
  if (!valid_hash(hash) || !fs::is_regular_file(path_of(hash), error)) return {};
  auto bytes = fs::file_size(path_of(hash), error);
  return error ? std::nullopt : std::optional(static_cast<std::int64_t>(bytes));
}

Result<std::string> FileFolder::read(std::string_view hash, std::int64_t from, std::size_t bytes) const {
  return store::read_range(path_of(hash), from, bytes);
}

std::int64_t FileFolder::coming(std::string_view hash) const {
  std::error_code error;
  if (!valid_hash(hash)) return 0;
  auto bytes = fs::file_size(coming_path(hash), error);
  return error ? 0 : static_cast<std::int64_t>(bytes);
}

Status FileFolder::append(std::string_view hash, std::int64_t from, std::string_view bytes) {
  if (!valid_hash(hash)) return Error{Code::not_found, "no file has such a name"};
  auto path = coming_path(hash);
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  if (error) return Error{error == std::errc::no_space_on_device ? Code::disk_full : Code::io, path};
  if (!coming_ || coming_->hash != hash || coming_->bytes != from) {
    // Begun before this program was: what is here is read once.
    Coming begun{std::string(hash), 0, {}};
    while (begun.bytes < from) {
      auto left = static_cast<std::size_t>(from - begun.bytes);
      WAYMARK_TRY(piece, store::read_range(path, begun.bytes, std::min(left, sync::PieceBytes().max)));
      if (piece.empty()) return Error{Code::io, path + " is shorter than it was"};
      begun.sum.add(as_bytes(piece));
      begun.bytes += static_cast<std::int64_t>(piece.size());
    }
    coming_ = std::move(begun);
  }
  if (auto written = store::write_piece(path, from, bytes); !written) {
    coming_.reset();
    return written;
  }
  coming_->sum.add(as_bytes(bytes));
  coming_->bytes += static_cast<std::int64_t>(bytes.size());
  return {};
}

Status FileFolder::finish(std::string_view hash) {
  if (!coming_ || coming_->hash != hash) return Error{Code::io, "a file that does not come"};
  auto found = to_hex(coming_->sum.finish());
  coming_.reset();
  if (found == hash) return store::move_durably(coming_path(hash), path_of(hash));
  drop(hash);
  return Error{Code::wrong_id, "the file is not what its name says"};
}

void FileFolder::drop(std::string_view hash) {
  std::error_code ignored;
  if (valid_hash(hash)) fs::remove(coming_path(hash), ignored);
  coming_.reset();
}

std::vector<std::string> FileFolder::names() const {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::recursive_directory_iterator at(files_, error), end; !error && at != end; at.increment(error))
    if (auto name = at->path().filename().string(); valid_hash(name)) names.push_back(std::move(name));
  return names;
}

Status FileFolder::erase(std::string_view hash) {
  if (!valid_hash(hash)) return {};
  for (const auto& path : {path_of(hash), thumbnail_path(hash)}) {
    std::error_code error;
    fs::remove(path, error);
    if (error) return Error{Code::io, path + ": " + error.message()};
  }
  return {};
}

void FileFolder::drop_all() {
  coming_.reset();
  std::error_code error;
  for (fs::recursive_directory_iterator at(files_, error), end; !error && at != end; at.increment(error))
    if (std::error_code ignored; at->path().extension() == ".coming") fs::remove(at->path(), ignored);
}

// ---- coming in from this computer

Result<Imported> FileFolder::import(const std::string& path, bool must_be_picture) {
  // A camera's picture may be larger than what is kept of it.
  WAYMARK_TRY(bytes, read_file(path, 4 * file_bytes_max));
  return import_bytes(bytes, fs::path(path).filename().string(), must_be_picture);
}

Result<Imported> FileFolder::import_bytes(ByteView bytes, std::string_view name, bool must_be_picture) {
  Imported imported;
  imported.name = std::string(name);
  auto form = picture_form(bytes);
  if (form == PictureForm::unreadable)
    return Error{Code::unsupported, "a picture in a form whose metadata cannot be taken out"};
  if (form == PictureForm::none) {
    if (must_be_picture) return Error{Code::not_an_image, imported.name};
    if (static_cast<std::int64_t>(bytes.size()) > file_bytes_max)
      return Error{Code::too_large, imported.name + " has " + std::to_string(bytes.size()) + " bytes"};
    imported.mime = mime_of(fs::path(imported.name));
    imported.hash = to_hex(sha256(bytes));
    imported.bytes = static_cast<std::int64_t>(bytes.size());
    WAYMARK_CHECK(store(imported.hash, bytes));
    return imported;
  }
  WAYMARK_TRY(whole, decode(bytes));
  Picture picture = fitted(std::move(whole), picture_side_max);
  Bytes encoded;
  if (!is_jpeg(bytes)) {
    WAYMARK_TRY(png, encode_png(picture));
    if (png.size() <= kPngBytesMax) encoded = std::move(png), imported.mime = "image/png";
  }
  if (encoded.empty()) {
    WAYMARK_TRY(jpeg, encode_jpeg(picture));
    encoded = std::move(jpeg), imported.mime = "image/jpeg";
  }
  imported.width = picture.width, imported.height = picture.height;
  imported.hash = to_hex(sha256(encoded));
  imported.bytes = static_cast<std::int64_t>(encoded.size());
  WAYMARK_CHECK(store(imported.hash, encoded));
  if (imported.bytes < small_from_bytes) return imported;
  WAYMARK_TRY(small, encode_jpeg(fitted(std::move(picture), small_side_max)));
  if (static_cast<std::int64_t>(small.size()) > imported.bytes / 2) return imported;
  imported.small = to_hex(sha256(small));
  imported.small_bytes = static_cast<std::int64_t>(small.size());
  WAYMARK_CHECK(store(imported.small, small));
  return imported;
}

std::string FileFolder::thumbnail(std::string_view hash) {
  if (!valid_hash(hash)) return {};
  auto path = thumbnail_path(hash);
  std::error_code error;
  if (fs::is_regular_file(path, error)) return path;
  if (later_) {
    if (has(hash)) later_(std::string(hash));
    return {};
  }
  auto bytes = read(hash);
  if (!bytes || picture_form(*bytes) != PictureForm::readable) return {};
  auto picture = decode(*bytes);
  if (!picture) return {};
  auto small = encode_jpeg(fitted(std::move(*picture), thumbnail_side_max));
  if (!small || !write_file(path, *small)) return {};
  return path;
}

}  // namespace waymark::app
