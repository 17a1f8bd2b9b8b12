// The simulator as a test: many seeds, the same seed twice, and each mistake that it must notice.
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/simulation/world.hpp"

using namespace waymark::simulation;

namespace {
// Sanitizers make a school several times as slow; there a fifth of them is enough to cover every path.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kSeeds = 40;
#else
constexpr std::uint64_t kSeeds = 120;
#endif

// In how many of these schools is the mistake noticed, as the breach of one of these invariants? Three are
// enough: then it was no luck.
int noticed(Plan plan, std::uint64_t seeds, const std::vector<int>& invariants) {
  int count = 0;
  for (plan.seed = 1; plan.seed <= seeds && count < 3; plan.seed++)
    if (auto failure = run(plan).failure)
      if (std::any_of(invariants.begin(), invariants.end(), [&](int number) {
            return failure->starts_with("invariant " + std::to_string(number) + ":");
          }))
        count++;
  return count;
}
// By the computers themselves, which do not go on with what contradicts itself.
int stopped(Plan plan, std::uint64_t seeds) {
  int count = 0;
  for (plan.seed = 1; plan.seed <= seeds && count < 3; plan.seed++)
    if (auto failure = run(plan).failure; failure && failure->starts_with("a true reply was refused"))
      count++;
  return count;
}

}  // namespace

TEST_CASE("seeded schools lose nothing and agree in the end") {
  long files = 0, collected = 0, put_away = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; seed++) {
    auto outcome = run({.seed = seed, .steps = 300, .archives = seed % 5 == 1});
    CAPTURE(seed);
    CHECK(outcome.failure.value_or("") == "");
    CHECK(outcome.ops > 0);
    put_away += outcome.put_away;
    files += outcome.files, collected += outcome.collected;
  }
  // What was put away by who saw all that it holds was away in the end.
  CHECK(put_away > static_cast<long>(kSeeds / 10));
  // Files came to second computers, and schools let go of what a journey had left over.
  CHECK(files > static_cast<long>(kSeeds));
  CHECK(collected > static_cast<long>(kSeeds / 10));
}

TEST_CASE(
    "schools whose people come, go, change class and are erased lose nothing else and tell nobody else; and "
    "whoever is in which class, and reads what of it, is as it was last said, whatever was put back") {
  long moved = 0, letters = 0, erased = 0, classes = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds / 5; seed++) {
    auto outcome = run({.seed = seed, .steps = 300, .people = true, .classes = seed % 3 != 0});
    CAPTURE(seed);
    CHECK(outcome.failure.value_or("") == "");
    moved += outcome.moved, letters += outcome.letters, erased += outcome.erased;
    classes += outcome.classes;
  }
  CHECK(classes > static_cast<long>(kSeeds / 10));
  CHECK(moved > static_cast<long>(kSeeds));
  CHECK(letters > static_cast<long>(kSeeds / 10));
  CHECK(erased > static_cast<long>(kSeeds / 20));
}

TEST_CASE(
    "schools with a hub in the room lose nothing, wherever students take their computers, also where there "
    "are "
    "two and one of them is copied") {
  long parcels = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds / 2; seed++) {
    auto outcome = run({.seed = seed, .steps = 300, .hub = seed % 6 == 1 ? 2 : 1});
    CAPTURE(seed);
    CHECK(outcome.failure.value_or("") == "");
    parcels += outcome.parcels;
  }
  // Of files too the school's answer came through the hub.
  CHECK(parcels > static_cast<long>(kSeeds / 2));
}

