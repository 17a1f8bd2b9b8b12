#include "sync-server/sample/sample.hpp"

#include <filesystem>
#include <map>
#include <set>

#include <doctest/doctest.h>

#include "shared/domain/pathway.hpp"
#include "shared/domain/record_ids.hpp"
#include "shared/store/files.hpp"
#include "sync-server/import/case_package.hpp"
#include "sync-server/import/oneroster.hpp"
#include "sync-server/sample/drawing.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using namespace waymark::server;

namespace {

const std::string kAssets = std::string(WAYMARK_SOURCE_DIR) + "/assets/sample";

// Made once: it plays three weeks, which takes seconds.
struct Sample {
  test::TemporaryFolder folder;
  SystemClock clock;
  SystemRandom random;
  SampleSchool made;
  std::unique_ptr<School> school;
  Sample() {
    auto data = folder.path() + "/school";
    auto result = make_sample({data, kAssets, "2026-11-24", true, true, 7});
    if (!result) FAIL(result.error().detail);
    made = *result;
    school = School::open(data, clock, random).value();
  }
  PersonId student(std::string_view source) {
    return school->accounts().person_by_source(source).value()->id;
  }
  std::vector<store::Record> records(std::string_view source, std::string_view kind) {
    return school->store().records(domain::person_stream(student(source)), kind).value();
  }
};
Sample& sample() {
  static Sample one;
  return one;
}

}  // namespace

TEST_CASE("the sample school is whole, and its people can sign in") {
  auto& s = sample();
  CHECK(s.school->store().verify());
  CHECK(s.made.cards.size() == 26);
  CHECK(s.school->sign_in("rivera@aldercreek.example", s.made.teacher_password));
  CHECK(s.school->sign_in("okafor@aldercreek.example", s.made.colleague_password));
  auto teacher = s.school->accounts().person_by_email("rivera@aldercreek.example").value().value();
  auto classes = s.school->classes_of(teacher.id).value();
  REQUIRE(classes.size() == 1);
  CHECK(classes[0].title == "Period 3, 7th grade");
  CHECK(s.school->students_of(classes[0].id).value().size() == 26);
  CHECK(s.school->accounts().dead_letters_waiting().value() == 0);
}

TEST_CASE("24 of the 26 have work, two are brand new and choose their PIN at the first use") {
  auto& s = sample();
  int with_work = 0;
  for (int n = 1; n <= 26; n++) {
    std::string source = std::string("s-") + (n < 10 ? "0" : "") + std::to_string(n);
    CAPTURE(source);
    auto person = s.student(source);
    std::set<std::string> streams;
    for (const auto& access : s.school->accounts().access(person).value()) streams.insert(access.stream);
    CHECK(streams.count(domain::own_stream(person)) == 1);
    CHECK(streams.count(domain::person_stream(person)) == 1);
    CHECK(streams.count(domain::inbox_stream(person)) == 1);
    CHECK(streams.count("school") == 1);
    bool fresh = source == "s-22" || source == "s-24";
    CHECK(s.records(source, "project").empty() == fresh);
    CHECK(s.school->accounts().person(person).value()->pin_hash.empty() == fresh);
    if (fresh) continue;
    with_work++;
    CHECK(s.records(source, "profile").size() == 1);
    CHECK(s.records(source, "work").size() >= 3);
    CHECK(s.records(source, "turn_in").size() >= 1);
    CHECK(s.records(source, "review").size() >= 1);
  }
  CHECK(with_work == 24);
}

TEST_CASE("Amira is in the middle of Water where we live, with an answer that she has not read") {
  auto& s = sample();
  auto projects = s.records("s-01", "project");
  REQUIRE(projects.size() == 1);
  CHECK(projects[0].text("question") == "Why does our creek flood?");
  auto reviews = s.records("s-01", "review");
  REQUIRE(reviews.size() == 3);
  int unread = 0;
  for (const auto& review : reviews) {
    auto id = review.key.id.hex();
    auto seen = s.school->store().find({domain::own_stream(s.student("s-01")), "seen", domain::seen_id(id)});
    if (!seen.value() || (*seen)->text("seen." + id).empty()) {
      unread++;
      CHECK(review.text("step") == "find-sources");
      CHECK(review.text("outcome") == "ready");
    }
  }
  CHECK(unread == 1);
}

TEST_CASE("about a dozen pieces of work wait for an answer, one thing was changed on two computers") {
  auto& s = sample();
  int waiting = 0, conflicts = 0, files = 0, helps = 0, observations = 0;
  for (const auto& turn_in : s.school->store().records_everywhere("person", "turn_in").value()) {
    bool answered = false;
    for (const auto& review : s.school->store().records(turn_in.key.stream, "review").value())
      answered = answered || review.text("turn_in") == turn_in.key.id.hex();
    if (!answered) waiting++;
  }
  CHECK(waiting >= 10);
  CHECK(waiting <= 16);
  for (const auto& goal : s.school->store().records_everywhere("person", "goal").value())
    for (const auto& [name, field] : goal.fields) conflicts += field.conflict() ? 1 : 0;
  CHECK(conflicts == 1);
  auto teacher = s.school->accounts().person_by_email("rivera@aldercreek.example").value().value();
  for (const auto& work : s.school->store().records_everywhere("person", "work").value()) {
    if (work.text("type") != "photo") continue;
    files++;
    CHECK(s.school->file(teacher.id, work.key.stream, work.text("file")).value().substr(1, 3) == "PNG");
  }
  CHECK(files >= 30);
  helps = static_cast<int>(s.school->store().records_everywhere("person", "help").value().size());
  observations =
      static_cast<int>(s.school->store().records_everywhere("person", "observation").value().size());
  CHECK(helps == 5);
  CHECK(observations >= 8);
}

