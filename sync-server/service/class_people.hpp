// Who teaches a class and who is in it, as the dashboard shows and changes it. What changes is School's and
// the rosters'; here is who may: the class's teachers bring colleagues and students of theirs in, let
// students leave and leave themselves; administrators do everything, in every class.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sync-server/service/rosters.hpp"
#include "sync-server/service/teaching.hpp"

namespace waymark::server {

struct StaffLine {
  std::string id, name, email, role;
  bool you = false;
};
struct ClassPeople {
  std::string id, title;
  std::vector<StaffLine> teachers, colleagues;  // colleagues: who could teach it too
  std::vector<Learner> students;
};
Result<ClassPeople> class_people(School& school, const PersonId& reader, const ClassId& class_id);

struct SchoolClass {
  std::string id, title;
  std::vector<std::string> teachers;
  std::int64_t students = 0;
};
// Every class of the school, by title.
Result<std::vector<SchoolClass>> school_classes(School& school);

// False where they teach it, or are in it, already.
Result<bool> bring_teacher(School& school, const PersonId& by, const ClassId& class_id,
                           const PersonId& staff);
Result<bool> bring_student(School& school, const PersonId& by, const ClassId& class_id,
                           const PersonId& student);
// `forbidden` for a colleague, unless an administrator does it; `conflict` for the only one, unless an
// administrator says that the class may be without.
Status take_out_teacher(School& school, const Person& by, const ClassId& class_id, const PersonId& staff,
                        bool last_too);

inline constexpr std::size_t found_shown_max = 20;
struct FoundStudents {
  std::vector<KnownStudent> students;
  std::int64_t more = 0;  // that are found too
};
// Of those whom this member of staff may bring into the class, whose name has these words in it; without any
// words nobody.
Result<FoundStudents> find_students(School& school, const PersonId& by, const ClassId& class_id,
                                    std::string_view words);

}  // namespace waymark::server
