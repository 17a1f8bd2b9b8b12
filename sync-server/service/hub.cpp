// School, where it is a hub or has hubs: what a hub is told of people, what it carries up and what it brings
// down.
#include "sync-server/service/hub.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include <nlohmann/json.hpp>

#include "shared/base/text.hpp"
#include "shared/store/erase.hpp"
#include "shared/store/files.hpp"
#include "shared/sync/session.hpp"
#include "shared/wire/bundle.hpp"
#include "sync-server/service/codes.hpp"
#include "sync-server/service/school.hpp"
#include "sync-server/service/standing.hpp"
#include "sync-server/service/versions.hpp"

namespace waymark::server {
namespace {

using nlohmann::json;
using store::Transaction;

constexpr std::size_t kHubOwnStreams = 3;  // its own, its inbox and the school's
constexpr std::size_t kBundleBytesMax = 3 * 1024 * 1024;
constexpr std::int64_t kTryAgainMs = 10 * 60'000;
constexpr std::string_view kErasuresSeenKey = "carried_erasures_seen";
constexpr std::size_t kAddressesMax = 8, kAddressBytesMax = 260;
constexpr std::string_view kKeySignatureKey = "hub_key_signature";

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

// Reads papers: the first thing that is not as it should be is told, and nothing more is read.
class Papers {
 public:
  explicit Papers(const json& object) : object_(object) {}
  // Columns that a later version adds are read over.
  template <class Each>
  void rows(const char* name, std::size_t columns, Each each) {
    auto found = object_.find(name);
    if (found == object_.end() || !found->is_array()) return fail(name);
    for (const auto& row : *found) {
      if (!row.is_array() || row.size() < columns) return fail(name);
      if (!good_) return;
      row_ = &row;
      each();
    }
  }
  std::string text(std::size_t i) {
    if (!(*row_)[i].is_string()) return fail("a text"), std::string();
    return (*row_)[i].get<std::string>();
  }
  bool flag(std::size_t i) {
    if (!(*row_)[i].is_boolean()) return fail("a flag"), false;
    return (*row_)[i].get<bool>();
  }
  template <class AnyId>
  AnyId id(std::size_t i) {
    auto parsed = AnyId::parse(text(i));
    if (!parsed) return fail("an id"), AnyId{};
    return *parsed;
  }
  Bytes bytes(std::size_t i) {
    auto parsed = from_hex(text(i));
    if (!parsed) return fail("bytes"), Bytes{};
    return *parsed;
  }
  void fail(const char* what) {
    if (good_) where_ = what;
    good_ = false;
  }
  Status status() const {
    return good_ ? Status() : Status(Error{Code::malformed, "what the school says of people: " + where_});
  }

