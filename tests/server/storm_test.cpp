// A storm: a whole school reconnects at eight in the morning, through sockets, TLS, queue, handlers and
// store. What is bounded are tries, and how many others were served before somebody was. How long it takes
// depends on the machine: only a bound is asserted that no machine needs, and that a storm which waits for
// time-outs exceeds.
#include "tests/support/storm.hpp"

#include <algorithm>
#include <future>
#include <random>
#include <thread>

#include <doctest/doctest.h>

#include "tests/bench/school_world.hpp"
#include "tests/support/skipped.hpp"

using namespace waymark;
using test::Storm;
using test::StormDevice;

namespace {

constexpr std::size_t kWaitingMax = 64;
constexpr double kSecondsMax = 120;  // for 1,000 devices; under sanitizers too
const std::string kTooFewFiles = "this machine lets a program open too few files for so many connections";

struct World : bench::SchoolWorld {
  std::vector<std::unique_ptr<StormDevice>> devices;
  // `ops` says how many each has to bring.
  World(int count, const std::function<int(int)>& ops, std::size_t waiting_max = kWaitingMax,
        bool tls = false) {
    for (auto& student : students(count)) {
      devices.push_back(std::make_unique<StormDevice>(student.id, student.token, random));
      devices.back()->write(ops(static_cast<int>(devices.size()) - 1), clock.now_ms());
    }
    options.waiting_max = waiting_max;
    disk_ms = 5;  // a school's, so that they wait whatever processor this is
    // All handshakes begin at once, and one thread makes the clients' side of them.
    options.handshake_ms = 1'000 * static_cast<std::int64_t>(kSecondsMax);
    serve(tls);
  }
  std::int64_t at_school(const StormDevice& device) {
    return bench::must(school->store().stream_state(device.stream())).head;
  }
  // The tries of all, the fewest first.
  std::vector<int> tries() const {
    std::vector<int> tries;
    for (const auto& device : devices) tries.push_back(device->tries);
    std::sort(tries.begin(), tries.end());
    return tries;
  }
  std::int64_t last_pushed_at() const {
    std::int64_t last = 0;
    for (const auto& device : devices) last = std::max(last, device->pushed_at);
    return last;
  }
  // A group that was taken from a full queue, the queue that filled again meanwhile, one more that is weighed
  // against the last of it, and what each of two threads is about to turn away.
  std::int64_t handling_bound() const { return static_cast<std::int64_t>(2 * options.waiting_max) + 3; }
};

int sum(const std::vector<int>& tries) {
  int sum = 0;
  for (int each : tries) sum += each;
  return sum;
}

// How often all devices of such a school had to ask.
int tries_of_all(int count) {
  World world(count, [](int) { return 3; });
  Storm storm(world.server->port(), false);
  storm.run(world.devices);
  REQUIRE(storm.wrong == "");
  return sum(world.tries());
}

}  // namespace

TEST_CASE("a thousand devices bring forty ops each through TLS and a queue of 64, and each reads its news") {
  if (!Storm::fits(1'000)) return test::skipped(kTooFewFiles);
  World world(
      1'000, [](int) { return 40; }, kWaitingMax, true);
  Storm storm(world.server->port(), true);
  storm.connects = true;  // a thousand handshakes are part of it
  CHECK(bench::seconds_of([&] { storm.run(world.devices); }) <= kSecondsMax);
  CHECK(storm.wrong == "");
  for (const auto& device : world.devices) {
    REQUIRE(device->done());
    REQUIRE(world.at_school(*device) == 40);
  }
  CHECK(storm.turned_away > 0);
  CHECK(storm.turned_away == world.metrics.turned_away);
  CHECK(world.handling_most <= world.handling_bound());
  auto tries = world.tries();
  CHECK(tries.back() <= 10);
  CHECK(tries.back() <= tries[500] + 5);
  CHECK(sum(tries) <= 6'000);
  CHECK(world.commits < 500);  // of at least a thousand exchanges
}

TEST_CASE("three hundred who listen are served in a storm like all others, and each hears what came of it") {
  constexpr std::size_t kListening = 300;
  if (!Storm::fits(2 * kListening + 100)) return test::skipped(kTooFewFiles);
  World world(
      kListening + 100, [](int) { return 20; }, kWaitingMax, true);
  // As many connections as they have between them, and as many listeners.
  world.server.reset();
  world.options.connections_max = 2 * kListening + 100;
  world.options.after = [&] { world.school->listeners().tell(*world.school); };
  world.school->listeners().set_bounds({kListening, 8});
  world.serve(true);
  Storm storm(world.server->port(), true);
  storm.connects = true;
  storm.listening = kListening;
  CHECK(bench::seconds_of([&] { storm.run(world.devices); }) <= kSecondsMax);
  CHECK(storm.wrong == "");
  for (const auto& device : world.devices) {
    REQUIRE(device->done());
    REQUIRE(world.at_school(*device) == 20);
  }
  CHECK(world.metrics.listeners == kListening);
  CHECK(world.metrics.connections_refused == 0);
  CHECK(world.tries().back() <= 12);
}

TEST_CASE("the tries of each grow no faster than the number of devices") {
  CHECK(tries_of_all(800) / 800.0 <= 4 * tries_of_all(200) / 200.0);
}

// Whoever has been served has something new at once and asks again, before and beside those who wait.
TEST_CASE("nobody is kept waiting by a crowd that comes again and again") {
  World world(600, [](int i) { return i < 60 ? 200 : i < 540 ? 5 : 1; });
  std::shuffle(world.devices.begin(), world.devices.end(), std::mt19937(7));
  Storm storm(world.server->port(), false);
  storm.crowded = true;
  storm.run(world.devices);
  CHECK(storm.wrong == "");
  for (const auto& device : world.devices) REQUIRE(device->done());
  CHECK(storm.answered > 900);  // there was a crowd
  CHECK(world.tries().back() <= 12);
  CHECK(world.last_pushed_at() <= 1'800);
  CHECK(world.handling_most <= world.handling_bound());
}

TEST_CASE("where many wait, an edit goes before a day's work that came earlier") {
  World world(20, [](int i) { return i < 10 ? 200 : 1; });
  // The school is busy until all of them wait.
  std::promise<void> is_busy;
  std::thread busy([&] {
    world.server->run([&] {
      is_busy.set_value();
      for (int ms = 0; world.metrics.handling < 20 && ms < 60'000; ms++)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    });
  });
  is_busy.get_future().wait();
  Storm storm(world.server->port(), false);
  storm.run(world.devices);
  busy.join();
  CHECK(storm.wrong == "");
  CHECK(storm.turned_away == 0);
  std::vector<std::string> order;  // whose first op the school learned when
  auto log = bench::must(world.school->store().db().prepare(
      "SELECT stream.name, min(op.n) FROM op JOIN stream ON stream.id = op.stream "
      "WHERE stream.name LIKE 'person:%' GROUP BY op.stream ORDER BY min(op.n)"));
  while (bench::must(log.step())) order.push_back(log.text(0));
  REQUIRE(order.size() == 20);
  // Two threads read requests, and each may still have one in its hands when the school is free again.
  int small_first = 0;
  for (std::size_t i = 10; i < 20; i++)
    small_first +=
        std::find(order.begin(), order.begin() + 10, world.devices[i]->stream()) != order.begin() + 10;
  CHECK(small_first >= 8);
}

TEST_CASE("one device that floods over sixteen connections keeps nobody else out") {
  World world(
      21, [](int) { return 5; }, 4);
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
