// The commands that keep a school: backup, restore, and who came back after one. And the nightly backup of
// `serve`.
#include "sync-server/cli/backup.hpp"

#include <algorithm>
#include <ctime>
#include <filesystem>

#include <sys/stat.h>

#include "shared/base/text.hpp"
#include "shared/store/files.hpp"
#include "sync-server/cli/command.hpp"
#include "sync-server/cli/socket.hpp"
#include "sync-server/http/message.hpp"

namespace waymark::server::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kDayMs = std::int64_t{24} * 3600 * 1000;
constexpr std::string_view kEnding = ".waymark-backup";

std::string text(const json& object, const char* key) { return http::text_of(object, key).value_or(""); }

std::tm local(std::int64_t ms) {
  std::time_t seconds = ms / 1000;
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  return parts;
}
std::string day_of(std::int64_t ms) {
  auto parts = local(ms);
  char buffer[16];
  return std::string(buffer, std::strftime(buffer, sizeof buffer, "%Y-%m-%d", &parts));
}

Result<std::function<Result<json>()>> begin_backup(School& school, const json& arguments) {
  WAYMARK_TRY(file, argument(arguments, "file"));
  WAYMARK_TRY(job, school.begin_backup());
  return std::function<Result<json>()>([job, where = file]() -> Result<json> {
    WAYMARK_CHECK(School::finish_backup(job, where));
    std::error_code error;
    return json{{"file", where},
                {"bytes", static_cast<std::int64_t>(fs::file_size(where, error))},
                {"parts", job.parts.size()}};
  });
}

std::string print_backup(const json& result) {
  return text(result, "file") + " holds the whole school, " + result["bytes"].dump() +
         " bytes. It opens with the recovery phrase alone; keep it on another disk than this one.\n";
}

Result<json> restored(const std::string& file, const std::string& replaced) {
  return json{{"file", file}, {"replaced", replaced}};
}

// What was typed, or the school's own where there is one.
Result<SecretKey> key_from(const json& arguments, School& school) {
  WAYMARK_TRY(phrase, argument(arguments, "phrase"));
  if (!phrase.empty()) return key_of_phrase(phrase);
  WAYMARK_TRY(seed_text, school.store().meta("identity"));
  WAYMARK_TRY(seed, from_hex(seed_text.value_or("")));
  SecretKey key;
  if (seed.size() == key.seed.size()) std::copy(seed.begin(), seed.end(), key.seed.begin());
  return key;
}

Result<json> restore_in_server(School& school, const json& arguments) {
  WAYMARK_TRY(file, argument(arguments, "file"));
  WAYMARK_TRY(key, key_from(arguments, school));
  WAYMARK_TRY(replaced, school.restore(file, key));
  return restored(file, replaced);
}

Result<json> back_list(School& school, const json&) {
  WAYMARK_TRY(newcomers, school.newcomers());
  json list = json::array();
  for (const auto& newcomer : newcomers)
    list.push_back({{"id", newcomer.person.hex()},
                    {"name", newcomer.name},
                    {"came_back_ms", newcomer.at_ms},
                    {"waiting", newcomer.waiting}});
  return json{{"back", list}};
}

std::string print_back(const json& result) {
  std::string shown;
  for (const auto& item : result["back"]) shown += text(item, "id") + "  " + text(item, "name") + "\n";
  if (shown.empty()) return "Nobody waits to be confirmed.\n";
  return "These joined after the backup that was restored. Their work is here, and no teacher sees it until "
         "they are confirmed:\n\n" +
         shown + "\nNext: waymark-server back confirm ID\n";
}

Result<json> back_confirm(School& school, const json& arguments) {
  WAYMARK_TRY(id_text, argument(arguments, "id"));
  auto id = PersonId::parse(id_text);
  if (!id)
    return Error{Code::not_found, "nobody of this id waits to be confirmed; see: waymark-server back list"};
  WAYMARK_TRY(classes, school.confirm_newcomer(*id));
  WAYMARK_TRY(person, school.accounts().person(*id));
  json titles = json::array();
  for (const auto& row : classes) titles.push_back(row.title);
  return json{{"id", id->hex()}, {"name", trim(person->given + " " + person->family)}, {"classes", titles}};
}

std::string print_confirmed(const json& result) {
  auto shown = "Confirmed: " + text(result, "name");
  if (result["classes"].empty())
    return shown +
           " is in no class, since none that they were in is here. Next: waymark-server student enroll "
           "--class CLASS --student " +
           text(result, "id") + "\n";
  std::string titles;
  for (const auto& title : result["classes"])
    titles += (titles.empty() ? "" : ", ") + title.get<std::string>();
  return shown + " is in " + titles + " again.\n";
}

