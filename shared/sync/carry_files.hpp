// Files on a stick, beside the batches and the reading: what a device packs, and what it takes of an answer.
// What the school has is noted by Session::on_files.
#pragma once

#include <vector>

#include "shared/sync/file_queue.hpp"
#include "shared/wire/bundle.hpp"
#include "shared/wire/carried_file.hpp"

namespace waymark::sync {

// Items for the school: which of the files that records mention are here and which are not, and then, whole
// and the smallest first, those that the school has not said it has, together at most `bytes_max`. Of the
// round that the batches and the reading beside them have. Empty when nothing is mentioned.
struct PackedFiles {
  std::vector<wire::BundleItem> items;
  std::int64_t files = 0;  // that are in them
  std::int64_t rest = 0;   // for which there was no room: the next stick has them, or the network
};
Result<PackedFiles> pack_files(store::Store& store, const FileDisk& disk,
                               const std::vector<Mention>& mentions, std::size_t bytes_max);

// A file as items for a bundle, in pieces.
void add_pieces(std::vector<wire::BundleItem>& items, const Mention& file, std::string_view bytes);

// A piece that came: true when a file became whole by it that is mentioned and was not here. What is not so,
// or is damaged, is left out. `disk_full`, `io`.
Result<bool> take_piece(store::Store& store, FileDisk& disk, const std::vector<Mention>& mentions,
                        wire::PieceJoiner& joiner, std::string_view item);

}  // namespace waymark::sync
