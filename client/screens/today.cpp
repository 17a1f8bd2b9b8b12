// Today: one Next card in the student's own words, a row of the trail, at most three small notes. Nothing
// competes with Next; on the first day there is nothing else.
#include <algorithm>

#include "client/screens/parts.hpp"
#include "client/screens/screens.hpp"

namespace waymark::screens {
namespace {

ui::Icon sign_of(app::NoteKind kind) {
  switch (kind) {
    case app::NoteKind::answer:
      return ui::Icon::message;
    case app::NoteKind::goal:
      return ui::Icon::calendar;
    case app::NoteKind::waiting:
      return ui::Icon::send;
    case app::NoteKind::conflict:
      return ui::Icon::document;
    case app::NoteKind::refusal:
      return ui::Icon::folder;
    case app::NoteKind::help_answer:
      return ui::Icon::hand;
    case app::NoteKind::hidden:
      return ui::Icon::lock;
    case app::NoteKind::came_back:
      return ui::Icon::undo;
  }
  return ui::Icon::message;
}

std::string_view key_of(app::NoteKind kind) {
  switch (kind) {
    case app::NoteKind::answer:
      return "answer";
    case app::NoteKind::goal:
      return "goal";
    case app::NoteKind::waiting:
      return "waiting";
    case app::NoteKind::conflict:
      return "conflict";
    case app::NoteKind::refusal:
      return "refusal";
    case app::NoteKind::help_answer:
      return "help_answer";
    case app::NoteKind::hidden:
      return "hidden";
    case app::NoteKind::came_back:
      return "came_back";
  }
  return "note";
}

void your_next_step(ui::Ui& ui, const ui::Text& question, float width_max) {
  auto row = ui.row({.gap = 10, .cross = ui::Cross::center});
  ui.art(ui::ArtKind::flag, 21);
  ui.text("screen.today.your_next_step"_t, {.type = ui::Type::label, .ink = ui::Ink::trail});
  if (!question) return;
  ui.bullet();
  ui.text(question, {.type = ui::Type::small,
                     .ink = ui::Ink::muted,
                     .width = ui::fill(),
                     .width_max = width_max,
                     .lines_max = 1});
}

// The line in the largest type in which it stays a line or two.
ui::Type type_of_line(const ui::Ui& ui, std::string_view line) {
  if (line.size() > 110) return ui::Type::h3;
  if (line.size() > 60) return ui::Type::h2;
  return ui.narrow() || ui.low() ? ui::Type::h1 : ui::Type::display;
}

void first_day(ui::Ui& ui, const app::NextCard& next, Commands& out) {
  auto card = ui.card(
      "next", {.height = ui::fill(), .height_min = 300, .pad = {ui.narrow() ? 28.0F : 52.0F, 28}, .gap = 16});
  ui.scene_behind("first_day", "first_day", 0.26F, 0.24F);
  auto words = ui.column({.width = ui::px(std::min(360.0F, (ui.width() - 2 * ui.side()) * 0.36F)),
                          .height = ui::fill(),
                          .gap = 16});
  ui.stretch();
  your_next_step(ui, {}, 0);
  ui.heading(2, next.headline, {.type = ui.narrow() ? ui::Type::h1 : ui::Type::big});
  ui.text(next.detail, {.ink = ui::Ink::muted});
  ui.space(8);
  {
    auto row = ui.row({.cross = ui::Cross::center});
    if (ui.button("carry_on",
                  {.text = next.button, .look = ui::Look::trail, .after = ui::Icon::arrow, .big = true})) {
      out.push_back(go(next.to));
    }
  }
  ui.stretch();
}

void next_card(ui::Ui& ui, const app::NextCard& next, ui::Box box, float card_width, Commands& out) {
  box.pad = {ui.narrow() ? 26.0F : 34.0F, ui.narrow() ? 14.0F : ui.low() ? 16.0F : 24.0F};
  auto card = ui.card("next", box);
  // A long line is more important than the picture.
  const bool long_line = next.words.size() > 110;
  if (long_line && !ui.narrow()) ui.scene_behind(next.emblem, next.seed, 0.62F, 0.20F);
  if (!long_line) ui.scene_behind(next.emblem, next.seed, ui.low() ? 0.58F : 0.40F, 0.33F);
  auto words = ui.column({.width = ui::px((card_width - 2 * box.pad.left) * (long_line  ? 0.80F
                                                                             : ui.low() ? 0.72F
                                                                                        : 0.66F)),
                          .height = ui::fill(),
                          .gap = ui.low() ? 6.0F : 10.0F});
  ui.stretch();
  your_next_step(ui, ui::verbatim(next.project_question), 420);
  ui.space(ui.low() ? 0.0F : 4.0F);
  if (next.lead) ui.text(next.lead, {.ink = ui::Ink::muted});
  if (!next.words.empty()) {
    ui.heading(2, next.quoted ? ui::quoted(next.words) : ui::verbatim(next.words),
               {.type = type_of_line(ui, next.words), .lines_max = 5});
  } else {
    ui.heading(2, next.headline, {.type = ui.narrow() || ui.low() ? ui::Type::h1 : ui::Type::display});
  }
  if (next.detail) ui.text(next.detail, {.ink = ui::Ink::muted});
  ui.space(ui.low() ? 2.0F : 10.0F);
  {
    auto row = ui.row({.gap = 18, .cross = ui::Cross::center, .wrap = true});
    if (ui.button("carry_on", {.text = next.button,
                               .look = ui::Look::trail,
                               .after = ui::Icon::arrow,
                               .big = true,
                               .hint = next.leads_to})) {
      out.push_back(go(next.to));
    }
    if (next.leads_to)
      ui.text(next.leads_to, {.type = ui::Type::small, .ink = ui::Ink::muted, .spoken = false});
  }
  ui.stretch();
}

void note(ui::Ui& ui, const app::Note& note, bool title_only, Commands& out) {
  auto keyed = ui.keyed(key_of(note.kind));
  const bool own = note.kind == app::NoteKind::goal;
  const ui::Text detail = title_only           ? ui::Text{}
                          : note.words.empty() ? ui::Text(note.detail)
                          : own                ? ui::quoted(note.words)
                                               : ui::verbatim(note.words);
  if (ui.note_row(
          note.to.record.empty() ? "note" : note.to.record,
          {.icon = sign_of(note.kind), .title = note.title, .detail = detail, .grows = !title_only})) {
    if (note.kind == app::NoteKind::came_back) out.push_back(app::DismissNote{note});
    out.push_back(go(note.to));
  }
}

void trail(ui::Ui& ui, const app::TodayView& view, Commands& out) {
  auto card = ui.card("trail", {.height = ui::fill(),
                                .height_min = ui.narrow() ? 100.0F
                                              : ui.low()  ? 168.0F
                                                          : 200.0F,
                                .pad = {0, 0},
                                .gap = 0});
  ui.contours_behind(view.trail.seed, 40, 46);
  if (!ui.narrow()) {
    auto row = ui.row({.pad = {28, 16, 28, 0}, .gap = 12, .cross = ui::Cross::center});
    ui.heading(2, ui::verbatim(view.question),
               {.type = ui::Type::h3, .width_max = ui.width() * 0.5F, .lines_max = 1});
    if (!ui.low() && view.question.size() < 50) {
      ui.bullet();
      ui.text(ui::verbatim(view.pathway_title), {.type = ui::Type::small, .ink = ui::Ink::muted});
    }
    ui.stretch();
    app::Destination to = destination(app::Screen::project);
    to.project = view.project;
    if (ui.link("open", "screen.today.open_project"_t, ui::Icon::none, ui::Icon::arrow))
      out.push_back(go(to));
  }
  const float least = ui.narrow() ? 100.0F : ui.low() ? 126.0F : 160.0F;
  if (const auto step = ui.trail("trail", "screen.today.trail"_t, view.trail, false,
                                 {.height = ui::fill(), .height_min = least})) {
    app::Destination to = destination(app::Screen::project);
    to.project = view.project;
    to.step = *step;
    out.push_back(go(to));
  }
}

}  // namespace

void draw_today(ui::Ui& ui, const app::TodayView& view, Locals&, Commands& out) {
  const bool narrow = ui.narrow(), low = ui.low();
  const float gap = narrow ? 12.0F : 20.0F;
  const float up = narrow ? 14.0F : low ? 18.0F : 28.0F;
  auto body = ui.body({.pad = {ui.side(), up, ui.side(), narrow ? 14.0F : low ? 18.0F : 26.0F}, .gap = gap});
  if (!narrow) {
    auto row = ui.row({.gap = 20, .cross = ui::Cross::center});
    ui.heading(1, view.greeting,
               {.type = low ? ui::Type::h1 : ui::Type::display, .width = ui::fill(), .lines_max = 1});
    ui.text(ui::day_long(view.today), {.ink = ui::Ink::muted});
  }
  if (view.next.origin == app::NextOrigin::first_day) {
    first_day(ui, view.next, out);
    return;
  }
  const float room = ui.width() - 2 * ui.side();
  if (narrow) {
    next_card(ui, view.next, {.height_min = 200}, room, out);
    if (!view.notes.empty()) {
      auto notes = ui.region("notes", "screen.today.notes"_t);
      const bool beside = ui.width() >= 700;
      auto row = ui.grid(beside ? static_cast<int>(view.notes.size()) : 1, {.gap = 12});
      for (const app::Note& entry : view.notes) note(ui, entry, beside, out);
    }
  } else {
    const float notes_width = low ? 300.0F : 330.0F;
    const bool notes = !view.notes.empty();
    auto row = ui.row({.gap = gap});
    next_card(ui, view.next,
              {.width = ui::fill(),
               .height_min = low                 ? 200.0F
                             : ui.height() < 780 ? 236.0F
                                                 : 282.0F},
              notes ? room - notes_width - gap : room, out);
    if (notes) {
      auto column =
          ui.region("notes", "screen.today.notes"_t,
                    {.width = ui::px(notes_width), .height = ui::fill(), .gap = low ? 12.0F : 14.0F});
      for (const app::Note& entry : view.notes) note(ui, entry, false, out);
    }
  }
  if (view.has_project) trail(ui, view, out);
}

}  // namespace waymark::screens
