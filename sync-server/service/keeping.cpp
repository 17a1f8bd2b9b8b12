// School: what keeps it from losing anything when its disk goes back in time. Backups and restores, the log
// that outlives them, and people and computers that joined after the backup.
#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "shared/base/text.hpp"
#include "shared/store/erase.hpp"
#include "shared/store/files.hpp"
#include "shared/store/hidden.hpp"
#include "sync-server/service/codes.hpp"
#include "sync-server/service/restoring.hpp"
#include "sync-server/service/school.hpp"

namespace waymark::server {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using store::Transaction;

constexpr std::string_view kRemovalsKey = "removals";
constexpr std::int64_t kBackupDayMs = std::int64_t{24} * 3600 * 1000;
// Of a database, and what SQLite writes beside it.
constexpr std::array<const char*, 4> kParts = {"", "-journal", "-wal", "-shm"};

void add_folder(std::vector<BackupPart>& parts, const std::string& data, const std::string& folder) {
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(data + "/" + folder, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    auto path = entry->path().string();
    auto name = path.substr(data.size() + 1);
    if (entry->is_regular_file(error) && !path.ends_with(".new") && fits_backup(name))
      parts.push_back({std::move(name), path});
  }
}

// A copy that was to become a backup, and what SQLite writes beside it.
bool is_copy(std::string_view name) {
  constexpr std::string_view kBegins = "backup-";
  if (!name.starts_with(kBegins)) return false;
  name.remove_prefix(kBegins.size());
  auto digits = name.find_first_not_of("0123456789");
  if (digits == 0 || digits == std::string_view::npos) return false;
  name.remove_prefix(digits);
  return std::any_of(kParts.begin(), kParts.end(),
                     [&](std::string_view part) { return name == ".db" + std::string(part); });
}

// Says nothing of what lies on it.
bool is_of_the_disk(const Error& error) {
  return error.code == Code::disk_full || error.code == Code::io || error.code == Code::database_locked;
}

}  // namespace

Status must_have_room(const std::string& folder, std::int64_t bytes, std::optional<std::int64_t> reserve) {
  std::error_code error;
  auto space = fs::space(folder, error);
  if (error) return {};  // a disk that tells nothing says so when it is written to
  auto kept =
      reserve ? static_cast<std::uintmax_t>(*reserve) : std::min(disk_reserve_bytes, space.capacity / 20);
  if (space.available >= kept && space.available - kept >= static_cast<std::uintmax_t>(bytes)) return {};
  return Error{Code::disk_full, folder + ": " + std::to_string(bytes) + " bytes more would leave less than " +
                                    std::to_string(kept) + " bytes of the disk"};
}

// ---- backups

// Readable by who has the disk, and not told of erasures: whatever a power cut left of one goes.
void School::remove_copies() const {
  std::error_code error;
  for (const auto& name : store::names_in(data_, error))
    if (std::error_code ignored; is_copy(name)) fs::remove(data_ + "/" + name, ignored);
}

Result<BackupJob> School::begin_backup() {
  WAYMARK_CHECK(only_the_school());
  if (!is_in_place())
    return Error{Code::conflict, "school.db was replaced by hand; within a minute that is settled"};
  BackupJob job;
  job.about = {name_, identity(), clock_.now_ms()};
  job.identity = identity_;
  job.hold = copying_;
  job.copy = data_ + "/backup-" + std::to_string(job.about.made_ms) + ".db";
  std::error_code error;
  fs::remove(job.copy, error);
  WAYMARK_TRY(bytes, store_->db().bytes());
  WAYMARK_CHECK(must_have_room(data_, bytes, disk_reserve_));
  WAYMARK_CHECK(store_->db().copy_to(job.copy));
  job.reserve = disk_reserve_;
  job.parts.push_back({"school.db", job.copy});
  if (fs::exists(data_ + "/removals.log", error))
    job.parts.push_back({"removals.log", data_ + "/removals.log"});
  add_folder(job.parts, data_, "tls");
  add_folder(job.parts, data_, "files");
  return job;
}

Status School::finish_backup(const BackupJob& job, const std::string& file) {
  auto written = [&]() -> Status {
    std::error_code error;
    std::uintmax_t bytes = 0;
    for (const auto& part : job.parts)
      if (auto size = fs::file_size(part.path, error); !error) bytes += size;
    auto folder = fs::path(file).parent_path();
    WAYMARK_CHECK(must_have_room(folder.empty() ? "." : folder.string(), static_cast<std::int64_t>(bytes),
                                 job.reserve));
    return write_backup(file, job.about, job.identity, job.parts);
  }();
  std::error_code ignored;
  fs::remove(job.copy, ignored);
  return written;
}

