#include "tests/app_student/world.hpp"

using namespace waymark;
using namespace waymark::test;

namespace {

GoalFields questions() {
  GoalFields fields;
  fields.want = "ask better questions";
  fields.first_step = "write three before I read";
  fields.by = "2026-11-27";
  return fields;
}

}  // namespace

TEST_CASE("a goal is two boxes and a date, and its if-then comes back at check-ins") {
  World world;
  auto lab = world.computer("lab-03");
  auto goals = lab.goals();
  CHECK(goals.proposed_by == "2026-11-27");
  CHECK(goals.proposed_by_day.weekday == 5);
  CHECK(lab.cannot(SaveGoal{{}, {}, {}}) == Code::invalid);
  auto fields = questions();
  fields.by = "27.11.2026";
  CHECK(lab.cannot(SaveGoal{{}, {}, fields}) == Code::invalid);

  lab.can(SaveDraft{"goal.new", {{"want", "ask better"}, {"plan_if", "it is loud"}}});
  CHECK(lab.goals().draft.want == "ask better");
  CHECK(lab.goals().draft_open);
  CHECK(lab.goals().sturdier_open);

  auto outcome = lab.can(SaveGoal{{}, {}, questions()});
  CHECK(outcome.toast.key == "toast.goal_saved");
  goals = lab.goals();
  CHECK_FALSE(goals.draft_open);
  REQUIRE(goals.open.size() == 1);
  auto card = goals.open[0];
  CHECK(card.by.from_today == 2);
  CHECK_FALSE(card.passed);

  fields = card.fields;
  fields.plan_if = "I only get yes-or-no questions";
  fields.plan_then = "I start them with how come";
  fields.standard = "INQ.1";
  lab.can(SaveGoal{card.id, card.base, fields});
  card = lab.goals().open[0];
  CHECK(card.fields.plan_then == "I start them with how come");
  CHECK(card.standard_text == "Ask a question that can be investigated");
  lab.can(CheckIn{card.id, "two were too easy", true});
  card = lab.goals().open[0];
  REQUIRE(card.check_ins.size() == 1);
  CHECK(card.check_ins[0].text == "two were too easy");
  CHECK(card.check_ins[0].plan_helped == true);
}

TEST_CASE("a date that passed offers another, and wrapping up keeps what was learned") {
  World world;
  auto lab = world.computer("lab-03");
  lab.can(SaveGoal{{}, {}, questions()});
  world.hours(24 * 4);
  auto card = lab.goals().open[0];
  CHECK(card.passed);
  CHECK(card.by.from_today == -2);
  world.choose(lab);
  auto notes = lab.today().notes;
  REQUIRE_FALSE(notes.empty());
  CHECK(notes[0].title.key == "note.goal_gone_by");
  lab.can(NewDate{card.id, "2026-12-04"});
  CHECK_FALSE(lab.goals().open[0].passed);
  CHECK(lab.student->undo().key == "undo.new_date");
  lab.can(SaveDraft{"wrap_up." + card.id, {{"learned", "one slow"}}});
  CHECK(lab.goals().open[0].learned_draft == "one slow");
  lab.can(WrapUpGoal{card.id, "one slow read is faster"});
  auto goals = lab.goals();
  CHECK(goals.open.empty());
  REQUIRE(goals.past.size() == 1);
  CHECK(goals.past[0].learned == "one slow read is faster");
  lab.can(Undo{});
  CHECK(lab.goals().past.empty());
  CHECK(lab.goals().open[0].learned.empty());
  lab.can(Undo{});
  CHECK(lab.goals().open[0].fields.by == "2026-11-27");
  lab.can(Redo{});
  CHECK(lab.goals().open[0].fields.by == "2026-12-04");
}

TEST_CASE("every step of undo has a name, and at least fifty can be taken back") {
  World world;
  auto lab = world.computer("lab-03");
  lab.can(SaveGoal{{}, {}, questions()});
  auto id = lab.goals().open[0].id;
  for (int day = 1; day <= 60; ++day)
    lab.can(NewDate{id, "2027-01-" + std::string(day % 28 < 9 ? "0" : "") + std::to_string(day % 28 + 1)});
  for (int step = 0; step < 60; ++step) {
    CHECK(lab.student->undo().key == "undo.new_date");
    lab.can(Undo{});
  }
  CHECK(lab.goals().open[0].fields.by == "2026-11-27");
  CHECK(lab.student->undo().key == "undo.add_goal");
  lab.can(Undo{});
  CHECK(lab.goals().open.empty());
  CHECK_FALSE(lab.student->undo());
}

TEST_CASE("autosaves of one text are one step of undo") {
  World world;
  auto lab = world.computer("lab-03");
  for (const char* text : {"I draw", "I draw ma", "I draw maps"}) {
    auto field = lab.view<AboutMeView>({Screen::about_me, {}, {}, {}, {}, Focus::none}).interests;
    lab.can(SetAboutMe{"interests", {text, field.base}});
    world.clock.advance_ms(1500);
  }
  lab.can(Undo{});
  CHECK(lab.view<AboutMeView>({Screen::about_me, {}, {}, {}, {}, Focus::none}).interests.text.empty());
  lab.can(Redo{});
  CHECK(lab.view<AboutMeView>({Screen::about_me, {}, {}, {}, {}, Focus::none}).interests.text ==
        "I draw maps");
}

TEST_CASE(
    "a check-in and a wrapping up half written are there after leaving and after a restart, until they are "
    "sent off") {
  World world;
  auto lab = world.computer("lab-03");
  SaveGoal goal;
  goal.fields.want = "ask better questions";
  goal.fields.first_step = "write three questions";
  goal.fields.by = "2026-11-27";
  lab.can(goal);
  const auto id = lab.goals().open.at(0).id;
  lab.can(SaveDraft{"check_in." + id, {{"text", "two of my questions"}}});
  lab.can(SaveDraft{"wrap_up." + id, {{"learned", "one slow read"}}});
  CHECK(lab.goals().open[0].check_in_draft == "two of my questions");
  world.start(lab);
  CHECK(lab.goals().open[0].check_in_draft == "two of my questions");
  CHECK(lab.goals().open[0].learned_draft == "one slow read");
  lab.can(CheckIn{id, "two of my questions were easy", std::nullopt});
  CHECK(lab.goals().open[0].check_in_draft.empty());
  CHECK(lab.goals().open[0].check_ins[0].text == "two of my questions were easy");
  lab.can(WrapUpGoal{id, "one slow read is enough"});
  CHECK(lab.goals().past[0].learned_draft.empty());
}
