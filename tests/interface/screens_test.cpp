// Every screen walked without a mouse and looked at without pixels: what a blind student gets, and that
// nothing is cut.
#include <algorithm>
#include <cctype>
#include <set>

#include <doctest/doctest.h>

#include "tests/interface/stage.hpp"

using namespace waymark;
using fixtures::Fixture;
using stage::Stage;

namespace {

bool printable(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x7f || std::isgraph(c); });
}

const std::vector<Fixture>& all() {
  static const std::vector<Fixture> list = fixtures::all_fixtures("en");
  return list;
}

// Everything that Tab must reach: all that can be pressed, and one of each group of radio buttons.
std::set<std::string> to_be_reached(const ui::SemanticTree& tree) {
  std::set<std::string> paths;
  for (const ui::Semantic& node : tree.nodes) {
    if (!node.focusable || !node.enabled || node.layer != tree.top_layer) continue;
    if (node.role == ui::Role::radio || node.role == ui::Role::tab) continue;
    paths.insert(node.path);
  }
  return paths;
}

std::string focused(const ui::SemanticTree& tree) {
  const ui::Semantic* node = tree.find(tree.focus);
  return node == nullptr ? std::string() : node->path;
}

void each(float width, float height, const char* language, int text_size,
          void (*look)(Stage&, const Fixture&)) {
  for (const Fixture& fixture : all()) {
    CAPTURE(fixture.name);
    CAPTURE(language);
    CAPTURE(text_size);
    Stage stage(fixture.shown, width, height);
    stage.shown.look.language = language;
    stage.shown.look.text_size = text_size;
    stage.shown.look.reduced_motion = true;
    stage::dress(stage, fixture);
    stage.settle();
    look(stage, fixture);
  }
}

void nothing_is_cut(Stage& stage, const Fixture&) {
  for (const ui::Semantic& node : stage.ui.tree().nodes) {
    CAPTURE(node.path);
    CAPTURE(node.name);
    CHECK_FALSE(node.cut);
    // Sideways nothing may leave the window: there is no sideways scrolling.
    if (node.bounds.w > 0) {
      CHECK(node.bounds.x >= -1.0F);
      CHECK(node.bounds.right() <= stage.ui.width() + 1.0F);
    }
  }
}

}  // namespace

TEST_CASE("every key of the catalogue that a screen says is there, in English and Spanish") {
  for (const char* language : {"en", "es"}) {
    each(1280, 800, language, 100, [](Stage& stage, const Fixture&) {
      for (const std::string& key : stage.catalogue.missing()) {
        CAPTURE(key);
        CHECK(false);
      }
    });
  }
}

TEST_CASE("every thing that can be pressed has a name and is large enough") {
  each(1280, 800, "en", 100, [](Stage& stage, const Fixture&) {
    for (const ui::Semantic& node : stage.ui.tree().nodes) {
      if (!node.focusable) continue;
      CAPTURE(node.path);
      CHECK(printable(node.name));
      CHECK(node.bounds.w >= 24.0F);
      CHECK(node.bounds.h >= 24.0F);
    }
  });
}

TEST_CASE("Tab reaches everything that can be pressed, in reading order, and comes round") {
  each(1280, 800, "en", 100, [](Stage& stage, const Fixture&) {
    const std::set<std::string> wanted = to_be_reached(stage.ui.tree());
    std::set<std::string> reached;
    std::vector<std::string> order;
    for (std::size_t i = 0; i < wanted.size() * 2 + 30; ++i) {
      stage.ui.push(ui::KeyPress{ui::Key::tab, false, false, false});
      stage.frames(2);
      const std::string path = focused(stage.ui.tree());
      if (!order.empty() && path == order.front()) break;
      order.push_back(path);
      reached.insert(path);
    }
    for (const std::string& path : wanted) {
      CAPTURE(path);
      CHECK(reached.count(path) == 1);
    }
    // The order of Tab is the order in which the tree is read.
    const auto& nodes = stage.ui.tree().nodes;
    const auto place = [&](const std::string& path) {
      return std::find_if(nodes.begin(), nodes.end(),
                          [&](const ui::Semantic& node) { return node.path == path; }) -
             nodes.begin();
    };
    int turns = 0;
    for (std::size_t i = 1; i < order.size(); ++i) turns += place(order[i]) < place(order[i - 1]) ? 1 : 0;
    CHECK(turns <= 1);
    // An answer that was opened is read; nothing else happens by walking.
    for (const app::Command& command : stage.asked) CHECK(command.get_if<app::ReadAnswer>());
  });
}

