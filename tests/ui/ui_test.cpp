#include <deque>
#include <set>
#include <thread>
#include <utility>

#include <doctest/doctest.h>

#include "client/ui/editor.hpp"
#include "client/ui/headless.hpp"
#include "tests/ui/demo.hpp"

using namespace waymark;
using namespace waymark::ui;

namespace {

// The demo page in a Headless.
struct Robot {
  demo::Demo demo;
  Headless window;
  explicit Robot(std::string page = "today", float width = 1280, float height = 800)
      : window([this](Ui& ui) { demo::draw(ui, demo); }, width, height) {
    demo::lend_words(window.catalogue());
    demo.page = std::move(page);
    window.settle();
  }
};

const char* const pages[] = {"today", "project", "check", "goals", "widgets", "who"};

}  // namespace

TEST_SUITE("themes") {
  TEST_CASE("every pair of tokens that carries words can be read in every theme") {
    for (const Theme theme : {Theme::light, Theme::dusk, Theme::contrast}) {
      const Tokens& t = tokens(theme);
      for (const auto& pair : pairs()) {
        CAPTURE(pair.name);
        const float least = theme == Theme::contrast && pair.ratio_min >= 4.5F ? 7.0F : pair.ratio_min;
        CHECK(contrast(t.*pair.ink, t.*pair.ground) >= least);
      }
    }
  }
  TEST_CASE("contrast is WCAG's: black on white is 21, a colour on itself 1") {
    CHECK(contrast(rgb(0x000000), rgb(0xFFFFFF)) == doctest::Approx(21));
    CHECK(contrast(rgb(0x17594A), rgb(0x17594A)) == doctest::Approx(1));
    CHECK(contrast(rgb(0x1E2A2E), rgb(0xF7F4EE)) == doctest::Approx(13.4).epsilon(0.01));
  }
  TEST_CASE("the system chooses between light and dusk only where the person has not") {
    CHECK(theme_named("system", true) == Theme::dusk);
    CHECK(theme_named("system", false) == Theme::light);
    CHECK(theme_named("light", true) == Theme::light);
    CHECK(theme_named("contrast", true) == Theme::contrast);
  }
}

