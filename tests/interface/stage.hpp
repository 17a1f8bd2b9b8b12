// A window without a window: the kit, a screen and a robot that presses, types and looks only at the semantic
// tree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/screens/screens.hpp"
#include "client/ui/kit.hpp"
#include "tests/interface/fixtures.hpp"

namespace waymark::stage {

class Stage {
 public:
  explicit Stage(app::Shown value, float width = 1280, float height = 800)
      : shown(std::move(value)), ui(catalogue, nullptr) {
    window.width = width;
    window.height = height;
  }

  app::Shown shown;
  ui::Catalogue catalogue;
  ui::Ui ui;
  ui::Window window;
  screens::Locals locals;
  screens::Commands asked;  // since it was cleared last

  // `count` frames, 20 ms apart.
  void frames(int count = 1) {
    for (int i = 0; i < count; ++i) {
      now_ms += 20;
      locals.now_ms = now_ms;
      ui.begin(window, shown.look, static_cast<double>(now_ms) / 1000.0);
      screens::draw(ui, shown, locals, asked);
      ui.end();
    }
  }
  // Until nothing moves and no input waits.
  void settle() {
    frames(3);
    for (int i = 0; i < 100 && ui.wants_frames(); ++i) frames();
  }
  void key(ui::Key key, bool shift = false, bool control = false) {
    ui.push(ui::KeyPress{key, shift, control, false});
    settle();
  }
  void type(std::string_view ascii) {
    for (const char c : ascii) ui.push(ui::Typed{static_cast<char32_t>(c)});
    settle();
  }
  void press(std::string_view path) {
    ui.push(ui::Act{ui::Act::What::press, std::string(path), {}});
    settle();
  }
  void focus(std::string_view path) {
    ui.push(ui::Act{ui::Act::What::focus, std::string(path), {}});
    settle();
  }
  void pass_ms(std::int64_t ms) {
    now_ms += ms;
    frames(2);
  }
  const ui::Semantic* find(std::string_view path) const { return ui.tree().find(path); }

  std::int64_t now_ms = 1000;
};

inline void dress(Stage& stage, const fixtures::Fixture& fixture) {
  for (const std::string& flag : fixture.flags) stage.locals.flag(flag) = true;
  for (const auto& [key, value] : fixture.words) stage.locals.word(key) = value;
  if (fixture.behind) {
    stage.locals.behind = fixture.behind->here;
    stage.locals.behind_view = fixture.behind->screen;
  }
}

}  // namespace waymark::stage
