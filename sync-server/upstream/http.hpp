// A hub's requests to its school, one after the other over one connection that is kept. Trust is the school's
// identity: whoever answers first shows a hello that it has signed, and from then on only the TLS key of that
// hello is spoken to.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "shared/base/hash.hpp"

namespace waymark::server::upstream {

class Http {
 public:
  // url: "https://school.example:8443". Nothing is asked yet.
  Http(std::string url, const PublicKey& identity, std::string token);
  ~Http();
  Http(const Http&) = delete;

  // The body of a good answer. The Error that the school told, or `offline`, `timeout`, `identity_changed`,
  // `not_waymark`, `too_large`. Returns early once `cancel` was called, from any thread.
  Result<std::string> post(std::string_view path, std::string_view type, std::string_view body);
  void cancel();
  // What the last refusal advised, in milliseconds.
  std::int64_t retry_after_ms() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waymark::server::upstream
