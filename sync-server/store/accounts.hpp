// Who is who at this school, in SQL beside the replica: people, classes, cards, computers, devices, sessions,
// and the access to streams that follows from enrollments. Rows in, rows out; what they mean is service's
// business.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "shared/domain/kinds.hpp"
#include "shared/store/store.hpp"
#include "shared/sync/serve.hpp"

namespace waymark::server {

using ComputerId = Id<struct ComputerTag>;

struct Person {
  PersonId id;
  std::string role;  // student, teacher, admin
  std::string given, family;
  std::optional<std::string> email, source;
  std::string password_hash, pin_hash, pin_kind;  // empty: not set
  bool active = true;
};
// Who did what: `subject` is an id, a name or a number, as the action has it; without a person the school
// itself, or who used its commands.
struct AuditEntry {
  std::int64_t at_ms = 0;
  std::optional<PersonId> person;
  std::string action, subject;
};
struct ClassRow {
  ClassId id;
  std::string title;
  std::optional<std::string> source;
  bool active = true;
};
struct Enrollment {
  ClassId class_id;
  PersonId person;
  std::string role;  // student, teacher
  bool active = true;
  // The rows of a roster that hold it, one a line; none: added by hand, and no import ends it.
  std::optional<std::string> source = std::nullopt;
};
struct Card {
  std::string code;
  PersonId person;
  bool voided = false;
};
struct ComputerCode {
  std::string code, name;
  bool used = false;
};
struct Computer {
  ComputerId id;
  std::string name;
  std::int64_t joined_ms = 0;
  std::optional<std::int64_t> heard_ms;
  bool removed = false;
  std::int64_t waiting = 0;
};
struct Device {
  PersonId person;
  ComputerId computer;
  std::string computer_name;
  bool removed = false;
  Bytes key;
};
struct Newcomer {  // came back after a restore, and was not known
  PersonId person;
  std::string name, certificate;
  std::int64_t at_ms = 0, waiting = 0;
};
struct SeenOn {  // where a person was heard from
  std::string computer_name;
  std::optional<std::int64_t> heard_ms;
  std::int64_t waiting = 0;
  ComputerId computer;
  std::int64_t joined_ms = 0;
  std::string carrier;  // whose hands it last came by; empty: the computer's own connection
};
struct DeadLetter {  // what was refused without a trace in any stream
  std::int64_t n = 0, at_ms = 0;
  PersonId person;         // who sent it
  std::string body, code;  // the bytes as they came, and why they were refused
  std::optional<std::int64_t> settled_ms;
  PersonId settled_by;
  std::string settled;          // taken_in, handed_back, set_aside
  std::optional<PersonId> hub;  // which brought it, in the name of `person`, who is its author
};
struct WebSession {
  PersonId person;
  std::string csrf;
  std::int64_t created_ms = 0, seen_ms = 0;
};

class Accounts {
 public:
  explicit Accounts(store::Store& store) : store_(store), db_(store.db()) {}
  // Creates what is not there yet.
  Status prepare();

  Result<std::optional<Person>> person(const PersonId& id);
  Result<std::optional<Person>> person_by_email(std::string_view email);
  Result<std::optional<Person>> person_by_source(std::string_view source);
  Result<std::vector<Person>> people();
  Result<std::int64_t> first_person_ms();  // when the first was added, which is when the school was made
  Status put(const Person& person);        // not password and PIN
  // Their name, sign-in, cards, letters and what the audit says of them. The row stays, without a name.
  Status forget(const PersonId& id);
  Status forget_letter(std::int64_t n);
  Status forget_letters(const std::set<OpId>& ops);  // that are one of these
  Status set_password(const PersonId& id, std::string_view hash);
  Status set_pin(const PersonId& id, std::string_view hash, std::string_view kind);

  Result<std::optional<ClassRow>> class_by_id(const ClassId& id);
  Result<std::optional<ClassRow>> class_by_source(std::string_view source);
  Result<std::vector<ClassRow>> classes();
  Status put(const ClassRow& row);
  Status put(const Enrollment& enrollment);
  Result<std::optional<Enrollment>> enrollment(const ClassId& class_id, const PersonId& person);
  Result<std::vector<Enrollment>> enrollments_of(const ClassId& id);
  Result<std::vector<Enrollment>> enrollments_of(const PersonId& id);

