// The dashboard's own files, built into the program: its page for every address of the dashboard, and its
// script, styles and fonts. Nothing comes from another host.
#pragma once

#include "sync-server/http/router.hpp"

namespace waymark::server {

void add_pages(http::Router& router);

}  // namespace waymark::server
