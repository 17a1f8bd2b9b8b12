// Choosing a file to add as work, from those that were saved lately: the window finds them, this offers them.
#include "client/screens/frame.hpp"

namespace waymark::screens {

void draw_file_choice(ui::Ui& ui, Locals& locals, Commands& out) {
  if (!locals.file_choice) return;
  const FileChoice& choice = *locals.file_choice;
  const bool photo = choice.wish.photo;
  const ui::Text title = photo ? "screen.files.photo"_t : "screen.files.file"_t;
  bool done = false;
  {
    auto sheet = ui.sheet("files", {.name = title, .width = 620});
    done = sheet.closed();
    ui.heading(2, title);
    if (choice.files.empty()) {
      ui.empty_state(ui::Icon::folder, "screen.files.none"_t, "screen.files.none_detail"_t);
    } else {
      ui.text("screen.files.detail"_t, {.ink = ui::Ink::muted});
      auto list = ui.scroll("list", {.height = ui::px(ui.low() ? 240.0F : 380.0F), .gap = 2});
      for (std::size_t i = 0; i < choice.files.size(); ++i) {
        const FoundFile& file = choice.files[i];
        const ui::Icon icon = file.picture ? ui::Icon::photo : ui::Icon::document;
        if (ui.note_row("file" + std::to_string(i), {.icon = icon,
                                                     .title = ui::verbatim(file.name),
                                                     .detail = ui::verbatim(file.folder),
                                                     .plain = true})) {
          out.push_back(app::AttachFile{choice.wish.project, choice.wish.step, file.path, {}, photo});
          done = true;
        }
      }
    }
    if (ui.link("not_now", "screen.goals.later"_t, ui::Icon::back)) done = true;
  }
  if (done) locals.file_choice.reset();
}

}  // namespace waymark::screens
