#include "shared/store/files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <unistd.h>

#include "shared/base/hash.hpp"

namespace waymark::store {
namespace {

Error failure(const std::string& path) {
  int code = errno;
  return {code == ENOSPC || code == EDQUOT ? Code::disk_full : Code::io, path + ": " + std::strerror(code)};
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

Status write_all(int file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    auto written = ::write(file, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return failure(path);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

void flush_folder_of(const std::string& path) {
  (void)!flush_folder(std::filesystem::path(path).parent_path().string()).has_value();
}

Status rename_durably(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return failure(to);
  flush_folder_of(to);
  return {};
}

}  // namespace

std::vector<std::string> names_in(const std::string& folder, std::error_code& error) {
  std::vector<std::string> names;
  // A loop over all of them would throw where a stick is pulled out meanwhile.
  for (auto entry = std::filesystem::directory_iterator(folder, error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error))
    names.push_back(entry->path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

Status flush_file(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return file.get() >= 0 && ::fsync(file.get()) == 0 ? Status() : Status(failure(path));
}

Status flush_folder(const std::string& path) {
  Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder.get() >= 0 && ::fsync(folder.get()) == 0 ? Status() : Status(failure(path));
}

Status write_durably(const std::string& path, std::string_view bytes) {
  std::string beside = path + ".new";
  {
    Descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.get() < 0) return failure(beside);
    if (auto written = write_all(file.get(), bytes, beside); !written) {
      ::unlink(beside.c_str());
      return written;
    }
    if (::fsync(file.get()) != 0) return failure(beside);
  }
  return rename_durably(beside, path);
}

Result<std::string> read_whole(const std::string& path, std::size_t bytes_max) {
  std::error_code error;
  auto size = std::filesystem::file_size(path, error);
  if (error) return Error{Code::not_found, path + ": " + error.message()};
  if (size > bytes_max) return Error{Code::too_large, path};
  std::ifstream in(path, std::ios::binary);
  std::string bytes(size, '\0');
  if (!in.read(bytes.data(), static_cast<std::streamsize>(size))) return Error{Code::io, path};
  return bytes;
}

Result<std::string> read_range(const std::string& path, std::int64_t from, std::size_t size) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return Error{errno == ENOENT ? Code::not_found : Code::io, path};
  std::string bytes(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    auto read = ::pread(file.get(), bytes.data() + have, size - have, from + static_cast<off_t>(have));
    if (read < 0 && errno == EINTR) continue;
    if (read < 0) return failure(path);
    if (read == 0) break;
    have += static_cast<std::size_t>(read);
  }
  bytes.resize(have);
  return bytes;
}

Status write_piece(const std::string& path, std::int64_t from, std::string_view bytes) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (file.get() < 0) return failure(path);
  // What a lost flush may have left behind `from` is written over.
  if (::ftruncate(file.get(), from) != 0 || ::lseek(file.get(), from, SEEK_SET) < 0) return failure(path);
  auto written = write_all(file.get(), bytes, path);
  if (written && ::fsync(file.get()) != 0) written = failure(path);
  if (!written) (void)!::ftruncate(file.get(), from);
  if (written && from == 0) flush_folder_of(path);
  return written;
}

Status move_durably(const std::string& from, const std::string& to) {
  std::error_code error;
  auto folder = std::filesystem::path(to).parent_path();
  std::filesystem::create_directories(folder, error);
  if (error)
    return Error{error == std::errc::no_space_on_device ? Code::disk_full : Code::io,
                 folder.string() + ": " + error.message()};
  return rename_durably(from, to);
}

Result<std::string> hash_of_file(const std::string& path) {
  constexpr std::size_t kPiece = 256 * 1024;
  Sha256Stream hash;
  for (std::int64_t from = 0;;) {
    WAYMARK_TRY(piece, read_range(path, from, kPiece));
    if (piece.empty()) return to_hex(hash.finish());
    hash.add(as_bytes(piece));
    from += static_cast<std::int64_t>(piece.size());
  }
}

}  // namespace waymark::store
