// The school's word that a stream has grown, heard at once over one open reply. Nothing depends on it: where
// the stream does not come through, what is new is found at the next exchange. A lost stream is opened again,
// later each time; the school tells then how all streams end, so that nothing is missed in between.
#pragma once

#include <optional>
#include <string>

#include "client/app/connection.hpp"
#include "shared/base/seams.hpp"
#include "shared/wire/events.hpp"

namespace waymark::app {

class Listening {
 public:
  using Heads = wire::Heads;

  Listening(Connection& connection, Clock& clock, Random& random)
      : connection_(connection), clock_(clock), random_(random) {}
  ~Listening() { stop(); }
  Listening(const Listening&) = delete;

  // Opens the stream when it is time.
  void tick(const std::string& token);
  void stop();
  // Nothing while it is open.
  std::optional<std::int64_t> due_ms() const;
  // What was told since the last call: a stream, and where it ends.
  Heads take_told() { return std::exchange(told_, {}); }

 private:
  void on_piece(std::string_view piece);
  void lost(const Error& error, std::int64_t retry_after_ms);

  Connection& connection_;
  Clock& clock_;
  Random& random_;
  std::uint64_t ticket_ = 0;
  std::int64_t due_ms_ = 0, opened_ms_ = 0;
  int failures_ = 0;
  wire::EventReader reader_;
  Heads told_;
};

}  // namespace waymark::app
