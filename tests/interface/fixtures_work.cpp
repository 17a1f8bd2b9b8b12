// The moments around a project that the gallery shows and the interface tests walk through.
#include <cmath>

#include "client/app/drawing.hpp"
#include "tests/interface/fixtures.hpp"
#include "tests/interface/fixtures_project.hpp"

namespace waymark::fixtures {

using namespace waymark::app;

namespace {

Destination place(Screen screen) {
  Destination to;
  to.screen = screen;
  to.project = "00000000000000000000000000000a01";
  to.step = "find-sources";
  return to;
}

Fixture fixture(std::string name, Screen screen, ScreenView view) {
  Fixture f;
  f.name = std::move(name);
  f.shown = shown(place(screen), std::move(view));
  return f;
}

}  // namespace

namespace {

// Hills, a spring, and the water that comes down from it.
std::string creek() {
  app::PenStroke hills{3, 1, {}}, water{1, 2, {}}, sun{4, 1, {}}, label{0, 0, {}};
  for (int x = 40; x <= 1'160; x += 20) {
    const double at = x / 180.0;
    hills.points.push_back({x, static_cast<int>(360 - 130 * std::sin(at) - 40 * std::sin(3 * at))});
  }
  for (int y = 330; y <= 860; y += 15)
    water.points.push_back({static_cast<int>(520 + 90 * std::sin(y / 70.0) + (y - 330) / 3.0), y});
  for (int i = 0; i <= 40; i++)
    sun.points.push_back(
        {static_cast<int>(980 + 70 * std::cos(i * 0.157)), static_cast<int>(120 + 70 * std::sin(i * 0.157))});
  for (int i = 0; i <= 20; i++) label.points.push_back({300 + i * 9, 620 + (i % 2) * 14});
  return text_of(hills) + text_of(water) + text_of(sun) + text_of(label);
}

}  // namespace

std::vector<Fixture> work_fixtures(std::string_view language) {
  std::vector<Fixture> all;
  const auto add = [&](Fixture f) { all.push_back(std::move(f)); };
  add(fixture("ideas", Screen::ideas, ideas(language)));
  add(fixture("ideas_none", Screen::ideas, no_ideas()));
  add(fixture("idea", Screen::compare_ideas, compare_ideas(language, 1)));
  add(fixture("ideas_compare", Screen::compare_ideas, compare_ideas(language, 2)));
  add(fixture("ideas_compare_three", Screen::compare_ideas, compare_ideas(language, 3)));
  add(fixture("project", Screen::project, project(language)));
  add(fixture("project_just_chosen", Screen::project, project_just_chosen(language)));
  add(fixture("project_another_look", Screen::project, project_turned_in(language)));
  {
    Fixture f = fixture("project_tries", Screen::project, project_turned_in(language));
    f.flags = {"fold.find-sources.tries"};
    add(std::move(f));
  }
  add(fixture("project_none", Screen::project, no_project()));
  {
    ProjectView view = project(language);
    view.step.open = Form::example;
    add(fixture("project_example", Screen::project, view));
    view.step.open = Form::on_my_own;
    add(fixture("project_on_my_own", Screen::project, view));
  }
  {
    Fixture f = fixture("stuck", Screen::project, project(language));
    f.shown.here.focus = Focus::stuck;
    add(std::move(f));
  }
  {
    Fixture f = fixture("work", Screen::project, project(language));
    f.shown.here.focus = Focus::work;
    f.shown.here.record = "00000000000000000000000000000c03";
    add(std::move(f));
    f = fixture("work_photo", Screen::project, project(language));
    f.shown.here.focus = Focus::work;
    f.shown.here.record = "00000000000000000000000000000c01";
    add(std::move(f));
    f = fixture("work_drawing", Screen::project, project(language));
    f.flags = {"project.drawing"};
    auto& step = std::get<ProjectView>(f.shown.screen).step;
    step.drawing.text = creek();
    add(std::move(f));
    f = fixture("work_add", Screen::project, project(language));
    f.shown.here.focus = Focus::add_work;
    add(std::move(f));
  }
  add(fixture("check", Screen::check, check(language)));
  add(fixture("check_fresh", Screen::check, check_fresh(language)));
  add(fixture("finish", Screen::finish, finish(language)));
  add(fixture("finish_waiting", Screen::finish, finish_waiting(language)));
  add(fixture("answer", Screen::answer, answer(language)));
  {
    Fixture f = fixture("answer_compare", Screen::answer, answer(language));
    f.flags = {"answer.compare.00000000000000000000000000000e01"};
    add(std::move(f));
  }
  add(fixture("answer_ready", Screen::answer, answer_ready(language)));
  add(fixture("growth", Screen::growth, growth(language)));
  {
    Fixture f = fixture("growth_table", Screen::growth, growth(language));
    f.flags = {"growth.table"};
    add(std::move(f));
  }
  add(fixture("growth_none", Screen::growth, no_growth()));
  for (Fixture& f : all) f.first_pictures = f.name == "ideas" || f.name == "project" || f.name == "check";
  return all;
}

}  // namespace waymark::fixtures
