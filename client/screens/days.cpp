#include "client/screens/days.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <optional>

namespace waymark::screens {
namespace {

std::optional<std::chrono::sys_days> parse(std::string_view iso) {
  if (iso.size() != 10 || iso[4] != '-' || iso[7] != '-') return std::nullopt;
  const auto number = [&](std::size_t from, std::size_t size) {
    int value = -1;
    std::from_chars(iso.data() + from, iso.data() + from + size, value);
    return value;
  };
  const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
  if (year < 0 || month < 0 || day < 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

app::Day made(std::chrono::sys_days date, int from_today) {
  const std::chrono::year_month_day parts(date);
  std::array<char, 24> iso{};
  std::snprintf(iso.data(), iso.size(), "%04d-%02u-%02u", static_cast<int>(parts.year()),
                static_cast<unsigned>(parts.month()), static_cast<unsigned>(parts.day()));
  return {iso.data(), static_cast<int>(std::chrono::weekday(date).c_encoding()), from_today};
}

}  // namespace

app::Day day_after(const app::Day& known, int days) {
  const auto from = parse(known.iso);
  if (!from) return {};
  return made(*from + std::chrono::days(days), known.from_today + days);
}

app::Day day_from(const app::Day& known, std::string_view iso) {
  const auto from = parse(known.iso), to = parse(iso);
  if (!from || !to) return {};
  return made(*to, known.from_today + static_cast<int>((*to - *from).count()));
}

}  // namespace waymark::screens
