#include <algorithm>

#include <doctest/doctest.h>

#include "shared/record/chain.hpp"
#include "shared/record/merge.hpp"
#include "shared/record/op.hpp"

using namespace waymark;
using namespace waymark::record;

namespace {

template <class AnyId>
AnyId some_id(std::uint8_t n) {
  AnyId id;
  id.bytes.fill(n);
  return id;
}

Op example() {
  Op op;
  op.stream = "person:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a";
  op.kind = "goal";
  op.record = some_id<RecordId>(0x0b);
  op.fields = {{"want", "ask better \"questions\"\n"}, {"archived", false}, {"order", 7}};
  op.author = some_id<PersonId>(0x0a);
  op.replica = some_id<ReplicaId>(0x0c);
  op.time_ms = 1795000000000;
  op.salt = {1, 2, 3, 4, 5, 6, 7, 8};
  return op;
}

Link link(std::uint8_t id, std::vector<std::uint8_t> base, std::vector<std::string> names,
          bool accepted = true) {
  Link link{some_id<OpId>(id), {}, std::move(names), accepted};
  for (auto b : base) link.base.push_back(some_id<OpId>(b));
  return link;
}

}  // namespace

TEST_CASE("an op has one canonical form and its id is that form's hash") {
  auto bytes = canonical(example());
  CHECK(bytes ==
        R"({"author":"0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a","base":[],"fields":{"archived":false,"order":7,)"
        R"("want":"ask better \"questions\"\n"},"kind":"goal","record":"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",)"
        R"("replica":"0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c","salt":"0102030405060708",)"
        R"("stream":"person:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a","time":1795000000000,"v":1})");
  CHECK(parse_op(bytes).value() == example());
  Op other = example();
  other.salt[0] = 9;
  CHECK(op_id(example()) != op_id(other));
}

