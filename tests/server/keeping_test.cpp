// A school that goes back in time: backups, restores, what was removed and began since, and who joined since.
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include <doctest/doctest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include "shared/domain/record_ids.hpp"
#include "shared/store/files.hpp"
#include "shared/store/hidden.hpp"
#include "shared/sync/carry.hpp"
#include "shared/sync/carry_files.hpp"
#include "shared/sync/session.hpp"
#include "shared/wire/bundle.hpp"
#include "shared/wire/messages.hpp"
#include "shared/wire/news.hpp"
#include "shared/wire/starter.hpp"
#include "sync-server/service/codes.hpp"
#include "sync-server/service/hiding.hpp"
#include "sync-server/service/letters.hpp"
#include "sync-server/service/restoring.hpp"
#include "sync-server/service/rosters.hpp"
#include "sync-server/service/school.hpp"
#include "sync-server/service/sticks.hpp"
#include "tests/support/statements.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using namespace waymark::server;

namespace {

namespace fs = std::filesystem;
const std::string kSpki(64, 'a');
const std::string kNonce(64, 'b');

struct World {
  ManualClock clock;
  SeededRandom random{11};
  test::TemporaryFolder folder;
  std::string data = folder.path() + "/school", file = folder.path() + "/monday.waymark-backup";
  InitResult made =
      School::init({data, "Alder Creek", "head@alder.example", "creek-and-stone"}, clock, random).value();
  std::unique_ptr<School> school = School::open(data, clock, random).value();
  ClassId period3 = school->add_class("Period 3").value();
  PersonId amira = student("Amira", "Haddad");
  int devices = 0;

  PersonId student(std::string_view given, std::string_view family) {
    auto id = school->add_student(given, family).value();
    REQUIRE(school->enroll(period3, id, "student"));
    REQUIRE(school->refresh_access());
    return id;
  }
  Computer join_computer(std::string_view name) {
    auto code = school->add_computer_code(name).value();
    auto begun = school->begin_join(code_id(code), kNonce, kSpki).value();
    auto joined =
        school
            ->finish_join(code_id(code), kNonce,
                          join_proof("computer", code, school->identity(), kSpki, kNonce, begun.nonce), kSpki,
                          "")
            .value();
    return school->computer(joined.token).value();
  }
  void backup() { REQUIRE(School::finish_backup(school->begin_backup().value(), file)); }
  SecretKey key() { return key_of_phrase(made.recovery_phrase).value(); }
  std::vector<std::string> goals(const PersonId& person) {
    std::vector<std::string> texts;
    for (const auto& record : school->store().records(domain::person_stream(person), "goal").value())
      texts.push_back(record.text("want"));
    std::sort(texts.begin(), texts.end());
    return texts;
  }
};

// A student's profile on a computer.
struct Laptop {
  World& world;
  PersonId person;
  SecretKey key;
  JoinedStudent joined;
  std::unique_ptr<store::Store> store;
  sync::Session session;

