#include <doctest/doctest.h>

#include "sync-server/http/message.hpp"
#include "sync-server/http/ranges.hpp"
#include "sync-server/http/router.hpp"
#include "tests/support/golden.hpp"

using namespace waymark;
using namespace waymark::http;

namespace {
Request get(std::string path, std::string method = "GET") {
  Request request;
  request.path = std::move(path);
  request.method = std::move(method);
  return request;
}
}  // namespace

TEST_CASE("a route names parts of its path, and a fixed word wins over a name") {
  Router router;
  router.add("GET", "/a/{who}",
             [](const Request& r) { return text(200, "who " + std::string(r.param("who"))); });
  router.add("GET", "/a/fixed", [](const Request&) { return text(200, "fixed"); });
  router.add("GET", "/files/{rest...}",
             [](const Request& r) { return text(200, std::string(r.param("rest"))); });
  router.add("POST", "/a/{who}", [](const Request&) { return no_content(); });
  CHECK(router.answer(get("/a/Zo%C3%AB")).body == "who Zo\xC3\xAB");
  CHECK(router.answer(get("/a/fixed")).body == "fixed");
  CHECK(router.answer(get("/files/a/b.js")).body == "a/b.js");
  CHECK(router.answer(get("/a/x", "POST")).status == 204);
  CHECK(router.answer(get("/a/x", "HEAD")).status == 200);
  CHECK(router.answer(get("/a")).status == 404);
  auto other = router.answer(get("/a/x", "DELETE"));
  CHECK(other.status == 405);
  CHECK(other.header("allow") == "GET, POST");
}

TEST_CASE("an address that climbs or is half escaped is refused") {
  Router router;
  router.add("GET", "/{rest...}", [](const Request&) { return text(200, "yes"); });
  CHECK(router.answer(get("/a/../b")).status == 400);
  CHECK(router.answer(get("/a/%2e%2e/b")).status == 400);
  CHECK(router.answer(get("/a%4")).status == 400);
  CHECK(router.answer(get("/a%00")).status == 400);
}

TEST_CASE("an error has a status, its code's name, and the time to wait where waiting helps") {
  auto wrong = error_response({Code::wrong_pin, "not the PIN chosen"});
  CHECK(wrong.status == 403);
  CHECK(wrong.body == R"({"error":{"code":"wrong_pin","detail":"not the PIN chosen"}})");
  CHECK(wrong.header("retry-after").empty());
  auto slow = error_response({Code::slowed_down, "4"});
  CHECK(slow.status == 429);
  CHECK(slow.header("retry-after") == "4");
  CHECK(error_response({Code::io, "/srv/school.db"}).body == R"({"error":{"code":"io","detail":""}})");
}

TEST_CASE("golden errors are told as they stand there, with their status and the time to wait") {
  using test::text;
  for (const auto& entry : test::golden_part("errors")) {
    CAPTURE(text(entry, "name"));
    if (!entry.value("own", false)) continue;
    auto response = error_response({code_named(text(entry, "code")), text(entry, "detail")});
    CHECK(response.status == entry["status"]);
    CHECK(response.body == test::bytes_of(entry));
    CHECK(response.header("retry-after") == text(entry, "retry_after"));
    CHECK(response.header("content-type") == "application/json");
  }
}

TEST_CASE("a piece of a file says where it belongs, and a question which part is wanted") {
  auto piece = [](std::string_view text, std::size_t bytes) {
    auto read = read_content_range(text, bytes);
    return read ? std::to_string(read->from) + "/" + std::to_string(read->total)
                : std::string(name(read.error().code));
  };
  CHECK(piece("", 7) == "0/7");
  CHECK(piece("bytes 0-99/1000", 100) == "0/1000");
  CHECK(piece("bytes 900-999/1000", 100) == "900/1000");
  CHECK(piece("bytes */1000", 0) == "0/1000");
  CHECK(piece("bytes 0-99/999999999999999", 100) == "0/999999999999999");
  for (const char* bad : {"bytes 0-99/1000000000000000", "bytes 901-1000/1000", "bytes 0-98/1000",
                          "bytes 99-0/1000", "bytes -1/9", "bytes 0-99/*", "bytes 0-99/1000 ",
                          "bytes  0-99/1000", "items 0-99/1000", "bytes */1000", "0-99/1000"})
    CHECK_MESSAGE(piece(bad, 100) == "malformed", bad);
  auto range = [](std::string_view text, std::int64_t total) {
    auto read = read_range(text, total);
    return read ? std::to_string(read->from) + "-" + std::to_string(read->to) : std::string("whole");
  };
  CHECK(range("bytes=0-99", 1000) == "0-99");
  CHECK(range("bytes=900-", 1000) == "900-999");
  CHECK(range("bytes=900-5000", 1000) == "900-999");
  CHECK(range("bytes=1000-", 1000) == "1000-999");  // beyond the file: the caller says so
  for (const char* other :
       {"", "bytes=-5", "bytes=5-4", "bytes=0-1,3-4", "bytes 0-1", "bytes=a-", "items=0-1"})
    CHECK_MESSAGE(range(other, 1000) == "whole", other);
}

