// A school that announces itself and a computer that finds it, over a real Avahi daemon on a message bus and
// in a network of this program's own: whatever else announces or listens on this machine or beside it takes
// no part, and no rights are needed. Where that cannot be had, the test is skipped and says why.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/net/curl_transport.hpp"
#include "client/net/finder.hpp"
#include "shared/store/files.hpp"
#include "shared/wire/bodies.hpp"
#include "sync-server/net/announcement.hpp"
#include "tests/support/skipped.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;

namespace {

const std::string kIdentity = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

bool within_ms(int ms, const std::function<bool()>& so) {
  auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
  while (!so()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

bool write_to(const std::string& path, const std::string& text) {
  int file = ::open(path.c_str(), O_WRONLY);
  bool done = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (file >= 0) ::close(file);
  return done;
}

// Puts this program in a network of its own, in which it alone hears what it says to all, with a /run of its
// own, where the daemon wants to write, and a list of users in which the daemon's user is this one. Once,
// while there is one thread. Empty, or what is not possible here.
std::string go_apart() {
  auto uid = std::to_string(::getuid()), gid = std::to_string(::getgid());
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET) != 0 ||
      !write_to("/proc/self/setgroups", "deny") || !write_to("/proc/self/uid_map", "0 " + uid + " 1") ||
      !write_to("/proc/self/gid_map", "0 " + gid + " 1"))
    return "nobody may have a network of their own on this machine (user namespaces)";
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", "/run", "tmpfs", 0, nullptr) != 0)
    return "there can be no /run of one's own";
  std::filesystem::create_directory("/run/avahi-daemon");
  for (const auto& [name, text] : {std::pair{"passwd", "root:x:0:0::/:/bin/sh\navahi:x:0:0::/:/bin/sh\n"},
                                   {"group", "root:x:0:\navahi:x:0:\n"}}) {
    auto ours = std::string("/run/") + name, theirs = std::string("/etc/") + name;
    if (!store::write_durably(ours, text) ||
        ::mount(ours.c_str(), theirs.c_str(), nullptr, MS_BIND, nullptr) != 0)
      return "there can be no list of users of one's own";
  }
  ifreq loopback{};
  std::strncpy(loopback.ifr_name, "lo", IFNAMSIZ - 1);
  loopback.ifr_flags = IFF_UP | IFF_LOOPBACK | IFF_RUNNING | IFF_MULTICAST;
  int any = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  bool up = any >= 0 && ::ioctl(any, SIOCSIFFLAGS, &loopback) == 0;
  if (any >= 0) ::close(any);
  return up ? "" : "the network of one's own does not come up";
}
bool there_is(const std::string& program) {
  for (const char* folder : {"/usr/bin/", "/usr/sbin/", "/usr/local/bin/", "/bin/", "/sbin/"})
    if (::access((folder + program).c_str(), X_OK) == 0) return true;
  return false;
}

// A program that ends with this one. What it says goes to `out`.
struct Program {
  pid_t id = -1;
  explicit Program(std::vector<std::string> words, const std::string& out = "/dev/null") {
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    id = ::fork();
    if (id != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    int said = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(said, STDOUT_FILENO);
    ::dup2(said, STDERR_FILENO);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  ~Program() { end(); }
  void end() {
    if (id > 0) ::kill(id, SIGTERM);
    wait();
  }
  // Its exit code, once it has ended.
  int wait() {
    int status = -1;
    if (id > 0) ::waitpid(std::exchange(id, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
};

// The bus of its own, without a daemon yet.
struct Bus {
  test::TemporaryFolder folder;
  std::string socket = folder.path() + "/bus", daemon_settings = folder.path() + "/avahi.conf";
  std::unique_ptr<Program> bus;

  Bus() {
    REQUIRE(store::write_durably(
        folder.path() + "/bus.conf",
        "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" "
        "\"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\"><busconfig><type>custom</type>"
        "<listen>unix:path=" +
            socket +
            "</listen><auth>EXTERNAL</auth><policy context=\"default\"><allow send_destination=\"*\" "
            "eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>"));
    REQUIRE(store::write_durably(daemon_settings,
                                 "[server]\nuse-ipv6=no\n[publish]\npublish-hinfo=no\n"
                                 "publish-workstation=no\n"));
    ::setenv("DBUS_SYSTEM_BUS_ADDRESS", ("unix:path=" + socket).c_str(), 1);
    bus = std::make_unique<Program>(
        std::vector<std::string>{"dbus-daemon", "--config-file=" + folder.path() + "/bus.conf", "--nofork"});
  }
  bool up() {
    return within_ms(30'000, [&] { return std::filesystem::exists(socket); });
  }
  std::unique_ptr<Program> daemon() {
    return std::make_unique<Program>(std::vector<std::string>{
        "avahi-daemon", "-f", daemon_settings, "--no-drop-root", "--no-chroot", "--no-rlimits"});
  }
};

struct Said {
  std::mutex mutex;
  std::vector<std::string> names;
  void add(const std::string& name) {
    std::lock_guard lock(mutex);
    names.push_back(name);
  }
  std::size_t count() {
    std::lock_guard lock(mutex);
    return names.size();
  }
};

// The program as it is, `waymark-server serve`, in this network: one that is to be found, one that keeps
// quiet and one that only this machine reaches.
void check_served(app::Finder& finder) {
  test::TemporaryFolder folder;
  auto data = [&](const std::string& name) { return folder.path() + "/" + name; };
  auto log = [&](const std::string& name) { return data(name + ".log"); };
  const std::vector<std::vector<std::string>> served{
      {"Found", "0.0.0.0:8450"}, {"Quiet", "0.0.0.0:8451", "--no-announce"}, {"Alone", "127.0.0.1:8452"}};
  std::vector<std::unique_ptr<Program>> programs;
  for (const auto& words : served) {
    const auto& name = words[0];
    REQUIRE(Program({WAYMARK_SERVER_PROGRAM, "init", "--data", data(name), "--school", name, "--admin",
                     "head@alder.example"})
                .wait() == 0);
    std::vector<std::string> command{WAYMARK_SERVER_PROGRAM, "serve",   "--data", data(name),
                                     "--log-json",           "--listen"};
    command.insert(command.end(), words.begin() + 1, words.end());
    programs.push_back(std::make_unique<Program>(command, log(name)));
  }
  auto has_said = [&](const std::string& name, const std::string& text) {
    return store::read_whole(log(name), 1 << 20).value_or("").find(text) != std::string::npos;
  };
  auto found = [&](const std::string& school) -> std::optional<app::Announced> {
    for (const auto& one : finder.found())
      if (one.school == school) return one;
    return std::nullopt;
  };
  for (const auto& words : served)
    REQUIRE(within_ms(30'000, [&] { return has_said(words[0], "\"event\":\"serving\""); }));
  REQUIRE(within_ms(30'000, [&] { return found("Found").has_value(); }));
  CHECK(has_said("Found", "\"event\":\"announced\""));
  auto at = *found("Found");
  CHECK(at.address.ends_with(":8450"));
  // Who answers there is who was announced.
  net::CurlTransport transport;
  app::HttpRequest request;
  request.url = at.address + "/v1/hello";
  transport.begin(1, request);
  std::string answer;
  REQUIRE(within_ms(30'000, [&] {
    for (auto& [ticket, reply] : transport.take()) answer = reply ? reply->body : reply.error().detail;
    return !answer.empty();
  }));
  auto hello = wire::decode_hello(answer);
  REQUIRE_MESSAGE(hello.has_value(), answer);
  CHECK(hello->identity.substr(0, 16) == at.identity);
  CHECK_FALSE(found("Quiet").has_value());
  CHECK_FALSE(found("Alone").has_value());
  programs[0]->end();
  CHECK(within_ms(30'000, [&] { return !found("Found").has_value(); }));
}

}  // namespace

TEST_CASE("a school announces version 1, and one that announced version 0 or none is found as well") {
  const auto texts = server::net::announced_texts("Alder Creek", kIdentity);
  CHECK(texts == std::vector<std::string>{"id=0011223344556677", "school=Alder Creek", "v=1"});
  const app::Announced wanted{"Alder Creek", "0011223344556677", "https://192.168.4.2:8443"};
  CHECK(net::read_announcement(texts, wanted.address) == wanted);
  for (const std::vector<std::string>& other : std::vector<std::vector<std::string>>{
           {"id=0011223344556677", "school=Alder Creek", "v=0"},
           {"id=0011223344556677", "school=Alder Creek"},
           {"later", "v=2", "SCHOOL=Alder Creek", "=x", "", "id=0011223344556677", "school=another"}})
    CHECK(net::read_announcement(other, wanted.address) == wanted);
  // A name has 200 bytes and no byte more, whole characters, and is a text.
  const std::string name(200, 'x');
  CHECK(net::read_announcement({"school=" + name}, "")->school == name);
  for (const auto& none : {std::string("school="), "school=" + name + "x", std::string("school=a\nb"),
                           std::string("school=\xFF"), std::string("school")})
    CHECK(!net::read_announcement({none}, ""));
  CHECK(server::net::announced_texts(name + "x", kIdentity)[1] == "school=" + name);
  CHECK(server::net::announced_texts(std::string(199, 'x') + "\xC3\xB1", kIdentity)[1] ==
        "school=" + std::string(199, 'x'));
}

TEST_CASE("a school is found by its name, its identity and its address, for as long as it is there") {
  auto finder = net::make_finder();
  if (!finder) return test::skipped("this build has no DNS-SD (libavahi-client-dev)");
  if (!there_is("dbus-daemon") || !there_is("avahi-daemon"))
    return test::skipped("it wants the programs dbus-daemon and avahi-daemon");
  if (auto why = go_apart(); !why.empty()) return test::skipped(why);
  Bus bus;
  REQUIRE(bus.up());
  Said said;
  auto say = [&](const std::string& name) { said.add(name); };
  // Before there is a daemon: it is waited for.
  auto announcement = server::net::Announcement::start("Alder Creek", kIdentity, 8443, say);
  finder->look(true);
  auto daemon = bus.daemon();
  REQUIRE(within_ms(30'000, [&] { return said.count() > 0; }));
  CHECK(said.names.front() == "Alder Creek");
  auto at = [&](const std::string& school, std::uint16_t port) {
    for (const auto& one : finder->found())
      if (one.school == school && one.identity == kIdentity.substr(0, 16) &&
          one.address.starts_with("https://") && one.address.ends_with(":" + std::to_string(port)))
        return true;
    return false;
  };
  CHECK(within_ms(30'000, [&] { return at("Alder Creek", 8443); }));

  // Another of the same name stands under another, and both are found by their own.
  auto second = server::net::Announcement::start("Alder Creek", kIdentity, 8444, say);
  CHECK(within_ms(30'000, [&] { return at("Alder Creek", 8444); }));
  CHECK(said.names.back() == "Alder Creek #2");
  second.reset();
  CHECK(within_ms(30'000, [&] { return !at("Alder Creek", 8444); }));
  CHECK(at("Alder Creek", 8443));

  // Names in any script, and none that is no text.
  const std::string long_name = "Escuela Garza " + std::string(70, 'x');
  auto third = server::net::Announcement::start(long_name, kIdentity, 8445, say);
  CHECK(within_ms(30'000, [&] { return at(long_name, 8445); }));
  CHECK(said.names.back().size() == 63);
  third = server::net::Announcement::start("a\nb", kIdentity, 8446, say);
  auto before = said.count();
  CHECK(within_ms(30'000, [&] { return said.count() > before; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  CHECK_FALSE(at("a\nb", 8446));

  check_served(*finder);

  finder->look(false);
  CHECK(finder->found().empty());
  daemon->end();
}

// The bus of the case above is gone by now, and the library remembers its address.
TEST_CASE("without a daemon nothing is found, nothing is claimed, and nobody waits") {
  Said said;
  auto begun = std::chrono::steady_clock::now();
  {
    auto announcement = server::net::Announcement::start("Alder Creek", kIdentity, 8443,
                                                         [&](const std::string& name) { said.add(name); });
    auto finder = net::make_finder();
    if (finder) {
      finder->look(true);
      CHECK(finder->found().empty());
      finder->look(false);
      finder->look(true);
    }
  }
  CHECK(said.count() == 0);
  // The bus library itself would wait for 25 seconds.
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(20));
}
