// The dashboard at the server: a class of 35 after three years, read by its teacher. Without HTTP; each
// figure is one call with its JSON left out. The target of every page is 200 ms, on the first request after a
// start too.
#include <filesystem>

#include "sync-server/service/teaching.hpp"
#include "tests/bench/measure.hpp"
#include "tests/support/classroom.hpp"
#include "tests/support/temporary.hpp"

namespace {

using namespace waymark;
using namespace waymark::server;

constexpr int kStudents = 35, kProjects = 18, kSteps = 6, kClasses = 4;
constexpr std::int64_t kDay = 86'400'000;

std::string text_of(std::size_t length) {
  std::string text;
  while (text.size() < length) text += "I counted twice and wrote down both numbers. ";
  return text;
}

// Three years of one student: 108 turn-ins with two pieces of work and an answer each, 40 standards seen,
// goals.
void three_years(School& school, ManualClock& clock, const PersonId& student, const PersonId& teacher,
                 const std::string& pathway, const std::string& version) {
  auto stream = domain::person_stream(student);
  auto now = clock.now_ms();
  auto write = [&](const PersonId& author, std::vector<store::Edit> edits) {
    return school.write(author, edits).value();
  };
  auto make = [&](std::string_view kind, record::Fields fields, bool append) {
    return store::Edit{{stream, std::string(kind), append ? RecordId{} : school.random().id<RecordId>()},
                       std::move(fields),
                       {},
                       {}};
  };
  constexpr std::array steps{"notice", "ask", "first-try", "watch", "show", "watch"};
  for (int project = 0; project < kProjects; project++) {
    std::vector<store::Edit> edits;
    edits.push_back(make("project", {{"pathway", pathway}, {"version", version}, {"state", "open"}}, false));
    auto id = edits[0].key.id.hex();
    for (int step = 0; step < kSteps; step++) {
      for (int piece = 0; piece < 2; piece++)
        edits.push_back(
            make("work", {{"project", id}, {"step", steps[step]}, {"type", "text"}, {"text", text_of(600)}},
                 false));
      edits.push_back(make("self_assessment",
                           {{"project", id},
                            {"step", steps[step]},
                            {"version", version},
                            {"rubric", "small-thing"},
                            {"try", step == 5 ? 2 : 1},
                            {"level.need", 2},
                            {"level.improve", 3},
                            {"level.clear", 3},
                            {"because.need", text_of(150)}},
                           true));
    }
    for (int extra = 0; extra < 4; extra++) {
      edits.push_back(make("goal", {{"want", text_of(80)}, {"by", "2026-11-20"}, {"state", "done"}}, false));
      edits.push_back(make("help", {{"project", id}, {"text", text_of(60)}, {"state", "settled"}}, false));
    }
    auto written = write(student, std::move(edits));
    std::vector<store::Edit> turned;
    for (int step = 0; step < kSteps; step++)
      turned.push_back(
          make("turn_in",
               {{"project", id},
                {"step", steps[step]},
                {"try", step == 5 ? 2 : 1},
                {"self_assessment", written[static_cast<std::size_t>(3 + step * 3)].record.hex()}},
               true));
    auto turn_ins = write(student, std::move(turned));
    std::vector<store::Edit> answers;
    for (int step = 0; step < kSteps; step++) {
      if (project == kProjects - 1 && step == 5) break;  // one waits
      answers.push_back(make("review",
                             {{"turn_in", turn_ins[static_cast<std::size_t>(step)].record.hex()},
                              {"project", id},
                              {"step", steps[step]},
                              {"version", version},
                              {"rubric", "small-thing"},
                              {"level.need", 3},
                              {"glow", text_of(120)},
                              {"outcome", "ready"}},
                             true));
    }
    for (int seen = 0; seen < 3; seen++)
      answers.push_back(
          make("observation",
               {{"text", text_of(100)}, {"standard", "S." + std::to_string(project * 3 % 40 + seen)}}, true));
    write(teacher, std::move(answers));
    clock.advance_ms(1000);
  }
  (void)now;
}

}  // namespace

int main() {
  test::TemporaryFolder folder;
  SeededRandom random{3};
  ManualClock clock{1'795'000'000'000 - 3 * 365 * kDay};
  auto data = folder.path() + "/school";
  School::init({data, "Alder Creek", "head@alder.example", "head-of-school"}, clock, random).value();
  PersonId teacher;
  std::vector<ClassId> classes;
  std::vector<PersonId> first_class;
  {
    auto school = School::open(data, clock, random).value();
    teacher =
        school->add_staff("rivera@alder.example", "Elena Rivera", "teacher", "creek-and-stone").value().id;
    auto content =
        store::read_whole(std::string(WAYMARK_SOURCE_DIR) + "/assets/sample/pathways/one-small-thing.json",
                          1 << 20)
            .value();
    for (int c = 0; c < kClasses; c++) {
      std::vector<NewName> names;
      for (int i = 0; i < kStudents; i++)
        names.push_back({"Student" + std::to_string(c * kStudents + i), "Family", ""});
      auto made = make_class(*school, teacher, "Period " + std::to_string(c + 1), names).value();
      classes.push_back(ClassId::parse(made.class_id).value());
      auto pathway = begin_pathway(*school, teacher, classes.back(), content).value();
      publish_draft(*school, teacher, classes.back(), pathway, "").value();
      auto version = pathways_of(*school, teacher, classes.back()).value().front().published;
      for (const auto& student : school->students_of(classes.back()).value()) {
        if (c == 0) first_class.push_back(student.person.id);
        three_years(*school, clock, student.person.id, teacher, pathway, version);
      }
    }
  }
  auto ops = [&] {
    auto school = School::open(data, clock, random).value();
    return school->store().version().value();
  }();
  std::printf("%d classes of %d, three years: %lld ops, %.0f MB\n", kClasses, kStudents,
              static_cast<long long>(ops),
              static_cast<double>(std::filesystem::file_size(data + "/school.db")) / 1e6);
  auto measure = [&](const char* what, int rounds, auto&& before, auto&& work) {
    std::vector<double> times;
    for (int i = 0; i < rounds; i++) {
      before(i);
      times.push_back(bench::seconds_of(work) * 1000);
    }
    std::printf("%-58s %8.1f ms   (target 200)\n", what, bench::median(times));
  };
  std::unique_ptr<School> school;
  auto reopen = [&](int) {
    school.reset();
    school = School::open(data, clock, random).value();
  };
  measure("class page, first request after a start", 3, reopen,
          [&] { (void)class_page(*school, classes[0], "2026-11-23").value(); });
  measure("sign-in's list of four classes, first after a start", 3, reopen,
          [&] { (void)class_lines(*school, teacher).value(); });
  measure(
      "class page", 9, [](int) {}, [&] { (void)class_page(*school, classes[0], "2026-11-23").value(); });
  measure(
      "class page after each student has written something", 5,
      [&](int) {
        for (const auto& student : first_class) {
          store::Edit edit{
              {domain::person_stream(student), "goal", random.id<RecordId>()}, {{"want", "more"}}, {}, {}};
          (void)school->write(student, std::span(&edit, 1)).value();
        }
      },
      [&] { (void)class_page(*school, classes[0], "2026-11-23").value(); });
  measure(
      "list of four classes", 9, [](int) {}, [&] { (void)class_lines(*school, teacher).value(); });
  measure(
      "work to answer, one piece a student", 5, [](int) {},
      [&] { (void)review_queue(*school, classes[0]).value(); });
  measure(
      "one student's page, with growth", 9, [](int) {},
      [&] { (void)student_page(*school, first_class[0]).value(); });
  return 0;
}
