#include "client/app/picture.hpp"
#include "client/app/words.hpp"
#include "shared/store/hidden.hpp"
#include "tests/app_student/world.hpp"

using namespace waymark;
using namespace waymark::test;

namespace {

const Destination kAboutMe{Screen::about_me, {}, {}, {}, {}, Focus::none};

// The same goal on two computers that have both seen it.
struct TwoComputers {
  World world;
  Computer a = world.computer("lab-03");
  Computer b = world.computer("lab-07");
  std::string goal;

  TwoComputers() {
    GoalFields fields;
    fields.want = "ask better questions";
    fields.first_step = "write three";
    a.can(SaveGoal{{}, {}, fields});
    goal = a.goals().open[0].id;
    sync();
  }
  void sync() {
    world.sync(a);
    world.sync(b);
    world.sync(a);
  }
  void set(Computer& at, const std::string& first_step, const std::string& want = {}) {
    auto card = at.goals().open[0];
    auto fields = card.fields;
    if (!first_step.empty()) fields.first_step = first_step;
    if (!want.empty()) fields.want = want;
    at.can(SaveGoal{goal, card.base, fields});
  }
};

void write_file(const std::string& path, ByteView bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

// A JPEG with an EXIF block that holds a place's name.
Bytes photo_with_metadata() {
  Picture picture{40, 30, 3, Bytes(40 * 30 * 3, 120)};
  auto jpeg = encode_jpeg(picture).value();
  std::string exif = std::string("Exif\0\0", 6) + "GPS 49.1951 16.6068 our house";
  Bytes with{0xFF, 0xD8, 0xFF, 0xE1, 0, static_cast<std::uint8_t>(exif.size() + 2)};
  with.insert(with.end(), exif.begin(), exif.end());
  with.insert(with.end(), jpeg.begin() + 2, jpeg.end());
  return with;
}

}  // namespace

TEST_CASE("one goal edited in two places without seeing each other is shown to be chosen from") {
  TwoComputers two;
  two.set(two.a, "write four questions");
  two.world.clock.advance_ms(60'000);
  two.set(two.b, "write five questions");
  CHECK(two.a.student->counts().conflicts == 0);
  two.sync();
  for (auto* at : {&two.a, &two.b}) {
    CHECK(at->student->counts().conflicts == 1);
    CHECK(at->goals().open[0].conflict);
    CHECK(at->goals().open[0].fields.first_step == "write five questions");
  }
  auto view = two.a.conflict();
  CHECK(view.id == "goal/" + two.goal + "/first_step");
  CHECK(view.what.key == "conflict.what_goal_first_step");
  CHECK(view.what_words == "ask better questions");
  REQUIRE(view.versions.size() == 2);
  CHECK(plain(view.versions[0].text) == "write five questions");
  CHECK_FALSE(view.versions[0].here);
  CHECK(view.versions[0].place == "lab-07");
  CHECK(view.versions[0].at.at_ms > view.versions[1].at.at_ms);
  CHECK(view.versions[1].here);
  CHECK(view.versions[1].place == "lab-03");
  CHECK(view.can_keep_both);

  SUBCASE("one is chosen, everywhere, and that can be undone") {
    auto outcome = two.a.can(ResolveConflict{view.id, view.versions[1].op, false});
    CHECK(outcome.go->screen == Screen::goals);
    CHECK(two.a.goals().open[0].fields.first_step == "write four questions");
    CHECK(two.a.student->counts().conflicts == 0);
    CHECK(two.a.student->undo().key == "undo.resolve");
    two.a.can(Undo{});
    CHECK(two.a.goals().open[0].fields.first_step == "write five questions");
    two.sync();
    CHECK(two.b.student->counts().conflicts == 0);
    CHECK(two.b.goals().open[0].fields.first_step == "write five questions");
  }
  SUBCASE("both are kept, the older first") {
    two.a.can(ResolveConflict{view.id, {}, true});
    two.sync();
    CHECK(two.b.goals().open[0].fields.first_step == "write four questions\n\nwrite five questions");
    CHECK(two.b.student->counts().conflicts == 0);
  }
  SUBCASE("an edit that saw only the displayed one hides nothing") {
    two.set(two.b, "write six questions");
    CHECK(two.b.student->counts().conflicts == 1);
  }
}

TEST_CASE("different fields of one goal changed in two places both stand, without a question") {
  TwoComputers two;
  two.set(two.a, "write four questions");
  two.set(two.b, {}, "ask braver questions");
  two.sync();
  for (auto* at : {&two.a, &two.b}) {
    CHECK(at->student->counts().conflicts == 0);
    CHECK(at->goals().open[0].fields.first_step == "write four questions");
    CHECK(at->goals().open[0].fields.want == "ask braver questions");
  }
}

TEST_CASE("edits in causal order are never a conflict, whatever the clocks say") {
  TwoComputers two;
  two.set(two.a, "write four questions");
  two.sync();
  two.world.clock.set_ms(1'000'000'000'000);
  two.set(two.b, "write five questions");
  two.sync();
  CHECK(two.a.student->counts().conflicts == 0);
  CHECK(two.a.goals().open[0].fields.first_step == "write five questions");
}

TEST_CASE("a form that was open while the same person saved again does not quarrel with itself") {
  World world;
  auto lab = world.computer("lab-03");
  auto first = lab.view<AboutMeView>(kAboutMe).need;
  lab.can(SetAboutMe{"need", {"quiet", first.base}});
  lab.can(SetAboutMe{"need", {"quiet and time", first.base}});
  CHECK(lab.student->counts().conflicts == 0);
  CHECK(lab.view<AboutMeView>(kAboutMe).need.text == "quiet and time");
  // Back to what it was before is a change, too.
  lab.can(SetAboutMe{"need", {"", first.base}});
  CHECK(lab.view<AboutMeView>(kAboutMe).need.text.empty());
}

TEST_CASE("a form that was left as it was does not overwrite what came meanwhile") {
  TwoComputers two;
  auto stale = two.b.goals().open[0];
  two.set(two.a, "write four questions");
  two.sync();
  auto fields = stale.fields;
  fields.by = "2026-12-04";
  two.b.can(SaveGoal{two.goal, stale.base, fields});
  CHECK(two.b.goals().open[0].fields.first_step == "write four questions");
  CHECK(two.b.goals().open[0].fields.by == "2026-12-04");
}

TEST_CASE("undo of what was changed elsewhere since asks instead of overwriting") {
  TwoComputers two;
  two.set(two.a, "write four questions");
  two.sync();
  two.set(two.b, "write five questions");
  two.sync();
  auto outcome = two.a.can(Undo{});
  REQUIRE(outcome.go);
  CHECK(outcome.go->screen == Screen::conflict);
  CHECK(two.a.goals().open[0].fields.first_step == "write five questions");
  CHECK(two.a.conflict().versions.empty());  // it is no conflict of the records
  auto view = two.a.view<ConflictView>(*outcome.go);
  CHECK(view.from_undo);
  REQUIRE(view.versions.size() == 2);
  CHECK(plain(view.versions[1].text) == "write three");
  two.a.can(ResolveConflict{view.id, "undo", false});
  CHECK(two.a.goals().open[0].fields.first_step == "write three");
}

TEST_CASE("work deleted here and edited there comes back") {
  TwoComputers two;
  auto id = two.world.choose(two.a);
  two.world.write_source(two.a, id);
  two.sync();
  auto piece = two.a.project(id, "find-sources").step.work[0];
  two.a.can(DeleteWork{piece.id});
  CHECK(two.a.project(id, "find-sources").step.work.empty());
  two.b.can(WriteWork{id,
                      "find-sources",
                      piece.id,
                      WorkType::text,
                      piece.title,
                      {"He remembers 1998 well.", piece.text.base}});
  two.sync();
  for (auto* at : {&two.a, &two.b}) {
    REQUIRE(at->project(id, "find-sources").step.work.size() == 1);
    CHECK(at->project(id, "find-sources").step.work[0].text.text == "He remembers 1998 well.");
  }
  // With one note each, which goes when it was looked at, and comes again when it happens again.
  auto told = [](Computer& at) {
    std::vector<Note> found;
    auto all = at.today().notes;
    for (const auto& note : all)
      if (note.kind == NoteKind::came_back) found.push_back(note);
    return found;
  };
  for (auto* at : {&two.a, &two.b}) {
    auto notes = told(*at);
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].title.key == "note.came_back");
    CHECK(notes[0].words == "Mr. Halloran");
    CHECK(notes[0].to.record == piece.id);
  }
  two.a.can(DismissNote{told(two.a)[0]});
  two.sync();
  CHECK(told(two.a).empty());
  CHECK(told(two.b).empty());
  two.a.can(DeleteWork{piece.id});
  CHECK(told(two.a).empty());
  auto again = two.b.project(id, "find-sources").step.work[0].text;
  two.b.can(WriteWork{id, "find-sources", piece.id, WorkType::text, piece.title, {"Very well.", again.base}});
  two.sync();
  CHECK(told(two.a).size() == 1);
  // Deleted by who saw all of it, it is gone, and so is the note.
  two.a.can(DeleteWork{piece.id});
  two.sync();
  for (auto* at : {&two.a, &two.b}) {
    CHECK(at->project(id, "find-sources").step.work.empty());
    CHECK(told(*at).empty());
  }
}

