// The golden files of what others carry: certificates, introductions, batches, acknowledgements, readings,
// news and bundles come out here as the independent client wrote them; and the bounds of a bundle.
#include <doctest/doctest.h>

#include "shared/base/sealed_stream.hpp"
#include "shared/wire/batch.hpp"
#include "shared/wire/bundle.hpp"
#include "shared/wire/carried_file.hpp"
#include "shared/wire/joining.hpp"
#include "shared/wire/news.hpp"
#include "shared/wire/pack.hpp"
#include "shared/wire/starter.hpp"
#include "tests/support/golden.hpp"

using namespace waymark;
using namespace waymark::test;

namespace {

// Every entry that is none is refused with its code.
template <class Read>
void check_refused(const char* name, Read read) {
  for (const auto& entry : golden_part(name)) {
    CAPTURE(text(entry, "name"));
    auto done = read(entry, bytes_of(entry));
    REQUIRE(!done);
    CHECK(waymark::name(done.error().code) == text(entry, "code"));
  }
}

json hexes(const std::vector<OpId>& ids) {
  json list = json::array();
  for (const auto& id : ids) list.push_back(id.hex());
  return list;
}

json position(const record::Position& at) { return {{"n", at.n}, {"c", at.c.hex()}}; }
const json kNowhere = {{"n", 0}, {"c", std::string(32, '0')}};

wire::BatchReader school_of(const json& entry, const SecretKey& secret) {
  return {public_key(secret), entry.contains("seed") ? &secret : nullptr};
}

}  // namespace

TEST_CASE("golden certificates are the identity's, and a device comes back with the proof told") {
  for (const auto& entry : golden_part("certificates")) {
    CAPTURE(text(entry, "name"));
    auto identity = key_of(entry["school"]);
    auto bytes = bytes_of(entry);
    auto read = wire::check_certificate(identity, bytes, text(entry, "signature"));
    REQUIRE(read);
    CHECK(read->person.hex() == entry["person"]);
    CHECK(read->computer == entry["computer"]);
    CHECK(read->key == key_of(entry["key"]));
    CHECK(read->role == entry["role"]);
    json classes = json::array();
    for (const auto& one : read->classes) classes.push_back(one.hex());
    CHECK(classes == entry["classes"]);
    CHECK(!wire::check_certificate(identity, bytes + " ", text(entry, "signature")));
    CHECK(!wire::check_certificate(read->key, bytes, text(entry, "signature")));
    auto message = wire::return_message(identity, bytes);
    CHECK(to_hex(sign(secret_of(entry["seed"]), as_bytes(message))) == text(entry, "proof"));
  }
}

TEST_CASE("golden introductions are opened by the school alone") {
  for (const auto& entry : golden_part("introductions")) {
    CAPTURE(text(entry, "name"));
    auto secret = secret_of(entry["seed"]);
    auto read = wire::open_introduction(bytes_of(entry), secret);
    REQUIRE(read);
    auto again = wire::seal(*read, public_key(secret));
    REQUIRE(again);
    auto reread = wire::open_introduction(*again, secret);
    REQUIRE(reread);
    const auto& wanted = entry["content"];
    for (const auto& one : {*read, *reread}) {
      CHECK(one.card == wanted["card"]);
      CHECK(one.pin == wanted["pin"]);
      CHECK(one.pin_kind == wanted["pin_kind"]);
      CHECK(one.pin_hash == text(wanted, "pin_hash"));
      CHECK(one.key == key_of(wanted["key"]));
      CHECK(one.computer == wanted["computer"]);
      CHECK(one.computer_name == text(wanted, "computer_name"));
      CHECK(one.token_hash == wanted["token"]);
    }
  }
  check_refused("not_introductions", [](const json& entry, const std::string& bytes) {
    return wire::open_introduction(bytes, secret_of(entry["seed"]));
  });
}

TEST_CASE("golden batches are read as what they say, and what is none is refused for the reason told") {
  for (const auto& entry : golden_part("batches")) {
    CAPTURE(text(entry, "name"));
    auto secret = secret_of(entry["seed"]);
    auto bytes = bytes_of(entry);
    auto read = wire::decode_batch(bytes, school_of(entry, secret));
    REQUIRE(read);
    CHECK(read->batch.person.hex() == entry["person"]);
    CHECK(read->batch.replica.hex() == entry["replica"]);
    CHECK(read->batch.round == entry["round"]);
    CHECK(position(read->batch.before) == entry["before"]);
    CHECK(hexes(read->batch.ids) == entry["ids"]);
    CHECK(read->batch.ops.size() == read->batch.ids.size());
    CHECK(read->certificate.key == key_of(entry["key"]));
    CHECK(read->introduction.has_value() == entry["introduced"]);
    auto ids = wire::read_batch_ids(bytes);
    REQUIRE(ids);
    CHECK(*ids == read->batch.ids);
  }
  check_refused("not_batches", [](const json& entry, const std::string& bytes) {
    auto secret = secret_of(entry["seed"]);
    return wire::decode_batch(bytes, school_of(entry, secret));
  });
}

