#include "sync-server/store/accounts.hpp"

#include "waymark_server_store_sql.hpp"

#include "shared/base/text.hpp"

namespace waymark::server {
namespace {

using store::Query;

std::optional<std::string> optional_text(const Query& query, int column) {
  return query.is_null(column) ? std::optional<std::string>() : query.text(column);
}
std::optional<std::int64_t> optional_integer(const Query& query, int column) {
  return query.is_null(column) ? std::optional<std::int64_t>() : query.integer(column);
}
void bind(Query& query, const std::optional<std::string>& text) {
  if (text)
    query.bind(*text);
  else
    query.bind_null();
}

Person read_person(const Query& query) {
  return {query.id<PersonId>(0),   query.text(1), query.text(2), query.text(3), optional_text(query, 4),
          optional_text(query, 5), query.text(6), query.text(7), query.text(8), query.integer(9) != 0};
}
ClassRow read_class(const Query& query) {
  return {query.id<ClassId>(0), query.text(1), optional_text(query, 2), query.integer(3) != 0};
}
Enrollment read_enrollment(const Query& query) {
  return {query.id<ClassId>(0), query.id<PersonId>(1), query.text(2), query.integer(3) != 0,
          optional_text(query, 4)};
}

template <class Row, class Read>
Result<std::optional<Row>> first(Query& query, Read read) {
  WAYMARK_TRY(row, query.step());
  if (!row) return std::optional<Row>();
  return std::optional<Row>(read(query));
}
template <class Row, class Read>
Result<std::vector<Row>> all(Query& query, Read read) {
  std::vector<Row> rows;
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return rows;
    rows.push_back(read(query));
  }
}

}  // namespace

Status Accounts::prepare() { return db_.execute(sql::accounts); }

Result<std::optional<Person>> Accounts::person(const PersonId& id) {
  WAYMARK_TRY(query, db_.prepare(sql::person_find));
  return first<Person>(query.bind(id), read_person);
}
Result<std::optional<Person>> Accounts::person_by_email(std::string_view email) {
  WAYMARK_TRY(query, db_.prepare(sql::person_find_email));
  return first<Person>(query.bind(email), read_person);
}
Result<std::optional<Person>> Accounts::person_by_source(std::string_view source) {
  WAYMARK_TRY(query, db_.prepare(sql::person_find_source));
  return first<Person>(query.bind(source), read_person);
}
Result<std::int64_t> Accounts::first_person_ms() {
  WAYMARK_TRY(query, db_.prepare(sql::person_first));
  WAYMARK_TRY(row, query.step());
  return row ? query.integer(0) : 0;
}

Result<std::vector<Person>> Accounts::people() {
  WAYMARK_TRY(query, db_.prepare(sql::person_list));
  return all<Person>(query, read_person);
}
Status Accounts::put(const Person& person) {
  WAYMARK_TRY(query, db_.prepare(sql::person_put));
  query.bind(person.id).bind(person.role).bind(person.given).bind(person.family);
  bind(query, person.email);
  bind(query, person.source);
  return query.bind(person.active).bind(now()).run();
}
Status Accounts::forget(const PersonId& id) {
  {
    // Rows about them have their id; some that others wrote have had the name.
    WAYMARK_TRY(known, person(id));
    WAYMARK_TRY(query, db_.prepare(sql::forget_audit));
    WAYMARK_CHECK(
        query.bind(id).bind(known ? trim(known->given + " " + known->family) : std::string()).run());
  }
  for (auto statement :
       {sql::person_forget, sql::forget_cards, sql::forget_newcomer, sql::forget_enrollments}) {
    WAYMARK_TRY(query, db_.prepare(statement));
    WAYMARK_CHECK(query.bind(id).run());
  }
  auto hex = id.hex();
  for (auto statement : {sql::forget_letters_settled, sql::forget_letters_brought, sql::forget_letters}) {
    WAYMARK_TRY(query, db_.prepare(statement));
    WAYMARK_CHECK(query.bind(id).bind(as_bytes(hex)).run());
  }
  return {};
}
Status Accounts::forget_letter(std::int64_t n) {
  for (auto statement : {sql::forget_letter_settled, sql::forget_letter_brought, sql::forget_letter}) {
    WAYMARK_TRY(query, db_.prepare(statement));
    WAYMARK_CHECK(query.bind(n).run());
  }
  return {};
}
Status Accounts::forget_letters(const std::set<OpId>& ops) {
  if (ops.empty()) return {};
  std::vector<std::int64_t> found;
  {
    WAYMARK_TRY(query, db_.prepare(sql::dead_letter_bodies));
    for (;;) {
      WAYMARK_TRY(row, query.step());
      if (!row) break;
      if (ops.contains(record::op_id(query.view(1)))) found.push_back(query.integer(0));
    }
  }
  for (auto n : found) WAYMARK_CHECK(forget_letter(n));
  return {};
}
Status Accounts::set_password(const PersonId& id, std::string_view hash) {
  WAYMARK_TRY(query, db_.prepare(sql::person_password));
  return query.bind(hash).bind(id).run();
}
Status Accounts::set_pin(const PersonId& id, std::string_view hash, std::string_view kind) {
  WAYMARK_TRY(query, db_.prepare(sql::person_pin));
  return query.bind(hash).bind(kind).bind(id).run();
}

