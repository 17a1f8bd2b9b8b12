// Goals and projects that are put away and come back, what is put into them meanwhile, and what is taken out.
// A holder is away only where whoever put it away had seen all that it holds: nothing that is not deleted is
// out of reach, on any computer or on a teacher's page.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "client/app/student_records.hpp"
#include "shared/store/erase.hpp"
#include "sync-server/service/portfolio.hpp"
#include "tests/simulation/school_world.hpp"

namespace waymark::simulation {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kSawMax = 256;

std::string id_in(const std::string& key) { return key.substr(key.rfind(' ') + 1); }

std::set<std::string> texts_of(const Json& object, const char* name) {
  std::set<std::string> texts;
  if (auto found = object.find(name); found != object.end() && found->is_array())
    for (const auto& item : *found) texts.insert(item.get<std::string>());
  return texts;
}

// By the oracle's heads and the words of the ops that took it away.
bool taken_by_all(const OracleFields& fields, const char* flag, const std::set<std::string>& held,
                  const std::map<std::string, const OracleEntry*>& by_id) {
  auto flagged = fields.find(flag);
  if (flagged == fields.end()) return false;
  std::set<std::string> removals, heads;
  for (const auto& head : flagged->second.heads)
    if (head.value == "true") removals.insert(head.op);
  for (const auto& [name, field] : fields)
    for (const auto& head : field.heads)
      if (!removals.count(head.op)) heads.insert(head.op);
  return std::any_of(removals.begin(), removals.end(), [&](const std::string& removal) {
    auto op = Json::parse(by_id.at(removal)->body);
    auto base = texts_of(op, "base"), saw = texts_of(op["fields"], "saw");
    return std::includes(base.begin(), base.end(), heads.begin(), heads.end()) &&
           std::includes(saw.begin(), saw.end(), held.begin(), held.end());
  });
}

}  // namespace

// ---- what happens

void World::happen_in_archives(Kind kind) {
  auto& computer = any();
  if (computer.teacher) return;
  auto stream = domain::person_stream(computer.person);
  if (must(store::is_erased(*computer.store, stream, {}), "erased")) return;
  app::RecordSet seen;
  seen.me = computer.person;
  must(seen.load(*computer.store, {}), "a student's records");
  store::Edit edit;
  if (kind == Kind::begin_project) {
    auto id = chance(50) ? domain::singleton_id("project", stream) : computer.random->id<RecordId>();
    edit = {{stream, "project", id}, {{"pathway", std::string(32, 'b')}, {"why", word()}}, {}, {}};
    base_on_what_is_here(*computer.store, edit);
  }
  if (kind == Kind::put_away || kind == Kind::bring_back) {
    bool away = kind == Kind::put_away;
    std::vector<store::Record> holders;
    for (const auto& [kept, of] : {std::pair{&seen.goals, "goal"}, std::pair{&seen.projects, "project"}})
      for (auto& record : must(computer.store->records(stream, of), "records"))
        if (away == std::any_of(kept->begin(), kept->end(),
                                [&](const auto& one) { return one.key.id == record.key.id; }))
          holders.push_back(std::move(record));
    if (holders.empty()) return;
    const auto& holder = holders[random_.below(holders.size())];
    edit = {holder.key, {{"archived", away}}, holder.all_heads(), {}};
    std::vector<std::string> saw;
    for (const auto& head : seen.held_by(holder)) saw.push_back(head.hex());
    if (saw.size() > kSawMax) return;  // more than a list can name is not put away
    if (away && plan_.sabotage != Sabotage::names_nothing)
      edit.fields[std::string(store::saw_field)] = record::Value(saw);
  }
  if (kind == Kind::fill) edit = edit_in_holder(computer, seen);
  if (kind == Kind::take_out) {
    if (seen.works.empty()) return;
    const auto& work = seen.works[random_.below(seen.works.size())];
    edit = {work.key, {{"deleted", true}}, work.all_heads(), {}};
  }
  if (edit.fields.empty()) return;
  auto id = save(computer, edit, edit.key.id == RecordId{});
  shelved_++;
  log(std::string(name(kind)) + " " + std::to_string(computer.index) + " " + id.hex());
}

