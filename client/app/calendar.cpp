#include "client/app/calendar.hpp"

#include <chrono>
#include <cstdio>
#include <ctime>
#include <optional>

namespace waymark::app {
namespace {

constexpr std::int64_t kMinuteMs = 60'000, kDayMs = 24 * 60 * kMinuteMs;

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

std::optional<std::int64_t> number_of(std::string_view iso) {
  if (iso.size() != 10 || iso[4] != '-' || iso[7] != '-') return std::nullopt;
  auto part = [&](std::size_t at, std::size_t count) {
    int value = 0;
    for (char c : iso.substr(at, count)) {
      if (c < '0' || c > '9') return -1;
      value = value * 10 + (c - '0');
    }
    return value;
  };
  int year = part(0, 4), month = part(5, 2), day = part(8, 2);
  if (year < 1970 || month < 1 || day < 1) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                   std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

}  // namespace

int system_utc_offset(std::int64_t at_ms) {
  std::time_t seconds = static_cast<std::time_t>(floor_div(at_ms, 1000));
  std::tm local{};
  if (!localtime_r(&seconds, &local)) return 0;
  return static_cast<int>(local.tm_gmtoff / 60);
}

Calendar::Calendar(std::int64_t now_ms, UtcOffset offset) : now_ms_(now_ms), offset_(std::move(offset)) {
  std::int64_t here = now_ms + offset_(now_ms) * kMinuteMs;
  today_ = floor_div(here, kDayMs);
  minute_ = static_cast<int>((here - today_ * kDayMs) / kMinuteMs);
}

Day Calendar::day_number(std::int64_t number) const {
  using std::chrono::days;
  std::chrono::sys_days at{days(number)};
  std::chrono::year_month_day date(at);
  char iso[16];
  std::snprintf(iso, sizeof iso, "%04d-%02u-%02u", static_cast<int>(date.year()) % 10000,
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return {iso, static_cast<int>(std::chrono::weekday(at).c_encoding()), static_cast<int>(number - today_)};
}

Day Calendar::day(std::string_view iso) const {
  auto number = number_of(iso);
  return number ? day_number(*number) : Day{};
}

Day Calendar::next_weekday(int weekday) const {
  int ahead = (weekday - today().weekday + 7) % 7;
  return in_days(ahead == 0 ? 7 : ahead);
}

Moment Calendar::moment(std::int64_t at_ms) const {
  if (at_ms <= 0 || at_ms > now_ms_ + kDayMs) return {};
  std::int64_t here = at_ms + offset_(at_ms) * kMinuteMs;
  std::int64_t number = floor_div(here, kDayMs);
  return {day_number(number), static_cast<int>((here - number * kDayMs) / kMinuteMs), at_ms};
}

bool valid_date(std::string_view iso) { return number_of(iso).has_value(); }

}  // namespace waymark::app
