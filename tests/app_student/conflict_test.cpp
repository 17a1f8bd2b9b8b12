// What two computers wrote without seeing each other, in words: every field that can differ, and things of
// several fields as one.
#include <map>

#include "client/app/drawing.hpp"
#include "client/app/student_views.hpp"
#include "client/app/words.hpp"
#include "shared/store/files.hpp"
#include "tests/app_student/world.hpp"

using namespace waymark;
using namespace waymark::test;

namespace {

const std::string kSource = WAYMARK_SOURCE_DIR;

bool in_catalogues(const std::string& key) {
  for (const char* language : {"en", "es"}) {
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator(kSource + "/assets/locale/" + language))
      all += store::read_whole(entry.path().string(), 1 << 20).value();
    if (all.find("msgid \"" + key + "\"\n") == std::string::npos) return false;
  }
  return true;
}

// Amira at two computers that have both seen everything until now.
struct TwoComputers {
  World world;
  Computer a = world.computer("lab-03"), b = world.computer("lab-07");
  std::string project = world.choose(a);

  TwoComputers() { sync(); }
  void sync() {
    world.sync(a);
    world.sync(b);
    world.sync(a);
  }
  // The same field set at both, as other programs may have written it.
  void differ(const record::RecordKey& key, const record::Fields& both, const std::string& field,
              const record::Value& at_a, const record::Value& at_b) {
    if (!both.empty()) world.write(*a.store, amira, {key, both, {}, {}});
    sync();
    for (auto* at : {&a, &b}) {
      auto before = at->store->find(key).value();
      record::Fields fields{{field, at == &a ? at_a : at_b}};
      auto base = before ? before->heads_of(std::vector<std::string>{field}) : std::vector<OpId>();
      world.clock.advance_ms(1'000);
      world.write(*at->store, amira, {key, fields, base, {}});
    }
    sync();
  }
};

// What a version says, without a language.
std::string said(const Version& version) {
  auto words = plain(version.text);
  if (version.says) {
    words += (words.empty() ? "" : " ") + ("<" + version.says.key + ">");
    for (const auto& argument : version.says.arguments) {
      if (const auto* day = std::get_if<Day>(&argument.value)) words += " " + day->iso;
      if (const auto* text = std::get_if<std::string>(&argument.value)) words += " " + *text;
      if (const auto* number = std::get_if<std::int64_t>(&argument.value))
        words += " " + std::to_string(*number);
    }
  }
  for (const auto& each : version.more) words += "<" + each.key + ">";
  if (!version.mark.shape.empty()) words += "mark " + version.mark.shape;
  return words;
}

}  // namespace

TEST_CASE("every field that a student can edit has words, a heading and a way to be chosen") {
  for (const auto& kind : domain::kinds()) {
    if (kind.shape != domain::Shape::editable || kind.writer != domain::Role::owner) continue;
    for (const auto& field : kind.fields) {
      auto name = std::string(field.name) + (field.name.back() == '.' ? "x" : "");
      INFO(kind.name << "." << name);
      if (field.merge == domain::Merge::quiet) continue;
      auto how = reads(kind.name, name);
      REQUIRE(how.has_value());
      if (*how == Reads::nothing) continue;
      if (*how != Reads::file || name == "file")
        CHECK(
            in_catalogues("conflict.what_" + std::string(kind.name) + "_" + name.substr(0, name.find('.'))));
      // What the words of one are, no other can have: a text of more than a line.
      if (*how == Reads::words) CHECK(field.max >= 4000);
    }
  }
  for (const char* key : {"conflict.what_drawing", "value.other", "value.not_here", "value.day",
                          "value.version", "value.level", "value.file_comes", "value.work_away"})
    CHECK(in_catalogues(key));
}

