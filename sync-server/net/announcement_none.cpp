// Where there is no Avahi to build with.
#include "sync-server/net/announcement.hpp"

namespace waymark::server::net {

std::unique_ptr<Announcement> Announcement::start(const std::string&, const std::string&, std::uint16_t,
                                                  std::function<void(const std::string&)>) {
  return nullptr;
}

}  // namespace waymark::server::net
