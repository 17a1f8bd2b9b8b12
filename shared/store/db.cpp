#include "shared/store/db.hpp"

#include <filesystem>
#include <utility>

#include <sqlite3.h>

namespace waymark::store {
namespace {

// Kept prepared: of a small write, reading these words anew was a good part.
constexpr int kBusyMs = 5000;  // how long another process is waited for
constexpr std::string_view kBegin = "BEGIN IMMEDIATE", kCommit = "COMMIT", kRollback = "ROLLBACK";
constexpr std::string_view kSavepoint = "SAVEPOINT nested", kRelease = "RELEASE nested";
constexpr std::string_view kRollbackTo = "ROLLBACK TO nested";

Status run(Db& db, std::string_view sql) {
  WAYMARK_TRY(query, db.prepare(sql));
  return query.run();
}

}  // namespace

Query::Query(Query&& other) noexcept
    : db_(other.db_),
      statement_(other.statement_),
      used_(other.used_),
      bound_(other.bound_),
      problem_(other.problem_) {
  other.statement_ = nullptr;
}
Query::~Query() {
  if (!statement_) return;
  if (!used_) {
    sqlite3_finalize(statement_);
    return;
  }
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  *used_ = false;
}

Query& Query::note(int code) {
  if (code != SQLITE_OK && problem_ == SQLITE_OK) problem_ = code;
  return *this;
}
Query& Query::bind(std::int64_t value) { return note(sqlite3_bind_int64(statement_, ++bound_, value)); }
Query& Query::bind(std::string_view text) {
  return note(sqlite3_bind_text(statement_, ++bound_, text.data() ? text.data() : "",
                                static_cast<int>(text.size()),
                                SQLITE_TRANSIENT));  // NOLINT: SQLite's own cast
}
Query& Query::bind(ByteView blob) {
  static const std::uint8_t kNothing = 0;
  return note(sqlite3_bind_blob(statement_, ++bound_, blob.data() ? blob.data() : &kNothing,
                                static_cast<int>(blob.size()),
                                SQLITE_TRANSIENT));  // NOLINT
}
Query& Query::bind_lasting(ByteView blob) {
  return note(
      sqlite3_bind_blob(statement_, ++bound_, blob.data(), static_cast<int>(blob.size()), SQLITE_STATIC));
}
Query& Query::bind_null() { return note(sqlite3_bind_null(statement_, ++bound_)); }

Result<bool> Query::step() {
  if (problem_ != SQLITE_OK) return db_->last_error(problem_);
  int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return db_->last_error(code);
}
Status Query::run() {
  WAYMARK_TRY(row, step());
  while (row) {
    auto again = step();
    if (!again) return again.error();
    row = *again;
  }
  return {};
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }
ByteView Query::blob(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
std::string_view Query::view(int column) const { return as_text(blob(column)); }
std::string Query::text(int column) const { return std::string(view(column)); }
bool Query::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

Error Db::last_error(int code) const {
  std::string detail =
      std::string(db_ ? sqlite3_errmsg(db_) : sqlite3_errstr(code)) + " (" + std::to_string(code) + ")";
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {Code::disk_full, detail};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Code::database_damaged, detail};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Code::database_locked, detail};
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_NOMEM:
      return {Code::io, detail};
    case SQLITE_TOOBIG:
      return {Code::too_large, detail};
    default:
      return {Code::internal, detail};
  }
}

Result<std::unique_ptr<Db>> Db::open(const std::string& path) {
  // Counting its memory would cost a lock for each piece of it. Refused, and no harm, once SQLite is in use.
  static const int kUncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  (void)kUncounted;
  sqlite3* handle = nullptr;
  int code = sqlite3_open_v2(
      path.c_str(), &handle,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  std::unique_ptr<Db> db(new Db(handle));
  if (code != SQLITE_OK) return db->last_error(code);
  sqlite3_busy_timeout(handle, kBusyMs);
  WAYMARK_CHECK(
      db->execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                  "PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=4000; PRAGMA temp_store=MEMORY;"
                  "PRAGMA trusted_schema=OFF;"));
  return db;
}

Result<std::unique_ptr<Db>> Db::open_as_it_lies(const std::string& path) {
  std::string uri = "file:";
  for (char c : path) {  // as in https://www.sqlite.org/uri.html
    if (c == '%' || c == '?' || c == '#') {
      uri += '%';
      uri += to_hex(as_bytes(std::string_view(&c, 1)));
    } else {
      uri += c;
    }
  }
  sqlite3* handle = nullptr;
  int code = sqlite3_open_v2(
      (uri + "?immutable=1").c_str(), &handle,
      SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  std::unique_ptr<Db> db(new Db(handle));
  if (code != SQLITE_OK) return db->last_error(code);
  return db;
}

Result<bool> Db::empty_log(bool waits) {
  if (!waits) sqlite3_busy_timeout(db_, 0);
  auto emptied = [&]() -> Result<bool> {
    WAYMARK_TRY(query, prepare("PRAGMA wal_checkpoint(TRUNCATE)"));
    WAYMARK_TRY(row, query.step());
    return row && query.integer(0) == 0;
  }();
  sqlite3_busy_timeout(db_, kBusyMs);
  return emptied;
}

void Db::leave_log() { sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr); }

