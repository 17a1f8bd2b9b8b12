#include "client/app/words.hpp"
#include "tests/app_student/world.hpp"

using namespace waymark;
using namespace waymark::test;

TEST_CASE("the first day shows one thing: choose a project") {
  World world;
  auto lab = world.computer("lab-03");
  auto today = lab.today();
  CHECK(today.greeting.key == "today.good_morning");
  CHECK(std::get<std::string>(today.greeting.arguments[0].value) == "Amira");
  CHECK(today.next.origin == NextOrigin::first_day);
  CHECK(today.next.to.screen == Screen::ideas);
  CHECK(today.notes.empty());
  CHECK_FALSE(today.has_project);
  CHECK(lab.project().none);
}

TEST_CASE("ideas come in the class's order, with a reason that names its source") {
  World world;
  auto lab = world.computer("lab-03");
  auto ideas = lab.ideas();
  REQUIRE(ideas.cards.size() == 2);
  CHECK(ideas.cards[0].question == "Why does our creek flood?");
  CHECK(ideas.cards[0].reason.source == ReasonSource::none);
  CHECK(ideas.cards[0].emblem == "creek");
  CHECK(ideas.filters ==
        std::vector<IdeaFilter>{IdeaFilter::everything, IdeaFilter::alone, IdeaFilter::together});

  lab.can(SetAboutMe{"interests", {"Soccer. I draw maps of everything, and I like my cousins", ""}});
  ideas = lab.ideas();
  CHECK(ideas.cards[0].reason.source == ReasonSource::about_me);
  CHECK(ideas.cards[0].reason.words == "I draw maps of everything");
  CHECK(ideas.cards[1].reason.source == ReasonSource::none);
  lab.can(FilterIdeas{IdeaFilter::liked});
  CHECK(lab.ideas().cards.size() == 1);
}

TEST_CASE("two ideas are compared, one is picked, and the button waits for a way to show it and a reason") {
  World world;
  auto lab = world.computer("lab-03");
  lab.can(MarkIdea{world.water});
  lab.can(MarkIdea{world.street});
  Destination here{Screen::compare_ideas, {}, {}, {}, {}, Focus::none};
  auto compare = lab.view<CompareIdeasView>(here);
  REQUIRE(compare.ideas.size() == 2);
  CHECK(compare.waiting.key == "ideas.waits_for_choice");
  CHECK(compare.ideas[0].good_to_know[0] == "You go near water only with an adult.");
  lab.can(PickIdea{world.water});
  CHECK(lab.view<CompareIdeasView>(here).waiting.key == "ideas.waits_for_product");
  lab.can(PickProduct{"map"});
  CHECK(lab.view<CompareIdeasView>(here).waiting.key == "ideas.waits_for_why");
  lab.can(SaveDraft{"ideas.why", {{"why", "the creek was in our kitchen"}}});
  compare = lab.view<CompareIdeasView>(here);
  CHECK_FALSE(compare.waiting);
  CHECK(compare.why.text == "the creek was in our kitchen");
  CHECK(lab.cannot(ChooseProject{world.water, "map", "", "  "}) == Code::invalid);

  auto outcome = lab.can(ChooseProject{world.water, "map", "", compare.why.text});
  REQUIRE(outcome.go);
  CHECK(outcome.go->screen == Screen::project);
  CHECK(outcome.go->step == "walk-the-creek");
  CHECK(lab.view<CompareIdeasView>(here).why.text.empty());
  CHECK(lab.ideas().cards[0].chosen_already);
  // The same again opens the project that is there.
  CHECK(lab.can(ChooseProject{world.water, "map", "", "again"}).go->project == outcome.go->project);
}