TEST_CASE("the tree is read as the page is seen: from the top, and from the left") {
  each(1280, 800, "en", 100, [](Stage& stage, const Fixture&) {
    const auto& nodes = stage.ui.tree().nodes;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      for (std::size_t j = i + 1; j < nodes.size(); ++j) {
        if (nodes[j].parent != nodes[i].parent || nodes[j].layer != nodes[i].layer) continue;
        // What a scroll area hides has no place on the page; a trail's steps are read along the trail.
        const ui::Rect a = nodes[i].visible, b = nodes[j].visible;
        if (a.w <= 0 || b.w <= 0 || a.h <= 0 || b.h <= 0) continue;
        if (nodes[i].path.find("/trail/") != std::string::npos) continue;
        CAPTURE(nodes[i].path);
        CAPTURE(nodes[j].path);
        CHECK_FALSE((b.bottom() <= a.y && b.x < a.right()));
      }
    }
  });
}

TEST_CASE("each page has one first heading") {
  each(1280, 800, "en", 100, [](Stage& stage, const Fixture& fixture) {
    if (fixture.name == "shortcuts") return;  // the sheet over it has its own
    int first = 0;
    for (const ui::Semantic& node : stage.ui.tree().nodes)
      first += node.role == ui::Role::heading && node.level == 1 ? 1 : 0;
    CHECK(first == 1);
  });
}

TEST_CASE("no words are cut and nothing leaves the window: usual text") {
  each(1280, 800, "en", 100, nothing_is_cut);
  each(1024, 600, "es", 100, nothing_is_cut);
}
TEST_CASE("no words are cut and nothing leaves the window: text at 150 per cent") {
  each(1280, 800, "es", 150, nothing_is_cut);
  each(1280, 800, "qps", 150, nothing_is_cut);
}
TEST_CASE("no words are cut and nothing leaves the window: text at 200 per cent") {
  each(1280, 800, "en", 200, nothing_is_cut);
  each(1280, 800, "es", 200, nothing_is_cut);
}
TEST_CASE("no words are cut in a language that is two fifths longer") {
  each(1280, 800, "qps", 100, nothing_is_cut);
}

// ---- pressing things asks for the right thing

namespace {

const Fixture& fixture(const std::string& name) {
  const auto found =
      std::find_if(all().begin(), all().end(), [&](const Fixture& each) { return each.name == name; });
  REQUIRE(found != all().end());
  return *found;
}

// The one command of that kind that was asked for.
template <class Command>
const Command& asked(const Stage& stage) {
  const Command* found = nullptr;
  int count = 0;
  for (const app::Command& command : stage.asked) {
    if (const auto* one = command.get_if<Command>()) {
      found = one;
      ++count;
    }
  }
  REQUIRE(count == 1);
  return *found;
}

struct On {
  explicit On(const std::string& name) : stage(fixture(name).shown) {
    stage::dress(stage, fixture(name));
    stage.settle();
  }
  Stage stage;
};

}  // namespace

TEST_CASE("a tile of Who are you signs that student in, by Enter too") {
  On page("who");
  page.stage.press("a0000000000000000000000000000003");
  CHECK(asked<app::SignIn>(page.stage).person == "a0000000000000000000000000000003");
  page.stage.asked.clear();
  page.stage.focus("a0000000000000000000000000000004");
  page.stage.key(ui::Key::enter);
  CHECK(asked<app::SignIn>(page.stage).person == "a0000000000000000000000000000004");
}

TEST_CASE("somebody else is found among the others") {
  On page("who_ten");
  CHECK(page.stage.find("a000000000000000000000000000000d") == nullptr);
  page.stage.press("others");
  page.stage.press("a000000000000000000000000000000d");
  CHECK(asked<app::SignIn>(page.stage).person == "a000000000000000000000000000000d");
}

TEST_CASE("the language and the text size can be changed before anybody is signed in") {
  On page("who");
  page.stage.press("es");
  CHECK(asked<app::ChooseLanguage>(page.stage).code == "es");
  page.stage.press("text_size");
  CHECK(asked<app::ChooseTextSize>(page.stage).percent == 125);
}

TEST_CASE("a computer joins with its address and code, and not before both are there") {
  On page("join_computer");
  page.stage.press("go");
  CHECK(page.stage.asked.empty());
  page.stage.focus("address");
  page.stage.type("10.0.0.2:8443");
  page.stage.focus("code");
  page.stage.type("K7QF-2MXA");
  page.stage.key(ui::Key::enter);
  CHECK(asked<app::JoinComputer>(page.stage).address == "10.0.0.2:8443");
  CHECK(asked<app::JoinComputer>(page.stage).code == "K7QF-2MXA");
}

