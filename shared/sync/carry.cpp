#include "shared/sync/carry.hpp"

#include <cstdlib>

namespace waymark::sync {
namespace {
constexpr std::size_t kBatchBytesMax = 512 * 1024;
}  // namespace

Result<std::vector<std::string>> make_batches(store::Store& store, const Author& author,
                                              std::size_t bytes_max) {
  std::vector<std::string> batches;
  WAYMARK_TRY(waiting, store.waiting_count());
  if (waiting == 0) return batches;
  WAYMARK_TRY(transaction, store::Transaction::begin(store.db()));
  WAYMARK_TRY(round_text, store.meta(batch_round_key));
  auto round = (round_text ? std::strtoll(round_text->c_str(), nullptr, 10) : 0) + 1;
  WAYMARK_CHECK(store.set_meta(batch_round_key, std::to_string(round)));
  WAYMARK_TRY(first, store.first_waiting());
  for (std::size_t bytes = 0; bytes < bytes_max;) {
    WAYMARK_TRY(ops, store.freeze(first, wire::ops_per_request_max, kBatchBytesMax));
    if (ops.empty()) break;
    WAYMARK_TRY(before, store.own_position(ops.front().n - 1));
    if (!before) return Error{Code::database_damaged, "the outbox has a gap"};
    wire::Batch batch{author.person,
                      store.replica(),
                      round,
                      *before,
                      {},
                      author.certificate,
                      author.certificate_signature,
                      {}};
    for (auto& op : ops) {
      batch.ids.push_back(op.id);
      batch.ops.push_back(std::move(op.body));
    }
    first = ops.back().n + 1;
    batches.push_back(wire::encode(batch, author.key));
    bytes += batches.back().size();
  }
  WAYMARK_CHECK(transaction.commit());
  return batches;
}

Result<Taken> take_batch(store::Store& store, const Caller& caller, const wire::Batch& batch) {
  wire::SyncRequest request;
  request.replica = batch.replica;
  request.before = batch.before;
  request.ops = batch.ops;
  WAYMARK_TRY(served, push(store, caller, request, read_pushed(request)));
  Taken taken;
  taken.acknowledgement = {batch.replica,         batch.round,
                           batch.before,          static_cast<std::int64_t>(batch.ops.size()),
                           served.reply.position, std::move(served.reply.refused),
                           store.clock().now_ms()};
  taken.changed = std::move(served.changed);
  taken.dead_letters = std::move(served.dead_letters);
  return taken;
}

}  // namespace waymark::sync
