// The reference: plain SQLite, tuned as well as it can be for this (one rowid table, 64 MB of cache, a
// checkpoint at 16 MB, statements kept prepared), writing the same bytes with the same care (WAL,
// synchronous=FULL).
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <sqlite3.h>

namespace waymark::bench {

class RawSqlite {
 public:
  explicit RawSqlite(const std::string& path) {
    check(sqlite3_open(path.c_str(), &db_));
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
        "PRAGMA wal_autocheckpoint=4096; CREATE TABLE op (n INTEGER PRIMARY KEY, body BLOB)");
    check(sqlite3_prepare_v3(db_, "INSERT INTO op (body) VALUES (?)", -1, SQLITE_PREPARE_PERSISTENT, &insert_,
                             nullptr));
  }
  ~RawSqlite() {
    sqlite3_finalize(insert_);
    sqlite3_close(db_);
  }
  RawSqlite(const RawSqlite&) = delete;
  void run(const char* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)); }
  void add(const std::string& body) {
    check(sqlite3_bind_blob(insert_, 1, body.data(), static_cast<int>(body.size()), SQLITE_STATIC));
    if (sqlite3_step(insert_) != SQLITE_DONE) fail();
    sqlite3_reset(insert_);
  }
  void add_all(const std::vector<std::string>& bodies, std::size_t in_a_transaction) {
    for (std::size_t i = 0; i < bodies.size(); i++) {
      if (i % in_a_transaction == 0) run("BEGIN");
      add(bodies[i]);
      if (i % in_a_transaction == in_a_transaction - 1 || i + 1 == bodies.size()) run("COMMIT");
    }
  }

 private:
  void check(int code) {
    if (code != SQLITE_OK) fail();
  }
  void fail() {
    std::fprintf(stderr, "the reference failed: %s\n", sqlite3_errmsg(db_));
    std::exit(1);
  }
  sqlite3* db_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

}  // namespace waymark::bench
