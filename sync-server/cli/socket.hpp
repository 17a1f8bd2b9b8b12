// The socket in the data directory over which commands reach the server that has it: one line of JSON each
// way. Only the directory's owner may open it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "shared/base/result.hpp"

namespace waymark::server::cli {

inline constexpr std::size_t command_bytes_max = 1024 * 1024;
inline constexpr std::size_t command_reply_bytes_max = 64 * 1024 * 1024;

class CommandSocket {
 public:
  // answer is called on the socket's own thread, one line at a time.
  static Result<std::unique_ptr<CommandSocket>> open(const std::string& data,
                                                     std::function<std::string(const std::string&)> answer);
  ~CommandSocket();  // finishes the command it is at

 private:
  CommandSocket();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The answer of the server that has the directory; nothing when none listens there.
Result<std::optional<std::string>> ask_server(const std::string& data, const std::string& line);

}  // namespace waymark::server::cli
