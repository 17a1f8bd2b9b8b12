// An event stream (server-sent events): which stream has grown, and where it ends now. Names and numbers, no
// content.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace waymark::wire {

inline constexpr std::size_t event_line_bytes_max = 4096;
inline constexpr std::size_t heads_max = 1000;  // streams that are told of before they are taken

using Heads = std::map<std::string, std::int64_t>;

std::string encode_event(std::string_view stream, std::int64_t head);

// Reads a stream as it comes, in pieces of any length. Lines and members that are not known are read over.
class EventReader {
 public:
  // Adds what the piece tells to `heads`, the greater number of each stream. False where a line has no end:
  // then this is no event stream.
  bool read(std::string_view piece, Heads& heads);
  void begin() { line_.clear(); }

 private:
  std::string line_;  // begun
};

}  // namespace waymark::wire