TEST_CASE("a date, a choice, an id and a flag are shown in words, and only texts can be put together") {
  TwoComputers two;
  auto person = domain::person_stream(amira), own = domain::own_stream(amira);
  auto record = [&] { return two.world.random.id<RecordId>(); };
  two.world.write_source(two.a, two.project);
  two.sync();
  auto work = two.a.project(two.project, "find-sources").step.work[0].id;
  auto nameless = record();
  two.world.write(*two.a.store, amira,
                  {{person, "work", nameless},
                   {{"project", two.project}, {"step", "find-sources"}, {"type", "shown_in_person"}},
                   {},
                   {}});
  two.sync();
  auto version = two.world.water_version, pathway = two.world.water;
  struct Row {
    const char *kind, *field;
    record::Fields both;
    record::Value a, b;
    const char *said_a, *said_b;
    bool both_kept = false;
    const char* place = "";
  };
  const record::Fields goal{{"want", "ask better questions"}},
      piece{{"project", two.project}, {"step", "find-sources"}, {"type", "text"}};
  const record::Fields check{
      {"project", two.project}, {"step", "find-sources"}, {"version", version}, {"rubric", "finding-out"}};
  const std::string gone(32, 'e');
  const std::vector<Row> rows = {
      {"goal", "want", goal, "ask", "listen", "ask", "listen", true},
      {"goal", "by", goal, "2026-12-03", "2026-12-04", "<value.day> 2026-12-03", "<value.day> 2026-12-04"},
      {"goal", "by", goal, "2026-12-03", "", "<value.day> 2026-12-03", ""},
      {"goal", "standard", goal, "INQ.1", "COM.1", "INQ.1 Ask a question that can be investigated",
       "COM.1 Write so that a reader can follow"},
      {"goal", "project", goal, two.project, gone, "Why does our creek flood?", "<value.not_here>"},
      {"goal", "state", goal, "open", "wrapped_up", "<value.open>", "<value.wrapped_up>"},
      {"goal", "state", goal, "open", "paused", "<value.open>", "<value.other>"},
      {"project", "question", {{"pathway", pathway}, {"version", version}}, "why?", "how?", "why?", "how?"},
      {"project",
       "version",
       {{"pathway", pathway}},
       version,
       gone,
       "<value.version> Water where we live 1",
       "<value.not_here>"},
      {"project",
       "pathway",
       {{"version", version}},
       pathway,
       gone,
       "Water where we live",
       "<value.not_here>"},
      {"project",
       "product",
       {{"pathway", pathway}, {"version", version}},
       "map",
       "kite",
       "A map",
       "<value.not_here>"},
      {"step",
       "planned",
       {{"project", two.project}, {"step", "find-sources"}},
       "2026-12-03",
       record::Value(),
       "<value.day> 2026-12-03",
       ""},
      {"step",
       "item.x",
       {{"project", two.project}, {"step", "find-sources"}},
       true,
       false,
       "<value.ticked>",
       "<value.not_ticked>"},
      {"work", "title", piece, "one", "two", "one", "two"},
      {"work", "text", piece, "one", "two", "one", "two", true},
      {"work", "type", piece, "link", "text", "<screen.work.kind.link>", "<screen.work.kind.text>"},
      {"work", "step", piece, "find-sources", "nowhere", "Find sources", "<value.not_here>"},
      {"help", "state", {{"text", "?"}}, "open", "settled", "<value.open>", "<value.settled>"},
      {"help",
       "tried",
       {{"text", "?"}},
       record::Value(std::vector<std::string>{"example", "x"}),
       record::Value(),
       "<value.tried_example><value.other>",
       ""},
      {"profile", "mark", {}, "star.ink.gold", "leaf.pine.sun", "mark star", "mark leaf"},
      {"profile", "chosen_name", {}, "Ami", "Amira H", "Ami", "Amira H"},
      {"assessment_draft", "confidence", check, "foggy", "clear", "<screen.finish.foggy>",
       "<screen.finish.clear>"},
      {"assessment_draft", "level.sources", check, 2, 9, "Getting there", "<value.level> 9"},
      {"assessment_draft", "evidence.sources", check, record::Value(std::vector<std::string>{work, gone}),
       record::Value(std::vector<std::string>{work}), "Mr. Halloran <value.work_away> 1", "Mr. Halloran"},
      {"assessment_draft", "evidence.sources", check,
       record::Value(std::vector<std::string>{work, nameless.hex()}), record::Value(),
       "Mr. Halloran<screen.work.kind.shown>", ""},
      {"assessment_draft",
       "rubric",
       {{"version", version}},
       "finding-out",
       "nothing",
       "Finding out",
       "<value.not_here>"},
      {"assessment_draft", "because.sources", check, "one", "two", "one", "two", true},
      {"draft",
       "text.by",
       {{"place", "goal.new"}, {"closed", false}},
       "2026-12-03",
       "2026-12-04",
       "<value.day> 2026-12-03",
       "<value.day> 2026-12-04",
       false,
       "goal.new"},
      {"draft",
       "text.text",
       {{"place", "stuck.x"}, {"closed", false}},
       "one",
       "two",
       "one",
       "two",
       true,
       "stuck.x"},
  };
  for (const auto& row : rows) {
    INFO(std::string(row.kind) << "." << std::string(row.field) << " " << std::string(row.said_b));
    const auto* rule = domain::find_kind(row.kind);
    record::RecordKey key{rule->stream == "own" ? own : person, row.kind, record()};
    if (*row.place) key.id = domain::singleton_id("draft", row.place);
    two.differ(key, row.both, row.field, row.a, row.b);
    auto id = std::string(row.kind) + "/" + key.id.hex() + "/" + row.field;
    auto view = two.a.view<ConflictView>({Screen::conflict, {}, {}, {}, id, Focus::none});
    REQUIRE(view.id == id);
    CHECK(in_catalogues(view.what.key));
    REQUIRE(view.versions.size() == 2);
    CHECK(said(view.versions[1]) == row.said_a);
    CHECK(said(view.versions[0]) == row.said_b);
    CHECK(view.can_keep_both == row.both_kept);
    for (const auto& each : view.versions) {
      if (each.says) CHECK(in_catalogues(each.says.key));
      for (const auto& more : each.more) CHECK(in_catalogues(more.key));
    }
    if (!row.both_kept) two.a.cannot(ResolveConflict{id, {}, true});
    two.a.can(ResolveConflict{id, view.versions[1].op, false});
    two.sync();
    CHECK(two.b.student->counts().conflicts == 0);
    CHECK(two.b.store->find(key).value()->field(row.field)->value() == row.a);
  }
}

