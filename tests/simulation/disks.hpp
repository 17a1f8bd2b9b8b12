// The disks of a simulated school: files in memory that SQLite uses as its file system. A disk knows what was
// made sure of (xSync); what was not is gone when the power goes. Nothing is locked: one connection at a time
// has a database, as a lock file has it in the product.
#pragma once

#include <string>
#include <string_view>

#include "shared/base/seams.hpp"

namespace waymark::simulation::disks {

// From the first call on every database of this process lies here. Where one is made, an empty file stands in
// the real folder for whoever asks whether it is there.
void use();

std::string read(const std::string& path);
// A file that has been there for long. A database's log goes.
void put(const std::string& path, std::string_view bytes);
// The same without a word to the log beside it.
void put_alone(const std::string& path, std::string_view bytes);
// From now on every second time that something is to be made sure of it is only said.
void lie(bool now);
// So many bytes of an open database's log may have been copied into the database: it is whole only with them.
std::size_t copied_back(const std::string& path);
// The power of the machine that has this database goes with so many more writes to it or to its log: of the
// last a part reaches the disk, and everything after it fails until lose_power. One machine at a time.
void cut_power(const std::string& path, int writes);
bool power_is_gone();
// It did not come to that.
void leave_power();
// Of a database that nobody has open: what was not made sure of is gone from it and from its log, or, with
// luck, some of it.
void lose_power(const std::string& path, Random* luck = nullptr);
// Into the real folder, where the product looks for it as a file; from there it is taken up again when it is
// opened, wherever it was moved.
void spill(const std::string& path);
// Everything whose path begins so.
void remove_below(std::string_view folder);

}  // namespace waymark::simulation::disks
