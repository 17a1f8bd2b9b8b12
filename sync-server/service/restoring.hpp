// A backup that takes a school's place, so that a power cut at any moment leaves one of both whole. It is
// unpacked beside the school and flushed to the disk; one rename decides that it is to take the place. Before
// that nothing has happened; from then on it is finished step by step, if need be by whoever opens the school
// next. What it replaces is kept in a folder of its own.
#pragma once

#include <cstdint>
#include <string>

#include "shared/base/hash.hpp"
#include "shared/base/result.hpp"

namespace waymark::server {

class Restoring {
 public:
  // Of this data directory, whose lock is held and whose database is closed from `decide` on.
  explicit Restoring(const std::string& data);

  // Slow. What is unpacked is a school of this key that this program can open, brought to its schema.
  // `wrong_password`, `malformed`, `unsupported` (of a newer program), `disk_full`: nothing is left of it.
  Status unpack(const std::string& file, const SecretKey& key) const;
  Status decide(std::int64_t now_ms) const;
  bool decided() const;
  // The next step; false: nothing is left to do. Each may be done again.
  Result<bool> step() const;
  // All of them. Gives the folder that keeps what was replaced, which is empty where nothing was. Where a
  // step fails, what was there is there again.
  Result<std::string> finish() const;
  // The database that was replaced, and is in the folder that `finish` gave, is there again in place of the
  // backup's, which is not kept: it is in its file. `io` where there is none.
  Status put_back(const std::string& kept) const;
  // Before a school is opened: finishes what was decided, and throws away what was not. Nothing: there was
  // nothing to finish.
  Result<bool> settle() const;

 private:
  Result<std::string> replaced() const;
  void undo() const;

  std::string data_, unpacked_, decided_;
};

}  // namespace waymark::server