Result<std::optional<ClassRow>> Accounts::class_by_id(const ClassId& id) {
  WAYMARK_TRY(query, db_.prepare(sql::class_find));
  return first<ClassRow>(query.bind(id), read_class);
}
Result<std::optional<ClassRow>> Accounts::class_by_source(std::string_view source) {
  WAYMARK_TRY(query, db_.prepare(sql::class_find_source));
  return first<ClassRow>(query.bind(source), read_class);
}
Result<std::vector<ClassRow>> Accounts::classes() {
  WAYMARK_TRY(query, db_.prepare(sql::class_list));
  return all<ClassRow>(query, read_class);
}
Status Accounts::put(const ClassRow& row) {
  WAYMARK_TRY(query, db_.prepare(sql::class_put));
  query.bind(row.id).bind(row.title);
  bind(query, row.source);
  return query.bind(row.active).bind(now()).run();
}
Status Accounts::put(const Enrollment& enrollment) {
  WAYMARK_TRY(query, db_.prepare(sql::enrollment_put));
  query.bind(enrollment.class_id).bind(enrollment.person).bind(enrollment.role);
  query.bind(enrollment.active);
  bind(query, enrollment.source);
  return query.run();
}
Result<std::optional<Enrollment>> Accounts::enrollment(const ClassId& class_id, const PersonId& person) {
  WAYMARK_TRY(query, db_.prepare(sql::enrollment_find));
  return first<Enrollment>(query.bind(class_id).bind(person), read_enrollment);
}
Result<std::vector<Enrollment>> Accounts::enrollments_of(const ClassId& id) {
  WAYMARK_TRY(query, db_.prepare(sql::enrollment_of_class));
  return all<Enrollment>(query.bind(id), read_enrollment);
}
Result<std::vector<Enrollment>> Accounts::enrollments_of(const PersonId& id) {
  WAYMARK_TRY(query, db_.prepare(sql::enrollment_of_person));
  return all<Enrollment>(query.bind(id), read_enrollment);
}

Result<std::vector<sync::Access>> Accounts::access(const PersonId& person) {
  WAYMARK_TRY(query, db_.prepare(sql::access_of_person));
  return all<sync::Access>(query.bind(person), [](const Query& row) {
    return sync::Access{row.text(0), row.id<AccessId>(1),
                        domain::role_named(row.text(2)).value_or(domain::Role::member)};
  });
}
Result<std::vector<PersonId>> Accounts::readers(std::string_view stream) {
  WAYMARK_TRY(query, db_.prepare(sql::access_of_stream));
  return all<PersonId>(query.bind(stream), [](const Query& row) { return row.id<PersonId>(0); });
}
Status Accounts::put_access(const PersonId& person, const sync::Access& access) {
  WAYMARK_TRY(query, db_.prepare(sql::access_put));
  return query.bind(person).bind(access.stream).bind(access.id).bind(domain::name(access.role)).run();
}
Status Accounts::remove_access(const PersonId& person, std::string_view stream) {
  WAYMARK_TRY(query, db_.prepare(sql::access_remove));
  return query.bind(person).bind(stream).run();
}

