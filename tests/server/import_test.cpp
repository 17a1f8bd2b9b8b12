#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <zip.h>

#include "shared/store/files.hpp"
#include "sync-server/import/case_package.hpp"
#include "sync-server/import/oneroster.hpp"
#include "sync-server/import/table.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using namespace waymark::server;

namespace {

const std::string kData = std::string(WAYMARK_SOURCE_DIR) + "/tests/data/";

struct World {
  ManualClock clock{1'795'000'000'000};  // 18 November 2026
  SeededRandom random{5};
  test::TemporaryFolder folder;
  std::unique_ptr<School> school;

  World() {
    auto data = folder.path() + "/school";
    REQUIRE(School::init({data, "Alder Creek", "head@alder.example", ""}, clock, random));
    school = School::open(data, clock, random).value();
  }
  RosterPlan plan(const std::string& name) {
    return plan_roster(*school, kData + "oneroster/" + name).value();
  }
  RosterPlan import(const std::string& name) {
    auto made = plan(name);
    REQUIRE(apply_roster(*school, made));
    return made;
  }
  CasePlan import_case(const std::string& name) {
    auto made = plan_case_file(*school, kData + "case/" + name + ".json").value();
    REQUIRE(apply_case(*school, made));
    return made;
  }
  // Copies a roster so that a test may change one file of it.
  std::string copy(const std::string& name) {
    auto to = folder.path() + "/" + name;
    std::filesystem::copy(kData + "oneroster/" + name, to, std::filesystem::copy_options::recursive);
    return to;
  }
};

void write(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}
std::string read(const std::string& path) { return store::read_whole(path, 1 << 20).value(); }
void replace(const std::string& path, std::string_view from, std::string_view to) {
  auto text = read(path);
  auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  write(path, text.replace(at, from.size(), to));
}

std::string zip_of(const std::vector<std::pair<std::string, std::string>>& files) {
  test::TemporaryFolder folder;
  auto path = folder.path() + "/made.zip";
  int problem = 0;
  zip_t* zip = zip_open(path.c_str(), ZIP_CREATE, &problem);
  REQUIRE(zip);
  for (const auto& [name, bytes] : files) {
    auto* source = zip_source_buffer(zip, bytes.data(), bytes.size(), 0);
    REQUIRE(zip_file_add(zip, name.c_str(), source, ZIP_FL_ENC_UTF_8) >= 0);
  }
  REQUIRE(zip_close(zip) == 0);
  return store::read_whole(path, 64 << 20).value();
}

std::vector<std::pair<std::string, std::string>> files_of(const std::string& name,
                                                          const std::string& under = "") {
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& entry : std::filesystem::directory_iterator(kData + "oneroster/" + name))
    files.emplace_back(under + entry.path().filename().string(), read(entry.path().string()));
  return files;
}

bool says(const Plan& plan, std::string_view sentence) {
  for (const auto& finding : plan.findings)
    if (finding.sentence() == sentence) return true;
  std::string all;
  for (const auto& finding : plan.findings) all += finding.sentence() + "\n";
  MESSAGE(all);
  return false;
}
bool has_line(const Plan& plan, Change change, std::string_view what, std::string_view name,
              std::string_view why) {
  for (const auto& line : plan.lines)
    if (line.change == change && line.what == what && line.name == name && line.why == why) return true;
  MESSAGE(plan.text());
  return false;
}

}  // namespace

TEST_CASE("a clean OneRoster 1.1 set is planned first and changes nothing until it is applied") {
  World world;
  auto plan = world.plan("clean-1.1");
  CHECK(plan.plan.source == "OneRoster 1.1");
  CHECK(plan.plan.summary() ==
        "7 added, 0 changed, 0 made inactive, 2 skipped, 0 unchanged; 0 warnings, 0 errors");
  CHECK(has_line(plan.plan, Change::skip, "user", "", "the role guardian is not needed here"));
  CHECK(has_line(plan.plan, Change::skip, "file", "demographics.csv", "not needed here, so it is not read"));
  CHECK(world.school->accounts().people().value().size() == 1);

  REQUIRE(apply_roster(*world.school, plan));
  auto teacher = world.school->accounts().person_by_source("t1").value().value();
  CHECK(teacher.email == "rivera@alder.example");
  auto classes = world.school->classes_of(teacher.id).value();
  REQUIRE(classes.size() == 1);
  CHECK(classes[0].title == "Period 3, 7th grade");
  auto students = world.school->students_of(classes[0].id).value();
  REQUIRE(students.size() == 2);
  CHECK(students[0].display_name == "Amira");
  CHECK(world.school->teaches(teacher.id, students[0].person.id).value());
}

TEST_CASE("an import that failed once it was logged is made again, and nobody is there twice") {
  World world;
  {
    auto transaction = store::Transaction::begin(world.school->store().db()).value();
    world.import("clean-1.1");
  }  // taken back, as when the disk is full at the end; the log is not
  REQUIRE(world.school->accounts().classes().value().empty());
  REQUIRE(world.school->catch_up());
  world.import("clean-1.1");
  CHECK(world.school->accounts().classes().value().size() == 1);
  CHECK(world.school->accounts().people().value().size() == 4);
  CHECK_FALSE(world.plan("clean-1.1").plan.changes_anything());
}

