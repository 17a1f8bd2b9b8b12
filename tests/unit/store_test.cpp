#include "shared/store/store.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include <doctest/doctest.h>

#include "shared/domain/kinds.hpp"
#include "shared/store/erase.hpp"
#include "shared/store/files.hpp"
#include "shared/store/hidden.hpp"
#include "shared/store/salvage.hpp"
#include "shared/store/whole.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using namespace waymark::store;

namespace {

const PersonId kAmira = PersonId::parse("0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a").value();
const std::string kStream = domain::person_stream(kAmira);

struct World {
  ManualClock clock;
  SeededRandom random{1};
  test::TemporaryFolder folder;
  std::unique_ptr<Store> store = open("a.db");

  std::unique_ptr<Store> open(const std::string& name) {
    return Store::open(folder.path() + "/" + name, {&clock, &random}).value();
  }
  record::RecordKey goal(std::uint8_t n = 1) {
    record::RecordKey key{kStream, "goal", {}};
    key.id.bytes.fill(n);
    return key;
  }
  OpId set(Store& at, const record::RecordKey& key, record::Fields fields, std::vector<OpId> base = {}) {
    Edit edit{key, std::move(fields), std::move(base), {}};
    return at.write(kAmira, std::span(&edit, 1)).value().front().op;
  }
  // Everything that one store has of the stream, to another.
  void copy(Store& from, Store& to) {
    auto transaction = Transaction::begin(to.db()).value();
    for (const auto& entry : from.page(kStream, 0, 10000, 1 << 30).value()) {
      if (entry.state == 0)
        REQUIRE(to.add(record::parse_op(entry.body).value(), entry.body, entry.id));
      else
        REQUIRE(to.add_stub(record::parse_stub(entry.body).value()));
    }
    REQUIRE(transaction.commit());
  }
};

}  // namespace

TEST_CASE("what was written is read back, also after the process is gone") {
  World world;
  auto op = world.set(*world.store, world.goal(), {{"want", "ask better questions"}, {"by", "2026-11-27"}});
  auto replica = world.store->replica();
  world.store.reset();
  world.store = world.open("a.db");
  auto record = world.store->find(world.goal()).value().value();
  CHECK(record.text("want") == "ask better questions");
  CHECK(record.text("by") == "2026-11-27");
  CHECK(record.all_heads() == std::vector{op});
  CHECK(world.store->replica() == replica);
  CHECK(world.store->waiting_count().value() == 1);
  CHECK_FALSE(world.store->find(world.goal(9)).value());
}

TEST_CASE("a statement that is in use is used again inside, and each use has its own values and rows") {
  World world;
  auto& db = world.store->db();
  constexpr std::string_view kCount =
      "WITH RECURSIVE n(x) AS (SELECT ?1 UNION ALL SELECT x + 1 FROM n WHERE x < ?2) SELECT x FROM n";
  std::vector<std::int64_t> seen;
  auto outer = db.prepare(kCount).value();
  outer.bind(1).bind(2);
  while (outer.step().value()) {
    seen.push_back(outer.integer(0));
    auto inner = db.prepare(kCount).value();
    inner.bind(10 * seen.front()).bind(11);
    while (inner.step().value()) seen.push_back(inner.integer(0));
  }
  CHECK(seen == std::vector<std::int64_t>{1, 10, 11, 2, 10, 11});
  // Bound after its last row, which SQLite refuses: no row of the old value is given.
  auto late = db.prepare("SELECT ?1").value();
  late.bind(1);
  CHECK(late.step().value());
  CHECK_FALSE(late.bind(2).step());
}

