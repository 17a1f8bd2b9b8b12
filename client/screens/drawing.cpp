// The sheet to draw on: pens, an eraser, the page, and words for who cannot see it. What is drawn is a draft
// like half-written words and hands itself over while one draws; nobody else reads it before it is work.
#include "client/screens/drawing.hpp"

#include <array>
#include <cmath>
#include <memory>
#include <utility>

#include "client/app/drawing.hpp"

namespace waymark::screens {

namespace {

constexpr const char* kPen = "drawing.pen";
constexpr const char* kWidth = "drawing.width";
constexpr std::array<const char*, 6> kColors = {"ink", "blue", "red", "green", "amber", "eraser"};
constexpr std::array<const char*, 3> kWidths = {"thin", "middle", "thick"};

ui::Color color_of(int color) { return ui::rgb(app::pen_colors[static_cast<std::size_t>(color)]); }

void pens(ui::Ui& ui, Locals& locals) {
  const auto group = ui.radio_group("pen", "screen.drawing.pen"_t);
  const auto row = ui.row({.gap = 6});
  for (int i = 0; i < static_cast<int>(kColors.size()); i++) {
    const auto tile =
        ui.tile(kColors[static_cast<std::size_t>(i)],
                {.name = ui::key(std::string("screen.drawing.pen.") + kColors[static_cast<std::size_t>(i)]),
                 .role = ui::Role::radio,
                 .chosen = locals.number(kPen) == i,
                 .radius = 22,
                 .lift = 0},
                {.width = ui::px(44), .pad = 4, .align = ui::Align::center, .cross = ui::Cross::center});
    if (tile.pressed()) locals.number(kPen) = i;
    ui.canvas("color", {}, {.width = ui::px(32), .height = ui::px(32)},
              [i](const ui::Painter& p, ui::Rect r) {
                p.circle(r.centre(), 15, color_of(i));
                p.ring(r.centre(), 15, p.t.control, 1);
                if (i != app::pen_paper) return;
                const ui::Vec c = r.centre();
                p.line({c.x - 7, c.y + 7}, {c.x + 7, c.y - 7}, ui::rgb(app::pen_colors[0]), 2);
              });
  }
}

void widths(ui::Ui& ui, Locals& locals) {
  const auto group = ui.radio_group("width", "screen.drawing.width"_t);
  const auto row = ui.row({.gap = 6});
  for (int i = 0; i < static_cast<int>(kWidths.size()); i++) {
    const auto tile =
        ui.tile(kWidths[static_cast<std::size_t>(i)],
                {.name = ui::key(std::string("screen.drawing.width.") + kWidths[static_cast<std::size_t>(i)]),
                 .role = ui::Role::radio,
                 .chosen = locals.number(kWidth) == i,
                 .radius = 12,
                 .lift = 0},
                {.width = ui::px(44), .pad = 4, .align = ui::Align::center, .cross = ui::Cross::center});
    if (tile.pressed()) locals.number(kWidth) = i;
    ui.canvas("dot", {}, {.width = ui::px(32), .height = ui::px(32)}, [i](const ui::Painter& p, ui::Rect r) {
      p.circle(r.centre(), 2.5F + 3.5F * static_cast<float>(i), p.t.text);
    });
  }
}

void draw_stroke(const ui::Painter& p, ui::Rect r, const app::PenStroke& stroke) {
  const float scale = r.w / static_cast<float>(app::drawing_width);
  const float thick = std::max(1.0F, static_cast<float>(stroke.thick()) * scale);
  std::vector<ui::Vec> points;
  points.reserve(stroke.points.size());
  for (const app::PenPoint& at : stroke.points)
    points.push_back({r.x + static_cast<float>(at.x) * scale, r.y + static_cast<float>(at.y) * scale});
  if (points.empty()) return;
  const ui::Color color = color_of(stroke.color);
  if (points.size() > 1) p.polyline(points, color, thick);
  p.circle(points.front(), thick / 2, color);
  p.circle(points.back(), thick / 2, color);
}

app::PenStroke stroke_of(const std::vector<ui::Vec>& points, int pen, int width) {
  app::PenStroke stroke{pen, width, {}};
  for (const ui::Vec at : points) {
    const app::PenPoint point{static_cast<int>(std::lround(at.x * app::drawing_width)),
                              static_cast<int>(std::lround(at.y * app::drawing_height))};
    // What lies closer than a hand can mean says nothing.
    if (!stroke.points.empty() &&
        std::abs(point.x - stroke.points.back().x) + std::abs(point.y - stroke.points.back().y) < 3)
      continue;
    stroke.points.push_back(point);
  }
  return stroke;
}

}  // namespace

void draw_strokes(const ui::Painter& p, ui::Rect r, const std::vector<app::PenStroke>& strokes) {
  p.rect(r, ui::rgb(0xFFFFFF), 6);
  p.clip(r);
  for (const app::PenStroke& stroke : strokes) draw_stroke(p, r, stroke);
  p.unclip();
  p.frame(r, p.t.control, 6, 1.4F);
}

bool draw_drawing(ui::Ui& ui, const app::ProjectView& view, Locals& locals, Commands& out, bool& describe) {
  const app::StepView& step = view.step;
  const std::string place = app::drawing_place(step.id), says_place = place + ".says";
  const auto sheet = ui.sheet("drawing", {.name = "screen.drawing.title"_t, .width = 720});
  bool open = !sheet.closed();
  ui.heading(2, "screen.drawing.title"_t, {.type = ui::Type::h1});
  Draft& draft = locals.drafts.open(place, step.drawing, [place](const app::Field& field) -> app::Command {
    return app::SaveDraft{place, app::drawing_parts(field.text)};
  });
  bool changed = false;
  {
    const auto row = ui.row({.width = ui::fill(), .gap = 18, .cross = ui::Cross::center, .wrap = true});
    pens(ui, locals);
    widths(ui, locals);
    ui.stretch();
    if (ui.icon_button(
            "back",
            {.icon = ui::Icon::undo, .name = "screen.drawing.undo"_t, .enabled = !draft.text.empty()})) {
      draft.text = app::drawing_undone(draft.text);
      changed = true;
    }
  }
  const float high = ui.low() ? 260.0F : 375.0F, wide = std::min(high * 4 / 3, ui.width() - 80);
  std::vector<app::PenStroke> strokes = app::read_drawing(draft.text);
  const int pen = locals.number(kPen), width = locals.number(kWidth);
  bool full = draft.text.size() + app::stroke_bytes_min > app::drawing_bytes_max;
  {
    const auto middle = ui.row({.width = ui::fill(), .align = ui::Align::center});
    const auto live = std::make_shared<app::PenStroke>();
    const ui::Ui::Pen drawn =
        ui.pad("page", "screen.drawing.page"_t.counted(static_cast<std::int64_t>(strokes.size())),
               {.width = ui::px(wide), .height = ui::px(wide * 3 / 4)},
               [strokes, live](const ui::Painter& p, ui::Rect r) {
                 draw_strokes(p, r, strokes);
                 p.clip(r);
                 draw_stroke(p, r, *live);
                 p.unclip();
               });
    if (!drawn.points.empty()) {
      *live = stroke_of(drawn.points, pen, width);
      const std::string line = app::text_of(*live);
      if (draft.text.size() + line.size() > app::drawing_bytes_max)
        full = true;
      else if (drawn.up)
        draft.text += line, changed = true;
    }
  }
  draft.edited(changed, true, false, locals.now_ms);
  if (full) ui.banner("full", {.text = "screen.drawing.full"_t, .icon = ui::Icon::drawing, .soft = false});
  const ui::Edited says =
      draft_field(ui, locals, "says",
                  {.label = "screen.drawing.says"_t,
                   .placeholder = "screen.drawing.says_like"_t,
                   .limit = 120,
                   .hint = "screen.drawing.says_hint"_t},
                  says_place, step.drawing_says, [place](const app::Field& field) -> app::Command {
                    return app::SaveDraft{place, {{"says", field.text}}};
                  });
  const auto row = ui.row({.width = ui::fill(), .gap = 16, .cross = ui::Cross::center, .wrap = true});
  if (ui.link("describe", "screen.drawing.describe"_t, ui::Icon::pencil)) {
    describe = true;
    open = false;
  }
  ui.stretch();
  const bool ready = !app::read_drawing(draft.text).empty();
  if (ui.button("keep", {.text = "screen.drawing.keep"_t,
                         .look = ui::Look::pine,
                         .enabled = ready,
                         .hint = ready ? ui::Text{} : "screen.drawing.keep_waits"_t})) {
    const bool unnamed = says.text.find_first_not_of(" \t") == std::string::npos;
    out.push_back(app::AttachFile{view.id,
                                  step.id,
                                  {},
                                  unnamed ? ui.words("screen.drawing.unnamed"_t) : says.text,
                                  true,
                                  {},
                                  draft.text});
    locals.drafts.renew(place);
    locals.drafts.renew(says_place);
    open = false;
  }
  return open;
}

}  // namespace waymark::screens