TEST_CASE("importing the same roster again changes nothing") {
  World world;
  world.import("clean-1.1");
  auto version = world.school->store().version().value();
  auto again = world.import("clean-1.1");
  CHECK_FALSE(again.plan.changes_anything());
  CHECK(again.plan.summary() ==
        "0 added, 0 changed, 0 made inactive, 2 skipped, 7 unchanged; 0 warnings, 0 errors");
  CHECK(world.school->store().version().value() == version);
}

TEST_CASE("passwords, telephone numbers and a student's e-mail are kept nowhere") {
  World world;
  auto plan = world.import("clean-1.1");
  CHECK_FALSE(world.school->accounts().person_by_source("u1").value().value().email.has_value());
  world.school.reset();
  std::string everything = plan.plan.text() + plan.plan.json();
  for (const auto& entry : std::filesystem::directory_iterator(world.folder.path() + "/school"))
    if (entry.is_regular_file()) everything += store::read_whole(entry.path().string(), 64 << 20).value();
  for (auto secret : {"hunter2", "secret", "555-01", "amira@home", "2014-02-03"})
    CHECK(everything.find(secret) == std::string::npos);
}

TEST_CASE("OneRoster 1.2 keeps roles apart and knows the name somebody goes by") {
  World world;
  auto plan = world.import("clean-1.2");
  CHECK(plan.plan.source == "OneRoster 1.2");
  CHECK(plan.plan.summary() ==
        "7 added, 0 changed, 0 made inactive, 1 skipped, 0 unchanged; 0 warnings, 0 errors");
  CHECK(has_line(plan.plan, Change::skip, "user", "", "the role principal is not needed here"));
  CHECK(has_line(plan.plan, Change::add, "student", "Jay Brooks", ""));
  CHECK(has_line(plan.plan, Change::add, "enrollment", "Elena Rivera in Period 3", "as teacher"));
}

TEST_CASE("every fault seen in real files is read as meant or named with file, row and column") {
  World world;
  auto made = world.import("faults");
  const auto& plan = made.plan;
  for (auto sentence : {
           "manifest.csv, row 5, value: expected absent, bulk or delta for file.enrollments, found nothing; "
           "it is taken as bulk where the file is there.",
           "manifest.csv, row 6, value: expected 'bulk', found 'Bulk'.",
           "notes.txt: expected only CSV files, found this one, which is left alone.",
           "userprofiles.csv: expected the name userProfiles.csv, found other capital letters.",
           "userprofiles.csv: expected user profiles, found rows of roles; they are read as roles.csv.",
           "classes.csv, row 1, dataLastModified: expected 'dateLastModified', found 'dataLastModified', "
           "read as meant.",
           "classes.csv, row 1, grade: expected 'grades', found 'grade', read as meant.",
           "classes.csv, row 1: expected no empty cells at the end of the header, found 2 of them.",
           "classes.csv, row 1, homeColor: expected a column of the standard; this one is left alone, found "
           "'homeColor'.",
           "classes.csv, row 2, status: expected nothing, since the manifest says bulk, found 'active'.",
           "classes.csv, row 2, classType: expected 'scheduled', found 'Scheduled', read as meant.",
           "users.csv, row 1: expected the columns in the standard's order, found another order, which does "
           "no harm.",
           "users.csv, row 1, prefferedGivenName: expected 'preferredGivenName', found 'prefferedGivenName', "
           "read as meant.",
           "users.csv, row 1, userId: expected 'userIds', found 'userId', read as meant.",
           "users.csv, row 1, agents: expected 'agentSourcedIds', found 'agents', read as meant.",
           "users.csv, row 2, enabledUser: expected true or false, found 'TRUE', read as meant.",
           "users.csv, row 5, sourcedId: expected 1 to 255 of 0-9 A-Z a-z . - _ / @, found 'u 3'.",
           "users.csv, row 6, givenName: expected a first name, found nothing.",
           "users.csv, row 7, sourcedId: expected each id once; the first row is used, found 'u1' again.",
           "users.csv, row 9: expected 12 cells in the row, found 3; the missing ones count as empty.",
           "userprofiles.csv, row 2, role: expected 'teacher', found 'Teacher', read as meant.",
           "userprofiles.csv, row 6, endDate: expected a date as YYYY-MM-DD, found '31/7/2026', read as "
           "2026-07-31.",
           "userprofiles.csv, row 7, role: expected a role, such as student or teacher, found 'wizard'.",
           "enrollments.csv, row 1, userId: expected 'userSourcedId', found 'userId', read as meant.",
           "enrollments.csv, row 2, beginDate: expected a date as YYYY-MM-DD, found '17/08/2026', read as "
           "2026-08-17 (and 1 more row).",
           "enrollments.csv, row 4, classSourcedId: expected the id of a class in classes.csv, found 'k9'.",
           "enrollments.csv, row 5, userSourcedId: expected the id of a user in users.csv, found 'u9'.",
       }) {
    CAPTURE(std::string(sentence));
    CHECK(says(plan, sentence));
  }
  CHECK(has_line(plan, Change::skip, "student", "", "the roster says enabledUser false"));
  CHECK(has_line(plan, Change::skip, "student", "", "the role has ended"));
  CHECK(has_line(plan, Change::skip, "enrollment", "", "the role parent is not needed here"));
  CHECK(has_line(plan, Change::add, "enrollment", "Amira Haddad in Period 3", ""));
  CHECK(plan.count(Change::add) == 5);  // the teacher, Amira, the class and two places in it
  CHECK(plan.json().find("hunter2") == std::string::npos);
}

