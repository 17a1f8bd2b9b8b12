#include "sync-server/net/desk.hpp"

#include <algorithm>

namespace waymark::server::net {
namespace {

// So that the first of a group does not wait long for the last.
constexpr std::size_t kGroupMax = 256;
constexpr std::size_t kGroupBytesMax = 1024 * 1024;

// How many that came later go before a request: one for each so many bytes of it, up to a bound, and as many
// as wait in a long queue for each other request of the same device. Having been turned away outweighs the
// size.
constexpr std::size_t kBytesAPlace = 256;
constexpr std::size_t kPlacesForSizeMax = 1024;
constexpr std::int64_t kPlacesForAnother = 2048;
constexpr std::int64_t kPlacesForTurnedAway = 2048;
constexpr int kTurnedAwayMax = 16;
// Devices whose bad luck is remembered. Whoever has given up would fill it: then it begins anew.
constexpr std::size_t kTurnedAwayDevicesMax = 4096;

// A library's exception that a handler let through: one request fails, not the school.
http::Answer answer_of(const Desk::Job& job) {
  try {
    return job.work();
  } catch (...) {
    return Error{Code::internal, ""};
  }
}

}  // namespace

Desk::Desk(std::size_t waiting_max, Together together, std::function<void()> after)
    : waiting_max_(waiting_max),
      together_(std::move(together)),
      after_(std::move(after)),
      thread_([this] { work(); }) {}

Desk::~Desk() { stop(); }

// What follows up to take() is called with the mutex held.

std::int64_t Desk::place_of(const std::string& who, std::size_t bytes) const {
  auto place = number_ + 1 + static_cast<std::int64_t>(std::min(bytes / kBytesAPlace, kPlacesForSizeMax));
  if (auto others = waiting_of_.find(who); others != waiting_of_.end())
    return place + others->second * kPlacesForAnother;
  auto luck = turned_away_.find(who);
  return luck == turned_away_.end() ? place : place - luck->second * kPlacesForTurnedAway;
}

// The last that may be turned away.
Desk::Queue::iterator Desk::last_of_choice() {
  for (auto at = jobs_.end(); at != jobs_.begin();)
    if (!(--at)->second.must) return at;
  return jobs_.end();
}

void Desk::note_turned_away(const std::string& who) {
  // Who has something waiting all the same has not been unlucky.
  if (who.empty() || waiting_of_.contains(who)) return;
  if (turned_away_.size() >= kTurnedAwayDevicesMax) turned_away_.clear();
  auto& times = turned_away_[who];
  times = std::min(times + 1, kTurnedAwayMax);
}

Desk::Job Desk::take(Queue::iterator at) {
  Job job = std::move(at->second);
  jobs_.erase(at);
  if (auto waiting = waiting_of_.find(job.who); waiting != waiting_of_.end() && --waiting->second == 0)
    waiting_of_.erase(waiting);
  return job;
}

bool Desk::has_place(const std::string& who, std::size_t bytes) {
  std::lock_guard lock(mutex_);
  if (jobs_.size() < waiting_max_) return true;
  auto last = last_of_choice();
  if (last != jobs_.end() && place_of(who, bytes) < last->first.first) return true;
  note_turned_away(who);
  return false;
}

std::optional<Desk::Job> Desk::add(Job job) {
  std::optional<Job> away;
  {
    std::lock_guard lock(mutex_);
    auto place = job.must ? number_ + 1 : place_of(job.who, job.bytes);
    number_++;
    if (!job.who.empty()) waiting_of_[job.who]++;
    bool must = job.must;
    jobs_.emplace(std::pair(place, number_), std::move(job));
    if (!must && jobs_.size() > waiting_max_) {
      away = take(last_of_choice());
      note_turned_away(away->who);
    }
  }
  news_.notify_one();
  return away;
}

std::size_t Desk::waiting() const {
  std::lock_guard lock(mutex_);
  return jobs_.size();
}

void Desk::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  news_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Desk::work() {
  std::vector<Job> group;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      news_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (stopping_) return;
      std::size_t bytes = 0;
      do {
        group.push_back(take(jobs_.begin()));
        turned_away_.erase(group.back().who);
        bytes += group.back().bytes;
      } while (together_ && group.front().shares && !jobs_.empty() && jobs_.begin()->second.shares &&
               group.size() < kGroupMax && bytes < kGroupBytesMax);
    }
    if (group.size() > 1)
      do_together(group);
    else
      group.front().done(answer_of(group.front()));
    group.clear();
    if (after_) after_();
  }
}

void Desk::do_together(std::vector<Job>& jobs) {
  std::vector<http::Answer> answers;
  answers.reserve(jobs.size());
  auto stands = together_([&] {
    for (const auto& job : jobs) answers.push_back(answer_of(job));
  });
  for (std::size_t i = 0; i < jobs.size(); i++) {
    if (!stands)
      jobs[i].done(stands.error());
    else
      jobs[i].done(*stands ? std::move(answers[i]) : answer_of(jobs[i]));
  }
}

}  // namespace waymark::server::net
