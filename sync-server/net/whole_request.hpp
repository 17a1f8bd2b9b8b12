// A request whose bytes are all here, read as a connection reads it, with the same limits. For tests: they
// need no socket for any bytes at all.
#pragma once

#include <string_view>

#include "sync-server/http/router.hpp"

namespace waymark::server::net {

// The error that a connection would answer with. `malformed` too for one that breaks off.
Result<http::Request> read_whole_request(std::string_view bytes, const http::Router& router,
                                         std::size_t header_bytes_max = 16 * 1024);

}  // namespace waymark::server::net
