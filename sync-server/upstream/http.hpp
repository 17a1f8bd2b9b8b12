// A hub's requests to its school, one after the other over one connection that is kept. Trust is the school's
// identity: whoever answers first shows a hello that it has signed, and from then on only the TLS key of that
// hello is spoken to. A school outside of this network is reached directly, and where that fails by the proxy
// of the environment; what a portal or a proxy answers in its place is named, and never taken for its word.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/hash.hpp"
#include "shared/base/way.hpp"

namespace waymark::server::upstream {

struct Way {
  ProxySettings proxies = proxies_of_environment();
  std::vector<std::string> names;  // "name:port:address", known without asking the network
};

class Http {
 public:
  // url: "https://school.example:8443". Nothing is asked yet.
  Http(std::string url, const PublicKey& identity, std::string token, Way way = {});
  ~Http();
  Http(const Http&) = delete;

  // The body of a good answer. The Error that the school told, or `offline`, `timeout`, `identity_changed`,
  // `not_waymark` (between() tells what answers, where that can be known), `too_large`. Returns early once
  // `cancel` was called, from any thread.
  Result<std::string> post(std::string_view path, std::string_view type, std::string_view body);
  // A piece of something that is sent in pieces; empty: how much of it has come?
  struct PieceReply {
    bool whole = false;     // nothing more is to be sent
    std::int64_t come = 0;  // else how much has come, also where the piece did not fit
    std::string body;       // what the school says to the whole
  };
  Result<PieceReply> put(std::string_view path, std::int64_t from, std::int64_t total,
                         std::string_view piece);
  // An answer that goes on, piece by piece, until it ends, `hear` is false, or it was silent for a minute.
  using Hear = std::function<bool(std::string_view)>;
  Status listen(std::string_view path, const Hear& hear);
  void cancel();
  // What the last refusal advised, in milliseconds.
  std::int64_t retry_after_ms() const;

 private:
  // Without a body it asks only. What `hear` takes of a good answer is not kept.
  Result<long> send(std::string_view method, std::string_view path, const std::vector<std::string>& lines,
                    std::optional<std::string_view> body, const Hear& hear = {});
  Error refusal(long status);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waymark::server::upstream
