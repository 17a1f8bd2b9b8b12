#include "sync-server/upstream/http.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>

#include <curl/curl.h>

#include "shared/wire/bodies.hpp"

namespace waymark::server::upstream {
namespace {

constexpr std::size_t kReplyBytesMax = 64 * 1024 * 1024;  // the answer to a stick is a bundle
constexpr long kConnectMs = 10'000, kStallSeconds = 60, kLookUpMs = 5'000;
constexpr std::chrono::seconds kSilence{60};  // a school beats every 20 s

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

}  // namespace

struct Http::Impl {
  std::string url, token, pin;
  PublicKey identity;
  Way way;
  bool by_proxy = false;
  std::unique_ptr<curl_slist, FreeList> names;
  std::unique_ptr<CURL, FreeEasy> easy{curl_easy_init()};
  std::atomic<bool> cancelled{false};
  std::string reply;
  bool too_large = false;
  bool broke_off = false;  // after something of an answer came
  std::int64_t retry_after_ms = 0;
  Hear hear;  // of the request that runs
  std::chrono::steady_clock::time_point heard;

  // Called by libcurl, which knows no exceptions.
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* user) {
    auto& self = *static_cast<Impl*>(user);
    long status = 0;
    if (self.hear) curl_easy_getinfo(self.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status == 200) {
      self.heard = std::chrono::steady_clock::now();
      return self.hear({bytes, size * count}) ? size * count : 0;
    }
    if (self.reply.size() + size * count > kReplyBytesMax) {
      self.too_large = true;
      return 0;
    }
    self.reply.append(bytes, size * count);
    return size * count;
  }
  static int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto& self = *static_cast<Impl*>(user);
    // A beat in between is too little for what libcurl calls slow.
    bool silent = self.hear && std::chrono::steady_clock::now() - self.heard > kSilence;
    return self.cancelled || silent ? 1 : 0;
  }

  // Of the transfer that has ended so, and found no answer.
  Error error_of(CURLcode code) {
    auto* curl = easy.get();
    std::string detail = curl_easy_strerror(code);
    long opened = 0, system_error = 0, status = 0;
    curl_off_t connected = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    broke_off = status != 0;
    curl_easy_getinfo(curl, CURLINFO_CONNECT_TIME_T, &connected);
    curl_easy_getinfo(curl, CURLINFO_HTTP_CONNECTCODE, &opened);
    curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &system_error);
    if (opened != 0 && opened / 100 != 2)
      return stands_between(Between::proxy, "status " + std::to_string(opened));
    switch (code) {
      case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return {Code::identity_changed, "another TLS key"};
      case CURLE_OPERATION_TIMEDOUT:
        return {connected == 0 ? Code::offline : Code::timeout, detail};
      case CURLE_WEIRD_SERVER_REPLY:
      case CURLE_UNSUPPORTED_PROTOCOL:  // what answered speaks something else
        return {Code::not_waymark, detail};
      case CURLE_SSL_CONNECT_ERROR:
        return {system_error != 0 ? Code::offline : Code::not_waymark, detail};
      default:
        return {Code::offline, detail};
    }
  }

  struct Asked {
    std::string_view path;
    curl_slist* headers = nullptr;
    const std::string* body = nullptr;
    const char* method = nullptr;
  };

  // The status of an answer that is no portal's.
  Result<long> perform_by(const Asked& asked, bool proxied) {
    auto* curl = easy.get();
    if (!curl) return Error{Code::internal, "libcurl"};
    reply.clear();
    too_large = broke_off = false;
    retry_after_ms = 0;
    auto whole = url + std::string(asked.path);
    set_up(curl, whole, proxied);
    // A slow line may take its time; one that stands still is lost.
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, hear ? 0L : 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, kStallSeconds);
    // The key is what is trusted, whatever name and date the certificate has.
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    if (!pin.empty()) curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, pin.c_str());
    if (asked.headers) curl_easy_setopt(curl, CURLOPT_HTTPHEADER, asked.headers);
    if (asked.body) {
      curl_easy_setopt(curl, CURLOPT_POST, 1L);
      curl_easy_setopt(curl, CURLOPT_POSTFIELDS, asked.body->data());
      curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(asked.body->size()));
      if (asked.method) curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, asked.method);
    }
    auto code = curl_easy_perform(curl);
    if (too_large) return Error{Code::too_large, "the answer is too large"};
    if (code != CURLE_OK) return error_of(code);
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    const char* type = nullptr;
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    if (is_of_a_portal(status, type ? type : ""))
      return stands_between(Between::portal, "a page answered, with status " + std::to_string(status));
    curl_off_t after = 0;
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &after);
    retry_after_ms = std::clamp<std::int64_t>(after, 0, 3600) * 1000;
    return status;
  }

  void set_up(CURL* curl, const std::string& whole, bool proxied) {
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, whole.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, proxied ? way.proxies.proxy.c_str() : "");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, way.proxies.never.c_str());
    curl_easy_setopt(curl, CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_ANY));
    // It is asked for a way through, and never for the content.
    curl_easy_setopt(curl, CURLOPT_HTTPPROXYTUNNEL, 1L);
    curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_RESOLVE, names.get());
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, this);
  }

  // By the way that worked last, and where that leads nowhere by the other one.
  Result<long> perform(const Asked& asked) {
    auto done = perform_by(asked, by_proxy);
    if (!done && !cancelled && !broke_off && has_other_way(way.proxies, url, done.error())) {
      auto other = perform_by(asked, !by_proxy);
      if (other) by_proxy = !by_proxy;
      done = other ? other : Result<long>(Error(says_more(done.error(), other.error())));
    }
    bool looks = !done && !cancelled && !broke_off && done.error().code == Code::offline;
    if (looks && !is_near(host_of(url)) && all_is_known())
      return stands_between(Between::portal, "every name is known here");
    return done;
  }

  // Whether this network knows a name that cannot be, whether or not somebody listens there.
  bool all_is_known() {
    std::unique_ptr<CURL, FreeEasy> looks(curl_easy_init());
    if (!looks) return false;
    set_up(looks.get(), no_such_name, false);
    curl_easy_setopt(looks.get(), CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(looks.get(), CURLOPT_TIMEOUT_MS, kLookUpMs);
    auto code = curl_easy_perform(looks.get());
    return code == CURLE_OK || code == CURLE_COULDNT_CONNECT;
  }

  // Nothing of ours is sent before this has found the school.
  Status find_school() {
    pin.clear();
    easy.reset(curl_easy_init());  // a connection with another key must not be used again
    WAYMARK_TRY(status, perform({"/v1/hello"}));
    auto hello = wire::decode_hello(reply);
    if (status != 200) return Error{Code::not_waymark, "what answers is no Waymark server"};
    if (!hello && hello.error().code != Code::identity_changed) return hello.error();
    if (!hello || hello->identity != to_hex(identity.bytes))
      return Error{Code::identity_changed, "another school answers at " + url};
    if (!hello->hub.empty()) return Error{Code::conflict, url + " is a hub; a hub needs the school's server"};
    if (url.starts_with("http://")) return {};
    auto key = from_hex(hello->spki);
    if (!key || key->size() != 32) return Error{Code::not_waymark, "the hello names no TLS key"};
    pin = "sha256//" + to_base64(*key);
    return {};
  }
};

