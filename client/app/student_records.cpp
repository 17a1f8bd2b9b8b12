#include "client/app/student_records.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "shared/base/text.hpp"
#include "shared/domain/kinds.hpp"
#include "shared/domain/record_ids.hpp"

namespace waymark::app {
namespace {

constexpr std::size_t kWaitingMax = 5000;

void by_time(RecordList& records) {
  std::stable_sort(records.begin(), records.end(),
                   [](const Record& a, const Record& b) { return a.created_ms < b.created_ms; });
}

}  // namespace

// ---- small things

RecordId step_record(std::string_view project, std::string_view step) {
  return domain::step_id(project, step);
}
RecordId assessment_draft_record(std::string_view project, std::string_view step, int attempt) {
  return domain::assessment_draft_id(project, step, attempt);
}

const Record* find_record(const RecordList& records, std::string_view id) {
  auto parsed = RecordId::parse(id);
  if (!parsed) return nullptr;
  for (const auto& record : records)
    if (record.key.id == *parsed) return &record;
  return nullptr;
}
std::string id_of(const Record& record) { return record.key.id.hex(); }

Field field_of(const Record* record, std::string_view name) {
  if (!record) return {};
  const auto* field = record->field(name);
  return {record->text(name), field ? field->heads.front().op.hex() : std::string()};
}

Result<std::vector<OpId>> parse_base(std::string_view base) {
  std::vector<OpId> ids;
  while (!base.empty()) {
    auto end = base.find(' ');
    WAYMARK_TRY(id, OpId::parse(base.substr(0, end)));
    ids.push_back(id);
    if (end == std::string_view::npos) break;
    base.remove_prefix(end + 1);
  }
  return ids;
}

std::string bases_of(const Record& record, const std::vector<std::string>& names) {
  std::string bases;
  for (const auto& name : names) {
    const auto* field = record.field(name);
    if (!field) continue;
    bases += (bases.empty() ? "" : ";") + name + ":";
    bases += field->heads.front().op.hex();
  }
  return bases;
}
Result<std::map<std::string, std::vector<OpId>>> parse_bases(std::string_view bases) {
  std::map<std::string, std::vector<OpId>> all;
  while (!bases.empty()) {
    auto end = bases.find(';');
    auto part = bases.substr(0, end);
    auto colon = part.find(':');
    if (colon == std::string_view::npos) return Error{Code::malformed, "a base without a name"};
    WAYMARK_TRY(ids, parse_base(part.substr(colon + 1)));
    all.emplace(part.substr(0, colon), std::move(ids));
    if (end == std::string_view::npos) break;
    bases.remove_prefix(end + 1);
  }
  return all;
}

Phrase phrase(std::string key, std::vector<Argument> arguments, std::int64_t count) {
  return {std::move(key), std::move(arguments), count};
}

Mark parse_mark(std::string_view text) {
  Mark mark;
  auto first = text.find('.');
  if (first == std::string_view::npos) return mark;
  auto second = text.find('.', first + 1);
  if (second == std::string_view::npos) return mark;
  return {std::string(text.substr(0, first)), std::string(text.substr(first + 1, second - first - 1)),
          std::string(text.substr(second + 1))};
}
std::string mark_text(const Mark& mark) {
  return mark.shape.empty() ? std::string() : mark.shape + "." + mark.ink + "." + mark.disc;
}

std::string one_line(std::string_view text, std::size_t bytes_max) {
  std::string line = trim(text);
  if (auto end = line.find('\n'); end != std::string::npos) line.resize(end);
  if (line.size() <= bytes_max) return line;
  return std::string(truncate_utf8(line, bytes_max)) + "…";
}

// ---- reading

Result<std::int64_t> RecordSet::gained(store::Store& store, const std::string& stream) {
  WAYMARK_TRY(state, store.stream_state(stream));
  auto [entry, fresh] = seen_heads_.emplace(stream, state.head);
  if (fresh) return std::int64_t{-1};
  auto more = state.head - entry->second;
  entry->second = state.head;
  return more;
}

Status RecordSet::load_person(store::Store& store, Kinds only) {
  auto stream = domain::person_stream(me);
  for (auto [records, kind] : {std::pair{&goals, "goal"},
                               {&checkins, "checkin"},
                               {&projects, "project"},
                               {&steps, "step"},
                               {&works, "work"},
                               {&self_assessments, "self_assessment"},
                               {&turn_ins, "turn_in"},
                               {&helps, "help"},
                               {&replies, "reply"},
                               {&reviews, "review"},
                               {&observations, "observation"},
                               {&confirmations, "confirmation"},
                               {&help_answers, "help_answer"},
                               {&supports, "support"},
                               {&profiles, "profile"}}) {
    if (only && !only->count(kind)) continue;
    WAYMARK_TRY(found, store.records(stream, kind));
    *records = std::move(found);
    by_time(*records);
  }
  if (!only || only->count(std::string(store::hidden_kind))) {
    WAYMARK_TRY(found, store::hidden_records(store, stream));
    hidden = std::move(found);
  }
  if (!only || only->count("review")) set_corrected_aside();
  // What was left out before stays left out unless its kind was read again.
  for (auto [records, kind, flag] : {std::tuple{&works, "work", "deleted"},
                                     {&goals, "goal", "archived"},
                                     {&projects, "project", "archived"}})
    if (!only || only->count(kind)) WAYMARK_CHECK(keep_alive(store, *records, kind, flag));
  return {};
}

std::vector<OpId> RecordSet::held_by(const Record& holder) const {
  std::vector<OpId> found;
  auto id = id_of(holder);
  for (const auto& rule : domain::held()) {
    if (rule.holder != holder.key.kind) continue;
    for (const RecordList* records : {&checkins, &steps, &works, &self_assessments, &turn_ins, &helps})
      for (const auto& record : *records)
        if (record.key.kind == rule.kind && record.text(rule.field) == id)
          for (const auto& head : record.all_heads()) found.push_back(head);
  }
  return found;
}

Status RecordSet::keep_alive(store::Store& store, RecordList& records, std::string_view kind,
                             std::string_view flag) {
  std::erase_if(came_back, [&](const CameBack& each) { return each.key.kind == kind; });
  RecordList alive;
  for (auto& record : records) {
    std::optional<OpId> removal;
    if (const auto* flagged = record.field(flag))
      for (const auto& head : flagged->heads)
        if (head.value.boolean()) removal = head.op;
    if (removal) {
      WAYMARK_TRY(gone, store.gone(record, flag, held_by(record)));
      if (gone) continue;
      came_back.push_back({record.key, *removal});
    }
    alive.push_back(std::move(record));
  }
  records = std::move(alive);
  return {};
}

const store::HiddenRecord* RecordSet::hiding_of(const Record& record) const {
  for (const auto& each : hidden)
    if (each.kind == record.key.kind && each.record == record.key.id) return &each;
  return nullptr;
}

// A later review of the same turn-in takes an earlier one's place. They are by time.
void RecordSet::set_corrected_aside() {
  std::map<std::string, const Record*> last;
  for (const auto& review : reviews) last[review.text("turn_in")] = &review;
  corrected_.clear();
  for (const auto& review : reviews)
    if (const auto* standing = last[review.text("turn_in")]; standing != &review)
      corrected_[id_of(review)] = {id_of(*standing), review.created_ms};
  std::erase_if(reviews, [&](const Record& review) { return corrected_.contains(id_of(review)); });
}

std::string RecordSet::standing_review(const std::string& id) const {
  auto found = corrected_.find(id);
  return found == corrected_.end() ? id : found->second.by;
}

std::vector<const Record*> RecordSet::replies_to(const std::string& review) const {
  std::vector<const Record*> found;
  for (const auto& reply : replies)
    if (standing_review(reply.text("review")) == review) found.push_back(&reply);
  return found;
}

std::int64_t RecordSet::corrects_ms(const std::string& review) const {
  std::int64_t last = 0;
  for (const auto& [id, corrected] : corrected_)
    if (corrected.by == review) last = std::max(last, corrected.at_ms);
  return last;
}

Status RecordSet::load_own(store::Store& store, Kinds only) {
  auto stream = domain::own_stream(me);
  for (auto [records, kind] : {std::pair{&drafts, "draft"},
                               {&assessment_drafts, "assessment_draft"},
                               {&pack_ups, "pack_up"},
                               {&seen, "seen"},
                               {&preferences, "preferences"}}) {
    if (only && !only->count(kind)) continue;
    WAYMARK_TRY(found, store.records(stream, kind));
    *records = std::move(found);
    by_time(*records);
  }
  return {};
}

Status RecordSet::load_class(store::Store& store, ClassRecords& of) {
  // Of a class that was left too: what was begun there keeps its steps and the names of who answered.
  constexpr auto kToo = store::Store::Holding::too;
  WAYMARK_TRY(found, store.records(of.stream, "class", kToo));
  of.record = found.empty() ? std::nullopt : std::optional(std::move(found.front()));
  WAYMARK_TRY(members, store.records(of.stream, "member", kToo));
  of.members = std::move(members);
  WAYMARK_TRY(pathways, store.records(of.stream, "pathway", kToo));
  of.pathways = std::move(pathways);
  std::stable_sort(of.pathways.begin(), of.pathways.end(), [](const Record& a, const Record& b) {
    auto order_a = a.text("order"), order_b = b.text("order");
    return order_a != order_b ? order_a < order_b : a.text("title") < b.text("title");
  });
  of.mine = std::any_of(of.members.begin(), of.members.end(), [&](const Record& member) {
    return member.text("person") == me.hex() && !member.boolean("inactive");
  });
  if (of.record && of.record->boolean("archived")) of.mine = false;
  if (held_streams_.count(of.stream)) of.mine = false;
  return {};
}

// What the school could not place comes back as a notice with its words, unless it is still here itself.
Status RecordSet::add_handed_back(store::Store& store, std::vector<store::Refusal>& refused) const {
  WAYMARK_TRY(notices, store.records(domain::inbox_stream(me), "notice"));
  for (const auto& notice : notices) {
    auto op = OpId::parse(notice.text("op"));
    if (notice.text("type") != handed_back || !op ||
        is_dismissed(std::string(handed_back) + "." + op->hex()) ||
        std::any_of(refused.begin(), refused.end(), [&](const auto& refusal) { return refusal.op == *op; }))
      continue;
    record::Op content;
    content.kind = notice.text("kind");
    content.fields = {{"text", notice.text("text")}};
    refused.push_back({*op, std::string(handed_back), "", notice.created_ms, std::move(content)});
  }
  return {};
}

Status RecordSet::load(store::Store& store, const std::map<std::string, Touched>& touched) {
  WAYMARK_TRY(refused, store.refusals());
  std::string state;
  for (const auto& refusal : refused) state += refusal.op.hex();
  if (state != refusal_state_) {
    // A refusal takes an op's place away without a new entry in its stream.
    refusal_state_ = state;
    seen_heads_.clear();
  }
  refusals = std::move(refused);
  WAYMARK_TRY(held, store.held_streams());
  if (std::set<std::string> now(held.begin(), held.end()); now != held_streams_) {
    held_streams_ = std::move(now);
    seen_heads_.clear();
  }
  WAYMARK_TRY(ids, store.waiting_ids(kWaitingMax));
  waiting = std::set<OpId>(ids.begin(), ids.end());
  waiting_longest = ids.empty() ? OpId{} : ids.front();

  auto only_mine = [&](const std::string& stream, std::int64_t more) -> Kinds {
    auto found = touched.find(stream);
    return more >= 0 && found != touched.end() && found->second.ops == more ? &found->second.kinds : nullptr;
  };
  auto person = domain::person_stream(me), own = domain::own_stream(me);
  WAYMARK_TRY(in_person, gained(store, person));
  if (in_person != 0) WAYMARK_CHECK(load_person(store, only_mine(person, in_person)));
  WAYMARK_TRY(in_own, gained(store, own));
  if (in_own != 0) WAYMARK_CHECK(load_own(store, only_mine(own, in_own)));
  WAYMARK_TRY(streams, store.streams());
  for (const auto& stream : streams) {
    if (!stream.starts_with("class:")) continue;
    WAYMARK_TRY(in_class, gained(store, stream));
    if (in_class == 0) continue;
    auto found = std::find_if(classes.begin(), classes.end(),
                              [&](const ClassRecords& each) { return each.stream == stream; });
    if (found == classes.end())
      found = classes.insert(classes.end(), ClassRecords{stream, {}, {}, {}, false});
    WAYMARK_CHECK(load_class(store, *found));
  }
  WAYMARK_TRY(in_school, gained(store, std::string(domain::school_stream)));
  if (in_school != 0) {
    WAYMARK_TRY(found, store.records(domain::school_stream, "standard"));
    standards = std::move(found);
    // An erasure takes ops away without a new entry in their streams.
    WAYMARK_TRY(erasures, store.records(domain::school_stream, "erasure"));
    if (auto before = std::exchange(erasures_, erasures.size()); before != erasures_) {
      seen_heads_.clear();
      pathways_.clear();
      return load(store, {});
    }
  }
  WAYMARK_CHECK(add_handed_back(store, refusals));
  count_waiting_things();
  return {};
}

// Changes are many and say little; what a student knows are things. Drafts that are done with, and how the
// page is to look, are none.
void RecordSet::count_waiting_things() {
  waiting_things = 0;
  if (waiting.empty()) return;
  for (const RecordList* records :
       {&goals, &checkins, &projects, &steps, &works, &self_assessments, &turn_ins, &helps, &replies,
        &profiles, &drafts, &assessment_drafts, &pack_ups})
    for (const auto& record : *records)
      if (!is_done_with(record) && !is_sent(record)) ++waiting_things;
}

bool RecordSet::is_done_with(const Record& record) {
  // What was written elsewhere meanwhile is still there to be shown.
  if (record.key.kind == "draft")
    return record.boolean("closed") &&
           std::none_of(record.fields.begin(), record.fields.end(), [](const auto& each) {
             const auto& heads = each.second.heads;
             return each.first.starts_with("text.") &&
                    std::any_of(heads.begin(), heads.end(),
                                [](const store::Head& head) { return !head.value.text().empty(); });
           });
  return record.key.kind == "assessment_draft" && !record.text("turned_in").empty();
}

PathwayPtr RecordSet::pathway(store::Store& store, const std::string& version) const {
  if (auto found = pathways_.find(version); found != pathways_.end()) return found->second;
  auto id = RecordId::parse(version);
  if (!id) return nullptr;
  for (const auto& each : classes) {
    auto found = store.find({each.stream, "pathway_version", *id}, store::Store::Holding::too);
    if (!found || !*found) continue;
    auto content = domain::parse_pathway((*found)->text("content"));
    if (!content) continue;
    auto read = std::make_shared<const PathwayVersion>(
        PathwayVersion{version, (*found)->text("pathway"), each.stream, std::move(*content)});
    pathways_.emplace(version, read);  // append-only: what was read once stays true
    return read;
  }
  return nullptr;
}

// ---- looking up

std::string RecordSet::name_of(const PersonId& person) const {
  auto id = person.hex();
  for (const auto& each : classes)
    for (const auto& member : each.members)
      if (member.text("person") == id && !member.text("name").empty()) return member.text("name");
  return {};
}

Mark RecordSet::mark_of(const PersonId& person) const {
  auto id = person.hex();
  for (const auto& each : classes)
    for (const auto& member : each.members)
      if (member.text("person") == id) return parse_mark(member.text("mark"));
  return {};
}

const Record* RecordSet::teacher_for(std::string_view class_stream) const {
  const Record* any = nullptr;
  for (const auto& each : classes) {
    if (!each.mine && each.stream != class_stream) continue;
    for (const auto& member : each.members) {
      if (member.text("role") != "teacher" || member.boolean("inactive")) continue;
      if (each.stream == class_stream) return &member;
      if (!any) any = &member;
    }
  }
  return any;
}

const Record* RecordSet::member_me() const {
  for (bool mine : {true, false})
    for (const auto& each : classes)
      for (const auto& member : each.members)
        if (each.mine == mine && member.text("person") == me.hex()) return &member;
  return nullptr;
}

std::string RecordSet::standard_text(std::string_view code) const {
  for (const auto& standard : standards)
    if (standard.text("code") == code && !standard.text("text").empty()) return standard.text("text");
  return std::string(code);
}

const Record* RecordSet::step(std::string_view project, std::string_view step) const {
  auto id = step_record(project, step);
  for (const auto& record : steps)
    if (record.key.id == id) return &record;
  return nullptr;
}

std::vector<const Record*> RecordSet::works_of(std::string_view project, std::string_view step) const {
  std::vector<const Record*> found;
  for (const auto& work : works)
    if (work.text("project") == project && (step.empty() || work.text("step") == step))
      found.push_back(&work);
  return found;
}

std::vector<Attempt> RecordSet::attempts(std::string_view project, std::string_view step) const {
  std::vector<Attempt> found;
  for (const auto& turn_in : turn_ins) {
    if (turn_in.text("project") != project || turn_in.text("step") != step) continue;
    Attempt attempt;
    attempt.turn_in = &turn_in;
    attempt.assessment = find_record(self_assessments, turn_in.text("self_assessment"));
    auto id = id_of(turn_in);
    for (const auto& review : reviews)  // by time: the latest stays
      if (review.text("turn_in") == id) attempt.review = &review;
    found.push_back(attempt);
  }
  return found;
}

const Record* RecordSet::assessment_draft(std::string_view project, std::string_view step,
                                          int attempt) const {
  auto id = assessment_draft_record(project, step, attempt);
  for (const auto& record : assessment_drafts)
    if (record.key.id == id) return &record;
  return nullptr;
}

const Record* RecordSet::draft(std::string_view place) const {
  auto id = domain::draft_id(place);
  for (const auto& record : drafts)
    if (record.key.id == id) return is_done_with(record) ? nullptr : &record;
  return nullptr;
}
std::string RecordSet::draft_text(std::string_view place, std::string_view name) const {
  return draft_field(place, name).text;
}
Field RecordSet::draft_field(std::string_view place, std::string_view name) const {
  return field_of(draft(place), "text." + std::string(name));
}

bool RecordSet::is_seen(std::string_view id) const {
  auto name = "seen." + std::string(id);
  return std::any_of(seen.begin(), seen.end(),
                     [&](const Record& record) { return !record.text(name).empty(); });
}
bool RecordSet::is_dismissed(std::string_view id) const {
  auto name = "dismissed." + std::string(id);
  return std::any_of(seen.begin(), seen.end(), [&](const Record& record) { return record.boolean(name); });
}

bool RecordSet::is_sent(const Record& record) const {
  for (const auto& [name, field] : record.fields)
    for (const auto& head : field.heads)
      if (waiting.count(head.op)) return false;
  return true;
}

}  // namespace waymark::app
