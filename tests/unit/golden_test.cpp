// The golden files of tests/data/golden, which an independent client wrote from docs/PROTOCOL.md: ids, stubs,
// chains, digests, merges, messages and proofs come out here as they came out there.
#include "tests/support/golden.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include <doctest/doctest.h>

#include "shared/domain/kinds.hpp"
#include "shared/record/chain.hpp"
#include "shared/record/merge.hpp"
#include "shared/record/op.hpp"
#include "shared/store/store.hpp"
#include "shared/sync/serve.hpp"
#include "shared/wire/joining.hpp"
#include "shared/wire/messages.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using namespace waymark::test;

namespace {

std::string id_of_line(const std::string& line) {
  if (auto stub = record::parse_stub(line)) return stub->id.hex();
  REQUIRE(record::parse_op(line));
  return record::op_id(line).hex();
}

std::vector<std::string> ids_of(const std::vector<std::string>& lines) {
  std::vector<std::string> ids;
  for (const auto& line : lines) ids.push_back(id_of_line(line));
  return ids;
}

const json kNowhere = {{"n", 0}, {"c", std::string(32, '0')}};

void check_position(const record::Position& position, const json& wanted) {
  CHECK(position.n == wanted["n"]);
  CHECK(position.c.hex() == wanted["c"]);
}

json signer_of(const wire::HubSigner& hub) {
  if (hub.hub.empty()) return {};
  return {{"id", hub.hub}, {"key", hub.key}, {"signature", hub.certified}};
}

json hexes(const std::vector<OpId>& ids) {
  json list = json::array();
  for (const auto& id : ids) list.push_back(id.hex());
  return list;
}

// A store that learned what these files hold, in their order.
struct GoldenStore {
  explicit GoldenStore(const std::vector<std::string>& files) {
    auto opened = store::Store::open(folder.path() + "/replica.db", {&clock, &random});
    REQUIRE(opened);
    store = std::move(*opened);
    auto transaction = store::Transaction::begin(store->db());
    REQUIRE(transaction);
    for (const auto& file : files) {
      auto bytes = golden_file(file);
      if (auto stub = record::parse_stub(bytes)) {
        REQUIRE(store->add_stub(*stub));
        continue;
      }
      auto op = record::parse_op(bytes);
      REQUIRE(op);
      REQUIRE(store->add(*op, bytes, record::op_id(bytes)));
    }
    REQUIRE(transaction->commit());
  }

  TemporaryFolder folder;
  ManualClock clock;
  SeededRandom random{1};
  std::unique_ptr<store::Store> store;
};

}  // namespace

TEST_CASE("golden ops are read, have the ids told, and are written as the same bytes") {
  for (const auto& entry : golden_part("ops")) {
    CAPTURE(text(entry, "name"));
    auto bytes = bytes_of(entry);
    CHECK(bytes.size() == entry.value("size", std::size_t{0}));
    auto op = record::parse_op(bytes);
    REQUIRE(op);
    CHECK(record::op_id(bytes).hex() == text(entry, "id"));
    CHECK(record::canonical(*op) == bytes);
  }
}

TEST_CASE("what is no golden op is refused for the reason told") {
  for (const auto& entry : golden_part("not_ops")) {
    CAPTURE(text(entry, "name"));
    auto op = record::parse_op(bytes_of(entry));
    REQUIRE(!op);
    CHECK(name(op.error().code) == text(entry, "code"));
  }
}

TEST_CASE("golden stubs are read and written as the same bytes, and what is none is refused") {
  for (const auto& entry : golden_part("stubs")) {
    CAPTURE(text(entry, "name"));
    auto bytes = bytes_of(entry);
    auto stub = record::parse_stub(bytes);
    REQUIRE(stub);
    CHECK(stub->id.hex() == text(entry, "id"));
    CHECK(record::canonical(*stub) == bytes);
    CHECK(!record::parse_op(bytes));
  }
  for (const auto& entry : golden_part("not_stubs")) {
    CAPTURE(text(entry, "name"));
    auto stub = record::parse_stub(bytes_of(entry));
    REQUIRE(!stub);
    CHECK(name(stub.error().code) == text(entry, "code"));
  }
}

TEST_CASE("golden chains give the numbers' proofs told") {
  for (const auto& entry : golden_part("chains")) {
    record::Position at;
    CHECK(at.c.hex() == entry["c"][0]);
    for (std::size_t i = 0; i < entry["ids"].size(); i++) {
      at = record::next(at, id_of<OpId>(entry["ids"][i]));
      CHECK(at.n == static_cast<std::int64_t>(i + 1));
      CHECK(at.c.hex() == entry["c"][i + 1]);
    }
  }
}