TEST_SUITE("catalogue") {
  app::Day day_of(const char* iso, int weekday, int from_today) { return {iso, weekday, from_today}; }

  TEST_CASE("days are worded as one says them, in each language") {
    Catalogue c;
    CHECK(c.plain(day(day_of("2026-11-25", 3, 0))) == "today");
    CHECK(c.plain(day(day_of("2026-11-26", 4, 1))) == "tomorrow");
    CHECK(c.plain(day(day_of("2026-11-27", 5, 2))) == "Friday");
    CHECK(c.plain(day(day_of("2026-10-30", 5, -26))) == "October 30");
    CHECK(c.plain(day_long(day_of("2026-11-25", 3, 0))) == "Wednesday, November 25");
    c.choose("es");
    CHECK(c.plain(day(day_of("2026-11-26", 4, 1))) == "mañana");
    CHECK(c.plain(day_long(day_of("2026-11-25", 3, 0))) == "miércoles 25 de noviembre");
  }
  TEST_CASE("a moment of today is told with its time") {
    Catalogue c;
    CHECK(c.plain(moment({day_of("2026-11-25", 3, 0), 642, 1})) == "today 10:42 am");
    CHECK(c.plain(moment({day_of("2026-11-23", 1, -2), 785, 1})) == "Monday, 1:05 pm");
    c.choose("es");
    CHECK(c.plain(moment({day_of("2026-11-25", 3, 0), 785, 1})) == "hoy 13:05");
  }
  TEST_CASE("what a clock far ahead wrote has a date that is unknown, and no blank") {
    Catalogue c;
    const app::Moment unknown;
    CHECK(c.plain(day(unknown)) == "date unknown");
    CHECK(c.plain(moment(unknown)) == "date unknown");
    CHECK(c.plain("screen.step.turned_in"_t.with("when", unknown.day)) ==
          "You turned this in on an unknown date.");
    CHECK(c.plain("screen.goals.wrapped_up"_t.with("day", unknown.day)) == "Wrapped up date unknown");
    // No day that somebody chose is none that is unknown.
    CHECK(c.plain(day(app::Day{})) == "");
    c.choose("es");
    CHECK(c.plain(moment(unknown)) == "fecha desconocida");
    CHECK(c.plain("screen.step.turned_in"_t.with("when", unknown.day)) ==
          "Lo entregaste en una fecha desconocida.");
  }
  TEST_CASE("plural forms follow the number") {
    Catalogue c;
    CHECK(c.plain("kit.field.left"_t.counted(1)) == "1 character left");
    CHECK(c.plain("kit.field.left"_t.counted(2)) == "2 characters left");
    c.choose("es");
    CHECK(c.plain("kit.field.left"_t.counted(1)) == "Queda 1 carácter");
    CHECK(c.plain("kit.field.left"_t.counted(0)) == "Quedan 0 caracteres");
  }
  TEST_CASE("a missing key shows itself and is counted") {
    Catalogue c;
    CHECK(c.plain("no.such.key"_t) == "no.such.key");
    CHECK(c.missing() == std::set<std::string>{"no.such.key"});
  }
  TEST_CASE("an argument is put in as it is, braces and stars and all") {
    Catalogue c;
    c.lend("en", {{"t", "**First** {words}!"}});
    CHECK(c.plain("t"_t.with("words", std::string("{words} **x**"))) == "First {words} **x**!");
    const auto spans = c.spans("t"_t.with("words", std::string("go")));
    REQUIRE(spans.size() == 2);
    CHECK(spans[0] == Span{"First", false, true});
    CHECK(spans[1] == Span{" go!", false, false});
  }
  TEST_CASE("both languages have the same keys and the same arguments") {
    const auto en = Catalogue::keys("en"), es = Catalogue::keys("es");
    CHECK(std::set<std::string>(en.begin(), en.end()) == std::set<std::string>(es.begin(), es.end()));
    const auto holes = [](const std::string& words) {
      std::set<std::string> out;
      for (std::size_t at = words.find('{'); at != std::string::npos; at = words.find('{', at + 1)) {
        const auto close = words.find('}', at);
        std::string name = words.substr(at + 1, close - at - 1);
        out.insert(name.substr(0, name.find(':')));
      }
      return out;
    };
    for (const auto& key : en) {
      // Dates and times are put together differently.
      if (key.rfind("kit.", 0) == 0) continue;
      CAPTURE(key);
      auto a = holes(Catalogue::raw("en", key)), b = holes(Catalogue::raw("es", key));
      CHECK(a == b);
    }
  }
  TEST_CASE("the pseudo language is at least a third longer and keeps its arguments") {
    Catalogue c;
    c.choose("qps");
    c.lend("en", {{"t", "Carry on, {name}"}});
    const std::string words = c.plain("t"_t.with("name", std::string("Zoë")));
    CHECK(words == "Cárryőő öñő, Zoë");
  }
}

