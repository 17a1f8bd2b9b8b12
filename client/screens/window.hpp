// The student's app in its window: App and the screens joined to the platform, frames drawn only when
// something happened, and the hooks by which a script plays it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "client/app/app.hpp"

namespace waymark::screens {

struct WindowOptions {
  int width = 1280, height = 800;
  bool hidden = false;  // drawn but not shown
  // Lines from standard input drive the window (see drive.hpp); each is answered on standard output.
  bool drive = false;
};

// Opens App once the window can be woken, runs until the window is closed and leaves with the program's exit
// status. `open` gets the function that wakes the window from any thread, for the transport's news.
int run_window(const WindowOptions& options,
               const std::function<Result<std::unique_ptr<app::App>>(std::function<void()> wake)>& open);

}  // namespace waymark::screens
