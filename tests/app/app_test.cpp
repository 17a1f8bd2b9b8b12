#include <filesystem>
#include <fstream>
#include <thread>

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/app/computer.hpp"
#include "client/app/connection.hpp"
#include "client/app/drawing.hpp"
#include "client/app/picture.hpp"
#include "client/app/records.hpp"
#include "client/app/starter.hpp"
#include "shared/store/files.hpp"
#include "shared/wire/news.hpp"
#include "sync-server/service/authoring.hpp"
#include "sync-server/service/hubs.hpp"
#include "sync-server/service/portfolio.hpp"
#include "tests/app/world.hpp"
#include "tests/support/pathway_fixture.hpp"

using namespace waymark;
using namespace waymark::app;
using waymark::test::Lab;
using waymark::test::World;

namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
// Which files under a folder have one of these in any byte.
std::vector<std::string> holders(const std::string& folder, const std::vector<std::string>& needles) {
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    auto bytes = bytes_of(entry.path());
    if (std::any_of(needles.begin(), needles.end(),
                    [&](const auto& needle) { return bytes.find(needle) != std::string::npos; }))
      found.push_back(fs::relative(entry.path(), folder).string());
  }
  return found;
}
// Something from the middle of every file under a folder.
void take_needles(const std::string& folder, std::vector<std::string>& needles) {
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (auto bytes = entry.is_regular_file() ? bytes_of(entry.path()) : std::string(); bytes.size() > 400)
      needles.push_back(bytes.substr(bytes.size() / 2, 48));
}

std::string water(World& world) {
  auto id = server::begin_pathway(*world.school, world.teacher, world.period3, test::water_pathway).value();
  server::publish_draft(*world.school, world.teacher, world.period3, id, "First").value();
  return id;
}
// A photo of noise, which no JPEG makes small: a small copy goes with it.
std::string photo(World& world, const std::string& name) {
  Picture picture{1000, 800, 3, Bytes(1000 * 800 * 3)};
  world.random.fill(picture.pixels);
  auto path = world.folder.path() + "/" + name;
  auto jpeg = encode_jpeg(picture).value();
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(jpeg.data()), static_cast<std::streamsize>(jpeg.size()));
  return path;
}
std::string note(World& world, const std::string& name, const std::string& text) {
  auto path = world.folder.path() + "/" + name;
  std::ofstream(path, std::ios::binary) << text << std::string(200'000, 'x') << text;
  return path;
}

// A hub of the class's, which answers where the school did.
std::unique_ptr<server::School> hub_of(World& world, const test::SchoolTransport& net) {
  auto file = world.school->add_hub("North room", {world.period3}).value();
  REQUIRE(server::School::make_hub(world.folder.path() + "/hub", file));
  auto hub = server::School::open(world.folder.path() + "/hub", world.clock, world.random).value();
  auto answer = world.school->hub_papers(world.school->bearer(file.token).value(),
                                         hub->hub_question(net.spki, {"https://10.0.0.9:8443"}));
  REQUIRE(hub->take_papers(answer.value(), net.spki));
  return hub;
}

Go to(Screen screen) { return Go{{screen, {}, {}, {}, {}, Focus::none}}; }

}  // namespace

TEST_CASE("a new computer shows nobody and says that it belongs to no school") {
  World world;
  Lab lab(world, "lab-03");
  const auto& who = lab.see<WhoView>();
  CHECK(who.tiles.empty());
  CHECK_FALSE(who.joined);
  CHECK_FALSE(lab.app->shown().frame.has_value());
  lab.app->dispatch(to(Screen::join));
  CHECK(lab.see<JoinView>().step == JoinStep::computer_code);
  lab.app->dispatch(to(Screen::who));
  CHECK(lab.shows<WhoView>());
}

TEST_CASE("a computer joins by its code, a student by a card and a PIN chosen twice, and Today opens") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  const auto& joined = lab.see<JoinView>();
  CHECK(joined.school == "Alder Creek");
  CHECK(joined.fingerprint == world.school->fingerprint());
  lab.app->dispatch(JoinWithCard{world.card(world.amira)});
  CHECK(lab.see<JoinView>().busy);
  lab.run(2);
  CHECK(lab.see<PinView>().choosing);
  CHECK(lab.see<PinView>().may_switch);
  CHECK(lab.see<PinView>().who.name == "Amira");
  lab.app->dispatch(ChoosePin{PinKind::pictures, "0b31"});
  CHECK(lab.see<PinView>().again);
  lab.app->dispatch(ChoosePin{PinKind::pictures, "0b32"});
  CHECK(lab.see<PinView>().error.key == "pin.differs");
  CHECK_FALSE(lab.see<PinView>().again);
  lab.app->dispatch(ChoosePin{PinKind::pictures, "0b31"});
  lab.app->dispatch(ChoosePin{PinKind::pictures, "0b31"});
  lab.run(2);
  CHECK(lab.shows<TodayView>());
  CHECK(lab.frame().me.name == "Amira");
  lab.app->dispatch(Lock{});
  const auto& who = lab.see<WhoView>();
  REQUIRE(who.tiles.size() == 1);
  CHECK(who.tiles[0].name == "Amira");
  CHECK(who.computer == "lab-03");
}

TEST_CASE("the QR's one text names the address too") {
  World world;
  Lab lab(world, "lab-03");
  auto code = world.school->add_computer_code("lab-03").value();
  lab.app->dispatch(to(Screen::join));
  lab.app->dispatch(JoinComputer{"", "https://192.168.4.2:8443/join#" + code});
  lab.run(2);
  CHECK(lab.see<JoinView>().step == JoinStep::card);
  CHECK(lab.see<JoinView>().address == "https://192.168.4.2:8443");
}

TEST_CASE("every reason why joining does not work is a sentence of its own, and what was typed stays") {
  World world;
  Lab lab(world, "lab-03");
  auto code = world.school->add_computer_code("lab-03").value();
  auto tried = [&](const std::string& address, const std::string& typed) {
    lab.app->dispatch(JoinComputer{address, typed});
    lab.run(3);
    CHECK_FALSE(lab.see<JoinView>().busy);
    CHECK(lab.see<JoinView>().step == JoinStep::computer_code);
    CHECK(lab.see<JoinView>().code == typed);
    return lab.see<JoinView>().error.key;
  };
  lab.app->dispatch(to(Screen::join));
  CHECK(tried("school.example", "ABCD") == "error.code_unknown");
  CHECK(tried("not an address", code) == "error.address");
  CHECK(tried("school.example", "0000-0000-0000-0000") == "error.code_unknown");
  lab.net.plugged = false;
  CHECK(tried("school.example", code) == "error.offline");
  lab.net.plugged = true;
  lab.net.portal = true;
  CHECK(tried("school.example", code) == "error.portal");
  lab.net.portal = false;
  for (auto what : {Between::proxy, Between::inspection}) {
    lab.net.between = what;
    CHECK(tried("school.example", code) == (what == Between::proxy ? "error.proxy" : "error.inspection"));
  }
  lab.net.between = Between::nothing;
  lab.join_computer();

  auto card_tried = [&](const std::string& card) {
    lab.app->dispatch(JoinWithCard{card});
    lab.run(1);
    CHECK(lab.see<JoinView>().card == card);
    return lab.see<JoinView>().error.key;
  };
  CHECK(card_tried("ABC") == "error.card_unknown");
  CHECK(card_tried("ZZZZ-ZZZZ") == "error.card_unknown");
  auto old = world.card(world.amira);
  REQUIRE(world.school->reprint_card(world.amira));
  CHECK(card_tried(old) == "error.card_voided");
  CHECK(card_tried("ZZZZ-ZZZZ") == "error.card_unknown");
  CHECK(card_tried("ZZZZ-ZZZZ") == "error.card_unknown");
  CHECK(card_tried("ZZZZ-ZZZZ") == "error.slowed_down");
  CHECK(lab.see<JoinView>().error.count > 0);
  lab.net.plugged = false;
  CHECK(card_tried("ZZZZ-ZZZZ") == "error.card_offline");
}

TEST_CASE("a code works once, and a used one is named as such") {
  World world;
  Lab first(world, "lab-03"), second(world, "lab-04");
  auto code = world.school->add_computer_code("lab-03").value();
  for (auto* lab : {&first, &second}) {
    lab->app->dispatch(to(Screen::join));
    lab->app->dispatch(JoinComputer{"school.example", code});
    lab->run(2);
  }
  CHECK(first.see<JoinView>().step == JoinStep::card);
  CHECK(second.see<JoinView>().error.key == "error.code_used");
}

TEST_CASE("signing in needs no network, a wrong PIN is slowed down, and restarting does not help a guesser") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.app->dispatch(Lock{});
  lab.join_student(world.leo, "1122");
  lab.app->dispatch(Lock{});
  lab.net.plugged = false;
  lab.app->dispatch(SignIn{world.amira.hex()});
  for (int i = 0; i < 2; i++) {
    lab.app->dispatch(EnterPin{"0000"});
    CHECK(lab.see<PinView>().error.key == "error.wrong_pin");
    CHECK(lab.see<PinView>().wait_s == 0);
  }
  lab.app->dispatch(EnterPin{"0000"});
  CHECK(lab.see<PinView>().wait_s == 2);
  lab.app->dispatch(EnterPin{"4711"});  // not looked at while waiting
  CHECK(lab.shows<PinView>());
  lab.start();
  lab.app->dispatch(SignIn{world.amira.hex()});
  CHECK(lab.see<PinView>().wait_s == 2);
  auto version = lab.app->shown().version;
  world.clock.advance_ms(1'000);
  CHECK(lab.see<PinView>().wait_s == 1);
  CHECK(lab.app->shown().version > version);
  world.clock.advance_ms(1'000);
  lab.app->dispatch(EnterPin{"0000"});
  CHECK(lab.see<PinView>().wait_s == 4);
  world.clock.advance_ms(4'000);
  lab.app->dispatch(EnterPin{"4711"});
  CHECK(lab.shows<TodayView>());
}

TEST_CASE("the only student of a computer comes in without a PIN, until a second one uses it") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.app->dispatch(Lock{});
  CHECK(lab.shows<WhoView>());
  lab.app->dispatch(SignIn{world.amira.hex()});
  CHECK(lab.shows<TodayView>());
  lab.app->dispatch(Lock{});
  lab.join_student(world.leo, "1122");
  lab.app->dispatch(Lock{});
  lab.app->dispatch(SignIn{world.amira.hex()});
  CHECK(lab.shows<PinView>());
  lab.app->dispatch(EnterPin{"1122"});  // of the other
  CHECK(lab.shows<PinView>());
  lab.app->dispatch(EnterPin{"4711"});
  CHECK(lab.shows<TodayView>());
}

TEST_CASE("a card at a second computer asks for the PIN chosen at the first") {
  World world;
  Lab three(world, "lab-03"), seven(world, "lab-07");
  three.join_computer();
  three.join_student(world.amira, "4711");
  seven.join_computer();
  seven.app->dispatch(JoinWithCard{world.card(world.amira)});
  seven.run(2);
  CHECK_FALSE(seven.see<PinView>().choosing);
  seven.app->dispatch(EnterPin{"0000"});
  seven.run(2);
  CHECK(seven.see<PinView>().error.key == "error.wrong_pin");
  seven.app->dispatch(EnterPin{"4711"});
  seven.run(2);
  CHECK(seven.shows<TodayView>());
}

TEST_CASE(
    "a PIN changed without a network works here at once, and at other computers when the school knows") {
  World world;
  Lab three(world, "lab-03"), seven(world, "lab-07");
  three.join_computer();
  three.join_student(world.amira, "4711");
  three.net.plugged = false;
  three.app->dispatch(ChangePin{});
  three.app->dispatch(EnterPin{"4711"});
  CHECK(three.see<PinView>().choosing);
  three.app->dispatch(ChoosePin{PinKind::digits, "0815"});
  three.app->dispatch(ChoosePin{PinKind::digits, "0815"});
  CHECK(three.shows<TodayView>());
  three.app->dispatch(Lock{});
  three.sign_in(world.amira, "0815");
  three.net.plugged = true;
  three.app->sync_now();
  three.run(30);
  seven.join_computer();
  seven.join_student(world.amira, "0815");
}

TEST_CASE("after five minutes without input it locks by itself, and input puts that off") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  world.clock.advance_ms(lock_after_ms - 1);
  lab.app->tick();
  CHECK(lab.shows<TodayView>());
  lab.app->touched();
  world.clock.advance_ms(lock_after_ms - 1);
  lab.app->tick();
  CHECK(lab.shows<TodayView>());
  CHECK(lab.app->wake_at_ms() <= world.clock.steady_ms() + 1);
  world.clock.advance_ms(1);
  lab.app->tick();
  CHECK(lab.see<WhoView>().notice.key == "notice.locked");
  CHECK_FALSE(lab.app->shown().frame.has_value());
}

