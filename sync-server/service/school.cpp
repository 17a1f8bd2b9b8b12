#include "sync-server/service/school.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/base/text.hpp"
#include "shared/domain/record_ids.hpp"
#include "shared/store/erase.hpp"
#include "shared/sync/serve.hpp"
#include "shared/wire/messages.hpp"
#include "shared/wire/pack.hpp"
#include "sync-server/service/codes.hpp"
#include "sync-server/service/restoring.hpp"
#include "sync-server/service/standing.hpp"

namespace waymark::server {
namespace {

using store::Transaction;

constexpr std::size_t kPendingJoinsMax = 256;
constexpr std::int64_t kJoinTimeMs = 5 * 60'000;
constexpr std::int64_t kSessionTimeMs = std::int64_t{12} * 3600 * 1000;
constexpr std::int64_t kSessionAgeMs = std::int64_t{30} * 24 * 3600 * 1000;
constexpr std::int64_t kSessionAheadMs = 5 * 60'000;  // by a clock that went back since

// After three wrong tries every further one waits, twice as long each time, up to a minute: a guesser is
// stopped, and a class that mistypes is not.
std::int64_t wait_after(std::int64_t wrong) {
  if (wrong < 3) return 0;
  return std::min<std::int64_t>(std::int64_t{2'000} << std::min<std::int64_t>(wrong - 3, 6), 60'000);
}

Student student_from(const Person& person, const std::vector<Person>& classmates) {
  bool shared = std::any_of(classmates.begin(), classmates.end(), [&](const Person& other) {
    return other.id != person.id && fold(other.given) == fold(person.given);
  });
  std::string name = person.given;
  if (shared && !person.family.empty()) {
    std::size_t length = 1;
    while (length < person.family.size() &&
           (static_cast<unsigned char>(person.family[length]) & 0xC0) == 0x80)
      length++;
    name += " " + person.family.substr(0, length) + ".";
  }
  return {person, name};
}

}  // namespace

Status make_private_directory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return Error{Code::io, path + ": " + error.message()};
  std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
  return {};
}

School::School(std::string data, Clock& clock, Random& random)
    : data_(std::move(data)),
      clock_(clock),
      random_(random),
      removals_(data_ + "/removals.log"),
      in_place_(data_),
      standings_(std::make_unique<Standings>()),
      uploads_(data_ + "/uploads"),
      parcels_{Parcels(data_ + "/parcels")},
      bundles_{Parcels(data_ + "/bundles", kept_bundle_answer_bytes_max)},
      sticks_(data_ + "/sticks") {}

School::~School() {
  close();
  in_place_.note_closed();
  if (lock_file_ >= 0) ::close(lock_file_);
}

Status School::lock() {
  std::string path = data_ + "/lock";
  lock_file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_file_ < 0) return Error{Code::io, path + " cannot be opened"};
  if (flock(lock_file_, LOCK_EX | LOCK_NB) != 0)
    return Error{Code::database_locked, "another process uses " + data_};
  return {};
}

Result<InitResult> School::init(const InitRequest& request, Clock& clock, Random& random) {
  if (trim(request.school).empty()) return Error{Code::invalid, "a school needs a name"};
  if (request.email.find('@') == std::string::npos)
    return Error{Code::invalid, "the administrator needs an e-mail"};
  WAYMARK_CHECK(make_private_directory(request.data));
  WAYMARK_CHECK(must_be_a_file(request.data + "/school.db"));
  if (std::filesystem::exists(request.data + "/school.db") || Restoring(request.data).decided())
    return Error{Code::exists, request.data + " holds a school already"};

  std::unique_ptr<School> school(new School(request.data, clock, random));
  WAYMARK_CHECK(school->lock());
  WAYMARK_CHECK(school->in_place_.begin());
  WAYMARK_CHECK(school->in_place_.must_not_be_gone());
  WAYMARK_CHECK(school->in_place_.forget());
  WAYMARK_TRY(opened, store::Store::open(request.data + "/school.db", {&clock, &random, false}));
  school->store_ = std::move(opened);
  school->accounts_ = std::make_unique<Accounts>(*school->store_);
  school->carried_ = std::make_unique<Carried>(*school->store_);

  InitResult result;
  result.password = request.password.empty() ? grouped(make_code(random, 12)) : request.password;
  WAYMARK_TRY(transaction, Transaction::begin(school->store_->db()));
  WAYMARK_CHECK(school->accounts_->prepare());
  WAYMARK_CHECK(school->carried_->prepare());
  random.fill(school->identity_.seed);
  school->school_key_ = public_key(school->identity_);
  WAYMARK_CHECK(school->store_->set_meta("identity", to_hex(school->identity_.seed)));
  WAYMARK_CHECK(school->store_->set_meta("school", trim(request.school)));
  WAYMARK_TRY(root, [&]() -> Result<PersonId> { return random.id<PersonId>(); }());
  WAYMARK_CHECK(school->store_->set_meta("root", root.hex()));
  WAYMARK_TRY(admin, school->add_staff(request.email, "", "admin", result.password));
  (void)admin;
  store::Edit edit{{std::string(domain::school_stream), "school", domain::school_id()},
                   {{"name", trim(request.school)}},
                   {},
                   {}};
  WAYMARK_TRY(written, school->store_->write(root, std::span(&edit, 1)));
  (void)written;
  WAYMARK_CHECK(transaction.commit());
  result.recovery_phrase = phrase_of(school->identity_);
  return result;
}

Result<std::unique_ptr<School>> School::open(const std::string& data, Clock& clock, Random& random) {
  WAYMARK_CHECK(must_be_a_file(data + "/school.db"));
  if (!std::filesystem::exists(data + "/school.db") && !std::filesystem::exists(data + "/hub.json") &&
      !Restoring(data).decided()) {
    InPlace place(data);
    WAYMARK_CHECK(place.begin());
    WAYMARK_CHECK(place.must_not_be_gone());
    return Error{Code::not_found, data + " holds no school; make one with: waymark-server init"};
  }
  std::unique_ptr<School> school(new School(data, clock, random));
  WAYMARK_CHECK(school->lock());
  school->remove_copies();
  // A restore that a power cut broke off.
  if (Restoring(data).decided()) WAYMARK_CHECK(school->in_place_.forget());
  WAYMARK_TRY(restored, Restoring(data).settle());
  WAYMARK_CHECK(school->in_place_.begin());
  WAYMARK_CHECK(school->in_place_.must_not_be_gone());
  WAYMARK_CHECK(school->read_hub());
  WAYMARK_CHECK(school->must_be_the_one_served());
  WAYMARK_TRY(strange, school->in_place_.settle(clock.now_ms()));
  WAYMARK_CHECK(school->load());
  if (!strange.empty())
    WAYMARK_CHECK(school->accounts_->audit(std::nullopt, "log of another database set aside", strange));
  if (restored) WAYMARK_CHECK(school->note_restored("finished at a start"));
  return school;
}

