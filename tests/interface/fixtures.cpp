#include "tests/interface/fixtures.hpp"

#include <array>
#include <cstdio>
#include <utility>

#include "client/app/drawing.hpp"

namespace waymark::fixtures {

using namespace waymark::app;

namespace {
// The language people wrote in; set once for a whole list of fixtures.
bool spanish = false;
const char* say(const char* english, const char* in_spanish) { return spanish ? in_spanish : english; }
}  // namespace

// ---- pieces

Day day(int from_today) {
  // 25 November 2026 is a Wednesday; November has 30 days.
  int number = 25 + from_today, month = 11;
  if (number > 30) {
    number -= 30;
    month = 12;
  }
  std::array<char, 16> iso{};
  std::snprintf(iso.data(), iso.size(), "2026-%02d-%02d", month, number);
  return {iso.data(), ((3 + from_today) % 7 + 7) % 7, from_today};
}

Moment at(int from_today, int hour, int minute) {
  const std::int64_t today_ms = 1'795'564'800'000;  // 2026-11-25T00:00Z
  return {day(from_today), hour * 60 + minute,
          today_ms + (std::int64_t{from_today} * 1440 + hour * 60 + minute) * 60'000};
}

Person amira() { return {"a0000000000000000000000000000001", "Amira", {"trefoil", "gold", "teal"}}; }
Person teacher() { return {"70000000000000000000000000000001", "Ms Rivera", {"", "", "plum"}}; }

Argument argument(std::string name, std::string value) { return {std::move(name), std::move(value)}; }
Argument argument(std::string name, std::int64_t value) { return {std::move(name), value}; }
Argument argument(std::string name, Day value) { return {std::move(name), std::move(value)}; }
Argument argument(std::string name, Moment value) { return {std::move(name), std::move(value)}; }
Phrase phrase(std::string key, std::vector<Argument> arguments, std::int64_t count) {
  return {std::move(key), std::move(arguments), count};
}

StatusView all_saved() {
  StatusView status;
  status.saved_at = at(0, 10, 42);
  status.heard = at(-2, 9, 5);
  status.saved_phrase = phrase("status.saved");
  status.heard_phrase = phrase("status.heard", {argument("day", day(-2))});
  return status;
}

Shown shown(Destination here, ScreenView screen) {
  Shown shown;
  FrameView frame;
  frame.me = amira();
  frame.here = here;
  frame.status = all_saved();
  shown.look.theme = "light";
  shown.frame = frame;
  shown.here = here;
  shown.screen = std::move(screen);
  shown.version = 1;
  return shown;
}

Trail creek_trail(std::size_t done, std::size_t here) {
  const std::array<std::pair<const char*, const char*>, 7> steps{
      {{"walk", say("Walk the creek", "Recorrer el arroyo")},
       {"question", say("Ask our question", "Hacer la pregunta")},
       {"sources", say("Find sources", "Buscar fuentes")},
       {"measure", say("Measure the water", "Medir el agua")},
       {"claim", say("Make a claim", "Decir lo que pienso")},
       {"model", say("Build a model", "Hacer una maqueta")},
       {"tell", say("Tell the town", "Contarle al pueblo")}}};
  Trail trail;
  trail.seed = kCreek;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    TrailStep step;
    step.id = steps.at(i).first;
    step.title = steps.at(i).second;
    step.state = i < done ? StepState::ready : i == here ? StepState::doing : StepState::todo;
    step.here = i == here;
    trail.steps.push_back(step);
  }
  return trail;
}

namespace {

Destination to(Screen screen) {
  Destination there;
  there.screen = screen;
  return there;
}

const std::vector<Person>& classmates() {
  static const std::vector<Person> people{
      amira(),
      {"a0000000000000000000000000000002", "Leo", {"leaf", "cream", "plum"}},
      {"a0000000000000000000000000000003", "Zoë", {"waves", "cream", "pine"}},
      {"a0000000000000000000000000000004", "Mateo", {"star", "night", "gold"}},
      {"a0000000000000000000000000000005", "Noor", {"moon", "cream", "night"}},
      {"a0000000000000000000000000000006", "Thuy", {"mountains", "cream", "teal"}},
      {"a0000000000000000000000000000007", "Maximilian-Alexander", {"fish", "gold", "night"}},
      {"a0000000000000000000000000000008", "Ana Sofía", {"", "", "pine"}},
      {"a0000000000000000000000000000009", "Kwame", {"star", "cream", "plum"}},
      {"a000000000000000000000000000000a", "Juniper", {"leaf", "night", "gold"}},
      {"a000000000000000000000000000000b", "Dariusz", {"moon", "cream", "teal"}},
      {"a000000000000000000000000000000c", "Fatoumata", {"waves", "gold", "plum"}},
      {"a000000000000000000000000000000d", "Ines", {"trefoil", "cream", "pine"}},
  };
  return people;
}

WhoView who(std::size_t tiles) {
  WhoView view;
  const auto& people = classmates();
  for (std::size_t i = 0; i < people.size(); ++i) (i < tiles ? view.tiles : view.others).push_back(people[i]);
  if (tiles < 10) view.others.clear();
  view.more = !view.others.empty();
  view.languages = {{"en", "English", true}, {"es", "Español", false}};
  view.joined = true;
  view.computer = "lab-03";
  view.school = "Creekside Middle School";
  view.heard = at(-2, 9, 5);
  view.heard_phrase = phrase("who.heard", {argument("day", day(-2))});
  return view;
}

Shown outside(Destination here, ScreenView screen) {
  Shown out = shown(here, std::move(screen));
  out.frame.reset();
  return out;
}

TodayView today() {
  TodayView view;
  view.greeting = phrase("today.good_morning", {argument("name", std::string("Amira"))});
  view.today = day(0);
  view.next.origin = NextOrigin::pack_up;
  view.next.lead = phrase("today.you_wrote_yesterday");
  view.next.words = say("next I need a second source.", "ahora necesito una segunda fuente.");
  view.next.quoted = true;
  view.next.button = phrase("today.carry_on");
  view.next.leads_to =
      phrase("today.opens_step", {argument("step", std::string(say("Find sources", "Buscar fuentes")))});
  view.next.project_question = say("Why does our creek flood?", "¿Por qué se inunda nuestro arroyo?");
  view.next.emblem = "creek";
  view.next.seed = kCreek;
  view.next.to = {Screen::project, kCreek, "sources", "second", "", Focus::item};
  view.has_project = true;
  view.project = kCreek;
  view.question = say("Why does our creek flood?", "¿Por qué se inunda nuestro arroyo?");
  view.pathway_title = say("Water where we live", "El agua donde vivimos");
  view.emblem = "creek";
  view.trail = creek_trail(2, 2);
  Note answered;
  answered.kind = NoteKind::answer;
  answered.title = phrase("note.answer", {argument("teacher", std::string("Ms Rivera"))});
  answered.words = say("your map of the creek", "tu mapa del arroyo");
  answered.to = {Screen::answer, kCreek, "walk", "", "r0000000000000000000000000000001", Focus::none};
  Note goal;
  goal.kind = NoteKind::goal;
  goal.title = phrase("note.goal_day", {argument("day", day(2))});
  goal.words = say("ask better questions", "hacer mejores preguntas");
  goal.to = {Screen::goals, "", "", "", "b0000000000000000000000000000001", Focus::check_in};
  Note waiting;
  waiting.kind = NoteKind::waiting;
  waiting.title = phrase("status.waiting", {argument("count", std::int64_t{2})}, 2);
  waiting.detail = phrase("note.waiting_detail");
  waiting.to = to(Screen::settings);
  view.notes = {answered, goal, waiting};
  return view;
}

GoalCard questions_goal() {
  GoalCard goal;
  goal.id = "b0000000000000000000000000000001";
  goal.base = "h1";
  goal.fields.want = say("ask better questions", "hacer mejores preguntas");
  goal.fields.first_step =
      say("write three questions before I read", "escribir tres preguntas antes de leer");
  goal.fields.plan_if = say("I only get yes-or-no questions", "solo me salen preguntas de sí o no");
  goal.fields.plan_then = say("I will start them with “how come”", "voy a empezarlas con “cómo es que”");
  goal.fields.standard = "INQ.1";
  goal.fields.by = day(2).iso;
  goal.by = day(2);
  goal.standard_text =
      say("Ask a question that can be investigated", "Hacer una pregunta que se pueda investigar");
  goal.check_ins = {{at(-5, 11, 0),
                     say("two of my questions were too easy to look up so I kept the third one",
                         "dos de mis preguntas eran muy fáciles de buscar, así que me quedé con la tercera"),
                     true,
                     {}}};
  return goal;
}

GoalCard speaking_goal() {
  GoalCard goal;
  goal.id = "b0000000000000000000000000000002";
  goal.base = "h2";
  goal.fields.want = say("speak up when we plan together", "hablar cuando planeamos juntos");
  goal.fields.first_step = say("say one idea at the start", "decir una idea al principio");
  goal.fields.plan_if = say("it is loud", "hay mucho ruido");
  goal.fields.plan_then =
      say("I will write it on a note and pass it to Noor", "voy a escribirla en una nota y pasársela a Noor");
  goal.fields.standard = "OWN.3";
  goal.fields.by = day(-6).iso;
  goal.by = day(-6);
  goal.passed = true;
  goal.standard_text = say("Work in a team", "Trabajar en equipo");
  goal.check_ins = {{at(-6, 11, 0),
                     say("I said it but nobody heard, next time I stand up",
                         "la dije pero nadie oyó, la próxima vez me paro"),
                     std::nullopt,
                     {}}};
  return goal;
}

GoalCard reading_goal() {
  GoalCard goal;
  goal.id = "b0000000000000000000000000000003";
  goal.fields.want = say("read the whole page first", "leer toda la página primero");
  goal.fields.first_step = say("count to ten before I answer", "contar hasta diez antes de responder");
  goal.wrapped_up = true;
  goal.wrapped_at = at(-22, 12, 0);
  goal.wrapped_at.day = {"2026-10-30", 5, -26};
  goal.learned = say("one slow read is faster than three fast ones. I still skip when I am tired.",
                     "leer una vez despacio es más rápido que tres veces rápido. Todavía me salto partes "
                     "cuando estoy cansada.");
  return goal;
}

GoalsView goals() {
  GoalsView view;
  view.open = {questions_goal(), speaking_goal()};
  view.past = {reading_goal()};
  view.draft.want = say("explaining why a fact mat", "explicar por qué un dato imp");
  view.draft.by = day(2).iso;
  view.draft_open = true;
  view.proposed_by = day(2).iso;
  view.proposed_by_day = day(2);
  view.proposed_standards = {
      {"INQ.2",
       say("Find and weigh sources of different kinds", "Encontrar y sopesar fuentes de distintos tipos"),
       false},
      {"INQ.4",
       say("Explain what the evidence shows and what it cannot",
           "Explicar qué muestra la evidencia y qué no"),
       false},
      {"COM.3", say("Listen and build on others’ ideas", "Escuchar y construir sobre las ideas de otros"),
       false}};
  return view;
}

SettingsView settings() {
  SettingsView view;
  view.languages = {{"en", "English", true}, {"es", "Español", false}};
  view.theme = "light";
  view.text_size = 100;
  view.typeface = "reading";
  view.computer = "lab-03";
  view.school = "Creekside Middle School";
  view.status = all_saved();
  view.status.waiting = 4;
  view.status.files_waiting = 1;
  view.status.waiting_since = at(0, 10, 42);
  view.waiting = {
      {"entry", phrase("waiting.step", {argument("count", std::int64_t{3})}, 3), 3, at(0, 10, 42)},
      {"piece", phrase("waiting.work", {argument("count", std::int64_t{1})}, 1), 1, at(-1, 14, 5)}};
  view.pin_kind = PinKind::pictures;
  view.has_pin = true;
  view.stored_bytes = 4'300'000;
  return view;
}

ConflictView conflict() {
  ConflictView view;
  view.id = "work/e0000000000000000000000000000001/text";
  view.what = phrase("conflict.what_work_text",
                     {argument("step", std::string(say("Find sources", "Buscar fuentes")))});
  view.what_words = say("what my second source says", "lo que dice mi segunda fuente");
  Version here;
  here.op = "1111";
  here.here = true;
  here.place = "lab-03";
  here.at = at(0, 10, 42);
  here.text = {{say("Mr Halloran says the water used to stop at the old fence. ",
                    "El señor Halloran dice que antes el agua llegaba hasta la cerca vieja. "),
                false},
               {say("Since they built the road", "Desde que hicieron la carretera"), true},
               {say(" it comes all the way to the school. ", " llega hasta la escuela. "), false},
               {say("He showed me a photo from 1998.", "Me mostró una foto de 1998."), true}};
  Version there;
  there.op = "2222";
  there.place = "lab-07";
  there.at = at(-2, 14, 15);
  there.text = {
      {say("Mr Halloran says the water used to stop at the old fence. ",
           "El señor Halloran dice que antes el agua llegaba hasta la cerca vieja. "),
       false},
      {say("Now", "Ahora"), true},
      {say(" it comes all the way to the school. ", " llega hasta la escuela. "), false},
      {say("I want to ask when the road was built.", "Quiero preguntar cuándo hicieron la carretera."),
       true}};
  view.versions = {here, there};
  view.can_keep_both = true;
  return view;
}

PinView pin(PinKind kind) {
  PinView view;
  view.kind = kind;
  view.who = amira();
  return view;
}

Fixture named(std::string name, Shown shown, bool small = false) {
  Fixture fixture;
  fixture.name = std::move(name);
  fixture.shown = std::move(shown);
  fixture.first_pictures = small;
  return fixture;
}

const char* long_line() {
  return say(
      "next I want to find out whether the old map in the library shows where the creek went before they "
      "built the road and the parking lot, and ask Mr Halloran again because I did not write down the year",
      "ahora quiero averiguar si el mapa viejo de la biblioteca muestra por dónde iba el arroyo antes de que "
      "hicieran la carretera y el estacionamiento, y preguntarle otra vez al señor Halloran por el año");
}

}  // namespace

std::vector<Fixture> frame_fixtures(std::string_view language) {
  spanish = language == "es";
  std::vector<Fixture> all;
  const auto add = [&all](std::string name, Shown value, bool small = false) -> Fixture& {
    all.push_back(named(std::move(name), std::move(value), small));
    return all.back();
  };

  // ---- who are you
  add("who", outside(to(Screen::who), who(5)), true);
  add("who_one", outside(to(Screen::who), who(1)));
  add("who_ten", outside(to(Screen::who), who(10)), true);
  {
    Fixture& others = add("who_others", outside(to(Screen::who), who(10)));
    others.flags = {"who.others"};
  }
  add("who_nobody", outside(to(Screen::who), who(0)));
  {
    WhoView view = who(2);
    view.notice = phrase("error.database_locked");
    add("who_notice", outside(to(Screen::who), view));
    view.notice = {};
    view.forgets = phrase("who.forgets");
    add("who_forgets", outside(to(Screen::who), view), true);
  }

  // ---- joining
  {
    JoinView view;
    add("join_computer", outside(to(Screen::join), view), true);
    view.near = {{"Creekside Middle School", "https://192.168.4.2:8443"},
                 {"Alder Creek", "https://192.168.4.9:8443"}};
    add("join_computer_near", outside(to(Screen::join), view), true);
    view.near.clear();
    view.address = "192.168.4.2:8443";
    view.code = "K7QF-2MXA-9D3T";
    view.error = phrase("error.offline");
    add("join_computer_error", outside(to(Screen::join), view));
    view.error = {};
    view.busy = true;
    add("join_computer_busy", outside(to(Screen::join), view));
    JoinView stick;
    stick.starters = {{"/media/creek/WAYMARK/Period 3.waymark-starter", "Period 3"}};
    add("join_starter", outside(to(Screen::join), stick), true);
    stick.starters.clear();
    stick.error = phrase("error.starter");
    Fixture& typed = add("join_starter_error", outside(to(Screen::join), stick));
    typed.words = {{"join.starter", "/media/creek/period-3.waymark-starter"}};
    JoinView card;
    card.step = JoinStep::card;
    card.school = "Creekside Middle School";
    card.fingerprint = "7f3a 91c0 52de 8b14 66fa 0d27 c1b9 e853";
    add("join_card", outside(to(Screen::join), card), true);
    card.card = "ABCD-EFGH";
    card.error = phrase("error.card_unknown");
    add("join_card_error", outside(to(Screen::join), card));
    card.error = phrase("error.card_offline");
    add("join_card_offline", outside(to(Screen::join), card));
  }

  // ---- PIN
  add("pin_digits", outside(to(Screen::pin), pin(PinKind::digits))).words = {{"pin.typed", "47"}};
  add("pin_pictures", outside(to(Screen::pin), pin(PinKind::pictures)), true).words = {{"pin.typed", "1a"}};
  {
    PinView view = pin(PinKind::pictures);
    view.error = phrase("error.wrong_pin");
    view.wait_s = 30;
    add("pin_wait", outside(to(Screen::pin), view));
    PinView unchecked = pin(PinKind::digits);
    unchecked.unchecked = phrase("pin.unchecked");
    add("pin_unchecked", outside(to(Screen::pin), unchecked), true);
    PinView choose = pin(PinKind::pictures);
    choose.choosing = true;
    choose.may_switch = true;
    add("pin_choose", outside(to(Screen::pin), choose));
    choose.again = true;
    choose.may_switch = false;
    choose.kind = PinKind::digits;
    add("pin_again", outside(to(Screen::pin), choose));
  }

  // ---- today
  add("today", shown(to(Screen::today), today()), true);
  {
    TodayView view;
    view.greeting = phrase("today.good_morning", {argument("name", std::string("Amira"))});
    view.today = day(0);
    view.next.origin = NextOrigin::first_day;
    view.next.headline = phrase("today.first_project");
    view.next.detail = phrase("today.first_project_detail");
    view.next.button = phrase("today.look_at_ideas");
    view.next.to = to(Screen::ideas);
    add("today_first_day", shown(to(Screen::today), view), true);
  }
  {
    TodayView view = today();
    view.next.words = long_line();
    view.question =
        say("Why does our creek (or street) flood, and what could our town do about it before spring?",
            "¿Por qué se inunda nuestro arroyo (o nuestra calle) y qué podría hacer nuestro pueblo antes de "
            "la primavera?");
    view.next.project_question = view.question;
    for (auto& step : view.trail.steps)
      step.title += say(" and write down what we see", " y anotar lo que vemos");
    view.notes[0].words = say("your map of the creek, the photo after the rain and the three questions",
                              "tu mapa del arroyo, la foto después de la lluvia y las tres preguntas");
    view.notes[1].words = long_line();
    add("today_long", shown(to(Screen::today), view), true);
  }
  {
    TodayView view = today();
    view.next.origin = NextOrigin::answer;
    view.next.lead = phrase("today.teacher_next", {argument("teacher", std::string("Ms Rivera"))});
    view.next.words = say("Ask somebody who lives by the creek how high the water came.",
                          "Pregúntale a alguien que vive junto al arroyo hasta dónde llegó el agua.");
    view.notes.erase(view.notes.begin());
    Shown offline = shown(to(Screen::today), view);
    offline.frame->status.waiting = 14;
    offline.frame->status.waiting_since = at(-6, 10, 0);
    offline.frame->status.waiting_phrase =
        phrase("status.waiting", {argument("count", std::int64_t{14})}, 14);
    offline.frame->status.heard = at(-6, 9, 0);
    offline.frame->status.heard_phrase = phrase("status.heard", {argument("day", day(-6))});
    offline.frame->undo = phrase("undo.tick");
    offline.frame->toast =
        phrase("toast.work_deleted",
               {argument("title", std::string(say("After the rain", "Después de la lluvia")))});
    add("today_offline", offline);
    offline.frame->status.files_waiting = 2;
    offline.frame->status.waiting_phrase =
        phrase("status.in_room_files", {argument("count", std::int64_t{2})}, 2);
    add("today_photos_in_room", offline);
    offline.frame->status.waiting = offline.frame->status.files_waiting = 0;
    offline.frame->status.elsewhere = true;
    offline.frame->status.waiting_phrase = phrase("status.beside");
    add("today_beside", offline);
    view.next.words.clear();
    view.next.quoted = false;
    view.next.lead = {};
    view.next.origin = NextOrigin::waiting;
    view.next.headline = phrase("today.waiting");
    view.next.detail = phrase("today.waiting_detail");
    view.next.button = phrase("today.look_at_project");
    view.next.leads_to = {};
    view.notes.clear();
    Shown problem = shown(to(Screen::today), view);
    problem.frame->status.problem = phrase("error.disk_full");
    problem.frame->status.problem_do = phrase("error.disk_full.do");
    problem.frame->error = phrase("error.too_large");
    add("today_problem", problem);
  }

  // ---- packing up
  {
    PackUpView view;
    view.line.text =
        say("ask Mr Halloran about the old bridge", "le pregunto al señor Halloran por el puente viejo");
    view.suggestions = {say("find a second source", "busco una segunda fuente"),
                        say("write where the two agree", "escribo en qué están de acuerdo las dos")};
    view.saved = phrase("pack_up.all_saved");
    view.waiting = phrase("pack_up.waiting", {argument("count", std::int64_t{2})}, 2);
    add("pack_up", shown(to(Screen::pack_up), view), true).behind = shown(to(Screen::today), today());
    view.forgets = phrase("pack_up.forgets");
    add("pack_up_forgets", shown(to(Screen::pack_up), view), true).behind = shown(to(Screen::today), today());
    view.forgets = {};
    view.line.text.clear();
    view.suggestions.clear();
    view.waiting = phrase("pack_up.all_at_school");
    add("pack_up_empty", shown(to(Screen::pack_up), view));
    view.line.text = long_line();
    view.suggestions = {
        say("find a second source of another kind than the first",
            "busco una segunda fuente de otro tipo que la primera"),
        say("write where the two agree and where they differ", "escribo en qué están de acuerdo y en qué no"),
        say("ask somebody who was there", "pregunto a alguien que estuvo ahí")};
    add("pack_up_long", shown(to(Screen::pack_up), view));
  }

  // ---- goals
  add("goals", shown(to(Screen::goals), goals()), true);
  {
    GoalsView view = goals();
    view.open.clear();
    view.past.clear();
    view.draft = {};
    view.draft_open = false;
    add("goals_empty", shown(to(Screen::goals), view));
    view = goals();
    view.draft.how_know =
        say("somebody who was not there understands it", "lo entiende alguien que no estuvo ahí");
    view.draft.plan_if =
        say("I want to write “because it is important”", "quiero escribir “porque es importante”");
    view.sturdier_open = true;
    add("goals_sturdier", shown(to(Screen::goals), view));
    view.draft_open = false;
    add("goals_check_in", shown(to(Screen::goals), view)).words = {
        {"goals.open", "check_in/b0000000000000000000000000000001"}};
    add("goals_wrap_up", shown(to(Screen::goals), view)).words = {
        {"goals.open", "wrap_up/b0000000000000000000000000000002"}};
    add("goals_new_date", shown(to(Screen::goals), view)).words = {
        {"goals.open", "new_date/b0000000000000000000000000000002"}};
    add("goals_change", shown(to(Screen::goals), view)).words = {
        {"goals.open", "change/b0000000000000000000000000000001"}};
    view.open[0].fields.want = long_line();
    view.open[0].fields.first_step = long_line();
    view.open[0].conflict = true;
    view.open[0].earlier = "goal/" + view.open[0].id;
    add("goals_long", shown(to(Screen::goals), view));
  }

  // ---- about me
  {
    AboutMeView view;
    view.strengths.text =
        say("I notice small things. I draw maps from memory. I can talk with old people.",
            "Me fijo en cosas pequeñas. Dibujo mapas de memoria. Sé hablar con gente mayor.");
    view.interests.text = say("water, bridges, my grandmother’s garden, how songs are made",
                              "el agua, los puentes, el jardín de mi abuela, cómo se hacen las canciones");
    view.languages.text = say("English at school, Arabic at home, some Spanish with Mateo",
                              "inglés en la escuela, árabe en casa, algo de español con Mateo");
    view.learn_best.text =
        say("When I can walk around first and then sit down. I need the question written down.",
            "Cuando primero puedo caminar y después sentarme. Necesito la pregunta por escrito.");
    view.need.text = say("A quiet place for reading. Time before I have to answer out loud.",
                         "Un lugar tranquilo para leer. Tiempo antes de responder en voz alta.");
    view.chosen_name.text = "Amira";
    view.mark = amira().mark;
    add("about_me", shown(to(Screen::about_me), view), true);
    add("about_me_empty", shown(to(Screen::about_me), AboutMeView{}));
    add("about_me_mark", shown(to(Screen::about_me), view)).flags = {"about_me.mark"};
  }

  // ---- settings
  add("settings", shown(to(Screen::settings), settings()), true);
  {
    SettingsView view = settings();
    view.waiting.clear();
    view.status.waiting = 0;
    view.status.files_waiting = 0;
    view.can_forget = true;
    view.has_pin = false;
    view.text_size = 150;
    view.theme = "system";
    view.reduced_motion = true;
    add("settings_all_sent", shown(to(Screen::settings), view));
    view.status.files_waiting = 2;
    view.status.files_phrase = phrase("status.files_here", {argument("count", std::int64_t{2})}, 2);
    view.status.waiting_phrase = view.status.files_phrase;
    view.can_forget = false;
    add("settings_files", shown(to(Screen::settings), view));
    view.status.files_waiting = 0;
    view.status.files_phrase = {};
    view.status.elsewhere = true;
    view.status.waiting_phrase = phrase("status.beside");
    add("settings_beside", shown(to(Screen::settings), view));
  }

  // ---- the stick
  {
    StickView view;
    view.places = {{"/media/amira/CREEK", "CREEK"}};
    view.any_waiting = true;
    view.waiting = phrase("stick.waiting", {argument("count", std::int64_t{4})}, 4);
    add("stick", shown(to(Screen::stick), view), true);
    view.done = phrase("stick.written", {argument("count", std::int64_t{4})}, 4);
    view.next = phrase("stick.written_next");
    add("stick_written", shown(to(Screen::stick), view));
    view.done = {}, view.next = {};
    view.problem = phrase("stick.full");
    add("stick_full", shown(to(Screen::stick), view));
    view.problem = {};
    view.kept = true;
    view.done = phrase("stick.kept");
    view.next = phrase("stick.kept_next");
    add("stick_kept", shown(to(Screen::stick), view));
    view = {};
    view.waiting = phrase("stick.none_waits");
    add("stick_none", shown(to(Screen::stick), view)).words = {{"stick.folder", "/mnt/box"}};
  }

  // ---- two versions, and what could not be placed
  add("conflict", shown(to(Screen::conflict), conflict()), true);
  {
    ConflictView view = conflict();
    Version third = view.versions[1];
    third.op = "3333";
    third.place.clear();
    third.author = "Noor";
    third.at = at(-1, 9, 0);
    third.text = {{say("Mr Halloran says ", "El señor Halloran dice "), false},
                  {say("he cannot remember the year.", "que no recuerda el año."), true}};
    view.versions.push_back(third);
    view.more = 2;
    view.from_undo = true;
    add("conflict_three", shown(to(Screen::conflict), view));
  }
  {
    // A day, and two half-drawn pictures.
    ConflictView view = conflict();
    view.what = phrase("conflict.what_goal_by");
    view.what_words = say("ask better questions", "hacer mejores preguntas");
    for (auto& version : view.versions) version.text.clear();
    view.versions[0].says = phrase("value.day", {argument("day", at(3, 0, 0).day)});
    view.versions[1].says = phrase("value.day", {argument("day", at(8, 0, 0).day)});
    view.can_keep_both = false;
    add("conflict_day", shown(to(Screen::conflict), view));
    view.what = phrase("conflict.what_drawing");
    view.what_words = say("Find sources", "Buscar fuentes");
    for (auto& version : view.versions) {
      version.says = {};
      for (int i = 0; i < 5; i++)
        version.drawing += text_of(PenStroke{i,
                                             1,
                                             {{150 + 180 * i, 700 - 60 * i},
                                              {300 + 180 * i, version.here ? 200 : 640},
                                              {420 + 150 * i, 600}}});
    }
    add("conflict_drawing", shown(to(Screen::conflict), view), true);
    view.what = phrase("conflict.what_profile_mark");
    view.what_words.clear();
    for (auto& version : view.versions) version.drawing.clear();
    view.versions[0].mark = amira().mark;
    view.versions[1].mark = {"leaf", "cream", "pine"};
    add("conflict_mark", shown(to(Screen::conflict), view));
  }
  {
    HistoryView view;
    view.id = "goal/e0000000000000000000000000000001";
    view.words = say("ask better questions", "hacer mejores preguntas");
    auto versions = conflict().versions;
    view.versions = {{"want", phrase("conflict.what_goal_want"), versions[0]},
                     {"first_step", phrase("conflict.what_goal_first_step"), versions[1]}};
    auto history = shown(to(Screen::history), view);
    history.frame->can_go_back = true;
    add("history", history, true);
    view.versions.clear();
    add("history_none", shown(to(Screen::history), view));
  }
  {
    RefusalsView view;
    view.lines = {{"9991",
                   phrase("conflict.what_work_file",
                          {argument("title", std::string(say("After the rain", "Después de la lluvia")))}),
                   phrase("error.too_large"), "", at(0, 9, 58)},
                  {"9992", phrase("conflict.what_goal_want"), phrase("error.forbidden"),
                   say("help Noor finish her model before the rain starts",
                       "ayudar a Noor a terminar su maqueta antes de que llueva"),
                   at(-1, 13, 20)}};
    add("refusals", shown(to(Screen::refusals), view));
    add("refusals_none", shown(to(Screen::refusals), RefusalsView{}));
  }

  // ---- the list of keys, over whatever is open
  add("shortcuts", shown(to(Screen::today), today())).flags = {"frame.shortcuts"};
  return all;
}

std::vector<Fixture> all_fixtures(std::string_view language) {
  std::vector<Fixture> all = frame_fixtures(language);
  for (Fixture& fixture : work_fixtures(language)) all.push_back(std::move(fixture));
  return all;
}

}  // namespace waymark::fixtures
