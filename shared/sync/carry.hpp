// Batches and acknowledgements beside a store: a device makes the one and the root gives the other. They know
// nothing of what carries them. (A device settles by them in Session::on_acknowledgement.)
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shared/sync/author.hpp"
#include "shared/sync/serve.hpp"
#include "shared/wire/batch.hpp"
#include "shared/wire/news.hpp"

namespace waymark::sync {

// In a store's meta: how often it has made batches.
inline constexpr std::string_view batch_round_key = "batch_round";

// What waits here, frozen, in batches of at most 200 ops, together no more than about `bytes_max`. None when
// nothing waits, but for one without ops of an author who has no certificate yet: its answer brings it.
// Making them changes no status.
Result<std::vector<std::string>> make_batches(store::Store& store, const Author& author,
                                              std::size_t bytes_max = 16 * 1024 * 1024);

// A batch without ops, of a new round: it shows whose the bundle is that it lies in. Nothing where the school
// could not know the author.
struct Proof {
  std::int64_t round = 0;
  std::string batch;
};
Result<std::optional<Proof>> make_proof(store::Store& store, const Author& author);

// What this device has read at the school, for a stick: in the round of batches just made, or a new one.
// Nothing while it reads at a hub, or the school could not know who asks.
Result<std::optional<std::string>> make_reading(store::Store& store, const Author& author, bool new_round);

// What the school may have lost, for a stick: of each stream of which it last served something else than
// should be there, the lines that are here, under the seals they came with, the newest first, together about
// `bytes_max`; what is older goes with the next. Each is an item. To be made before the batches, which own
// ops go with that nothing else proves.
Result<std::vector<std::string>> make_returned(store::Store& store, const Author& author,
                                               std::size_t bytes_max = 4 * 1024 * 1024);

// At the root: takes in what such an item brings. How many lines were lacking; the caller holds the
// transaction.
struct TakenBack {
  std::int64_t lines = 0;
  bool school = false;  // some are of the stream that everybody reads
  std::vector<std::pair<PersonId, std::string>> of_the_room = {};  // as in Served
};
Result<TakenBack> take_returned(store::Store& store, const Caller& caller, const wire::SyncRequest& item,
                                const PublicKey& identity, const KnownHubs& hubs);

// At the root: what is new for such a reader, page after page, together about `bytes_max`. Each is an item.
Result<std::vector<std::string>> answer_reading(store::Store& store, const Caller& caller,
                                                const wire::Reading& reading, const SecretKey& identity,
                                                std::size_t bytes_max = 16 * 1024 * 1024);

// The next batch for a hub: own ops from number n + 1 on, what the hub may not read sealed to the school. One
// without ops asks the school only how far it has this replica's. Nothing while the school could not know the
// author.
struct RoomBatch {
  wire::Batch batch;
  std::string lines;  // what is signed and the signature
};
Result<std::optional<RoomBatch>> make_room_batch(store::Store& store, const Author& author,
                                                 const PublicKey& identity, std::int64_t after_n);

// At the root: takes a checked batch in exactly as if its person had pushed it. The caller holds the
// transaction. Where it does not follow on what the root has, its ops are taken in and the position stays.
struct Taken {
  wire::Acknowledgement acknowledgement;
  std::vector<std::string> changed;
  std::vector<std::pair<std::string, std::string>> dead_letters;  // body, code
};
Result<Taken> take_batch(store::Store& store, const Caller& caller, const wire::Batch& batch);

}  // namespace waymark::sync
