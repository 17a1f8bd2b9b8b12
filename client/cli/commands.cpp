#include "client/cli/commands.hpp"

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "client/app/computer.hpp"
#include "client/app/connection.hpp"
#include "client/app/erased.hpp"
#include "client/app/joining.hpp"
#include "client/app/link.hpp"
#include "client/app/outgoing.hpp"
#include "client/app/records.hpp"
#include "client/app/seeking.hpp"
#include "client/app/sentences.hpp"
#include "client/app/stick.hpp"
#include "client/cli/export.hpp"
#include "client/cli/sentences.hpp"
#include "shared/base/text.hpp"
#include "shared/domain/kinds.hpp"
#include "shared/domain/record_ids.hpp"
#include "shared/wire/joining.hpp"
#include "shared/wire/messages.hpp"

#ifndef WAYMARK_VERSION
#define WAYMARK_VERSION "0"
#endif

namespace waymark::cli {
namespace {

using json = nlohmann::json;
using app::Profile;

constexpr std::int64_t kGiveUpMs = 10 * 60'000;

// "1 file", "2 files".
std::string counted(std::int64_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}
constexpr std::int64_t kSeekMs = 3'000;  // what announcements take to arrive

struct Given {
  std::string profile, person, code, server, kind, id, file;
  std::vector<std::string> fields;
  bool json = false, pin_stdin = false, card = false, pictures = false;
};

json value_json(const record::Value& value) {
  auto parsed = json::parse(record::canonical(value), nullptr, false);
  return parsed.is_discarded() ? json() : parsed;
}

json record_json(const store::Record& record) {
  json fields = json::object(), conflicts = json::array();
  for (const auto& [name, field] : record.fields) {
    fields[name] = value_json(field.value());
    if (field.conflict()) conflicts.push_back(name);
  }
  json one = {{"id", record.key.id.hex()},         {"kind", record.key.kind},
              {"stream", record.key.stream},       {"created_ms", record.created_ms},
              {"changed_ms", record.changed_ms()}, {"fields", fields}};
  if (!conflicts.empty()) one["conflicts"] = conflicts;
  return one;
}

class Command {
 public:
  Command(const Given& given, const Surroundings& around) : given_(given), around_(around) {}

  Status join();
  Status sync();
  Status status();
  Status list();
  Status show();
  Status add();
  Status edit();
  Status export_zip();
  Status bundle_write();
  Status bundle_read();

 private:
  std::ostream& out() { return *around_.out; }
  void print(const json& body) { out() << body.dump(2, ' ', false, json::error_handler_t::replace) << "\n"; }

  Status open_computer() {
    WAYMARK_TRY(computer, app::Computer::open(given_.profile, *around_.clock));
    computer_ = std::make_unique<app::Computer>(std::move(computer));
    return {};
  }
  // The one that is meant; `invalid` where that is not clear.
  Result<Profile> who();
  Result<std::string> read_pin();
  Status check_pin(Profile& profile);
  Result<std::unique_ptr<app::Records>> open_records(const Profile& profile) {
    WAYMARK_TRY(person, PersonId::parse(profile.person));
    return app::Records::open(computer_->folder(profile.person), person, *around_.clock, *around_.random);
  }
  // PIN asked, records open: for everything that shows or changes what a student has.
  Status enter();
  Status wait_for(app::Joining& joining, app::Connection& connection);
  Result<json> sync_one(Profile profile);
  bool find_again(app::Connection& connection);
  struct LeftHere {
    std::size_t before = 0, waiting = 0, in_room = 0;
  };
  LeftHere deliver_outgoing();
  Status sync_what_was_left();
  std::vector<std::string> take_away_erased();
  Result<store::Record> find_record();
  Result<record::Fields> read_fields(const domain::KindRule& kind);
  Status write(store::Edit edit);

