#include "shared/store/salvage.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <unordered_map>
#include <unordered_set>

#include "waymark_store_sql.hpp"
#include <sqlite3.h>

namespace waymark::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOpBegins = "{\"author\":\"";  // canonical names are sorted, and this is the first
constexpr std::uintmax_t kCarveBytesMax = std::uintmax_t{2} << 30;

class Found {
 public:
  explicit Found(Salvaged& to) : to_(to) {}
  // Returns false when the bytes are no op.
  bool add(std::string_view body, bool own) {
    auto op = record::parse_op(body);
    if (!op) return false;
    auto id = record::op_id(body);
    auto [at, fresh] = places_.emplace(id, to_.ops.size());
    if (fresh)
      to_.ops.push_back({id, std::string(body), std::move(*op), own});
    else if (own)
      to_.ops[at->second].own = true;
    return true;
  }

 private:
  Salvaged& to_;
  std::unordered_map<OpId, std::size_t> places_;
};

struct Closer {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Closer>;

Statement prepared(sqlite3* db, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &statement, nullptr) != SQLITE_OK)
    return {};
  return Statement(statement);
}

ByteView column(const Statement& statement, int at) {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement.get(), at));
  return {data, data ? static_cast<std::size_t>(sqlite3_column_bytes(statement.get(), at)) : 0};
}

// A damaged page ends a walk through a table, not what lies behind it: so both from the front and from the
// back, and the numbers between one by one.
bool read_rows(const std::string& path, Found& found, Salvaged& salvaged) {
  sqlite3* handle = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<sqlite3, Closer> db(handle);
  if (code != SQLITE_OK) return false;
  std::unordered_set<std::int64_t> own;
  bool complete = true;
  for (auto sql : {sql::salvage_outbox, sql::salvage_outbox_back}) {
    auto statement = prepared(handle, sql);
    if (!statement) {
      complete = false;
      continue;
    }
    int step = SQLITE_ROW;
    while ((step = sqlite3_step(statement.get())) == SQLITE_ROW)
      own.insert(sqlite3_column_int64(statement.get(), 0));
    complete = complete && step == SQLITE_DONE;
  }
  std::int64_t first_break = 0, last_break = 0;
  bool broken = false;
  for (auto sql : {sql::salvage_ops, sql::salvage_ops_back}) {
    auto statement = prepared(handle, sql);
    if (!statement) return false;
    int step = SQLITE_ROW;
    std::int64_t n = 0;
    while ((step = sqlite3_step(statement.get())) == SQLITE_ROW) {
      n = sqlite3_column_int64(statement.get(), 0);
      if (sqlite3_column_int64(statement.get(), 1) != 1)  // a stub has no content
        complete = found.add(as_text(column(statement, 2)), own.contains(n)) && complete;
    }
    (sql.data() == sql::salvage_ops.data() ? first_break : last_break) = n;
    if (step == SQLITE_DONE) break;
    broken = true;
  }
  if (broken) {
    complete = false;
    auto one = prepared(handle, sql::salvage_op);
    for (std::int64_t n = first_break + 1; one && n < last_break; ++n) {
      sqlite3_reset(one.get());
      sqlite3_bind_int64(one.get(), 1, n);
      if (sqlite3_step(one.get()) == SQLITE_ROW && sqlite3_column_int64(one.get(), 0) != 1)
        found.add(as_text(column(one, 1)), own.contains(n));
    }
  }
  if (auto statement = prepared(handle, sql::salvage_files)) {
    while (sqlite3_step(statement.get()) == SQLITE_ROW) {
      FileRow row;
      row.hash = to_hex(column(statement, 0));
      row.bytes = sqlite3_column_int64(statement.get(), 1);
      row.mime = std::string(as_text(column(statement, 2)));
      row.stream = std::string(as_text(column(statement, 3)));
      if (row.hash.size() == 64 && record::valid_stream(row.stream)) salvaged.files.push_back(std::move(row));
    }
  }
  if (auto statement = prepared(handle, sql::salvage_seals)) {
    while (sqlite3_step(statement.get()) == SQLITE_ROW) {
      Salvaged::Signed page;
      page.stream = std::string(as_text(column(statement, 0)));
      auto items = column(statement, 1), signature = column(statement, 2);
      for (std::size_t at = 0; at + 16 <= items.size(); at += 16)
        page.items.push_back(OpId::from(items.subspan(at, 16)));
      page.signature.assign(signature.begin(), signature.end());
      auto hub = column(statement, 3);
      page.hub.assign(hub.begin(), hub.end());
      if (record::valid_stream(page.stream)) salvaged.seals.push_back(std::move(page));
    }
  }
  return complete;
}

