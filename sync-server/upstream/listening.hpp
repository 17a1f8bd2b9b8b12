// The school's word that a stream has grown, heard at once over one open answer, on a thread of its own.
// Nothing depends on it: what is not heard is read a little later. A lost answer is asked for again, later
// each time; the school tells then how all streams end, so that nothing is missed in between.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "shared/base/seams.hpp"
#include "shared/wire/events.hpp"
#include "sync-server/upstream/http.hpp"

namespace waymark::server::upstream {

// Streams, and where the school says they end.
using wire::Heads;

class Listening {
 public:
  // `told` is called on its thread.
  Listening(const std::string& url, const PublicKey& identity, const std::string& token, const Way& way,
            std::function<void(const Heads&)> told);
  ~Listening();
  Listening(const Listening&) = delete;

  // The school answers again: a wait that is on ends. From any thread.
  void hurry();

 private:
  void work();
  bool hear(std::string_view piece);
  std::int64_t wait_after(const Error& error, std::int64_t lived_ms);

  Http http_;
  SystemClock clock_;
  SystemRandom random_;
  std::function<void(const Heads&)> told_;
  wire::EventReader reader_;
  int failures_ = 0;
  std::mutex mutex_;
  std::condition_variable woken_;
  bool hurry_ = false, stop_ = false;
  std::thread thread_;
};

}  // namespace waymark::server::upstream
