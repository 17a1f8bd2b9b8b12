#include "sync-server/upstream/upstream.hpp"

#include <algorithm>
#include <chrono>

#include "shared/wire/pack.hpp"

namespace waymark::server::upstream {
namespace {

constexpr std::int64_t kPapersMs = 10'000;  // how soon a new student, card or removal is known in the room
constexpr std::int64_t kRoundMs = 2'000;
constexpr int kExchangesMax = 50;  // of one round, so that papers are asked for in between

}  // namespace

Upstream::Upstream(School& school, Options options, Run run, Told told)
    : school_(school),
      options_(std::move(options)),
      run_(std::move(run)),
      told_(std::move(told)),
      http_(school.hub()->upstream, school.identity(), school.hub()->token),
      session_(std::make_unique<sync::Session>(school.store())) {
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

Status Upstream::read() {
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
      return school_.heard_the_school(session_->take_went_back());
    }));
  }
  return {};
}

Status Upstream::round() {
  WAYMARK_CHECK(ask_papers());
  // What was written here is on its way before anything is read.
  auto carried = carry();
  auto read_on = read();
  return carried ? read_on : carried;
}

void Upstream::work() {
  for (;;) {
    auto done = round();
    {
      std::lock_guard lock(mutex_);
      if (stop_) return;
    }
    bool news = done ? !told_good_ : told_good_ || told_code_ != done.error().code || failures_ == 0;
    if (news) told_(done ? std::optional<Error>() : std::optional<Error>(done.error()));
    told_good_ = done.has_value();
    if (!done) told_code_ = done.error().code;
    failures_ = done ? 0 : failures_ + 1;
    auto wait = kRoundMs;
    if (!done) {
      auto ceiling = std::min(sync::backoff_first_ms << std::min(failures_, 10), sync::backoff_max_ms);
      wait = std::max(
          http_.retry_after_ms(),
          kRoundMs + static_cast<std::int64_t>(school_.random().below(static_cast<std::uint64_t>(ceiling))));
    }
    std::unique_lock lock(mutex_);
    // Somebody who writes does not shorten the wait while the school cannot be reached.
    woken_.wait_for(lock, std::chrono::milliseconds(wait),
                    [&] { return stop_ || (wake_ && failures_ == 0); });
    wake_ = false;
    if (stop_) return;
  }
}

}  // namespace waymark::server::upstream