  Result<std::vector<sync::Access>> access(const PersonId& person);
  Result<std::vector<PersonId>> readers(std::string_view stream);
  Status put_access(const PersonId& person, const sync::Access& access);
  Status remove_access(const PersonId& person, std::string_view stream);

  Status add_card(std::string_view code, const PersonId& person);
  Result<std::optional<Card>> card(std::string_view code);
  Result<std::optional<Card>> card_of(const PersonId& person);
  Status void_cards(const PersonId& person);
  // The one card of this person: it is made where it is not there, and all others are void.
  Status put_only_card(std::string_view code, const PersonId& person);

  Status add_computer_code(std::string_view id, std::string_view code, std::string_view name);
  Result<std::optional<ComputerCode>> computer_code(std::string_view id);
  Status use_computer_code(std::string_view id);
  Status add_computer(const Computer& computer, ByteView token_hash);
  Result<std::optional<Computer>> computer_by_token(ByteView token_hash);
  Result<std::vector<Computer>> computers();
  Status computer_heard(const ComputerId& id);
  Status remove_computer(const ComputerId& id);

  Status add_device(ByteView token_hash, const PersonId& person, const ComputerId& computer, ByteView key);
  Result<std::optional<Device>> device(ByteView token_hash);
  Status device_heard(ByteView token_hash, std::int64_t waiting);
  // Other hands brought a batch of this device, of which so many ops were not settled before. One that was
  // brought already changes nothing; whether it was new.
  Result<bool> device_brought(ByteView key, const ReplicaId& replica, std::int64_t round,
                              std::string_view carrier, std::int64_t settled);
  // All of this key: it comes back under another token.
  Status forget_device(const PersonId& person, ByteView key);
  // But the last three, since a copy of its disk may be there.
  Status forget_old_devices(const PersonId& person, ByteView key);
  Status add_newcomer(const PersonId& person, std::string_view certificate);
  Result<std::vector<Newcomer>> newcomers();  // that wait to be confirmed
  Status confirm_newcomer(const PersonId& person);
  Result<std::vector<SeenOn>> seen_on(const PersonId& person);

  Status add_session(ByteView token_hash, const PersonId& person, std::string_view csrf);
  Result<std::optional<WebSession>> session(ByteView token_hash);
  Status session_seen(ByteView token_hash);
  Status remove_session(ByteView token_hash);
  Status remove_sessions_of(const PersonId& person);
  Status remove_sessions_before(std::int64_t ms);

  struct Tries {
    std::int64_t count = 0, last_ms = 0;
  };
  Result<Tries> tries(std::string_view key);
  Status put_tries(std::string_view key, const Tries& tries);
  Status clear_tries(std::string_view key);

  Status audit(const std::optional<PersonId>& person, std::string_view action, std::string_view subject);
  // The latest first.
  Result<std::vector<AuditEntry>> audit_entries(std::int64_t rows_max);
  // `hub`: which brought it in this person's name. What is here already stays as it is, but where somebody
  // else sent it and now its author does: then it is theirs, and waits.
  Status add_dead_letter(const PersonId& person, std::string_view body, std::string_view code,
                         const std::optional<PersonId>& hub = std::nullopt);
  Result<std::int64_t> dead_letters_waiting();
  // Their own, and those of students whom they teach.
  Result<std::int64_t> dead_letters_waiting_for(const PersonId& teacher);
  // At most `rows_max`, of one teacher or of all: of those that wait the latest of each sender before the
  // next of any, so that nobody's many hide another's one; of those that are settled the latest first.
  Result<std::vector<std::int64_t>> letters_listed(bool waiting, const std::optional<PersonId>& teacher,
                                                   std::int64_t rows_max);
  // The latest first, at most `rows_max`: those that wait, or those that are settled.
  Result<std::vector<DeadLetter>> dead_letters(bool waiting, std::int64_t rows_max);
  Result<std::optional<DeadLetter>> dead_letter(std::int64_t n);
  Status settle_dead_letter(std::int64_t n, const PersonId& by, std::string_view how);

 private:
  std::int64_t now() { return store_.clock().now_ms(); }
  store::Store& store_;
  store::Db& db_;
};

}  // namespace waymark::server