Db::~Db() {
  for (auto& [sql, kept] : statements_) sqlite3_finalize(kept.statement);
  sqlite3_close_v2(db_);
}

Result<Query> Db::prepare(std::string_view sql) {
  auto& kept = statements_[sql.data()];
  bool nested = std::exchange(kept.used, true);
  sqlite3_stmt* statement = nested ? nullptr : kept.statement;
  if (!statement) {
    int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()),
                                  nested ? 0 : SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) {
      if (!nested) statements_.erase(sql.data());
      return last_error(code);
    }
    if (!nested) kept.statement = statement;
  }
  return Query(this, statement, nested ? nullptr : &kept.used);
}

Status Db::execute(std::string_view sql) {
  std::string script(sql);
  int code = sqlite3_exec(db_, script.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return last_error(code);
  return {};
}

Result<std::int64_t> Db::bytes() {
  WAYMARK_TRY(pages, prepare("PRAGMA page_count"));
  WAYMARK_TRY(counted, pages.step());
  WAYMARK_TRY(size, prepare("PRAGMA page_size"));
  WAYMARK_TRY(sized, size.step());
  return counted && sized ? pages.integer(0) * size.integer(0) : 0;
}

Status Db::copy_to(const std::string& path) {
  std::error_code error;
  if (std::filesystem::exists(path, error)) return Error{Code::exists, path + " is there already"};
  auto copied = [&]() -> Status {
    WAYMARK_TRY(query, prepare("VACUUM INTO ?"));
    return query.bind(path).run();
  }();
  if (copied) return {};
  for (const char* part : {"", "-journal", "-wal", "-shm"}) std::filesystem::remove(path + part, error);
  return copied;
}

Status Db::copy_pages_to(const std::string& path) {
  std::error_code error;
  if (std::filesystem::exists(path, error)) return Error{Code::exists, path + " is there already"};
  sqlite3* copy = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  Db other(copy);
  if (code != SQLITE_OK) return other.last_error(code);
  if (auto* backup = sqlite3_backup_init(copy, "main", db_, "main")) {
    sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
  }
  code = sqlite3_errcode(copy);
  return code == SQLITE_OK ? Status() : Status(other.last_error(code));
}

Status Db::check_integrity() {
  WAYMARK_TRY(query, prepare("PRAGMA integrity_check(1)"));
  WAYMARK_TRY(row, query.step());
  if (!row || query.view(0) != "ok") return Error{Code::database_damaged, row ? query.text(0) : "no answer"};
  return {};
}

bool Db::in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }
std::int64_t Db::last_row() const { return sqlite3_last_insert_rowid(db_); }
std::int64_t Db::changes() const { return sqlite3_changes64(db_); }
std::int64_t Db::total_changes() const { return sqlite3_total_changes64(db_); }

Result<Transaction> Transaction::begin(Db& db) {
  bool inside = db.in_transaction();
  if (db.together_) {
    // A full disk may have ended the common transaction underneath: what came now would be written alone.
    if (!inside) db.torn_ = true;
    if (db.torn_) return Error{Code::internal, "the common transaction is being taken back"};
    return Transaction(&db, Kind::part);
  }
  if (inside) WAYMARK_CHECK(db.flush_());
  auto begun = run(db, inside ? kSavepoint : kBegin);
  if (!begun) {
    // An interrupted BEGIN can fail and have begun all the same; what follows would then wait for a commit
    // that nobody makes.
    if (!inside && db.in_transaction()) (void)run(db, kRollback);
    return begun.error();
  }
  return Transaction(&db, inside ? Kind::savepoint : Kind::outer);
}
Transaction::Transaction(Transaction&& other) noexcept : db_(other.db_), kind_(other.kind_) {
  other.db_ = nullptr;
}
Transaction::~Transaction() {
  if (!db_) return;
  if (kind_ == Kind::part) {
    db_->torn_ = true;
    return;
  }
  db_->forget_();
  // A failed statement (a full disk) may have rolled the whole transaction back already: then nothing is left
  // to do.
  if (!db_->in_transaction()) return;
  if (kind_ == Kind::outer)
    (void)run(*db_, kRollback);
  else if (run(*db_, kRollbackTo))
    (void)run(*db_, kRelease);
}
Status Transaction::commit() {
  if (kind_ == Kind::part) {
    if (db_->torn_) return Error{Code::internal, "the common transaction is being taken back"};
  } else if (kind_ == Kind::savepoint) {
    WAYMARK_CHECK(run(*db_, kRelease));
  } else {
    WAYMARK_CHECK(db_->flush_());
    WAYMARK_CHECK(run(*db_, kCommit));
    db_->forget_();
  }
  db_ = nullptr;
  return {};
}

Result<bool> together(Db& db, const std::function<void()>& work) {
  WAYMARK_TRY(transaction, Transaction::begin(db));
  db.together_ = true, db.torn_ = false;
  work();
  db.together_ = false;
  if (std::exchange(db.torn_, false)) return false;
  WAYMARK_CHECK(transaction.commit());
  return true;
}

}  // namespace waymark::store
