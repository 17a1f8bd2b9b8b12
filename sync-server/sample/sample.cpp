#include "sync-server/sample/sample.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>

#include <nlohmann/json.hpp>

#include "shared/base/text.hpp"
#include "shared/domain/kinds.hpp"
#include "shared/domain/pathway.hpp"
#include "shared/domain/record_ids.hpp"
#include "shared/store/files.hpp"
#include "sync-server/import/case_package.hpp"
#include "sync-server/import/oneroster.hpp"
#include "sync-server/sample/device.hpp"
#include "sync-server/sample/drawing.hpp"
#include "sync-server/service/codes.hpp"

namespace waymark::server {
namespace {

using Json = nlohmann::json;
using OutJson = nlohmann::ordered_json;
using record::Fields;
using record::RecordKey;
using record::Value;

constexpr std::int64_t kMinute = 60'000, kDay = 24 * 60 * kMinute;
constexpr int kSchoolDays = 15;             // of work before the day the sample is opened
constexpr int kPeriodBegins = 10 * 60 + 5;  // minutes after midnight: Period 3
constexpr std::array<std::string_view, 4> kPublished = {"one-small-thing", "water-where-we-live",
                                                        "whose-street-is-it", "a-meal-for-forty"};

// Local midnight of a day, `days` later; mktime knows about the changes of the clock.
std::int64_t midnight(std::tm day, int days) {
  day.tm_hour = day.tm_min = day.tm_sec = 0;
  day.tm_mday += days;
  day.tm_isdst = -1;
  return static_cast<std::int64_t>(std::mktime(&day)) * 1000;
}

std::string text_of(const Json& object, std::string_view key, std::string_view other = {}) {
  if (!object.is_object()) return std::string(other);
  auto found = object.find(std::string(key));
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string(other);
}
std::int64_t number_of(const Json& object, std::string_view key, std::int64_t other = 0) {
  if (!object.is_object()) return other;
  auto found = object.find(std::string(key));
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : other;
}
bool flag_of(const Json& object, std::string_view key) {
  if (!object.is_object()) return false;
  auto found = object.find(std::string(key));
  return found != object.end() && found->is_boolean() && found->get<bool>();
}
const Json& part_of(const Json& object, std::string_view key) {
  static const Json none;
  if (!object.is_object()) return none;
  auto found = object.find(std::string(key));
  return found == object.end() ? none : *found;
}

Result<Json> read_json(const std::string& path) {
  WAYMARK_TRY(bytes, store::read_whole(path, 4 * 1024 * 1024));
  auto json = Json::parse(bytes, nullptr, false);
  if (json.is_discarded()) return Error{Code::malformed, path + " is no JSON"};
  return json;
}

class Maker {
 public:
  Maker(const SampleRequest& request, std::string assets, std::tm day)
      : request_(request),
        assets_(std::move(assets)),
        day_(day),
        seeded_(request.seed.value_or(1)),
        content_(20'270'611) {}

  Result<SampleSchool> run() {
    days_.resize(kSchoolDays + 1);
    // days_[1] is the last school day before the sample is opened.
    int back = 0;
    for (int d = 1; d <= kSchoolDays; d++) {
      do back--;
      while (weekend(back));
      days_[static_cast<std::size_t>(d)] = midnight(day_, back);
    }
    clock_.set_ms(days_[kSchoolDays] - 5 * kDay + 15 * 60 * kMinute);
    WAYMARK_CHECK(make_school());
    // Three weeks in one transaction: whole or not there at all, and one wait for the disk.
    WAYMARK_TRY(transaction, store::Transaction::begin(school_->store().db()));
    WAYMARK_CHECK(import_assets());
    WAYMARK_CHECK(add_staff());
    WAYMARK_CHECK(publish());
    if (request_.work) {
      WAYMARK_CHECK(add_computers());
      WAYMARK_CHECK(read_work());
      WAYMARK_CHECK(play());
    }
    WAYMARK_CHECK(print_cards());
    WAYMARK_CHECK(transaction.commit());
    return std::move(out_);
  }

 private:
  // ---- the school

  Random& secrets() {
    if (request_.seed) return seeded_;
    return system_;
  }

  bool weekend(int days) const {
    std::time_t seconds = static_cast<std::time_t>(midnight(day_, days) / 1000 + 12 * 3600);
    std::tm parts{};
    localtime_r(&seconds, &parts);
    return parts.tm_wday == 0 || parts.tm_wday == 6;
  }

  std::string password(std::string_view known) {
    return request_.demo ? std::string(known) : grouped(make_code(secrets(), 12));
  }

