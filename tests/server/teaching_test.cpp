#include "sync-server/service/teaching.hpp"

#include <algorithm>
#include <set>
#include <thread>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "shared/sync/carry.hpp"
#include "shared/wire/bundle.hpp"
#include "shared/wire/starter.hpp"
#include "sync-server/http/router.hpp"
#include "sync-server/routes/api.hpp"
#include "sync-server/routes/routes.hpp"
#include "sync-server/service/hiding.hpp"
#include "sync-server/service/portfolio.hpp"
#include "sync-server/service/standing.hpp"
#include "tests/support/classroom.hpp"
#include "tests/support/statements.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using namespace waymark::server;
using nlohmann::json;

namespace {

std::string pathway_file() {
  return store::read_whole(std::string(WAYMARK_SOURCE_DIR) + "/assets/sample/pathways/one-small-thing.json",
                           1 << 20)
      .value();
}

struct World {
  ManualClock clock{1'795'000'000'000 - std::int64_t{9} * 86'400'000};
  SeededRandom random{11};
  test::TemporaryFolder folder;
  InitResult made =
      School::init({folder.path() + "/school", "Alder Creek", "head@alder.example", "head-of-school"}, clock,
                   random)
          .value();
  std::unique_ptr<School> school = School::open(folder.path() + "/school", clock, random).value();
  test::Classroom room{*school, clock, pathway_file()};
  explicit World(bool monday = true) {
    if (monday) room.monday();
  }
};

Judgement agree(const TurnedIn& item) {
  return {item.levels, "You counted.", "", "Watch once more.", "ready"};
}

RosterPreview read(std::string_view text, NameOrder order = NameOrder::given_first) {
  return read_roster(text, order, {}, {}).value();
}
std::vector<std::string> names(const RosterPreview& preview) {
  std::vector<std::string> list;
  for (const auto& line : preview.lines) list.push_back(line.given + "|" + line.family + "|" + line.state);
  return list;
}

struct Api {
  World world;
  http::Router router;
  std::vector<ApiRoute> routes = add_api_routes(router, *world.school);

  http::Response ask(std::string_view method, std::string_view path, const School::SignedIn* in,
                     std::string body = "", bool csrf = true) {
    http::Request request;
    request.method = method;
    request.path = path;
    request.body = std::move(body);
    request.headers["host"] = "waymark.alder.lan";
    if (!request.body.empty()) request.headers["content-type"] = "application/json";
    if (in) request.headers["cookie"] = std::string(session_cookie) + "=" + in->token;
    if (in && csrf) request.headers[std::string(csrf_header)] = in->csrf;
    return router.answer(std::move(request));
  }
  School::SignedIn sign_in(std::string_view email, std::string_view password) {
    return world.school->sign_in(email, password).value();
  }
};

}  // namespace

TEST_CASE("a class list is read in the forms that teachers paste") {
  CHECK(names(read("Amira Haddad\nMarchetti, Leo\n\nMaría de la Cruz\n")) ==
        std::vector<std::string>{"Amira|Haddad|new", "Leo|Marchetti|new", "María|de la Cruz|new"});
  CHECK(names(read("1. Zoë Müller\r\n2) Ludwig van Beethoven\r\n- Björk\r\n")) ==
        std::vector<std::string>{"Zoë|Müller|new", "Ludwig|van Beethoven|new", "Björk||new"});
  CHECK(names(read("Haddad\tAmira\nde la Cruz María", NameOrder::family_first)) ==
        std::vector<std::string>{"Amira|Haddad|new", "María|de la Cruz|new"});
  CHECK(names(read("Last name, First name\n\"Haddad, Amira\", amira@home.example\n")) ==
        std::vector<std::string>{"||heading", "Amira|Haddad|new"});
  // A letter with a combining accent is the same letter.
  CHECK(read("Zoe\xCC\x88 Müller").lines[0].given == "Zoë");
}

TEST_CASE("a class list says what is twice, empty or no name, and keeps its line numbers") {
  auto preview = read("Amira Haddad\n\nAMIRA  haddad\n12345\nLeo Marchetti");
  CHECK(names(preview) == std::vector<std::string>{"Amira|Haddad|new", "AMIRA|haddad|twice", "||unreadable",
                                                   "Leo|Marchetti|new"});
  CHECK(preview.fresh == 2);
  CHECK(preview.empty == 1);
  CHECK(preview.twice == 1);
  CHECK(preview.unreadable == 1);
  CHECK(preview.lines[3].line == 5);
  CHECK(preview.lines[2].text == "12345");
  CHECK(read(std::string(200, 'a')).lines[0].state == "new");
  CHECK(read(std::string(201, 'a')).lines[0].state == "unreadable");
  CHECK(read_roster("a\xFF", NameOrder::given_first, {}, {}).error().code == Code::malformed);
}

TEST_CASE("a class list of 500 lines is read and one of 501 is not") {
  std::string list;
  for (int i = 0; i < 500; i++) list += "Student Number" + std::to_string(i) + "\n";
  CHECK(read(list).fresh == 500);
  CHECK(read_roster(list + "One More", NameOrder::given_first, {}, {}).error().code == Code::too_large);
}

TEST_CASE("a preview writes nothing, and the same list again adds nobody") {
  World world(false);
  auto before = world.school->store().version().value();
  auto preview = preview_roster(*world.school, world.room.teacher, &world.room.class_id,
                                "Haddad, Amira\nNew Person", NameOrder::given_first)
                     .value();
  CHECK(preview.here == 1);
  CHECK(preview.fresh == 1);
  CHECK(world.school->store().version().value() == before);
  CHECK(world.school->students_of(world.room.class_id).value().size() == 26);
  // Another teacher's students are not offered as one's own.
  auto other =
      preview_roster(*world.school, world.room.other_teacher, nullptr, "Amira Haddad", NameOrder::given_first)
          .value();
  CHECK(other.lines[0].state == "new");
  auto own =
      preview_roster(*world.school, world.room.teacher, nullptr, "Amira Haddad", NameOrder::given_first)
          .value();
  CHECK(own.lines[0].state == "known");
}

TEST_CASE("who left the class and is pasted again is the same person, with all that they wrote") {
  World world;
  auto& school = *world.school;
  const auto& room = world.room;
  const auto& amira = room.students[0];
  auto card = school.card_for(amira).value();
  auto work = school.store().records(domain::person_stream(amira), "work").value().size();
  CHECK(work > 0);
  REQUIRE(leave_class(school, room.teacher, room.class_id, amira));
  CHECK_FALSE(school.teaches(room.teacher, amira).value());

  auto look = [&](const PersonId& who, const ClassId* where, std::string_view text) {
    return preview_roster(school, who, where, text, NameOrder::given_first).value().lines.front();
  };
  auto line = look(room.teacher, &room.class_id, "haddad, AMIRA");
  CHECK(line.state == "left");
  CHECK(line.person == amira.hex());
  REQUIRE(line.choices.size() == 1);
  CHECK(line.choices[0].classes.empty());
  CHECK(line.choices[0].left == std::vector<std::string>{"Period 3, 7th grade"});
  // Another teacher is neither told of her, nor may bring her by her id.
  auto period5 = school.classes_of(room.other_teacher).value().front().id;
  CHECK(look(room.other_teacher, &period5, "Amira Haddad").state == "new");
  std::vector<NewName> back{{"Amira", "Haddad", amira.hex()}};
  CHECK(add_to_class(school, room.other_teacher, period5, back).error().code == Code::forbidden);

  REQUIRE(add_to_class(school, room.teacher, room.class_id, back));
  CHECK(school.students_of(room.class_id).value().size() == 26);
  CHECK(school.card_for(amira).value() == card);
  CHECK(school.teaches(room.teacher, amira).value());
  CHECK(student_page(school, amira).value().projects.size() == 1);
  CHECK(school.store().records(domain::person_stream(amira), "work").value().size() == work);
  CHECK(look(room.teacher, &room.class_id, "Amira Haddad").state == "here");
  // Who had left the school is back at school, too.
  auto gone = school.accounts().person(amira).value().value();
  gone.active = false;
  REQUIRE(school.put_person(gone));
  REQUIRE(school.refresh_access());
  CHECK(look(room.teacher, &room.class_id, "Amira Haddad").choices.at(0).gone);
  REQUIRE(add_to_class(school, room.teacher, room.class_id, back));
  CHECK(school.accounts().person(amira).value()->active);
  CHECK(school.teaches(room.teacher, amira).value());
}

TEST_CASE("an administrator finds everybody by name, and brings a student to a new teacher's class") {
  Api api;
  auto& school = *api.world.school;
  const auto& room = api.world.room;
  const auto& amira = room.students[0];
  auto period5 = school.classes_of(room.other_teacher).value().front().id;
  auto head = school.accounts().person_by_email("head@alder.example").value()->id;
  auto line =
      preview_roster(school, head, nullptr, "Amira Haddad", NameOrder::given_first).value().lines.front();
  CHECK(line.state == "known");
  CHECK(line.person == amira.hex());
  REQUIRE(leave_class(school, room.teacher, room.class_id, amira));
  REQUIRE(join_class(school, head, period5, amira));
  REQUIRE(join_class(school, head, period5, amira));
  CHECK(school.students_of(period5).value().size() == 2);
  CHECK(student_page(school, amira).value().projects.size() == 1);
  auto okafor = api.sign_in("okafor@alder.example", "another-teacher");
  auto rivera = api.sign_in("rivera@alder.example", "creek-and-stone");
  CHECK(api.ask("GET", "/api/students/" + amira.hex(), &okafor).status == 200);
  CHECK(api.ask("GET", "/api/students/" + amira.hex(), &rivera).status == 403);
  CHECK(join_class(school, head, period5, room.teacher).error().code == Code::not_found);
  REQUIRE(school.erase_student(head, amira));
  CHECK(join_class(school, head, period5, amira).error().code == Code::not_found);
}

