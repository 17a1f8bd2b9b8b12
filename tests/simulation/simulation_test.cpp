// The simulator as a test: many seeds, the same seed twice, and each mistake that it must notice.
#include <algorithm>
#include <map>
#include <set>
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

// In how many schools a mistake is looked for, and how many must show it.
struct Seeds {
  std::uint64_t from = 1, count = 30, every = 1;
  int least = 3;  // then it was no luck
};
// In how many of these schools is the mistake noticed, as the breach of one of these invariants? Of none: by
// the computers themselves, which do not go on with what contradicts itself.
int noticed(Plan plan, const std::vector<int>& invariants, const Seeds& seeds) {
  int count = 0;
  for (std::uint64_t i = seeds.from; i < seeds.from + seeds.count && count < seeds.least; i++) {
    plan.seed = i * seeds.every;
    auto failure = run(plan).failure.value_or("");
    count += invariants.empty() ? failure.starts_with("a true reply was refused")
                                : std::any_of(invariants.begin(), invariants.end(), [&](int number) {
                                    return failure.starts_with("invariant " + std::to_string(number) + ":");
                                  });
  }
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

TEST_CASE(
    "what a hub keeps sealed of sticks and of who signed out reaches the school, and its answers come back") {
  long kept = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds / 8; seed++) {
    auto outcome = run({.seed = seed,
                        .steps = 300,
                        .sticks_only = seed % 5 == 0,
                        .hub = seed % 6 == 1 ? 2 : 1,
                        .kept = true,
                        .people = seed % 2 == 0,
                        .attacks = seed % 3 == 0,
                        .rough = seed % 3 == 0});
    CAPTURE(seed);
    CHECK(outcome.failure.value_or("") == "");
    kept += outcome.kept;
  }
  CHECK(kept > static_cast<long>(kSeeds / 2));
}

