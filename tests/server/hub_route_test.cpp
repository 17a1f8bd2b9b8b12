// What a hub's token opens at the school's own routes, and what it does not.
#include <doctest/doctest.h>

#include "shared/wire/bodies.hpp"
#include "sync-server/http/router.hpp"
#include "sync-server/routes/routes.hpp"
#include "sync-server/service/hubs.hpp"
#include "tests/server/hub_world.hpp"

using namespace waymark;
using namespace waymark::hub_world;

namespace {

struct Routes {
  explicit Routes(School& school) { add_sync_routes(router, school); }
  http::Response post(std::string_view path, std::string_view token, std::string body,
                      std::string_view type = "application/octet-stream") {
    http::Request request;
    request.method = "POST";
    request.path = path;
    if (!token.empty()) request.headers["authorization"] = "Bearer " + std::string(token);
    request.headers["content-type"] = type;
    request.body = std::move(body);
    return router.answer(std::move(request));
  }
  http::Router router;
};

std::string code_of(const http::Response& response) {
  auto told = wire::decode_error(response.body);
  return told ? std::to_string(response.status) + " " + told->code : std::to_string(response.status);
}

std::vector<int> kinds_of(const wire::Bundle& bundle) {
  std::vector<int> kinds;
  for (const auto& item : bundle.items) kinds.push_back(item.kind);
  return kinds;
}

}  // namespace

TEST_CASE("a hub's token brings to the school what others sealed, and lets nobody sign in or read by it") {
  World world;
  Routes school(*world.school);
  auto ben = world.student("Ben", world.period3);
  world.round();
  Profile amira(world, world.amira, "amira"), bens(world, ben, "ben");
  for (auto* profile : {&amira, &bens}) {
    REQUIRE(profile->sign_in(*world.hub, "4711"));
    profile->goal("written in the room");
    profile->sync(*world.hub);
  }
  // What several wrote in the room, in the hub's own bundle.
  auto load = world.hub->next_load().value();
  auto brought = school.post("/v1/bundles", world.file.token, load.bundle);
  REQUIRE(brought.status == 200);
  CHECK(brought.header("cache-control") == "no-store");
  REQUIRE(world.hub->take_answers(load, brought.body));
  CHECK(world.goals(*world.school, world.amira) == Texts{"written in the room"});
  CHECK(world.goals(*world.school, ben) == Texts{"written in the room"});

  // What one device sealed to the school, with what it has read: its ops are taken in, and who asked with a
  // hub's token is told nothing of what is new for that student.
  amira.sync(*world.school);
  amira.goal("on a stick");
  store::Edit reply{
      {domain::person_stream(world.amira), "observation", {}}, {{"text", "for her alone"}}, {}, {}};
  REQUIRE(world.school->write(world.okafor, std::span(&reply, 1)));
  sync::Author author{world.amira, amira.key, amira.certificate, amira.signature, amira.introduction};
  std::vector<wire::BundleItem> items;
  for (auto& batch : batches_of(amira)) items.push_back({wire::batch_item, std::move(batch)});
  REQUIRE(items.size() == 1);
  auto reading = sync::make_reading(*amira.store, author, false).value();
  REQUIRE(reading);
  items.push_back({wire::reading_item, *reading});
  auto stick = wire::seal_bundle(world.school->identity(), amira.key, items).value();
  auto by_hub = school.post("/v1/bundles", world.file.token, stick);
  REQUIRE(by_hub.status == 200);
  CHECK(kinds_of(wire::open_bundle(by_hub.body, amira.key).value()) ==
        std::vector<int>{wire::acknowledgement_item});
  CHECK(wire::open_bundle(by_hub.body, bens.key).error().code == Code::unauthorized);
  CHECK(world.goals(*world.school, world.amira) == Texts{"on a stick", "written in the room"});
  auto by_computer = school.post("/v1/bundles", world.computer_token, stick);
  REQUIRE(by_computer.status == 200);
  CHECK(kinds_of(wire::open_bundle(by_computer.body, amira.key).value()) ==
        std::vector<int>{wire::acknowledgement_item, wire::news_item});

  // Whose reading lies alone in a bundle is told by no hub.
  auto alone =
      wire::seal_bundle(world.school->identity(), amira.key,
                        {{wire::reading_item, *sync::make_reading(*amira.store, author, true).value()}})
          .value();
  CHECK(code_of(school.post("/v1/bundles", world.file.token, alone)) == "400 malformed");

  // Nobody brings anything without a token that holds, nor signs in with a hub's.
  CHECK(code_of(school.post("/v1/bundles", "", stick)) == "401 unauthorized");
  CHECK(code_of(school.post("/v1/bundles", make_token(world.random), stick)) == "401 unauthorized");
  CHECK(code_of(school.post("/v1/bundles", world.file.token, "no bundle")) == "400 malformed");
  const std::string json = "application/json";
  const auto shown = wire::encode_join(wire::CardShown{amira.card});
  const auto sign_in = wire::encode_join(
      wire::SignIn{amira.card, "4711", "digits", public_key(amira.key), make_token(world.random)});
  CHECK(school.post("/v1/join", world.computer_token, shown, json).status == 200);
  for (const auto& body : {shown, sign_in})
    CHECK(code_of(school.post("/v1/join", world.file.token, body, json)) == "403 forbidden");

  // One that is removed brings nothing any more.
  REQUIRE(remove_hub(*world.school, world.file.hub));
  CHECK(code_of(school.post("/v1/bundles", world.file.token, stick)) == "401 unauthorized");
}
