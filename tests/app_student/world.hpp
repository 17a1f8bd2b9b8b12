// A school that writes what schools write, and a student on one computer or two, over real stores.
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "client/app/student.hpp"
#include "shared/domain/kinds.hpp"
#include "shared/domain/pathway.hpp"
#include "tests/support/pathway_fixture.hpp"
#include "tests/support/temporary.hpp"

namespace waymark::test {

using namespace waymark::app;

inline const PersonId amira = PersonId::parse("0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a").value();
inline const PersonId rivera = PersonId::parse("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b").value();
inline const PersonId root = PersonId::parse("0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c").value();
inline const ClassId class_5b = ClassId::parse("05050505050505050505050505050505").value();

// What one store has and the other lacks.
inline void carry(store::Store& from, store::Store& to, const std::string& stream) {
  auto transaction = store::Transaction::begin(to.db()).value();
  for (const auto& entry : from.page(stream, 0, 100000, 1 << 30).value()) {
    if (entry.state == 0)
      REQUIRE(to.add(record::parse_op(entry.body).value(), entry.body, entry.id));
    else
      REQUIRE(to.add_stub(record::parse_stub(entry.body).value()));
  }
  REQUIRE(transaction.commit());
}

struct Computer {
  std::string name;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<FileFolder> files;
  std::unique_ptr<Student> student;

  template <class View>
  View view(const Destination& to) {
    auto found = student->view(to);
    REQUIRE(found);
    return std::get<View>(*found);
  }
  TodayView today() { return view<TodayView>({Screen::today, {}, {}, {}, {}, Focus::none}); }
  GoalsView goals() { return view<GoalsView>({Screen::goals, {}, {}, {}, {}, Focus::none}); }
  IdeasView ideas() { return view<IdeasView>({Screen::ideas, {}, {}, {}, {}, Focus::none}); }
  ProjectView project(std::string id = {}, std::string step = {}) {
    return view<ProjectView>({Screen::project, std::move(id), std::move(step), {}, {}, Focus::none});
  }
  CheckView check(const std::string& id, const std::string& step, const std::string& criterion) {
    return view<CheckView>({Screen::check, id, step, criterion, {}, Focus::none});
  }
  FinishView finish(const std::string& id, const std::string& step) {
    return view<FinishView>({Screen::finish, id, step, {}, {}, Focus::none});
  }
  ConflictView conflict() { return view<ConflictView>({Screen::conflict, {}, {}, {}, {}, Focus::none}); }

  Outcome can(const Command& command) {
    auto done = student->dispatch(command);
    std::string why = done ? "" : std::string(waymark::name(done.error().code)) + ": " + done.error().detail;
    INFO(why);
    REQUIRE(done);
    return *done;
  }
  Code cannot(const Command& command) {
    auto done = student->dispatch(command);
    REQUIRE_FALSE(done);
    return done.error().code;
  }
};

struct World {
  // Wednesday, 25 November 2026, 09:40 in UTC.
  ManualClock clock{1'795'599'600'000};
  SeededRandom random{7};
  TemporaryFolder folder;
  std::unique_ptr<store::Store> school = open("school", false);
  std::string water, street, water_version;  // pathway records

  World() {
    write_class();
    water = publish("water-here", water_pathway, "a");
    street = publish("our-street", street_pathway, "b");
  }

  std::unique_ptr<store::Store> open(const std::string& name, bool has_parent = true) {
    return store::Store::open(folder.path() + "/" + name + ".db", {&clock, &random, has_parent}).value();
  }

  store::Written write(store::Store& at, const PersonId& author, store::Edit edit) {
    auto written = at.write(author, std::span(&edit, 1));
    REQUIRE(written);
    return written->front();
  }

  void write_class() {
    auto stream = domain::class_stream(class_5b);
    write(*school, root,
          {{stream, "class", domain::singleton_id("class", class_5b.hex())},
           {{"title", "5B"}, {"school", "Hill School"}, {"archived", false}},
           {},
           {}});
    auto member = [&](const PersonId& person, const char* name, const char* role) {
      write(*school, root,
            {{stream, "member", domain::singleton_id("member", person.hex())},
             {{"person", person.hex()}, {"name", name}, {"role", role}, {"inactive", false}},
             {},
             {}});
    };
    member(amira, "Amira", "student");
    member(rivera, "Ms. Rivera", "teacher");
    auto standard = [&](const char* code, const char* text) {
      write(*school, root,
            {{"school", "standard", domain::singleton_id("standard", code)},
             {{"code", code}, {"text", text}},
             {},
             {}});
    };
    standard("INQ.1", "Ask a question that can be investigated");
    standard("INQ.2", "Find and weigh sources of different kinds");
    standard("COM.1", "Write so that a reader can follow");
  }

