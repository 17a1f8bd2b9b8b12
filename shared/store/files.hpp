// Files on the disk: whole ones, written so that after a crash either the old or the new one is there, and
// ones that come piece by piece. Read with a bound.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "shared/base/result.hpp"

namespace waymark::store {

// Written beside, flushed to the disk, renamed into place, and the folder flushed. `disk_full`, `io`.
Status write_durably(const std::string& path, std::string_view bytes);
// `not_found`, `too_large`, `io`.
Result<std::string> read_whole(const std::string& path, std::size_t bytes_max);

// At most `size` bytes from byte `from` on; fewer where the file ends. `not_found`, `io`.
Result<std::string> read_range(const std::string& path, std::int64_t from, std::size_t size);
// Bytes into a file that has been written up to `from`, and flushed to the disk. Where it fails the file is
// as long as before. `disk_full`, `io`.
Status write_piece(const std::string& path, std::int64_t from, std::string_view bytes);
// What was written to a file is on the disk afterwards. `disk_full`, `io`.
Status flush_file(const std::string& path);
// The names that stand in a folder, in order: all of them, or `error` and those that could be read.
std::vector<std::string> names_in(const std::string& folder, std::error_code& error);
// What stands in a folder, its names and not its files' bytes, is on the disk afterwards. `io`.
Status flush_folder(const std::string& path);
// Into another folder of the same disk, made when it is not there, under its new name for good.
Status move_durably(const std::string& from, const std::string& to);
// The SHA-256 of a file's content, 64 hexadecimal digits, read piece by piece. `not_found`, `io`.
Result<std::string> hash_of_file(const std::string& path);

}  // namespace waymark::store
