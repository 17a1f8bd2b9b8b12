// A thin layer over SQLite: results instead of codes, statements kept prepared, transactions that roll back
// unless committed. WAL with synchronous=FULL: when commit returns, the data is on the disk.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "shared/base/bytes.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace waymark::store {

class Db;

// One use of a prepared statement: bind in order, step, read columns. Given back when it goes.
class Query {
 public:
  // used: the mark of a statement that is kept; nothing: it is this use's alone.
  Query(Db* db, sqlite3_stmt* statement, bool* used) : db_(db), statement_(statement), used_(used) {}
  Query(Query&& other) noexcept;
  Query(const Query&) = delete;
  ~Query();

  Query& bind(std::int64_t value);
  Query& bind(int value) { return bind(std::int64_t{value}); }
  Query& bind(std::string_view text);
  Query& bind(const char* text) { return bind(std::string_view(text)); }
  Query& bind(const std::string& text) { return bind(std::string_view(text)); }
  Query& bind(ByteView blob);
  Query& bind_null();
  // Not copied: the bytes must outlive the use of this query.
  Query& bind_lasting(ByteView blob);
  template <class Tag>
  Query& bind(const Id<Tag>& id) {
    return bind(id.view());
  }

  // True: a row is there to be read. False: no more rows.
  Result<bool> step();
  // For statements that give no rows.
  Status run();

  std::int64_t integer(int column) const;
  std::string text(int column) const;
  std::string_view view(int column) const;  // text or blob; valid until the next step
  ByteView blob(int column) const;
  bool is_null(int column) const;
  template <class AnyId>
  AnyId id(int column) const {
    return AnyId::from(blob(column));
  }

 private:
  Db* db_;
  Query& note(int code);
  sqlite3_stmt* statement_;
  bool* used_;
  int bound_ = 0, problem_ = 0;  // the code of the first value that could not be bound
};

class Db {
 public:
  // Opens or creates. `database_locked` when another process holds it for longer than five seconds,
  // `database_damaged` when it is no sound database, `disk_full`, `io`.
  static Result<std::unique_ptr<Db>> open(const std::string& path);
  // To be read, and as the file itself is: without the log beside it, which stays as it is. Errors as of
  // `open`; what only the log makes whole may be found damaged.
  static Result<std::unique_ptr<Db>> open_as_it_lies(const std::string& path);
  ~Db();
  Db(const Db&) = delete;

  // `sql` must outlive the Db (all of ours are constants): it is the key under which the statement is kept.
  // While it is in use, another use of the same words gets a statement of its own.
  Result<Query> prepare(std::string_view sql);
  // A script of several statements.
  Status execute(std::string_view sql);
  // A whole copy in a new file, as the database is now, while others may go on writing. Where it fails
  // nothing of it is left. `exists`.
  Status copy_to(const std::string& path);
  // The same page by page, whatever stands in them: of a damaged one all that can be read. `exists`.
  Status copy_pages_to(const std::string& path);
  // Writes what its log holds into the file; false where a reader is in the way, at once or, when it `waits`,
  // after the 5 s that everything else waits.
  Result<bool> empty_log(bool waits);
  // When this is closed its log stays beside it, and is not written into the file.
  void leave_log();
  // All its pages, also those that are free: at most as much has a copy.
  Result<std::int64_t> bytes();
  // PRAGMA integrity_check.
  Status check_integrity();
  std::int64_t changes() const;        // of the last statement
  std::int64_t total_changes() const;  // rows written since it was opened
  bool in_transaction() const;
  std::int64_t last_row() const;  // the number of the row last inserted

  // For who keeps in memory what a transaction changes: `flush` writes it down before a commit and before a
  // savepoint, `forget` drops it when the transaction ended or a part of it was taken back.
  void on_transaction(std::function<Status()> flush, std::function<void()> forget) {
    flush_ = std::move(flush), forget_ = std::move(forget);
  }
  Error last_error(int code) const;
  sqlite3* handle() const { return db_; }

 private:
  explicit Db(sqlite3* db) : db_(db) {}
  sqlite3* db_;
  friend class Transaction;
  friend Result<bool> together(Db& db, const std::function<void()>& work);
  struct Kept {
    sqlite3_stmt* statement = nullptr;
    bool used = false;
  };
  std::unordered_map<const char*, Kept> statements_;
  std::function<Status()> flush_ = [] { return Status(); };
  std::function<void()> forget_ = [] {};
  bool together_ = false;  // transactions that begin now are parts of a common one
  bool torn_ = false;      // one of them was not committed, so nothing of the common one may stand
};

// Rolls back unless committed. Inside another transaction it is a savepoint of it; inside together() it is a
// part of the common one, which stands or falls as a whole.
class Transaction {
 public:
  static Result<Transaction> begin(Db& db);
  Transaction(Transaction&& other) noexcept;
  Transaction(const Transaction&) = delete;
  ~Transaction();
  Status commit();

 private:
  enum class Kind { outer, savepoint, part };
  Transaction(Db* db, Kind kind) : db_(db), kind_(kind) {}
  Db* db_;
  Kind kind_;
};

// Makes durable, at the price of one, what several callers write in `work`. True: everything stands and is on
// the disk. False: a transaction within was not committed, and nothing of any of them stands, so that each is
// to be done again alone. An error: the common commit failed, and nothing stands.
Result<bool> together(Db& db, const std::function<void()>& work);

}  // namespace waymark::store
