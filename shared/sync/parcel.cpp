#include "shared/sync/parcel.hpp"

#include "shared/base/hash.hpp"
#include "shared/sync/carry.hpp"
#include "shared/sync/carry_files.hpp"
#include "shared/wire/bundle.hpp"

namespace waymark::sync {
namespace {

Result<std::optional<Parcel>> seal_parcel(store::Store& store, const Author& author,
                                          const PublicKey& identity, wire::CarriedNames names,
                                          const Mention* file, std::string_view bytes) {
  WAYMARK_TRY(proof, make_proof(store, author));
  if (!proof) return std::optional<Parcel>();
  wire::CarriedFiles question{proof->round, store.replica().hex(), {}};
  question.streams.push_back(std::move(names));
  std::vector<wire::BundleItem> items{{wire::batch_item, std::move(proof->batch)},
                                      {wire::files_item, wire::encode(question)}};
  if (file) add_pieces(items, *file, bytes);
  WAYMARK_TRY(sealed, wire::seal_bundle(identity, author.key, items));
  auto name = to_hex(sha256(as_bytes(sealed)));
  return std::optional(Parcel{std::move(name), std::move(sealed), proof->round});
}

}  // namespace

Result<std::optional<Parcel>> make_parcel(store::Store& store, const Author& author,
                                          const PublicKey& identity, const Mention& file,
                                          std::string_view bytes) {
  return seal_parcel(store, author, identity, {file.stream, {file.hash}, {}}, &file, bytes);
}

Result<std::optional<Parcel>> make_question(store::Store& store, const Author& author,
                                            const PublicKey& identity, std::string_view stream,
                                            std::vector<std::string> hashes) {
  return seal_parcel(store, author, identity, {std::string(stream), std::move(hashes), {}}, nullptr, {});
}

Result<wire::CarriedFiles> open_answer(std::string_view bytes, const SecretKey& device,
                                       const PublicKey& identity) {
  WAYMARK_TRY(bundle, wire::open_bundle(bytes, device));
  if (!(bundle.writer == identity)) return Error{Code::unauthorized, "the answer is not of this school"};
  for (const auto& item : bundle.items)
    if (item.kind == wire::files_item) return wire::decode_files(item.body);
  return Error{Code::malformed, "the answer says nothing of files"};
}

}  // namespace waymark::sync
