#include "client/screens/window.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "client/platform/system.hpp"
#include "client/platform/window.hpp"
#include "client/screens/drive.hpp"
#include "client/screens/screens.hpp"
#include "shared/base/seams.hpp"

namespace waymark::screens {
namespace {

// Wakes the window from any thread, for as long as there is one.
class Waker {
 public:
  void set(platform::Window* window) {
    const std::lock_guard lock(mutex_);
    window_ = window;
  }
  void wake() {
    const std::lock_guard lock(mutex_);
    if (window_ != nullptr) window_->wake();
  }

 private:
  std::mutex mutex_;
  platform::Window* window_ = nullptr;
};

// Lines of standard input, read on a thread of their own because reading waits.
class Lines {
 public:
  explicit Lines(std::shared_ptr<Waker> waker) {
    std::thread([shared = shared_, waker = std::move(waker)] {
      std::string line;
      while (std::getline(std::cin, line)) {
        {
          const std::lock_guard lock(shared->mutex);
          shared->lines.push_back(std::move(line));
        }
        waker->wake();
      }
      {
        const std::lock_guard lock(shared->mutex);
        shared->lines.emplace_back("quit");  // whoever drove is gone
      }
      waker->wake();
    }).detach();
  }
  std::vector<std::string> take() {
    const std::lock_guard lock(shared_->mutex);
    return std::exchange(shared_->lines, {});
  }

 private:
  struct Shared {
    std::mutex mutex;
    std::vector<std::string> lines;
  };
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

constexpr std::size_t kFilesOffered = 60;
constexpr std::int64_t kDriveLook_ms = 20;

class Running {
 public:
  Running(platform::Window& window, app::App& app) : window_(window), app_(app) {
    window_.look = [this] { return app_.shown().look; };
    window_.screen = [this](ui::Ui& ui) { describe(ui); };
    window_.before_frame = [this] { app_.tick(); };
    window_.may_close = [this] {
      save_all();
      return true;
    };
    window_.on_focus = [this](bool focused) {
      if (!focused) locals_.save_now = true;
    };
    window_.on_input = [this] { app_.touched(); };
    window_.on_drop = [this](const std::vector<std::string>& files) { take_dropped(files); };
  }

  int run(bool driven, const std::shared_ptr<Waker>& waker) {
    std::optional<Lines> lines;
    if (driven) lines.emplace(waker);
    while (window_.turn(wait_s(driven))) {
      do_what_was_asked();
      if (lines) {
        for (const std::string& one : lines->take()) driver_.line(one);
        if (!drive()) window_.close();
      }
    }
    save_all();
    return 0;
  }

 private:
  std::int64_t now_ms() const { return static_cast<std::int64_t>(window_.seconds() * 1000); }

  void describe(ui::Ui& ui) {
    const app::Shown& shown = app_.shown();
    const std::string person = shown.frame ? shown.frame->me.id : std::string();
    if (person != person_) {
      // Another person sees nothing of what was half done before.
      locals_.forget();
      person_ = person;
    }
    locals_.now_ms = now_ms();
    draw(ui, shown, locals_, asked_);
  }

  void do_what_was_asked() {
    const Commands asked = std::exchange(asked_, {});
    for (const app::Command& command : asked) app_.dispatch(command);
    if (locals_.file_wish && !locals_.file_choice) offer_files();
    if (!asked.empty()) window_.wake();
  }

  void save_all() {
    flush(locals_, asked_);
    do_what_was_asked();
  }

  void offer_files() {
    FileChoice choice;
    choice.wish = *std::exchange(locals_.file_wish, std::nullopt);
    for (platform::FoundFile& found : platform::recent_files(choice.wish.photo, kFilesOffered)) {
      choice.files.push_back(
          {std::move(found.path), std::move(found.name), std::move(found.folder), found.picture});
    }
    locals_.file_choice = std::move(choice);
    window_.wake();
  }

  // A file dropped on a project becomes work of the step that is open.
  void take_dropped(const std::vector<std::string>& files) {
    const app::Shown& shown = app_.shown();
    const auto* project = std::get_if<app::ProjectView>(&shown.screen);
    if (project == nullptr || project->none || project->step.id.empty()) return;
    const std::string id = project->id, step = project->step.id;
    for (const std::string& path : files) app_.dispatch(app::AttachFile{id, step, path, {}, false});
  }

  double wait_s(bool driven) {
    std::int64_t wait = 30'000;
    const std::int64_t now = now_ms();
    if (const std::int64_t due = locals_.drafts.due_in_ms(now); due >= 0) wait = std::min(wait, due);
    if (driven && driver_.busy()) wait = std::min(wait, kDriveLook_ms);
    const std::int64_t app_due = app_.wake_at_ms() - clock_.steady_ms();
    wait = std::min(wait, std::max<std::int64_t>(0, app_due));
    return static_cast<double>(wait) / 1000.0;
  }

  // False: the script has ended the program.
  bool drive() {
    const bool settled = !window_.ui().wants_frames() && asked_.empty();
    quiet_ = settled ? quiet_ + 1 : 0;
    Driver::Step step = driver_.step(window_.ui().tree(), quiet_ >= 3, now_ms());
    for (ui::Event& event : step.events) window_.ui().push(std::move(event));
    if (!step.events.empty()) {
      app_.touched();
      quiet_ = 0;
      window_.wake();
    }
    if (step.picture) {
      window_.ui().push(ui::PointerMove{{-10'000, -10'000}});  // nothing is hovered over
      const Status saved = window_.capture(*step.picture);
      driver_.picture_done(saved ? std::string() : saved.error().detail);
      window_.wake();
    }
    for (const std::string& answer : step.answers) std::cout << answer << '\n';
    if (!step.answers.empty()) std::cout.flush();
    return !step.quit;
  }

  platform::Window& window_;
  app::App& app_;
  Locals locals_;
  Commands asked_;
  std::string person_;
  Driver driver_;
  SystemClock clock_;
  int quiet_ = 0;
};

}  // namespace

int run_window(const WindowOptions& options,
               const std::function<Result<std::unique_ptr<app::App>>(std::function<void()> wake)>& open) {
  ui::Catalogue catalogue;
  platform::WindowOptions shape;
  shape.width = options.width;
  shape.height = options.height;
  shape.visible = !options.hidden;
  auto window = platform::Window::open(shape, catalogue);
  if (!window) {
    std::cerr << "waymark: there is no window here (" << window.error().detail
              << "). Start it on a desktop, or use it without a window: waymark --help\n";
    return 1;
  }
  const auto waker = std::make_shared<Waker>();
  waker->set(window->get());
  int status = 1;
  // Whoever opens it says why it could not be opened.
  if (auto app = open([waker] { waker->wake(); }))
    status = Running(**window, **app).run(options.drive, waker);
  waker->set(nullptr);
  return status;
}

}  // namespace waymark::screens