Result<bool> School::backup_is_old() {
  if (backup_place_.folder.empty()) return false;
  auto now = clock_.now_ms();
  WAYMARK_TRY(begun, accounts_->first_person_ms());
  auto age = now - backup_place_.last_ms.value_or(begun);
  // One of tomorrow is of a clock that ran ahead, and says nothing of today.
  return age > (backup_place_.last_ms ? 2 : 1) * kBackupDayMs || age < -kBackupDayMs;
}

// ---- restores

Result<std::string> School::restore(const std::string& file, const SecretKey& key) {
  WAYMARK_CHECK(only_the_school());
  if (!(public_key(key) == identity()))
    return Error{Code::conflict, data_ + " holds another school; restore into an empty directory"};
  // Of one that was replaced by hand nothing else would be kept.
  Replaced by_hand;
  if (in_place_.is_set()) {
    WAYMARK_TRY(in_place, look_at_place());
    if (!in_place) by_hand = take_up_replaced(false);
    if (!is_open() || !by_hand.decided)
      return by_hand.error.value_or(Error{Code::conflict, "school.db was replaced by hand"});
  }
  Restoring restoring(data_);
  WAYMARK_CHECK(restoring.unpack(file, key));
  close();
  auto placed = restoring.decide(clock_.now_ms());
  auto replaced = placed ? restoring.finish() : Result<std::string>(placed.error());
  // Whatever came of it, the school goes on with the database that is there; and with the one that was there,
  // where it cannot go on with the backup's.
  if (auto loaded = load(); !loaded) {
    close();
    if (replaced) WAYMARK_CHECK(restoring.put_back(*replaced));
    auto again = load();
    if (!again) close();
    return again ? loaded.error() : again.error();
  }
  if (replaced) WAYMARK_CHECK(note_restored(file));
  if (!by_hand.folder.empty())
    WAYMARK_CHECK(
        accounts_->audit(std::nullopt, "school.db that was replaced by hand is kept", by_hand.folder));
  return replaced;
}

Result<std::string> School::restore_at(const std::string& data, const std::string& file, const SecretKey& key,
                                       Clock& clock, Random& random) {
  WAYMARK_CHECK(make_private_directory(data));
  std::unique_ptr<School> school(new School(data, clock, random));
  WAYMARK_CHECK(school->lock());
  WAYMARK_CHECK(must_be_a_file(data + "/school.db"));
  Restoring restoring(data);
  if (restoring.decided()) WAYMARK_CHECK(school->in_place_.forget());
  WAYMARK_TRY(settled, restoring.settle());
  (void)settled;
  WAYMARK_CHECK(school->in_place_.begin());
  const auto seed = to_hex(key.seed);
  // A database that can still be read says whose it is; one that cannot, or that came in the place of this
  // school's, is what restores are for. Nothing is written to it.
  if (auto db = store::Db::open_as_it_lies(data + "/school.db"))
    if (auto there = store::meta_of(**db, "identity"); there && *there && **there != seed)
      if (school->in_place_.owner() != to_hex(sha256(as_bytes(seed))))
        return Error{Code::conflict, data + " holds another school; restore into an empty directory"};
  WAYMARK_CHECK(restoring.unpack(file, key));
  WAYMARK_CHECK(restoring.decide(clock.now_ms()));
  WAYMARK_CHECK(school->in_place_.forget());
  WAYMARK_TRY(replaced, restoring.finish());
  WAYMARK_CHECK(school->load());
  WAYMARK_CHECK(school->note_restored(file));
  return replaced;
}

void School::close() {
  carried_.reset();
  accounts_.reset();
  store_.reset();
  marked_.reset();
}

Result<std::string> School::owner_of(store::Db& db) const {
  WAYMARK_TRY(key, store::meta_of(db, hub_ ? kHubKeyKey : std::string_view("identity")));
  return key ? to_hex(sha256(as_bytes(*key))) : std::string();
}

Status School::must_be_a_file(const std::string& database) {
  if (std::error_code error; !fs::is_symlink(database, error)) return {};
  return Error{Code::unsupported, database +
                                      " is a link, and SQLite keeps what belongs to it where that leads; put "
                                      "the file itself there, or mount the other disk"};
}

Error School::not_the_one_served() const {
  return {Code::conflict, data_ + "/school.db is not the one that was served from here; put that one back" +
                              (hub_ ? "" : ", or the last backup with `restore` and the recovery phrase") +
                              ", or remove " + data_ + "/in-place to go on with this one"};
}