TEST_CASE("a file that was exchanged at two computers is asked about once, with its name and its kind") {
  TwoComputers two;
  auto file = [&](Computer& at, const std::string& text) {
    return at.files->import_bytes(as_bytes(text), "notes.txt", false).value();
  };
  auto one = file(two.a, "one"), other = file(two.b, "the other");
  record::RecordKey key{domain::person_stream(amira), "work", two.world.random.id<RecordId>()};
  two.world.write(*two.a.store, amira,
                  {key, {{"project", two.project}, {"step", "find-sources"}, {"type", "file"}}, {}, {}});
  two.sync();
  for (auto* at : {&two.a, &two.b}) {
    const auto& taken = at == &two.a ? one : other;
    two.world.clock.advance_ms(1'000);
    two.world.write(*at->store, amira,
                    {key,
                     {{"file", taken.hash},
                      {"name", at == &two.a ? "monday.txt" : "tuesday.txt"},
                      {"mime", taken.mime},
                      {"bytes", taken.bytes}},
                     {},
                     {}});
  }
  two.sync();
  CHECK(two.a.student->counts().conflicts == 1);
  auto view = two.a.conflict();
  CHECK(view.what.key == "conflict.what_work_file");
  REQUIRE(view.versions.size() == 2);
  CHECK(said(view.versions[0]) == "tuesday.txt <value.file_comes>");
  CHECK(said(view.versions[1]) == "monday.txt <screen.work.kind.file>");
  CHECK_FALSE(view.can_keep_both);
  two.a.can(ResolveConflict{view.id, view.versions[0].op, false});
  two.sync();
  for (auto* at : {&two.a, &two.b}) {
    CHECK(at->student->counts().conflicts == 0);
    auto work = at->store->find(key).value();
    CHECK(work->text("file") == other.hash);
    CHECK(work->text("name") == "tuesday.txt");
    CHECK(work->integer("bytes") == 9);
  }
}

namespace {

std::string strokes(int count, int y) {
  std::string text;
  for (int i = 0; i < count; i++) text += text_of(PenStroke{i % 5, 0, {{i, y}, {i + 300, y + 9}}});
  return text;
}

// The same drawing gone on with at two computers: one makes it longer, one takes back and draws anew.
struct TwoDrawings : TwoComputers {
  std::string step = a.project(project).step.id, place = drawing_place(step);
  std::string begun = strokes(700, 100), at_a = strokes(300, 100) + strokes(20, 500),
              at_b = begun + strokes(900, 700);

  TwoDrawings() {
    REQUIRE(begun.size() > drawing_piece_bytes);
    REQUIRE(at_b.size() > begun.size() + drawing_piece_bytes);
    a.can(SaveDraft{place, drawing_parts(begun)});
    sync();
    REQUIRE(drawn(b) == begun);
    a.can(SaveDraft{place, drawing_parts(at_a)});
    world.clock.advance_ms(60'000);
    for (std::size_t bytes = begun.size(); bytes < at_b.size(); bytes += 700)
      b.can(SaveDraft{place, drawing_parts(std::string_view(at_b).substr(0, bytes))});
    b.can(SaveDraft{place, drawing_parts(at_b)});
    sync();
  }
  std::string drawn(Computer& at) { return at.project(project, step).step.drawing.text; }
};

}  // namespace

TEST_CASE("a drawing that was gone on with at two computers is one question with two pictures") {
  TwoDrawings two;
  // Nobody's strokes are mixed: each goes on with its own.
  CHECK(two.drawn(two.a) == two.at_a);
  CHECK(two.drawn(two.b) == two.at_b);
  CHECK(two.a.student->counts().conflicts == 1);
  auto view = two.a.conflict();
  CHECK(view.what.key == "conflict.what_drawing");
  REQUIRE(view.versions.size() == 2);
  CHECK(view.versions[0].drawing == two.at_b);
  CHECK(view.versions[0].place == "lab-07");
  CHECK(view.versions[1].drawing == two.at_a);
  CHECK(view.versions[1].here);
  CHECK_FALSE(view.can_keep_both);
  two.a.cannot(ResolveConflict{view.id, {}, true});

  SUBCASE("one is chosen in one op, everywhere, and that can be undone") {
    auto before = two.a.store->waiting_count().value();
    two.a.can(ResolveConflict{view.id, view.versions[0].op, false});
    CHECK(two.a.store->waiting_count().value() == before + 1);
    CHECK(two.drawn(two.a) == two.at_b);
    CHECK(two.a.student->counts().conflicts == 0);
    two.sync();
    CHECK(two.drawn(two.b) == two.at_b);
    CHECK(two.b.student->counts().conflicts == 0);
    two.a.can(Undo{});
    CHECK(two.drawn(two.a) == two.at_a);
  }
  SUBCASE("going on without choosing loses and mixes nothing, and it is still one question") {
    auto more_a = two.at_a + strokes(40, 800), more_b = two.at_b + strokes(3, 20);
    two.a.can(SaveDraft{two.place, drawing_parts(more_a)});
    two.b.can(SaveDraft{two.place, drawing_parts(more_b)});
    two.sync();
    CHECK(two.drawn(two.a) == more_a);
    CHECK(two.drawn(two.b) == more_b);
    auto again = two.b.conflict();
    REQUIRE(again.versions.size() == 2);
    CHECK(two.b.student->counts().conflicts == 1);
    two.b.can(ResolveConflict{again.id, again.versions[again.versions[0].here ? 1 : 0].op, false});
    two.sync();
    CHECK(two.drawn(two.b) == more_a);
    CHECK(two.drawn(two.a) == more_a);
    CHECK(two.a.student->counts().conflicts == 0);
  }
  SUBCASE("keeping one is undone though the other went on, and they are two pictures again") {
    two.a.can(AttachFile{two.project, two.step, {}, "from above", true, {}, two.at_a});
    two.sync();
    auto more_b = two.at_b + strokes(3, 20);
    two.b.can(SaveDraft{two.place, drawing_parts(more_b)});
    two.sync();
    auto outcome = two.a.can(Undo{});
    CHECK_FALSE(outcome.go);
    CHECK(two.a.project(two.project, two.step).step.work.empty());
    CHECK(two.drawn(two.a) == two.at_a);
    two.sync();
    CHECK(two.drawn(two.b) == more_b);
    for (auto* at : {&two.a, &two.b}) {
      auto both = at->conflict();
      REQUIRE(both.versions.size() == 2);
      CHECK(both.versions[0].drawing != both.versions[1].drawing);
      for (const auto& each : both.versions) CHECK((each.drawing == two.at_a || each.drawing == more_b));
    }
  }
  SUBCASE("one becomes work, and the other is still there to be gone on with") {
    two.world.clock.advance_ms(60'000);
    two.a.can(AttachFile{two.project, two.step, {}, "from above", true, {}, two.at_a});
    CHECK(two.a.project(two.project, two.step).step.work.size() == 1);
    CHECK(two.drawn(two.a).empty());
    two.sync();
    CHECK(two.drawn(two.b) == two.at_b);
    auto left = two.b.conflict();
    REQUIRE(left.versions.size() == 2);
    CHECK(left.versions[0].drawing == "");
    CHECK(left.versions[1].drawing == two.at_b);
    two.b.can(ResolveConflict{left.id, left.versions[1].op, false});
    two.sync();
    CHECK(two.drawn(two.a) == two.at_b);
    CHECK(two.a.student->counts().conflicts == 0);
    two.a.can(AttachFile{two.project, two.step, {}, "again", true, {}, two.at_b});
    two.sync();
    CHECK(two.drawn(two.b).empty());
    CHECK(two.b.student->counts().conflicts == 0);
  }
}

TEST_CASE("what was not carried on with stays among the earlier versions, and can be put back") {
  TwoComputers two;
  GoalFields fields;
  fields.want = "ask better questions";
  fields.first_step = "write three";
  two.a.can(SaveGoal{{}, {}, fields});
  auto goal = two.a.goals().open[0].id;
  two.sync();
  CHECK(two.a.goals().open[0].earlier == "");
  auto set = [&](Computer& at, const std::string& first_step) {
    auto card = at.goals().open[0];
    card.fields.first_step = first_step;
    at.can(SaveGoal{goal, card.base, card.fields});
  };
  two.world.hours(1);
  set(two.a, "write four questions");
  two.world.clock.advance_ms(60'000);
  set(two.b, "write five questions");
  two.sync();
  auto conflict = two.a.conflict();
  two.a.can(ResolveConflict{conflict.id, conflict.versions[0].op, false});
  two.sync();
  for (auto* at : {&two.a, &two.b}) {
    auto id = at->goals().open[0].earlier;
    REQUIRE(id == "goal/" + goal);
    auto view = at->view<HistoryView>({Screen::history, {}, {}, {}, id, Focus::none});
    CHECK(view.words == "ask better questions");
    REQUIRE(view.versions.size() == 2);
    CHECK(view.versions[0].what.key == "conflict.what_goal_first_step");
    CHECK(plain(view.versions[0].version.text) == "write four questions");
    CHECK(view.versions[0].version.here == (at == &two.a));
    CHECK(view.versions[0].version.place == "lab-03");
    CHECK(plain(view.versions[1].version.text) == "write three");
  }
  auto view = two.b.view<HistoryView>({Screen::history, {}, {}, {}, "goal/" + goal, Focus::none});
  CHECK(two.b.cannot(PutBack{view.id, "want", view.versions[0].version.op}) == Code::not_found);
  CHECK(two.b.cannot(PutBack{"goal", "want", view.versions[0].version.op}) == Code::not_found);
  two.b.can(PutBack{view.id, "first_step", view.versions[0].version.op});
  CHECK(two.b.goals().open[0].fields.first_step == "write four questions");
  CHECK(two.b.student->undo().key == "undo.put_back");
  two.sync();
  CHECK(two.a.goals().open[0].fields.first_step == "write four questions");
  CHECK(two.a.student->counts().conflicts == 0);
  view = two.b.view<HistoryView>({Screen::history, {}, {}, {}, "goal/" + goal, Focus::none});
  REQUIRE(view.versions.size() == 2);
  CHECK(plain(view.versions[0].version.text) == "write five questions");
  two.b.can(Undo{});
  CHECK(two.b.goals().open[0].fields.first_step == "write five questions");
}

TEST_CASE("earlier versions are what stood there after a sitting, not every word of the typing") {
  TwoComputers two;
  two.a.can(WriteWork{two.project, "find-sources", "", WorkType::text, {"Mr. Halloran", ""}, {"He", ""}});
  auto piece = [&] { return two.a.project(two.project, "find-sources").step.work[0]; };
  auto write = [&](const std::string& text, std::int64_t after_ms) {
    two.world.clock.advance_ms(after_ms);
    auto now = piece();
    two.a.can(
        WriteWork{two.project, "find-sources", now.id, WorkType::text, now.title, {text, now.text.base}});
    two.sync();
  };
  auto earlier = [&] {
    std::vector<std::string> texts;
    auto id = "work/" + piece().id;
    for (const auto& each : two.a.view<HistoryView>({Screen::history, {}, {}, {}, id, Focus::none}).versions)
      texts.push_back(plain(each.version.text));
    return texts;
  };
  write("He remembers", 30'000);
  write("He remembers 1998.", 30'000);
  CHECK(piece().earlier == "");
  CHECK(earlier().empty());
  // The next day, and a great deal taken away at once.
  write("He remembers 1998 very well.", 20 * 3'600'000);
  write("He", 5'000);
  CHECK(piece().earlier == "work/" + piece().id);
  CHECK(earlier() == std::vector<std::string>{"He remembers 1998 very well.", "He remembers 1998."});
  write("", 5'000);
  CHECK(earlier() == std::vector<std::string>{"He remembers 1998 very well.", "He remembers 1998."});
  // Taken away letter by letter is taken away, and so is what something else was typed over.
  const std::string long_text =
      "The creek came up to the window in 1998, and they carried the books upstairs by the light of one "
      "lamp.";
  write(long_text, 3'600'000);
  for (auto left = long_text.size() - 8; left < long_text.size(); left -= 8)
    write(long_text.substr(0, left), 1'800);
  CHECK(earlier().front() == long_text);
  CHECK(earlier().size() == 3);
  write(std::string(long_text.rbegin(), long_text.rend()), 1'800);
  write("Something else of about that length was typed over all of it by somebody, and nobody asked at once.",
        1'800);
  CHECK(earlier().size() == 4);
  // A clock that was put back does not make one sitting of two.
  write("What was typed before the clock went back", 3'600'000);
  two.world.clock.set_ms(two.world.clock.now_ms() - 3 * 86'400'000);
  write("What was typed before the clock went back, and after", 1'800);
  CHECK(earlier().size() == 6);
  two.world.clock.set_ms(two.world.clock.now_ms() + 3 * 86'400'000);
  // No more than a page holds.
  for (int i = 0; i < 60; i++) write("Version " + std::to_string(i), 3'600'000);
  CHECK(earlier().size() == 50);
  CHECK(earlier().front() == "Version 58");
}

TEST_CASE("a text half written at one computer is not put away by finishing it at another") {
  TwoComputers two;
  two.a.can(SaveDraft{"stuck.find-sources", {{"text", "I cannot find"}}});
  two.sync();
  two.b.can(SaveDraft{"stuck.find-sources", {{"text", "I cannot find anything about 1998"}}});
  two.world.clock.advance_ms(1'000);
  two.a.can(AskForHelp{two.project, "find-sources", "I cannot find", {}});
  CHECK(two.a.student->counts().conflicts == 0);
  two.sync();
  auto view = two.b.conflict();
  REQUIRE(view.versions.size() == 2);
  CHECK(view.versions[0].text.empty());
  CHECK(plain(view.versions[1].text) == "I cannot find anything about 1998");
  two.b.can(ResolveConflict{view.id, view.versions[0].op, false});
  two.sync();
  CHECK(two.a.student->counts().conflicts == 0);
  CHECK(two.a.student->draft_texts("stuck.find-sources").empty());
}
