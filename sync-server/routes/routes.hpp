// What the server answers: each function parses a request, calls one function of School, and renders what it
// gave. They are called where School lives, one at a time.
#pragma once

#include <string_view>

#include "sync-server/http/metrics.hpp"
#include "sync-server/http/router.hpp"
#include "sync-server/service/school.hpp"

namespace waymark::server {

inline constexpr std::string_view version = "0.1.0";

// /v1: hello, join, sync, events, have, files.
void add_sync_routes(http::Router& router, School& school);
// /healthz, /readyz, /metrics.
void add_health_routes(http::Router& router, School& school, const http::Metrics& metrics);

}  // namespace waymark::server
