// The window: GLFW and OpenGL around a Ui. Draws only when something changed and sleeps otherwise; every key,
// click and character reaches the Ui in the order it happened.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client/ui/kit.hpp"
#include "shared/base/result.hpp"

namespace waymark::platform {

struct WindowOptions {
  std::string title = "Waymark";
  int width = 1280, height = 800;
  bool visible = true;
};

class Window {
 public:
  // Fails where there is no display or no OpenGL 3.
  static Result<std::unique_ptr<Window>> open(const WindowOptions& options, ui::Catalogue& catalogue);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  ui::Ui& ui();
  // Asked before each frame: how everything is to look.
  std::function<app::Appearance()> look;
  // Describes the screen; called once a frame.
  std::function<void(ui::Ui&)> screen;
  // Called before every wait and frame, on this thread: take over what other threads have left.
  std::function<void()> before_frame;
  // The person asks to close the window; true: close it.
  std::function<bool()> may_close;
  // The window was left or came back: a good moment to save.
  std::function<void(bool focused)> on_focus;

  // A key, a character, the pointer: the person is there.
  std::function<void()> on_input;
  // Files were dropped on the window.
  std::function<void(const std::vector<std::string>&)> on_drop;

  // Until the window is closed.
  void run();
  // One turn: waits for at most `wait_s`, then a frame if there is reason for one. False: closed.
  bool turn(double wait_s);
  void close();
  // From any thread: something new is to be shown.
  void wake();

  // Frames described, and those of them that reached the screen.
  std::uint64_t frames() const;
  std::uint64_t frames_drawn() const;
  double seconds() const;
  float pixel_width() const;  // of the framebuffer

  // The picture as it stands, as a PNG file.
  Status capture(const std::string& path);
  void resize(int width, int height);

  struct Impl;

 private:
  explicit Window(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace waymark::platform
