// Believable views of Amira's project and what belongs to it, for tests and pictures, in English and Spanish.
// The texts are those of our own sample pathways, so that rubrics and steps have their real length.
#include "tests/interface/fixtures_project.hpp"

#include <utility>

namespace waymark::fixtures {

using namespace app;

namespace {

// One of two languages.
struct Say {
  bool spanish = false;
  explicit Say(std::string_view language) : spanish(language == "es") {}
  std::string operator()(const char* english, const char* espanol) const {
    return spanish ? espanol : english;
  }
};

constexpr const char* kProject = "00000000000000000000000000000a01";
constexpr const char* kWater = "00000000000000000000000000000b01";
constexpr const char* kStreet = "00000000000000000000000000000b02";
constexpr const char* kMeal = "00000000000000000000000000000b03";
constexpr const char* kSmall = "00000000000000000000000000000b04";
constexpr const char* kMachine = "00000000000000000000000000000b05";
constexpr const char* kMuseum = "00000000000000000000000000000b06";
constexpr const char* kStep = "find-sources";

std::string picture(const char* name) { return std::string(WAYMARK_TEST_PICTURES) + "/" + name; }

Day day(const char* iso, int weekday, int from_today) { return {iso, weekday, from_today}; }
Moment moment(Day on, int minute) { return {std::move(on), minute, 1764000000000}; }
const Day kToday = day("2026-11-25", 3, 0);
const Day kYesterday = day("2026-11-24", 2, -1);

Phrase phrase(std::string key, std::vector<Argument> arguments = {}, std::int64_t count = -1) {
  return {std::move(key), std::move(arguments), count};
}

// "{words} that differ" as runs.
Runs runs(const std::string& text) {
  Runs out;
  std::string now;
  bool marked = false;
  const auto flush = [&] {
    if (!now.empty()) out.push_back({now, marked});
    now.clear();
  };
  for (const char c : text) {
    if (c == '{' || c == '}') {
      flush();
      marked = c == '{';
    } else {
      now += c;
    }
  }
  flush();
  return out;
}

std::vector<WorkPiece> work(const Say& say) {
  WorkPiece photo;
  photo.id = "00000000000000000000000000000c01";
  photo.type = WorkType::photo;
  photo.title = {say("After the rain", "Tras la lluvia"), "w1"};
  photo.name = "IMG_0412.jpg";
  photo.thumbnail = photo.path = picture("after_the_rain.png");
  photo.bytes = 412'300;
  photo.width = 1600;
  photo.height = 1400;
  photo.added = moment(day("2026-11-18", 3, -7), 610);
  photo.sent = true;
  WorkPiece map;
  map.id = "00000000000000000000000000000c02";
  map.type = WorkType::file;
  map.title = {say("Flood map", "Mapa de la inundación"), "w2"};
  map.name = "flood-map-1978.png";
  map.thumbnail = map.path = picture("flood_map.png");
  map.bytes = 1'204'000;
  map.added = moment(day("2026-11-20", 5, -5), 655);
  map.sent = true;
  WorkPiece notes;
  notes.id = "00000000000000000000000000000c03";
  notes.type = WorkType::text;
  notes.title = {say("Mr. Halloran", "El señor Halloran"), "w3"};
  notes.text = {
      say("Mr. Halloran, 22 years at our school. “Before they took out the grass, the water never came past "
          "the "
          "first step.” I trust him for the yard, because he sees it every day. He did not measure.",
          "El señor Halloran, 22 años en la escuela. “Antes de que quitaran el pasto, el agua nunca pasaba "
          "del "
          "primer escalón.” Confío en él para el patio, porque lo ve a diario. No midió."),
      "w3"};
  notes.added = moment(kYesterday, 640);
  WorkPiece shown;
  shown.id = "00000000000000000000000000000c04";
  shown.type = WorkType::shown_in_person;
  shown.title = {say("Creek model", "Maqueta del arroyo"), "w4"};
  shown.added = moment(kYesterday, 650);
  shown.confirmed = true;
  shown.confirmed_by = "Ms Rivera";
  return {photo, map, notes, shown};
}

Trail trail(const Say& say) {
  Trail out;
  out.seed = kProject;
  out.steps = {
      {"ask-our-question", say("Ask our question", "Hacer nuestra pregunta"), StepState::ready, false, {}},
      {"walk-the-waters-way", say("Walk the water's way", "Seguir el agua"), StepState::turned_in, false, {}},
      {"find-sources", say("Find sources", "Buscar fuentes"), StepState::doing, true, kToday},
      {"test-three-soils", say("Test three soils", "Probar tres suelos"), StepState::todo, false, {}},
      {"explain-the-flood", say("Explain the flood", "Explicar la inundación"), StepState::todo, false, {}},
      {"tell-the-town", say("Tell the town", "Contarle al pueblo"), StepState::todo, false, {}},
  };
  return out;
}

StandardTag inq2(const Say& say) {
  return {"INQ.2",
          say("Find and weigh sources of different kinds", "Encontrar y valorar fuentes de distinto tipo"),
          false};
}

std::vector<CriterionMark> criteria(const Say& say) {
  return {
      {"sources", say("My sources", "Mis fuentes"), 0, "", true},
      {"careful-notes", say("My careful notes", "Mis notas cuidadosas"), 0, "", false},
      {"side-by-side", say("Accounts side by side", "Relatos lado a lado"), 0, "", false},
  };
}

Destination to_step(Screen screen, const char* part = "") {
  Destination out;
  out.screen = screen;
  out.project = kProject;
  out.step = kStep;
  out.part = part;
  return out;
}

IdeaCard water(const Say& say) {
  IdeaCard c;
  c.pathway = kWater;
  c.version = "00000000000000000000000000000d01";
  c.title = say("Water where we live", "El agua donde vivimos");
  c.question = say("Why does our creek flood?", "¿Por qué se inunda nuestro arroyo?");
  c.summary =
      say("You pick one place near you where water stands or rises after hard rain: a creek, a street "
          "corner, the school yard, the foot of a roof gutter. You follow the water, ask people, test "
          "three soils and tell your town what you found.",
          "Eliges un lugar cercano donde el agua se junta o sube después de una lluvia fuerte: un "
          "arroyo, una esquina, el patio de la escuela, el pie de una canaleta. Sigues el camino del "
          "agua, preguntas a la gente, pruebas tres suelos y le cuentas a tu pueblo lo que "
          "descubriste.");
  c.emblem = "creek";
  c.lessons = 10;
  c.alone = c.team = true;
  c.reason = {
      ReasonSource::still_needed,
      phrase("ideas.reason_needed", {{"standard", say("Plan a fair test", "Planear una prueba justa")}}), ""};
  c.needed = true;
  return c;
}

std::vector<IdeaCard> cards(const Say& say) {
  std::vector<IdeaCard> out;
  IdeaCard c;
  c.pathway = kStreet;
  c.version = "00000000000000000000000000000d02";
  c.title = say("Whose street is it?", "¿De quién es la calle?");
  c.question = say("How did our street come to be as it is, and who remembers?",
                   "¿Cómo llegó nuestra calle a ser como es, y quién se acuerda?");
  c.summary =
      say("You choose a place you can stand in, read its walls and names for clues, and listen to "
          "somebody who remembers it. Then you set what you found side by side and make a story that "
          "you give back to the place.",
          "Eliges un lugar donde puedas estar de pie, lees las pistas de sus paredes y sus nombres, y "
          "escuchas a alguien que lo recuerda. Después pones lado a lado lo que encontraste y haces "
          "una historia que le devuelves al lugar.");
  c.emblem = "street";
  c.lessons = 10;
  c.alone = c.team = true;
  c.reason = {ReasonSource::about_me, phrase("ideas.reason_about_me"),
              say("my grandmother tells stories", "mi abuela cuenta historias")};
  c.liked = true;
  c.marked = true;
  out.push_back(c);
  out.push_back(water(say));
  out.back().marked = true;
  c = {};
  c.pathway = kMeal;
  c.version = "00000000000000000000000000000d03";
  c.title = say("A meal for forty", "Una comida para cuarenta");
  c.question =
      say("How could we feed forty people a meal they would thank us for, with the money and the "
          "kitchen we have?",
          "¿Cómo podríamos dar a cuarenta personas una comida que nos agradezcan, con el dinero y la "
          "cocina que tenemos?");
  c.summary =
      say("You plan a real meal for forty people: who they are, what they can eat, how much of "
          "everything, what it costs and what fits in the pots. You may cook it, or you may hand over "
          "a paper plan so clear that somebody else could.",
          "Planeas una comida de verdad para cuarenta personas: quiénes son, qué pueden comer, cuánto "
          "se necesita de cada cosa, cuánto cuesta y qué cabe en las ollas. Puedes cocinarla, o "
          "entregar un plan en papel tan claro que otra persona pueda hacerlo.");
  c.emblem = "field";
  c.lessons = 9;
  c.team = true;
  c.reason = {ReasonSource::still_needed,
              phrase("ideas.reason_needed",
                     {{"standard", say("Reason with ratios and rates", "Razonar con razones y tasas")}}),
              ""};
  c.needed = true;
  out.push_back(c);
  c = {};
  c.pathway = kSmall;
  c.version = "00000000000000000000000000000d04";
  c.title = say("One small thing", "Una cosa pequeña");
  c.question = say("What one small thing would make a day at our school better?",
                   "¿Qué cosa pequeña haría mejor un día en nuestra escuela?");
  c.summary =
      say("You find one small moment of the school day that could go better, make something from "
          "paper that helps, and watch what happens. In five lessons you go through a whole project, "
          "from choosing to turning in.",
          "Encuentras un momento pequeño del día escolar que podría ir mejor, haces algo de papel que "
          "ayude y miras qué pasa. En cinco clases recorres un proyecto entero, desde elegirlo hasta "
          "entregarlo.");
  c.emblem = "faces";
  c.lessons = 5;
  c.alone = c.team = true;
  c.reason = {};
  out.push_back(c);
  c = {};
  c.pathway = kMachine;
  c.version = "00000000000000000000000000000d05";
  c.title = say("A machine that waits its turn", "Una máquina que espera su turno");
  c.question = say("Can one gentle push wait ten seconds, and then go on?",
                   "¿Puede un empujón suave esperar diez segundos y después seguir?");
  c.summary =
      say("You build a chain of rolling, falling and tipping things from what lies around you, with "
          "one link that holds the push back for a while. You find out where the push gets lost, and "
          "you change one thing at a time until the machine runs three times in a row.",
          "Armas una cadena de cosas que ruedan, caen y se vuelcan con lo que tienes cerca, y con un "
          "eslabón que detiene el empujón por un rato. Descubres dónde se pierde el empujón y cambias "
          "una cosa a la vez hasta que la máquina funciona tres veces seguidas.");
  c.emblem = "bridge";
  c.lessons = 9;
  c.team = true;
  c.reason = {ReasonSource::about_me, phrase("ideas.reason_about_me"),
              say("building things that move", "construir cosas que se mueven")};
  c.liked = true;
  out.push_back(c);
  c = {};
  c.pathway = kMuseum;
  c.version = "00000000000000000000000000000d06";
  c.title = say("Small museum", "Un museo pequeño");
  c.question = say("What can an ordinary object tell us about its people?",
                   "¿Qué nos puede contar un objeto común de su gente?");
  c.summary =
      say("You choose an ordinary object, such as a spoon, a button or a piece of chalk, and find out "
          "the story behind it from people, places and close looking. Together you open a museum for "
          "one day, with labels that make visitors stop.",
          "Eliges un objeto común, como una cuchara, un botón o una tiza, y averiguas su historia con "
          "personas, con lugares y mirando muy de cerca. Junto con tu grupo abres un museo por un "
          "día, con tarjetas que hacen detenerse a quien visita.");
  c.emblem = "night";
  c.lessons = 10;
  c.alone = true;
  c.reason = {ReasonSource::still_needed, phrase("ideas.reason_goal"),
              say("who lived here before us?", "¿quién vivió aquí antes?")};
  out.push_back(c);
  return out;
}

}  // namespace

IdeasView ideas(std::string_view language) {
  const Say say(language);
  IdeasView v;
  v.filters = {IdeaFilter::everything, IdeaFilter::needed, IdeaFilter::liked, IdeaFilter::alone,
               IdeaFilter::together};
  v.cards = cards(say);
  v.marked = 2;
  return v;
}

IdeasView no_ideas() {
  IdeasView v;
  v.filters = {IdeaFilter::everything};
  v.none_yet = true;
  return v;
}

CompareIdeasView compare_ideas(std::string_view language, int how_many) {
  const Say say(language);
  std::vector<IdeaCard> all = cards(say);
  CompareIdeasView v;
  IdeaDetail w;
  w.card = all[1];
  w.do_text =
      say("You pick one place near you where water stands or rises after hard rain: a creek, a street "
          "corner, the school yard, the foot of a roof gutter. You follow the water, ask people, test "
          "three soils and tell your town what you found.",
          "Eliges un lugar cercano donde el agua se junta o sube después de una lluvia fuerte: un "
          "arroyo, una esquina, el patio de la escuela, el pie de una canaleta. Sigues el camino del "
          "agua, preguntas a la gente, pruebas tres suelos y le cuentas a tu pueblo lo que "
          "descubriste.");
  w.why_it_matters =
      say("Water goes where the ground sends it, and people shape the ground: with roofs, paths, "
          "gardens and drains. When you can show why one place floods, neighbors can stop guessing "
          "and choose something that helps. Often it begins with a small thing, such as a clean drain "
          "or a strip of loose soil.",
          "El agua va adonde el suelo la lleva, y las personas le damos forma al suelo: con techos, "
          "caminos, jardines y desagües. Cuando puedes mostrar por qué se inunda un lugar, los "
          "vecinos dejan de adivinar y pueden elegir algo que ayude. Muchas veces se empieza con algo "
          "pequeño, como un desagüe limpio o una franja de tierra suelta.");
  w.learn = {
      inq2(say),
      {"SCI.2", say("Plan a fair test", "Planear una prueba justa"), false},
      {"MAT.2", say("Represent data so that others can read it", "Representar datos para que otros los lean"),
       false}};
  w.reasons = {all[1].reason,
               {ReasonSource::about_me, phrase("ideas.reason_about_me"),
                say("maps and being outside", "los mapas y estar afuera")}};
  w.good_to_know = {
      say("An adult goes with you on every walk. We walk on dry days, never in a storm, and stay "
          "three big steps back from creeks, ditches and open drains.",
          "Una persona adulta te acompaña en cada recorrido. Salimos en días secos, nunca con "
          "tormenta, y nos quedamos a tres pasos grandes de arroyos, zanjas y desagües abiertos.")};
  w.products = {
      {"letter-and-map", say("A letter with a map", "Una carta con mapa"),
       say("One page to the people who look after streets, drains or parks, and a map with arrows that "
           "shows the water's way. For somebody who has five minutes to read it.",
           "Una página para quienes cuidan las calles, los desagües o los parques, y un mapa con "
           "flechas que muestra el camino del agua. Para alguien que tiene cinco minutos para leer.")},
      {"working-model", say("A model that gets wet", "Una maqueta que se moja"),
       say("A tray with your place built in soil, stones and scraps. You pour rain on it, change one "
           "thing, pour again, and explain what the viewers see.",
           "Una bandeja con tu lugar hecho de tierra, piedras y materiales de desecho. Le echas "
           "lluvia, cambias una sola cosa, vuelves a echar y explicas lo que el público ve.")},
      {"wall-panel", say("A panel for a wall", "Un cartel para la pared"),
       say("A large sheet for a shop, a library, a clinic or the school door: one picture, three "
           "numbers, one request. People understand it while they wait, in the languages they read.",
           "Una hoja grande para una tienda, una biblioteca, un centro de salud o la puerta de la "
           "escuela: una imagen, tres números y un pedido. La gente lo entiende mientras espera, en "
           "los idiomas que lee.")},
      {"spoken-report", say("A spoken report", "Un informe hablado"),
       say("Three minutes aloud, as if on local radio or at a town meeting, with one thing to hold up. "
           "You can give it in one language or in two.",
           "Tres minutos en voz alta, como en la radio local o en una reunión de vecinos, con un "
           "objeto para mostrar. Puedes hacerlo en un idioma o en dos.")}};
  w.chosen = true;
  IdeaDetail s;
  s.card = all[0];
  s.do_text =
      say("You choose a place you can stand in, read its walls and names for clues, and listen to "
          "somebody who remembers it. Then you set what you found side by side and make a story that "
          "you give back to the place.",
          "Eliges un lugar donde puedas estar de pie, lees las pistas de sus paredes y sus nombres, y "
          "escuchas a alguien que lo recuerda. Después pones lado a lado lo que encontraste y haces "
          "una historia que le devuelves al lugar.");
  s.why_it_matters =
      say("A place looks as if it had always been this way. But somebody laid that step, named that "
          "lane, closed that door, or arrived one morning with two bags. Much of this is written "
          "nowhere. It lives in people, and when nobody asks, it is lost. If you listen with care, "
          "your street has one more person who knows it.",
          "Un lugar parece haber sido siempre así. Pero alguien puso ese escalón, le dio nombre a ese "
          "callejón, tapó esa puerta o llegó una mañana con dos bolsas. Casi nada de eso está "
          "escrito. Vive en las personas y, si nadie pregunta, se pierde. Si escuchas con cuidado, tu "
          "calle tendrá una persona más que la conoce.");
  s.learn = {
      {"HIS.1",
       say("Tell how and why a place or people changed", "Contar cómo y por qué cambió un lugar o su gente"),
       false},
      {"COM.3", say("Listen and build on others' ideas", "Escuchar y construir sobre las ideas de otros"),
       false}};
  s.reasons = {all[0].reason};
  s.good_to_know = {
      say("Who walks with us? You never go to the street alone for this project. You stay off the "
          "road and away from water, building sites and empty buildings.",
          "¿Quién camina con nosotros? En este proyecto nunca sales a la calle sin una persona "
          "adulta. No pisas la calzada y te mantienes lejos del agua, las obras y los edificios "
          "vacíos.")};
  s.products = {
      {"bench-booklet", say("A bench booklet", "Un librito de banca"),
       say("One large sheet, folded into eight small pages, that a person can read while sitting on a "
           "bench. It has drawings, clues from the place and at least two voices. It can be in two "
           "languages.",
           "Una hoja grande doblada en ocho páginas pequeñas, para leer en la banca de una plaza. "
           "Lleva dibujos, pistas del lugar y al menos dos voces. Puede estar en dos idiomas.")},
      {"layered-map", say("A layered map", "Un mapa por capas"),
       say("A map of the place today, with one or two sheets of thin paper on top that show it as it "
           "used to be. Lift a sheet and years go by. Short notes say how you know, and which parts "
           "are guesses.",
           "Un mapa del lugar de hoy, con una o dos hojas de papel delgado encima que lo muestran como "
           "era antes. Levantas una hoja y pasan los años. Unas notas cortas dicen cómo lo sabes y qué "
           "partes son suposiciones.")},
      {"told-walk", say("A told walk", "Un paseo contado"),
       say("Five stops and five short tellings that you have practised aloud. Lead it in the place "
           "with an adult, or set it up indoors with a drawing for each stop, so that anybody can come "
           "along.",
           "Cinco paradas y cinco relatos cortos que has ensayado en voz alta. Guíalo en el lugar con "
           "una persona adulta, o ármalo bajo techo con un dibujo por parada, para que cualquiera "
           "pueda venir.")}};
  IdeaDetail m;
  m.card = all[2];
  m.do_text =
      say("You plan a real meal for forty people: who they are, what they can eat, how much of "
          "everything, what it costs and what fits in the pots. You may cook it, or you may hand over "
          "a paper plan so clear that somebody else could.",
          "Planeas una comida de verdad para cuarenta personas: quiénes son, qué pueden comer, cuánto "
          "se necesita de cada cosa, cuánto cuesta y qué cabe en las ollas. Puedes cocinarla, o "
          "entregar un plan en papel tan claro que otra persona pueda hacerlo.");
  m.why_it_matters =
      say("Eating together is one of the oldest ways to say thank you, welcome or we remember. A cook "
          "for many has to be kind and exact at the same time. If the numbers are wrong, the last ten "
          "people in the line get nothing. If nobody asked, a guest sits in front of a plate they "
          "cannot eat. Here you learn to do both: to ask well, and to calculate so that others can "
          "trust it.",
          "Comer juntos es una de las formas más antiguas de decir gracias, bienvenidos o no los "
          "olvidamos. Quien cocina para muchos tiene que ser amable y exacto al mismo tiempo. Si los "
          "números están mal, las últimas diez personas de la fila se quedan sin nada. Si nadie "
          "preguntó, alguien queda frente a un plato que no puede comer. Aquí aprendes las dos cosas: "
          "a preguntar bien y a calcular de modo que los demás puedan confiar.");
  m.learn = {
      {"MAT.1", say("Reason with ratios and rates", "Razonar con razones y tasas"), false},
      {"DES.1", say("Design for somebody's real need", "Diseñar para la necesidad real de alguien"), false}};
  m.reasons = {all[2].reason};
  m.good_to_know = {
      say("Ask your teacher who the forty people are, how much money there is, and which kitchen you "
          "plan for. The meal can be real or imagined.",
          "Pregunta a tu docente quiénes son las cuarenta personas, cuánto dinero hay y para qué "
          "cocina planeas. La comida puede ser real o imaginada.")};
  m.products = {
      {"paper-plan", say("A paper plan to hand over", "Un plan en papel para entregar"),
       say("Two to four pages: guests' needs, amounts, shopping list with costs, timetable, jobs and "
           "safety. Somebody who never met you could cook from it. This is a full product, just as it "
           "is.",
           "De dos a cuatro páginas: lo que necesitan los invitados, cantidades, lista de compras con "
           "costos, horario, tareas y seguridad. Alguien que nunca te vio podría cocinar con él. Es un "
           "producto completo, tal como es.")},
      {"kitchen-wall", say("A kitchen wall", "Una pared de cocina"),
       say("Three big sheets for a kitchen wall: what to buy, what to do when, and who eats what. "
           "Letters can be read from three steps away, and drawings help where languages differ.",
           "Tres hojas grandes para la pared de una cocina: qué comprar, qué hacer y cuándo, y quién "
           "come qué. Las letras se leen a tres pasos, y los dibujos ayudan donde se hablan varios "
           "idiomas.")}};
  v.ideas = {w};
  if (how_many > 1) v.ideas.push_back(s);
  if (how_many > 2) v.ideas.push_back(m);
  v.chosen = kWater;
  v.product = "working-model";
  v.why = {say("the bus stop is under water every time it rains and my brother gets wet feet",
               "la parada queda bajo el agua cada vez que llueve y mi hermano se moja los pies"),
           ""};
  return v;
}

ProjectView project(std::string_view language) {
  const Say say(language);
  ProjectView v;
  v.none = false;
  v.today = kToday;
  v.id = kProject;
  v.title = say("Water where we live", "El agua donde vivimos");
  v.question = say("Why does our creek flood?", "¿Por qué se inunda nuestro arroyo?");
  v.product = say("A model that gets wet", "Una maqueta que se moja");
  v.emblem = "creek";
  v.own_question = {v.question, "q1"};
  v.trail = trail(say);
  v.projects = {{kProject, v.question}};
  StepView& s = v.step;
  s.id = kStep;
  s.title = say("Find sources", "Buscar fuentes");
  s.purpose =
      say("You collect what people, papers and things can tell about your place, and you see where "
          "they agree and where they do not.",
          "Reúnes lo que personas, papeles y cosas pueden contar sobre tu lugar, y ves en qué "
          "coinciden y en qué no.");
  s.what_good_looks_like =
      say("Three kinds of source stand next to one another, each with what it gives and how far you "
          "trust it. Two accounts are side by side, with a possible reason for their difference.",
          "Hay tres tipos de fuente, cada una con lo que aporta y cuánto confías en ella. Dos relatos "
          "están lado a lado, con una posible razón de su diferencia.");
  s.state = StepState::doing;
  s.planned = kToday;
  s.standards = {
      inq2(say),
      {"HIS.2", say("Set accounts that disagree side by side", "Poner lado a lado relatos que no coinciden"),
       false}};
  s.open = Form::step_by_step;
  s.forms = {Form::example, Form::step_by_step, Form::on_my_own};
  s.example.work =
      say("Source 1, a person: the custodian, 22 years at our school. “Before they took out the "
          "grass, the water never came past the first step.” Trust: high for the yard, because he "
          "sees it every day. He did not measure.\n"
          "Source 2, a person: a shopkeeper across the street, 6 years. “It is the trash. When the "
          "drain is clean, there is no lake.” Trust: high for the drain. She was not here when there "
          "was grass.\n"
          "Source 3, paper: an old street map in the library, 1978. A ditch runs where the parked "
          "cars stand now.\n"
          "Source 4, a thing: our jar in the yard. 31 mm on May 6. The corner was full.\n"
          "Side by side: both saw the water rise. He says ground, she says drain. They look from "
          "different sides. Maybe both are right. Missing: somebody from the town who knows the pipe.",
          "Fuente 1, una persona: el conserje, 22 años en la escuela. “Antes de que quitaran el "
          "pasto, el agua nunca pasaba del primer escalón.” Confianza: alta para el patio, porque lo "
          "ve a diario. No midió.\n"
          "Fuente 2, una persona: una comerciante de enfrente, 6 años. “Es la basura. Con el desagüe "
          "limpio no hay laguna.” Confianza: alta para el desagüe. No estaba aquí cuando había pasto.\n"
          "Fuente 3, un papel: un plano de calles de la biblioteca, 1978. Donde hoy estacionan los "
          "autos pasaba una zanja.\n"
          "Fuente 4, una cosa: nuestro frasco en el patio. 31 mm el 6 de mayo. La esquina estaba "
          "llena.\n"
          "Lado a lado: los dos vieron subir el agua. Él dice el suelo; ella, el desagüe. Miran desde "
          "lados distintos. Quizás los dos tienen razón. Falta: alguien del municipio que conozca el "
          "tubo.");
  s.example.thinking = {
      say("I wrote the people's own words in quotation marks, and my thoughts after “Trust”. So I do "
          "not mix them up.",
          "Puse entre comillas las palabras de la gente, y mis ideas después de “Confianza”. Así no "
          "se mezclan."),
      say("The two accounts differ, and I did not choose a winner. I asked where each person stands "
          "and since when.",
          "Los dos relatos son distintos y no elegí un ganador. Pregunté dónde está cada persona y "
          "desde cuándo."),
      say("The old map cannot talk about rain. But it showed me a ditch that nobody had mentioned.",
          "El plano antiguo no puede hablar de la lluvia. Pero me mostró una zanja que nadie había "
          "nombrado.")};
  s.guided.intro =
      say("Find three kinds of source: somebody who remembers, something on paper, and something you "
          "can see or measure. Ask politely, and always with an adult who knows where you are.",
          "Busca tres tipos de fuente: alguien que recuerde, algo en papel y algo que puedas ver o "
          "medir. Pregunta con amabilidad, y siempre con una persona adulta que sepa dónde estás.");
  s.guided.items = {
      {"0",
       say("I write three questions that cannot be answered with only yes or no.",
           "Escribo tres preguntas que no se contestan solo con sí o no."),
       true, false},
      {"1",
       say("I tell the person what it is for, and ask whether I may write down their words.",
           "Le digo a la persona para qué es y le pregunto si puedo anotar sus palabras."),
       true, false},
      {"2",
       say("I find something on paper: a map, a photo, a plan, a book about our area, a school diary.",
           "Encuentro algo en papel: un mapa, una foto, un plano, un libro de la zona, un diario "
           "escolar."),
       false, true},
      {"3",
       say("I use something I measured: our map, a rain jar, a line on a wall.",
           "Uso algo que medí: nuestro mapa, un frasco de lluvia, una línea en la pared."),
       false, false},
      {"4",
       say("For each source I write how it helps, and how far I trust it, with a reason.",
           "En cada fuente anoto cómo ayuda y cuánto confío en ella, con una razón."),
       false, false},
      {"5",
       say("I put two accounts side by side and mark where they agree and where they differ.",
           "Pongo dos relatos lado a lado y marco en qué coinciden y en qué no."),
       false, false}};
  s.guided.starters = {say("When you think of the highest water here, what do you remember?",
                           "Cuando piensas en la vez que el agua subió más, ¿qué recuerdas?"),
                       say("This source helps with … but cannot tell me …",
                           "Esta fuente ayuda con …, pero no me puede decir …"),
                       say("They agree that … They differ about …", "Coinciden en que … No coinciden en …"),
                       say("Perhaps they differ because …", "Quizás es así porque …")};
  s.guided.if_stuck = {
      say("You know nobody to ask? Try a custodian, a bus driver at the stop, a grandparent, a cook, "
          "a crossing guard, a market seller. Your teacher can also invite one person for the whole "
          "class.",
          "¿No sabes a quién preguntar? Prueba con un conserje, una conductora de autobús en la "
          "parada, un abuelo, una cocinera, quien ayuda a cruzar la calle o alguien del mercado. Tu "
          "docente también puede invitar a una persona para toda la clase."),
      say("You find nothing on paper? An old class photo in front of the building, a land plan in the "
          "school office or the date on a drain cover is a paper source too.",
          "¿No encuentras nada en papel? Una foto vieja de un grupo frente a la escuela, un plano en "
          "la oficina o la fecha grabada en una tapa de desagüe también cuentan.")};
  s.on_my_own =
      say("Collect at least three sources of different kinds and put two accounts side by side. A "
          "good result keeps people's words apart from your thoughts, says how far you trust each "
          "source and why, and names what is still missing.",
          "Reúne al menos tres fuentes de distinto tipo y pon dos relatos lado a lado. Un buen "
          "resultado separa las palabras de la gente de tus ideas, dice cuánto confías en cada fuente "
          "y por qué, y nombra lo que todavía falta.");
  s.gentler =
      say("Use two source cards with a picture for each kind and three questions that your class "
          "wrote together. You may ask in the language you share with the person and bring home key "
          "words.",
          "Usa dos fichas con un dibujo para cada tipo de fuente y tres preguntas que escribió toda "
          "la clase. Puedes preguntar en el idioma que compartes con la persona y traer palabras "
          "clave.");
  s.stretch =
      say("Look for a source that could prove your first idea wrong. Write what it would have to say, "
          "then go and see whether it does.",
          "Busca una fuente que podría mostrar que tu primera idea no era cierta. Escribe qué tendría "
          "que decir y luego ve a comprobarlo.");
  s.work = work(say);
  s.work_ideas = {
      say("Text: my source cards or table", "Texto: mis fichas o mi tabla de fuentes"),
      say("Photo or file of a map, an old picture or a rain jar, without faces",
          "Foto o archivo de un mapa, una imagen antigua o un frasco de lluvia, sin caras"),
      say("Shown in person: a visitor or a partner hears the notes read back",
          "Mostrado en persona: alguien que nos visitó o alguien de la clase escucha la lectura de "
          "mis notas")};
  s.has_check = true;
  s.check_begun = true;
  s.check = to_step(Screen::check, "sources");
  s.can_turn_in = false;
  s.turn_in_waits_for = phrase("project.waits_for_check");
  s.stuck.hints = s.guided.if_stuck;
  s.stuck.has_example = true;
  s.stuck.another_step = "test-three-soils";
  s.stuck.another_step_title = say("Test three soils", "Probar tres suelos");
  s.stuck.teacher = "Ms Rivera";
  s.stuck.seen_when = phrase("stuck.seen_when_sent");
  s.stuck.draft = {
      say("I can only find things on the internet and the", "Solo encuentro cosas en internet y el"), ""};
  return v;
}

ProjectView project_just_chosen(std::string_view language) {
  ProjectView v = project(language);
  for (TrailStep& step : v.trail.steps) {
    step.state = StepState::todo;
    step.here = false;
  }
  v.trail.steps[2].here = true;
  for (Item& item : v.step.guided.items) item.done = item.next = false;
  v.step.guided.items[0].next = true;
  v.step.state = StepState::todo;
  v.step.planned = {};
  v.step.work.clear();
  v.step.check_begun = false;
  v.step.stuck.draft = {};
  v.own_question = {};
  return v;
}

ProjectView project_turned_in(std::string_view language) {
  const Say say(language);
  ProjectView v = project(language);
  v.trail.steps[2].state = StepState::another_look;
  for (Item& item : v.step.guided.items) item = {item.id, item.text, true, false};
  v.step.state = StepState::another_look;
  v.step.check_done = true;
  v.step.can_turn_in = true;
  v.step.turn_in_waits_for = {};
  v.step.tries = {
      {1, moment(day("2026-11-17", 2, -8), 640), {}, {}, "00000000000000000000000000000e00", false},
      {2, moment(kYesterday, 660), {}, {}, "00000000000000000000000000000e01", false}};
  for (TryView& one : v.step.tries) {
    const bool first = one.number == 1;
    one.lines = {{say("My sources", "Mis fuentes"),
                  first ? say("Just starting", "Empezando") : say("On target", "En la meta"), first ? 1 : 3},
                 {say("My careful notes", "Mis notas cuidadosas"), say("Getting there", "En camino"), 2}};
  }
  v.step.turned_in_at = moment(kYesterday, 660);
  v.step.turned_in_sent = true;
  v.step.answer = "00000000000000000000000000000e01";
  v.step.answer_unread = true;
  return v;
}

ProjectView no_project() { return {}; }

CheckView check(std::string_view language) {
  const Say say(language);
  CheckView v;
  v.project = kProject;
  v.step = kStep;
  v.rubric_title = say("Finding out about our place", "Averiguar sobre nuestro lugar");
  v.step_title = say("Find sources", "Buscar fuentes");
  v.trail = criteria(say);
  v.trail[0].level = 3;
  v.trail[0].level_name = say("On target", "En la meta");
  v.trail[0].here = false;
  v.trail[1].here = true;
  v.trail[1].level = 2;
  v.trail[1].level_name = say("Getting there", "En camino");
  v.criterion = "careful-notes";
  v.question = say("How carefully did I collect what I saw, measured and heard?",
                   "¿Con cuánto cuidado reuní lo que vi, medí y escuché?");
  v.standard = {"INQ.3", say("Gather data or accounts carefully", "Reunir datos o relatos con cuidado"),
                false};
  v.levels = {
      {1, say("Just starting", "Empezando"),
       runs(say("I write what I remember about our place and what somebody told me. When it was, where it "
                "was and who noticed it cannot be seen yet.",
                "Escribo lo que recuerdo de nuestro lugar y lo que alguien me contó. Todavía no se ve "
                "cuándo fue, dónde fue ni quién lo notó.")),
       false, false},
      {2, say("Getting there", "En camino"),
       runs(say("I write {on the same day}, with {the date and the spot}, what I saw and heard. The other "
                "person's words and my own thoughts are still mixed.",
                "Escribo {el mismo día}, con {la fecha y el punto exacto}, lo que vi y escuché. Las "
                "palabras de la otra persona y mis ideas siguen mezcladas.")),
       false, true},
      {3, say("On target", "En la meta"),
       runs(say("I write on the same day, with date and spot. I {keep people's own words apart from my "
                "thoughts}, and my measurements {have units and were taken twice}.",
                "Escribo el mismo día, con fecha y punto exacto. {Separo las palabras de la gente de mis "
                "ideas}, y mis medidas {tienen unidad y dos intentos}.")),
       true, false},
      {4, say("Going further", "Más allá"),
       runs(say("I keep words and thoughts apart, with date, spot, units and two readings. I {explain "
                "readings that differ} and {read my notes back to the person to check}.",
                "Separo palabras e ideas, con fecha, punto, unidades y dos intentos. {Explico las medidas "
                "que no coinciden} y {le leo mis notas a la persona para revisarlas}.")),
       false, false}};
  v.aim = 3;
  v.because = {say("I wrote down what Mr. Halloran said the same afternoon. I put the date, but my own "
                   "thoughts are in between.",
                   "Escribí lo que dijo el señor Halloran esa misma tarde. Puse la fecha, pero mis ideas "
                   "están en medio."),
               "b1"};
  v.because_needed = true;
  v.because_hint = phrase("check.because_proudest");
  v.evidence = work(say);
  v.evidence[1].chosen = v.evidence[2].chosen = true;
  v.back = to_step(Screen::check, "sources");
  v.next = to_step(Screen::check, "side-by-side");
  return v;
}

CheckView check_fresh(std::string_view language) {
  CheckView v = check(language);
  for (CriterionMark& mark : v.trail) {
    mark.level = 0;
    mark.level_name.clear();
    mark.here = mark.id == "sources";
  }
  const Say say(language);
  v.criterion = "sources";
  v.question = say("How well do my sources help answer my question?",
                   "¿Qué tan bien me ayudan mis fuentes a contestar mi pregunta?");
  v.standard = inq2(say);
  v.levels = {
      {1, say("Just starting", "Empezando"),
       runs(say("I name one source about our place, such as a person or a map, and copy down what it says. "
                "How it helps with my question is not there yet.",
                "Nombro una fuente sobre nuestro lugar, como una persona o un mapa, y copio lo que dice. "
                "Todavía no está cómo ayuda con mi pregunta.")),
       false, false},
      {2, say("Getting there", "En camino"),
       runs(say("I use {two or more sources of one kind}, such as two neighbors, and copy down what they "
                "say. I say {which part helps} with my question.",
                "Uso {dos o más fuentes de un mismo tipo}, por ejemplo dos vecinas, y copio lo que dicen. "
                "Digo {qué parte ayuda} con mi pregunta.")),
       false, false},
      {3, say("On target", "En la meta"),
       runs(say("I use {at least three sources of different kinds}: a person, a paper, something measured. "
                "For each I say which part helps and {how far I trust it, with a reason}.",
                "Uso {al menos tres fuentes de distinto tipo}: una persona, un papel, algo medido. En cada "
                "una digo qué parte ayuda y {cuánto confío en ella, con una razón}.")),
       true, false},
      {4, say("Going further", "Más allá"),
       runs(say("I use three kinds of source and say for each how far I trust it and why. I {looked for one "
                "that could prove me wrong} and {name what is missing}.",
                "Uso tres tipos de fuente y digo cuánto confío en cada una y por qué. {Busqué una que "
                "pudiera mostrar que mi idea no es cierta} y {nombro lo que falta}.")),
       false, false}};
  v.because = {};
  v.because_needed = false;
  for (WorkPiece& piece : v.evidence) piece.chosen = false;
  v.back = to_step(Screen::project);
  v.next = to_step(Screen::check, "careful-notes");
  return v;
}

FinishView finish(std::string_view language) {
  const Say say(language);
  FinishView v;
  v.project = kProject;
  v.step = kStep;
  v.step_title = say("Find sources", "Buscar fuentes");
  v.criteria = criteria(say);
  v.criteria[0].here = false;
  v.criteria[0].level = 3;
  v.criteria[0].level_name = say("On target", "En la meta");
  v.criteria[1].level = 2;
  v.criteria[1].level_name = say("Getting there", "En camino");
  v.criteria[2].level = 1;
  v.criteria[2].level_name = say("Just starting", "Empezando");
  v.confidence = "most";
  v.glow = {say("My map shows the low place by the bridge really well. I drew it three times.",
                "Mi mapa muestra muy bien el lugar bajo junto al puente. Lo dibujé tres veces."),
            "g1"};
  v.grow = {say("I should say why each fact matters, not just what it is.",
                "Debería decir por qué importa cada dato, no solo cuál es."),
            "g2"};
  v.next = {say("ask Mr. Halloran what the creek was like before the road",
                "preguntarle al señor Halloran cómo era el arroyo antes de la calle"),
            "g3"};
  v.coming = {{phrase("finish.goes_by_itself")},
              {phrase("finish.teacher_reads", {{"teacher", std::string("Ms Rivera")}})},
              {phrase("finish.answer_on_today")}};
  v.can_turn_in = true;
  v.back = to_step(Screen::check, "side-by-side");
  return v;
}

FinishView finish_waiting(std::string_view language) {
  FinishView v = finish(language);
  v.criteria[2].level = 0;
  v.criteria[2].level_name.clear();
  v.confidence.clear();
  v.next = {};
  v.can_turn_in = false;
  v.waits_for = phrase("check.waits_for_level", {{"criterion", v.criteria[2].title}});
  v.waits_to = to_step(Screen::check, "side-by-side");
  return v;
}

AnswerView answer(std::string_view language) {
  const Say say(language);
  AnswerView v;
  v.review = "00000000000000000000000000000e01";
  v.project = kProject;
  v.step = kStep;
  v.step_title = say("Find sources", "Buscar fuentes");
  v.question = say("Why does our creek flood?", "¿Por qué se inunda nuestro arroyo?");
  v.teacher = "Ms Rivera";
  v.teacher_mark = {"waves", "sand", "plum"};
  v.at = moment(kYesterday, 995);
  v.glow =
      say("You did not stop at the first person. Your paper source showed something nobody had told "
          "you.",
          "No te quedaste con la primera persona. Tu papel mostró algo que nadie te había contado.");
  v.next = say("Put quotation marks around the person's own words, and begin your thoughts with “I think”.",
               "Pon comillas a las palabras de la persona y empieza tus ideas con “Yo pienso”.");
  v.grow = say("I cannot tell which words are the person's and which are yours.",
               "No distingo qué palabras son de la persona y cuáles son tuyas.");
  v.can_compare = true;
  v.compared = {
      {"sources",
       say("My sources", "Mis fuentes"),
       {3, say("On target", "En la meta"),
        runs(say("I use {at least three sources of different kinds}: a person, a paper, something measured. "
                 "For each I say which part helps and {how far I trust it, with a reason}.",
                 "Uso {al menos tres fuentes de distinto tipo}: una persona, un papel, algo medido. En cada "
                 "una digo qué parte ayuda y {cuánto confío en ella, con una razón}.")),
        say("I have a person, a map and our rain jar.",
            "Tengo una persona, un mapa y nuestro frasco de lluvia.")},
       {3, say("On target", "En la meta"),
        runs(say("I use {at least three sources of different kinds}: a person, a paper, something measured. "
                 "For each I say which part helps and {how far I trust it, with a reason}.",
                 "Uso {al menos tres fuentes de distinto tipo}: una persona, un papel, algo medido. En cada "
                 "una digo qué parte ayuda y {cuánto confío en ella, con una razón}.")),
        ""},
       true,
       ""},
      {"careful-notes",
       say("My careful notes", "Mis notas cuidadosas"),
       {3, say("On target", "En la meta"),
        runs(say("I write on the same day, with date and spot. I {keep people's own words apart from my "
                 "thoughts}, and my measurements {have units and were taken twice}.",
                 "Escribo el mismo día, con fecha y punto exacto. {Separo las palabras de la gente de mis "
                 "ideas}, y mis medidas {tienen unidad y dos intentos}.")),
        say("I wrote what Mr. Halloran said on the same day, and the date.",
            "Escribí lo que dijo el señor Halloran ese mismo día, con la fecha.")},
       {2, say("Getting there", "En camino"),
        runs(say("I write on the same day, with the date and the spot, {what I saw and heard}. The other "
                 "person's words and my own thoughts {are still mixed}.",
                 "Escribo el mismo día, con la fecha y el punto exacto, {lo que vi y escuché}. Las palabras "
                 "de la otra persona y mis ideas {siguen mezcladas}.")),
        say("I cannot tell which words are the person's and which are yours.",
            "No distingo qué palabras son de la persona y cuáles son tuyas.")},
       false,
       say("“Now it comes in one hour and I cannot cross.” I think: that was after the market was paved.",
           "“Ahora sube en una hora y no puedo cruzar.” Yo pienso: eso fue después de pavimentar la "
           "plaza.")}};
  v.exemplar_title = say("Stony Creek at the footbridge", "El arroyo Pedregoso junto al puente");
  v.exemplar_from = say("Made up for this pathway: parts of what a team of three in grade 7 might hand in",
                        "Inventado para este proyecto: partes de lo que podría entregar un equipo de tres "
                        "estudiantes de séptimo grado");
  v.exemplar = {
      {say("From step 3: two accounts side by side", "Del paso 3: dos relatos lado a lado"),
       say("A farmer, here for 40 years: “The creek always came up in April. We waited and it went "
           "down in a day or two.” A mother who crosses the bridge with her children, here for 3 "
           "years: “Now it comes in one hour and I cannot cross.” They agree: the creek rises at the "
           "bridge, not above it. They differ: he says slow and in April, she says fast and in any "
           "month. Possible reason: between his time and hers the market square was paved. The plan in "
           "the school office says “square, paved 2011”. The plan cannot tell us how fast the creek "
           "rose before. We still need somebody who saw both times. Our teacher knows somebody who has "
           "looked after the bridge since 2005. We will ask on Thursday.",
           "Un agricultor, aquí hace 40 años: “El arroyo siempre subía en abril. Esperábamos y bajaba "
           "en uno o dos días.” Una mamá que cruza el puente con sus hijos, aquí hace 3 años: “Ahora "
           "sube en una hora y no puedo cruzar.” Coinciden: el arroyo sube junto al puente, no más "
           "arriba. No coinciden: él dice despacio y en abril; ella, rápido y en cualquier mes. "
           "Posible razón: entre la época de él y la de ella pavimentaron la plaza del mercado. El "
           "plano de la oficina de la escuela dice “plaza, pavimentada en 2011”. El plano no puede "
           "decirnos qué tan rápido subía antes. Todavía nos falta alguien que haya visto las dos "
           "épocas. Nuestro profesor conoce a alguien que cuida el puente desde 2005. Le preguntaremos "
           "el jueves.")},
      {say("From step 4: our numbers and a check", "Del paso 4: nuestros números y una revisión"),
       say("200 ml of water on each, 5 minutes, two tries. Creek bank soil: 70 and 62 ml ran through. "
           "Path to the market: 12 and 15 ml. Paving stone with sand in the gaps: 30 and 44 ml. The "
           "stone differs most, perhaps because the second time some sand was washed out. The square "
           "is 40 m by 25 m, so 1,000 square meters. 20 mm of rain on it is 20,000 liters. Does it "
           "make sense? Our classroom is about 8 m by 6 m, so 48 square meters, and 20,000 liters "
           "would stand about 40 cm high in it. That is up to our knees. We had expected less. A part "
           "of it soaks into the gaps, so at the creek it must be less than that.",
           "200 ml de agua en cada uno, 5 minutos, dos intentos. Tierra de la orilla del arroyo: "
           "pasaron 70 y 62 ml. Camino al mercado: 12 y 15 ml. Adoquín con arena entre las juntas: 30 "
           "y 44 ml. El adoquín es el que más cambia, quizás porque la segunda vez el agua se llevó un "
           "poco de arena. La plaza mide 40 m por 25 m, o sea, 1 000 metros cuadrados. 20 mm de lluvia "
           "sobre ella son 20 000 litros. ¿Tiene sentido? Nuestro salón mide unos 8 m por 6 m, o sea, "
           "48 metros cuadrados, y 20 000 litros llegarían a unos 40 cm de alto. Nos llegaría a las "
           "rodillas. Esperábamos menos. Una parte se infiltra en las juntas, así que al arroyo tiene "
           "que llegar menos que eso.")}};
  v.try_now = to_step(Screen::project);
  v.second_try = true;
  return v;
}

AnswerView answer_ready(std::string_view language) {
  AnswerView v = answer(language);
  v.ready = true;
  v.second_try = false;
  v.grow.clear();
  v.replies = {Say(language)("use quotation marks from now on", "usar comillas desde ahora")};
  return v;
}

GrowthView growth(std::string_view language) {
  const Say say(language);
  GrowthView v;
  v.standards = {
      {"INQ.2", inq2(say).text, true},
      {"INQ.3", say("Gather data or accounts carefully", "Reunir datos o relatos con cuidado"), false},
      {"HIS.2", say("Set accounts that disagree side by side", "Poner lado a lado relatos que no coinciden"),
       false},
      {"OWN.3", say("Work in a team", "Trabajar en equipo"), false}};
  v.level_names = {say("Just starting", "Empezando"), say("Getting there", "En camino"),
                   say("On target", "En la meta"), say("Going further", "Más allá")};
  const auto at = [](const char* iso, int from_today) {
    Moment m = moment(day(iso, 1, from_today), 600);
    m.at_ms = 1764000000000 + static_cast<std::int64_t>(from_today) * 86'400'000;
    return m;
  };
  const std::string words = say("You named both sources right where you used them.",
                                "Nombraste las dos fuentes justo donde las usaste.");
  v.dots = {{EvidenceKind::own_view, 2, at("2026-09-14", -72), "", to_step(Screen::check)},
            {EvidenceKind::review, 1, at("2026-09-14", -72), words, to_step(Screen::answer)},
            {EvidenceKind::observation, 1, at("2026-09-25", -61), words, {}},
            {EvidenceKind::classmate, 0, at("2026-10-06", -50), words, {}},
            {EvidenceKind::own_view, 2, at("2026-10-09", -47), "", to_step(Screen::check)},
            {EvidenceKind::review, 2, at("2026-10-14", -42), words, to_step(Screen::answer)},
            {EvidenceKind::conference, 0, at("2026-10-18", -38), words, {}},
            {EvidenceKind::observation, 2, at("2026-10-23", -33), words, {}},
            {EvidenceKind::own_view, 3, at("2026-11-06", -19), "", to_step(Screen::check)},
            {EvidenceKind::review, 2, at("2026-11-11", -14), words, to_step(Screen::answer)},
            {EvidenceKind::classmate, 0, at("2026-11-16", -9), words, {}},
            {EvidenceKind::own_view, 2, at("2026-11-24", -1), "", to_step(Screen::check)}};
  v.support = {
      {Form::example, day("2026-09-14", 1, -72)},      {Form::example, day("2026-09-25", 5, -61)},
      {Form::step_by_step, day("2026-10-09", 5, -47)}, {Form::step_by_step, day("2026-10-23", 5, -33)},
      {Form::on_my_own, day("2026-11-06", 5, -19)},    {Form::on_my_own, day("2026-11-24", 2, -1)}};
  v.first = day("2026-09-01", 2, -85);
  v.last = kToday;
  return v;
}

GrowthView no_growth() { return {}; }

}  // namespace waymark::fixtures
