// A hub's way to its school, on a thread of its own: carries up what its room wrote, brings down what others
// wrote, as soon as the school says that there is something, and who is in its classes. It waits longer after
// each failure and never gives up; the room is served meanwhile.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "shared/sync/session.hpp"
#include "sync-server/service/school.hpp"
#include "sync-server/upstream/http.hpp"
#include "sync-server/upstream/listening.hpp"

namespace waymark::server::upstream {

struct Options {
  std::string spki;                    // of the hub's own TLS key; empty over plain HTTP
  std::vector<std::string> addresses;  // where the room reaches it
  Way way = {};                        // to the school
};

class Upstream {
 public:
  // `run` does something where the school may be used, and is false when it did not.
  using Run = std::function<bool(const std::function<void()>&)>;
  // Told when the school is reached again, or no longer: nothing, or why.
  using Told = std::function<void(const std::optional<Error>&)>;
  Upstream(School& school, Options options, Run run, Told told);
  ~Upstream();
  Upstream(const Upstream&) = delete;

  // Something is to be carried: soon. From any thread.
  void wake();

  // One round of everything that is due; for the thread and for tests.
  Status round();

 private:
  void work();
  // Runs `what` with the school; `server_busy` when it is stopping.
  Status with_school(const std::function<Status()>& what);
  Status ask_papers();
  Status carry();
  Status read();
  // Reads at once where the school says that it has more than was read.
  Status follow_news();
  // One after the other until none waits or the time for them is up.
  struct Sealed {
    std::string path, file;  // at the school, and here
    std::int64_t bytes = 0;
    std::function<Status(std::string_view answer)> answered;
    std::function<void()> not_taken;
  };
  using Next = std::function<std::optional<Sealed>()>;
  Status carry_sealed(std::int64_t& due_ms, const Next& next);
  Status carry_parcels();
  Status carry_sticks();
  Status carry_bundles();
  Status send(const Sealed& sealed);
  Status refused(const Sealed& sealed, const Error& error);

  School& school_;
  Options options_;
  Run run_;
  Told told_;
  Http http_;
  std::unique_ptr<sync::Session> session_;
  std::int64_t papers_ms_ = 0;  // steady: when they were last asked for
  bool have_papers_ = false;
  std::size_t piece_ = 256 * 1024;  // grows while pieces arrive
  std::int64_t parcels_due_ms_ = 0, sticks_due_ms_ = 0, bundles_due_ms_ = 0, parcels_end_ms_ = 0;  // steady
  bool more_parcels_ = false;  // the time for them was up
  int failures_ = 0;
  bool told_good_ = false;
  Error told_error_{Code::internal, ""};
  std::mutex mutex_;
  std::condition_variable woken_;
  bool wake_ = false, stop_ = false;
  Heads heads_;  // as the school told them since they were last looked at
  std::thread thread_;
  Listening listening_;
};

}  // namespace waymark::server::upstream
