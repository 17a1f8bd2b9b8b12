// The targets that want a school: whole requests through the server's parser and routes, what others carry,
// what a hub is told of people, rosters, and what a school's log of removals says. Whatever a run writes is
// taken back after it.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>

#include "shared/base/sealed_box.hpp"
#include "shared/base/seams.hpp"
#include "shared/base/text.hpp"
#include "shared/store/db.hpp"
#include "shared/store/files.hpp"
#include "shared/sync/session.hpp"
#include "shared/wire/batch.hpp"
#include "shared/wire/bodies.hpp"
#include "shared/wire/bundle.hpp"
#include "shared/wire/joining.hpp"
#include "sync-server/http/metrics.hpp"
#include "sync-server/import/case_csv.hpp"
#include "sync-server/import/case_package.hpp"
#include "sync-server/import/oneroster.hpp"
#include "sync-server/net/whole_request.hpp"
#include "sync-server/routes/routes.hpp"
#include "sync-server/service/codes.hpp"
#include "sync-server/service/removals.hpp"
#include "sync-server/service/rosters.hpp"
#include "sync-server/service/school.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/support/temporary.hpp"

namespace waymark::fuzz {
namespace {

using namespace waymark::server;

// Ids and keys of the golden files.
template <class AnyId>
AnyId golden_id(std::string_view label) {
  return AnyId::from(sha256(as_bytes("golden " + std::string(label))));
}
SecretKey golden_key(std::string_view label) {
  SecretKey key;
  key.seed = sha256(as_bytes("golden seed " + std::string(label)));
  return key;
}

// Who the golden files are about, at their school and at a hub of it. Tokens are words that a corpus can
// name.
struct World {
  test::TemporaryFolder folder;
  ManualClock clock;
  SeededRandom random{5};
  std::unique_ptr<School> school, hub;
  http::Router router;

  World() {
    const auto data = folder.path() + "/school", hub_data = folder.path() + "/hub";
    must(School::init({data, "Escuela Garza", "office@garza.example", "seven gray herons"}, clock, random));
    {
      auto made = must(School::open(data, clock, random));
      must(made->store().set_meta("identity", to_hex(golden_key("school").seed)));
    }
    school = must(School::open(data, clock, random));
    auto& accounts = school->accounts();
    const ClassRow row{golden_id<ClassId>("class"), "Period 3", std::nullopt, true};
    must(accounts.put(row));
    const Computer computer{golden_id<ComputerId>("computer"), "lab-03", 0, {}, false, 0};
    must(accounts.add_computer(computer, token_hash("computer")));
    const auto amira = person("person amira", "student", "Amira");
    const auto okafor = person("person okafor", "teacher", "Ada");
    const auto room = person("hub", "hub", "North room");
    for (const auto& [id, role] : {std::pair{amira, "student"}, {okafor, "teacher"}, {room, "hub"}})
      must(accounts.put(Enrollment{row.id, id, role, true, std::nullopt}));
    must(accounts.add_card("ABCD2345", amira));
    must(accounts.add_computer_code(wire::code_id("0123456789ABCDEF"), "0123456789ABCDEF", "lab-04"));
    must(accounts.add_device(token_hash("student"), amira, computer.id,
                             public_key(golden_key("device amira")).bytes));
    must(accounts.add_device(token_hash("hub"), room, computer.id, room.view()));
    must(school->carried().add_hub(room));
    must(school->refresh_access());

    HubFile file{room, "North room", "Escuela Garza", school->identity(), "hub", {"Period 3"}, {}};
    must(School::make_hub(hub_data, file));
    hub = must(School::open(hub_data, clock, random));
    add_sync_routes(router, *school);
  }