  Status make_school() {
    WAYMARK_TRY(info, read_json(assets_ + "/school.json"));
    out_.school = text_of(info, "school");
    out_.admin_email = text_of(info, "admin");
    out_.admin_password = password(text_of(info, "demo_admin_password"));
    out_.teacher_email = text_of(info, "teacher");
    out_.teacher_password = password(text_of(info, "demo_teacher_password"));
    out_.colleague_email = text_of(info, "colleague");
    out_.colleague_password = password(text_of(info, "demo_colleague_password"));
    WAYMARK_TRY(made, School::init({request_.data, out_.school, out_.admin_email, out_.admin_password},
                                   clock_, secrets()));
    out_.recovery_phrase = made.recovery_phrase;
    WAYMARK_TRY(school, School::open(request_.data, clock_, secrets()));
    school_ = std::move(school);
    out_.fingerprint = school_->fingerprint();
    return {};
  }

  Status import_assets() {
    WAYMARK_TRY(roster, plan_roster(*school_, assets_ + "/roster"));
    WAYMARK_CHECK(apply_roster(*school_, roster));
    WAYMARK_TRY(standards, plan_case_file(*school_, assets_ + "/standards/waymark-sample-standards.json"));
    return apply_case(*school_, standards);
  }

  Status add_staff() {
    for (auto [email, word, id] :
         {std::tuple(&out_.teacher_email, &out_.teacher_password, &teacher_),
          std::tuple(&out_.colleague_email, &out_.colleague_password, &colleague_)}) {
      WAYMARK_TRY(person, school_->add_staff(*email, "", "teacher", *word));
      *id = person.id;
    }
    WAYMARK_TRY(classes, school_->classes_of(teacher_));
    WAYMARK_TRY(others, school_->classes_of(colleague_));
    if (classes.empty() || others.empty())
      return Error{Code::malformed, "the sample roster gives each teacher a class"};
    class_ = classes.front();
    second_ = others.front();
    out_.class_title = class_.title;
    return {};
  }

  Status publish() {
    int order = 0;
    for (auto slug : kPublished) {
      clock_.advance_ms(4 * kMinute);
      WAYMARK_TRY(raw, store::read_whole(assets_ + "/pathways/" + std::string(slug) + ".json",
                                         domain::pathway_bytes_max));
      WAYMARK_TRY(content, domain::to_content(raw));
      WAYMARK_TRY(pathway, domain::parse_pathway(content));
      auto stream = domain::class_stream(class_.id);
      RecordId id = domain::singleton_id("pathway", class_.id.hex() + "\n" + std::string(slug));
      store::Edit version{{stream, "pathway_version", {}},
                          {{"pathway", id.hex()}, {"number", 1}, {"content", content}},
                          {},
                          {}};
      WAYMARK_TRY(written, school_->write(teacher_, std::span(&version, 1)));
      store::Edit edit{{stream, "pathway", id},
                       {{"slug", Value(slug)},
                        {"title", Value(truncate_utf8(pathway.title.in("en"), 560))},
                        {"published", written.front().op.hex()},
                        {"order", "a" + std::to_string(order++)}},
                       {},
                       {}};
      WAYMARK_TRY(known, school_->write(teacher_, std::span(&edit, 1)));
      (void)known;
      pathways_[std::string(slug)] = {id, written.front().op, std::move(pathway)};
    }
    // Outlines are what a teacher has begun to write: drafts, not yet for students.
    for (auto [slug, author, row] : {std::tuple("small-museum", teacher_, class_.id),
                                     std::tuple("a-guide-for-newcomers", teacher_, class_.id),
                                     std::tuple("a-machine-that-waits", colleague_, second_.id),
                                     std::tuple("the-year-in-numbers", colleague_, second_.id)}) {
      clock_.advance_ms(6 * kMinute);
      WAYMARK_TRY(raw, store::read_whole(assets_ + "/pathways/" + slug + ".json", domain::pathway_bytes_max));
      auto json = Json::parse(raw, nullptr, false);
      if (!json.is_object()) return Error{Code::malformed, std::string(slug) + ".json is no JSON object"};
      RecordId id = domain::singleton_id("pathway", row.hex() + "\n" + slug);
      store::Edit draft{
          {domain::author_stream(row), "pathway_draft", domain::pathway_draft_id(id.hex(), author)},
          {{"pathway", id.hex()}, {"content", json.dump()}},
          {},
          {}};
      WAYMARK_TRY(written, school_->write(author, std::span(&draft, 1)));
      (void)written;
    }
    return {};
  }

  Status add_computers() {
    for (int n = 1; n <= 14; n++) {
      std::string name = std::string("lab-") + (n < 10 ? "0" : "") + std::to_string(n);
      clock_.advance_ms(2 * kMinute);
      WAYMARK_TRY(code, school_->add_computer_code(name));
      std::string nonce = to_hex(secrets().id<RecordId>().bytes), spki;
      WAYMARK_TRY(begun, school_->begin_join(code_id(code), nonce, spki));
      WAYMARK_TRY(joined,
                  school_->finish_join(
                      code_id(code), nonce,
                      join_proof("computer", code, school_->identity(), spki, nonce, begun.nonce), spki, ""));
      computers_[name] = joined.token;
    }
    return {};
  }