TEST_CASE("an op's replica is told without reading the op, whatever its texts say") {
  auto op = example();
  op.fields["want"] = R"(a","replica":"0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d","salt":"0102030405060708)";
  CHECK(replica_of(canonical(op)).value() == some_id<ReplicaId>(0x0c));
  CHECK(replica_of("").error().code == Code::malformed);
  CHECK(replica_of(R"({"a":"b","replica":"0c0c)").error().code == Code::malformed);
}

TEST_CASE("bytes that are not exactly canonical are no op") {
  auto bytes = canonical(example());
  auto with = [&](std::string_view from, std::string_view to) {
    std::string changed = bytes;
    changed.replace(changed.find(from), from.size(), to);
    return parse_op(changed);
  };
  CHECK(with("[]", "[ ]").error().code == Code::malformed);              // white space
  CHECK(with("7", "7.0").error().code == Code::malformed);               // a decimal
  CHECK(with("7", "07").error().code == Code::malformed);                // a leading zero
  CHECK(with("7", "9007199254740992").error().code == Code::malformed);  // 2^53
  CHECK(with("7", "9007199254740991").has_value());
  CHECK(with("7", "[[1]]").error().code == Code::too_deep);
  CHECK(with("7", "{\"a\":1}").error().code == Code::too_deep);
  CHECK(with("\"order\"", "\"archived\"").error().code == Code::malformed);  // a name twice
  CHECK(with("\"order\"", "\"Order\"").error().code == Code::malformed);
  CHECK(with("\\n", "\\u000a").error().code == Code::malformed);  // another escape
  CHECK(with("\\n", "\\ud800").error().code == Code::malformed);  // an unpaired surrogate
  CHECK(with("\\n", "\xff").error().code == Code::malformed);     // not UTF-8
  CHECK(with("ask", "\\u0001").has_value());
  CHECK(with("\"v\":1", "\"v\":2").error().code == Code::malformed);
  CHECK(parse_op(bytes + " ").error().code == Code::malformed);
  CHECK(parse_op("").error().code == Code::malformed);
}

TEST_CASE("an op has limits, and each holds at one more") {
  Op op = example();
  op.fields = {{"text", std::string(op_bytes_max, 'a')}};
  CHECK(parse_op(canonical(op)).error().code == Code::too_large);
  op.fields.clear();
  CHECK(check(op).error().code == Code::malformed);
  for (std::size_t i = 0; i <= op_fields_max; i++) op.fields["f" + std::to_string(i)] = 1;
  CHECK(check(op).error().code == Code::too_large);
  op.fields = {{"list", std::vector<Scalar>(array_items_max + 1)}};
  CHECK(check(op).error().code == Code::too_large);
  op.fields = {{"list", std::vector<Scalar>(array_items_max)}};
  CHECK(check(op).has_value());
  for (int i = 0; i < 257; i++) {
    OpId id;
    id.bytes[0] = static_cast<std::uint8_t>(i / 256);
    id.bytes[1] = static_cast<std::uint8_t>(i % 256);
    op.base.push_back(id);
  }
  CHECK(check(op).error().code == Code::too_large);
  op.base.pop_back();
  CHECK(check(op).has_value());
  std::swap(op.base[0], op.base[1]);
  CHECK(check(op).error().code == Code::malformed);
}

TEST_CASE("a stream is a word, or a word and an id") {
  CHECK(valid_stream("school"));
  CHECK(valid_stream("own:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"));
  CHECK_FALSE(valid_stream("own:"));
  CHECK_FALSE(valid_stream("own:../../etc/passwd"));
  CHECK_FALSE(valid_stream("Own:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"));
}

TEST_CASE("a stub keeps links and names, and no values") {
  Stub stub{some_id<OpId>(9), "school",           "goal",     some_id<RecordId>(1),
            {"a", "b"},       {some_id<OpId>(2)}, "forbidden"};
  CHECK(
      canonical(stub) ==
      R"({"base":["02020202020202020202020202020202"],"id":"09090909090909090909090909090909","kind":"goal",)"
      R"("names":["a","b"],"reason":"forbidden","record":"01010101010101010101010101010101","stream":"school","stub":1})");
  CHECK(parse_stub(canonical(stub)).value() == stub);
  CHECK_FALSE(parse_stub("{}"));
}

TEST_CASE("edits that saw each other leave one head, edits that did not leave two") {
  CHECK(heads(std::vector{link(1, {}, {"a"}), link(2, {1}, {"a"})}) == HeadSets{{"a", {some_id<OpId>(2)}}});
  CHECK(heads(std::vector{link(1, {}, {"a"}), link(2, {1}, {"a"}), link(3, {1}, {"a"})}) ==
        HeadSets{{"a", {some_id<OpId>(2), some_id<OpId>(3)}}});
  // Resolved by an op based on both.
  CHECK(heads(std::vector{link(1, {}, {"a"}), link(2, {1}, {"a"}), link(3, {1}, {"a"}),
                          link(4, {2, 3}, {"a"})}) == HeadSets{{"a", {some_id<OpId>(4)}}});
}

TEST_CASE("a field's heads are reached through ops that do not set it, and through stubs") {
  CHECK(heads(std::vector{link(1, {}, {"a"}), link(2, {1}, {"b"}), link(3, {2}, {"a"})}) ==
        HeadSets{{"a", {some_id<OpId>(3)}}, {"b", {some_id<OpId>(2)}}});
  CHECK(heads(std::vector{link(1, {}, {"a"}), link(2, {1}, {"a"}, false), link(3, {2}, {"a"})}) ==
        HeadSets{{"a", {some_id<OpId>(3)}}});
  // A rejected last edit brings its predecessor back.
  CHECK(heads(std::vector{link(1, {}, {"a"}), link(2, {1}, {"a"}, false)}) ==
        HeadSets{{"a", {some_id<OpId>(1)}}});
}

TEST_CASE("a missing base delays nothing and its arrival heals the heads") {
  std::vector links{link(1, {}, {"a"}), link(3, {2}, {"a"})};
  CHECK(heads(links) == HeadSets{{"a", {some_id<OpId>(1), some_id<OpId>(3)}}});
  links.push_back(link(2, {1}, {"a"}));
  CHECK(heads(links) == HeadSets{{"a", {some_id<OpId>(3)}}});
}

TEST_CASE("heads do not depend on the order of ops") {
  SeededRandom random(11);
  for (int round = 0; round < 200; round++) {
    std::vector<Link> links;
    for (std::uint8_t i = 1; i <= 12; i++) {
      std::vector<std::uint8_t> base;
      for (std::uint8_t b = 1; b < i; b++)
        if (random.below(4) == 0) base.push_back(b);
      std::vector<std::string> names;
      if (random.below(2)) names.push_back("a");
      if (names.empty() || random.below(2)) names.push_back("b");
      links.push_back(link(i, base, names, random.below(6) != 0));
    }
    auto expected = heads(links);
    for (int i = 0; i < 5; i++) {
      for (std::size_t k = links.size() - 1; k > 0; k--) std::swap(links[k], links[random.below(k + 1)]);
      CHECK(heads(links) == expected);
    }
  }
}

TEST_CASE("a digest is the sum of ids with its carry, whatever the order") {
  Digest a, b;
  OpId x = OpId::parse("00000000000000000000000000000001").value();
  OpId y = OpId::parse("0000000000000000ffffffffffffffff").value();
  OpId z = OpId::parse("ffffffffffffffffffffffffffffffff").value();
  a.add(x), a.add(y);
  CHECK(a.hex() == "00000000000000010000000000000000");
  a.add(z);
  b.add(z), b.add(y), b.add(x);
  CHECK(a == b);
  CHECK(a.hex() == "0000000000000000ffffffffffffffff");
  CHECK(Digest::parse(3, a.hex()).value() == a);
}

TEST_CASE("a chain tells two histories of equal length apart") {
  Position start;
  auto ab = next(next(start, some_id<OpId>(1)), some_id<OpId>(2));
  auto ba = next(next(start, some_id<OpId>(2)), some_id<OpId>(1));
  CHECK(ab.n == 2);
  CHECK(ba.n == 2);
  CHECK(ab.c != ba.c);
  // SHA-256 of 16 zero bytes and 16 bytes 01, first half (sha256sum).
  CHECK(next(start, some_id<OpId>(1)).c.hex() == "0e35a53871304db5962bedd5562462cf");
}
