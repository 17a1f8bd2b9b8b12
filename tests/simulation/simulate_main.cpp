// waymark_simulate: runs fresh or given seeds of the simulation and prints what replays a failure.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>

#include "tests/simulation/world.hpp"

int main(int count, char** words) {
  unsigned long long seed = 0, seeds = 100;
  bool given = false;
  int steps = 400;
  for (int i = 1; i + 1 < count; i += 2) {
    std::string_view word = words[i];
    auto value = std::strtoull(words[i + 1], nullptr, 10);
    if (word == "--seed") {
      seed = value, given = true, seeds = 1;
    } else if (word == "--seeds") {
      seeds = value;
    } else if (word == "--steps") {
      steps = static_cast<int>(value);
    } else {
      std::fprintf(stderr, "simulate: --seed N, --seeds N, --steps N\n");
      return 2;
    }
  }
  if (!given) seed = std::random_device{}();
  auto begun = std::chrono::steady_clock::now();
  unsigned long long passed = 0, failed = 0, events = 0, ops = 0, messages = 0, crashes = 0;
  for (unsigned long long i = 0; i < seeds; i++) {
    auto outcome = waymark::simulation::run({.seed = seed + i, .steps = steps});
    events += static_cast<unsigned long long>(outcome.events + outcome.messages);
    ops += static_cast<unsigned long long>(outcome.ops);
    messages += static_cast<unsigned long long>(outcome.messages);
    crashes += static_cast<unsigned long long>(outcome.crashes);
    if (!outcome.failure) {
      passed++;
      continue;
    }
    failed++;
    std::printf("seed %llu: %s\n  again: ./dev simulate --seed %llu --steps %d\n", seed + i,
                outcome.failure->c_str(), seed + i, steps);
  }
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  std::printf("%llu seeds, %llu ops, %llu messages, %llu crashes, %.0f events a second\n", seeds, ops,
              messages, crashes, static_cast<double>(events) / seconds);
  std::printf("%llu passed, %llu failed\n", passed, failed);
  return failed ? 1 : 0;
}
