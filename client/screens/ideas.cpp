// Project ideas: every idea with its picture, its question and the reason why it might fit; a filter; marks
// for putting two or three side by side. A card opens the idea's own page, the disc at its corner marks it.
#include "client/screens/project_parts.hpp"
#include "client/screens/screens.hpp"

namespace waymark::screens {

using namespace ui::literals;

namespace {

const char* filter_key(app::IdeaFilter filter) {
  switch (filter) {
    case app::IdeaFilter::needed:
      return "screen.ideas.filter.needed";
    case app::IdeaFilter::liked:
      return "screen.ideas.filter.liked";
    case app::IdeaFilter::alone:
      return "screen.ideas.filter.alone";
    case app::IdeaFilter::together:
      return "screen.ideas.filter.together";
    case app::IdeaFilter::everything:
      break;
  }
  return "screen.ideas.filter.everything";
}

void go_compare(Commands& out) {
  app::Destination to;
  to.screen = app::Screen::compare_ideas;
  go(out, to);
}

void compare_button(ui::Ui& ui, const app::IdeasView& view, Commands& out) {
  if (ui.button("compare", {.text = "screen.ideas.compare"_t.counted(view.marked),
                            .look = ui::Look::pine,
                            .after = ui::Icon::arrow})) {
    go_compare(out);
  }
}

void idea_card(ui::Ui& ui, const app::IdeaCard& card, bool may_mark, Commands& out) {
  const auto named = ui.keyed(card.pathway);
  const auto whole = ui.layer({.width = ui::fill(), .height = ui::fill()});
  {
    const ui::Text reason = reason_words(card.reason);
    const auto open = ui.tile("open",
                              {.name = ui::verbatim(card.question),
                               .hint = idea_meta(card) + ui::verbatim(". ") + reason,
                               .role = ui::Role::button,
                               .chosen = card.marked,
                               .radius = 16,
                               .lift = card.marked ? 1.3F : 0.9F},
                              {.width = ui::fill(), .height = ui::fill(), .pad = 8, .gap = 0});
    if (open.pressed()) {
      app::Destination to;
      if (card.chosen_already && !card.project.empty()) {
        to.screen = app::Screen::project;
        to.project = card.project;
      } else {
        to.screen = app::Screen::compare_ideas;
        to.record = card.pathway;
      }
      go(out, to);
    }
    const bool low = ui.low() || ui.narrow();
    ui.scene(
        card.emblem, card.pathway,
        {.width = ui::fill(), .height = ui::fill(), .height_min = low ? 72.0F : 78.0F, .height_max = 132});
    const auto words = ui.column({.width = ui::fill(), .pad = {12, 12, 12, 8}, .gap = 3});
    ui.text(ui::verbatim(card.question),
            {.type = ui::Type::h3, .ink = card.marked ? ui::Ink::pine_deep : ui::Ink::text, .spoken = false});
    ui.text(idea_meta(card), {.type = ui::Type::small, .ink = ui::Ink::muted, .spoken = false});
    ui.space(3);
    ui.rule();
    ui.space(3);
    ui.text(card.chosen_already ? "screen.ideas.yours"_t : "screen.ideas.why_fit"_t,
            {.type = ui::Type::small_bold,
             .ink = card.chosen_already ? ui::Ink::pine : ui::Ink::muted,
             .spoken = false});
    ui.text(reason, {.type = ui::Type::small, .spoken = false});
  }
  if (!may_mark) return;
  const auto mark = ui.tile("mark",
                            {.name = "screen.ideas.mark"_t.with("question", card.question),
                             .role = ui::Role::check_box,
                             .chosen = card.marked,
                             .radius = 18,
                             .lift = 0,
                             .edge = false,
                             .plain = true},
                            {.width = ui::px(36),
                             .height = ui::px(36),
                             .pad = 0,
                             .at = ui::Vec{-9, 9},
                             .part = {1, 0},
                             .anchor = {0.5F, 0.5F}});
  if (mark.pressed()) out.push_back(app::MarkIdea{card.pathway});
  const bool marked = card.marked;
  ui.canvas("disc", {}, {.width = ui::fill(), .height = ui::fill()},
            [marked](const ui::Painter& p, ui::Rect r) { draw_pick(p, r, marked); });
}

}  // namespace

void draw_ideas(ui::Ui& ui, const app::IdeasView& view, Locals&, Commands& out) {
  {
    const auto body = ui.body(page_box(ui, ui.low() || ui.narrow() ? 14.0F : 20.0F));
    {
      const auto head = ui.row({.gap = 18, .cross = ui::Cross::center, .wrap = true});
      ui.heading(1, "screen.ideas.title"_t, {.width = ui::fit()});
      if (!view.none_yet && ui.narrow() && !bar_stays(ui) && view.marked >= 2) compare_button(ui, view, out);
      if (!view.none_yet && !ui.narrow()) {
        ui.text("screen.ideas.hint"_t, {.type = ui::Type::small, .ink = ui::Ink::muted, .width = ui::fit()});
        ui.stretch();
        if (view.marked >= 2) compare_button(ui, view, out);
      }
    }
    if (view.none_yet) {
      ui.empty_state(ui::Icon::flag, "screen.ideas.none"_t, "screen.ideas.none_detail"_t);
      return;
    }
    if (view.filters.size() > 1) {
      const auto group = ui.radio_group("filter", "screen.ideas.filter"_t);
      const auto chips = ui.row({.gap = 8, .cross = ui::Cross::center, .wrap = true});
      for (const app::IdeaFilter filter : view.filters) {
        const char* word = filter_key(filter);
        if (ui.chip(word, {.text = ui::key(word), .chosen = filter == view.filter, .radio = true}) &&
            filter != view.filter) {
          out.push_back(app::FilterIdeas{filter});
        }
      }
    }
    if (view.cards.empty()) {
      ui.empty_state(ui::Icon::search, "screen.ideas.filtered_out"_t);
      if (ui.button("everything", {.text = "screen.ideas.show_everything"_t})) {
        out.push_back(app::FilterIdeas{app::IdeaFilter::everything});
      }
      return;
    }
    // Two or four stand better two and two.
    const bool even = view.cards.size() == 2 || view.cards.size() == 4;
    const int columns = ui.width() < 700 ? 1 : ui.narrow() || even ? 2 : 3;
    const auto cards =
        ui.grid(columns, {.width = ui::fill(), .height = ui::fill(), .gap = ui.narrow() ? 14.0F : 20.0F});
    for (const app::IdeaCard& card : view.cards) {
      const bool may_mark = !card.chosen_already && (card.marked || view.marked < 3);
      idea_card(ui, card, may_mark, out);
    }
  }
  if (!ui.narrow() || view.marked == 0 || !bar_stays(ui)) return;
  // The bar above the status line, where the head has no room for the button.
  const auto bar = ui.box("foot_bar", {.fill = ui::Surface::Fill::surface, .radius = 0},
                          {.width = ui::fill(), .pad = {20, 8}});
  const auto row = ui.row({.gap = 12, .cross = ui::Cross::center, .wrap = true});
  ui.text(view.marked == 1 ? "screen.ideas.mark_one_more"_t : "screen.ideas.marked"_t.counted(view.marked),
          {.type = ui::Type::small, .ink = ui::Ink::muted, .width = ui::fit()});
  ui.stretch();
  if (view.marked >= 2) compare_button(ui, view, out);
}

}  // namespace waymark::screens
