#include "sync-server/upstream/upstream.hpp"

#include <algorithm>
#include <chrono>

#include "shared/store/files.hpp"
#include "shared/wire/pack.hpp"

namespace waymark::server::upstream {
namespace {

constexpr std::int64_t kPapersMs = 10'000;  // how soon a new student, card or removal is known in the room
constexpr std::int64_t kRoundMs = 2'000;
// Of one round for parcels: what was written goes before them, and is asked for in between.
constexpr std::int64_t kParcelsMs = 5'000;
constexpr std::size_t kPieceMin = 16 * 1024, kPieceMax = 1024 * 1024;
constexpr std::int64_t kParcelsAgainMs = 60'000;    // the school has no room for them, or is too busy
constexpr std::int64_t kNoParcelsMs = 3600 * 1000;  // a school of an earlier version takes none
constexpr int kExchangesMax = 50;                   // of one round, so that papers are asked for in between

// The school is not reached, or does not know this hub: of that every exchange speaks.
bool is_of_the_line(Code code) {
  return code == Code::offline || code == Code::timeout || code == Code::unauthorized ||
         code == Code::identity_changed || code == Code::not_waymark || code == Code::cancelled;
}

}  // namespace

Upstream::Upstream(School& school, Options options, Run run, Told told)
    : school_(school),
      options_(std::move(options)),
      run_(std::move(run)),
      told_(std::move(told)),
      http_(school.hub()->upstream, school.identity(), school.hub()->token, options_.way),
      session_(std::make_unique<sync::Session>(school.store())),
      listening_(school.hub()->upstream, school.identity(), school.hub()->token, options_.way,
                 [this](const Heads& heads) {
                   {
                     std::lock_guard lock(mutex_);
                     for (const auto& [stream, head] : heads)
                       if (auto& known = heads_[stream]; known < head) known = head;
                   }
                   woken_.notify_all();
                 }) {
  school_.follow(*session_);
  thread_ = std::thread([this] { work(); });
}

Upstream::~Upstream() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  http_.cancel();
  woken_.notify_all();
  thread_.join();
}

void Upstream::wake() {
  {
    std::lock_guard lock(mutex_);
    wake_ = true;
  }
  woken_.notify_all();
}

Status Upstream::with_school(const std::function<Status()>& what) {
  Status done = Error{Code::server_busy, "the hub is stopping"};
  run_([&] { done = what(); });
  return done;
}

Status Upstream::ask_papers() {
  auto now = school_.clock().steady_ms();
  if (have_papers_ && now - papers_ms_ < kPapersMs) return {};
  std::string question;
  WAYMARK_CHECK(with_school([&]() -> Status {
    question = school_.hub_question(options_.spki, options_.addresses);
    return {};
  }));
  WAYMARK_TRY(answer, http_.post("/v1/hub", "application/json", question));
  WAYMARK_CHECK(with_school([&] { return school_.take_papers(answer, options_.spki); }));
  papers_ms_ = now;
  have_papers_ = true;
  return {};
}

Status Upstream::carry() {
  for (int i = 0; i < kExchangesMax; i++) {
    HubLoad load;
    WAYMARK_CHECK(with_school([&]() -> Status {
      WAYMARK_TRY(next, school_.next_load());
      load = std::move(next);
      return {};
    }));
    if (load.bundle.empty()) return {};
    WAYMARK_TRY(answer, http_.post("/v1/bundles", "application/octet-stream", load.bundle));
    WAYMARK_CHECK(with_school([&] { return school_.take_answers(load, answer); }));
  }
  return {};
}

Status Upstream::follow_news() {
  Heads heads;
  {
    std::lock_guard lock(mutex_);
    heads.swap(heads_);
  }
  if (heads.empty()) return {};
  return with_school([&]() -> Status {
    WAYMARK_TRY(readings, school_.store().readings());
    for (const auto& reading : readings)
      if (auto head = heads.find(reading.stream); head != heads.end() && head->second <= reading.cursor.seq)
        heads.erase(head);
    if (!heads.empty()) session_->told(school_.clock().steady_ms());
    return {};
  });
}

