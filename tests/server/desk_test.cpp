// The desk: requests that share a commit stand or fall as told, and nobody hears before it is durable.
#include "sync-server/net/desk.hpp"

#include <atomic>
#include <future>

#include <doctest/doctest.h>

#include "shared/store/db.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using server::net::Desk;

namespace {

// A database, and a desk that is held up until release(), so that what is asked meanwhile is one group.
struct World {
  test::TemporaryFolder folder;
  std::string path = folder.path() + "/desk.db";
  std::unique_ptr<store::Db> db = store::Db::open(path).value();
  int commits = 0;
  std::promise<void> held;
  std::vector<std::string> answers;
  std::vector<int> runs = std::vector<int>(16);
  std::vector<std::string> seen_at_answer;  // what another connection reads when somebody is answered
  std::vector<std::string> seen_after;      // and when all of a group were
  std::unique_ptr<Desk> desk;

  World() {
    REQUIRE(
        db->execute("CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT;"
                    "CREATE TABLE said (who INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id) "
                    "DEFERRABLE INITIALLY DEFERRED) STRICT;"));
    desk = std::make_unique<Desk>(
        64,
        [this](const std::function<void()>& work) {
          commits++;
          return store::together(*db, work);
        },
        [this] { seen_after.push_back(rows()); });
    auto hold = held.get_future().share();
    std::promise<void> begun;
    add({[hold, &begun]() -> http::Answer {
           begun.set_value();
           hold.wait();
           return http::no_content();
         },
         [](http::Answer) {}});
    begun.get_future().wait();
  }

  void add(Desk::Job job) { REQUIRE_FALSE(desk->add(std::move(job))); }
  std::string rows() {  // as a connection of its own sees them: what is committed
    auto other = store::Db::open(path).value();
    auto query = other->prepare("SELECT group_concat(who, ' ') FROM said").value();
    REQUIRE(query.step().value());
    return query.text(0);
  }
  // Writes `who`, and may fail after that.
  void ask(int who, bool fails = false, bool orphan = false) {
    auto at = answers.size();
    answers.emplace_back();
    seen_at_answer.emplace_back();
    auto write = [this, who, fails, orphan]() -> Result<http::Response> {
      WAYMARK_TRY(transaction, store::Transaction::begin(*db));
      runs[static_cast<std::size_t>(who)]++;
      {
        WAYMARK_TRY(query, db->prepare("INSERT INTO said (who, parent) VALUES (?, ?)"));
        query.bind(who);
        if (orphan)
          query.bind(77);
        else
          query.bind_null();
        WAYMARK_CHECK(query.run());
      }
      if (fails) return Error{Code::invalid, "this one cannot be done"};
      WAYMARK_CHECK(transaction.commit());
      return http::text(200, "done");
    };
    add({[write]() -> http::Answer { return write(); },
         [this, at](http::Answer answer) {
           answers[at] = std::to_string(answer.response()->status);
           seen_at_answer[at] = rows();
         },
         true});
  }
  void release() {
    held.set_value();
    std::promise<void> last;
    add({[]() -> http::Answer { return http::no_content(); }, [&](http::Answer) { last.set_value(); }});
    last.get_future().wait();
  }
};

}  // namespace

TEST_CASE("requests that wait share one commit, and each is answered after it") {
  World world;
  for (int who = 1; who <= 5; who++) world.ask(who);
  world.release();
  CHECK(world.commits == 1);
  CHECK(world.answers == std::vector<std::string>(5, "200"));
  // Whoever is answered first finds what the last wrote: all of it was on the disk.
  CHECK(world.seen_at_answer == std::vector<std::string>(5, "1 2 3 4 5"));
}

