// What a student's device writes when it signs in where nobody can ask the school: card, PIN and the device's
// key, sealed to the school. Whoever carries it (a hub, a stick) can read nothing of it; the school checks it
// as if the student had signed in there.
#pragma once

#include <string>
#include <string_view>

#include "shared/base/hash.hpp"

namespace waymark::wire {

struct Introduction {
  std::string card;                     // eight characters
  std::string pin, pin_kind;            // as at a sign-in
  std::string pin_hash;                 // libsodium's Argon2id text of it, should it be the first
  PublicKey key;                        // the device's
  std::string computer, computer_name;  // 32 digits
  std::string token_hash;               // 64 digits: SHA-256 of the token that the device will bring
};

inline constexpr std::size_t introduction_bytes_max = 4096;  // as hexadecimal digits

// Hexadecimal digits of the sealed box. `malformed` when the identity is no key.
Result<std::string> seal(const Introduction& introduction, const PublicKey& identity);
// `malformed` when it is sealed to somebody else or is none.
Result<Introduction> open_introduction(std::string_view hex, const SecretKey& identity);

// A line in a batch's place of an op that its carrier may not read: the op, sealed to the school.
Result<std::string> seal_line(std::string_view op, const PublicKey& identity);
bool is_sealed_line(std::string_view line);
Result<std::string> open_line(std::string_view line, const SecretKey& identity);

}  // namespace waymark::wire
