// A project: its trail on a map, and the step that is open. The step shows what to do in the form the student
// chose, what good looks like, the work gathered so far, and the ways on: I'm stuck, Check my work, Turn in.
// Work is opened and written in a sheet over the page; every text saves itself.
#include <algorithm>
#include <array>

#include "client/screens/drawing.hpp"
#include "client/screens/project_parts.hpp"
#include "client/screens/screens.hpp"
#include "client/screens/stuck.hpp"

namespace waymark::screens {

namespace {

constexpr const char* kPiece =
    "project.piece";  // the piece that is open, or "new:text", "new:link", "new:shown"
constexpr std::size_t kHiddenMax = 3;
constexpr const char* kAdd = "project.add";
constexpr const char* kStuck = "project.stuck";
constexpr const char* kTurnIn = "project.turn_in";
constexpr const char* kPlan = "project.plan";
constexpr const char* kDrawing = "project.drawing";
constexpr const char* kOwnQuestion = "project.own_question";
constexpr const char* kKnown = "project.known";        // ids that were there before a new piece was begun
constexpr const char* kClosed = "project.new_closed";  // its sheet was closed before the new piece was there
constexpr const char* kMore = "project.more";          // typed after the new piece was handed over

const app::WorkPiece* piece_named(const app::StepView& step, const std::string& id) {
  const auto it = std::find_if(step.work.begin(), step.work.end(),
                               [&](const app::WorkPiece& piece) { return piece.id == id; });
  return it == step.work.end() ? nullptr : &*it;
}

std::string ids_of(const app::StepView& step) {
  std::string ids;
  for (const app::WorkPiece& piece : step.work) ids += piece.id + ' ';
  return ids;
}

void begin_new(const app::StepView& step, const char* what, Locals& locals) {
  locals.word(kPiece) = what;
  locals.word(kKnown) = ids_of(step);
  locals.flag(kMore) = locals.flag(kClosed) = false;
  locals.flag(kAdd) = false;
}

// ---- the map, or the row of the trail

void question_lines(ui::Ui& ui, const app::ProjectView& view, Locals& locals) {
  const auto words = ui.column({.width = ui::fill(), .gap = 3});
  ui.text(ui::verbatim(view.title), {.type = ui::Type::small_bold, .ink = ui::Ink::muted});
  const auto row = ui.row({.width = ui::fill(), .gap = 6, .cross = ui::Cross::center});
  const bool own = !view.own_question.text.empty();
  ui.heading(2, ui::verbatim(own ? view.own_question.text : view.question), {.width = ui::fill()});
  bool& open = locals.flag(kOwnQuestion);
  if (ui.icon_button("own_question", {.icon = ui::Icon::pencil,
                                      .name = "screen.project.own_question"_t,
                                      .ink = ui::Ink::pine,
                                      .size = 36})) {
    open = !open;
  }
}

void own_question(ui::Ui& ui, const app::ProjectView& view, Locals& locals) {
  bool& open = locals.flag(kOwnQuestion);
  if (!open) return;
  const std::string project = view.id;
  const auto part = ui.column({.width = ui::fill(), .gap = 8});
  const ui::Edited edited = draft_field(
      ui, locals, "own_question_text",
      {.label = "screen.project.own_question_label"_t,
       .lines_min = 2,
       .lines_max = 4,
       .limit = 300,
       .hint = "screen.project.own_question_hint"_t.with("question", view.question),
       .first_focus = true},
      "own_question." + project, view.own_question, [project](const app::Field& field) -> app::Command {
        return app::SetOwnQuestion{project, field};
      });
  if (ui.link("own_question_close", "screen.work.close"_t) || edited.submitted) open = false;
}

void other_projects(ui::Ui& ui, const app::ProjectView& view, Commands& out) {
  if (view.projects.size() < 2) return;
  const auto list = ui.region("projects", "screen.project.others"_t, {.width = ui::fill()});
  const auto column = ui.column({.width = ui::fill(), .gap = 2});
  for (const auto& [id, question] : view.projects) {
    if (id == view.id) continue;
    if (ui.link(id, ui::verbatim(question), ui::Icon::none, ui::Icon::arrow)) {
      app::Destination to = destination(app::Screen::project);
      to.project = id;
      go(out, to);
    }
  }
}

void trail(ui::Ui& ui, const app::ProjectView& view, bool climbing, ui::Box box, Locals& locals,
           Commands& out) {
  const auto pressed = ui.trail("trail", "screen.project.trail"_t, view.trail, climbing, box);
  if (!pressed || *pressed == view.step.id) return;
  locals.flag(kStuck) = false;
  app::Destination to = destination(app::Screen::project);
  to.project = view.id;
  to.step = *pressed;
  go(out, to);
}

void map_card(ui::Ui& ui, const app::ProjectView& view, Locals& locals, Commands& out) {
  const auto card =
      ui.card("map", {.width = ui::px(398), .height = ui::fill(), .pad = {26, 20, 22, 0}, .gap = 6});
  ui.contours_behind(view.trail.seed, 66, 60);
  question_lines(ui, view, locals);
  own_question(ui, view, locals);
  other_projects(ui, view, out);
  trail(ui, view, true, {.width = ui::fill(), .height = ui::fill(), .height_min = 300}, locals, out);
}

void trail_card(ui::Ui& ui, const app::ProjectView& view, Locals& locals, Commands& out) {
  const auto card = ui.card("map", {.width = ui::fill(), .pad = {18, 12, 18, 6}, .gap = 4});
  ui.contours_behind(view.trail.seed, 40, 46);
  question_lines(ui, view, locals);
  own_question(ui, view, locals);
  other_projects(ui, view, out);
  if (ui.width() >= 700) {
    trail(ui, view, false, {.width = ui::fill(), .height = ui::px(ui.narrow() ? 132.0F : 124.0F)}, locals,
          out);
    return;
  }
  // Too narrow for a row: the map of the climb, folded away while it is not asked for.
  bool& map = locals.flag("project.map");
  if (ui.link("map", "screen.project.trail"_t, ui::Icon::none,
              map ? ui::Icon::chevron_down : ui::Icon::chevron)) {
    map = !map;
  }
  if (!map) return;
  const float high = 90.0F * static_cast<float>(std::max<std::size_t>(3, view.trail.steps.size()));
  trail(ui, view, true, {.width = ui::fill(), .height = ui::px(high)}, locals, out);
}

// ---- the step

void state_lines(ui::Ui& ui, const app::ProjectView& view, Commands& out) {
  const app::StepView& step = view.step;
  if (!step.answer.empty()) {
    const bool another = step.state == app::StepState::another_look;
    if (ui.note_row(
            "answer",
            {.icon = ui::Icon::message,
             .title = step.answer_unread ? "screen.step.answer_new"_t : "screen.step.answer"_t,
             .detail = another ? "screen.step.answer_another_look"_t : "screen.step.answer_ready"_t})) {
      app::Destination to = destination(app::Screen::answer);
      to.project = view.id;
      to.step = step.id;
      to.record = step.answer;
      go(out, to);
    }
    return;
  }
  if (step.state != app::StepState::turned_in) return;
  ui.banner("turned_in", {.text = "screen.step.turned_in"_t.with("when", step.turned_in_at.day),
                          .detail = step.turned_in_sent ? "screen.step.turned_in_at_school"_t
                                                        : "screen.step.turned_in_waits"_t,
                          .icon = ui::Icon::send});
}

struct Fold {
  const char* key;
  const char* word;
  const std::string* text;
  bool opens;  // from the start
};

void folds(ui::Ui& ui, const app::StepView& step, Locals& locals) {
  const std::array<Fold, 3> all = {
      Fold{"good", "screen.step.good", &step.what_good_looks_like, step.state == app::StepState::todo},
      Fold{"gentler", "screen.step.gentler", &step.gentler, false},
      Fold{"stretch", "screen.step.stretch", &step.stretch, false}};
  {
    const auto row = ui.row({.width = ui::fill(), .gap = 20, .cross = ui::Cross::center, .wrap = true});
    for (const Fold& fold : all) {
      if (fold.text->empty()) continue;
      bool& turned = locals.flag("fold." + step.id + fold.key);
      const bool open = turned != fold.opens;
      if (ui.link(fold.key, ui::key(fold.word), ui::Icon::none,
                  open ? ui::Icon::chevron_down : ui::Icon::chevron)) {
        turned = !turned;
      }
    }
  }
  for (const Fold& fold : all) {
    if (fold.text->empty() || locals.flag("fold." + step.id + fold.key) == fold.opens) continue;
    const auto box = ui.soft({.width = ui::fill(), .pad = {18, 12}, .gap = 3});
    ui.text(ui::key(fold.word), {.type = ui::Type::small_bold, .ink = ui::Ink::pine_deep});
    ui.text(ui::verbatim(*fold.text));
  }
}

void example_form(ui::Ui& ui, const app::ExampleForm& example) {
  const auto part = ui.region("example", "screen.form.example"_t, {.width = ui::fill()});
  const auto column = ui.column({.width = ui::fill(), .gap = 14});
  {
    const auto well = ui.well({.width = ui::fill(), .pad = {20, 16}, .gap = 8});
    ui.text("screen.step.example_work"_t, {.type = ui::Type::small_bold, .ink = ui::Ink::muted});
    ui.text(ui::verbatim(example.work));
  }
  if (example.thinking.empty()) return;
  ui.heading(3, "screen.step.example_thinking"_t);
  int number = 0;
  for (const std::string& thought : example.thinking) {
    const auto keyed = ui.keyed("thought_" + std::to_string(number++));
    const auto row = ui.row({.width = ui::fill(), .gap = 14});
    ui.canvas("bar", {}, {.width = ui::px(3), .height = ui::fill()},
              [](const ui::Painter& p, ui::Rect r) { p.rect(r, p.t.pine, 1.5F); });
    ui.text(ui::verbatim(thought), {.width = ui::fill()});
  }
}

void guided_form(ui::Ui& ui, const app::ProjectView& view, Locals& locals, Commands& out) {
  const app::StepView& step = view.step;
  const auto part = ui.region("guided", "screen.form.step_by_step"_t, {.width = ui::fill()});
  const auto column = ui.column({.width = ui::fill(), .gap = 10});
  if (!step.guided.intro.empty()) ui.text(ui::verbatim(step.guided.intro), {.ink = ui::Ink::muted});
  {
    const auto items = ui.region("items", "screen.step.checklist"_t, {.width = ui::fill()});
    const auto list = ui.column({.width = ui::fill(), .gap = 2});
    for (const app::Item& item : step.guided.items) {
      if (ui.check(item.id, {.text = ui::verbatim(item.text), .checked = item.done, .next = item.next})) {
        out.push_back(app::TickItem{view.id, step.id, item.id, !item.done});
      }
    }
  }
  if (step.guided.starters.empty()) return;
  bool& open = locals.flag("fold." + step.id + ".starters");
  if (ui.link("starters", "screen.step.starters"_t, ui::Icon::none,
              open ? ui::Icon::chevron_down : ui::Icon::chevron)) {
    open = !open;
  }
  if (!open) return;
  const auto well = ui.well({.width = ui::fill(), .pad = {18, 12}, .gap = 6});
  for (const std::string& starter : step.guided.starters) ui.text(ui::quoted(starter));
}

void forms(ui::Ui& ui, const app::ProjectView& view, Locals& locals, Commands& out) {
  const app::StepView& step = view.step;
  if (step.forms.size() > 1) {
    std::vector<ui::Option> options;
    for (const app::Form form : step.forms) {
      if (form == app::Form::example) options.push_back({"example", "screen.form.example"_t});
      if (form == app::Form::step_by_step) options.push_back({"step_by_step", "screen.form.step_by_step"_t});
      if (form == app::Form::on_my_own) options.push_back({"on_my_own", "screen.form.on_my_own"_t});
    }
    const char* chosen = step.open == app::Form::example     ? "example"
                         : step.open == app::Form::on_my_own ? "on_my_own"
                                                             : "step_by_step";
    if (const auto pressed = ui.tabs("forms", "screen.step.forms"_t, options, chosen)) {
      const app::Form form = *pressed == "example"     ? app::Form::example
                             : *pressed == "on_my_own" ? app::Form::on_my_own
                                                       : app::Form::step_by_step;
      if (form != step.open) out.push_back(app::OpenForm{view.id, step.id, form});
    }
  }
  switch (step.open) {
    case app::Form::example:
      example_form(ui, step.example);
      break;
    case app::Form::step_by_step:
      guided_form(ui, view, locals, out);
      break;
    case app::Form::on_my_own: {
      const auto well = ui.well({.width = ui::fill(), .pad = {20, 16}});
      ui.text(ui::verbatim(step.on_my_own));
      break;
    }
  }
}

// ---- my work

void add_panel(ui::Ui& ui, const app::ProjectView& view, Locals& locals, Commands&) {
  const app::StepView& step = view.step;
  const auto panel = ui.soft({.width = ui::fill(), .pad = {18, 14}, .gap = 10});
  const auto region = ui.region("add", "screen.work.add"_t, {.width = ui::fill()});
  const auto column = ui.column({.width = ui::fill(), .gap = 10});
  {
    const auto row = ui.row({.width = ui::fill(), .gap = 8, .cross = ui::Cross::center, .wrap = true});
    if (ui.button("text", {.text = "screen.work.add_text"_t, .icon = ui::Icon::pencil}))
      begin_new(step, "new:text", locals);
    if (ui.button("photo", {.text = "screen.work.add_photo"_t, .icon = ui::Icon::photo})) {
      locals.file_wish = FileWish{view.id, step.id, true};
      locals.flag(kAdd) = false;
    }
    if (ui.button("drawing", {.text = "screen.work.add_drawing"_t, .icon = ui::Icon::drawing})) {
      locals.flag(kDrawing) = true;
      locals.flag(kAdd) = false;
    }
    if (ui.button("file", {.text = "screen.work.add_file"_t, .icon = ui::Icon::document})) {
      locals.file_wish = FileWish{view.id, step.id, false};
      locals.flag(kAdd) = false;
    }
    if (ui.button("link", {.text = "screen.work.add_link"_t, .icon = ui::Icon::link}))
      begin_new(step, "new:link", locals);
    if (ui.button("shown", {.text = "screen.work.add_shown"_t, .icon = ui::Icon::hand})) {
      begin_new(step, "new:shown", locals);
    }
    if (ui.link("close", "screen.work.close"_t)) locals.flag(kAdd) = false;
  }
  if (step.work_ideas.empty()) return;
  ui.text("screen.work.ideas"_t, {.type = ui::Type::small_bold, .ink = ui::Ink::muted});
  for (const std::string& idea : step.work_ideas) ui.text(ui::verbatim(idea), {.type = ui::Type::small});
}

void my_work(ui::Ui& ui, const app::ProjectView& view, float room, Locals& locals, Commands& out) {
  const app::StepView& step = view.step;
  ui.heading(3, "screen.work.title"_t);
  bool& adding = locals.flag(kAdd);
  if (adding) add_panel(ui, view, locals, out);
  const int columns = std::max(2, static_cast<int>((room + 14) / 172));
  const auto tiles = ui.grid(columns, {.width = ui::fill(), .gap = 14});
  for (const app::WorkPiece& piece : step.work) {
    if (ui.work_tile(piece.id, {.title = work_title(piece),
                                .detail = work_detail(piece),
                                .picture = work_picture(piece),
                                .icon = work_icon(piece.type),
                                .picture_height = 74})) {
      locals.word(kPiece) = piece.id;
    }
  }
  if (ui.add_tile("add_work", "screen.work.add"_t,
                  {.width = ui::fill(), .height = ui::fill(), .height_min = 96})) {
    adding = !adding;
    if (adding) ui.focus("add/text");
  }
}

// ---- a piece of work, open

void piece_foot(ui::Ui& ui, const app::WorkPiece* piece, Locals& locals, Commands& out) {
  ui.space(4);
  const auto row = ui.row({.width = ui::fill(), .gap = 12, .cross = ui::Cross::center, .wrap = true});
  if (piece != nullptr) earlier_link(ui, piece->earlier, out);
  if (piece != nullptr && ui.link("delete", "screen.work.delete"_t, ui::Icon::trash)) {
    out.push_back(app::DeleteWork{piece->id});
    locals.word(kPiece).clear();
  }
  ui.stretch();
  if (ui.button("done", {.text = "screen.work.done"_t, .look = ui::Look::pine})) {
    locals.flag(kClosed) = piece == nullptr;
    locals.word(kPiece).clear();
  }
}

app::WorkType type_of(const std::string& open) {
  return open == "new:link" ? app::WorkType::link : app::WorkType::text;
}

ui::Field writing(app::WorkType type) {
  ui::Field field;
  field.limit = 20'000;
  if (type == app::WorkType::link) {
    field.label = "screen.work.address"_t;
    field.placeholder = "screen.work.address_like"_t;
    field.limit = 2'000;
    field.icon = ui::Icon::link;
  } else {
    field.label = "screen.work.text"_t;
    field.placeholder = "screen.work.text_like"_t;
    field.lines_min = 8;
    field.lines_max = 14;
  }
  field.first_focus = true;
  return field;
}

// A piece that is not there yet: the first words make it, from then on it is edited as itself.
void new_writing(ui::Ui& ui, const app::ProjectView& view, app::WorkType type, Locals& locals) {
  const std::string project = view.id, step = view.step.id;
  const std::string name = "work.new." + step;
  const auto make = [project, step, type](const app::Field& field) -> app::Command {
    return app::WriteWork{project, step, "", type, {}, field};
  };
  Draft& draft = locals.drafts.open(name, {}, make);
  ui::Field spec = writing(type);
  spec.text = draft.text;
  const bool handed = !draft.text.empty() && !draft.unsaved();
  const ui::Edited edited = ui.field("text", spec);
  if (edited.changed) draft.text = edited.text;
  if (handed) {
    // It waits for its id: what is typed now follows as soon as it has one, instead of making a second piece.
    locals.flag(kMore) = locals.flag(kMore) || edited.changed;
  } else {
    draft.edited(edited.changed, ui.has_focus("text"), edited.left, locals.now_ms);
  }
}

// Has the piece arrived that was begun?
void adopt_new(const app::ProjectView& view, app::WorkType type, Locals& locals) {
  const std::string known = locals.word(kKnown);
  for (const app::WorkPiece& piece : view.step.work) {
    if (piece.type != type || known.find(piece.id) != std::string::npos) continue;
    const std::string project = view.id, step = view.step.id, id = piece.id;
    Draft& old = locals.drafts.open("work.new." + step, {},
                                    [](const app::Field&) -> app::Command { return app::Back{}; });
    const std::string typed = old.text;
    const bool more = locals.flag(kMore) || old.unsaved();
    const app::Field title = piece.title;
    Draft& draft =
        locals.drafts.open("work.text." + id, piece.text,
                           [project, step, id, type, title](const app::Field& field) -> app::Command {
                             return app::WriteWork{project, step, id, type, title, field};
                           });
    if (more && draft.text != typed) {
      draft.text = typed;
      draft.edited(true, true, false, locals.now_ms);
    }
    locals.word(kPiece) = id;
    return;
  }
}

void title_field(ui::Ui& ui, const app::WorkPiece& piece, Locals& locals) {
  const std::string id = piece.id;
  draft_field(ui, locals, "title",
              {.label = "screen.work.name"_t, .placeholder = "screen.work.name_like"_t, .limit = 120},
              "work.title." + id, piece.title, [id](const app::Field& field) -> app::Command {
                return app::RenameWork{id, field};
              });
}

void open_piece(ui::Ui& ui, const app::ProjectView& view, const app::WorkPiece& piece, Locals& locals) {
  const std::string project = view.id, step = view.step.id, id = piece.id;
  const app::WorkType type = piece.type;
  if (piece.hidden) ui.banner("hidden", {.text = piece.hidden, .icon = ui::Icon::lock, .soft = false});
  if (type == app::WorkType::text || type == app::WorkType::link) {
    title_field(ui, piece, locals);
    app::Field title = piece.title;
    // Handed over before the name ("text" before "title"), so that it never carries an old name after a new
    // one.
    draft_field(ui, locals, "text", writing(type), "work.text." + id, piece.text,
                [project, step, id, type, title](const app::Field& field) -> app::Command {
                  return app::WriteWork{project, step, id, type, title, field};
                });
    return;
  }
  if (type == app::WorkType::shown_in_person) {
    title_field(ui, piece, locals);
    ui.banner("shown", {.text = piece.confirmed ? "screen.work.confirmed"_t.with("who", piece.confirmed_by)
                                                : "screen.work.waits_for_confirmation"_t,
                        .icon = piece.confirmed ? ui::Icon::check : ui::Icon::hand,
                        .soft = piece.confirmed});
    return;
  }
  if (type == app::WorkType::photo || !piece.thumbnail.empty()) {
    const std::string& path = piece.path.empty() ? piece.thumbnail : piece.path;
    if (!path.empty()) {
      ui.image(path, work_title(piece), {.width = ui::fill(), .height = ui::px(ui.low() ? 190.0F : 320.0F)});
    }
  }
  title_field(ui, piece, locals);
  ui.text(ui::verbatim(piece.name + (piece.name.empty() ? "" : "  ·  ")) +
              "screen.work.size"_t.with("kilobytes", std::max<std::int64_t>(1, (piece.bytes + 500) / 1000)),
          {.type = ui::Type::small, .ink = ui::Ink::muted});
  if (piece.path.empty()) {
    ui.banner("elsewhere", {.text = "screen.work.elsewhere"_t, .icon = ui::Icon::clock, .soft = false});
  }
}

void new_shown(ui::Ui& ui, const app::ProjectView& view, Locals& locals, Commands& out) {
  std::string& title = locals.word("project.shown." + view.step.id);
  const ui::Edited edited = ui.field("title", {.label = "screen.work.shown_what"_t,
                                               .placeholder = "screen.work.shown_like"_t,
                                               .text = title,
                                               .limit = 120,
                                               .hint = "screen.work.shown_hint"_t,
                                               .first_focus = true});
  if (edited.changed) title = edited.text;
  const bool ready = title.find_first_not_of(" \t") != std::string::npos;
  const auto row = ui.row({.width = ui::fill(), .gap = 12, .cross = ui::Cross::center});
  ui.stretch();
  if (ui.button("add", {.text = "screen.work.shown_add"_t,
                        .look = ui::Look::pine,
                        .enabled = ready,
                        .hint = ready ? ui::Text{} : "screen.work.shown_waits"_t}) ||
      (edited.submitted && ready)) {
    out.push_back(app::ShowInPerson{view.id, view.step.id, title});
    title.clear();
    locals.flag(kClosed) = true;
    locals.word(kPiece).clear();
  }
}

void piece_sheet(ui::Ui& ui, const app::ProjectView& view, Locals& locals, Commands& out) {
  if (locals.word(kPiece) == "new:text" || locals.word(kPiece) == "new:link") {
    adopt_new(view, type_of(locals.word(kPiece)), locals);
  }
  const std::string open = locals.word(kPiece);
  if (open.empty()) return;
  const bool is_new = open.rfind("new:", 0) == 0;
  const app::WorkPiece* piece = piece_named(view.step, open);
  if (!is_new && piece == nullptr) {
    locals.word(kPiece).clear();
    return;
  }
  const ui::Text name = open == "new:shown"  ? "screen.work.add_shown"_t
                        : open == "new:link" ? "screen.work.add_link"_t
                        : open == "new:text" ? "screen.work.add_text"_t
                                             : work_title(*piece);
  const auto sheet = ui.sheet("piece", {.name = name, .width = 680});
  if (sheet.closed()) {
    locals.flag(kClosed) = is_new;
    locals.word(kPiece).clear();
  }
  ui.heading(2, name, {.type = ui::Type::h1});
  if (open == "new:shown") {
    new_shown(ui, view, locals, out);
    return;
  }
  if (is_new) {
    new_writing(ui, view, type_of(open), locals);
  } else {
    open_piece(ui, view, *piece, locals);
  }
  piece_foot(ui, piece, locals, out);
}

// ---- turning in a step that has nothing to check

void turn_in_sheet(ui::Ui& ui, const app::ProjectView& view, Locals& locals, Commands& out) {
  bool& open = locals.flag(kTurnIn);
  if (!open) return;
  const app::StepView& step = view.step;
  const std::string place = "turn_in." + step.id;
  const auto sheet = ui.sheet("turn_in_sheet", {.name = "screen.step.turn_in"_t, .width = 560});
  if (sheet.closed()) open = false;
  ui.heading(2, "screen.step.turn_in_title"_t.with("step", step.title), {.type = ui::Type::h1});
  const ui::Edited note =
      draft_field(ui, locals, "note",
                  {.label = "screen.step.turn_in_note"_t,
                   .placeholder = "screen.step.turn_in_note_like"_t,
                   .lines_min = 3,
                   .lines_max = 5,
                   .limit = 1'000,
                   .first_focus = true},
                  place, {step.turn_in_note, {}}, [place](const app::Field& field) -> app::Command {
                    return app::SaveDraft{place, {{"note", field.text}}};
                  });
  ui.text("screen.step.turn_in_next"_t,
          {.type = ui::Type::small, .ink = ui::Ink::muted, .icon = ui::Icon::send});
  const auto row = ui.row({.width = ui::fill(), .gap = 12, .cross = ui::Cross::center});
  if (ui.link("not_yet", "screen.step.turn_in_not_yet"_t)) open = false;
  ui.stretch();
  if (ui.button("turn_in_now",
                {.text = "screen.step.turn_in"_t, .look = ui::Look::pine, .icon = ui::Icon::send})) {
    locals.drafts.renew(place);
    out.push_back(app::TurnIn{view.id, step.id, note.text});
    out.push_back(app::DropDraft{place});
    open = false;
  }
}

// ---- the step's card

// When the student means to do this step: a day one can set, move and take back.
bool can_be_planned(const app::StepView& step) {
  return step.state != app::StepState::turned_in && step.state != app::StepState::ready;
}

void plan_button(ui::Ui& ui, const app::StepView& step, Locals& locals) {
  if (!can_be_planned(step)) return;
  bool& open = locals.flag(kPlan);
  if (ui.button("plan", {.text = step.planned ? "screen.step.planned"_t.with("day", step.planned)
                                              : "screen.step.plan"_t,
                         .look = ui::Look::link,
                         .icon = ui::Icon::calendar,
                         .small = true})) {
    open = !open;
  }
}

void plan_choice(ui::Ui& ui, const app::ProjectView& view, Locals& locals, Commands& out) {
  const app::StepView& step = view.step;
  bool& open = locals.flag(kPlan);
  if (!open || !can_be_planned(step) || !view.today) return;
  const auto panel = ui.soft({.width = ui::fill(), .pad = {18, 14}, .gap = 10});
  ui.text("screen.step.plan_which"_t, {.type = ui::Type::label});
  std::optional<std::string> day =
      choose_day(ui, "days", "screen.step.plan_which"_t, view.today, step.planned.iso, 0);
  const auto row = ui.row({.width = ui::fill(), .gap = 20, .cross = ui::Cross::center, .wrap = true});
  if (step.planned && ui.link("no_day", "screen.step.plan_none"_t)) day = "";
  if (ui.link("plan_close", "screen.work.close"_t)) open = false;
  if (!day) return;
  if (*day != step.planned.iso) out.push_back(app::PlanStep{view.id, step.id, *day});
  open = false;
}

// The times it was turned in, side by side: what I chose each time, and what came of it.
void tries(ui::Ui& ui, const app::ProjectView& view, Locals& locals, Commands& out) {
  const app::StepView& step = view.step;
  const bool compared = std::any_of(step.tries.begin(), step.tries.end(),
                                    [](const app::TryView& one) { return !one.lines.empty(); });
  if (step.tries.size() < 2 || !compared) return;
  bool& open = locals.flag("fold." + step.id + ".tries");
  if (ui.link("tries", "screen.step.tries"_t.counted(static_cast<std::int64_t>(step.tries.size())),
              ui::Icon::none, open ? ui::Icon::chevron_down : ui::Icon::chevron)) {
    open = !open;
  }
  if (!open) return;
  const auto region = ui.region("all_tries", "screen.step.tries_name"_t, {.width = ui::fill()});
  const int columns = ui.width() < 700 ? 1 : std::min<int>(3, static_cast<int>(step.tries.size()));
  const auto grid = ui.grid(columns, {.width = ui::fill(), .gap = 14});
  for (const app::TryView& one : step.tries) {
    const auto keyed = ui.keyed("try" + std::to_string(one.number));
    const auto well = ui.well({.width = ui::fill(), .height = ui::fill(), .pad = {18, 14}, .gap = 8});
    ui.text("screen.step.try"_t.with("number", static_cast<std::int64_t>(one.number)).with("day", one.at.day),
            {.type = ui::Type::small_bold, .ink = ui::Ink::muted});
    for (const app::TryLine& line : one.lines) {
      const auto row = ui.row({.width = ui::fill(), .gap = 10, .cross = ui::Cross::center});
      ui.level_stones(line.level, line.level > 0, 11);
      const auto words = ui.column({.width = ui::fill(), .gap = 0});
      ui.text(ui::verbatim(line.criterion), {.type = ui::Type::small, .ink = ui::Ink::muted});
      ui.text(line.level > 0 ? ui::verbatim(line.level_name) : "screen.finish.not_chosen"_t,
              {.type = ui::Type::label});
    }
    ui.stretch();
    if (one.answer.empty()) continue;
    if (ui.link("answer", one.ready ? "screen.step.try_ready"_t : "screen.step.try_another_look"_t,
                ui::Icon::message)) {
      app::Destination to = destination(app::Screen::answer);
      to.project = view.id;
      to.step = step.id;
      to.record = one.answer;
      go(out, to);
    }
  }
}

void step_content(ui::Ui& ui, const app::ProjectView& view, float room, Locals& locals, Commands& out) {
  const app::StepView& step = view.step;
  {
    const auto head =
        ui.row({.width = ui::fill(), .gap = 16, .cross = ui::Cross::center, .wrap = ui.width() < 700});
    ui.heading(1, ui::verbatim(step.title), {.width = ui::fill()});
    plan_button(ui, step, locals);
  }
  plan_choice(ui, view, locals, out);
  if (!step.purpose.empty()) ui.text(ui::verbatim(step.purpose), {.ink = ui::Ink::muted});
  if (view.conflict) two_places(ui, out);
  for (std::size_t i = 0; i < view.hidden.size() && i < kHiddenMax; i++)
    ui.banner("hidden" + std::to_string(i), {.text = view.hidden[i], .icon = ui::Icon::lock, .soft = false});
  state_lines(ui, view, out);
  tries(ui, view, locals, out);
  folds(ui, step, locals);
  forms(ui, view, locals, out);
  ui.space(2);
  ui.rule();
  my_work(ui, view, room, locals, out);
}

void step_foot(ui::Ui& ui, const app::ProjectView& view, Locals& locals, Commands& out) {
  const app::StepView& step = view.step;
  const auto row = ui.row({.width = ui::fill(), .gap = 12, .cross = ui::Cross::center, .wrap = true});
  if (ui.button("stuck", {.text = "screen.stuck.open"_t, .icon = ui::Icon::ring})) {
    locals.flag(kStuck) = true;
    ui.focus("ways");
  }
  ui.stretch();
  if (step.has_check) {
    app::Destination finish = destination(app::Screen::finish);
    finish.project = view.id;
    finish.step = step.id;
    if (!step.check_done) {
      if (ui.button("check", {.text = step.check_begun ? "screen.step.check_go_on"_t : "screen.step.check"_t,
                              .look = ui::Look::pine,
                              .after = ui::Icon::arrow})) {
        go(out, step.check);
      }
    } else {
      if (!step.can_turn_in && step.turn_in_waits_for) {
        ui.text(step.turn_in_waits_for,
                {.type = ui::Type::small, .ink = ui::Ink::muted, .width = ui::fit(), .width_max = 300});
      }
      if (ui.button("check", {.text = "screen.step.check_again"_t})) go(out, step.check);
      if (step.can_turn_in &&
          ui.button("turn_in",
                    {.text = "screen.step.turn_in"_t, .look = ui::Look::pine, .icon = ui::Icon::send})) {
        go(out, finish);
      }
    }
    return;
  }
  if (step.state == app::StepState::ready || step.state == app::StepState::turned_in) return;
  if (!step.can_turn_in && step.turn_in_waits_for) {
    ui.text(step.turn_in_waits_for,
            {.type = ui::Type::small, .ink = ui::Ink::muted, .width = ui::fit(), .width_max = 300});
  }
  if (ui.button("turn_in",
                {.text = "screen.step.turn_in"_t,
                 .look = ui::Look::pine,
                 .icon = ui::Icon::send,
                 .enabled = step.can_turn_in,
                 .hint = step.turn_in_waits_for ? ui::Text(step.turn_in_waits_for) : ui::Text{}})) {
    locals.flag(kTurnIn) = true;
  }
}

// What a link from elsewhere opens and where it puts the focus.
void arrive(ui::Ui& ui, const app::ProjectView& view, Locals& locals) {
  if (!locals.arrived) return;
  locals.flag(kStuck) = locals.flag(kAdd) = locals.flag(kTurnIn) = locals.flag(kOwnQuestion) =
      locals.flag(kPlan) = false;
  const std::string open = locals.word(kPiece);
  if (open == "new:text" || open == "new:link") adopt_new(view, type_of(open), locals);
  locals.word(kPiece).clear();
  switch (locals.here.focus) {
    case app::Focus::item:
      ui.focus("items/" + locals.here.part);
      break;
    case app::Focus::work:
      // A new piece whose sheet is closed already stays closed.
      if (piece_named(view.step, locals.here.record) != nullptr && !locals.flag(kClosed)) {
        locals.word(kPiece) = locals.here.record;
      }
      locals.flag(kClosed) = false;
      break;
    case app::Focus::add_work:
      locals.flag(kAdd) = true;
      ui.focus("add/text");
      break;
    case app::Focus::form:
      ui.focus("forms/" + locals.here.part);
      break;
    case app::Focus::stuck:
      locals.flag(kStuck) = true;
      break;
    case app::Focus::turn_in:
      ui.focus("turn_in");
      break;
    default:
      break;
  }
}

void nothing_yet(ui::Ui& ui, Commands& out) {
  const auto body = ui.body(page_box(ui, 20));
  ui.heading(1, "screen.project.title"_t);
  ui.empty_state(ui::Icon::flag, "screen.project.none"_t, "screen.project.none_detail"_t);
  const auto row = ui.row({.width = ui::fill(), .align = ui::Align::center});
  if (ui.button("ideas", {.text = "screen.project.see_ideas"_t,
                          .look = ui::Look::trail,
                          .after = ui::Icon::arrow,
                          .big = true})) {
    go(out, destination(app::Screen::ideas));
  }
}

}  // namespace

void draw_project(ui::Ui& ui, const app::ProjectView& view, Locals& locals, Commands& out) {
  if (view.none) {
    nothing_yet(ui, out);
    return;
  }
  arrive(ui, view, locals);
  bool& stuck = locals.flag(kStuck);
  if (!ui.narrow() && !ui.low()) {
    const auto body = ui.body(page_box(ui, 0.0F));
    const auto row = ui.row({.width = ui::fill(), .height = ui::fill(), .gap = 22});
    map_card(ui, view, locals, out);
    const auto card = ui.card("step", {.width = ui::fill(), .height = ui::fill(), .pad = 0, .gap = 0});
    if (stuck) {
      stuck = draw_stuck(ui, view, locals, out);
    } else {
      {
        const auto content = ui.scroll(
            "content", {.width = ui::fill(), .height = ui::fill(), .pad = {30, 24, 30, 18}, .gap = 14});
        step_content(ui, view, ui.width() - 2 * ui.side() - 398 - 22 - 60, locals, out);
      }
      ui.rule();
      const auto foot = ui.column({.width = ui::fill(), .pad = {30, 15, 30, 17}});
      step_foot(ui, view, locals, out);
    }
  } else {
    {
      const auto body = ui.body(page_box(ui, 12));
      if (!stuck) trail_card(ui, view, locals, out);
      const auto card = ui.card(
          "step",
          {.width = ui::fill(), .pad = stuck ? ui::Pad(0) : ui::Pad(20, 16), .gap = stuck ? 0.0F : 12.0F});
      if (stuck) {
        stuck = draw_stuck(ui, view, locals, out);
      } else {
        step_content(ui, view, ui.width() - 2 * ui.side() - 40, locals, out);
        if (!bar_stays(ui)) {
          ui.rule();
          step_foot(ui, view, locals, out);
        }
      }
    }
    if (!stuck && bar_stays(ui)) {
      const auto bar = ui.box("foot_bar", {.fill = ui::Surface::Fill::surface, .radius = 0},
                              {.width = ui::fill(), .pad = {ui.side(), 8}});
      step_foot(ui, view, locals, out);
    }
  }
  piece_sheet(ui, view, locals, out);
  if (locals.flag(kDrawing)) {
    bool describe = false;
    locals.flag(kDrawing) = draw_drawing(ui, view, locals, out, describe);
    if (describe) begin_new(view.step, "new:text", locals);
  }
  turn_in_sheet(ui, view, locals, out);
}

}  // namespace waymark::screens
