// Finds the joined school again where it no longer answers at the address that is known: its address in the
// network has changed, or the computer has gone from a room with a hub to where the school's server answers,
// or back. What is announced is believed only when the school's own identity answers there, over the TLS key
// that it has signed; until then nothing but a greeting is sent, and nothing is changed.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "client/app/connection.hpp"
#include "client/app/finder.hpp"
#include "shared/base/seams.hpp"
#include "shared/wire/messages.hpp"

namespace waymark::app {

class Seeking {
 public:
  // Without a finder only the places that the school has told are tried.
  Seeking(Finder* finder, Connection& connection, Computer& computer, Clock& clock)
      : finder_(finder), connection_(connection), computer_(computer), clock_(clock) {}
  ~Seeking() { stop(); }
  Seeking(const Seeking&) = delete;

  // `lost`: nobody answers as the school. True when it was found, and its address changed.
  bool tick(bool lost);

 private:
  void stop();
  bool may_try(const std::string& address);
  void try_address(const std::string& address);

  Finder* finder_;
  Connection& connection_;
  Computer& computer_;
  Clock& clock_;
  std::uint64_t ticket_ = 0;
  std::map<std::string, std::int64_t> tried_;  // address: when, on the steady clock
  bool looking_ = false, found_ = false;
};

// Keeps where else the school is, as it said itself. Only its server knows all places; a hub tells of the
// server.
void keep_places(Computer& computer, const std::vector<wire::Place>& told);

}  // namespace waymark::app