store::Edit World::edit_in_holder(Computer& computer, const app::RecordSet& seen) {
  auto stream = domain::person_stream(computer.person);
  auto holders = seen.goals.size() + seen.projects.size();
  if (holders == 0) return {};
  auto pick = random_.below(holders);
  if (pick < seen.goals.size())
    return {{stream, "checkin", {}}, {{"goal", seen.goals[pick].key.id.hex()}, {"text", word()}}, {}, {}};
  auto project = seen.projects[pick - seen.goals.size()].key.id.hex();
  store::Edit edit;
  switch (random_.below(4)) {
    case 0:
      edit = {{stream, "step", domain::singleton_id("step", project)},
              {{"project", project}, {"step", "plan"}, {"item.first", chance(50)}},
              {},
              {}};
      base_on_what_is_here(*computer.store, edit);
      return edit;
    case 1:
      return {{stream, "work", computer.random->id<RecordId>()},
              {{"project", project}, {"step", "plan"}, {"type", "text"}, {"text", word()}},
              {},
              {}};
    case 2:
      return {{stream, "help", computer.random->id<RecordId>()},
              {{"project", project}, {"step", "plan"}, {"text", word()}, {"state", "open"}},
              {},
              {}};
    default:
      return {{stream, "turn_in", {}},
              {{"project", project}, {"step", "plan"}, {"try", std::int64_t{1}}, {"note", word()}},
              {},
              {}};
  }
}

// ---- 5: what must hold of it

// Of the goals and projects of a stream, which are away, and which are not.
std::map<std::string, bool> World::away_by_oracle(const std::vector<OracleEntry>& all) {
  std::map<std::string, const OracleEntry*> by_id;
  for (const auto& entry : all) by_id[entry.id] = &entry;
  auto records = oracle_.records(all);
  std::map<std::string, std::set<std::string>> held;  // by the kind and id of what holds them
  for (const auto& [key, fields] : records)
    for (const auto& rule : domain::held()) {
      if (key.find(" " + std::string(rule.kind) + " ") == std::string::npos) continue;
      auto names = fields->find(std::string(rule.field));
      if (names == fields->end() || taken_by_all(*fields, "deleted", {}, by_id)) continue;
      auto holder = Json::parse(names->second.heads.front().value);
      if (!holder.is_string()) continue;
      auto& heads = held[std::string(rule.holder) + " " + holder.get<std::string>()];
      for (const auto& [name, field] : *fields)
        for (const auto& head : field.heads) heads.insert(head.op);
    }
  std::map<std::string, bool> away;
  for (const auto& [key, fields] : records)
    for (std::string_view kind : {"goal", "project"}) {
      if (fields->empty() || key.find(" " + std::string(kind) + " ") == std::string::npos) continue;
      auto holder = std::string(kind) + " " + id_in(key);
      away[holder] = taken_by_all(*fields, "archived", held[holder], by_id);
    }
  return away;
}

void World::check_reach() {
  auto must_be = [&](const std::string& holder, bool away, bool shown_away, const std::string& where) {
    if (away == shown_away) return;
    broken(5, holder +
                  (away ? " was put away, and stands " : " is out of reach, and not all in it was seen, ") +
                  where);
  };
  for (auto& computer : computers_) {
    if (computer->teacher || erased_.count(computer->person)) continue;
    auto away = away_by_oracle(entries(*computer->store, domain::person_stream(computer->person)));
    if (away.empty()) continue;
    app::RecordSet seen;
    seen.me = computer->person;
    must(seen.load(*computer->store, {}), "a student's records");
    std::set<std::string> shown;
    for (const auto* all : {&seen.goals, &seen.projects})
      for (const auto& record : *all) shown.insert(record.key.kind + " " + record.key.id.hex());
    for (const auto& [holder, is_away] : away)
      must_be(holder, is_away, !shown.count(holder), "on " + who(*computer));
  }
  for (const auto& student : students_) {
    if (erased_.count(student)) continue;
    auto stream = domain::person_stream(student);
    server::PutAway put_away(*school_, stream);
    for (const auto& [holder, is_away] : away_by_oracle(entries(school_->store(), stream))) {
      auto kind = holder.substr(0, holder.find(' '));
      auto record =
          must(school_->store().find({stream, kind, must(RecordId::parse(id_in(holder)), "id")}), "find");
      if (record) must_be(holder, is_away, must(put_away.has(*record), "put away"), "at the school");
      put_away_ += is_away;
    }
  }
}

}  // namespace waymark::simulation
