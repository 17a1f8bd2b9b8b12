#include <filesystem>
#include <map>

#include <doctest/doctest.h>

#include "shared/sync/serve.hpp"
#include "shared/sync/session.hpp"
#include "shared/wire/news.hpp"
#include "shared/wire/pack.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using namespace waymark::sync;

namespace {

const PersonId kAmira = PersonId::parse("0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a").value();
const PersonId kTeacher = PersonId::parse("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b").value();

// One school and some devices, with nothing between them but function calls on encoded bytes.
struct World {
  ManualClock clock;
  SeededRandom random{5};
  test::TemporaryFolder folder;
  std::unique_ptr<store::Store> school = open("school.db");
  Caller amira{kAmira,
               {{domain::own_stream(kAmira), random.id<AccessId>(), domain::Role::owner},
                {domain::person_stream(kAmira), random.id<AccessId>(), domain::Role::owner}}};
  Caller teacher{kTeacher, {{domain::person_stream(kAmira), random.id<AccessId>(), domain::Role::staff}}};
  SecretKey identity{{7}};
  int requests = 0;
  // What was served since it was last looked at: ops of others by stream, and streams begun anew.
  std::map<std::string, std::size_t> served;
  std::vector<std::string> begun_anew;

  // The school's disk is what it was when this was taken; the server may have lived on meanwhile.
  void keep_school(const std::string& name) {
    school.reset();
    copy_file("school.db", name);
    school = open("school.db");
  }
  void put_school_back(const std::string& name) {
    school.reset();
    copy_file(name, "school.db");
    school = open("school.db");
  }
  std::unique_ptr<store::Store> open(const std::string& name) {
    return store::Store::open(folder.path() + "/" + name, {&clock, &random, name != "school.db"}).value();
  }
  void copy_file(const std::string& from, const std::string& to) {
    for (std::string end : {"", "-wal", "-shm"}) {
      std::filesystem::remove(folder.path() + "/" + to + end);
      if (std::filesystem::exists(folder.path() + "/" + from + end))
        std::filesystem::copy_file(folder.path() + "/" + from + end, folder.path() + "/" + to + end);
    }
  }
  wire::SyncReply answer(const Caller& caller, const wire::SyncRequest& request) {
    auto transaction = store::Transaction::begin(school->db()).value();
    auto decoded = wire::decode_request(wire::encode(request)).value();
    auto made = serve(*school, caller, decoded, {public_key(identity), &identity}).value();
    REQUIRE(transaction.commit());
    requests++;
    for (const auto& page : made.reply.pages) {
      if (!page.bodies.empty()) served[page.stream] += page.bodies.size();
      if (page.reset) begun_anew.push_back(page.stream);
    }
    return wire::decode_reply(wire::encode(made.reply)).value();
  }
  // Until nothing is left to do.
  void sync(store::Store& device, const Caller& caller) {
    Session session(device);
    for (int round = 0; round < 20; round++) {
      session.hurry(clock.steady_ms());
      auto request = session.next(clock.steady_ms()).value();
      REQUIRE(request);
      REQUIRE(session.on_reply(answer(caller, *request), clock.steady_ms()));
      if (session.status().value().verified) return;
    }
    FAIL("not in step after 20 rounds");
  }
  OpId goal(store::Store& device, std::uint8_t n, std::string_view want, const PersonId& author = kAmira) {
    record::RecordKey key{domain::person_stream(kAmira), "goal", {}};
    key.id.bytes.fill(n);
    auto before = device.find(key).value();
    store::Edit edit{key, {{"want", want}}, before ? before->all_heads() : std::vector<OpId>{}, {}};
    return device.write(author, std::span(&edit, 1)).value().front().op;
  }
  std::vector<std::string> goals(store::Store& device) {
    std::vector<std::string> texts;
    for (const auto& record : device.records(domain::person_stream(kAmira), "goal").value())
      texts.push_back(record.text("want"));
    std::sort(texts.begin(), texts.end());
    return texts;
  }
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("what a student writes on one computer is on the next") {
  World world;
  auto lab3 = world.open("lab3.db"), lab7 = world.open("lab7.db");
  world.goal(*lab3, 1, "ask better questions");
  world.sync(*lab3, world.amira);
  CHECK(lab3->waiting_count().value() == 0);
  world.sync(*lab7, world.amira);
  CHECK(world.goals(*lab7) == Texts{"ask better questions"});
  CHECK(world.school->verify().has_value());
}

TEST_CASE("when nothing is new, one small request says so") {
  World world;
  auto lab3 = world.open("lab3.db");
  world.goal(*lab3, 1, "x");
  Session session(*lab3);
  for (int i = 0; i < 4; i++) {
    session.hurry(0);
    auto request = session.next(0).value();
    REQUIRE(session.on_reply(world.answer(world.amira, *request), 0));
  }
  session.hurry(0);
  auto request = session.next(0).value();
  CHECK(request->mark.has_value());
  CHECK(request->cursors.empty());
  auto reply = world.answer(world.amira, *request);
  CHECK(reply.mark == request->mark);
  CHECK(reply.pages.empty());
  CHECK(wire::encode(*request).size() < 150);
}

TEST_CASE("a lost reply makes a silent duplicate") {
  World world;
  auto lab3 = world.open("lab3.db");
  world.goal(*lab3, 1, "x");
  Session session(*lab3);
  auto request = session.next(0).value();
  world.answer(world.amira, *request);  // and the answer is lost
  session.on_lost({Code::timeout, ""}, 0);
  CHECK(session.status().value().problem == Code::timeout);
  CHECK(lab3->waiting_count().value() == 1);
  world.goal(*lab3, 2, "y");
  world.sync(*lab3, world.amira);
  CHECK(world.school->stream_state(domain::person_stream(kAmira)).value().head == 2);
  CHECK(lab3->waiting_count().value() == 0);
}

TEST_CASE("a draft is nobody's but its author's: a teacher pulls everything and finds no word of it") {
  World world;
  auto lab3 = world.open("lab3.db");
  record::RecordKey key{domain::own_stream(kAmira), "draft", {}};
  key.id.bytes.fill(4);
  store::Edit edit{key, {{"place", "goal"}, {"text.want", "a secret wish"}}, {}, {}};
  REQUIRE(lab3->write(kAmira, std::span(&edit, 1)));
  world.goal(*lab3, 1, "an open wish");
  world.sync(*lab3, world.amira);
  wire::SyncRequest request;
  request.replica = world.random.id<ReplicaId>();
  // Also when the teacher's device asks for the stream by name.
  request.cursors.push_back({domain::own_stream(kAmira), world.amira.access[0].id, {}, {}, 0, true});
  auto bytes = wire::encode(world.answer(world.teacher, request));
  CHECK(bytes.find("an open wish") != std::string::npos);
  CHECK(bytes.find("a secret wish") == std::string::npos);
}

TEST_CASE("a refused op comes back with its reason, and the others go through") {
  World world;
  auto lab3 = world.open("lab3.db");
  world.goal(*lab3, 1, "first");
  store::Edit review{
      {domain::person_stream(kAmira), "review", {}},
      {{"turn_in", kAmira.hex()}, {"project", kAmira.hex()}, {"step", "a"}, {"outcome", "ready"}},
      {},
      {}};
  REQUIRE(lab3->write(kAmira, std::span(&review, 1)));
  world.goal(*lab3, 2, "second");
  world.sync(*lab3, world.amira);
  auto refusals = lab3->refusals().value();
  REQUIRE(refusals.size() == 1);
  CHECK(refusals[0].code == "forbidden");
  CHECK(refusals[0].content->kind == "review");
  CHECK(lab3->waiting_count().value() == 0);
  CHECK(world.school->records(domain::person_stream(kAmira), "review").value().empty());
  CHECK(world.school->records(domain::person_stream(kAmira), "goal").value().size() == 2);
}

TEST_CASE("an op in somebody else's name, or in a stream not granted, is refused and becomes a dead letter") {
  World world;
  auto lab3 = world.open("lab3.db");
  world.goal(*lab3, 1, "forged", kTeacher);
  auto request = Session(*lab3).next(0).value();
  auto transaction = store::Transaction::begin(world.school->db()).value();
  auto served = serve(*world.school, world.amira, *request, {}).value();
  REQUIRE(served.reply.refused.size() == 1);
  CHECK(served.reply.refused[0].code == "forbidden");
  CHECK(served.dead_letters.size() == 1);
  auto own = serve(*world.school, world.teacher, *request, {}).value();
  CHECK(own.reply.refused.empty() == false);
  Caller stranger{kAmira, {}};
  auto stranger_served = serve(*world.school, stranger, *request, {}).value();
  CHECK(stranger_served.reply.refused[0].code == "not_granted");
  CHECK(stranger_served.reply.pages.empty());
}

TEST_CASE(
    "a hub that says a student's words over again in its own name does not make them count as settled") {
  World world;
  auto lab3 = world.open("lab3.db");
  world.goal(*lab3, 1, "mine");
  Session session(*lab3);
  auto request = session.next(0).value();
  {
    // As they are, under the replica's own name.
    auto transaction = store::Transaction::begin(world.school->db()).value();
    Caller hub{kTeacher, {}};
    hub.hub = true;
    auto served = serve(*world.school, hub, *request, {}).value();
    CHECK(served.reply.refused.size() == 1);
    CHECK(served.reply.position.n == 0);
    REQUIRE(transaction.commit());
  }
  session.on_lost({Code::timeout, ""}, 0);
  world.sync(*lab3, world.amira);
  CHECK(lab3->waiting_count().value() == 0);
  CHECK(world.goals(*world.school) == Texts{"mine"});
}

TEST_CASE(
    "what the school has is not refused to its author when the access has ended, and to nobody else told") {
  World world;
  auto lab3 = world.open("lab3.db");
  world.goal(*lab3, 1, "while enrolled");
  Session session(*lab3);
  auto request = session.next(0).value();
  world.answer(world.amira, *request);  // and the answer is lost
  auto transaction = store::Transaction::begin(world.school->db()).value();
  auto left = serve(*world.school, Caller{kAmira, {}}, *request, {}).value();
  CHECK(left.reply.refused.empty());
  CHECK(left.dead_letters.empty());
  CHECK(left.reply.position.n == 1);
  auto other = serve(*world.school, Caller{kTeacher, {}}, *request, {}).value();
  REQUIRE(other.reply.refused.size() == 1);
  CHECK(other.reply.refused[0].code == "not_granted");
}

TEST_CASE("a school put back from yesterday gets today's work again from the devices") {
  World world;
  auto lab3 = world.open("lab3.db");
  world.goal(*lab3, 1, "monday");
  world.sync(*lab3, world.amira);
  world.school.reset();
  world.copy_file("school.db", "backup.db");
  world.school = world.open("school.db");
  world.goal(*lab3, 2, "tuesday");
  world.sync(*lab3, world.amira);
  world.school.reset();
  world.copy_file("backup.db", "school.db");
  world.school = world.open("school.db");
  CHECK(world.goals(*world.school) == Texts{"monday"});
  world.sync(*lab3, world.amira);
  CHECK(world.goals(*world.school) == Texts{"monday", "tuesday"});
  CHECK(world.goals(*lab3) == Texts{"monday", "tuesday"});
}

TEST_CASE("a school that begins anew empty is filled again, and nothing is deleted here") {
  World world;
  auto lab3 = world.open("lab3.db");
  for (std::uint8_t i = 1; i < 6; i++) world.goal(*lab3, i, std::to_string(i));
  world.sync(*lab3, world.amira);
  world.school.reset();
  std::filesystem::remove(world.folder.path() + "/school.db");
  world.school = world.open("school.db");
  world.sync(*lab3, world.amira);
  CHECK(world.goals(*world.school).size() == 5);
  CHECK(world.goals(*lab3).size() == 5);
}

TEST_CASE("a device put back from yesterday finds its own work of today again") {
  World world;
  auto lab3 = world.open("lab3.db");
  world.goal(*lab3, 1, "monday");
  world.sync(*lab3, world.amira);
  lab3.reset();
  world.copy_file("lab3.db", "image.db");
  lab3 = world.open("lab3.db");
  world.goal(*lab3, 2, "tuesday");
  world.sync(*lab3, world.amira);
  lab3.reset();
  world.copy_file("image.db", "lab3.db");
  lab3 = world.open("lab3.db");
  auto replica = lab3->replica();
  world.goal(*lab3, 3, "wednesday");
  world.sync(*lab3, world.amira);
  CHECK(world.goals(*lab3) == Texts{"monday", "tuesday", "wednesday"});
  CHECK(world.goals(*world.school) == Texts{"monday", "tuesday", "wednesday"});
  CHECK(lab3->replica() != replica);
}

TEST_CASE(
    "what a teacher wrote and the school lost comes back from a student's computer, under the school's "
    "seal") {
  World world;
  auto lab3 = world.open("lab3.db"), desk = world.open("desk.db");
  world.goal(*lab3, 1, "monday");
  world.sync(*lab3, world.amira);
  world.keep_school("backup.db");
  auto comment = world.goal(*desk, 9, "well done", kTeacher);
  // Refused, so that a stub is lost too.
  store::Edit edit{{domain::person_stream(kAmira), "observation", {}}, {{"text", "mine"}}, {}, {}};
  auto refused = lab3->write(kAmira, std::span(&edit, 1)).value().front().op;
  world.sync(*lab3, world.amira);
  world.sync(*desk, world.teacher);
  CHECK(desk->refusals().value().size() == 1);  // a teacher writes no goals, but the school had to decide
  world.school
      ->write(kTeacher, std::vector<store::Edit>{{{domain::person_stream(kAmira), "observation", {}},
                                                  {{"text", "ask one more question"}},
                                                  {},
                                                  {}}})
      .value();
  world.sync(*lab3, world.amira);
  world.sync(*desk, world.teacher);
  desk.reset();
  std::filesystem::remove(world.folder.path() + "/desk.db");
  auto observations = [&](store::Store& store) {
    return store.records(domain::person_stream(kAmira), "observation").value().size();
  };
  CHECK(observations(*lab3) == 1);

  world.put_school_back("backup.db");
  CHECK(observations(*world.school) == 0);
  world.sync(*lab3, world.amira);
  CHECK(observations(*world.school) == 1);
  CHECK(world.school->stub_reason(refused).value() == "forbidden");
  CHECK(world.school->stub_reason(comment).value() == "forbidden");
  CHECK(lab3->refusals().value().size() == 1);
  CHECK(world.school->verify().has_value());
  // Once more from an empty disk: nothing is left but what lab3 has.
  world.school.reset();
  std::filesystem::remove(world.folder.path() + "/school.db");
  world.school = world.open("school.db");
  world.sync(*lab3, world.amira);
  CHECK(observations(*world.school) == 1);
  CHECK(world.goals(*world.school) == Texts{"monday"});
}

TEST_CASE("what a school lost twice, before it served again what was brought back, is brought once more") {
  World world;
  auto lab3 = world.open("lab3.db");
  world.goal(*lab3, 1, "monday");
  world.sync(*lab3, world.amira);
  world.keep_school("backup.db");
  auto stream = domain::person_stream(kAmira);
  std::vector<store::Edit> edits{{{stream, "observation", {}}, {{"text", "well argued"}}, {}, {}}};
  world.school->write(kTeacher, edits).value();
  world.sync(*lab3, world.amira);
  auto observations = [&] { return world.school->records(stream, "observation").value().size(); };

  world.put_school_back("backup.db");
  Session session(*lab3);
  bool brought = false;
  for (int round = 0; round < 20 && !brought; round++) {
    session.hurry(0);
    auto request = session.next(0).value().value();
    brought = !request.returned.empty();
    // While it is on its way a stick tells of the school without it; so the answer's pages are read over.
    if (brought) {
      wire::SyncRequest asked;
      asked.replica = lab3->replica();
      for (const auto& reading : lab3->readings().value())
        asked.cursors.push_back({reading.stream, reading.access, reading.cursor.feed, reading.cursor.segment,
                                 reading.cursor.seq, false});
      CHECK(session.on_news(wire::encode(wire::News{1, asked, world.answer(world.amira, asked)})));
    }
    REQUIRE(session.on_reply(world.answer(world.amira, request), 0));
  }
  REQUIRE(brought);
  CHECK(observations() == 1);
  world.put_school_back("backup.db");
  world.sync(*lab3, world.amira);
  CHECK(observations() == 1);
}

TEST_CASE("a stick that ends an access while a request is on its way does no harm to the answer") {
  World world;
  auto stream = domain::class_stream(ClassId{});
  Caller in_class = world.amira;
  in_class.access.push_back({stream, world.random.id<AccessId>(), domain::Role::member});
  std::sort(in_class.access.begin(), in_class.access.end(),
            [](auto& a, auto& b) { return a.stream < b.stream; });
  auto lab3 = world.open("lab3.db");
  world.sync(*lab3, in_class);
  std::vector<store::Edit> edits{{{stream, "class", {}}, {{"title", "Period 3"}}, {}, {}}};
  world.school->write(kTeacher, edits).value();

  Session session(*lab3);
  session.hurry(0);
  auto request = session.next(0).value().value();
  wire::SyncRequest asked;
  asked.replica = lab3->replica();
  for (const auto& reading : lab3->readings().value())
    asked.cursors.push_back({reading.stream, reading.access, reading.cursor.feed, reading.cursor.segment,
                             reading.cursor.seq, false});
  CHECK(session.on_news(wire::encode(wire::News{1, asked, world.answer(world.amira, asked)})));
  CHECK(lab3->readings().value().size() == 2);
  // It was made before, with a page of what is ended now.
  auto answer = world.answer(in_class, request);
  REQUIRE(std::any_of(answer.pages.begin(), answer.pages.end(), [&](auto& p) { return p.stream == stream; }));
  CHECK(session.on_reply(answer, 0));
  CHECK_FALSE(session.status().value().verified);
  session.hurry(0);
  REQUIRE(session.on_reply(world.answer(world.amira, session.next(0).value().value()), 0));
  CHECK(session.status().value().verified);
  CHECK(lab3->readings().value().size() == 2);
}

TEST_CASE("of a class that a stick says is left nothing is brought back any more, and asking ends") {
  World world;
  const std::string stream = "class:" + std::string(32, 'c');
  Caller in_class = world.amira;
  in_class.access.push_back({stream, world.random.id<AccessId>(), domain::Role::member});
  std::sort(in_class.access.begin(), in_class.access.end(),
            [](auto& a, auto& b) { return a.stream < b.stream; });
  world.keep_school("backup.db");
  std::vector<store::Edit> edits{{{stream, "class", {}}, {{"title", "Period 3"}}, {}, {}}};
  auto title = world.school->write(kTeacher, edits).value().front().op;
  auto lab3 = world.open("lab3.db");
  world.sync(*lab3, in_class);

  world.put_school_back("backup.db");
  Session session(*lab3);
  auto exchange = [&](const Caller& caller) {
    session.hurry(0);
    auto request = session.next(0).value().value();
    auto offers = !request.offered.empty();
    REQUIRE(session.on_reply(world.answer(caller, request), 0));
    return offers;
  };
  bool offered = false;
  for (int i = 0; i < 20 && !offered; i++) offered = exchange(in_class);
  REQUIRE(offered);
  // The school took her out of the class, and a stick is the first to say so.
  wire::SyncRequest asked;
  asked.replica = lab3->replica();
  for (const auto& reading : lab3->readings().value())
    asked.cursors.push_back({reading.stream, reading.access, reading.cursor.feed, reading.cursor.segment,
                             reading.cursor.seq, false});
  CHECK(session.on_news(wire::encode(wire::News{1, asked, world.answer(world.amira, asked)})));
  CHECK(lab3->readings().value().size() == 2);
  for (int i = 0; i < 6; i++) exchange(world.amira);
  CHECK(session.status().value().verified);
  CHECK_FALSE(exchange(world.amira));
  CHECK(lab3->has(title).value());
}

TEST_CASE("what comes back under no seal, a changed one or another's is not let in") {
  World world;
  auto lab3 = world.open("lab3.db");
  auto forger = world.open("forger.db");
  auto id = world.goal(*forger, 1, "forged praise", kTeacher);
  auto body = forger->line(id).value().value();
  auto stream = domain::person_stream(kAmira);
  auto signed_by = [&](const SecretKey& key, std::string_view of, const std::vector<OpId>& items) {
    return to_hex(sign(key, as_bytes(wire::seal_message(of, items))));
  };
  auto returned = [&](wire::Returned back) {
    auto request = Session(*lab3).next(0).value().value();
    request.returned = {std::move(back)};
    request.offered = {id};
    auto reply = world.answer(world.amira, request);
    return reply.lacking.empty();
  };
  SecretKey own{{8}};
  auto own_stream = domain::own_stream(kAmira);
  CHECK_FALSE(returned({stream, {id}, "", {body}}));
  CHECK_FALSE(returned({stream, {id}, std::string(128, '0'), {body}}));
  CHECK_FALSE(returned({stream, {id}, signed_by(own, stream, {id}), {body}}));
  CHECK_FALSE(returned({own_stream, {id}, signed_by(world.identity, own_stream, {id}), {body}}));
  OpId another;
  CHECK_FALSE(returned({stream, {another}, signed_by(world.identity, stream, {another}), {body}}));
  // A stub of one's own making does not stand under the seal of the op that it would take away.
  auto stub = R"({"base":[],"id":")" + id.hex() +
              R"(","kind":"goal","names":["want"],"reason":"forbidden","record":")" + std::string(32, '1') +
              R"(","stream":")" + stream + R"(","stub":1})";
  CHECK_FALSE(returned({stream, {id}, signed_by(world.identity, stream, {id}), {stub}}));
  // Nor does one that says it is erased, where the school knows of no erasure.
  auto erased = stub;
  erased.replace(erased.find("forbidden"), 9, "erased");
  CHECK_FALSE(returned({stream, {id}, signed_by(world.identity, stream, {id}), {erased}}));
  CHECK(returned({stream, {id}, signed_by(world.identity, stream, {id}), {body}}));
}

