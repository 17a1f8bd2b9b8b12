// What the command line asks of a school. A command is a name and arguments in JSON, so that the same
// function answers it in this process or in the server that has the data directory, and one printer shows the
// result to people either way.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "sync-server/service/school.hpp"

namespace waymark::server::cli {

using json = nlohmann::json;

struct Command {
  std::function<Result<json>(School&, const json& arguments)> run;
  std::function<std::string(const json& result)> print;  // for people, with its line breaks
  // Instead of run, for what takes long: it begins while nobody else uses the school, and what it returns is
  // done beside the school's work.
  std::function<Result<std::function<Result<json>()>>(School&, const json& arguments)> begin = {};
};
using Commands = std::map<std::string, Command>;  // by name: "staff add"

// Runs what must be run while nobody else uses the school.
using WithSchool = std::function<Status(const std::function<Status(School&)>&)>;
// `unsupported` for a name that is not there.
Result<json> run_command(const Commands& commands, const WithSchool& with_school, const std::string& name,
                         const json& arguments);

// What was typed.
struct Asked {
  std::string command;  // the name in Commands, or one that needs no school: "init", "serve", "version"
  std::string data;     // the data directory, absolute
  bool as_json = false;
  json arguments = json::object();
};

// Building the command line: each subcommand names what it asks and fills in arguments.
class Line {
 public:
  Line(CLI::App& the_root, Asked& the_asked) : root(the_root), asked(the_asked) {}
  // A subcommand with --data and --json.
  CLI::App* command(CLI::App& parent, const std::string& word, const std::string& help,
                    const std::string& name);
  // A group of subcommands: "staff".
  CLI::App* group(const std::string& word, const std::string& help);
  // An option or positional ("path") whose text becomes arguments[key]. path: made absolute, since a server
  // that answers may have another working directory.
  CLI::Option* text(CLI::App* app, const std::string& option, const std::string& key,
                    const std::string& help);
  CLI::Option* path(CLI::App* app, const std::string& option, const std::string& key,
                    const std::string& help);
  void flag(CLI::App* app, const std::string& option, const std::string& key, const std::string& help);

  CLI::App& root;
  Asked& asked;
};

// Each file of commands has a pair of these; main calls them all.
void add_school_commands(Commands& commands);
void add_school_lines(Line& line);
void add_backup_commands(Commands& commands);
void add_erase_commands(Commands& commands);
void add_erase_lines(Line& line);
void add_backup_lines(Line& line);
void add_export_commands(Commands& commands);
void add_export_lines(Line& line);
void add_bundle_commands(Commands& commands);
void add_bundle_lines(Line& line);
void add_hub_commands(Commands& commands);
void add_hub_lines(Line& line);
void add_import_commands(Commands& commands);
void add_import_lines(Line& line);

// The sample school needs no school that is there, so it is no command of one.
void add_sample_line(Line& line);
Result<json> make_sample_school(const Asked& asked);
std::string print_sample(const json& result);

// ---- what commands need
// An argument, or the default; `malformed` when it is no text.
Result<std::string> argument(const json& arguments, const char* key, std::string_view otherwise = "");
bool flag_set(const json& arguments, const char* key);
// A class by its id or its whole title, a student of it by id or whole name: `not_found`, `conflict` when
// several.
// At a hub: what an administrator reads of a line that leads nowhere, and what is to be done about it.
std::string lost_line(const Error& why);
Result<ClassRow> class_named(School& school, std::string_view text);
Result<Student> student_named(School& school, const ClassId& class_id, std::string_view text);
// All of the school's students of this name, or the one of this id, whatever classes they are in.
Result<std::vector<Person>> students_called(School& school, std::string_view text);
// For a terminal: half blocks, light on dark, with the quiet zone; `too_large` for what does not fit.
Result<std::string> qr_text(std::string_view content);
// One sentence: what and why, and what to do where the code tells.
std::string sentence(const Error& error);

}  // namespace waymark::server::cli
