// Is the school's database on the disk still the one that is open? Who copies an old school.db back by hand,
// and not by `restore`, does it behind SQLite's back: it goes on with the file that is gone, or writes its
// log over the one that came, and so does the next start with a log that a power cut left. So the open
// database has a token, in the file itself and in one beside it, that no older copy has.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.hpp"
#include "shared/base/seams.hpp"
#include "shared/store/store.hpp"

namespace waymark::server {

// Begins the name of a folder of what was replaced; the rest is when.
inline constexpr std::string_view replaced_prefix = "replaced-";

class InPlace {
 public:
  // `data`: the school's directory, whose lock is held.
  explicit InPlace(const std::string& data);

  // Before the database is opened: a log beside it that is another's goes into a folder of its own, which
  // this gives. Empty: there is none, or it is this one's, as far as can be told.
  Result<std::string> settle(std::int64_t now_ms) const;
  // A token that only the open database has from now on; to be called again whenever something was written
  // since, as a copy that is made of the file has it, too. While the file that is open cannot take it the one
  // before it holds as well: where it was just opened, whichever that is.
  Status set(store::Store& store, Random& random, bool just_opened);
  bool is_set() const { return !set_.tokens.empty(); }
  // False: the file is gone, or another's. While nobody writes; true before anything was set.
  bool holds() const;
  // Is the log beside it the one that was there when the token was set?
  bool has_its_log() const;

 private:
  struct Set {
    std::vector<std::string> tokens;  // the file has one of them
    std::string log;                  // which file it is
  };
  Result<Set> read() const;
  // The token in the file on the disk, without what its log holds.
  Result<std::string> token_there() const;
  bool is_one(const std::string& token) const;
  Status write() const;

  std::string database_, log_, beside_;
  Set set_;
};

}  // namespace waymark::server
