// A school's hubs, as an administrator looks after them, and what a hub says of its line to the school.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sync-server/service/school.hpp"

namespace waymark::server {

struct HubLine {
  std::string id, name;
  std::vector<std::string> classes, addresses;
  std::int64_t heard_ms = 0;  // 0: never
  std::int64_t carrying = 0;  // ops on their way to the school, as it last said
  std::int64_t left_out = 0;  // students of its classes that are too many for it
};
// Those that serve, by name.
Result<std::vector<HubLine>> hub_lines(School& school);

// One that serves, by its id or name: `not_found`, `conflict` when several.
Result<HubRow> hub_named(School& school, std::string_view text);
// Lost, or not needed any more: its token ends, it is nobody's reader, and no student is sent to it, also not
// after a restore. What it brought stays.
Status remove_hub(School& school, const PersonId& hub, const std::optional<PersonId>& by = std::nullopt);

// The word of the catalogues for it: "portal", "proxy", "inspection", "removed" (the school does not know
// this hub any more), "another" (somebody else answers), "away", "stuck" (anything else); empty: it leads
// there.
std::string_view line_word(const std::optional<Error>& lost);

}  // namespace waymark::server
