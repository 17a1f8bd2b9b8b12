#include "sync-server/http/router.hpp"

#include <algorithm>

namespace waymark::http {
namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  if (!path.empty() && path.front() == '/') path.remove_prefix(1);
  while (true) {
    auto end = path.find('/');
    segments.push_back(path.substr(0, end));
    if (end == std::string_view::npos) return segments;
    path.remove_prefix(end + 1);
  }
}

bool is_name(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}
bool is_rest(std::string_view segment) {
  return is_name(segment) && segment.size() > 5 && segment.substr(segment.size() - 4) == "...}";
}

}  // namespace

struct Router::Route {
  std::string method, pattern;
  std::vector<std::string> segments;
  Handler handler;
  RouteOptions options;
};

struct Router::Match {
  const Route* route = nullptr;
  std::string allow;  // methods of the path, when none fits
  std::map<std::string, std::string> params;
  bool malformed = false;
};

Router::Router() = default;
Router::~Router() = default;

void Router::add(std::string_view method, std::string_view pattern, Handler handler, RouteOptions options) {
  auto route = std::make_unique<Route>();
  route->method = method;
  route->pattern = pattern;
  for (auto segment : segments_of(pattern)) route->segments.emplace_back(segment);
  route->handler = std::move(handler);
  route->options = options;
  routes_.push_back(std::move(route));
}

Router::Match Router::find(std::string_view method, std::string_view path) const {
  Match best;
  std::vector<std::string> parts;
  for (auto segment : segments_of(path)) {
    auto plain = percent_decode(segment);
    if (!plain || *plain == ".." || *plain == ".") {
      best.malformed = true;
      return best;
    }
    parts.push_back(std::move(*plain));
  }
  std::string_view wanted = method == "HEAD" ? std::string_view("GET") : method;
  std::string best_rank;
  for (const auto& route : routes_) {
    const auto& pattern = route->segments;
    bool rest = is_rest(pattern.back());
    if (rest ? parts.size() < pattern.size() : parts.size() != pattern.size()) continue;
    std::string rank;  // per segment: fixed word 'c', name 'b', rest 'a'; the greatest wins
    std::map<std::string, std::string> params;
    bool fits = true;
    for (std::size_t i = 0; i < pattern.size() && fits; i++) {
      if (is_rest(pattern[i])) {
        std::string all;
        for (std::size_t k = i; k < parts.size(); k++) all += (k == i ? "" : "/") + parts[k];
        params[pattern[i].substr(1, pattern[i].size() - 5)] = all;
        rank += 'a';
      } else if (is_name(pattern[i])) {
        fits = !parts[i].empty();
        params[pattern[i].substr(1, pattern[i].size() - 2)] = parts[i];
        rank += 'b';
      } else {
        fits = parts[i] == pattern[i];
        rank += 'c';
      }
    }
    if (!fits) continue;
    if (route->method != wanted) {
      if (best.allow.find(route->method) == std::string::npos)
        best.allow += (best.allow.empty() ? "" : ", ") + route->method;
      continue;
    }
    if (!best.route || rank > best_rank) {
      best.route = route.get();
      best.params = std::move(params);
      best_rank = rank;
    }
  }
  return best;
}

std::size_t Router::body_bytes_max(std::string_view method, std::string_view path) const {
  auto match = find(method, path);
  return match.route ? match.route->options.body_bytes_max : RouteOptions{}.body_bytes_max;
}

bool Router::prepare(Request& request) const {
  auto match = find(request.method, request.path);
  if (!match.route) return false;
  if (match.route->options.prepare) match.route->options.prepare(request);
  return match.route->options.shares_commit;
}

Answer Router::handle(Request& request) const {
  auto match = find(request.method, request.path);
  if (match.malformed) return Error{Code::malformed, "the address cannot be read"};
  if (!match.route && match.allow.empty()) return Error{Code::not_found, "there is nothing at this address"};
  if (!match.route) {
    auto response = error_response({Code::unsupported, "this address does not take " + request.method});
    response.status = 405;
    response.set("allow", match.allow);
    return response;
  }
  request.params = std::move(match.params);
  return match.route->handler(request);
}

Response Router::answer(Request request) const {
  prepare(request);
  auto answer = handle(request);
  while (auto* later = answer.later()) {
    auto step = std::move(*later);
    if (step.work) step.work();
    answer = step.then();
  }
  auto response = std::move(*answer.response());
  add_security_headers(response);
  return response;
}

void add_security_headers(Response& response) {
  if (response.bare) return;
  auto add = [&](std::string_view name, std::string_view value) {
    if (response.header(name).empty()) response.add(name, value);
  };
  bool page = response.header("content-type").substr(0, 9) == "text/html";
  add("content-security-policy", page ? "default-src 'none'; script-src 'self'; style-src 'self'; img-src "
                                        "'self' blob: data:; media-src 'self' "
                                        "blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
                                        "base-uri 'none'; form-action 'self'; "
                                        "frame-ancestors 'none'"
                                      : "default-src 'none'; frame-ancestors 'none'");
  add("x-content-type-options", "nosniff");
  add("x-frame-options", "DENY");
  add("referrer-policy", "no-referrer");
  add("cross-origin-opener-policy", "same-origin");
  add("cross-origin-resource-policy", "same-origin");
  add("permissions-policy", "camera=(self), microphone=(), geolocation=()");
}

}  // namespace waymark::http
