// A student's work on a USB stick: what waits is written there as a bundle that only the school can read, and
// the school's answer is read from there. Writing changes nothing here; only an answer does. A stick has a
// folder WAYMARK with one file a replica in each direction, so that a whole class fits on one.
#pragma once

#include <string>

#include "client/app/computer.hpp"
#include "client/app/records.hpp"

namespace waymark::app {

struct StickWritten {
  std::string file;      // where it is; empty when nothing waits, and then nothing was written
  std::int64_t ops = 0;  // that wait and are in it
};
// `where`: the stick, or any folder; else the file itself. `io`, `disk_full`; `conflict` where the school has
// given this student no certificate.
Result<StickWritten> write_stick(Records& records, const Profile& profile, const std::string& identity,
                                 const std::string& where);

struct StickRead {
  int answers = 0;           // for this student, here or in an earlier time of this computer
  std::int64_t settled = 0;  // how many fewer wait now
  std::int64_t waiting = 0;
  bool whole = true;  // false: an answer's end is missing; what was there counts
};
// Takes the answers of the school that are for this student's computer. `not_found` when there is none,
// `malformed` when the only one is damaged, `unauthorized` when it is not of this school.
Result<StickRead> read_stick(Records& records, const Profile& profile, const std::string& identity,
                             const std::string& where);

}  // namespace waymark::app