TEST_CASE("Back goes where one came from, and nothing changes while nothing happens") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(20);
  CHECK_FALSE(lab.frame().can_go_back);
  lab.app->dispatch(to(Screen::goals));
  lab.app->dispatch(to(Screen::settings));
  lab.app->dispatch(to(Screen::settings));
  CHECK(lab.see<SettingsView>().computer == "lab-03");
  CHECK(lab.see<SettingsView>().has_pin);
  lab.app->dispatch(Back{});
  CHECK(lab.shows<GoalsView>());
  lab.app->dispatch(Back{});
  CHECK(lab.shows<TodayView>());
  CHECK_FALSE(lab.frame().can_go_back);
  auto version = lab.app->shown().version;
  lab.app->tick();
  CHECK(lab.app->shown().version == version);
}

TEST_CASE("what is written offline waits, goes by itself, and is found at another computer") {
  World world;
  Lab three(world, "lab-03"), seven(world, "lab-07");
  three.join_computer();
  three.join_student(world.amira);
  three.net.plugged = false;
  three.run(5);
  three.add_goal("ask better questions");
  three.run(5);
  CHECK(three.frame().status.saved);
  CHECK(three.frame().status.waiting > 0);
  CHECK(three.frame().status.waiting_phrase.key == "status.waiting");
  CHECK(three.frame().status.problem.key == "");
  CHECK(world.goals_of(world.amira).empty());
  three.net.plugged = true;
  three.run(400);
  CHECK(three.frame().status.waiting == 0);
  CHECK(three.frame().status.waiting_phrase.key == "status.all_at_school");
  CHECK(world.goals_of(world.amira) == std::vector<std::string>{"ask better questions"});
  seven.join_computer();
  seven.join_student(world.amira);
  seven.run(30);
  CHECK(seven.goals() == std::vector<std::string>{"ask better questions"});
}

TEST_CASE(
    "a lost reply, a busy school, a captive portal, a proxy and an inspection lose and repeat nothing") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(30);
  lab.add_goal("one");
  lab.net.lose_next_reply = true;
  lab.run(60);
  lab.add_goal("two");
  lab.net.busy = 2;
  lab.run(120);
  lab.net.portal = true;
  lab.add_goal("three");
  lab.run(60);
  CHECK(lab.frame().status.problem.key == "error.portal");
  CHECK(lab.frame().status.problem_do.key == "error.portal.do");
  CHECK(lab.frame().status.waiting > 0);
  lab.net.portal = false;
  for (auto what : {Between::proxy, Between::inspection}) {
    std::string key = what == Between::proxy ? "error.proxy" : "error.inspection";
    lab.run(400);
    lab.net.between = what;
    lab.add_goal(key);
    lab.run(60);
    CHECK(lab.frame().status.problem.key == key);
    CHECK(lab.frame().status.problem_do.key == key + ".do");
    CHECK(lab.frame().status.waiting > 0);
    lab.net.between = Between::nothing;
  }
  lab.run(400);
  CHECK(world.goals_of(world.amira) ==
        std::vector<std::string>{"error.inspection", "error.proxy", "one", "three", "two"});
  CHECK(lab.frame().status.problem.key == "");
}

TEST_CASE("a renewed TLS key is believed when the school's identity has signed it, another school never") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.net.spki = std::string(64, 'b');
  lab.add_goal("one");
  lab.run(60);
  CHECK(world.goals_of(world.amira) == std::vector<std::string>{"one"});
  CHECK(lab.frame().status.problem.key == "");

  World elsewhere(12);
  lab.net.attach(*elsewhere.school);
  lab.net.spki = std::string(64, 'c');
  lab.add_goal("two");
  lab.run(60);
  CHECK(lab.frame().status.problem.key == "error.identity_changed");
  CHECK(lab.frame().status.problem_do.key == "error.identity_changed.do");
  CHECK(lab.frame().status.waiting > 0);
  // It goes on offline: what is written is saved here, and the stranger hears nothing of it.
  lab.add_goal("three");
  CHECK(lab.frame().status.saved);
  lab.run(60);
  CHECK(elsewhere.goals_of(world.amira).empty());
  lab.net.attach(*world.school);
  lab.net.spki = std::string(64, 'b');
  lab.run(400);
  CHECK(world.goals_of(world.amira) == std::vector<std::string>{"one", "three", "two"});
  CHECK(lab.frame().status.problem.key == "");
}

TEST_CASE("what waits when a student packs up goes while nobody is signed in, and after a restart") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(30);
  lab.net.plugged = false;
  lab.add_goal("one");
  lab.app->dispatch(PackUp{"write down the second question"});
  CHECK(lab.shows<WhoView>());
  lab.net.plugged = true;
  lab.run(400);
  CHECK(lab.shows<WhoView>());
  CHECK(world.goals_of(world.amira) == std::vector<std::string>{"one"});
  auto packed = world.school->store().records(domain::own_stream(world.amira), "pack_up").value();
  REQUIRE(packed.size() == 1);
  CHECK(packed[0].text("line") == "write down the second question");

  lab.net.plugged = false;
  lab.sign_in(world.amira);
  lab.add_goal("two");
  lab.app->dispatch(Lock{});
  lab.start();
  lab.net.plugged = true;
  lab.run(60);
  CHECK(world.goals_of(world.amira) == std::vector<std::string>{"one", "two"});
}

TEST_CASE("at another computer a student is told what still waits on the first") {
  World world;
  Lab three(world, "lab-03"), seven(world, "lab-07");
  three.join_computer();
  three.join_student(world.amira);
  three.run(30);
  seven.join_computer();
  // The school has heard of more from there than it has got.
  auto token = app::Computer::open(three.folder, world.clock).value().profile(world.amira.hex())->token;
  auto bearer = world.school->bearer(token).value();
  REQUIRE(world.school->accounts().device_heard(bearer.token_hash, 2));
  seven.join_student(world.amira);
  seven.run(10);
  const auto& status = seven.frame().status;
  CHECK(status.problem.key == "status.elsewhere");
  CHECK(status.problem.count == 2);
  REQUIRE(status.problem.arguments.size() == 2);
  CHECK(status.problem.arguments[1].value ==
        std::variant<std::string, std::int64_t, Day, Moment>(std::string("lab-03")));
}

TEST_CASE("what was written at another computer and is only in the room is not said to be at school") {
  World world;
  Lab three(world, "lab-03"), seven(world, "lab-07");
  for (auto* lab : {&three, &seven}) {
    lab->join_computer();
    lab->join_student(world.amira);
    lab->run(30);
  }
  auto pack_up = [](Lab& lab) {
    lab.app->dispatch(to(Screen::pack_up));
    return lab.see<PackUpView>().waiting.key;
  };
  auto may_forget = [](Lab& lab) {
    lab.app->dispatch(to(Screen::settings));
    return lab.see<SettingsView>().can_forget;
  };
  CHECK(pack_up(seven) == "pack_up.all_at_school");
  CHECK(may_forget(seven));
  auto hub = hub_of(world, three.net);
  three.net.attach(*hub);
  seven.net.attach(*hub);
  three.add_goal("swim a length");
  three.run(90);
  CHECK(three.frame().status.waiting_phrase.key == "status.in_room");
  CHECK_FALSE(three.frame().status.elsewhere);
  CHECK(pack_up(three) == "pack_up.in_room");
  seven.run(90);
  const auto status = seven.frame().status;
  CHECK(status.waiting == 0);
  CHECK(status.elsewhere);
  CHECK(status.waiting_phrase.key == "status.beside");
  CHECK(status.problem.key == "");
  CHECK(pack_up(seven) == "status.beside");
  CHECK_FALSE(may_forget(seven));
  seven.app->dispatch(ForgetMe{});
  CHECK(seven.frame().error.key == "error.forget_waits");
  auto load = hub->next_load().value();
  REQUIRE(hub->take_answers(load, world.school->read_bundle(load.bundle, server::Carrier::hub)->answer));
  seven.run(90);
  CHECK(seven.frame().status.waiting_phrase.key == "status.all_at_school");
  CHECK(pack_up(seven) == "pack_up.all_at_school");
  CHECK(may_forget(seven));
}

TEST_CASE("what was made for a hub is not given to a school that answers in its place") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(30);
  const auto of_school = lab.net.spki;
  lab.net.spki = std::string(64, 'b');
  auto hub = hub_of(world, lab.net);
  lab.net.attach(*hub);
  lab.add_goal("one");
  lab.run(120);
  CHECK(lab.frame().status.waiting_phrase.key == "status.in_room");
  lab.app->dispatch(SaveDraft{"stuck.find-sources", {{"text", "for me alone"}}});
  lab.net.attach(*world.school);
  lab.net.spki = of_school;
  lab.run(300);
  CHECK(lab.frame().status.waiting_phrase.key == "status.all_at_school");
  auto drafts = world.school->store().records(domain::own_stream(world.amira), "draft").value();
  REQUIRE(drafts.size() == 1);
  CHECK(drafts[0].text("text.text") == "for me alone");
  CHECK(world.school->accounts().dead_letters_waiting().value() == 0);
  CHECK(world.goals_of(world.amira) == std::vector<std::string>{"one"});
}

TEST_CASE("what the school does not believe of the room's is told, and goes by itself after a new sign-in") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.leo);
  lab.run(30);
  (void)world.card(world.amira);  // which the hub hears of
  auto hub = hub_of(world, lab.net);
  lab.net.attach(*hub);
  lab.run(90);
  lab.app->dispatch(Lock{});
  lab.run(2);
  lab.join_student(world.amira);
  lab.add_goal("swim a length");
  lab.run(90);
  CHECK(lab.frame().status.problem.key == "");
  REQUIRE(world.school->reprint_card(world.amira));
  auto carry = [&] {
    auto load = hub->next_load().value();
    REQUIRE(hub->take_answers(load, world.school->read_bundle(load.bundle, server::Carrier::hub)->answer));
  };
  carry();
  lab.run(90);
  CHECK(lab.frame().status.problem.key == "status.not_believed");
  CHECK(lab.frame().status.problem_do.key == "status.not_believed.do");
  CHECK(lab.frame().status.waiting_phrase.key == "status.in_room");

  auto papers = world.school->hub_papers(world.school->bearer(hub->hub()->token).value(),
                                         hub->hub_question(lab.net.spki, {"https://10.0.0.9:8443"}));
  REQUIRE(hub->take_papers(papers.value(), lab.net.spki));
  lab.app->dispatch(Lock{});
  lab.run(2);
  lab.join_student(world.amira);
  lab.run(90);
  CHECK(lab.frame().status.problem.key == "");
  CHECK(world.goals_of(world.amira).empty());
  carry();
  lab.run(90);
  CHECK(lab.frame().status.waiting_phrase.key == "status.all_at_school");
  CHECK(world.goals_of(world.amira).size() == 1);
}

TEST_CASE("a photo in a room without the school is said to be where it is: here, in the room, at school") {
  World world;
  auto pathway = water(world);
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(60);
  lab.app->dispatch(ChooseProject{pathway, "map", "", "the creek"});
  auto project = lab.see<ProjectView>().id;
  lab.run(60);
  auto hub = hub_of(world, lab.net);
  lab.net.attach(*hub);
  bool earlier = false;
  SUBCASE("a hub of an earlier version") { earlier = true; }
  SUBCASE("a hub that takes parcels") {}
  lab.net.parcels = !earlier;
  lab.app->dispatch(AttachFile{project, "find-sources", photo(world, "creek.jpg"), "", true});
  lab.run(90);
  auto said = [&] {
    const auto& status = lab.frame().status;
    auto files = status.files_phrase;
    lab.app->dispatch(to(Screen::pack_up));
    auto packed = lab.see<PackUpView>().waiting;
    lab.app->dispatch(to(Screen::settings));
    CHECK(lab.see<SettingsView>().status.files_phrase == files);
    return std::vector<std::string>{lab.frame().status.waiting_phrase.key, packed.key, files.key,
                                    std::to_string(files.count),
                                    lab.see<SettingsView>().can_forget ? "may be forgotten" : "stays"};
  };
  using Texts = std::vector<std::string>;
  auto carry = [&] {
    auto load = hub->next_load().value();
    REQUIRE(hub->take_answers(load, world.school->read_bundle(load.bundle, server::Carrier::hub)->answer));
    lab.run(90);
  };
  // With its small copy it is one photo.
  if (earlier) {
    CHECK(said() == Texts{"status.in_room_files", "status.in_room_files", "status.files_here", "1", "stays"});
    carry();
    CHECK(said() == Texts{"status.files_here", "status.files_here", "status.files_here", "1", "stays"});
    lab.net.attach(*world.school);
    lab.run(200);
  } else {
    const Texts in_room{"status.in_room", "pack_up.in_room", "", "-1", "stays"};
    CHECK(said() == in_room);
    carry();
    // What was written is at school, and the photo is not.
    CHECK(said() == in_room);
    while (auto parcel = hub->next_parcel()) {
      auto path = hub->parcels().path(parcel->person, parcel->name);
      auto bytes =
          server::School::read_file({path, "", parcel->bytes}, 0, static_cast<std::size_t>(parcel->bytes))
              .value();
      auto hub_token = world.school->bearer(hub->hub()->token).value();
      auto reply = world.school->put_parcel(hub_token, parcel->name, {0, parcel->bytes, bytes}).value();
      REQUIRE(hub->take_parcel_answer(*parcel, reply.answer));
    }
    lab.run(90);
  }
  CHECK(said() == Texts{"status.all_at_school", "pack_up.all_at_school", "", "-1", "may be forgotten"});
}