TEST_CASE("golden digests and hashes of what was read come out, in every order") {
  for (const auto& entry : golden_part("digests")) {
    CAPTURE(text(entry, "about"));
    record::Digest forward, backward;
    for (auto one = entry["ids"].begin(); one != entry["ids"].end(); ++one) forward.add(id_of<OpId>(*one));
    for (auto one = entry["ids"].rbegin(); one != entry["ids"].rend(); ++one) backward.add(id_of<OpId>(*one));
    CHECK(forward.hex() == text(entry, "digest"));
    CHECK(forward.count == entry["ids"].size());
    CHECK(forward == backward);
  }
  auto read_in = [](const json& entry) {
    std::vector<sync::ReadSoFar> streams;
    for (const auto& one : entry["streams"]) {
      auto digest = record::Digest::parse(one["count"].get<std::uint64_t>(), text(one, "digest"));
      REQUIRE(digest);
      streams.push_back({text(one, "s"), id_of<AccessId>(one["access"]), *digest});
    }
    return streams;
  };
  for (const auto& entry : golden_part("reads")) {
    CAPTURE(text(entry, "about"));
    CHECK(sync::read_hash(id_of<FeedId>(entry["feed"]), read_in(entry)) == text(entry, "same"));
  }
  for (const auto& entry : golden_part("marks")) {
    CAPTURE(text(entry, "about"));
    record::Position at{entry["at"]["n"], id_of<record::ChainLink>(entry["at"]["c"])};
    CHECK(sync::mark_of(id_of<FeedId>(entry["feed"]), read_in(entry), id_of<SegmentToken>(entry["segment"]),
                        id_of<ReplicaId>(entry["replica"]), at) == text(entry, "mark"));
  }
}

TEST_CASE("golden merges have the heads told, and show the one told, in every order of arrival") {
  for (const auto& entry : golden_part("merges")) {
    CAPTURE(text(entry, "name"));
    std::vector<record::Link> links;
    std::map<OpId, std::int64_t> times;
    for (const auto& file : entry["files"]) {
      auto bytes = golden_file(file.get<std::string>());
      if (auto stub = record::parse_stub(bytes)) {
        links.push_back(record::link_of(*stub));
        continue;
      }
      auto op = record::parse_op(bytes);
      REQUIRE(op);
      links.push_back(record::link_of(*op, record::op_id(bytes)));
      times[links.back().id] = op->time_ms;
    }
    for (int turn = 0; turn < 2; turn++) {
      auto heads = record::heads(links);
      for (const auto& wanted : entry["fields"]) {
        auto field = text(wanted, "field");
        CAPTURE(field);
        std::vector<std::string> ids;
        std::optional<OpId> shown;
        for (const auto& id : heads[field]) {
          ids.push_back(id.hex());
          if (!shown || record::displayed_before(times[id], id, times[*shown], *shown)) shown = id;
        }
        CHECK(ids == wanted["heads"].get<std::vector<std::string>>());
        CHECK((shown ? shown->hex() : "") == text(wanted, "displayed"));
      }
      std::reverse(links.begin(), links.end());
    }
  }
}

TEST_CASE("a golden deletion holds where it saw everything, in every order of arrival") {
  std::size_t held = 0, came_back = 0;
  for (const auto& entry : golden_part("deletions")) {
    CAPTURE(text(entry, "name"));
    auto files = entry["files"].get<std::vector<std::string>>();
    for (int turn = 0; turn < 2; turn++) {
      GoldenStore replica(files);
      auto op = record::parse_op(golden_file(files.front()));
      if (!op) op = record::parse_op(golden_file(files.back()));
      REQUIRE(op);
      auto record = replica.store->find({op->stream, op->kind, op->record});
      REQUIRE(record);
      REQUIRE(record->has_value());
      CHECK(replica.store->gone(**record, text(entry, "flag")).value() == entry["gone"].get<bool>());
      std::reverse(files.begin(), files.end());
    }
    (entry["gone"].get<bool>() ? held : came_back)++;
  }
  CHECK(held >= 3);
  CHECK(came_back >= 3);
}

