// Sync messages made small: the text of a message with its ids as bytes, its times in six bytes, and the
// phrases that every message repeats as one byte each. It knows no member of any message, so it carries
// whatever they say; docs/PROTOCOL.md, "Packed bodies", is the normative text. Above about 200 bytes the
// packed form is compressed too.
#pragma once

#include <string>
#include <string_view>

#include "shared/base/result.hpp"

namespace waymark::wire {

// A packed body says so by its first byte; a plain one begins with a brace.
bool is_packed(std::string_view body);
// The text itself when it holds what cannot be packed (control characters, which no message of ours has).
// `marked`: with four phrases more, in a request with a mark and in the reply to it.
std::string pack(std::string_view text, bool marked = false);
// `malformed` when it is no packed body, `too_large` as soon as more than bytes_max would come out. A body
// that is not packed is given back as it is.
Result<std::string> unpack(std::string_view body, std::size_t bytes_max);

}  // namespace waymark::wire
