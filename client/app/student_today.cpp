// Today: what is next, in the student's own words where there are any, and packing up.
#include <algorithm>

#include "client/app/student_views.hpp"
#include "shared/base/text.hpp"
#include "shared/domain/kinds.hpp"

namespace waymark::app {
namespace {

constexpr std::size_t kNotesMax = 3;
constexpr int kHiddenDays = 7, kGoalSoonDays = 2;

// Work done after a moment: a reason to show the next item rather than what was written before it.
bool worked_since(const Scene& scene, std::string_view project, std::int64_t at_ms) {
  for (const RecordList* records : {&scene.r.steps, &scene.r.works})
    for (const auto& record : *records)
      if (record.text("project") == project && record.changed_ms() > at_ms) return true;
  for (const auto& draft : scene.r.assessment_drafts)
    if (draft.text("project") == project && draft.text("turned_in").empty() && draft.changed_ms() > at_ms)
      return true;
  return false;
}

const Record* unread_review(const Scene& scene) {
  const Record* found = nullptr;
  for (const auto& review : scene.r.reviews)
    if (!scene.r.is_seen(id_of(review)) && find_record(scene.r.projects, review.text("project")))
      found = &review;  // the latest
  return found;
}

Phrase opens(const Scene& scene, const ProjectState& project, const Destination& to) {
  const auto* step = project.pathway->content.step(to.step);
  if (to.focus == Focus::item && step)
    for (const auto& item : items_of(scene, project, *step))
      if (item.id == to.part) return phrase("today.opens_item", {{"item", one_line(item.text)}});
  if (to.focus == Focus::work)
    if (const auto* work = find_record(scene.r.works, to.record))
      if (!work->text("title").empty())
        return phrase("today.opens_work", {{"work", one_line(work->text("title"))}});
  if (step) return phrase("today.opens_step", {{"step", scene.words(step->title)}});
  return phrase("today.opens_project");
}

Phrase wrote_when(const Scene& scene, std::int64_t at_ms) {
  auto moment = scene.calendar.moment(at_ms);
  if (!moment) return phrase("today.you_wrote");
  if (moment.day.from_today == 0) return phrase("today.you_wrote_today");
  if (moment.day.from_today == -1) return phrase("today.you_wrote_yesterday");
  return phrase("today.you_wrote_on", {{"day", moment.day}});
}

// "item.2", "work.<id>", "check.<criterion>", "finish", "": where a pack-up line leads back to.
Destination packed_place(const std::string& project, const std::string& step, const std::string& place) {
  Destination to{Screen::project, project, step, {}, {}, Focus::none};
  if (place.starts_with("item.")) to.focus = Focus::item, to.part = place.substr(5);
  if (place.starts_with("work.")) to.focus = Focus::work, to.record = place.substr(5);
  if (place.starts_with("check.")) to.screen = Screen::check, to.part = place.substr(6);
  if (place == "finish") to.screen = Screen::finish;
  return to;
}

NextCard next_card(const Scene& scene) {
  NextCard card;
  auto project = current_project(scene);
  if (!project && !scene.r.projects.empty()) {
    // A project is chosen; what its class has about it has not come to this computer yet.
    card.origin = NextOrigin::waiting;
    card.headline = phrase("today.project_comes");
    card.detail = phrase("today.project_comes_detail");
    card.button = phrase("today.look_at_goals");
    card.to = {Screen::goals, {}, {}, {}, {}, Focus::none};
    return card;
  }
  if (!project) {
    card.origin = NextOrigin::first_day;
    card.headline = phrase("today.first_project");
    card.detail = phrase("today.first_project_detail");
    card.button = phrase("today.look_at_ideas");
    card.to = {Screen::ideas, {}, {}, {}, {}, Focus::none};
    return card;
  }
  auto dress = [&](const ProjectState& of) {
    card.project_question = question_of(scene, of);
    card.emblem = emblem_of(of.pathway->content);
    card.seed = of.id();
  };
  dress(*project);
  card.button = phrase("today.carry_on");
  auto id = project->id();
  const auto& content = project->pathway->content;

  // 1. An answer that has not been read.
  if (const auto* review = unread_review(scene)) {
    if (auto of = project_of(scene, review->text("project"))) dress(*of);
    auto teacher = scene.r.name_of(review->author());
    card.origin = NextOrigin::answer;
    card.lead = teacher.empty() ? phrase("today.teacher_answered_unnamed")
                                : phrase("today.teacher_answered", {{"teacher", teacher}});
    card.words = review->text("next");
    if (card.words.empty()) card.words = review->text("glow");
    card.quoted = !card.words.empty();
    if (card.words.empty()) card.headline = phrase("today.answer_is_here");
    card.button = phrase("today.read_answer");
    card.leads_to = phrase("today.opens_answer");
    card.to = {Screen::answer, review->text("project"), review->text("step"), {}, id_of(*review),
               Focus::none};
    return card;
  }

  // 2. The student's own line from packing up, until the step it was about is turned in.
  if (!scene.r.pack_ups.empty()) {
    const auto& packed = scene.r.pack_ups.back();
    auto of_project = packed.text("project").empty() ? id : packed.text("project");
    auto step = packed.text("step");
    bool fresh = !trim(packed.text("line")).empty() && find_record(scene.r.projects, of_project);
    for (const auto& turn_in : scene.r.turn_ins)
      if (turn_in.text("project") == of_project && turn_in.created_ms > packed.created_ms) fresh = false;
    auto of = project_of(scene, of_project);
    if (fresh && of) {
      if (!of->pathway->content.step(step)) {
        const auto* here = step_here(scene, *of);
        step = here ? here->id : of->pathway->content.steps.back().id;
      }
      dress(*of);
      card.origin = NextOrigin::pack_up;
      card.lead = wrote_when(scene, packed.created_ms);
      card.words = packed.text("line");
      card.quoted = true;
      card.to = packed_place(of->id(), step, packed.text("place"));
      card.leads_to = opens(scene, *of, card.to);
      return card;
    }
  }

  const auto* here = step_here(scene, *project);
  // 3. What was said last: the teacher's next step, or the one the student wrote when turning in.
  if (here) {
    const Record* said = nullptr;
    for (const auto& review : scene.r.reviews)
      if (review.text("project") == id && !review.text("next").empty()) said = &review;
    for (const auto& own : scene.r.self_assessments)
      if (own.text("project") == id && !trim(own.text("next")).empty() &&
          (!said || own.created_ms > said->created_ms))
        said = &own;
    if (said && !worked_since(scene, id, said->created_ms)) {
      bool teacher = said->key.kind == "review";
      card.origin = teacher ? NextOrigin::answer : NextOrigin::own_next;
      card.lead = teacher ? phrase("today.teacher_next", {{"teacher", scene.r.name_of(said->author())}})
                          : wrote_when(scene, said->created_ms);
      card.words = said->text("next");
      card.quoted = true;
      bool again = teacher && step_state(scene, *project, *here) == StepState::another_look &&
                   said->text("step") == here->id;
      card.to = {Screen::project, id, here->id, {}, {}, again ? Focus::add_work : Focus::none};
      card.leads_to = opens(scene, *project, card.to);
      return card;
    }
  }

  // 4. Everything is turned in.
  if (!here) {
    bool finished = true;
    for (const auto& step : content.steps)
      finished = finished && step_state(scene, *project, step) == StepState::ready;
    card.origin = finished ? NextOrigin::finished : NextOrigin::waiting;
    card.headline = phrase(finished ? "today.finished" : "today.waiting");
    card.detail = phrase(finished ? "today.finished_detail" : "today.waiting_detail");
    card.button = phrase(finished ? "today.look_at_ideas" : "today.look_at_project");
    card.to = finished ? Destination{Screen::ideas, {}, {}, {}, {}, Focus::none}
                       : Destination{Screen::project, id, content.steps.back().id, {}, {}, Focus::none};
    return card;
  }

  // 5. The next item of the step.
  auto step_title = scene.words(here->title);
  for (const auto& item : items_of(scene, *project, *here)) {
    if (!item.next) continue;
    card.origin = NextOrigin::item;
    card.lead = phrase("today.in_step", {{"step", step_title}});
    card.headline = phrase("today.item", {{"item", item.text}});
    card.to = {Screen::project, id, here->id, item.id, {}, Focus::item};
    card.leads_to = phrase("today.opens_step", {{"step", step_title}});
    return card;
  }
  // 6. Work to add, work to check, work to turn in.
  auto check = check_state(scene, *project, *here);
  if (scene.r.works_of(id, here->id).empty()) {
    card.origin = NextOrigin::item;
    card.lead = phrase("today.in_step", {{"step", step_title}});
    card.headline = phrase("today.add_work");
    card.detail = phrase("today.item", {{"item", scene.words(here->purpose)}});
    card.to = {Screen::project, id, here->id, {}, {}, Focus::add_work};
    card.leads_to = phrase("today.opens_step", {{"step", step_title}});
    return card;
  }
  card.origin = NextOrigin::check;
  card.lead = phrase("today.in_step", {{"step", step_title}});
  if (check.rubric && !check.done) {
    card.headline = phrase(check.begun ? "today.check_on" : "today.check");
    card.to = check.begun ? check.waits_to
                          : Destination{Screen::check, id, here->id, check.rubric->criteria.front().id, {},
                                        Focus::none};
    card.leads_to = phrase("today.opens_check");
  } else {
    card.headline = phrase("today.turn_in");
    card.to = check.rubric ? Destination{Screen::finish, id, here->id, {}, {}, Focus::turn_in}
                           : Destination{Screen::project, id, here->id, {}, {}, Focus::turn_in};
    card.leads_to = phrase("today.opens_step", {{"step", step_title}});
  }
  return card;
}

// What was written, wherever that is shown: the first text of it that can be read.
std::string first_words(const Record& record) {
  for (std::string_view name : {"title", "text", "want", "note", "question", "because", "glow", "strengths"})
    if (auto text = record.text(name); !text.empty()) return one_line(text);
  for (const auto& [name, field] : record.fields)
    if (domain::is_said(record.key.kind, name) && name != "file" && name != "small" &&
        !field.value().text().empty())
      return one_line(field.value().text());
  return {};
}

std::vector<Note> hidden_notes(const Scene& scene) {
  std::vector<Note> notes;
  for (const auto& each : scene.r.hidden) {
    // News for a week; where the record stands, the sentence stays as long as it is hidden.
    if (scene.calendar.moment(each.hiding.at_ms).day.from_today < -kHiddenDays) continue;
    auto record = scene.store.find({domain::person_stream(scene.r.me), each.kind, each.record});
    if (!record || !*record) continue;
    auto by = scene.r.name_of(each.hiding.by);
    notes.push_back(
        {NoteKind::hidden,
         by.empty() ? phrase("note.hidden_by_a_teacher") : phrase("note.hidden", {{"teacher", by}}),
         first_words(**record),
         {},
         place_of(scene.r, **record)});
  }
  return notes;
}

// What was deleted or taken back somewhere and gone on with elsewhere stands, and is told until it was looked
// at.
std::vector<Note> came_back_notes(const Scene& scene) {
  std::vector<Note> notes;
  for (const auto& each : scene.r.came_back) {
    if (scene.r.is_dismissed("came_back." + each.removal.hex())) continue;
    for (const RecordList* records : {&scene.r.works, &scene.r.goals, &scene.r.projects})
      for (const auto& record : *records) {
        if (record.key != each.key) continue;
        auto words = first_words(record);
        if (record.key.kind == "project") words = question_of(scene, project_state(scene, record));
        notes.push_back({NoteKind::came_back, phrase("note.came_back"), words,
                         phrase("note.came_back_detail"), place_of(scene.r, record)});
      }
  }
  return notes;
}

std::vector<Note> notes_of(const Scene& scene, const NextCard& next) {
  std::vector<Note> notes;
  if (!scene.r.refusals.empty()) {
    auto count = static_cast<std::int64_t>(scene.r.refusals.size());
    notes.push_back({NoteKind::refusal,
                     phrase("note.refusal", {{"count", count}}, count),
                     {},
                     phrase("note.refusal_detail"),
                     {Screen::refusals, {}, {}, {}, {}, Focus::none}});
  }
  if (auto ids = conflict_ids(scene); !ids.empty()) {
    auto count = static_cast<std::int64_t>(ids.size());
    notes.push_back({NoteKind::conflict,
                     phrase("note.conflict", {{"count", count}}, count),
                     {},
                     phrase("note.conflict_detail"),
                     {Screen::conflict, {}, {}, {}, ids.front(), Focus::none}});
  }
  for (auto note : came_back_notes(scene)) notes.push_back(std::move(note));
  for (auto note : hidden_notes(scene)) notes.push_back(std::move(note));
  for (auto it = scene.r.reviews.rbegin(); it != scene.r.reviews.rend(); ++it) {
    auto id = id_of(*it);
    if (scene.r.is_seen(id) || id == next.to.record) continue;
    auto project = project_of(scene, it->text("project"));
    if (!project || project->id() != it->text("project")) continue;
    const auto* step = project->pathway->content.step(it->text("step"));
    notes.push_back({NoteKind::answer,
                     phrase("note.answer", {{"teacher", scene.r.name_of(it->author())}}),
                     {},
                     step ? phrase("note.answer_step", {{"step", scene.words(step->title)}}) : Phrase{},
                     {Screen::answer, project->id(), it->text("step"), {}, id, Focus::none}});
  }
  for (auto it = scene.r.help_answers.rbegin(); it != scene.r.help_answers.rend(); ++it) {
    const auto* help = find_record(scene.r.helps, it->text("help"));
    if (!help || help->text("state") == "settled" || scene.r.is_dismissed("help_answer." + id_of(*it)))
      continue;
    notes.push_back(
        {NoteKind::help_answer,
         phrase("note.help_answer", {{"teacher", scene.r.name_of(it->author())}}),
         one_line(it->text("text")),
         {},
         {Screen::project, help->text("project"), help->text("step"), {}, id_of(*it), Focus::stuck}});
  }
  const Record* goal = nullptr;
  Day goal_day;
  for (const auto& each : scene.r.goals) {
    if (each.text("state") == "wrapped_up") continue;
    auto day = scene.calendar.day(each.text("by"));
    if (!day || day.from_today > kGoalSoonDays || (goal && day.from_today >= goal_day.from_today)) continue;
    goal = &each, goal_day = day;
  }
  if (goal)
    notes.push_back(
        {NoteKind::goal,
         phrase(goal_day.from_today < 0 ? "note.goal_gone_by" : "note.goal_day", {{"day", goal_day}}),
         one_line(goal->text("want")),
         {},
         {Screen::goals, {}, {}, {}, id_of(*goal), goal_day.from_today < 0 ? Focus::goal : Focus::check_in}});
  auto waiting = scene.r.waiting_things;
  auto today = std::to_string(scene.calendar.today_number());
  if (waiting > 0 && !scene.r.is_dismissed("waiting." + today))
    notes.push_back({NoteKind::waiting,
                     phrase("note.waiting", {{"count", waiting}}, waiting),
                     {},
                     phrase("note.waiting_detail"),
                     {Screen::settings, {}, {}, {}, {}, Focus::none}});
  if (notes.size() > kNotesMax) notes.resize(kNotesMax);
  return notes;
}

}  // namespace

TodayView today_view(const Scene& scene) {
  TodayView view;
  const auto* member = scene.r.member_me();
  auto name = member && !member->text("name").empty() ? member->text("name") : scene.options.first_name;
  int minute = scene.calendar.minute_now();
  view.greeting = phrase(minute < 12 * 60   ? "today.good_morning"
                         : minute < 18 * 60 ? "today.good_afternoon"
                                            : "today.good_evening",
                         {{"name", name}});
  view.today = scene.calendar.today();
  view.next = next_card(scene);
  if (view.next.origin != NextOrigin::first_day) view.notes = notes_of(scene, view.next);
  auto project = current_project(scene);
  if (!project) return view;
  view.has_project = true;
  view.project = project->id();
  view.question = question_of(scene, *project);
  view.pathway_title = scene.words(project->pathway->content.title);
  view.emblem = emblem_of(project->pathway->content);
  const auto* here = step_here(scene, *project);
  view.trail = trail_of(scene, *project, here ? std::string_view(here->id) : std::string_view());
  return view;
}

std::vector<std::string> suggestions_of(const Scene& scene) {
  std::vector<std::string> suggestions;
  auto project = project_of(scene, scene.sitting.place.project);
  if (!project) return suggestions;
  const auto* step = project->pathway->content.step(scene.sitting.place.step);
  if (!step || project->id() != scene.sitting.place.project) step = step_here(scene, *project);
  if (!step) return suggestions;
  for (const auto& item : items_of(scene, *project, *step))
    if (!item.done && suggestions.size() < 2) suggestions.push_back(item.text);
  return suggestions;
}

PackUpView pack_up_view(const Scene& scene) {
  PackUpView view;
  view.line = scene.r.draft_field("pack_up", "line");
  view.suggestions = suggestions_of(scene);
  view.saved = phrase("pack_up.all_saved");
  auto waiting = scene.r.waiting_things;
  view.waiting = waiting > 0 ? phrase("pack_up.waiting", {{"count", waiting}}, waiting)
                             : phrase("pack_up.all_at_school");
  return view;
}

}  // namespace waymark::app