TEST_CASE("a photo for which there is no room is told by whose room it is, and goes by itself with room") {
  World world;
  auto pathway = water(world);
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(60);
  lab.app->dispatch(ChooseProject{pathway, "map", "", "the creek"});
  auto project = lab.see<ProjectView>().id;
  lab.run(60);
  std::unique_ptr<server::School> hub;
  std::string told = "status.file_room", now = "status.files_here", there = "status.all_at_school";
  SUBCASE("at school") {}
  SUBCASE("in the room") {
    hub = hub_of(world, lab.net);
    lab.net.attach(*hub);
    told = "status.file_hub", now = "status.in_room_files", there = "status.in_room";
  }
  auto& full = hub ? *hub : *world.school;
  CHECK(lab.frame().status.problem.key == "");
  full.set_quota(1);
  lab.app->dispatch(AttachFile{project, "find-sources", photo(world, "creek.jpg"), "", true});
  CHECK(lab.frame().error.key == "");
  lab.run(90);
  // What was written is not held up by it.
  CHECK(lab.frame().status.waiting_phrase.key == now);
  CHECK(lab.frame().status.files_waiting == 1);
  CHECK(lab.frame().status.problem.key == told);
  CHECK(lab.frame().status.problem_do.key == told + ".do");
  full.set_quota({});
  lab.run(600);
  CHECK(lab.frame().status.problem.key == "");
  CHECK(lab.frame().status.waiting_phrase.key == there);
}

TEST_CASE("a file that is not on the disk any more, or not to be had, is told and holds up nothing else") {
  World world;
  auto pathway = water(world);
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(60);
  lab.app->dispatch(ChooseProject{pathway, "map", "", "the creek"});
  auto project = lab.see<ProjectView>().id;
  lab.net.plugged = false;
  auto text = note(world, "notes.txt", "the creek");
  lab.app->dispatch(AttachFile{project, "find-sources", text, "", false});
  auto hash = to_hex(sha256(as_bytes(bytes_of(text))));
  REQUIRE(
      fs::remove(lab.folder + "/profiles/" + world.amira.hex() + "/files/" + hash.substr(0, 2) + "/" + hash));
  lab.app->dispatch(AttachFile{project, "find-sources", note(world, "more.txt", "the bank"), "", false});
  lab.net.plugged = true;
  lab.run(90);
  CHECK(lab.frame().status.problem.key == "status.file_stuck");
  CHECK(lab.frame().status.problem_do.key == "status.file_stuck.do");
  CHECK(lab.frame().status.files_waiting == 1);
  CHECK(lab.frame().status.waiting == 0);
}

TEST_CASE("a file of 20 MB is taken in, and one of a byte more is refused in a sentence and leaves nothing") {
  World world;
  auto pathway = water(world);
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(60);
  lab.app->dispatch(ChooseProject{pathway, "map", "", "the creek"});
  auto project = lab.see<ProjectView>().id;
  auto path = world.folder.path() + "/film.mp4";
  std::ofstream(path, std::ios::binary) << std::string(20 * 1024 * 1024 + 1, 'f');
  lab.app->dispatch(AttachFile{project, "find-sources", path, "", false});
  CHECK(lab.frame().error.key == "error.too_large");
  lab.run(90);
  CHECK(lab.frame().status.files_waiting == 0);
  CHECK(world.school->store().records(domain::person_stream(world.amira), "work").value().empty());
  CHECK(holders(lab.folder, {std::string(4'096, 'f')}).empty());
  fs::resize_file(path, 20 * 1024 * 1024);
  lab.app->dispatch(AttachFile{project, "find-sources", path, "", false});
  CHECK(lab.frame().error.key == "");
  lab.run(300);
  CHECK(lab.frame().status.waiting_phrase.key == "status.all_at_school");
  CHECK(world.school->store().records(domain::person_stream(world.amira), "work").value().size() == 1);
}

TEST_CASE("an old copy says since when, before anybody signs in") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(30);
  lab.app->dispatch(Lock{});
  lab.run(5);
  CHECK(lab.see<WhoView>().heard_phrase.key == "");
  lab.net.plugged = false;
  world.clock.advance_ms(std::int64_t{3} * 24 * 3600 * 1000);
  lab.start();
  CHECK(lab.see<WhoView>().heard_phrase.key == "who.heard");
  CHECK(lab.see<WhoView>().heard.day.from_today == -3);
}

TEST_CASE("Forget me is refused while something waits, and takes everything away when all is at school") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(60);
  lab.net.plugged = false;
  lab.add_goal("one");
  lab.app->dispatch(to(Screen::settings));
  CHECK_FALSE(lab.see<SettingsView>().can_forget);
  lab.app->dispatch(ForgetMe{});
  CHECK(lab.frame().error.key == "error.forget_waits");
  lab.net.plugged = true;
  lab.run(400);
  CHECK(lab.see<SettingsView>().can_forget);
  auto profile = lab.folder + "/profiles/" + world.amira.hex();
  CHECK(std::filesystem::exists(profile));
  lab.app->dispatch(ForgetMe{});
  CHECK(lab.see<WhoView>().notice.key == "notice.forgotten");
  CHECK(lab.see<WhoView>().tiles.empty());
  CHECK_FALSE(std::filesystem::exists(profile));
  lab.join_student(world.amira);
  lab.run(30);
  CHECK(lab.goals() == std::vector<std::string>{"one"});
}

TEST_CASE("two programs on one student's folder: the second is refused with a sentence") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(30);
  AppOptions options;
  options.data = lab.folder;
  options.clock = &world.clock;
  options.random = &world.random;
  options.utc_offset = [](std::int64_t) { return 0; };
  auto other = App::open(options).value();
  other->dispatch(SignIn{world.amira.hex()});
  other->dispatch(EnterPin{"4711"});
  const auto* who = std::get_if<WhoView>(&other->shown().screen);
  REQUIRE(who != nullptr);
  CHECK(who->notice.key == "error.database_locked");
  lab.app.reset();
  other->dispatch(SignIn{world.amira.hex()});
  other->dispatch(EnterPin{"4711"});
  CHECK(std::holds_alternative<TodayView>(other->shown().screen));
}

TEST_CASE("a computer that the school has removed says so, keeps everything, and can join again") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(30);
  auto computers = world.school->accounts().computers().value();
  REQUIRE(computers.size() == 1);
  REQUIRE(world.school->accounts().remove_computer(computers[0].id));
  lab.add_goal("one");
  lab.run(30);
  CHECK(lab.frame().status.problem.key == "error.unauthorized");
  CHECK(lab.frame().status.waiting > 0);
  lab.app->dispatch(Lock{});
  lab.app->dispatch(to(Screen::join));
  lab.app->dispatch(JoinWithCard{world.card(world.amira)});
  lab.run(2);
  CHECK(lab.see<JoinView>().step == JoinStep::computer_code);
  CHECK(lab.see<JoinView>().error.key == "error.unauthorized");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(400);
  CHECK(world.goals_of(world.amira) == std::vector<std::string>{"one"});
}

TEST_CASE(
    "a school restored from before a student joined here knows the computer again, and nobody is asked "
    "anything") {
  World world;
  auto file = world.folder.path() + "/monday.waymark-backup";
  REQUIRE(server::School::finish_backup(world.school->begin_backup().value(), file));
  SecretKey key;
  auto seed = from_hex(world.school->store().meta("identity").value().value()).value();
  std::copy(seed.begin(), seed.end(), key.seed.begin());
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(30);
  lab.add_goal("one");
  lab.run(30);
  REQUIRE(world.school->restore(file, key));
  CHECK(world.goals_of(world.amira).empty());
  lab.add_goal("two");
  lab.run(400);
  CHECK(world.goals_of(world.amira) == std::vector<std::string>{"one", "two"});
  CHECK(lab.frame().status.problem.key.empty());
  // The token that was given is kept.
  lab.start();
  lab.run(400);
  CHECK(lab.net.returns == 1);
}

// ---- disks

namespace {

// The connection opened last: a full disk is made by SQLite's own limit, which belongs to a connection.
sqlite3* last_connection = nullptr;
int remember_connection(sqlite3* connection, const char**, const sqlite3_api_routines*) {
  last_connection = connection;
  return SQLITE_OK;
}
void limit_pages(const std::string& pages) {
  REQUIRE(last_connection != nullptr);
  REQUIRE(sqlite3_exec(last_connection, ("PRAGMA max_page_count=" + pages).c_str(), nullptr, nullptr,
                       nullptr) == SQLITE_OK);
}

// Overwrites a middle part of the database's pages, as a bad disk does.
void damage(const std::string& database) {
  auto size = static_cast<std::int64_t>(std::filesystem::file_size(database));
  std::fstream file(database, std::ios::in | std::ios::out | std::ios::binary);
  for (std::int64_t at = size / 4; at < size / 2; at += 4096) {
    file.seekp(at);
    std::string noise(512, static_cast<char>(0x5a));
    file.write(noise.data(), static_cast<std::streamsize>(noise.size()));
  }
}

std::string database_of(const Lab& lab, const PersonId& person) {
  return lab.folder + "/profiles/" + person.hex() + "/records.db";
}

}  // namespace

TEST_CASE("damaged records are copied aside and mended: what was sent comes back, what waited is sent") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  for (int i = 0; i < 40; i++) lab.add_goal("sent " + std::to_string(i) + std::string(200, 'x'));
  lab.run(400);
  REQUIRE(world.goals_of(world.amira).size() == 40);
  lab.net.plugged = false;
  for (int i = 0; i < 40; i++) lab.add_goal("unsent " + std::to_string(i) + std::string(200, 'y'));
  lab.app.reset();
  {
    // Into the one file, as a clean end does.
    auto database = store::Db::open(database_of(lab, world.amira)).value();
    REQUIRE(database->execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  }
  damage(database_of(lab, world.amira));
  lab.start();
  auto notice = lab.see<WhoView>().notice.key;
  CHECK((notice == "notice.mended" || notice == "notice.mended_partly"));
  lab.sign_in(world.amira);
  CHECK((lab.frame().toast.key == "notice.mended" || lab.frame().toast.key == "notice.mended_partly"));
  CHECK(std::filesystem::exists(lab.folder + "/profiles/" + world.amira.hex() + "/damaged-1/records.db"));
  CHECK_FALSE(std::filesystem::exists(lab.folder + "/profiles/" + world.amira.hex() + "/mending"));
  lab.net.plugged = true;
  lab.run(400);
  auto here = lab.goals(), there = world.goals_of(world.amira);
  CHECK(here == there);
  auto sent =
      std::count_if(there.begin(), there.end(), [](const auto& want) { return want.starts_with("sent"); });
  auto unsent =
      std::count_if(there.begin(), there.end(), [](const auto& want) { return want.starts_with("unsent"); });
  CHECK(sent == 40);
  // Only what stood on the overwritten bytes themselves can be gone; most of it must be there.
  CHECK(unsent >= 20);
  lab.app->dispatch(Lock{});
  CHECK(lab.see<WhoView>().notice.key == "");
}