TEST_CASE("a copy of the database waits for the group before it, and never runs inside one") {
  World world;
  world.ask(1);
  world.ask(2);
  std::string copied;
  world.add({[&]() -> http::Answer {
               // SQLite refuses this within a transaction, as a backup would be.
               auto query = world.db->prepare("VACUUM INTO ?").value();
               query.bind(world.path + ".copy");
               copied = query.run() ? "done" : "refused";
               return http::no_content();
             },
             [](http::Answer) {}});
  world.ask(3);
  world.ask(4);
  world.release();
  CHECK(world.commits == 2);
  CHECK(copied == "done");
  auto copy = store::Db::open(world.path + ".copy").value();
  auto query = copy->prepare("SELECT group_concat(who, ' ') FROM said").value();
  REQUIRE(query.step().value());
  CHECK(query.text(0) == "1 2");
  CHECK(world.rows() == "1 2 3 4");
}

TEST_CASE("one request that fails within a group takes nobody else's work away") {
  World world;
  world.ask(1);
  world.ask(2, true);
  world.ask(3);
  world.release();
  CHECK(world.answers == std::vector<std::string>{"200", "422", "200"});
  CHECK(world.rows() == "1 3");
  CHECK(world.seen_at_answer[0] == "1");  // done again alone, each with its own commit
  CHECK(world.runs[3] == 1);              // not begun in the group any more
}

TEST_CASE("a common commit that fails is told to everybody in it, and nothing stands") {
  World world;
  world.ask(1);
  world.ask(2, false, true);  // found only by the commit
  world.ask(3);
  world.release();
  CHECK(world.answers == std::vector<std::string>(3, "500"));
  CHECK(world.rows().empty());
  CHECK(world.commits == 1);
  world.ask(4);
  std::promise<void> last;
  world.add({[]() -> http::Answer { return http::no_content(); }, [&](http::Answer) { last.set_value(); }});
  last.get_future().wait();
  CHECK(world.answers.back() == "200");
  CHECK(world.rows() == "4");
}

TEST_CASE("a common transaction that ended underneath is noticed, and each is done again") {
  World world;
  world.ask(1);
  // As SQLite does on a full disk: the whole transaction is rolled back under a statement.
  bool first = true;
  world.add({[&]() -> http::Answer {
               if (std::exchange(first, false)) (void)world.db->execute("ROLLBACK");
               return http::no_content();
             },
             [](http::Answer) {}, true});
  world.ask(3);
  world.release();
  CHECK(world.answers == std::vector<std::string>(2, "200"));
  CHECK(world.rows() == "1 3");
}

TEST_CASE("a handler's exception within a group fails its own request alone") {
  World world;
  world.ask(1);
  int status = 0;
  world.add({[]() -> http::Answer { throw std::runtime_error("a library's"); },
             [&](http::Answer answer) { status = answer.response()->status; }, true});
  world.ask(3);
  world.release();
  CHECK(status == 500);
  CHECK(world.answers == std::vector<std::string>(2, "200"));
  CHECK(world.rows() == "1 3");
}

namespace {

// A desk that is held up until release(), and says in which order it did what was asked meanwhile.
struct Queue {
  std::promise<void> held, begun;
  std::string order;
  std::atomic<int> answered = 0;
  int asked = 0;
  Desk desk;

  explicit Queue(std::size_t waiting_max) : desk(waiting_max, {}) { hold(); }
  void hold() {
    held = {}, begun = {};
    auto gate = held.get_future().share();
    asked++;
    REQUIRE_FALSE(desk.add({[this, gate]() -> http::Answer {
                              begun.set_value();
                              gate.wait();
                              return http::no_content();
                            },
                            [this](http::Answer) { answered++; }}));
    begun.get_future().wait();
  }
  // The name of who was turned away for it; empty when nobody was.
  std::string ask(const std::string& name, std::string who = {}, std::size_t bytes = 0, bool must = false) {
    Desk::Job job{[this, name]() -> http::Answer {
                    order += name + " ";
                    return http::text(200, name);
                  },
                  [this, name](http::Answer answer) {
                    answered++;
                    if (answer.response()->status != 200) away = name;
                  },
                  false,
                  std::move(who),
                  bytes,
                  must};
    asked++;
    away.clear();
    if (auto job_away = desk.add(std::move(job))) job_away->done(Error{Code::server_busy, "1"});
    return away;
  }
  std::string release() {
    held.set_value();
    while (answered < asked) std::this_thread::yield();
    return std::exchange(order, {});
  }
  std::string away;
};

}  // namespace

