// waymark_bench_sync RECORDS: what an exchange costs with RECORDS records at the school and read on the
// computer, through the whole path: the client's session and store, libcurl, TLS, the server's listener, the
// school with authorization and fsync, and back. Printed as one JSON object; medians.
//   idle   nothing to do
//   edit   one field edited, saved, and brought to the school
// waymark_bench_sync first (W1): 2,000 records written on one computer, brought to the school, and read by a
// second computer of the same student for the first time: until it has a first page to show, and until it has
// all and the digests agree.
// waymark_bench_sync day: a student's day of 40 ops, half of them edits, saved one by one without a network,
// brought to the school in the evening, and read by their other computer, which was in step the day before;
// 1,000 records are there already.
// waymark_bench_sync live: from when a teacher's comment is saved at the school to when it is saved on a
// student's computer that listens: the school's word, the exchange that it leads to, the commit. Beside it
// the least that this could be: a word, a question and an answer of that size over bare TCP, and one commit
// of plain SQLite. The up to 50 ms by which computers of one stream are spread are left out: the clock is
// moved over them. Bytes are those of the whole HTTP exchange without TLS, as a tap between the two counts
// them.
#include <condition_variable>
#include <mutex>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "client/app/link.hpp"
#include "client/net/curl_transport.hpp"
#include "shared/sync/session.hpp"
#include "shared/wire/pack.hpp"
#include "tests/bench/raw_sqlite.hpp"
#include "tests/bench/school_world.hpp"
#include "tests/bench/tap.hpp"

using namespace waymark;
using namespace waymark::bench;

namespace {

constexpr int kTimes = 201, kCounted = 21;

// Wakes who waits for a transport.
class Arrival {
 public:
  void arrived() {
    std::lock_guard lock(mutex_);
    arrived_ = true;
    news_.notify_one();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    news_.wait(lock, [&] { return arrived_; });
    arrived_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable news_;
  bool arrived_ = false;
};

class Wire {
 public:
  std::string ask(app::HttpRequest request) {
    transport_.begin(1, std::move(request));
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
  std::vector<std::pair<std::uint64_t, Result<app::HttpReply>>> wait() {
    arrival_.wait();
    return transport_.take();
  }
  Arrival arrival_;
  net::CurlTransport transport_{[this] { arrival_.arrived(); }};
};

// One computer of a student.
class Computer {
 public:
  Computer(SchoolWorld& world, SchoolWorld::Student student, const std::string& name = "here")
      : world_(world), student_(std::move(student)) {
    store = must(
        store::Store::open(world.folder.path() + "/" + name + ".db", {&world.clock, &world.random, true}));
    session.emplace(*store);
  }
  // Exchanges until nothing is left to do at once.
  void settle() {
    session->hurry(world_.clock.steady_ms());
    auto begun = std::chrono::steady_clock::now();
    usable_s = 0;
    for (;;) {
      auto request = must(session->next(world_.clock.steady_ms()));
      if (!request) return;
      app::HttpRequest http;  // as client/app/link.cpp makes it
      http.method = "POST";
      http.url = url + "/v1/sync";
      if (!world_.spki.empty()) http.pins = {world_.spki};
      http.headers = {
          {"authorization", "Bearer " + student_.token}, {"accept-encoding", ""}, {"content-encoding", ""}};
      http.body = wire::pack(wire::encode(*request), request->mark.has_value());
      body_bytes += http.body.size();
      auto reply = wire_.ask(std::move(http));
      body_bytes += reply.size();
      requests++;
      auto text = must(wire::unpack(reply, wire::message_bytes_max));
      must(session->on_reply(must(wire::decode_reply(text)), world_.clock.steady_ms()));
      if (usable_s == 0)
        usable_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    }
  }
  void create(int count) {
    std::vector<store::Edit> edits;
    for (int i = 0; i < count; i++)
      edits.push_back({{domain::person_stream(student_.id), "goal", world_.random.id<RecordId>()},
                       {{"want", passage(i)}},
                       {},
                       {}});
    must(store->write(student_.id, edits));
  }
  std::size_t goals() { return must(store->records(domain::person_stream(student_.id), "goal")).size(); }
  // One field of one that is there, saved.
  void change(std::int64_t i) { save(find(i), i); }
  void edit(std::int64_t i) {
    auto record = find(i);
    edited = seconds_of([&] {
      save(record, i);
      session->committed(world_.clock.steady_ms());
      settle();
    });
  }