TEST_CASE("a date that could be two days is left out and named") {
  World world;
  auto folder = world.copy("clean-1.1");
  replace(folder + "/enrollments.csv", "u1,student,false,,", "u1,student,false,,3/4/2026");
  auto plan = plan_roster(*world.school, folder).value();
  CHECK(
      says(plan.plan,
           "enrollments.csv, row 3, endDate: expected a date as YYYY-MM-DD, in which day and month cannot be "
           "mistaken; this one is left out, found '3/4/2026'."));
  CHECK(has_line(plan.plan, Change::add, "enrollment", "Amira Haddad in Period 3, 7th grade", ""));
}

TEST_CASE("an old name of the school year's column, and days that carry a time, are read as meant") {
  World world;
  auto folder = world.copy("clean-1.1");
  replace(folder + "/courses.csv", "schoolYearSourcedId", "schoolYearId");
  replace(folder + "/academicSessions.csv", "2026-08-17,", "\"2026-08-17 00:00:00\",");
  auto plan = plan_roster(*world.school, folder).value();
  CHECK(
      says(plan.plan,
           "courses.csv, row 1, schoolYearId: expected 'schoolYearSourcedId', found 'schoolYearId', read as "
           "meant."));
  CHECK(says(plan.plan,
             "academicSessions.csv, row 2, startDate: expected a date as YYYY-MM-DD, found '2026-08-17 "
             "00:00:00'; the time of day is left out."));
  CHECK(plan.plan.summary() ==
        "7 added, 0 changed, 0 made inactive, 2 skipped, 0 unchanged; 2 warnings, 0 errors");

  auto changes = world.copy("delta");
  replace(changes + "/enrollments.csv", "2026-11-01T08:00:00.000Z", "\"2026-11-01 08:00:00\"");
  world.import("clean-1.1");
  CHECK(
      says(plan_roster(*world.school, changes).value().plan,
           "enrollments.csv, row 2, dateLastModified: expected a date and time as YYYY-MM-DDTHH:MM:SS.sssZ, "
           "found '2026-11-01 08:00:00'."));
}

TEST_CASE("each reference that leads nowhere is named, and stops nothing") {
  struct Broken {
    const char *file, *from, *to, *sentence;
  };
  for (const Broken& broken :
       {Broken{
            "orgs.csv", "school,,", "school,,s9",
            "orgs.csv, row 2, parentSourcedId: expected the id of an organization in orgs.csv, found 's9'."},
        Broken{"academicSessions.csv", "2027-06-11,,", "2027-06-11,y9,",
               "academicSessions.csv, row 2, parentSourcedId: expected the id of a session in "
               "academicSessions.csv, found 'y9'."},
        Broken{"courses.csv", ",y1,", ",y9,",
               "courses.csv, row 2, schoolYearSourcedId: expected the id of a school year in "
               "academicSessions.csv, found 'y9'."},
        Broken{
            "courses.csv", "07,s1", "07,s9",
            "courses.csv, row 2, orgSourcedId: expected the id of an organization in orgs.csv, found 's9'."},
        Broken{
            "classes.csv", ",c1,", ",c9,",
            "classes.csv, row 2, courseSourcedId: expected the id of a course in courses.csv, found 'c9'."},
        Broken{"classes.csv", ",s1,", ",s9,",
               "classes.csv, row 2, schoolSourcedId: expected the id of a school in orgs.csv, found 's9'."},
        Broken{"classes.csv", ",y1,", ",y9,",
               "classes.csv, row 2, termSourcedIds: expected the id of a term in academicSessions.csv, found "
               "'y9'."},
        Broken{
            "users.csv", "s1,teacher", "s9,teacher",
            "users.csv, row 2, orgSourcedIds: expected the id of an organization in orgs.csv, found 's9'."},
        Broken{"enrollments.csv", "s1,t1", "s9,t1",
               "enrollments.csv, row 2, schoolSourcedId: expected the id of a school in orgs.csv, found "
               "'s9'."}}) {
    CAPTURE(broken.sentence);
    World world;
    auto folder = world.copy("clean-1.1");
    replace(folder + "/" + broken.file, broken.from, broken.to);
    auto plan = plan_roster(*world.school, folder).value();
    CHECK(says(plan.plan, broken.sentence));
    CHECK(plan.plan.count(Change::add) == 7);
    CHECK(apply_roster(*world.school, plan));
  }
}

