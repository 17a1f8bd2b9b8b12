// What an import would do, said before it is done: every line that is added, changed, made inactive or
// skipped, with the reason, and every fault that was found, with its place. The same plan is shown and
// applied, so that what was read aloud is what happens.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace waymark::server {

enum class Severity {
  warning,  // read all the same
  error,    // this row or file could not be used; the rest was
};

struct Finding {
  Severity severity = Severity::warning;
  std::string file;
  std::int64_t row = 0;  // as a spreadsheet numbers it: the header is row 1; 0: the file as a whole
  std::string column;
  std::string expected, found;
  std::int64_t count = 1;  // rows of this file with the same fault; `row` is the first

  std::string sentence() const;
};

// Collects findings. The same fault in many rows is one finding with a count, so that a report stays
// readable.
class Findings {
 public:
  void add(Severity severity, std::string_view file, std::int64_t row, std::string_view column,
           std::string_view expected, std::string_view found);
  void warn(std::string_view file, std::int64_t row, std::string_view column, std::string_view expected,
            std::string_view found) {
    add(Severity::warning, file, row, column, expected, found);
  }
  void error(std::string_view file, std::int64_t row, std::string_view column, std::string_view expected,
             std::string_view found) {
    add(Severity::error, file, row, column, expected, found);
  }
  bool has_error(std::string_view file) const;
  const std::vector<Finding>& all() const { return all_; }

 private:
  std::vector<Finding> all_;
  std::map<std::string, std::size_t> by_fault_;
};

enum class Change { add, change, deactivate, skip };
std::string_view name(Change change);

struct PlanLine {
  Change change = Change::add;
  std::string what;  // student, teacher, class, enrollment, framework, standard, rubric, file, user
  std::string name;  // empty in a skip that stands for many
  std::string why;   // empty where the change explains itself
  std::int64_t count = 1;
};

struct Plan {
  std::string source;  // "OneRoster 1.2", "CASE package"
  std::vector<PlanLine> lines;
  std::vector<Finding> findings;
  std::int64_t unchanged = 0;

  std::int64_t count(Change change) const;
  std::int64_t count(Severity severity) const;
  bool changes_anything() const;
  // "3 added, 1 changed, 0 made inactive, 12 skipped, 40 unchanged; 2 warnings, 0 errors"
  std::string summary() const;
  // For people: one line each, the summary last.
  std::string text() const;
  // For programs: {"source","added","changed","inactive","skipped","unchanged","lines":[...],
  // "findings":[...]}.
  std::string json() const;
};

}  // namespace waymark::server
