#include "sync-server/service/restoring.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string_view>

#include "shared/base/seams.hpp"
#include "shared/store/db.hpp"
#include "shared/store/files.hpp"
#include "sync-server/service/backup.hpp"
#include "sync-server/service/in_place.hpp"
#include "sync-server/service/removals.hpp"
#include "sync-server/service/school.hpp"
#include "sync-server/store/accounts.hpp"
#include "sync-server/store/carried.hpp"

namespace waymark::server {
namespace {

namespace fs = std::filesystem;

// The database last: where it is gone, so is what belongs to it.
constexpr std::array<std::string_view, 3> kDatabase = {"school.db-wal", "school.db-shm", "school.db"};
constexpr std::string_view kReplaces = "/replaces";  // says where what is replaced is to be kept

Error io(const std::string& path, const std::error_code& error) {
  return {error == std::errc::no_space_on_device ? Code::disk_full : Code::io, path + ": " + error.message()};
}

// Every file and every folder of it.
Status flush_all(const std::string& folder) {
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(folder, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    auto path = entry->path().string();
    if (entry->is_directory(error)) {
      WAYMARK_CHECK(store::flush_folder(path));
    } else {
      WAYMARK_CHECK(store::flush_file(path));
    }
  }
  if (error) return io(folder, error);
  return store::flush_folder(folder);
}

// As the school will open it, when what it replaces is not in its place any more.
Status opens(const std::string& path, const SecretKey& key) {
  SystemClock clock;
  SystemRandom random;
  WAYMARK_TRY(store, store::Store::open(path, {&clock, &random, false}));
  WAYMARK_TRY(identity, store->meta("identity"));
  WAYMARK_TRY(name, store->meta("school"));
  if (!name || identity != to_hex(key.seed))
    return Error{Code::malformed, "the backup holds no school of this recovery phrase"};
  WAYMARK_CHECK(Accounts(*store).prepare());
  return Carried(*store).prepare();
}

// A file that students sent is called by the hash of its bytes. One here that is not what it is called any
// more has its place taken by one that is.
bool is_damaged(const fs::path& here, const fs::path& come) {
  auto name = here.parent_path().filename().string() + here.filename().string();
  if (name.size() != 64 || here.parent_path().parent_path().filename() != "files") return false;
  auto mine = store::hash_of_file(here.string());
  if (mine && *mine == name) return false;
  auto other = store::hash_of_file(come.string());
  return other && *other == name;
}

// What is not there yet; what is there stays, where it is whole.
Status move_missing(const fs::path& from, const fs::path& to) {
  std::error_code error;
  std::set<std::string> changed;
  for (auto entry = fs::recursive_directory_iterator(from, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (!entry->is_regular_file(error)) continue;
    auto target = to / entry->path().lexically_relative(from);
    if (fs::exists(target, error) && !is_damaged(target, entry->path())) continue;
    fs::create_directories(target.parent_path(), error);
    fs::rename(entry->path(), target, error);
    if (error) return io(target.string(), error);
    changed.insert(target.parent_path().string());
    changed.insert(target.parent_path().parent_path().string());
  }
  if (error) return io(from.string(), error);
  for (const auto& folder : changed) WAYMARK_CHECK(store::flush_folder(folder));
  return {};
}

}  // namespace

Restoring::Restoring(const std::string& data)
    : data_(data), unpacked_(data + "/restoring"), decided_(data + "/restored") {}

Status Restoring::unpack(const std::string& file, const SecretKey& key) const {
  std::error_code error;
  fs::remove_all(unpacked_, error);
  WAYMARK_CHECK(make_private_directory(unpacked_));
  auto unpacked = [&]() -> Status {
    WAYMARK_CHECK(read_backup(file, key, unpacked_));
    if (!fs::exists(unpacked_ + "/school.db", error))
      return Error{Code::malformed, file + " holds no school"};
    {
      WAYMARK_TRY(db, store::Db::open(unpacked_ + "/school.db"));
      WAYMARK_CHECK(db->check_integrity());
    }
    WAYMARK_CHECK(opens(unpacked_ + "/school.db", key));
    return flush_all(unpacked_);
  }();
  if (!unpacked) fs::remove_all(unpacked_, error);
  return unpacked;
}

Status Restoring::decide(std::int64_t now_ms) const {
  std::error_code error;
  // What the restore replaces is not thrown away: it may hold what no device has.
  bool replaces = std::any_of(kDatabase.begin(), kDatabase.end(), [&](std::string_view name) {
    return fs::exists(data_ + "/" + std::string(name), error);
  });
  WAYMARK_CHECK(
      store::write_durably(unpacked_ + std::string(kReplaces),
                           replaces ? fs::path(new_replaced_folder(data_, now_ms)).filename().string() : ""));
  fs::rename(unpacked_, decided_, error);
  if (error) return io(decided_, error);
  return store::flush_folder(data_);
}

bool Restoring::decided() const {
  std::error_code error;
  return fs::exists(decided_, error);
}

Result<std::string> Restoring::replaced() const {
  auto name = store::read_whole(decided_ + std::string(kReplaces), 64);
  if (!name && name.error().code != Code::not_found) return name.error();
  return !name || name->empty() ? std::string() : data_ + "/" + *name;
}

Result<bool> Restoring::step() const {
  std::error_code error;
  if (!decided()) return false;
  if (!fs::exists(decided_ + "/school.db", error)) {
    // It is in its place.
    fs::remove_all(decided_, error);
    if (error) return io(decided_, error);
    return true;
  }
  WAYMARK_TRY(kept, replaced());
  for (auto name : kDatabase) {
    auto path = data_ + "/" + std::string(name);
    if (!fs::exists(path, error)) continue;
    if (kept.empty()) return Error{Code::conflict, path + " has come where the restore found no school"};
    WAYMARK_CHECK(make_private_directory(kept));
    WAYMARK_CHECK(store::move_durably(path, kept + "/" + std::string(name)));
    WAYMARK_CHECK(store::flush_folder(data_));
    return true;
  }
  if (auto log = decided_ + "/removals.log"; fs::exists(log, error)) {
    RemovalLog here(data_ + "/removals.log");
    const auto now = SystemClock().now_ms();
    WAYMARK_TRY(damaged, here.mend(now));
    (void)damaged;
    WAYMARK_TRY(damaged_there, RemovalLog(log).mend(now + 1));
    (void)damaged_there;
    // Also one of before a power cut.
    for (const auto& name : store::names_in(decided_, error))
      if (name.starts_with("removals.log.damaged-"))
        WAYMARK_CHECK(store::move_durably(decided_ + "/" + name, data_ + "/" + name));
    if (error) return io(decided_, error);
    WAYMARK_CHECK(here.merge(log));
    fs::remove(log, error);
    if (error) return io(log, error);
    return true;
  }
  for (std::string folder : {"/files", "/tls"}) {
    if (!fs::exists(decided_ + folder, error)) continue;
    WAYMARK_CHECK(make_private_directory(data_ + folder));
    WAYMARK_CHECK(move_missing(decided_ + folder, data_ + folder));
    fs::remove_all(decided_ + folder, error);
    if (error) return io(decided_ + folder, error);
    return true;
  }
  WAYMARK_CHECK(store::move_durably(decided_ + "/school.db", data_ + "/school.db"));
  return true;
}

Result<std::string> Restoring::finish() const {
  WAYMARK_TRY(kept, replaced());
  for (;;) {
    auto more = step();
    if (more && !*more) return kept;
    if (more) continue;
    std::error_code error;
    // Only what is of no use any more could not be removed.
    if (!fs::exists(decided_ + "/school.db", error)) return kept;
    undo();
    return more.error();
  }
}

// Where this fails, too, it stays decided, and is tried again when the school is opened.
void Restoring::undo() const {
  auto kept = replaced();
  std::error_code error;
  if (!kept) return;
  if (!kept->empty()) {
    // The database first: what belongs to it stands beside it or nowhere.
    for (auto name = kDatabase.rbegin(); name != kDatabase.rend(); ++name) {
      auto from = *kept + "/" + std::string(*name);
      if (!fs::exists(from, error)) continue;
      if (!store::move_durably(from, data_ + "/" + std::string(*name))) return;
    }
    fs::remove(*kept, error);
  }
  fs::rename(decided_, unpacked_, error);
  if (!error) fs::remove_all(unpacked_, error);
}

Status Restoring::put_back(const std::string& kept) const {
  std::error_code error;
  if (kept.empty() || !fs::exists(kept + "/school.db", error))
    return Error{Code::io, data_ + ": nothing was replaced that could be put back"};
  for (auto name : kDatabase) {
    fs::remove(data_ + "/" + std::string(name), error);
    if (error) return io(data_, error);
  }
  for (auto name = kDatabase.rbegin(); name != kDatabase.rend(); ++name) {
    auto from = kept + "/" + std::string(*name);
    if (fs::exists(from, error)) WAYMARK_CHECK(store::move_durably(from, data_ + "/" + std::string(*name)));
  }
  fs::remove(kept, error);
  return {};
}

Result<bool> Restoring::settle() const {
  std::error_code error;
  if (!decided()) {
    fs::remove_all(unpacked_, error);
    return false;
  }
  WAYMARK_TRY(kept, finish());
  (void)kept;
  return true;
}

}  // namespace waymark::server
