#include "sync-server/service/in_place.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <sstream>

#include <sys/stat.h>

#include "shared/base/bytes.hpp"
#include "shared/store/db.hpp"
#include "shared/store/files.hpp"

namespace waymark::server {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTokensMax = 512;  // a working day of minutes
constexpr std::string_view kKey = "in_place";
constexpr std::string_view kNone = "-";  // for the token of a file that has none

// Of a file, whatever its name; empty where there is none.
std::string which(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return {};
  return std::to_string(found.st_dev) + ":" + std::to_string(found.st_ino);
}

}  // namespace

InPlace::InPlace(const std::string& data)
    : database_(data + "/school.db"), log_(data + "/school.db-wal"), beside_(data + "/in-place") {}

// "<token>[ <token>]" and, on a line of its own, which file the log is.
Result<InPlace::Set> InPlace::read() const {
  auto text = store::read_whole(beside_, 1024 * 1024);
  if (!text && text.error().code == Code::not_found) return Set();
  if (!text) return text.error();
  Set set;
  std::istringstream lines(*text);
  std::string tokens;
  std::getline(lines, tokens);
  std::getline(lines, set.log);
  std::istringstream words(tokens);
  for (std::string token; words >> token;) set.tokens.push_back(token);
  return set;
}

Status InPlace::write() const {
  std::string text;
  for (const auto& token : set_.tokens) text += (text.empty() ? "" : " ") + token;
  return store::write_durably(beside_, text + "\n" + set_.log + "\n");
}

Result<std::string> InPlace::settle(std::int64_t now_ms) const {
  WAYMARK_TRY(set, read());
  std::error_code error;
  auto bytes = fs::file_size(log_, error);
  if (set.tokens.empty() || error || bytes == 0 || which(log_) != set.log) return std::string();
  auto db = store::Db::open_as_it_lies(database_);
  if (!db) return std::string();  // opening it tells what is wrong
  auto token = store::meta_of(**db, kKey);
  if (token && *token && std::find(set.tokens.begin(), set.tokens.end(), **token) != set.tokens.end())
    return std::string();
  // A power cut may have left the file half written, which its log puts right; what is whole is another.
  if ((!token || !*token) && !(*db)->check_integrity()) return std::string();
  db->reset();
  auto folder = fs::path(database_).parent_path().string() + "/" + std::string(replaced_prefix) +
                std::to_string(now_ms);
  fs::create_directories(folder, error);
  WAYMARK_CHECK(store::move_durably(log_, folder + "/school.db-wal"));
  fs::remove(database_ + "-shm", error);
  return folder;
}

Result<std::string> InPlace::token_there() const {
  WAYMARK_TRY(db, store::Db::open_as_it_lies(database_));
  WAYMARK_TRY(token, store::meta_of(*db, kKey));
  return token.value_or(std::string(kNone));
}

bool InPlace::is_one(const std::string& token) const {
  return std::find(set_.tokens.begin(), set_.tokens.end(), token) != set_.tokens.end();
}

Status InPlace::set(store::Store& store, Random& random, bool just_opened) {
  std::array<std::uint8_t, 16> bytes{};
  random.fill(bytes);
  auto token = to_hex(bytes);
  set_.log = which(log_);
  if (just_opened) {
    set_.tokens.clear();
    if (auto there = token_there()) set_.tokens.push_back(*there);
    WAYMARK_TRY(logged, store.meta(kKey));
    if (logged && !is_one(*logged)) set_.tokens.push_back(*logged);
  } else if (set_.tokens.size() >= kTokensMax) {
    // Of many that the file could not take the one that it has counts.
    if (auto there = token_there(); there && is_one(*there)) set_.tokens = {*there};
  }
  set_.tokens.push_back(token);
  if (auto written = write(); !written) {
    set_.tokens.pop_back();
    return written;
  }
  WAYMARK_CHECK(store.set_meta(kKey, token));
  WAYMARK_TRY(taken, store.db().empty_log());
  if (taken) set_.tokens = {token};
  return write();
}

bool InPlace::holds() const {
  if (!is_set()) return true;
  std::error_code error;
  if (!fs::exists(database_, error)) return static_cast<bool>(error);
  auto token = token_there();
  // A disk that cannot be read now says nothing of whose the file is; one without our tables is another's.
  if (!token) return token.error().code != Code::database_damaged && token.error().code != Code::internal;
  return is_one(*token);
}

bool InPlace::has_its_log() const { return !set_.log.empty() && which(log_) == set_.log; }

}  // namespace waymark::server