// Before anything is moved or written.
Status School::must_be_the_one_served() const {
  std::error_code error;
  if (in_place_.owner().empty() || !fs::exists(data_ + "/school.db", error)) return {};
  auto db = store::Db::open_as_it_lies(data_ + "/school.db");
  if (!db) return {};  // opening it tells what is wrong
  auto owner = owner_of(**db);
  if (!owner && owner.error().code != Code::internal) return {};
  const auto whose = owner ? *owner : std::string();
  if (whose == in_place_.owner()) return {};
  // Its log may hold all that the file lacks.
  bool may_be = whose.empty() && (in_place_.has_its_files() || !(*db)->check_integrity());
  return may_be ? Status() : Status(not_the_one_served());
}

Result<bool> School::look_at_place() {
  if (!is_in_place()) return false;
  WAYMARK_CHECK(mark_place());
  return is_in_place();
}

Status School::mark_place() {
  if (marked_ == store_->db().total_changes()) return {};
  WAYMARK_TRY(owner, owner_of(store_->db()));
  WAYMARK_CHECK(in_place_.set(*store_, random_, !marked_, owner));
  marked_ = store_->db().total_changes();
  return {};
}

// As it lies there, before anything is written to it.
Status School::is_ours(const std::string& database) const {
  std::error_code error;
  if (!fs::exists(database, error)) return Error{Code::not_found, database + " is gone"};
  WAYMARK_CHECK(must_be_a_file(database));
  WAYMARK_TRY(db, store::Db::open_as_it_lies(database));
  WAYMARK_CHECK(db->check_integrity());
  WAYMARK_TRY(owner, owner_of(*db));
  if (owner.empty() || owner != in_place_.owner())
    return Error{Code::conflict, database + (hub_ ? " is another server's" : " is another school's")};
  return {};
}

// As this program opens it, on a copy.
Status School::could_be_opened(const std::string& database, const std::string& trial) const {
  WAYMARK_CHECK(make_private_directory(trial));
  auto opened = [&]() -> Status {
    WAYMARK_TRY(db, store::Db::open_as_it_lies(database));
    WAYMARK_CHECK(db->copy_to(trial + "/school.db"));
    WAYMARK_TRY(store, store::Store::open(trial + "/school.db", {&clock_, &random_, hub_.has_value()}));
    WAYMARK_CHECK(Accounts(*store).prepare());
    return Carried(*store).prepare();
  }();
  std::error_code error;
  fs::remove_all(trial, error);
  return opened;
}

// Complete, or not under that name.
Status School::keep_copy(const std::string& kept) {
  auto copying = kept + ".new";
  auto copied = [&]() -> Status {
    WAYMARK_CHECK(store_->db().copy_to(copying));
    WAYMARK_TRY(db, store::Db::open_as_it_lies(copying));
    WAYMARK_TRY(owner, owner_of(*db));
    if (!in_place_.owner().empty() && owner != in_place_.owner())
      return Error{Code::database_damaged, "what was open was written over"};
    WAYMARK_CHECK(store::flush_file(copying));
    return store::move_durably(copying, kept);
  }();
  std::error_code error;
  if (!copied) fs::remove(copying, error);
  return copied ? store::flush_folder(data_) : copied;
}

Status School::close_beside(const std::string& folder) {
  bool its_log = in_place_.has_its_log();
  close();
  if (!its_log) return {};
  const auto database = data_ + "/school.db";
  std::error_code error;
  fs::remove(database + "-shm", error);
  return store::move_durably(database + "-wal", folder + "/own.db-wal");
}

// What is found is there under one name or the other until its own is in its place.
Status School::put_own_back(const std::string& folder) {
  const auto database = data_ + "/school.db", found = folder + "/found.db";
  std::error_code error;
  for (std::string part : kParts)
    if (!part.empty() && fs::exists(database + part, error))
      WAYMARK_CHECK(store::move_durably(database + part, found + part));
  if (fs::exists(fs::symlink_status(database, error))) {
    fs::create_hard_link(database, found, error);
    if (error) WAYMARK_CHECK(store::move_durably(database, found));  // a folder, or a disk without such links
  }
  WAYMARK_CHECK(store::move_durably(folder + "/school.db", database));
  auto loaded = load();
  if (!loaded) close();
  return loaded;
}

