// A class of 26 as it might be on a Monday evening, for tests of what a teacher sees: a published pathway,
// students who turned work in, who are stuck, who were not heard from. Every record of a student is written
// as its author and checked as if it had come by sync. Ends the program when the school refuses something.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "shared/store/files.hpp"
#include "sync-server/service/authoring.hpp"
#include "sync-server/service/codes.hpp"
#include "sync-server/service/rosters.hpp"
#include "sync-server/service/teaching.hpp"

namespace waymark::test {

inline constexpr std::array<const char*, 26> class_names{
    "Amira Haddad",   "Andre Wilson",  "Beatriz Lima",  "Caleb Novak",  "Dev Patel",     "Elena Petrova",
    "Farid Rahimi",   "Grace Okonkwo", "Hana Sato",     "Ines Duarte",  "Jamal Price",   "Kofi Mensah",
    "Leo Marchetti",  "Maya Reyes",    "Maya Thompson", "Mei-Lin Chou", "Noor Siddiqui", "Oscar Jensen",
    "Priya Nair",     "Quinn Murphy",  "Rosa Delgado",  "Samuel Weiss", "Tala Begay",    "Uma Iyer",
    "Victor Horváth", "Wanjiru Kamau"};

struct Classroom {
  server::School& school;
  ManualClock& clock;
  ClassId class_id;
  PersonId teacher, other_teacher;
  std::vector<PersonId> students;
  std::vector<std::string> projects;
  std::vector<Bytes> devices;
  std::string pathway, version;
  static constexpr std::string_view secret = "zebra-lantern-private-draft";

  template <class T>
  static T must(Result<T> result) {
    return std::move(result).value();
  }
  static void must(Status status) { status.value(); }

  RecordId fresh() { return school.random().id<RecordId>(); }
  // As the student, in the student's own streams.
  std::string write(const PersonId& student, std::string_view kind, record::Fields fields,
                    bool append = false) {
    bool own = kind == "assessment_draft" || kind == "draft" || kind == "pack_up";
    store::Edit edit{{own ? domain::own_stream(student) : domain::person_stream(student), std::string(kind),
                      append ? RecordId{} : fresh()},
                     std::move(fields),
                     {},
                     {}};
    return must(school.write(student, std::span(&edit, 1))).front().record.hex();
  }
  void heard(std::size_t student, std::int64_t waiting = 0) {
    must(school.accounts().device_heard(devices[student], waiting));
  }
  struct Done {
    std::string turn_in, self_assessment, work;
  };
  Done turn_in(std::size_t student, std::string_view step, int attempt, std::array<int, 3> levels,
               std::string_view text) {
    const auto& id = students[student];
    const auto& project = projects[student];
    Done done;
    done.work = write(id, "work",
                      {{"project", project},
                       {"step", step},
                       {"type", "text"},
                       {"title", "What I watched"},
                       {"text", text}});
    done.self_assessment = write(id, "self_assessment",
                                 {{"project", project},
                                  {"step", step},
                                  {"version", version},
                                  {"rubric", "small-thing"},
                                  {"try", attempt},
                                  {"level.need", levels[0]},
                                  {"level.improve", levels[1]},
                                  {"level.clear", levels[2]},
                                  {"because.need", "I watched the door for two breaks and asked two people."},
                                  {"because.clear", "I don’t know if a newcomer could read my card."},
                                  {"confidence", "most"},
                                  {"glow", "My tally is careful."},
                                  {"next", "I will watch the moment once more on Thursday."}},
                                 true);
    done.turn_in = write(id, "turn_in",
                         {{"project", project},
                          {"step", step},
                          {"try", attempt},
                          {"self_assessment", done.self_assessment},
                          {"works", record::Value(std::vector<std::string>{done.work})}},
                         true);
    return done;
  }

