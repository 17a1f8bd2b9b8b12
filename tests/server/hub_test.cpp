// A hub in a room: signing in without the school, what is carried and what comes down, and who is believed.
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "shared/store/erase.hpp"
#include "shared/store/hidden.hpp"
#include "shared/sync/carry.hpp"
#include "shared/sync/session.hpp"
#include "shared/wire/bundle.hpp"
#include "shared/wire/introduction.hpp"
#include "sync-server/service/codes.hpp"
#include "sync-server/service/hiding.hpp"
#include "sync-server/service/hubs.hpp"
#include "sync-server/service/letters.hpp"
#include "sync-server/service/school.hpp"
#include "tests/server/hub_world.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using namespace waymark::hub_world;

TEST_CASE(
    "a student signs in at a hub without the school, and what they write is at school when it says so") {
  World world;
  Profile amira(world, world.amira, "amira");
  // The first use of the card sets the PIN, here too.
  auto joined = amira.sign_in(*world.hub, "4711").value();
  CHECK(joined.pin_was_set);
  CHECK(joined.certificate.empty());
  CHECK(joined.token == amira.token);
  amira.goal("swim a length");
  amira.write(domain::own_stream(world.amira), "draft", "text.want", "a secret");
  CHECK(amira.status().waiting == 2);
  CHECK(amira.status().in_room == 0);
  amira.sync(*world.hub);
  // In the room is not at school.
  CHECK(amira.status().waiting == 2);
  CHECK(amira.status().in_room == 2);
  CHECK(world.goals(*world.hub, world.amira) == Texts{"swim a length"});
  CHECK(world.goals(*world.school, world.amira).empty());
  // What the hub may not read it cannot, and carries.
  CHECK(world.hub->store().records(domain::own_stream(world.amira), "draft").value().empty());
  auto batches = world.hub->carried().next(1 << 20, 0).value();
  REQUIRE(batches.size() == 1);
  CHECK(batches.front().body.find("a secret") == std::string::npos);
  CHECK(batches.front().body.find("swim a length") != std::string::npos);

  world.carry();
  CHECK(world.goals(*world.school, world.amira) == Texts{"swim a length"});
  CHECK(world.school->store().records(domain::own_stream(world.amira), "draft").value().size() == 1);
  CHECK(amira.status().waiting == 2);
  amira.sync(*world.hub);
  CHECK(amira.status().waiting == 0);
  CHECK(amira.status().in_room == 0);
  // The school has given a certificate, knows the PIN and the token, and no introduction is needed any more.
  CHECK_FALSE(amira.certificate.empty());
  CHECK(verify_password("4711", world.school->accounts().person(world.amira).value()->pin_hash));
  amira.goal("at home");
  amira.sync(*world.school);
  CHECK(world.goals(*world.school, world.amira) == Texts{"at home", "swim a length"});
  // And back in the room what was written at home is there, and nothing is sent twice.
  world.round();
  amira.sync(*world.hub);
  CHECK(world.goals(*world.hub, world.amira) == Texts{"at home", "swim a length"});
  world.carry();  // the question whether the school still has everything
  CHECK(world.hub->carried().carrying().value().batches == 0);
  CHECK(world.hub->verify());
  CHECK(world.school->verify());
}

TEST_CASE(
    "of what a student wrote at another computer a hub tells that it is still on its way, and to nobody "
    "else") {
  World world;
  auto bo = world.student("Bo", world.period3);
  world.ask();
  Profile three(world, world.amira, "three"), seven(world, world.amira, "seven"), other(world, bo, "bo");
  REQUIRE(three.sign_in(*world.hub, "4711"));
  Computer lab_seven{world.random.id<ComputerId>(), "lab-07", 0, {}, false, 0};
  REQUIRE(world.school->accounts().add_computer(lab_seven, token_hash(make_token(world.random))));
  world.ask();
  seven.lab = lab_seven;
  REQUIRE(seven.sign_in(*world.hub, "4711"));
  REQUIRE(other.sign_in(*world.hub, "1234"));
  three.goal("swim a length");
  three.write(domain::own_stream(world.amira), "draft", "text.want", "a secret");
  three.sync(*world.hub);
  three.sync(*world.hub);
  CHECK(three.status().beside == 0);
  seven.sync(*world.hub);
  CHECK(seven.status().waiting == 0);
  CHECK(seven.status().beside == 2);
  // They are in the room, not only on that computer, however often it says that they wait.
  CHECK(seven.session->elsewhere().empty());
  other.sync(*world.hub);
  CHECK(other.status().beside == 0);
  // What is on that computer alone is told as such.
  three.goal("float");
  REQUIRE(world.hub->accounts().device_heard(token_hash(three.token), 1));
  seven.sync(*world.hub);
  CHECK(seven.session->elsewhere() == std::vector<wire::Elsewhere>{{"lab-03", 1}});
  three.sync(*world.hub);
  seven.sync(*world.hub);
  CHECK(seven.session->elsewhere().empty());
  CHECK(seven.status().beside == 3);
  world.carry();
  seven.sync(*world.hub);
  CHECK(seven.status().beside == 0);
  // Of what the school has lost since it is told again.
  REQUIRE(world.hub->carried().carry_again());
  seven.sync(*world.hub);
  CHECK(seven.status().beside == 3);
  // The school's own server is no hub, and carries nothing.
  REQUIRE(seven.session->meet(""));
  CHECK(seven.status().beside == 0);
}

TEST_CASE(
    "a hub that dies as it hears that the school went back brings again what no computer has any more") {
  World world;
  auto backup = world.folder.path() + "/school.waymark-backup";
  {
    Profile amira(world, world.amira, "amira");
    REQUIRE(amira.sign_in(*world.hub, "4711"));
    REQUIRE(School::finish_backup(world.school->begin_backup().value(), backup));
    amira.goal("swim a length");
    amira.write(domain::own_stream(world.amira), "draft", "text.want", "a secret");
    amira.sync(*world.hub);
    world.round();
    world.round();
  }
  auto own = domain::own_stream(world.amira);
  REQUIRE(world.school->store().records(own, "draft").value().size() == 1);
  REQUIRE(world.hub->carried().carrying().value().batches == 0);
  REQUIRE(world.school->restore(backup, world.identity()));
  REQUIRE(world.school->store().records(own, "draft").value().empty());
  // It hears of it, and its power goes before it did anything else.
  world.up->hurry(world.clock.steady_ms());
  while (auto request = world.up->next(world.clock.steady_ms()).value()) {
    auto reply = world.school->sync(world.hub_bearer(), wire::encode(*request)).value();
    REQUIRE(world.up->on_reply(wire::decode_reply(reply).value(), world.clock.steady_ms()));
  }
  world.open_hub();
  world.round();
  CHECK(world.school->store().records(own, "draft").value().size() == 1);
}

TEST_CASE("batches of one replica that overlap are counted once") {
  World world;
  wire::Batch batch;
  batch.person = world.amira;
  batch.replica = world.random.id<ReplicaId>();
  for (int i = 0; i < 5; i++) batch.ids.push_back(world.random.id<OpId>());
  REQUIRE(world.hub->carried().put(batch, "one"));
  batch.round = 1;
  batch.before = record::next(record::next({}, batch.ids[0]), batch.ids[1]);
  REQUIRE(world.hub->carried().put(batch, "another"));
  CHECK(world.hub->carried().carried_beside(world.amira, world.random.id<ReplicaId>()).value() == 7);
  CHECK(world.hub->carried().carried_beside(world.amira, batch.replica).value() == 0);
}

// The hub and the computer in the middle are of a version that knows neither the field nor the kind.
TEST_CASE(
    "what is newer than a hub goes through it up and down, and by another computer, as the bytes it was") {
  World world;
  auto stream = domain::person_stream(world.amira);
  Profile home(world, world.amira, "home"), lab(world, world.amira, "lab"), last(world, world.amira, "last");
  REQUIRE(last.sign_in(*world.school, "4711"));
  world.ask();
  for (auto* profile : {&home, &lab}) REQUIRE(profile->sign_in(*world.hub, "4711"));
  RecordId goal = world.random.id<RecordId>();
  store::Edit edits[2] = {
      {{stream, "goal", goal}, {{"want", "swim a length"}, {"mood_of_the_future", "calm"}}, {}, {}},
      {{stream, "kind_of_the_future", world.random.id<RecordId>()},
       {{"words", record::Value(Texts{"one", "two"})}, {"sure", true}, {"times", 3}},
       {},
       {}}};
  REQUIRE(home.store->write(world.amira, std::span(edits)));
  home.sync(*world.hub);
  world.round();
  lab.sync(*world.hub);
  // Edited there: it says what it changes, and no more.
  auto seen = lab.store->find(edits[0].key).value().value();
  store::Edit edit{edits[0].key, {{"want", "swim two lengths"}}, seen.all_heads(), {}};
  REQUIRE(lab.store->write(world.amira, std::span(&edit, 1)));
  lab.sync(*world.hub);
  world.round();
  last.sync(*world.school);
  home.sync(*world.hub);
  auto bodies = [&](store::Store& at) {
    Texts texts;
    for (const auto& entry : at.page(stream, 0, 10, 1 << 20).value()) texts.push_back(entry.body);
    std::sort(texts.begin(), texts.end());
    return texts;
  };
  auto written = bodies(*home.store);
  CHECK(written.size() == 3);
  for (auto* at : {&world.hub->store(), &world.school->store(), lab.store.get(), last.store.get()}) {
    CHECK(bodies(*at) == written);
    auto record = at->find(edits[0].key).value().value();
    CHECK(record.text("want") == "swim two lengths");
    CHECK(record.text("mood_of_the_future") == "calm");
    CHECK(at->stream_state(stream).value().digest.hex() ==
          home.store->stream_state(stream).value().digest.hex());
  }
}