School::Replaced School::take_up_replaced(bool ending) {
  const auto folder = new_replaced_folder(data_, clock_.now_ms());
  const auto database = data_ + "/school.db";
  std::error_code error;
  if (auto made = make_private_directory(folder); !made && !ending) return {{}, made.error(), {}, false};
  store_->db().leave_log();  // whenever it is closed: whatever file is there is not its own
  // Then whatever is read of it may be of the file that came.
  const bool written_over = in_place_.is_same_file();
  const auto kept = folder + (written_over ? "/salvaged.db" : "/school.db");
  // It may hold what no device has.
  auto own = [&]() -> Status {
    WAYMARK_TRY(bytes, store_->db().bytes());
    auto room = must_have_room(data_, bytes, disk_reserve_);
    if (!room && !ending) return room;
    auto copied = keep_copy(kept);
    // SQLite also calls the disk full where a damaged page names one that no file can have.
    if (!copied && copied.error().code == Code::disk_full && room)
      return Error{Code::database_damaged, copied.error().detail};
    return copied;
  }();
  auto done = [&](const Status& used) {
    bool empty = fs::remove(folder, error) || !fs::exists(folder, error);
    return Replaced{empty ? "" : folder, used ? std::nullopt : std::optional(used.error()),
                    own ? std::nullopt : std::optional(own.error())};
  };
  // Without a copy what is in memory is all there is, and it goes on with that.
  auto as_before = [&](const Status& why) {
    fs::remove(kept, error);
    auto told = done(why);
    told.decided = false;
    return told;
  };
  const bool no_room = !own && is_of_the_disk(own.error());
  if (no_room && !ending && !written_over) return as_before(own);
  auto found = is_ours(database);
  bool unsure = false;
  if (found) {
    found = could_be_opened(database, folder + "/trial");
    unsure = !found && is_of_the_disk(found.error());
  }
  // Of a damaged one whatever its pages still have.
  bool salvaged = own || written_over;
  if (!salvaged && !no_room) salvaged = store_->db().copy_pages_to(folder + "/salvaged.db").has_value();
  const bool takes = found && salvaged;
  const bool puts_back = !found && !unsure && own && !written_over;
  if (!takes && !puts_back) {
    if (!ending && !written_over) {
      fs::remove(folder + "/salvaged.db", error);
      return as_before(own ? found : own);
    }
    auto closed = close_beside(folder);
    return done(!closed ? closed : found ? own : found);
  }
  if (auto closed = close_beside(folder); !closed) return done(closed);
  if (takes) {
    found = load();
    if (found) found = note_restored("a school.db that was put in its place by hand");
    if (found) return done(found);
    close();
    if (!own || written_over) return done(found);
  }
  if (auto back = put_own_back(folder); !back) return done(back);
  (void)accounts_->audit(std::nullopt, "school.db was put back", found.error().detail).has_value();
  return done(found);
}

// Who was signed in when the backup was made is not now.
Status School::note_restored(std::string_view from) {
  WAYMARK_CHECK(accounts_->remove_sessions_before(std::numeric_limits<std::int64_t>::max()));
  return accounts_->audit(std::nullopt, "restored from a backup", from);
}

// ---- removals

Status School::remember(std::string_view what, std::string_view subject, std::string_view value,
                        std::string_view kind) {
  return remember({{0, std::string(what), std::string(subject), std::string(value), std::string(kind), ""}});
}

Status School::remember(std::vector<Removal> removals) {
  if (removals.empty()) return {};
  WAYMARK_TRY(seen, store_->meta(kRemovalsKey));
  bool late = seen != removals_read_.text();
  WAYMARK_CHECK(hear_removals());
  std::vector<std::string> lines;
  for (auto& removal : removals) {
    removal.at_ms = clock_.now_ms();
    lines.push_back(RemovalLog::line_of(removal));
  }
  WAYMARK_CHECK(removals_.append(lines));
  for (const auto& line : lines) removals_read_.pass(line);
  // What was just heard may have undone what these lines say and was done before them.
  if (late)
    for (const auto& removal : removals) WAYMARK_CHECK(apply(removal));
  return store_->set_meta(kRemovalsKey, removals_read_.text());
}

// A disk that was reverted under a running server knows fewer: it is told first, else it never would be.
Status School::hear_removals() {
  WAYMARK_TRY(seen, store_->meta(kRemovalsKey));
  return seen == removals_read_.text() ? Status() : replay_removals();
}

Status School::catch_up() {
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_CHECK(hear_removals());
  return transaction.commit();
}

