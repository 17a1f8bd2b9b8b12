// What was written in two places, what the school sent back, and what waits.
#include <algorithm>
#include <map>

#include "client/app/student_views.hpp"
#include "client/app/words.hpp"
#include "shared/domain/kinds.hpp"

namespace waymark::app {
namespace {

bool shown_conflict(const Record& record, const std::string& name, const store::Field& field) {
  return field.conflict() && domain::merge_of(record.key.kind, name) == domain::Merge::last &&
         reads(record, name) != Reads::nothing;
}

// Every record of the student that may be edited in two places.
std::vector<const Record*> editable(const RecordSet& r) {
  std::vector<const Record*> found;
  for (const RecordList* records :
       {&r.goals, &r.projects, &r.steps, &r.works, &r.helps, &r.profiles, &r.assessment_drafts, &r.drafts})
    for (const auto& record : *records) {
      if (RecordSet::is_done_with(record)) continue;
      found.push_back(&record);
    }
  return found;
}

struct ConflictPlace {
  const Record* record;
  std::string thing;  // the field, or the first of those that are one thing
  std::int64_t at_ms;
};
std::vector<ConflictPlace> conflicts(const RecordSet& r) {
  std::vector<ConflictPlace> found;
  for (const auto* record : editable(r)) {
    std::map<std::string, std::int64_t> things;
    for (const auto& [name, field] : record->fields)
      if (shown_conflict(*record, name, field)) {
        auto& at = things[thing_of(*record, name)];
        at = std::max(at, field.heads.front().time_ms);
      }
    for (const auto& [thing, at_ms] : things) found.push_back({record, thing, at_ms});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const ConflictPlace& a, const ConflictPlace& b) { return a.at_ms > b.at_ms; });
  return found;
}

std::string conflict_id(const record::RecordKey& key, std::string_view field) {
  return key.kind + "/" + key.id.hex() + "/" + std::string(field);
}

// The words by which a student knows a record.
std::string words_for(const Scene& scene, const record::RecordKey& key, const record::Fields& fields) {
  auto text = [&](std::string_view name) {
    auto found = fields.find(name);
    return found == fields.end() ? std::string() : found->second.text();
  };
  for (const char* name : {"want", "title", "question", "line", "name"})
    if (auto words = text(name); !words.empty()) return one_line(words);
  auto project_id = key.kind == "project" ? key.id.hex() : text("project");
  if (const auto* project = find_record(scene.r.projects, project_id)) {
    auto state = project_state(scene, *project);
    if (state.pathway)
      if (const auto* step = state.pathway->content.step(text("step"))) return scene.words(step->title);
    return question_of(scene, state);
  }
  return one_line(text("text"));
}

record::Fields displayed(const Record& record) {
  record::Fields fields;
  for (const auto& [name, field] : record.fields) fields.emplace(name, field.value());
  return fields;
}

// Which one of a record's things it is about, where its name alone does not say it.
std::string words_of_thing(const Scene& scene, const Record& record, const std::string& thing) {
  if (auto part = part_words(scene, record, thing); !part.empty()) return part;
  auto words = words_for(scene, record.key, displayed(record));
  return words == one_line(record.text(thing)) ? std::string() : words;
}

std::string waiting_group(const record::Op& op) {
  if (op.stream.starts_with("own:")) return "private";
  if (op.kind == "checkin") return "goal";
  if (op.kind == "self_assessment") return "turn_in";
  for (const char* kind : {"goal", "project", "step", "work", "turn_in", "help", "reply", "profile"})
    if (op.kind == kind) return kind;
  return "other";
}

}  // namespace

std::string what_key(const Record& record, const std::string& field) {
  auto kind = record.key.kind, name = field;
  if (reads(record, field) == Reads::drawing) return "conflict.what_drawing";
  // A form half filled in.
  if (kind == "draft" && record.text("place").starts_with("goal.") && reads("goal", field.substr(5)))
    kind = "goal", name = field.substr(5);
  return std::string("conflict.what_").append(kind).append("_").append(name.substr(0, name.find('.')));
}

std::string words_of(const Scene& scene, const Record& record) {
  return words_for(scene, record.key, displayed(record));
}

Version written_by(const Scene& scene, const store::Head& head) {
  Version side;
  side.op = head.op.hex();
  if (head.author != scene.r.me) side.author = scene.r.name_of(head.author);
  side.here = head.replica == scene.store.replica();
  if (side.here)
    side.place = scene.options.computer;
  else if (!scene.r.preferences.empty())
    side.place = scene.r.preferences.front().text("computer." + head.replica.hex());
  side.at = scene.calendar.moment(head.time_ms);
  return side;
}

bool has_conflict(const Record& record) {
  return std::any_of(record.fields.begin(), record.fields.end(),
                     [&](const auto& each) { return shown_conflict(record, each.first, each.second); });
}

Phrase hidden_phrase(const Scene& scene, const Record& record) {
  const auto* hidden = scene.r.hiding_of(record);
  if (!hidden) return {};
  auto by = scene.r.name_of(hidden->hiding.by);
  auto day = scene.calendar.moment(hidden->hiding.at_ms).day;
  if (by.empty()) return phrase("hidden.by_a_teacher", {{"day", day}});
  return phrase("hidden.by", {{"teacher", by}, {"day", day}});
}

std::vector<std::string> conflict_ids(const Scene& scene) {
  std::vector<std::string> ids;
  for (const auto& each : conflicts(scene.r)) ids.push_back(conflict_id(each.record->key, each.thing));
  return ids;
}