Status School::read_hub() {
  if (std::error_code error; !std::filesystem::exists(data_ + "/hub.json", error)) return {};
  WAYMARK_TRY(text, store::read_whole(data_ + "/hub.json", 64 * 1024));
  WAYMARK_TRY(file, read_hub_file(text));
  hub_ = std::move(file);
  return {};
}

Status School::load() {
  WAYMARK_CHECK(read_hub());
  WAYMARK_TRY(opened, store::Store::open(data_ + "/school.db", {&clock_, &random_, hub_.has_value()}));
  store_ = std::move(opened);
  WAYMARK_TRY(owner, owner_of(store_->db()));
  if (!in_place_.owner().empty() && owner != in_place_.owner()) return not_the_one_served();
  // Ids are random: where they are looked up is all over the database.
  WAYMARK_CHECK(store_->db().execute("PRAGMA cache_size=-65536"));
  accounts_ = std::make_unique<Accounts>(*store_);
  carried_ = std::make_unique<Carried>(*store_);
  WAYMARK_CHECK(accounts_->prepare());
  WAYMARK_CHECK(carried_->prepare());
  if (hub_) {
    school_key_ = hub_->identity;
    WAYMARK_TRY(told, store_->meta("school"));
    name_ = told.value_or(hub_->school);
    WAYMARK_CHECK(make_private_directory(data_ + "/uploads"));
    WAYMARK_CHECK(make_private_directory(data_ + "/files"));
    return in_place_.is_set() ? mark_place() : Status();
  }
  WAYMARK_TRY(identity, store_->meta("identity"));
  WAYMARK_TRY(name, store_->meta("school"));
  if (!identity || !name) return Error{Code::database_damaged, "the school's identity is missing"};
  WAYMARK_TRY(seed, from_hex(*identity));
  if (seed.size() != 32) return Error{Code::database_damaged, "the school's identity is not 32 bytes"};
  std::copy(seed.begin(), seed.end(), identity_.seed.begin());
  school_key_ = public_key(identity_);
  name_ = *name;
  WAYMARK_CHECK(make_private_directory(data_ + "/files"));
  WAYMARK_CHECK(make_private_directory(data_ + "/uploads"));
  // All that can be read of a damaged one holds, and is done again.
  WAYMARK_TRY(damaged, removals_.mend(clock_.now_ms()));
  WAYMARK_CHECK(replay_removals());
  if (!damaged.empty()) WAYMARK_CHECK(accounts_->audit(std::nullopt, "log of removals was damaged", damaged));
  // What an erasure left and cannot be removed now is no reason to keep the school shut: it is tried again.
  (void)finish_erasures();
  // Whoever was enrolled or left just before a power cut has the access that follows from it.
  WAYMARK_CHECK(refresh_access());
  return in_place_.is_set() ? mark_place() : Status();
}

std::string School::fingerprint() const { return wire::fingerprint(identity()); }

std::string School::sign_hello(std::string_view spki, Hello& hello) const {
  hello = {name_, identity(), std::string(spki), {}, clock_.now_ms()};
  if (hub_) {
    // The school's own signature over this hub's key; none until it has been asked.
    auto signed_for = store_->meta("hello_spki"), signature = store_->meta("hello");
    if (signed_for && *signed_for && **signed_for == spki && signature && *signature) return **signature;
    return std::string(2 * hello.signature.size(), '0');
  }
  hello.signature = sign(identity_, as_bytes(hello_message(spki)));
  return to_hex(hello.signature);
}

// ---- staff

Result<Person> School::add_staff(std::string_view email, std::string_view name, std::string_view role,
                                 std::string_view password) {
  std::string address = fold(email);
  if (address.find('@') == std::string::npos || address.size() > 254)
    return Error{Code::invalid, "not an e-mail"};
  if (role != "teacher" && role != "admin") return Error{Code::invalid, "staff are teachers or admins"};
  if (password.size() < 8) return Error{Code::invalid, "a password has at least 8 characters"};
  WAYMARK_TRY(known, accounts_->person_by_email(address));
  if (known && known->active && !known->password_hash.empty())
    return Error{Code::exists, address + " is there already; into another class: class teacher add"};
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  auto hash = hash_password(password);
  Person person;
  if (known) {
    person = *known;  // from a roster, without a password so far, or whose work here was ended
    person.active = true;
    if (!known->active) WAYMARK_CHECK(remember("password", person.id.hex(), hash));
  } else {
    person.id = random_.id<PersonId>();
    auto full = trim(name);
    auto space = full.rfind(' ');
    person.given = space == std::string::npos ? full : full.substr(0, space);
    person.family = space == std::string::npos ? "" : full.substr(space + 1);
    person.email = address;
  }
  person.role = role;
  WAYMARK_CHECK(put_person(person));
  WAYMARK_CHECK(accounts_->set_password(person.id, hash));
  WAYMARK_CHECK(accounts_->audit(person.id, "staff added", address));
  WAYMARK_CHECK(transaction.commit());
  return person;
}

Status School::set_password(std::string_view email, std::string_view password) {
  WAYMARK_CHECK(only_the_school());
  WAYMARK_TRY(person, accounts_->person_by_email(fold(email)));
  if (!person) return Error{Code::not_found, "no member of staff has this e-mail"};
  if (password.size() < 8) return Error{Code::invalid, "a password has at least 8 characters"};
  auto hash = hash_password(password);
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_CHECK(accounts_->set_password(person->id, hash));
  WAYMARK_CHECK(accounts_->remove_sessions_of(person->id));
  WAYMARK_CHECK(remember("password", person->id.hex(), hash));
  WAYMARK_CHECK(accounts_->clear_tries("password:" + fold(email)));
  WAYMARK_CHECK(accounts_->audit(person->id, "password changed", fold(email)));
  return transaction.commit();
}

