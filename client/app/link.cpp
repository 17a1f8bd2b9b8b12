#include "client/app/link.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "shared/wire/joining.hpp"
#include "shared/wire/pack.hpp"

namespace waymark::app {
namespace {

// What the school did not have is asked for again after this long: another computer sends it in its own time.
constexpr std::int64_t kLookAgainMs = 10 * 60'000;

// So that a class, or a school, that is told the same does not ask at the same moment.
std::uint64_t spread_ms(std::string_view stream) {
  if (stream.starts_with("class:")) return 3'000;
  return stream == "school" ? 15'000 : 50;
}

std::int64_t file_timeout_ms(std::int64_t bytes) { return 60'000 + bytes / 20; }  // 20 kB a second

}  // namespace

Link::Link(Connection& connection, Records& records, std::string token, Clock& clock, Random& random)
    : connection_(connection),
      records_(records),
      token_(std::move(token)),
      clock_(clock),
      random_(random),
      session_(records.store()),
      listening_(connection, clock, random) {}

Link::~Link() {
  if (sync_ticket_) connection_.cancel(sync_ticket_);
  if (file_ticket_) connection_.cancel(file_ticket_);
}

void Link::hurry() {
  session_.hurry(clock_.steady_ms());
  file_due_ms_ = clock_.steady_ms();
  files_to_look_at_ = true;
  not_there_.clear();
}

std::optional<std::int64_t> Link::due_ms() const {
  auto due = session_.due_ms();
  if (!file_ticket_ && files_to_look_at_ && replies_ > 0)
    due = std::min(due.value_or(file_due_ms_), file_due_ms_);
  if (listens_ && reached_)
    if (auto listen_due = listening_.due_ms()) due = std::min(due.value_or(*listen_due), *listen_due);
  return due;
}

Status Link::tick() {
  if (store_problem_) return *std::exchange(store_problem_, std::nullopt);
  if (listens_ && reached_) listening_.tick(token_);
  WAYMARK_CHECK(follow_news());
  WAYMARK_CHECK(send_sync());
  return send_file();
}

void Link::listen(bool on) {
  listens_ = on;
  if (!on) listening_.stop();
}

// What this computer sent itself it hears of too: that has been read by then, or is on its way.
Status Link::follow_news() {
  for (auto& [stream, head] : listening_.take_told()) {
    auto& known = told_[stream];
    known = std::max(known, head);
  }
  if (told_.empty() || sync_ticket_) return {};
  auto told = std::exchange(told_, {});
  WAYMARK_TRY(readings, records_.store().readings());
  for (const auto& reading : readings)
    if (auto found = told.find(reading.stream); found != told.end() && found->second <= reading.cursor.seq)
      told.erase(found);
  for (const auto& [stream, head] : told)
    session_.told(clock_.steady_ms() + static_cast<std::int64_t>(random_.below(spread_ms(stream))));
  return {};
}

Status Link::send_sync() {
  auto request = session_.next(clock_.steady_ms());
  if (!request) return request.error();
  if (!*request) return {};
  HttpRequest http;
  http.method = "POST";
  http.url = "/v1/sync";
  http.headers["authorization"] = "Bearer " + token_;
  http.headers["accept-encoding"] = "";   // a packed body says itself what it is,
  http.headers["content-encoding"] = "";  // and its reply comes likewise
  http.body = wire::pack(wire::encode(**request));
  sync_ticket_ = connection_.send(std::move(http), [this](Result<HttpReply> reply, std::int64_t wait_ms) {
    sync_ticket_ = 0;
    on_sync(std::move(reply), wait_ms);
  });
  return {};
}

void Link::lost(const Error& error, std::int64_t retry_after_ms) {
  failures_++;
  reached_ = false;
  problem_ = error;
  session_.on_lost(error, clock_.steady_ms(), retry_after_ms);
}

// The school does not know the token: it was restored from a backup older than this student's joining, or the
// computer was removed. The certificate tells it which.
bool Link::come_back() {
  auto key_bytes = from_hex(papers_.device_key), identity_bytes = from_hex(papers_.identity);
  if (papers_.certificate.empty() || !keep_token_ || !key_bytes || !identity_bytes) return false;
  SecretKey key;
  PublicKey identity;
  if (key_bytes->size() != key.seed.size() || identity_bytes->size() != identity.bytes.size()) return false;
  std::copy(key_bytes->begin(), key_bytes->end(), key.seed.begin());
  std::copy(identity_bytes->begin(), identity_bytes->end(), identity.bytes.begin());
  nlohmann::json body = {
      {"step", "return"},
      {"certificate", papers_.certificate},
      {"signature", papers_.signature},
      {"proof", to_hex(sign(key, as_bytes(wire::return_message(identity, papers_.certificate))))}};
  HttpRequest http;
  http.method = "POST";
  http.url = "/v1/join";
  http.headers["content-type"] = "application/json";
  http.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  sync_ticket_ = connection_.send(std::move(http), [this](Result<HttpReply> reply, std::int64_t wait_ms) {
    sync_ticket_ = 0;
    if (!reply) return lost(reply.error(), wait_ms);
    auto answer = nlohmann::json::parse(reply->body, nullptr, false);
    if (!answer.is_object() || !answer["token"].is_string())
      return lost({Code::not_waymark, "an answer without a token"}, wait_ms);
    token_ = answer["token"].get<std::string>();
    keep_token_(token_);
    session_.on_lost({Code::offline, "known again"}, clock_.steady_ms());
    hurry();
  });
  return true;
}

void Link::on_sync(Result<HttpReply> reply, std::int64_t retry_after_ms) {
  news_.status = true;
  if (!reply && reply.error().code == Code::unauthorized && come_back()) return;
  if (!reply) return lost(reply.error(), retry_after_ms);
  auto type = reply->headers.find("content-type");
  if (type != reply->headers.end() && !type->second.starts_with(wire::content_type))
    return lost({Code::not_waymark, "the answer is of type " + type->second}, retry_after_ms);
  auto text = wire::unpack(reply->body, wire::message_bytes_max);
  if (!text) return lost(text.error(), retry_after_ms);
  auto message = wire::decode_reply(*text);
  if (!message) return lost(message.error(), retry_after_ms);
  for (const auto& page : message->pages) received_ += static_cast<std::int64_t>(page.bodies.size());
  // Fails with an answer that makes no sense, or when our own store fails: the session waits in both cases,
  // and what is wrong with the store must be known.
  if (auto kept = session_.on_reply(*message, clock_.steady_ms()); !kept) {
    failures_++;
    problem_ = kept.error();
    auto code = kept.error().code;
    if (code == Code::disk_full || code == Code::database_damaged || code == Code::io)
      store_problem_ = kept.error();
    return;
  }
  replies_++;
  reached_ = true;
  problem_.reset();
  files_to_look_at_ = true;
  bool changed = !session_.changed().empty() || !message->refused.empty();
  if (changed) news_.records = true;
  if (changed || clock_.steady_ms() - looked_ms_ > kLookAgainMs) {
    not_there_.clear();
    looked_ms_ = clock_.steady_ms();
  }
}

void Link::file_failed(const std::string& hash, const Error& error, std::int64_t retry_after_ms) {
  file_problem_ = error;
  news_.status = true;
  switch (error.code) {
    case Code::too_large:
    case Code::wrong_id:
    case Code::not_granted:
    case Code::malformed:
      // Trying again would change nothing; the others go on.
      hopeless_.insert(hash);
      return;
    default:
      break;
  }
  std::int64_t ceiling =
      std::min(sync::backoff_first_ms << std::min(file_failures_, 10), sync::backoff_max_ms);
  file_failures_++;
  file_due_ms_ =
      clock_.steady_ms() +
      std::max(retry_after_ms,
               200 + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(ceiling))));
}

