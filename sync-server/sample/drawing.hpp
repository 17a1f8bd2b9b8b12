// Small drawn pictures that stand for students' photos and drawings in the sample school: a map, a rain jar,
// bars, a folded strip. Each is a function of its name and a seed, as PNG bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace waymark::server {

inline constexpr int drawing_width = 560, drawing_height = 420;

// Empty for a name that is not there: water_map, rain_jar, bottles, bars, strip, street, circle, table, page,
// leaf, plan,
// strip_bike, strip_shoe, strip_hand, strip_feet, strip_found.
std::string draw_png(std::string_view name, std::uint64_t seed);

}  // namespace waymark::server