TEST_SUITE("editor") {
  // Every character ten wide.
  struct Typed {
    Editor editor;
    explicit Typed(float width, bool single = false) {
      editor.shape([](char32_t) { return 10.0F; }, 20, width, single);
    }
    void type(std::string_view text) {
      for (const char c : text) editor.type(static_cast<char32_t>(c));
    }
    void key(Key key, bool shift = false, bool control = false) { editor.key({key, shift, control, false}); }
  };

  TEST_CASE("words wrap at spaces and nothing is lost") {
    Typed t(100);
    t.type("alpha beta gamma");
    REQUIRE(t.editor.rows().size() == 2);
    CHECK(t.editor.rows()[0].end == 11);
    CHECK(t.editor.text() == "alpha beta gamma");
  }
  TEST_CASE("a word longer than a row is broken, not cut") {
    Typed t(50);
    t.type("abcdefghijkl");
    CHECK(t.editor.rows().size() == 3);
    CHECK(t.editor.text() == "abcdefghijkl");
  }
  TEST_CASE("Home and End stay in the row one sees") {
    Typed t(100);
    t.type("alpha beta gamma");
    t.key(Key::home);
    CHECK(t.editor.caret() == 11);
    t.key(Key::up);
    t.key(Key::end);
    CHECK(t.editor.caret() == 10);
    t.key(Key::end, false, true);
    CHECK(t.editor.caret() == 16);
  }
  TEST_CASE("undo takes back typing and redo brings it again") {
    Typed t(400);
    t.type("one");
    t.key(Key::z, false, true);
    CHECK(t.editor.text() == "on");
    t.key(Key::z, false, true);
    t.key(Key::z, false, true);
    CHECK(t.editor.text() == "");
    t.key(Key::y, false, true);
    t.key(Key::z, true, true);
    CHECK(t.editor.text() == "on");
  }
  TEST_CASE("an undone paste over a selection brings the selection back") {
    Typed t(400);
    t.type("keep this");
    t.editor.select_all();
    t.editor.paste("something else");
    CHECK(t.editor.text() == "something else");
    t.key(Key::z, false, true);
    if (t.editor.text() != "keep this") t.key(Key::z, false, true);
    CHECK(t.editor.text() == "keep this");
  }
  TEST_CASE("the limit holds for typing and pasting, and what was there stays") {
    Typed t(400);
    t.editor.limit(5);
    t.type("abcdef");
    CHECK(t.editor.text() == "abcde");
    t.editor.select_all();
    t.editor.paste("1234567");
    CHECK(t.editor.text() == "12345");
  }
  TEST_CASE("a single line turns pasted breaks into spaces") {
    Typed t(400, true);
    t.editor.paste("one\ntwo\r\nthree");
    CHECK(t.editor.text() == "one two three");
    CHECK_FALSE(t.editor.key({Key::enter, false, false, false}));
  }
  TEST_CASE("Ctrl with arrows and Backspace goes by words") {
    Typed t(400);
    t.type("one two three");
    t.key(Key::backspace, false, true);
    CHECK(t.editor.text() == "one two ");
    t.key(Key::left, true, true);
    CHECK(t.editor.selected() == "two ");
  }
  TEST_CASE("characters beyond the basic plane survive editing") {
    Editor editor;
    editor.set("a😀b", false);
    editor.caret_to_end();
    editor.key({Key::backspace, false, false, false});
    CHECK(editor.text() == "a😀");
  }
}