// A small computer without a battery wakes in 1970, or believes that it is years later.
TEST_CASE("a hub whose clock is wrong carries everything, and no date of anybody's work is its own") {
  World world;
  ManualClock hubs(0);
  world.up.reset();
  world.hub.reset();
  world.hub = School::open(world.hub_data, hubs, world.random).value();
  world.up = std::make_unique<sync::Session>(world.hub->store());
  world.hub->follow(*world.up);
  world.ask();
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  Texts written;
  auto minute = [&](std::int64_t there_ms) {
    hubs.advance_ms(60'000);
    hubs.set_ms(there_ms);
    world.clock.advance_ms(60'000);
  };
  const std::int64_t years = std::int64_t{20} * 365 * 24 * 3600 * 1000;
  for (std::int64_t there_ms : {std::int64_t{0}, std::int64_t{60'000}, world.clock.now_ms() + years,
                                world.clock.now_ms(), std::int64_t{0}}) {
    minute(there_ms);
    auto now = world.clock.now_ms();
    auto want = "goal " + std::to_string(written.size());
    amira.goal(want);
    written.push_back(want);
    amira.sync(*world.hub);
    world.round();
    amira.sync(*world.hub);
    CHECK(amira.status().waiting == 0);
    CHECK(world.goals(*world.school, world.amira) == written);
    // And back: what a teacher writes meanwhile at the school comes through it.
    store::Edit edit{{domain::person_stream(world.amira), "observation", {}}, {{"text", want}}, {}, {}};
    REQUIRE(world.school->write(world.okafor, std::span(&edit, 1)));
    world.round();
    amira.sync(*world.hub);
    for (auto* at : {amira.store.get(), &world.school->store(), &world.hub->store()}) {
      auto goals = at->records(domain::person_stream(world.amira), "goal").value();
      CHECK(goals.size() == written.size());
      for (const auto& goal : goals)
        if (goal.text("want") == want) CHECK(goal.changed_ms() == now);
      auto seen = at->records(domain::person_stream(world.amira), "observation").value();
      REQUIRE(seen.size() == written.size());
      for (const auto& one : seen)
        if (one.text("text") == want) CHECK(one.changed_ms() == now);
    }
  }
  CHECK(world.hub->verify());
  CHECK(world.school->verify());
}

TEST_CASE("what is erased is on no page of a hub's disk, and what it still carried goes on as stubs") {
  World world;
  auto on_disk = [&](std::string_view text) {
    std::string bytes;
    for (const char* tail : {"", "-wal"}) {
      std::ifstream in(world.hub_data + "/school.db" + tail, std::ios::binary);
      bytes.append(std::istreambuf_iterator<char>(in), {});
    }
    return bytes.find(text) != std::string::npos;
  };
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.goal("carried and answered");
  amira.sync(*world.hub);
  world.round();
  amira.sync(*world.hub);
  amira.goal("carried still");
  amira.sync(*world.hub);
  CHECK(on_disk("carried and answered"));
  CHECK(on_disk("carried still"));
  REQUIRE(world.school->erase_student(std::nullopt, world.amira));
  world.ask(), world.read();
  CHECK_FALSE(on_disk("carried and answered"));
  CHECK_FALSE(on_disk("carried still"));
  CHECK(world.hub->accounts().person(world.amira).value()->given == "");
  CHECK(world.hub->carried().carrying().value().batches == 1);
  world.round();
  CHECK(world.problems.empty());
  CHECK(world.hub->carried().carrying().value().batches == 0);
  CHECK(world.goals(*world.school, world.amira).empty());
  // Nor her name, which the papers of her device bore, too.
  CHECK_FALSE(on_disk("Amira"));
  // Who comes with it later brings nothing here either.
  amira.goal("written later");
  amira.sync(*world.hub);
  CHECK_FALSE(on_disk("written later"));
  // A computer that meets nobody but the hub hears of it there.
  CHECK(amira.store->records(domain::person_stream(world.amira), "goal").value().empty());
  // Papers of a school that was put back and knows nothing of it bring no name back.
  auto papers = world.school->hub_papers(world.hub_bearer(), "{}").value();
  auto text = nlohmann::json::parse(papers);
  text["papers"]["people"].push_back({world.amira.hex(), "student", "Amira", "", "", "", "", "", true});
  text["version"] = std::string(32, '1');
  REQUIRE(world.hub->take_papers(text.dump(), ""));
  world.carry();
  CHECK_FALSE(on_disk("Amira"));
}

TEST_CASE("what the school refuses is refused at the hub's users too, and stays readable") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.goal("kept");
  amira.write(domain::person_stream(world.amira), "goal", "want", std::string(70'000, 'a'));
  amira.sync(*world.hub);
  CHECK(world.goals(*world.hub, world.amira) == Texts{"kept"});  // too long: not shown to others meanwhile
  CHECK(amira.store->refusals().value().empty());                // and only the school decides
  world.round();
  amira.sync(*world.hub);
  REQUIRE(amira.store->refusals().value().size() == 1);
  CHECK(amira.store->refusals().value().front().code == "too_large");
  CHECK(amira.store->refusals().value().front().content);
  CHECK(amira.status().waiting == 0);
}

TEST_CASE(
    "a hub that is replaced by an empty one gets everything again, and nothing was said to be at school") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.goal("one");
  amira.sync(*world.hub);
  world.hub.reset();
  world.up.reset();
  std::filesystem::remove_all(world.hub_data);
  REQUIRE(School::make_hub(world.hub_data, world.file));
  world.open_hub();
  world.ask();
  // This one has never seen her: she signs in again with her card, and chooses the PIN again.
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  CHECK(amira.status().in_room == 1);  // as the dead one said
  amira.sync(*world.hub);
  world.carry();
  amira.sync(*world.hub);
  CHECK(amira.status().waiting == 0);
  CHECK(world.goals(*world.school, world.amira) == Texts{"one"});
}

TEST_CASE("what the school is heard to have lost while a hub answers is not said to be in the room") {
  World world;
  Profile amira(world, world.amira, "amira");
  auto backup = world.folder.path() + "/school.waymark-backup";
  REQUIRE(School::finish_backup(world.school->begin_backup().value(), backup));
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.goal("monday");
  amira.sync(*world.hub);
  world.round();
  amira.sync(*world.hub);
  CHECK(amira.status().waiting == 0);
  world.hub.reset();
  world.up.reset();
  std::filesystem::remove_all(world.hub_data);
  REQUIRE(School::make_hub(world.hub_data, world.file));
  world.open_hub();
  world.ask();
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.sync(*world.hub);
  amira.goal("tuesday");
  // An empty hub is given what the school has not, and meanwhile a stick tells that it has nothing any more.
  amira.session->hurry(world.clock.steady_ms());
  auto request = amira.session->next(world.clock.steady_ms()).value();
  REQUIRE(request);
  CHECK(request->at_school == 1);
  auto reply = world.hub->sync(world.hub->bearer(amira.token).value(), wire::encode(*request)).value();
  REQUIRE(world.school->restore(backup, world.identity()));
  auto answer = world.school->take_batch(batches_of(amira).front()).value();
  REQUIRE(amira.session->on_acknowledgement(answer, world.school->identity()));
  REQUIRE(amira.session->on_reply(wire::decode_reply(reply).value(), world.clock.steady_ms()));
  CHECK(amira.status().waiting == 2);
  CHECK(amira.status().in_room == 0);
  amira.sync(*world.hub);
  CHECK(amira.status().in_room == 2);
  world.round();
  amira.sync(*world.hub);
  CHECK(amira.status().waiting == 0);
  CHECK(world.goals(*world.school, world.amira) == Texts{"monday", "tuesday"});
}

TEST_CASE("a hub whose disk is put back is given once more what it was given once more") {
  World world;
  Profile amira(world, world.amira, "amira");
  auto backup = world.folder.path() + "/school.waymark-backup";
  REQUIRE(School::finish_backup(world.school->begin_backup().value(), backup));
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.write(domain::own_stream(world.amira), "draft", "text.want", "a secret");
  amira.sync(*world.hub);
  world.round();
  amira.sync(*world.hub);
  world.hub.reset();
  world.up.reset();
  std::filesystem::remove_all(world.hub_data);
  REQUIRE(School::make_hub(world.hub_data, world.file));
  world.open_hub();
  world.ask();
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.goal("tuesday");
  amira.sync(*world.hub);
  // Its disk, which never had what is at school.
  auto kept = world.folder.path() + "/kept";
  world.hub.reset();
  std::filesystem::copy(world.hub_data, kept, std::filesystem::copy_options::recursive);
  world.open_hub();
  REQUIRE(world.school->restore(backup, world.identity()));
  auto answer = world.school->take_batch(batches_of(amira).front()).value();
  REQUIRE(amira.session->on_acknowledgement(answer, world.school->identity()));
  amira.sync(*world.hub);
  amira.sync(*world.hub);
  Texts goals{"tuesday"};
  // Whether it sees by the number that it has less than it had, or not.
  SUBCASE("with more since") {
    amira.goal("wednesday");
    amira.sync(*world.hub);
    goals.emplace_back("wednesday");
  }
  SUBCASE("with nothing more") {}
  auto all = amira.status().waiting;
  CHECK(amira.status().in_room == all);
  world.hub.reset();
  std::filesystem::remove_all(world.hub_data);
  std::filesystem::rename(kept, world.hub_data);
  world.open_hub();
  amira.sync(*world.hub);
  CHECK(amira.status().in_room == all);
  world.round();
  CHECK(world.goals(*world.school, world.amira) == goals);
  CHECK(world.school->store().records(domain::own_stream(world.amira), "draft").value().size() == 1);
  amira.sync(*world.hub);
  CHECK(amira.status().waiting == 0);
}

TEST_CASE("a hub whose key is younger than the last look at its school.db puts it back, too") {
  World world;
  auto file = world.school->add_hub("South room", {world.period4}).value();
  auto data = world.folder.path() + "/south";
  REQUIRE(School::make_hub(data, file));
  auto south = School::open(data, world.clock, world.random).value();
  REQUIRE(south->mark_place());
  (void)south->hub_question(kSpki, {});  // it makes a key
  std::filesystem::remove(data + "/school.db");
  CHECK_FALSE(south->is_in_place());
  auto [folder, error, own, decided] = south->take_up_replaced(false);
  CHECK(error->code == Code::not_found);
  CHECK_FALSE(own);
  CHECK(south->is_in_place());
  CHECK(std::filesystem::exists(data + "/school.db"));
}

TEST_CASE(
    "a hub's school.db that is replaced by hand while it serves is taken up, and nothing is lost by it") {
  World world;
  Profile amira(world, world.amira, "amira");
  const auto database = world.hub_data + "/school.db", copy = world.folder.path() + "/copy.db";
  REQUIRE(world.hub->mark_place());
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.goal("monday");
  amira.sync(*world.hub);
  REQUIRE(world.hub->mark_place());
  std::filesystem::copy_file(database, copy);
  amira.goal("tuesday");
  amira.sync(*world.hub);
  REQUIRE(world.hub->mark_place());
  CHECK(world.hub->is_in_place());
  std::vector<std::string> all{"monday", "tuesday"}, here = all;
  bool found = true;
  SUBCASE("by an older copy") {
    std::filesystem::rename(copy, database);
    here = {"monday"};
    found = false;
  }
  SUBCASE("removed") {
    std::filesystem::remove(database);
    found = false;
  }
  SUBCASE("by another hub's") {
    auto file = world.school->add_hub("South room", {world.period4}).value();
    auto data = world.folder.path() + "/south";
    REQUIRE(School::make_hub(data, file));
    auto south = School::open(data, world.clock, world.random).value();
    (void)south->hub_question(kSpki, {});  // it makes a key of its own
    south.reset();
    std::filesystem::rename(data + "/school.db", database);
  }
  SUBCASE("by the school's") {
    REQUIRE(world.school->store().db().copy_to(copy + ".school"));
    std::filesystem::rename(copy + ".school", database);
  }
  SUBCASE("by a student's") {
    REQUIRE(amira.store->db().copy_to(copy + ".student"));
    std::filesystem::rename(copy + ".student", database);
  }
  CHECK_FALSE(world.hub->is_in_place());
  world.up.reset();
  auto [folder, error, own, decided] = world.hub->take_up_replaced(false);
  world.up = std::make_unique<sync::Session>(world.hub->store());
  world.hub->follow(*world.up);
  CHECK(world.hub->is_in_place());
  CHECK(world.goals(*world.hub, world.amira) == here);
  REQUIRE(std::filesystem::exists(folder));
  CHECK(error.has_value() == (here == all));
  CHECK(std::filesystem::exists(folder + "/found.db") == found);
  CHECK(std::filesystem::exists(folder + "/school.db") == !error.has_value());
  for (int i = 0; i < 3; i++) {
    amira.sync(*world.hub);
    world.round();
  }
  CHECK(world.goals(*world.hub, world.amira) == all);
  CHECK(world.goals(*world.school, world.amira) == all);
  CHECK(world.hub->verify());
  // Nobody at a hub is told that it may have what was erased since, so it goes in time; and by days that the
  // hub ran, not by a clock that was years behind when it came.
  auto days_pass = [&](int days) {
    for (int i = 0; i < days; i++) {
      world.clock.advance_ms(std::int64_t{24} * 3600 * 1000);
      REQUIRE(world.hub->collect_files({}));
    }
  };
  REQUIRE(world.hub->collect_files({}));
  world.clock.set_ms(world.clock.now_ms() + std::int64_t{20} * 365 * 24 * 3600 * 1000);
  days_pass(30);
  CHECK(std::filesystem::exists(folder));
  days_pass(3);
  CHECK_FALSE(std::filesystem::exists(folder));
}

TEST_CASE("what the school is heard to have lost while nobody is signed in is not said to be in the room") {
  World world;
  Profile amira(world, world.amira, "amira");
  auto backup = world.folder.path() + "/school.waymark-backup";
  REQUIRE(School::finish_backup(world.school->begin_backup().value(), backup));
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.goal("monday");
  amira.sync(*world.hub);
  world.round();
  amira.sync(*world.hub);
  world.hub.reset();
  world.up.reset();
  std::filesystem::remove_all(world.hub_data);
  REQUIRE(School::make_hub(world.hub_data, world.file));
  world.open_hub();
  world.ask();
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.goal("tuesday");
  amira.sync(*world.hub);
  CHECK(amira.status().in_room == 1);
  REQUIRE(world.school->restore(backup, world.identity()));
  auto answer = world.school->take_batch(batches_of(amira).front()).value();
  // As what was left to be brought is answered: by a session that has met nobody.
  REQUIRE(sync::Session(*amira.store).on_acknowledgement(answer, world.school->identity()));
  amira.session = std::make_unique<sync::Session>(*amira.store);
  amira.sign();
  REQUIRE(amira.session->meet(world.hub->hub()->hub.hex()));
  CHECK(amira.status().waiting == 2);
  CHECK(amira.status().in_room == 0);
}

TEST_CASE("a hub tells once more what the school has lost where the answer with it was lost") {
  World world;
  Profile amira(world, world.amira, "amira");
  auto backup = world.folder.path() + "/school.waymark-backup";
  REQUIRE(School::finish_backup(world.school->begin_backup().value(), backup));
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.goal("monday");
  amira.sync(*world.hub);
  world.round();
  amira.sync(*world.hub);
  REQUIRE(world.school->restore(backup, world.identity()));
  REQUIRE(amira.session->meet(""));
  REQUIRE(amira.session->meet(world.hub->hub()->hub.hex()));
  auto exchange = [&](bool lost) {
    amira.session->hurry(world.clock.steady_ms());
    auto request = amira.session->next(world.clock.steady_ms()).value().value();
    auto reply = world.hub->sync(world.hub->bearer(amira.token).value(), wire::encode(request)).value();
    if (lost)
      amira.session->on_lost({Code::timeout, ""}, world.clock.steady_ms());
    else
      REQUIRE(amira.session->on_reply(wire::decode_reply(reply).value(), world.clock.steady_ms()));
  };
  exchange(false);  // asks the school, through the hub
  world.carry();
  exchange(true);
  CHECK(amira.status().waiting == 0);
  exchange(false);
  CHECK(amira.status().waiting == 1);
}

TEST_CASE("who reads at a hub alone has every line under the seal that the hub had it under") {
  World world;
  Profile amira(world, world.amira, "amira");
  std::vector<OpId> all;
  for (int i = 0; i < 130; i++) {
    store::Edit edit{{domain::person_stream(world.amira), "observation", {}},
                     {{"text", "Your map is clear, " + std::to_string(i)}},
                     {},
                     {}};
    all.push_back(world.school->write(world.okafor, std::span(&edit, 1)).value().front().op);
    world.read();  // as they are told of each
  }
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.sync(*world.hub);
  for (const auto& op : all) CHECK(amira.store->seal_of(op).value().has_value());
  CHECK(all.size() == 130);
}

namespace {
// A teacher has written at a hub, one student has read it there, and the hub's disk is gone. At the school
// that student was never, or once before.
struct LostRoom : World {
  Profile laptop{*this, amira, "amira"};
  OpId said;

  explicit LostRoom(bool was_at_school = false) {
    REQUIRE(laptop.sign_in(*hub, "4711"));
    laptop.goal("monday");
    laptop.sync(*hub);
    round();
    laptop.sync(*hub);
    if (was_at_school) laptop.sync(*school);
    store::Edit edit{{stream(), "observation", {}}, {{"text", "Your map is clear"}}, {}, {}};
    said = hub->write(okafor, std::span(&edit, 1)).value().front().op;
    laptop.sync(*hub);
    hub.reset();
    up.reset();
    std::filesystem::remove_all(hub_data);
    REQUIRE(School::make_hub(hub_data, file));
    open_hub();
  }
  std::string stream() { return domain::person_stream(amira); }
  std::size_t observations(School& at) { return at.store().records(stream(), "observation").value().size(); }
  // What the laptop brings on a stick, as the school counts it.
  std::int64_t brought_by_stick() {
    sync::Author author{amira, laptop.key, laptop.certificate, laptop.signature, laptop.introduction};
    std::vector<wire::BundleItem> items;
    for (auto& item : sync::make_returned(*laptop.store, author).value())
      items.push_back({wire::returned_item, std::move(item)});
    items.push_back({wire::reading_item, sync::make_reading(*laptop.store, author, true).value().value()});
    auto bundle = wire::seal_bundle(school->identity(), laptop.key, items).value();
    return school->read_bundle(bundle, Carrier::stick).value().brought_back;
  }
};
}  // namespace

TEST_CASE("what a teacher wrote at a hub whose disk is gone comes to the school by whoever read it there") {
  LostRoom world;
  auto seal = world.laptop.store->seal_of(world.said).value();
  REQUIRE(seal);
  CHECK(wire::hub_signer(seal->hub).hub == world.file.hub.hex());
  CHECK(world.observations(*world.school) == 0);
  SUBCASE("at the school itself") { world.laptop.sync(*world.school); }
  SUBCASE("by a stick") {
    REQUIRE(world.laptop.session->meet(""));
    // Having heard once where the school stands.
    world.laptop.session->hurry(world.clock.steady_ms());
    auto request = world.laptop.session->next(world.clock.steady_ms()).value().value();
    auto reply =
        world.school->sync(world.school->bearer(world.laptop.token).value(), wire::encode(request)).value();
    REQUIRE(world.laptop.session->on_reply(wire::decode_reply(reply).value(), world.clock.steady_ms()));
    CHECK(world.brought_by_stick() == 1);
  }
  SUBCASE("by the hub in its place") {
    world.ask();
    world.round();
    CHECK(world.up->status().value().verified);
    CHECK_FALSE(world.up->next(world.clock.steady_ms()).value());
    REQUIRE(world.laptop.sign_in(*world.hub, "4711"));
    world.laptop.sync(*world.hub);
    CHECK(world.observations(*world.hub) == 1);
    CHECK(world.observations(*world.school) == 0);
    // And it asks at once, without being told to.
    CHECK_FALSE(world.up->status().value().verified);
    CHECK(world.up->next(world.clock.steady_ms()).value());
    world.up->on_lost({Code::offline, ""}, world.clock.steady_ms());
    for (int i = 0; i < 3; i++) world.round();
  }
  CHECK(world.observations(*world.school) == 1);
  CHECK(world.school->store().op(world.said).value()->author == world.okafor);
  // And the school's seal takes the place of the hub's.
  world.laptop.sync(*world.school);
  CHECK(world.laptop.store->has(world.said).value());
  REQUIRE(world.school->verify());
}

TEST_CASE(
    "what was read in a room comes to a school that lacks it by a program that was closed there and knows "
    "none") {
  LostRoom world(true);
  auto& laptop = world.laptop;
  // Somebody else signed in at the school meanwhile: when this student opens the program no hub is met any
  // more.
  laptop.session.reset();
  laptop.store.reset();
  laptop.store =
      store::Store::open(world.folder.path() + "/amira.db", {&world.clock, &world.random, true}).value();
  laptop.session = std::make_unique<sync::Session>(*laptop.store);
  laptop.sign();
  CHECK(world.observations(*world.school) == 0);
  SUBCASE("at the school itself") { laptop.sync(*world.school); }
  SUBCASE("by a stick") { CHECK(world.brought_by_stick() == 1); }
  CHECK(world.observations(*world.school) == 1);
  // Compared once, and then it is done.
  laptop.sync(*world.school);
  CHECK(laptop.status().verified);
  CHECK(world.brought_by_stick() == 0);
}

TEST_CASE("a hub that was put back after it asked takes no papers that sign the key it had") {
  World world;
  auto answer = world.school->hub_papers(world.hub_bearer(), world.hub->hub_question(kSpki, {})).value();
  world.hub.reset();
  world.up.reset();
  std::filesystem::remove_all(world.hub_data);
  REQUIRE(School::make_hub(world.hub_data, world.file));
  world.open_hub();
  CHECK(world.hub->take_papers(answer, kSpki).error().code == Code::conflict);
  CHECK(world.hub->accounts().people().value().empty());
  world.ask();
  CHECK_FALSE(world.hub->accounts().people().value().empty());
}

TEST_CASE("a hub has again what it signed itself of a teacher whom it does not know now") {
  LostRoom world;
  auto okafor = world.school->accounts().person(world.okafor).value().value();
  okafor.active = false;
  REQUIRE(world.school->put_person(okafor));
  REQUIRE(world.school->refresh_access());
  world.ask();
  REQUIRE(world.laptop.sign_in(*world.hub, "4711"));
  world.laptop.sync(*world.hub);
  CHECK(world.observations(*world.hub) == 1);
  std::size_t letters = 1;
  SUBCASE("an adult decides") {}
  SUBCASE("and nothing of a student who is erased meanwhile") {
    letters = 0;
    world.ask();
    while (true) {
      auto request = world.up->next(world.clock.steady_ms()).value();
      REQUIRE(request);
      bool brings = !request->returned.empty();
      if (brings) REQUIRE(world.school->erase_student(std::nullopt, world.amira));
      auto reply = world.school->sync(world.hub_bearer(), wire::encode(*request)).value();
      REQUIRE(world.up->on_reply(wire::decode_reply(reply).value(), world.clock.steady_ms()));
      if (brings) break;
    }
  }
  for (int i = 0; i < 3; i++) world.round();
  CHECK(world.observations(*world.school) == 0);
  CHECK(world.school->accounts().dead_letters(true, 10).value().size() == letters);
}

TEST_CASE(
    "of what a hub signed the school takes in what its teachers may write, and nothing of a removed hub") {
  LostRoom world;
  SUBCASE("a teacher who left: an adult decides") {
    auto okafor = world.school->accounts().person(world.okafor).value().value();
    okafor.active = false;
    REQUIRE(world.school->put_person(okafor));
    REQUIRE(world.school->refresh_access());
    world.laptop.sync(*world.school);
    CHECK(world.observations(*world.school) == 0);
    auto letters = world.school->accounts().dead_letters(true, 10).value();
    REQUIRE(letters.size() == 1);
    CHECK(letters[0].person == world.okafor);
    CHECK(letters[0].code == "not_granted");
    REQUIRE(world.school->take_in_letter(
        world.school->accounts().person_by_email("head@alder.example").value()->id, letters[0].n));
    CHECK(world.observations(*world.school) == 1);
  }
  SUBCASE("a hub that was removed") {
    REQUIRE(remove_hub(*world.school, world.file.hub));
    world.laptop.sync(*world.school);
    CHECK(world.observations(*world.school) == 0);
    CHECK(world.school->accounts().dead_letters(true, 10).value().empty());
  }
  SUBCASE("another signature") {
    REQUIRE(
        world.laptop.store->db().execute("UPDATE seal SET signature = zeroblob(64) WHERE hub IS NOT NULL"));
    world.laptop.sync(*world.school);
    CHECK(world.observations(*world.school) == 0);
    CHECK(world.school->accounts().dead_letters(true, 10).value().empty());
  }
}

TEST_CASE("what was erased of a student's own stream before it was sent is sealed like the text it was") {
  World world;
  Profile amira(world, world.amira, "amira");
  world.ask();
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.write(domain::own_stream(world.amira), "draft", "text.want", "mine alone");
  auto waiting = amira.store->freeze(1, 10, 1'000'000).value();
  REQUIRE(waiting.size() == 1);
  REQUIRE(store::erase_own(*amira.store, waiting[0].n));
  sync::Author author{amira.person, amira.key, amira.certificate, amira.signature, amira.introduction};
  auto made = sync::make_room_batch(*amira.store, author, world.school->identity(), 0).value().value();
  REQUIRE(made.batch.ops.size() == 1);
  CHECK(made.batch.ops[0].starts_with("{\"sealed\":"));
  amira.sync(*world.hub);
  world.carry();
  amira.sync(*world.hub);
  CHECK(amira.status().waiting == 0);
  CHECK(world.hub->carried().carrying()->not_taken == 0);
}

TEST_CASE(
    "two batches that a disk wrote under one round, before and after it was put back, are both carried") {
  World world;
  wire::Batch batch;
  batch.person = world.amira;
  batch.replica = world.random.id<ReplicaId>();
  batch.round = 3;
  batch.ids = {world.random.id<OpId>()};
  REQUIRE(world.hub->carried().put(batch, "one"));
  batch.ids.front() = world.random.id<OpId>();
  REQUIRE(world.hub->carried().put(batch, "another"));
  REQUIRE(world.hub->carried().put(batch, "another"));  // sent again
  CHECK(world.hub->carried().carrying()->batches == 2);
}

TEST_CASE(
    "an introduction is checked by the school as a sign-in is, and what it does not believe stays in the "
    "room") {
  World world;
  auto bo = world.student("Bo", world.period3);
  world.ask();
  // Amira has chosen her PIN at school; the hub does not know that yet.
  Profile at_school(world, world.amira, "at-school");
  REQUIRE(at_school.sign_in(*world.school, "1234"));
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.hub, "9999"));
  amira.goal("with another PIN");
  amira.sync(*world.hub);
  world.carry();
  CHECK(world.problems == Texts{"wrong_pin"});
  CHECK(world.goals(*world.school, world.amira).empty());
  auto carrying = world.hub->carried().carrying().value();
  CHECK(carrying.not_taken == 1);
  CHECK(carrying.problem == "wrong_pin");
  // It is not asked about at once again.
  CHECK(world.hub->next_load().value().bundle.empty());
  CHECK(amira.status().waiting == 1);
  // With the right PIN what waited arrives.
  world.ask();
  CHECK(amira.sign_in(*world.hub, "9999").error().code == Code::wrong_pin);
  REQUIRE(amira.sign_in(*world.hub, "1234"));
  world.clock.advance_ms(11 * 60'000);
  amira.goal("now");
  amira.sync(*world.hub);
  world.carry();
  CHECK(world.goals(*world.school, world.amira) == Texts{"now", "with another PIN"});

  // Somebody else's card over one's own name.
  Profile false_bo(world, bo, "false-bo");
  REQUIRE(false_bo.sign_in(*world.hub, "1111"));
  false_bo.card = world.school->card_for(world.amira).value();
  false_bo.introduction = false_bo.introduce("1111");
  false_bo.sign();
  false_bo.goal("as if I were Bo");
  false_bo.sync(*world.hub);
  world.carry();
  CHECK(world.problems == Texts{"card_unknown"});
  CHECK(world.goals(*world.school, bo).empty());
  // A card that was voided since, and a computer that was removed.
  Profile voided(world, bo, "voided");
  REQUIRE(voided.sign_in(*world.hub, "1111"));
  REQUIRE(world.school->reprint_card(bo));
  voided.goal("with a lost card");
  voided.sync(*world.hub);
  world.carry();
  CHECK(world.problems == Texts{"card_voided"});
  Profile removed(world, bo, "removed");
  world.ask();
  removed.card = world.school->card_for(bo).value();
  REQUIRE(removed.sign_in(*world.hub, "1111"));
  REQUIRE(world.school->remove_computer(world.lab.id));
  removed.goal("from a removed computer");
  removed.sync(*world.hub);
  world.carry();
  CHECK(world.problems == Texts{"unauthorized"});
  // The hub learns of it, and lets that computer in no more.
  world.ask();
  CHECK_FALSE(world.hub->bearer(removed.token));
  CHECK(world.hub->computer(world.computer_token).error().code == Code::unauthorized);
}

TEST_CASE(
    "a batch that the school does not believe is told back through the hub until the student signs in anew") {
  World world;
  Profile amira(world, world.amira, "amira"), home(world, world.amira, "home");
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.goal("written in the room");
  amira.sync(*world.hub);
  CHECK_FALSE(amira.status().not_taken);
  // Meanwhile the school learns another PIN, and the card is made anew.
  REQUIRE(home.sign_in(*world.school, "1234"));
  world.carry();
  CHECK(world.problems == Texts{"wrong_pin"});
  CHECK_FALSE(amira.status().not_taken);
  amira.sync(*world.hub);
  CHECK(amira.status().not_taken == Code::wrong_pin);
  CHECK(amira.status().waiting == 1);
  CHECK(amira.status().in_room == 1);
  // That the next try comes too soon says nothing of the work, and what was said before stands.
  world.clock.advance_ms(1'000);
  auto batch = world.hub->carried().next(1 << 20, 0).value().front();
  REQUIRE(world.hub->carried().tried(batch.n, "slowed_down"));
  CHECK(world.hub->carried().problem_of(batch.replica, 0).value().empty());
  REQUIRE(world.hub->carried().tried(batch.n, "not answered"));
  CHECK(world.hub->carried().problem_of(batch.replica, 0).value().empty());
  REQUIRE(world.hub->carried().tried(batch.n, std::string(70, 'x')));
  CHECK(world.hub->carried().problem_of(batch.replica, 0).value() == std::string(64, 'x'));
  CHECK(world.hub->carried().problem_of(batch.replica, 1).value().empty());  // settled otherwise meanwhile
  CHECK(world.hub->carried().problem_of(world.random.id<ReplicaId>(), 0).value().empty());

  amira.card = world.school->reprint_card(world.amira).value();
  world.clock.advance_ms(11 * 60'000);
  world.carry();
  amira.sync(*world.hub);
  CHECK(amira.status().not_taken == Code::card_voided);
  // With the new card and the PIN of the school all of it is given again, and is believed.
  world.ask();
  world.random.fill(amira.key.seed);
  amira.token = make_token(world.random);
  REQUIRE(amira.sign_in(*world.hub, "1234"));
  amira.sync(*world.hub);
  CHECK_FALSE(amira.status().not_taken);
  CHECK(amira.status().waiting == 1);
  world.carry();
  CHECK(world.goals(*world.school, world.amira) == Texts{"written in the room"});
  amira.sync(*world.hub);
  CHECK(amira.status().waiting == 0);
  CHECK_FALSE(amira.status().not_taken);

  // Of what waits with an adult it is told as well, and another place knows nothing of it.
  amira.goal("from a removed computer");
  amira.sync(*world.hub);
  REQUIRE(world.school->remove_computer(world.lab.id));
  world.carry();
  amira.sync(*world.hub);
  CHECK(amira.status().not_taken == Code::unauthorized);
  REQUIRE(amira.session->meet(""));
  CHECK_FALSE(amira.status().not_taken);
}

TEST_CASE(
    "of a removed computer's batch a hub lets go once the school says that all of it is with the letters") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.goal("at school");
  amira.sync(*world.hub);
  world.carry();
  amira.sync(*world.hub);
  amira.goal("one");
  amira.write(domain::own_stream(world.amira), "draft", "text.want", "mine alone");
  amira.sync(*world.hub);
  REQUIRE(world.school->remove_computer(world.lab.id));
  auto letters = [&] { return world.school->accounts().dead_letters_waiting().value(); };
  auto carrying = [&] { return world.hub->carried().carrying().value(); };

  // An answer that names another batch, or none, lets nothing go.
  auto load = world.hub->next_load().value();
  auto identity = world.identity();
  auto hub_reads = wire::open_bundle(load.bundle, identity).value().writer;
  auto batch = world.hub->carried().next(1 << 20, 0).value().front();
  auto end = record::next(amira.store->own_position(3).value().value(), world.random.id<OpId>());
  for (auto named :
       {std::optional<wire::Problem::Letters>(), std::optional(wire::Problem::Letters{batch.replica, end}),
        std::optional(wire::Problem::Letters{{}, amira.store->own_position(3).value().value()})}) {
    auto told = wire::encode(wire::Problem{0, "unauthorized", named});
    REQUIRE(world.hub->take_answers(
        load,
        wire::seal_bundle(hub_reads, identity, std::vector<wire::BundleItem>{{wire::problem_item, told}})
            .value()));
    CHECK(carrying().batches == 1);
  }
  CHECK(letters() == 0);

  world.clock.advance_ms(11 * 60'000);
  world.carry();
  CHECK(world.problems == Texts{"unauthorized"});
  CHECK(letters() == 2);
  CHECK(carrying().batches == 0);
  CHECK(carrying().not_taken == 0);
  CHECK(world.hub->carried().carried_of(batch.replica, 0, 1).value() == 1);  // it need not come again
  world.clock.advance_ms(11 * 60'000);
  CHECK(world.hub->next_load().value().bundle.empty());
  // A school that was put back may have lost its letters: it is asked once a day, and is told nothing twice.
  world.clock.advance_ms(std::int64_t{24} * 3'600'000);
  world.problems.clear();
  world.carry();
  CHECK(world.problems == Texts{"unauthorized"});
  CHECK(letters() == 2);
  CHECK(carrying().batches == 0);
  // Let go for good in the end.
  world.clock.advance_ms(std::int64_t{31} * 24 * 3'600'000);
  world.carry();
  CHECK(world.hub->carried().carried_of(batch.replica, 0, 0).value() == 0);
  CHECK(letters() == 2);
}

TEST_CASE("of a removed computer's batch that came before, as nobody heard, a hub takes back nothing") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.goal("monday");
  amira.sync(*world.hub);
  auto load = world.hub->next_load().value();
  REQUIRE(world.school->read_bundle(load.bundle, Carrier::hub));  // and the answer is lost
  amira.goal("tuesday");
  amira.sync(*world.hub);
  REQUIRE(world.school->remove_computer(world.lab.id));
  world.clock.advance_ms(11 * 60'000);
  world.carry();
  CHECK(world.problems == std::vector<std::string>{"unauthorized", "unauthorized"});
  CHECK(world.hub->carried().carrying()->batches == 0);
  CHECK(world.goals(*world.hub, world.amira) == std::vector<std::string>{"monday"});
  CHECK(world.goals(*world.school, world.amira) == std::vector<std::string>{"monday"});
  CHECK(world.school->accounts().dead_letters_waiting().value() == 1);
}

TEST_CASE("of a removed computer's batch a line that is no op is kept like the others") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.school, "4711"));
  REQUIRE(world.school->remove_computer(world.lab.id));
  const std::string line = R"({"of":"a later version"})";
  wire::Batch batch;
  batch.person = world.amira;
  batch.replica = world.random.id<ReplicaId>();
  batch.round = 1;
  batch.ids = {record::op_id(line)};
  batch.certificate = amira.certificate, batch.certificate_signature = amira.signature;
  batch.ops = {line};
  REQUIRE(world.hub->carried().put(batch, wire::encode(batch, amira.key)));
  world.carry();
  CHECK(world.problems == Texts{"unauthorized"});
  CHECK(world.hub->carried().carrying()->batches == 0);
  auto letters = world.school->accounts().dead_letters(true, 10).value();
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].body == line);
}

