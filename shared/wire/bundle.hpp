// A bundle: messages in a file, sealed to the one who may read it and signed by the one who wrote it, in
// frames that each hold one whole item, so that a torn end loses only the end. It is values to and from
// bytes; what the items mean, batch.hpp says. docs/PROTOCOL.md is the normative text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/hash.hpp"

namespace waymark::wire {

inline constexpr std::size_t bundle_bytes_max = 64 * 1024 * 1024;  // it is read as a whole
inline constexpr std::size_t bundle_item_bytes_max = 5 * 1024 * 1024;

// batch, acknowledgement and problem: batch.hpp; reading and news: news.hpp; file and
// files: carried_file.hpp; returned: a sync request (messages.hpp) that brings back what was lost.
inline constexpr std::uint8_t batch_item = 1, acknowledgement_item = 2, problem_item = 3, reading_item = 4,
                              news_item = 5, file_item = 6, files_item = 7, returned_item = 8;
inline constexpr int returned_items_max = 32;  // that count, of one bundle
struct BundleItem {
  std::uint8_t kind = 0;  // kinds that are not known are read over
  std::string body;
};
struct Bundle {
  PublicKey writer;
  std::vector<BundleItem> items;
  bool whole = false;  // false: its end is missing or damaged, and what came before it is here
};

// `too_large`.
Result<std::string> seal_bundle(const PublicKey& reader, const SecretKey& writer,
                                const std::vector<BundleItem>& items);
// To whom it is sealed, which everybody may know. `malformed` when it is no bundle.
Result<PublicKey> bundle_reader(std::string_view bytes);
// That its end is not missing, as far as who cannot open it sees.
bool bundle_has_end(std::string_view bytes);
// `unauthorized` when it is sealed to somebody else; `malformed` when not even its writer can be read;
// `too_large`.
Result<Bundle> open_bundle(std::string_view bytes, const SecretKey& reader);

}  // namespace waymark::wire
