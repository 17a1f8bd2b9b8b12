// The commands about staff, classes, students, cards and computers, and verify.
#include <algorithm>
#include <ctime>

#include "shared/base/text.hpp"
#include "sync-server/cli/command.hpp"
#include "sync-server/http/message.hpp"
#include "sync-server/service/codes.hpp"
#include "sync-server/service/rosters.hpp"

namespace waymark::server::cli {
namespace {

std::string text(const json& object, const char* key) { return http::text_of(object, key).value_or(""); }

std::string full_name(const Person& person) { return trim(person.given + " " + person.family); }

// The server's address as it last served, for what is printed on cards.
Result<std::string> address_of(School& school) {
  WAYMARK_TRY(address, school.store().meta("address"));
  return address.value_or("");
}

std::string when(std::int64_t ms) {
  std::time_t seconds = ms / 1000;
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  char buffer[32];
  auto size = std::strftime(buffer, sizeof buffer, "%Y-%m-%d %H:%M", &parts);
  return std::string(buffer, size);
}

// Columns as wide as their widest text.
std::string columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); i++) {
      if (widths.size() <= i) widths.push_back(0);
      widths[i] = std::max(widths[i], length_utf8(row[i]));
    }
  std::string result;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); i++) {
      result += row[i];
      if (i + 1 < row.size()) result += std::string(widths[i] - length_utf8(row[i]) + 2, ' ');
    }
    result += "\n";
  }
  return result;
}

std::string table(const json& result, const char* list,
                  const std::vector<std::pair<std::string, const char*>>& shown, std::string_view if_empty) {
  std::vector<std::vector<std::string>> rows(1);
  for (const auto& [title, key] : shown) rows[0].push_back(title);
  for (const auto& item : result[list]) {
    rows.emplace_back();
    for (const auto& [title, key] : shown) {
      const auto& value = item[key];
      rows.back().push_back(value.is_string() ? value.get<std::string>() : value.dump());
    }
  }
  return rows.size() == 1 ? std::string(if_empty) + "\n" : columns(rows);
}

// ---- staff

Result<json> staff_add(School& school, const json& arguments) {
  WAYMARK_TRY(email, argument(arguments, "email"));
  WAYMARK_TRY(name, argument(arguments, "name"));
  WAYMARK_TRY(role, argument(arguments, "role", "teacher"));
  WAYMARK_TRY(given, argument(arguments, "password"));
  WAYMARK_TRY(class_text, argument(arguments, "class"));
  WAYMARK_TRY(email_text, normalize(trim(email)));
  WAYMARK_TRY(name_text, normalize(trim(name)));
  std::optional<ClassRow> row;
  if (!class_text.empty()) {
    WAYMARK_TRY(found, class_named(school, class_text));
    row = found;
  }
  auto password = given.empty() ? school.make_password() : given;
  WAYMARK_TRY(person, school.add_staff(email_text, name_text, role, password));
  if (row) WAYMARK_CHECK(school.enroll(row->id, person.id, "teacher"));
  WAYMARK_CHECK(school.refresh_access());
  json result = {{"id", person.id.hex()},
                 {"email", person.email.value_or("")},
                 {"name", full_name(person)},
                 {"role", role}};
  if (given.empty()) result["password"] = password;
  return result;
}

Result<json> staff_password(School& school, const json& arguments) {
  WAYMARK_TRY(email, argument(arguments, "email"));
  WAYMARK_TRY(given, argument(arguments, "password"));
  auto password = given.empty() ? school.make_password() : given;
  WAYMARK_CHECK(school.set_password(email, password));
  json result = {{"email", fold(email)}};
  if (given.empty()) result["password"] = password;
  return result;
}

std::string print_password(const json& result) {
  if (!result.contains("password")) return text(result, "email") + " can sign in with the password given.\n";
  return text(result, "email") + " signs in with this password, which is shown only now:\n\n  " +
         text(result, "password") + "\n";
}

Result<json> staff_list(School& school, const json&) {
  WAYMARK_TRY(people, school.accounts().people());
  json list = json::array();
  for (const auto& person : people) {
    if (person.role == "student") continue;
    list.push_back({{"id", person.id.hex()},
                    {"email", person.email.value_or("")},
                    {"name", full_name(person)},
                    {"role", person.role},
                    {"active", person.active},
                    {"can_sign_in", !person.password_hash.empty()}});
  }
  return json{{"staff", list}};
}

