// How the value of a field reads: a day as a day, a choice in the catalogue's words, an id as the title of
// what it names, a drawing as a picture. And what several fields say together, as each computer had it.
#include <algorithm>
#include <cstdlib>

#include "client/app/drawing.hpp"
#include "client/app/student_views.hpp"
#include "shared/domain/kinds.hpp"

namespace waymark::app {
namespace {

struct Rule {
  std::string_view kind, field;
  Reads reads;
};
constexpr Rule kRules[] = {
    {"goal", "want", Reads::words},
    {"goal", "first_step", Reads::words},
    {"goal", "by", Reads::day},
    {"goal", "how_know", Reads::words},
    {"goal", "obstacle", Reads::words},
    {"goal", "plan_if", Reads::words},
    {"goal", "plan_then", Reads::words},
    {"goal", "standard", Reads::standard},
    {"goal", "project", Reads::project},
    {"goal", "state", Reads::choice},
    {"goal", "learned", Reads::words},
    {"goal", "archived", Reads::choice},
    {"project", "pathway", Reads::pathway},
    {"project", "version", Reads::version},
    {"project", "question", Reads::line},
    {"project", "product", Reads::product},
    {"project", "why", Reads::words},
    {"project", "state", Reads::choice},
    {"project", "archived", Reads::choice},
    {"step", "project", Reads::project},
    {"step", "step", Reads::step},
    {"step", "item.", Reads::choice},
    {"step", "planned", Reads::day},
    {"work", "project", Reads::project},
    {"work", "step", Reads::step},
    {"work", "type", Reads::choice},
    {"work", "title", Reads::line},
    {"work", "text", Reads::words},
    {"work", "file", Reads::file},
    {"work", "small", Reads::file},
    {"work", "name", Reads::file},
    {"work", "mime", Reads::file},
    {"work", "bytes", Reads::file},
    {"work", "width", Reads::file},
    {"work", "height", Reads::file},
    {"work", "deleted", Reads::choice},
    {"help", "project", Reads::project},
    {"help", "step", Reads::step},
    {"help", "text", Reads::words},
    {"help", "tried", Reads::tried},
    {"help", "state", Reads::choice},
    {"profile", "strengths", Reads::words},
    {"profile", "interests", Reads::words},
    {"profile", "languages", Reads::words},
    {"profile", "learn_best", Reads::words},
    {"profile", "need", Reads::words},
    {"profile", "mark", Reads::mark},
    {"profile", "chosen_name", Reads::line},
    {"assessment_draft", "project", Reads::project},
    {"assessment_draft", "step", Reads::step},
    {"assessment_draft", "version", Reads::version},
    {"assessment_draft", "rubric", Reads::rubric},
    {"assessment_draft", "level.", Reads::level},
    {"assessment_draft", "because.", Reads::words},
    {"assessment_draft", "evidence.", Reads::works},
    {"assessment_draft", "confidence", Reads::choice},
    {"assessment_draft", "glow", Reads::words},
    {"assessment_draft", "grow", Reads::words},
    {"assessment_draft", "next", Reads::words},
    {"assessment_draft", "turned_in", Reads::choice},
    {"draft", "place", Reads::nothing},   // its record's id is made of it
    {"draft", "closed", Reads::nothing},  // what its texts say counts (RecordSet::is_done_with)
    {"draft", "text.", Reads::words},
};

// What each of a few words means. The first that fits: a field without a value of its own here is of a newer
// version.
struct Meaning {
  std::string_view field, value, key;
};
constexpr Meaning kMeanings[] = {
    {"state", "open", "value.open"},
    {"state", "wrapped_up", "value.wrapped_up"},
    {"state", "settled", "value.settled"},
    {"archived", "true", "value.put_away"},
    {"archived", "false", "value.kept"},
    {"deleted", "true", "value.deleted"},
    {"deleted", "false", "value.kept"},
    {"item.", "true", "value.ticked"},
    {"item.", "false", "value.not_ticked"},
    {"turned_in", "true", "value.turned_in"},
    {"turned_in", "false", "value.not_turned_in"},
    {"confidence", "foggy", "screen.finish.foggy"},
    {"confidence", "most", "screen.finish.most"},
    {"confidence", "clear", "screen.finish.clear"},
    {"type", "text", "screen.work.kind.text"},
    {"type", "photo", "screen.work.kind.photo"},
    {"type", "file", "screen.work.kind.file"},
    {"type", "link", "screen.work.kind.link"},
    {"type", "shown_in_person", "screen.work.kind.shown"},
};

bool fits(std::string_view rule, std::string_view field) {
  return rule.back() == '.' ? field.starts_with(rule) && field.size() > rule.size() : field == rule;
}

Phrase meaning(std::string_view field, const record::Value& value) {
  auto text = value.text();
  if (const auto* flag = std::get_if<bool>(&value.data)) text = *flag ? "true" : "false";
  if (field == "turned_in") text = text.empty() ? "false" : "true";  // the id of what was turned in
  if (value.is_null() && (fits("item.", field) || field == "archived" || field == "deleted")) text = "false";
  if (text.empty()) return {};
  for (const auto& each : kMeanings)
    if (fits(each.field, field) && each.value == text) return phrase(std::string(each.key));
  return phrase("value.other");
}

std::string text_in(const record::Fields& fields, std::string_view name) {
  auto found = fields.find(name);
  return found == fields.end() ? std::string() : found->second.text();
}

// A project's or a draft's pathway, where its class is here.
PathwayPtr pathway_of(const Scene& scene, const Record& record) {
  if (record.key.kind == "project") return scene.r.pathway(scene.store, record.text("version"));
  if (auto version = record.text("version"); !version.empty()) return scene.r.pathway(scene.store, version);
  const auto* project = find_record(scene.r.projects, record.text("project"));
  return project ? scene.r.pathway(scene.store, project->text("version")) : nullptr;
}

std::string pathway_title(const Scene& scene, const std::string& id) {
  for (const auto& each : scene.r.classes)
    if (const auto* pathway = find_record(each.pathways, id)) {
      if (auto published = scene.r.pathway(scene.store, pathway->text("published")))
        return scene.words(published->content.title);
      return pathway->text("title");
    }
  return {};
}

const domain::PathwayCriterion* criterion_of(const PathwayPtr& pathway, const Record& record,
                                             std::string_view field) {
  const auto* rubric = pathway ? pathway->content.rubric(record.text("rubric")) : nullptr;
  if (rubric)
    for (const auto& criterion : rubric->criteria)
      for (const char* prefix : {"level.", "because.", "evidence."})
        if (domain::field_of(prefix, criterion.id) == field) return &criterion;
  return nullptr;
}

Phrase level_words(const Scene& scene, const Record& record, std::string_view field, std::int64_t number,
                   std::string& text) {
  if (const auto* criterion = criterion_of(pathway_of(scene, record), record, field))
    if (number >= 1 && number <= static_cast<std::int64_t>(criterion->levels.size())) {
      text = scene.words(criterion->levels[static_cast<std::size_t>(number) - 1].name);
      return {};
    }
  return phrase("value.level", {{"level", number}});
}

// Titles one after the other; those that are not here any more are counted.
Phrase works_words(const Scene& scene, const std::vector<std::string>& ids, std::string& text,
                   std::vector<Phrase>& without_words) {
  std::int64_t away = 0;
  for (const auto& id : ids) {
    const auto* work = find_record(scene.r.works, id);
    auto title = work ? work->text("title") : std::string();
    if (work && title.empty()) title = one_line(work->text("text"));
    if (work && title.empty()) title = work->text("name");
    if (!work)
      ++away;
    else if (title.empty())
      without_words.push_back(meaning("type", work->text("type")));
    else
      text += (text.empty() ? "" : ", ") + title;
  }
  return away > 0 ? phrase("value.work_away", {{"count", away}}, away) : Phrase{};
}

Phrase file_words(const Scene& scene, const record::Fields& fields, Version& into) {
  auto hash = text_in(fields, "file");
  if (hash.empty()) return {};
  auto name = text_in(fields, "name");
  bool drawn = name == drawing_name, picture = text_in(fields, "mime").starts_with("image/");
  if (!drawn && !name.empty()) into.text = {Run{name, false}};
  if (picture && scene.files.has(hash)) into.picture = scene.files.thumbnail(hash);
  if (!scene.files.has(hash)) return phrase("value.file_comes");
  return phrase(drawn     ? "screen.work.kind.drawing"
                : picture ? "screen.work.kind.photo"
                          : "screen.work.kind.file");
}

std::string drawing_in(const record::Fields& fields) {
  std::string whole;
  for (std::size_t i = 0; i < drawing_pieces; i++) whole += text_in(fields, "text.piece" + std::to_string(i));
  // Pieces may be left of a longer text: its length says what counts.
  auto bytes = std::strtoull(text_in(fields, "text.length").c_str(), nullptr, 10);
  whole.resize(std::min<std::size_t>(whole.size(), bytes));
  return whole;
}

bool of_a_drawing(const Record& record, std::string_view field) {
  return record.key.kind == "draft" && record.text("place").starts_with(drawing_place("")) &&
         (field == "text.length" || field.starts_with("text.piece"));
}

bool same_thing(const Record& record, std::string_view thing, const Side& a, const Side& b) {
  if (thing != "file") return drawing_in(a.whole.fields) == drawing_in(b.whole.fields);
  return std::all_of(record.fields.begin(), record.fields.end(), [&](const auto& each) {
    auto value = [&](const Side& side) {
      auto found = side.whole.fields.find(each.first);
      return found == side.whole.fields.end() ? record::Value() : found->second;
    };
    return thing_of(record, each.first) != thing || value(a) == value(b);
  });
}

}  // namespace

std::optional<Reads> reads(std::string_view kind, std::string_view field) {
  for (const auto& rule : kRules)
    if (rule.kind == kind && fits(rule.field, field)) return rule.reads;
  return std::nullopt;
}

Reads reads(const Record& record, std::string_view field) {
  if (of_a_drawing(record, field)) return Reads::drawing;
  // A form half filled in reads as what it is to be; the rest of a draft as words.
  if (record.key.kind == "draft" && field.starts_with("text.")) {
    if (record.text("place").starts_with("goal."))
      if (auto as_goal = reads("goal", field.substr(5))) return *as_goal;
    return field == "text.says" ? Reads::line : Reads::words;
  }
  return reads(record.key.kind, field).value_or(Reads::words);
}

std::string thing_of(const Record& record, std::string_view field) {
  switch (reads(record, field)) {
    case Reads::drawing:
      return "text.length";
    case Reads::file:
      return "file";
    default:
      return std::string(field);
  }
}

std::string part_words(const Scene& scene, const Record& record, std::string_view field) {
  if (record.key.kind == "assessment_draft") {
    const auto* criterion = criterion_of(pathway_of(scene, record), record, field);
    return criterion ? scene.words(criterion->title) : std::string();
  }
  if (record.key.kind != "step" || !field.starts_with("item.")) return {};
  const auto* project = find_record(scene.r.projects, record.text("project"));
  if (!project) return {};
  auto state = project_state(scene, *project);
  const auto* step = state.pathway ? state.pathway->content.step(record.text("step")) : nullptr;
  if (step)
    for (const auto& item : items_of(scene, state, *step))
      if ("item." + item.id == field) return item.text;
  return {};
}

void say(const Scene& scene, const Record& record, std::string_view field, const record::Value& value,
         Version& into) {
  auto text = value.text();
  auto say_text = [&](const std::string& words) {
    if (!words.empty()) into.text = {Run{words, false}};
  };
  // The title of what an id names; where that is not here, that much is said.
  auto say_title = [&](const std::string& title) {
    say_text(title);
    if (title.empty() && !text.empty()) into.says = phrase("value.not_here");
  };
  std::string words;
  switch (reads(record, field)) {
    case Reads::nothing:
      break;
    case Reads::words:
    case Reads::line:
      say_text(text);
      break;
    case Reads::day:
      if (auto day = scene.calendar.day(text))
        into.says = phrase("value.day", {{"day", day}});
      else
        say_text(text);
      break;
    case Reads::choice:
      into.says = meaning(field, value);
      break;
    case Reads::level:
      if (!value.is_null()) into.says = level_words(scene, record, field, value.integer(), words);
      say_text(words);
      break;
    case Reads::works:
      into.says = works_words(scene, value.texts(), words, into.more);
      say_text(words);
      break;
    case Reads::tried:
      for (const auto& way : value.texts()) {
        bool known = way == "example" || way == "classmate" || way == "another_step";
        into.more.push_back(phrase(known ? "value.tried_" + way : "value.other"));
      }
      break;
    case Reads::standard:
      if (words = scene.r.standard_text(text); !words.empty()) words = text + " " + words;
      say_text(words.empty() ? text : words);
      break;
    case Reads::project:
      if (const auto* project = find_record(scene.r.projects, text))
        words = question_of(scene, project_state(scene, *project));
      say_title(words);
      break;
    case Reads::pathway:
      say_title(pathway_title(scene, text));
      break;
    case Reads::version: {
      auto version = scene.r.pathway(scene.store, text);
      if (version)
        into.says = phrase("value.version", {{"title", scene.words(version->content.title)},
                                             {"number", version->content.version}});
      else
        say_title({});
      break;
    }
    case Reads::product: {
      auto pathway = pathway_of(scene, record);
      const auto* product = pathway ? pathway->content.product(text) : nullptr;
      say_title(product ? scene.words(product->title) : std::string());
      break;
    }
    case Reads::step: {
      auto pathway = pathway_of(scene, record);
      const auto* step = pathway ? pathway->content.step(text) : nullptr;
      say_title(step ? scene.words(step->title) : std::string());
      break;
    }
    case Reads::rubric: {
      auto pathway = pathway_of(scene, record);
      const auto* rubric = pathway ? pathway->content.rubric(text) : nullptr;
      say_title(rubric ? scene.words(rubric->title) : std::string());
      break;
    }
    case Reads::mark:
      into.mark = parse_mark(text);
      break;
    case Reads::file:
    case Reads::drawing:
      break;  // said by all its fields together
  }
}

void say(const Scene& scene, const Side& side, Version& into) {
  if (side.thing == "file")
    into.says = file_words(scene, side.whole.fields, into);
  else
    into.drawing = drawing_in(side.whole.fields);
}

Result<std::vector<Side>> sides_of(const Scene& scene, const Record& record, std::string_view thing) {
  std::map<ReplicaId, std::pair<store::Head, std::vector<OpId>>> by_replica;
  for (const auto& [name, field] : record.fields) {
    if (thing_of(record, name) != thing || !field.conflict()) continue;
    for (const auto& head : field.heads) {
      auto [at, fresh] = by_replica.try_emplace(head.replica, head, std::vector<OpId>{});
      at->second.second.push_back(head.op);
      auto& latest = at->second.first;
      if (record::displayed_before(head.time_ms, head.op, latest.time_ms, latest.op)) latest = head;
    }
  }
  std::vector<Side> sides;
  if (by_replica.empty()) return sides;
  WAYMARK_TRY(history, store::history_of(scene.store, record.key));
  for (auto& [replica, heads] : by_replica)
    sides.push_back(
        {std::string(thing), std::move(heads.first), heads.second, store::whole_at(history, heads.second)});
  // What another had read is part of theirs.
  auto all = sides;
  std::erase_if(sides, [&](const Side& side) {
    return std::any_of(all.begin(), all.end(), [&](const Side& other) {
      return other.latest.replica != side.latest.replica &&
             std::all_of(side.heads.begin(), side.heads.end(),
                         [&](const OpId& head) { return other.whole.past.contains(head); });
    });
  });
  std::sort(sides.begin(), sides.end(), [](const Side& a, const Side& b) {
    return record::displayed_before(a.latest.time_ms, a.latest.op, b.latest.time_ms, b.latest.op);
  });
  std::vector<Side> different;
  for (auto& side : sides)
    if (std::none_of(different.begin(), different.end(),
                     [&](const Side& other) { return same_thing(record, thing, side, other); }))
      different.push_back(std::move(side));
  return different;
}

Result<std::optional<Side>> side_here(const Scene& scene, const Record& record, std::string_view thing) {
  WAYMARK_TRY(sides, sides_of(scene, record, thing));
  if (sides.empty()) return std::optional<Side>();
  auto here = std::find_if(sides.begin(), sides.end(),
                           [&](const Side& side) { return side.latest.replica == scene.store.replica(); });
  return std::optional(std::move(here == sides.end() ? sides.front() : *here));
}

Field half_drawn(const Scene& scene, const std::string& step) {
  const auto* draft = scene.r.draft(drawing_place(step));
  if (!draft) return {};
  auto base = field_of(draft, "text.length").base;
  record::Fields fields;
  for (const auto& [name, field] : draft->fields) fields.emplace(name, field.value());
  if (auto here = side_here(scene, *draft, "text.length"); here && *here) {
    fields = (*here)->whole.fields;
    base = (*here)->latest.op.hex();
  }
  return {drawing_in(fields), base};
}

}  // namespace waymark::app
