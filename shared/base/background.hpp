// Work that would make a frame late, such as decoding a photo: done elsewhere, one after another in the order
// given. What the work touches belongs to it alone until it is done; how its owner learns of that is the
// owner's business.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace waymark {

class Background {
 public:
  virtual ~Background() = default;
  virtual void run(std::function<void()> work) = 0;
  // Returns when all that was given is done.
  virtual void finish() = 0;
};

// On a thread of its own, which begins with the first work. Ending it finishes what was given.
class Worker final : public Background {
 public:
  // `after`: called on that thread after each piece of work, to wake who waits for it.
  explicit Worker(std::function<void()> after = {}) : after_(std::move(after)) {}
  ~Worker() override;
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void run(std::function<void()> work) override;
  void finish() override;

 private:
  void work();
  std::function<void()> after_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool busy_ = false, ends_ = false;
  std::thread thread_;
};

}  // namespace waymark
