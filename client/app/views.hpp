// What each screen shows, complete: a screen does no computing, reads no record and knows no clock. Words of
// ours are phrases (keys of the catalogue); words of students, teachers and pathways are texts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/app/destination.hpp"
#include "client/app/phrase.hpp"

namespace waymark::app {

// ---- pieces that several screens show

// The sign a student composed: a shape on a disc. Words of the palette, for the kit to draw.
struct Mark {
  std::string shape;  // "trefoil"; empty: none chosen, the kit shows the first letter
  std::string ink;    // colour of the shape
  std::string disc;
  bool operator==(const Mark&) const = default;
};

struct Person {
  std::string id;    // 32 hexadecimal digits
  std::string name;  // as the person writes it
  Mark mark;
  bool operator==(const Person&) const = default;
};

enum class StepState { todo, doing, turned_in, another_look, ready };

struct TrailStep {
  std::string id;
  std::string title;
  StepState state = StepState::todo;
  bool here = false;  // the flag stands on it
  Day planned;
  bool operator==(const TrailStep&) const = default;
};

struct Trail {
  std::string seed;  // the project's id: the form of the path and its stones
  std::vector<TrailStep> steps;
  bool operator==(const Trail&) const = default;
};

// The foot of every screen. `problem` is empty while all is well.
struct StatusView {
  bool saved = true;  // what was last changed is on this computer's disk
  Moment saved_at;
  std::int64_t waiting = 0;  // things not sent yet: records, not changes
  std::int64_t files_waiting = 0;
  bool elsewhere = false;  // nothing waits here, but something from another computer is not at school
  Moment waiting_since;
  Moment heard;  // when school was last heard from; none: never
  Phrase saved_phrase, waiting_phrase, heard_phrase;
  Phrase files_phrase;  // the photos and files that are on this computer only
  Phrase problem;       // what happened and that work is safe
  Phrase problem_do;    // what to do
  std::int64_t conflicts = 0;
  std::int64_t refusals = 0;
  bool operator==(const StatusView&) const = default;
};

// Around every screen of a signed-in student.
struct FrameView {
  Person me;
  Destination here;
  bool can_go_back = false;
  StatusView status;
  Phrase undo, redo;  // "Undo: choose On target"; empty: nothing to undo
  Phrase toast;       // the last thing done that offers Undo; gone after eight seconds
  Phrase error;       // why the last command was not done; stays until the next
  bool operator==(const FrameView&) const = default;
};

// ---- before signing in

struct Language {
  std::string code;      // "es"
  std::string own_name;  // "Español"
  bool chosen = false;
  bool operator==(const Language&) const = default;
};

struct WhoView {
  std::vector<Person> tiles;  // used here lately, most recent first, at most ten
  bool more = false;          // others have used this computer: "Someone else"
  std::vector<Person> others;
  std::vector<Language> languages;
  int text_size = 100;
  bool joined = false;   // the computer belongs to a school
  std::string computer;  // "lab-03"
  std::string school;
  Moment heard;
  Phrase heard_phrase;  // "last heard from school on Monday. Work you did somewhere else …"
  Phrase forgets;       // what is written here is gone at the next start
  Phrase notice;        // a different seat, a profile mended, a folder in use
  bool operator==(const WhoView&) const = default;
};

enum class JoinStep { computer_code, card, choose_pin, done };
struct SchoolNear {  // as it announces itself: not proved yet
  std::string name, address;
  bool operator==(const SchoolNear&) const = default;
};
// A drive that can be carried about, or a file on it.
struct StickPlace {
  std::string path, name;
  bool operator==(const StickPlace&) const = default;
};
struct JoinView {
  JoinStep step = JoinStep::computer_code;
  std::string address;  // of the school's server, as typed or found
  std::string code;     // as typed
  std::string card;
  std::vector<SchoolNear> near;      // on this network
  std::vector<StickPlace> starters;  // files to begin with, on sticks that are plugged in
  bool busy = false;
  Phrase error;
  std::string school;       // once joined
  std::string fingerprint;  // of the school's identity, in groups, to compare with the printed card
  bool operator==(const JoinView&) const = default;
};

enum class PinKind { digits, pictures };
struct PinView {
  bool choosing = false;  // choose a new one, else enter it
  bool again = false;     // choosing: once more, to be sure
  PinKind kind = PinKind::digits;
  bool may_switch = false;
  int slots = 4;
  Person who;
  int wait_s = 0;    // seconds until the next try counts
  Phrase unchecked;  // why nobody can tell here whether it is right, and what to do
  Phrase error;
  bool operator==(const PinView&) const = default;
};

// ---- today and packing up

enum class NextOrigin {
  first_day,  // choose your first project
  pack_up,    // "Next time I …", the student's own line
  answer,     // the teacher's next step
  own_next,   // the next step written when turning in
  item,       // the step's next item
  check,      // everything done: check my work, or turn in
  waiting,    // all turned in: nothing to do but wait, look around
  finished,   // every step ready: choose another project
};

struct NextCard {
  NextOrigin origin = NextOrigin::first_day;
  Phrase lead;        // "Yesterday you wrote:"
  std::string words;  // the line, spelling untouched; empty: `headline` speaks
  bool quoted = false;
  Phrase headline;
  Phrase detail;
  Phrase button;    // "Carry on"
  Phrase leads_to;  // "opens your question log"
  Destination to;
  std::string project_question;
  std::string emblem, seed;
  bool operator==(const NextCard&) const = default;
};

enum class NoteKind { answer, goal, waiting, conflict, refusal, help_answer, hidden, came_back };
struct Note {
  NoteKind kind = NoteKind::answer;
  Phrase title;
  std::string words;  // own or the teacher's; empty: `detail`
  Phrase detail;
  Destination to;
  bool operator==(const Note&) const = default;
};

struct TodayView {
  Phrase greeting;
  Day today;
  NextCard next;
  std::vector<Note> notes;  // at most three
  bool has_project = false;
  std::string project;  // its id
  std::string question, pathway_title, emblem;
  Trail trail;
  bool operator==(const TodayView&) const = default;
};

struct PackUpView {
  Field line;  // kept while the sheet is open
  std::vector<std::string> suggestions;
  Phrase saved, waiting;
  Phrase forgets;  // the computer will, and something waits
  bool operator==(const PackUpView&) const = default;
};

// ---- goals

struct StandardTag {
  std::string code;
  std::string text;
  bool chosen = false;
  bool operator==(const StandardTag&) const = default;
};

struct CheckInLine {
  Moment at;
  std::string text;
  std::optional<bool> plan_helped;
  Phrase hidden;  // as of a goal
  bool operator==(const CheckInLine&) const = default;
};

struct GoalFields {
  std::string want, first_step, how_know, obstacle, plan_if, plan_then;
  std::string standard;  // code
  std::string project;
  std::string by;  // "2026-11-27"
  bool operator==(const GoalFields&) const = default;
};

struct GoalCard {
  std::string id;
  std::string base;
  GoalFields fields;
  Day by;
  bool passed = false;  // the date has gone by: New date, Wrap up, Change it
  std::string standard_text;
  std::string project_question;
  std::vector<CheckInLine> check_ins;  // latest first
  std::string check_in_draft;          // a check-in half written
  bool wrapped_up = false;
  Moment wrapped_at;
  std::string learned;
  std::string learned_draft;  // the same of wrapping up
  bool conflict = false;
  std::string earlier;  // HistoryView::id; empty: it was never written anew
  Phrase hidden;        // a teacher hid it: by whom, and what that means; empty: nobody did
  bool operator==(const GoalCard&) const = default;
};

struct GoalsView {
  std::vector<GoalCard> open;  // by date
  std::vector<GoalCard> past;  // latest first
  GoalFields draft;            // a new goal, half written
  bool draft_open = false;     // the draft holds something
  bool sturdier_open = false;  // the draft holds a sturdier field
  std::string proposed_by;     // the next Friday, or two weeks at most
  Day proposed_by_day;
  std::vector<StandardTag> proposed_standards;  // of the current project
  bool operator==(const GoalsView&) const = default;
};

// ---- ideas

enum class ReasonSource { still_needed, about_me, own_question, goes_on, none };
struct Reason {
  ReasonSource source = ReasonSource::none;
  Phrase phrase;      // "You still need: {standard}"
  std::string words;  // the student's own, quoted
  bool operator==(const Reason&) const = default;
};

struct Product {
  std::string id, title, detail;
  bool operator==(const Product&) const = default;
};

struct IdeaCard {
  std::string pathway;  // record id
  std::string version;
  std::string title, question, summary;
  std::string emblem;
  int lessons = 0;
  bool alone = false, team = false;
  Reason reason;
  bool needed = false, liked = false;  // what the filters read
  bool marked = false;                 // for comparison
  bool chosen_already = false;
  std::string project;  // when chosen already
  bool operator==(const IdeaCard&) const = default;
};

enum class IdeaFilter { everything, needed, liked, alone, together };
struct IdeasView {
  IdeaFilter filter = IdeaFilter::everything;
  std::vector<IdeaFilter> filters;  // those that would leave something
  std::vector<IdeaCard> cards;      // what the filter leaves, in the class's order
  int marked = 0;                   // two or three open the comparison
  bool none_yet = false;            // the class has published nothing that this computer has
  bool operator==(const IdeasView&) const = default;
};

struct IdeaDetail {
  IdeaCard card;
  std::string do_text;             // what you would do
  std::vector<StandardTag> learn;  // what you could learn
  std::string why_it_matters;
  std::vector<Reason> reasons;
  std::vector<std::string> good_to_know;  // what it costs, honestly
  std::vector<Product> products;
  bool chosen = false;
  bool operator==(const IdeaDetail&) const = default;
};

struct CompareIdeasView {
  std::vector<IdeaDetail> ideas;  // two or three; one when a single idea is looked at
  std::string chosen;             // pathway; empty: none yet
  std::string product;
  Field why;       // kept while half written
  Phrase waiting;  // what the button waits for; empty: it may be pressed
  bool operator==(const CompareIdeasView&) const = default;
};

// ---- a project

enum class Form { example, step_by_step, on_my_own };

struct Item {
  std::string id;
  std::string text;
  bool done = false;
  bool next = false;
  bool operator==(const Item&) const = default;
};

enum class WorkType { text, photo, file, link, shown_in_person };
struct WorkPiece {
  std::string id;
  WorkType type = WorkType::text;
  Field title;
  Field text;             // text: the piece; link: the address
  std::string name;       // of the file
  std::string thumbnail;  // path of a picture at most 320 px; empty: none
  std::string path;       // of the whole file here; empty: its content is not on this computer
  std::int64_t bytes = 0;
  int width = 0, height = 0;
  Moment added;
  bool confirmed = false;  // shown in person: an adult has confirmed it
  std::string confirmed_by;
  bool sent = false;
  bool chosen = false;  // as evidence, where it is offered as such
  bool conflict = false;
  Phrase hidden;        // as of a goal
  std::string earlier;  // as of a goal
  bool operator==(const WorkPiece&) const = default;
};

struct ExampleForm {
  std::string work;
  std::vector<std::string> thinking;
  bool operator==(const ExampleForm&) const = default;
};
struct GuidedForm {
  std::string intro;
  std::vector<Item> items;
  std::vector<std::string> starters;
  std::vector<std::string> if_stuck;
  bool operator==(const GuidedForm&) const = default;
};

struct HelpLine {
  std::string id;
  std::string text;
  Moment asked;
  bool sent = false;
  std::string answer;
  std::string answered_by;
  bool operator==(const HelpLine&) const = default;
};

struct StuckPanel {
  std::vector<std::string> hints;  // of the pathway
  bool has_example = false;
  std::string another_step, another_step_title;  // something else for now; empty: nothing
  std::string teacher;                           // who will see it
  Phrase seen_when;                              // when, as far as it is known
  std::optional<HelpLine> open;                  // asked already
  Field draft;
  bool operator==(const StuckPanel&) const = default;
};

// One time the step was turned in, as the student saw it then; tries lie side by side.
struct TryLine {
  std::string criterion, level_name;
  int level = 0;
  bool operator==(const TryLine&) const = default;
};
struct TryView {
  int number = 1;
  Moment at;
  std::vector<TryLine> lines;  // by criterion
  std::string next;            // what the student wanted to do next
  std::string answer;          // the teacher's review; empty: none yet
  bool ready = false;
  bool operator==(const TryView&) const = default;
};

struct StepView {
  std::string id;
  std::string title, purpose, what_good_looks_like;
  StepState state = StepState::todo;
  Day planned;
  std::vector<StandardTag> standards;
  Form open = Form::step_by_step;  // what is open now
  std::vector<Form> forms;         // those the pathway has
  ExampleForm example;
  GuidedForm guided;
  std::string on_my_own;
  std::string gentler, stretch;
  std::vector<WorkPiece> work;
  std::vector<std::string> work_ideas;  // kinds of work the pathway suggests
  bool has_check = false;               // the pathway marks this step for Check my work
  bool check_begun = false, check_done = false;
  Destination check;
  bool can_turn_in = false;
  Phrase turn_in_waits_for;  // why not yet; empty when it can
  std::string answer;        // review to read; empty: none
  bool answer_unread = false;
  std::vector<TryView> tries;  // turned in so far
  std::string turn_in_note;    // half written
  Field drawing;               // half drawn, as app::read_drawing reads it
  Field drawing_says;          // and its words
  Moment turned_in_at;
  bool turned_in_sent = false;  // it is at school
  StuckPanel stuck;
  bool operator==(const StepView&) const = default;
};

struct ProjectView {
  bool none = true;  // no project yet: the screen leads to the ideas
  Day today;
  std::string id;
  std::string title, question, product, emblem;
  Field own_question;
  Trail trail;
  StepView step;
  std::vector<std::pair<std::string, std::string>> projects;  // id and question of all that are open
  bool conflict = false;
  std::vector<Phrase> hidden;  // of the project itself, and of what was written at this step
  bool operator==(const ProjectView&) const = default;
};

// ---- check my work

struct LevelCard {
  int level = 1;  // 1 is the lowest
  std::string name;
  Runs text;
  bool aim = false;  // what we aim for
  bool chosen = false;
  bool operator==(const LevelCard&) const = default;
};

struct CriterionMark {
  std::string id, title;
  int level = 0;  // 0: not chosen yet
  std::string level_name;
  bool here = false;
  bool operator==(const CriterionMark&) const = default;
};

enum class BecauseNeed { optional, proudest, hardest, all };
struct CheckView {
  std::string project, step, rubric_title, step_title;
  int attempt = 1;  // 2: a second try
  std::vector<CriterionMark> trail;
  std::string criterion;
  std::string question;
  StandardTag standard;
  std::vector<LevelCard> levels;  // lowest first
  int aim = 0;
  Field because;
  bool because_needed = false;  // this one is among those that need a reason
  Phrase because_hint;
  std::vector<WorkPiece> evidence;
  Destination back, next;
  bool last = false;
  bool turned_in = false;  // nothing can be changed any more
  int earlier_level = 0;   // of the try before
  std::string earlier_because;
  bool conflict = false;
  bool operator==(const CheckView&) const = default;
};

struct Coming {
  Phrase phrase;
  bool operator==(const Coming&) const = default;
};

struct FinishView {
  std::string project, step, step_title;
  int attempt = 1;
  std::vector<CriterionMark> criteria;  // each leads back
  std::string confidence;               // foggy | most | clear; empty: not said
  Field glow, grow, next;
  std::vector<Coming> coming;  // what happens next, in order
  bool can_turn_in = false;
  Phrase waits_for;
  Destination waits_to;  // where what is missing is
  Destination back;
  bool operator==(const FinishView&) const = default;
};

// ---- the teacher's answer

struct ViewSide {
  int level = 0;
  std::string level_name;
  Runs text;  // the words that differ from the other side are marked
  std::string words;
  bool operator==(const ViewSide&) const = default;
};
struct ComparedCriterion {
  std::string id, title;
  ViewSide mine, theirs;
  bool same = false;
  std::string phrase;  // exemplar's line for it
  bool operator==(const ComparedCriterion&) const = default;
};

struct AnswerView {
  std::string review;
  std::string project, step, step_title, question;
  std::string teacher;
  Mark teacher_mark;
  Moment at;
  Moment corrects;  // when the answer was written whose place this one takes; empty: it is the first
  std::string glow, grow, next;
  bool ready = false;  // else: another look
  bool can_compare = false;
  std::vector<ComparedCriterion> compared;
  std::string exemplar_title, exemplar_from;
  std::vector<std::pair<std::string, std::string>> exemplar;  // about, text
  Field reply;
  std::vector<std::string> replies;
  bool saw_older_work = false;  // the work has changed since the teacher looked
  Destination try_now;
  bool second_try = false;  // another look opens one
  bool operator==(const AnswerView&) const = default;
};

// ---- growth and about me

enum class EvidenceKind { own_view, review, observation, conference, classmate };
struct GrowthDot {
  EvidenceKind kind = EvidenceKind::own_view;
  int level = 0;  // 0: said without a level
  Moment at;
  std::string words;
  Destination to;
  bool operator==(const GrowthDot&) const = default;
};
struct SupportDot {
  Form form = Form::step_by_step;
  Day day;
  bool operator==(const SupportDot&) const = default;
};
struct GrowthView {
  std::vector<StandardTag> standards;    // those with evidence; one chosen
  std::vector<std::string> level_names;  // lowest first
  std::vector<GrowthDot> dots;           // by time
  std::vector<SupportDot> support;
  Day first, last;
  bool operator==(const GrowthView&) const = default;
};

struct AboutMeView {
  Field strengths, interests, languages, learn_best, need, chosen_name;
  Mark mark;
  std::string earlier;  // as of a goal
  Phrase hidden;
  bool operator==(const AboutMeView&) const = default;
};

// ---- settings, conflicts, refusals

struct WaitingThing {
  std::string kind;  // of record, for the sign
  Phrase title;
  std::int64_t count = 1;
  Moment since;
  bool operator==(const WaitingThing&) const = default;
};
struct SettingsView {
  std::vector<Language> languages;
  std::string theme;  // system | light | dusk | contrast
  int text_size = 100;
  std::string typeface;  // reading | plain | dyslexic
  bool reduced_motion = false, read_aloud = false;
  std::string computer, school;
  StatusView status;
  std::vector<WaitingThing> waiting;
  PinKind pin_kind = PinKind::digits;
  bool has_pin = false;
  std::int64_t stored_bytes = 0;
  bool can_forget = false;  // everything is at school
  bool operator==(const SettingsView&) const = default;
};

struct Version {
  std::string op;      // what ResolveConflict names
  std::string author;  // name; empty: the student
  bool here = false;   // written on this computer
  std::string place;   // name of the computer, where it is known
  Moment at;
  Runs text;  // the words that only this one has are marked
  // Where it is no text, or not only: what it says, a picture's path, strokes, a student's mark.
  Phrase says;
  std::vector<Phrase> more;
  std::string picture;
  std::string drawing;
  Mark mark;
  bool operator==(const Version&) const = default;
};
struct ConflictView {
  std::string id;  // "<kind>/<record>/<field>"
  Phrase what;     // "Find sources: what my second source says"
  std::string what_words;
  std::vector<Version> versions;  // newest first
  bool can_keep_both = false;     // only texts can be put one under the other
  bool from_undo = false;         // an undo met a newer change
  std::size_t more = 0;           // others wait after this one
  bool operator==(const ConflictView&) const = default;
};

// Of a text that was written anew: what stood there before, wherever that was written.
struct EarlierVersion {
  std::string field;
  Phrase what;  // "What I want to get better at"
  Version version;
  bool operator==(const EarlierVersion&) const = default;
};
struct HistoryView {
  std::string id;                        // "<kind>/<record>"
  std::string words;                     // by which the student knows it
  std::vector<EarlierVersion> versions;  // latest first
  bool operator==(const HistoryView&) const = default;
};

struct RefusalLine {
  std::string op;
  Phrase what;      // what it was
  Phrase sentence;  // why, and what to do: "error.<code>"
  std::string words;
  Moment at;
  bool operator==(const RefusalLine&) const = default;
};
struct RefusalsView {
  std::vector<RefusalLine> lines;
  bool operator==(const RefusalsView&) const = default;
};

struct StickView {
  std::vector<StickPlace> places;  // that are plugged in now
  Phrase waiting;                  // how many changes the school has not answered yet
  bool any_waiting = false;
  bool kept = false;  // the profile itself is on a stick
  Phrase done;        // what was just written or read
  Phrase problem;     // why it was not
  Phrase next;        // what follows from either
  bool operator==(const StickView&) const = default;
};

}  // namespace waymark::app