std::string School::make_password() { return grouped(make_code(random_, 12)); }

// ---- classes and access

Result<ClassId> School::add_class(std::string_view title, const std::optional<std::string>& source) {
  WAYMARK_CHECK(only_the_school());
  auto text = trim(title);
  if (text.empty()) return Error{Code::invalid, "a class needs a title"};
  ClassRow row{random_.id<ClassId>(), text, source, true};
  WAYMARK_CHECK(put_classes(std::span(&row, 1)));
  return row.id;
}

Result<PersonId> School::add_student(std::string_view given, std::string_view family,
                                     const std::optional<std::string>& source) {
  WAYMARK_CHECK(only_the_school());
  WAYMARK_TRY(given_text, normalize(trim(given)));
  WAYMARK_TRY(family_text, normalize(trim(family)));
  if (given_text.empty()) return Error{Code::invalid, "a student needs a first name"};
  if (given_text.size() > 200 || family_text.size() > 200)
    return Error{Code::too_large, "a name of over 200 bytes"};
  Person person;
  person.id = random_.id<PersonId>();
  person.role = "student";
  person.given = given_text;
  person.family = family_text;
  person.source = source;
  WAYMARK_CHECK(accounts_->put(person));
  return person.id;
}

Status School::enroll(const ClassId& class_id, const PersonId& person, std::string_view role, bool active) {
  WAYMARK_CHECK(only_the_school());
  Enrollment enrollment{class_id, person, std::string(role), active};
  return put_enrollments(std::span(&enrollment, 1));
}

Status School::may_be_enrolled(const PersonId& student) {
  WAYMARK_TRY(person, accounts_->person(student));
  WAYMARK_TRY(erased, store::is_erased(*store_, student));
  if (!person || person->role != "student" || erased) return Error{Code::not_found, "no such student"};
  return {};
}

Status School::enroll_students(const ClassId& class_id, std::span<const PersonId> students) {
  WAYMARK_CHECK(only_the_school());
  WAYMARK_TRY(row, accounts_->class_by_id(class_id));
  if (!row || !row->active) return Error{Code::not_found, "no such class"};
  for (const auto& student : students) WAYMARK_CHECK(may_be_enrolled(student));
  std::vector<Enrollment> begin;
  for (const auto& student : students) {
    WAYMARK_TRY(person, accounts_->person(student));
    if (!person->active) {
      person->active = true;
      WAYMARK_CHECK(put_person(*person));
    }
    WAYMARK_TRY(before, accounts_->enrollment(class_id, student));
    if (!before || !before->active) begin.push_back({class_id, student, "student"});
  }
  return put_enrollments(begin);
}

namespace {

using Wanted = std::map<std::string, domain::Role>;

// What a person may read and write, from what they are and where they are enrolled.
void add_own(Wanted& wanted, const Person& person) {
  wanted[domain::own_stream(person.id)] = domain::Role::owner;
  wanted[domain::inbox_stream(person.id)] = domain::Role::member;
  wanted[std::string(domain::school_stream)] = domain::Role::member;
  if (person.role == "student") wanted[domain::person_stream(person.id)] = domain::Role::owner;
}

Status give_access(Accounts& accounts, Random& random, const PersonId& person,
                   const std::vector<sync::Access>& have, Wanted want) {
  for (const auto& access : have) {
    auto found = want.find(access.stream);
    if (found == want.end()) {
      WAYMARK_CHECK(accounts.remove_access(person, access.stream));
      continue;
    }
    if (found->second != access.role) {
      auto changed = access;
      changed.role = found->second;
      WAYMARK_CHECK(accounts.put_access(person, changed));
    }
    want.erase(found);
  }
  for (const auto& [stream, role] : want)
    WAYMARK_CHECK(accounts.put_access(person, {stream, random.id<AccessId>(), role}));
  return {};
}

// Who is too many for a hub works with the school, and nobody whom it carries makes room for who came later.
void add_students_of_hub(Wanted& wanted, const std::set<PersonId>& students,
                         const std::vector<sync::Access>& have) {
  std::set<std::string_view> has;
  for (const auto& access : have) has.insert(access.stream);
  for (bool carried : {true, false})
    for (const auto& student : students) {
      auto person = domain::person_stream(student);
      if (has.contains(person) != carried || wanted.size() + 3 > hub_streams_max) continue;
      for (const auto& stream : {person, domain::staff_stream(student), domain::inbox_stream(student)})
        wanted[stream] = domain::Role::member;
    }
}

}  // namespace

