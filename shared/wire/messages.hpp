// The messages of the sync protocol to and from bytes: one header line of JSON, then one line an op in its
// canonical form, so that nothing is escaped twice and every op arrives as the bytes that were hashed.
// docs/PROTOCOL.md is the normative text. What carries v: 1 is kept for ever.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/hash.hpp"
#include "shared/record/chain.hpp"
#include "shared/record/merge.hpp"
#include "shared/record/op.hpp"

namespace waymark::wire {

inline constexpr int protocol_version = 1;
inline constexpr std::size_t message_bytes_max = 4 * 1024 * 1024;  // expanded
inline constexpr std::size_t header_bytes_max = 256 * 1024;
inline constexpr std::size_t ops_per_request_max = 200;
inline constexpr std::size_t streams_max = 1000;
inline constexpr std::string_view content_type = "application/vnd.waymark.sync";

struct StreamCursor {
  std::string stream;
  AccessId access;
  FeedId feed;
  SegmentToken segment;
  std::int64_t seq = 0;
  bool whole = false;  // send my own ops with their content too: I have lost some
};

// Whose seal it is where it is a hub's: the hub's id, its key, and the school's signature that the key is
// this hub's; of 32, 64 and 128 digits. All empty: the school's own.
struct HubSigner {
  std::string hub, key, certified;
  bool operator==(const HubSigner&) const = default;
};

// What the school served once, brought back to it because it lost it: the lines, and the seal under which
// they came, which is over all items of that page.
struct Returned {
  std::string stream;
  std::vector<OpId> items;
  std::string seal;                 // 128 digits
  std::vector<std::string> bodies;  // those of the items that the school lacks
  HubSigner hub = {};               // whose seal it is
};
inline constexpr std::size_t offered_max = 1000;
inline constexpr std::size_t returned_max = 100;  // seals in a request

struct SyncRequest {
  std::string request;  // of the client's own choice, for logs; may be empty
  ReplicaId replica;
  std::int64_t now_ms = 0;          // 0: not told
  std::int64_t waiting = 0;         // own ops not at school yet, those of this request included
  std::optional<std::string> same;  // hash of what was read so far, instead of cursors
  // Hash of that and of where the chain stands, instead of `before` too: to a school that has told `marks`.
  std::optional<std::string> mark;
  std::vector<StreamCursor> cursors;  // when neither is given
  record::Position before;            // the chain just before the first op
  std::vector<std::string> ops;       // canonical bytes, in the order of the chain
  std::vector<OpId> offered;          // what the school may have lost: which of these does it lack?
  std::vector<Returned> returned;     // what it said it lacks
  // To a hub, which believes and forwards nothing else: the two signed lines of a batch (batch.hpp) whose ops
  // are `ops`.
  std::string batch;
  std::int64_t at_school = 0;  // to a hub: own ops up to this number are settled at school
};

struct Refused {
  std::int64_t n = 0;  // the op's number in its replica
  std::string code;
  std::string sentence;
};

struct Granted {
  std::string stream;
  AccessId access;
  std::string role;
};

struct StreamPage {
  std::string stream;
  FeedId feed;
  SegmentToken segment;
  bool reset = false;               // begins at zero: forget the count and digest so far
  std::int64_t seq = 0;             // read up to here with this page
  std::int64_t head = 0;            // the stream's end at the server
  std::string digest;               // of the whole stream, 32 digits; only when seq == head
  std::vector<OpId> own;            // the reader's own ops of this page, by id
  std::vector<std::string> bodies;  // the others: canonical ops and stubs
  std::string seal;                 // the school's signature over this page's items, 128 digits
  // From a hub: the school's pages that some of these lines once came in, and those of them that were written
  // at this hub under its own.
  struct Under {
    std::vector<OpId> items;
    std::string seal;
    HubSigner hub = {};
  };
  std::vector<Under> under;
};
inline constexpr std::size_t under_max = 100, under_items_max = 4'000;

// What stands for a line in a seal: the first half of its SHA-256, which of an op is its id.
OpId seal_item(std::string_view line);
// The items of a page in order: its own ids, then its lines.
std::vector<OpId> seal_items(const StreamPage& page);
// What is signed by the school, and by the hub with the id `hub`; and by the school of a hub's key.
std::string seal_message(std::string_view stream, const std::vector<OpId>& items);
std::string hub_seal_message(std::string_view hub, std::string_view stream, const std::vector<OpId>& items);
std::string hub_key_message(std::string_view hub, std::string_view key);
// Is the key that of this hub, and the seal by it?
bool hub_has_sealed(const HubSigner& hub, std::string_view stream, const std::vector<OpId>& items,
                    ByteView seal, const PublicKey& school);
// As it is kept beside the seal: 112 bytes; none for the school's own.
Bytes bytes_of(const HubSigner& hub);
HubSigner hub_signer(ByteView bytes);

// Another computer of the same person on which something waited when it was last heard from.
struct Elsewhere {
  std::string computer;
  std::int64_t waiting = 0;
  bool operator==(const Elsewhere&) const = default;
};
inline constexpr std::size_t elsewhere_max = 8;

// Where else the school can be reached.
struct Place {
  std::string hub;  // its id, 32 digits; empty: the school's server
  std::string name;
  std::vector<std::string> addresses;  // "https://192.168.4.2:8443"
  bool operator==(const Place&) const = default;
};
inline constexpr std::size_t places_max = 16, addresses_max = 8, answers_max = 64;

struct SyncReply {
  std::int64_t now_ms = 0;
  FeedId feed;                // only where there are pages
  record::Position position;  // the last settled op of this replica at the school; nothing from a hub
  // From a hub alone: the last op of this replica that it has and forwards.
  std::optional<record::Position> room;
  std::int64_t carried = 0;  // from a hub: batches of this replica on their way to the school
  std::int64_t beside = 0;   // from a hub: ops of this person on their way that other replicas brought
  std::string problem;       // from a hub: why the school did not take in what waits here; a code
  std::vector<std::string> answers;  // from a hub: the school's acknowledgements of this replica's batches
  std::vector<Place> places;
  std::optional<bool> same;  // answer to `same` or `mark`; false: send cursors
  // Answer to `mark` when what came with it was taken in and nothing else is new: the mark now, and neither
  // position nor pages.
  std::optional<std::string> mark;
  bool marks = false;  // with an answer to cursors: this school understands marks
  std::vector<Refused> refused;
  std::vector<Granted> granted;
  std::vector<std::string> ended;
  std::vector<OpId> lacking;  // of what was offered
  std::vector<StreamPage> pages;
  std::vector<Elsewhere> elsewhere;  // at most elsewhere_max
  bool more = false;                 // there is more to read: come again at once
  std::int64_t again_ms = 0;         // otherwise come back after about this long
};

std::string encode(const SyncRequest& request);
std::string encode(const SyncReply& reply);
// `malformed`, `too_large`, `too_deep`; `unsupported` for another protocol version.
Result<SyncRequest> decode_request(std::string_view bytes);
Result<SyncReply> decode_reply(std::string_view bytes);

// POST /v1/have: which of these ops are missing there.
inline constexpr std::size_t have_ids_max = 4096;
std::string encode_have(const std::vector<OpId>& ids);
Result<std::vector<OpId>> decode_have(std::string_view bytes);

}  // namespace waymark::wire
