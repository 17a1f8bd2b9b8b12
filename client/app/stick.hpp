// A student's work on a USB stick: what waits is written there as a bundle that only the school can read, and
// the school's answer is read from there. Writing changes nothing here; only an answer does. A stick has a
// folder WAYMARK with one file a replica in each direction, so that a whole class fits on one.
#pragma once

#include <string>
#include <string_view>

#include "client/app/computer.hpp"
#include "client/app/records.hpp"
#include "shared/sync/session.hpp"

namespace waymark::app {

// What waits, as a bundle for the school; `asks` also what is new there, and carries the files that are not
// at school. No bytes where there is nothing to tell. `conflict` where this student has no papers for the
// school.
struct SealedWork {
  std::string bytes;
  std::int64_t ops = 0;
  std::int64_t files = 0;       // that are in it
  std::int64_t files_rest = 0;  // for which there was no room
};
Result<SealedWork> seal_waiting(Records& records, const Profile& profile, const std::string& identity,
                                std::size_t bytes_max, bool asks);

// The school's answer to one. `unauthorized` when it is for another device or of another school, `malformed`
// when nothing of it can be read.
struct AnswerTaken {
  bool whole = true;               // false: its end is missing; what was there counts
  std::int64_t news = 0;           // lines of others that came with it
  std::int64_t files_settled = 0;  // that are at school now
  std::int64_t files_came = 0;
  std::optional<Code> problem = {};  // why the school did not take in what was brought
};
Result<AnswerTaken> take_answer(sync::Session& session, Records& records, const Profile& profile,
                                const std::string& identity, std::string_view bytes);

struct StickWritten {
  std::string file;      // where it is; empty when there was nothing to write
  std::int64_t ops = 0;  // that wait and are in it
  std::int64_t files = 0, files_rest = 0;
};
// `where`: the stick, or any folder; else the file itself. `io`, `disk_full`, `conflict`.
Result<StickWritten> write_stick(Records& records, const Profile& profile, const std::string& identity,
                                 const std::string& where);

struct StickRead {
  int answers = 0;           // for this student, here or in an earlier time of this computer
  std::int64_t settled = 0;  // how many fewer wait now
  std::int64_t waiting = 0;
  std::int64_t news = 0;  // lines that others wrote, new here
  std::int64_t files_settled = 0, files_came = 0;
  bool whole = true;                 // false: an answer's end is missing; what was there counts
  std::optional<Code> problem = {};  // why the school took in nothing of what was brought
};
// Takes the answers of the school that are for this student's computer, by the session of these records.
// `not_found` when there is none, `malformed` when the only one is damaged, `unauthorized` when it is not of
// this school.
Result<StickRead> read_stick(sync::Session& session, Records& records, const Profile& profile,
                             const std::string& identity, const std::string& where);

}  // namespace waymark::app
