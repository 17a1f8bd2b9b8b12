// A thin layer over SQLite: results instead of codes, statements kept prepared, transactions that roll back
// unless committed. WAL with synchronous=FULL: when commit returns, the data is on the disk.
#pragma once

#include <cstdint>
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

// One use of a prepared statement: bind in order, step, read columns. Reset when it goes.
class Query {
 public:
  Query(Db* db, sqlite3_stmt* statement) : db_(db), statement_(statement) {}
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
  sqlite3_stmt* statement_;
  int bound_ = 0;
};

class Db {
 public:
  // Opens or creates. `database_locked` when another process holds it for longer than five seconds,
  // `database_damaged` when it is no sound database, `disk_full`, `io`.
  static Result<std::unique_ptr<Db>> open(const std::string& path);
  ~Db();
  Db(const Db&) = delete;

  // `sql` must outlive the Db (all of ours are constants): it is the key under which the statement is kept.
  Result<Query> prepare(std::string_view sql);
  // A script of several statements.
  Status execute(std::string_view sql);
  // A whole copy in a new file, as the database is now, while others may go on writing.
  Status copy_to(const std::string& path);
  // PRAGMA integrity_check.
  Status check_integrity();
  std::int64_t changes() const;
  Error last_error(int code) const;
  sqlite3* handle() const { return db_; }

 private:
  explicit Db(sqlite3* db) : db_(db) {}
  sqlite3* db_;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;
};

// Rolls back unless committed. Inside another transaction it is a savepoint of it.
class Transaction {
 public:
  static Result<Transaction> begin(Db& db);
  Transaction(Transaction&& other) noexcept;
  Transaction(const Transaction&) = delete;
  ~Transaction();
  Status commit();

 private:
  explicit Transaction(Db* db, bool nested) : db_(db), nested_(nested) {}
  Db* db_;
  bool nested_;
};

}  // namespace waymark::store