TEST_SUITE("fields") {
  TEST_CASE("what is typed is handed out at once and shown") {
    Robot r("goals");
    REQUIRE(r.window.press("body/new/first"));
    r.window.type("read two pages é");
    CHECK(r.demo.line == "read two pages é");
    CHECK(r.window.value("body/new/first") == "read two pages é");
  }
  TEST_CASE("a change from elsewhere is taken over, an echo of older typing is not") {
    std::string view;
    std::deque<std::string> late;  // a view that follows three frames later
    std::string last;
    Headless w([&](Ui& ui) {
      auto page = ui.page();
      if (late.size() > 3) view = late.front(), late.pop_front();
      auto edit = ui.field("f", {.label = "kit.next"_t, .text = view});
      if (edit.changed) late.push_back(edit.text);
      last = edit.text;
    });
    w.press("f");
    for (const char c : std::string("hello")) {
      w.push(Typed{static_cast<char32_t>(c)});
      w.frame();
    }
    CHECK(last == "hello");
    view = "undone elsewhere";
    late.clear();
    w.settle();
    CHECK(last == "undone elsewhere");
  }
  TEST_CASE("typing and deleting again before the view follows is a change back") {
    std::string view;
    std::vector<std::string> handed;
    Headless w([&](Ui& ui) {
      auto page = ui.page();
      auto edit = ui.field("f", {.label = "kit.next"_t, .text = view});
      if (edit.changed) handed.push_back(edit.text);
    });
    w.press("f");
    w.push(Typed{'a'});
    w.frame();
    w.push(KeyPress{Key::backspace, false, false, false});
    w.frame();
    CHECK(handed == std::vector<std::string>{"a", ""});
  }
  TEST_CASE("a view that trims does not eat the space one has just typed") {
    std::string view;
    Headless w([&](Ui& ui) {
      auto page = ui.page();
      auto edit = ui.field("f", {.label = "kit.next"_t, .text = view});
      if (edit.changed) {
        view = edit.text;
        while (!view.empty() && view.back() == ' ') view.pop_back();
      }
    });
    w.press("f");
    w.type("two words");
    CHECK(w.value("f") == "two words");
  }
  TEST_CASE("Enter in one line submits, and the words stay") {
    Robot r("goals");
    r.window.press("body/new/want");
    r.window.key(Key::enter);
    CHECK(r.demo.presses == 1);
    CHECK(r.demo.name == "explaining why a fact matters");
  }
  TEST_CASE("cut and paste go through the clipboard") {
    Robot r("goals");
    r.window.press("body/new/want");
    r.window.key(Key::a, false, true);
    r.window.key(Key::x, false, true);
    CHECK(r.demo.name == "");
    r.window.press("body/new/first");
    r.window.key(Key::v, false, true);
    CHECK(r.demo.line == "explaining why a fact matters");
  }
  TEST_CASE("the last tenth of a limit is told, and the limit holds") {
    Robot r("goals");
    r.window.press("body/new/first");
    r.window.type(std::string(54, 'x'));
    CHECK(r.window.shows("6 characters left"));
    r.window.type(std::string(7, 'x'));
    CHECK(r.demo.line.size() == 60);
  }
}

TEST_SUITE("focus") {
  TEST_CASE("Tab goes through every control in reading order and comes round") {
    for (const char* page : pages) {
      CAPTURE(std::string(page));
      Robot r(page);
      // Every stop there should be: all controls, a group of radios counting once.
      std::vector<std::string> expected;
      std::set<Id> groups;
      for (const auto& s : r.window.tree().nodes) {
        if (!s.focusable) continue;
        if (s.group && !groups.insert(s.group).second) continue;
        expected.push_back(s.path);
      }
      REQUIRE(expected.size() > 4);
      std::vector<std::string> reached;
      for (std::size_t i = 0; i < expected.size(); ++i) {
        r.window.key(Key::tab);
        const auto* here = r.window.tree().find(r.window.tree().focus);
        REQUIRE(here);
        reached.push_back(here->path);
        CHECK(here->visible.w > 0);
        CHECK(here->visible.h > 0);
      }
      REQUIRE(reached.size() == expected.size());
      for (std::size_t i = 0; i < expected.size(); ++i) {
        const auto* a = r.window.tree().find(reached[i]);
        const auto* b = r.window.tree().find(expected[i]);
        REQUIRE(a);
        REQUIRE(b);
        if (a->group)
          CHECK(a->group == b->group);
        else
          CHECK(reached[i] == expected[i]);
      }
      r.window.key(Key::tab);
      CHECK(r.window.tree().find(r.window.tree().focus)->path == reached.front());
      r.window.key(Key::tab, true);
      CHECK(r.window.tree().find(r.window.tree().focus)->path == reached.back());
    }
  }
  TEST_CASE("Space and Enter press what has the focus") {
    Robot r;
    r.window.focus("body/next/carry_on");
    r.window.key(Key::enter);
    r.window.key(Key::space);
    CHECK(r.demo.presses == 2);
  }
  TEST_CASE("arrows choose within a group and stay in it") {
    Robot r("check");
    r.window.focus("body/levels/level2");
    r.window.key(Key::right);
    CHECK(r.demo.level == 3);
    r.window.key(Key::right);
    r.window.key(Key::right);
    CHECK(r.demo.level == 1);
    CHECK(r.window.tree().focus == id_of("body/levels/level1"));
  }
  TEST_CASE(
      "while no level is chosen the one to aim for is the group's stop, and none is chosen by arriving") {
    Robot r("check");
    r.demo.level = 0;
    r.window.settle();
    r.window.focus("bar/lock");
    for (int i = 0; i < 5; ++i) r.window.key(Key::tab);
    CHECK(r.window.tree().focus == id_of("body/levels/level3"));
    CHECK(r.demo.level == 0);
  }
  TEST_CASE("a sheet takes the focus, keeps it, and gives it back to where it was opened") {
    Robot r;
    r.window.focus("bar/pack_up");
    r.window.key(Key::space);
    CHECK(r.window.tree().focus == id_of("pack_up_sheet/line"));
    for (int i = 0; i < 12; ++i) {
      r.window.key(Key::tab);
      const auto* here = r.window.tree().find(r.window.tree().focus);
      REQUIRE(here);
      CHECK(here->path.rfind("pack_up_sheet/", 0) == 0);
    }
    r.window.key(Key::escape);
    CHECK_FALSE(r.demo.sheet);
    CHECK(r.window.tree().focus == id_of("bar/pack_up"));
  }
  TEST_CASE("what lies under a sheet cannot be pressed, neither by hand nor through the tree") {
    Robot r;
    r.window.press("bar/pack_up");
    r.window.press("body/next/carry_on");
    r.window.act("body/next/carry_on");
    CHECK(r.demo.presses == 0);
    CHECK(r.demo.sheet);
  }
}