TEST_CASE("a school of this network is chosen by its name, and its address need not be typed") {
  On page("join_computer_near");
  page.stage.press("near1");
  page.stage.focus("code");
  page.stage.type("K7QF-2MXA");
  page.stage.key(ui::Key::enter);
  CHECK(asked<app::JoinComputer>(page.stage).address == "https://192.168.4.9:8443");
}

TEST_CASE("the text grows from the size it has, on the pages before signing in too") {
  On page("join_card");
  page.stage.shown.look.text_size = 150;
  page.stage.settle();
  page.stage.press("text_size");
  CHECK(asked<app::ChooseTextSize>(page.stage).percent == 175);
  page.stage.asked.clear();
  page.stage.shown.look.text_size = 200;
  page.stage.settle();
  page.stage.press("text_size");
  CHECK(asked<app::ChooseTextSize>(page.stage).percent == 100);
}

TEST_CASE("four digits typed on the keyboard are the PIN, and none of them is told") {
  On page("pin_digits");
  page.stage.locals.word("pin.typed").clear();
  page.stage.settle();
  page.stage.type("4711");
  CHECK(asked<app::EnterPin>(page.stage).pin == "4711");
  CHECK(page.stage.locals.word("pin.typed").empty());
}

TEST_CASE("the way back from the PIN leads to who is here") {
  On page("pin_pictures");
  page.stage.press("back");
  CHECK(asked<app::Go>(page.stage).to.screen == app::Screen::who);
}

TEST_CASE("Carry on opens the very field") {
  On page("today");
  page.stage.press("carry_on");
  const app::Destination& to = asked<app::Go>(page.stage).to;
  CHECK(to.screen == app::Screen::project);
  CHECK(to.step == "sources");
  CHECK(to.part == "second");
  CHECK(to.focus == app::Focus::item);
}

TEST_CASE("a note of Today leads where it speaks of") {
  On page("today");
  page.stage.press("notes/answer/r0000000000000000000000000000001");
  CHECK(asked<app::Go>(page.stage).to.screen == app::Screen::answer);
}

TEST_CASE("the first day has one thing to do") {
  On page("today_first_day");
  page.stage.press("carry_on");
  CHECK(asked<app::Go>(page.stage).to.screen == app::Screen::ideas);
  CHECK(page.stage.find("trail") == nullptr);
}

TEST_CASE("packing up takes the line along, as typed a moment ago") {
  On page("pack_up_empty");
  page.stage.focus("line");
  page.stage.type("ask Leo");
  page.stage.asked.clear();
  page.stage.press("lock_and_go");
  CHECK(asked<app::PackUp>(page.stage).line == "ask Leo");
}

TEST_CASE("packing up lies over the page it was opened from, which cannot be touched, and Esc leads back") {
  On page("pack_up");
  const ui::Semantic* behind = page.stage.find("next/carry_on");
  REQUIRE(behind != nullptr);
  CHECK_FALSE(behind->focusable);
  page.stage.press("next/carry_on");
  CHECK(page.stage.asked.empty());
  page.stage.key(ui::Key::escape);
  REQUIRE(page.stage.asked.size() == 1);
  CHECK(page.stage.asked[0].get_if<app::Back>());
}

TEST_CASE("the page behind packing up is the one that was open when it was asked for") {
  On page("today");
  page.stage.press("bar/pack_up");
  REQUIRE(page.stage.locals.behind);
  CHECK(page.stage.locals.behind->screen == app::Screen::today);
}

TEST_CASE("what was just done is told in the status line, and covers nothing that can be pressed") {
  for (const Fixture& fixture : all()) {
    if (!fixture.shown.frame || !fixture.shown.frame->toast) continue;
    CAPTURE(fixture.name);
    Stage stage(fixture.shown, 1024, 600);
    stage.settle();
    const ui::Semantic* toast = stage.find("status/toast");
    REQUIRE(toast != nullptr);
    const ui::Semantic* line = stage.find("status");
    CHECK(toast->bounds.y >= line->bounds.y);
    CHECK(toast->bounds.bottom() <= line->bounds.bottom());
    for (const ui::Semantic& node : stage.ui.tree().nodes)
      if (node.focusable && !node.path.starts_with("status/toast")) {
        const ui::Rect both = ui::intersect(node.visible, toast->bounds);
        CHECK((both.w <= 0 || both.h <= 0));
      }
    stage.press("status/toast/action");
    CHECK(stage.asked.back().get_if<app::Undo>());
  }
}

