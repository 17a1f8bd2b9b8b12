// Merging as a function of the set of ops: which ops are a field's heads, and which head is displayed. Order
// of arrival, repetition, route and clocks cannot change the outcome.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "shared/record/op.hpp"

namespace waymark::record {

// What merging needs of an op or a stub of one record.
struct Link {
  OpId id;
  std::vector<OpId> base;
  std::vector<std::string> names;  // of the fields it sets
  bool accepted = true;            // false: a stub, which links but is never a head
};

Link link_of(const Op& op, const OpId& id);
Link link_of(const Stub& stub);

// The heads of every field of one record: the accepted ops that set it and that no other accepted op setting
// it reaches through base links. `links` are all known ops of the record, in any order, each once; a base
// that is not among them leads nowhere. Heads come sorted by id.
using HeadSets = std::map<std::string, std::vector<OpId>, std::less<>>;
HeadSets heads(std::span<const Link> links);

// Of two heads, is `a` displayed rather than `b`: the later time, then the greater id.
inline bool displayed_before(std::int64_t time_a, const OpId& a, std::int64_t time_b, const OpId& b) {
  return time_a != time_b ? time_a > time_b : a > b;
}

// The sum of ids modulo 2^128 and their number: equal sets have equal digests.
struct Digest {
  std::uint64_t count = 0;
  std::uint64_t high = 0, low = 0;
  void add(const OpId& id);
  bool operator==(const Digest&) const = default;
  std::string hex() const;  // 32 digits of the sum
  static Result<Digest> parse(std::uint64_t count, std::string_view hex);
};

}  // namespace waymark::record
