// zstd for bodies, both ways. What comes from outside is expanded only up to a stated size.
#pragma once

#include <string>
#include <string_view>

#include "shared/base/result.hpp"

namespace waymark::wire {

inline constexpr std::size_t compress_from_bytes = 200;  // smaller bodies go as they are

std::string compress(std::string_view bytes);
// `too_large` as soon as more than bytes_max would come out, `malformed` when it is no zstd or is cut off.
Result<std::string> expand(std::string_view bytes, std::size_t bytes_max);

}  // namespace waymark::wire
