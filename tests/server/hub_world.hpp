// A school with a hub in a room, and a student's profile that signs in and syncs at either.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "shared/sync/carry.hpp"
#include "shared/sync/session.hpp"
#include "shared/wire/bundle.hpp"
#include "shared/wire/introduction.hpp"
#include "sync-server/service/codes.hpp"
#include "sync-server/service/school.hpp"
#include "tests/support/temporary.hpp"

namespace waymark::hub_world {

using namespace waymark::server;

inline const std::string kSpki(64, 'a');

struct World {
  ManualClock clock;
  SeededRandom random{23};
  test::TemporaryFolder folder;
  std::string data = folder.path() + "/school", hub_data = folder.path() + "/hub";
  bool made =
      School::init({data, "Alder Creek", "head@alder.example", "creek-and-stone"}, clock, random).has_value();
  std::unique_ptr<School> school = School::open(data, clock, random).value();
  ClassId period3 = school->add_class("Period 3").value(), period4 = school->add_class("Period 4").value();
  PersonId amira = student("Amira", period3), okafor = teacher("okafor@alder.example", period3);
  std::string computer_token = make_token(random);
  Computer lab{random.id<ComputerId>(), "lab-03", 0, {}, false, 0};
  bool lab_added = school->accounts().add_computer(lab, token_hash(computer_token)).has_value();
  HubFile file = school->add_hub("North room", {period3}).value();
  std::unique_ptr<School> hub;
  std::unique_ptr<sync::Session> up;

  World() {
    REQUIRE(School::make_hub(hub_data, file));
    open_hub();
    ask();
  }
  void open_hub() {
    up.reset();
    hub.reset();
    hub = School::open(hub_data, clock, random).value();
    up = std::make_unique<sync::Session>(hub->store());
    hub->follow(*up);
  }
  PersonId student(std::string_view given, const ClassId& id) {
    auto person = school->add_student(given, "").value();
    REQUIRE(school->enroll(id, person, "student"));
    REQUIRE(school->card_for(person));
    REQUIRE(school->refresh_access());
    return person;
  }
  PersonId teacher(std::string_view email, const ClassId& id) {
    auto person = school->add_staff(email, "Ada Okafor", "teacher", "a-long-password").value().id;
    REQUIRE(school->enroll(id, person, "teacher"));
    REQUIRE(school->refresh_access());
    return person;
  }
  SecretKey identity() {
    SecretKey key;
    auto seed = from_hex(school->store().meta("identity").value().value()).value();
    std::copy(seed.begin(), seed.end(), key.seed.begin());
    return key;
  }
  Bearer hub_bearer() { return school->bearer(file.token).value(); }
  // The three things a hub does with its school.
  void ask() {
    auto answer =
        school->hub_papers(hub_bearer(), hub->hub_question(kSpki, {"https://10.0.0.9:8443"})).value();
    REQUIRE(hub->take_papers(answer, kSpki));
  }
  std::vector<std::string> problems;
  void carry() {
    auto load = hub->next_load().value();
    if (load.bundle.empty()) return;
    auto read = school->read_bundle(load.bundle, Carrier::hub).value();
    problems.clear();
    for (const auto& problem : read.problems) problems.emplace_back(name(problem.code));
    REQUIRE(hub->take_answers(load, read.answer));
  }
  void read() {
    up->hurry(clock.steady_ms());
    for (int i = 0; i < 20; i++) {
      auto request = up->next(clock.steady_ms()).value();
      if (!request) return;
      auto reply = school->sync(hub_bearer(), wire::encode(*request)).value();
      REQUIRE(up->on_reply(wire::decode_reply(reply).value(), clock.steady_ms()));
      REQUIRE(hub->heard_the_school());
    }
  }
  void round() { ask(), carry(), read(); }
  std::vector<std::string> goals(School& at, const PersonId& person) {
    std::vector<std::string> texts;
    for (const auto& record : at.store().records(domain::person_stream(person), "goal").value())
      texts.push_back(record.text("want"));
    std::sort(texts.begin(), texts.end());
    return texts;
  }
};

// A student's profile on the lab's computer, which signs in wherever it is.
struct Profile {
  World& world;
  PersonId person;
  std::string card;
  SecretKey key;
  std::string token, introduction, certificate, signature;
  Computer lab = world.lab;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<sync::Session> session;

  Profile(World& the_world, const PersonId& who, std::string_view place)
      : world(the_world), person(who), card(world.school->card_for(who).value()) {
    store = store::Store::open(world.folder.path() + "/" + std::string(place) + ".db",
                               {&world.clock, &world.random, true})
                .value();
    session = std::make_unique<sync::Session>(*store);
    world.random.fill(key.seed);
    token = make_token(world.random);
  }
  Result<JoinedStudent> sign_in(School& at, const std::string& pin) {
    WAYMARK_TRY(who, at.student_of_card(card, lab.id));
    WAYMARK_TRY(attempt, at.begin_pin(who, lab, pin, "digits", public_key(key), token));
    School::check_pin(attempt);
    WAYMARK_TRY(joined, at.finish_pin(attempt));
    introduction = introduce(pin);
    certificate = joined.certificate, signature = joined.certificate_signature;
    sign();
    return joined;
  }
  std::string introduce(const std::string& pin) {
    return wire::seal({card, pin, "digits", hash_password(pin), public_key(key), lab.id.hex(), lab.name,
                       to_hex(token_hash(token))},
                      world.school->identity())
        .value();
  }
  void sign() {
    session->sign_as({person, key, certificate, signature, introduction}, world.school->identity());
  }
  void write(std::string_view stream, std::string_view kind, std::string_view field, std::string_view text) {
    bool append = kind == "observation";
    store::Edit edit{
        {std::string(stream), std::string(kind), append ? RecordId{} : world.random.id<RecordId>()},
        {{std::string(field), std::string(text)}},
        {},
        {}};
    REQUIRE(store->write(person, std::span(&edit, 1)));
  }
  void goal(std::string_view want) { write(domain::person_stream(person), "goal", "want", want); }
  // Everything that is due, with a hub or the school.
  void sync(School& at) {
    REQUIRE(session->meet(at.hub() ? at.hub()->hub.hex() : ""));
    session->hurry(world.clock.steady_ms());
    for (int i = 0; i < 20; i++) {
      auto request = session->next(world.clock.steady_ms()).value();
      if (!request) return;
      auto reply = at.sync(at.bearer(token).value(), wire::encode(*request)).value();
      REQUIRE(session->on_reply(wire::decode_reply(reply).value(), world.clock.steady_ms()));
      if (auto given = session->take_certificate()) {
        certificate = given->first, signature = given->second;
        sign();
      }
    }
  }
  sync::SessionStatus status() { return session->status().value(); }
};

// What waits there, as a stick carries it.
inline std::vector<std::string> batches_of(Profile& profile) {
  sync::Author author{profile.person, profile.key, profile.certificate, profile.signature,
                      profile.introduction};
  return sync::make_batches(*profile.store, author).value();
}
inline std::string stick_of(Profile& profile) {
  std::vector<wire::BundleItem> items;
  for (auto& batch : batches_of(profile)) items.push_back({wire::batch_item, std::move(batch)});
  REQUIRE_FALSE(items.empty());
  return wire::seal_bundle(profile.world.school->identity(), profile.key, items).value();
}

using Texts = std::vector<std::string>;

}  // namespace waymark::hub_world
