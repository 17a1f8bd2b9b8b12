// FileQueue, where the parent is a hub: what is to be sent goes in parcels, and what the hub carries is asked
// for until the school's answers have come.
#include <algorithm>
#include <set>

#include "shared/store/erase.hpp"
#include "shared/sync/file_queue.hpp"
#include "shared/sync/parcel.hpp"

namespace waymark::sync {
namespace {
constexpr std::int64_t kNotTakenMs = ask_again_ms;  // the school said that it will not have a file
}  // namespace

void FileQueue::meet(std::string_view hub) {
  if (hub_ == hub) return;
  hub_ = hub;
  sealed_.reset();
  to_ask_.clear(), come_.clear();
  news_due_ms_ = closed_until_ms_ = ask_due_ms_ = 0;
  up_.problem.reset(), down_.problem.reset();
  hurry();
}

void FileQueue::sign_as(const Author& author, const PublicKey& identity) {
  author_ = author, identity_ = identity;
  sealed_.reset();
}

Result<std::optional<FileStep>> FileQueue::next_in_room(std::int64_t steady_ms) {
  if (!author_ || !author_->known()) return std::optional<FileStep>();
  for (auto wait : {closed_until_ms_, up_.due_ms})
    if (wait > steady_ms) {
      due_at(wait);
      return std::optional<FileStep>();
    }
  WAYMARK_TRY(asks, next_news(steady_ms));
  if (asks) return asks;
  if (sealed_ && !sealed_->asks) {
    WAYMARK_TRY(erased, store::is_erased_file(store_, sealed_->stream, sealed_->hashes.front()));
    if (erased) sealed_.reset();
  }
  if (!sealed_) WAYMARK_CHECK(seal_question(steady_ms));
  if (!sealed_) WAYMARK_CHECK(seal_file(steady_ms));
  if (!sealed_) return std::optional<FileStep>();
  return std::optional(piece_of_sealed());
}

FileStep FileQueue::piece_of_sealed() const {
  FileStep step;
  step.what = FileStep::What::put;
  step.room = true;
  step.hash = sealed_->name;
  step.from = sealed_->come;
  step.total = static_cast<std::int64_t>(sealed_->bytes.size());
  step.bytes = sealed_->bytes.substr(static_cast<std::size_t>(step.from), up_.piece);
  step.size = step.bytes.size();
  return step;
}

Result<std::optional<FileStep>> FileQueue::next_news(std::int64_t steady_ms) {
  WAYMARK_TRY(sent, store_.parcels_at(hub_));
  if (sent.empty()) return std::optional<FileStep>();
  if (news_due_ms_ > steady_ms) {
    due_at(news_due_ms_);
    return std::optional<FileStep>();
  }
  FileStep step;
  step.room = true;
  for (const auto& one : sent) {
    if (step.hashes.size() >= files_asked_max) break;
    if (step.hashes.empty() || step.hashes.back() != one.name) step.hashes.push_back(one.name);
  }
  return std::optional(std::move(step));
}

// Of what the school may have lost, and once a day of all that is mentioned and here, as when the school
// itself is asked; but not of what is on its way there.
Status FileQueue::seal_question(std::int64_t steady_ms) {
  if (unknown_) WAYMARK_CHECK(note_unknown());
  if (to_ask_.empty()) {
    bool all = ask_due_ms_ <= steady_ms;
    WAYMARK_CHECK(gather_asked(all));
    if (all) ask_due_ms_ = steady_ms + ask_again_ms;
  }
  due_at(ask_due_ms_);
  WAYMARK_TRY(sent, store_.parcels_at(hub_));
  WAYMARK_TRY(in_room, store_.files_in_room());
  for (const auto& one : sent) in_room.emplace(one.stream, one.hash);
  while (!to_ask_.empty()) {
    auto& [stream, hashes] = *to_ask_.begin();
    std::erase_if(hashes, [&, &of = stream](const std::string& hash) {
      return in_room.contains({of, hash});
    });
    if (!hashes.empty()) {
      auto end = hashes.begin() + static_cast<std::ptrdiff_t>(std::min(hashes.size(), files_asked_max));
      std::vector<std::string> asked(hashes.begin(), end);
      WAYMARK_TRY(parcel, make_question(store_, *author_, identity_, stream, asked));
      if (parcel)
        sealed_ = Sealed{parcel->name,  std::move(parcel->bytes), stream, asked,
                         parcel->round, store_.files_lost(),      0,      true};
      hashes.erase(hashes.begin(), end);
      return {};
    }
    to_ask_.erase(to_ask_.begin());
  }
  return {};
}

// What no hub has, and what only another one has: that may never reach the school.
Status FileQueue::seal_file(std::int64_t steady_ms) {
  WAYMARK_TRY(rows, store_.files_to_send());
  WAYMARK_TRY(in_room, store_.files_in_room());
  WAYMARK_TRY(sent, store_.parcels_at(hub_));
  std::set<std::pair<std::string, std::string>> here;
  for (const auto& one : sent) here.emplace(one.stream, one.hash);
  for (const auto& row : rows) {
    std::pair file(row.stream, row.hash);
    if (here.contains(file) || is_off(put_off_, row.hash, steady_ms)) continue;
    if (row.state != file_to_send && !in_room.contains(file)) continue;  // the school is asked first
    WAYMARK_TRY(erased, store::is_erased_file(store_, row.stream, row.hash));
    if (erased) continue;
    auto bytes = disk_.size(row.hash) == row.bytes
                     ? disk_.read(row.hash, 0, static_cast<std::size_t>(row.bytes))
                     : Result<std::string>(Error{Code::not_found, row.hash});
    if (!bytes || static_cast<std::int64_t>(bytes->size()) != row.bytes || row.bytes > file_bytes_max) {
      up_.problem = {bytes ? Error{Code::io, row.hash} : bytes.error(), true};
      put_off_[row.hash] = steady_ms + file_hopeless_ms;
      continue;
    }
    WAYMARK_TRY(parcel, make_parcel(store_, *author_, identity_, {row.hash, row.stream, row.mime}, *bytes));
    if (parcel)
      sealed_ = Sealed{parcel->name,  std::move(parcel->bytes), row.stream, {row.hash},
                       parcel->round, store_.files_lost(),      0,          false};
    return {};
  }
  return {};
}

Status FileQueue::parcel_came(const FileReply& reply, const FileStep& step, std::int64_t steady_ms) {
  if (!sealed_ || sealed_->name != step.hash) return {};
  if (!reply.whole) {
    bool forward = reply.come == step.from + static_cast<std::int64_t>(step.size) && reply.come < step.total;
    sealed_->come = std::clamp<std::int64_t>(reply.come, 0, step.total - 1);
    if (forward)
      arrived(up_);
    else
      back_off(up_, steady_ms, 0);  // going round in circles must not be fast
    return {};
  }
  auto parcel = std::move(*sealed_);
  sealed_.reset();
  arrived(up_);
  up_.problem.reset();
  if (parcel.lost != store_.files_lost()) return {};  // the school may have answered for it before that
  WAYMARK_TRY(transaction, store::Transaction::begin(store_.db()));
  for (const auto& hash : parcel.hashes) {
    WAYMARK_TRY(row, store_.file_in(parcel.stream, hash));
    // Gone, or known to be at school, meanwhile.
    if (!row || (!parcel.asks && row->state == file_at_school)) continue;
    if (!parcel.asks && row->state == file_to_send)
      WAYMARK_CHECK(store_.set_file_state(parcel.stream, hash, file_to_ask));
    WAYMARK_CHECK(store_.put_parcel({hub_, parcel.stream, hash, parcel.name, parcel.round, parcel.asks}));
  }
  WAYMARK_CHECK(transaction.commit());
  news_due_ms_ = steady_ms + room_news_ms;
  return {};
}

// A hub that has it no longer: only where no other has it either it is on this computer alone.
Status FileQueue::not_in_room(const store::SentParcel& sent) {
  WAYMARK_CHECK(store_.forget_parcel(hub_, sent.name));
  if (sent.asks) return {};
  WAYMARK_TRY(in_room, store_.files_in_room());
  if (in_room.contains({sent.stream, sent.hash})) return {};
  WAYMARK_TRY(row, store_.file_in(sent.stream, sent.hash));
  if (!row || row->state != file_to_ask) return {};
  return store_.set_file_state(sent.stream, sent.hash, file_to_send);
}

Status FileQueue::heard_news(const FileStep& step, const FileReply& reply, std::int64_t steady_ms) {
  arrived(up_);
  bool told = !reply.answers.empty();
  news_due_ms_ = steady_ms + (told ? 0 : room_news_ms);  // there may be more of them
  WAYMARK_TRY(transaction, store::Transaction::begin(store_.db()));
  WAYMARK_TRY(sent, store_.parcels_at(hub_));
  for (const auto& one : sent)
    if (std::find(reply.lacking.begin(), reply.lacking.end(), one.name) != reply.lacking.end())
      WAYMARK_CHECK(not_in_room(one));
  for (const auto& [name, bytes] : reply.answers)
    if (std::find(step.hashes.begin(), step.hashes.end(), name) != step.hashes.end())
      WAYMARK_CHECK(heard_answer(name, bytes, steady_ms));
  return transaction.commit();
}

Status FileQueue::heard_answer(const std::string& name, std::string_view bytes, std::int64_t steady_ms) {
  auto answer = author_ ? open_answer(bytes, author_->key, identity_)
                        : Result<wire::CarriedFiles>(Error{Code::unauthorized, "nobody can open it"});
  WAYMARK_TRY(sent, store_.parcels_at(hub_));
  for (const auto& one : sent) {
    if (one.name != name) continue;
    auto says = [&](auto list) {
      return answer && answer->round == one.round &&
             std::any_of(answer->streams.begin(), answer->streams.end(), [&](const auto& names) {
               return names.stream == one.stream &&
                      std::find((names.*list).begin(), (names.*list).end(), one.hash) != (names.*list).end();
             });
    };
    WAYMARK_TRY(row, store_.file_in(one.stream, one.hash));
    if (!row) {
      WAYMARK_CHECK(store_.forget_parcel(hub_, name));
    } else if (says(&wire::CarriedNames::has)) {
      if (row->state != file_at_school) sent_++;
      WAYMARK_CHECK(store_.set_file_state(one.stream, one.hash, file_at_school));
    } else if (says(&wire::CarriedNames::lacks)) {
      WAYMARK_CHECK(store_.set_file_state(one.stream, one.hash, file_to_send));
      if (one.asks) continue;
      up_.problem = {{Code::not_granted, one.hash}, false, true};
      put_off_[one.hash] = steady_ms + kNotTakenMs;
    } else {
      // No answer of the school's, whatever the hub calls it.
      WAYMARK_CHECK(not_in_room(one));
      put_off_[one.hash] = steady_ms + file_hopeless_ms;
    }
  }
  return {};
}

void FileQueue::lost_in_room(const Error& error, std::int64_t steady_ms, std::int64_t retry_after_ms) {
  switch (error.code) {
    case Code::not_found:
    case Code::unsupported:
      // A hub of an earlier version: files wait for the school.
      closed_until_ms_ = steady_ms + file_hopeless_ms;
      return;
    case Code::cancelled:
      sealed_.reset();
      return;
    case Code::wrong_id:
    case Code::too_large:
    case Code::malformed:
      if (sealed_)
        for (const auto& hash : sealed_->hashes) put_off_[hash] = steady_ms + file_hopeless_ms;
      sealed_.reset();
      break;
    default:
      break;
  }
  up_.problem = {error, false, true};
  up_.piece = std::max(up_.piece / 4, pieces_.min);
  back_off(up_, steady_ms, retry_after_ms);
}

}  // namespace waymark::sync
