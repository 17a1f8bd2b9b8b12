#include "shared/sync/file_queue.hpp"

#include <algorithm>
#include <set>

#include "shared/store/erase.hpp"
#include "shared/sync/session.hpp"

namespace waymark::sync {
namespace {

// What the school does not have is asked for again after this long, and four times as long each time: another
// computer sends it in its own time.
constexpr std::int64_t kLookAgainMs = 15'000, kLookAgainMaxMs = std::int64_t{10} * 60'000;
constexpr int kWrongMax = 3;

}  // namespace

void FileQueue::look(bool changed) {
  if (changed) {
    not_there_.clear(), looks_.clear();
    unknown_ = true;
  }
  due_ms_ = 0;
}

void FileQueue::hurry() {
  up_.due_ms = down_.due_ms = 0;
  put_off_.clear();
  look(true);
}

void FileQueue::due_at(std::int64_t ms) { due_ms_ = std::min(due_ms_.value_or(ms), ms); }

std::optional<std::int64_t> FileQueue::due_ms() const { return on_way_ ? std::nullopt : due_ms_; }

bool FileQueue::is_off(Later& later, const std::string& hash, std::int64_t steady_ms) {
  auto found = later.find(hash);
  if (found == later.end()) return false;
  if (found->second > steady_ms) {
    due_at(found->second);
    return true;
  }
  later.erase(found);
  return false;
}

void FileQueue::not_there(const std::string& hash, std::int64_t steady_ms) {
  auto wait = std::min(kLookAgainMs << std::min(2 * looks_[hash]++, 10), kLookAgainMaxMs);
  not_there_[hash] = steady_ms + wait;
}

void FileQueue::back_off(Lane& lane, std::int64_t steady_ms, std::int64_t retry_after_ms) {
  auto ceiling = std::min(backoff_first_ms << std::min(lane.failures, 10), backoff_max_ms);
  lane.failures++;
  // Full jitter.
  auto wait = 200 + static_cast<std::int64_t>(store_.random().below(static_cast<std::uint64_t>(ceiling)));
  lane.due_ms = steady_ms + std::max(wait, retry_after_ms);
}

void FileQueue::arrived(Lane& lane) {
  lane.failures = 0;
  lane.piece = std::min(lane.piece * 2, pieces_.max);
}

Result<std::optional<FileStep>> FileQueue::next(std::int64_t steady_ms) {
  if (on_way_ || !due_ms_ || *due_ms_ > steady_ms) return std::optional<FileStep>();
  due_ms_.reset();
  std::optional<FileStep> step;
  if (!hub_.empty()) {
    WAYMARK_TRY(sends, next_in_room(steady_ms));
    step = std::move(sends);
  }
  for (int turn = 0; turn < 2 && !step && hub_.empty(); turn++) {
    auto& lane = up_next_ ? up_ : down_;
    if (lane.due_ms > steady_ms) {
      due_at(lane.due_ms);
    } else if (up_next_) {
      WAYMARK_TRY(asks, next_ask(steady_ms));
      step = std::move(asks);
      if (!step) {
        WAYMARK_TRY(puts, next_put(steady_ms));
        step = std::move(puts);
      }
    } else {
      step = next_get(steady_ms);
    }
    up_next_ = !up_next_;
  }
  if (step) due_ms_ = 0;
  if (!step && put_off_.empty())
    for (auto* lane : {&up_, &down_})
      if (lane->failures == 0) lane->problem.reset();  // what it was about is not wanted any more
  on_way_ = step;
  asked_lost_ = store_.files_lost();
  if (on_way_) on_way_->bytes.clear();  // carried once, kept nowhere
  return step;
}

// ---- what the school lacks

// A file that is mentioned and lies here, and of which nobody knows whether it is at school: this database
// may have been put back, or it was given to an earlier version.
Status FileQueue::note_unknown() {
  for (const auto& mention : mentions_ ? mentions_() : std::vector<Mention>()) {
    auto bytes = disk_.size(mention.hash);
    if (!bytes) continue;
    WAYMARK_TRY(row, store_.file_in(mention.stream, mention.hash));
    if (!row)
      WAYMARK_CHECK(store_.add_file({mention.hash, *bytes, mention.mime, mention.stream, file_to_ask}));
  }
  unknown_ = false;
  return {};
}

// What the school may have lost, and, once a day, all that is mentioned and here: also where the op that
// mentions it was refused once, since an adult may have taken it in at a school that this person has left.
Status FileQueue::gather_asked(bool all) {
  WAYMARK_TRY(rows, store_.files_to_send());
  for (const auto& row : rows)
    if (row.state == file_to_ask) to_ask_[row.stream].push_back(row.hash);
  if (!all || !mentions_) return {};
  std::set<std::pair<std::string, std::string>> shown;
  for (const auto& mention : mentions_()) shown.emplace(mention.stream, mention.hash);
  WAYMARK_TRY(there, store_.files_at_school());
  for (const auto& row : there) {
    bool mentioned = shown.contains({row.stream, row.hash});
    if (!mentioned) {
      WAYMARK_TRY(named, store_.mentions(row.stream, row.hash));
      mentioned = named;
    }
    if (mentioned && disk_.size(row.hash)) to_ask_[row.stream].push_back(row.hash);
  }
  return {};
}

Result<std::optional<FileStep>> FileQueue::next_ask(std::int64_t steady_ms) {
  WAYMARK_TRY(waiting, store_.waiting_count());
  if (waiting > 0) return std::optional<FileStep>();  // look() is called when they are at school
  if (unknown_) WAYMARK_CHECK(note_unknown());
  if (to_ask_.empty()) {
    bool all = ask_due_ms_ <= steady_ms;
    WAYMARK_CHECK(gather_asked(all));
    if (all) ask_due_ms_ = steady_ms + ask_again_ms;
  }
  due_at(ask_due_ms_);
  if (to_ask_.empty()) return std::optional<FileStep>();
  FileStep step;
  step.what = FileStep::What::ask;
  step.stream = to_ask_.begin()->first;
  auto& hashes = to_ask_.begin()->second;
  step.hashes.assign(hashes.begin(),
                     hashes.begin() + static_cast<std::ptrdiff_t>(std::min(hashes.size(), files_asked_max)));
  return std::optional(std::move(step));
}

Status FileQueue::asked(const FileStep& step, const FileReply& reply) {
  WAYMARK_TRY(transaction, store::Transaction::begin(store_.db()));
  bool holds = asked_lost_ == store_.files_lost();
  for (const auto& hash : step.hashes) {
    bool lacks = std::find(reply.lacking.begin(), reply.lacking.end(), hash) != reply.lacking.end();
    if (lacks || holds)
      WAYMARK_CHECK(store_.set_file_state(step.stream, hash, lacks ? file_to_send : file_at_school));
    if (lacks) come_.erase(hash);
  }
  WAYMARK_CHECK(transaction.commit());
  auto asked = to_ask_.find(step.stream);
  if (asked == to_ask_.end()) return {};
  std::erase_if(asked->second, [&](const std::string& hash) {
    return std::find(step.hashes.begin(), step.hashes.end(), hash) != step.hashes.end();
  });
  if (asked->second.empty()) to_ask_.erase(asked);
  return {};
}

// ---- sending

Result<std::optional<FileStep>> FileQueue::next_put(std::int64_t steady_ms) {
  WAYMARK_TRY(waiting, store_.waiting_count());
  if (waiting > 0) return std::optional<FileStep>();
  WAYMARK_TRY(rows, store_.files_to_send());
  // Whoever hurries often must not offer again and again the first few that are not taken.
  std::stable_partition(rows.begin(), rows.end(),
                        [&](const store::FileRow& row) { return !not_taken_.contains(row.hash); });
  for (const auto& row : rows) {
    if (row.state != file_to_send || is_off(put_off_, row.hash, steady_ms)) continue;
    if (disk_.size(row.hash) != row.bytes) {
      up_.problem = {{Code::not_found, row.hash}, true};
      put_off_[row.hash] = steady_ms + file_hopeless_ms;
      continue;
    }
    FileStep step;
    step.stream = row.stream, step.hash = row.hash, step.mime = row.mime;
    step.total = row.bytes;
    bool small = row.bytes <= static_cast<std::int64_t>(up_.piece);
    auto come = come_.find(row.hash);
    if (!small && come == come_.end()) {
      step.what = FileStep::What::find;
      return std::optional(std::move(step));
    }
    step.what = FileStep::What::put;
    if (!small) step.from = come->second;
    auto size = std::min(static_cast<std::size_t>(row.bytes - step.from), up_.piece);
    auto bytes = disk_.read(row.hash, step.from, size);
    if (!bytes || bytes->size() != size) {
      up_.problem = {bytes ? Error{Code::io, row.hash} : bytes.error(), true};
      put_off_[row.hash] = steady_ms + file_hopeless_ms;
      continue;
    }
    step.bytes = std::move(*bytes);
    step.size = size;
    return std::optional(std::move(step));
  }
  return std::optional<FileStep>();
}

Status FileQueue::put(const FileStep& step, const FileReply& reply, std::int64_t steady_ms) {
  if (reply.whole) {
    come_.erase(step.hash), wrong_.erase(step.hash), not_taken_.erase(step.hash);
    put_off_.erase(step.hash);
    // What is told of a file that waits stays told.
    if (put_off_.empty() || up_.failures > 0) up_.problem.reset();
    arrived(up_);
    if (asked_lost_ != store_.files_lost()) return {};  // it is sent once more
    sent_++;
    return store_.set_file_state(step.stream, step.hash, file_at_school);
  }
  bool forward =
      reply.come >= 0 && reply.come < step.total &&
      (step.what == FileStep::What::find || reply.come == step.from + static_cast<std::int64_t>(step.size));
  come_[step.hash] = std::clamp<std::int64_t>(reply.come, 0, step.total - 1);
  if (!forward)
    back_off(up_, steady_ms, 0);  // told where to go on; going round in circles must not be fast
  else if (step.what == FileStep::What::put)
    arrived(up_);
  return {};
}

// ---- getting

std::optional<FileStep> FileQueue::next_get(std::int64_t steady_ms) {
  if (!mentions_) return {};
  auto mentions = mentions_();
  // Whoever hurries often must not ask again and again for the first few that nobody has.
  auto last = std::find_if(mentions.begin(), mentions.end(),
                           [&](const Mention& mention) { return mention.hash == last_missed_; });
  if (last != mentions.end()) std::rotate(mentions.begin(), last + 1, mentions.end());
  for (const auto& mention : mentions) {
    if (disk_.size(mention.hash) || is_off(not_there_, mention.hash, steady_ms) ||
        is_off(put_off_, mention.hash, steady_ms))
      continue;
    FileStep step;
    step.what = FileStep::What::get;
    step.stream = mention.stream, step.hash = mention.hash, step.mime = mention.mime;
    step.from = disk_.coming(mention.hash);
    step.size = down_.piece;
    return step;
  }
  return {};
}

Status FileQueue::got(const FileStep& step, const FileReply& reply, std::int64_t steady_ms) {
  // It was on its way while what mentioned it here was erased.
  WAYMARK_TRY(erased, store::is_erased_file(store_, step.stream, step.hash));
  if (erased) {
    disk_.drop(step.hash);
    return {};
  }
  auto here = disk_.coming(step.hash);
  auto end = reply.from + static_cast<std::int64_t>(reply.bytes.size());
  if (reply.total > file_bytes_max || end > reply.total) {
    down_.problem = {{Code::too_large, step.hash}, false};
    put_off_[step.hash] = steady_ms + file_hopeless_ms;
    return {};
  }
  auto kept = [&]() -> Status {
    // A school that knows no pieces sends all of it.
    if (reply.from != here) {
      disk_.drop(step.hash);
      if (reply.from != 0) return Error{Code::io, "a piece that was not asked for"};
    }
    WAYMARK_CHECK(disk_.append(step.hash, reply.from, reply.bytes));
    return end < reply.total ? Status() : disk_.finish(step.hash);
  }();
  if (!kept) {
    bool wrong = kept.error().code == Code::wrong_id;
    if (wrong) not_there(step.hash, steady_ms);
    if (!wrong) down_.problem = {kept.error(), true};
    if (!wrong) back_off(down_, steady_ms, 0);
    return {};
  }
  if (end < reply.total && reply.bytes.empty()) {
    back_off(down_, steady_ms, 0);
    return {};
  }
  arrived(down_);
  if (end < reply.total) return {};
  down_.problem.reset();
  received_++;
  return store_.add_file({step.hash, reply.total, reply.mime, step.stream, file_at_school});
}

// ---- answers

Status FileQueue::on_reply(const FileReply& reply, std::int64_t steady_ms) {
  if (!on_way_) return {};
  auto step = std::move(*on_way_);
  on_way_.reset();
  if (step.room && step.what == FileStep::What::ask) return heard_news(step, reply, steady_ms);
  if (step.room) return parcel_came(reply, step, steady_ms);
  switch (step.what) {
    case FileStep::What::ask:
      return asked(step, reply);
    case FileStep::What::find:
    case FileStep::What::put:
      return put(step, reply, steady_ms);
    case FileStep::What::get:
      return got(step, reply, steady_ms);
  }
  return {};
}

Status FileQueue::on_lost(const Error& error, std::int64_t steady_ms, std::int64_t retry_after_ms) {
  if (!on_way_) return {};
  auto step = std::move(*on_way_);
  on_way_.reset();
  if (step.room) {
    lost_in_room(error, steady_ms, retry_after_ms);
    return {};
  }
  bool gets = step.what == FileStep::What::get;
  if (gets && error.code == Code::not_found) {
    last_missed_ = step.hash;
    not_there(step.hash, steady_ms);
    return {};
  }
  (gets ? down_ : up_).problem = {error, false};
  switch (error.code) {
    case Code::wrong_id:
      come_.erase(step.hash);
      if (++wrong_[step.hash] < kWrongMax) break;
      [[fallthrough]];
    case Code::too_large:
    case Code::malformed:
    case Code::not_granted:
      // The others go on.
      if (step.what == FileStep::What::ask) break;
      put_off_[step.hash] = steady_ms + file_hopeless_ms;
      not_taken_.insert(step.hash);
      return {};
    case Code::invalid:
      if (gets) disk_.drop(step.hash);  // longer than the file is
      break;
    default:
      break;
  }
  auto& lane = gets ? down_ : up_;
  lane.piece = std::max(lane.piece / 4, pieces_.min);
  back_off(lane, steady_ms, retry_after_ms);
  return {};
}

}  // namespace waymark::sync
