// The end of Check my work: the criteria once more, how sure I am, glow, grow and next step, what happens
// next, and Turn in. It says what is still missing and leads there.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "client/screens/project_parts.hpp"
#include "client/screens/screens.hpp"

namespace waymark::screens {

namespace {

void criteria(ui::Ui& ui, const app::FinishView& view, Commands& out) {
  std::vector<ui::Criterion> marks;
  for (const app::CriterionMark& mark : view.criteria) {
    marks.push_back({mark.id, ui::verbatim(mark.title), mark.level > 0, false});
  }
  marks.push_back({"finish", "screen.check.last"_t, false, true});
  const auto pressed = ui.criterion_trail("criteria", "screen.check.trail"_t, marks);
  if (!pressed || *pressed == "finish") return;
  app::Destination to = destination(app::Screen::check);
  to.project = view.project;
  to.step = view.step;
  to.part = *pressed;
  go(out, to);
}

// What was chosen, each a way back to it.
void reminder(ui::Ui& ui, const app::FinishView& view, Commands& out) {
  if (view.criteria.empty()) return;
  const auto strip = ui.well({.width = ui::fill(), .pad = {12, 6}});
  const int columns = ui.width() < 700 ? 1
                      : ui.narrow()    ? 2
                                       : std::min<int>(4, static_cast<int>(view.criteria.size()));
  const auto grid = ui.grid(columns, {.width = ui::fill(), .gap = 8});
  for (const app::CriterionMark& mark : view.criteria) {
    const bool chosen = mark.level > 0;
    const ui::Text level = chosen ? ui::verbatim(mark.level_name) : "screen.finish.not_chosen"_t;
    const auto cell = ui.tile("to_" + mark.id,
                              {.name = ui::verbatim(mark.title) + ui::verbatim(": ") + level,
                               .hint = "screen.finish.back_to_it"_t,
                               .radius = 10,
                               .lift = 0,
                               .edge = false,
                               .plain = true},
                              {.width = ui::fill(), .pad = {10, 6}});
    if (cell.pressed()) {
      app::Destination to = destination(app::Screen::check);
      to.project = view.project;
      to.step = view.step;
      to.part = mark.id;
      go(out, to);
    }
    const auto row = ui.row({.width = ui::fill(), .gap = 12, .cross = ui::Cross::center});
    ui.level_stones(mark.level, chosen, 12);
    const auto words = ui.column({.width = ui::fill(), .gap = 0});
    ui.text(ui::verbatim(mark.title), {.type = ui::Type::small, .ink = ui::Ink::muted, .spoken = false});
    ui.text(level,
            {.type = ui::Type::label, .ink = chosen ? ui::Ink::text : ui::Ink::muted, .spoken = false});
  }
}

// The same hill in fog, in thin fog, and clear.
void draw_view(const ui::Painter& p, ui::Rect r, int clear) {
  const bool dusk = p.t.dusk;
  const ui::Color fog = p.t.contrast ? p.t.page : dusk ? ui::rgb(0xA89A98) : ui::rgb(0xFFFDF9);
  ui::draw_scene(p, r, "hills", 3);
  p.clip(r);
  if (clear < 2) {
    p.rect(r, ui::with_alpha(fog, clear == 0 ? 0.62F : 0.12F), 0);
    const int bands = clear == 0 ? 6 : 3;
    for (int i = 0; i < bands; ++i) {
      const auto k = static_cast<float>(i);
      const float y = r.y + r.h * (clear == 0 ? 0.30F + 0.11F * k : 0.70F + 0.10F * k);
      const float inset = r.w * (0.04F + 0.07F * static_cast<float>((i * 5) % 3));
      p.rect({r.x + inset, y, r.w - 2 * inset, r.h * 0.09F}, ui::with_alpha(fog, 0.40F), r.h * 0.045F);
    }
  }
  p.unclip();
  p.frame(r, p.t.border, 8, p.t.contrast ? 2.0F : 1.0F);
}

void confidence(ui::Ui& ui, const app::FinishView& view, Commands& out) {
  struct Choice {
    const char* key;
    const char* title;
    const char* detail;
  };
  constexpr std::array<Choice, 3> choices = {
      Choice{"foggy", "screen.finish.foggy", "screen.finish.foggy_detail"},
      Choice{"most", "screen.finish.most", "screen.finish.most_detail"},
      Choice{"clear", "screen.finish.clear", "screen.finish.clear_detail"}};
  const auto group = ui.radio_group("sure", "screen.finish.sure"_t, {.width = ui::fill()});
  const auto grid =
      ui.grid(ui.width() < 760 ? 1 : 3, {.width = ui::fill(), .gap = ui.narrow() ? 12.0F : 16.0F});
  const bool pictures = ui.width() >= 900 || ui.width() < 760;
  int index = 0;
  for (const Choice& choice : choices) {
    const bool chosen = view.confidence == choice.key;
    const int clear = index++;
    const auto tile = ui.tile(choice.key,
                              {.name = ui::key(choice.title),
                               .hint = ui::key(choice.detail),
                               .role = ui::Role::radio,
                               .chosen = chosen,
                               .radius = 14,
                               .lift = chosen ? 1.3F : 0.8F},
                              {.width = ui::fill(), .pad = 8});
    if (tile.pressed() && !chosen) out.push_back(app::SetConfidence{view.project, view.step, choice.key});
    const auto row = ui.row({.width = ui::fill(), .gap = 14, .cross = ui::Cross::center});
    if (pictures) {
      const float h = ui.low() || ui.narrow() ? 60.0F : 84.0F;
      ui.canvas("view", {}, {.width = ui::px(h * 1.4F), .height = ui::px(h)},
                [clear](const ui::Painter& p, ui::Rect r) { draw_view(p, r, clear); });
    }
    {
      const auto words = ui.column({.width = ui::fill(), .pad = {pictures ? 2.0F : 8.0F, 4}, .gap = 2});
      ui.text(ui::key(choice.title),
              {.type = ui::Type::h3, .ink = chosen ? ui::Ink::pine_deep : ui::Ink::text, .spoken = false});
      ui.text(ui::key(choice.detail), {.type = ui::Type::small, .ink = ui::Ink::muted, .spoken = false});
    }
    ui.canvas("marker", {}, {.width = ui::px(26), .height = ui::px(26)},
              [chosen](const ui::Painter& p, ui::Rect r) { draw_marker(p, r, chosen); });
  }
}

enum class Part { glow, grow, next };

void part_card(ui::Ui& ui, const app::FinishView& view, Part part, Locals& locals) {
  const std::string project = view.project, step = view.step;
  const char* name = part == Part::glow ? "glow" : part == Part::grow ? "grow" : "next";
  const app::Field& field = part == Part::glow ? view.glow : part == Part::grow ? view.grow : view.next;
  const ui::Text title = part == Part::glow   ? "screen.finish.glow"_t
                         : part == Part::grow ? "screen.finish.grow"_t
                                              : "screen.finish.next"_t;
  const ui::Text prompt = part == Part::glow   ? "screen.finish.glow_prompt"_t
                          : part == Part::grow ? "screen.finish.grow_prompt"_t
                                               : "screen.finish.next_prompt"_t;
  const bool tight = ui.narrow() || ui.low();
  const auto card = ui.card(std::string(name) + "_card", {.width = ui::fill(),
                                                          .height = ui::fill(),
                                                          .pad = tight ? ui::Pad(16, 12) : ui::Pad(20, 18),
                                                          .gap = 10});
  {
    const auto head = ui.row({.width = ui::fill(), .gap = 12, .cross = ui::Cross::center});
    if (part == Part::next) {
      flag_disc(ui, 40);
    } else {
      ui.disc(part == Part::glow ? ui::Icon::spark : ui::Icon::step, 40);
    }
    const auto words = ui.column({.width = ui::fill(), .gap = 0});
    ui.heading(2, title);
    ui.text(prompt, {.type = ui::Type::small, .ink = ui::Ink::muted});
  }
  draft_field(ui, locals, name,
              {.label = title + ui::verbatim(": ") + prompt,
               .label_shown = false,
               .lines_min = tight ? 2 : 3,
               .limit = 1'000,
               .width = ui::fill(),
               .height = ui::fill()},
              std::string(name) + "." + project + "." + step, field,
              [project, step, part](const app::Field& text) -> app::Command {
                if (part == Part::glow) return app::SetGlow{project, step, text};
                if (part == Part::grow) return app::SetGrow{project, step, text};
                return app::SetNext{project, step, text};
              });
}

void coming(ui::Ui& ui, const app::FinishView& view) {
  const bool stacked = ui.narrow();
  const auto list = ui.region("coming", "screen.finish.coming"_t, {.width = ui::fill(2)});
  const auto grid = ui.grid(stacked || view.coming.empty() ? 1 : static_cast<int>(view.coming.size()),
                            {.width = ui::fill(), .gap = stacked ? 4.0F : 0.0F});
  for (std::size_t i = 0; i < view.coming.size(); ++i) {
    if (stacked) {
      const auto row = ui.row({.width = ui::fill(), .gap = 10, .cross = ui::Cross::center});
      ui.art(ui::ArtKind::cairn_ahead, 22, "coming" + std::to_string(i));
      ui.text(view.coming[i].phrase, {.type = ui::Type::small, .width = ui::fill()});
      continue;
    }
    const auto cell = ui.column({.width = ui::fill(), .pad = {0, 0, 14, 0}, .gap = 6});
    const bool last = i + 1 == view.coming.size();
    ui.canvas("path_" + std::to_string(i), {}, {.width = ui::fill(), .height = ui::px(26)},
              [i, last](const ui::Painter& p, ui::Rect r) {
                const float y = r.y + r.h * 0.45F;
                if (!last) {
                  std::vector<ui::Vec> path;
                  for (int k = 0; k <= 30; ++k) {
                    const float t = static_cast<float>(k) / 30.0F;
                    path.push_back({r.x + 12 + (r.w + 14) * t, y + 2.5F * std::sin(t * 6.3F)});
                  }
                  if (!p.t.contrast) {
                    p.polyline(path, p.t.sand_edge, 8);
                    p.polyline(path, p.t.sand, 6);
                  }
                  p.dots(path, p.t.stone_edge, 9, 1.2F);
                }
                ui::draw_cairn(p, {r.x + 13, y + 7}, 2, 11, ui::Stone::ahead,
                               static_cast<std::uint32_t>(i + 5), false);
              });
    ui.text(view.coming[i].phrase, {.type = ui::Type::small});
  }
}

void turn_in(ui::Ui& ui, const app::FinishView& view, Commands& out) {
  const bool stacked = ui.narrow();
  const auto strip =
      ui.soft({.width = ui::fill(), .pad = stacked ? ui::Pad(18, 14) : ui::Pad(28, 16), .gap = 8});
  const auto inner = stacked ? ui.column({.width = ui::fill(), .gap = 12})
                             : ui.row({.width = ui::fill(), .gap = 28, .cross = ui::Cross::center});
  if (view.waits_for) {
    {
      const auto words = ui.column({.width = ui::fill(), .gap = 4});
      ui.heading(2, "screen.finish.almost"_t, {.type = ui::Type::h3});
      ui.text(view.waits_for);
    }
    if (view.waits_to.screen != app::Screen::who &&
        ui.button("waits_to", {.text = "screen.finish.take_me_there"_t, .after = ui::Icon::arrow})) {
      if (view.waits_to.screen == app::Screen::finish) {
        ui.focus("sure/foggy");
      } else {
        go(out, view.waits_to);
      }
    }
  } else {
    ui.heading(2, "screen.finish.coming"_t,
               {.type = ui::Type::h3, .width = stacked ? ui::natural() : ui::px(120)});
    coming(ui, view);
  }
  if (ui.button("turn_in", {.text = "screen.step.turn_in"_t,
                            .look = ui::Look::pine,
                            .icon = ui::Icon::send,
                            .big = true,
                            .enabled = view.can_turn_in,
                            .hint = view.waits_for ? ui::Text(view.waits_for) : ui::Text{}})) {
    out.push_back(app::TurnIn{view.project, view.step, ""});
  }
}

}  // namespace

void draw_finish(ui::Ui& ui, const app::FinishView& view, Locals& locals, Commands& out) {
  if (locals.arrived && locals.here.focus == app::Focus::next_step) ui.focus("next_card/next");
  if (locals.arrived && locals.here.focus == app::Focus::turn_in) ui.focus("turn_in");
  const bool tight = ui.narrow() || ui.low();
  const auto body = ui.body(page_box(ui, tight ? 12.0F : 16.0F));
  {
    const auto row = ui.row({.width = ui::fill(), .gap = 16, .cross = ui::Cross::center, .wrap = true});
    if (!ui.narrow()) {
      criteria(ui, view, out);
      ui.stretch();
    }
    const ui::Text back = view.criteria.empty()
                              ? "screen.check.back_to_step"_t.with("step", view.step_title)
                              : "screen.check.back"_t.with("criterion", view.criteria.back().title);
    if (ui.link("back", back, ui::Icon::back)) go(out, view.back);
  }
  {
    const auto row = ui.row({.width = ui::fill(), .gap = 18, .cross = ui::Cross::center, .wrap = true});
    ui.heading(1, "screen.finish.sure"_t, {.width = ui::fit()});
    if (!tight) ui.text("screen.finish.sure_detail"_t, {.ink = ui::Ink::muted, .width = ui::fit()});
    ui.stretch();
    only_you(ui, ui.narrow());
  }
  if (!ui.low() || ui.narrow()) reminder(ui, view, out);
  confidence(ui, view, out);
  {
    const auto cards =
        ui.grid(ui.width() < 760 ? 1 : 3,
                {.width = ui::fill(), .height = ui::fill(), .gap = ui.narrow() ? 12.0F : 16.0F});
    part_card(ui, view, Part::glow, locals);
    part_card(ui, view, Part::grow, locals);
    part_card(ui, view, Part::next, locals);
  }
  turn_in(ui, view, out);
}

}  // namespace waymark::screens
