// The catalogues built into the program, one .mo for each language.
#pragma once

#include <span>
#include <string_view>

namespace waymark::ui::embedded {

struct Locale {
  std::string_view name;
  std::string_view bytes;
};
std::span<const Locale> locales();

}  // namespace waymark::ui::embedded