Result<json> staff_remove(School& school, const json& arguments) {
  WAYMARK_TRY(email, argument(arguments, "email"));
  WAYMARK_TRY(person, school.staff_named(email));
  WAYMARK_TRY(alone, school.remove_staff(std::nullopt, person.id));
  json classes = json::array();
  for (const auto& row : alone) classes.push_back({{"id", row.id.hex()}, {"title", row.title}});
  return json{{"id", person.id.hex()},
              {"email", person.email.value_or("")},
              {"name", full_name(person)},
              {"without_teacher", classes}};
}

std::string print_staff_removed(const json& result) {
  std::string shown = text(result, "email") +
                      " works here no more: nobody can sign in as them, and what they wrote stays under "
                      "their name.\n";
  for (const auto& row : result["without_teacher"])
    shown += text(row, "title") + " has no teacher now; see: waymark-server class teacher add\n";
  return shown;
}

// ---- classes and students

Result<json> class_add(School& school, const json& arguments) {
  WAYMARK_TRY(title, argument(arguments, "title"));
  WAYMARK_TRY(teacher, argument(arguments, "teacher"));
  WAYMARK_TRY(title_text, normalize(trim(title)));
  if (title_text.size() > 200) return Error{Code::too_large, "a class's title has at most 200 bytes"};
  std::optional<Person> staff;
  if (!teacher.empty()) {
    WAYMARK_TRY(found, school.accounts().person_by_email(fold(teacher)));
    if (!found)
      return Error{Code::not_found,
                   "no member of staff has the e-mail " + teacher + "; see: waymark-server staff list"};
    staff = found;
  }
  WAYMARK_TRY(id, school.add_class(title_text));
  if (staff) WAYMARK_CHECK(school.enroll(id, staff->id, "teacher"));
  WAYMARK_CHECK(school.refresh_access());
  return json{{"id", id.hex()}, {"title", title_text}};
}

Result<json> class_list(School& school, const json&) {
  WAYMARK_TRY(rows, school.accounts().classes());
  json list = json::array();
  for (const auto& row : rows) {
    WAYMARK_TRY(enrollments, school.accounts().enrollments_of(row.id));
    std::int64_t students = 0, teachers = 0;
    for (const auto& enrollment : enrollments) {
      if (!enrollment.active) continue;
      (enrollment.role == "student" ? students : teachers)++;
    }
    list.push_back({{"id", row.id.hex()},
                    {"title", row.title},
                    {"active", row.active},
                    {"students", students},
                    {"teachers", teachers}});
  }
  return json{{"classes", list}};
}

// The class and the member of staff that a command about both names.
Result<std::pair<ClassRow, Person>> class_and_teacher(School& school, const json& arguments) {
  WAYMARK_TRY(class_text, argument(arguments, "class"));
  WAYMARK_TRY(teacher, argument(arguments, "teacher"));
  WAYMARK_TRY(row, class_named(school, class_text));
  WAYMARK_TRY(person, school.staff_named(teacher));
  return std::pair(row, person);
}

Result<json> teacher_json(School& school, const ClassRow& row, const Person& person) {
  WAYMARK_TRY(teachers, school.teachers_of(row.id));
  return json{{"class", row.id.hex()},
              {"title", row.title},
              {"id", person.id.hex()},
              {"name", full_name(person)},
              {"email", person.email.value_or("")},
              {"teachers", teachers.size()}};
}

Result<json> teacher_add(School& school, const json& arguments) {
  WAYMARK_TRY(both, class_and_teacher(school, arguments));
  WAYMARK_CHECK(school.add_teacher(std::nullopt, both.first.id, both.second.id));
  return teacher_json(school, both.first, both.second);
}

Result<json> teacher_remove(School& school, const json& arguments) {
  WAYMARK_TRY(both, class_and_teacher(school, arguments));
  auto removed =
      school.remove_teacher(std::nullopt, both.first.id, both.second.id, flag_set(arguments, "last"));
  if (!removed && removed.error().code == Code::conflict)
    return Error{Code::conflict, "nobody else teaches " + both.first.title +
                                     "; add somebody first, or say --last to leave it without a teacher"};
  WAYMARK_CHECK(removed);
  return teacher_json(school, both.first, both.second);
}

