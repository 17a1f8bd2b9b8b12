// waymark_bench_store: the local commit of one edit and the taking in of pulled ops, each beside plain SQLite
// writing the same bytes with the same care (WAL, synchronous=FULL).
#include <memory>

#include <sqlite3.h>

#include "shared/domain/kinds.hpp"
#include "shared/store/store.hpp"
#include "tests/bench/measure.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using namespace waymark::bench;

namespace {

constexpr int kEdits = 400, kPulled = 2'000, kRounds = 7;

// The reference: one table, one row an op.
class Raw {
 public:
  explicit Raw(const std::string& path) {
    sqlite3_open(path.c_str(), &db_);
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE op (n INTEGER PRIMARY KEY, body "
        "BLOB)");
    sqlite3_prepare_v2(db_, "INSERT INTO op (body) VALUES (?)", -1, &insert_, nullptr);
  }
  ~Raw() {
    sqlite3_finalize(insert_);
    sqlite3_close(db_);
  }
  Raw(const Raw&) = delete;
  void run(const char* sql) { sqlite3_exec(db_, sql, nullptr, nullptr, nullptr); }
  void add(const std::string& body) {
    sqlite3_bind_blob(insert_, 1, body.data(), static_cast<int>(body.size()), SQLITE_STATIC);
    sqlite3_step(insert_);
    sqlite3_reset(insert_);
  }

 private:
  sqlite3* db_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

struct Replica {
  SystemClock clock;
  SystemRandom random;
  std::unique_ptr<store::Store> store;
  PersonId me;
  explicit Replica(const std::string& path) {
    store = store::Store::open(path, {&clock, &random, true}).value();
    me = random.id<PersonId>();
  }
};

std::string passage(int i) {
  return "next I need a second source, and I will ask at the library on Thursday (" + std::to_string(i) + ")";
}

}  // namespace

int main() {
  heading("raw SQLite");
  std::vector<double> ours, theirs;
  for (int round = 0; round < kRounds; round++) {
    test::TemporaryFolder folder;
    Replica replica(folder.path() + "/ours.db");
    record::RecordKey key{domain::person_stream(replica.me), "goal", replica.random.id<RecordId>()};
    std::vector<std::string> bodies;
    std::vector<OpId> base;
    ours.push_back(seconds_of([&] {
                     for (int i = 0; i < kEdits; i++) {
                       store::Edit edit{key, {{"want", passage(i)}}, base, {}};
                       base = {replica.store->write(replica.me, std::span(&edit, 1)).value().front().op};
                     }
                   }) /
                   kEdits);
    for (const auto& entry : replica.store->page(key.stream, 0, kEdits, 64 << 20).value())
      bodies.push_back(entry.body);
    Raw raw(folder.path() + "/raw.db");
    theirs.push_back(seconds_of([&] {
                       for (const auto& body : bodies) raw.add(body);
                     }) /
                     kEdits);
  }
  line("one edit saved on the disk", shown(median(ours) * 1e6, "us"), shown(median(theirs) * 1e6, "us"),
       median(ours) / median(theirs), "<= 1.5x");

  ours.clear(), theirs.clear();
  for (int round = 0; round < kRounds; round++) {
    test::TemporaryFolder folder;
    Replica there(folder.path() + "/there.db"), here(folder.path() + "/here.db");
    auto stream = domain::person_stream(there.me);
    {
      auto transaction = store::Transaction::begin(there.store->db()).value();
      for (int i = 0; i < kPulled; i++) {
        store::Edit edit{{stream, "goal", there.random.id<RecordId>()}, {{"want", passage(i)}}, {}, {}};
        if (!there.store->write(there.me, std::span(&edit, 1))) return 1;
      }
      if (!transaction.commit()) return 1;
    }
    auto entries = there.store->page(stream, 0, kPulled, 64 << 20).value();
    ours.push_back(seconds_of([&] {
      for (std::size_t at = 0; at < entries.size(); at += 500) {
        auto transaction = store::Transaction::begin(here.store->db()).value();
        for (std::size_t i = at; i < std::min(at + 500, entries.size()); i++) {
          auto op = record::parse_op(entries[i].body).value();
          if (!here.store->add(op, entries[i].body, record::op_id(entries[i].body))) std::abort();
        }
        if (!transaction.commit()) std::abort();
      }
    }));
    Raw raw(folder.path() + "/raw.db");
    theirs.push_back(seconds_of([&] {
      for (std::size_t at = 0; at < entries.size(); at += 500) {
        raw.run("BEGIN");
        for (std::size_t i = at; i < std::min(at + 500, entries.size()); i++) raw.add(entries[i].body);
        raw.run("COMMIT");
      }
    }));
  }
  line("2,000 pulled ops taken in", shown(median(ours) * 1e3, "ms"), shown(median(theirs) * 1e3, "ms"),
       median(ours) / median(theirs), "<= 3x");
  return 0;
}
