#include "shared/base/seams.hpp"

#include <chrono>

#include <sodium.h>

namespace waymark {

std::int64_t SystemClock::now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}
std::int64_t SystemClock::steady_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}
void SystemRandom::fill(std::span<std::uint8_t> bytes) { randombytes_buf(bytes.data(), bytes.size()); }

std::uint64_t SeededRandom::next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
void SeededRandom::fill(std::span<std::uint8_t> bytes) {
  std::size_t i = 0;
  while (i < bytes.size()) {
    std::uint64_t value = next();
    for (int k = 0; k < 8 && i < bytes.size(); k++, value >>= 8)
      bytes[i++] = static_cast<std::uint8_t>(value);
  }
}

}  // namespace waymark
