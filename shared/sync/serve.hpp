// The parent's side of a sync: answers one request from what this store has, and lets in what its author may
// write. It knows nothing of sockets, tokens or accounts: who calls and what they may read comes in as a
// value. The caller holds the transaction, so that data, position and answer are durable together before
// anybody is told.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "shared/base/hash.hpp"
#include "shared/domain/kinds.hpp"
#include "shared/store/store.hpp"
#include "shared/wire/batch.hpp"
#include "shared/wire/messages.hpp"

namespace waymark::sync {

struct Access {
  std::string stream;
  AccessId id;
  domain::Role role = domain::Role::member;
};

struct Caller {
  PersonId person;
  std::vector<Access> access;  // sorted by stream
  // For whom else the caller may push: a hub for the teachers who write at it.
  std::map<PersonId, std::vector<Access>> speaks_for = {};
  bool hub = false;  // a hub, which may also hold words of who taught there once
};

// The hubs whose seals are believed, by id (32 digits): for whom each speaks, and where.
using KnownHubs = std::map<std::string, std::map<PersonId, std::vector<Access>>, std::less<>>;

struct ServeLimits {
  // The school's: what comes back under its seal is believed. None: nothing is.
  std::optional<PublicKey> school;
  // Where it is here, what is served is sealed with it.
  const SecretKey* identity = nullptr;
  // Whose seals are believed beside the school's. None: nobody's.
  const KnownHubs* hubs = nullptr;
  // At a hub: what it seals with what was written at it.
  wire::HubSigner signer = {};
  const SecretKey* hub_key = nullptr;
  // This is a hub, and this is what came with the request's ops, checked; none when nothing did.
  bool hub = false;
  const wire::Batch* batch = nullptr;
  std::size_t beside_bytes =
      0;                      // of the reply's header, for what is put into it beside this (places, answers)
  std::size_t ops_max = 500;  // in one reply
  std::size_t bytes_max = 1024 * 1024;
  std::int64_t again_ms = 20'000;  // advice: when to come back if nothing happens
};

struct Served {
  wire::SyncReply reply;
  std::vector<std::string> changed;  // streams that have new ops now
  // What was refused without a trace in any stream (malformed, or no right to the stream): kept for an adult
  // to read.
  std::vector<std::pair<std::string, std::string>> dead_letters;  // body, code
  // Likewise of what a hub has sealed as written there by somebody who may not write so any more, or never
  // could.
  std::vector<std::pair<PersonId, std::string>> of_the_room;  // hub, body
  bool carry = false;  // at a hub: the batch follows on what is here and is to be forwarded
};

// A pushed op as read from its bytes: work that needs no store and can be done on another thread.
struct Pushed {
  OpId id;
  Result<record::Op> op;
  bool erased = false;  // its stub stands in its place
};
std::vector<Pushed> read_pushed(const wire::SyncRequest& request);

// `pushed`: what read_pushed gave for this request.
Result<Served> serve(store::Store& store, const Caller& caller, const wire::SyncRequest& request,
                     const std::vector<Pushed>& pushed, const ServeLimits& limits);
inline Result<Served> serve(store::Store& store, const Caller& caller, const wire::SyncRequest& request,
                            const ServeLimits& limits) {
  return serve(store, caller, request, read_pushed(request), limits);
}

// Takes in what was pushed and answers nothing else: position, refusals.
Result<Served> push(store::Store& store, const Caller& caller, const wire::SyncRequest& request,
                    const std::vector<Pushed>& pushed);

// Takes in what this store served once and has lost since. Of the answer, the streams of what was lacking,
// once for each line, and what is kept for an adult.
Result<Served> take_back(store::Store& store, const Caller& caller,
                         const std::vector<wire::Returned>& returned, const PublicKey& school,
                         const KnownHubs& hubs);

// Which of the ids this store lacks; what the caller may not read counts as lacking.
Result<std::vector<OpId>> missing(store::Store& store, const Caller& caller, const std::vector<OpId>& ids);

// What a reader has read, as one hash: equal on both sides exactly when nothing is new. 32 digits.
struct ReadSoFar {
  std::string stream;
  AccessId access;
  record::Digest digest;
};
std::string read_hash(const FeedId& feed, std::vector<ReadSoFar> streams);
// The same with the segment that all cursors are of, and the reader's own position: where it stands, with
// nothing on its way. 32 digits.
std::string mark_of(const FeedId& feed, std::vector<ReadSoFar> streams, const SegmentToken& segment,
                    const ReplicaId& replica, const record::Position& at);

}  // namespace waymark::sync