namespace {
Card read_card(const Query& query) { return {query.text(0), query.id<PersonId>(1), !query.is_null(2)}; }
}  // namespace
Status Accounts::add_card(std::string_view code, const PersonId& person) {
  WAYMARK_TRY(query, db_.prepare(sql::card_add));
  return query.bind(code).bind(person).bind(now()).run();
}
Result<std::optional<Card>> Accounts::card(std::string_view code) {
  WAYMARK_TRY(query, db_.prepare(sql::card_find));
  return first<Card>(query.bind(code), read_card);
}
Result<std::optional<Card>> Accounts::card_of(const PersonId& person) {
  WAYMARK_TRY(query, db_.prepare(sql::card_of_person));
  return first<Card>(query.bind(person), read_card);
}
Status Accounts::void_cards(const PersonId& person) {
  WAYMARK_TRY(query, db_.prepare(sql::card_void));
  return query.bind(now()).bind(person).run();
}
Status Accounts::put_only_card(std::string_view code, const PersonId& person) {
  WAYMARK_CHECK(void_cards(person));
  WAYMARK_TRY(known, card(code));
  if (!known) return add_card(code, person);
  WAYMARK_TRY(query, db_.prepare(sql::card_revive));
  return query.bind(code).bind(person).run();
}

Status Accounts::add_computer_code(std::string_view id, std::string_view code, std::string_view name) {
  WAYMARK_TRY(query, db_.prepare(sql::computer_code_add));
  return query.bind(id).bind(code).bind(name).bind(now()).run();
}
Result<std::optional<ComputerCode>> Accounts::computer_code(std::string_view id) {
  WAYMARK_TRY(query, db_.prepare(sql::computer_code_find));
  return first<ComputerCode>(query.bind(id), [](const Query& row) {
    return ComputerCode{row.text(0), row.text(1), !row.is_null(2)};
  });
}
Status Accounts::use_computer_code(std::string_view id) {
  WAYMARK_TRY(query, db_.prepare(sql::computer_code_use));
  return query.bind(now()).bind(id).run();
}
Status Accounts::add_computer(const Computer& computer, ByteView token_hash) {
  WAYMARK_TRY(query, db_.prepare(sql::computer_add));
  return query.bind(computer.id).bind(computer.name).bind(token_hash).bind(now()).bind(now()).run();
}
namespace {
Computer read_computer(const Query& query) {
  return {query.id<ComputerId>(0),    query.text(1),     query.integer(2),
          optional_integer(query, 3), !query.is_null(4), 0};
}
}  // namespace
Result<std::optional<Computer>> Accounts::computer_by_token(ByteView token_hash) {
  WAYMARK_TRY(query, db_.prepare(sql::computer_find_token));
  return first<Computer>(query.bind(token_hash), read_computer);
}
Result<std::vector<Computer>> Accounts::computers() {
  WAYMARK_TRY(query, db_.prepare(sql::computer_list));
  return all<Computer>(query, [](const Query& row) {
    auto computer = read_computer(row);
    computer.waiting = row.integer(5);
    return computer;
  });
}
Status Accounts::computer_heard(const ComputerId& id) {
  WAYMARK_TRY(query, db_.prepare(sql::computer_heard));
  return query.bind(now()).bind(id).run();
}
Status Accounts::remove_computer(const ComputerId& id) {
  WAYMARK_TRY(query, db_.prepare(sql::computer_remove));
  WAYMARK_CHECK(query.bind(now()).bind(id).run());
  WAYMARK_TRY(devices, db_.prepare(sql::device_remove_computer));
  return devices.bind(now()).bind(id).run();
}

Status Accounts::add_device(ByteView token_hash, const PersonId& person, const ComputerId& computer,
                            ByteView key) {
  WAYMARK_TRY(query, db_.prepare(sql::device_add));
  return query.bind(token_hash).bind(person).bind(computer).bind(key).bind(now()).run();
}
Result<std::optional<Device>> Accounts::device(ByteView token_hash) {
  WAYMARK_TRY(query, db_.prepare(sql::device_find));
  return first<Device>(query.bind(token_hash), [](const Query& row) {
    return Device{row.id<PersonId>(0), row.id<ComputerId>(1), row.text(3), !row.is_null(2) || !row.is_null(4),
                  Bytes(row.blob(5).begin(), row.blob(5).end())};
  });
}
Status Accounts::device_heard(ByteView token_hash, std::int64_t waiting) {
  WAYMARK_TRY(query, db_.prepare(sql::device_heard));
  return query.bind(now()).bind(waiting).bind(token_hash).run();
}
Result<bool> Accounts::device_brought(ByteView key, const ReplicaId& replica, std::int64_t round,
                                      std::string_view carrier, std::int64_t settled) {
  WAYMARK_TRY(query, db_.prepare(sql::device_brought));
  WAYMARK_CHECK(query.bind(key).bind(replica).bind(round).bind(now()).bind(carrier).bind(settled).run());
  bool news = db_.changes() > 0;
  if (settled == 0) return news;
  // What waited when it was last heard from is the oldest it had, and came first.
  WAYMARK_TRY(less, db_.prepare(sql::device_waits_less));
  WAYMARK_CHECK(less.bind(settled).bind(key).run());
  return news;
}
Status Accounts::forget_device(const PersonId& person, ByteView key) {
  WAYMARK_TRY(query, db_.prepare(sql::device_forget));
  return query.bind(person).bind(key).run();
}
Status Accounts::forget_old_devices(const PersonId& person, ByteView key) {
  WAYMARK_TRY(query, db_.prepare(sql::device_forget_old));
  return query.bind(person).bind(key).run();
}

