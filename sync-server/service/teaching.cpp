#include "sync-server/service/teaching.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "shared/base/text.hpp"
#include "shared/domain/pathway.hpp"
#include "sync-server/service/rosters.hpp"

namespace waymark::server {
namespace {

using store::Record;
using Records = std::vector<Record>;

constexpr std::int64_t kDayMs = std::int64_t{86'400'000};
constexpr std::size_t kContentsMax = 40;  // versions sent along with one page

Learner learner(School& school, const Student& student) {
  const auto& person = student.person;
  return {person.id.hex(), trim(person.given + " " + person.family), student.display_name,
          mark_of(school, person.id)};
}

std::string staff_name(School& school, const PersonId& id) {
  auto person = school.accounts().person(id);
  if (!person || !*person) return "";
  return trim((*person)->given + " " + (*person)->family);
}

HeardFrom heard_from(School& school, const PersonId& person) {
  HeardFrom heard;
  auto seen = school.accounts().seen_on(person);
  if (!seen) return heard;
  for (const auto& place : *seen) {
    heard.waiting += place.waiting;
    if (place.heard_ms.value_or(0) > heard.at_ms) {
      heard.at_ms = *place.heard_ms;
      heard.computer = place.computer_name;
    }
  }
  return heard;
}

AboutMe about_me(const Records& profiles) {
  if (profiles.empty()) return {};
  const auto& p = profiles.front();
  return {p.text("strengths"),  p.text("interests"), p.text("languages"),
          p.text("learn_best"), p.text("need"),      p.changed_ms()};
}

std::map<std::string, std::int64_t> levels_of(const Record& record) {
  std::map<std::string, std::int64_t> levels;
  for (const auto& [name, field] : record.fields)
    if (name.starts_with("level.") && !field.value().is_null())
      levels[name.substr(6)] = field.value().integer();
  return levels;
}

Judgement judgement_of(const Record& record) {
  return {levels_of(record), record.text("glow"), record.text("grow"), record.text("next"),
          record.text("outcome")};
}

// The versions of one page, read once each.
class Pathways {
 public:
  Pathways(School& school, std::vector<ClassId> classes) : school_(school), classes_(std::move(classes)) {}

  const domain::Pathway* of(const std::string& version) {
    if (version.empty()) return nullptr;
    if (auto found = parsed_.find(version); found != parsed_.end()) return found->second.get();
    auto& place = parsed_[version];
    auto id = RecordId::parse(version);
    if (!id) return nullptr;
    for (const auto& class_id : classes_) {
      auto record = school_.store().find({domain::class_stream(class_id), "pathway_version", *id});
      if (!record || !*record) continue;
      auto content = (*record)->text("content");
      auto pathway = domain::parse_pathway(content);
      if (!pathway) return nullptr;
      place = std::make_unique<domain::Pathway>(std::move(*pathway));
      contents_[version] = std::move(content);
      return place.get();
    }
    return nullptr;
  }
  // A project without a version of its own goes by the one that is published.
  std::string version_of(const Record& project) {
    auto version = project.text("version");
    if (!version.empty()) return version;
    auto id = RecordId::parse(project.text("pathway"));
    if (!id) return "";
    for (const auto& class_id : classes_) {
      auto pathway = school_.store().find({domain::class_stream(class_id), "pathway", *id});
      if (pathway && *pathway) return (*pathway)->text("published");
    }
    return "";
  }
  std::map<std::string, std::string> take_contents() {
    while (contents_.size() > kContentsMax) contents_.erase(std::prev(contents_.end()));
    return std::move(contents_);
  }

 private:
  School& school_;
  std::vector<ClassId> classes_;
  std::map<std::string, std::unique_ptr<domain::Pathway>> parsed_;
  std::map<std::string, std::string> contents_;
};

std::int64_t number_of(const domain::Pathway* pathway, std::string_view step) {
  if (!pathway) return 0;
  for (std::size_t i = 0; i < pathway->steps.size(); i++)
    if (pathway->steps[i].id == step) return static_cast<std::int64_t>(i) + 1;
  return 0;
}
Texts title_of(const domain::Pathway* pathway, std::string_view step) {
  const auto* found = pathway ? pathway->step(step) : nullptr;
  return found ? found->title.by_language : Texts{};
}

// Everything of one student's portfolio that a page needs, read kind by kind.
struct Portfolio {
  Records profiles, projects, turn_ins, reviews, assessments, works, helps, help_answers, confirmations,
      goals, supports, held;

