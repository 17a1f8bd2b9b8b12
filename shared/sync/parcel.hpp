// Parcels: a file on its way through a hub. A parcel is a bundle that the device has sealed to the school: a
// batch without ops shows whose it is, one line names its files, and their pieces follow. The hub hands it on
// unread, and the school's answer comes back sealed to the device.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/sync/author.hpp"
#include "shared/sync/file_queue.hpp"
#include "shared/wire/carried_file.hpp"

namespace waymark::sync {

struct Parcel {
  std::string name;  // the SHA-256 of its bytes, 64 digits; another one each time that it is sealed
  std::string bytes;
  std::int64_t round = 0;  // by which the answer is known
};

// One file with its bytes. Nothing where the school could not know the author.
Result<std::optional<Parcel>> make_parcel(store::Store& store, const Author& author,
                                          const PublicKey& identity, const Mention& file,
                                          std::string_view bytes);
// No bytes: which of these of one stream does the school have?
Result<std::optional<Parcel>> make_question(store::Store& store, const Author& author,
                                            const PublicKey& identity, std::string_view stream,
                                            std::vector<std::string> hashes);

// What the school said; `unauthorized`, `malformed` when it is no answer of this school's to this device.
Result<wire::CarriedFiles> open_answer(std::string_view bytes, const SecretKey& device,
                                       const PublicKey& identity);

}  // namespace waymark::sync
