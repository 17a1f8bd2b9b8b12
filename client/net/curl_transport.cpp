#include "client/net/curl_transport.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include <curl/curl.h>

#include "shared/base/bytes.hpp"
#include "shared/wire/compress.hpp"

namespace waymark::net {
namespace {

using app::HttpReply;
using app::HttpRequest;

constexpr std::size_t kHeaderBytesMax = 64 * 1024;
constexpr std::int64_t kConnectMs = 10'000;
constexpr std::size_t kPiecesBytesMax = 256 * 1024;  // of replies handed over as they come, not taken yet
constexpr std::size_t kHostsMax = 64;
constexpr std::int64_t kLookUpMs = 5'000;
constexpr long kKeepSeconds = 60;  // less than a server keeps an idle connection

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;
using List = std::unique_ptr<curl_slist, FreeList>;

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() &&
         (text.back() == ' ' || text.back() == '\r' || text.back() == '\n' || text.back() == '\t'))
    text.remove_suffix(1);
  return std::string(text);
}

// "sha256//…=;sha256//…=", as curl wants it; `malformed` for a pin of another length.
Result<std::string> curl_pins(const std::vector<std::string>& pins) {
  std::string text;
  for (const auto& pin : pins) {
    auto bytes = from_hex(pin);
    if (!bytes || bytes->size() != 32) return Error{Code::malformed, "a pin has 64 hexadecimal digits"};
    text += (text.empty() ? "" : ";") + std::string("sha256//") + to_base64(*bytes);
  }
  return text;
}

struct Exchange {
  std::uint64_t ticket = 0;
  HttpRequest request;
  HttpReply reply;
  Easy easy;
  List headers;
  std::string pins;
  std::size_t header_bytes = 0;
  bool too_large = false;
  bool by_proxy = false;
  std::optional<Error> other_way;  // why it did not come through the other way, which was tried first
  std::optional<Error> looks_up;   // nothing leads there for this reason: is this network a portal's?
  std::function<bool(std::uint64_t, std::string_view)> hand_over;  // for a reply taken as it comes
};

// Called by libcurl, which knows no exceptions.
std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  std::string_view line(bytes, size * count);
  exchange.header_bytes += line.size();
  if (exchange.header_bytes > kHeaderBytesMax) {
    exchange.too_large = true;
    return 0;
  }
  if (line.substr(0, 5) == "HTTP/") {  // also after "100 Continue"
    exchange.reply.headers.clear();
    exchange.reply.body.clear();
  } else if (auto colon = line.find(':'); colon != std::string_view::npos) {
    auto& value = exchange.reply.headers[lower(trimmed(line.substr(0, colon)))];
    value += (value.empty() ? "" : ", ") + trimmed(line.substr(colon + 1));
  }
  return line.size();
}

std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  std::size_t length = size * count;
  if (exchange.hand_over) {
    long status = 0;
    curl_easy_getinfo(exchange.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    auto type = exchange.reply.headers.find("content-type");
    if (status == 200 && type != exchange.reply.headers.end() &&
        lower(type->second).substr(0, 17) == "text/event-stream") {
      exchange.too_large = !exchange.hand_over(exchange.ticket, {bytes, length});
      return exchange.too_large ? length + 1 : length;
    }
  }
  if (exchange.reply.body.size() + length > exchange.request.reply_bytes_max) {
    exchange.too_large = true;
    return length + 1;  // anything else than length ends the exchange
  }
  exchange.reply.body.append(bytes, length);
  return length;
}

