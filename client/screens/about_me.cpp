// About me: what the student writes about themselves, shown beside everything the teacher reviews; and the
// sign that stands for them, composed from a shape and two colours that can be told apart.
#include <algorithm>

#include "client/screens/parts.hpp"
#include "client/screens/screens.hpp"

namespace waymark::screens {
namespace {

void about_field(ui::Ui& ui, Locals& locals, std::string_view name, const app::Field& field, int lines) {
  const std::string word(name);
  draft_field(ui, locals, name,
              {.label = ui::key("screen.about." + word),
               .placeholder = ui::key("screen.about." + word + "_like"),
               .lines_min = lines,
               .limit = name == "chosen_name" ? std::size_t{60} : std::size_t{2000},
               .hint = name == "chosen_name" ? "screen.about.chosen_name_hint"_t : ui::Text{}},
              "about." + word, field, [word](const app::Field& written) -> app::Command {
                return app::SetAboutMe{word, written};
              });
}

void swatches(ui::Ui& ui, std::string_view key, const ui::Text& name, const app::Mark& mark, bool ink,
              Commands& out) {
  ui.text(name, {.type = ui::Type::label});
  auto group = ui.radio_group(key, name);
  auto row = ui.row({.gap = 10, .wrap = true});
  for (const std::string_view color : ui::mark_colors()) {
    app::Mark other = mark;
    (ink ? other.ink : other.disc) = std::string(color);
    // A pair that cannot be told apart is not offered.
    if (!ui::mark_pair_readable(other.ink, other.disc) && other != mark) continue;
    auto tile = ui.tile(
        color,
        {.name = ui::key("screen.mark.color." + std::string(color)),
         .role = ui::Role::radio,
         .chosen = other == mark,
         .radius = 24,
         .lift = 0},
        {.width = ui::px(48), .pad = 4, .gap = 0, .align = ui::Align::center, .cross = ui::Cross::center});
    if (tile.pressed()) out.push_back(app::SetMark{other});
    ui.canvas("color", {}, {.width = ui::px(36), .height = ui::px(36)},
              [color](const ui::Painter& p, ui::Rect r) {
                p.circle(r.centre(), 17, ui::mark_color(color));
                p.ring(r.centre(), 17, p.t.control, 1);
              });
  }
}

void composer(ui::Ui& ui, const app::AboutMeView& view, Commands& out) {
  app::Mark mark = view.mark;
  if (mark.ink.empty()) mark.ink = std::string(ui::mark_colors()[1]);
  if (mark.disc.empty() || !ui::mark_pair_readable(mark.ink, mark.disc)) {
    for (const std::string_view color : ui::mark_colors()) {
      if (ui::mark_pair_readable(mark.ink, color)) mark.disc = std::string(color);
    }
  }
  ui.text("screen.about.shape"_t, {.type = ui::Type::label});
  {
    auto group = ui.radio_group("shape", "screen.about.shape"_t);
    auto row = ui.row({.gap = 10, .wrap = true});
    for (const std::string_view shape : ui::mark_shapes()) {
      app::Mark other = mark;
      other.shape = std::string(shape);
      auto tile = ui.tile(
          shape,
          {.name = ui::key("screen.mark.shape." + other.shape),
           .role = ui::Role::radio,
           .chosen = shape == view.mark.shape,
           .radius = 14,
           .lift = 0},
          {.width = ui::px(64), .pad = 6, .gap = 0, .align = ui::Align::center, .cross = ui::Cross::center});
      if (tile.pressed()) out.push_back(app::SetMark{other});
      ui.mark(other, {}, 25);
    }
  }
  swatches(ui, "ink", "screen.about.ink"_t, mark, true, out);
  swatches(ui, "disc", "screen.about.disc"_t, mark, false, out);
}

}  // namespace

void draw_about_me(ui::Ui& ui, const app::AboutMeView& view, Locals& locals, Commands& out) {
  auto body =
      ui.body({.pad = {ui.side(), ui.narrow() || ui.low() ? 14.0F : 22.0F, ui.side(), 24}, .gap = 18});
  page_title(ui, locals, "screen.about.title"_t, "screen.about.who_sees"_t, out);
  const auto fields = [&] {
    auto card = ui.card("about", {.width = ui::fill(), .pad = {ui.narrow() ? 20.0F : 30.0F, 26}, .gap = 18});
    const auto pair = [&](auto first, auto second) {
      if (ui.narrow()) {
        first();
        second();
        return;
      }
      auto row = ui.row({.gap = 24, .cross = ui::Cross::start});
      {
        auto left = ui.column({.width = ui::fill()});
        first();
      }
      auto right = ui.column({.width = ui::fill()});
      second();
    };
    pair([&] { about_field(ui, locals, "strengths", view.strengths, 3); },
         [&] { about_field(ui, locals, "interests", view.interests, 3); });
    pair([&] { about_field(ui, locals, "learn_best", view.learn_best, 3); },
         [&] { about_field(ui, locals, "need", view.need, 3); });
    about_field(ui, locals, "languages", view.languages, 1);
    earlier_link(ui, view.earlier, out);
  };
  const auto me = [&](ui::Length width) {
    auto card = ui.card("me", {.width = width, .pad = {26, 26}, .gap = 16});
    if (view.hidden) ui.banner("hidden", {.text = view.hidden, .icon = ui::Icon::lock, .soft = false});
    {
      auto row = ui.row({.align = ui::Align::center});
      const std::string& name = view.chosen_name.text;
      ui.mark(view.mark, name, 56);
    }
    about_field(ui, locals, "chosen_name", view.chosen_name, 1);
    bool& open = locals.flag("about_me.mark");
    {
      auto row = ui.row({.cross = ui::Cross::center});
      if (ui.link("mark", open ? "screen.about.mark_done"_t : "screen.about.mark"_t,
                  open ? ui::Icon::check : ui::Icon::pencil))
        open = !open;
    }
    if (open) composer(ui, view, out);
  };
  if (ui.narrow()) {
    me({});
    fields();
    return;
  }
  auto row = ui.row({.gap = 20, .cross = ui::Cross::start});
  fields();
  me(ui::px(ui.low() ? 330.0F : 380.0F));
}

}  // namespace waymark::screens