Status School::apply(const Removal& removal) {
  if (removal.what == "erasure") {
    auto op = record::parse_op(removal.value);
    if (!op) return Error{Code::malformed, "the log of removals has an erasure that cannot be read"};
    WAYMARK_TRY(added, store_->add(*op, removal.value, record::op_id(removal.value)));
    (void)added;
    auto named = op->fields.find("ops");
    if (named != op->fields.end()) WAYMARK_CHECK(forget_letters(named->second.texts()));
    auto person = PersonId::parse(removal.subject);
    return person && op->fields.contains("person") ? forget_person(*person) : Status();
  }
  if (removal.what == "hidden") {
    auto op = record::parse_op(removal.value);
    if (!op) return Error{Code::malformed, "the log of removals has a hiding that cannot be read"};
    WAYMARK_TRY(added, store_->add(*op, removal.value, record::op_id(removal.value)));
    (void)added;
    return {};
  }
  if (removal.what == "computer") {
    WAYMARK_TRY(id, ComputerId::parse(removal.subject));
    WAYMARK_TRY(computers, accounts_->computers());
    bool known = std::any_of(computers.begin(), computers.end(), [&](const auto& c) { return c.id == id; });
    // Joined and removed after the backup: a certificate of it must find it removed.
    if (!known)
      WAYMARK_CHECK(
          accounts_->add_computer({id, removal.value, 0, {}, false, 0}, token_hash(make_token(random_))));
    return accounts_->remove_computer(id);
  }
  if (removal.what == "class") {
    WAYMARK_TRY(id, ClassId::parse(removal.subject));
    WAYMARK_TRY(row, accounts_->class_by_id(id));
    if (!row && removal.title.empty()) return {};  // of an earlier version
    if (!row) row.emplace().id = id;
    row->active = removal.value != "gone";
    if (!removal.title.empty()) row->title = removal.title;
    if (removal.source) {
      // Two copies of the school may each have made the roster's class: both stay, and it is one's.
      WAYMARK_TRY(other, accounts_->class_by_source(*removal.source));
      bool taken = removal.source->empty() || (other && other->id != id);
      row->source = taken ? std::nullopt : removal.source;
    }
    return accounts_->put(*row);
  }
  auto id = PersonId::parse(removal.subject);
  if (!id) return {};  // of a later version
  WAYMARK_TRY(person, accounts_->person(*id));
  if (!person) return {};  // joined after the backup: is_gone() asks the log
  if (removal.what == "password") {
    if (person->password_hash != removal.value) WAYMARK_CHECK(accounts_->remove_sessions_of(*id));
    return accounts_->set_password(*id, removal.value);
  }
  if (removal.what == "pin") return accounts_->set_pin(*id, removal.value, removal.kind);
  if (removal.what == "card") return accounts_->put_only_card(removal.value, *id);
  if (removal.what == "person") {
    person->active = removal.value != "gone";
    return accounts_->put(*person);
  }
  if (removal.what == "role") {
    person->role = removal.value;
    return accounts_->put(*person);
  }
  if (removal.what == "enrollment") {
    WAYMARK_TRY(class_id, ClassId::parse(removal.class_id));
    WAYMARK_TRY(row, accounts_->class_by_id(class_id));
    if (!row) return {};
    WAYMARK_TRY(known, accounts_->enrollment(class_id, *id));
    auto enrollment = known.value_or(Enrollment{class_id, *id, "", false});
    bool here = removal.value != "ended";
    if (here && !enrollment.active) {
      // Who waits to be confirmed is let in by nobody else; then the log is asked.
      WAYMARK_TRY(waits, waits_to_be_confirmed(*id));
      if (waits) return {};
    }
    enrollment.role = removal.kind;
    enrollment.active = here;
    if (removal.source) enrollment.source = removal.source->empty() ? std::nullopt : removal.source;
    return accounts_->put(enrollment);
  }
  return {};  // of a later version
}

Status School::hide(const PersonId& teacher, const PersonId& student, const store::Edit& edit) {
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_TRY(written, write(teacher, std::span(&edit, 1)));
  WAYMARK_TRY(line, store_->line(written.front().op));
  // A hub passes it to the school, which keeps it so.
  if (!hub_) WAYMARK_CHECK(remember("hidden", student.hex(), line.value_or("")));
  WAYMARK_CHECK(audit_hiding(teacher, student.hex(), edit.fields.at("hidden").boolean()));
  return transaction.commit();
}

