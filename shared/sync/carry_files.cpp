#include "shared/sync/carry_files.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "shared/sync/carry.hpp"

namespace waymark::sync {
namespace {

constexpr std::size_t kNamesMax = wire::carried_names_max;  // in one bundle, of all streams together

}  // namespace

void add_pieces(std::vector<wire::BundleItem>& items, const Mention& file, std::string_view bytes) {
  wire::CarriedPiece piece{file.stream, file.hash, file.mime, 0, static_cast<std::int64_t>(bytes.size()), {}};
  std::size_t from = 0;
  do {
    piece.from = static_cast<std::int64_t>(from);
    piece.bytes = bytes.substr(from, wire::carried_piece_bytes_max);
    from += piece.bytes.size();
    items.push_back({wire::file_item, wire::encode(piece)});
  } while (from < bytes.size());
}

Result<PackedFiles> pack_files(store::Store& store, const FileDisk& disk,
                               const std::vector<Mention>& mentions, std::size_t bytes_max) {
  PackedFiles packed;
  if (mentions.empty()) return packed;
  struct ToSend {
    std::int64_t bytes = 0;
    const Mention* file = nullptr;
  };
  std::vector<ToSend> to_send;
  std::map<std::string, wire::CarriedNames> streams;
  std::set<std::pair<std::string, std::string>> named;
  WAYMARK_TRY(transaction, store::Transaction::begin(store.db()));
  for (const auto& mention : mentions) {
    if (named.size() >= kNamesMax || !named.insert({mention.stream, mention.hash}).second) continue;
    auto& names = streams[mention.stream];
    names.stream = mention.stream;
    auto bytes = disk.size(mention.hash);
    (bytes ? names.has : names.lacks).push_back(mention.hash);
    if (!bytes || *bytes > file_bytes_max) continue;
    WAYMARK_TRY(row, store.file_in(mention.stream, mention.hash));
    // One that the database does not know, as after it was put back: the answer is noted in its row.
    if (!row)
      WAYMARK_CHECK(store.add_file({mention.hash, *bytes, mention.mime, mention.stream, file_to_ask}));
    if (!row || row->state != file_at_school) to_send.push_back({*bytes, &mention});
  }
  WAYMARK_TRY(round, store.meta(batch_round_key));
  WAYMARK_CHECK(transaction.commit());

  wire::CarriedFiles question;
  question.round = round ? std::strtoll(round->c_str(), nullptr, 10) : 0;
  question.replica = store.replica().hex();
  for (auto& [stream, names] : streams) question.streams.push_back(std::move(names));
  packed.items.push_back({wire::files_item, wire::encode(question)});

  std::stable_sort(to_send.begin(), to_send.end(),
                   [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
  std::size_t used = 0;
  for (const auto& [size, file] : to_send) {
    auto bytes = used + static_cast<std::size_t>(size) > bytes_max
                     ? Result<std::string>(Error{Code::too_large, file->hash})
                     : disk.read(file->hash, 0, static_cast<std::size_t>(size));
    // One that cannot be read now keeps none of the others.
    if (!bytes || bytes->size() != static_cast<std::size_t>(size)) {
      packed.rest++;
      continue;
    }
    used += bytes->size();
    add_pieces(packed.items, *file, *bytes);
    packed.files++;
  }
  return packed;
}

Result<bool> take_piece(store::Store& store, FileDisk& disk, const std::vector<Mention>& mentions,
                        wire::PieceJoiner& joiner, std::string_view item) {
  auto piece = wire::decode_piece(item);
  if (!piece) return false;
  auto whole = joiner.add(std::move(*piece));
  if (!whole || !*whole) return false;
  auto file = joiner.take();
  bool wanted = std::any_of(mentions.begin(), mentions.end(), [&](const Mention& mention) {
    return mention.hash == file.hash && mention.stream == file.stream;
  });
  if (!wanted || disk.size(file.hash)) return false;
  disk.drop(file.hash);  // what came of it by another way
  WAYMARK_CHECK(disk.append(file.hash, 0, file.bytes));
  WAYMARK_CHECK(disk.finish(file.hash));
  WAYMARK_CHECK(store.add_file(
      {file.hash, static_cast<std::int64_t>(file.bytes.size()), file.mime, file.stream, file_at_school}));
  return true;
}

}  // namespace waymark::sync
