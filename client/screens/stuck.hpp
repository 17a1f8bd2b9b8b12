// The panel "I'm stuck", in the place of the step's card.
#pragma once

#include "client/screens/locals.hpp"

namespace waymark::app {
struct ProjectView;
}
namespace waymark::ui {
class Ui;
}

namespace waymark::screens {

// Whether it stays open.
bool draw_stuck(ui::Ui& ui, const app::ProjectView& view, Locals& locals, Commands& out);

}  // namespace waymark::screens
