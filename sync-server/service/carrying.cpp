// What reaches a school over somebody else's hands: batches, each believed by its author's signature alone,
// and the bundles that carry them.
#include "shared/sync/carry.hpp"
#include "shared/wire/bundle.hpp"
#include "sync-server/service/school.hpp"

namespace waymark::server {

Result<School::TakenBatch> School::take(const wire::CheckedBatch& checked) {
  WAYMARK_TRY(transaction, store::Transaction::begin(store_->db()));
  WAYMARK_TRY(person, admit(checked.certificate, checked.batch.certificate));
  WAYMARK_TRY(who, caller(person.id));
  WAYMARK_TRY(taken, sync::take_batch(*store_, who, checked.batch));
  for (const auto& [letter, code] : taken.dead_letters)
    WAYMARK_CHECK(accounts_->add_dead_letter(person.id, letter, code));
  WAYMARK_CHECK(transaction.commit());
  return TakenBatch{std::move(taken.acknowledgement), std::move(person)};
}

Result<std::string> School::take_batch(std::string_view bytes) {
  WAYMARK_TRY(checked, wire::decode_batch(bytes, identity()));
  WAYMARK_TRY(taken, take(checked));
  return wire::encode(taken.acknowledgement, identity_);
}

Result<BundleRead> School::read_bundle(std::string_view bytes) {
  WAYMARK_TRY(bundle, wire::open_bundle(bytes, identity_));
  BundleRead read;
  read.whole = bundle.whole;
  std::vector<wire::BundleItem> answers;
  for (const auto& item : bundle.items) {
    if (item.kind != wire::batch_item) continue;
    auto checked = wire::decode_batch(item.body, identity());
    auto taken = checked ? take(*checked) : Result<TakenBatch>(checked.error());
    if (!taken) {
      // What is wrong with this one says nothing of the next; a disk that is full does.
      auto code = taken.error().code;
      if (code == Code::disk_full || code == Code::io || code == Code::database_damaged) return taken.error();
      read.problems.push_back(taken.error());
      continue;
    }
    read.name = taken->person.given;
    read.ops += taken->acknowledgement.count;
    read.refused += static_cast<std::int64_t>(taken->acknowledgement.refused.size());
    // What others carried for a device is none of theirs to read.
    if (!(checked->certificate.key == bundle.writer)) continue;
    read.from = checked->batch.replica;
    answers.push_back({wire::acknowledgement_item, wire::encode(taken->acknowledgement, identity_)});
  }
  if (answers.empty()) return read;
  WAYMARK_TRY(answer, wire::seal_bundle(bundle.writer, identity_, answers));
  read.answer = std::move(answer);
  return read;
}

}  // namespace waymark::server
