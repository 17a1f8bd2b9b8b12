// Event streams (server-sent events): what a listener hears, as text. Names and numbers of streams, no
// content.
#pragma once

#include "sync-server/http/router.hpp"
#include "sync-server/service/school.hpp"

namespace waymark::server {

// For a student's computer: every stream that the student may read, as it ends now, and then each that grows.
Result<http::Response> student_events(School& school, const Bearer& bearer);
// For a page of the dashboard: the classes and the student that a change may be seen of.
Result<http::Response> staff_events(School& school, const PersonId& staff, std::string_view session_token);

}  // namespace waymark::server
