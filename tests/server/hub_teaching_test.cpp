// Teachers who answer at the school and in a room whose line is down.
#include <doctest/doctest.h>

#include "sync-server/service/teaching.hpp"
#include "tests/server/hub_world.hpp"

using namespace waymark;
using namespace waymark::hub_world;

TEST_CASE(
    "what teachers wrote at school and in the room without seeing each other is told with who, where, when") {
  World world;
  auto bo =
      world.school->add_staff("bo@alder.example", "Bo Lindqvist", "teacher", "a-long-password").value().id;
  REQUIRE(world.school->add_teacher(std::nullopt, world.period3, bo));
  store::Edit turn_in{{domain::person_stream(world.amira), "turn_in", {}},
                      {{"project", std::string(32, '1')}, {"step", "watch"}, {"try", 1}},
                      {},
                      {}};
  auto turned_in = world.school->write(world.amira, std::span(&turn_in, 1)).value().front().record.hex();
  world.round();
  // The line is down; both answer, each at their own place.
  world.clock.advance_ms(60'000);
  REQUIRE(hold_reply(*world.hub, world.okafor, world.period3, turned_in,
                     {{}, "In the room.", "", "", "ready"}, std::vector<OpId>()));
  REQUIRE(set_support(*world.hub, world.okafor, world.amira, "", "example"));
  world.clock.advance_ms(60'000);
  REQUIRE(hold_reply(*world.school, bo, world.period3, turned_in,
                     {{{"need", 2}}, "At school.", "", "Once more.", "another_look"}, std::vector<OpId>()));
  REQUIRE(set_support(*world.school, bo, world.amira, "", "on_my_own"));
  world.round();
  world.round();
  for (auto* at : {world.school.get(), world.hub.get()}) {
    auto item = review_queue(*at, world.period3).value().items.at(0);
    REQUIRE(item.versions.size() == 2);
    CHECK(item.versions[0].by == "Bo Lindqvist");
    CHECK(item.versions[0].where == "school");
    CHECK(item.versions[0].place == "");
    CHECK(item.versions[0].reply.levels.size() == 1);
    CHECK(item.versions[1].by == "Ada Okafor");
    CHECK(item.versions[1].where == "room");
    CHECK(item.versions[1].place == "North room");
    CHECK(item.versions[1].at_ms == world.clock.now_ms() - 60'000);
    CHECK(item.versions[1].reply.levels.empty());
    CHECK(item.versions[1].reply.next == "");
    CHECK(student_page(*at, world.amira).value().support_versions.size() == 2);
  }
  auto shown = review_queue(*world.school, world.period3).value().items.at(0).versions;
  Choice choice;
  for (const auto& version : shown) choice.saw.push_back(OpId::parse(version.op).value());
  choice.take = choice.saw[1];
  REQUIRE(choose_reply(*world.school, bo, world.amira, turned_in, choice));
  world.round();
  for (auto* at : {world.school.get(), world.hub.get()}) {
    auto item = review_queue(*at, world.period3).value().items.at(0);
    CHECK(item.versions.empty());
    CHECK(item.reply.glow == "In the room.");
  }

  // One is changed in the room and sent at school: the words that were not sent are still to be read.
  REQUIRE(hold_reply(*world.hub, world.okafor, world.period3, turned_in,
                     {{}, "In the room, later.", "", "", "ready"}));
  world.clock.advance_ms(60'000);
  REQUIRE(hold_reply(*world.school, bo, world.period3, turned_in, {{}, "Sent.", "", "", "ready"}));
  CHECK(send_replies(*world.school, bo, world.period3).value() == 1);
  world.round();
  auto page = student_page(*world.school, world.amira).value();
  REQUIRE(page.reviews.size() == 1);
  CHECK(page.reviews[0].judgement.glow == "Sent.");
  REQUIRE(page.unsent.size() == 1);
  CHECK(page.unsent[0].review == page.reviews[0].id);
  REQUIRE(page.unsent[0].versions.size() == 2);
  CHECK(page.unsent[0].versions[1].reply.glow == "In the room, later.");
  choice = {};
  for (const auto& version : page.unsent[0].versions) choice.saw.push_back(OpId::parse(version.op).value());
  choice.take = choice.saw[0];
  REQUIRE(choose_reply(*world.school, bo, world.amira, turned_in, choice));
  world.round();
  for (auto* at : {world.school.get(), world.hub.get()}) {
    CHECK(student_page(*at, world.amira).value().unsent.empty());
    CHECK(send_replies(*at, world.okafor, world.period3).value() == 0);
  }
  REQUIRE(world.school->verify());
}
