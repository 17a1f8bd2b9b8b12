// Unicode text: what is valid, how long it is to a reader, and its normal form.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "shared/base/result.hpp"

namespace waymark {

// Well-formed UTF-8 without surrogates and without U+0000.
bool valid_utf8(std::string_view text);
// Code points; the text must be valid.
std::size_t length_utf8(std::string_view text);
// Normalization form C of valid UTF-8, else `malformed`. What a person typed is stored in this form.
Result<std::string> normalize(std::string_view text);
// Without white space at both ends.
std::string trim(std::string_view text);
// For comparing what people typed: case folded, accents kept, white space runs as one space.
std::string fold(std::string_view text);
// At most `bytes_max` bytes, cut between code points.
std::string_view truncate_utf8(std::string_view text, std::size_t bytes_max);

}  // namespace waymark
