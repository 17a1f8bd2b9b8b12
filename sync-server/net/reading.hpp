// How bytes become a Request, for connections and for tests alike: Beast's parser with our limits, and what
// is taken from it. For this room's own files.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "shared/wire/compress.hpp"
#include "sync-server/http/router.hpp"

namespace waymark::server::net {

using RequestParser = boost::beast::http::request_parser<boost::beast::http::string_body>;

inline std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}
inline std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

inline void begin_reading(std::optional<RequestParser>& parser, std::size_t header_bytes_max) {
  parser.emplace();
  parser->header_limit(static_cast<std::uint32_t>(header_bytes_max));
  // Set once the header tells what is asked. (Beast 1.74 takes "none" for zero.)
  parser->body_limit(std::numeric_limits<std::uint64_t>::max());
}

// The header alone.
inline http::Request read_header(const RequestParser& parser) {
  const auto& message = parser.get();
  std::string_view target = view(message.target());
  auto question = target.find('?');
  http::Request request;
  request.method = std::string(view(message.method_string()));
  request.path = std::string(target.substr(0, question));
  if (question != std::string_view::npos) request.query = http::parse_query(target.substr(question + 1));
  for (const auto& field : message) {
    auto& value = request.headers[lower(view(field.name_string()))];
    if (!value.empty()) value += ", ";
    value += std::string(view(field.value()));
  }
  return request;
}
inline bool has_address(const RequestParser& parser) {
  auto target = view(parser.get().target());
  return !target.empty() && target.front() == '/' && parser.get().version() >= 10;
}

struct Unreadable {
  Error error;
  int status = 0;  // where it is another than the code's
};
// What is said to who sent no request that we read; nothing where the connection merely ended.
inline std::optional<Unreadable> unreadable_for(boost::beast::error_code error) {
  namespace bhttp = boost::beast::http;
  if (error == bhttp::error::body_limit)
    return Unreadable{{Code::too_large, "the body is larger than is taken here"}};
  if (error == bhttp::error::header_limit || error == bhttp::error::buffer_overflow)
    return Unreadable{{Code::too_large, "the header is larger than is taken"}, 431};
  bool ours = error.category() == bhttp::make_error_code(bhttp::error::bad_method).category();
  if (ours && error != bhttp::error::end_of_stream && error != bhttp::error::partial_message)
    return Unreadable{{Code::malformed, "this is no HTTP request"}};
  return std::nullopt;
}

// The body in plain, of at most `bytes_max`.
inline std::optional<Unreadable> expand_body(http::Request& request, std::size_t bytes_max) {
  auto encoding = lower(request.header("content-encoding"));
  if (encoding == "zstd") {
    auto plain = wire::expand(request.body, bytes_max);
    if (!plain) return Unreadable{plain.error()};
    request.body = std::move(*plain);
    request.headers.erase("content-encoding");
  } else if (!encoding.empty() && encoding != "identity") {
    return Unreadable{{Code::unsupported, "bodies are taken plain or as zstd"}, 415};
  }
  return std::nullopt;
}

}  // namespace waymark::server::net
