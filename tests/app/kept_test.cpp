// Computers that are put back at every start, and students who keep their whole work on a stick.
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "tests/app/world.hpp"

using namespace waymark;
using namespace waymark::app;
using namespace waymark::test;

namespace {

namespace fs = std::filesystem;

Go to(Screen screen) { return {{screen, {}, {}, {}, {}, Focus::none}}; }

std::string make_stick(const World& world) {
  auto stick = world.folder.path() + "/CREEK";
  fs::create_directories(stick);
  return stick;
}

// Amira at lab-03, with her work moved to the stick.
void keep_on_stick(Lab& lab, const std::string& stick) {
  lab.join_computer();
  lab.join_student(lab.world.amira);
  lab.add_goal("one");
  lab.plugged_in = {{stick, "CREEK"}};
  lab.app->dispatch(to(Screen::stick));
  lab.run(3);
  REQUIRE_FALSE(lab.see<StickView>().kept);
  lab.app->dispatch(KeepOnStick{stick});
  REQUIRE(lab.see<StickView>().problem.key == "");
}

}  // namespace

TEST_CASE("a profile moves to a stick whole, and opens with its PIN wherever the stick is plugged in") {
  World world;
  auto stick = make_stick(world);
  Lab lab(world, "lab-03"), other(world, "lab-04");
  keep_on_stick(lab, stick);
  CHECK(lab.see<StickView>().kept);
  CHECK(lab.see<StickView>().done.key == "stick.kept");
  lab.app->dispatch(Undo{});  // of nothing: the records are open
  lab.net.plugged = false;
  lab.add_goal("two");
  CHECK(fs::is_empty(lab.folder + "/profiles"));
  CHECK(lab.goals() == std::vector<std::string>{"one", "two"});

  // Locked, nothing on the stick is in use any more, and it is pulled out.
  lab.app->dispatch(Lock{});
  CHECK(lab.see<WhoView>().tiles.size() == 1);
  lab.plugged_in.clear();
  lab.run(3);
  CHECK(lab.see<WhoView>().tiles.empty());
  CHECK(fs::is_empty(lab.folder + "/profiles"));

  other.join_computer();
  other.app->dispatch(to(Screen::who));
  other.plugged_in = {{stick, "CREEK"}};
  other.run(3);
  REQUIRE(other.see<WhoView>().tiles.size() == 1);
  CHECK(other.see<WhoView>().tiles.front().id == world.amira.hex());
  // Whoever finds the stick is asked, also where nobody else uses the computer.
  other.app->dispatch(SignIn{world.amira.hex()});
  REQUIRE(other.shows<PinView>());
  other.app->dispatch(EnterPin{"4711"});
  CHECK(other.goals() == std::vector<std::string>{"one", "two"});
  other.run(60);
  CHECK(other.frame().status.waiting == 0);
  CHECK(world.goals_of(world.amira) == std::vector<std::string>{"one", "two"});
}

TEST_CASE("a stick that is pulled out while its owner works takes nobody's work with it") {
  World world;
  auto stick = make_stick(world);
  Lab lab(world, "lab-03");
  keep_on_stick(lab, stick);
  lab.run(5);
  auto away = world.folder.path() + "/pocket";
  fs::rename(stick, away);
  lab.plugged_in.clear();
  lab.run(3);
  REQUIRE(lab.shows<WhoView>());
  CHECK(lab.see<WhoView>().notice.key == "notice.stick_gone");
  CHECK(lab.see<WhoView>().tiles.empty());
  // Nothing of a profile is made anew in its place.
  CHECK(fs::is_empty(lab.folder + "/profiles"));
  CHECK_FALSE(fs::exists(stick));

  fs::rename(away, stick);
  lab.plugged_in = {{stick, "CREEK"}};
  lab.run(3);
  lab.sign_in(world.amira);
  CHECK(lab.goals() == std::vector<std::string>{"one"});
}

TEST_CASE("a stick that takes nothing leaves the profile where it is") {
  World world;
  auto stick = make_stick(world);
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.add_goal("one");
  lab.plugged_in = {{stick, "CREEK"}};
  std::ofstream(stick + "/WAYMARK") << "a file in its place";
  lab.app->dispatch(to(Screen::stick));
  lab.app->dispatch(KeepOnStick{stick});
  CHECK(lab.see<StickView>().problem.key == "stick.not_written");
  CHECK_FALSE(lab.see<StickView>().kept);
  CHECK(lab.goals() == std::vector<std::string>{"one"});

  // One that has a profile of hers from before keeps it as it is.
  fs::remove(stick + "/WAYMARK");
  auto identity = to_hex(world.school->identity().bytes).substr(0, 16);
  auto before = stick + "/WAYMARK/profiles-" + identity + "/" + world.amira.hex();
  fs::create_directories(before);
  std::ofstream(before + "/profile.json") << "{}";
  lab.app->dispatch(to(Screen::stick));
  lab.app->dispatch(KeepOnStick{stick});
  CHECK(lab.see<StickView>().problem.key == "stick.kept_before");
  CHECK(lab.goals() == std::vector<std::string>{"one"});
  CHECK(fs::file_size(before + "/profile.json") == 2);
}

