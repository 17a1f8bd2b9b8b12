// Check my work, finishing it, and what the teacher answered.
#include <algorithm>

#include "client/app/student_views.hpp"
#include "client/app/words.hpp"

namespace waymark::app {
namespace {

// The step a destination names within its project; nothing when there is none.
struct Place {
  ProjectState project;
  const domain::PathwayStep* step = nullptr;
};
std::optional<Place> place_for(const Scene& scene, const Destination& to) {
  auto project = project_of(scene, to.project);
  if (!project) return std::nullopt;
  const auto& steps = project->pathway->content.steps;
  const auto* step = project->pathway->content.step(to.step);
  if (!step) step = step_here(scene, *project);
  if (!step) step = &steps.back();
  return Place{*project, step};
}

std::string level_name(const Scene& scene, const domain::PathwayCriterion& criterion, int level) {
  if (level < 1 || level > static_cast<int>(criterion.levels.size())) return {};
  return scene.words(criterion.levels[static_cast<std::size_t>(level) - 1].name);
}
std::string level_text(const Scene& scene, const domain::PathwayCriterion& criterion, int level) {
  if (level < 1 || level > static_cast<int>(criterion.levels.size())) return {};
  return without_braces(scene.words(criterion.levels[static_cast<std::size_t>(level) - 1].text));
}

std::vector<CriterionMark> marks_of(const Scene& scene, const CheckState& check, std::string_view here) {
  std::vector<CriterionMark> marks;
  for (const auto& criterion : check.rubric->criteria) {
    CriterionMark mark;
    mark.id = criterion.id;
    mark.title = scene.words(criterion.title);
    mark.level = check.level(criterion.id);
    mark.level_name = level_name(scene, criterion, mark.level);
    mark.here = criterion.id == here;
    marks.push_back(std::move(mark));
  }
  return marks;
}

std::string field(const Record* record, std::string_view name) {
  return record ? record->text(name) : std::string();
}

}  // namespace

int CheckState::level(std::string_view criterion) const {
  return source ? static_cast<int>(source->integer(domain::field_of("level.", criterion))) : 0;
}
std::string CheckState::because(std::string_view criterion) const {
  return field(source, domain::field_of("because.", criterion));
}

CheckState check_state(const Scene& scene, const ProjectState& project, const domain::PathwayStep& step) {
  CheckState check;
  check.rubric = project.pathway->content.rubric_of(step.id);
  auto id = project.id();
  auto attempts = scene.r.attempts(id, step.id);
  int tries = static_cast<int>(attempts.size());
  check.turned_in =
      tries > 0 && (!attempts.back().review || attempts.back().review->text("outcome") == "ready");
  check.attempt = check.turned_in ? tries : tries + 1;
  if (!check.rubric) return check;
  check.source =
      check.turned_in ? attempts.back().assessment : scene.r.assessment_draft(id, step.id, check.attempt);
  if (check.attempt > 1) check.earlier = attempts[static_cast<std::size_t>(check.attempt) - 2].assessment;
  check.begun = check.source != nullptr;

  const domain::PathwayCriterion *highest = nullptr, *lowest = nullptr, *missing = nullptr;
  for (const auto& criterion : check.rubric->criteria) {
    int level = check.level(criterion.id);
    if (level == 0) {
      if (!missing) missing = &criterion;
      continue;
    }
    if (!highest || level > check.level(highest->id)) highest = &criterion;
    if (!lowest || level <= check.level(lowest->id)) lowest = &criterion;
  }
  auto at = [&](Screen screen, std::string part, Focus focus) {
    return Destination{screen, id, step.id, std::move(part), {}, focus};
  };
  if (missing) {
    check.waits_for = phrase("check.waits_for_level", {{"criterion", scene.words(missing->title)}});
    check.waits_to = at(Screen::check, missing->id, Focus::none);
    return check;
  }
  check.proudest = highest->id;
  check.hardest = lowest->id;
  for (const auto* criterion : {highest, lowest})
    if (one_line(check.because(criterion->id)).empty()) {
      check.waits_for = phrase("check.waits_for_because", {{"criterion", scene.words(criterion->title)}});
      check.waits_to = at(Screen::check, criterion->id, Focus::because);
      return check;
    }
  if (field(check.source, "confidence").empty()) {
    check.waits_for = phrase("check.waits_for_confidence");
    check.waits_to = at(Screen::finish, {}, Focus::none);
    return check;
  }
  check.done = true;
  return check;
}

Phrase turn_in_waits_for(const Scene& scene, const ProjectState& project, const domain::PathwayStep& step,
                         const CheckState& check) {
  auto state = step_state(scene, project, step);
  if (state == StepState::turned_in) return phrase("project.waits_for_answer");
  if (state == StepState::ready) return phrase("project.is_ready");
  if (scene.r.works_of(project.id(), step.id).empty()) return phrase("project.waits_for_work");
  if (check.rubric && !check.done) return phrase("project.waits_for_check");
  return {};
}

CheckView check_view(const Scene& scene, const Destination& to) {
  CheckView view;
  auto place = place_for(scene, to);
  if (!place) return view;
  const auto& [project, step] = *place;
  auto check = check_state(scene, project, *step);
  view.project = project.id();
  view.step = step->id;
  view.step_title = scene.words(step->title);
  view.attempt = check.attempt;
  view.turned_in = check.turned_in;
  view.back = {Screen::project, view.project, view.step, {}, {}, Focus::none};
  view.next = view.back;
  if (!check.rubric) return view;
  const auto& criteria = check.rubric->criteria;
  view.rubric_title = scene.words(check.rubric->title);
  const auto* criterion = check.rubric->criterion(to.part);
  if (!criterion) criterion = &criteria.front();
  view.criterion = criterion->id;
  view.trail = marks_of(scene, check, criterion->id);
  view.question = scene.words(criterion->question.empty() ? criterion->title : criterion->question);
  if (!criterion->standard.empty()) view.standard = standard_tag(scene, criterion->standard);
  view.aim = criterion->aim;
  int number = 0;
  for (const auto& level : criterion->levels) {
    LevelCard card;
    card.level = ++number;
    card.name = scene.words(level.name);
    card.text = braced_words(scene.words(level.text));
    card.aim = number == criterion->aim;
    card.chosen = number == check.level(criterion->id);
    view.levels.push_back(std::move(card));
  }
  view.because = field_of(check.source, domain::field_of("because.", criterion->id));
  view.because_needed = check.needs_because(criterion->id);
  view.because_hint = !view.because_needed              ? phrase("check.because_two")
                      : check.proudest == criterion->id ? phrase("check.because_proudest")
                                                        : phrase("check.because_hardest");
  auto chosen = check.source ? check.source->texts(domain::field_of("evidence.", criterion->id))
                             : std::vector<std::string>();
  for (const auto* work : scene.r.works_of(view.project, view.step)) {
    auto piece = work_piece(scene, *work);
    piece.chosen = std::find(chosen.begin(), chosen.end(), piece.id) != chosen.end();
    view.evidence.push_back(std::move(piece));
  }
  auto index = static_cast<std::size_t>(criterion - criteria.data());
  if (index > 0)
    view.back = {Screen::check, view.project, view.step, criteria[index - 1].id, {}, Focus::none};
  view.last = index + 1 == criteria.size();
  view.next = view.last ? Destination{Screen::finish, view.project, view.step, {}, {}, Focus::none}
                        : Destination{Screen::check,          view.project, view.step,
                                      criteria[index + 1].id, {},           Focus::none};
  if (check.earlier) {
    view.earlier_level = static_cast<int>(check.earlier->integer(domain::field_of("level.", criterion->id)));
    view.earlier_because = check.earlier->text(domain::field_of("because.", criterion->id));
  }
  view.conflict = !check.turned_in && check.source && has_conflict(*check.source);
  return view;
}

FinishView finish_view(const Scene& scene, const Destination& to) {
  FinishView view;
  auto place = place_for(scene, to);
  if (!place) return view;
  const auto& [project, step] = *place;
  auto check = check_state(scene, project, *step);
  view.project = project.id();
  view.step = step->id;
  view.step_title = scene.words(step->title);
  view.attempt = check.attempt;
  view.back = {Screen::project, view.project, view.step, {}, {}, Focus::none};
  if (check.rubric) {
    view.criteria = marks_of(scene, check, {});
    view.back = {Screen::check, view.project, view.step, check.rubric->criteria.back().id, {}, Focus::none};
  }
  view.confidence = field(check.source, "confidence");
  view.glow = field_of(check.source, "glow");
  view.grow = field_of(check.source, "grow");
  view.next = field_of(check.source, "next");

  auto teacher = teacher_of(scene, &project);
  view.coming.push_back({phrase("finish.goes_by_itself")});
  view.coming.push_back({teacher.empty() ? phrase("finish.teacher_reads_unnamed")
                                         : phrase("finish.teacher_reads", {{"teacher", teacher}})});
  view.coming.push_back({phrase("finish.answer_on_today")});

  view.waits_for = turn_in_waits_for(scene, project, *step, check);
  if (view.waits_for) {
    view.waits_to = view.waits_for.key == "project.waits_for_work"
                        ? Destination{Screen::project, view.project, view.step, {}, {}, Focus::add_work}
                        : Destination{Screen::project, view.project, view.step, {}, {}, Focus::none};
    if (view.waits_for.key == "project.waits_for_check") {
      view.waits_for = check.waits_for;
      view.waits_to = check.waits_to;
    }
  }
  view.can_turn_in = !view.waits_for;
  return view;
}

AnswerView answer_view(const Scene& scene, const Destination& to) {
  AnswerView view;
  const auto* review = find_record(scene.r.reviews, scene.r.standing_review(to.record));
  if (!review) return view;
  view.review = id_of(*review);
  view.project = review->text("project");
  view.step = review->text("step");
  auto author = review->author();
  view.teacher = scene.r.name_of(author);
  view.teacher_mark = scene.r.mark_of(author);
  view.at = scene.calendar.moment(review->created_ms);
  view.glow = review->text("glow");
  view.grow = review->text("grow");
  view.next = review->text("next");
  view.ready = review->text("outcome") == "ready";
  view.reply = scene.r.draft_field("reply." + view.review, "text");
  for (const auto* reply : scene.r.replies_to(view.review)) view.replies.push_back(reply->text("text"));
  if (auto corrects_ms = scene.r.corrects_ms(view.review)) view.corrects = scene.calendar.moment(corrects_ms);
  view.try_now = {Screen::project, view.project, view.step, {}, {}, Focus::add_work};

  const auto* turn_in = find_record(scene.r.turn_ins, review->text("turn_in"));
  auto assessment_id = review->text("self_assessment");
  if (assessment_id.empty() && turn_in) assessment_id = turn_in->text("self_assessment");
  const auto* mine = find_record(scene.r.self_assessments, assessment_id);

  const auto* record = find_record(scene.r.projects, view.project);
  std::optional<ProjectState> project;
  if (record) project = project_state(scene, *record);
  if (project && !project->pathway) project.reset();
  // A judgement is shown with the very rubric it was made with.
  auto version = mine ? mine->text("version") : review->text("version");
  auto pathway = scene.r.pathway(scene.store, version);
  if (!pathway && project) pathway = project->pathway;
  if (project) {
    view.question = question_of(scene, *project);
    auto attempts = scene.r.attempts(view.project, view.step);
    bool answers_last = !attempts.empty() && turn_in == attempts.back().turn_in;
    view.second_try = !view.ready && answers_last;
    if (view.ready)
      if (const auto* here = step_here(scene, *project))
        view.try_now = {Screen::project, view.project, here->id, {}, {}, Focus::none};
  }
  if (!pathway) return view;
  const auto& content = pathway->content;
  if (const auto* step = content.step(view.step)) view.step_title = scene.words(step->title);
  view.exemplar_title = scene.words(content.exemplar_title);
  view.exemplar_from = scene.words(content.exemplar_from);
  for (const auto& piece : content.exemplar)
    view.exemplar.emplace_back(scene.words(piece.about), scene.words(piece.text));

  auto rubric_id = mine ? mine->text("rubric") : review->text("rubric");
  const auto* rubric = content.rubric(rubric_id);
  if (!rubric) rubric = content.rubric_of(view.step);
  std::vector<std::string> pieces;
  for (const auto& piece : view.exemplar) pieces.push_back(piece.second);
  if (mine && rubric)
    for (const auto& criterion : rubric->criteria) {
      auto name = domain::field_of("level.", criterion.id);
      ComparedCriterion pair;
      pair.id = criterion.id;
      pair.title = scene.words(criterion.title);
      pair.mine.level = static_cast<int>(mine->integer(name));
      pair.theirs.level = static_cast<int>(review->integer(name));
      if (pair.mine.level == 0 || pair.theirs.level == 0) continue;
      pair.mine.level_name = level_name(scene, criterion, pair.mine.level);
      pair.theirs.level_name = level_name(scene, criterion, pair.theirs.level);
      pair.mine.words = mine->text(domain::field_of("because.", criterion.id));
      auto mine_text = level_text(scene, criterion, pair.mine.level);
      auto theirs_text = level_text(scene, criterion, pair.theirs.level);
      // What the level above the lower view looks like in somebody's work.
      auto shows = std::max({pair.mine.level, pair.theirs.level, criterion.aim});
      pair.phrase =
          closest_sentence(pieces, scene.words(criterion.title) + " " + level_text(scene, criterion, shows));
      pair.same = pair.mine.level == pair.theirs.level;
      if (pair.same) {
        pair.mine.text = pair.theirs.text = {Run{mine_text, false}};
      } else {
        auto [a, b] = differing_words(mine_text, theirs_text);
        pair.mine.text = std::move(a);
        pair.theirs.text = std::move(b);
      }
      view.compared.push_back(std::move(pair));
    }
  view.can_compare = !view.compared.empty();

  if (auto saw = review->texts("saw"); !saw.empty())
    for (const auto* work : scene.r.works_of(view.project, view.step))
      for (const auto& head : work->all_heads())
        view.saw_older_work |= std::find(saw.begin(), saw.end(), head.hex()) == saw.end();
  return view;
}

}  // namespace waymark::app
