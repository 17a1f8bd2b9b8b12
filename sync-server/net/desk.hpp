// The desk: the one thread on which handlers run, because School is used by one at a time. Requests wait in a
// bounded queue. Those that may share a commit are taken together: one transaction, one fsync for all, and
// nobody is answered before it returned. If one of them cannot finish, nothing of the group stands, and each
// is done again alone, so that it harms nobody else.
//
// The queue is in order of coming, but small requests go before large ones, who has another request waiting
// goes behind, and who was turned away before goes first. Each of these moves a request by so many places and
// no more, so nobody is overtaken for ever. When as many wait as may, the last in this order is turned away.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
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
    std::string who = {};                    // one device; empty: nobody in particular
    std::size_t bytes = 0;                   // of its body
    bool must = false;                       // the rest of something begun: it is never turned away
  };

  // Without `together` every job commits alone. `after` runs when a group or a job is done and answered: what
  // it finds is durable.
  Desk(std::size_t waiting_max, Together together, std::function<void()> after = {});
  ~Desk();

  // Whether a request would find a place now: asked before its body is looked into. False is its answer, and
  // is remembered as one.
  bool has_place(const std::string& who, std::size_t bytes);
  // Gives back the one that found no place: this one, or one that waited behind it. It is to be told.
  [[nodiscard]] std::optional<Job> add(Job job);
  std::size_t waiting() const;
  // Finishes what is being worked on; what waits is not begun.
  void stop();

 private:
  using Queue = std::map<std::pair<std::int64_t, std::int64_t>, Job>;  // by place and then by number

  void work();
  std::int64_t place_of(const std::string& who, std::size_t bytes) const;  // if it came now
  Queue::iterator last_of_choice();
  void note_turned_away(const std::string& who);
  Job take(Queue::iterator at);
  void do_together(std::vector<Job>& jobs);

  const std::size_t waiting_max_;
  const Together together_;
  const std::function<void()> after_;
  mutable std::mutex mutex_;
  std::condition_variable news_;
  Queue jobs_;
  std::int64_t number_ = 0;                           // of the last that came
  std::unordered_map<std::string, int> waiting_of_;   // by device, those that wait
  std::unordered_map<std::string, int> turned_away_;  // by device, how often since it was last served
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace waymark::server::net