TEST_CASE("from the first day to the second try") {
  World world;
  auto lab = world.computer("lab-03");
  auto id = world.choose(lab);

  SUBCASE("choosing can be undone and done again") {
    CHECK(lab.student->undo().key == "undo.choose_project");
    lab.can(Undo{});
    CHECK(lab.project().none);
    CHECK(lab.student->redo().key == "redo.choose_project");
    lab.can(Redo{});
    CHECK(lab.project().id == id);
  }

  SUBCASE("ticks, work, check, turning in, the answer and another look") {
    auto today = lab.today();
    CHECK(today.next.origin == NextOrigin::item);
    CHECK(today.next.to.step == "walk-the-creek");
    CHECK(today.next.to.part == "1");
    CHECK(today.trail.steps.size() == 3);
    CHECK(today.trail.steps[0].here);

    lab.can(TickItem{id, "walk-the-creek", "1", true});
    CHECK(lab.student->undo().key == "undo.tick");
    auto project = lab.project(id, "walk-the-creek");
    CHECK(project.step.guided.items[0].done);
    CHECK(project.step.guided.items[1].next);
    CHECK(project.step.state == StepState::doing);
    CHECK(project.product == "A map");
    CHECK(project.step.turn_in_waits_for.key == "project.waits_for_work");
    lab.can(Undo{});
    CHECK_FALSE(lab.project(id, "walk-the-creek").step.guided.items[0].done);
    CHECK_FALSE(lab.can(Redo{}).go);
    CHECK(lab.project(id, "walk-the-creek").step.guided.items[0].done);
    lab.can(TickItem{id, "walk-the-creek", "2", true});
    CHECK(lab.cannot(TickItem{id, "walk-the-creek", "3", true}) == Code::not_found);
    CHECK(lab.today().next.headline.key == "today.add_work");

    // A step without Check my work is turned in as it is.
    lab.can(ShowInPerson{id, "walk-the-creek", "my map"});
    CHECK(lab.today().next.headline.key == "today.turn_in");
    lab.can(TurnIn{id, "walk-the-creek", "it is on the wall"});
    CHECK(lab.student->undo().key.empty());
    CHECK(lab.project(id, "walk-the-creek").step.state == StepState::turned_in);
    CHECK(lab.cannot(TurnIn{id, "walk-the-creek", ""}) == Code::conflict);

    // The next step has one.
    CHECK(lab.project().step.id == "find-sources");
    world.write_source(lab, id);
    CHECK(lab.project(id, "find-sources").step.turn_in_waits_for.key == "project.waits_for_check");
    CHECK(lab.cannot(TurnIn{id, "find-sources", ""}) == Code::invalid);

    auto check = lab.check(id, "find-sources", "sources");
    CHECK(check.levels.size() == 4);
    CHECK(check.levels[2].aim);
    CHECK(check.levels[1].text == braced_words("I use {two sources} and put them in my own words."));
    CHECK(check.next.part == "telling");
    CHECK(check.back.part == "my-question");
    for (const auto& level : check.levels) CHECK_FALSE(level.chosen);

    lab.can(SetLevel{id, "find-sources", "sources", 3});
    CHECK(lab.student->undo().key == "undo.set_level");
    CHECK(std::get<std::string>(lab.student->undo().arguments[0].value) == "On target");
    lab.can(Undo{});
    CHECK(lab.check(id, "find-sources", "sources").trail[1].level == 0);
    CHECK(lab.cannot(SetLevel{id, "find-sources", "sources", 5}) == Code::not_found);

    lab.can(SetLevel{id, "find-sources", "my-question", 3});
    lab.can(SetLevel{id, "find-sources", "sources", 2});
    CHECK(lab.finish(id, "find-sources").waits_for.key == "check.waits_for_level");
    lab.can(SetLevel{id, "find-sources", "telling", 1});
    auto finish = lab.finish(id, "find-sources");
    CHECK(finish.waits_for.key == "check.waits_for_because");
    CHECK(finish.waits_to.part == "my-question");
    CHECK(lab.check(id, "find-sources", "my-question").because_hint.key == "check.because_proudest");
    CHECK_FALSE(lab.check(id, "find-sources", "sources").because_needed);
    CHECK(lab.check(id, "find-sources", "telling").because_hint.key == "check.because_hardest");
    lab.can(SetBecause{id, "find-sources", "my-question", {"I say how I will look.", ""}});
    lab.can(SetBecause{id, "find-sources", "telling", {"I only said what I found.", ""}});
    CHECK(lab.finish(id, "find-sources").waits_for.key == "check.waits_for_confidence");
    lab.can(SetConfidence{id, "find-sources", "most"});
    lab.can(SetNext{id, "find-sources", {"ask Mr. Halloran about the road", ""}});
    auto piece = lab.project(id, "find-sources").step.work[0].id;
    lab.can(ToggleEvidence{id, "find-sources", "sources", piece});
    CHECK(lab.check(id, "find-sources", "sources").evidence[0].chosen);
    finish = lab.finish(id, "find-sources");
    CHECK(finish.can_turn_in);
    CHECK(finish.coming.size() == 3);

    lab.can(TurnIn{id, "find-sources", ""});
    auto step = lab.project(id, "find-sources").step;
    CHECK(step.state == StepState::turned_in);
    REQUIRE(step.tries.size() == 1);
    CHECK_FALSE(step.turned_in_sent);
    CHECK(lab.check(id, "find-sources", "sources").turned_in);
    CHECK(lab.cannot(SetLevel{id, "find-sources", "sources", 4}) == Code::conflict);
    CHECK(lab.today().next.origin == NextOrigin::own_next);
    CHECK(lab.today().next.words == "ask Mr. Halloran about the road");

    auto own = lab.store->records(domain::person_stream(amira), "self_assessment").value();
    REQUIRE(own.size() == 1);
    CHECK(own[0].integer("level.my_question") == 3);
    CHECK(own[0].text("because.telling") == "I only said what I found.");
    CHECK(own[0].texts("evidence.sources") == std::vector<std::string>{piece});
    CHECK(own[0].texts("saw").size() == 1);
    auto turned = lab.store->records(domain::person_stream(amira), "turn_in").value().back();
    CHECK(turned.text("self_assessment") == own[0].key.id.hex());

    world.sync(lab);
    CHECK(lab.project(id, "find-sources").step.turned_in_sent);

    // In the evening the teacher answers; on the next day, at another computer, the answer is there.
    world.hours(8);
    auto review =
        world.answer("another_look", {{"level.my_question", 3}, {"level.sources", 3}, {"level.telling", 1}},
                     "Say why each source matters.");
    world.hours(16);
    auto other = world.computer("lab-07");
    today = other.today();
    CHECK(today.next.origin == NextOrigin::answer);
    CHECK(today.next.words == "Say why each source matters.");
    CHECK(today.next.to.record == review);
    auto answer = other.view<AnswerView>({Screen::answer, id, "find-sources", {}, review, Focus::none});
    CHECK(answer.teacher == "Ms. Rivera");
    CHECK(answer.glow == "You named both people.");
    CHECK_FALSE(answer.ready);
    CHECK(answer.second_try);
    CHECK(answer.can_compare);
    REQUIRE(answer.compared.size() == 3);
    CHECK(answer.compared[0].same);
    CHECK_FALSE(answer.compared[1].same);
    CHECK(answer.compared[1].mine.level_name == "Getting there");
    CHECK(answer.compared[1].theirs.level_name == "On target");
    bool marked = false;
    for (const auto& run : answer.compared[1].theirs.text) marked |= run.marked;
    CHECK(marked);
    CHECK(answer.compared[2].mine.words == "I only said what I found.");
    CHECK(answer.exemplar.size() == 1);
    CHECK_FALSE(answer.saw_older_work);

    other.can(ReadAnswer{review});
    CHECK(other.today().next.lead.key == "today.teacher_next");
    CHECK(other.today().next.to.step == "find-sources");
    other.can(app::Reply{review, "I will change the first part."});
    answer = other.view<AnswerView>({Screen::answer, id, "find-sources", {}, review, Focus::none});
    CHECK(answer.replies == std::vector<std::string>{"I will change the first part."});
    CHECK_FALSE(answer.corrects);

    // The teacher saw something wrong and corrected the answer: the new one is read in its place, old links
    // too.
    world.hours(1);
    auto corrected =
        world.answer("another_look", {{"level.my_question", 3}, {"level.sources", 2}, {"level.telling", 1}},
                     "Say why the second source matters.");
    world.sync(other);
    CHECK(other.today().next.origin == NextOrigin::answer);
    CHECK(other.today().next.to.record == corrected);
    answer = other.view<AnswerView>({Screen::answer, id, "find-sources", {}, review, Focus::none});
    CHECK(answer.review == corrected);
    CHECK(answer.next == "Say why the second source matters.");
    CHECK(answer.corrects);
    CHECK(answer.compared[1].same);
    CHECK(answer.replies == std::vector<std::string>{"I will change the first part."});
    auto so_far = other.view<GrowthView>({Screen::growth, {}, {}, "INQ.2", {}, Focus::none});
    std::vector<int> theirs;
    for (const auto& dot : so_far.dots)
      if (dot.kind == EvidenceKind::review) theirs.push_back(dot.level);
    CHECK(theirs == std::vector<int>{2});
    other.can(ReadAnswer{review});
    CHECK(other.today().next.lead.key == "today.teacher_next");
    CHECK(other.store->records(domain::person_stream(amira), "review").value().size() == 2);

    // The second try begins empty, with the level of the first beside it.
    check = other.check(id, "find-sources", "sources");
    CHECK(check.attempt == 2);
    CHECK_FALSE(check.turned_in);
    CHECK(check.earlier_level == 2);
    CHECK(other.check(id, "find-sources", "telling").earlier_because == "I only said what I found.");
    CHECK(check.trail[1].level == 0);
    world.check_all(other, id);
    other.can(TurnIn{id, "find-sources", ""});
    auto tries = other.project(id, "find-sources").step.tries;
    REQUIRE(tries.size() == 2);
    CHECK(tries[0].number == 1);
    CHECK(tries[0].answer == corrected);
    CHECK_FALSE(tries[0].ready);
    CHECK(tries[1].answer.empty());
    REQUIRE(tries[1].lines.size() == 3);
    CHECK(tries[1].lines[1].criterion == tries[0].lines[1].criterion);
    CHECK(tries[1].lines[1].level_name == "Getting there");
    world.sync(other);
    world.answer("ready", {{"level.sources", 3}}, "Tell the town.");
    world.sync(other);
    CHECK(other.project(id, "find-sources").step.state == StepState::ready);

    auto growth = other.view<GrowthView>({Screen::growth, {}, {}, "INQ.2", {}, Focus::none});
    CHECK(growth.standards.size() == 3);
    CHECK(growth.dots.size() == 4);
    CHECK(growth.level_names.back() == "Going further");
  }
}

