// The same storm by the app's own way to the school: real sessions, stores, connections, curl and TLS. Their
// clock stands still but for whole seconds that the test lets pass, so that "not before" is no matter of
// luck.
#include <algorithm>
#include <future>
#include <set>
#include <thread>

#include <doctest/doctest.h>

#include "client/app/link.hpp"
#include "client/net/curl_transport.hpp"
#include "tests/bench/school_world.hpp"

using namespace waymark;

namespace {

constexpr int kDevices = 80, kGoals = 10;
constexpr std::size_t kWaitingMax = 8;

// Curl's, and what was asked of it and when.
class Watched final : public app::Transport {
 public:
  explicit Watched(Clock& clock) : clock_(clock) {}
  void begin(std::uint64_t ticket, app::HttpRequest request) override {
    asked++;
    if (clock_.steady_ms() < not_before_ms_) too_soon++;
    on_their_way_.insert(ticket);
    curl_.begin(ticket, std::move(request));
  }
  void cancel(std::uint64_t ticket) override {
    on_their_way_.erase(ticket);
    curl_.cancel(ticket);
  }
  std::vector<std::pair<std::uint64_t, Result<app::HttpReply>>> take() override {
    auto taken = curl_.take();
    for (const auto& [ticket, reply] : taken) {
      on_their_way_.erase(ticket);
      if (!reply) {
        lost++;
      } else if (reply->status == 503) {
        sent_away++;
        auto advised = reply->headers.find("retry-after");
        if (advised == reply->headers.end() || std::atoi(advised->second.c_str()) < 1)
          unadvised++;
        else
          not_before_ms_ = clock_.steady_ms() + std::atoi(advised->second.c_str()) * 1'000;
      }
    }
    return taken;
  }
  bool waits() const { return !on_their_way_.empty(); }

  int asked = 0, sent_away = 0, unadvised = 0, lost = 0, too_soon = 0;

 private:
  Clock& clock_;
  net::CurlTransport curl_;
  std::set<std::uint64_t> on_their_way_;
  std::int64_t not_before_ms_ = 0;
};

struct Device {
  PersonId person;
  app::Computer computer;
  Watched transport;
  app::Connection connection{&transport, computer};
  std::unique_ptr<app::Records> records;
  std::unique_ptr<app::Link> link;

  Device(bench::SchoolWorld& world, const bench::SchoolWorld::Student& student, const std::string& folder,
         ManualClock& clock)
      : person(student.id),
        computer(bench::must(app::Computer::open(folder + "/computer", clock))),
        transport(clock),
        records(bench::must(app::Records::open(folder + "/records", student.id, clock, world.random))) {
    REQUIRE(computer.change([&](app::ComputerState& state) {
      state.address = "https://127.0.0.1:" + std::to_string(world.server->port());
      state.identity = to_hex(world.school->identity().bytes);
      state.pins = {world.spki};
    }));
    std::vector<store::Edit> edits;
    for (int i = 0; i < kGoals; i++)
      edits.push_back({{domain::person_stream(person), "goal", world.random.id<RecordId>()},
                       {{"want", "read " + std::to_string(i + 1) + " pages a day"}},
                       {},
                       {}});
    REQUIRE(records->store().write(person, edits));
    link = std::make_unique<app::Link>(connection, *records, student.token, clock, world.random);
    link->hurry();
  }
  bool done() { return bench::must(link->status()).verified; }
};

}  // namespace

TEST_CASE(
    "eighty computers that reconnect at once are sent away, come when they were told to, and all get "
    "through") {
  bench::SchoolWorld world;
  auto students = world.students(kDevices);
  world.options.waiting_max = kWaitingMax;
  world.serve();
  ManualClock clock(world.clock.now_ms());
  std::vector<std::unique_ptr<Device>> devices;
  for (const auto& student : students)
    devices.push_back(std::make_unique<Device>(
        world, student, world.folder.path() + "/" + std::to_string(devices.size()), clock));

  int rounds = 0;
  for (bool all_done = false; !all_done && clock.steady_ms() < 600'000;) {
    // Those whose time it is ask at once, and the school is busy until every one of them has come.
    std::int64_t begun = 0, turned_away = world.metrics.turned_away;
    std::promise<void> is_busy, open;
    std::thread busy([&] {
      world.server->run([&] {
        is_busy.set_value();
        open.get_future().wait();
      });
    });
    is_busy.get_future().wait();
    for (auto& device : devices) {
      REQUIRE(device->link->tick());
      begun += device->transport.waits();
    }
    auto stalled = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    // As many wait as may, and all others have been sent away.
    auto waiting = std::min<std::int64_t>(begun, kWaitingMax);
    auto all_came = [&] {
      return world.metrics.turned_away - turned_away == begun - waiting && world.metrics.handling == waiting;
    };
    while (!all_came() && std::chrono::steady_clock::now() < stalled)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    CHECK(all_came());
    open.set_value();
    busy.join();
    std::int64_t answered = 0;
    for (auto& device : devices) {
      bool waited = device->transport.waits();
      int sent_away = device->transport.sent_away;
      while (device->transport.waits() && std::chrono::steady_clock::now() < stalled) {
        device->connection.poll();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      answered += waited && device->transport.sent_away == sent_away;
    }
    CHECK(answered == waiting);
    if (begun > 0) rounds++;
    clock.advance_ms(1'000);
    all_done = std::all_of(devices.begin(), devices.end(), [](auto& device) { return device->done(); });
  }

  std::vector<int> asked;
  int sent_away = 0;
  for (auto& device : devices) {
    const auto& transport = device->transport;
    CHECK(device->done());
    CHECK(bench::must(world.school->store().records(domain::person_stream(device->person), "goal")).size() ==
          kGoals);
    CHECK(transport.lost == 0);
    CHECK(transport.unadvised == 0);
    CHECK(transport.too_soon == 0);
    asked.push_back(transport.asked);
    sent_away += transport.sent_away;
  }
  std::sort(asked.begin(), asked.end());
  CHECK(sent_away >= kDevices - static_cast<int>(kWaitingMax));
  CHECK(asked.back() <= 8);
  CHECK(asked.back() <= asked[kDevices / 2] + 4);
  CHECK(rounds <= 4 * kDevices / static_cast<int>(kWaitingMax));
}
