// The command that gives out what a school has of a student or of a class: a folder with JSON
// (docs/EXPORT.md) and the files that it names.
#include <filesystem>
#include <memory>
#include <set>

#include "shared/store/files.hpp"
#include "sync-server/cli/command.hpp"
#include "sync-server/service/portable.hpp"

namespace waymark::server::cli {
namespace {

namespace fs = std::filesystem;

struct Out {
  std::string folder;
  std::vector<std::pair<std::string, Portable>> parts;  // by the JSON's name
};

Error failure(const std::string& path, const std::error_code& error) {
  return {error == std::errc::no_space_on_device ? Code::disk_full : Code::io, path + ": " + error.message()};
}

// Beside the school's work: files may be many.
Result<json> write(const Out& out) {
  std::error_code error;
  fs::create_directories(out.folder + "/files", error);
  if (error) return failure(out.folder, error);
  fs::permissions(out.folder, fs::perms::owner_all, error);
  std::int64_t missing = 0;
  std::set<std::string> files;
  for (const auto& [name, part] : out.parts) {
    WAYMARK_CHECK(store::write_durably(out.folder + "/" + name, part.json));
    for (const auto& file : part.files) {
      if (!files.insert(file.name).second) continue;
      fs::copy_file(file.from, out.folder + "/" + file.name, error);
      if (error == std::errc::no_such_file_or_directory)
        missing++;
      else if (error)
        return failure(out.folder + "/" + file.name, error);
    }
  }
  return json{{"folder", out.folder},
              {"documents", out.parts.size()},
              {"files", static_cast<std::int64_t>(files.size()) - missing},
              {"missing", missing}};
}

Result<std::function<Result<json>()>> begin(School& school, const json& arguments) {
  auto out = std::make_shared<Out>();
  WAYMARK_TRY(folder, argument(arguments, "folder"));
  WAYMARK_TRY(student, argument(arguments, "student"));
  WAYMARK_TRY(class_text, argument(arguments, "class"));
  if (student.empty() == class_text.empty())
    return Error{Code::invalid, "say whom, with --student ID, or which class, with --class ID"};
  std::error_code error;
  if (fs::exists(folder, error)) return Error{Code::exists, folder + " is there already; name a new folder"};
  out->folder = folder;
  auto add = [&](const PersonId& id) -> Status {
    WAYMARK_TRY(part, portable_student(school, id));
    out->parts.emplace_back("student-" + id.hex() + ".json", std::move(part));
    return school.accounts().audit(std::nullopt, "student exported", id.hex());
  };
  if (!student.empty()) {
    auto id = PersonId::parse(student);
    if (!id)
      return Error{
          Code::malformed,
          "exporting wants the id itself, not a name; see: waymark-server student list --class CLASS"};
    WAYMARK_CHECK(add(*id));
  } else {
    WAYMARK_TRY(row, class_named(school, class_text));
    WAYMARK_TRY(part, portable_class(school, row.id));
    out->parts.emplace_back("class-" + row.id.hex() + ".json", std::move(part));
    WAYMARK_TRY(students, school.students_of(row.id));
    for (const auto& one : students) WAYMARK_CHECK(add(one.person.id));
  }
  return std::function<Result<json>()>([out] { return write(*out); });
}

std::string print(const json& result) {
  auto shown = result["folder"].get<std::string>() + " has " + result["documents"].dump() +
               " documents and " + result["files"].dump() + " files.";
  if (result["missing"] != 0) shown += " " + result["missing"].dump() + " files are not on this disk.";
  return shown + " Drafts and private notes are not in it: the student's app exports those.\n";
}

}  // namespace

void add_export_commands(Commands& commands) { commands["export"] = {{}, print, begin}; }

void add_export_lines(Line& line) {
  auto* app = line.command(
      line.root, "export",
      "Write everything of a student or a class as JSON, with the files, to a new folder", "export");
  line.path(app, "folder", "folder", "The folder to make")->required();
  line.text(app, "--student", "student", "The student's id");
  line.text(app, "--class", "class", "The class's id or title: its records, and every student's");
}

}  // namespace waymark::server::cli
