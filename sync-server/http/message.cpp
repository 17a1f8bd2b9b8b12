#include "sync-server/http/message.hpp"

#include <algorithm>

#include "shared/base/text.hpp"

namespace waymark::http {
namespace {

std::string_view find_in(const std::map<std::string, std::string>& map, std::string_view name) {
  auto found = map.find(std::string(name));
  return found == map.end() ? std::string_view() : std::string_view(found->second);
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// What School says after a wrong try is the number of seconds to wait.
std::string seconds_to_wait(const Error& error) {
  bool number =
      !error.detail.empty() && error.detail.size() <= 6 &&
      std::all_of(error.detail.begin(), error.detail.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (error.code == Code::slowed_down) return number ? error.detail : "60";
  if (error.code == Code::server_busy || error.code == Code::database_locked)
    return number ? error.detail : "5";
  if (error.code == Code::disk_full) return "300";
  return "";
}

}  // namespace

std::string_view Request::header(std::string_view name) const { return find_in(headers, name); }
std::string_view Request::param(std::string_view name) const { return find_in(params, name); }
std::string_view Request::asked(std::string_view name) const { return find_in(query, name); }

std::string Request::cookie(std::string_view name) const {
  std::string_view rest = header("cookie");
  while (!rest.empty()) {
    auto end = rest.find_first_of(";,");
    auto part = rest.substr(0, end);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    auto equals = part.find('=');
    if (equals != std::string_view::npos && part.substr(0, equals) == name)
      return std::string(part.substr(equals + 1));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return "";
}

std::string_view Request::bearer() const {
  auto value = header("authorization");
  constexpr std::string_view scheme = "bearer ";
  if (value.size() <= scheme.size()) return {};
  for (std::size_t i = 0; i < scheme.size(); i++) {
    char c = value[i] >= 'A' && value[i] <= 'Z' ? static_cast<char>(value[i] - 'A' + 'a') : value[i];
    if (c != scheme[i]) return {};
  }
  return value.substr(scheme.size());
}

Response& Response::set(std::string_view name, std::string_view value) {
  std::erase_if(headers, [&](const auto& header) { return header.first == name; });
  return add(name, value);
}
Response& Response::add(std::string_view name, std::string_view value) {
  // A line break in a value would begin another header.
  std::string clean(value);
  std::erase_if(clean, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  headers.emplace_back(name, std::move(clean));
  return *this;
}
std::string_view Response::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return {};
}

Response text(int status, std::string body, std::string_view type) {
  Response response{status, {}, std::move(body)};
  response.set("content-type", type).set("cache-control", "no-store");
  return response;
}
Response html(int status, std::string body) {
  return text(status, std::move(body), "text/html; charset=utf-8");
}

Response json_response(const json& value, int status) {
  return text(status, value.dump(-1, ' ', false, json::error_handler_t::replace), "application/json");
}

Response no_content() { return Response{204, {{"cache-control", "no-store"}}, ""}; }

Response redirect(std::string_view where, int status) {
  Response response = text(status, "");
  response.set("location", where);
  return response;
}

Response cacheable(const Request& request, std::string body, std::string_view type, std::string_view etag,
                   bool immutable) {
  std::string tag = "\"" + std::string(etag) + "\"";
  Response response{200, {}, std::move(body)};
  response.set("etag", tag).set("content-type", type);
  response.set("cache-control", immutable ? "private, max-age=31536000, immutable" : "private, no-cache");
  if (request.header("if-none-match").find(tag) != std::string_view::npos) {
    response.status = 304;
    response.body.clear();
  }
  return response;
}

int status_of(Code code) {
  switch (code) {
    case Code::malformed:
    case Code::too_deep:
    case Code::wrong_id:
      return 400;
    case Code::invalid:
    case Code::unknown_kind:
    case Code::not_an_image:
    case Code::unsupported:
      return 422;
    case Code::too_large:
      return 413;
    case Code::unauthorized:
      return 401;
    case Code::forbidden:
    case Code::not_granted:
    case Code::wrong_pin:
    case Code::wrong_password:
    case Code::card_voided:
      return 403;
    case Code::not_found:
    case Code::card_unknown:
    case Code::code_unknown:
      return 404;
    case Code::exists:
    case Code::conflict:
    case Code::code_used:
    case Code::identity_changed:
      return 409;
    case Code::timeout:
      return 408;
    case Code::slowed_down:
      return 429;
    case Code::server_busy:
    case Code::database_locked:
    case Code::offline:
      return 503;
    case Code::disk_full:
      return 507;
    case Code::io:
    case Code::database_damaged:
    case Code::not_waymark:
    case Code::server_failed:
    case Code::cancelled:
    case Code::internal:
      return 500;
  }
  return 500;
}

Response error_response(const Error& error) {
  int status = status_of(error.code);
  // What failed inside is for the log: it may name paths and statements.
  bool inner = status >= 500 && error.code != Code::server_busy;
  json body = {{"error", {{"code", std::string(name(error.code))}, {"detail", inner ? "" : error.detail}}}};
  Response response = json_response(body, status);
  if (auto wait = seconds_to_wait(error); !wait.empty()) response.set("retry-after", wait);
  return response;
}

void set_cookie(Response& response, const Cookie& cookie) {
  std::string line =
      cookie.name + "=" + cookie.value + "; Path=" + cookie.path + "; SameSite=" + cookie.same_site;
  if (cookie.max_age_s >= 0) line += "; Max-Age=" + std::to_string(cookie.max_age_s);
  if (cookie.http_only) line += "; HttpOnly";
  if (cookie.secure) line += "; Secure";
  response.add("set-cookie", line);
}

Result<json> parse_json(std::string_view text) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); i++) {
    char c = text[i];
    if (quoted) {
      if (c == '\\') i++;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      if (++depth > json_depth_max) return Error{Code::too_deep, "JSON nested more than 32 deep"};
    } else if ((c == '}' || c == ']') && depth > 0) {
      depth--;
    }
  }
  auto value = json::parse(text.begin(), text.end(), nullptr, false);
  if (value.is_discarded()) return Error{Code::malformed, "not JSON"};
  return value;
}

Result<std::string_view> json_text(const Request& request) {
  auto type = request.header("content-type");
  type = type.substr(0, type.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  if (type != "application/json") return Error{Code::malformed, "the content type is not application/json"};
  return std::string_view(request.body);
}

Result<json> json_body(const Request& request) {
  WAYMARK_TRY(text, json_text(request));
  return parse_json(text);
}

namespace {
const json* member(const json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}
Error missing(const char* name, const char* type) {
  return {Code::malformed, std::string("\"") + name + "\" is missing or is no " + type};
}
}  // namespace

Result<std::string> text_of(const json& object, const char* name) {
  const auto* value = member(object, name);
  if (!value || !value->is_string()) return missing(name, "text");
  return value->get<std::string>();
}
Result<std::int64_t> integer_of(const json& object, const char* name) {
  const auto* value = member(object, name);
  if (!value || !value->is_number_integer()) return missing(name, "whole number");
  return value->get<std::int64_t>();
}
Result<bool> boolean_of(const json& object, const char* name) {
  const auto* value = member(object, name);
  if (!value || !value->is_boolean()) return missing(name, "true or false");
  return value->get<bool>();
}
Result<std::string> text_or(const json& object, const char* name, std::string_view otherwise) {
  const auto* value = member(object, name);
  if (object.is_object() && (!value || value->is_null())) return std::string(otherwise);
  return text_of(object, name);
}

Result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); i++) {
    char c = text[i];
    if (c == '%') {
      int high = i + 1 < text.size() ? digit_of(text[i + 1]) : -1;
      int low = i + 2 < text.size() ? digit_of(text[i + 2]) : -1;
      if (high < 0 || low < 0) return Error{Code::malformed, "a half escape in the address"};
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    plain += c;
  }
  if (!valid_utf8(plain)) return Error{Code::malformed, "the address is no UTF-8"};
  return plain;
}

std::map<std::string, std::string> parse_query(std::string_view text) {
  std::map<std::string, std::string> query;
  while (!text.empty()) {
    auto end = text.find('&');
    auto part = text.substr(0, end);
    auto equals = part.find('=');
    auto name = percent_decode(part.substr(0, equals), true);
    auto value =
        percent_decode(equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1), true);
    if (name && value && !name->empty()) query[*name] = *value;
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return query;
}

}  // namespace waymark::http
