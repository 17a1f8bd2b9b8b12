#include "sync-server/service/standing.hpp"

#include <algorithm>
#include <set>

#include "sync-server/service/versions.hpp"

namespace waymark::server {
namespace {

bool is_shown_open(const Portfolio& p, const Record& work) {
  return is_shown(work) && !is_confirmed(p, work);
}

const Record* current_project(const Portfolio& p) {
  const Record* found = nullptr;
  for (const auto& project : p.projects)
    if (is_open(project) && (!found || project.changed_ms() > found->changed_ms())) found = &project;
  return found;
}

Standing read(const Portfolio& p) {
  Standing standing;
  standing.wrote = wrote_anything(p);
  auto thing = [&](const Record& record) {
    Standing::Thing made;
    made.record = record.key.id.hex();
    made.at_ms = record.changed_ms();
    made.project = record.text("project");
    made.step = record.text("step");
    if (const auto* project = p.by_id(p.projects, made.project)) {
      made.pathway = project->text("pathway");
      made.version = project->text("version");
    }
    return made;
  };
  for (const auto& help : p.helps) {
    if (!is_open(help) || is_answered(p, help)) continue;
    standing.stuck.push_back(thing(help));
    standing.stuck.back().words = help.text("text");
  }
  for (const auto& work : p.works) {
    if (!is_shown_open(p, work)) continue;
    standing.shown.push_back(thing(work));
    auto title = work.text("title");
    standing.shown.back().words = title.empty() ? work.text("text") : title;
  }
  for (const auto& turn_in : p.turn_ins) {
    if (!p.waits(turn_in)) continue;
    auto made = thing(turn_in);
    made.words = turn_in.text("note");
    made.try_number = turn_in.integer("try");
    made.held = p.is_held(turn_in);
    if (const auto* held = p.held_of(turn_in.key.id)) made.several = has_versions(*held);
    standing.waiting.push_back(std::move(made));
  }
  for (const auto& goal : p.goals) {
    if (!is_open(goal) || goal.text("by").empty()) continue;
    auto made = thing(goal);
    made.date = goal.text("by");
    made.words = goal.text("first_step").empty() ? goal.text("want") : goal.text("first_step");
    standing.goals.push_back(std::move(made));
  }
  if (const auto* project = current_project(p)) {
    standing.has_project = true;
    standing.pathway = project->text("pathway");
    standing.version = project->text("version");
    auto id = project->key.id.hex();
    std::set<std::string> steps;
    for (const Records* records : {&p.works, &p.turn_ins})
      for (const auto& record : *records)
        if (record.text("project") == id) steps.insert(record.text("step"));
    for (const auto& step : steps)
      if (auto state = p.step_state(id, step); state != "todo") standing.steps[step] = state;
  }
  return standing;
}

bool same(const store::StreamState& a, const store::StreamState& b) {
  return a.head == b.head && a.digest == b.digest;
}

}  // namespace

Result<const Standing*> Standings::of(School& school, const PersonId& student) {
  WAYMARK_TRY(portfolio_state, school.store().stream_state(domain::person_stream(student)));
  WAYMARK_TRY(held_state, school.store().stream_state(domain::staff_stream(student)));
  auto found = kept_.find(student);
  if (found != kept_.end() && same(found->second.portfolio, portfolio_state) &&
      same(found->second.held, held_state))
    return &found->second.standing;
  WAYMARK_TRY(p, portfolio(school, student));
  auto& kept = kept_[student];
  kept = {portfolio_state, held_state, read(p)};
  return &kept.standing;
}

}  // namespace waymark::server
