// The rest of an answer that comes piece by piece for as long as somebody listens. Who made the answer adds
// pieces, from any thread; net takes them and sends them. Who reads too slowly is dropped: what is not sent
// yet has a bound.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace waymark::http {

class Outlet {
 public:
  // `beat` is sent when nothing else was for a while, so that both sides notice a dead line.
  explicit Outlet(std::string beat, std::size_t unsent_max = 64 * 1024);

  // False when it is closed. A piece that finds no room closes it, and what was not sent is dropped.
  bool add(std::string_view piece);
  void close();
  bool open() const;

  // ---- for who sends: called when there may be something to take, and when it was closed
  void on_news(std::function<void()> news);
  std::string take();
  const std::string& beat() const { return beat_; }

 private:
  void tell();
  const std::string beat_;
  const std::size_t unsent_max_;
  mutable std::mutex mutex_;
  std::string unsent_;
  bool open_ = true;
  std::function<void()> news_;
};

}  // namespace waymark::http
