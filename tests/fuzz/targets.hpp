// The decoders of what comes from outside, each as a function that takes any bytes and ends the program when
// a promise is broken: no crash, no bound passed, and what was read writes and reads back the same. libFuzzer
// drives them in waymark_fuzz (./dev fuzz NAME), and test_fuzz with the kept corpora in every build.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace waymark::fuzz {

// Ends the program where it is not kept.
void promise(bool kept, const char* what);

struct Target {
  std::string_view name;
  void (*run)(std::string_view bytes);
  std::string_view seeds;  // a folder, from tests/data, with good and bad examples; empty: the corpus alone
};

std::span<const Target> targets();
std::span<const Target> school_targets();  // of them, those that want a school
std::span<const Target> kept_targets();    // of them, those of what is kept on a disk
const Target* find(std::string_view name);

}  // namespace waymark::fuzz