TEST_CASE("who is no longer in the roster becomes inactive, is shown first, and keeps what they wrote") {
  World world;
  world.import("clean-1.1");
  auto leo = world.school->accounts().person_by_source("u2").value().value();
  auto folder = world.copy("clean-1.1");
  replace(folder + "/users.csv", "u2,,,true,s1,student,leo,,Leo,Marchetti,,,,,,,07,\r\n", "");
  replace(folder + "/enrollments.csv", "e3,,,k1,s1,u2,student,false,,\r\n", "");
  auto plan = plan_roster(*world.school, folder).value();
  CHECK(has_line(plan.plan, Change::deactivate, "student", "Leo Marchetti",
                 "no longer in the roster; the portfolio stays"));
  CHECK(has_line(plan.plan, Change::deactivate, "enrollment", "Leo Marchetti in Period 3, 7th grade",
                 "no longer in the roster"));
  CHECK(world.school->accounts().person(leo.id).value().value().active);
  REQUIRE(apply_roster(*world.school, plan));
  CHECK_FALSE(world.school->accounts().person(leo.id).value().value().active);
  // Back again: the same person with the same id.
  auto back = world.import("clean-1.1");
  CHECK(has_line(back.plan, Change::change, "student", "Leo Marchetti", "active again"));
  CHECK(world.school->accounts().person_by_source("u2").value().value().id == leo.id);
}

TEST_CASE("with an error in a complete set nobody is made inactive for being absent from it") {
  World world;
  world.import("clean-1.1");
  auto folder = world.copy("clean-1.1");
  replace(folder + "/users.csv", "u2,,,true", "u?2,,,true");
  auto plan = plan_roster(*world.school, folder).value();
  CHECK(plan.plan.count(Change::deactivate) == 0);
  CHECK(says(plan.plan,
             "users.csv: expected a complete set without errors, found errors; so nobody and nothing is made "
             "inactive for being absent from it."));
}

TEST_CASE("an empty complete set makes nobody inactive") {
  World world;
  world.import("clean-1.1");
  auto folder = world.copy("clean-1.1");
  auto text = read(folder + "/users.csv");
  write(folder + "/users.csv", text.substr(0, text.find("\r\n")));  // the header alone, without a line end
  auto plan = plan_roster(*world.school, folder).value();
  CHECK(plan.plan.count(Change::deactivate) == 0);
  CHECK(says(
      plan.plan,
      "users.csv: expected at least one row in a complete set, found none; so nothing is made inactive for "
      "being absent from it."));
}

TEST_CASE("a place in a class that somebody added by hand is not ended by a roster") {
  World world;
  world.import("clean-1.1");
  auto row = world.school->accounts().class_by_source("k1").value().value();
  auto newcomer = world.school->add_student("Fatou", "Diallo").value();
  REQUIRE(world.school->enroll(row.id, newcomer, "student"));
  auto plan = world.import("clean-1.1");
  CHECK_FALSE(plan.plan.changes_anything());
  CHECK(world.school->students_of(row.id).value().size() == 3);
}

TEST_CASE(
    "who moved to a new class with a roster is there after a restore, and the same roster changes nothing") {
  World world;
  world.import("clean-1.1");
  auto amira = world.school->accounts().person_by_source("u1").value().value();
  auto file = world.folder.path() + "/monday.waymark-backup";
  REQUIRE(School::finish_backup(world.school->begin_backup().value(), file));
  auto folder = world.copy("clean-1.1");
  auto rows = read(folder + "/classes.csv");
  auto row = rows.substr(rows.find("k1,"));
  row.replace(0, 2, "k2").replace(row.find("Period 3"), 8, "Period 4");
  write(folder + "/classes.csv", rows + row);
  replace(folder + "/enrollments.csv", "e2,,,k1,", "e5,,,k2,");
  REQUIRE(apply_roster(*world.school, plan_roster(*world.school, folder).value()));
  auto seed = from_hex(*world.school->store().meta("identity").value()).value();
  SecretKey key;
  std::copy(seed.begin(), seed.end(), key.seed.begin());
  REQUIRE(world.school->restore(file, key));
  auto k1 = world.school->accounts().class_by_source("k1").value().value();
  auto k2 = world.school->accounts().class_by_source("k2").value();
  REQUIRE(k2);
  CHECK(k2->title == "Period 4, 7th grade");
  CHECK(world.school->accounts().enrollment(k2->id, amira.id).value()->active);
  CHECK(world.school->accounts().enrollment(k2->id, amira.id).value()->source == "e5");
  CHECK_FALSE(world.school->accounts().enrollment(k1.id, amira.id).value()->active);
  CHECK_FALSE(plan_roster(*world.school, folder).value().plan.changes_anything());
}