TEST_CASE("of two students of one name nobody is guessed") {
  World world(false);
  auto& school = *world.school;
  const auto& room = world.room;
  std::vector<NewName> twins{{"Sam", "Lee", ""}, {"Sam", "Lee", ""}};
  REQUIRE(add_to_class(school, room.teacher, room.class_id, twins));
  std::vector<std::string> ids;
  for (const auto& student : school.students_of(room.class_id).value())
    if (student.person.given == "Sam") ids.push_back(student.person.id.hex());
  REQUIRE(ids.size() == 2);
  REQUIRE(leave_class(school, room.teacher, room.class_id, PersonId::parse(ids[0]).value()));
  REQUIRE(leave_class(school, room.teacher, room.class_id, PersonId::parse(ids[1]).value()));
  auto line = preview_roster(school, room.teacher, &room.class_id, "Sam Lee", NameOrder::given_first)
                  .value()
                  .lines.front();
  CHECK(line.state == "several");
  CHECK(line.person.empty());
  std::sort(ids.begin(), ids.end());
  REQUIRE(line.choices.size() == 2);
  CHECK(line.choices[0].person == ids[0]);
  CHECK(line.choices[1].person == ids[1]);
}

TEST_CASE("cards carry a code that works and a square that says the same") {
  World world(false);
  auto cards = cards_of(*world.school, world.room.class_id).value();
  REQUIRE(cards.size() == 26);
  CHECK(cards[13].name == "Maya R.");
  CHECK(cards[0].square.size >= 21);
  CHECK(cards[0].square.path.starts_with("M0 0h7v1h-7z"));
  CHECK(cards_of(*world.school, world.room.class_id).value()[0].code == cards[0].code);
  auto fresh = world.school->reprint_card(world.room.students[0]).value();
  CHECK(cards_of(*world.school, world.room.class_id).value()[0].code == grouped(fresh));
  CHECK(square("").error().code == Code::too_large);
  CHECK(square(std::string(1000, 'x')).has_value());
  CHECK(square(std::string(1001, 'x')).error().code == Code::too_large);
}

TEST_CASE("the class page says who needs the teacher, most pressing first, one row a student") {
  World world;
  auto page = class_page(*world.school, world.room.class_id, "2026-11-23").value();
  CHECK(page.students == 26);
  REQUIRE(page.needs.size() >= 3);
  CHECK(page.needs[0].type == "stuck");
  CHECK(page.needs[0].student.name == "Noor Siddiqui");
  CHECK(page.needs[0].words == "I can’t find anybody who uses the shelf.");
  CHECK(page.needs[1].type == "shown");
  CHECK(page.needs[1].more == 1);  // turned in as well
  std::set<std::string> ids;
  for (const auto& need : page.needs) ids.insert(need.student.id);
  CHECK(ids.size() == page.needs.size());
  auto of = [&](std::string_view name) {
    return *std::find_if(page.needs.begin(), page.needs.end(),
                         [&](const Need& n) { return n.student.name == name; });
  };
  auto jamal = of("Jamal Price");
  CHECK(jamal.type == "quiet");
  CHECK(jamal.days == 8);
  CHECK(of("Caleb Novak").more == 1);  // a goal's date has passed, besides the work turned in
  CHECK(page.to_answer.count == 28);
  CHECK(page.trail.stops.size() == 5);
  CHECK(page.trail.stops[3].today);
  CHECK(page.trail.on_this == 25);
  CHECK(page.trail.without == 1);
  CHECK(page.computers[0].name == "lab-07");
  CHECK(page.computers[0].waiting == 3);
  // Without the teacher's date no goal is called due.
  for (const auto& need : class_page(*world.school, world.room.class_id, "soon").value().needs)
    CHECK(need.type != "goal");
}

TEST_CASE("a question that is answered and work that is confirmed need nobody any more") {
  World world;
  auto& school = *world.school;
  auto page = class_page(school, world.room.class_id, "2026-11-23").value();
  REQUIRE(answer_help(school, world.room.teacher, world.room.students[16], page.needs[0].record,
                      " I’m coming. "));
  REQUIRE(confirm_shown(school, world.room.teacher, world.room.students[15], page.needs[1].record));
  page = class_page(school, world.room.class_id, "2026-11-23").value();
  for (const auto& need : page.needs) {
    CHECK(need.type != "stuck");
    CHECK(need.type != "shown");
  }
  auto answers =
      school.store().records(domain::person_stream(world.room.students[16]), "help_answer").value();
  CHECK(answers[0].text("text") == "I’m coming.");
  CHECK(answer_help(school, world.room.teacher, world.room.students[16], std::string(32, '0'), "x")
            .error()
            .code == Code::not_found);
  CHECK(answer_help(school, world.room.other_teacher, world.room.students[16], answers[0].text("help"), "x")
            .error()
            .code == Code::not_granted);
}

TEST_CASE("work waits oldest first, with the student's view, words and About me beside it") {
  World world;
  auto queue = review_queue(*world.school, world.room.class_id).value();
  REQUIRE(queue.items.size() == 28);
  CHECK(std::is_sorted(queue.items.begin(), queue.items.end(),
                       [](const TurnedIn& a, const TurnedIn& b) { return a.at_ms < b.at_ms; }));
  const auto& item = *std::find_if(queue.items.begin(), queue.items.end(),
                                   [](const TurnedIn& i) { return i.step == "watch"; });
  CHECK(item.student.name == "Amira Haddad");
  CHECK(item.levels.at("need") == 3);
  CHECK(item.because.at("need") == "I watched the door for two breaks and asked two people.");
  CHECK(item.rubric == "small-thing");
  CHECK(item.work.size() == 1);
  CHECK(item.about.need == "time before I talk in a group");
  CHECK(item.goals.size() == 1);
  CHECK(queue.contents.size() == 1);
}

TEST_CASE("replies are held, nobody reads one early, and all are sent together") {
  World world;
  auto& school = *world.school;
  auto& room = world.room;
  auto items = review_queue(school, room.class_id).value().items;
  for (std::size_t i = 0; i < 3; i++)
    REQUIRE(hold_reply(school, room.teacher, room.class_id, items[i].turn_in, agree(items[i])));
  auto queue = review_queue(school, room.class_id).value();
  CHECK(queue.held == 3);
  CHECK(queue.items[0].reply.glow == "You counted.");
  auto reviews = [&] {
    std::size_t count = 0;
    for (const auto& student : room.students)
      count += school.store().records(domain::person_stream(student), "review").value().size();
    return count;
  };
  CHECK(reviews() == 0);
  REQUIRE(take_back(school, room.teacher, room.class_id, items[1].turn_in));
  CHECK(take_back(school, room.teacher, room.class_id, items[1].turn_in).error().code == Code::conflict);
  queue = review_queue(school, room.class_id).value();
  CHECK(queue.held == 2);
  CHECK(queue.items[1].reply.glow == "You counted.");  // what was written is still there
  CHECK(send_replies(school, room.teacher, room.class_id).value() == 2);
  CHECK(reviews() == 2);
  CHECK(send_replies(school, room.teacher, room.class_id).value() == 0);
  CHECK(review_queue(school, room.class_id).value().items.size() == 26);
  CHECK(hold_reply(school, room.teacher, room.class_id, items[0].turn_in, agree(items[0])).error().code ==
        Code::conflict);
  CHECK(school.store().verify());
}