TEST_CASE(
    "what a room has read and the school keeps as a letter is taken back, and given again when it is let "
    "in") {
  World world;
  Computer other{world.random.id<ComputerId>(), "lab-09", 0, {}, false, 0};
  REQUIRE(world.school->accounts().add_computer(other, token_hash(make_token(world.random))));
  world.ask();
  Profile lost(world, world.amira, "lost"), desk(world, world.amira, "desk");
  lost.lab = other;
  REQUIRE(lost.sign_in(*world.school, "4711"));
  world.ask();
  REQUIRE(desk.sign_in(*world.hub, "4711"));
  lost.goal("on the lost computer");
  lost.sync(*world.hub);
  desk.sync(*world.hub);
  auto at_desk = [&] {
    Texts texts;
    for (const auto& goal : desk.store->records(domain::person_stream(world.amira), "goal").value())
      texts.push_back(goal.text("want"));
    return texts;
  };
  CHECK(at_desk() == Texts{"on the lost computer"});

  REQUIRE(world.school->remove_computer(other.id));
  world.carry();
  CHECK(world.problems == Texts{"unauthorized"});
  CHECK(world.goals(*world.hub, world.amira).empty());
  desk.sync(*world.hub);
  CHECK(at_desk().empty());
  CHECK(desk.status().verified);

  auto letters = world.school->accounts().dead_letters(true, 10).value();
  REQUIRE(letters.size() == 1);
  REQUIRE(world.school->take_in_letter(world.okafor, letters[0].n));
  world.read();
  CHECK(world.goals(*world.hub, world.amira) == Texts{"on the lost computer"});
  desk.sync(*world.hub);
  CHECK(at_desk() == Texts{"on the lost computer"});
  CHECK(world.hub->verify());
}

