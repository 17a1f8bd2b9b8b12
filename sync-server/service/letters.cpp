// School: dead letters, which are pieces of work that the school refused and that left no stub in any stream.
// An adult reads them and takes each in on its author's behalf, hands it back with its text, or sets it
// aside.
#include "sync-server/service/letters.hpp"

#include <algorithm>
#include <map>

#include "shared/base/text.hpp"
#include "shared/store/erase.hpp"
#include "sync-server/service/school.hpp"

namespace waymark::server {
namespace {

using store::Transaction;

constexpr std::size_t kRawBytesMax = 2'000;
constexpr std::size_t kNoticeBytesMax = 60'000;

bool is_id(std::string_view text) {
  return (text.size() == 32 || text.size() == 64) && from_hex(text).has_value();
}

// What a person is to a stream whatever they are granted today: the owner of their own, staff of the rest.
std::optional<domain::Role> role_by_nature(const Person& person, std::string_view stream) {
  if (stream == domain::own_stream(person.id)) return domain::Role::owner;
  if (stream == domain::person_stream(person.id) && person.role == "student") return domain::Role::owner;
  if (person.role != "student") return domain::Role::staff;
  return std::nullopt;
}

Result<DeadLetter> waiting_letter(Accounts& accounts, std::int64_t n) {
  WAYMARK_TRY(letter, accounts.dead_letter(n));
  if (!letter) return Error{Code::not_found, "no such letter"};
  if (letter->settled_ms) return Error{Code::conflict, "it is settled already"};
  return *letter;
}

}  // namespace

LetterContent content_of(const DeadLetter& letter) {
  LetterContent content;
  auto op = record::parse_op(letter.body);
  if (!op) {
    auto raw = truncate_utf8(letter.body, kRawBytesMax);
    if (valid_utf8(raw)) content.words.push_back({"", std::string(raw)});
    return content;
  }
  content.kind = op->kind;
  content.stream = op->stream;
  content.time_ms = op->time_ms;
  for (const auto& [name, value] : op->fields) {
    if (auto text = value.text(); !text.empty() && !is_id(text)) content.words.push_back({name, text});
    std::string items;
    for (const auto& item : value.texts())
      if (!is_id(item)) items += (items.empty() ? "" : ", ") + item;
    if (!items.empty()) content.words.push_back({name, items});
  }
  return content;
}

// What somebody wrote at a hub who taught there, and does no more, is theirs, whoever brought it.
Status School::keep_letter(const PersonId& sender, std::string_view body, std::string_view code) {
  WAYMARK_TRY(from, accounts_->person(sender));
  auto op = record::parse_op(body);
  if (op) {
    // Also what a computer brings back that has not heard of the erasure yet.
    WAYMARK_TRY(written, store::is_erased(*store_, op->author));
    WAYMARK_TRY(named, store::is_erased(*store_, op->stream, record::op_id(body)));
    if (written || named) return {};
  }
  if (op && from && from->role == "hub") {
    WAYMARK_TRY(author, accounts_->person(op->author));
    if (author && (author->role == "teacher" || author->role == "admin"))
      return accounts_->add_dead_letter(op->author, body, code, sender);
  }
  return accounts_->add_dead_letter(sender, body, code);
}

Status School::may_take_in(const DeadLetter& letter) {
  WAYMARK_TRY(op, record::parse_op(letter.body));
  if (op.author != letter.person) return Error{Code::forbidden, "it names another author than who sent it"};
  WAYMARK_TRY(person, accounts_->person(letter.person));
  if (!person) return Error{Code::not_found, "nobody of this school wrote it"};
  auto role = role_by_nature(*person, op.stream);
  if (!role) return Error{Code::not_granted, "a student does not write there"};
  // Nobody's word makes a stream of a student or a class that there is not.
  auto colon = op.stream.find(':');
  if (*role == domain::Role::staff && colon != std::string::npos) {
    auto named = op.stream.substr(colon + 1);
    bool of_class = op.stream.starts_with("class:") || op.stream.starts_with("author:");
    WAYMARK_TRY(id, PersonId::parse(named));
    WAYMARK_TRY(student, accounts_->person(id));
    WAYMARK_TRY(row, accounts_->class_by_id(id_cast<ClassId>(id)));
    if (of_class ? !row : !student || student->role != "student")
      return Error{Code::not_found, "the place where it belonged is not there"};
  }
  WAYMARK_CHECK(domain::authorize(op, *role));
  return domain::validate(op);
}

Status School::take_in_letter(const PersonId& adult, std::int64_t n) {
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_TRY(letter, waiting_letter(*accounts_, n));
  WAYMARK_CHECK(may_take_in(letter));
  WAYMARK_TRY(reader, accounts_->person(adult));
  if (letter.hub && (!reader || reader->role != "admin"))
    return Error{Code::forbidden, "what a hub brought an administrator takes in"};
  WAYMARK_TRY(op, record::parse_op(letter.body));
  WAYMARK_TRY(added, store_->add(op, letter.body, record::op_id(letter.body)));
  (void)added;
  WAYMARK_CHECK(accounts_->settle_dead_letter(n, adult, "taken_in"));
  WAYMARK_CHECK(accounts_->audit(adult, "dead letter taken in", std::to_string(n)));
  return transaction.commit();
}

Status School::hand_back_letter(const PersonId& adult, std::int64_t n) {
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_TRY(letter, waiting_letter(*accounts_, n));
  auto content = content_of(letter);
  std::string text;
  for (const auto& [name, words] : content.words) text += (text.empty() ? "" : "\n") + words;
  store::Edit notice{{domain::inbox_stream(letter.person), "notice", {}},
                     {{"type", "handed_back"},
                      {"op", record::op_id(letter.body).hex()},
                      {"code", letter.code},
                      {"text", std::string(truncate_utf8(text, kNoticeBytesMax))}},
                     {},
                     {}};
  if (!content.kind.empty()) notice.fields["kind"] = content.kind;
  WAYMARK_TRY(written, write_as_school(std::span(&notice, 1)));
  (void)written;
  WAYMARK_CHECK(accounts_->settle_dead_letter(n, adult, "handed_back"));
  WAYMARK_CHECK(accounts_->audit(adult, "dead letter handed back", std::to_string(n)));
  return transaction.commit();
}

Status School::set_aside_letter(const PersonId& adult, std::int64_t n) {
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_TRY(letter, waiting_letter(*accounts_, n));
  WAYMARK_CHECK(accounts_->settle_dead_letter(letter.n, adult, "set_aside"));
  WAYMARK_CHECK(accounts_->audit(adult, "dead letter set aside", std::to_string(n)));
  return transaction.commit();
}

// ---- the page

namespace {

Result<bool> is_theirs(School& school, const Person& reader, const PersonId& author) {
  if (reader.role == "admin" || author == reader.id) return true;
  return school.teaches(reader.id, author);
}

Result<LetterLine> line_of(School& school, const Person& reader, const DeadLetter& letter) {
  LetterLine line;
  line.n = letter.n;
  line.at_ms = letter.at_ms;
  line.person = letter.person.hex();
  WAYMARK_TRY(person, school.accounts().person(letter.person));
  if (person) line.name = trim(person->given + " " + person->family);
  if (letter.hub) {
    WAYMARK_TRY(hub, school.accounts().person(*letter.hub));
    line.brought_by = hub ? hub->given : letter.hub->hex();
  }
  auto content = content_of(letter);
  line.kind = content.kind;
  line.code = letter.code;
  line.written_ms = content.time_ms;
  line.is_private = content.stream.starts_with("own:");
  if (!line.is_private) line.words = std::move(content.words);
  line.settled = letter.settled;
  WAYMARK_TRY(access, school.accounts().access(letter.person));
  line.away = std::none_of(access.begin(), access.end(), [&](const auto& one) {
    return one.stream == domain::inbox_stream(letter.person);
  });
  if (!letter.settled_ms) {
    line.can_take_in = (!letter.hub || reader.role == "admin") && school.may_take_in(letter).has_value();
    return line;
  }
  line.settled_ms = *letter.settled_ms;
  WAYMARK_TRY(by, school.accounts().person(letter.settled_by));
  if (by) line.settled_by = trim(by->given + " " + by->family);
  return line;
}

}  // namespace

Result<LetterPage> letters_for(School& school, const Person& reader) {
  LetterPage page;
  auto& accounts = school.accounts();
  auto teacher = reader.role == "admin" ? std::nullopt : std::optional(reader.id);
  for (auto* list : {&page.waiting, &page.settled}) {
    WAYMARK_TRY(numbers, accounts.letters_listed(list == &page.waiting, teacher, letters_listed_max));
    for (auto n : numbers) {
      WAYMARK_TRY(letter, accounts.dead_letter(n));
      if (!letter) continue;
      WAYMARK_TRY(line, line_of(school, reader, *letter));
      list->push_back(std::move(line));
    }
  }
  // Chosen from each sender in turn, and shown the latest first.
  std::sort(page.waiting.begin(), page.waiting.end(), [](const LetterLine& a, const LetterLine& b) {
    return std::pair(a.at_ms, a.n) > std::pair(b.at_ms, b.n);
  });
  WAYMARK_TRY(all, letters_waiting_for(school, reader));
  page.more = all - static_cast<std::int64_t>(page.waiting.size());
  return page;
}

Result<std::int64_t> letters_waiting_for(School& school, const Person& reader) {
  return reader.role == "admin" ? school.accounts().dead_letters_waiting()
                                : school.accounts().dead_letters_waiting_for(reader.id);
}

Result<bool> may_settle(School& school, const Person& reader, std::int64_t n,
                        const std::optional<std::int64_t>& at_ms) {
  WAYMARK_TRY(letter, school.accounts().dead_letter(n));
  if (!letter) return Error{Code::not_found, "no such letter"};
  if (at_ms && *at_ms != letter->at_ms) return Error{Code::conflict, "another letter has this number now"};
  return is_theirs(school, reader, letter->person);
}

Result<std::vector<NewcomerLine>> newcomer_lines(School& school) {
  WAYMARK_TRY(newcomers, school.newcomers());
  if (newcomers.empty()) return std::vector<NewcomerLine>();
  WAYMARK_TRY(people, school.accounts().people());
  std::map<std::string, std::vector<const Person*>> by_name;
  for (const auto& person : people)
    if (person.role == "student" && person.active)
      by_name[fold(trim(person.given + " " + person.family))].push_back(&person);
  WAYMARK_TRY(classes, school.classes_of_newcomers(newcomers));
  std::vector<NewcomerLine> lines;
  for (std::size_t i = 0; i < newcomers.size(); i++) {
    const auto& newcomer = newcomers[i];
    NewcomerLine line{newcomer.person.hex(), newcomer.name, newcomer.at_ms, newcomer.waiting, {}, "", "", ""};
    for (const auto& row : classes[i]) line.classes.push_back(row.title);
    for (const auto* same : by_name[fold(newcomer.name)]) {
      const auto& person = *same;
      if (person.id == newcomer.person || !school.may_be_merged(person.id)) continue;
      line.same_id = person.id.hex();
      line.same_name = trim(person.given + " " + person.family);
      WAYMARK_TRY(enrollments, school.accounts().enrollments_of(person.id));
      for (const auto& enrollment : enrollments) {
        WAYMARK_TRY(row, school.accounts().class_by_id(enrollment.class_id));
        if (row && enrollment.active) line.same_class = row->title;
      }
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace waymark::server
