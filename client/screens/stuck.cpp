// I'm stuck: first what helps now (a hint, the example, a classmate, another step), then a line to the
// teacher, with when it will be seen, as far as that is known. What was tried is told with the question.
#include "client/screens/stuck.hpp"

#include "client/screens/project_parts.hpp"

namespace waymark::screens {

namespace {

std::vector<std::string> tried(Locals& locals, const std::string& step) {
  std::vector<std::string> out;
  for (const char* way : {"example", "classmate", "another_step"}) {
    if (locals.flag("stuck.tried." + step + "." + way)) out.push_back(way);
  }
  return out;
}

void head(ui::Ui& ui, bool& open) {
  const auto row = ui.row({.width = ui::fill(), .gap = 14, .cross = ui::Cross::center});
  ui.disc(ui::Icon::ring, 44);
  {
    const auto words = ui.column({.width = ui::fill(), .gap = 2});
    ui.heading(1, "screen.stuck.title"_t, {.type = ui::Type::h2});
    ui.text("screen.stuck.good"_t, {.ink = ui::Ink::muted});
  }
  if (ui.link("close", "screen.work.close"_t)) open = false;
}

void ways(ui::Ui& ui, const app::ProjectView& view, Locals& locals, Commands& out, bool& open) {
  const app::StepView& step = view.step;
  const std::string mark = "stuck.tried." + step.id + ".";
  const auto region = ui.region("ways", "screen.stuck.ways"_t, {.width = ui::fill()});
  const auto column = ui.column({.width = ui::fill(), .gap = 12});
  for (const std::string& hint : step.stuck.hints) {
    const auto well = ui.well({.width = ui::fill(), .pad = {18, 12}});
    ui.text(ui::verbatim(hint));
  }
  if (step.stuck.has_example && step.open != app::Form::example &&
      ui.note_row("example", {.icon = ui::Icon::eye,
                              .title = "screen.form.example"_t,
                              .detail = "screen.stuck.example_detail"_t})) {
    locals.flag(mark + "example") = true;
    out.push_back(app::OpenForm{view.id, step.id, app::Form::example});
    open = false;
  }
  bool& classmate = locals.flag(mark + "classmate");
  if (ui.note_row("classmate", {.icon = ui::Icon::people,
                                .title = "screen.stuck.classmate"_t,
                                .detail = "screen.stuck.classmate_detail"_t})) {
    classmate = !classmate;
  }
  if (classmate) {
    const auto soft = ui.soft({.width = ui::fill(), .pad = {18, 12}, .gap = 4});
    ui.text("screen.stuck.classmate_first"_t, {.type = ui::Type::small_bold, .ink = ui::Ink::pine_deep});
    ui.text("screen.stuck.classmate_question"_t.with("step", step.title));
  }
  if (!step.stuck.another_step.empty() &&
      ui.note_row("another_step", {.icon = ui::Icon::step,
                                   .title = "screen.stuck.another_step"_t,
                                   .detail = "screen.stuck.another_step_detail"_t.with(
                                       "step", step.stuck.another_step_title)})) {
    locals.flag(mark + "another_step") = true;
    app::Destination to = destination(app::Screen::project);
    to.project = view.id;
    to.step = step.stuck.another_step;
    go(out, to);
    open = false;
  }
}

void asked(ui::Ui& ui, const app::HelpLine& line, const app::StuckPanel& panel, Commands& out, bool& open) {
  const auto soft = ui.soft({.width = ui::fill(), .pad = {20, 16}, .gap = 8});
  ui.text("screen.stuck.you_asked"_t.with("when", line.asked),
          {.type = ui::Type::small_bold, .ink = ui::Ink::muted});
  if (!line.text.empty()) ui.text(ui::quoted(line.text));
  if (!line.answer.empty()) {
    ui.rule();
    ui.text("screen.stuck.answered"_t.with("teacher", line.answered_by),
            {.type = ui::Type::small_bold, .ink = ui::Ink::pine_deep});
    ui.text(ui::verbatim(line.answer));
  } else {
    ui.text(line.sent         ? ui::Text("screen.stuck.at_school"_t)
            : panel.seen_when ? ui::Text(panel.seen_when)
                              : ui::Text("screen.stuck.not_sent"_t),
            {.type = ui::Type::small, .ink = ui::Ink::muted, .icon = ui::Icon::send});
  }
  const auto row = ui.row({.width = ui::fill(), .align = ui::Align::end});
  if (ui.button("settle", {.text = "screen.stuck.settle"_t, .icon = ui::Icon::check})) {
    out.push_back(app::SettleHelp{line.id});
    open = false;
  }
}

void ask(ui::Ui& ui, const app::ProjectView& view, Locals& locals, Commands& out) {
  const app::StepView& step = view.step;
  const std::string place = "stuck." + step.id;
  {
    const auto row = ui.row({.width = ui::fill(), .gap = 12, .cross = ui::Cross::center, .wrap = true});
    ui.heading(2,
               step.stuck.teacher.empty() ? "screen.stuck.tell_teacher"_t
                                          : "screen.stuck.tell"_t.with("teacher", step.stuck.teacher),
               {.type = ui::Type::h3, .width = ui::fit()});
    ui.text("screen.stuck.one_line"_t, {.type = ui::Type::small, .ink = ui::Ink::muted, .width = ui::fit()});
  }
  {
    const auto row =
        ui.row({.width = ui::fill(), .gap = 12, .cross = ui::Cross::end, .wrap = ui.width() < 700});
    const ui::Edited line =
        draft_field(ui, locals, "line",
                    {.label = "screen.stuck.line"_t,
                     .label_shown = false,
                     .placeholder = "screen.stuck.line_like"_t,
                     .limit = 500,
                     .width = ui::fill()},
                    place, step.stuck.draft, [place](const app::Field& field) -> app::Command {
                      return app::SaveDraft{place, {{"text", field.text}}};
                    });
    if (ui.button("tell", {.text = "screen.stuck.send"_t, .look = ui::Look::pine, .icon = ui::Icon::send}) ||
        line.submitted) {
      locals.drafts.renew(place);
      out.push_back(app::AskForHelp{view.id, step.id, line.text, tried(locals, step.id)});
    }
  }
  if (step.stuck.seen_when) {
    ui.text(step.stuck.seen_when, {.type = ui::Type::small, .ink = ui::Ink::muted, .icon = ui::Icon::send});
  }
}

}  // namespace

bool draw_stuck(ui::Ui& ui, const app::ProjectView& view, Locals& locals, Commands& out) {
  bool open = true;
  const auto panel = ui.box("stuck_panel", {.fill = ui::Surface::Fill::none, .radius = 18},
                            {.width = ui::fill(), .height = ui::fill()});
  const float side = ui.narrow() ? 20.0F : 30.0F;
  {
    const auto content = ui.scroll(
        "help", {.width = ui::fill(), .height = ui::fill(), .pad = {side, 22, side, 18}, .gap = 16});
    ui.text(ui::verbatim(view.step.title), {.type = ui::Type::small_bold, .ink = ui::Ink::muted});
    head(ui, open);
    ways(ui, view, locals, out, open);
  }
  ui.rule();
  {
    const auto foot = ui.column({.width = ui::fill(), .pad = {side, 16, side, 18}, .gap = 10});
    if (view.step.stuck.open) {
      asked(ui, *view.step.stuck.open, view.step.stuck, out, open);
    } else {
      ask(ui, view, locals, out);
    }
  }
  if (ui.escape()) open = false;
  if (!open) ui.focus("stuck");
  return open;
}

}  // namespace waymark::screens