TEST_CASE("a database of which nothing sounds any more is begun anew and filled from the school") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.add_goal("one");
  lab.run(60);
  lab.app.reset();
  for (auto tail : {"-wal", "-shm"}) std::filesystem::remove(database_of(lab, world.amira) + tail);
  REQUIRE(store::write_durably(database_of(lab, world.amira), std::string(50'000, 'z')));
  lab.start();
  lab.sign_in(world.amira);
  lab.run(60);
  CHECK(lab.goals() == std::vector<std::string>{"one"});
}

TEST_CASE("mending that was cut off is done again from the copy") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(30);
  lab.net.plugged = false;
  lab.add_goal("one");
  lab.app.reset();
  auto folder = lab.folder + "/profiles/" + world.amira.hex();
  {
    auto records = Records::open(folder, world.amira, world.clock, world.random).value();
    CHECK(records->mended() == Mended::no);
    REQUIRE(records->mark_damaged());
  }
  // The power went before the new database was in place.
  std::filesystem::remove(folder + "/records.db");
  {
    auto records = Records::open(folder, world.amira, world.clock, world.random).value();
    CHECK(records->mended() == Mended::whole);
    CHECK(records->store().records(domain::person_stream(world.amira), "goal").value().size() == 1);
    CHECK(records->store().waiting_count().value() > 0);
  }
  lab.start();
  lab.net.plugged = true;
  lab.run(100);
  CHECK(world.goals_of(world.amira) == std::vector<std::string>{"one"});
}

TEST_CASE("with a full disk nothing is half written, the sentence says so, and later it can be said again") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  sqlite3_auto_extension(reinterpret_cast<void (*)()>(remember_connection));
  lab.join_student(world.amira);
  sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(remember_connection));
  lab.run(30);
  lab.add_goal("one");
  limit_pages("1");  // SQLite takes what there is: no page more
  SaveGoal goal;
  goal.fields.want = std::string(3900, 'w');
  goal.fields.first_step = std::string(3900, 's');
  goal.fields.by = "2026-12-04";
  bool refused = false;
  for (int i = 0; i < 50 && !refused; i++) {
    lab.app->dispatch(goal);
    refused = lab.frame().error.key == "error.disk_full";
  }
  CHECK(refused);
  CHECK_FALSE(lab.frame().status.saved);
  CHECK(lab.frame().status.saved_phrase.key == "status.not_saved");
  limit_pages("1000000");
  lab.app->dispatch(goal);
  CHECK(lab.frame().error.key == "");
  CHECK(lab.frame().status.saved);
  lab.run(100);
  auto there = world.goals_of(world.amira);
  CHECK(std::find(there.begin(), there.end(), "one") != there.end());
}

TEST_CASE("while another program holds the records nothing is said to be saved, and later all goes on") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(30);
  sqlite3* other = nullptr;
  auto path = lab.folder + "/profiles/" + world.amira.hex() + "/records.db";
  REQUIRE(sqlite3_open(path.c_str(), &other) == SQLITE_OK);
  REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  SaveGoal goal;
  goal.fields.want = "one";
  goal.fields.first_step = "ask";
  goal.fields.by = "2026-12-04";
  lab.app->dispatch(goal);
  CHECK(lab.frame().error.key == "error.database_locked");
  CHECK_FALSE(lab.frame().status.saved);
  lab.run(2);
  sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
  sqlite3_close(other);
  lab.app->dispatch(goal);
  CHECK(lab.frame().error.key == "");
  CHECK(lab.frame().status.saved);
  lab.run(60);
  CHECK(world.goals_of(world.amira) == std::vector<std::string>{"one"});
}

TEST_CASE("an answer that another program's lock kept out is asked for again, with nobody doing anything") {
  World world;
  Lab three(world, "lab-03"), seven(world, "lab-07");
  three.join_computer();
  three.join_student(world.amira);
  three.run(30);
  seven.join_computer();
  seven.join_student(world.amira);
  seven.run(30);
  three.add_goal("waits for its answer");
  seven.add_goal("from another computer");
  seven.run(60);
  sqlite3* other = nullptr;
  auto path = three.folder + "/profiles/" + world.amira.hex() + "/records.db";
  REQUIRE(sqlite3_open(path.c_str(), &other) == SQLITE_OK);
  // The lock comes while the school is answering.
  bool locked = false;
  three.net.loses = [&](const HttpRequest& request) {
    if (!locked && request.url.ends_with("/v1/sync") && world.goals_of(world.amira).size() == 2)
      locked = sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK;
    return false;
  };
  for (int i = 0; i < 60 && !locked; i++) three.run(1);
  REQUIRE(locked);
  three.app->tick();
  CHECK(three.frame().status.waiting == 1);
  CHECK(three.frame().status.waiting_phrase.key == "status.waiting");
  CHECK(three.frame().status.problem.key == "status.problem");
  CHECK(three.goals() == std::vector<std::string>{"waits for its answer"});
  REQUIRE(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(other);
  three.run(60);
  CHECK(three.frame().status.problem.key == "");
  CHECK(three.frame().status.waiting_phrase.key == "status.all_at_school");
  CHECK(three.goals() == std::vector<std::string>{"from another computer", "waits for its answer"});
}

TEST_CASE("what a newer program wrote stays whole where this one edits beside it") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(30);
  lab.add_goal("ask better questions");
  lab.run(60);
  auto stream = domain::person_stream(world.amira);
  auto goal = world.school->store().records(stream, "goal").value().front();
  // Amira's computer at home has a later version.
  store::Edit edits[2] = {{goal.key, {{"mood_of_the_future", "calm"}}, goal.all_heads(), {}},
                          {{stream, "kind_of_the_future", world.random.id<RecordId>()},
                           {{"words", record::Value(std::vector<std::string>{"one", "two"})}},
                           {},
                           {}}};
  auto there = world.school->store().write(world.amira, std::span(edits)).value();
  REQUIRE(there.size() == 2);
  lab.run(400);
  lab.app->dispatch(to(Screen::goals));
  auto card = lab.see<GoalsView>().open.front();
  card.fields.want = "ask better questions, and wait";
  lab.app->dispatch(SaveGoal{card.id, card.base, card.fields});
  REQUIRE(lab.frame().error.key == "");
  lab.run(60);
  auto now = world.school->store().find(goal.key).value().value();
  CHECK(now.text("want") == "ask better questions, and wait");
  CHECK(now.text("mood_of_the_future") == "calm");
  CHECK(now.field("mood_of_the_future")->heads.front().op == there[0].op);
  // And whole where that computer is filled from this one alone.
  lab.app.reset();
  auto records = store::Store::open(lab.folder + "/profiles/" + world.amira.hex() + "/records.db",
                                    {&world.clock, &world.random, true})
                     .value();
  for (const auto& written : there) {
    auto here = records->op(written.op).value().value();
    CHECK(record::canonical(here) == record::canonical(world.school->store().op(written.op).value().value()));
  }
  CHECK(records->find({stream, "kind_of_the_future", there[1].record}).value()->texts("words") ==
        std::vector<std::string>{"one", "two"});
}

TEST_CASE("killed between two edits, nothing that was said to be saved is gone") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(30);
  lab.app.reset();
  int pipes[2];
  REQUIRE(pipe(pipes) == 0);
  pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    close(pipes[0]);
    lab.net.plugged = false;
    lab.start();
    lab.sign_in(world.amira);
    for (std::int32_t i = 0;; i++) {
      lab.add_goal("goal " + std::to_string(i));
      if (lab.frame().status.saved && write(pipes[1], &i, sizeof i) != sizeof i) _exit(1);
    }
  }
  close(pipes[1]);
  std::int32_t last = -1, said = -1;
  while (last < 12 && read(pipes[0], &said, sizeof said) == sizeof said) last = said;
  kill(child, SIGKILL);
  while (read(pipes[0], &said, sizeof said) == sizeof said) last = said;
  close(pipes[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(last >= 12);
  lab.start();
  lab.run(60);
  lab.sign_in(world.amira);
  auto here = lab.goals();
  for (std::int32_t i = 0; i <= last; i++)
    CHECK(std::find(here.begin(), here.end(), "goal " + std::to_string(i)) != here.end());
  CHECK(world.goals_of(world.amira) == here);
}

TEST_CASE("a damaged computer.json is set aside and told, and the students are still there") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(30);
  lab.app.reset();
  REQUIRE(store::write_durably(lab.folder + "/computer.json", "{\"v\":1,\"sch"));
  lab.start();
  CHECK(lab.see<WhoView>().notice.key == "notice.computer_set_aside");
  CHECK(lab.see<WhoView>().tiles.size() == 1);
  lab.sign_in(world.amira);
  lab.add_goal("one");
  CHECK(lab.goals() == std::vector<std::string>{"one"});
}

TEST_CASE("PINs are four digits or four pictures, and go to the school in its own form") {
  CHECK(pin_for_school("4711", PinKind::digits) == "4711");
  CHECK(pin_for_school("0ab3", PinKind::pictures) == "1.11.12.4");
  CHECK(pin_for_school("471", PinKind::digits).empty());
  CHECK(pin_for_school("47111", PinKind::digits).empty());
  CHECK(pin_for_school("471a", PinKind::digits).empty());
  CHECK(pin_for_school("0abc", PinKind::pictures).empty());
}

TEST_CASE("an address is a computer's name or number with a port; plain HTTP must be asked for") {
  CHECK(read_address(" 192.168.4.2:8443/ ").value() == "https://192.168.4.2:8443");
  CHECK(read_address("HTTPS://School.example/join").value() == "https://School.example");
  CHECK(read_address("http://127.0.0.1:8080").value() == "http://127.0.0.1:8080");
  CHECK(read_address("").error().code == Code::invalid);
  CHECK(read_address("ftp://school").error().code == Code::invalid);
  CHECK(read_address("user@school").error().code == Code::invalid);
  CHECK(read_address("two words").error().code == Code::invalid);
  CHECK(read_address(std::string(261, 'a')).error().code == Code::invalid);
}

// ---- news

namespace {

// Amira at two computers, in step and with no exchange due for some seconds.
struct TwoPlaces {
  World world;
  Lab here{world, "lab-03"}, there{world, "lab-04"};
  explicit TwoPlaces(bool events = true) {
    here.net.events = events;
    for (auto* lab : {&here, &there}) {
      lab->join_computer();
      lab->join_student(world.amira);
      lab->run(30);
    }
    here.app->sync_now();
    here.run(1);
  }
  void write_there(const std::string& want) {
    there.add_goal(want);
    there.run(2);
    REQUIRE(world.goals_of(world.amira).back() == want);
  }
  std::ptrdiff_t asked(const std::string& what) {
    return std::count(here.net.asked.begin(), here.net.asked.end(), what);
  }
  void moment() {  // less than a second
    here.app->tick();
    world.clock.advance_ms(60);
    here.app->tick();
    here.app->tick();
  }
};

}  // namespace

TEST_CASE("what is new at school is here within a second of its word") {
  TwoPlaces places;
  CHECK(places.here.net.listening() == 1);
  places.write_there("from the other computer");
  places.moment();
  CHECK(places.here.goals().empty());  // no exchange is due yet
  places.here.net.tell();
  places.moment();
  CHECK(places.here.goals() == std::vector<std::string>{"from the other computer"});
  // What is here already is asked for no more, and what this computer sent itself neither.
  places.here.add_goal("from here");
  places.here.run(2);
  auto before = places.asked("POST /v1/sync");
  places.here.net.tell();
  places.moment();
  CHECK(places.asked("POST /v1/sync") == before);
}

TEST_CASE("a lost stream is opened again, and what came in between is told then") {
  TwoPlaces places;
  auto before = places.asked("GET /v1/events");
  places.here.net.hang_up();
  places.write_there("meanwhile");
  places.here.run(8);
  CHECK(places.asked("GET /v1/events") == before + 1);
  CHECK(places.here.net.listening() == 1);
  CHECK(places.here.goals() == std::vector<std::string>{"meanwhile"});
  // Again and again: each time later.
  for (int i = 0; i < 600; i++) {
    places.here.net.hang_up();
    places.here.run(1);
  }
  CHECK(places.asked("GET /v1/events") < before + 20);
  CHECK(places.here.frame().status.problem.key.empty());
}

TEST_CASE("where no stream comes through, everything comes as it did without") {
  TwoPlaces places(false);
  CHECK(places.asked("GET /v1/events") == 1);
  places.write_there("by asking");
  places.here.run(40);
  CHECK(places.here.goals() == std::vector<std::string>{"by asking"});
  CHECK(places.asked("GET /v1/events") == 1);
  CHECK(places.here.frame().status.problem.key.empty());
}

TEST_CASE("what is said on the stream and makes no sense is read over, and a line without an end ends it") {
  TwoPlaces places;
  auto before = places.asked("POST /v1/sync");
  places.here.net.say(
      "data: nonsense\n\ndata: {\"s\":7}\n\ndata: {\"s\":\"school\",\"head\":\"9\"}\n\nevent: x\n\n");
  places.moment();
  CHECK(places.asked("POST /v1/sync") == before);
  places.here.net.say("data: " + std::string(4090, 'x'));
  places.moment();
  CHECK(places.here.net.listening() == 1);
  places.here.net.say("x");
  places.moment();
  CHECK(places.here.net.listening() == 0);
}

TEST_CASE("nobody is listened for who is not signed in") {
  TwoPlaces places;
  places.here.app->dispatch(Lock{});
  CHECK(places.here.net.listening() == 0);
}