  PersonId person(std::string_view label, std::string_view role, std::string_view given) {
    Person one;
    one.id = golden_id<PersonId>(label);
    one.role = role, one.given = given;
    must(school->accounts().put(one));
    return one.id;
  }
  template <class T>
  static T must(Result<T> made) {
    promise(made.has_value(), "the fuzzed school can be made");
    return std::move(made).value();
  }
  static void must(const Status& done) { promise(done.has_value(), "the fuzzed school can be made"); }
};

World& world() {
  static World made;
  return made;
}

// Runs what may write, and takes all of it back.
template <class Work>
void undone(store::Store& store, Work work) {
  auto transaction = store::Transaction::begin(store.db());
  promise(transaction.has_value(), "a transaction begins");
  work();
}
template <class Work>
void undone(School& school, Work work) {
  undone(school.store(), work);
}

// Bad input may be refused, and is never a failure of the school's own.
void is_refusal(const Error& error) {
  const bool ours = error.code == Code::internal || error.code == Code::io ||
                    error.code == Code::database_damaged || error.code == Code::server_failed;
  if (ours) std::fprintf(stderr, "%s: %s\n", std::string(name(error.code)).c_str(), error.detail.c_str());
  promise(!ours, "bad input is refused");
}

void exchange(std::string_view bytes) {
  auto& here = world();
  auto request = net::read_whole_request(bytes, here.router);
  if (!request) {
    is_refusal(request.error());
    return;
  }
  request->spki = std::string(64, 'a');
  const bool head = request->method == "HEAD";
  undone(*here.school, [&] {
    auto response = here.router.answer(std::move(*request));
    static const std::set<int> known{200, 202, 204, 206, 400, 401, 403, 404,
                                     405, 409, 413, 416, 422, 429, 503, 507};
    promise(known.contains(response.status), "an answer has a status of the protocol, and never fails");
    if (response.status >= 400 && !head)
      promise(wire::decode_error(response.body).has_value(), "an error tells its code");
    if (response.more) response.more->close();
  });
}

// What others carry, as items with three bytes of length each: the input cannot be sealed, so it is here.
void carried(std::string_view bytes) {
  auto& here = world();
  std::vector<wire::BundleItem> items;
  while (bytes.size() >= 4 && items.size() < 20) {
    auto at = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[i])); };
    auto length = std::min(at(1) << 16 | at(2) << 8 | at(3), bytes.size() - 4);
    items.push_back({static_cast<std::uint8_t>(bytes[0]), std::string(bytes.substr(4, length))});
    bytes.remove_prefix(4 + length);
  }
  const auto device = golden_key("device amira");
  auto bundle = wire::seal_bundle(here.school->identity(), device, items);
  promise(bundle.has_value(), "any items can be sealed");
  undone(*here.school, [&] {
    for (bool for_hub : {false, true}) {
      auto read =
          here.school->read_bundle(*bundle, for_hub ? server::Carrier::hub : server::Carrier::computer);
      if (!read) {
        is_refusal(read.error());
        continue;
      }
      for (const auto& problem : read->problems) is_refusal(problem);
      if (read->answer.empty()) continue;
      auto answer = wire::open_bundle(read->answer, device);
      promise(answer && answer->whole && answer->writer == here.school->identity(),
              "an answer is the school's, and its device's alone");
    }
    auto bearer = here.school->bearer("hub");
    promise(bearer.has_value(), "the hub is known");
    auto parcel = here.school->put_parcel(*bearer, to_hex(sha256(as_bytes(*bundle))),
                                          {0, static_cast<std::int64_t>(bundle->size()), *bundle});
    if (!parcel) is_refusal(parcel.error());
  });
}

// What a school says of people: the whole answer, and the people alone under a signature that holds.
void papers(std::string_view bytes) {
  auto& hub = *world().hub;
  const auto spki = to_hex(sha256(as_bytes("golden spki")));
  const auto signed_by = to_hex(sign(golden_key("school"), as_bytes(wire::hello_message(spki))));
  const auto wrapped =
      R"({"v":1,"school":"Escuela Garza","version":"x","hello":")" + signed_by + R"(","papers":)";
  for (const auto& answer : {std::string(bytes), wrapped + std::string(bytes) + "}"})
    undone(hub, [&] {
      const auto before = hub.accounts().people()->size();
      auto taken = hub.take_papers(answer, spki);
      if (taken) return;
      is_refusal(taken.error());
      promise(hub.accounts().people()->size() == before, "papers that are none change nobody");
    });
  if (auto question = read_hub_question(bytes)) {
    auto again = read_hub_question(encode(*question));
    promise(again && encode(*again) == encode(*question), "a hub's question is the same again");
  }
  if (auto file = read_hub_file(bytes)) {
    auto again = read_hub_file(encode(*file));
    promise(again && encode(*again) == encode(*file), "a hub's file is the same again");
  }
}

