// waymark_simulate: runs fresh or given seeds of the simulation; a plan that fails is made as small as it can
// be and still fail, and printed with what replays it.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

#include "tests/simulation/world.hpp"

namespace {

namespace simulation = waymark::simulation;

std::string numbers(const std::vector<int>& all) {
  std::string text;
  for (int number : all) {
    if (!text.empty()) text += ',';
    text += std::to_string(number);
  }
  return text;
}
std::vector<int> numbers_of(const char* text) {
  std::vector<int> all;
  for (char* at = const_cast<char*>(text); *at;) {  // NOLINT: strtol's own signature
    all.push_back(static_cast<int>(std::strtol(at, &at, 10)));
    if (*at == ',')
      at++;
    else if (*at)
      break;
  }
  return all;
}

void explain(const simulation::Plan& plan, const simulation::Outcome& outcome, int shrink_runs) {
  std::printf("seed %llu: %s\n", static_cast<unsigned long long>(plan.seed), outcome.failure->c_str());
  std::fflush(stdout);
  if (shrink_runs == 0) return;
  auto smaller = simulation::shrink(plan, shrink_runs);
  auto again = simulation::run(smaller);
  std::printf("  with %zu events: %s\n", smaller.only->size(), again.failure.value_or("(passes)").c_str());
  for (const auto& event : simulation::events_of(smaller)) std::printf("    %s\n", event.c_str());
  std::printf(
      "  again: ./dev simulate --seed %llu --steps %d%s%s%s%s --only %s\n",
      static_cast<unsigned long long>(plan.seed), plan.steps,
      plan.hub > 1 ? " --hub 2"
      : plan.hub   ? " --hub 1"
                   : "",
      plan.classes  ? " --classes 1"
      : plan.people ? " --people 1"
                    : "",
      plan.sticks_only ? " --sticks 1" : "",
      (std::string(plan.archives ? " --archives 1" : "") + (plan.attacks ? " --attacks 1" : "") +
       (plan.rough ? " --rough 1" : "") + (plan.liveness ? " --liveness 1" : "") +
       (plan.clocks ? " --clocks 1" : "") + (plan.rounds ? " --rounds " + std::to_string(plan.rounds) : "") +
       (plan.twice ? " --twice 1" : "") + (plan.twin ? " --twin 1" : "") +
       (plan.forged ? " --forged 1" : "") + (plan.ages ? " --ages 1" : "") + (plan.kept ? " --kept 1" : "") +
       (plan.day ? " --day " + std::to_string(plan.day) : "") +
       (plan.clones ? " --clones " + std::to_string(plan.clones) : ""))
          .c_str(),
      numbers(*smaller.only).c_str());
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** words) {
  unsigned long long seed = 0, seeds = 100;
  bool given = false, log = false;
  int shrink_runs = 400;
  simulation::Plan plan;
  for (int i = 1; i + 1 < count; i += 2) {
    std::string_view word = words[i];
    auto value = std::strtoull(words[i + 1], nullptr, 10);
    if (word == "--seed") {
      seed = value, given = true, seeds = 1;
    } else if (word == "--seeds") {
      seeds = value;
    } else if (word == "--steps") {
      plan.steps = static_cast<int>(value);
    } else if (word == "--only") {
      plan.only = numbers_of(words[i + 1]);
    } else if (word == "--shrink") {
      shrink_runs = static_cast<int>(value);
    } else if (word == "--day") {
      plan.day = static_cast<int>(value);
    } else if (word == "--students") {
      plan.students = static_cast<int>(value);
    } else if (word == "--hub") {
      plan.hub = static_cast<int>(value);
    } else if (word == "--people") {
      plan.people = value != 0;
    } else if (word == "--classes") {
      plan.classes = value != 0;
    } else if (word == "--archives") {
      plan.archives = value != 0;
    } else if (word == "--rounds") {
      plan.rounds = static_cast<int>(value);
    } else if (word == "--sticks") {
      plan.sticks_only = value != 0;
    } else if (word == "--attacks") {
      plan.attacks = value != 0;
    } else if (word == "--rough") {
      plan.rough = value != 0;
    } else if (word == "--liveness") {
      plan.liveness = value != 0;
    } else if (word == "--clocks") {
      plan.clocks = value != 0;
    } else if (word == "--clones") {
      plan.clones = static_cast<int>(value);
    } else if (word == "--twice") {
      plan.twice = value != 0;
    } else if (word == "--forged") {
      plan.forged = value != 0;
    } else if (word == "--kept") {
      plan.kept = value != 0;
    } else if (word == "--ages") {
      plan.ages = value != 0;
    } else if (word == "--twin") {
      plan.twin = value != 0;
    } else if (word == "--sabotage" && value < static_cast<unsigned long long>(simulation::Sabotage::last)) {
      plan.sabotage = static_cast<simulation::Sabotage>(value);
    } else if (word == "--watch") {
      plan.watch = words[i + 1];
    } else if (word == "--log") {
      log = value != 0;
    } else {
      std::fprintf(stderr,
                   "simulate: --seed N, --seeds N, --steps N, --only N,N,..., --students N, --day EVENTS, "
                   "--hub 1 or 2, --people 1, --classes 1, --archives 1, --sticks 1, --attacks 1, --rough 1, "
                   "--liveness 1, "
                   "--clocks 1, --clones N, --rounds N, --twice 1, --twin 1, --forged 1, --ages 1, --kept 1, "
                   "--sabotage N, --log 1, --watch OP, --shrink RUNS\n");
      return 2;
    }
  }
  if (!given) seed = std::random_device{}();
  auto begun = std::chrono::steady_clock::now();
  unsigned long long passed = 0, failed = 0;
  long events = 0, ops = 0, messages = 0, crashes = 0, journeys = 0, copies = 0, files = 0, collected = 0;
  long moved = 0, classes = 0, shelved = 0, put_away = 0, letters = 0, erased = 0, cuts = 0, backups = 0;
  for (unsigned long long i = 0; i < seeds; i++) {
    plan.seed = seed + i;
    auto outcome = simulation::run(plan);
    events += outcome.events + outcome.messages;
    ops += outcome.ops, messages += outcome.messages, crashes += outcome.crashes;
    journeys += outcome.journeys, copies += outcome.copies;
    files += outcome.files, collected += outcome.collected;
    cuts += outcome.cuts, backups += outcome.backups;
    moved += outcome.moved, classes += outcome.classes, shelved += outcome.shelved,
        put_away += outcome.put_away, letters += outcome.letters, erased += outcome.erased;
    if (log) std::fwrite(outcome.log.data(), 1, outcome.log.size(), stdout);
    if (!outcome.failure) {
      passed++;
      continue;
    }
    failed++;
    explain(plan, outcome, shrink_runs);
  }
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  std::printf(
      "%llu seeds, %ld ops, %ld messages, %ld crashes, %ld journeys back in time, %ld copied disks, "
      "%ld files brought and %ld collected, %ld people moved, %ld classes made, %ld things shelved and %ld "
      "away, %ld letters settled, %ld "
      "erased, "
      "%ld cuts in a write, %ld backups restored, "
      "%.1f schools and %.0f events a second, planned and messages\n",
      seeds, ops, messages, crashes, journeys, copies, files, collected, moved, classes, shelved, put_away,
      letters, erased, cuts, backups, static_cast<double>(seeds) / seconds,
      static_cast<double>(events) / seconds);
  std::printf("%llu passed, %llu failed\n", passed, failed);
  return failed ? 1 : 0;
}
