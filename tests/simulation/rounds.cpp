// One goal on three computers of one student, round after round: in each another of them hears nothing, or is
// in another room, and all go on writing. In the end one of them settles what is shown side by side.
#include <algorithm>

#include "tests/simulation/school_world.hpp"

namespace waymark::simulation {
namespace {
constexpr int kStepsOfRound = 3;
}

void World::edit_in_rounds() {
  const auto& student = students_.front();
  auto stream = domain::person_stream(student);
  const record::RecordKey key{stream, "goal", domain::singleton_id("goal", stream)};
  std::vector<Computer*> of_student;
  for (auto& computer : computers_)
    if (computer->person == student) of_student.push_back(computer.get());
  for (int round = 0; round < plan_.rounds; round++) {
    log("round " + std::to_string(round));
    // At least one is alone.
    auto alone = random_.below(of_student.size());
    for (auto* computer : of_student) {
      computer->ill = computer == of_student[alone] || chance(20) ? Ill::silent : Ill::no;
      auto* room = !hubs_.empty() && chance(40) ? hubs_.front().get() : nullptr;
      if (computer->hub != room) go_to(*computer, room);
    }
    for (auto& hub : hubs_) hub->line_up = chance(50);
    for (int step = 0; step < kStepsOfRound; step++) {
      for (auto* computer : of_student)
        if (step == 0 || chance(30)) save(*computer, edit_of(*computer, key), false);
      for (auto& computer : computers_) send(*computer);
      for (auto& hub : hubs_) send_up(*hub);
      advance(30'000);
      deliver();
      check_step();
    }
  }
  for (auto* computer : of_student) computer->ill = Ill::no;
  become_quiet();
  auto& one = *of_student.front();
  auto record = must(one.store->find(key), "the goal");
  for (const auto& [name, field] : record->fields) side_by_side_ += field.conflict();
  for (const auto& [name, field] : record->fields)
    save(one, {key, {{name, field.heads.front().value}}, record->heads_of(std::vector{name}), {}}, false);
  become_quiet();
  for (auto* computer : of_student) {
    auto settled = must(computer->store->find(key), "the goal");
    for (const auto& [name, field] : settled->fields)
      if (field.heads.size() != 1) broken(3, who(*computer) + " still shows several of " + name);
  }
}

}  // namespace waymark::simulation