Result<json> teacher_list(School& school, const json& arguments) {
  WAYMARK_TRY(class_text, argument(arguments, "class"));
  WAYMARK_TRY(row, class_named(school, class_text));
  WAYMARK_TRY(teachers, school.teachers_of(row.id));
  json list = json::array();
  for (const auto& person : teachers)
    list.push_back(
        {{"id", person.id.hex()}, {"name", full_name(person)}, {"email", person.email.value_or("")}});
  return json{{"class", row.id.hex()}, {"title", row.title}, {"teachers", list}};
}

Result<json> student_add(School& school, const json& arguments) {
  WAYMARK_TRY(class_text, argument(arguments, "class"));
  WAYMARK_TRY(given, argument(arguments, "given"));
  WAYMARK_TRY(family, argument(arguments, "family"));
  WAYMARK_TRY(row, class_named(school, class_text));
  // A second person of one name begins with nothing, so that is never done by mistake.
  if (!flag_set(arguments, "another")) {
    WAYMARK_TRY(whole, normalize(given + " " + family));
    WAYMARK_TRY(same, students_called(school, whole));
    if (!same.empty())
      return Error{Code::exists,
                   "there is a student called " + full_name(same.front()) + " (" + same.front().id.hex() +
                       "), whom `waymark-server student enroll` puts into the class; say --another for "
                       "somebody else of the same name"};
  }
  WAYMARK_TRY(id, school.add_student(given, family));
  WAYMARK_CHECK(school.enroll(row.id, id, "student"));
  WAYMARK_CHECK(school.refresh_access());
  return json{{"id", id.hex()}, {"class", row.id.hex()}};
}

Result<std::pair<ClassRow, Person>> class_and_student(School& school, const json& arguments) {
  WAYMARK_TRY(class_text, argument(arguments, "class"));
  WAYMARK_TRY(student, argument(arguments, "student"));
  WAYMARK_TRY(row, class_named(school, class_text));
  WAYMARK_TRY(fitting, students_called(school, student));
  if (fitting.empty())
    return Error{Code::not_found,
                 "no student is called \"" + student + "\"; see: waymark-server student list"};
  if (fitting.size() > 1)
    return Error{Code::conflict, "several students are called \"" + student +
                                     "\"; give the id that waymark-server student list shows"};
  return std::pair(row, fitting.front());
}

Result<json> student_enroll(School& school, const json& arguments) {
  WAYMARK_TRY(both, class_and_student(school, arguments));
  WAYMARK_CHECK(join_class(school, std::nullopt, both.first.id, both.second.id));
  return json{{"id", both.second.id.hex()}, {"class", both.first.id.hex()}};
}

Result<json> student_leave(School& school, const json& arguments) {
  WAYMARK_TRY(class_text, argument(arguments, "class"));
  WAYMARK_TRY(student, argument(arguments, "student"));
  WAYMARK_TRY(row, class_named(school, class_text));
  WAYMARK_TRY(one, student_named(school, row.id, student));
  WAYMARK_CHECK(leave_class(school, std::nullopt, row.id, one.person.id));
  return json{{"id", one.person.id.hex()}, {"class", row.id.hex()}};
}

// Everybody the school knows, with the classes they are in.
Result<json> all_students(School& school) {
  WAYMARK_TRY(people, school.accounts().people());
  json list = json::array();
  for (const auto& person : people) {
    if (person.role != "student" || full_name(person).empty()) continue;  // erased: no name
    WAYMARK_TRY(enrollments, school.accounts().enrollments_of(person.id));
    json classes = json::array();
    std::vector<std::string> titles;
    for (const auto& one : enrollments) {
      WAYMARK_TRY(row, school.accounts().class_by_id(one.class_id));
      if (!one.active || !person.active || !row || !row->active) continue;
      classes.push_back(row->id.hex());
      titles.push_back(row->title);
    }
    std::sort(titles.begin(), titles.end());
    std::string in = person.active ? "" : "left the school";
    for (const auto& title : titles) in += (in.empty() ? "" : ", ") + title;
    list.push_back({{"id", person.id.hex()},
                    {"name", full_name(person)},
                    {"classes", classes},
                    {"in", in},
                    {"active", person.active}});
  }
  return json{{"students", list}};
}

