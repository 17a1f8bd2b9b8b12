// What the window may show, written by hand: believable moments of one class, for the gallery and for the
// tests of the interface. It is a Wednesday, 25 November 2026, 10:42, on lab-03.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/app/shown.hpp"

namespace waymark::fixtures {

struct Fixture {
  std::string name;  // of the picture: "today_first_day"
  app::Shown shown;
  std::vector<std::string> flags;                          // of Locals, raised before the first frame
  std::vector<std::pair<std::string, std::string>> words;  // of Locals
  bool first_pictures = false;                             // also shown at 1024 × 600
  std::optional<app::Shown> behind;                        // the page a sheet was opened from
};

// What people wrote is in `language` ("en" or "es"); words of ours are phrases.
// Who, joining, PIN, today, packing up, goals, about me, settings, conflicts, refusals; and what is around
// them.
std::vector<Fixture> frame_fixtures(std::string_view language);
// Ideas, project, check my work, finish, answers, growth.
std::vector<Fixture> work_fixtures(std::string_view language);
std::vector<Fixture> all_fixtures(std::string_view language);

// ---- pieces both use
app::Day day(int from_today);  // -6 … 14
app::Moment at(int from_today, int hour, int minute);
app::Person amira();
app::Person teacher();
app::Argument argument(std::string name, std::string value);
app::Argument argument(std::string name, std::int64_t value);
app::Argument argument(std::string name, app::Day value);
app::Argument argument(std::string name, app::Moment value);
app::Phrase phrase(std::string key, std::vector<app::Argument> arguments = {}, std::int64_t count = -1);
app::StatusView all_saved();
// Amira's screen at that place, all well.
app::Shown shown(app::Destination here, app::ScreenView screen);
app::Trail creek_trail(std::size_t done, std::size_t here);
inline constexpr auto kCreek = "c4ee0000000000000000000000000001";

}  // namespace waymark::fixtures