TEST_CASE("a class of thirty computers goes through two hundred days") {
  auto outcome = run({.seed = 1, .steps = 1'000, .day = 5, .students = 14});
  CHECK(outcome.failure.value_or("") == "");
  CHECK(outcome.ops > 300);
  CHECK(outcome.journeys > 20);
}

TEST_CASE("people come, go and are erased where there is a hub, too") {
  for (std::uint64_t seed = 1; seed <= kSeeds / 8; seed++) {
    auto outcome = run({.seed = seed, .steps = 300, .hub = 1, .people = true});
    CAPTURE(seed);
    CHECK(outcome.failure.value_or("") == "");
  }
}

TEST_CASE("a school whose disk tore in its first hour still has its people") {
  CHECK(run({.seed = 5035, .steps = 300}).failure.value_or("") == "");
}

TEST_CASE("schools that once kept something erased, or did not notice that a file was lost") {
  for (std::uint64_t seed : {3000006, 3000144, 3000146, 3000182, 3000248, 3000280, 3000306, 3000328}) {
    auto outcome = run({.seed = seed, .steps = 300, .hub = 1, .people = true});
    CAPTURE(seed);
    CHECK(outcome.failure.value_or("") == "");
  }
}

TEST_CASE(
    "schools in which what was brought back was lost again, a round came twice, or a stub did not link") {
  CHECK(run({.seed = 4000273, .steps = 300}).failure.value_or("") == "");
  for (std::uint64_t seed :
       {309, 3000067, 3000347, 6000045, 6000329, 7000158, 7000291, 9000208, 13000187, 14000167, 14000238}) {
    auto outcome = run({.seed = seed, .steps = 300, .hub = 1, .people = true});
    CAPTURE(seed);
    CHECK(outcome.failure.value_or("") == "");
  }
}

TEST_CASE(
    "schools that knew an erased file again, kept a refusal's stub, refused what they had, or whose hub "
    "alone had a batch") {
  for (std::uint64_t seed : {15000126, 15000605, 15000835, 15001003, 15002865, 16000622}) {
    auto outcome = run({.seed = seed, .steps = 300, .hub = 1, .people = true});
    CAPTURE(seed);
    CHECK(outcome.failure.value_or("") == "");
  }
  for (std::uint64_t seed : {17000510, 20000687, 20010247})
    CHECK(run({.seed = seed, .steps = 300, .people = true}).failure.value_or("") == "");
}

TEST_CASE("schools that are attacked, behind a portal, and with disks full for a moment, lose nothing") {
  long portals = 0, bombs = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds / 5; seed++) {
    auto outcome = run(
        {.seed = seed, .steps = 300, .hub = seed % 2 == 0 ? 1 : 0, .people = seed % 2 == 0, .attacks = true});
    CAPTURE(seed);
    CHECK(outcome.failure.value_or("") == "");
    portals += outcome.portals, bombs += outcome.bombs;
  }
  // Also such as answered for files, or a hub.
  CHECK(portals > static_cast<long>(kSeeds / 10));
  CHECK(bombs > static_cast<long>(kSeeds / 10));
}

TEST_CASE("one goal is edited on three computers for twenty rounds, each time with another of them cut off") {
  long side_by_side = 0;
  for (std::uint64_t seed = 1; seed <= 4; seed++) {
    auto outcome = run({.seed = seed, .steps = 0, .hub = seed % 2 == 0 ? 1 : 0, .rounds = 20});
    CAPTURE(seed);
    CHECK(outcome.failure.value_or("") == "");
    CHECK(outcome.ops > 60);
    side_by_side += outcome.side_by_side;
  }
  CHECK(side_by_side > 0);
}

TEST_CASE(
    "power goes in the middle of a write, disks keep what they like, backups take the school's place, "
    "teachers "
    "leave, and nothing is lost") {
  long cuts = 0, backups = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds / 4; seed++) {
    auto outcome = run(
        {.seed = seed, .steps = 300, .hub = seed % 2 == 0 ? 1 : 0, .people = seed % 3 == 0, .rough = true});
    CAPTURE(seed);
    CHECK(outcome.failure.value_or("") == "");
    cuts += outcome.cuts, backups += outcome.backups;
  }
  CHECK(cuts > static_cast<long>(kSeeds / 2));
  CHECK(backups > static_cast<long>(kSeeds / 8));
}

TEST_CASE("whoever is well gets through while others are silent, deaf, full or answered with half a word") {
  for (std::uint64_t seed = 1; seed <= kSeeds / 6; seed++) {
    auto outcome = run({.seed = seed,
                        .steps = 300,
                        .hub = seed % 2 == 0 ? 1 : 0,
                        .people = seed % 3 == 0,
                        .attacks = seed % 5 == 0,
                        .liveness = true});
    CAPTURE(seed);
    CHECK(outcome.failure.value_or("") == "");
  }
}

TEST_CASE("the school's clock and the hub's go wrong while they serve, and nobody's work is lost") {
  int jumps = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds / 10; seed++) {
    CAPTURE(seed);
    auto outcome = run({.seed = seed, .steps = 300, .hub = 1, .people = seed % 2 == 0, .clocks = true});
    CHECK(outcome.failure.value_or("") == "");
    for (const auto* whose : {"clock of the school", "clock of the hub"})
      jumps += outcome.log.find(whose) != std::string::npos;
  }
  CHECK(jumps > static_cast<int>(kSeeds / 10));
}

TEST_CASE(
    "who joined, left, and is not known to a school that was put back keeps no other from being through") {
  CHECK(run({.seed = 20035,
             .steps = 300,
             .hub = 2,
             .classes = true,
             .archives = true,
             .attacks = true,
             .rough = true,
             .clocks = true,
             .liveness = true})
            .failure.value_or("") == "");
}

