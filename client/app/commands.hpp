// What a screen can ask for: plain values, one struct a gesture. App::dispatch does them or says in one
// sentence why not; nothing else changes what the student has.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/app/destination.hpp"
#include "client/app/views.hpp"

namespace waymark::app {

struct Imported;

// ---- moving about
struct Go {
  Destination to;
};
struct Back {};
struct DismissToast {};

// ---- who is here
struct SignIn {
  std::string person;
};
struct EnterPin {
  std::string pin;  // digits as such; pictures as their numbers in hexadecimal, 0 … b
};
struct ChoosePin {  // asked for twice by PinView::again
  PinKind kind = PinKind::digits;
  std::string pin;
};
struct ChangePin {};  // opens choosing
struct Lock {};
struct JoinComputer {
  std::string address;
  std::string code;
};
struct JoinFromStarter {  // a file, where there is no network
  std::string path;
};
struct JoinWithCard {
  std::string card;
};
// What waits, onto a stick (or any folder), and the school's answer from it. Both stay on the screen `stick`.
struct WriteStick {
  std::string folder;
};
struct ReadStick {
  std::string folder;
};
// Moves the whole profile onto a stick, from where it opens at every computer of the school.
struct KeepOnStick {
  std::string folder;
};
struct ForgetMe {};      // `conflict` while something is not at school
struct ChooseLanguage {  // before anybody is signed in
  std::string code;
};
struct ChooseTextSize {
  int percent = 100;
};

// ---- projects and steps
struct ChooseProject {
  std::string pathway;
  std::string product;
  std::string question;  // own; empty: the pathway's
  std::string why;
};
struct FilterIdeas {
  IdeaFilter filter = IdeaFilter::everything;
};
struct MarkIdea {  // for comparison; marks or unmarks
  std::string pathway;
};
struct PickIdea {  // within the comparison
  std::string pathway;
};
struct PickProduct {
  std::string product;
};
struct SetOwnQuestion {
  std::string project;
  Field question;
};
struct TickItem {
  std::string project, step, item;
  bool done = true;
};
struct OpenForm {
  std::string project, step;
  Form form = Form::step_by_step;
};
struct PlanStep {
  std::string project, step;
  std::string day;  // "2026-11-27", or empty
};

// ---- work
struct WriteWork {  // a text or a link; `work` empty: a new one
  std::string project, step, work;
  WorkType type = WorkType::text;
  Field title;
  Field text;
};
struct AttachFile {
  std::string project, step;
  std::string path;
  std::string title;
  bool photo = false;                          // must be a picture
  std::shared_ptr<const Imported> taken = {};  // it is in the folder already: App has it taken in aside
  std::string drawing = {};                    // instead of a path; its draft is closed
};
struct ShowInPerson {
  std::string project, step;
  std::string title;
};
struct RenameWork {
  std::string work;
  Field title;
};
struct DeleteWork {
  std::string work;
};

// ---- goals
struct SaveGoal {  // `goal` empty: a new one, and its draft is done with
  std::string goal;
  std::string base;
  GoalFields fields;
};
struct CheckIn {
  std::string goal;
  std::string text;
  std::optional<bool> plan_helped;
};
struct NewDate {
  std::string goal;
  std::string by;
};
struct WrapUpGoal {
  std::string goal;
  std::string learned;
};
struct ReopenGoal {
  std::string goal;
};

// ---- check my work; every one changes a draft that is the student's alone
struct SetLevel {
  std::string project, step, criterion;
  int level = 0;  // 0 takes the choice back
};
struct SetBecause {
  std::string project, step, criterion;
  Field because;
};
struct ToggleEvidence {
  std::string project, step, criterion, work;
};
struct SetConfidence {
  std::string project, step;
  std::string confidence;  // foggy | most | clear
};
struct SetGlow {
  std::string project, step;
  Field text;
};
struct SetGrow {
  std::string project, step;
  Field text;
};
struct SetNext {
  std::string project, step;
  Field text;
};
struct TurnIn {
  std::string project, step;
  std::string note;
};

// ---- help, answers, packing up
struct AskForHelp {
  std::string project, step;
  std::string text;
  std::vector<std::string> tried;  // example | classmate | another_step
};
struct SettleHelp {
  std::string help;
};
struct ReadAnswer {
  std::string review;
};
struct Reply {
  std::string review;
  std::string text;
};
struct DismissNote {
  Note note;
};
struct PackUp {  // saves the line (which may be empty) and locks
  std::string line;
};
struct SetAboutMe {
  std::string field;  // strengths | interests | languages | learn_best | need | chosen_name
  Field text;
};
struct SetMark {
  Mark mark;
};

// ---- settings
struct SetPreference {
  std::string name;   // language | theme | text_size | typeface | reduced_motion | read_aloud
  std::string value;  // "on" and "off" for switches
};

// ---- safety nets
struct SaveDraft {  // a half-written form, under a name of the screen's own: "goal.new", "stuck.<step>"
  std::string place;
  std::vector<std::pair<std::string, std::string>> texts;
};
struct DropDraft {
  std::string place;
};
struct ResolveConflict {
  std::string id;
  std::string op;  // the version to carry on with
  bool keep_both = false;
};
struct PutBack {  // an earlier version, as HistoryView has it
  std::string id, field;
  std::string op;
};
struct DismissRefusal {
  std::string op;
};
struct Undo {};
struct Redo {};

// All of them.
template <class... T>
struct GestureList {};
using Gestures =
    GestureList<Go, Back, DismissToast, SignIn, EnterPin, ChoosePin, ChangePin, Lock, JoinComputer,
                JoinFromStarter, JoinWithCard, WriteStick, ReadStick, KeepOnStick, ForgetMe, ChooseLanguage,
                ChooseTextSize, ChooseProject, FilterIdeas, MarkIdea, PickIdea, PickProduct, SetOwnQuestion,
                TickItem, OpenForm, PlanStep, WriteWork, AttachFile, ShowInPerson, RenameWork, DeleteWork,
                SaveGoal, CheckIn, NewDate, WrapUpGoal, ReopenGoal, SetLevel, SetBecause, ToggleEvidence,
                SetConfidence, SetGlow, SetGrow, SetNext, TurnIn, AskForHelp, SettleHelp, ReadAnswer, Reply,
                DismissNote, PackUp, SetAboutMe, SetMark, SetPreference, SaveDraft, DropDraft,
                ResolveConflict, PutBack, DismissRefusal, Undo, Redo>;

// One gesture on its way to App. It is held by pointer: a screen that makes one compiles nothing about the
// others (a variant of all of them cost every screen four seconds).
class Command {
 public:
  template <class T>
  requires(!std::same_as<T, Command>)
      Command(T gesture)  // NOLINT(google-explicit-constructor): a screen says out.push_back(app::Undo{})
      : index_(index_of<T>(static_cast<Gestures*>(nullptr))),
        gesture_(std::make_shared<const T>(std::move(gesture))) {}