TEST_CASE("a view in Spanish has the pathway's Spanish words") {
  World world;
  auto lab = world.computer("lab-03");
  auto id = world.choose(lab);
  lab.can(SetPreference{"language", "es"});
  CHECK(lab.student->appearance().language == "es");
  CHECK(lab.project(id).step.title == "Recorre el arroyo");
  CHECK(lab.check(id, "find-sources", "sources").levels[2].name == "En la meta");
  CHECK(lab.cannot(SetPreference{"theme", "pink"}) == Code::invalid);
}

TEST_CASE("the line of packing up is tomorrow's next card and leads back to the very place") {
  World world;
  auto lab = world.computer("lab-03");
  auto id = world.choose(lab);
  lab.view<ProjectView>({Screen::project, id, "find-sources", "2", {}, Focus::item});
  auto pack_up = lab.view<PackUpView>({Screen::pack_up, {}, {}, {}, {}, Focus::none});
  CHECK(pack_up.suggestions ==
        std::vector<std::string>{"Find a first source.", "Find a second source of another kind."});
  CHECK(pack_up.waiting.key == "pack_up.waiting");
  lab.can(SaveDraft{"pack_up", {{"line", "next I need a second sorce"}}});
  CHECK(lab.view<PackUpView>({Screen::pack_up, {}, {}, {}, {}, Focus::none}).line.text ==
        "next I need a second sorce");
  auto outcome = lab.can(PackUp{"next I need a second sorce"});
  CHECK(outcome.lock);
  CHECK(lab.view<PackUpView>({Screen::pack_up, {}, {}, {}, {}, Focus::none}).line.text.empty());
  world.sync(lab);
  world.hours(24);
  auto other = world.computer("lab-07");
  auto next = other.today().next;
  CHECK(next.origin == NextOrigin::pack_up);
  CHECK(next.lead.key == "today.you_wrote_yesterday");
  CHECK(next.words == "next I need a second sorce");
  CHECK(next.to == Destination{Screen::project, id, "find-sources", "2", {}, Focus::item});
  CHECK(next.leads_to.key == "today.opens_item");
  // Turned in, it has done its service.
  world.write_source(other, id);
  world.check_all(other, id);
  other.can(TurnIn{id, "find-sources", ""});
  CHECK(other.today().next.origin != NextOrigin::pack_up);
}