TEST_SUITE("input") {
  TEST_CASE("nine quick Tabs and a Space in one frame all arrive") {
    Robot r;
    for (int i = 0; i < 9; ++i) r.window.key(Key::tab);
    const Id wanted = r.window.tree().focus;
    Robot again;
    for (int i = 0; i < 9; ++i) again.window.push(KeyPress{Key::tab, false, false, false});
    again.window.push(KeyPress{Key::space, false, false, false});
    again.window.settle();
    CHECK(again.window.tree().focus == wanted);
    CHECK(again.demo.presses == 1);  // the ninth stop is Carry on
  }
  TEST_CASE("what is typed after a press waits for the screen that the press opens") {
    Robot r;
    r.window.focus("bar/pack_up");
    r.window.push(KeyPress{Key::enter, false, false, false});
    for (const char c : std::string("ask Mr Halloran")) r.window.push(ui::Typed{static_cast<char32_t>(c)});
    r.window.settle();
    CHECK(r.demo.line == "ask Mr Halloran");
  }
  TEST_CASE("the space that opens a sheet is not typed into its field") {
    Robot r;
    r.window.focus("bar/pack_up");
    r.window.push(KeyPress{Key::space, false, false, false});
    r.window.push(ui::Typed{U' '});
    r.window.settle();
    CHECK(r.demo.sheet);
    CHECK(r.demo.line == "");
    r.window.push(KeyPress{Key::space, false, false, false});
    r.window.push(ui::Typed{U' '});
    r.window.type("x");
    CHECK(r.demo.line == " x");
  }
  TEST_CASE("a press and release in one frame is a press") {
    Robot r;
    r.window.press("body/next/carry_on");
    CHECK(r.demo.presses == 1);
  }
  TEST_CASE("a button let go elsewhere is not pressed") {
    Robot r;
    const auto* node = r.window.find("body/next/carry_on");
    REQUIRE(node);
    r.window.push(PointerMove{node->bounds.centre()});
    r.window.push(PointerButton{true, 1, false});
    r.window.push(PointerMove{{10, 780}});
    r.window.push(PointerButton{false, 1, false});
    r.window.settle();
    CHECK(r.demo.presses == 0);
  }
  TEST_CASE("a button that waits tells why and does nothing") {
    Robot r("goals");
    REQUIRE(r.window.find("body/new/save"));
    CHECK_FALSE(r.window.find("body/new/save")->enabled);
    CHECK(r.window.find("body/new/save")->hint == "It waits for a first step.");
    r.window.press("body/new/save");
    r.demo.line = "x";
    r.window.settle();
    CHECK(r.window.find("body/new/save")->enabled);
  }
  TEST_CASE("the picture pad tells each picture by a word and takes four") {
    Robot r("who");
    for (const char* key : {"pad/picture1", "pad/picture4", "pad/picture8", "pad/picture11"})
      r.window.press(key);
    CHECK(r.demo.pin == std::vector<int>{1, 4, 8, 11});
    CHECK(r.window.name("pad/picture1") == "fish");
    r.window.key(Key::backspace);
    CHECK(r.demo.pin == std::vector<int>{1, 4, 8});
  }
  TEST_CASE("a step of the trail can be opened by keys") {
    Robot r;
    r.window.focus("body/map/trail/step3");
    r.window.key(Key::enter);
    CHECK(r.demo.opened == "step3");
    CHECK(r.window.name("body/map/trail/step2") == "Find sources, you are here");
  }
}