Status School::refresh_access() {
  if (hub_) return {};  // it comes from the school
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_TRY(people, accounts_->people());
  WAYMARK_TRY(classes, accounts_->classes());
  std::map<PersonId, Wanted> wanted;
  std::map<PersonId, const Person*> by_id;
  std::map<PersonId, std::set<PersonId>> at_hub;  // of each hub, the students of its classes
  for (const auto& person : people) {
    by_id[person.id] = &person;
    // Who was erased reads on what is left of their own, so that their computers learn of it.
    bool reads = person.active;
    if (!reads) {
      WAYMARK_TRY(erased, store::is_erased(*store_, person.id));
      reads = erased;
    }
    if (reads) add_own(wanted[person.id], person);
    // Who left hears of erasures: what others wrote is held back on their computers, not gone.
    if (!reads) wanted[person.id][std::string(domain::school_stream)] = domain::Role::member;
  }
  WAYMARK_TRY(root_text, store_->meta("root"));
  WAYMARK_TRY(root, PersonId::parse(root_text.value_or("")));
  for (const auto& row : classes) {
    if (!row.active) {
      // Nobody reads one that is over; when it begins again all of it is written.
      WAYMARK_TRY(now,
                  store_->find({domain::class_stream(row.id), "class", domain::class_record_id(row.id)}));
      if (now && now->boolean("archived") && now->text("title") == row.title) continue;
    }
    WAYMARK_TRY(enrollments, accounts_->enrollments_of(row.id));
    std::vector<PersonId> staff, hubs;
    std::vector<Person> students;
    for (const auto& enrollment : enrollments) {
      const auto* person = by_id[enrollment.person];
      if (!person || !person->active || !enrollment.active || !row.active) continue;
      if (enrollment.role == "teacher")
        staff.push_back(enrollment.person);
      else if (enrollment.role == "hub")
        hubs.push_back(enrollment.person);
      else
        students.push_back(*person);
    }
    for (const auto& teacher : staff) {
      wanted[teacher][domain::class_stream(row.id)] = domain::Role::staff;
      wanted[teacher][domain::author_stream(row.id)] = domain::Role::staff;
      for (const auto& student : students) {
        wanted[teacher][domain::person_stream(student.id)] = domain::Role::staff;
        wanted[teacher][domain::staff_stream(student.id)] = domain::Role::staff;
      }
    }
    for (const auto& student : students)
      wanted[student.id][domain::class_stream(row.id)] = domain::Role::member;

    // A hub reads what it serves, and writes nothing of its own.
    for (const auto& hub : hubs) {
      for (const auto& stream : {domain::class_stream(row.id), domain::author_stream(row.id)})
        wanted[hub][stream] = domain::Role::member;
      for (const auto& student : students) at_hub[hub].insert(student.id);
    }

    // The class as its members know it: display names only.
    std::vector<store::Edit> edits;
    auto set = [&](std::string_view kind, const RecordId& id, record::Fields fields) -> Status {
      record::RecordKey key{domain::class_stream(row.id), std::string(kind), id};
      WAYMARK_TRY(before, store_->find(key));
      store::Edit edit{key, {}, {}, {}};
      std::vector<std::string> names;
      for (auto& [field, value] : fields) {
        const auto* now = before ? before->field(field) : nullptr;
        if (now && now->value() == value) continue;
        names.push_back(field);
        edit.fields[field] = std::move(value);
      }
      if (edit.fields.empty()) return {};
      if (before) edit.base = before->heads_of(names);
      edits.push_back(std::move(edit));
      return {};
    };
    WAYMARK_CHECK(set("class", domain::class_record_id(row.id),
                      {{"title", row.title}, {"school", name_}, {"archived", !row.active}}));
    for (const auto& enrollment : enrollments) {
      const auto* person = by_id[enrollment.person];
      if (!person || enrollment.role == "hub") continue;
      if (!person->active && person->given.empty() && person->family.empty()) continue;  // erased: no name
      bool here = person->active && enrollment.active;
      std::string name = enrollment.role == "teacher" ? trim(person->given + " " + person->family)
                                                      : student_from(*person, students).display_name;
      WAYMARK_CHECK(set(
          "member", domain::member_id(person->id),
          {{"person", person->id.hex()}, {"name", name}, {"role", enrollment.role}, {"inactive", !here}}));
    }
    if (!edits.empty()) {
      WAYMARK_TRY(written, store_->write(root, edits));
      (void)written;
    }
  }
  for (const auto& person : people) {
    auto& want = wanted[person.id];
    WAYMARK_TRY(have, accounts_->access(person.id));
    if (auto students = at_hub.find(person.id); students != at_hub.end())
      add_students_of_hub(want, students->second, have);
    WAYMARK_CHECK(give_access(*accounts_, random_, person.id, have, std::move(want)));
  }
  return transaction.commit();
}

Status School::refresh_own_access(const Person& person) {
  if (hub_) return {};
  Wanted want;
  add_own(want, person);
  WAYMARK_TRY(have, accounts_->access(person.id));
  return give_access(*accounts_, random_, person.id, have, std::move(want));
}

Result<std::vector<Student>> School::students_of(const ClassId& class_id) {
  WAYMARK_TRY(enrollments, accounts_->enrollments_of(class_id));
  std::vector<Person> people;
  for (const auto& enrollment : enrollments) {
    if (!enrollment.active || enrollment.role != "student") continue;
    WAYMARK_TRY(person, accounts_->person(enrollment.person));
    if (person && person->active) people.push_back(*person);
  }
  std::vector<Student> students;
  students.reserve(people.size());
  for (const auto& person : people) students.push_back(student_from(person, people));
  std::sort(students.begin(), students.end(), [](const Student& a, const Student& b) {
    return std::pair(fold(a.person.given), a.person.family) <
           std::pair(fold(b.person.given), b.person.family);
  });
  return students;
}

Result<std::vector<ClassRow>> School::classes_of(const PersonId& staff) {
  WAYMARK_TRY(enrollments, accounts_->enrollments_of(staff));
  std::vector<ClassRow> rows;
  for (const auto& enrollment : enrollments) {
    if (!enrollment.active || enrollment.role != "teacher") continue;
    WAYMARK_TRY(row, accounts_->class_by_id(enrollment.class_id));
    if (row && row->active) rows.push_back(*row);
  }
  return rows;
}

Result<bool> School::teaches(const PersonId& staff, const PersonId& student) {
  WAYMARK_TRY(access, accounts_->access(staff));
  return std::any_of(access.begin(), access.end(), [&](const sync::Access& a) {
    return a.stream == domain::person_stream(student) && a.role == domain::Role::staff;
  });
}

// ---- slowing down

namespace {
// Tries of what nobody has are counted together in few rows, else a guesser could fill the disk with names.
std::string bucket(std::string_view what) { return to_hex(ByteView(sha256(as_bytes(what))).first(1)); }
}  // namespace

Status School::may_try(const std::string& key) {
  WAYMARK_TRY(tries, accounts_->tries(key));
  std::int64_t since = clock_.now_ms() - tries.last_ms;
  std::int64_t wait = wait_after(tries.count);
  // A clock that went back must not keep anybody waiting for years.
  if (since >= 0 && since < wait)
    return Error{Code::slowed_down, std::to_string((wait - since + 999) / 1000)};
  return {};
}

Status School::wrong_try(const std::string& key) {
  WAYMARK_TRY(tries, accounts_->tries(key));
  return accounts_->put_tries(key, {tries.count + 1, clock_.now_ms()});
}

// ---- cards

