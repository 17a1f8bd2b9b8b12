// Earlier versions of what the student wrote: the words that are not there now are marked, and any can be put
// back, which is an edit like another.
#include "client/screens/parts.hpp"
#include "client/screens/screens.hpp"

namespace waymark::screens {

void draw_history(ui::Ui& ui, const app::HistoryView& view, Locals& locals, Commands& out) {
  auto body =
      ui.body({.pad = {ui.side(), ui.narrow() || ui.low() ? 14.0F : 22.0F, ui.side(), 24}, .gap = 16});
  page_title(ui, locals, "screen.history.title"_t, view.words.empty() ? ui::Text{} : ui::verbatim(view.words),
             out);
  if (view.versions.empty()) {
    auto card = ui.card("none", {.pad = 40, .gap = 12});
    ui.empty_state(ui::Icon::clock, "screen.history.none"_t, "screen.history.none_detail"_t);
    return;
  }
  auto list = ui.column({.width_max = 900, .gap = 16});
  ui.text("screen.history.what"_t, {.ink = ui::Ink::muted});
  for (const app::EarlierVersion& each : view.versions) {
    auto card = ui.card(each.field + each.version.op, {.pad = {28, 22}, .gap = 10});
    {
      auto row = ui.row({.gap = 16, .cross = ui::Cross::center});
      ui.disc(ui::Icon::screen, 40);
      auto words = ui.column({.width = ui::fill(), .gap = 1});
      ui.heading(2, each.what, {.type = ui::Type::h3});
      ui.text("screen.history.where"_t.with("where", ui.words(written_where(each.version)))
                  .with("when", each.version.at),
              {.type = ui::Type::small, .ink = ui::Ink::muted});
    }
    ui.text(ui::runs(each.version.text));
    auto row = ui.row({.cross = ui::Cross::center});
    ui.stretch();
    if (ui.button("put_back", {.text = "screen.history.put_back"_t, .icon = ui::Icon::undo}))
      out.push_back(app::PutBack{view.id, each.field, each.version.op});
  }
}

}  // namespace waymark::screens
