// What must not come back with an old backup: removed computers, voided cards, changed passwords and PINs,
// people who left, what was erased. Each is a line of a file beside the database, on the disk before it is
// done, and the database knows how many lines it has seen; a database that was put back is told the rest when
// it is opened.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "shared/base/result.hpp"

namespace waymark::server {

struct Removal {
  std::int64_t at_ms = 0;
  std::string what;     // computer, card, password, pin, person, erasure
  std::string subject;  // whose or which: an id
  std::string value;    // a hash, a card's new code, "gone" or "here", an erasure's op
  std::string kind;     // of a PIN
};

class RemovalLog {
 public:
  explicit RemovalLog(std::string path) : path_(std::move(path)) {}
  // Durable when it returns. `disk_full`, `io`.
  Status append(const Removal& removal);
  // In order; a last line that a power cut tore is left out. `malformed` for damage before it.
  Result<std::vector<Removal>> read() const;
  // Takes another log's place in this one when it knows more: of two copies of one school the longer stays.
  Status adopt(const std::string& other_path);

 private:
  std::string path_;
};

}  // namespace waymark::server
