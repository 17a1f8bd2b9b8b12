#include "sync-server/import/oneroster.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "shared/base/text.hpp"
#include "sync-server/import/table.hpp"

namespace waymark::server {
namespace {

using View = std::string_view;

constexpr std::array<View, 2> kManifestColumns = {"propertyName", "value"};
constexpr std::array<View, 9> kSessionColumns = {
    "sourcedId", "status",  "dateLastModified", "title",     "type",
    "startDate", "endDate", "parentSourcedId",  "schoolYear"};
constexpr std::array<View, 7> kOrgColumns = {"sourcedId", "status",     "dateLastModified", "name",
                                             "type",      "identifier", "parentSourcedId"};
constexpr std::array<View, 10> kCourseColumns = {
    "sourcedId", "status",       "dateLastModified", "schoolYearSourcedId", "title", "courseCode",
    "grades",    "orgSourcedId", "subjects",         "subjectCodes"};
constexpr std::array<View, 14> kClassColumns = {
    "sourcedId", "status",   "dateLastModified", "title",          "grades",   "courseSourcedId", "classCode",
    "classType", "location", "schoolSourcedId",  "termSourcedIds", "subjects", "subjectCodes",    "periods"};
constexpr std::array<View, 25> kUserColumns = {"sourcedId",
                                               "status",
                                               "dateLastModified",
                                               "enabledUser",
                                               "orgSourcedIds",
                                               "role",
                                               "username",
                                               "userIds",
                                               "givenName",
                                               "familyName",
                                               "middleName",
                                               "identifier",
                                               "email",
                                               "sms",
                                               "phone",
                                               "agentSourcedIds",
                                               "grades",
                                               "password",
                                               "userMasterIdentifier",
                                               "preferredGivenName",
                                               "preferredMiddleName",
                                               "preferredFamilyName",
                                               "primaryOrgSourcedId",
                                               "pronouns",
                                               "resourceSourcedIds"};
constexpr std::array<View, 10> kRoleColumns = {
    "sourcedId", "status",    "dateLastModified", "userSourcedId", "roleType",
    "role",      "beginDate", "endDate",          "orgSourcedId",  "userProfileSourcedId"};
constexpr std::array<View, 10> kEnrollmentColumns = {
    "sourcedId",     "status", "dateLastModified", "classSourcedId", "schoolSourcedId",
    "userSourcedId", "role",   "primary",          "beginDate",      "endDate"};
constexpr std::array<View, 2> kManifestRequired = {"propertyName", "value"};
constexpr std::array<View, 1> kIdRequired = {"sourcedId"};
constexpr std::array<View, 2> kClassRequired = {"sourcedId", "title"};
constexpr std::array<View, 3> kUserRequired = {"sourcedId", "givenName", "familyName"};
constexpr std::array<View, 3> kRoleRequired = {"sourcedId", "userSourcedId", "role"};
constexpr std::array<View, 4> kEnrollmentRequired = {"sourcedId", "classSourcedId", "userSourcedId", "role"};

constexpr std::array<View, 13> kRoles = {"aide",
                                         "counselor",
                                         "districtAdministrator",
                                         "guardian",
                                         "parent",
                                         "principal",
                                         "proctor",
                                         "relative",
                                         "siteAdministrator",
                                         "student",
                                         "systemAdministrator",
                                         "teacher",
                                         "administrator"};
constexpr std::array<View, 8> kEnrollmentRoles = {"administrator", "proctor",  "student",  "teacher",
                                                  "parent",        "guardian", "relative", "aide"};
constexpr std::array<View, 2> kClassTypes = {"homeroom", "scheduled"};
constexpr std::array<View, 4> kSessionTypes = {"gradingPeriod", "semester", "schoolYear", "term"};
constexpr std::array<View, 6> kOrgTypes = {"department", "school", "district", "local", "state", "national"};

std::string lower(View text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool digits(View text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<std::string> list_of(View text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    auto comma = text.find(',');
    auto item = trim(text.substr(0, comma));
    if (!item.empty()) items.push_back(item);
    text = comma == View::npos ? View() : text.substr(comma + 1);
  }
  return items;
}

enum class Mode { bulk, delta };

// One data file with what the manifest says of it.
struct Data {
  Table table;
  Mode mode = Mode::bulk;
  bool usable = false;
  bool whole = false;  // usable, bulk and without errors: what is not in it is no longer there
};

class Reader {
 public:
  Reader(const RosterFiles& files, Findings& findings, std::string today)
      : files_(files), findings_(findings), today_(std::move(today)) {}

  // ---- files

  void read_manifest() {
    auto found = files_.bytes.find("manifest");
    if (found == files_.bytes.end()) {
      findings_.warn("manifest.csv", 0, "", "a manifest", "none; every file is taken as a complete set");
      return;
    }
    Table table;
    if (!read_table(files_.found.at("manifest"), found->second,
                    {"manifest", kManifestColumns, kManifestRequired}, findings_, table))
      return;
    for (std::size_t r = 0; r < table.rows.size(); r++) {
      auto property = table.cell(r, "propertyName"), value = table.cell(r, "value");
      if (property == "oneroster.version") {
        version_ = value;
        if (value != "1.1" && value != "1.2" && value != "1.2.1")
          findings_.warn(table.file, table.numbers[r], "value", "oneroster.version 1.1 or 1.2",
                         value.empty() ? "nothing" : "'" + value + "'");
      }
      if (!property.starts_with("file.")) continue;
      auto word = lower(value);
      if (value.empty())
        findings_.warn(table.file, table.numbers[r], "value", "absent, bulk or delta for " + property,
                       "nothing; it is taken as bulk where the file is there");
      else if (word != "absent" && word != "bulk" && word != "delta")
        findings_.warn(table.file, table.numbers[r], "value", "absent, bulk or delta", "'" + value + "'");
      else if (word != value)
        findings_.warn(table.file, table.numbers[r], "value", "'" + word + "'", "'" + value + "'");
      modes_[property.substr(5)] = word;
    }
  }

  Data read(View name, const TableShape& shape) {
    Data data;
    std::string mode;
    for (const auto& [key, value] : modes_)
      if (lower(key) == lower(name)) mode = value;
    auto bytes = files_.bytes.find(name);
    if (bytes == files_.bytes.end()) {
      if (mode == "bulk" || mode == "delta")
        findings_.error(std::string(name) + ".csv", 0, "", "the file, since the manifest says " + mode,
                        "none");
      return data;
    }
    const auto& file = files_.found.at(std::string(name));
    if (mode == "absent") {
      findings_.warn(file, 0, "", "no file, since the manifest says absent", "one; it is left alone");
      return data;
    }
    data.mode = mode == "delta" ? Mode::delta : Mode::bulk;
    data.usable = read_table(file, bytes->second, shape, findings_, data.table);
    if (data.usable) check_common(data);
    return data;
  }

  // A file of user profiles that holds rows of roles, as one vendor writes it.
  Data read_roles() {
    const TableShape shape{"roles", kRoleColumns, kRoleRequired};
    if (files_.bytes.count("roles") > 0) return read("roles", shape);
    auto profiles = files_.bytes.find("userProfiles");
    if (profiles == files_.bytes.end()) return read("roles", shape);
    auto header = read_header(profiles->second);
    auto has = [&](View column) { return std::find(header.begin(), header.end(), column) != header.end(); };
    if (!has("role") || !has("userSourcedId") || has("credentialType")) return read("roles", shape);
    const auto& file = files_.found.at("userProfiles");
    findings_.warn(file, 0, "", "user profiles", "rows of roles; they are read as roles.csv");
    Data data;
    data.usable = read_table(file, profiles->second, shape, findings_, data.table);
    if (data.usable) check_common(data);
    return data;
  }

  // ---- cells

  // The word of a list as the standard writes it; empty when it is none of them.
  std::string word(const Table& table, std::size_t row, View column, std::span<const View> allowed,
                   View expected, Severity severity) {
    const auto& value = table.cell(row, column);
    for (auto one : allowed)
      if (one == value) return value;
    for (auto one : allowed)
      if (lower(one) == lower(value)) {
        findings_.warn(table.file, table.numbers[row], column, "'" + std::string(one) + "'",
                       "'" + value + "', read as meant");
        return std::string(one);
      }
    if (value.starts_with("ext:")) return {};
    findings_.add(severity, table.file, table.numbers[row], column, expected,
                  value.empty() ? "nothing" : "'" + value + "'");
    return {};
  }

  bool flag(const Table& table, std::size_t row, View column, bool otherwise) {
    const auto& value = table.cell(row, column);
    if (value == "true" || value == "false") return value == "true";
    if (value.empty()) return otherwise;
    auto small = lower(value);
    bool yes = small == "true" || small == "1" || small == "yes" || small == "y";
    bool no = small == "false" || small == "0" || small == "no" || small == "n";
    findings_.warn(
        table.file, table.numbers[row], column, "true or false",
        "'" + value + "'" +
            (yes || no ? ", read as meant" : ", read as " + std::string(otherwise ? "true" : "false")));
    return yes || (!no && otherwise);
  }

  // YYYY-MM-DD, or empty. Other ways of writing a day are read where they can mean one day only.
  std::string date(const Table& table, std::size_t row, View column) {
    const auto& value = table.cell(row, column);
    if (value.empty()) return {};
    if (value.size() >= 10 && digits(View(value).substr(0, 4)) && value[4] == '-' && value[7] == '-' &&
        digits(View(value).substr(5, 2)) && digits(View(value).substr(8, 2))) {
      if (value.size() > 10)
        findings_.warn(table.file, table.numbers[row], column, "a date as YYYY-MM-DD",
                       "'" + value + "'; the time of day is left out");
      return value.substr(0, 10);
    }
    auto parts = split_date(value);
    if (parts.size() == 3) {
      int a = parts[0], b = parts[1], year = parts[2];
      auto order = day_first(table, column);
      if (order && year >= 1900 && year < 2200) {
        int day = *order ? a : b, month = *order ? b : a;
        if (day >= 1 && day <= 31 && month >= 1 && month <= 12) {
          auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
          auto read = std::to_string(year) + "-" + two(month) + "-" + two(day);
          findings_.warn(table.file, table.numbers[row], column, "a date as YYYY-MM-DD",
                         "'" + value + "', read as " + read);
          return read;
        }
      }
    }
    findings_.warn(table.file, table.numbers[row], column,
                   "a date as YYYY-MM-DD, in which day and month cannot be mistaken; this one is left out",
                   "'" + value + "'");
    return {};
  }

  // "active" or not; in a complete set the standard wants it blank.
  bool gone(const Data& data, std::size_t row) {
    auto status = lower(data.table.cell(row, "status"));
    return status == "tobedeleted" || status == "inactive";
  }

  bool in_past(const std::string& end) const { return !end.empty() && end <= today_; }
  bool in_future(const std::string& begin) const { return !begin.empty() && begin > today_; }
  const std::string& today() const { return today_; }
  const std::string& version() const { return version_; }
  void set_version(std::string version) { version_ = std::move(version); }
  Findings& findings() { return findings_; }

  // A row whose own id is good and not there twice.
  bool good_id(const Data& data, std::size_t row, std::set<std::string>& seen) {
    const auto& id = data.table.cell(row, "sourcedId");
    if (!valid_id(id)) {
      findings_.error(data.table.file, data.table.numbers[row], "sourcedId",
                      "1 to 255 of 0-9 A-Z a-z . - _ / @", id.empty() ? "nothing" : "'" + id + "'");
      return false;
    }
    if (!seen.insert(id).second) {
      findings_.error(data.table.file, data.table.numbers[row], "sourcedId",
                      "each id once; the first row is used", "'" + id + "' again");
      return false;
    }
    return true;
  }

  static bool valid_id(View id) {
    if (id.empty() || id.size() > 255) return false;
    return std::all_of(id.begin(), id.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
             c == '-' || c == '_' || c == '/' || c == '@';
    });
  }

  // A reference that leads nowhere, where nothing depends on it.
  void check_reference(const Data& data, std::size_t row, View column, const Data& target,
                       const std::set<std::string>& ids, View what) {
    if (!target.usable || target.mode == Mode::delta) return;
    for (const auto& id : list_of(data.table.cell(row, column)))
      if (ids.count(id) == 0)
        findings_.warn(data.table.file, data.table.numbers[row], column,
                       "the id of " + std::string(what) + " in " + target.table.file, "'" + id + "'");
  }

 private:
  void check_common(const Data& data) {
    const auto& table = data.table;
    for (std::size_t r = 0; r < table.rows.size(); r++) {
      const auto& status = table.cell(r, "status");
      const auto& modified = table.cell(r, "dateLastModified");
      auto word = lower(status);
      if (!status.empty() && word != "active" && word != "tobedeleted" && word != "inactive")
        findings_.warn(table.file, table.numbers[r], "status", "active or tobedeleted", "'" + status + "'");
      if (data.mode == Mode::bulk && (!status.empty() || !modified.empty()))
        findings_.warn(table.file, table.numbers[r], status.empty() ? "dateLastModified" : "status",
                       "nothing, since the manifest says bulk",
                       "'" + (status.empty() ? modified : status) + "'");
      if (data.mode == Mode::delta) {
        if (status.empty())
          findings_.warn(table.file, table.numbers[r], "status", "active or tobedeleted in a delta file",
                         "nothing; the row is taken as active");
        if (modified.empty())
          findings_.warn(table.file, table.numbers[r], "dateLastModified", "a date and time in a delta file",
                         "nothing");
        else if (modified.size() < 20 || modified[10] != 'T' || modified.back() != 'Z')
          findings_.warn(table.file, table.numbers[r], "dateLastModified",
                         "a date and time as YYYY-MM-DDTHH:MM:SS.sssZ", "'" + modified + "'");
      }
    }
  }

  static std::vector<int> split_date(View text) {
    std::vector<int> parts;
    std::string number;
    for (char c : std::string(text) + "/") {
      if (c >= '0' && c <= '9' && number.size() < 4) {
        number += c;
      } else if ((c == '/' || c == '.' || c == '-') && !number.empty()) {
        parts.push_back(std::stoi(number));
        number.clear();
      } else {
        return {};
      }
    }
    return parts;
  }

  // Whether a column writes the day first, as far as its own dates can tell.
  std::optional<bool> day_first(const Table& table, View column) {
    auto key = table.file + "\n" + std::string(column);
    auto known = day_first_.find(key);
    if (known != day_first_.end()) return known->second;
    bool day = false, month = false;
    for (std::size_t r = 0; r < table.rows.size(); r++) {
      auto parts = split_date(table.cell(r, column));
      if (parts.size() != 3 || parts[2] < 100) continue;
      if (parts[0] > 12) day = true;
      if (parts[1] > 12) month = true;
    }
    std::optional<bool> answer;
    if (day != month) answer = day;
    return day_first_[key] = answer;
  }

  const RosterFiles& files_;
  Findings& findings_;
  std::string today_, version_;
  std::map<std::string, std::string> modes_;
  std::map<std::string, std::optional<bool>> day_first_;
};

// What the roster says, freed of its form.
struct Listed {
  std::string given, family, email, role;  // role: teacher or student
  bool active = true;
  std::string why;  // where it is not active
};
struct Seat {
  std::string class_source, user_source, role;
  bool active = true;
  std::string why;
};
struct Roster {
  std::map<std::string, Listed> people;  // by source
  std::set<std::string> people_seen;     // every row with an id, used or not
  std::map<std::string, ClassRow> classes;
  std::set<std::string> classes_seen;
  std::map<std::string, Seat> seats;  // by the enrollment's own id
  bool people_whole = false, classes_whole = false, seats_whole = false;
};

class Planner {
 public:
  Planner(School& school, Reader& reader, RosterPlan& out) : school_(school), reader_(reader), out_(out) {}

