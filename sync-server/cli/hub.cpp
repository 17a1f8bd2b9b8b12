// The commands about hubs: added at the school, looked after in the room.
#include <ctime>

#include "shared/base/text.hpp"
#include "shared/base/way.hpp"
#include "shared/store/files.hpp"
#include "sync-server/cli/command.hpp"
#include "sync-server/http/message.hpp"
#include "sync-server/service/hubs.hpp"

namespace waymark::server::cli {
namespace {

json when(const std::optional<std::int64_t>& ms) { return ms ? json(*ms) : json(nullptr); }

std::string shown_time(const json& ms, std::string_view never) {
  if (!ms.is_number_integer()) return std::string(never);
  std::time_t seconds = ms.get<std::int64_t>() / 1000;
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  char buffer[32];
  return {buffer, std::strftime(buffer, sizeof buffer, "%Y-%m-%d %H:%M", &parts)};
}

// Ids and titles with commas between them; a title may have a comma of its own.
Result<std::vector<ClassId>> classes_named(School& school, std::string rest) {
  std::vector<ClassId> classes;
  while (!rest.empty()) {
    auto end = rest.size();
    auto row = class_named(school, trim(rest));
    while (!row && row.error().code == Code::not_found) {
      auto comma = rest.rfind(',', end - 1);
      if (comma == std::string::npos || comma == 0) return row.error();
      end = comma;
      row = class_named(school, trim(rest.substr(0, end)));
    }
    if (!row) return row.error();
    classes.push_back(row->id);
    rest = end == rest.size() ? "" : rest.substr(end + 1);
  }
  return classes;
}

Result<json> hub_add(School& school, const json& arguments) {
  WAYMARK_TRY(name, argument(arguments, "name", "Hub"));
  WAYMARK_TRY(classes_text, argument(arguments, "classes"));
  WAYMARK_TRY(out, argument(arguments, "out"));
  WAYMARK_TRY(classes, classes_named(school, classes_text));
  WAYMARK_TRY(file, school.add_hub(name, classes));
  auto text = encode(file);
  if (!out.empty()) WAYMARK_CHECK(store::write_durably(out, text));
  json result = {{"hub", file.hub.hex()}, {"name", file.name}, {"classes", file.classes}};
  if (out.empty())
    result["file"] = text;
  else
    result["out"] = out;
  return result;
}

std::string print_added(const json& result) {
  if (result.contains("file")) return result["file"].get<std::string>();
  auto out = result["out"].get<std::string>();
  return result["name"].get<std::string>() + " may now serve its classes. Take " + out +
         " to it, which lets it in, and start it there:\n\n  waymark-server serve --data DIR --upstream URL "
         "--upstream-token-file " +
         out + "\n";
}

Result<json> hub_remove(School& school, const json& arguments) {
  WAYMARK_TRY(wanted, argument(arguments, "hub"));
  WAYMARK_TRY(hub, hub_named(school, wanted));
  WAYMARK_CHECK(remove_hub(school, hub.id));
  return json{{"id", hub.id.hex()}, {"name", hub.name}, {"carrying", hub.carrying}};
}

std::string print_hub_removed(const json& result) {
  auto shown = result["name"].get<std::string>() +
               " is removed: the school hears it no more, and computers go there no more once they have met "
               "the school. What it brought stays.\n";
  if (result["carrying"] != 0)
    shown += "It last said that " + result["carrying"].dump() +
             " changes were on their way; should it be found, keep its disk until they are at school.\n";
  return shown;
}

Result<json> hub_list(School& school, const json&) {
  WAYMARK_TRY(hubs, hub_lines(school));
  json list = json::array();
  for (const auto& hub : hubs)
    list.push_back({{"id", hub.id},
                    {"name", hub.name},
                    {"classes", hub.classes},
                    {"heard", hub.heard_ms == 0 ? json(nullptr) : json(hub.heard_ms)},
                    {"carrying", hub.carrying},
                    {"left_out", hub.left_out},
                    {"addresses", hub.addresses}});
  return json{{"hubs", list}};
}

std::string print_list(const json& result) {
  std::string shown;
  for (const auto& hub : result["hubs"]) {
    shown += hub["name"].get<std::string>() + ": last heard " + shown_time(hub["heard"], "never") +
             ", carrying " + hub["carrying"].dump() + " changes\n";
    if (hub["left_out"] != 0)
      shown += "  " + hub["left_out"].dump() +
               " students of its classes are too many for it and work with the school: add another hub for a "
               "class "
               "of them.\n";
  }
  return shown.empty() ? "There is no hub. Add one with: waymark-server hub add\n" : shown;
}

Result<json> hub_status(School& school, const json&) {
  if (!school.hub())
    return Error{Code::unsupported, "this is the school's server; a hub's directory has a status"};
  WAYMARK_TRY(carrying, school.carried().carrying());
  WAYMARK_TRY(waiting, school.store().waiting_count());
  WAYMARK_TRY(heard, school.store().meta("heard_ms"));
  json result = {{"name", school.hub()->name},
                 {"school", school.name()},
                 {"upstream", school.hub()->upstream},
                 {"carrying",
                  {{"batches", carrying.batches},
                   {"changes", carrying.ops},
                   {"since", when(carrying.since_ms)},
                   {"bundles", school.bundles().waiting().size()},
                   {"files", school.parcels().waiting().size() + school.sticks().waiting().size()}}},
                 {"not_taken", carrying.not_taken},
                 {"problem", carrying.problem},
                 {"answers_waiting", waiting},
                 {"line", line_word(school.line())},
                 {"line_problem", school.line() ? json(lost_line(*school.line())) : json(nullptr)},
                 {"heard", heard ? json(std::strtoll(heard->c_str(), nullptr, 10)) : json(nullptr)}};
  return result;
}

std::string print_status(const json& result) {
  auto text = [&](const char* key) { return result[key].get<std::string>(); };
  std::string shown = text("name") + ", a hub of " + text("school") + " at " + text("upstream") + ".\n" +
                      "The school was last reached: " + shown_time(result["heard"], "never") + ".\n" +
                      (result["line_problem"].is_string() ? text("line_problem") + ".\n" : "") +
                      "On the way to the school: " + result["carrying"]["changes"].dump() +
                      " changes of students, " + result["answers_waiting"].dump() + " of teachers, what " +
                      result["carrying"]["bundles"].dump() + " students left when they signed out, and " +
                      result["carrying"]["files"].dump() + " photos and files.\n";
  if (result["not_taken"].get<std::int64_t>() > 0)
    shown += "The school did not take in " + result["not_taken"].dump() + " of them yet (" + text("problem") +
             "); they are kept and tried again.\n";
  return shown;
}

}  // namespace

std::string lost_line(const Error& why) {
  auto seen = why.detail.empty() ? std::string(name(why.code)) : std::string(seen_of(why));
  auto word = line_word(why);
  if (word == "portal")
    return "The network answers with a page of its own instead of the school (" + seen +
           "): sign this computer in to it with a web browser, or have it let through";
  if (word == "proxy")
    return "The network's proxy does not open the way to the school (" + seen +
           "): have it let the school's address through";
  if (word == "inspection")
    return "Something on this network opens secure connections, so nothing is sent (" + seen +
           "): have it leave the school's address alone";
  if (word == "removed")
    return "The school turns this hub away (" + seen + "): if it should serve, add it there again";
  if (word == "another")
    return "What answers at the school's address is not this hub's school, so nothing is sent (" + seen + ")";
  if (word == "away") return "The school cannot be reached (" + seen + ")";
  return "Nothing goes to the school just now (" + seen + ")";
}

void add_hub_commands(Commands& commands) {
  commands["hub add"] = {hub_add, print_added, {}};
  commands["hub remove"] = {hub_remove, print_hub_removed, {}};
  commands["hub list"] = {hub_list, print_list, {}};
  commands["hub status"] = {hub_status, print_status, {}};
}

void add_hub_lines(Line& line) {
  auto* group = line.group("hub", "Servers in rooms, which serve their classes without the school's server");
  auto* add = line.command(*group, "add", "Make the file that a hub is started with", "hub add");
  line.text(add, "--classes", "classes", "The classes it serves: ids or titles, with commas")->required();
  line.text(add, "--name", "name", "What people call it: the room's name");
  line.path(add, "--out", "out", "Where the file goes; without this it is printed");
  auto* remove = line.command(*group, "remove", "Turn a hub away that is lost or not needed", "hub remove");
  line.text(remove, "hub", "hub", "Its name or id")->required();
  line.command(*group, "list", "The hubs, when they were heard and what they carry", "hub list");
  line.command(*group, "status", "At a hub: what is on its way to the school", "hub status");
}

}  // namespace waymark::server::cli
