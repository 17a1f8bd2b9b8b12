// What a hub carries to its school, the school's answers on their way back, and what each side knows of the
// other: rows in, rows out. What they mean is service's business.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "shared/wire/batch.hpp"
#include "sync-server/store/accounts.hpp"

namespace waymark::server {

struct CarriedBatch {
  std::int64_t n = 0;
  ReplicaId replica;
  std::int64_t round = 0;
  std::string body;
};
struct Carrying {
  std::int64_t batches = 0, ops = 0;
  std::optional<std::int64_t> since_ms;  // the oldest
  std::int64_t not_taken = 0;            // those that the school did not take in
  std::string problem;                   // of one of them
};
struct HubRow {
  PersonId id;
  std::string name;
  std::vector<std::string> addresses;
  std::int64_t carrying = 0;  // ops, as it said
  std::optional<std::int64_t> heard_ms;
  bool active = true;
};

// A file in one of a hub's folders: when the disk says it was written, and since which counted day it is
// here.
struct KeptFile {
  std::int64_t written = 0, day = 0;
};

// Rows of the accounts as a hub gets them: with what lets in.
struct PaperCard {
  std::string code;
  PersonId person;
  bool voided = false;
};
struct PaperComputer {
  ComputerId id;
  std::string name;
  Bytes token;
  bool removed = false;
};
struct PaperDevice {
  Bytes token;
  PersonId person;
  ComputerId computer;
  Bytes key;
  bool removed = false;
};

class Carried {
 public:
  explicit Carried(store::Store& store) : store_(store), db_(store.db()) {}
  Status prepare();

  // ---- at a hub
  // A batch that its author sent; what it covers need not be carried any more.
  Status put(const wire::Batch& batch, std::string_view bytes);
  // The oldest first, those left out that were tried less than `rest_ms` ago; together about `bytes_max`.
  Result<std::vector<CarriedBatch>> next(std::size_t bytes_max, std::int64_t rest_ms);
  Status tried(std::int64_t n, std::string_view problem);
  // What is carried, and what was and may have to be again, each as `changed` gives it back; nothing: as it
  // is. True: something was changed.
  Result<bool> change_all(const std::function<Result<std::optional<std::string>>(std::string_view)>& changed);
  // The school has answered: what was carried under this round is carried no more, and returned; the answer
  // is kept for its device. Where it says that the school has lost what it answered before, that and this are
  // carried again.
  Result<std::optional<std::string>> settle(const wire::Acknowledgement& answer, std::string_view bytes);
  // The school has it as dead letters: it is on its way no more, and brought again once a day for as long as
  // it is kept. Gives what was carried; nothing, and nothing is changed, where the row is another batch than
  // was answered.
  Result<std::optional<std::string>> settle_as_letters(std::int64_t n, const ReplicaId& replica,
                                                       const record::Position& end);
  // The school lets people or computers in again: of whom there are letters it is asked once more.
  Status carry_letters_again();
  // Of this person, once it is answered: their papers are in it. True: there was something.
  Result<bool> forget_answered(const PersonId& person);
  // By their names below the data folder.
  Result<std::map<std::string, KeptFile>> kept_files();
  Status keep_file(std::string_view name, const KeptFile& file);
  Status forget_file(std::string_view name);
  // What the school said to this replica and it may not know yet. `settled`: what it knows to be settled.
  Result<std::vector<std::string>> answers_for(const ReplicaId& replica, std::int64_t settled);
  // The school has lost something: what it answered lately is brought to it again.
  Status carry_again();
  // How many batches of a replica are on their way, or with the school's dead letters: they need not be
  // brought again. None where some of what comes after `settled` up to `last` is not here: this disk was put
  // back.
  Result<std::int64_t> carried_of(const ReplicaId& replica, std::int64_t settled, std::int64_t last);
  // Why the school did not take in a batch of this replica, as it last said of one with ops that the device
  // does not know to be settled; empty: it said no such thing.
  Result<std::string> problem_of(const ReplicaId& replica, std::int64_t settled);
  // How many ops of a person are on their way that another replica than this one brought.
  Result<std::int64_t> carried_beside(const PersonId& person, const ReplicaId& replica);
  Result<Carrying> carrying();

  // ---- at the school
  Status add_hub(const PersonId& id);
  Status hub_heard(const PersonId& id, const std::vector<std::string>& addresses, std::int64_t carrying);
  Result<std::vector<HubRow>> hubs();

  // ---- both
  Result<std::vector<PaperCard>> cards();
  Result<std::vector<PaperComputer>> computers();
  Result<std::vector<PaperDevice>> devices();
  Status put(const PaperCard& row);
  Status put(const PaperComputer& row);
  Status put(const PaperDevice& row);

 private:
  Status forget_old();
  std::int64_t now() { return store_.clock().now_ms(); }
  store::Store& store_;
  store::Db& db_;
};

}  // namespace waymark::server