  Status run() {
    reader_.read_manifest();
    auto orgs = reader_.read("orgs", {"orgs", kOrgColumns, kIdRequired});
    auto sessions = reader_.read("academicSessions", {"academicSessions", kSessionColumns, kIdRequired});
    auto courses = reader_.read("courses", {"courses", kCourseColumns, kIdRequired});
    auto classes = reader_.read("classes", {"classes", kClassColumns, kClassRequired});
    auto users = reader_.read("users", {"users", kUserColumns, kUserRequired});
    bool own_role = users.usable && users.table.has("role");
    auto roles = reader_.version() == "1.1" && own_role ? Data{} : reader_.read_roles();
    auto enrollments = reader_.read("enrollments", {"enrollments", kEnrollmentColumns, kEnrollmentRequired});
    if (reader_.version().empty()) reader_.set_version(own_role && !roles.usable ? "1.1" : "1.2");
    if (!users.usable && !classes.usable && !enrollments.usable)
      return Error{
          Code::malformed,
          "no users.csv, classes.csv or enrollments.csv that can be read, so this is no roster; nothing "
          "was imported" +
              first_error()};
    read_orgs(orgs);
    read_sessions(sessions);
    read_courses(courses, orgs, sessions);
    read_people(users, roles, orgs);
    read_classes(classes, courses, orgs, sessions);
    read_seats(enrollments, users, classes, orgs);
    roster_.people_whole = whole(users);
    roster_.classes_whole = whole(classes);
    roster_.seats_whole = whole(enrollments);
    WAYMARK_CHECK(plan_people());
    WAYMARK_CHECK(plan_classes());
    WAYMARK_CHECK(plan_seats());
    for (const auto& [why, count] : skipped_)
      out_.plan.lines.push_back({Change::skip, why.first, "", why.second, count});
    out_.plan.source = "OneRoster " + reader_.version();
    return {};
  }

