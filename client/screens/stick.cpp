// Carrying work on a stick: onto which one, how many changes are on it and that they count only when the
// school has answered; and taking that answer from it.
#include "client/screens/parts.hpp"
#include "client/screens/screens.hpp"

namespace waymark::screens {
namespace {

void both_ways(ui::Ui& ui, const app::StickView& view, const std::string& folder, bool main, Commands& out) {
  if (ui.button("write", {.text = view.any_waiting ? "screen.stick.write"_t : "screen.stick.ask"_t,
                          .look = main ? ui::Look::pine : ui::Look::quiet,
                          .icon = ui::Icon::send}))
    out.push_back(app::WriteStick{folder});
  if (ui.button("read", {.text = "screen.stick.read"_t, .icon = ui::Icon::message}))
    out.push_back(app::ReadStick{folder});
}

void what_happened(ui::Ui& ui, const app::StickView& view) {
  if (view.problem)
    ui.banner(
        "problem",
        {.text = view.problem, .detail = view.next, .icon = ui::Icon::hand, .alert = true, .soft = false});
  if (view.done)
    ui.banner("done", {.text = view.done, .detail = view.next, .icon = ui::Icon::check, .alert = true});
}

}  // namespace

void draw_stick(ui::Ui& ui, const app::StickView& view, Locals& locals, Commands& out) {
  auto body =
      ui.body({.pad = {ui.side(), ui.narrow() || ui.low() ? 14.0F : 22.0F, ui.side(), 24}, .gap = 16});
  page_title(ui, locals, "screen.stick.title"_t, view.waiting, out);
  auto list = ui.column({.width_max = 900, .gap = 16});
  ui.text("screen.stick.what"_t);
  what_happened(ui, view);
  if (view.places.empty()) {
    auto card = ui.card("none", {.pad = ui.low() ? 20.0F : 34.0F, .gap = 12});
    ui.empty_state(ui::Icon::folder, "screen.stick.none"_t, "screen.stick.none_detail"_t);
  }
  for (std::size_t i = 0; i < view.places.size(); ++i) {
    const app::StickPlace& place = view.places[i];
    auto card = ui.card("stick" + std::to_string(i), {.pad = {28, 20}, .gap = 14});
    {
      auto row = ui.row({.gap = 16, .cross = ui::Cross::center});
      ui.disc(ui::Icon::folder, 40);
      auto words = ui.column({.width = ui::fill(), .gap = 1});
      ui.heading(2, ui::verbatim(place.name), {.type = ui::Type::h3});
      ui.text(ui::verbatim(place.path), {.type = ui::Type::small, .ink = ui::Ink::muted});
    }
    {
      auto row = ui.row({.gap = 12, .cross = ui::Cross::center, .wrap = true});
      both_ways(ui, view, place.path, true, out);
    }
    if (view.kept) continue;
    auto keep = ui.column({.width = ui::fill(), .gap = 2});
    if (ui.link("keep", "screen.stick.keep"_t, ui::Icon::pack)) out.push_back(app::KeepOnStick{place.path});
    ui.text("screen.stick.keep_detail"_t, {.type = ui::Type::small, .ink = ui::Ink::muted});
  }
  auto card = ui.card("folder", {.pad = {28, 20}, .gap = 14});
  std::string& folder = locals.word("stick.folder");
  if (auto edited = ui.field("path", {.label = "screen.stick.folder"_t,
                                      .placeholder = "screen.stick.folder_example"_t,
                                      .text = folder,
                                      .limit = 1000}))
    folder = edited.text;
  if (folder.empty()) return;
  auto row = ui.row({.gap = 12, .cross = ui::Cross::center, .wrap = true});
  both_ways(ui, view, folder, false, out);
}

}  // namespace waymark::screens
