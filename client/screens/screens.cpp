#include "client/screens/screens.hpp"

#include <iterator>
#include <utility>

#include "client/screens/frame.hpp"

namespace waymark::screens {
namespace {

struct DrawScreen {
  ui::Ui& ui;
  Locals& locals;
  Commands& out;

  void operator()(const app::WhoView& view) const { draw_who(ui, view, locals, out); }
  void operator()(const app::JoinView& view) const { draw_join(ui, view, locals, out); }
  void operator()(const app::PinView& view) const { draw_pin(ui, view, locals, out); }
  void operator()(const app::TodayView& view) const { draw_today(ui, view, locals, out); }
  void operator()(const app::PackUpView& view) const { draw_pack_up(ui, view, locals, out); }
  void operator()(const app::ProjectView& view) const { draw_project(ui, view, locals, out); }
  void operator()(const app::CheckView& view) const { draw_check(ui, view, locals, out); }
  void operator()(const app::FinishView& view) const { draw_finish(ui, view, locals, out); }
  void operator()(const app::AnswerView& view) const { draw_answer(ui, view, locals, out); }
  void operator()(const app::GoalsView& view) const { draw_goals(ui, view, locals, out); }
  void operator()(const app::IdeasView& view) const { draw_ideas(ui, view, locals, out); }
  void operator()(const app::CompareIdeasView& view) const { draw_compare_ideas(ui, view, locals, out); }
  void operator()(const app::GrowthView& view) const { draw_growth(ui, view, locals, out); }
  void operator()(const app::AboutMeView& view) const { draw_about_me(ui, view, locals, out); }
  void operator()(const app::SettingsView& view) const { draw_settings(ui, view, locals, out); }
  void operator()(const app::ConflictView& view) const { draw_conflict(ui, view, locals, out); }
  void operator()(const app::HistoryView& view) const { draw_history(ui, view, locals, out); }
  void operator()(const app::RefusalsView& view) const { draw_refusals(ui, view, locals, out); }
  void operator()(const app::StickView& view) const { draw_stick(ui, view, locals, out); }
};

// Pages with nothing on them yet have the landscape along their foot.
bool is_bare(const app::ScreenView& screen) {
  if (const auto* project = std::get_if<app::ProjectView>(&screen)) return project->none;
  if (const auto* ideas = std::get_if<app::IdeasView>(&screen)) return ideas->none_yet;
  if (const auto* growth = std::get_if<app::GrowthView>(&screen)) return growth->standards.empty();
  if (const auto* refusals = std::get_if<app::RefusalsView>(&screen)) return refusals->lines.empty();
  return std::holds_alternative<app::PackUpView>(screen);
}

// The page under a sheet, as it was when the sheet was asked for. What it asks for is not heard.
void draw_behind(ui::Ui& ui, Locals& locals) {
  Commands unheard;
  const app::Destination here = std::exchange(locals.here, *locals.behind);
  const bool arrived = std::exchange(locals.arrived, false);
  std::visit(DrawScreen{ui, locals, unheard}, locals.behind_view);
  locals.here = here;
  locals.arrived = arrived;
}

void remember_behind(const app::Shown& shown, const Commands& asked, Locals& locals) {
  if (!shown.frame || std::holds_alternative<app::PackUpView>(shown.screen)) return;
  for (const app::Command& command : asked) {
    const auto* to = command.get_if<app::Go>();
    if (to == nullptr || to->to.screen != app::Screen::pack_up) continue;
    locals.behind = shown.here;
    locals.behind_view = shown.screen;
  }
}

}  // namespace

void draw(ui::Ui& ui, const app::Shown& shown, Locals& locals, Commands& out) {
  Commands asked;  // in this frame
  locals.arrived = locals.here != shown.here;
  locals.here = shown.here;
  locals.me = shown.frame ? shown.frame->me : app::Person{};
  locals.text_size = shown.look.text_size;
  locals.can_go_back = shown.frame && shown.frame->can_go_back;
  if (locals.arrived && !std::holds_alternative<app::PackUpView>(shown.screen)) ui.turn_page();
  take_keys(ui, shown, locals, asked);
  const DrawScreen draw_screen{ui, locals, asked};
  if (!shown.frame) {
    auto page = ui.page({.hills = true, .path = !std::holds_alternative<app::PinView>(shown.screen)});
    std::visit(draw_screen, shown.screen);
    draw_keys(ui, locals);
  } else {
    const bool over = std::holds_alternative<app::PackUpView>(shown.screen) && locals.behind;
    auto page = ui.page({.hills = is_bare(over ? locals.behind_view : shown.screen)});
    draw_bar(ui, *shown.frame, over ? locals.behind->screen : shown.here.screen, asked);
    draw_error(ui, *shown.frame);
    if (over)
      draw_behind(ui, locals);
    else if (std::holds_alternative<app::PackUpView>(shown.screen))
      auto nothing = ui.body();  // after a restart there is no page it was opened from
    std::visit(draw_screen, shown.screen);
    // Esc leads back, unless the screen had something open to close.
    if (ui.escape() && shown.frame->can_go_back) asked.push_back(app::Back{});
    draw_status(ui, *shown.frame, asked);
    draw_file_choice(ui, locals, asked);
    draw_keys(ui, locals);
  }
  remember_behind(shown, asked, locals);
  // Leaving, locking and saving all come after what was typed.
  locals.drafts.collect(locals.now_ms, locals.save_now || !asked.empty(), asked);
  locals.save_now = false;
  out.insert(out.end(), std::make_move_iterator(asked.begin()), std::make_move_iterator(asked.end()));
}

void flush(Locals& locals, Commands& out) { locals.drafts.collect(locals.now_ms, true, out); }

}  // namespace waymark::screens