 private:
  std::string first_error() {
    for (const auto& finding : reader_.findings().all())
      if (finding.severity == Severity::error) return ". " + finding.sentence();
    return "";
  }

  // A complete set from which absence may be concluded. With an error in it, nobody is made inactive on its
  // word.
  bool whole(const Data& data) {
    if (!data.usable || data.mode == Mode::delta) return false;
    if (reader_.findings().has_error(data.table.file)) {
      reader_.findings().warn(data.table.file, 0, "", "a complete set without errors",
                              "errors; so nobody and nothing is made inactive for being absent from it");
      return false;
    }
    if (data.table.rows.empty()) {
      reader_.findings().warn(data.table.file, 0, "", "at least one row in a complete set",
                              "none; so nothing is made inactive for being absent from it");
      return false;
    }
    return true;
  }

  void skip(View what, std::string why) { skipped_[{std::string(what), std::move(why)}]++; }

  void read_orgs(const Data& data) {
    std::int64_t schools = 0;
    for (std::size_t r = 0; r < data.table.rows.size(); r++) {
      if (!reader_.good_id(data, r, orgs_)) continue;
      if (reader_.word(data.table, r, "type", kOrgTypes, "a type of organization, such as school",
                       Severity::warning) == "school")
        schools++;
    }
    for (std::size_t r = 0; r < data.table.rows.size(); r++)
      reader_.check_reference(data, r, "parentSourcedId", data, orgs_, "an organization");
    if (schools > 1)
      reader_.findings().warn(data.table.file, 0, "type", "one school",
                              std::to_string(schools) + "; classes of all of them come into this one");
  }

