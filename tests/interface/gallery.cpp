// waymark_gallery DIR [NAME]: a picture of every screen in light, dusk and high contrast, at usual and larger
// text, in each language; the most important ones also in a small window. NAME: only fixtures whose name
// begins so.
#include <filesystem>
#include <iostream>
#include <string>

#include "client/platform/window.hpp"
#include "client/screens/screens.hpp"
#include "tests/interface/fixtures.hpp"

using namespace waymark;

namespace {

struct Kind {
  const char* name;
  const char* language;
  const char* theme;
  int text_size;
  int width, height;
  bool first_only;
};
constexpr Kind kKinds[] = {
    {"light", "en", "light", 100, 1280, 800, false},       {"dusk", "en", "dusk", 100, 1280, 800, false},
    {"contrast", "en", "contrast", 100, 1280, 800, false}, {"large", "en", "light", 150, 1280, 800, false},
    {"es", "es", "light", 100, 1280, 800, false},          {"es_large", "es", "light", 150, 1280, 800, true},
    {"small", "en", "light", 100, 1024, 600, true},        {"largest", "en", "light", 200, 1280, 800, true},
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "waymark_gallery DIR [NAME [KIND]]\n";
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  const std::string only = argc > 2 ? argv[2] : "", only_kind = argc > 3 ? argv[3] : "";
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);

  ui::Catalogue catalogue;
  platform::WindowOptions options;
  options.title = "Waymark gallery";
  auto window = platform::Window::open(options, catalogue);
  if (!window) {
    std::cerr << "waymark_gallery: no window (" << window.error().detail << "); under xvfb-run it has one\n";
    return 1;
  }
  int pictures = 0;
  for (const Kind& kind : kKinds) {
    if (!only_kind.empty() && only_kind != kind.name) continue;
    (*window)->resize(kind.width, kind.height);
    for (const fixtures::Fixture& fixture : fixtures::all_fixtures(kind.language)) {
      if (fixture.name.rfind(only, 0) != 0 ||
          (kind.first_only && !fixture.first_pictures && only_kind.empty()))
        continue;
      app::Shown shown = fixture.shown;
      shown.look.language = kind.language;
      shown.look.theme = kind.theme;
      shown.look.text_size = kind.text_size;
      shown.look.reduced_motion = true;
      screens::Locals locals;
      for (const std::string& flag : fixture.flags) locals.flag(flag) = true;
      for (const auto& [key, value] : fixture.words) locals.word(key) = value;
      if (fixture.behind) locals.behind = fixture.behind->here, locals.behind_view = fixture.behind->screen;
      screens::Commands asked;
      (*window)->look = [&] { return shown.look; };
      (*window)->screen = [](ui::Ui&) {};  // nothing of the fixture before is left
      for (int i = 0; i < 4; ++i) (*window)->turn(0);
      (*window)->screen = [&](ui::Ui& ui) { screens::draw(ui, shown, locals, asked); };
      (*window)->ui().push(ui::PointerMove{{-10'000, -10'000}});  // nothing is hovered over
      for (int i = 0; i < 4; ++i) (*window)->turn(0);
      const std::filesystem::path file = folder / (fixture.name + "_" + kind.name + ".png");
      if (const Status saved = (*window)->capture(file.string()); !saved) {
        std::cerr << "waymark_gallery: " << saved.error().detail << "\n";
        return 1;
      }
      ++pictures;
    }
  }
  std::cout << pictures << " pictures\n";
  return 0;
}
