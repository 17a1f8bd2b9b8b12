// One student's page: portfolio, answers, observations, and growth standard by standard.
#include <algorithm>
#include <set>

#include "shared/base/text.hpp"
#include "sync-server/service/versions.hpp"

namespace waymark::server {
namespace {

struct Said {
  const Record* record = nullptr;
  std::string_view kind;
};

// What one record's levels say of each standard of its rubric.
void add_levels(std::map<std::string, GrowthLine>& lines, const Said& said, const Portfolio& p,
                Pathways& pathways) {
  auto version = said.record->text("version");
  if (version.empty())
    if (const auto* project = p.by_id(p.projects, said.record->text("project")))
      version = pathways.version_of(*project);
  const auto* pathway = pathways.of(version);
  if (!pathway) return;
  const auto* rubric = pathway->rubric(said.record->text("rubric"));
  if (!rubric) rubric = pathway->rubric_of(said.record->text("step"));
  if (!rubric) return;
  for (const auto& criterion : rubric->criteria) {
    auto level = said.record->integer(domain::field_of("level.", criterion.id));
    if (level <= 0 || criterion.standard.empty()) continue;
    auto& line = lines[criterion.standard];
    line.points.push_back(
        {std::string(said.kind), said.record->key.id.hex(), said.record->changed_ms(), level});
    line.title = criterion.title.by_language;
    line.aim = criterion.aim;
    line.levels.clear();
    for (const auto& one : criterion.levels) line.levels.push_back(one.name.by_language);
  }
}

Result<std::vector<GrowthLine>> growth_of(School& school, const Portfolio& p, const Records& observations,
                                          const Records& steps, Pathways& pathways) {
  std::vector<Said> all;
  for (const auto& own : p.assessments) all.push_back({&own, "own"});
  for (const auto& turn_in : p.turn_ins)
    if (const auto* review = p.review_of(turn_in)) all.push_back({review, "review"});
  for (const auto& seen : observations)
    all.push_back({&seen, seen.text("type") == "conference" ? "conference" : "observation"});
  std::stable_sort(all.begin(), all.end(), [](const Said& a, const Said& b) {
    return a.record->changed_ms() < b.record->changed_ms();
  });
  std::map<std::string, GrowthLine> lines;
  for (const auto& said : all) {
    if (said.record->key.kind != "observation") {
      add_levels(lines, said, p, pathways);
    } else if (auto code = said.record->text("standard"); !code.empty()) {
      lines[code].points.push_back(
          {std::string(said.kind), said.record->key.id.hex(), said.record->changed_ms(), 0});
    }
  }
  for (const auto& step : steps) {
    const auto* project = p.by_id(p.projects, step.text("project"));
    const auto* pathway = project ? pathways.of(pathways.version_of(*project)) : nullptr;
    const auto* content = pathway ? pathway->step(step.text("step")) : nullptr;
    auto form = step.text("form");
    if (!content || form.empty()) continue;
    for (const auto& code : content->standards)
      if (auto line = lines.find(code); line != lines.end()) {
        auto& forms = line->second.forms;
        if (std::find(forms.begin(), forms.end(), form) == forms.end()) forms.push_back(form);
      }
  }
  WAYMARK_TRY(standards, school.store().records(domain::school_stream, "standard"));
  for (const auto& standard : standards)
    if (auto line = lines.find(standard.text("code")); line != lines.end())
      line->second.text = standard.text("short").empty() ? standard.text("text") : standard.text("short");
  std::vector<GrowthLine> growth;
  for (auto& [code, line] : lines) {
    line.standard = code;
    growth.push_back(std::move(line));
  }
  return growth;
}

// What opens first, as staff last said it, of one project or of all.
template <class Page>
Status add_support(School& school, const Record* support, Page& page) {
  if (!support) return {};
  WAYMARK_TRY(versions, versions_of(school, *support));
  page.support = versions.empty() ? support->text("form") : versions.front().form;
  page.support_saw = saw_of(*support, versions);
  page.support_versions = std::move(versions);
  return {};
}

}  // namespace

Result<StudentPage> student_page(School& school, const PersonId& student) {
  WAYMARK_TRY(person, school.accounts().person(student));
  if (!person || person->role != "student") return Error{Code::not_found, "no such student"};
  StudentPage page;
  page.now_ms = school.clock().now_ms();
  page.pin_set = !person->pin_hash.empty();
  std::vector<ClassId> classes;
  Student named{*person, person->given};
  WAYMARK_TRY(enrollments, school.accounts().enrollments_of(student));
  for (const auto& enrollment : enrollments) {
    if (!enrollment.active) continue;
    WAYMARK_TRY(row, school.accounts().class_by_id(enrollment.class_id));
    if (!row || !row->active) continue;
    classes.push_back(row->id);
    page.classes.push_back(row->title);
  }
  page.student = learner(school, named);
  WAYMARK_TRY(p, portfolio(school, student));
  page.heard = heard_from(school, *person, wrote_anything(p));
  Pathways pathways(school, classes);
  page.about = about_me(p);
  WAYMARK_TRY(checkins, p.shown->records("checkin"));
  WAYMARK_TRY(observations, p.shown->records("observation"));
  WAYMARK_TRY(replies, p.shown->records("reply"));
  WAYMARK_TRY(steps, p.shown->records("step"));
  WAYMARK_TRY(hidden, store::hidden_records(school.store(), domain::person_stream(student)));
  page.hidden = static_cast<std::int64_t>(hidden.size());

  for (const auto& goal : p.goals) {
    GoalPage made{goal.key.id.hex(),       goal.text("want"),
                  goal.text("first_step"), goal.text("by"),
                  goal.text("how_know"),   goal.text("obstacle"),
                  goal.text("plan_if"),    goal.text("plan_then"),
                  goal.text("standard"),   goal.text("state"),
                  goal.text("learned"),    goal.created_ms,
                  is_open(goal),           {},
                  p.shown->hidden(goal)};
    for (const auto& checkin : checkins)
      if (checkin.text("goal") == made.id)
        made.thread.push_back({checkin.key.id.hex(), checkin.text("text"), "", "", checkin.changed_ms(),
                               p.shown->hidden(checkin)});
    std::stable_sort(made.thread.begin(), made.thread.end(),
                     [](const Remark& a, const Remark& b) { return a.at_ms < b.at_ms; });
    page.goals.push_back(std::move(made));
  }
  std::stable_sort(page.goals.begin(), page.goals.end(), [](const GoalPage& a, const GoalPage& b) {
    return std::pair(!a.open, -a.at_ms) < std::pair(!b.open, -b.at_ms);
  });
  for (const auto& project : p.projects) {
    ProjectPage made;
    made.id = project.key.id.hex();
    made.pathway = project.text("pathway");
    made.version = pathways.version_of(project);
    made.question = project.text("question");
    made.why = project.text("why");
    made.open = is_open(project);
    made.at_ms = project.created_ms;
    WAYMARK_CHECK(add_support(school, p.support_record(made.id), made));
    made.hidden = p.shown->hidden(project);
    const auto* pathway = pathways.of(made.version);
    if (pathway) {
      made.title = pathway->title.by_language;
      if (const auto* product = pathway->product(project.text("product")))
        made.product = product->title.in("en");
      for (const auto& step : pathway->steps) {
        StepPage line{step.id, p.step_state(made.id, step.id), step.title.by_language, 0, 0, ""};
        for (const auto& turn_in : p.turn_ins)
          if (turn_in.text("project") == made.id && turn_in.text("step") == step.id) {
            line.tries++;
            line.at_ms = std::max(line.at_ms, turn_in.changed_ms());
          }
        for (const auto& plan : steps)
          if (plan.text("project") == made.id && plan.text("step") == step.id)
            line.planned = plan.text("planned");
        made.steps.push_back(std::move(line));
      }
    }
    page.projects.push_back(std::move(made));
  }
  std::stable_sort(page.projects.begin(), page.projects.end(),
                   [](const ProjectPage& a, const ProjectPage& b) {
                     return std::pair(!a.open, -a.at_ms) < std::pair(!b.open, -b.at_ms);
                   });
  for (const auto& review : p.reviews) {
    ReviewLine line;
    line.id = review.key.id.hex();
    line.project = review.text("project");
    line.step = review.text("step");
    line.rubric = review.text("rubric");
    line.version = review.text("version");
    line.by = staff_name(school, review.author());
    line.at_ms = review.changed_ms();
    line.judgement = judgement_of(review);
    if (line.version.empty())  // one without a rubric
      if (const auto* project = p.by_id(p.projects, line.project))
        line.version = pathways.version_of(*project);
    line.step_title = title_of(pathways.of(line.version), line.step);
    if (const auto* own = p.by_id(p.assessments, review.text("self_assessment"))) line.own = levels_of(*own);
    if (const auto* turn_in = p.by_id(p.turn_ins, review.text("turn_in"))) {
      line.try_number = turn_in->integer("try", 1);
      if (const auto* standing = p.review_of(*turn_in); standing->key.id != review.key.id)
        line.replaced_by = standing->key.id.hex();
    }
    for (const auto& reply : replies)
      if (reply.text("review") == line.id)
        line.replies.push_back(
            {reply.key.id.hex(), reply.text("text"), "", "", reply.changed_ms(), p.shown->hidden(reply)});
    page.reviews.push_back(std::move(line));
  }
  std::stable_sort(page.reviews.begin(), page.reviews.end(),
                   [](const ReviewLine& a, const ReviewLine& b) { return a.at_ms > b.at_ms; });
  for (const auto& seen : observations)
    page.observations.push_back({seen.key.id.hex(), seen.text("text"), seen.text("standard"),
                                 staff_name(school, seen.author()), seen.changed_ms(),
                                 p.shown->hidden(seen)});
  std::stable_sort(page.observations.begin(), page.observations.end(),
                   [](const Remark& a, const Remark& b) { return a.at_ms > b.at_ms; });
  WAYMARK_CHECK(add_support(school, p.support_record(""), page));
  for (const auto& held : p.held) {
    const auto* turn_in = has_versions(held) ? p.by_id(p.turn_ins, held.text("turn_in")) : nullptr;
    const auto* review = turn_in ? p.review_of(*turn_in) : nullptr;
    if (!review) continue;  // it waits with what is to be answered
    WAYMARK_TRY(versions, versions_of(school, held));
    auto version = held.text("version");
    page.unsent.push_back({turn_in->key.id.hex(), review->key.id.hex(), version, held.text("rubric"),
                           title_of(pathways.of(version), held.text("step")), std::move(versions)});
  }
  for (const auto& help : p.helps)
    if (is_open(help) && !is_answered(p, help)) page.question_open = help.key.id.hex();
  WAYMARK_TRY(growth, growth_of(school, p, observations, steps, pathways));
  page.growth = std::move(growth);
  page.contents = pathways.take_contents();
  return page;
}

Status correct_review(School& school, const PersonId& teacher, const PersonId& student,
                      std::string_view review, const Judgement& reply) {
  WAYMARK_TRY(p, portfolio(school, student));
  const auto* before = p.by_id(p.reviews, review);
  const auto* turn_in = before ? p.by_id(p.turn_ins, before->text("turn_in")) : nullptr;
  if (!turn_in) return Error{Code::not_found, "no such answer"};
  if (p.review_of(*turn_in) != before) return Error{Code::conflict, "this answer was corrected already"};
  store::Edit edit{{domain::person_stream(student), "review", {}}, {}, {}, {id_cast<OpId>(before->key.id)}};
  for (auto name : {"turn_in", "self_assessment", "project", "step", "version", "rubric"})
    if (auto text = before->text(name); !text.empty()) edit.fields[name] = text;
  auto saw = before->texts("saw");
  if (saw.size() < 256) saw.push_back(before->key.id.hex());
  edit.fields["saw"] = record::Value(saw);
  WAYMARK_CHECK(add_judgement(edit.fields, reply));
  std::erase_if(edit.fields, [](const auto& field) { return field.second.is_null(); });
  return write_one(school, teacher, std::move(edit));
}

Result<std::vector<StandardLine>> standards_of(School& school, const ClassId& class_id) {
  std::set<std::string> used;
  Pathways pathways(school, {class_id});
  WAYMARK_TRY(listed, school.store().records(domain::class_stream(class_id), "pathway"));
  for (const auto& record : listed) {
    const auto* pathway = record.boolean("archived") ? nullptr : pathways.of(record.text("published"));
    if (!pathway) continue;
    used.insert(pathway->standards.begin(), pathway->standards.end());
    for (const auto& step : pathway->steps) used.insert(step.standards.begin(), step.standards.end());
  }
  std::vector<StandardLine> lines;
  WAYMARK_TRY(standards, school.store().records(domain::school_stream, "standard"));
  for (const auto& standard : standards) {
    auto code = standard.text("code");
    if (standard.boolean("retired") || code.empty()) continue;
    bool in_use = used.erase(code) > 0;
    lines.push_back({code, standard.text("text"), in_use});
  }
  for (const auto& code : used) lines.push_back({code, "", true});
  std::stable_sort(lines.begin(), lines.end(), [](const StandardLine& a, const StandardLine& b) {
    return std::pair(!a.used, a.code) < std::pair(!b.used, b.code);
  });
  if (lines.size() > standards_shown_max) lines.resize(standards_shown_max);
  return lines;
}

}  // namespace waymark::server
