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
// Such a folder, which is not there yet.
std::string new_replaced_folder(const std::string& data, std::int64_t now_ms);

class InPlace {
 public:
  // `data`: the school's directory, whose lock is held.
  explicit InPlace(const std::string& data);

  // First: reads whose database was served here, and by which files.
  Status begin();
  // `conflict` where it is gone, and something is there that may be of it.
  Status must_not_be_gone() const;
  // Are file and log those that were served here last, whatever was written over them?
  bool has_its_files() const;
  // Before the database is opened: a log beside it that is another's goes into a folder of its own, which
  // this gives. Empty: there is none, or it is this one's, as far as can be told.
  Result<std::string> settle(std::int64_t now_ms);
  // A token that only the open database has from now on; to be called again whenever something was written
  // since, as a copy that is made of the file has it, too. While the file that is open cannot take it the one
  // before it holds as well: where it was just opened, whichever that is. `owner`: as of owner().
  Status set(store::Store& store, Random& random, bool just_opened, const std::string& owner);
  bool is_set() const { return !set_.tokens.empty(); }
  // False: the file is gone, or another's. While nobody writes; true before anything was set.
  bool holds() const;
  // Is the log beside it the one that was there when the token was set?
  bool has_its_log() const;
  // Is the file the one that was opened, whatever was written over it?
  bool is_same_file() const;
  // Whose the database is that was served here last: a hash of the school's key, or the hub's. Empty:
  // that is not known.
  const std::string& owner() const { return set_.owner; }
  // After the database was closed: another log may be the next of its number.
  void note_closed();
  // Whatever is there next is right, as a restore puts it there.
  Status forget();

 private:
  struct Set {
    std::vector<std::string> tokens;  // the database has one of them
    std::string log, file, owner;     // which files its log and it are, and whose it is
  };
  Result<Set> read() const;
  // The token in the file on the disk, without what its log holds.
  Result<std::string> token_there() const;
  bool is_whole_with_its_log() const;
  Status write() const;

  std::string database_, log_, beside_;
  Set set_, was_;  // and what begin() found
};

}  // namespace waymark::server