Status Upstream::read() {
  WAYMARK_CHECK(follow_news());
  for (int i = 0; i < kExchangesMax; i++) {
    std::optional<wire::SyncRequest> request;
    WAYMARK_CHECK(with_school([&]() -> Status {
      WAYMARK_TRY(waiting, school_.store().waiting_count());
      if (waiting > 0) session_->hurry(school_.clock().steady_ms());
      WAYMARK_TRY(next, session_->next(school_.clock().steady_ms()));
      request = std::move(next);
      return {};
    }));
    if (!request) return {};
    auto reply = http_.post("/v1/sync", wire::content_type,
                            wire::pack(wire::encode(*request), request->mark.has_value()));
    WAYMARK_CHECK(with_school([&]() -> Status {
      auto steady = school_.clock().steady_ms();
      auto lost = [&](const Error& error) -> Status {
        session_->on_lost(error, steady, http_.retry_after_ms());
        return error;
      };
      if (!reply) return lost(reply.error());
      auto text = wire::unpack(*reply, wire::message_bytes_max);
      if (!text) return lost(text.error());
      auto message = wire::decode_reply(*text);
      if (!message) return lost(message.error());
      auto taken = session_->on_reply(*message, steady);
      if (!taken) return taken;
      return school_.heard_the_school();
    }));
  }
  return {};
}

// Says something of this one, and nothing of the next.
Status Upstream::refused(const Sealed& sealed, const Error& error) {
  switch (error.code) {
    case Code::invalid:
    case Code::malformed:
    case Code::wrong_id:
    case Code::too_large:
    case Code::too_deep:
    case Code::unsupported:
    case Code::forbidden:
    case Code::not_granted:
      return with_school([&]() -> Status {
        sealed.not_taken();
        return {};
      });
    default:
      return error;
  }
}

Status Upstream::send(const Sealed& sealed) {
  std::string piece;
  std::int64_t from = 0;
  for (int stuck = 0; stuck < 3;) {
    auto reply = http_.put(sealed.path, from, sealed.bytes, piece);
    if (!reply) {
      piece_ = std::max(piece_ / 4, kPieceMin);
      return refused(sealed, reply.error());
    }
    if (reply->whole) return with_school([&] { return sealed.answered(reply->body); });
    bool forward = reply->come >= 0 && reply->come < sealed.bytes &&
                   (piece.empty() || reply->come == from + static_cast<std::int64_t>(piece.size()));
    if (forward && !piece.empty()) piece_ = std::min(piece_ * 2, kPieceMax);
    if (!forward) stuck++;
    from = std::clamp<std::int64_t>(reply->come, 0, sealed.bytes - 1);
    more_parcels_ = school_.clock().steady_ms() >= parcels_end_ms_;
    if (more_parcels_) return {};
    auto bytes = store::read_range(sealed.file, from, piece_);
    if (!bytes && bytes.error().code == Code::not_found) return {};  // of who was erased meanwhile
    if (!bytes || bytes->empty())
      return bytes ? Error{Code::io, sealed.file + " is shorter than it was"} : bytes.error();
    piece = std::move(*bytes);
  }
  return Error{Code::conflict, "the school says each time that another piece should come"};
}

Status Upstream::carry_sealed(std::int64_t& due_ms, const Next& next) {
  auto now = school_.clock().steady_ms();
  if (now < due_ms) return {};
  parcels_end_ms_ = now + kParcelsMs;
  for (bool more = true; more; more = !more_parcels_) {
    std::optional<Sealed> sealed;
    WAYMARK_CHECK(with_school([&]() -> Status {
      sealed = next();
      return {};
    }));
    if (!sealed) return {};
    auto sent = send(*sealed);
    if (!sent && !is_of_the_line(sent.error().code)) {
      // What people write goes on meanwhile as if nothing were.
      due_ms = now + (sent.error().code == Code::not_found ? kNoParcelsMs : kParcelsAgainMs);
      due_ms = std::max(due_ms, now + http_.retry_after_ms());
      return {};
    }
    WAYMARK_CHECK(sent);
    more_parcels_ = more_parcels_ || school_.clock().steady_ms() >= parcels_end_ms_;
  }
  return {};
}