TEST_CASE("what a student wrote who left since is with the letters, and decided anew when they are back") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.goal("written before I left");
  amira.sync(*world.hub);
  auto at_school = [&](bool here) {
    auto person = world.school->accounts().person(world.amira).value().value();
    person.active = here;
    REQUIRE(world.school->put_person(person));
    REQUIRE(world.school->enroll(world.period3, world.amira, "student", here));
    REQUIRE(world.school->refresh_access());
    world.ask();
  };
  at_school(false);
  // Somebody else's card proves nothing, and the hub keeps what nobody has.
  Profile false_amira(world, world.amira, "false-amira");
  false_amira.card = world.school->card_for(world.student("Bo", world.period3)).value();
  false_amira.introduction = false_amira.introduce("4711");
  wire::Batch forged{world.amira, world.random.id<ReplicaId>(), 1, {}, {}, "",
                     "",          false_amira.introduction,     {}};
  REQUIRE(world.hub->carried().put(forged, wire::encode(forged, false_amira.key)));
  world.carry();
  CHECK(world.problems == Texts{"unauthorized", "unauthorized"});
  CHECK(world.school->accounts().dead_letters_waiting().value() == 1);
  CHECK(world.hub->carried().carrying()->batches == 1);
  CHECK(world.goals(*world.school, world.amira).empty());
  at_school(true);
  CHECK(world.hub->carried().carrying()->batches == 2);
  world.clock.advance_ms(11 * 60'000);
  world.carry();
  CHECK(world.goals(*world.school, world.amira) == Texts{"written before I left"});
  CHECK(world.hub->carried().carrying()->batches == 1);
}

