// What a stick brings to a desk: one student's bundle at a time, taken in at the school. A hub cannot open it
// and keeps it sealed, as a file of its own, until the school has it; then it keeps the newest answer for the
// student's computer, for the next stick. The folder is all there is, as with parcels: what is lost here is
// still on its computer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/record/op.hpp"

namespace waymark::server {

inline constexpr std::size_t sticks_max = 1'000;  // that wait
// Of one replica: the newest, and among them the newest whose end has come.
inline constexpr std::size_t sticks_of_one_max = 3;
inline constexpr std::string_view stick_answer_ending = ".from-school";

struct StickRow {
  ReplicaId replica;  // as its file was called: whose answer it waits for
  std::string name;   // 64 digits: the SHA-256 of its bytes
  std::int64_t bytes = 0;
};

class Sticks {
 public:
  explicit Sticks(std::string folder) : folder_(std::move(folder)) {}

  std::string path(const ReplicaId& replica, std::string_view name) const;
  bool waits(const ReplicaId& replica, std::string_view name) const;
  std::optional<std::string> answer(const ReplicaId& replica) const;
  // The one that waits longest first.
  std::vector<StickRow> waiting() const;
  std::int64_t bytes() const;  // what they take of the disk, answers too
  // Older ones of the replica go, as many as are too many.
  Status keep(const ReplicaId& replica, std::string_view name, std::string_view bytes) const;
  // The answer takes the stick's place, and that of any answer before it.
  Status settle(const StickRow& stick, std::string_view answer) const;
  void forget_answers() const;

 private:
  std::string folder_;
};

class School;

// What came, for the page where a teacher chose the file. `problem`: another_school, damaged, card,
// not_believed, home (it waits for an adult), no_room, other; empty: none.
struct StickRead {
  std::string student, problem;
  std::int64_t ops = 0, known = 0, refused = 0, brought_back = 0, files = 0;
  bool whole = false;
  bool kept = false;           // at a hub, which cannot open it
  std::string reader, answer;  // the replica that the answer is for
};
// `file`: its name on the stick. An Error speaks of this server, not of the file.
Result<StickRead> read_stick(School& school, const PersonId& reader, std::string_view bytes,
                             std::string_view file);

}  // namespace waymark::server