TEST_CASE("a lab is set up from one disk, twenty-eight times, and all that is written on it arrives") {
  for (std::uint64_t seed : {1, 2}) {
    auto outcome = run({.seed = seed, .steps = 300, .hub = seed == 2 ? 1 : 0, .clones = 28});
    CAPTURE(seed);
    CHECK(outcome.failure.value_or("") == "");
    CHECK(outcome.copies >= 28);
  }
}

TEST_CASE(
    "schools in which what came after a stub did not link through it, a room was left with a letter, or a "
    "stick "
    "came between question and answer") {
  CHECK(run({.seed = 60000175, .steps = 300, .hub = 1, .people = true}).failure.value_or("") == "");
  for (std::uint64_t seed : {29, 115, 60000132})
    CHECK(run({.seed = seed, .steps = 300, .hub = 1, .people = true, .attacks = seed > 200})
              .failure.value_or("") == "");
  CHECK(run({.seed = 62000058, .steps = 300, .hub = 1, .people = true, .rough = true, .liveness = true})
            .failure.value_or("") == "");
  CHECK(run({.seed = 64000075,
             .steps = 300,
             .hub = 1,
             .people = true,
             .attacks = true,
             .rough = true,
             .liveness = true})
            .failure.value_or("") == "");
  CHECK(run({.seed = 64000171, .steps = 300, .rough = true}).failure.value_or("") == "");
  CHECK(run({.seed = 63000015, .steps = 300, .hub = 1, .people = true}).failure.value_or("") == "");
  CHECK(run({.seed = 502, .steps = 300, .people = true, .attacks = true, .rough = true, .liveness = true})
            .failure.value_or("") == "");
}

TEST_CASE("what was erased is gone from a disk though the power went while it was written over") {
  for (std::uint64_t seed : {1016, 1020})
    CHECK(run({.seed = seed, .steps = 300, .hub = 1, .people = true}).failure.value_or("") == "");
}

TEST_CASE("schools where only sticks go to and fro lose nothing, and work arrives by them") {
  long carried = 0, told = 0, files = 0, brought_back = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds / 5; seed++) {
    auto outcome = run({.seed = seed, .steps = 300, .sticks_only = true});
    CAPTURE(seed);
    CHECK(outcome.failure.value_or("") == "");
    carried += outcome.carried;
    told += outcome.told;
    files += outcome.files_carried;
    brought_back += outcome.brought_back;
  }
  CHECK(brought_back > 0);
  CHECK(told > static_cast<long>(kSeeds));
  CHECK(files > 0);
  CHECK(carried > static_cast<long>(kSeeds / 2));
}

TEST_CASE("one seed gives one log, byte by byte") {
  for (std::uint64_t seed : {7, 77, 777}) {
    auto first = run({.seed = seed}), second = run({.seed = seed});
    CHECK(first.log_hash == second.log_hash);
    CHECK(run({.seed = seed + 1}).log_hash != first.log_hash);
  }
  for (bool sticks : {false, true}) {
    const Plan all{.seed = 7,
                   .steps = 300,
                   .sticks_only = sticks,
                   .hub = 2,
                   .people = true,
                   .classes = true,
                   .archives = true,
                   .attacks = true,
                   .rough = true,
                   .clocks = true,
                   .liveness = true,
                   .clones = 3};
    CHECK(run(all).log_hash == run(all).log_hash);
  }
}

