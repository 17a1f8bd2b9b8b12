// What app says to a person without speaking any language: a catalogue key with named arguments, days and
// moments as values. Screens have the catalogue word them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace waymark::app {

// A calendar day where the student is. `from_today`: -1 yesterday, 0 today, 1 tomorrow.
struct Day {
  std::string iso;  // "2026-11-27"; empty: no day
  int weekday = 0;  // 0 Sunday … 6 Saturday
  int from_today = 0;
  bool operator==(const Day&) const = default;
  explicit operator bool() const { return !iso.empty(); }
};

// A day and the time of day.
struct Moment {
  Day day;
  int minute = 0;  // of the day, 0 … 1439
  std::int64_t at_ms = 0;
  bool operator==(const Moment&) const = default;
  explicit operator bool() const { return static_cast<bool>(day); }
};

struct Argument {
  std::string name;
  std::variant<std::string, std::int64_t, Day, Moment> value;
  bool operator==(const Argument&) const = default;
};

// One sentence or label: `key` in the catalogue, its {named} arguments, and the number that chooses among
// plural forms (negative: none).
struct Phrase {
  std::string key;
  std::vector<Argument> arguments;
  std::int64_t count = -1;
  bool operator==(const Phrase&) const = default;
  explicit operator bool() const { return !key.empty(); }
};

// A stretch of text; `marked` words are those that differ from what it stands beside.
struct Run {
  std::string text;
  bool marked = false;
  bool operator==(const Run&) const = default;
};
using Runs = std::vector<Run>;

// A text that may be edited. `base` names what the student read when the form opened; a command that changes
// the text hands it back, so that an edit made elsewhere meanwhile is shown and not overwritten.
struct Field {
  std::string text;
  std::string base;
  bool operator==(const Field&) const = default;
};

}  // namespace waymark::app
