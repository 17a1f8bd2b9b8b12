// The op: one gesture of one person on one record, setting one or more of its fields, naming the ops it was
// based on. It is the unit of history. Its id is the hash of its canonical bytes, so no id can carry two
// contents, and every store recomputes it. docs/PROTOCOL.md is the normative text.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "shared/base/bytes.hpp"
#include "shared/base/seams.hpp"

namespace waymark::record {

// Limits of the format. An op beyond one of them is malformed and is stored nowhere.
inline constexpr std::size_t op_bytes_max = 512 * 1024;  // canonical bytes
inline constexpr std::size_t op_fields_max = 256;
inline constexpr std::size_t op_base_max = 256;
inline constexpr std::size_t array_items_max = 1024;
inline constexpr std::size_t name_bytes_max = 64;
inline constexpr std::int64_t integer_max = (std::int64_t{1} << 53) - 1;

using Scalar = std::variant<std::monostate, bool, std::int64_t, std::string>;
// null, boolean, integer with |x| < 2^53, string, or an array of those. Decimals are strings.
struct Value {
  std::variant<std::monostate, bool, std::int64_t, std::string, std::vector<Scalar>> data;

  Value() = default;
  Value(bool b) : data(b) {}
  Value(std::int64_t i) : data(i) {}
  Value(int i) : data(std::int64_t{i}) {}
  Value(std::string s) : data(std::move(s)) {}
  Value(std::string_view s) : data(std::string(s)) {}
  Value(const char* s) : data(std::string(s)) {}
  Value(std::vector<Scalar> a) : data(std::move(a)) {}
  explicit Value(const std::vector<std::string>& texts);
  bool operator==(const Value&) const = default;

  bool is_null() const { return data.index() == 0; }
  // The value if it is of that type, else the other.
  std::string text(std::string_view other = {}) const;
  std::int64_t integer(std::int64_t other = 0) const;
  bool boolean(bool other = false) const;
  std::vector<std::string> texts() const;  // the strings of an array
};

using Fields = std::map<std::string, Value, std::less<>>;

// A record is (stream, kind, id): the same id under another kind is another record.
struct RecordKey {
  std::string stream;
  std::string kind;
  RecordId id;
  auto operator<=>(const RecordKey&) const = default;
  bool operator==(const RecordKey&) const = default;
};

struct Op {
  std::string stream;
  std::string kind;
  RecordId record;
  Fields fields;
  std::vector<OpId> base;  // sorted, unique
  PersonId author;
  ReplicaId replica;
  std::int64_t time_ms = 0;  // wall clock of the author: display and ties only
  std::array<std::uint8_t, 8> salt{};
  bool operator==(const Op&) const = default;

  RecordKey key() const { return {stream, kind, record}; }
};

// A finally rejected or erased op, without its values: it links and counts, and is never a head.
struct Stub {
  OpId id;
  std::string stream;
  std::string kind;
  RecordId record;
  std::vector<std::string> names;  // of the fields it set, sorted
  std::vector<OpId> base;
  std::string reason;  // a Code's name
  bool operator==(const Stub&) const = default;
};

bool valid_name(std::string_view name);      // [a-z0-9_.]{1,64}
bool valid_stream(std::string_view stream);  // [a-z]+ or [a-z]+:[0-9a-f]{32}
// Every limit and rule of the format; `malformed`, `too_large`.
Status check(const Op& op);
// The same but for the values, for who has looked at them already.
Status check_frame(const Op& op);

// The bytes that are hashed: JSON without white space, names sorted by bytes, escapes as in RFC 8785.
std::string canonical(const Op& op);
OpId op_id(std::string_view canonical_bytes);
inline OpId op_id(const Op& op) { return op_id(canonical(op)); }
// Only exactly canonical bytes are an op: anything else is `malformed`, `too_large` or `too_deep`.
Result<Op> parse_op(std::string_view bytes);
// Of canonical bytes, without reading the rest of them.
Result<ReplicaId> replica_of(std::string_view canonical_bytes);

std::string canonical(const Stub& stub);
Result<Stub> parse_stub(std::string_view bytes);

// A value alone, in the same form (for projections, exports and the command line).
std::string canonical(const Value& value);

}  // namespace waymark::record
