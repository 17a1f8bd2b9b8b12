#include "client/screens/project_parts.hpp"

#include <utility>

#include "client/app/drawing.hpp"

namespace waymark::screens {

using namespace ui::literals;

ui::Box page_box(const ui::Ui& ui, float gap) {
  const float above = ui.narrow() ? 14.0F : ui.low() ? 14.0F : 22.0F;
  ui::Box box;
  box.pad = {ui.side(), above, ui.side(), above};
  box.gap = gap;
  return box;
}

void go(Commands& out, app::Destination to) { out.push_back(app::Go{std::move(to)}); }

ui::Text idea_meta(const app::IdeaCard& card) {
  ui::Text text = "screen.idea.lessons"_t.counted(card.lessons);
  if (!card.alone && !card.team) return text;
  const char* how = card.alone && card.team ? "screen.idea.alone_or_team"
                    : card.team             ? "screen.idea.team"
                                            : "screen.idea.alone";
  return text + ui::verbatim("  ·  ") + ui::key(how);
}

ui::Text reason_words(const app::Reason& reason) {
  ui::Text text;
  if (reason.phrase) text = reason.phrase;
  if (text.empty() && reason.words.empty()) return "screen.ideas.no_reason"_t;
  if (reason.words.empty()) return text;
  if (text.empty()) return ui::quoted(reason.words);
  return text + ui::verbatim(" ") + ui::quoted(reason.words);
}

ui::Icon work_icon(app::WorkType type) {
  switch (type) {
    case app::WorkType::photo:
      return ui::Icon::photo;
    case app::WorkType::link:
      return ui::Icon::link;
    case app::WorkType::shown_in_person:
      return ui::Icon::hand;
    case app::WorkType::text:
      return ui::Icon::pencil;
    case app::WorkType::file:
      break;
  }
  return ui::Icon::document;
}

ui::Text work_detail(const app::WorkPiece& piece) {
  ui::Text kind;
  switch (piece.type) {
    case app::WorkType::photo:
      kind = piece.name == app::drawing_name ? "screen.work.kind.drawing"_t : "screen.work.kind.photo"_t;
      break;
    case app::WorkType::link:
      kind = "screen.work.kind.link"_t;
      break;
    case app::WorkType::text:
      kind = "screen.work.kind.text"_t;
      break;
    case app::WorkType::file:
      kind = "screen.work.kind.file"_t;
      break;
    case app::WorkType::shown_in_person:
      kind = "screen.work.kind.shown"_t;
      break;
  }
  if (piece.type == app::WorkType::shown_in_person) return kind;
  return kind + ui::verbatim(", ") + ui::day(piece.added);
}

ui::Text work_title(const app::WorkPiece& piece) {
  if (!piece.title.text.empty()) return ui::verbatim(piece.title.text);
  if (!piece.name.empty()) return ui::verbatim(piece.name);
  if (!piece.text.text.empty()) {
    const std::string& text = piece.text.text;
    return ui::verbatim(text.substr(0, text.find('\n')));
  }
  return "screen.work.untitled"_t;
}

std::string work_picture(const app::WorkPiece& piece) { return piece.thumbnail; }

void draw_pick(const ui::Painter& p, ui::Rect r, bool chosen) {
  const ui::Vec c = r.centre();
  p.circle(c, 12, chosen ? p.t.pine : p.t.surface);
  p.ring(c, 12, chosen ? p.t.surface : p.t.control, chosen ? 2.0F : 1.5F);
  if (chosen) {
    p.icon(ui::Icon::check, c, 16, p.t.on_pine, 3);
  } else {
    p.icon(ui::Icon::plus, c, 13, p.t.muted, 2.4F);
  }
}

void draw_marker(const ui::Painter& p, ui::Rect r, bool chosen) {
  const ui::Vec c = r.centre();
  p.circle(c, 11, chosen ? p.t.pine : p.t.surface);
  p.ring(c, 11, chosen ? p.t.pine : p.t.control, 1.8F);
  if (chosen) p.icon(ui::Icon::check, c, 17, p.t.on_pine, 3.2F);
}

void only_you(ui::Ui& ui, bool brief) {
  ui.text(brief ? "screen.check.private_brief"_t : "screen.check.private"_t,
          {.type = ui::Type::small, .ink = ui::Ink::muted, .width = ui::fit(), .icon = ui::Icon::lock});
}

void two_places(ui::Ui& ui, Commands& out) {
  if (ui.note_row("two_places", {.icon = ui::Icon::document,
                                 .title = "screen.work.two_places"_t,
                                 .detail = "screen.work.two_places_detail"_t})) {
    go(out, destination(app::Screen::conflict));
  }
}

void flag_disc(ui::Ui& ui, float size) {
  ui.canvas(
      "flag", {}, {.width = ui::px(size), .height = ui::px(size)}, [](const ui::Painter& p, ui::Rect r) {
        p.circle(r.centre(), r.w / 2, p.t.trail_soft);
        if (p.t.contrast) p.ring(r.centre(), r.w / 2 - 1, p.t.trail, 1.6F);
        ui::draw_flag(p, {r.centre().x - r.w * 0.13F, r.centre().y + r.w * 0.29F}, r.w * 0.61F, p.t.trail);
      });
}

}  // namespace waymark::screens
