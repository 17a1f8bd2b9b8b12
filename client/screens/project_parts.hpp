// Small pieces that the screens around a project share: words for work and reasons, discs and markers. They
// draw with the kit and keep nothing.
#pragma once

#include <string>
#include <string_view>

#include "client/app/commands.hpp"
#include "client/app/views.hpp"
#include "client/screens/locals.hpp"
#include "client/screens/parts.hpp"
#include "client/ui/kit.hpp"

namespace waymark::screens {

// What lies between the bar and the status line: the page's margins, tighter in small windows.
ui::Box page_box(const ui::Ui& ui, float gap);

// Is there room for a bar that stays above the status line? With very large text it would hide the page.
inline bool bar_stays(const ui::Ui& ui) { return ui.height() >= 460; }

void go(Commands& out, app::Destination to);

// "10 lessons · alone or in a team"
ui::Text idea_meta(const app::IdeaCard& card);
// Why an idea might fit, with its source.
ui::Text reason_words(const app::Reason& reason);

ui::Icon work_icon(app::WorkType type);
// "photo, November 18"; "shown in person"
ui::Text work_detail(const app::WorkPiece& piece);
ui::Text work_title(const app::WorkPiece& piece);
// A picture to show on its tile; empty: the icon.
std::string work_picture(const app::WorkPiece& piece);

// The disc at a card's corner: a plus, or a tick once chosen.
void draw_pick(const ui::Painter& p, ui::Rect r, bool chosen);
// The round marker of a choice that is a whole card.
void draw_marker(const ui::Painter& p, ui::Rect r, bool chosen);

// A quiet line with the lock: a draft is the student's alone.
void only_you(ui::Ui& ui, bool brief);

// Said where a text was written on two computers at once; leads to where both versions stand.
void two_places(ui::Ui& ui, Commands& out);

// A soft disc with the trail's flag.
void flag_disc(ui::Ui& ui, float size);

}  // namespace waymark::screens
