// Pack up: the bell is near. A sheet over whatever was open: one line for next time, an honest word on what
// is saved and what waits, and it locks.
#include "client/screens/parts.hpp"
#include "client/screens/screens.hpp"

namespace waymark::screens {

void draw_pack_up(ui::Ui& ui, const app::PackUpView& view, Locals& locals, Commands& out) {
  auto sheet = ui.sheet("pack_up", {.name = "screen.pack_up.title"_t, .width = 640});
  if (sheet.closed()) out.push_back(app::Back{});
  {
    auto top = ui.row({.gap = 16, .cross = ui::Cross::center});
    ui.disc(ui::Icon::pack, 48);
    auto words = ui.column({.width = ui::fill(), .gap = 2});
    ui.heading(locals.behind ? 2 : 1, "screen.pack_up.title"_t, {.type = ui::Type::h1});
    ui.text("screen.pack_up.detail"_t, {.ink = ui::Ink::muted});
  }
  {
    auto label = ui.row({.gap = 8, .cross = ui::Cross::center});
    ui.art(ui::ArtKind::flag, 20);
    ui.text("screen.pack_up.next_time"_t, {.type = ui::Type::h3, .spoken = false});
  }
  const ui::Edited edited =
      draft_field(ui, locals, "line",
                  {.label = "screen.pack_up.next_time"_t,
                   .label_shown = false,
                   .placeholder = "screen.pack_up.like"_t,
                   .limit = 500,
                   .big = true,
                   .first_focus = true},
                  "pack_up.line", view.line, [](const app::Field& field) -> app::Command {
                    return app::SaveDraft{"pack_up", {{"line", field.text}}};
                  });
  std::string line = locals.drafts.text_of("pack_up.line", view.line.text);
  if (!view.suggestions.empty()) {
    auto row = ui.row({.gap = 10, .cross = ui::Cross::center, .wrap = true});
    ui.text("screen.pack_up.or_tap"_t, {.type = ui::Type::small, .ink = ui::Ink::muted});
    for (std::size_t i = 0; i < view.suggestions.size(); ++i) {
      if (ui.chip("suggestion" + std::to_string(i), {.text = ui::verbatim(view.suggestions[i])})) {
        // Taken as if it had been typed.
        Draft& draft = locals.drafts.at("pack_up.line");
        draft.text = line = view.suggestions[i];
        draft.edited(true, false, true, locals.now_ms);
        ui.focus("line");
      }
    }
  }
  ui.banner("saved", {.text = view.saved,
                      .detail = view.forgets ? view.forgets : view.waiting,
                      .icon = ui::Icon::check,
                      .alert = static_cast<bool>(view.forgets)});
  if (view.forgets && ui.link("take_along", "screen.pack_up.take_along"_t, ui::Icon::pack))
    out.push_back(go(app::Screen::stick));
  {
    auto row = ui.row({.gap = 16, .cross = ui::Cross::center, .wrap = true});
    if (ui.link("keep_working", "screen.pack_up.keep_working"_t, ui::Icon::back)) out.push_back(app::Back{});
    ui.stretch();
    const bool pressed = ui.button("lock_and_go", {.text = "screen.pack_up.lock_and_go"_t,
                                                   .look = ui::Look::pine,
                                                   .icon = ui::Icon::lock,
                                                   .big = true});
    if (pressed || edited.submitted) {
      out.push_back(app::PackUp{line});
      locals.drafts.renew("pack_up.line");
    }
  }
}

}  // namespace waymark::screens
