// The headers that speak of a part of a file: content-range of what is sent, and range of what is asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "shared/base/result.hpp"

namespace waymark::http {

struct PieceRange {
  std::int64_t from = 0, total = 0;
};
// "bytes 0-99/1000" of a body of 100 bytes, "bytes */1000" of an empty one, which only asks, or nothing: then
// the body is the whole. Else `malformed`. Numbers have 15 digits at most.
Result<PieceRange> read_content_range(std::string_view text, std::size_t body_bytes);

struct ByteRange {
  std::int64_t from = 0, to = 0;  // `to` is the last byte
};
// "bytes=0-99" and "bytes=100-" of a file of `total` bytes. Anything else is none, and the whole file is the
// answer. `from` may lie beyond the file.
std::optional<ByteRange> read_range(std::string_view text, std::int64_t total);

}  // namespace waymark::http
