// What a day costs, measured on one computer at the end of the first days and of the last: an exchange when
// there is nothing new, and one that brings an edit; messages and bytes, and rows that stay behind on both
// sides.
#include "tests/simulation/school_world.hpp"

namespace waymark::simulation {
namespace {
constexpr int kExchangesMax = 200;
}  // namespace

// One exchange over a network that loses nothing.
void World::exchange(Computer& computer, Cost& cost) {
  computer.session->hurry(computer.clock.steady_ms());
  auto request = must(computer.session->next(computer.clock.steady_ms()), "next");
  if (!request) broken(16, who(computer) + " has nothing to say");
  auto asked = wire::encode(*request);
  auto reply = must(school_->sync(must(school_->bearer(computer.token), "bearer"), asked), "sync");
  cost.messages += 2;
  cost.up += static_cast<long>(asked.size()), cost.down += static_cast<long>(reply.size());
  computer.ticket = ++tickets_;
  arrive_at(computer, {false, computer.index, computer.ticket, 0, std::move(reply), era_});
}

// Until it knows that the school has all that it has.
Cost World::settle(Computer& computer) {
  Cost cost;
  for (int i = 0; i < kExchangesMax; i++) {
    exchange(computer, cost);
    auto status = must(computer.session->status(), "status");
    if (status.verified && status.waiting == 0) return cost;
  }
  broken(16, who(computer) + " is not through after " + std::to_string(kExchangesMax) + " exchanges");
}

void World::measure_day(int day) {
  auto lossy = std::exchange(lossy_, 0);
  auto& computer = *computers_.front();
  if (computer.ticket) lose(computer);
  auto edit = [&] {
    save(computer,
         {{domain::person_stream(computer.person), "goal", computer.random->id<RecordId>()},
          {{"want", "to see what a day costs"}},
          {},
          {}},
         false);
    return settle(computer);
  };
  edit();            // the first of a kind has rows of its own,
  settle(computer);  // and what an exchange brought the next one knows
  DayCost cost;
  cost.day = day;
  auto grown_by = [&](auto&& what, Cost& of) {
    auto here = rows_of(*computer.store), there = rows_of(school_->store());
    of = what();
    for (const auto& [table, rows] : rows_of(*computer.store)) of.rows_here[table] = rows - here[table];
    for (const auto& [table, rows] : rows_of(school_->store())) of.rows_there[table] = rows - there[table];
    std::erase_if(of.rows_here, [](const auto& one) { return one.second == 0; });
    std::erase_if(of.rows_there, [](const auto& one) { return one.second == 0; });
  };
  grown_by([&] { return settle(computer); }, cost.idle);
  grown_by(edit, cost.edit);
  cost.messages = messages_ - messages_before_;
  days_.push_back(std::move(cost));
  lossy_ = lossy;
}

}  // namespace waymark::simulation
