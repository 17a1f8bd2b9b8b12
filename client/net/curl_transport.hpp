// app::Transport over libcurl: one thread drives all exchanges, and connections are kept for the next one. It
// trusts TLS keys, not certificates, asks no proxy and follows no redirect: what a captive portal answers is
// `not_waymark`, never taken for a school's word.
#pragma once

#include <functional>
#include <memory>

#include "client/app/transport.hpp"

namespace waymark::net {

class CurlTransport final : public app::Transport {
 public:
  // arrived: called on the transport's thread when take() has something new, to wake a window that waits for
  // input; it must not call back in here.
  explicit CurlTransport(std::function<void()> arrived = {});
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
