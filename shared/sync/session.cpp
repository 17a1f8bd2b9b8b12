#include "shared/sync/session.hpp"

#include <algorithm>
#include <cstdlib>

#include "shared/base/hash.hpp"
#include "shared/store/erase.hpp"
#include "shared/sync/carry.hpp"
#include "shared/sync/file_queue.hpp"
#include "shared/sync/refill.hpp"
#include "shared/sync/serve.hpp"
#include "shared/wire/carried_file.hpp"

namespace waymark::sync {
namespace {
constexpr std::size_t kRequestBytesMax = 512 * 1024;
constexpr std::size_t kMarkedBytesMax = 1'024;  // of ops that would have to come again
constexpr int kMismatchesMax = 3;
constexpr std::string_view kHeardKey = "heard_ms";
constexpr std::string_view kNewestKey = "batch_newest";
constexpr std::string_view kNewsKey = "news_round";    // of what was granted and ended last
constexpr std::string_view kFilesKey = "files_round";  // of what the school said of files last
constexpr std::string_view kRoomKey = "room";          // "<hub's id> <number> <papers>[ <given again after>]"
// When the school was last heard and how far the clock is off are written down again once they have moved by
// this much: an exchange without news then costs no write to the disk.
constexpr std::int64_t kHeardStepMs = 60'000, kOffsetStepMs = 1'000;
// No request that waited longer for its answer is still waited for.
constexpr std::int64_t kAnswerTimeMs = 120'000;
}  // namespace

Status Session::start() {
  WAYMARK_TRY(heard, store_.meta(kHeardKey));
  if (heard) heard_ms_ = kept_heard_ms_ = std::strtoll(heard->c_str(), nullptr, 10);
  WAYMARK_TRY(offset, store_.meta("clock_offset_ms"));
  if (offset) kept_offset_ms_ = std::strtoll(offset->c_str(), nullptr, 10);
  store_.set_clock_offset_ms(kept_offset_ms_);
  WAYMARK_TRY(room, store_.meta(kRoomKey));
  if (auto space = room ? room->find(' ') : std::string::npos; space != std::string::npos) {
    room_hub_ = room->substr(0, space);
    room_n_ = std::strtoll(room->c_str() + space + 1, nullptr, 10);
    if (auto second = room->find(' ', space + 1); second != std::string::npos) {
      auto third = room->find(' ', second + 1);
      room_signer_ = room->substr(second + 1, third == std::string::npos ? third : third - second - 1);
      if (third != std::string::npos) again_from_ = std::strtoll(room->c_str() + third, nullptr, 10);
    }
  }
  started_ = true;
  return {};
}

Status Session::meet(std::string_view hub) {
  if (!started_) WAYMARK_CHECK(start());
  ask_school_ = !hub.empty();
  if (store_.parent() == hub) return {};
  // What was read at one parent the other may lack.
  auto before = store_.parent();
  store_.read_at(std::string(hub));
  if (auto again = store_.compare_all_again(); !again) {
    store_.read_at(std::move(before));
    return again;
  }
  places_.clear();
  refill_ = {};
  whole_.clear();
  sent_.clear();
  send_cursors_ = true;
  marks_ = false;
  verified_ = false;
  mismatches_ = 0;
  beside_ = 0;
  not_taken_.reset();
  asked_again_ = false;
  if (!hub.empty() && hub != room_hub_) {
    room_hub_ = hub;
    again_from_ = -1;
    return keep_room(0);
  }
  return {};
}

void Session::sign_as(Author author, const PublicKey& identity) {
  author_ = std::move(author);
  identity_ = identity;
  auto papers = author_->certificate + author_->introduction + to_hex(public_key(author_->key).bytes);
  signer_ = to_hex(ByteView(sha256(as_bytes(papers))).first(4));
}

Status Session::keep_room(std::int64_t n) {
  room_n_ = n;
  auto again = again_from_ >= 0 ? ' ' + std::to_string(again_from_) : std::string();
  return store_.set_meta(kRoomKey, room_hub_ + ' ' + std::to_string(n) + ' ' + room_signer_ + again);
}

// The school has lost what comes after this number: what the hub was given of it may be gone there, and what
// the school had first it was never given.
Status Session::give_again_after(std::int64_t n) {
  if (in_flight_) lost_after_ = std::min(n, lost_after_.value_or(n));
  if (room_n_ <= n || (again_from_ >= 0 && again_from_ <= n)) return {};
  again_from_ = n;
  return keep_room(room_n_);
}

// This database was copied or put back: everything is numbered anew and offered again.
Status Session::renumber() {
  WAYMARK_CHECK(store_.become_new_replica());
  again_from_ = -1;
  return room_hub_.empty() ? Status() : keep_room(0);
}

std::optional<std::int64_t> Session::due_ms() const {
  if (in_flight_) return std::nullopt;
  return due_ms_;
}

void Session::committed(std::int64_t steady_ms) {
  verified_ = false;
  // While the school cannot be reached, an edit does not shorten the wait: the next try carries it.
  if (failures_ == 0) due_ms_ = std::min(due_ms_, steady_ms + gather_ms);
}

void Session::told(std::int64_t steady_ms) {
  send_cursors_ = true;  // one hash for all would only be answered with "no"
  if (failures_ == 0) due_ms_ = std::min(due_ms_, steady_ms);
}

void Session::hurry(std::int64_t steady_ms) {
  due_ms_ = steady_ms;
  hurried_ = in_flight_;
}

Result<std::optional<wire::SyncRequest>> Session::next(std::int64_t steady_ms) {
  if (!started_) WAYMARK_CHECK(start());
  if (in_flight_ || (steady_ms < due_ms_ && (failures_ > 0 || !set_back())))
    return std::optional<wire::SyncRequest>();

  wire::SyncRequest request;
  request.replica = store_.replica();
  std::vector<store::Waiting> ops;
  promised_.reset();
  WAYMARK_TRY(waiting, store_.waiting_count());
  request.waiting = waiting;
  if (at_hub()) {
    WAYMARK_CHECK(push_to_hub(request));
  } else if (waiting > 0) {
    WAYMARK_TRY(first, store_.first_waiting());
    WAYMARK_TRY(frozen, store_.freeze(first, wire::ops_per_request_max, kRequestBytesMax));
    ops = std::move(frozen);
    if (!ops.empty()) {
      WAYMARK_TRY(before, store_.own_position(ops.front().n - 1));
      if (!before) return Error{Code::database_damaged, "the outbox has a gap"};
      request.before = *before;
    }
    sent_.clear();
    for (auto& op : ops) {
      sent_.push_back(op.n);
      request.ops.push_back(std::move(op.body));
    }
  } else {
    sent_.clear();
    WAYMARK_TRY(last, store_.last_number());
    WAYMARK_TRY(position, store_.own_position(last));
    if (position) request.before = *position;
  }

  WAYMARK_TRY(readings, store_.readings());
  // Of what was granted by a reply that could not be kept.
  std::erase_if(whole_, [&](const std::string& stream) {
    return std::none_of(readings.begin(), readings.end(), [&](const auto& r) { return r.stream == stream; });
  });
  bool compared = std::all_of(readings.begin(), readings.end(), [](const auto& r) { return r.compared; });
  // After a start of the school its cursors are of two segments, until they are asked for once.
  bool one_segment = std::all_of(readings.begin(), readings.end(), [&](const auto& reading) {
    return reading.cursor.segment == readings.front().cursor.segment;
  });
  if (send_cursors_ || readings.empty() || !compared || (marks_ && !one_segment)) {
    for (const auto& reading : readings)
      request.cursors.push_back({reading.stream, reading.access, reading.cursor.feed, reading.cursor.segment,
                                 reading.cursor.seq, whole_.contains(reading.stream)});
  } else {
    std::vector<ReadSoFar> read;
    for (const auto& reading : readings) read.push_back({reading.stream, reading.access, reading.served});
    request.same = read_hash(readings.front().cursor.feed, std::move(read));
  }
  WAYMARK_CHECK(ask_what_is_lost(request));
  if (request.same && marks_) WAYMARK_CHECK(mark(request, readings, ops));
  WAYMARK_TRY(written, rounds());
  asked_round_ = written;
  restarts_seen_ = store_.restarts();
  asked_ms_ = store_.clock().now_ms();
  moved_meanwhile_ = hurried_ = false;
  lost_after_.reset();
  in_flight_ = true;
  return std::optional(std::move(request));
}

// One hash of all that both sides know, in the place of the position and of `same`: and one of what they will
// know then, so that a reply which agrees need not tell it.
Status Session::mark(wire::SyncRequest& request, const std::vector<store::Reading>& readings,
                     const std::vector<store::Waiting>& ops) {
  std::size_t bytes = 0;
  for (const auto& op : request.ops) bytes += op.size();
  if (bytes > kMarkedBytesMax || !request.offered.empty() || !request.returned.empty()) return {};
  std::vector<ReadSoFar> before, after;
  for (const auto& reading : readings) before.push_back({reading.stream, reading.access, reading.served});
  const auto& from = readings.front().cursor;
  Promised promised;
  auto& reply = promised.reply;
  reply.same = true;
  reply.position = request.before;
  std::map<std::string, std::vector<OpId>> own;
  for (const auto& op : ops) {
    WAYMARK_TRY(stream, store_.stream_of(op.id));
    own[stream.value_or("")].push_back(op.id);
    reply.position = record::next(reply.position, op.id);
  }
  for (const auto& reading : readings) {
    after.push_back({reading.stream, reading.access, reading.served});
    auto written = own.extract(reading.stream);
    if (!written) continue;
    for (const auto& id : written.mapped()) after.back().digest.add(id);
    wire::StreamPage page;
    page.stream = reading.stream;
    page.feed = from.feed;
    page.segment = from.segment;
    page.seq = page.head = static_cast<std::int64_t>(after.back().digest.count);
    page.digest = after.back().digest.hex();
    page.own = std::move(written.mapped());
    reply.pages.push_back(std::move(page));
  }
  if (!own.empty()) return {};  // of a stream that is not read
  auto mark_at = [&](std::vector<ReadSoFar> read, const record::Position& at) {
    return mark_of(from.feed, std::move(read), from.segment, request.replica, at);
  };
  request.mark = mark_at(std::move(before), request.before);
  request.same.reset();
  promised.mark = mark_at(std::move(after), reply.position);
  promised_ = std::move(promised);
  return {};
}

Status Session::push_to_hub(wire::SyncRequest& request) {
  sent_.clear();
  WAYMARK_TRY(first, store_.first_waiting());
  request.at_school = first - 1;
  WAYMARK_TRY(last, store_.last_number());
  if (author_ && room_signer_ != signer_) {
    if (room_n_ > 0 && !room_signer_.empty()) again_from_ = 0;
    room_signer_ = signer_;
    WAYMARK_CHECK(keep_room(room_n_));
  }
  auto after = std::max(again_from_ >= 0 ? again_from_ : room_n_, request.at_school);
  pushed_end_ = -1;
  asking_ = false;
  WAYMARK_TRY(waiting, store_.waiting_count_after(after));
  // Once in each meeting also without ops: the school's answer tells whether it still has what it had.
  if (!author_ || (waiting == 0 && (!ask_school_ || last == 0))) return {};
  WAYMARK_TRY(made, make_room_batch(store_, *author_, identity_, after));
  if (!made) return {};
  request.before = made->batch.before;
  request.ops = std::move(made->batch.ops);
  pushed_end_ = request.before.n + static_cast<std::int64_t>(request.ops.size());
  request.batch = std::move(made->lines);
  asking_ = ask_school_;
  return {};
}

Status Session::offer(const std::string& stream, const Offering& told, wire::SyncRequest& request) {
  auto left = wire::offered_max - request.offered.size();
  if (told.all || left == 0) return {};
  WAYMARK_TRY(ops, store_.settled_ops(stream, told.after_n, left));
  refill_.on_their_way[stream] = {ops.empty() ? told.after_n : ops.back().first, ops.size() < left,
                                  told.after_n == 0 ? store_.restarts(stream) : told.restarts};
  for (const auto& op : ops) request.offered.push_back(op.second);
  return {};
}

Status Session::ask_what_is_lost(wire::SyncRequest& request) {
  refill_.on_their_way.clear();
  refill_.returning = 0;
  // What was granted by a reply that could not be kept is not read, and its end is told to nobody.
  for (auto told = refill_.streams.begin(); told != refill_.streams.end();) {
    WAYMARK_TRY(reading, store_.reading(told->first));
    told = reading ? std::next(told) : refill_.streams.erase(told);
  }
  if (refill_.lacking.empty()) {
    // What was erased first: a stub is taken back where the school knows of that.
    auto school = refill_.streams.find(std::string(domain::school_stream));
    if (school != refill_.streams.end()) WAYMARK_CHECK(offer(school->first, school->second, request));
    for (const auto& [stream, told] : refill_.streams)
      if (stream != domain::school_stream) WAYMARK_CHECK(offer(stream, told, request));
    return {};
  }
  Bringing bringing(store_, author_ ? std::optional(author_->person) : std::nullopt, request.returned,
                    request.cursors.size());
  for (const auto& id : refill_.lacking) {
    if (bringing.full()) break;
    refill_.returning++;
    WAYMARK_CHECK(bringing.add(id));
  }
  return {};
}

Status Session::note_what_is_lost(const wire::SyncReply& reply) {
  auto returned = refill_.lacking.begin() + static_cast<std::ptrdiff_t>(refill_.returning);
  refill_.returned.assign(refill_.lacking.begin(), returned);
  refill_.lacking.erase(refill_.lacking.begin(), returned);
  refill_.answered.clear();
  if (!refill_.on_their_way.empty()) {
    refill_.lacking = reply.lacking;
    std::erase_if(refill_.lacking, [&](const OpId& id) { return refill_.declined.contains(id); });
    for (auto& [stream, told] : refill_.on_their_way)
      if (auto found = refill_.streams.find(stream); found != refill_.streams.end()) {
        found->second = told;
        if (told.all && refill_.lacking.empty()) refill_.answered.insert(stream);
      }
    if (!refill_.lacking.empty()) {
      went_back_ = true;
      WAYMARK_CHECK(store_.mark_files_unsent(!at_hub()));
    }
  }
  refill_.on_their_way.clear();
  refill_.returning = 0;
  return {};
}

// A stream is as the parent has it once the parent, at the moment of a whole page, has all that was offered
// of it, or declined it: what it was brought and that page does not have. A parent that goes back once more
// before that looks as if nothing had been brought; then all of it is offered once more. So it is where, at a
// hub, a computer of the room has brought something of the stream since it was offered.
Status Session::finish_refill(const std::vector<wire::StreamPage>& pages) {
  auto whole = [&](const std::string& stream) {
    return !whole_.contains(stream) && std::any_of(pages.begin(), pages.end(), [&](const auto& page) {
      return page.stream == stream && !page.digest.empty();
    });
  };
  for (const auto& id : refill_.returned) {
    WAYMARK_TRY(stream, store_.stream_of(id));
    if (stream && whole(*stream) && !served_.contains(id)) refill_.declined.insert(id);
  }
  refill_.returned.clear();
  if (!refill_.lacking.empty()) return {};
  for (auto told = refill_.streams.begin(); told != refill_.streams.end();) {
    if (!told->second.all) {
      ++told;
    } else if (whole(told->first) && refill_.answered.contains(told->first) &&
               told->second.restarts == store_.restarts(told->first)) {
      WAYMARK_CHECK(store_.mark_compared(told->first));
      told = refill_.streams.erase(told);
    } else {
      (told++)->second = {};
    }
  }
  return {};
}

Status Session::on_reply(const wire::SyncReply& reply, std::int64_t steady_ms) {
  in_flight_ = false;
  changed_.clear();
  again_now_ = false;
  if (auto applied = reply.mark ? apply_mark(reply) : apply(reply); !applied) {
    on_lost(applied.error(), steady_ms);
    return applied;
  }
  // A reader elsewhere may be in the way: then the next reply does it.
  (void)store::scrub(store_);
  failures_ = 0;
  problem_.reset();
  elsewhere_ = reply.elsewhere;
  if (!at_hub()) heard_ms_ = late() ? asked_ms_ : store_.clock().now_ms();
  if (!reply.places.empty()) places_ = reply.places;
  advised_ms_ = std::clamp<std::int64_t>(reply.again_ms, 1'000, 3'600'000);
  // Spread, so that a class that began together does not come back together.
  std::int64_t wait = advised_ms_ / 2 + static_cast<std::int64_t>(
                                            store_.random().below(static_cast<std::uint64_t>(advised_ms_)));
  due_ms_ = again_now_ || hurried_ ? steady_ms : steady_ms + wait;
  return {};
}

void Session::on_lost(const Error& error, std::int64_t steady_ms, std::int64_t retry_after_ms) {
  in_flight_ = false;
  verified_ = false;
  send_cursors_ = true;
  kept_heard_ms_ = 0;  // what was written down may have been taken back
  problem_ = error.code;
  std::int64_t ceiling = backoff_first_ms << std::min(failures_, 10);
  ceiling = std::min(ceiling, backoff_max_ms);
  failures_++;
  // Full jitter.
  std::int64_t wait =
      static_cast<std::int64_t>(store_.random().below(static_cast<std::uint64_t>(ceiling))) + 200;
  due_ms_ = steady_ms + std::max(hurried_ ? 0 : wait, retry_after_ms);
  hurried_ = false;
}

// What it has it forwards, and no more than that is believed of it: what the school says comes under the
// school's signature, and the hub's clock is nobody's.
Status Session::heard_from_hub(const wire::SyncReply& reply) {
  if (std::exchange(asking_, false)) ask_school_ = false;
  beside_ = reply.beside;
  not_taken_ = reply.problem.empty() ? std::optional<Code>() : code_named(reply.problem);
  WAYMARK_TRY(own, store_.own_position(reply.room->n));
  if (!own || !(*own == *reply.room)) {
    again_now_ = true;
    return renumber();
  }
  // Its disk was put back, or it is the copy of another's: what it was given once more it may not have.
  bool went_back = reply.room->n < room_n_;
  if (reply.room->n != room_n_) WAYMARK_CHECK(keep_room(reply.room->n));
  if (again_from_ >= 0 && pushed_end_ >= 0) {
    again_from_ = pushed_end_ < room_n_ ? pushed_end_ : -1;
    WAYMARK_CHECK(keep_room(room_n_));
  }
  if (went_back) WAYMARK_CHECK(give_again_after(0));
  // When this was sent the school had more than it has now, and the hub was given what comes after that.
  if (lost_after_) WAYMARK_CHECK(give_again_after(*lost_after_));
  for (const auto& answer : reply.answers) {
    auto heard = on_acknowledgement(answer, identity_);
    auto wrong = heard ? Code::internal : heard.error().code;
    // One that is no answer of the school's says nothing; a store that fails does.
    if (!heard && wrong != Code::unauthorized && wrong != Code::malformed && wrong != Code::unsupported)
      return heard;
  }
  if (reply.carried > 0) asked_again_ = false;
  if (reply.carried > 0 || reply.room->n == 0 || asked_again_ || again_from_ >= 0) return {};
  // Nothing is on its way any more: another copy of this replica took the answer, or it was lost with the
  // hub's disk. Brought again it is answered again.
  WAYMARK_TRY(waiting, store_.waiting_count());
  WAYMARK_TRY(after, store_.waiting_count_after(room_n_));
  if (waiting == after) return {};
  WAYMARK_TRY(first, store_.first_waiting());
  again_from_ = first - 1;
  asked_again_ = true;  // once, of a hub that does not take it
  return {};
}

// This computer slept while the answer lay here, or its clock was set on: what the time was at school says
// nothing of now.
bool Session::late() const { return store_.clock().now_ms() - asked_ms_ > kAnswerTimeMs; }

Status Session::heard_from_school(const wire::SyncReply& reply) {
  std::int64_t heard = store_.clock().now_ms();
  std::int64_t offset = reply.now_ms - heard;
  if (late()) offset = kept_offset_ms_, heard = asked_ms_;
  bool keep =
      std::abs(offset - kept_offset_ms_) >= kOffsetStepMs || std::abs(heard - kept_heard_ms_) >= kHeardStepMs;
  if (keep) {
    WAYMARK_CHECK(store_.set_meta("clock_offset_ms", std::to_string(offset)));
    WAYMARK_CHECK(store_.set_meta(kHeardKey, std::to_string(heard)));
    kept_offset_ms_ = offset, kept_heard_ms_ = heard;
  }
  store_.set_clock_offset_ms(offset);

  // What was written on sticks before this was asked is answered by it, too.
  if (asked_round_ > 0) {
    auto age = 2 * asked_round_ + 1;
    WAYMARK_TRY(known, newest());
    if (known < age) WAYMARK_CHECK(store_.set_meta(kNewestKey, std::to_string(age)));
  }

  WAYMARK_TRY(own, store_.own_position(reply.position.n));
  if (own && *own == reply.position) return settle(reply);
  // The parent has another history under this replica's id: this database was copied or put back.
  // Everything is numbered anew and offered again; what the parent has already is a silent duplicate there.
  again_now_ = true;
  return renumber();
}

// It stands for the reply that was expected, or says nothing.
Status Session::apply_mark(const wire::SyncReply& reply) {
  if (!promised_ || promised_->mark != *reply.mark)
    return Error{Code::server_failed, "another mark than what was sent and read gives"};
  promised_->reply.now_ms = reply.now_ms;
  return apply(promised_->reply);
}

Status Session::apply(const wire::SyncReply& reply) {
  if (at_hub() != reply.room.has_value())
    return Error{Code::not_waymark,
                 at_hub() ? "a hub says what it has" : "a hub answers in the school's place"};
  WAYMARK_TRY(transaction, store::Transaction::begin(store_.db()));
  went_back_ = false;
  auto commit = [&]() -> Status {
    if (went_back_ && heed_went_back_) WAYMARK_CHECK(heed_went_back_());
    return transaction.commit();
  };
  WAYMARK_CHECK(at_hub() ? heard_from_hub(reply) : heard_from_school(reply));
  WAYMARK_CHECK(note_what_is_lost(reply));

  // The pages of this reply begin where the cursors were: asked again from where they are.
  if ((reply.same && !*reply.same) || moved_meanwhile_) {
    send_cursors_ = true;
    again_now_ = true;
    verified_ = false;
    WAYMARK_CHECK(finish_refill({}));
    return commit();
  }
  for (const auto& granted : reply.granted)
    WAYMARK_CHECK(store_.grant(granted.stream, granted.access, granted.role));
  for (const auto& stream : reply.ended) {
    WAYMARK_CHECK(stop_reading(stream));
    changed_.push_back(stream);
  }
  if (!at_hub()) WAYMARK_CHECK(store_.revoke_at_hubs());
  if (!reply.same) marks_ = reply.marks;
  bool behind = reply.more || !refill_.lacking.empty();
  served_.clear();
  mismatched_ = false;
  for (const auto& page : reply.pages) WAYMARK_CHECK(apply_page(page));
  WAYMARK_CHECK(finish_refill(reply.pages));
  // Read again from zero, but not in a circle with a parent that contradicts itself.
  if (mismatched_ && ++mismatches_ > kMismatchesMax)
    return Error{Code::server_failed, "the digests do not agree, however often the streams are read"};
  if (!mismatched_) mismatches_ = 0;
  if (!whole_.empty()) behind = true;
  WAYMARK_TRY(readings, store_.readings());
  for (const auto& reading : readings) behind = behind || !reading.compared;

  WAYMARK_CHECK(commit());
  WAYMARK_TRY(waiting, store_.waiting_count());
  auto to_push = waiting;
  if (at_hub()) {
    WAYMARK_TRY(after, store_.waiting_count_after(again_from_ >= 0 ? again_from_ : room_n_));
    to_push = author_ ? after : 0;
  }
  if (behind || to_push > 0) again_now_ = true;
  send_cursors_ = behind || !reply.granted.empty() || !reply.ended.empty();
  verified_ = !behind && waiting == 0;
  return {};
}

Status Session::settle(const wire::SyncReply& reply) {
  // Another mark than the school's: it has looked at none of what was sent, so that its position, which a
  // stick may have moved, says nothing of what it refused.
  if (promised_ && reply.same && !*reply.same) sent_.clear();
  // The parent lost some: what it says it has ends before what we know it had.
  auto had = std::max(reply.position.n, sent_.empty() ? 0 : sent_.back());
  WAYMARK_TRY(lost, store_.mark_unsettled_after(had));
  if (lost) WAYMARK_CHECK(give_again_after(had));
  // Refusals are final; acceptance counts once the parent's proven position has reached the op.
  for (auto n : sent_)
    if (n <= reply.position.n) WAYMARK_CHECK(settle_one(n, reply.refused));
  if (!sent_.empty() && reply.position.n < sent_.front() - 1) {
    WAYMARK_TRY(more, store_.mark_unsettled_after(reply.position.n));
    if (more) WAYMARK_CHECK(give_again_after(reply.position.n));
  }
  sent_.clear();
  return {};
}

Status Session::settle_one(std::int64_t n, const std::vector<wire::Refused>& refused) {
  auto found = std::find_if(refused.begin(), refused.end(), [n](const auto& r) { return r.n == n; });
  if (found == refused.end()) return store_.mark_settled(n, false, {}, {});
  WAYMARK_CHECK(store_.mark_settled(n, true, found->code, found->sentence));
  return found->code == store::erased_reason ? store::erase_own(store_, n) : Status();
}

// How new the newest answer is that was heard: of a batch twice its round, of an exchange one more than twice
// the last round before it. What is older is read over: the school may have lost since what it tells.
Result<std::int64_t> Session::newest() {
  WAYMARK_TRY(text, store_.meta(kNewestKey));
  return text ? std::strtoll(text->c_str(), nullptr, 10) : std::int64_t{0};
}

Result<std::int64_t> Session::rounds() {
  WAYMARK_TRY(text, store_.meta(batch_round_key));
  return text ? std::strtoll(text->c_str(), nullptr, 10) : std::int64_t{0};
}

// An answer of a later round than any that was written here: this database was put back, and what it wrote
// before that is answered now.
Result<bool> Session::count_rounds_on(std::int64_t round) {
  WAYMARK_TRY(written, rounds());
  if (round <= written) return false;
  WAYMARK_CHECK(store_.set_meta(batch_round_key, std::to_string(round)));
  return true;
}

Status Session::on_acknowledgement(std::string_view bytes, const PublicKey& identity) {
  if (!started_) WAYMARK_CHECK(start());
  WAYMARK_TRY(acknowledgement, wire::decode_acknowledgement(bytes, identity));
  // Of a replica that this database was before, or of another profile: all of it is offered anew anyway.
  if (acknowledgement.replica != store_.replica()) return {};
  WAYMARK_TRY(transaction, store::Transaction::begin(store_.db()));
  const auto& at = acknowledgement.at;
  WAYMARK_TRY(own, store_.own_position(at.n));
  if (!acknowledgement.certificate.empty())
    certificate_.emplace(acknowledgement.certificate, acknowledgement.certificate_signature);
  if (!own || !(*own == at)) {
    WAYMARK_CHECK(renumber());
    return transaction.commit();
  }
  WAYMARK_TRY(heard, newest());
  auto age = 2 * acknowledgement.round;
  if (age < heard) return {};
  WAYMARK_TRY(put_back, count_rounds_on(acknowledgement.round));
  if (put_back) {
    // What it has written since counts as older; so the school is asked once more.
    ask_school_ = at_hub();
    asking_ = asked_again_ = false;
  }
  // Of one round every answer only adds; a newer one also tells what is there no longer.
  if (age > heard) {
    WAYMARK_TRY(lost, store_.mark_unsettled_after(at.n));
    // What the school lost it must be brought again, and a hub forgets what the school once had.
    if (lost) WAYMARK_CHECK(give_again_after(at.n));
    WAYMARK_CHECK(store_.set_meta(kNewestKey, std::to_string(age)));
  }
  // Of a copy of this replica, whose ops of these numbers are others.
  WAYMARK_TRY(end, store_.own_position(acknowledgement.end.n));
  if (!end || !(*end == acknowledgement.end)) return transaction.commit();
  auto last = std::min(at.n, acknowledgement.end.n);
  for (auto n = acknowledgement.before.n + 1; n <= last; n++) {
    // What was brought twice, and refused once and let in once, is there where it was served.
    const auto& refused = acknowledgement.refused;
    if (age == heard && std::any_of(refused.begin(), refused.end(), [n](const auto& one) {
          return one.n == n && one.code != store::erased_reason;
        })) {
      WAYMARK_TRY(served, store_.was_served(n));
      if (served) continue;
    }
    WAYMARK_CHECK(settle_one(n, acknowledgement.refused));
  }
  WAYMARK_CHECK(transaction.commit());
  (void)store::scrub(store_);  // where it tells that something is erased
  return {};
}

Result<std::int64_t> Session::on_news(std::string_view bytes) {
  WAYMARK_TRY(news, wire::decode_news(bytes));
  if (!started_) WAYMARK_CHECK(start());
  if (at_hub() || news.asked.replica != store_.replica()) return std::int64_t{0};
  WAYMARK_TRY(transaction, store::Transaction::begin(store_.db()));
  const auto& reply = news.reply;
  WAYMARK_TRY(heard, newest());
  WAYMARK_TRY(text, store_.meta(kNewsKey));
  auto last = text ? std::strtoll(text->c_str(), nullptr, 10) : std::int64_t{0};
  if (news.round >= last && 2 * news.round >= heard) {
    for (const auto& granted : reply.granted)
      WAYMARK_CHECK(store_.grant(granted.stream, granted.access, granted.role));
    for (const auto& stream : reply.ended) WAYMARK_CHECK(stop_reading(stream));
    // Where nothing waits there is no batch whose acknowledgement would tell that the school lost some.
    WAYMARK_TRY(own, store_.own_position(reply.position.n));
    if (own && *own == reply.position) {
      WAYMARK_TRY(lost, store_.mark_unsettled_after(reply.position.n));
      if (lost) WAYMARK_CHECK(give_again_after(reply.position.n));
    }
    moved_meanwhile_ = moved_meanwhile_ || !reply.granted.empty() || !reply.ended.empty();
    if (news.round > last) WAYMARK_CHECK(store_.set_meta(kNewsKey, std::to_string(news.round)));
  }
  WAYMARK_CHECK(count_rounds_on(news.round));
  went_back_ = false;
  std::int64_t before = 0, after = 0;
  for (const auto& page : reply.pages) {
    WAYMARK_TRY(begins, begins_here(news, page.stream));
    if (!begins) continue;
    moved_meanwhile_ = true;
    WAYMARK_TRY(had, store_.stream_state(page.stream));
    WAYMARK_CHECK(apply_page(page));
    WAYMARK_TRY(has, store_.stream_state(page.stream));
    before += had.head;
    after += has.head;
  }
  // Where a page did not agree its stream is read again from zero, by the next stick or exchange.
  if (went_back_ || !whole_.empty()) verified_ = false;
  if (went_back_ && heed_went_back_) WAYMARK_CHECK(heed_went_back_());
  mismatched_ = false;
  send_cursors_ = true;
  WAYMARK_CHECK(transaction.commit());
  (void)store::scrub(store_);
  return after - before;
}

Result<std::int64_t> Session::on_files(std::string_view bytes) {
  WAYMARK_TRY(files, wire::decode_files(bytes));
  if (!started_) WAYMARK_CHECK(start());
  std::int64_t arrived = 0;
  if (files.replica != store_.replica().hex()) return arrived;
  WAYMARK_TRY(transaction, store::Transaction::begin(store_.db()));
  WAYMARK_TRY(heard, newest());
  WAYMARK_TRY(text, store_.meta(kFilesKey));
  auto last = text ? std::strtoll(text->c_str(), nullptr, 10) : std::int64_t{0};
  // An older answer may tell of what the school has lost since.
  if (files.round < last || 2 * files.round < heard) return arrived;
  for (const auto& names : files.streams) {
    for (const auto& hash : names.has) {
      WAYMARK_TRY(row, store_.file_in(names.stream, hash));
      if (!row || row->state == file_at_school) continue;
      WAYMARK_CHECK(store_.set_file_state(names.stream, hash, file_at_school));
      arrived++;
    }
    for (const auto& hash : names.lacks)
      WAYMARK_CHECK(store_.set_file_state(names.stream, hash, file_to_send));
  }
  if (files.round > last) WAYMARK_CHECK(store_.set_meta(kFilesKey, std::to_string(files.round)));
  WAYMARK_CHECK(count_rounds_on(files.round));
  WAYMARK_CHECK(transaction.commit());
  return arrived;
}

// Does this stream's page begin where this reader stands?
Result<bool> Session::begins_here(const wire::News& news, const std::string& stream) {
  WAYMARK_TRY(reading, store_.reading(stream));
  auto of_stream = [&](const auto& one) { return one.stream == stream; };
  if (!reading) return false;
  const auto& all = news.reply.granted;
  if (auto granted = std::find_if(all.begin(), all.end(), of_stream); granted != all.end())
    return reading->access == granted->access && reading->cursor.seq == 0;
  const auto& cursors = news.asked.cursors;
  auto from = std::find_if(cursors.begin(), cursors.end(), of_stream);
  if (from == cursors.end() || from->access != reading->access || from->seq != reading->cursor.seq)
    return false;
  return from->seq == 0 || (from->feed == reading->cursor.feed && from->segment == reading->cursor.segment);
}

Status Session::apply_page(const wire::StreamPage& page) {
  WAYMARK_TRY(reading, store_.reading(page.stream));
  if (!reading) return Error{Code::malformed, "a page of a stream that was not granted"};
  record::Digest served = page.reset ? record::Digest{} : reading->served;
  if (page.reset) {
    WAYMARK_CHECK(restart(page.stream));
    reading->compared = false;
    went_back_ = true;
  }

  bool changed = false, incomplete = false;
  std::vector<OpId> ids, items = page.own;
  std::map<OpId, OpId> by_item;  // of the lines, where it is a hub's page
  for (const auto& id : page.own) {
    WAYMARK_TRY(here, store_.accept(id));
    // Once ours, and gone: this database was put back. The page is read again with content.
    if (!here) incomplete = true;
    served.add(id);
    ids.push_back(id);
  }
  for (const auto& body : page.bodies) {
    if (auto op = record::parse_op(body)) {
      OpId id = record::op_id(body);
      if (op->stream != page.stream) return Error{Code::malformed, "an op of another stream"};
      WAYMARK_TRY(added, store_.add(*op, body, id));
      auto outcome = added;
      if (outcome == store::Outcome::duplicate) {
        WAYMARK_TRY(let_in, store_.let_in(*op, body, id));
        outcome = let_in;
      }
      changed |= outcome == store::Outcome::fresh;
      served.add(id);
      ids.push_back(id);
      items.push_back(id);
      if (!page.under.empty()) by_item.emplace(id, id);
    } else {
      auto stub = record::parse_stub(body);
      if (!stub || stub->stream != page.stream) return Error{Code::malformed, "neither an op nor a stub"};
      WAYMARK_TRY(outcome, store_.add_stub(*stub));
      changed |= outcome == store::Outcome::fresh;
      served.add(stub->id);
      ids.push_back(stub->id);
      items.push_back(wire::seal_item(body));
      if (!page.under.empty()) by_item.emplace(items.back(), stub->id);
    }
  }
  if (changed) changed_.push_back(page.stream);
  if (at_hub() && !ids.empty()) WAYMARK_CHECK(store_.compare_elsewhere(page.stream));
  served_.insert(ids.begin(), ids.end());
  if (auto seal = from_hex(page.seal); seal && seal->size() == 64)
    WAYMARK_CHECK(store_.keep_seal(page.stream, ids, items, *seal));
  for (const auto& under : page.under) {
    auto signature = from_hex(under.seal);
    if (!author_ || !signature || signature->size() != 64) continue;
    bool of_school = under.hub.hub.empty();
    if (of_school ? !verify(identity_, as_bytes(wire::seal_message(page.stream, under.items)), *signature)
                  : !wire::hub_has_sealed(under.hub, page.stream, under.items, *signature, identity_))
      continue;
    std::vector<OpId> sealed;
    for (const auto& item : under.items)
      if (auto found = by_item.find(item); found != by_item.end()) sealed.push_back(found->second);
    if (!sealed.empty())
      WAYMARK_CHECK(
          store_.keep_seal(page.stream, sealed, under.items, *signature, wire::bytes_of(under.hub)));
  }
  if (incomplete) {
    whole_.insert(page.stream);
    WAYMARK_CHECK(restart(page.stream));
    return store_.set_cursor(page.stream, {}, {}, false);
  }
  if (!page.digest.empty() &&
      (served.hex() != page.digest || static_cast<std::int64_t>(served.count) != page.head)) {
    // What was served to us is not what the parent has: it went back in time without saying.
    mismatched_ = went_back_ = true;
    whole_.insert(page.stream);
    WAYMARK_CHECK(restart(page.stream));
    return store_.set_cursor(page.stream, {}, {}, false);
  }
  if (!page.digest.empty()) whole_.erase(page.stream);
  store::Cursor cursor{page.feed, page.segment, page.seq};
  // A page that brought nothing is not written down: most of an exchange are such.
  if (!(cursor == reading->cursor) || !(served == reading->served))
    WAYMARK_CHECK(store_.set_cursor(page.stream, cursor, served, !page.digest.empty()));
  return page.digest.empty() || reading->compared ? Status() : compare(page.stream, served);
}

// What was read stays, and what waits is still offered. What the parent has of it is no longer told.
Status Session::stop_reading(const std::string& stream) {
  refill_.streams.erase(stream);
  refill_.on_their_way.erase(stream);
  whole_.erase(stream);
  return store_.revoke(stream);
}

Status Session::restart(const std::string& stream) {
  refill_.declined.clear();
  refill_.streams.erase(stream);
  refill_.on_their_way.erase(stream);
  return store_.restart_reading(stream);
}

// Everything was served that is here, or something is here that the parent does not have: then it is asked
// for what it lacks.
Status Session::compare(const std::string& stream, const record::Digest& served) {
  // As many may be others.
  WAYMARK_TRY(told, store_.told_digest(stream));
  if (told == served) {
    refill_.streams.erase(stream);
    refill_.on_their_way.erase(stream);
    return store_.mark_compared(stream);
  }
  refill_.streams.emplace(stream, Offering{});
  return {};
}

Result<SessionStatus> Session::status() {
  SessionStatus status;
  WAYMARK_TRY(waiting, store_.waiting_count());
  status.waiting = waiting;
  if (!room_hub_.empty()) {
    // What is to be given once more it may not have.
    auto last = again_from_ >= 0 ? std::min(again_from_, room_n_) : room_n_;
    WAYMARK_TRY(after, store_.waiting_count_after(last));
    status.in_room = waiting - after;
  }
  status.beside = beside_;
  status.heard_ms = heard_ms_;
  status.verified = verified_ && waiting == 0 && !set_back();
  status.problem = problem_;
  if (status.waiting > 0) status.not_taken = not_taken_;
  return status;
}

}  // namespace waymark::sync