TEST_CASE("a goal or a project that is taken back comes back for what was put in it elsewhere, with a note") {
  TwoComputers two;
  auto notes = [](Computer& at) {
    auto all = at.today().notes;
    return std::count_if(all.begin(), all.end(),
                         [](const Note& note) { return note.kind == NoteKind::came_back; });
  };
  std::string id;
  SUBCASE("a check-in of a goal") {
    id = two.world.choose(two.b);  // so that Today has notes
    two.sync();
    two.b.can(CheckIn{two.goal, "I asked two people.", {}});
    two.a.can(Undo{});
    CHECK(two.a.goals().open.empty());
    two.sync();
    for (auto* at : {&two.a, &two.b}) {
      REQUIRE(at->goals().open.size() == 1);
      CHECK(at->goals().open[0].check_ins.size() == 1);
      CHECK(notes(*at) == 1);
    }
  }
  SUBCASE("work of a project") {
    id = two.world.choose(two.a);
    two.sync();
    two.world.write_source(two.b, id);
    two.a.can(Undo{});
    CHECK(two.a.project(id).none);
    two.sync();
    for (auto* at : {&two.a, &two.b}) {
      CHECK(at->project(id, "find-sources").step.work.size() == 1);
      CHECK(notes(*at) == 1);
    }
  }
  SUBCASE("work of a project that was seen, and changed elsewhere since") {
    id = two.world.choose(two.a);
    two.sync();
    two.world.write_source(two.b, id);
    two.sync();
    two.world.write_source(two.b, id);
    two.sync();
    auto work = two.b.project(id, "find-sources").step.work[0];
    two.b.can(WriteWork{id, "find-sources", work.id, WorkType::text, work.title, {"More.", work.text.base}});
    two.a.can(Undo{});
    CHECK(two.a.project(id).none);
    two.sync();
    CHECK(two.a.project(id, "find-sources").step.work.size() == 2);
    CHECK(notes(two.a) == 1);
  }
  SUBCASE("what was seen, or is deleted, does not keep it") {
    id = two.world.choose(two.a);
    two.sync();
    two.world.write_source(two.b, id);
    two.b.can(TickItem{id, "find-sources", two.b.project(id, "find-sources").step.guided.items[0].id, true});
    two.sync();
    two.a.can(Undo{});
    two.sync();
    for (auto* at : {&two.a, &two.b}) {
      CHECK(at->project(id).none);
      CHECK(notes(*at) == 0);
    }
  }
}