TEST_CASE("every response carries the security headers, and a page may load only our own files") {
  Router router;
  router.add("GET", "/", [](const Request&) { return html(200, "<p>"); });
  auto page = router.answer(get("/"));
  CHECK(page.header("x-content-type-options") == "nosniff");
  CHECK(page.header("content-security-policy").find("script-src 'self';") != std::string_view::npos);
  CHECK(page.header("content-security-policy").find("frame-ancestors 'none'") != std::string_view::npos);
  CHECK(router.answer(get("/x")).header("content-security-policy") ==
        "default-src 'none'; frame-ancestors 'none'");
}

TEST_CASE("JSON bodies are declared as such, bounded in depth, and read by name and type") {
  Request request;
  request.headers["content-type"] = "application/json; charset=utf-8";
  request.body = R"({"name":"Elena","n":3,"yes":true})";
  auto body = json_body(request).value();
  CHECK(text_of(body, "name").value() == "Elena");
  CHECK(integer_of(body, "n").value() == 3);
  CHECK(boolean_of(body, "yes").value());
  CHECK(text_of(body, "n").error().code == Code::malformed);
  CHECK(text_or(body, "missing", "x").value() == "x");
  CHECK(text_of(json::array(), "name").error().code == Code::malformed);
  request.body = std::string(32, '[') + std::string(32, ']');
  CHECK(json_body(request).has_value());
  request.body = std::string(33, '[') + std::string(33, ']');
  CHECK(json_body(request).error().code == Code::too_deep);
  request.body = "{";
  CHECK(json_body(request).error().code == Code::malformed);
  request.body = "{}";
  request.headers["content-type"] = "text/plain";
  CHECK(json_body(request).error().code == Code::malformed);
}

TEST_CASE("cookies are read by name and set out of scripts' reach") {
  Request request;
  request.headers["cookie"] = "a=1; session=abc=; b=2";
  CHECK(request.cookie("session") == "abc=");
  CHECK(request.cookie("c") == "");
  Response response;
  set_cookie(response, {"session", "abc", 60});
  CHECK(response.header("set-cookie") ==
        "session=abc; Path=/; SameSite=Strict; Max-Age=60; HttpOnly; Secure");
  response.set("x", "a\r\nset-cookie: evil=1");
  CHECK(response.header("x") == "aset-cookie: evil=1");
  request.headers["authorization"] = "Bearer xyz";
  CHECK(request.bearer() == "xyz");
}

TEST_CASE("what was kept is confirmed by its etag") {
  Request request;
  request.headers["if-none-match"] = "\"abc\"";
  CHECK(cacheable(request, "body", "text/css", "abc").status == 304);
  CHECK(cacheable(request, "body", "text/css", "abd").body == "body");
}

TEST_CASE("slow work is done between two steps of a handler") {
  Router router;
  router.add("POST", "/slow", [](const Request&) {
    auto sum = std::make_shared<int>(0);
    return Answer(Later{[sum] { *sum = 42; }, [sum] { return Answer(text(200, std::to_string(*sum))); }});
  });
  CHECK(router.answer(get("/slow", "POST")).body == "42");
}

TEST_CASE("a query is decoded") {
  auto query = parse_query("name=Zo%C3%AB+B&x&bad=%f");
  CHECK(query.size() == 2);
  CHECK(query["name"] == "Zo\xC3\xAB B");
}

TEST_CASE("who reads an answer too slowly loses it, and what was not sent is not kept") {
  Outlet outlet(":\n\n", 8);
  int told = 0;
  outlet.on_news([&] { told++; });
  CHECK(outlet.add("12345678"));
  CHECK(outlet.take() == "12345678");
  CHECK(outlet.add("1234567"));
  CHECK(outlet.add("8"));
  CHECK_FALSE(outlet.add("9"));
  CHECK_FALSE(outlet.open());
  CHECK(outlet.take().empty());
  CHECK_FALSE(outlet.add("9"));
  CHECK(told == 4);
}