// ---- schools on the network

TEST_CASE(
    "where a computer is to join, the schools of this network are offered, and looked for nowhere else") {
  World world;
  Lab lab(world, "lab-03");
  lab.around.near = {{"Alder Creek", "0123456789abcdef", "https://192.168.4.2:8443"},
                     {"Alder Creek", "0123456789abcdef", "https://[fd00::2]:8443"}};
  lab.run(2);
  CHECK_FALSE(lab.around.looks);
  lab.app->dispatch(to(Screen::join));
  lab.run(1);
  CHECK(lab.around.looks);
  CHECK(lab.see<JoinView>().near == std::vector<SchoolNear>{{"Alder Creek", "https://192.168.4.2:8443"}});
  lab.around.near.clear();
  lab.run(1);
  CHECK(lab.see<JoinView>().near.empty());
  lab.join_computer();
  lab.run(1);
  CHECK_FALSE(lab.around.looks);
  CHECK(lab.net.sent_to.size() == 1);
}

TEST_CASE("a class box that the school has removed is dropped from the places that a computer tries") {
  World world;
  Lab lab(world, "lab-03");
  auto hub = hub_of(world, lab.net);
  const std::string box = "https://10.0.0.9:8443", nowhere = "https://192.168.4.200:8443";
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(30);
  auto boxes = [&] {
    auto places = app::Computer::open(lab.folder, world.clock).value().state().places;
    return std::count_if(places.begin(), places.end(), [](const auto& place) { return !place.hub.empty(); });
  };
  CHECK(boxes() == 1);
  // The school is away, and somebody at the box's address repeats its hello: that is tried, and not believed.
  auto away = [&] {
    lab.net.address = nowhere;
    lab.net.impostor = box;
    lab.net.sent_to.clear();
    lab.run(300);
    return lab.net.sent_to[box];
  };
  CHECK(away() > 0);
  lab.net.address = "https://192.168.4.2:8443";
  lab.net.impostor.clear();
  lab.run(120);
  CHECK(boxes() == 1);
  REQUIRE(server::remove_hub(*world.school, hub->hub()->hub));
  store::Edit seen{
      {domain::person_stream(world.amira), "observation", {}}, {{"text", "Well asked."}}, {}, {}};
  REQUIRE(world.school->write(world.teacher, std::span(&seen, 1)));
  lab.run(120);
  CHECK(boxes() == 0);
  lab.add_goal("written meanwhile");
  CHECK(away() == 0);
  CHECK(lab.frame().status.waiting == 1);
}

TEST_CASE(
    "a school that has another address is found by its identity, and a false announcement does nothing") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(30);
  const std::string known = "https://192.168.4.2:8443", moved = "https://192.168.4.77:8443";
  const std::string false_one = "https://192.168.4.66:8443", other = "https://192.168.4.5:8443";
  auto identity = to_hex(world.school->identity().bytes).substr(0, 16);
  CHECK_FALSE(lab.around.looks);

  lab.net.address = moved;
  lab.net.impostor = false_one;
  lab.net.sent_to.clear();
  lab.around.near = {{"Alder Creek", identity, false_one},
                     {"Beech Hill", "0123456789abcdef", other},
                     {"Alder Creek", "", other},
                     {"Alder Creek", identity, known},
                     {"Alder Creek", identity, "http://192.168.4.77:8443"}};
  lab.add_goal("written meanwhile");
  lab.run(300);
  CHECK(lab.around.looks);
  CHECK(lab.frame().status.waiting == 1);
  // The one who repeats the hello was greeted now and then, and got nothing else; the address is the old one.
  CHECK(lab.net.sent_to[false_one] > 0);
  CHECK(lab.net.sent_to[false_one] <= 6);
  CHECK(lab.net.sent_to.size() == 1);
  CHECK(app::Computer::open(lab.folder, world.clock).value().state().address == known);

  lab.around.near.push_back({"Alder Creek", identity, moved});
  lab.run(120);
  CHECK(lab.frame().status.waiting == 0);
  CHECK(world.goals_of(world.amira) == std::vector<std::string>{"written meanwhile"});
  CHECK_FALSE(lab.around.looks);
  // It is remembered.
  CHECK(app::Computer::open(lab.folder, world.clock).value().state().address == moved);
}

// ---- what a student left on a shared computer

namespace {

// Two students; the first has written something without a network and left.
struct Left {
  World world;
  Lab lab{world, "lab-03"};
  std::string outgoing = lab.folder + "/outgoing";
  Left() {
    lab.join_computer();
    lab.join_student(world.leo, "0815");
    lab.app->dispatch(Lock{});
    lab.join_student(world.amira);
    lab.run(30);
    lab.net.plugged = false;
    lab.add_goal("one");
    lab.app->dispatch(Lock{});
  }
  std::vector<std::string> files() {
    std::vector<std::string> endings;
    for (const auto& entry : std::filesystem::directory_iterator(outgoing))
      endings.push_back(entry.path().extension().string());
    std::sort(endings.begin(), endings.end());
    return endings;
  }
  std::string file(const std::string& ending) {
    for (const auto& entry : std::filesystem::directory_iterator(outgoing))
      if (entry.path().extension() == ending) return entry.path().string();
    return {};
  }
  std::unique_ptr<App> without_network() {
    AppOptions options;
    options.data = lab.folder;
    options.clock = &world.clock;
    options.random = &world.random;
    options.utc_offset = [](std::int64_t) { return 0; };
    return App::open(options).value();
  }
};

using Endings = std::vector<std::string>;

}  // namespace

TEST_CASE("what another process writes anew while the old one is on its way is not taken for sent") {
  Left left;
  auto& lab = left.lab;
  lab.app.reset();
  auto other = left.without_network();
  other->dispatch(SignIn{left.world.amira.hex()});
  other->dispatch(EnterPin{"4711"});
  REQUIRE(other->shown().frame.has_value());
  auto old = std::filesystem::file_size(left.file(".to-school"));
  std::size_t seen = 0;
  lab.net.loses = [&](const app::HttpRequest& request) {
    if (!request.url.ends_with("/v1/bundles") || seen++ > 0) return false;
    GoalFields fields;
    fields.want = "two";
    fields.first_step = "begin";
    other->dispatch(SaveGoal{{}, {}, fields});
    other->dispatch(Lock{});
    lab.net.plugged = false;  // from the next request on
    return false;
  };
  lab.net.plugged = true;
  lab.start();
  for (int i = 0; i < 100 && seen == 0; i++) lab.run(1);
  lab.run(3);
  REQUIRE(left.files() == Endings{".to-school"});
  CHECK(std::filesystem::file_size(left.file(".to-school")) > old);
  lab.net.plugged = true;
  lab.run(120);
  CHECK(left.world.goals_of(left.world.amira) == std::vector<std::string>{"one", "two"});
}

TEST_CASE("what a student left on a shared computer goes though their records are in use elsewhere") {
  Left left;
  auto& lab = left.lab;
  CHECK(left.files() == Endings{".to-school"});
  lab.app.reset();
  auto other = left.without_network();
  other->dispatch(SignIn{left.world.amira.hex()});
  other->dispatch(EnterPin{"4711"});
  REQUIRE(other->shown().frame.has_value());
  CHECK(other->shown().frame->status.waiting == 1);

  // Its answer is lost once: it is delivered again, and there is one goal all the same.
  lab.net.plugged = true;
  lab.net.lose_next_reply = true;
  lab.start();
  lab.run(10);
  CHECK(left.world.goals_of(left.world.amira) == std::vector<std::string>{"one"});
  CHECK(left.files() == Endings{".to-school"});
  lab.run(60);
  CHECK(left.world.goals_of(left.world.amira) == std::vector<std::string>{"one"});
  CHECK(left.files() == Endings{".from-school"});
  // Nothing counts as sent before the student's own records have the answer.
  CHECK(other->shown().frame->status.waiting == 1);
  other.reset();
  CHECK(left.files() == Endings{".from-school", ".to-school"});
  lab.net.plugged = false;
  lab.sign_in(left.world.amira);
  CHECK(lab.frame().status.waiting == 0);
  lab.app->dispatch(Lock{});
  CHECK(left.files().empty());
}

TEST_CASE("what a student left on a shared computer is not lost with their folder") {
  Left left;
  auto& lab = left.lab;
  lab.app.reset();
  std::filesystem::remove_all(lab.folder + "/profiles/" + left.world.amira.hex());
  lab.net.plugged = true;
  lab.start();
  lab.run(30);
  CHECK(left.world.goals_of(left.world.amira) == std::vector<std::string>{"one"});
  CHECK(left.files() == Endings{".from-school"});
  lab.join_student(left.world.amira);
  lab.run(30);
  CHECK(lab.goals() == std::vector<std::string>{"one"});
}

namespace {

// The left work's computer reaches a hub alone, and another program has the student's records open.
struct LeftAtHub : Left {
  std::unique_ptr<server::School> hub;
  std::unique_ptr<App> other;
  LeftAtHub() {
    hub = hub_of(world, lab.net);
    REQUIRE(app::Computer::open(lab.folder, world.clock).value().change([&](app::ComputerState& state) {
      state.hub = hub->hub()->hub.hex();
    }));
    lab.app.reset();
    other = without_network();
    other->dispatch(SignIn{world.amira.hex()});
    other->dispatch(EnterPin{"4711"});
    lab.net.attach(*hub);
    lab.net.plugged = true;
    lab.start();
    lab.run(10);
  }
  std::vector<std::string> asked() {
    std::vector<std::string> found;
    for (const auto& one : std::exchange(lab.net.asked, {}))
      if (one.find("/v1/bundles") != std::string::npos) found.push_back(one.substr(0, one.find(' ')));
    return found;
  }
  // What the hub kept goes to the school, and the answer back.
  void carry() {
    auto token = hub->hub()->token;
    while (auto row = hub->next_bundle()) {
      auto bytes = store::read_whole(hub->bundles().path(row->person, row->name), 1 << 24).value();
      auto begun = world.school->begin_bundle(token, row->name, {0, row->bytes, bytes}).value();
      server::School::write_piece(begun);
      auto done = world.school->finish_bundle(begun);
      if (!done) return hub->bundle_not_taken(*row);
      REQUIRE(hub->take_bundle_answer(*row, done->answer));
    }
  }
};

}  // namespace

TEST_CASE("what a student left on a shared computer is in the room, and lies there until the school has it") {
  LeftAtHub left;
  auto& lab = left.lab;
  CHECK(left.asked() == std::vector<std::string>{"GET", "PUT"});
  CHECK(left.hub->bundles().waiting().size() == 1);
  CHECK(left.files() == Endings{".to-school"});
  lab.run(70);
  CHECK(left.asked() == std::vector<std::string>{"GET"});
  CHECK(left.files() == Endings{".to-school"});

  // The hub's disk is lost, and an empty one is there: it is brought again.
  std::filesystem::remove_all(left.world.folder.path() + "/hub/bundles");
  lab.run(70);
  CHECK(left.asked() == std::vector<std::string>{"GET", "PUT"});
  left.carry();
  CHECK(left.world.goals_of(left.world.amira) == std::vector<std::string>{"one"});
  CHECK(left.hub->bundles().waiting().empty());
  lab.run(70);
  CHECK(left.asked() == std::vector<std::string>{"GET"});
  // Nobody but the student can tell whether that is the school's answer.
  CHECK(left.files() == Endings{".from-school", ".to-school"});
  lab.run(600);
  CHECK(left.asked().empty());
  left.other->dispatch(Lock{});
  left.other.reset();
  lab.net.plugged = false;
  SUBCASE("who sees it when they are back") {
    lab.sign_in(left.world.amira);
    CHECK(lab.frame().status.waiting == 0);
    lab.app->dispatch(Lock{});
    CHECK(left.files().empty());
  }
  SUBCASE("and without them the school itself takes it") {
    lab.app.reset();
    std::filesystem::remove_all(lab.folder + "/profiles/" + left.world.amira.hex());
    lab.net.attach(*left.world.school);
    lab.net.plugged = true;
    lab.start();
    lab.run(100);
    CHECK(left.files() == Endings{".from-school"});
  }
}