// Files one after the other, each after a line "\x1e" and its name.
void oneroster(std::string_view bytes) {
  auto& school = *world().school;
  RosterFiles files;
  while (!bytes.empty() && files.bytes.size() < roster_files_max) {
    auto end = std::min(bytes.find('\x1e', 1), bytes.size());
    auto file = bytes.substr(0, end);
    bytes.remove_prefix(end);
    if (file.front() == '\x1e') file.remove_prefix(1);
    auto line = std::min(file.find('\n'), file.size());
    const std::string name(file.substr(0, line));
    files.bytes[name] = std::string(file.substr(std::min(line + 1, file.size())));
    files.found[name] = name + ".csv";
  }
  undone(school, [&] {
    promise(school.catch_up().has_value(), "what was logged and taken back can be heard");
    const auto before = school.store().version().value();
    auto plan = plan_roster(school, files, {});
    promise(school.store().version().value() == before, "a plan changes nothing");
    if (!plan) return is_refusal(plan.error());
    promise(!plan->plan.text().empty() && !plan->plan.json().empty(), "a plan can be shown");
    auto applied = apply_roster(school, *plan);
    promise(applied.has_value(), "what was planned can be done");
    auto again = plan_roster(school, files, {});
    promise(again && !again->plan.changes_anything(), "done twice it changes nothing more");
  });
}

void standards(std::string_view bytes) {
  auto& school = *world().school;
  const auto before = school.store().version().value();
  (void)plan_case(school, bytes, "standards.json");
  Findings findings;
  if (looks_like_case_csv(bytes)) (void)case_package_of_csv("standards.csv", bytes, findings);
  promise(school.store().version().value() == before, "a plan changes nothing");
}

// The log as it is where nothing was ever removed; what runs wrote there and took back goes with it.
std::string log_path() { return world().folder.path() + "/school/removals.log"; }
void empty_log() {
  std::filesystem::remove(log_path());
  promise(world().school->catch_up().has_value(), "a school without a log goes on");
}

