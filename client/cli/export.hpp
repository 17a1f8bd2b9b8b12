// Everything a student owns in one zip, readable without Waymark: records.json (documented in the archive's
// own README.txt), the files under their names, and index.html for people.
#pragma once

#include <string>

#include "client/app/computer.hpp"
#include "client/app/records.hpp"

namespace waymark::cli {

struct Exported {
  std::int64_t records = 0, files = 0, files_not_here = 0;
};
// `exists` when the file is there already, `io`, `disk_full`.
Result<Exported> export_all(app::Records& records, const app::Profile& profile, const std::string& school,
                            std::int64_t now_ms, const std::string& path);

}  // namespace waymark::cli
