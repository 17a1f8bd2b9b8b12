// waymark_bench_sync: what sync costs through the whole path (client's session, libcurl, TLS, the server's
// listener, the school with authorization and fsync, and back), printed as JSON.
//   idle   nothing to do, with N ops in the store
//   edit   one field edited and brought to the school, with N ops in the store
//   push   64 connections push requests of 20 ops, beside raw SQLite writing the same bytes at 2,000 a
//   transaction
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include <sqlite3.h>

#include "client/net/curl_transport.hpp"
#include "shared/domain/kinds.hpp"
#include "shared/sync/session.hpp"
#include "sync-server/net/server.hpp"
#include "sync-server/net/tls.hpp"
#include "sync-server/routes/routes.hpp"
#include "sync-server/service/codes.hpp"
#include "tests/bench/measure.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using namespace waymark::bench;

namespace {

constexpr int kConnections = 64, kOpsPerRequest = 20, kRequestsEach = 25, kTimes = 201;

template <class T>
T must(Result<T> result) {
  if (result) return std::move(result).value();
  std::fprintf(stderr, "%s %s\n", std::string(name(result.error().code)).c_str(),
               result.error().detail.c_str());
  std::exit(1);
}
void must(Status status) {
  if (status) return;
  std::fprintf(stderr, "%s %s\n", std::string(name(status.error().code)).c_str(),
               status.error().detail.c_str());
  std::exit(1);
}

class World {
 public:
  World() {
    must(server::School::init({folder.path() + "/school", "Bench", "a@bench.example", "creek-and-stone"},
                              clock, random));
    school = must(server::School::open(folder.path() + "/school", clock, random));
    class_id = must(school->add_class("Period 3"));
    server::Computer computer;
    computer.id = random.id<server::ComputerId>();
    computer.name = "lab-01";
    must(school->accounts().add_computer(computer, server::token_hash("computer")));
    computer_id = computer.id;
  }
  void serve() {
    must(school->refresh_access());
    server::net::ServerOptions options;
    options.host = "127.0.0.1";
    options.tls = must(server::net::own_tls(folder.path() + "/school/tls", "Bench"));
    spki = options.tls->spki;
    server::add_sync_routes(router, *school);
    server = must(server::net::Server::start(options, router, metrics));
    url = "https://127.0.0.1:" + std::to_string(server->port()) + "/v1/sync";
  }
  struct Student {
    PersonId id;
    std::string token;
  };
  Student student() {
    Student student{must(school->add_student("Amira", "Haddad")), server::make_token(random)};
    must(school->enroll(class_id, student.id, "student"));
    must(school->accounts().add_device(server::token_hash(student.token), student.id, computer_id, {}));
    return student;
  }
  app::HttpRequest request(const Student& student, std::string body) {
    app::HttpRequest request;
    request.method = "POST";
    request.url = url;
    request.pins = {spki};
    request.headers = {{"authorization", "Bearer " + student.token},
                       {"content-type", std::string(wire::content_type)}};
    request.body = std::move(body);
    return request;
  }

  SystemClock clock;
  SystemRandom random;
  test::TemporaryFolder folder;
  std::unique_ptr<server::School> school;
  ClassId class_id;
  server::ComputerId computer_id;
  http::Router router;
  http::Metrics metrics;
  std::unique_ptr<server::net::Server> server;
  std::string spki, url;
};

class Wire {
 public:
  std::vector<std::pair<std::uint64_t, Result<app::HttpReply>>> wait() {
    std::unique_lock lock(mutex_);
    news_.wait(lock, [&] { return arrived_; });
    arrived_ = false;
    lock.unlock();
    return transport.take();
  }
  std::string ask(app::HttpRequest request) {
    transport.begin(1, std::move(request));
    for (;;)
      for (auto& [ticket, reply] : wait()) {
        auto got = must(std::move(reply));
        if (got.status != 200) {
          std::fprintf(stderr, "status %d %s\n", got.status, got.body.c_str());
          std::exit(1);
        }
        return got.body;
      }
  }

 private:
  std::mutex mutex_;
  std::condition_variable news_;
  bool arrived_ = false;

