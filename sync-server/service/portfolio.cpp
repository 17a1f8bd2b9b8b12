#include "sync-server/service/portfolio.hpp"

#include <algorithm>
#include <array>

#include "shared/base/text.hpp"
#include "sync-server/service/rosters.hpp"

namespace waymark::server {
namespace {

constexpr std::size_t kContentsMax = 40;  // versions sent along with one page

}  // namespace

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

// Signing in was being heard from; but a hub knows of devices that were never there.
std::int64_t heard_at(const School& school, const SeenOn& place) {
  return place.heard_ms.value_or(school.hub() ? 0 : place.joined_ms);
}

HeardFrom heard_from(School& school, const Person& person, bool wrote) {
  HeardFrom heard;
  auto seen = school.accounts().seen_on(person.id);
  if (!seen) return heard;
  heard.begun = wrote || !seen->empty() || !person.pin_hash.empty();
  for (const auto& place : *seen) {
    heard.waiting += place.waiting;
    auto at_ms = heard_at(school, place);
    if (at_ms <= heard.at_ms) continue;
    heard.at_ms = at_ms;
    heard.computer = place.computer_name;
    heard.carrier = place.carrier;
  }
  return heard;
}

bool wrote_anything(const Portfolio& p) {
  for (const Records* records :
       {&p.profiles, &p.goals, &p.projects, &p.works, &p.assessments, &p.turn_ins, &p.helps})
    if (!records->empty()) return true;
  return false;
}

AboutMe about_me(const Portfolio& portfolio) {
  if (portfolio.profiles.empty()) return {};
  const auto& p = portfolio.profiles.front();
  return {p.text("strengths"), p.text("interests"), p.text("languages"),        p.text("learn_best"),
          p.text("need"),      p.changed_ms(),      portfolio.shown->hidden(p), p.key.id.hex()};
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

// ---- pathways

const domain::Pathway* Pathways::of(const std::string& version) {
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

std::string Pathways::version_of(std::string_view pathway_id, std::string version) {
  if (!version.empty()) return version;
  auto id = RecordId::parse(pathway_id);
  if (!id) return "";
  for (const auto& class_id : classes_) {
    auto pathway = school_.store().find({domain::class_stream(class_id), "pathway", *id});
    if (pathway && *pathway) return (*pathway)->text("published");
  }
  return "";
}

std::map<std::string, std::string> Pathways::take_contents() {
  while (contents_.size() > kContentsMax) contents_.erase(std::prev(contents_.end()));
  return std::move(contents_);
}

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

// ---- the portfolio

const Record* Portfolio::by_id(const Records& records, std::string_view id) {
  auto wanted = RecordId::parse(id);
  if (!wanted) return nullptr;
  for (const auto& record : records)
    if (record.key.id == *wanted) return &record;
  return nullptr;
}

// Three years are some hundreds of turn-ins and reviews: each is looked at once.
void Portfolio::index() {
  for (const auto& turn_in : turn_ins) {
    auto& last = last_tries_[{turn_in.text("project"), turn_in.text("step")}];
    if (!last || std::pair(turn_in.integer("try"), turn_in.changed_ms()) >=
                     std::pair(last->integer("try"), last->changed_ms()))
      last = &turn_in;
  }
  for (const auto& work : works) begun_.emplace(work.text("project"), work.text("step"));
  for (auto [records, by] : {std::pair(&reviews, &latest_reviews_), {&held, &held_}})
    for (const auto& record : *records) {
      auto turn_in = RecordId::parse(record.text("turn_in"));
      if (!turn_in) continue;
      auto& latest = (*by)[*turn_in];
      if (!latest || record.changed_ms() >= latest->changed_ms()) latest = &record;
    }
}

const Record* Portfolio::review_of(const Record& turn_in) const {
  auto found = latest_reviews_.find(turn_in.key.id);
  return found == latest_reviews_.end() ? nullptr : found->second;
}

bool Portfolio::is_last_try(const Record& turn_in) const {
  auto found = last_tries_.find({turn_in.text("project"), turn_in.text("step")});
  return found != last_tries_.end() && found->second->key.id == turn_in.key.id;
}

const Record* Portfolio::held_of(const RecordId& turn_in) const {
  auto found = held_.find(turn_in);
  return found == held_.end() ? nullptr : found->second;
}

bool Portfolio::is_held(const Record& turn_in) const {
  const auto* reply = held_of(turn_in.key.id);
  return reply && reply->text("state") == "held";
}

std::string Portfolio::step_state(std::string_view project, std::string_view step) const {
  Place place{project, step};
  auto last = last_tries_.find(place);
  if (last == last_tries_.end()) return begun_.contains(place) ? "doing" : "todo";
  const auto* review = review_of(*last->second);
  if (!review) return "turned_in";
  return review->text("outcome") == "another_look" ? "another_look" : "ready";
}

const Record* Portfolio::support_record(std::string_view project) const {
  const Record* found = nullptr;
  for (const auto& support : supports)
    if (support.text("step").empty() && support.text("project") == project &&
        (!found || support.changed_ms() > found->changed_ms()))
      found = &support;
  return found;
}
std::string Portfolio::support_of(std::string_view project) const {
  const auto* found = support_record(project);
  return found ? found->text("form") : "";
}

Result<Shown> Shown::of(School& school, const PersonId& student) {
  Shown shown(school, domain::person_stream(student));
  WAYMARK_TRY(hidden, store::hidden_records(school.store(), shown.stream_));
  shown.hidden_ = std::move(hidden);
  return shown;
}

Result<Records> Shown::records(std::string_view kind) {
  WAYMARK_TRY(found, school_->store().records(stream_, kind));
  for (auto& record : found)
    if (hidden(record).at_ms != 0)
      std::erase_if(record.fields,
                    [&](const auto& field) { return domain::is_said(record.key.kind, field.first); });
  return found;
}

Hidden Shown::hidden(const Record& record) const {
  for (const auto& each : hidden_)
    if (each.kind == record.key.kind && each.record == record.key.id)
      return {staff_name(*school_, each.hiding.by), each.hiding.at_ms};
  return {};
}

Result<bool> PutAway::has(const Record& holder) {
  const auto* flag = holder.field("archived");
  if (!flag || std::none_of(flag->heads.begin(), flag->heads.end(),
                            [](const store::Head& head) { return head.value.boolean(); }))
    return false;
  std::vector<OpId> held;
  for (const auto& rule : domain::held()) {
    if (rule.holder != holder.key.kind) continue;
    auto [by_holder, fresh] = by_holder_.try_emplace(&rule);
    if (fresh) {
      WAYMARK_TRY(records, school_->store().records(stream_, rule.kind));
      for (auto& record : records) by_holder->second[record.text(rule.field)].push_back(std::move(record));
    }
    for (const auto& record : by_holder->second[holder.key.id.hex()]) {
      WAYMARK_TRY(gone, school_->store().gone(record, "deleted"));
      if (gone) continue;
      for (const auto& head : record.all_heads()) held.push_back(head);
    }
  }
  return school_->store().gone(holder, "archived", held);
}

Result<Portfolio> portfolio(School& school, const PersonId& student) {
  Portfolio p;
  WAYMARK_TRY(shown, Shown::of(school, student));
  p.shown = std::make_shared<Shown>(std::move(shown));
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
    WAYMARK_TRY(records, p.shown->records(kind));
    *into = std::move(records);
  }
  WAYMARK_TRY(held, school.store().records(domain::staff_stream(student), "held_review"));
  p.held = std::move(held);
  Records works;
  for (auto& work : p.works) {
    WAYMARK_TRY(gone, school.store().gone(work, "deleted"));
    if (!gone) works.push_back(std::move(work));
  }
  p.works = std::move(works);
  // What holds, whichever head is displayed.
  PutAway put_away(school, domain::person_stream(student));
  for (auto* holders : {&p.goals, &p.projects})
    for (auto& holder : *holders)
      if (auto flag = holder.fields.find("archived"); flag != holder.fields.end()) {
        WAYMARK_TRY(away, put_away.has(holder));
        flag->second.heads.front().value = away;
      }
  p.index();
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

std::vector<std::string> hexes(std::span<const OpId> ids) {
  std::vector<std::string> texts;
  for (const auto& id : ids)
    if (texts.size() < 256) texts.push_back(id.hex());
  return texts;
}

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

}  // namespace waymark::server
