// Everything that the school has of a student, or of a class, as documented JSON (docs/EXPORT.md) and the
// files that it names: for the one who asks what is kept about them, and for a school that leaves. Drafts and
// private notes (own:) are not in it: they are the student's alone, and the app exports them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sync-server/service/school.hpp"

namespace waymark::server {

struct Portable {
  std::string json;
  struct File {
    std::string from, name;  // a path on this disk; "files/<sha256>.jpg"
  };
  std::vector<File> files;
};
// `not_found`: no such student or class, or one who is erased.
Result<Portable> portable_student(School& school, const PersonId& student);
// The class's own records: pathways, members, what is done today. Its students are exported one by one.
Result<Portable> portable_class(School& school, const ClassId& class_id);

}  // namespace waymark::server
