#include "sync-server/routes/pages.hpp"

#include "shared/base/hash.hpp"
#include "sync-server/web/embedded.hpp"

namespace waymark::server {
namespace {

std::string_view type_of(std::string_view path) {
  auto ends = [&](std::string_view end) { return path.ends_with(end); };
  if (ends(".html")) return "text/html; charset=utf-8";
  if (ends(".js")) return "text/javascript; charset=utf-8";
  if (ends(".css")) return "text/css; charset=utf-8";
  if (ends(".svg")) return "image/svg+xml";
  if (ends(".woff2")) return "font/woff2";
  if (ends(".json")) return "application/json";
  return "application/octet-stream";
}

}  // namespace

void add_pages(http::Router& router) {
  for (const auto& file : web::files()) {
    std::string etag = to_hex(sha256(as_bytes(file.body))).substr(0, 16);
    auto serve = [file, etag](const http::Request& request) -> http::Answer {
      // Fonts carry a hash of their content in their name.
      return http::cacheable(request, std::string(file.body), type_of(file.path), etag,
                             file.path.starts_with("/assets/"));
    };
    router.add("GET", file.path, serve);
    if (file.path != "/index.html") continue;
    for (std::string_view page :
         {"/", "/sign-in", "/answer", "/students", "/students/{student}", "/pathways", "/pathways/{pathway}",
          "/set-up", "/set-up/new", "/set-up/add", "/needs-a-home", "/classes", "/classes/{class}", "/erase",
          "/cards", "/show"})
      router.add("GET", page, serve);
  }
}

}  // namespace waymark::server
