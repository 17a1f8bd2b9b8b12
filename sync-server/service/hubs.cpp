#include "sync-server/service/hubs.hpp"

#include <algorithm>

#include "shared/base/text.hpp"
#include "shared/base/way.hpp"

namespace waymark::server {

Result<std::vector<HubLine>> hub_lines(School& school) {
  WAYMARK_CHECK(school.only_the_school());
  std::vector<HubLine> lines;
  WAYMARK_TRY(hubs, school.carried().hubs());
  for (auto& hub : hubs) {
    if (!hub.active) continue;
    HubLine line{hub.id.hex(), hub.name, {}, std::move(hub.addresses), hub.heard_ms.value_or(0),
                 hub.carrying, 0};
    WAYMARK_TRY(left_out, school.left_out_of_hub(hub.id));
    line.left_out = left_out;
    WAYMARK_TRY(serves, school.accounts().enrollments_of(hub.id));
    for (const auto& served : serves) {
      WAYMARK_TRY(row, school.accounts().class_by_id(served.class_id));
      if (served.active && row && row->active) line.classes.push_back(row->title);
    }
    std::sort(line.classes.begin(), line.classes.end());
    lines.push_back(std::move(line));
  }
  std::sort(lines.begin(), lines.end(), [](const HubLine& a, const HubLine& b) {
    return std::pair(fold(a.name), a.id) < std::pair(fold(b.name), b.id);
  });
  return lines;
}

Result<HubRow> hub_named(School& school, std::string_view text) {
  std::vector<HubRow> fitting;
  WAYMARK_TRY(hubs, school.carried().hubs());
  for (const auto& hub : hubs) {
    if (!hub.active) continue;
    if (hub.id.hex() == text) return hub;
    if (fold(hub.name) == fold(text)) fitting.push_back(hub);
  }
  std::string shown(text);
  if (fitting.size() == 1) return fitting.front();
  if (fitting.empty())
    return Error{Code::not_found, "no hub is called \"" + shown + "\"; see: waymark-server hub list"};
  return Error{Code::conflict,
               "several hubs are called \"" + shown + "\"; give the id that hub list --json shows"};
}

std::string_view line_word(const std::optional<Error>& lost) {
  if (!lost) return "";
  if (auto what = between(*lost); what != Between::nothing)
    return between_names[static_cast<std::size_t>(what)];
  switch (lost->code) {
    case Code::unauthorized:
      return "removed";
    case Code::identity_changed:
    case Code::not_waymark:
    case Code::conflict:
      return "another";
    case Code::offline:
    case Code::timeout:
    case Code::server_busy:
    case Code::server_failed:
      return "away";
    default:
      return "stuck";
  }
}

Status remove_hub(School& school, const PersonId& hub, const std::optional<PersonId>& by) {
  WAYMARK_CHECK(school.only_the_school());
  WAYMARK_TRY(person, school.accounts().person(hub));
  if (!person || person->role != "hub") return Error{Code::not_found, "no such hub"};
  if (!person->active) return {};
  WAYMARK_TRY(transaction, store::Transaction::begin(school.store().db()));
  WAYMARK_TRY(serves, school.accounts().enrollments_of(hub));
  for (const auto& served : serves)
    if (served.active) WAYMARK_CHECK(school.enroll(served.class_id, hub, served.role, false));
  WAYMARK_TRY(devices, school.carried().devices());
  for (const auto& device : devices)
    if (device.person == hub) WAYMARK_CHECK(school.remove_computer(device.computer));
  person->active = false;
  WAYMARK_CHECK(school.put_person(*person));
  WAYMARK_CHECK(school.refresh_access());
  WAYMARK_CHECK(school.accounts().audit(by, "hub removed", person->given));
  return transaction.commit();
}

}  // namespace waymark::server
