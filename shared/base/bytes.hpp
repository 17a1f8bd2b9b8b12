// Bytes, hexadecimal and base64url, and the 16-byte identifiers. Distinct things have distinct id types, so
// that a stream's record id is never passed where a person's is wanted.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.hpp"

namespace waymark {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Lower-case hexadecimal.
std::string to_hex(ByteView bytes);
// Only lower-case digits of an even count are accepted; else `malformed`.
Result<Bytes> from_hex(std::string_view text);
// The same for as many bytes as `out` has; false, and `out` is anything, for every other text.
bool read_hex(std::string_view text, std::span<std::uint8_t> out);
// RFC 4648 section 5, without padding.
std::string to_base64url(ByteView bytes);
Result<Bytes> from_base64url(std::string_view text);
// RFC 4648 section 4, with padding (what curl's pins want).
std::string to_base64(ByteView bytes);

// A 16-byte identifier; zero means "none".
template <class Tag>
struct Id {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Id&) const = default;
  bool operator==(const Id&) const = default;
  bool is_zero() const { return *this == Id{}; }
  ByteView view() const { return {bytes.data(), bytes.size()}; }
  std::string hex() const { return to_hex(view()); }

  static Id from(ByteView source) {  // the first 16 bytes; shorter sources are filled with zeros
    Id id;
    // memcpy must not be given null, not even for nothing.
    if (!source.empty()) std::memcpy(id.bytes.data(), source.data(), source.size() < 16 ? source.size() : 16);
    return id;
  }
  // Exactly 32 lower-case hexadecimal digits, else `malformed`.
  static Result<Id> parse(std::string_view text) {
    if (text.size() != 32) return Error{Code::malformed, "an id has 32 hexadecimal digits"};
    Id id;
    if (!read_hex(text, id.bytes)) return Error{Code::malformed, "not lower-case hexadecimal"};
    return id;
  }
};

using OpId = Id<struct OpTag>;
using RecordId = Id<struct RecordTag>;
using PersonId = Id<struct PersonTag>;
using ReplicaId = Id<struct ReplicaTag>;
using FeedId = Id<struct FeedTag>;
using AccessId = Id<struct AccessTag>;       // one grant of a stream to a person
using SegmentToken = Id<struct SegmentTag>;  // one writer's time in a database: 8 random bytes, then zeros
using ClassId = Id<struct ClassTag>;

// Any id as another; for the few places where one thing's id is another's by definition (an append-only
// record's id is its op's).
template <class To, class From>
To id_cast(const Id<From>& id) {
  To to;
  to.bytes = id.bytes;
  return to;
}

}  // namespace waymark

template <class Tag>
struct std::hash<waymark::Id<Tag>> {
  std::size_t operator()(const waymark::Id<Tag>& id) const noexcept {
    std::size_t value;
    std::memcpy(&value, id.bytes.data(), sizeof value);  // ids are hashes or random: any eight bytes will do
    return value;
  }
};
