// What the school's server could not take: what it was, why, what to do, and the words themselves, which stay
// here.
#include <algorithm>

#include "client/screens/parts.hpp"
#include "client/screens/screens.hpp"

namespace waymark::screens {

void draw_refusals(ui::Ui& ui, const app::RefusalsView& view, Locals& locals, Commands& out) {
  auto body =
      ui.body({.pad = {ui.side(), ui.narrow() || ui.low() ? 14.0F : 22.0F, ui.side(), 24}, .gap = 16});
  page_title(ui, locals, "screen.refusals.title"_t,
             view.lines.empty() ? ui::Text{} : "screen.refusals.safe"_t, out);
  if (view.lines.empty()) {
    auto card = ui.card("none", {.pad = 40, .gap = 12});
    ui.empty_state(ui::Icon::check, "screen.refusals.none"_t, "screen.refusals.none_detail"_t);
    return;
  }
  auto list = ui.column({.width_max = 900, .gap = 16});
  for (const app::RefusalLine& line : view.lines) {
    auto card = ui.card(line.op, {.pad = {28, 22}, .gap = 10});
    {
      auto row = ui.row({.gap = 16, .cross = ui::Cross::center});
      ui.disc(ui::Icon::folder, 40);
      auto words = ui.column({.width = ui::fill(), .gap = 1});
      ui.heading(2, line.what, {.type = ui::Type::h3});
      ui.text(ui::moment(line.at), {.type = ui::Type::small, .ink = ui::Ink::muted});
    }
    ui.text(line.sentence);
    if (!line.words.empty()) {
      auto well = ui.well();
      ui.text(ui::quoted(line.words));
    }
    auto row = ui.row({.cross = ui::Cross::center});
    ui.stretch();
    if (ui.button("understood", {.text = "screen.refusals.understood"_t, .icon = ui::Icon::check}))
      out.push_back(app::DismissRefusal{line.op});
  }
}

}  // namespace waymark::screens
