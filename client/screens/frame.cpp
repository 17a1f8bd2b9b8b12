// What is around every screen of a signed-in student: the bar with the five places, Pack up and Lock, the
// honest status line, the toast that offers Undo, the reason why something was not done, and the keys of the
// keyboard.
#include "client/screens/frame.hpp"

#include <array>
#include <string>

namespace waymark::screens {
namespace {

constexpr std::array kTextSizes{100, 125, 150, 175, 200};

struct Place {
  std::string_view key;
  app::Screen screen;
};
constexpr std::array<Place, 5> kPlaces{{{"today", app::Screen::today},
                                        {"project", app::Screen::project},
                                        {"goals", app::Screen::goals},
                                        {"ideas", app::Screen::ideas},
                                        {"growth", app::Screen::growth}}};

ui::Text name_of_place(std::string_view key) { return ui::key("screen.nav." + std::string(key)); }

// The place of the bar that a screen belongs to.
app::Screen place_of(app::Screen screen) {
  switch (screen) {
    case app::Screen::check:
    case app::Screen::finish:
    case app::Screen::answer:
    case app::Screen::conflict:
      return app::Screen::project;
    case app::Screen::compare_ideas:
      return app::Screen::ideas;
    default:
      return screen;
  }
}

}  // namespace

int next_text_size(int percent, int step) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < kTextSizes.size(); ++i) {
    if (kTextSizes.at(i) <= percent) at = i;
  }
  if (step > 0 && at + 1 < kTextSizes.size()) ++at;
  if (step < 0 && at > 0) --at;
  return kTextSizes.at(at);
}

void draw_bar(ui::Ui& ui, const app::FrameView& frame, app::Screen here, Commands& out) {
  auto bar = ui.top_bar();
  const bool tight = ui.width() < 720;  // text at 200 per cent: words without signs
  ui.logo(!ui.narrow());
  {
    auto places = ui.region("places", "screen.nav.places"_t,
                            {.gap = ui.narrow() ? 0.0F : 4.0F, .cross = ui::Cross::center});
    auto row = ui.row({.gap = ui.narrow() ? 0.0F : 4.0F, .cross = ui::Cross::center});
    for (const Place& place : kPlaces) {
      if (ui.nav_item(place.key, name_of_place(place.key), place_of(here) == place.screen)) {
        out.push_back(go(place.screen));
      }
    }
  }
  ui.stretch();
  if (ui.button(
          "pack_up",
          {.text = "screen.nav.pack_up"_t, .icon = tight ? ui::Icon::none : ui::Icon::pack, .small = true})) {
    out.push_back(go(app::Screen::pack_up));
  }
  if (ui.button(
          "lock",
          {.text = "screen.nav.lock"_t, .icon = tight ? ui::Icon::none : ui::Icon::lock, .small = true}))
    out.push_back(app::Lock{});
  {
    auto me = ui.tile("me",
                      {.name = "screen.nav.me"_t.with("name", frame.me.name),
                       .radius = 12,
                       .lift = 0,
                       .edge = false,
                       .plain = true},
                      {.width = ui::fit(), .pad = {4, 2}, .gap = 0, .cross = ui::Cross::center});
    if (me.pressed()) out.push_back(go(app::Screen::about_me));
    auto row = ui.row({.gap = 10, .cross = ui::Cross::center});
    if (!ui.narrow()) {
      ui.text(ui::verbatim(frame.me.name),
              {.type = ui::Type::label, .width_max = 150, .lines_max = 1, .spoken = false});
    }
    ui.mark(frame.me.mark, frame.me.name, 17);
  }
}

