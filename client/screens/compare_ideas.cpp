// Two or three ideas side by side, with the same rows on the same lines, or a single idea's page. Nothing is
// chosen beforehand; choosing asks for a way to show it and for a reason, which is kept while it is half
// written.
#include <algorithm>
#include <optional>

#include "client/screens/project_parts.hpp"
#include "client/screens/screens.hpp"

namespace waymark::screens {

namespace {

constexpr const char* kDraftPlace = "ideas.why";

ui::Text learn_words(const app::IdeaDetail& idea) {
  std::string words;
  for (const app::StandardTag& tag : idea.learn) words += (words.empty() ? "" : ". ") + tag.text;
  if (!words.empty()) words += ".";
  return ui::verbatim(words);
}

ui::Text reasons_words(const app::IdeaDetail& idea) {
  ui::Text words;
  for (const app::Reason& reason : idea.reasons) {
    if (!words.empty()) words = words + ui::verbatim("\n");
    words = words + reason_words(reason);
  }
  if (words.empty()) words = reason_words(idea.card.reason);
  return words;
}

ui::Text costs_words(const app::IdeaDetail& idea) {
  std::string words;
  for (const std::string& cost : idea.good_to_know) words += (words.empty() ? "" : "\n") + cost;
  return ui::verbatim(words);
}

struct RowOf {
  const char* key;
  const char* label;
  ui::Text (*words)(const app::IdeaDetail&);
};

ui::Text do_words(const app::IdeaDetail& idea) {
  return ui::verbatim(idea.do_text.empty() ? idea.card.summary : idea.do_text);
}
ui::Text matter_words(const app::IdeaDetail& idea) { return ui::verbatim(idea.why_it_matters); }

constexpr RowOf kRows[] = {
    {"do", "screen.compare.row.do", do_words},
    {"learn", "screen.compare.row.learn", learn_words},
    {"fit", "screen.compare.row.fit", reasons_words},
    {"know", "screen.compare.row.know", costs_words},
};

bool any_words(const app::CompareIdeasView& view, const RowOf& row) {
  return std::any_of(view.ideas.begin(), view.ideas.end(),
                     [&](const app::IdeaDetail& idea) { return !row.words(idea).empty(); });
}

const app::IdeaDetail* chosen_idea(const app::CompareIdeasView& view) {
  for (const app::IdeaDetail& idea : view.ideas) {
    if (idea.card.pathway == view.chosen) return &idea;
  }
  return nullptr;
}

void idea_head(ui::Ui& ui, const app::IdeaDetail& idea, bool chosen, bool beside) {
  const auto show = [&] {
    ui.scene(idea.card.emblem, idea.card.pathway,
             beside ? ui::Box{.width = ui::px(216), .height = ui::px(118)}
                    : ui::Box{.width = ui::fill(), .height = ui::px(ui.low() ? 76.0F : 96.0F)},
             10, chosen);
    const auto words = ui.column({.width = ui::fill(),
                                  .pad = {beside ? 14.0F : 8.0F, 8, 52, 4},
                                  .gap = 5,
                                  .align = ui::Align::center});
    ui.text(ui::verbatim(idea.card.question),
            {.type = ui::Type::h2, .ink = chosen ? ui::Ink::pine_deep : ui::Ink::text, .spoken = false});
    ui.text(idea_meta(idea.card), {.type = ui::Type::small, .ink = ui::Ink::muted, .spoken = false});
  };
  if (beside) {
    const auto row = ui.row({.width = ui::fill(), .gap = 8});
    show();
  } else {
    const auto column = ui.column({.width = ui::fill(), .gap = 6});
    show();
  }
}

// The cards lie below as things to choose; the rows of words above them, so that a row has one height across
// all.
void side_by_side(ui::Ui& ui, const app::CompareIdeasView& view, Commands& out) {
  const int count = static_cast<int>(view.ideas.size());
  const bool beside = count == 2 && !ui.narrow() && ui.width() >= 1100;
  const float gap = ui.narrow() ? 12.0F : 20.0F;
  const auto layers = ui.layer({.width = ui::fill(), .height = ui::fill()});
  {
    const auto group =
        ui.radio_group("ideas", "screen.compare.choose_one"_t, {.width = ui::fill(), .height = ui::fill()});
    const auto cards = ui.row({.width = ui::fill(), .height = ui::fill(), .gap = gap});
    for (const app::IdeaDetail& idea : view.ideas) {
      const bool chosen = idea.card.pathway == view.chosen;
      const auto card = ui.tile(idea.card.pathway,
                                {.name = ui::verbatim(idea.card.question),
                                 .hint = idea_meta(idea.card),
                                 .role = ui::Role::radio,
                                 .chosen = chosen,
                                 .radius = 16,
                                 .lift = chosen ? 1.3F : 0.9F},
                                {.width = ui::fill(), .height = ui::fill(), .pad = 0});
      if (card.pressed() && !chosen) out.push_back(app::PickIdea{idea.card.pathway});
      const auto top = ui.row({.width = ui::fill(), .pad = {0, 20, 20, 0}, .align = ui::Align::end});
      ui.canvas("marker", {}, {.width = ui::px(26), .height = ui::px(26)},
                [chosen](const ui::Painter& p, ui::Rect r) { draw_marker(p, r, chosen); });
    }
  }
  const auto words = ui.column({.width = ui::fill(), .height = ui::fill(), .pad = {0, 8, 0, 16}, .gap = 6});
  {
    const auto heads = ui.grid(count, {.width = ui::fill(), .gap = gap});
    for (const app::IdeaDetail& idea : view.ideas) {
      const auto cell = ui.column({.width = ui::fill(), .pad = {8, 0}});
      idea_head(ui, idea, idea.card.pathway == view.chosen, beside);
    }
  }
  for (const RowOf& row : kRows) {
    if (!any_words(view, row)) continue;
    const auto line = ui.grid(count, {.width = ui::fill(), .gap = gap});
    for (const app::IdeaDetail& idea : view.ideas) {
      const auto cell = ui.column({.width = ui::fill(), .pad = {24, 4, 24, 4}, .gap = 2});
      if (&row != &kRows[0]) {
        ui.rule();
        ui.space(6);
      }
      ui.text(ui::key(row.label), {.type = ui::Type::small_bold, .ink = ui::Ink::muted});
      ui.text(row.words(idea));
    }
  }
}

void single(ui::Ui& ui, const app::CompareIdeasView& view) {
  const app::IdeaDetail& idea = view.ideas.front();
  const auto card = ui.card("idea", {.width = ui::fill(), .pad = 8, .gap = 0});
  ui.scene(idea.card.emblem, idea.card.pathway,
           {.width = ui::fill(), .height = ui::px(ui.low() || ui.narrow() ? 96.0F : 150.0F)});
  const auto words = ui.column({.width = ui::fill(), .pad = {20, 18, 20, 16}, .gap = 6});
  ui.heading(1, ui::verbatim(idea.card.question));
  ui.text(idea_meta(idea.card), {.type = ui::Type::small, .ink = ui::Ink::muted});
  ui.space(8);
  const auto part = [&](const char* label, const ui::Text& text) {
    if (text.empty()) return;
    const auto cell = ui.column({.width = ui::fill(), .gap = 3});
    ui.heading(2, ui::key(label), {.type = ui::Type::small_bold, .ink = ui::Ink::muted});
    ui.text(text);
  };
  const auto columns = ui.grid(ui.narrow() ? 1 : 2, {.width = ui::fill(), .gap = 24});
  {
    const auto left = ui.column({.width = ui::fill(), .gap = 16});
    part("screen.compare.row.do", do_words(idea));
    if (!idea.why_it_matters.empty()) part("screen.compare.row.matters", matter_words(idea));
  }
  const auto right = ui.column({.width = ui::fill(), .gap = 16});
  part("screen.compare.row.fit", reasons_words(idea));
  if (!idea.learn.empty()) part("screen.compare.row.learn", learn_words(idea));
  if (!idea.good_to_know.empty()) part("screen.compare.row.know", costs_words(idea));
}

void choose_card(ui::Ui& ui, const app::CompareIdeasView& view, Locals& locals, Commands& out) {
  const app::IdeaDetail* idea = chosen_idea(view);
  if (idea == nullptr && view.ideas.size() == 1) idea = &view.ideas.front();
  const bool tight = ui.low() || ui.narrow();
  const auto card = ui.card("choose", {.width = ui::fill(),
                                       .pad = {tight ? 18.0F : 28.0F, tight ? 12.0F : 18.0F},
                                       .gap = tight ? 8.0F : 12.0F});
  if (idea == nullptr) {
    ui.text("screen.compare.pick_first"_t, {.ink = ui::Ink::muted});
    return;
  }
  const app::Product* product = nullptr;
  if (!idea->products.empty()) {
    const auto group = ui.radio_group("product", "screen.compare.product"_t, {.width = ui::fill()});
    const auto row = ui.row({.width = ui::fill(), .gap = 8, .cross = ui::Cross::center, .wrap = true});
    ui.text("screen.compare.product"_t, {.type = ui::Type::label, .width = ui::fit(), .spoken = false});
    for (const app::Product& p : idea->products) {
      const bool chosen = p.id == view.product;
      if (chosen) product = &p;
      if (ui.chip(p.id, {.text = ui::verbatim(p.title), .chosen = chosen, .radio = true}) && !chosen) {
        out.push_back(app::PickProduct{p.id});
      }
    }
  }
  if (product != nullptr && !product->detail.empty()) {
    ui.text(ui::verbatim(product->detail), {.type = ui::Type::small, .ink = ui::Ink::muted});
  }
  std::string why;
  {
    const auto row =
        ui.row({.width = ui::fill(), .gap = 20, .cross = ui::Cross::end, .wrap = ui.width() < 700});
    why = draft_field(ui, locals, "why",
                      {.label = "screen.compare.because"_t,
                       .placeholder = "screen.compare.because_like"_t,
                       .limit = 500,
                       .width = ui::fill(),
                       .first_focus = false},
                      kDraftPlace, view.why,
                      [](const app::Field& field) -> app::Command {
                        return app::SaveDraft{kDraftPlace, {{"why", field.text}}};
                      })
              .text;
    const bool has_words = why.find_first_not_of(" \n\t") != std::string::npos;
    const bool ready = has_words && (idea->products.empty() || product != nullptr);
    if (ui.button("choose", {.text = "screen.compare.choose"_t,
                             .look = ui::Look::pine,
                             .after = ui::Icon::arrow,
                             .enabled = ready,
                             .hint = ready ? ui::Text{} : "screen.compare.waits"_t})) {
      locals.drafts.renew(kDraftPlace);
      out.push_back(app::ChooseProject{idea->card.pathway, view.product, "", why});
    }
    if (ready) return;
  }
  ui.text(product == nullptr && !idea->products.empty() ? "screen.compare.waits_product"_t
                                                        : "screen.compare.waits"_t,
          {.type = ui::Type::small, .ink = ui::Ink::muted});
}

}  // namespace

void draw_compare_ideas(ui::Ui& ui, const app::CompareIdeasView& view, Locals& locals, Commands& out) {
  const bool roomy = !ui.narrow() && !ui.low() && view.ideas.size() < 3;
  const bool tight = ui.narrow() || ui.low();
  {
    const auto body = ui.body(page_box(ui, tight ? 12.0F : 16.0F));
    {
      const auto head = ui.row({.width = ui::fill(), .gap = 20, .cross = ui::Cross::center, .wrap = true});
      if (ui.link("back", "screen.compare.all_ideas"_t, ui::Icon::back))
        go(out, destination(app::Screen::ideas));
      if (view.ideas.size() > 1) {
        ui.heading(1, view.ideas.size() == 2 ? "screen.compare.two"_t : "screen.compare.three"_t,
                   {.width = ui::fit()});
      }
    }
    if (view.ideas.empty()) {
      ui.empty_state(ui::Icon::flag, "screen.compare.none"_t);
      return;
    }
    if (view.ideas.size() == 1) {
      single(ui, view);
    } else if (ui.width() < 700) {
      // One under the other: the rows cannot be read across anyway.
      const auto group =
          ui.radio_group("ideas", "screen.compare.choose_one"_t, {.width = ui::fill(), .gap = 12});
      for (const app::IdeaDetail& idea : view.ideas) {
        const bool chosen = idea.card.pathway == view.chosen;
        const auto card = ui.tile(idea.card.pathway,
                                  {.name = ui::verbatim(idea.card.question),
                                   .hint = idea_meta(idea.card),
                                   .role = ui::Role::radio,
                                   .chosen = chosen},
                                  {.width = ui::fill(), .pad = 12, .gap = 6});
        if (card.pressed() && !chosen) out.push_back(app::PickIdea{idea.card.pathway});
        idea_head(ui, idea, chosen, false);
        for (const RowOf& row : kRows) {
          if (row.words(idea).empty()) continue;
          ui.text(ui::key(row.label), {.type = ui::Type::small_bold, .ink = ui::Ink::muted});
          ui.text(row.words(idea));
        }
      }
    } else {
      side_by_side(ui, view, out);
    }
    if (!roomy) choose_card(ui, view, locals, out);
  }
  if (!roomy || view.ideas.empty()) return;
  // Where there is room the choice stays in sight.
  const auto foot = ui.column({.width = ui::fill(), .pad = {ui.side(), 0, ui.side(), 20}});
  choose_card(ui, view, locals, out);
}

}  // namespace waymark::screens
