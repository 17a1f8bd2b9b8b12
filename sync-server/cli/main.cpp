// The program: reads the command line, sends the command to the server that has the data directory or does it
// here, and says what came of it. Exit codes: 0 done, 1 a failure explained in one sentence on standard
// error, 2 wrong usage.
#include <iostream>

#include "sync-server/cli/backup.hpp"
#include "sync-server/cli/command.hpp"
#include "sync-server/cli/serve.hpp"
#include "sync-server/cli/socket.hpp"
#include "sync-server/http/message.hpp"
#include "sync-server/routes/routes.hpp"

namespace waymark::server::cli {
namespace {

int fail(const Error& error) {
  std::cerr << "waymark-server: " << sentence(error) << "\n";
  return error.code == Code::invalid ? 2 : 1;
}

void add_init_line(Line& line) {
  auto* app = line.command(line.root, "init", "Make a school: its data directory, identity and administrator",
                           "init");
  line.text(app, "--school", "school", "The school's name")->required();
  line.text(app, "--admin", "email", "The administrator's e-mail, which is the sign-in name")->required();
  line.flag(app, "--password-stdin", "password_stdin",
            "Read the administrator's password from standard input; without this one is made and shown");
}

Result<json> init(const Asked& asked) {
  SystemClock clock;
  SystemRandom random;
  WAYMARK_TRY(school, argument(asked.arguments, "school"));
  WAYMARK_TRY(email, argument(asked.arguments, "email"));
  WAYMARK_TRY(password, argument(asked.arguments, "password"));
  WAYMARK_TRY(made, School::init({asked.data, school, email, password}, clock, random));
  json result = {
      {"data", asked.data}, {"school", school}, {"email", email}, {"recovery_phrase", made.recovery_phrase}};
  if (password.empty()) result["password"] = made.password;
  return result;
}

std::string print_init(const json& result) {
  auto text = [&](const char* key) { return http::text_of(result, key).value_or(""); };
  std::string shown = text("school") + " is ready in " + text("data") + ".\n\n";
  if (result.contains("password"))
    shown += "Sign in as " + text("email") + " with this password, which is shown only now:\n\n  " +
             text("password") + "\n\n";
  shown += "Write down the recovery phrase and lock it away. It opens backups, and it is shown only now:\n\n";
  auto phrase = text("recovery_phrase");
  for (std::size_t at = 0; at < phrase.size(); at += 35) shown += "  " + phrase.substr(at, 35) + "\n";
  return shown + "\nNext: waymark-server serve --data " + text("data") + "\n";
}

json version_json() {
#ifdef NDEBUG
  const char* build = "release";
#else
  const char* build = "debug";
#endif
  return {{"version", std::string(version)},
          {"protocols", json::array({1})},
          {"build", build},
          {"compiler", __VERSION__}};
}

// Over the socket where a server has the directory, else here under the lock.
Result<json> run_somewhere(const Commands& commands, const Asked& asked) {
  json line = {{"command", asked.command}, {"arguments", asked.arguments}};
  WAYMARK_TRY(reply, ask_server(asked.data, line.dump(-1, ' ', false, json::error_handler_t::replace)));
  if (!reply) {
    if (asked.command == "restore") return restore_here(asked);
    SystemClock clock;
    SystemRandom random;
    WAYMARK_TRY(school, School::open(asked.data, clock, random));
    return run_command(
        commands, [&](const auto& work) { return work(*school); }, asked.command, asked.arguments);
  }
  WAYMARK_TRY(answer, http::parse_json(*reply));
  if (answer.contains("result")) return answer["result"];
  if (!answer.contains("error")) return Error{Code::internal, "the server's answer cannot be read"};
  return Error{code_named(http::text_of(answer["error"], "code").value_or("")),
               http::text_of(answer["error"], "detail").value_or("")};
}

void show(const Asked& asked, const json& result, const std::function<std::string(const json&)>& print) {
  if (asked.as_json)
    std::cout << result.dump(-1, ' ', false, json::error_handler_t::replace) << "\n";
  else
    std::cout << print(result);
  std::cout.flush();
}

int run(int count, char** words) {
  CLI::App app{"Waymark's sync server: one school, its records, its teachers' dashboard", "waymark-server"};
  app.require_subcommand(1);
  Asked asked;
  Line line(app, asked);
  Commands commands;
  add_school_commands(commands);
  add_backup_commands(commands);
  add_erase_commands(commands);
  add_export_commands(commands);
  add_bundle_commands(commands);
  add_hub_commands(commands);
  add_import_commands(commands);
  add_init_line(line);
  add_serve_line(line);
  add_school_lines(line);
  add_backup_lines(line);
  add_erase_lines(line);
  add_export_lines(line);
  add_bundle_lines(line);
  add_hub_lines(line);
  add_import_lines(line);
  add_sample_line(line);
  auto* version_line = app.add_subcommand("version", "Version, protocol versions, build");
  version_line->add_flag("--json", asked.as_json, "Machine-readable output");
  version_line->callback([&asked] { asked.command = "version"; });
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }

  for (std::string word : {"password", "phrase"}) {
    if (!flag_set(asked.arguments, (word + "_stdin").c_str())) continue;
    std::string secret;
    std::getline(std::cin, secret);
    if (!secret.empty() && secret.back() == '\r') secret.pop_back();
    if (secret.empty()) return fail({Code::invalid, "no " + word + " came on standard input"});
    asked.arguments[word] = secret;
    asked.arguments.erase(word + "_stdin");
  }
  if (asked.command == "version") {
    show(asked, version_json(), [](const json& v) {
      return "waymark-server " + std::string(version) + ", sync protocol 1, " +
             v["build"].get<std::string>() + " build\n";
    });
    return 0;
  }
  if (asked.command == "serve") {
    auto status = serve(asked, commands);
    return status ? 0 : fail(status.error());
  }
  if (asked.command == "init") {
    auto result = init(asked);
    if (!result) return fail(result.error());
    show(asked, *result, print_init);
    return 0;
  }
  if (asked.command == "sample") {
    auto result = make_sample_school(asked);
    if (!result) return fail(result.error());
    show(asked, *result, print_sample);
    return 0;
  }
  auto result = run_somewhere(commands, asked);
  if (!result) return fail(result.error());
  show(asked, *result, commands[asked.command].print);
  return 0;
}

}  // namespace
}  // namespace waymark::server::cli

int main(int count, char** words) { return waymark::server::cli::run(count, words); }
