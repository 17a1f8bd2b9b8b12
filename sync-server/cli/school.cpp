// The commands about staff, classes, students, cards and computers, and verify.
#include <ctime>

#include "shared/base/text.hpp"
#include "sync-server/cli/command.hpp"
#include "sync-server/http/message.hpp"
#include "sync-server/service/codes.hpp"

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

Result<json> student_add(School& school, const json& arguments) {
  WAYMARK_TRY(class_text, argument(arguments, "class"));
  WAYMARK_TRY(given, argument(arguments, "given"));
  WAYMARK_TRY(family, argument(arguments, "family"));
  WAYMARK_TRY(row, class_named(school, class_text));
  WAYMARK_TRY(id, school.add_student(given, family));
  WAYMARK_CHECK(school.enroll(row.id, id, "student"));
  WAYMARK_CHECK(school.refresh_access());
  return json{{"id", id.hex()}, {"class", row.id.hex()}};
}

Result<json> student_list(School& school, const json& arguments) {
  WAYMARK_TRY(class_text, argument(arguments, "class"));
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
        return table(result, "students", {{"id", "id"}, {"name", "name"}}, "The class has no students yet.");
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

  auto* classes = line.group("class", "Classes");
  auto* class_add = line.command(*classes, "add", "Add a class", "class add");
  line.text(class_add, "--title", "title", "Its title")->required();
  line.text(class_add, "--teacher", "teacher", "The e-mail of who teaches it");
  line.command(*classes, "list", "List the classes", "class list");

  auto* student = line.group("student", "Students");
  auto* student_add = line.command(*student, "add", "Add a student to a class", "student add");
  line.text(student_add, "--class", "class", "The class, by id or title")->required();
  line.text(student_add, "--given", "given", "Given name")->required();
  line.text(student_add, "--family", "family", "Family name");
  auto* student_list = line.command(*student, "list", "List a class's students", "student list");
  line.text(student_list, "--class", "class", "The class, by id or title")->required();

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
