// A stick at somebody's desk: taken in at the school, kept sealed and handed on at a hub.
#include "sync-server/service/sticks.hpp"

#include <chrono>
#include <filesystem>
#include <thread>

#include <doctest/doctest.h>
#include <sys/mount.h>

#include "shared/base/hash.hpp"
#include "shared/store/files.hpp"
#include "shared/wire/bundle.hpp"
#include "sync-server/service/teaching.hpp"
#include "tests/server/hub_world.hpp"
#include "tests/support/skipped.hpp"

using namespace waymark;
using namespace waymark::hub_world;

namespace {

using Goals = std::vector<std::string>;

StickRead read_at(School& at, const World& world, const std::string& bytes, const Profile& of) {
  return read_stick(at, world.okafor, bytes, of.store->replica().hex() + ".to-school").value();
}

// As the hub's line to the school does, in pieces of that many bytes.
std::string hand_on(World& world, std::size_t piece) {
  auto next = world.hub->next_stick();
  if (!next) return "nothing waits";
  auto bytes = store::read_whole(world.hub->sticks().path(next->replica, next->name), 1 << 26).value();
  for (std::size_t from = 0;; from += piece) {
    auto part = std::string_view(bytes).substr(from, piece);
    auto upload =
        world.school
            ->begin_stick(world.hub_bearer(), next->name,
                          {static_cast<std::int64_t>(from), static_cast<std::int64_t>(bytes.size()), part})
            .value();
    School::write_piece(upload);
    auto come = world.school->finish_stick(upload);
    if (!come) {
      world.hub->stick_not_taken(*next);
      return std::string(name(come.error().code));
    }
    if (!come->state.whole) continue;
    REQUIRE(world.hub->take_stick_answer(*next, come->answer));
    return come->answer.empty() ? "no answer" : "answered";
  }
}

Status hear(Profile& profile, const std::string& answer) {
  WAYMARK_TRY(bundle, wire::open_bundle(answer, profile.key));
  for (const auto& item : bundle.items)
    if (item.kind == wire::acknowledgement_item)
      WAYMARK_CHECK(profile.session->on_acknowledgement(item.body, profile.world.school->identity()));
  return {};
}

}  // namespace

TEST_CASE("a teacher reads a stick at the school, and is told what came and what was known") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.school, "4711"));
  amira.goal("swim a length");
  amira.goal("float");
  auto monday = stick_of(amira);
  auto read = read_at(*world.school, world, monday, amira);
  CHECK(read.student == "Amira");
  CHECK(read.ops == 2);
  CHECK(read.known == 0);
  CHECK(read.whole);
  CHECK(read.problem == "");
  CHECK_FALSE(read.kept);
  CHECK(read.reader == amira.store->replica().hex());
  CHECK(world.goals(*world.school, world.amira) == Goals{"float", "swim a length"});
  // The same, read again: told as known, with an answer as before.
  read = read_at(*world.school, world, monday, amira);
  CHECK(read.ops == 2);
  CHECK(read.known == 2);
  REQUIRE(hear(amira, read.answer));
  CHECK(amira.status().waiting == 0);
  bool audited = false;
  for (const auto& line : world.school->accounts().audit_entries(10).value())
    audited = audited || (line.action == "stick read" && line.person == world.okafor);
  CHECK(audited);
}

TEST_CASE("what is no stick's file, another school's, torn, forged or too large is told as that") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.school, "4711"));
  amira.goal("swim a length");
  auto good = stick_of(amira);
  CHECK(read_at(*world.school, world, "", amira).problem == "damaged");
  CHECK(read_at(*world.school, world, "no bundle", amira).problem == "damaged");
  auto others = good;
  others[20] = static_cast<char>(others[20] ^ 1);  // of the key that may open it
  CHECK(read_at(*world.school, world, others, amira).problem == "another_school");
  CHECK(read_at(*world.hub, world, others, amira).problem == "another_school");
  CHECK(read_at(*world.hub, world, "no bundle", amira).problem == "damaged");
  CHECK(read_stick(*world.hub, world.okafor, good, "homework.to-school").value().problem == "damaged");
  // A tail that is missing takes what came before; a byte that is another takes nothing after it.
  auto torn = read_at(*world.school, world, good.substr(0, good.size() - 30), amira);
  CHECK_FALSE(torn.whole);
  auto changed = good;
  changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
  CHECK(read_at(*world.school, world, changed, amira).ops == 0);
  // Another's work under this one's name.
  Profile bo(world, world.student("Bo", world.period3), "bo");
  REQUIRE(bo.sign_in(*world.school, "1234"));
  bo.goal("said to be Amira's");
  auto forged = wire::decode_batch(batches_of(bo).front(), {world.school->identity()}).value().batch;
  forged.person = world.amira;
  auto lie =
      wire::seal_bundle(world.school->identity(), bo.key, {{wire::batch_item, wire::encode(forged, bo.key)}})
          .value();
  auto told = read_at(*world.school, world, lie, bo);
  CHECK(told.student == "");
  CHECK(told.problem == "not_believed");
  // Of a computer that was removed an adult decides.
  REQUIRE(world.school->remove_computer(world.lab.id));
  CHECK(read_at(*world.school, world, good, amira).problem == "home");
  const std::string large(wire::bundle_bytes_max + 1, 'x');
  CHECK(read_stick(*world.school, world.okafor, large, "x").error().code == Code::too_large);
  CHECK(read_stick(*world.hub, world.okafor, large, "x").error().code == Code::too_large);
}

