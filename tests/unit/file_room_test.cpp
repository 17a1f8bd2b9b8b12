// The queue of files at a hub, against a hub and a school that do as the protocol says, or lie.
#include <set>

#include <doctest/doctest.h>

#include "shared/base/hash.hpp"
#include "shared/domain/kinds.hpp"
#include "shared/sync/file_queue.hpp"
#include "shared/sync/parcel.hpp"
#include "shared/wire/bundle.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using namespace waymark::sync;
using What = FileStep::What;

namespace {

const PersonId kAmira = PersonId::parse("0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a").value();
const std::string kStream = domain::person_stream(kAmira);
const std::string kNorth(32, '1'), kSouth(32, '2');

std::string name_of(std::string_view body) { return to_hex(sha256(as_bytes(body))); }

struct Disk final : FileDisk {
  std::map<std::string, std::string, std::less<>> whole;
  std::optional<std::int64_t> size(std::string_view hash) const override {
    auto found = whole.find(hash);
    if (found == whole.end()) return {};
    return static_cast<std::int64_t>(found->second.size());
  }
  Result<std::string> read(std::string_view hash, std::int64_t from, std::size_t bytes) const override {
    return whole.find(hash)->second.substr(static_cast<std::size_t>(from), bytes);
  }
  std::int64_t coming(std::string_view) const override { return 0; }
  Status append(std::string_view, std::int64_t, std::string_view) override { return {}; }
  Status finish(std::string_view) override { return {}; }
  void drop(std::string_view) override {}
};

struct Hub {
  std::map<std::string, std::string> parts, parcels, answers;
};

struct World {
  ManualClock clock;
  SeededRandom random{1};
  test::TemporaryFolder folder;
  std::unique_ptr<store::Store> store =
      store::Store::open(folder.path() + "/a.db", {&clock, &random}).value();
  Disk disk;
  SecretKey identity, device, stranger;
  std::set<std::string> school;  // the files it has
  std::map<std::string, Hub> hubs;
  std::string at = kNorth;
  std::vector<Mention> mentioned;
  std::optional<FileQueue> queue;
  std::int64_t now = 0;
  int steps = 0;

