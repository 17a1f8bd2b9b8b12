// Ops that do not reach the school over their author's own token: a batch is their author's signature over
// which ops they are, and whoever carries it (a stick, a class's server) needs no trust. The answer is an
// acknowledgement under the school's signature. Both to and from bytes; each is a line of JSON, a line with
// the signature over that very line, and the ops as they were hashed. docs/PROTOCOL.md is the normative text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/hash.hpp"
#include "shared/wire/introduction.hpp"
#include "shared/wire/messages.hpp"

namespace waymark::wire {

// What the school gave at the joining.
struct Certificate {
  PersonId person;
  std::string computer;  // 32 digits
  PublicKey key;         // the device's
  std::string name, role;
  std::vector<ClassId> classes;
};
// `malformed` when a member that is needed is not there. Says nothing about who signed it.
Result<Certificate> read_certificate(std::string_view text);
// `unauthorized` when this identity has not signed it.
Result<Certificate> check_certificate(const PublicKey& identity, std::string_view text,
                                      std::string_view signature);

struct Batch {
  PersonId person;
  ReplicaId replica;
  std::int64_t round = 0;   // grows with each time that this replica writes batches
  record::Position before;  // the chain just before the first op
  std::vector<OpId> ids;
  std::string certificate, certificate_signature;
  std::string introduction;  // in the certificate's place, while the school has not given one
  // Canonical bytes, in the order of the chain; one that its carrier may not read as a sealed line.
  std::vector<std::string> ops;
};

struct Acknowledgement {
  ReplicaId replica;
  std::int64_t round = 0;   // of the batch
  record::Position before;  // of the batch
  record::Position
      end;  // the chain after its last op: another copy of the replica has others of these numbers
  record::Position at;  // the last settled op of this replica, at the school
  std::vector<Refused> refused;
  std::int64_t now_ms = 0;  // the school's clock when it was given
  // For a device that came by an introduction: what it brings from now on.
  std::string certificate = {}, certificate_signature = {};
};

// For who carried them: which of a bundle's batches, counted from 0, was not taken in, and why.
struct Problem {
  std::int64_t n = 0;
  std::string code;
  // The school has each of its ops all the same, as a dead letter where not in its place: the batch's
  // replica, and the chain after its last op; and which, counted from 0, are in their place.
  struct Letters {
    ReplicaId replica;
    record::Position end;
    std::vector<std::int64_t> here = {};
  };
  std::optional<Letters> letters = {};
};
std::string encode(const Problem& problem);
Result<Problem> decode_problem(std::string_view bytes);

// The chain after its last op.
record::Position end_of(const Batch& batch);

// The line that is signed and the signature's, which `encode` puts before the ops.
std::string signed_lines(const Batch& batch, const SecretKey& device_key);
std::string encode(const Batch& batch, const SecretKey& device_key);
std::string encode(const Acknowledgement& acknowledgement, const SecretKey& identity);
// What a text takes of a header where it stands in a list there, in bytes.
std::size_t bytes_in_header(std::string_view text);

// Checks everything that needs no store: the form, that the certificate is this identity's, that its key
// signed the batch and its person is the batch's, that each op is what its id says, and by that person.
// `malformed`, `too_large`, `too_deep`, `unsupported`, `unauthorized`, `wrong_id`, `forbidden`: nothing of it
// may be taken in.
struct CheckedBatch {
  Batch batch;
  Certificate certificate;                   // where there is an introduction: key, computer and person alone
  std::optional<Introduction> introduction;  // to be checked against card and PIN
};
// Who reads it: the school with its secret, which opens what is sealed to it; or a hub without, which knows
// whose device brought it and leaves what is sealed closed and unchecked.
struct BatchReader {
  PublicKey identity;
  const SecretKey* secret = nullptr;
  std::optional<PublicKey> device = std::nullopt;
};
Result<CheckedBatch> decode_batch(std::string_view bytes, const BatchReader& reader);
// Of one that was checked before.
Result<std::vector<OpId>> read_batch_ids(std::string_view bytes);
// `unauthorized` when this identity did not sign it.
Result<Acknowledgement> decode_acknowledgement(std::string_view bytes, const PublicKey& identity);

}  // namespace waymark::wire
