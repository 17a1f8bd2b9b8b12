// The same plan played again: with the same seed it must give the same log, and with every clock right the
// same heads of every field.
#include "tests/simulation/school_world.hpp"

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <nlohmann/json.hpp>

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

// What a record of one op is called is that op's id, which its time is part of: those are named by their
// salts.
std::map<std::string, std::set<std::string>> World::heads_by_salt() {
  std::map<std::string, std::set<std::string>> heads;
  for (const auto& stream : must(school_->store().streams(), "streams")) {
    auto all = entries(school_->store(), stream);
    std::map<std::string, std::string> salts;
    for (const auto& entry : all)
      if (entry.accepted) salts[entry.id] = nlohmann::json::parse(entry.body)["salt"].get<std::string>();
    for (const auto& [key, fields] : oracle_.records(all)) {
      auto id = key.substr(key.rfind(' ') + 1);
      auto once = salts.find(id);
      auto called = once == salts.end() ? key : key.substr(0, key.size() - id.size()) + once->second;
      for (const auto& [name, field] : *fields)
        for (const auto& head : field.heads) heads[called + " " + name].insert(salts.at(head.op));
    }
  }
  return heads;
}

}  // namespace waymark::simulation