TEST_CASE("a class of thirty computers goes through two hundred days") {
  auto outcome = run({.seed = 1, .steps = 1'000, .day = 5, .students = 14});
  CHECK(outcome.failure.value_or("") == "");
  CHECK(outcome.ops > 300);
  CHECK(outcome.journeys > 20);
}

TEST_CASE("the last twenty of two hundred days cost what the first twenty did, in messages, bytes and rows") {
  // Without disks that go back, and with them.
  for (std::uint64_t seed : {4, 1}) {
    CAPTURE(seed);
    auto outcome = run({.seed = seed, .steps = 1'000, .day = 5, .students = 14, .measured = true});
    CHECK(outcome.failure.value_or("") == "");
    CHECK(outcome.days >= 200);
    REQUIRE(outcome.cost.size() == 2 * days_measured);
    CHECK(outcome.cost.front().day == 1);
    CHECK(outcome.cost.back().day == 200);
    using Rows = std::map<std::string, std::int64_t>;
    long first = 0, last = 0;  // messages of all computers
    for (const auto& day : outcome.cost) {
      CAPTURE(day.day);
      (day.day <= days_measured ? first : last) += day.messages;
      const auto& on_day_one = outcome.cost.front();
      // Nothing is new: on every day the same bytes, and no row.
      CHECK(day.idle.messages == 2);
      CHECK(day.idle.up == on_day_one.idle.up);
      CHECK(day.idle.down == on_day_one.idle.down);
      CHECK(day.idle.rows_here.empty());
      CHECK(day.idle.rows_there.empty());
      // One edit: the same bytes, and its own rows.
      CHECK(day.edit.messages == 2);
      CHECK(day.edit.up == on_day_one.edit.up);
      CHECK(day.edit.down == on_day_one.edit.down);
      CHECK(day.edit.rows_here == Rows{{"head", 1}, {"op", 1}, {"outbox", 1}, {"record", 1}});
      CHECK(day.edit.rows_there == Rows{{"head", 1}, {"op", 1}, {"record", 1}});
    }
    if (seed == 4) CHECK(2 * last < 3 * first);  // what is lost and read anew costs more
  }
}

TEST_CASE("disks go back by a day, by thirty days and by two hundred, and nothing is lost that any has") {
  std::map<std::int64_t, long> aged;
  for (std::uint64_t seed = 1; seed <= kSeeds / 12; seed++) {
    auto outcome = run({.seed = seed,
                        .steps = 300,
                        .day = 1,
                        .hub = seed % 2 == 0 ? 1 : 0,
                        .people = seed % 3 == 0,
                        .ages = true});
    CAPTURE(seed);
    CHECK(outcome.failure.value_or("") == "");
    for (const auto& [days, count] : outcome.aged) aged[days] += count;
  }
  for (auto days : ages_of_images) CHECK(aged[days] >= static_cast<long>(kSeeds / 12));
  // What was written as the power went was kept, and nobody had been told.
  CHECK(run({.seed = 7039, .steps = 300, .day = 1, .hub = 1, .people = true, .ages = true})
            .failure.value_or("") == "");
}

TEST_CASE(
    "a batch that is not what it names is not taken in, nor several of what there is one of, by whomever "
    "they "
    "are") {
  long forgeries = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds / 12; seed++) {
    auto outcome = run(
        {.seed = seed, .steps = 300, .hub = seed % 2 == 0 ? 1 : 0, .people = seed % 3 == 0, .forged = true});
    CAPTURE(seed);
    CHECK(outcome.failure.value_or("") == "");
    forgeries += outcome.forgeries;
  }
  CHECK(forgeries > static_cast<long>(kSeeds / 2));
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

TEST_CASE(
    "what was read in a room comes to a school that lacks it though the disk forgot the journey there") {
  CHECK(run({.seed = 435000135,
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

TEST_CASE("schools where for sixty days only sticks go to and fro lose nothing, and work arrives by them") {
  long carried = 0, told = 0, files = 0, brought_back = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds / 5; seed++) {
    auto outcome = run({.seed = seed, .steps = 300, .day = 5, .sticks_only = true});
    CAPTURE(seed);
    CHECK(outcome.failure.value_or("") == "");
    CHECK(outcome.days_by_hand >= 60);
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

TEST_CASE("no clock changes which edits stand, nor stops anything: with right clocks all ends alike") {
  for (std::uint64_t seed = 1; seed <= kSeeds / 10; seed++) {
    auto outcome = run({.seed = seed,
                        .steps = 300,
                        .hub = seed % 3 == 0 ? 1 : 0,
                        .people = seed % 2 == 0,
                        .clocks = seed % 4 == 1,
                        .twin = true});
    CAPTURE(seed);
    CHECK(outcome.failure.value_or("") == "");
    CHECK(outcome.heads.size() > 20);
  }
}

TEST_CASE("one seed gives one log, byte by byte") {
  for (std::uint64_t seed : {7, 77, 777}) {
    auto first = run({.seed = seed, .twice = true});
    CHECK(first.failure.value_or("") == "");
    CHECK(run({.seed = seed + 1}).log_hash != first.log_hash);
  }
  for (bool sticks : {false, true}) {
    const Plan all{.seed = 7,
                   .steps = 300,
                   .sticks_only = sticks,
                   .hub = 2,
                   .kept = true,
                   .people = true,
                   .classes = true,
                   .archives = true,
                   .attacks = true,
                   .rough = true,
                   .clocks = true,
                   .liveness = true,
                   .clones = 3,
                   .twice = true};
    CHECK(run(all).failure.value_or("") == "");
  }
}

TEST_CASE("the simulator notices every mistake that is put in on purpose") {
  using enum Sabotage;
  // Each is noticed by what it does: where nothing happens, nothing is wrong. What a lost reply leaves behind
  // is looked for by losing some.
  for (int i = 1; i < static_cast<int>(last); i++) {
    CAPTURE(i);
    auto sabotage = static_cast<Sabotage>(i);
    auto calm = run({.seed = 4, .steps = 1, .hub = 1, .sabotage = sabotage, .only = std::vector<int>{}});
    CHECK(calm.failure.has_value() == (sabotage == rows_for_lost_replies));
  }
  std::set<Sabotage> shown;
  auto shows = [&](Plan plan, const std::vector<int>& invariants, const Seeds& seeds = {}) {
    CAPTURE(static_cast<int>(plan.sabotage));
    plan.steps = 300;
    shown.insert(plan.sabotage);
    CHECK(noticed(plan, invariants, seeds) >= seeds.least);
  };
  shows({.sabotage = settle_before_reply}, {15});
  shows({.sabotage = cursor_before_data}, {2, 6});
  shows({.sabotage = delete_what_is_absent}, {6, 8});
  shows({.sabotage = forget_refusals}, {1, 7});
  shows({.sabotage = no_segments}, {2, 7});
  shows({.sabotage = no_chain}, {16});
  shows({.sabotage = no_seals}, {7});
  shows({.sticks_only = true, .sabotage = no_seals}, {7}, {.count = 40});
  shows({.sabotage = no_batch_signature}, {10});
  shows({.sabotage = no_answer_signature}, {7, 12, 15});
  shows({.sabotage = collect_what_is_old}, {19});
  shows({.sabotage = never_ask}, {16, 19});
  shows({.sabotage = news_anywhere}, {6});
  shows({.sabotage = no_fsync}, {1, 8});
  shows({.sabotage = rewrite}, {4});
  shows({.sabotage = miscount}, {2});
  shows({.forged = true, .sabotage = take_any_once}, {4});
  shows({.forged = true, .sabotage = any_ids}, {10});
  shows({.clones = 3, .sabotage = keep_replica}, {9});
  shows({.twin = true, .sabotage = base_by_clock}, {13});
  shows({.twice = true, .sabotage = own_chance}, {18});
  shows({.sabotage = clock_decides}, {}, {.count = 20});
  shows({.hub = 1, .sabotage = hub_forgets}, {16});
  shows({.hub = 1, .sabotage = believe_hub}, {7, 15});
  shows({.hub = 1, .kept = true, .sabotage = believe_kept}, {15});
  shows({.hub = 1, .sabotage = open_own}, {10});
  shows({.hub = 1, .sabotage = hub_drops_files}, {15, 19});
  shows({.hub = 1, .sabotage = believe_hub_of_files}, {15});
  shows({.hub = 2, .sabotage = hub_believes}, {16});
  shows({.hub = 1, .attacks = true, .sabotage = believe_portal}, {15}, {.count = 40});
  shows({.attacks = true, .sabotage = believe_any_seal}, {10}, {.count = 20});
  shows({.archives = true, .sabotage = names_nothing}, {5}, {.count = 20});
  shows({.people = true, .sabotage = keep_access}, {10}, {.count = 20});
  shows({.people = true, .sabotage = keep_reading}, {16}, {.count = 20});
  shows({.people = true, .sabotage = grant_from_now}, {6}, {.count = 20});
  // Where the school never went back: what it lost is read anew, and this with it.
  shows({.people = true, .sabotage = regrant_from_now}, {11}, {.count = 20, .every = 4});
  shows({.people = true, .sabotage = no_quarantine}, {1, 7}, {.count = 20});
  shows({.people = true, .sabotage = refuse_silently}, {12}, {.count = 20});
  shows({.people = true, .sabotage = delete_on_sight}, {5}, {.count = 20});
  shows({.people = true, .sabotage = keep_erased}, {17}, {.count = 20});
  shows({.people = true, .sabotage = rows_for_lost_replies}, {17}, {.count = 20});
  shows({.people = true, .sabotage = drop_unknown}, {14}, {.count = 20});
  shows({.people = true, .sabotage = strip_unknown}, {}, {.count = 20});
  shows({.people = true, .rough = true, .sabotage = no_removal_log}, {10}, {.count = 20});
  shows({.classes = true, .sabotage = no_class_log}, {20}, {.count = 20});
  shows({.liveness = true, .sabotage = wait_for_all}, {16}, {.count = 20});
  if (kSeeds < 120) return;  // what few schools show, and sanitizers make slow
  shows({.people = true, .rough = true, .sabotage = stubs_link_nothing}, {2, 3},
        {.from = 16, .count = 60, .least = 2});
  shows({.hub = 2, .sabotage = no_hub_seals}, {2}, {.count = 60});
  shows({.hub = 1, .sabotage = hub_claims_more}, {15}, {.from = 38, .count = 60, .least = 2});
  // Segments find nearly all journeys first: only a disk reverted under a running school is left to digests.
  shows({.sabotage = no_digest}, {2, 7}, {.from = 29, .count = 60});
  CHECK(shown.size() == static_cast<std::size_t>(last) - 1);
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
