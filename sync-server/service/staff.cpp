// School: its staff. Who teaches which class, and who works here no more. What somebody wrote stays under
// their name; what ends is that they may read and write, and a restore does not bring it back.
#include <algorithm>

#include "shared/base/text.hpp"
#include "sync-server/service/school.hpp"

namespace waymark::server {
namespace {

using store::Transaction;

bool is_staff(const Person& person) { return person.role == "teacher" || person.role == "admin"; }

std::string name_of(const Person& person) {
  auto name = trim(person.given + " " + person.family);
  return name.empty() ? person.email.value_or("") : name;
}

}  // namespace

Result<Person> School::staff_named(std::string_view text) {
  auto wanted = fold(trim(text));
  std::vector<Person> fitting;
  WAYMARK_TRY(people, accounts_->people());
  for (const auto& person : people) {
    if (!is_staff(person) || !person.active || wanted.empty()) continue;
    if (person.email == wanted || person.id.hex() == wanted) return person;
    if (fold(name_of(person)) == wanted) fitting.push_back(person);
  }
  if (fitting.size() == 1) return fitting.front();
  if (fitting.empty())
    return Error{Code::not_found,
                 "nobody of the staff is called \"" + trim(text) + "\"; see: waymark-server staff list"};
  return Error{Code::conflict, "several of the staff are called \"" + trim(text) + "\"; give the e-mail"};
}

Result<std::vector<Person>> School::teachers_of(const ClassId& class_id) {
  std::vector<Person> teachers;
  WAYMARK_TRY(enrollments, accounts_->enrollments_of(class_id));
  for (const auto& enrollment : enrollments) {
    if (!enrollment.active || enrollment.role != "teacher") continue;
    WAYMARK_TRY(person, accounts_->person(enrollment.person));
    if (person && person->active) teachers.push_back(*person);
  }
  std::sort(teachers.begin(), teachers.end(), [](const Person& a, const Person& b) {
    return std::pair(fold(name_of(a)), a.id) < std::pair(fold(name_of(b)), b.id);
  });
  return teachers;
}

Status School::add_teacher(const std::optional<PersonId>& by, const ClassId& class_id,
                           const PersonId& staff) {
  WAYMARK_CHECK(only_the_school());
  WAYMARK_TRY(row, accounts_->class_by_id(class_id));
  if (!row || !row->active) return Error{Code::not_found, "no such class"};
  WAYMARK_TRY(person, accounts_->person(staff));
  if (!person || !person->active || !is_staff(*person))
    return Error{Code::not_found, "no such member of staff"};
  WAYMARK_TRY(before, accounts_->enrollment(class_id, staff));
  if (before && before->active) return {};
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_CHECK(enroll(class_id, staff, "teacher"));
  WAYMARK_CHECK(refresh_access());
  WAYMARK_CHECK(accounts_->audit(by, "teacher added", staff.hex()));
  return transaction.commit();
}

Status School::remove_teacher(const std::optional<PersonId>& by, const ClassId& class_id,
                              const PersonId& staff, bool last_too) {
  WAYMARK_CHECK(only_the_school());
  WAYMARK_TRY(teachers, teachers_of(class_id));
  bool teaches =
      std::any_of(teachers.begin(), teachers.end(), [&](const Person& p) { return p.id == staff; });
  if (!teaches) return Error{Code::not_found, "they do not teach this class"};
  if (teachers.size() == 1 && !last_too)
    return Error{Code::conflict, "nobody else teaches this class; add somebody first"};
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_CHECK(enroll(class_id, staff, "teacher", false));
  WAYMARK_CHECK(refresh_access());
  WAYMARK_CHECK(accounts_->audit(by, "teacher removed", staff.hex()));
  return transaction.commit();
}

Result<std::vector<ClassRow>> School::remove_staff(const std::optional<PersonId>& by, const PersonId& staff) {
  WAYMARK_CHECK(only_the_school());
  WAYMARK_TRY(people, accounts_->people());
  auto found = std::find_if(people.begin(), people.end(), [&](const Person& p) { return p.id == staff; });
  if (found == people.end() || !is_staff(*found)) return Error{Code::not_found, "no such member of staff"};
  std::vector<ClassRow> left_alone;
  if (!found->active) return left_alone;
  auto admins = std::count_if(people.begin(), people.end(),
                              [](const Person& p) { return p.active && p.role == "admin"; });
  if (found->role == "admin" && admins == 1)
    return Error{Code::conflict, "the school has no other administrator; add one first"};
  WAYMARK_TRY(transaction, Transaction::begin(store_->db()));
  WAYMARK_TRY(classes, classes_of(staff));
  for (const auto& row : classes) {
    WAYMARK_CHECK(enroll(row.id, staff, "teacher", false));
    WAYMARK_TRY(others, teachers_of(row.id));
    if (others.empty()) left_alone.push_back(row);
  }
  auto person = *found;
  person.active = false;
  WAYMARK_CHECK(put_person(person));
  WAYMARK_CHECK(accounts_->remove_sessions_of(staff));
  WAYMARK_CHECK(refresh_access());
  WAYMARK_CHECK(accounts_->audit(by, "staff removed", staff.hex()));
  WAYMARK_CHECK(transaction.commit());
  return left_alone;
}

}  // namespace waymark::server
