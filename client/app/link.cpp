#include "client/app/link.hpp"

#include <algorithm>

#include "shared/store/erase.hpp"
#include "shared/wire/bodies.hpp"
#include "shared/wire/joining.hpp"
#include "shared/wire/pack.hpp"

namespace waymark::app {
namespace {

// So that a class, or a school, that is told the same does not ask at the same moment.
std::uint64_t spread_ms(std::string_view stream) {
  if (stream.starts_with("class:")) return 3'000;
  return stream == "school" ? 15'000 : 50;
}

std::int64_t file_timeout_ms(std::int64_t bytes) { return 60'000 + bytes / 20; }  // 20 kB a second

std::string header_of(const HttpReply& reply, const std::string& name) {
  auto found = reply.headers.find(name);
  return found == reply.headers.end() ? std::string() : found->second;
}

HttpRequest request_of(const sync::FileStep& step) {
  using What = sync::FileStep::What;
  HttpRequest http;
  auto total = "/" + std::to_string(step.total);
  http.url = step.room ? "/v1/parcels" : "/v1/streams/" + step.stream + "/files";
  if (!step.hash.empty()) http.url += "/" + step.hash;
  http.timeout_ms = file_timeout_ms(static_cast<std::int64_t>(step.size));
  switch (step.what) {
    case What::ask:
      http.method = "POST";
      http.headers["content-type"] = "application/json";
      http.body = wire::encode_names(step.room ? "parcels" : "files", step.hashes);
      break;
    case What::find:
      http.method = "PUT";
      http.headers["content-range"] = "bytes *" + total;
      break;
    case What::put:
      http.method = "PUT";
      http.headers["content-type"] = step.mime.empty() ? "application/octet-stream" : step.mime;
      http.headers["content-encoding"] = "identity";  // pictures do not become smaller
      http.body = step.bytes;
      if (!http.body.empty())
        http.headers["content-range"] = "bytes " + std::to_string(step.from) + "-" +
                                        std::to_string(step.from + static_cast<std::int64_t>(step.size) - 1) +
                                        total;
      break;
    case What::get:
      http.headers["range"] = "bytes=" + std::to_string(step.from) + "-" +
                              std::to_string(step.from + static_cast<std::int64_t>(step.size) - 1);
      http.reply_bytes_max = static_cast<std::size_t>(file_bytes_max) + 1;
      break;
  }
  return http;
}

Result<sync::FileReply> reply_of(const sync::FileStep& step, HttpReply http) {
  using What = sync::FileStep::What;
  Error strange{Code::not_waymark, "an answer that says nothing of a file"};
  sync::FileReply reply;
  if (step.what == What::ask) {
    auto answer = wire::decode_names_answer(http.body);
    if (!answer) return strange;
    reply.lacking = std::move(answer->lacking);
    // What cannot be read is no answer, and is treated as such.
    if (step.room) reply.answers = std::move(answer->answers);
  } else if (step.what == What::get) {
    reply.bytes = std::move(http.body);
    reply.mime = header_of(http, "content-type");
    reply.total = static_cast<std::int64_t>(reply.bytes.size());
    if (http.status != 206) return reply;
    auto range = header_of(http, "content-range");
    auto slash = range.find('/');
    if (!range.starts_with("bytes ") || slash == std::string::npos) return strange;
    reply.from = std::strtoll(range.c_str() + 6, nullptr, 10);
    reply.total = std::strtoll(range.c_str() + slash + 1, nullptr, 10);
  } else {
    reply.whole = http.status == 204;
    auto come = header_of(http, "upload-offset");
    if (!reply.whole && come.empty()) return strange;
    reply.come = std::strtoll(come.c_str(), nullptr, 10);
  }
  return reply;
}

}  // namespace

Link::Link(Connection& connection, Records& records, std::string token, Clock& clock, Random& random)
    : connection_(connection),
      records_(records),
      token_(std::move(token)),
      clock_(clock),
      random_(random),
      session_(records.store()),
      files_(records.store(), records.files()),
      listening_(connection, clock, random) {}

Link::~Link() {
  if (sync_ticket_) connection_.cancel(sync_ticket_);
  if (file_ticket_) connection_.cancel(file_ticket_);
}

void Link::hurry() {
  session_.hurry(clock_.steady_ms());
  files_.hurry();
}

std::optional<std::int64_t> Link::due_ms() const {
  auto due = session_.due_ms();
  if (auto files = files_.due_ms(); files && replies_ > 0) due = std::min(due.value_or(*files), *files);
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

void Link::come_back_with(Papers papers, std::function<void(const Kept&)> keep) {
  papers_ = std::move(papers);
  keep_ = std::move(keep);
  sign();
}

void Link::sign() {
  sync::Author author;
  auto person = PersonId::parse(papers_.person);
  auto key = from_hex(papers_.device_key), identity_bytes = from_hex(papers_.identity);
  PublicKey identity;
  if (!person || !key || key->size() != author.key.seed.size() || !identity_bytes ||
      identity_bytes->size() != identity.bytes.size())
    return;
  author.person = *person;
  std::copy(key->begin(), key->end(), author.key.seed.begin());
  std::copy(identity_bytes->begin(), identity_bytes->end(), identity.bytes.begin());
  author.certificate = papers_.certificate, author.certificate_signature = papers_.signature;
  author.introduction = papers_.introduction;
  files_.sign_as(author, identity);
  session_.sign_as(std::move(author), identity);
}

// The address leads to somebody else than it did: a hub, or the school's server.
void Link::ask_who_answers() {
  sync_ticket_ = connection_.who_answers([this] {
    sync_ticket_ = 0;
    if (met_ != connection_.hub()) session_.hurry(clock_.steady_ms());
  });
}

Status Link::send_sync() {
  if (!sync_ticket_ && met_ != connection_.hub()) {
    WAYMARK_CHECK(session_.meet(connection_.hub()));
    met_ = connection_.hub();
    listening_.stop();  // to the one that was met before, whose numbers are others
    told_.clear();
    // What is on its way to the one is no answer of the other.
    if (file_ticket_) {
      connection_.cancel(std::exchange(file_ticket_, 0));
      WAYMARK_CHECK(files_.on_lost({Code::cancelled, "another answers now"}, clock_.steady_ms()));
    }
    files_.meet(met_);
  }
  auto request = session_.next(clock_.steady_ms());
  if (!request) return request.error();
  if (!*request) return {};
  HttpRequest http;
  http.method = "POST";
  http.url = "/v1/sync";
  http.headers["authorization"] = "Bearer " + token_;
  http.headers["accept-encoding"] = "";   // a packed body says itself what it is,
  http.headers["content-encoding"] = "";  // and its reply comes likewise
  http.body = wire::pack(wire::encode(**request), (*request)->mark.has_value());
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
  problem_there_ = true;
  session_.on_lost(error, clock_.steady_ms(), retry_after_ms);
}

// The school does not know the token: it was restored from a backup older than this student's joining, or the
// computer was removed. The certificate tells it which.
bool Link::come_back() {
  auto key_bytes = from_hex(papers_.device_key), identity_bytes = from_hex(papers_.identity);
  if (papers_.certificate.empty() || !keep_ || !key_bytes || !identity_bytes) return false;
  SecretKey key;
  PublicKey identity;
  if (key_bytes->size() != key.seed.size() || identity_bytes->size() != identity.bytes.size()) return false;
  std::copy(key_bytes->begin(), key_bytes->end(), key.seed.begin());
  std::copy(identity_bytes->begin(), identity_bytes->end(), identity.bytes.begin());
  auto proof = waymark::sign(key, as_bytes(wire::return_message(identity, papers_.certificate)));
  HttpRequest http;
  http.method = "POST";
  http.url = "/v1/join";
  http.headers["content-type"] = "application/json";
  http.body = wire::encode_join(wire::Return{papers_.certificate, papers_.signature, to_hex(proof), token_});
  sync_ticket_ = connection_.send(std::move(http), [this](Result<HttpReply> reply, std::int64_t wait_ms) {
    sync_ticket_ = 0;
    if (!reply) return lost(reply.error(), wait_ms);
    auto answer = wire::decode_came_back(reply->body);
    if (!answer) return lost({Code::not_waymark, "an answer without a token"}, wait_ms);
    token_ = answer->token;
    keep_({token_, {}, {}});
    session_.on_lost({Code::offline, "known again"}, clock_.steady_ms());
    hurry();
  });
  return true;
}

void Link::take_certificate() {
  auto given = session_.take_certificate();
  if (!given) return;
  papers_.certificate = given->first, papers_.signature = given->second;
  papers_.introduction.clear();
  if (keep_) keep_({{}, given->first, given->second});
  sign();
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
    problem_there_ = false;
    auto code = kept.error().code;
    if (code == Code::disk_full || code == Code::database_damaged || code == Code::io)
      store_problem_ = kept.error();
    if (message->room.has_value() == met_.empty()) ask_who_answers();
    return;
  }
  replies_++;
  reached_ = true;
  problem_.reset();
  take_certificate();
  if (auto erased = finish_erasures(); !erased) store_problem_ = erased.error();
  bool changed = !session_.changed().empty() || !message->refused.empty();
  if (changed) news_.records = true;
  files_.look(changed);
}

// What the reply erased leaves the disk too, and no piece of it that is on its way comes back.
Status Link::finish_erasures() {
  WAYMARK_TRY(gone, store::erased_files(records_.store()));
  if (!gone) return {};
  if (file_ticket_) {
    connection_.cancel(std::exchange(file_ticket_, 0));
    WAYMARK_CHECK(files_.on_lost({Code::cancelled, "erased meanwhile"}, clock_.steady_ms()));
  }
  return records_.finish_erasures();
}

// After the records: the school must know which stream a file belongs to.
Status Link::send_file() {
  if (replies_ == 0 || met_ != connection_.hub()) return {};
  WAYMARK_TRY(step, files_.next(clock_.steady_ms()));
  if (!step) return {};
  auto http = request_of(*step);
  http.headers["authorization"] = "Bearer " + token_;
  step->bytes.clear();
  file_ticket_ = connection_.send(
      std::move(http), [this, sent = std::move(*step)](Result<HttpReply> reply, std::int64_t wait_ms) {
        file_ticket_ = 0;
        on_file(sent, std::move(reply), wait_ms);
      });
  return {};
}

void Link::on_file(const sync::FileStep& step, Result<HttpReply> reply, std::int64_t retry_after_ms) {
  auto received = files_.received();
  auto answer = reply ? reply_of(step, std::move(*reply)) : Result<sync::FileReply>(reply.error());
  auto kept = answer ? files_.on_reply(*answer, clock_.steady_ms())
                     : files_.on_lost(answer.error(), clock_.steady_ms(), retry_after_ms);
  if (!kept) store_problem_ = kept.error();
  news_.status = true;
  if (files_.received() > received) news_.files = true;
}

Result<bool> Link::all_at_school() {
  WAYMARK_TRY(now, session_.status());
  if (!now.verified) return false;
  WAYMARK_TRY(rows, records_.store().files_to_send());
  return rows.empty();
}

}  // namespace waymark::app
