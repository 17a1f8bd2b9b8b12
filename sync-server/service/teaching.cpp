#include "sync-server/service/teaching.hpp"

#include <algorithm>
#include <array>

#include "shared/base/text.hpp"
#include "shared/domain/record_ids.hpp"
#include "sync-server/service/standing.hpp"
#include "sync-server/service/versions.hpp"

namespace waymark::server {
namespace {

constexpr std::int64_t kDayMs = std::int64_t{86'400'000};

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
int stands_at(const Standing& standing, const domain::Pathway* pathway) {
  if (!pathway || pathway->steps.empty()) return -1;
  std::size_t at = 0, count = pathway->steps.size();
  for (std::size_t i = 0; i < count; i++)
    if (auto state = standing.steps.find(pathway->steps[i].id); state != standing.steps.end())
      at = state->second == "ready" && i + 1 < count ? i + 1 : i;
  return static_cast<int>(at);
}

std::vector<Need> needs_of(const Learner& who, const Standing& standing, Pathways& pathways,
                           const HeardFrom& heard, std::int64_t now, std::string_view today) {
  std::vector<Need> needs;
  auto need = [&](std::string_view type, const Standing::Thing& thing) {
    Need made;
    made.type = type;
    made.student = who;
    made.heard = heard;
    made.record = thing.record;
    made.since_ms = thing.at_ms;
    made.project = thing.project;
    made.step = thing.step;
    made.words = thing.words;
    made.try_number = thing.try_number;
    made.date = thing.date;
    if (!thing.pathway.empty()) {
      const auto* pathway = pathways.of(pathways.version_of(thing.pathway, thing.version));
      made.step_title = title_of(pathway, made.step);
      made.step_number = number_of(pathway, made.step);
    }
    needs.push_back(std::move(made));
  };
  for (const auto& help : standing.stuck) need("stuck", help);
  for (const auto& work : standing.shown) need("shown", work);
  for (const auto& turn_in : standing.waiting)
    if (!turn_in.held) need(turn_in.try_number > 1 ? "answered" : "waiting", turn_in);
  for (const auto& goal : standing.goals)
    if (valid_date(goal.date) && valid_date(today) && std::string_view(goal.date) <= today)
      need("goal", goal);
  if (!heard.begun) {
    needs.push_back({});
    needs.back().type = "never";
    needs.back().student = who;
  } else if (heard.at_ms > 0 && now - heard.at_ms >= quiet_after_days * kDayMs) {
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

// The student of the class who turned this in. A turn-in is one op, so its id tells the stream.
struct Found {
  PersonId student;
  Portfolio portfolio;
};
Result<Found> find_turn_in(School& school, const ClassId& class_id, std::string_view turn_in) {
  Error missing{Code::not_found, "nothing of this id was turned in"};
  auto id = OpId::parse(turn_in);
  if (!id) return missing;
  WAYMARK_TRY(stream, school.store().stream_of(*id));
  WAYMARK_TRY(students, school.students_of(class_id));
  for (const auto& student : students) {
    if (!stream || *stream != domain::person_stream(student.person.id)) continue;
    WAYMARK_TRY(p, portfolio(school, student.person.id));
    if (p.by_id(p.turn_ins, turn_in)) return Found{student.person.id, std::move(p)};
  }
  return missing;
}

record::RecordKey class_key(const ClassId& class_id) {
  return {domain::class_stream(class_id), "class", domain::class_record_id(class_id)};
}

record::RecordKey support_key(const PersonId& student, std::string_view project) {
  return {domain::person_stream(student), "support", domain::support_id(project)};
}

record::RecordKey held_key(const PersonId& student, std::string_view turn_in) {
  return {domain::staff_stream(student), "held_review", domain::held_review_id(turn_in)};
}

Piece piece_of(const Portfolio& p, const Record& work, const Record* turn_in) {
  Piece piece{work.key.id.hex(),      work.text("type"),
              work.text("title"),     work.text("text"),
              work.text("file"),      work.text("small"),
              work.text("name"),      work.text("mime"),
              work.integer("bytes"),  work.integer("width"),
              work.integer("height"), work.created_ms,
              is_confirmed(p, work),  false,
              p.shown->hidden(work)};
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

Result<TurnedIn> turned_in_of(School& school, const Learner& who, const Portfolio& p, const Record& turn_in,
                              Pathways& pathways) {
  TurnedIn item;
  item.turn_in = turn_in.key.id.hex();
  item.project = turn_in.text("project");
  item.step = turn_in.text("step");
  item.try_number = turn_in.integer("try", 1);
  item.at_ms = turn_in.changed_ms();
  item.student = who;
  item.note = turn_in.text("note");
  item.hidden = p.shown->hidden(turn_in);
  item.about = about_me(p);
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
    item.own_hidden = p.shown->hidden(*own);
    item.confidence = own->text("confidence");
    item.glow = own->text("glow");
    item.grow = own->text("grow");
    item.next = own->text("next");
  }
  auto named = turn_in.texts("works");
  for (const auto& work : p.works) {
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
  if (const auto* support = p.support_record(item.project)) item.opens_saw = hexes(support->all_heads());
  if (const auto* held = p.held_of(turn_in.key.id)) {
    item.held = held->text("state") == "held";
    item.reply = judgement_of(*held);
    item.held_by = staff_name(school, held->author());
    WAYMARK_TRY(versions, versions_of(school, *held));
    item.saw = saw_of(*held, versions);
    if (!versions.empty()) {
      item.reply = versions.front().reply;
      item.held_by = versions.front().by;
    }
    item.versions = std::move(versions);
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
      WAYMARK_TRY(standing, school.standings().of(school, student.person.id));
      line.to_answer += std::count_if(standing->waiting.begin(), standing->waiting.end(),
                                      [](const Standing::Thing& turn_in) { return !turn_in.held; });
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
  WAYMARK_TRY(about, school.store().find(class_key(class_id)));
  WAYMARK_TRY(listed, school.store().records(stream, "pathway"));
  std::string today_pathway = about ? about->text("today_pathway") : "",
              today_step = about ? about->text("today_step") : "";
  if (about) {
    WAYMARK_TRY(versions, versions_of(school, *about));
    if (!versions.empty()) {
      today_pathway = versions.front().pathway;
      today_step = versions.front().step;
    }
    page.today_saw = saw_of(about, versions);
    page.today_versions = std::move(versions);
  }

  struct Place {
    std::string pathway, version, step;
  };
  std::vector<Place> places;
  std::map<std::string, ComputerLine> computers;
  WAYMARK_TRY(students, school.students_of(class_id));
  page.students = static_cast<std::int64_t>(students.size());
  for (const auto& student : students) {
    auto who = learner(school, student);
    WAYMARK_TRY(standing, school.standings().of(school, student.person.id));
    auto heard = heard_from(school, student.person, standing->wrote);
    auto needs = needs_of(who, *standing, pathways, heard, page.now_ms, today);
    for (const auto& turn_in : standing->waiting) {
      if (turn_in.several) page.to_answer.several++;
      if (turn_in.held) {
        page.to_answer.held++;
        continue;
      }
      page.to_answer.count++;
      if (turn_in.try_number > 1) page.to_answer.second_tries++;
      if (page.to_answer.oldest_ms == 0 || turn_in.at_ms < page.to_answer.oldest_ms)
        page.to_answer.oldest_ms = turn_in.at_ms;
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
      if (auto at_ms = heard_at(school, place); at_ms > line.heard_ms) {
        line.heard_ms = at_ms;
        line.carrier = place.carrier;
      }
      line.waiting += place.waiting;
      line.students++;
    }
    if (standing->has_project) {
      auto version = pathways.version_of(standing->pathway, standing->version);
      const auto* pathway = pathways.of(version);
      int at = stands_at(*standing, pathway);
      places.push_back(
          {standing->pathway, version, at < 0 ? "" : pathway->steps[static_cast<std::size_t>(at)].id});
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
    for (const auto& place : places) counts[place.pathway]++;
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
  for (const auto& place : places) {
    if (place.pathway != trail.pathway) {
      trail.on_others++;
      continue;
    }
    trail.on_this++;
    for (auto& stop : trail.stops)
      if (stop.id == place.step) stop.here++;
  }
  return page;
}

Status set_today(School& school, const PersonId& teacher, const ClassId& class_id, std::string_view pathway,
                 std::string_view step, const Saw& saw) {
  if (!pathway.empty()) WAYMARK_CHECK(RecordId::parse(pathway));
  if (step.size() > domain::pathway_id_max) return Error{Code::too_large, "a step's name"};
  WAYMARK_TRY(edit, edit_seen(school, teacher, class_key(class_id),
                              {{"today_pathway", pathway}, {"today_step", step}}, saw));
  return write_one(school, teacher, std::move(edit));
}

Status choose_today(School& school, const PersonId& teacher, const ClassId& class_id, const Choice& choice) {
  return choose_version(school, teacher, class_key(class_id), choice);
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
    WAYMARK_TRY(standing, school.standings().of(school, student.person.id));
    if (standing->waiting.empty()) continue;
    WAYMARK_TRY(p, portfolio(school, student.person.id));
    auto who = learner(school, student);
    for (const auto& turn_in : p.turn_ins) {
      if (!p.waits(turn_in)) continue;
      WAYMARK_TRY(item, turned_in_of(school, who, p, turn_in, pathways));
      queue.items.push_back(std::move(item));
      if (queue.items.back().held) queue.held++;
    }
  }
  std::stable_sort(queue.items.begin(), queue.items.end(),
                   [](const TurnedIn& a, const TurnedIn& b) { return a.at_ms < b.at_ms; });
  queue.contents = pathways.take_contents();
  return queue;
}

Status hold_reply(School& school, const PersonId& teacher, const ClassId& class_id, std::string_view turn_in,
                  const Judgement& reply, const Saw& seen) {
  WAYMARK_TRY(found, find_turn_in(school, class_id, turn_in));
  const auto& p = found.portfolio;
  WAYMARK_TRY(turned_in, waiting_turn_in(p, turn_in));
  Pathways pathways(school, {class_id});
  WAYMARK_TRY(item, turned_in_of(school, {}, p, *turned_in, pathways));

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
  if (const auto* before = p.held_of(turned_in->key.id))
    for (const auto& [name, level] : levels_of(*before)) fields.try_emplace("level." + name, record::Value());
  WAYMARK_TRY(edit, edit_seen(school, teacher, key, std::move(fields), seen));
  edit.refers = {id_cast<OpId>(turned_in->key.id)};
  return write_one(school, teacher, std::move(edit));
}

Status take_back(School& school, const PersonId& teacher, const ClassId& class_id, std::string_view turn_in,
                 const Saw& saw) {
  WAYMARK_TRY(found, find_turn_in(school, class_id, turn_in));
  WAYMARK_TRY(id, RecordId::parse(turn_in));
  const auto* held = found.portfolio.held_of(id);
  if (!held || held->text("state") != "held")
    return Error{Code::conflict, "this reply is not held: it was sent or taken back already"};
  WAYMARK_TRY(edit, edit_seen(school, teacher, held->key, {{"state", "taken_back"}}, saw));
  return write_one(school, teacher, std::move(edit));
}

Status choose_reply(School& school, const PersonId& teacher, const PersonId& student,
                    std::string_view turn_in, const Choice& choice) {
  WAYMARK_CHECK(RecordId::parse(turn_in));
  return choose_version(school, teacher, held_key(student, turn_in), choice);
}

Result<std::int64_t> send_replies(School& school, const PersonId& teacher, const ClassId& class_id) {
  WAYMARK_TRY(students, school.students_of(class_id));
  std::vector<store::Edit> reviews;
  std::vector<Record> sent;
  for (const auto& student : students) {
    WAYMARK_TRY(standing, school.standings().of(school, student.person.id));
    if (standing->waiting.empty()) continue;
    WAYMARK_TRY(p, portfolio(school, student.person.id));
    for (const auto& held : p.held) {
      if (held.text("state") != "held" || has_versions(held)) continue;
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
                   std::string_view form, const Saw& saw) {
  if (!form.empty() && form != "example" && form != "step_by_step" && form != "on_my_own")
    return Error{Code::invalid, "a form is example, step_by_step or on_my_own"};
  if (!project.empty()) WAYMARK_CHECK(RecordId::parse(project));
  record::Fields fields{{"form", form.empty() ? record::Value() : record::Value(form)}};
  if (!project.empty()) fields["project"] = project;
  WAYMARK_TRY(edit, edit_seen(school, teacher, support_key(student, project), std::move(fields), saw));
  return write_one(school, teacher, std::move(edit));
}

Status choose_support(School& school, const PersonId& teacher, const PersonId& student,
                      std::string_view project, const Choice& choice) {
  if (!project.empty()) WAYMARK_CHECK(RecordId::parse(project));
  return choose_version(school, teacher, support_key(student, project), choice);
}

}  // namespace waymark::server