TEST_CASE("a place in a class whose row names another class now ends where it was, also after a restore") {
  World world;
  world.import("clean-1.1");
  auto amira = world.school->accounts().person_by_source("u1").value().value();
  auto k1 = world.school->accounts().class_by_source("k1").value().value();
  auto file = world.folder.path() + "/monday.waymark-backup";
  REQUIRE(School::finish_backup(world.school->begin_backup().value(), file));
  auto folder = world.copy("clean-1.1");
  auto rows = read(folder + "/classes.csv");
  auto row = rows.substr(rows.find("k1,"));
  row.replace(0, 2, "k2").replace(row.find("Period 3"), 8, "Period 4");
  write(folder + "/classes.csv", rows + row);
  replace(folder + "/enrollments.csv", "e2,,,k1,", "e2,,,k2,");
  bool changes = false;
  SUBCASE("in a complete set") {}
  SUBCASE("in a set of changes") {
    changes = true;
    for (const auto* of : {"classes", "enrollments"}) {
      replace(folder + "/manifest.csv", "file." + std::string(of) + ",bulk",
              "file." + std::string(of) + ",delta");
      auto text = read(folder + "/" + of + ".csv");
      auto begin = text.find("\r\n") + 2;
      std::string only = text.substr(0, begin);
      const std::string now = "2026-11-18T00:00:00.000Z";
      for (auto at = begin; at < text.size();) {
        auto end = text.find("\r\n", at) + 2;
        auto line = text.substr(at, end - at);
        if (line.starts_with("k2,") || line.starts_with("e2,"))
          only += line.replace(line.find(",,"), 2, ",active," + now);
        at = end;
      }
      write(folder + "/" + of + ".csv", only);
    }
  }
  auto plan = plan_roster(*world.school, folder).value();
  CHECK(has_line(plan.plan, Change::add, "enrollment", "Amira Haddad in Period 4, 7th grade", ""));
  CHECK(has_line(plan.plan, Change::deactivate, "enrollment", "Amira Haddad in Period 3, 7th grade",
                 "the roster has this place for Amira Haddad in Period 4, 7th grade now"));
  CHECK(plan.plan.count(Change::deactivate) == 1);
  CHECK(world.school->accounts().enrollment(k1.id, amira.id).value()->active);
  REQUIRE(apply_roster(*world.school, plan));
  auto stands = [&] {
    auto k2 = world.school->accounts().class_by_source("k2").value().value();
    CHECK(world.school->accounts().enrollment(k2.id, amira.id).value()->active);
    CHECK_FALSE(world.school->accounts().enrollment(k1.id, amira.id).value()->active);
    CHECK(world.school->students_of(k1.id).value().size() == 1);
    CHECK_FALSE(plan_roster(*world.school, folder).value().plan.changes_anything());
  };
  stands();
  // The end is logged like any other: a backup from before it brings nobody back.
  auto seed = from_hex(*world.school->store().meta("identity").value()).value();
  SecretKey key;
  std::copy(seed.begin(), seed.end(), key.seed.begin());
  REQUIRE(world.school->restore(file, key));
  stands();
  // And back in the class from before it is one place again.
  if (changes) return;
  auto back = world.import("clean-1.1");
  CHECK(has_line(back.plan, Change::change, "enrollment", "Amira Haddad in Period 3, 7th grade",
                 "active again"));
  CHECK(world.school->accounts().enrollment(k1.id, amira.id).value()->active);
  CHECK(back.plan.count(Change::deactivate) == 2);  // her place in Period 4, and that class
}

TEST_CASE("a row that moved to a class which is not there leaves its place as it was") {
  World world;
  world.import("clean-1.1");
  auto folder = world.copy("clean-1.1");
  replace(folder + "/enrollments.csv", "e2,,,k1,", "e2,,,k9,");
  auto plan = plan_roster(*world.school, folder).value();
  CHECK(plan.plan.count(Severity::error) == 1);
  CHECK(plan.plan.count(Change::deactivate) == 0);
}

TEST_CASE("a set of changes adds and ends what it names and leaves the rest") {
  World world;
  world.import("clean-1.1");
  auto made = world.import("delta");
  CHECK(has_line(made.plan, Change::deactivate, "student", "Leo Marchetti",
                 "the roster says tobedeleted; the portfolio stays"));
  CHECK(has_line(made.plan, Change::add, "student", "Nia Okonkwo", ""));
  CHECK(has_line(made.plan, Change::add, "enrollment", "Nia Okonkwo in Period 3, 7th grade", ""));
  CHECK(world.school->accounts().person_by_source("u1").value().value().active);
}

TEST_CASE("a set of changes that ends one of two rows of a place leaves the place to the other") {
  World world;
  auto folder = world.copy("clean-1.1");
  auto whole = read(folder + "/enrollments.csv");
  const std::string columns = whole.substr(0, whole.find("e1,"));
  const std::string now = "2026-11-18T00:00:00.000Z";
  auto amira_in = [&](const char* source) {
    auto row = world.school->accounts().class_by_source(source).value().value();
    auto amira = world.school->accounts().person_by_source("u1").value().value();
    auto found = world.school->accounts().enrollment(row.id, amira.id).value();
    return found && found->active;
  };
  auto classes = read(folder + "/classes.csv");
  auto k2 = classes.substr(classes.find("k1,"));
  k2.replace(0, 2, "k2").replace(k2.find("Period 3"), 8, "Period 4");
  write(folder + "/classes.csv", classes + k2);
  bool known_before = false;
  SUBCASE("from the first") {}
  SUBCASE("the second row came later, and nothing else with it") { known_before = true; }
  if (known_before) REQUIRE(apply_roster(*world.school, plan_roster(*world.school, folder).value()));
  write(folder + "/enrollments.csv", whole + "e2b,,,k1,s1,u1,student,false,,\r\n");
  auto both = plan_roster(*world.school, folder).value();
  CHECK(both.plan.changes_anything() != known_before);
  REQUIRE(apply_roster(*world.school, both));
  CHECK(amira_in("k1"));
  replace(folder + "/manifest.csv", "file.enrollments,bulk", "file.enrollments,delta");
  auto changes = [&](const std::string& rows) {
    write(folder + "/enrollments.csv", columns + rows);
    auto plan = plan_roster(*world.school, folder).value();
    REQUIRE(apply_roster(*world.school, plan));
    CHECK_FALSE(plan_roster(*world.school, folder).value().plan.changes_anything());
    return plan.plan;
  };
  SUBCASE("either ends") {
    std::string first = "e2", second = "e2b";
    SUBCASE("the earlier") {}
    SUBCASE("the later") { std::swap(first, second); }
    CHECK_FALSE(changes(first + ",tobedeleted," + now + ",k1,s1,u1,student,false,,\r\n").changes_anything());
    CHECK(amira_in("k1"));
    CHECK(
        changes(second + ",tobedeleted," + now + ",k1,s1,u1,student,false,,\r\n").count(Change::deactivate) ==
        1);
    CHECK_FALSE(amira_in("k1"));
  }
  SUBCASE("one names another class, and then the other ends") {
    auto moved = changes("e2,active," + now + ",k2,s1,u1,student,false,,\r\n");
    CHECK(moved.count(Change::add) == 1);
    CHECK(moved.count(Change::deactivate) == 0);
    CHECK(amira_in("k1"));
    CHECK(amira_in("k2"));
    changes("e2b,active," + now + ",k2,s1,u1,student,false,,\r\n");
    CHECK_FALSE(amira_in("k1"));
    CHECK(amira_in("k2"));
  }
  SUBCASE("both end at once") {
    changes("e2,tobedeleted," + now + ",k1,s1,u1,student,false,,\r\ne2b,tobedeleted," + now +
            ",k1,s1,u1,student,false,,\r\n");
    CHECK_FALSE(amira_in("k1"));
    // Ended rows hold nothing when one of them begins again.
    changes("e2,active," + now + ",k1,s1,u1,student,false,,\r\n");
    CHECK(amira_in("k1"));
    changes("e2,tobedeleted," + now + ",k1,s1,u1,student,false,,\r\n");
    CHECK_FALSE(amira_in("k1"));
  }
}

