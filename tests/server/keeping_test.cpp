// A school that goes back in time: backups, restores, what was removed since, and who joined since.
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "shared/sync/session.hpp"
#include "shared/wire/messages.hpp"
#include "sync-server/service/codes.hpp"
#include "sync-server/service/school.hpp"
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
  world.backup();
  CHECK(read_about(world.file).value().school == "Alder Creek");
  CHECK((fs::status(world.file).permissions() & fs::perms::all) ==
        (fs::perms::owner_read | fs::perms::owner_write));
  std::ifstream in(world.file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  CHECK(bytes.find("monday") == std::string::npos);
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
  put(bytes);
  CHECK(School::restore_at(elsewhere, world.file, world.key(), world.clock, world.random).value() == "");
  world.school = School::open(elsewhere, world.clock, world.random).value();
  CHECK(world.goals(world.amira) == Texts{"monday"});
  CHECK(world.school->file(world.amira, domain::person_stream(world.amira), hash).value() == picture);
  CHECK(world.school->verify().has_value());
  CHECK(device.sync().has_value());
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

TEST_CASE(
    "who joined after the backup is known again by certificate, and a stranger to it waits to be confirmed") {
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
  REQUIRE(log.append({1, "computer", "a", "lab", ""}));
  std::ofstream(folder.path() + "/removals.log", std::ios::app) << R"({"at":2,"wh)";
  CHECK(log.read().value().size() == 1);
  REQUIRE(log.append({3, "pin", "b", "hash", "digits"}));
  auto all = log.read().value();
  REQUIRE(all.size() == 2);
  CHECK(all[1].what == "pin");
  CHECK(all[1].kind == "digits");
  std::ofstream(folder.path() + "/removals.log", std::ios::app) << "nonsense\n";
  CHECK(log.read().error().code == Code::malformed);
  CHECK(RemovalLog(folder.path() + "/none/removals.log").append({}).error().code == Code::io);
}