  std::unique_ptr<store::Store> store;
  std::optional<sync::Session> session;
  std::string url;
  std::size_t body_bytes = 0;
  int requests = 0;
  double edited = 0, usable_s = 0;

 private:
  store::Record find(std::int64_t i) {
    if (keys_.empty())
      for (const auto& record : must(store->records(domain::person_stream(student_.id), "goal")))
        keys_.push_back(record.key);
    return *must(store->find(keys_[static_cast<std::size_t>(i) % keys_.size()]));
  }
  void save(const store::Record& record, std::int64_t i) {
    store::Edit edit{record.key, {{"want", passage(i)}}, record.all_heads(), {}};
    must(store->write(student_.id, std::span(&edit, 1)));
  }
  SchoolWorld& world_;
  SchoolWorld::Student student_;
  std::vector<record::RecordKey> keys_;
  Wire wire_;
};

void measure(std::int64_t records) {
  SchoolWorld world;
  auto amira = world.student();
  auto stream = domain::person_stream(amira.id);
  for (std::int64_t at = 0; at < records;) {
    auto transaction = must(store::Transaction::begin(world.school->store().db()));
    std::vector<store::Edit> edits;
    for (; at < records && edits.size() < 2'000; at++)
      edits.push_back({{stream, "goal", world.random.id<RecordId>()}, {{"want", passage(at)}}, {}, {}});
    must(world.school->store().write(amira.id, edits));
    must(transaction.commit());
  }
  world.serve();
  Computer computer(world, amira);
  computer.url = "https://127.0.0.1:" + std::to_string(world.server->port());
  double first = seconds_of([&] { computer.settle(); });
  computer.settle();
  std::vector<double> idle, edited;
  for (int i = 0; i < kTimes; i++) idle.push_back(seconds_of([&] { computer.settle(); }));
  for (int i = 0; i < kTimes; i++) {
    computer.edit(i);
    edited.push_back(computer.edited);
  }

  world.server.reset();
  world.spki.clear();
  world.serve(false);
  Tap tap(world.server->port());
  computer.url = "http://127.0.0.1:" + std::to_string(tap.port());
  computer.edit(kTimes);
  computer.settle();
  struct Cost {
    std::size_t bytes = 0, body = 0;
    double requests = 0;
  };
  auto cost = [&](auto work) {
    tap.bytes = 0, computer.body_bytes = 0, computer.requests = 0;
    for (int i = 0; i < kCounted; i++) work(i);
    return Cost{tap.bytes / kCounted, computer.body_bytes / kCounted,
                static_cast<double>(computer.requests) / kCounted};
  };
  auto nothing = cost([&](int) { computer.settle(); });
  auto one = cost([&](int i) { computer.edit(kTimes + 1 + i); });
  std::printf(
      "{\"records\":%lld,\"first_ms\":%.1f,\"idle_ms\":%.3f,\"idle_bytes\":%zu,\"idle_body\":%zu,"
      "\"idle_requests\":%.2f,\"edit_ms\":%.3f,\"edit_bytes\":%zu,\"edit_body\":%zu,\"edit_requests\":%.2f}"
      "\n",
      static_cast<long long>(records), first * 1e3, median(idle) * 1e3, nothing.bytes, nothing.body,
      nothing.requests, median(edited) * 1e3, one.bytes, one.body, one.requests);
}

struct First {
  double create_and_push = 0, usable = 0, pull = 0;
  std::size_t bytes = 0;
};
First first_sync(bool counted) {
  constexpr int kRecords = 2'000;
  SchoolWorld world;
  auto amira = world.student();
  world.serve(!counted);
  std::optional<Tap> tap;
  if (counted) tap.emplace(world.server->port());
  auto url = counted ? "http://127.0.0.1:" + std::to_string(tap->port())
                     : "https://127.0.0.1:" + std::to_string(world.server->port());
  Computer one(world, amira, "one"), two(world, amira, "two");
  one.url = two.url = url;
  First first;
  first.create_and_push = seconds_of([&] {
    one.create(kRecords);
    one.settle();
  });
  first.pull = seconds_of([&] { two.settle(); });
  first.usable = two.usable_s;
  if (counted) first.bytes = tap->bytes;
  if (two.goals() != kRecords || !must(two.session->status()).verified)
    give_up({Code::internal, "the second computer has not got everything"});
  return first;
}

void measure_first(int rounds) {
  std::vector<double> push, usable, pull, total;
  for (int i = 0; i < rounds; i++) {
    auto first = first_sync(false);
    push.push_back(first.create_and_push), usable.push_back(first.usable), pull.push_back(first.pull);
    total.push_back(first.create_and_push + first.pull);
  }
  std::printf("{\"push_ms\":%.1f,\"usable_ms\":%.1f,\"pull_ms\":%.1f,\"total_ms\":%.1f,\"bytes\":%zu}\n",
              median(push) * 1e3, median(usable) * 1e3, median(pull) * 1e3, median(total) * 1e3,
              first_sync(true).bytes);
}

struct Day {
  double write = 0, bring = 0, read = 0;
  std::size_t bytes = 0;
};
Day day(bool counted) {
  constexpr int kBefore = 1'000, kOps = 40;
  SchoolWorld world;
  auto amira = world.student();
  world.serve(!counted);
  std::optional<Tap> tap;
  if (counted) tap.emplace(world.server->port());
  Computer one(world, amira, "one"), two(world, amira, "two");
  one.url = two.url = counted ? "http://127.0.0.1:" + std::to_string(tap->port())
                              : "https://127.0.0.1:" + std::to_string(world.server->port());
  one.create(kBefore);
  for (auto* computer : {&one, &two}) computer->settle(), computer->settle();
  if (counted) tap->bytes = 0;
  Day day;
  day.write = seconds_of([&] {
    for (int i = 0; i < kOps; i++) i % 2 == 0 ? one.create(1) : one.change(kBefore + i);
  });
  day.bring = seconds_of([&] { one.settle(); });
  day.read = seconds_of([&] { two.settle(); });
  if (counted) day.bytes = tap->bytes;
  if (two.goals() != kBefore + kOps / 2 || !must(two.session->status()).verified)
    give_up({Code::internal, "the second computer has not got the day"});
  return day;
}

void measure_day(int rounds) {
  std::vector<double> write, bring, read;
  for (int i = 0; i < rounds; i++) {
    auto one = day(false);
    write.push_back(one.write), bring.push_back(one.bring), read.push_back(one.read);
  }
  std::printf("{\"write_ms\":%.2f,\"bring_ms\":%.2f,\"read_ms\":%.2f,\"bytes\":%zu}\n", median(write) * 1e3,
              median(bring) * 1e3, median(read) * 1e3, day(true).bytes);
}

// The reference for live: what both sides do over bare TCP.
class Bare {
 public:
  explicit Bare(const std::string& folder) : disk_(folder + "/bare.db") {
    tcp::acceptor acceptor(io_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    for (auto* ends : {&word_, &question_}) {
      ends->here.connect(acceptor.local_endpoint());
      ends->there = acceptor.accept();
      for (auto* end : {&ends->here, &ends->there}) end->set_option(tcp::no_delay(true));
    }
    there_ = std::thread([this] {
      for (;;) {
        written_.wait();
        if (over_) return;
        std::string bytes(kBytes, 'w');
        boost::asio::write(word_.there, boost::asio::buffer(bytes));
        boost::asio::read(question_.there, boost::asio::buffer(bytes));
        boost::asio::write(question_.there, boost::asio::buffer(bytes));
      }
    });
  }
  ~Bare() {
    over_ = true;
    written_.arrived();
    there_.join();
  }
  void once(std::int64_t i) {
    std::string bytes(kBytes, 'q');
    written_.arrived();
    boost::asio::read(word_.here, boost::asio::buffer(bytes));
    boost::asio::write(question_.here, boost::asio::buffer(bytes));
    boost::asio::read(question_.here, boost::asio::buffer(bytes));
    disk_.add(passage(i) + bytes);
  }

 private:
  using tcp = boost::asio::ip::tcp;
  static constexpr std::size_t kBytes = 400;
  struct Ends {
    tcp::socket here, there;
  };
  boost::asio::io_context io_;
  Ends word_{tcp::socket(io_), tcp::socket(io_)}, question_{tcp::socket(io_), tcp::socket(io_)};
  RawSqlite disk_;
  Arrival written_;
  std::atomic<bool> over_ = false;
  std::thread there_;
};

void measure_live() {
  SchoolWorld world;
  auto amira = world.student();
  auto teacher = must(world.school->add_staff("r@bench.example", "Rivera", "teacher", "creek-and-stone")).id;
  must(world.school->enroll(world.class_id, teacher, "teacher"));
  world.options.after = [&] { world.school->listeners().tell(*world.school); };
  world.serve();
  ManualClock clock(world.clock.now_ms());
  auto folder = world.folder.path() + "/amira";
  auto records = must(app::Records::open(folder, amira.id, clock, world.random));
  auto computer = must(app::Computer::open(world.folder.path() + "/computer", clock));
  must(computer.change([&](app::ComputerState& state) {
    state.address = "https://127.0.0.1:" + std::to_string(world.server->port());
    state.identity = to_hex(world.school->identity().bytes);
    state.pins = {world.spki};
  }));
  Arrival arrival;
  net::CurlTransport transport([&] { arrival.arrived(); });
  app::Connection connection(&transport, computer);
  app::Link link(connection, *records, amira.token, clock, world.random);
  link.listen(true);
  link.hurry();
  must(link.tick());
  auto step = [&] {
    arrival.wait();
    connection.poll();
    must(link.tick());
    if (auto due = link.due_ms(); due && *due > clock.steady_ms() && *due <= clock.steady_ms() + 50)
      clock.advance_ms(50);
    must(link.tick());
  };
  while (world.metrics.listeners < 1 || !must(link.status()).verified) step();
  Bare bare(world.folder.path());
  std::vector<double> live, least;
  for (int i = 0; i < kTimes; i++) {
    store::Edit edit{{domain::person_stream(amira.id), "observation", {}}, {{"text", passage(i)}}, {}, {}};
    auto replies = link.replies();
    world.server->run([&] { must(world.school->write(teacher, std::span(&edit, 1))); });
    live.push_back(seconds_of([&] {
      while (link.replies() == replies) step();
    }));
    least.push_back(seconds_of([&] { bare.once(i); }));
  }
  auto came = must(records->store().records(domain::person_stream(amira.id), "observation")).size();
  if (came != kTimes) give_up({Code::internal, "not every comment came by one exchange"});
  std::printf("{\"live_ms\":%.3f,\"bare_ms\":%.3f}\n", median(live) * 1e3, median(least) * 1e3);
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) {
    std::fprintf(stderr, "waymark_bench_sync RECORDS|first|day|live\n");
    return 2;
  }
  if (std::string_view(words[1]) == "first") return measure_first(5), 0;
  if (std::string_view(words[1]) == "day") return measure_day(11), 0;
  if (std::string_view(words[1]) == "live") return measure_live(), 0;
  measure(std::strtoll(words[1], nullptr, 10));
  return 0;
}