  // ---- what people did

  struct Project {
    RecordId id;
    std::string slug;
    OpId version;
  };
  struct Tried {
    OpId turn_in, assessment;
    std::vector<std::string> saw;
    int number = 0;
  };
  struct Pupil {
    std::string source, file, name, pin;
    PersonId person;
    SampleAuthor author{PersonId{}};
    std::map<std::string, std::unique_ptr<SampleDevice>> devices;  // by computer
    std::map<std::string, RecordId> records;                       // "goal.g1", "work.w1", "help.h1"
    std::map<std::string, OpId> work_op;                           // by the id in the file
    std::map<std::string, std::string> work_step;
    std::vector<Project> projects;
    std::map<std::string, Tried> tried;      // by step, the last
    std::map<std::string, OpId> assessment;  // by step, checked and not yet turned in
    std::map<std::string, OpId> reviews;     // by step, the last
  };
  struct Event {
    std::int64_t at_ms = 0;
    std::size_t pupil = 0, number = 0;
    std::string verb, computer;
    Json what;
    bool by_staff = false;
    bool last_of_sitting = false;
    std::int64_t left = 0;
  };

  Status read_work() {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& name : store::names_in(assets_ + "/work", error))
      if (name.ends_with(".json")) names.push_back(name);
    if (error) return Error{Code::not_found, assets_ + "/work: " + error.message()};
    for (const auto& name : names) {
      WAYMARK_TRY(json, read_json(assets_ + "/work/" + name));
      Pupil pupil;
      pupil.file = name;
      pupil.source = text_of(json, "student");
      WAYMARK_TRY(person, school_->accounts().person_by_source(pupil.source));
      if (!person) return Error{Code::malformed, name + ": no student '" + pupil.source + "' in the roster"};
      pupil.person = person->id;
      pupil.author = SampleAuthor(person->id);
      auto home = text_of(json, "computer", "lab-01");
      std::size_t index = pupils_.size();
      for (const auto& sitting : part_of(json, "days"))
        WAYMARK_CHECK(read_sitting(sitting, home, index, name));
      pupils_.push_back(std::move(pupil));
    }
    std::stable_sort(events_.begin(), events_.end(), [](const Event& a, const Event& b) {
      return std::pair(a.at_ms, a.pupil) < std::pair(b.at_ms, b.pupil);
    });
    return {};
  }

