// The seams through which time and randomness come in. Everything that decides something takes these, so that
// a test or the simulator can be the world.
#pragma once

#include <cstdint>
#include <span>

#include "shared/base/bytes.hpp"

namespace waymark {

class Clock {
 public:
  virtual ~Clock() = default;
  // Wall clock, milliseconds since 1970-01-01 UTC. May jump either way: decides nothing but display and ties.
  virtual std::int64_t now_ms() = 0;
  // Never goes back while the process lives; its zero means nothing.
  virtual std::int64_t steady_ms() = 0;
};

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> bytes) = 0;

  std::uint64_t u64() {
    std::uint64_t value;
    fill({reinterpret_cast<std::uint8_t*>(&value), sizeof value});
    return value;
  }
  // Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound) { return u64() % bound; }
  template <class AnyId>
  AnyId id() {
    AnyId id;
    fill(id.bytes);
    return id;
  }
};

// The machine's own.
class SystemClock final : public Clock {
 public:
  std::int64_t now_ms() override;
  std::int64_t steady_ms() override;
};
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override;
};

// A clock that stands until it is moved, and a generator that repeats itself from a seed (SplitMix64): for
// tests and the simulator. Never for keys.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(std::int64_t now_ms = 1'795'000'000'000) : now_(now_ms) {}
  std::int64_t now_ms() override { return now_; }
  std::int64_t steady_ms() override { return steady_; }
  void advance_ms(std::int64_t by) { now_ += by, steady_ += by; }
  void set_ms(std::int64_t now) { now_ = now; }

 private:
  std::int64_t now_, steady_ = 0;
};
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> bytes) override;

 private:
  std::uint64_t next();
  std::uint64_t state_;
};

}  // namespace waymark