// Whatever the school's log says: it is mended, and what can be read of it can be done.
void heard(std::string_view bytes) {
  auto& school = *world().school;
  std::ofstream(log_path(), std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  auto mended = RemovalLog(log_path()).mend(7);
  promise(mended.has_value(), "any log can be mended");
  if (!mended->empty()) std::filesystem::remove(*mended);
  undone(school, [&] {
    promise(school.store().set_meta("removals", "1 of another log").has_value(), "another log was heard");
    auto caught_up = school.catch_up();
    if (!caught_up) std::fprintf(stderr, "%s\n", caught_up.error().detail.c_str());
    promise(caught_up.has_value(), "what a mended log says can be done");
    const auto version = school.store().version().value();
    promise(school.catch_up().has_value() && school.store().version().value() == version,
            "what was heard is not done again");
  });
  empty_log();
}

// A class list as it is pasted: what is shown as new can be added, and is then here.
void roster(std::string_view bytes) {
  auto& school = *world().school;
  const auto teacher = golden_id<PersonId>("person okafor");
  for (auto order : {NameOrder::given_first, NameOrder::family_first}) {
    auto shown = preview_roster(school, teacher, nullptr, bytes, order);
    if (!shown) {
      is_refusal(shown.error());
      continue;
    }
    promise(shown->lines.size() <= roster_lines_max, "no more lines than a class list may have");
    std::vector<NewName> names;
    std::int64_t number = 0;
    for (const auto& line : shown->lines) {
      promise(line.line > number, "lines are in their order");
      number = line.line;
      for (const auto& text : {line.given, line.family, line.text})
        promise(text.size() <= name_bytes_max && valid_utf8(text), "a name is text within its bound");
      if (line.state == "new") names.push_back({line.given, line.family, ""});
    }
    if (names.empty() || names.size() > 20) continue;  // each is written, with the access that follows
    undone(school, [&] {
      promise(school.catch_up().has_value(), "what was logged and taken back can be heard");
      auto made = make_class(school, teacher, "Period 9", names);
      promise(made && made->students == static_cast<std::int64_t>(names.size()),
              "whoever is shown as new can be added");
      auto id = ClassId::parse(made->class_id).value();
      auto again = preview_roster(school, teacher, &id, bytes, order);
      promise(again && again->here >= static_cast<std::int64_t>(names.size()), "whoever was added is here");
      for (const auto& line : again->lines) promise(line.state != "new", "nobody is added twice");
    });
    empty_log();
  }
}

// A student's computer on which something was written that the school does not have, and what the school says
// when it hears of it.
struct Device {
  test::TemporaryFolder folder;
  ManualClock clock;
  SeededRandom random{6};
  std::unique_ptr<store::Store> store;
  std::vector<OpId> written;
  std::string reply;

  Device() {
    const auto amira = golden_id<PersonId>("person amira");
    store = World::must(store::Store::open(folder.path() + "/amira.db", {&clock, &random, true}));
    store->show_to(amira);
    write(amira);
    reply = ask();
    sync::Session session(*store);
    World::must(session.start());
    World::must(World::must(session.next(0)).has_value() ? Status() : Error{Code::internal, "no request"});
    World::must(session.on_reply(World::must(wire::decode_reply(reply)), 0));
    write(amira);
    reply = ask();
  }
  void write(const PersonId& amira) {
    for (const char* want : {"swim a length", "draw a horse"}) {
      store::Edit edit;
      edit.key = {domain::person_stream(amira), "goal", random.id<RecordId>()};
      edit.fields = {{"want", want}};
      written.push_back(World::must(store->write(amira, std::span(&edit, 1))).front().op);
    }
  }
  std::string ask() {
    std::string said;
    auto& school = *world().school;
    undone(*store, [&] {
      sync::Session session(*store);
      World::must(session.start());
      const auto request = World::must(session.next(0)).value();
      auto bearer = World::must(school.bearer("student"));
      said = World::must(school.sync(bearer, wire::encode(request)));
    });
    return said;
  }
};

// The word in quotes that comes at `from` or next, without them; empty: there is none.
std::pair<std::size_t, std::size_t> word_after(std::string_view text, std::size_t from) {
  const auto begin = text.find('"', from);
  const auto end = begin == std::string_view::npos ? begin : text.find('"', begin + 1);
  if (end == std::string_view::npos) return {0, 0};
  return {begin + 1, end - begin - 1};
}

// Each three bytes of a recipe: how far on, what is done there, and with which byte. Most of it leaves a
// reply that can be read: a digit becomes another one, a word takes another one's place.
std::string altered(std::string text, std::string_view recipe) {
  std::size_t at = 0;
  for (; recipe.size() >= 3 && !text.empty(); recipe.remove_prefix(3)) {
    at = (at + static_cast<std::uint8_t>(recipe[0]) * 5U) % text.size();
    const auto how = static_cast<std::uint8_t>(recipe[1]), with = static_cast<std::uint8_t>(recipe[2]);
    if (how < 128) {
      const auto digit = text.find_first_of("0123456789", at);
      if (digit != std::string::npos) text[digit] = static_cast<char>('0' + with % 10);
    } else if (how < 208) {
      const auto [from, length] = word_after(text, (at + with * 7U) % text.size());
      const auto [to, old_length] = word_after(text, at);
      if (length && old_length) text.replace(to, old_length, std::string(text, from, length));
    } else if (how < 224) {
      text[at] = recipe[2];
    } else if (how < 240) {
      text.insert(at, text.substr(at, 1U + with % 64));
    } else {
      text.erase(at, 1U + with % 16);
    }
  }
  return text;
}

// Whatever comes in the school's place: its own reply with other bytes in it, or, from a brace on, another
// one, or news.
void answered(std::string_view bytes) {
  static Device device;
  const auto text = bytes.starts_with('{') ? std::string(bytes) : altered(device.reply, bytes);
  auto& store = *device.store;
  undone(store, [&] {
    sync::Session session(store);
    promise(session.start().has_value(), "a session begins");
    auto request = session.next(0);
    promise(request && *request, "what waits is sent");
    const auto reply = wire::decode_reply(text);
    auto heard = reply ? session.on_reply(*reply, 0) : Status(reply.error());
    if (!heard && heard.error().code != Code::server_failed) is_refusal(heard.error());
    if (!reply) session.on_lost(reply.error(), 0);
    if (bytes.starts_with('{'))
      if (auto news = session.on_news(bytes); !news) is_refusal(news.error());
    for (const auto& id : device.written) {
      auto line = store.line(id);
      promise(line && *line && (*line)->find("\"want\"") != std::string::npos,
              "nothing that was written here goes, whatever is heard");
    }
    promise(store.verify().has_value(), "what is kept of it is as it should be");
    promise(session.status().has_value(), "how things stand can be told");
  });
}

constexpr std::array kTargets{Target{"answered", answered, "golden/replies"},
                              Target{"heard", heard, ""},
                              Target{"roster", roster, ""},
                              Target{"exchange", exchange, ""},
                              Target{"carried", carried, ""},
                              Target{"papers", papers, "golden/papers"},
                              Target{"oneroster", oneroster, ""},
                              Target{"standards", standards, "case"}};

}  // namespace

std::span<const Target> school_targets() { return kTargets; }

}  // namespace waymark::fuzz
