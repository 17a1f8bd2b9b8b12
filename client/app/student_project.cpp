// A project, its trail, the step that is open, its work, and I'm stuck.
#include <algorithm>

#include "client/app/drawing.hpp"
#include "client/app/student_views.hpp"
#include "client/app/words.hpp"

namespace waymark::app {
namespace {

std::int64_t last_touched(const RecordSet& r, const Record& project) {
  auto id = id_of(project);
  std::int64_t last = project.changed_ms();
  for (const RecordList* records : {&r.steps, &r.works, &r.turn_ins})
    for (const auto& record : *records)
      if (record.text("project") == id) last = std::max(last, record.changed_ms());
  return last;
}

Form form_named(std::string_view text, Form other) {
  if (text == "example") return Form::example;
  if (text == "step_by_step") return Form::step_by_step;
  if (text == "on_my_own") return Form::on_my_own;
  return other;
}

// Which form opens: what the student had open last, else what the teacher has set for this step, this project
// or everything, else Step by step.
Form form_to_open(const Scene& scene, const ProjectState& project, const domain::PathwayStep& step,
                  const std::vector<Form>& forms) {
  std::string said;
  if (const auto* record = scene.r.step(project.id(), step.id)) said = record->text("form");
  if (said.empty()) {
    int best = -1;
    for (const auto& support : scene.r.supports) {
      auto for_project = support.text("project"), for_step = support.text("step");
      if (!for_project.empty() && for_project != project.id()) continue;
      if (!for_step.empty() && for_step != step.id) continue;
      int rank = (for_project.empty() ? 0 : 1) + (for_step.empty() ? 0 : 2);
      if (rank >= best && !support.text("form").empty()) best = rank, said = support.text("form");
    }
  }
  Form form = form_named(said, Form::step_by_step);
  if (std::find(forms.begin(), forms.end(), form) != forms.end() || forms.empty()) return form;
  for (Form other : {Form::step_by_step, Form::on_my_own, Form::example})
    if (std::find(forms.begin(), forms.end(), other) != forms.end()) return other;
  return form;
}

StuckPanel stuck_panel(const Scene& scene, const ProjectState& project, const domain::PathwayStep& step) {
  StuckPanel panel;
  for (const auto& hint : step.if_stuck) panel.hints.push_back(scene.words(hint));
  panel.has_example = step.has_example();
  for (const auto& other : project.pathway->content.steps) {
    if (other.id == step.id) continue;
    auto state = step_state(scene, project, other);
    if (state != StepState::todo && state != StepState::doing && state != StepState::another_look) continue;
    panel.another_step = other.id;
    panel.another_step_title = scene.words(other.title);
    break;
  }
  panel.teacher = teacher_of(scene, &project);
  panel.draft = scene.r.draft_field("stuck." + step.id, "text");
  const Record* open = nullptr;
  for (const auto& help : scene.r.helps)
    if (help.text("project") == project.id() && help.text("step") == step.id &&
        help.text("state") != "settled")
      open = &help;
  if (!open) {
    panel.seen_when = phrase("stuck.seen_when_sent");
    return panel;
  }
  HelpLine line;
  line.id = id_of(*open);
  line.text = open->text("text");
  line.asked = scene.calendar.moment(open->created_ms);
  line.sent = scene.r.is_sent(*open);
  for (const auto& answer : scene.r.help_answers)
    if (answer.text("help") == line.id) {
      line.answer = answer.text("text");
      line.answered_by = scene.r.name_of(answer.author());
    }
  if (!line.answer.empty())
    panel.seen_when = phrase("stuck.answered", {{"teacher", line.answered_by}});
  else
    panel.seen_when = phrase(line.sent ? "stuck.at_school" : "stuck.not_sent_yet");
  panel.open = std::move(line);
  return panel;
}

TryView try_view(const Scene& scene, const Attempt& attempt, std::size_t before, const CheckState& check) {
  TryView view;
  view.number = static_cast<int>(before) + 1;
  view.at = scene.calendar.moment(attempt.turn_in->created_ms);
  if (attempt.review) {
    view.answer = id_of(*attempt.review);
    view.ready = attempt.review->text("outcome") == "ready";
  }
  if (!attempt.assessment || !check.rubric) return view;
  view.next = attempt.assessment->text("next");
  for (const auto& criterion : check.rubric->criteria) {
    TryLine line;
    line.criterion = scene.words(criterion.title);
    line.level = static_cast<int>(attempt.assessment->integer(domain::field_of("level.", criterion.id)));
    if (line.level >= 1 && line.level <= static_cast<int>(criterion.levels.size()))
      line.level_name = scene.words(criterion.levels[static_cast<std::size_t>(line.level) - 1].name);
    view.lines.push_back(std::move(line));
  }
  return view;
}

StepView step_view(const Scene& scene, const ProjectState& project, const domain::PathwayStep& step) {
  StepView view;
  view.id = step.id;
  view.title = scene.words(step.title);
  view.purpose = scene.words(step.purpose);
  view.what_good_looks_like = scene.words(step.what_good_looks_like);
  view.state = step_state(scene, project, step);
  if (const auto* record = scene.r.step(project.id(), step.id))
    view.planned = scene.calendar.day(record->text("planned"));
  for (const auto& code : step.standards) view.standards.push_back(standard_tag(scene, code));

  if (step.has_example()) view.forms.push_back(Form::example);
  if (step.has_step_by_step()) view.forms.push_back(Form::step_by_step);
  if (step.has_on_my_own()) view.forms.push_back(Form::on_my_own);
  view.open = form_to_open(scene, project, step, view.forms);
  view.example.work = scene.words(step.example_work);
  for (const auto& thought : step.example_thinking) view.example.thinking.push_back(scene.words(thought));
  view.guided.intro = scene.words(step.intro);
  view.guided.items = items_of(scene, project, step);
  for (const auto& starter : step.sentence_starters) view.guided.starters.push_back(scene.words(starter));
  for (const auto& hint : step.if_stuck) view.guided.if_stuck.push_back(scene.words(hint));
  view.on_my_own = scene.words(step.on_my_own);
  view.gentler = scene.words(step.gentler);
  view.stretch = scene.words(step.stretch);
  for (const auto* work : scene.r.works_of(project.id(), step.id))
    view.work.push_back(work_piece(scene, *work));
  for (const auto& idea : step.evidence) view.work_ideas.push_back(scene.words(idea));

  auto check = check_state(scene, project, step);
  view.has_check = check.rubric != nullptr;
  view.check_begun = check.begun;
  view.check_done = check.done;
  if (check.rubric) {
    std::string first = check.rubric->criteria.front().id;
    for (const auto& criterion : check.rubric->criteria)
      if (check.level(criterion.id) == 0) {
        first = criterion.id;
        break;
      }
    bool all = check.begun && check.level(first) > 0;
    view.check = all && !check.turned_in
                     ? Destination{Screen::finish, project.id(), step.id, {}, {}, Focus::none}
                     : Destination{Screen::check, project.id(), step.id, first, {}, Focus::none};
  }
  view.turn_in_waits_for = turn_in_waits_for(scene, project, step, check);
  view.can_turn_in = !view.turn_in_waits_for;

  auto attempts = scene.r.attempts(project.id(), step.id);
  for (const auto& attempt : attempts)
    view.tries.push_back(try_view(scene, attempt, view.tries.size(), check));
  view.turn_in_note = scene.r.draft_text("turn_in." + step.id, "note");
  view.drawing = half_drawn(scene, step.id);
  view.drawing_says = scene.r.draft_field(drawing_place(step.id), "says");
  if (!attempts.empty()) {
    const auto& last = attempts.back();
    view.turned_in_at = scene.calendar.moment(last.turn_in->created_ms);
    view.turned_in_sent = scene.r.is_sent(*last.turn_in);
    for (auto it = attempts.rbegin(); it != attempts.rend(); ++it)
      if (it->review) {
        view.answer = id_of(*it->review);
        view.answer_unread = !scene.r.is_seen(view.answer);
        break;
      }
  }
  view.stuck = stuck_panel(scene, project, step);
  return view;
}

}  // namespace

ProjectState project_state(const Scene& scene, const Record& project) {
  return {&project, scene.r.pathway(scene.store, project.text("version"))};
}

std::optional<ProjectState> current_project(const Scene& scene) {
  std::optional<ProjectState> best;
  bool best_open = false;
  std::int64_t best_touched = 0;
  for (const auto& project : scene.r.projects) {
    auto state = project_state(scene, project);
    if (!state.pathway) continue;
    bool finished = true;
    for (const auto& step : state.pathway->content.steps)
      finished = finished && step_state(scene, state, step) == StepState::ready;
    auto touched = last_touched(scene.r, project);
    bool better = !best || (!finished && !best_open) || (!finished == best_open && touched > best_touched);
    if (!better) continue;
    best = state, best_open = !finished, best_touched = touched;
  }
  return best;
}

std::optional<ProjectState> project_of(const Scene& scene, std::string_view id) {
  if (const auto* found = find_record(scene.r.projects, id)) {
    auto state = project_state(scene, *found);
    if (state.pathway) return state;
  }
  return current_project(scene);
}

StepState step_state(const Scene& scene, const ProjectState& project, const domain::PathwayStep& step) {
  auto id = project.id();
  auto attempts = scene.r.attempts(id, step.id);
  if (!attempts.empty()) {
    const auto& last = attempts.back();
    if (!last.review) return StepState::turned_in;
    return last.review->text("outcome") == "ready" ? StepState::ready : StepState::another_look;
  }
  if (!scene.r.works_of(id, step.id).empty()) return StepState::doing;
  if (const auto* record = scene.r.step(id, step.id))
    for (const auto& [name, field] : record->fields)
      if (name.starts_with("item.") && field.value().boolean()) return StepState::doing;
  if (scene.r.assessment_draft(id, step.id, 1)) return StepState::doing;
  return StepState::todo;
}

const domain::PathwayStep* step_here(const Scene& scene, const ProjectState& project) {
  for (const auto& step : project.pathway->content.steps) {
    auto state = step_state(scene, project, step);
    if (state != StepState::turned_in && state != StepState::ready) return &step;
  }
  return nullptr;
}

std::string question_of(const Scene& scene, const ProjectState& project) {
  auto own = project.project->text("question");
  if (!own.empty()) return own;
  return project.pathway ? scene.words(project.pathway->content.question) : std::string();
}

std::string emblem_of(const domain::Pathway& pathway) {
  if (!pathway.emblem.empty()) return pathway.emblem;
  static constexpr std::pair<std::string_view, std::string_view> kScenes[] = {
      {"water", "creek"},     {"food", "field"},       {"cooking", "field"}, {"soil", "field"},
      {"history", "street"},  {"places", "street"},    {"maps", "street"},   {"people", "faces"},
      {"languages", "faces"}, {"stories", "faces"},    {"making", "bridge"}, {"building", "bridge"},
      {"science", "bridge"},  {"night", "night"},      {"animals", "night"}, {"design", "bridge"},
      {"language", "faces"},  {"mathematics", "night"}};
  auto scene_for = [](std::string_view word) -> std::string {
    for (const auto& [interest, scene] : kScenes)
      if (interest == word) return std::string(scene);
    return {};
  };
  for (const auto& interest : pathway.interests)
    if (auto scene = scene_for(interest.in("en")); !scene.empty()) return scene;
  for (const auto& subject : pathway.subjects)
    if (auto scene = scene_for(subject); !scene.empty()) return scene;
  return "hills";
}

Trail trail_of(const Scene& scene, const ProjectState& project, std::string_view here) {
  Trail trail;
  trail.seed = project.id();
  for (const auto& step : project.pathway->content.steps) {
    TrailStep stone;
    stone.id = step.id;
    stone.title = scene.words(step.title);
    stone.state = step_state(scene, project, step);
    stone.here = step.id == here;
    if (const auto* record = scene.r.step(project.id(), step.id))
      stone.planned = scene.calendar.day(record->text("planned"));
    trail.steps.push_back(std::move(stone));
  }
  return trail;
}

std::vector<Item> items_of(const Scene& scene, const ProjectState& project, const domain::PathwayStep& step) {
  std::vector<Item> items;
  const auto* record = scene.r.step(project.id(), step.id);
  bool next_found = false;
  int number = 0;
  for (const auto& text : step.checklist) {
    Item item;
    item.id = std::to_string(++number);
    item.text = scene.words(text);
    item.done = record && record->boolean("item." + item.id);
    item.next = !item.done && !next_found;
    next_found |= item.next;
    items.push_back(std::move(item));
  }
  return items;
}

WorkPiece work_piece(const Scene& scene, const Record& work) {
  WorkPiece piece;
  piece.id = id_of(work);
  auto type = work.text("type");
  piece.type = type == "photo"             ? WorkType::photo
               : type == "file"            ? WorkType::file
               : type == "link"            ? WorkType::link
               : type == "shown_in_person" ? WorkType::shown_in_person
                                           : WorkType::text;
  piece.title = field_of(&work, "title");
  piece.text = field_of(&work, "text");
  piece.name = work.text("name");
  piece.bytes = work.integer("bytes");
  piece.width = static_cast<int>(work.integer("width"));
  piece.height = static_cast<int>(work.integer("height"));
  if (auto hash = work.text("file"); !hash.empty() && scene.files.has(hash)) {
    piece.path = scene.files.path_of(hash);
    if (piece.type == WorkType::photo) piece.thumbnail = scene.files.thumbnail(hash);
  }
  piece.added = scene.calendar.moment(work.created_ms);
  for (const auto& confirmation : scene.r.confirmations)
    if (confirmation.text("work") == piece.id) {
      piece.confirmed = true;
      piece.confirmed_by = scene.r.name_of(confirmation.author());
    }
  piece.sent = scene.r.is_sent(work);
  piece.conflict = has_conflict(work);
  piece.earlier = earlier_id(scene, work);
  piece.hidden = hidden_phrase(scene, work);
  return piece;
}

std::string teacher_of(const Scene& scene, const ProjectState* project) {
  const auto* member =
      scene.r.teacher_for(project && project->pathway ? project->pathway->stream : std::string());
  return member ? member->text("name") : std::string();
}

StandardTag standard_tag(const Scene& scene, std::string_view code) {
  return {std::string(code), scene.r.standard_text(code), false};
}

ProjectView project_view(const Scene& scene, const Destination& to) {
  ProjectView view;
  auto project = project_of(scene, to.project);
  if (!project) return view;
  const auto& content = project->pathway->content;
  view.none = false;
  view.today = scene.calendar.today();
  view.id = project->id();
  view.title = scene.words(content.title);
  view.question = question_of(scene, *project);
  view.own_question = field_of(project->project, "question");
  if (const auto* product = content.product(project->project->text("product")))
    view.product = scene.words(product->title);
  view.emblem = emblem_of(content);
  const auto* here = step_here(scene, *project);
  const auto* step = content.step(to.step);
  if (!step) step = here ? here : &content.steps.back();
  view.trail = trail_of(scene, *project, here ? std::string_view(here->id) : std::string_view());
  view.step = step_view(scene, *project, *step);
  for (const auto& other : scene.r.projects)
    if (auto state = project_state(scene, other); state.pathway)
      view.projects.emplace_back(state.id(), question_of(scene, state));
  view.conflict = has_conflict(*project->project);
  if (const auto* record = scene.r.step(view.id, step->id)) view.conflict |= has_conflict(*record);
  // Pieces of work say it themselves; what has no place of its own on this screen is told of here.
  if (auto hidden = hidden_phrase(scene, *project->project)) view.hidden.push_back(std::move(hidden));
  for (const RecordList* records : {&scene.r.turn_ins, &scene.r.self_assessments, &scene.r.helps})
    for (const auto& record : *records)
      if (record.text("project") == view.id && record.text("step") == step->id)
        if (auto hidden = hidden_phrase(scene, record)) view.hidden.push_back(std::move(hidden));
  return view;
}

}  // namespace waymark::app
