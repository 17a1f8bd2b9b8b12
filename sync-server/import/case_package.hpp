// A 1EdTech CASE package (1.0 or 1.1, JSON, or its table as CSV): a framework of standards, in the order its
// publisher means, and its rubrics, as records of the school. First a plan, then that plan in one
// transaction. An item that a newer edition no longer has is retired, never deleted: what was judged by it
// keeps pointing at it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sync-server/import/plan.hpp"
#include "sync-server/service/school.hpp"

namespace waymark::server {

inline constexpr std::size_t case_bytes_max = 32 * 1024 * 1024;
inline constexpr std::size_t case_items_max = 20'000;
inline constexpr std::size_t case_rubrics_max = 500;

struct CasePlan {
  Plan plan;
  std::vector<store::Edit> edits;
};

// `malformed` when it is no CASE package, `too_large`, `exists` when an edition that is newer is here
// already. `file` is the name shown in findings.
Result<CasePlan> plan_case(School& school, std::string_view json, std::string_view file);
Result<CasePlan> plan_case_file(School& school, const std::string& path);
Status apply_case(School& school, const CasePlan& plan);

}  // namespace waymark::server