TEST_CASE("a hub keeps a stick sealed, hands it on, and has the answer for the next time") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.school, "4711"));
  amira.goal("swim a length");
  auto stick = stick_of(amira);
  auto kept = read_at(*world.hub, world, stick, amira);
  CHECK(kept.kept);
  CHECK(kept.known == 0);
  CHECK(kept.student == "");
  CHECK(kept.answer.empty());
  CHECK(read_at(*world.hub, world, stick, amira).known == 1);
  CHECK(world.hub->sticks().waiting().size() == 1);
  CHECK(world.goals(*world.hub, world.amira).empty());
  // Through a restart, and in pieces of a line that comes and goes.
  world.open_hub();
  CHECK(hand_on(world, 100) == "answered");
  CHECK(hand_on(world, 100) == "nothing waits");
  CHECK(world.goals(*world.school, world.amira) == Goals{"swim a length"});
  CHECK(student_page(*world.school, world.amira).value().heard.carrier == "stick");
  // Nothing at the hub opens it; the stick that comes again takes it along.
  amira.goal("float");
  auto answer = read_at(*world.hub, world, stick_of(amira), amira).answer;
  REQUIRE_FALSE(answer.empty());
  CHECK(answer.find("swim") == std::string::npos);
  REQUIRE(hear(amira, answer));
  CHECK(amira.status().waiting == 1);
  CHECK(hand_on(world, 1 << 20) == "answered");
  REQUIRE(hear(amira, world.hub->sticks().answer(amira.store->replica()).value()));
  CHECK(amira.status().waiting == 0);
}

TEST_CASE("of a kept stick that the school cannot take in the next is handed on, and it is tried each day") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.school, "4711"));
  amira.goal("swim a length");
  auto good = stick_of(amira);
  auto cut = good.substr(0, 160);  // before its writer is named
  REQUIRE(read_at(*world.hub, world, cut, amira).kept);
  CHECK(hand_on(world, 1 << 20) == "malformed");
  CHECK(hand_on(world, 1 << 20) == "nothing waits");
  REQUIRE(read_at(*world.hub, world, good, amira).kept);
  CHECK(hand_on(world, 1 << 20) == "answered");
  CHECK(world.hub->sticks().waiting().size() == 1);
  world.clock.advance_ms(std::int64_t{86'400'000});
  CHECK(hand_on(world, 1 << 20) == "malformed");
}

TEST_CASE("a kept stick whose student may not try just now is not answered, and is taken in when they may") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.school, "4711"));
  // On another computer, away from the school; and somebody else there who guesses.
  Profile home(world, world.amira, "home"), guesser(world, world.amira, "guesser");
  home.introduction = home.introduce("4711"), guesser.introduction = guesser.introduce("0000");
  home.sign(), guesser.sign();
  home.goal("swim a length");
  guesser.goal("said to be Amira's");
  auto guess = [&] {
    for (int i = 0; i < 20; i++) read_at(*world.school, world, stick_of(guesser), guesser);
  };
  guess();
  auto kept = stick_of(home);
  REQUIRE(read_at(*world.hub, world, kept, home).kept);
  CHECK(hand_on(world, 1 << 20) == "invalid");
  CHECK(world.hub->sticks().waiting().size() == 1);
  CHECK_FALSE(world.hub->sticks().answer(home.store->replica()).has_value());
  // So it is with what a computer left at the hub.
  auto bundle = stick_of(home);
  auto put = [&]() -> Result<ParcelState> {
    FilePiece whole{0, static_cast<std::int64_t>(bundle.size()), bundle};
    WAYMARK_TRY(begun, world.school->begin_bundle(world.file.token, to_hex(sha256(as_bytes(bundle))), whole));
    School::write_piece(begun);
    return world.school->finish_bundle(begun);
  };
  CHECK(put().error().code == Code::invalid);
  CHECK(world.goals(*world.school, world.amira).empty());
  world.clock.advance_ms(std::int64_t{86'400'000});
  CHECK(hand_on(world, 1 << 20) == "answered");
  CHECK(world.goals(*world.school, world.amira) == Goals{"swim a length"});
  REQUIRE(hear(home, world.hub->sticks().answer(home.store->replica()).value()));
  CHECK(home.status().waiting == 0);
  CHECK_FALSE(put().value().answer.empty());
  // A PIN that is wrong is told.
  REQUIRE(read_at(*world.hub, world, stick_of(guesser), guesser).kept);
  CHECK(hand_on(world, 1 << 20) == "answered");
}