Destination place_of(const RecordSet& records, const Record& record) {
  const auto& kind = record.key.kind;
  auto id = id_of(record);
  if (kind == "goal") return {Screen::goals, {}, {}, {}, id, Focus::goal};
  if (kind == "profile") return {Screen::about_me, {}, {}, {}, {}, Focus::none};
  if (kind == "project") return {Screen::project, id, {}, {}, {}, Focus::none};
  auto project = record.text("project"), step = record.text("step");
  if (!find_record(records.projects, project)) return {Screen::today, {}, {}, {}, {}, Focus::none};
  if (kind == "work") return {Screen::project, project, step, {}, id, Focus::work};
  if (kind == "assessment_draft") return {Screen::check, project, step, {}, {}, Focus::none};
  return {Screen::project, project, step, {}, {}, Focus::none};
}

Result<ConflictView> conflict_view(const Scene& scene, const Destination& to) {
  ConflictView view;
  auto all = conflicts(scene.r);
  auto version = [&](const store::Head& head) { return written_by(scene, head); };
  auto mark_two = [&](Reads how) {
    if (view.versions.size() != 2 || (how != Reads::words && how != Reads::line)) return;
    auto [a, b] = differing_words(plain(view.versions[0].text), plain(view.versions[1].text));
    view.versions[0].text = std::move(a);
    view.versions[1].text = std::move(b);
  };
  if (const auto& meeting = scene.sitting.meeting; meeting && to.record == met_by_undo) {
    WAYMARK_TRY(found, scene.store.find(meeting->key));
    view.id = met_by_undo;
    view.from_undo = true;
    view.what = phrase("conflict.undo_met");
    view.more = all.size();
    if (!found || !found->field(meeting->field)) return view;
    auto how = reads(*found, meeting->field);
    view.what_words = words_of_thing(scene, *found, meeting->field);
    for (const auto& head : found->field(meeting->field)->heads) {
      view.versions.push_back(version(head));
      say(scene, *found, meeting->field, head.value, view.versions.back());
    }
    Version old;
    old.op = met_by_undo;
    old.here = true;
    old.place = scene.options.computer;
    say(scene, *found, meeting->field, meeting->old_value, old);
    view.versions.push_back(std::move(old));
    view.can_keep_both = how == Reads::words;
    mark_two(how);
    return view;
  }
  if (all.empty()) return view;
  // The one that is named, or one of the record that is.
  auto chosen = std::find_if(all.begin(), all.end(), [&](const auto& each) {
    auto id = conflict_id(each.record->key, each.thing);
    return id == to.record || (!to.record.empty() && id.starts_with(to.record + "/"));
  });
  if (chosen == all.end()) chosen = all.begin();
  const auto& record = *chosen->record;
  auto how = reads(record, chosen->thing);
  view.id = conflict_id(record.key, chosen->thing);
  view.what = phrase(what_key(record, chosen->thing));
  view.what_words = words_of_thing(scene, record, chosen->thing);
  view.can_keep_both = how == Reads::words;
  view.more = all.size() - 1;
  if (how == Reads::drawing || how == Reads::file) {
    WAYMARK_TRY(sides, sides_of(scene, record, chosen->thing));
    for (const auto& side : sides) {
      view.versions.push_back(version(side.latest));
      say(scene, side, view.versions.back());
    }
    return view;
  }
  const auto& field = *record.field(chosen->thing);
  for (const auto& head : field.heads) {
    // Two heads with one value are one version.
    bool known = std::any_of(field.heads.begin(), field.heads.end(), [&](const store::Head& other) {
      return &other < &head && other.value == head.value;
    });
    if (known) continue;
    view.versions.push_back(version(head));
    say(scene, record, chosen->thing, head.value, view.versions.back());
  }
  mark_two(how);
  return view;
}

RefusalsView refusals_view(const Scene& scene) {
  RefusalsView view;
  for (const auto& refusal : scene.r.refusals) {
    RefusalLine line;
    line.op = refusal.op.hex();
    auto kind = refusal.content ? refusal.content->kind : std::string();
    static constexpr std::string_view kNamed[] = {"goal",  "checkin",         "project", "step",
                                                  "work",  "self_assessment", "turn_in", "help",
                                                  "reply", "profile"};
    bool named = std::find(std::begin(kNamed), std::end(kNamed), kind) != std::end(kNamed);
    line.what = phrase("thing." + (named ? kind : std::string("other")));
    line.sentence = phrase("error." + refusal.code);
    line.at = scene.calendar.moment(refusal.at_ms);
    if (refusal.code == handed_back)
      line.words = refusal.content->fields.at("text").text();
    else if (refusal.content)
      line.words = words_for(scene, refusal.content->key(), refusal.content->fields);
    view.lines.push_back(std::move(line));
  }
  return view;
}

Result<std::vector<WaitingThing>> waiting_things(const Scene& scene) {
  struct Group {
    std::set<RecordId> records;
    std::int64_t since_ms = 0;
  };
  std::map<std::string, Group> groups;
  for (const auto& id : scene.r.waiting) {
    WAYMARK_TRY(op, scene.store.op(id));
    if (!op || op->kind == "preferences" || op->kind == "seen") continue;
    const auto& own = op->kind == "draft" ? scene.r.drafts : scene.r.assessment_drafts;
    if (const auto* draft = find_record(own, op->record.hex()); draft && RecordSet::is_done_with(*draft))
      continue;
    auto& group = groups[waiting_group(*op)];
    group.records.insert(op->record.is_zero() ? id_cast<RecordId>(id) : op->record);
    if (group.since_ms == 0 || op->time_ms < group.since_ms) group.since_ms = op->time_ms;
  }
  std::vector<WaitingThing> things;
  for (const auto& [kind, group] : groups) {
    auto count = static_cast<std::int64_t>(group.records.size());
    things.push_back({kind, phrase("waiting." + kind, {{"count", count}}, count), count,
                      scene.calendar.moment(group.since_ms)});
  }
  return things;
}

}  // namespace waymark::app