TEST_CASE(
    "Today and Goals are seen whole without scrolling, Today in small windows and with larger text too") {
  struct Seen {
    const char *fixture, *last;  // what lies lowest
    float width, height;
    int text_size;
  };
  for (const Seen& seen :
       {Seen{"today", "body/trail/trail", 1280, 800, 100}, Seen{"today", "body/trail/trail", 1024, 600, 100},
        Seen{"today", "body/trail/trail", 1280, 800, 150},
        Seen{"today_offline", "body/trail/trail", 1280, 800, 100},
        Seen{"goals", "past/b0000000000000000000000000000003/reopen", 1280, 800, 100}}) {
    CAPTURE(seen.fixture);
    CAPTURE(seen.height);
    CAPTURE(seen.text_size);
    for (const Fixture& fixture : all()) {
      if (fixture.name != seen.fixture) continue;
      Stage stage(fixture.shown, seen.width, seen.height);
      stage.shown.look.text_size = seen.text_size;
      stage.settle();
      const ui::Semantic *last = stage.find(seen.last), *status = stage.find("status");
      REQUIRE(last != nullptr);
      REQUIRE(status != nullptr);
      CHECK(last->bounds.bottom() <= status->bounds.y);
    }
  }
}

TEST_CASE("an empty line is allowed when packing up") {
  On page("pack_up_empty");
  page.stage.press("lock_and_go");
  CHECK(asked<app::PackUp>(page.stage).line.empty());
}

TEST_CASE("a suggestion becomes the line") {
  On page("pack_up");
  page.stage.press("suggestion0");
  page.stage.asked.clear();
  page.stage.press("lock_and_go");
  CHECK(asked<app::PackUp>(page.stage).line == "find a second source");
}

TEST_CASE("two lines and Save make a goal, by the proposed day") {
  On page("goals_empty");
  page.stage.focus("want");
  page.stage.type("listening");
  page.stage.focus("first_step");
  page.stage.type("ask Noor");
  page.stage.asked.clear();
  page.stage.press("new_goal/save");
  const app::SaveGoal& goal = asked<app::SaveGoal>(page.stage);
  CHECK(goal.goal.empty());
  CHECK(goal.fields.want == "listening");
  CHECK(goal.fields.first_step == "ask Noor");
  CHECK(goal.fields.by == "2026-11-27");
}

