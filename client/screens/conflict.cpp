// One text written in two places: the versions side by side, alike in size and look, with the words that
// differ marked. The student carries on with one or keeps both; the other stays in the history.
#include <algorithm>
#include <array>
#include <span>

#include "client/app/drawing.hpp"
#include "client/screens/drawing.hpp"
#include "client/screens/parts.hpp"
#include "client/screens/screens.hpp"
#include "client/ui/art.hpp"

namespace waymark::screens {
namespace {

constexpr std::array<std::string_view, 3> kWithHistory = {"goal/", "work/", "profile/"};

// The sign, and how it is called: a picture alone tells nothing to who cannot see it.
void mark_in_words(ui::Ui& ui, const app::Mark& mark) {
  const auto row = ui.row({.gap = 14, .cross = ui::Cross::center});
  ui.mark(mark, {}, 34);
  auto known = [](std::span<const std::string_view> all, const std::string& name) {
    return std::find(all.begin(), all.end(), name) != all.end();
  };
  if (!known(ui::mark_shapes(), mark.shape) || !known(ui::mark_colors(), mark.ink) ||
      !known(ui::mark_colors(), mark.disc))
    return;
  ui.text("screen.conflict.mark"_t.with("shape", ui.words(ui::key("screen.mark.shape." + mark.shape)))
              .with("ink", ui.words(ui::key("screen.mark.color." + mark.ink)))
              .with("disc", ui.words(ui::key("screen.mark.color." + mark.disc))));
}

void what_it_says(ui::Ui& ui, const app::Version& version) {
  const bool drawn = !version.drawing.empty(), marked = !version.mark.shape.empty();
  if (version.text.empty() && !version.says && version.more.empty() && version.picture.empty() && !drawn &&
      !marked) {
    ui.text("screen.conflict.empty"_t, {.ink = ui::Ink::muted});
    return;
  }
  if (!version.picture.empty())
    ui.image(version.picture, "screen.conflict.picture"_t,
             {.width = ui::fill(), .height = ui::px(ui.low() ? 120.0F : 240.0F)});
  if (drawn) {
    const float high = ui.low() ? 120.0F : 240.0F;
    ui.canvas("drawing", "screen.conflict.drawing"_t, {.width = ui::px(high * 4 / 3), .height = ui::px(high)},
              [strokes = app::read_drawing(version.drawing)](const ui::Painter& p, ui::Rect r) {
                draw_strokes(p, r, strokes);
              });
  }
  if (marked) mark_in_words(ui, version.mark);
  if (!version.text.empty()) ui.text(ui::runs(version.text));
  if (version.says) ui.text(version.says);
  for (const app::Phrase& each : version.more) ui.text(each);
}

void version_card(ui::Ui& ui, const app::ConflictView& view, const app::Version& version, Commands& out) {
  auto card = ui.card(version.op, {.width = ui::fill(),
                                   .height_min = ui.low() ? 220.0F : 300.0F,
                                   .pad = {ui.narrow() ? 20.0F : 28.0F, 24},
                                   .gap = 14});
  {
    auto top = ui.row({.gap = 16, .cross = ui::Cross::center});
    ui.disc(ui::Icon::screen, 44);
    auto words = ui.column({.width = ui::fill(), .gap = 1});
    ui.heading(3, written_where(version));
    // What an undo brings back is of this sitting.
    if (version.op != "undo")
      ui.text(ui::moment(version.at), {.type = ui::Type::small, .ink = ui::Ink::muted});
  }
  ui.rule();
  what_it_says(ui, version);
  ui.stretch();
  if (ui.button("carry_on",
                {.text = "screen.conflict.carry_on"_t, .after = ui::Icon::arrow, .width = ui::fill()})) {
    out.push_back(app::ResolveConflict{view.id, version.op, false});
  }
}

// Written, or chosen and drawn?
bool in_words(const app::ConflictView& view) {
  return std::all_of(view.versions.begin(), view.versions.end(), [](const app::Version& version) {
    return !version.says && version.more.empty() && version.picture.empty() && version.drawing.empty() &&
           version.mark.shape.empty();
  });
}

}  // namespace

void draw_conflict(ui::Ui& ui, const app::ConflictView& view, Locals& locals, Commands& out) {
  auto body = ui.body({.pad = {ui.side(), ui.narrow() || ui.low() ? 16.0F : 34.0F, ui.side(), 24},
                       .gap = 20,
                       .cross = ui::Cross::center});
  const float width = std::min(view.versions.size() > 2 ? 1200.0F : 1040.0F, ui.width() - 2 * ui.side());
  auto column = ui.column({.width = ui::px(width), .gap = ui.low() ? 14.0F : 20.0F});
  {
    auto head = ui.column({.gap = 6, .cross = ui::Cross::center});
    if (locals.can_go_back && ui.link("back", "screen.conflict.later"_t, ui::Icon::back))
      out.push_back(app::Back{});
    if (view.what && view.what_words.empty())
      ui.text(view.what, {.ink = ui::Ink::muted, .align = ui::Align::center});
    else if (view.what)
      ui.text("screen.conflict.what"_t.with("what", ui.words(view.what)).with("words", view.what_words),
              {.ink = ui::Ink::muted, .align = ui::Align::center});
    ui.heading(
        1,
        view.versions.empty() ? "screen.conflict.none"_t
        : view.from_undo      ? "screen.conflict.title_undo"_t
        : in_words(view)      ? "screen.conflict.title"_t
                              : "screen.conflict.title_changed"_t,
        {.type = ui.narrow() || ui.low() ? ui::Type::h1 : ui::Type::display, .align = ui::Align::center});
    if (!view.versions.empty()) ui.heading(2, "screen.conflict.which"_t, {.align = ui::Align::center});
    if (view.more > 0) {
      ui.text("screen.conflict.more"_t.counted(static_cast<std::int64_t>(view.more)),
              {.type = ui::Type::small, .ink = ui::Ink::muted, .align = ui::Align::center});
    }
  }
  if (view.versions.empty()) return;
  {
    auto grid = ui.grid(ui.narrow() ? 1 : static_cast<int>(std::min<std::size_t>(view.versions.size(), 3)),
                        {.gap = 20});
    for (const app::Version& version : view.versions) version_card(ui, view, version, out);
  }
  const bool two = view.versions.size() == 2;
  if (view.can_keep_both) {
    const ui::Text keep = two ? "screen.conflict.both"_t : "screen.conflict.all"_t;
    auto card = ui.card("both", {.pad = {ui.narrow() ? 20.0F : 28.0F, 18}, .gap = 0});
    auto row = ui.row({.gap = 20, .cross = ui::Cross::center});
    if (!ui.narrow()) ui.disc(ui::Icon::document, 40);
    {
      auto words = ui.column({.width = ui::fill(), .gap = 2});
      ui.heading(3, keep);
      ui.text(two ? "screen.conflict.both_detail"_t : "screen.conflict.all_detail"_t,
              {.type = ui::Type::small, .ink = ui::Ink::muted});
    }
    if (ui.button("keep_both", {.text = keep, .look = ui::Look::pine})) {
      out.push_back(app::ResolveConflict{view.id, view.versions.front().op, true});
    }
  }
  // Of these there is a page of earlier versions.
  const bool shown = std::any_of(std::begin(kWithHistory), std::end(kWithHistory),
                                 [&](std::string_view kind) { return view.id.starts_with(kind); });
  ui.text(!shown || !view.can_keep_both ? "screen.conflict.kept"_t
          : two                         ? "screen.conflict.history"_t
                                        : "screen.conflict.history_all"_t,
          {.type = ui::Type::small, .ink = ui::Ink::muted, .align = ui::Align::center});
}

}  // namespace waymark::screens