Error error_of(CURLcode code, Exchange& exchange) {
  std::string detail = curl_easy_strerror(code);
  long system_error = 0, opened = 0;
  curl_easy_getinfo(exchange.easy.get(), CURLINFO_OS_ERRNO, &system_error);
  curl_easy_getinfo(exchange.easy.get(), CURLINFO_HTTP_CONNECTCODE, &opened);
  if (opened != 0 && opened / 100 != 2)
    return stands_between(Between::proxy, "status " + std::to_string(opened));
  switch (code) {
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
      return {Code::identity_changed, detail};
    case CURLE_OPERATION_TIMEDOUT: {
      curl_off_t connected = 0;
      curl_easy_getinfo(exchange.easy.get(), CURLINFO_APPCONNECT_TIME_T, &connected);
      if (connected == 0) curl_easy_getinfo(exchange.easy.get(), CURLINFO_CONNECT_TIME_T, &connected);
      return {connected == 0 ? Code::offline : Code::timeout, detail};
    }
    case CURLE_WRITE_ERROR:
      return {exchange.too_large ? Code::too_large : Code::internal,
              exchange.too_large ? "the reply is too large" : detail};
    case CURLE_URL_MALFORMAT:
      return {Code::invalid, detail};
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:  // what answered speaks something else
    case CURLE_HTTP2:
      return {Code::not_waymark, detail};
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
      return {system_error != 0 ? Code::offline : Code::not_waymark, detail};
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
      return {Code::internal, detail};
    default:
      return {Code::offline, detail};
  }
}

Result<HttpReply> finish(CURLcode code, Exchange& exchange) {
  if (code != CURLE_OK) return error_of(code, exchange);
  long status = 0;
  curl_easy_getinfo(exchange.easy.get(), CURLINFO_RESPONSE_CODE, &status);
  auto reply = std::move(exchange.reply);
  reply.status = static_cast<int>(status);
  auto type = reply.headers.find("content-type");
  if (is_of_a_portal(status, type == reply.headers.end() ? "" : type->second))
    return stands_between(Between::portal, "a page answered, with status " + std::to_string(status));
  auto encoding = reply.headers.find("content-encoding");
  if (encoding != reply.headers.end() && !reply.body.empty()) {
    if (lower(encoding->second) == "zstd") {
      WAYMARK_TRY(plain, wire::expand(reply.body, exchange.request.reply_bytes_max));
      reply.body = std::move(plain);
    } else if (lower(encoding->second) != "identity") {
      return Error{Code::not_waymark, "a body in a form that was not asked for"};
    }
  }
  return reply;
}

}  // namespace

struct CurlTransport::Impl {
  std::function<void()> arrived;
  CURLM* multi = nullptr;
  std::thread thread;

  std::mutex mutex;  // guards what follows
  std::deque<std::unique_ptr<Exchange>> to_begin;
  std::vector<std::uint64_t> to_cancel;
  std::vector<std::pair<std::uint64_t, Result<HttpReply>>> ended;
  std::vector<std::pair<std::uint64_t, std::string>> pieces;
  std::size_t pieces_bytes = 0;
  std::atomic<bool> stop{false};

  // Of the thread alone:
  std::map<CURL*, std::unique_ptr<Exchange>> running;
  std::set<std::string> by_proxy;  // hosts that were reached so
  ProxySettings proxies;
  List names;

  void end(std::uint64_t ticket, Result<HttpReply> result) {
    {
      std::lock_guard lock(mutex);
      if (std::find(to_cancel.begin(), to_cancel.end(), ticket) != to_cancel.end()) return;
      ended.emplace_back(ticket, std::move(result));
    }
    if (arrived) arrived();
  }

  bool hand_over(std::uint64_t ticket, std::string_view piece) {
    {
      std::lock_guard lock(mutex);
      if (pieces_bytes + piece.size() > kPiecesBytesMax) return false;
      pieces_bytes += piece.size();
      pieces.emplace_back(ticket, piece);
    }
    if (arrived) arrived();
    return true;
  }

  Status start(std::unique_ptr<Exchange> exchange);
  void take_orders();
  void done(CURLcode code, std::unique_ptr<Exchange> exchange);
  Status look_up(std::uint64_t ticket, const Error& why);
  void work();
};