Result<std::string> School::card_for(const PersonId& student) {
  WAYMARK_TRY(card, accounts_->card_of(student));
  if (card) return card->code;
  WAYMARK_TRY(person, accounts_->person(student));
  if (!person || person->role != "student") return Error{Code::not_found, "no such student"};
  auto code = make_code(random_, card_code_length);
  WAYMARK_CHECK(accounts_->add_card(code, student));
  return code;
}

Result<std::string> School::reprint_card(const PersonId& student) {
  WAYMARK_CHECK(only_the_school());
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_CHECK(accounts_->void_cards(student));
  WAYMARK_TRY(code, card_for(student));
  WAYMARK_CHECK(remember("card", student.hex(), code));
  WAYMARK_CHECK(accounts_->audit(std::nullopt, "card voided and reprinted", student.hex()));
  WAYMARK_CHECK(transaction.commit());
  return code;
}

Result<std::string> School::add_computer_code(std::string_view name) {
  WAYMARK_CHECK(only_the_school());
  auto text = trim(name);
  if (text.empty() || text.size() > 60)
    return Error{Code::invalid, "a computer needs a name of 1 to 60 bytes"};
  auto code = make_code(random_, computer_code_length);
  WAYMARK_CHECK(accounts_->add_computer_code(code_id(code), code, text));
  return code;
}

Result<School::Begun> School::begin_join(std::string_view id, std::string_view client_nonce,
                                         std::string_view spki) {
  WAYMARK_CHECK(only_the_school());
  if (client_nonce.size() < 32 || client_nonce.size() > 64 || !from_hex(client_nonce))
    return Error{Code::malformed, "the nonce"};
  WAYMARK_TRY(code, accounts_->computer_code(id));
  std::string key = code ? "computer:" + std::string(id) : "computer:?" + bucket(id);
  WAYMARK_CHECK(may_try(key));
  if (!code) {
    WAYMARK_CHECK(wrong_try(key));
    return Error{Code::code_unknown, "no computer has this code"};
  }
  if (code->used) return Error{Code::code_used, "the code has joined a computer already"};
  std::int64_t now = clock_.now_ms();
  std::erase_if(joins_, [&](const auto& join) {
    return now - join.second.begun_ms > kJoinTimeMs || now < join.second.begun_ms;
  });
  if (joins_.size() >= kPendingJoinsMax) return Error{Code::server_busy, "too many computers are joining"};
  std::array<std::uint8_t, 32> nonce;
  random_.fill(nonce);
  joins_[std::string(id)] = {to_hex(nonce), now};
  return Begun{to_hex(nonce),
               join_proof("school", code->code, identity(), spki, client_nonce, to_hex(nonce))};
}

Result<JoinedComputer> School::finish_join(std::string_view id, std::string_view client_nonce,
                                           std::string_view proof, std::string_view spki,
                                           std::string_view name) {
  auto pending = joins_.find(std::string(id));
  WAYMARK_TRY(code, accounts_->computer_code(id));
  if (pending == joins_.end() || !code) return Error{Code::code_unknown, "the joining was not begun here"};
  if (code->used) return Error{Code::code_used, "the code has joined a computer already"};
  std::string key = "computer:" + std::string(id);
  auto expected = join_proof("computer", code->code, identity(), spki, client_nonce, pending->second.nonce);
  joins_.erase(pending);
  if (!equal_secret(as_bytes(expected), as_bytes(proof))) {
    WAYMARK_CHECK(wrong_try(key));
    return Error{Code::code_unknown, "the proof does not hold"};
  }
  auto wanted = trim(name);
  Computer computer;
  computer.id = random_.id<ComputerId>();
  computer.name = wanted.empty() || wanted.size() > 60 || !valid_utf8(wanted) ? code->name : wanted;
  auto token = make_token(random_);
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_CHECK(accounts_->add_computer(computer, token_hash(token)));
  WAYMARK_CHECK(accounts_->use_computer_code(id));
  WAYMARK_CHECK(accounts_->clear_tries(key));
  WAYMARK_CHECK(accounts_->audit(std::nullopt, "computer joined", computer.name));
  WAYMARK_CHECK(transaction.commit());
  return JoinedComputer{computer.id, computer.name, token, name_};
}

Result<Computer> School::computer(std::string_view token) {
  WAYMARK_TRY(computer, accounts_->computer_by_token(token_hash(token)));
  if (!computer || computer->removed)
    return Error{Code::unauthorized, "this computer is not, or no longer, joined"};
  // A hub's file is a token in a room: nobody is to sign in with it, who has the cards that lie there too.
  WAYMARK_TRY(device, accounts_->device(token_hash(token)));
  if (device) {
    WAYMARK_TRY(owner, accounts_->person(device->person));
    if (owner && owner->role == "hub")
      return Error{Code::forbidden, "nobody signs in at the school by way of a hub"};
  }
  return *computer;
}

Status School::remove_computer(const ComputerId& id) {
  WAYMARK_CHECK(only_the_school());
  WAYMARK_TRY(computers, accounts_->computers());
  auto found =
      std::find_if(computers.begin(), computers.end(), [&](const Computer& c) { return c.id == id; });
  if (found == computers.end()) return Error{Code::not_found, "no such computer"};
  if (found->removed) return {};
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_CHECK(accounts_->remove_computer(id));
  WAYMARK_CHECK(remember("computer", id.hex(), found->name));
  WAYMARK_CHECK(accounts_->audit(std::nullopt, "computer removed", found->name));
  return transaction.commit();
}

Result<Student> School::student_of_card(std::string_view typed_card, const ComputerId& computer) {
  // Slowed by computer, not by card, so that nobody can shut somebody else's card out.
  std::string key = "card:" + computer.hex();
  WAYMARK_CHECK(may_try(key));
  auto code = read_code(typed_card, card_code_length);
  auto card = code ? accounts_->card(*code) : Result<std::optional<Card>>(std::optional<Card>());
  if (!card) return card.error();
  if (!*card) {
    WAYMARK_CHECK(wrong_try(key));
    return Error{Code::card_unknown, "no student has this card"};
  }
  if ((*card)->voided) return Error{Code::card_voided, "a teacher has voided this card"};
  WAYMARK_TRY(person, accounts_->person((*card)->person));
  if (!person || !person->active) return Error{Code::card_voided, "the student is not here any more"};
  WAYMARK_CHECK(accounts_->clear_tries(key));
  return Student{*person, person->given};
}

