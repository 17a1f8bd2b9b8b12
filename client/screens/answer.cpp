// A teacher's answer: first the glow, then the next step; "Compare our views" stays closed until it is
// opened, and then shows both views with equal weight, the words that differ marked, and a piece of the
// exemplar. The student answers with "I will change …".
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "client/screens/project_parts.hpp"
#include "client/screens/screens.hpp"

namespace waymark::screens {

namespace {

// The teacher's sign is square where a student's is round.
void teacher_mark(ui::Ui& ui, float size) {
  ui.canvas(
      "teacher", {}, {.width = ui::px(size), .height = ui::px(size)}, [](const ui::Painter& p, ui::Rect r) {
        const float k = r.w / 2;
        const ui::Color ground = p.t.contrast ? p.t.page : ui::rgb(0x7A4E66),
                        ink = p.t.contrast ? p.t.text : ui::rgb(0xF6E3D0);
        p.rect(r, ground, k * 0.45F);
        if (p.t.contrast) p.frame(r, p.t.border, k * 0.45F, 2);
        for (int i = 0; i < 3; ++i) {
          const float y = r.centre().y + k * (-0.38F + 0.38F * static_cast<float>(i));
          std::vector<ui::Vec> wave;
          for (int j = 0; j <= 16; ++j) {
            const float t = static_cast<float>(j) / 16.0F;
            wave.push_back({r.centre().x - k * 0.55F + k * 1.1F * t, y - k * 0.12F * std::sin(t * 6.283F)});
          }
          p.polyline(wave, ink, k * 0.13F);
        }
      });
}

void glow_card(ui::Ui& ui, const app::AnswerView& view) {
  const auto card = ui.card("glow", {.width = ui::fill(),
                                     .height = ui::fill(),
                                     .pad = ui.narrow() ? ui::Pad(18, 16) : ui::Pad(24, 22),
                                     .gap = 10});
  const auto row = ui.row({.width = ui::fill(), .gap = 16, .cross = ui::Cross::start});
  ui.disc(ui::Icon::spark, 44);
  const auto words = ui.column({.width = ui::fill(), .height = ui::fill(), .gap = 8});
  ui.heading(2, "screen.answer.glow"_t);
  ui.text(ui::verbatim(view.glow));
  ui.stretch();
  const auto who = ui.row({.width = ui::fill(), .gap = 10, .cross = ui::Cross::center});
  teacher_mark(ui, 22);
  ui.text(ui::verbatim(view.teacher + ", ") + ui::day(view.at),
          {.type = ui::Type::small, .ink = ui::Ink::muted});
}

void next_card(ui::Ui& ui, const app::AnswerView& view, Commands& out) {
  const auto card = ui.card("next", {.width = ui::fill(),
                                     .height = ui::fill(),
                                     .pad = ui.narrow() ? ui::Pad(18, 16) : ui::Pad(24, 22),
                                     .gap = 10});
  const auto row = ui.row({.width = ui::fill(), .gap = 16, .cross = ui::Cross::start});
  flag_disc(ui, 44);
  const auto words = ui.column({.width = ui::fill(), .height = ui::fill(), .gap = 8});
  ui.heading(2, "screen.answer.next"_t);
  if (!view.grow.empty()) ui.text(ui::verbatim(view.grow), {.ink = ui::Ink::muted});
  ui.text(ui::verbatim(view.next));
  if (view.ready && view.next.empty()) ui.text("screen.answer.ready"_t);
  ui.stretch();
  const auto act = ui.row({.width = ui::fill(), .gap = 14, .cross = ui::Cross::center, .wrap = true});
  if (!view.ready &&
      ui.button("try_now", {.text = view.second_try ? "screen.answer.try_again"_t : "screen.answer.try_now"_t,
                            .look = ui::Look::trail,
                            .after = ui::Icon::arrow})) {
    go(out, view.try_now);
  }
  if (view.ready && !view.try_now.step.empty() && view.try_now.step != view.step &&
      ui.button("go_on",
                {.text = "screen.answer.go_on"_t, .look = ui::Look::trail, .after = ui::Icon::arrow})) {
    go(out, view.try_now);
  }
  if (view.ready) {
    ui.text("screen.answer.is_ready"_t,
            {.type = ui::Type::label, .ink = ui::Ink::pine, .width = ui::fit(), .icon = ui::Icon::check});
  } else if (view.second_try) {
    ui.text("screen.answer.second_try"_t,
            {.type = ui::Type::small, .ink = ui::Ink::muted, .width = ui::fit()});
  }
}

void side(ui::Ui& ui, const char* name, const app::AnswerView& view, const app::ViewSide& side, bool mine,
          const app::Person& me) {
  const auto panel = ui.box(
      name,
      {.fill = ui::Surface::Fill::well,
       .radius = 14,
       .role = ui::Role::region,
       .name = mine ? "screen.answer.my_view"_t : "screen.answer.their_view"_t.with("teacher", view.teacher)},
      {.width = ui::fill(), .height = ui::fill(), .pad = {20, 18}, .gap = 10});
  {
    const auto head = ui.row({.width = ui::fill(), .gap = 12, .cross = ui::Cross::center});
    if (mine) {
      ui.mark(me.mark, me.name, 17);
    } else {
      teacher_mark(ui, 34);
    }
    {
      const auto words = ui.column({.width = ui::fill(), .gap = 0});
      ui.text(mine ? "screen.answer.my_view"_t : "screen.answer.their_view"_t.with("teacher", view.teacher),
              {.type = ui::Type::small, .ink = ui::Ink::muted});
      ui.text(side.level_name.empty() ? "screen.finish.not_chosen"_t : ui::verbatim(side.level_name),
              {.type = ui::Type::h3});
    }
    ui.level_stones(side.level, true, 13);
  }
  ui.text(ui::runs(side.text));
  if (side.words.empty()) return;
  ui.rule();
  const auto own = ui.column({.width = ui::fill(), .gap = 2});
  ui.text(mine ? "screen.answer.because"_t : "screen.answer.saw"_t,
          {.type = ui::Type::small_bold, .ink = ui::Ink::muted});
  ui.text(ui::verbatim(side.words));
}

void exemplar(ui::Ui& ui, const app::AnswerView& view, const app::ComparedCriterion& criterion,
              Locals& locals) {
  if (view.exemplar.empty() && criterion.phrase.empty()) return;
  const auto panel = ui.soft({.width = ui::fill(), .height = ui::fill(), .pad = {20, 18}, .gap = 8});
  const auto region = ui.region("exemplar", "screen.answer.exemplar"_t, {.width = ui::fill()});
  const auto column = ui.column({.width = ui::fill(), .gap = 8});
  ui.heading(3, "screen.answer.exemplar"_t, {.ink = ui::Ink::pine_deep, .icon = ui::Icon::document});
  if (!criterion.phrase.empty()) ui.text(ui::verbatim(criterion.phrase));
  bool& whole = locals.flag("answer.whole." + view.review);
  const std::size_t shown = whole                      ? view.exemplar.size()
                            : criterion.phrase.empty() ? std::min<std::size_t>(1, view.exemplar.size())
                                                       : 0;
  for (std::size_t i = 0; i < shown; ++i) {
    ui.text(ui::verbatim(view.exemplar[i].first), {.type = ui::Type::small_bold, .ink = ui::Ink::muted});
    ui.text(ui::verbatim(view.exemplar[i].second), {.lines_max = whole ? 0 : 8});
  }
  if (!view.exemplar_title.empty()) {
    ui.text(
        "screen.answer.exemplar_from"_t.with("title", view.exemplar_title).with("from", view.exemplar_from),
        {.type = ui::Type::small, .ink = ui::Ink::muted});
  }
  if (!view.exemplar.empty() &&
      ui.link("whole", whole ? "screen.answer.exemplar_less"_t : "screen.answer.exemplar_whole"_t))
    whole = !whole;
}

void compare(ui::Ui& ui, const app::AnswerView& view, Locals& locals) {
  if (!view.can_compare || view.compared.empty()) return;
  bool& open = locals.flag("answer.compare." + view.review);
  if (!open) {
    if (ui.note_row("compare", {.icon = ui::Icon::eye,
                                .title = "screen.answer.compare"_t,
                                .detail = "screen.answer.compare_closed"_t})) {
      open = true;
      ui.focus("compare_close");
    }
    return;
  }
  std::string& chosen = locals.word("answer.criterion." + view.review);
  const app::ComparedCriterion* here = nullptr;
  for (const app::ComparedCriterion& c : view.compared) {
    if (c.id == chosen) here = &c;
  }
  if (here == nullptr) {
    // Where we see it differently is where there is something to talk about.
    const auto it =
        std::find_if(view.compared.begin(), view.compared.end(), [](const auto& c) { return !c.same; });
    here = it == view.compared.end() ? &view.compared.front() : &*it;
  }
  const auto card = ui.card(
      "compare", {.width = ui::fill(), .pad = ui.narrow() ? ui::Pad(18, 16) : ui::Pad(28, 20), .gap = 14});
  if (view.review.empty()) {
    ui.heading(1, "screen.step.answer"_t);
    ui.empty_state(ui::Icon::message, "screen.answer.none"_t);
    return;
  }
  {
    const auto head = ui.row({.width = ui::fill(), .gap = 16, .cross = ui::Cross::center, .wrap = true});
    ui.heading(2, "screen.answer.compare"_t, {.width = ui::fit()});
    ui.text(here->same ? "screen.answer.same"_t : "screen.answer.differ"_t,
            {.type = ui::Type::small, .ink = ui::Ink::muted, .width = ui::fit()});
    ui.stretch();
    if (ui.link("compare_close", "screen.work.close"_t)) open = false;
  }
  if (view.compared.size() > 1) {
    const auto group = ui.radio_group("criterion", "screen.answer.criterion"_t, {.width = ui::fill()});
    const auto row = ui.row({.width = ui::fill(), .gap = 8, .cross = ui::Cross::center, .wrap = true});
    for (const app::ComparedCriterion& c : view.compared) {
      if (ui.chip(c.id, {.text = ui::verbatim(c.title), .chosen = &c == here, .radio = true})) chosen = c.id;
    }
  }
  const int columns = ui.width() < 700 ? 1 : ui.width() < 1100 ? 2 : 3;
  {
    const auto grid = ui.grid(columns, {.width = ui::fill(), .gap = 18});
    side(ui, "mine", view, here->mine, true, locals.me);
    side(ui, "theirs", view, here->theirs, false, locals.me);
    if (columns == 3) exemplar(ui, view, *here, locals);
  }
  if (columns < 3) exemplar(ui, view, *here, locals);
}

void reply(ui::Ui& ui, const app::AnswerView& view, Locals& locals, Commands& out) {
  const std::string place = "reply." + view.review;
  const auto card = ui.card(
      "reply", {.width = ui::fill(), .pad = ui.narrow() ? ui::Pad(18, 14) : ui::Pad(28, 16), .gap = 8});
  for (const std::string& earlier : view.replies) {
    ui.text("screen.answer.you_replied"_t.with("words", earlier),
            {.type = ui::Type::small, .ink = ui::Ink::muted, .icon = ui::Icon::check});
  }
  const auto row =
      ui.row({.width = ui::fill(), .gap = 16, .cross = ui::Cross::end, .wrap = ui.width() < 700});
  const ui::Edited edited = draft_field(ui, locals, "will_change",
                                        {.label = "screen.answer.will_change"_t,
                                         .placeholder = "screen.answer.will_change_like"_t,
                                         .limit = 500,
                                         .width = ui::fill()},
                                        place, view.reply, [place](const app::Field& field) -> app::Command {
                                          return app::SaveDraft{place, {{"text", field.text}}};
                                        });
  const bool ready = edited.text.find_first_not_of(" \t\n") != std::string::npos;
  if (ui.button("reply", {.text = "screen.answer.send_reply"_t,
                          .look = ui::Look::pine,
                          .icon = ui::Icon::send,
                          .enabled = ready,
                          .hint = ready ? ui::Text{} : "screen.answer.reply_waits"_t}) ||
      (edited.submitted && ready)) {
    locals.drafts.renew(place);
    out.push_back(app::Reply{view.review, edited.text});
  }
}

}  // namespace

void draw_answer(ui::Ui& ui, const app::AnswerView& view, Locals& locals, Commands& out) {
  if (locals.arrived && !view.review.empty()) out.push_back(app::ReadAnswer{view.review});
  const auto body = ui.body(page_box(ui, ui.narrow() || ui.low() ? 12.0F : 18.0F));
  {
    const auto head = ui.row({.width = ui::fill(), .gap = 16, .cross = ui::Cross::center, .wrap = true});
    ui.heading(1, "screen.answer.title"_t.with("teacher", view.teacher), {.width = ui::fit()});
    ui.stretch();
    const std::string project = view.project, step = view.step;
    if (ui.link("to_step", ui::verbatim(view.step_title + "  ·  " + view.question))) {
      app::Destination to = destination(app::Screen::project);
      to.project = project;
      to.step = step;
      go(out, to);
    }
  }
  if (view.corrects) {
    ui.banner(
        "corrects",
        {.text = "screen.answer.corrects"_t.with("teacher", view.teacher).with("day", view.corrects.day),
         .icon = ui::Icon::clock,
         .soft = false});
  }
  if (view.saw_older_work) {
    ui.banner("older", {.text = "screen.answer.saw_older"_t.with("teacher", view.teacher),
                        .icon = ui::Icon::clock,
                        .soft = false});
  }
  {
    const auto pair =
        ui.grid(ui.width() < 760 ? 1 : 2, {.width = ui::fill(), .gap = ui.narrow() ? 12.0F : 20.0F});
    glow_card(ui, view);
    next_card(ui, view, out);
  }
  compare(ui, view, locals);
  reply(ui, view, locals, out);
}

}  // namespace waymark::screens
