// When a student's computer was last heard from, as teachers read it, where others carry what it writes.
#include <doctest/doctest.h>

#include "sync-server/service/teaching.hpp"
#include "tests/server/hub_world.hpp"

using namespace waymark;
using namespace waymark::hub_world;

namespace {

constexpr std::int64_t kDay = std::int64_t{86'400'000};

HeardFrom heard(School& at, const World& world) { return student_page(at, world.amira).value().heard; }

// Why Amira needs the teacher: the kind of the first reason, with its days.
std::string need(School& at, const World& world) {
  for (const auto& need : class_page(at, world.period3, "2026-11-26").value().needs)
    if (need.student.id == world.amira.hex()) return need.type + " " + std::to_string(need.days);
  return "none";
}

}  // namespace

TEST_CASE("a student who only ever works in the room is heard from by the class box") {
  World world;
  Profile amira(world, world.amira, "amira");
  CHECK(need(*world.school, world) == "never 0");
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.goal("swim a length");
  amira.sync(*world.hub);
  world.clock.advance_ms(3 * kDay);
  world.round();
  auto page = heard(*world.school, world);
  CHECK(page.at_ms == world.clock.now_ms());
  CHECK(page.computer == "lab-03");
  CHECK(page.carrier == "hub");
  CHECK(need(*world.school, world) == "none");
  auto line = class_page(*world.school, world.period3, "2026-11-26").value().computers.at(0);
  CHECK(line.name == "lab-03");
  CHECK(line.heard_ms == world.clock.now_ms());
  CHECK(line.carrier == "hub");
  for (const auto& computer : world.school->accounts().computers().value())
    if (computer.name == "lab-03") CHECK(computer.heard_ms == world.clock.now_ms());
  // In the room it was heard from by itself.
  CHECK(heard(*world.hub, world).at_ms == world.clock.now_ms() - 3 * kDay);
  CHECK(heard(*world.hub, world).carrier.empty());

  // The box brings its newest batch once more each day: that is not the computer.
  auto then = world.clock.now_ms();
  for (int day = 0; day < 8; day++) {
    world.clock.advance_ms(kDay);
    world.round();
  }
  CHECK(heard(*world.school, world).at_ms == then);
  CHECK(need(*world.school, world) == "quiet 8");
  amira.sync(*world.hub);
  amira.goal("float");
  amira.sync(*world.hub);
  world.round();
  CHECK(heard(*world.school, world).at_ms == world.clock.now_ms());
  CHECK(need(*world.school, world) == "none");
  // At the school itself there is nobody in between.
  world.clock.advance_ms(kDay);
  amira.sync(*world.school);
  CHECK(heard(*world.school, world).at_ms == world.clock.now_ms());
  CHECK(heard(*world.school, world).carrier.empty());
}

TEST_CASE("what a stick brings, and what a computer had left at sign-out, was heard from") {
  for (auto carrier : {Carrier::stick, Carrier::computer}) {
    const std::string by = carrier == Carrier::stick ? "stick" : "computer";
    CAPTURE(by);
    World world;
    Profile amira(world, world.amira, "amira");
    REQUIRE(amira.sign_in(*world.school, "4711"));
    // Who has signed in has begun, though nothing came yet.
    auto joined = world.clock.now_ms();
    CHECK(heard(*world.school, world).at_ms == joined);
    CHECK(need(*world.school, world) == "none");
    amira.goal("swim a length");
    auto monday = stick_of(amira);
    world.clock.advance_ms(9 * kDay);
    CHECK(need(*world.school, world) == "quiet 9");
    REQUIRE(world.school->read_bundle(monday, carrier));
    CHECK(heard(*world.school, world).at_ms == world.clock.now_ms());
    CHECK(heard(*world.school, world).carrier == by);
    CHECK(need(*world.school, world) == "none");
    // The same stick, found again, says nothing new.
    auto then = world.clock.now_ms();
    world.clock.advance_ms(7 * kDay);
    REQUIRE(world.school->read_bundle(monday, carrier));
    CHECK(heard(*world.school, world).at_ms == then);
    CHECK(need(*world.school, world) == "quiet 7");
    // One that somebody forged brings nobody's news.
    amira.goal("float");
    auto forged = stick_of(amira);
    forged[forged.size() / 2] = static_cast<char>(forged[forged.size() / 2] ^ 1);
    (void)world.school->read_bundle(forged, carrier);
    CHECK(heard(*world.school, world).at_ms == then);
  }
}

TEST_CASE("of what waited on a computer less waits when a stick has brought some") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.school, "4711"));
  for (const auto* want : {"one", "two", "three"}) amira.goal(want);
  // As it said when the school could not take them in.
  REQUIRE(world.school->accounts().device_heard(token_hash(amira.token), 4));
  REQUIRE(world.school->read_bundle(stick_of(amira), Carrier::stick));
  CHECK(heard(*world.school, world).waiting == 1);
}

TEST_CASE("a class box calls nobody a beginner of whom it only lacks the computer's word") {
  World world;
  Profile amira(world, world.amira, "amira");
  CHECK(need(*world.hub, world) == "never 0");
  REQUIRE(amira.sign_in(*world.school, "4711"));
  amira.goal("swim a length");
  amira.sync(*world.school);
  world.round();
  CHECK(heard(*world.hub, world).at_ms == 0);
  CHECK(heard(*world.hub, world).begun);
  CHECK(need(*world.hub, world) == "none");
}
