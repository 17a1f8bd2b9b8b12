// OneRoster 1.1 and 1.2 CSV, whole or as changes: people, classes and who is in them. First a plan, then, if
// wanted, that plan in one transaction. It never deletes: who is no longer in the roster becomes inactive and
// keeps their portfolio. It never keeps passwords, telephone numbers, demographics, or a student's e-mail.
#pragma once

#include <string>
#include <vector>

#include "sync-server/import/plan.hpp"
#include "sync-server/import/roster_files.hpp"
#include "sync-server/service/school.hpp"

namespace waymark::server {

struct RosterPlan {
  Plan plan;
  std::vector<Person> people;  // as they will be
  std::vector<ClassRow> classes;
  std::vector<Enrollment> enrollments;
};

// `not_found`, `malformed`, `too_large`: nothing that could be a roster. Faults inside are findings.
Result<RosterPlan> plan_roster(School& school, const std::string& path);
Result<RosterPlan> plan_roster(School& school, const RosterFiles& files, Findings findings);
// All of it or nothing.
Status apply_roster(School& school, const RosterPlan& plan);

}  // namespace waymark::server