  void read_sessions(const Data& data) {
    for (std::size_t r = 0; r < data.table.rows.size(); r++) {
      if (!reader_.good_id(data, r, sessions_)) continue;
      (void)reader_.word(data.table, r, "type", kSessionTypes, "gradingPeriod, semester, schoolYear or term",
                         Severity::warning);
      (void)reader_.date(data.table, r, "startDate");
      (void)reader_.date(data.table, r, "endDate");
      const auto& year = data.table.cell(r, "schoolYear");
      if (year.size() != 4 || !digits(year))
        reader_.findings().warn(data.table.file, data.table.numbers[r], "schoolYear",
                                "the year in which the school year ends, as YYYY",
                                year.empty() ? "nothing" : "'" + year + "'");
    }
    for (std::size_t r = 0; r < data.table.rows.size(); r++)
      reader_.check_reference(data, r, "parentSourcedId", data, sessions_, "a session");
  }

  void read_courses(const Data& data, const Data& orgs, const Data& sessions) {
    for (std::size_t r = 0; r < data.table.rows.size(); r++) {
      if (!reader_.good_id(data, r, courses_)) continue;
      reader_.check_reference(data, r, "orgSourcedId", orgs, orgs_, "an organization");
      reader_.check_reference(data, r, "schoolYearSourcedId", sessions, sessions_, "a school year");
    }
  }

