// waymark_fuzz: libFuzzer on the target that $WAYMARK_FUZZ names. ./dev fuzz NAME runs it.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/targets.hpp"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto* target = [] {
    const char* name = std::getenv("WAYMARK_FUZZ");
    // For ./dev: each name and its folder of seeds.
    if (name && std::string_view(name) == "list") {
      for (const auto& one : waymark::fuzz::targets())
        std::printf("%s %s\n", std::string(one.name).c_str(), std::string(one.seeds).c_str());
      std::fflush(stdout);
      std::_Exit(0);  // libFuzzer takes an exit for a finding
    }
    const auto* found = waymark::fuzz::find(name ? name : "");
    if (!found) {
      std::fprintf(stderr, "WAYMARK_FUZZ names none of these:");
      for (const auto& one : waymark::fuzz::targets())
        std::fprintf(stderr, " %s", std::string(one.name).c_str());
      std::fprintf(stderr, "\n");
      std::_Exit(2);
    }
    return found;
  }();
  target->run({reinterpret_cast<const char*>(data), size});
  return 0;
}