Status Upstream::carry_parcels() {
  return carry_sealed(parcels_due_ms_, [&]() -> std::optional<Sealed> {
    auto parcel = school_.next_parcel();
    if (!parcel) return {};
    return Sealed{
        "/v1/parcels/" + parcel->name, school_.parcels().path(parcel->person, parcel->name), parcel->bytes,
        [this, row = *parcel](std::string_view answer) { return school_.take_parcel_answer(row, answer); },
        [this, row = *parcel] { school_.parcel_not_taken(row); }};
  });
}

Status Upstream::carry_bundles() {
  return carry_sealed(bundles_due_ms_, [&]() -> std::optional<Sealed> {
    auto bundle = school_.next_bundle();
    if (!bundle) return {};
    return Sealed{
        "/v1/bundles/" + bundle->name, school_.bundles().path(bundle->person, bundle->name), bundle->bytes,
        [this, row = *bundle](std::string_view answer) { return school_.take_bundle_answer(row, answer); },
        [this, row = *bundle] { school_.bundle_not_taken(row); }};
  });
}

Status Upstream::carry_sticks() {
  return carry_sealed(sticks_due_ms_, [&]() -> std::optional<Sealed> {
    auto stick = school_.next_stick();
    if (!stick) return {};
    return Sealed{
        "/v1/sticks/" + stick->name, school_.sticks().path(stick->replica, stick->name), stick->bytes,
        [this, row = *stick](std::string_view answer) { return school_.take_stick_answer(row, answer); },
        [this, row = *stick] { school_.stick_not_taken(row); }};
  });
}

Status Upstream::round() {
  WAYMARK_CHECK(ask_papers());
  // What was written here is on its way before anything is read.
  auto carried = carry();
  auto read_on = read();
  WAYMARK_CHECK(carried);
  WAYMARK_CHECK(read_on);
  // Text first, and of each kind for as long as its time lasts.
  bool more = false;
  for (auto carry_some : {&Upstream::carry_bundles, &Upstream::carry_parcels, &Upstream::carry_sticks}) {
    more_parcels_ = false;
    WAYMARK_CHECK((this->*carry_some)());
    more = more || more_parcels_;
  }
  more_parcels_ = more;
  return {};
}

void Upstream::work() {
  for (;;) {
    auto done = round();
    {
      std::lock_guard lock(mutex_);
      if (stop_) return;
    }
    bool news = done ? !told_good_
                     : told_good_ || failures_ == 0 || told_error_.code != done.error().code ||
                           between(told_error_) != between(done.error());
    if (news) {
      auto lost = done ? std::optional<Error>() : std::optional<Error>(done.error());
      run_([&] { school_.note_line(lost); });
      told_(lost);
    }
    if (done && failures_ > 0) listening_.hurry();
    told_good_ = done.has_value();
    if (!done) told_error_ = done.error();
    failures_ = done ? 0 : failures_ + 1;
    auto wait = more_parcels_ ? 0 : kRoundMs;
    if (!done) {
      auto ceiling = std::min(sync::backoff_first_ms << std::min(failures_, 10), sync::backoff_max_ms);
      wait = std::max(
          http_.retry_after_ms(),
          kRoundMs + static_cast<std::int64_t>(school_.random().below(static_cast<std::uint64_t>(ceiling))));
    }
    std::unique_lock lock(mutex_);
    // Somebody who writes does not shorten the wait while the school cannot be reached.
    woken_.wait_for(lock, std::chrono::milliseconds(wait),
                    [&] { return stop_ || ((wake_ || !heads_.empty()) && failures_ == 0); });
    wake_ = false;
    if (stop_) return;
  }
}

}  // namespace waymark::server::upstream
