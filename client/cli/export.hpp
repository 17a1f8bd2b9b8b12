// Everything a student owns in one zip, readable without Waymark: records.json (documented in the archive's
// own README.txt), the files under their names, and index.html for people, in the student's language.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "client/app/computer.hpp"
#include "client/app/phrase.hpp"
#include "client/app/records.hpp"

namespace waymark::cli {

struct Exported {
  std::int64_t records = 0, files = 0, files_not_here = 0;
};
// What a phrase says in a language.
using Wording = std::function<std::string(std::string_view language, const app::Phrase& phrase)>;

// `exists` when the file is there already, `io`, `disk_full`.
Result<Exported> export_all(app::Records& records, const app::Profile& profile, const std::string& school,
                            std::int64_t now_ms, const std::string& path, const Wording& wording);

}  // namespace waymark::cli
