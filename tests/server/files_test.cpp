// Files that students attach: in pieces, cut off and gone on with, to a school with little room, and
// collected when nothing needs them.
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "sync-server/service/codes.hpp"
#include "sync-server/service/school.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using namespace waymark::server;

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kDayMs = std::int64_t{24} * 3600 * 1000;

std::string name_of(std::string_view body) { return to_hex(sha256(as_bytes(body))); }

std::string noise(std::size_t size, std::uint64_t seed = 5) {
  SeededRandom random(seed);
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random.below(256));
  return bytes;
}

struct World {
  ManualClock clock;
  SeededRandom random{3};
  test::TemporaryFolder folder;
  std::string data = folder.path() + "/school";
  InitResult made =
      School::init({data, "Alder Creek", "head@alder.example", "creek-and-stone"}, clock, random).value();
  std::unique_ptr<School> school = School::open(data, clock, random).value();
  ClassId period3 = school->add_class("Period 3").value();
  PersonId amira = student("Amira"), leo = student("Leo");
  Bearer at_amira{amira, {}, "lab-03", {}}, at_leo{leo, {}, "lab-07", {}};
  std::string stream = domain::person_stream(amira), leos = domain::person_stream(leo);
  std::string own = domain::own_stream(amira);

  PersonId student(std::string_view given) {
    auto id = school->add_student(given, "Haddad").value();
    REQUIRE(school->enroll(period3, id, "student"));
    REQUIRE(school->refresh_access());
    return id;
  }
  Result<UploadState> put(const std::string& body, std::int64_t from, std::size_t size) {
    return put(at_amira, stream, body, from, size);
  }
  Result<UploadState> put(const Bearer& bearer, const std::string& where, const std::string& body,
                          std::int64_t from, std::size_t size) {
    return school->put_piece(bearer, where, name_of(body),
                             {from, static_cast<std::int64_t>(body.size()),
                              std::string_view(body).substr(static_cast<std::size_t>(from), size)},
                             "image/png");
  }
  UploadState ask(const std::string& body) { return put(body, 0, 0).value(); }
  void restart() {
    school.reset();
    school = School::open(data, clock, random).value();
  }
  std::string on_disk(const std::string& body) {
    auto hash = name_of(body);
    return data + "/files/" + hash.substr(0, 2) + "/" + hash.substr(2);
  }
  std::size_t uploads() {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(data + "/uploads"), fs::directory_iterator()));
  }
  void mention(const std::string& body) {
    store::Edit edit{{stream, "work", random.id<RecordId>()},
                     {{"project", "p"}, {"type", "photo"}, {"file", name_of(body)}, {"mime", "image/png"}},
                     {},
                     {}};
    REQUIRE(school->store().write(amira, std::span(&edit, 1)));
  }
  std::int64_t collect() { return school->collect_files(School::files_on_disk(data)).value(); }
  std::int64_t collect_for_days(int days) {
    std::int64_t gone = 0;
    for (int day = 0; day < days; day++) {
      clock.advance_ms(kDayMs);
      gone += collect();
    }
    return gone;
  }
};

}  // namespace

