#include "sync-server/service/versions.hpp"

#include <algorithm>
#include <array>

#include "shared/base/text.hpp"
#include "shared/store/whole.hpp"

namespace waymark::server {
namespace {

using store::History;

struct Whole : store::Whole {
  OpId tip;
  const record::Op* said = nullptr;  // the latest that sets what tells versions apart
};

Whole whole_at(const History& history, const OpId& tip) {
  Whole whole{store::whole_at(history, std::span(&tip, 1)), tip, &history.at(tip)};
  const OpId* said = nullptr;
  for (const auto& [name, id] : whole.set_by)
    if (tells_apart(history.at(tip).kind, name) &&
        (!said || record::displayed_before(history.at(id).time_ms, id, history.at(*said).time_ms, *said)))
      said = &id;
  if (said) whole.said = &history.at(*said);
  return whole;
}

bool say_the_same(std::string_view kind, const record::Fields& a, const record::Fields& b) {
  auto value = [](const record::Fields& fields, const std::string& name) {
    auto found = fields.find(name);
    return found == fields.end() ? record::Value() : found->second;
  };
  for (const auto* fields : {&a, &b})
    for (const auto& [name, ignored] : *fields)
      if (tells_apart(kind, name) && value(a, name) != value(b, name)) return false;
  return true;
}

Result<std::vector<Whole>> wholes_of(const History& history, const Record& record) {
  std::vector<Whole> wholes;
  for (const auto& [name, field] : record.fields) {
    if (!tells_apart(record.key.kind, name) || !field.conflict()) continue;
    for (const auto& head : field.heads)
      if (history.contains(head.op) &&
          std::none_of(wholes.begin(), wholes.end(), [&](const Whole& w) { return w.tip == head.op; }))
        wholes.push_back(whole_at(history, head.op));
  }
  // What another's author had read is part of theirs.
  std::erase_if(wholes, [&](const Whole& whole) {
    return std::any_of(wholes.begin(), wholes.end(), [&](const Whole& other) {
      return other.tip != whole.tip && other.past.contains(whole.tip);
    });
  });
  std::sort(wholes.begin(), wholes.end(), [](const Whole& a, const Whole& b) {
    return record::displayed_before(a.said->time_ms, a.tip, b.said->time_ms, b.tip);
  });
  std::vector<Whole> different;
  for (auto& whole : wholes)
    if (std::none_of(different.begin(), different.end(),
                     [&](const Whole& w) { return say_the_same(record.key.kind, w.fields, whole.fields); }))
      different.push_back(std::move(whole));
  if (different.size() > versions_shown_max) different.resize(versions_shown_max);
  return different;
}

struct Place {
  std::string where, place;
};
Result<Place> place_of(School& school, const ReplicaId& replica) {
  const auto& hub = school.hub();
  if (replica == school.store().replica()) return hub ? Place{"room", hub->name} : Place{"school", ""};
  if (hub) return Place{"school", ""};  // whatever a hub has of its teachers comes from there
  WAYMARK_TRY(known, school.store().meta(hub_replica_key(replica)));
  auto id = PersonId::parse(known.value_or(""));
  if (!id) return Place{"elsewhere", ""};
  WAYMARK_TRY(person, school.accounts().person(*id));
  return Place{"room", person ? person->given : ""};
}

// A reply's texts one under the other, the older first, each once.
std::string both_of(const std::vector<const Whole*>& wholes, const std::string& name) {
  std::vector<std::string> texts;
  for (auto whole = wholes.rbegin(); whole != wholes.rend(); ++whole) {
    auto found = (*whole)->fields.find(name);
    auto text = found == (*whole)->fields.end() ? std::string() : found->second.text();
    if (!text.empty() && std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
  }
  std::string both;
  for (const auto& text : texts) both += (both.empty() ? "" : "\n\n") + text;
  return both;
}

bool is_own(School& school, const store::Head& head, const PersonId& author) {
  return head.author == author && head.replica == school.store().replica();
}

Judgement judgement_in(const record::Fields& fields) {
  Judgement made;
  for (const auto& [name, value] : fields) {
    if (name.starts_with("level.") && !value.is_null()) made.levels[name.substr(6)] = value.integer();
    for (auto [part, into] : {std::pair("glow", &made.glow),
                              {"grow", &made.grow},
                              {"next", &made.next},
                              {"outcome", &made.outcome}})
      if (name == part) *into = value.text();
  }
  return made;
}

}  // namespace

std::string hub_replica_key(const ReplicaId& replica) { return "hub_replica." + replica.hex(); }

bool tells_apart(std::string_view kind, std::string_view field) {
  if (kind == "support") return field == "form";
  if (kind == "class") return field == "today_pathway" || field == "today_step";
  if (kind != "held_review") return false;
  constexpr std::array words{"glow", "grow", "next", "outcome"};
  return field.starts_with("level.") || std::find(words.begin(), words.end(), field) != words.end();
}

bool has_versions(const Record& record) {
  return std::any_of(record.fields.begin(), record.fields.end(), [&](const auto& each) {
    return tells_apart(record.key.kind, each.first) && each.second.conflict();
  });
}

Result<std::vector<Version>> versions_of(School& school, const Record& record) {
  std::vector<Version> versions;
  if (!has_versions(record)) return versions;
  WAYMARK_TRY(history, store::history_of(school.store(), record.key));
  WAYMARK_TRY(wholes, wholes_of(history, record));
  for (const auto& whole : wholes) {
    auto text = [&](const char* name) {
      auto found = whole.fields.find(name);
      return found == whole.fields.end() ? std::string() : found->second.text();
    };
    WAYMARK_TRY(place, place_of(school, whole.said->replica));
    versions.push_back({whole.tip.hex(),
                        staff_name(school, whole.said->author),
                        place.where,
                        place.place,
                        whole.said->time_ms,
                        judgement_in(whole.fields),
                        text("form"),
                        text("today_pathway"),
                        text("today_step"),
                        {}});
    for (const auto& id : record.all_heads())
      if (whole.past.contains(id)) versions.back().heads.push_back(id.hex());
  }
  return versions;
}

std::vector<std::string> saw_of(const std::optional<Record>& record, const std::vector<Version>& versions) {
  if (!record) return {};
  if (versions.empty()) return hexes(record->all_heads());
  std::vector<std::string> saw;
  for (const auto& version : versions)
    for (const auto& id : version.heads)
      if (std::find(saw.begin(), saw.end(), id) == saw.end()) saw.push_back(id);
  return saw;
}

Result<store::Edit> edit_seen(School& school, const PersonId& author, const record::RecordKey& key,
                              record::Fields fields, const Saw& saw) {
  store::Edit edit{key, std::move(fields), {}, {}};
  WAYMARK_TRY(before, school.store().find(key));
  if (!before) return edit;
  auto was_seen = [&](const OpId& id) {
    return saw && std::find(saw->begin(), saw->end(), id) != saw->end();
  };
  for (const auto& [name, value] : edit.fields) {
    const auto* field = before->field(name);
    if (!field) continue;
    for (const auto& head : field->heads)
      if (was_seen(head.op) || is_own(school, head, author) || (!saw && &head == &field->heads.front()))
        edit.base.push_back(head.op);
  }
  // What it was read from links to it, also where others have gone on from there since.
  if (saw)
    for (const auto& id : *saw) {
      WAYMARK_TRY(op, school.store().op(id));
      if (op && op->stream == key.stream && op->kind == key.kind && op->record == key.id &&
          std::any_of(edit.fields.begin(), edit.fields.end(),
                      [&](const auto& field) { return op->fields.contains(field.first); }))
        edit.base.push_back(id);
    }
  std::sort(edit.base.begin(), edit.base.end());
  edit.base.erase(std::unique(edit.base.begin(), edit.base.end()), edit.base.end());
  return edit;
}

Status choose_version(School& school, const PersonId& teacher, const record::RecordKey& key,
                      const Choice& choice) {
  WAYMARK_TRY(record, school.store().find(key));
  if (!record) return Error{Code::not_found, "no such record"};
  WAYMARK_TRY(history, store::history_of(school.store(), key));
  std::vector<Whole> shown;
  for (const auto& id : choice.saw) {
    if (!history.contains(id)) return Error{Code::not_found, "it is no version of this record"};
    shown.push_back(whole_at(history, id));
  }
  std::vector<const Whole*> wholes;
  for (const auto& whole : shown) wholes.push_back(&whole);
  std::sort(wholes.begin(), wholes.end(), [](const Whole* a, const Whole* b) {
    return record::displayed_before(a->said->time_ms, a->tip, b->said->time_ms, b->tip);
  });
  const Whole* taken = nullptr;
  for (const auto* whole : wholes)
    if (choice.take ? whole->tip == *choice.take : !taken) taken = whole;
  if (!taken) return Error{Code::not_found, "it is no version of this record"};
  auto wanted = taken->fields;
  bool reply = key.kind == "held_review";
  if (!choice.take) {
    if (!reply) return Error{Code::invalid, "one of these is chosen; they cannot be put together"};
    for (auto name : {"glow", "grow", "next"})
      if (auto both = both_of(wholes, name); !both.empty()) wanted[name] = both;
    wanted["state"] = "taken_back";
  }
  // That it was sent stays so, whichever words are chosen since.
  if (reply) {
    wanted.erase("review");
    if (record->text("state") == "sent") wanted.erase("state");
  }
  record::Fields fields;
  std::vector<OpId> base;
  for (const auto& [name, field] : record->fields) {
    if (reply && (name == "review" || (name == "state" && !wanted.contains(name)))) continue;
    auto found = wanted.find(name);
    auto value = found == wanted.end() ? record::Value() : found->second;
    if (field.value() == value && !field.conflict()) continue;
    fields[name] = value;
    for (const auto& head : field.heads)
      if (is_own(school, head, teacher) ||
          std::any_of(shown.begin(), shown.end(), [&](const Whole& w) { return w.past.contains(head.op); }))
        base.push_back(head.op);
  }
  if (fields.empty()) return {};
  std::sort(base.begin(), base.end());
  base.erase(std::unique(base.begin(), base.end()), base.end());
  return write_one(school, teacher, {key, std::move(fields), std::move(base), {}});
}

}  // namespace waymark::server
