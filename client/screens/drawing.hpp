// A sheet to draw on, as work for a step.
#pragma once

#include "client/app/drawing.hpp"
#include "client/app/views.hpp"
#include "client/screens/parts.hpp"

namespace waymark::screens {

// Strokes on their white page.
void draw_strokes(const ui::Painter& p, ui::Rect r, const std::vector<app::PenStroke>& strokes);
// False once it is closed. `describe`: words are wanted instead.
bool draw_drawing(ui::Ui& ui, const app::ProjectView& view, Locals& locals, Commands& out, bool& describe);

}  // namespace waymark::screens
