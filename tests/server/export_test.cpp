// What a school gives out of a student and of a class.
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "sync-server/service/hiding.hpp"
#include "sync-server/service/portable.hpp"
#include "tests/support/classroom.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using namespace waymark::server;
using nlohmann::json;

TEST_CASE(
    "everything of a student is given out with its history and files, and nothing of another or of a draft") {
  ManualClock clock{1'795'000'000'000 - std::int64_t{9} * 86'400'000};
  SeededRandom random{11};
  test::TemporaryFolder folder;
  REQUIRE(School::init({folder.path() + "/school", "Alder Creek", "head@alder.example", "head-of-school"},
                       clock, random));
  auto school = School::open(folder.path() + "/school", clock, random).value();
  auto pathway =
      store::read_whole(std::string(WAYMARK_SOURCE_DIR) + "/assets/sample/pathways/one-small-thing.json",
                        1 << 20)
          .value();
  test::Classroom room(*school, clock, pathway);
  room.monday();
  const auto& amira = room.students[0];
  std::string picture = "a picture of the door";
  auto hash = to_hex(sha256(as_bytes(picture)));
  room.write(amira, "work",
             {{"project", room.projects[0]}, {"step", "notice"}, {"type", "photo"}, {"file", hash}});
  school->put_file({amira, {}, "lab-01", {}}, domain::person_stream(amira), hash, picture, "image/jpeg")
      .value();
  room.write(amira, "draft", {{"place", "goal.new"}, {"text.want", std::string(room.secret)}});
  auto goal = school->store().records(domain::person_stream(amira), "goal").value().front();
  REQUIRE(set_hidden(*school, room.teacher, amira, "goal", goal.key.id.hex(), true));

  auto made = portable_student(*school, amira).value();
  auto body = json::parse(made.json);
  CHECK(body["format"] == "waymark.school_export");
  CHECK(body["student"]["given"] == "Amira");
  CHECK(body["student"]["classes"][0]["title"] == "Period 3, 7th grade");
  CHECK(body["people"][room.teacher.hex()] == "Elena Rivera");
  REQUIRE(body["streams"].size() == 3);
  CHECK(body["streams"][0]["stream"] == domain::person_stream(amira));
  // Every op of the stream, and every record with what it shows.
  auto head = school->store().stream_state(domain::person_stream(amira)).value().head;
  CHECK(body["streams"][0]["history"].size() == static_cast<std::size_t>(head));
  bool told = false;
  for (const auto& record : body["streams"][0]["records"]) {
    if (record["id"] != goal.key.id.hex()) continue;
    told = true;
    CHECK(record["fields"]["want"] == goal.text("want"));
    CHECK(record["hidden"]["by"] == room.teacher.hex());
  }
  CHECK(told);
  REQUIRE(made.files.size() == 1);
  CHECK(made.files[0].name == "files/" + hash + ".jpg");
  CHECK(store::read_whole(made.files[0].from, 1 << 20).value() == picture);
  CHECK(body["files"][0]["sha256"] == hash);
  CHECK(made.json.find(room.secret) == std::string::npos);
  for (std::size_t i = 1; i < room.students.size(); i++)
    CHECK(made.json.find(room.students[i].hex()) == std::string::npos);

  auto whole = json::parse(portable_class(*school, room.class_id).value().json);
  CHECK(whole["class"]["students"].size() == 26);
  CHECK(whole["streams"].size() == 1);
  CHECK(portable_class(*school, ClassId{}).error().code == Code::not_found);
  CHECK(portable_student(*school, room.teacher).error().code == Code::not_found);
  REQUIRE(school->erase_student(std::nullopt, amira));
  CHECK(portable_student(*school, amira).error().code == Code::not_found);
}