TEST_CASE("a hub that makes up an answer to what was left, or is of an earlier version, takes nothing away") {
  LeftAtHub left;
  auto& lab = left.lab;
  SUBCASE("made up") {
    auto row = left.hub->next_bundle().value();
    REQUIRE(left.hub->take_bundle_answer(row, "waymark bundle 1\nmade up"));
    lab.run(70);
    CHECK(left.files() == Endings{".from-school", ".to-school"});
  }
  SUBCASE("of an earlier version") {
    lab.net.parcels = false;
    std::filesystem::remove_all(left.world.folder.path() + "/hub/bundles");
    lab.run(200);
    CHECK(left.files() == Endings{".to-school"});
  }
  left.other->dispatch(Lock{});
  left.other.reset();
  CHECK(left.world.goals_of(left.world.amira).empty());
  lab.app.reset();
  REQUIRE(app::Computer::open(lab.folder, left.world.clock).value().change([](app::ComputerState& state) {
    state.hub.clear();
  }));
  lab.net.attach(*left.world.school);
  lab.start();
  lab.sign_in(left.world.amira);
  lab.run(60);
  CHECK(lab.frame().status.waiting == 0);
  CHECK(left.world.goals_of(left.world.amira) == std::vector<std::string>{"one"});
  lab.app->dispatch(Lock{});
  lab.run(5);
  CHECK(left.files().empty());
}

TEST_CASE("when all of it is at school by itself, nothing is left lying") {
  Left left;
  left.lab.net.plugged = true;
  left.lab.run(60);
  CHECK(left.world.goals_of(left.world.amira) == std::vector<std::string>{"one"});
  CHECK(left.files().empty());
}

TEST_CASE("torn files of what was left do no harm") {
  Left left;
  auto& lab = left.lab;
  lab.app.reset();
  auto torn = left.file(".to-school");
  std::filesystem::resize_file(torn, 30);
  auto other = left.without_network();
  other->dispatch(SignIn{left.world.amira.hex()});
  other->dispatch(EnterPin{"4711"});
  lab.net.plugged = true;
  lab.start();
  lab.run(30);
  CHECK(left.world.goals_of(left.world.amira).empty());
  CHECK(left.files() == Endings{".not-taken"});
  other.reset();
  // The answer to the next one is torn: the student's own connection tells it again.
  lab.run(400);
  CHECK(left.world.goals_of(left.world.amira) == std::vector<std::string>{"one"});
  std::filesystem::resize_file(left.file(".from-school"), 150);
  lab.sign_in(left.world.amira);
  lab.run(30);
  CHECK(lab.frame().status.waiting == 0);
  lab.app->dispatch(Lock{});
  lab.run(5);
  CHECK(left.files().empty());
}

TEST_CASE("the folder of what was left has room for two hundred, and answers give way to work") {
  Left left;
  auto& lab = left.lab;
  auto fill = [&](std::size_t files, const std::string& ending) {
    std::filesystem::remove_all(left.outgoing);
    std::filesystem::create_directories(left.outgoing);
    for (std::size_t i = 0; i < files; i++) {
      auto digits = std::to_string(1'000 + i);
      std::ofstream(left.outgoing + "/" + std::string(28, 'a') + digits + ending) << "x";
    }
    lab.sign_in(left.world.amira);
    lab.app->dispatch(Lock{});
    return left.files();
  };
  CHECK(fill(199, ".to-school").size() == 200);
  CHECK(fill(200, ".to-school").size() == 200);
  auto made_room = fill(200, ".from-school");
  CHECK(made_room == Endings{".to-school"});
}

TEST_CASE("who uses a computer alone leaves nothing beside their folder") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.net.plugged = false;
  lab.add_goal("one");
  lab.app->dispatch(Lock{});
  CHECK_FALSE(std::filesystem::exists(lab.folder + "/outgoing"));
}

// ---- the screen of the stick

TEST_CASE("what waits goes to school on a stick, and counts as sent when its answer is read") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(60);
  lab.net.plugged = false;
  lab.add_goal("one");
  auto stick = world.folder.path() + "/stick";
  lab.app->dispatch(to(Screen::settings));
  lab.app->dispatch(to(Screen::stick));
  CHECK(lab.see<StickView>().any_waiting);
  CHECK(lab.see<StickView>().waiting.count == 2);
  CHECK(lab.see<StickView>().places.empty());
  lab.app->dispatch(WriteStick{stick});
  CHECK(lab.see<StickView>().problem.key == "stick.not_there");
  std::filesystem::create_directories(stick);
  lab.app->dispatch(ReadStick{stick});
  CHECK(lab.see<StickView>().problem.key == "stick.no_answer");

  lab.app->dispatch(WriteStick{stick});
  CHECK(lab.see<StickView>().problem.key == "");
  CHECK(lab.see<StickView>().done.key == "stick.written");
  CHECK(lab.see<StickView>().done.count == 2);
  CHECK(lab.see<StickView>().any_waiting);
  CHECK(lab.frame().status.waiting == 1);

  std::filesystem::path written;
  for (const auto& entry : std::filesystem::directory_iterator(stick + "/WAYMARK")) written = entry.path();
  auto bytes = store::read_whole(written.string(), 1'000'000).value();
  auto read = world.school->read_bundle(bytes).value();
  CHECK(world.goals_of(world.amira) == std::vector<std::string>{"one"});
  auto answer = std::filesystem::path(written).replace_extension(".from-school").string();
  lab.add_goal("two");
  lab.app->dispatch(to(Screen::stick));
  CHECK(lab.see<StickView>().done.key == "");

  auto put = [&](const std::string& content) {
    REQUIRE(store::write_durably(answer, content));
    lab.app->dispatch(ReadStick{stick});
    return lab.see<StickView>();
  };
  CHECK(put("waymark").problem.key == "stick.damaged");
  CHECK(put(bytes).problem.key == "stick.not_ours");
  CHECK(lab.see<StickView>().waiting.count == 3);
  // Its end is torn off: what is whole counts.
  auto torn = put(read.answer.substr(0, read.answer.size() - 5));
  CHECK(torn.done.key == "stick.settled");
  CHECK(torn.next.key == "stick.torn");
  auto whole = put(read.answer);
  CHECK(whole.done.key == "stick.nothing_new");
  CHECK(whole.next.key == "stick.still_waits");
  CHECK(whole.next.count == 1);
  CHECK(lab.frame().status.waiting == 1);
  CHECK(whole.problem.key == "");

  // A stick that cannot be written on.
  std::filesystem::remove_all(stick + "/WAYMARK");
  std::ofstream(stick + "/WAYMARK") << "a file in its place";
  lab.app->dispatch(WriteStick{stick});
  CHECK(lab.see<StickView>().problem.key == "stick.not_written");
  CHECK(lab.frame().status.waiting == 1);
}

TEST_CASE("a stick that is plugged in shows by itself, and is looked for only where it matters") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.app.reset();
  int looked = 0;
  std::vector<StickPlace> plugged_in;
  AppOptions options;
  options.data = lab.folder;
  options.clock = &world.clock;
  options.random = &world.random;
  options.utc_offset = [](std::int64_t) { return 0; };
  options.sticks = [&] {
    looked++;
    return plugged_in;
  };
  lab.app = App::open(options).value();
  lab.sign_in(world.amira);
  auto before = looked;
  lab.run(10);
  CHECK(looked == before);
  lab.app->dispatch(to(Screen::stick));
  lab.run(3);
  CHECK(lab.see<StickView>().places.empty());
  plugged_in = {{"/media/amira/CREEK", "CREEK"}};
  lab.run(3);
  CHECK(lab.see<StickView>().places == plugged_in);
}

TEST_CASE("an erased student's words, files and pictures are in no byte of any computer, nor at school") {
  World world;
  auto pathway = water(world);
  Lab lab(world, "lab-03"), home(world, "home");
  for (auto* at : {&lab, &home}) {
    at->join_computer();
    at->join_student(world.amira);
    at->run(60);
  }
  lab.app->dispatch(ChooseProject{pathway, "map", "", "the creek"});
  auto project = lab.see<ProjectView>().id;
  lab.app->dispatch(
      AttachFile{project, "find-sources", note(world, "notes.txt", "SECRET-IN-A-FILE"), "", false});
  lab.app->dispatch(AttachFile{project, "find-sources", photo(world, "creek.jpg"), "", true});
  lab.run(1);
  lab.add_goal("SECRET-GOAL");
  lab.run(200);
  home.app->dispatch(to(Screen::project));
  home.run(400);
  home.app->shown();
  auto profile = lab.folder + "/profiles/" + world.amira.hex(), data = world.folder.path() + "/school";
  std::vector<std::string> needles{"SECRET-"};
  take_needles(profile + "/files", needles);
  take_needles(profile + "/thumbnails", needles);
  REQUIRE(needles.size() >= 5);  // the note, the photo, its small copy, two for the screen
  std::ofstream(profile + "/records.db.before-2") << "SECRET-OLD-COPY";
  for (const auto& folder : {lab.folder, home.folder, data}) REQUIRE(holders(folder, needles).size() >= 4);

  // She will not sign in there again; Leo does.
  lab.app->dispatch(Lock{});
  lab.join_student(world.leo);
  lab.add_goal("Leo's own");
  lab.run(60);
  world.school->erase_student(std::nullopt, world.amira).value();
  CHECK(holders(data, needles).empty());
  lab.run(120);
  CHECK(holders(lab.folder, needles).empty());
  CHECK_FALSE(fs::exists(profile));
  CHECK(lab.goals() == std::vector<std::string>{"Leo's own"});
  lab.app->dispatch(Lock{});
  CHECK(lab.see<WhoView>().tiles.size() == 1);

  home.run(120);
  CHECK(home.see<WhoView>().notice.key == "notice.erased");
  CHECK(home.see<WhoView>().tiles.empty());
  CHECK(holders(home.folder, needles).empty());
}

namespace {

// A stick that goes to school and back: the school reads what is there for it, and puts its answers there.
struct Stick {
  World& world;
  std::string folder = world.folder.path() + "/stick";

  explicit Stick(World& at) : world(at) { fs::create_directories(folder + "/WAYMARK"); }
  const StickView& carry(Lab& lab) {
    lab.app->dispatch(to(Screen::stick));
    lab.app->dispatch(WriteStick{folder});
    REQUIRE(lab.see<StickView>().problem.key == "");
    for (const auto& entry : fs::directory_iterator(folder + "/WAYMARK")) {
      if (entry.path().extension() != ".to-school") continue;
      auto bytes = store::read_whole(entry.path().string(), 64 << 20).value();
      REQUIRE(store::write_durably(fs::path(entry).replace_extension(".from-school").string(),
                                   world.school->read_bundle(bytes)->answer));
      fs::remove(entry.path());
    }
    lab.app->dispatch(ReadStick{folder});
    lab.run(1);
    static const StickView elsewhere;
    return lab.shows<StickView>() ? lab.see<StickView>() : elsewhere;
  }
};

}  // namespace

TEST_CASE("an erasure that a stick brings takes a student from a computer without a network, and says so") {
  World world;
  auto pathway = water(world);
  Stick stick(world);
  Lab lab(world, "lab-03"), home(world, "home");
  for (auto* at : {&lab, &home}) {
    at->join_computer();
    at->join_student(world.amira);
    at->run(60);
  }
  lab.app->dispatch(ChooseProject{pathway, "map", "", "the creek"});
  auto project = lab.see<ProjectView>().id;
  lab.app->dispatch(
      AttachFile{project, "find-sources", note(world, "notes.txt", "SECRET-IN-A-FILE"), "", false});
  lab.app->dispatch(AttachFile{project, "find-sources", photo(world, "creek.jpg"), "", true});
  lab.run(1);
  lab.add_goal("SECRET-GOAL");
  lab.run(200);
  home.app->dispatch(to(Screen::project));
  home.run(400);
  auto profile = lab.folder + "/profiles/" + world.amira.hex();
  std::vector<std::string> needles{"SECRET-"};
  take_needles(profile + "/files", needles);
  take_needles(profile + "/thumbnails", needles);
  lab.app->dispatch(Lock{});
  lab.join_student(world.leo);
  lab.add_goal("Leo's own");
  lab.run(60);
  for (auto* at : {&lab, &home}) {
    at->net.plugged = false;
    REQUIRE(holders(at->folder, needles).size() >= 4);
  }
  world.school->erase_student(std::nullopt, world.amira).value();

  // On the shared computer Leo's stick brings it, and he goes on.
  CHECK(stick.carry(lab).done.key == "stick.news");
  CHECK(stick.carry(lab).next.key == "stick.all_settled");
  CHECK(holders(lab.folder, needles).empty());
  CHECK_FALSE(fs::exists(profile));
  CHECK(lab.goals() == std::vector<std::string>{"Leo's own"});
  lab.app->dispatch(Lock{});
  REQUIRE(lab.see<WhoView>().tiles.size() == 1);
  CHECK(lab.see<WhoView>().tiles[0].name == "Leo");

  // On her own her own stick does, and a sentence tells it.
  stick.carry(home);
  CHECK(home.see<WhoView>().notice.key == "notice.erased");
  CHECK(home.see<WhoView>().tiles.empty());
  CHECK(holders(home.folder, needles).empty());
  CHECK(holders(stick.folder, needles).empty());
}