  Classroom(server::School& of, ManualClock& the_clock, std::string_view pathway_json)
      : school(of), clock(the_clock) {
    using namespace server;
    teacher = must(school.add_staff("rivera@alder.example", "Elena Rivera", "teacher", "creek-and-stone")).id;
    other_teacher =
        must(school.add_staff("okafor@alder.example", "Daniel Okafor", "teacher", "another-teacher")).id;
    std::vector<NewName> names;
    for (std::string_view name : class_names) {
      auto space = name.find(' ');
      names.push_back({std::string(name.substr(0, space)), std::string(name.substr(space + 1)), ""});
    }
    auto made = must(make_class(school, teacher, "Period 3, 7th grade", names));
    class_id = must(ClassId::parse(made.class_id));
    std::vector<NewName> others{{"Zoe", "Elsewhere", ""}};
    must(make_class(school, other_teacher, "Period 5", others));
    for (const auto& student : must(school.students_of(class_id))) students.push_back(student.person.id);

    pathway = must(begin_pathway(school, teacher, class_id, pathway_json));
    must(publish_draft(school, teacher, class_id, pathway, "First version"));
    version = must(pathways_of(school, teacher, class_id)).front().published;
    must(set_today(school, teacher, class_id, pathway, "watch"));

    for (std::size_t i = 0; i < students.size(); i++) {
      Computer computer{school.random().id<ComputerId>(),
                        "lab-" + std::string(i % 12 < 9 ? "0" : "") + std::to_string(i % 12 + 1),
                        clock.now_ms(),
                        {},
                        false,
                        0};
      Bytes token(32, 0), computer_token(32, 1), key(32, 7);
      school.random().fill(token);
      school.random().fill(computer_token);
      school.random().fill(key);
      must(school.accounts().add_computer(computer, computer_token));
      must(school.accounts().add_device(token, students[i], computer.id, key));
      devices.push_back(token);
    }
  }

  // Nine days pass; the last of them is Monday evening.
  void monday() {
    constexpr std::int64_t hour = 3'600'000, day = 24 * hour;
    for (std::size_t i = 0; i < students.size(); i++) heard(i, i == 10 ? 0 : 0);
    for (std::size_t i = 0; i < students.size(); i++) {
      const auto& id = students[i];
      write(id, "profile",
            {{"strengths",
              i % 2 ? "building things, patience" : "drawing, noticing things other people walk past"},
             {"interests", "birds, fixing bikes with my uncle"},
             {"languages", i % 3 ? "English, Spanish at home" : "Arabic at home, English"},
             {"learn_best", "when I can try it first and read after"},
             {"need", "time before I talk in a group"}});
      projects.push_back(i == 25 ? std::string()
                                 : write(id, "project",
                                         {{"pathway", pathway},
                                          {"version", version},
                                          {"product", "four-pictures"},
                                          {"why", "The door bangs every time."},
                                          {"state", "open"}}));
      // What nobody but the student may ever read.
      write(id, "draft", {{"place", "pack_up"}, {"text.line", std::string(secret)}});
      if (i != 25)
        write(id, "assessment_draft",
              {{"project", projects[i]},
               {"step", "watch"},
               {"version", version},
               {"rubric", "small-thing"},
               {"because.need", std::string(secret)}});
    }
    clock.advance_ms(5 * day);
    auto goal = write(students[0], "goal",
                      {{"want", "get better at showing how I know something, not only saying it"},
                       {"first_step", "time the door three times"},
                       {"by", "2026-11-27"},
                       {"plan_if", "it rains"},
                       {"plan_then", "I use Friday’s tally"}});
    write(students[0], "checkin", {{"goal", goal}, {"text", "Did it. 7, 6 and 8 turn-backs."}}, true);
    write(students[3], "goal",
          {{"want", "keep to my plan"}, {"first_step", "measure the shelf"}, {"by", "2026-11-20"}});
    for (std::size_t i : {0, 1, 2, 4, 5})
      for (std::string_view step : {"notice", "ask"})
        write(students[i], "turn_in", {{"project", projects[i]}, {"step", step}, {"try", 1}}, true);
    clock.advance_ms(3 * day);
    constexpr std::array texts{
        "I stood beside the door in two breaks. 7 people turned back the first time and 3 after I put up the "
        "card. "
        "Two said they had not seen it.",
        "The card fell down twice. I changed the tape to string and watched again on Wednesday.",
        "Five people read it. One asked what the picture means, so the picture is not clear yet."};
    for (std::size_t i = 0; i < 20; i++) {
      if (i == 10 || i == 12) continue;
      clock.advance_ms(9 * 60'000);
      turn_in(i, "watch", 1, {3, static_cast<int>(2 + i % 2), static_cast<int>(2 + i % 3)}, texts[i % 3]);
    }
    clock.advance_ms(day - 4 * hour);
    write(students[16], "help",
          {{"project", projects[16]},
           {"step", "watch"},
           {"text", "I can’t find anybody who uses the shelf."},
           {"state", "open"}});
    write(students[15], "work",
          {{"project", projects[15]},
           {"step", "watch"},
           {"type", "shown"},
           {"title", "cardboard model, back shelf"}});
    clock.advance_ms(12 * 60'000);
    for (std::size_t i = 0; i < students.size(); i++)
      if (i != 10 && i != 25) heard(i, i == 6 ? 3 : 0);
  }
};

}  // namespace waymark::test
