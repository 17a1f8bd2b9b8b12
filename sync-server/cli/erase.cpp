// The commands that erase: a student on the ground of law, single ops, and who left longer ago than a school
// keeps.
#include <cstdlib>
#include <ctime>

#include "shared/base/text.hpp"
#include "sync-server/cli/command.hpp"

namespace waymark::server::cli {
namespace {

constexpr std::int64_t kYearMs = std::int64_t{365} * 24 * 3600 * 1000;

json erased_json(const School::Erased& erased) {
  return {{"ops", erased.ops}, {"old_copies", erased.old_copies}};
}

Result<json> erase(School& school, const json& arguments) {
  WAYMARK_TRY(student, argument(arguments, "student"));
  WAYMARK_TRY(op, argument(arguments, "op"));
  if (student.empty() == op.empty())
    return Error{Code::invalid, "say whom, with --student ID, or what, with --op ID"};
  if (!op.empty()) {
    auto id = OpId::parse(op);
    if (!id) return Error{Code::malformed, "an op's id has 32 hexadecimal digits"};
    WAYMARK_TRY(erased, school.erase_ops(std::nullopt, {*id}));
    return erased_json(erased);
  }
  auto id = PersonId::parse(student);
  if (!id)
    return Error{Code::malformed,
                 "erasing wants the id itself, not a name; see: waymark-server student list --class CLASS"};
  WAYMARK_TRY(erased, school.erase_student(std::nullopt, *id));
  return erased_json(erased);
}

std::string print_erased(const json& result) {
  std::string shown = "Erased: " + result["ops"].dump() +
                      " pieces of writing, the files with them, and the name. Computers of the school erase "
                      "theirs when they next sync.\n";
  if (!result["old_copies"].empty()) {
    shown += "These old copies still have it; delete them when they are not needed:\n";
    for (const auto& path : result["old_copies"]) shown += "  " + path.get<std::string>() + "\n";
  }
  return shown + "A backup made before still has it, encrypted. Restoring one erases it again.\n";
}

Result<json> retention(School& school, const json& arguments) {
  WAYMARK_TRY(text, argument(arguments, "years"));
  char* end = nullptr;
  auto years = std::strtoll(text.c_str(), &end, 10);
  if (text.empty() || *end != 0 || years < 1 || years > 100)
    return Error{Code::invalid, "--years is a whole number from 1 to 100"};
  WAYMARK_TRY(left, school.left_before(school.clock().now_ms() - years * kYearMs));
  json list = json::array();
  bool apply = flag_set(arguments, "apply");
  for (const auto& who : left) {
    list.push_back({{"id", who.person.id.hex()},
                    {"name", trim(who.person.given + " " + who.person.family)},
                    {"left_ms", who.at_ms}});
    if (!apply) continue;
    WAYMARK_TRY(erased, school.erase_student(std::nullopt, who.person.id));
    list.back()["ops"] = erased.ops;
  }
  return json{{"students", list}, {"erased", apply}};
}

std::string left_day(std::int64_t ms) {
  std::time_t seconds = ms / 1000;
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  char buffer[16];
  return std::string(buffer, std::strftime(buffer, sizeof buffer, "%Y-%m-%d", &parts));
}

std::string print_retention(const json& result) {
  bool erased = result["erased"] == true;
  if (result["students"].empty()) return "Nobody left that long ago.\n";
  std::string shown =
      erased
          ? "Erased:\n"
          : "These left the school, or their last class, that long ago. Nothing was changed; --apply erases "
            "them:\n";
  for (const auto& student : result["students"])
    shown += "  " + student["id"].get<std::string>() + "  " +
             left_day(student["left_ms"].get<std::int64_t>()) + "  " + student["name"].get<std::string>() +
             "\n";
  return shown;
}

}  // namespace

void add_erase_commands(Commands& commands) {
  commands["erase"] = {erase, print_erased, {}};
  commands["retention"] = {retention, print_retention, {}};
}

void add_erase_lines(Line& line) {
  auto* erase = line.command(
      line.root, "erase", "Erase everything of a student, or one op, from every replica; it cannot be undone",
      "erase");
  line.text(erase, "--student", "student", "The student's id");
  line.text(erase, "--op", "op", "One op's id");
  auto* retention = line.command(
      line.root, "retention",
      "List the students who left, or are in no class, for more than so many years; --apply erases them",
      "retention");
  line.text(retention, "--years", "years", "How many years a school keeps what students wrote")->required();
  line.flag(retention, "--apply", "apply", "Erase them");
}

}  // namespace waymark::server::cli