TEST_CASE(
    "what a teacher hides at a hub is hidden in the room, at the school, and in a school that is put back") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.goal("spite");
  amira.goal("a kind one");
  amira.sync(*world.hub);
  world.round();
  amira.sync(*world.hub);
  const auto stream = domain::person_stream(world.amira);
  auto goals = world.school->store().records(stream, "goal").value();
  REQUIRE(goals.size() == 2);
  auto hide = [&](School& at, std::size_t i, bool hidden) {
    REQUIRE(set_hidden(at, world.okafor, world.amira, "goal", goals[i].key.id.hex(), hidden));
  };
  auto hidden = [&](store::Store& store) {
    std::vector<std::string> records;
    for (const auto& each : store::hidden_records(store, stream).value())
      records.push_back(each.record.hex());
    return records;
  };
  const Texts first{goals[0].key.id.hex()}, second{goals[1].key.id.hex()};
  auto backup = world.folder.path() + "/school.waymark-backup";
  REQUIRE(School::finish_backup(world.school->begin_backup().value(), backup));
  // The school is away: the room has it at once.
  hide(*world.hub, 0, true);
  CHECK(hidden(world.hub->store()) == first);
  amira.sync(*world.hub);
  CHECK(hidden(*amira.store) == first);
  CHECK(hidden(world.school->store()).empty());
  world.round();
  CHECK(hidden(world.school->store()) == first);
  CHECK(hidden_texts(*world.school, world.amira).value().front().by == "Ada Okafor");
  // Nobody told the school again that was put back: it knows by itself.
  REQUIRE(world.school->restore(backup, world.identity()));
  CHECK(hidden(world.school->store()) == first);
  world.round();
  CHECK(hidden(world.school->store()) == first);
  // Shown again there, and the other hidden at the school: an empty hub in the old one's place has both.
  hide(*world.hub, 0, false);
  hide(*world.school, 1, true);
  world.round();
  REQUIRE(world.school->restore(backup, world.identity()));
  CHECK(hidden(world.school->store()) == second);
  world.up.reset();
  world.hub.reset();
  std::filesystem::remove_all(world.hub_data);
  REQUIRE(School::make_hub(world.hub_data, world.file));
  world.open_hub();
  world.round();
  CHECK(hidden(world.hub->store()) == second);
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.sync(*world.hub);
  CHECK(hidden(*amira.store) == second);
  REQUIRE(world.school->verify());
}

