#include "shared/store/files.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <unistd.h>

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

}  // namespace

Status write_durably(const std::string& path, std::string_view bytes) {
  std::string beside = path + ".new";
  {
    Descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.get() < 0) return failure(beside);
    while (!bytes.empty()) {
      auto written = ::write(file.get(), bytes.data(), bytes.size());
      if (written < 0) {
        if (errno == EINTR) continue;
        auto error = failure(beside);
        ::unlink(beside.c_str());
        return error;
      }
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(file.get()) != 0) return failure(beside);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return failure(path);
  Descriptor folder(
      ::open(std::filesystem::path(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() >= 0) ::fsync(folder.get());
  return {};
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

}  // namespace waymark::store