Status School::heed_hidings(const SyncRead& read) {
  std::vector<std::string_view> lines;
  for (std::size_t i = 0; i < read.pushed.size(); i++)
    if (read.pushed[i].op && read.pushed[i].op->kind == store::hidden_kind)
      lines.emplace_back(read.request.ops[i]);
  for (const auto& back : read.request.returned)
    for (const auto& line : back.bodies)
      if (auto op = record::parse_op(line); op && op->kind == store::hidden_kind) lines.emplace_back(line);
  if (lines.empty()) return {};
  WAYMARK_CHECK(hear_removals());
  WAYMARK_TRY(log, removals_.read());
  for (auto line : lines) {
    WAYMARK_TRY(op, store_->op(record::op_id(line)));  // nothing of what was refused
    bool logged = std::any_of(log.begin(), log.end(), [&](const Removal& removal) {
      return removal.what == "hidden" && removal.value == line;
    });
    if (!op || logged) continue;
    auto student = store::person_of_stream(op->stream);
    auto hidden = op->fields.find("hidden");
    WAYMARK_CHECK(remember("hidden", student ? student->hex() : "", line));
    WAYMARK_CHECK(audit_hiding(op->author, student ? student->hex() : "",
                               hidden != op->fields.end() && hidden->second.boolean()));
  }
  return {};
}

Status School::audit_hiding(const PersonId& teacher, std::string_view student, bool hidden) {
  return accounts_->audit(teacher, hidden ? "text hidden" : "text shown again", student);
}

Status School::replay_removals() {
  WAYMARK_TRY(lines, removals_.lines());
  WAYMARK_TRY(seen, store_->meta(kRemovalsKey));
  auto seen_lines = seen ? std::strtoull(seen->c_str(), nullptr, 10) : 0;
  // Where other lines have come in between, or the log is another, all are done again: the last of each
  // counts.
  std::size_t from = 0;
  RemovalsRead read;
  for (const auto& line : lines) {
    read.pass(line);
    if (read.lines == seen_lines && seen == read.text()) from = read.lines;
  }
  removals_read_ = read;
  if (seen == read.text()) return {};
  WAYMARK_TRY(removals, removals_.read());
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  // What is erased stays so, whatever another copy of the school said of it later.
  for (bool erasures : {false, true})
    for (auto i = from; i < removals.size(); i++)
      if ((removals[i].what == "erasure") == erasures) WAYMARK_CHECK(apply(removals[i]));
  WAYMARK_CHECK(store_->set_meta(kRemovalsKey, read.text()));
  if (from < removals.size()) WAYMARK_CHECK(refresh_access());
  return transaction.commit();
}

Result<bool> School::is_gone(const PersonId& person) {
  WAYMARK_TRY(removals, removals_.read_about(person.hex()));
  bool gone = false;
  for (const auto& removal : removals)
    if (removal.what == "person") gone = removal.value == "gone";
  return gone;
}

Status School::put_person(const Person& person) {
  WAYMARK_CHECK(hear_removals());
  WAYMARK_TRY(before, accounts_->person(person.id));
  WAYMARK_CHECK(accounts_->put(person));
  if (before && before->role != person.role) WAYMARK_CHECK(remember("role", person.id.hex(), person.role));
  if (!before || before->active == person.active) return {};
  return remember("person", person.id.hex(), person.active ? "here" : "gone");
}

Status School::put_classes(std::span<const ClassRow> rows) {
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_CHECK(hear_removals());
  std::vector<Removal> changes;
  for (const auto& row : rows) {
    WAYMARK_TRY(before, accounts_->class_by_id(row.id));
    WAYMARK_CHECK(accounts_->put(row));
    bool same =
        before && before->active == row.active && before->title == row.title && before->source == row.source;
    if (!same)
      changes.push_back({0, "class", row.id.hex(), row.active ? "here" : "gone", "", "", row.title,
                         row.source.value_or("")});
  }
  WAYMARK_CHECK(remember(std::move(changes)));
  return transaction.commit();
}

Status School::put_enrollments(std::span<const Enrollment> enrollments) {
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_CHECK(hear_removals());
  WAYMARK_TRY(newcomers, accounts_->newcomers());
  std::vector<Removal> changes;
  for (const auto& enrollment : enrollments) {
    WAYMARK_TRY(before, accounts_->enrollment(enrollment.class_id, enrollment.person));
    WAYMARK_CHECK(accounts_->put(enrollment));
    bool same = before && before->active == enrollment.active && before->role == enrollment.role &&
                before->source == enrollment.source;
    // Of who waits to be confirmed the log says more than stands here, and is asked then.
    bool waits = std::any_of(newcomers.begin(), newcomers.end(),
                             [&](const auto& newcomer) { return newcomer.person == enrollment.person; });
    if (!same || waits)
      changes.push_back({0, "enrollment", enrollment.person.hex(), enrollment.active ? "here" : "ended",
                         enrollment.role, enrollment.class_id.hex(), "", enrollment.source.value_or("")});
  }
  WAYMARK_CHECK(remember(std::move(changes)));
  return transaction.commit();
}

