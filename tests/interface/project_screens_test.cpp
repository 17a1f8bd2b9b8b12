// The screens around a project, walked without a window: what a press or a keystroke asks for, that every
// text hands itself over, and that everything can be reached by keyboard and read whole at every size and in
// every language.
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "client/app/drawing.hpp"
#include "tests/interface/fixtures_project.hpp"
#include "tests/interface/stage.hpp"

using namespace waymark;

namespace {

constexpr const char* kProject = "00000000000000000000000000000a01";
constexpr const char* kStep = "find-sources";

// A stage with the fixtures' student on one screen, and what these tests ask of it.
struct Walk : stage::Stage {
  Walk(app::Screen screen, app::ScreenView view) : Stage(at(screen, std::move(view))) {
    shown.look.reduced_motion = true;
    settle();
  }
  static app::Shown at(app::Screen screen, app::ScreenView view) {
    app::Destination to;
    to.screen = screen;
    to.project = kProject;
    to.step = kStep;
    return fixtures::shown(to, std::move(view));
  }
  // Longer than the longest wait of a draft.
  void wait() { pass_ms(1'900); }
  void press(const std::string& path) {
    CAPTURE(path);
    REQUIRE(find(path) != nullptr);
    Stage::press(path);
  }
  void write(const std::string& path, const std::string& text) {
    CAPTURE(path);
    REQUIRE(find(path) != nullptr);
    ui.push(ui::Act{ui::Act::What::set_text, path, text});
    settle();
  }
  bool has(const std::string& path) const { return find(path) != nullptr; }
  std::string focused() const {
    const ui::Semantic* node = ui.tree().find(ui.tree().focus);
    return node == nullptr ? "" : node->path;
  }
  template <class T>
  std::vector<T> all() const {
    std::vector<T> out;
    for (const app::Command& command : asked) {
      if (const T* one = command.get_if<T>()) out.push_back(*one);
    }
    return out;
  }
  template <class T>
  T one() const {
    const std::vector<T> found = all<T>();
    REQUIRE(found.size() == 1);
    return found.front();
  }
};

bool ends(const std::string& path, const std::string& ending) {
  return path.size() >= ending.size() &&
         path.compare(path.size() - ending.size(), ending.size(), ending) == 0;
}

}  // namespace

TEST_CASE("An idea's disc marks it for comparison and its card opens the idea's own page") {
  Walk stage(app::Screen::ideas, fixtures::ideas("en"));
  stage.press("00000000000000000000000000000b03/mark");
  CHECK(stage.one<app::MarkIdea>().pathway == "00000000000000000000000000000b03");
  CHECK(stage.all<app::Go>().empty());
  stage.asked.clear();
  stage.press("00000000000000000000000000000b03/open");
  CHECK(stage.one<app::Go>().to.screen == app::Screen::compare_ideas);
  CHECK(stage.one<app::Go>().to.record == "00000000000000000000000000000b03");
  CHECK(stage.all<app::MarkIdea>().empty());
}

TEST_CASE("With three ideas marked a fourth cannot be marked") {
  app::IdeasView view = fixtures::ideas("en");
  view.cards[2].marked = true;
  view.marked = 3;
  Walk stage(app::Screen::ideas, view);
  CHECK(stage.has("00000000000000000000000000000b03/mark"));
  CHECK_FALSE(stage.has("00000000000000000000000000000b04/mark"));
}

TEST_CASE("A filter asks for what it names, and the chosen one for nothing") {
  Walk stage(app::Screen::ideas, fixtures::ideas("en"));
  stage.press("screen.ideas.filter.alone");
  CHECK(stage.one<app::FilterIdeas>().filter == app::IdeaFilter::alone);
  stage.asked.clear();
  stage.press("screen.ideas.filter.everything");
  CHECK(stage.all<app::FilterIdeas>().empty());
}

TEST_CASE("Every idea says why it might fit, in its hint too") {
  Walk stage(app::Screen::ideas, fixtures::ideas("en"));
  const ui::Semantic* card = stage.find("00000000000000000000000000000b04/open");
  REQUIRE(card != nullptr);
  CHECK(card->name == "What one small thing would make a day at our school better?");
  CHECK(card->hint ==
        "5 lessons  ·  alone or in a team. Nothing you wrote points here yet. It may surprise you.");
}

TEST_CASE("Choosing a project waits for a reason and a product, and hands both over") {
  app::CompareIdeasView view = fixtures::compare_ideas("en", 2);
  view.why = {};
  view.product.clear();
  Walk stage(app::Screen::compare_ideas, view);
  CHECK_FALSE(stage.find("choose/choose")->enabled);
  stage.press("choose/choose");
  CHECK(stage.all<app::ChooseProject>().empty());
  stage.press("product/letter-and-map");
  CHECK(stage.one<app::PickProduct>().product == "letter-and-map");
  std::get<app::CompareIdeasView>(stage.shown.screen).product = "letter-and-map";
  stage.write("why", "my street is under water");
  stage.asked.clear();
  stage.press("choose/choose");
  const app::ChooseProject chosen = stage.one<app::ChooseProject>();
  CHECK(chosen.pathway == "00000000000000000000000000000b01");
  CHECK(chosen.product == "letter-and-map");
  CHECK(chosen.why == "my street is under water");
}

TEST_CASE("A half-written reason is kept within two seconds") {
  app::CompareIdeasView view = fixtures::compare_ideas("en", 3);
  Walk stage(app::Screen::compare_ideas, view);
  stage.write("why", "because of the bus stop");
  stage.wait();
  const app::SaveDraft saved = stage.one<app::SaveDraft>();
  CHECK(saved.place == "ideas.why");
  REQUIRE(saved.texts.size() == 1);
  CHECK(saved.texts[0].first == "why");
  CHECK(saved.texts[0].second == "because of the bus stop");
}

TEST_CASE("Another idea can be picked by its whole card") {
  Walk stage(app::Screen::compare_ideas, fixtures::compare_ideas("en", 2));
  stage.press("ideas/00000000000000000000000000000b02");
  CHECK(stage.one<app::PickIdea>().pathway == "00000000000000000000000000000b02");
}

TEST_CASE("Ticking, another form and another step of the trail ask for just that") {
  Walk stage(app::Screen::project, fixtures::project("en"));
  stage.press("items/2");
  CHECK(stage.one<app::TickItem>().item == "2");
  CHECK(stage.one<app::TickItem>().done);
  stage.press("items/0");
  CHECK_FALSE(stage.all<app::TickItem>()[1].done);
  stage.press("forms/example");
  CHECK(stage.one<app::OpenForm>().form == app::Form::example);
  stage.press("trail/test-three-soils");
  CHECK(stage.one<app::Go>().to.step == "test-three-soils");
  CHECK(stage.one<app::Go>().to.project == kProject);
}

TEST_CASE("What good looks like is open on a step that has not begun, and folded later") {
  Walk fresh(app::Screen::project, fixtures::project_just_chosen("en"));
  const std::string good = fixtures::project("en").step.what_good_looks_like;
  const auto says = [&](Walk& stage) {
    return std::any_of(stage.ui.tree().nodes.begin(), stage.ui.tree().nodes.end(),
                       [&](const ui::Semantic& node) { return node.name == good; });
  };
  CHECK(says(fresh));
  Walk later(app::Screen::project, fixtures::project("en"));
  CHECK_FALSE(says(later));
  later.press("good");
  CHECK(says(later));
}

TEST_CASE("I'm stuck takes the place of the step, tells what was tried, and Esc closes it") {
  Walk stage(app::Screen::project, fixtures::project("en"));
  stage.press("stuck");
  REQUIRE(stage.has("tell"));
  CHECK_FALSE(stage.has("items/2"));
  stage.press("classmate");
  stage.write("line", "I only find things on the internet");
  stage.asked.clear();
  stage.press("tell");
  const app::AskForHelp help = stage.one<app::AskForHelp>();
  CHECK(help.step == kStep);
  CHECK(help.text == "I only find things on the internet");
  CHECK(help.tried == std::vector<std::string>{"classmate"});
  stage.key(ui::Key::escape);
  CHECK(stage.has("items/2"));
}

TEST_CASE("Help that was asked for already shows its answer and can be settled") {
  app::ProjectView view = fixtures::project("en");
  view.step.stuck.open =
      app::HelpLine{"00000000000000000000000000000f01",    "where do I look?", fixtures::at(-1, 10, 0), true,
                    "Ask in the office for the old plan.", "Ms Rivera"};
  Walk stage(app::Screen::project, view);
  stage.press("stuck");
  CHECK_FALSE(stage.has("tell"));
  stage.press("settle");
  CHECK(stage.one<app::SettleHelp>().help == "00000000000000000000000000000f01");
}

TEST_CASE("A photo and a file are wished for from the window") {
  Walk stage(app::Screen::project, fixtures::project("en"));
  stage.press("add_work");
  stage.press("add/photo");
  REQUIRE(stage.locals.file_wish);
  CHECK(stage.locals.file_wish->photo);
  CHECK(stage.locals.file_wish->step == kStep);
}

namespace {

// Draws with the pointer: points in parts of the page.
void draw_line(Walk& stage, std::initializer_list<ui::Vec> points) {
  const ui::Semantic* page = stage.find("drawing/page");
  REQUIRE(page != nullptr);
  const ui::Rect r = page->bounds;
  bool down = false;
  for (const ui::Vec at : points) {
    stage.ui.push(ui::PointerMove{{r.x + at.x * r.w, r.y + at.y * r.h}});
    if (!down) stage.ui.push(ui::PointerButton{true, 1, false});
    down = true;
    stage.frames();
  }
  stage.ui.push(ui::PointerButton{false, 1, false});
  stage.frames(2);
}

}  // namespace

TEST_CASE("A drawing is drawn with pens, keeps itself while one draws, and becomes work with its words") {
  Walk stage(app::Screen::project, fixtures::project("en"));
  stage.press("add_work");
  stage.press("add/drawing");
  REQUIRE(stage.has("drawing/keep"));
  CHECK_FALSE(stage.find("drawing/keep")->enabled);
  CHECK(stage.find("drawing/page")->name == "The page, with 0 lines.");
  draw_line(stage, {{0.25F, 0.5F}, {0.5F, 0.5F}, {0.75F, 0.25F}});
  CHECK(stage.find("drawing/page")->name == "The page, with 1 line.");
  stage.wait();
  auto kept = stage.one<app::SaveDraft>();
  CHECK(kept.place == "drawing.find-sources");
  const app::PenStroke first{0, 0, {{300, 450}, {600, 450}, {900, 225}}};
  CHECK(kept.texts == app::drawing_parts(app::text_of(first)));

  stage.press("drawing/pen/red");
  stage.press("drawing/width/thick");
  CHECK(stage.find("drawing/pen/red")->checked);
  draw_line(stage, {{0, 0}, {1, 1}});
  draw_line(stage, {{0.5F, 0.5F}});
  const app::PenStroke second{2, 2, {{0, 0}, {1'200, 900}}}, third{2, 2, {{600, 450}}};
  stage.asked.clear();
  stage.wait();
  CHECK(stage.one<app::SaveDraft>().texts ==
        app::drawing_parts(app::text_of(first) + app::text_of(second) + app::text_of(third)));
  stage.press("drawing/back");
  CHECK(stage.find("drawing/page")->name == "The page, with 2 lines.");
  stage.write("drawing/says", "where the water comes from");
  stage.asked.clear();
  stage.press("drawing/keep");
  stage.frames(2);
  const app::AttachFile work = stage.one<app::AttachFile>();
  CHECK(work.step == kStep);
  CHECK(work.title == "where the water comes from");
  CHECK(work.photo);
  CHECK(work.drawing == app::text_of(first) + app::text_of(second));
  CHECK_FALSE(stage.has("drawing/keep"));
}

TEST_CASE("A drawing goes on where it was, and one who cannot draw describes instead") {
  auto view = fixtures::project("en");
  view.step.drawing = {"AAAAAA;BBBkBkH0Bk;", "d1"};
  Walk stage(app::Screen::project, std::move(view));
  stage.press("add_work");
  stage.press("add/drawing");
  CHECK(stage.find("drawing/page")->name == "The page, with 2 lines.");
  CHECK(stage.find("drawing/keep")->enabled);
  // Tab goes by the page, to everything else.
  CHECK_FALSE(stage.find("drawing/page")->focusable);
  bool described = false;
  for (int i = 0; i < 20 && !described; i++) {
    stage.key(ui::Key::tab);
    described = ends(stage.focused(), "drawing/describe");
  }
  REQUIRE(described);
  stage.key(ui::Key::enter);
  CHECK_FALSE(stage.has("drawing/page"));
  CHECK(stage.has("piece/text"));
  // A drawing without words is named by what it is.
  stage.press("piece/done");
  stage.press("add_work");
  stage.press("add/drawing");
  stage.press("drawing/keep");
  CHECK(stage.one<app::AttachFile>().title == "A drawing");
}

TEST_CASE("A page that is full takes no line more and says so") {
  auto view = fixtures::project("en");
  std::string text;
  while (text.size() + 7 <= app::drawing_bytes_max) text += "AAAAAA;";
  view.step.drawing = {text, "d1"};
  Walk stage(app::Screen::project, std::move(view));
  stage.press("add_work");
  stage.press("add/drawing");
  CHECK(stage.has("drawing/full"));
  const auto before = stage.find("drawing/page")->name;
  draw_line(stage, {{0.25F, 0.5F}, {0.5F, 0.5F}});
  CHECK(stage.find("drawing/page")->name == before);
  stage.press("drawing/back");
  CHECK_FALSE(stage.has("drawing/full"));
}

TEST_CASE("A new text makes one piece of work, whatever is typed on while it is being made") {
  Walk stage(app::Screen::project, fixtures::project("en"));
  stage.press("add_work");
  stage.press("add/text");
  stage.write("piece/text", "Mr Halloran says");
  stage.wait();
  const app::WriteWork made = stage.one<app::WriteWork>();
  CHECK(made.work.empty());
  CHECK(made.text.text == "Mr Halloran says");
  stage.asked.clear();
  stage.write("piece/text", "Mr Halloran says the road is new");
  stage.wait();
  CHECK(stage.all<app::WriteWork>().empty());
  // Now the view answers with the piece.
  auto& view = std::get<app::ProjectView>(stage.shown.screen);
  app::WorkPiece piece;
  piece.id = "00000000000000000000000000000c09";
  piece.type = app::WorkType::text;
  piece.text = {"Mr Halloran says", "w9"};
  view.step.work.push_back(piece);
  stage.frames(2);
  stage.wait();
  const app::WriteWork more = stage.one<app::WriteWork>();
  CHECK(more.work == "00000000000000000000000000000c09");
  CHECK(more.text.text == "Mr Halloran says the road is new");
  CHECK(more.text.base == "w9");
}

TEST_CASE("A text that is left at once is handed over all the same") {
  Walk stage(app::Screen::project, fixtures::project("en"));
  stage.press("00000000000000000000000000000c03");
  stage.write("piece/text", "He was there.");
  stage.asked.clear();
  stage.press("piece/done");
  stage.frames(2);
  const app::WriteWork written = stage.one<app::WriteWork>();
  CHECK(written.work == "00000000000000000000000000000c03");
  CHECK(written.text.text == "He was there.");
  CHECK(written.text.base == "w3");
  CHECK_FALSE(stage.has("piece/text"));
}

TEST_CASE("Work shown in person waits for a name") {
  Walk stage(app::Screen::project, fixtures::project("en"));
  stage.press("add_work");
  stage.press("add/shown");
  CHECK_FALSE(stage.find("piece/add")->enabled);
  stage.write("piece/title", "my model in a tray");
  stage.press("piece/add");
  CHECK(stage.one<app::ShowInPerson>().title == "my model in a tray");
}

TEST_CASE("A step without a check is turned in with a note, not by one slip") {
  app::ProjectView view = fixtures::project("en");
  view.step.has_check = false;
  view.step.can_turn_in = true;
  view.step.turn_in_waits_for = {};
  Walk stage(app::Screen::project, view);
  stage.press("turn_in");
  CHECK(stage.all<app::TurnIn>().empty());
  stage.write("note", "the map is in the second photo");
  stage.asked.clear();
  stage.press("turn_in_now");
  CHECK(stage.one<app::TurnIn>().step == kStep);
  CHECK(stage.one<app::TurnIn>().note == "the map is in the second photo");
}

TEST_CASE("A step is planned for a day, and the day can be taken back") {
  Walk stage(app::Screen::project, fixtures::project("en"));
  stage.press("plan");
  CHECK(stage.find("days/2026-11-25")->checked);
  stage.press("days/2026-11-27");
  CHECK(stage.one<app::PlanStep>().day == "2026-11-27");
  CHECK(stage.one<app::PlanStep>().step == kStep);
  CHECK_FALSE(stage.has("days/2026-11-27"));
  stage.asked.clear();
  stage.press("plan");
  stage.press("no_day");
  CHECK(stage.one<app::PlanStep>().day.empty());
}

TEST_CASE("What is turned in has no day to plan any more") {
  app::ProjectView view = fixtures::project("en");
  view.step.state = app::StepState::turned_in;
  Walk stage(app::Screen::project, view);
  CHECK_FALSE(stage.has("plan"));
}

TEST_CASE("Two tries lie side by side, each with its levels and the way to its answer") {
  Walk stage(app::Screen::project, fixtures::project_turned_in("en"));
  CHECK_FALSE(stage.has("try1/answer"));
  stage.press("tries");
  const ui::Semantic *first = stage.find("try1/answer"), *second = stage.find("try2/answer");
  REQUIRE(first != nullptr);
  REQUIRE(second != nullptr);
  CHECK(first->bounds.y == doctest::Approx(second->bounds.y));
  CHECK(first->bounds.right() < second->bounds.x);
  stage.press("try1/answer");
  CHECK(stage.one<app::Go>().to.record == "00000000000000000000000000000e00");
}

TEST_CASE("A note half written is there when the sheet opens again") {
  app::ProjectView view = fixtures::project("en");
  view.step.has_check = false;
  view.step.can_turn_in = true;
  view.step.turn_in_waits_for = {};
  view.step.turn_in_note = "the map is in the second photo";
  Walk stage(app::Screen::project, view);
  stage.press("turn_in");
  CHECK(stage.find("note")->value == "the map is in the second photo");
}

TEST_CASE("A step with a check leads to the check first") {
  Walk stage(app::Screen::project, fixtures::project("en"));
  stage.press("check");
  CHECK(stage.one<app::Go>().to.screen == app::Screen::check);
  CHECK(stage.one<app::Go>().to.part == "sources");
}

TEST_CASE("The level we aim for has the first focus and nothing is chosen beforehand") {
  Walk stage(app::Screen::check, fixtures::check_fresh("en"));
  CHECK(ends(stage.focused(), "levels/level_3"));
  CHECK(stage.asked.empty());
  for (const ui::Semantic& node : stage.ui.tree().nodes) {
    if (node.role == ui::Role::radio) CHECK_FALSE(node.checked);
  }
}

TEST_CASE("A level, a reason and a piece of evidence are asked for with their criterion") {
  Walk stage(app::Screen::check, fixtures::check("en"));
  stage.press("levels/level_3");
  CHECK(stage.one<app::SetLevel>().level == 3);
  CHECK(stage.one<app::SetLevel>().criterion == "careful-notes");
  stage.press("00000000000000000000000000000c04");
  CHECK(stage.one<app::ToggleEvidence>().work == "00000000000000000000000000000c04");
  stage.write("because", "the dates are there");
  stage.wait();
  CHECK(stage.one<app::SetBecause>().because.text == "the dates are there");
  CHECK(stage.one<app::SetBecause>().because.base == "b1");
  stage.press("next");
  CHECK(stage.one<app::Go>().to.part == "side-by-side");
}

TEST_CASE("What is turned in is shown and not changed") {
  app::CheckView view = fixtures::check("en");
  view.turned_in = true;
  Walk stage(app::Screen::check, view);
  stage.press("levels/level_3");
  CHECK(stage.all<app::SetLevel>().empty());
  CHECK_FALSE(stage.has("because"));
}

TEST_CASE("Finish says what is missing and leads there") {
  Walk stage(app::Screen::finish, fixtures::finish_waiting("en"));
  CHECK_FALSE(stage.find("turn_in")->enabled);
  stage.press("waits_to");
  CHECK(stage.one<app::Go>().to.part == "side-by-side");
}

TEST_CASE("How sure, glow, grow and next step, then turned in, the words before the deed") {
  Walk stage(app::Screen::finish, fixtures::finish("en"));
  stage.press("sure/foggy");
  CHECK(stage.one<app::SetConfidence>().confidence == "foggy");
  stage.asked.clear();
  stage.write("glow_card/glow", "the map");
  stage.write("grow_card/grow", "why it matters");
  stage.write("next_card/next", "ask him");
  stage.press("turn_in");
  REQUIRE(stage.asked.size() == 4);
  CHECK(stage.one<app::SetGlow>().text.text == "the map");
  CHECK(stage.one<app::SetGrow>().text.text == "why it matters");
  CHECK(stage.one<app::SetNext>().text.text == "ask him");
  CHECK(stage.asked.back().get_if<app::TurnIn>()->step == kStep);
}

TEST_CASE("An answer is read when it opens, and the two views stay closed until asked for") {
  Walk stage(app::Screen::answer, fixtures::answer("en"));
  CHECK(stage.one<app::ReadAnswer>().review == "00000000000000000000000000000e01");
  CHECK_FALSE(stage.has("mine"));
  stage.press("compare");
  CHECK(stage.has("mine"));
  CHECK(stage.has("theirs"));
  stage.press("compare_close");
  CHECK_FALSE(stage.has("mine"));
  stage.frames(5);
  CHECK(stage.all<app::ReadAnswer>().size() == 1);
}

TEST_CASE("A reply is sent as it stands, and kept while it is half written") {
  Walk stage(app::Screen::answer, fixtures::answer("en"));
  CHECK_FALSE(stage.find("reply/reply")->enabled);
  stage.write("will_change", "put their words in quotation marks");
  stage.wait();
  CHECK(stage.one<app::SaveDraft>().place == "reply.00000000000000000000000000000e01");
  stage.press("reply/reply");
  CHECK(stage.one<app::Reply>().text == "put their words in quotation marks");
}

TEST_CASE("Try it now leads back into the step") {
  Walk stage(app::Screen::answer, fixtures::answer("en"));
  stage.press("try_now");
  CHECK(stage.one<app::Go>().to.screen == app::Screen::project);
  Walk ready(app::Screen::answer, fixtures::answer_ready("en"));
  CHECK_FALSE(ready.has("try_now"));
}

TEST_CASE("Growth shows every piece, and its words by a press") {
  Walk stage(app::Screen::growth, fixtures::growth("en"));
  for (int i = 0; i < 12; ++i) CHECK(stage.has("dot_" + std::to_string(i)));
  stage.press("dot_1");
  CHECK(stage.has("open_piece"));
  stage.press("HIS.2");
  CHECK(stage.one<app::Go>().to.part == "HIS.2");
  stage.press("as_table");
  CHECK_FALSE(stage.has("dot_1"));
  CHECK(stage.has("row_0/open"));
}