TEST_SUITE("layout") {
  TEST_CASE(
      "nothing is cut at any text size, in any language and typeface, and every target is large enough") {
    for (const char* language : {"en", "es", "qps"})
      for (const int size : {100, 150, 200})
        for (const char* page : pages) {
          CAPTURE(std::string(language));
          CAPTURE(size);
          CAPTURE(std::string(page));
          Robot r(page);
          r.window.look.language = language;
          r.window.look.text_size = size;
          r.window.settle();
          for (const auto& s : r.window.tree().nodes) {
            CAPTURE(s.path);
            CAPTURE(s.name);
            CHECK_FALSE(s.cut);
            if (s.focusable) {
              CHECK(s.bounds.w >= 24);
              CHECK(s.bounds.h >= 24);
              CHECK(s.bounds.x >= -0.5F);
              CHECK(s.bounds.right() <= r.window.ui().width() + 0.5F);
            }
            if (s.focusable) CHECK_FALSE(s.name.empty());
          }
          CHECK(r.window.catalogue().missing().empty());
          CHECK(r.window.tree().doubled.empty());
        }
  }
  TEST_CASE("the small window of old laptops and the dyslexic typeface hold too") {
    for (const char* page : pages) {
      CAPTURE(std::string(page));
      Robot r(page, 1024, 600);
      r.window.look.typeface = "dyslexic";
      r.window.settle();
      for (const auto& s : r.window.tree().nodes) {
        CAPTURE(s.name);
        CHECK_FALSE(s.cut);
      }
    }
  }
  TEST_CASE("a long trail in a narrow window shows the stretch around the flag") {
    app::Trail trail;
    trail.seed = "s";
    for (int i = 0; i < 20; ++i)
      trail.steps.push_back({"step" + std::to_string(i), "Step", app::StepState::todo, i == 15, {}});
    Headless w(
        [&](Ui& ui) {
          auto page = ui.page();
          ui.trail("trail", "kit.next"_t, trail, false);
        },
        640, 400);
    CHECK_FALSE(w.find("trail/step0"));
    CHECK(w.find("trail/step15"));
    CHECK(w.tree().nodes.size() == 10);  // the list and nine steps
    for (const auto& s : w.tree().nodes) CHECK(s.bounds.right() <= 640.5F);
  }
  TEST_CASE("long names of a trail keep clear of its edges") {
    app::Trail trail;
    trail.seed = "s";
    for (int i = 0; i < 5; ++i)
      trail.steps.push_back({"step" + std::to_string(i),
                             "Write down what you will count or look for",
                             app::StepState::todo,
                             i == 1,
                             {}});
    for (const bool climbing : {false, true}) {
      CAPTURE(climbing);
      Headless w(
          [&](Ui& ui) {
            auto page = ui.page();
            ui.space(100);
            auto box = ui.column({.width = px(climbing ? 390.0F : 900.0F)});
            ui.trail("trail", "kit.next"_t, trail, climbing, {.height = px(climbing ? 500.0F : 250.0F)});
          },
          1000, 700);
      const auto* box = w.find("trail");
      REQUIRE(box);
      for (int i = 0; i < 5; ++i) {
        const auto* step = w.find("trail/step" + std::to_string(i));
        REQUIRE(step);
        CHECK(step->bounds.y >= box->bounds.y);
        CHECK(step->bounds.bottom() <= box->bounds.bottom());
      }
    }
  }
  TEST_CASE("a label that cannot fit is noticed") {
    Headless w([](Ui& ui) {
      auto page = ui.page();
      auto narrow = ui.column({.width = px(40)});
      ui.text("kit.month.9"_t);  // September, in forty pixels
    });
    REQUIRE(w.tree().nodes.size() == 1);
    CHECK(w.tree().nodes[0].cut);
  }
  TEST_CASE("cards of a row end on one line, and the last one reaches the status line") {
    Robot r;
    const auto* trail = r.window.find("body/map/trail");
    const auto* status = r.window.find("status");
    REQUIRE(trail);
    REQUIRE(status);
    CHECK(trail->bounds.bottom() == doctest::Approx(status->bounds.y - 26).epsilon(0.01));
  }
}