TEST_CASE("deleting work can be undone, and a deletion that saw everything stays") {
  TwoComputers two;
  auto id = two.world.choose(two.a);
  two.world.write_source(two.a, id);
  two.sync();
  auto piece = two.a.project(id, "find-sources").step.work[0];
  auto outcome = two.a.can(DeleteWork{piece.id});
  CHECK(outcome.toast.key == "toast.work_deleted");
  two.a.can(Undo{});
  CHECK(two.a.project(id, "find-sources").step.work.size() == 1);
  two.a.can(Redo{});
  two.sync();
  CHECK(two.b.project(id, "find-sources").step.work.empty());
}

TEST_CASE("a photo comes in without its metadata, with a small copy") {
  World world;
  auto lab = world.computer("lab-03");
  auto id = world.choose(lab);
  auto path = world.folder.path() + "/After the rain.jpg";
  write_file(path, photo_with_metadata());
  lab.can(AttachFile{id, "walk-the-creek", path, "", true});
  auto piece = lab.project(id, "walk-the-creek").step.work[0];
  CHECK(piece.type == WorkType::photo);
  CHECK(piece.title.text == "After the rain");
  CHECK(piece.width == 40);
  CHECK(std::filesystem::exists(piece.thumbnail));
  std::ifstream in(piece.path, std::ios::binary);
  std::string kept((std::istreambuf_iterator<char>(in)), {});
  CHECK(kept.size() > 100);
  CHECK(kept.find("GPS") == std::string::npos);
  CHECK(lab.store->files_to_send().value().size() == 1);
  CHECK(lab.student->counts().files_waiting == 1);
  CHECK(lab.student->undo().key == "undo.add_work");
  CHECK(lab.student->files_mentioned().size() == 1);

  world.sync(lab);
  auto other = world.computer("lab-07");
  CHECK(other.project(id, "walk-the-creek").step.work[0].path.empty());
  REQUIRE(other.student->files_mentioned().size() == 1);
}

