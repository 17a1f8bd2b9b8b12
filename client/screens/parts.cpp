#include "client/screens/parts.hpp"

namespace waymark::screens {

void page_title(ui::Ui& ui, const Locals& locals, const ui::Text& title, const ui::Text& remark,
                Commands& out) {
  auto row = ui.row({.gap = 16, .cross = ui::Cross::center, .wrap = true});
  if (locals.can_go_back &&
      ui.icon_button("back", {.icon = ui::Icon::back, .name = "screen.frame.back"_t, .ink = ui::Ink::pine})) {
    out.push_back(app::Back{});
  }
  ui.heading(1, title, {.type = ui.narrow() || ui.low() ? ui::Type::h2 : ui::Type::h1});
  if (remark) ui.text(remark, {.type = ui::Type::small, .ink = ui::Ink::muted});
}

}  // namespace waymark::screens
