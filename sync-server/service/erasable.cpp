#include "sync-server/service/erasable.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "shared/base/text.hpp"
#include "shared/store/erase.hpp"

namespace waymark::server {
namespace {

constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::max();

std::string name_of(const Person& person) { return trim(person.given + " " + person.family); }

Result<ErasableLine> line_of(School& school, const Person& person, std::int64_t left_ms) {
  ErasableLine line{person.id.hex(), name_of(person), {}, left_ms};
  WAYMARK_TRY(enrollments, school.accounts().enrollments_of(person.id));
  for (const auto& enrollment : enrollments) {
    if (!enrollment.active) continue;
    WAYMARK_TRY(row, school.accounts().class_by_id(enrollment.class_id));
    if (row && row->active) line.classes.push_back(row->title);
  }
  return line;
}

Result<std::map<PersonId, std::int64_t>> who_left(School& school) {
  std::map<PersonId, std::int64_t> left;
  WAYMARK_TRY(gone, school.left_before(kEver));
  for (const auto& one : gone) left[one.person.id] = one.at_ms;
  return left;
}

}  // namespace

Result<std::vector<ErasableLine>> erasable_students(School& school) {
  std::vector<ErasableLine> lines;
  WAYMARK_TRY(left, who_left(school));
  WAYMARK_TRY(people, school.accounts().people());
  for (const auto& person : people) {
    if (person.role != "student") continue;
    WAYMARK_TRY(erased, store::is_erased(school.store(), person.id));
    if (erased) continue;
    auto when = left.find(person.id);
    WAYMARK_TRY(line, line_of(school, person, when == left.end() ? 0 : when->second));
    lines.push_back(std::move(line));
  }
  std::stable_sort(lines.begin(), lines.end(), [](const ErasableLine& a, const ErasableLine& b) {
    auto rank = [](const ErasableLine& line) {
      return std::pair(line.left_ms > 0 ? line.left_ms : kEver, !line.classes.empty());
    };
    return rank(a) < rank(b);
  });
  return lines;
}

Result<ErasableStudent> erasable_student(School& school, const PersonId& student) {
  WAYMARK_TRY(person, school.accounts().person(student));
  WAYMARK_TRY(erased, store::is_erased(school.store(), student));
  if (!person || person->role != "student" || erased) return Error{Code::not_found, "no such student"};
  WAYMARK_TRY(left, who_left(school));
  auto when = left.find(student);
  ErasableStudent shown;
  WAYMARK_TRY(line, line_of(school, *person, when == left.end() ? 0 : when->second));
  shown.who = std::move(line);
  WAYMARK_TRY(found, store::erasable_of(school.store(), student));
  shown.ops = found.ops;
  shown.files = found.files;
  shown.old_copies = school.old_copies();
  shown.backups = school.backup_place().folder;
  shown.backup_days = school.backup_place().keep_days;
  return shown;
}

Result<School::Erased> erase_named(School& school, const PersonId& by, const PersonId& student,
                                   std::string_view name) {
  WAYMARK_TRY(person, school.accounts().person(student));
  if (!person || person->role != "student") return Error{Code::not_found, "no such student"};
  if (trim(name) != name_of(*person)) return Error{Code::invalid, "the name is not this student's"};
  return school.erase_student(by, student);
}

Result<std::vector<AuditLine>> audit_lines(School& school) {
  std::vector<AuditLine> lines;
  WAYMARK_TRY(entries, school.accounts().audit_entries(audit_shown_max));
  for (const auto& entry : entries) {
    AuditLine line{entry.at_ms, "", entry.action, entry.subject};
    if (entry.person) {
      WAYMARK_TRY(person, school.accounts().person(*entry.person));
      if (person) line.by = name_of(*person);
      if (person && line.by.empty()) line.by = person->email.value_or("");
    }
    if (auto id = PersonId::parse(entry.subject)) {
      WAYMARK_TRY(person, school.accounts().person(*id));
      WAYMARK_TRY(row, school.accounts().class_by_id(id_cast<ClassId>(*id)));
      // An id of somebody erased is nobody's any more.
      line.subject = person ? name_of(*person) : row ? row->title : "";
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

Status note_read(School& school, const PersonId& reader, const PersonId& student, std::string_view action) {
  constexpr std::int64_t day_ms = std::int64_t{86'400'000};
  auto day = school.clock().now_ms() / day_ms;
  if (!school.reads_today().note(day, reader.hex() + student.hex() + std::string(action))) return {};
  return school.accounts().audit(reader, action, student.hex());
}

}  // namespace waymark::server
