// Files at a hub: parcels that a room's computers have sealed to the school, and what becomes of them.
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "shared/base/hash.hpp"
#include "shared/store/erase.hpp"
#include "shared/store/files.hpp"
#include "shared/sync/carry.hpp"
#include "shared/sync/parcel.hpp"
#include "shared/wire/bundle.hpp"
#include "tests/server/hub_world.hpp"

using namespace waymark;
using namespace waymark::hub_world;

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kDayMs = std::int64_t{24} * 3600 * 1000;

std::string photo_of(std::size_t bytes) {
  std::string photo(bytes, '\0');
  for (std::size_t i = 0; i < bytes; i++) photo[i] = static_cast<char>(i * i % 251);
  return photo;
}

struct Room : World {
  Profile laptop{*this, amira, "amira"};
  std::string stream = domain::person_stream(amira);
  std::string photo = photo_of(30'000), hash = to_hex(sha256(as_bytes(photo)));

  Room() {
    REQUIRE(laptop.sign_in(*hub, "4711"));
    laptop.sync(*hub);
  }
  Bearer at(School& place, const Profile& who) { return place.bearer(who.token).value(); }
  sync::Author author(const Profile& who) {
    return {who.person, who.key, who.certificate, who.signature, who.introduction};
  }
  sync::Parcel parcel(const Profile& who, std::string_view bytes, const std::string& into) {
    auto name = to_hex(sha256(as_bytes(bytes)));
    return *sync::make_parcel(*who.store, author(who), school->identity(), {name, into, "image/png"}, bytes)
                .value();
  }
  Result<ParcelState> put(School& place, const Bearer& who, const sync::Parcel& parcel) {
    return place.put_parcel(who, parcel.name,
                            {0, static_cast<std::int64_t>(parcel.bytes.size()), parcel.bytes});
  }
  // As the hub's line to the school does, in one piece.
  std::string refused;
  bool hand_on() {
    auto next = hub->next_parcel();
    if (!next) return false;
    auto bytes = School::read_file({hub->parcels().path(next->person, next->name), "", next->bytes}, 0,
                                   static_cast<std::size_t>(next->bytes))
                     .value();
    auto reply = school->put_parcel(hub_bearer(), next->name, {0, next->bytes, bytes});
    refused = reply ? "" : std::string(name(reply.error().code));
    if (!reply) hub->parcel_not_taken(*next);
    if (reply) REQUIRE(hub->take_parcel_answer(*next, reply->answer));
    return true;
  }
  ParcelNews news(const Profile& who, const std::string& parcel) {
    return hub->parcel_news(at(*hub, who), {parcel}).value();
  }
  std::string at_school(const std::string& of) { return school->file(amira, stream, of).value_or("nothing"); }
};

std::string text_of(const Result<ParcelState>& state) {
  if (!state) return std::string(name(state.error().code));
  return (state->state.whole  ? "whole "
          : state->state.fits ? "come "
                              : "no fit ") +
         std::to_string(state->state.bytes);
}

}  // namespace

TEST_CASE(
    "a photo goes through a hub sealed, and its computer is told by the school alone that it is there") {
  Room room;
  auto parcel = room.parcel(room.laptop, room.photo, room.stream);
  CHECK(parcel.bytes.find(room.photo.substr(0, 32)) == std::string::npos);
  CHECK(parcel.bytes.find(room.hash) == std::string::npos);
  CHECK(room.news(room.laptop, parcel.name).lacking == Texts{parcel.name});
  auto come = room.put(*room.hub, room.at(*room.hub, room.laptop), parcel).value();
  CHECK(come.state.whole);
  CHECK(come.answer.empty());
  // In the room, and not at school.
  CHECK(room.news(room.laptop, parcel.name).lacking.empty());
  CHECK(room.news(room.laptop, parcel.name).answers.empty());
  CHECK(room.at_school(room.hash) == "nothing");

  CHECK(room.hand_on());
  CHECK(room.at_school(room.hash) == room.photo);
  CHECK_FALSE(room.hand_on());
  CHECK(room.hub->parcels().waiting().empty());
  auto news = room.news(room.laptop, parcel.name);
  REQUIRE(news.answers.size() == 1);
  CHECK(news.answers.front().first == parcel.name);
  auto answer =
      sync::open_answer(news.answers.front().second, room.laptop.key, room.school->identity()).value();
  CHECK(answer.round == parcel.round);
  REQUIRE(answer.streams.size() == 1);
  CHECK(answer.streams.front().stream == room.stream);
  CHECK(answer.streams.front().has == Texts{room.hash});
  CHECK(answer.streams.front().lacks.empty());
  // Brought once more it is there, or answered, already.
  CHECK(text_of(room.put(*room.hub, room.at(*room.hub, room.laptop), parcel)) ==
        "whole " + std::to_string(parcel.bytes.size()));
  CHECK_FALSE(room.hand_on());
  CHECK(room.school->verify());
}

