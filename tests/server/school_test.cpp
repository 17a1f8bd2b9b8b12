#include "sync-server/service/school.hpp"

#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "shared/sync/session.hpp"
#include "shared/wire/messages.hpp"
#include "sync-server/service/codes.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using namespace waymark::server;

namespace {

const std::string kSpki(64, 'a');
const std::string kNonce(64, 'b');

struct World {
  ManualClock clock;
  SeededRandom random{3};
  test::TemporaryFolder folder;
  InitResult made =
      School::init({folder.path() + "/school", "Alder Creek", "head@alder.example", ""}, clock, random)
          .value();
  std::unique_ptr<School> school = School::open(folder.path() + "/school", clock, random).value();
  ClassId period3 = school->add_class("Period 3").value();
  PersonId teacher =
      school->add_staff("rivera@alder.example", "Elena Rivera", "teacher", "creek-and-stone").value().id;
  PersonId amira = student("Amira", "Haddad"), leo = student("Leo", "Marchetti");

  World() {
    REQUIRE(school->enroll(period3, teacher, "teacher"));
    REQUIRE(school->refresh_access());
  }
  PersonId student(std::string_view given, std::string_view family) {
    auto id = school->add_student(given, family).value();
    REQUIRE(school->enroll(period3, id, "student"));
    REQUIRE(school->refresh_access());
    return id;
  }
  JoinedComputer join_computer(std::string_view name = "lab-03") {
    auto code = school->add_computer_code(name).value();
    auto begun = school->begin_join(code_id(code), kNonce, kSpki).value();
    return school
        ->finish_join(code_id(code), kNonce,
                      join_proof("computer", code, school->identity(), kSpki, kNonce, begun.nonce), kSpki, "")
        .value();
  }
  Result<JoinedStudent> join(const PersonId& student, const Computer& computer, std::string_view pin) {
    auto who = school->student_of_card(school->card_for(student).value(), computer.id);
    if (!who) return who.error();
    return school->join_student(*who, computer, pin, "digits", {});
  }
  std::vector<std::string> streams(const PersonId& person) {
    std::vector<std::string> streams;
    for (const auto& access : school->accounts().access(person).value()) streams.push_back(access.stream);
    return streams;
  }
};

}  // namespace

TEST_CASE("codes are read as people type them") {
  CHECK(grouped("ABCDEFGH") == "ABCD-EFGH");
  CHECK(read_code(" abcd-efgh", 8).value() == "ABCDEFGH");
  CHECK(read_code("O1IL-0000", 8).value() == "01110000");
  CHECK(read_code("ABCD-EFG", 8).error().code == Code::malformed);
  CHECK(read_code("ABCD-EFGU", 8).error().code == Code::malformed);
}

TEST_CASE("a directory holds one school, made once and used by one process") {
  World world;
  auto data = world.folder.path() + "/school";
  CHECK(School::init({data, "Other", "a@b", ""}, world.clock, world.random).error().code == Code::exists);
  CHECK(School::open(data, world.clock, world.random).error().code == Code::database_locked);
  CHECK(School::open(world.folder.path(), world.clock, world.random).error().code == Code::not_found);
  CHECK(world.made.recovery_phrase.size() == 66);
  auto identity = world.school->identity();
  world.school.reset();
  world.school = School::open(data, world.clock, world.random).value();
  CHECK(world.school->identity() == identity);
}