  void read_people(const Data& users, const Data& roles, const Data& orgs) {
    // 1.2 keeps roles apart. Of several, teacher counts before student.
    std::map<std::string, std::vector<std::string>> role_of;
    std::map<std::string, std::string> ended;
    std::set<std::string> role_ids, user_ids;
    for (std::size_t r = 0; r < users.table.rows.size(); r++)
      user_ids.insert(users.table.cell(r, "sourcedId"));
    for (std::size_t r = 0; r < roles.table.rows.size(); r++) {
      if (!reader_.good_id(roles, r, role_ids) || reader_.gone(roles, r)) continue;
      reader_.check_reference(roles, r, "orgSourcedId", orgs, orgs_, "an organization");
      const auto& user = roles.table.cell(r, "userSourcedId");
      if (users.usable && users.mode == Mode::bulk && user_ids.count(user) == 0) {
        reader_.findings().warn(roles.table.file, roles.table.numbers[r], "userSourcedId",
                                "the id of a user in " + users.table.file, "'" + user + "'");
        continue;
      }
      auto role =
          reader_.word(roles.table, r, "role", kRoles, "a role, such as student or teacher", Severity::error);
      if (role.empty()) continue;
      if (reader_.in_past(reader_.date(roles.table, r, "endDate"))) {
        ended[user] = role;
        continue;
      }
      role_of[user].push_back(role);
    }
    for (std::size_t r = 0; r < users.table.rows.size(); r++) {
      const auto& table = users.table;
      if (!reader_.good_id(users, r, roster_.people_seen)) continue;
      const auto& id = table.cell(r, "sourcedId");
      reader_.check_reference(users, r, "orgSourcedIds", orgs, orgs_, "an organization");
      reader_.check_reference(users, r, "primaryOrgSourcedId", orgs, orgs_, "an organization");
      Listed person;
      if (role_of.count(id) == 0 && table.has("role")) {
        auto role =
            reader_.word(table, r, "role", kRoles, "a role, such as student or teacher", Severity::error);
        if (role.empty()) continue;
        role_of[id].push_back(role);
      }
      bool is_over = role_of.count(id) == 0 && ended.count(id) > 0;
      if (is_over) role_of[id].push_back(ended[id]);
      auto& has = role_of[id];
      auto is = [&](View role) { return std::find(has.begin(), has.end(), role) != has.end(); };
      if (has.empty()) {
        // In a delta the roles may be unchanged and so not said.
        if (users.mode == Mode::bulk || roles.usable)
          reader_.findings().error(table.file, table.numbers[r], "sourcedId",
                                   "a role of this user in roles.csv", "none for '" + id + "'");
        continue;
      }
      if (!is("teacher") && !is("student")) {
        skip("user", "the role " + has.front() + " is not needed here");
        continue;
      }
      person.role = is("teacher") ? "teacher" : "student";
      auto name = [&](View column, View preferred) {
        const auto& wanted = table.cell(r, preferred);
        auto text = normalize(wanted.empty() ? table.cell(r, column) : wanted);
        return text ? std::string(truncate_utf8(*text, 200)) : std::string();
      };
      person.given = name("givenName", "preferredGivenName");
      person.family = name("familyName", "preferredFamilyName");
      if (person.given.empty()) {
        reader_.findings().error(table.file, table.numbers[r], "givenName", "a first name", "nothing");
        continue;
      }
      if (person.role == "teacher") {
        person.email = fold(table.cell(r, "email"));
        if (person.email.empty() || person.email.find('@') == std::string::npos ||
            person.email.size() > 254) {
          reader_.findings().warn(table.file, table.numbers[r], "email",
                                  "a teacher's e-mail, without which they cannot sign in",
                                  person.email.empty() ? "nothing" : "'" + table.cell(r, "email") + "'");
          person.email.clear();
        }
      }
      if (reader_.gone(users, r))
        person.active = false, person.why = "the roster says " + table.cell(r, "status");
      else if (is_over)
        person.active = false, person.why = "the role has ended";
      else if (!reader_.flag(table, r, "enabledUser", true))
        person.active = false, person.why = "the roster says enabledUser false";
      roster_.people[id] = std::move(person);
    }
  }

  void read_classes(const Data& data, const Data& courses, const Data& orgs, const Data& sessions) {
    for (std::size_t r = 0; r < data.table.rows.size(); r++) {
      if (!reader_.good_id(data, r, roster_.classes_seen)) continue;
      const auto& id = data.table.cell(r, "sourcedId");
      reader_.check_reference(data, r, "courseSourcedId", courses, courses_, "a course");
      reader_.check_reference(data, r, "schoolSourcedId", orgs, orgs_, "a school");
      reader_.check_reference(data, r, "termSourcedIds", sessions, sessions_, "a term");
      (void)reader_.word(data.table, r, "classType", kClassTypes, "homeroom or scheduled", Severity::warning);
      auto title = normalize(data.table.cell(r, "title"));
      if (!title || title->empty()) {
        reader_.findings().error(data.table.file, data.table.numbers[r], "title", "a title", "nothing");
        continue;
      }
      ClassRow row;
      row.title = std::string(truncate_utf8(*title, 200));
      row.source = id;
      row.active = !reader_.gone(data, r);
      roster_.classes[id] = row;
    }
  }

