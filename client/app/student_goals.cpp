// Goals with their check-ins, growth over time, and About me.
#include <algorithm>
#include <map>

#include "client/app/student_views.hpp"
#include "shared/base/text.hpp"

namespace waymark::app {
namespace {

constexpr int kFriday = 5;
constexpr std::size_t kProposedMax = 8;

GoalFields goal_fields(const Record& goal) {
  return {goal.text("want"),     goal.text("first_step"), goal.text("how_know"),
          goal.text("obstacle"), goal.text("plan_if"),    goal.text("plan_then"),
          goal.text("standard"), goal.text("project"),    goal.text("by")};
}

GoalCard goal_card(const Scene& scene, const Record& goal) {
  GoalCard card;
  card.id = id_of(goal);
  card.base = bases_of(goal, {"want", "first_step", "how_know", "obstacle", "plan_if", "plan_then",
                              "standard", "project", "by"});
  card.fields = goal_fields(goal);
  card.by = scene.calendar.day(card.fields.by);
  card.wrapped_up = goal.text("state") == "wrapped_up";
  card.passed = card.by && card.by.from_today < 0 && !card.wrapped_up;
  if (!card.fields.standard.empty()) card.standard_text = scene.r.standard_text(card.fields.standard);
  if (const auto* project = find_record(scene.r.projects, card.fields.project))
    card.project_question = question_of(scene, project_state(scene, *project));
  for (auto it = scene.r.checkins.rbegin(); it != scene.r.checkins.rend(); ++it) {
    if (it->text("goal") != card.id) continue;
    CheckInLine line;
    line.at = scene.calendar.moment(it->created_ms);
    line.text = it->text("text");
    if (const auto* helped = it->field("plan_helped"); helped && !helped->value().is_null())
      line.plan_helped = helped->value().boolean();
    line.hidden = hidden_phrase(scene, *it);
    card.check_ins.push_back(std::move(line));
  }
  if (const auto* state = goal.field("state"); state && card.wrapped_up)
    card.wrapped_at = scene.calendar.moment(state->heads.front().time_ms);
  card.learned = goal.text("learned");
  card.check_in_draft = scene.r.draft_text("check_in." + card.id, "text");
  card.learned_draft = scene.r.draft_text("wrap_up." + card.id, "learned");
  card.conflict = has_conflict(goal);
  card.earlier = earlier_id(scene, goal);
  card.hidden = hidden_phrase(scene, goal);
  return card;
}

Form form_named(std::string_view text) {
  return text == "example" ? Form::example : text == "on_my_own" ? Form::on_my_own : Form::step_by_step;
}

}  // namespace

GoalsView goals_view(const Scene& scene) {
  GoalsView view;
  for (const auto& goal : scene.r.goals) {
    auto card = goal_card(scene, goal);
    (card.wrapped_up ? view.past : view.open).push_back(std::move(card));
  }
  std::stable_sort(view.open.begin(), view.open.end(), [](const GoalCard& a, const GoalCard& b) {
    if (a.fields.by.empty() != b.fields.by.empty()) return b.fields.by.empty();
    return a.fields.by < b.fields.by;
  });
  std::stable_sort(view.past.begin(), view.past.end(), [](const GoalCard& a, const GoalCard& b) {
    return a.wrapped_at.at_ms > b.wrapped_at.at_ms;
  });

  auto said = [&](std::string_view name) { return scene.r.draft_text("goal.new", name); };
  view.draft = {said("want"),      said("first_step"), said("how_know"), said("obstacle"), said("plan_if"),
                said("plan_then"), said("standard"),   said("project"),  said("by")};
  const auto& draft = view.draft;
  view.sturdier_open = !(draft.how_know + draft.obstacle + draft.plan_if + draft.plan_then).empty();
  view.draft_open = view.sturdier_open || !(draft.want + draft.first_step).empty();
  view.proposed_by_day = scene.calendar.next_weekday(kFriday);
  view.proposed_by = view.proposed_by_day.iso;

  if (auto project = current_project(scene)) {
    std::vector<std::string> codes;
    auto add = [&](const std::vector<std::string>& more) {
      for (const auto& code : more)
        if (codes.size() < kProposedMax && std::find(codes.begin(), codes.end(), code) == codes.end())
          codes.push_back(code);
    };
    if (const auto* here = step_here(scene, *project)) add(here->standards);
    add(project->pathway->content.standards);
    for (const auto& code : codes) {
      view.proposed_standards.push_back(standard_tag(scene, code));
      view.proposed_standards.back().chosen = code == draft.standard;
    }
  }
  return view;
}

GrowthView growth_view(const Scene& scene, const Destination& to) {
  GrowthView view;
  struct Dot {
    std::string standard;
    GrowthDot dot;
    const domain::PathwayCriterion* criterion = nullptr;
  };
  std::vector<Dot> dots;
  std::vector<PathwayPtr> kept;  // the criteria point into them
  auto rate = [&](const Record& record, EvidenceKind kind, const Destination& place) {
    auto pathway = scene.r.pathway(scene.store, record.text("version"));
    if (!pathway)
      if (const auto* project = find_record(scene.r.projects, record.text("project")))
        pathway = project_state(scene, *project).pathway;
    if (!pathway) return;
    const auto* rubric = pathway->content.rubric(record.text("rubric"));
    if (!rubric) rubric = pathway->content.rubric_of(record.text("step"));
    if (!rubric) return;
    kept.push_back(pathway);
    for (const auto& criterion : rubric->criteria) {
      int level = static_cast<int>(record.integer(domain::field_of("level.", criterion.id)));
      if (level == 0 || criterion.standard.empty()) continue;
      auto words = kind == EvidenceKind::own_view ? record.text(domain::field_of("because.", criterion.id))
                                                  : record.text("glow");
      dots.push_back({criterion.standard,
                      {kind, level, scene.calendar.moment(record.created_ms), words, place},
                      &criterion});
    }
  };
  for (const auto& own : scene.r.self_assessments)
    rate(own, EvidenceKind::own_view,
         {Screen::project, own.text("project"), own.text("step"), {}, {}, Focus::none});
  for (const auto& review : scene.r.reviews)
    rate(review, EvidenceKind::review,
         {Screen::answer, review.text("project"), review.text("step"), {}, id_of(review), Focus::none});
  for (const auto& seen : scene.r.observations)
    if (!seen.text("standard").empty())
      dots.push_back(
          {seen.text("standard"),
           {seen.text("type") == "conference" ? EvidenceKind::conference : EvidenceKind::observation,
            0,
            scene.calendar.moment(seen.created_ms),
            seen.text("text"),
            {Screen::growth, {}, {}, seen.text("standard"), {}, Focus::none}},
           nullptr});

  std::vector<std::string> codes;
  for (const auto& dot : dots)
    if (std::find(codes.begin(), codes.end(), dot.standard) == codes.end()) codes.push_back(dot.standard);
  std::sort(codes.begin(), codes.end());
  if (codes.empty()) return view;
  auto chosen = std::find(codes.begin(), codes.end(), to.part) != codes.end() ? to.part : codes.front();
  for (const auto& code : codes) {
    view.standards.push_back(standard_tag(scene, code));
    view.standards.back().chosen = code == chosen;
  }
  std::int64_t newest = -1;
  for (const auto& dot : dots) {
    if (dot.standard != chosen) continue;
    if (dot.criterion && dot.dot.at.at_ms >= newest) {
      newest = dot.dot.at.at_ms;
      view.level_names.clear();
      for (const auto& level : dot.criterion->levels) view.level_names.push_back(scene.words(level.name));
    }
    view.dots.push_back(dot.dot);
  }
  std::stable_sort(view.dots.begin(), view.dots.end(),
                   [](const GrowthDot& a, const GrowthDot& b) { return a.at.at_ms < b.at.at_ms; });

  // How I did it: the form that was open, on the day it was last chosen, for the steps of this standard.
  for (const auto& step : scene.r.steps) {
    const auto* form = step.field("form");
    const auto* project = find_record(scene.r.projects, step.text("project"));
    if (!form || !project || form->value().text().empty()) continue;
    auto pathway = project_state(scene, *project).pathway;
    const auto* content = pathway ? pathway->content.step(step.text("step")) : nullptr;
    if (!content) continue;
    if (std::find(content->standards.begin(), content->standards.end(), chosen) == content->standards.end())
      continue;
    auto moment = scene.calendar.moment(form->heads.front().time_ms);
    if (moment) view.support.push_back({form_named(form->value().text()), moment.day});
  }
  std::stable_sort(view.support.begin(), view.support.end(),
                   [](const SupportDot& a, const SupportDot& b) { return a.day.iso < b.day.iso; });
  auto widen = [&](const Day& day) {
    if (!day) return;
    if (!view.first || day.iso < view.first.iso) view.first = day;
    if (!view.last || day.iso > view.last.iso) view.last = day;
  };
  for (const auto& dot : view.dots) widen(dot.at.day);
  for (const auto& dot : view.support) widen(dot.day);
  return view;
}

AboutMeView about_me_view(const Scene& scene) {
  AboutMeView view;
  const auto* profile = scene.r.profiles.empty() ? nullptr : &scene.r.profiles.front();
  view.strengths = field_of(profile, "strengths");
  view.interests = field_of(profile, "interests");
  view.languages = field_of(profile, "languages");
  view.learn_best = field_of(profile, "learn_best");
  view.need = field_of(profile, "need");
  view.chosen_name = field_of(profile, "chosen_name");
  if (profile) view.mark = parse_mark(profile->text("mark"));
  if (profile) view.earlier = earlier_id(scene, *profile);
  if (profile) view.hidden = hidden_phrase(scene, *profile);
  return view;
}

}  // namespace waymark::app
