// A storm: a whole school reconnects at eight in the morning, through sockets, queue, handlers and store.
// Nothing here asserts a time; what is bounded are tries.
#include "tests/support/storm.hpp"

#include <doctest/doctest.h>

#include "tests/bench/school_world.hpp"

using namespace waymark;
using test::Storm;
using test::StormDevice;

namespace {

struct World : bench::SchoolWorld {
  std::vector<std::unique_ptr<StormDevice>> devices;
  World(int count, int ops, std::size_t waiting_max) {
    for (auto& student : students(count)) {
      devices.push_back(std::make_unique<StormDevice>(student.id, student.token, random));
      devices.back()->write(ops, clock.now_ms());
    }
    options.waiting_max = waiting_max;
    serve(false);
  }
  int most() const {
    int most = 0;
    for (const auto& device : devices) most = std::max(most, device->turned_away_most);
    return most;
  }
};

}  // namespace

TEST_CASE("a thousand devices bring forty ops each through a queue of 64, and each reads its news") {
  World world(1'000, 40, 64);
  Storm storm(world.server->port(), false);
  storm.run(world.devices);
  CHECK(storm.wrong == "");
  for (const auto& device : world.devices) REQUIRE(device->done());
  std::int64_t there = 0;
  for (const auto& stream : bench::must(world.school->store().streams()))
    if (stream.starts_with("person:")) there += bench::must(world.school->store().stream_state(stream)).head;
  CHECK(there == 40'000);
  CHECK(storm.turned_away > 0);
  CHECK(storm.turned_away == world.metrics.turned_away);
  CHECK(world.most() <= 8);
  CHECK(world.commits < 500);  // of two thousand exchanges
}

TEST_CASE("one device that floods over sixteen connections keeps nobody else out") {
  World world(21, 5, 4);
  auto flooder = std::move(world.devices.back());
  world.devices.pop_back();
  Storm storm(world.server->port(), false);
  storm.flood(*flooder, 16);
  storm.run(world.devices, true);
  CHECK(storm.wrong == "");
  for (const auto& device : world.devices) CHECK(device->done());
  CHECK(storm.turned_away == 0);
  CHECK(world.metrics.turned_away > 0);  // the flood's own
}