  const Given& given_;
  const Surroundings& around_;
  std::unique_ptr<app::Computer> computer_;
  Profile profile_;
  std::unique_ptr<app::Records> records_;
  std::set<std::string> erased_;  // people who have a profile here, as an exchange or a stick told
};

Result<Profile> Command::who() {
  auto profiles = computer_->profiles();
  if (profiles.empty())
    return Error{Code::not_found, "no student uses this computer; join one with: waymark join --card"};
  if (given_.person.empty()) {
    if (profiles.size() == 1) return profiles.front();
    std::string names;
    for (const auto& profile : profiles) names += (names.empty() ? "" : ", ") + profile.name;
    return Error{Code::conflict,
                 "Several students use this computer (" + names + "); name one with --person"};
  }
  std::vector<Profile> found;
  for (const auto& profile : profiles)
    if (profile.person == given_.person || fold(profile.name) == fold(given_.person))
      found.push_back(profile);
  if (found.empty()) return Error{Code::not_found, "nobody called " + given_.person + " uses this computer"};
  if (found.size() > 1)
    return Error{Code::conflict,
                 "Several students here are called " + given_.person + "; give the id that status shows"};
  return found.front();
}

Result<std::string> Command::read_pin() {
  if (!given_.pin_stdin) return Error{Code::wrong_pin, "no PIN was given"};
  std::string line;
  if (!std::getline(*around_.in, line)) return Error{Code::wrong_pin, "no PIN was given"};
  return trim(line);
}

Status Command::check_pin(Profile& profile) {
  if (profile.pin_hash.empty()) return {};
  WAYMARK_TRY(pin, read_pin());
  return app::check_pin(*computer_, profile, pin, around_.clock->now_ms());
}

Status Command::enter() {
  WAYMARK_CHECK(open_computer());
  WAYMARK_TRY(profile, who());
  profile_ = std::move(profile);
  WAYMARK_CHECK(check_pin(profile_));
  WAYMARK_TRY(records, open_records(profile_));
  records_ = std::move(records);
  return {};
}

// ---- joining

Status Command::wait_for(app::Joining& joining, app::Connection& connection) {
  while (joining.busy()) {
    connection.poll();
    if (joining.busy()) around_.wait(20);
  }
  if (joining.error()) return *joining.error();
  return {};
}

Status Command::join() {
  WAYMARK_CHECK(open_computer());
  app::Connection connection(around_.transport, *computer_);
  app::Joining joining(connection, *computer_, *around_.clock, *around_.random);
  auto code =
      given_.code.substr(given_.code.rfind('#') == std::string::npos ? 0 : given_.code.rfind('#') + 1);
  std::error_code no_file;
  if (std::filesystem::is_regular_file(given_.code, no_file)) {
    joining.starter(given_.code);
    if (joining.error()) return *joining.error();
    const auto& state = computer_->state();
    if (given_.json)
      print({{"computer", state.name}, {"school", state.school}, {"starter", true}});
    else
      out() << "Students of " << state.school << " can begin on this computer with their cards now.\n";
    return {};
  }
  bool card = given_.card || wire::read_code(code, wire::card_code_length).has_value();
  if (!card) {
    auto address = given_.server.empty() ? computer_->state().address : given_.server;
    joining.computer(address, given_.code);
    WAYMARK_CHECK(wait_for(joining, connection));
    const auto& state = computer_->state();
    if (given_.json)
      print({{"computer", state.name}, {"school", state.school}, {"server", state.address}});
    else
      out() << "This computer is " << state.name << " of " << state.school << ".\n";
    return {};
  }
  joining.card(given_.code);
  auto asked = wait_for(joining, connection);
  // In a room whose hub is there and the school's server is not.
  if (!asked && asked.error().code == Code::offline && find_again(connection)) {
    joining.card(given_.code);
    asked = wait_for(joining, connection);
  }
  WAYMARK_CHECK(asked);
  auto needs = *joining.needs();
  auto kind = needs.new_pin ? (given_.pictures ? app::PinKind::pictures : app::PinKind::digits) : needs.kind;
  WAYMARK_TRY(pin, read_pin());
  joining.student(pin, kind);
  WAYMARK_CHECK(wait_for(joining, connection));
  auto person = joining.take_joined().value_or("");
  auto profile = computer_->profile(person);
  if (!profile) return Error{Code::internal, "the student who joined is not there"};
  {
    WAYMARK_TRY(records, open_records(*profile));
    (void)records;
  }
  if (given_.json)
    print({{"person", person}, {"name", profile->name}, {"pin_set", needs.new_pin}});
  else
    out() << profile->name << " can use this computer now"
          << (needs.new_pin ? ", and has chosen a PIN.\n" : ".\n");
  return {};
}

// ---- sync and status

// The school does not answer at its address: perhaps it has another one on this network now.
bool Command::find_again(app::Connection& connection) {
  if (!around_.finder && computer_->state().places.empty()) return false;
  app::Seeking seeking(around_.finder, connection, *computer_, *around_.clock);
  for (auto until = around_.clock->steady_ms() + kSeekMs; around_.clock->steady_ms() < until;) {
    if (seeking.tick(true)) return true;
    connection.poll();
    around_.wait(20);
  }
  return false;
}

// What others left behind when they signed out of this computer.
Command::LeftHere Command::deliver_outgoing() {
  LeftHere left;
  app::Connection connection(around_.transport, *computer_);
  app::Outgoing outgoing(connection, *computer_, *around_.clock, *around_.random);
  auto now = [&] { return around_.clock->steady_ms(); };
  left.before = left.waiting = outgoing.waiting();
  if (computer_->state().token.empty()) return left;
  for (const auto until = now() + kGiveUpMs; now() < until;) {
    if (auto due = outgoing.due_ms(); due && *due > now()) break;
    outgoing.tick({});
    connection.poll();
    around_.wait(20);
  }
  left.waiting = outgoing.waiting(), left.in_room = outgoing.in_room();
  if (auto count = left.in_room; count > 0 && !given_.json)
    out() << "What " << count << (count == 1 ? " student" : " students")
          << " left here when signing out is in the room, and not known to be at school yet.\n";
  return left;
}

// Of those who took their records along on a stick, what they left is all there is.
Status Command::sync_what_was_left() {
  auto left = deliver_outgoing();
  if (left.before == 0)
    return Error{Code::not_found, "no student uses this computer; join one with: waymark join --card"};
  if (given_.json)
    print({{"left_here", left.before}, {"waiting", left.waiting}, {"in_room", left.in_room}});
  else if (left.waiting == 0)
    out() << "What " << left.before << (left.before == 1 ? " student" : " students")
          << " left here when signing out is at school now.\n";
  if (left.waiting > left.in_room)
    return Error{Code::offline, "what " + std::to_string(left.waiting - left.in_room) +
                                    " left here when signing out still waits here, and nothing is lost"};
  return {};
}

// Their names. Nobody has records open any more.
std::vector<std::string> Command::take_away_erased() {
  app::Connection connection(around_.transport, *computer_);
  app::Outgoing outgoing(connection, *computer_, *around_.clock, *around_.random);
  std::vector<std::string> names;
  for (const auto& person : erased_) {
    auto profile = computer_->profile(person);
    if (profile && app::take_away(*computer_, outgoing, person, *around_.clock, *around_.random))
      names.push_back(profile->name);
  }
  return names;
}

Result<json> Command::sync_one(Profile profile) {
  WAYMARK_TRY(records, open_records(profile));
  app::Connection connection(around_.transport, *computer_);
  app::Outgoing outgoing(connection, *computer_, *around_.clock, *around_.random);
  (void)outgoing.take_answers(*records, profile);
  app::Link link(connection, *records, profile.token, *around_.clock, *around_.random);
  link.come_back_with({profile.person, computer_->state().identity, profile.certificate, profile.signature,
                       profile.introduction, profile.device_key},
                      [&](const app::Link::Kept& now) {
                        (void)computer_->change_profile(profile.person, [&](Profile& kept) {
                          if (!now.token.empty()) kept.token = now.token;
                          if (!now.certificate.empty()) kept.certify({now.certificate, now.signature});
                        });
                      });
  link.look_for_files_by([&] {
    auto person = PersonId::parse(profile.person);
    auto mentioned = person ? records->files_mentioned(*person) : person.error();
    return mentioned ? *mentioned : std::vector<sync::Mention>();
  });
  WAYMARK_TRY(waiting_before, records->store().waiting_count());
  link.hurry();
  std::optional<Error> problem;
  bool sought = false;
  auto began = around_.clock->steady_ms();
  for (;;) {
    WAYMARK_CHECK(link.tick());
    connection.poll();
    WAYMARK_TRY(now, link.status());
    if (!link.busy()) {
      if (now.problem == Code::offline && !std::exchange(sought, true) && find_again(connection)) {
        link.hurry();
        continue;
      }
      if (link.failures() > 0 && now.problem) {
        problem = Error{*now.problem, ""};
        // What stands between is told with what was seen of it.
        if (const auto& why = link.problem(); why && between(*why) != Between::nothing) problem = *why;
        break;
      }
      // Done when the school agrees and no file is due.
      auto due = link.due_ms();
      // A hub has it, and sends it on when it can.
      bool in_room = now.waiting > 0 && now.waiting == now.in_room;
      if ((now.verified || in_room) && (!due || *due > around_.clock->steady_ms())) break;
    }
    if (around_.clock->steady_ms() - began > kGiveUpMs) {
      problem = Error{Code::timeout, "after ten minutes"};
      break;
    }
    around_.wait(20);
  }
  app::keep_places(*computer_, link.take_places());
  WAYMARK_TRY(waiting, records->store().waiting_count());
  WAYMARK_TRY(files, records->store().files_to_send());
  WAYMARK_TRY(in_room, records->store().files_in_room());
  WAYMARK_TRY(refusals, records->store().refusals());
  WAYMARK_TRY(now, link.status());
  json elsewhere = json::array();
  for (const auto& place : link.elsewhere())
    elsewhere.push_back({{"computer", place.computer}, {"waiting", place.waiting}});
  json refused = json::array();
  for (const auto& refusal : refusals)
    refused.push_back({{"op", refusal.op.hex()}, {"code", refusal.code}, {"why", refusal.sentence}});
  if (waiting == 0 && files.empty()) outgoing.forget(records->store().replica());
  for (auto& person : app::erased_here(*computer_, records->store())) erased_.insert(std::move(person));
  (void)computer_->change_profile(profile.person, [&](Profile& kept) {
    if (now.heard_ms) kept.heard_ms = *now.heard_ms;
    kept.unsent = waiting > 0 || !files.empty() || kept.pin_unsent;
  });
  json result = {{"person", profile.person},
                 {"name", profile.name},
                 {"sent", std::max<std::int64_t>(0, waiting_before - waiting)},
                 {"received", link.received()},
                 {"refused", refused},
                 {"files_sent", link.files_sent()},
                 {"files_received", link.files_received()},
                 {"waiting", waiting},
                 {"in_room", now.in_room},
                 {"beside", now.beside},
                 {"files_waiting", files.size()},
                 {"files_in_room", in_room.size()},
                 {"verified", now.verified},
                 {"not_taken", now.not_taken ? json(std::string(name(*now.not_taken))) : json()},
                 {"file_problem", json()},
                 {"elsewhere", elsewhere}};
  if (const auto& why = link.file_problem(); why && app::file_trouble(*why))
    result["file_problem"] = {{"code", std::string(name(why->error.code))}, {"sentence", file_trouble(*why)}};
  if (problem) {
    result["problem"] = std::string(name(problem->code));
    result["detail"] = problem->detail;
    result["sentence"] = sentence(*problem);
  }
  return result;
}

Status Command::sync() {
  WAYMARK_CHECK(open_computer());
  if (!computer_->state().joined())
    return Error{Code::conflict, "This computer belongs to no school yet; join one with: waymark join"};
  std::vector<Profile> whose;
  if (given_.person.empty()) {
    whose = computer_->profiles();
    if (whose.empty()) return sync_what_was_left();
  } else {
    WAYMARK_TRY(one, who());
    whose.push_back(std::move(one));
  }
  if (given_.pin_stdin && whose.size() == 1) WAYMARK_CHECK(check_pin(whose.front()));
  json all = json::array();
  std::optional<Error> problem;
  for (const auto& profile : whose) {
    auto result = sync_one(profile);
    if (!result) {
      problem = result.error();
      all.push_back({{"person", profile.person},
                     {"name", profile.name},
                     {"problem", std::string(name(problem->code))},
                     {"sentence", sentence(*problem)}});
      continue;
    }
    if (result->contains("problem"))
      problem =
          Error{code_named((*result)["problem"].get<std::string>()), (*result)["detail"].get<std::string>()};
    if (!given_.json) {
      out() << profile.name << ": sent " << (*result)["sent"] << ", received " << (*result)["received"]
            << ", refused " << (*result)["refused"].size() << "; " << (*result)["waiting"] << " waiting";
      if ((*result)["in_room"] > 0) out() << " (" << (*result)["in_room"] << " of them in the room)";
      out() << ", " << counted((*result)["files_waiting"].get<std::int64_t>(), "file") << " waiting";
      if ((*result)["files_in_room"] > 0)
        out() << " (" << (*result)["files_in_room"] << " of them in the room)";
      out() << ".\n";
      if ((*result)["beside"] > 0)
        out() << "  " << (*result)["beside"]
              << " from another computer are in the room, not yet at school.\n";
      if ((*result)["not_taken"].is_string())
        out() << "  " << not_taken(code_named((*result)["not_taken"].get<std::string>())) << ".\n";
      if ((*result)["file_problem"].is_object())
        out() << "  " << (*result)["file_problem"]["sentence"].get<std::string>() << "\n";
      for (const auto& place : (*result)["elsewhere"])
        out() << "  " << place["waiting"] << " still on " << place["computer"].get<std::string>() << ".\n";
    }
    all.push_back(std::move(*result));
  }
  deliver_outgoing();
  for (const auto& name : take_away_erased())
    if (!given_.json) out() << name << " is erased at the school, and now here too.\n";
  if (given_.json) print(all.size() == 1 ? all.front() : all);
  if (problem) return *problem;
  return {};
}

Status Command::status() {
  WAYMARK_CHECK(open_computer());
  std::vector<Profile> whose;
  if (given_.person.empty()) {
    whose = computer_->profiles();
  } else {
    WAYMARK_TRY(one, who());
    whose.push_back(std::move(one));
  }
  const auto& state = computer_->state();
  json people = json::array();
  for (const auto& profile : whose) {
    WAYMARK_TRY(records, open_records(profile));
    auto& store = records->store();
    WAYMARK_TRY(waiting, store.waiting_count());
    WAYMARK_TRY(files, store.files_to_send());
    WAYMARK_TRY(refusals, store.refusals());
    WAYMARK_TRY(heard, store.meta("heard_ms"));
    std::int64_t heard_ms = heard ? std::strtoll(heard->c_str(), nullptr, 10) : 0;
    people.push_back({{"person", profile.person},
                      {"name", profile.name},
                      {"waiting", waiting},
                      {"files_waiting", files.size()},
                      {"refused", refusals.size()},
                      {"heard_ms", heard_ms}});
    if (given_.json) continue;
    out() << profile.name << " (" << profile.person << "): " << waiting << " waiting, "
          << counted(static_cast<std::int64_t>(files.size()), "file") << " waiting, " << refusals.size()
          << " refused; ";
    if (heard_ms == 0) {
      out() << "never heard from school.\n";
      continue;
    }
    auto minutes = std::max<std::int64_t>(0, around_.clock->now_ms() - heard_ms) / 60'000;
    out() << "last heard from school " << counted(minutes, "minute") << " ago.\n";
  }
  if (given_.json)
    print({{"computer", state.name},
           {"school", state.school},
           {"server", state.address},
           {"joined", state.joined()},
           {"people", people}});
  else if (!state.joined())
    out() << "This computer belongs to no school yet.\n";
  else
    out() << "This computer is " << state.name << " of " << state.school << " (" << state.address << ").\n";
  return {};
}

// ---- records

Status Command::list() {
  if (!domain::find_kind(given_.kind)) return Error{Code::unknown_kind, given_.kind};
  WAYMARK_CHECK(enter());
  WAYMARK_TRY(streams, records_->store().streams());
  json all = json::array();
  for (const auto& stream : streams) {
    WAYMARK_TRY(found, records_->store().records(stream, given_.kind));
    for (const auto& record : found) {
      WAYMARK_TRY(gone, records_->store().gone(record, "deleted"));
      if (gone) continue;
      if (given_.json) {
        all.push_back(record_json(record));
        continue;
      }
      out() << record.key.id.hex();
      for (const auto& [name, field] : record.fields) {
        auto text = field.value().text();
        if (text.empty() || text.size() > 200 || RecordId::parse(text)) continue;
        std::replace(text.begin(), text.end(), '\n', ' ');
        out() << "  " << name << "=" << text;
      }
      out() << "\n";
    }
  }
  if (given_.json) print(all);
  return {};
}

Result<store::Record> Command::find_record() {
  WAYMARK_TRY(id, RecordId::parse(given_.id));
  WAYMARK_TRY(streams, records_->store().streams());
  for (const auto& stream : streams)
    for (const auto& kind : domain::kinds()) {
      WAYMARK_TRY(found, records_->store().find({stream, std::string(kind.name), id}));
      if (found) return std::move(*found);
    }
  return Error{Code::not_found, "no record " + given_.id};
}

Status Command::show() {
  WAYMARK_CHECK(enter());
  WAYMARK_TRY(record, find_record());
  if (given_.json) {
    auto body = record_json(record);
    WAYMARK_TRY(history, records_->store().history(record.key));
    body["history"] = json::array();
    for (const auto& [id, op] : history) {
      json fields = json::object();
      for (const auto& [name, value] : op.fields) fields[name] = value_json(value);
      body["history"].push_back(
          {{"op", id.hex()}, {"time_ms", op.time_ms}, {"author", op.author.hex()}, {"fields", fields}});
    }
    print(body);
    return {};
  }
  out() << record.key.kind << " " << record.key.id.hex() << "\n";
  for (const auto& [name, field] : record.fields) {
    auto text = std::get_if<std::string>(&field.value().data);
    out() << "  " << name << ": " << (text ? *text : record::canonical(field.value()))
          << (field.conflict() ? "   (another version waits)" : "") << "\n";
  }
  return {};
}

Result<record::Fields> Command::read_fields(const domain::KindRule& kind) {
  record::Fields fields;
  for (const auto& given : given_.fields) {
    auto equals = given.find('=');
    if (equals == std::string::npos || equals == 0)
      return Error{Code::invalid, "\"" + given + "\" is not FIELD=VALUE"};
    auto name = given.substr(0, equals), text = given.substr(equals + 1);
    const auto* rule = domain::find_field(kind, name);
    if (!rule) return Error{Code::invalid, std::string(kind.name) + " has no field " + name};
    if (kind.name == "work" && name == "file" && text.starts_with("@")) {
      // As in the window: cleaned of metadata, kept under its hash, sent after the record.
      WAYMARK_TRY(file, records_->files().import(text.substr(1), false));
      fields["file"] = file.hash;
      if (!fields.contains("name")) fields["name"] = file.name;
      fields["mime"] = file.mime;
      fields["bytes"] = file.bytes;
      if (file.width > 0) fields["width"] = file.width, fields["height"] = file.height;
      if (!file.small.empty()) fields["small"] = file.small;
      continue;
    }
    switch (rule->type) {
      case domain::Type::text: {
        WAYMARK_TRY(normal, normalize(text));
        fields[name] = normal;
        break;
      }
      case domain::Type::integer: {
        char* end = nullptr;
        auto number = std::strtoll(text.c_str(), &end, 10);
        if (text.empty() || *end != '\0') return Error{Code::invalid, name + " is a whole number"};
        fields[name] = static_cast<std::int64_t>(number);
        break;
      }
      case domain::Type::boolean:
        if (text != "true" && text != "false") return Error{Code::invalid, name + " is true or false"};
        fields[name] = text == "true";
        break;
      case domain::Type::texts: {
        auto parsed = json::parse(text, nullptr, false);
        if (!parsed.is_array()) return Error{Code::invalid, name + " is a list like [\"a\",\"b\"]"};
        std::vector<std::string> items;
        for (const auto& item : parsed) {
          if (!item.is_string()) return Error{Code::invalid, name + " is a list of texts"};
          items.push_back(item.get<std::string>());
        }
        fields[name] = record::Value(items);
        break;
      }
    }
  }
  if (fields.empty()) return Error{Code::invalid, "no FIELD=VALUE was given"};
  return fields;
}

// Through the same checks as an op that comes to the school.
Status Command::write(store::Edit edit) {
  WAYMARK_TRY(person, PersonId::parse(profile_.person));
  auto op = store::op_of(edit, person);
  WAYMARK_CHECK(domain::authorize(op, domain::Role::owner));
  WAYMARK_CHECK(domain::validate(op));
  auto& store = records_->store();
  WAYMARK_TRY(transaction, store::Transaction::begin(store.db()));
  WAYMARK_TRY(written, store.write(person, std::span(&edit, 1)));
  if (auto file = edit.fields.find("file"); file != edit.fields.end() && edit.key.kind == "work")
    if (auto hash = file->second.text(); records_->files().has(hash))
      WAYMARK_CHECK(store.add_file(
          {hash, edit.fields["bytes"].integer(), edit.fields["mime"].text(), edit.key.stream, 0}));
  if (auto small = edit.fields.find("small"); small != edit.fields.end() && edit.key.kind == "work")
    if (auto bytes = records_->files().size(small->second.text()))
      WAYMARK_CHECK(store.add_file({small->second.text(), *bytes, "image/jpeg", edit.key.stream, 0}));
  WAYMARK_CHECK(transaction.commit());
  // Whoever opens the window next is to send it, signed in or not.
  WAYMARK_CHECK(computer_->change_profile(profile_.person, [](Profile& kept) { kept.unsent = true; }));
  if (given_.json)
    print({{"id", written.front().record.hex()}, {"op", written.front().op.hex()}});
  else
    out() << written.front().record.hex() << "\n";
  return {};
}

Status Command::add() {
  const auto* kind = domain::find_kind(given_.kind);
  if (!kind) return Error{Code::unknown_kind, given_.kind};
  WAYMARK_CHECK(enter());
  WAYMARK_TRY(person, PersonId::parse(profile_.person));
  WAYMARK_TRY(fields, read_fields(*kind));
  for (const auto& rule : kind->fields)
    if (rule.required && !fields.contains(rule.name))
      return Error{Code::invalid, std::string(kind->name) + " needs the field " + std::string(rule.name)};
  store::Edit edit;
  edit.key.stream = kind->stream == "own" ? domain::own_stream(person) : domain::person_stream(person);
  edit.key.kind = given_.kind;
  edit.fields = std::move(fields);
  if (kind->shape == domain::Shape::editable) {
    if (kind->name == "profile")
      edit.key.id = domain::profile_id(person);
    else if (kind->name == "preferences")
      edit.key.id = domain::preferences_id(person);
    else if (kind->name == "step")
      edit.key.id = domain::step_id(edit.fields["project"].text(), edit.fields["step"].text());
    else if (kind->name == "draft")
      edit.key.id = domain::draft_id(edit.fields["place"].text());
    else if (kind->name == "seen" || kind->name == "assessment_draft")  // what of, no field tells
      return Error{Code::forbidden, "a record of this kind is kept by the window"};
    else
      edit.key.id = around_.random->id<RecordId>();
    WAYMARK_TRY(there, records_->store().find(edit.key));
    if (there) return Error{Code::exists, "change it with: waymark edit " + edit.key.id.hex()};
  }
  return write(std::move(edit));
}

Status Command::edit() {
  WAYMARK_CHECK(enter());
  WAYMARK_TRY(record, find_record());
  const auto* kind = domain::find_kind(record.key.kind);
  if (!kind) return Error{Code::unknown_kind, record.key.kind};
  if (kind->shape == domain::Shape::append_only)
    return Error{Code::forbidden, "a " + record.key.kind + " is written once and stays as it is"};
  WAYMARK_TRY(fields, read_fields(*kind));
  std::vector<std::string> names;
  for (const auto& [name, value] : fields) names.push_back(name);
  store::Edit edit{record.key, std::move(fields), {}, {}};
  // Deleting is based on everything that was read, so that what came meanwhile is not deleted with it.
  edit.base = edit.fields.contains("deleted") ? record.all_heads() : record.heads_of(names);
  return write(std::move(edit));
}

Status Command::export_zip() {
  WAYMARK_CHECK(enter());
  WAYMARK_TRY(exported, export_all(*records_, profile_, computer_->state().school, around_.clock->now_ms(),
                                   given_.file, around_.wording));
  if (given_.json)
    print({{"file", given_.file},
           {"records", exported.records},
           {"files", exported.files},
           {"files_not_here", exported.files_not_here}});
  else
    out() << given_.file << ": " << exported.records << " records, " << exported.files << " files"
          << (exported.files_not_here > 0
                  ? ", " + std::to_string(exported.files_not_here) + " files are not on this computer"
                  : std::string())
          << ".\n";
  return {};
}

// ---- the stick

Status Command::bundle_write() {
  WAYMARK_CHECK(enter());
  WAYMARK_TRY(written, app::write_stick(*records_, profile_, computer_->state().identity, given_.file));
  if (given_.json)
    print({{"file", written.file},
           {"ops", written.ops},
           {"files", written.files},
           {"files_rest", written.files_rest}});
  else if (written.file.empty())
    out() << "Nothing of " << profile_.name << " waits, so nothing was written.\n";
  else if (written.ops == 0 && written.files == 0)
    out() << written.file << " asks the school what is new; nothing of " << profile_.name << " waits.\n";
  else
    out() << written.file << ": " << written.ops << " changes and " << written.files
          << " files, which only the school can read. They still wait here until its answer comes."
          << (written.files_rest > 0
                  ? " " + std::to_string(written.files_rest) + " more files go with the next stick."
                  : std::string())
          << "\n";
  return {};
}

Status Command::bundle_read() {
  WAYMARK_CHECK(enter());
  auto session = std::make_unique<sync::Session>(records_->store());
  auto read = app::read_stick(*session, *records_, profile_, computer_->state().identity, given_.file);
  if (!read && read.error().code == Code::unauthorized)
    return Error{Code::conflict,
                 "The answer there is for another student or of another school, so nothing was changed"};
  if (!read) return read.error();
  auto certificate = session->take_certificate();
  for (auto& person : app::erased_here(*computer_, records_->store())) erased_.insert(std::move(person));
  (void)computer_->change_profile(profile_.person, [&](Profile& kept) {
    kept.unsent = kept.unsent || read->waiting > 0;
    if (certificate) kept.certify(*certificate);
  });
  session.reset();
  records_.reset();
  auto gone = take_away_erased();
  if (given_.json)
    print({{"answers", read->answers},
           {"settled", read->settled},
           {"waiting", read->waiting},
           {"news", read->news},
           {"files_settled", read->files_settled},
           {"files_came", read->files_came},
           {"whole", read->whole},
           {"problem", read->problem ? json(std::string(name(*read->problem))) : json()}});
  else if (!read->problem)
    out() << "The school has answered: " << read->settled << " changes are settled, " << read->waiting
          << " still wait, " << read->files_settled << " files are at school"
          << (read->news > 0 ? ", and what is new there is here now" : "")
          << (read->whole ? ".\n" : "; the end of an answer is missing.\n");
  for (const auto& name : gone)
    if (!given_.json) out() << name << " is erased at the school, and now here too.\n";
  if (read->problem && !given_.json) return Error{Code::conflict, not_taken(*read->problem, true)};
  return {};
}

std::string kinds_a_student_writes() {
  std::string names;
  for (const auto& kind : domain::kinds())
    if (kind.writer == domain::Role::owner) names += (names.empty() ? "" : ", ") + std::string(kind.name);
  return names;
}

}  // namespace

int run(const std::vector<std::string>& arguments, const Surroundings& around) {
  Given given;
  CLI::App program("Waymark for students. Without a command the window opens.", "waymark");
  program.require_subcommand(1);
  std::map<CLI::App*, Status (Command::*)()> commands;
  auto command_of = [&](CLI::App& parent, const char* name, const char* does, Status (Command::*run_it)()) {
    auto* one = parent.add_subcommand(name, does);
    one->add_option("--profile", given.profile, "The data folder of this computer's Waymark")->required();
    one->add_flag("--json", given.json, "JSON on standard output");
    one->add_flag("--pin-stdin", given.pin_stdin, "The student's PIN is the first line of standard input");
    commands[one] = run_it;
    return one;
  };
  auto command = [&](const char* name, const char* does, Status (Command::*run_it)()) {
    return command_of(program, name, does, run_it);
  };
  auto person = [&](CLI::App* one) {
    one->add_option("--person", given.person, "First name or id, when several students use this computer");
    return one;
  };
  auto* join =
      command("join", "Joins the computer with a school's code, or a student with a card", &Command::join);
  join->add_option(
          "code", given.code,
          "16 characters of a computer's code, 8 of a card, the text of a QR code, or a starter file "
          "where there is no network")
      ->required();
  join->add_option("--server", given.server, "Address of the school's server");
  join->add_flag("--card", given.card, "The code is a student's card");
  join->add_flag("--pictures", given.pictures, "A new PIN is four pictures, 0 to b each");
  person(command("sync", "Sends and fetches once; says what was sent, received, refused", &Command::sync));
  person(command("status", "What is saved, what waits, last contact", &Command::status));
  auto* list = person(command("list", "Records of a kind", &Command::list));
  list->add_option("kind", given.kind, "goal, project, work, …")->required();
  auto* show = person(command("show", "One record; with --json its history too", &Command::show));
  show->add_option("id", given.id, "32 hexadecimal digits")->required();
  auto* add = person(command("add", "Writes a new record through the window's checks", &Command::add));
  add->add_option("kind", given.kind, "One of: " + kinds_a_student_writes())->required();
  add->add_option("fields", given.fields, "FIELD=VALUE; a file of work as file=@PATH")->required();
  auto* edit =
      person(command("edit", "Changes fields of a record through the window's checks", &Command::edit));
  edit->add_option("id", given.id, "32 hexadecimal digits")->required();
  edit->add_option("fields", given.fields, "FIELD=VALUE")->required();
  auto* zip = person(
      command("export", "Everything the student owns, readable without Waymark", &Command::export_zip));
  zip->add_option("file", given.file, "FILE.zip, not there yet")->required();
  auto* bundle = program.add_subcommand("bundle", "What waits, carried on a USB stick");
  bundle->require_subcommand(1);
  auto* bundle_write =
      person(command_of(*bundle, "write", "Writes what waits, sealed so that only the school can read it",
                        &Command::bundle_write));
  bundle_write->add_option("path", given.file, "The stick, a folder or a file")->required();
  auto* bundle_read =
      person(command_of(*bundle, "read", "Takes the school's answer from a stick", &Command::bundle_read));
  bundle_read->add_option("path", given.file, "The stick, its folder WAYMARK or a file")->required();
  auto* version = program.add_subcommand("version", "Version, protocol versions, build");
  version->add_flag("--json", given.json, "JSON on standard output");

  auto reversed = arguments;
  std::reverse(reversed.begin(), reversed.end());
  try {
    program.parse(reversed);
  } catch (const CLI::ParseError& error) {
    int code = program.exit(error, *around.out, *around.errors);
    return code == 0 ? done : wrong_usage;
  }
  if (version->parsed()) {
#ifdef NDEBUG
    const char* build = "optimised";
#else
    const char* build = "with assertions";
#endif
    if (given.json)
      *around.out << json{{"version", WAYMARK_VERSION},
                          {"protocols", {wire::protocol_version}},
                          {"build", build}}
                         .dump()
                  << "\n";
    else
      *around.out << "waymark " << WAYMARK_VERSION << ", protocol " << wire::protocol_version << ", " << build
                  << "\n";
    return done;
  }
  Command doing(given, around);
  for (const auto& [parsed, run_it] : commands) {
    if (!parsed->parsed()) continue;
    auto status = (doing.*run_it)();
    if (status) return done;
    *around.errors << "waymark: " << sentence(status.error()) << "\n";
    return failed;
  }
  return wrong_usage;
}

}  // namespace waymark::cli
