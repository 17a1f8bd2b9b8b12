// Pieces that several screens are made of.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "client/screens/locals.hpp"
#include "client/ui/kit.hpp"

namespace waymark::screens {

using namespace ui::literals;

// A text field whose words are handed over by themselves (see Draft). `spec.text` is set here; `make` gets
// the words with the base they were written on.
inline ui::Edited draft_field(ui::Ui& ui, Locals& locals, std::string_view key, ui::Field spec,
                              const std::string& draft_key, const app::Field& field, MakeCommand make) {
  Draft& draft = locals.drafts.open(draft_key, field, std::move(make));
  spec.text = draft.text;
  ui::Edited edited = ui.field(key, spec);
  if (edited.changed) draft.text = edited.text;
  draft.edited(edited.changed, ui.has_focus(key), edited.left, locals.now_ms);
  return edited;
}

inline app::Destination destination(app::Screen screen) {
  app::Destination to;
  to.screen = screen;
  return to;
}

// A command that goes there.
inline app::Command go(app::Destination to) { return app::Go{std::move(to)}; }
inline app::Command go(app::Screen screen) { return app::Go{destination(screen)}; }

// A page's heading with a small remark beside it, and the way back where there is one.
void page_title(ui::Ui& ui, const Locals& locals, const ui::Text& title, const ui::Text& remark,
                Commands& out);

// On which computer a version was written, or by whom.
ui::Text written_where(const app::Version& version);
// The way to what stood there before; nothing where nothing did.
void earlier_link(ui::Ui& ui, const std::string& history, Commands& out);

// The days one may choose: school days of the next two weeks, today too where `from` is 0. `known` is any day
// of which it is known how far it is from today. The day chosen, as an ISO date.
std::optional<std::string> choose_day(ui::Ui& ui, std::string_view key, const ui::Text& name,
                                      const app::Day& known, std::string_view chosen, int from = 1);

}  // namespace waymark::screens