Http::Http(std::string url, const PublicKey& identity, std::string token, Way way)
    : impl_(std::make_unique<Impl>()) {
  for (const auto& name : way.names)
    impl_->names.reset(curl_slist_append(impl_->names.release(), name.c_str()));
  impl_->way = std::move(way);
  impl_->url = std::move(url);
  impl_->identity = identity;
  impl_->token = std::move(token);
}
Http::~Http() = default;

void Http::cancel() { impl_->cancelled = true; }
std::int64_t Http::retry_after_ms() const { return impl_->retry_after_ms; }

// The status of an answer, whatever it is.
Result<long> Http::send(std::string_view method, std::string_view path, const std::vector<std::string>& lines,
                        std::optional<std::string_view> body, const Hear& hear) {
  auto& self = *impl_;
  bool tls = self.url.starts_with("https://");
  const std::string text(body.value_or("")), name(method);
  for (bool again : {false, true}) {
    if (self.pin.empty() && (tls || !again)) WAYMARK_CHECK(self.find_school());
    std::unique_ptr<curl_slist, FreeList> headers;
    for (const auto& line : {"authorization: Bearer " + self.token, std::string("expect:")})
      headers.reset(curl_slist_append(headers.release(), line.c_str()));
    for (const auto& line : lines) headers.reset(curl_slist_append(headers.release(), line.c_str()));
    self.hear = hear;
    self.heard = std::chrono::steady_clock::now();
    auto status = self.perform({path, headers.get(), body ? &text : nullptr, name.c_str()});
    self.hear = {};
    if (!status && status.error().code == Code::identity_changed && !again) {
      self.pin.clear();  // the school may have renewed its key
      continue;
    }
    // The school's signed word came, and nothing of ours goes to who has another key than it names.
    if (!status && status.error().code == Code::identity_changed)
      return stands_between(Between::inspection, "the key is not the one that the hello names");
    return status;
  }
  return Error{Code::internal, "asked twice"};
}

Error Http::refusal(long status) {
  if (auto told = wire::decode_error(impl_->reply)) return {code_named(told->code), told->detail};
  return {status >= 500 ? Code::server_failed : Code::not_waymark, "status " + std::to_string(status)};
}

Result<std::string> Http::post(std::string_view path, std::string_view type, std::string_view body) {
  WAYMARK_TRY(status, send("POST", path, {"content-type: " + std::string(type)}, body));
  if (status < 200 || status >= 300) return refusal(status);
  return std::move(impl_->reply);
}

Result<Http::PieceReply> Http::put(std::string_view path, std::int64_t from, std::int64_t total,
                                   std::string_view piece) {
  auto to = from + static_cast<std::int64_t>(piece.size()) - 1;
  auto range = piece.empty() ? "*" : std::to_string(from) + "-" + std::to_string(to);
  WAYMARK_TRY(status, send("PUT", path,
                           {"content-type: application/octet-stream", "content-encoding: identity",
                            "content-range: bytes " + range + "/" + std::to_string(total)},
                           piece));
  PieceReply reply;
  curl_header* come = nullptr;
  bool told = curl_easy_header(impl_->easy.get(), "upload-offset", 0, CURLH_HEADER, -1, &come) == CURLHE_OK;
  bool fits = status >= 200 && status < 300;
  if (!fits && !(status == 409 && told)) return refusal(status);
  if (!told) return Error{Code::not_waymark, "an answer that says nothing of a piece"};
  reply.come = std::strtoll(come->value, nullptr, 10);
  reply.whole = status == 200 || status == 204;
  reply.body = std::move(impl_->reply);
  return reply;
}

Status Http::listen(std::string_view path, const Hear& hear) {
  WAYMARK_TRY(status, send("GET", path, {"accept: text/event-stream", "accept-encoding: identity"},
                           std::nullopt, hear));
  if (status == 404) return Error{Code::not_found, "nothing to listen to"};
  return status == 200 ? Status() : Status(refusal(status));
}

}  // namespace waymark::server::upstream