Status CurlTransport::Impl::start(std::unique_ptr<Exchange> exchange) {
  auto& request = exchange->request;
  exchange->easy.reset(curl_easy_init());
  CURL* easy = exchange->easy.get();
  if (!easy) return Error{Code::internal, "libcurl gave no handle"};
  WAYMARK_TRY(pins, curl_pins(request.pins));
  exchange->pins = pins;

  if (request.body.size() > wire::compress_from_bytes && !request.headers.contains("content-encoding")) {
    auto packed = wire::compress(request.body);
    if (!packed.empty() && packed.size() < request.body.size()) {
      request.body = std::move(packed);
      request.headers["content-encoding"] = "zstd";
    }
  }
  request.headers.emplace("accept-encoding", "zstd");
  request.headers.emplace("accept", "");        // curl names one of its own, and
  request.headers.emplace("content-type", "");  // here too
  request.headers.emplace("expect", "");        // a second's wait for nothing
  curl_slist* list = nullptr;
  for (const auto& [name, value] : request.headers) {
    if ((name + value).find_first_of("\r\n") != std::string::npos) {
      curl_slist_free_all(list);
      return Error{Code::invalid, "a header with a line break"};
    }
    list = curl_slist_append(list, (name + ":" + (value.empty() ? "" : " " + value)).c_str());
  }
  exchange->headers.reset(list);

  auto timeout = std::clamp<std::int64_t>(request.timeout_ms, 1, 3'600'000);
  bool as_it_comes = request.silence_ms > 0;
  if (as_it_comes)
    exchange->hand_over = [this](std::uint64_t ticket, std::string_view piece) {
      return hand_over(ticket, piece);
    };
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  curl_easy_setopt(easy, CURLOPT_PROXY, exchange->by_proxy ? proxies.proxy.c_str() : "");
  curl_easy_setopt(easy, CURLOPT_NOPROXY, proxies.never.c_str());
  curl_easy_setopt(easy, CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_ANY));
  // It is asked for a way through, and never for the content.
  curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, kKeepSeconds);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(timeout, kConnectMs)));
  if (as_it_comes) {
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>((request.silence_ms + 999) / 1000));
  } else {
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout));
  }
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // The pinned key stands in for names, dates and authorities: a school's clock and address may be wrong.
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
  curl_easy_setopt(easy, CURLOPT_RESOLVE, names.get());
  if (exchange->looks_up) curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
  if (!exchange->pins.empty()) curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, exchange->pins.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->headers.get());
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange.get());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange.get());
  if (request.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (request.method == "GET") {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  } else {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  if (curl_multi_add_handle(multi, easy) != CURLM_OK) return Error{Code::internal, "libcurl took no handle"};
  running.emplace(easy, std::move(exchange));
  return {};
}

void CurlTransport::Impl::take_orders() {
  std::deque<std::unique_ptr<Exchange>> fresh;
  std::vector<std::uint64_t> cancelled;
  {
    std::lock_guard lock(mutex);
    fresh.swap(to_begin);
    cancelled.swap(to_cancel);
  }
  for (auto ticket : cancelled) {
    auto found = std::find_if(running.begin(), running.end(),
                              [&](const auto& entry) { return entry.second->ticket == ticket; });
    if (found == running.end()) continue;
    curl_multi_remove_handle(multi, found->first);
    running.erase(found);
  }
  for (auto& exchange : fresh) {
    auto ticket = exchange->ticket;
    exchange->by_proxy = by_proxy.contains(host_of(exchange->request.url));
    if (auto started = start(std::move(exchange)); !started) end(ticket, started.error());
  }
}

void CurlTransport::Impl::done(CURLcode code, std::unique_ptr<Exchange> exchange) {
  auto ticket = exchange->ticket;
  if (exchange->looks_up) {
    // Found, whether or not somebody listens there.
    bool known = code == CURLE_OK || code == CURLE_COULDNT_CONNECT;
    return end(ticket,
               known ? stands_between(Between::portal, "every name is known here") : *exchange->looks_up);
  }
  auto host = host_of(exchange->request.url);
  auto result = finish(code, *exchange);
  if (result) {
    if (!exchange->by_proxy || by_proxy.size() >= kHostsMax)
      by_proxy.erase(host);
    else
      by_proxy.insert(host);
    return end(ticket, std::move(result));
  }
  if (!exchange->other_way && has_other_way(proxies, exchange->request.url, result.error())) {
    auto again = std::make_unique<Exchange>();
    again->ticket = ticket;
    again->request = std::move(exchange->request);
    again->by_proxy = !exchange->by_proxy;
    again->other_way = result.error();
    if (auto started = start(std::move(again)); !started) end(ticket, started.error());
    return;
  }
  if (exchange->other_way) result = Error(says_more(*exchange->other_way, result.error()));
  if (result.error().code == Code::offline && !is_near(host) && look_up(ticket, result.error())) return;
  end(ticket, std::move(result));
}

Status CurlTransport::Impl::look_up(std::uint64_t ticket, const Error& why) {
  auto exchange = std::make_unique<Exchange>();
  exchange->ticket = ticket;
  exchange->request.url = no_such_name;
  exchange->request.timeout_ms = kLookUpMs;
  exchange->looks_up = why;
  return start(std::move(exchange));
}

void CurlTransport::Impl::work() {
  while (!stop) {
    take_orders();
    int active = 0;
    curl_multi_perform(multi, &active);
    int left = 0;
    while (auto* message = curl_multi_info_read(multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      auto code = message->data.result;
      auto found = running.find(message->easy_handle);
      if (found == running.end()) continue;
      auto exchange = std::move(found->second);
      running.erase(found);
      curl_multi_remove_handle(multi, exchange->easy.get());
      done(code, std::move(exchange));
    }
    curl_multi_poll(multi, nullptr, 0, 60'000, nullptr);
  }
  for (auto& [easy, exchange] : running) curl_multi_remove_handle(multi, easy);
  running.clear();
}

CurlTransport::CurlTransport(std::function<void()> arrived, ProxySettings proxies,
                             std::vector<std::string> names)
    : impl_(std::make_unique<Impl>()) {
  impl_->proxies = std::move(proxies);
  for (const auto& name : names) impl_->names.reset(curl_slist_append(impl_->names.release(), name.c_str()));
  static std::once_flag once;  // libcurl's own demand
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  impl_->arrived = std::move(arrived);
  impl_->multi = curl_multi_init();
  if (!impl_->multi) return;
  curl_multi_setopt(impl_->multi, CURLMOPT_MAX_HOST_CONNECTIONS, 4L);
  curl_multi_setopt(impl_->multi, CURLMOPT_MAXCONNECTS, 8L);
  impl_->thread = std::thread([impl = impl_.get()] { impl->work(); });
}

CurlTransport::~CurlTransport() {
  impl_->stop = true;
  if (!impl_->multi) return;
  curl_multi_wakeup(impl_->multi);
  impl_->thread.join();
  curl_multi_cleanup(impl_->multi);
}

void CurlTransport::begin(std::uint64_t ticket, HttpRequest request) {
  bool ours = request.url.rfind("https://", 0) == 0 || request.url.rfind("http://", 0) == 0;
  if (!impl_->multi) return impl_->end(ticket, Error{Code::internal, "libcurl cannot be used"});
  if (!ours) return impl_->end(ticket, Error{Code::invalid, "an address begins with https://"});
  auto exchange = std::make_unique<Exchange>();
  exchange->ticket = ticket;
  exchange->request = std::move(request);
  {
    std::lock_guard lock(impl_->mutex);
    impl_->to_begin.push_back(std::move(exchange));
  }
  curl_multi_wakeup(impl_->multi);
}

void CurlTransport::cancel(std::uint64_t ticket) {
  if (!impl_->multi) return;
  {
    std::lock_guard lock(impl_->mutex);
    auto waiting = std::find_if(impl_->to_begin.begin(), impl_->to_begin.end(),
                                [&](const auto& exchange) { return exchange->ticket == ticket; });
    if (waiting != impl_->to_begin.end()) {
      impl_->to_begin.erase(waiting);
      return;
    }
    std::erase_if(impl_->ended, [&](const auto& entry) { return entry.first == ticket; });
    std::erase_if(impl_->pieces, [&](const auto& entry) { return entry.first == ticket; });
    impl_->to_cancel.push_back(ticket);
  }
  curl_multi_wakeup(impl_->multi);
}

std::vector<std::pair<std::uint64_t, std::string>> CurlTransport::take_pieces() {
  std::lock_guard lock(impl_->mutex);
  impl_->pieces_bytes = 0;
  return std::exchange(impl_->pieces, {});
}

std::vector<std::pair<std::uint64_t, Result<HttpReply>>> CurlTransport::take() {
  std::lock_guard lock(impl_->mutex);
  return std::exchange(impl_->ended, {});
}

}  // namespace waymark::net
