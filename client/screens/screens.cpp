#include "client/screens/screens.hpp"

#include <iterator>

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
  void operator()(const app::RefusalsView& view) const { draw_refusals(ui, view, locals, out); }
};

}  // namespace

void draw(ui::Ui& ui, const app::Shown& shown, Locals& locals, Commands& out) {
  Commands asked;  // in this frame
  locals.arrived = locals.here != shown.here;
  locals.here = shown.here;
  locals.me = shown.frame ? shown.frame->me : app::Person{};
  locals.text_size = shown.look.text_size;
  locals.can_go_back = shown.frame && shown.frame->can_go_back;
  take_keys(ui, shown, locals, asked);
  const DrawScreen draw_screen{ui, locals, asked};
  if (!shown.frame) {
    auto page = ui.page({.hills = true, .path = !std::holds_alternative<app::PinView>(shown.screen)});
    std::visit(draw_screen, shown.screen);
    draw_keys(ui, locals);
  } else {
    auto page = ui.page({.hills = std::holds_alternative<app::PackUpView>(shown.screen)});
    draw_bar(ui, *shown.frame, asked);
    draw_error(ui, *shown.frame);
    std::visit(draw_screen, shown.screen);
    // Esc leads back, unless the screen had something open to close.
    if (ui.escape() && shown.frame->can_go_back) asked.push_back(app::Back{});
    draw_status(ui, shown.frame->status, asked);
    draw_toast(ui, *shown.frame, asked);
    draw_file_choice(ui, locals, asked);
    draw_keys(ui, locals);
  }
  // Leaving, locking and saving all come after what was typed.
  locals.drafts.collect(locals.now_ms, locals.save_now || !asked.empty(), asked);
  locals.save_now = false;
  out.insert(out.end(), std::make_move_iterator(asked.begin()), std::make_move_iterator(asked.end()));
}

void flush(Locals& locals, Commands& out) { locals.drafts.collect(locals.now_ms, true, out); }

}  // namespace waymark::screens