  // Its place in Gestures.
  std::size_t index() const { return index_; }
  // The gesture if it is a T, or null.
  template <class T>
  const T* get_if() const {
    return index_ == index_of<T>(static_cast<Gestures*>(nullptr)) ? static_cast<const T*>(gesture_.get())
                                                                  : nullptr;
  }
  // Calls `on` with the gesture, whichever it is; all answers have the same type.
  template <class F>
  decltype(auto) visit(F&& on) const {
    return visit_of(on, static_cast<Gestures*>(nullptr));
  }

 private:
  template <class T, class... All>
  static consteval std::size_t index_of(GestureList<All...>*) {
    static_assert((std::same_as<T, All> || ...), "not one of the gestures");
    std::size_t index = 0;
    (void)((std::same_as<T, All> || (++index, false)) || ...);
    return index;
  }
  template <class F, class First, class... Rest>
  decltype(auto) visit_of(F& on, GestureList<First, Rest...>*) const {
    using Answer = decltype(on(std::declval<const First&>()));
    using Call = Answer (*)(F&, const void*);
    static constexpr Call calls[] = {
        [](F& f, const void* held) -> Answer { return f(*static_cast<const First*>(held)); },
        [](F& f, const void* held) -> Answer { return f(*static_cast<const Rest*>(held)); }...};
    return calls[index_](on, gesture_.get());
  }

  std::size_t index_;
  std::shared_ptr<const void> gesture_;
};

}  // namespace waymark::app
