// Whole files on the disk: written so that after a crash either the old or the new one is there, and read
// with a bound.
#pragma once

#include <string>
#include <string_view>

#include "shared/base/result.hpp"

namespace waymark::store {

// Written beside, flushed to the disk, renamed into place, and the folder flushed. `disk_full`, `io`.
Status write_durably(const std::string& path, std::string_view bytes);
// `not_found`, `too_large`, `io`.
Result<std::string> read_whole(const std::string& path, std::size_t bytes_max);

}  // namespace waymark::store