Result<json> student_list(School& school, const json& arguments) {
  WAYMARK_TRY(class_text, argument(arguments, "class"));
  if (class_text.empty()) return all_students(school);
  WAYMARK_TRY(row, class_named(school, class_text));
  WAYMARK_TRY(students, school.students_of(row.id));
  json list = json::array();
  for (const auto& student : students)
    list.push_back({{"id", student.person.id.hex()},
                    {"name", full_name(student.person)},
                    {"display_name", student.display_name},
                    {"pin_chosen", !student.person.pin_hash.empty()}});
  return json{{"class", row.id.hex()}, {"title", row.title}, {"students", list}};
}

// ---- cards

Result<json> invite(School& school, const json& arguments) {
  WAYMARK_TRY(class_text, argument(arguments, "class"));
  WAYMARK_TRY(student_text, argument(arguments, "student"));
  WAYMARK_TRY(row, class_named(school, class_text));
  WAYMARK_TRY(address, address_of(school));
  std::vector<Student> students;
  if (student_text.empty()) {
    WAYMARK_TRY(all, school.students_of(row.id));
    students = std::move(all);
    if (students.empty())
      return Error{Code::not_found,
                   "the class \"" + row.title +
                       "\" has no students yet; import a roster, or: waymark-server student add"};
  } else {
    WAYMARK_TRY(one, student_named(school, row.id, student_text));
    students.push_back(one);
  }
  json cards = json::array();
  for (const auto& student : students) {
    WAYMARK_TRY(code, flag_set(arguments, "reprint") ? school.reprint_card(student.person.id)
                                                     : school.card_for(student.person.id));
    cards.push_back({{"student", student.person.id.hex()},
                     {"name", student.display_name},
                     {"card", grouped(code)},
                     {"qr", grouped(code)}});
  }
  json result = {{"school", school.name()},
                 {"class", row.title},
                 {"address", address},
                 {"fingerprint", school.fingerprint()},
                 {"cards", cards}};
  if (flag_set(arguments, "qr")) result["draw"] = true;
  return result;
}

std::string print_cards(const json& result) {
  std::string shown;
  for (const auto& card : result["cards"]) {
    shown += text(result, "school") + ", " + text(result, "class") + "\n";
    shown += "  " + text(card, "name") + "\n  " + text(card, "card") + "\n";
    if (result.contains("draw")) shown += qr_text(text(card, "qr")).value_or("");
    shown += "\n";
  }
  return shown +
         "A card works all year on every computer of the school, with the PIN chosen at its first use.\n";
}

// ---- computers

Result<json> computer_add(School& school, const json& arguments) {
  WAYMARK_TRY(name, argument(arguments, "name"));
  WAYMARK_TRY(given, argument(arguments, "address"));
  WAYMARK_TRY(known, address_of(school));
  WAYMARK_TRY(name_text, normalize(trim(name)));
  WAYMARK_TRY(code, school.add_computer_code(name_text));
  auto address = given.empty() ? known : given;
  auto shown = grouped(code);
  return json{{"name", name_text},
              {"code", shown},
              {"address", address},
              {"fingerprint", school.fingerprint()},
              {"qr", address.empty() ? shown : address + "#" + shown}};
}

std::string print_computer_code(const json& result) {
  std::string shown = "Join \"" + text(result, "name") + "\" with this code, which works once:\n\n  " +
                      text(result, "code") + "\n";
  if (auto address = text(result, "address"); !address.empty()) shown += "  at " + address + "\n";
  return shown + "\n" + qr_text(text(result, "qr")).value_or("") +
         "\nThe school's fingerprint: " + text(result, "fingerprint") + "\n";
}

Result<json> computer_list(School& school, const json&) {
  WAYMARK_TRY(computers, school.accounts().computers());
  json list = json::array();
  for (const auto& computer : computers) {
    json heard;
    if (computer.heard_ms) heard = *computer.heard_ms;
    list.push_back({{"id", computer.id.hex()},
                    {"name", computer.name},
                    {"joined_ms", computer.joined_ms},
                    {"heard_ms", heard},
                    {"waiting", computer.waiting},
                    {"removed", computer.removed}});
  }
  return json{{"computers", list}};
}

