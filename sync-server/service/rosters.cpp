#include "sync-server/service/rosters.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include <qrencode.h>

#include "shared/base/text.hpp"
#include "sync-server/service/codes.hpp"

namespace waymark::server {
namespace {

constexpr std::size_t kPasteBytesMax = 256 * 1024;

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    auto end = text.find(separator);
    parts.push_back(trim(text.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (auto& word : split(text, ' '))
    if (!word.empty()) words.push_back(std::move(word));
  return words;
}

std::string join(std::span<const std::string> words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// Words that belong to the family name that follows them.
bool is_particle(std::string_view word) {
  constexpr std::array particles{"al",  "bin", "bint", "da", "das", "de",  "del", "della", "der", "di", "do",
                                 "dos", "du",  "el",   "la", "las", "los", "ter", "ten",   "van", "von"};
  auto folded = fold(word);
  return std::any_of(particles.begin(), particles.end(),
                     [&](const char* particle) { return folded == particle; });
}

bool is_heading(std::string_view line) {
  constexpr std::array headings{"name",     "names",       "student",   "students",   "student name",
                                "nombre",   "nombres",     "alumno",    "alumnos",    "estudiante",
                                "apellido", "estudiantes", "last name", "first name", "class list"};
  auto folded = fold(line);
  for (char& c : folded)
    if (c == ',' || c == ';' || c == '\t') c = ' ';
  folded = fold(folded);
  if (std::any_of(headings.begin(), headings.end(), [&](const char* text) { return folded == text; }))
    return true;
  return folded == "last name first name" || folded == "first name last name" || folded == "family given" ||
         folded == "given family" || folded == "apellido nombre" || folded == "nombre apellido" ||
         folded == "apellidos nombres" || folded == "nombres apellidos";
}

// Without numbering ("12.", "3)"), bullets, quotes and e-mail addresses.
std::string clean(std::string_view raw) {
  std::string line;
  for (char c : raw)
    if (c != '"' && c != '\r') line += c;
  line = trim(line);
  std::size_t at = 0;
  while (at < line.size() && line[at] >= '0' && line[at] <= '9') at++;
  if (at > 0 && at < line.size() && (line[at] == '.' || line[at] == ')')) line = trim(line.substr(at + 1));
  for (std::string_view bullet : {"- ", "* ", "\xE2\x80\xA2"})
    if (line.starts_with(bullet)) line = trim(line.substr(bullet.size()));
  if (line.find('@') == std::string::npos) return line;
  std::string kept;
  std::string word;
  auto flush = [&] {
    if (word.find('@') == std::string::npos) kept += word;
    word.clear();
  };
  for (char c : line) {
    if (c == ' ' || c == '\t' || c == ',' || c == ';') {
      flush();
      kept += c;
    } else {
      word += c;
    }
  }
  flush();
  kept = trim(kept);
  while (!kept.empty() && (kept.back() == ',' || kept.back() == ';'))
    kept = trim(kept.substr(0, kept.size() - 1));
  return kept;
}

struct Name {
  std::string given, family;
};

Name read_name(const std::string& line, NameOrder order) {
  // A comma says "Family, Given" whatever the order of columns is.
  if (auto parts = split(line, ','); parts.size() >= 2)
    return {join(words_of(parts[1])), join(words_of(parts[0]))};
  for (char separator : {'\t', ';'})
    if (auto parts = split(line, separator); parts.size() >= 2) {
      auto first = join(words_of(parts[0])), second = join(words_of(parts[1]));
      return order == NameOrder::given_first ? Name{first, second} : Name{second, first};
    }
  auto words = words_of(line);
  if (words.size() < 2) return {line, ""};
  if (order == NameOrder::family_first) {
    std::size_t last = 0;
    while (last + 2 < words.size() && is_particle(words[last])) last++;
    return {join(std::span(words).subspan(last + 1)), join(std::span(words).first(last + 1))};
  }
  std::size_t first = words.size() - 1;
  while (first > 1 && is_particle(words[first - 1])) first--;
  return {join(std::span(words).first(first)), join(std::span(words).subspan(first))};
}

std::string key_of(std::string_view given, std::string_view family) {
  return fold(given) + '\n' + fold(family);
}

std::map<std::string, std::string> by_name(std::span<const Student> students) {
  std::map<std::string, std::string> names;
  for (const auto& student : students)
    names.emplace(key_of(student.person.given, student.person.family), student.person.id.hex());
  return names;
}

std::map<std::string, std::vector<KnownStudent>> by_name(std::span<const KnownStudent> students) {
  std::map<std::string, std::vector<KnownStudent>> names;
  for (const auto& student : students) names[key_of(student.given, student.family)].push_back(student);
  return names;
}

Result<bool> may_know_all(School& school, const PersonId& staff) {
  WAYMARK_TRY(person, school.accounts().person(staff));
  return person && person->active && person->role == "admin";
}

}  // namespace

Result<bool> knows(School& school, const PersonId& teacher, const PersonId& student) {
  WAYMARK_TRY(all, may_know_all(school, teacher));
  if (all) return true;
  WAYMARK_TRY(classes, school.classes_of(teacher));
  for (const auto& row : classes) {
    WAYMARK_TRY(enrollment, school.accounts().enrollment(row.id, student));
    if (enrollment && enrollment->role == "student") return true;
  }
  return false;
}

Result<std::vector<KnownStudent>> known_students(School& school, const PersonId& teacher,
                                                 const ClassId* class_id) {
  WAYMARK_TRY(all, may_know_all(school, teacher));
  std::vector<ClassRow> classes;
  if (all) {
    WAYMARK_TRY(rows, school.accounts().classes());
    for (auto& row : rows)
      if (row.active) classes.push_back(std::move(row));
  } else {
    WAYMARK_TRY(rows, school.classes_of(teacher));
    classes = std::move(rows);
  }
  std::map<PersonId, KnownStudent> others;
  auto add = [&](const PersonId& id, const ClassRow* row, bool there) -> Status {
    WAYMARK_TRY(person, school.accounts().person(id));
    if (!person || person->role != "student" || person->given.empty()) return {};  // erased: no name
    auto [at, fresh] = others.try_emplace(
        id, KnownStudent{id.hex(), person->given, person->family, {}, {}, !person->active});
    if (row) (there && person->active ? at->second.classes : at->second.left).push_back(row->title);
    return {};
  };
  for (const auto& row : classes) {
    WAYMARK_TRY(enrollments, school.accounts().enrollments_of(row.id));
    for (const auto& one : enrollments)
      if (one.role == "student") WAYMARK_CHECK(add(one.person, &row, one.active));
  }
  if (all) {
    WAYMARK_TRY(people, school.accounts().people());
    for (const auto& person : people)
      if (person.role == "student") WAYMARK_CHECK(add(person.id, nullptr, false));
  }
  if (class_id) {
    WAYMARK_TRY(in_class, school.students_of(*class_id));
    for (const auto& student : in_class) others.erase(student.person.id);
  }
  std::vector<KnownStudent> list;
  for (auto& [id, student] : others) list.push_back(std::move(student));
  auto place = [](const KnownStudent& one) {
    return std::tuple(fold(one.given), fold(one.family), one.classes, one.left, one.person);
  };
  std::sort(list.begin(), list.end(),
            [&](const KnownStudent& a, const KnownStudent& b) { return place(a) < place(b); });
  return list;
}

namespace {

// The students of these names, new ones added. What is wrong with a name is found here, before anything is
// done that outlives a transaction.
Result<std::vector<PersonId>> students_named(School& school, const PersonId& teacher,
                                             std::span<const NewName> names) {
  if (names.size() > roster_lines_max) return Error{Code::too_large, "over 500 names at once"};
  std::vector<PersonId> students;
  for (const auto& name : names) {
    if (name.person.empty()) {
      WAYMARK_TRY(added, school.add_student(name.given, name.family));
      students.push_back(added);
      continue;
    }
    WAYMARK_TRY(known, PersonId::parse(name.person));
    WAYMARK_TRY(may, knows(school, teacher, known));
    if (!may) return Error{Code::forbidden, "not a student of this teacher"};
    WAYMARK_CHECK(school.may_be_enrolled(known));
    students.push_back(known);
  }
  return students;
}

}  // namespace

Result<RosterPreview> read_roster(std::string_view text, NameOrder order, std::span<const Student> in_class,
                                  std::span<const KnownStudent> elsewhere) {
  if (text.size() > kPasteBytesMax) return Error{Code::too_large, "a class list of over 256 kB"};
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  WAYMARK_TRY(normal, normalize(text));
  // Old Macs end lines with a carriage return alone; elsewhere it stands before the line feed.
  if (normal.find('\n') == std::string::npos) std::replace(normal.begin(), normal.end(), '\r', '\n');
  auto here = by_name(in_class);
  auto known = by_name(elsewhere);
  std::set<std::string> seen;
  RosterPreview preview;
  std::int64_t number = 0;
  for (const auto& raw : split(normal, '\n')) {
    number++;
    auto line = clean(raw);
    if (line.empty()) {
      if (trim(raw).empty()) {
        preview.empty++;
        continue;
      }
      preview.lines.push_back({number, "", "", "unreadable", std::string(truncate_utf8(raw, 200)), "", {}});
      preview.unreadable++;
    } else if (is_heading(line)) {
      preview.lines.push_back({number, "", "", "heading", line, "", {}});
    } else {
      auto name = read_name(line, order);
      if (name.given.empty()) std::swap(name.given, name.family);
      bool letters = std::any_of(name.given.begin(), name.given.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0x80) != 0 || (c >= 'a' && c <= 'z') ||
               (c >= 'A' && c <= 'Z');
      });
      if (!letters || name.given.size() > name_bytes_max || name.family.size() > name_bytes_max) {
        preview.lines.push_back(
            {number, "", "", "unreadable", std::string(truncate_utf8(line, 200)), "", {}});
        preview.unreadable++;
        continue;
      }
      auto key = key_of(name.given, name.family);
      RosterLine read{number, name.given, name.family, "new", "", "", {}};
      if (auto found = here.find(key); found != here.end()) {
        read.state = "here";
        read.person = found->second;
        preview.here++;
      } else if (!seen.insert(key).second) {
        read.state = "twice";
        preview.twice++;
      } else {
        if (auto other = known.find(key); other != known.end()) {
          const auto& one = other->second.front();
          // Of several nobody is guessed.
          read.state = other->second.size() > 1 ? "several" : one.classes.empty() ? "left" : "known";
          if (other->second.size() == 1) read.person = one.person;
          read.choices = other->second;
        }
        preview.fresh++;
      }
      preview.lines.push_back(std::move(read));
    }
    if (preview.lines.size() > roster_lines_max)
      return Error{Code::too_large, "a class list of over 500 lines"};
  }
  return preview;
}

Result<RosterPreview> preview_roster(School& school, const PersonId& teacher, const ClassId* class_id,
                                     std::string_view text, NameOrder order) {
  std::vector<Student> in_class;
  if (class_id) {
    WAYMARK_TRY(students, school.students_of(*class_id));
    in_class = std::move(students);
  }
  WAYMARK_TRY(others, known_students(school, teacher, class_id));
  return read_roster(text, order, in_class, others);
}

Result<Added> make_class(School& school, const PersonId& teacher, std::string_view title,
                         std::span<const NewName> names) {
  if (trim(title).size() > name_bytes_max) return Error{Code::too_large, "a title of over 200 bytes"};
  WAYMARK_TRY(normal, normalize(title));
  WAYMARK_TRY(transaction, store::Transaction::begin(school.store().db()));
  WAYMARK_TRY(students, students_named(school, teacher, names));
  WAYMARK_TRY(id, school.add_class(normal));
  WAYMARK_CHECK(school.enroll(id, teacher, "teacher"));
  WAYMARK_CHECK(school.enroll_students(id, students));
  WAYMARK_CHECK(school.refresh_access());
  WAYMARK_CHECK(school.accounts().audit(teacher, "class made", id.hex()));
  WAYMARK_CHECK(transaction.commit());
  return Added{id.hex(), static_cast<std::int64_t>(names.size())};
}

Result<Added> add_to_class(School& school, const PersonId& teacher, const ClassId& class_id,
                           std::span<const NewName> names) {
  WAYMARK_TRY(transaction, store::Transaction::begin(school.store().db()));
  WAYMARK_TRY(students, students_named(school, teacher, names));
  WAYMARK_CHECK(school.enroll_students(class_id, students));
  WAYMARK_CHECK(school.refresh_access());
  WAYMARK_CHECK(school.accounts().audit(teacher, "students added", class_id.hex()));
  WAYMARK_CHECK(transaction.commit());
  return Added{class_id.hex(), static_cast<std::int64_t>(names.size())};
}

Status leave_class(School& school, const std::optional<PersonId>& by, const ClassId& class_id,
                   const PersonId& student) {
  WAYMARK_TRY(transaction, store::Transaction::begin(school.store().db()));
  WAYMARK_CHECK(school.enroll(class_id, student, "student", false));
  WAYMARK_CHECK(school.refresh_access());
  WAYMARK_CHECK(school.accounts().audit(by, "left the class", student.hex()));
  return transaction.commit();
}

Status join_class(School& school, const std::optional<PersonId>& by, const ClassId& class_id,
                  const PersonId& student) {
  WAYMARK_TRY(transaction, store::Transaction::begin(school.store().db()));
  WAYMARK_CHECK(school.enroll_students(class_id, std::span(&student, 1)));
  WAYMARK_CHECK(school.refresh_access());
  WAYMARK_CHECK(school.accounts().audit(by, "student enrolled", student.hex()));
  return transaction.commit();
}

Result<Square> square(std::string_view text) {
  if (text.empty() || text.size() > 1000) return Error{Code::too_large, "too much for a square"};
  std::string whole(text);
  QRcode* code = QRcode_encodeString8bit(whole.c_str(), 0, QR_ECLEVEL_M);
  if (!code) return Error{Code::internal, "the square could not be made"};
  Square made{code->width, ""};
  for (int y = 0; y < code->width; y++)
    for (int x = 0; x < code->width;) {
      int from = x;
      while (x < code->width && (code->data[y * code->width + x] & 1) != 0) x++;
      if (x > from)
        made.path += "M" + std::to_string(from) + " " + std::to_string(y) + "h" + std::to_string(x - from) +
                     "v1h-" + std::to_string(x - from) + "z";
      else
        x++;
    }
  QRcode_free(code);
  return made;
}

Result<std::vector<CardToPrint>> cards_of(School& school, const ClassId& class_id) {
  WAYMARK_TRY(students, school.students_of(class_id));
  std::vector<CardToPrint> cards;
  WAYMARK_TRY(transaction, store::Transaction::begin(school.store().db()));
  for (const auto& student : students) {
    WAYMARK_TRY(code, school.card_for(student.person.id));
    WAYMARK_TRY(drawn, square(grouped(code)));
    cards.push_back({student.person.id.hex(), student.display_name, mark_of(school, student.person.id),
                     grouped(code), std::move(drawn), !student.person.pin_hash.empty()});
  }
  WAYMARK_CHECK(transaction.commit());
  return cards;
}

std::string mark_of(School& school, const PersonId& student) {
  auto profiles = school.store().records(domain::person_stream(student), "profile");
  if (!profiles || profiles->empty()) return "";
  return profiles->front().text("mark");
}

}  // namespace waymark::server
