#include "sync-server/service/authoring.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "shared/base/text.hpp"
#include "shared/domain/pathway.hpp"
#include "shared/domain/record_ids.hpp"
#include "sync-server/service/portfolio.hpp"

namespace waymark::server {
namespace {

using nlohmann::json;
using store::Record;

record::RecordKey draft_key(const ClassId& class_id, std::string_view pathway, const PersonId& author) {
  return {domain::author_stream(class_id), "pathway_draft", domain::pathway_draft_id(pathway, author)};
}
record::RecordKey pathway_key(const ClassId& class_id, const RecordId& id) {
  return {domain::class_stream(class_id), "pathway", id};
}

std::string state_of(const Record& record) {
  std::string text;
  for (const auto& id : record.all_heads()) text += id.hex();
  return text;
}

// A draft may be half written: only that it is JSON of the right shape at the top, and its size.
Status check_draft(std::string_view content) {
  if (content.size() > domain::pathway_bytes_max) return Error{Code::too_large, "a pathway of over 400 kB"};
  auto parsed = json::parse(content, nullptr, false);
  if (!parsed.is_object()) return Error{Code::malformed, "a pathway is a JSON object"};
  if (parsed.contains("v") && parsed["v"] != 1)
    return Error{Code::unsupported, "a pathway of a newer format"};
  return {};
}

Texts texts_at(const json& object, const char* name) {
  Texts texts;
  auto found = object.find(name);
  if (found == object.end() || !found->is_object()) return texts;
  for (const auto& [language, text] : found->items())
    if (text.is_string()) texts[language] = text.get<std::string>();
  return texts;
}

std::string first_text(const Texts& texts) {
  if (auto found = texts.find("en"); found != texts.end() && !found->second.empty()) return found->second;
  for (const auto& [language, text] : texts)
    if (!text.empty()) return text;
  return "";
}

std::string name_of(School& school, const PersonId& id) {
  auto person = school.accounts().person(id);
  if (!person || !*person) return "";
  return trim((*person)->given + " " + (*person)->family);
}

Result<std::map<std::string, std::int64_t>> students_by_version(School& school, const ClassId& class_id) {
  std::map<std::string, std::int64_t> counts;
  WAYMARK_TRY(students, school.students_of(class_id));
  for (const auto& student : students) {
    auto stream = domain::person_stream(student.person.id);
    WAYMARK_TRY(projects, school.store().records(stream, "project"));
    PutAway put_away(school, stream);
    for (const auto& project : projects) {
      WAYMARK_TRY(away, put_away.has(project));
      if (away) continue;
      counts[project.text("version")]++;
      counts["of " + project.text("pathway")]++;
    }
  }
  return counts;
}

}  // namespace

std::string blank_pathway() {
  auto both = [](const char* en, const char* es) { return json{{"en", en}, {"es", es}}; };
  json step{{"id", "step-1"},
            {"title", both("First step", "Primer paso")},
            {"purpose", both("What this step is for.", "Para qué sirve este paso.")},
            {"lessons", 1},
            {"standards", json::array()},
            {"forms",
             {{"step_by_step",
               {{"intro", both("Do this, one after the other.", "Haz esto, una cosa tras otra.")},
                {"checklist", json::array({both("The first thing to do", "Lo primero que hay que hacer")})},
                {"sentence_starters", json::array()},
                {"if_stuck",
                 json::array({both("Ask the person beside you.", "Pregunta a quien está a tu lado.")})}}},
              {"on_my_own", both("Do this your own way.", "Hazlo a tu manera.")}}},
            {"what_good_looks_like", both("Good work here shows …", "Un buen trabajo aquí muestra …")},
            {"evidence", json::array({both("A text or a photo", "Un texto o una foto")})},
            {"question_log", json::array()},
            {"variants", json::object()},
            {"team_roles", json::array()},
            {"check_my_work", nullptr}};
  json blank{{"format", "waymark.pathway"},
             {"v", 1},
             {"id", "new-pathway"},
             {"version", 1},
             {"title", both("New pathway", "Nuevo proyecto")},
             {"driving_question", both("What do we want to find out?", "¿Qué queremos averiguar?")},
             {"summary", both("What you will do, in two sentences.", "Lo que harás, en dos frases.")},
             {"why_it_matters", both("Why this matters.", "Por qué importa.")},
             {"subjects", json::array()},
             {"grades", "6-8"},
             {"lessons", 1},
             {"works", json::array({"alone"})},
             {"interests", json::array()},
             {"standards", json::array()},
             {"products", json::array({{{"id", "product-1"},
                                        {"title", both("A poster", "Un cartel")},
                                        {"detail", both("One page that others can read.",
                                                        "Una página que otros puedan leer.")}}})},
             {"before_you_start",
              {{"materials", json::array()}, {"ask_an_adult", json::array()}, {"words", json::array()}}},
             {"steps", json::array({step})},
             {"rubrics", json::array()}};
  return blank.dump();
}

Result<std::vector<PathwayLine>> pathways_of(School& school, const PersonId& teacher,
                                             const ClassId& class_id) {
  WAYMARK_TRY(pathways, school.store().records(domain::class_stream(class_id), "pathway"));
  WAYMARK_TRY(drafts, school.store().records(domain::author_stream(class_id), "pathway_draft"));
  WAYMARK_TRY(counts, students_by_version(school, class_id));
  std::map<std::string, PathwayLine> lines;
  for (const auto& pathway : pathways) {
    PathwayLine line;
    line.id = pathway.key.id.hex();
    line.published = pathway.text("published");
    line.archived = pathway.boolean("archived");
    line.students = counts["of " + line.id];
    if (auto id = RecordId::parse(line.published)) {
      WAYMARK_TRY(version, school.store().find({domain::class_stream(class_id), "pathway_version", *id}));
      if (version) {
        auto content = json::parse(version->text("content"), nullptr, false);
        line.title = texts_at(content, "title");
        line.question = texts_at(content, "driving_question");
        line.steps = content.contains("steps") && content["steps"].is_array()
                         ? static_cast<std::int64_t>(content["steps"].size())
                         : 0;
        line.number = version->integer("number");
        line.published_ms = version->changed_ms();
      }
    }
    if (line.title.empty()) line.title["en"] = pathway.text("title");
    lines[line.id] = std::move(line);
  }
  for (const auto& draft : drafts) {
    if (draft.boolean("closed")) continue;
    auto id = draft.text("pathway");
    bool mine = draft.key.id == draft_key(class_id, id, teacher).id;
    auto found = lines.find(id);
    if (!mine) {
      if (found != lines.end()) found->second.others_editing.push_back(name_of(school, draft.author()));
      continue;
    }
    auto& line = lines[id];
    line.id = id;
    line.draft = draft.key.id.hex();
    line.draft_ms = draft.changed_ms();
    if (line.published.empty()) {
      auto content = json::parse(draft.text("content"), nullptr, false);
      line.title = texts_at(content, "title");
      line.question = texts_at(content, "driving_question");
      line.steps = content.contains("steps") && content["steps"].is_array()
                       ? static_cast<std::int64_t>(content["steps"].size())
                       : 0;
    }
  }
  std::vector<PathwayLine> list;
  for (auto& [id, line] : lines) list.push_back(std::move(line));
  std::stable_sort(list.begin(), list.end(), [](const PathwayLine& a, const PathwayLine& b) {
    return std::pair(a.archived, fold(first_text(a.title))) <
           std::pair(b.archived, fold(first_text(b.title)));
  });
  return list;
}

Result<PathwayPage> pathway_page(School& school, const PersonId& teacher, const ClassId& class_id,
                                 std::string_view pathway) {
  WAYMARK_TRY(id, RecordId::parse(pathway));
  WAYMARK_TRY(record, school.store().find(pathway_key(class_id, id)));
  WAYMARK_TRY(draft, school.store().find(draft_key(class_id, pathway, teacher)));
  bool open = draft && !draft->boolean("closed");
  if (!record && !open) return Error{Code::not_found, "no such pathway"};
  PathwayPage page;
  page.id = pathway;
  page.archived = record && record->boolean("archived");
  page.published = record ? record->text("published") : "";
  WAYMARK_TRY(counts, students_by_version(school, class_id));
  WAYMARK_TRY(versions, school.store().records(domain::class_stream(class_id), "pathway_version"));
  for (const auto& version : versions) {
    if (version.text("pathway") != pathway) continue;
    auto version_id = version.key.id.hex();
    page.versions.push_back({version_id, version.text("note"), name_of(school, version.author()),
                             version.integer("number"), version.changed_ms(), counts[version_id]});
    if (version_id == page.published) {
      page.published_content = version.text("content");
      page.number = version.integer("number");
    }
  }
  std::stable_sort(page.versions.begin(), page.versions.end(),
                   [](const VersionLine& a, const VersionLine& b) { return a.number > b.number; });
  page.content = page.published_content;
  // What a closed draft's next state is based on.
  if (draft) page.saw = state_of(*draft);
  if (open) {
    page.content = draft->text("content");
    page.has_draft = true;
    page.saved_ms = draft->changed_ms();
    page.newer_published = !page.published.empty() && draft->text("based_on") != page.published;
  }
  WAYMARK_TRY(drafts, school.store().records(domain::author_stream(class_id), "pathway_draft"));
  for (const auto& other : drafts)
    if (!other.boolean("closed") && other.text("pathway") == pathway &&
        other.key.id != draft_key(class_id, pathway, teacher).id)
      page.others_editing.push_back(name_of(school, other.author()));
  return page;
}

Result<std::string> begin_pathway(School& school, const PersonId& teacher, const ClassId& class_id,
                                  std::string_view content) {
  std::string text(content.empty() ? blank_pathway() : std::string(content));
  WAYMARK_CHECK(check_draft(text));
  auto id = school.random().id<RecordId>().hex();
  WAYMARK_TRY(normal, normalize(text));
  store::Edit edit{
      draft_key(class_id, id, teacher), {{"pathway", id}, {"content", normal}, {"closed", false}}, {}, {}};
  WAYMARK_CHECK(write_one(school, teacher, std::move(edit)));
  return id;
}

Result<Saved> save_draft(School& school, const PersonId& teacher, const ClassId& class_id,
                         std::string_view pathway, std::string_view content, std::string_view saw,
                         bool keep_mine) {
  WAYMARK_TRY(id, RecordId::parse(pathway));
  WAYMARK_CHECK(check_draft(content));
  WAYMARK_TRY(normal, normalize(content));
  WAYMARK_TRY(record, school.store().find(pathway_key(class_id, id)));
  auto key = draft_key(class_id, pathway, teacher);
  WAYMARK_TRY(draft, school.store().find(key));
  if (!record && !draft) return Error{Code::not_found, "no such pathway"};
  if (draft && state_of(*draft) != saw && !keep_mine)
    return Error{Code::conflict, "this draft was changed in another window"};
  store::Edit edit{key, {{"pathway", pathway}, {"content", normal}}, {}, {}};
  if (!draft || draft->boolean("closed")) {
    edit.fields["closed"] = false;
    edit.fields["based_on"] = record ? record->text("published") : "";
  }
  if (draft) {
    std::vector<std::string> names;
    for (const auto& [name, value] : edit.fields) names.push_back(name);
    edit.base = draft->heads_of(names);
  }
  WAYMARK_CHECK(write_one(school, teacher, std::move(edit)));
  WAYMARK_TRY(after, school.store().find(key));
  Saved saved{after ? state_of(*after) : "", after ? after->changed_ms() : 0, ""};
  if (auto parsed = domain::parse_pathway(normal); !parsed) saved.problem = parsed.error().detail;
  return saved;
}

Result<std::int64_t> publish_draft(School& school, const PersonId& teacher, const ClassId& class_id,
                                   std::string_view pathway, std::string_view note) {
  WAYMARK_TRY(id, RecordId::parse(pathway));
  auto key = draft_key(class_id, pathway, teacher);
  WAYMARK_TRY(draft, school.store().find(key));
  if (!draft || draft->boolean("closed")) return Error{Code::not_found, "there is no draft to publish"};
  WAYMARK_TRY(content, domain::to_content(draft->text("content")));
  WAYMARK_TRY(parsed, domain::parse_pathway(content));
  WAYMARK_TRY(note_text, normalize(trim(note)));
  WAYMARK_TRY(versions, school.store().records(domain::class_stream(class_id), "pathway_version"));
  std::int64_t number = 1;
  for (const auto& version : versions)
    if (version.text("pathway") == pathway) number = std::max(number, version.integer("number") + 1);

  WAYMARK_TRY(transaction, store::Transaction::begin(school.store().db()));
  store::Edit version{{domain::class_stream(class_id), "pathway_version", {}},
                      {{"pathway", pathway}, {"number", number}, {"content", content}},
                      {},
                      {}};
  if (!note_text.empty()) version.fields["note"] = note_text;
  WAYMARK_TRY(written, school.write(teacher, std::span(&version, 1)));
  std::vector<store::Edit> edits;
  WAYMARK_TRY(before, school.store().find(pathway_key(class_id, id)));
  store::Edit publish{pathway_key(class_id, id),
                      {{"slug", truncate_utf8(parsed.id, 64)},
                       {"title", truncate_utf8(parsed.title.in("en"), 560)},
                       {"published", written[0].record.hex()}},
                      {},
                      {}};
  if (before) publish.base = before->heads_of(std::vector<std::string>{"slug", "title", "published"});
  edits.push_back(std::move(publish));
  store::Edit close{key, {{"closed", true}}, draft->heads_of(std::vector<std::string>{"closed"}), {}};
  edits.push_back(std::move(close));
  WAYMARK_TRY(done, school.write(teacher, edits));
  (void)done;
  WAYMARK_CHECK(transaction.commit());
  return number;
}

Status drop_draft(School& school, const PersonId& teacher, const ClassId& class_id,
                  std::string_view pathway) {
  auto key = draft_key(class_id, pathway, teacher);
  WAYMARK_TRY(draft, school.store().find(key));
  if (!draft || draft->boolean("closed")) return Error{Code::not_found, "there is no draft"};
  return write_one(school, teacher,
                   {key, {{"closed", true}}, draft->heads_of(std::vector<std::string>{"closed"}), {}});
}

Status archive_pathway(School& school, const PersonId& teacher, const ClassId& class_id,
                       std::string_view pathway, bool archived) {
  WAYMARK_TRY(id, RecordId::parse(pathway));
  WAYMARK_TRY(before, school.store().find(pathway_key(class_id, id)));
  if (!before) return Error{Code::not_found, "no such pathway"};
  return write_one(
      school, teacher,
      {before->key, {{"archived", archived}}, before->heads_of(std::vector<std::string>{"archived"}), {}});
}

}  // namespace waymark::server