std::string print_computers(const json& result) {
  std::vector<std::vector<std::string>> rows{{"id", "name", "last heard from", "waiting there", ""}};
  for (const auto& computer : result["computers"])
    rows.push_back({text(computer, "id"), text(computer, "name"),
                    computer["heard_ms"].is_null() ? "never" : when(computer["heard_ms"].get<std::int64_t>()),
                    computer["waiting"].dump(), computer["removed"] == true ? "removed" : ""});
  return rows.size() == 1 ? "No computer has joined yet.\n" : columns(rows);
}

Result<json> computer_remove(School& school, const json& arguments) {
  WAYMARK_TRY(wanted, argument(arguments, "computer"));
  WAYMARK_TRY(computers, school.accounts().computers());
  std::vector<Computer> fitting;
  for (const auto& computer : computers)
    if (computer.id.hex() == wanted || (!computer.removed && fold(computer.name) == fold(wanted)))
      fitting.push_back(computer);
  if (fitting.empty())
    return Error{Code::not_found,
                 "no computer is called \"" + wanted + "\"; see: waymark-server computer list"};
  if (fitting.size() > 1)
    return Error{Code::conflict,
                 "several computers are called \"" + wanted + "\"; give the id that computer list shows"};
  const auto& computer = fitting.front();
  WAYMARK_CHECK(school.remove_computer(computer.id));
  return json{{"id", computer.id.hex()}, {"name", computer.name}, {"waiting", computer.waiting}};
}

std::string print_removed(const json& result) {
  std::string shown =
      text(result, "name") + " is removed: nobody can sync from it any more, and what it sent stays.\n";
  if (result["waiting"] != 0)
    shown += "It last said that " + result["waiting"].dump() +
             " things on it were not sent; they are still on its disk.\n";
  return shown;
}

Result<json> verify(School& school, const json&) {
  WAYMARK_CHECK(school.verify());
  return json{{"ok", true}};
}

}  // namespace

void add_school_commands(Commands& commands) {
  auto print_id = [](const json& result) { return text(result, "id") + "\n"; };
  commands["staff add"] = {staff_add, print_password};
  commands["staff password"] = {staff_password, print_password};
  commands["staff list"] = {staff_list, [](const json& result) {
                              return table(result, "staff",
                                           {{"e-mail", "email"}, {"name", "name"}, {"role", "role"}},
                                           "There is no staff yet.");
                            }};
  commands["class add"] = {class_add, print_id};
  commands["class list"] = {
      class_list, [](const json& result) {
        return table(result, "classes",
                     {{"id", "id"}, {"title", "title"}, {"students", "students"}, {"teachers", "teachers"}},
                     "There are no classes yet.");
      }};
  commands["student add"] = {student_add, print_id};
  commands["student list"] = {
      student_list, [](const json& result) {
        if (!result.contains("class"))
          return table(result, "students", {{"id", "id"}, {"name", "name"}, {"in", "in"}},
                       "There are no students yet.");
        return table(result, "students", {{"id", "id"}, {"name", "name"}}, "The class has no students yet.");
      }};
  commands["student enroll"] = {student_enroll, print_id};
  commands["student leave"] = {student_leave, print_id};
  commands["staff remove"] = {staff_remove, print_staff_removed};
  commands["class teacher add"] = {
      teacher_add,
      [](const json& result) { return text(result, "email") + " teaches " + text(result, "title") + ".\n"; }};
  commands["class teacher remove"] = {teacher_remove, [](const json& result) {
                                        auto shown = text(result, "email") + " no longer teaches " +
                                                     text(result, "title") + ".\n";
                                        if (result["teachers"] == 0) shown += "It has no teacher now.\n";
                                        return shown;
                                      }};
  commands["class teacher list"] = {teacher_list, [](const json& result) {
                                      return table(result, "teachers",
                                                   {{"e-mail", "email"}, {"name", "name"}},
                                                   "Nobody teaches this class.");
                                    }};
  commands["invite"] = {invite, print_cards};
  commands["computer add"] = {computer_add, print_computer_code};
  commands["computer list"] = {computer_list, print_computers};
  commands["computer remove"] = {computer_remove, print_removed};
  commands["verify"] = {verify, [](const json&) {
                          return std::string("Every record, number, digest and file is as it should be.\n");
                        }};
}