void draw_status(ui::Ui& ui, const app::FrameView& frame, Commands& out) {
  const app::StatusView& status = frame.status;
  auto line = ui.status_line();
  // What was just done, with the way to take it back, stands where "Saved" stands: it covers nothing.
  if (frame.toast && ui.toast("toast", frame.toast, frame.undo ? "screen.frame.undo"_t : ui::Text{})) {
    out.push_back(app::Undo{});
  }
  if (status.problem) {
    ui.icon(ui::Icon::hand, 18);
    ui.text(ui::strong(status.problem), {.type = ui::Type::small});
    if (status.problem_do) {
      ui.bullet();
      ui.text(status.problem_do, {.type = ui::Type::small});
    }
  } else {
    if (!frame.toast || !status.saved) {
      ui.icon(status.saved ? ui::Icon::check : ui::Icon::pencil, 17);
      ui.text(status.saved_phrase, {.type = ui::Type::small});
    }
    const bool all = status.waiting + status.files_waiting == 0 && !status.elsewhere;
    if (!all && status.waiting_phrase && !(frame.toast && ui.narrow())) {
      if (!frame.toast) ui.bullet();
      ui.text(status.waiting_phrase, {.type = ui::Type::small});
    }
    if (status.heard_phrase && !frame.toast && !(ui.narrow() && !all)) {
      ui.bullet();
      ui.text(status.heard_phrase, {.type = ui::Type::small, .ink = ui::Ink::muted});
    }
  }
  ui.stretch();
  if (status.conflicts > 0 &&
      ui.button("conflicts", {.text = "screen.status.conflicts"_t.counted(status.conflicts),
                              .look = ui::Look::link,
                              .icon = ui::Icon::document,
                              .small = true})) {
    out.push_back(go(app::Screen::conflict));
  }
  if (status.refusals > 0 &&
      ui.button("refusals", {.text = "screen.status.refusals"_t.counted(status.refusals),
                             .look = ui::Look::link,
                             .icon = ui::Icon::message,
                             .small = true})) {
    out.push_back(go(app::Screen::refusals));
  }
  if (ui.button(
          "settings",
          {.text = "screen.nav.settings"_t, .look = ui::Look::link, .icon = ui::Icon::gear, .small = true}))
    out.push_back(go(app::Screen::settings));
}

void draw_error(ui::Ui& ui, const app::FrameView& frame) {
  if (!frame.error) return;
  auto around = ui.column({.pad = {ui.side(), 12, ui.side(), 0}});
  ui.banner("error", {.text = frame.error, .icon = ui::Icon::hand, .alert = true, .soft = false});
}

void draw_keys(ui::Ui& ui, Locals& locals) {
  if (!locals.flag("frame.shortcuts")) return;
  struct Line {
    std::string_view keys, meaning;
  };
  constexpr std::array<Line, 11> lines{{{"screen.keys.tab", "screen.keys.tab_does"},
                                        {"screen.keys.enter", "screen.keys.enter_does"},
                                        {"screen.keys.arrows", "screen.keys.arrows_does"},
                                        {"screen.keys.escape", "screen.keys.escape_does"},
                                        {"screen.keys.undo", "screen.keys.undo_does"},
                                        {"screen.keys.redo", "screen.keys.redo_does"},
                                        {"screen.keys.save", "screen.keys.save_does"},
                                        {"screen.keys.lock", "screen.keys.lock_does"},
                                        {"screen.keys.pack_up", "screen.keys.pack_up_does"},
                                        {"screen.keys.size", "screen.keys.size_does"},
                                        {"screen.keys.help", "screen.keys.help_does"}}};
  auto sheet = ui.sheet("shortcuts", {.name = "screen.keys.title"_t, .width = 560});
  if (sheet.closed()) locals.flag("frame.shortcuts") = false;
  ui.heading(2, "screen.keys.title"_t);
  auto list = ui.column({.gap = 8});
  for (const Line& line : lines) {
    auto row = ui.row({.gap = 16, .cross = ui::Cross::center});
    ui.text(ui::key(line.keys), {.type = ui::Type::small_bold, .width = ui::px(170)});
    ui.text(ui::key(line.meaning), {.width = ui::fill()});
  }
}

void take_keys(ui::Ui& ui, const app::Shown& shown, Locals& locals, Commands& out) {
  if (ui.shortcut(ui::Key::f1, false)) locals.flag("frame.shortcuts") = !locals.flag("frame.shortcuts");
  int step = 0;
  if (ui.shortcut(ui::Key::plus)) step = 1;
  if (ui.shortcut(ui::Key::minus)) step = -1;
  const bool usual = ui.shortcut(ui::Key::zero);
  if (step != 0 || usual) {
    const int percent = usual ? 100 : next_text_size(shown.look.text_size, step);
    if (percent != shown.look.text_size) out.push_back(choose_text_size(shown.frame.has_value(), percent));
  }
  if (!shown.frame) return;
  if (ui.shortcut(ui::Key::z)) out.push_back(app::Undo{});
  if (ui.shortcut(ui::Key::y) || ui.shortcut(ui::Key::z, true, true)) out.push_back(app::Redo{});
  if (ui.shortcut(ui::Key::l)) out.push_back(app::Lock{});
  if (ui.shortcut(ui::Key::p)) out.push_back(go(app::Screen::pack_up));
  if (ui.shortcut(ui::Key::s)) locals.save_now = true;
}

app::Command choose_text_size(bool signed_in, int percent) {
  if (signed_in) return app::SetPreference{"text_size", std::to_string(percent)};
  return app::ChooseTextSize{percent};
}

}  // namespace waymark::screens
