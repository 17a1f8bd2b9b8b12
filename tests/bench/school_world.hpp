// A school with one class, served on loopback as waymark-server serves it, for the benchmarks of sync.
#pragma once

#include <chrono>
#include <thread>

#include "shared/domain/kinds.hpp"
#include "shared/wire/messages.hpp"
#include "sync-server/net/server.hpp"
#include "sync-server/net/tls.hpp"
#include "sync-server/routes/routes.hpp"
#include "sync-server/service/codes.hpp"
#include "tests/bench/measure.hpp"
#include "tests/support/temporary.hpp"

namespace waymark::bench {

class SchoolWorld {
 public:
  SchoolWorld() {
    must(server::School::init({folder.path() + "/school", "Bench", "a@bench.example", "creek-and-stone"},
                              clock, random));
    open();
    class_id = must(school->add_class("Period 3"));
    server::Computer computer;
    computer.id = random.id<server::ComputerId>();
    computer.name = "lab-01";
    must(school->accounts().add_computer(computer, server::token_hash("computer")));
    computer_id = computer.id;
  }
  ~SchoolWorld() { server.reset(); }

  void open() { school = must(server::School::open(folder.path() + "/school", clock, random)); }
  void close() { server.reset(), school.reset(); }
  void serve(bool tls = true) {
    must(school->refresh_access());
    server.reset();
    router.emplace();
    options.host = "127.0.0.1";
    options.together = [this](const std::function<void()>& work) {
      commits++;
      handling_most = std::max<std::int64_t>(handling_most, metrics.handling);
      if (disk_ms > 0) std::this_thread::sleep_for(std::chrono::milliseconds(disk_ms));
      return store::together(school->store().db(), work);
    };
    options.tls.reset();
    spki.clear();
    if (tls) {
      options.tls = must(server::net::own_tls(folder.path() + "/school/tls", "Bench"));
      spki = options.tls->spki;
    }
    server::add_sync_routes(*router, *school);
    server = must(server::net::Server::start(options, *router, metrics));
  }
  struct Student {
    PersonId id;
    std::string token;
  };
  Student student() { return student(class_id); }
  Student student(const ClassId& in) {
    Student student{must(school->add_student("Amira", "Haddad")), server::make_token(random)};
    must(school->enroll(in, student.id, "student"));
    must(school->accounts().add_device(server::token_hash(student.token), student.id, computer_id, {}));
    return student;
  }
  // In classes of 25.
  std::vector<Student> students(int count) {
    std::vector<Student> all;
    auto transaction = must(store::Transaction::begin(school->store().db()));
    ClassId in;
    for (int i = 0; i < count; i++) {
      if (i % 25 == 0) in = must(school->add_class("Period " + std::to_string(4 + i / 25)));
      all.push_back(student(in));
    }
    must(school->refresh_access());
    must(transaction.commit());
    return all;
  }

  SystemClock clock;
  SystemRandom random;
  test::TemporaryFolder folder;
  std::unique_ptr<server::School> school;
  ClassId class_id;
  server::ComputerId computer_id;
  std::optional<http::Router> router;
  http::Metrics metrics;
  server::net::ServerOptions options;
  int disk_ms = 0;                              // a disk that is so much slower than this one
  std::atomic<int> commits = 0;                 // of groups
  std::atomic<std::int64_t> handling_most = 0;  // requests in the queue or before it, when a group began
  std::unique_ptr<server::net::Server> server;
  std::string spki;
};

}  // namespace waymark::bench
