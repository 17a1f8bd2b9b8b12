#include "sync-server/upstream/listening.hpp"

#include <algorithm>
#include <chrono>

namespace waymark::server::upstream {
namespace {

constexpr std::int64_t kFirstWaitMs = 5'000, kLongestWaitMs = 5 * 60'000;
constexpr std::int64_t kNoEventsMs = 10 * 60'000;  // a school, or what stands before it, that has none
constexpr std::int64_t kGoodMs = 60'000;           // an answer that lived so long is no failure

}  // namespace

Listening::Listening(const std::string& url, const PublicKey& identity, const std::string& token,
                     const Way& way, std::function<void(const Heads&)> told)
    : http_(url, identity, token, way), told_(std::move(told)) {
  thread_ = std::thread([this] { work(); });
}

Listening::~Listening() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  http_.cancel();
  woken_.notify_all();
  thread_.join();
}

void Listening::hurry() {
  {
    std::lock_guard lock(mutex_);
    hurry_ = true;
  }
  woken_.notify_all();
}

bool Listening::hear(std::string_view piece) {
  Heads heads;
  if (!reader_.read(piece, heads)) return false;
  if (!heads.empty()) told_(heads);
  return true;
}

std::int64_t Listening::wait_after(const Error& error, std::int64_t lived_ms) {
  if (lived_ms >= kGoodMs) failures_ = 0;
  auto ceiling = std::min(kFirstWaitMs << std::min(failures_, 10), kLongestWaitMs);
  failures_++;
  if (error.code == Code::not_found) return kNoEventsMs;
  // A school that starts again does not hear from all its hubs at once.
  auto wait = 500 + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(ceiling)));
  return std::max(wait, http_.retry_after_ms());
}

void Listening::work() {
  for (;;) {
    reader_.begin();
    auto opened = clock_.steady_ms();
    auto ended = http_.listen("/v1/events", [this](std::string_view piece) { return hear(piece); });
    auto wait =
        wait_after(ended ? Error{Code::offline, "it ended"} : ended.error(), clock_.steady_ms() - opened);
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, std::chrono::milliseconds(wait), [&] { return stop_ || hurry_; });
    hurry_ = false;
    if (stop_) return;
  }
}

}  // namespace waymark::server::upstream
