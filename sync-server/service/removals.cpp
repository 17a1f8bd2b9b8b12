#include "sync-server/service/removals.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "shared/store/files.hpp"

namespace waymark::server {
namespace {

using nlohmann::json;

constexpr std::size_t kLogBytesMax = std::size_t{64} << 20;

std::string text_of(const json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

Status RemovalLog::append(const Removal& removal) {
  json object = {{"at", removal.at_ms}, {"what", removal.what}, {"subject", removal.subject}};
  if (!removal.value.empty()) object["value"] = removal.value;
  if (!removal.kind.empty()) object["kind"] = removal.kind;
  auto line = object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  int file = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  auto failed = [&] {
    Error error{errno == ENOSPC || errno == EDQUOT ? Code::disk_full : Code::io,
                path_ + ": " + std::strerror(errno)};
    if (file >= 0) ::close(file);
    return error;
  };
  if (file < 0) return failed();
  // What a power cut tore is cut off, so that the new line stands alone.
  auto end = ::lseek(file, 0, SEEK_END);
  char last = '\n';
  while (end > 0 && ::pread(file, &last, 1, end - 1) == 1 && last != '\n') end--;
  if (::ftruncate(file, end) != 0) return failed();
  auto written = ::write(file, line.data(), line.size());
  if (written != static_cast<ssize_t>(line.size()) || ::fsync(file) != 0) {
    if (written >= 0) errno = ENOSPC;
    (void)!::ftruncate(file, end);
    return failed();
  }
  ::close(file);
  return {};
}

Result<std::vector<Removal>> RemovalLog::read() const {
  std::vector<Removal> removals;
  auto bytes = store::read_whole(path_, kLogBytesMax);
  if (!bytes && bytes.error().code == Code::not_found) return removals;
  if (!bytes) return bytes.error();
  std::string_view rest = *bytes;
  for (;;) {
    auto end = rest.find('\n');
    if (end == std::string_view::npos) return removals;
    auto object = json::parse(rest.substr(0, end), nullptr, false);
    rest.remove_prefix(end + 1);
    if (!object.is_object()) return Error{Code::malformed, path_ + " has a line that cannot be read"};
    Removal removal;
    if (auto at = object.find("at"); at != object.end() && at->is_number_integer())
      removal.at_ms = at->get<std::int64_t>();
    removal.what = text_of(object, "what");
    removal.subject = text_of(object, "subject");
    removal.value = text_of(object, "value");
    removal.kind = text_of(object, "kind");
    removals.push_back(std::move(removal));
  }
}

Status RemovalLog::adopt(const std::string& other_path) {
  WAYMARK_TRY(here, read());
  WAYMARK_TRY(there, RemovalLog(other_path).read());
  if (there.size() <= here.size()) return {};
  WAYMARK_TRY(bytes, store::read_whole(other_path, kLogBytesMax));
  return store::write_durably(path_, bytes);
}

}  // namespace waymark::server
