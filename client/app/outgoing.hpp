// What waited when a student left a shared computer, kept in `<data>/outgoing` as a bundle that only the
// school can read. Whatever process runs here later delivers it with the computer's token, whoever is signed
// in; the school's answer lies beside it until that student's records are opened. It is a second way: what
// holds the records open sends them itself, and nothing counts as sent before it is answered. A hub takes a
// bundle too, and hands the school's answer down; but whether that is one only the student's own key can
// tell, so the bundle stays here until it has been opened, or the school itself has taken it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "client/app/computer.hpp"
#include "client/app/connection.hpp"
#include "client/app/records.hpp"
#include "shared/base/seams.hpp"

namespace waymark::app {

// Of all students together. When there are so many, answers make room, and work does not.
inline constexpr std::size_t outgoing_files_max = 200;
// A bundle is delivered in one request; of more the oldest waits there and the rest in the records.
inline constexpr std::size_t outgoing_bytes_max = 16 * 1024 * 1024;

class Outgoing {
 public:
  Outgoing(Connection& connection, Computer& computer, Clock& clock, Random& random)
      : connection_(connection), computer_(computer), clock_(clock), random_(random) {}
  ~Outgoing();
  Outgoing(const Outgoing&) = delete;

  // What waits, in the place of what was kept before; where nothing waits, nothing is kept. `too_large`,
  // `io`, `disk_full`.
  Status keep(Records& records, const Profile& profile);
  // Everything of it is at school.
  void forget(const ReplicaId& replica);
  // The school's answers, into records that nothing is sent from yet. What cannot be read is thrown away: the
  // school tells it again.
  Status take_answers(Records& records, Profile& profile);

  // Delivers what is due, one after another, without what `held` sends itself: replicas by their digits.
  void tick(const std::set<std::string>& held);
  // On the steady clock; nothing while one is on its way, or there is none.
  std::optional<std::int64_t> due_ms() const;
  // How many of those that wait here the hub has as well, as it said to this process: in the room, and not
  // known to be at school.
  std::size_t in_room() const;
  std::size_t waiting() const;  // how many wait here, those in the room too

 private:
  // Of one replica, at the hub that is met.
  struct InRoom {
    std::string name;  // of the bundle there, 64 digits
    bool asked = false, has = false, answered = false;
    std::int64_t due_ms = 0;  // steady
  };

  std::string path(const std::string& replica, const char* ending) const;
  std::set<std::string> replicas(const char* ending) const;
  void hand_to_hub(const std::set<std::string>& waiting);
  void on_answer(const std::string& replica, Result<HttpReply> reply, std::int64_t retry_after_ms);
  void on_hub(const std::string& replica, bool asked, Result<HttpReply> reply, std::int64_t retry_after_ms);
  void wait_after(const Status& done, std::int64_t retry_after_ms);
  HttpRequest request_for(std::string method, std::string path, std::string body) const;

  Connection& connection_;
  Computer& computer_;
  Clock& clock_;
  Random& random_;
  std::uint64_t ticket_ = 0;
  std::string sent_hash_;  // of the bundle on its way: another process may write that replica's anew
  std::string sent_;       // the replica whose bundle is on its way; empty when it was written anew meanwhile
  std::string met_;        // the hub whose are the following; empty: the school's server
  std::map<std::string, InRoom> in_room_;  // by replica
  std::int64_t due_ms_ = 0;
  int failures_ = 0;
};

}  // namespace waymark::app
