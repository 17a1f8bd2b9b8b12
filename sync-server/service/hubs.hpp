// A school's hubs, as an administrator looks after them.
#pragma once

#include <string_view>

#include "sync-server/service/school.hpp"

namespace waymark::server {

// One that serves, by its id or name: `not_found`, `conflict` when several.
Result<HubRow> hub_named(School& school, std::string_view text);
// Lost, or not needed any more: its token ends, it is nobody's reader, and no student is sent to it, also not
// after a restore. What it brought stays.
Status remove_hub(School& school, const PersonId& hub);

}  // namespace waymark::server