// After the records: the school must know which stream a file belongs to, and small things come first.
Status Link::send_file() {
  if (file_ticket_ || !files_to_look_at_ || replies_ == 0 || clock_.steady_ms() < file_due_ms_) return {};
  WAYMARK_TRY(waiting, records_.store().waiting_count());
  if (waiting > 0) return {};
  WAYMARK_TRY(rows, records_.store().files_to_send());
  for (const auto& row : rows) {
    if (hopeless_.contains(row.hash)) continue;
    auto bytes = records_.files().read(row.hash);
    if (!bytes) {
      hopeless_.insert(row.hash);
      file_problem_ = bytes.error();
      continue;
    }
    HttpRequest http;
    http.method = "PUT";
    http.url = "/v1/streams/" + row.stream + "/files/" + row.hash;
    http.headers["content-type"] = row.mime.empty() ? "application/octet-stream" : row.mime;
    http.headers["content-encoding"] = "identity";  // pictures do not become smaller
    http.headers["authorization"] = "Bearer " + token_;
    http.body = std::string(as_text(*bytes));
    http.timeout_ms = file_timeout_ms(row.bytes);
    file_ticket_ = connection_.send(std::move(http), [this, hash = row.hash, stream = row.stream](
                                                         Result<HttpReply> reply, std::int64_t wait_ms) {
      file_ticket_ = 0;
      if (!reply) return file_failed(hash, reply.error(), wait_ms);
      file_failures_ = 0;
      files_sent_++;
      file_problem_.reset();
      news_.status = true;
      if (auto marked = records_.store().set_file_state(stream, hash, 1); !marked)
        store_problem_ = marked.error();
    });
    return {};
  }
  if (!fetch_file()) files_to_look_at_ = false;
  return {};
}

// True when one is on its way.
bool Link::fetch_file() {
  if (!missing_) return false;
  for (const auto& [hash, stream] : missing_()) {
    if (not_there_.contains(hash) || hopeless_.contains(hash) || records_.files().has(hash)) continue;
    HttpRequest http;
    http.url = "/v1/streams/" + stream + "/files/" + hash;
    http.headers["authorization"] = "Bearer " + token_;
    http.reply_bytes_max = static_cast<std::size_t>(file_bytes_max) + 1;
    http.timeout_ms = file_timeout_ms(file_bytes_max);
    file_ticket_ =
        connection_.send(std::move(http), [this, name = hash](Result<HttpReply> reply, std::int64_t wait_ms) {
          file_ticket_ = 0;
          if (!reply && reply.error().code == Code::not_found) {
            // The computer that has it has not sent it yet.
            not_there_.insert(name);
            file_due_ms_ = clock_.steady_ms();
            return;
          }
          if (!reply) return file_failed(name, reply.error(), wait_ms);
          file_failures_ = 0;
          if (auto kept = records_.files().put(name, as_bytes(reply->body)); !kept) {
            if (kept.error().code == Code::wrong_id)
              not_there_.insert(name);  // cut short on the way: asked for again later
            else
              file_failed(name, kept.error(), 0);
            return;
          }
          files_received_++;
          news_.files = true;
        });
    return true;
  }
  return false;
}

Result<bool> Link::all_at_school() {
  WAYMARK_TRY(now, session_.status());
  if (!now.verified) return false;
  WAYMARK_TRY(rows, records_.store().files_to_send());
  return rows.empty();
}

}  // namespace waymark::app
