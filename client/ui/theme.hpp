// The colours of the three themes as tokens, and the pairs of them that carry words. A screen names a token
// and never a colour.
#pragma once

#include <span>
#include <string_view>

#include "client/ui/geometry.hpp"

namespace waymark::ui {

struct Tokens {
  Color page, page2, surface, surface2, border, control, text, muted;
  Color pine, pine_deep, pine_soft, on_pine;
  Color trail, trail_soft, on_trail;
  Color mark, sand, sand_edge, contour, stone, stone_edge, focus, shadow;
  float shadow_strength;
  bool contrast, dusk;
};

enum class Theme { light, dusk, contrast };
const Tokens& tokens(Theme theme);
// "light", "dusk", "contrast"; anything else is the system's choice.
Theme theme_named(std::string_view name, bool system_is_dark);

// Words in `ink` stand on `ground` somewhere; `ratio_min` is what they must reach in light and dusk.
struct Pair {
  std::string_view name;
  Color Tokens::*ink;
  Color Tokens::*ground;
  float ratio_min;
};
std::span<const Pair> pairs();
// WCAG's ratio, 1 to 21.
float contrast(Color a, Color b);

}  // namespace waymark::ui
