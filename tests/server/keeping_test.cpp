// A school that goes back in time: backups, restores, what was removed since, and who joined since.
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "shared/sync/carry.hpp"
#include "shared/sync/session.hpp"
#include "shared/wire/bundle.hpp"
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