  Laptop(World& the_world, const PersonId& who, const Computer& computer)
      : world(the_world),
        person(who),
        store(store::Store::open(world.folder.path() + "/device" + std::to_string(++world.devices) + ".db",
                                 {&world.clock, &world.random})
                  .value()),
        session(*store) {
    world.random.fill(key.seed);
    auto student = world.school->student_of_card(world.school->card_for(who).value(), computer.id).value();
    joined = world.school->join_student(student, computer, "4711", "digits", public_key(key)).value();
  }
  Result<JoinedStudent> come_back(std::string certificate = "") {
    if (certificate.empty()) certificate = joined.certificate;
    auto proof = sign(key, as_bytes(wire::return_message(world.school->identity(), certificate)));
    auto again = world.school->return_student(certificate, joined.certificate_signature, to_hex(proof));
    if (again) joined.token = again->token;
    return again;
  }
  void goal(std::string_view want) {
    store::Edit edit{
        {domain::person_stream(person), "goal", world.random.id<RecordId>()}, {{"want", want}}, {}, {}};
    store->write(person, std::span(&edit, 1)).value();
  }
  sync::Author author() const { return {person, key, joined.certificate, joined.certificate_signature}; }
  std::vector<std::string> batches() { return sync::make_batches(*store, author()).value(); }
  Status hear(std::string_view acknowledgement) {
    return session.on_acknowledgement(acknowledgement, world.school->identity());
  }
  std::int64_t waiting() { return store->waiting_count().value(); }
  Status sync() {
    for (int round = 0; round < 10; round++) {
      auto bearer = world.school->bearer(joined.token);
      if (!bearer) return bearer.error();
      session.hurry(0);
      auto request = session.next(0).value();
      auto reply = world.school->sync(*bearer, wire::encode(*request));
      if (!reply) return reply.error();
      REQUIRE(session.on_reply(wire::decode_reply(*reply).value(), 0));
      if (session.status().value().verified) return {};
    }
    return Error{Code::internal, "not in step after ten exchanges"};
  }
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("the recovery phrase is read as people type it, and a slip in it is noticed") {
  World world;
  auto phrase = world.made.recovery_phrase;
  CHECK(public_key(key_of_phrase(phrase).value()) == world.school->identity());
  CHECK(phrase_of(key_of_phrase(phrase).value()) == phrase);
  std::string spaced;
  for (char c : phrase)
    spaced += c == '-' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  CHECK(public_key(key_of_phrase(spaced).value()) == world.school->identity());
  auto slip = phrase;
  slip[7] = slip[7] == 'A' ? 'B' : 'A';
  CHECK(key_of_phrase(slip).error().code == Code::invalid);
  CHECK(key_of_phrase(phrase.substr(1)).error().code == Code::invalid);
  CHECK(key_of_phrase("").error().code == Code::invalid);
}

TEST_CASE("a backup holds everything, opens with the phrase alone, and any change in it is noticed") {
  World world;
  auto lab3 = world.join_computer("lab-03");
  Laptop device(world, world.amira, lab3);
  device.goal("monday");
  REQUIRE(device.sync());
  std::string picture(200'000, 'p');
  auto hash = to_hex(sha256(as_bytes(picture)));
  auto bearer = world.school->bearer(device.joined.token).value();
  REQUIRE(world.school->put_file(bearer, domain::person_stream(world.amira), hash, picture, "image/png"));
  // What devices know the server by, as serve writes it.
  const std::map<std::string, std::string> tls{{"key.pem", "the key that is pinned"},
                                               {"certificate.pem", "its name and dates"}};
  REQUIRE(make_private_directory(world.data + "/tls"));
  for (const auto& [name, text] : tls) REQUIRE(store::write_durably(world.data + "/tls/" + name, text));
  world.backup();
  CHECK(read_about(world.file).value().school == "Alder Creek");
  CHECK((fs::status(world.file).permissions() & fs::perms::all) ==
        (fs::perms::owner_read | fs::perms::owner_write));
  std::ifstream in(world.file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  CHECK(bytes.find("monday") == std::string::npos);
  CHECK(bytes.find("pinned") == std::string::npos);
  CHECK(bytes.find("SQLite") == std::string::npos);
  for (const auto& entry : fs::directory_iterator(world.data))
    CHECK_FALSE(entry.path().filename().string().starts_with("backup-"));

  auto elsewhere = world.folder.path() + "/elsewhere";
  world.school.reset();
  CHECK(School::restore_at(elsewhere, world.file, SecretKey{{9}}, world.clock, world.random).error().code ==
        Code::wrong_password);
  auto put = [&](std::string changed) { std::ofstream(world.file, std::ios::binary) << changed; };
  auto flipped = bytes;
  flipped[bytes.size() / 2] = static_cast<char>(flipped[bytes.size() / 2] ^ 1);
  for (const auto& bad : {flipped, bytes.substr(0, bytes.size() - 1), bytes.substr(0, bytes.size() / 2),
                          bytes + "x", std::string("nonsense"), std::string()}) {
    put(bad);
    CHECK(School::restore_at(elsewhere, world.file, world.key(), world.clock, world.random).error().code ==
          Code::malformed);
    CHECK_FALSE(fs::exists(elsewhere + "/school.db"));
  }
  CHECK(read_about("/dev/zero").error().code == Code::malformed);  // a line without an end
  put(bytes);
  CHECK(School::restore_at(elsewhere, world.file, world.key(), world.clock, world.random).value() == "");
  world.school = School::open(elsewhere, world.clock, world.random).value();
  CHECK(world.goals(world.amira) == Texts{"monday"});
  CHECK(world.school->file(world.amira, domain::person_stream(world.amira), hash).value() == picture);
  CHECK(world.school->verify().has_value());
  CHECK(device.sync().has_value());
  // On the new disk it answers with the same TLS key, which is its owner's alone: no device needs to trust
  // anew.
  for (const auto& [name, text] : tls)
    CHECK(store::read_whole(elsewhere + "/tls/" + name, 1000).value() == text);
  CHECK((fs::status(elsewhere + "/tls/key.pem").permissions() & fs::perms::all) ==
        (fs::perms::owner_read | fs::perms::owner_write));
  CHECK((fs::status(elsewhere + "/tls").permissions() & fs::perms::all) == fs::perms::owner_all);
}

TEST_CASE("a file with a strange name in the school's folder keeps no backup from being restored") {
  World world;
  Laptop device(world, world.amira, world.join_computer("lab-03"));
  device.goal("monday");
  REQUIRE(device.sync());
  auto put = [&](const std::string& name) {
    fs::create_directories(fs::path(world.data + name).parent_path());
    std::ofstream(world.data + name) << "bytes of " << name;
  };
  for (const auto& name : {"/tls/STAR alder.crt", "/files/.DS_Store", "/tls/cl\xe9.pem", "/tls/a\nb"})
    put(name);
  put("/tls/" + std::string(120, 'x') + "/" + std::string(250, 'y'));
  world.backup();
  auto elsewhere = world.folder.path() + "/elsewhere";
  world.school.reset();
  REQUIRE(School::restore_at(elsewhere, world.file, world.key(), world.clock, world.random));
  world.school = School::open(elsewhere, world.clock, world.random).value();
  CHECK(world.goals(world.amira) == Texts{"monday"});
  CHECK(world.school->verify().has_value());
  CHECK(fs::exists(elsewhere + "/tls/STAR alder.crt"));
  CHECK_FALSE(fs::exists(elsewhere + "/tls/cl\xe9.pem"));

  // What an earlier version has packed is read over; what leads out of the folder never.
  auto job = world.school->begin_backup().value();
  auto part = world.data + "/tls/STAR alder.crt";
  auto with = [&](const std::string& name) {
    auto parts = job.parts;
    parts.push_back({name, part});
    return write_backup(world.file, job.about, job.identity, parts);
  };
  REQUIRE(with("notes/of the head.txt"));
  auto next = world.folder.path() + "/next";
  REQUIRE(School::restore_at(next, world.file, world.key(), world.clock, world.random));
  CHECK_FALSE(fs::exists(next + "/notes"));
  auto before = fs::last_write_time(world.file);
  for (const auto& name : {"files/../../out", "/out", "files\\\\..", "../out"}) CHECK_FALSE(with(name));
  CHECK(fs::last_write_time(world.file) == before);
  CHECK_FALSE(fs::exists(world.file + ".new"));
  REQUIRE(School::finish_backup(job, world.file));
}

TEST_CASE("a backup that fails, or that a power cut ends, leaves no copy of the database") {
  World world;
  Laptop device(world, world.amira, world.join_computer("lab-03"));
  for (int i = 0; i < 50; i++) device.goal(std::to_string(i) + std::string(3'000, 'x'));
  REQUIRE(device.sync());
  auto copies = [&] {
    int count = 0;
    for (const auto& entry : fs::directory_iterator(world.data))
      count += entry.path().filename().string().starts_with("backup-");
    return count;
  };
  auto* handle = world.school->store().db().handle();
  int steps = 0;
  auto break_off = [](void* so_far) { return ++*static_cast<int*>(so_far) > 20 ? 1 : 0; };
  sqlite3_progress_handler(handle, 100, break_off, &steps);
  CHECK_FALSE(world.school->begin_backup());
  CHECK(steps > 20);
  sqlite3_progress_handler(handle, 0, nullptr, nullptr);
  CHECK(copies() == 0);
  // Where it would leave the disk without room it is not begun, nor is a file taken in; records are.
  world.school->set_disk_reserve(std::int64_t{1} << 60);
  CHECK(world.school->begin_backup().error().code == Code::disk_full);
  CHECK(copies() == 0);
  std::string picture = "a picture";
  auto bearer = world.school->bearer(device.joined.token).value();
  auto put = [&] {
    return world.school->put_file(bearer, domain::person_stream(world.amira),
                                  to_hex(sha256(as_bytes(picture))), picture, "image/png");
  };
  CHECK(put().error().code == Code::disk_full);
  device.goal("written on a full disk");
  REQUIRE(device.sync());
  CHECK(device.waiting() == 0);
  world.school->set_disk_reserve(0);
  REQUIRE(put());
  auto job = world.school->begin_backup().value();
  job.reserve = std::int64_t{1} << 60;
  CHECK(School::finish_backup(job, world.file).error().code == Code::disk_full);
  CHECK(copies() == 0);
  CHECK_FALSE(fs::exists(world.file));

  world.school.reset();
  for (const auto* ending : {"1.db", "1.db-journal", "1764240000000.db", "22.db-wal", "22.db-shm"})
    std::ofstream(world.data + "/backup-" + ending) << "left by a power cut";
  for (const auto* other : {"backup-1.db.waymark", "backup-.db", "backup-monday.db"})
    std::ofstream(world.data + "/" + other) << "somebody's own";
  world.school = School::open(world.data, world.clock, world.random).value();
  CHECK(copies() == 3);
}

TEST_CASE("a backup that this program cannot open does not take the school's place") {
  World world;
  Laptop device(world, world.amira, world.join_computer("lab-03"));
  device.goal("monday");
  REQUIRE(device.sync());
  auto changed = [&](const char* how) {
    auto job = world.school->begin_backup().value();
    REQUIRE(store::Db::open(job.copy).value()->execute(how));
    REQUIRE(School::finish_backup(job, world.file));
  };
  auto still_here = [&] {
    device.goal("tuesday");
    REQUIRE(device.sync());
    for (const auto& entry : fs::directory_iterator(world.data)) {
      CHECK_FALSE(entry.path().filename().string().starts_with("rest"));
      CHECK_FALSE(entry.path().filename().string().starts_with("repl"));
    }
  };
  changed("PRAGMA user_version=99");
  CHECK(world.school->restore(world.file, world.key()).error().code == Code::unsupported);
  still_here();
  changed("DELETE FROM meta WHERE key='identity'");
  CHECK(world.school->restore(world.file, world.key()).error().code == Code::malformed);
  still_here();
  // What nobody foresaw: the school goes on with what it had.
  changed("DELETE FROM meta WHERE key='root'");
  CHECK_FALSE(world.school->restore(world.file, world.key()));
  still_here();
  CHECK(world.school->verify().has_value());
}

TEST_CASE("a restore takes the backup's copy of a file that is damaged here, and of no other") {
  World world;
  Laptop device(world, world.amira, world.join_computer("lab-03"));
  auto bearer = world.school->bearer(device.joined.token).value();
  std::vector<std::string> pictures, hashes, places;
  for (char c : {'a', 'b', 'c'}) {
    pictures.push_back(std::string(20'000, c));
    hashes.push_back(to_hex(sha256(as_bytes(pictures.back()))));
    places.push_back(world.data + "/files/" + hashes.back().substr(0, 2) + "/" + hashes.back().substr(2));
    REQUIRE(world.school->put_file(bearer, domain::person_stream(world.amira), hashes.back(), pictures.back(),
                                   "image/png"));
  }
  world.backup();
  auto whole = fs::last_write_time(places[2]) - std::chrono::hours(1);
  fs::last_write_time(places[2], whole);
  std::fstream(places[0], std::ios::in | std::ios::out | std::ios::binary).seekp(5'000).put('!');
  fs::resize_file(places[1], 100);
  REQUIRE_FALSE(world.school->verify());
  REQUIRE(world.school->restore(world.file, world.key()));
  CHECK(world.school->verify().has_value());
  for (std::size_t i = 0; i < pictures.size(); i++)
    CHECK(world.school->file(world.amira, domain::person_stream(world.amira), hashes[i]).value() ==
          pictures[i]);
  CHECK(fs::last_write_time(places[2]) == whole);
}

TEST_CASE(
    "a school is restored while it runs, keeps what it replaced, and gets the week back from the devices") {
  World world;
  auto lab3 = world.join_computer("lab-03");
  Laptop device(world, world.amira, lab3);
  device.goal("monday");
  REQUIRE(device.sync());
  world.backup();
  device.goal("tuesday");
  REQUIRE(device.sync());
  auto replaced = world.school->restore(world.file, world.key()).value();
  CHECK(world.goals(world.amira) == Texts{"monday"});
  CHECK(fs::exists(replaced + "/school.db"));
  device.goal("wednesday");
  REQUIRE(device.sync());
  CHECK(world.goals(world.amira) == Texts{"monday", "tuesday", "wednesday"});
  CHECK(world.school->verify().has_value());
  CHECK(world.school->restore(world.file, SecretKey{{1}}).error().code == Code::conflict);
  CHECK(world.school->restore("/none", world.key()).error().code == Code::not_found);
  CHECK(world.goals(world.amira).size() == 3);
}

TEST_CASE(
    "what was removed or changed after the backup stays so, also when a file is copied back in silence") {
  for (bool silent : {false, true}) {
    CAPTURE(silent);
    World world;
    auto lab3 = world.join_computer("lab-03"), lab4 = world.join_computer("lab-04");
    Laptop lost(world, world.amira, lab3), kept(world, world.amira, lab4);
    auto leo = world.student("Leo", "Marchetti");
    auto old_card = world.school->card_for(leo).value();
    world.backup();
    world.school.reset();
    fs::copy_file(world.data + "/school.db", world.folder.path() + "/copy.db");
    world.school = School::open(world.data, world.clock, world.random).value();

    REQUIRE(world.school->remove_computer(lab3.id));
    REQUIRE(world.school->set_password("head@alder.example", "stone-and-creek"));
    auto card = world.school->reprint_card(leo).value();
    REQUIRE(world.school->reset_pin(world.amira));
    auto person = *world.school->accounts().person(leo).value();
    person.active = false;
    REQUIRE(world.school->put_person(person));
    auto lab5 = world.join_computer("lab-05");
    Laptop later(world, world.amira, lab5);
    REQUIRE(world.school->remove_computer(lab5.id));

    if (silent) {
      world.school.reset();
      for (std::string tail : {"-wal", "-shm"}) fs::remove(world.data + "/school.db" + tail);
      fs::copy_file(world.folder.path() + "/copy.db", world.data + "/school.db",
                    fs::copy_options::overwrite_existing);
      world.school = School::open(world.data, world.clock, world.random).value();
    } else {
      world.school->restore(world.file, world.key()).value();
    }
    CHECK(lost.sync().error().code == Code::unauthorized);
    CHECK(lost.come_back().error().code == Code::unauthorized);
    CHECK(later.come_back().error().code == Code::unauthorized);  // joined and removed since
    CHECK(kept.sync().has_value());
    CHECK(world.school->sign_in("head@alder.example", "creek-and-stone").error().code ==
          Code::wrong_password);
    world.clock.advance_ms(120'000);
    CHECK(world.school->sign_in("head@alder.example", "stone-and-creek").has_value());
    CHECK(world.school->accounts().card(old_card).value()->voided);
    CHECK(world.school->accounts().card(card).value()->person == leo);
    CHECK_FALSE(world.school->accounts().person(leo).value()->active);
    CHECK(world.school->accounts().person(world.amira).value()->pin_kind == "digits");  // chosen at lab-05
    // Told once: opening again changes nothing.
    world.school.reset();
    world.school = School::open(world.data, world.clock, world.random).value();
    CHECK_FALSE(world.school->accounts().person(leo).value()->active);
  }
}

namespace {

// As if somebody had copied an old file back.
void copy_back(World& world, const std::string& copy) {
  world.school.reset();
  for (std::string tail : {"-wal", "-shm"}) fs::remove(world.data + "/school.db" + tail);
  fs::copy_file(copy, world.data + "/school.db", fs::copy_options::overwrite_existing);
  world.school = School::open(world.data, world.clock, world.random).value();
}

std::string copy_of_database(World& world) {
  world.school.reset();
  auto copy = world.folder.path() + "/copy" + std::to_string(++world.devices) + ".db";
  fs::copy_file(world.data + "/school.db", copy);
  world.school = School::open(world.data, world.clock, world.random).value();
  return copy;
}

bool reads(World& world, const PersonId& person, const std::string& stream) {
  auto access = world.school->accounts().access(person).value();
  return std::any_of(access.begin(), access.end(), [&](const auto& a) { return a.stream == stream; });
}

}  // namespace

TEST_CASE("access that ended after the backup does not come back, and one that began again stays") {
  for (bool silent : {false, true}) {
    CAPTURE(silent);
    World world;
    auto staff = [&](const std::string& email, std::string_view role) {
      auto person = world.school->add_staff(email, "A Teacher", role, "a-password-of-it").value();
      REQUIRE(world.school->enroll(world.period3, person.id, "teacher"));
      return person;
    };
    auto ended = staff("ended@alder.example", "teacher"), back = staff("back@alder.example", "teacher");
    auto head = staff("deputy@alder.example", "admin");
    auto leo = world.student("Leo", "Marchetti"), noor = world.student("Noor", "Siddiqui");
    auto period4 = world.school->add_class("Period 4").value();
    REQUIRE(world.school->enroll(period4, back.id, "teacher"));
    auto later = world.school->add_staff("later@alder.example", "A Teacher", "teacher", "a-password-of-it");
    REQUIRE(later);
    REQUIRE(world.school->refresh_access());
    world.backup();
    auto copy = copy_of_database(world);
    CHECK(reads(world, ended.id, domain::staff_stream(world.amira)));

    REQUIRE(world.school->enroll(world.period3, ended.id, "teacher", false));
    REQUIRE(leave_class(*world.school, std::nullopt, world.period3, leo));
    REQUIRE(world.school->enroll(world.period3, back.id, "teacher", false));
    REQUIRE(world.school->enroll(world.period3, noor, "student", false));
    REQUIRE(world.school->enroll(world.period3, noor, "student"));
    REQUIRE(world.school->enroll(world.period3, back.id, "teacher"));
    // What a roster does.
    std::vector<Enrollment> seats = {{world.period3, head.id, "student", true, "seat-1"}};
    REQUIRE(world.school->put_enrollments(seats));
    head.role = "teacher";
    REQUIRE(world.school->put_person(head));
    ClassRow ended_class{period4, "Period 4", std::nullopt, false};
    REQUIRE(world.school->put_classes(std::span(&ended_class, 1)));
    // Begun, ended and begun again: the backup knows nothing of it.
    for (bool here : {true, false, true})
      REQUIRE(world.school->enroll(world.period3, later->id, "teacher", here));
    REQUIRE(world.school->refresh_access());

    auto as_it_was = [&] {
      CHECK_FALSE(reads(world, ended.id, domain::staff_stream(world.amira)));
      CHECK_FALSE(reads(world, ended.id, domain::person_stream(world.amira)));
      CHECK_FALSE(reads(world, leo, domain::class_stream(world.period3)));
      CHECK(reads(world, back.id, domain::staff_stream(world.amira)));
      CHECK(reads(world, noor, domain::class_stream(world.period3)));
      CHECK_FALSE(reads(world, head.id, domain::staff_stream(world.amira)));
      CHECK(world.school->accounts().person(head.id).value()->role == "teacher");
      CHECK_FALSE(reads(world, back.id, domain::class_stream(period4)));
      CHECK(reads(world, later->id, domain::staff_stream(world.amira)));
    };
    as_it_was();
    for (int again = 0; again < 2; again++) {
      if (silent)
        copy_back(world, copy);
      else
        world.school->restore(world.file, world.key()).value();
      as_it_was();
      world.school.reset();
      world.school = School::open(world.data, world.clock, world.random).value();
      as_it_was();
    }
    // Where all is done again, as after other lines came in between, what has begun since stays.
    REQUIRE(world.school->enroll(world.period3, ended.id, "teacher"));
    REQUIRE(world.school->refresh_access());
    REQUIRE(world.school->store().set_meta("removals", "1 of another log"));
    world.school.reset();
    world.school = School::open(world.data, world.clock, world.random).value();
    CHECK(reads(world, ended.id, domain::staff_stream(world.amira)));
    CHECK(reads(world, later->id, domain::staff_stream(world.amira)));
    CHECK_FALSE(reads(world, leo, domain::class_stream(world.period3)));
    CHECK(world.school->verify().has_value());
  }
}

namespace {

Texts classes_in(World& world, const PersonId& person) {
  Texts titles;
  for (const auto& one : world.school->accounts().enrollments_of(person).value()) {
    auto row = world.school->accounts().class_by_id(one.class_id).value();
    if (one.active && row && row->active) titles.push_back(row->title);
  }
  std::sort(titles.begin(), titles.end());
  return titles;
}

}  // namespace

TEST_CASE("who moved class, joined one more or began to teach it after the backup is where they were last") {
  for (bool silent : {false, true}) {
    CAPTURE(silent);
    World world;
    auto& school = world.school;
    auto leo = world.student("Leo", "Marchetti"), noor = world.student("Noor", "Siddiqui");
    auto okafor =
        school->add_staff("okafor@alder.example", "Ada Okafor", "teacher", "a-long-password").value().id;
    auto vega = school->add_staff("vega@alder.example", "Ruth Vega", "teacher", "a-long-password").value().id;
    REQUIRE(school->add_teacher(std::nullopt, world.period3, okafor));
    auto period5 = school->add_class("Period 5").value();
    world.backup();
    auto copy = copy_of_database(world);

    REQUIRE(join_class(*world.school, std::nullopt, period5, world.amira));
    REQUIRE(leave_class(*world.school, std::nullopt, world.period3, world.amira));
    REQUIRE(join_class(*world.school, std::nullopt, period5, leo));
    REQUIRE(world.school->add_teacher(std::nullopt, period5, okafor));
    REQUIRE(world.school->add_teacher(std::nullopt, period5, vega));
    // Names that are pasted, of somebody known and of somebody new.
    std::vector<NewName> names{{"", "", noor.hex()}, {"Fatou", "Diallo", ""}};
    auto head = world.school->accounts().person_by_email("head@alder.example").value()->id;
    REQUIRE(add_to_class(*world.school, head, period5, names));

    for (int again = 0; again < 2; again++) {
      if (silent)
        copy_back(world, copy);
      else
        world.school->restore(world.file, world.key()).value();
      CHECK(classes_in(world, world.amira) == Texts{"Period 5"});
      CHECK(classes_in(world, leo) == Texts{"Period 3", "Period 5"});
      CHECK(classes_in(world, noor) == Texts{"Period 3", "Period 5"});
      CHECK(classes_in(world, okafor) == Texts{"Period 3", "Period 5"});
      CHECK(classes_in(world, vega) == Texts{"Period 5"});
      CHECK(world.school->students_of(period5).value().size() == 3);
      CHECK(reads(world, world.amira, domain::class_stream(period5)));
      CHECK_FALSE(reads(world, world.amira, domain::class_stream(world.period3)));
      CHECK(reads(world, vega, domain::person_stream(world.amira)));
    }
    CHECK(world.school->verify().has_value());
  }
}

TEST_CASE("a class made after the backup comes back with its people, and its devices bring what it held") {
  // As it should be; and where the log came late, so that a computer was told meanwhile that nothing of the
  // class is granted any more.
  for (bool late : {false, true}) {
    CAPTURE(late);
    World world;
    auto teacher =
        world.school->add_staff("rivera@alder.example", "Elena Rivera", "teacher", "creek-and-stone")
            .value()
            .id;
    Laptop amira(world, world.amira, world.join_computer("lab-03"));
    REQUIRE(amira.sync());
    world.backup();
    std::vector<NewName> names{{"", "", world.amira.hex()}};
    auto head = world.school->accounts().person_by_email("head@alder.example").value()->id;
    auto made = ClassId::parse(make_class(*world.school, head, "Period 9", names)->class_id).value();
    REQUIRE(world.school->add_teacher(std::nullopt, made, teacher));
    auto stream = domain::class_stream(made);
    store::Edit edit{{stream, "pathway", world.random.id<RecordId>()},
                     {{"slug", "tide"}, {"title", "Tide pools"}},
                     {},
                     {}};
    REQUIRE(world.school->write(teacher, std::span(&edit, 1)));
    REQUIRE(amira.sync());
    CHECK(amira.store->records(stream, "pathway")->size() == 1);

    auto log = world.data + "/removals.log";
    if (late) fs::rename(log, log + ".late");
    world.school->restore(world.file, world.key()).value();
    if (late) {
      CHECK_FALSE(world.school->accounts().class_by_id(made).value());
      amira.goal("meanwhile");
      REQUIRE(amira.sync());
      CHECK(amira.store->records(stream, "pathway")->empty());
      fs::rename(log + ".late", log);
      world.school.reset();
      world.school = School::open(world.data, world.clock, world.random).value();
    }
    auto row = world.school->accounts().class_by_id(made).value();
    REQUIRE(row);
    CHECK(row->title == "Period 9");
    CHECK(row->active);
    CHECK(classes_in(world, world.amira) == Texts{"Period 3", "Period 9"});
    CHECK(classes_in(world, teacher) == Texts{"Period 9"});
    CHECK(world.school->store().records(stream, "pathway").value().empty());
    REQUIRE(amira.sync());
    auto back = world.school->store().records(stream, "pathway").value();
    REQUIRE(back.size() == 1);
    CHECK(back[0].text("title") == "Tide pools");
    CHECK(amira.store->records(stream, "pathway")->size() == 1);
    // Nobody is asked which of two names is right.
    for (const auto& record : world.school->store().records(stream, "member").value())
      CHECK(record.field("name")->heads.front().value == record.field("name")->heads.back().value);
    CHECK(world.school->store().stream_state(stream)->digest == amira.store->stream_state(stream)->digest);
    CHECK(world.school->verify().has_value());
  }
}

TEST_CASE("what the log says of who waits to be confirmed lets nobody in, and holds once they are") {
  World world;
  auto teacher = world.school->add_staff("rivera@alder.example", "Elena Rivera", "teacher", "creek-and-stone")
                     .value()
                     .id;
  REQUIRE(world.school->add_teacher(std::nullopt, world.period3, teacher));
  world.backup();
  auto lab9 = world.join_computer("lab-09");
  auto noor = world.student("Noor", "Siddiqui");
  Laptop fresh(world, noor, lab9);
  // After her certificate was made, into a class that was made after the backup, too.
  auto period9 = world.school->add_class("Period 9").value();
  REQUIRE(join_class(*world.school, std::nullopt, period9, noor));
  world.school->restore(world.file, world.key()).value();
  REQUIRE(fresh.come_back());
  auto nowhere = [&] {
    CHECK(classes_in(world, noor).empty());
    CHECK_FALSE(reads(world, noor, domain::class_stream(world.period3)));
    CHECK_FALSE(reads(world, teacher, domain::person_stream(noor)));
    CHECK(world.school->newcomers().value().size() == 1);
  };
  nowhere();
  // All is done again, as where two logs have become one.
  REQUIRE(world.school->store().set_meta("removals", "1 of another log"));
  world.school.reset();
  world.school = School::open(world.data, world.clock, world.random).value();
  nowhere();
  auto classes = world.school->confirm_newcomer(noor).value();
  REQUIRE(classes.size() == 2);
  CHECK(classes_in(world, noor) == Texts{"Period 3", "Period 9"});
  CHECK(reads(world, teacher, domain::person_stream(noor)));
  // Once more from the same backup: she waits again, in the same classes.
  world.school->restore(world.file, world.key()).value();
  REQUIRE(fresh.come_back());
  nowhere();
  CHECK(world.school->confirm_newcomer(noor)->size() == 2);
}

TEST_CASE("a class that could not be made is not there after a restore either") {
  World world;
  auto head = world.school->accounts().person_by_email("head@alder.example").value()->id;
  auto nobody = world.random.id<PersonId>().hex();
  std::vector<NewName> unknown{{"", "", world.amira.hex()}, {"", "", nobody}}, nameless{{"", "", ""}},
      many(501, NewName{"One", "More", ""});
  CHECK(make_class(*world.school, head, "Period 9", unknown).error().code == Code::not_found);
  CHECK(make_class(*world.school, head, "Period 9", nameless).error().code == Code::invalid);
  CHECK(make_class(*world.school, head, "Period 9", many).error().code == Code::too_large);
  CHECK(add_to_class(*world.school, head, world.period3, unknown).error().code == Code::not_found);
  REQUIRE(world.school->reset_pin(world.amira));
  world.school.reset();
  world.school = School::open(world.data, world.clock, world.random).value();
  CHECK(world.school->accounts().classes().value().size() == 1);
  CHECK(classes_in(world, world.amira) == Texts{"Period 3"});
}

TEST_CASE("a log of earlier versions is read, and two copies that made one roster's class keep both") {
  World world;
  auto leo = world.student("Leo", "Marchetti");
  ClassRow row{world.random.id<ClassId>(), "Period 5", "k5", true};
  REQUIRE(world.school->put_classes(std::span(&row, 1)));
  std::vector<Enrollment> seats{{row.id, leo, "student", true, "e5"}};
  REQUIRE(world.school->put_enrollments(seats));
  auto other = world.random.id<ClassId>().hex(), unknown = world.random.id<ClassId>().hex();
  world.school.reset();
  // Neither a title nor the roster's ids are told in these; and then the other copy's.
  std::ofstream(world.data + "/removals.log", std::ios::app)
      << R"({"at":1,"subject":")" << unknown << R"(","value":"gone","what":"class"})"
      << "\n"
      << R"({"at":2,"subject":")" << row.id.hex() << R"(","value":"gone","what":"class"})"
      << "\n"
      << R"({"at":3,"subject":")" << row.id.hex() << R"(","value":"here","what":"class"})"
      << "\n"
      << R"({"at":4,"class":")" << row.id.hex() << R"(","kind":"student","subject":")" << leo.hex()
      << R"(","value":"ended","what":"enrollment"})"
      << "\n"
      << R"({"at":5,"class":")" << row.id.hex() << R"(","kind":"student","subject":")" << leo.hex()
      << R"(","what":"enrollment"})"
      << "\n"
      << R"({"at":6,"source":"k5","subject":")" << other
      << R"(","title":"Period 5","value":"here","what":"class"})"
      << "\n";
  world.school = School::open(world.data, world.clock, world.random).value();
  CHECK_FALSE(world.school->accounts().class_by_id(ClassId::parse(unknown).value()).value());
  auto known = world.school->accounts().class_by_id(row.id).value();
  CHECK(known->title == "Period 5");
  CHECK(known->source == "k5");
  CHECK(known->active);
  auto seat = world.school->accounts().enrollment(row.id, leo).value();
  CHECK(seat->active);
  CHECK(seat->source == "e5");
  auto second = world.school->accounts().class_by_id(ClassId::parse(other).value()).value();
  REQUIRE(second);
  CHECK(second->title == "Period 5");
  CHECK_FALSE(second->source);
  CHECK(world.school->verify().has_value());
}

TEST_CASE("what begins for many at once is one write of the log, and their order stays") {
  World world;
  std::vector<Enrollment> seats;
  for (int i = 0; i < 1'000; i++)
    seats.push_back(
        {world.period3, world.school->add_student("Student", std::to_string(i)).value(), "student"});
  RemovalLog log(world.data + "/removals.log");
  auto before = log.lines()->size();
  world.clock.advance_ms(1'000);
  REQUIRE(world.school->put_enrollments(seats));
  auto all = log.read().value();
  REQUIRE(all.size() == before + 1'000);
  CHECK(all[before].subject == seats.front().person.hex());
  CHECK(all.back().subject == seats.back().person.hex());
  CHECK(fs::file_size(world.data + "/removals.log") < 220'000);
  // Nothing has changed: nothing is written.
  REQUIRE(world.school->put_enrollments(seats));
  CHECK(log.lines()->size() == before + 1'000);
  auto about = log.read_about(seats[500].person.hex()).value();
  REQUIRE(about.size() == 1);
  CHECK(about[0].class_id == world.period3.hex());
  CHECK(about[0].value == "here");
}

TEST_CASE("what was removed on a disk that was restored stays so when a longer backup takes its place") {
  World world;
  auto lab3 = world.join_computer("lab-03"), lab4 = world.join_computer("lab-04"),
       lab5 = world.join_computer("lab-05");
  auto leo = world.student("Leo", "Marchetti");
  auto amiras = world.school->card_for(world.amira).value(), leos = world.school->card_for(leo).value();
  auto nora = world.school->add_staff("nora@alder.example", "Nora", "teacher", "nora-and-creek").value();
  world.backup();
  auto monday = world.file;
  // Tuesday, on the old disk: three removals, each of another kind.
  world.clock.advance_ms(86'400'000);
  REQUIRE(world.school->remove_computer(lab4.id));
  auto leos_next = world.school->reprint_card(leo).value();
  REQUIRE(world.school->set_password("head@alder.example", "the-heads-tuesday"));
  REQUIRE(world.school->set_password("nora@alder.example", "noras-of-tuesday"));
  world.file = world.folder.path() + "/tuesday.waymark-backup";
  world.backup();
  // On a new disk, with Monday's: others are removed, and one of Tuesday's is changed once more.
  world.school.reset();
  world.data = world.folder.path() + "/new";
  REQUIRE(School::restore_at(world.data, monday, world.key(), world.clock, world.random));
  world.school = School::open(world.data, world.clock, world.random).value();
  world.clock.advance_ms(3'600'000);
  REQUIRE(world.school->remove_computer(lab3.id));
  auto amiras_next = world.school->reprint_card(world.amira).value();
  REQUIRE(world.school->set_password("nora@alder.example", "noras-newest-one"));

  world.school->restore(world.file, world.key()).value();
  for (int again = 0; again < 2; again++) {
    std::map<std::string, bool> removed;
    for (const auto& computer : world.school->accounts().computers().value())
      removed[computer.name] = computer.removed;
    CHECK(removed == std::map<std::string, bool>{{"lab-03", true}, {"lab-04", true}, {"lab-05", false}});
    CHECK(world.school->accounts().card(amiras).value()->voided);
    CHECK(world.school->accounts().card(leos).value()->voided);
    CHECK_FALSE(world.school->accounts().card(amiras_next).value()->voided);
    CHECK_FALSE(world.school->accounts().card(leos_next).value()->voided);
    CHECK(world.school->sign_in("head@alder.example", "the-heads-tuesday").has_value());
    CHECK(world.school->sign_in("nora@alder.example", "noras-newest-one").has_value());
    CHECK(world.school->sign_in("nora@alder.example", "noras-of-tuesday").error().code ==
          Code::wrong_password);
    CHECK(RemovalLog(world.data + "/removals.log").lines().value().size() == 10);
    world.clock.advance_ms(120'000);
    // Monday's once more: nothing of both comes back.
    world.school->restore(monday, world.key()).value();
  }
  CHECK(world.school->verify().has_value());
}

TEST_CASE("who was taken out of a class, or works here no more, is not back with an old backup") {
  World world;
  auto& school = *world.school;
  auto okafor =
      school.add_staff("okafor@alder.example", "Ada Okafor", "teacher", "a-long-password").value().id;
  auto rivera =
      school.add_staff("rivera@alder.example", "Elena Rivera", "teacher", "creek-and-stone").value().id;
  auto vega = school.add_staff("vega@alder.example", "Ruth Vega", "teacher", "a-long-password").value().id;
  for (const auto& id : {okafor, rivera, vega}) REQUIRE(school.add_teacher(std::nullopt, world.period3, id));
  world.backup();
  REQUIRE(school.remove_teacher(std::nullopt, world.period3, vega));
  REQUIRE(school.add_teacher(std::nullopt, world.period3, vega));
  REQUIRE(school.remove_teacher(std::nullopt, world.period3, okafor));
  REQUIRE(school.remove_staff(std::nullopt, rivera));
  school.restore(world.file, world.key()).value();
  CHECK_FALSE(school.teaches(okafor, world.amira).value());
  CHECK_FALSE(school.teaches(rivera, world.amira).value());
  CHECK(school.teaches(vega, world.amira).value());
  CHECK(school.sign_in("okafor@alder.example", "a-long-password"));
  CHECK(school.sign_in("rivera@alder.example", "creek-and-stone").error().code == Code::wrong_password);
  // Back at school, in no class that they had been taken out of.
  REQUIRE(school.add_staff("rivera@alder.example", "", "teacher", "a-new-password"));
  REQUIRE(school.refresh_access());
  CHECK_FALSE(school.teaches(rivera, world.amira).value());
}

TEST_CASE(
    "who joined after the backup is known again by certificate, and a stranger to it waits to be "
    "confirmed") {
  World world;
  world.backup();
  auto lab9 = world.join_computer("lab-09");
  Laptop device(world, world.amira, lab9);
  auto noor = world.student("Noor", "Siddiqui");
  Laptop fresh(world, noor, lab9);
  device.goal("amira's");
  fresh.goal("noor's");
  REQUIRE(device.sync());
  REQUIRE(fresh.sync());
  world.school->restore(world.file, world.key()).value();

  CHECK(device.sync().error().code == Code::unauthorized);
  // Another key, another text, no signature: nobody comes in on somebody else's certificate.
  auto proof =
      sign(fresh.key, as_bytes(wire::return_message(world.school->identity(), device.joined.certificate)));
  CHECK(world.school
            ->return_student(device.joined.certificate, device.joined.certificate_signature, to_hex(proof))
            .error()
            .code == Code::unauthorized);
  auto changed = device.joined.certificate;
  changed.replace(changed.find(world.amira.hex()), 32, noor.hex());
  CHECK(device.come_back(changed).error().code == Code::unauthorized);
  CHECK(world.school->return_student("", "", "").error().code == Code::unauthorized);

  REQUIRE(device.come_back());
  REQUIRE(device.come_back());
  REQUIRE(device.sync());
  CHECK(world.goals(world.amira) == Texts{"amira's"});
  CHECK(world.school->newcomers().value().empty());

  REQUIRE(fresh.come_back());
  REQUIRE(fresh.sync());
  CHECK(world.goals(noor) == Texts{"noor's"});
  auto waiting = world.school->newcomers().value();
  REQUIRE(waiting.size() == 1);
  CHECK(waiting[0].name == "Noor Siddiqui");
  CHECK(world.school->students_of(world.period3).value().size() == 1);
  REQUIRE(world.school->confirm_newcomer(noor));
  CHECK(world.school->confirm_newcomer(noor).error().code == Code::not_found);
  CHECK(world.school->newcomers().value().empty());
  CHECK(world.school->students_of(world.period3).value().size() == 2);
  REQUIRE(fresh.sync());
  CHECK_FALSE(fresh.store->records(domain::class_stream(world.period3), "member").value().empty());
  CHECK(world.school->verify().has_value());
}

TEST_CASE("a torn line at the end of the removals is left out, and the next stands alone") {
  test::TemporaryFolder folder;
  RemovalLog log(folder.path() + "/removals.log");
  CHECK(log.read().value().empty());
  auto append = [&](const Removal& removal) {
    auto line = RemovalLog::line_of(removal);
    return log.append(std::span(&line, 1));
  };
  REQUIRE(append({1, "computer", std::string(32, 'a'), "lab", "", ""}));
  std::ofstream(folder.path() + "/removals.log", std::ios::app) << R"({"at":2,"wh)";
  CHECK(log.read().value().size() == 1);
  REQUIRE(append({3, "pin", "b", "hash", "digits", ""}));
  auto all = log.read().value();
  REQUIRE(all.size() == 2);
  CHECK(all[1].what == "pin");
  CHECK(all[1].kind == "digits");
  std::ofstream(folder.path() + "/removals.log", std::ios::app) << "nonsense\n";
  CHECK(log.read().error().code == Code::malformed);
  CHECK(RemovalLog(folder.path() + "/none/removals.log").append({}).error().code == Code::io);
}

TEST_CASE(
    "a teacher who was added after the backup is added anew, and what they wrote comes back by itself") {
  World world;
  auto lab3 = world.join_computer("lab-03");
  Laptop device(world, world.amira, lab3);
  device.goal("monday");
  REQUIRE(device.sync());
  world.backup();
  auto add = [&] {
    auto id =
        world.school->add_staff("new@alder.example", "Nora New", "teacher", "nora-and-creek").value().id;
    REQUIRE(world.school->enroll(world.period3, id, "teacher"));
    REQUIRE(world.school->refresh_access());
    return id;
  };
  auto first = add();
  store::Edit edit{
      {domain::person_stream(world.amira), "observation", {}}, {{"text", "Asked a good question."}}, {}, {}};
  REQUIRE(world.school->write(first, std::span(&edit, 1)));
  REQUIRE(device.sync());
  world.school->restore(world.file, world.key()).value();
  CHECK_FALSE(world.school->sign_in("new@alder.example", "nora-and-creek").has_value());
  REQUIRE(device.sync());
  auto back = world.school->store().records(domain::person_stream(world.amira), "observation").value();
  REQUIRE(back.size() == 1);
  CHECK(back[0].text("text") == "Asked a good question.");
  auto second = add();
  CHECK_FALSE(first == second);
  CHECK(world.school->sign_in("new@alder.example", "nora-and-creek").has_value());
  CHECK(reads(world, second, domain::person_stream(world.amira)));
  CHECK(world.school->verify().has_value());
}

namespace {

// A school of monday's work, of which somebody made a copy by hand, and of tuesday's.
struct CopiedByHand : World {
  Computer lab3 = join_computer("lab-03");
  Laptop device{*this, amira, lab3};
  std::string database = data + "/school.db", copy = folder.path() + "/copy.db";

  CopiedByHand() {
    REQUIRE(school->mark_place());
    device.goal("monday");
    REQUIRE(device.sync());
    REQUIRE(school->mark_place());
    fs::copy_file(database, copy);
    REQUIRE(school->store().set_meta("later", "1"));
    REQUIRE(school->mark_place());
    device.goal("tuesday");
    REQUIRE(device.sync());
    CHECK(school->is_in_place());
  }
  void by_another_school(const std::string& to) {
    auto other = folder.path() + "/other";
    REQUIRE(School::init({other, "Another", "a@b.example", "creek-and-stone"}, clock, random));
    fs::rename(other + "/school.db", to);
  }
  Texts folders() const {
    Texts found;
    for (const auto& entry : fs::directory_iterator(data))
      if (entry.path().filename().string().starts_with("replaced-")) found.push_back(entry.path().string());
    return found;
  }
  void cut_the_power() {
    school->store().db().leave_log();
    school.reset();
  }
  // With the token that the open one has, too.
  void copy_again() const {
    REQUIRE(school->mark_place());
    fs::copy_file(database, copy, fs::copy_options::overwrite_existing);
  }
  void write_over(const std::string& from) const {  // as cp does
    std::ifstream in(from, std::ios::binary);
    std::ofstream(database, std::ios::binary | std::ios::trunc) << in.rdbuf();
  }
  // A copy that a full disk has no room for where the served one still fits.
  void make_larger() const {
    auto db = store::Db::open(copy).value();
    REQUIRE(db->execute("INSERT INTO meta (key, value) VALUES ('large', randomblob(6000000))"));
  }
  Texts goals_in(const std::string& path) {
    auto store = store::Store::open(path, {&clock, &random, false}).value();
    Texts texts;
    for (const auto& record : store->records(domain::person_stream(amira), "goal").value())
      texts.push_back(record.text("want"));
    std::sort(texts.begin(), texts.end());
    return texts;
  }
};

// No file becomes larger than this meanwhile.
struct SmallDisk {
  explicit SmallDisk(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before);
    rlimit limit{bytes, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  SmallDisk(const SmallDisk&) = delete;
  ~SmallDisk() { ::setrlimit(RLIMIT_FSIZE, &before); }
  rlimit before{};
};

}  // namespace

TEST_CASE(
    "a school.db that is replaced by hand while the school is served is taken up, and nothing is mixed") {
  CopiedByHand world;
  Texts here{"monday"};
  std::string what_was = "school.db", by = "restored from a backup";
  bool moved = false;
  SUBCASE("moved into its place") { fs::rename(world.copy, world.database), moved = true; }
  SUBCASE("written over it") { world.write_over(world.copy), what_was = "own.db-wal"; }
  SUBCASE("removed") {
    fs::remove(world.database);
    here = {"monday", "tuesday"}, what_was.clear(), by = "school.db was put back";
  }
  SUBCASE("by an empty file") {
    fs::remove(world.database);
    std::ofstream(world.database).flush();
    here = {"monday", "tuesday"}, what_was = "found.db", by = "school.db was put back";
  }
  SUBCASE("another school's") {
    world.by_another_school(world.database);
    here = {"monday", "tuesday"}, what_was = "found.db", by = "school.db was put back";
  }
  SUBCASE("damaged") {
    std::ofstream(world.copy, std::ios::binary | std::ios::trunc) << "no database, but letters";
    fs::rename(world.copy, world.database);
    here = {"monday", "tuesday"}, what_was = "found.db", by = "school.db was put back";
  }
  SUBCASE("what cannot be opened at all") {
    fs::remove(world.database);
    fs::create_directories(world.database);
    here = {"monday", "tuesday"}, what_was = "found.db", by = "school.db was put back";
  }
  SUBCASE("a link") {
    fs::remove(world.database);
    fs::create_symlink(world.copy, world.database);
    here = {"monday", "tuesday"}, what_was = "found.db", by = "school.db was put back";
  }
  SUBCASE("one of an earlier version that cannot be brought up to this one") {
    REQUIRE(store::Db::open(world.copy).value()->execute("PRAGMA user_version=2"));
    fs::rename(world.copy, world.database);
    here = {"monday", "tuesday"}, what_was = "found.db", by = "school.db was put back";
  }
  CHECK_FALSE(world.school->is_in_place());
  auto [folder, error, own, decided] = world.school->take_up_replaced(false);
  CHECK(error.has_value() == (by == "school.db was put back"));
  CHECK(world.school->is_in_place());
  CHECK(world.folders() == Texts{folder});
  for (const auto& entry : fs::directory_iterator(folder))
    CHECK(entry.path().filename().string().find("trial") == std::string::npos);
  CHECK(world.goals(world.amira) == here);
  CHECK(fs::exists(folder + "/" + what_was));
  if (moved) CHECK(world.goals_in(folder + "/school.db") == Texts{"monday", "tuesday"});
  auto log = world.school->accounts().audit_entries(10).value();
  CHECK(std::any_of(log.begin(), log.end(), [&](const auto& line) { return line.action == by; }));
  // And computers bring back what it lacks.
  REQUIRE(world.device.come_back());
  REQUIRE(world.device.sync());
  CHECK(world.goals(world.amira) == Texts{"monday", "tuesday"});
  CHECK(world.school->verify());
}

TEST_CASE("a copy of school.db that was made just now is known from it once something more was written") {
  CopiedByHand world;
  world.copy_again();
  auto served = world.school->store().db().total_changes();
  REQUIRE(world.school->mark_place());
  CHECK(world.school->store().db().total_changes() == served);  // nothing was written, and nothing is
  SUBCASE("and not before") {
    fs::rename(world.copy, world.database);
    CHECK(world.school->is_in_place());
  }
  SUBCASE("moved into its place, then written") {
    fs::rename(world.copy, world.database);
    world.device.goal("wednesday");
    REQUIRE(world.device.sync());
  }
  SUBCASE("written, then moved into its place") {
    world.device.goal("wednesday");
    REQUIRE(world.device.sync());
    fs::rename(world.copy, world.database);
    CHECK(world.school->is_in_place());
  }
  if (world.goals(world.amira).size() == 2) return;
  REQUIRE(world.school->mark_place());
  CHECK_FALSE(world.school->is_in_place());
  auto folder = world.school->take_up_replaced(false).folder;
  CHECK(world.goals_in(folder + "/school.db") == Texts{"monday", "tuesday", "wednesday"});
  CHECK(world.goals(world.amira) == Texts{"monday", "tuesday"});
  REQUIRE(world.device.come_back());
  REQUIRE(world.device.sync());
  CHECK(world.goals(world.amira) == Texts{"monday", "tuesday", "wednesday"});
  CHECK(world.school->is_in_place());
}

TEST_CASE("a school.db that somebody else reads for long is still the one that is open") {
  CopiedByHand world;
  {
    auto reader = store::Db::open(world.database).value();
    REQUIRE(reader->execute("PRAGMA busy_timeout=0; BEGIN; SELECT count(*) FROM meta"));
    for (int i = 0; i < 600; i++) {
      REQUIRE(world.school->store().set_meta("later", std::to_string(i)));
      REQUIRE(world.school->mark_place());
      REQUIRE(world.school->is_in_place());
    }
  }
  REQUIRE(world.school->store().set_meta("later", "last"));
  REQUIRE(world.school->mark_place());
  CHECK(world.school->is_in_place());
  CHECK(fs::file_size(world.data + "/in-place") < 200);
}

TEST_CASE("a school.db of which a full disk broke off a checkpoint is still the one that is open") {
  CopiedByHand world;
  REQUIRE(world.school->store().db().execute("CREATE TABLE later (n INTEGER)"));  // which changes page 1
  std::fstream(world.database, std::ios::binary | std::ios::in | std::ios::out) << std::string(4096, '\0');
  CHECK_FALSE(store::meta_of(*store::Db::open_as_it_lies(world.database).value(), "in_place"));
  CHECK(world.school->is_in_place());
  REQUIRE(world.school->mark_place());
  CHECK(store::meta_of(*store::Db::open_as_it_lies(world.database).value(), "in_place"));
  CHECK(world.goals(world.amira) == Texts{"monday", "tuesday"});
}

TEST_CASE("an older school.db that somebody goes on reading while it is taken up is taken up once") {
  CopiedByHand world;
  SUBCASE("with the token of then") {}
  SUBCASE("of before there were tokens") {
    auto db = store::Db::open(world.copy).value();
    REQUIRE(db->execute("DELETE FROM meta WHERE key = 'in_place'"));
  }
  for (const char* part : {"-wal", "-shm"}) fs::remove(world.database + part);
  fs::rename(world.copy, world.database);
  auto reader = store::Db::open(world.database).value();
  REQUIRE(reader->execute("BEGIN; SELECT count(*) FROM meta"));
  CHECK_FALSE(world.school->is_in_place());
  REQUIRE_FALSE(world.school->take_up_replaced(false).error);
  for (int i = 0; i < 3; i++) {
    CHECK(world.school->is_in_place());
    REQUIRE(world.school->store().set_meta("later", std::to_string(i)));
    REQUIRE(world.school->mark_place());
  }
  world.device.goal("wednesday");
  REQUIRE(world.device.come_back());
  REQUIRE(world.device.sync());
  reader->leave_log();
  world.cut_the_power();
  reader.reset();
  world.school = School::open(world.data, world.clock, world.random).value();
  CHECK(world.goals(world.amira) == Texts{"monday", "tuesday", "wednesday"});
  REQUIRE(world.school->mark_place());
  REQUIRE(world.school->store().set_meta("later", "last"));
  REQUIRE(world.school->mark_place());
  CHECK(world.school->is_in_place());
}

TEST_CASE("a school.db that this program cannot open is not taken up, however whole it is") {
  CopiedByHand world;
  REQUIRE(store::Db::open(world.copy).value()->execute("PRAGMA user_version=99"));
  fs::rename(world.copy, world.database);
  auto [folder, error, own, decided] = world.school->take_up_replaced(false);
  REQUIRE(error);
  CHECK(error->code == Code::unsupported);
  CHECK(fs::exists(folder + "/found.db"));
  CHECK(world.school->is_in_place());
  CHECK(world.goals(world.amira) == Texts{"monday", "tuesday"});
}

TEST_CASE("what a disk has no room for decides nothing, and at the end the own database is kept") {
  CopiedByHand world;
  Texts both{"monday", "tuesday"};
  bool own_fits = false, ends = false, removed = false;
  SUBCASE("its own, until there is room") {}
  SUBCASE("its own, and it ends") { ends = true; }
  SUBCASE("what was found, until there is room") { own_fits = true; }
  SUBCASE("what was found, and it ends") { own_fits = ends = true; }
  SUBCASE("its own, where nothing is found") { removed = true; }
  if (own_fits) world.make_larger();
  const rlim_t room = own_fits ? 4'000'000 : 4 * 4096;
  auto found = fs::file_size(world.copy);
  fs::rename(world.copy, world.database);
  if (removed) fs::remove(world.database);
  {
    SmallDisk disk(room);
    for (int i = 0; i < 2; i++) {
      auto [folder, error, own, decided] = world.school->take_up_replaced(false);
      CHECK(own.has_value() == !own_fits);
      REQUIRE(error);
      CHECK(error->code == Code::io);
      CHECK(folder.empty());
      CHECK(world.folders().empty());
      REQUIRE(world.school->is_open());
      CHECK(world.goals(world.amira) == both);
      CHECK_FALSE(world.school->is_in_place());
    }
  }
  if (removed) {
    CHECK(world.school->take_up_replaced(false).error->code == Code::not_found);
    CHECK(world.goals(world.amira) == both);
  } else if (!ends) {
    auto [folder, error, own, decided] = world.school->take_up_replaced(false);
    CHECK_FALSE(error);
    CHECK(world.goals_in(folder + "/school.db") == both);
    CHECK(world.goals(world.amira) == Texts{"monday"});
  } else {
    School::Replaced at_end;
    {
      SmallDisk disk(room);
      at_end = world.school->take_up_replaced(true);
    }
    CHECK(at_end.error);
    CHECK_FALSE(world.school->is_open());
    CHECK(fs::file_size(world.database) == found);
    REQUIRE(world.folders() == Texts{at_end.folder});
    CHECK(fs::file_size(at_end.folder + "/own.db-wal") > 0);
    CHECK(fs::exists(at_end.folder + "/school.db") == own_fits);
    if (own_fits) CHECK(world.goals_in(at_end.folder + "/school.db") == both);
    world.school.reset();
    world.school = School::open(world.data, world.clock, world.random).value();
    CHECK(world.goals(world.amira) == Texts{"monday"});
  }
  REQUIRE(world.device.come_back());
  REQUIRE(world.device.sync());
  CHECK(world.goals(world.amira) == both);
  CHECK(world.school->verify());
}

TEST_CASE("where a school.db is written over and there is no room for a copy of its own nothing is mixed") {
  CopiedByHand world;
  rlim_t room = 4 * 4096;
  bool found_fits = false;
  SUBCASE("nor to try what was found") {}
  SUBCASE("and what was found can be tried") {
    REQUIRE(world.school->store().db().execute(
        "INSERT INTO meta (key, value) VALUES ('large', randomblob(9000000))"));
    room = 4'000'000;
    found_fits = true;
  }
  world.write_over(world.copy);
  School::Replaced replaced;
  {
    SmallDisk disk(room);
    replaced = world.school->take_up_replaced(false);
  }
  CHECK(replaced.own);
  CHECK(replaced.error.has_value() == !found_fits);
  CHECK(world.school->is_open() == found_fits);
  CHECK(fs::file_size(replaced.folder + "/own.db-wal") > 0);
  if (!found_fits) {
    world.school.reset();
    world.school = School::open(world.data, world.clock, world.random).value();
  }
  CHECK(world.goals(world.amira) == Texts{"monday"});
  CHECK(world.school->verify());
}

TEST_CASE("a school.db of somebody else that came while nothing was served is refused, and left as it is") {
  CopiedByHand world;
  world.cut_the_power();
  REQUIRE(fs::file_size(world.database + "-wal") > 0);
  fs::rename(world.database, world.copy);
  world.by_another_school(world.database);
  auto other = store::read_whole(world.database, 50'000'000).value();
  auto refused = School::open(world.data, world.clock, world.random);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::conflict);
  CHECK(refused.error().detail.find("in-place") != std::string::npos);
  CHECK(store::read_whole(world.database, 50'000'000).value() == other);
  SUBCASE("until its own is there again, with what stood in its log") {
    fs::rename(world.copy, world.database);
    world.school = School::open(world.data, world.clock, world.random).value();
    CHECK(world.goals(world.amira) == Texts{"monday", "tuesday"});
  }
  SUBCASE("until somebody says that it is meant") {
    fs::remove(world.data + "/in-place");
    fs::remove(world.database + "-wal");
    world.school = School::open(world.data, world.clock, world.random).value();
    CHECK(world.school->name() == "Another");
  }
}

TEST_CASE("a school.db that is a link is refused in one sentence") {
  CopiedByHand world;
  world.school.reset();
  fs::rename(world.database, world.copy);
  fs::create_symlink(world.copy, world.database);
  CHECK(School::open(world.data, world.clock, world.random).error().code == Code::unsupported);
  CHECK(School::restore_at(world.data, world.file, world.key(), world.clock, world.random).error().code ==
        Code::unsupported);
}

TEST_CASE("a log whose database is gone is not thrown away") {
  CopiedByHand world;
  world.cut_the_power();
  auto log = fs::file_size(world.database + "-wal");
  REQUIRE(log > 0);
  fs::copy_file(world.database, world.copy, fs::copy_options::overwrite_existing);
  SUBCASE("gone") { fs::remove(world.database); }
  SUBCASE("empty") { std::ofstream(world.database, std::ios::trunc).flush(); }
  CHECK(School::open(world.data, world.clock, world.random).error().code == Code::conflict);
  CHECK_FALSE(
      School::init({world.data, "Another", "a@b.example", "creek-and-stone"}, world.clock, world.random));
  CHECK(fs::file_size(world.database + "-wal") == log);
  fs::rename(world.copy, world.database);
  world.school = School::open(world.data, world.clock, world.random).value();
  CHECK(world.goals(world.amira) == Texts{"monday", "tuesday"});
}

TEST_CASE("a start after a power cut between two names of school.db says where it is") {
  CopiedByHand world;
  world.school.reset();
  fs::create_directories(world.data + "/replaced-5");
  fs::rename(world.database, world.data + "/replaced-5/school.db");
  auto refused = School::open(world.data, world.clock, world.random);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().detail.find("replaced-5") != std::string::npos);
  CHECK_FALSE(
      School::init({world.data, "Another", "a@b.example", "creek-and-stone"}, world.clock, world.random));
  fs::rename(world.data + "/replaced-5/school.db", world.database);
  world.school = School::open(world.data, world.clock, world.random).value();
  CHECK(world.goals(world.amira) == Texts{"monday", "tuesday"});
}

TEST_CASE("a restore after a power cut keeps log and database as they lay, whatever came between") {
  CopiedByHand world;
  world.backup();
  world.cut_the_power();
  auto bytes_of = [](const std::string& path) { return store::read_whole(path, 50'000'000).value(); };
  auto log = bytes_of(world.database + "-wal");
  REQUIRE_FALSE(log.empty());
  SUBCASE("its own") {}
  SUBCASE("an empty one") { std::ofstream(world.database, std::ios::trunc).flush(); }
  SUBCASE("an older one") { world.write_over(world.copy); }
  SUBCASE("another school's") { world.by_another_school(world.database); }
  auto lay = bytes_of(world.database);
  REQUIRE(School::restore_at(world.data, world.file, world.key(), world.clock, world.random));
  REQUIRE(world.folders().size() == 1);
  CHECK(bytes_of(world.folders()[0] + "/school.db-wal") == log);
  CHECK(bytes_of(world.folders()[0] + "/school.db") == lay);
  world.school = School::open(world.data, world.clock, world.random).value();
  CHECK(world.school->name() == "Alder Creek");
  CHECK(world.goals(world.amira) == Texts{"monday", "tuesday"});
}

TEST_CASE("a log whose database came without it, and says not whose it is, is moved nowhere") {
  CopiedByHand world;
  world.cut_the_power();
  auto log = fs::file_size(world.database + "-wal");
  fs::rename(world.database, world.copy);
  auto other = world.folder.path() + "/other.db";
  REQUIRE(store::Db::open(other).value()->execute("CREATE TABLE other (n INTEGER)"));
  fs::rename(other, world.database);
  CHECK(School::open(world.data, world.clock, world.random).error().code == Code::conflict);
  fs::rename(world.copy, world.database);
  CHECK(fs::file_size(world.database + "-wal") == log);
  world.school = School::open(world.data, world.clock, world.random).value();
  CHECK(world.goals(world.amira) == Texts{"monday", "tuesday"});
}

TEST_CASE("of a damaged database that is replaced by hand all is kept that can still be read") {
  CopiedByHand world;
  REQUIRE(world.school->store().db().execute(
      "INSERT INTO meta (key, value) VALUES ('large', randomblob(4000000))"));
  REQUIRE(world.school->mark_place());
  world.school.reset();
  {
    std::fstream file(world.database, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(2'000'000);
    file << std::string(500'000, 'x');
  }
  world.school = School::open(world.data, world.clock, world.random).value();
  REQUIRE(world.school->mark_place());
  fs::rename(world.copy, world.database);
  auto [folder, error, own, decided] = world.school->take_up_replaced(false);
  REQUIRE(own);
  CHECK(own->code == Code::database_damaged);
  CHECK_FALSE(error);
  CHECK(world.goals(world.amira) == Texts{"monday"});
  CHECK(world.goals_in(folder + "/salvaged.db") == Texts{"monday", "tuesday"});
}

TEST_CASE("a restore after school.db was replaced by hand keeps what was served") {
  CopiedByHand world;
  world.backup();
  world.device.goal("wednesday");
  REQUIRE(world.device.sync());
  Texts all{"monday", "tuesday", "wednesday"};
  SUBCASE("removed") { fs::remove(world.database); }
  SUBCASE("by an older copy") { fs::rename(world.copy, world.database); }
  SUBCASE("by a copy of now, and something was written since") {
    world.copy_again();
    world.device.goal("friday");
    REQUIRE(world.device.sync());
    fs::rename(world.copy, world.database);
    all.insert(all.begin(), "friday");
  }
  if (!world.school->is_in_place()) CHECK(world.school->begin_backup().error().code == Code::conflict);
  REQUIRE(world.school->restore(world.file, world.key()));
  CHECK(world.goals(world.amira) == Texts{"monday", "tuesday"});
  bool kept = false;
  for (const auto& folder : world.folders())
    if (fs::exists(folder + "/school.db")) kept = kept || world.goals_in(folder + "/school.db") == all;
  CHECK(kept);
}

TEST_CASE("a restore while the school is served is nobody's replacing by hand") {
  CopiedByHand world;
  world.backup();
  REQUIRE(world.school->restore(world.file, world.key()));
  CHECK(world.school->is_in_place());
}

TEST_CASE(
    "where school.db was written over with what cannot be used nothing is read of it, and all is kept") {
  CopiedByHand world;
  SUBCASE("no database") {
    std::ofstream(world.copy, std::ios::binary | std::ios::trunc) << "no database, but letters";
  }
  SUBCASE("another school's") { world.by_another_school(world.copy); }
  SUBCASE("a later version's") {
    REQUIRE(store::Db::open(world.copy).value()->execute("PRAGMA user_version=99"));
  }
  auto log = fs::file_size(world.database + "-wal");
  REQUIRE(log > 0);
  world.write_over(world.copy);
  CHECK_FALSE(world.school->is_in_place());
  auto [folder, error, own, decided] = world.school->take_up_replaced(false);
  CHECK(error);
  CHECK_FALSE(world.school->is_open());
  CHECK(fs::file_size(folder + "/own.db-wal") == log);
  CHECK(fs::file_size(world.database) == fs::file_size(world.copy));
  world.school.reset();
  CHECK_FALSE(School::open(world.data, world.clock, world.random));
}

TEST_CASE("a log that a power cut left beside a school.db that was replaced since is not read into it") {
  CopiedByHand world;
  auto log = world.database + "-wal";
  world.cut_the_power();
  REQUIRE(fs::file_size(log) > 0);
  Texts here{"monday", "tuesday"};
  bool aside = false;
  SUBCASE("its own") {}
  SUBCASE("written over it") { world.write_over(world.copy), aside = true, here = {"monday"}; }
  SUBCASE("moved into its place") { fs::rename(world.copy, world.database), aside = true, here = {"monday"}; }
  SUBCASE("with the log that is its own") {
    fs::copy_file(world.database, world.copy, fs::copy_options::overwrite_existing);
    fs::copy_file(log, world.copy + "-wal");
    fs::rename(world.copy, world.database);
    fs::rename(world.copy + "-wal", log);
  }
  world.school = School::open(world.data, world.clock, world.random).value();
  CHECK(world.goals(world.amira) == here);
  CHECK(world.school->verify());
  auto audit = world.school->accounts().audit_entries(10).value();
  CHECK(aside == std::any_of(audit.begin(), audit.end(), [](const auto& line) {
          return line.action == "log of another database set aside";
        }));
  REQUIRE(world.device.come_back());
  REQUIRE(world.device.sync());
  CHECK(world.goals(world.amira) == Texts{"monday", "tuesday"});
}

TEST_CASE("a restore that a power cut breaks off is finished at the next start, or has not begun") {
  World world;
  auto lab3 = world.join_computer("lab-03");
  Laptop device(world, world.amira, lab3);
  device.goal("monday");
  REQUIRE(device.sync());
  std::string picture(20'000, 'p');
  auto hash = to_hex(sha256(as_bytes(picture)));
  REQUIRE(world.school->put_file(world.school->bearer(device.joined.token).value(),
                                 domain::person_stream(world.amira), hash, picture, "image/png"));
  REQUIRE(world.school->reset_pin(world.amira));
  world.backup();
  device.goal("tuesday");
  REQUIRE(device.sync());
  REQUIRE(world.school->remove_computer(lab3.id));

  enum class Cut { unpacking, unpacked, decided };
  auto name_of = [](const fs::directory_entry& entry) { return entry.path().filename().string(); };
  // A disk of its own, with the log of writes that a school leaves which is not closed, and without the
  // photo.
  auto restored_until = [&](const std::string& name, Cut cut, int steps) {
    auto data = world.folder.path() + "/" + name;
    fs::copy(world.data, data, fs::copy_options::recursive);
    fs::remove_all(data + "/files");
    REQUIRE(fs::exists(data + "/school.db-wal"));
    Restoring restoring(data);
    REQUIRE(restoring.unpack(world.file, world.key()));
    if (cut == Cut::unpacking) fs::resize_file(data + "/restoring/school.db", 5'000);
    if (cut != Cut::decided) return true;
    REQUIRE(restoring.decide(1));
    bool more = true;
    for (int i = 0; i < steps && more; i++) more = restoring.step().value();
    return more;
  };
  auto look = [&](const std::string& name, const Texts& goals, bool replaced) {
    auto data = world.folder.path() + "/" + name;
    auto school = School::open(data, world.clock, world.random).value();
    Texts found, folders;
    for (const auto& record : school->store().records(domain::person_stream(world.amira), "goal").value())
      found.push_back(record.text("want"));
    std::sort(found.begin(), found.end());
    CHECK(found == goals);
    CHECK(school->accounts().computers().value().at(0).removed);
    for (const auto& entry : fs::directory_iterator(data))
      if (name_of(entry).starts_with("rest") || name_of(entry).starts_with("repl"))
        folders.push_back(name_of(entry));
    CHECK(folders == (replaced ? Texts{"replaced-1"} : Texts{}));
    CHECK((school->file(world.amira, domain::person_stream(world.amira), hash).value_or("") == picture) ==
          replaced);
    if (!replaced) return;
    CHECK(school->verify().has_value());
    // What was replaced can be read, with what stood in its log of writes.
    auto old =
        store::Store::open(data + "/replaced-1/school.db", {&world.clock, &world.random, false}).value();
    CHECK(old->records(domain::person_stream(world.amira), "goal").value().size() == 2);
  };
  restored_until("unpacking", Cut::unpacking, 0);
  look("unpacking", {"monday", "tuesday"}, false);
  restored_until("unpacked", Cut::unpacked, 0);
  look("unpacked", {"monday", "tuesday"}, false);
  int steps = 0;
  for (bool more = true; more; steps++) {
    CAPTURE(steps);
    auto name = "cut-" + std::to_string(steps);
    more = restored_until(name, Cut::decided, steps);
    if (steps == 0)
      CHECK(School::init({world.folder.path() + "/" + name, "Other", "a@b.example", "long-enough"},
                         world.clock, world.random)
                .error()
                .code == Code::exists);
    look(name, {"monday"}, true);
  }
  // From none to all: three files of the database, the log, the photos, the new database, what is left over;
  // and "nothing more".
  CHECK(steps == 9);

  // A step that cannot be done: everything is as it was.
  auto data = world.folder.path() + "/broken";
  fs::copy(world.data, data, fs::copy_options::recursive);
  Restoring restoring(data);
  REQUIRE(restoring.unpack(world.file, world.key()));
  fs::remove_all(data + "/files");
  std::ofstream(data + "/files") << "no folder";
  REQUIRE(restoring.decide(1));
  auto finished = restoring.finish();
  REQUIRE_FALSE(finished);
  CHECK(finished.error().code == Code::io);
  fs::remove_all(data + "/files");
  look("broken", {"monday", "tuesday"}, false);
}

TEST_CASE("two logs of one school become one: each line once, and each log's own order stays") {
  test::TemporaryFolder folder;
  auto write = [&](const std::string& name, const std::vector<std::pair<int, std::string>>& lines) {
    RemovalLog log(folder.path() + "/" + name);
    for (const auto& [at, subject] : lines) {
      auto line = RemovalLog::line_of({at, "person", subject, "gone", "", ""});
      REQUIRE(log.append(std::span(&line, 1)));
    }
  };
  auto subjects = [&](const std::string& name) {
    std::string text;
    for (const auto& removal : RemovalLog(folder.path() + "/" + name).read().value()) text += removal.subject;
    return text;
  };
  RemovalLog here(folder.path() + "/here");
  write("here", {{1, "a"}, {2, "b"}, {5, "e"}, {8, "h"}});
  // After a clock that went back its own order still holds: f after g.
  write("there", {{1, "a"}, {2, "b"}, {4, "d"}, {7, "g"}, {6, "f"}, {9, "i"}});
  REQUIRE(here.merge(folder.path() + "/there"));
  CHECK(subjects("here") == "abdegfhi");
  // Neither again, nor from a copy of before, nor of nothing.
  REQUIRE(here.merge(folder.path() + "/there"));
  REQUIRE(here.merge(folder.path() + "/here"));
  REQUIRE(here.merge(folder.path() + "/none"));
  CHECK(subjects("here") == "abdegfhi");
  REQUIRE(RemovalLog(folder.path() + "/there").merge(folder.path() + "/here"));
  CHECK(subjects("there") == "abdegfhi");
  // What is said twice in one log at the same time is not the same line.
  write("twice", {{1, "a"}, {2, "b"}, {2, "a"}, {2, "b"}});
  write("once", {{1, "a"}, {2, "b"}});
  REQUIRE(RemovalLog(folder.path() + "/once").merge(folder.path() + "/twice"));
  CHECK(subjects("once") == "abab");
}

// ---- batches that others carry

namespace {

// A store as it is now, on a disk of its own.
std::unique_ptr<store::Store> copy_of(World& world, Laptop& laptop, const std::string& name) {
  auto path = world.folder.path() + "/" + name;
  REQUIRE(laptop.store->db().copy_to(path));
  return store::Store::open(path, {&world.clock, &world.random}).value();
}

}  // namespace

TEST_CASE("a batch is taken in as if its author had pushed it, and only the acknowledgement settles") {
  World world;
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  CHECK(amira.batches().empty());
  amira.goal("monday");
  amira.goal(std::string(70'000, 'a'));  // too long: refused
  auto batches = amira.batches();
  REQUIRE(batches.size() == 1);
  CHECK(amira.waiting() == 2);
  auto answer = world.school->take_batch(batches.front()).value();
  CHECK(world.goals(world.amira) == Texts{"monday"});
  CHECK(amira.waiting() == 2);
  // Twice is as once, and the refusal is told again.
  auto again = wire::decode_acknowledgement(world.school->take_batch(batches.front()).value(),
                                            world.school->identity())
                   .value();
  CHECK(again.at.n == 2);
  REQUIRE(again.refused.size() == 1);
  CHECK(again.refused.front().code == "too_large");
  REQUIRE(amira.hear(answer));
  CHECK(amira.waiting() == 0);
  REQUIRE(amira.store->refusals().value().size() == 1);
  CHECK(amira.store->refusals().value().front().code == "too_large");
  REQUIRE(amira.hear(answer));
  CHECK(amira.store->refusals().value().size() == 1);
  // The network goes on where the stick stopped, and nothing is sent again.
  amira.session.hurry(0);
  CHECK(amira.session.next(0).value()->ops.empty());
}

TEST_CASE("many batches arrive in any order, and what was taken out of order is acknowledged when repeated") {
  World world;
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  for (int i = 0; i < 450; i++) amira.goal("goal " + std::to_string(i));
  auto batches = amira.batches();
  REQUIRE(batches.size() == 3);
  auto late = world.school->take_batch(batches[2]).value();
  CHECK(world.goals(world.amira).size() == 50);
  REQUIRE(amira.hear(late));
  CHECK(amira.waiting() == 450);
  auto first = world.school->take_batch(batches[0]).value();
  auto second = world.school->take_batch(batches[1]).value();
  REQUIRE(amira.hear(second));
  REQUIRE(amira.hear(first));
  CHECK(amira.waiting() == 50);
  REQUIRE(amira.hear(world.school->take_batch(batches[2]).value()));
  CHECK(amira.waiting() == 0);
  CHECK(world.goals(world.amira).size() == 450);
  CHECK(world.school->verify());
}

TEST_CASE("a forged, altered or torn batch is refused whole, and the next one is taken in") {
  World world;
  auto lab = world.join_computer("lab-03");
  Laptop amira(world, world.amira, lab), bo(world, world.student("Bo", "Lindqvist"), lab);
  amira.goal("mine");
  bo.goal("as if I were Amira");
  auto good = amira.batches().front(), theirs = bo.batches().front();
  auto code_of = [&](const std::string& bytes) { return world.school->take_batch(bytes).error().code; };
  auto bos = wire::decode_batch(theirs, {world.school->identity()}).value().batch;

  auto forged = bos;  // Amira's papers, Bo's key
  forged.person = world.amira;
  forged.certificate = amira.joined.certificate;
  forged.certificate_signature = amira.joined.certificate_signature;
  CHECK(code_of(wire::encode(forged, bo.key)) == Code::unauthorized);
  forged.certificate = bo.joined.certificate;  // the school's signature over another certificate
  CHECK(code_of(wire::encode(forged, bo.key)) == Code::unauthorized);
  forged.certificate_signature = bo.joined.certificate_signature;  // Bo's papers, Amira's name
  CHECK(code_of(wire::encode(forged, bo.key)) == Code::unauthorized);
  auto of_another = bos;  // Bo carries an op whose author is Amira
  of_another.ops = wire::decode_batch(good, {world.school->identity()}).value().batch.ops;
  of_another.ids = {record::op_id(of_another.ops.front())};
  CHECK(code_of(wire::encode(of_another, bo.key)) == Code::forbidden);
  auto altered = bos;
  altered.ids = {OpId{}};
  CHECK(code_of(wire::encode(altered, bo.key)) == Code::wrong_id);
  for (std::size_t length = 0; length < good.size(); length++) {
    CAPTURE(length);
    CHECK_FALSE(world.school->take_batch(std::string_view(good).substr(0, length)));
  }
  for (std::size_t at = 0; at < good.size(); at += 7) {
    auto changed = good;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    CHECK_FALSE(world.school->take_batch(changed));
  }
  CHECK(world.goals(world.amira).empty());
  REQUIRE(world.school->take_batch(good));
  REQUIRE(world.school->take_batch(theirs));
  CHECK(world.goals(world.amira) == Texts{"mine"});

  REQUIRE(world.school->remove_computer(lab.id));
  amira.goal("from a removed computer");
  CHECK(code_of(amira.batches().front()) == Code::unauthorized);
}

TEST_CASE("what a removed computer signed is not taken in, and none of it is lost: an adult reads it") {
  World world;
  auto lab = world.join_computer("lab-03");
  Laptop amira(world, world.amira, lab);
  auto rivera = world.school->add_staff("rivera@alder.example", "Elena Rivera", "teacher", "creek-and-stone")
                    .value()
                    .id;
  amira.goal("at school before");
  REQUIRE(amira.sync());
  amira.goal("on a stick");
  amira.goal("on it too");
  auto batch = amira.batches().front();
  REQUIRE(world.school->remove_computer(lab.id));
  for (int times = 0; times < 2; times++)
    CHECK(world.school->take_batch(batch).error().code == Code::unauthorized);
  CHECK(world.goals(world.amira) == Texts{"at school before"});
  auto letters = world.school->accounts().dead_letters(true, 10).value();
  REQUIRE(letters.size() == 2);
  CHECK(letters[0].person == world.amira);
  CHECK(letters[0].code == "unauthorized");
  CHECK(content_of(letters[1]).words.front().second == "on a stick");
  REQUIRE(world.school->take_in_letter(rivera, letters[1].n));
  CHECK(world.goals(world.amira) == Texts{"at school before", "on a stick"});

  // What is not signed by it is nobody's letter.
  auto forged = batch;
  forged[forged.find("on it too")] = 'O';
  CHECK_FALSE(world.school->take_batch(forged));
  CHECK(world.school->accounts().dead_letters(true, 10)->size() == 1);
  // Joined again, it brings all of it itself.
  auto anew = world.join_computer("lab-04");
  auto student = world.school->student_of_card(world.school->card_for(world.amira).value(), anew.id).value();
  amira.joined = world.school->join_student(student, anew, "4711", "digits", public_key(amira.key)).value();
  REQUIRE(amira.sync());
  CHECK(amira.waiting() == 0);
  CHECK(world.goals(world.amira) == Texts{"at school before", "on a stick", "on it too"});
}

TEST_CASE("what a batch may write is what its author may write; another's stream is kept for an adult") {
  World world;
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  auto bo = world.student("Bo", "Lindqvist");
  store::Edit edit{
      {domain::person_stream(bo), "goal", world.random.id<RecordId>()}, {{"want", "not mine"}}, {}, {}};
  amira.store->write(world.amira, std::span(&edit, 1)).value();
  amira.goal("mine");
  REQUIRE(amira.hear(world.school->take_batch(amira.batches().front()).value()));
  CHECK(world.goals(bo).empty());
  CHECK(world.goals(world.amira) == Texts{"mine"});
  CHECK(amira.store->refusals().value().front().code == "not_granted");
  CHECK(world.school->accounts().dead_letters_waiting().value() == 1);
}

TEST_CASE("the log is read once for all who wait to be confirmed") {
  World world;
  world.backup();
  std::vector<std::unique_ptr<Laptop>> fresh;
  for (int i = 0; i < 12; i++) {
    auto id = world.student("Late" + std::to_string(i), "Comer");
    fresh.push_back(std::make_unique<Laptop>(world, id, world.join_computer("lab-" + std::to_string(i))));
  }
  auto elsewhere = world.school->add_class("Period 5").value();
  REQUIRE(world.school->enroll(elsewhere, fresh[3]->person, "student"));
  REQUIRE(world.school->enroll(world.period3, fresh[4]->person, "student", false));
  std::vector<Enrollment> many;
  for (int i = 0; i < 2'000; i++) many.push_back({elsewhere, world.amira, i % 2 ? "student" : "teacher"});
  REQUIRE(world.school->put_enrollments(many));
  REQUIRE(world.school->restore(world.file, world.key()));
  for (auto& laptop : fresh) REQUIRE(laptop->come_back());
  // What this process has read, whether or not the disk was asked.
  auto read_so_far = [] {
    std::ifstream io("/proc/self/io");
    std::string name;
    std::int64_t bytes = 0;
    io >> name >> bytes;
    REQUIRE(name == "rchar:");
    return bytes;
  };
  auto log = static_cast<std::int64_t>(fs::file_size(world.data + "/removals.log"));
  REQUIRE(log > 200'000);
  auto before = read_so_far();
  auto lines = newcomer_lines(*world.school).value();
  CHECK(read_so_far() - before < 2 * log);
  REQUIRE(lines.size() == 12);
  for (const auto& line : lines)
    CHECK(line.classes == (line.name == "Late3 Comer"   ? Texts{"Period 3", "Period 5"}
                           : line.name == "Late4 Comer" ? Texts{}
                                                        : Texts{"Period 3"}));
}

TEST_CASE("a student who comes back costs the same however many others the school has") {
  auto cost = [](int others) {
    World world;
    world.backup();
    Laptop noor(world, world.student("Noor", "Siddiqui"), world.join_computer("lab-09"));
    REQUIRE(world.school->restore(world.file, world.key()));
    for (int i = 0; i < others; i++) {
      auto id = world.school->add_student("S" + std::to_string(i), "").value();
      REQUIRE(world.school->enroll(world.period3, id, "student"));
    }
    REQUIRE(world.school->refresh_access());
    auto count = test::statements(world.school->store().db(), [&] { REQUIRE(noor.come_back()); });
    // Their own streams, and nothing of a class.
    auto access = world.school->accounts().access(noor.person).value();
    CHECK(access.size() == 4);
    noor.goal("mine");
    REQUIRE(noor.sync());
    CHECK(world.goals(noor.person) == Texts{"mine"});
    return count;
  };
  CHECK(cost(60) == cost(1));
}

TEST_CASE(
    "a class that is over is not written anew by each change elsewhere, and is whole when it begins again") {
  World world;
  auto over = world.school->add_class("Period 9").value();
  std::vector<PersonId> students;
  for (int i = 0; i < 40; i++) students.push_back(world.student("S" + std::to_string(i), "Lindqvist"));
  auto refresh = [&] {
    return test::statements(world.school->store().db(), [&] { REQUIRE(world.school->refresh_access()); });
  };
  auto set = [&](bool active, const char* title) {
    ClassRow row{over, title, std::nullopt, active};
    REQUIRE(world.school->put_classes(std::span(&row, 1)));
    REQUIRE(world.school->refresh_access());
  };
  auto member = [&] {
    return world.school->store()
        .find({domain::class_stream(over), "member", domain::member_id(students[0])})
        .value();
  };
  auto archived = [&] {
    return world.school->store()
        .find({domain::class_stream(over), "class", domain::class_record_id(over)})
        .value()
        .value();
  };
  set(false, "Period 9");
  auto empty = refresh();
  set(true, "Period 9");
  REQUIRE(world.school->enroll_students(over, students));
  REQUIRE(world.school->refresh_access());
  CHECK(refresh() >= empty + 40);
  set(false, "Period 9");
  CHECK(archived().boolean("archived"));
  CHECK(refresh() == empty);
  for (const auto& access : world.school->accounts().access(students[0]).value())
    CHECK(access.stream != domain::class_stream(over));
  // Its title is the school's to change.
  set(false, "Period nine");
  CHECK(archived().text("title") == "Period nine");
  auto person = world.school->accounts().person(students[0]).value().value();
  person.given = "Sol";
  REQUIRE(world.school->put_person(person));
  REQUIRE(world.school->refresh_access());
  set(true, "Period nine");
  CHECK_FALSE(archived().boolean("archived"));
  REQUIRE(member());
  CHECK(member()->text("name").starts_with("Sol"));
}

TEST_CASE("a student whom a roster made again is one student, unless both have work") {
  World world;
  world.backup();
  auto noor = world.student("Noor", "Siddiqui");
  Laptop fresh(world, noor, world.join_computer("lab-09"));
  fresh.goal("noor's");
  REQUIRE(fresh.sync());
  world.school->restore(world.file, world.key()).value();
  auto again = world.school->add_student("noor", "SIDDIQUI", "sis-17").value();
  REQUIRE(world.school->enroll(world.period3, again, "student"));
  REQUIRE(world.school->refresh_access());
  REQUIRE(fresh.come_back());
  auto lines = newcomer_lines(*world.school).value();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].classes == Texts{"Period 3"});
  CHECK(lines[0].same_id == again.hex());
  CHECK(lines[0].same_class == "Period 3");
  CHECK(world.school->merge_newcomer(again, noor).error().code == Code::not_found);
  CHECK(world.school->merge_newcomer(noor, noor).error().code == Code::not_found);
  REQUIRE(world.school->merge_newcomer(noor, again));
  CHECK(world.school->newcomers().value().empty());
  CHECK(world.school->accounts().person_by_source("sis-17").value()->id == noor);
  CHECK_FALSE(world.school->accounts().person(again).value()->active);
  auto students = world.school->students_of(world.period3).value();
  REQUIRE(students.size() == 2);
  CHECK(students[1].person.id == noor);
  REQUIRE(fresh.sync());
  CHECK(world.goals(noor) == Texts{"noor's"});

  // Who has written or signed in under the new name stays a student apart.
  world.school->restore(world.file, world.key()).value();
  auto third = world.student("Noor", "Siddiqui");
  Laptop other(world, third, world.join_computer("lab-10"));
  REQUIRE(fresh.come_back());
  REQUIRE(newcomer_lines(*world.school).value().size() == 1);
  CHECK(newcomer_lines(*world.school).value()[0].same_id.empty());
  CHECK(world.school->merge_newcomer(noor, third).error().code == Code::conflict);
  CHECK(world.school->newcomers().value().size() == 1);
}

namespace {
// Does the text stand in any byte of the database or of its write-ahead log?
bool stands_in(const std::string& database, std::string_view text) {
  for (std::string_view tail : {"", "-wal"}) {
    std::ifstream in(database + std::string(tail), std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (bytes.find(text) != std::string::npos) return true;
  }
  return false;
}
}  // namespace

TEST_CASE("an erased student is nowhere: on no device, in no byte of the school, and not after a restore") {
  World world;
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  Laptop twin(world, world.amira, world.join_computer("lab-04"));
  auto bo = world.student("Bo", "Lindqvist");
  Laptop other(world, bo, world.join_computer("lab-05"));
  Laptop late(world, world.amira, world.join_computer("lab-06"));
  REQUIRE(late.sync());
  for (int i = 0; i < 40; i++) amira.goal("SECRET-" + std::to_string(i) + std::string(3'000, 'x'));
  other.goal("bo's own");
  REQUIRE(amira.sync());
  REQUIRE(twin.sync());
  REQUIRE(other.sync());
  std::string picture = "a picture of her";
  auto hash = to_hex(sha256(as_bytes(picture)));
  auto bearer = world.school->bearer(amira.joined.token).value();
  REQUIRE(world.school->put_file(bearer, domain::person_stream(world.amira), hash, picture, "image/png"));
  REQUIRE(world.school->accounts().add_dead_letter(world.amira, "SECRET-LETTER", "malformed"));
  world.backup();
  amira.goal("SECRET-NOT-SENT");
  auto database = world.data + "/school.db";
  auto on_disk = world.data + "/files/" + hash.substr(0, 2) + "/" + hash.substr(2);
  REQUIRE(stands_in(database, "SECRET"));
  REQUIRE(fs::exists(on_disk));

  CHECK(world.school->erase_student(std::nullopt, PersonId{}).error().code == Code::not_found);
  auto erased = world.school->erase_student(std::nullopt, world.amira).value();
  CHECK(erased.ops >= 40);
  CHECK(erased.old_copies.empty());
  CHECK(world.school->erase_student(std::nullopt, world.amira).error().code == Code::conflict);
  CHECK_FALSE(stands_in(database, "SECRET"));
  CHECK_FALSE(stands_in(database, "Haddad"));
  CHECK_FALSE(fs::exists(on_disk));
  CHECK(world.goals(world.amira).empty());
  CHECK(world.goals(bo) == Texts{"bo's own"});
  CHECK(world.school->students_of(world.period3).value().size() == 1);
  REQUIRE(world.school->verify());

  // Her computers hear of it, and what she had not sent yet is dropped, without a letter.
  for (auto* laptop : {&amira, &twin}) {
    REQUIRE(laptop->sync());
    CHECK(laptop->waiting() == 0);
    CHECK(laptop->store->refusals().value().empty());
    CHECK(laptop->store->records(domain::person_stream(world.amira), "goal").value().empty());
    REQUIRE(laptop->store->verify());
  }
  for (int i = 1; i <= 2; i++)
    CHECK_FALSE(stands_in(world.folder.path() + "/device" + std::to_string(i) + ".db", "SECRET"));
  CHECK(world.school->accounts().dead_letters_waiting().value() == 0);
  REQUIRE(other.sync());
  CHECK(other.store->records(domain::person_stream(bo), "goal").value().size() == 1);

  auto replaced = world.school->restore(world.file, world.key()).value();
  CHECK_FALSE(stands_in(database, "SECRET"));
  CHECK_FALSE(stands_in(database, "Haddad"));
  CHECK_FALSE(fs::exists(on_disk));
  REQUIRE(twin.sync());
  // One that has not heard of it yet brings what was written meanwhile.
  late.goal("SECRET-LATER");
  REQUIRE(late.sync());
  CHECK_FALSE(stands_in(database, "SECRET"));
  CHECK_FALSE(stands_in(world.folder.path() + "/device4.db", "SECRET"));
  CHECK(world.school->accounts().dead_letters_waiting().value() == 0);
  // What the restore replaced is told of: it is an old copy, though here of after the erasure.
  CHECK(world.school->erase_student(std::nullopt, bo).value().old_copies == Texts{replaced});
  REQUIRE(world.school->verify());
}

TEST_CASE("nobody but who is erased makes the school look for files that an erased op may have named") {
  World world;
  auto bo = world.student("Bo", "Lindqvist");
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  Laptop other(world, bo, world.join_computer("lab-05"));
  Laptop twin(world, world.amira, world.join_computer("lab-04"));
  amira.goal("hers");
  REQUIRE(amira.sync());
  REQUIRE(other.sync());
  // As after a restore: a file that no record here mentions yet.
  std::string picture = "a picture that a record still to come mentions";
  auto stray = to_hex(sha256(as_bytes(picture)));
  auto on_disk = world.data + "/files/" + stray.substr(0, 2) + "/" + stray.substr(2);
  fs::create_directories(fs::path(on_disk).parent_path());
  std::ofstream(on_disk) << picture;
  REQUIRE(world.school->erase_student(std::nullopt, world.amira));

  auto marks = [&] {
    auto query = world.school->store().db().prepare("SELECT count(*) FROM meta WHERE key LIKE 'erased %'");
    REQUIRE(query->step());
    return query->integer(0);
  };
  auto write = [&](Laptop& laptop, const PersonId& of, std::size_t count) {
    Texts hashes{stray};
    for (std::size_t i = 1; i < count; i++) hashes.push_back(to_hex(sha256(as_bytes(std::to_string(i)))));
    store::Edit edit{{domain::person_stream(of), "work", world.random.id<RecordId>()},
                     {{"works", record::Value(hashes)}},
                     {},
                     {}};
    REQUIRE(laptop.store->write(laptop.person, std::span(&edit, 1)));
  };
  auto before = marks();
  for (int i = 0; i < 3; i++) write(other, world.amira, 1'000);
  CHECK(test::statements(
            world.school->store().db(), [&] { REQUIRE(other.sync()); },
            "SELECT body FROM op WHERE state <> 1") == 0);
  CHECK(marks() == before);
  CHECK(fs::exists(on_disk));

  // Who is erased is believed, and costs one look at all records, whatever they name.
  write(amira, world.amira, 1'000);
  CHECK(test::statements(
            world.school->store().db(), [&] { REQUIRE(amira.sync()); },
            "SELECT body FROM op WHERE state <> 1") == 1);
  CHECK_FALSE(fs::exists(on_disk));
  CHECK(marks() == before);
  for (int i = 0; i < 3; i++) write(twin, world.amira, 1'000);
  CHECK(test::statements(
            world.school->store().db(), [&] { REQUIRE(twin.sync()); },
            "SELECT body FROM op WHERE state <> 1") == 0);
}

TEST_CASE(
    "a school on a new disk, restored from before an erasure, hears of it from any computer and obeys") {
  World world;
  auto bo = world.student("Bo", "Lindqvist");
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  Laptop other(world, bo, world.join_computer("lab-05"));
  amira.goal("SECRET");
  REQUIRE(amira.sync());
  REQUIRE(other.sync());
  REQUIRE(world.school->accounts().add_dead_letter(world.amira, "SECRET-LETTER", "malformed"));
  world.backup();
  REQUIRE(world.school->erase_student(std::nullopt, world.amira));
  REQUIRE(other.sync());

  // The log of removals burned with the old disk.
  auto elsewhere = world.folder.path() + "/elsewhere", database = elsewhere + "/school.db";
  world.school.reset();
  REQUIRE(School::restore_at(elsewhere, world.file, world.key(), world.clock, world.random));
  world.school = School::open(elsewhere, world.clock, world.random).value();
  REQUIRE(stands_in(database, "SECRET"));
  REQUIRE(stands_in(database, "Haddad"));
  REQUIRE(other.sync());
  CHECK(world.goals(world.amira).empty());
  CHECK(world.school->accounts().person(world.amira).value()->given == "");
  CHECK(world.school->accounts().dead_letters_waiting().value() == 0);
  CHECK(world.school->students_of(world.period3).value().size() == 1);
  CHECK_FALSE(stands_in(database, "SECRET"));
  CHECK_FALSE(stands_in(database, "Haddad"));
  CHECK(world.school->erase_student(std::nullopt, world.amira).error().code == Code::conflict);
  // It is in the log again: this backup brings her back no more, even where no computer tells of it.
  REQUIRE(world.school->restore(world.file, world.key()));
  CHECK(world.goals(world.amira).empty());
  CHECK_FALSE(stands_in(database, "SECRET"));
  CHECK_FALSE(stands_in(database, "Haddad"));
  REQUIRE(amira.sync());
  CHECK(amira.store->records(domain::person_stream(world.amira), "goal").value().empty());
  REQUIRE(world.school->verify());
}

TEST_CASE("what an erasure cannot remove now keeps no school shut, and is tried again now and then") {
  World world;
  auto bo = world.student("Bo", "Lindqvist");
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  Laptop other(world, bo, world.join_computer("lab-05"));
  amira.goal("SECRET");
  REQUIRE(amira.sync());
  REQUIRE(other.sync());
  std::string picture = "a picture of her";
  auto hash = to_hex(sha256(as_bytes(picture)));
  auto bearer = world.school->bearer(amira.joined.token).value();
  REQUIRE(world.school->put_file(bearer, domain::person_stream(world.amira), hash, picture, "image/png"));
  auto on_disk = world.data + "/files/" + hash.substr(0, 2) + "/" + hash.substr(2);
  fs::remove(on_disk);
  fs::create_directories(on_disk + "/what cannot be removed");
  CHECK(world.school->erase_student(std::nullopt, world.amira).error().code == Code::io);
  world.school.reset();
  world.school = School::open(world.data, world.clock, world.random).value();
  CHECK(world.school->erasures_wait());
  REQUIRE(other.sync());
  fs::remove_all(on_disk);
  std::ofstream(on_disk) << picture;
  REQUIRE(world.school->finish_erasures());
  CHECK(fs::exists(on_disk));
  world.clock.advance_ms(11 * 60'000);
  REQUIRE(world.school->finish_erasures());
  CHECK_FALSE(fs::exists(on_disk));
  CHECK_FALSE(world.school->erasures_wait());

  // Somebody reads the database: it is written anew once, and not again with every request.
  auto& db = world.school->store().db();
  REQUIRE(db.execute("PRAGMA busy_timeout=10"));
  auto reader = store::Db::open(world.data + "/school.db").value();
  {
    auto reading = reader->prepare("SELECT id FROM op").value();
    REQUIRE(reading.step().value());
    auto many = test::statements(
        db,
        [&] {
          REQUIRE(world.school->erase_student(std::nullopt, bo));
          for (int i = 0; i < 100; i++) REQUIRE(other.sync());
        },
        "VACUUM");
    CHECK(many == 1);
    CHECK(world.school->erasures_wait());
  }
  world.clock.advance_ms(11 * 60'000);
  CHECK(test::statements(
            db, [&] { REQUIRE(other.sync()); }, "VACUUM") == 1);
  CHECK_FALSE(world.school->erasures_wait());
}

TEST_CASE("letters of one sender hide nobody else's, and are counted without being read") {
  World world;
  auto bo = world.student("Bo", "Lindqvist");
  auto head = world.school->accounts().person_by_email("head@alder.example").value().value();
  auto rivera =
      world.school->add_staff("rivera@alder.example", "Elena Rivera", "teacher", "creek-and-stone").value();
  REQUIRE(world.school->enroll(world.period3, rivera.id, "teacher"));
  REQUIRE(world.school->refresh_access());
  auto zoe = world.school->add_student("Zoe", "Elsewhere").value();
  auto& accounts = world.school->accounts();
  auto& db = world.school->store().db();
  {
    auto all = store::Transaction::begin(db).value();
    REQUIRE(accounts.add_dead_letter(world.amira, "what Amira wrote", "not_granted"));
    REQUIRE(accounts.add_dead_letter(zoe, "what Zoe wrote", "not_granted"));
    world.clock.advance_ms(1'000);
    for (int i = 0; i < 25'000; i++)
      REQUIRE(
          accounts.add_dead_letter(bo, "noise " + std::to_string(i) + std::string(400, 'x'), "malformed"));
    REQUIRE(all.commit());
  }
  auto first_words = [](const LetterPage& page, std::string_view words) {
    return std::count_if(page.waiting.begin(), page.waiting.end(), [&](const LetterLine& line) {
      return !line.words.empty() && line.words.front().second == words;
    });
  };
  auto all = letters_for(*world.school, head).value();
  CHECK(all.waiting.size() == letters_listed_max);
  CHECK(first_words(all, "what Amira wrote") == 1);
  CHECK(first_words(all, "what Zoe wrote") == 1);
  CHECK(all.more == 25'002 - 200);
  auto hers = letters_for(*world.school, rivera).value();
  CHECK(first_words(hers, "what Amira wrote") == 1);
  CHECK(first_words(hers, "what Zoe wrote") == 0);
  CHECK(hers.more == 25'001 - 200);
  std::int64_t count = 0;
  CHECK(test::statements(
            db, [&] { count = letters_waiting_for(*world.school, rivera).value(); }, "body") == 0);
  CHECK(count == 25'001);
  {
    auto plan =
        db.prepare("EXPLAIN QUERY PLAN SELECT count(*) FROM dead_letter WHERE settled_ms IS NULL").value();
    REQUIRE(plan.step().value());
    CHECK(plan.text(3).find("COVERING") != std::string::npos);
  }
  CHECK(test::statements(
            db, [&] { letters_for(*world.school, rivera).value(); }, "body") == 200);
  CHECK(letters_waiting_for(*world.school, head).value() == 25'002);
  // The page says which one it showed: after a restore another may have the number.
  const auto& shown = hers.waiting.back();
  CHECK(may_settle(*world.school, rivera, shown.n, shown.at_ms).value());
  CHECK(may_settle(*world.school, rivera, shown.n, shown.at_ms + 1).error().code == Code::conflict);
  // An erasure looks through them once, however many ops it names.
  Laptop laptop(world, world.amira, world.join_computer("lab-03"));
  for (int i = 0; i < 300; i++) laptop.goal(std::to_string(i));
  REQUIRE(laptop.sync());
  std::vector<OpId> ops;
  for (const auto& record : world.school->store().records(domain::person_stream(world.amira), "goal").value())
    ops.push_back(record.all_heads().front());
  CHECK(test::statements(
            db, [&] { REQUIRE(world.school->erase_ops(std::nullopt, ops)); }, "body FROM dead_letter") == 1);
}

TEST_CASE("a stick that was read says nothing of its student's name once they are erased") {
  World world;
  auto head = world.school->accounts().person_by_email("head@alder.example").value().value();
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  amira.goal("hers");
  std::vector<wire::BundleItem> items;
  for (auto& batch : amira.batches()) items.push_back({wire::batch_item, std::move(batch)});
  auto bundle = wire::seal_bundle(world.school->identity(), amira.key, items).value();
  CHECK(read_stick(*world.school, head.id, bundle, "stick").value().student == "Amira Haddad");
  CHECK(world.school->accounts().audit_entries(1)->front().subject == world.amira.hex());
  // As an earlier version wrote it.
  REQUIRE(world.school->accounts().audit(head.id, "stick read", "Amira Haddad"));
  REQUIRE(world.school->erase_student(std::nullopt, world.amira));
  CHECK_FALSE(stands_in(world.data + "/school.db", "Haddad"));
}

TEST_CASE("who was signed in is not after another password, after a restore, or by a clock that ran ahead") {
  World world;
  auto sign_in = [&](const std::string& password) {
    return world.school->sign_in("head@alder.example", password).value().token;
  };
  auto in = [&](const std::string& token) { return world.school->session(token).has_value(); };
  auto token = sign_in("creek-and-stone");
  world.backup();
  CHECK(in(token));
  REQUIRE(world.school->set_password("head@alder.example", "stone-and-creek"));
  CHECK_FALSE(in(token));
  token = sign_in("stone-and-creek");
  auto backed_up = token;
  world.backup();
  REQUIRE(world.school->sign_out(token));
  REQUIRE(world.school->restore(world.file, world.key()));
  CHECK_FALSE(in(backed_up));
  token = sign_in("stone-and-creek");
  world.clock.set_ms(world.clock.now_ms() - 4 * 60'000);
  CHECK(in(token));
  world.clock.set_ms(world.clock.now_ms() - 2 * 60'000);
  CHECK_FALSE(in(token));
  token = sign_in("stone-and-creek");
  for (int i = 0; i < 60; i++) {
    world.clock.advance_ms(std::int64_t{11} * 3600 * 1000);
    CHECK(in(token));
  }
  for (int i = 0; i < 6; i++) world.clock.advance_ms(std::int64_t{11} * 3600 * 1000), (void)in(token);
  CHECK_FALSE(in(token));
}

TEST_CASE("a line of the removals that cannot be read is set aside, and all others hold") {
  World world;
  auto lab3 = world.join_computer("lab-03"), lab4 = world.join_computer("lab-04");
  world.backup();
  REQUIRE(world.school->remove_computer(lab3.id));
  REQUIRE(world.school->reset_pin(world.amira));
  REQUIRE(world.school->remove_computer(lab4.id));
  auto path = world.data + "/removals.log";
  auto lines = RemovalLog(path).lines().value();
  std::size_t before = 0;
  for (std::size_t i = 0; i + 2 < lines.size(); i++) before += lines[i].size() + 1;
  auto damage = [&] {
    std::fstream(path, std::ios::in | std::ios::out | std::ios::binary)
        .seekp(static_cast<std::streamoff>(before) + 5)
        .write(std::string(50, '\xff').data(), 50);
    REQUIRE_FALSE(RemovalLog(path).lines());
  };
  auto set_aside = [&] {
    int count = 0;
    for (const auto& entry : fs::directory_iterator(world.data))
      count += entry.path().filename().string().starts_with("removals.log.damaged-");
    return count;
  };
  auto removed = [&] {
    int count = 0;
    for (const auto& computer : world.school->accounts().computers().value()) count += computer.removed;
    return count;
  };
  damage();
  auto broken = fs::file_size(path);
  world.school.reset();
  world.school = School::open(world.data, world.clock, world.random).value();
  CHECK(removed() == 2);
  CHECK(RemovalLog(path).lines()->size() == lines.size() - 1);
  CHECK(set_aside() == 1);
  CHECK(fs::file_size(path + ".damaged-" + std::to_string(world.clock.now_ms())) == broken);
  CHECK(world.school->accounts().audit_entries(1)->front().action == "log of removals was damaged");
  // Where it is restored over, both computers are still gone.
  damage();
  world.school.reset();
  REQUIRE(School::restore_at(world.data, world.file, world.key(), world.clock, world.random));
  world.school = School::open(world.data, world.clock, world.random).value();
  CHECK(set_aside() == 2);
  CHECK(removed() == 1);  // of the other the line is damaged
}

TEST_CASE("a backup with a line of removals that cannot be read is restored, and all others hold") {
  World world;
  auto lab3 = world.join_computer("lab-03"), lab4 = world.join_computer("lab-04");
  REQUIRE(world.school->remove_computer(lab3.id));
  auto path = world.data + "/removals.log";
  auto sound = fs::file_size(path);
  REQUIRE(world.school->reset_pin(world.amira));
  REQUIRE(world.school->remove_computer(lab4.id));
  auto whole = store::read_whole(path, 1 << 20).value();
  auto lines = RemovalLog(path).lines()->size();
  auto damaged = whole;
  std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(sound) + 5, 50, '\xff');
  REQUIRE(store::write_durably(path, damaged));
  world.backup();
  auto data = world.data;
  SUBCASE("over the school, whose own log is sound") {
    REQUIRE(store::write_durably(path, whole));
    REQUIRE(world.school->restore(world.file, world.key()));
  }
  SUBCASE("on a new disk") {
    data = world.folder.path() + "/new", lines--;
    world.school.reset();
    REQUIRE(School::restore_at(data, world.file, world.key(), world.clock, world.random));
    world.school = School::open(data, world.clock, world.random).value();
  }
  SUBCASE("on a new disk, where the power went as the log was mended") {
    data = world.folder.path() + "/new", lines--;
    fs::create_directory(data);
    Restoring restoring(data);
    REQUIRE(restoring.unpack(world.file, world.key()));
    REQUIRE(restoring.decide(world.clock.now_ms()));
    REQUIRE(RemovalLog(data + "/restored/removals.log").mend(world.clock.now_ms()));
    world.school.reset();
    world.school = School::open(data, world.clock, world.random).value();
  }
  for (const auto& computer : world.school->accounts().computers().value()) CHECK(computer.removed);
  CHECK(RemovalLog(data + "/removals.log").lines()->size() == lines);
  Texts beside;
  for (const auto& entry : fs::directory_iterator(data))
    if (entry.path().filename().string().starts_with("removals.log.damaged-"))
      beside.push_back(store::read_whole(entry.path().string(), 1 << 20).value());
  CHECK(beside == Texts{damaged});
}

TEST_CASE("a line of the removals that says what cannot be done keeps no school shut, and all others hold") {
  World world;
  auto lab3 = world.join_computer("lab-03"), lab4 = world.join_computer("lab-04");
  world.backup();
  REQUIRE(world.school->remove_computer(lab3.id));
  auto path = world.data + "/removals.log";
  // Each is an object still, and one byte of it is another.
  const Texts bad{R"({"at":7,"subject":"","value":"{\"author\":","what":"erasure"})",
                  R"({"at":7,"subject":")" + world.amira.hex() + R"(","what":"hidden"})",
                  R"({"at":7,"subject":"lab-04","value":"lab-04","what":"computer"})",
                  R"({"at":7,"subject":"Period 3","value":"gone","what":"class"})",
                  R"({"at":7,"class":"","kind":"student","subject":")" + world.amira.hex() +
                      R"(","value":"ended","what":"enrollment"})"};
  for (const auto& line : bad) REQUIRE(RemovalLog(path).append(std::span(&line, 1)));
  REQUIRE(world.school->store().set_meta("removals", "1 of another log"));
  auto later = RemovalLog::line_of({8, "computer", lab4.id.hex(), "lab-04", "", ""});
  REQUIRE(RemovalLog(path).append(std::span(&later, 1)));
  world.school.reset();
  world.school = School::open(world.data, world.clock, world.random).value();
  for (const auto& computer : world.school->accounts().computers().value()) CHECK(computer.removed);
  CHECK(world.school->accounts().audit_entries(1)->front().action == "log of removals was damaged");
  auto kept = RemovalLog(path).lines().value();
  for (const auto& line : bad) CHECK(std::find(kept.begin(), kept.end(), line) == kept.end());
  auto beside = store::read_whole(path + ".damaged-" + std::to_string(world.clock.now_ms()), 1 << 20).value();
  for (const auto& line : bad) CHECK(beside.find(line) != std::string::npos);
}

TEST_CASE("one op is erased, and what was based on it stands; its place in the chain is kept") {
  World world;
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  amira.goal("keep");
  record::RecordKey key{domain::person_stream(world.amira), "goal", world.random.id<RecordId>()};
  auto set = [&](std::string_view want) {
    auto before = amira.store->find(key).value();
    store::Edit edit{key, {{"want", want}}, before ? before->all_heads() : std::vector<OpId>{}, {}};
    return amira.store->write(world.amira, std::span(&edit, 1)).value().front().op;
  };
  auto leak = set("LEAK");
  set("mended");
  REQUIRE(amira.sync());
  CHECK(world.school->erase_ops(std::nullopt, {OpId{}}).error().code == Code::not_found);
  CHECK(world.school->erase_ops(std::nullopt, {}).error().code == Code::invalid);
  REQUIRE(world.school->erase_ops(std::nullopt, {leak}));
  CHECK(world.school->erase_ops(std::nullopt, {leak}).error().code == Code::not_found);
  auto erasure = world.school->store().records(domain::school_stream, "erasure").value().front();
  CHECK(world.school->erase_ops(std::nullopt, {id_cast<OpId>(erasure.key.id)}).error().code == Code::invalid);
  CHECK(world.goals(world.amira) == Texts{"keep", "mended"});
  CHECK_FALSE(stands_in(world.data + "/school.db", "LEAK"));
  REQUIRE(amira.sync());
  CHECK_FALSE(stands_in(world.folder.path() + "/device1.db", "LEAK"));
  CHECK(amira.store->records(key.stream, "goal").value().size() == 2);
  // A replica that begins anew offers everything again; a stub stands where the erased op was.
  REQUIRE(amira.store->become_new_replica());
  for (const auto& batch : amira.batches()) REQUIRE(amira.hear(world.school->take_batch(batch).value()));
  CHECK(amira.waiting() == 0);
  CHECK(amira.store->refusals().value().empty());
  CHECK(world.school->accounts().dead_letters_waiting().value() == 0);
  REQUIRE(amira.store->become_new_replica());
  REQUIRE(amira.sync());
  CHECK(world.goals(world.amira) == Texts{"keep", "mended"});
}

TEST_CASE("a school that lost an erased op gets its stub again, and what it linked stays one story") {
  World world;
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  record::RecordKey key{domain::person_stream(world.amira), "goal", world.random.id<RecordId>()};
  auto say = [&](std::string_view want) {
    auto before = amira.store->find(key).value();
    store::Edit edit{key, {{"want", want}}, before ? before->all_heads() : std::vector<OpId>{}, {}};
    auto op = amira.store->write(world.amira, std::span(&edit, 1)).value().front().op;
    REQUIRE(amira.sync());
    return op;
  };
  auto heads = [&](store::Store& store) { return store.find(key)->value().field("want")->heads.size(); };
  say("first");
  world.backup();
  auto abusive = say("something that must go");
  say("last");
  REQUIRE(world.school->erase_ops(std::nullopt, {abusive}));
  REQUIRE(amira.sync());
  CHECK(heads(world.school->store()) == 1);
  world.school->restore(world.file, world.key()).value();
  REQUIRE(amira.sync());
  CHECK(world.goals(world.amira) == Texts{"last"});
  CHECK(heads(world.school->store()) == 1);
  CHECK(heads(*amira.store) == 1);
  CHECK(world.school->store().stub_reason(abusive).value() == "erased");
}

TEST_CASE("a retention rule names who left long enough ago, and nobody else") {
  World world;
  auto bo = world.student("Bo", "Lindqvist");
  auto person = world.school->accounts().person(bo).value().value();
  person.active = false;
  REQUIRE(world.school->put_person(person));
  auto left_ms = world.clock.now_ms();
  CHECK(world.school->left_before(left_ms).value().empty());
  auto left = world.school->left_before(left_ms + 1).value();
  REQUIRE(left.size() == 1);
  CHECK(left[0].person.id == bo);
  CHECK(left[0].at_ms == left_ms);
  REQUIRE(world.school->erase_student(std::nullopt, bo));
  CHECK(world.school->left_before(left_ms + 1).value().empty());
}

TEST_CASE("who is taken out while the clock runs behind did not leave long ago") {
  World world;
  auto first = world.student("Bo", "Lindqvist"), second = world.student("Cy", "Lindqvist"),
       third = world.student("Di", "Lindqvist");
  auto take_out = [&](const PersonId& id) {
    auto person = world.school->accounts().person(id).value().value();
    person.active = false;
    REQUIRE(world.school->put_person(person));
  };
  auto now = world.clock.now_ms();
  world.clock.set_ms(1'000);  // where there is no battery it begins so
  take_out(first);
  world.clock.set_ms(now + 5'000);
  take_out(second);
  world.clock.set_ms(2'000);
  take_out(third);
  world.clock.set_ms(now + 6'000);
  auto left = [&](std::int64_t ms) {
    std::vector<std::pair<PersonId, std::int64_t>> found;
    for (const auto& one : world.school->left_before(ms).value())
      found.emplace_back(one.person.id, one.at_ms);
    return found;
  };
  CHECK(left(now - 1'000).empty());
  auto all = left(now + 5'001);
  REQUIRE(all.size() == 3);
  CHECK(all[0].first == first);
  CHECK(all[0].second >= now - 1'000);
  CHECK(all[1] == std::pair(second, now + 5'000));
  CHECK(all[2] == std::pair(third, now + 5'000));
}

TEST_CASE("two copies of one disk do not turn each other away, and their tokens do not pile up") {
  World world;
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  std::vector<std::string> tokens;
  for (int i = 0; i < 9; i++) {
    world.clock.advance_ms(1'000);
    tokens.push_back(amira.come_back().value().token);
  }
  for (std::size_t i = 0; i < tokens.size(); i++) {
    CAPTURE(i);
    CHECK(world.school->bearer(tokens[i]).has_value() == (i >= 5));
  }
}

TEST_CASE("what others carry for a student who left is kept for an adult, and lets nobody in") {
  World world;
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  auto person = world.school->accounts().person(world.amira).value().value();
  person.active = false;
  REQUIRE(world.school->put_person(person));
  REQUIRE(world.school->refresh_access());
  amira.goal("carried");
  REQUIRE(amira.hear(world.school->take_batch(amira.batches().front()).value()));
  CHECK(amira.store->waiting_count().value() == 0);
  CHECK(amira.store->refusals().value().front().code == "not_granted");
  auto letters = world.school->accounts().dead_letters(true, 10).value();
  REQUIRE(letters.size() == 1);
  CHECK(content_of(letters[0]).words.front().second == "carried");
  CHECK(amira.come_back().error().code == Code::unauthorized);
}

TEST_CASE(
    "what a student wrote while away is kept for an adult, who takes it in, hands it back or sets it "
    "aside") {
  World world;
  auto rivera = world.school->add_staff("rivera@alder.example", "Elena Rivera", "teacher", "creek-and-stone")
                    .value()
                    .id;
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  amira.goal("before");
  REQUIRE(amira.sync());
  auto person = world.school->accounts().person(world.amira).value().value();
  person.active = false;
  REQUIRE(world.school->put_person(person));
  REQUIRE(world.school->refresh_access());
  // What is erased goes from their computers, too: that is told in the stream of the whole school.
  auto access = world.school->accounts().access(world.amira).value();
  REQUIRE(access.size() == 1);
  CHECK(access[0].stream == "school");
  CHECK(access[0].role == domain::Role::member);
  for (const char* want : {"one", "two", "three", "four"}) amira.goal(want);
  REQUIRE(amira.sync());
  CHECK(amira.store->refusals().value().size() == 4);
  CHECK(amira.store->records(domain::person_stream(world.amira), "goal").value().size() == 1);
  auto letters = world.school->accounts().dead_letters(true, 10).value();
  REQUIRE(letters.size() == 4);
  CHECK(letters[0].n > letters[1].n);  // the latest first
  CHECK(letters[3].code == "not_granted");
  auto content = content_of(letters[3]);
  CHECK(content.kind == "goal");
  CHECK(content.stream == domain::person_stream(world.amira));
  CHECK(content.words == std::vector<std::pair<std::string, std::string>>{{"want", "one"}});

  // A notice reaches them when they are back, and the page says so.
  auto head = world.school->accounts().person_by_email("head@alder.example").value().value();
  for (const auto& line : letters_for(*world.school, head).value().waiting) CHECK(line.away);
  person.active = true;
  REQUIRE(world.school->put_person(person));
  REQUIRE(world.school->refresh_access());
  for (const auto& line : letters_for(*world.school, head).value().waiting) CHECK_FALSE(line.away);
  person.active = false;
  REQUIRE(world.school->put_person(person));
  REQUIRE(world.school->refresh_access());

  REQUIRE(world.school->take_in_letter(rivera, letters[3].n));
  REQUIRE(world.school->hand_back_letter(rivera, letters[2].n));
  REQUIRE(world.school->set_aside_letter(rivera, letters[1].n));
  for (const auto& letter : {letters[1], letters[2], letters[3]}) {
    CHECK(world.school->take_in_letter(rivera, letter.n).error().code == Code::conflict);
    CHECK(world.school->hand_back_letter(rivera, letter.n).error().code == Code::conflict);
    CHECK(world.school->set_aside_letter(rivera, letter.n).error().code == Code::conflict);
  }
  CHECK(world.school->take_in_letter(rivera, 99).error().code == Code::not_found);
  CHECK(world.school->accounts().dead_letters_waiting().value() == 1);
  auto settled = world.school->accounts().dead_letters(false, 10).value();
  REQUIRE(settled.size() == 3);
  for (const auto& letter : settled) {
    CHECK(letter.settled_by == rivera);
    CHECK_FALSE(letter.body.empty());  // it stays
  }
  CHECK(world.goals(world.amira) == Texts{"before", "one"});

  // Back at school: what was taken in stands on her computer too, and is no refusal any more.
  person.active = true;
  REQUIRE(world.school->put_person(person));
  REQUIRE(world.school->refresh_access());
  REQUIRE(amira.sync());
  CHECK(amira.store->records(domain::person_stream(world.amira), "goal").value().size() == 2);
  CHECK(amira.store->refusals().value().size() == 3);
  auto notices = amira.store->records(domain::inbox_stream(world.amira), "notice").value();
  REQUIRE(notices.size() == 1);
  CHECK(notices[0].text("type") == "handed_back");
  CHECK(notices[0].text("kind") == "goal");
  CHECK(notices[0].text("text") == "two");
  REQUIRE(world.school->verify());
}

TEST_CASE("a letter that names another author, or writes where its author never could, is not taken in") {
  World world;
  auto rivera = world.school->add_staff("rivera@alder.example", "Elena Rivera", "teacher", "creek-and-stone")
                    .value()
                    .id;
  auto bo = world.student("Bo", "Lindqvist");
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  auto write = [&](const PersonId& author, const std::string& stream, const char* kind,
                   record::Fields fields) {
    store::Edit edit{{stream, kind, kind == std::string("goal") ? world.random.id<RecordId>() : RecordId{}},
                     std::move(fields),
                     {},
                     {}};
    amira.store->write(author, std::span(&edit, 1)).value();
  };
  write(bo, domain::person_stream(world.amira), "goal", {{"want", "forged"}});
  write(world.amira, domain::person_stream(bo), "goal", {{"want", "not hers"}});
  write(world.amira, domain::staff_stream(bo), "observation", {{"text", "nor this"}});
  REQUIRE(amira.sync());
  for (const auto& letter : world.school->accounts().dead_letters(true, 10).value()) {
    auto refused = world.school->take_in_letter(rivera, letter.n);
    CHECK((refused.error().code == Code::forbidden || refused.error().code == Code::not_granted));
  }
  CHECK(world.school->accounts().dead_letters_waiting().value() == 3);
  // A teacher's word about a student that there is not.
  REQUIRE(world.school->accounts().add_dead_letter(rivera, "no op", "malformed"));
  auto noise = world.school->accounts().dead_letters(true, 1).value().front();
  CHECK(world.school->take_in_letter(rivera, noise.n).error().code == Code::malformed);
  CHECK(content_of(noise).words.front().second == "no op");
  REQUIRE(world.school->hand_back_letter(rivera, noise.n));
}

TEST_CASE("an acknowledgement that this school did not sign settles nothing") {
  World world;
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  amira.goal("monday");
  auto answer = world.school->take_batch(amira.batches().front()).value();
  auto said = wire::decode_acknowledgement(answer, world.school->identity()).value();
  SecretKey forger{{9}};
  CHECK(amira.hear(wire::encode(said, forger)).error().code == Code::unauthorized);
  CHECK(amira.hear(wire::encode(said, amira.key)).error().code == Code::unauthorized);
  for (std::size_t at = 0; at < answer.size(); at++) {
    auto changed = answer;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    CHECK_FALSE(amira.hear(changed));
    CHECK_FALSE(amira.hear(answer.substr(0, at)));
  }
  CHECK(amira.waiting() == 1);
  REQUIRE(amira.hear(answer));
  CHECK(amira.waiting() == 0);
}

TEST_CASE("a disk that was put back counts its rounds on from where it was, and is answered") {
  World world;
  world.backup();
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  amira.goal("monday");
  std::string batch;
  for (int i = 0; i < 3; i++) batch = amira.batches().front();
  auto third = world.school->take_batch(batch).value();
  // As its disk was after the first; the answer to the third came later.
  REQUIRE(amira.store->set_meta(sync::batch_round_key, "1"));
  REQUIRE(amira.hear(third));
  CHECK(amira.waiting() == 0);
  world.school->restore(world.file, world.key()).value();
  amira.goal("tuesday");
  for (int i = 0; i < 2; i++)
    for (const auto& next : amira.batches()) REQUIRE(amira.hear(world.school->take_batch(next).value()));
  CHECK(amira.waiting() == 0);
  CHECK(world.goals(world.amira) == Texts{"monday", "tuesday"});
}

TEST_CASE("a stick that was written while an answer was awaited is answered for itself") {
  World world;
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  amira.goal("monday");
  (void)amira.batches();
  amira.session.hurry(0);
  auto request = amira.session.next(0).value().value();
  amira.goal("tuesday");
  auto stick = amira.batches();
  auto reply = world.school->sync(*world.school->bearer(amira.joined.token), wire::encode(request)).value();
  REQUIRE(amira.session.on_reply(wire::decode_reply(reply).value(), 0));
  for (const auto& batch : stick) REQUIRE(amira.hear(world.school->take_batch(batch).value()));
  CHECK(amira.waiting() == 0);
  CHECK(world.goals(world.amira) == Texts{"monday", "tuesday"});
}

TEST_CASE("after an answer to a later round than this disk knows, the next sticks are heard too") {
  World world;
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  REQUIRE(amira.sync());
  auto round = [&] {
    return std::strtoll(amira.store->meta(sync::batch_round_key).value().value_or("0").c_str(), nullptr, 10);
  };
  wire::SyncRequest asked;
  asked.replica = amira.store->replica();
  for (const auto& reading : amira.store->readings().value())
    asked.cursors.push_back({reading.stream, reading.access, reading.cursor.feed, reading.cursor.segment,
                             reading.cursor.seq, false});
  auto answered = [&] {
    auto reply = world.school->sync(*world.school->bearer(amira.joined.token), wire::encode(asked)).value();
    return wire::decode_reply(reply).value();
  };
  REQUIRE(amira.session.on_news(wire::encode(wire::News{7, asked, answered()})));
  CHECK(round() == 7);
  REQUIRE(amira.session.on_files(wire::encode(wire::CarriedFiles{9, asked.replica.hex(), {}})));
  CHECK(round() == 9);
}

TEST_CASE("an old acknowledgement takes nothing back, and another's says nothing") {
  World world;
  auto lab = world.join_computer("lab-03");
  Laptop amira(world, world.amira, lab), bo(world, world.student("Bo", "Lindqvist"), lab);
  amira.goal("monday");
  auto monday = world.school->take_batch(amira.batches().front()).value();
  REQUIRE(amira.hear(monday));
  amira.goal("tuesday");
  auto tuesday = world.school->take_batch(amira.batches().front()).value();
  REQUIRE(amira.hear(tuesday));
  amira.goal("wednesday");
  REQUIRE(amira.sync());
  auto replica = amira.store->replica();
  for (const auto& old : {monday, tuesday, monday}) REQUIRE(amira.hear(old));
  CHECK(amira.waiting() == 0);
  CHECK(amira.store->replica() == replica);
  bo.goal("bo's");
  REQUIRE(bo.hear(tuesday));
  CHECK(bo.waiting() == 1);
}

TEST_CASE(
    "a copy of a disk that reads the other's acknowledgement becomes a replica of its own; all arrives") {
  World world;
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  amira.goal("both");
  auto copied = copy_of(world, amira, "copy.db");
  sync::Session other(*copied);
  amira.goal("here");
  store::Edit edit{
      {domain::person_stream(world.amira), "goal", world.random.id<RecordId>()}, {{"want", "there"}}, {}, {}};
  copied->write(world.amira, std::span(&edit, 1)).value();
  auto there = sync::make_batches(*copied, amira.author()).value();
  auto answer = world.school->take_batch(amira.batches().front()).value();
  REQUIRE(other.on_acknowledgement(answer, world.school->identity()));
  CHECK(copied->replica() != amira.store->replica());
  CHECK(copied->waiting_count().value() == 2);
  REQUIRE(amira.hear(answer));
  CHECK(amira.waiting() == 0);
  // What it had written under the old name before is taken in, too, and moves nobody's position.
  auto stale = world.school->take_batch(there.front()).value();
  REQUIRE(amira.hear(stale));
  REQUIRE(other.on_acknowledgement(stale, world.school->identity()));
  auto fresh = world.school->take_batch(sync::make_batches(*copied, amira.author()).value().front()).value();
  REQUIRE(other.on_acknowledgement(fresh, world.school->identity()));
  CHECK(copied->waiting_count().value() == 0);
  CHECK(world.goals(world.amira) == Texts{"both", "here", "there"});
}

TEST_CASE("batches fill a school that was put back, though its acknowledgements are of another time") {
  World world;
  auto lab = world.join_computer("lab-03");
  Laptop amira(world, world.amira, lab);
  amira.goal("monday");
  auto monday = world.school->take_batch(amira.batches().front()).value();
  REQUIRE(amira.hear(monday));
  world.backup();
  amira.goal("tuesday");
  REQUIRE(amira.hear(world.school->take_batch(amira.batches().front()).value()));
  REQUIRE(world.school->restore(world.file, world.key()));
  amira.goal("wednesday");
  CHECK(world.goals(world.amira) == Texts{"monday"});
  // The first stick after it brings the news that tuesday is lost, the second brings tuesday.
  REQUIRE(amira.hear(world.school->take_batch(amira.batches().front()).value()));
  CHECK(amira.waiting() == 2);
  REQUIRE(amira.hear(world.school->take_batch(amira.batches().front()).value()));
  CHECK(amira.waiting() == 0);
  CHECK(world.goals(world.amira) == Texts{"monday", "tuesday", "wednesday"});
}

TEST_CASE("a batch of somebody whom a restored school does not know waits for an administrator") {
  World world;
  world.backup();
  auto late = world.student("Noor", "Siddiqui");
  Laptop noor(world, late, world.join_computer("lab-09"));
  noor.goal("after the backup");
  auto batch = noor.batches().front();
  REQUIRE(world.school->restore(world.file, world.key()));
  CHECK_FALSE(world.school->accounts().person(late).value());
  REQUIRE(noor.hear(world.school->take_batch(batch).value()));
  CHECK(noor.waiting() == 0);
  REQUIRE(world.school->newcomers().value().size() == 1);
  CHECK(world.goals(late) == Texts{"after the backup"});
  REQUIRE(world.school->take_batch(batch));
  CHECK(world.school->newcomers().value().size() == 1);
  REQUIRE(world.school->confirm_newcomer(late));
  CHECK(world.school->students_of(world.period3).value().size() == 2);
}

TEST_CASE("who is taken out of a class while they wait to be confirmed is not put into it by that") {
  World world;
  world.backup();
  Laptop bo(world, world.student("Bo", "Lindqvist"), world.join_computer("lab-03"));
  auto other = world.school->add_class("Period 5").value();
  REQUIRE(world.school->enroll(world.period3, bo.person, "student"));
  REQUIRE(world.school->enroll(other, bo.person, "student"));
  world.school->restore(world.file, world.key()).value();
  CHECK(bo.come_back());
  REQUIRE(world.school->newcomers().value().size() == 1);
  REQUIRE(world.school->enroll(other, bo.person, "student", false));
  world.backup();
  REQUIRE(world.school->confirm_newcomer(bo.person));
  REQUIRE(world.school->enroll(other, bo.person, "student"));
  world.school->restore(world.file, world.key()).value();
  REQUIRE(world.school->newcomers().value().size() == 1);
  // The log says that he is in it; what stands in the database is the same before and after.
  REQUIRE(world.school->enroll(other, bo.person, "student", false));
  REQUIRE(world.school->confirm_newcomer(bo.person));
  auto in = [&](const ClassId& id) {
    auto row = world.school->accounts().enrollment(id, bo.person).value();
    return row && row->active;
  };
  CHECK(in(world.period3));
  CHECK_FALSE(in(other));
}

TEST_CASE("who joined after the backup and was taken out of a class is not put back into it") {
  World world;
  auto period5 = world.school->add_class("Period 5").value();
  world.backup();
  auto lab9 = world.join_computer("lab-09");
  auto late = world.student("Noor", "Siddiqui");
  REQUIRE(world.school->enroll(period5, late, "student"));
  Laptop noor(world, late, lab9);
  REQUIRE(world.school->enroll(world.period3, late, "student", false));
  REQUIRE(world.school->restore(world.file, world.key()));
  REQUIRE(noor.come_back());
  auto waiting = world.school->newcomers().value();
  REQUIRE(waiting.size() == 1);
  auto classes = world.school->classes_of_newcomers(std::span(waiting.data(), 1)).value().front();
  REQUIRE(classes.size() == 1);
  CHECK(classes[0].id == period5);
  REQUIRE(world.school->confirm_newcomer(late));
  CHECK(world.school->students_of(world.period3).value().size() == 1);
  CHECK(world.school->students_of(period5).value().size() == 1);
}

// ---- bundles

namespace {
std::string bundle_of(Laptop& laptop) {
  std::vector<wire::BundleItem> items;
  for (auto& batch : laptop.batches()) items.push_back({wire::batch_item, std::move(batch)});
  return wire::seal_bundle(laptop.world.school->identity(), laptop.key, items).value();
}
}  // namespace

TEST_CASE("a bundle torn at any byte gives what came before, and nothing of it is read as something else") {
  World world;
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  std::vector<wire::BundleItem> items{{wire::batch_item, "first"}, {77, "of a later version"}, {2, "third"}};
  SecretKey school = world.key();
  auto bytes = wire::seal_bundle(public_key(school), amira.key, items).value();
  auto whole = wire::open_bundle(bytes, school).value();
  CHECK(whole.whole);
  CHECK(whole.writer == public_key(amira.key));
  REQUIRE(whole.items.size() == 3);
  CHECK(whole.items[1].kind == 77);
  std::size_t most = 0;
  for (std::size_t length = 0; length < bytes.size(); length++) {
    CAPTURE(length);
    auto torn = wire::open_bundle(std::string_view(bytes).substr(0, length), school);
    if (!torn) {
      CHECK(most == 0);
      continue;
    }
    CHECK_FALSE(torn->whole);
    REQUIRE(torn->items.size() <= 3);
    CHECK(torn->items.size() >= most);
    most = torn->items.size();
    for (std::size_t i = 0; i < most; i++) CHECK(torn->items[i].body == items[i].body);
  }
  CHECK(most == 3);
  for (std::size_t at = 0; at < bytes.size(); at++) {
    auto changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    auto read = wire::open_bundle(changed, school);
    if (!read) continue;
    CHECK_FALSE(read->whole);
    for (std::size_t i = 0; i < read->items.size(); i++) CHECK(read->items[i].body == items[i].body);
  }
  // An item put on by somebody who has the file but not the key.
  auto longer = wire::open_bundle(bytes + bytes.substr(bytes.size() - 40), school).value();
  CHECK(longer.items.size() == 3);
  CHECK(wire::open_bundle(bytes, amira.key).error().code == Code::unauthorized);
  items.push_back({1, std::string(wire::bundle_item_bytes_max, 'x')});
  CHECK(wire::seal_bundle(public_key(school), amira.key, items).error().code == Code::too_large);
}

TEST_CASE("a stick that is found shows nothing, and the answer is its own student's alone") {
  World world;
  auto lab = world.join_computer("lab-03");
  Laptop amira(world, world.amira, lab), bo(world, world.student("Bo", "Lindqvist"), lab);
  amira.goal("zebra-lantern-private");
  bo.goal("bo's");
  auto bytes = bundle_of(amira);
  CHECK(bytes.find("zebra") == std::string::npos);
  CHECK(bytes.find(world.amira.hex()) == std::string::npos);
  CHECK(bytes.find(amira.store->replica().hex()) == std::string::npos);
  auto read = world.school->read_bundle(bytes).value();
  CHECK(read.name == "Amira");
  CHECK(read.ops == 1);
  CHECK(read.whole);
  CHECK(read.from == amira.store->replica());
  CHECK(wire::open_bundle(read.answer, bo.key).error().code == Code::unauthorized);
  auto answer = wire::open_bundle(read.answer, amira.key).value();
  CHECK(answer.writer == world.school->identity());
  REQUIRE(answer.items.size() == 1);
  CHECK(answer.items.front().body.find("bo's") == std::string::npos);
  REQUIRE(amira.hear(answer.items.front().body));
  CHECK(amira.waiting() == 0);
  // A forged batch in a bundle of good form stops nothing after it.
  auto forged = wire::decode_batch(bo.batches().front(), {world.school->identity()}).value().batch;
  forged.certificate = amira.joined.certificate;
  forged.certificate_signature = amira.joined.certificate_signature;
  auto mixed = wire::seal_bundle(world.school->identity(), bo.key,
                                 {{wire::batch_item, wire::encode(forged, bo.key)},
                                  {wire::batch_item, "no batch"},
                                  {wire::batch_item, bo.batches().front()}})
                   .value();
  auto taken = world.school->read_bundle(mixed).value();
  CHECK(taken.name == "Bo");
  CHECK(taken.problems.size() == 2);
  CHECK(taken.ops == 1);
}

TEST_CASE("what another device wrote is taken in from any bundle, and its answer is not the carrier's") {
  World world;
  auto lab = world.join_computer("lab-03");
  Laptop amira(world, world.amira, lab), bo(world, world.student("Bo", "Lindqvist"), lab);
  amira.goal("carried");
  auto carried =
      wire::seal_bundle(world.school->identity(), bo.key, {{wire::batch_item, amira.batches().front()}})
          .value();
  auto read = world.school->read_bundle(carried).value();
  CHECK(world.goals(world.amira) == Texts{"carried"});
  CHECK(read.answer.empty());
  CHECK_FALSE(read.from);
}

TEST_CASE("a class of twenty-six is collected on one stick") {
  World world;
  auto lab = world.join_computer("lab-03");
  std::vector<std::unique_ptr<Laptop>> laptops;
  std::vector<std::string> stick;
  for (int i = 0; i < 26; i++) {
    auto who = world.student("Student " + std::to_string(i), "Of Period 3");
    laptops.push_back(std::make_unique<Laptop>(world, who, lab));
    laptops.back()->goal("goal " + std::to_string(i));
    stick.push_back(bundle_of(*laptops.back()));
  }
  stick.push_back(stick[4]);                           // copied twice
  stick[7] = stick[7].substr(0, stick[7].size() - 3);  // torn after its batch
  for (std::size_t i = stick.size(); i-- > 0;) {
    auto read = world.school->read_bundle(stick[i]).value();
    CHECK(read.problems.empty());
    CHECK(read.whole == (i != 7));
    auto owner = i == 26 ? 4 : i;
    auto answer = wire::open_bundle(read.answer, laptops[owner]->key).value();
    for (const auto& item : answer.items) REQUIRE(laptops[owner]->hear(item.body));
  }
  for (auto& laptop : laptops) {
    CHECK(laptop->waiting() == 0);
    CHECK(world.goals(laptop->person).size() == 1);
  }
}

TEST_CASE(
    "what a teacher hid stays hidden in a school that was put back, and what she showed again is shown") {
  World world;
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  auto teacher = world.school->add_staff("rivera@alder.example", "Elena Rivera", "teacher", "creek-and-stone")
                     .value()
                     .id;
  REQUIRE(world.school->enroll(world.period3, teacher, "teacher"));
  REQUIRE(world.school->refresh_access());
  amira.goal("spite");
  amira.goal("a kind one");
  REQUIRE(amira.sync());
  auto goals = world.school->store().records(domain::person_stream(world.amira), "goal").value();
  auto hide = [&](std::size_t i, bool hidden) {
    REQUIRE(set_hidden(*world.school, teacher, world.amira, "goal", goals[i].key.id.hex(), hidden));
  };
  hide(1, true);
  world.backup();
  hide(0, true);
  hide(1, false);
  // No computer was told meanwhile: the log alone knows.
  REQUIRE(world.school->restore(world.file, world.key()));
  for (int again = 0; again < 2; again++) {
    auto hidden = hidden_texts(*world.school, world.amira).value();
    REQUIRE(hidden.size() == 1);
    CHECK(hidden[0].record == goals[0].key.id.hex());
    CHECK(hidden[0].by == "Elena Rivera");
    REQUIRE(amira.sync());
  }
  CHECK(store::hidden_records(*amira.store, domain::person_stream(world.amira)).value().size() == 1);
  CHECK(amira.store->records(domain::person_stream(world.amira), "goal").value().size() == 2);
  REQUIRE(world.school->verify());
}

// ---- what a school lost comes back on sticks

namespace {

struct Rivera {
  World& world;
  PersonId id = world.school->add_staff("rivera@alder.example", "Elena Rivera", "teacher", "creek-and-stone")
                    .value()
                    .id;

  explicit Rivera(World& the_world) : world(the_world) {
    REQUIRE(world.school->enroll(world.period3, id, "teacher"));
    REQUIRE(world.school->refresh_access());
  }
  void observe(const PersonId& student, const std::string& text) {
    store::Edit edit{{domain::person_stream(student), "observation", {}}, {{"text", text}}, {}, {}};
    REQUIRE(world.school->write(id, std::span(&edit, 1)));
  }
};

std::vector<std::string> returned_of(Laptop& laptop, std::size_t bytes_max = 4 * 1024 * 1024) {
  return sync::make_returned(*laptop.store, laptop.author(), bytes_max).value();
}
std::string stick_with(Laptop& laptop, const std::vector<std::string>& returned) {
  std::vector<wire::BundleItem> items;
  for (auto& batch : laptop.batches()) items.push_back({wire::batch_item, std::move(batch)});
  auto reading = sync::make_reading(*laptop.store, laptop.author(), items.empty()).value();
  items.push_back({wire::reading_item, *reading});
  for (const auto& one : returned) items.push_back({wire::returned_item, one});
  return wire::seal_bundle(laptop.world.school->identity(), laptop.key, items).value();
}
// To the school and back; how many lines the school had lost.
std::int64_t carry(Laptop& laptop) {
  auto read = laptop.world.school->read_bundle(stick_with(laptop, returned_of(laptop))).value();
  const auto answer = wire::open_bundle(read.answer, laptop.key).value();
  for (const auto& item : answer.items) {
    if (item.kind == wire::acknowledgement_item) REQUIRE(laptop.hear(item.body));
    if (item.kind == wire::news_item) REQUIRE(laptop.session.on_news(item.body));
  }
  return read.brought_back;
}
std::vector<std::string> observations(store::Store& store, const PersonId& student) {
  std::vector<std::string> texts;
  for (const auto& record : store.records(domain::person_stream(student), "observation").value())
    texts.push_back(record.text("text"));
  std::sort(texts.begin(), texts.end());
  return texts;
}

}  // namespace

TEST_CASE("of two answers to one stick the one of before the work was let in takes nothing back") {
  World world;
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  REQUIRE(amira.sync());
  SUBCASE("the first of its stream, which comes under a seal") {}
  SUBCASE("a later one, which comes without") {
    amira.goal("sunday");
    REQUIRE(amira.sync());
  }
  amira.goal("monday");
  auto read = world.school->read_bundle(stick_with(amira, {})).value();
  wire::Acknowledgement before;
  const auto answer = wire::open_bundle(read.answer, amira.key).value();
  for (const auto& item : answer.items) {
    if (item.kind == wire::news_item) REQUIRE(amira.session.on_news(item.body));
    if (item.kind != wire::acknowledgement_item) continue;
    before = wire::decode_acknowledgement(item.body, world.school->identity()).value();
    REQUIRE(amira.hear(item.body));
  }
  const auto goals = amira.store->records(domain::person_stream(world.amira), "goal").value().size();
  // As it was answered while she was not at this school.
  before.refused.push_back({before.end.n, "forbidden", "the author may not any more"});
  SecretKey identity;
  auto seed = from_hex(world.school->store().meta("identity").value().value()).value();
  std::copy(seed.begin(), seed.end(), identity.seed.begin());
  REQUIRE(amira.hear(wire::encode(before, identity)));
  CHECK(amira.store->refusals().value().empty());
  CHECK(amira.waiting() == 0);
  // An erasure is no such answer.
  before.refused.front().code = "erased";
  REQUIRE(amira.hear(wire::encode(before, identity)));
  CHECK(amira.store->records(domain::person_stream(world.amira), "goal").value().size() == goals - 1);
}

TEST_CASE("what a teacher wrote and the school lost comes back on a student's stick, under its seal") {
  World world;
  Rivera rivera(world);
  auto lab = world.join_computer("lab-03");
  Laptop amira(world, world.amira, lab), bo(world, world.student("Bo", "Lindqvist"), lab);
  rivera.observe(world.amira, "before");
  amira.goal("mine");
  CHECK(carry(amira) == 0);
  CHECK(carry(amira) == 0);
  CHECK(returned_of(amira).empty());
  auto old = stick_with(amira, {});
  world.backup();
  rivera.observe(world.amira, "after the backup");
  CHECK(carry(amira) == 0);
  REQUIRE(world.school->restore(world.file, world.key()));
  CHECK(observations(world.school->store(), world.amira) == Texts{"before"});
  amira.goal("written since");

  // One stick tells that the school has less, and the next brings what it lacks.
  CHECK(returned_of(amira).empty());
  CHECK(carry(amira) == 0);
  auto lost = returned_of(amira);
  REQUIRE(lost.size() == 1);
  auto stick = stick_with(amira, lost);
  // Torn, on the stick of somebody who reads none of it, and in the name of another school: nothing is
  // invented.
  CHECK(world.school->read_bundle(std::string_view(stick).substr(0, stick.size() - 30))->brought_back == 0);
  auto forged = lost.front();
  forged.replace(forged.find("after the backup"), 16, "praise of my own");
  CHECK(world.school->read_bundle(stick_with(bo, {forged, "no message", ""}))->brought_back == 0);
  CHECK(observations(world.school->store(), world.amira) == Texts{"before"});
  // Who brings it does not matter, nor how often.
  CHECK(world.school->read_bundle(stick_with(bo, lost))->brought_back == 1);
  CHECK(observations(world.school->store(), world.amira) == Texts{"after the backup", "before"});
  CHECK(carry(amira) == 0);
  for (const auto& again : {stick, old, stick}) CHECK(world.school->read_bundle(again)->brought_back == 0);
  CHECK(carry(amira) == 0);
  CHECK(returned_of(amira).empty());
  CHECK(amira.waiting() == 0);
  CHECK(observations(*amira.store, world.amira) == Texts{"after the backup", "before"});
  CHECK(world.goals(world.amira) == Texts{"mine", "written since"});
  REQUIRE(world.school->verify());
}

TEST_CASE(
    "a stick has a bounded part of what a school lost, the newest first, and the next goes on from there") {
  World world;
  Rivera rivera(world);
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  world.backup();
  // About 4 KiB each: some 130 of them fill an item.
  std::vector<store::Edit> edits;
  for (int i = 0; i < 300; i++)
    edits.push_back({{domain::person_stream(world.amira), "observation", {}},
                     {{"text", std::to_string(1'000 + i) + std::string(3'900, 'x')}},
                     {},
                     {}});
  REQUIRE(world.school->write(rivera.id, edits));
  for (int i = 0; i < 4; i++) CHECK(carry(amira) == 0);
  REQUIRE(observations(*amira.store, world.amira).size() == 300);
  REQUIRE(world.school->restore(world.file, world.key()));
  CHECK(carry(amira) == 0);
  auto first = returned_of(amira, 1), second = returned_of(amira, 1);
  REQUIRE(first.size() == 1);
  REQUIRE(second.size() == 1);
  auto has = [](const std::string& item, int i) {
    return item.find(':' + ('"' + std::to_string(1'000 + i)) + "xxx") != std::string::npos;
  };
  CHECK(has(first.front(), 299));
  CHECK_FALSE(has(first.front(), 0));
  CHECK_FALSE(has(second.front(), 299));
  std::int64_t brought = 0;
  for (const auto& part : {second, first})
    brought += world.school->read_bundle(stick_with(amira, part))->brought_back;
  for (int i = 0; i < 4; i++) brought += carry(amira);
  CHECK(brought == 300);
  CHECK(observations(world.school->store(), world.amira).size() == 300);
  CHECK(returned_of(amira).empty());
}

TEST_CASE("of one bundle thirty-two items count that bring something back") {
  World world;
  Rivera rivera(world);
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  world.backup();
  rivera.observe(world.amira, "lost");
  CHECK(carry(amira) == 0);
  REQUIRE(world.school->restore(world.file, world.key()));
  CHECK(carry(amira) == 0);
  auto lost = returned_of(amira);
  REQUIRE(lost.size() == 1);
  wire::SyncRequest nothing;
  nothing.replica = amira.store->replica();
  std::vector<std::string> items(wire::returned_items_max, wire::encode(nothing));
  items.push_back(lost.front());
  CHECK(world.school->read_bundle(stick_with(amira, items))->brought_back == 0);
  items.erase(items.begin());
  CHECK(world.school->read_bundle(stick_with(amira, items))->brought_back == 1);
}

TEST_CASE("an erasure that a school on a new disk lost comes back to it on a stick, and is obeyed") {
  World world;
  auto bo = world.student("Bo", "Lindqvist");
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  Laptop other(world, bo, world.join_computer("lab-05"));
  amira.goal("SECRET");
  CHECK(carry(amira) == 0);
  world.backup();
  REQUIRE(world.school->erase_student(std::nullopt, world.amira));
  CHECK(carry(other) == 0);
  auto elsewhere = world.folder.path() + "/elsewhere", database = elsewhere + "/school.db";
  world.school.reset();
  REQUIRE(School::restore_at(elsewhere, world.file, world.key(), world.clock, world.random));
  world.school = School::open(elsewhere, world.clock, world.random).value();
  REQUIRE(stands_in(database, "SECRET"));
  CHECK(carry(other) == 0);
  CHECK(carry(other) == 1);
  CHECK(world.goals(world.amira).empty());
  CHECK(world.school->accounts().person(world.amira).value()->given == "");
  CHECK_FALSE(stands_in(database, "SECRET"));
  CHECK_FALSE(stands_in(database, "Haddad"));
  REQUIRE(world.school->verify());
}

// ---- a first joining without a network

TEST_CASE("a starter opens with each student's card, tells what they may read, and is made for no one else") {
  World world;
  auto bo = world.student("Bo", "Lindqvist");
  CHECK(world.school->make_starter(world.period3, {}).error().code == Code::conflict);
  auto card = world.school->card_for(world.amira).value();
  auto starter = world.school->make_starter(world.period3, {"https://alder.example:8443"}).value();
  CHECK(starter.students == 1);
  CHECK(starter.without_card == 1);
  auto opened = wire::open_starter(wire::read_starter(starter.bytes).value(), card).value();
  CHECK(opened.whole);
  CHECK(opened.entry.person == world.amira);
  CHECK(opened.entry.new_pin);
  CHECK(opened.entry.identity == world.school->identity());
  auto access = world.school->accounts().access(world.amira).value();
  REQUIRE(opened.entry.grants.size() == access.size());
  for (std::size_t i = 0; i < access.size(); i++) CHECK(opened.entry.grants[i].access == access[i].id);
  REQUIRE(!opened.news.empty());
  for (const auto& item : opened.news) {
    auto news = wire::decode_news(item).value();
    for (const auto& page : news.reply.pages)
      CHECK((page.stream == domain::school_stream || page.stream == domain::class_stream(world.period3)));
  }
  // A voided card opens nothing from the next file on.
  REQUIRE(world.school->card_for(bo));
  REQUIRE(world.school->reprint_card(world.amira));
  auto after = world.school->make_starter(world.period3, {}).value();
  CHECK(wire::open_starter(wire::read_starter(after.bytes).value(), card).error().code == Code::card_unknown);
  CHECK(world.school->make_starter(world.random.id<ClassId>(), {}).error().code == Code::not_found);
}

TEST_CASE("a device without a certificate asks by its introduction, and is told why it is not believed") {
  World world;
  auto card = world.school->card_for(world.amira).value();
  auto other_card = world.school->card_for(world.student("Bo", "Lindqvist")).value();
  SecretKey key;
  world.random.fill(key.seed);
  auto store = store::Store::open(world.folder.path() + "/home.db", {&world.clock, &world.random}).value();
  auto introduction = [&](std::string_view pin) {
    wire::Introduction words{card,
                             std::string(pin),
                             "digits",
                             hash_password(pin),
                             public_key(key),
                             world.random.id<ComputerId>().hex(),
                             "home",
                             to_hex(sha256(as_bytes("token")))};
    return wire::seal(words, world.school->identity()).value();
  };
  auto bundle = [&](const std::string& sealed) {
    sync::Author author{world.amira, key, "", "", sealed};
    std::vector<wire::BundleItem> items;
    for (auto& batch : sync::make_batches(*store, author).value())
      items.push_back({wire::batch_item, std::move(batch)});
    CHECK(items.size() == 1);  // though nothing waits: its answer brings the certificate
    items.push_back({wire::reading_item, *sync::make_reading(*store, author, false).value()});
    return wire::seal_bundle(world.school->identity(), key, items).value();
  };
  REQUIRE(world.school->accounts().set_pin(world.amira, hash_password("4711"), "digits"));
  // Who has not the card makes its owner wait for nothing, however often they try.
  std::swap(card, other_card);
  for (int i = 0; i < 5; i++)
    CHECK(world.school->read_bundle(bundle(introduction("0000")))->problems.front().code ==
          Code::card_unknown);
  std::swap(card, other_card);
  auto refused = world.school->read_bundle(bundle(introduction("9999"))).value();
  CHECK(refused.from == store->replica());
  auto told = wire::open_bundle(refused.answer, key).value();
  REQUIRE(told.items.size() == 1);
  CHECK(told.items.front().kind == wire::problem_item);
  CHECK(wire::decode_problem(told.items.front().body)->code == "wrong_pin");
  auto taken = world.school->read_bundle(bundle(introduction("4711"))).value();
  auto answer = wire::open_bundle(taken.answer, key).value();
  auto said = wire::decode_acknowledgement(answer.items.front().body, world.school->identity()).value();
  CHECK(!said.certificate.empty());
  CHECK(std::count_if(answer.items.begin(), answer.items.end(),
                      [](const auto& item) { return item.kind == wire::news_item; }) >= 1);
  // A reading that nothing stands beside is nobody's.
  wire::Reading alone;
  alone.asked.replica = store->replica();
  auto nobody = wire::seal_bundle(world.school->identity(), key, {{wire::reading_item, wire::encode(alone)}});
  CHECK(world.school->read_bundle(*nobody)->problems.front().code == Code::unauthorized);
}

TEST_CASE("introductions of one bundle make the school work for a few slow hashes, whatever their number") {
  World world;
  auto card = world.school->card_for(world.amira).value();
  REQUIRE(world.school->accounts().set_pin(world.amira, hash_password("4711"), "digits"));
  auto pin_hash = hash_password("4711");
  REQUIRE(must_be_pin_hash(pin_hash, "digits"));
  SecretKey first;
  std::vector<wire::BundleItem> items;
  for (int i = 0; i < 40; i++) {
    SecretKey key;
    world.random.fill(key.seed);
    if (i == 0) first = key;
    wire::Introduction words{card,
                             "4711",
                             "digits",
                             pin_hash,
                             public_key(key),
                             world.random.id<ComputerId>().hex(),
                             "home",
                             to_hex(sha256(as_bytes("token" + std::to_string(i))))};
    wire::Batch batch{world.amira, world.random.id<ReplicaId>(),
                      1,           {},
                      {},          "",
                      "",          wire::seal(words, world.school->identity()).value(),
                      {}};
    items.push_back({wire::batch_item, wire::encode(batch, key)});
  }
  auto bundle = wire::seal_bundle(world.school->identity(), first, items).value();
  auto hashed = passwords_hashed();
  BundleRead read;
  auto commits = test::statements(
      world.school->store().db(), [&] { read = world.school->read_bundle(bundle).value(); }, "COMMIT");
  CHECK(passwords_hashed() - hashed == 4);
  CHECK(commits == 1);
  CHECK(read.person == world.amira);
  REQUIRE(read.problems.size() == 36);
  for (const auto& problem : read.problems) CHECK(problem.code == Code::slowed_down);
  // The next bundle has as many again, and a hub, which brings a class's, all.
  CHECK(world.school->read_bundle(bundle)->problems.size() == 32);
  CHECK(world.school->read_bundle(bundle, Carrier::hub)->problems.empty());
  // A PIN chosen anew costs none, and few come at once.
  auto bearer = Bearer{world.amira, {}, "home", {}};
  hashed = passwords_hashed();
  for (int i = 0; i < 3; i++) REQUIRE(world.school->change_pin(bearer, pin_hash, "digits"));
  CHECK(world.school->change_pin(bearer, pin_hash, "digits").error().code == Code::slowed_down);
  world.clock.advance_ms(60'000);
  REQUIRE(world.school->change_pin(bearer, pin_hash, "digits"));
  CHECK(passwords_hashed() == hashed);
}

// ---- files in bundles

namespace {

struct Pictures final : sync::FileDisk {
  std::map<std::string, std::string, std::less<>> whole, parts;
  std::optional<std::int64_t> size(std::string_view hash) const override {
    auto found = whole.find(hash);
    return found == whole.end() ? std::nullopt
                                : std::optional(static_cast<std::int64_t>(found->second.size()));
  }
  Result<std::string> read(std::string_view hash, std::int64_t from, std::size_t bytes) const override {
    return whole.find(hash)->second.substr(static_cast<std::size_t>(from), bytes);
  }
  std::int64_t coming(std::string_view hash) const override {
    auto found = parts.find(hash);
    return found == parts.end() ? 0 : static_cast<std::int64_t>(found->second.size());
  }
  Status append(std::string_view hash, std::int64_t from, std::string_view bytes) override {
    auto& part = parts[std::string(hash)];
    part.resize(static_cast<std::size_t>(from));
    part += bytes;
    return {};
  }
  Status finish(std::string_view hash) override {
    whole[std::string(hash)] = parts[std::string(hash)];
    drop(hash);
    return {};
  }
  void drop(std::string_view hash) override { parts.erase(std::string(hash)); }
};

// A laptop whose work has photos.
struct Album {
  Laptop& laptop;
  Pictures disk = {};
  std::vector<sync::Mention> mentions = {};
  std::string stream = domain::person_stream(laptop.person);

  std::string add(std::size_t bytes, char filled) {
    std::string content(bytes, filled);
    auto hash = to_hex(sha256(as_bytes(content)));
    disk.whole[hash] = std::move(content);
    mention(hash);
    return hash;
  }
  void mention(const std::string& hash) {
    mentions.push_back({hash, stream, "image/jpeg"});
    store::Edit edit{{stream, "work", laptop.world.random.id<RecordId>()},
                     {{"file", hash}, {"mime", "image/jpeg"}, {"type", "picture"}, {"step", "plan"}},
                     {},
                     {}};
    laptop.store->write(laptop.person, std::span(&edit, 1)).value();
  }
  std::string bundle(std::size_t bytes_max = 40 * 1024 * 1024) {
    std::vector<wire::BundleItem> items;
    for (auto& batch : laptop.batches()) items.push_back({wire::batch_item, std::move(batch)});
    auto reading = sync::make_reading(*laptop.store, laptop.author(), items.empty()).value();
    items.push_back({wire::reading_item, *reading});
    auto files = sync::pack_files(*laptop.store, disk, mentions, bytes_max).value();
    for (auto& item : files.items) items.push_back(std::move(item));
    return wire::seal_bundle(laptop.world.school->identity(), laptop.key, items).value();
  }
  struct Heard {
    std::int64_t settled = 0, came = 0;
  };
  Heard hear(std::string_view answer) {
    Heard heard;
    wire::PieceJoiner joiner;
    const auto bundle = wire::open_bundle(answer, laptop.key).value();
    for (const auto& item : bundle.items) {
      if (item.kind == wire::acknowledgement_item) REQUIRE(laptop.hear(item.body));
      if (item.kind == wire::news_item) REQUIRE(laptop.session.on_news(item.body));
      if (item.kind == wire::files_item) heard.settled += laptop.session.on_files(item.body).value();
      if (item.kind == wire::file_item)
        heard.came += sync::take_piece(*laptop.store, disk, mentions, joiner, item.body).value() ? 1 : 0;
    }
    return heard;
  }
  std::size_t to_send() { return laptop.store->files_to_send()->size(); }
};

}  // namespace

TEST_CASE(
    "photos go to school on a stick in pieces, twice and in any order, and settle by its answer alone") {
  World world;
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  Album album{amira};
  const std::size_t large = 2 * wire::carried_piece_bytes_max + 17;
  auto small = album.add(1, 'a'), big = album.add(large, 'b');
  auto monday = album.bundle();
  CHECK(album.to_send() == 2);
  auto later = album.add(5, 'c');
  auto tuesday = album.bundle();
  auto read = world.school->read_bundle(tuesday).value();
  CHECK(read.files == 3);
  CHECK(read.problems.empty());
  CHECK(world.school->read_bundle(monday)->files == 2);
  CHECK(world.school->file(world.amira, album.stream, big).value() == std::string(large, 'b'));
  CHECK(world.school->file(world.amira, album.stream, small).value() == "a");
  CHECK(album.hear(read.answer).settled == 3);
  CHECK(album.to_send() == 0);
  CHECK(album.hear(read.answer).settled == 0);
  // What is at school is not carried again.
  CHECK(world.school->read_bundle(album.bundle())->files == 0);
  CHECK(world.school->file(world.amira, album.stream, later).value() == "ccccc");
}

TEST_CASE("a bundle that is torn in a photo brings those before it, and the next stick the others") {
  World world;
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  Album album{amira};
  auto small = album.add(1'000, 'a'), big = album.add(5 * 1024 * 1024, 'b');
  auto bytes = album.bundle();
  auto torn = world.school->read_bundle(std::string_view(bytes).substr(0, bytes.size() - 100'000)).value();
  CHECK_FALSE(torn.whole);
  CHECK(torn.files == 1);
  CHECK(album.hear(torn.answer).settled == 1);
  CHECK(world.school->file(world.amira, album.stream, big).error().code == Code::not_found);
  auto rest = world.school->read_bundle(album.bundle()).value();
  CHECK(rest.files == 1);
  CHECK(album.hear(rest.answer).settled == 1);
  CHECK(album.to_send() == 0);
}

TEST_CASE("what does not fit on a stick goes with the next one, the smallest first") {
  World world;
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  Album album{amira};
  album.add(3'000, 'a'), album.add(2'000, 'b'), album.add(1'000, 'c');
  auto first = world.school->read_bundle(album.bundle(3'000)).value();
  CHECK(first.files == 2);
  CHECK(album.hear(first.answer).settled == 2);
  CHECK(album.to_send() == 1);
  CHECK(album.hear(world.school->read_bundle(album.bundle(3'000))->answer).settled == 1);
}

TEST_CASE("a photo comes back on a stick to a computer that lacks it, and nobody else's does") {
  World world;
  auto lab = world.join_computer("lab-03");
  Laptop amira(world, world.amira, lab), home(world, world.amira, world.join_computer("home"));
  Laptop bo(world, world.student("Bo", "Lindqvist"), lab);
  Album album{amira}, elsewhere{home}, strangers{bo};
  const std::size_t large = wire::carried_piece_bytes_max + 1;
  auto photo = album.add(large, 'p');
  REQUIRE(world.school->read_bundle(album.bundle()));
  elsewhere.mentions = {{photo, album.stream, "image/jpeg"}};
  auto answer = world.school->read_bundle(elsewhere.bundle())->answer;
  CHECK(elsewhere.hear(answer).came == 1);
  CHECK(elsewhere.disk.whole.at(photo) == std::string(large, 'p'));
  CHECK(elsewhere.hear(answer).came == 0);
  // Whoever asks for what they may not read gets nothing, and what came unasked is not kept.
  strangers.mentions = {{photo, album.stream, "image/jpeg"}};
  CHECK(strangers.hear(world.school->read_bundle(strangers.bundle())->answer).came == 0);
  elsewhere.disk.whole.clear(), elsewhere.mentions.clear();
  CHECK(elsewhere.hear(answer).came == 0);
  CHECK(elsewhere.disk.whole.empty());
}

TEST_CASE("a school that lost a photo is brought it again, and an answer from before says nothing") {
  World world;
  Laptop amira(world, world.amira, world.join_computer("lab-03"));
  Album album{amira};
  world.backup();
  album.add(1'000, 'a');
  auto before = world.school->read_bundle(album.bundle()).value();
  CHECK(album.hear(before.answer).settled == 1);
  fs::remove_all(world.data + "/files");
  REQUIRE(world.school->restore(world.file, world.key()));
  auto lost = world.school->read_bundle(album.bundle()).value();
  album.hear(lost.answer);
  CHECK(album.to_send() == 1);
  CHECK(album.hear(before.answer).settled == 0);
  CHECK(album.to_send() == 1);
  CHECK(album.hear(world.school->read_bundle(album.bundle())->answer).settled == 1);
}

TEST_CASE("a full school leaves photos out and takes the work; a stranger's bundle puts none") {
  World world;
  auto lab = world.join_computer("lab-03");
  Laptop amira(world, world.amira, lab), bo(world, world.student("Bo", "Lindqvist"), lab);
  Album album{amira};
  world.school->set_quota(1'500);
  album.add(1'000, 'a'), album.add(1'001, 'b');
  auto full = world.school->read_bundle(album.bundle()).value();
  CHECK(full.ops == 2);
  CHECK(full.files == 1);
  REQUIRE(full.problems.size() == 1);
  CHECK(full.problems.front().detail == quota_full);
  CHECK(album.hear(full.answer).settled == 1);
  CHECK(album.to_send() == 1);
  world.school->set_quota(1'000'000);
  CHECK(album.hear(world.school->read_bundle(album.bundle())->answer).settled == 1);
  // A file alone says not whose it is; and beside Bo's own work it belongs to none of his streams.
  std::vector<wire::BundleItem> items;
  std::string content(10, 'x');
  sync::add_pieces(items, {to_hex(sha256(as_bytes(content))), album.stream, "image/png"}, content);
  auto alone = wire::seal_bundle(world.school->identity(), bo.key, items).value();
  CHECK(world.school->read_bundle(alone)->files == 0);
  items.insert(items.begin(),
               {wire::reading_item, *sync::make_reading(*bo.store, bo.author(), true).value()});
  auto beside = world.school->read_bundle(wire::seal_bundle(world.school->identity(), bo.key, items).value());
  CHECK(beside->files == 0);
  REQUIRE(beside->problems.size() == 1);
  CHECK(beside->problems.front().code == Code::not_granted);
  // What is not what its name says, or does not begin at its first byte, is left out.
  items.clear();
  sync::add_pieces(items, {std::string(64, 'a'), domain::person_stream(bo.person), "image/png"}, content);
  wire::CarriedPiece middle{
      domain::person_stream(bo.person), std::string(64, 'b'), "image/png", 5, 10, "xxxxx"};
  items.push_back({wire::file_item, wire::encode(middle)});
  items.insert(items.begin(),
               {wire::reading_item, *sync::make_reading(*bo.store, bo.author(), true).value()});
  auto wrong = world.school->read_bundle(wire::seal_bundle(world.school->identity(), bo.key, items).value());
  CHECK(wrong->files == 0);
  REQUIRE(wrong->problems.size() == 2);
  CHECK(wrong->problems[0].code == Code::wrong_id);
  CHECK(wrong->problems[1].code == Code::malformed);
}
