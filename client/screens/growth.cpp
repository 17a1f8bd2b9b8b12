// Growth: for one standard, every piece of evidence over time by its kind, nothing joined and nothing
// averaged; below, which form each step was done in. The same as a table, and the words of each piece by a
// press.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "client/screens/project_parts.hpp"
#include "client/screens/screens.hpp"

namespace waymark::screens {

namespace {

constexpr const char* kOpen = "growth.open";  // index of the piece whose words are shown, plus 1
constexpr const char* kTable = "growth.table";

// Days since 1970, from "2026-11-25".
int day_number(const std::string& iso) {
  if (iso.size() < 10) return 0;
  int y = std::atoi(iso.substr(0, 4).c_str());
  const int m = std::atoi(iso.substr(5, 2).c_str()), d = std::atoi(iso.substr(8, 2).c_str());
  if (m <= 2) --y;
  const int era = y / 400, year = y - era * 400;
  const int of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  return era * 146'097 + year * 365 + year / 4 - year / 100 + of_year - 719'468;
}

struct Scale {
  int first = 0, last = 1;
  float at(const app::Day& day) const {
    const float t =
        static_cast<float>(day_number(day.iso) - first) / static_cast<float>(std::max(1, last - first));
    return 0.03F + 0.94F * std::clamp(t, 0.0F, 1.0F);
  }
};

// Hollow is a student's eyes, filled an adult's.
void draw_sign(const ui::Painter& p, ui::Rect r, app::EvidenceKind kind) {
  const ui::Vec c = r.centre();
  const float s = std::min(r.w, r.h) * 0.40F;
  const ui::Color ink = p.t.pine, ground = p.t.surface;
  switch (kind) {
    case app::EvidenceKind::own_view:
      p.circle(c, s, ground);
      p.ring(c, s - 1, ink, 2.2F);
      break;
    case app::EvidenceKind::classmate: {
      const std::vector<ui::Vec> points = {{c.x, c.y - s}, {c.x + s, c.y}, {c.x, c.y + s}, {c.x - s, c.y}};
      p.fan(c, points, ground);
      p.polyline(points, ink, 2.2F, true);
      break;
    }
    case app::EvidenceKind::review:
      p.circle(c, s, ink);
      break;
    case app::EvidenceKind::observation:
      p.rect({c.x - s * 0.9F, c.y - s * 0.9F, s * 1.8F, s * 1.8F}, ink, 2);
      break;
    case app::EvidenceKind::conference: {
      const std::vector<ui::Vec> points = {
          {c.x, c.y - s}, {c.x + s, c.y + s * 0.8F}, {c.x - s, c.y + s * 0.8F}};
      p.fan({c.x, c.y + s * 0.2F}, points, ink);
      break;
    }
  }
}

const char* kind_key(app::EvidenceKind kind) {
  switch (kind) {
    case app::EvidenceKind::own_view:
      return "screen.growth.kind.own";
    case app::EvidenceKind::review:
      return "screen.growth.kind.review";
    case app::EvidenceKind::observation:
      return "screen.growth.kind.observation";
    case app::EvidenceKind::conference:
      return "screen.growth.kind.conference";
    case app::EvidenceKind::classmate:
      break;
  }
  return "screen.growth.kind.classmate";
}

ui::Text level_words(const app::GrowthView& view, int level) {
  if (level < 1 || level > static_cast<int>(view.level_names.size())) return "screen.growth.no_level"_t;
  return ui::verbatim(view.level_names[static_cast<std::size_t>(level) - 1]);
}

ui::Text dot_words(const app::GrowthView& view, const app::GrowthDot& dot) {
  return ui::day(dot.at) + ui::verbatim(", ") + ui::key(kind_key(dot.kind)) + ui::verbatim(": ") +
         level_words(view, dot.level);
}

bool leads_somewhere(const app::Destination& to) {
  return to.screen != app::Screen::who && to.screen != app::Screen::growth;
}

void sign(ui::Ui& ui, app::EvidenceKind kind, float size) {
  ui.canvas("sign", {}, {.width = ui::px(size), .height = ui::px(size)},
            [kind](const ui::Painter& p, ui::Rect r) { draw_sign(p, r, kind); });
}

void lane(ui::Ui& ui, const app::GrowthView& view, int level, const Scale& scale, float room,
          Locals& locals) {
  const auto row = ui.row({.width = ui::fill(), .gap = 12, .cross = ui::Cross::center});
  {
    const auto label = ui.row({.width = ui::px(150), .gap = 8, .cross = ui::Cross::center});
    if (level > 0) ui.level_stones(level, false, 10);
    ui.text(level_words(view, level), {.type = level > 0 ? ui::Type::label : ui::Type::small,
                                       .ink = level > 0 ? ui::Ink::text : ui::Ink::muted,
                                       .width = ui::fill()});
  }
  const auto box = ui.box("lane_" + std::to_string(level),
                          {.fill = level > 0 ? ui::Surface::Fill::well : ui::Surface::Fill::none,
                           .radius = 10,
                           .edge = level == 0},
                          {.width = ui::fill(), .height = ui::px(46)});
  const auto layer = ui.layer({.width = ui::fill(), .height = ui::fill()});
  float last = -100;
  for (std::size_t i = 0; i < view.dots.size(); ++i) {
    const app::GrowthDot& dot = view.dots[i];
    if (dot.level != level) continue;
    // Two on one day stand beside each other.
    float x = scale.at(dot.at.day) * room;
    if (x - last < 30) x = last + 30;
    last = x;
    const bool open = locals.number(kOpen) == static_cast<int>(i) + 1;
    const auto tile = ui.tile("dot_" + std::to_string(i),
                              {.name = dot_words(view, dot),
                               .hint = "screen.growth.open_hint"_t,
                               .radius = 15,
                               .lift = 0,
                               .edge = false,
                               .plain = true},
                              {.width = ui::px(30),
                               .height = ui::px(30),
                               .at = ui::Vec{x, 0},
                               .part = {0, 0.5F},
                               .anchor = {0.5F, 0.5F}});
    if (tile.pressed()) locals.number(kOpen) = open ? 0 : static_cast<int>(i) + 1;
    const app::EvidenceKind kind = dot.kind;
    ui.canvas("sign", {}, {.width = ui::fill(), .height = ui::fill()},
              [kind, open](const ui::Painter& p, ui::Rect r) {
                if (open) p.circle(r.centre(), r.w / 2, p.t.pine_soft);
                draw_sign(p, r, kind);
              });
  }
}

void months(ui::Ui& ui, const app::GrowthView& view, const Scale& scale, float room) {
  if (!view.first) return;  // nothing has a date that is known
  const auto row = ui.row({.width = ui::fill(), .gap = 12});
  ui.space(150);
  const auto layer = ui.layer({.width = ui::fill(), .height = ui::px(20)});
  int y = std::atoi(view.first.iso.substr(0, 4).c_str()), m = std::atoi(view.first.iso.substr(5, 2).c_str());
  float free = -1;
  for (int guard = 0; guard < 40; ++guard) {
    const std::string two = (m < 10 ? "0" : "") + std::to_string(m);
    app::Day day{std::to_string(y) + "-" + two + "-01", 0, 0};
    if (day_number(day.iso) > scale.last) break;
    day.from_today = view.last.from_today + day_number(day.iso) - scale.last;
    day.weekday = ((day_number(day.iso) + 4) % 7 + 7) % 7;
    const float x = scale.at(day) * room;
    const float width = ui.words_width(ui::Type::small, ui::day(day));
    if (x > free && x + width < room) {
      const auto at = ui.column({.width = ui::fit(), .at = ui::Vec{x, 0}});
      ui.text(ui::day(day), {.type = ui::Type::small, .ink = ui::Ink::muted, .width = ui::fit()});
      free = x + width + 16;
    }
    if (++m > 12) m = 1, ++y;
  }
}

void forms_over_time(ui::Ui& ui, const app::GrowthView& view, const Scale& scale, float room) {
  if (view.support.empty()) return;
  ui.rule();
  ui.heading(3, "screen.growth.how"_t);
  struct Row {
    app::Form form;
    const char* word;
  };
  for (const Row& r : {Row{app::Form::on_my_own, "screen.form.on_my_own"},
                       Row{app::Form::step_by_step, "screen.form.step_by_step"},
                       Row{app::Form::example, "screen.growth.with_example"}}) {
    std::vector<float> at;
    ui::Text name = ui::key(r.word) + ui::verbatim(": ");
    for (const app::SupportDot& dot : view.support) {
      if (dot.form != r.form) continue;
      if (!at.empty()) name = name + ui::verbatim(", ");
      name = name + ui::day(dot.day);
      at.push_back(scale.at(dot.day) * room);
    }
    if (at.empty()) name = ui::key(r.word) + ui::verbatim(": ") + "screen.growth.never"_t;
    const auto row = ui.row({.width = ui::fill(), .gap = 12, .cross = ui::Cross::center});
    ui.text(ui::key(r.word), {.type = ui::Type::small, .width = ui::px(150), .spoken = false});
    ui.canvas(r.word, name, {.width = ui::fill(), .height = ui::px(24)},
              [at](const ui::Painter& p, ui::Rect rect) {
                const float y = rect.centre().y;
                p.dots(std::vector<ui::Vec>{{rect.x + 4, y}, {rect.right() - 4, y}}, p.t.stone_edge, 9, 1);
                for (const float x : at) p.circle({rect.x + x, y}, 6, p.t.pine);
              });
  }
}

void words_of(ui::Ui& ui, const app::GrowthView& view, Locals& locals, Commands& out) {
  const int open = locals.number(kOpen);
  if (open < 1 || open > static_cast<int>(view.dots.size())) return;
  const app::GrowthDot& dot = view.dots[static_cast<std::size_t>(open) - 1];
  const auto soft = ui.soft({.width = ui::fill(), .pad = {18, 12}, .gap = 4});
  const auto row = ui.row({.width = ui::fill(), .gap = 14, .cross = ui::Cross::center, .wrap = true});
  sign(ui, dot.kind, 24);
  ui.text(dot_words(view, dot), {.type = ui::Type::label, .width = ui::fit()});
  if (!dot.words.empty()) ui.text(ui::quoted(dot.words), {.width = ui::fill()});
  if (leads_somewhere(dot.to) &&
      ui.link("open_piece", "screen.growth.see_work"_t, ui::Icon::none, ui::Icon::arrow)) {
    go(out, dot.to);
  }
}

void table(ui::Ui& ui, const app::GrowthView& view, Commands& out) {
  const auto list = ui.region("table", "screen.growth.table"_t, {.width = ui::fill()});
  const auto column = ui.column({.width = ui::fill(), .gap = 8});
  for (std::size_t i = 0; i < view.dots.size(); ++i) {
    const app::GrowthDot& dot = view.dots[view.dots.size() - 1 - i];
    const auto named = ui.keyed("row_" + std::to_string(i));
    if (i > 0) ui.rule();
    const auto row = ui.row(
        {.width = ui::fill(), .height_min = 32, .gap = 14, .cross = ui::Cross::center, .wrap = ui.narrow()});
    sign(ui, dot.kind, 22);
    ui.text(dot_words(view, dot), {.type = ui::Type::label, .width = ui.narrow() ? ui::fit() : ui::px(380)});
    if (dot.words.empty())
      ui.stretch();
    else
      ui.text(ui::quoted(dot.words), {.ink = ui::Ink::muted, .width = ui::fill()});
    if (leads_somewhere(dot.to) && ui.link("open", "screen.growth.see_work"_t)) go(out, dot.to);
  }
}

void legend(ui::Ui& ui) {
  const auto row = ui.row({.width = ui::fill(), .gap = 18, .cross = ui::Cross::center, .wrap = true});
  for (const app::EvidenceKind kind :
       {app::EvidenceKind::own_view, app::EvidenceKind::review, app::EvidenceKind::classmate,
        app::EvidenceKind::observation, app::EvidenceKind::conference}) {
    const auto named = ui.keyed(kind_key(kind));
    const auto one = ui.row({.width = ui::fit(), .gap = 8, .cross = ui::Cross::center});
    sign(ui, kind, 20);
    ui.text(ui::key(kind_key(kind)), {.type = ui::Type::small, .width = ui::fit()});
  }
}

}  // namespace

void draw_growth(ui::Ui& ui, const app::GrowthView& view, Locals& locals, Commands& out) {
  const bool tight = ui.narrow() || ui.low();
  const auto body = ui.body(page_box(ui, tight ? 12.0F : 18.0F));
  if (locals.arrived) locals.number(kOpen) = 0;
  const bool nothing = view.standards.empty() || view.dots.empty();
  bool& as_table = locals.flag(kTable);
  {
    const auto head = ui.row({.width = ui::fill(), .gap = 16, .cross = ui::Cross::center, .wrap = true});
    ui.heading(1, "screen.growth.title"_t, {.width = ui::fit()});
    ui.stretch();
    if (!nothing &&
        ui.button("as_table", {.text = as_table ? "screen.growth.as_picture"_t : "screen.growth.as_table"_t,
                               .icon = as_table ? ui::Icon::growth : ui::Icon::document})) {
      as_table = !as_table;
    }
  }
  if (nothing) {
    ui.empty_state(ui::Icon::growth, "screen.growth.none"_t, "screen.growth.none_detail"_t);
    return;
  }
  const app::StandardTag* chosen = &view.standards.front();
  {
    const auto group = ui.radio_group("standard", "screen.growth.standard"_t, {.width = ui::fill()});
    const auto row = ui.row({.width = ui::fill(), .gap = 8, .cross = ui::Cross::center, .wrap = true});
    for (const app::StandardTag& tag : view.standards) {
      if (tag.chosen) chosen = &tag;
      if (ui.chip(tag.code, {.text = ui::verbatim(tag.text), .chosen = tag.chosen, .radio = true}) &&
          !tag.chosen) {
        app::Destination to = destination(app::Screen::growth);
        to.part = tag.code;
        go(out, to);
      }
    }
  }
  const float pad = ui.narrow() ? 18.0F : 26.0F;
  const auto card = ui.card(
      "growth", {.width = ui::fill(), .pad = {pad, tight ? 14.0F : 20.0F}, .gap = tight ? 5.0F : 8.0F});
  ui.heading(2, ui::verbatim(chosen->text), {.type = ui::Type::h3});
  if (as_table) {
    table(ui, view, out);
    return;
  }
  const Scale scale{day_number(view.first.iso), day_number(view.last.iso)};
  const float room = ui.width() - 2 * ui.side() - 2 * pad - 150 - 12;
  for (int level = static_cast<int>(view.level_names.size()); level >= 1; --level)
    lane(ui, view, level, scale, room, locals);
  lane(ui, view, 0, scale, room, locals);
  months(ui, view, scale, room);
  words_of(ui, view, locals, out);
  forms_over_time(ui, view, scale, room);
  ui.rule();
  legend(ui);
}

}  // namespace waymark::screens