TEST_CASE("a large photo goes with a small copy, which goes first") {
  World world;
  auto lab = world.computer("lab-03");
  auto id = world.choose(lab);
  Picture noise{1'000, 800, 3, Bytes(1'000 * 800 * 3)};
  SeededRandom random(4);
  for (auto& byte : noise.pixels) byte = static_cast<std::uint8_t>(random.below(256));
  auto path = world.folder.path() + "/wall.jpg";
  write_file(path, encode_jpeg(noise).value());
  lab.can(AttachFile{id, "walk-the-creek", path, "", true});
  auto rows = lab.store->files_to_send().value();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].bytes < rows[1].bytes);
  CHECK(rows[0].mime == "image/jpeg");
  auto small = decode(lab.files->read(rows[0].hash).value()).value();
  CHECK(small.width == 640);
  CHECK(small.height == 512);
  auto mentioned = lab.student->files_mentioned();
  REQUIRE(mentioned.size() == 2);
  CHECK(mentioned[0].hash == rows[0].hash);
  CHECK(mentioned[1].hash == rows[1].hash);
  auto work = lab.store->records(domain::person_stream(amira), "work").value();
  REQUIRE(work.size() == 1);
  CHECK(work[0].text("file") == rows[1].hash);
  CHECK(work[0].text("small") == rows[0].hash);
}

TEST_CASE("what is no picture is refused where a picture is wanted, and leaves nothing behind") {
  World world;
  auto lab = world.computer("lab-03");
  auto id = world.choose(lab);
  auto path = world.folder.path() + "/notes.txt";
  write_file(path, as_bytes("only words"));
  CHECK(lab.cannot(AttachFile{id, "walk-the-creek", path, "", true}) == Code::not_an_image);
  CHECK(lab.cannot(AttachFile{id, "walk-the-creek", path + ".not", "", true}) == Code::not_found);
  CHECK(lab.project(id, "walk-the-creek").step.work.empty());
  CHECK(lab.store->files_to_send().value().empty());
  lab.can(AttachFile{id, "walk-the-creek", path, "my notes", false});
  CHECK(lab.project(id, "walk-the-creek").step.work[0].type == WorkType::file);
}