TEST_CASE("an answer that the hub made up, or took from another school, is none") {
  Room room;
  auto parcel = room.parcel(room.laptop, room.photo, room.stream);
  SecretKey hubs;
  room.random.fill(hubs.seed);
  wire::CarriedFiles lie{parcel.round, room.laptop.store->replica().hex(), {{room.stream, {room.hash}, {}}}};
  auto forged =
      wire::seal_bundle(public_key(room.laptop.key), hubs, {{wire::files_item, wire::encode(lie)}}).value();
  CHECK(sync::open_answer(forged, room.laptop.key, room.school->identity()).error().code ==
        Code::unauthorized);
  // What the school said to another device opens with that device's key alone.
  auto true_one =
      wire::seal_bundle(public_key(hubs), room.identity(), {{wire::files_item, wire::encode(lie)}}).value();
  CHECK(sync::open_answer(true_one, room.laptop.key, room.school->identity()).error().code ==
        Code::unauthorized);
  auto silent = wire::seal_bundle(public_key(room.laptop.key), room.identity(), {}).value();
  CHECK(sync::open_answer(silent, room.laptop.key, room.school->identity()).error().code == Code::malformed);
  CHECK(sync::open_answer("no bundle", room.laptop.key, room.school->identity()).error().code ==
        Code::malformed);
}

