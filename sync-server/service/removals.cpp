#include "sync-server/service/removals.hpp"

#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>
#include <map>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "shared/record/op.hpp"
#include "shared/store/files.hpp"
#include "sync-server/store/accounts.hpp"

namespace waymark::server {
namespace {

using nlohmann::json;

// A large school writes some megabytes a year.
constexpr std::size_t kLogBytesMax = std::size_t{512} << 20;

std::string text_of(const json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t time_of(const json& object) {
  auto at = object.find("at");
  return at != object.end() && at->is_number_integer() ? at->get<std::int64_t>() : 0;
}

Removal removal_of(const json& object) {
  Removal removal{time_of(object),          text_of(object, "what"), text_of(object, "subject"),
                  text_of(object, "value"), text_of(object, "kind"), text_of(object, "class"),
                  text_of(object, "title")};
  if (object.contains("source")) removal.source = text_of(object, "source");
  return removal;
}

Result<std::string> read_log(const std::string& path) {
  auto bytes = store::read_whole(path, kLogBytesMax);
  if (!bytes && bytes.error().code == Code::not_found) return std::string();
  return bytes;
}

// Without what a power cut tore.
std::vector<std::string_view> whole_lines(std::string_view rest) {
  std::vector<std::string_view> lines;
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    lines.push_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  return lines;
}

// What is done again must be something that can be done: the op of a hiding or an erasure, and the ids.
bool can_be_done(const json& object) {
  const auto what = text_of(object, "what");
  if (what == "erasure" || what == "hidden") return record::parse_op(text_of(object, "value")).has_value();
  if (what == "computer") return ComputerId::parse(text_of(object, "subject")).has_value();
  if (what == "class") return ClassId::parse(text_of(object, "subject")).has_value();
  if (what == "enrollment") return ClassId::parse(text_of(object, "class")).has_value();
  return true;
}

Result<json> read_line(const std::string& path, std::string_view line) {
  auto object = json::parse(line, nullptr, false);
  if (!object.is_object() || !can_be_done(object))
    return Error{Code::malformed, path + " has a line that cannot be read"};
  return object;
}

}  // namespace

void RemovalsRead::pass(std::string_view line) {
  lines++;
  Sha256Stream stream;
  stream.add(hash);
  stream.add(as_bytes(line));
  hash = stream.finish();
}

std::string RemovalsRead::text() const { return std::to_string(lines) + " " + to_hex(hash); }

std::string RemovalLog::line_of(const Removal& removal) {
  json object = {{"at", removal.at_ms}, {"what", removal.what}, {"subject", removal.subject}};
  if (!removal.value.empty()) object["value"] = removal.value;
  if (!removal.kind.empty()) object["kind"] = removal.kind;
  if (!removal.class_id.empty()) object["class"] = removal.class_id;
  if (!removal.title.empty()) object["title"] = removal.title;
  if (removal.source) object["source"] = *removal.source;
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

Status RemovalLog::append(std::span<const std::string> lines) {
  std::string bytes;
  for (const auto& line : lines) bytes += line + "\n";
  int file = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  auto failed = [&] {
    Error error{errno == ENOSPC || errno == EDQUOT ? Code::disk_full : Code::io,
                path_ + ": " + std::strerror(errno)};
    if (file >= 0) ::close(file);
    return error;
  };
  if (file < 0) return failed();
  // What a power cut tore is cut off, so that a new line stands alone.
  auto end = ::lseek(file, 0, SEEK_END);
  char last = '\n';
  while (end > 0 && ::pread(file, &last, 1, end - 1) == 1 && last != '\n') end--;
  if (::ftruncate(file, end) != 0) return failed();
  if (static_cast<std::size_t>(end) + bytes.size() > kLogBytesMax) {
    errno = ENOSPC;  // what could not be read again is not written
    return failed();
  }
  auto written = ::write(file, bytes.data(), bytes.size());
  if (written != static_cast<ssize_t>(bytes.size()) || ::fsync(file) != 0) {
    if (written >= 0) errno = ENOSPC;
    (void)!::ftruncate(file, end);
    return failed();
  }
  ::close(file);
  // A log that begins is in its folder before it counts.
  return end == 0 ? store::flush_folder(std::filesystem::path(path_).parent_path().string()) : Status();
}

Result<std::vector<std::string>> RemovalLog::lines() const {
  std::vector<std::string> lines;
  WAYMARK_TRY(bytes, read_log(path_));
  for (auto line : whole_lines(bytes)) {
    WAYMARK_CHECK(read_line(path_, line));
    lines.emplace_back(line);
  }
  return lines;
}

Result<std::vector<Removal>> RemovalLog::read() const {
  std::vector<Removal> removals;
  WAYMARK_TRY(bytes, read_log(path_));
  for (auto line : whole_lines(bytes)) {
    WAYMARK_TRY(object, read_line(path_, line));
    removals.push_back(removal_of(object));
  }
  return removals;
}

Result<std::vector<Removal>> RemovalLog::read_about(std::string_view subject) const {
  std::vector<Removal> removals;
  WAYMARK_TRY(bytes, read_log(path_));
  for (auto line : whole_lines(bytes)) {
    if (line.find(subject) == std::string_view::npos) continue;
    WAYMARK_TRY(object, read_line(path_, line));
    if (text_of(object, "subject") == subject) removals.push_back(removal_of(object));
  }
  return removals;
}

Result<std::string> RemovalLog::mend(std::int64_t now_ms) const {
  WAYMARK_TRY(bytes, read_log(path_));
  std::string kept;
  bool damaged = false;
  for (auto line : whole_lines(bytes)) {
    if (read_line(path_, line))
      kept.append(line) += '\n';
    else
      damaged = true;
  }
  if (!damaged) return std::string();
  auto beside = path_ + ".damaged-" + std::to_string(now_ms);
  WAYMARK_CHECK(store::write_durably(beside, bytes));
  WAYMARK_CHECK(store::write_durably(path_, kept));
  return beside;
}

Status RemovalLog::merge(const std::string& other_path) {
  WAYMARK_TRY(here, lines());
  WAYMARK_TRY(there, RemovalLog(other_path).lines());
  std::map<std::string_view, std::deque<std::size_t>> places;
  for (std::size_t i = 0; i < here.size(); i++) places[here[i]].push_back(i);
  std::string merged;
  std::size_t at = 0, added = 0;  // so many lines of this log are merged
  auto take_until = [&](std::size_t end) {
    for (; at < end; at++) merged += here[at] + "\n";
  };
  for (const auto& line : there) {
    auto place = places.find(line);
    if (place != places.end() && !place->second.empty()) {
      take_until(place->second.front() + 1);
      place->second.pop_front();
      continue;
    }
    auto time = time_of(json::parse(line, nullptr, false));
    while (at < here.size() && time_of(json::parse(here[at], nullptr, false)) <= time) take_until(at + 1);
    merged.append(line) += '\n';
    added++;
  }
  take_until(here.size());
  if (added == 0) return {};
  if (merged.size() > kLogBytesMax)
    return Error{Code::too_large,
                 "the logs of removals are too large together: " + path_ + ", " + other_path};
  return store::write_durably(path_, merged);
}

}  // namespace waymark::server
