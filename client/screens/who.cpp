// "Who are you?": the students who used this computer lately, by first name and sign, the way in with a card,
// and the language and text size for somebody who could not read the page otherwise. Also what is around
// joining and PIN.
#include <algorithm>

#include "client/screens/frame.hpp"
#include "client/screens/outside.hpp"
#include "client/screens/screens.hpp"

namespace waymark::screens {
namespace {

constexpr std::size_t kTilesInOneRow = 5;

void person_tile(ui::Ui& ui, const app::Person& person, bool first, float width, float height, bool two_rows,
                 Commands& out) {
  const float radius = two_rows ? 36.0F : ui.low() ? 44.0F : 52.0F;
  auto tile =
      ui.tile(person.id, {.name = ui::verbatim(person.name), .radius = 18, .lift = 1, .first_focus = first},
              {.width = width > 0 ? ui::px(width) : ui::fill(),
               .height_min = height,
               .pad = {8,
                       two_rows   ? 16.0F
                       : ui.low() ? 20.0F
                                  : 30.0F,
                       8, two_rows ? 12.0F : 18.0F},
               .gap = two_rows   ? 10.0F
                      : ui.low() ? 14.0F
                                 : 20.0F,
               .cross = ui::Cross::center});
  if (tile.pressed()) out.push_back(app::SignIn{person.id});
  ui.mark(person.mark, person.name, radius);
  ui.text(ui::verbatim(person.name), {.type = two_rows ? ui::Type::h3 : ui::Type::h2,
                                      .align = ui::Align::center,
                                      .width = ui::fill(),
                                      .lines_max = 2,
                                      .spoken = false});
}

void card_row(ui::Ui& ui, std::string_view key, const ui::Text& title, const ui::Text& detail, ui::Icon icon,
              app::Screen screen, bool first, Commands& out) {
  const float width = std::min(ui.low() ? 430.0F : 460.0F, ui.width() - 2 * ui.side());
  auto tile = ui.tile(key, {.name = title, .hint = detail, .radius = 16, .lift = 0.9F, .first_focus = first},
                      {.width = ui::px(width), .pad = {26, ui.low() ? 9.0F : 14.0F}, .gap = 0});
  if (tile.pressed()) out.push_back(go(screen));
  auto row = ui.row({.gap = 20, .cross = ui::Cross::center});
  ui.icon(icon, 32);
  {
    auto words = ui.column({.width = ui::fill(), .gap = 2});
    ui.text(title, {.type = ui::Type::h3, .spoken = false});
    ui.text(detail, {.type = ui::Type::small, .ink = ui::Ink::muted, .spoken = false});
  }
  ui.icon(ui::Icon::chevron, 18, ui::Ink::muted);
}

}  // namespace

void draw_outside_bar(ui::Ui& ui, const std::vector<app::Language>& languages, int text_size, Commands& out) {
  auto bar = ui.row({.pad = {ui.side(), ui.low() ? 12.0F : 24.0F, ui.side(), 0},
                     .gap = 16,
                     .cross = ui::Cross::center,
                     .wrap = true});
  ui.logo(true);
  ui.stretch();
  if (!languages.empty()) {
    ui.icon(ui::Icon::globe, 19);
    auto group = ui.radio_group("languages", "screen.who.languages"_t, {.width = ui::fit(), .gap = 8});
    auto row = ui.row({.gap = 8, .cross = ui::Cross::center});
    for (const app::Language& language : languages) {
      if (ui.chip(language.code,
                  {.text = ui::verbatim(language.own_name), .chosen = language.chosen, .radio = true})) {
        out.push_back(app::ChooseLanguage{language.code});
      }
    }
  }
  const int next = text_size >= 200 ? 100 : next_text_size(text_size, 1);
  if (ui.link("text_size", "screen.who.text_size"_t, ui::Icon::text_size))
    out.push_back(app::ChooseTextSize{next});
}

void draw_outside_line(ui::Ui& ui, std::string_view computer, const ui::Text& words) {
  auto line = ui.status_line();
  auto row = ui.row({.width = ui::fill(), .gap = 12, .cross = ui::Cross::center});
  if (!computer.empty() || words) ui.icon(ui::Icon::screen, 18);
  if (!computer.empty()) {
    ui.text(ui::verbatim(std::string(computer)), {.type = ui::Type::small_bold});
    if (words) ui.bullet();
  }
  if (words) ui.text(words, {.type = ui::Type::small, .ink = ui::Ink::muted, .width = ui::fill()});
}

void draw_who(ui::Ui& ui, const app::WhoView& view, Locals& locals, Commands& out) {
  draw_outside_bar(ui, view.languages, view.text_size, out);
  bool& others_open = locals.flag("who.others");
  const bool others = view.more && others_open;
  {
    auto body = ui.body({.pad = {ui.side(), ui.low() ? 12.0F : 36.0F, ui.side(), 24},
                         .gap = ui.low() ? 16.0F : 28.0F,
                         .cross = ui::Cross::center});
    ui.heading(
        1, "screen.who.title"_t,
        {.type = ui.low() || ui.narrow() ? ui::Type::display : ui::Type::big, .align = ui::Align::center});
    if (view.notice) {
      auto around = ui.column({.width = ui::px(std::min(640.0F, ui.width() - 2 * ui.side()))});
      ui.banner("notice", {.text = view.notice, .icon = ui::Icon::hand, .alert = true, .soft = false});
    }
    if (view.forgets) {
      auto around = ui.column({.width = ui::px(std::min(640.0F, ui.width() - 2 * ui.side()))});
      ui.banner("forgets", {.text = view.forgets, .icon = ui::Icon::screen});
    }
    const std::vector<app::Person>& people = others ? view.others : view.tiles;
    if (!people.empty()) {
      const bool two_rows = people.size() > kTilesInOneRow;
      const float gap = ui.narrow() ? 12.0F : ui.low() ? 16.0F : 20.0F;
      const float room = ui.width() - 2 * ui.side();
      float width = two_rows ? 164.0F : ui.low() ? 164.0F : 184.0F;
      const std::size_t in_row = std::min(people.size(), kTilesInOneRow);
      if (width * 5 + gap * 4 > room) width = std::max(120.0F, (room - gap * 4) / 5);
      const float height = two_rows ? 150.0F : ui.low() ? 176.0F : 204.0F;
      auto list = ui.region("people", "screen.who.people"_t, {.gap = gap, .cross = ui::Cross::center});
      for (std::size_t from = 0; from < people.size(); from += in_row) {
        auto row = ui.row({.gap = gap, .align = ui::Align::center, .wrap = true});
        for (std::size_t i = from; i < std::min(from + in_row, people.size()); ++i) {
          person_tile(ui, people[i], i == 0, width, height, two_rows, out);
        }
      }
    } else if (view.joined) {
      ui.text("screen.who.nobody"_t, {.ink = ui::Ink::muted, .align = ui::Align::center, .width_max = 460});
    }
    if (view.joined) {
      card_row(ui, "card", "screen.who.card"_t, "screen.who.card_detail"_t, ui::Icon::card, app::Screen::join,
               view.tiles.empty(), out);
    } else {
      card_row(ui, "join", "screen.who.join"_t, "screen.who.join_detail"_t, ui::Icon::screen,
               app::Screen::join, view.tiles.empty(), out);
    }
    if (view.more) {
      const ui::Text words = others ? "screen.who.lately"_t : "screen.who.somebody_else"_t;
      if (ui.link("others", words, others ? ui::Icon::back : ui::Icon::people)) others_open = !others_open;
    }
  }
  draw_outside_line(ui, view.computer, view.heard_phrase);
}

}  // namespace waymark::screens