// The oldest day first. None of a later day than tomorrow: a clock that ran ahead wrote that, or this one
// runs behind; nothing of today is known by it, and it is not old.
std::vector<fs::path> backups_in(const std::string& folder, std::int64_t now_ms) {
  auto tomorrow = day_of(now_ms + kDayMs);
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& name : store::names_in(folder, error))
    if (auto path = fs::path(folder) / name; path.extension() == kEnding && path.stem().string() <= tomorrow)
      found.push_back(path);
  return found;
}

}  // namespace

void add_backup_commands(Commands& commands) {
  commands["backup"] = {{}, print_backup, begin_backup};
  commands["restore"] = {restore_in_server, print_restore, {}};
  commands["back list"] = {back_list, print_back, {}};
  commands["back confirm"] = {back_confirm, print_confirmed, {}};
}

void add_backup_lines(Line& line) {
  auto* backup = line.command(line.root, "backup", "Write the whole school to one encrypted file", "backup");
  line.path(backup, "file", "file", "The file to write")->required();
  auto* restore = line.command(line.root, "restore",
                               "Put a backup in this school's place, or in an empty directory", "restore");
  line.path(restore, "file", "file", "The backup")->required();
  line.flag(
      restore, "--phrase-stdin", "phrase_stdin",
      "Read the recovery phrase from standard input; needed where the directory holds no school any more");
  auto* back = line.group("back", "People who joined after the backup that was restored");
  line.command(*back, "list", "List who waits to be confirmed", "back list");
  auto* confirm = line.command(*back, "confirm", "Confirm one of them", "back confirm");
  line.text(confirm, "id", "id", "The id that back list shows")->required();
}

std::string print_restore(const json& result) {
  auto replaced = text(result, "replaced");
  std::string shown = "The school is restored from " + text(result, "file") + ".\n";
  if (!replaced.empty()) shown += "What it replaced is kept in " + replaced + ".\n";
  return shown +
         "What was done since the backup comes back by itself from the computers that have it, as each next "
         "syncs.\n";
}

Result<json> restore_here(const Asked& asked) {
  WAYMARK_TRY(file, argument(asked.arguments, "file"));
  WAYMARK_TRY(phrase, argument(asked.arguments, "phrase"));
  SystemClock clock;
  SystemRandom random;
  SecretKey key;
  if (!phrase.empty()) {
    WAYMARK_TRY(typed, key_of_phrase(phrase));
    key = typed;
  } else {
    auto school = School::open(asked.data, clock, random);
    if (!school && school.error().code == Code::database_locked) return school.error();
    if (!school)
      return Error{Code::conflict, "there is no sound school in " + asked.data +
                                       " whose key could open the backup; give the "
                                       "recovery phrase with --phrase-stdin"};
    WAYMARK_TRY(own, key_from(asked.arguments, **school));
    key = own;
  }
  WAYMARK_TRY(replaced, School::restore_at(asked.data, file, key, clock, random));
  return restored(file, replaced);
}

// ---- every night

Nightly::Nightly(std::string folder, int keep_days) : folder_(std::move(folder)), keep_days_(keep_days) {}

bool Nightly::due(std::int64_t now_ms) const {
  // From two in the morning, once a day; a server that slept through the night makes up for it.
  if (now_ms < tried_ms_ + 3600 * 1000 && now_ms >= tried_ms_) return false;
  auto made = backups_in(folder_, now_ms);
  auto today = day_of(now_ms);
  if (!made.empty() && made.back().stem().string() >= today) return false;
  return made.empty() || local(now_ms).tm_hour >= 2;
}

std::string Nightly::file(std::int64_t now_ms) {
  tried_ms_ = now_ms;
  return folder_ + "/" + day_of(now_ms) + std::string(kEnding);
}

void Nightly::forget_old(std::int64_t now_ms) const {
  auto made = backups_in(folder_, now_ms);
  auto oldest = day_of(now_ms - keep_days_ * kDayMs);
  std::error_code ignored;
  // What a power cut left of one that was being written.
  for (const auto& name : store::names_in(folder_, ignored))
    if (name.ends_with(std::string(kEnding) + ".new") && name.substr(0, 10) < day_of(now_ms - kDayMs))
      fs::remove(folder_ + "/" + name, ignored);
  // Never the last ones, as many as are asked for, whatever the clock says.
  for (std::size_t i = 0; i + static_cast<std::size_t>(keep_days_) < made.size(); i++)
    if (made[i].stem().string() < oldest) fs::remove(made[i], ignored);
}

std::optional<std::int64_t> Nightly::newest_ms(std::int64_t now_ms) const {
  auto made = backups_in(folder_, now_ms);
  struct stat about {};
  if (made.empty() || ::stat(made.back().c_str(), &about) != 0) return std::nullopt;
  return static_cast<std::int64_t>(about.st_mtime) * 1000;
}

}  // namespace waymark::server::cli