  std::string publish(const std::string& slug, std::string_view content, const char* order) {
    auto stream = domain::class_stream(class_5b);
    auto id = random.id<RecordId>();
    auto version =
        write(*school, rivera,
              {{stream, "pathway_version", {}},
               {{"pathway", id.hex()}, {"number", 1}, {"content", domain::to_content(content).value()}},
               {},
               {}});
    write(*school, rivera,
          {{stream, "pathway", id},
           {{"slug", slug}, {"title", slug}, {"published", version.record.hex()}, {"order", order}},
           {},
           {}});
    if (water_version.empty()) water_version = version.record.hex();
    return id.hex();
  }

  Computer computer(const std::string& name) {
    Computer made;
    made.name = name;
    made.store = open(name);
    made.files = std::make_unique<FileFolder>(folder.path() + "/" + name + "-files",
                                              folder.path() + "/" + name + "-small");
    start(made);
    sync(made);
    return made;
  }
  // Anew on the same disk, as after signing in again.
  void start(Computer& at) {
    StudentOptions options;
    options.store = at.store.get();
    options.files = at.files.get();
    options.clock = &clock;
    options.random = &random;
    options.offset = [](std::int64_t) { return 0; };
    options.person = amira;
    options.first_name = "Amira";
    options.computer = at.name;
    at.student = std::make_unique<Student>(std::move(options));
  }

  // Up and down, by the book's outcome and not its messages.
  void sync(Computer& at) {
    for (const auto& stream : {domain::person_stream(amira), domain::own_stream(amira)}) {
      carry(*at.store, *school, stream);
      carry(*school, *at.store, stream);
    }
    for (const auto& stream : {domain::class_stream(class_5b), std::string("school")})
      carry(*school, *at.store, stream);
    auto waiting = at.store->freeze(1, 100000, 1 << 30).value();
    for (const auto& each : waiting) REQUIRE(at.store->mark_settled(each.n, false, "", ""));
  }

  // The teacher answers the last thing turned in.
  std::string answer(const std::string& outcome, record::Fields levels, const char* next) {
    auto stream = domain::person_stream(amira);
    auto turn_in = school->records(stream, "turn_in").value().back();
    record::Fields fields{{"turn_in", turn_in.key.id.hex()},
                          {"project", turn_in.text("project")},
                          {"step", turn_in.text("step")},
                          {"version", water_version},
                          {"rubric", "finding-out"},
                          {"glow", "You named both people."},
                          {"next", next},
                          {"outcome", outcome},
                          {"saw", record::Value(turn_in.texts("saw"))}};
    if (!turn_in.text("self_assessment").empty())
      fields.emplace("self_assessment", turn_in.text("self_assessment"));
    for (auto& [name, value] : levels) fields.emplace(name, value);
    return write(*school, rivera, {{stream, "review", {}}, std::move(fields), {}, turn_in.all_heads()})
        .record.hex();
  }

  void hours(int count) { clock.advance_ms(std::int64_t{count} * 3'600'000); }

  // The first day up to a chosen project; its id.
  std::string choose(Computer& at) {
    return at.can(ChooseProject{water, "map", "", "the creek was in our kitchen"}).go->project;
  }
  void write_source(Computer& at, const std::string& id) {
    at.can(
        WriteWork{id, "find-sources", "", WorkType::text, {"Mr. Halloran", ""}, {"He remembers 1998.", ""}});
  }
  // Check my work of find-sources, whole.
  void check_all(Computer& at, const std::string& id) {
    at.can(SetLevel{id, "find-sources", "my-question", 3});
    at.can(SetLevel{id, "find-sources", "sources", 2});
    at.can(SetLevel{id, "find-sources", "telling", 1});
    at.can(SetBecause{id, "find-sources", "my-question", {"I say how I will look.", ""}});
    at.can(SetBecause{id, "find-sources", "telling", {"I only said what I found.", ""}});
    at.can(SetConfidence{id, "find-sources", "most"});
  }
};

}  // namespace waymark::test