TEST_CASE("what a stub was based on and comes after it links through it, in every order of arrival") {
  World world;
  auto first = world.set(*world.store, world.goal(), {{"want", "one"}});
  auto second = world.set(*world.store, world.goal(), {{"want", "two"}}, {first});
  auto third = world.set(*world.store, world.goal(), {{"want", "three"}}, {second});
  auto last = world.set(*world.store, world.goal(), {{"want", "four"}}, {third});
  auto stub_of = [&](const OpId& id) { return erased_stub(world.store->op(id).value().value(), id); };
  // The second and the third were refused or erased; only their stubs are known elsewhere.
  std::vector<OpId> order{first, second, third, last};
  std::sort(order.begin(), order.end());
  int file = 0;
  do {
    auto other = world.open("other" + std::to_string(file++) + ".db");
    auto transaction = Transaction::begin(other->db()).value();
    for (const auto& id : order) {
      if (id == second || id == third) {
        REQUIRE(other->add_stub(stub_of(id)));
        continue;
      }
      auto op = world.store->op(id).value().value();
      REQUIRE(other->add(op, record::canonical(op), id));
    }
    REQUIRE(transaction.commit());
    CHECK(other->find(world.goal()).value().value().all_heads() == std::vector{last});
    CHECK(other->verify());
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(file == 24);
}

TEST_CASE("two edits that did not see each other are both kept, in every order of arrival") {
  World world;
  auto other = world.open("b.db");
  auto first = world.set(*world.store, world.goal(), {{"want", "one"}});
  world.copy(*world.store, *other);
  world.clock.advance_ms(10);
  auto here = world.set(*world.store, world.goal(), {{"want", "here"}}, {first});
  world.clock.advance_ms(10);
  auto there = world.set(*other, world.goal(), {{"want", "there"}}, {first});
  world.copy(*other, *world.store);
  world.copy(*world.store, *other);
  for (auto* store : {world.store.get(), other.get()}) {
    auto record = store->find(world.goal()).value().value();
    const auto& field = *record.field("want");
    REQUIRE(field.heads.size() == 2);
    CHECK(field.value().text() == "there");
    CHECK(field.heads[0].op == there);
    CHECK(field.heads[1].op == here);
    CHECK(field.conflict());
  }
  // Settled by an edit that saw both.
  auto seen = world.store->find(world.goal()).value().value();
  world.set(*world.store, world.goal(), {{"want", "both"}}, seen.heads_of(std::vector<std::string>{"want"}));
  world.copy(*world.store, *other);
  auto record = other->find(world.goal()).value().value();
  CHECK(record.field("want")->heads.size() == 1);
  CHECK(record.text("want") == "both");
  CHECK(other->verify().has_value());
}

TEST_CASE("what is served after all stands where the stub of a refusal was, an erasure's stub stays") {
  World world;
  auto other = world.open("b.db");
  world.clock.advance_ms(1'000);
  auto first = world.set(*world.store, world.goal(1), {{"want", "one"}});
  auto second = world.set(*world.store, world.goal(1), {{"want", "two"}}, {first});
  auto entries = world.store->page(kStream, 0, 10, 1 << 20).value();
  auto take = [&](std::string_view reason) {
    auto transaction = Transaction::begin(other->db()).value();
    auto op = record::parse_op(entries[1].body).value();
    auto stub = erased_stub(op, second);
    stub.reason = reason;
    REQUIRE(other->add_stub(stub));
    REQUIRE(transaction.commit());
  };
  auto let_in = [&] {
    auto transaction = Transaction::begin(other->db()).value();
    auto op = record::parse_op(entries[1].body).value();
    CHECK(other->add(op, entries[1].body, second).value() == Outcome::duplicate);
    auto outcome = other->let_in(op, entries[1].body, second).value();
    REQUIRE(transaction.commit());
    return outcome;
  };
  take("not_granted");
  CHECK_FALSE(other->find(world.goal(1)).value());
  CHECK(let_in() == Outcome::fresh);
  CHECK(other->find(world.goal(1)).value()->text("want") == "two");
  CHECK(let_in() == Outcome::duplicate);
  world.copy(*world.store, *other);
  auto record = other->find(world.goal(1)).value().value();
  CHECK(record.field("want")->heads.size() == 1);
  // A stub does not say when it was.
  CHECK(record.created_ms == world.store->find(world.goal(1)).value()->created_ms);
  CHECK(record.created_ms > 0);
  CHECK(other->verify().has_value());
  take(erased_reason);
  CHECK(let_in() == Outcome::duplicate);
  CHECK(other->stub_reason(second).value() == "erased");
}

TEST_CASE(
    "what the school refused stays readable wherever its author reads, and is a stub for everybody else") {
  World world;
  auto laptop = world.open("laptop.db"), friends = world.open("friend.db");
  auto id = world.set(*world.store, world.goal(), {{"want", "a long story"}});
  auto op = world.store->op(id).value().value();
  laptop->show_to(op.author);
  friends->show_to(world.random.id<PersonId>());
  auto stub = erased_stub(op, id);
  stub.reason = "not_granted";
  for (auto* store : {laptop.get(), friends.get()}) {
    world.copy(*world.store, *store);
    auto transaction = Transaction::begin(store->db()).value();
    REQUIRE(store->add_stub(stub));
    REQUIRE(transaction.commit());
    CHECK_FALSE(store->find(world.goal()).value());
    CHECK(store->verify());
  }
  auto kept = laptop->refusals().value();
  REQUIRE(kept.size() == 1);
  REQUIRE(kept.front().content);
  CHECK(kept.front().content->fields.at("want") == record::Value("a long story"));
  CHECK(friends->refusals().value().empty());
  CHECK(friends->stub_reason(id).value() == "not_granted");
}

TEST_CASE("an op has the signature of the line that is here, be it its text or its stub") {
  World world;
  auto other = world.open("b.db");
  auto first = world.set(*world.store, world.goal(1), {{"want", "one"}});
  auto second = world.set(*world.store, world.goal(2), {{"want", "two"}});
  auto entries = world.store->page(kStream, 0, 10, 1 << 20).value();
  auto op = record::parse_op(entries[0].body).value();
  auto refused = erased_stub(op, first), erased = refused;
  refused.reason = "too_large";
  auto id_of = [](const record::Stub& stub) { return record::op_id(record::canonical(stub)); };
  auto page = [&](const std::vector<OpId>& ops, const std::vector<OpId>& items, std::uint8_t signed_with) {
    REQUIRE(other->keep_seal(kStream, ops, items, Bytes(64, signed_with)));
  };
  auto signed_with = [&](const OpId& id) {
    auto seal = other->seal_of(id).value();
    return seal ? static_cast<int>(seal->signature.front()) : 0;
  };
  auto transaction = Transaction::begin(other->db()).value();
  REQUIRE(other->add_stub(refused));
  page({first}, {first}, 1);
  CHECK(signed_with(first) == 0);
  page({first}, {id_of(refused)}, 2);
  CHECK(signed_with(first) == 2);
  // A parent with another history has another stub of it, beside an op that is new here.
  REQUIRE(other->add(record::parse_op(entries[1].body).value(), entries[1].body, second));
  REQUIRE(other->add_stub(erased));
  page({first, second}, {id_of(erased), second}, 3);
  CHECK(signed_with(first) == 2);
  CHECK(signed_with(second) == 3);
  // What is let in after all comes alone in its page.
  REQUIRE(other->let_in(op, entries[0].body, first).value() == Outcome::fresh);
  CHECK(signed_with(first) == 0);
  page({first}, {first}, 4);
  CHECK(signed_with(first) == 4);
  REQUIRE(other->add_stub(refused));
  CHECK(signed_with(first) == 0);
  // The text of what is erased was signed, and that is enough for its stub.
  REQUIRE(other->add_stub(erased_stub(record::parse_op(entries[1].body).value(), second)));
  CHECK(signed_with(second) == 3);
  REQUIRE(transaction.commit());
  CHECK(other->verify().has_value());
}

TEST_CASE("what is got out of a damaged database has the signatures that it came under") {
  World world;
  auto op = world.set(*world.store, world.goal(1), {{"want", "one"}});
  {
    auto transaction = Transaction::begin(world.store->db()).value();
    REQUIRE(world.store->keep_seal(kStream, {op}, {op}, Bytes(64, 9)));
    REQUIRE(transaction.commit());
  }
  auto found = salvage(world.folder.path() + "/a.db", kAmira).value();
  REQUIRE(found.seals.size() == 1);
  auto other = world.open("b.db");
  CHECK(put_back(*other, found).value() == 1);
  auto seal = other->seal_of(op).value();
  REQUIRE(seal);
  CHECK(seal->items == std::vector<OpId>{op});
  CHECK(seal->signature == Bytes(64, 9));
  CHECK(other->verify().has_value());
}

TEST_CASE("an op that comes before its base heals when the base comes") {
  World world;
  auto first = world.set(*world.store, world.goal(), {{"want", "one"}});
  world.set(*world.store, world.goal(), {{"want", "two"}}, {first});
  auto entries = world.store->page(kStream, 0, 10, 1 << 20).value();
  auto other = world.open("b.db");
  auto transaction = Transaction::begin(other->db()).value();
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry)
    CHECK(other->add(record::parse_op(entry->body).value(), entry->body, entry->id).value() ==
          Outcome::fresh);
  CHECK(other->add(record::parse_op(entries[0].body).value(), entries[0].body, entries[0].id).value() ==
        Outcome::duplicate);
  REQUIRE(transaction.commit());
  CHECK(other->find(world.goal()).value()->field("want")->heads.size() == 1);
  CHECK(other->find(world.goal()).value()->text("want") == "two");
  CHECK(other->stream_state(kStream).value().digest == world.store->stream_state(kStream).value().digest);
  CHECK(other->verify().has_value());
}

TEST_CASE("what one transaction learned first does not hide from it what is awaited or erased since") {
  World world;
  auto other = world.open("b.db");
  world.set(*world.store, world.goal(1), {{"want", "another goal"}});
  auto first = world.set(*world.store, world.goal(2), {{"want", "before"}});
  auto between = world.set(*world.store, world.goal(2), {{"by", "2026-11-27"}}, {first});
  auto last = world.set(*world.store, world.goal(2), {{"want", "after"}}, {between});
  world.set(*world.store, world.goal(3), {{"want", "private"}});
  auto entries = world.store->page(kStream, 0, 10, 1 << 20).value();
  REQUIRE(entries.size() == 5);
  auto take = [&](std::size_t i) {
    REQUIRE(other->add(record::parse_op(entries[i].body).value(), entries[i].body, entries[i].id));
  };
  auto transaction = Transaction::begin(other->db()).value();
  for (std::size_t i : {0U, 1U, 3U, 2U}) take(i);  // the last covers the first through what comes after it
  auto heads = other->find(world.goal(2)).value().value().heads_of(std::vector<std::string>{"want"});
  CHECK(heads == std::vector{last});
  Edit erasure{{std::string(domain::school_stream), std::string(erasure_kind), {}},
               {{"ops", record::Value(std::vector{entries[4].id.hex()})}},
               {},
               {}};
  REQUIRE(other->write(kAmira, std::span(&erasure, 1)));
  take(4);
  CHECK(other->stub_reason(entries[4].id).value() == erased_reason);
  REQUIRE(transaction.commit());
  CHECK(other->verify());
}

TEST_CASE("an append-only record has its op's id") {
  World world;
  Edit edit{{kStream, "checkin", {}}, {{"goal", "x"}, {"text", "hello"}}, {}, {}};
  auto written = world.store->write(kAmira, std::span(&edit, 1)).value().front();
  CHECK(written.record == id_cast<RecordId>(written.op));
  CHECK(world.store->records(kStream, "checkin").value().front().key.id == written.record);
}

TEST_CASE("an answer is later than what it answers, whatever the clock says") {
  World world;
  auto question = world.set(*world.store, world.goal(), {{"want", "one"}});
  auto asked = world.store->op(question).value()->time_ms;
  world.clock.set_ms(0);
  Edit edit{world.goal(2), {{"want", "two"}}, {}, {question}};
  auto answer = world.store->write(kAmira, std::span(&edit, 1)).value().front().op;
  // More than a day ahead of this clock, the other's time is not believed.
  CHECK(world.store->op(answer).value()->time_ms == 0);
  world.clock.set_ms(asked - 1000);
  answer = world.store->write(kAmira, std::span(&edit, 1)).value().front().op;
  CHECK(world.store->op(answer).value()->time_ms == asked + 1);
}

TEST_CASE("a time up to a day ahead is followed, one beyond that is not, and both are taken in") {
  World world;
  constexpr std::int64_t kDay = 24 * 3600 * 1000;
  auto question = world.set(*world.store, world.goal(), {{"want", "one"}});
  auto asked = world.store->op(question).value()->time_ms;
  auto answered = [&](std::int64_t now) {
    world.clock.set_ms(now);
    Edit edit{world.goal(2), {{"want", "two"}}, {}, {question}};
    return world.store->op(world.store->write(kAmira, std::span(&edit, 1)).value().front().op)
        .value()
        ->time_ms;
  };
  CHECK(answered(asked - kDay) == asked + 1);
  CHECK(answered(asked - kDay - 1) == asked - kDay - 1);
  // However far behind or ahead a clock is, what comes from there is taken in as it is.
  auto other = world.open("other.db");
  std::uint8_t n = 3;
  for (std::int64_t now : {std::int64_t{0}, asked - kDay - 1, asked + kDay + 1, 20 * asked}) {
    world.clock.set_ms(now);
    world.set(*world.store, world.goal(n), {{"want", std::to_string(now)}});
    world.clock.set_ms(asked);
    world.copy(*world.store, *other);
    CHECK(other->find(world.goal(n)).value().value().text("want") == std::to_string(now));
    n++;
  }
}

TEST_CASE("all edits of one gesture stand or none") {
  World world;
  Edit edits[2] = {{world.goal(), {{"want", "fine"}}, {}, {}}, {world.goal(2), {}, {}, {}}};
  CHECK(world.store->write(kAmira, edits).error().code == Code::malformed);
  CHECK_FALSE(world.store->find(world.goal()).value());
  CHECK(world.store->waiting_count().value() == 0);
  // And the next one works: nothing of the failed one is remembered.
  world.set(*world.store, world.goal(), {{"want", "fine"}});
  CHECK(world.store->verify().has_value());
}

TEST_CASE("a refused op stays readable to its author and is a head no longer") {
  World world;
  auto first = world.set(*world.store, world.goal(), {{"want", "one"}});
  auto second = world.set(*world.store, world.goal(), {{"want", "two"}}, {first});
  REQUIRE(world.store->freeze(1, 10, 1 << 20).value().size() == 2);
  REQUIRE(world.store->mark_settled(1, false, "", ""));
  REQUIRE(world.store->mark_settled(2, true, "forbidden", "no"));
  CHECK(world.store->find(world.goal()).value()->text("want") == "one");
  auto refusals = world.store->refusals().value();
  REQUIRE(refusals.size() == 1);
  CHECK(refusals[0].op == second);
  CHECK(refusals[0].code == "forbidden");
  CHECK(refusals[0].content->fields.at("want").text() == "two");
  CHECK(world.store->waiting_count().value() == 0);
  CHECK(world.store->verify().has_value());
  REQUIRE(world.store->dismiss_refusal(second));
  CHECK(world.store->refusals().value().empty());
}

TEST_CASE("what waits first is what has the lowest number, also when an older op was taken over after it") {
  World world;
  auto other = world.open("b.db");
  auto taken_over = world.set(*other, world.goal(1), {{"want", "elsewhere"}});
  world.copy(*other, *world.store);
  world.set(*world.store, world.goal(2), {{"want", "a"}});
  world.set(*world.store, world.goal(3), {{"want", "b"}});
  REQUIRE(world.store->freeze(1, 10, 1 << 20).value().size() == 2);
  REQUIRE(world.store->adopt(taken_over).value());
  REQUIRE(world.store->freeze(1, 10, 1 << 20).value().size() == 3);
  REQUIRE(world.store->mark_settled(1, false, "", ""));
  CHECK(world.store->first_waiting().value() == 2);
}

TEST_CASE("numbers and chain are given once, in order, and a new replica begins anew") {
  World world;
  auto a = world.set(*world.store, world.goal(1), {{"want", "a"}});
  auto b = world.set(*world.store, world.goal(2), {{"want", "b"}});
  auto frozen = world.store->freeze(1, 10, 1 << 20).value();
  REQUIRE(frozen.size() == 2);
  CHECK(frozen[0].id == a);
  CHECK(frozen[1].id == b);
  auto expected = record::next(record::next({}, a), b);
  CHECK(world.store->own_position(2).value().value() == expected);
  CHECK_FALSE(world.store->own_position(3).value());
  auto replica = world.store->replica();
  REQUIRE(world.store->mark_settled(1, false, "", ""));
  REQUIRE(world.store->become_new_replica());
  CHECK(world.store->replica() != replica);
  CHECK(world.store->waiting_count().value() == 2);
  CHECK(world.store->last_number().value() == 0);
}

TEST_CASE("a cursor is refused when the database went back, even to the same numbers") {
  World world;
  world.set(*world.store, world.goal(1), {{"want", "a"}});
  Cursor early{world.store->feed(), world.store->segment().value(), 1};
  world.store.reset();
  std::filesystem::copy_file(world.folder.path() + "/a.db", world.folder.path() + "/old.db");
  world.store = world.open("a.db");
  world.set(*world.store, world.goal(2), {{"want", "b"}});
  Cursor cursor{world.store->feed(), world.store->segment().value(), 2};
  CHECK(world.store->valid_cursor(kStream, cursor).value());
  // The old file put back behind everybody's back, and written on to the same number.
  auto restored = world.open("old.db");
  CHECK_FALSE(restored->valid_cursor(kStream, cursor).value());
  world.set(*restored, world.goal(3), {{"want", "c"}});
  CHECK_FALSE(restored->valid_cursor(kStream, cursor).value());
  // A cursor from before stays good.
  CHECK(world.store->valid_cursor(kStream, early).value());
  CHECK(restored->valid_cursor(kStream, early).value());
  Cursor beyond{restored->feed(), restored->segment().value(), 99};
  CHECK_FALSE(restored->valid_cursor(kStream, beyond).value());
}

TEST_CASE("a feed is read in pages, and restarting changes no number") {
  World world;
  for (std::uint8_t i = 1; i <= 5; i++) world.set(*world.store, world.goal(i), {{"want", "x"}});
  CHECK(world.store->page(kStream, 0, 2, 1 << 20).value().size() == 2);
  CHECK(world.store->page(kStream, 2, 10, 1).value().size() == 1);
  CHECK(world.store->page(kStream, 5, 10, 1 << 20).value().empty());
  CHECK(world.store->stream_state(kStream).value().head == 5);
  auto read = [&] {
    std::vector<std::pair<std::int64_t, OpId>> numbered;
    for (const auto& entry : world.store->page(kStream, 0, 10, 1 << 20).value())
      numbered.emplace_back(entry.seq, entry.id);
    return numbered;
  };
  auto before = read();
  Cursor cursor{world.store->feed(), world.store->segment().value(), 4};
  for (std::uint8_t start = 1; start <= 3; start++) {
    world.store.reset();
    world.store = world.open("a.db");
    CHECK(read() == before);
    auto op = world.set(*world.store, world.goal(5 + start), {{"want", "x"}});
    before.emplace_back(5 + start, op);
    CHECK(read() == before);
    CHECK(world.store->segment().value() != cursor.segment);
    CHECK(world.store->valid_cursor(kStream, cursor).value());
  }
}

TEST_CASE("a new grant of a stream starts from zero, the same grant goes on") {
  World world;
  AccessId access = world.random.id<AccessId>();
  REQUIRE(world.store->grant(kStream, access, "owner"));
  record::Digest served;
  served.add(world.random.id<OpId>());
  REQUIRE(world.store->set_cursor(kStream, {world.random.id<FeedId>(), {}, 7}, served, true));
  REQUIRE(world.store->grant(kStream, access, "owner"));
  CHECK(world.store->readings().value()[0].cursor.seq == 7);
  REQUIRE(world.store->grant(kStream, world.random.id<AccessId>(), "owner"));
  CHECK(world.store->readings().value()[0].cursor.seq == 0);
  CHECK(world.store->readings().value()[0].served.count == 0);
  REQUIRE(world.store->revoke(kStream));
  CHECK(world.store->readings().value().empty());
}

TEST_CASE("a whole says what was written last in its past, whatever the clocks said") {
  SeededRandom random(7);
  store::History history;
  auto write = [&](std::int64_t time_ms, const char* words, std::vector<OpId> base) {
    record::Op op;
    op.time_ms = time_ms;
    op.fields = {{"want", words}};
    op.base = std::move(base);
    auto id = random.id<OpId>();
    history.emplace(id, op);
    return id;
  };
  auto first = write(1'000, "one", {});
  auto ahead = write(9'000'000, "under a clock that was ahead", {first});
  auto last = write(2'000, "three", {ahead});
  auto other = write(3'000, "beside it", {first});
  auto whole = store::whole_at(history, std::vector<OpId>{last});
  CHECK(whole.fields.at("want").text() == "three");
  CHECK(whole.set_by.at("want") == last);
  CHECK(whole.past == std::set<OpId>{first, ahead, last});
  // Of two that did not see each other, the later.
  CHECK(store::whole_at(history, std::vector<OpId>{last, other}).fields.at("want").text() == "beside it");
  CHECK(store::whole_at(history, std::vector<OpId>{random.id<OpId>()}).fields.empty());
}

TEST_CASE("when an access ends, what others wrote is held back until it begins again; one's own stays") {
  World world;
  auto access = world.random.id<AccessId>();
  REQUIRE(world.store->grant(kStream, access, "staff"));
  world.set(*world.store, world.goal(), {{"want", "one"}});
  REQUIRE(world.store->revoke(kStream));
  REQUIRE(world.store->revoke("class:" + kAmira.hex()));  // never heard of: nothing to end
  CHECK(world.store->held_streams().value() == std::vector<std::string>{kStream});
  CHECK_FALSE(world.store->find(world.goal()).value());
  CHECK(world.store->records(kStream, "goal").value().empty());
  CHECK(world.store->history(world.goal()).value().empty());
  CHECK(world.store->find(world.goal(), Store::Holding::too).value()->text("want") == "one");
  CHECK(world.store->records(kStream, "goal", Store::Holding::too).value().size() == 1);
  // A school that was put back may give the very access again: it begins at zero all the same.
  REQUIRE(world.store->grant(kStream, access, "owner"));
  CHECK(world.store->held_streams().value().empty());
  CHECK(world.store->find(world.goal()).value()->text("want") == "one");
  CHECK(world.store->readings().value()[0].cursor.seq == 0);
  REQUIRE(world.store->revoke(kStream));
  CHECK(world.store->find(world.goal()).value()->text("want") == "one");
  CHECK(world.store->streams().value() == std::vector<std::string>{kStream});
}

TEST_CASE(
    "what the school ends is held back, though a hub once granted it; what a hub ends the school still may") {
  World world;
  auto held = [&] { return world.store->held_streams().value().size(); };
  REQUIRE(world.store->grant("class:x", {}, "member"));
  world.store->read_at(std::string(32, 'b'));
  REQUIRE(world.store->grant("class:x", {}, "member"));
  REQUIRE(world.store->revoke("class:x"));
  CHECK(held() == 0);
  REQUIRE(world.store->grant("class:x", {}, "member"));
  world.store->read_at("");
  REQUIRE(world.store->revoke("class:x"));
  CHECK(held() == 1);
  REQUIRE(world.store->grant("class:x", {}, "member"));
  CHECK(held() == 0);
  // What only a hub granted, where the school grants something else.
  world.store->read_at(std::string(32, 'b'));
  REQUIRE(world.store->grant("class:y", {}, "member"));
  REQUIRE(world.store->grant("class:x", {}, "member"));
  REQUIRE(world.store->revoke_at_hubs());
  CHECK(world.store->held_streams().value() == std::vector<std::string>{"class:y"});
  CHECK(world.store->readings().value().size() == 1);
}

TEST_CASE("what the school sent back stays so whatever a hub lists, until the school lets it in") {
  World world;
  auto op = world.set(*world.store, world.goal(), {{"want", "one"}});
  REQUIRE(world.store->freeze(1, 10, 1 << 20));
  REQUIRE(world.store->mark_settled(1, true, "not_granted", "no access then"));
  auto transaction = Transaction::begin(world.store->db()).value();
  world.store->read_at(std::string(32, 'b'));
  CHECK(world.store->accept(op).value());  // it is here
  REQUIRE(world.store->refusals().value().size() == 1);
  CHECK_FALSE(world.store->find(world.goal()).value());
  world.store->read_at("");
  CHECK(world.store->accept(op).value());
  CHECK(world.store->refusals().value().empty());
  CHECK(world.store->find(world.goal()).value().value().all_heads() == std::vector{op});
}

TEST_CASE("a refused op links once the school has a stub of it, and stands when the school takes it in") {
  World world;
  auto first = world.set(*world.store, world.goal(), {{"want", "one"}});
  auto second = world.set(*world.store, world.goal(), {{"want", "two"}}, {first});
  auto third = world.set(*world.store, world.goal(), {{"want", "three"}}, {second});
  REQUIRE(world.store->freeze(1, 10, 1 << 20));
  REQUIRE(world.store->mark_settled(2, true, "not_granted", "no access then"));
  auto heads = [&] {
    auto record = world.store->find(world.goal()).value().value();
    auto all = record.all_heads();
    return std::set<OpId>(all.begin(), all.end());
  };
  // The school has the first and the third and nothing between them.
  CHECK(heads() == std::set<OpId>{first, third});
  CHECK(world.store->refusals().value().size() == 1);
  REQUIRE(world.store->verify());
  auto op = world.store->op(second).value().value();
  auto transaction = Transaction::begin(world.store->db()).value();
  REQUIRE(world.store->add_stub({second, kStream, "goal", op.record, {"want"}, op.base, "invalid"}));
  CHECK(heads() == std::set<OpId>{third});
  CHECK(world.store->refusals().value().front().code == "not_granted");
  // A school that was put back has no stub of it any more, and is read from zero.
  world.store->read_at(std::string(32, 'b'));
  REQUIRE(world.store->grant(kStream, {}, "owner"));
  REQUIRE(world.store->restart_reading(kStream));
  CHECK(heads() == std::set<OpId>{third});
  world.store->read_at("");
  REQUIRE(world.store->restart_reading(kStream));
  CHECK(heads() == std::set<OpId>{first, third});
  REQUIRE(world.store->add_stub({second, kStream, "goal", op.record, {"want"}, op.base, "invalid"}));
  CHECK(heads() == std::set<OpId>{third});
  REQUIRE(world.store->grant(kStream, {}, "owner"));
  CHECK(heads() == std::set<OpId>{first, third});
  REQUIRE(world.store->add_stub({second, kStream, "goal", op.record, {"want"}, op.base, "invalid"}));
  CHECK(world.store->refusals().value().size() == 1);
  CHECK(world.store->accept(second).value());
  CHECK(heads() == std::set<OpId>{third});
  CHECK(world.store->refusals().value().empty());
  CHECK_FALSE(world.store->accept({}).value());
  REQUIRE(transaction.commit());
  REQUIRE(world.store->verify());
}

TEST_CASE("of two deletions at once, one that saw everything is enough; one that did not takes nothing") {
  World world;
  auto gone = [&] {
    return world.store->gone(world.store->find(world.goal()).value().value(), "deleted").value();
  };
  auto first = world.set(*world.store, world.goal(), {{"want", "one"}});
  world.set(*world.store, world.goal(), {{"deleted", true}}, {first});
  CHECK(gone());
  auto edit = world.set(*world.store, world.goal(), {{"want", "two"}}, {first});
  CHECK_FALSE(gone());
  world.set(*world.store, world.goal(), {{"deleted", true}}, {edit});
  world.clock.advance_ms(1);
  world.set(*world.store, world.goal(), {{"deleted", true}}, {first});
  CHECK(gone());
  world.set(*world.store, world.goal(), {{"deleted", false}});
  CHECK_FALSE(gone());
}

TEST_CASE("what holds others is archived only with what its author saw in it") {
  World world;
  std::vector<OpId> held{world.set(*world.store, world.goal(), {{"want", "one"}})};
  auto gone = [&] {
    return world.store->gone(world.store->find(world.goal()).value().value(), "archived", held).value();
  };
  auto saw = [&] { return record::Value(std::vector<std::string>{held[0].hex()}); };
  auto seen = held;
  auto first = world.set(*world.store, world.goal(), {{"archived", true}, {"saw", saw()}}, seen);
  CHECK(gone());
  held.push_back(OpId{});  // a child that it did not name
  CHECK_FALSE(gone());
  // Another that named both is enough; one of a version that names nothing saw all.
  auto whole = record::Value(std::vector<std::string>{held[0].hex(), held[1].hex()});
  auto second = world.set(*world.store, world.goal(), {{"archived", true}, {"saw", whole}}, {seen[0], first});
  CHECK(gone());
  world.set(*world.store, world.goal(), {{"archived", false}}, {seen[0], first, second});
  CHECK_FALSE(gone());
  auto heads = world.store->find(world.goal()).value()->all_heads();
  world.set(*world.store, world.goal(), {{"archived", true}}, heads);
  CHECK(gone());
}

TEST_CASE("a file that is no database, and one from the future, are named for what they are") {
  World world;
  std::ofstream(world.folder.path() + "/noise.db") << std::string(5000, 'x');
  CHECK(Store::open(world.folder.path() + "/noise.db", {&world.clock, &world.random}).error().code ==
        Code::database_damaged);
  REQUIRE(world.store->db().execute("PRAGMA user_version = 99"));
  CHECK(Store::open(world.folder.path() + "/a.db", {&world.clock, &world.random}).error().code ==
        Code::unsupported);
}

TEST_CASE("a database of an older version is brought up to date, and a copy of it is kept") {
  for (int version : {1, 2, 3, 4, 5}) {
    World world;
    CAPTURE(version);
    auto path = world.folder.path() + "/a.db";
    std::string hash(64, 'a');
    REQUIRE(world.store->add_file({hash, 7, "image/png", kStream, 1}));
    world.set(*world.store, world.goal(), {{"want", "one"}});
    auto schema = [&](const std::string& of) {
      auto db = Db::open(of).value();
      auto query = db->prepare("SELECT name FROM sqlite_master ORDER BY 1").value();
      std::string text;
      while (query.step().value()) text += query.text(0) + ' ';
      for (const char* table : {"PRAGMA table_info(file)", "PRAGMA table_info(reading)",
                                "PRAGMA table_info(seal)", "PRAGMA index_info(outbox_waiting)"}) {
        auto columns = db->prepare(table).value();
        while (columns.step().value()) text += columns.text(1) + ' ' + columns.text(2) + ' ';
      }
      return text;
    };
    auto now = schema(path);
    auto access = world.random.id<AccessId>();
    REQUIRE(world.store->grant(kStream, access, "owner"));
    REQUIRE(world.store->db().execute("ALTER TABLE seal DROP COLUMN hub; PRAGMA user_version = 5"));
    if (version <= 4)
      REQUIRE(
          world.store->db().execute("DROP INDEX outbox_waiting;"
                                    "CREATE INDEX outbox_waiting ON outbox (op) WHERE state = 0;"
                                    "PRAGMA user_version = 4"));
    if (version <= 3)
      REQUIRE(world.store->db().execute(
          "ALTER TABLE reading RENAME TO reading_4;"
          "CREATE TABLE reading (stream INTEGER PRIMARY KEY REFERENCES stream (id), access BLOB NOT NULL,"
          " role TEXT NOT NULL, feed BLOB NOT NULL, segment BLOB NOT NULL, seq INTEGER NOT NULL DEFAULT 0,"
          " count INTEGER NOT NULL DEFAULT 0,"
          " digest BLOB NOT NULL DEFAULT x'00000000000000000000000000000000', verified_ms INTEGER,"
          " compared INTEGER NOT NULL DEFAULT 0) STRICT;"
          "INSERT INTO reading SELECT stream, access, role, feed, segment, seq, count, digest, verified_ms, "
          "compared"
          " FROM reading_4; DROP TABLE reading_4; PRAGMA user_version = 3"));
    if (version <= 2)
      REQUIRE(world.store->db().execute(
          "DROP TABLE stray; ALTER TABLE file DROP COLUMN touched_day; PRAGMA user_version = 2"));
    if (version == 1)
      REQUIRE(
          world.store->db().execute("DROP TABLE sealed; DROP TABLE seal;"
                                    "ALTER TABLE reading DROP COLUMN compared; PRAGMA user_version = 1"));
    world.store.reset();
    auto before = schema(path);
    CHECK(before != now);
    world.store = world.open("a.db");
    CHECK(schema(path) == now);
    CHECK(schema(path + ".before-6") == before);
    CHECK(world.store->readings().value().at(0).access == access);
    CHECK(world.store->file_in(kStream, hash).value()->bytes == 7);
    CHECK(world.store->find(world.goal()).value()->text("want") == "one");
    CHECK(world.store->verify());
  }
}

TEST_CASE("verify finds a changed body, and rebuild mends changed projections") {
  World world;
  world.set(*world.store, world.goal(), {{"want", "one"}});
  REQUIRE(world.store->db().execute("DELETE FROM head"));
  CHECK(world.store->verify().error().code == Code::database_damaged);
  REQUIRE(world.store->rebuild());
  CHECK(world.store->verify().has_value());
  REQUIRE(world.store->db().execute(
      "UPDATE op SET body = CAST(replace(CAST(body AS TEXT), 'one', 'two') AS BLOB)"));
  CHECK(world.store->verify().error().code == Code::database_damaged);
}

TEST_CASE("which streams have grown is told once, with their ends, and nothing before it is committed") {
  World world;
  using Grown = std::vector<std::pair<std::string, std::int64_t>>;
  CHECK(world.store->take_grown().value().empty());
  world.set(*world.store, world.goal(1), {{"want", "one"}});
  world.set(*world.store, world.goal(2), {{"want", "two"}});
  CHECK(world.store->take_grown().value() == Grown{{kStream, 2}});
  CHECK(world.store->take_grown().value().empty());
  {
    auto transaction = Transaction::begin(world.store->db()).value();
    world.set(*world.store, world.goal(3), {{"want", "three"}});
    auto nested = Transaction::begin(world.store->db()).value();
    CHECK(world.store->take_grown().value().empty());
  }
  // Taken back: told perhaps, but never with an end that is not there.
  for (const auto& [stream, head] : world.store->take_grown().value()) CHECK(head == 2);
}

TEST_CASE(
    "what a teacher hid no other student's computer shows, in whatever order it came; its author reads it") {
  World world;
  const PersonId bo = PersonId::parse("0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d").value();
  const PersonId teacher = PersonId::parse("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b").value();
  auto write = [&](const PersonId& who, record::RecordKey key, record::Fields fields,
                   std::vector<OpId> base) {
    Edit edit{std::move(key), std::move(fields), std::move(base), {}};
    return world.store->write(who, std::span(&edit, 1)).value().front().op;
  };
  record::RecordKey hides{kStream, std::string(hidden_kind), hidden_id("goal", world.goal().id)};
  auto hide = [&](bool hidden, std::vector<OpId> base) {
    return write(teacher, hides, {{"kind", "goal"}, {"record", world.goal().id.hex()}, {"hidden", hidden}},
                 std::move(base));
  };
  auto first = world.set(*world.store, world.goal(), {{"want", "SPITE"}});
  world.set(*world.store, world.goal(2), {{"want", "a kind one"}});
  auto hidden = hide(true, {});
  // An edit that saw it, one of another replica that did not: neither brings the record back.
  world.set(*world.store, world.goal(), {{"want", "SPITE again"}}, {first});
  auto everything = world.store->page(kStream, 0, 100, 1 << 20).value();
  auto filled = [&](const std::string& name, std::vector<std::size_t> order, const PersonId& reader) {
    auto store = world.open(name);
    store->show_to(reader);
    auto transaction = Transaction::begin(store->db()).value();
    for (auto i : order)
      REQUIRE(store->add(record::parse_op(everything[i].body).value(), everything[i].body, everything[i].id));
    REQUIRE(transaction.commit());
    return store;
  };
  std::vector<std::size_t> order{0, 1, 2, 3};
  int n = 0;
  do {
    auto theirs = filled("bo" + std::to_string(n++) + ".db", order, bo);
    CHECK_FALSE(theirs->find(world.goal()).value());
    CHECK(theirs->history(world.goal()).value().empty());
    REQUIRE(theirs->records(kStream, "goal").value().size() == 1);
    CHECK(theirs->records(kStream, "goal").value()[0].text("want") == "a kind one");
    CHECK(theirs->records_everywhere("person", "goal").value().size() == 1);
    REQUIRE(theirs->verify());
  } while (std::next_permutation(order.begin(), order.end()));
  auto own = filled("own.db", order, kAmira);
  CHECK(own->find(world.goal()).value()->text("want") == "SPITE again");
  CHECK(own->history(world.goal()).value().size() == 2);
  auto told = hiding_of(*own, world.goal()).value();
  REQUIRE(told);
  CHECK(told->by == teacher);
  CHECK(told->op == hidden);
  CHECK_FALSE(hiding_of(*own, world.goal(2)).value());

  // Shown again by one who saw it; while another teacher hid it at the same time, it stays away.
  auto another = hide(true, {hidden});
  auto shown = hide(false, {hidden});
  CHECK(hiding_of(*world.store, world.goal()).value());
  hide(false, {another, shown});
  CHECK_FALSE(hiding_of(*world.store, world.goal()).value());
  world.store->show_to(bo);
  CHECK(world.store->find(world.goal()).value()->text("want") == "SPITE again");
  // One under an id of its own hides nothing.
  write(teacher, {kStream, std::string(hidden_kind), world.random.id<RecordId>()},
        {{"kind", "goal"}, {"record", world.goal().id.hex()}, {"hidden", true}}, {});
  CHECK(world.store->find(world.goal()).value());
}

TEST_CASE("where somebody was erased nothing more is written, and elsewhere all goes on") {
  World world;
  const auto teacher = PersonId::parse("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b").value();
  world.set(*world.store, world.goal(), {{"want", "gone soon"}});
  Edit erasure{{std::string(domain::school_stream), std::string(erasure_kind), {}},
               {{"person", kAmira.hex()}},
               {},
               {}};
  REQUIRE(world.store->write(teacher, std::span(&erasure, 1)));
  Edit support{{kStream, "support", world.random.id<RecordId>()}, {{"form", "on_my_own"}}, {}, {}};
  Edit draft{
      {domain::own_stream(kAmira), "draft", world.random.id<RecordId>()}, {{"place", "goal.new"}}, {}, {}};
  Edit observation{{domain::staff_stream(kAmira), "observation", {}}, {{"text", "quiet today"}}, {}, {}};
  for (const auto& edit : {support, draft, observation}) {
    CAPTURE(edit.key.stream);
    CHECK(world.store->write(teacher, std::span(&edit, 1)).error().code == Code::not_granted);
    // Nor with something beside it that could be: all or nothing.
    Edit both[] = {
        {{domain::person_stream(teacher), "goal", world.random.id<RecordId>()}, {{"want", "x"}}, {}, {}},
        edit};
    CHECK(world.store->write(teacher, both).error().code == Code::not_granted);
  }
  CHECK(world.store->records(kStream, "support").value().empty());
  CHECK(world.store->records(domain::person_stream(teacher), "goal").value().empty());
  CHECK(world.store->stream_state(kStream).value().head == 1);
  Edit other{{domain::person_stream(teacher), "goal", world.random.id<RecordId>()}, {{"want", "y"}}, {}, {}};
  CHECK(world.store->write(teacher, std::span(&other, 1)));
  REQUIRE(world.store->verify());
}

TEST_CASE("what is to be written over is written over later where a reader is in the way") {
  World world;
  auto path = world.folder.path() + "/a.db";
  REQUIRE(must_scrub(*world.store));
  REQUIRE(world.store->db().execute("PRAGMA busy_timeout = 0"));
  {
    auto elsewhere = Db::open(path).value();
    auto reader = elsewhere->prepare("SELECT value FROM meta").value();
    REQUIRE(reader.step().value());
    CHECK_FALSE(scrub(*world.store).value());
  }
  CHECK(world.store->meta("scrub").value() == "1");
  CHECK(scrub(*world.store).value());
  CHECK(world.store->meta("scrub").value() == "");
  // Of the log that the old pages stood in is left what the last word took.
  CHECK(std::filesystem::file_size(path + "-wal") < 20'000);
  CHECK_FALSE(scrub(*world.store).value());
}

TEST_CASE("what is to be written over waits for who reads for a moment") {
  World world;
  REQUIRE(must_scrub(*world.store));
  auto elsewhere = Db::open(world.folder.path() + "/a.db").value();
  REQUIRE(elsewhere->execute("BEGIN; SELECT count(*) FROM meta"));
  std::thread ends([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    (void)elsewhere->execute("COMMIT").has_value();
  });
  CHECK(scrub(*world.store).value());
  ends.join();
}

TEST_CASE("the names in a folder come in order, and one that is not there says so") {
  test::TemporaryFolder folder;
  for (const char* name : {"b", "a", "c"}) std::ofstream(folder.path() + "/" + name).flush();
  std::error_code error;
  CHECK(names_in(folder.path(), error) == std::vector<std::string>{"a", "b", "c"});
  CHECK_FALSE(error);
  CHECK(names_in(folder.path() + "/none", error).empty());
  CHECK(error);
}

TEST_CASE(
    "a file goes with the last op that mentions it in any stream, also where the store had forgotten it") {
  World world;
  const auto teacher = PersonId::parse("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b").value();
  const std::string alone(64, 'a'), shared(64, 'b'), elsewhere(64, 'c');
  auto first = world.set(*world.store, world.goal(1), {{"file", alone}, {"small", shared}});
  auto second = world.set(*world.store, world.goal(2),
                          {{"pictures", record::Value(std::vector<std::string>{shared, elsewhere})}});
  // Of somebody else, by whom it has not come yet: of none of these there is a row.
  Edit theirs{
      {domain::person_stream(teacher), "work", world.random.id<RecordId>()}, {{"file", elsewhere}}, {}, {}};
  REQUIRE(world.store->write(teacher, std::span(&theirs, 1)));
  CHECK_FALSE(erased_files(*world.store).value());
  auto erase = [&](const OpId& op) {
    Edit erasure{{std::string(domain::school_stream), std::string(erasure_kind), {}},
                 {{"ops", record::Value(std::vector<std::string>{op.hex()})}},
                 {},
                 {}};
    REQUIRE(world.store->write(teacher, std::span(&erasure, 1)));
    return erased_files(*world.store).value().value();
  };
  using Names = std::vector<std::string>;
  CHECK(erase(first) == Names{alone});
  CHECK(is_erased_file(*world.store, kStream, alone).value());
  CHECK_FALSE(is_erased_file(*world.store, kStream, shared).value());
  REQUIRE(forget_erased_files(*world.store));
  CHECK(erase(second) == Names{shared});
  CHECK(is_erased_file(*world.store, kStream, elsewhere).value());
  CHECK_FALSE(is_erased_file(*world.store, domain::person_stream(teacher), elsewhere).value());
  // The parent's stub comes first, and the erasure after it.
  REQUIRE(forget_erased_files(*world.store));
  const std::string third(64, 'e');
  auto op = world.set(*world.store, world.goal(3), {{"file", third}});
  {
    auto transaction = Transaction::begin(world.store->db()).value();
    REQUIRE(world.store->add_stub(erased_stub(*world.store->op(op).value(), op)));
    REQUIRE(transaction.commit());
  }
  CHECK(erased_files(*world.store).value().value() == Names{third});
  CHECK(scrub(*world.store).value());
  // In a stream that is erased nothing more comes, whatever its name.
  Edit person{{std::string(domain::school_stream), std::string(erasure_kind), {}},
              {{"person", kAmira.hex()}},
              {},
              {}};
  REQUIRE(world.store->write(teacher, std::span(&person, 1)));
  CHECK(is_erased_file(*world.store, kStream, std::string(64, 'd')).value());
}

TEST_CASE("a file that an erasure names goes where the op that mentioned it was never here") {
  World world;
  const auto teacher = PersonId::parse("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b").value();
  const std::string rowed(64, 'a'), bare(64, 'b'), mentioned(64, 'c'), other(64, 'd');
  CHECK(file_mark("person:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a", rowed) == "1cf601415df001ac152a5df64aa92f8e");
  world.set(*world.store, world.goal(1), {{"file", mentioned}});
  for (const auto& hash : {rowed, mentioned, other})
    REQUIRE(world.store->add_file({hash, 100, "image/png", kStream, 0}));
  std::vector<std::string> marks;
  for (const auto& hash : {rowed, bare, mentioned}) marks.push_back(file_mark(kStream, hash));
  Edit erasure{{std::string(domain::school_stream), std::string(erasure_kind), {}},
               {{"files", record::Value(marks)}},
               {},
               {}};
  REQUIRE(world.store->write(teacher, std::span(&erasure, 1)));
  CHECK_FALSE(world.store->knows_file(rowed).value());
  CHECK(world.store->knows_file(mentioned).value());
  CHECK(world.store->knows_file(other).value());
  using Names = std::vector<std::string>;
  CHECK(erased_files(*world.store).value().value() == Names{rowed});
  CHECK(erased_files(*world.store,
                     [&] {
                       return Names{other, bare, rowed, mentioned};
                     })
            .value()
            .value() == Names{rowed, bare});
  // Neither comes again, in that stream.
  CHECK(is_erased_file(*world.store, kStream, bare).value());
  CHECK_FALSE(is_erased_file(*world.store, domain::person_stream(teacher), bare).value());
  CHECK_FALSE(is_erased_file(*world.store, kStream, mentioned).value());
}