  World() {
    for (auto* key : {&identity, &device, &stranger}) random.fill(key->seed);
    begin();
  }
  void begin() {
    queue.emplace(*store, disk, PieceBytes{1'000, 1'000, 4'000});
    queue->look_by([this] { return mentioned; });
    queue->sign_as({kAmira, device, "{}", std::string(128, '0')}, public_key(identity));
    queue->meet(at);
  }
  void meet(const std::string& hub) {
    at = hub;
    queue->meet(hub);
  }
  std::string attach(const std::string& body) {
    auto hash = name_of(body);
    disk.whole[hash] = body;
    REQUIRE(store->add_file({hash, static_cast<std::int64_t>(body.size()), "image/png", kStream, 0}));
    mentioned.push_back({hash, kStream, "image/png"});
    queue->look(false);
    return hash;
  }
  // As docs/PROTOCOL.md has it.
  Result<FileReply> answer(const FileStep& step) {
    FileReply reply;
    if (!step.room) {
      CHECK(at.empty());
      if (step.what == What::ask)
        for (const auto& hash : step.hashes)
          if (!school.contains(hash)) reply.lacking.push_back(hash);
      if (step.what == What::get) return Error{Code::not_found, ""};
      if (step.what == What::put) school.insert(step.hash);
      reply.whole = school.contains(step.hash);
      return reply;
    }
    auto& hub = hubs[at];
    if (step.what == What::ask) {
      for (const auto& name : step.hashes)
        if (auto found = hub.answers.find(name); found != hub.answers.end())
          reply.answers.push_back(*found);
        else if (!hub.parcels.contains(name))
          reply.lacking.push_back(name);
      return reply;
    }
    if (!hub.parcels.contains(step.hash)) {
      auto& part = hub.parts[step.hash];
      if (static_cast<std::int64_t>(part.size()) == step.from) part += step.bytes;
      reply.come = static_cast<std::int64_t>(part.size());
      if (reply.come < step.total) return reply;
      if (name_of(part) != step.hash) return Error{Code::wrong_id, ""};
      hub.parcels[step.hash] = std::move(part);
      hub.parts.erase(step.hash);
    }
    reply.whole = true;
    return reply;
  }
  void run() {
    for (int i = 0; i < 300; i++) {
      auto step = queue->next(now).value();
      if (!step) return;
      steps++;
      if (auto reply = answer(*step))
        REQUIRE(queue->on_reply(*reply, now));
      else
        REQUIRE(queue->on_lost(reply.error(), now));
    }
    FAIL("it goes on for ever");
  }
  void later(std::int64_t ms = room_news_ms) {
    now += ms;
    queue->look(false);
    run();
  }
  // What the school makes of a parcel; `refuses`: it takes no files.
  std::string judged(const std::string& parcel, const SecretKey& signer, bool refuses = false) {
    auto bundle = wire::open_bundle(parcel, identity).value();
    CHECK(bundle.writer == public_key(device));
    REQUIRE(bundle.items.size() >= 2);
    CHECK(bundle.items[0].kind == wire::batch_item);
    auto asked = wire::decode_files(bundle.items[1].body).value();
    wire::PieceJoiner joiner;
    for (std::size_t i = 2; i < bundle.items.size(); i++)
      if (joiner.add(wire::decode_piece(bundle.items[i].body).value()).value() && !refuses)
        school.insert(joiner.take().hash);
    wire::CarriedFiles told{asked.round, asked.replica, {}};
    for (const auto& names : asked.streams) {
      told.streams.push_back({names.stream, {}, {}});
      for (const auto& hash : names.has)
        (school.contains(hash) ? told.streams.back().has : told.streams.back().lacks).push_back(hash);
    }
    return wire::seal_bundle(public_key(device), signer, {{wire::files_item, wire::encode(told)}}).value();
  }
  void carry(const std::string& hub, bool refuses = false) {
    for (const auto& [name, parcel] : hubs[hub].parcels)
      hubs[hub].answers[name] = judged(parcel, identity, refuses);
    hubs[hub].parcels.clear();
  }
  int state(const std::string& hash) { return store->file_in(kStream, hash).value()->state; }
  bool in_room(const std::string& hash) { return store->files_in_room().value().contains({kStream, hash}); }
  std::string where(const std::string& hash) {
    return state(hash) == file_at_school ? "at school" : in_room(hash) ? "in the room" : "here";
  }
};

}  // namespace

TEST_CASE("at a hub a file goes in a parcel, is in the room, and at school when the school has said so") {
  World world;
  auto photo = world.attach(std::string(9'000, 'p')), note = world.attach("a note");
  CHECK(world.where(photo) == "here");
  world.run();
  CHECK(world.where(photo) == "in the room");
  CHECK(world.where(note) == "in the room");
  CHECK(world.hubs[kNorth].parcels.size() == 2);
  CHECK(world.queue->due_ms() == room_news_ms);
  CHECK(world.queue->sent() == 0);
  // However often it asks, and after a restart, nothing is sent twice.
  world.later();
  world.begin();
  world.later();
  CHECK(world.hubs[kNorth].parcels.size() == 2);
  CHECK(world.where(photo) == "in the room");
  world.carry(kNorth);
  CHECK(world.where(photo) == "in the room");
  world.later();
  CHECK(world.where(photo) == "at school");
  CHECK(world.where(note) == "at school");
  CHECK(world.queue->sent() == 2);
  CHECK(world.store->parcels_at(kNorth).value().empty());
}

TEST_CASE("a hub's own word that a file is at school counts for nothing, and the file is sent again") {
  World world;
  auto photo = world.attach("a photo"), other = world.attach("another photo");
  world.run();
  auto& hub = world.hubs[kNorth];
  REQUIRE(hub.parcels.size() == 2);
  auto first = hub.parcels.begin()->first, second = std::next(hub.parcels.begin())->first;
  SUBCASE("signed by itself") {
    for (const auto& [name, parcel] : hub.parcels) hub.answers[name] = world.judged(parcel, world.stranger);
  }
  SUBCASE("signed by nobody") { hub.answers[first] = hub.answers[second] = "at school"; }
  SUBCASE("the school's, of another parcel") {
    auto of_first = world.judged(hub.parcels[first], world.identity);
    auto of_second = world.judged(hub.parcels[second], world.identity);
    hub.answers[first] = of_second, hub.answers[second] = of_first;
  }
  hub.parcels.clear();
  world.later();
  CHECK(world.where(photo) == "here");
  CHECK(world.where(other) == "here");
  // Not at once, and not never.
  CHECK(hub.parcels.empty());
  hub.answers.clear();
  world.later(file_hopeless_ms);
  CHECK(hub.parcels.size() == 2);
  CHECK(world.where(photo) == "in the room");
}

TEST_CASE("what the hub lost is on this computer only, and is sent again; so is what only another hub has") {
  World world;
  auto photo = world.attach("a photo");
  world.run();
  world.hubs[kNorth] = {};
  world.later();
  CHECK(world.where(photo) == "in the room");
  CHECK(world.hubs[kNorth].parcels.size() == 1);
  world.meet(kSouth);
  world.run();
  CHECK(world.hubs[kSouth].parcels.size() == 1);
  // The one is dead; the other has it still.
  world.hubs[kNorth] = {};
  world.meet(kNorth);
  world.queue->look(false);
  auto step = world.queue->next(world.now).value().value();
  REQUIRE(step.what == What::ask);
  REQUIRE(world.queue->on_reply(world.answer(step).value(), world.now));
  CHECK(world.where(photo) == "in the room");
  // Back and forth nothing gathers.
  for (int i = 0; i < 5; i++)
    for (const auto& hub : {kSouth, kNorth}) {
      world.meet(hub);
      world.later();
    }
  CHECK(world.hubs[kNorth].parcels.size() == 1);
  CHECK(world.hubs[kSouth].parcels.size() == 1);
  world.carry(kSouth);
  world.meet(kSouth);
  world.later();
  CHECK(world.where(photo) == "at school");
}

TEST_CASE("a computer that meets the school itself asks for what is in the room, and sends what is lacking") {
  World world;
  auto photo = world.attach("a photo"), other = world.attach("another photo");
  world.run();
  world.school.insert(photo);  // the hub was quicker
  world.meet("");
  world.run();
  CHECK(world.where(photo) == "at school");
  CHECK(world.where(other) == "at school");
  CHECK(world.school.size() == 2);
  // The hub's answer comes after it, and changes nothing.
  world.carry(kNorth);
  world.meet(kNorth);
  world.later();
  CHECK(world.where(photo) == "at school");
}

TEST_CASE("what the school would not take is on this computer, said so, and offered again a day later") {
  World world;
  auto photo = world.attach("a photo");
  world.run();
  world.carry(kNorth, true);
  world.later();
  CHECK(world.where(photo) == "here");
  REQUIRE(world.queue->problem());
  CHECK(world.queue->problem()->room);
  CHECK(world.queue->problem()->error.code == Code::not_granted);
  CHECK(world.hubs[kNorth].parcels.empty());
  world.later(ask_again_ms);
  CHECK(world.where(photo) == "in the room");
}

TEST_CASE("what the school may have lost is asked through the hub, and only what it lacks is sent") {
  World world;
  auto kept = world.attach("kept"), lost = world.attach("lost");
  world.run();
  world.carry(kNorth);
  world.later();
  REQUIRE(world.where(lost) == "at school");
  world.school.erase(lost);
  REQUIRE(world.store->mark_files_unsent());
  CHECK(world.where(kept) == "here");
  world.later();
  REQUIRE(world.hubs[kNorth].parcels.size() == 1);  // the question
  CHECK(world.where(kept) == "here");
  world.carry(kNorth);
  world.later();
  CHECK(world.where(kept) == "at school");
  CHECK(world.where(lost) == "in the room");
  world.carry(kNorth);
  world.later();
  CHECK(world.where(lost) == "at school");
  CHECK(world.school.contains(lost));
  // Unasked too, once a day.
  world.school.erase(kept);
  world.later(ask_again_ms);
  world.carry(kNorth);
  world.later();
  CHECK(world.where(kept) == "in the room");
}

TEST_CASE("what a hub carries when the school turns out to have lost something is sent once more") {
  World world;
  auto photo = world.attach("a photo");
  world.run();
  // The school took it, and went back to before that; the answer is of another time.
  world.carry(kNorth);
  world.school.clear();
  REQUIRE(world.store->mark_files_unsent());
  CHECK(world.where(photo) == "here");
  world.later();
  CHECK(world.where(photo) == "in the room");
  CHECK(world.hubs[kNorth].parcels.size() == 1);
}

TEST_CASE("of a parcel whose arrival was not heard before the school lost it nothing is believed") {
  World world;
  auto photo = world.attach("a photo");
  auto step = world.queue->next(world.now).value().value();
  REQUIRE(world.answer(step));  // and the answer is lost
  REQUIRE(world.queue->on_lost({Code::timeout, ""}, world.now));
  world.carry(kNorth);
  world.school.clear();
  REQUIRE(world.store->mark_files_unsent());
  world.hubs[kNorth].parcels[step.hash] = {};  // it says once more that it has it
  for (int i = 0; i < 4; i++) world.later(5 * room_news_ms);
  CHECK(world.where(photo) != "at school");
  world.hubs[kNorth].parcels.erase(step.hash);
  world.carry(kNorth);
  world.later();
  CHECK(world.where(photo) == "at school");
  CHECK(world.school.contains(photo));
}

TEST_CASE("what the school said of a file before it lost something is not heard after that") {
  for (bool asks : {false, true}) {
    CAPTURE(asks);
    World world;
    world.meet("");
    auto photo = world.attach("a photo");
    if (asks) {
      world.run();
      REQUIRE(world.store->mark_files_unsent());
      world.queue->look(false);
    }
    auto step = world.queue->next(world.now).value().value();
    auto reply = world.answer(step).value();
    CHECK((step.what == What::ask) == asks);
    world.school.clear();
    REQUIRE(world.store->mark_files_unsent());
    REQUIRE(world.queue->on_reply(reply, world.now));
    CHECK(world.where(photo) != "at school");
    world.later();
    CHECK(world.where(photo) == "at school");
    CHECK(world.school.contains(photo));
  }
}

TEST_CASE("where a hub lacks records it is asked for its parcels, and what it has is not sent again") {
  World world;
  auto photo = world.attach("a photo"), other = world.attach("another photo");
  world.run();
  world.hubs[kNorth].parcels.erase(world.hubs[kNorth].parcels.begin());
  REQUIRE(world.store->mark_files_unsent(false));
  CHECK(world.where(photo) == "in the room");
  CHECK(world.where(other) == "in the room");
  world.later();
  CHECK(world.hubs[kNorth].parcels.size() == 2);
  CHECK(world.where(photo) == "in the room");
  CHECK(world.where(other) == "in the room");
}

TEST_CASE("a hub of an earlier version takes nothing, and that is no problem") {
  World world;
  auto photo = world.attach("a photo");
  auto step = world.queue->next(0).value().value();
  REQUIRE(world.queue->on_lost({Code::not_found, ""}, 0));
  CHECK_FALSE(world.queue->problem());
  CHECK_FALSE(world.queue->next(file_hopeless_ms - 1).value());
  CHECK(world.queue->due_ms() == file_hopeless_ms);
  CHECK(world.where(photo) == "here");
  world.later(file_hopeless_ms);
  CHECK(world.where(photo) == "in the room");
}

TEST_CASE("a full hub is told as such, and a parcel goes on where it was cut off") {
  World world;
  auto photo = world.attach(std::string(9'000, 'p'));
  auto step = world.queue->next(0).value().value();
  REQUIRE(world.queue->on_lost({Code::disk_full, "quota_full"}, 0));
  REQUIRE(world.queue->problem());
  CHECK(world.queue->problem()->room);
  CHECK_FALSE(world.queue->problem()->here);
  world.now = 10'000;
  step = world.queue->next(world.now).value().value();
  REQUIRE(world.queue->on_reply(world.answer(step).value(), world.now));
  auto half = world.queue->next(world.now).value().value();
  CHECK(half.from == 1'000);
  REQUIRE(world.queue->on_lost({Code::offline, ""}, world.now));
  world.now = 20'000;
  auto again = world.queue->next(world.now).value().value();
  CHECK(again.from == half.from);
  CHECK(again.hash == half.hash);
  REQUIRE(world.queue->on_reply(world.answer(again).value(), world.now));
  world.run();
  CHECK(world.where(photo) == "in the room");
  CHECK_FALSE(world.queue->problem());
}

TEST_CASE("without a school that knows the author nothing goes to a hub") {
  World world;
  auto photo = world.attach("a photo");
  world.queue.emplace(*world.store, world.disk);
  world.queue->meet(kNorth);
  CHECK_FALSE(world.queue->next(0).value());
  CHECK(world.where(photo) == "here");
}