TEST_CASE("the queue has a bound, and the rest of something begun finds room in any case") {
  Queue queue(2);
  CHECK(queue.ask("a").empty());
  CHECK(queue.ask("b").empty());
  CHECK(queue.ask("c") == "c");
  CHECK(queue.desk.waiting() == 2);
  CHECK(queue.ask("rest", "", 0, true).empty());
  CHECK(queue.ask("d") == "d");
  CHECK(queue.release() == "a b rest ");
  CHECK(queue.desk.waiting() == 0);
}

TEST_CASE("small requests go before large ones, and a large one is overtaken so often and no more") {
  Queue queue(8);
  queue.ask("large", "amira", 2'000);  // 7 places
  queue.ask("edit1", "leo", 200);
  queue.ask("edit2", "maya", 200);
  CHECK(queue.release() == "edit1 edit2 large ");

  Queue full(64);
  full.ask("large", "amira", 2'000);
  for (int i = 1; i <= 9; i++) full.ask(std::to_string(i), "student" + std::to_string(i), 200);
  CHECK(full.release() == "1 2 3 4 5 6 large 7 8 9 ");
}

TEST_CASE("however large a request is, there is a bound to how many go before it") {
  Queue queue(2'000);
  queue.ask("large", "amira", 4'000'000);  // 1,024 places
  for (int i = 0; i < 1'100; i++) queue.ask(std::to_string(i), "student" + std::to_string(i), 0);
  CHECK(queue.release().find(" 1022 large 1023 ") != std::string::npos);
}

TEST_CASE("a device that floods goes behind the others, and makes room for them when no more may wait") {
  Queue queue(4);
  for (auto name : {"f1", "f2", "f3", "f4"}) CHECK(queue.ask(name, "flood").empty());
  CHECK(queue.ask("f5", "flood") == "f5");
  CHECK_FALSE(queue.desk.has_place("flood", 0));
  CHECK(queue.desk.has_place("amira", 4'000'000));
  CHECK(queue.ask("amira", "amira", 100'000) == "f4");
  CHECK(queue.ask("leo", "leo", 100'000) == "f3");
  CHECK(queue.ask("maya", "maya", 100'000) == "f2");
  // Its first is as good as anybody's, and so is what comes when everybody has one.
  CHECK(queue.ask("noor", "noor", 100'000) == "noor");
  CHECK(queue.release() == "f1 amira leo maya ");
}

TEST_CASE("who was turned away goes before who was not as often, whatever its size") {
  Queue queue(2);
  queue.ask("a", "a"), queue.ask("b", "b");
  CHECK(queue.ask("large", "amira", 4'000'000) == "large");
  CHECK_FALSE(queue.desk.has_place("leo", 0));  // as good as having been added and given back
  queue.release();
  queue.hold();
  queue.ask("c", "c"), queue.ask("d", "d");
  CHECK(queue.ask("large", "amira", 4'000'000) == "d");
  CHECK(queue.ask("leo", "leo") == "c");
  // Of those with the same luck the small goes first; the large one's next try is before all of them.
  CHECK(queue.ask("c", "c") == "large");
  CHECK(queue.ask("large", "amira", 4'000'000) == "c");
  CHECK(queue.release() == "large leo ");
  // Once served, it is as others.
  queue.hold();
  queue.ask("e", "e"), queue.ask("f", "f");
  CHECK(queue.ask("leo", "leo") == "leo");
  queue.release();
}

TEST_CASE("what is done after a group finds all of it written, and runs once for it") {
  World world;
  for (int who = 1; who <= 3; who++) world.ask(who);
  world.release();
  world.desk->stop();
  // After the one that held the desk up, after the group, and perhaps after the last.
  REQUIRE(world.seen_after.size() >= 2);
  CHECK(world.seen_after[0].empty());
  CHECK(world.seen_after[1] == "1 2 3");
}
