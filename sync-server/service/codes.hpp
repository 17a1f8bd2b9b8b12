// Codes that people type: Crockford's base 32 (no I, L, O, U; read leniently), grouped for the eye, and
// secret tokens that machines keep.
#pragma once

#include <string>
#include <string_view>

#include "shared/base/bytes.hpp"
#include "shared/base/seams.hpp"

namespace waymark::server {

inline constexpr std::size_t card_code_length =
    8;  // 40 bits, tried only over the pinned connection, slowed down
inline constexpr std::size_t computer_code_length = 16;  // 80 bits, never sent

// Characters of 0-9 A-Z without I L O U.
std::string make_code(Random& random, std::size_t length);
// "ABCD-EFGH".
std::string grouped(std::string_view code);
// What a person typed as the code's own characters: upper case, O as 0, I and L as 1, without spaces and
// dashes. `malformed` when a character or the length is not a code's.
Result<std::string> read_code(std::string_view typed, std::size_t length);
// The part of a computer's code that may be told: eight hexadecimal digits of its hash.
std::string code_id(std::string_view code);

// 32 random bytes as base64url; the server keeps only its SHA-256.
std::string make_token(Random& random);
Bytes token_hash(std::string_view token);

}  // namespace waymark::server
