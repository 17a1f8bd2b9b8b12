#include "client/cli/export.hpp"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <zip.h>

#include "shared/domain/kinds.hpp"
#include "shared/domain/pathway.hpp"

namespace waymark::cli {
namespace {

using json = nlohmann::json;

constexpr std::string_view kReadme =
    "What is in this archive\n"
    "\n"
    "index.html    everything in order, to be read with any web browser\n"
    "records.json  the same and more, for programs:\n"
    "                format \"waymark.export\", v 0\n"
    "                records: stream, kind, id, created (ISO 8601), fields (what is shown now),\n"
    "                  history (every change: op, time, author, fields)\n"
    "                files: sha256, name, type, bytes, path (in this archive; empty: not on that computer)\n"
    "files/        photos and other files\n";

std::string iso_time(std::int64_t ms) {
  auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  if (!gmtime_r(&seconds, &parts)) return {};
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

json value_json(const record::Value& value) {
  auto parsed = json::parse(record::canonical(value), nullptr, false);
  return parsed.is_discarded() ? json() : parsed;
}
json fields_json(const record::Fields& fields) {
  json object = json::object();
  for (const auto& [name, value] : fields) object[name] = value_json(value);
  return object;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

// A name that any file system takes, and no other file of the archive has.
std::string file_name(std::string_view wanted, std::string_view hash, std::set<std::string>& used) {
  std::string name;
  for (char c : wanted.substr(0, 120)) {
    bool plain = static_cast<unsigned char>(c) >= 0x20 &&
                 std::string_view("/\\:*?\"<>|").find(c) == std::string_view::npos;
    name += plain ? c : '_';
  }
  while (!name.empty() && (name.front() == '.' || name.front() == ' ')) name.erase(name.begin());
  if (name.empty()) name = "file";
  if (!used.insert(name).second) {
    name = std::string(hash.substr(0, 8)) + "-" + name;
    used.insert(name);
  }
  return name;
}

class Page {
 public:
  Page(std::string language, const Wording& wording) : language_(std::move(language)), wording_(wording) {}

  const std::string& language() const { return language_; }
  std::string say(const char* key, std::vector<app::Argument> arguments = {}) const {
    const app::Phrase phrase{key, std::move(arguments), -1};
    return wording_ ? wording_(language_, phrase) : phrase.key;
  }
  void heading(std::string_view text) { body_ += "<h2>" + escaped(text) + "</h2>\n"; }
  void begin(std::string_view title, std::int64_t at_ms) {
    body_ += "<article>";
    if (!title.empty()) body_ += "<h3>" + escaped(title) + "</h3>";
    body_ += "<p class=\"when\">" + iso_time(at_ms).substr(0, 10) + "</p>\n";
  }
  void end() { body_ += "</article>\n"; }
  void line(std::string_view label, std::string_view text) {
    if (text.empty()) return;
    body_ += "<p>";
    if (!label.empty()) body_ += "<b>" + escaped(label) + "</b> ";
    body_ += "<span>" + escaped(text) + "</span></p>\n";
  }
  void file(std::string_view name, std::string_view path, bool picture) {
    if (path.empty()) {
      line(say("export.file_elsewhere"), name);
      return;
    }
    if (picture) body_ += "<img src=\"" + escaped(path) + "\" alt=\"" + escaped(name) + "\">\n";
    body_ += "<p><a href=\"" + escaped(path) + "\">" + escaped(name) + "</a></p>\n";
  }
  std::string whole(std::string_view title) const {
    return "<!doctype html><html lang=\"" + escaped(language_) +
           "\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>" +
           escaped(title) +
           "</title><style>body{font:1.05em/1.5 sans-serif;max-width:46em;margin:2em auto;padding:0 1em;"
           "color:#1e2a2e;background:#f7f4ee}article{background:#fffdf9;border:1px solid "
           "#dfd6c6;border-radius:14px;padding:.2em 1.2em;margin:1em 0}h2{color:#17594a}"
           ".when{color:#56605f;margin-top:-.8em}article>.when:first-child{margin-top:.8em}"
           "span{white-space:pre-wrap}img{max-width:100%;border-radius:10px}</style><h1>" +
           escaped(title) + "</h1>\n" + body_ + "</html>\n";
  }

 private:
  std::string language_;
  const Wording& wording_;
  std::string body_;
};

// What a student's records say by id, in words.
struct Names {
  std::string language;
  std::map<std::string, std::shared_ptr<const domain::Pathway>> pathways;  // project → its version
  std::map<std::string, std::string> questions;                            // project → question

  const domain::Pathway* pathway(const store::Record& record) const {
    auto found = pathways.find(record.text("project"));
    return found == pathways.end() ? nullptr : found->second.get();
  }
  std::string step(const store::Record& record) const {
    std::string title = record.text("step");
    if (const auto* content = pathway(record))
      if (const auto* step = content->step(title)) title = step->title.in(language);
    auto question = questions.find(record.text("project"));
    return question == questions.end() ? title : question->second + ": " + title;
  }
  const domain::PathwayRubric* rubric(const store::Record& record) const {
    const auto* content = pathway(record);
    if (!content) return nullptr;
    const auto* named = content->rubric(record.text("rubric"));
    return named ? named : content->rubric_of(record.text("step"));
  }
};

Result<Names> names_of(store::Store& store, const std::string& person_stream, std::string language) {
  Names names;
  names.language = std::move(language);
  std::map<std::string, std::shared_ptr<const domain::Pathway>> versions;
  WAYMARK_TRY(streams, store.streams());
  for (const auto& stream : streams) {
    if (!stream.starts_with("class:")) continue;
    WAYMARK_TRY(found, store.records(stream, "pathway_version", store::Store::Holding::too));
    for (const auto& version : found)
      if (auto pathway = domain::parse_pathway(version.text("content")))
        versions.emplace(version.key.id.hex(), std::make_shared<const domain::Pathway>(std::move(*pathway)));
  }
  WAYMARK_TRY(projects, store.records(person_stream, "project"));
  for (const auto& project : projects) {
    auto id = project.key.id.hex();
    auto question = project.text("question");
    if (auto version = versions.find(project.text("version")); version != versions.end()) {
      names.pathways[id] = version->second;
      if (question.empty()) question = version->second->title.in(names.language);
    }
    names.questions[id] = question;
  }
  return names;
}

class Archive {
 public:
  explicit Archive(zip_t* zip) : zip_(zip) {}
  Archive(const Archive&) = delete;
  ~Archive() {
    if (zip_) zip_discard(zip_);
  }
  // The bytes are kept until the archive is closed.
  Status add(const std::string& name, std::string bytes) {
    kept_.push_back(std::make_unique<std::string>(std::move(bytes)));
    auto* source = zip_source_buffer(zip_, kept_.back()->data(), kept_.back()->size(), 0);
    return put(name, source);
  }
  Status add_file(const std::string& name, const std::string& path) {
    return put(name, zip_source_file(zip_, path.c_str(), 0, -1));
  }
  Status close() {
    if (zip_close(zip_) != 0) {
      auto* error = zip_get_error(zip_);
      return Error{error->sys_err == ENOSPC ? Code::disk_full : Code::io, zip_error_strerror(error)};
    }
    zip_ = nullptr;
    return {};
  }

 private:
  Status put(const std::string& name, zip_source_t* source) {
    if (!source || zip_file_add(zip_, name.c_str(), source, ZIP_FL_ENC_UTF_8) < 0) {
      if (source) zip_source_free(source);
      return Error{Code::io, zip_strerror(zip_)};
    }
    return {};
  }
  zip_t* zip_;
  std::vector<std::unique_ptr<std::string>> kept_;
};

void write_page(Page& page, const std::map<std::string, std::vector<store::Record>>& by_kind,
                const Names& names, const std::map<std::string, std::string>& paths) {
  auto say = [&](const char* key, std::vector<app::Argument> arguments = {}) {
    return page.say(key, std::move(arguments));
  };
  auto each = [&](const char* kind, std::string_view heading, const auto& write) {
    auto found = by_kind.find(kind);
    if (found == by_kind.end()) return;
    bool first = true;
    for (const auto& record : found->second) {
      if (std::exchange(first, false)) page.heading(heading);
      write(record);
      page.end();
    }
  };
  // A record that is one text.
  auto only = [&](const char* kind, std::string_view heading, const char* field) {
    each(kind, heading, [&](const store::Record& r) {
      page.begin("", r.created_ms);
      page.line("", r.text(field));
    });
  };
  each("profile", say("export.about_me"), [&](const store::Record& r) {
    page.begin("", r.changed_ms());
    page.line(say("export.strengths"), r.text("strengths"));
    page.line(say("export.interests"), r.text("interests"));
    page.line(say("export.languages"), r.text("languages"));
    page.line(say("export.learn_best"), r.text("learn_best"));
    page.line(say("export.need"), r.text("need"));
    page.line(say("export.chosen_name"), r.text("chosen_name"));
  });
  each("project", say("export.projects"), [&](const store::Record& r) {
    auto id = r.key.id.hex();
    auto question = names.questions.find(id);
    page.begin(question == names.questions.end() ? r.text("question") : question->second, r.created_ms);
    page.line(say("export.why"), r.text("why"));
    auto product = r.text("product");
    if (auto content = names.pathways.find(id); content != names.pathways.end())
      if (const auto* made = content->second->product(product)) product = made->title.in(names.language);
    page.line(say("export.product"), product);
  });
  each("goal", say("export.goals"), [&](const store::Record& r) {
    page.begin(say("export.want") + " " + r.text("want"), r.created_ms);
    page.line(say("export.first_step"), r.text("first_step"));
    page.line(say("export.by"), r.text("by"));
    page.line(say("export.how_know"), r.text("how_know"));
    page.line(say("export.obstacle"), r.text("obstacle"));
    if (!r.text("plan_if").empty())
      page.line("", say("export.plan", {{"if", r.text("plan_if")}, {"then", r.text("plan_then")}}));
    page.line(say("export.learned"), r.text("learned"));
  });
  only("checkin", say("export.check_ins"), "text");
  each("work", say("export.work"), [&](const store::Record& r) {
    page.begin(names.step(r), r.created_ms);
    page.line("", r.text("title"));
    page.line("", r.text("text"));
    if (auto hash = r.text("file"); !hash.empty()) {
      auto path = paths.find(hash);
      page.file(r.text("name"), path == paths.end() ? std::string() : path->second,
                r.text("mime").starts_with("image/"));
    }
  });
  auto judged = [&](const store::Record& r) {
    page.begin(names.step(r), r.created_ms);
    if (const auto* rubric = names.rubric(r)) {
      for (const auto& criterion : rubric->criteria) {
        const auto level = r.integer(domain::field_of("level.", criterion.id));
        if (level >= 1 && level <= static_cast<std::int64_t>(criterion.levels.size()))
          page.line(criterion.title.in(names.language),
                    criterion.levels[static_cast<std::size_t>(level) - 1].name.in(names.language));
        page.line(say("export.because"), r.text(domain::field_of("because.", criterion.id)));
      }
    } else {
      // The pathway is not on this computer: by the names its fields have.
      for (const auto& [field, heads] : r.fields) {
        if (!field.starts_with("level.")) continue;
        const auto id = field.substr(std::string_view("level.").size());
        page.line(id, std::to_string(heads.value().integer()));
        page.line(say("export.because"), r.text("because." + id));
      }
    }
    page.line(say("export.glow"), r.text("glow"));
    page.line(say("export.grow"), r.text("grow"));
    page.line(say("export.next"), r.text("next"));
  };
  each("self_assessment", say("export.own_views"), judged);
  each("review", say("export.reviews"), judged);
  only("reply", say("export.replies"), "text");
  only("observation", say("export.observations"), "text");
  only("pack_up", say("export.pack_ups"), "line");
}

}  // namespace

Result<Exported> export_all(app::Records& records, const app::Profile& profile, const std::string& school,
                            std::int64_t now_ms, const std::string& path, const Wording& wording) {
  std::error_code exists;
  if (std::filesystem::exists(path, exists)) return Error{Code::exists, path};
  WAYMARK_TRY(person, PersonId::parse(profile.person));
  auto& store = records.store();
  Exported done;
  json body = {{"format", "waymark.export"}, {"v", 1},
               {"person", profile.person},   {"name", profile.name},
               {"school", school},           {"exported", iso_time(now_ms)},
               {"records", json::array()},   {"files", json::array()}};
  std::map<std::string, std::vector<store::Record>> by_kind;
  for (const auto& stream : {domain::person_stream(person), domain::own_stream(person)})
    for (const auto& kind : domain::kinds()) {
      WAYMARK_TRY(found, store.records(stream, kind.name));
      for (auto& record : found) {
        json one = {{"stream", stream},          {"kind", std::string(kind.name)},
                    {"id", record.key.id.hex()}, {"created", iso_time(record.created_ms)},
                    {"fields", json::object()},  {"history", json::array()}};
        for (const auto& [name, field] : record.fields) one["fields"][name] = value_json(field.value());
        WAYMARK_TRY(history, store.history(record.key));
        for (const auto& [id, op] : history)
          one["history"].push_back({{"op", id.hex()},
                                    {"time", iso_time(op.time_ms)},
                                    {"author", op.author.hex()},
                                    {"fields", fields_json(op.fields)}});
        body["records"].push_back(std::move(one));
        done.records++;
        WAYMARK_TRY(gone, store.gone(record, "deleted"));
        if (!gone) by_kind[std::string(kind.name)].push_back(std::move(record));
      }
    }
  for (auto& [kind, all] : by_kind)
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.created_ms < b.created_ms; });