Result<CardNeeds> School::card_needs(const Student& student) {
  return CardNeeds{student.person.given, student.person.pin_hash.empty(), student.person.pin_kind};
}

namespace {
Status must_be_token(std::string_view token) {
  auto bytes = from_base64url(token);
  return bytes && bytes->size() == 16 ? Status() : Status(Error{Code::malformed, "no token"});
}
std::string pin_key(const PinTry& attempt) {
  return "pin:" + attempt.person.hex() + ":" + attempt.computer.id.hex();
}
}  // namespace

Result<PinTry> School::begin_pin(const Student& student, const Computer& computer, std::string_view pin,
                                 std::string_view pin_kind, const PublicKey& device_key,
                                 std::string_view token) {
  const auto& person = student.person;
  if (!token.empty()) WAYMARK_CHECK(must_be_token(token));
  PinTry attempt{person.id,       computer,   std::string(pin),
                 person.pin_kind, device_key, std::string(token),
                 person.pin_hash, false,      {}};
  bool first = person.pin_hash.empty();
  if (first) attempt.kind = pin_kind;
  if (!wire::valid_pin(pin, attempt.kind))
    return Error{Code::wrong_pin, "a PIN is four digits or four pictures"};
  if (first) return attempt;
  // Counted before it is known to be wrong: many tries at the same time are slowed down like one after
  // another.
  auto key = pin_key(attempt);
  WAYMARK_CHECK(may_try(key));
  WAYMARK_CHECK(wrong_try(key));
  return attempt;
}

void School::check_pin(PinTry& attempt) {
  if (attempt.known_hash.empty())
    attempt.fresh_hash = hash_password(attempt.pin);
  else
    attempt.good = verify_password(attempt.pin, attempt.known_hash);
}

Result<JoinedStudent> School::join_student(const Student& student, const Computer& computer,
                                           std::string_view pin, std::string_view pin_kind,
                                           const PublicKey& device_key) {
  WAYMARK_TRY(attempt, begin_pin(student, computer, pin, pin_kind, device_key));
  check_pin(attempt);
  return finish_pin(attempt);
}

Result<JoinedStudent> School::finish_pin(const PinTry& attempt) {
  WAYMARK_TRY(found, accounts_->person(attempt.person));
  if (!found || !found->active) return Error{Code::card_voided, "the student is not here any more"};
  const auto& person = *found;
  const auto& computer = attempt.computer;
  const auto& device_key = attempt.device_key;
  // Somebody else set or reset it in between: what was checked is not what holds now.
  if (person.pin_hash != attempt.known_hash) return Error{Code::conflict, "the PIN was changed just now"};
  bool first = person.pin_hash.empty();
  if (!first && !attempt.good) return Error{Code::wrong_pin, "not the PIN chosen"};
  auto key = pin_key(attempt);
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_TRY(token, token_for(attempt.token, person.id, device_key.bytes));
  if (first) {
    WAYMARK_CHECK(accounts_->set_pin(person.id, attempt.fresh_hash, attempt.kind));
    if (!hub_) WAYMARK_CHECK(remember("pin", person.id.hex(), attempt.fresh_hash, attempt.kind));
  }
  WAYMARK_CHECK(accounts_->clear_tries(key));
  WAYMARK_CHECK(accounts_->add_device(token_hash(token), person.id, computer.id, device_key.bytes));
  WAYMARK_CHECK(accounts_->audit(person.id, "joined on a computer", computer.name));
  WAYMARK_TRY(enrollments, accounts_->enrollments_of(person.id));
  WAYMARK_CHECK(transaction.commit());

  JoinedStudent joined{person.id, person.given, token, "", "", first};
  // A certificate is the school's to give: it answers the device's introduction with one.
  if (hub_) return joined;
  std::vector<ClassId> classes;
  for (const auto& enrollment : enrollments)
    if (enrollment.active) classes.push_back(enrollment.class_id);
  joined.certificate = certificate_of(person, computer.id, device_key, classes);
  joined.certificate_signature = sign_certificate(joined.certificate);
  return joined;
}

// The device's own, or one that is made. Once for each key, however often a lost answer makes it come again;
// `conflict` when somebody else has it.
Result<std::string> School::token_for(std::string_view wanted, const PersonId& person, ByteView key) {
  if (wanted.empty()) return make_token(random_);
  WAYMARK_CHECK(must_be_token(wanted));
  auto hash = token_hash(wanted);
  WAYMARK_TRY(known, accounts_->device(hash));
  if (known &&
      (known->person != person || !std::equal(known->key.begin(), known->key.end(), key.begin(), key.end())))
    return Error{Code::conflict, "another device has this token"};
  WAYMARK_CHECK(accounts_->forget_device(person, key));
  return std::string(wanted);
}

Status School::reset_pin(const PersonId& student) {
  WAYMARK_CHECK(only_the_school());
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_CHECK(accounts_->set_pin(student, "", ""));
  WAYMARK_CHECK(remember("pin", student.hex(), ""));
  WAYMARK_CHECK(accounts_->audit(std::nullopt, "PIN reset", student.hex()));
  return transaction.commit();
}

Status must_be_pin_hash(std::string_view pin_hash, std::string_view pin_kind) {
  // The costs stand in the text; another text could make the school work for minutes.
  static const std::string costs = [] {
    auto ours = hash_password("0000");
    return ours.substr(0, ours.find('$', ours.find("m=")) + 1);
  }();
  if (costs.empty() || !pin_hash.starts_with(costs) || pin_hash.size() > 128 || !valid_utf8(pin_hash))
    return Error{Code::malformed, "no hash of a PIN"};
  if (pin_kind != "digits" && pin_kind != "pictures") return Error{Code::malformed, "no kind of a PIN"};
  return {};
}

Status School::change_pin(const Bearer& bearer, std::string_view pin_hash, std::string_view pin_kind) {
  WAYMARK_CHECK(only_the_school());
  WAYMARK_CHECK(must_be_pin_hash(pin_hash, pin_kind));
  // Each is a line of the log, for good: few at once, and then one a minute.
  auto key = "pin chosen:" + bearer.person.hex();
  WAYMARK_CHECK(may_try(key));
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_CHECK(wrong_try(key));
  WAYMARK_CHECK(accounts_->set_pin(bearer.person, pin_hash, pin_kind));
  WAYMARK_CHECK(remember("pin", bearer.person.hex(), pin_hash, pin_kind));
  WAYMARK_CHECK(accounts_->audit(bearer.person, "PIN changed", bearer.computer_name));
  return transaction.commit();
}

