// What restores need before a school can be opened, and when a serving school backs itself up.
#pragma once

#include <optional>

#include "sync-server/cli/command.hpp"

namespace waymark::server::cli {

// Where no server runs, also into an empty directory.
Result<json> restore_here(const Asked& asked);
std::string print_restore(const json& result);

// One backup a day, named by its day, in a folder of the data directory or another. One of a later day than
// tomorrow, of a clock that ran ahead, is passed over and never removed.
class Nightly {
 public:
  Nightly(std::string folder, int keep_days);
  bool due(std::int64_t now_ms) const;
  // The file to write now; after a failure it is tried again in an hour.
  std::string file(std::int64_t now_ms);
  // Those that are older than `keep_days` and not among the newest as many.
  void forget_old(std::int64_t now_ms) const;
  // When the newest was written; nothing: none is there.
  std::optional<std::int64_t> newest_ms(std::int64_t now_ms) const;
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
  int keep_days_;
  std::int64_t tried_ms_ = 0;
};

}  // namespace waymark::server::cli
