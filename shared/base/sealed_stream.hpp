// A long stream of bytes, encrypted and authenticated in pieces, so that a backup of any size is written and
// read in little memory, and neither a changed byte nor a missing end goes unnoticed.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "shared/base/bytes.hpp"

namespace waymark {

inline constexpr std::size_t sealed_piece_bytes = 64 * 1024;  // of plain bytes; the last has fewer
inline constexpr std::size_t sealed_extra_bytes = 17;         // that each piece grows by
inline constexpr std::size_t sealed_header_bytes = 24;
using StreamKey = std::array<std::uint8_t, 32>;

class StreamSealer {
 public:
  explicit StreamSealer(const StreamKey& key);
  ~StreamSealer();
  ByteView header() const { return header_; }
  Bytes seal(ByteView piece, bool last);

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::array<std::uint8_t, sealed_header_bytes> header_;
};

class StreamOpener {
 public:
  StreamOpener(const StreamKey& key, ByteView header);
  ~StreamOpener();
  // `malformed` when it is not the next piece of this stream under this key.
  Result<Bytes> open(ByteView piece, bool& last);

 private:
  struct State;
  std::unique_ptr<State> state_;
  bool sound_ = false;
};

}  // namespace waymark
