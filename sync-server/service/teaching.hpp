// What a teacher sees and says: the class page, the queue of work to answer with replies that are held until
// they are sent together, observations, a student's page. Values out, ops in: everything is written through
// School::write, so a teacher can say here exactly what the table of kinds lets them say. Streams of drafts
// (own:) are read nowhere in this file.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sync-server/service/school.hpp"

namespace waymark::server {

// By language code.
using Texts = std::map<std::string, std::string, std::less<>>;

struct Learner {
  std::string id, name, first_name, mark;
};
struct HeardFrom {
  std::int64_t at_ms = 0;  // 0: never, as far as it is known here
  std::string computer;
  std::string carrier;  // whose hands brought it: hub, stick, or another computer; empty: none but its own
  std::int64_t waiting = 0;  // what was not sent yet when last heard from itself
  bool begun = false;        // has signed in or written somewhere
};

// Who hid a text and when (hiding.hpp); at 0: nobody. Its words are then in no page.
struct Hidden {
  std::string by;
  std::int64_t at_ms = 0;
};

// ---- what several wrote of one thing

// Levels and words by criterion, under its field's name ("my_question").
struct Judgement {
  std::map<std::string, std::int64_t> levels;
  std::string glow, grow, next, outcome;  // ready or another_look
};
// One of several that staff wrote of one thing without seeing each other (versions.hpp). `where`: school,
// room (in the class box `place`) or elsewhere. A held reply has `reply`, what opens first `form`, a class's
// today `pathway` and `step`.
struct Version {
  std::string op, by, where, place;
  std::int64_t at_ms = 0;
  Judgement reply;
  std::string form, pathway, step;
  std::vector<std::string> heads;
};
// What a page showed of a record: ids of ops.
using Saw = std::optional<std::vector<OpId>>;
// Of those that were shown: which is taken; none: both.
struct Choice {
  std::vector<OpId> saw;
  std::optional<OpId> take;
};

// ---- the class

// Why somebody needs the teacher. `type`: stuck, shown, answered (another look led to a new try), waiting,
// goal, quiet (not heard from for `days`; says nothing about the work), never (has not begun anywhere).
struct Need {
  std::string type;
  Learner student;
  std::string words;  // the student's own
  std::string project, step;
  Texts step_title;
  std::int64_t step_number = 0, try_number = 0, days = 0, since_ms = 0;
  std::string record;  // help, work, goal or turn-in
  std::string date;    // of a goal
  HeardFrom heard;
  std::int64_t more = 0;  // further reasons of the same student
};
struct ComputerLine {
  std::string name, carrier;
  std::int64_t heard_ms = 0, waiting = 0, students = 0;
};
struct TrailStop {
  std::string id;
  Texts title, good, stuck;  // what good looks like; what to do when stuck
  std::int64_t here = 0;
  bool today = false;
};
struct ClassTrail {
  std::string pathway, version;
  Texts title, question;
  std::int64_t on_this = 0, on_others = 0, without = 0;
  std::vector<TrailStop> stops;
};
struct ToAnswer {
  std::int64_t count = 0, oldest_ms = 0, second_tries = 0, held = 0, several = 0;  // held in several versions
};
struct PathwayName {
  std::string id, version;
  Texts title;
  std::vector<TrailStop> steps;
};
struct ClassPage {
  std::string id, title;
  std::int64_t students = 0, needing = 0, now_ms = 0;
  std::vector<Need> needs;  // most pressing first, one a student
  ToAnswer to_answer;
  std::vector<ComputerLine> computers;  // with something waiting first, then the longest silent
  ClassTrail trail;
  std::vector<Version> today_versions;
  std::vector<std::string> today_saw;
  std::vector<PathwayName> pathways;  // published, for choosing today's step
};
inline constexpr std::int64_t quiet_after_days = 7;

// `today` is the teacher's date, "2026-11-23": goals' dates are compared with it.
Result<ClassPage> class_page(School& school, const ClassId& class_id, std::string_view today);
Status set_today(School& school, const PersonId& teacher, const ClassId& class_id, std::string_view pathway,
                 std::string_view step, const Saw& saw = std::nullopt);
Status choose_today(School& school, const PersonId& teacher, const ClassId& class_id, const Choice& choice);

struct ClassLine {
  std::string id, title;
  std::int64_t students = 0, to_answer = 0;
};
Result<std::vector<ClassLine>> class_lines(School& school, const PersonId& teacher);
Result<bool> teaches_class(School& school, const PersonId& teacher, const ClassId& class_id);
Result<std::vector<Learner>> learners(School& school, const ClassId& class_id);

Status answer_help(School& school, const PersonId& teacher, const PersonId& student, std::string_view help,
                   std::string_view text);
Status confirm_shown(School& school, const PersonId& teacher, const PersonId& student, std::string_view work);

// ---- answering

struct Piece {
  std::string id, type, title, text, file, small, name, mime;
  std::int64_t bytes = 0, width = 0, height = 0, added_ms = 0;
  bool confirmed = false;
  bool changed_since = false;  // after it was turned in
  Hidden hidden;
};
struct AboutMe {
  std::string strengths, interests, languages, learn_best, need;
  std::int64_t written_ms = 0;
  Hidden hidden;
  std::string id;
};
struct Try {
  std::int64_t number = 0, at_ms = 0;
  std::map<std::string, std::int64_t> levels;
  Judgement review;
  bool reviewed = false;
};
struct TurnedIn {
  std::string turn_in, self_assessment, project, step, pathway, version, rubric;
  std::int64_t try_number = 1, at_ms = 0, step_number = 0;
  Learner student;
  Texts step_title, pathway_title;
  std::string question, note, product;
  std::map<std::string, std::int64_t> levels;
  std::map<std::string, std::string> because;
  std::map<std::string, std::vector<std::string>> evidence;
  std::string confidence, glow, grow, next;
  std::vector<Piece> work;
  AboutMe about;
  std::vector<std::string> goals;
  std::string opens_first;  // form the teacher set; empty: none
  std::vector<Try> earlier;
  bool held = false;
  Judgement reply;                     // as held, or as it was before it was taken back
  std::string held_by;                 // who holds it
  std::vector<Version> versions;       // of the reply: written without seeing each other, none is sent yet
  std::vector<std::string> saw;        // of the reply
  std::vector<std::string> opens_saw;  // of what opens first on this project
  Hidden hidden;                       // its note
  Hidden own_hidden;                   // what the student wrote while checking it
};
struct Queue {
  std::vector<TurnedIn> items;  // oldest first; held ones stay in their place
  std::int64_t held = 0;
  std::map<std::string, std::string> contents;  // version id -> the pathway's content, JSON
};
Result<Queue> review_queue(School& school, const ClassId& class_id);

// Held for the class's teachers; replaces what the teacher's page showed as held, and stands beside what a
// colleague held meanwhile. `not_found` when nothing of that id waits.
Status hold_reply(School& school, const PersonId& teacher, const ClassId& class_id, std::string_view turn_in,
                  const Judgement& reply, const Saw& saw = std::nullopt);
Status take_back(School& school, const PersonId& teacher, const ClassId& class_id, std::string_view turn_in,
                 const Saw& saw = std::nullopt);
// Which of several is held, for an answer that waits or was sent.
Status choose_reply(School& school, const PersonId& teacher, const PersonId& student,
                    std::string_view turn_in, const Choice& choice);
// Every held reply of the class becomes a review that its student reads; all or nothing. How many. One of
// which there are several versions stays held until one of them is chosen.
Result<std::int64_t> send_replies(School& school, const PersonId& teacher, const ClassId& class_id);

// ---- a student

struct Remark {
  std::string id, text, standard, by;
  std::int64_t at_ms = 0;
  Hidden hidden;
};
struct GoalPage {
  std::string id, want, first_step, by, how_know, obstacle, plan_if, plan_then, standard, state, learned;
  std::int64_t at_ms = 0;
  bool open = true;
  std::vector<Remark> thread;  // check-ins, oldest first
  Hidden hidden;
};
struct StepPage {
  std::string id, state;  // todo, doing, turned_in, another_look, ready
  Texts title;
  std::int64_t tries = 0, at_ms = 0;
  std::string planned;
};
struct ProjectPage {
  std::string id, pathway, version, question, why, product;
  Texts title;
  std::vector<StepPage> steps;
  std::string support;  // form that opens first
  std::vector<Version> support_versions;
  std::vector<std::string> support_saw;
  std::int64_t support_ms = 0, at_ms = 0;
  bool open = true;
  Hidden hidden;
};
struct ReviewLine {
  std::string id, project, step, rubric, version, by;
  std::string replaced_by;  // id of the answer that corrects this one; empty: it stands
  Texts step_title;
  std::int64_t at_ms = 0, try_number = 0;
  Judgement judgement;
  std::map<std::string, std::int64_t> own;  // the student's levels
  std::vector<Remark> replies;
};
// Everything that says something about one standard, oldest first. No average is made of it.
struct GrowthPoint {
  std::string kind, id;               // own, review, observation or conference; the record's id
  std::int64_t at_ms = 0, level = 0;  // level 0: said without one
};
struct GrowthLine {
  std::string standard, text;
  Texts title;                // of the criterion last used
  std::vector<Texts> levels;  // its levels' names, lowest first
  std::int64_t aim = 0;       // the level aimed for, from 1
  std::vector<GrowthPoint> points;
  std::vector<std::string> forms;  // how it was done, as last chosen for its steps
};
// A reply that was written without seeing the one that was sent.
struct Unsent {
  std::string turn_in, review, version, rubric;
  Texts step_title;
  std::vector<Version> versions;
};
struct StudentPage {
  Learner student;
  std::vector<std::string> classes;
  HeardFrom heard;
  AboutMe about;
  std::vector<GoalPage> goals;
  std::vector<ProjectPage> projects;
  std::vector<ReviewLine> reviews;   // newest first
  std::vector<Remark> observations;  // newest first
  std::vector<GrowthLine> growth;    // by standard
  std::string support;               // for every project
  std::vector<Version> support_versions;
  std::vector<std::string> support_saw;
  std::vector<Unsent> unsent;
  bool pin_set = false;
  std::int64_t now_ms = 0;
  std::string question_open;  // a help flag not answered yet
  std::int64_t hidden = 0;    // how many texts are
  std::map<std::string, std::string> contents;
};
Result<StudentPage> student_page(School& school, const PersonId& student);

// An answer that was sent is not changed: one that takes its place follows it, and both are kept. `conflict`
// when `review` does not stand any more.
Status correct_review(School& school, const PersonId& teacher, const PersonId& student,
                      std::string_view review, const Judgement& reply);

// What an observation may name: the standards of the class's published pathways first, then all others.
struct StandardLine {
  std::string code, text;
  bool used = false;  // by a pathway of the class
};
inline constexpr std::size_t standards_shown_max = 500;
Result<std::vector<StandardLine>> standards_of(School& school, const ClassId& class_id);

struct Observed {
  std::string text, standard, project, step;
};
Status observe(School& school, const PersonId& teacher, std::span<const PersonId> students,
               const Observed& observed);
// form: example, step_by_step, on_my_own; empty takes the choice back. Without a project: for all.
Status set_support(School& school, const PersonId& teacher, const PersonId& student, std::string_view project,
                   std::string_view form, const Saw& saw = std::nullopt);
Status choose_support(School& school, const PersonId& teacher, const PersonId& student,
                      std::string_view project, const Choice& choice);

}  // namespace waymark::server