  const Record* by_id(const Records& records, std::string_view id) const {
    for (const auto& record : records)
      if (record.key.id.hex() == id) return &record;
    return nullptr;
  }
  const Record* review_of(const Record& turn_in) const {  // the latest
    const Record* found = nullptr;
    for (const auto& review : reviews)
      if (review.text("turn_in") == turn_in.key.id.hex() &&
          (!found || review.changed_ms() >= found->changed_ms()))
        found = &review;
    return found;
  }
  // The last one for its step: a later try takes an earlier one's place.
  bool is_last_try(const Record& turn_in) const {
    return std::none_of(turn_ins.begin(), turn_ins.end(), [&](const Record& other) {
      return other.text("project") == turn_in.text("project") && other.text("step") == turn_in.text("step") &&
             std::pair(other.integer("try"), other.changed_ms()) >
                 std::pair(turn_in.integer("try"), turn_in.changed_ms());
    });
  }
  const Record* last_try(std::string_view project, std::string_view step) const {
    for (const auto& turn_in : turn_ins)
      if (turn_in.text("project") == project && turn_in.text("step") == step && is_last_try(turn_in))
        return &turn_in;
    return nullptr;
  }
  std::string step_state(std::string_view project, std::string_view step) const {
    const auto* turned_in = last_try(project, step);
    if (!turned_in) {
      bool begun = std::any_of(works.begin(), works.end(), [&](const Record& work) {
        return work.text("project") == project && work.text("step") == step && !work.deleted();
      });
      return begun ? "doing" : "todo";
    }
    const auto* review = review_of(*turned_in);
    if (!review) return "turned_in";
    return review->text("outcome") == "another_look" ? "another_look" : "ready";
  }
  const Record* held_of(std::string_view turn_in) const {
    for (const auto& reply : held)
      if (reply.text("turn_in") == turn_in) return &reply;
    return nullptr;
  }
  std::string support_of(std::string_view project) const {
    const Record* found = nullptr;
    for (const auto& support : supports)
      if (support.text("step").empty() && support.text("project") == project &&
          (!found || support.changed_ms() > found->changed_ms()))
        found = &support;
    return found ? found->text("form") : "";
  }
};

Result<Portfolio> portfolio(School& school, const PersonId& student) {
  Portfolio p;
  auto stream = domain::person_stream(student);
  const std::array<std::pair<std::string_view, Records*>, 11> kinds{{{"profile", &p.profiles},
                                                                     {"project", &p.projects},
                                                                     {"turn_in", &p.turn_ins},
                                                                     {"review", &p.reviews},
                                                                     {"self_assessment", &p.assessments},
                                                                     {"work", &p.works},
                                                                     {"help", &p.helps},
                                                                     {"help_answer", &p.help_answers},
                                                                     {"confirmation", &p.confirmations},
                                                                     {"goal", &p.goals},
                                                                     {"support", &p.supports}}};
  for (const auto& [kind, into] : kinds) {
    WAYMARK_TRY(records, school.store().records(stream, kind));
    *into = std::move(records);
  }
  WAYMARK_TRY(held, school.store().records(domain::staff_stream(student), "held_review"));
  p.held = std::move(held);
  return p;
}

bool is_open(const Record& record) {
  auto state = record.text("state");
  return !record.boolean("archived") && (state.empty() || state == "open" || state == "active");
}
bool is_answered(const Portfolio& p, const Record& help) {
  return std::any_of(p.help_answers.begin(), p.help_answers.end(), [&](const Record& answer) {
    return answer.text("help") == help.key.id.hex() && answer.changed_ms() >= help.changed_ms();
  });
}
bool is_confirmed(const Portfolio& p, const Record& work) {
  return std::any_of(p.confirmations.begin(), p.confirmations.end(), [&](const Record& confirmation) {
    return confirmation.text("work") == work.key.id.hex();
  });
}
bool is_shown(const Record& work) { return work.text("type").starts_with("shown"); }

bool valid_date(std::string_view date) {
  if (date.size() != 10 || date[4] != '-' || date[7] != '-') return false;
  for (std::size_t i : {0, 1, 2, 3, 5, 6, 8, 9})
    if (date[i] < '0' || date[i] > '9') return false;
  return true;
}

int rank_of(std::string_view type) {
  // Work that simply waits comes late: it has its own panel, with a count and an age.
  constexpr std::array order{"stuck", "shown", "answered", "goal", "quiet", "waiting", "never"};
  for (std::size_t i = 0; i < order.size(); i++)
    if (type == order[i]) return static_cast<int>(i);
  return 99;
}

// Where a student stands on a project: the furthest step with anything on it, or the one after it once that
// is ready. -1: the pathway is not known here.
int stands_at(const Portfolio& p, const Record& project, const domain::Pathway* pathway) {
  if (!pathway || pathway->steps.empty()) return -1;
  auto id = project.key.id.hex();
  std::size_t at = 0, count = pathway->steps.size();
  for (std::size_t i = 0; i < count; i++) {
    auto state = p.step_state(id, pathway->steps[i].id);
    if (state != "todo") at = state == "ready" && i + 1 < count ? i + 1 : i;
  }
  return static_cast<int>(at);
}

const Record* current_project(const Portfolio& p) {
  const Record* found = nullptr;
  for (const auto& project : p.projects)
    if (is_open(project) && (!found || project.changed_ms() > found->changed_ms())) found = &project;
  return found;
}

std::vector<std::string> hexes(std::span<const OpId> ids) {
  std::vector<std::string> texts;
  for (const auto& id : ids)
    if (texts.size() < 256) texts.push_back(id.hex());
  return texts;
}

std::vector<Need> needs_of(const Learner& who, const Portfolio& p, Pathways& pathways, const HeardFrom& heard,
                           std::int64_t now, std::string_view today) {
  std::vector<Need> needs;
  auto need = [&](std::string_view type, const Record& record) -> Need& {
    Need made;
    made.type = type;
    made.student = who;
    made.heard = heard;
    made.record = record.key.id.hex();
    made.since_ms = record.changed_ms();
    made.project = record.text("project");
    made.step = record.text("step");
    if (const auto* project = p.by_id(p.projects, made.project)) {
      const auto* pathway = pathways.of(pathways.version_of(*project));
      made.step_title = title_of(pathway, made.step);
      made.step_number = number_of(pathway, made.step);
    }
    needs.push_back(std::move(made));
    return needs.back();
  };
  for (const auto& help : p.helps)
    if (is_open(help) && !is_answered(p, help)) need("stuck", help).words = help.text("text");
  for (const auto& work : p.works)
    if (is_shown(work) && !work.deleted() && !is_confirmed(p, work)) {
      auto title = work.text("title");
      need("shown", work).words = title.empty() ? work.text("text") : title;
    }
  for (const auto& turn_in : p.turn_ins) {
    if (p.review_of(turn_in) || !p.is_last_try(turn_in)) continue;
    if (const auto* held = p.held_of(turn_in.key.id.hex()); held && held->text("state") == "held") continue;
    auto& made = need(turn_in.integer("try") > 1 ? "answered" : "waiting", turn_in);
    made.try_number = turn_in.integer("try");
    made.words = turn_in.text("note");
  }
  for (const auto& goal : p.goals) {
    auto by = goal.text("by");
    if (!is_open(goal) || !valid_date(by) || !valid_date(today) || std::string_view(by) > today) continue;
    auto& made = need("goal", goal);
    made.date = by;
    made.words = goal.text("first_step").empty() ? goal.text("want") : goal.text("first_step");
  }
  if (heard.at_ms == 0) {
    needs.push_back({});
    needs.back().type = "never";
    needs.back().student = who;
  } else if (now - heard.at_ms >= quiet_after_days * kDayMs) {
    needs.push_back({});
    auto& made = needs.back();
    made.type = "quiet";
    made.student = who;
    made.heard = heard;
    made.since_ms = heard.at_ms;
    made.days = (now - heard.at_ms) / kDayMs;
  }
  return needs;
}

bool more_pressing(const Need& a, const Need& b) {
  int rank_a = rank_of(a.type), rank_b = rank_of(b.type);
  return rank_a != rank_b ? rank_a < rank_b : a.since_ms < b.since_ms;
}

Result<const Record*> waiting_turn_in(const Portfolio& p, std::string_view turn_in) {
  const auto* found = p.by_id(p.turn_ins, turn_in);
  if (!found) return Error{Code::not_found, "nothing of this id was turned in"};
  if (p.review_of(*found)) return Error{Code::conflict, "this was answered already"};
  return found;
}

// The student of the class who turned this in.
struct Found {
  PersonId student;
  Portfolio portfolio;
};
Result<Found> find_turn_in(School& school, const ClassId& class_id, std::string_view turn_in) {
  WAYMARK_TRY(students, school.students_of(class_id));
  for (const auto& student : students) {
    WAYMARK_TRY(p, portfolio(school, student.person.id));
    if (p.by_id(p.turn_ins, turn_in)) return Found{student.person.id, std::move(p)};
  }
  return Error{Code::not_found, "nothing of this id was turned in"};
}

record::RecordKey held_key(const PersonId& student, std::string_view turn_in) {
  return {domain::staff_stream(student), "held_review", domain::singleton_id("held_review", turn_in)};
}

// An edit of the fields that differ from what is there, based on what is there.
Result<store::Edit> edit_of(School& school, const record::RecordKey& key, record::Fields fields) {
  WAYMARK_TRY(before, school.store().find(key));
  store::Edit edit{key, std::move(fields), {}, {}};
  std::vector<std::string> names;
  for (const auto& [name, value] : edit.fields) names.push_back(name);
  if (before) edit.base = before->heads_of(names);
  return edit;
}

Status write_one(School& school, const PersonId& author, store::Edit edit) {
  WAYMARK_TRY(written, school.write(author, std::span(&edit, 1)));
  (void)written;
  return {};
}

// Field names come from outside; only those of the table may be written.
Status add_judgement(record::Fields& fields, const Judgement& reply) {
  if (reply.outcome != "ready" && reply.outcome != "another_look")
    return Error{Code::invalid, "a reply says Ready or Another look"};
  if (reply.levels.size() > 64) return Error{Code::too_large, "more than 64 criteria"};
  for (const auto& [criterion, level] : reply.levels) {
    auto name = "level." + criterion;
    if (!record::valid_name(name) || level < 1 || level > 8)
      return Error{Code::invalid, "a level is a number from 1 to 8 of one criterion"};
    fields[name] = level;
  }
  for (const auto& [name, text] :
       {std::pair("glow", &reply.glow), {"grow", &reply.grow}, {"next", &reply.next}}) {
    WAYMARK_TRY(normal, normalize(trim(*text)));
    if (normal.empty())
      fields[name] = record::Value();
    else
      fields[name] = normal;
  }
  fields["outcome"] = reply.outcome;
  return {};
}

Piece piece_of(const Portfolio& p, const Record& work, const Record* turn_in) {
  Piece piece{work.key.id.hex(),
              work.text("type"),
              work.text("title"),
              work.text("text"),
              work.text("file"),
              work.text("name"),
              work.text("mime"),
              work.integer("bytes"),
              work.integer("width"),
              work.integer("height"),
              work.created_ms,
              is_confirmed(p, work),
              false};
  if (turn_in) {
    auto saw = turn_in->texts("saw");
    auto heads = work.all_heads();
    bool changed = std::any_of(heads.begin(), heads.end(), [&](const OpId& id) {
      return std::find(saw.begin(), saw.end(), id.hex()) == saw.end();
    });
    piece.changed_since = !saw.empty() ? changed : work.changed_ms() > turn_in->changed_ms();
  }
  return piece;
}

TurnedIn turned_in_of(School& school, const Learner& who, const Portfolio& p, const Record& turn_in,
                      Pathways& pathways) {
  TurnedIn item;
  item.turn_in = turn_in.key.id.hex();
  item.project = turn_in.text("project");
  item.step = turn_in.text("step");
  item.try_number = turn_in.integer("try", 1);
  item.at_ms = turn_in.changed_ms();
  item.student = who;
  item.note = turn_in.text("note");
  item.about = about_me(p.profiles);
  for (const auto& goal : p.goals)
    if (is_open(goal) && !goal.text("want").empty() && item.goals.size() < 2)
      item.goals.push_back(goal.text("want"));
  const auto* project = p.by_id(p.projects, item.project);
  const auto* own = p.by_id(p.assessments, turn_in.text("self_assessment"));
  item.version = own && !own->text("version").empty() ? own->text("version")
                 : project                            ? pathways.version_of(*project)
                                                      : "";
  const auto* pathway = pathways.of(item.version);
  if (project) {
    item.pathway = project->text("pathway");
    item.question = project->text("question");
    if (const auto* product = pathway ? pathway->product(project->text("product")) : nullptr)
      item.product = product->title.in("en");
  }
  item.step_title = title_of(pathway, item.step);
  item.step_number = number_of(pathway, item.step);
  if (pathway) {
    item.pathway_title = pathway->title.by_language;
    if (const auto* rubric = pathway->rubric_of(item.step)) item.rubric = rubric->id;
  }
  if (own) {
    item.self_assessment = own->key.id.hex();
    item.rubric = own->text("rubric");
    item.levels = levels_of(*own);
    for (const auto& [name, field] : own->fields) {
      if (name.starts_with("because.")) item.because[name.substr(8)] = field.value().text();
      if (name.starts_with("evidence.")) item.evidence[name.substr(9)] = field.value().texts();
    }
    item.confidence = own->text("confidence");
    item.glow = own->text("glow");
    item.grow = own->text("grow");
    item.next = own->text("next");
  }
  auto named = turn_in.texts("works");
  for (const auto& work : p.works) {
    if (work.deleted()) continue;
    bool is_named = std::find(named.begin(), named.end(), work.key.id.hex()) != named.end();
    bool of_step = work.text("project") == item.project && work.text("step") == item.step;
    if (is_named || (named.empty() && of_step)) item.work.push_back(piece_of(p, work, &turn_in));
  }
  for (const auto& other : p.turn_ins) {
    if (other.text("project") != item.project || other.text("step") != item.step ||
        other.integer("try", 1) >= item.try_number)
      continue;
    Try earlier;
    earlier.number = other.integer("try", 1);
    earlier.at_ms = other.changed_ms();
    if (const auto* then = p.by_id(p.assessments, other.text("self_assessment")))
      earlier.levels = levels_of(*then);
    if (const auto* review = p.review_of(other)) {
      earlier.review = judgement_of(*review);
      earlier.reviewed = true;
    }
    item.earlier.push_back(std::move(earlier));
  }
  std::sort(item.earlier.begin(), item.earlier.end(),
            [](const Try& a, const Try& b) { return a.number < b.number; });
  item.opens_first = p.support_of(item.project);
  if (item.opens_first.empty()) item.opens_first = p.support_of("");
  if (const auto* held = p.held_of(item.turn_in)) {
    item.held = held->text("state") == "held";
    item.reply = judgement_of(*held);
    item.held_by = staff_name(school, held->author());
  }
  return item;
}

}  // namespace

Result<bool> teaches_class(School& school, const PersonId& teacher, const ClassId& class_id) {
  WAYMARK_TRY(classes, school.classes_of(teacher));
  return std::any_of(classes.begin(), classes.end(), [&](const ClassRow& row) { return row.id == class_id; });
}

Result<std::vector<Learner>> learners(School& school, const ClassId& class_id) {
  WAYMARK_TRY(students, school.students_of(class_id));
  std::vector<Learner> list;
  for (const auto& student : students) list.push_back(learner(school, student));
  return list;
}

Result<std::vector<ClassLine>> class_lines(School& school, const PersonId& teacher) {
  std::vector<ClassLine> lines;
  WAYMARK_TRY(classes, school.classes_of(teacher));
  for (const auto& row : classes) {
    WAYMARK_TRY(students, school.students_of(row.id));
    ClassLine line{row.id.hex(), row.title, static_cast<std::int64_t>(students.size()), 0};
    for (const auto& student : students) {
      WAYMARK_TRY(p, portfolio(school, student.person.id));
      for (const auto& turn_in : p.turn_ins) {
        const auto* held = p.held_of(turn_in.key.id.hex());
        if (!p.review_of(turn_in) && p.is_last_try(turn_in) && !(held && held->text("state") == "held"))
          line.to_answer++;
      }
    }
    lines.push_back(std::move(line));
  }
  std::sort(lines.begin(), lines.end(),
            [](const ClassLine& a, const ClassLine& b) { return a.title < b.title; });
  return lines;
}

Result<ClassPage> class_page(School& school, const ClassId& class_id, std::string_view today) {
  WAYMARK_TRY(row, school.accounts().class_by_id(class_id));
  if (!row) return Error{Code::not_found, "no such class"};
  ClassPage page;
  page.id = class_id.hex();
  page.title = row->title;
  page.now_ms = school.clock().now_ms();
  Pathways pathways(school, {class_id});
  auto stream = domain::class_stream(class_id);
  WAYMARK_TRY(about, school.store().find({stream, "class", domain::singleton_id("class", class_id.hex())}));
  WAYMARK_TRY(listed, school.store().records(stream, "pathway"));
  std::string today_pathway = about ? about->text("today_pathway") : "",
              today_step = about ? about->text("today_step") : "";

  struct Standing {
    std::string pathway, version, step;
  };
  std::vector<Standing> standings;
  std::map<std::string, ComputerLine> computers;
  WAYMARK_TRY(students, school.students_of(class_id));
  page.students = static_cast<std::int64_t>(students.size());
  for (const auto& student : students) {
    auto who = learner(school, student);
    WAYMARK_TRY(p, portfolio(school, student.person.id));
    auto heard = heard_from(school, student.person.id);
    auto needs = needs_of(who, p, pathways, heard, page.now_ms, today);
    for (const auto& turn_in : p.turn_ins) {
      if (p.review_of(turn_in) || !p.is_last_try(turn_in)) continue;
      const auto* held = p.held_of(turn_in.key.id.hex());
      if (held && held->text("state") == "held") {
        page.to_answer.held++;
        continue;
      }
      page.to_answer.count++;
      if (turn_in.integer("try") > 1) page.to_answer.second_tries++;
      if (page.to_answer.oldest_ms == 0 || turn_in.changed_ms() < page.to_answer.oldest_ms)
        page.to_answer.oldest_ms = turn_in.changed_ms();
    }
    if (!needs.empty()) {
      std::stable_sort(needs.begin(), needs.end(), more_pressing);
      needs.front().more = static_cast<std::int64_t>(needs.size()) - 1;
      page.needs.push_back(std::move(needs.front()));
    }
    WAYMARK_TRY(seen, school.accounts().seen_on(student.person.id));
    for (const auto& place : seen) {
      auto& line = computers[place.computer_name];
      line.name = place.computer_name;
      line.heard_ms = std::max(line.heard_ms, place.heard_ms.value_or(0));
      line.waiting += place.waiting;
      line.students++;
    }
    if (const auto* project = current_project(p)) {
      auto version = pathways.version_of(*project);
      const auto* pathway = pathways.of(version);
      int at = stands_at(p, *project, pathway);
      standings.push_back(
          {project->text("pathway"), version, at < 0 ? "" : pathway->steps[static_cast<std::size_t>(at)].id});
    } else {
      page.trail.without++;
    }
  }
  page.needing = static_cast<std::int64_t>(page.needs.size());
  std::stable_sort(page.needs.begin(), page.needs.end(), more_pressing);
  for (auto& [name, line] : computers) page.computers.push_back(line);
  std::stable_sort(page.computers.begin(), page.computers.end(), [](const auto& a, const auto& b) {
    return std::pair(a.waiting == 0, a.heard_ms) < std::pair(b.waiting == 0, b.heard_ms);
  });

  auto stops = [](const domain::Pathway& pathway) {
    std::vector<TrailStop> list;
    for (const auto& step : pathway.steps) {
      TrailStop stop;
      stop.id = step.id;
      stop.title = step.title.by_language;
      stop.good = step.what_good_looks_like.by_language;
      if (!step.if_stuck.empty()) stop.stuck = step.if_stuck.front().by_language;
      list.push_back(std::move(stop));
    }
    return list;
  };
  for (const auto& record : listed) {
    auto version = record.text("published");
    const auto* pathway = pathways.of(version);
    if (pathway && !record.boolean("archived"))
      page.pathways.push_back({record.key.id.hex(), version, pathway->title.by_language, stops(*pathway)});
  }

  // The trail of today's pathway, else of the one most are on.
  auto& trail = page.trail;
  trail.pathway = today_pathway;
  if (trail.pathway.empty()) {
    std::map<std::string, int> counts;
    for (const auto& standing : standings) counts[standing.pathway]++;
    int most = 0;
    for (const auto& [id, count] : counts)
      if (count > most) {
        most = count;
        trail.pathway = id;
      }
  }
  if (trail.pathway.empty() && !page.pathways.empty()) trail.pathway = page.pathways.front().id;
  for (const auto& record : listed)
    if (record.key.id.hex() == trail.pathway) trail.version = record.text("published");
  if (const auto* pathway = pathways.of(trail.version)) {
    trail.title = pathway->title.by_language;
    trail.question = pathway->question.by_language;
    trail.stops = stops(*pathway);
    for (auto& stop : trail.stops) stop.today = trail.pathway == today_pathway && stop.id == today_step;
  }
  for (const auto& standing : standings) {
    if (standing.pathway != trail.pathway) {
      trail.on_others++;
      continue;
    }
    trail.on_this++;
    for (auto& stop : trail.stops)
      if (stop.id == standing.step) stop.here++;
  }
  return page;
}

Status set_today(School& school, const PersonId& teacher, const ClassId& class_id, std::string_view pathway,
                 std::string_view step) {
  if (!pathway.empty()) WAYMARK_CHECK(RecordId::parse(pathway));
  if (step.size() > domain::pathway_id_max) return Error{Code::too_large, "a step's name"};
  record::RecordKey key{domain::class_stream(class_id), "class",
                        domain::singleton_id("class", class_id.hex())};
  WAYMARK_TRY(edit, edit_of(school, key, {{"today_pathway", pathway}, {"today_step", step}}));
  return write_one(school, teacher, std::move(edit));
}

Status answer_help(School& school, const PersonId& teacher, const PersonId& student, std::string_view help,
                   std::string_view text) {
  WAYMARK_TRY(id, RecordId::parse(help));
  WAYMARK_TRY(asked, school.store().find({domain::person_stream(student), "help", id}));
  if (!asked) return Error{Code::not_found, "no such question"};
  WAYMARK_TRY(normal, normalize(trim(text)));
  if (normal.empty()) return Error{Code::invalid, "an answer needs words"};
  store::Edit edit{{domain::person_stream(student), "help_answer", {}},
                   {{"help", help}, {"text", normal}},
                   {},
                   asked->all_heads()};
  return write_one(school, teacher, std::move(edit));
}

Status confirm_shown(School& school, const PersonId& teacher, const PersonId& student,
                     std::string_view work) {
  WAYMARK_TRY(id, RecordId::parse(work));
  WAYMARK_TRY(shown, school.store().find({domain::person_stream(student), "work", id}));
  if (!shown || !is_shown(*shown)) return Error{Code::not_found, "nothing of this id was shown in person"};
  auto heads = shown->all_heads();
  store::Edit edit{{domain::person_stream(student), "confirmation", {}},
                   {{"work", work}, {"saw", record::Value(hexes(heads))}},
                   {},
                   heads};
  return write_one(school, teacher, std::move(edit));
}

// ---- answering

Result<Queue> review_queue(School& school, const ClassId& class_id) {
  Queue queue;
  Pathways pathways(school, {class_id});
  WAYMARK_TRY(students, school.students_of(class_id));
  for (const auto& student : students) {
    WAYMARK_TRY(p, portfolio(school, student.person.id));
    auto who = learner(school, student);
    for (const auto& turn_in : p.turn_ins) {
      if (p.review_of(turn_in) || !p.is_last_try(turn_in)) continue;
      queue.items.push_back(turned_in_of(school, who, p, turn_in, pathways));
      if (queue.items.back().held) queue.held++;
    }
  }
  std::stable_sort(queue.items.begin(), queue.items.end(),
                   [](const TurnedIn& a, const TurnedIn& b) { return a.at_ms < b.at_ms; });
  queue.contents = pathways.take_contents();
  return queue;
}

Status hold_reply(School& school, const PersonId& teacher, const ClassId& class_id, std::string_view turn_in,
                  const Judgement& reply) {
  WAYMARK_TRY(found, find_turn_in(school, class_id, turn_in));
  const auto& p = found.portfolio;
  WAYMARK_TRY(turned_in, waiting_turn_in(p, turn_in));
  Pathways pathways(school, {class_id});
  auto item = turned_in_of(school, {}, p, *turned_in, pathways);

  std::vector<OpId> saw{id_cast<OpId>(turned_in->key.id)};
  if (const auto* own = p.by_id(p.assessments, item.self_assessment))
    saw.push_back(id_cast<OpId>(own->key.id));
  for (const auto& piece : item.work)
    for (const auto& head : p.by_id(p.works, piece.id)->all_heads()) saw.push_back(head);
  record::Fields fields{{"turn_in", turn_in},
                        {"project", item.project},
                        {"step", item.step},
                        {"saw", record::Value(hexes(saw))},
                        {"state", "held"}};
  for (const auto& [name, text] : {std::pair("self_assessment", &item.self_assessment),
                                   {"version", &item.version},
                                   {"rubric", &item.rubric}})
    if (!text->empty()) fields[name] = *text;
  WAYMARK_CHECK(add_judgement(fields, reply));
  auto key = held_key(found.student, turn_in);
  // A level that was held before and is not said any more is emptied.
  if (const auto* before = p.held_of(turn_in))
    for (const auto& [name, level] : levels_of(*before)) fields.try_emplace("level." + name, record::Value());
  WAYMARK_TRY(edit, edit_of(school, key, std::move(fields)));
  edit.refers = {id_cast<OpId>(turned_in->key.id)};
  return write_one(school, teacher, std::move(edit));
}

Status take_back(School& school, const PersonId& teacher, const ClassId& class_id, std::string_view turn_in) {
  WAYMARK_TRY(found, find_turn_in(school, class_id, turn_in));
  const auto* held = found.portfolio.held_of(turn_in);
  if (!held || held->text("state") != "held")
    return Error{Code::conflict, "this reply is not held: it was sent or taken back already"};
  WAYMARK_TRY(edit, edit_of(school, held->key, {{"state", "taken_back"}}));
  return write_one(school, teacher, std::move(edit));
}

Result<std::int64_t> send_replies(School& school, const PersonId& teacher, const ClassId& class_id) {
  WAYMARK_TRY(students, school.students_of(class_id));
  std::vector<store::Edit> reviews;
  std::vector<Record> sent;
  for (const auto& student : students) {
    WAYMARK_TRY(p, portfolio(school, student.person.id));
    for (const auto& held : p.held) {
      if (held.text("state") != "held") continue;
      const auto* turned_in = p.by_id(p.turn_ins, held.text("turn_in"));
      if (!turned_in || p.review_of(*turned_in)) continue;
      store::Edit edit{{domain::person_stream(student.person.id), "review", {}}, {}, {}, {}};
      for (const auto& [name, field] : held.fields)
        if (name != "state" && name != "review" && !field.value().is_null())
          edit.fields[name] = field.value();
      for (const auto& seen : held.texts("saw"))
        if (auto id = OpId::parse(seen)) edit.refers.push_back(*id);
      reviews.push_back(std::move(edit));
      sent.push_back(held);
    }
  }
  if (reviews.empty()) return std::int64_t{0};
  WAYMARK_TRY(transaction, store::Transaction::begin(school.store().db()));
  WAYMARK_TRY(written, school.write(teacher, reviews));
  std::vector<store::Edit> marks;
  for (std::size_t i = 0; i < sent.size(); i++) {
    WAYMARK_TRY(mark, edit_of(school, sent[i].key, {{"state", "sent"}, {"review", written[i].record.hex()}}));
    marks.push_back(std::move(mark));
  }
  WAYMARK_TRY(marked, school.write(teacher, marks));
  (void)marked;
  WAYMARK_CHECK(school.accounts().audit(teacher, "replies sent", class_id.hex()));
  WAYMARK_CHECK(transaction.commit());
  return static_cast<std::int64_t>(sent.size());
}

// ---- a student

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
  page.heard = heard_from(school, student);
  WAYMARK_TRY(p, portfolio(school, student));
  Pathways pathways(school, classes);
  page.about = about_me(p.profiles);
  auto stream = domain::person_stream(student);
  WAYMARK_TRY(checkins, school.store().records(stream, "checkin"));
  WAYMARK_TRY(observations, school.store().records(stream, "observation"));
  WAYMARK_TRY(replies, school.store().records(stream, "reply"));
  WAYMARK_TRY(steps, school.store().records(stream, "step"));

