// Counters that net keeps and /metrics shows. Numbers only, of nobody in particular.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace waymark::http {

struct Metrics {
  std::array<std::atomic<std::int64_t>, 6> answered{};  // by the first digit of the status
  std::atomic<std::int64_t> connections{0}, connections_ever{0}, connections_refused{0};
  std::atomic<std::int64_t> listeners{0};  // answers that go on, open now
  std::atomic<std::int64_t> bytes_in{0}, bytes_out{0};
  std::atomic<std::int64_t> handling{0};     // requests waiting for a handler or in one
  std::atomic<std::int64_t> handled_us{0};   // time spent in handlers, all together
  std::atomic<std::int64_t> turned_away{0};  // asked to come later, for too many waited
  std::atomic<std::int64_t> timed_out{0}, malformed{0};
};

}  // namespace waymark::http
