// Check my work: one criterion a screen. The level we aim for is flagged and takes the first focus; nothing
// is chosen beforehand; every level's whole text is in sight. Below: why I chose it, and what shows it, by a
// tap.
#include <algorithm>
#include <vector>

#include "client/screens/project_parts.hpp"
#include "client/screens/screens.hpp"

namespace waymark::screens {

namespace {

std::size_t place_of(const app::CheckView& view) {
  for (std::size_t i = 0; i < view.trail.size(); ++i) {
    if (view.trail[i].here) return i;
  }
  return 0;
}

void criteria(ui::Ui& ui, const app::CheckView& view, Commands& out) {
  std::vector<ui::Criterion> marks;
  for (const app::CriterionMark& mark : view.trail) {
    marks.push_back({mark.id, ui::verbatim(mark.title), mark.level > 0, mark.here});
  }
  marks.push_back({"finish", "screen.check.last"_t, false, false});
  const auto pressed = ui.criterion_trail("criteria", "screen.check.trail"_t, marks);
  if (!pressed) return;
  app::Destination to = destination(app::Screen::check);
  to.project = view.project;
  to.step = view.step;
  if (*pressed == "finish") {
    to.screen = app::Screen::finish;
  } else {
    to.part = *pressed;
  }
  go(out, to);
}

void place_tag(ui::Ui& ui, const app::CheckView& view) {
  ui.tag("screen.check.place"_t.with("n", static_cast<std::int64_t>(place_of(view)) + 1)
             .with("all", static_cast<std::int64_t>(view.trail.size())));
}

void level(ui::Ui& ui, const app::CheckView& view, const app::LevelCard& card, bool tight, Commands& out) {
  const bool pressed =
      ui.level_card("level_" + std::to_string(card.level), {.name = ui::verbatim(card.name),
                                                            .text = ui::runs(card.text),
                                                            .level = card.level,
                                                            .levels = static_cast<int>(view.levels.size()),
                                                            .chosen = card.chosen,
                                                            .aim = card.aim,
                                                            .aim_text = "screen.check.aim"_t,
                                                            .tight = tight});
  if (pressed && !card.chosen && !view.turned_in) {
    out.push_back(app::SetLevel{view.project, view.step, view.criterion, card.level});
  }
}

void levels(ui::Ui& ui, const app::CheckView& view, bool tight, Commands& out) {
  const bool one_column = ui.width() < 700;
  const int columns = one_column    ? 1
                      : ui.narrow() ? 2
                                    : std::min<int>(5, static_cast<int>(view.levels.size()));
  const auto group = ui.radio_group("levels", ui::verbatim(view.question), {.width = ui::fill()});
  const auto grid = ui.grid(columns, {.width = ui::fill(),
                                      .gap = columns < 3 ? 22.0F
                                             : tight     ? 12.0F
                                                         : 16.0F});
  if (one_column) {
    // One under the other, what we aim for comes first: that is where a reader starts.
    for (const app::LevelCard& card : view.levels) {
      if (card.aim) level(ui, view, card, tight, out);
    }
  }
  for (const app::LevelCard& card : view.levels) {
    if (!one_column || !card.aim) level(ui, view, card, tight, out);
  }
}

void because(ui::Ui& ui, const app::CheckView& view, bool tight, Locals& locals) {
  const auto part = ui.column({.width = ui::fill(0.9F), .gap = 8});
  const std::string project = view.project, step = view.step, criterion = view.criterion;
  if (view.turned_in) {
    ui.heading(2, "screen.check.because"_t, {.type = ui::Type::label});
    ui.text(ui::verbatim(view.because.text));
    return;
  }
  draft_field(ui, locals, "because",
              {.label = "screen.check.because"_t,
               .placeholder = view.because_needed ? "screen.check.because_like"_t : ui::Text{},
               .lines_min = tight ? 2 : 3,
               .lines_max = tight ? 3 : 6,
               .limit = 1'000,
               .hint = view.because_hint ? ui::Text(view.because_hint) : ui::Text{},
               .width = ui::fill()},
              "because." + project + "." + step + "." + criterion, view.because,
              [project, step, criterion](const app::Field& field) -> app::Command {
                return app::SetBecause{project, step, criterion, field};
              });
}

void evidence(ui::Ui& ui, const app::CheckView& view, bool tight, float room, Commands& out) {
  const auto part = ui.column({.width = ui::fill(1.1F), .gap = 10});
  ui.heading(2, "screen.check.evidence"_t, {.type = ui::Type::label});
  if (view.evidence.empty()) {
    ui.text("screen.check.no_work"_t, {.ink = ui::Ink::muted});
    if (ui.link("add_work", "screen.check.add_work"_t, ui::Icon::plus)) {
      app::Destination to = destination(app::Screen::project);
      to.project = view.project;
      to.step = view.step;
      to.focus = app::Focus::add_work;
      go(out, to);
    }
    return;
  }
  const int columns = std::max(2, std::min(4, static_cast<int>((room + 14) / (tight ? 210 : 150))));
  const auto tiles = ui.grid(columns, {.width = ui::fill(), .gap = 14});
  for (const app::WorkPiece& piece : view.evidence) {
    if (ui.work_tile(piece.id, {.title = work_title(piece),
                                .detail = work_detail(piece),
                                .picture = work_picture(piece),
                                .icon = work_icon(piece.type),
                                .choosable = true,
                                .chosen = piece.chosen,
                                .picture_height = tight ? 48.0F : 80.0F,
                                .beside = tight}) &&
        !view.turned_in) {
      out.push_back(app::ToggleEvidence{view.project, view.step, view.criterion, piece.id});
    }
  }
}

const app::CriterionMark* mark_named(const app::CheckView& view, const app::Destination& to) {
  if (to.screen != app::Screen::check) return nullptr;
  for (const app::CriterionMark& mark : view.trail) {
    if (mark.id == to.part) return &mark;
  }
  return nullptr;
}

void way_on(ui::Ui& ui, const app::CheckView& view, bool bar, Commands& out) {
  const auto row = ui.row({.width = ui::fill(), .gap = 12, .cross = ui::Cross::center, .wrap = true});
  const app::CriterionMark* before = mark_named(view, view.back);
  const ui::Text back = before == nullptr ? "screen.check.back_to_step"_t.with("step", view.step_title)
                        : bar             ? ui::verbatim(before->title)
                                          : "screen.check.back"_t.with("criterion", before->title);
  if (ui.link("back", back, ui::Icon::back)) go(out, view.back);
  ui.stretch();
  if (bar) {
    if (ui.button("why", {.text = "screen.check.why"_t, .after = ui::Icon::chevron_down}))
      ui.focus("because");
  } else {
    ui.text("screen.check.saved_as_you_go"_t,
            {.type = ui::Type::small, .ink = ui::Ink::muted, .width = ui::fit()});
  }
  ui.stretch();
  const app::CriterionMark* after = mark_named(view, view.next);
  if (ui.button("next", {.text = after == nullptr ? "screen.check.next_finish"_t
                                                  : "screen.check.next"_t.with("criterion", after->title),
                         .look = ui::Look::pine,
                         .after = ui::Icon::arrow})) {
    go(out, view.next);
  }
}

void notices(ui::Ui& ui, const app::CheckView& view, Commands& out) {
  if (view.conflict) two_places(ui, out);
  if (view.turned_in) {
    ui.banner("turned_in", {.text = "screen.check.turned_in"_t, .icon = ui::Icon::send});
  } else if (view.attempt > 1 && view.earlier_level > 0 &&
             view.earlier_level <= static_cast<int>(view.levels.size())) {
    const auto& level = view.levels[static_cast<std::size_t>(view.earlier_level) - 1].name;
    ui.text(view.earlier_because.empty()
                ? "screen.check.earlier"_t.with("level", level)
                : "screen.check.earlier_because"_t.with("level", level).with("words", view.earlier_because),
            {.type = ui::Type::small, .ink = ui::Ink::muted, .icon = ui::Icon::clock});
  }
}

void arrive(ui::Ui& ui, const app::CheckView& view, Locals& locals) {
  if (!locals.arrived) return;
  if (locals.here.focus == app::Focus::because) {
    ui.focus("because");
    return;
  }
  int first = view.aim;
  for (const app::LevelCard& card : view.levels) {
    if (card.chosen) first = card.level;
  }
  if (first > 0) ui.focus("level_" + std::to_string(first));
}

}  // namespace

void draw_check(ui::Ui& ui, const app::CheckView& view, Locals& locals, Commands& out) {
  if (view.levels.empty()) {
    const auto body = ui.body(page_box(ui, 20));
    ui.heading(1, ui::verbatim(view.step_title));
    ui.empty_state(ui::Icon::check, "screen.check.none"_t);
    if (ui.link("back", "screen.check.back_to_step"_t.with("step", view.step_title), ui::Icon::back)) {
      go(out, view.back);
    }
    return;
  }
  arrive(ui, view, locals);
  const bool narrow = ui.narrow(), low = ui.low() && !narrow;
  const bool tight = narrow || low;
  {
    const auto body = ui.body(page_box(ui, tight ? 10.0F : 14.0F));
    if (!narrow) {
      criteria(ui, view, out);
      const auto head = ui.row({.width = ui::fill(), .gap = 14, .cross = ui::Cross::center});
      place_tag(ui, view);
      ui.heading(1, ui::verbatim(view.question),
                 {.type = low ? ui::Type::h2 : ui::Type::h1, .width = ui::fill()});
      only_you(ui, false);
    } else {
      const auto head = ui.row({.width = ui::fill(), .gap = 12, .cross = ui::Cross::center, .wrap = true});
      place_tag(ui, view);
      ui.heading(1, ui::verbatim(view.question),
                 {.type = ui::Type::h3, .width = ui::fit(), .width_max = ui.width() - 140});
      if (ui.width() >= 720) {
        ui.stretch();
        only_you(ui, true);
      }
    }
    if (!tight) ui.text("screen.check.how"_t, {.ink = ui::Ink::muted});
    notices(ui, view, out);
    ui.space(tight ? 6.0F : 2.0F);  // the flag of what we aim for stands above its card
    levels(ui, view, tight, out);
    const float room = ui.width() - 2 * ui.side();
    if (narrow) {
      because(ui, view, tight, locals);
      evidence(ui, view, tight, room, out);
    } else {
      const auto row = ui.row({.width = ui::fill(), .gap = 28});
      because(ui, view, tight, locals);
      evidence(ui, view, tight, (room - 28) * 0.55F, out);
    }
    if (!narrow || !bar_stays(ui)) way_on(ui, view, narrow, out);
  }
  if (!narrow || !bar_stays(ui)) return;
  const auto bar = ui.box("foot_bar", {.fill = ui::Surface::Fill::surface, .radius = 0},
                          {.width = ui::fill(), .pad = {ui.side(), 8}});
  way_on(ui, view, true, out);
}

}  // namespace waymark::screens
