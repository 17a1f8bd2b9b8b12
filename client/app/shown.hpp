// Everything the window shows at one moment, as one value: the screen, what is around it, and how it is to
// look. App makes it, screens draw it; a test can write one by hand.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "client/app/views.hpp"

namespace waymark::app {

// How everything is to look; the person's own preferences, or the computer's before anybody is signed in.
struct Appearance {
  std::string language = "en";
  std::string theme = "system";      // system | light | dusk | contrast
  int text_size = 100;               // per cent, 100 … 200
  std::string typeface = "reading";  // reading | plain | dyslexic
  bool reduced_motion = false, read_aloud = false;
  bool operator==(const Appearance&) const = default;
};

using ScreenView =
    std::variant<WhoView, JoinView, PinView, TodayView, PackUpView, ProjectView, CheckView, FinishView,
                 AnswerView, GoalsView, IdeasView, CompareIdeasView, GrowthView, AboutMeView, SettingsView,
                 ConflictView, RefusalsView, HistoryView, StickView>;

struct Shown {
  Appearance look;
  std::optional<FrameView> frame;  // none before somebody is signed in
  Destination here;                // which part of the screen opens, and where the focus goes
  ScreenView screen;
  // Grows whenever anything above changed: nothing needs drawing while it stays.
  std::uint64_t version = 0;
};

}  // namespace waymark::app