Result<Bearer> School::bearer(std::string_view token) {
  auto hash = token_hash(token);
  WAYMARK_TRY(device, accounts_->device(hash));
  if (!device || device->removed)
    return Error{Code::unauthorized, "this computer is not, or no longer, signed in"};
  return Bearer{device->person, device->computer, device->computer_name, hash};
}

Result<sync::Caller> School::caller(const PersonId& person) {
  WAYMARK_TRY(access, accounts_->access(person));
  sync::Caller who{person, std::move(access)};
  WAYMARK_TRY(known, accounts_->person(person));
  if (known && known->role == "hub") {
    WAYMARK_TRY(teachers, teachers_at(person, who.access));
    who.speaks_for = std::move(teachers);
    who.hub = true;
  }
  return who;
}

// ---- sync

Result<School::SyncRead> School::read_sync(std::string_view body) {
  SyncRead read;
  read.packed = wire::is_packed(body);
  WAYMARK_TRY(text, wire::unpack(body, wire::message_bytes_max));
  WAYMARK_TRY(request, wire::decode_request(text));
  read.request = std::move(request);
  read.pushed = sync::read_pushed(read.request);
  return read;
}

Result<std::string> School::sync(const Bearer& bearer, std::string_view body) {
  WAYMARK_TRY(read, read_sync(body));
  return sync(bearer, read);
}

namespace {
// Of a reply's header.
std::size_t bytes_beside(const std::vector<std::string>& answers, const std::vector<wire::Place>& places) {
  constexpr std::size_t kPlaceInHeader = 48;  // beside its texts
  std::size_t bytes = 0;
  for (const auto& answer : answers) bytes += wire::bytes_in_header(answer);
  for (const auto& place : places) {
    bytes += kPlaceInHeader + wire::bytes_in_header(place.hub) + wire::bytes_in_header(place.name);
    for (const auto& address : place.addresses) bytes += wire::bytes_in_header(address);
  }
  return bytes;
}
}  // namespace

Result<std::string> School::sync(const Bearer& bearer, const SyncRead& read) {
  const auto& request = read.request;
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_TRY(who, caller(bearer.person));
  if (who.hub && !request.ops.empty()) WAYMARK_CHECK(remember_replica(bearer.person, request.replica));
  sync::ServeLimits limits;
  limits.school = identity();
  if (!hub_) limits.identity = &identity_;
  sync::KnownHubs hubs;
  if (!request.returned.empty()) {
    WAYMARK_TRY(known, known_hubs(request.returned));
    hubs = std::move(known);
    limits.hubs = &hubs;
  }
  SecretKey hub_signs;
  std::optional<wire::CheckedBatch> checked;
  std::string batch;
  if (hub_) {
    limits.hub = true;
    WAYMARK_TRY(key, hub_key());
    hub_signs = key;
    WAYMARK_TRY(signer, hub_signer());
    limits.signer = std::move(signer);
    if (!limits.signer.certified.empty()) limits.hub_key = &hub_signs;  // else the school has not heard of it
    WAYMARK_TRY(carried, batch_of(bearer, request));
    if (carried) {
      batch = std::move(carried->bytes);
      checked = std::move(carried->checked);
      limits.batch = &checked->batch;
    }
  }
  std::vector<std::string> answers;
  std::vector<wire::Place> places;
  if (hub_) {
    WAYMARK_TRY(told, carried_->answers_for(request.replica, request.at_school));
    answers = std::move(told);
  }
  if (!request.mark) {
    WAYMARK_TRY(there, places_for(bearer.person));
    places = std::move(there);
  }
  limits.beside_bytes = bytes_beside(answers, places);
  WAYMARK_TRY(served, sync::serve(*store_, who, request, read.pushed, limits));
  if (served.carry && limits.batch) {
    WAYMARK_TRY(stubs, without_erased(batch));
    WAYMARK_CHECK(carried_->put(*limits.batch, stubs ? *stubs : batch));
    if (to_carry_) to_carry_();
  }
  if (hub_) {
    served.reply.answers = std::move(answers);
    WAYMARK_TRY(on_their_way, carried_->carried_of(request.replica, request.at_school, served.reply.room->n));
    served.reply.carried = on_their_way;
    WAYMARK_TRY(problem, carried_->problem_of(request.replica, request.at_school));
    served.reply.problem = problem;
    WAYMARK_TRY(beside, carried_->carried_beside(bearer.person, request.replica));
    served.reply.beside = beside;
  }
  served.reply.places = std::move(places);
  for (const auto& [letter, code] : served.dead_letters)
    WAYMARK_CHECK(keep_letter(bearer.person, letter, code));
  for (const auto& [hub, letter] : served.of_the_room)
    WAYMARK_CHECK(keep_letter(hub, letter, waymark::name(Code::not_granted)));
  WAYMARK_CHECK(accounts_->computer_heard(bearer.computer));
  // What the student's other computers said when they were last heard from.
  WAYMARK_TRY(seen, accounts_->seen_on(bearer.person));
  for (const auto& place : seen)
    if (place.computer != bearer.computer && place.waiting > 0 &&
        served.reply.elsewhere.size() < wire::elsewhere_max)
      served.reply.elsewhere.push_back({place.computer_name, place.waiting});
  // Of a mark that is another than the school's nothing was taken in.
  bool taken = !request.mark || served.reply.same.value_or(true);
  std::int64_t settled = taken ? static_cast<std::int64_t>(request.ops.size()) : 0;
  // What a hub has taken is not on that computer alone any more.
  if (served.reply.room) settled = std::max<std::int64_t>(0, served.reply.room->n - request.at_school);
  // Only what the school wrote itself, and lost since, comes into its stream from outside.
  bool brought_back =
      std::find(served.changed.begin(), served.changed.end(), domain::school_stream) != served.changed.end();
  if (brought_back) WAYMARK_CHECK(heed_erasures());
  if (!hub_) WAYMARK_CHECK(heed_hidings(read));
  WAYMARK_CHECK(
      accounts_->device_heard(bearer.token_hash, std::max<std::int64_t>(0, request.waiting - settled)));
  WAYMARK_CHECK(transaction.commit());
  if (brought_back || !served.reply.refused.empty()) erasures_wait_ = true;
  if (erasures_wait_) (void)finish_erasures();
  auto reply = wire::encode(served.reply);
  return read.packed ? wire::pack(reply, request.mark.has_value()) : reply;
}

