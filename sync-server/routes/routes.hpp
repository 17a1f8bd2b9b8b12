// What the server answers: each function parses a request, calls one function of School, and renders what it
// gave. They are called where School lives, one at a time.
#pragma once

#include "sync-server/http/router.hpp"
#include "sync-server/service/school.hpp"

namespace waymark::server {

// /v1: hello, join, sync, have, files.
void add_sync_routes(http::Router& router, School& school);

}  // namespace waymark::server
