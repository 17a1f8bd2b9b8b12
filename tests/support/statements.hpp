// How many statements a database runs, for tests of what a piece of work costs: a count, not a time.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>

#include <sqlite3.h>

#include "shared/store/db.hpp"

namespace waymark::test {

// Those with `words` in them that `work` runs; without words all of them.
inline std::int64_t statements(store::Db& db, const std::function<void()>& work, const char* words = "") {
  struct Counted {
    const char* words;
    std::int64_t count = 0;
  } counted{words};
  sqlite3_trace_v2(
      db.handle(), SQLITE_TRACE_STMT,
      [](unsigned, void* context, void* statement, void*) {
        auto* into = static_cast<Counted*>(context);
        const char* sql = sqlite3_sql(static_cast<sqlite3_stmt*>(statement));
        if (sql && std::strstr(sql, into->words)) into->count++;
        return 0;
      },
      &counted);
  work();
  sqlite3_trace_v2(db.handle(), 0, nullptr, nullptr);
  return counted.count;
}

}  // namespace waymark::test
