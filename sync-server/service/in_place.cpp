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
constexpr std::string_view kNone = "-";  // for the token of a database that has none

// Of a file, whatever its name; empty where there is none. Not of which disk: that may be called otherwise
// after a start of the computer.
std::string which(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 ? std::to_string(found.st_ino) : std::string();
}

// 0: there is none, too.
Result<std::uintmax_t> bytes_of(const std::string& path) {
  std::error_code error;
  auto bytes = fs::file_size(path, error);
  if (!error) return bytes;
  if (error == std::errc::no_such_file_or_directory) return std::uintmax_t{0};
  return Error{Code::io, path + ": " + error.message()};
}

bool is_in(const std::vector<std::string>& tokens, const std::string& token) {
  return std::find(tokens.begin(), tokens.end(), token) != tokens.end();
}

// kNone: it has none, or not even the table.
Result<std::string> token_in(store::Db& db) {
  auto token = store::meta_of(db, kKey);
  if (token) return token->value_or(std::string(kNone));
  if (token.error().code == Code::internal) return std::string(kNone);
  return token.error();
}

// And not that the disk cannot be read now.
bool is_damaged(const Error& error) {
  return error.code == Code::database_damaged || error.code == Code::internal;
}

}  // namespace

std::string new_replaced_folder(const std::string& data, std::int64_t now_ms) {
  for (;; now_ms++) {
    auto folder = data + "/" + std::string(replaced_prefix) + std::to_string(now_ms);
    std::error_code error;
    if (!fs::exists(folder, error)) return folder;
  }
}

InPlace::InPlace(const std::string& data)
    : database_(data + "/school.db"), log_(data + "/school.db-wal"), beside_(data + "/in-place") {}

// A line each: "<token>[ <token>]", which file the log is, which file the database is, and whose.
Result<InPlace::Set> InPlace::read() const {
  auto text = store::read_whole(beside_, 1024 * 1024);
  if (!text && text.error().code == Code::not_found) return Set();
  if (!text) return text.error();
  Set set;
  std::istringstream lines(*text);
  std::string tokens;
  std::getline(lines, tokens);
  std::getline(lines, set.log);
  std::getline(lines, set.file);
  std::getline(lines, set.owner);
  std::istringstream words(tokens);
  for (std::string token; words >> token;) set.tokens.push_back(token);
  return set;
}

Status InPlace::write() const {
  std::string text;
  for (const auto& token : set_.tokens) text += (text.empty() ? "" : " ") + token;
  return store::write_durably(beside_, text + "\n" + set_.log + "\n" + set_.file + "\n" + set_.owner + "\n");
}

Status InPlace::begin() {
  WAYMARK_TRY(set, read());
  was_ = set;
  set_.owner = set.owner;
  return {};
}

Status InPlace::must_not_be_gone() const {
  WAYMARK_TRY(bytes, bytes_of(database_));
  if (bytes > 0) return {};
  WAYMARK_TRY(logged, bytes_of(log_));
  // Beside an empty one SQLite throws a log away.
  if (logged > 0)
    return Error{Code::conflict,
                 database_ + " is gone or empty, and " + log_ +
                     " has what was written last; put school.db back, or move the log away to "
                     "go on without it"};
  auto folder = fs::path(database_).parent_path().string();
  std::error_code error;
  auto names = store::names_in(folder, error);
  // What was kept from its place before a power cut, or because the disk was full; the newest.
  for (auto name = names.rbegin(); name != names.rend() && !was_.owner.empty(); ++name)
    for (const char* kept : {"/school.db", "/salvaged.db", "/own.db-wal"})
      if (auto path = folder + "/" + *name;
          name->starts_with(replaced_prefix) && fs::exists(path + kept, error))
        return Error{Code::conflict, database_ + " is gone or empty, and what was served before may be in " +
                                         path + "; put it in its place, or remove " + beside_ +
                                         " to go on without it"};
  return {};
}

bool InPlace::has_its_files() const {
  return !was_.log.empty() && which(log_) == was_.log && !was_.file.empty() && which(database_) == was_.file;
}

