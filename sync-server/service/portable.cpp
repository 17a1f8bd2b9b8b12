#include "sync-server/service/portable.hpp"

#include <array>
#include <ctime>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "shared/base/text.hpp"
#include "shared/store/erase.hpp"
#include "shared/store/hidden.hpp"

namespace waymark::server {
namespace {

using nlohmann::json;

std::string iso_time(std::int64_t ms) {
  auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

std::string ending(std::string_view mime) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kKnown{
      {{"image/jpeg", ".jpg"},
       {"image/png", ".png"},
       {"application/pdf", ".pdf"},
       {"text/plain", ".txt"},
       {"audio/mpeg", ".mp3"},
       {"video/mp4", ".mp4"}}};
  for (const auto& [known, end] : kKnown)
    if (known == mime) return std::string(end);
  return "";
}

json value_json(const record::Value& value) { return json::parse(record::canonical(value)); }

class Gathering {
 public:
  explicit Gathering(School& school) : school_(school) {}

  Status add(const std::string& stream) {
    auto& store = school_.store();
    std::map<std::pair<std::string, RecordId>, store::Hiding> hidden;
    WAYMARK_TRY(all_hidden, store::hidden_records(store, stream));
    for (const auto& each : all_hidden) hidden.emplace(std::pair(each.kind, each.record), each.hiding);
    std::set<std::string> kinds;
    json history = json::array();
    for (std::int64_t seq = 0;;) {
      WAYMARK_TRY(entries, store.page(stream, seq, 500, std::size_t{8} << 20));
      if (entries.empty()) break;
      for (const auto& entry : entries) {
        seq = entry.seq;
        auto op = json::parse(entry.body, nullptr, false);
        if (!op.is_object()) continue;
        op["id"] = entry.id.hex();
        if (auto kind = op.find("kind"); kind != op.end() && kind->is_string()) kinds.insert(*kind);
        if (auto author = op.find("author"); author != op.end())
          WAYMARK_CHECK(know(author->get<std::string>()));
        if (auto fields = op.find("fields"); fields != op.end())
          for (const auto& [name, value] : fields->items())
            if (value.is_string()) WAYMARK_CHECK(add_file(stream, value.get<std::string>()));
        history.push_back(std::move(op));
      }
    }
    json records = json::array();
    for (const auto& kind : kinds) {
      WAYMARK_TRY(found, store.records(stream, kind));
      for (const auto& record : found) {
        json one = {{"kind", kind},
                    {"id", record.key.id.hex()},
                    {"created", iso_time(record.created_ms)},
                    {"changed", iso_time(record.changed_ms())},
                    {"by", record.author().hex()},
                    {"fields", json::object()}};
        for (const auto& [name, field] : record.fields) {
          one["fields"][name] = value_json(field.value());
          if (!field.conflict()) continue;
          for (const auto& head : field.heads) one["versions"][name].push_back(value_json(head.value));
        }
        if (auto by = hidden.find({kind, record.key.id}); by != hidden.end())
          one["hidden"] = {{"by", by->second.by.hex()}, {"at", iso_time(by->second.at_ms)}};
        WAYMARK_TRY(gone, store.gone(record, "deleted"));
        if (gone) one["deleted"] = true;
        records.push_back(std::move(one));
      }
    }
    body["streams"].push_back({{"stream", stream}, {"records", records}, {"history", history}});
    return {};
  }

  Portable done() {
    body["format"] = "waymark.school_export";
    body["v"] = 1;
    body["school"] = school_.name();
    body["exported"] = iso_time(school_.clock().now_ms());
    body["people"] = people_;
    made_.json = body.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
    return std::move(made_);
  }

  json body = json::object();

 private:
  Status know(const std::string& id_text) {
    if (people_.contains(id_text)) return {};
    auto id = PersonId::parse(id_text);
    if (!id) return {};
    WAYMARK_TRY(person, school_.accounts().person(*id));
    people_[id_text] = person ? trim(person->given + " " + person->family) : "";
    return {};
  }
  Status add_file(const std::string& stream, const std::string& hash) {
    if (hash.size() != 64 || !from_hex(hash) || !seen_.insert(stream + hash).second) return {};
    WAYMARK_TRY(row, school_.store().file_in(stream, hash));
    if (!row) return {};  // it has not come, or is no file's name
    auto name = "files/" + hash + ending(row->mime);
    body["files"].push_back({{"sha256", hash}, {"name", name}, {"mime", row->mime}, {"bytes", row->bytes}});
    made_.files.push_back({school_.data() + "/files/" + hash.substr(0, 2) + "/" + hash.substr(2), name});
    return {};
  }

  School& school_;
  Portable made_;
  json people_ = json::object();
  std::set<std::string> seen_;
};

}  // namespace

Result<Portable> portable_student(School& school, const PersonId& student) {
  WAYMARK_TRY(person, school.accounts().person(student));
  WAYMARK_TRY(erased, store::is_erased(school.store(), student));
  if (!person || person->role != "student" || erased) return Error{Code::not_found, "no such student"};
  Gathering gathering(school);
  json classes = json::array();
  WAYMARK_TRY(enrollments, school.accounts().enrollments_of(student));
  for (const auto& enrollment : enrollments) {
    WAYMARK_TRY(row, school.accounts().class_by_id(enrollment.class_id));
    if (row) classes.push_back({{"id", row->id.hex()}, {"title", row->title}, {"active", enrollment.active}});
  }
  gathering.body["student"] = {{"id", student.hex()},
                               {"given", person->given},
                               {"family", person->family},
                               {"active", person->active},
                               {"pin_set", !person->pin_hash.empty()},
                               {"classes", classes}};
  for (const auto& stream :
       {domain::person_stream(student), domain::staff_stream(student), domain::inbox_stream(student)})
    WAYMARK_CHECK(gathering.add(stream));
  return gathering.done();
}

Result<Portable> portable_class(School& school, const ClassId& class_id) {
  WAYMARK_TRY(row, school.accounts().class_by_id(class_id));
  if (!row) return Error{Code::not_found, "no such class"};
  Gathering gathering(school);
  json students = json::array();
  WAYMARK_TRY(list, school.students_of(class_id));
  for (const auto& student : list) students.push_back(student.person.id.hex());
  gathering.body["class"] = {{"id", class_id.hex()}, {"title", row->title}, {"students", students}};
  WAYMARK_CHECK(gathering.add(domain::class_stream(class_id)));
  return gathering.done();
}

}  // namespace waymark::server
