// What an old backup must not undo: removed computers, voided cards, changed passwords and PINs, people who
// are gone, roles, what was hidden and erased; and what no computer could bring back to the school: classes
// and enrollments, as they begin, change and end. Each is a line of a file beside the database, on the disk
// before it is done. The last line of each counts, so that all of them may be done again in their order. The
// database knows which lines it has seen; one that was put back is told the rest when it is opened.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "shared/base/hash.hpp"
#include "shared/base/result.hpp"

namespace waymark::server {

struct Removal {
  std::int64_t at_ms = 0;
  std::string what;      // computer, card, password, pin, person, role, class, enrollment, hidden, erasure
  std::string subject;   // whose or which: an id
  std::string value;     // a hash, a card's new code, "gone" or "here", a role, the op of a hiding or erasure
  std::string kind;      // of a PIN; the role of an enrollment
  std::string class_id;  // of an enrollment
  std::string title = {};  // of a class; empty in lines of earlier versions, which do not tell it
  // The roster's id of a class, or those of an enrollment, one a line; empty for what was made by hand; none
  // in such lines.
  std::optional<std::string> source = std::nullopt;
};

// Up to where a log has been read: so many lines, and which.
struct RemovalsRead {
  std::size_t lines = 0;
  Sha256 hash{};  // of the hash before the last line, and that line
  void pass(std::string_view line);
  // For the database; the same only for the same lines.
  std::string text() const;
};

// It only grows, by some megabytes a year in a large school: a line that a later one makes moot must stay,
// because a log that is merged with a backup's gets back every line it lacks by its time, and where the clock
// had gone back the moot line would then be the last.
class RemovalLog {
 public:
  explicit RemovalLog(std::string path) : path_(std::move(path)) {}
  // As it stands in the log, without its line feed.
  static std::string line_of(const Removal& removal);
  // Durable when it returns, all or none. `disk_full` (also where the log would be larger than it may be),
  // `io`.
  Status append(std::span<const std::string> lines);
  // In order; a last line that a power cut tore is left out. `malformed` for damage before it.
  Result<std::vector<std::string>> lines() const;
  Result<std::vector<Removal>> read() const;
  // Those whose subject this is; quick, since lines that do not name it are not read.
  Result<std::vector<Removal>> read_about(std::string_view subject) const;
  // Where a line cannot be read, or says what cannot be done (an erasure without its op, say): what is there
  // is kept beside as PATH.damaged-MS, whose path it gives, and the log is what can be read. Empty: all of it
  // can.
  Result<std::string> mend(std::int64_t now_ms) const;
  // Takes in the lines of another log that this one lacks: of two copies of one school each went on by
  // itself. Each log's own order stays; lines of both that nothing else puts in order stand by their time.
  // `malformed` where a line of the other cannot be read.
  // `too_large` when it cannot hold both.
  Status merge(const std::string& other_path);

 private:
  std::string path_;
};

}  // namespace waymark::server
