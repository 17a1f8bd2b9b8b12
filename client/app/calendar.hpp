// Days and times as the student's calendar has them. Takes the clock's milliseconds and the offset of the
// place as values, so that every view is a function; the words for days are the catalogue's.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "client/app/phrase.hpp"

namespace waymark::app {

// Minutes to add to UTC at that time.
using UtcOffset = std::function<int(std::int64_t at_ms)>;
int system_utc_offset(std::int64_t at_ms);

class Calendar {
 public:
  Calendar(std::int64_t now_ms, UtcOffset offset);

  std::int64_t now_ms() const { return now_ms_; }
  Day today() const { return day_number(today_); }
  int minute_now() const { return minute_; }
  // The days since 1970-01-01 here: what a cached view depends on.
  std::int64_t today_number() const { return today_; }

  // Of an ISO date; none when it is no date.
  Day day(std::string_view iso) const;
  Day in_days(int days) const { return day_number(today_ + days); }
  // The next such weekday after today (0 Sunday … 6 Saturday).
  Day next_weekday(int weekday) const;
  // None for zero, and for a time more than a day ahead of the clock: whoever wrote it had a wrong clock.
  Moment moment(std::int64_t at_ms) const;

 private:
  Day day_number(std::int64_t number) const;
  std::int64_t now_ms_, today_;
  int minute_;
  UtcOffset offset_;
};

// Is it a date of the calendar, as "2026-11-27"?
bool valid_date(std::string_view iso);

}  // namespace waymark::app