TEST_SUITE("rest") {
  TEST_CASE("a page at rest asks for no frame, and the next frame is the same picture") {
    for (const char* page : pages) {
      CAPTURE(std::string(page));
      Robot r(page);
      r.window.look.reduced_motion = false;
      r.window.settle();
      CHECK_FALSE(r.window.ui().wants_frames());
      const auto before = r.window.ui().frame_hash();
      r.window.frame();
      CHECK(r.window.ui().frame_hash() == before);
      CHECK(r.window.ui().wake_in_s() < 0);
    }
  }
  TEST_CASE("with less movement everything stands at its end after one frame") {
    Robot r;
    r.window.focus("bar/pack_up");
    r.window.push(KeyPress{Key::space, false, false, false});
    r.window.frame();
    r.window.frame();
    const auto first = r.window.ui().frame_hash();
    for (int i = 0; i < 30; ++i) r.window.frame();
    CHECK(r.window.ui().frame_hash() == first);
  }
  TEST_CASE(
      "a step that was finished moves the trail once, then it rests; with less movement it stands at once") {
    app::Trail trail;
    trail.seed = "s";
    for (int i = 0; i < 4; ++i)
      trail.steps.push_back({"step" + std::to_string(i), "Step", app::StepState::todo, i == 1, {}});
    trail.steps[0].state = app::StepState::ready;
    const auto finish = [&] {
      trail.steps[1].state = app::StepState::turned_in;
      trail.steps[1].here = false;
      trail.steps[2].here = true;
    };
    for (const bool less : {false, true}) {
      CAPTURE(less);
      trail.steps[1].state = app::StepState::todo;
      trail.steps[1].here = true;
      trail.steps[2].here = false;
      Headless w(
          [&](Ui& ui) {
            auto page = ui.page();
            ui.trail("trail", "kit.next"_t, trail, false);
          },
          900, 400);
      w.look.reduced_motion = less;
      w.settle();
      CHECK_FALSE(w.ui().wants_frames());
      finish();
      w.frame();
      CHECK(w.ui().wants_frames() == !less);
      const auto moving = w.ui().frame_hash();
      w.settle();
      CHECK_FALSE(w.ui().wants_frames());
      CHECK((w.ui().frame_hash() == moving) == less);
    }
  }
  TEST_CASE("another page fades in and rests; with less movement it is there at once") {
    for (const bool less : {false, true}) {
      CAPTURE(less);
      bool turn = false;
      Headless w(
          [&](Ui& ui) {
            if (std::exchange(turn, false)) ui.turn_page();
            auto page = ui.page();
            auto body = ui.body();
            ui.heading(1, "kit.next"_t);
          },
          900, 400);
      w.look.reduced_motion = less;
      w.settle();
      const auto still = w.ui().frame_hash();
      turn = true;
      w.frame();
      CHECK(w.ui().wants_frames() == !less);
      CHECK((w.ui().frame_hash() == still) == less);
      w.settle();
      CHECK(w.ui().frame_hash() == still);
    }
  }
  TEST_CASE("a caret that blinks wakes the window, and does not with less movement") {
    Robot r("goals");
    r.window.press("body/new/first");
    CHECK(r.window.ui().wake_in_s() < 0);
    r.window.look.reduced_motion = false;
    r.window.settle();
    CHECK(r.window.ui().wake_in_s() > 0);
    CHECK(r.window.ui().wake_in_s() <= 0.54);
  }
  TEST_CASE("a character no face of ours has yet brings the fonts anew") {
    Robot r("goals");
    r.window.ui().fonts_changed();
    r.window.press("body/new/first");
    r.window.type("Добрый");
    r.window.settle();
    CHECK(r.window.ui().fonts_changed());
    CHECK(r.demo.line == "Добрый");
  }
}