 public:
  net::CurlTransport transport{[this] {
    std::lock_guard lock(mutex_);
    arrived_ = true;
    news_.notify_one();
  }};
};

std::string passage(std::int64_t i) {
  return "next I need a second source, and I will ask at the library on Thursday (" + std::to_string(i) + ")";
}

// A student with N records at the school and on a computer that has read them all.
void idle_and_edit(std::int64_t records) {
  World world;
  auto amira = world.student();
  auto stream = domain::person_stream(amira.id);
  {
    auto transaction = must(store::Transaction::begin(world.school->store().db()));
    for (std::int64_t i = 0; i < records; i++) {
      store::Edit edit{{stream, "goal", world.random.id<RecordId>()}, {{"want", passage(i)}}, {}, {}};
      must(world.school->store().write(amira.id, std::span(&edit, 1)));
    }
    must(transaction.commit());
  }
  world.serve();
  auto here = must(store::Store::open(world.folder.path() + "/here.db", {&world.clock, &world.random, true}));
  sync::Session session(*here);
  Wire wire;
  std::size_t up = 0, down = 0;
  int requests = 0;
  auto settle = [&] {
    session.hurry(world.clock.steady_ms());
    for (;;) {
      auto request = must(session.next(world.clock.steady_ms()));
      if (!request) return;
      auto body = wire::encode(*request);
      up += body.size();
      auto reply = wire.ask(world.request(amira, std::move(body)));
      down += reply.size();
      requests++;
      must(session.on_reply(must(wire::decode_reply(reply)), world.clock.steady_ms()));
    }
  };
  double first = seconds_of(settle);
  settle();
  std::vector<double> idle, edited;
  up = down = 0, requests = 0;
  for (int i = 0; i < kTimes; i++) idle.push_back(seconds_of(settle));
  std::size_t idle_bytes = (up + down) / kTimes;
  double idle_requests = static_cast<double>(requests) / kTimes;
  auto all = must(here->records(stream, "goal"));
  up = down = 0, requests = 0;
  for (int i = 0; i < kTimes; i++) {
    auto record = must(here->find(all[static_cast<std::size_t>(i) % all.size()].key));
    edited.push_back(seconds_of([&] {
      store::Edit edit{record->key, {{"want", passage(i + 1'000'000)}}, record->all_heads(), {}};
      must(here->write(amira.id, std::span(&edit, 1)));
      session.committed(world.clock.steady_ms());
      settle();
    }));
  }
  std::printf(
      "{\"records\":%lld,\"first_ms\":%.1f,\"idle_ms\":%.3f,\"idle_bytes\":%zu,\"idle_requests\":%.2f,"
      "\"edit_ms\":%.3f,\"edit_bytes\":%zu,\"edit_requests\":%.2f}\n",
      static_cast<long long>(records), first * 1e3, median(idle) * 1e3, idle_bytes, idle_requests,
      median(edited) * 1e3, (up + down) / kTimes, static_cast<double>(requests) / kTimes);
}

void push() {
  World world;
  struct Device {
    World::Student student;
    std::vector<std::string> bodies;  // requests, encoded
    std::size_t next = 0;
  };
  std::vector<Device> devices;
  std::vector<std::string> ops;
  for (int d = 0; d < kConnections; d++) {
    Device device{world.student(), {}, 0};
    auto replica = world.random.id<ReplicaId>();
    record::Position at;
    for (int r = 0; r < kRequestsEach; r++) {
      wire::SyncRequest request;
      request.request = "bench";
      request.replica = replica;
      request.now_ms = world.clock.now_ms();
      request.waiting = kOpsPerRequest;
      request.before = at;
      request.same = std::string(32, '0');
      for (int i = 0; i < kOpsPerRequest; i++) {
        record::Op op;
        op.stream = domain::person_stream(device.student.id);
        op.kind = "goal";
        op.record = world.random.id<RecordId>();
        op.fields = {{"want", passage(i)}, {"first_step", passage(r)}};
        op.author = device.student.id;
        op.replica = replica;
        op.time_ms = world.clock.now_ms();
        world.random.fill(op.salt);
        request.ops.push_back(record::canonical(op));
        ops.push_back(request.ops.back());
        at = record::next(at, record::op_id(request.ops.back()));
      }
      device.bodies.push_back(wire::encode(request));
    }
    devices.push_back(std::move(device));
  }
  world.serve();
  Wire wire;
  for (auto& device : devices)
    (void)wire.ask(world.request(device.student, [&] {
      wire::SyncRequest hello;  // opens the connection and proves that the token works
      hello.replica = ReplicaId{};
      return wire::encode(hello);
    }()));
  double ours = seconds_of([&] {
    int flying = 0;
    auto send = [&](std::size_t d) {
      auto& device = devices[d];
      if (device.next == device.bodies.size()) return;
      wire.transport.begin(d, world.request(device.student, device.bodies[device.next++]));
      flying++;
    };
    for (std::size_t d = 0; d < devices.size(); d++) send(d);
    while (flying > 0)
      for (auto& [ticket, reply] : wire.wait()) {
        if (must(std::move(reply)).status != 200) std::exit(1);
        flying--;
        send(ticket);
      }
  });
  sqlite3* raw = nullptr;
  sqlite3_open((world.folder.path() + "/raw.db").c_str(), &raw);
  sqlite3_exec(
      raw,
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE op (n INTEGER PRIMARY KEY, body BLOB)",
      nullptr, nullptr, nullptr);
  double theirs = seconds_of([&] {
    sqlite3_stmt* insert = nullptr;
    sqlite3_prepare_v2(raw, "INSERT INTO op (body) VALUES (?)", -1, &insert, nullptr);
    for (std::size_t i = 0; i < ops.size(); i++) {
      if (i % 2'000 == 0) sqlite3_exec(raw, "BEGIN", nullptr, nullptr, nullptr);
      sqlite3_bind_blob(insert, 1, ops[i].data(), static_cast<int>(ops[i].size()), SQLITE_STATIC);
      sqlite3_step(insert);
      sqlite3_reset(insert);
      if (i % 2'000 == 1'999 || i + 1 == ops.size()) sqlite3_exec(raw, "COMMIT", nullptr, nullptr, nullptr);
    }
    sqlite3_finalize(insert);
  });
  sqlite3_close(raw);
  auto count = static_cast<double>(ops.size());
  std::printf("{\"ops\":%zu,\"ops_a_second\":%.0f,\"raw_ops_a_second\":%.0f}\n", ops.size(), count / ours,
              count / theirs);
}

}  // namespace

int main(int count, char** words) {
  if (count > 1 && !std::strcmp(words[1], "push")) return push(), 0;
  if (count > 2 && !std::strcmp(words[1], "idle"))
    return idle_and_edit(std::strtoll(words[2], nullptr, 10)), 0;
  std::fprintf(stderr, "waymark_bench_sync push | idle RECORDS\n");
  return 2;
}