 private:
  const json& object_;
  const json* row_ = nullptr;
  bool good_ = true;
  std::string where_;
};

}  // namespace

// ---- the file

std::string encode(const HubFile& file) {
  json object = {{"v", 1},
                 {"hub", file.hub.hex()},
                 {"name", file.name},
                 {"school", file.school},
                 {"identity", to_hex(file.identity.bytes)},
                 {"token", file.token},
                 {"classes", file.classes}};
  if (!file.upstream.empty()) object["upstream"] = file.upstream;
  return object.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<HubFile> read_hub_file(std::string_view text) {
  auto object = json::parse(text.begin(), text.end(), nullptr, false);
  auto member = [&](const char* name) {
    return object.is_object() && object.contains(name) && object[name].is_string()
               ? object[name].get<std::string>()
               : std::string();
  };
  HubFile file;
  if (!object.is_object() || !object.contains("v") || !object["v"].is_number_integer())
    return Error{Code::malformed, "it is no file that `waymark-server hub add` makes"};
  if (object["v"] != 1)
    return Error{Code::unsupported, "it is a hub's file of a later version than this program knows"};
  auto id = PersonId::parse(member("hub"));
  auto identity = from_hex(member("identity"));
  file.name = member("name"), file.school = member("school"), file.token = member("token");
  file.upstream = member("upstream");
  if (!id || !identity || identity->size() != 32 || file.name.empty() || file.token.empty())
    return Error{Code::malformed, "it is no file that `waymark-server hub add` makes"};
  file.hub = *id;
  std::copy(identity->begin(), identity->end(), file.identity.bytes.begin());
  if (object.contains("classes") && object["classes"].is_array())
    for (const auto& title : object["classes"])
      if (title.is_string()) file.classes.push_back(title.get<std::string>());
  return file;
}

// ---- the question

std::string encode(const HubQuestion& question) {
  json object = {{"spki", question.spki}, {"addresses", question.addresses}, {"carrying", question.carrying}};
  if (!question.version.empty()) object["version"] = question.version;
  if (!question.key.empty()) object["key"] = question.key;
  return dump(object);
}

Result<HubQuestion> read_hub_question(std::string_view text) {
  auto object = json::parse(text.begin(), text.end(), nullptr, false);
  if (!object.is_object()) return Error{Code::malformed, "not a JSON object"};
  auto member = [&](const char* name) {
    return object.contains(name) && object[name].is_string() ? object[name].get<std::string>()
                                                             : std::string();
  };
  HubQuestion question{member("spki"), {}, 0, member("version"), member("key")};
  if (!question.key.empty() && (question.key.size() != 64 || !from_hex(question.key)))
    return Error{Code::malformed, "key"};
  if (!question.spki.empty() && (question.spki.size() != 64 || !from_hex(question.spki)))
    return Error{Code::malformed, "spki"};
  if (object.contains("addresses") && object["addresses"].is_array())
    for (const auto& item : object["addresses"])
      if (item.is_string() && question.addresses.size() < kAddressesMax &&
          item.get_ref<const std::string&>().size() <= kAddressBytesMax)
        question.addresses.push_back(item.get<std::string>());
  if (object.contains("carrying") && object["carrying"].is_number_integer())
    question.carrying = object["carrying"].get<std::int64_t>();
  return question;
}

// ---- at the school

Result<HubFile> School::add_hub(std::string_view name, const std::vector<ClassId>& classes) {
  WAYMARK_CHECK(only_the_school());
  auto text = trim(name);
  if (text.empty() || text.size() > 60) return Error{Code::invalid, "a hub needs a name of 1 to 60 bytes"};
  if (classes.empty()) return Error{Code::invalid, "a hub serves at least one class"};
  HubFile file;
  file.hub = random_.id<PersonId>();
  file.name = text, file.school = name_, file.identity = identity(), file.token = make_token(random_);
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  Person person;
  person.id = file.hub;
  person.role = "hub";
  person.given = text;
  WAYMARK_CHECK(accounts_->put(person));
  // All that may stand against it, before a line of the log says that it serves.
  std::set<PersonId> students;
  std::set<ClassId> open;
  for (const auto& id : classes) {
    WAYMARK_TRY(row, accounts_->class_by_id(id));
    if (!row) return Error{Code::not_found, "no class has the id " + id.hex()};
    file.classes.push_back(row->title);
    if (!row->active) continue;
    open.insert(id);
    WAYMARK_TRY(here, students_of(id));
    for (const auto& student : here) students.insert(student.person.id);
  }
  auto own = kHubOwnStreams + 2 * open.size();
  auto room = (hub_streams_max - std::min(hub_streams_max, own)) / 3;
  if (students.size() > room)
    return Error{Code::too_large,
                 std::to_string(students.size() - room) +
                     " students of these classes are too many for one hub, which carries about 300: give "
                     "it fewer classes, and add another hub for the rest"};
  for (const auto& id : classes) WAYMARK_CHECK(enroll(id, file.hub, "hub"));
  // One token for both: it is a computer of the school, and a reader at it.
  auto hash = token_hash(file.token);
  Computer computer;
  computer.id = random_.id<ComputerId>();
  computer.name = text;
  WAYMARK_CHECK(accounts_->add_computer(computer, hash));
  WAYMARK_CHECK(accounts_->add_device(hash, file.hub, computer.id, file.hub.view()));
  WAYMARK_CHECK(carried_->add_hub(file.hub));
  WAYMARK_CHECK(refresh_access());
  WAYMARK_CHECK(accounts_->audit(std::nullopt, "hub added", text));
  WAYMARK_CHECK(transaction.commit());
  return file;
}

Result<std::int64_t> School::left_out_of_hub(const PersonId& hub) {
  WAYMARK_TRY(access, accounts_->access(hub));
  std::set<std::string> streams;
  for (const auto& one : access) streams.insert(one.stream);
  std::set<PersonId> left_out;
  WAYMARK_TRY(serves, accounts_->enrollments_of(hub));
  for (const auto& served : serves) {
    WAYMARK_TRY(row, accounts_->class_by_id(served.class_id));
    if (!served.active || !row || !row->active) continue;
    WAYMARK_TRY(enrollments, accounts_->enrollments_of(row->id));
    for (const auto& enrollment : enrollments) {
      if (!enrollment.active || enrollment.role != "student") continue;
      if (streams.contains(domain::person_stream(enrollment.person))) continue;
      WAYMARK_TRY(student, accounts_->person(enrollment.person));
      if (student && student->active) left_out.insert(student->id);
    }
  }
  return static_cast<std::int64_t>(left_out.size());
}

Status School::only_the_school() const {
  if (!hub_) return {};
  return Error{Code::unsupported,
               "this is the hub " + hub_->name + ", which serves its room; do it at the school's server"};
}

Status School::remember_replica(const PersonId& hub, const ReplicaId& replica) {
  auto key = hub_replica_key(replica);
  WAYMARK_TRY(known, store_->meta(key));
  return known ? Status() : store_->set_meta(key, hub.hex());
}

// Whom a hub speaks for: the teachers of its classes, where it reads itself.
Result<std::map<PersonId, std::vector<sync::Access>>> School::teachers_at(
    const PersonId& hub, const std::vector<sync::Access>& readable) {
  std::map<PersonId, std::vector<sync::Access>> teachers;
  WAYMARK_TRY(serves, accounts_->enrollments_of(hub));
  for (const auto& served : serves) {
    if (!served.active) continue;
    WAYMARK_TRY(enrollments, accounts_->enrollments_of(served.class_id));
    for (const auto& enrollment : enrollments) {
      if (!enrollment.active || enrollment.role != "teacher" || teachers.contains(enrollment.person))
        continue;
      WAYMARK_TRY(access, accounts_->access(enrollment.person));
      std::erase_if(access, [&](const sync::Access& a) {
        return std::none_of(readable.begin(), readable.end(),
                            [&](const sync::Access& r) { return r.stream == a.stream; });
      });
      teachers.emplace(enrollment.person, std::move(access));
    }
  }
  return teachers;
}

Result<std::string> School::hub_papers(const Bearer& bearer, std::string_view text) {
  WAYMARK_TRY(hub, accounts_->person(bearer.person));
  if (!hub || hub->role != "hub" || !hub->active) return Error{Code::forbidden, "this is for hubs"};
  WAYMARK_TRY(asked, read_hub_question(text));
  WAYMARK_CHECK(carried_->hub_heard(hub->id, asked.addresses, asked.carrying));
  WAYMARK_TRY(readable, accounts_->access(hub->id));
  std::set<std::string> streams;
  for (const auto& access : readable) streams.insert(access.stream);
  json papers = {{"people", json::array()}, {"classes", json::array()}, {"enrollments", json::array()},
                 {"access", json::array()}, {"cards", json::array()},   {"computers", json::array()},
                 {"devices", json::array()}};
  std::set<PersonId> people;
  WAYMARK_TRY(serves, accounts_->enrollments_of(hub->id));
  for (const auto& served : serves) {
    WAYMARK_TRY(row, accounts_->class_by_id(served.class_id));
    if (!served.active || !row) continue;
    papers["classes"].push_back({row->id.hex(), row->title, row->active});
    WAYMARK_TRY(enrollments, accounts_->enrollments_of(row->id));
    for (const auto& enrollment : enrollments) {
      if (!enrollment.active || enrollment.role == "hub") continue;
      // Who is too many for it is not known there, and works with the school.
      if (enrollment.role == "student" && !streams.contains(domain::person_stream(enrollment.person)))
        continue;
      papers["enrollments"].push_back({row->id.hex(), enrollment.person.hex(), enrollment.role});
      people.insert(enrollment.person);
    }
  }
  for (const auto& id : people) {
    WAYMARK_TRY(person, accounts_->person(id));
    if (!person) continue;
    papers["people"].push_back({id.hex(), person->role, person->given, person->family,
                                person->email.value_or(""), person->password_hash, person->pin_hash,
                                person->pin_kind, person->active});
    WAYMARK_TRY(access, accounts_->access(id));
    for (const auto& one : access)
      if (streams.contains(one.stream))
        papers["access"].push_back({id.hex(), one.stream, one.id.hex(), std::string(domain::name(one.role))});
  }
  WAYMARK_TRY(cards, carried_->cards());
  for (const auto& card : cards)
    if (people.contains(card.person)) papers["cards"].push_back({card.code, card.person.hex(), card.voided});
  WAYMARK_TRY(computers, carried_->computers());
  for (const auto& row : computers)
    papers["computers"].push_back({row.id.hex(), row.name, to_hex(row.token), row.removed});
  WAYMARK_TRY(devices, carried_->devices());
  for (const auto& row : devices)
    if (people.contains(row.person))
      papers["devices"].push_back(
          {to_hex(row.token), row.person.hex(), row.computer.hex(), to_hex(row.key), row.removed});

  Hello hello;
  json answer = {
      {"v", 1}, {"school", name_}, {"hello", sign_hello(asked.spki, hello)}, {"now", clock_.now_ms()}};
  if (!asked.key.empty())
    answer["key_signature"] =
        to_hex(waymark::sign(identity_, as_bytes(wire::hub_key_message(hub->id.hex(), asked.key))));
  auto version = to_hex(ByteView(sha256(as_bytes(dump(papers)))).first(16));
  answer["version"] = version;
  if (asked.version != version) answer["papers"] = std::move(papers);
  return dump(answer);
}

Result<std::vector<wire::Place>> School::places_for(const PersonId& person) {
  std::vector<wire::Place> places;
  if (hub_) {
    if (!hub_->upstream.empty()) places.push_back({"", hub_->school, {hub_->upstream}});
    return places;
  }
  WAYMARK_TRY(hubs, carried_->hubs());
  if (hubs.empty()) return places;
  WAYMARK_TRY(enrollments, accounts_->enrollments_of(person));
  for (const auto& hub : hubs) {
    if (!hub.active || hub.addresses.empty() || places.size() >= wire::places_max) continue;
    WAYMARK_TRY(serves, accounts_->enrollments_of(hub.id));
    bool theirs = std::any_of(serves.begin(), serves.end(), [&](const Enrollment& served) {
      return served.active && std::any_of(enrollments.begin(), enrollments.end(), [&](const Enrollment& own) {
               return own.active && own.class_id == served.class_id;
             });
    });
    if (theirs) places.push_back({hub.id.hex(), hub.name, hub.addresses});
  }
  // Where no hub is theirs any more that is said, too: the school itself is the only place. An empty list
  // would be no list, and a device would go on to a hub that was removed.
  if (places.empty()) places.push_back({"", name_, {}});
  return places;
}

Result<std::vector<wire::Place>> School::places() {
  std::vector<wire::Place> places;
  WAYMARK_TRY(hubs, carried_->hubs());
  for (const auto& hub : hubs)
    if (hub.active && !hub.addresses.empty() && places.size() < wire::places_max)
      places.push_back({hub.id.hex(), hub.name, hub.addresses});
  return places;
}

// ---- at the hub

Status School::make_hub(const std::string& data, const HubFile& file) {
  WAYMARK_CHECK(make_private_directory(data));
  auto path = data + "/hub.json";
  bool school = std::filesystem::exists(data + "/school.db"), hub = std::filesystem::exists(path);
  if (school && !hub)
    return Error{Code::conflict, data + " holds a school, and a hub needs a directory of its own"};
  if (hub) {
    WAYMARK_TRY(text, store::read_whole(path, 64 * 1024));
    WAYMARK_TRY(before, read_hub_file(text));
    if (!(before.identity == file.identity) || before.hub != file.hub)
      return Error{Code::conflict, data + " holds the hub " + before.name + " of " + before.school};
  }
  return store::write_durably(path, encode(file));
}

std::string School::hub_question(std::string_view spki, const std::vector<std::string>& addresses) {
  HubQuestion question{std::string(spki), addresses, 0, {}};
  if (auto key = hub_key()) question.key = to_hex(public_key(*key).bytes);
  if (auto version = store_->meta("papers_version"); version && *version) question.version = **version;
  if (auto carrying = carried_->carrying()) question.carrying = carrying->ops;
  return encode(question);
}

Status School::take_papers(std::string_view text, std::string_view spki) {
  auto answer = json::parse(text.begin(), text.end(), nullptr, false);
  auto member = [&](const char* name) {
    return answer.is_object() && answer.contains(name) && answer[name].is_string()
               ? answer[name].get<std::string>()
               : std::string();
  };
  if (!answer.is_object()) return Error{Code::malformed, "what the school says of people"};
  if (!answer.contains("v") || answer["v"] != 1)
    return Error{Code::unsupported, "what the school says of people is of another version"};
  auto signature = from_hex(member("hello"));
  if (!signature || !waymark::verify(identity(), as_bytes(hello_message(spki)), *signature))
    return Error{Code::identity_changed, "the school has not signed this hub's key"};
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_CHECK(store_->set_meta("hello", member("hello")));
  WAYMARK_CHECK(store_->set_meta("hello_spki", spki));
  if (auto school = member("school"); !school.empty() && school != name_) {
    WAYMARK_CHECK(store_->set_meta("school", school));
    name_ = school;
  }
  WAYMARK_TRY(key, hub_key());
  auto key_text = to_hex(public_key(key).bytes);
  if (auto signed_key = member("key_signature"); !signed_key.empty()) {
    auto certified = from_hex(signed_key);
    // The answer to a question of before this disk was put back. With these people and no key that is signed
    // the lines of the room would come to readers under no seal.
    if (!certified ||
        !waymark::verify(identity(), as_bytes(wire::hub_key_message(hub_->hub.hex(), key_text)), *certified))
      return Error{Code::conflict, "the school has signed another key than this hub's; it is asked again"};
    WAYMARK_CHECK(store_->set_meta(kKeySignatureKey, signed_key));
  }
  if (answer.contains("papers")) {
    if (auto taken = take_rows(answer["papers"]); !taken) {
      // Rows that do not go together (an enrollment of nobody, two people with one e-mail): the database says
      // so.
      bool torn = taken.error().code == Code::internal &&
                  taken.error().detail.find("constraint failed") != std::string::npos;
      return torn ? Error{Code::malformed, "what the school says of people: " + taken.error().detail}
                  : taken.error();
    }
    WAYMARK_CHECK(store_->set_meta("papers_version", member("version")));
  }
  return transaction.commit();
}

// What the school says takes the place of what is here, but for what only this hub knows yet: PINs chosen
// here, and devices that signed in here.
Status School::take_rows(const json& object) {
  if (!object.is_object()) return Error{Code::malformed, "what the school says of people"};
  Papers papers(object);
  WAYMARK_TRY(before, accounts_->people());
  std::map<PersonId, Person> known;
  for (auto& person : before) known.emplace(person.id, std::move(person));
  std::set<PersonId> named;
  std::map<std::string, std::string> emails;  // whose they are now, by the id's digits
  std::set<ComputerId> removed;
  WAYMARK_TRY(computers, carried_->computers());
  for (const auto& computer : computers)
    if (computer.removed) removed.insert(computer.id);
  bool let_in = false;  // somebody, or a computer, that was not any more
  Status done;
  auto keep = [&](Status status) {
    if (!status && done) done = status;
  };
  // Papers of a school that forgot an erasure since: of whom this hub never had a name it makes none.
  auto nobody = [&](const PersonId& id) {
    auto erased = store::is_erased(*store_, id);
    if (!erased) keep(erased.error());
    return !erased || (*erased && !known.contains(id));
  };
  // An e-mail may have gone over to somebody else since, who would find it taken here.
  papers.rows("people", 9, [&] {
    auto email = papers.text(4);
    if (papers.status() && !email.empty()) emails[email] = papers.text(0);
  });
  for (auto& [id, person] : known) {
    auto moved = person.email ? emails.find(*person.email) : emails.end();
    if (moved == emails.end() || moved->second == id.hex()) continue;
    person.email.reset();
    keep(accounts_->put(person));
  }
  papers.rows("people", 9, [&] {
    Person person;
    person.id = papers.id<PersonId>(0);
    person.role = papers.text(1), person.given = papers.text(2), person.family = papers.text(3);
    if (auto email = papers.text(4); !email.empty()) person.email = email;
    auto password = papers.text(5), pin = papers.text(6), pin_kind = papers.text(7);
    person.active = papers.flag(8);
    auto erased = store::is_erased(*store_, person.id);
    if (!papers.status() || !erased || *erased) return;
    named.insert(person.id);
    auto found = known.find(person.id);
    let_in = let_in || (person.active && found != known.end() && !found->second.active);
    keep(accounts_->put(person));
    keep(accounts_->set_password(person.id, password));
    if (found != known.end() && found->second.password_hash != password)
      keep(accounts_->remove_sessions_of(person.id));
    bool chosen_here = pin.empty() && found != known.end() && !found->second.pin_hash.empty();
    if (!chosen_here) keep(accounts_->set_pin(person.id, pin, pin_kind));
  });
  for (auto& [id, person] : known) {
    if (named.contains(id) || !person.active) continue;
    person.active = false;
    keep(accounts_->put(person));
  }
  std::set<ClassId> classes;
  papers.rows("classes", 3, [&] {
    ClassRow row{papers.id<ClassId>(0), papers.text(1), std::nullopt, papers.flag(2)};
    if (!papers.status()) return;
    classes.insert(row.id);
    keep(accounts_->put(row));
  });
  std::set<std::pair<ClassId, PersonId>> enrolled;
  papers.rows("enrollments", 3, [&] {
    Enrollment row{papers.id<ClassId>(0), papers.id<PersonId>(1), papers.text(2), true, std::nullopt};
    if (!papers.status() || nobody(row.person)) return;
    enrolled.insert({row.class_id, row.person});
    keep(accounts_->put(row));
  });
  WAYMARK_TRY(all_classes, accounts_->classes());
  for (auto& row : all_classes) {
    WAYMARK_TRY(enrollments, accounts_->enrollments_of(row.id));
    for (auto& enrollment : enrollments) {
      if (enrolled.contains({enrollment.class_id, enrollment.person}) || !enrollment.active) continue;
      enrollment.active = false;
      keep(accounts_->put(enrollment));
    }
    if (classes.contains(row.id) || !row.active) continue;
    row.active = false;
    keep(accounts_->put(row));
  }
  std::map<PersonId, std::map<std::string, sync::Access>> granted;
  papers.rows("access", 4, [&] {
    auto person = papers.id<PersonId>(0);
    sync::Access access{papers.text(1), papers.id<AccessId>(2),
                        domain::role_named(papers.text(3)).value_or(domain::Role::member)};
    if (papers.status()) granted[person].emplace(access.stream, access);
  });
  WAYMARK_TRY(people, accounts_->people());
  for (const auto& person : people) {
    auto& wanted = granted[person.id];
    WAYMARK_TRY(have, accounts_->access(person.id));
    for (const auto& access : have) {
      auto found = wanted.find(access.stream);
      // Who is not of these classes any more still hears of erasures, as at the school.
      if (found == wanted.end() && access.stream == domain::school_stream) continue;
      // Another access of the same stream is another row.
      if (found == wanted.end() || found->second.id != access.id)
        keep(accounts_->remove_access(person.id, access.stream));
    }
    for (const auto& [stream, access] : wanted) keep(accounts_->put_access(person.id, access));
  }
  papers.rows("cards", 3, [&] {
    PaperCard row{papers.text(0), papers.id<PersonId>(1), papers.flag(2)};
    auto erased = store::is_erased(*store_, row.person);
    if (papers.status() && erased && !*erased) keep(carried_->put(row));
  });
  papers.rows("computers", 4, [&] {
    PaperComputer row{papers.id<ComputerId>(0), papers.text(1), papers.bytes(2), papers.flag(3)};
    if (!papers.status()) return;
    let_in = let_in || (!row.removed && removed.contains(row.id));
    keep(carried_->put(row));
  });
  papers.rows("devices", 5, [&] {
    PaperDevice row{papers.bytes(0), papers.id<PersonId>(1), papers.id<ComputerId>(2), papers.bytes(3),
                    papers.flag(4)};
    if (papers.status() && !nobody(row.person)) keep(carried_->put(row));
  });
  WAYMARK_CHECK(papers.status());
  if (let_in) keep(carried_->carry_letters_again());
  return done;
}

Result<HubLoad> School::next_load() {
  HubLoad load;
  WAYMARK_TRY(batches, carried_->next(kBundleBytesMax, kTryAgainMs));
  if (batches.empty()) return load;
  std::vector<wire::BundleItem> items;
  for (auto& batch : batches) {
    items.push_back({wire::batch_item, std::move(batch.body)});
    load.rows.push_back(batch.n);
  }
  WAYMARK_TRY(key, hub_key());
  WAYMARK_TRY(bundle, wire::seal_bundle(identity(), key, items));
  load.bundle = std::move(bundle);
  return load;
}

Result<std::optional<std::string>> School::without_erased(std::string_view batch) {
  std::string kept;
  bool changed = false;
  while (!batch.empty()) {
    auto line = batch.substr(0, batch.find('\n'));
    batch.remove_prefix(std::min(line.size() + 1, batch.size()));
    auto op = record::parse_op(line);
    bool erased = false;
    auto id = op ? record::op_id(line) : OpId{};
    if (op) {
      WAYMARK_TRY(author, store::is_erased(*store_, op->author));
      WAYMARK_TRY(named, store::is_erased(*store_, op->stream, id));
      erased = author || named;
    }
    kept += erased ? record::canonical(store::erased_stub(*op, id)) : std::string(line);
    kept += '\n';
    changed = changed || erased;
  }
  return changed ? std::optional(std::move(kept)) : std::nullopt;
}

void School::follow(sync::Session& session) {
  session.when_parent_went_back([this] { return carried_->carry_again(); });
}

Status School::heard_the_school() {
  WAYMARK_TRY(state, store_->stream_state(domain::school_stream));
  auto head = std::to_string(state.head);
  WAYMARK_TRY(seen, store_->meta(kErasuresSeenKey));
  if (seen == head) return {};
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_TRY(changed, carried_->change_all([&](std::string_view body) { return without_erased(body); }));
  WAYMARK_CHECK(heed_erasures());
  // A batch that went since the session wrote the database anew has left its text in a free page.
  WAYMARK_TRY(erasures, store_->records(domain::school_stream, store::erasure_kind));
  if (changed || !erasures.empty()) WAYMARK_CHECK(store::must_scrub(*store_));
  WAYMARK_CHECK(store_->set_meta(kErasuresSeenKey, head));
  WAYMARK_CHECK(transaction.commit());
  // What pages keep of students does not see an erasure.
  standings_ = std::make_unique<Standings>();
  return finish_erasures();
}

Result<SecretKey> School::hub_key() {
  SecretKey key;
  WAYMARK_TRY(text, store_->meta(kHubKeyKey));
  if (text) {
    WAYMARK_TRY(seed, from_hex(*text));
    if (seed.size() != key.seed.size()) return Error{Code::database_damaged, "the hub's key"};
    std::copy(seed.begin(), seed.end(), key.seed.begin());
    return key;
  }
  random_.fill(key.seed);
  WAYMARK_CHECK(store_->set_meta(kHubKeyKey, to_hex(key.seed)));
  return key;
}

Result<wire::HubSigner> School::hub_signer() {
  WAYMARK_TRY(key, hub_key());
  WAYMARK_TRY(certified, store_->meta(kKeySignatureKey));
  return wire::HubSigner{hub_->hub.hex(), to_hex(public_key(key).bytes), certified.value_or("")};
}

// The hubs under whose seals something is brought back: at the school those that serve here, at a hub itself.
Result<sync::KnownHubs> School::known_hubs(const std::vector<wire::Returned>& returned) {
  sync::KnownHubs hubs;
  for (const auto& back : returned) {
    auto id = PersonId::parse(back.hub.hub);
    if (!id || hubs.contains(back.hub.hub)) continue;
    if (hub_) {
      if (*id == hub_->hub) hubs[back.hub.hub];
    } else {
      WAYMARK_TRY(person, accounts_->person(*id));
      if (!person || person->role != "hub" || !person->active) continue;
      WAYMARK_TRY(readable, accounts_->access(*id));
      WAYMARK_TRY(teachers, teachers_at(*id, readable));
      hubs.emplace(back.hub.hub, std::move(teachers));
    }
  }
  return hubs;
}

Status School::take_answers(const HubLoad& load, std::string_view bundle_bytes) {
  WAYMARK_TRY(key, hub_key());
  WAYMARK_TRY(bundle, wire::open_bundle(bundle_bytes, key));
  if (!(bundle.writer == identity())) return Error{Code::unauthorized, "the answer is not of this school"};
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  // What is not answered is tried again later, and not before what came since.
  for (auto n : load.rows) WAYMARK_CHECK(carried_->tried(n, "not answered"));
  for (const auto& item : bundle.items) {
    if (item.kind == wire::acknowledgement_item) WAYMARK_CHECK(take_answer(item.body));
    if (item.kind != wire::problem_item) continue;
    auto problem = wire::decode_problem(item.body);
    if (!problem || problem->n >= static_cast<std::int64_t>(load.rows.size())) continue;
    auto n = load.rows[static_cast<std::size_t>(problem->n)];
    WAYMARK_CHECK(carried_->tried(n, problem->code));
    if (!problem->letters) continue;
    WAYMARK_TRY(body, carried_->settle_as_letters(n, problem->letters->replica, problem->letters->end));
    if (!body) continue;
    WAYMARK_TRY(ids, wire::read_batch_ids(*body));
    const auto& here = problem->letters->here;
    for (std::size_t i = 0; i < ids.size(); i++) {
      if (std::find(here.begin(), here.end(), static_cast<std::int64_t>(i)) != here.end()) continue;
      WAYMARK_TRY(seal, store_->seal_of(ids[i]));  // the school has it from somewhere else
      if (!seal) WAYMARK_CHECK(take_back(ids[i], problem->code));
    }
  }
  WAYMARK_CHECK(heed_erasures());
  WAYMARK_CHECK(transaction.commit());
  return finish_erasures();
}

Status School::take_answer(std::string_view bytes) {
  auto answer = wire::decode_acknowledgement(bytes, identity());
  if (!answer) return {};  // no answer of the school's says nothing
  WAYMARK_TRY(body, carried_->settle(*answer, bytes));
  if (!body || answer->refused.empty()) return {};
  // What the school refused is none of the readers' here either.
  WAYMARK_TRY(ids, wire::read_batch_ids(*body));
  for (const auto& refused : answer->refused) {
    auto i = refused.n - answer->before.n - 1;
    if (i < 0 || i >= static_cast<std::int64_t>(ids.size())) continue;
    WAYMARK_CHECK(take_back(ids[static_cast<std::size_t>(i)], refused.code));
  }
  return {};
}

// From this room's readers. Its author hears it from the stub, too, where the answer itself was lost.
Status School::take_back(const OpId& id, const std::string& code) {
  WAYMARK_TRY(op, store_->op(id));
  if (!op) return {};
  record::Stub stub{id, op->stream, op->kind, op->record, {}, op->base, code};
  for (const auto& field : op->fields) stub.names.push_back(field.first);
  WAYMARK_TRY(outcome, store_->add_stub(stub));
  (void)outcome;
  return {};
}

}  // namespace waymark::server
