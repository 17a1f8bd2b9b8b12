// Tells the network that a school is here (DNS-SD, `_waymark._tcp`), so that computers find it by its name
// and find it again when its address changes. By the Avahi daemon; where none runs, nothing is announced and
// nothing is claimed, until one does.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace waymark::server::net {

// Whole characters only.
std::string cut_name(std::string text, std::size_t bytes_max);
// The strings of the TXT record. Servers before version 1 was named announced "v=0", and nothing else
// otherwise.
std::vector<std::string> announced_texts(const std::string& school, const std::string& identity);

class Announcement {
 public:
  virtual ~Announcement() = default;  // takes it back

  // identity: the school's, 64 digits. said: called on another thread with the name under which it stands,
  // each time that it does. Nothing where this was built without Avahi.
  static std::unique_ptr<Announcement> start(const std::string& school, const std::string& identity,
                                             std::uint16_t port,
                                             std::function<void(const std::string& name)> said);
};

}  // namespace waymark::server::net
