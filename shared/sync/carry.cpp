#include "shared/sync/carry.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "shared/sync/refill.hpp"

namespace waymark::sync {
namespace {

constexpr std::size_t kBatchBytesMax = 512 * 1024;
constexpr std::size_t kSettledMax = 1'000;  // looked up at once
constexpr std::string_view kBroughtKey =
    "brought";  // how far down the log the last stick brought things back

Result<std::int64_t> next_round(store::Store& store) {
  WAYMARK_TRY(text, store.meta(batch_round_key));
  auto round = (text ? std::strtoll(text->c_str(), nullptr, 10) : 0) + 1;
  WAYMARK_CHECK(store.set_meta(batch_round_key, std::to_string(round)));
  return round;
}

Result<wire::Batch> batch_of(store::Store& store, const Author& author, std::int64_t round,
                             std::vector<store::Waiting> ops, std::int64_t first) {
  WAYMARK_TRY(before, store.own_position(first - 1));
  if (!before) return Error{Code::database_damaged, "the outbox has a gap"};
  wire::Batch batch;
  batch.person = author.person;
  batch.replica = store.replica();
  batch.round = round;
  batch.before = *before;
  batch.certificate = author.certificate;
  batch.certificate_signature = author.certificate_signature;
  if (author.certificate.empty()) batch.introduction = author.introduction;
  for (auto& op : ops) {
    batch.ids.push_back(op.id);
    batch.ops.push_back(std::move(op.body));
  }
  return batch;
}

}  // namespace

Result<std::vector<std::string>> make_batches(store::Store& store, const Author& author,
                                              std::size_t bytes_max) {
  std::vector<std::string> batches;
  WAYMARK_TRY(waiting, store.waiting_count());
  bool introduces = author.certificate.empty() && !author.introduction.empty();
  if (waiting == 0 && !introduces) return batches;
  WAYMARK_TRY(transaction, store::Transaction::begin(store.db()));
  WAYMARK_TRY(round, next_round(store));
  WAYMARK_TRY(first, store.first_waiting());
  for (std::size_t bytes = 0; bytes < bytes_max;) {
    WAYMARK_TRY(ops, store.freeze(first, wire::ops_per_request_max, kBatchBytesMax));
    if (ops.empty() && !(introduces && batches.empty())) break;
    auto from = ops.empty() ? first : ops.front().n;
    if (!ops.empty()) first = ops.back().n + 1;
    WAYMARK_TRY(batch, batch_of(store, author, round, std::move(ops), from));
    batches.push_back(wire::encode(batch, author.key));
    bytes += batches.back().size();
  }
  WAYMARK_CHECK(transaction.commit());
  return batches;
}

Result<std::optional<Proof>> make_proof(store::Store& store, const Author& author) {
  if (!author.known()) return std::optional<Proof>();
  WAYMARK_TRY(transaction, store::Transaction::begin(store.db()));
  WAYMARK_TRY(round, next_round(store));
  WAYMARK_TRY(batch, batch_of(store, author, round, {}, 1));
  WAYMARK_CHECK(transaction.commit());
  return std::optional(Proof{round, wire::encode(batch, author.key)});
}

Result<std::optional<std::string>> make_reading(store::Store& store, const Author& author, bool new_round) {
  if (!author.known() || !store.parent().empty()) return std::optional<std::string>();
  WAYMARK_TRY(transaction, store::Transaction::begin(store.db()));
  wire::Reading reading;
  if (new_round) {
    WAYMARK_TRY(round, next_round(store));
    reading.round = round;
  } else {
    WAYMARK_TRY(text, store.meta(batch_round_key));
    reading.round = text ? std::strtoll(text->c_str(), nullptr, 10) : 0;
  }
  reading.certificate = author.certificate;
  reading.certificate_signature = author.certificate_signature;
  reading.asked.replica = store.replica();
  WAYMARK_TRY(readings, store.readings());
  // From the beginning one's own ops come with their content: they may be what was lost here.
  for (const auto& one : readings)
    reading.asked.cursors.push_back(
        {one.stream, one.access, one.cursor.feed, one.cursor.segment, one.cursor.seq, one.cursor.seq == 0});
  WAYMARK_CHECK(transaction.commit());
  return std::optional(wire::encode(reading));
}

Result<std::vector<std::string>> answer_reading(store::Store& store, const Caller& caller,
                                                const wire::Reading& reading, const SecretKey& identity,
                                                std::size_t bytes_max) {
  ServeLimits limits;
  limits.identity = &identity;
  std::vector<std::string> items;
  wire::SyncRequest asked;
  asked.replica = reading.asked.replica;
  asked.cursors = reading.asked.cursors;
  for (std::size_t bytes = 0; bytes < bytes_max;) {
    WAYMARK_TRY(served, serve(store, caller, asked, limits));
    items.push_back(wire::encode(wire::News{reading.round, asked, served.reply}));
    bytes += items.back().size();
    if (!served.reply.more) break;
    // The next begins where these end.
    std::vector<wire::StreamCursor> on;
    for (const auto& access : caller.access)
      for (const auto& page : served.reply.pages)
        if (page.stream == access.stream) {
          bool whole = std::any_of(asked.cursors.begin(), asked.cursors.end(), [&](const auto& cursor) {
            return cursor.stream == page.stream && cursor.whole;
          });
          on.push_back({page.stream, access.id, page.feed, page.segment, page.seq, whole});
        }
    asked.cursors = std::move(on);
  }
  return items;
}

namespace {

using Settled = std::vector<std::pair<std::int64_t, OpId>>;

// The newest first: a school that was put back lost its end. None of a stream that was served whole, as far
// as this computer knows it; and where only that is amiss which no seal brings back, none either.
Result<Settled> what_may_be_lost(store::Store& store, const PersonId& person) {
  Settled all;
  WAYMARK_TRY(readings, store.readings());
  for (const auto& reading : readings) {
    if (reading.compared) continue;
    WAYMARK_TRY(told, store.told_digest(reading.stream));
    if (told == reading.served) continue;
    Settled here;
    auto served = reading.served;
    for (std::int64_t n = 0;;) {
      WAYMARK_TRY(ops, store.settled_ops(reading.stream, n, kSettledMax));
      for (auto& op : ops) {
        n = op.first;
        WAYMARK_TRY(seal, store.seal_of(op.second));
        bool can_come = seal.has_value();
        if (!can_come) {
          WAYMARK_TRY(written, store.op(op.second));
          can_come = written && written->author == person;
        }
        if (can_come)
          here.push_back(op);
        else
          served.add(op.second);
      }
      if (ops.size() < kSettledMax) break;
    }
    if (!(told == served)) all.insert(all.end(), here.begin(), here.end());
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  return all;
}

}  // namespace

Result<std::vector<std::string>> make_returned(store::Store& store, const Author& author,
                                               std::size_t bytes_max) {
  std::vector<std::string> items;
  if (!author.known() || !store.parent().empty()) return items;
  WAYMARK_TRY(transaction, store::Transaction::begin(store.db()));
  WAYMARK_TRY(lost, what_may_be_lost(store, author.person));
  WAYMARK_TRY(text, store.meta(kBroughtKey));
  auto below = text ? std::strtoll(text->c_str(), nullptr, 10) : std::numeric_limits<std::int64_t>::max();
  auto next = std::find_if(lost.begin(), lost.end(), [&](const auto& op) { return op.first < below; });
  if (next == lost.end()) next = lost.begin();
  for (std::size_t bytes = 0; next != lost.end() && bytes < bytes_max;) {
    wire::SyncRequest request;
    request.replica = store.replica();
    Bringing bringing(store, author.person, request.returned);
    for (; next != lost.end() && !bringing.full(); ++next) WAYMARK_CHECK(bringing.add(next->second));
    if (request.returned.empty()) break;  // all of it goes with the batches
    items.push_back(wire::encode(request));
    bytes += items.back().size();
  }
  auto reached = next == lost.end() ? std::string() : std::to_string(std::prev(next)->first);
  if (reached != text.value_or("")) WAYMARK_CHECK(store.set_meta(kBroughtKey, reached));
  WAYMARK_CHECK(transaction.commit());
  return items;
}

Result<TakenBack> take_returned(store::Store& store, const Caller& caller, const wire::SyncRequest& item,
                                const PublicKey& identity, const KnownHubs& hubs) {
  WAYMARK_TRY(served, take_back(store, caller, item.returned, identity, hubs));
  const auto& changed = served.changed;
  TakenBack taken;
  taken.lines = static_cast<std::int64_t>(changed.size());
  taken.school = std::find(changed.begin(), changed.end(), domain::school_stream) != changed.end();
  taken.of_the_room = std::move(served.of_the_room);
  return taken;
}

Result<std::optional<RoomBatch>> make_room_batch(store::Store& store, const Author& author,
                                                 const PublicKey& identity, std::int64_t after_n) {
  if (!author.known()) return std::optional<RoomBatch>();
  WAYMARK_TRY(transaction, store::Transaction::begin(store.db()));
  WAYMARK_TRY(waiting, store.waiting_count_after(after_n));
  std::vector<store::Waiting> ops;
  if (waiting > 0) {
    WAYMARK_TRY(frozen, store.freeze(after_n + 1, wire::ops_per_request_max, kBatchBytesMax));
    ops = std::move(frozen);
  }
  WAYMARK_TRY(round, next_round(store));
  WAYMARK_TRY(batch, batch_of(store, author, round, std::move(ops), after_n + 1));
  for (auto& op : batch.ops) {
    auto parsed = record::parse_op(op);
    auto stub = record::parse_stub(op);  // of what was erased: that there was something is private, too
    const auto& stream = parsed ? parsed->stream : stub ? stub->stream : std::string();
    if (!stream.starts_with("own:")) continue;
    WAYMARK_TRY(sealed, wire::seal_line(op, identity));
    op = std::move(sealed);
  }
  WAYMARK_CHECK(transaction.commit());
  auto lines = wire::signed_lines(batch, author.key);
  return std::optional(RoomBatch{std::move(batch), std::move(lines)});
}

Result<Taken> take_batch(store::Store& store, const Caller& caller, const wire::Batch& batch) {
  wire::SyncRequest request;
  request.replica = batch.replica;
  request.before = batch.before;
  request.ops = batch.ops;
  WAYMARK_TRY(served, push(store, caller, request, read_pushed(request)));
  Taken taken;
  taken.acknowledgement = {batch.replica,         batch.round,           batch.before,
                           wire::end_of(batch),   served.reply.position, std::move(served.reply.refused),
                           store.clock().now_ms()};
  taken.changed = std::move(served.changed);
  taken.dead_letters = std::move(served.dead_letters);
  return taken;
}

}  // namespace waymark::sync
