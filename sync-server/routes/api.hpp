// The teacher's dashboard as JSON under /api: a cookie session that scripts cannot read, a token in a header
// for everything that changes something, and a check on every route that the person is staff and teaches the
// class and the student that the path names.
#pragma once

#include <string>
#include <vector>

#include "sync-server/http/router.hpp"
#include "sync-server/service/school.hpp"

namespace waymark::server {

inline constexpr std::string_view session_cookie = "waymark_session";
inline constexpr std::string_view csrf_header = "x-waymark-csrf";
inline constexpr std::string_view stick_header = "waymark-read";  // in an answer: what a stick's file brought

struct ApiRoute {
  std::string method, pattern;
};
// Adds them and tells which they are, so that a test can try each as somebody who may not.
std::vector<ApiRoute> add_api_routes(http::Router& router, School& school);

}  // namespace waymark::server