TEST_CASE("a goal half written is kept as a draft within two seconds") {
  On page("goals_empty");
  page.stage.focus("want");
  page.stage.type("liste");
  page.stage.pass_ms(1'900);
  REQUIRE_FALSE(page.stage.asked.empty());
  const auto& draft = *page.stage.asked.back().get_if<app::SaveDraft>();
  CHECK(draft.place == "goal.new");
  CHECK(std::find(draft.texts.begin(), draft.texts.end(),
                  std::pair<std::string, std::string>("want", "liste")) != draft.texts.end());
}

TEST_CASE("a date that passed offers another, and choosing it is one press") {
  On page("goals_new_date");
  page.stage.press("days/2026-11-30");
  CHECK(asked<app::NewDate>(page.stage).goal == "b0000000000000000000000000000002");
  CHECK(asked<app::NewDate>(page.stage).by == "2026-11-30");
}

TEST_CASE("a check-in says whether the plan helped") {
  On page("goals_check_in");
  page.stage.press("helped/no");
  page.stage.focus("open/text");
  page.stage.type("too loud");
  page.stage.asked.clear();
  page.stage.press("open/done");
  CHECK(asked<app::CheckIn>(page.stage).text == "too loud");
  CHECK(asked<app::CheckIn>(page.stage).plan_helped == false);
}

TEST_CASE("wrapping up asks what was learned") {
  On page("goals_wrap_up");
  page.stage.press("open/done");
  CHECK(page.stage.asked.empty());
  page.stage.focus("learned");
  page.stage.type("stand up");
  page.stage.asked.clear();
  page.stage.press("open/done");
  CHECK(asked<app::WrapUpGoal>(page.stage).learned == "stand up");
}

TEST_CASE("settings are preferences of the student") {
  On page("settings");
  page.stage.press("theme/dusk");
  CHECK(asked<app::SetPreference>(page.stage).name == "theme");
  CHECK(asked<app::SetPreference>(page.stage).value == "dusk");
  page.stage.asked.clear();
  page.stage.press("reduced_motion");
  CHECK(asked<app::SetPreference>(page.stage).value == "on");
  page.stage.asked.clear();
  page.stage.press("pin");
  CHECK(page.stage.asked.at(0).get_if<app::ChangePin>());
}

TEST_CASE("work is carried on a stick that is plugged in, or by way of a folder that is named") {
  On settings("settings");
  settings.stage.press("computer/stick");
  CHECK(asked<app::Go>(settings.stage).to.screen == app::Screen::stick);
  On page("stick");
  page.stage.press("stick0/write");
  CHECK(asked<app::WriteStick>(page.stage).folder == "/media/amira/CREEK");
  page.stage.asked.clear();
  page.stage.press("stick0/read");
  CHECK(asked<app::ReadStick>(page.stage).folder == "/media/amira/CREEK");
  page.stage.asked.clear();
  page.stage.press("stick0/keep");
  CHECK(asked<app::KeepOnStick>(page.stage).folder == "/media/amira/CREEK");
  page.stage.asked.clear();
  CHECK(page.stage.find("folder/write") == nullptr);
  page.stage.focus("folder/path");
  page.stage.type("/mnt/box");
  page.stage.press("folder/write");
  CHECK(asked<app::WriteStick>(page.stage).folder == "/mnt/box");
  // Whose work is on it already moves nothing.
  On kept("stick_kept");
  CHECK(kept.stage.find("stick0/keep") == nullptr);
  On leaving("pack_up_forgets");
  leaving.stage.press("take_along");
  CHECK(asked<app::Go>(leaving.stage).to.screen == app::Screen::stick);
  // Nothing waits: the stick may still ask what is new.
  On none("stick_none");
  CHECK(none.stage.find("folder/write")->name == "Ask the school what is new");
  CHECK(none.stage.find("folder/read") != nullptr);
}

TEST_CASE("being forgotten is asked twice, and cannot be asked while something waits") {
  On waiting("settings");
  CHECK(waiting.stage.find("mine/forget") == nullptr);
  On sent("settings_all_sent");
  sent.stage.press("mine/forget");
  CHECK(sent.stage.asked.empty());
  sent.stage.press("do");
  CHECK(sent.stage.asked.at(0).get_if<app::ForgetMe>());
}

TEST_CASE("of two versions one is carried on with, or both are kept") {
  On page("conflict");
  page.stage.press("2222/carry_on");
  CHECK(asked<app::ResolveConflict>(page.stage).op == "2222");
  CHECK_FALSE(asked<app::ResolveConflict>(page.stage).keep_both);
  page.stage.asked.clear();
  page.stage.press("keep_both");
  CHECK(asked<app::ResolveConflict>(page.stage).keep_both);
  CHECK(page.stage.find("keep_both")->name == "Keep both");
  On three("conflict_three");
  CHECK(three.stage.find("keep_both")->name == "Keep all");
}

TEST_CASE("an earlier version is put back with its button, and a goal leads to its own") {
  On page("history");
  page.stage.press("want1111/put_back");
  const auto back = asked<app::PutBack>(page.stage);
  CHECK(back.id == "goal/e0000000000000000000000000000001");
  CHECK(back.field == "want");
  CHECK(back.op == "1111");
}

TEST_CASE("the keys of the keyboard do what their list says") {
  On page("today");
  page.stage.key(ui::Key::z, false, true);
  CHECK(page.stage.asked.at(0).get_if<app::Undo>());
  page.stage.asked.clear();
  page.stage.key(ui::Key::y, false, true);
  CHECK(page.stage.asked.at(0).get_if<app::Redo>());
  page.stage.asked.clear();
  page.stage.key(ui::Key::l, false, true);
  CHECK(page.stage.asked.at(0).get_if<app::Lock>());
  page.stage.asked.clear();
  page.stage.key(ui::Key::plus, false, true);
  CHECK(asked<app::SetPreference>(page.stage).value == "125");
  page.stage.asked.clear();
  page.stage.key(ui::Key::f1);
  CHECK(page.stage.find("shortcuts") != nullptr);
  page.stage.key(ui::Key::escape);
  CHECK(page.stage.find("shortcuts") == nullptr);
}

TEST_CASE("locking hands over what was typed a moment before") {
  On page("about_me_empty");
  page.stage.focus("strengths");
  for (const char c : std::string("maps")) page.stage.ui.push(ui::Typed{static_cast<char32_t>(c)});
  page.stage.ui.push(ui::KeyPress{ui::Key::l, false, true, false});
  page.stage.settle();
  REQUIRE(page.stage.asked.size() == 2);
  CHECK(page.stage.asked[0].get_if<app::SetAboutMe>()->text.text == "maps");
  CHECK(page.stage.asked[1].get_if<app::Lock>());
}
