// What both sides of joining must agree on to the byte: how codes are read, how a computer's code is named
// without telling it, what the school signs and what each side proves. docs/PROTOCOL.md is the normative
// text.
#pragma once

#include <string>
#include <string_view>

#include "shared/base/hash.hpp"

namespace waymark::wire {

inline constexpr std::size_t card_code_length =
    8;  // 40 bits, tried only over the pinned connection, slowed down
inline constexpr std::size_t computer_code_length = 16;  // 80 bits, never sent

// "ABCD-EFGH".
std::string grouped(std::string_view code);
// What a person typed as the code's own characters: upper case, O as 0, I and L as 1, without spaces and
// dashes. `malformed` when a character or the length is not a code's.
Result<std::string> read_code(std::string_view typed, std::size_t length);
// The part of a computer's code that may be told: eight hexadecimal digits of its hash.
std::string code_id(std::string_view code);

// What the school's identity signs in a hello.
std::string hello_message(std::string_view spki);
// The proof of either side ("school", "computer"), 64 hexadecimal digits: HMAC-SHA-256 with the code as key.
std::string join_proof(std::string_view side, std::string_view code, const PublicKey& identity,
                       std::string_view spki, std::string_view client_nonce, std::string_view server_nonce);
// What a device's key signs when it comes back with its certificate to a school that does not know its token.
std::string return_message(const PublicKey& identity, std::string_view certificate);
// Read aloud and printed on cards: eight groups of four digits of the identity's hash.
std::string fingerprint(const PublicKey& identity);

// Four digits, or four pictures by their numbers 1 to 12, separated by dots.
bool valid_pin(std::string_view pin, std::string_view kind);

}  // namespace waymark::wire