TEST_CASE("a project whose class has not come to this computer yet is said to be on its way") {
  World world;
  auto lab = world.computer("lab-03");
  world.choose(lab);
  world.sync(lab);
  Computer other;
  other.name = "lab-07";
  other.store = world.open("lab-07");
  other.files = std::make_unique<FileFolder>(world.folder.path() + "/f", world.folder.path() + "/t");
  world.start(other);
  carry(*world.school, *other.store, domain::person_stream(amira));
  CHECK(other.today().next.origin == NextOrigin::waiting);
  CHECK(other.today().next.headline.key == "today.project_comes");
  world.sync(other);
  CHECK(other.today().next.origin == NextOrigin::item);
}

TEST_CASE("a class that was left is a class no longer, and a project begun there keeps its steps") {
  World world;
  auto at = world.computer("lab-03");
  REQUIRE(at.store->grant(domain::class_stream(class_5b), world.random.id<AccessId>(), "member"));
  auto id = world.choose(at);
  REQUIRE_FALSE(at.ideas().cards.empty());
  REQUIRE(at.store->revoke(domain::class_stream(class_5b)));
  at.student->refresh();
  CHECK(at.ideas().cards.empty());
  CHECK(at.project(id, "find-sources").step.title == "Find sources");
}

TEST_CASE("an empty line still locks, and Today shows the next item") {
  World world;
  auto lab = world.computer("lab-03");
  world.choose(lab);
  CHECK(lab.can(PackUp{""}).lock);
  CHECK(lab.today().next.origin == NextOrigin::item);
}

