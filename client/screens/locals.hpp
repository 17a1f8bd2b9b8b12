// What the window keeps between frames that is nobody's record: drafts of text being typed, folded parts, a
// PIN half entered. A draft hands itself over as a command at most two seconds after it changed, and whenever
// its editor loses the focus, its screen is left or any other command is asked for, so that typing is never
// lost.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/app/commands.hpp"
#include "client/app/destination.hpp"
#include "client/app/phrase.hpp"
#include "client/app/shown.hpp"
#include "client/app/views.hpp"

namespace waymark::screens {

using Commands = std::vector<app::Command>;

// Makes the command that writes a draft down. It is kept after the screen is gone: capture by value.
using MakeCommand = std::function<app::Command(const app::Field&)>;

// Longest wait for a pause in the typing, and for somebody who never pauses.
inline constexpr std::int64_t kDraftPause_ms = 900;
inline constexpr std::int64_t kDraftLongest_ms = 1'800;

class Draft {
 public:
  std::string text;  // what the editor shows and changes

  // After the editor has run: it changed `text`; it has the focus; the focus just left it.
  void edited(bool changed, bool focused, bool left, std::int64_t now_ms);
  bool unsaved() const { return changed_; }
  // The text with the base the student read when the change began.
  app::Field field() const { return {text, seen_.base}; }

 private:
  friend class Drafts;
  void follow(const app::Field& field);
  bool due(std::int64_t now_ms) const;
  app::Command hand_over();

  app::Field seen_;  // the view's, as last taken over
  MakeCommand make_;
  bool changed_ = false;  // since it was last handed over
  bool handed_ = false;   // handed over; the view has not answered yet
  bool focused_ = false, lost_focus_ = false, drawn_ = false, fresh_ = true;
  std::int64_t first_change_ms_ = 0, last_change_ms_ = 0;
};

class Drafts {
 public:
  // The draft of one editor. `key` is stable and unique ("glow.<project>.<step>"). An untouched draft follows
  // the view; a changed one keeps the student's words, and the base they were written on.
  Draft& open(const std::string& key, const app::Field& field, MakeCommand make);
  // Once a frame, after the screen: hands over what is due, or everything when `all` (before any other
  // command).
  void collect(std::int64_t now_ms, bool all, Commands& out);
  // Milliseconds until something is due; negative: nothing waits.
  std::int64_t due_in_ms(std::int64_t now_ms) const;
  // The draft's form was sent off: what it holds is still handed over, but then the view speaks again.
  void renew(const std::string& key);
  // One that was opened in this frame.
  Draft& at(const std::string& key) { return drafts_[key]; }
  // As its editor shows it now; what the view says when there is none.
  std::string text_of(const std::string& key, std::string_view of_view) const;
  bool any_unsaved() const;
  void clear() { drafts_.clear(); }

 private:
  std::map<std::string, Draft> drafts_;
};

// What only the window can do: let the student choose a file (a picture, when `photo`) and dispatch
// AttachFile with its path.
struct FileWish {
  std::string project, step;
  bool photo = false;
};

// What the window found for such a wish, latest first; a sheet offers it until one is chosen.
struct FoundFile {
  std::string path, name, folder;
  bool picture = false;
};
struct FileChoice {
  FileWish wish;
  std::vector<FoundFile> files;
};

struct Locals {
  // Set by the caller before each frame, from a clock that never goes back.
  std::int64_t now_ms = 0;
  // Set by draw(): where we are, and whether this is the first frame there (then `here.focus` takes the
  // focus).
  app::Destination here;
  bool arrived = false;
  bool can_go_back = false;
  int text_size = 100;    // per cent, as everything is shown now
  app::Person me;         // set by draw(): whose screen it is
  bool save_now = false;  // hand over every draft after this frame

  // The page that Pack up lies over: drawn, and not to be touched.
  std::optional<app::Destination> behind;
  app::ScreenView behind_view;

  Drafts drafts;
  std::optional<FileWish> file_wish;      // set by a screen; taken by the window after the frame
  std::optional<FileChoice> file_choice;  // set by the window

  // Small state of a screen, by stable key: folded parts, a choice not yet sent, a PIN half typed. All of it
  // is forgotten when the person changes.
  bool& flag(const std::string& key) { return flags_[key]; }
  std::string& word(const std::string& key) { return words_[key]; }
  int& number(const std::string& key) { return numbers_[key]; }
  void forget();

 private:
  std::map<std::string, bool> flags_;
  std::map<std::string, std::string> words_;
  std::map<std::string, int> numbers_;
};

}  // namespace waymark::screens