TEST_CASE("golden acknowledgements are read as what they say, and believed by their signature alone") {
  for (const auto& entry : golden_part("acknowledgements")) {
    CAPTURE(text(entry, "name"));
    auto read = wire::decode_acknowledgement(bytes_of(entry), key_of(entry["school"]));
    REQUIRE(read);
    const auto& header = entry["header"];
    CHECK(read->replica.hex() == header["replica"]);
    CHECK(read->round == header["round"]);
    CHECK(position(read->before) == header.value("before", kNowhere));
    CHECK(position(read->end) == header.value("end", kNowhere));
    CHECK(position(read->at) == header.value("at", kNowhere));
    CHECK(read->now_ms == header["now"]);
    CHECK(read->certificate == text(header, "certificate"));
    CHECK(read->certificate_signature == text(header, "certified"));
    json refused = json::array();
    for (const auto& one : read->refused)
      refused.push_back({{"n", one.n}, {"code", one.code}, {"sentence", one.sentence}});
    CHECK(refused == header.value("refused", json::array()));
  }
  check_refused("not_acknowledgements", [](const json& entry, const std::string& bytes) {
    return wire::decode_acknowledgement(bytes, key_of(entry["school"]));
  });
}

TEST_CASE("golden readings, news and problems are read as what they say, also when they were written again") {
  for (const auto& entry : golden_part("readings")) {
    auto first = wire::decode_reading(bytes_of(entry));
    REQUIRE(first);
    auto again = wire::decode_reading(wire::encode(*first));
    REQUIRE(again);
    for (const auto& one : {*first, *again}) {
      CHECK(one.round == entry["header"]["round"]);
      CHECK(one.certificate == text(entry["header"], "certificate"));
      CHECK(one.certificate_signature == text(entry["header"], "certified"));
      CHECK(one.asked.replica.hex() == entry["asked"]["replica"]);
      REQUIRE(one.asked.cursors.size() == entry["asked"]["cursors"].size());
      CHECK(one.asked.cursors[1].whole);
    }
  }
  for (const auto& entry : golden_part("news")) {
    auto first = wire::decode_news(bytes_of(entry));
    REQUIRE(first);
    auto again = wire::decode_news(wire::encode(*first));
    REQUIRE(again);
    for (const auto& one : {*first, *again}) {
      CHECK(one.round == entry["header"]["round"]);
      CHECK(one.asked.cursors.front().seq == entry["asked"]["cursors"][0]["seq"]);
      CHECK(one.reply.granted.front().stream == entry["reply"]["granted"][0]["s"]);
      CHECK(json(one.reply.ended) == entry["reply"]["ended"]);
      CHECK(one.reply.more);
      REQUIRE(one.reply.pages.size() == 1);
      CHECK(one.reply.pages.front().seq == entry["reply"]["streams"][0]["seq"]);
      CHECK(hexes({record::op_id(one.reply.pages.front().bodies.front())}) == entry["lines"]);
    }
  }
  for (const auto& entry : golden_part("problems")) {
    auto read = wire::decode_problem(bytes_of(entry));
    REQUIRE(read);
    CHECK(read->n == entry["n"]);
    CHECK(read->code == entry["code"]);
    auto again = wire::decode_problem(wire::encode(*read));
    REQUIRE(again);
    CHECK(again->n == read->n);
    CHECK(again->letters.has_value() == entry.contains("letters"));
    for (const auto& one : {*read, *again}) {
      if (!one.letters) continue;
      CHECK(one.letters->replica.hex() == entry["letters"]["replica"]);
      CHECK(one.letters->end.n == entry["letters"]["end"]["n"]);
      CHECK(one.letters->end.c.hex() == entry["letters"]["end"]["c"]);
      CHECK(json(one.letters->here) == entry["letters"].value("here", json::array()));
    }
  }
  check_refused("not_readings",
                [](const json&, const std::string& bytes) { return wire::decode_reading(bytes); });
  check_refused("not_news", [](const json&, const std::string& bytes) { return wire::decode_news(bytes); });
  CHECK(!wire::decode_problem(R"({"v":1,"n":-1,"code":"invalid"})"
                              "\n"));
}

