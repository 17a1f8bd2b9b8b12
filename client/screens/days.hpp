// Days counted from a day that is known: so that a screen can offer dates without a clock.
#pragma once

#include <string_view>

#include "client/app/phrase.hpp"

namespace waymark::screens {

// `days` after (or before) a known day; no day for no day.
app::Day day_after(const app::Day& known, int days);
// An ISO date as a day; no day when it is none.
app::Day day_from(const app::Day& known, std::string_view iso);

}  // namespace waymark::screens