Status Accounts::add_newcomer(const PersonId& person, std::string_view certificate) {
  WAYMARK_TRY(query, db_.prepare(sql::newcomer_add));
  return query.bind(person).bind(certificate).bind(now()).run();
}

Result<std::vector<Newcomer>> Accounts::newcomers() {
  std::vector<Newcomer> newcomers;
  WAYMARK_TRY(query, db_.prepare(sql::newcomer_list));
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return newcomers;
    newcomers.push_back(
        {query.id<PersonId>(0), query.text(1), query.text(2), query.integer(3), query.integer(4)});
  }
}

Status Accounts::confirm_newcomer(const PersonId& person) {
  WAYMARK_TRY(query, db_.prepare(sql::newcomer_confirm));
  return query.bind(now()).bind(person).run();
}

Result<std::vector<SeenOn>> Accounts::seen_on(const PersonId& person) {
  WAYMARK_TRY(query, db_.prepare(sql::device_of_person));
  return all<SeenOn>(query.bind(person), [](const Query& row) {
    SeenOn seen{row.text(0),           optional_integer(row, 1), row.integer(2),
                row.id<ComputerId>(3), row.integer(4),           {}};
    auto brought = optional_integer(row, 5);
    if (brought && *brought > seen.heard_ms.value_or(0)) {
      seen.heard_ms = brought;
      seen.carrier = row.text(6);
    }
    return seen;
  });
}

Status Accounts::add_session(ByteView token_hash, const PersonId& person, std::string_view csrf) {
  WAYMARK_TRY(query, db_.prepare(sql::session_add));
  return query.bind(token_hash).bind(person).bind(csrf).bind(now()).bind(now()).run();
}
Result<std::optional<WebSession>> Accounts::session(ByteView token_hash) {
  WAYMARK_TRY(query, db_.prepare(sql::session_find));
  return first<WebSession>(query.bind(token_hash), [](const Query& row) {
    return WebSession{row.id<PersonId>(0), row.text(1), row.integer(2), row.integer(3)};
  });
}
Status Accounts::session_seen(ByteView token_hash) {
  WAYMARK_TRY(query, db_.prepare(sql::session_seen));
  return query.bind(now()).bind(token_hash).run();
}
Status Accounts::remove_session(ByteView token_hash) {
  WAYMARK_TRY(query, db_.prepare(sql::session_remove));
  return query.bind(token_hash).run();
}
Status Accounts::remove_sessions_of(const PersonId& person) {
  WAYMARK_TRY(query, db_.prepare(sql::session_remove_person));
  return query.bind(person).run();
}
Status Accounts::remove_sessions_before(std::int64_t ms) {
  WAYMARK_TRY(query, db_.prepare(sql::session_remove_old));
  return query.bind(ms).run();
}

Result<Accounts::Tries> Accounts::tries(std::string_view key) {
  WAYMARK_TRY(query, db_.prepare(sql::tries_get));
  WAYMARK_TRY(row, query.bind(key).step());
  return row ? Tries{query.integer(0), query.integer(1)} : Tries{};
}
Status Accounts::put_tries(std::string_view key, const Tries& tries) {
  WAYMARK_TRY(query, db_.prepare(sql::tries_put));
  return query.bind(key).bind(tries.count).bind(tries.last_ms).run();
}
Status Accounts::clear_tries(std::string_view key) {
  WAYMARK_TRY(query, db_.prepare(sql::tries_clear));
  return query.bind(key).run();
}

