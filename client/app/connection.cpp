#include "client/app/connection.hpp"

#include <algorithm>
#include <cstdlib>

#include "shared/base/text.hpp"

namespace waymark::app {
namespace {

constexpr std::size_t kPinsMax = 4;

std::string header_of(const HttpReply& reply, const std::string& name) {
  auto found = reply.headers.find(name);
  return found == reply.headers.end() ? std::string() : found->second;
}

// Seconds only: a date would need the clock, which may be wrong.
std::int64_t retry_after_ms(const HttpReply& reply) {
  auto text = header_of(reply, "retry-after");
  if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos) return 0;
  return std::min<std::int64_t>(std::strtoll(text.c_str(), nullptr, 10), 3600) * 1000;
}

// An answer without our own error is somebody else's: a proxy, a web server.
Result<HttpReply> judged(HttpReply reply) {
  if (reply.status >= 200 && reply.status < 300) return reply;
  // A piece of a file that does not fit: where it would is the answer.
  if (reply.status == 409 && reply.headers.contains("upload-offset")) return reply;
  if (auto error = wire::decode_error(reply.body)) {
    auto detail = error->detail;
    if (error->code == "slowed_down" && retry_after_ms(reply) > 0)
      detail = std::to_string(retry_after_ms(reply) / 1000);
    // 507 and a code of a later version, or one of the school's alone: it has no room.
    auto code = code_named(error->code);
    return Error{name(code) != error->code && reply.status == 507 ? Code::disk_full : code, detail};
  }
  auto status = "status " + std::to_string(reply.status);
  if (reply.status == 407) return stands_between(Between::proxy, status);
  if (reply.status == 502 || reply.status == 503 || reply.status == 429)
    return Error{Code::server_busy, status};
  if (reply.status >= 500) return Error{Code::server_failed, status};
  return Error{Code::not_waymark, status};
}

// A hello of the school came, and yet the connection has another key than the one it names: what stands
// between opens secure connections and closes them again. Nothing is sent through it.
Error inspected() {
  return stands_between(Between::inspection, "the key is not the one that the hello names");
}

}  // namespace

Result<std::string> read_address(std::string_view typed) {
  auto address = trim(typed);
  for (char c : address)
    if (static_cast<unsigned char>(c) <= ' ' || c == '@' || c == '?' || c == '#' || c == '\\')
      return Error{Code::invalid, "an address has no such character"};
  auto scheme = address.find("://");
  if (scheme == std::string::npos) {
    address = "https://" + address;
    scheme = 5;
  }
  auto word = fold(address.substr(0, scheme));
  if (word != "https" && word != "http") return Error{Code::invalid, "an address begins with https://"};
  auto rest = address.substr(scheme + 3);
  if (auto slash = rest.find('/'); slash != std::string::npos) rest.resize(slash);
  if (rest.empty() || rest.front() == ':' || rest.size() > 260)
    return Error{Code::invalid, "an address names a computer"};
  return word + "://" + rest;
}

Connection::~Connection() {
  if (!transport_) return;
  for (const auto& [ticket, open] : open_) transport_->cancel(ticket);
}

void Connection::begin(std::uint64_t ticket, const Open& open) {
  if (transport_) transport_->begin(ticket, open.request);
}

void now_answers(ComputerState& state, const HelloReply& said) {
  if (state.hub != said.hub) state.pins.clear();
  state.hub = said.hub, state.hub_name = said.hub_name;
  if (said.spki.empty()) return;
  std::erase(state.pins, said.spki);
  state.pins.insert(state.pins.begin(), said.spki);
  if (state.pins.size() > kPinsMax) state.pins.resize(kPinsMax);
}

std::uint64_t Connection::send_to(const std::string& address, const std::vector<std::string>& pins,
                                  HttpRequest request, Done done) {
  auto ticket = ++last_;
  request.url = address + request.url;
  request.pins = pins;
  Open open{std::move(request), std::move(done), {}, false, false};
  if (!transport_ || address.empty()) {
    failed_.emplace(ticket, std::move(open));
    return ticket;
  }
  begin(ticket, open);
  open_.emplace(ticket, std::move(open));
  return ticket;
}

std::uint64_t Connection::send(HttpRequest request, Done done, Piece piece) {
  auto ticket =
      send_to(computer_.state().address, computer_.state().pins, std::move(request), std::move(done));
  if (auto found = open_.find(ticket); found != open_.end()) {
    found->second.joined = true;
    found->second.hub = computer_.state().hub;
    found->second.piece = std::move(piece);
  }
  return ticket;
}

