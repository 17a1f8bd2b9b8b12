#include "tests/ui/demo.hpp"

namespace waymark::demo {
namespace {

using namespace ui;

app::Trail trail_of() {
  app::Trail trail;
  trail.seed = "5f3a9c0d5f3a9c0d5f3a9c0d5f3a9c0d";
  const char* titles[] = {"Walk the creek", "Ask our question", "Find sources", "Measure the water",
                          "Make a claim",   "Build a model",    "Tell the town"};
  int i = 0;
  for (const char* title : titles) {
    app::TrailStep step;
    step.id = "step" + std::to_string(i);
    step.title = title;
    step.state = i < 2 ? app::StepState::ready : i == 2 ? app::StepState::doing : app::StepState::todo;
    step.here = i == 2;
    trail.steps.push_back(step);
    ++i;
  }
  return trail;
}

void bar(Ui& ui, Demo& demo) {
  auto top = ui.top_bar();
  ui.logo(!ui.narrow());
  for (const char* page : {"today", "project", "check", "goals", "widgets", "who"})
    if (ui.nav_item(page, ui::key("demo.nav." + std::string(page)), demo.page == page)) demo.page = page;
  ui.stretch();
  if (ui.button("pack_up", {.text = "demo.pack_up"_t, .icon = Icon::pack, .small = true})) demo.sheet = true;
  ui.button("lock", {.text = "demo.lock"_t, .icon = Icon::lock, .small = true});
  ui.text(verbatim("Amira"), {.type = Type::label});
  ui.mark({"trefoil", "gold", "teal"}, "Amira", 17);
}

void foot(Ui& ui, Demo& demo) {
  auto line = ui.status_line();
  if (demo.toast && ui.toast("toasted", "demo.deleted"_t, "demo.undo"_t)) demo.toast = false;
  ui.text("demo.saved"_t, {.type = Type::small, .icon = Icon::check});
  ui.bullet();
  ui.text("demo.heard"_t, {.type = Type::small, .ink = Ink::muted});
  ui.stretch();
  ui.button("adult", {.text = "demo.adult"_t, .look = Look::link, .icon = Icon::heart, .small = true});
  ui.button("settings", {.text = "demo.settings"_t, .look = Look::link, .icon = Icon::gear, .small = true});
}

void today(Ui& ui, Demo& demo) {
  {
    auto row = ui.row({.gap = 20, .align = Align::between, .cross = Cross::center, .wrap = true});
    ui.heading(1, "demo.morning"_t.with("name", "Amira"), {.type = Type::display});
    app::Day day;
    day.iso = "2026-11-25";
    day.weekday = 3;
    ui.text(day_long(day), {.ink = Ink::muted});
  }
  {
    auto row = ui.row({.gap = 20, .wrap = ui.narrow()});
    {
      auto next = ui.card("next", {.width = fill(),
                                   .width_min = ui.narrow() ? 0 : 560.0F,
                                   .height_min = 250,
                                   .pad = {34, 28},
                                   .gap = 12,
                                   .align = Align::center});
      ui.scene_behind("creek", "5f3a");
      {
        auto lead = ui.row({.gap = 12, .cross = Cross::center});
        ui.art(ArtKind::flag, 20);
        ui.text("demo.next"_t, {.type = Type::label, .ink = Ink::trail});
        ui.bullet();
        ui.text(verbatim("Why does our creek flood?"), {.type = Type::small, .ink = Ink::muted});
      }
      ui.text("demo.yesterday"_t, {.ink = Ink::muted});
      ui.heading(2, quoted("next I need a second source."),
                 {.type = Type::display, .width_max = ui.narrow() ? 0 : 500.0F});
      ui.space(8);
      {
        auto act = ui.row({.gap = 18, .cross = Cross::center});
        if (ui.button("carry_on",
                      {.text = "demo.carry_on"_t, .look = Look::trail, .after = Icon::arrow, .big = true}))
          ++demo.presses;
        ui.text("demo.opens"_t, {.type = Type::small, .ink = Ink::muted});
      }
    }
    auto notes = ui.column({.width = ui.narrow() ? fill() : px(330), .gap = 14});
    if (ui.note_row("answer", {.icon = Icon::message,
                               .title = "demo.answered"_t.with("name", "Ms Rivera"),
                               .detail = verbatim("your map of the creek"),
                               .grows = true}))
      ++demo.presses;
    ui.note_row("goal", {.icon = Icon::calendar,
                         .title = "demo.goal"_t,
                         .detail = quoted("ask better questions"),
                         .grows = true});
    ui.note_row("waiting", {.icon = Icon::send,
                            .title = "demo.waiting"_t.counted(2),
                            .detail = "demo.by_themselves"_t,
                            .grows = true});
  }
  auto map = ui.card("map", {.height = fill(), .pad = {0, 20, 0, 0}, .gap = 0});
  ui.contours_behind("5f3a", 40, 60);
  {
    auto head = ui.row({.pad = {28, 0}, .gap = 12, .cross = Cross::center, .wrap = true});
    ui.heading(2, verbatim("Why does our creek flood?"), {.type = Type::h3});
    ui.bullet();
    ui.text(verbatim("Water where we live"), {.type = Type::small, .ink = Ink::muted});
    ui.stretch();
    ui.link("open", "demo.open"_t, Icon::none, Icon::arrow);
  }
  if (auto step = ui.trail("trail", "demo.trail"_t, trail_of(), false)) demo.opened = *step;
}

void project(Ui& ui, Demo& demo) {
  auto row = ui.row({.height = fill(), .gap = 22});
  if (!ui.narrow()) {
    auto map = ui.card("map", {.width = px(398), .pad = {0, 24, 0, 0}, .gap = 2});
    ui.contours_behind("5f3a", 70, 60);
    {
      auto head = ui.column({.pad = {26, 0}, .gap = 4});
      ui.text(verbatim("Water where we live"), {.type = Type::small_bold, .ink = Ink::muted});
      ui.heading(2, verbatim("Why does our creek flood?"));
    }
    if (auto step = ui.trail("trail", "demo.trail"_t, trail_of(), true)) demo.opened = *step;
  }
  auto step = ui.card("step", {.width = fill(), .pad = {30, 26, 30, 18}, .gap = 12});
  {
    auto head = ui.row({.gap = 16, .align = Align::between, .cross = Cross::center});
    ui.heading(1, verbatim("Find sources"));
    ui.text("demo.planned"_t, {.type = Type::small, .ink = Ink::muted, .icon = Icon::calendar});
  }
  ui.text(verbatim("Find out what others already know about floods here. A source can be a map, a report, an "
                   "old photo or a person."),
          {.ink = Ink::muted});
  const Option forms[] = {{"example", "demo.example"_t}, {"guided", "demo.guided"_t}, {"own", "demo.own"_t}};
  if (auto form = ui.tabs("form", "demo.forms"_t, forms, demo.form)) demo.form = *form;
  ui.space(2);
  {
    auto items = ui.region("items", "demo.items"_t, {.gap = 2});
    const char* words[] = {"Write down what I want to find out", "Read one source and note what it says",
                           "Find a second source of a different kind",
                           "Write where the two agree, and where they do not"};
    for (int i = 0; i < 4; ++i)
      if (ui.check("item" + std::to_string(i),
                   {.text = verbatim(words[i]), .checked = demo.ticks[i], .next = i == 2 && !demo.ticks[2]}))
        demo.ticks[i] = !demo.ticks[i];
  }
  ui.rule();
  ui.heading(2, "demo.work"_t, {.type = Type::h3});
  {
    auto work = ui.grid(ui.narrow() ? 2 : 4, {.gap = 14});
    ui.work_tile("photo", {.title = verbatim("After the rain"),
                           .detail = "demo.photo"_t,
                           .icon = Icon::photo,
                           .picture_height = 74});
    ui.work_tile("map", {.title = verbatim("Flood map"),
                         .detail = "demo.file"_t,
                         .icon = Icon::document,
                         .picture_height = 74});
    ui.work_tile("model", {.title = verbatim("Creek model"),
                           .detail = "demo.shown"_t,
                           .icon = Icon::hand,
                           .picture_height = 74});
    ui.add_tile("add", "demo.add"_t);
  }
  ui.stretch();
  ui.rule();
  auto foot_row = ui.row({.pad = {0, 6, 0, 0}, .gap = 12, .cross = Cross::center, .wrap = true});
  ui.button("stuck", {.text = "demo.stuck"_t, .icon = Icon::ring});
  ui.button("classmate", {.text = "demo.classmate"_t, .icon = Icon::people});
  ui.stretch();
  ui.button("turn_in", {.text = "demo.turn_in"_t, .look = Look::pine, .icon = Icon::send});
}

void check(Ui& ui, Demo& demo) {
  const Criterion criteria[] = {{"question", verbatim("My question"), true, false},
                                {"sources", verbatim("Using sources"), false, true},
                                {"claim", verbatim("My claim")},
                                {"telling", verbatim("Telling others")}};
  ui.criterion_trail("criteria", "demo.criteria"_t, criteria);
  ui.heading(1, verbatim("How well do my sources help answer my question?"));
  ui.text("demo.read_each"_t, {.ink = Ink::muted});
  ui.space(4);
  {
    auto levels = ui.radio_group("levels", "demo.levels"_t);
    auto grid = ui.grid(ui.narrow() ? (ui.width() < 700 ? 1 : 2) : 4, {.gap = 16});
    const app::Runs texts[] = {{{"I use ", false},
                                {"one source", true},
                                {", or I am ", false},
                                {"not sure where", true},
                                {" my facts come from. I ", false},
                                {"copy or retell", true},
                                {" what it says.", false}},
                               {{"I use ", false},
                                {"two sources", true},
                                {" and name them. I put what they say ", false},
                                {"in my own words", true},
                                {". A reader can see where each fact comes from, ", false},
                                {"but not yet why it matters", true},
                                {" for my question.", false}},
                               {{"I use sources of ", false},
                                {"different kinds", true},
                                {" and name them. I ", false},
                                {"explain why each fact matters", true},
                                {" for my question, and I say ", false},
                                {"where two of them agree", true},
                                {" or do not.", false}},
                               {{"I use sources of different kinds and ", false},
                                {"ask who made each one", true},
                                {". I ", false},
                                {"weigh sources that disagree", true},
                                {", and say ", false},
                                {"what I still cannot know", true},
                                {" from them.", false}}};
    const char* names[] = {"Just starting", "Getting there", "On target", "Going further"};
    for (int i = 0; i < 4; ++i)
      if (ui.level_card("level" + std::to_string(i + 1), {.name = verbatim(names[i]),
                                                          .text = runs(texts[i]),
                                                          .level = i + 1,
                                                          .chosen = demo.level == i + 1,
                                                          .aim = i == 2,
                                                          .aim_text = "demo.aim"_t}))
        demo.level = i + 1;
  }
  auto row = ui.row({.height = fill(), .gap = 28, .wrap = ui.narrow()});
  {
    auto left = ui.column({.width = fill(), .width_min = ui.narrow() ? 0 : 420.0F, .gap = 10});
    ui.heading(2, "demo.because"_t, {.type = Type::h3});
    if (auto edit = ui.field("because", {.label = "demo.because"_t,
                                         .label_shown = false,
                                         .placeholder = "demo.because_hint"_t,
                                         .text = demo.because,
                                         .lines_min = 4,
                                         .limit = 400,
                                         .height = fill()}))
      demo.because = edit.text;
  }
  auto right = ui.column({.width = fill(1.15F), .gap = 10});
  ui.heading(2, "demo.evidence"_t, {.type = Type::h3});
  auto work = ui.grid(4, {.gap = 16});
  const char* titles[] = {"After the rain", "Flood map", "Mr Halloran", "Creek model"};
  for (int i = 0; i < 4; ++i)
    if (ui.work_tile("work" + std::to_string(i), {.title = verbatim(titles[i]),
                                                  .detail = "demo.photo"_t,
                                                  .icon = i == 3 ? Icon::hand : Icon::photo,
                                                  .choosable = true,
                                                  .chosen = demo.evidence[i],
                                                  .picture_height = 90}))
      demo.evidence[i] = !demo.evidence[i];
}

void goals(Ui& ui, Demo& demo) {
  ui.heading(1, "demo.goals"_t);
  auto row = ui.row({.gap = 20, .cross = Cross::start, .wrap = ui.narrow()});
  {
    auto left = ui.column({.width = fill(1.8F), .gap = 20});
    for (const char* want : {"ask better questions", "speak up when we plan together"}) {
      auto card = ui.card(want, {.pad = {28, 24}, .gap = 8});
      ui.text("demo.want"_t, {.type = Type::small, .ink = Ink::muted});
      ui.heading(2, quoted(want));
      ui.text("demo.first_i_will"_t.with("words", "write three questions before I read"));
      auto acts = ui.row({.pad = {0, 8, 0, 0}, .gap = 14, .cross = Cross::center, .wrap = true});
      ui.button("check_in", {.text = "demo.check_in"_t, .icon = Icon::message});
      ui.link("change", "demo.change"_t);
    }
  }
  auto right = ui.card("new", {.width = fill(), .width_min = ui.narrow() ? 0 : 360.0F, .pad = 28, .gap = 16});
  ui.heading(2, "demo.new_goal"_t);
  Edited edit = ui.field("want", {.label = "demo.want"_t, .text = demo.name});
  if (edit.changed) demo.name = edit.text;
  if (edit.submitted) ++demo.presses;
  if (auto first = ui.field(
          "first",
          {.label = "demo.first"_t, .placeholder = "demo.first_hint"_t, .text = demo.line, .limit = 60}))
    demo.line = first.text;
  auto acts = ui.row({.gap = 10, .align = Align::between, .cross = Cross::center, .wrap = true});
  ui.button("date", {.text = "demo.friday"_t, .icon = Icon::calendar});
  ui.button("save", {.text = "demo.save"_t,
                     .look = Look::pine,
                     .enabled = !demo.line.empty(),
                     .hint = "demo.save_waits"_t});
}

void widgets(Ui& ui, Demo& demo) {
  ui.heading(1, "demo.nav.widgets"_t);
  auto columns = ui.grid(ui.narrow() ? 1 : 3, {.gap = 20});
  {
    auto card = ui.card("controls");
    if (ui.toggle("calm", {.text = "demo.calm"_t, .detail = "demo.calm_detail"_t, .on = demo.calm}))
      demo.calm = !demo.calm;
    {
      auto group = ui.radio_group("faces", "demo.typeface"_t);
      for (const char* face : {"reading", "plain", "dyslexic"})
        if (ui.radio(face, ui::key("demo.face." + std::string(face)), demo.typeface == face))
          demo.typeface = face;
    }
    {
      auto chips = ui.row({.gap = 8, .wrap = true});
      ui.chip("all", {.text = "demo.all"_t, .chosen = true});
      ui.chip("needed", {.text = "demo.needed"_t});
      ui.chip("alone", {.text = "demo.alone"_t, .icon = Icon::alone});
    }
    auto row = ui.row({.gap = 10, .cross = Cross::center, .wrap = true});
    ui.tag(verbatim("lab-03"));
    ui.icon_button("read", {.icon = Icon::speaker, .name = "demo.read_aloud"_t});
    if (ui.button("toast", {.text = "demo.toast"_t})) demo.toast = true;
  }
  {
    auto card = ui.card("marks");
    auto grid = ui.grid(6, {.gap = 8});
    int i = 0;
    const char* discs[] = {"teal",  "plum", "pine",  "gold", "blue", "mint",
                           "brown", "ink",  "night", "sand", "teal", "plum"};
    const char* inks[] = {"gold", "blush", "cream", "night", "blush", "ink",
                          "sand", "cream", "gold",  "plum",  "mint",  "cream"};
    for (const auto shape : mark_shapes()) {
      ui.mark({std::string(shape), inks[i], discs[i]}, "A", 24);
      ++i;
    }
  }
  {
    auto card = ui.card("icons");
    auto row = ui.row({.gap = 10, .wrap = true});
    for (int i = 1; i <= static_cast<int>(Icon::minus); ++i) ui.icon(static_cast<Icon>(i), 26);
  }
  {
    auto card = ui.card("scenes_a", {.pad = 12, .gap = 10});
    for (const char* scene : {"creek", "city", "garden", "kitchen"})
      ui.scene(scene, "s", {.height = px(110)});
  }
  {
    auto card = ui.card("scenes_b", {.pad = 12, .gap = 10});
    for (const char* scene : {"workshop", "stage", "school", "bridge"})
      ui.scene(scene, "s", {.height = px(110)});
  }
  {
    auto card = ui.card("scenes_c", {.pad = 12, .gap = 10});
    for (const char* scene : {"night", "portraits", "hills", "sea"})
      ui.scene(scene, "s", {.height = px(110)});
  }
  {
    auto card = ui.card("banners");
    ui.banner("saved", {.text = "demo.all_saved"_t, .detail = "demo.waiting"_t.counted(2)});
    ui.banner("quiet", {.text = "demo.by_themselves"_t, .icon = Icon::send, .soft = false});
    ui.empty_state(Icon::step, "demo.empty"_t, "demo.empty_detail"_t);
  }
}

void who(Ui& ui, Demo& demo) {
  auto middle = ui.column({.gap = 22, .align = Align::center, .cross = Cross::center});
  auto card = ui.card("pin", {.width = fit(), .pad = 28, .gap = 20});
  auto row = ui.row({.gap = 32, .cross = Cross::center, .wrap = true});
  {
    auto left = ui.column({.width = px(260), .gap = 14, .cross = Cross::center});
    ui.mark({"trefoil", "gold", "teal"}, "Amira", 66);
    ui.heading(1, "demo.hello"_t.with("name", "Amira"), {.type = Type::display, .align = Align::center});
    ui.pin_slots(static_cast<int>(demo.pin.size()), 4);
  }
  auto right = ui.column({.width = px(488)});
  if (auto key = ui.picture_pad("pad")) {
    if (key->back && !demo.pin.empty()) demo.pin.pop_back();
    if (!key->back && demo.pin.size() < 4) demo.pin.push_back(key->value);
  }
}

}  // namespace

void lend_words(ui::Catalogue& catalogue) {
  catalogue.lend("en", {{"demo.add", "Add work"},
                        {"demo.adult", "Talk to an adult"},
                        {"demo.aim", "What we aim for"},
                        {"demo.all", "All"},
                        {"demo.all_saved", "All saved."},
                        {"demo.alone", "Alone"},
                        {"demo.answered", "{name} answered"},
                        {"demo.because", "I chose this because …"},
                        {"demo.because_hint", "Say in your own words what in your work shows it."},
                        {"demo.by_themselves", "they go by themselves"},
                        {"demo.calm", "Less movement"},
                        {"demo.calm_detail", "Things appear at once."},
                        {"demo.carry_on", "Carry on"},
                        {"demo.change", "Change it"},
                        {"demo.check_in", "Check in"},
                        {"demo.classmate", "Let a classmate look"},
                        {"demo.criteria", "What this is about"},
                        {"demo.deleted", "Deleted: Flood map"},
                        {"demo.empty", "No goals yet"},
                        {"demo.empty_detail",
                         "A goal is one thing you want to get better at, and one small first step."},
                        {"demo.evidence", "What shows it? Tap your work."},
                        {"demo.example", "See an example"},
                        {"demo.face.reading", "For reading"},
                        {"demo.face.plain", "Plain"},
                        {"demo.face.dyslexic", "OpenDyslexic"},
                        {"demo.file", "file"},
                        {"demo.first", "First I will …"},
                        {"demo.first_hint", "something small I can start with"},
                        {"demo.first_i_will", "**First I will** {words}"},
                        {"demo.forms", "Ways to work"},
                        {"demo.friday", "Friday"},
                        {"demo.goal", "Friday: look at your goal"},
                        {"demo.goals", "My goals"},
                        {"demo.guided", "Step by step"},
                        {"demo.heard", "last heard from school Monday"},
                        {"demo.hello", "Hello, {name}"},
                        {"demo.items", "Things to do"},
                        {"demo.keep", "Keep working"},
                        {"demo.levels", "Levels"},
                        {"demo.lock", "Lock"},
                        {"demo.lock_and_go", "Lock and go"},
                        {"demo.morning", "Good morning, {name}"},
                        {"demo.nav.today", "Today"},
                        {"demo.nav.project", "Project"},
                        {"demo.nav.check", "Check"},
                        {"demo.nav.goals", "Goals"},
                        {"demo.nav.widgets", "Widgets"},
                        {"demo.nav.who", "Who"},
                        {"demo.needed", "I still need"},
                        {"demo.new_goal", "A new goal"},
                        {"demo.next", "Your next step"},
                        {"demo.next_time", "Next time I …"},
                        {"demo.one_line", "One line, and you find it here next time."},
                        {"demo.open", "Open the project"},
                        {"demo.opens", "opens your question log"},
                        {"demo.own", "On my own"},
                        {"demo.pack_up", "Pack up"},
                        {"demo.photo", "photo"},
                        {"demo.planned", "Planned for today"},
                        {"demo.read_aloud", "Read aloud"},
                        {"demo.read_each",
                         "Read each one. The marked words are what changes from the one before. Choose the "
                         "one your work shows."},
                        {"demo.save", "Save"},
                        {"demo.save_waits", "It waits for a first step."},
                        {"demo.saved", "Saved on this computer"},
                        {"demo.settings", "Settings"},
                        {"demo.shown", "shown in person"},
                        {"demo.stuck", "I’m stuck"},
                        {"demo.toast", "Delete something"},
                        {"demo.trail", "The steps of this project"},
                        {"demo.turn_in", "Turn in"},
                        {"demo.typeface", "Typeface"},
                        {"demo.undo", "Undo"},
                        {"demo.waiting", "2 things not sent yet"},
                        {"demo.want", "I want to get better at …"},
                        {"demo.work", "My work"},
                        {"demo.yesterday", "Yesterday you wrote:"}});
  catalogue.lend(
      "es", {{"demo.add", "Agregar trabajo"},
             {"demo.adult", "Hablar con un adulto"},
             {"demo.aim", "A lo que apuntamos"},
             {"demo.all", "Todas"},
             {"demo.all_saved", "Todo guardado."},
             {"demo.alone", "Sola o solo"},
             {"demo.answered", "{name} te respondió"},
             {"demo.because", "Elegí este porque …"},
             {"demo.because_hint", "Di con tus palabras qué parte de tu trabajo lo muestra."},
             {"demo.by_themselves", "se envían sin que hagas nada"},
             {"demo.calm", "Menos movimiento"},
             {"demo.calm_detail", "Las cosas aparecen de una vez."},
             {"demo.carry_on", "Continuar"},
             {"demo.change", "Cambiarla"},
             {"demo.check_in", "Revisar cómo voy"},
             {"demo.classmate", "Que lo vea un compañero"},
             {"demo.criteria", "De qué se trata"},
             {"demo.deleted", "Se borró: Flood map"},
             {"demo.empty", "Todavía no hay metas"},
             {"demo.empty_detail", "Una meta es algo en lo que quieres mejorar y un primer paso pequeño."},
             {"demo.evidence", "¿Qué lo muestra? Toca tu trabajo."},
             {"demo.example", "Ver un ejemplo"},
             {"demo.face.reading", "Para leer"},
             {"demo.face.plain", "Sencilla"},
             {"demo.face.dyslexic", "OpenDyslexic"},
             {"demo.file", "archivo"},
             {"demo.first", "Primero voy a …"},
             {"demo.first_hint", "algo pequeño para empezar"},
             {"demo.first_i_will", "**Primero voy a** {words}"},
             {"demo.forms", "Formas de trabajar"},
             {"demo.friday", "Viernes"},
             {"demo.goal", "Viernes: mira tu meta"},
             {"demo.goals", "Mis metas"},
             {"demo.guided", "Paso a paso"},
             {"demo.heard", "noticias de la escuela: lunes"},
             {"demo.hello", "Hola, {name}"},
             {"demo.items", "Cosas por hacer"},
             {"demo.keep", "Seguir trabajando"},
             {"demo.levels", "Niveles"},
             {"demo.lock", "Bloquear"},
             {"demo.lock_and_go", "Bloquear y salir"},
             {"demo.morning", "Buenos días, {name}"},
             {"demo.nav.today", "Hoy"},
             {"demo.nav.project", "Proyecto"},
             {"demo.nav.check", "Revisar"},
             {"demo.nav.goals", "Metas"},
             {"demo.nav.widgets", "Piezas"},
             {"demo.nav.who", "Quién"},
             {"demo.needed", "Aún me falta"},
             {"demo.new_goal", "Una meta nueva"},
             {"demo.next", "Tu siguiente paso"},
             {"demo.next_time", "La próxima vez …"},
             {"demo.one_line", "Una línea, y la encuentras aquí la próxima vez."},
             {"demo.open", "Abrir el proyecto"},
             {"demo.opens", "abre tu registro de preguntas"},
             {"demo.own", "Por mi cuenta"},
             {"demo.pack_up", "Recoger"},
             {"demo.photo", "foto"},
             {"demo.planned", "Planeado para hoy"},
             {"demo.read_aloud", "Leer en voz alta"},
             {"demo.read_each",
              "Lee cada uno. Las palabras marcadas son lo que cambia respecto del anterior. Elige el que tu "
              "trabajo muestra."},
             {"demo.save", "Guardar"},
             {"demo.save_waits", "Espera un primer paso."},
             {"demo.saved", "Guardado en esta computadora"},
             {"demo.settings", "Ajustes"},
             {"demo.shown", "mostrado en persona"},
             {"demo.stuck", "Me atoré"},
             {"demo.toast", "Borrar algo"},
             {"demo.trail", "Los pasos de este proyecto"},
             {"demo.turn_in", "Entregar"},
             {"demo.typeface", "Tipo de letra"},
             {"demo.undo", "Deshacer"},
             {"demo.waiting", "2 cosas sin enviar"},
             {"demo.want", "Quiero mejorar en …"},
             {"demo.work", "Mi trabajo"},
             {"demo.yesterday", "Ayer escribiste:"}});
}

void draw(ui::Ui& ui, Demo& demo) {
  auto page = ui.page({.hills = demo.page == "who"});
  bar(ui, demo);
  {
    auto body = ui.body();
    if (demo.page == "today") today(ui, demo);
    if (demo.page == "project") project(ui, demo);
    if (demo.page == "check") check(ui, demo);
    if (demo.page == "goals") goals(ui, demo);
    if (demo.page == "widgets") widgets(ui, demo);
    if (demo.page == "who") who(ui, demo);
  }
  foot(ui, demo);
  if (demo.sheet) {
    auto sheet = ui.sheet("pack_up_sheet", {.name = "demo.pack_up"_t});
    if (sheet.closed()) demo.sheet = false;
    {
      auto head = ui.row({.gap = 16, .cross = Cross::center});
      ui.disc(Icon::pack, 48);
      auto words = ui.column({.width = fill()});
      ui.heading(1, "demo.pack_up"_t);
      ui.text("demo.one_line"_t, {.ink = Ink::muted});
    }
    {
      auto lead = ui.row({.gap = 10, .cross = Cross::center});
      ui.art(ArtKind::flag, 18);
      ui.text("demo.next_time"_t, {.type = Type::h3, .spoken = false});
    }
    if (auto line = ui.field("line", {.label = "demo.next_time"_t,
                                      .label_shown = false,
                                      .text = demo.line,
                                      .big = true,
                                      .first_focus = true}))
      demo.line = line.text;
    ui.banner("saved", {.text = "demo.all_saved"_t, .detail = "demo.waiting"_t.counted(2)});
    auto acts = ui.row({.align = Align::between, .cross = Cross::center, .wrap = true});
    if (ui.link("keep", "demo.keep"_t, Icon::back)) demo.sheet = false;
    if (ui.button("lock_and_go",
                  {.text = "demo.lock_and_go"_t, .look = Look::pine, .icon = Icon::lock, .big = true}))
      demo.sheet = false;
  }
}

}  // namespace waymark::demo
