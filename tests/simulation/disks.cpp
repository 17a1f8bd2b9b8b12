#include "tests/simulation/disks.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <new>
#include <stdexcept>
#include <vector>

#include <sqlite3.h>
#include <sys/stat.h>

namespace waymark::simulation::disks {
namespace {

// One write, or where it writes nothing a cut, and what the file had there, as far as it was made sure of.
struct Unsure {
  std::size_t from = 0;
  std::string before, written;
};

struct File {
  std::string database;                      // whose it is
  std::pair<ino_t, std::int64_t> from = {};  // the file of the real folder that it was taken up from
  std::string bytes;
  std::size_t sure = 0;                         // so many bytes it had when it was last made sure of
  std::vector<Unsure> unsure;                   // since then
  std::vector<std::unique_ptr<char[]>> shared;  // a log's index, which lives as long as connections do
  int sharers = 0;
};

std::map<std::string, std::shared_ptr<File>, std::less<>>& files() {
  static std::map<std::string, std::shared_ptr<File>, std::less<>> all;
  return all;
}

struct Handle : sqlite3_file {
  std::shared_ptr<File> file;
  bool shares = false;
};
Handle& of(sqlite3_file* handle) { return *static_cast<Handle*>(handle); }

// The power of one database's machine: it goes with a write to come, and stays away until lose_power.
struct Power {
  std::string database;
  int writes_left = 0;
  bool gone = false;
};
Power& power() {
  static Power of_this_process;
  return of_this_process;
}
// Is there none for this write? Of the one with which it goes, `torn`, a part may reach the disk.
bool lies = false;
long lied = 0;
bool has_gone(const File& file, bool* torn = nullptr) {
  auto& now = power();
  if (now.database.empty() || file.database != now.database) return false;
  if (now.gone) return true;
  now.gone = --now.writes_left <= 0;
  if (torn) *torn = now.gone;
  return now.gone;
}

void change(File& file, std::size_t from, std::string_view bytes) {
  if (file.bytes.size() < from) file.bytes.resize(from);
  file.bytes.replace(from, bytes.size(), bytes);
}
void note(File& file, std::size_t from, std::size_t touched, std::string_view written) {
  auto end = std::min(file.sure, file.bytes.size());
  auto before = from < end ? file.bytes.substr(from, std::min(touched, end - from)) : std::string();
  file.unsure.push_back({from, std::move(before), std::string(written)});
}

int close(sqlite3_file* handle) {
  of(handle).~Handle();
  return SQLITE_OK;
}
int read(sqlite3_file* handle, void* out, int amount, sqlite3_int64 from) {
  const auto& bytes = of(handle).file->bytes;
  auto at = static_cast<std::size_t>(from), wanted = static_cast<std::size_t>(amount);
  auto have = at < bytes.size() ? std::min(wanted, bytes.size() - at) : 0;
  if (have) std::memcpy(out, bytes.data() + at, have);
  if (have == wanted) return SQLITE_OK;
  std::memset(static_cast<char*>(out) + have, 0, wanted - have);
  return SQLITE_IOERR_SHORT_READ;
}
int write(sqlite3_file* handle, const void* in, int amount, sqlite3_int64 from) {
  auto& file = *of(handle).file;
  std::string_view bytes(static_cast<const char*>(in), static_cast<std::size_t>(amount));
  bool torn = false;
  bool gone = has_gone(file, &torn);
  if (gone) bytes = bytes.substr(0, torn ? bytes.size() / 2 : 0);
  if (!bytes.empty()) {
    note(file, static_cast<std::size_t>(from), bytes.size(), bytes);
    change(file, static_cast<std::size_t>(from), bytes);
  }
  return gone ? SQLITE_IOERR_WRITE : SQLITE_OK;
}
int truncate(sqlite3_file* handle, sqlite3_int64 size) {
  auto& file = *of(handle).file;
  if (has_gone(file)) return SQLITE_IOERR_TRUNCATE;
  auto at = static_cast<std::size_t>(size);
  note(file, at, std::string::npos, {});
  file.bytes.resize(std::min(at, file.bytes.size()));
  return SQLITE_OK;
}
int sync(sqlite3_file* handle, int) {
  auto& file = *of(handle).file;
  if (has_gone(file)) return SQLITE_IOERR_FSYNC;
  if (lies && ++lied % 2 == 0) return SQLITE_OK;
  file.unsure.clear();
  file.sure = file.bytes.size();
  return SQLITE_OK;
}
int size(sqlite3_file* handle, sqlite3_int64* out) {
  *out = static_cast<sqlite3_int64>(of(handle).file->bytes.size());
  return SQLITE_OK;
}
int lock(sqlite3_file*, int) { return SQLITE_OK; }
int reserved(sqlite3_file*, int* out) { return *out = 0, SQLITE_OK; }
int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
// As SQLite's own file system has them.
int sector(sqlite3_file*) { return 4096; }
int traits(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int map_shared(sqlite3_file* handle, int part, int bytes, int extend, void volatile** out) {
  auto& file = *of(handle).file;
  if (!of(handle).shares) of(handle).shares = true, file.sharers++;
  auto wanted = static_cast<std::size_t>(part);
  while (extend && file.shared.size() <= wanted)
    file.shared.push_back(std::make_unique<char[]>(static_cast<std::size_t>(bytes)));
  *out = wanted < file.shared.size() ? file.shared[wanted].get() : nullptr;
  return SQLITE_OK;
}
int lock_shared(sqlite3_file*, int, int, int) { return SQLITE_OK; }
void barrier(sqlite3_file*) {}
int unmap_shared(sqlite3_file* handle, int) {
  auto& file = *of(handle).file;
  // Who comes first finds none and makes it from the log, as after a process that died.
  if (of(handle).shares && --file.sharers == 0) file.shared.clear();
  of(handle).shares = false;
  return SQLITE_OK;
}

const sqlite3_io_methods kMethods{2,           close,   read,         write,   truncate, sync,   size,
                                  lock,        lock,    reserved,     control, sector,   traits, map_shared,
                                  lock_shared, barrier, unmap_shared, nullptr, nullptr};

// A database that the product itself unpacked or moved here, and that is only in the real folder until now.
std::shared_ptr<File> taken_up(const std::string& path, const File* known) {
  struct stat real = {};
  if (::stat(path.c_str(), &real) != 0 || real.st_size == 0) return nullptr;
  std::pair from(real.st_ino, std::int64_t{real.st_mtim.tv_sec} * 1'000'000'000 + real.st_mtim.tv_nsec);
  if (known && known->from == from) return nullptr;
  std::ifstream in(path, std::ios::binary);
  auto file = std::make_shared<File>();
  file->bytes.assign(std::istreambuf_iterator<char>(in), {});
  file->sure = file->bytes.size();
  file->from = from;
  return file;
}
std::string database_of(std::string_view path) {
  for (std::string_view tail : {"-wal", "-journal"})
    if (path.ends_with(tail)) path.remove_suffix(tail.size());
  return std::string(path);
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* handle, int flags, int* given) {
  handle->pMethods = nullptr;
  std::shared_ptr<File> file;
  if (name) {
    auto& known = files()[name];
    if (flags & SQLITE_OPEN_MAIN_DB)
      if (auto moved = taken_up(name, known.get())) files().erase(std::string(name) + "-wal"), known = moved;
    if (!known && !(flags & SQLITE_OPEN_CREATE)) return files().erase(name), SQLITE_CANTOPEN;
    if (!known) {
      known = std::make_shared<File>();
      if (flags & SQLITE_OPEN_MAIN_DB) std::ofstream{name};
    }
    known->database = database_of(name);
    file = known;
  } else {
    file = std::make_shared<File>();
  }
  auto* made = new (handle) Handle{};
  made->file = std::move(file);
  made->pMethods = &kMethods;
  if (given) *given = flags;
  return SQLITE_OK;
}
int remove(sqlite3_vfs*, const char* name, int) {
  files().erase(name);
  return SQLITE_OK;
}
int access(sqlite3_vfs*, const char* name, int, int* out) {
  auto found = files().find(name);
  *out = found != files().end() && !found->second->bytes.empty();
  return SQLITE_OK;
}
int full_path(sqlite3_vfs*, const char* name, int bytes, char* out) {
  sqlite3_snprintf(bytes, out, "%s", name);
  return SQLITE_OK;
}

}  // namespace

void use() {
  // Before SQLite is begun: one thread needs no locks, and nobody asks how much memory it takes.
  static const bool alone = sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) == SQLITE_OK &&
                            sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;
  if (!alone) throw std::runtime_error("SQLite was begun before the simulation");
  static sqlite3_vfs disks = [] {
    sqlite3_vfs made = *sqlite3_vfs_find(nullptr);  // time and chance are the system's
    made.iVersion = 2;
    made.szOsFile = sizeof(Handle);
    made.zName = "waymark-simulation";
    made.pNext = nullptr;
    made.xOpen = open;
    made.xDelete = remove;
    made.xAccess = access;
    made.xFullPathname = full_path;
    return made;
  }();
  static const int used = sqlite3_vfs_register(&disks, 1);
  if (used != SQLITE_OK) throw std::runtime_error("no disks for the simulation");
}

std::string read(const std::string& path) {
  auto found = files().find(path);
  return found == files().end() ? std::string() : found->second->bytes;
}
void put_alone(const std::string& path, std::string_view bytes) {
  std::error_code none;
  if (std::filesystem::file_size(path, none) > 0 && !none)
    std::ofstream{path};  // what was taken up from there
  auto& file = files()[path];
  file = std::make_shared<File>();
  file->bytes = bytes;
  file->sure = bytes.size();
}
void put(const std::string& path, std::string_view bytes) {
  files().erase(path + "-wal");
  put_alone(path, bytes);
}
std::size_t copied_back(const std::string& path) {
  // https://www.sqlite.org/walformat.html: nBackfillAttempted is at byte 128 of the log's index
  // (after a power cut: all there was); a log begins with 32 bytes, of which 8 to 11 are the page's size, and
  // has 24 before each page.
  auto index = files().find(path), log = files().find(path + "-wal");
  if (index == files().end() || log == files().end()) return 0;
  if (index->second->shared.empty() || log->second->bytes.size() < 32) return 0;
  std::uint32_t frames = 0, page = 0;
  std::memcpy(&frames, index->second->shared[0].get() + 128, 4);
  for (std::size_t i = 8; i < 12; i++) page = page << 8 | static_cast<unsigned char>(log->second->bytes[i]);
  return frames == 0 ? 0 : 32 + std::size_t{frames} * (24 + page);
}
void lie(bool now) { lies = now, lied = 0; }
void cut_power(const std::string& path, int writes) { power() = {path, writes, false}; }
bool power_is_gone() { return power().gone; }
void leave_power() { power() = {}; }
void lose_power(const std::string& path, Random* luck) {
  leave_power();
  for (std::string_view tail : {"", "-wal"}) {
    auto found = files().find(path + std::string(tail));
    if (found == files().end()) continue;
    auto& file = *found->second;
    auto unsure = std::move(file.unsure);
    file.unsure.clear();
    file.bytes.resize(file.sure);
    for (auto last = unsure.rbegin(); last != unsure.rend(); ++last)
      if (!last->before.empty()) file.bytes.replace(last->from, last->before.size(), last->before);
    // A disk keeps what it likes of what it was not told to keep.
    auto in_ten = luck ? luck->below(11) : 0;
    for (const auto& one : unsure) {
      if (!luck || luck->below(10) >= in_ten) continue;
      if (one.written.empty())
        file.bytes.resize(std::min(one.from, file.bytes.size()));
      else
        change(file, one.from, one.written);
    }
    file.sure = file.bytes.size();
  }
}
void spill(const std::string& path) {
  std::ofstream(path, std::ios::binary) << read(path);
  files().erase(path);
}
void remove_below(std::string_view folder) {
  auto& all = files();
  for (auto at = all.lower_bound(folder); at != all.end() && at->first.starts_with(folder);)
    at = all.erase(at);
}

}  // namespace waymark::simulation::disks
