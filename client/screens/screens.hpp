// All that the window shows, drawn with the kit: one function a screen, each a function of its view. A screen
// returns what the person asked for as commands; it reads no record, knows no clock and keeps nothing of its
// own.
#pragma once

#include "client/app/shown.hpp"
#include "client/screens/locals.hpp"

namespace waymark::ui {
class Ui;
}

namespace waymark::screens {

// One frame: what is around the screen, and the screen. Commands come in the order they are to be done.
void draw(ui::Ui& ui, const app::Shown& shown, Locals& locals, Commands& out);

// Everything typed and not yet handed over, for when the window closes or locks by itself.
void flush(Locals& locals, Commands& out);

// The page of each screen. draw() opens ui.page() and the bar, calls one of these, and ends with the status
// line: a screen opens ui.body() itself (or a sheet). Who, join and PIN are called inside an empty page and
// draw all of it.
void draw_who(ui::Ui& ui, const app::WhoView& view, Locals& locals, Commands& out);
void draw_join(ui::Ui& ui, const app::JoinView& view, Locals& locals, Commands& out);
void draw_pin(ui::Ui& ui, const app::PinView& view, Locals& locals, Commands& out);
void draw_today(ui::Ui& ui, const app::TodayView& view, Locals& locals, Commands& out);
void draw_pack_up(ui::Ui& ui, const app::PackUpView& view, Locals& locals, Commands& out);
void draw_project(ui::Ui& ui, const app::ProjectView& view, Locals& locals, Commands& out);
void draw_check(ui::Ui& ui, const app::CheckView& view, Locals& locals, Commands& out);
void draw_finish(ui::Ui& ui, const app::FinishView& view, Locals& locals, Commands& out);
void draw_answer(ui::Ui& ui, const app::AnswerView& view, Locals& locals, Commands& out);
void draw_goals(ui::Ui& ui, const app::GoalsView& view, Locals& locals, Commands& out);
void draw_ideas(ui::Ui& ui, const app::IdeasView& view, Locals& locals, Commands& out);
void draw_compare_ideas(ui::Ui& ui, const app::CompareIdeasView& view, Locals& locals, Commands& out);
void draw_growth(ui::Ui& ui, const app::GrowthView& view, Locals& locals, Commands& out);
void draw_about_me(ui::Ui& ui, const app::AboutMeView& view, Locals& locals, Commands& out);
void draw_settings(ui::Ui& ui, const app::SettingsView& view, Locals& locals, Commands& out);
void draw_conflict(ui::Ui& ui, const app::ConflictView& view, Locals& locals, Commands& out);
void draw_history(ui::Ui& ui, const app::HistoryView& view, Locals& locals, Commands& out);
void draw_refusals(ui::Ui& ui, const app::RefusalsView& view, Locals& locals, Commands& out);
void draw_stick(ui::Ui& ui, const app::StickView& view, Locals& locals, Commands& out);

}  // namespace waymark::screens