TEST_CASE(
    "what the school lost before the hub had read it there is asked about within a day, and brought again") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.goal("monday");
  amira.sync(*world.hub);
  world.round();
  auto backup = world.folder.path() + "/school.waymark-backup";
  REQUIRE(School::finish_backup(world.school->begin_backup().value(), backup));
  for (const auto* want : {"tuesday", "wednesday"}) {
    amira.goal(want);
    amira.sync(*world.hub);
    world.carry();
  }
  CHECK(world.goals(*world.school, world.amira) == Texts{"monday", "tuesday", "wednesday"});
  REQUIRE(world.school->restore(backup, world.identity()));
  // Her computer is at home, and in no stream that the hub reads is less than it has read there.
  world.round();
  CHECK(world.goals(*world.school, world.amira) == Texts{"monday"});
  world.clock.advance_ms(24 * 3600 * 1000 + 1);
  world.round();
  world.clock.advance_ms(3600 * 1000);
  world.round();
  CHECK(world.goals(*world.school, world.amira) == Texts{"monday", "tuesday", "wednesday"});
  // All is well again: one small question a day.
  for (int hour = 0; hour < 3; hour++) {
    world.clock.advance_ms(3600 * 1000);
    CHECK(world.hub->next_load().value().rows.empty());
  }
  world.clock.advance_ms(24 * 3600 * 1000);
  CHECK(world.hub->next_load().value().rows.size() == 1);
  world.round();
  CHECK(world.hub->next_load().value().rows.empty());
  CHECK(world.hub->carried().carrying().value().batches == 0);
  // Not for ever: a month after its answer a batch goes.
  for (int day = 0; day < 32; day++) {
    world.clock.advance_ms(24 * 3600 * 1000 + 1);
    world.round();
  }
  amira.sync(*world.hub);
  world.round();
  world.clock.advance_ms(24 * 3600 * 1000 + 1);
  CHECK(world.hub->next_load().value().rows.empty());
}

TEST_CASE("a hub knows the people of its classes and no others, and follows when they move") {
  World world;
  auto cy = world.student("Cy", world.period4);
  world.ask();
  CHECK(world.hub->accounts().person(world.amira).value());
  CHECK_FALSE(world.hub->accounts().person(cy).value());
  CHECK(world.hub->students_of(world.period3).value().size() == 1);
  CHECK(world.hub->student_of_card(world.school->card_for(cy).value(), world.lab.id).error().code ==
        Code::card_unknown);
  // Nothing comes twice.
  auto question = nlohmann::json::parse(world.hub->hub_question(kSpki, {}));
  auto answer = nlohmann::json::parse(world.school->hub_papers(world.hub_bearer(), question.dump()).value());
  CHECK_FALSE(answer.contains("papers"));
  REQUIRE(world.school->enroll(world.period3, cy, "student"));
  REQUIRE(world.school->enroll(world.period3, world.amira, "student", false));
  REQUIRE(world.school->refresh_access());
  world.ask();
  CHECK(world.hub->students_of(world.period3).value().front().person.given == "Cy");
  CHECK_FALSE(world.hub->accounts().person(world.amira).value()->active);
  // She still hears of erasures there, and of nothing else.
  auto left = world.hub->accounts().access(world.amira).value();
  REQUIRE(left.size() == 1);
  CHECK(left.front().stream == domain::school_stream);
  // Places: a student of the class is told of the hub, others are not, and the hub tells of the school.
  CHECK(world.school->places_for(cy).value().front().name == "North room");
  CHECK(world.school->places_for(world.amira).value() == std::vector<wire::Place>{{"", "Alder Creek", {}}});
}

TEST_CASE("a hub that is removed is turned away, told to nobody, and not back with an old backup") {
  World world;
  auto& school = *world.school;
  auto backup = world.folder.path() + "/monday.waymark-backup";
  REQUIRE(School::finish_backup(school.begin_backup().value(), backup));
  CHECK(school.places_for(world.amira).value().front().hub == world.file.hub.hex());
  CHECK(hub_named(school, "north ROOM").value().id == world.file.hub);
  auto bearer = world.hub_bearer();
  REQUIRE(remove_hub(school, world.file.hub));
  REQUIRE(remove_hub(school, world.file.hub));  // twice is no error
  for (bool restored : {false, true}) {
    CAPTURE(restored);
    if (restored) school.restore(backup, world.identity()).value();
    CHECK(school.bearer(world.file.token).error().code == Code::unauthorized);
    CHECK(school.hub_papers(bearer, "{}").error().code == Code::forbidden);
    CHECK(school.places_for(world.amira).value() == std::vector<wire::Place>{{"", "Alder Creek", {}}});
    CHECK(school.places().value().empty());
    CHECK(hub_named(school, "North room").error().code == Code::not_found);
    for (const auto& access : school.accounts().access(world.file.hub).value())
      CHECK(access.stream == domain::school_stream);
  }
  CHECK(remove_hub(school, world.amira).error().code == Code::not_found);
  CHECK(remove_hub(*world.hub, world.file.hub).error().code == Code::unsupported);
}

