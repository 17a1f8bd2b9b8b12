// The queue of files against a school that does as the protocol says, over a network that cuts off.
#include "shared/sync/file_queue.hpp"

#include <doctest/doctest.h>

#include "shared/base/hash.hpp"
#include "shared/domain/kinds.hpp"
#include "shared/store/erase.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using namespace waymark::sync;
using What = FileStep::What;

namespace {

const PersonId kAmira = PersonId::parse("0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a").value();
const std::string kStream = domain::person_stream(kAmira);

std::string name_of(std::string_view body) { return to_hex(sha256(as_bytes(body))); }
std::string noise(std::size_t size, std::uint64_t seed) {
  SeededRandom random(seed);
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random.below(256));
  return bytes;
}

struct Disk final : FileDisk {
  std::map<std::string, std::string, std::less<>> whole, parts;
  bool full = false;

  std::optional<std::int64_t> size(std::string_view hash) const override {
    auto found = whole.find(hash);
    if (found == whole.end()) return {};
    return static_cast<std::int64_t>(found->second.size());
  }
  Result<std::string> read(std::string_view hash, std::int64_t from, std::size_t bytes) const override {
    return whole.find(hash)->second.substr(static_cast<std::size_t>(from), bytes);
  }
  std::int64_t coming(std::string_view hash) const override {
    auto found = parts.find(hash);
    return found == parts.end() ? 0 : static_cast<std::int64_t>(found->second.size());
  }
  Status append(std::string_view hash, std::int64_t from, std::string_view bytes) override {
    if (full) return Error{Code::disk_full, ""};
    auto& part = parts[std::string(hash)];
    REQUIRE(part.size() == static_cast<std::size_t>(from));
    part += bytes;
    return {};
  }
  Status finish(std::string_view hash) override {
    auto part = std::move(parts[std::string(hash)]);
    drop(hash);
    if (name_of(part) != hash) return Error{Code::wrong_id, ""};
    whole[std::string(hash)] = std::move(part);
    return {};
  }
  void drop(std::string_view hash) override { parts.erase(std::string(hash)); }
};

struct World {
  ManualClock clock;
  SeededRandom random{1};
  test::TemporaryFolder folder;
  std::unique_ptr<store::Store> store =
      store::Store::open(folder.path() + "/a.db", {&clock, &random}).value();
  Disk disk, school;
  std::vector<Mention> mentioned;
  std::optional<FileQueue> queue;
  std::vector<std::string> log;  // what was asked of the school
  std::int64_t now = 0;

  World() { begin(); }
  void begin() {
    queue.emplace(*store, disk);
    queue->look_by([this] { return mentioned; });
  }
  std::string attach(const std::string& body) {
    auto hash = name_of(body);
    disk.whole[hash] = body;
    REQUIRE(store->add_file({hash, static_cast<std::int64_t>(body.size()), "image/png", kStream, 0}));
    queue->look(false);
    return hash;
  }
  std::string at_school(const std::string& body) {
    auto hash = name_of(body);
    school.whole[hash] = body;
    mentioned.push_back({hash, kStream, "image/png"});
    queue->look(true);
    return hash;
  }
  std::optional<FileStep> next() {
    auto step = queue->next(now).value();
    if (step) {
      static constexpr const char* names[] = {"ask", "find", "put", "get"};
      log.push_back(std::string(names[static_cast<int>(step->what)]) +
                    (step->what == What::ask
                         ? " " + std::to_string(step->hashes.size())
                         : " " + step->hash.substr(0, 4) + " " + std::to_string(step->from)));
    }
    return step;
  }
  // As docs/PROTOCOL.md has it.
  Result<FileReply> answer(const FileStep& step) {
    FileReply reply;
    if (step.what == What::ask) {
      for (const auto& hash : step.hashes)
        if (!school.whole.contains(hash)) reply.lacking.push_back(hash);
      return reply;
    }
    auto whole = school.whole.find(step.hash);
    if (step.what == What::get) {
      if (whole == school.whole.end()) return Error{Code::not_found, ""};
      reply.from = step.from;
      reply.total = static_cast<std::int64_t>(whole->second.size());
      reply.bytes = whole->second.substr(static_cast<std::size_t>(step.from), step.size);
      reply.mime = "image/png";
      return reply;
    }
    if (whole == school.whole.end() && step.what == What::put &&
        (school.coming(step.hash) == step.from ||
         static_cast<std::int64_t>(step.bytes.size()) == step.total)) {
      if (static_cast<std::int64_t>(step.bytes.size()) == step.total) school.drop(step.hash);
      REQUIRE(school.append(step.hash, step.from, step.bytes));
      if (school.coming(step.hash) == step.total)
        if (auto done = school.finish(step.hash); !done) return done.error();
    }
    reply.whole = school.whole.contains(step.hash);
    reply.come = school.coming(step.hash);
    return reply;
  }
  void tell(const FileStep& step) {
    if (auto reply = answer(step))
      REQUIRE(queue->on_reply(*reply, now));
    else
      REQUIRE(queue->on_lost(reply.error(), now));
  }
  // Until there is nothing to do now; false when it goes on for too long.
  bool run(int steps_max = 200) {
    for (int i = 0; i < steps_max; i++) {
      auto step = next();
      if (!step) return true;
      tell(*step);
    }
    return false;
  }
  int state(const std::string& hash) { return store->file_in(kStream, hash).value()->state; }
};

}  // namespace