TEST_CASE("the simulator notices every mistake that is put in on purpose") {
  struct Mistake {
    Sabotage sabotage;
    std::vector<int> broken;  // one of these invariants
  };
  const std::vector<Mistake> alone{{Sabotage::settle_before_reply, {15}},
                                   {Sabotage::cursor_before_data, {2, 6}},
                                   {Sabotage::delete_what_is_absent, {6, 8}},
                                   {Sabotage::forget_refusals, {1, 7}},
                                   {Sabotage::no_segments, {2, 7}},
                                   {Sabotage::no_chain, {16}},
                                   {Sabotage::no_seals, {7}},
                                   {Sabotage::no_batch_signature, {10}},
                                   {Sabotage::no_answer_signature, {7, 12, 15}},
                                   {Sabotage::collect_what_is_old, {19}},
                                   {Sabotage::never_ask, {16, 19}},
                                   {Sabotage::news_anywhere, {6}}};
  // Each is noticed by what it does: where nothing happens, nothing is wrong. What a lost reply leaves behind
  // is looked for by losing some.
  for (int sabotage = 1; sabotage <= static_cast<int>(Sabotage::no_class_log); sabotage++) {
    CAPTURE(sabotage);
    auto calm = run({.seed = 4,
                     .steps = 1,
                     .hub = 1,
                     .sabotage = static_cast<Sabotage>(sabotage),
                     .only = std::vector<int>{}});
    CHECK(calm.failure.has_value() == (static_cast<Sabotage>(sabotage) == Sabotage::rows_for_lost_replies));
  }
  for (const auto& [sabotage, broken] : alone) {
    CAPTURE(static_cast<int>(sabotage));
    CHECK(noticed({.steps = 300, .sabotage = sabotage}, 30, broken) >= 3);
  }
  CHECK(stopped({.steps = 300, .sabotage = Sabotage::clock_decides}, 20) >= 3);
  CHECK(noticed({.steps = 300, .sticks_only = true, .sabotage = Sabotage::no_seals}, 40, {7}) >= 3);
  const std::vector<Mistake> in_a_room{{Sabotage::hub_forgets, {16}},
                                       {Sabotage::believe_hub, {7, 15}},
                                       {Sabotage::open_own, {10}},
                                       {Sabotage::hub_drops_files, {15, 19}},
                                       {Sabotage::believe_hub_of_files, {15}}};
  for (const auto& [sabotage, broken] : in_a_room) {
    CAPTURE(static_cast<int>(sabotage));
    CHECK(noticed({.steps = 300, .hub = 1, .sabotage = sabotage}, 30, broken) >= 3);
  }
  CHECK(noticed({.steps = 300, .archives = true, .sabotage = Sabotage::names_nothing}, 20, {5}) >= 3);
  CHECK(noticed({.steps = 300, .hub = 1, .attacks = true, .sabotage = Sabotage::believe_portal}, 40, {15}) >=
        3);
  CHECK(noticed({.steps = 300, .hub = 2, .sabotage = Sabotage::hub_believes}, 30, {16}) >= 3);
  const std::vector<Mistake> among_people{
      {Sabotage::keep_access, {10}},     {Sabotage::keep_reading, {16}},
      {Sabotage::grant_from_now, {6}},   {Sabotage::no_quarantine, {1, 7}},
      {Sabotage::refuse_silently, {12}}, {Sabotage::delete_on_sight, {5}},
      {Sabotage::keep_erased, {17}},     {Sabotage::rows_for_lost_replies, {17}}};
  for (const auto& [sabotage, broken] : among_people) {
    CAPTURE(static_cast<int>(sabotage));
    CHECK(noticed({.steps = 300, .people = true, .sabotage = sabotage}, 20, broken) >= 3);
  }
  CHECK(stopped({.steps = 300, .people = true, .sabotage = Sabotage::strip_unknown}, 20) >= 3);
  CHECK(noticed({.steps = 300, .people = true, .rough = true, .sabotage = Sabotage::no_removal_log}, 20,
                {10}) >= 3);
  CHECK(noticed({.steps = 300, .classes = true, .sabotage = Sabotage::no_class_log}, 20, {20}) >= 3);
  CHECK(noticed({.steps = 300, .liveness = true, .sabotage = Sabotage::wait_for_all}, 20, {16}) >= 3);
  CHECK(noticed({.steps = 300, .attacks = true, .sabotage = Sabotage::believe_any_seal}, 20, {10}) >= 3);
  CHECK(noticed({.steps = 300, .sabotage = Sabotage::no_fsync}, 20, {1, 8}) >= 3);
  if (kSeeds < 120) return;  // what few schools show, and sanitizers make slow
  CHECK(noticed({.steps = 300, .people = true, .rough = true, .sabotage = Sabotage::stubs_link_nothing}, 80,
                {2, 3}) >= 2);
  CHECK(noticed({.steps = 300, .hub = 1, .sabotage = Sabotage::hub_claims_more}, 100, {15}) >= 3);
  // Segments find nearly all journeys first: only a disk reverted under a running school is left to digests.
  CHECK(noticed({.steps = 300, .sabotage = Sabotage::no_digest}, 60, {2, 7}) >= 2);
}

TEST_CASE("a plan that fails becomes a small one that fails alike") {
  Plan plan{.seed = 3, .steps = 60, .sabotage = Sabotage::settle_before_reply};
  auto failure = run(plan).failure;
  REQUIRE(failure);
  auto smaller = shrink(plan, 80);
  REQUIRE(smaller.only);
  CHECK(smaller.only->size() < 20);
  CHECK(events_of(smaller).size() == smaller.only->size());
  auto again = run(smaller).failure;
  REQUIRE(again);
  CHECK(again->substr(0, again->find(':')) == failure->substr(0, failure->find(':')));
}
