// What a class's page needs of one student, small enough to be kept: read from the portfolio once and again
// only when the student's streams have moved. Says nothing that depends on the day or on a class.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "sync-server/service/portfolio.hpp"

namespace waymark::server {

struct Standing {
  // Something of one step, with how its project names the pathway.
  struct Thing {
    std::string record, project, step, pathway, version, words;
    std::int64_t at_ms = 0, try_number = 0;
    bool held = false, several = false;  // a reply to it; in several versions
    std::string date;                    // of a goal
  };
  std::vector<Thing> stuck, shown, waiting, goals;
  bool wrote = false;  // anything at all
  // The project worked on last, with the states of its steps that are not "todo".
  bool has_project = false;
  std::string pathway, version;
  std::unordered_map<std::string, std::string> steps;
};

// One school's, by student. Belongs to the School, whose thread uses it.
class Standings {
 public:
  Result<const Standing*> of(School& school, const PersonId& student);

 private:
  struct Kept {
    store::StreamState portfolio, held;
    Standing standing;
  };
  std::map<PersonId, Kept> kept_;
};

}  // namespace waymark::server