  void read_seats(const Data& data, const Data& users, const Data& classes, const Data& orgs) {
    std::set<std::string> ids;
    for (std::size_t r = 0; r < data.table.rows.size(); r++) {
      const auto& table = data.table;
      if (!reader_.good_id(data, r, ids)) continue;
      reader_.check_reference(data, r, "schoolSourcedId", orgs, orgs_, "a school");
      Seat seat{table.cell(r, "classSourcedId"), table.cell(r, "userSourcedId"), {}, true, {}};
      seat.role = reader_.word(table, r, "role", kEnrollmentRoles, "student or teacher", Severity::error);
      if (seat.role.empty()) continue;
      if (classes.usable && classes.mode == Mode::bulk &&
          roster_.classes_seen.count(seat.class_source) == 0) {
        reader_.findings().error(table.file, table.numbers[r], "classSourcedId",
                                 "the id of a class in " + classes.table.file, "'" + seat.class_source + "'");
        continue;
      }
      if (users.usable && users.mode == Mode::bulk && roster_.people_seen.count(seat.user_source) == 0) {
        reader_.findings().error(table.file, table.numbers[r], "userSourcedId",
                                 "the id of a user in " + users.table.file, "'" + seat.user_source + "'");
        continue;
      }
      if (seat.role != "student" && seat.role != "teacher") {
        skip("enrollment", "the role " + seat.role + " is not needed here");
        continue;
      }
      auto begin = reader_.date(table, r, "beginDate"), end = reader_.date(table, r, "endDate");
      if (reader_.gone(data, r))
        seat.active = false, seat.why = "the roster says " + table.cell(r, "status");
      else if (reader_.in_past(end))
        seat.active = false, seat.why = "it ended on " + end;
      else if (reader_.in_future(begin))
        seat.active = false, seat.why = "it begins on " + begin + "; import again then";
      roster_.seats[table.cell(r, "sourcedId")] = std::move(seat);
    }
  }

  // ---- what follows for this school

  Status plan_people() {
    WAYMARK_TRY(people, school_.accounts().people());
    std::map<std::string, Person> by_source, by_email;
    std::set<std::string> names_by_hand;
    for (const auto& person : people) {
      if (person.source) by_source[*person.source] = person;
      if (person.email) by_email[*person.email] = person;
      if (!person.source && person.role == "student" && person.active)
        names_by_hand.insert(fold(person.given + " " + person.family));
    }
    auto full = [](const Person& person) { return trim(person.given + " " + person.family); };
    std::int64_t gone = 0, here = 0;
    for (const auto& [source, listed] : roster_.people) {
      auto known = by_source.find(source);
      const Person* before = known == by_source.end() ? nullptr : &known->second;
      auto same_email = listed.email.empty() ? by_email.end() : by_email.find(listed.email);
      if (!before && same_email != by_email.end() && !same_email->second.source) before = &same_email->second;
      if (!before) {
        if (!listed.active) {
          skip(listed.role, listed.why);
          continue;
        }
        Person person;
        person.id = school_.random().id<PersonId>();
        person.role = listed.role;
        person.given = listed.given;
        person.family = listed.family;
        person.source = source;
        if (!listed.email.empty() && same_email == by_email.end() && emails_.insert(listed.email).second)
          person.email = listed.email;
        else if (!listed.email.empty())
          reader_.findings().warn("users.csv", 0, "email", "an e-mail of their own for each teacher",
                                  "'" + listed.email + "' twice; " + full(person) + " gets none");
        std::string why;
        if (listed.role == "student" && names_by_hand.count(fold(full(person))) > 0)
          why =
              "a student of this name was added by hand before; both are kept, remove one if they are the "
              "same";
        out_.plan.lines.push_back({Change::add, listed.role, full(person), why, 1});
        people_[source] = person;
        out_.people.push_back(std::move(person));
        here++;
        continue;
      }
      Person after = *before;
      std::vector<std::string> what;
      after.source = source;
      if (!before->source) what.push_back("now tied to the roster");
      if (before->role == "student" && listed.role == "teacher")
        after.role = "teacher", what.push_back("a teacher now");
      else if (before->role == "teacher" && listed.role == "student")
        reader_.findings().warn(
            "users.csv", 0, "role", "the same role as before",
            "student for " + full(*before) + ", who is a teacher here; nothing was changed");
      if (listed.given != before->given || listed.family != before->family) {
        after.given = listed.given;
        after.family = listed.family;
        what.push_back("was " + full(*before));
      }
      if (!listed.email.empty() && after.role != "student" && before->email != listed.email) {
        if (same_email == by_email.end() && emails_.insert(listed.email).second) {
          what.push_back(before->email ? "e-mail was " + *before->email : "has an e-mail now");
          after.email = listed.email;
        } else if (same_email != by_email.end() && same_email->second.id != before->id) {
          reader_.findings().warn("users.csv", 0, "email", "an e-mail of their own for each teacher",
                                  "'" + listed.email + "', which another person has");
        }
      }
      after.active = listed.active;
      if (after.active && !before->active) what.push_back("active again");
      people_[source] = after;
      if (before->active) after.active ? here++ : gone++;
      if (!after.active && before->active) {
        out_.plan.lines.push_back(
            {Change::deactivate, before->role, full(after), listed.why + "; the portfolio stays", 1});
      } else if (what.empty()) {
        out_.plan.unchanged++;
        continue;
      } else {
        out_.plan.lines.push_back({Change::change, after.role, full(after), joined(what), 1});
      }
      out_.people.push_back(std::move(after));
    }
    for (const auto& [source, person] : by_source) {
      if (people_.count(source) > 0) continue;
      people_[source] = person;
      if (!person.active) continue;
      if (!roster_.people_whole || roster_.people_seen.count(source) > 0) {
        here++;
        continue;
      }
      Person after = person;
      after.active = false;
      people_[source] = after;
      gone++;
      out_.plan.lines.push_back(
          {Change::deactivate, person.role, full(person), "no longer in the roster; the portfolio stays", 1});
      out_.people.push_back(std::move(after));
    }
    if (gone >= 5 && gone > here)
      reader_.findings().warn("users.csv", 0, "", "most of the people who are here",
                              std::to_string(gone) + " of " + std::to_string(gone + here) +
                                  " would become inactive; is this export complete?");
    return {};
  }