TEST_CASE("only a hub brings sticks for others, and a thousand wait at one") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.school, "4711"));
  amira.goal("swim a length");
  auto stick = stick_of(amira);
  auto name = to_hex(sha256(as_bytes(stick)));
  FilePiece piece{0, static_cast<std::int64_t>(stick.size()), stick};
  CHECK(world.school->begin_stick(world.school->bearer(amira.token).value(), name, piece).error().code ==
        Code::forbidden);
  CHECK(world.hub->begin_stick(world.hub_bearer(), name, piece).error().code == Code::unsupported);
  piece.total = static_cast<std::int64_t>(wire::bundle_bytes_max) + 1;
  CHECK(world.school->begin_stick(world.hub_bearer(), name, piece).error().code == Code::too_large);
  for (std::size_t i = 0; i < sticks_max; i++)
    REQUIRE(world.hub->sticks().keep(world.random.id<ReplicaId>(), name, "x"));
  auto full = read_stick(*world.hub, world.okafor, stick, amira.store->replica().hex() + ".to-school");
  CHECK(full.error().code == Code::disk_full);
  CHECK(full.error().detail == "quota_full");
}

TEST_CASE("of one computer three sticks wait at a hub: the newest, and one that is whole") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.school, "4711"));
  amira.goal("swim a length");
  auto name_of = [](const std::string& stick) { return to_hex(sha256(as_bytes(stick))); };
  auto bring = [&](const std::string& stick) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // the disk's clock is a coarse one
    REQUIRE(read_at(*world.hub, world, stick, amira).kept);
    return name_of(stick);
  };
  auto waits = [&](const std::string& name) {
    return world.hub->sticks().waits(amira.store->replica(), name);
  };
  auto torn = [&] {
    auto stick = stick_of(amira);
    return stick.substr(0, stick.size() - 30);
  };
  auto first = bring(stick_of(amira));
  std::vector<std::string> cut;
  for (int i = 0; i < 5; i++) cut.push_back(bring(torn()));
  CHECK(world.hub->sticks().waiting().size() == 3);
  CHECK(waits(first));
  CHECK(waits(cut[3]));
  CHECK(waits(cut[4]));
  auto second = bring(stick_of(amira)), third = bring(stick_of(amira));
  CHECK(waits(cut[4]));
  CHECK_FALSE(waits(first));
  auto last = bring(torn());
  CHECK(world.hub->sticks().waiting().size() == 3);
  CHECK(waits(second));
  CHECK(waits(third));
  CHECK(waits(last));
  // Others' are others'.
  REQUIRE(world.hub->sticks().keep(world.random.id<ReplicaId>(), first, "x"));
  CHECK(world.hub->sticks().waiting().size() == 4);
}

TEST_CASE("sticks, parcels and bundles at a hub have one room together") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.school, "4711"));
  world.ask();
  amira.goal("swim a length");
  auto stick = stick_of(amira);
  auto bundle = stick_of(amira);
  FilePiece piece{0, static_cast<std::int64_t>(bundle.size()), bundle};
  auto name = to_hex(sha256(as_bytes(bundle)));
  REQUIRE(read_at(*world.hub, world, stick, amira).kept);
  auto begin = [&] { return world.hub->begin_bundle(world.computer_token, name, piece); };
  const auto used = world.hub->sticks().bytes();
  world.hub->set_quota(used + piece.total - 1);
  CHECK(begin().error().detail == "quota_full");
  world.hub->set_quota(used + piece.total);
  auto begun = begin().value();
  School::write_piece(begun);
  REQUIRE(world.hub->finish_bundle(begun));
  world.hub->set_quota(used + world.hub->bundles().bytes() + piece.total - 1);
  auto full =
      read_stick(*world.hub, world.okafor, stick_of(amira), amira.store->replica().hex() + ".to-school");
  CHECK(full.error().detail == "quota_full");
  world.hub->set_quota(used + world.hub->bundles().bytes() + piece.total);
  CHECK(read_at(*world.hub, world, stick_of(amira), amira).kept);
}

