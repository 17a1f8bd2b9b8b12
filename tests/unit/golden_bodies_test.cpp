// The golden files of the bodies of JSON, of the event stream and of how an erasure names files: what the
// independent client wrote is read, and written again as the same bytes.
#include <functional>
#include <map>

#include <doctest/doctest.h>

#include "shared/store/erase.hpp"
#include "shared/wire/bodies.hpp"
#include "shared/wire/events.hpp"
#include "shared/wire/joining.hpp"
#include "tests/support/golden.hpp"

using namespace waymark;
using namespace waymark::test;

namespace {

using Journey = std::function<Result<std::string>(const std::string&)>;

template <class Read, class Write>
Journey journey(Read read, Write write) {
  return [read, write](const std::string& bytes) -> Result<std::string> {
    auto value = read(bytes);
    if (!value) return value.error();
    return write(*value);
  };
}

// Every body of the protocol by the name that the index has for it. A hub's question is read in its own room.
const std::map<std::string, Journey>& journeys() {
  const auto answer = [](const auto& value) { return wire::encode_answer(value); };
  const auto names = [](const char* member) {
    return journey([member](const std::string& bytes) { return wire::decode_names(member, bytes); },
                   [member](const auto& value) { return wire::encode_names(member, value); });
  };
  static const std::map<std::string, Journey> all{
      {"hello", journey(wire::decode_hello, wire::encode_hello)},
      {"question", journey(wire::decode_join, wire::encode_join)},
      {"begun", journey(wire::decode_begun, answer)},
      {"computer_joined", journey(wire::decode_computer_joined, answer)},
      {"card_read", journey(wire::decode_card_read, answer)},
      {"signed_in", journey(wire::decode_signed_in, answer)},
      {"returned", journey(wire::decode_came_back, answer)},
      {"files", names("files")},
      {"parcels", names("parcels")},
      {"lacking", journey(wire::decode_names_answer,
                          [](const auto& value) { return wire::encode_lacking(value.lacking); })},
      {"parcel_news", journey(wire::decode_names_answer, wire::encode_parcel_news)}};
  return all;
}

}  // namespace

TEST_CASE("golden bodies are read, and written as the same bytes but for what this version does not know") {
  std::map<std::string, int> seen;
  for (const auto& entry : golden_part("bodies")) {
    CAPTURE(text(entry, "kind"));
    CAPTURE(text(entry, "name"));
    auto found = journeys().find(text(entry, "kind"));
    if (found == journeys().end()) continue;
    seen[found->first]++;
    auto written = found->second(bytes_of(entry));
    REQUIRE(written);
    CHECK(*written == (entry.contains("again") ? golden_file(text(entry, "again")) : bytes_of(entry)));
  }
  CHECK(seen.size() == journeys().size());
}

TEST_CASE("what is no golden body is refused for the reason told") {
  for (const auto& entry : golden_part("not_bodies")) {
    CAPTURE(text(entry, "kind"));
    CAPTURE(text(entry, "name"));
    auto found = journeys().find(text(entry, "kind"));
    if (found == journeys().end()) continue;
    auto written = found->second(bytes_of(entry));
    REQUIRE(!written);
    CHECK(name(written.error().code) == text(entry, "code"));
  }
}

TEST_CASE("the golden steps of joining prove what they should") {
  const std::string code = "0123456789ABCDEF";
  auto hello = wire::decode_hello(golden_file("bodies/hello/school.json")).value();
  auto begin = wire::decode_join(golden_file("bodies/question/begin.json")).value();
  auto begun = wire::decode_begun(golden_file("bodies/begun/begun.json")).value();
  auto finish = wire::decode_join(golden_file("bodies/question/finish.json")).value();
  auto back = std::get<wire::Return>(wire::decode_join(golden_file("bodies/question/return.json")).value());
  auto sign_in = wire::decode_join(golden_file("bodies/question/student.json")).value();
  auto identity = key_of(hello.identity);
  auto nonce = std::get<wire::JoinBegin>(begin).nonce;
  CHECK(begun.proof == wire::join_proof("school", code, identity, hello.spki, nonce, begun.nonce));
  CHECK(std::get<wire::JoinFinish>(finish).proof ==
        wire::join_proof("computer", code, identity, hello.spki, nonce, begun.nonce));
  CHECK(verify(std::get<wire::SignIn>(sign_in).device_key,
               as_bytes(wire::return_message(identity, back.certificate)), from_hex(back.proof).value()));
}

TEST_CASE("golden errors are read as the code and the detail told, and what is none is not") {
  for (const auto& entry : golden_part("errors")) {
    CAPTURE(text(entry, "name"));
    auto told = wire::decode_error(bytes_of(entry));
    REQUIRE(told);
    CHECK(told->code == entry["code"]);
    CHECK(told->detail == entry["detail"]);
  }
  for (const auto& entry : golden_part("not_errors")) {
    CAPTURE(text(entry, "why"));
    CHECK(!wire::decode_error(bytes_of(entry)));
  }
}

TEST_CASE("golden event streams tell the heads told, in pieces of any length") {
  for (const auto& entry : golden_part("event_streams")) {
    CAPTURE(text(entry, "name"));
    const auto bytes = bytes_of(entry);
    for (std::size_t size : {bytes.size(), std::size_t{7}, std::size_t{1}}) {
      wire::EventReader reader;
      wire::Heads heads;
      bool good = true;
      for (std::size_t at = 0; at < bytes.size() && good; at += size)
        good = reader.read(std::string_view(bytes).substr(at, size), heads);
      CHECK(good == !entry["heads"].is_null());
      if (good) CHECK(heads == entry["heads"].get<wire::Heads>());
    }
    if (!entry.value("written", false)) continue;
    std::string written;
    for (const auto& [stream, head] : entry["heads"].get<wire::Heads>())
      written += wire::encode_event(stream, head);
    CHECK(written == bytes);
  }
}

TEST_CASE("of 1,000 streams an event stream tells before they are asked for, and of no more") {
  wire::EventReader reader;
  wire::Heads heads;
  for (int i = 0; i <= 1000; i++) CHECK(reader.read(wire::encode_event("s" + std::to_string(i), 1), heads));
  CHECK(heads.size() == 1000);
  CHECK(reader.read(wire::encode_event("s5", 2), heads));
  CHECK(heads.at("s5") == 2);
}

TEST_CASE("golden marks of files are those by which an erasure names them") {
  for (const auto& entry : golden_part("file_marks"))
    CHECK(store::file_mark(text(entry, "s"), text(entry, "file")) == text(entry, "mark"));
  auto op = record::parse_op(golden_file("ops/erasure.json"));
  REQUIRE(op);
  CHECK(op->fields.at("files").texts().front() == golden_part("file_marks")[0]["mark"]);
}
