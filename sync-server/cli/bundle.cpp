// What comes on a stick: takes in each student's bundle and puts the answer beside it; and the file with
// which a class begins where there is no network.
#include "shared/wire/bundle.hpp"

#include <algorithm>
#include <filesystem>

#include "shared/store/files.hpp"
#include "shared/wire/starter.hpp"
#include "sync-server/cli/command.hpp"

namespace waymark::server::cli {
namespace {

namespace fs = std::filesystem;

// A file is itself; a stick or its folder is what students wrote there.
Result<std::vector<fs::path>> bundles_at(const std::string& where) {
  std::error_code error;
  fs::path path(where);
  if (fs::is_regular_file(path, error)) return std::vector{path};
  if (fs::is_directory(path / "WAYMARK", error)) path /= "WAYMARK";
  if (!fs::is_directory(path, error))
    return Error{Code::not_found, where + " is not there; name the stick, its folder WAYMARK, or one file"};
  std::vector<fs::path> found;
  for (const auto& name : store::names_in(path.string(), error))
    if (name.ends_with(".to-school")) found.push_back(path / name);
  if (error) return Error{Code::io, where + ": " + error.message()};
  if (found.empty()) return Error{Code::not_found, where + " holds no student's bundle (*.to-school)"};
  return found;
}

Status read_one(School& school, const fs::path& path, json& row) {
  WAYMARK_TRY(bytes, store::read_whole(path.string(), wire::bundle_bytes_max));
  if (school.hub()) {
    WAYMARK_TRY(kept, school.keep_stick(bytes, path.filename().string()));
    row["kept"] = true;
    row["known"] = kept.known;
    row["answer"] = !kept.answer.empty();
    if (kept.answer.empty()) return {};
    return store::write_durably((path.parent_path() / (kept.replica.hex() + ".from-school")).string(),
                                kept.answer);
  }
  auto read = school.read_bundle(bytes, Carrier::stick);
  if (!read && read.error().code == Code::unauthorized)
    return Error{Code::unauthorized, "it was written for another school"};
  if (!read && read.error().code == Code::malformed)
    return Error{Code::malformed, "it is damaged or no bundle (" + read.error().detail +
                                      "); the work is still on the computer: write it again there"};
  if (!read) return read.error();
  row["student"] = read->name;
  row["ops"] = read->ops;
  row["refused"] = read->refused;
  row["brought_back"] = read->brought_back;
  row["files"] = read->files;
  row["whole"] = read->whole;
  if (!read->problems.empty()) {
    const auto& problem = read->problems.front();
    row["problem"] = problem.detail == quota_full
                         ? "there is no room for more files at this school, so a file was left out"
                         : "something was not taken in: " + problem.detail;
  }
  if (!read->answer.empty())
    WAYMARK_CHECK(store::write_durably((path.parent_path() / (read->from->hex() + ".from-school")).string(),
                                       read->answer));
  return {};
}

Result<json> read_bundles(School& school, const json& arguments) {
  WAYMARK_TRY(where, argument(arguments, "path"));
  WAYMARK_TRY(paths, bundles_at(where));
  json rows = json::array();
  for (const auto& path : paths) {
    json row = {{"file", path.filename().string()}};
    if (auto done = read_one(school, path, row); !done) {
      if (paths.size() == 1)
        return Error{done.error().code,
                     path.filename().string() + " was not taken in: " + done.error().detail};
      row["problem"] = done.error().detail;
    }
    rows.push_back(std::move(row));
  }
  return json{{"bundles", rows}};
}

std::string print_read(const json& result) {
  std::string shown;
  bool sealed = false;
  for (const auto& row : result["bundles"]) {
    shown += row["file"].get<std::string>() + ": ";
    if (row.contains("kept")) {
      sealed = true;
      shown += row["known"].get<bool>() ? "kept here already, sealed" : "kept here sealed, for the school";
      shown += row["answer"].get<bool>() ? "; the school's last answer is beside it.\n" : ".\n";
      continue;
    }
    auto student = row.value("student", std::string());
    if (!student.empty()) {
      shown += student + ", " + row["ops"].dump() + " changes taken in";
      if (row["refused"].get<std::int64_t>() > 0) shown += ", " + row["refused"].dump() + " of them refused";
      if (row["brought_back"].get<std::int64_t>() > 0)
        shown += ", " + row["brought_back"].dump() + " that the school had lost brought back";
      if (row["files"].get<std::int64_t>() > 0) shown += ", " + row["files"].dump() + " files";
      shown += row["whole"].get<bool>() ? "" : "; the end of the file is missing, so write it again";
    }
    if (row.contains("problem")) shown += (student.empty() ? "" : "; ") + row["problem"].get<std::string>();
    shown += ".\n";
  }
  if (sealed) return shown + "They go to the school by themselves. Bring the sticks again for the answers.\n";
  return shown + "Answers are beside them; each student's computer reads its own from the stick.\n";
}

// ---- a first joining without a network

Result<std::function<Result<json>()>> begin_starter(School& school, const json& arguments) {
  WAYMARK_TRY(title, argument(arguments, "class"));
  WAYMARK_TRY(out, argument(arguments, "out"));
  WAYMARK_TRY(typed, argument(arguments, "address"));
  WAYMARK_TRY(row, class_named(school, title));
  WAYMARK_TRY(known, school.store().meta("address"));
  if (typed.empty() && known && known->starts_with("https://")) typed = *known;
  std::vector<std::string> addresses;
  for (std::string rest = typed; !rest.empty();) {
    auto comma = rest.find(',');
    addresses.push_back(rest.substr(0, comma));
    if (!addresses.back().starts_with("https://"))
      return Error{Code::invalid, addresses.back() + " is no address like https://school.example:8443"};
    rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
  }
  if (addresses.size() > wire::starter_addresses_max)
    return Error{Code::invalid, "a starter names at most 8 addresses"};
  fs::path path(out);
  std::error_code error;
  if (fs::is_directory(path, error)) path /= row.title + ".waymark-starter";
  if (path.extension() != ".waymark-starter") path += ".waymark-starter";
  WAYMARK_TRY(content, school.begin_starter(row.id, addresses));
  return std::function<Result<json>()>(
      [content = content, file = path.string(), title = row.title]() -> Result<json> {
        WAYMARK_TRY(starter, School::make_starter(*content));
        WAYMARK_CHECK(store::write_durably(file, starter.bytes));
        return json{{"file", file},
                    {"class", title},
                    {"students", starter.students},
                    {"without_card", starter.without_card},
                    {"bytes", starter.bytes.size()}};
      });
}

std::string print_starter(const json& result) {
  auto shown =
      result["file"].get<std::string>() + ": " + result["students"].dump() + " students of " +
      result["class"].get<std::string>() +
      " can begin with it and their cards on computers without a network. It opens only with a card.\n";
  if (result["without_card"].get<int>() > 0)
    shown += result["without_card"].dump() +
             " have no card yet: print it with `waymark-server invite`, and make the file again.\n";
  return shown;
}

}  // namespace

void add_bundle_commands(Commands& commands) {
  commands["bundle read"] = {read_bundles, print_read, {}};
  commands["starter"] = {{}, print_starter, begin_starter};
}

void add_bundle_lines(Line& line) {
  auto* group = line.group("bundle", "Work that comes on a stick");
  auto* read = line.command(
      *group, "read", "Take in what students wrote on a stick, and put answers beside it", "bundle read");
  line.path(read, "path", "path", "The stick, its folder WAYMARK, or one file")->required();
  auto* starter =
      line.command(line.root, "starter",
                   "Make the file with which a class begins on computers without a network", "starter");
  line.text(starter, "--class", "class", "Id or title")->required();
  line.path(starter, "--out", "out", "The file, or the stick or folder where it goes")->required();
  line.text(starter, "--address", "address",
            "Where these computers find the school, should they ever have a network: https://…, with commas");
}

}  // namespace waymark::server::cli
