// Codes that people type: Crockford's base 32 (no I, L, O, U; read leniently), grouped for the eye, and
// secret tokens that machines keep.
#pragma once

#include <string>
#include <string_view>

#include "shared/base/bytes.hpp"
#include "shared/base/seams.hpp"
#include "shared/wire/joining.hpp"

namespace waymark::server {

using wire::card_code_length;
using wire::code_id;
using wire::computer_code_length;
using wire::grouped;
using wire::read_code;

// Characters of 0-9 A-Z without I L O U.
std::string make_code(Random& random, std::size_t length);

// 32 random bytes as base64url; the server keeps only its SHA-256.
std::string make_token(Random& random);
Bytes token_hash(std::string_view token);

}  // namespace waymark::server
