// The commands that bring in a roster or standards, and the one that makes the sample school.
#include "shared/base/text.hpp"
#include "sync-server/cli/command.hpp"
#include "sync-server/http/message.hpp"
#include "sync-server/import/case_package.hpp"
#include "sync-server/import/oneroster.hpp"
#include "sync-server/sample/sample.hpp"

namespace waymark::server::cli {
namespace {

std::string text(const json& object, const char* key) { return http::text_of(object, key).value_or(""); }

std::int64_t number(const json& object, const char* key) {
  auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

Result<json> answer_of(const Plan& plan, bool applied) {
  WAYMARK_TRY(result, http::parse_json(plan.json()));
  result["applied"] = applied;
  result["summary"] = plan.summary();
  return result;
}

Result<json> import_roster(School& school, const json& arguments) {
  WAYMARK_TRY(path, argument(arguments, "path"));
  WAYMARK_CHECK(school.catch_up());
  WAYMARK_TRY(plan, plan_roster(school, path));
  bool dry = flag_set(arguments, "dry_run");
  if (!dry) WAYMARK_CHECK(apply_roster(school, plan));
  return answer_of(plan.plan, !dry);
}

Result<json> import_case(School& school, const json& arguments) {
  WAYMARK_TRY(path, argument(arguments, "path"));
  WAYMARK_TRY(plan, plan_case_file(school, path));
  bool dry = flag_set(arguments, "dry_run");
  if (!dry) WAYMARK_CHECK(apply_case(school, plan));
  return answer_of(plan.plan, !dry);
}

std::string print_import(const json& result) {
  std::string shown = text(result, "source") + "\n";
  if (result.contains("lines"))
    for (const auto& line : result["lines"]) {
      auto change = text(line, "change");
      change.resize(std::max<std::size_t>(change.size(), 10), ' ');
      shown += change + text(line, "what");
      if (!text(line, "name").empty()) shown += " " + text(line, "name");
      if (number(line, "count") > 1) shown += " x " + std::to_string(number(line, "count"));
      if (!text(line, "why").empty()) shown += ": " + text(line, "why");
      shown += "\n";
    }
  if (result.contains("findings"))
    for (const auto& finding : result["findings"])
      shown += text(finding, "severity") + ": " + text(finding, "sentence") + "\n";
  shown += text(result, "summary") + "\n";
  bool nothing = number(result, "added") + number(result, "changed") + number(result, "inactive") == 0;
  if (nothing) return shown + "Nothing had to be changed.\n";
  auto applied = result.find("applied");
  return shown + (applied != result.end() && *applied == true
                      ? "Done.\n"
                      : "This was a dry run: nothing was changed. Run it without --dry-run to do it.\n");
}

}  // namespace

void add_import_commands(Commands& commands) {
  commands["import oneroster"] = {import_roster, print_import};
  commands["import case"] = {import_case, print_import};
}

void add_import_lines(Line& line) {
  auto* group = line.group("import", "Bring in a roster or standards; the same again changes nothing");
  auto* roster = line.command(*group, "oneroster", "A folder or zip of OneRoster 1.1 or 1.2 CSV files",
                              "import oneroster");
  line.path(roster, "path", "path", "The folder or zip file")->required();
  line.flag(roster, "--dry-run", "dry_run",
            "Say what would be added, changed and skipped, and change nothing");
  auto* standards =
      line.command(*group, "case", "A CASE package of standards (JSON, or its table as CSV)", "import case");
  line.path(standards, "file", "path", "The file")->required();
  line.flag(standards, "--dry-run", "dry_run",
            "Say what would be added, changed and skipped, and change nothing");
}

void add_sample_line(Line& line) {
  auto* app =
      line.command(line.root, "sample",
                   "Make a sample school with three weeks of work in it, for trying things out", "sample");
  line.text(app, "--at", "at", "The day it is to be opened on, as 2026-11-24; without this today");
  line.flag(app, "--demo", "demo", "Known passwords, and the PIN 2580 for everybody");
  line.flag(app, "--without-work", "without_work", "Nobody has done anything yet: a class on its first day");
  line.path(app, "--assets", "assets", "The folder of the sample's texts, where it is not found by itself");
  line.text(app, "--seed", "seed", "A number: the same keys and codes each time. For tests only");
}

Result<json> make_sample_school(const Asked& asked) {
  SampleRequest request;
  request.data = asked.data;
  WAYMARK_TRY(at, argument(asked.arguments, "at"));
  WAYMARK_TRY(assets, argument(asked.arguments, "assets"));
  WAYMARK_TRY(seed, argument(asked.arguments, "seed"));
  request.at = at;
  request.assets = assets;
  request.demo = flag_set(asked.arguments, "demo");
  request.work = !flag_set(asked.arguments, "without_work");
  if (!seed.empty()) {
    std::uint64_t value = 0;
    for (char c : seed) {
      if (c < '0' || c > '9' || value > UINT64_MAX / 10 - 10)
        return Error{Code::invalid, "the seed is a whole number"};
      value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    request.seed = value;
  }
  WAYMARK_TRY(made, make_sample(request));
  WAYMARK_TRY(result, http::parse_json(made.json()));
  result["data"] = asked.data;
  return result;
}

std::string print_sample(const json& result) {
  auto of = [&](const char* part, const char* key) {
    auto found = result.find(part);
    return found == result.end() ? std::string() : text(*found, key);
  };
  std::string shown = text(result, "school") + " is ready in " + text(result, "data") +
                      ", with three weeks of work in it.\n\n";
  for (auto [who, part] :
       {std::pair("The teacher      ", "teacher"), std::pair("A colleague      ", "colleague"),
        std::pair("The administrator", "admin")})
    shown +=
        std::string(who) + "  " + of(part, "email") + "  with the password  " + of(part, "password") + "\n";
  shown +=
      "\nA computer joins as " + of("computer", "name") + " with the code  " + of("computer", "code") + "\n";
  shown += "The school's fingerprint  " + text(result, "fingerprint") + "\n";
  shown += "The recovery phrase, shown only now\n  " + text(result, "recovery_phrase") + "\n\n";
  shown += "Cards of " + text(result, "class") + "\n";
  if (result.contains("cards"))
    for (const auto& card : result["cards"]) {
      auto name = text(card, "name");
      auto width = length_utf8(name);
      auto pin = text(card, "pin");
      shown += "  " + name + std::string(width < 24 ? 24 - width : 1, ' ') + text(card, "card") + "  " +
               (pin.empty() ? "chooses a PIN at the first use" : "PIN " + pin) + "\n";
    }
  return shown + "\nNext: waymark-server serve --data " + text(result, "data") + "\n";
}

}  // namespace waymark::server::cli