TEST_CASE("a computer joins by a code that is never sent, once") {
  World world;
  auto code = world.school->add_computer_code("lab-03").value();
  auto id = code_id(code);
  auto begun = world.school->begin_join(id, kNonce, kSpki).value();
  // The school proves that it knows the code; whoever stands in between with another TLS key cannot.
  CHECK(begun.proof == join_proof("school", code, world.school->identity(), kSpki, kNonce, begun.nonce));
  CHECK(begun.proof !=
        join_proof("school", code, world.school->identity(), std::string(64, 'c'), kNonce, begun.nonce));
  auto wrong =
      join_proof("computer", "0000000000000000", world.school->identity(), kSpki, kNonce, begun.nonce);
  CHECK(world.school->finish_join(id, kNonce, wrong, kSpki, "").error().code == Code::code_unknown);
  // A proof is good for its own nonce only, and a failed one must be begun again.
  CHECK(world.school->finish_join(id, kNonce, wrong, kSpki, "").error().code == Code::code_unknown);
  begun = world.school->begin_join(id, kNonce, kSpki).value();
  auto proof = join_proof("computer", code, world.school->identity(), kSpki, kNonce, begun.nonce);
  auto joined = world.school->finish_join(id, kNonce, proof, kSpki, "").value();
  CHECK(joined.name == "lab-03");
  CHECK(world.school->computer(joined.token).value().id == joined.id);
  CHECK(world.school->computer("nonsense").error().code == Code::unauthorized);
  CHECK(world.school->begin_join(id, kNonce, kSpki).error().code == Code::code_used);
  CHECK(world.school->begin_join("00000000", kNonce, kSpki).error().code == Code::code_unknown);
}

TEST_CASE("a card sets the PIN at its first use and asks for it at every further computer") {
  World world;
  auto lab3 = world.school->computer(world.join_computer("lab-03").token).value();
  auto lab7 = world.school->computer(world.join_computer("lab-07").token).value();
  auto card = world.school->card_for(world.amira).value();
  CHECK(world.school->card_for(world.amira).value() == card);
  auto who = world.school->student_of_card(grouped(card), lab3.id).value();
  CHECK(world.school->card_needs(who).value().new_pin);
  auto first = world.join(world.amira, lab3, "4711").value();
  CHECK(first.pin_was_set);
  CHECK(first.first_name == "Amira");
  CHECK(verify(world.school->identity(), as_bytes(first.certificate),
               from_hex(first.certificate_signature).value()));
  CHECK_FALSE(world.school->card_needs(world.school->student_of_card(card, lab7.id).value()).value().new_pin);
  CHECK(world.join(world.amira, lab7, "0000").error().code == Code::wrong_pin);
  auto second = world.join(world.amira, lab7, "4711").value();
  CHECK_FALSE(second.pin_was_set);
  CHECK(world.school->bearer(second.token).value().computer_name == "lab-07");
  CHECK(world.join(world.leo, lab3, "12").error().code == Code::wrong_pin);
}

