// The pieces around a signed-in student's screen; see frame.cpp.
#pragma once

#include "client/app/shown.hpp"
#include "client/screens/parts.hpp"

namespace waymark::screens {

// `here`: the screen whose place is marked.
void draw_bar(ui::Ui& ui, const app::FrameView& frame, app::Screen here, Commands& out);
void draw_status(ui::Ui& ui, const app::FrameView& frame, Commands& out);
void draw_error(ui::Ui& ui, const app::FrameView& frame);
// The list of the keyboard's keys, while it is open.
void draw_keys(ui::Ui& ui, Locals& locals);
// The files to add as work, while one is to be chosen.
void draw_file_choice(ui::Ui& ui, Locals& locals, Commands& out);
void take_keys(ui::Ui& ui, const app::Shown& shown, Locals& locals, Commands& out);

// The next larger or smaller of the five sizes.
int next_text_size(int percent, int step);
app::Command choose_text_size(bool signed_in, int percent);

}  // namespace waymark::screens
