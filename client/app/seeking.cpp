#include "client/app/seeking.hpp"

#include <algorithm>
#include <utility>

namespace waymark::app {
namespace {

constexpr std::int64_t kTryAgainMs = 60'000;  // an address that was not the school
constexpr std::size_t kTriedMax = 64, kPinsKept = 4;

}  // namespace

void Seeking::stop() {
  if (ticket_) connection_.cancel(std::exchange(ticket_, 0));
  if (std::exchange(looking_, false) && finder_) finder_->look(false);
  tried_.clear();
}

bool Seeking::tick(bool lost) {
  if (std::exchange(found_, false)) {
    stop();
    return true;
  }
  const auto& school = computer_.state();
  if (!finder_ || !lost || !school.joined()) {
    stop();
    return false;
  }
  if (!std::exchange(looking_, true)) finder_->look(true);
  if (ticket_) return false;
  for (const auto& announced : finder_->found()) {
    bool ours = announced.identity.size() == 16 && school.identity.starts_with(announced.identity);
    if (!ours || announced.address == school.address || !announced.address.starts_with("https://")) continue;
    auto known = tried_.find(announced.address);
    if (known != tried_.end() && clock_.steady_ms() - known->second < kTryAgainMs) continue;
    if (known == tried_.end() && tried_.size() >= kTriedMax) continue;
    tried_[announced.address] = clock_.steady_ms();
    try_address(announced.address);
    break;
  }
  return false;
}

void Seeking::try_address(const std::string& address) {
  ticket_ = connection_.hello(address, [this, address](Result<HelloReply> hello) {
    ticket_ = 0;
    if (!hello || hello->identity != computer_.state().identity) return;
    // Anybody can repeat a school's hello, but has not the key that it names.
    HttpRequest again;
    again.url = "/v1/hello";
    again.timeout_ms = 10'000;
    ticket_ = connection_.send_to(address, {hello->spki}, std::move(again),
                                  [this, address, spki = hello->spki](Result<HttpReply> reply, std::int64_t) {
                                    ticket_ = 0;
                                    if (!reply) return;
                                    auto kept = computer_.change([&](ComputerState& state) {
                                      state.address = address;
                                      std::erase(state.pins, spki);
                                      state.pins.insert(state.pins.begin(), spki);
                                      if (state.pins.size() > kPinsKept) state.pins.resize(kPinsKept);
                                    });
                                    found_ = kept.has_value();
                                  });
  });
}

}  // namespace waymark::app