TEST_CASE("wrong tries slow down one computer and never lock a class out") {
  World world;
  auto lab3 = world.school->computer(world.join_computer("lab-03").token).value();
  auto lab7 = world.school->computer(world.join_computer("lab-07").token).value();
  for (int i = 0; i < 3; i++)
    CHECK(world.school->student_of_card("ZZZZ-ZZZZ", lab3.id).error().code == Code::card_unknown);
  CHECK(world.school->student_of_card("ZZZZ-ZZZZ", lab3.id).error().code == Code::slowed_down);
  auto card = world.school->card_for(world.amira).value();
  CHECK(world.school->student_of_card(card, lab7.id).has_value());
  world.clock.advance_ms(60'000);
  CHECK(world.school->student_of_card(card, lab3.id).has_value());
}

TEST_CASE("guessing names and codes that nobody has leaves few rows behind") {
  World world;
  for (int i = 0; i < 300; i++) {
    auto tried = world.school->begin_sign_in("nobody" + std::to_string(i) + "@alder.example", "x");
    if (!tried) CHECK(tried.error().code == Code::slowed_down);
    auto begun = world.school->begin_join("code" + std::to_string(i), kNonce, kSpki);
    bool expected = begun.error().code == Code::code_unknown || begun.error().code == Code::slowed_down;
    CHECK(expected);
  }
  auto query = world.school->store().db().prepare("SELECT count(*) <= 512 FROM tries").value();
  REQUIRE(query.step().value());
  CHECK(query.integer(0) == 1);
  CHECK(world.school->sign_in("head@alder.example", world.made.password).has_value());
}

TEST_CASE("a voided card is named as such, and the new one works") {
  World world;
  auto lab3 = world.school->computer(world.join_computer().token).value();
  auto old = world.school->card_for(world.amira).value();
  auto fresh = world.school->reprint_card(world.amira).value();
  CHECK(world.school->student_of_card(old, lab3.id).error().code == Code::card_voided);
  CHECK(world.school->student_of_card(fresh, lab3.id).value().person.id == world.amira);
}

TEST_CASE("a lost PIN is reset by a teacher and chosen anew") {
  World world;
  auto lab3 = world.school->computer(world.join_computer().token).value();
  REQUIRE(world.join(world.amira, lab3, "4711"));
  REQUIRE(world.school->reset_pin(world.amira));
  CHECK(world.join(world.amira, lab3, "9999").value().pin_was_set);
}

TEST_CASE("a PIN chosen anew comes as a hash, and only one that costs what ours cost") {
  World world;
  auto lab3 = world.school->computer(world.join_computer().token).value();
  auto amira = world.school->bearer(world.join(world.amira, lab3, "4711").value().token).value();
  REQUIRE(world.school->change_pin(amira, hash_password("0815"), "digits"));
  CHECK(world.join(world.amira, lab3, "4711").error().code == Code::wrong_pin);
  CHECK(world.join(world.amira, lab3, "0815").has_value());
  CHECK(
      world.school->change_pin(amira, "$argon2id$v=19$m=4194304,t=99,p=1$AAAA$AAAA", "digits").error().code ==
      Code::malformed);
  CHECK(world.school->change_pin(amira, "", "digits").error().code == Code::malformed);
  CHECK(world.school->change_pin(amira, hash_password("0815"), "song").error().code == Code::malformed);
}

TEST_CASE("access follows enrollment, and a new access has a new id") {
  World world;
  CHECK(world.streams(world.amira).size() == 5);
  auto before = world.school->accounts().access(world.teacher).value();
  REQUIRE(world.school->refresh_access());
  CHECK(world.school->accounts().access(world.teacher).value().front().id == before.front().id);
  REQUIRE(world.school->enroll(world.period3, world.leo, "student", false));
  REQUIRE(world.school->refresh_access());
  CHECK_FALSE(world.school->teaches(world.teacher, world.leo).value());
  CHECK(world.school->teaches(world.teacher, world.amira).value());
  CHECK(world.streams(world.leo).size() == 4);
  REQUIRE(world.school->enroll(world.period3, world.leo, "student", true));
  REQUIRE(world.school->refresh_access());
  auto after = world.school->accounts().access(world.teacher).value();
  CHECK(after.size() == before.size());
  CHECK_FALSE(std::equal(before.begin(), before.end(), after.begin(),
                         [](const auto& a, const auto& b) { return a.id == b.id; }));
}

TEST_CASE("two of one first name are told apart by an initial, in the class's own stream too") {
  World world;
  world.student("Maya", "Reyes");
  world.student("Maya", "Thompson");
  std::vector<std::string> names;
  for (const auto& s : world.school->students_of(world.period3).value()) names.push_back(s.display_name);
  CHECK(names == std::vector<std::string>{"Amira", "Leo", "Maya R.", "Maya T."});
  auto members = world.school->store().records(domain::class_stream(world.period3), "member").value();
  std::vector<std::string> shown;
  for (const auto& member : members)
    if (member.text("role") == "student") shown.push_back(member.text("name"));
  std::sort(shown.begin(), shown.end());
  CHECK(shown == names);
}

TEST_CASE("a joined student syncs, and a removed computer is turned away") {
  World world;
  auto lab3 = world.school->computer(world.join_computer().token).value();
  auto joined = world.join(world.amira, lab3, "4711").value();
  auto bearer = world.school->bearer(joined.token).value();
  auto device = store::Store::open(world.folder.path() + "/a.db", {&world.clock, &world.random}).value();
  record::RecordKey key{domain::person_stream(world.amira), "goal", {}};
  key.id.bytes.fill(1);
  store::Edit edit{key, {{"want", "ask better questions"}}, {}, {}};
  REQUIRE(device->write(world.amira, std::span(&edit, 1)));
  sync::Session session(*device);
  for (int i = 0; i < 3; i++) {
    session.hurry(0);
    auto request = session.next(0).value();
    auto reply = world.school->sync(bearer, wire::encode(*request)).value();
    REQUIRE(session.on_reply(wire::decode_reply(reply).value(), 0));
  }
  CHECK(session.status().value().verified);
  CHECK(world.school->store().find(key).value()->text("want") == "ask better questions");
  CHECK_FALSE(device->records(domain::class_stream(world.period3), "member").value().empty());
  CHECK(world.school->sync(bearer, "nonsense").error().code == Code::malformed);
  REQUIRE(world.school->remove_computer(lab3.id));
  REQUIRE(world.school->remove_computer(lab3.id));
  CHECK(world.school->remove_computer({}).error().code == Code::not_found);
  CHECK(world.school->computer("").error().code == Code::unauthorized);
  CHECK(world.school->bearer(joined.token).error().code == Code::unauthorized);
}

TEST_CASE("a student is told what still waits on another computer, and never what waits on this one") {
  World world;
  auto lab3 = world.school->computer(world.join_computer("lab-03").token).value();
  auto lab7 = world.school->computer(world.join_computer("lab-07").token).value();
  auto at3 = world.school->bearer(world.join(world.amira, lab3, "4711").value().token).value();
  auto at7 = world.school->bearer(world.join(world.amira, lab7, "4711").value().token).value();
  wire::SyncRequest request;
  request.replica.bytes.fill(7);
  request.waiting = 2;
  auto seventh = wire::decode_reply(world.school->sync(at7, wire::encode(request)).value()).value();
  CHECK(seventh.elsewhere.empty());
  request.replica.bytes.fill(3);
  request.waiting = 0;
  auto third = wire::decode_reply(world.school->sync(at3, wire::encode(request)).value()).value();
  CHECK(third.elsewhere == std::vector<wire::Elsewhere>{{"lab-07", 2}});
}

TEST_CASE("a file is had by those who may read where it was put, and by nobody else") {
  World world;
  auto lab3 = world.school->computer(world.join_computer().token).value();
  auto amira = world.school->bearer(world.join(world.amira, lab3, "4711").value().token).value();
  std::string body = "a picture", hash = to_hex(sha256(as_bytes(body)));
  auto stream = domain::person_stream(world.amira);
  CHECK(world.school->put_file(amira, stream, std::string(64, '0'), body, "image/png").error().code ==
        Code::wrong_id);
  CHECK(
      world.school->put_file(amira, domain::person_stream(world.leo), hash, body, "image/png").error().code ==
      Code::not_granted);
  REQUIRE(world.school->put_file(amira, stream, hash, body, "image/png"));
  REQUIRE(world.school->put_file(amira, stream, hash, body, "image/png"));
  CHECK(world.school->file(world.teacher, stream, hash).value() == body);
  CHECK(world.school->file(world.teacher, stream, "../../school.db").error().code == Code::not_found);
  // By a stream that one may not read, by one the file is not in, and of a file that is not there: one
  // answer.
  auto leos = domain::person_stream(world.leo);
  for (const auto& missing :
       {world.school->file(world.leo, stream, hash).error(),
        world.school->file(world.leo, leos, hash).error(),
        world.school->file(world.teacher, leos, hash).error(),
        world.school->file(world.teacher, std::string(domain::school_stream), hash).error(),
        world.school->file(world.leo, leos, std::string(64, '0')).error()}) {
    CHECK(missing.code == Code::not_found);
    CHECK(missing.detail == "no such file, or not yours to read");
  }
  std::string large(20 * 1024 * 1024 + 1, 'x');
  CHECK(world.school->put_file(amira, stream, hash, large, "image/png").error().code == Code::too_large);

  CHECK(world.school->verify());
  auto path = world.folder.path() + "/school/files/" + hash.substr(0, 2) + "/" + hash.substr(2);
  std::ofstream(path, std::ios::app) << "!";
  auto changed = world.school->verify();
  REQUIRE(!changed);
  CHECK(changed.error().detail == "the file " + hash + " is not what its name says");
  std::filesystem::remove(path);
  CHECK(world.school->verify().error().code == Code::database_damaged);
}

TEST_CASE("staff sign in with a password that is slowed down when it is wrong") {
  World world;
  CHECK(world.school->sign_in("head@alder.example", world.made.password).has_value());
  auto in = world.school->sign_in("Rivera@Alder.example", "creek-and-stone").value();
  CHECK(world.school->session(in.token).value().first.id == world.teacher);
  REQUIRE(world.school->sign_out(in.token));
  CHECK(world.school->session(in.token).error().code == Code::unauthorized);
  for (int i = 0; i < 3; i++)
    CHECK(world.school->sign_in("rivera@alder.example", "wrong").error().code == Code::wrong_password);
  CHECK(world.school->sign_in("rivera@alder.example", "creek-and-stone").error().code == Code::slowed_down);
  CHECK(world.school->sign_in("nobody@alder.example", "x").error().code == Code::wrong_password);
  in = world.school->sign_in("head@alder.example", world.made.password).value();
  world.clock.advance_ms(std::int64_t{13} * 3600 * 1000);
  CHECK(world.school->session(in.token).error().code == Code::unauthorized);
}

TEST_CASE("a class has several teachers; one who is taken out reads it no more, and their words stay") {
  World world;
  auto& school = *world.school;
  auto okafor =
      school.add_staff("okafor@alder.example", "Daniel Okafor", "teacher", "another-teacher").value().id;
  CHECK(school.staff_named("OKAFOR@alder.example").value().id == okafor);
  CHECK(school.staff_named("daniel okafor").value().id == okafor);
  CHECK(school.staff_named("Amira Haddad").error().code == Code::not_found);
  CHECK(school.add_teacher(world.teacher, world.period3, world.amira).error().code == Code::not_found);
  CHECK(school.remove_teacher(world.teacher, world.period3, okafor).error().code == Code::not_found);
  REQUIRE(school.add_teacher(world.teacher, world.period3, okafor));
  REQUIRE(school.add_teacher(world.teacher, world.period3, okafor));
  CHECK(school.teachers_of(world.period3).value().size() == 2);
  CHECK(school.teaches(okafor, world.amira).value());
  store::Edit note{{domain::person_stream(world.amira), "observation", {}}, {{"text", "asks well"}}, {}, {}};
  REQUIRE(school.write(okafor, std::span(&note, 1)));

  // A reader with the co-teacher's access, as a program that syncs has it.
  auto token = make_token(world.random);
  auto lab = school.computer(world.join_computer().token).value();
  REQUIRE(school.accounts().add_device(token_hash(token), okafor, lab.id, okafor.view()));
  auto device = store::Store::open(world.folder.path() + "/o.db", {&world.clock, &world.random}).value();
  sync::Session session(*device);
  auto sync = [&] {
    for (int i = 0; i < 3; i++) {
      session.hurry(0);
      auto request = session.next(0).value();
      auto reply = school.sync(school.bearer(token).value(), wire::encode(*request)).value();
      REQUIRE(session.on_reply(wire::decode_reply(reply).value(), 0));
    }
  };
  sync();
  auto reads = [&](const std::string& stream) {
    auto readings = device->readings().value();
    return std::any_of(readings.begin(), readings.end(), [&](const auto& r) { return r.stream == stream; });
  };
  CHECK(reads(domain::class_stream(world.period3)));
  CHECK(reads(domain::person_stream(world.amira)));

  REQUIRE(school.remove_teacher(world.teacher, world.period3, okafor));
  CHECK_FALSE(school.teaches(okafor, world.amira).value());
  CHECK(school.write(okafor, std::span(&note, 1)).error().code == Code::not_granted);
  sync();
  CHECK_FALSE(reads(domain::class_stream(world.period3)));
  CHECK_FALSE(reads(domain::person_stream(world.amira)));
  auto kept = school.store().records(domain::person_stream(world.amira), "observation").value();
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].author() == okafor);
  std::vector<std::string> inactive;
  for (const auto& member : school.store().records(domain::class_stream(world.period3), "member").value())
    if (member.boolean("inactive")) inactive.push_back(member.text("name"));
  CHECK(inactive == std::vector<std::string>{"Daniel Okafor"});
  // The last one stays, unless that is said.
  CHECK(school.remove_teacher(std::nullopt, world.period3, world.teacher).error().code == Code::conflict);
  REQUIRE(school.remove_teacher(std::nullopt, world.period3, world.teacher, true));
  CHECK(school.teachers_of(world.period3).value().empty());
}

