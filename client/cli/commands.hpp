// The student's app without a window, for scripts and technicians: the same records, checks and way to the
// school. Says what docs and --help promise: 0 done, 1 a failure explained in one sentence on the error
// stream, 2 wrong usage; with --json only JSON on the output stream.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "client/app/calendar.hpp"
#include "client/app/finder.hpp"
#include "client/app/phrase.hpp"
#include "client/app/transport.hpp"
#include "shared/base/seams.hpp"

namespace waymark::cli {

inline constexpr int done = 0, failed = 1, wrong_usage = 2;

// The world around a command; a test is another one.
struct Surroundings {
  Clock* clock = nullptr;
  Random* random = nullptr;
  app::Transport* transport = nullptr;
  app::Finder* finder = nullptr;  // none: a school is where it was said to be
  app::UtcOffset utc_offset = app::system_utc_offset;
  std::istream* in = nullptr;
  std::ostream* out = nullptr;
  std::ostream* errors = nullptr;
  // What a phrase says in a language, for pages that a student keeps.
  std::function<std::string(std::string_view language, const app::Phrase& phrase)> wording;
  // Lets at most this long pass; returns earlier when there may be news.
  std::function<void(std::int64_t ms)> wait;
};

int run(const std::vector<std::string>& arguments, const Surroundings& around);

}  // namespace waymark::cli