  Status plan_classes() {
    WAYMARK_TRY(rows, school_.accounts().classes());
    std::map<std::string, ClassRow> known;
    for (const auto& row : rows)
      if (row.source) known[*row.source] = row;
    for (const auto& [source, listed] : roster_.classes) {
      auto before = known.find(source);
      if (before == known.end()) {
        if (!listed.active) {
          skip("class", "the roster says it is to be deleted");
          continue;
        }
        ClassRow row = listed;
        row.id = school_.random().id<ClassId>();
        out_.plan.lines.push_back({Change::add, "class", row.title, "", 1});
        classes_[source] = row;
        out_.classes.push_back(row);
        continue;
      }
      ClassRow row = before->second;
      std::vector<std::string> what;
      if (row.title != listed.title) what.push_back("was " + row.title);
      if (listed.active && !row.active) what.push_back("active again");
      bool ends = row.active && !listed.active;
      row.title = listed.title;
      row.active = listed.active;
      classes_[source] = row;
      if (ends)
        out_.plan.lines.push_back({Change::deactivate, "class", row.title,
                                   "the roster says it is to be deleted; its records stay", 1});
      else if (what.empty())
        out_.plan.unchanged++;
      else
        out_.plan.lines.push_back({Change::change, "class", row.title, joined(what), 1});
      if (ends || !what.empty()) out_.classes.push_back(row);
    }
    for (auto& [source, row] : known) {
      if (classes_.count(source) > 0) continue;
      if (row.active && roster_.classes_whole && roster_.classes_seen.count(source) == 0) {
        row.active = false;
        out_.plan.lines.push_back(
            {Change::deactivate, "class", row.title, "no longer in the roster; its records stay", 1});
        out_.classes.push_back(row);
      }
      classes_[source] = row;
    }
    return {};
  }