TEST_CASE("a golden goal or project is put away where all in it was seen, in every order of arrival") {
  std::size_t away = 0, came_back = 0;
  for (const auto& entry : golden_part("archives")) {
    CAPTURE(text(entry, "name"));
    auto files = entry["files"].get<std::vector<std::string>>();
    auto kind = text(entry, "kind");
    for (int turn = 0; turn < 2; turn++) {
      GoldenStore replica(files);
      auto stream = record::parse_op(golden_file(files.front())).value().stream;
      std::vector<OpId> held;
      for (const auto& rule : domain::held()) {
        if (rule.holder != kind) continue;
        auto records = replica.store->records(stream, rule.kind);
        REQUIRE(records);
        for (const auto& record : *records) {
          if (record.text(rule.field) != text(entry, "record")) continue;
          if (replica.store->gone(record, "deleted").value()) continue;
          for (const auto& head : record.all_heads()) held.push_back(head);
        }
      }
      auto holder = replica.store->find({stream, kind, id_of<RecordId>(entry["record"])});
      REQUIRE(holder);
      REQUIRE(holder->has_value());
      CHECK(replica.store->gone(**holder, "archived", held).value() == entry["gone"].get<bool>());
      std::reverse(files.begin(), files.end());
    }
    (entry["gone"].get<bool>() ? away : came_back)++;
  }
  CHECK(away >= 3);
  CHECK(came_back >= 3);
}

TEST_CASE("golden requests are read as what they say, also when they were written again") {
  for (const auto& entry : golden_part("requests")) {
    CAPTURE(text(entry, "name"));
    auto first = wire::decode_request(bytes_of(entry));
    REQUIRE(first);
    auto again = wire::decode_request(wire::encode(*first));
    REQUIRE(again);
    for (const auto& request : {*first, *again}) {
      auto lines = request.ops;
      for (const auto& back : request.returned)
        lines.insert(lines.end(), back.bodies.begin(), back.bodies.end());
      CHECK(ids_of(lines) == entry["ops"].get<std::vector<std::string>>());
      if (!entry.contains("header")) continue;
      const auto& header = entry["header"];
      CHECK(request.request == text(header, "request"));
      CHECK(request.replica.hex() == text(header, "replica"));
      CHECK(request.now_ms == header.value("now", std::int64_t{0}));
      CHECK(request.waiting == header.value("waiting", header.value("ops", 0)));
      check_position(request.before, header.value("before", kNowhere));
      CHECK(request.same.value_or("") == text(header, "same"));
      CHECK(request.mark.value_or("") == text(header, "mark"));
      CHECK(request.batch == text(header, "batch"));
      CHECK(request.at_school == header.value("settled", 0));
      CHECK(hexes(request.offered) == header.value("offered", json::array()));
      json returned = header.value("returned", json::array());
      REQUIRE(request.returned.size() == returned.size());
      for (std::size_t i = 0; i < returned.size(); i++) {
        CHECK(request.returned[i].stream == returned[i]["s"]);
        CHECK(hexes(request.returned[i].items) == returned[i]["items"]);
        CHECK(request.returned[i].seal == returned[i]["seal"]);
        CHECK(signer_of(request.returned[i].hub) == returned[i].value("hub", json()));
        CHECK(request.returned[i].bodies.size() == returned[i]["ops"]);
      }
      json cursors = header.value("cursors", json::array());
      REQUIRE(request.cursors.size() == cursors.size());
      for (std::size_t i = 0; i < cursors.size(); i++) {
        const auto& cursor = request.cursors[i];
        CHECK(cursor.stream == cursors[i]["s"]);
        CHECK(cursor.access.hex() == cursors[i]["access"]);
        CHECK(cursor.seq == cursors[i]["seq"]);
        CHECK(cursor.feed.hex() == cursors[i].value("feed", std::string(32, '0')));
        CHECK(cursor.segment.hex() == cursors[i].value("segment", std::string(32, '0')));
        CHECK(cursor.whole == cursors[i].value("whole", false));
      }
    }
  }
  for (const auto& entry : golden_part("not_requests")) {
    CAPTURE(text(entry, "name"));
    auto request = wire::decode_request(bytes_of(entry));
    REQUIRE(!request);
    CHECK(name(request.error().code) == text(entry, "code"));
  }
}

