// The same plan played again: with the same seed it must give the same log, and with every clock right the
// same heads of every field.
#include "tests/simulation/school_world.hpp"

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace waymark::simulation {
namespace {

// "12: ...": the first line that two logs have not in common.
std::string first_difference(const std::string& one, const std::string& other) {
  std::size_t line = 1, begun = 0;
  for (std::size_t i = 0; i < one.size() && i < other.size() && one[i] == other[i]; i++)
    if (one[i] == '\n') line++, begun = i + 1;
  auto of = [&](const std::string& log) { return log.substr(begun, log.find('\n', begun) - begun); };
  return std::to_string(line) + ": " + of(one) + " | " + of(other);
}

// 18: one seed, one log.
void play_twice(const Plan& plan, Outcome& outcome) {
  auto again = World(plan).go();
  if (again.log_hash != outcome.log_hash)
    outcome.failure = "invariant 18: played again it is another school from line " +
                      first_difference(outcome.log, again.log);
}

// 13: no clock stops anything, and none changes heads.
void play_twin(const Plan& plan, Outcome& outcome) {
  auto twin = World(plan, true).go();
  if (twin.failure) return;  // not by the clocks
  if (outcome.failure) {
    outcome.failure = "invariant 13: with right clocks all is well; else " + *outcome.failure;
    return;
  }
  for (const auto& [field, heads] : twin.heads)
    if (auto here = outcome.heads.find(field); here == outcome.heads.end() || here->second != heads) {
      outcome.failure = "invariant 13: with right clocks " + field + " has other heads";
      return;
    }
  if (outcome.heads.size() != twin.heads.size())
    outcome.failure = "invariant 13: with right clocks less is written";
}

}  // namespace

Outcome run(const Plan& plan) {
#ifdef __GLIBC__
  // A school's databases are large pieces that come and go: the memory is kept for the next.
  static const bool kept = mallopt(M_MMAP_THRESHOLD, 64 << 20) && mallopt(M_TRIM_THRESHOLD, 512 << 20);
  (void)kept;
#endif
  auto outcome = World(plan).go();
  if (plan.twin) play_twin(plan, outcome);
  if (plan.twice && !outcome.failure) play_twice(plan, outcome);
  return outcome;
}

// Of what people wrote: what the school writes by itself goes by what is displayed. An op's id has its time
// in it, so each is called by its turn.
std::map<std::string, std::set<long>> World::heads_by_turn() {
  std::map<std::string, std::set<long>> heads;
  std::map<std::string, long> turns;
  for (const auto& op : committed_) turns.emplace(op.id.hex(), static_cast<long>(turns.size()));
  for (const auto& stream : must(school_->store().streams(), "streams"))
    for (const auto& [key, fields] : oracle_.records(entries(school_->store(), stream))) {
      // What a record of one op is called is that op's id.
      auto id = key.substr(key.rfind(' ') + 1);
      auto once = turns.find(id);
      auto called =
          once == turns.end() ? key : key.substr(0, key.size() - id.size()) + std::to_string(once->second);
      for (const auto& [name, field] : *fields)
        for (const auto& head : field.heads)
          if (auto turn = turns.find(head.op); turn != turns.end())
            heads[called + " " + name].insert(turn->second);
    }
  return heads;
}

}  // namespace waymark::simulation