// What a device brought to a hub, as it will be carried. Nothing when nothing came; and nothing of what
// cannot be believed, which then stays where it is, while reading goes on.
Result<std::optional<School::RoomBatch>> School::batch_of(const Bearer& bearer,
                                                          const wire::SyncRequest& request) {
  if (request.batch.empty()) return std::optional<RoomBatch>();
  RoomBatch batch;
  batch.bytes = request.batch;
  for (const auto& op : request.ops) batch.bytes += op, batch.bytes += '\n';
  WAYMARK_TRY(device, accounts_->device(bearer.token_hash));
  PublicKey key;
  if (device && device->key.size() == key.bytes.size())
    std::copy(device->key.begin(), device->key.end(), key.bytes.begin());
  auto checked = wire::decode_batch(batch.bytes, {identity(), nullptr, key});
  if (!checked || checked->batch.person != bearer.person || checked->batch.replica != request.replica) {
    WAYMARK_CHECK(accounts_->audit(bearer.person, "a batch was not believed",
                                   checked ? "another person or replica" : checked.error().detail));
    return std::optional<RoomBatch>();
  }
  batch.checked = std::move(*checked);
  return std::optional(std::move(batch));
}

Result<std::string> School::have(const Bearer& bearer, std::string_view body) {
  WAYMARK_TRY(ids, wire::decode_have(body));
  WAYMARK_TRY(who, caller(bearer.person));
  WAYMARK_TRY(lacking, sync::missing(*store_, who, ids));
  return wire::encode_have(lacking);
}

// ---- the dashboard

Result<PasswordTry> School::begin_sign_in(std::string_view email, std::string_view password) {
  PasswordTry attempt;
  attempt.address = fold(email);
  attempt.password = password;
  if (attempt.address.size() > 254 || password.size() > 1024)
    return Error{Code::wrong_password, "e-mail and password do not go together"};
  WAYMARK_TRY(person, accounts_->person_by_email(attempt.address));
  if (person && person->active && !person->password_hash.empty()) attempt.person = *person;
  attempt.key = "password:" + (attempt.person ? attempt.address : "?" + bucket(attempt.address));
  WAYMARK_CHECK(may_try(attempt.key));
  WAYMARK_CHECK(wrong_try(attempt.key));
  return attempt;
}

void School::check_password(PasswordTry& attempt) {
  // Nobody of this name costs the same time, so that names cannot be told by it.
  if (!attempt.person) (void)hash_password(attempt.password);
  attempt.good = attempt.person && verify_password(attempt.password, attempt.person->password_hash);
}

Result<School::SignedIn> School::finish_sign_in(const PasswordTry& attempt) {
  if (!attempt.good) return Error{Code::wrong_password, "e-mail and password do not go together"};
  WAYMARK_TRY(person, accounts_->person(attempt.person->id));
  if (!person || !person->active || person->password_hash != attempt.person->password_hash)
    return Error{Code::wrong_password, "e-mail and password do not go together"};
  WAYMARK_CHECK(accounts_->clear_tries(attempt.key));
  WAYMARK_CHECK(accounts_->remove_sessions_before(clock_.now_ms() - kSessionTimeMs));
  SignedIn in{make_token(random_), make_token(random_), *person};
  WAYMARK_CHECK(accounts_->add_session(token_hash(in.token), person->id, in.csrf));
  WAYMARK_CHECK(accounts_->audit(person->id, "signed in", attempt.address));
  return in;
}

Result<School::SignedIn> School::sign_in(std::string_view email, std::string_view password) {
  WAYMARK_TRY(attempt, begin_sign_in(email, password));
  check_password(attempt);
  return finish_sign_in(attempt);
}

Result<std::pair<Person, std::string>> School::session(std::string_view token) {
  auto hash = token_hash(token);
  WAYMARK_TRY(session, accounts_->session(hash));
  auto now = clock_.now_ms();
  if (!session || now - session->seen_ms > kSessionTimeMs || session->seen_ms - now > kSessionAheadMs ||
      now - session->created_ms > kSessionAgeMs)
    return Error{Code::unauthorized, "not signed in"};
  WAYMARK_TRY(person, accounts_->person(session->person));
  if (!person || !person->active) return Error{Code::unauthorized, "not signed in"};
  // Written at most once a minute: looking at a page is no reason to write to the disk.
  if (clock_.now_ms() - session->seen_ms > 60'000) WAYMARK_CHECK(accounts_->session_seen(hash));
  return std::pair(*person, session->csrf);
}

Status School::sign_out(std::string_view token) { return accounts_->remove_session(token_hash(token)); }

Result<std::vector<store::Written>> School::write(const PersonId& author,
                                                  std::span<const store::Edit> edits) {
  WAYMARK_TRY(who, caller(author));
  for (const auto& edit : edits) {
    auto op = store::op_of(edit, author);
    const sync::Access* granted = nullptr;
    for (const auto& access : who.access)
      if (access.stream == op.stream) granted = &access;
    if (!granted) return Error{Code::not_granted, "the stream is not granted to this person"};
    WAYMARK_CHECK(domain::authorize(op, granted->role));
    WAYMARK_CHECK(domain::validate(op));
  }
  if (to_carry_) to_carry_();
  return store_->write(author, edits);
}

Result<std::vector<store::Written>> School::write_as_school(std::span<const store::Edit> edits) {
  WAYMARK_TRY(root_text, store_->meta("root"));
  WAYMARK_TRY(root, PersonId::parse(root_text.value_or("")));
  for (const auto& edit : edits) {
    auto op = store::op_of(edit, root);
    WAYMARK_CHECK(domain::authorize(op, domain::Role::root));
    WAYMARK_CHECK(domain::validate(op));
  }
  return store_->write(root, edits);
}

}  // namespace waymark::server
