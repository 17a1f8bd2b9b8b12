// A school that announces itself and a computer that finds it, over a real Avahi daemon on a message bus of
// its own. Where there is none to start, nothing is tested and that is said.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/net/finder.hpp"
#include "shared/store/files.hpp"
#include "sync-server/net/announcement.hpp"
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

// A program that ends with this one.
struct Program {
  pid_t id = -1;
  explicit Program(std::vector<std::string> words) {
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    id = ::fork();
    if (id != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    int nowhere = ::open("/dev/null", O_WRONLY);
    ::dup2(nowhere, STDOUT_FILENO);
    ::dup2(nowhere, STDERR_FILENO);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  ~Program() { end(); }
  void end() {
    if (id <= 0) return;
    ::kill(id, SIGTERM);
    ::waitpid(id, nullptr, 0);
    id = -1;
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
    return within_ms(5'000, [&] { return std::filesystem::exists(socket); });
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

}  // namespace

TEST_CASE("a school is found by its name, its identity and its address, for as long as it is there") {
  Bus bus;
  // One daemon at a time has the multicast port's files.
  bool other = std::filesystem::exists("/run/avahi-daemon/pid");
  if (other || ::geteuid() != 0 || !bus.up()) {
    MESSAGE("skipped: it wants root, dbus-daemon, and no Avahi daemon that runs already");
    return;
  }
  Said said;
  auto say = [&](const std::string& name) { said.add(name); };
  // Before there is a daemon: it is waited for.
  auto announcement = server::net::Announcement::start("Alder Creek", kIdentity, 8443, say);
  auto finder = net::make_finder();
  if (!finder) return;
  finder->look(true);
  auto daemon = bus.daemon();
  if (!within_ms(10'000, [&] { return said.count() > 0; })) {
    MESSAGE("skipped: no avahi-daemon announces anything here");
    return;
  }
  CHECK(said.names.front() == "Alder Creek");
  auto at = [&](const std::string& school, std::uint16_t port) {
    for (const auto& one : finder->found())
      if (one.school == school && one.identity == kIdentity.substr(0, 16) &&
          one.address.starts_with("https://") && one.address.ends_with(":" + std::to_string(port)))
        return true;
    return false;
  };
  CHECK(within_ms(10'000, [&] { return at("Alder Creek", 8443); }));

  // Another of the same name stands under another, and both are found by their own.
  auto second = server::net::Announcement::start("Alder Creek", kIdentity, 8444, say);
  CHECK(within_ms(10'000, [&] { return at("Alder Creek", 8444); }));
  CHECK(said.names.back() == "Alder Creek #2");
  second.reset();
  CHECK(within_ms(10'000, [&] { return !at("Alder Creek", 8444); }));
  CHECK(at("Alder Creek", 8443));

  // Names in any script, and none that is no text.
  const std::string long_name = "Escuela Garza " + std::string(70, 'x');
  auto third = server::net::Announcement::start(long_name, kIdentity, 8445, say);
  CHECK(within_ms(10'000, [&] { return at(long_name, 8445); }));
  CHECK(said.names.back().size() == 63);
  third = server::net::Announcement::start("a\nb", kIdentity, 8446, say);
  auto before = said.count();
  CHECK(within_ms(10'000, [&] { return said.count() > before; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  CHECK_FALSE(at("a\nb", 8446));

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
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(5));
}
