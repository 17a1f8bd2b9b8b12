// The desk: the one thread on which handlers run, because School is used by one at a time. Requests wait in a
// bounded queue. Those that may share a commit are taken together: one transaction, one fsync for all, and
// nobody is answered before it returned. If one of them cannot finish, nothing of the group stands, and each
// is done again alone, so that it harms nobody else.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "sync-server/http/router.hpp"

namespace waymark::server::net {

// Runs `work` as one transaction: true when it is durable, false when a part of it failed and nothing stands.
using Together = std::function<Result<bool>(const std::function<void()>& work)>;

class Desk {
 public:
  struct Job {
    std::function<http::Answer()> work;      // runs again when its group could not stand
    std::function<void(http::Answer)> done;  // called once, after what `work` wrote is durable
    bool shares = false;                     // may share its commit with others
  };

  // Without `together` every job commits alone. `after` runs when a group or a job is done and answered: what
  // it finds is durable.
  Desk(std::size_t waiting_max, Together together, std::function<void()> after = {});
  ~Desk();

  // False when as many wait as may. `must`: it is the rest of something begun and finds room in any case.
  bool add(Job job, bool must = false);
  std::size_t waiting() const;
  // Finishes what is being worked on; what waits is not begun.
  void stop();

 private:
  void work();
  void do_together(std::vector<Job>& jobs);

  const std::size_t waiting_max_;
  const Together together_;
  const std::function<void()> after_;
  mutable std::mutex mutex_;
  std::condition_variable news_;
  std::deque<Job> jobs_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace waymark::server::net
