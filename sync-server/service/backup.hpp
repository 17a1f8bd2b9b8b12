// Backups: one file with a school's database, keys, removals and files, encrypted with what the recovery
// phrase says. It begins with a readable line that names the school and the time, so that people can tell one
// from another; everything else can be read only with the phrase. Nothing here knows School: it turns a copy
// of a directory into a file and back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/hash.hpp"

namespace waymark::server {

// The recovery phrase is the identity's 256 bits and a check of 8, in Crockford's base 32, grouped by four.
std::string phrase_of(const SecretKey& identity);
// `invalid` with a sentence when characters, length or check are not a phrase's.
Result<SecretKey> key_of_phrase(std::string_view typed);

struct BackupAbout {
  std::string school;
  PublicKey identity;
  std::int64_t made_ms = 0;
};
struct BackupPart {
  std::string name;  // in the data directory: "school.db", "files/0a/…"
  std::string path;  // where its bytes are now
};

// What a backup may have: the database, the log, and of files/ and tls/ what has a name of printable ASCII of
// at most 1,024 bytes that leads nowhere else.
bool fits_backup(std::string_view name);

// Written beside, read again from beginning to end, and renamed, so that a file of this name is always whole
// and can be restored from. Only of parts whose names fit. `disk_full`, `io`.
Status write_backup(const std::string& file, const BackupAbout& about, const SecretKey& identity,
                    const std::vector<BackupPart>& parts);
// `not_found`, `malformed` when it is no backup.
Result<BackupAbout> read_about(const std::string& file);
// Every part into `folder`; one whose name does not fit is read over. `wrong_password` when the phrase is
// another school's, `malformed` when the file is damaged, ends early, or has a name that leads out of the
// folder, `disk_full`, `io`: then what was written so far is worth nothing.
Status read_backup(const std::string& file, const SecretKey& identity, const std::string& folder);

}  // namespace waymark::server
