// Hashes, signatures and passwords, by libsodium. Keys are plain values here; who keeps them where is the
// stores' business.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "shared/base/bytes.hpp"

namespace waymark {

using Sha256 = std::array<std::uint8_t, 32>;
Sha256 sha256(ByteView bytes);
// HMAC-SHA-256.
Sha256 hmac_sha256(ByteView key, ByteView message);
// Hashing in pieces, for files.
class Sha256Stream {
 public:
  Sha256Stream();
  void add(ByteView bytes);
  Sha256 finish();

 private:
  alignas(16) std::array<std::uint8_t, 128> state_;  // crypto_hash_sha256_state
};
// True when equal, in constant time.
bool equal_secret(ByteView a, ByteView b);

// Ed25519 (RFC 8032).
struct PublicKey {
  std::array<std::uint8_t, 32> bytes{};
  bool operator==(const PublicKey&) const = default;
  ByteView view() const { return bytes; }
};
struct SecretKey {
  std::array<std::uint8_t, 32> seed{};
};
using Signature = std::array<std::uint8_t, 64>;
PublicKey public_key(const SecretKey& key);
Signature sign(const SecretKey& key, ByteView message);
bool verify(const PublicKey& key, ByteView message, ByteView signature);

// Argon2id in libsodium's own text form. `interactive`: about 64 MiB and 0.1 s; `pin`: the same cost, for a
// four-sign PIN whose real protection is the slowing down of tries.
std::string hash_password(std::string_view password);
bool verify_password(std::string_view password, std::string_view hash);
// How often either was done in this process: what a piece of work costs, as a count.
std::uint64_t passwords_hashed();

}  // namespace waymark