TEST_CASE("a teacher who was added by hand is tied to the roster by their e-mail") {
  World world;
  auto staff =
      world.school->add_staff("rivera@alder.example", "Elena Rivera", "teacher", "creek-and-stone").value();
  auto made = world.import("clean-1.1");
  CHECK(has_line(made.plan, Change::change, "teacher", "Elena Rivera", "now tied to the roster"));
  CHECK(world.school->accounts().person_by_source("t1").value().value().id == staff.id);
  CHECK(world.school->sign_in("rivera@alder.example", "creek-and-stone"));
}

TEST_CASE("a byte order mark and Windows-1252 are read, and said") {
  World world;
  auto folder = world.copy("clean-1.1");
  auto users = read(folder + "/users.csv");
  write(folder + "/users.csv", "\xEF\xBB\xBF" + users);
  CHECK(says(plan_roster(*world.school, folder).value().plan,
             "users.csv: expected UTF-8 without a byte order mark, found a byte order mark."));
  write(folder + "/users.csv", users);
  replace(folder + "/users.csv", "Leo,Marchetti", "Zo\xEB,\x8Altk\x80");
  auto plan = plan_roster(*world.school, folder).value();
  CHECK(says(
      plan.plan,
      "users.csv: expected UTF-8, found other bytes, read as Windows-1252; look at accents in the names."));
  CHECK(has_line(plan.plan, Change::add, "student", "Zoë Šltk€", ""));
  write(folder + "/users.csv", "\xFF\xFEs\0o\0");
  CHECK(
      says(plan_roster(*world.school, folder).value().plan,
           "users.csv: expected UTF-8 text; save the file as CSV UTF-8 and import it again, found UTF-16."));
}

TEST_CASE("a zip is read like a folder, also with one folder inside") {
  World world;
  Findings findings;
  auto files = read_roster_zip(zip_of(files_of("clean-1.1")), findings).value();
  CHECK(files.bytes.count("users") == 1);
  CHECK(files.bytes.count("demographics") == 0);
  auto plan = plan_roster(*world.school, files, findings).value();
  CHECK(plan.plan.count(Change::add) == 7);

  auto path = world.folder.path() + "/roster.zip";
  write(path, zip_of(files_of("clean-1.1", "export/")));
  auto nested = plan_roster(*world.school, path).value();
  CHECK(nested.plan.count(Change::add) == 7);
  CHECK(says(nested.plan, "users.csv: expected no folders inside the archive, found it in export."));
}

TEST_CASE("an archive that expands without end is stopped at the bound, and damage is named") {
  World world;
  Findings findings;
  std::string bomb(roster_file_bytes_max + 1, 'a');
  auto error = read_roster_zip(zip_of({{"users.csv", bomb}}), findings).error();
  CHECK(error.code == Code::too_large);
  CHECK(error.detail ==
        "users.csv is larger than a roster can be (64 MB a file, 192 MB in all); nothing was imported");
  std::vector<std::pair<std::string, std::string>> many;
  for (std::size_t i = 0; i <= roster_files_max; i++) many.emplace_back(std::to_string(i) + ".csv", "x");
  CHECK(read_roster_zip(zip_of(many), findings).error().code == Code::too_large);
  CHECK(read_roster_zip("no zip at all", findings).error().code == Code::malformed);
  CHECK(plan_roster(*world.school, "/nowhere/at/all").error().code == Code::not_found);
}

