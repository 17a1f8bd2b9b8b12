// A class list as a teacher pastes it, read name by name and shown before anything is written; the cards that
// are printed from it, with their squares for a camera. Nothing here decides who may do it: routes ask first.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sync-server/service/school.hpp"

namespace waymark::server {

inline constexpr std::size_t roster_lines_max = 500;
inline constexpr std::size_t name_bytes_max = 200;

enum class NameOrder { given_first, family_first };

// A student whom a pasted name may mean: the same person, with all that they wrote.
struct KnownStudent {
  std::string person, given, family;
  std::vector<std::string> classes, left;  // titles of those that they are in, and of those they were in
  bool gone = false;                       // from the school; comes back by being added
};

// One line of the paste. `state`: new; here (in this class already); twice (an earlier line is the same);
// known (one student of yours in another class) and left (one who is in none of them any more), offered as
// the same person; several (of that name: which, is asked); unreadable; heading.
struct RosterLine {
  std::int64_t line = 0;  // 1 is the first
  std::string given, family, state;
  std::string text;                   // as pasted, where it could not be read
  std::string person;                 // of here, known and left
  std::vector<KnownStudent> choices;  // of known, left and several
};
struct RosterPreview {
  std::vector<RosterLine> lines;  // empty lines are left out
  std::int64_t fresh = 0, empty = 0, twice = 0, here = 0, unreadable = 0;
};

// "Family, Given"; "Given Family" with particles ("de la Cruz") kept with the family name; columns by tab or
// semicolon, in the order said. Numbering, bullets and e-mail addresses are left out. `too_large` beyond 500
// lines, `malformed` when it is no text.
Result<RosterPreview> read_roster(std::string_view text, NameOrder order, std::span<const Student> in_class,
                                  std::span<const KnownStudent> elsewhere);
Result<RosterPreview> preview_roster(School& school, const PersonId& teacher, const ClassId* class_id,
                                     std::string_view text, NameOrder order);

// A student who is or was in a class that this person teaches; for an administrator everybody: whom they may
// bring into another class, or back.
Result<bool> knows(School& school, const PersonId& teacher, const PersonId& student);
// All of them who are not in this class, by name and then by their classes.
Result<std::vector<KnownStudent>> known_students(School& school, const PersonId& teacher,
                                                 const ClassId* class_id);

struct NewName {
  std::string given, family;
  std::string person;  // one who is or was in a class of the same teacher, or any for an administrator;
                       // empty: a new one
};
struct Added {
  std::string class_id;
  std::int64_t students = 0;
};
// A class with its teacher and students, all or nothing.
Result<Added> make_class(School& school, const PersonId& teacher, std::string_view title,
                         std::span<const NewName> names);
Result<Added> add_to_class(School& school, const PersonId& teacher, const ClassId& class_id,
                           std::span<const NewName> names);
// The student leaves this class; what they wrote stays theirs.
Status leave_class(School& school, const std::optional<PersonId>& by, const ClassId& class_id,
                   const PersonId& student);
// One who is known at school, by an administrator's word: into any class, with all that they wrote.
Status join_class(School& school, const std::optional<PersonId>& by, const ClassId& class_id,
                  const PersonId& student);

// A square for a camera: `size` modules a side without the quiet zone, and the dark ones as an SVG path.
struct Square {
  std::int64_t size = 0;
  std::string path;
};
// Error correction M (15 %): a folded card still reads.
Result<Square> square(std::string_view text);

struct CardToPrint {
  std::string person, name, mark, code;
  Square square;
  bool pin_set = false;
};
// Cards of a class, made where there is none yet. The square says what can be typed, "ABCD-EFGH".
Result<std::vector<CardToPrint>> cards_of(School& school, const ClassId& class_id);

// The sign a student composed, as the profile keeps it.
std::string mark_of(School& school, const PersonId& student);

}  // namespace waymark::server
