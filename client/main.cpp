// The program `waymark`: with a command it works without a window, else the window opens.
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "client/app/app.hpp"
#include "client/cli/commands.hpp"
#include "client/net/curl_transport.hpp"
#include "client/net/finder.hpp"
#include "shared/base/background.hpp"
#ifdef WAYMARK_WINDOW
#include "client/cli/sentences.hpp"
#include "client/platform/system.hpp"
#include "client/screens/window.hpp"
#include "client/ui/catalogue.hpp"
#endif

namespace {

using namespace waymark;

#ifdef WAYMARK_WINDOW
constexpr std::string_view kWindowHelp =
    "Waymark for students.\n"
    "  waymark                          opens the window\n"
    "  waymark [--profile DIR] [--size WIDTHxHEIGHT] [--drive] [--hidden]\n"
    "      --profile DIR  the data folder (else $WAYMARK_PROFILE, else the user's own)\n"
    "      --drive        lines on standard input press and type, for scripted tours\n"
    "      --hidden       draws without showing\n"
    "Without a window:\n";

std::string default_folder() {
  if (const char* given = std::getenv("WAYMARK_PROFILE"); given && *given) return given;
  if (const char* data = std::getenv("XDG_DATA_HOME"); data && *data == '/')
    return std::string(data) + "/waymark";
  if (const char* home = std::getenv("HOME"); home && *home)
    return std::string(home) + "/.local/share/waymark";
  return "waymark-data";
}

int wrong(std::string_view argument) {
  std::cerr << "waymark: " << argument << " is not understood; --help says what is.\n";
  return cli::wrong_usage;
}

int window(const std::vector<std::string>& arguments) {
  std::string folder = default_folder();
  screens::WindowOptions options;
  for (std::size_t i = 0; i < arguments.size(); i++) {
    const auto& argument = arguments[i];
    bool last = i + 1 == arguments.size();
    if (argument == "--profile" && !last) {
      folder = arguments[++i];
    } else if (argument == "--size" && !last) {
      char* end = nullptr;
      const char* text = arguments[++i].c_str();
      long width = std::strtol(text, &end, 10);
      long height = *end == 'x' ? std::strtol(end + 1, &end, 10) : 0;
      if (*end != '\0' || width < 320 || height < 240 || width > 8192 || height > 8192)
        return wrong(arguments[i]);
      options.width = static_cast<int>(width);
      options.height = static_cast<int>(height);
    } else if (argument == "--drive") {
      options.drive = true;
    } else if (argument == "--hidden") {
      options.hidden = true;
    } else {
      return wrong(argument);
    }
  }
  SystemClock clock;
  SystemRandom random;
  std::unique_ptr<net::CurlTransport> transport;  // outlives the app, which gives up its requests at the end
  std::unique_ptr<app::Finder> finder;
  std::unique_ptr<Worker> worker;
  return screens::run_window(options, [&](std::function<void()> wake) {
    finder = net::make_finder(wake);
    worker = std::make_unique<Worker>(wake);
    transport = std::make_unique<net::CurlTransport>(std::move(wake));
    app::AppOptions with;
    with.data = folder;
    with.clock = &clock;
    with.random = &random;
    with.transport = transport.get();
    with.finder = finder.get();
    with.background = worker.get();
    with.sticks = [] {
      std::vector<app::StickPlace> places;
      for (auto& [path, name] : platform::sticks()) places.push_back({std::move(path), std::move(name)});
      return places;
    };
    with.forgets = platform::forgets(folder);
    auto opened = app::App::open(std::move(with));
    if (!opened) std::cerr << "waymark: " << cli::sentence(opened.error()) << "\n";
    return opened;
  });
}
#endif

int without_window(const std::vector<std::string>& arguments) {
  SystemClock clock;
  SystemRandom random;
  net::CurlTransport transport;
  auto finder = net::make_finder();
  cli::Surroundings around;
  around.clock = &clock;
  around.random = &random;
  around.transport = &transport;
  around.finder = finder.get();
  around.in = &std::cin;
  around.out = &std::cout;
  around.errors = &std::cerr;
  around.wait = [](std::int64_t ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); };
#ifdef WAYMARK_WINDOW
  around.wording = [](std::string_view language, const app::Phrase& phrase) {
    ui::Catalogue catalogue;
    catalogue.choose(language);
    return catalogue.word(phrase);
  };
#endif
  return cli::run(arguments, around);
}

}  // namespace

int main(int count, char** values) {
  std::vector<std::string> arguments(values + 1, values + count);
  bool command = !arguments.empty() && !arguments.front().starts_with("-");
  bool help = !arguments.empty() && (arguments.front() == "--help" || arguments.front() == "-h");
#ifdef WAYMARK_WINDOW
  if (help) std::cout << kWindowHelp;
  if (!command && !help) return window(arguments);
#else
  (void)command, (void)help;
#endif
  return without_window(arguments);
}
