#include "client/app/listening.hpp"

#include <algorithm>

namespace waymark::app {
namespace {

constexpr std::int64_t kSilenceMs = 60'000;  // a school beats every 20 s
constexpr std::int64_t kFirstWaitMs = 5'000, kLongestWaitMs = 5 * 60'000;
constexpr std::int64_t kNotThereMs = 10 * 60'000;  // a school, or what stands before it, that has no events
constexpr std::int64_t kGoodMs = 60'000;           // a stream that lived so long is no failure

}  // namespace

void Listening::tick(const std::string& token) {
  if (ticket_ || clock_.steady_ms() < due_ms_) return;
  HttpRequest http;
  http.url = "/v1/events";
  http.headers["authorization"] = "Bearer " + token;
  http.headers["accept"] = "text/event-stream";
  http.headers["accept-encoding"] = "identity";
  http.silence_ms = kSilenceMs;
  http.reply_bytes_max = 64 * 1024;  // of an answer that is no stream
  reader_.begin();
  opened_ms_ = clock_.steady_ms();
  ticket_ = connection_.send(
      std::move(http),
      [this](Result<HttpReply> reply, std::int64_t wait_ms) {
        ticket_ = 0;
        lost(reply ? Error{Code::offline, "the stream ended"} : reply.error(), wait_ms);
      },
      [this](std::string_view piece) { on_piece(piece); });
}

void Listening::stop() {
  if (ticket_) connection_.cancel(std::exchange(ticket_, 0));
  told_.clear();
}

std::optional<std::int64_t> Listening::due_ms() const {
  if (ticket_) return std::nullopt;
  return due_ms_;
}

void Listening::on_piece(std::string_view piece) {
  if (reader_.read(piece, told_)) return;
  connection_.cancel(std::exchange(ticket_, 0));
  lost({Code::not_waymark, "a line without an end"}, 0);
}

void Listening::lost(const Error& error, std::int64_t retry_after_ms) {
  auto now = clock_.steady_ms();
  if (now - opened_ms_ >= kGoodMs) failures_ = 0;
  std::int64_t ceiling = std::min(kFirstWaitMs << std::min(failures_, 10), kLongestWaitMs);
  failures_++;
  // Full jitter: a school that starts again does not hear from all at once.
  auto wait = 500 + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(ceiling)));
  if (error.code == Code::not_found) wait = kNotThereMs;
  due_ms_ = now + std::max(wait, retry_after_ms);
}

}  // namespace waymark::app
