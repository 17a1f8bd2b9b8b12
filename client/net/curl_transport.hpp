// app::Transport over libcurl: one thread drives all exchanges, and connections are kept for the next one. It
// trusts TLS keys, not certificates, and follows no redirect: what a captive portal or a proxy answers is
// named, and never taken for a school's word.
//
// A school inside of this network is reached directly. One outside is too, and where that fails by the proxy
// that this computer is set to use; the way that worked is the first one next time. A proxy carries what is
// TLS between this computer and the school's pinned key, and nothing else. Where neither way leads there, a
// name that cannot be is looked up: a network that knows it answers for everything itself.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client/app/transport.hpp"

namespace waymark::net {

class CurlTransport final : public app::Transport {
 public:
  // arrived: called on the transport's thread when take() has something new, to wake a window that waits for
  // input; it must not call back in here.
  // names: "name:port:address", known without asking the network.
  explicit CurlTransport(std::function<void()> arrived = {}, ProxySettings proxies = proxies_of_environment(),
                         std::vector<std::string> names = {});
  ~CurlTransport() override;  // gives up what is on its way

  void begin(std::uint64_t ticket, app::HttpRequest request) override;
  void cancel(std::uint64_t ticket) override;
  std::vector<std::pair<std::uint64_t, Result<app::HttpReply>>> take() override;
  std::vector<std::pair<std::uint64_t, std::string>> take_pieces() override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waymark::net
