// Which function answers which request. A pattern is a path whose segments may be names in braces:
// "/v1/streams/{stream}/files/{sha256}" gives request.param("sha256"); a last segment "{rest...}" takes all
// that follows, and fixed words win over names. Every response leaves with the security headers.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sync-server/http/message.hpp"

namespace waymark::http {

class Answer;

// For what is slow and touches no School (a password's hash): `work` runs on another thread, then `then` runs
// where handlers run.
struct Later {
  std::function<void()> work;
  std::function<Answer()> then;
};

// What a handler gives: a response, an error, or what is to be done first.
class Answer {
 public:
  Answer(Response response) : value_(std::move(response)) {}
  Answer(const Error& error) : value_(error_response(error)) {}
  Answer(Later later) : value_(std::move(later)) {}
  template <class T>
  Answer(Result<T> result) : Answer(result ? Answer(std::move(*result)) : Answer(result.error())) {}

  Response* response() { return std::get_if<Response>(&value_); }
  Later* later() { return std::get_if<Later>(&value_); }

 private:
  std::variant<Response, Later> value_;
};

using Handler = std::function<Answer(const Request&)>;

struct RouteOptions {
  std::size_t body_bytes_max = 4 * 1024 * 1024;  // as sent, and as expanded
  // What it writes may be committed together with what others write; its handler may then run a second time.
  bool shares_commit = false;
  // Runs before the handler and on another thread: what needs only the request. Fills request.prepared.
  std::function<void(Request&)> prepare = {};
};

class Router {
 public:
  Router();
  ~Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  // A handler for GET answers HEAD too; net leaves the body out.
  void add(std::string_view method, std::string_view pattern, Handler handler, RouteOptions options = {});

  // Before the body has come: how much of it this request may send.
  std::size_t body_bytes_max(std::string_view method, std::string_view path) const;
  // Calls the route's prepare(), if it has one, and tells whether the route shares its commit.
  bool prepare(Request& request) const;
  // Finds the handler and calls it: 404, or 405 with `allow`, when there is none. Fills request.params.
  Answer handle(Request& request) const;
  // As handle, with Later work done at once: for tests and where there is no other thread.
  Response answer(Request request) const;

 private:
  struct Route;
  struct Match;
  Match find(std::string_view method, std::string_view path) const;
  std::vector<std::unique_ptr<Route>> routes_;
};

// On every response: a content policy that allows only our own files, no sniffing, no framing, no referrer.
void add_security_headers(Response& response);

}  // namespace waymark::http
