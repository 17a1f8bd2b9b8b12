// Requests to the school over the transport, with the trust in one place: every exchange pins the TLS keys
// that the school's identity has signed; where the key has changed, a new hello must be signed by the same
// identity, else the answer is `identity_changed`. Errors of the protocol come back as Errors.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "client/app/computer.hpp"
#include "client/app/transport.hpp"
#include "shared/wire/bodies.hpp"

namespace waymark::app {

// What a hello said, its signature checked. Of the hub only a connection with the key it names vouches.
using HelloReply = wire::Hello;

// The school's server or a hub answers at the address from now on. Keys are kept of the one that answers
// alone: a request is made for the one or for the other, and with the other's key nobody hears it.
void now_answers(ComputerState& state, const HelloReply& said);

class Connection {
 public:
  using Done = std::function<void(Result<HttpReply>, std::int64_t retry_after_ms)>;
  using Piece = std::function<void(std::string_view)>;
  using HelloDone = std::function<void(Result<HelloReply>)>;

  // Without a transport every request is `offline`.
  Connection(Transport* transport, Computer& computer) : transport_(transport), computer_(computer) {}
  ~Connection();
  Connection(const Connection&) = delete;

  // Asks whoever is at an address who they are; nothing is pinned.
  std::uint64_t hello(const std::string& address, HelloDone done);
  // `request.url` is a path of the joined school: "/v1/sync". Done is called from poll(), never at once.
  // Piece: for a reply that is handed over as it comes (request.silence_ms).
  std::uint64_t send(HttpRequest request, Done done, Piece piece = {});
  // The same before the computer has joined.
  std::uint64_t send_to(const std::string& address, const std::vector<std::string>& pins, HttpRequest request,
                        Done done);
  // Its Done is never called.
  void cancel(std::uint64_t ticket);
  // Takes what ended and calls its Done. True when something ended.
  bool poll();
  bool busy() const { return !open_.empty() || !failed_.empty(); }
  // The hub that the joined school's address leads to; empty: its server.
  const std::string& hub() const { return computer_.state().hub; }
  // Asks who it is that answers there; the connection's key vouches for it.
  std::uint64_t who_answers(std::function<void()> done);

 private:
  struct Open {
    HttpRequest request;
    Done done;
    Piece piece;
    bool joined = false;   // to the joined school: a changed key may be explained by a new hello
    bool again = false;    // tried with the key that a new hello named
    std::string hub = {};  // for whom it was made; empty: the school's server
  };
  void begin(std::uint64_t ticket, const Open& open);
  void finish(Open open, Result<HttpReply> reply);
  void renew_key(std::uint64_t ticket, Open open);

  Transport* transport_;
  Computer& computer_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, Open> open_;
  std::map<std::uint64_t, Open> failed_;             // to be told at the next poll
  std::map<std::uint64_t, std::uint64_t> helloing_;  // ticket of a hello → of the request that waits for it
};

// "192.168.4.2:8443" and "https://192.168.4.2:8443/" are the same; plain HTTP must be asked for. `invalid`.
Result<std::string> read_address(std::string_view typed);

}  // namespace waymark::app
