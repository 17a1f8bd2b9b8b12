// Between UTF-8, which records and widgets speak, and code points, which a caret walks over.
#pragma once

#include <string>
#include <string_view>

namespace waymark::ui {

// Malformed bytes become U+FFFD.
std::u32string to_utf32(std::string_view text);
std::string to_utf8(std::u32string_view text);

}  // namespace waymark::ui
