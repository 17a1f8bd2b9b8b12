#include "sync-server/cli/command.hpp"

#include <cctype>
#include <filesystem>

#include <qrencode.h>

#include "shared/base/text.hpp"
#include "sync-server/http/message.hpp"

namespace waymark::server::cli {
namespace {

// What a hub may be asked; everything else is the school's to decide, and its answer comes down by itself.
bool for_a_hub(std::string_view command) {
  for (auto word : {"verify", "hub status", "hub list", "staff list", "class list", "class teacher list",
                    "student list", "computer list", "bundle read"})
    if (command == word) return true;
  return false;
}

}  // namespace

Result<json> run_command(const Commands& commands, const WithSchool& with_school, const std::string& name,
                         const json& arguments) {
  auto found = commands.find(name);
  if (found == commands.end())
    return Error{Code::unsupported, "this version knows no command \"" + name + "\""};
  try {
    const auto& command = found->second;
    json result;
    std::function<Result<json>()> rest;
    WAYMARK_CHECK(with_school([&](School& school) -> Status {
      if (auto here = school.only_the_school(); !here && !for_a_hub(name)) return here;
      if (command.begin) {
        WAYMARK_TRY(begun, command.begin(school, arguments));
        rest = std::move(begun);
      } else {
        WAYMARK_TRY(done, command.run(school, arguments));
        result = std::move(done);
      }
      return {};
    }));
    if (rest) return rest();
    return result;
  } catch (const std::exception& exception) {  // a library's, at the one door that all commands pass
    return Error{Code::internal, exception.what()};
  }
}

namespace {
std::string whole_path(const std::string& path) {
  std::error_code error;
  auto whole = std::filesystem::absolute(path, error);
  return error ? path : whole.lexically_normal().string();
}
}  // namespace

CLI::App* Line::command(CLI::App& parent, const std::string& word, const std::string& help,
                        const std::string& name) {
  auto* app = parent.add_subcommand(word, help);
  app->add_option_function<std::string>(
         "--data", [this](const std::string& path) { asked.data = whole_path(path); },
         "The school's data directory")
      ->required()
      ->type_name("DIR");
  app->add_flag("--json", asked.as_json, "Machine-readable output");
  app->callback([this, name] { asked.command = name; });
  return app;
}

CLI::App* Line::group(const std::string& word, const std::string& help) {
  auto* app = root.add_subcommand(word, help);
  app->require_subcommand(1);
  return app;
}

CLI::Option* Line::text(CLI::App* app, const std::string& option, const std::string& key,
                        const std::string& help) {
  return app
      ->add_option_function<std::string>(
          option, [this, key](const std::string& value) { asked.arguments[key] = value; }, help)
      ->type_name("TEXT");
}

CLI::Option* Line::path(CLI::App* app, const std::string& option, const std::string& key,
                        const std::string& help) {
  return app
      ->add_option_function<std::string>(
          option, [this, key](const std::string& value) { asked.arguments[key] = whole_path(value); }, help)
      ->type_name("PATH");
}

void Line::flag(CLI::App* app, const std::string& option, const std::string& key, const std::string& help) {
  app->add_flag_callback(
      option, [this, key] { asked.arguments[key] = true; }, help);
}

Result<std::string> argument(const json& arguments, const char* key, std::string_view otherwise) {
  return http::text_or(arguments, key, otherwise);
}

bool flag_set(const json& arguments, const char* key) {
  auto value = http::boolean_of(arguments, key);
  return value && *value;
}

Result<ClassRow> class_named(School& school, std::string_view text) {
  std::string shown(text);
  if (auto id = ClassId::parse(text)) {
    WAYMARK_TRY(row, school.accounts().class_by_id(*id));
    if (row) return *row;
  }
  WAYMARK_TRY(rows, school.accounts().classes());
  std::vector<ClassRow> fitting;
  for (const auto& row : rows)
    if (row.active && fold(row.title) == fold(text)) fitting.push_back(row);
  if (fitting.size() == 1) return fitting.front();
  if (fitting.empty())
    return Error{Code::not_found, "there is no class \"" + shown + "\"; see: waymark-server class list"};
  return Error{Code::conflict,
               "several classes are called \"" + shown + "\"; give the id that class list shows"};
}

Result<Student> student_named(School& school, const ClassId& class_id, std::string_view text) {
  std::string shown(text);
  WAYMARK_TRY(students, school.students_of(class_id));
  std::vector<Student> fitting;
  for (const auto& student : students) {
    if (student.person.id.hex() == text) return student;
    auto whole = trim(student.person.given + " " + student.person.family);
    if (fold(whole) == fold(text) || fold(student.display_name) == fold(text)) fitting.push_back(student);
  }
  if (fitting.size() == 1) return fitting.front();
  if (fitting.empty())
    return Error{Code::not_found,
                 "no student of this class is called \"" + shown + "\"; see: waymark-server student list"};
  return Error{Code::conflict,
               "several students are called \"" + shown + "\"; give the id that student list shows"};
}

Result<std::vector<Person>> students_called(School& school, std::string_view text) {
  std::vector<Person> fitting;
  WAYMARK_TRY(people, school.accounts().people());
  for (const auto& person : people) {
    auto whole = trim(person.given + " " + person.family);
    if (person.role != "student" || whole.empty()) continue;  // erased: no name
    if (person.id.hex() == text) return std::vector{person};
    if (fold(whole) == fold(trim(text))) fitting.push_back(person);
  }
  return fitting;
}

Result<std::string> qr_text(std::string_view content) {
  auto* code = QRcode_encodeString8bit(std::string(content).c_str(), 0, QR_ECLEVEL_M);
  if (!code) return Error{Code::too_large, "too long for a QR code"};
  int width = code->width;
  auto light = [&](int x, int y) {
    if (x < 0 || y < 0 || x >= width || y >= width) return true;
    return (code->data[y * width + x] & 1) == 0;
  };
  std::string text;
  for (int y = -2; y < width + 2; y += 2) {
    for (int x = -2; x < width + 2; x++) {
      bool above = light(x, y), below = light(x, y + 1);
      text += above && below ? "\u2588" : above ? "\u2580" : below ? "\u2584" : " ";
    }
    text += '\n';
  }
  QRcode_free(code);
  return text;
}

std::string sentence(const Error& error) {
  std::string text = error.detail;
  switch (error.code) {
    case Code::database_locked:
      text =
          "another program uses this data directory and does not answer; wait until it has ended, or stop it";
      break;
    case Code::database_damaged:
      text = "the school's database is damaged (" + error.detail + "); restore the last backup";
      break;
    case Code::disk_full:
      text = "the disk is full and nothing was changed; make room and try again";
      break;
    case Code::io:
      text = "reading or writing failed: " + error.detail;
      break;
    case Code::internal:
      text = "this should not have happened, and nothing was changed: " + error.detail;
      break;
    default:
      break;
  }
  if (text.empty()) text = "this failed (" + std::string(name(error.code)) + ")";
  if (text.back() != '.') text += '.';
  return text;
}

}  // namespace waymark::server::cli