void add_school_lines(Line& line) {
  const std::string password_help =
      "Read the password from standard input; without this one is made and shown";
  auto* staff = line.group("staff", "Teachers and other staff");
  auto* staff_add = line.command(*staff, "add", "Add a teacher, or an administrator", "staff add");
  line.text(staff_add, "--email", "email", "The sign-in name")->required();
  line.text(staff_add, "--name", "name", "Given and family name");
  line.text(staff_add, "--role", "role", "teacher (without this) or admin")
      ->check(CLI::IsMember({"teacher", "admin"}));
  line.text(staff_add, "--class", "class", "A class they teach, by id or title");
  line.flag(staff_add, "--password-stdin", "password_stdin", password_help);
  auto* password = line.command(*staff, "password", "Set a new password", "staff password");
  line.text(password, "--email", "email", "The sign-in name")->required();
  line.flag(password, "--password-stdin", "password_stdin", password_help);
  line.command(*staff, "list", "List the staff", "staff list");
  auto* staff_remove = line.command(
      *staff, "remove", "Somebody works here no more: no sign-in, no classes; what they wrote stays",
      "staff remove");
  line.text(staff_remove, "--email", "email", "The sign-in name")->required();

  auto* classes = line.group("class", "Classes");
  auto* class_add = line.command(*classes, "add", "Add a class", "class add");
  line.text(class_add, "--title", "title", "Its title")->required();
  line.text(class_add, "--teacher", "teacher", "The e-mail of who teaches it");
  line.command(*classes, "list", "List the classes", "class list");
  auto* teacher = classes->add_subcommand("teacher", "Who teaches a class");
  teacher->require_subcommand(1);
  auto* teacher_add =
      line.command(*teacher, "add", "Somebody of the staff teaches this class too", "class teacher add");
  auto* teacher_remove =
      line.command(*teacher, "remove", "Somebody no longer teaches this class", "class teacher remove");
  auto* teacher_list = line.command(*teacher, "list", "List who teaches a class", "class teacher list");
  for (auto* app : {teacher_add, teacher_remove, teacher_list})
    line.text(app, "--class", "class", "The class, by id or title")->required();
  for (auto* app : {teacher_add, teacher_remove})
    line.text(app, "--teacher", "teacher", "Who, by e-mail or name")->required();
  line.flag(teacher_remove, "--last", "last", "Also where nobody else teaches it");

  auto* student = line.group("student", "Students");
  auto* student_add = line.command(*student, "add", "Add a student to a class", "student add");
  line.text(student_add, "--class", "class", "The class, by id or title")->required();
  line.text(student_add, "--given", "given", "Given name")->required();
  line.text(student_add, "--family", "family", "Family name");
  line.flag(student_add, "--another", "another", "Somebody else than the student of this name who is known");
  auto* student_enroll =
      line.command(*student, "enroll",
                   "Put a student whom the school knows into a class, with all their work", "student enroll");
  auto* student_leave =
      line.command(*student, "leave", "A student leaves a class and keeps all their work", "student leave");
  for (auto* app : {student_enroll, student_leave}) {
    line.text(app, "--class", "class", "The class, by id or title")->required();
    line.text(app, "--student", "student", "The student, by id or name")->required();
  }
  auto* student_list = line.command(*student, "list", "List a class's students, or all", "student list");
  line.text(student_list, "--class", "class", "The class, by id or title; without this everybody");

  auto* invite = line.command(line.root, "invite", "Print students' cards", "invite");
  line.text(invite, "--class", "class", "The class, by id or title")->required();
  line.text(invite, "--student", "student", "One student only, by id or name");
  line.flag(invite, "--reprint", "reprint", "Void the card there is and make a new one");
  line.flag(invite, "--qr", "qr", "Draw the codes too");

  auto* computer = line.group("computer", "Computers of the school");
  auto* computer_add = line.command(*computer, "add", "Make a code that joins one computer", "computer add");
  line.text(computer_add, "--name", "name", "What the computer is called: lab-03")->required();
  line.text(computer_add, "--address", "address", "The server's address as that computer reaches it");
  line.command(*computer, "list", "List the computers", "computer list");
  auto* remove = line.command(*computer, "remove", "Turn a lost computer away", "computer remove");
  line.text(remove, "computer", "computer", "Its name or id")->required();

  line.command(line.root, "verify", "Check every record, number, digest and file", "verify");
}

}  // namespace waymark::server::cli