  // One student's lesson of one day, spread over the period; what teachers do with it comes at its own time.
  Status read_sitting(const Json& sitting, const std::string& home, std::size_t pupil,
                      const std::string& file) {
    auto d = number_of(sitting, "day");
    if (d < 1 || d > kSchoolDays)
      return Error{Code::malformed, file + ": a day is from 1 to " + std::to_string(kSchoolDays)};
    auto computer = text_of(sitting, "on", home);
    if (computers_.count(computer) == 0) return Error{Code::malformed, file + ": no computer " + computer};
    std::int64_t begins = days_[static_cast<std::size_t>(d)];
    const auto& done = part_of(sitting, "do");
    std::size_t own = 0, count = 0;
    for (const auto& item : done)
      if (item.is_object() && !item.empty() && !staff_verb(item.begin().key())) count++;
    std::size_t staff = 0;
    bool first = true;
    for (const auto& item : done) {
      if (!item.is_object() || item.size() != 1)
        return Error{Code::malformed, file + ": each thing done is an object with one key"};
      Event event;
      event.pupil = pupil;
      event.number = events_.size();
      event.verb = item.begin().key();
      event.what = item.begin().value();
      event.computer = computer;
      event.by_staff = staff_verb(event.verb);
      auto time = text_of(event.what, "time");
      std::int64_t minute = 0;
      if (time.size() == 5) {
        minute = (time[0] - '0') * 600 + (time[1] - '0') * 60 + (time[3] - '0') * 10 + (time[4] - '0');
      } else if (event.by_staff) {
        // Answers are written in the evening, one after the other; what is seen in the room is noted there.
        bool in_room = event.verb == "observe" || event.verb == "answer_help" || event.verb == "confirm";
        minute =
            (in_room ? kPeriodBegins + 20 : 18 * 60 + 10) + static_cast<std::int64_t>(pupil % 20 + staff++);
      } else {
        minute = kPeriodBegins + 2 + static_cast<std::int64_t>(own++ * 36 / std::max<std::size_t>(1, count)) +
                 static_cast<std::int64_t>(pupil % 3);
      }
      event.at_ms = begins + minute * kMinute + static_cast<std::int64_t>(content_.below(50'000));
      events_.push_back(std::move(event));
      if (first && !events_.back().by_staff) first = false;
    }
    // What a student did in one sitting goes to school at its end.
    Event* last = nullptr;
    for (auto& event : events_)
      if (event.pupil == pupil && event.computer == computer && !event.by_staff && event.at_ms >= begins &&
          event.at_ms < begins + kDay) {
        event.last_of_sitting = false;
        if (!last || event.at_ms >= last->at_ms) last = &event;
      }
    if (last) last->last_of_sitting = true, last->left = number_of(sitting, "left");
    return {};
  }

  static bool staff_verb(std::string_view verb) {
    return verb == "review" || verb == "observe" || verb == "answer_help" || verb == "confirm" ||
           verb == "support";
  }

  Status play() {
    for (const auto& event : events_) {
      if (event.at_ms > clock_.now_ms()) clock_.set_ms(event.at_ms);
      auto& pupil = pupils_[event.pupil];
      auto done = event.by_staff ? staff_does(pupil, event) : student_does(pupil, event);
      if (!done) return Error{done.error().code, pupil.file + ", " + event.verb + ": " + done.error().detail};
      out_.ops++;
      if (!event.last_of_sitting) continue;
      clock_.advance_ms(20'000);
      WAYMARK_TRY(device, device_of(pupil, event.computer));
      WAYMARK_CHECK(device->sync(event.left));
    }
    return {};
  }

  Result<SampleDevice*> device_of(Pupil& pupil, const std::string& computer) {
    auto& device = pupil.devices[computer];
    if (device) return device.get();
    WAYMARK_TRY(here, school_->computer(computers_[computer]));
    WAYMARK_TRY(card, school_->card_for(pupil.person));
    WAYMARK_TRY(student, school_->student_of_card(grouped(card), here.id));
    if (pupil.pin.empty()) {
      pupil.pin = "2580";
      if (!request_.demo)
        for (char& digit : pupil.pin) digit = static_cast<char>('0' + secrets().below(10));
    }
    SecretKey key;
    secrets().fill(key.seed);
    WAYMARK_TRY(joined, school_->join_student(student, here, pupil.pin, "digits", public_key(key)));
    device = std::make_unique<SampleDevice>(*school_, pupil.author, joined.token, content_);
    return device.get();
  }

  RecordKey own(const Pupil& pupil, std::string_view kind, const RecordId& id = {}) const {
    return {domain::own_stream(pupil.person), std::string(kind), id};
  }
  RecordKey portfolio(const Pupil& pupil, std::string_view kind, const RecordId& id = {}) const {
    return {domain::person_stream(pupil.person), std::string(kind), id};
  }

  // Texts of an event that are fields of the same name.
  static void copy_texts(const Json& what, std::initializer_list<const char*> names, Fields& fields) {
    for (const auto* name : names) {
      auto text = text_of(what, name);
      if (!text.empty()) fields[name] = text;
    }
  }

  Result<Project*> project_of(Pupil& pupil, const Json& what) {
    auto slug = text_of(what, "pathway");
    for (auto it = pupil.projects.rbegin(); it != pupil.projects.rend(); ++it)
      if (slug.empty() || it->slug == slug) return &*it;
    return Error{Code::invalid, "no project is chosen yet"};
  }
  Result<std::string> step_of(const Project& project, const Json& what) {
    auto step = text_of(what, "step");
    if (!pathways_.at(project.slug).content.step(step))
      return Error{Code::invalid, "'" + step + "' is no step of " + project.slug};
    return step;
  }
  static RecordId step_record(const Project& project, const std::string& step) {
    return domain::step_id(project.id.hex(), step);
  }
  RecordId named(Pupil& pupil, std::string_view kind, const Json& what) {
    auto name = std::string(kind) + "." + text_of(what, "id", "1");
    auto& id = pupil.records[name];
    if (id.is_zero()) id = content_.id<RecordId>();
    return id;
  }
  // A day of the calendar: so many days after the event.
  std::string day_after(std::int64_t ms, std::int64_t days) const {
    std::time_t seconds = static_cast<std::time_t>(ms / 1000);
    std::tm parts{};
    localtime_r(&seconds, &parts);
    parts.tm_mday += static_cast<int>(days);
    parts.tm_isdst = -1;
    std::mktime(&parts);
    char text[16];
    std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
    return text;
  }

  Status student_does(Pupil& pupil, const Event& event) {
    const auto& what = event.what;
    const auto& verb = event.verb;
    WAYMARK_TRY(device, device_of(pupil, event.computer));
    auto write = [&, d = device](const RecordKey& key, Fields fields) -> Result<OpId> {
      return d->write(key, std::move(fields), flag_of(what, "unaware"));
    };
    if (verb == "about") {
      Fields fields;
      copy_texts(what, {"strengths", "interests", "languages", "learn_best", "need", "mark", "chosen_name"},
                 fields);
      WAYMARK_TRY(op,
                  write(portfolio(pupil, "profile", domain::profile_id(pupil.person)), std::move(fields)));
      (void)op;
      return {};
    }
    if (verb == "settings") {
      Fields fields;
      copy_texts(what, {"language", "theme", "typeface"}, fields);
      if (auto size = number_of(what, "text_size"); size > 0) fields["text_size"] = size;
      WAYMARK_TRY(op,
                  write(own(pupil, "preferences", domain::preferences_id(pupil.person)), std::move(fields)));
      (void)op;
      return {};
    }
    if (verb == "goal") {
      Fields fields;
      copy_texts(what,
                 {"want", "first_step", "how_know", "obstacle", "plan_if", "plan_then", "standard", "state",
                  "learned"},
                 fields);
      if (auto days = number_of(what, "by", -1); days >= 0) fields["by"] = day_after(event.at_ms, days);
      if (flag_of(what, "of_project")) {
        WAYMARK_TRY(project, project_of(pupil, what));
        fields["project"] = project->id.hex();
      }
      WAYMARK_TRY(op, write(portfolio(pupil, "goal", named(pupil, "goal", what)), std::move(fields)));
      (void)op;
      return {};
    }
    if (verb == "check_in") {
      Fields fields;
      copy_texts(what, {"text"}, fields);
      fields["goal"] = named(pupil, "goal", what).hex();
      if (part_of(what, "plan_helped").is_boolean()) fields["plan_helped"] = flag_of(what, "plan_helped");
      WAYMARK_TRY(op, write(portfolio(pupil, "checkin"), std::move(fields)));
      (void)op;
      return {};
    }
    if (verb == "choose") {
      auto found = pathways_.find(text_of(what, "pathway"));
      if (found == pathways_.end())
        return Error{Code::invalid, "no pathway '" + text_of(what, "pathway") + "'"};
      auto product = text_of(what, "product");
      if (!found->second.content.product(product))
        return Error{Code::invalid, "no product '" + product + "'"};
      Project project{content_.id<RecordId>(), found->first, found->second.version};
      Fields fields{
          {"pathway", found->second.record.hex()}, {"version", project.version.hex()}, {"product", product}};
      copy_texts(what, {"question", "why"}, fields);
      pupil.projects.push_back(project);
      WAYMARK_TRY(op, write(portfolio(pupil, "project", project.id), std::move(fields)));
      (void)op;
      return {};
    }
    if (verb == "help") {
      Fields fields;
      copy_texts(what, {"text", "state"}, fields);
      auto id = named(pupil, "help", what);
      if (!text_of(what, "step").empty()) {
        WAYMARK_TRY(project, project_of(pupil, what));
        WAYMARK_TRY(step, step_of(*project, what));
        fields["project"] = project->id.hex();
        fields["step"] = step;
      }
      WAYMARK_TRY(op, write(portfolio(pupil, "help", id), std::move(fields)));
      (void)op;
      return {};
    }
    WAYMARK_TRY(project, project_of(pupil, what));
    if (verb == "question") {
      WAYMARK_TRY(op, write(portfolio(pupil, "project", project->id), {{"question", text_of(what, "text")}}));
      (void)op;
      return {};
    }
    WAYMARK_TRY(step, step_of(*project, what));
    const auto& pathway = pathways_.at(project->slug).content;
    if (verb == "tick" || verb == "form" || verb == "plan") {
      Fields fields{{"project", project->id.hex()}, {"step", step}};
      auto key = portfolio(pupil, "step", step_record(*project, step));
      if (pupil.author.heads.count({key, "project"}) > 0) fields.clear();
      auto items = static_cast<std::int64_t>(pathway.step(step)->checklist.size());
      for (const auto& item : part_of(what, "items")) {
        if (!item.is_number_integer() || item.get<std::int64_t>() < 1 || item.get<std::int64_t>() > items)
          return Error{Code::invalid, "items are numbers from 1 to " + std::to_string(items)};
        fields["item." + std::to_string(item.get<std::int64_t>())] = true;
      }
      copy_texts(what, {"form"}, fields);
      if (auto days = number_of(what, "planned", -1); days >= 0)
        fields["planned"] = day_after(event.at_ms, days);
      if (fields.empty()) return Error{Code::invalid, "nothing to set"};
      WAYMARK_TRY(op, write(key, std::move(fields)));
      (void)op;
      return {};
    }
    if (verb == "write" || verb == "picture" || verb == "shown") {
      auto name = text_of(what, "id", "1");
      auto key = portfolio(pupil, "work", named(pupil, "work", what));
      Fields fields;
      if (pupil.work_step.count(name) == 0) {
        fields = {{"project", project->id.hex()},
                  {"step", step},
                  {"type", verb == "write"     ? (text_of(what, "link").empty() ? "text" : "link")
                           : verb == "picture" ? "photo"
                                               : "shown_in_person"}};
      }
      copy_texts(what, {"title", "text"}, fields);
      if (auto link = text_of(what, "link"); !link.empty()) fields["text"] = link;
      if (verb == "picture") {
        auto png = draw_png(text_of(what, "drawing"), content_.u64());
        if (png.empty()) return Error{Code::invalid, "no drawing '" + text_of(what, "drawing") + "'"};
        fields["bytes"] = static_cast<std::int64_t>(png.size());
        fields["mime"] = "image/png";
        fields["width"] = drawing_width;
        fields["height"] = drawing_height;
        fields["name"] = text_of(what, "drawing") + ".png";
        fields["file"] = device->add_file(key.stream, std::move(png), "image/png");
      }
      WAYMARK_TRY(op, write(key, std::move(fields)));
      pupil.work_op[name] = op;
      pupil.work_step[name] = step;
      return {};
    }
    if (verb == "check" || verb == "check_draft") {
      const auto* rubric = pathway.rubric_of(step);
      if (!rubric) return Error{Code::invalid, "the step has no rubric"};
      int number = pupil.tried.count(step) > 0 ? pupil.tried[step].number + 1 : 1;
      Fields fields{{"project", project->id.hex()},
                    {"step", step},
                    {"version", project->version.hex()},
                    {"rubric", rubric->id}};
      WAYMARK_CHECK(judge(*rubric, what, fields, verb == "check"));
      if (part_of(what, "because").is_object())
        for (const auto& [criterion, text] : part_of(what, "because").items()) {
          if (!rubric->criterion(criterion)) return Error{Code::invalid, "no criterion '" + criterion + "'"};
          if (text.is_string()) fields[domain::field_of("because.", criterion)] = text.get<std::string>();
        }
      if (part_of(what, "evidence").is_object())
        for (const auto& [criterion, works] : part_of(what, "evidence").items()) {
          if (!rubric->criterion(criterion)) return Error{Code::invalid, "no criterion '" + criterion + "'"};
          std::vector<std::string> ids;
          for (const auto& work : works) {
            auto found = work.is_string() ? pupil.records.find("work." + work.get<std::string>())
                                          : pupil.records.end();
            if (found == pupil.records.end()) return Error{Code::invalid, "evidence that is not there"};
            ids.push_back(found->second.hex());
          }
          fields[domain::field_of("evidence.", criterion)] = Value(ids);
        }
      copy_texts(what, {"confidence", "glow", "grow", "next"}, fields);
      if (verb == "check_draft") {
        auto id = domain::assessment_draft_id(project->id.hex(), step, number);
        WAYMARK_TRY(op, write(own(pupil, "assessment_draft", id), std::move(fields)));
        (void)op;
        return {};
      }
      fields["try"] = number;
      fields["saw"] = Value(saw_of(pupil, step));
      WAYMARK_TRY(op, write(portfolio(pupil, "self_assessment"), std::move(fields)));
      pupil.assessment[step] = op;
      return {};
    }
    if (verb == "turn_in") {
      if (pathway.rubric_of(step) && pupil.assessment.count(step) == 0)
        return Error{Code::invalid, "the step is checked before it is turned in"};
      auto& tried = pupil.tried[step];
      tried.number++;
      tried.assessment = {};
      std::vector<std::string> works;
      for (const auto& [name, of_step] : pupil.work_step)
        if (of_step == step) works.push_back(pupil.records["work." + name].hex());
      if (works.empty()) return Error{Code::invalid, "there is no work to turn in"};
      tried.saw = saw_of(pupil, step);
      Fields fields{{"project", project->id.hex()},
                    {"step", step},
                    {"try", tried.number},
                    {"works", Value(works)},
                    {"saw", Value(tried.saw)}};
      if (auto found = pupil.assessment.find(step); found != pupil.assessment.end()) {
        tried.assessment = found->second;
        fields["self_assessment"] = found->second.hex();
        pupil.assessment.erase(found);
      }
      copy_texts(what, {"note"}, fields);
      WAYMARK_TRY(op, write(portfolio(pupil, "turn_in"), std::move(fields)));
      tried.turn_in = op;
      return {};
    }
    if (verb == "read" || verb == "reply") {
      auto found = pupil.reviews.find(step);
      if (found == pupil.reviews.end()) return Error{Code::invalid, "nothing was answered there"};
      auto id = found->second.hex();
      WAYMARK_TRY(op, verb == "read" ? write(own(pupil, "seen", domain::seen_id(id)), {{"seen." + id, id}})
                                     : write(portfolio(pupil, "reply"),
                                             {{"review", id}, {"text", text_of(what, "text")}}));
      (void)op;
      return {};
    }
    if (verb == "pack_up") {
      Fields fields{{"line", text_of(what, "line")}, {"project", project->id.hex()}, {"step", step}};
      auto place = text_of(what, "place");
      if (place.starts_with("work.")) place = "work." + pupil.records["work." + place.substr(5)].hex();
      if (!place.empty()) fields["place"] = place;
      WAYMARK_TRY(op, write(own(pupil, "pack_up"), std::move(fields)));
      (void)op;
      return {};
    }
    return Error{Code::invalid, "a word that the sample does not know"};
  }

  std::vector<std::string> saw_of(const Pupil& pupil, const std::string& step) const {
    std::vector<std::string> saw;
    for (const auto& [name, of_step] : pupil.work_step)
      if (of_step == step) saw.push_back(pupil.work_op.at(name).hex());
    std::sort(saw.begin(), saw.end());
    return saw;
  }

  static Status judge(const domain::PathwayRubric& rubric, const Json& what, Fields& fields, bool all) {
    const auto& levels = part_of(what, "levels");
    if (levels.is_object())
      for (const auto& [criterion, level] : levels.items()) {
        const auto* known = rubric.criterion(criterion);
        if (!known) return Error{Code::invalid, "no criterion '" + criterion + "'"};
        if (!level.is_number_integer() || level.get<std::size_t>() < 1 ||
            level.get<std::size_t>() > known->levels.size())
          return Error{Code::invalid, "a level of " + criterion + " that is not there"};
        fields[domain::field_of("level.", criterion)] = level.get<std::int64_t>();
      }
    if (all)
      for (const auto& criterion : rubric.criteria)
        if (fields.count(domain::field_of("level.", criterion.id)) == 0)
          return Error{Code::invalid, "no level for " + criterion.id};
    return {};
  }

  Status staff_does(Pupil& pupil, const Event& event) {
    const auto& what = event.what;
    const auto& author = text_of(what, "by") == "okafor" ? colleague_ : teacher_;
    auto stream = domain::person_stream(pupil.person);
    store::Edit edit{{stream, "", {}}, {}, {}, {}};
    if (event.verb == "answer_help") {
      edit.key.kind = "help_answer";
      edit.fields = {{"help", named(pupil, "help", what).hex()}, {"text", text_of(what, "text")}};
    } else if (event.verb == "confirm") {
      edit.key.kind = "confirmation";
      edit.fields = {{"work", named(pupil, "work", what).hex()}};
    } else if (event.verb == "support") {
      WAYMARK_TRY(project, project_of(pupil, what));
      edit.key.kind = "support";
      edit.key.id = domain::support_id(project->id.hex());
      edit.fields = {{"project", project->id.hex()}};
      copy_texts(what, {"form"}, edit.fields);
    } else if (event.verb == "observe") {
      edit.key.kind = "observation";
      copy_texts(what, {"text", "standard", "type"}, edit.fields);
      if (!text_of(what, "step").empty()) {
        WAYMARK_TRY(project, project_of(pupil, what));
        WAYMARK_TRY(step, step_of(*project, what));
        edit.fields["project"] = project->id.hex();
        edit.fields["step"] = step;
      }
    } else {
      WAYMARK_TRY(project, project_of(pupil, what));
      WAYMARK_TRY(step, step_of(*project, what));
      auto found = pupil.tried.find(step);
      if (found == pupil.tried.end() || found->second.turn_in.is_zero())
        return Error{Code::invalid, "nothing was turned in there"};
      const auto& tried = found->second;
      edit.key.kind = "review";
      auto saw = tried.saw;
      saw.push_back(tried.turn_in.hex());
      edit.refers = {tried.turn_in};
      edit.fields = {{"turn_in", tried.turn_in.hex()},
                     {"project", project->id.hex()},
                     {"step", step},
                     {"outcome", text_of(what, "outcome", "ready")}};
      if (!tried.assessment.is_zero()) {
        edit.fields["self_assessment"] = tried.assessment.hex();
        saw.push_back(tried.assessment.hex());
      }
      std::sort(saw.begin(), saw.end());
      edit.fields["saw"] = Value(saw);
      if (const auto* rubric = pathways_.at(project->slug).content.rubric_of(step)) {
        edit.fields["version"] = project->version.hex();
        edit.fields["rubric"] = rubric->id;
        WAYMARK_CHECK(judge(*rubric, what, edit.fields, true));
      }
      copy_texts(what, {"glow", "grow", "next"}, edit.fields);
      WAYMARK_TRY(written, school_->write(author, std::span(&edit, 1)));
      pupil.reviews[step] = written.front().op;
      return {};
    }
    WAYMARK_TRY(written, school_->write(author, std::span(&edit, 1)));
    (void)written;
    return {};
  }

  Status print_cards() {
    clock_.advance_ms(kMinute);
    WAYMARK_TRY(students, school_->students_of(class_.id));
    for (const auto& student : students) {
      WAYMARK_TRY(card, school_->card_for(student.person.id));
      SampleCard printed{trim(student.person.given + " " + student.person.family), grouped(card), ""};
      for (const auto& pupil : pupils_)
        if (pupil.person == student.person.id) printed.pin = pupil.pin;
      out_.cards.push_back(std::move(printed));
    }
    out_.computer_name = "lab-15";
    WAYMARK_TRY(code, school_->add_computer_code(out_.computer_name));
    out_.computer_code = grouped(code);
    return {};
  }

  struct Published {
    RecordId record;
    OpId version;
    domain::Pathway content;
  };

  const SampleRequest& request_;
  std::string assets_;
  std::tm day_;
  ManualClock clock_;
  SystemRandom system_;
  SeededRandom seeded_;   // keys and codes, where they are to repeat
  SeededRandom content_;  // ids of records and what is drawn: always the same
  std::vector<std::int64_t> days_;
  std::unique_ptr<School> school_;
  PersonId teacher_, colleague_;
  ClassRow class_, second_;
  std::map<std::string, Published> pathways_;
  std::map<std::string, std::string> computers_;  // tokens by name
  std::vector<Pupil> pupils_;
  std::vector<Event> events_;
  SampleSchool out_;
};

}  // namespace

Result<SampleSchool> make_sample(const SampleRequest& request) {
  std::string assets = request.assets.empty() ? WAYMARK_SAMPLE_ASSETS : request.assets;
  if (!std::filesystem::is_regular_file(assets + "/school.json"))
    return Error{Code::not_found,
                 "the sample's texts are not in " + assets + "; name their folder with --assets"};
  std::tm day{};
  if (request.at.empty()) {
    std::time_t now = std::time(nullptr);
    localtime_r(&now, &day);
  } else {
    const auto& at = request.at;
    bool good = at.size() >= 10 && at[4] == '-' && at[7] == '-';
    for (std::size_t i = 0; good && i < 10; i++) good = i == 4 || i == 7 || (at[i] >= '0' && at[i] <= '9');
    if (!good) return Error{Code::invalid, "the day is written as 2026-11-24"};
    day.tm_year = std::stoi(at.substr(0, 4)) - 1900;
    day.tm_mon = std::stoi(at.substr(5, 2)) - 1;
    day.tm_mday = std::stoi(at.substr(8, 2));
    if (day.tm_mon < 0 || day.tm_mon > 11 || day.tm_mday < 1 || day.tm_mday > 31 || day.tm_year < 100)
      return Error{Code::invalid, "there is no day " + at};
  }
  bool fresh = !std::filesystem::exists(request.data);
  auto made = Maker(request, assets, day).run();
  // Half a school is no sample: what was begun in a new folder goes again.
  if (!made && fresh) {
    std::error_code ignored;
    std::filesystem::remove_all(request.data, ignored);
  }
  return made;
}

std::string SampleSchool::text() const {
  std::string out =
      school + " is ready" +
      (ops > 0 ? ", with three weeks of work in it (" + std::to_string(ops) + " gestures).\n\n" : ".\n\n");
  out += "Dashboard     " + teacher_email + "   password: " + teacher_password + "\n";
  out += "A colleague   " + colleague_email + "   password: " + colleague_password + "\n";
  out += "Administrator " + admin_email + "   password: " + admin_password + "\n\n";
  out += "One more computer joins as " + computer_name + " with the code " + computer_code + "\n";
  out += "The school's fingerprint: " + fingerprint + "\n";
  out += "The recovery phrase, shown once: " + recovery_phrase + "\n\n";
  out += "Cards of " + class_title + "\n";
  for (const auto& card : cards) {
    std::string name = card.name;
    name.resize(name.size() + (length_utf8(name) < 24 ? 24 - length_utf8(name) : 1), ' ');
    out += "  " + name + card.card + "   " +
           (card.pin.empty() ? "chooses a PIN at the first use" : "PIN " + card.pin) + "\n";
  }
  return out;
}

std::string SampleSchool::json() const {
  OutJson list = OutJson::array();
  for (const auto& card : cards)
    list.push_back({{"name", card.name}, {"card", card.card}, {"pin", card.pin}});
  OutJson out{{"school", school},
              {"fingerprint", fingerprint},
              {"recovery_phrase", recovery_phrase},
              {"admin", {{"email", admin_email}, {"password", admin_password}}},
              {"teacher", {{"email", teacher_email}, {"password", teacher_password}}},
              {"colleague", {{"email", colleague_email}, {"password", colleague_password}}},
              {"computer", {{"name", computer_name}, {"code", computer_code}}},
              {"class", class_title},
              {"ops", ops},
              {"cards", list}};
  return out.dump(1, ' ', false, OutJson::error_handler_t::replace);
}

}  // namespace waymark::server