TEST_CASE("who works here no more cannot sign in, and comes back as who they were") {
  World world;
  auto& school = *world.school;
  auto in = school.sign_in("rivera@alder.example", "creek-and-stone").value();
  store::Edit note{{domain::person_stream(world.amira), "observation", {}}, {{"text", "asks well"}}, {}, {}};
  REQUIRE(school.write(world.teacher, std::span(&note, 1)));
  auto alone = school.remove_staff(std::nullopt, world.teacher).value();
  REQUIRE(alone.size() == 1);
  CHECK(alone[0].title == "Period 3");
  CHECK(school.session(in.token).error().code == Code::unauthorized);
  CHECK_FALSE(school.accounts().session(token_hash(in.token)).value());
  CHECK(school.sign_in("rivera@alder.example", "creek-and-stone").error().code == Code::wrong_password);
  CHECK_FALSE(school.teaches(world.teacher, world.amira).value());
  CHECK(world.streams(world.teacher) == std::vector<std::string>{std::string(domain::school_stream)});
  CHECK(school.store().records(domain::person_stream(world.amira), "observation").value()[0].author() ==
        world.teacher);
  CHECK(school.accounts().person(world.teacher).value()->family == "Rivera");
  REQUIRE(school.remove_staff(std::nullopt, world.teacher));  // twice is no error
  CHECK(school.remove_staff(std::nullopt, world.amira).error().code == Code::not_found);
  auto head = school.accounts().person_by_email("head@alder.example").value()->id;
  CHECK(school.remove_staff(std::nullopt, head).error().code == Code::conflict);

  auto back = school.add_staff("rivera@alder.example", "", "teacher", "a-new-password").value();
  CHECK(back.id == world.teacher);
  world.clock.advance_ms(60'000);
  CHECK(school.sign_in("rivera@alder.example", "creek-and-stone").error().code == Code::wrong_password);
  CHECK(school.sign_in("rivera@alder.example", "a-new-password"));
  REQUIRE(school.refresh_access());
  CHECK_FALSE(school.teaches(world.teacher, world.amira).value());
  REQUIRE(school.add_teacher(head, world.period3, world.teacher));
  CHECK(school.teaches(world.teacher, world.amira).value());
}

TEST_CASE("a teacher writes in the streams of their own students only, and never a student's record") {
  World world;
  auto other = world.school->add_staff("okafor@alder.example", "Daniel Okafor", "teacher", "another-teacher")
                   .value()
                   .id;
  REQUIRE(world.school->refresh_access());
  store::Edit observation{
      {domain::person_stream(world.amira), "observation", {}}, {{"text", "Asked twice."}}, {}, {}};
  CHECK(world.school->write(world.teacher, std::span(&observation, 1)).has_value());
  CHECK(world.school->write(other, std::span(&observation, 1)).error().code == Code::not_granted);
  record::RecordKey key{domain::person_stream(world.amira), "goal", {}};
  key.id.bytes.fill(1);
  store::Edit goal{key, {{"want", "x"}}, {}, {}};
  CHECK(world.school->write(world.teacher, std::span(&goal, 1)).error().code == Code::forbidden);
}
