// What a hub's own dashboard says of its way to the school, where a teacher signs in in the room.
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "shared/base/way.hpp"
#include "sync-server/http/router.hpp"
#include "sync-server/routes/api.hpp"
#include "sync-server/routes/routes.hpp"
#include "sync-server/service/hubs.hpp"
#include "sync-server/service/teaching.hpp"
#include "tests/server/hub_world.hpp"

using namespace waymark;
using namespace waymark::hub_world;
using nlohmann::json;

namespace {

// Of a new sign-in of Okafor's there.
json session_at(School& at) {
  http::Router router;
  add_api_routes(router, at);
  http::Request request;
  request.method = "GET";
  request.path = "/api/session";
  request.headers["host"] = "waymark.alder.lan";
  auto in = at.sign_in("okafor@alder.example", "a-long-password").value();
  request.headers["cookie"] = std::string(session_cookie) + "=" + in.token;
  auto response = router.answer(std::move(request));
  REQUIRE(response.status == 200);
  return json::parse(response.body);
}

json hub_line(int waiting) { return {{"name", "North room"}, {"waiting", waiting}, {"line", ""}}; }

}  // namespace

TEST_CASE("a hub's dashboard counts what waits there, until the school has answered, and anew what it lost") {
  World world;
  auto backup = world.folder.path() + "/school.waymark-backup";
  auto& hub = *world.hub;
  Profile amira(world, world.amira, "amira"), home(world, world.amira, "home");
  REQUIRE(amira.sign_in(hub, "4711"));
  REQUIRE(home.sign_in(*world.school, "4711"));
  REQUIRE(School::finish_backup(world.school->begin_backup().value(), backup));
  auto said = session_at(hub);
  CHECK(said["hub"] == hub_line(0));
  CHECK(said["school"] == "Alder Creek");
  CHECK(said["classes"].size() == 1);
  CHECK_FALSE(session_at(*world.school).contains("hub"));

  // A student's words and draft, a teacher's, and a stick.
  amira.goal("swim a length");
  CHECK(session_at(hub)["hub"] == hub_line(0));
  amira.write(domain::own_stream(world.amira), "draft", "text.want", "a secret");
  amira.sync(hub);
  CHECK(session_at(hub)["hub"] == hub_line(2));
  REQUIRE(set_support(hub, world.okafor, world.amira, "", "example"));
  CHECK(session_at(hub)["hub"] == hub_line(3));
  home.goal("written at home");
  REQUIRE(hub.keep_stick(stick_of(home), home.store->replica().hex() + ".to-school"));
  CHECK(session_at(hub)["hub"] == hub_line(4));

  // What was brought is at school when the school has said so.
  auto load = hub.next_load().value();
  auto answer = world.school->read_bundle(load.bundle, Carrier::hub).value().answer;
  CHECK(session_at(hub)["hub"] == hub_line(4));
  REQUIRE(hub.take_answers(load, answer));
  CHECK(session_at(hub)["hub"] == hub_line(2));
  world.round();
  CHECK(session_at(hub)["hub"] == hub_line(1));
  auto stick = hub.next_stick().value();
  REQUIRE(hub.take_stick_answer(stick, ""));
  CHECK(session_at(hub)["hub"] == hub_line(0));

  // The school's disk is an old image, and the hub hears of it.
  REQUIRE(world.school->restore(backup, world.identity()));
  world.read();
  CHECK(session_at(hub)["hub"] == hub_line(2));
  world.round();
  CHECK(session_at(hub)["hub"] == hub_line(0));
  CHECK(world.goals(*world.school, world.amira) == hub_world::Texts{"swim a length"});
}

TEST_CASE("a hub's dashboard says what its line meets, until it leads to the school again") {
  World world;
  CHECK(session_at(*world.hub)["hub"]["line"] == "");
  for (const auto& [error, word] : std::vector<std::pair<Error, std::string>>{
           {stands_between(Between::portal, "a page answered, with status 200"), "portal"},
           {stands_between(Between::proxy, "status 407"), "proxy"},
           {stands_between(Between::inspection, "the key is another"), "inspection"},
           {{Code::not_waymark, "what answers is no Waymark server"}, "another"},
           {{Code::identity_changed, "another school answers"}, "another"},
           {{Code::conflict, "this is a hub"}, "another"},
           {{Code::unauthorized, "no such token"}, "removed"},
           {{Code::offline, "Couldn't connect to server"}, "away"},
           {{Code::timeout, ""}, "away"},
           {{Code::server_busy, ""}, "away"},
           {{Code::disk_full, "no room here"}, "stuck"}}) {
    world.hub->note_line(error);
    CHECK(session_at(*world.hub)["hub"]["line"] == word);
  }
  world.hub->note_line({});
  CHECK(session_at(*world.hub)["hub"] == hub_line(0));
}
