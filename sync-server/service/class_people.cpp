#include "sync-server/service/class_people.hpp"

#include <algorithm>

#include "shared/base/text.hpp"
#include "sync-server/service/portfolio.hpp"

namespace waymark::server {
namespace {

StaffLine staff_line(const Person& person, const PersonId& reader) {
  return {person.id.hex(), trim(person.given + " " + person.family), person.email.value_or(""), person.role,
          person.id == reader};
}

Result<ClassRow> class_there(School& school, const ClassId& class_id) {
  WAYMARK_TRY(row, school.accounts().class_by_id(class_id));
  if (!row || !row->active) return Error{Code::not_found, "no such class"};
  return *row;
}

}  // namespace

Result<ClassPeople> class_people(School& school, const PersonId& reader, const ClassId& class_id) {
  WAYMARK_TRY(row, class_there(school, class_id));
  ClassPeople shown{row.id.hex(), row.title, {}, {}, {}};
  WAYMARK_TRY(teachers, school.teachers_of(class_id));
  for (const auto& teacher : teachers) shown.teachers.push_back(staff_line(teacher, reader));
  WAYMARK_TRY(people, school.accounts().people());
  for (const auto& person : people) {
    if (!person.active || (person.role != "teacher" && person.role != "admin")) continue;
    bool teaches =
        std::any_of(teachers.begin(), teachers.end(), [&](const Person& p) { return p.id == person.id; });
    if (!teaches) shown.colleagues.push_back(staff_line(person, reader));
  }
  std::sort(shown.colleagues.begin(), shown.colleagues.end(), [](const StaffLine& a, const StaffLine& b) {
    return std::pair(fold(a.name), a.email) < std::pair(fold(b.name), b.email);
  });
  WAYMARK_TRY(students, learners(school, class_id));
  shown.students = std::move(students);
  return shown;
}

Result<std::vector<SchoolClass>> school_classes(School& school) {
  std::vector<SchoolClass> shown;
  WAYMARK_TRY(rows, school.accounts().classes());
  for (const auto& row : rows) {
    if (!row.active) continue;
    SchoolClass line{row.id.hex(), row.title, {}, 0};
    WAYMARK_TRY(teachers, school.teachers_of(row.id));
    for (const auto& teacher : teachers) {
      auto name = staff_name(school, teacher.id);
      line.teachers.push_back(name.empty() ? teacher.email.value_or("") : name);
    }
    WAYMARK_TRY(students, school.students_of(row.id));
    line.students = static_cast<std::int64_t>(students.size());
    shown.push_back(std::move(line));
  }
  std::sort(shown.begin(), shown.end(), [](const SchoolClass& a, const SchoolClass& b) {
    return std::pair(fold(a.title), a.id) < std::pair(fold(b.title), b.id);
  });
  return shown;
}

Result<bool> bring_teacher(School& school, const PersonId& by, const ClassId& class_id,
                           const PersonId& staff) {
  WAYMARK_TRY(before, school.teachers_of(class_id));
  WAYMARK_CHECK(school.add_teacher(by, class_id, staff));
  return std::none_of(before.begin(), before.end(), [&](const Person& p) { return p.id == staff; });
}

Result<bool> bring_student(School& school, const PersonId& by, const ClassId& class_id,
                           const PersonId& student) {
  WAYMARK_TRY(known, knows(school, by, student));
  if (!known) return Error{Code::forbidden, "not a student of this teacher"};
  WAYMARK_TRY(before, school.students_of(class_id));
  if (std::any_of(before.begin(), before.end(), [&](const Student& s) { return s.person.id == student; }))
    return false;
  WAYMARK_CHECK(join_class(school, by, class_id, student));
  return true;
}

Status take_out_teacher(School& school, const Person& by, const ClassId& class_id, const PersonId& staff,
                        bool last_too) {
  bool admin = by.role == "admin";
  if (!admin && by.id != staff)
    return Error{Code::forbidden, "only an administrator takes a colleague out of a class"};
  return school.remove_teacher(by.id, class_id, staff, admin && last_too);
}

Result<FoundStudents> find_students(School& school, const PersonId& by, const ClassId& class_id,
                                    std::string_view words) {
  FoundStudents found;
  auto wanted = fold(trim(words));
  if (wanted.empty()) return found;
  WAYMARK_TRY(others, known_students(school, by, &class_id));
  for (auto& student : others) {
    if (fold(student.given + " " + student.family).find(wanted) == std::string::npos) continue;
    if (found.students.size() < found_shown_max)
      found.students.push_back(std::move(student));
    else
      found.more++;
  }
  return found;
}

}  // namespace waymark::server
