// A school with a class, and computers that its students use, for tests of the app without its window.
#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "client/app/app.hpp"
#include "sync-server/service/codes.hpp"
#include "tests/app/school_transport.hpp"
#include "tests/support/temporary.hpp"

namespace waymark::test {

class World {
 public:
  ManualClock clock;
  SeededRandom random;
  TemporaryFolder folder;
  std::unique_ptr<server::School> school;
  ClassId period3;
  PersonId teacher, amira, leo;

  explicit World(std::uint64_t seed = 11) : random(seed) {
    auto made = server::School::init({folder.path() + "/school", "Alder Creek", "head@alder.example", ""},
                                     clock, random);
    REQUIRE(made);
    school = server::School::open(folder.path() + "/school", clock, random).value();
    period3 = school->add_class("Period 3").value();
    teacher =
        school->add_staff("rivera@alder.example", "Elena Rivera", "teacher", "creek-and-stone").value().id;
    REQUIRE(school->enroll(period3, teacher, "teacher"));
    amira = student("Amira", "Haddad");
    leo = student("Leo", "Marchetti");
  }
  PersonId student(std::string_view given, std::string_view family) {
    auto id = school->add_student(given, family).value();
    REQUIRE(school->enroll(period3, id, "student"));
    REQUIRE(school->refresh_access());
    return id;
  }
  // What the school has of a student's goals, by name.
  std::vector<std::string> goals_of(const PersonId& person) {
    std::vector<std::string> wants;
    for (const auto& goal : school->store().records(domain::person_stream(person), "goal").value())
      wants.push_back(goal.text("want"));
    std::sort(wants.begin(), wants.end());
    return wants;
  }
  std::string card(const PersonId& person) { return server::grouped(school->card_for(person).value()); }
};

// What is announced on a network, as a test says.
struct Neighbourhood final : app::Finder {
  bool looks = false;
  std::vector<app::Announced> near;
  void look(bool on) override { looks = on; }
  std::vector<app::Announced> found() override { return looks ? near : std::vector<app::Announced>(); }
};

// One computer: its folder, its network, and the app on it.
class Lab {
 public:
  World& world;
  std::string folder, name;
  SchoolTransport net;
  Neighbourhood around;
  std::vector<app::StickPlace> plugged_in;
  bool forgets = false;
  Background* background = nullptr;
  std::unique_ptr<app::App> app;

  Lab(World& at, std::string called)
      : world(at), folder(at.folder.path() + "/" + called), name(std::move(called)), net(*at.school) {
    start();
  }
  void start() {
    app.reset();
    app::AppOptions options;
    options.data = folder;
    options.clock = &world.clock;
    options.random = &world.random;
    options.utc_offset = [](std::int64_t) { return 0; };
    options.transport = &net;
    options.finder = &around;
    options.sticks = [this] { return plugged_in; };
    options.forgets = forgets;
    options.background = background;
    app = app::App::open(std::move(options)).value();
  }
  // As much as happens in so many steps of a second.
  void run(int seconds = 10) {
    for (int i = 0; i < seconds; i++) {
      app->tick();
      world.clock.advance_ms(1'000);
      app->touched();
    }
    app->tick();
  }
  template <class View>
  const View& see() {
    const auto* view = std::get_if<View>(&app->shown().screen);
    REQUIRE(view != nullptr);
    return *view;
  }
  template <class View>
  bool shows() {
    return std::holds_alternative<View>(app->shown().screen);
  }
  const app::FrameView& frame() {
    REQUIRE(app->shown().frame.has_value());
    return *app->shown().frame;
  }
  void join_computer() {
    auto code = world.school->add_computer_code(name).value();
    app->dispatch(app::Go{{app::Screen::join, {}, {}, {}, {}, app::Focus::none}});
    app->dispatch(app::JoinComputer{"192.168.4.2:8443", server::grouped(code)});
    run(3);
    REQUIRE(see<app::JoinView>().step == app::JoinStep::card);
  }
  // With the card; the PIN is chosen or entered, whatever the school asks.
  void join_student(const PersonId& person, const std::string& pin = "4711") {
    app->dispatch(app::Go{{app::Screen::join, {}, {}, {}, {}, app::Focus::none}});
    app->dispatch(app::JoinWithCard{world.card(person)});
    run(2);
    if (see<app::PinView>().choosing) {
      app->dispatch(app::ChoosePin{app::PinKind::digits, pin});
      app->dispatch(app::ChoosePin{app::PinKind::digits, pin});
    } else {
      app->dispatch(app::EnterPin{pin});
    }
    run(2);
    REQUIRE(shows<app::TodayView>());
  }
  void sign_in(const PersonId& person, const std::string& pin = "4711") {
    app->dispatch(app::SignIn{person.hex()});
    if (shows<app::PinView>()) app->dispatch(app::EnterPin{pin});
    REQUIRE(shows<app::TodayView>());
  }
  void add_goal(const std::string& want) {
    app::SaveGoal goal;
    goal.fields.want = want;
    goal.fields.first_step = "ask one question aloud";
    goal.fields.by = "2026-12-04";
    app->dispatch(goal);
    REQUIRE(frame().error.key == "");
  }
  std::vector<std::string> goals() {
    app->dispatch(app::Go{{app::Screen::goals, {}, {}, {}, {}, app::Focus::none}});
    std::vector<std::string> wants;
    for (const auto& goal : see<app::GoalsView>().open) wants.push_back(goal.fields.want);
    std::sort(wants.begin(), wants.end());
    return wants;
  }
};

}  // namespace waymark::test