  int code = 0;
  auto beside = path + ".new";
  std::filesystem::remove(beside, exists);
  zip_t* opened = zip_open(beside.c_str(), ZIP_CREATE | ZIP_EXCL, &code);
  if (!opened) return Error{Code::io, path + " cannot be made"};
  Archive archive(opened);
  std::map<std::string, std::string> paths;
  std::set<std::string> used;
  for (const auto& work : by_kind["work"]) {
    auto hash = work.text("file");
    if (hash.empty() || paths.contains(hash)) continue;
    std::string inside;
    if (records.files().has(hash)) {
      inside = "files/" + file_name(work.text("name"), hash, used);
      WAYMARK_CHECK(archive.add_file(inside, records.files().path_of(hash)));
      done.files++;
    } else {
      done.files_not_here++;
    }
    paths[hash] = inside;
    body["files"].push_back({{"sha256", hash},
                             {"name", work.text("name")},
                             {"type", work.text("mime")},
                             {"bytes", work.integer("bytes")},
                             {"path", inside}});
  }
  std::string language = "en";
  if (const auto& kept = by_kind["preferences"]; !kept.empty() && !kept.front().text("language").empty())
    language = kept.front().text("language");
  WAYMARK_TRY(names, names_of(store, domain::person_stream(person), language));
  Page page(language, wording);
  write_page(page, by_kind, names, paths);
  WAYMARK_CHECK(archive.add("index.html", page.whole(profile.name)));
  WAYMARK_CHECK(archive.add("records.json", body.dump(1, ' ', false, json::error_handler_t::replace) + "\n"));
  WAYMARK_CHECK(archive.add("README.txt", std::string(kReadme)));
  if (auto closed = archive.close(); !closed) return closed.error();
  std::error_code moved;
  std::filesystem::rename(beside, path, moved);
  if (moved) return Error{Code::io, path + ": " + moved.message()};
  return done;
}

}  // namespace waymark::cli
