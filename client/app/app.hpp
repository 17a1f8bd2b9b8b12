// The student's app without its window: commands in, views out, and the only place that changes what the
// student has. It keeps who uses this computer, checks PINs without the network, moves about, and lets sync
// run by itself. One thread uses it; nothing blocks but the disk (and a tenth of a second for a PIN).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/app/calendar.hpp"
#include "client/app/commands.hpp"
#include "client/app/finder.hpp"
#include "client/app/shown.hpp"
#include "client/app/transport.hpp"
#include "shared/base/background.hpp"
#include "shared/base/seams.hpp"

namespace waymark::app {

struct AppOptions {
  std::string data;  // the folder of this computer's Waymark; made if it is not there
  Clock* clock = nullptr;
  Random* random = nullptr;
  UtcOffset utc_offset = system_utc_offset;
  Transport* transport = nullptr;                        // none: nothing is sent or fetched
  Finder* finder = nullptr;                              // none: a school is where it was said to be
  std::function<std::vector<StickPlace>()> sticks = {};  // that are plugged in now; must not wait
  bool forgets = false;  // the computer is as it was before at its next start, and `data` with it
  // Where pictures are decoded, and tick() is to be called soon after; none: at once, in the call.
  Background* background = nullptr;
};

// Without input for this long the app locks by itself.
inline constexpr std::int64_t lock_after_ms = 5 * 60'000;
inline constexpr std::int64_t toast_ms = 8'000;

class App {
 public:
  // `database_locked` when another process holds the folder, `io`, `disk_full`; `malformed` never: what
  // cannot be read is set aside and told by the first screen's notice.
  static Result<std::unique_ptr<App>> open(AppOptions options);
  ~App();
  App(const App&) = delete;

  // What is to be seen now. Cheap while nothing changed; `version` grows when something did. The reference
  // holds until the next call of any function here.
  const Shown& shown();

  // Does it, or shows why not in one sentence (frame.error, or the error of WhoView's notice, JoinView,
  // PinView). Which screen follows, App decides: signing in leads to Today, a chosen project to it, Pack up
  // to Who.
  //
  // Joining: JoinComputer leads to JoinStep::card; JoinWithCard leads to the screen `pin`, where PinView says
  // whether to choose a PIN (ChoosePin) or to enter the one chosen before (EnterPin); then to Today. JoinView
  // and PinView are `busy` or empty of errors meanwhile; nothing is to be asked twice.
  void dispatch(const Command& command);

  // A key, a click, a touch: puts off locking.
  void touched();

  // Takes replies, sends what is due, locks when it is time. To be called when the transport has news and
  // when wake_at_ms() has come; calling it more often does no harm.
  void tick();
  // On the steady clock: when to call tick() at the latest.
  std::int64_t wake_at_ms() const;

  // Somebody asked to send now, or the network came back.
  void sync_now();

 private:
  App();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waymark::app