TEST_CASE("files go the smallest first, in pieces that grow, and are at school") {
  World world;
  auto large = world.attach(noise(3'000'000, 1)), small = world.attach(noise(1'000, 2));
  REQUIRE(world.run());
  CHECK(world.log == std::vector<std::string>{
                         "put " + small.substr(0, 4) + " 0", "find " + large.substr(0, 4) + " 0",
                         "put " + large.substr(0, 4) + " 0", "put " + large.substr(0, 4) + " 524288",
                         "put " + large.substr(0, 4) + " 1572864", "put " + large.substr(0, 4) + " 2621440"});
  CHECK(world.school.whole[large] == world.disk.whole[large]);
  CHECK(world.school.whole[small] == world.disk.whole[small]);
  CHECK(world.state(large) == 1);
  CHECK(world.queue->sent() == 2);
  CHECK(world.store->files_to_send().value().empty());
  CHECK(world.queue->due_ms() == ask_again_ms);
}

TEST_CASE("a file waits until the records that mention it are at school") {
  World world;
  store::Edit edit{{kStream, "goal", world.random.id<RecordId>()}, {{"want", "x"}}, {}, {}};
  REQUIRE(world.store->write(kAmira, std::span(&edit, 1)));
  auto hash = world.attach(noise(10, 1));
  CHECK_FALSE(world.next());
  CHECK_FALSE(world.queue->due_ms());
  REQUIRE(world.store->freeze(1, 10, 1'000'000));
  REQUIRE(world.store->mark_settled(1, false, {}, {}));
  world.queue->look(false);
  REQUIRE(world.run());
  CHECK(world.state(hash) == 1);
}

TEST_CASE("what was cut off goes on where it was, both ways, also in another process") {
  World world;
  auto up = world.attach(noise(900'000, 1)), down = world.at_school(noise(900'000, 2));
  int lost = 0;
  for (int i = 0; i < 200 && !(world.school.whole.contains(up) && world.disk.whole.contains(down)); i++) {
    auto step = world.next();
    if (!step) {
      REQUIRE(world.queue->due_ms());
      world.now = std::max(world.now + 1, *world.queue->due_ms());
    } else if (i % 3 == 0) {
      if (i % 2 == 0) (void)world.answer(*step);  // it came, and its answer did not
      REQUIRE(world.queue->on_lost({Code::offline, ""}, world.now));
      lost++;
      if (i % 4 == 0) world.begin();
    } else {
      world.tell(*step);
    }
  }
  CHECK(lost > 5);
  CHECK(world.school.whole[up] == world.disk.whole[up]);
  CHECK(world.disk.whole[down] == world.school.whole[down]);
  // Nothing of it went twice but what was lost.
  int begun = 0;
  for (const auto& line : world.log) begun += line == "put " + up.substr(0, 4) + " 0" ? 1 : 0;
  CHECK(begun <= 2);
}

TEST_CASE("a school that lost a file gets it again, from whoever has it") {
  World world;
  auto own = world.attach(noise(1'000, 1)), given = world.at_school(noise(1'000, 2));
  world.mentioned.push_back({own, kStream, "image/png"});
  REQUIRE(world.run());
  CHECK(world.state(given) == 1);
  world.school.whole.clear();
  // Not asked again before a day has passed,
  world.queue->look(true);
  REQUIRE(world.run());
  CHECK(world.school.whole.empty());
  world.now = ask_again_ms + 1;
  REQUIRE(world.run());
  CHECK(world.school.whole.size() == 2);
  // or when the school is known to have lost something.
  world.school.whole.erase(given);
  REQUIRE(world.store->mark_files_unsent());
  CHECK(world.store->files_to_send().value().size() == 2);
  world.log.clear();
  world.queue->look(true);
  REQUIRE(world.run());
  CHECK(world.log == std::vector<std::string>{"ask 2", "put " + given.substr(0, 4) + " 0"});
  CHECK(world.school.whole.size() == 2);
  CHECK(world.store->files_to_send().value().empty());
}

TEST_CASE("a school that lost a file of refused work is asked too: an adult may have taken the work in") {
  World world;
  auto hash = world.attach(noise(1'000, 1));
  store::Edit edit{{kStream, "work", world.random.id<RecordId>()}, {{"file", hash}}, {}, {}};
  REQUIRE(world.store->write(kAmira, std::span(&edit, 1)));
  REQUIRE(world.store->freeze(1, 10, 1'000'000));
  REQUIRE(world.store->mark_settled(1, true, "not_granted", ""));
  REQUIRE(world.run());
  REQUIRE(world.state(hash) == 1);
  world.school.whole.clear();
  world.now = ask_again_ms + 1;
  world.queue->look(false);
  REQUIRE(world.run());
  CHECK(world.school.whole.contains(hash));
  // What no op here names any more is nobody's question.
  auto unnamed = world.attach(noise(1'000, 2));
  REQUIRE(world.run());
  world.school.whole.clear();
  world.now += ask_again_ms + 1;
  world.queue->look(false);
  REQUIRE(world.run());
  CHECK(world.school.whole.contains(hash));
  CHECK_FALSE(world.school.whole.contains(unnamed));
}

TEST_CASE("a file that was on its way here while its record was erased does not come") {
  World world;
  auto hash = world.at_school(noise(1'000, 1));
  store::Edit edit{{kStream, "work", world.random.id<RecordId>()}, {{"file", hash}}, {}, {}};
  auto op = world.store->write(kAmira, std::span(&edit, 1)).value().front().op;
  REQUIRE(world.store->freeze(1, 10, 1'000'000));
  REQUIRE(world.store->mark_settled(1, false, {}, {}));
  auto step = world.next();
  while (step && step->what != What::get) world.tell(*step), step = world.next();
  REQUIRE(step);
  store::Edit erasure{{std::string(domain::school_stream), std::string(store::erasure_kind), {}},
                      {{"ops", record::Value(std::vector<std::string>{op.hex()})}},
                      {},
                      {}};
  REQUIRE(world.store->write(kAmira, std::span(&erasure, 1)));
  world.mentioned.clear();
  world.tell(*step);
  CHECK_FALSE(world.disk.whole.contains(hash));
  CHECK(world.disk.parts.empty());
  CHECK_FALSE(world.store->file_in(kStream, hash).value());
}

TEST_CASE("a file that is here and of which the store forgot is asked about when its record comes") {
  World world;
  auto body = noise(1'000, 1), hash = name_of(body);
  REQUIRE(world.run());
  world.disk.whole[hash] = body;
  world.mentioned.push_back({hash, kStream, "image/png"});
  world.queue->look(true);
  REQUIRE(world.run());
  CHECK(world.log == std::vector<std::string>{"ask 1", "put " + hash.substr(0, 4) + " 0"});
  CHECK(world.school.whole[hash] == body);
  CHECK(world.state(hash) == 1);
}

TEST_CASE("more files than one question may name are asked about in several") {
  World world;
  for (std::size_t i = 0; i <= files_asked_max; i++) {
    auto hash = name_of(std::to_string(i));
    world.disk.whole[hash] = world.school.whole[hash] = std::to_string(i);
    world.mentioned.push_back({hash, kStream, "text/plain"});
  }
  REQUIRE(world.run());
  CHECK(world.log == std::vector<std::string>{"ask 1000", "ask 1"});
}

TEST_CASE("what the school does not have yet is looked for again later, or when records came") {
  World world;
  auto body = noise(100, 1), hash = name_of(body);
  world.mentioned.push_back({hash, kStream, ""});
  REQUIRE(world.run());
  CHECK(world.log == std::vector<std::string>{"get " + hash.substr(0, 4) + " 0"});
  CHECK_FALSE(world.queue->problem());
  world.queue->look(false);
  REQUIRE(world.run());
  CHECK(world.log.size() == 1);
  world.school.whole[hash] = body;
  world.queue->look(true);
  REQUIRE(world.run());
  CHECK(world.disk.whole[hash] == body);
  CHECK(world.queue->received() == 1);
}

TEST_CASE("what nobody has does not keep what is there from coming, however often somebody hurries") {
  World world;
  for (std::uint64_t lost = 0; lost < 3; lost++)
    world.mentioned.push_back({name_of(noise(100, 10 + lost)), kStream, ""});
  auto there = world.at_school(noise(100, 1));
  for (int step = 0; step < 8; step++) {
    world.queue->hurry();
    if (auto next = world.next()) world.tell(*next);
  }
  CHECK(world.disk.whole.contains(there));
}

TEST_CASE("a file that comes with another content is thrown away and asked for again") {
  World world;
  auto body = noise(600'000, 1), hash = world.at_school(body);
  world.school.whole[hash][400'000] ^= 1;
  REQUIRE(world.run());
  CHECK_FALSE(world.disk.whole.contains(hash));
  CHECK(world.disk.parts.empty());
  world.school.whole[hash] = body;
  world.now = *world.queue->due_ms();
  REQUIRE(world.run());
  CHECK(world.disk.whole[hash] == body);
}

TEST_CASE("a full disk here stops what comes and not what goes, and the other way round") {
  World world;
  auto down = world.at_school(noise(1'000, 1));
  world.disk.full = true;
  auto up = world.attach(noise(1'000, 2));
  REQUIRE(world.run());
  CHECK(world.state(up) == 1);
  REQUIRE(world.queue->problem());
  CHECK(world.queue->problem()->error.code == Code::disk_full);
  CHECK(world.queue->problem()->here);
  world.disk.full = false;
  auto later = world.attach(noise(1'000, 3));
  world.now = 3'600'000;
  for (int i = 0; i < 6; i++)
    if (auto step = world.next()) {
      if (step->what == What::put)
        REQUIRE(world.queue->on_lost({Code::disk_full, ""}, world.now, 300'000));
      else
        world.tell(*step);
    }
  CHECK(world.disk.whole.contains(down));
  REQUIRE(world.queue->problem());
  CHECK_FALSE(world.queue->problem()->here);
  CHECK(world.state(later) == 0);
  CHECK_FALSE(world.next());
  world.now += 300'000;
  REQUIRE(world.run());
  CHECK(world.state(later) == 1);
  CHECK_FALSE(world.queue->problem());
}

TEST_CASE("who hurries often offers first what the school has not yet declined") {
  World world;
  auto refused = world.attach(noise(10, 1)), good = world.attach(noise(20, 2));
  auto step = world.next();
  REQUIRE(step);
  CHECK(step->hash == refused);
  REQUIRE(world.queue->on_lost({Code::not_granted, ""}, world.now));
  world.queue->hurry();
  step = world.next();
  REQUIRE(step);
  CHECK(step->hash == good);
}

TEST_CASE("a file that the school will not take holds up no other, and one that is not here is told") {
  World world;
  auto refused = world.attach(noise(10, 1)), gone = world.attach(noise(20, 2)),
       good = world.attach(noise(30, 3));
  world.disk.whole.erase(gone);
  auto step = world.next();
  REQUIRE(step);
  CHECK(step->hash == refused);
  REQUIRE(world.queue->on_lost({Code::not_granted, ""}, world.now));
  REQUIRE(world.run());
  CHECK(world.state(good) == 1);
  CHECK(world.state(refused) == 0);
  CHECK(world.state(gone) == 0);
  CHECK(world.store->files_to_send().value().size() == 2);
  world.queue->hurry();
  REQUIRE(world.run());
  CHECK(world.state(refused) == 1);
  REQUIRE(world.queue->problem());
  CHECK(world.queue->problem()->error.code == Code::not_found);
  CHECK(world.queue->problem()->here);
}

TEST_CASE("a school that goes round in circles is not asked without end") {
  World world;
  world.attach(noise(900'000, 1));
  int steps = 0;
  for (int i = 0; i < 100; i++)
    if (auto step = world.next()) {
      steps++;
      FileReply reply;
      reply.come = 5;  // whatever came
      REQUIRE(world.queue->on_reply(reply, world.now));
    }
  CHECK(steps < 10);
  REQUIRE(world.queue->due_ms());
  CHECK(*world.queue->due_ms() > world.now);
}
