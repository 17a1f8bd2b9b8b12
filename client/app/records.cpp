#include "client/app/records.hpp"

#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "shared/domain/kinds.hpp"
#include "shared/store/erase.hpp"
#include "shared/store/files.hpp"
#include "shared/store/salvage.hpp"

namespace waymark::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTails[] = {"", "-wal", "-shm", "-journal"};

Error failure(const std::string& path, const std::error_code& error) {
  return {error == std::errc::no_space_on_device ? Code::disk_full : Code::io, path + ": " + error.message()};
}

Result<std::unique_ptr<store::Store>> open_sound(const std::string& path, store::Options options) {
  WAYMARK_TRY(opened, store::Store::open(path, options));
  WAYMARK_CHECK(opened->db().check_integrity());
  return opened;
}

}  // namespace

Records::Records(const std::string& folder)
    : folder_(folder), files_(folder + "/files", folder + "/thumbnails") {}

Records::~Records() {
  store_.reset();
  if (lock_ >= 0) ::close(lock_);
}

Result<std::unique_ptr<Records>> Records::open(const std::string& folder, const PersonId& person,
                                               Clock& clock, Random& random) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return failure(folder, error);
  std::unique_ptr<Records> records(new Records(folder));
  auto lock = folder + "/lock";
  records->lock_ = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (records->lock_ < 0) return failure(lock, {errno, std::generic_category()});
  if (::flock(records->lock_, LOCK_EX | LOCK_NB) != 0)
    return Error{Code::database_locked, "another process uses " + folder};

  store::Options options{&clock, &random, true};
  auto path = folder + "/records.db";
  if (!fs::exists(folder + "/mending", error)) {
    auto opened = open_sound(path, options);
    if (opened) {
      records->store_ = std::move(opened).value();
      records->store_->show_to(person);
      WAYMARK_CHECK(records->finish_erasures());
      return records;
    }
    if (opened.error().code != Code::database_damaged) return opened.error();
    WAYMARK_CHECK(records->mark_damaged());
  }
  WAYMARK_CHECK(records->mend(person, options));
  records->store_->show_to(person);
  WAYMARK_CHECK(records->finish_erasures());
  return records;
}

Status Records::finish_erasures() {
  WAYMARK_TRY(gone, store::erased_files(*store_, [&] { return files_.names(); }));
  if (!gone) return {};
  for (const auto& hash : *gone) WAYMARK_CHECK(files_.erase(hash));
  files_.drop_all();  // of what has come in part nobody knows whose it is
  // Copies that were made before the database was changed or mended have what it has no longer.
  std::error_code error;
  for (const auto& name : store::names_in(folder_, error)) {
    if (!name.starts_with("records.db.before-") && !name.starts_with("records.new.db") &&
        !name.starts_with("damaged-") && name != "copying")
      continue;
    std::error_code failed;
    auto path = folder_ + "/" + name;
    fs::remove_all(path, failed);
    if (failed) return failure(path, failed);
  }
  if (error) return failure(folder_, error);
  return store::forget_erased_files(*store_);
}

// `mending` names the copy from which the records are to be made anew; while it exists, the database beside
// it is not to be trusted. It is written when the copy is whole, and goes when the new database is in place.
Status Records::mark_damaged() {
  store_.reset();
  std::error_code error;
  std::string name;
  for (int i = 1; name.empty() || fs::exists(folder_ + "/" + name, error); ++i)
    name = "damaged-" + std::to_string(i);
  auto copy = folder_ + "/" + name, making = folder_ + "/copying";
  fs::remove_all(making, error);
  fs::create_directories(making, error);
  if (error) return failure(making, error);
  for (auto tail : kTails) {
    auto from = folder_ + "/records.db" + std::string(tail);
    if (!fs::exists(from, error)) continue;
    fs::copy_file(from, making + "/records.db" + std::string(tail), error);
    if (error) return failure(making, error);
    int file = ::open((making + "/records.db" + std::string(tail)).c_str(), O_RDONLY | O_CLOEXEC);
    bool flushed = file >= 0 && ::fsync(file) == 0;
    if (file >= 0) ::close(file);
    if (!flushed) return failure(making, {errno, std::generic_category()});
  }
  fs::rename(making, copy, error);
  if (error) return failure(copy, error);
  return store::write_durably(folder_ + "/mending", name);
}

Status Records::mend(const PersonId& person, store::Options options) {
  WAYMARK_TRY(name, store::read_whole(folder_ + "/mending", 256));
  WAYMARK_TRY(found, store::salvage(folder_ + "/" + name + "/records.db", person));
  auto fresh = folder_ + "/records.new.db", path = folder_ + "/records.db";
  std::error_code error;
  for (auto tail : kTails) fs::remove(fresh + std::string(tail), error);
  {
    WAYMARK_TRY(made, store::Store::open(fresh, options));
    WAYMARK_TRY(count, store::put_back(*made, found));
    (void)count;
    // Into the one file that is moved; the log beside it would stay behind.
    WAYMARK_CHECK(made->db().execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  }
  for (auto tail : kTails) fs::remove(path + std::string(tail), error);
  fs::rename(fresh, path, error);
  if (error) return failure(path, error);
  WAYMARK_TRY(opened, store::Store::open(path, options));
  store_ = std::move(opened);
  fs::remove(folder_ + "/mending", error);
  if (error) return failure(folder_ + "/mending", error);
  mended_ = found.complete ? Mended::whole : Mended::partly;
  return {};
}

Result<std::vector<sync::Mention>> Records::files_mentioned(const PersonId& person) {
  std::vector<sync::Mention> mentioned;
  auto stream = domain::person_stream(person);
  WAYMARK_TRY(works, store_->records(stream, "work"));
  for (auto work = works.rbegin(); work != works.rend(); ++work) {
    WAYMARK_TRY(gone, store_->gone(*work, "deleted"));
    if (gone) continue;
    if (auto small = work->text("small"); small.size() == 64)
      mentioned.push_back({small, stream, "image/jpeg"});
    if (auto hash = work->text("file"); hash.size() == 64)
      mentioned.push_back({hash, stream, work->text("mime")});
  }
  return mentioned;
}

}  // namespace waymark::app