TEST_CASE("a stick of another school brings nobody") {
  World world, elsewhere(12);
  auto stick = make_stick(world);
  Lab lab(world, "lab-03"), other(elsewhere, "lab-07");
  keep_on_stick(lab, stick);
  lab.app->dispatch(Lock{});
  other.join_computer();
  other.app->dispatch(to(Screen::who));
  other.plugged_in = {{stick, "CREEK"}};
  other.run(3);
  CHECK(other.see<WhoView>().tiles.empty());
}

TEST_CASE("a computer that forgets says so at first, and while something is on it alone") {
  World world;
  Lab lab(world, "lab-03");
  CHECK(lab.see<WhoView>().forgets.key == "");
  lab.forgets = true;
  lab.start();
  CHECK(lab.see<WhoView>().forgets.key == "who.forgets");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(120);
  lab.app->dispatch(to(Screen::pack_up));
  CHECK(lab.see<PackUpView>().forgets.key == "");
  lab.app->dispatch(Back{});
  CHECK(lab.frame().status.problem.key == "");

  lab.net.plugged = false;
  lab.add_goal("one");
  CHECK(lab.frame().status.problem.key == "");  // a moment is nothing
  lab.run(70);
  CHECK(lab.frame().status.problem.key == "status.forgets");
  lab.app->dispatch(to(Screen::pack_up));
  CHECK(lab.see<PackUpView>().forgets.key == "pack_up.forgets");
  lab.app->dispatch(Back{});

  // On a stick it is not on the computer alone.
  auto stick = make_stick(world);
  lab.plugged_in = {{stick, "CREEK"}};
  lab.app->dispatch(to(Screen::stick));
  lab.app->dispatch(KeepOnStick{stick});
  REQUIRE(lab.see<StickView>().kept);
  CHECK(lab.frame().status.problem.key == "");
}

TEST_CASE("whatever goes wrong, a computer that forgets does not say that work which waits is safe on it") {
  World world;
  Lab lab(world, "lab-03");
  lab.forgets = true;
  lab.start();
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(120);
  std::vector<Error> all;
  for (auto code = Code::malformed; code <= Code::internal;
       code = static_cast<Code>(static_cast<int>(code) + 1))
    all.push_back({code, "as a test says"});
  for (auto what : {Between::portal, Between::proxy, Between::inspection})
    all.push_back(stands_between(what, "as a test says"));
  int problems = 0;
  for (const auto& why : all) {
    INFO(name(why.code));
    INFO(why.detail);
    lab.net.ends_with = why;
    lab.run(300);
    auto before = lab.frame().status;
    CHECK(before.problem.key != "status.forgets");  // nothing waits: it is all at school
    lab.add_goal("one more");
    lab.run(3);
    lab.app->sync_now();
    lab.run(3);
    auto at_once = lab.frame().status;
    lab.run(90);
    auto later = lab.frame().status;
    REQUIRE(later.waiting > 0);
    CHECK(later.problem.key == "status.forgets");
    // Without a problem of the exchange, a moment is nothing; with one, its remedy is what to do.
    CHECK((at_once.problem.key == "" || at_once.problem.key == "status.forgets"));
    CHECK(at_once.problem.key == (before.problem ? "status.forgets" : ""));
    CHECK(later.problem_do.key == (before.problem ? before.problem_do.key : "status.forgets.do"));
    problems += before.problem ? 1 : 0;
    lab.net.ends_with.reset();
    lab.run(900);
    REQUIRE(lab.frame().status.waiting == 0);
    REQUIRE(lab.frame().status.problem.key == "");
  }
  CHECK(problems == 32);
}

TEST_CASE("what a stick does not take is not said to be safe on a computer that forgets") {
  World world;
  auto stick = make_stick(world);
  Lab lab(world, "lab-03");
  lab.forgets = true;
  lab.start();
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(120);
  lab.net.plugged = false;
  lab.add_goal("one");
  lab.plugged_in = {{stick, "CREEK"}};
  std::ofstream(stick + "/WAYMARK") << "a file in its place";
  lab.app->dispatch(to(Screen::stick));
  lab.app->dispatch(WriteStick{stick});
  CHECK(lab.see<StickView>().problem.key == "stick.not_written");
  CHECK(lab.see<StickView>().next.key == "pack_up.forgets");
}