  for (const auto& goal : p.goals) {
    GoalPage made{goal.key.id.hex(),       goal.text("want"),
                  goal.text("first_step"), goal.text("by"),
                  goal.text("how_know"),   goal.text("obstacle"),
                  goal.text("plan_if"),    goal.text("plan_then"),
                  goal.text("standard"),   goal.text("state"),
                  goal.text("learned"),    goal.created_ms,
                  is_open(goal),           {}};
    for (const auto& checkin : checkins)
      if (checkin.text("goal") == made.id)
        made.thread.push_back({checkin.key.id.hex(), checkin.text("text"), "", "", checkin.changed_ms()});
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
    made.support = p.support_of(made.id);
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
    line.step_title = title_of(pathways.of(line.version), line.step);
    if (const auto* own = p.by_id(p.assessments, review.text("self_assessment"))) line.own = levels_of(*own);
    if (const auto* turn_in = p.by_id(p.turn_ins, review.text("turn_in")))
      line.try_number = turn_in->integer("try", 1);
    for (const auto& reply : replies)
      if (reply.text("review") == line.id)
        line.replies.push_back({reply.key.id.hex(), reply.text("text"), "", "", reply.changed_ms()});
    page.reviews.push_back(std::move(line));
  }
  std::stable_sort(page.reviews.begin(), page.reviews.end(),
                   [](const ReviewLine& a, const ReviewLine& b) { return a.at_ms > b.at_ms; });
  for (const auto& seen : observations)
    page.observations.push_back({seen.key.id.hex(), seen.text("text"), seen.text("standard"),
                                 staff_name(school, seen.author()), seen.changed_ms()});
  std::stable_sort(page.observations.begin(), page.observations.end(),
                   [](const Remark& a, const Remark& b) { return a.at_ms > b.at_ms; });
  page.support = p.support_of("");
  for (const auto& help : p.helps)
    if (is_open(help) && !is_answered(p, help)) page.question_open = help.key.id.hex();
  WAYMARK_TRY(standards, school.store().records(domain::school_stream, "standard"));
  for (const auto& standard : standards)
    if (!standard.boolean("retired") && !standard.text("code").empty() && page.standards.size() < 500)
      page.standards.emplace_back(standard.text("code"), standard.text("text"));
  if (page.standards.empty()) {
    std::set<std::string> codes;
    for (const auto& project : page.projects)
      if (const auto* pathway = pathways.of(project.version))
        codes.insert(pathway->standards.begin(), pathway->standards.end());
    for (const auto& code : codes) page.standards.emplace_back(code, "");
  }
  page.contents = pathways.take_contents();
  return page;
}