TEST_CASE("tables have bounds, and a quotation mark that is never closed is named") {
  Findings findings;
  Table table;
  constexpr std::array<std::string_view, 1> columns = {"sourcedId"};
  const TableShape shape{"orgs", columns, columns};
  std::string rows = "sourcedId\n";
  for (std::size_t i = 0; i < table_rows_max; i++) rows += "a\n";
  CHECK(read_table("orgs.csv", rows, shape, findings, table));
  CHECK(table.rows.size() == table_rows_max);
  CHECK_FALSE(read_table("orgs.csv", rows + "a\n", shape, findings, table));
  CHECK_FALSE(read_table("orgs.csv", "sourcedId\n\"a\nb\n", shape, findings, table));
  CHECK(findings.all().back().sentence() ==
        "orgs.csv: expected a closing quotation mark for every opening one, found one that is never closed.");
  CHECK_FALSE(read_table("orgs.csv", "name\nx\n", shape, findings, table));
  CHECK(
      findings.all().back().sentence() ==
      "orgs.csv, row 1, sourcedId: expected a column of this name, found none, so the file cannot be used.");
  // Rows are counted as a spreadsheet does, over empty lines and line ends of two bytes.
  CHECK(read_table("orgs.csv", "sourcedId\r\n\r\na\r\nb\r\n", shape, findings, table));
  CHECK(table.numbers == std::vector<std::int64_t>{3, 4});
}

// ---- standards

namespace {
std::map<std::string, store::Record> standards(World& world) {
  std::map<std::string, store::Record> by_code;
  for (auto& record : world.school->store().records("school", "standard").value())
    by_code[record.text("code")] = record;
  return by_code;
}
}  // namespace

TEST_CASE("a framework comes with its tree, its order, its links and its rubrics") {
  World world;
  auto made = world.import_case("good");
  CHECK(made.plan.count(Change::add) == 7);  // the framework, five items, one rubric
  auto all = standards(world);
  REQUIRE(all.size() == 5);
  CHECK(all["SCI"].integer("order") == 1);
  CHECK(all["SCI"].text("parent").empty());
  CHECK(all["SCI.2"].integer("order") == 2);  // its sequence number is 1
  CHECK(all["SCI.1"].integer("order") == 3);
  CHECK(all["SCI.9"].integer("order") == 4);  // without a number: by code, nine before ten
  CHECK(all["SCI.10"].integer("order") == 5);
  CHECK(all["SCI.1"].text("parent") == all["SCI"].key.id.hex());
  CHECK(all["SCI.1"].texts("grades") == std::vector<std::string>{"06"});
  CHECK(all["SCI.1"].texts("links") ==
        std::vector<std::string>{"isRelatedTo https://std.example/x-elsewhere"});
  CHECK(has_line(made.plan, Change::skip, "association", "",
                 "it begins at an item that is not in this package"));
  auto rubrics = world.school->store().records("school", "rubric").value();
  REQUIRE(rubrics.size() == 1);
  CHECK(
      rubrics[0].text("content") ==
      R"({"criteria":[{"id":"c1","title":"First","question":"How fair?","standard":"SCI.2","item":"i2","weight":0.5,"levels":[{"name":"Only","text":"One"}]},{"id":"c2","title":"Second","question":"","standard":"SCI.1","item":"i1","levels":[{"name":"Low","text":"Names","score":1},{"name":"High","text":"Explains","score":4.0}]}]})");
}

TEST_CASE("importing the same framework again changes nothing") {
  World world;
  world.import_case("good");
  auto version = world.school->store().version().value();
  auto again = world.import_case("good");
  CHECK_FALSE(again.plan.changes_anything());
  CHECK(again.plan.unchanged == 7);
  CHECK(world.school->store().version().value() == version);
}

TEST_CASE("a newer edition updates words, retires what is gone, and keeps what has no later time") {
  World world;
  world.import_case("good");
  auto made = world.import_case("newer");
  auto all = standards(world);
  CHECK(all["SCI.2"].text("text") == "Plan a fair test and say why it is fair");
  CHECK(all["SCI.10"].text("text") == "Explain a change");
  CHECK(all["SCI.9"].boolean("retired"));
  CHECK(has_line(made.plan, Change::deactivate, "standard", "SCI.9",
                 "not in this edition any more; retired, and what was judged by it stays"));
  CHECK(says(
      made.plan,
      "newer.json, lastChangeDateTime: expected a later time where the words of an item changed; the words "
      "here are kept, found SCI.10."));
  auto older = plan_case_file(*world.school, kData + "case/good.json").error();
  CHECK(older.code == Code::exists);
  CHECK(older.detail ==
        "a newer edition of Small science (2026-06-01T00:00:00Z) is here already; this one is of "
        "2026-01-01T00:00:00Z, and nothing was changed");
}

TEST_CASE("a circle of parents is named in a sentence and broken") {
  World world;
  auto made = world.import_case("cycle");
  CHECK(says(
      made.plan,
      "cycle.json, isChildOf: expected a tree; one of them is shown at the top instead, found A is a child "
      "of B is a child of C is a child of A again."));
  auto all = standards(world);
  CHECK(all["A"].text("parent").empty());
  CHECK(all["C"].text("parent") == all["A"].key.id.hex());
  CHECK(all["B"].text("parent") == all["C"].key.id.hex());
}

