// What an administrator sees before erasing a student: who left, the longest ago first; how much is gone for
// ever; and which old copies still have it afterwards. Erasing itself is School's (erasing.cpp). And who read
// or changed what.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sync-server/service/school.hpp"

namespace waymark::server {

struct ErasableLine {
  std::string id, name;
  std::vector<std::string> classes;
  std::int64_t left_ms = 0;  // the school, or their last class; 0: still in one, or nobody knows
};
// Who left first, then who is in no class, then all others by name.
Result<std::vector<ErasableLine>> erasable_students(School& school);

struct ErasableStudent {
  ErasableLine who;
  std::int64_t ops = 0, files = 0;
  std::vector<std::string> old_copies;
  std::string backups;  // the folder of the nightly ones; empty: this server writes none
  std::int64_t backup_days = 0;
};
Result<ErasableStudent> erasable_student(School& school, const PersonId& student);

// `name` is what the administrator typed: `invalid` when it is not the student's, so that no slip of a list
// erases somebody else.
Result<School::Erased> erase_named(School& school, const PersonId& by, const PersonId& student,
                                   std::string_view name);

// ---- who did what

struct AuditLine {
  std::int64_t at_ms = 0;
  std::string by;  // empty: the school's own program
  std::string action, subject;
};
inline constexpr std::int64_t audit_shown_max = 500;
// The latest first, with names for the ids of people and classes.
Result<std::vector<AuditLine>> audit_lines(School& school);

// A member of staff opened what is written of a student: kept once a day for each of them.
Status note_read(School& school, const PersonId& reader, const PersonId& student, std::string_view action);

}  // namespace waymark::server
