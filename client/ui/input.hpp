// What a person does, as values in the order it happened. Ui takes them from a queue and stops after one that
// changes the screen, so that nothing typed during a slow frame is lost or meets the wrong screen.
#pragma once

#include <string>
#include <variant>

#include "client/ui/geometry.hpp"
#include "client/ui/semantics.hpp"

namespace waymark::ui {

enum class Key {
  none,
  tab,
  enter,
  space,
  escape,
  backspace,
  remove,
  left,
  right,
  up,
  down,
  home,
  end,
  page_up,
  page_down,
  a,
  c,
  f,
  l,
  p,
  s,
  v,
  x,
  y,
  z,
  plus,
  minus,
  zero,
  f1,
};

struct KeyPress {
  Key key = Key::none;
  bool shift = false, control = false, alt = false;
};
struct Typed {
  char32_t character = 0;
};
struct PointerMove {
  Vec at;
};
struct PointerButton {
  bool down = false;
  int clicks = 1;
  bool shift = false;
};
struct Wheel {
  float lines = 0;
};
struct WindowFocus {
  bool focused = true;
};
// Through the semantic tree: by tests, the driver and screen readers.
struct Act {
  enum class What { press, focus, set_text } what = What::press;
  std::string path;
  std::string text;
};

using Event = std::variant<KeyPress, Typed, PointerMove, PointerButton, Wheel, WindowFocus, Act>;

enum class Cursor { arrow, hand, text };

}  // namespace waymark::ui
