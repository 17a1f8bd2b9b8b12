#include "client/screens/parts.hpp"

#include "client/screens/days.hpp"

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

ui::Text written_where(const app::Version& version) {
  if (version.here)
    return version.place.empty() ? "screen.conflict.here"_t
                                 : "screen.conflict.here_on"_t.with("computer", version.place);
  if (!version.author.empty()) return "screen.conflict.by"_t.with("name", version.author);
  return version.place.empty() ? "screen.conflict.elsewhere"_t
                               : "screen.conflict.on"_t.with("computer", version.place);
}

void earlier_link(ui::Ui& ui, const std::string& history, Commands& out) {
  if (!history.empty() && ui.link("earlier", "screen.history.title"_t, ui::Icon::clock))
    out.push_back(go({app::Screen::history, {}, {}, {}, history, app::Focus::none}));
}

std::optional<std::string> choose_day(ui::Ui& ui, std::string_view key, const ui::Text& name,
                                      const app::Day& known, std::string_view chosen, int from) {
  std::optional<std::string> answer;
  auto group = ui.radio_group(key, name);
  auto row = ui.row({.gap = 8, .wrap = true});
  int offered = 0;
  for (int ahead = from; offered < 10 && ahead < from + 19; ++ahead) {
    const app::Day day = day_after(known, ahead - known.from_today);
    if (day.weekday == 0 || day.weekday == 6) continue;
    ++offered;
    if (ui.chip(day.iso, {.text = ui::day(day), .chosen = day.iso == chosen, .radio = true}))
      answer = day.iso;
  }
  return answer;
}

}  // namespace waymark::screens