TEST_CASE("a reply keeps the levels it changed, the version of its rubric and what it saw") {
  World world;
  auto& school = *world.school;
  auto& room = world.room;
  auto items = review_queue(school, room.class_id).value().items;
  const auto& item =
      *std::find_if(items.begin(), items.end(), [](const TurnedIn& i) { return i.step == "watch"; });
  auto reply = agree(item);
  reply.levels["need"] = 2;
  reply.outcome = "another_look";
  REQUIRE(hold_reply(school, room.teacher, room.class_id, item.turn_in, reply));
  // A level that is taken out before sending is not sent.
  reply.levels.erase("clear");
  REQUIRE(hold_reply(school, room.teacher, room.class_id, item.turn_in, reply));
  REQUIRE(send_replies(school, room.teacher, room.class_id));
  auto review = school.store().records(domain::person_stream(room.students[0]), "review").value().at(0);
  CHECK(review.integer("level.need") == 2);
  CHECK(review.field("level.clear") == nullptr);
  CHECK(review.text("version") == room.version);
  CHECK(review.text("outcome") == "another_look");
  CHECK(review.texts("saw").size() == 3);
  CHECK(review.author() == room.teacher);
  // A second try takes the first one's place, with both beside each other.
  world.clock.advance_ms(60'000);
  room.turn_in(0, "watch", 2, {3, 3, 3}, "I watched again.");
  auto again = review_queue(school, room.class_id).value().items.back();
  CHECK(again.try_number == 2);
  REQUIRE(again.earlier.size() == 1);
  CHECK(again.earlier[0].review.levels.at("need") == 2);
}

TEST_CASE("a reply that is no reply is refused with nothing written") {
  World world;
  auto& school = *world.school;
  auto& room = world.room;
  auto item = review_queue(school, room.class_id).value().items.front();
  auto before = school.store().version().value();
  auto refused = [&](Judgement reply) {
    return hold_reply(school, room.teacher, room.class_id, item.turn_in, reply).error().code;
  };
  CHECK(refused({{}, "", "", "", "maybe"}) == Code::invalid);
  CHECK(refused({{{"need", 9}}, "", "", "", "ready"}) == Code::invalid);
  CHECK(refused({{{"need", 0}}, "", "", "", "ready"}) == Code::invalid);
  CHECK(refused({{{"Bad Name", 1}}, "", "", "", "ready"}) == Code::invalid);
  CHECK(refused({{}, std::string(4001, 'x'), "", "", "ready"}) == Code::too_large);
  CHECK(hold_reply(school, room.teacher, room.class_id, std::string(32, '0'), agree(item)).error().code ==
        Code::not_found);
  CHECK(school.store().version().value() == before);
  CHECK(hold_reply(school, room.teacher, room.class_id, item.turn_in,
                   {{}, std::string(4000, 'x'), "", "", "ready"}));
}

TEST_CASE("an observation is of one or several, and the student's page shows it with everything else") {
  World world;
  auto& school = *world.school;
  auto& room = world.room;
  std::vector<PersonId> two{room.students[0], room.students[1]};
  REQUIRE(observe(school, room.teacher, two, {"Asked a classmate before asking me.", "COM.3", "", ""}));
  CHECK(observe(school, room.teacher, two, {"  ", "", "", ""}).error().code == Code::invalid);
  CHECK(observe(school, room.teacher, {}, {"x", "", "", ""}).error().code == Code::invalid);
  CHECK(observe(school, room.other_teacher, two, {"x", "", "", ""}).error().code == Code::not_granted);
  REQUIRE(set_support(school, room.teacher, room.students[0], room.projects[0], "example"));
  CHECK(set_support(school, room.teacher, room.students[0], room.projects[0], "easy").error().code ==
        Code::invalid);
  auto page = student_page(school, room.students[0]).value();
  CHECK(page.student.name == "Amira Haddad");
  REQUIRE(page.observations.size() == 1);
  CHECK(page.observations[0].standard == "COM.3");
  CHECK(page.observations[0].by == "Elena Rivera");
  REQUIRE(page.projects.size() == 1);
  CHECK(page.projects[0].support == "example");
  CHECK(page.projects[0].steps[0].state == "turned_in");
  CHECK(page.projects[0].steps[4].state == "todo");
  REQUIRE(page.goals.size() == 1);
  CHECK(page.goals[0].thread.size() == 1);
  REQUIRE(set_support(school, room.teacher, room.students[0], room.projects[0], ""));
  CHECK(student_page(school, room.students[0]).value().projects[0].support.empty());
  CHECK(student_page(school, room.teacher).error().code == Code::not_found);
}

TEST_CASE("a sent answer is corrected by one that takes its place, and both are kept") {
  World world;
  auto& school = *world.school;
  auto& room = world.room;
  const auto& amira = room.students[0];
  auto items = review_queue(school, room.class_id).value().items;
  const auto& item =
      *std::find_if(items.begin(), items.end(), [](const TurnedIn& i) { return i.step == "watch"; });
  REQUIRE(hold_reply(school, room.teacher, room.class_id, item.turn_in, agree(item)));
  REQUIRE(send_replies(school, room.teacher, room.class_id));
  auto page = student_page(school, amira).value();
  REQUIRE(page.reviews.size() == 1);
  auto first = page.reviews[0].id;
  CHECK(page.projects[0].steps[3].state == "ready");

  world.clock.advance_ms(60'000);
  Judgement changed{{{"need", 2}}, "You counted.", "", "Ask one more person.", "another_look"};
  CHECK(correct_review(school, room.teacher, amira, first, {{}, "", "", "", "maybe"}).error().code ==
        Code::invalid);
  CHECK(correct_review(school, room.teacher, room.students[1], first, changed).error().code ==
        Code::not_found);
  CHECK(correct_review(school, room.other_teacher, amira, first, changed).error().code == Code::not_granted);
  REQUIRE(correct_review(school, room.teacher, amira, first, changed));
  page = student_page(school, amira).value();
  REQUIRE(page.reviews.size() == 2);
  CHECK(page.reviews[0].judgement.next == "Ask one more person.");
  CHECK(page.reviews[0].judgement.levels == std::map<std::string, std::int64_t>{{"need", 2}});
  CHECK(page.reviews[0].replaced_by.empty());
  CHECK(page.reviews[1].id == first);
  CHECK(page.reviews[1].replaced_by == page.reviews[0].id);
  CHECK(page.reviews[1].judgement.levels.size() == 3);
  CHECK(page.projects[0].steps[3].state == "another_look");
  // It names what it takes the place of, and belongs to the same work.
  auto records = school.store().records(domain::person_stream(amira), "review").value();
  auto again = *std::find_if(records.begin(), records.end(),
                             [&](const auto& r) { return r.key.id.hex() == page.reviews[0].id; });
  CHECK(again.texts("saw").back() == first);
  CHECK(again.text("turn_in") == item.turn_in);
  CHECK(again.text("version") == room.version);
  // Growth counts the one that stands.
  for (const auto& line : page.growth)
    for (const auto& point : line.points) CHECK(point.id != first);
  // Who still has the first one open is told, and writes nothing over the other.
  auto version = school.store().version().value();
  CHECK(correct_review(school, room.teacher, amira, first, changed).error().code == Code::conflict);
  CHECK(school.store().version().value() == version);
  CHECK(review_queue(school, room.class_id).value().items.size() == 27);
  CHECK(school.store().verify());
}

TEST_CASE("growth has everything that was said about a standard, oldest first, and no average") {
  World world;
  auto& school = *world.school;
  auto& room = world.room;
  const auto& amira = room.students[0];
  auto content = domain::parse_pathway(pathway_file()).value();
  const auto& criterion = content.rubrics[0].criteria[0];
  REQUIRE(criterion.id == "need");
  REQUIRE_FALSE(criterion.standard.empty());
  auto items = review_queue(school, room.class_id).value().items;
  const auto& item =
      *std::find_if(items.begin(), items.end(), [](const TurnedIn& i) { return i.step == "watch"; });
  auto reply = agree(item);
  reply.levels["need"] = 2;
  REQUIRE(hold_reply(school, room.teacher, room.class_id, item.turn_in, reply));
  REQUIRE(send_replies(school, room.teacher, room.class_id));
  world.clock.advance_ms(60'000);
  REQUIRE(observe(school, room.teacher, std::span(&amira, 1), {"Asked twice.", criterion.standard, "", ""}));
  REQUIRE(observe(school, room.teacher, std::span(&amira, 1), {"No standard.", "", "", ""}));
  auto page = student_page(school, amira).value();
  auto line = std::find_if(page.growth.begin(), page.growth.end(),
                           [&](const GrowthLine& one) { return one.standard == criterion.standard; });
  REQUIRE(line != page.growth.end());
  std::vector<std::string> kinds;
  std::vector<std::int64_t> levels;
  for (const auto& point : line->points) kinds.push_back(point.kind), levels.push_back(point.level);
  CHECK(kinds == std::vector<std::string>{"own", "review", "observation"});
  CHECK(levels == std::vector<std::int64_t>{3, 2, 0});
  CHECK(line->levels.size() == criterion.levels.size());
  CHECK(line->aim == criterion.aim);
  CHECK(line->title.at("en") == criterion.title.in("en"));
  // Nobody has turned in a check: nothing is claimed.
  CHECK(student_page(school, room.students[25]).value().growth.empty());
}

TEST_CASE("an observation may name the standards of the class's pathways, and then all others") {
  World world(false);
  auto& school = *world.school;
  store::Edit edit{{std::string(domain::school_stream), "standard", world.random.id<RecordId>()},
                   {{"code", "A.1"}, {"text", "Not used here."}},
                   {},
                   {}};
  store::Edit retired{{std::string(domain::school_stream), "standard", world.random.id<RecordId>()},
                      {{"code", "A.0"}, {"text", "Gone."}, {"retired", true}},
                      {},
                      {}};
  REQUIRE(school.write_as_school(std::vector{edit, retired}));
  auto lines = standards_of(school, world.room.class_id).value();
  REQUIRE(lines.size() >= 2);
  CHECK(lines.front().used);
  CHECK(lines.back().code == "A.1");
  CHECK(lines.back().text == "Not used here.");
  CHECK_FALSE(lines.back().used);
  for (const auto& line : lines) CHECK(line.code != "A.0");
}

TEST_CASE("what is kept of a student between two requests follows every change, and no other student's") {
  World world;
  auto& school = *world.school;
  auto& room = world.room;
  auto count = [&] { return class_lines(school, room.teacher).value().at(0).to_answer; };
  auto before = count();
  const auto* kept = school.standings().of(school, room.students[3]).value();
  CHECK(school.standings().of(school, room.students[3]).value() == kept);
  auto waiting = kept->waiting.size();
  world.clock.advance_ms(60'000);
  room.turn_in(3, "first-try", 1, {3, 3, 3}, "New since the page was read.");
  CHECK(count() == before + 1);
  CHECK(school.standings().of(school, room.students[3]).value()->waiting.size() == waiting + 1);
  auto item = review_queue(school, room.class_id).value().items.back();
  REQUIRE(hold_reply(school, room.teacher, room.class_id, item.turn_in, agree(item)));  // the staff's stream
  CHECK(count() == before);
  REQUIRE(take_back(school, room.teacher, room.class_id, item.turn_in));
  CHECK(count() == before + 1);
}

TEST_CASE("each author has a draft of their own, and publishing makes the next version") {
  World world(false);
  auto& school = *world.school;
  auto& room = world.room;
  REQUIRE(school.enroll(room.class_id, room.other_teacher, "teacher"));
  REQUIRE(school.refresh_access());
  auto page = pathway_page(school, room.teacher, room.class_id, room.pathway).value();
  CHECK(page.number == 1);
  CHECK_FALSE(page.has_draft);
  auto content = json::parse(page.content);
  content["title"]["en"] = "One smaller thing";
  auto saved =
      save_draft(school, room.teacher, room.class_id, room.pathway, content.dump(), page.saw, false).value();
  CHECK(saved.problem.empty());
  auto theirs = pathway_page(school, room.other_teacher, room.class_id, room.pathway).value();
  CHECK(json::parse(theirs.content)["title"]["en"] == "One small thing");
  CHECK(theirs.others_editing == std::vector<std::string>{"Elena Rivera"});
  // The same author in a second window does not write over the first one unseen.
  CHECK(save_draft(school, room.teacher, room.class_id, room.pathway, content.dump(), page.saw, false)
            .error()
            .code == Code::conflict);
  CHECK(save_draft(school, room.teacher, room.class_id, room.pathway, content.dump(), page.saw, true)
            .has_value());
  CHECK(publish_draft(school, room.teacher, room.class_id, room.pathway, "Smaller").value() == 2);
  CHECK(publish_draft(school, room.teacher, room.class_id, room.pathway, "").error().code == Code::not_found);
  page = pathway_page(school, room.teacher, room.class_id, room.pathway).value();
  CHECK(page.number == 2);
  REQUIRE(page.versions.size() == 2);
  CHECK(page.versions[0].note == "Smaller");
  CHECK(page.versions[1].id == room.version);
  // A half-written draft is kept and says why it cannot be published.
  content["steps"] = json::array();
  saved =
      save_draft(school, room.other_teacher, room.class_id, room.pathway, content.dump(), theirs.saw, false)
          .value();
  CHECK_FALSE(saved.problem.empty());
  CHECK(publish_draft(school, room.other_teacher, room.class_id, room.pathway, "").error().code ==
        Code::invalid);
  CHECK(save_draft(school, room.other_teacher, room.class_id, room.pathway, "[]", saved.saw, false)
            .error()
            .code == Code::malformed);
  REQUIRE(drop_draft(school, room.other_teacher, room.class_id, room.pathway));
  auto blank = begin_pathway(school, room.teacher, room.class_id, "").value();
  CHECK(publish_draft(school, room.teacher, room.class_id, blank, "").value() == 1);
  CHECK(begin_pathway(school, room.teacher, room.class_id, "{\"v\":9}").error().code == Code::unsupported);
}

TEST_CASE("pulling everything with a teacher's access finds no word of a draft") {
  World world;
  auto& school = *world.school;
  auto caller = school.caller(world.room.teacher).value();
  std::size_t seen = 0;
  for (const auto& access : caller.access) {
    for (const auto& entry : school.store().page(access.stream, 0, 100'000, 1 << 30).value()) {
      seen++;
      CHECK(entry.body.find(test::Classroom::secret) == std::string::npos);
    }
  }
  CHECK(seen > 100);
  // The words are there: the search above could have found them.
  bool found = false;
  for (const auto& entry :
       school.store().page(domain::own_stream(world.room.students[0]), 0, 1000, 1 << 30).value())
    found = found || entry.body.find(test::Classroom::secret) != std::string::npos;
  CHECK(found);
}

TEST_CASE("every page of the dashboard, read by a teacher, has no word of a draft") {
  Api api;
  auto in = api.sign_in("rivera@alder.example", "creek-and-stone");
  const auto& room = api.world.room;
  std::string path = "/api/classes/" + room.class_id.hex();
  for (const auto& page : {std::string("/api/session"), path, path + "/students", path + "/cards",
                           path + "/queue", path + "/standards", path + "/pathways",
                           path + "/pathways/" + room.pathway, "/api/students/" + room.students[0].hex()}) {
    auto response = api.ask("GET", page, &in);
    CHECK(response.status == 200);
    CHECK(response.body.size() > 20);
    CHECK(response.body.find(test::Classroom::secret) == std::string::npos);
  }
}

TEST_CASE(
    "a teacher takes the file from the dashboard with which the class begins where there is no network") {
  Api api;
  auto in = api.sign_in("rivera@alder.example", "creek-and-stone");
  const auto& room = api.world.room;
  auto card = api.world.school->card_for(room.students[0]).value();
  auto response = api.ask("GET", "/api/classes/" + room.class_id.hex() + "/starter", &in);
  REQUIRE(response.status == 200);
  CHECK(response.header("content-disposition").find(".waymark-starter") != std::string::npos);
  auto head = wire::read_starter(response.body);
  REQUIRE(head);
  CHECK(!head->entries.empty());
  CHECK(wire::open_starter(*head, card)->entry.person == room.students[0]);
}

TEST_CASE("a stick's file is sent as it is, and answered with what came and with what goes back") {
  Api api;
  auto& school = *api.world.school;
  const auto& room = api.world.room;
  CHECK(api.router.body_bytes_max("POST", "/api/sticks") == wire::bundle_bytes_max);
  auto teacher = api.sign_in("rivera@alder.example", "creek-and-stone");
  // A computer without a network, which has joined.
  Computer laptop{school.random().id<ComputerId>(), "kitchen laptop", 0, {}, false, 0};
  REQUIRE(school.accounts().add_computer(laptop, Bytes(32, 5)));
  SecretKey key;
  school.random().fill(key.seed);
  auto who = school.student_of_card(school.card_for(room.students[0]).value(), laptop.id).value();
  auto joined = school.join_student(who, laptop, "4711", "digits", public_key(key)).value();
  const auto& student = who.person.id;
  auto store =
      store::Store::open(api.world.folder.path() + "/laptop.db", {&api.world.clock, &api.world.random, true})
          .value();
  store::Edit edit{{domain::person_stream(student), "goal", school.random().id<RecordId>()},
                   {{"want", "swim a length"}},
                   {},
                   {}};
  REQUIRE(store->write(student, std::span(&edit, 1)));
  auto batches =
      sync::make_batches(*store, {student, key, joined.certificate, joined.certificate_signature, {}})
          .value();
  auto stick = wire::seal_bundle(school.identity(), key, {{wire::batch_item, batches.front()}}).value();

  auto response = api.ask("POST", "/api/sticks", &teacher, stick);
  REQUIRE(response.status == 200);
  auto told = json::parse(response.header("waymark-read"));
  CHECK(told["student"] == "Amira Haddad");
  CHECK(told["ops"] == 1);
  CHECK(told["known"] == 0);
  CHECK(told["whole"] == true);
  CHECK(told["problem"] == "");
  CHECK(told["reader"] == store->replica().hex());
  CHECK(wire::open_bundle(response.body, key)->items.size() == 1);
  // What cannot be read is no failure of the page, and above all no reason to sign in anew.
  response = api.ask("POST", "/api/sticks", &teacher, "no bundle");
  CHECK(response.status == 200);
  CHECK(response.body.empty());
  CHECK(json::parse(response.header("waymark-read"))["problem"] == "damaged");
}

TEST_CASE("no route answers nobody, a student, or a teacher of another class") {
  Api api;
  auto& school = *api.world.school;
  const auto& room = api.world.room;
  School::SignedIn student{make_token(api.world.random), make_token(api.world.random), {}};
  REQUIRE(school.accounts().add_session(token_hash(student.token), room.students[0], student.csrf));
  auto teacher = api.sign_in("rivera@alder.example", "creek-and-stone");
  auto other = api.sign_in("okafor@alder.example", "another-teacher");
  auto before = school.store().version().value();
  CHECK(api.routes.size() >= 30);
  for (const auto& route : api.routes) {
    std::string path = route.pattern;
    auto fill = [&](std::string_view name, const std::string& value) {
      if (auto at = path.find(name); at != std::string::npos) path.replace(at, name.size(), value);
    };
    fill("{class}", room.class_id.hex());
    fill("{student}", room.students[0].hex());
    fill("{pathway}", room.pathway);
    fill("{turn_in}", std::string(32, '1'));
    fill("{help}", std::string(32, '1'));
    fill("{work}", std::string(32, '1'));
    fill("{computer}", std::string(32, '1'));
    fill("{staff}", room.teacher.hex());
    fill("{sha256}", std::string(64, '1'));
    CAPTURE(route.method);
    CAPTURE(path);
    std::string body = route.method == "GET" ? "" : "{}";
    CHECK(api.ask(route.method, path, nullptr, body).status == 401);
    CHECK(api.ask(route.method, path, &student, body).status == 403);
    if (route.pattern.find("{class}") != std::string::npos ||
        route.pattern.find("{student}") != std::string::npos)
      CHECK(api.ask(route.method, path, &other, body).status == 403);
    // A page elsewhere can make the browser send the cookie, but not the header.
    if (route.method != "GET") CHECK(api.ask(route.method, path, &teacher, body, false).status == 403);
  }
  CHECK(school.store().version().value() == before);
}

TEST_CASE(
    "who teaches a class is seen and changed by its teachers and by administrators, within their rights") {
  Api api;
  auto& school = *api.world.school;
  const auto& room = api.world.room;
  auto head = api.sign_in("head@alder.example", "head-of-school");
  auto rivera = api.sign_in("rivera@alder.example", "creek-and-stone");
  auto okafor = api.sign_in("okafor@alder.example", "another-teacher");
  auto path = "/api/classes/" + room.class_id.hex();
  auto names = [&](std::string_view list, const School::SignedIn& in) {
    std::vector<std::string> shown;
    auto people = json::parse(api.ask("GET", path + "/people", &in).body);
    for (const auto& line : people[std::string(list)])
      shown.push_back(line["name"].get<std::string>() + "|" + line["email"].get<std::string>() + "|" +
                      (line["you"] == true ? "you" : ""));
    return shown;
  };
  auto add = [&](const School::SignedIn& in, const PersonId& staff) {
    return api.ask("POST", path + "/teachers", &in, json{{"staff", staff.hex()}}.dump());
  };
  auto remove = [&](const School::SignedIn& in, const PersonId& staff, std::string_view more = "") {
    http::Request request;
    request.method = "DELETE";
    request.path = path + "/teachers/" + staff.hex();
    if (!more.empty()) request.query["without"] = more;
    request.headers["host"] = "waymark.alder.lan";
    request.headers["cookie"] = std::string(session_cookie) + "=" + in.token;
    request.headers[std::string(csrf_header)] = in.csrf;
    return api.router.answer(std::move(request)).status;
  };
  CHECK(names("teachers", rivera) == std::vector<std::string>{"Elena Rivera|rivera@alder.example|you"});
  CHECK(names("colleagues", rivera) ==
        std::vector<std::string>{"|head@alder.example|", "Daniel Okafor|okafor@alder.example|"});
  CHECK(add(okafor, room.other_teacher).status == 403);  // nobody lets themselves in
  CHECK(api.ask("GET", path, &okafor).status == 403);

  CHECK(json::parse(add(rivera, room.other_teacher).body)["added"] == true);
  CHECK(json::parse(add(rivera, room.other_teacher).body)["added"] == false);
  CHECK(names("teachers", okafor) == std::vector<std::string>{"Daniel Okafor|okafor@alder.example|you",
                                                              "Elena Rivera|rivera@alder.example|"});
  CHECK(api.ask("GET", path, &okafor).status == 200);
  CHECK(add(rivera, room.students[0]).status == 404);  // a student teaches nobody
  CHECK(api.ask("POST", path + "/teachers", &rivera, "{\"staff\":\"x\"}").status == 400);

  // A colleague is taken out by an administrator, and leaves by themselves.
  CHECK(remove(okafor, room.teacher) == 403);
  CHECK(remove(rivera, room.other_teacher) == 403);
  CHECK(remove(okafor, room.other_teacher) == 204);
  CHECK(api.ask("GET", path, &okafor).status == 403);
  REQUIRE(add(rivera, room.other_teacher).status == 200);
  CHECK(remove(head, room.other_teacher) == 204);
  CHECK(remove(head, room.other_teacher) == 404);
  // The last one stays, unless an administrator says that the class may be without.
  CHECK(remove(rivera, room.teacher) == 409);
  CHECK(remove(rivera, room.teacher, "yes") == 409);
  CHECK(remove(head, room.teacher) == 409);
  CHECK(school.teachers_of(room.class_id).value().size() == 1);
  CHECK(remove(head, room.teacher, "yes") == 204);
  CHECK(school.teachers_of(room.class_id).value().empty());
  CHECK(api.ask("GET", path + "/people", &rivera).status == 403);
  CHECK(add(head, room.teacher).status == 200);
  CHECK(api.ask("GET", path, &rivera).status == 200);
  // An administrator sees who belongs to a class, and not by that what its students wrote.
  CHECK(api.ask("GET", path + "/people", &head).status == 200);
  CHECK(api.ask("GET", path, &head).status == 403);
  CHECK(api.ask("GET", path + "/queue", &head).status == 403);
  CHECK(api.ask("GET", "/api/students/" + room.students[0].hex(), &head).status == 403);
  CHECK(api.ask("GET", "/api/classes/" + std::string(32, '1') + "/people", &head).status == 404);

  CHECK(api.ask("GET", "/api/school/classes", &rivera).status == 403);
  auto classes = json::parse(api.ask("GET", "/api/school/classes", &head).body)["classes"];
  REQUIRE(classes.size() == 2);
  CHECK(classes[0] == json{{"id", room.class_id.hex()},
                           {"title", "Period 3, 7th grade"},
                           {"teachers", {"Elena Rivera"}},
                           {"students", 26}});
  CHECK(classes[1]["teachers"] == json{"Daniel Okafor"});
  auto audit = api.ask("GET", "/api/audit", &head).body;
  CHECK(audit.find("teacher added") != std::string::npos);
  CHECK(audit.find("teacher removed") != std::string::npos);
}

TEST_CASE("a known student is put into a class from the dashboard and taken out, with all that they wrote") {
  Api api;
  auto& school = *api.world.school;
  const auto& room = api.world.room;
  auto head = api.sign_in("head@alder.example", "head-of-school");
  auto rivera = api.sign_in("rivera@alder.example", "creek-and-stone");
  auto okafor = api.sign_in("okafor@alder.example", "another-teacher");
  auto path = "/api/classes/" + room.class_id.hex();
  auto find = [&](const School::SignedIn& in, std::string_view name) {
    http::Request request;
    request.method = "GET";
    request.path = path + "/find";
    request.query["name"] = name;
    request.headers["host"] = "waymark.alder.lan";
    request.headers["cookie"] = std::string(session_cookie) + "=" + in.token;
    auto response = api.router.answer(std::move(request));
    INFO(response.body);
    REQUIRE(response.status == 200);
    auto found = json::parse(response.body);
    std::vector<std::string> shown;
    for (const auto& one : found["students"])
      shown.push_back(one["given"].get<std::string>() + " " + one["family"].get<std::string>() + " " +
                      one["classes"].dump() + one["left"].dump());
    if (found["more"] != 0) shown.push_back("+" + found["more"].dump());
    return shown;
  };
  auto enroll = [&](const School::SignedIn& in, const PersonId& student) {
    return api.ask("POST", path + "/enroll", &in, json{{"student", student.hex()}}.dump());
  };
  auto zoe = school.students_of(school.classes_of(room.other_teacher).value()[0].id).value()[0].person.id;
  const auto& amira = room.students[0];
  // Who is in the class is not offered; who is in a stranger's class, to an administrator alone.
  CHECK(find(rivera, "amira").empty());
  CHECK(find(rivera, "zoe").empty());
  CHECK(find(head, "ZOE e") == std::vector<std::string>{"Zoe Elsewhere [\"Period 5\"][]"});
  CHECK(find(head, " ").empty());
  CHECK(enroll(rivera, zoe).status == 403);
  CHECK(enroll(okafor, zoe).status == 403);
  CHECK(json::parse(enroll(head, zoe).body)["added"] == true);
  CHECK(json::parse(enroll(head, zoe).body)["added"] == false);
  CHECK(json::parse(enroll(rivera, amira).body)["added"] == false);
  CHECK(school.teaches(room.teacher, zoe).value());
  CHECK(enroll(head, room.teacher).status == 404);
  CHECK(api.ask("POST", path + "/enroll", &head, "{}").status == 400);

  auto wrote = school.store().records(domain::person_stream(amira), "work").value().size();
  REQUIRE(wrote > 0);
  CHECK(api.ask("DELETE", path + "/students/" + amira.hex(), &okafor).status == 403);
  CHECK(api.ask("DELETE", path + "/students/" + amira.hex(), &rivera).status == 204);
  CHECK(api.ask("DELETE", path + "/students/" + amira.hex(), &head).status == 404);
  CHECK(api.ask("GET", "/api/students/" + amira.hex(), &rivera).status == 403);
  CHECK(find(rivera, "haddad") == std::vector<std::string>{"Amira Haddad [][\"Period 3, 7th grade\"]"});
  CHECK(json::parse(enroll(rivera, amira).body)["added"] == true);
  CHECK(api.ask("GET", "/api/students/" + amira.hex(), &rivera).status == 200);
  CHECK(school.store().records(domain::person_stream(amira), "work").value().size() == wrote);
  // An administrator takes out of a class that they do not teach.
  CHECK(api.ask("DELETE", path + "/students/" + zoe.hex(), &head).status == 204);
  CHECK_FALSE(school.teaches(room.teacher, zoe).value());

  // Of many that are found, twenty are shown.
  std::vector<NewName> many;
  for (int i = 0; i < 21; i++) many.push_back({"Sasha", "Twin " + std::to_string(10 + i), ""});
  auto other = ClassId::parse(make_class(school, room.teacher, "Period 6", many).value().class_id).value();
  auto found = find(rivera, "sasha");
  REQUIRE(found.size() == 21);
  CHECK(found[19] == "Sasha Twin 29 [\"Period 6\"][]");
  CHECK(found[20] == "+1");
  auto twin = school.students_of(other).value()[0].person.id;
  REQUIRE(school.enroll_students(room.class_id, std::span(&twin, 1)));
  CHECK(find(rivera, "sasha").size() == 20);
}

TEST_CASE(
    "replies of two teachers who did not see each other stand side by side, whole, and none is sent yet") {
  Api api;
  auto& school = *api.world.school;
  const auto& room = api.world.room;
  REQUIRE(school.add_teacher(std::nullopt, room.class_id, room.other_teacher));
  auto rivera = api.sign_in("rivera@alder.example", "creek-and-stone");
  auto okafor = api.sign_in("okafor@alder.example", "another-teacher");
  auto path = "/api/classes/" + room.class_id.hex();
  auto first = review_queue(school, room.class_id).value().items.front();
  auto item = [&] {
    for (const auto& one : review_queue(school, room.class_id).value().items)
      if (one.turn_in == first.turn_in) return one;
    return TurnedIn();
  };
  auto hold = [&](const School::SignedIn& in, const json& saw, std::string_view glow,
                  std::string_view next = "") {
    api.world.clock.advance_ms(60'000);
    json body = {{"levels", next.empty() ? json::object() : json{{"need", 2}}},
                 {"glow", glow},
                 {"grow", ""},
                 {"next", next},
                 {"outcome", next.empty() ? "ready" : "another_look"},
                 {"saw", saw}};
    return api.ask("PUT", path + "/held/" + first.turn_in, &in, body.dump()).status;
  };
  auto choose_path = "/api/students/" + first.student.id + "/replies/" + first.turn_in + "/choose";
  auto choose = [&](const School::SignedIn& in, const std::vector<Version>& shown, std::string_view take) {
    api.world.clock.advance_ms(60'000);
    json saw = json::array();
    for (const auto& version : shown) saw.push_back(version.op);
    return api.ask("POST", choose_path, &in, json{{"saw", saw}, {"take", take}}.dump()).status;
  };
  CHECK(first.saw.empty());
  REQUIRE(hold(rivera, json::array(), "You counted.") == 204);
  // Who has seen it takes its place, and one's own later word is no version of its own.
  REQUIRE(hold(okafor, item().saw, "You counted twice.") == 204);
  CHECK(item().versions.empty());
  REQUIRE(hold(okafor, json::array(), "You counted three times.") == 204);
  CHECK(item().versions.empty());
  CHECK(item().reply.glow == "You counted three times.");

  // Rivera's page still shows the first.
  REQUIRE(hold(rivera, first.saw, "You asked two people.", "Ask a third.") == 204);
  auto two = item();
  REQUIRE(two.versions.size() == 2);
  CHECK(two.versions[0].by == "Elena Rivera");
  CHECK(two.versions[0].where == "school");
  CHECK(two.versions[0].at_ms == two.versions[1].at_ms + 60'000);
  CHECK(two.versions[0].reply.glow == "You asked two people.");
  CHECK(two.versions[0].reply.levels == std::map<std::string, std::int64_t>{{"need", 2}});
  CHECK(two.versions[1].by == "Daniel Okafor");
  CHECK(two.versions[1].reply.glow == "You counted three times.");
  CHECK(two.versions[1].reply.levels.empty());
  CHECK(two.versions[1].reply.outcome == "ready");
  CHECK(two.reply.glow == "You asked two people.");
  CHECK(two.held);
  CHECK(class_page(school, room.class_id, "2026-11-23").value().to_answer.several == 1);
  CHECK(api.ask("GET", path + "/queue", &rivera).body.find("\"by\":\"Daniel Okafor\"") != std::string::npos);
  CHECK(json::parse(api.ask("POST", path + "/send", &rivera, "{}").body)["sent"] == 0);

  // What nobody may or can is refused with nothing written.
  auto before = school.store().version().value();
  CHECK(choose(rivera, two.versions, std::string(32, '1')) == 404);
  CHECK(choose(rivera, {}, two.versions[0].op) == 404);
  CHECK(api.ask("POST", choose_path, &rivera, "{\"saw\":7}").status == 400);
  CHECK(api.ask("POST", choose_path, &rivera, "{\"saw\":[\"x\"]}").status == 400);
  CHECK(api.ask("POST", choose_path, &rivera,
                json{{"saw", std::vector<std::string>(257, std::string(32, '1'))}}.dump())
            .status == 413);
  CHECK(school.store().version().value() == before);

  REQUIRE(choose(rivera, two.versions, two.versions[1].op) == 204);
  CHECK(item().versions.empty());
  CHECK(item().reply.glow == "You counted three times.");
  CHECK(item().reply.levels.empty());
  CHECK(item().reply.next == "");
  // It is taken back by choosing the other.
  REQUIRE(choose(rivera, two.versions, two.versions[0].op) == 204);
  CHECK(item().reply.glow == "You asked two people.");
  CHECK(item().reply.levels.size() == 1);
  CHECK(item().held);
  // Both: one under the other, the older first, and open again.
  REQUIRE(choose(rivera, two.versions, "") == 204);
  CHECK(item().reply.glow == "You counted three times.\n\nYou asked two people.");
  CHECK(item().reply.next == "Ask a third.");
  CHECK_FALSE(item().held);
  CHECK(item().versions.empty());

  // What came meanwhile was not shown, and stays to be shown.
  auto head = school.sign_in("head@alder.example", "head-of-school").value();
  REQUIRE(school.add_teacher(std::nullopt, room.class_id, head.person.id));
  auto saw = item().saw;
  REQUIRE(hold(rivera, saw, "From Rivera.") == 204);
  REQUIRE(hold(okafor, saw, "From Okafor.") == 204);
  two = item();
  REQUIRE(hold(head, saw, "From the head.") == 204);
  REQUIRE(choose(okafor, two.versions, two.versions[0].op) == 204);
  auto left = item();
  REQUIRE(left.versions.size() == 2);
  CHECK(left.versions[0].reply.glow == "From Okafor.");
  CHECK(left.versions[1].reply.glow == "From the head.");
  REQUIRE(choose(okafor, left.versions, left.versions[1].op) == 204);
  CHECK(json::parse(api.ask("POST", path + "/send", &rivera, "{}").body)["sent"] == 1);
  auto reviews = student_page(school, PersonId::parse(first.student.id).value()).value().reviews;
  CHECK(reviews.front().judgement.glow == "From the head.");
  CHECK(reviews.front().judgement.next == "");
  REQUIRE(school.verify());
}

TEST_CASE("of nine versions eight are shown, and the ninth when one of these was chosen") {
  World world;
  auto& school = *world.school;
  const auto& room = world.room;
  auto first = review_queue(school, room.class_id).value().items.front();
  std::vector<PersonId> staff;
  for (int i = 0; i < 9; i++) {
    auto number = std::to_string(i);
    staff.push_back(
        school.add_staff("t" + number + "@alder.example", "Teacher " + number, "teacher", "a-long-password")
            .value()
            .id);
    REQUIRE(school.add_teacher(std::nullopt, room.class_id, staff.back()));
    world.clock.advance_ms(1000);
    REQUIRE(hold_reply(school, staff.back(), room.class_id, first.turn_in,
                       {{}, "From " + number, "", "", "ready"}, std::vector<OpId>()));
  }
  auto item = [&] { return review_queue(school, room.class_id).value().items.front(); };
  auto shown = item();
  REQUIRE(shown.versions.size() == 8);
  CHECK(shown.versions.front().reply.glow == "From 8");
  CHECK(shown.versions.back().reply.glow == "From 1");
  CHECK(shown.saw.size() == 8);
  Choice choice;
  for (const auto& version : shown.versions) choice.saw.push_back(OpId::parse(version.op).value());
  choice.take = choice.saw[2];
  REQUIRE(choose_reply(school, staff[8], PersonId::parse(first.student.id).value(), first.turn_in, choice));
  shown = item();
  REQUIRE(shown.versions.size() == 2);
  CHECK(shown.versions[0].reply.glow == "From 6");
  CHECK(shown.versions[1].reply.glow == "From 0");
}

TEST_CASE("what opens first and today's step, said by two who did not see each other, are chosen between") {
  Api api;
  auto& school = *api.world.school;
  const auto& room = api.world.room;
  REQUIRE(school.add_teacher(std::nullopt, room.class_id, room.other_teacher));
  auto rivera = api.sign_in("rivera@alder.example", "creek-and-stone");
  auto okafor = api.sign_in("okafor@alder.example", "another-teacher");
  auto student = "/api/students/" + room.students[1].hex(), path = "/api/classes/" + room.class_id.hex();
  auto page = [&] { return student_page(school, room.students[1]).value(); };
  auto say = [&](const School::SignedIn& in, std::string_view form, const json& saw) {
    api.world.clock.advance_ms(60'000);
    return api.ask("POST", student + "/support", &in, json{{"form", form}, {"saw", saw}}.dump()).status;
  };
  auto saw = page().support_saw;
  REQUIRE(say(rivera, "example", saw) == 204);
  REQUIRE(say(okafor, "on_my_own", saw) == 204);
  auto two = page();
  REQUIRE(two.support_versions.size() == 2);
  CHECK(two.support == "on_my_own");
  CHECK(two.support_versions[1].form == "example");
  CHECK(two.support_versions[1].by == "Elena Rivera");
  json shown = {two.support_versions[0].op, two.support_versions[1].op};
  CHECK(api.ask("POST", student + "/support/choose", &rivera, json{{"saw", shown}}.dump()).status == 422);
  REQUIRE(
      api.ask("POST", student + "/support/choose", &rivera, json{{"saw", shown}, {"take", shown[1]}}.dump())
          .status == 204);
  CHECK(page().support == "example");
  CHECK(page().support_versions.empty());
  // The same said twice is no question to anybody.
  saw = page().support_saw;
  REQUIRE(say(rivera, "step_by_step", saw) == 204);
  REQUIRE(say(okafor, "step_by_step", saw) == 204);
  CHECK(page().support_versions.empty());

  auto of_class = [&] { return class_page(school, room.class_id, "2026-11-23").value(); };
  auto today = [&](const School::SignedIn& in, std::string_view step, const json& seen) {
    api.world.clock.advance_ms(60'000);
    return api
        .ask("POST", path + "/today", &in,
             json{{"pathway", room.pathway}, {"step", step}, {"saw", seen}}.dump())
        .status;
  };
  auto seen = of_class().today_saw;
  REQUIRE(today(rivera, "notice", seen) == 204);
  REQUIRE(today(okafor, "watch", seen) == 204);
  auto both = of_class();
  REQUIRE(both.today_versions.size() == 2);
  CHECK(both.today_versions[0].step == "watch");
  CHECK(both.today_versions[1].step == "notice");
  shown = {both.today_versions[0].op, both.today_versions[1].op};
  REQUIRE(api.ask("POST", path + "/today/choose", &okafor, json{{"saw", shown}, {"take", shown[1]}}.dump())
              .status == 204);
  CHECK(of_class().today_versions.empty());
  for (const auto& stop : of_class().trail.stops) CHECK(stop.today == (stop.id == "notice"));
  // Who says nothing of what they saw goes on from what is shown.
  REQUIRE(set_today(school, room.other_teacher, room.class_id, room.pathway, "watch"));
  REQUIRE(set_today(school, room.teacher, room.class_id, room.pathway, "notice"));
  CHECK(of_class().today_versions.empty());
}

TEST_CASE("a session is a cookie that scripts cannot read, and ends with signing out") {
  Api api;
  auto response = api.ask("POST", "/api/sign-in", nullptr,
                          R"({"email":"rivera@alder.example","password":"creek-and-stone"})");
  CHECK(response.status == 200);
  std::string cookie(response.header("set-cookie"));
  CHECK(cookie.find("HttpOnly") != std::string::npos);
  CHECK(cookie.find("SameSite=Strict") != std::string::npos);
  auto in = api.sign_in("rivera@alder.example", "creek-and-stone");
  CHECK(api.ask("GET", "/api/session", &in).status == 200);
  CHECK(api.ask("POST", "/api/sign-out", &in).status == 204);
  CHECK(api.ask("GET", "/api/session", &in).status == 401);
  for (int i = 0; i < 3; i++)
    CHECK(api.ask("POST", "/api/sign-in", nullptr, R"({"email":"rivera@alder.example","password":"x"})")
              .status == 403);
  response = api.ask("POST", "/api/sign-in", nullptr, R"({"email":"rivera@alder.example","password":"x"})");
  CHECK(response.status == 429);
  CHECK(response.header("retry-after") == "2");
  api.world.clock.advance_ms(60'000);
  CHECK(api.ask("POST", "/api/sign-in", nullptr,
                R"({"email":"rivera@alder.example","password":"creek-and-stone"})")
            .status == 200);
}

TEST_CASE("the slow hashes of a file for no network are made beside the desk, and requests are answered") {
  Api api;
  auto in = api.sign_in("rivera@alder.example", "creek-and-stone");
  auto path = "/api/classes/" + api.world.room.class_id.hex();
  REQUIRE(api.ask("GET", path + "/cards", &in).status == 200);
  http::Request request;
  request.method = "GET";
  request.path = path + "/starter";
  request.headers["host"] = "waymark.alder.lan";
  request.headers["cookie"] = std::string(session_cookie) + "=" + in.token;
  auto answer = api.router.handle(request);
  auto* later = answer.later();
  REQUIRE(later);
  // Sodium's hash touches no School: another thread has it.
  std::thread slow(later->work);
  CHECK(api.ask("GET", "/api/session", &in).status == 200);
  slow.join();
  auto made = later->then();
  REQUIRE(made.response());
  CHECK(made.response()->status == 200);
  auto head = wire::read_starter(made.response()->body).value();
  CHECK(head.entries.size() == api.world.room.students.size());
}

TEST_CASE("a picture is shown and anything else is only saved") {
  Api api;
  auto& school = *api.world.school;
  const auto& room = api.world.room;
  auto in = api.sign_in("rivera@alder.example", "creek-and-stone");
  Bearer bearer{room.students[0], {}, "lab-01", {}};
  auto put = [&](std::string_view body, std::string_view mime) {
    auto hash = to_hex(sha256(as_bytes(body)));
    REQUIRE(school.put_file(bearer, domain::person_stream(room.students[0]), hash, body, mime));
    return api.ask("GET", "/api/students/" + room.students[0].hex() + "/files/" + hash, &in);
  };
  CHECK(put("png", "image/png").header("content-type") == "image/png");
  auto page = put("<script>", "text/html");
  CHECK(page.header("content-type") == "application/octet-stream");
  CHECK(page.header("content-disposition") == "attachment");
  CHECK(put("<svg/>", "image/svg+xml").header("content-type") == "application/octet-stream");
  auto hash = to_hex(sha256(as_bytes(std::string_view("png"))));
  CHECK(api.ask("GET", "/api/students/" + room.students[1].hex() + "/files/" + hash, &in).status == 404);
}

TEST_CASE("a text that a teacher hid is in no page, is told of, can be opened, and comes back") {
  Api api;
  auto& world = api.world;
  auto& school = *world.school;
  const auto& amira = world.room.students[0];
  auto in = api.sign_in("rivera@alder.example", "creek-and-stone");
  auto page_path = "/api/students/" + amira.hex(), path = page_path + "/hidden";
  auto queue_path = "/api/classes/" + world.room.class_id.hex() + "/queue";
  auto own = [&](std::string_view kind) {
    return school.store().records(domain::person_stream(amira), kind).value();
  };
  std::string work, text;
  for (const auto& item : review_queue(school, world.room.class_id).value().items)
    if (item.student.id == amira.hex())
      for (const auto& made : item.work)
        if (!made.text.empty()) work = made.id, text = made.text;
  REQUIRE(text.size() > 5);

  auto body = [](std::string_view kind, std::string_view record, bool hidden) {
    return json{{"kind", kind}, {"record", record}, {"hidden", hidden}}.dump();
  };
  REQUIRE(api.ask("POST", path, &in, body("work", work, true)).status == 204);
  REQUIRE(api.ask("POST", path, &in, body("work", work, true)).status == 204);  // once is enough
  CHECK(own("hidden").size() == 1);
  auto piece = [&] {
    auto queue = json::parse(api.ask("GET", queue_path, &in).body);
    for (const auto& item : queue["items"])
      for (const auto& made : item["work"])
        if (made["id"] == work) return made;
    return json();
  };
  CHECK(piece()["text"] == "");
  CHECK(piece()["title"] == "");
  CHECK(piece()["hidden"]["by"] == "Elena Rivera");
  CHECK(piece()["hidden"]["at_ms"] == hidden_texts(school, amira).value()[0].at_ms);
  CHECK(api.ask("GET", page_path, &in).body.find(text) == std::string::npos);
  CHECK(json::parse(api.ask("GET", page_path, &in).body)["hidden"] == 1);
  auto told = json::parse(api.ask("GET", path, &in).body);
  REQUIRE(told.size() == 1);
  CHECK(told[0]["words"]["text"] == text);
  CHECK(told[0]["by"] == "Elena Rivera");
  // What the student wrote is where it was.
  CHECK(school.store()
            .find({domain::person_stream(amira), "work", RecordId::parse(work).value()})
            .value()
            ->text("text") == text);
  REQUIRE(api.ask("POST", path, &in, body("work", work, false)).status == 204);
  CHECK(piece()["text"] == text);
  CHECK(api.ask("GET", path, &in).body == "[]");

  // Every kind that a student writes, on every page of a teacher.
  std::vector<std::string> kinds;
  for (const auto& kind : domain::kinds()) {
    if (kind.stream != "person" || kind.writer != domain::Role::owner) continue;
    for (const auto& record : own(kind.name)) {
      kinds.emplace_back(kind.name);
      REQUIRE(set_hidden(school, world.room.teacher, amira, kind.name, record.key.id.hex(), true));
    }
  }
  CHECK(kinds.size() >= 6);
  std::string pages =
      api.ask("GET", page_path, &in).body + api.ask("GET", queue_path, &in).body +
      api.ask("GET", "/api/classes/" + world.room.class_id.hex() + "?today=2026-11-23", &in).body;
  auto hidden = json::parse(api.ask("GET", path, &in).body);
  CHECK(hidden.size() == kinds.size());
  auto others = [&](const std::string& words) {  // who wrote the very same
    for (std::size_t i = 1; i < world.room.students.size(); i++)
      for (const auto& each : domain::kinds())
        for (const auto& record :
             school.store().records(domain::person_stream(world.room.students[i]), each.name).value())
          for (const auto& [name, field] : record.fields)
            if (field.value().text() == words) return true;
    return false;
  };
  for (const auto& one : hidden)
    for (const auto& words : one["words"])
      if (!others(words)) CHECK_MESSAGE(pages.find(json(words).dump()) == std::string::npos, words);

  CHECK(api.ask("POST", path, &in, body("review", work, true)).status == 422);
  CHECK(api.ask("POST", path, &in, body("goal", std::string(32, '0'), true)).status == 404);
  CHECK(api.ask("POST", path, &in, "{\"kind\":\"work\",\"record\":\"x\"}").status == 400);
  auto other = api.sign_in("okafor@alder.example", "another-teacher");
  CHECK(api.ask("POST", path, &other, body("work", work, false)).status == 403);
  CHECK(api.ask("GET", path, &other).status == 403);
}

TEST_CASE(
    "an administrator sees who left first, what is gone and what old copies hold, and erases by name alone") {
  Api api;
  auto& school = *api.world.school;
  const auto& room = api.world.room;
  auto head = api.sign_in("head@alder.example", "head-of-school");
  auto teacher = api.sign_in("rivera@alder.example", "creek-and-stone");
  auto leave = [&](std::size_t i) {
    auto person = school.accounts().person(room.students[i]).value().value();
    person.active = false;
    REQUIRE(school.put_person(person));
    api.world.clock.advance_ms(1000);
  };
  leave(3);
  leave(1);
  auto list = json::parse(api.ask("GET", "/api/erasable", &head).body)["students"];
  REQUIRE(list.size() == 27);  // 26 of one class, one of another
  CHECK(list[0]["name"] == "Caleb Novak");
  CHECK(list[1]["name"] == "Andre Wilson");
  CHECK(list[0]["left_ms"] < list[1]["left_ms"]);
  CHECK(list[2]["left_ms"] == 0);
  CHECK(list[2]["classes"].size() == 1);

  school.set_backup_place({"/mnt/usb/backups", 30});
  auto amira = room.students[0].hex(), path = "/api/erasable/" + amira;
  auto what = json::parse(api.ask("GET", path, &head).body);
  CHECK(what["who"]["name"] == "Amira Haddad");
  CHECK(what["ops"] > 5);
  CHECK(what["backups"] == "/mnt/usb/backups");
  CHECK(what["backup_days"] == 30);
  auto body = [](std::string_view name) { return json{{"name", name}}.dump(); };
  for (const auto* in : {&teacher, static_cast<School::SignedIn*>(nullptr)}) {
    CHECK(api.ask("GET", "/api/erasable", in).status == (in ? 403 : 401));
    CHECK(api.ask("GET", path, in).status == (in ? 403 : 401));
    CHECK(api.ask("POST", path, in, body("Amira Haddad")).status == (in ? 403 : 401));
  }
  CHECK(api.ask("POST", path, &head, body("Andre Wilson")).status == 422);
  CHECK(api.ask("POST", path, &head, "{}").status == 400);
  CHECK(api.ask("POST", "/api/erasable/" + room.teacher.hex(), &head, body("Elena Rivera")).status == 404);
  CHECK_FALSE(school.store().records(domain::person_stream(room.students[0]), "work").value().empty());
  auto done = json::parse(api.ask("POST", path, &head, body(" Amira Haddad ")).body);
  CHECK(done["ops"] >= what["ops"]);
  CHECK(school.store().records(domain::person_stream(room.students[0]), "work").value().empty());
  CHECK(api.ask("GET", path, &head).status == 404);
  CHECK(api.ask("POST", path, &head, body("Amira Haddad")).status != 200);
  CHECK(api.ask("GET", "/api/erasable", &head).body.find("Amira") == std::string::npos);
  REQUIRE(school.verify());
}

TEST_CASE("whom a teacher takes out of their last class has left, since then, until they are in one again") {
  Api api;
  auto& school = *api.world.school;
  auto& clock = api.world.clock;
  const auto& room = api.world.room;
  auto head = api.sign_in("head@alder.example", "head-of-school");
  auto teacher = api.sign_in("rivera@alder.example", "creek-and-stone");
  auto left = [&] {
    json found = json::array();
    const auto body = json::parse(api.ask("GET", "/api/erasable", &head).body);
    for (const auto& one : body["students"])
      if (one["left_ms"] > 0) found.push_back({one["name"], one["left_ms"]});
    return found;
  };
  auto amira = [](std::int64_t ms) { return json{"Amira Haddad", ms}; };
  auto andre = [](std::int64_t ms) { return json{"Andre Wilson", ms}; };
  auto path = [&](std::size_t i) {
    return "/api/classes/" + room.class_id.hex() + "/students/" + room.students[i].hex();
  };
  // Never in a class, they did not leave one.
  REQUIRE(school.add_student("Never", "There"));
  CHECK(left() == json::array());
  auto period9 = school.add_class("Period 9").value();
  REQUIRE(school.enroll_students(period9, std::span(&room.students[1], 1)));
  clock.advance_ms(60'000);
  auto nine = clock.now_ms();
  CHECK(api.ask("DELETE", path(0), &teacher).status == 204);
  CHECK(api.ask("DELETE", path(1), &teacher).status == 204);  // who is in another still
  CHECK(left() == json::array({amira(nine)}));
  clock.advance_ms(60'000);
  auto ten = clock.now_ms();
  ClassRow over{period9, "Period 9", std::nullopt, false};
  REQUIRE(school.put_classes(std::span(&over, 1)));
  CHECK(left() == json::array({amira(nine), andre(ten)}));
  // Another name for what is over is no later end.
  clock.advance_ms(60'000);
  over.title = "Period nine";
  REQUIRE(school.put_classes(std::span(&over, 1)));
  CHECK(left() == json::array({amira(nine), andre(ten)}));
  REQUIRE(join_class(school, std::nullopt, room.class_id, room.students[0]));
  CHECK(left() == json::array({andre(ten)}));
  clock.advance_ms(60'000);
  CHECK(api.ask("DELETE", path(0), &teacher).status == 204);
  CHECK(left() == json::array({andre(ten), amira(clock.now_ms())}));
  CHECK(school.left_before(ten).value().empty());
  CHECK(school.left_before(ten + 1).value().size() == 1);
}

TEST_CASE("what a student's projects hold is read once, however many of them are put away") {
  Api api;
  auto& world = api.world;
  const auto& amira = world.room.students[0];
  auto stream = domain::person_stream(amira);
  auto write = [&](std::string_view kind, const RecordId& id, record::Fields fields,
                   std::vector<OpId> base = {}) {
    store::Edit edit{{stream, std::string(kind), id}, std::move(fields), std::move(base), {}};
    return world.school->store().write(amira, std::span(&edit, 1)).value().front().op;
  };
  std::vector<RecordId> projects;
  auto put_away = [&](bool saw) {
    auto id = world.random.id<RecordId>();
    auto made = write("project", id, {{"pathway", std::string(32, 'a')}});
    auto step = write("step", world.random.id<RecordId>(), {{"project", id.hex()}, {"step", "one"}});
    std::vector<std::string> seen;
    if (saw) seen.push_back(step.hex());
    write("project", id, {{"archived", true}, {std::string(store::saw_field), record::Value(seen)}}, {made});
    projects.push_back(id);
  };
  auto away = [&] {
    std::vector<bool> found;
    auto p = portfolio(*world.school, amira).value();
    for (const auto& id : projects)
      found.push_back(Portfolio::by_id(p.projects, id.hex())->boolean("archived"));
    return found;
  };
  auto readings = [&] {
    return test::statements(
        world.school->store().db(), [&] { REQUIRE(portfolio(*world.school, amira)); },
        "WHERE r.stream = ? AND r.kind = ?");
  };
  put_away(true);
  auto one = readings();
  for (bool saw : {false, true, true, false, true}) put_away(saw);
  CHECK(away() == std::vector<bool>{true, false, true, true, false, true});
  CHECK(readings() == one);
}

TEST_CASE("an administrator is told of a backup that is more than two days old, or of none after a day") {
  Api api;
  auto& school = *api.world.school;
  auto& clock = api.world.clock;
  http::Metrics metrics;
  add_health_routes(api.router, school, metrics);
  auto first = school.accounts().first_person_ms().value();
  clock.set_ms(first);
  auto head = api.sign_in("head@alder.example", "head-of-school");
  auto told = [&](const School::SignedIn& in) {
    auto body = json::parse(api.ask("GET", "/api/session", &in).body);
    return body.contains("old_backup") ? body["old_backup"] : json();
  };
  auto age = [&] {
    auto text = api.ask("GET", "/metrics", nullptr).body;
    auto at = text.find("\nwaymark_backup_age_seconds ");
    return at == std::string::npos ? std::string() : text.substr(at + 28, text.find('\n', at + 1) - at - 28);
  };
  constexpr std::int64_t kDay = 86'400'000;
  // Where no server writes backups, none is missed.
  CHECK(told(head).is_null());
  CHECK(age().empty());
  // The session, which ends after hours without a request, is kept on.
  auto pass = [&](std::int64_t ms) {
    for (; ms > kDay / 4; ms -= kDay / 4) {
      clock.advance_ms(kDay / 4);
      CHECK(api.ask("GET", "/api/session", &head).status == 200);
    }
    clock.advance_ms(ms);
  };
  pass(kDay);
  school.set_backup_place({"/mnt/usb/backups", 30});
  CHECK(told(head).is_null());
  CHECK(age() == "-1");
  clock.advance_ms(1);
  CHECK(told(head) == json{{"last_ms", 0}, {"folder", "/mnt/usb/backups"}});
  auto teacher = api.sign_in("rivera@alder.example", "creek-and-stone");
  CHECK(told(teacher).is_null());
  auto made = clock.now_ms();
  school.set_backup_place({"/mnt/usb/backups", 30, made});
  CHECK(told(head).is_null());
  pass(2 * kDay);
  CHECK(told(head).is_null());
  CHECK(age() == "172800");
  clock.advance_ms(1);
  CHECK(told(head) == json{{"last_ms", made}, {"folder", "/mnt/usb/backups"}});
  // Of a clock that ran ahead. A few minutes are none.
  for (auto ahead : {kDay, 5 * 365 * kDay}) {
    auto last = clock.now_ms() + ahead;
    school.set_backup_place({"/mnt/usb/backups", 30, last});
    CHECK(told(head).is_null() == (ahead == kDay));
    CHECK(age() == (ahead == kDay ? "0" : "-1"));
  }
}

TEST_CASE("an administrator sees what a class box holds and when it was heard, and removes one") {
  Api api;
  auto& school = *api.world.school;
  auto head = api.sign_in("head@alder.example", "head-of-school");
  auto teacher = api.sign_in("rivera@alder.example", "creek-and-stone");
  auto lines = [&] {
    auto body = json::parse(api.ask("GET", "/api/hubs", &head).body);
    return body["hubs"];
  };
  CHECK(lines() == json::array());
  auto north = school.add_hub("North room", {api.world.room.class_id}).value();
  REQUIRE(school.add_hub("Library", {api.world.room.class_id}));
  HubQuestion question{std::string(64, 'a'), {"https://10.0.0.9:8443"}, 12, ""};
  REQUIRE(school.hub_papers(school.bearer(north.token).value(), encode(question)));
  REQUIRE(lines().size() == 2);
  CHECK(lines()[0]["name"] == "Library");
  CHECK(lines()[0]["heard_ms"] == 0);
  CHECK(lines()[1] == json{{"id", north.hub.hex()},
                           {"name", "North room"},
                           {"classes", {"Period 3, 7th grade"}},
                           {"addresses", {"https://10.0.0.9:8443"}},
                           {"heard_ms", api.world.clock.now_ms()},
                           {"carrying", 12},
                           {"left_out", 0}});
  CHECK(api.ask("GET", "/api/computers", &head).body.find("North room") == std::string::npos);
  CHECK(api.ask("GET", "/api/computers", &head).body.find("lab-03") != std::string::npos);
  auto path = "/api/hubs/" + north.hub.hex();
  for (const auto* in : {&teacher, static_cast<School::SignedIn*>(nullptr)}) {
    CHECK(api.ask("GET", "/api/hubs", in).status == (in ? 403 : 401));
    CHECK(api.ask("DELETE", path, in).status == (in ? 403 : 401));
  }
  CHECK(api.ask("DELETE", "/api/hubs/" + api.world.room.teacher.hex(), &head).status == 404);
  CHECK(api.ask("DELETE", "/api/hubs/x", &head).status == 400);
  CHECK(lines().size() == 2);
  CHECK(api.ask("DELETE", path, &head).status == 204);
  CHECK(lines().size() == 1);
  CHECK(school.bearer(north.token).error().code == Code::unauthorized);
  auto audit = json::parse(api.ask("GET", "/api/audit", &head).body);
  CHECK(audit[0]["action"] == "hub removed");
  CHECK(audit[0]["by"] == "head@alder.example");
  CHECK(audit[0]["subject"] == "North room");
}

TEST_CASE("who read a student's page is kept once a day, and an administrator reads who did what") {
  Api api;
  auto& school = *api.world.school;
  const auto& amira = api.world.room.students[0];
  auto head = api.sign_in("head@alder.example", "head-of-school");
  auto teacher = api.sign_in("rivera@alder.example", "creek-and-stone");
  auto other = api.sign_in("okafor@alder.example", "another-teacher");
  auto reads = [&] {
    int n = 0;
    for (const auto& line : json::parse(api.ask("GET", "/api/audit", &head).body))
      n += line["action"] == "page read" && line["by"] == "Elena Rivera" && line["subject"] == "Amira Haddad";
    return n;
  };
  for (int i = 0; i < 3; i++) REQUIRE(api.ask("GET", "/api/students/" + amira.hex(), &teacher).status == 200);
  CHECK(api.ask("GET", "/api/students/" + amira.hex(), &other).status == 403);
  CHECK(reads() == 1);
  api.world.clock.advance_ms(std::int64_t{24} * 3'600'000);
  auto again = api.sign_in("rivera@alder.example", "creek-and-stone");
  REQUIRE(api.ask("GET", "/api/students/" + amira.hex(), &again).status == 200);
  head = api.sign_in("head@alder.example", "head-of-school");
  CHECK(reads() == 2);
  auto lines = json::parse(api.ask("GET", "/api/audit", &head).body);
  CHECK(lines[0]["action"] == "signed in");
  CHECK(lines[1]["action"] == "page read");
  CHECK(api.ask("GET", "/api/audit", &again).status == 403);
  // Who is erased has no name there, and what was done about them stays.
  REQUIRE(school.erase_student(std::nullopt, amira));
  lines = json::parse(api.ask("GET", "/api/audit", &head).body);
  CHECK(lines[0]["action"] == "student erased");
  CHECK(lines[0]["subject"] == "");
  CHECK(lines.dump().find("Amira") == std::string::npos);
  for (int i = 0; i < 500; i++) REQUIRE(school.accounts().audit(std::nullopt, "signed in", "x"));
  CHECK(json::parse(api.ask("GET", "/api/audit", &head).body).size() == 500);
}
