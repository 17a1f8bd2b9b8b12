#include "sync-server/net/whole_request.hpp"

#include <boost/asio/buffer.hpp>

#include "sync-server/net/reading.hpp"

namespace waymark::server::net {
namespace {

// Puts bytes until the parser is satisfied, as a connection does with what it received.
template <class Enough>
Status put_until(RequestParser& parser, std::string_view& bytes, Enough enough) {
  Error broken_off{Code::malformed, "the request breaks off"};
  while (!enough()) {
    boost::beast::error_code error;
    auto used = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    bytes.remove_prefix(used);
    if (error == boost::beast::http::error::need_more) return broken_off;
    if (error) {
      auto said = unreadable_for(error);
      return said ? said->error : broken_off;
    }
    if (used == 0 && !enough()) return broken_off;
  }
  return {};
}

}  // namespace

Result<http::Request> read_whole_request(std::string_view bytes, const http::Router& router,
                                         std::size_t header_bytes_max) {
  std::optional<RequestParser> parser;
  begin_reading(parser, header_bytes_max);
  WAYMARK_CHECK(put_until(*parser, bytes, [&] { return parser->is_header_done(); }));
  auto request = read_header(*parser);
  if (!has_address(*parser)) return Error{Code::malformed, "the address cannot be read"};
  auto body_max = router.body_bytes_max(request.method, request.path);
  auto length = parser->content_length();
  if (length && *length > body_max) return Error{Code::too_large, "the body is larger than is taken here"};
  parser->body_limit(body_max);
  parser->eager(true);
  WAYMARK_CHECK(put_until(*parser, bytes, [&] { return parser->is_done(); }));
  request.body = std::move(parser->get().body());
  if (auto said = expand_body(request, body_max)) return said->error;
  return request;
}

}  // namespace waymark::server::net
