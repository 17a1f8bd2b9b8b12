// The files of a roster, from a folder or a zip archive, with bounds on how much comes out of it. Files that
// are never needed (demographics, lessons' results) are not even opened.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "shared/base/result.hpp"
#include "sync-server/import/plan.hpp"

namespace waymark::server {

inline constexpr std::size_t roster_archive_bytes_max = 64 * 1024 * 1024;
inline constexpr std::size_t roster_file_bytes_max = 64 * 1024 * 1024;  // expanded
inline constexpr std::size_t roster_bytes_max = 192 * 1024 * 1024;      // all files, expanded
inline constexpr std::size_t roster_files_max = 200;

struct RosterFiles {
  std::map<std::string, std::string, std::less<>> bytes;  // by the standard's name without ".csv": "users"
  std::map<std::string, std::string, std::less<>> found;  // the same, by the name as found
  bool demographics = false;                              // was there and was left alone
};

// `not_found`, `io`, `too_large`, `malformed` with a sentence.
Result<RosterFiles> read_roster(const std::string& path, Findings& findings);
Result<RosterFiles> read_roster_zip(std::string_view archive, Findings& findings);

}  // namespace waymark::server
