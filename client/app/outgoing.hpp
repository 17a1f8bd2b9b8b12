// What waited when a student left a shared computer, kept in `<data>/outgoing` as a bundle that only the
// school can read. Whatever process runs here later delivers it with the computer's token, whoever is signed
// in; the school's answer lies beside it until that student's records are opened. It is a second way: what
// holds the records open sends them itself, and nothing counts as sent before it is answered.
#pragma once

#include <cstdint>
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
  Status take_answers(Records& records, const Profile& profile);

  // Delivers what is due, one after another, without what `held` sends itself: replicas by their digits.
  void tick(const std::set<std::string>& held);
  // On the steady clock; nothing while one is on its way, or there is none.
  std::optional<std::int64_t> due_ms() const;

 private:
  std::string path(const std::string& replica, const char* ending) const;
  std::set<std::string> replicas(const char* ending) const;
  void on_answer(const std::string& replica, Result<HttpReply> reply, std::int64_t retry_after_ms);

  Connection& connection_;
  Computer& computer_;
  Clock& clock_;
  Random& random_;
  std::uint64_t ticket_ = 0;
  std::string sent_;  // the replica whose bundle is on its way; empty when it was written anew meanwhile
  std::int64_t due_ms_ = 0;
  int failures_ = 0;
};

}  // namespace waymark::app