TEST_CASE("a refusal that the school lost is given again, and what follows it goes on") {
  World world;
  auto lab3 = world.open("lab3.db");
  world.goal(*lab3, 1, "monday");
  world.sync(*lab3, world.amira);
  world.keep_school("backup.db");
  store::Edit edit{{domain::person_stream(kAmira), "observation", {}}, {{"text", "mine"}}, {}, {}};
  auto refused = lab3->write(kAmira, std::span(&edit, 1)).value().front().op;
  world.sync(*lab3, world.amira);
  world.put_school_back("backup.db");
  world.sync(*lab3, world.amira);
  CHECK(world.school->stub_reason(refused).value() == "forbidden");
  world.goal(*lab3, 2, "tuesday");
  world.sync(*lab3, world.amira);
  CHECK(world.goals(*world.school) == Texts{"monday", "tuesday"});
}

TEST_CASE("a school that went back under many streams at once is read again all the same") {
  World world;
  Caller many{kTeacher, {}};
  for (int i = 0; i < 12; i++) {
    auto student = world.random.id<PersonId>();
    many.access.push_back({domain::person_stream(student), world.random.id<AccessId>(), domain::Role::staff});
  }
  std::sort(many.access.begin(), many.access.end(), [](auto& a, auto& b) { return a.stream < b.stream; });
  auto write = [&](std::string_view text) {
    for (const auto& access : many.access) {
      store::Edit edit{{access.stream, "observation", {}}, {{"text", text}}, {}, {}};
      world.school->write(kTeacher, std::span(&edit, 1)).value();
    }
  };
  write("one");
  world.keep_school("image.db");
  auto desk = world.open("desk.db");
  write("two");
  auto segment = world.school->segment().value();
  world.sync(*desk, many);
  world.put_school_back("image.db");
  write("other");
  // A disk reverted under a running server goes on in the same segment: only digests can tell.
  REQUIRE(world.school->db().execute("UPDATE segment SET token = x'" + segment.hex() +
                                     "' WHERE id = (SELECT max(id) FROM segment)"));
  world.sync(*desk, many);
  CHECK(world.school->records(many.access[3].stream, "observation").value().size() == 3);
  CHECK(desk->records(many.access[3].stream, "observation").value().size() == 3);
}