TEST_CASE("being stuck is told to the teacher when it is sent, and the answer comes to the step") {
  World world;
  auto lab = world.computer("lab-03");
  auto id = world.choose(lab);
  auto stuck = lab.project(id, "walk-the-creek").step.stuck;
  CHECK(stuck.teacher == "Ms. Rivera");
  CHECK(stuck.seen_when.key == "stuck.seen_when_sent");
  CHECK(stuck.has_example);
  CHECK(stuck.another_step == "find-sources");
  CHECK(stuck.hints == std::vector<std::string>{"Begin at the bridge."});
  lab.can(AskForHelp{id, "walk-the-creek", "Where does the pipe end?", {"example"}});
  stuck = lab.project(id, "walk-the-creek").step.stuck;
  REQUIRE(stuck.open);
  CHECK(stuck.seen_when.key == "stuck.not_sent_yet");
  world.sync(lab);
  CHECK(lab.project(id, "walk-the-creek").step.stuck.seen_when.key == "stuck.at_school");
  world.write(*world.school, rivera,
              {{domain::person_stream(amira), "help_answer", {}},
               {{"help", stuck.open->id}, {"text", "Behind the gym."}},
               {},
               {}});
  world.sync(lab);
  stuck = lab.project(id, "walk-the-creek").step.stuck;
  CHECK(stuck.open->answer == "Behind the gym.");
  CHECK(stuck.open->answered_by == "Ms. Rivera");
  auto notes = lab.today().notes;
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].kind == NoteKind::help_answer);
  lab.can(SettleHelp{stuck.open->id});
  CHECK_FALSE(lab.project(id, "walk-the-creek").step.stuck.open);
  CHECK(lab.today().notes.empty() == false);  // the settling itself waits to be sent
}

TEST_CASE("the form that opens is the teacher's choice until the student chooses another") {
  World world;
  auto lab = world.computer("lab-03");
  auto id = world.choose(lab);
  CHECK(lab.project(id, "walk-the-creek").step.open == Form::step_by_step);
  world.write(*world.school, rivera,
              {{domain::person_stream(amira), "support", domain::singleton_id("support", "1")},
               {{"project", id}, {"step", "walk-the-creek"}, {"form", "example"}},
               {},
               {}});
  world.sync(lab);
  CHECK(lab.project(id, "walk-the-creek").step.open == Form::example);
  lab.can(OpenForm{id, "walk-the-creek", Form::on_my_own});
  CHECK(lab.project(id, "walk-the-creek").step.open == Form::on_my_own);
  CHECK(lab.student->undo().key == "undo.choose_project");
}

TEST_CASE("a step is planned for a day, moved and taken back, and the trail knows it") {
  World world;
  auto lab = world.computer("lab-03");
  auto id = world.choose(lab);
  CHECK(lab.project(id).today.iso == "2026-11-25");
  lab.can(PlanStep{id, "find-sources", "2026-11-27"});
  CHECK(lab.project(id, "find-sources").step.planned.iso == "2026-11-27");
  CHECK(lab.student->undo().key == "undo.plan_step");
  lab.can(PlanStep{id, "find-sources", "2026-11-30"});
  CHECK(lab.project(id, "find-sources").step.planned.from_today == 5);
  CHECK(lab.cannot(PlanStep{id, "find-sources", "soon"}) == Code::invalid);
  lab.can(PlanStep{id, "find-sources", ""});
  CHECK_FALSE(lab.project(id, "find-sources").step.planned);
}

TEST_CASE("a note to be turned in with the work is there after a restart") {
  World world;
  auto lab = world.computer("lab-03");
  auto id = world.choose(lab);
  lab.can(SaveDraft{"turn_in.walk-the-creek", {{"note", "the map is in the second photo"}}});
  world.start(lab);
  CHECK(lab.project(id, "walk-the-creek").step.turn_in_note == "the map is in the second photo");
}

TEST_CASE("beside a criterion stands the exemplar's sentence that has most to do with it") {
  const std::vector<std::string> pieces = {
      "We walked along the creek. It was cold.",
      "A farmer said the creek rose in April. The plan in the office says the square was paved in 2011. "
      "We trust the plan more than the story, because it has a date."};
  CHECK(closest_sentence(pieces, "I say how far I trust each source, with a date from the plan") ==
        "We trust the plan more than the story, because it has a date.");
  CHECK(closest_sentence(pieces, "volcanoes and glaciers").empty());
  CHECK(closest_sentence({}, "anything at all").empty());
}
