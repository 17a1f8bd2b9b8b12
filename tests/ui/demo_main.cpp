// Renders the demo page to PNG files, in every theme and size that is asked for: ui_demo <folder> [name …].
#include <cstdio>
#include <cstring>
#include <set>
#include <string>

#include "client/platform/window.hpp"
#include "tests/ui/demo.hpp"

int main(int argc, char** argv) {
  using namespace waymark;
  const std::string folder = argc > 1 ? argv[1] : ".";
  ui::Catalogue catalogue;
  demo::lend_words(catalogue);
  auto opened = platform::Window::open({.title = "Waymark kit"}, catalogue);
  if (!opened) {
    std::fprintf(stderr, "%s\n", opened.error().detail.c_str());
    return 1;
  }
  auto window = std::move(opened).value();
  demo::Demo demo;
  app::Appearance look;
  look.theme = "light";
  look.reduced_motion = true;
  window->look = [&] { return look; };
  window->screen = [&](ui::Ui& ui) { demo::draw(ui, demo); };
  std::set<std::string> wanted;
  for (int i = 2; i < argc; ++i) wanted.insert(argv[i]);

  struct Shot {
    const char* name;
    const char* page;
    const char* theme = "light";
    int text_size = 100;
    int width = 1280, height = 800;
    const char* language = "en";
    bool sheet = false;
    const char* focus = nullptr;
    const char* typeface = "reading";
  };
  const Shot shots[] = {{"today", "today"},
                        {"today_dusk", "today", "dusk"},
                        {"today_contrast", "today", "contrast"},
                        {"today_150", "today", "light", 150},
                        {"today_200", "today", "light", 200},
                        {"today_1024", "today", "light", 100, 1024, 600},
                        {"project", "project"},
                        {"project_dusk", "project", "dusk"},
                        {"project_1024", "project", "light", 100, 1024, 600},
                        {"check", "check"},
                        {"check_contrast", "check", "contrast"},
                        {"check_150", "check", "light", 150},
                        {"check_es", "check", "dusk", 100, 1280, 800, "es"},
                        {"check_200", "check", "light", 200},
                        {"goals", "goals"},
                        {"widgets", "widgets"},
                        {"widgets_dusk", "widgets", "dusk"},
                        {"who", "who"},
                        {"who_dusk", "who", "dusk"},
                        {"packup", "today", "light", 100, 1280, 800, "en", true},
                        {"long", "check", "light", 100, 1280, 800, "qps"},
                        {"dyslexic", "check", "light", 100, 1280, 800, "en", false, nullptr, "dyslexic"},
                        {"focus", "today", "light", 100, 1280, 800, "en", false, "carry_on"}};
  for (const auto& shot : shots) {
    if (!wanted.empty() && !wanted.contains(shot.name)) continue;
    demo.page = shot.page;
    demo.sheet = shot.sheet;
    demo.pin = {1, 2};
    look.theme = shot.theme;
    look.text_size = shot.text_size;
    look.language = shot.language;
    look.typeface = shot.typeface;
    window->resize(shot.width, shot.height);
    for (int i = 0; i < 5; ++i) window->turn(0.02);
    if (shot.focus)
      window->ui().push(ui::Act{ui::Act::What::focus, std::string("body/next/") + shot.focus, {}});
    for (int i = 0; i < 5; ++i) window->turn(0.02);
    const auto done = window->capture(folder + "/" + shot.name + ".png");
    if (!done) std::fprintf(stderr, "%s: %s\n", shot.name, done.error().detail.c_str());
  }
  return 0;
}
