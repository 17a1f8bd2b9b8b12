#include "sync-server/net/desk.hpp"

namespace waymark::server::net {
namespace {

// So that the first of a group does not wait long for the last.
constexpr std::size_t kGroupMax = 256;

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

bool Desk::add(Job job, bool must) {
  {
    std::lock_guard lock(mutex_);
    if (!must && jobs_.size() >= waiting_max_) return false;
    jobs_.push_back(std::move(job));
  }
  news_.notify_one();
  return true;
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
      do {
        group.push_back(std::move(jobs_.front()));
        jobs_.pop_front();
      } while (together_ && group.front().shares && !jobs_.empty() && jobs_.front().shares &&
               group.size() < kGroupMax);
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
