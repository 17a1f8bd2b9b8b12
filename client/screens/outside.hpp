// What is around the pages that come before somebody is signed in.
#pragma once

#include <vector>

#include "client/app/views.hpp"
#include "client/screens/parts.hpp"

namespace waymark::screens {

// Logo, languages in their own words, text size.
void draw_outside_bar(ui::Ui& ui, const std::vector<app::Language>& languages, int text_size, Commands& out);
// The computer's name, and what is to be said about it.
void draw_outside_line(ui::Ui& ui, std::string_view computer, const ui::Text& words);

}  // namespace waymark::screens