std::uint64_t Connection::hello(const std::string& address, HelloDone done) {
  HttpRequest request;
  request.url = "/v1/hello";
  request.timeout_ms = 10'000;
  request.reply_bytes_max = 64 * 1024;
  return send_to(address, {}, std::move(request),
                 [address, done = std::move(done)](Result<HttpReply> reply, std::int64_t) {
                   if (!reply) return done(reply.error());
                   auto hello = wire::decode_hello(reply->body);
                   // Over TLS the key must be named, or nothing could be pinned.
                   if (hello && hello->spki.empty() && address.starts_with("https://"))
                     return done(Error{Code::not_waymark, "the hello names no TLS key"});
                   done(std::move(hello));
                 });
}

void Connection::cancel(std::uint64_t ticket) {
  failed_.erase(ticket);
  if (open_.erase(ticket) > 0 && transport_) transport_->cancel(ticket);
  for (auto& [hello, waiting] : helloing_)
    if (waiting == ticket) waiting = 0;
}

std::uint64_t Connection::who_answers(std::function<void()> done) {
  HttpRequest request;
  request.url = "/v1/hello";
  request.timeout_ms = 10'000;
  request.reply_bytes_max = 64 * 1024;
  return send(std::move(request), [this, done = std::move(done)](Result<HttpReply> reply, std::int64_t) {
    auto hello = reply ? wire::decode_hello(reply->body) : Result<HelloReply>(reply.error());
    if (hello && hello->identity == computer_.state().identity)
      (void)computer_.change([&](ComputerState& state) { now_answers(state, *hello); });
    done();
  });
}

void Connection::finish(Open open, Result<HttpReply> reply) {
  if (!reply) return open.done(reply.error(), 0);
  auto wait = retry_after_ms(*reply);
  open.done(judged(std::move(*reply)), wait);
}

// The key may have been renewed: whoever answers must show a hello that the joined identity has signed, and
// the request goes only to the key which that hello names.
void Connection::renew_key(std::uint64_t ticket, Open open) {
  auto request = std::make_shared<Open>(std::move(open));
  request->again = true;
  auto hello_ticket = hello(computer_.state().address, [this, ticket, request](Result<HelloReply> said) {
    auto tell = [&](const Error& error) { request->done(error, 0); };
    if (!said) return tell(said.error());
    if (said->identity != computer_.state().identity)
      return tell({Code::identity_changed, "another school answers at this address"});
    auto kept = computer_.change([&](ComputerState& state) { now_answers(state, *said); });
    if (!kept) return tell(kept.error());
    // What is sealed for a hub's keeping is nothing for a school, and the other way round: it is asked anew.
    if (said->hub != request->hub)
      return tell({Code::offline, "another server of the school answers here now"});
    request->request.pins = {said->spki};
    begin(ticket, *request);
    open_.emplace(ticket, std::move(*request));
  });
  helloing_[hello_ticket] = ticket;
}

bool Connection::poll() {
  auto failed = std::move(failed_);
  failed_.clear();
  for (auto& [ticket, open] : failed)
    open.done(Error{Code::offline, "no network in this program, or no address known"}, 0);
  bool any = !failed.empty();
  if (!transport_) return any;
  for (auto& [ticket, piece] : transport_->take_pieces()) {
    auto found = open_.find(ticket);
    if (found == open_.end() || !found->second.piece) continue;
    // The one who is told may give up the request.
    auto tell = found->second.piece;
    tell(piece);
  }
  for (auto& [ticket, reply] : transport_->take()) {
    auto found = open_.find(ticket);
    if (found == open_.end()) continue;
    any = true;
    Open open = std::move(found->second);
    open_.erase(found);
    if (auto waits = helloing_.find(ticket); waits != helloing_.end()) {
      bool cancelled = waits->second == 0;
      helloing_.erase(waits);
      if (cancelled) continue;
    }
    if (!reply && reply.error().code == Code::identity_changed && open.joined && !open.again) {
      renew_key(ticket, std::move(open));
      continue;
    }
    if (!reply && reply.error().code == Code::identity_changed && open.again) reply = inspected();
    finish(std::move(open), std::move(reply));
  }
  return any;
}

}  // namespace waymark::app
