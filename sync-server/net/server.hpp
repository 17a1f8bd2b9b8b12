// The listener: accepts connections over TLS or plain HTTP, keeps every limit of time and size, and hands
// whole requests to a router on one thread, where School lives. It answers what it accepted before it stops.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sync-server/http/metrics.hpp"
#include "sync-server/http/router.hpp"
#include "sync-server/net/desk.hpp"
#include "sync-server/net/tls.hpp"

namespace waymark::server::net {

struct ServerOptions {
  std::string host = "0.0.0.0";  // an address, not a name
  std::uint16_t port = 0;        // 0: any that is free
  std::optional<Tls> tls;        // nothing: plain HTTP
  std::size_t connections_max = 1024;
  // Beyond these so many more are told to come later (503) before they are closed; the rest is closed at
  // once.
  std::size_t refusals_max = 64;
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t waiting_max = 1024;  // requests waiting for a handler; more are asked to come later
  // Commits together what requests of routes that share write; nothing: each commits alone.
  Together together;
  // Runs where handlers run, after what they wrote is durable.
  std::function<void()> after;
  std::size_t bodies_bytes_max = 256 * 1024 * 1024;  // of all requests being read or answered, together
  std::int64_t handshake_ms = 10'000;
  std::int64_t idle_ms = 75'000;    // between two requests of a connection
  std::int64_t header_ms = 10'000;  // from a request's first byte to the end of its header
  std::int64_t stall_ms = 20'000;   // without a byte of the body, or without room for one of the answer
  std::int64_t body_ms = 300'000;   // for the whole body
  std::int64_t beat_ms = 20'000;    // of silence, before an answer that goes on shows that it lives
  std::int64_t drain_ms = 1'500;    // what stop() waits for answers that are on their way
};

// How many connections a program holds that may have so many files open, if `wanted` are: beside them it
// needs room for its own files.
constexpr std::size_t own_files_max = 256;
std::size_t connections_that_fit(std::size_t wanted, std::size_t files);
// Asks the system for as many open files as that takes, and says how many connections fit into what it
// allows.
std::size_t allow_connections(std::size_t wanted);

// One line of the log for each request.
struct Access {
  std::string method, path, remote;
  int status = 0;
  std::int64_t took_us = 0;
  std::size_t bytes_in = 0, bytes_out = 0;
};

class Server {
 public:
  // Listens at once. `exists` when the port is taken, `forbidden` when it may not be had, `invalid` when the
  // host is no address of this machine.
  static Result<std::unique_ptr<Server>> start(ServerOptions options, const http::Router& router,
                                               http::Metrics& metrics,
                                               std::function<void(const Access&)> log = {});
  ~Server();  // stops

  std::uint16_t port() const;
  // Runs a function where the handlers run and waits for it. False when the server is stopping and it did not
  // run.
  bool run(std::function<void()> function);
  // Takes no more, answers what was accepted, and returns within options.drain_ms and a little.
  void stop();

 private:
  Server();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waymark::server::net
