#include "sync-server/import/roster_files.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>

#include <zip.h>

namespace waymark::server {
namespace {

// All files of either version; those that are read come first.
constexpr std::array<std::string_view, 8> kRead = {
    "manifest", "academicSessions", "classes", "courses", "enrollments", "orgs", "roles", "users"};
constexpr std::array<std::string_view, 13> kLeft = {"categories",
                                                    "classResources",
                                                    "courseResources",
                                                    "lineItems",
                                                    "resources",
                                                    "results",
                                                    "userResources",
                                                    "scoreScales",
                                                    "lineItemLearningObjectiveIds",
                                                    "lineItemScoreScales",
                                                    "resultLearningObjectiveIds",
                                                    "resultScoreScales",
                                                    "demographics"};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

struct Wanted {
  std::string name;  // empty: not to be opened
};

// Decides about one file by its name (without folders).
Wanted wanted(std::string_view found, RosterFiles& files, Findings& findings) {
  auto small = lower(found);
  if (!small.ends_with(".csv")) {
    if (!small.starts_with(".") && small != "thumbs.db")
      findings.warn(found, 0, "", "only CSV files", "this one, which is left alone");
    return {};
  }
  auto stem = small.substr(0, small.size() - 4);
  auto named = [&](std::string_view name) {
    if (std::string(name) + ".csv" != found)
      findings.warn(found, 0, "", "the name " + std::string(name) + ".csv", "other capital letters");
    return Wanted{std::string(name)};
  };
  for (auto name : kRead)
    if (lower(name) == stem) return named(name);
  // Read only to see whether it holds rows of roles under the wrong name, as some exports do.
  if (stem == "userprofiles") return named("userProfiles");
  for (auto name : kLeft)
    if (lower(name) == stem) {
      if (name == "demographics") files.demographics = true;
      return {};
    }
  findings.warn(found, 0, "", "a file of the standard", "another name; it is left alone");
  return {};
}

Error too_large(std::string_view name) {
  return {Code::too_large, std::string(name) + " is larger than a roster can be (" +
                               std::to_string(roster_file_bytes_max / 1024 / 1024) + " MB a file, " +
                               std::to_string(roster_bytes_max / 1024 / 1024) +
                               " MB in all); nothing was imported"};
}

struct Archive {
  zip_t* zip = nullptr;
  ~Archive() {
    if (zip) zip_discard(zip);
  }
};

}  // namespace

Result<RosterFiles> read_roster_zip(std::string_view archive, Findings& findings) {
  if (archive.size() > roster_archive_bytes_max) return too_large("the archive");
  zip_error_t problem;
  zip_error_init(&problem);
  zip_source_t* source = zip_source_buffer_create(archive.data(), archive.size(), 0, &problem);
  Archive opened;
  if (source) {
    opened.zip = zip_open_from_source(source, ZIP_RDONLY, &problem);
    if (!opened.zip) zip_source_free(source);
  }
  if (!opened.zip) {
    std::string why = zip_error_strerror(&problem);
    zip_error_fini(&problem);
    return Error{Code::malformed, "the file is no zip archive that can be read (" + why + ")"};
  }
  zip_error_fini(&problem);
  auto entries = zip_get_num_entries(opened.zip, 0);
  if (entries < 0 || static_cast<std::size_t>(entries) > roster_files_max)
    return Error{Code::too_large, "the archive holds more than " + std::to_string(roster_files_max) +
                                      " files; a roster has at most 22"};
  RosterFiles files;
  std::set<std::string> folders;
  std::size_t total = 0;
  for (zip_int64_t i = 0; i < entries; i++) {
    auto index = static_cast<zip_uint64_t>(i);
    const char* raw = zip_get_name(opened.zip, index, ZIP_FL_ENC_GUESS);
    std::string path = raw ? raw : "";
    if (path.empty() || path.ends_with('/') || path.starts_with("__MACOSX/")) continue;
    auto slash = path.rfind('/');
    std::string found = slash == std::string::npos ? path : path.substr(slash + 1);
    auto want = wanted(found, files, findings);
    if (want.name.empty()) continue;
    if (slash != std::string::npos) {
      folders.insert(path.substr(0, slash));
      findings.warn(found, 0, "", "no folders inside the archive", "it in " + path.substr(0, slash));
    }
    if (files.bytes.count(want.name) > 0)
      return Error{Code::malformed, "the archive holds " + want.name + ".csv twice; which one is meant?"};
    zip_file_t* file = zip_fopen_index(opened.zip, index, 0);
    if (!file)
      return Error{Code::malformed, found + " in the archive cannot be read; is it protected by a password?"};
    // What it says of its size is not believed: it is counted while it comes out.
    std::string bytes;
    std::array<char, 64 * 1024> piece;
    zip_int64_t got = 0;
    while ((got = zip_fread(file, piece.data(), piece.size())) > 0) {
      bytes.append(piece.data(), static_cast<std::size_t>(got));
      total += static_cast<std::size_t>(got);
      if (bytes.size() > roster_file_bytes_max || total > roster_bytes_max) {
        zip_fclose(file);
        return too_large(found);
      }
    }
    zip_fclose(file);
    if (got < 0) return Error{Code::malformed, found + " in the archive is damaged"};
    files.found[want.name] = found;
    files.bytes[want.name] = std::move(bytes);
  }
  if (folders.size() > 1)
    return Error{Code::malformed,
                 "the archive holds several folders; put the CSV files of one roster at its top"};
  return files;
}

Result<RosterFiles> read_roster(const std::string& path, Findings& findings) {
  std::error_code error;
  auto read = [](const std::filesystem::path& from, std::size_t max) -> Result<std::string> {
    std::ifstream in(from, std::ios::binary);
    if (!in) return Error{Code::io, from.string() + " cannot be opened"};
    std::string bytes;
    std::array<char, 64 * 1024> piece;
    while (in.read(piece.data(), piece.size()) || in.gcount() > 0) {
      bytes.append(piece.data(), static_cast<std::size_t>(in.gcount()));
      if (bytes.size() > max) return too_large(from.filename().string());
    }
    return bytes;
  };
  if (std::filesystem::is_regular_file(path, error)) {
    WAYMARK_TRY(bytes, read(path, roster_archive_bytes_max));
    return read_roster_zip(bytes, findings);
  }
  if (!std::filesystem::is_directory(path, error))
    return Error{Code::not_found, path + " is neither a folder nor a zip file"};
  RosterFiles files;
  std::size_t total = 0, count = 0;
  std::filesystem::directory_iterator entries(path, error);
  if (error) return Error{Code::io, path + ": " + error.message()};
  std::map<std::string, std::filesystem::path> sorted;
  for (; entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    if (++count > roster_files_max)
      return Error{Code::too_large, path + " holds more than " + std::to_string(roster_files_max) +
                                        " files; give the folder of the roster itself"};
    if (entries->is_regular_file(error)) sorted[entries->path().filename().string()] = entries->path();
  }
  if (error) return Error{Code::io, path + ": " + error.message()};
  for (const auto& [found, from] : sorted) {
    auto want = wanted(found, files, findings);
    if (want.name.empty()) continue;
    if (files.bytes.count(want.name) > 0)
      return Error{Code::malformed, path + " holds " + want.name + ".csv twice; which one is meant?"};
    WAYMARK_TRY(bytes, read(from, roster_file_bytes_max));
    total += bytes.size();
    if (total > roster_bytes_max) return too_large(found);
    files.found[want.name] = found;
    files.bytes[want.name] = std::move(bytes);
  }
  return files;
}

}  // namespace waymark::server
