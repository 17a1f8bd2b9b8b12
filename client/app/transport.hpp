// The seam to the network: HTTP exchanges that are begun and whose replies are taken later, on the caller's
// own thread. Nothing here blocks. client/net implements it with libcurl; tests answer it themselves.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "shared/base/result.hpp"
#include "shared/base/way.hpp"

namespace waymark::app {

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // whole: "https://192.168.4.2:8443/v1/sync"
  // Allowed TLS keys: SHA-256 of the SubjectPublicKeyInfo, 64 hexadecimal digits each. Empty: any key, for
  // the very first hello. Certificates' names and dates are never asked: a school's clock and address may be
  // wrong.
  std::vector<std::string> pins;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  std::int64_t timeout_ms = 30'000;               // for the whole exchange
  std::size_t reply_bytes_max = 8 * 1024 * 1024;  // as expanded
  // More than 0: a reply of status 200 is handed over as it comes, by take_pieces(), and may take any time,
  // but ends with `timeout` after so long a silence.
  std::int64_t silence_ms = 0;
};

struct HttpReply {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // expanded
};

class Transport {
 public:
  virtual ~Transport() = default;
  // Starts an exchange; its reply will carry the same ticket. Bodies of more than 200 bytes are sent
  // compressed (zstd) when `headers` has no content-encoding.
  virtual void begin(std::uint64_t ticket, HttpRequest request) = 0;
  virtual void cancel(std::uint64_t ticket) = 0;
  // What ended since the last call, each once. An Error when no reply came: `offline`, `timeout`,
  // `identity_changed` (another TLS key), `too_large`, `not_waymark` (what answered is no school; between()
  // tells what it is, where that can be known).
  virtual std::vector<std::pair<std::uint64_t, Result<HttpReply>>> take() = 0;
  // What came since the last call of replies that are handed over as they come.
  virtual std::vector<std::pair<std::uint64_t, std::string>> take_pieces() { return {}; }
};

}  // namespace waymark::app
