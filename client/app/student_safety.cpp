// What was written in two places, what the school sent back, and what waits.
#include <algorithm>
#include <map>

#include "client/app/student_views.hpp"
#include "client/app/words.hpp"
#include "shared/domain/kinds.hpp"

namespace waymark::app {
namespace {

bool shown_conflict(const Record& record, const std::string& name, const store::Field& field) {
  return field.conflict() && domain::merge_of(record.key.kind, name) == domain::Merge::last;
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
  std::string field;
  std::int64_t at_ms;
};
std::vector<ConflictPlace> conflicts(const RecordSet& r) {
  std::vector<ConflictPlace> found;
  for (const auto* record : editable(r))
    for (const auto& [name, field] : record->fields)
      if (shown_conflict(*record, name, field)) found.push_back({record, name, field.heads.front().time_ms});
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

// What a value says to a reader.
std::string value_words(const Scene& scene, const Record* record, std::string_view field,
                        const record::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value.data)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value.data)) {
    if (record && field.starts_with("level."))
      if (auto pathway = scene.r.pathway(scene.store, record->text("version")))
        if (const auto* rubric = pathway->content.rubric(record->text("rubric")))
          for (const auto& criterion : rubric->criteria)
            if (domain::field_of("level.", criterion.id) == field && *number >= 1 &&
                *number <= static_cast<std::int64_t>(criterion.levels.size()))
              return scene.words(criterion.levels[static_cast<std::size_t>(*number) - 1].name);
    return std::to_string(*number);
  }
  if (const auto* flag = std::get_if<bool>(&value.data)) return *flag ? "✓" : "–";
  std::string words;
  for (const auto& item : value.texts()) {
    const auto* work = find_record(scene.r.works, item);
    if (!words.empty()) words += ", ";
    words += work && !work->text("title").empty() ? work->text("title") : item;
  }
  return words;
}

// "conflict.what_work_title", "conflict.what_assessment_draft_level"
std::string what_key(const std::string& kind, const std::string& field) {
  return std::string("conflict.what_").append(kind).append("_").append(field.substr(0, field.find('.')));
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
  for (const auto& each : conflicts(scene.r)) ids.push_back(conflict_id(each.record->key, each.field));
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
  auto version = [&](const Record* record, std::string_view field, const store::Head& head) {
    Version side;
    side.op = head.op.hex();
    if (head.author != scene.r.me) side.author = scene.r.name_of(head.author);
    side.here = head.replica == scene.store.replica();
    if (side.here)
      side.place = scene.options.computer;
    else if (!scene.r.preferences.empty())
      side.place = scene.r.preferences.front().text("computer." + head.replica.hex());
    side.at = scene.calendar.moment(head.time_ms);
    side.text = {Run{value_words(scene, record, field, head.value), false}};
    return side;
  };
  auto mark_two = [&] {
    if (view.versions.size() != 2) return;
    auto [a, b] = differing_words(plain(view.versions[0].text), plain(view.versions[1].text));
    view.versions[0].text = std::move(a);
    view.versions[1].text = std::move(b);
  };
  if (const auto& meeting = scene.sitting.meeting) {
    WAYMARK_TRY(found, scene.store.find(meeting->key));
    view.id = conflict_id(meeting->key, meeting->field);
    view.from_undo = true;
    view.what = phrase("conflict.undo_met");
    view.more = all.size();
    if (!found || !found->field(meeting->field)) return view;
    view.what_words = words_for(scene, meeting->key, displayed(*found));
    for (const auto& head : found->field(meeting->field)->heads)
      view.versions.push_back(version(&*found, meeting->field, head));
    Version old;
    old.op = "undo";
    old.here = true;
    old.place = scene.options.computer;
    old.text = {Run{value_words(scene, &*found, meeting->field, meeting->old_value), false}};
    view.versions.push_back(std::move(old));
    view.can_keep_both = std::holds_alternative<std::string>(meeting->old_value.data);
    mark_two();
    return view;
  }
  if (all.empty()) return view;
  auto chosen = all.begin();
  for (auto it = all.begin(); it != all.end(); ++it)
    if (conflict_id(it->record->key, it->field) == to.record) chosen = it;
  const auto& field = *chosen->record->field(chosen->field);
  view.id = conflict_id(chosen->record->key, chosen->field);
  view.what = phrase(what_key(chosen->record->key.kind, chosen->field));
  view.what_words = words_for(scene, chosen->record->key, displayed(*chosen->record));
  view.can_keep_both = true;
  const auto* rule = domain::find_field(*domain::find_kind(chosen->record->key.kind), chosen->field);
  if (!rule || rule->type != domain::Type::text || rule->max < 560) view.can_keep_both = false;
  for (const auto& head : field.heads) {
    // Two heads that say the same are one version.
    bool known = std::any_of(field.heads.begin(), field.heads.end(), [&](const store::Head& other) {
      return &other < &head && other.value == head.value;
    });
    if (!known) view.versions.push_back(version(chosen->record, chosen->field, head));
  }
  mark_two();
  view.more = all.size() - 1;
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