// Looks for "{"author":" and takes what parses as a canonical op, up to its closing brace. Ops that SQLite
// split over several pages are not found this way.
void carve(const std::string& path, Found& found) {
  std::error_code error;
  auto size = fs::file_size(path, error);
  if (error || size > kCarveBytesMax) return;
  std::ifstream in(path, std::ios::binary);
  std::string bytes(size, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(size));
  std::string_view rest = bytes;
  for (;;) {
    auto at = rest.find(kOpBegins);
    if (at == std::string_view::npos) return;
    rest.remove_prefix(at);
    int depth = 0;
    bool in_string = false;
    std::size_t end = 0;
    for (std::size_t i = 0; i < std::min(rest.size(), record::op_bytes_max); ++i) {
      char c = rest[i];
      if (in_string) {
        if (c == '\\')
          ++i;
        else if (c == '"')
          in_string = false;
      } else if (c == '"') {
        in_string = true;
      } else if (c == '{') {
        ++depth;
      } else if (c == '}' && --depth == 0) {
        end = i + 1;
        break;
      }
    }
    bool was_op = end > 0 && found.add(rest.substr(0, end), false);
    rest.remove_prefix(was_op ? end : kOpBegins.size());
  }
}

}  // namespace

Result<Salvaged> salvage(const std::string& path, const PersonId& author) {
  std::error_code error;
  if (!fs::exists(path, error)) return Error{Code::not_found, path};
  // SQLite writes even when it only reads (the write-ahead log's index), so it works on a copy.
  std::string copy = path + ".reading";
  for (std::string_view tail : {"", "-wal"}) {
    if (!fs::exists(path + std::string(tail), error)) continue;
    fs::copy_file(path + std::string(tail), copy + std::string(tail), fs::copy_options::overwrite_existing,
                  error);
    if (error) return Error{error.value() == ENOSPC ? Code::disk_full : Code::io, error.message()};
  }
  Salvaged salvaged;
  Found found(salvaged);
  salvaged.complete = read_rows(copy, found, salvaged);
  for (std::string_view tail : {"", "-wal", "-shm", "-journal"}) fs::remove(copy + std::string(tail), error);
  std::size_t from_rows = salvaged.ops.size();
  if (!salvaged.complete)
    for (std::string_view tail : {"", "-wal"}) carve(path + std::string(tail), found);
  // The rows say what was written here. Where they could not be read, everything of the author counts.
  for (std::size_t i = 0; i < salvaged.ops.size(); ++i)
    if (!salvaged.complete && (i >= from_rows || !salvaged.ops[i].own))
      salvaged.ops[i].own = salvaged.ops[i].own || salvaged.ops[i].op.author == author;
  std::stable_sort(salvaged.ops.begin() + static_cast<std::ptrdiff_t>(from_rows), salvaged.ops.end(),
                   [](const auto& a, const auto& b) { return a.op.time_ms < b.op.time_ms; });
  return salvaged;
}

Result<std::int64_t> put_back(Store& store, const Salvaged& salvaged) {
  WAYMARK_TRY(transaction, Transaction::begin(store.db()));
  std::int64_t fresh = 0;
  for (const auto& item : salvaged.ops) {
    WAYMARK_TRY(outcome, store.add(item.op, item.body, item.id));
    if (outcome != Outcome::fresh) continue;
    ++fresh;
    if (!item.own) continue;
    std::int64_t n = 0;
    {
      WAYMARK_TRY(query, store.db().prepare(sql::op_find));
      WAYMARK_TRY(row, query.bind(item.id).step());
      if (!row) return Error{Code::internal, "an op that was just added is not there"};
      n = query.integer(0);
    }
    WAYMARK_TRY(query, store.db().prepare(sql::outbox_add));
    WAYMARK_CHECK(query.bind(n).run());
  }
  for (const auto& page : salvaged.seals)
    WAYMARK_CHECK(store.keep_seal(page.stream, page.items, page.items, page.signature, page.hub));
  for (const auto& file : salvaged.files) WAYMARK_CHECK(store.add_file(file));
  WAYMARK_CHECK(transaction.commit());
  return fresh;
}

}  // namespace waymark::store