Status observe(School& school, const PersonId& teacher, std::span<const PersonId> students,
               const Observed& observed) {
  WAYMARK_TRY(text, normalize(trim(observed.text)));
  if (text.empty()) return Error{Code::invalid, "an observation needs words"};
  if (students.empty() || students.size() > 60)
    return Error{Code::invalid, "an observation is of 1 to 60 students"};
  std::vector<store::Edit> edits;
  for (const auto& student : students) {
    store::Edit edit{{domain::person_stream(student), "observation", {}},
                     {{"text", text}, {"type", "observation"}},
                     {},
                     {}};
    for (const auto& [name, value] : {std::pair("standard", &observed.standard),
                                      {"project", &observed.project},
                                      {"step", &observed.step}})
      if (!value->empty()) edit.fields[name] = *value;
    edits.push_back(std::move(edit));
  }
  WAYMARK_TRY(written, school.write(teacher, edits));
  (void)written;
  return {};
}

Status set_support(School& school, const PersonId& teacher, const PersonId& student, std::string_view project,
                   std::string_view form) {
  if (!form.empty() && form != "example" && form != "step_by_step" && form != "on_my_own")
    return Error{Code::invalid, "a form is example, step_by_step or on_my_own"};
  if (!project.empty()) WAYMARK_CHECK(RecordId::parse(project));
  record::RecordKey key{domain::person_stream(student), "support", domain::singleton_id("support", project)};
  record::Fields fields{{"form", form.empty() ? record::Value() : record::Value(form)}};
  if (!project.empty()) fields["project"] = project;
  WAYMARK_TRY(edit, edit_of(school, key, std::move(fields)));
  return write_one(school, teacher, std::move(edit));
}

}  // namespace waymark::server