TEST_CASE("a teacher answers at a hub, and the school takes it for the hub's teachers alone") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.sync(*world.hub);
  world.round();
  auto in = world.hub->sign_in("okafor@alder.example", "a-long-password");
  REQUIRE(in);
  store::Edit note{{domain::person_stream(world.amira), "observation", {}}, {{"text", "well asked"}}, {}, {}};
  REQUIRE(world.hub->write(world.okafor, std::span(&note, 1)));
  auto elsewhere = world.teacher("mori@alder.example", world.period4);
  CHECK(world.hub->write(elsewhere, std::span(&note, 1)).error().code == Code::not_granted);
  amira.sync(*world.hub);
  auto there = [&](store::Store& store) {
    return store.records(domain::person_stream(world.amira), "observation").value().size();
  };
  CHECK(there(*amira.store) == 1);
  CHECK(there(world.school->store()) == 0);
  CHECK(world.hub->store().waiting_count().value() == 1);
  world.round();
  CHECK(there(world.school->store()) == 1);
  CHECK(world.hub->store().waiting_count().value() == 0);
  // A hub that says somebody else wrote it is not believed.
  store::Edit forged = note;
  REQUIRE(world.hub->store().write(elsewhere, std::span(&forged, 1)));
  world.round();
  CHECK(there(world.school->store()) == 1);
  CHECK(world.hub->store().refusals().value().size() == 1);
}

TEST_CASE(
    "what a teacher wrote in a room before they left the class is theirs, and an administrator takes it in") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.sync(*world.hub);
  world.round();
  // The line is down; on Monday she answers in the room, on Tuesday somebody else has the class.
  store::Edit note{{domain::person_stream(world.amira), "observation", {}}, {{"text", "well asked"}}, {}, {}};
  REQUIRE(world.hub->write(world.okafor, std::span(&note, 1)));
  store::Edit second{{domain::person_stream(world.amira), "observation", {}}, {{"text", "and more"}}, {}, {}};
  auto written = world.hub->write(world.okafor, std::span(&second, 1)).value();
  amira.sync(*world.hub);
  auto mori = world.teacher("mori@alder.example", world.period3);
  REQUIRE(world.school->remove_teacher(std::nullopt, world.period3, world.okafor));
  auto& accounts = world.school->accounts();
  // A student who read one there says it over again, before the hub has the line back.
  auto line = world.hub->store().line(written.front().op).value().value();
  REQUIRE(accounts.add_dead_letter(world.amira, line, "forbidden"));
  REQUIRE(accounts.settle_dead_letter(accounts.dead_letters(true, 1)->front().n, mori, "set_aside"));
  world.read();
  auto letters = accounts.dead_letters(true, 10).value();
  REQUIRE(letters.size() == 2);
  auto head = accounts.person_by_email("head@alder.example").value().value();
  auto page = letters_for(*world.school, head).value();
  for (const auto& shown : page.waiting) {
    CHECK(shown.person == world.okafor.hex());
    CHECK(shown.brought_by == "North room");
    CHECK(shown.can_take_in);
  }
  auto teacher = accounts.person(world.okafor).value().value();
  CHECK_FALSE(letters_for(*world.school, teacher)->waiting.front().can_take_in);
  for (const auto& letter : letters) {
    CHECK(world.school->take_in_letter(world.okafor, letter.n).error().code == Code::forbidden);
    REQUIRE(world.school->take_in_letter(head.id, letter.n));
  }
  auto there = world.school->store().records(domain::person_stream(world.amira), "observation").value();
  CHECK(there.size() == 2);
  CHECK(accounts.dead_letters_waiting().value() == 0);
  // Said over again by whoever it is, it stays as it was decided.
  REQUIRE(accounts.add_dead_letter(world.amira, line, "forbidden"));
  CHECK(accounts.dead_letters_waiting().value() == 0);
  world.round();
  CHECK(world.school->store().records(domain::person_stream(world.amira), "observation")->size() == 2);
}

TEST_CASE(
    "what the school has of a teacher who left the class it does not send back to a hub that says it again") {
  World world;
  store::Edit note{{domain::person_stream(world.amira), "observation", {}}, {{"text", "well asked"}}, {}, {}};
  REQUIRE(world.hub->write(world.okafor, std::span(&note, 1)));
  world.round();
  auto there = [&](School& at) {
    return at.store().records(domain::person_stream(world.amira), "observation").value().size();
  };
  REQUIRE(there(*world.school) == 1);
  world.teacher("mori@alder.example", world.period3);
  REQUIRE(world.school->remove_teacher(std::nullopt, world.period3, world.okafor));
  REQUIRE(world.hub->store().become_new_replica());  // as its disk was put back
  world.round();
  CHECK(world.hub->store().waiting_count().value() == 0);
  CHECK(world.hub->store().refusals().value().empty());
  CHECK(there(*world.hub) == 1);
  CHECK(world.school->accounts().dead_letters_waiting().value() == 0);
}

TEST_CASE("who read at a hub that a line was sent back reads it there once an adult took it in") {
  World world;
  store::Edit note{{domain::person_stream(world.amira), "observation", {}}, {{"text", "well asked"}}, {}, {}};
  REQUIRE(world.hub->write(world.okafor, std::span(&note, 1)));
  world.teacher("mori@alder.example", world.period3);
  REQUIRE(world.school->remove_teacher(std::nullopt, world.period3, world.okafor));
  world.round();
  REQUIRE(world.hub->store().refusals().value().size() == 1);
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  amira.sync(*world.hub);
  auto there = [&] {
    return amira.store->records(domain::person_stream(world.amira), "observation").value().size();
  };
  CHECK(there() == 0);
  auto& accounts = world.school->accounts();
  auto head = accounts.person_by_email("head@alder.example").value().value();
  REQUIRE(world.school->take_in_letter(head.id, accounts.dead_letters(true, 1)->front().n));
  world.round();
  CHECK(world.hub->store().refusals().value().empty());
  amira.sync(*world.hub);
  CHECK(there() == 1);
}

TEST_CASE("nobody signs in at the school by way of a hub") {
  World world;
  CHECK(world.school->computer(world.file.token).error().code == Code::forbidden);
  CHECK(world.school->computer(world.computer_token).value().id == world.lab.id);
  // At the hub itself the computers of the room sign in as ever.
  CHECK(world.hub->computer(world.computer_token).value().id == world.lab.id);
}

TEST_CASE("golden papers and hub files are taken as what they say, and what is none is refused") {
  using test::text;
  const auto made = test::golden_part("hub_files").front();
  auto file = read_hub_file(test::bytes_of(made));
  REQUIRE(file);
  CHECK(file->hub.hex() == made["content"]["hub"]);
  CHECK(file->name == made["content"]["name"]);
  CHECK(file->token == made["content"]["token"]);
  CHECK(file->classes == std::vector<std::string>{"Period 3"});
  CHECK(read_hub_file(R"({"v":2})").error().code == Code::unsupported);

  ManualClock clock;
  SeededRandom random{29};
  test::TemporaryFolder folder;
  REQUIRE(School::make_hub(folder.path() + "/hub", *file));
  auto hub = School::open(folder.path() + "/hub", clock, random).value();
  for (const auto& entry : test::golden_part("not_papers")) {
    CAPTURE(text(entry, "name"));
    auto taken = hub->take_papers(test::bytes_of(entry), text(entry, "spki"));
    REQUIRE(!taken);
    CHECK(name(taken.error().code) == text(entry, "code"));
    CHECK(hub->accounts().people()->empty());
  }
  // The key that these papers sign.
  REQUIRE(hub->store().set_meta("hub_key", text(test::golden_part("certificates").front(), "seed")));
  for (const auto& entry : test::golden_part("papers")) {
    CAPTURE(text(entry, "name"));
    const auto papers = nlohmann::json::parse(test::bytes_of(entry))["papers"];
    REQUIRE(hub->take_papers(test::bytes_of(entry), text(entry, "spki")));
    CHECK(hub->accounts().people()->size() == papers["people"].size());
    const auto student = test::id_of<PersonId>(papers["people"][0][0]);
    CHECK(hub->accounts().person(student).value()->given == papers["people"][0][2]);
    CHECK(hub->accounts().person(student).value()->pin_hash == papers["people"][0][6]);
    CHECK(hub->accounts().access(student)->front().id.hex() == papers["access"][0][2]);
    CHECK(hub->accounts().card("ABCD2345").value()->person == student);
    CHECK(hub->accounts().card("ZZZZ2345").value()->voided);
    CHECK(hub->accounts().computers()->front().name == papers["computers"][0][1]);
    CHECK(hub->accounts().device(from_hex(papers["devices"][0][0].get<std::string>()).value())->has_value());
  }
}

