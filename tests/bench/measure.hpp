// Timing of two ways side by side in one run: the same rounds in turn, medians, and the ratio, which is what
// counts on a machine that others use too.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

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

// One line: what, ours, the reference, the ratio and what it should be.
inline void line(const std::string& what, const std::string& ours, const std::string& reference, double ratio,
                 const std::string& target) {
  std::printf("%-46s %16s %16s %8.2fx   %s\n", what.c_str(), ours.c_str(), reference.c_str(), ratio,
              target.c_str());
}
inline void heading(const std::string& reference) {
  std::printf("%-46s %16s %16s %9s   %s\n", "", "Waymark", reference.c_str(), "ratio", "target");
}

inline std::string shown(double value, const char* unit, int digits = 1) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*f %s", digits, value, unit);
  return text;
}

}  // namespace waymark::bench
