// One student's folder, held open by one process: the records, the files, and the lock. Records whose
// database is damaged are copied aside, read as far as they can be, and put into a new one, so that what was
// written here is offered to the school again and everything else comes back from there.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/app/files.hpp"
#include "shared/store/store.hpp"

namespace waymark::app {

enum class Mended {
  no,
  whole,   // every row was read
  partly,  // what could be found was put back
};

class Records {
 public:
  // `database_locked` when another process has it, `disk_full`, `io`, `unsupported` (written by a newer
  // version).
  static Result<std::unique_ptr<Records>> open(const std::string& folder, const PersonId& person,
                                               Clock& clock, Random& random);
  ~Records();
  Records(const Records&) = delete;

  store::Store& store() { return *store_; }
  // The files that this student's work names, the newest work first.
  Result<std::vector<sync::Mention>> files_mentioned(const PersonId& person);
  FileFolder& files() { return files_; }
  Mended mended() const { return mended_; }
  // What was erased leaves the disk beside the database too: files, small copies, old copies of the database.
  // Done when the records are opened, and to be called when an erasure came. `io`: it is tried again.
  Status finish_erasures();
  // The database turned out to be damaged while it was in use: next time it is mended, whatever it looks
  // like.
  Status mark_damaged();

 private:
  explicit Records(const std::string& folder);
  Status mend(const PersonId& person, store::Options options);

  std::string folder_;
  int lock_ = -1;
  FileFolder files_;
  std::unique_ptr<store::Store> store_;
  Mended mended_ = Mended::no;
};

}  // namespace waymark::app
