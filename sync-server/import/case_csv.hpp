// A framework of standards as a CSV table, the way OpenSALT and spreadsheets write it: turned into the same
// values as a CASE package, so that one importer decides about the tree, the order and what is new.
#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

#include "shared/base/result.hpp"
#include "sync-server/import/plan.hpp"

namespace waymark::server {

// Does the file begin with a header that names fullStatement?
bool looks_like_case_csv(std::string_view bytes);
// `malformed` when the table cannot be used; faults of single rows are named with row and column among the
// findings, and those rows are left out. The framework is called by the file's name.
Result<nlohmann::json> case_package_of_csv(std::string_view file, std::string_view bytes, Findings& findings);

}  // namespace waymark::server
