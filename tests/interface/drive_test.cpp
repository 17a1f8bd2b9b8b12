#include "client/screens/drive.hpp"

#include <doctest/doctest.h>

using namespace waymark;
using screens::Driver;

namespace {

ui::Semantic node(const char* path, ui::Role role, const char* name, bool focusable, bool enabled = true) {
  ui::Semantic made;
  made.path = path;
  made.id = ui::id_of(path);
  made.role = role;
  made.name = name;
  made.focusable = focusable;
  made.enabled = enabled;
  return made;
}

ui::SemanticTree page() {
  ui::SemanticTree tree;
  tree.nodes = {node("today/title", ui::Role::heading, "Carry on", false),
                node("today/next/carry_on", ui::Role::button, "Carry on", true),
                node("today/save", ui::Role::button, "Save", true, false)};
  return tree;
}

}  // namespace

TEST_CASE("a line presses by an ending of a path or by a name, and is answered") {
  Driver driver;
  driver.line("press next/carry_on");
  driver.line("press \"Carry on\"");
  for (int i = 0; i < 2; ++i) {
    const Driver::Step step = driver.step(page(), true, 0);
    REQUIRE(step.events.size() == 1);
    CHECK(std::get<ui::Act>(step.events[0]).path == "today/next/carry_on");
    CHECK(step.answers == std::vector<std::string>{"ok"});
  }
  CHECK_FALSE(driver.busy());
}

TEST_CASE("a line waits for what is not there yet, and gives up after fifteen seconds") {
  Driver driver;
  driver.line("press \"Turn in\"");
  CHECK(driver.step(page(), true, 0).answers.empty());
  CHECK(driver.step(page(), true, screens::kDriveWait_ms - 1).answers.empty());
  CHECK(driver.step(page(), true, screens::kDriveWait_ms).answers ==
        std::vector<std::string>{"no: there is no \"Turn in\""});
  driver.line("press save");
  CHECK(driver.step(page(), true, 0).events.empty());
  CHECK(driver.step(page(), true, screens::kDriveWait_ms).answers ==
        std::vector<std::string>{"no: it cannot be pressed: save ()"});
}

TEST_CASE("nothing is pressed while the page moves") {
  Driver driver;
  driver.line("press next/carry_on");
  CHECK(driver.step(page(), false, 0).events.empty());
  CHECK(driver.step(page(), true, 20).events.size() == 1);
}

TEST_CASE("words are typed as characters, keys with what is held") {
  Driver driver;
  driver.line("type Zoë");
  const Driver::Step step = driver.step(page(), true, 0);
  REQUIRE(step.events.size() == 3);
  CHECK(std::get<ui::Typed>(step.events[2]).character == U'ë');
  driver.line("key ctrl+shift+z");
  const Driver::Step keys = driver.step(page(), true, 0);
  REQUIRE(keys.events.size() == 1);
  CHECK(std::get<ui::KeyPress>(keys.events[0]).key == ui::Key::z);
  CHECK(std::get<ui::KeyPress>(keys.events[0]).control);
  CHECK(std::get<ui::KeyPress>(keys.events[0]).shift);
  driver.line("key hyper");
  CHECK(driver.step(page(), true, 0).answers == std::vector<std::string>{"no: no such key: hyper"});
}

TEST_CASE("a picture is answered once it is saved") {
  Driver driver;
  driver.line("picture /tmp/a b.png");
  const Driver::Step step = driver.step(page(), true, 0);
  CHECK(step.picture == "/tmp/a b.png");
  CHECK(step.answers.empty());
  CHECK(driver.busy());
  driver.picture_done({});
  CHECK(driver.step(page(), true, 0).answers == std::vector<std::string>{"ok"});
}

TEST_CASE("an unknown line is answered and does not stop the rest") {
  Driver driver;
  driver.line("dance");
  driver.line("see Carry");
  CHECK(driver.step(page(), true, 0).answers == std::vector<std::string>{"no: unknown line: dance"});
  CHECK(driver.step(page(), true, 0).answers == std::vector<std::string>{"ok"});
}