TEST_CASE("work was written on school days in school hours, before the day of the sample") {
  auto& s = sample();
  std::tm day{};
  day.tm_year = 126, day.tm_mon = 10, day.tm_mday = 24, day.tm_isdst = -1;
  std::int64_t opened = static_cast<std::int64_t>(std::mktime(&day)) * 1000;
  for (const auto& work : s.school->store().records_everywhere("person", "work").value()) {
    CHECK(work.created_ms < opened);
    CHECK(work.created_ms > opened - std::int64_t{22} * 24 * 3600 * 1000);
    std::time_t seconds = static_cast<std::time_t>(work.created_ms / 1000);
    std::tm parts{};
    localtime_r(&seconds, &parts);
    CHECK(parts.tm_wday >= 1);
    CHECK(parts.tm_wday <= 5);
    CHECK(parts.tm_hour == 10);
  }
}

TEST_CASE("fourteen computers were heard from at different times, one not for more than a week") {
  auto& s = sample();
  auto computers = s.school->accounts().computers().value();
  REQUIRE(computers.size() == 14);
  std::set<std::int64_t> times;
  for (const auto& computer : computers) {
    REQUIRE(computer.heard_ms.has_value());
    times.insert(*computer.heard_ms);
    if (computer.name != "lab-09") continue;
    CHECK(computer.waiting == 2);
    std::tm day{};
    day.tm_year = 126, day.tm_mon = 10, day.tm_mday = 24, day.tm_isdst = -1;
    CHECK(*computer.heard_ms < (static_cast<std::int64_t>(std::mktime(&day)) - 8 * 24 * 3600) * 1000);
  }
  CHECK(times.size() == 14);
}

TEST_CASE("importing the sample's own roster and standards again changes nothing") {
  auto& s = sample();
  auto roster = plan_roster(*s.school, kAssets + "/roster").value();
  CHECK(roster.plan.findings.empty());
  CHECK_FALSE(roster.plan.changes_anything());
  auto standards = plan_case_file(*s.school, kAssets + "/standards/waymark-sample-standards.json").value();
  CHECK(standards.plan.findings.empty());
  CHECK_FALSE(standards.plan.changes_anything());
  CHECK(standards.plan.unchanged == 31);  // the framework, 7 strands, 21 standards, 2 rubrics
}

TEST_CASE("every pathway of the sample parses in both languages, and points only at its standards") {
  auto& s = sample();
  std::set<std::string> codes;
  for (const auto& standard : s.school->store().records("school", "standard").value())
    codes.insert(standard.text("code"));
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kAssets + "/pathways")) {
    CAPTURE(entry.path().string());
    auto pathway =
        domain::parse_pathway(store::read_whole(entry.path().string(), domain::pathway_bytes_max).value());
    if (!pathway) FAIL(pathway.error().detail);
    count++;
    CHECK(pathway->languages == std::vector<std::string>{"en", "es"});
    for (const auto& code : pathway->standards) CHECK(codes.count(code) == 1);
    for (const auto& step : pathway->steps)
      for (const auto& code : step.standards) CHECK(codes.count(code) == 1);
  }
  CHECK(count == 8);
}

TEST_CASE("the same seed and day make the same school") {
  test::TemporaryFolder folder;
  auto first = sample().made.json();
  auto second = make_sample({folder.path() + "/school", kAssets, "2026-11-24", true, true, 7}).value();
  CHECK(second.json() == first);
  SystemClock clock;
  SystemRandom random;
  auto school = School::open(folder.path() + "/school", clock, random).value();
  auto stream = domain::person_stream(sample().student("s-01"));
  CHECK(school->store().stream_state(stream).value().digest ==
        sample().school->store().stream_state(stream).value().digest);
}

TEST_CASE("a day that is none, a folder without texts and a directory with a school are refused") {
  test::TemporaryFolder folder;
  auto refused = [&](const std::string& data, const std::string& assets, const std::string& at) {
    return make_sample({data, assets, at, true, true, 7}).error().code;
  };
  CHECK(refused(folder.path() + "/a", kAssets, "24.11.2026") == Code::invalid);
  CHECK(refused(folder.path() + "/a", folder.path(), "2026-11-24") == Code::not_found);
  CHECK_FALSE(std::filesystem::exists(folder.path() + "/a"));
  CHECK(refused(sample().folder.path() + "/school", kAssets, "2026-11-24") != Code::internal);
}

TEST_CASE("drawings are PNG files of one size, the same for the same seed") {
  auto one = draw_png("water_map", 1);
  CHECK(one.substr(1, 3) == "PNG");
  CHECK(one == draw_png("water_map", 1));
  CHECK(one != draw_png("water_map", 2));
  CHECK(one.size() < 400'000);
  CHECK(draw_png("nothing of the kind", 1).empty());
}