TEST_CASE("a hub's full disk lets go of what the school has, and keeps the answer as soon as there is room") {
  test::TemporaryFolder folder;
  auto disk = folder.path() + "/disk";
  std::filesystem::create_directory(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=64k") != 0) {
    test::skipped("there can be no disk of one's own");
    return;
  }
  World world;
  auto replica = world.random.id<ReplicaId>();
  const std::string name(64, 'a'), other(64, 'b');
  auto filler = [&](const char* file, std::size_t size) {
    return store::write_piece(disk + "/" + file, 0, std::string(size, 'x'));
  };
  {
    Sticks sticks(disk);
    CHECK(sticks.keep(replica, name, std::string(20'000, 's')));
    while (filler(std::to_string(world.random.below(1'000'000'000)).c_str(), 4'096)) {
    }
    CHECK(sticks.settle({replica, name, 20'000}, std::string(8'000, 'a')));
    CHECK_FALSE(sticks.waits(replica, name));
    CHECK(sticks.answer(replica).value_or("").size() == 8'000);
    // An answer that has no room even so is had again with another stick.
    CHECK(sticks.keep(replica, other, "s"));
    while (filler(std::to_string(world.random.below(1'000'000'000)).c_str(), 4'096)) {
    }
    CHECK(sticks.settle({replica, other, 1}, std::string(60'000, 'a')));
    CHECK_FALSE(sticks.waits(replica, other));
  }
  CHECK(::umount(disk.c_str()) == 0);
}

TEST_CASE("with each erasure that a hub hears of it lets go of sealed answers, which are had again") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.school, "4711"));
  auto leo = world.student("Leo", world.period4);
  world.round();
  amira.goal("swim a length");
  auto stick = stick_of(amira);
  amira.goal("float");
  auto bundle = stick_of(amira);
  auto name = to_hex(sha256(as_bytes(bundle)));
  FilePiece whole{0, static_cast<std::int64_t>(bundle.size()), bundle};
  auto put = [&](School& at, std::string_view token) {
    auto begun = at.begin_bundle(token, name, whole).value();
    School::write_piece(begun);
    return at.finish_bundle(begun).value().answer;
  };
  auto bring = [&] {
    REQUIRE(read_at(*world.hub, world, stick, amira).kept);
    CHECK(hand_on(world, 1 << 20) == "answered");
    put(*world.hub, world.computer_token);
    REQUIRE(world.hub->take_bundle_answer(*world.hub->next_bundle(), put(*world.school, world.file.token)));
  };
  auto stick_answered = [&] { return world.hub->sticks().answer(amira.store->replica()).has_value(); };
  auto bundle_answered = [&] { return world.hub->bundle_answer(world.computer_token, name).has_value(); };
  bring();
  // Whatever else the school says.
  store::Edit edit{{"school", "framework", world.random.id<RecordId>()}, {{"title", "Reading"}}, {}, {}};
  REQUIRE(world.school->write_as_school(std::span(&edit, 1)));
  world.read();
  CHECK(stick_answered());
  CHECK(bundle_answered());
  // Of somebody whom this hub does not know.
  REQUIRE(world.school->erase_student(std::nullopt, leo));
  world.read();
  CHECK_FALSE(stick_answered());
  CHECK_FALSE(bundle_answered());
  bring();
  world.read();
  world.carry();
  CHECK(stick_answered());
  REQUIRE(hear(amira, world.hub->sticks().answer(amira.store->replica()).value()));
  REQUIRE(hear(amira, world.hub->bundle_answer(world.computer_token, name).value()));
  CHECK(amira.status().waiting == 0);
}

TEST_CASE(
    "what waited on a shared computer a hub keeps for that computer alone, and hands on for its answer") {
  World world;
  Profile amira(world, world.amira, "amira");
  REQUIRE(amira.sign_in(*world.school, "4711"));
  amira.goal("swim a length");
  Computer other{world.random.id<ComputerId>(), "lab-04", 0, {}, false, 0};
  auto other_token = make_token(world.random);
  REQUIRE(world.school->accounts().add_computer(other, token_hash(other_token)));
  world.ask();
  auto bundle = stick_of(amira);
  auto name = to_hex(sha256(as_bytes(bundle)));
  auto put = [&](School& at, std::string_view token, const std::string& bytes, std::size_t piece) {
    auto called = to_hex(sha256(as_bytes(bytes)));
    for (std::size_t from = 0;; from += piece) {
      auto part = std::string_view(bytes).substr(from, piece);
      auto begun = at.begin_bundle(
          token, called, {static_cast<std::int64_t>(from), static_cast<std::int64_t>(bytes.size()), part});
      if (!begun) return Result<ParcelState>(begun.error());
      School::write_piece(*begun);
      auto come = at.finish_bundle(*begun);
      if (!come || come->state.whole) return come;
    }
  };
  auto hand_on = [&]() -> std::string {
    auto next = world.hub->next_bundle();
    if (!next) return "nothing waits";
    auto bytes = store::read_whole(world.hub->bundles().path(next->person, next->name), 1 << 26).value();
    auto come = put(*world.school, world.file.token, bytes, 200);
    if (!come) {
      world.hub->bundle_not_taken(*next);
      return std::string(waymark::name(come.error().code));
    }
    REQUIRE(world.hub->take_bundle_answer(*next, come->answer));
    return "answered";
  };
  auto answer = [&](std::string_view token) { return world.hub->bundle_answer(token, name); };

  CHECK(put(*world.hub, "strange", bundle, 100).error().code == Code::unauthorized);
  CHECK(put(*world.hub, amira.token, bundle, 100).error().code == Code::unauthorized);
  CHECK(answer(world.computer_token).error().code == Code::not_found);
  REQUIRE(put(*world.hub, world.computer_token, bundle, 100).value().state.whole);
  CHECK(put(*world.hub, world.computer_token, bundle, 100).value().state.whole);
  CHECK(world.hub->bundles().waiting().size() == 1);
  CHECK(answer(world.computer_token).value().empty());
  CHECK(answer(other_token).error().code == Code::not_found);
  CHECK(answer("strange").error().code == Code::unauthorized);
  CHECK(world.hub->bundle_answer(world.computer_token, "../hub.json").error().code == Code::not_found);
  CHECK(world.hub->read_bundle(bundle).error().code == Code::unsupported);
  // Through a restart. Files may fill the school: text has its room.
  world.open_hub();
  world.school->set_quota(static_cast<std::int64_t>(bundle.size()));
  CHECK(hand_on() == "answered");
  CHECK(hand_on() == "nothing waits");
  world.school->set_quota({});
  CHECK(world.goals(*world.school, world.amira) == Goals{"swim a length"});
  CHECK(student_page(*world.school, world.amira).value().heard.carrier == "hub");
  CHECK(amira.status().waiting == 1);
  REQUIRE(hear(amira, answer(world.computer_token).value()));
  CHECK(amira.status().waiting == 0);
  // Told again for as long as somebody may come for it, and not to others.
  CHECK_FALSE(answer(world.computer_token).value().empty());
  CHECK(answer(other_token).error().code == Code::not_found);

  // What the school does not believe is an answer too, which its device opens; what is none is tried each
  // day.
  amira.goal("float");
  auto second = stick_of(amira);
  REQUIRE(world.school->remove_computer(world.lab.id));
  REQUIRE(put(*world.hub, other_token, second, 1 << 20));
  CHECK(hand_on() == "answered");
  auto told = wire::open_bundle(
                  world.hub->bundle_answer(other_token, to_hex(sha256(as_bytes(second)))).value(), amira.key)
                  .value();
  REQUIRE(told.items.size() == 1);
  CHECK(wire::decode_problem(told.items.front().body)->code == "unauthorized");
  REQUIRE(put(*world.hub, other_token, second.substr(0, 160), 1 << 20));
  CHECK(hand_on() == "malformed");
  CHECK(hand_on() == "nothing waits");
  world.clock.advance_ms(std::int64_t{86'400'000});
  CHECK(hand_on() == "malformed");

  // At the school a hub alone brings such, and has its answer at once.
  CHECK(put(*world.school, amira.token, bundle, 1 << 20).error().code == Code::unauthorized);
  CHECK(put(*world.school, other_token, bundle, 1 << 20).error().code == Code::unauthorized);
  CHECK(world.school->bundle_answer(other_token, name).error().code == Code::not_found);
  auto large = FilePiece{0, kept_bundle_bytes_max + 1, ""};
  CHECK(world.school->begin_bundle(world.file.token, name, large).error().code == Code::too_large);
  CHECK(world.hub->begin_bundle(other_token, name, large).error().code == Code::too_large);
  large.total = kept_bundle_bytes_max;
  CHECK(world.hub->begin_bundle(other_token, std::string(64, 'b'), large).has_value());
}