TEST_CASE("golden pieces and lists of files are read as what they say, also when they were written again") {
  for (const auto& entry : golden_part("pieces")) {
    CAPTURE(text(entry, "name"));
    auto first = wire::decode_piece(bytes_of(entry));
    REQUIRE(first);
    auto again = wire::decode_piece(wire::encode(*first));
    REQUIRE(again);
    const auto& header = entry["header"];
    for (const auto& one : {*first, *again}) {
      CHECK(one.stream == header["s"]);
      CHECK(one.hash == header["file"]);
      CHECK(one.mime == text(header, "mime"));
      CHECK(one.from == header["from"]);
      CHECK(one.total == header["total"]);
      CHECK(one.bytes.size() == entry["size"]);
      CHECK(bytes_of(entry).ends_with(one.bytes));
    }
  }
  for (const auto& entry : golden_part("files")) {
    auto first = wire::decode_files(bytes_of(entry));
    REQUIRE(first);
    auto again = wire::decode_files(wire::encode(*first));
    REQUIRE(again);
    const auto& header = entry["header"];
    for (const auto& one : {*first, *again}) {
      CHECK(one.round == header["round"]);
      CHECK(one.replica == header["replica"]);
      REQUIRE(one.streams.size() == header["streams"].size());
      for (std::size_t i = 0; i < one.streams.size(); i++) {
        CHECK(one.streams[i].stream == header["streams"][i]["s"]);
        CHECK(json(one.streams[i].has) == header["streams"][i].value("has", json::array()));
        CHECK(json(one.streams[i].lacks) == header["streams"][i].value("lacks", json::array()));
      }
    }
  }
  check_refused("not_pieces",
                [](const json&, const std::string& bytes) { return wire::decode_piece(bytes); });
  check_refused("not_files", [](const json&, const std::string& bytes) { return wire::decode_files(bytes); });
}

TEST_CASE("a piece of a file has 4 MiB and no byte more, and a file 20 MiB") {
  const std::string hash(64, 'a');
  wire::CarriedPiece piece{"school", hash, "", 0, wire::carried_file_bytes_max, ""};
  piece.bytes.assign(wire::carried_piece_bytes_max, 'x');
  CHECK(wire::decode_piece(wire::encode(piece)));
  piece.bytes += 'x';
  CHECK(wire::decode_piece(wire::encode(piece)).error().code == Code::too_large);
  piece.bytes = "x";
  piece.total++;
  CHECK(wire::decode_piece(wire::encode(piece)).error().code == Code::too_large);
}

TEST_CASE("golden bundles are opened as far as they go, and what is none is refused for the reason told") {
  for (const auto& entry : golden_part("bundles")) {
    CAPTURE(text(entry, "name"));
    auto reader = secret_of(entry["seed"]);
    auto bytes = bytes_of(entry);
    CHECK(wire::bundle_reader(bytes).value() == public_key(reader));
    auto bundle = wire::open_bundle(bytes, reader);
    REQUIRE(bundle);
    CHECK(bundle->writer == key_of(entry["writer"]));
    CHECK(bundle->whole == entry["whole"]);
    REQUIRE(bundle->items.size() == entry["items"].size());
    for (std::size_t i = 0; i < bundle->items.size(); i++) {
      const auto& wanted = entry["items"][i];
      CHECK(bundle->items[i].kind == wanted["kind"]);
      CHECK(bundle->items[i].body == (wanted.contains("file") ? bytes_of(wanted) : text(wanted, "text")));
    }
  }
  check_refused("not_bundles", [](const json& entry, const std::string& bytes) {
    return wire::open_bundle(bytes, secret_of(entry["seed"]));
  });
}

TEST_CASE("golden starters open with a card of theirs and with no other, also when they were written again") {
  for (const auto& entry : golden_part("starters")) {
    CAPTURE(text(entry, "name"));
    const auto bytes = bytes_of(entry);
    auto head = wire::read_starter(bytes);
    REQUIRE(head);
    CHECK(head->school == entry["school"]);
    CHECK(head->class_title == entry["class"]);
    std::vector<wire::SealedEntry> again;
    std::vector<std::string> news;
    for (const auto& student : entry["students"]) {
      auto opened = wire::open_starter(*head, text(student, "card"));
      REQUIRE(opened);
      CHECK(opened->whole == entry["whole"]);
      const auto& wanted = student["entry"];
      CHECK(opened->entry.person.hex() == wanted["person"]);
      CHECK(opened->entry.given == wanted["given"]);
      CHECK(opened->entry.new_pin == wanted["new_pin"]);
      CHECK(opened->entry.pin_kind == wanted["pin_kind"]);
      CHECK(opened->entry.identity == key_of(wanted["identity"]));
      CHECK(json(opened->entry.addresses) == wanted["addresses"]);
      REQUIRE(opened->entry.grants.size() == wanted["granted"].size());
      CHECK(opened->entry.grants[1].access.hex() == wanted["granted"][1]["access"]);
      REQUIRE(opened->news.size() == entry["news"].size());
      for (std::size_t i = 0; i < opened->news.size(); i++)
        CHECK(opened->news[i] == golden_file(entry["news"][i].get<std::string>()));
      again.push_back({opened->entry, text(student, "card")});
      news = opened->news;
    }
    CHECK(wire::open_starter(*head, text(entry, "not_card")).error().code == Code::card_unknown);
    auto written = wire::make_starter(head->school, head->class_title, head->salt, again, news);
    REQUIRE(written);
    auto back = wire::open_starter(wire::read_starter(*written).value(), again.back().card);
    REQUIRE(back);
    CHECK(back->whole);
    CHECK(back->entry.person == again.back().entry.person);
    CHECK(back->news == news);
  }
  check_refused("not_starters",
                [](const json&, const std::string& bytes) { return wire::read_starter(bytes); });
}

