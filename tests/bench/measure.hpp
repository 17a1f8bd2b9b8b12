// What the benchmarks share: timing, medians, and results that must be there.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "shared/base/result.hpp"

namespace waymark::bench {

inline double seconds_of(const auto& work) {
  auto begun = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

[[noreturn]] inline void give_up(const Error& error) {
  std::fprintf(stderr, "%s %s\n", std::string(name(error.code)).c_str(), error.detail.c_str());
  std::exit(1);
}
template <class T>
T must(Result<T> result) {
  if (!result) give_up(result.error());
  return std::move(result).value();
}
inline void must(const Status& status) {
  if (!status) give_up(status.error());
}

// A passage as a student writes it.
inline std::string passage(std::int64_t i) {
  return "next I need a second source, and I will ask at the library on Thursday (" + std::to_string(i) + ")";
}

}  // namespace waymark::bench
