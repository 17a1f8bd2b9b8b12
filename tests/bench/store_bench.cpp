// waymark_bench_store: the local commit of one edit and the taking in of pulled ops, each beside plain SQLite
// writing the same bytes with the same care. Rounds in turn; medians as one JSON object.
#include <memory>

#include "shared/domain/kinds.hpp"
#include "shared/store/store.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/raw_sqlite.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using namespace waymark::bench;

namespace {

constexpr int kEdits = 400, kPulled = 2'000, kRounds = 7;

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

}  // namespace

int main() {
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
    RawSqlite raw(folder.path() + "/raw.db");
    theirs.push_back(seconds_of([&] {
                       for (const auto& body : bodies) raw.add(body);
                     }) /
                     kEdits);
  }
  std::printf("{\"commit_us\":%.1f,\"raw_commit_us\":%.1f,", median(ours) * 1e6, median(theirs) * 1e6);

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
    RawSqlite raw(folder.path() + "/raw.db");
    std::vector<std::string> bodies;
    for (const auto& entry : entries) bodies.push_back(entry.body);
    theirs.push_back(seconds_of([&] { raw.add_all(bodies, 500); }));
  }
  std::printf("\"pull_ms\":%.2f,\"raw_pull_ms\":%.2f}\n", median(ours) * 1e3, median(theirs) * 1e3);
  return 0;
}
