// The program as an administrator runs it: its output, its sentences, its exit codes.
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <nlohmann/json.hpp>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shared/store/db.hpp"
#include "sync-server/cli/backup.hpp"
#include "sync-server/service/school.hpp"
#include "tests/support/little_proxy.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using nlohmann::json;
using server::cli::Nightly;

namespace {

std::string read(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Ran {
  int code = -1;
  std::string out, err;
  json parsed() const { return json::parse(out); }
};

struct World {
  test::TemporaryFolder folder;
  std::string data = folder.path() + "/school";
  int count = 0;
  rlim_t files = 0;  // that the program may open, and not change that; 0: what the system allows

  pid_t start(std::vector<std::string> words, const std::string& in, const std::string& out,
              const std::string& err) {
    words.insert(words.begin(), WAYMARK_SERVER_PROGRAM);
    std::vector<char*> pointers;
    for (auto& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    pid_t child = ::fork();
    if (child == 0) {
      if (files > 0) {
        ::prctl(PR_CAPBSET_DROP, CAP_SYS_RESOURCE);  // an administrator's own right to more
        rlimit limit{files, files};
        ::setrlimit(RLIMIT_NOFILE, &limit);
      }
      ::dup2(::open(in.c_str(), O_RDONLY), 0);
      ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
      ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
      ::execv(pointers[0], pointers.data());
      ::_exit(127);
    }
    return child;
  }
  Ran run(std::vector<std::string> words, const std::string& input = "") {
    std::string base = folder.path() + "/" + std::to_string(++count);
    std::ofstream(base + ".in") << input;
    auto child = start(std::move(words), base + ".in", base + ".out", base + ".err");
    int status = 0;
    ::waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(base + ".out"), read(base + ".err")};
  }
  Ran on(std::vector<std::string> words, const std::string& input = "") {
    words.insert(words.end(), {"--data", data});
    return run(std::move(words), input);
  }
  Ran init() { return on({"init", "--school", "Alder Creek", "--admin", "head@alder.example", "--json"}); }
};

// `serve`, from its first line to SIGTERM.
struct Serving {
  World& world;
  std::string log;
  pid_t child;
  json first;
  Serving(World& the_world, std::vector<std::string> more = {})
      : world(the_world), log(world.folder.path() + "/log") {
    std::vector<std::string> words{"serve", "--data", world.data, "--listen", "127.0.0.1:0", "--log-json"};
    words.insert(words.end(), more.begin(), more.end());
    std::filesystem::remove(log);  // of one that was served before
    child = world.start(words, "/dev/null", log, world.folder.path() + "/log.err");
    while (read(log).find('\n') == std::string::npos) {
      int status = 0;
      REQUIRE(::waitpid(child, &status, WNOHANG) == 0);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    auto text = read(log);
    first = json::parse(text.substr(0, text.find('\n')));
  }
  int stop() {
    int status = 0;
    ::kill(std::exchange(child, 0), SIGTERM) == 0 && ::wait(&status);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  // The first line of its log of this event, as it is now; null where there is none.
  json logged(std::string_view event) const {
    std::istringstream lines(read(log));
    for (std::string line; std::getline(lines, line);)
      if (line.ends_with('}'))
        if (auto said = json::parse(line); said.value("event", "") == event) return said;
    return {};
  }
  json wait_for(std::string_view event) const {
    json said;
    for (int i = 0; i < 6000 && (said = logged(event)).is_null(); i++)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    REQUIRE_FALSE(said.is_null());
    return said;
  }
  ~Serving() {
    if (child) stop();
  }
};

// What was found is used, and the folder has what was served.
void check_taken_up(const Serving& served) {
  auto said = served.logged("database replaced");
  REQUIRE(said.is_object());
  CHECK_FALSE(said.contains("error"));
  auto kept = said.value("folder", "") + "/school.db";
  struct stat status {};
  REQUIRE(::stat(kept.c_str(), &status) == 0);
  CHECK(store::Db::open_as_it_lies(kept).value()->check_integrity());
}

// Exactly one sentence on standard error, and nothing on standard output.
void check_sentence(const Ran& ran, int code, std::string_view contains) {
  CHECK(ran.code == code);
  CHECK(ran.out == "");
  CHECK(ran.err.substr(0, 16) == "waymark-server: ");
  CHECK(ran.err.find('\n') == ran.err.size() - 1);
  CHECK(ran.err.substr(ran.err.size() - 2) == ".\n");
  CHECK_MESSAGE(ran.err.find(contains) != std::string::npos, ran.err);
}

}  // namespace

TEST_CASE("init makes a school once and shows password and recovery phrase") {
  World world;
  auto made = world.init().parsed();
  CHECK(made["school"] == "Alder Creek");
  CHECK(made["password"].get<std::string>().size() == 14);
  CHECK(made["recovery_phrase"].get<std::string>().size() == 66);
  struct stat status {};
  REQUIRE(::stat(world.data.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
  check_sentence(world.init(), 1, "holds a school already");
  check_sentence(world.on({"init", "--school", " ", "--admin", "a@b"}), 2, "needs a name");
}

TEST_CASE("init takes the password from standard input") {
  World world;
  auto ran = world.on({"init", "--school", "A", "--admin", "a@b.example", "--password-stdin", "--json"},
                      "creek-and-stone\n");
  CHECK(ran.code == 0);
  CHECK_FALSE(ran.parsed().contains("password"));
  World other;
  check_sentence(other.on({"init", "--school", "A", "--admin", "a@b.example", "--password-stdin"}), 2,
                 "no password");
}

TEST_CASE("wrong usage is 2, help and version are 0") {
  World world;
  CHECK(world.run({}).code == 2);
  CHECK(world.run({"dance"}).code == 2);
  CHECK(world.run({"init", "--data", world.data}).code == 2);
  CHECK(world.run({"--help"}).code == 0);
  CHECK(world.run({"staff", "add", "--help"}).out.find("--email") != std::string::npos);
  auto version = world.run({"version", "--json"});
  CHECK(version.code == 0);
  CHECK(version.parsed()["version"] == "0.1.0");
  CHECK(version.parsed()["protocols"] == json::array({1}));
}

TEST_CASE("a directory without a school is named, with what makes one") {
  World world;
  check_sentence(world.on({"verify"}), 1, "waymark-server init");
  check_sentence(world.on({"serve"}), 1, "waymark-server init");
}

TEST_CASE("staff, classes, students, cards and computers without a server") {
  World world;
  world.init();
  auto class_id =
      world.on({"class", "add", "--title", "Period 3", "--json"}).parsed()["id"].get<std::string>();
  CHECK(class_id.size() == 32);
  auto staff = world.on({"staff", "add", "--email", "Rivera@alder.example", "--name", "Elena Rivera",
                         "--class", "period 3", "--json"});
  CHECK(staff.parsed()["email"] == "rivera@alder.example");
  CHECK(staff.parsed()["password"].get<std::string>().size() == 14);
  check_sentence(world.on({"staff", "add", "--email", "rivera@alder.example"}), 1, "is there already");
  check_sentence(
      world.on({"staff", "password", "--email", "rivera@alder.example", "--password-stdin"}, "short\n"), 2,
      "at least 8");
  CHECK(world
            .on({"staff", "password", "--email", "rivera@alder.example", "--password-stdin"},
                "creek-and-stone\n")
            .out == "rivera@alder.example can sign in with the password given.\n");
  check_sentence(world.on({"invite", "--class", "Period 3"}), 1, "has no students yet");
  for (std::string given : {"Amira", "Leo"})
    CHECK(world.on({"student", "add", "--class", class_id, "--given", given}).code == 0);
  auto cards = world.on({"invite", "--class", "Period 3", "--json"}).parsed();
  REQUIRE(cards["cards"].size() == 2);
  CHECK(cards["cards"][0]["name"] == "Amira");
  auto card = cards["cards"][0]["card"].get<std::string>();
  CHECK(card.size() == 9);
  CHECK(world.on({"invite", "--class", "Period 3", "--student", "amira", "--json"})
            .parsed()["cards"][0]["card"] == card);
  CHECK(world.on({"invite", "--class", "Period 3", "--student", "amira", "--reprint", "--json"})
            .parsed()["cards"][0]["card"] != card);
  auto shown = world.on({"invite", "--class", "Period 3", "--qr"}).out;
  CHECK(shown.find("Leo") != std::string::npos);
  CHECK(shown.find("\u2580") != std::string::npos);
  check_sentence(world.on({"invite", "--class", "Period 4"}), 1, "class list");
  CHECK(world.on({"class", "list", "--json"}).parsed()["classes"][0]["students"] == 2);
  auto code =
      world.on({"computer", "add", "--name", "lab-03", "--address", "https://192.168.4.2:8443", "--json"})
          .parsed();
  CHECK(code["code"].get<std::string>().size() == 19);
  CHECK(code["qr"] == "https://192.168.4.2:8443#" + code["code"].get<std::string>());
  CHECK(world.on({"computer", "list"}).out == "No computer has joined yet.\n");
  check_sentence(world.on({"computer", "remove", "lab-03"}), 1, "computer list");
  CHECK(world.on({"verify"}).code == 0);
}

TEST_CASE("students move, teachers come and go, and nobody becomes somebody else by mistake") {
  World world;
  world.init();
  auto id_of = [](const Ran& ran) { return ran.parsed()["id"].get<std::string>(); };
  for (const char* title : {"Period 3", "Period 4"})
    CHECK(world.on({"class", "add", "--title", title}).code == 0);
  auto amira = id_of(world.on(
      {"student", "add", "--class", "Period 3", "--given", "Amira", "--family", "Haddad", "--json"}));
  auto card = world.on({"invite", "--class", "Period 3", "--json"}).parsed()["cards"][0]["card"];
  CHECK(id_of(world.on({"student", "leave", "--class", "Period 3", "--student", "amira haddad", "--json"})) ==
        amira);
  check_sentence(world.on({"student", "leave", "--class", "Period 3", "--student", "amira haddad"}), 1,
                 "student list");
  check_sentence(
      world.on({"student", "add", "--class", "Period 4", "--given", "AMIRA", "--family", "Haddad"}), 1,
      amira);
  CHECK(id_of(world.on(
            {"student", "enroll", "--class", "Period 4", "--student", "Amira Haddad", "--json"})) == amira);
  CHECK(world.on({"invite", "--class", "Period 4", "--json"}).parsed()["cards"][0]["card"] == card);
  auto other = id_of(world.on({"student", "add", "--class", "Period 3", "--given", "Amira", "--family",
                               "Haddad", "--another", "--json"}));
  CHECK(other != amira);
  check_sentence(world.on({"student", "enroll", "--class", "Period 3", "--student", "Amira Haddad"}), 1,
                 "give the id");
  CHECK(world.on({"student", "enroll", "--class", "Period 3", "--student", amira}).out == amira + "\n");
  check_sentence(world.on({"student", "enroll", "--class", "Period 3", "--student", "Nobody"}), 1,
                 "student list");
  auto everybody = world.on({"student", "list", "--json"}).parsed()["students"];
  REQUIRE(everybody.size() == 2);
  for (const auto& student : everybody)
    CHECK(student["in"] == (student["id"] == amira ? "Period 3, Period 4" : "Period 3"));

  for (const char* who : {"rivera", "okafor"})
    CHECK(world.on({"staff", "add", "--email", who + std::string("@alder.example")}).code == 0);
  auto teacher = [&](const char* what, const std::string& who, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"class", "teacher", what, "--class", "Period 3", "--teacher", who};
    words.insert(words.end(), more.begin(), more.end());
    return world.on(words);
  };
  CHECK(teacher("add", "rivera@alder.example").out == "rivera@alder.example teaches Period 3.\n");
  check_sentence(teacher("remove", "rivera@alder.example"), 1, "--last");
  CHECK(teacher("add", "okafor@alder.example", {"--json"}).parsed()["teachers"] == 2);
  CHECK(teacher("remove", "rivera@alder.example").code == 0);
  check_sentence(teacher("remove", "rivera@alder.example"), 1, "do not teach");
  CHECK(world.on({"class", "teacher", "list", "--class", "Period 3", "--json"})
            .parsed()["teachers"][0]["email"] == "okafor@alder.example");
  check_sentence(teacher("add", "nobody@alder.example"), 1, "staff list");
  auto removed = world.on({"staff", "remove", "--email", "okafor@alder.example", "--json"}).parsed();
  CHECK(removed["without_teacher"][0]["title"] == "Period 3");
  check_sentence(world.on({"staff", "remove", "--email", "okafor@alder.example"}), 1, "staff list");
  check_sentence(world.on({"staff", "remove", "--email", "head@alder.example"}), 1, "administrator");
}

TEST_CASE("while a server has the directory, commands reach it over a socket of the owner's") {
  World world;
  world.init();
  {
    Serving serving(world);
    CHECK(serving.first["event"] == "serving");
    CHECK(serving.first["school"] == "Alder Creek");
    struct stat status {};
    REQUIRE(::stat((world.data + "/command.sock").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(world.on({"class", "add", "--title", "Period 3"}).code == 0);
    CHECK(world.on({"class", "list", "--json"}).parsed()["classes"][0]["title"] == "Period 3");
    CHECK(world.on({"verify", "--json"}).out == "{\"ok\":true}\n");
    check_sentence(world.on({"invite", "--class", "Period 9"}), 1, "there is no class \"Period 9\"");
    auto code = world.on({"computer", "add", "--name", "lab-03", "--json"}).parsed();
    CHECK(code["address"] == serving.first["addresses"][0]);
    check_sentence(world.on({"serve", "--listen", "127.0.0.1:0"}), 1, "stop it first");

    World other;
    other.init();
    auto port = std::to_string(serving.first["port"].get<int>());
    check_sentence(other.on({"serve", "--listen", "127.0.0.1:" + port}), 1,
                   "another program listens on 127.0.0.1:" + port + " already");
    CHECK(serving.stop() == 0);
    auto log = read(serving.log);
    std::istringstream lines(log);
    std::string line, last;
    while (std::getline(lines, line)) {
      CHECK_MESSAGE(json::accept(line), line);
      last = line;
    }
    CHECK(json::parse(last)["event"] == "stopped");
  }
  CHECK(::access((world.data + "/command.sock").c_str(), F_OK) != 0);
  CHECK(world.on({"class", "list", "--json"}).parsed()["classes"].size() == 1);
}

TEST_CASE("a school.db that was put in the place of the served one is found at the latest when it stops") {
  World world;
  REQUIRE(world.init().code == 0);
  std::filesystem::copy_file(world.data + "/school.db", world.data + "/older.db");
  Serving served(world);
  REQUIRE(world.on({"class", "add", "--title", "Period 3"}).code == 0);
  std::filesystem::rename(world.data + "/older.db", world.data + "/school.db");
  CHECK(served.stop() == 0);
  check_taken_up(served);
  CHECK_FALSE(served.logged("stopped").is_null());
  // Of the class the log tells that outlives restores.
  CHECK(world.on({"class", "list", "--json"}).out.find("Period 3") != std::string::npos);
  CHECK(world.on({"verify"}).code == 0);
}

TEST_CASE("a school.db that was written over with what is none is not served, and the next start says so") {
  World world;
  REQUIRE(world.init().code == 0);
  Serving served(world);
  served.wait_for("backup");  // after the first look at the file
  REQUIRE(world.on({"class", "add", "--title", "Period 3"}).code == 0);
  std::ofstream(world.data + "/school.db", std::ios::trunc) << "no database, but letters";
  CHECK(served.stop() == 0);
  auto said = served.logged("database replaced");
  CHECK(said.value("error", "") == "database_damaged");
  CHECK(std::filesystem::exists(said.value("folder", "") + "/own.db-wal"));
  check_sentence(world.on({"verify"}), 1, "restore the last backup");
}

TEST_CASE("so many connections are served as was asked for, or as the system allows, and then it says so") {
  World world;
  world.init();
  for (const char* number : {"15", "100001", "many"})
    check_sentence(world.on({"serve", "--connections", number}), 2, "--connections wants");
  {
    Serving serving(world, {"--connections", "16"});
    CHECK(serving.first["connections"] == 16);
    CHECK(serving.stop() == 0);
    CHECK(read(serving.log).find("fewer connections") == std::string::npos);
  }
  std::filesystem::remove(world.folder.path() + "/log");
  world.files = 600;
  Serving serving(world);
  CHECK(serving.first["connections"] == 344);
  CHECK(serving.stop() == 0);
  CHECK(read(serving.log).find("\"event\":\"fewer connections\"") != std::string::npos);
}

TEST_CASE("a directory whose name is longer than a socket's path is served all the same") {
  World world;
  world.data = world.folder.path() + "/" + std::string(120, 'x');
  world.init();
  Serving serving(world);
  CHECK(world.on({"class", "add", "--title", "Period 3"}).code == 0);
}

TEST_CASE("who was taken out of their last class long ago is found by retention, and erased") {
  World world;
  world.init();
  for (const char* title : {"Period 3", "Period 4"})
    CHECK(world.on({"class", "add", "--title", title}).code == 0);
  for (const char* name : {"Amira", "Leo"})
    CHECK(world.on({"student", "add", "--class", "Period 3", "--given", name, "--family", "Haddad"}).code ==
          0);
  CHECK(world.on({"student", "enroll", "--class", "Period 4", "--student", "Leo Haddad"}).code == 0);
  for (const char* name : {"Amira Haddad", "Leo Haddad"})
    CHECK(world.on({"student", "leave", "--class", "Period 3", "--student", name}).code == 0);
  CHECK(world.on({"retention", "--years", "1"}).out == "Nobody left that long ago.\n");
  // As if all of it had happened two years ago.
  auto log = read(world.data + "/removals.log");
  constexpr std::string_view kAt = "\"at\":";
  auto at = log.find(kAt);
  auto began = std::stoll(log.substr(at + kAt.size()));
  for (; at != std::string::npos; at = log.find(kAt, at + 1))
    log.replace(at + kAt.size(), 13,
                std::to_string(std::stoll(log.substr(at + kAt.size(), 13)) - std::int64_t{730} * 86'400'000));
  std::ofstream(world.data + "/removals.log") << log;
  REQUIRE(store::Db::open(world.data + "/school.db")
              .value()
              ->execute("UPDATE person SET created_ms = created_ms - 730 * 86400000"));
  auto found = world.on({"retention", "--years", "1", "--json"}).parsed()["students"];
  REQUIRE(found.size() == 1);
  CHECK(found[0]["name"] == "Amira Haddad");
  auto shown = world.on({"retention", "--years", "1"}).out;
  std::time_t day = (began / 1000) - std::int64_t{730} * 86'400;
  char date[16];
  std::strftime(date, sizeof date, "%Y-%m", std::localtime(&day));
  CHECK_MESSAGE(shown.find(std::string("  ") + date) != std::string::npos, shown);
  CHECK(world.on({"retention", "--years", "3"}).out == "Nobody left that long ago.\n");
  CHECK(world.on({"retention", "--years", "1", "--apply"}).out.find("Amira Haddad") != std::string::npos);
  CHECK(world.on({"student", "list"}).out.find("Amira") == std::string::npos);
  CHECK(world.on({"student", "list"}).out.find("Leo") != std::string::npos);
  CHECK(world.on({"verify"}).code == 0);
}

TEST_CASE("who is confirmed is told with their classes, or that they are in none") {
  server::cli::Commands commands;
  server::cli::add_backup_commands(commands);
  auto print = commands["back confirm"].print;
  json noor = {{"id", "0123"}, {"name", "Noor Siddiqui"}, {"classes", {"Period 3", "Period 9"}}};
  CHECK(print(noor) == "Confirmed: Noor Siddiqui is in Period 3, Period 9 again.\n");
  noor["classes"] = json::array();
  CHECK(print(noor) ==
        "Confirmed: Noor Siddiqui is in no class, since none that they were in is here. Next: waymark-server "
        "student enroll --class CLASS --student 0123\n");
}

TEST_CASE("what serve cannot do is said before anything listens") {
  World world;
  world.init();
  check_sentence(world.on({"serve", "--plain-http", "--listen", "0.0.0.0:0"}), 2, "loopback only");
  check_sentence(world.on({"serve", "--listen", "nonsense"}), 2, "--listen wants");
  check_sentence(world.on({"serve", "--listen", "127.0.0.1:70000"}), 2, "--listen wants");
  check_sentence(world.on({"serve", "--listen", "999.1.1.1:0"}), 2, "is no address");
  check_sentence(world.on({"serve", "--cert", "/none", "--key", "/none"}), 2, "no certificate");
  CHECK(world.on({"serve", "--cert", "/none"}).code == 2);
  Serving serving(world, {"--plain-http"});
  CHECK(serving.first["spki"] == "");
  CHECK(serving.first["addresses"][0].get<std::string>().substr(0, 17) == "http://127.0.0.1:");
}

TEST_CASE(
    "a backup is written and put back while the school is served, and opens elsewhere with the phrase "
    "alone") {
  World world;
  auto phrase = world.init().parsed()["recovery_phrase"].get<std::string>();
  CHECK(world.on({"class", "add", "--title", "Period 3"}).code == 0);
  auto file = world.folder.path() + "/monday.waymark-backup";
  Serving serving(world);
  auto made = world.on({"backup", file, "--json"});
  REQUIRE(made.code == 0);
  CHECK(made.parsed()["bytes"].get<int>() > 1000);
  CHECK(world.on({"class", "add", "--title", "Period 4"}).code == 0);
  auto restored = world.on({"restore", file, "--json"});
  REQUIRE(restored.code == 0);
  CHECK(read(restored.parsed()["replaced"].get<std::string>() + "/school.db").substr(0, 6) == "SQLite");
  // What was made since is there, too: a log beside the database tells it.
  CHECK(world.on({"class", "list", "--json"}).parsed()["classes"].size() == 2);
  CHECK(world.on({"verify"}).code == 0);
  CHECK(world.on({"back", "list"}).out == "Nobody waits to be confirmed.\n");
  check_sentence(world.on({"back", "confirm", "nobody"}), 1, "back list");
  check_sentence(world.on({"restore", "/none"}), 1, "is not there");
  CHECK(serving.stop() == 0);

  auto elsewhere = world.folder.path() + "/elsewhere";
  auto there = [&](std::vector<std::string> words, const std::string& input) {
    words.insert(words.end(), {"--data", elsewhere});
    return world.run(std::move(words), input);
  };
  check_sentence(there({"restore", file}, ""), 1, "--phrase-stdin");
  check_sentence(there({"restore", file, "--phrase-stdin"}, phrase.substr(5) + "\n"), 2, "53 letters");
  CHECK(there({"restore", file, "--phrase-stdin"}, phrase + "\n").code == 0);
  CHECK(there({"class", "list", "--json"}, "").parsed()["classes"].size() == 1);
  // Another school's directory is not overwritten by mistake.
  World other;
  other.init();
  check_sentence(other.on({"restore", file, "--phrase-stdin"}, phrase + "\n"), 1, "holds another school");
  // Restored without the phrase where the school still is.
  CHECK(world.on({"restore", file}).code == 0);
}

TEST_CASE("a serving school backs itself up, once a day, and keeps the backups for as long as asked") {
  World world;
  world.init();
  auto folder = world.folder.path() + "/other-disk";
  check_sentence(world.on({"serve", "--keep-backups", "0"}), 2, "--keep-backups");
  std::filesystem::create_directories(folder);
  for (auto day : {"2001-01-01", "2001-01-02", "2001-01-03"})
    std::ofstream(folder + "/" + day + ".waymark-backup") << "old";
  std::ofstream(folder + "/notes.txt") << "not ours";
  // Wherever it is three in the morning now.
  auto now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  auto west = utc.tm_hour * 60 + utc.tm_min - 3 * 60;
  char zone[32];
  std::snprintf(zone, sizeof zone, "WAY%s%d:%02d", west < 0 ? "-" : "", std::abs(west) / 60,
                std::abs(west) % 60);
  ::setenv("TZ", zone, 1);
  Serving serving(world, {"--backups", folder, "--keep-backups", "3"});
  ::unsetenv("TZ");
  auto done = [&] { return read(serving.log).find(R"("event":"backup")") != std::string::npos; };
  for (int i = 0; i < 6'000 && !done(); i++) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  CHECK(done());
  CHECK_FALSE(std::filesystem::exists(folder + "/2001-01-01.waymark-backup"));
  CHECK(std::filesystem::exists(folder + "/2001-01-02.waymark-backup"));
  CHECK(std::filesystem::exists(folder + "/notes.txt"));
  CHECK(serving.stop() == 0);
}

TEST_CASE(
    "a backup is due from two in the morning, once a day, an hour after one that failed, and at once at "
    "first") {
  ::setenv("TZ", "WAY5", 1);  // five hours behind
  ::tzset();
  test::TemporaryFolder folder;
  constexpr std::int64_t kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour;
  const std::int64_t midnight = 1'795'582'800'000;  // 2026-11-25 00:00 there
  auto made = [&](const std::string& day) { return folder.path() + "/" + day + ".waymark-backup"; };
  {
    Nightly nightly(folder.path(), 3);
    CHECK(nightly.due(midnight));  // there is none
    CHECK_FALSE(nightly.newest_ms(midnight));
    CHECK(nightly.file(midnight) == made("2026-11-25"));
    // It failed: nothing is there.
    CHECK_FALSE(nightly.due(midnight + kHour - 1));
    CHECK(nightly.due(midnight + kHour));
    std::ofstream(nightly.file(midnight + kHour)) << "b";
    CHECK_FALSE(nightly.due(midnight + 23 * kHour));
    timeval written[2] = {{1'795'600'000, 0}, {1'795'600'000, 0}};
    REQUIRE(::utimes(made("2026-11-25").c_str(), written) == 0);
    CHECK(nightly.newest_ms(midnight) == 1'795'600'000'000);
  }
  // After a start, too, that remembers nothing.
  Nightly nightly(folder.path(), 3);
  for (auto now : {midnight + kDay, midnight + kDay + 2 * kHour - 1}) CHECK_FALSE(nightly.due(now));
  CHECK(nightly.due(midnight + kDay + 2 * kHour));
  CHECK(nightly.due(midnight + kDay + 23 * kHour));  // it slept through the night
  CHECK(nightly.file(midnight + kDay + 2 * kHour) == made("2026-11-26"));
  for (auto day : {"2026-11-21", "2026-11-22", "2026-11-23"}) std::ofstream(made(day)) << "b";
  nightly.forget_old(midnight + 2 * kHour);
  CHECK_FALSE(std::filesystem::exists(made("2026-11-21")));
  CHECK(std::filesystem::exists(made("2026-11-22")));
  // Never the last ones, whatever the clock says.
  nightly.forget_old(midnight + 1'000 * kDay);
  for (auto day : {"2026-11-22", "2026-11-23", "2026-11-25"}) CHECK(std::filesystem::exists(made(day)));
  ::unsetenv("TZ");
  ::tzset();
}

TEST_CASE("a clock that was wrong for a while neither stops the nightly backups nor removes the good ones") {
  ::setenv("TZ", "UTC0", 1);
  ::tzset();
  test::TemporaryFolder folder;
  constexpr std::int64_t kHour = 3'600'000, kDay = 24 * kHour;
  const std::int64_t night = 1'795'575'600'000;  // 2026-11-25 03:00
  auto write = [&](const std::string& day, std::int64_t at_ms) {
    auto file = folder.path() + "/" + day + ".waymark-backup";
    std::ofstream(file) << "b";
    timeval written[2] = {{at_ms / 1000, 0}, {at_ms / 1000, 0}};
    REQUIRE(::utimes(file.c_str(), written) == 0);
  };
  auto here = [&] {
    std::set<std::string> days;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      days.insert(entry.path().stem().string());
    return days;
  };
  using Days = std::set<std::string>;
  write("2026-11-22", night - 3 * kDay);
  write("2026-11-23", night - 2 * kDay);
  write("2026-11-24", night - kDay);
  Nightly nightly(folder.path(), 3);
  const std::int64_t ahead = 1'935'370'800'000;  // 2031-05-01 03:00
  REQUIRE(nightly.due(ahead));
  write("2031-05-01", ahead);
  nightly.forget_old(ahead);
  CHECK(here() == Days{"2026-11-23", "2026-11-24", "2031-05-01"});
  // The clock is put right.
  CHECK(nightly.newest_ms(night) == night - kDay);
  CHECK(nightly.due(night));
  write("2026-11-25", night);
  CHECK_FALSE(nightly.due(night + kHour));
  CHECK(nightly.newest_ms(night + kHour) == night);
  nightly.forget_old(night);
  write("2026-11-26", night + kDay);
  nightly.forget_old(night + kDay);
  CHECK(here() == Days{"2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2031-05-01"});
  // It begins at 1970 after a power cut. What looks like days to come is what must not go.
  CHECK(nightly.due(kHour));
  CHECK_FALSE(nightly.newest_ms(kHour));
  write("1970-01-01", kHour);
  CHECK_FALSE(nightly.due(3 * kHour));
  nightly.forget_old(3 * kHour);
  CHECK(here() == Days{"1970-01-01", "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2031-05-01"});
  // Tomorrow's is no wrong clock's: another zone, or one put back by an hour.
  write("2026-11-28", night + 3 * kDay);
  CHECK_FALSE(nightly.due(night + 2 * kDay));
  ::unsetenv("TZ");
  ::tzset();
}

TEST_CASE("a stick without a bundle, a damaged one and another school's get a sentence each") {
  World world;
  REQUIRE(world.init().code == 0);
  auto stick = world.folder.path() + "/stick";
  check_sentence(world.on({"bundle", "read", stick}), 1, "is not there");
  std::filesystem::create_directories(stick + "/WAYMARK");
  check_sentence(world.on({"bundle", "read", stick}), 1, "holds no student's bundle");
  auto one = stick + "/WAYMARK/0123.to-school";
  std::ofstream(one) << "holiday pictures";
  check_sentence(world.on({"bundle", "read", stick}), 1, "write it again");
  std::ofstream(one) << "waymark bundle 1\n" << std::string(300, 'k');
  check_sentence(world.on({"bundle", "read", one}), 1, "another school");
  // One bad file of several does not stop the others.
  std::ofstream(stick + "/WAYMARK/0456.to-school") << "holiday pictures";
  auto both = world.on({"bundle", "read", stick, "--json"});
  CHECK(both.code == 0);
  CHECK(both.parsed()["bundles"].size() == 2);
  CHECK(both.parsed()["bundles"][0]["problem"].get<std::string>().find("another school") !=
        std::string::npos);
  CHECK(world.run({"bundle"}).code == 2);
}

TEST_CASE("at a hub a stick is kept sealed for the school, and what is for another is not") {
  World world;
  REQUIRE(world.init().code == 0);
  REQUIRE(world.on({"class", "add", "--title", "Period 3"}).code == 0);
  auto token = world.folder.path() + "/north.token", hub = world.folder.path() + "/hub",
       stick = world.folder.path() + "/stick";
  REQUIRE(world.on({"hub", "add", "--classes", "Period 3", "--name", "North room", "--out", token}).code ==
          0);
  auto file = server::read_hub_file(read(token)).value();
  REQUIRE(server::School::make_hub(hub, file));
  std::filesystem::create_directories(stick + "/WAYMARK");
  const std::string replica(32, 'a'),
      identity(std::begin(file.identity.bytes), std::end(file.identity.bytes));
  std::ofstream(stick + "/WAYMARK/" + replica + ".to-school") << "waymark bundle 1\n"
                                                              << identity << std::string(300, 'k');
  std::ofstream(stick + "/WAYMARK/" + std::string(32, 'b') + ".to-school") << "waymark bundle 1\n"
                                                                           << std::string(332, 'k');
  auto kept = world.run({"bundle", "read", stick, "--data", hub});
  CHECK(kept.code == 0);
  CHECK(kept.out.find(replica + ".to-school: kept here sealed, for the school.\n") == 0);
  CHECK(kept.out.find("it was written for another school") != std::string::npos);
  CHECK(kept.out.find("Bring the sticks again for the answers.") != std::string::npos);
  CHECK(world.run({"bundle", "read", stick, "--data", hub}).out.find("kept here already, sealed") !=
        std::string::npos);
  auto status = world.run({"hub", "status", "--data", hub, "--json"}).parsed();
  CHECK(status["carrying"]["files"] == 1);
}

TEST_CASE("a hub is added for classes by id or title, also where a title has a comma") {
  World world;
  world.init();
  for (const auto& title : {"Period 3", "Period 3, 7th grade", "Period 4"})
    REQUIRE(world.on({"class", "add", "--title", title}).code == 0);
  auto classes = [&](const std::string& named) {
    auto added = world.on({"hub", "add", "--classes", named, "--name", "North room", "--json"});
    return added.code == 0 ? added.parsed()["classes"] : json(added.err);
  };
  CHECK(classes("Period 3") == json{"Period 3"});
  CHECK(classes("Period 3, 7th grade") == json{"Period 3, 7th grade"});
  CHECK(classes("Period 4,Period 3, 7th grade") == json{"Period 4", "Period 3, 7th grade"});
  CHECK(classes("period 3 , period 4") == json{"Period 3", "Period 4"});
  check_sentence(world.on({"hub", "add", "--classes", "Period 4,Period 9", "--name", "North room"}), 1,
                 "there is no class \"Period 9\"");
}

TEST_CASE("a hub says in its log and its status what stands between it and its school") {
  World school;
  school.init();
  REQUIRE(school.on({"class", "add", "--title", "Period 3"}).code == 0);
  auto token = school.folder.path() + "/hub.token";
  REQUIRE(school.on({"hub", "add", "--classes", "Period 3", "--name", "North room", "--out", token}).code ==
          0);
  World hub;
  test::LittleProxy proxy(1);
  proxy.refuses = 407;
  ::setenv("https_proxy", proxy.url().c_str(), 1);
  Serving served(hub, {"--upstream", "https://school.invalid:8443", "--upstream-token-file", token});
  ::unsetenv("https_proxy");
  auto lost = served.wait_for("school lost");
  CHECK(lost["line"] == "proxy");
  CHECK(lost["detail"] == "proxy: status 407");
  auto status = hub.on({"hub", "status", "--json"}).parsed();
  CHECK(status["line"] == "proxy");
  CHECK(hub.on({"hub", "status"})
            .out.find("The network's proxy does not open the way to the school (status 407): "
                      "have it let the school's address through.\n") != std::string::npos);
  CHECK(served.stop() == 0);
}

TEST_CASE("a hub's school.db that was put in the place of the served one is found when it stops") {
  World school, hub;
  school.init();
  REQUIRE(school.on({"class", "add", "--title", "Period 3"}).code == 0);
  auto token = school.folder.path() + "/hub.token", copy = hub.folder.path() + "/older.db";
  REQUIRE(school.on({"hub", "add", "--classes", "Period 3", "--name", "North room", "--out", token}).code ==
          0);
  Serving schools(school);
  auto address = schools.first["addresses"][0].get<std::string>();
  {
    Serving served(hub, {"--upstream", address, "--upstream-token-file", token});
    served.wait_for("school reached");
    CHECK(served.stop() == 0);
    std::filesystem::copy_file(hub.data + "/school.db", copy);
  }
  {
    Serving served(hub, {"--upstream", address});
    served.wait_for("school reached");
    std::filesystem::rename(copy, hub.data + "/school.db");
    CHECK(served.stop() == 0);
    check_taken_up(served);
    CHECK_FALSE(served.logged("stopped").is_null());
  }
  Serving again(hub, {"--upstream", address});
  again.wait_for("school reached");
  CHECK(again.stop() == 0);
  CHECK(again.logged("database replaced").is_null());
}

TEST_CASE("what a school has of a student is written to a new folder, and to no other") {
  World world;
  REQUIRE(world.init().code == 0);
  world.on({"class", "add", "--title", "Period 3"});
  auto id = world.on({"student", "add", "--class", "Period 3", "--given", "Amira", "--json"})
                .parsed()["id"]
                .get<std::string>();
  auto out = world.folder.path() + "/amira";
  check_sentence(world.on({"export", out}), 2, "say whom");
  check_sentence(world.on({"export", out, "--student", "Amira"}), 1, "student list");
  check_sentence(world.on({"export", out, "--student", std::string(32, '1')}), 1, "no such student");
  CHECK_FALSE(std::filesystem::exists(out));
  auto done = world.on({"export", out, "--student", id, "--json"});
  CHECK(done.code == 0);
  CHECK(done.parsed()["documents"] == 1);
  CHECK(json::parse(read(out + "/student-" + id + ".json"))["student"]["given"] == "Amira");
  check_sentence(world.on({"export", out, "--student", id}), 1, "is there already");
  auto all = world.on({"export", out + "-class", "--class", "period 3", "--json"});
  CHECK(all.parsed()["documents"] == 2);
}
