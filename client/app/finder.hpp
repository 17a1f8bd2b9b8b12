// The seam to the neighbourhood: schools that announce themselves on this network. An announcement is a hint
// from anybody, and proves nothing: who follows one checks the school's identity as ever.
#pragma once

#include <string>
#include <vector>

namespace waymark::app {

struct Announced {
  std::string school;    // its name, for people
  std::string identity;  // the first 16 of the identity's 64 digits
  std::string address;   // "https://192.168.4.2:8443"
  bool operator==(const Announced&) const = default;
};

inline constexpr std::size_t announced_max = 16;

class Finder {
 public:
  virtual ~Finder() = default;
  // While it is on, announcements are gathered.
  virtual void look(bool on) = 0;
  // What is announced now, in the order of names; at most announced_max.
  virtual std::vector<Announced> found() = 0;
};

}  // namespace waymark::app
