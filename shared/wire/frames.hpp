// Messages of an encrypted stream one after the other in a file, each behind its length. For this room's own
// files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/base/sealed_stream.hpp"

namespace waymark::wire {

inline void add_frame(std::string& out, const Bytes& sealed) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((sealed.size() >> shift) & 0xFF);
  out += as_text(sealed);
}

// The next frame's bytes; empty where the file ends before it does, or it is longer than may be.
inline std::string_view take_frame(std::string_view& rest, std::size_t bytes_max) {
  if (rest.size() < 4) return {};
  std::size_t size = 0;
  for (std::size_t i = 0; i < 4; i++) size = size << 8 | static_cast<std::uint8_t>(rest[i]);
  if (size > bytes_max + sealed_extra_bytes || size > rest.size() - 4) return {};
  auto frame = rest.substr(4, size);
  rest.remove_prefix(4 + size);
  return frame;
}

}  // namespace waymark::wire