TEST_CASE("a text that is too long is refused whole, and what was there stays") {
  World world;
  auto lab = world.computer("lab-03");
  auto id = world.choose(lab);
  world.write_source(lab, id);
  auto piece = lab.project(id, "find-sources").step.work[0];
  auto version = lab.store->version().value();
  CHECK(lab.cannot(WriteWork{id,
                             "find-sources",
                             piece.id,
                             WorkType::text,
                             piece.title,
                             {std::string(60'001, 'a'), piece.text.base}}) == Code::too_large);
  CHECK(lab.store->version().value() == version);
  CHECK(lab.project(id, "find-sources").step.work[0].text.text == "He remembers 1998.");
  lab.can(WriteWork{id,
                    "find-sources",
                    piece.id,
                    WorkType::text,
                    piece.title,
                    {std::string(60'000, 'a'), piece.text.base}});
  CHECK(lab.cannot(PackUp{std::string(561, 'a')}) == Code::too_large);
  CHECK(lab.can(PackUp{std::string(560, 'a')}).lock);
}

TEST_CASE("a draft never leaves the student's own stream") {
  World world;
  auto lab = world.computer("lab-03");
  auto id = world.choose(lab);
  world.write_source(lab, id);
  auto before = lab.store->stream_state(domain::person_stream(amira)).value().head;
  world.check_all(lab, id);
  lab.can(SetGlow{id, "find-sources", {"my map", ""}});
  lab.can(SetGrow{id, "find-sources", {"say why", ""}});
  lab.can(SaveDraft{"goal.new", {{"want", "half a thought"}}});
  lab.can(SaveDraft{"stuck.find-sources", {{"text", "I can only find"}}});
  CHECK(lab.store->stream_state(domain::person_stream(amira)).value().head == before);
  CHECK(lab.project(id, "find-sources").step.stuck.draft.text == "I can only find");
  CHECK(lab.student->draft_texts("goal.new") ==
        std::vector<std::pair<std::string, std::string>>{{"want", "half a thought"}});
  lab.can(DropDraft{"goal.new"});
  CHECK(lab.student->draft_texts("goal.new").empty());
}

TEST_CASE("what the school sent back stays readable until it is dismissed") {
  World world;
  auto lab = world.computer("lab-03");
  GoalFields fields;
  fields.want = "ask better questions";
  lab.can(SaveGoal{{}, {}, fields});
  auto waiting = lab.store->freeze(1, 100, 1 << 20).value();
  REQUIRE(waiting.size() == 2);  // the goal, and what the computer is called
  REQUIRE(lab.store->mark_settled(waiting[0].n, true, "forbidden", "not yours"));
  auto view = lab.view<RefusalsView>({Screen::refusals, {}, {}, {}, {}, Focus::none});
  REQUIRE(view.lines.size() == 1);
  CHECK(view.lines[0].what.key == "thing.goal");
  CHECK(view.lines[0].sentence.key == "error.forbidden");
  CHECK(view.lines[0].words == "ask better questions");
  CHECK(lab.goals().open.empty());
  CHECK(lab.student->counts().refusals == 1);
  lab.can(DismissRefusal{view.lines[0].op});
  CHECK(lab.student->counts().refusals == 0);
}

TEST_CASE("work that an adult hands back comes with its words, once, and stays until it is dismissed") {
  World world;
  auto at = world.computer("lab-03");
  auto op = world.random.id<OpId>();
  world.write(*world.school, root,
              {{domain::inbox_stream(amira), "notice", {}},
               {{"type", "handed_back"},
                {"op", op.hex()},
                {"code", "not_granted"},
                {"kind", "goal"},
                {"text", "ask better questions\nask Mr. Halloran"}},
               {},
               {}});
  carry(*world.school, *at.store, domain::inbox_stream(amira));
  at.student->refresh();
  auto view = at.view<RefusalsView>({Screen::refusals, {}, {}, {}, {}, Focus::none});
  REQUIRE(view.lines.size() == 1);
  CHECK(view.lines[0].what.key == "thing.goal");
  CHECK(view.lines[0].sentence.key == "error.handed_back");
  CHECK(view.lines[0].words == "ask better questions\nask Mr. Halloran");
  at.can(DismissRefusal{op.hex()});
  CHECK(at.view<RefusalsView>({Screen::refusals, {}, {}, {}, {}, Focus::none}).lines.empty());
  world.start(at);
  CHECK(at.view<RefusalsView>({Screen::refusals, {}, {}, {}, {}, Focus::none}).lines.empty());
}

TEST_CASE("what waits is told by kind, and nothing is said to wait once it is at school") {
  World world;
  auto lab = world.computer("lab-03");
  auto id = world.choose(lab);
  lab.can(TickItem{id, "walk-the-creek", "1", true});
  lab.can(TickItem{id, "walk-the-creek", "2", true});
  lab.can(SaveDraft{"goal.new", {{"want", "half a thought"}}});
  CHECK(lab.student->counts().waiting == 3);  // as the student counts: two ticks are in one step
  auto things = lab.student->waiting();
  REQUIRE(things.size() == 3);
  CHECK(things[0].title.key == "waiting.private");
  CHECK(things[1].title.key == "waiting.project");
  CHECK(things[2].title.key == "waiting.step");
  CHECK(things[2].count == 1);
  world.sync(lab);
  CHECK(lab.student->counts().waiting == 0);
  CHECK(lab.student->waiting().empty());
}

TEST_CASE("a view is computed again only when something changed") {
  World world;
  auto lab = world.computer("lab-03");
  lab.today();
  auto version = lab.student->version();
  world.clock.advance_ms(60'000);
  lab.today();
  CHECK(lab.student->version() == version);
  lab.can(FilterIdeas{IdeaFilter::alone});
  CHECK(lab.student->version() > version);
  version = lab.student->version();
  world.hours(5);
  CHECK(lab.student->version() > version);
  CHECK(lab.today().greeting.key == "today.good_afternoon");
}

TEST_CASE("what a teacher hid stays with its author, and a plain sentence says who hid it and when") {
  World world;
  auto a = world.computer("lab-03");
  auto id = world.choose(a);
  world.write_source(a, id);
  GoalFields fields;
  fields.want = "ask better questions";
  a.can(SaveGoal{{}, {}, fields});
  world.sync(a);
  auto stream = domain::person_stream(amira);
  auto hide = [&](std::string_view kind, bool hidden) {
    auto record = world.school->records(stream, kind).value().front().key.id;
    record::RecordKey key{stream, "hidden", store::hidden_id(kind, record)};
    auto before = world.school->find(key).value();
    world.write(*world.school, rivera,
                {key,
                 {{"kind", std::string(kind)}, {"record", record.hex()}, {"hidden", hidden}},
                 before ? before->all_heads() : std::vector<OpId>{},
                 {}});
    world.sync(a);
  };
  a.store->show_to(amira);
  CHECK_FALSE(a.project(id, "find-sources").step.work.at(0).hidden);
  hide("work", true);
  hide("goal", true);
  auto piece = a.project(id, "find-sources").step.work.at(0);
  CHECK(piece.text.text == "He remembers 1998.");
  CHECK(piece.hidden.key == "hidden.by");
  CHECK(piece.hidden.arguments.at(0).value ==
        std::variant<std::string, std::int64_t, Day, Moment>("Ms. Rivera"));
  CHECK(a.goals().open.at(0).hidden.key == "hidden.by");
  std::vector<std::string> words;
  for (const auto& note : a.today().notes)
    if (note.kind == NoteKind::hidden) words.push_back(note.words);
  CHECK(words == std::vector<std::string>{"Mr. Halloran", "ask better questions"});
  // The author may go on writing; the rest is between them and the teacher.
  a.can(WriteWork{
      id, "find-sources", piece.id, WorkType::text, piece.title, {"He told me a lot.", piece.text.base}});
  CHECK(a.project(id, "find-sources").step.work.at(0).hidden);
  hide("work", false);
  CHECK_FALSE(a.project(id, "find-sources").step.work.at(0).hidden);
  // It is news for a week, and stays beside the goal.
  world.hours(24 * 7);
  CHECK(a.today().notes.at(0).kind == NoteKind::hidden);
  world.hours(24);
  for (const auto& note : a.today().notes) CHECK(note.kind != NoteKind::hidden);
  CHECK(a.goals().open.at(0).hidden);
}

TEST_CASE("three places that did not see each other are three versions; keeping all of them can be undone") {
  TwoComputers two;
  auto third = two.world.computer("home");
  two.sync();
  two.world.sync(third);
  two.set(two.a, "one");
  two.world.clock.advance_ms(60'000);
  two.set(two.b, "two");
  two.world.clock.advance_ms(60'000);
  two.set(third, "three");
  for (int i = 0; i < 2; i++) {
    two.world.sync(third);
    two.sync();
  }
  for (auto* at : {&two.a, &two.b, &third}) {
    auto view = at->conflict();
    REQUIRE(view.versions.size() == 3);
    std::vector<std::string> places;
    for (const auto& version : view.versions) {
      CHECK(version.author.empty());  // all the student's own
      CHECK(version.at);
      places.push_back(version.place);
    }
    CHECK(places == std::vector<std::string>{"home", "lab-07", "lab-03"});
  }
  auto all_kept = two.a.can(ResolveConflict{two.a.conflict().id, {}, true});
  CHECK(all_kept.toast.key == "toast.kept_all");
  CHECK(two.a.goals().open[0].fields.first_step == "one\n\ntwo\n\nthree");
  CHECK(two.a.student->counts().conflicts == 0);
  two.a.can(Undo{});
  CHECK(two.a.goals().open[0].fields.first_step == "three");
  two.sync();
  CHECK(two.b.student->counts().conflicts == 0);
}

TEST_CASE("two computers keep both at once, again and again, and no line stands there twice") {
  TwoComputers two;
  auto third = two.world.computer("home");
  two.world.sync(third);
  two.set(two.a, "one");
  two.world.clock.advance_ms(60'000);
  two.set(two.b, "two");
  two.world.clock.advance_ms(60'000);
  two.set(third, "three");
  two.sync();
  auto keep = [](Computer& at) {
    if (at.student->counts().conflicts > 0) at.can(ResolveConflict{at.conflict().id, {}, true});
    return at.goals().open[0].fields.first_step;
  };
  // One has heard of the third by now, the other has not, and both press.
  two.world.sync(third);
  two.world.sync(two.b);
  CHECK(keep(two.a) == "one\n\ntwo");
  CHECK(keep(two.b) == "one\n\ntwo\n\nthree");
  two.sync();
  CHECK(two.a.student->counts().conflicts == 1);
  CHECK(keep(two.a) == "one\n\ntwo\n\nthree");
  CHECK(keep(two.b) == "one\n\ntwo\n\nthree");
  // From now on all three press whenever they are asked; each sees what came since the last round.
  for (int round = 0; round < 20; round++) {
    two.world.clock.advance_ms(60'000);
    for (auto* at : {&two.a, &two.b, &third}) CHECK(keep(*at) == "one\n\ntwo\n\nthree");
    two.world.sync(third);
    two.sync();
    two.world.sync(third);
  }
  for (auto* at : {&two.a, &two.b, &third}) CHECK(at->student->counts().conflicts == 0);
  auto written = two.world.school->stream_state(domain::person_stream(amira)).value().head;
  for (int round = 0; round < 5; round++) {
    for (auto* at : {&two.a, &two.b, &third}) keep(*at);
    two.sync();
    two.world.sync(third);
  }
  CHECK(two.world.school->stream_state(domain::person_stream(amira)).value().head == written);
}

TEST_CASE("keeping both leaves out what stands in the other as a paragraph, and nothing less") {
  TwoComputers two;
  two.set(two.a, "one\n\ntwo");
  two.world.clock.advance_ms(60'000);
  two.set(two.b, "two");
  two.sync();
  two.a.can(ResolveConflict{two.a.conflict().id, {}, true});
  CHECK(two.a.goals().open[0].fields.first_step == "one\n\ntwo");
  two.sync();
  two.set(two.a, "ask two people");
  two.world.clock.advance_ms(60'000);
  two.set(two.b, "two");
  two.sync();
  auto both_kept = two.a.can(ResolveConflict{two.a.conflict().id, {}, true});
  CHECK(both_kept.toast.key == "toast.kept_both");
  CHECK(two.a.goals().open[0].fields.first_step == "ask two people\n\ntwo");
}

TEST_CASE("two versions that are too long together stay two, and one can still be chosen") {
  TwoComputers two;
  two.set(two.a, std::string(2'000, 'a'));
  two.set(two.b, std::string(1'998, 'b'));
  two.sync();
  auto id = two.a.conflict().id;
  two.a.can(ResolveConflict{id, {}, true});  // with the empty line between them 4,000 bytes
  CHECK(two.a.goals().open[0].fields.first_step.size() == 4'000);
  two.sync();
  two.set(two.a, std::string(2'000, 'c'));
  two.set(two.b, std::string(1'999, 'd'));
  two.sync();
  CHECK(two.a.cannot(ResolveConflict{id, {}, true}) == Code::too_large);
  auto view = two.a.conflict();
  REQUIRE(view.versions.size() == 2);
  two.a.can(ResolveConflict{id, view.versions[1].op, false});
  CHECK(two.a.student->counts().conflicts == 0);
}

TEST_CASE(
    "whatever two computers and a teacher write in turns, a conflict is shown for what was not seen alone") {
  TwoComputers two;
  auto id = two.world.choose(two.a);
  two.world.write_source(two.a, id);
  two.world.check_all(two.a, id);
  two.a.can(TurnIn{id, "find-sources", ""});
  two.sync();
  SeededRandom dice(3);
  bool apart = false, both_wrote = false;
  std::string texts[2];
  for (int round = 0; round < 60; round++) {
    auto& at = dice.below(2) ? two.a : two.b;
    switch (dice.below(4)) {
      case 0: {
        auto text = "round " + std::to_string(round);
        two.set(at, text);
        texts[&at == &two.b] = text;
        break;
      }
      case 1:  // an answer, which is a record of the teacher's own
        two.world.answer("ready", {}, "Go on.");
        break;
      case 2:
        two.world.hours(1);
        break;
      default:
        both_wrote = !texts[0].empty() && !texts[1].empty();
        two.sync();
        for (auto* one : {&two.a, &two.b})
          CHECK_MESSAGE(one->student->counts().conflicts == (both_wrote ? 1 : 0), round);
        if (both_wrote) {
          apart = true;
          auto view = at.conflict();
          REQUIRE(view.versions.size() == 2);
          std::set<std::string> shown;
          for (const auto& version : view.versions) shown.insert(plain(version.text));
          CHECK(shown == std::set<std::string>{texts[0], texts[1]});
          at.can(ResolveConflict{view.id, view.versions[dice.below(2)].op, false});
          two.sync();
        }
        texts[0].clear(), texts[1].clear();
        for (auto* one : {&two.a, &two.b}) CHECK(one->student->counts().conflicts == 0);
    }
  }
  CHECK(apart);
}
