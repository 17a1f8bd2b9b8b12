// A school, a hub and a student's computer at the hub, each with its own server and transport: how soon what
// a teacher writes at the school is in the room.
#include "sync-server/upstream/upstream.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include <doctest/doctest.h>

#include "client/app/link.hpp"
#include "client/net/curl_transport.hpp"
#include "shared/base/way.hpp"
#include "shared/sync/carry.hpp"
#include "shared/wire/bundle.hpp"
#include "shared/wire/joining.hpp"
#include "sync-server/net/server.hpp"
#include "sync-server/routes/routes.hpp"
#include "sync-server/service/codes.hpp"
#include "sync-server/service/hubs.hpp"
#include "tests/support/little_proxy.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using namespace waymark::server;

namespace {

bool until(
    const std::function<bool()>& so, const std::function<void()>& step = [] {}) {
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!so()) {
    if (std::chrono::steady_clock::now() > end) return false;
    step();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

// A school's, or a hub's.
struct Served {
  School& school;
  http::Metrics metrics;
  http::Router router;
  server::net::ServerOptions options;
  std::unique_ptr<server::net::Server> server;

  Served(School& the_school, const std::string& data) : school(the_school) {
    add_sync_routes(router, school);
    options.host = "127.0.0.1";
    options.together = [this](const std::function<void()>& work) {
      return store::together(school.store().db(), work);
    };
    options.after = [this] { school.listeners().tell(school); };
    options.tls = server::net::own_tls(data + "/tls", "Alder Creek").value();
    start();
  }
  void start() {
    server = server::net::Server::start(options, router, metrics).value();
    options.port = server->port();
  }
  std::string url() const { return "https://127.0.0.1:" + std::to_string(options.port); }
};

struct World {
  SystemClock clock;
  SystemRandom random;
  test::TemporaryFolder folder;
  std::string data = folder.path() + "/school", hub_data = folder.path() + "/hub";
  InitResult made =
      School::init({data, "Alder Creek", "head@alder.example", "head-of-alder"}, clock, random).value();
  std::unique_ptr<School> school = School::open(data, clock, random).value();
  ClassId period3 = school->add_class("Period 3").value();
  PersonId teacher =
      school->add_staff("rivera@alder.example", "Elena Rivera", "teacher", "creek-and-stone").value().id;
  PersonId amira = school->add_student("Amira", "Haddad").value();
  bool enrolled = school->enroll(period3, teacher, "teacher").has_value() &&
                  school->enroll(period3, amira, "student").has_value() &&
                  school->refresh_access().has_value();
  std::string token = student_token();
  HubFile file = school->add_hub("North room", {period3}).value();
  Served at_school{*school, data};

  std::string student_token() {
    Computer lab{random.id<ComputerId>(), "lab-03", 0, {}, false, 0};
    REQUIRE(school->accounts().add_computer(lab, token_hash(make_token(random))));
    auto student = school->student_of_card(school->card_for(amira).value(), lab.id).value();
    SecretKey key;
    random.fill(key.seed);
    return school->join_student(student, lab, "4711", "digits", public_key(key)).value().token;
  }
  void observe(const std::string& text) {
    store::Edit edit{{domain::person_stream(amira), "observation", {}}, {{"text", text}}, {}, {}};
    bool written = false;
    REQUIRE(
        at_school.server->run([&] { written = school->write(teacher, std::span(&edit, 1)).has_value(); }));
    REQUIRE(written);
  }
};

}  // namespace

// The school's word to the hub, the hub's to the computer, and the exchange after each. Both clocks stand
// still but for the moment by which a class is spread, so that no exchange of their own ever comes. How long
// it takes,
// ./dev bench says.
TEST_CASE("a comment that is written at the school is with a student at a hub as soon as it is told") {
  World world;
  world.file.upstream = world.at_school.url();
  REQUIRE(School::make_hub(world.hub_data, world.file));
  ManualClock still;
  auto hub = School::open(world.hub_data, still, world.random).value();
  Served at_hub(*hub, world.hub_data);
  std::atomic<int> reached{0};
  upstream::Upstream up(
      *hub, {at_hub.options.tls->spki, {at_hub.url()}},
      [&](const std::function<void()>& work) { return at_hub.server->run(work); },
      [&](const std::optional<Error>& lost) { reached += lost ? 0 : 1; });
  REQUIRE(until([&] { return reached > 0 && world.at_school.metrics.listeners == 1; }));

  ManualClock computers(world.clock.now_ms());
  auto records =
      app::Records::open(world.folder.path() + "/amira", world.amira, computers, world.random).value();
  auto computer = app::Computer::open(world.folder.path() + "/computer", computers).value();
  REQUIRE(computer.change([&](app::ComputerState& state) {
    state.address = at_hub.url();
    state.identity = to_hex(world.school->identity().bytes);
    state.pins = {at_hub.options.tls->spki};
    state.hub = world.file.hub.hex();
    state.hub_name = world.file.name;
  }));
  waymark::net::CurlTransport transport;
  app::Connection connection(&transport, computer);
  app::Link link(connection, *records, world.token, computers, world.random);
  link.listen(true);
  link.hurry();
  auto step = [&] {
    connection.poll();
    REQUIRE(link.tick());
  };
  auto comments = [&] {
    return records->store().records(domain::person_stream(world.amira), "observation").value().size();
  };
  REQUIRE(until([&] { return at_hub.metrics.listeners == 1 && !records->store().readings().value().empty(); },
                step));
  constexpr std::int64_t kSpread = 50;
  auto waits_for = [&] { return link.due_ms().value_or(0) - computers.steady_ms(); };
  for (std::size_t i = 1; i <= 20; i++) {
    REQUIRE(until([&] { return !link.busy() && waits_for() >= 1'000; }, step));
    auto replies = link.replies();
    auto hubs = world.at_school.metrics.answered[2].load();
    world.observe("Comment " + std::to_string(i));
    REQUIRE(until([&] { return waits_for() <= kSpread || link.busy() || link.replies() > replies; }, step));
    computers.advance_ms(kSpread);
    REQUIRE(until([&] { return link.replies() > replies && !link.busy(); }, step));
    CHECK(comments() == i);
    CHECK(link.replies() == replies + 1);
    CHECK(world.at_school.metrics.answered[2] == hubs + 1);
  }
}

TEST_CASE("a stick that a hub kept goes over its line to the school in pieces, and the answer comes back") {
  World world;
  world.file.upstream = world.at_school.url();
  REQUIRE(School::make_hub(world.hub_data, world.file));
  auto hub = School::open(world.hub_data, world.clock, world.random).value();
  Served at_hub(*hub, world.hub_data);
  Computer laptop{world.random.id<ComputerId>(), "kitchen laptop", 0, {}, false, 0};
  REQUIRE(world.school->accounts().add_computer(laptop, token_hash(make_token(world.random))));
  SecretKey key;
  world.random.fill(key.seed);
  auto who = world.school->student_of_card(world.school->card_for(world.amira).value(), laptop.id).value();
  auto joined = world.school->join_student(who, laptop, "4711", "digits", public_key(key)).value();
  auto store = store::Store::open(world.folder.path() + "/laptop.db", {&world.clock, &world.random}).value();
  store::Edit edit{{domain::person_stream(world.amira), "goal", world.random.id<RecordId>()},
                   {{"want", "swim a length"}},
                   {},
                   {}};
  REQUIRE(store->write(world.amira, std::span(&edit, 1)));
  auto batches =
      sync::make_batches(*store, {world.amira, key, joined.certificate, joined.certificate_signature, ""})
          .value();
  // Something of a later version makes it long.
  auto stick = wire::seal_bundle(world.school->identity(), key,
                                 {{wire::batch_item, batches.front()}, {99, std::string(1'000'000, 'x')}})
                   .value();
  bool kept = false;
  REQUIRE(at_hub.server->run(
      [&] { kept = hub->keep_stick(stick, store->replica().hex() + ".to-school").has_value(); }));
  REQUIRE(kept);
  upstream::Upstream up(
      *hub, {at_hub.options.tls->spki, {at_hub.url()}},
      [&](const std::function<void()>& work) { return at_hub.server->run(work); },
      [](const std::optional<Error>&) {});
  REQUIRE(until([&] { return hub->sticks().answer(store->replica()).has_value(); }));
  auto answer = wire::open_bundle(*hub->sticks().answer(store->replica()), key).value();
  REQUIRE(answer.items.size() == 1);
  CHECK(answer.items.front().kind == wire::acknowledgement_item);
  REQUIRE(until([&] { return hub->sticks().waiting().empty(); }));
  std::size_t goals = 0;
  REQUIRE(world.at_school.server->run([&] {
    goals = world.school->store().records(domain::person_stream(world.amira), "goal").value().size();
  }));
  CHECK(goals == 1);
}

TEST_CASE("a hub that lost the school's word listens again, and is told at once how streams end") {
  World world;
  std::mutex mutex;
  upstream::Heads heads;
  upstream::Listening listening(world.at_school.url(), world.school->identity(), world.file.token, {},
                                [&](const upstream::Heads& told) {
                                  std::lock_guard lock(mutex);
                                  for (const auto& [stream, head] : told) heads[stream] = head;
                                });
  auto told = [&](std::int64_t head) {
    return until([&] {
      std::lock_guard lock(mutex);
      auto found = heads.find(domain::person_stream(world.amira));
      return found != heads.end() && found->second == head;
    });
  };
  CHECK(told(0));
  world.observe("Asked twice.");
  CHECK(told(1));
  world.at_school.server->stop();
  world.at_school.server.reset();
  store::Edit edit{{domain::person_stream(world.amira), "observation", {}}, {{"text", "Went on."}}, {}, {}};
  REQUIRE(world.school->write(world.teacher, std::span(&edit, 1)));
  world.at_school.start();
  CHECK(told(2));
}

// ---- what stands between a hub and its school

namespace {

// Somebody else's server, in the school's place.
struct Other {
  http::Router router;
  http::Metrics metrics;
  server::net::ServerOptions options;
  std::unique_ptr<server::net::Server> server;
  std::atomic<int> asked{0};  // but for hellos

  Other(const World& world, std::function<http::Response()> answer, bool tls = true) {
    for (auto method : {"GET", "POST"})
      router.add(method, "/{rest...}", [this, answer](const http::Request& request) -> http::Answer {
        if (request.path != "/v1/hello") asked++;
        return answer();
      });
    options.host = "127.0.0.1";
    if (tls) options.tls = server::net::own_tls(world.folder.path() + "/other", "Other").value();
    server = server::net::Server::start(options, router, metrics).value();
  }
  std::string url() const { return "https://127.0.0.1:" + std::to_string(server->port()); }
};

http::Response guest_page() { return http::html(200, "<p>Guest network: sign in"); }

// The hub's requests to its school by that address and way.
struct Line {
  upstream::Http http;
  Line(World& world, const std::string& url, upstream::Way way = {{}, {}})
      : http(url, world.school->identity(), world.file.token, std::move(way)) {}
  Result<std::string> ask() {
    return http.post("/v1/hub", "application/json",
                     R"({"spki":"","addresses":[],"carrying":0,"version":""})");
  }
};

// Nobody's: no network knows it.
const std::string kOutside = "https://school.invalid:8443";

}  // namespace

TEST_CASE("a portal in the school's place is named by a hub, and gets nothing but a greeting") {
  World world;
  Other portal(world, guest_page);
  CHECK(between(Line(world, portal.url()).ask().error()) == Between::portal);
  Other away(world, [] { return http::redirect("http://portal.example/"); });
  CHECK(between(Line(world, away.url()).ask().error()) == Between::portal);
  // A web server that fails, and one that has nothing there, are no portal's.
  Other failing(world, [] { return http::html(502, "<p>Bad gateway"); });
  auto failed = Line(world, failing.url()).ask().error();
  CHECK(failed.code == Code::not_waymark);
  CHECK(between(failed) == Between::nothing);
  CHECK(portal.asked + away.asked + failing.asked == 0);
  // Plain HTTP where TLS is expected.
  Other plain(world, guest_page, false);
  CHECK(Line(world, plain.url()).ask().error().code == Code::not_waymark);
}

TEST_CASE("what opens a hub's secure connections is named though the school's hello comes through it") {
  World world;
  std::string hello;
  waymark::net::CurlTransport behind;
  app::HttpRequest request;
  request.url = world.at_school.url() + "/v1/hello";
  behind.begin(1, request);
  REQUIRE(until([&] {
    auto came = behind.take();
    if (!came.empty()) hello = came.front().second.value().body;
    return !hello.empty();
  }));
  Other inspector(world, [&] { return http::text(200, hello, "application/json"); });
  CHECK(between(Line(world, inspector.url()).ask().error()) == Between::inspection);
  CHECK(inspector.asked == 0);
}

TEST_CASE(
    "a hub's school outside is reached by the proxy where the direct way fails, and a refusal is named") {
  World world;
  test::LittleProxy proxy(world.at_school.options.port);
  Line line(world, kOutside, {{proxy.url(), ""}, {}});
  for (int status : {407, 403, 502}) {
    proxy.refuses = status;
    auto refused = line.ask().error();
    CHECK(between(refused) == Between::proxy);
    CHECK(seen_of(refused) == "status " + std::to_string(status));
  }
  proxy.refuses = 0;
  CHECK(line.ask().has_value());
  CHECK(proxy.asked_for() == "CONNECT school.invalid:8443");
  auto ways = proxy.ways.load();
  CHECK(ways > 0);
  CHECK(line.ask().has_value());
  CHECK(proxy.ways == ways);  // over the connection that is kept
  CHECK(Line(world, kOutside, {{proxy.url(), "school.invalid"}, {}}).ask().error().code == Code::offline);
  CHECK(Line(world, kOutside, {{"http://127.0.0.1:1", ""}, {}}).ask().error().code == Code::offline);
  // Inside of this network nobody asks a proxy, and one that leads to somebody else gets a greeting.
  for (auto near :
       {"https://127.0.0.1:1", "https://[::1]:1", "https://localhost:1", "https://school.local:1"})
    CHECK(Line(world, near, {{proxy.url(), ""}, {}}).ask().error().code == Code::offline);
  CHECK(proxy.ways == ways);
  Other portal(world, guest_page);
  test::LittleProxy elsewhere(portal.server->port());
  CHECK(between(Line(world, kOutside, {{elsewhere.url(), ""}, {}}).ask().error()) == Between::portal);
  CHECK(portal.asked == 0);
}

TEST_CASE("a network that knows every name is a portal's to a hub, too") {
  World world;
  const std::string no_name = "waymark-no-such-name.invalid:1:127.0.0.1";
  Line lied_to(world, "https://school.example:1", {{}, {no_name, "school.example:1:127.0.0.1"}});
  CHECK(between(lied_to.ask().error()) == Between::portal);
  CHECK(Line(world, "https://127.0.0.1:1", {{}, {no_name}}).ask().error().code == Code::offline);
  CHECK(Line(world, kOutside).ask().error().code == Code::offline);
}

TEST_CASE("a hub tells once what its line meets, anew when that is something else, and when it is gone") {
  World world;
  world.file.upstream = kOutside;
  REQUIRE(School::make_hub(world.hub_data, world.file));
  auto hub = School::open(world.hub_data, world.clock, world.random).value();
  Served at_hub(*hub, world.hub_data);
  std::mutex mutex;
  std::vector<std::string> told;
  auto has_told = [&](const std::vector<std::string>& wanted) {
    return until([&] {
      std::lock_guard lock(mutex);
      return told == wanted;
    });
  };
  auto line = [&] {
    std::string word;
    REQUIRE(at_hub.server->run([&] { word = line_word(hub->line()); }));
    return word;
  };
  auto begin = [&](const test::LittleProxy& proxy) {
    return std::make_unique<upstream::Upstream>(
        *hub, upstream::Options{at_hub.options.tls->spki, {at_hub.url()}, {{proxy.url(), ""}, {}}},
        [&](const std::function<void()>& work) { return at_hub.server->run(work); },
        [&](const std::optional<Error>& lost) {
          std::lock_guard lock(mutex);
          told.emplace_back(lost ? line_word(lost) : "reached");
        });
  };
  CHECK(line() == "");
  Other portal(world, guest_page);
  test::LittleProxy to_portal(portal.server->port());
  to_portal.refuses = 407;
  auto up = begin(to_portal);
  REQUIRE(has_told({"proxy"}));
  CHECK(line() == "proxy");
  to_portal.refuses = 0;
  REQUIRE(has_told({"proxy", "portal"}));
  CHECK(line() == "portal");
  test::LittleProxy to_school(world.at_school.options.port);
  up = begin(to_school);
  REQUIRE(has_told({"proxy", "portal", "reached"}));
  CHECK(line() == "");
  CHECK(portal.asked == 0);
}
