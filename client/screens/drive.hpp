// Driving the window by lines, for the scripted tour: what to press and type, named by the semantic tree as a
// screen reader would, and what to wait for. Values in, values out; reading lines and writing pictures is the
// window's.
//
//   press WHERE        waits until it is there and can be pressed, and presses it
//   focus WHERE        the same, and gives it the focus
//   text WHERE WORDS   waits for a field and writes into it instead of what was there
//   type WORDS         types them where the focus is
//   key NAME           enter, space, escape, tab, shift+tab, ctrl+z, f1, up, down, left, right, backspace …
//   wait WHERE         until it is there;  gone WHERE: until it is not
//   see WORDS          until something on the screen says them
//   picture FILE       a PNG of what is shown, once it has settled
//   tree               what is on the screen, one line a thing, then a line with one dot
//   sleep MS           so long
//   quit               ends the program
//
// WHERE is a path of the tree, an ending of one ("new_goal/save"), or a name in quotes ("Carry on").
// Each line is answered by one line: "ok", or "no: why" after fifteen seconds.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/ui/input.hpp"
#include "client/ui/semantics.hpp"

namespace waymark::screens {

inline constexpr std::int64_t kDriveWait_ms = 15'000;

class Driver {
 public:
  struct Step {
    std::vector<ui::Event> events;       // for the kit
    std::vector<std::string> answers;    // to be written, a line each
    std::optional<std::string> picture;  // to be saved; then picture_done()
    bool quit = false;
  };

  void line(std::string_view text) { lines_.emplace_back(text); }
  // After a frame. `settled`: nothing moves and no input waits.
  Step step(const ui::SemanticTree& tree, bool settled, std::int64_t now_ms);
  void picture_done(const std::string& problem);
  bool busy() const { return !lines_.empty() || waiting_for_picture_; }

 private:
  std::deque<std::string> lines_;
  std::int64_t since_ms_ = -1;  // when the first line was first looked at
  bool waiting_for_picture_ = false;
  std::vector<std::string> late_answers_;
};

}  // namespace waymark::screens