TEST_SUITE("pictures") {
  struct Counting final : Uploader {
    int held = 0;
    void* upload(const std::uint8_t*, int, int) override { return ++held, this; }
    void forget(void*) override { --held; }
  };
  TEST_CASE("a file that is no picture shows as empty and is asked for once") {
    Counting uploader;
    Textures textures(uploader);
    CHECK(textures.get(WAYMARK_SOURCE_DIR "/CMakeLists.txt").texture == nullptr);
    CHECK(textures.get("/no/such/file.png").texture == nullptr);
    CHECK(uploader.held == 0);
    CHECK(textures.pixels() == 0);
  }
  TEST_CASE("a picture is decoded aside: no frame waits for it, and it is there in a later one") {
    struct Held final : Background {
      std::vector<std::function<void()>> jobs;
      void run(std::function<void()> work) override { jobs.push_back(std::move(work)); }
      void finish() override {}
    } held;
    Counting uploader;
    const std::string path = WAYMARK_SOURCE_DIR "/docs/pictures/today.png";
    {
      Textures textures(uploader, &held);
      for (int frame = 0; frame < 3; ++frame) CHECK(textures.get(path).texture == nullptr);
      CHECK(textures.waits());
      REQUIRE(held.jobs.size() == 1);  // asked for once
      std::thread(held.jobs[0]).join();
      CHECK(uploader.held == 0);  // the renderer is the window's thread's
      CHECK(textures.get(path).texture != nullptr);
      CHECK_FALSE(textures.waits());
      CHECK(textures.pixels() > 100'000);
      // Forgotten before it came.
      textures.get(WAYMARK_SOURCE_DIR "/docs/pictures/class.png");
      textures.forget(WAYMARK_SOURCE_DIR "/docs/pictures/class.png");
      CHECK_FALSE(textures.waits());
      held.jobs[1]();
      CHECK(uploader.held == 1);
    }
    CHECK(uploader.held == 0);
  }
  TEST_CASE("shapes of marks stand out from every disc that is offered with them") {
    CHECK(mark_shapes().size() == 12);
    int pairs_offered = 0;
    for (const auto ink : mark_colors())
      for (const auto disc : mark_colors())
        if (mark_pair_readable(ink, disc)) {
          ++pairs_offered;
          CHECK(contrast(mark_color(ink), mark_color(disc)) >= 3);
        }
    CHECK(pairs_offered >= 40);
  }
}