TEST_CASE("a starter is for 200 students and no one more, and has 64 MiB and no byte more") {
  const std::string salt(32, '0');
  std::string entries;
  for (int i = 0; i < 200; i++) entries += i == 0 ? "\"AA\"" : ",\"AA\"";
  auto file = [&](const std::string& list) {
    return R"(waymark starter 1)"
           "\n"
           R"({"v":1,"school":"Alder Creek","salt":")" +
           salt + R"(","entries":[)" + list + "]}\n";
  };
  CHECK(wire::read_starter(file(entries))->entries.size() == 200);
  CHECK(wire::read_starter(file(entries + ",\"AA\"")).error().code == Code::too_large);
  CHECK(wire::make_starter("", "", salt, std::vector<wire::SealedEntry>(201), {}).error().code ==
        Code::too_large);
  auto large = file(entries);
  large.resize(wire::starter_bytes_max, 'x');
  CHECK(wire::read_starter(large));
  CHECK(wire::read_starter(large + 'x').error().code == Code::too_large);
  CHECK(wire::make_starter("", "", "00", {{}}, {}).error().code == Code::malformed);
}

TEST_CASE("golden packed bodies give the texts told, and lists of ids are read") {
  for (const auto& entry : golden_part("packed")) {
    CAPTURE(text(entry, "name"));
    auto plain = golden_file(text(entry, "text"));
    CHECK(wire::unpack(bytes_of(entry), wire::message_bytes_max).value() == plain);
    for (bool marked : {false, true})
      CHECK(wire::unpack(wire::pack(plain, marked), wire::message_bytes_max).value() == plain);
  }
  for (const auto& entry : golden_part("not_packed")) {
    CAPTURE(text(entry, "hex"));
    auto bytes = from_hex(text(entry, "hex")).value();
    auto text_of = wire::unpack(as_text(bytes), wire::message_bytes_max);
    REQUIRE(!text_of);
    CHECK(name(text_of.error().code) == text(entry, "code"));
  }
  for (const auto& entry : golden_part("haves")) {
    auto ids = wire::decode_have(bytes_of(entry));
    REQUIRE(ids);
    CHECK(hexes(*ids) == entry["ids"]);
    CHECK(wire::decode_have(wire::encode_have(*ids)).value() == *ids);
  }
}

TEST_CASE("an item of a bundle has 5 MiB and no byte more") {
  SecretKey reader, writer;
  writer.seed.fill(1);
  std::string body(wire::bundle_item_bytes_max - 1, 'x');
  auto sealed = wire::seal_bundle(public_key(reader), writer, {{wire::news_item, body}});
  REQUIRE(sealed);
  CHECK(wire::open_bundle(*sealed, reader)->items.front().body == body);
  body += 'x';
  CHECK(wire::seal_bundle(public_key(reader), writer, {{wire::news_item, body}}).error().code ==
        Code::too_large);
}

TEST_CASE("a bundle has 64 MiB and no byte more") {
  SecretKey reader, writer;
  writer.seed.fill(1);
  const auto empty = wire::seal_bundle(public_key(reader), writer, {})->size();
  constexpr std::size_t frame = 4 + sealed_extra_bytes + 1;  // of an item beyond its body
  auto left = wire::bundle_bytes_max - empty;
  std::vector<wire::BundleItem> items;
  for (; left > 8 * 1024 * 1024; left -= 4 * 1024 * 1024 + frame)
    items.push_back({wire::batch_item, std::string(4 * 1024 * 1024, 'x')});
  items.push_back({wire::batch_item, std::string(left / 2 - frame, 'x')});
  items.push_back({wire::batch_item, std::string(left - left / 2 - frame, 'x')});
  auto sealed = wire::seal_bundle(public_key(reader), writer, items);
  REQUIRE(sealed);
  REQUIRE(sealed->size() == wire::bundle_bytes_max);
  CHECK(wire::open_bundle(*sealed, reader)->whole);
  CHECK(wire::open_bundle(*sealed + 'x', reader).error().code == Code::too_large);
  items.back().body += 'x';
  CHECK(wire::seal_bundle(public_key(reader), writer, items).error().code == Code::too_large);
}