Result<std::string> InPlace::settle(std::int64_t now_ms) {
  WAYMARK_TRY(bytes, bytes_of(database_));
  if (bytes == 0) {
    WAYMARK_CHECK(forget());
    return std::string();
  }
  WAYMARK_TRY(logged, bytes_of(log_));
  if (was_.tokens.empty() || logged == 0 || which(log_) != was_.log) return std::string();
  auto db = store::Db::open_as_it_lies(database_);
  if (!db) return std::string();  // opening it tells what is wrong
  auto token = token_in(**db);
  // That it has none is true of others, too.
  if (token && is_in(was_.tokens, *token) && (*token != kNone || which(database_) == was_.file))
    return std::string();
  // A power cut may have left the file half written, which its log puts right; what is whole is another.
  if ((!token || *token == kNone) && !(*db)->check_integrity()) return std::string();
  db->reset();
  auto folder = new_replaced_folder(fs::path(database_).parent_path().string(), now_ms);
  WAYMARK_CHECK(store::move_durably(log_, folder + "/school.db-wal"));
  std::error_code error;
  fs::remove(database_ + "-shm", error);
  return folder;
}

void InPlace::note_closed() {
  std::error_code error;
  if (!is_set() || fs::exists(log_, error) || error) return;
  set_.log.clear();
  (void)write().has_value();
}

Result<std::string> InPlace::token_there() const {
  WAYMARK_TRY(db, store::Db::open_as_it_lies(database_));
  return token_in(*db);
}

Status InPlace::set(store::Store& store, Random& random, bool just_opened, const std::string& owner) {
  std::array<std::uint8_t, 16> bytes{};
  random.fill(bytes);
  auto token = to_hex(bytes);
  set_.log = which(log_);
  set_.owner = owner;
  if (just_opened) {
    set_.file = which(database_);
    set_.tokens.clear();
    if (auto there = token_there()) set_.tokens.push_back(*there);
    WAYMARK_TRY(logged, store.meta(kKey));
    if (logged && !is_in(set_.tokens, *logged)) set_.tokens.push_back(*logged);
  } else if (set_.tokens.size() >= kTokensMax) {
    // Of many that the file could not take the one that it has counts.
    if (auto there = token_there(); there && is_in(set_.tokens, *there)) set_.tokens = {*there};
  }
  set_.tokens.push_back(token);
  if (auto written = write(); !written) {
    set_.tokens.pop_back();
    return written;
  }
  WAYMARK_CHECK(store.set_meta(kKey, token));
  WAYMARK_TRY(taken, store.db().empty_log(false));
  if (taken) set_.tokens = {token};
  return write();
}

bool InPlace::holds() const {
  if (!is_set()) return true;
  std::error_code error;
  if (!fs::exists(database_, error)) return static_cast<bool>(error);
  auto token = token_there();
  if (token && is_in(set_.tokens, *token)) return true;
  // What cannot be read now is at least the same file, or is not.
  if ((token && *token != kNone) || !is_same_file()) return false;
  return (!token && !is_damaged(token.error())) || (has_its_log() && is_whole_with_its_log());
}

// Where a full disk breaks off the writing of the log into the file, or a reader is in the way of a part of
// it, only the log makes the file whole.
bool InPlace::is_whole_with_its_log() const {
  auto db = store::Db::open(database_);
  if (!db) return !is_damaged(db.error());
  if (auto whole = (*db)->check_integrity(); !whole) return !is_damaged(whole.error());
  auto token = token_in(**db);
  return token ? is_in(set_.tokens, *token) : !is_damaged(token.error());
}

bool InPlace::has_its_log() const { return !set_.log.empty() && which(log_) == set_.log; }

bool InPlace::is_same_file() const { return !set_.file.empty() && which(database_) == set_.file; }

Status InPlace::forget() {
  set_ = was_ = {};
  std::error_code error;
  fs::remove(beside_, error);
  if (error) return Error{Code::io, beside_ + ": " + error.message()};
  return {};
}

}  // namespace waymark::server