TEST_CASE(
    "a hub tells as many answers at once as a reply's header has room for, at least one, with all pages") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.hub, "4711"));
  const auto replica = amira.store->replica();
  auto& carried = world.hub->carried();
  std::int64_t round = 0;
  // As if the school had answered so: half of it marks that a header doubles.
  auto answer = [&](std::size_t bytes) {
    wire::Batch batch;
    batch.person = world.amira, batch.replica = replica, batch.round = ++round;
    batch.before = {round - 1, {}};
    batch.ids = {world.random.id<OpId>()};
    REQUIRE(carried.put(batch, "a batch"));
    auto end = record::next(batch.before, batch.ids.front());
    wire::Acknowledgement told{replica, round, batch.before, end, end, {}, 0};
    std::string body(bytes / 3, 'a');
    for (std::size_t i = 0; i < bytes / 3; i++) body += '"';
    REQUIRE(carried.settle(told, body));
  };
  auto told = [&](std::int64_t settled) { return carried.answers_for(replica, settled).value(); };
  SUBCASE("some at once, and the rest when these have come") {
    for (int i = 0; i < 20; i++) answer(9'000);
    std::int64_t settled = 0;
    for (int asked = 0; settled < 20 && asked < 20; asked++) {
      auto answers = told(settled);
      std::size_t bytes = 0;
      for (const auto& one : answers) bytes += wire::bytes_in_header(one);
      CHECK(bytes <= 48 * 1024);
      REQUIRE_FALSE(answers.empty());
      settled += static_cast<std::int64_t>(answers.size());
    }
    CHECK(settled == 20);
    CHECK(told(settled).empty());
  }
  SUBCASE("a long one alone, and one that no header holds not at all, nor in the way of others") {
    answer(140'000);
    answer(200'000);
    answer(900);
    CHECK(told(0).size() == 1);
    CHECK(told(0).front().size() > 90'000);
    auto rest = told(1);
    REQUIRE(rest.size() == 1);
    CHECK(rest.front().size() == 600);
    CHECK(told(3).empty());
  }
  SUBCASE("whatever streams there are") {
    for (int i = 0; i < 700; i++)
      REQUIRE(world.hub->accounts().put_access(
          world.amira, {"class:" + world.random.id<ClassId>().hex(), world.random.id<AccessId>()}));
    answer(140'000);
    answer(30'000);
    wire::SyncRequest request;
    request.replica = replica;
    auto bearer = world.hub->bearer(amira.token).value();
    for (request.at_school = 0; request.at_school < 2; request.at_school++) {
      auto bytes = world.hub->sync(bearer, wire::encode(request)).value();
      CHECK(bytes.find('\n') <= wire::header_bytes_max);
      auto reply = wire::decode_reply(bytes).value();
      CHECK(reply.answers.size() == 1);
      CHECK(reply.pages.size() > 50);
      CHECK(reply.more);
    }
  }
}

TEST_CASE("an e-mail that went over to somebody else goes over at a hub too") {
  World world;
  auto linden = world.teacher("linden@alder.example", world.period3);
  world.ask();
  const auto told = nlohmann::json::parse(world.school->hub_papers(world.hub_bearer(), "{}").value());
  auto email_at_hub = [&](const PersonId& id) {
    return world.hub->accounts().person(id).value()->email.value_or("");
  };
  auto row_of = [](nlohmann::json& people, const PersonId& id) -> nlohmann::json& {
    return *std::find_if(people.begin(), people.end(), [&](const auto& row) { return row[0] == id.hex(); });
  };
  // Two who changed theirs for one another's.
  auto swapped = told;
  auto& people = swapped["papers"]["people"];
  row_of(people, linden)[4] = "okafor@alder.example";
  row_of(people, world.okafor)[4] = "linden@alder.example";
  REQUIRE(world.hub->take_papers(swapped.dump(), ""));
  CHECK(email_at_hub(linden) == "okafor@alder.example");
  CHECK(email_at_hub(world.okafor) == "linden@alder.example");
  // A teacher whom a restored school did not know was added anew.
  REQUIRE(world.hub->take_papers(told.dump(), ""));
  auto anew = nlohmann::json::parse(told.dump());
  const auto another = world.random.id<PersonId>();
  for (const char* list : {"people", "enrollments", "access"})
    for (auto& row : anew["papers"][list])
      for (auto& cell : row)
        if (cell == linden.hex()) cell = another.hex();
  REQUIRE(world.hub->take_papers(anew.dump(), ""));
  CHECK(email_at_hub(another) == "linden@alder.example");
  CHECK(email_at_hub(linden).empty());
  CHECK_FALSE(world.hub->accounts().person(linden).value()->active);
  // Rows that do not go together change nothing.
  auto twice = told, nobody = told;
  twice["papers"]["people"].push_back(row_of(twice["papers"]["people"], linden));
  twice["papers"]["people"].back()[0] = world.random.id<PersonId>().hex();
  nobody["papers"]["enrollments"].push_back(
      {world.period3.hex(), world.random.id<PersonId>().hex(), "student"});
  for (const auto& broken : {twice, nobody}) {
    CHECK(world.hub->take_papers(broken.dump(), "").error().code == Code::malformed);
    CHECK(email_at_hub(another) == "linden@alder.example");
  }
}

TEST_CASE("golden questions of a hub are read, and written as the same bytes") {
  using test::text;
  int seen = 0;
  for (const auto& entry : test::golden_part("bodies")) {
    if (text(entry, "kind") != "hub_question") continue;
    CAPTURE(text(entry, "name"));
    seen++;
    auto read = read_hub_question(test::bytes_of(entry));
    REQUIRE(read);
    CHECK(encode(*read) == test::golden_file(entry.value("again", text(entry, "file"))));
  }
  CHECK(seen == 4);
  for (const auto& entry : test::golden_part("not_bodies"))
    if (text(entry, "kind") == "hub_question")
      CHECK(name(read_hub_question(test::bytes_of(entry)).error().code) == text(entry, "code"));
}

// Three streams a student and two a class.
TEST_CASE("who is too many for one hub works with the school, and the hub's line says so") {
  World world;
  auto other = world.school->add_class("Year 6").value(), year = world.school->add_class("Year 7").value();
  for (int i = 0; i < 297; i++)
    REQUIRE(world.school->enroll(i < 20 ? other : year,
                                 world.school->add_student("S" + std::to_string(i), "").value(), "student"));
  REQUIRE(world.school->refresh_access());
  auto large = world.school->add_hub("Large", {other, year}).value();
  auto before = world.school->accounts().access(large.hub).value();
  CHECK(before.size() == 3 + 2 * 2 + 3 * 297);
  // Nobody whom it carries makes room for who came later, in whatever class.
  auto zoe = world.student("Zoe", other), ada = world.student("Ada", year);
  auto after = world.school->accounts().access(large.hub).value();
  CHECK(after.size() == before.size());
  for (const auto& access : before)
    CHECK(std::any_of(after.begin(), after.end(), [&](const auto& a) { return a.id == access.id; }));
  CHECK(world.school->left_out_of_hub(large.hub).value() == 2);
  auto lines = hub_lines(*world.school).value();
  CHECK(lines.front().name == "Large");
  CHECK(lines.front().left_out == 2);
  CHECK(lines.back().left_out == 0);
  auto answer =
      world.school->hub_papers(world.school->bearer(large.token).value(), R"({"spki":")" + kSpki + "\"}")
          .value();
  CHECK(answer.find(zoe.hex()) == std::string::npos);
  CHECK(answer.find(ada.hex()) == std::string::npos);
  // One that is refused is not in the log either.
  RemovalLog log(world.data + "/removals.log");
  auto lines_before = log.lines().value().size();
  auto hubs_before = world.school->carried().hubs().value().size();
  auto refused = world.school->add_hub("Another", {other, year});
  REQUIRE(!refused);
  CHECK(refused.error().code == Code::too_large);
  CHECK(refused.error().detail.starts_with("2 students of these classes are too many"));
  CHECK(world.school->add_hub("Nowhere", {year, world.random.id<ClassId>()}).error().code == Code::not_found);
  CHECK(log.lines().value().size() == lines_before);
  CHECK(world.school->carried().hubs().value().size() == hubs_before);
  CHECK(hub_lines(*world.school).value().size() == 2);
}

TEST_CASE("what a hub may not do it says in one sentence") {
  World world;
  CHECK(world.hub->begin_backup().error().code == Code::unsupported);
  CHECK(world.hub->add_hub("Another", {world.period3}).error().code == Code::unsupported);
  CHECK(world.hub->reset_pin(world.amira).error().code == Code::unsupported);
  CHECK(world.hub->read_bundle("x").error().code == Code::unsupported);
  Bearer at_amira{world.amira, {}, "lab-03", {}};
  auto stream = domain::person_stream(world.amira), hash = to_hex(sha256(as_bytes(std::string_view("x"))));
  CHECK(world.hub->put_file(at_amira, stream, hash, "x", "").error().code == Code::unsupported);
  CHECK(world.hub->lacking_files(at_amira, stream, {hash}).error().code == Code::unsupported);
  CHECK(world.hub->file(world.amira, stream, hash).error().code == Code::not_found);
  CHECK(world.school->add_hub("", {world.period3}).error().code == Code::invalid);
  CHECK(world.school->add_hub(std::string(61, 'n'), {world.period3}).error().code == Code::invalid);
  CHECK(world.school->add_hub("Empty", {}).error().code == Code::invalid);
  CHECK(world.school->add_hub("Nowhere", {ClassId{}}).error().code == Code::not_found);
  CHECK(read_hub_file("{}").error().code == Code::malformed);
  CHECK(read_hub_file("not JSON").error().code == Code::malformed);
  CHECK(School::make_hub(world.data, world.file).error().code == Code::conflict);
  auto another = world.school->add_hub("South room", {world.period3}).value();
  CHECK(School::make_hub(world.hub_data, another).error().code == Code::conflict);
  // Only a hub is told of people, and only the school's word is taken.
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.school, "4711"));
  CHECK(world.school->hub_papers(world.school->bearer(amira.token).value(), "{}").error().code ==
        Code::forbidden);
  CHECK(world.hub->take_papers(R"({"v":1})", kSpki).error().code == Code::identity_changed);
  auto answer = world.school->hub_papers(world.hub_bearer(), R"({"spki":")" + kSpki + "\"}").value();
  auto broken = nlohmann::json::parse(answer);
  broken["papers"]["people"][0][0] = "no id";
  CHECK(world.hub->take_papers(broken.dump(), kSpki).error().code == Code::malformed);
  CHECK(world.hub->accounts().person(world.amira).value());
  broken["papers"] = 7;
  CHECK(world.hub->take_papers(broken.dump(), kSpki).error().code == Code::malformed);
}