TEST_CASE("one erased piece of work goes from the screen and the disk when a stick brings the erasure") {
  World world;
  auto pathway = water(world);
  Stick stick(world);
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(60);
  lab.app->dispatch(ChooseProject{pathway, "map", "", "the creek"});
  auto project = lab.see<ProjectView>().id;
  auto files = lab.folder + "/profiles/" + world.amira.hex() + "/files";
  lab.app->dispatch(
      AttachFile{project, "find-sources", note(world, "leak.txt", "SECRET-IN-A-FILE"), "", false});
  std::vector<std::string> leak{"SECRET-"};
  lab.add_goal("SECRET-GOAL");
  lab.add_goal("kept");
  lab.net.plugged = false;
  stick.carry(lab);
  CHECK(lab.goals() == std::vector<std::string>{"SECRET-GOAL", "kept"});
  REQUIRE(holders(files, leak).size() == 1);
  std::vector<OpId> ops;
  for (const char* kind : {"goal", "work"})
    for (const auto& record : world.school->store().records(domain::person_stream(world.amira), kind).value())
      if (record.text("want") != "kept") ops.push_back(record.fields.begin()->second.heads.front().op);
  REQUIRE(ops.size() == 2);
  world.school->erase_ops(std::nullopt, ops).value();
  CHECK(stick.carry(lab).done.key == "stick.news");
  CHECK(lab.goals() == std::vector<std::string>{"kept"});
  CHECK(holders(lab.folder, leak).empty());
}

TEST_CASE(
    "one erased piece of work takes its file and small copies from the disk, also after a crash in between") {
  World world;
  auto pathway = water(world);
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(60);
  lab.app->dispatch(ChooseProject{pathway, "map", "", "the creek"});
  auto project = lab.see<ProjectView>().id;
  auto files = lab.folder + "/profiles/" + world.amira.hex() + "/files",
       thumbnails = files.substr(0, files.size() - 5) + "thumbnails";
  lab.app->dispatch(AttachFile{project, "find-sources", photo(world, "leak.jpg"), "", true});
  lab.run(1);
  std::vector<std::string> leak, kept;
  take_needles(files, leak);
  take_needles(thumbnails, leak);
  REQUIRE(leak.size() == 3);
  lab.app->dispatch(AttachFile{project, "find-sources", note(world, "notes.txt", "TO-BE-KEPT"), "", false});
  lab.run(200);
  auto works = world.school->store().records(domain::person_stream(world.amira), "work").value();
  REQUIRE(works.size() == 2);
  auto op = works[0].field("file")->heads.front().op;
  if (works[0].text("mime") != "image/jpeg") op = works[1].field("file")->heads.front().op;
  world.school->erase_ops(std::nullopt, {op}).value();
  CHECK(holders(world.folder.path() + "/school", leak).empty());

  // The erasure is in the records, and the program ends before anything else is done.
  lab.app.reset();
  REQUIRE(holders(lab.folder, leak).size() == 3);
  {
    auto store = store::Store::open(lab.folder + "/profiles/" + world.amira.hex() + "/records.db",
                                    {&world.clock, &world.random})
                     .value();
    auto transaction = store::Transaction::begin(store->db()).value();
    for (const auto& entry : world.school->store().page("school", 0, 1000, 1 << 20).value())
      store->add(record::parse_op(entry.body).value(), entry.body, entry.id).value();
    REQUIRE(transaction.commit());
  }
  lab.start();
  lab.sign_in(world.amira);
  CHECK(holders(lab.folder, leak).empty());
  CHECK(holders(files, {"TO-BE-KEPT"}).size() == 1);
  lab.run(120);
  CHECK(holders(files, {"TO-BE-KEPT"}).size() == 1);
}

namespace {
// Keeps the work until a test has it done, on a thread of its own.
struct Held final : Background {
  std::vector<std::function<void()>> jobs;
  std::vector<std::thread::id> where;
  void run(std::function<void()> work) override {
    jobs.push_back([this, work = std::move(work)] {
      where.push_back(std::this_thread::get_id());
      work();
    });
  }
  void finish() override {
    for (auto& job : std::exchange(jobs, {})) std::thread(job).join();
  }
};
}  // namespace

TEST_CASE("a photo is decoded aside: the app goes on, and the photo is there when it is done") {
  World world;
  auto pathway = water(world);
  Held held;
  Lab lab(world, "lab-03");
  lab.background = &held;
  lab.start();
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(60);
  lab.app->dispatch(ChooseProject{pathway, "map", "", "the creek"});
  auto project = lab.see<ProjectView>().id;
  auto files = lab.folder + "/profiles/" + world.amira.hex() + "/files";
  auto work = [&] {
    lab.app->dispatch(Go{{Screen::project, project, "find-sources", {}, {}, Focus::none}});
    return lab.see<ProjectView>().step.work;
  };
  lab.app->dispatch(AttachFile{project, "find-sources", photo(world, "creek.jpg"), "The creek", true});
  REQUIRE(held.jobs.size() == 1);
  CHECK_FALSE(fs::exists(files));  // nothing of it was done in the call
  CHECK(lab.frame().toast.key == "toast.taking_in");
  CHECK(work().empty());
  lab.add_goal("meanwhile");
  lab.run(5);
  CHECK(lab.goals() == std::vector<std::string>{"meanwhile"});

  held.finish();
  lab.app->tick();
  CHECK(lab.shows<GoalsView>());  // who went on is not called back
  auto pieces = work();
  REQUIRE(pieces.size() == 1);
  CHECK(pieces[0].title.text == "The creek");
  CHECK(pieces[0].width == 1000);
  CHECK(fs::exists(pieces[0].thumbnail));
  for (auto id : held.where) CHECK(id != std::this_thread::get_id());

  // Chosen and locked at once: it is not lost.
  lab.app->dispatch(AttachFile{project, "find-sources", note(world, "notes.txt", "x"), "", false});
  lab.app->dispatch(Lock{});
  lab.sign_in(world.amira);
  CHECK(work().size() == 2);
  // What cannot be taken in says why when it is known.
  lab.app->dispatch(AttachFile{project, "find-sources", world.folder.path() + "/notes.txt", "", true});
  CHECK(lab.frame().error.key.empty());
  held.finish();
  lab.app->tick();
  CHECK(lab.frame().error.key == "error.not_an_image");
  CHECK(work().size() == 2);

  // A small copy that was thrown away is made again, aside too, and asked for once.
  auto thumbnail = pieces[0].thumbnail;
  lab.app->dispatch(Lock{});
  fs::remove(thumbnail);
  lab.app.reset();
  lab.start();
  lab.sign_in(world.amira);
  for (int i = 0; i < 3; i++) {
    auto again = work();
    CHECK(std::all_of(again.begin(), again.end(), [](const auto& piece) { return piece.thumbnail.empty(); }));
    lab.run(1);
  }
  REQUIRE(held.jobs.size() == 1);
  held.finish();
  lab.app->tick();
  CHECK(fs::exists(thumbnail));
  auto again = work();
  CHECK(std::any_of(again.begin(), again.end(),
                    [&](const auto& piece) { return piece.thumbnail == thumbnail; }));
}

namespace {

// Amira at lab-03, with a photo chosen and not decoded yet.
struct StillTaking {
  World world;
  std::string pathway = water(world), project, profile;
  Held held;
  Lab lab{world, "lab-03"};

  StillTaking() {
    lab.background = &held;
    lab.start();
    lab.join_computer();
    lab.join_student(world.amira);
    lab.run(60);
    lab.app->dispatch(ChooseProject{pathway, "map", "", "the creek"});
    project = lab.see<ProjectView>().id;
    profile = lab.folder + "/profiles/" + world.amira.hex();
    lab.run(200);
    REQUIRE(lab.frame().status.waiting_phrase.key == "status.all_at_school");
    choose(photo(world, "creek.jpg"));
    REQUIRE(held.jobs.size() == 1);
  }
  ~StillTaking() { lab.app.reset(); }
  void choose(const std::string& path) {
    lab.app->dispatch(AttachFile{project, "find-sources", path, "The creek", true});
  }
  std::vector<WorkPiece> work() {
    lab.app->dispatch(Go{{Screen::project, project, "find-sources", {}, {}, Focus::none}});
    return lab.see<ProjectView>().step.work;
  }
  bool may_forget() {
    lab.app->dispatch(to(Screen::settings));
    return lab.see<SettingsView>().can_forget;
  }
  std::string stick() {
    auto folder = world.folder.path() + "/CREEK";
    fs::create_directories(folder);
    lab.plugged_in = {{folder, "CREEK"}};
    lab.app->dispatch(to(Screen::stick));
    lab.run(3);
    return folder;
  }
};

}  // namespace

TEST_CASE("Forget me waits for a photo that is still being taken in") {
  StillTaking at;
  CHECK_FALSE(at.may_forget());
  CHECK(at.lab.frame().status.waiting_phrase.key == "");  // not all is at school
  at.lab.app->dispatch(ForgetMe{});
  CHECK(at.lab.frame().error.key == "error.forget_waits");
  CHECK(at.work().size() == 1);
  at.lab.run(400);
  CHECK(at.may_forget());
  auto works = at.world.school->store().records(domain::person_stream(at.world.amira), "work").value();
  REQUIRE(works.size() == 1);

  // One that turns out to be no photo is told before anything is forgotten.
  at.choose(note(at.world, "notes.txt", "x"));
  at.lab.app->dispatch(ForgetMe{});
  CHECK(at.lab.frame().error.key == "error.not_an_image");
  at.lab.app->dispatch(ForgetMe{});
  CHECK(at.lab.shows<WhoView>());
  CHECK_FALSE(fs::exists(at.profile));
}

TEST_CASE("a photo that is still being taken in moves to the stick with the profile, and none stays behind") {
  StillTaking at;
  auto stick = at.stick();
  at.lab.app->dispatch(KeepOnStick{stick});
  REQUIRE(at.lab.see<StickView>().kept);
  CHECK(at.lab.frame().error.key == "");
  at.held.finish();
  at.lab.app->tick();
  auto work = at.work();
  REQUIRE(work.size() == 1);
  CHECK(work[0].path.starts_with(stick));
  CHECK(fs::exists(work[0].path));
  CHECK(fs::exists(work[0].thumbnail));
  CHECK_FALSE(fs::exists(at.profile));

  at.lab.app->dispatch(Lock{});
  at.lab.sign_in(at.world.amira);
  at.lab.run(400);
  CHECK(at.lab.frame().status.waiting_phrase.key == "status.all_at_school");
}

TEST_CASE("what is no photo is told on the stick's screen and on the first one, not dropped") {
  StillTaking at;
  auto stick = at.stick();
  at.choose(note(at.world, "notes.txt", "x"));
  at.lab.app->dispatch(KeepOnStick{stick});
  REQUIRE(at.lab.see<StickView>().kept);
  CHECK(at.lab.frame().error.key == "error.not_an_image");
  CHECK(at.work().size() == 1);
  at.choose(note(at.world, "notes.txt", "x"));
  at.lab.app->dispatch(Lock{});
  CHECK(at.lab.see<WhoView>().notice.key == "error.not_an_image");
}

TEST_CASE("what is no photo is told though the next one is taken in at the same moment") {
  StillTaking at;
  at.choose(note(at.world, "notes.txt", "x"));
  at.choose(photo(at.world, "bridge.jpg"));
  at.lab.app->dispatch(ForgetMe{});
  CHECK(at.lab.frame().error.key == "error.not_an_image");
  CHECK(at.work().size() == 2);
  at.choose(note(at.world, "notes.txt", "x"));
  at.choose(photo(at.world, "roof.jpg"));
  at.held.finish();
  at.lab.app->tick();
  CHECK(at.lab.frame().error.key == "error.not_an_image");
  at.choose(note(at.world, "notes.txt", "x"));
  at.choose(photo(at.world, "door.jpg"));
  at.lab.app->dispatch(Lock{});
  CHECK(at.lab.see<WhoView>().notice.key == "error.not_an_image");
}

TEST_CASE("packing up waits for a photo that is still being taken in, and a computer that forgets says so") {
  StillTaking at;
  at.lab.app->dispatch(to(Screen::pack_up));
  CHECK(at.lab.see<PackUpView>().saved.key == "pack_up.taking_in");
  CHECK(at.lab.see<PackUpView>().waiting.key == "pack_up.taking_in_detail");
  CHECK(at.lab.see<PackUpView>().forgets.key == "");
  at.lab.app->dispatch(Back{});
  at.held.finish();
  at.lab.app->tick();
  at.lab.run(400);
  at.lab.app->dispatch(to(Screen::pack_up));
  CHECK(at.lab.see<PackUpView>().saved.key == "pack_up.all_saved");
  CHECK(at.lab.see<PackUpView>().waiting.key == "pack_up.all_at_school");
  at.lab.app->dispatch(Lock{});
  at.lab.forgets = true;
  at.lab.start();
  at.lab.sign_in(at.world.amira);
  at.lab.run(60);
  at.choose(photo(at.world, "bridge.jpg"));
  at.lab.app->dispatch(to(Screen::pack_up));
  CHECK(at.lab.see<PackUpView>().forgets.key == "pack_up.forgets");
  CHECK(at.lab.frame().status.problem.key == "");  // of a moment's wait nothing is said
}

