// Where one can be in the app, as a value: what Carry on opens, what a note leads to, what Back returns to.
#pragma once

#include <string>

namespace waymark::app {

enum class Screen {
  who,
  join,
  pin,
  today,
  project,
  check,    // one criterion: `part` is its id
  finish,   // how sure, glow, grow, next step
  pack_up,  // the bell is near: one line, then locked
  answer,   // a teacher's answer: `record` is the review
  goals,
  ideas,
  compare_ideas,
  growth,
  about_me,
  settings,
  conflict,  // `record` as ConflictView::id
  refusals,
  history,  // earlier versions of what the student wrote: `record` as HistoryView::id
  stick,    // carrying work on one
};

// The part of a screen that opens with it and takes the focus.
enum class Focus {
  none,
  item,       // a checklist item: `part` is its id
  work,       // a piece of work: `record`
  add_work,   // the list of ways to add work
  form,       // a form of support: `part` is example | step_by_step | on_my_own
  stuck,      // the panel I'm stuck
  turn_in,    // the button
  goal,       // a goal: `record`
  check_in,   // a goal's check-in
  new_goal,   // the first box
  because,    // the reason of a criterion
  next_step,  // "Next step" of Finish
};

struct Destination {
  Screen screen = Screen::who;
  std::string project;  // record id, 32 hexadecimal digits
  std::string step;     // the pathway's name for it
  std::string part;
  std::string record;
  Focus focus = Focus::none;
  bool operator==(const Destination&) const = default;
};

}  // namespace waymark::app
