// Settings: how everything looks, which goes with the student to every computer; what this computer holds and
// what still waits to be sent; the PIN; and being forgotten here, once everything is at school.
#include <algorithm>
#include <array>

#include "client/screens/parts.hpp"
#include "client/screens/screens.hpp"

namespace waymark::screens {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 5> kSizes{
    {{100, "usual"}, {125, "large"}, {150, "larger"}, {175, "very_large"}, {200, "largest"}}};

// A label, and a control that reaches to the right edge; one under the other where it is narrow.
template <class Control>
void setting(ui::Ui& ui, const ui::Text& label, Control control) {
  if (ui.narrow()) {
    ui.text(label, {.type = ui::Type::label});
    control();
    return;
  }
  auto row = ui.row({.gap = 20, .cross = ui::Cross::center});
  ui.text(label, {.type = ui::Type::label, .width = ui::px(112)});
  auto side = ui.column({.width = ui::fill()});
  control();
}

void small_page(const ui::Painter& p, ui::Rect r, ui::Theme theme) {
  const ui::Tokens& t = ui::tokens(theme);
  p.rect(r, t.page, 10);
  const ui::Rect sheet{r.x + 10, r.y + 9, r.w - 20, r.h - 18};
  p.rect(sheet, t.surface, 6);
  p.frame(sheet, t.border, 6, t.contrast ? 2.0F : 1.0F);
  p.rect({sheet.x + 10, sheet.y + 9, sheet.w * 0.5F, 4}, t.text, 2);
  p.rect({sheet.x + 10, sheet.y + 18, sheet.w * 0.36F, 3}, t.muted, 1.5F);
  p.rect({sheet.x + 10, sheet.bottom() - 18, sheet.w * 0.32F, 10}, t.trail, 3);
  ui::draw_flag(p, {sheet.right() - 20, sheet.bottom() - 7}, 16, t.pine);
}

void theme_tile(ui::Ui& ui, std::string_view name, std::string_view chosen, Commands& out) {
  const ui::Text words = ui::key("screen.settings.theme." + std::string(name));
  auto tile = ui.tile(name,
                      {.name = words,
                       .role = ui::Role::radio,
                       .chosen = name == chosen,
                       .tick = name == chosen,
                       .radius = 14,
                       .lift = 0},
                      {.width = ui::fill(), .pad = 7, .gap = 6, .cross = ui::Cross::stretch});
  if (tile.pressed() && name != chosen) out.push_back(app::SetPreference{"theme", std::string(name)});
  ui.canvas("picture", {}, {.height = ui::px(ui.low() ? 58.0F : 76.0F)},
            [name](const ui::Painter& p, ui::Rect r) {
              if (name == "system") {
                // Half day, half dusk: as the computer has it.
                p.clip({r.x, r.y, r.w / 2, r.h});
                small_page(p, r, ui::Theme::light);
                p.unclip();
                p.clip({r.x + r.w / 2, r.y, r.w / 2, r.h});
                small_page(p, r, ui::Theme::dusk);
                p.unclip();
                return;
              }
              small_page(p, r, ui::theme_named(name, false));
            });
  ui.text(words, {.type = ui::Type::small, .align = ui::Align::center, .width = ui::fill(), .spoken = false});
}

void looks(ui::Ui& ui, const app::SettingsView& view, Commands& out) {
  const float gap = ui.low() ? 8.0F : 16.0F;
  auto card = ui.card(
      "looks",
      {.width = ui::fill(), .pad = {ui.narrow() ? 20.0F : 30.0F, ui.low() ? 12.0F : 26.0F}, .gap = gap});
  setting(ui, "screen.settings.language"_t, [&] {
    std::vector<ui::Option> options;
    std::string chosen;
    for (const app::Language& language : view.languages) {
      options.push_back({.key = language.code, .text = ui::verbatim(language.own_name)});
      if (language.chosen) chosen = language.code;
    }
    if (const auto code = ui.tabs("language", "screen.settings.language"_t, options, chosen, false)) {
      out.push_back(app::SetPreference{"language", *code});
    }
  });
  ui.rule();
  setting(ui, "screen.settings.text_size"_t, [&] {
    std::vector<ui::Option> options;
    std::string chosen = "100";
    for (const auto& [percent, name] : kSizes) {
      options.push_back(
          {.key = std::to_string(percent), .text = ui::key("screen.settings.size." + std::string(name))});
      if (view.text_size >= percent) chosen = std::to_string(percent);
    }
    if (const auto size = ui.tabs("text_size", "screen.settings.text_size"_t, options, chosen, false)) {
      out.push_back(app::SetPreference{"text_size", *size});
    }
  });
  ui.rule();
  setting(ui, "screen.settings.typeface"_t, [&] {
    const std::array<ui::Option, 3> options{
        {{.key = "reading", .text = "screen.settings.typeface.reading"_t},
         {.key = "plain", .text = "screen.settings.typeface.plain"_t},
         {.key = "dyslexic", .text = "screen.settings.typeface.dyslexic"_t}}};
    if (const auto face = ui.tabs("typeface", "screen.settings.typeface"_t, options, view.typeface, false)) {
      out.push_back(app::SetPreference{"typeface", *face});
    }
  });
  ui.rule();
  setting(ui, "screen.settings.theme"_t, [&] {
    auto group = ui.radio_group("theme", "screen.settings.theme"_t);
    auto grid = ui.grid(ui.width() < 700 ? 2 : 4, {.gap = 12});
    for (const std::string_view name : {"system", "light", "dusk", "contrast"})
      theme_tile(ui, name, view.theme, out);
  });
  ui.rule();
  if (ui.toggle("reduced_motion", {.text = "screen.settings.motion"_t,
                                   .detail = "screen.settings.motion_detail"_t,
                                   .on = view.reduced_motion})) {
    out.push_back(app::SetPreference{"reduced_motion", view.reduced_motion ? "off" : "on"});
  }
}

ui::Icon sign_of_kind(std::string_view kind) {
  if (kind == "piece" || kind == "file") return ui::Icon::photo;
  if (kind == "goal" || kind == "checkin") return ui::Icon::calendar;
  if (kind == "help") return ui::Icon::hand;
  return ui::Icon::pencil;
}

void to_stick(ui::Ui& ui, Commands& out) {
  if (ui.link("stick", "screen.stick.title"_t, ui::Icon::none, ui::Icon::arrow))
    out.push_back(go(app::Screen::stick));
}

void this_computer(ui::Ui& ui, const app::SettingsView& view, Commands& out) {
  auto card = ui.card("computer", {.pad = {26, ui.low() ? 14.0F : 22.0F}, .gap = ui.low() ? 6.0F : 10.0F});
  {
    auto row = ui.row({.gap = 12, .cross = ui::Cross::center});
    ui.heading(2, "screen.settings.computer"_t, {.width = ui::fill()});
    if (!view.computer.empty()) ui.tag(ui::verbatim(view.computer));
  }
  if (!view.school.empty())
    ui.text(ui::verbatim(view.school), {.type = ui::Type::small, .ink = ui::Ink::muted});
  if (view.status.problem) {
    ui.banner("problem", {.text = view.status.problem,
                          .detail = view.status.problem_do,
                          .icon = ui::Icon::hand,
                          .soft = false});
  }
  ui.text(view.status.heard_phrase, {.type = ui::Type::small, .ink = ui::Ink::muted});
  if (view.status.files_phrase)
    ui.banner("files", {.text = view.status.files_phrase, .icon = ui::Icon::clock, .soft = false});
  if (view.waiting.empty() && view.status.files_phrase) {
    to_stick(ui, out);
    return;
  }
  if (view.waiting.empty()) {
    const ui::Text where =
        view.status.elsewhere ? ui::Text(view.status.waiting_phrase) : "screen.settings.all_sent"_t;
    ui.banner("sent", {.text = where, .icon = ui::Icon::check});
    to_stick(ui, out);
    return;
  }
  ui.text("screen.settings.waiting"_t, {.type = ui::Type::label});
  for (std::size_t i = 0; i < view.waiting.size(); ++i) {
    const app::WaitingThing& thing = view.waiting[i];
    auto keyed = ui.keyed("waiting" + std::to_string(i));
    auto well = ui.well({.pad = {18, 9}, .gap = 0});
    auto row = ui.row({.gap = 16, .cross = ui::Cross::center});
    ui.icon(sign_of_kind(thing.kind), 20);
    auto words = ui.column({.width = ui::fill(), .gap = 1});
    ui.text(thing.title, {.type = ui::Type::label, .lines_max = 2});
    ui.text("screen.settings.since"_t.counted(thing.count).with("when", thing.since),
            {.type = ui::Type::small, .ink = ui::Ink::muted});
  }
  {
    auto row = ui.row({.gap = 10, .cross = ui::Cross::center});
    ui.icon(ui::Icon::send, 18);
    ui.text("screen.settings.by_themselves"_t, {.type = ui::Type::small, .width = ui::fill()});
  }
  to_stick(ui, out);
}

bool row_of(ui::Ui& ui, std::string_view key, ui::Icon icon, const ui::Text& title, const ui::Text& detail) {
  return ui.note_row(key, {.icon = icon, .title = title, .detail = detail, .plain = true});
}

void my_things(ui::Ui& ui, const app::SettingsView& view, Locals& locals, Commands& out) {
  auto card = ui.card("mine", {.pad = {14, 10}, .gap = 0});
  const ui::Text kind = !view.has_pin                             ? "screen.settings.pin_none"_t
                        : view.pin_kind == app::PinKind::pictures ? "screen.settings.pin_pictures"_t
                                                                  : "screen.settings.pin_digits"_t;
  if (row_of(ui, "pin", ui::Icon::lock, "screen.settings.pin"_t, kind)) out.push_back(app::ChangePin{});
  ui.rule();
  if (row_of(ui, "keys", ui::Icon::text_size, "screen.keys.title"_t, "screen.settings.keys_detail"_t))
    locals.flag("frame.shortcuts") = true;
  ui.rule();
  bool& asking = locals.flag("settings.forget");
  if (!view.can_forget) {
    // The way is told, not greyed: it opens by itself.
    auto row = ui.row({.pad = {0, 8}, .gap = 14, .cross = ui::Cross::center});
    ui.disc(ui::Icon::back, 36);
    auto words = ui.column({.width = ui::fill(), .gap = 2});
    ui.text("screen.settings.forget"_t, {.type = ui::Type::label});
    ui.text("screen.settings.forget_later"_t, {.type = ui::Type::small, .ink = ui::Ink::muted});
  } else if (row_of(ui, "forget", ui::Icon::back, "screen.settings.forget"_t,
                    "screen.settings.forget_now"_t)) {
    asking = true;
  }
}

void ask_to_forget(ui::Ui& ui, Locals& locals, Commands& out) {
  bool& asking = locals.flag("settings.forget");
  if (!asking) return;
  auto sheet = ui.sheet("forget", {.name = "screen.settings.forget"_t, .width = 520});
  if (sheet.closed()) asking = false;
  ui.heading(2, "screen.settings.forget_sure"_t);
  ui.text("screen.settings.forget_means"_t);
  auto row = ui.row({.gap = 16, .cross = ui::Cross::center});
  if (ui.link("stay", "screen.settings.forget_stay"_t, ui::Icon::back)) asking = false;
  ui.stretch();
  if (ui.button("do", {.text = "screen.settings.forget"_t, .look = ui::Look::pine})) {
    asking = false;
    out.push_back(app::ForgetMe{});
  }
}

}  // namespace

void draw_settings(ui::Ui& ui, const app::SettingsView& view, Locals& locals, Commands& out) {
  {
    auto body = ui.body(
        {.pad = {ui.side(), ui.narrow() || ui.low() ? 12.0F : 22.0F, ui.side(), ui.low() ? 10.0F : 24.0F},
         .gap = ui.low() ? 10.0F : 18.0F});
    page_title(ui, locals, "screen.settings.title"_t, "screen.settings.with_you"_t, out);
    if (ui.narrow()) {
      looks(ui, view, out);
      this_computer(ui, view, out);
      my_things(ui, view, locals, out);
    } else {
      auto row = ui.row({.gap = 20, .cross = ui::Cross::start});
      looks(ui, view, out);
      auto column = ui.column({.width = ui::px(ui.low() ? 350.0F : 440.0F), .gap = ui.low() ? 12.0F : 20.0F});
      this_computer(ui, view, out);
      my_things(ui, view, locals, out);
    }
  }
  ask_to_forget(ui, locals, out);
}

}  // namespace waymark::screens