TEST_CASE("a photo that is still being taken in goes along in what is written on a stick") {
  StillTaking at;
  at.lab.net.plugged = false;
  at.lab.app->dispatch(WriteStick{at.stick()});
  CHECK(at.lab.see<StickView>().done.key == "stick.written");
  CHECK(at.held.jobs.empty());
  CHECK(at.work().size() == 1);
}

TEST_CASE("a photo that is being taken in while its student is erased comes into no folder") {
  StillTaking at;
  at.world.school->erase_student(std::nullopt, at.world.amira).value();
  at.lab.run(120);
  CHECK(at.lab.see<WhoView>().notice.key == "notice.erased");
  at.held.finish();
  at.lab.app->tick();
  CHECK_FALSE(fs::exists(at.profile));
}

// ---- what comes back

TEST_CASE("the school has a project for put away exactly when the student has") {
  World world;
  auto pathway = water(world);
  Lab a(world, "lab-03"), b(world, "lab-07");
  for (auto* lab : {&a, &b}) {
    lab->join_computer();
    lab->join_student(world.amira);
    lab->run(60);
  }
  a.app->dispatch(ChooseProject{pathway, "map", "", "the creek"});
  auto id = a.see<ProjectView>().id;
  a.run(60);
  b.run(200);
  auto at_school = [&] {
    auto portfolio = server::portfolio(*world.school, world.amira).value();
    REQUIRE(portfolio.projects.size() == 1);
    return server::is_open(portfolio.projects[0]);
  };
  auto counted = [&] {
    return server::pathways_of(*world.school, world.teacher, world.period3).value().front().students;
  };
  auto at = [&](Lab& lab) {
    lab.app->dispatch(Go{{Screen::project, id, "find-sources", {}, {}, Focus::none}});
    return !lab.see<ProjectView>().none;
  };
  CHECK(at(b));
  CHECK(at_school());
  CHECK(counted() == 1);
  b.net.plugged = false;
  b.app->dispatch(WriteWork{id, "find-sources", "", WorkType::text, {"Mr. Halloran", ""}, {"1998", ""}});
  a.app->dispatch(Undo{});
  a.run(60);
  CHECK_FALSE(at(a));
  CHECK_FALSE(at_school());
  CHECK(counted() == 0);
  b.net.plugged = true;
  b.run(200);
  a.run(200);
  CHECK(at(a));
  CHECK(at(b));
  CHECK(at_school());
  CHECK(counted() == 1);
}

// ---- a computer that has never met a network

TEST_CASE("a drawing becomes a picture aside, its draft stays until then, and it is at another computer") {
  World world;
  auto pathway = water(world);
  Held held;
  Lab lab(world, "lab-03");
  lab.background = &held;
  lab.start();
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(60);
  lab.app->dispatch(ChooseProject{pathway, "map", "", "the creek"});
  auto project = lab.see<ProjectView>().id;
  auto step_at = [&](Lab& at) {
    at.app->dispatch(Go{{Screen::project, project, "find-sources", {}, {}, Focus::none}});
    return at.see<ProjectView>().step;
  };
  auto text = text_of(PenStroke{1, 1, {{100, 100}, {500, 100}}});
  lab.app->dispatch(SaveDraft{drawing_place("find-sources"), drawing_parts(text)});
  lab.app->dispatch(AttachFile{project, "find-sources", {}, "where the water comes from", true, {}, text});
  REQUIRE(held.jobs.size() == 1);
  CHECK(step_at(lab).work.empty());
  CHECK(step_at(lab).drawing.text == text);
  held.finish();
  lab.app->tick();
  CHECK(step_at(lab).work.size() == 1);
  CHECK(step_at(lab).drawing.text.empty());
  lab.run(120);
  Lab other(world, "lab-07");
  other.join_computer();
  other.join_student(world.amira);
  other.run(600);
  auto there = step_at(other);
  REQUIRE(there.work.size() == 1);
  CHECK(there.work[0].title.text == "where the water comes from");
  CHECK(there.work[0].name == drawing_name);
  CHECK(fs::exists(there.work[0].path));
  CHECK(there.drawing.text.empty());
}

TEST_CASE("a computer without a network begins with a class's file, and its first stick makes it known") {
  World world;
  auto stick = world.folder.path() + "/stick";
  std::filesystem::create_directories(stick + "/WAYMARK");
  REQUIRE(world.school->card_for(world.amira));
  auto file = stick + "/WAYMARK/Period 3.waymark-starter";
  REQUIRE(store::write_durably(file, world.school->make_starter(world.period3, {})->bytes));
  auto begin = [&](const std::string& name, const std::string& pin) {
    auto lab = std::make_unique<Lab>(world, name);
    lab->net.plugged = false;
    lab->app.reset();
    AppOptions options;
    options.data = lab->folder;
    options.clock = &world.clock;
    options.random = &world.random;
    options.utc_offset = [](std::int64_t) { return 0; };
    options.transport = &lab->net;
    options.sticks = [&] { return std::vector<StickPlace>{{stick, "CREEK"}}; };
    lab->app = App::open(options).value();
    lab->app->dispatch(to(Screen::join));
    lab->run(3);
    REQUIRE(lab->see<JoinView>().starters.size() == 1);
    CHECK(lab->see<JoinView>().starters[0].name == "Period 3");
    lab->app->dispatch(JoinFromStarter{stick});
    CHECK(lab->see<JoinView>().error.key == "error.starter");
    lab->app->dispatch(JoinFromStarter{lab->see<JoinView>().starters[0].path});
    REQUIRE(lab->see<JoinView>().step == JoinStep::card);
    CHECK(lab->see<JoinView>().school == "Alder Creek");
    // Leo has no card yet: the file is not for him.
    lab->app->dispatch(JoinWithCard{world.card(world.leo)});
    lab->run(1);
    CHECK(lab->see<JoinView>().error.key != "");
    lab->join_student(world.amira, pin);
    lab->add_goal("of " + name);
    lab->app->dispatch(to(Screen::stick));
    lab->app->dispatch(WriteStick{stick});
    CHECK(lab->see<StickView>().done.key == "stick.written");
    return lab;
  };
  auto bring = [&] {
    for (const auto& entry : std::filesystem::directory_iterator(stick + "/WAYMARK")) {
      if (entry.path().extension() != ".to-school") continue;
      auto bytes = store::read_whole(entry.path().string(), 1'000'000).value();
      REQUIRE(store::write_durably(std::filesystem::path(entry).replace_extension(".from-school").string(),
                                   world.school->read_bundle(bytes)->answer));
      std::filesystem::remove(entry.path());
    }
  };
  auto home = begin("home", "4711");
  bring();
  home->app->dispatch(ReadStick{stick});
  CHECK(home->see<StickView>().done.key == "stick.settled");
  CHECK(home->see<StickView>().next.key == "stick.all_settled");
  CHECK(world.goals_of(world.amira) == std::vector<std::string>{"of home"});
  // From now on with the certificate that the answer brought, though the card is voided.
  REQUIRE(world.school->reprint_card(world.amira));
  home->add_goal("second");
  home->app->dispatch(to(Screen::stick));
  home->app->dispatch(WriteStick{stick});
  bring();
  home->app->dispatch(ReadStick{stick});
  CHECK(home->see<StickView>().next.key == "stick.all_settled");
  CHECK(world.goals_of(world.amira).size() == 2);
}

TEST_CASE("where a PIN cannot be checked the first time, the screen says so and what to do") {
  World world;
  REQUIRE(world.school->accounts().set_pin(world.amira, hash_password("4711"), "digits"));
  auto card = world.card(world.amira);
  auto file = world.folder.path() + "/class.waymark-starter";
  REQUIRE(store::write_durably(file, world.school->make_starter(world.period3, {})->bytes));
  // From a file nobody can tell.
  Lab attic(world, "attic");
  attic.net.plugged = false;
  attic.app->dispatch(to(Screen::join));
  attic.app->dispatch(JoinFromStarter{file});
  attic.app->dispatch(JoinWithCard{card});
  attic.run(2);
  CHECK_FALSE(attic.see<PinView>().choosing);
  CHECK(attic.see<PinView>().unchecked.key == "pin.unchecked");
  attic.app->dispatch(EnterPin{"4711"});
  attic.run(2);
  CHECK(attic.shows<TodayView>());
  // At school it is asked there; and where the network goes between card and PIN, this is said.
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.app->dispatch(JoinWithCard{card});
  lab.run(2);
  CHECK(lab.see<PinView>().unchecked.key == "");
  lab.net.plugged = false;
  lab.app->dispatch(EnterPin{"4711"});
  lab.run(2);
  CHECK(lab.see<PinView>().error.key == "error.pin_offline");
  lab.net.plugged = true;
  lab.app->dispatch(EnterPin{"4711"});
  lab.run(2);
  CHECK(lab.shows<TodayView>());
}

TEST_CASE("a card that is not believed any more is told on the stick, and no work is lost by it") {
  World world;
  auto stick = world.folder.path() + "/stick";
  std::filesystem::create_directories(stick);
  auto card = world.card(world.amira);
  auto file = world.folder.path() + "/class.waymark-starter";
  REQUIRE(store::write_durably(file, world.school->make_starter(world.period3, {})->bytes));
  Lab lab(world, "attic");
  lab.net.plugged = false;
  lab.app->dispatch(to(Screen::join));
  lab.app->dispatch(JoinFromStarter{file});
  lab.join_student(world.amira);
  lab.add_goal("written there");
  REQUIRE(world.school->reprint_card(world.amira));
  lab.app->dispatch(to(Screen::stick));
  lab.app->dispatch(WriteStick{stick});
  std::filesystem::path written;
  for (const auto& entry : std::filesystem::directory_iterator(stick + "/WAYMARK")) written = entry.path();
  auto read = world.school->read_bundle(store::read_whole(written.string(), 1'000'000).value()).value();
  CHECK(world.goals_of(world.amira).empty());
  REQUIRE(store::write_durably(written.replace_extension(".from-school").string(), read.answer));
  lab.app->dispatch(ReadStick{stick});
  CHECK(lab.see<StickView>().problem.key == "stick.not_believed");
  CHECK(lab.see<StickView>().any_waiting);
}

TEST_CASE("from joining to forgetting nobody is asked but the school") {
  World world;
  auto pathway = water(world);
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(60);
  lab.app->dispatch(ChooseProject{pathway, "map", "", "the creek"});
  auto project = lab.see<ProjectView>().id;
  lab.app->dispatch(AttachFile{project, "find-sources", photo(world, "creek.jpg"), "", true});
  lab.add_goal("one");
  lab.net.plugged = false;
  lab.run(600);
  lab.net.plugged = true;
  lab.run(600);
  lab.app->dispatch(Lock{});
  lab.run(60);
  lab.sign_in(world.amira);
  lab.run(60);
  lab.app->dispatch(ForgetMe{});
  CHECK(lab.see<WhoView>().notice.key == "notice.forgotten");
  REQUIRE(lab.net.sent_to.size() == 1);
  CHECK(lab.net.sent_to.begin()->first == "https://192.168.4.2:8443");
  CHECK(lab.net.sent_to.begin()->second > 20);
}

TEST_CASE("a page of a starter that the school has not sealed is left out, though its maker has the key") {
  World world;
  auto card = world.school->card_for(world.amira).value();
  auto made = world.school->make_starter(world.period3, {}).value();
  auto opened = wire::open_starter(wire::read_starter(made.bytes).value(), card).value();
  auto lines_of_school = [&](const wire::OpenedStarter& starter, const std::string& name) {
    auto folder = world.folder.path() + "/" + name;
    std::filesystem::create_directories(folder);
    REQUIRE(fill_records(folder, starter, world.clock, world.random));
    auto records = Records::open(folder, world.amira, world.clock, world.random).value();
    CHECK(records->store().readings()->size() == opened.entry.grants.size());
    return records->store().stream_state("school")->head;
  };
  CHECK(lines_of_school(opened, "good") > 0);
  auto forged = opened;
  for (auto& item : forged.news) {
    auto news = wire::decode_news(item).value();
    for (auto& page : news.reply.pages)
      if (page.stream == "school") page.seal[5] = page.seal[5] == '0' ? '1' : '0';
    item = wire::encode(news);
  }
  CHECK(lines_of_school(forged, "forged") == 0);
}
