#include "sync-server/import/plan.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace waymark::server {
namespace {

constexpr std::size_t kFindingsMax = 500;  // kinds of fault; a file with more is not a roster
constexpr std::size_t kFoundMax = 80;

std::string shown(std::string_view text) {
  std::string out;
  for (char c : text.substr(0, kFoundMax)) out += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
  // Never cut through a character: bytes that only continue one go first, then its beginning.
  if (text.size() > kFoundMax) {
    while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0) == 0x80) out.pop_back();
    if (!out.empty() && static_cast<unsigned char>(out.back()) >= 0xC0) out.pop_back();
    out += "...";
  }
  return out;
}

}  // namespace

std::string Finding::sentence() const {
  std::string text = file;
  if (row > 0) text += ", row " + std::to_string(row);
  if (!column.empty()) text += ", " + column;
  text += ": expected " + expected;
  if (!found.empty()) text += ", found " + found;
  if (count > 1) text += " (and " + std::to_string(count - 1) + (count == 2 ? " more row)" : " more rows)");
  return text + ".";
}

void Findings::add(Severity severity, std::string_view file, std::int64_t row, std::string_view column,
                   std::string_view expected, std::string_view found) {
  std::string key = std::string(severity == Severity::error ? "e" : "w") + '\n' + std::string(file) + '\n' +
                    std::string(column) + '\n' + std::string(expected);
  auto known = by_fault_.find(key);
  if (known != by_fault_.end()) {
    all_[known->second].count++;
    return;
  }
  if (all_.size() >= kFindingsMax) return;
  by_fault_[key] = all_.size();
  all_.push_back(
      {severity, std::string(file), row, std::string(column), std::string(expected), shown(found), 1});
}

bool Findings::has_error(std::string_view file) const {
  return std::any_of(all_.begin(), all_.end(), [&](const Finding& finding) {
    return finding.severity == Severity::error && finding.file == file;
  });
}

std::string_view name(Change change) {
  switch (change) {
    case Change::add:
      return "added";
    case Change::change:
      return "changed";
    case Change::deactivate:
      return "inactive";
    case Change::skip:
      return "skipped";
  }
  return "skipped";
}

std::int64_t Plan::count(Change change) const {
  std::int64_t sum = 0;
  for (const auto& line : lines)
    if (line.change == change) sum += line.count;
  return sum;
}

std::int64_t Plan::count(Severity severity) const {
  std::int64_t sum = 0;
  for (const auto& finding : findings)
    if (finding.severity == severity) sum += finding.count;
  return sum;
}

bool Plan::changes_anything() const {
  return std::any_of(lines.begin(), lines.end(),
                     [](const PlanLine& line) { return line.change != Change::skip; });
}

std::string Plan::summary() const {
  auto number = [](std::int64_t n) { return std::to_string(n); };
  std::int64_t warnings = count(Severity::warning), errors = count(Severity::error);
  return number(count(Change::add)) + " added, " + number(count(Change::change)) + " changed, " +
         number(count(Change::deactivate)) + " made inactive, " + number(count(Change::skip)) + " skipped, " +
         number(unchanged) + " unchanged; " + number(warnings) +
         (warnings == 1 ? " warning, " : " warnings, ") + number(errors) +
         (errors == 1 ? " error" : " errors");
}

std::string Plan::text() const {
  std::string out = source + "\n";
  for (const auto& line : lines) {
    std::string word(server::name(line.change));
    word.resize(9, ' ');
    out += word + line.what;
    if (!line.name.empty()) out += " " + line.name;
    if (line.count > 1) out += " x " + std::to_string(line.count);
    if (!line.why.empty()) out += ": " + line.why;
    out += "\n";
  }
  for (const auto& finding : findings)
    out += (finding.severity == Severity::error ? "error:   " : "warning: ") + finding.sentence() + "\n";
  return out + summary() + "\n";
}

std::string Plan::json() const {
  using Json = nlohmann::ordered_json;
  Json json{{"source", source},
            {"added", count(Change::add)},
            {"changed", count(Change::change)},
            {"inactive", count(Change::deactivate)},
            {"skipped", count(Change::skip)},
            {"unchanged", unchanged},
            {"warnings", count(Severity::warning)},
            {"errors", count(Severity::error)}};
  json["lines"] = Json::array();
  for (const auto& line : lines)
    json["lines"].push_back({{"change", server::name(line.change)},
                             {"what", line.what},
                             {"name", line.name},
                             {"why", line.why},
                             {"count", line.count}});
  json["findings"] = Json::array();
  for (const auto& finding : findings)
    json["findings"].push_back({{"severity", finding.severity == Severity::error ? "error" : "warning"},
                                {"file", finding.file},
                                {"row", finding.row},
                                {"column", finding.column},
                                {"expected", finding.expected},
                                {"found", finding.found},
                                {"count", finding.count},
                                {"sentence", finding.sentence()}});
  return json.dump(1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace waymark::server