TEST_CASE("an item with two parents is shown under the first and tied to both") {
  World world;
  auto made = world.import_case("two-parents");
  CHECK(says(
      made.plan,
      "two-parents.json, isChildOf of C: expected one parent; it is shown under the first and tied to all, "
      "found B and A."));
  auto all = standards(world);
  CHECK(all["C"].text("parent") == all["B"].key.id.hex());
  CHECK(all["C"].texts("parents") == std::vector<std::string>{all["B"].key.id.hex(), all["A"].key.id.hex()});
}

TEST_CASE("a missing field of an item is named, and the other items come in") {
  World world;
  auto made = world.import_case("missing-field");
  CHECK(
      says(made.plan,
           "missing-field.json, CFItems[1].fullStatement: expected a value, which the standard requires; the "
           "item is left out, found nothing for B."));
  CHECK(says(
      made.plan,
      "missing-field.json, CFItems[2].identifier: expected a value, which the standard requires; the item "
      "is left out, found nothing for C."));
  CHECK(standards(world).size() == 1);
}

TEST_CASE("the sequence number decides the order, not the file") {
  World world;
  world.import_case("order");
  auto all = standards(world);
  CHECK(all["SNT.2"].integer("order") == 1);
  CHECK(all["SNT.1"].integer("order") == 2);
}

TEST_CASE("a framework comes as a table too: parents by code, faults by row, and a second time nothing") {
  World world;
  auto path = world.folder.path() + "/Small science.csv";
  write(path,
        "Identifier,fullStatement,Human Coding Scheme,sequenceNumber,Abbreviated "
        "Statement,ConceptKeywords,Notes,Is "
        "Child Of,IsPartOf,replacedBy,Exemplar,hasSkillLevel,IsRelatedTo\r\n"
        "a1,\"Science, in all years\",SCI,,,,,,,,,,\r\n"
        ",Explain a change,SCI.2,2,,,,SCI,,,,,https://std.example/x\r\n"
        ",Plan a fair test,SCI.1,1,Fair test,,A note,SCI,,,,,SCI.2\r\n"
        ",,SCI.3,,,,,SCI,,,,,\r\n"
        ",No code and no identifier,,,,,,SCI,,,,,\r\n"
        ",A stray one,SCI.4,first,,,,SCJ,,,,,\r\n");
  auto made = plan_case_file(*world.school, path).value();
  CHECK(made.plan.source == "CASE table \"Small science\"");
  for (auto sentence :
       {"Small science.csv, row 5, fullStatement: expected the words of the standard; the row is left out, "
        "found "
        "nothing.",
        "Small science.csv, row 6, Identifier: expected an identifier or a coding scheme; the row is left "
        "out, "
        "found neither.",
        "Small science.csv, row 7, Is Child Of: expected the coding scheme of another row; this one is shown "
        "at "
        "the top, found SCJ.",
        "Small science.csv, row 7, sequenceNumber: expected a whole number; the file's order is used, found "
        "first."})
    CHECK(says(made.plan, sentence));
  CHECK(made.plan.findings.size() == 4);
  REQUIRE(apply_case(*world.school, made));
  auto all = standards(world);
  REQUIRE(all.size() == 4);
  CHECK(all["SCI"].text("text") == "Science, in all years");
  CHECK(all["SCI.1"].text("parent") == all["SCI"].key.id.hex());
  CHECK(all["SCI.1"].text("short") == "Fair test");
  CHECK(all["SCI.1"].integer("order") < all["SCI.2"].integer("order"));
  CHECK(all["SCI.2"].texts("links") == std::vector<std::string>{"isRelatedTo https://std.example/x"});
  CHECK(all["SCI.4"].text("parent").empty());
  CHECK(world.school->store().records("school", "framework").value().at(0).text("title") == "Small science");
  CHECK_FALSE(plan_case_file(*world.school, path).value().plan.changes_anything());
  // Another wording of the same code is the same standard; one that is gone is retired, not deleted.
  replace(path, "Plan a fair test", "Plan a fair test and say why");
  replace(path, ",A stray one,SCI.4,first,,,,SCJ,,,,,\r\n", "");
  auto id = all["SCI.1"].key.id;
  auto newer = plan_case_file(*world.school, path).value();
  REQUIRE(apply_case(*world.school, newer));
  all = standards(world);
  CHECK(all["SCI.1"].text("text") == "Plan a fair test and say why");
  CHECK(all["SCI.1"].key.id == id);
  CHECK(all["SCI.4"].boolean("retired"));
  CHECK(plan_case(*world.school, "fullStatement\n\"a\n", "x.csv").error().detail ==
        "x.csv: expected a closing quotation mark for every opening one, found one that is never closed. "
        "Nothing "
        "was imported.");
}

TEST_CASE("what is no CASE package is refused with a sentence and changes nothing") {
  World world;
  auto refused = [&](std::string_view json) {
    return plan_case(*world.school, json, "x.json").error().detail;
  };
  CHECK(refused("{") == "x.json is not JSON, or is cut off; download it again; nothing was imported");
  CHECK(refused("{\"a\":1}") == "the file has no CFDocument, so it is no CASE package; nothing was imported");
  CHECK(refused("{\"CFDocument\":{\"identifier\":\"d\"}}") ==
        "the CFDocument has no title, which the standard requires; nothing was imported");
  CHECK(refused(std::string(100, '[')) == "x.json is nested too deeply; nothing was imported");
  CHECK(refused("\xFF") == "x.json is not UTF-8 text; nothing was imported");
}