// As a hub reads that carries as many students as one may.
TEST_CASE(
    "a reader of 900 streams gets what a header has room for, and what the school lost is brought back") {
  World world;
  Caller many{kTeacher, {}};
  for (int i = 0; i < 900; i++) {
    auto student = world.random.id<PersonId>();
    many.access.push_back({domain::person_stream(student), world.random.id<AccessId>(), domain::Role::staff});
  }
  std::sort(many.access.begin(), many.access.end(), [](auto& a, auto& b) { return a.stream < b.stream; });
  auto write = [&](std::string_view text) {
    std::vector<store::Edit> edits;
    for (const auto& access : many.access)
      edits.push_back(
          {{access.stream, "observation", world.random.id<RecordId>()}, {{"text", text}}, {}, {}});
    REQUIRE(world.school->write(kTeacher, edits));
  };
  world.keep_school("empty.db");
  auto desk = world.open("desk.db");
  Session session(*desk);
  bool more = false;
  std::size_t granted = 0;
  auto sync = [&] {
    for (int round = 0; round < 60; round++) {
      session.hurry(0);
      auto request = session.next(0).value();
      REQUIRE(request);
      auto reply = world.answer(many, *request);
      more = more || reply.more;
      granted = std::max(granted, reply.granted.size());
      REQUIRE(session.on_reply(reply, 0));
      if (session.status().value().verified) return;
    }
    FAIL("not in step after 60 rounds");
  };
  sync();
  CHECK(more);
  CHECK(granted < 900);
  CHECK(granted > 400);
  CHECK(desk->readings().value().size() == 900);
  write("one");
  write("two");
  sync();
  auto last = many.access.back().stream;
  CHECK(desk->records(last, "observation").value().size() == 2);
  world.put_school_back("empty.db");
  REQUIRE(world.school->records(last, "observation").value().empty());
  sync();
  CHECK(desk->readings().value().size() == 900);
  std::size_t back = 0;
  for (const auto& access : many.access)
    back += world.school->records(access.stream, "observation").value().size();
  CHECK(back == 1'800);
}

TEST_CASE("a school put back has the streams read anew that it lost something of, and no others") {
  World world;
  Caller many{kTeacher, {}};
  for (int i = 0; i < 12; i++) {
    auto student = world.random.id<PersonId>();
    many.access.push_back({domain::person_stream(student), world.random.id<AccessId>(), domain::Role::staff});
  }
  std::sort(many.access.begin(), many.access.end(), [](auto& a, auto& b) { return a.stream < b.stream; });
  auto write = [&](const Access& access, std::string_view text) {
    store::Edit edit{{access.stream, "observation", {}}, {{"text", text}}, {}, {}};
    world.school->write(kTeacher, std::span(&edit, 1)).value();
  };
  for (const auto& access : many.access)
    for (const char* text : {"one", "two", "three"}) write(access, text);
  // The nightly backup: the server goes on after it.
  world.copy_file("school.db", "night.db");
  auto desk = world.open("desk.db");
  std::vector<std::string> touched{many.access[2].stream, many.access[7].stream, many.access[8].stream};
  for (auto i : {2, 7, 8}) write(many.access[static_cast<std::size_t>(i)], "of today");
  world.sync(*desk, many);
  world.put_school_back("night.db");
  write(many.access[4], "new");
  world.served.clear(), world.begun_anew.clear();
  world.sync(*desk, many);
  std::sort(world.begun_anew.begin(), world.begun_anew.end());
  CHECK(world.begun_anew == touched);
  // Read anew is one's own by its ids, and what another wrote; of the others only what is new was sent.
  std::vector<std::string> sent;
  for (const auto& [stream, ops] : world.served)
    if (std::find(touched.begin(), touched.end(), stream) == touched.end())
      sent.push_back(stream + " " + std::to_string(ops));
  CHECK(sent == Texts{many.access[4].stream + " 1"});
  for (const auto& stream : touched) CHECK(world.school->records(stream, "observation").value().size() == 4);
}

TEST_CASE("a school that was started again has nobody read anew, and tells what is new alone") {
  World world;
  auto lab3 = world.open("lab3.db"), lab7 = world.open("lab7.db");
  for (std::uint8_t n = 1; n <= 5; n++) world.goal(*lab3, n, "goal " + std::to_string(n));
  world.sync(*lab3, world.amira);
  world.sync(*lab7, world.amira);
  for (std::uint8_t start = 1; start <= 3; start++) {
    auto segment = world.school->segment().value();
    world.school.reset();
    world.school = world.open("school.db");
    world.served.clear();
    world.goal(*lab3, 5 + start, "after the start");
    world.sync(*lab3, world.amira);
    CHECK(world.school->segment().value() != segment);
    world.sync(*lab7, world.amira);
    CHECK(world.begun_anew.empty());
    CHECK(world.served == std::map<std::string, std::size_t>{{domain::person_stream(kAmira), 1}});
    CHECK(world.goals(*lab7) == world.goals(*lab3));
  }
}

TEST_CASE("two copies of one disk both arrive, and end as two replicas") {
  World world;
  auto lab3 = world.open("lab3.db");
  world.goal(*lab3, 1, "before");
  world.sync(*lab3, world.amira);
  lab3.reset();
  world.copy_file("lab3.db", "twin.db");
  lab3 = world.open("lab3.db");
  auto twin = world.open("twin.db");
  world.goal(*lab3, 2, "left");
  world.goal(*twin, 3, "right");
  world.sync(*lab3, world.amira);
  world.sync(*twin, world.amira);
  world.sync(*lab3, world.amira);
  for (auto* store : {world.school.get(), lab3.get(), twin.get()})
    CHECK(world.goals(*store) == Texts{"before", "left", "right"});
  CHECK(lab3->replica() != twin->replica());
}

TEST_CASE("two copies of a disk that has more than one page both arrive") {
  World world;
  auto lab3 = world.open("lab3.db");
  for (int i = 0; i < 700; i++) world.goal(*lab3, static_cast<std::uint8_t>(1 + i % 250), std::to_string(i));
  world.sync(*lab3, world.amira);
  lab3.reset();
  world.copy_file("lab3.db", "twin.db");
  lab3 = world.open("lab3.db");
  auto twin = world.open("twin.db");
  world.goal(*lab3, 251, "left");
  world.goal(*twin, 252, "right");
  world.sync(*lab3, world.amira);
  world.sync(*twin, world.amira);
  // What the other wrote under its name comes by its id alone, on the second page.
  world.sync(*lab3, world.amira);
  CHECK(world.goals(*lab3).size() == 252);
  CHECK(world.goals(*lab3) == world.goals(*world.school));
  CHECK(lab3->replica() != twin->replica());
}

TEST_CASE("who hurries while an answer is awaited asks again as soon as it has come, or is given up") {
  World world;
  auto lab3 = world.open("lab3.db");
  Session session(*lab3);
  for (bool lost : {false, true}) {
    session.hurry(1'000);
    auto request = session.next(1'000).value();
    REQUIRE(request);
    session.hurry(2'000);
    if (lost)
      session.on_lost({Code::timeout, ""}, 9'000);
    else
      REQUIRE(session.on_reply(world.answer(world.amira, *request), 9'000));
    CHECK(session.due_ms() == 9'000);
  }
  // But not before the time that the school asked for; and once.
  session.hurry(9'000);
  REQUIRE(session.next(9'000).value());
  session.hurry(9'000);
  session.on_lost({Code::slowed_down, ""}, 9'000, 60'000);
  CHECK(session.due_ms() == 69'000);
  session.hurry(70'000);
  REQUIRE(session.next(70'000).value());
  session.on_lost({Code::timeout, ""}, 70'000);
  CHECK(session.due_ms().value() > 70'000);
}

TEST_CASE("an answer that lay here while the computer slept says nothing of what the time is now") {
  World world;
  ManualClock own(world.clock.now_ms() - 3'600'000);
  auto odd = store::Store::open(world.folder.path() + "/odd.db", {&own, &world.random, true}).value();
  Session session(*odd);
  const std::int64_t asked_ms = own.now_ms();
  auto request = session.next(0).value();
  auto reply = world.answer(world.amira, *request);
  own.advance_ms(3 * 24 * 3'600'000);
  REQUIRE(session.on_reply(reply, 0));
  CHECK(odd->meta("clock_offset_ms").value().value_or("0") == "0");
  CHECK(session.status().value().heard_ms == asked_ms);
  own.set_ms(asked_ms);
  session.hurry(0);
  REQUIRE(session.on_reply(world.answer(world.amira, session.next(0).value().value()), 0));
  CHECK(odd->meta("clock_offset_ms").value() == "3600000");
}

TEST_CASE("news on a stick of a school that went back end what was said of all being there") {
  World world;
  auto lab3 = world.open("lab3.db");
  world.goal(*lab3, 1, "one");
  world.keep_school("empty.db");
  Session session(*lab3);
  while (!session.status().value().verified) {
    session.hurry(0);
    REQUIRE(session.on_reply(world.answer(world.amira, session.next(0).value().value()), 0));
  }
  world.put_school_back("empty.db");
  wire::SyncRequest asked;
  asked.replica = lab3->replica();
  for (const auto& reading : lab3->readings().value())
    asked.cursors.push_back({reading.stream, reading.access, reading.cursor.feed, reading.cursor.segment,
                             reading.cursor.seq, false});
  bool heeded = false;
  session.when_parent_went_back([&] {
    heeded = true;
    return Status();
  });
  REQUIRE(session.on_news(wire::encode(wire::News{1, asked, world.answer(world.amira, asked)})));
  CHECK_FALSE(session.status().value().verified);
  CHECK(heeded);
}

TEST_CASE("news of a stick tell that the school lost what is settled here, and it waits again") {
  World world;
  auto lab3 = world.open("lab3.db");
  world.keep_school("empty.db");
  world.goal(*lab3, 1, "one");
  world.sync(*lab3, world.amira);
  REQUIRE(lab3->waiting_count().value() == 0);
  world.put_school_back("empty.db");
  wire::SyncRequest asked;
  asked.replica = lab3->replica();
  Session session(*lab3);
  auto hear = [&](std::int64_t round, const wire::SyncReply& reply) {
    REQUIRE(session.on_news(wire::encode(wire::News{round, asked, reply})));
    return lab3->waiting_count().value();
  };
  auto reply = world.answer(world.amira, asked);
  CHECK(reply.position.n == 0);
  auto other = reply;
  other.position = {1, world.random.id<record::ChainLink>()};  // another history's
  CHECK(hear(1, other) == 0);
  CHECK(hear(1, reply) == 1);
  CHECK(hear(2, world.answer(world.amira, asked)) == 1);
}

TEST_CASE("where else the school is said to be is told once, and not of whoever is met next") {
  World world;
  auto lab3 = world.open("lab3.db");
  Session session(*lab3);
  auto hear = [&] {
    session.hurry(0);
    auto reply = world.answer(world.amira, session.next(0).value().value());
    reply.places = {{"", "", {"https://alder.example:8443"}}};
    REQUIRE(session.on_reply(reply, 0));
  };
  hear();
  CHECK(session.take_places().size() == 1);
  CHECK(session.take_places().empty());
  hear();
  REQUIRE(session.meet(kTeacher.hex()));
  CHECK(session.take_places().empty());
}

TEST_CASE("whom a full disk cannot be told of is not met yet, and compared with when there is room") {
  World world;
  auto lab3 = world.open("lab3.db");
  const std::string hub = kTeacher.hex();
  const auto stream = domain::person_stream(kAmira);
  lab3->read_at(hub);
  REQUIRE(lab3->grant(stream, world.random.id<AccessId>(), "owner"));
  REQUIRE(lab3->mark_compared(stream));
  lab3->read_at("");
  Session session(*lab3);
  REQUIRE(session.start());
  REQUIRE(lab3->db().execute("PRAGMA query_only = ON"));
  CHECK_FALSE(session.meet(hub));
  CHECK(lab3->parent().empty());
  REQUIRE(lab3->db().execute("PRAGMA query_only = OFF"));
  REQUIRE(session.meet(hub));
  CHECK(lab3->parent() == hub);
  CHECK_FALSE(lab3->reading(stream).value()->compared);
}

TEST_CASE(
    "of an access that came with a reply which could not be kept, and ended, nothing is asked for ever") {
  World world;
  auto lab3 = world.open("lab3.db"), desk = world.open("desk.db");
  world.keep_school("empty.db");
  world.goal(*lab3, 1, "one");
  world.sync(*lab3, world.amira);
  Caller nothing = world.teacher;
  nothing.access = {{domain::own_stream(kTeacher), world.random.id<AccessId>(), domain::Role::owner}};
  Caller again = nothing;
  again.access.push_back({domain::person_stream(kAmira), world.random.id<AccessId>(), domain::Role::staff});
  std::sort(again.access.begin(), again.access.end(), [](auto& a, auto& b) { return a.stream < b.stream; });
  world.sync(*desk, again);
  world.sync(*desk, nothing);
  world.put_school_back("empty.db");
  Session session(*desk);
  session.hurry(0);
  auto reply = world.answer(again, session.next(0).value().value());
  SUBCASE("its pages were right") {}
  SUBCASE("a digest was not") { reply.pages.back().digest = std::string(32, '1'); }
  reply.pages.push_back(reply.pages.back());
  reply.pages.back().stream = "person:" + std::string(32, '7');  // which was not granted
  CHECK(session.on_reply(reply, 0).error().code == Code::malformed);
  for (int round = 0; round < 5; round++) {
    session.hurry(0);
    auto request = session.next(0).value().value();
    CHECK(request.offered.empty());
    REQUIRE(session.on_reply(world.answer(nothing, request), 0));
  }
  CHECK(session.status().value().verified);
}

TEST_CASE("a long way behind is caught up in pages") {
  World world;
  auto lab3 = world.open("lab3.db"), lab7 = world.open("lab7.db");
  for (int i = 0; i < 700; i++) world.goal(*lab3, static_cast<std::uint8_t>(1 + i % 250), std::to_string(i));
  world.sync(*lab3, world.amira);
  world.requests = 0;
  world.sync(*lab7, world.amira);
  CHECK(world.requests == 2);
  CHECK(world.goals(*lab7) == world.goals(*lab3));
  CHECK(lab7->verify().has_value());
}

TEST_CASE("reading that broke off between two pages, or with a page on its way, goes on where it was") {
  World world;
  auto lab3 = world.open("lab3.db"), lab7 = world.open("lab7.db");
  const auto stream = domain::person_stream(kAmira);
  for (int i = 0; i < 1'200; i++)
    world.goal(*lab3, static_cast<std::uint8_t>(1 + i % 250), std::to_string(i));
  world.sync(*lab3, world.amira);
  world.served.clear();
  auto sequence = [&] {
    std::int64_t seq = 0;
    for (const auto& reading : lab7->readings().value())
      if (reading.stream == stream) seq = reading.cursor.seq;
    return seq;
  };
  std::int64_t at = 0;
  for (bool lost : {false, true, false}) {
    // The computer is switched off after each page, once before the page has come.
    Session session(*lab7);
    auto reply = world.answer(world.amira, session.next(0).value().value());
    if (!lost) {
      REQUIRE(session.on_reply(reply, 0));
      CHECK(sequence() > at);
      at = sequence();
    }
    lab7.reset();
    lab7 = world.open("lab7.db");
    CHECK(sequence() == at);
  }
  CHECK(at == 1'000);
  world.sync(*lab7, world.amira);
  // Each came once, and those of the lost page twice.
  CHECK(world.served[stream] == 1'200 + 500);
  CHECK(world.begun_anew.empty());
  CHECK(world.goals(*lab7) == world.goals(*lab3));
}

namespace {

// A device that has read everything, and its session, which knows that the school understands marks.
struct InStep {
  World world;
  std::unique_ptr<store::Store> lab3 = world.open("lab3.db");
  Session session{*lab3};
  InStep() {
    world.goal(*lab3, 1, "first");
    for (int i = 0; i < 4; i++) exchange();
    REQUIRE(session.status().value().verified);
  }
  wire::SyncRequest ask() {
    session.hurry(0);
    return session.next(0).value().value();
  }
  wire::SyncReply exchange() {
    auto reply = world.answer(world.amira, ask());
    REQUIRE(session.on_reply(reply, 0));
    return reply;
  }
};

}  // namespace

TEST_CASE("an edit goes with a mark, and the mark alone tells that it is there and nothing else is new") {
  InStep at;
  at.world.goal(*at.lab3, 1, "second");
  auto request = at.ask();
  CHECK(request.mark);
  CHECK(!request.same);
  auto reply = at.world.answer(at.world.amira, request);
  CHECK(reply.mark);
  CHECK(reply.pages.empty());
  CHECK(!reply.same);
  CHECK(wire::pack(wire::encode(reply), true).size() <= 32);
  REQUIRE(at.session.on_reply(reply, 0));
  auto status = at.session.status().value();
  CHECK(status.verified);
  CHECK(status.waiting == 0);
  auto reading = at.lab3->readings().value().back();
  CHECK(reading.cursor.seq == 2);
  CHECK(reading.served.hex() == at.world.school->stream_state(reading.stream).value().digest.hex());
  CHECK(at.exchange().mark == reply.mark);  // nothing was left to tell
}

TEST_CASE("another mark than the school's: nothing is taken in, and all comes again with cursors") {
  InStep at;
  auto lab7 = at.world.open("lab7.db");
  at.world.sync(*lab7, at.world.amira);
  at.world.goal(*lab7, 2, "from another computer");
  at.world.sync(*lab7, at.world.amira);
  at.world.goal(*at.lab3, 3, "from this one");
  auto reply = at.exchange();
  CHECK(reply.same == false);
  CHECK(at.world.goals(*at.world.school) == Texts{"first", "from another computer"});
  CHECK(at.session.status().value().waiting == 1);
  CHECK(!at.session.status().value().verified);
  auto request = at.ask();
  CHECK(!request.cursors.empty());
  CHECK(!request.mark);
  REQUIRE(at.session.on_reply(at.world.answer(at.world.amira, request), 0));
  CHECK(at.session.status().value().verified);
  CHECK(at.world.goals(*at.lab3) == at.world.goals(*at.world.school));
}

TEST_CASE("of what came by a stick before the mark that it was sent with the school's refusal is heard") {
  InStep at;
  store::Edit edit{{domain::person_stream(kAmira), "observation", {}}, {{"text", "mine"}}, {}, {}};
  auto id = at.lab3->write(kAmira, std::span(&edit, 1)).value().front().op;
  auto request = at.ask();
  REQUIRE(request.mark);
  auto carried = request;
  carried.mark.reset();
  carried.before = at.lab3->own_position(at.lab3->last_number().value() - 1).value().value();
  CHECK(at.world.answer(at.world.amira, carried).refused.size() == 1);
  auto reply = at.world.answer(at.world.amira, request);
  CHECK(reply.same == false);
  CHECK(reply.position.n == at.lab3->last_number().value());
  REQUIRE(at.session.on_reply(reply, 0));
  CHECK(at.session.status().value().waiting == 1);
  at.exchange();
  CHECK(at.session.status().value().waiting == 0);
  CHECK(at.lab3->refusals().value().front().op == id);
}

TEST_CASE("what is refused, and a school that began anew, are told in full") {
  InStep at;
  store::Edit edit{{domain::person_stream(kAmira), "observation", {}}, {{"text", "mine"}}, {}, {}};
  at.lab3->write(kAmira, std::span(&edit, 1)).value();
  auto request = at.ask();
  CHECK(request.mark);
  auto reply = at.world.answer(at.world.amira, request);
  CHECK(!reply.mark);
  CHECK(reply.refused.size() == 1);
  REQUIRE(at.session.on_reply(reply, 0));
  while (!at.session.status().value().verified) at.exchange();

  at.world.keep_school("the same.db");  // closed and opened: another segment from its first write on
  at.world.goal(*at.lab3, 1, "after the start");
  request = at.ask();
  CHECK(request.mark);
  reply = at.world.answer(at.world.amira, request);
  CHECK(!reply.mark);
  CHECK(reply.pages.size() == 1);
  REQUIRE(at.session.on_reply(reply, 0));
  CHECK(at.session.status().value().verified);
  CHECK(!at.ask().cursors.empty());  // of two segments now
}

TEST_CASE(
    "a mark is for little, for a school that knows it, and is believed only where it is the one expected") {
  InStep at;
  at.world.goal(*at.lab3, 1, std::string(1'000, 'x'));
  auto request = at.ask();
  CHECK(!request.mark);
  CHECK(request.same);
  auto reply = at.world.answer(at.world.amira, request);
  CHECK(reply.same == true);
  REQUIRE(at.session.on_reply(reply, 0));

  at.world.goal(*at.lab3, 1, "short");
  request = at.ask();
  CHECK(request.mark);
  reply = at.world.answer(at.world.amira, request);
  REQUIRE(reply.mark);
  reply.mark = std::string(32, '0');
  CHECK(at.session.on_reply(reply, 0).error().code == Code::server_failed);
  CHECK(at.session.status().value().waiting == 1);
  request = at.ask();
  CHECK(!request.cursors.empty());
  reply = at.world.answer(at.world.amira, request);
  CHECK(reply.marks);
  reply.marks = false;  // an older school's
  REQUIRE(at.session.on_reply(reply, 0));
  CHECK(at.session.status().value().verified);
  CHECK(at.ask().same);
}

TEST_CASE("two copies of one disk find each other out by their marks too") {
  World world;
  auto lab3 = world.open("lab3.db");
  world.goal(*lab3, 1, "before");
  world.sync(*lab3, world.amira);
  lab3.reset();
  world.copy_file("lab3.db", "twin.db");
  lab3 = world.open("lab3.db");
  auto twin = world.open("twin.db");
  Session left(*lab3), right(*twin);
  auto exchange = [&](Session& session) {
    session.hurry(0);
    auto request = session.next(0).value().value();
    REQUIRE(session.on_reply(world.answer(world.amira, request), 0));
    return request.mark.has_value();
  };
  while (!exchange(left)) continue;
  while (!exchange(right)) continue;
  world.goal(*lab3, 2, "left");
  world.goal(*twin, 3, "right");
  CHECK(exchange(left));
  CHECK(exchange(right));
  while (!left.status().value().verified) exchange(left);
  while (!right.status().value().verified) exchange(right);
  while (exchange(left), !left.status().value().verified) continue;
  for (auto* store : {world.school.get(), lab3.get(), twin.get()})
    CHECK(world.goals(*store) == Texts{"before", "left", "right"});
  CHECK(lab3->replica() != twin->replica());
}

TEST_CASE("ids are told missing unless the caller may read them") {
  World world;
  auto lab3 = world.open("lab3.db");
  auto op = world.goal(*lab3, 1, "x");
  world.sync(*lab3, world.amira);
  auto unknown = world.random.id<OpId>();
  CHECK(missing(*world.school, world.amira, {op, unknown}).value() == std::vector{unknown});
  CHECK(missing(*world.school, Caller{kTeacher, {}}, {op}).value() == std::vector{op});
}

TEST_CASE("a packed message is the same message, and much smaller") {
  const std::string id = "00112233445566778899aabbccddeeff", other = "0000000000000000aabbccddeeff0011";
  const std::string text =
      R"({"before":{"c":")" + id + R"(","n":12},"ops":1,"replica":")" + other + R"(","same":")" + id +
      "\",\"v\":1}\n" + R"({"author":")" + other +
      R"(","base":[],"fields":{"want":"Zo\u00eb \u4f60, 12345678901234567 deadbeef"},"kind":"goal","record":")" +
      id + R"(","replica":")" + other + R"(","salt":"0123456789abcdef","stream":"person:)" + other +
      R"(","time":1764054000000,"v":1})" + "\n";
  auto packed = wire::pack(text);
  CHECK(wire::is_packed(packed));
  CHECK(packed.size() < 200);
  CHECK(wire::unpack(packed, 4096).value() == text);
  // Long ones are compressed on top.
  std::string many;
  for (int i = 0; i < 50; i++) many += text;
  CHECK(wire::pack(many).size() < many.size() / 10);
  CHECK(wire::unpack(wire::pack(many), many.size()).value() == many);
  CHECK(wire::unpack(wire::pack(many), many.size() - 1).error().code == Code::too_large);
  CHECK(wire::unpack(packed, text.size() - 1).error().code == Code::too_large);
  CHECK(wire::unpack(text, 10).value() == text);  // a plain one is given back
  CHECK(wire::pack("a\x02z") == "a\x02z");        // what cannot be packed stays plain
  for (const auto& digits :
       {std::string(40, 'a'), std::string(300, '0'), std::string("1764054000000123"), std::string(15, 'f')})
    CHECK(wire::unpack(wire::pack(digits), 4096).value() == digits);
}

TEST_CASE("a packed body that breaks off or holds no such code is refused") {
  auto refused = [](const std::string& body) {
    auto text = wire::unpack(body, 4096);
    return !text && text.error().code == Code::malformed;
  };
  std::string id(16, '\x7f');
  CHECK(refused("\x01\x02" + id.substr(1)));
  CHECK(refused("\x01\x03" + id.substr(9 + 1)));
  CHECK(refused(std::string("\x01\x04\x00", 3)));  // no id was there yet
  CHECK(refused("\x01\x04"));
  CHECK(refused("\x01\x02" + id + "\x04\x01"));
  CHECK(refused("\x01\x05" + std::string(6, '\xff')));  // fifteen digits
  CHECK(refused(std::string("\x01\x05\0\0\0\0\0\x01", 8)));
  CHECK(refused("\x01\x06"));
  CHECK(wire::unpack("\x02\x06", 4096).value() == "{\"mark\":\"");
  CHECK(refused(std::string("\x02\x00", 2)));
  CHECK(refused("\x28\xb5\x2f\xfdno more"));
}

TEST_CASE("messages that make no sense are refused with a reason") {
  World world;
  auto good = wire::encode(wire::SyncRequest{});
  CHECK(wire::decode_request(good).has_value());
  CHECK(wire::decode_request("").error().code == Code::malformed);
  CHECK(wire::decode_request("[]\n").error().code == Code::malformed);
  CHECK(wire::decode_request("{\"v\":9}\n").error().code == Code::unsupported);
  CHECK(wire::decode_request(std::string(100, '[') + "\n").error().code == Code::too_deep);
  CHECK(wire::decode_request(std::string(wire::message_bytes_max + 1, ' ')).error().code == Code::too_large);
  CHECK(wire::decode_request(good + "more\n").error().code == Code::malformed);
  auto many = good;
  many.replace(many.find("\"v\":1"), 5, "\"v\":1,\"ops\":201");
  CHECK(wire::decode_request(many).error().code == Code::too_large);
  many = good;
  many.replace(many.find("\"v\":1"), 5, "\"v\":1,\"ops\":1");
  CHECK(wire::decode_request(many).error().code == Code::malformed);
}

TEST_CASE("a computer whose clock is a year ahead stops nobody, and what was read from it is not older") {
  World world;
  const std::int64_t year = std::int64_t{365} * 24 * 3600 * 1000;
  ManualClock ahead;
  ahead.set_ms(world.clock.now_ms() + year);
  auto odd = store::Store::open(world.folder.path() + "/odd.db", {&ahead, &world.random, true}).value();
  auto other = world.open("other.db");
  world.goal(*odd, 1, "from next year");
  world.sync(*odd, world.amira);
  world.sync(*other, world.amira);
  CHECK(world.goals(*other) == Texts{"from next year"});
  // Who read it answers it: no conflict, and the answer is what is shown.
  world.goal(*other, 1, "today");
  world.sync(*other, world.amira);
  world.sync(*odd, world.amira);
  CHECK(world.goals(*odd) == Texts{"today"});
  CHECK(world.goals(*other) == Texts{"today"});
  // The school's reply has told it how far off it is; then its battery dies and it is 1970.
  world.goal(*odd, 2, "corrected");
  ahead.set_ms(0);
  world.goal(*odd, 3, "in 1970");
  world.sync(*odd, world.amira);
  world.sync(*other, world.amira);
  CHECK(world.goals(*other) == Texts{"corrected", "in 1970", "today"});
  for (const auto* device : {odd.get(), other.get()})
    for (const auto& record :
         const_cast<store::Store*>(device)->records(domain::person_stream(kAmira), "goal").value())
      for (const auto& [name, field] : record.fields) CHECK_FALSE(field.conflict());
}

TEST_CASE("a clock an hour off stops no exchange, and once the school was heard its times are the school's") {
  const std::int64_t hour = 3'600'000;
  for (auto off : {-hour, hour}) {
    World world;
    ManualClock own(world.clock.now_ms() + off);
    auto odd = store::Store::open(world.folder.path() + "/odd.db", {&own, &world.random, true}).value();
    Session session(*odd);
    world.goal(*odd, 1, "before it knew");
    // One that fails leaves the clock as it was.
    REQUIRE(session.next(0).value());
    session.on_lost({Code::timeout, ""}, 0);
    while (!session.status().value().verified) {
      session.hurry(0);
      REQUIRE(session.on_reply(world.answer(world.amira, session.next(0).value().value()), 0));
      CHECK_FALSE(session.status().value().problem);
    }
    auto time_of = [&](const OpId& op) { return world.school->op(op).value().value().time_ms; };
    auto corrected = world.goal(*odd, 2, "after it");
    // Also after the program was started again, before anybody was heard.
    odd.reset();
    odd = store::Store::open(world.folder.path() + "/odd.db", {&own, &world.random, true}).value();
    world.sync(*odd, world.amira);
    CHECK(time_of(corrected) == world.clock.now_ms());
    CHECK(world.goals(*world.school) == Texts{"after it", "before it knew"});
  }
}

// Its own later words are based on the earlier ones, so they stand whatever the times say.
TEST_CASE(
    "what was written before a long sleep, or with a clock a day ahead, arrives and hides nothing later") {
  World world;
  const std::int64_t day = std::int64_t{24} * 3600 * 1000;
  ManualClock own(world.clock.now_ms());
  auto sleeper = store::Store::open(world.folder.path() + "/a.db", {&own, &world.random, true}).value();
  auto other = world.open("b.db");
  world.goal(*sleeper, 1, "before the holidays");
  world.clock.advance_ms(40 * day);  // and its own clock stood still meanwhile
  world.goal(*sleeper, 2, "on waking, not yet told the time");
  world.sync(*sleeper, world.amira);
  world.sync(*other, world.amira);
  CHECK(world.goals(*other) == Texts{"before the holidays", "on waking, not yet told the time"});
  world.goal(*other, 1, "from elsewhere");
  world.sync(*other, world.amira);
  world.sync(*sleeper, world.amira);
  world.goal(*sleeper, 1, "after it");
  world.sync(*sleeper, world.amira);
  world.sync(*other, world.amira);
  CHECK(world.goals(*other) == Texts{"after it", "on waking, not yet told the time"});
  for (auto ahead : {day, day + 1, 40 * day}) {
    // The school is not heard while the clock is wrong; then somebody puts it right.
    own.set_ms(world.clock.now_ms() + ahead);
    world.goal(*sleeper, 3, "from tomorrow");
    own.set_ms(world.clock.now_ms());
    world.goal(*sleeper, 3, "put right " + std::to_string(ahead));
    world.sync(*sleeper, world.amira);
    world.sync(*other, world.amira);
    record::RecordKey key{domain::person_stream(kAmira), "goal", {}};
    key.id.bytes.fill(3);
    for (auto* device : {sleeper.get(), other.get(), world.school.get()}) {
      auto goal = device->find(key).value().value();
      CHECK(goal.text("want") == "put right " + std::to_string(ahead));
      CHECK_FALSE(goal.field("want")->conflict());
    }
  }
}

TEST_CASE("who was away for years brings what they wrote before, though much was deleted since") {
  World world;
  auto here = world.open("a.db"), away = world.open("b.db");
  for (std::uint8_t n : {1, 2}) world.goal(*here, n, "goal " + std::to_string(n));
  world.sync(*here, world.amira);
  world.sync(*away, world.amira);
  world.goal(*away, 2, "with a second source");
  world.goal(*away, 3, "never sent");
  for (std::uint8_t n : {1, 2}) {
    record::RecordKey key{domain::person_stream(kAmira), "goal", {}};
    key.id.bytes.fill(n);
    auto before = here->find(key).value().value();
    store::Edit edit{key, {{"deleted", true}}, before.all_heads(), {}};
    REQUIRE(here->write(kAmira, std::span(&edit, 1)));
  }
  world.sync(*here, world.amira);
  world.clock.advance_ms(std::int64_t{3} * 365 * 24 * 3600 * 1000);
  world.sync(*away, world.amira);
  world.sync(*here, world.amira);
  for (auto* device : {here.get(), away.get(), world.school.get()}) {
    Texts living;
    for (const auto& record : device->records(domain::person_stream(kAmira), "goal").value())
      if (!device->gone(record, "deleted").value()) living.push_back(record.text("want"));
    std::sort(living.begin(), living.end());
    CHECK(living == Texts{"never sent", "with a second source"});
  }
}

TEST_CASE("a try that failed is made again by itself, sooner or later, with nothing written meanwhile") {
  World world;
  auto device = world.open("a.db");
  world.goal(*device, 1, "one");
  Session session(*device);
  std::int64_t now = world.clock.steady_ms();
  session.hurry(now);
  std::int64_t longest = 0;
  for (int i = 0; i < 50; i++) {
    auto request = session.next(now).value();
    REQUIRE(request);
    CHECK(request->ops.size() == 1);
    session.on_lost({Code::offline, ""}, now);
    auto due = session.due_ms();
    REQUIRE(due);
    CHECK(*due > now);
    longest = std::max(longest, *due - now);
    now = *due;
  }
  CHECK(longest <= backoff_max_ms + 200);
  auto request = session.next(now).value();
  REQUIRE(request);
  REQUIRE(session.on_reply(world.answer(world.amira, *request), now));
  CHECK(session.status().value().waiting == 0);
}

TEST_CASE("what was deleted and written anew lives, and whoever was away for years deletes it no more") {
  World world;
  auto here = world.open("a.db"), away = world.open("b.db");
  world.goal(*here, 1, "first");
  world.sync(*here, world.amira);
  world.sync(*away, world.amira);
  auto stands = [](store::Store& device) {
    record::RecordKey key{domain::person_stream(kAmira), "goal", {}};
    key.id.bytes.fill(1);
    auto record = device.find(key).value().value();
    return record.boolean("deleted") ? std::string() : record.text("want");
  };
  auto remove = [&](store::Store& device) {
    record::RecordKey key{domain::person_stream(kAmira), "goal", {}};
    key.id.bytes.fill(1);
    auto before = device.find(key).value().value();
    store::Edit edit{key, {{"deleted", true}}, before.all_heads(), {}};
    REQUIRE(device.write(kAmira, std::span(&edit, 1)));
  };
  remove(*away);  // and is not heard of for long
  remove(*here);
  world.sync(*here, world.amira);
  CHECK(stands(*world.school) == "");
  record::RecordKey key{domain::person_stream(kAmira), "goal", {}};
  key.id.bytes.fill(1);
  auto before = here->find(key).value().value();
  store::Edit again{key, {{"deleted", false}, {"want", "anew"}}, before.all_heads(), {}};
  REQUIRE(here->write(kAmira, std::span(&again, 1)));
  world.sync(*here, world.amira);
  CHECK(stands(*world.school) == "anew");
  world.clock.advance_ms(std::int64_t{3} * 365 * 24 * 3600 * 1000);
  world.sync(*away, world.amira);
  world.sync(*here, world.amira);
  CHECK(stands(*world.school) == "anew");
  CHECK(stands(*away) == "anew");
  CHECK(stands(*here) == "anew");
}