TEST_CASE("a parcel comes in pieces of any length, and goes on where it was cut off") {
  Room room;
  auto parcel = room.parcel(room.laptop, photo_of(2'000), room.stream);
  auto total = static_cast<std::int64_t>(parcel.bytes.size());
  auto who = room.at(*room.hub, room.laptop);
  auto put = [&](std::int64_t from, std::size_t size) {
    return text_of(room.hub->put_parcel(
        who, parcel.name,
        {from, total, std::string_view(parcel.bytes).substr(static_cast<std::size_t>(from), size)}));
  };
  CHECK(put(0, 0) == "come 0");
  CHECK(put(0, 700) == "come 700");
  CHECK(put(699, 10) == "no fit 700");
  CHECK(put(701, 10) == "no fit 700");
  room.open_hub();
  CHECK(put(0, 0) == "come 700");
  std::int64_t come = 700;
  for (std::size_t size : {1U, 2U, 333U}) {
    CHECK(put(come, size) == "come " + std::to_string(come + static_cast<std::int64_t>(size)));
    come += static_cast<std::int64_t>(size);
  }
  CHECK(put(come, parcel.bytes.size()) == "whole " + std::to_string(total));
  CHECK(room.hub->parcels().waiting().size() == 1);
  CHECK(room.hand_on());
  CHECK(room.at_school(to_hex(sha256(as_bytes(photo_of(2'000))))) == photo_of(2'000));
  // A piece changed on its way is found out by the name.
  auto other = room.parcel(room.laptop, room.photo, room.stream);
  other.bytes[500] = static_cast<char>(other.bytes[500] ^ 1);
  CHECK(text_of(room.put(*room.hub, who, other)) == "wrong_id");
  CHECK(room.hub->parcels().waiting().empty());
}

TEST_CASE("the largest file fits into a parcel, and one byte more than a parcel may have is refused") {
  Room room;
  auto who = room.at(*room.hub, room.laptop);
  auto largest = room.parcel(room.laptop, photo_of(static_cast<std::size_t>(file_bytes_max)), room.stream);
  CHECK(static_cast<std::int64_t>(largest.bytes.size()) <= parcel_bytes_max);
  CHECK(room.put(*room.hub, who, largest)->state.whole);
  CHECK(room.hand_on());
  CHECK(room.at_school(to_hex(sha256(as_bytes(photo_of(static_cast<std::size_t>(file_bytes_max)))))).size() ==
        static_cast<std::size_t>(file_bytes_max));
  CHECK(text_of(room.hub->put_parcel(who, std::string(64, 'a'), {0, parcel_bytes_max, "x"})) == "come 1");
  CHECK(text_of(room.hub->put_parcel(who, std::string(64, 'a'), {0, parcel_bytes_max + 1, "x"})) ==
        "too_large");
  CHECK(text_of(room.hub->put_parcel(who, "../" + std::string(61, 'a'), {0, 1, "x"})) == "wrong_id");
  CHECK(room.hub->parcel_news(who, {"../x"}).error().code == Code::malformed);
}

TEST_CASE(
    "nobody learns from a hub what another student brought, and a file may not go to who may not put it") {
  Room room;
  auto bo = room.student("Bo", room.period3);
  room.ask();
  Profile other(room, bo, "bo");
  REQUIRE(other.sign_in(*room.hub, "1234"));
  auto parcel = room.parcel(room.laptop, room.photo, room.stream);
  REQUIRE(room.put(*room.hub, room.at(*room.hub, room.laptop), parcel));
  CHECK(room.news(other, parcel.name).lacking == Texts{parcel.name});
  auto asked = room.hub->put_parcel(room.at(*room.hub, other), parcel.name,
                                    {0, static_cast<std::int64_t>(parcel.bytes.size()), ""});
  CHECK(text_of(asked) == "come 0");
  // A whole parcel under another's name on the outside is still its writer's.
  REQUIRE(room.put(*room.hub, room.at(*room.hub, other), parcel));
  while (room.hand_on()) CHECK(room.refused.empty());
  CHECK(room.at_school(room.hash) == room.photo);
  CHECK(room.school->file(bo, domain::person_stream(bo), room.hash).error().code == Code::not_found);
  // Into a stream that is not theirs nothing comes, and the answer says only that it is lacking.
  auto foreign = room.parcel(other, "not for her", room.stream);
  REQUIRE(room.put(*room.hub, room.at(*room.hub, other), foreign));
  CHECK(room.hand_on());
  auto answers = room.news(other, foreign.name).answers;
  REQUIRE(answers.size() == 1);
  auto said = sync::open_answer(answers.front().second, other.key, room.school->identity()).value();
  CHECK(said.streams.front().has.empty());
  CHECK(said.streams.front().lacks == Texts{to_hex(sha256(as_bytes("not for her")))});
  CHECK(room.at_school(to_hex(sha256(as_bytes("not for her")))) == "nothing");
  // Also of what the school has there.
  auto probe = room.parcel(other, room.photo, room.stream);
  REQUIRE(room.put(*room.hub, room.at(*room.hub, other), probe));
  CHECK(room.hand_on());
  said = sync::open_answer(room.news(other, probe.name).answers.front().second, other.key,
                           room.school->identity())
             .value();
  CHECK(said.streams.front().has.empty());
}

TEST_CASE(
    "a hub with no room for a parcel says which sort of room, and one person does not fill it with crumbs") {
  Room room;
  auto who = room.at(*room.hub, room.laptop);
  auto parcel = room.parcel(room.laptop, room.photo, room.stream);
  auto size = static_cast<std::int64_t>(parcel.bytes.size());
  room.hub->set_quota(size - 1);
  auto full = room.put(*room.hub, who, parcel);
  CHECK(full.error().code == Code::disk_full);
  CHECK(full.error().detail == quota_full);
  room.hub->set_quota(size);
  CHECK(room.put(*room.hub, who, parcel));
  // What the school has answered makes room again.
  auto second = room.parcel(room.laptop, photo_of(20'000), room.stream);
  CHECK(room.put(*room.hub, who, second).error().code == Code::disk_full);
  CHECK(room.hand_on());
  CHECK(room.put(*room.hub, who, second));
  room.hub->set_quota({});
  for (std::size_t i = 1; i < parcels_per_person_max; i++) {
    auto crumb = std::to_string(i), name = to_hex(sha256(as_bytes(crumb)));
    std::ofstream(room.hub->parcels().path(room.amira, name)) << crumb;
  }
  CHECK(room.hub->parcels().waiting_of(room.amira) == parcels_per_person_max);
  CHECK(room.put(*room.hub, who, room.parcel(room.laptop, "one more", room.stream)).error().detail ==
        quota_full);
}

TEST_CASE("what the school cannot read stops nothing else, and is brought again the next day") {
  Room room;
  auto who = room.at(*room.hub, room.laptop);
  sync::Parcel noise{to_hex(sha256(as_bytes("noise"))), "noise", 0};
  REQUIRE(room.put(*room.hub, who, noise));
  auto torn = room.parcel(room.laptop, photo_of(9'000), room.stream);
  torn.bytes.resize(torn.bytes.size() - 30);
  torn.name = to_hex(sha256(as_bytes(torn.bytes)));
  REQUIRE(room.put(*room.hub, who, torn));
  // Of another school.
  SecretKey elsewhere;
  room.random.fill(elsewhere.seed);
  auto other = wire::seal_bundle(public_key(elsewhere), room.laptop.key, {}).value();
  REQUIRE(room.put(*room.hub, who, {to_hex(sha256(as_bytes(other))), other, 0}));
  auto good = room.parcel(room.laptop, room.photo, room.stream);
  REQUIRE(room.put(*room.hub, who, good));
  Texts said;
  while (room.hand_on()) said.push_back(room.refused);
  std::sort(said.begin(), said.end());
  CHECK(said == Texts{"", "invalid", "malformed", "malformed"});
  CHECK(room.at_school(room.hash) == room.photo);
  CHECK(room.hub->parcels().waiting().size() == 3);
  room.clock.advance_ms(std::int64_t{25} * 3600 * 1000);
  CHECK(room.hand_on());
}

TEST_CASE("a student who left, or lost the computer, still brings what belongs to work that is at school") {
  Room room;
  store::Edit edit{{room.stream, "work", room.random.id<RecordId>()},
                   {{"project", std::string(32, 'a')},
                    {"step", "plan"},
                    {"type", "photo"},
                    {"file", room.hash},
                    {"mime", "image/png"},
                    {"bytes", static_cast<std::int64_t>(room.photo.size())}},
                   {},
                   {}};
  REQUIRE(room.laptop.store->write(room.amira, std::span(&edit, 1)));
  room.laptop.sync(*room.hub);
  room.carry();
  auto who = room.at(*room.hub, room.laptop);
  auto shown = room.parcel(room.laptop, room.photo, room.stream);
  auto unseen = room.parcel(room.laptop, "what nothing mentions", room.stream);
  REQUIRE(room.put(*room.hub, who, shown));
  REQUIRE(room.put(*room.hub, who, unseen));
  SUBCASE("left") {
    auto person = room.school->accounts().person(room.amira).value().value();
    person.active = false;
    REQUIRE(room.school->put_person(person));
  }
  SUBCASE("lost") { REQUIRE(room.school->remove_computer(room.lab.id)); }
  REQUIRE(room.school->refresh_access());
  Texts said;
  while (room.hand_on()) said.push_back(room.refused);
  std::sort(said.begin(), said.end());
  CHECK(said == Texts{"", "invalid"});
  CHECK(room.school->store().file_in(room.stream, room.hash).value());
  CHECK_FALSE(
      room.school->store().file_in(room.stream, to_hex(sha256(as_bytes("what nothing mentions")))).value());
}

TEST_CASE("of who is erased a hub keeps no parcel, and what was erased the school does not take from one") {
  Room room;
  REQUIRE(room.put(*room.hub, room.at(*room.hub, room.laptop),
                   room.parcel(room.laptop, room.photo, room.stream)));
  REQUIRE(room.school->erase_student(std::nullopt, room.amira));
  room.round();
  CHECK(room.hub->parcels().waiting().empty());
  CHECK(fs::is_empty(room.hub_data + "/parcels"));
}

TEST_CASE("parcels that the school never took, and answers that nobody fetched, go with time") {
  Room room;
  auto who = room.at(*room.hub, room.laptop);
  auto answered = room.parcel(room.laptop, room.photo, room.stream);
  REQUIRE(room.put(*room.hub, who, answered));
  REQUIRE(room.hand_on());
  auto waits = room.parcel(room.laptop, "a note", room.stream);
  REQUIRE(room.put(*room.hub, who, waits));
  auto replica = room.laptop.store->replica();
  REQUIRE(room.hub->keep_stick(stick_of(room.laptop), replica.hex() + ".to-school"));
  auto stick_waits = [&] { return !room.hub->sticks().waiting().empty(); };
  auto collect = [&] { REQUIRE(room.hub->collect_files({})); };
  auto run_for = [&](int days) {
    for (int day = 0; day < days; day++) room.clock.advance_ms(kDayMs), collect();
  };
  // Half written when the power went.
  auto half = room.hub_data + "/sticks/" + replica.hex() + ".to-school.new";
  REQUIRE(store::write_durably(half, "wa"));
  collect();
  // A clock that began in 1970 is told the year, and the other way round; whatever the disk says then.
  for (int jump = 0; jump < 40; jump++) {
    room.open_hub();
    room.clock.set_ms(jump % 2 == 0 ? 0 : 1'800'000'000'000);
    collect();
  }
  for (const auto& entry : fs::recursive_directory_iterator(room.hub_data))
    if (entry.is_regular_file() && entry.path().string().find("/parcels/") != std::string::npos)
      fs::last_write_time(entry.path(), fs::file_time_type::clock::now() - std::chrono::hours(24 * 200));
  collect();
  auto parcel_waits = [&] { return room.hub->parcels().waits(room.amira, waits.name); };
  auto has_answer = [&] { return room.hub->parcels().answer(room.amira, answered.name).has_value(); };
  run_for(30);
  CHECK(parcel_waits());
  CHECK(stick_waits());
  CHECK(fs::exists(half));
  run_for(1);
  CHECK_FALSE(parcel_waits());
  CHECK_FALSE(stick_waits());
  CHECK_FALSE(fs::exists(half));
  // What comes again under the same name begins anew.
  REQUIRE(room.put(*room.hub, room.at(*room.hub, room.laptop), waits));
  run_for(30);
  CHECK(parcel_waits());
  run_for(29);
  CHECK(has_answer());
  run_for(1);
  CHECK_FALSE(has_answer());
  CHECK(room.news(room.laptop, answered.name).lacking == Texts{answered.name});
}