Status Accounts::audit(const std::optional<PersonId>& person, std::string_view action,
                       std::string_view subject) {
  WAYMARK_TRY(query, db_.prepare(sql::audit_add));
  query.bind(now());
  if (person)
    query.bind(*person);
  else
    query.bind_null();
  return query.bind(action).bind(subject).run();
}
Result<std::vector<AuditEntry>> Accounts::audit_entries(std::int64_t rows_max) {
  WAYMARK_TRY(query, db_.prepare(sql::audit_list));
  return all<AuditEntry>(query.bind(rows_max), [](const Query& row) {
    AuditEntry entry{row.integer(0), {}, row.text(2), row.text(3)};
    if (!row.is_null(1)) entry.person = row.id<PersonId>(1);
    return entry;
  });
}
Status Accounts::add_dead_letter(const PersonId& person, std::string_view body, std::string_view code,
                                 const std::optional<PersonId>& hub) {
  {
    WAYMARK_TRY(query, db_.prepare(sql::dead_letter_add));
    WAYMARK_CHECK(query.bind(now()).bind(person).bind(as_bytes(body)).bind(code).run());
  }
  bool fresh = db_.changes() > 0;
  std::int64_t n = 0;
  PersonId sender;
  {
    WAYMARK_TRY(query, db_.prepare(sql::dead_letter_by_body));
    WAYMARK_TRY(row, query.bind(as_bytes(body)).step());
    if (!row) return {};
    n = query.integer(0), sender = query.id<PersonId>(1);
  }
  if (!fresh && sender != person) {
    // Whoever read it may have sent it first; its author's own sending is what counts.
    auto op = record::parse_op(body);
    if (!op || op->author != person) return {};
    for (auto statement : {sql::forget_letter_settled, sql::forget_letter_brought}) {
      WAYMARK_TRY(query, db_.prepare(statement));
      WAYMARK_CHECK(query.bind(n).run());
    }
    WAYMARK_TRY(query, db_.prepare(sql::dead_letter_by_author));
    WAYMARK_CHECK(query.bind(now()).bind(person).bind(code).bind(n).run());
    fresh = true;
  }
  if (!hub || !fresh) return {};
  WAYMARK_TRY(query, db_.prepare(sql::dead_letter_brought_add));
  return query.bind(n).bind(*hub).run();
}
Result<std::int64_t> Accounts::dead_letters_waiting() {
  WAYMARK_TRY(query, db_.prepare(sql::dead_letter_count));
  WAYMARK_TRY(row, query.step());
  return row ? query.integer(0) : std::int64_t{0};
}
Result<std::int64_t> Accounts::dead_letters_waiting_for(const PersonId& teacher) {
  WAYMARK_TRY(query, db_.prepare(sql::dead_letter_count_for));
  WAYMARK_TRY(row, query.bind(teacher).step());
  return row ? query.integer(0) : std::int64_t{0};
}
Result<std::vector<std::int64_t>> Accounts::letters_listed(bool waiting,
                                                           const std::optional<PersonId>& teacher,
                                                           std::int64_t rows_max) {
  WAYMARK_TRY(query, db_.prepare(waiting ? sql::dead_letter_waiting_for : sql::dead_letter_settled_for));
  if (teacher)
    query.bind(*teacher);
  else
    query.bind_null();
  return all<std::int64_t>(query.bind(rows_max), [](const Query& row) { return row.integer(0); });
}
namespace {
DeadLetter read_dead_letter(const Query& row) {
  DeadLetter letter{row.integer(0),
                    row.integer(1),
                    row.id<PersonId>(2),
                    row.text(3),
                    row.text(4),
                    optional_integer(row, 5),
                    {},
                    row.text(7),
                    {}};
  if (!row.is_null(6)) letter.settled_by = row.id<PersonId>(6);
  if (!row.is_null(8)) letter.hub = row.id<PersonId>(8);
  return letter;
}
}  // namespace
Result<std::vector<DeadLetter>> Accounts::dead_letters(bool waiting, std::int64_t rows_max) {
  WAYMARK_TRY(query, db_.prepare(sql::dead_letter_list));
  return all<DeadLetter>(query.bind(waiting).bind(rows_max), read_dead_letter);
}
Result<std::optional<DeadLetter>> Accounts::dead_letter(std::int64_t n) {
  WAYMARK_TRY(query, db_.prepare(sql::dead_letter_find));
  return first<DeadLetter>(query.bind(n), read_dead_letter);
}
Status Accounts::settle_dead_letter(std::int64_t n, const PersonId& by, std::string_view how) {
  {
    WAYMARK_TRY(query, db_.prepare(sql::dead_letter_settle));
    WAYMARK_CHECK(query.bind(now()).bind(n).run());
  }
  if (db_.changes() == 0) return Error{Code::conflict, "it is settled already"};
  WAYMARK_TRY(query, db_.prepare(sql::dead_letter_settled_add));
  return query.bind(n).bind(by).bind(how).run();
}

}  // namespace waymark::server