// ---- who joined after the backup

std::string School::certificate_of(const Person& person, const ComputerId& computer,
                                   const PublicKey& device_key, const std::vector<ClassId>& classes) const {
  json object = {{"classes", json::array()},
                 {"computer", computer.hex()},
                 {"key", to_hex(device_key.bytes)},
                 {"name", trim(person.given + " " + person.family)},
                 {"person", person.id.hex()},
                 {"role", person.role},
                 {"school", to_hex(identity().bytes)},
                 {"time", clock_.now_ms()},
                 {"v", 1}};
  for (const auto& id : classes) object["classes"].push_back(id.hex());
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string School::sign_certificate(std::string_view certificate) const {
  return to_hex(sign(identity_, as_bytes(certificate)));
}

namespace {
Error not_good_here() { return {Code::unauthorized, "the certificate is not, or no longer, good here"}; }
}  // namespace

Result<Person> School::admit(const wire::Certificate& certificate, std::string_view text) {
  const auto& id = certificate.person;
  auto computer = ComputerId::parse(certificate.computer);
  if (!computer || certificate.role != "student") return not_good_here();
  WAYMARK_TRY(computers, accounts_->computers());
  auto known =
      std::find_if(computers.begin(), computers.end(), [&](const auto& c) { return c.id == *computer; });
  if (known != computers.end() && known->removed) return not_good_here();
  if (known == computers.end())
    WAYMARK_CHECK(
        accounts_->add_computer({*computer, "joined after the backup", clock_.now_ms(), {}, false, 0},
                                token_hash(make_token(random_))));
  WAYMARK_TRY(person, accounts_->person(id));
  if (person) return *person;
  // Their computers are let in to hear that all of it is erased, and nothing is taken in from them.
  WAYMARK_TRY(erased, store::is_erased(*store_, id));
  if (erased) {
    WAYMARK_CHECK(forget_person(id));
    WAYMARK_TRY(nameless, accounts_->person(id));
    WAYMARK_CHECK(refresh_own_access(*nameless));
    return *nameless;
  }
  WAYMARK_TRY(gone, is_gone(id));
  if (gone) return not_good_here();
  person.emplace();
  person->id = id;
  person->role = "student";
  person->given = certificate.name;
  WAYMARK_CHECK(accounts_->put(*person));
  WAYMARK_CHECK(accounts_->add_newcomer(id, text));
  WAYMARK_CHECK(refresh_own_access(*person));
  WAYMARK_CHECK(accounts_->audit(id, "came back after a restore, to be confirmed", person->given));
  return *person;
}

Result<JoinedStudent> School::return_student(std::string_view certificate, std::string_view signature,
                                             std::string_view proof, std::string_view wanted) {
  auto checked = wire::check_certificate(identity(), certificate, signature);
  auto proved = from_hex(proof);
  // A certificate is no secret; the device's key is.
  if (!checked || !proved ||
      !waymark::verify(checked->key, as_bytes(wire::return_message(identity(), certificate)), *proved))
    return not_good_here();
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_TRY(person, admit(*checked, certificate));
  WAYMARK_TRY(erased, store::is_erased(*store_, person.id));
  if (!person.active && !erased) return not_good_here();
  WAYMARK_TRY(computer, ComputerId::parse(checked->computer));
  // A few for each key, however often a lost answer makes it come again; not one, since two copies of a disk
  // would turn each other away for ever.
  WAYMARK_TRY(token, token_for(wanted, person.id, checked->key.bytes));
  WAYMARK_CHECK(accounts_->forget_old_devices(person.id, checked->key.bytes));
  WAYMARK_CHECK(accounts_->add_device(token_hash(token), person.id, computer, checked->key.bytes));
  WAYMARK_CHECK(accounts_->audit(person.id, "came back with a certificate", checked->computer));
  WAYMARK_CHECK(transaction.commit());
  return JoinedStudent{person.id, person.given, token, std::string(certificate), std::string(signature),
                       false};
}

Result<std::vector<Newcomer>> School::newcomers() { return accounts_->newcomers(); }

Result<bool> School::waits_to_be_confirmed(const PersonId& person) {
  WAYMARK_TRY(newcomers, accounts_->newcomers());
  return std::any_of(newcomers.begin(), newcomers.end(), [&](const auto& n) { return n.person == person; });
}

// Those of the certificate, and then what the log says of moves since, which the backup did not know of.
Result<std::vector<std::vector<ClassRow>>> School::classes_of_newcomers(std::span<const Newcomer> newcomers) {
  std::map<std::string, std::vector<std::string>> ids;
  for (const auto& newcomer : newcomers) {
    auto& own = ids[newcomer.person.hex()];
    auto object = json::parse(newcomer.certificate, nullptr, false);
    if (object.is_object() && object["classes"].is_array())
      for (const auto& item : object["classes"])
        if (item.is_string()) own.push_back(item.get<std::string>());
  }
  WAYMARK_TRY(log, ids.size() == 1 ? removals_.read_about(ids.begin()->first) : removals_.read());
  for (const auto& removal : log) {
    auto own = ids.find(removal.subject);
    if (removal.what != "enrollment" || own == ids.end()) continue;
    std::erase(own->second, removal.class_id);
    if (removal.value != "ended") own->second.push_back(removal.class_id);
  }
  std::vector<std::vector<ClassRow>> classes;
  for (const auto& newcomer : newcomers) {
    auto& rows = classes.emplace_back();
    for (const auto& id : ids[newcomer.person.hex()]) {
      auto class_id = ClassId::parse(id);
      if (!class_id) continue;
      WAYMARK_TRY(row, accounts_->class_by_id(*class_id));
      if (row) rows.push_back(*row);
    }
  }
  return classes;
}

Status School::may_be_merged(const PersonId& listed) {
  WAYMARK_TRY(person, accounts_->person(listed));
  if (!person || person->role != "student") return Error{Code::not_found, "no such student"};
  for (const auto& stream :
       {domain::person_stream(listed), domain::own_stream(listed), domain::staff_stream(listed)}) {
    WAYMARK_TRY(state, store_->stream_state(stream));
    if (state.head > 0)
      return Error{Code::conflict, "both have work of their own, so they stay two students"};
  }
  WAYMARK_TRY(seen, accounts_->seen_on(listed));
  if (!seen.empty())
    return Error{Code::conflict, "both have signed in on a computer, so they stay two students"};
  return {};
}

Status School::merge_newcomer(const PersonId& newcomer, const PersonId& listed) {
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_TRY(waits, waits_to_be_confirmed(newcomer));
  if (!waits || newcomer == listed) return Error{Code::not_found, "nobody of this id waits to be confirmed"};
  WAYMARK_CHECK(may_be_merged(listed));
  WAYMARK_TRY(kept, accounts_->person(newcomer));
  WAYMARK_TRY(other, accounts_->person(listed));
  auto source = std::exchange(other->source, std::nullopt);
  other->active = false;
  WAYMARK_CHECK(put_person(*other));
  kept->given = other->given;
  kept->family = other->family;
  kept->source = source;
  WAYMARK_CHECK(put_person(*kept));
  WAYMARK_CHECK(accounts_->void_cards(listed));
  WAYMARK_TRY(enrollments, accounts_->enrollments_of(listed));
  for (auto enrollment : enrollments) {
    enrollment.person = newcomer;
    WAYMARK_CHECK(put_enrollments(std::span(&enrollment, 1)));
    WAYMARK_CHECK(enroll(enrollment.class_id, listed, enrollment.role, false));
  }
  WAYMARK_CHECK(accounts_->confirm_newcomer(newcomer));
  WAYMARK_CHECK(refresh_access());
  WAYMARK_CHECK(accounts_->audit(newcomer, "merged with a student of the roster", listed.hex()));
  return transaction.commit();
}

Result<std::vector<ClassRow>> School::confirm_newcomer(const PersonId& id) {
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_TRY(newcomers, accounts_->newcomers());
  auto found =
      std::find_if(newcomers.begin(), newcomers.end(), [&](const auto& n) { return n.person == id; });
  if (found == newcomers.end()) return Error{Code::not_found, "nobody of this id waits to be confirmed"};
  WAYMARK_TRY(all_classes, classes_of_newcomers(std::span(&*found, 1)));
  auto& classes = all_classes.front();
  std::vector<Enrollment> begin;
  for (const auto& row : classes) begin.push_back({row.id, id, "student"});
  WAYMARK_CHECK(put_enrollments(begin));
  WAYMARK_CHECK(accounts_->confirm_newcomer(id));
  WAYMARK_CHECK(refresh_access());
  WAYMARK_CHECK(accounts_->audit(id, "confirmed after a restore", found->name));
  WAYMARK_CHECK(transaction.commit());
  std::erase_if(classes, [](const ClassRow& row) { return !row.active; });
  return classes;
}

}  // namespace waymark::server
