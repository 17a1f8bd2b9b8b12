#include "client/app/seeking.hpp"

#include <algorithm>
#include <utility>

namespace waymark::app {
namespace {

constexpr std::int64_t kTryAgainMs = 60'000;  // an address that was not the school
constexpr std::size_t kTriedMax = 64, kPlacesMax = 16, kAddressesMax = 8;

// Where the school was reached until now is a place to come back to, unless it is the same one that has
// moved.
void leave_address(ComputerState& state, const std::string& to_hub) {
  if (state.hub == to_hub || state.address.empty()) return;
  auto place = std::find_if(state.places.begin(), state.places.end(),
                            [&](const auto& known) { return known.hub == state.hub; });
  if (place == state.places.end()) {
    if (state.places.size() >= kPlacesMax) return;
    place = state.places.insert(state.places.end(), {state.hub, state.hub_name, {}});
  }
  std::erase(place->addresses, state.address);
  place->addresses.insert(place->addresses.begin(), state.address);
  if (place->addresses.size() > kAddressesMax) place->addresses.resize(kAddressesMax);
}

}  // namespace

void keep_places(Computer& computer, const std::vector<wire::Place>& told) {
  if (told.empty()) return;
  std::vector<ComputerState::Place> places;
  for (const auto& place : told) places.push_back({place.hub, place.name, place.addresses});
  if (!computer.state().hub.empty())
    for (const auto& known : computer.state().places)
      if (std::none_of(places.begin(), places.end(), [&](const auto& p) { return p.hub == known.hub; }))
        places.push_back(known);
  if (places.size() > kPlacesMax) places.resize(kPlacesMax);
  // Not kept, it is told again.
  if (places != computer.state().places)
    (void)computer.change([&](ComputerState& state) { state.places = std::move(places); });
}

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
  if (!lost || !school.joined()) {
    stop();
    return false;
  }
  if (!std::exchange(looking_, true) && finder_) finder_->look(true);
  if (ticket_) return false;
  for (const auto& place : school.places)
    for (const auto& address : place.addresses)
      if (may_try(address)) {
        try_address(address);
        return false;
      }
  if (!finder_) return false;
  for (const auto& announced : finder_->found()) {
    bool ours = announced.identity.size() == 16 && school.identity.starts_with(announced.identity);
    if (!ours || !may_try(announced.address)) continue;
    try_address(announced.address);
    break;
  }
  return false;
}

bool Seeking::may_try(const std::string& address) {
  if (address == computer_.state().address || !address.starts_with("https://")) return false;
  auto known = tried_.find(address);
  if (known != tried_.end() && clock_.steady_ms() - known->second < kTryAgainMs) return false;
  if (known == tried_.end() && tried_.size() >= kTriedMax) return false;
  tried_[address] = clock_.steady_ms();
  return true;
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
                                  [this, address, said = *hello](Result<HttpReply> reply, std::int64_t) {
                                    ticket_ = 0;
                                    if (!reply) return;
                                    auto kept = computer_.change([&](ComputerState& state) {
                                      leave_address(state, said.hub);
                                      state.address = address;
                                      now_answers(state, said);
                                    });
                                    found_ = kept.has_value();
                                  });
  });
}

}  // namespace waymark::app
