#include "sync-server/http/outlet.hpp"

#include <utility>

namespace waymark::http {

Outlet::Outlet(std::string beat, std::size_t unsent_max) : beat_(std::move(beat)), unsent_max_(unsent_max) {}

bool Outlet::add(std::string_view piece) {
  bool kept = false;
  {
    std::lock_guard lock(mutex_);
    if (!open_) return false;
    kept = unsent_.size() + piece.size() <= unsent_max_;
    if (kept)
      unsent_ += piece;
    else
      open_ = false, unsent_.clear();
  }
  tell();
  return kept;
}

void Outlet::close() {
  {
    std::lock_guard lock(mutex_);
    open_ = false;
  }
  tell();
}

bool Outlet::open() const {
  std::lock_guard lock(mutex_);
  return open_;
}

void Outlet::on_news(std::function<void()> news) {
  std::lock_guard lock(mutex_);
  news_ = std::move(news);
}

std::string Outlet::take() {
  std::lock_guard lock(mutex_);
  return std::exchange(unsent_, {});
}

void Outlet::tell() {
  std::function<void()> news;
  {
    std::lock_guard lock(mutex_);
    news = news_;
  }
  if (news) news();
}

}  // namespace waymark::http
