// `waymark-server serve`: opens the school, listens, takes commands over the socket, and stops on SIGTERM or
// SIGINT with everything answered that was accepted.
#pragma once

#include "sync-server/cli/command.hpp"

namespace waymark::server::cli {

void add_serve_line(Line& line);
Status serve(const Asked& asked, const Commands& commands);

// "127.0.0.1:8443", "[::1]:8443", ":8443", "8443": an address and a port; `invalid` for anything else.
Result<std::pair<std::string, std::uint16_t>> read_listen(std::string_view text);

}  // namespace waymark::server::cli