  Status plan_seats() {
    using Place = std::pair<ClassId, PersonId>;
    std::map<Place, Enrollment> before;
    for (const auto& [source, row] : classes_) {
      WAYMARK_TRY(enrollments, school_.accounts().enrollments_of(row.id));
      for (const auto& enrollment : enrollments)
        before[{enrollment.class_id, enrollment.person}] = enrollment;
    }
    auto title = [&](const Person& person, const ClassRow& row) {
      return trim(person.given + " " + person.family) + " in " + row.title;
    };
    // Several rows may be about one person in one class (two terms): active if one of them is. Those that
    // hold a place stay with it, one a line, so that a set of changes which ends one does not end the others.
    struct Wish {
      Seat seat;
      std::string source;
      const Person* person = nullptr;
      const ClassRow* row = nullptr;
    };
    std::map<Place, Wish> wishes;
    std::map<Place, std::set<std::string>> held;  // by rows of this roster
    std::map<std::string, Place> now_at;          // each row of the roster
    for (const auto& [source, seat] : roster_.seats) {
      auto person = people_.find(seat.user_source);
      auto row = classes_.find(seat.class_source);
      if (person == people_.end() || row == classes_.end()) {
        skip("enrollment",
             person == people_.end() ? "its user is not imported" : "its class is not imported");
        continue;
      }
      if (seat.role == "teacher" && person->second.role == "student") {
        reader_.findings().warn("enrollments.csv", 0, "role", "student for a student",
                                "teacher for " + title(person->second, row->second) + "; it is left out");
        continue;
      }
      Place place{row->second.id, person->second.id};
      now_at[source] = place;
      if (seat.active) held[place].insert(source);
      auto& wish = wishes[place];
      bool better = wish.person == nullptr || (seat.active && !wish.seat.active) ||
                    (seat.active && seat.role == "teacher");
      if (better) wish = {seat, source, &person->second, &row->second};
    }
    // A row that could not be used says nothing, nor does one that a set of changes does not name.
    for (const auto& [place, enrollment] : before) {
      if (!enrollment.active) continue;
      for (const auto& source : rows_of(enrollment)) {
        bool in_set = roster_.seats.count(source) > 0;
        if (now_at.count(source) == 0 && (in_set || !roster_.seats_whole)) held[place].insert(source);
      }
    }
    for (const auto& [place, wish] : wishes) {
      auto known = before.find(place);
      const auto& rows = held[place];
      Enrollment after{place.first, place.second, wish.seat.role, wish.seat.active,
                       rows.empty() ? wish.source : lines(rows)};
      if (known == before.end()) {
        if (!wish.seat.active) {
          skip("enrollment", wish.seat.why);
          continue;
        }
        out_.plan.lines.push_back({Change::add, "enrollment", title(*wish.person, *wish.row),
                                   wish.seat.role == "teacher" ? "as teacher" : "", 1});
        out_.enrollments.push_back(after);
        continue;
      }
      const auto& now = known->second;
      if (now.active && !after.active && !rows.empty()) after.role = now.role, after.active = true;
      std::vector<std::string> what;
      if (now.role != after.role) what.push_back("was " + now.role);
      if (!now.active && after.active) what.push_back("active again");
      if (!now.source) what.push_back("now tied to the roster");
      if (now.active && !after.active) {
        out_.plan.lines.push_back(
            {Change::deactivate, "enrollment", title(*wish.person, *wish.row), wish.seat.why, 1});
        out_.enrollments.push_back(after);
      } else if (what.empty() || (!now.active && !after.active)) {
        out_.plan.unchanged++;
        if (now.active && now.source != after.source) out_.enrollments.push_back(after);
      } else {
        out_.plan.lines.push_back(
            {Change::change, "enrollment", title(*wish.person, *wish.row), joined(what), 1});
        out_.enrollments.push_back(after);
      }
    }
    for (const auto& [place, enrollment] : before) {
      // What somebody added by hand, the roster does not end.
      if (!enrollment.active || !enrollment.source || wishes.count(place) > 0) continue;
      if (const auto& rows = held[place]; !rows.empty()) {
        auto after = enrollment;
        after.source = lines(rows);
        if (after.source != enrollment.source) out_.enrollments.push_back(after);
        continue;
      }
      const Person* person = nullptr;
      const ClassRow* row = nullptr;
      for (const auto& [source, one] : people_)
        if (one.id == place.second) person = &one;
      for (const auto& [source, one] : classes_)
        if (one.id == place.first) row = &one;
      if (!person || !row) continue;
      Enrollment after = enrollment;
      after.active = false;
      std::string why = "no longer in the roster";
      // A row that names another class now, or somebody else, has left the place where it was.
      for (const auto& source : rows_of(enrollment)) {
        auto moved = now_at.find(source);
        if (moved == now_at.end()) continue;
        const auto& wish = wishes[moved->second];
        why = "the roster has this place for " + title(*wish.person, *wish.row) + " now";
      }
      out_.plan.lines.push_back({Change::deactivate, "enrollment", title(*person, *row), why, 1});
      out_.enrollments.push_back(after);
    }
    return {};
  }

  static std::string lines(const std::set<std::string>& rows) {
    std::string text;
    for (const auto& row : rows) text += (text.empty() ? "" : "\n") + row;
    return text;
  }
  static std::vector<std::string> rows_of(const Enrollment& enrollment) {
    std::vector<std::string> rows;
    std::istringstream text(enrollment.source.value_or(""));
    for (std::string row; std::getline(text, row);) rows.push_back(row);
    return rows;
  }

  static std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const auto& part : parts) text += (text.empty() ? "" : ", ") + part;
    return text;
  }

  School& school_;
  Reader& reader_;
  RosterPlan& out_;
  Roster roster_;
  std::set<std::string> orgs_, sessions_, courses_, emails_;
  std::map<std::string, Person> people_;     // by source, as they will be
  std::map<std::string, ClassRow> classes_;  // by source, as they will be
  std::map<std::pair<std::string, std::string>, std::int64_t> skipped_;
};

std::string day_of(std::int64_t ms) {
  std::time_t seconds = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
  return text;
}

}  // namespace

Result<RosterPlan> plan_roster(School& school, const std::string& path) {
  Findings findings;
  WAYMARK_TRY(files, read_roster(path, findings));
  return plan_roster(school, files, std::move(findings));
}

Result<RosterPlan> plan_roster(School& school, const RosterFiles& files, Findings findings) {
  RosterPlan plan;
  Reader reader(files, findings, day_of(school.clock().now_ms()));
  Planner planner(school, reader, plan);
  WAYMARK_CHECK(planner.run());
  if (files.demographics)
    plan.plan.lines.push_back(
        {Change::skip, "file", "demographics.csv", "not needed here, so it is not read", 1});
  plan.plan.findings = findings.all();
  return plan;
}

Status apply_roster(School& school, const RosterPlan& plan) {
  // Which rows hold a place may change while nobody's place does.
  if (!plan.plan.changes_anything())
    return plan.enrollments.empty() ? Status() : school.put_enrollments(plan.enrollments);
  WAYMARK_TRY(transaction, store::Transaction::begin(school.store().db()));
  auto& accounts = school.accounts();
  for (const auto& person : plan.people) WAYMARK_CHECK(school.put_person(person));
  WAYMARK_CHECK(school.put_classes(plan.classes));
  WAYMARK_CHECK(school.put_enrollments(plan.enrollments));
  WAYMARK_CHECK(school.refresh_access());
  WAYMARK_CHECK(accounts.audit(std::nullopt, "roster imported", plan.plan.summary()));
  return transaction.commit();
}

}  // namespace waymark::server
