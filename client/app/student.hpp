// One signed-in student over their replica: every screen's view computed from records, every gesture written
// as ops, undo and redo, conflicts and refusals. It promises that what dispatch() returned as done is on the
// disk, and that nothing of a draft leaves the student's own stream. Who is signed in, moving about, the PIN
// and the network are App's.
//
// Places of drafts (SaveDraft) that views read back, with the names of their texts:
//   "goal.new"           want, first_step, by, how_know, obstacle, plan_if, plan_then, standard, project
//   "goal.<goal>"        the same, of a goal being changed: kept, not shown by a view
//   "check_in.<goal>"    text
//   "wrap_up.<goal>"     learned
//   "check_in.<goal>"    text
//   "wrap_up.<goal>"     learned
//   "ideas.why"          why
//   "stuck.<step>"       text
//   "pack_up"            line
//   "reply.<review>"     text
// Any other place is kept too: draft_texts() returns it.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/app/calendar.hpp"
#include "client/app/commands.hpp"
#include "client/app/files.hpp"
#include "client/app/shown.hpp"
#include "shared/store/store.hpp"

namespace waymark::app {

inline constexpr std::size_t undo_steps_max = 100;

struct StudentOptions {
  store::Store* store = nullptr;
  FileFolder* files = nullptr;
  Clock* clock = nullptr;
  Random* random = nullptr;
  UtcOffset offset;
  PersonId person;
  std::string first_name;  // as the school's card has it, until a class says it
  std::string computer;    // the name of this computer: "lab-03"
  Appearance look;         // the computer's; holds where the student has chosen nothing
};

// What App is to do after a command was done.
struct Outcome {
  std::optional<Destination> go;  // where to go next
  Phrase toast;                   // what was done, where Undo is offered or something is worth saying
  bool lock = false;              // packed up: lock now
};

struct StudentCounts {
  std::int64_t waiting = 0;        // ops not at school yet
  std::int64_t files_waiting = 0;  // photos and files not at school yet
  std::int64_t files_in_room = 0;  // those of them that a hub has
  std::int64_t waiting_since_ms = 0;
  std::int64_t conflicts = 0;
  std::int64_t refusals = 0;
  std::int64_t last_saved_ms = 0;  // the last op written here; 0: none
};

class Student {
 public:
  explicit Student(StudentOptions options);
  ~Student();
  Student(const Student&) = delete;
  Student& operator=(const Student&) = delete;

  // Is the screen one of those that view() makes? (today, pack_up, project, check, finish, answer, goals,
  // ideas, compare_ideas, growth, about_me, conflict, refusals)
  static bool shows(Screen screen);
  // Is the command one of those that dispatch() does?
  static bool takes(const Command& command);

  // The view of a screen that shows() names, recomputed only when something changed. A destination that names
  // what is gone shows the nearest thing that is there. Fails only when the store does.
  Result<ScreenView> view(const Destination& to);
  // Does it, or says why not; then nothing was changed. `not_found`, `invalid`, `too_large`, `not_an_image`,
  // `unsupported`, `disk_full`, …: App words it as "error.<code>".
  Result<Outcome> dispatch(const Command& command);

  // Grows whenever a view, a count or the appearance may have changed: records, the day, the part of the day,
  // a local choice.
  std::uint64_t version();
  // Something came that is no record: a file.
  void refresh();

  Person me();
  Appearance appearance();
  StudentCounts counts();
  std::vector<WaitingThing> waiting();
  // "Undo: choose On target"; empty when there is nothing to undo.
  Phrase undo() const;
  Phrase redo() const;
  // A kept draft of the screens' own, oldest name first; empty when there is none or it was dropped.
  std::vector<std::pair<std::string, std::string>> draft_texts(const std::string& place);
  // Files that the student's records mention, the newest first.
  std::vector<sync::Mention> files_mentioned();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waymark::app
