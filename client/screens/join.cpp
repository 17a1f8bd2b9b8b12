// Joining: the computer with the school's code, then a student with a card. Each step is one card with one
// thing to type, says what it is for, and keeps what was typed when it was not right.
#include <algorithm>

#include "client/screens/outside.hpp"
#include "client/screens/screens.hpp"

namespace waymark::screens {
namespace {

constexpr std::size_t kSchoolsShown = 6;

void said_wrong(ui::Ui& ui, const app::JoinView& view) {
  if (view.error)
    ui.banner("error", {.text = view.error, .icon = ui::Icon::hand, .alert = true, .soft = false});
}

void computer(ui::Ui& ui, const app::JoinView& view, Locals& locals, Commands& out) {
  std::string& address = locals.word("join.address");
  std::string& code = locals.word("join.code");
  ui.text("screen.join.computer_detail"_t, {.ink = ui::Ink::muted});
  bool enter = false;
  if (!view.near.empty()) {
    auto group = ui.radio_group("near", "screen.join.near"_t, {.gap = 8});
    auto row = ui.row({.gap = 8, .cross = ui::Cross::center, .wrap = true});
    for (std::size_t i = 0; i < std::min(view.near.size(), kSchoolsShown); ++i) {
      const app::SchoolNear& school = view.near[i];
      if (ui.chip("near" + std::to_string(i),
                  {.text = ui::verbatim(school.name), .chosen = address == school.address, .radio = true}))
        address = school.address;
    }
  }
  if (auto edited = ui.field("address", {.label = "screen.join.address"_t,
                                         .placeholder = "screen.join.address_like"_t,
                                         .text = address,
                                         .limit = 200,
                                         .hint = "screen.join.address_hint"_t,
                                         .icon = ui::Icon::globe,
                                         .first_focus = true});
      edited || edited.submitted) {
    address = edited.text;
    enter = edited.submitted;
  }
  if (auto edited = ui.field("code", {.label = "screen.join.code"_t,
                                      .placeholder = "screen.join.code_like"_t,
                                      .text = code,
                                      .limit = 300,
                                      .icon = ui::Icon::card});
      edited || edited.submitted) {
    code = edited.text;
    enter = enter || edited.submitted;
  }
  said_wrong(ui, view);
  auto row = ui.row({.gap = 16, .cross = ui::Cross::center});
  if (ui.link("back", "screen.frame.back"_t, ui::Icon::back)) out.push_back(go(app::Screen::who));
  if (view.busy) {
    ui.icon(ui::Icon::clock, 18, ui::Ink::muted);
    ui.text("screen.join.busy"_t, {.ink = ui::Ink::muted});
  }
  ui.stretch();
  // A QR's text names the address too.
  const bool whole = code.find('#') != std::string::npos;
  const bool ready = !view.busy && (whole || !address.empty()) && !code.empty();
  const bool pressed = ui.button("go", {.text = "screen.join.computer_go"_t,
                                        .look = ui::Look::pine,
                                        .big = true,
                                        .enabled = ready,
                                        .hint = ready ? ui::Text{} : "screen.join.computer_waits"_t});
  if (ready && (pressed || enter)) out.push_back(app::JoinComputer{address, code});
}

// Where there is no network: a file from the teacher.
void from_file(ui::Ui& ui, const app::JoinView& view, Locals& locals, Commands& out) {
  ui.rule();
  ui.heading(2, "screen.join.starter"_t, {.type = ui::Type::h3});
  ui.text("screen.join.starter_detail"_t, {.ink = ui::Ink::muted});
  for (std::size_t i = 0; i < std::min(view.starters.size(), kSchoolsShown); ++i)
    if (ui.button("starter" + std::to_string(i),
                  {.text = "screen.join.starter_begin"_t.with("name", view.starters[i].name),
                   .icon = ui::Icon::folder}))
      out.push_back(app::JoinFromStarter{view.starters[i].path});
  std::string& path = locals.word("join.starter");
  auto edited = ui.field("starter", {.label = "screen.join.starter_path"_t,
                                     .placeholder = "screen.join.starter_like"_t,
                                     .text = path,
                                     .limit = 1000,
                                     .icon = ui::Icon::folder});
  if (edited || edited.submitted) path = edited.text;
  if (path.empty()) return;
  if (ui.button("starter_go", {.text = "screen.join.starter_go"_t}) || edited.submitted)
    out.push_back(app::JoinFromStarter{path});
}

void card(ui::Ui& ui, const app::JoinView& view, Locals& locals, Commands& out) {
  std::string& typed = locals.word("join.card");
  ui.text("screen.join.card_detail"_t, {.ink = ui::Ink::muted});
  bool enter = false;
  if (auto edited = ui.field("card", {.label = "screen.join.card"_t,
                                      .placeholder = "screen.join.card_like"_t,
                                      .text = typed,
                                      .limit = 200,
                                      .big = true,
                                      .icon = ui::Icon::card,
                                      .first_focus = true});
      edited || edited.submitted) {
    typed = edited.text;
    enter = edited.submitted;
  }
  said_wrong(ui, view);
  auto row = ui.row({.gap = 16, .cross = ui::Cross::center});
  if (ui.link("back", "screen.join.to_people"_t, ui::Icon::back)) out.push_back(go(app::Screen::who));
  ui.stretch();
  if (view.busy) ui.text("screen.join.busy"_t, {.ink = ui::Ink::muted});
  const bool ready = !view.busy && !typed.empty();
  const bool pressed = ui.button("go", {.text = "screen.join.card_go"_t,
                                        .look = ui::Look::pine,
                                        .after = ui::Icon::arrow,
                                        .big = true,
                                        .enabled = ready,
                                        .hint = ready ? ui::Text{} : "screen.join.card_waits"_t});
  if (ready && (pressed || enter)) out.push_back(app::JoinWithCard{typed});
}

}  // namespace

void draw_join(ui::Ui& ui, const app::JoinView& view, Locals& locals, Commands& out) {
  if (locals.arrived) {
    // What app knows comes first; what was typed here before is kept.
    if (locals.word("join.address").empty()) locals.word("join.address") = view.address;
    if (locals.word("join.code").empty()) locals.word("join.code") = view.code;
    if (locals.word("join.card").empty()) locals.word("join.card") = view.card;
  }
  const bool for_computer = view.step == app::JoinStep::computer_code;
  draw_outside_bar(ui, {}, locals.text_size, out);
  {
    auto body = ui.body(
        {.pad = {ui.side(), ui.low() ? 16.0F : 48.0F, ui.side(), 24}, .gap = 16, .cross = ui::Cross::center});
    const float width = std::min(600.0F, ui.width() - 2 * ui.side());
    auto box = ui.card(
        "join",
        {.width = ui::px(width), .pad = {ui.narrow() ? 22.0F : 40.0F, ui.low() ? 22.0F : 34.0F}, .gap = 16});
    {
      auto top = ui.row({.gap = 16, .cross = ui::Cross::center});
      ui.disc(for_computer ? ui::Icon::screen : ui::Icon::card, 48);
      ui.heading(1, for_computer ? "screen.join.computer_title"_t : "screen.join.card_title"_t,
                 {.width = ui::fill()});
    }
    switch (view.step) {
      case app::JoinStep::computer_code:
        computer(ui, view, locals, out);
        from_file(ui, view, locals, out);
        break;
      case app::JoinStep::card:
        card(ui, view, locals, out);
        break;
      case app::JoinStep::choose_pin:
      case app::JoinStep::done:
        // On the way to the PIN or to Today: app goes on by itself.
        ui.text("screen.join.one_moment"_t, {.ink = ui::Ink::muted});
        said_wrong(ui, view);
        break;
    }
    if (!for_computer && !view.fingerprint.empty()) {
      ui.rule();
      ui.text("screen.join.fingerprint"_t.with("school", view.school),
              {.type = ui::Type::small, .ink = ui::Ink::muted});
      ui.text(ui::verbatim(view.fingerprint), {.type = ui::Type::small_bold});
    }
  }
  draw_outside_line(ui, {}, for_computer ? "screen.join.not_yet"_t : ui::verbatim(view.school));
}

}  // namespace waymark::screens