TEST_CASE("golden replies are read as what they say, also when they were written again") {
  for (const auto& entry : golden_part("replies")) {
    CAPTURE(text(entry, "name"));
    auto first = wire::decode_reply(bytes_of(entry));
    REQUIRE(first);
    auto again = wire::decode_reply(wire::encode(*first));
    REQUIRE(again);
    const auto& header = entry["header"];
    auto list = [&](const char* name) { return header.value(name, json::array()); };
    for (const auto& reply : {*first, *again}) {
      CHECK(reply.now_ms == header["now"]);
      CHECK(reply.feed.hex() == header.value("feed", std::string(32, '0')));
      CHECK(reply.mark.value_or("") == text(header, "mark"));
      CHECK(reply.marks == header.value("marks", false));
      check_position(reply.position, header.value("at", kNowhere));
      CHECK(reply.room.has_value() == header.contains("room"));
      if (reply.room) check_position(*reply.room, header["room"]);
      CHECK(reply.carried == header.value("carried", 0));
      CHECK(reply.beside == header.value("beside", 0));
      CHECK(reply.problem == text(header, "problem"));
      CHECK(json(reply.answers) == list("answers"));
      CHECK(hexes(reply.lacking) == list("lacking"));
      json places = json::array();
      for (const auto& one : reply.places)
        places.push_back({{"hub", one.hub}, {"name", one.name}, {"addresses", one.addresses}});
      CHECK(places == list("places"));
      CHECK(reply.again_ms == header["again"]);
      CHECK(reply.more == header.value("more", false));
      CHECK(reply.same.has_value() == header.contains("same"));
      if (reply.same) CHECK(*reply.same == header["same"]);
      json refused, granted, elsewhere;
      refused = granted = elsewhere = json::array();
      for (const auto& one : reply.refused)
        refused.push_back({{"n", one.n}, {"code", one.code}, {"sentence", one.sentence}});
      for (const auto& one : reply.granted)
        granted.push_back({{"s", one.stream}, {"access", one.access.hex()}, {"role", one.role}});
      for (const auto& one : reply.elsewhere)
        elsewhere.push_back({{"computer", one.computer}, {"waiting", one.waiting}});
      CHECK(refused == list("refused"));
      CHECK(granted == list("granted"));
      CHECK(elsewhere == list("elsewhere"));
      CHECK(json(reply.ended) == list("ended"));
      auto pages = list("streams");
      REQUIRE(reply.pages.size() == pages.size());
      std::vector<std::string> lines;
      for (std::size_t i = 0; i < pages.size(); i++) {
        const auto& page = reply.pages[i];
        CHECK(page.stream == pages[i]["s"]);
        CHECK(page.segment.hex() == pages[i]["segment"]);
        CHECK(page.seq == pages[i]["seq"]);
        CHECK(page.head == pages[i]["head"]);
        CHECK(page.reset == pages[i].value("reset", false));
        CHECK(page.digest == text(pages[i], "digest"));
        CHECK(page.bodies.size() == pages[i].value("ops", std::size_t{0}));
        CHECK(hexes(page.own) == pages[i].value("own", json::array()));
        CHECK(page.seal == text(pages[i], "seal"));
        json under = json::array();
        for (const auto& one : page.under) {
          under.push_back({{"items", hexes(one.items)}, {"seal", one.seal}});
          if (!one.hub.hub.empty()) under.back()["hub"] = signer_of(one.hub);
        }
        CHECK(under == pages[i].value("under", json::array()));
        for (auto& id : ids_of(page.bodies)) lines.push_back(std::move(id));
      }
      CHECK(lines == entry["lines"].get<std::vector<std::string>>());
    }
  }
}

TEST_CASE("golden codes, hellos, proofs and record ids come out as told") {
  auto joining = golden_part("joining");
  REQUIRE(!joining["codes"].empty());
  for (const auto& entry : joining["codes"]) {
    auto code = wire::read_code(text(entry, "typed"), wire::computer_code_length);
    REQUIRE(code);
    CHECK(*code == text(entry, "code"));
    CHECK(wire::code_id(*code) == text(entry, "code_id"));
  }
  REQUIRE(!joining["hellos"].empty());
  for (const auto& entry : joining["hellos"]) {
    auto secret = secret_of(entry["seed"]);
    CHECK(public_key(secret) == key_of(entry["identity"]));
    auto message = wire::hello_message(text(entry, "spki"));
    CHECK(to_hex(sign(secret, as_bytes(message))) == text(entry, "signature"));
    auto signature = from_hex(text(entry, "signature"));
    REQUIRE(signature);
    CHECK(verify(key_of(entry["identity"]), as_bytes(message), *signature));
    CHECK(!verify(key_of(entry["identity"]), as_bytes(message + "0"), *signature));
  }
  REQUIRE(!joining["proofs"].empty());
  for (const auto& entry : joining["proofs"])
    CHECK(wire::join_proof(text(entry, "side"), text(entry, "code"), key_of(entry["identity"]),
                           text(entry, "spki"), text(entry, "client_nonce"),
                           text(entry, "school_nonce")) == text(entry, "proof"));
  REQUIRE(!joining["records"].empty());
  for (const auto& entry : joining["records"])
    CHECK(domain::singleton_id(text(entry, "kind"), text(entry, "scope")).hex() == text(entry, "record"));
}
