// Disks that go back by one day, by thirty, or by two hundred: of some computers, of the school and of a hub
// an image is kept from nearly every day, fewer the older they are, and now and then one of that age is put
// back, while its machine is off or under a running server. Behind a word of its own, with a source of chance
// of its own.
#include <algorithm>

#include "tests/simulation/school_world.hpp"

namespace waymark::simulation {
namespace {
constexpr std::int64_t kDayMs = std::int64_t{24} * 3600 * 1000;
constexpr std::uint64_t kBackInHundred = 4;
constexpr int kComputersKept = 3;
constexpr int kSchool = -1, kHubKept = -2;
}  // namespace

void World::keep_image(int whose, const std::function<Image()>& image) {
  auto& kept = old_[whose];
  if (!kept.empty() && now_ms_ - kept.back().made_ms < kDayMs) return;
  kept.push_back({image(), now_ms_});
  // From the newest to the oldest, each at least an eighth of its age older than the one before.
  std::vector<OldImage> thinned;
  for (auto one = kept.rbegin(); one != kept.rend(); ++one)
    if (thinned.empty() || thinned.back().made_ms - one->made_ms >= (now_ms_ - one->made_ms) / 8 ||
        std::next(one) == kept.rend())
      thinned.push_back(std::move(*one));
  std::reverse(thinned.begin(), thinned.end());
  kept = std::move(thinned);
}

void World::grow_old() {
  if (!plan_.ages || plan_.seed % 4 == 0) return;
  keep_image(kSchool, [&] { return Image{image_of(school_->store()), school_files()}; });
  if (!hubs_.empty()) keep_image(kHubKept, [&] { return hub_image(*hubs_.front()); });
  for (int i = 0; i < kComputersKept; i++) {
    auto& computer = *computers_[static_cast<std::size_t>(i)];
    keep_image(i, [&] { return Image{image_of(*computer.store), computer.files.whole}; });
  }
  if (aging_.below(100) >= kBackInHundred) return;
  auto whose = kHubKept + static_cast<int>(aging_.below(2 + kComputersKept));
  auto days = ages_of_images[aging_.below(3)];
  bool running = aging_.below(2) == 0, files_too = aging_.below(2) == 0;
  if (whose == kHubKept && hubs_.empty()) whose = kSchool;
  const auto& kept = old_[whose];
  // The youngest that is as old.
  auto old = std::find_if(kept.rbegin(), kept.rend(),
                          [&](const OldImage& one) { return now_ms_ - one.made_ms >= days * kDayMs; });
  if (old == kept.rend()) return;
  auto age = (now_ms_ - old->made_ms) / kDayMs;
  if (age > 2 * days) return;  // then it is of another age
  aged_[days]++;
  log("back by " + std::to_string(age) + " days");
  auto image = old->image;
  if (whose == kSchool)
    running ? revert_school(std::move(image.database)) : put_back_school(image, files_too);
  else if (whose == kHubKept)
    running ? revert_hub(*hubs_.front(), image) : put_back_hub(*hubs_.front(), image);
  else
    put_back(*computers_[static_cast<std::size_t>(whose)], image);
}

}  // namespace waymark::simulation
