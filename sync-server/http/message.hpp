// HTTP requests and responses as values, with cookies and JSON. Nothing here opens a socket: net makes a
// Request of what arrived within its limits and sends the Response; routes and their tests need neither.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "shared/base/result.hpp"
#include "sync-server/http/outlet.hpp"

namespace waymark::http {

using json = nlohmann::json;

struct Request {
  std::string method = "GET";
  std::string path = "/";                    // as sent, without the query; segments are decoded by the router
  std::map<std::string, std::string> query;  // decoded; the last of a repeated name
  std::map<std::string, std::string> headers;  // names in lower case; repeated ones joined with ", "
  std::map<std::string, std::string> params;   // what the route's pattern named, decoded
  std::string body;                            // expanded
  std::string remote;                    // the peer's address, for logs and for slowing down; not an identity
  std::shared_ptr<const void> prepared;  // what the route's prepare() made of it
  std::string spki;  // SHA-256 of this connection's TLS key, 64 hexadecimal digits; empty over plain HTTP

  // Empty when it is not there.
  std::string_view header(std::string_view name) const;
  std::string_view param(std::string_view name) const;
  std::string_view asked(std::string_view name) const;  // a query parameter
  std::string cookie(std::string_view name) const;
  // The token of "authorization: Bearer …".
  std::string_view bearer() const;
  bool secure() const { return !spki.empty() || header("x-forwarded-proto") == "https"; }
};

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  std::shared_ptr<Outlet> more = {};  // the body goes on with what comes here, until it is closed
  bool bare = false;  // for our own programs alone, in a form no browser asks for: no headers but the length

  Response& set(std::string_view name, std::string_view value);  // replaces
  Response& add(std::string_view name, std::string_view value);  // a further one of the same name
  std::string_view header(std::string_view name) const;
};

// ---- making responses
Response text(int status, std::string body, std::string_view type = "text/plain; charset=utf-8");
Response html(int status, std::string body);
Response json_response(const json& value, int status = 200);  // never stored by a cache
Response no_content();
Response redirect(std::string_view where, int status = 303);
// A body with a strong etag, answered 304 when the request has it already. immutable: the path names its
// content, so it may be kept for a year; else it is asked for again each time.
Response cacheable(const Request& request, std::string body, std::string_view type, std::string_view etag,
                   bool immutable = false);
// The fitting status, {"error":{"code":…,"detail":…}}, and retry-after (seconds) where waiting helps.
Response error_response(const Error& error);
int status_of(Code code);

// ---- cookies
struct Cookie {
  std::string name, value;
  std::int64_t max_age_s = -1;  // negative: until the browser closes; 0: forget it
  bool http_only = true;
  bool secure = true;  // Request::secure(): a browser drops a secure cookie over plain HTTP
  std::string same_site = "Strict";
  std::string path = "/";
};
void set_cookie(Response& response, const Cookie& cookie);

// ---- JSON bodies
inline constexpr std::size_t json_depth_max = 32;
// `malformed` (not JSON, not declared as JSON), `too_deep`. Its content type must be application/json, so
// that a form on a foreign page cannot send one.
Result<json> json_body(const Request& request);
Result<std::string_view> json_text(const Request& request);  // as it stands, declared as JSON
Result<json> parse_json(std::string_view text);
// A member of an object: `malformed` when it is missing or of another type.
Result<std::string> text_of(const json& object, const char* name);
Result<std::int64_t> integer_of(const json& object, const char* name);
Result<bool> boolean_of(const json& object, const char* name);
// The default when it is missing; `malformed` when it is there with another type.
Result<std::string> text_or(const json& object, const char* name, std::string_view otherwise);

// %41 as A; `malformed` for a half escape, a NUL, or bytes that are no UTF-8.
Result<std::string> percent_decode(std::string_view text, bool plus_is_space = false);
std::map<std::string, std::string> parse_query(std::string_view text);

}  // namespace waymark::http