TEST_CASE("a file comes in pieces of any size, and goes on after a restart where it was cut off") {
  World world;
  auto body = noise(100'000);
  CHECK(world.ask(body).bytes == 0);
  auto state = world.put(body, 0, 1).value();
  CHECK((!state.whole && state.fits && state.bytes == 1));
  CHECK(world.put(body, 1, 69'999).value().bytes == 70'000);
  CHECK(world.school->file(world.amira, world.stream, name_of(body)).error().code == Code::not_found);
  world.restart();
  CHECK(world.ask(body).bytes == 70'000);
  // Again, beyond, and before what came: told how far it is, and nothing is written.
  for (auto from : {0, 69'999, 70'001}) {
    state = world.put(body, from, 10).value();
    CHECK((!state.whole && !state.fits && state.bytes == 70'000));
  }
  state = world.put(body, 70'000, 30'000).value();
  CHECK((state.whole && state.bytes == 100'000));
  CHECK(world.school->file(world.amira, world.stream, name_of(body)).value() == body);
  CHECK(world.uploads() == 0);
  // What is there is there, whichever piece comes again.
  CHECK(world.ask(body).whole);
  CHECK(world.put(body, 0, 1).value().whole);
  CHECK(world.put(body, 70'000, 30'000).value().whole);
  CHECK(world.school->verify());
}

TEST_CASE("who left the school still brings the files of work that came before, and no others") {
  World world;
  auto body = noise(1'000), other = noise(1'000, 6);
  world.mention(body);
  REQUIRE(world.school->enroll(world.period3, world.amira, "student", false));
  auto amira = *world.school->accounts().person(world.amira).value();
  amira.active = false;
  REQUIRE(world.school->put_person(amira));
  REQUIRE(world.school->refresh_access());
  CHECK(world.put(other, 0, 1'000).error().code == Code::not_granted);
  CHECK(world.put(world.at_leo, world.stream, body, 0, 1'000).error().code == Code::not_granted);
  CHECK(!world.put(body, 0, 400).value().whole);
  CHECK(world.put(body, 400, 600).value().whole);
  // Nor is the file sent again every day: it is there, as long as the school's disk has it.
  std::vector<std::string> both{name_of(body), name_of(other)};
  CHECK(world.school->lacking_files(world.at_amira, world.stream, both).value() ==
        std::vector<std::string>{name_of(other)});
  CHECK(world.school->lacking_files(world.at_leo, world.stream, both).value() == both);
  fs::remove(world.on_disk(body));
  CHECK(world.school->lacking_files(world.at_amira, world.stream, both).value() == both);
  CHECK(world.put(body, 0, 1'000).value().whole);
  // What is had is had by those who may read it.
  CHECK(world.school->file(world.amira, world.stream, name_of(body)).error().code == Code::not_found);
  amira.active = true;
  REQUIRE(world.school->put_person(amira));
  REQUIRE(world.school->refresh_access());
  CHECK(world.school->file(world.amira, world.stream, name_of(body)).value() == body);
}

TEST_CASE("pieces that are no file of this name are thrown away, and it can begin anew") {
  World world;
  auto body = noise(1'000), other = noise(1'000, 6);
  auto piece = [&](const std::string& of, std::int64_t from, std::size_t size, std::int64_t total = 1'000) {
    return world.school->put_piece(
        world.at_amira, world.stream, name_of(body),
        {from, total, std::string_view(of).substr(static_cast<std::size_t>(from), size)}, "");
  };
  REQUIRE(piece(body, 0, 500));
  CHECK(piece(other, 500, 500).error().code == Code::wrong_id);
  CHECK(world.ask(body).bytes == 0);
  CHECK(piece(other, 0, 1'000).error().code == Code::wrong_id);
  CHECK(piece(body, 0, 1'000, 999).error().code == Code::malformed);
  CHECK(piece(body, 0, 10, file_bytes_max + 1).error().code == Code::too_large);
  CHECK(piece(body, 0, 10, file_bytes_max).value().bytes == 10);
  CHECK(world.school->put_piece(world.at_amira, world.stream, "../../school.db", {0, 1, "x"}, "")
            .error()
            .code == Code::wrong_id);
  CHECK(world.put(world.at_amira, world.leos, body, 0, 10).error().code == Code::not_granted);
  CHECK(world.put(world.at_amira, "school", body, 0, 10).error().code == Code::not_granted);
  CHECK(piece(body, 0, 1'000).value().whole);
  CHECK(world.uploads() == 0);
}

TEST_CASE("an upload whose end was cut off by a power cut ends when it is asked about") {
  World world;
  auto body = noise(1'000);
  REQUIRE(world.put(body, 0, 500));
  auto part = world.data + "/uploads/" + world.amira.hex() + "." + name_of(body);
  std::ofstream(part, std::ios::app | std::ios::binary) << body.substr(500);
  CHECK(world.ask(body).whole);
  CHECK(world.school->file(world.amira, world.stream, name_of(body)).value() == body);
  // And one that the disk did not keep as it came begins anew.
  auto other = noise(1'000, 6);
  REQUIRE(world.put(other, 0, 500));
  part = world.data + "/uploads/" + world.amira.hex() + "." + name_of(other);
  std::ofstream(part, std::ios::app | std::ios::binary) << std::string(500, '\0');
  CHECK(world.put(other, 0, 0).error().code == Code::wrong_id);
  CHECK(world.ask(other).bytes == 0);
}

TEST_CASE("nobody learns of a file that they have not sent whole, or may not read") {
  World world;
  auto body = noise(1'000);
  REQUIRE(world.put(body, 0, 1'000).value().whole);
  // Leo has the name and half of the bytes; he gets what everybody gets for a file that is not there.
  CHECK(world.put(world.at_leo, world.leos, body, 0, 0).value().bytes == 0);
  auto state = world.put(world.at_leo, world.leos, body, 0, 500).value();
  CHECK((!state.whole && state.bytes == 500));
  CHECK(world.school->lacking_files(world.at_leo, world.leos, {name_of(body)}).value().size() == 1);
  CHECK(world.school->lacking_files(world.at_leo, world.stream, {name_of(body)}).value().size() == 1);
  CHECK(world.school->file(world.leo, world.leos, name_of(body)).error().code == Code::not_found);
  // And what has come of one person's is nobody else's.
  auto second = noise(1'000, 6);
  REQUIRE(world.put(second, 0, 400));
  CHECK(world.put(world.at_leo, world.leos, second, 0, 0).value().bytes == 0);
  CHECK(world.ask(second).bytes == 400);
  // Into another stream of one's own: sent again, and kept once.
  CHECK_FALSE(world.put(world.at_amira, world.own, body, 0, 0).value().whole);
  CHECK(world.put(world.at_amira, world.own, body, 0, 1'000).value().whole);
  CHECK(world.school->file(world.amira, world.own, name_of(body)).value() == body);
  CHECK(School::files_on_disk(world.data) == std::vector<std::string>{name_of(body)});
}

TEST_CASE("uploads are bounded in number and in age") {
  World world;
  std::vector<std::string> bodies;
  for (std::uint64_t i = 0; i <= uploads_per_person_max; i++) {
    bodies.push_back(noise(1'000, 10 + i));
    if (i == uploads_per_person_max) {  // the first is the one that was not touched for longest
      auto now = fs::file_time_type::clock::now();
      for (const auto& entry : fs::directory_iterator(world.data + "/uploads"))
        fs::last_write_time(entry.path(), now - std::chrono::minutes(1));
      REQUIRE(world.put(bodies[0], 100, 100));
      CHECK(world.uploads() == uploads_per_person_max);
    }
    REQUIRE(world.put(bodies.back(), 0, 100));
  }
  CHECK(world.uploads() == uploads_per_person_max);
  CHECK(world.ask(bodies[0]).bytes == 200);
  CHECK(world.ask(bodies.back()).bytes == 100);
  for (const auto& entry : fs::directory_iterator(world.data + "/uploads"))
    fs::last_write_time(entry.path(), fs::file_time_type::clock::now() -
                                          std::chrono::milliseconds(upload_age_max_ms - 60'000));
  world.collect();
  CHECK(world.uploads() == uploads_per_person_max);
  for (const auto& entry : fs::directory_iterator(world.data + "/uploads"))
    fs::last_write_time(entry.path(), fs::file_time_type::clock::now() -
                                          std::chrono::milliseconds(upload_age_max_ms + 60'000));
  world.collect();
  CHECK(world.uploads() == 0);
}

TEST_CASE("where the room for files is full nothing is taken in, and what was there stays") {
  World world;
  auto first = noise(600), second = noise(400, 6), third = noise(401, 7);
  world.school->set_quota(1'000);
  REQUIRE(world.put(first, 0, 300));
  REQUIRE(world.put(first, 300, 300));
  auto refused = world.put(third, 0, 10);
  REQUIRE(!refused);
  CHECK(refused.error().code == Code::disk_full);
  CHECK(refused.error().detail == "quota_full");
  CHECK(world.uploads() == 0);
  REQUIRE(world.put(second, 0, 100));
  CHECK(world.put(second, 100, 300).value().whole);
  CHECK(world.put(third, 0, 401).error().code == Code::disk_full);
  // What is there already needs no room.
  CHECK(world.put(first, 0, 600).value().whole);
  world.school->set_quota(1'401);
  CHECK(world.put(third, 0, 401).value().whole);
}

TEST_CASE("a piece that is being written is not written twice at once") {
  World world;
  auto body = noise(1'000);
  FilePiece piece{0, 1'000, std::string_view(body).substr(0, 500)};
  auto begun = world.school->begin_upload(world.at_amira, world.stream, name_of(body), piece, "").value();
  CHECK(world.school->begin_upload(world.at_amira, world.stream, name_of(body), piece, "").error().code ==
        Code::server_busy);
  School::write_piece(begun);
  CHECK(world.school->finish_upload(begun).value().bytes == 500);
  CHECK(world.put(body, 500, 500).value().whole);
}

TEST_CASE("a file that nothing mentions goes after thirty days, and one that is mentioned stays") {
  World world;
  auto kept = noise(1'000), loose = noise(1'000, 6);
  world.mention(kept);
  REQUIRE(world.put(kept, 0, 1'000));
  REQUIRE(world.put(loose, 0, 1'000));
  CHECK(world.collect() == 0);
  CHECK(world.collect_for_days(30) == 0);
  CHECK(fs::exists(world.on_disk(loose)));
  CHECK(world.collect_for_days(1) == 1);
  CHECK_FALSE(fs::exists(world.on_disk(loose)));
  CHECK(world.school->lacking_files(world.at_amira, world.stream, {kept, loose}).error().code ==
        Code::malformed);
  CHECK(world.school->lacking_files(world.at_amira, world.stream, {name_of(kept), name_of(loose)}).value() ==
        std::vector{name_of(loose)});
  CHECK(world.collect_for_days(100) == 0);
  CHECK(world.school->file(world.amira, world.stream, name_of(kept)).value() == kept);
  CHECK(world.school->verify());
}

TEST_CASE(
    "whoever sends or asks for a file keeps it for thirty days more, and a clock that jumps ages none") {
  World world;
  auto body = noise(1'000);
  REQUIRE(world.put(body, 0, 1'000));
  CHECK(world.collect() == 0);
  world.collect_for_days(30);
  REQUIRE(world.school->lacking_files(world.at_amira, world.stream, {name_of(body)}).value().empty());
  CHECK(world.collect_for_days(30) == 0);
  CHECK(world.put(body, 0, 1'000).value().whole);
  CHECK(world.collect_for_days(30) == 0);
  for (int jump = 0; jump < 20; jump++) {
    world.restart();
    world.clock.set_ms(0);  // 1970, as a small server begins after a power cut
    CHECK(world.collect() == 0);
    world.clock.set_ms(1'800'000'000'000);  // and then somebody tells it what year it is
    CHECK(world.collect() == 0);
  }
  for (int i = 0; i < 50; i++) {
    world.clock.advance_ms(60'000);
    CHECK(world.collect() == 0);
  }
  world.clock.advance_ms(10 * 365 * kDayMs);
  CHECK(world.collect() == 1);
}

TEST_CASE("thirty days of grace are thirty times 24 hours of a server that runs, whenever it looks") {
  World world;
  auto body = noise(1'000);
  CHECK(world.collect() == 0);
  world.clock.advance_ms(kDayMs - 1);
  CHECK(world.collect() == 0);
  REQUIRE(world.put(body, 0, 1'000));  // just before a day has passed
  constexpr std::int64_t kTooLong = 33 * 24;
  std::int64_t hours = 0, gone = 0;
  SUBCASE("every hour") {
    for (; gone == 0 && hours < kTooLong; hours++) world.clock.advance_ms(3'600'000), gone += world.collect();
  }
  SUBCASE("every 21 hours") {
    for (; gone == 0 && hours < kTooLong; hours += 21)
      world.clock.advance_ms(21 * 3'600'000), gone += world.collect();
  }
  SUBCASE("for eight hours of each day, of which the night is not counted") {
    for (; gone == 0 && hours < kTooLong; hours += 8) {
      world.restart();
      gone += world.collect();
      for (int hour = 0; hour < 8; hour++) world.clock.advance_ms(3'600'000), gone += world.collect();
      world.clock.advance_ms(16 * 3'600'000);
    }
  }
  CHECK(hours > 30 * 24);
  CHECK(hours < kTooLong);
}

TEST_CASE(
    "a file of which a restored school does not know is kept for thirty days, and back when it is sent") {
  World world;
  auto body = noise(1'000), loose = noise(1'000, 6);
  auto file = world.folder.path() + "/monday.waymark-backup";
  REQUIRE(School::finish_backup(world.school->begin_backup().value(), file));
  REQUIRE(world.put(body, 0, 1'000));
  REQUIRE(world.put(loose, 0, 1'000));
  REQUIRE(world.school->restore(file, key_of_phrase(world.made.recovery_phrase).value()));
  CHECK(world.school->file(world.amira, world.stream, name_of(body)).error().code == Code::not_found);
  CHECK(world.collect() == 0);  // begins to count
  CHECK(world.collect_for_days(21) == 0);
  CHECK(world.school->lacking_files(world.at_amira, world.stream, {name_of(body)}).value().size() == 1);
  REQUIRE(world.put(body, 0, 1'000));
  CHECK(world.collect_for_days(10) == 1);
  CHECK_FALSE(fs::exists(world.on_disk(loose)));
  CHECK(world.school->file(world.amira, world.stream, name_of(body)).value() == body);
  // A file that the disk lost is lacking, whatever the database says.
  fs::remove(world.on_disk(body));
  CHECK(world.school->lacking_files(world.at_amira, world.stream, {name_of(body)}).value().size() == 1);
  REQUIRE(world.put(body, 0, 1'000));
  CHECK(world.school->file(world.amira, world.stream, name_of(body)).value() == body);
}

TEST_CASE("a file that only the restored school's disk has is had again when its record comes back") {
  World world;
  auto body = noise(1'000), later = noise(1'000, 6);
  auto file = world.folder.path() + "/monday.waymark-backup";
  REQUIRE(School::finish_backup(world.school->begin_backup().value(), file));
  for (const auto& each : {body, later}) REQUIRE(world.put(each, 0, 1'000));
  REQUIRE(world.school->restore(file, key_of_phrase(world.made.recovery_phrase).value()));
  world.collect();
  world.mention(body);
  CHECK(world.school->file(world.amira, world.stream, name_of(body)).error().code == Code::not_found);
  CHECK(world.collect() == 0);
  CHECK(world.school->file(world.amira, world.stream, name_of(body)).value() == body);
  CHECK(world.school->find_file(world.amira, world.stream, name_of(body)).value().mime == "image/png");
  CHECK(world.school->file(world.leo, world.stream, name_of(body)).error().code == Code::not_found);
  CHECK(world.school->file(world.leo, world.leos, name_of(body)).error().code == Code::not_found);
  CHECK(world.collect_for_days(29) == 0);
  world.mention(later);  // in the last hour
  CHECK(world.collect_for_days(10) == 0);
  CHECK(world.school->file(world.amira, world.stream, name_of(later)).value() == later);
}

TEST_CASE("nothing is collected while a backup reads it, or while it comes again") {
  World world;
  auto body = noise(1'000);
  REQUIRE(world.put(body, 0, 1'000));
  CHECK(world.collect() == 0);
  world.collect_for_days(30);
  world.clock.advance_ms(kDayMs);
  {
    auto job = world.school->begin_backup().value();
    CHECK(world.collect() == 0);
    CHECK(School::finish_backup(job, world.folder.path() + "/b"));
  }
  auto begun =
      world.school->begin_upload(world.at_amira, world.own, name_of(body), {0, 1'000, body}, "image/png")
          .value();
  School::write_piece(begun);
  CHECK(world.collect() == 0);
  CHECK(world.school->finish_upload(begun).value().whole);
  CHECK(world.collect() == 0);
  CHECK(world.school->file(world.amira, world.own, name_of(body)).value() == body);
}

TEST_CASE(
    "what mentioned a file was erased: it goes, and does not come back by a slow line or an old stick") {
  World world;
  auto body = noise(1'000), half = noise(1'000, 6), slow = noise(1'000, 7);
  auto op_of = [&](const std::string& file) {
    for (const auto& work : world.school->store().records(world.stream, "work").value())
      if (work.text("file") == name_of(file)) return work.all_heads().front();
    return OpId{};
  };
  for (const auto* file : {&body, &half, &slow}) world.mention(*file);
  REQUIRE(world.put(body, 0, 1'000).value().whole);
  REQUIRE(world.put(half, 0, 500));
  auto upload = world.school
                    ->begin_upload(world.at_amira, world.stream, name_of(slow),
                                   {0, 1'000, std::string_view(slow)}, "image/png")
                    .value();
  REQUIRE(world.uploads() == 1);
  REQUIRE(world.school->erase_ops(std::nullopt, {op_of(body), op_of(half), op_of(slow)}));
  CHECK_FALSE(fs::exists(world.on_disk(body)));
  CHECK(world.uploads() == 0);
  // The last piece of one was just being written.
  School::write_piece(upload);
  CHECK(world.school->finish_upload(upload).error().code == Code::not_granted);
  CHECK_FALSE(fs::exists(world.on_disk(slow)));
  for (const auto* file : {&body, &half, &slow})
    CHECK(world.put(*file, 0, 1'000).error().code == Code::not_granted);
  CHECK(world.uploads() == 0);
  // The same picture in work that stays is a file like any other.
  world.mention(body);
  CHECK(world.put(body, 0, 1'000).value().whole);
  REQUIRE(world.school->verify());
}

TEST_CASE("a school put back to when it had the file and not yet the work knows the file as erased") {
  World world;
  auto body = noise(1'000), kept = noise(1'000, 6);
  for (const auto* file : {&body, &kept}) REQUIRE(world.put(*file, 0, 1'000).value().whole);
  auto backup = world.folder.path() + "/monday.waymark-backup";
  REQUIRE(School::finish_backup(world.school->begin_backup().value(), backup));
  world.mention(body), world.mention(kept);
  for (const auto& work : world.school->store().records(world.stream, "work").value())
    if (work.text("file") == name_of(body))
      REQUIRE(world.school->erase_ops(std::nullopt, {work.all_heads().front()}));
  CHECK_FALSE(fs::exists(world.on_disk(body)));
  REQUIRE(world.school->restore(backup, key_of_phrase(world.made.recovery_phrase).value()));
  CHECK_FALSE(world.school->store().knows_file(name_of(body)).value());
  CHECK_FALSE(fs::exists(world.on_disk(body)));
  CHECK(world.put(body, 0, 1'000).error().code == Code::not_granted);
  CHECK(world.school->store().knows_file(name_of(kept)).value());
  CHECK(fs::exists(world.on_disk(kept)));
}

TEST_CASE("with an erased student no file goes that another's work mentions, and none comes any more") {
  World world;
  auto body = noise(1'000), alone = noise(1'000, 6);
  world.mention(body), world.mention(alone);
  REQUIRE(world.put(body, 0, 1'000).value().whole);
  REQUIRE(world.put(alone, 0, 1'000).value().whole);
  // Leo's work is here, and his file is still to come.
  store::Edit edit{{world.leos, "work", world.random.id<RecordId>()}, {{"file", name_of(body)}}, {}, {}};
  REQUIRE(world.school->store().write(world.leo, std::span(&edit, 1)));
  REQUIRE(world.school->erase_student(std::nullopt, world.amira));
  CHECK(fs::exists(world.on_disk(body)));
  CHECK_FALSE(fs::exists(world.on_disk(alone)));
  CHECK(world.put(alone, 0, 1'000).error().code == Code::not_granted);
  CHECK_FALSE(fs::exists(world.on_disk(alone)));
  // The school keeps it for him.
  for (int day = 0; day < 3; day++) world.clock.advance_ms(kDayMs), world.collect();
  CHECK(world.school->file(world.leo, world.leos, name_of(body)).value() == body);
  REQUIRE(world.school->verify());
}
