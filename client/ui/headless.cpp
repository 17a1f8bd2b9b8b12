#include "client/ui/headless.hpp"

#include "client/ui/utf8.hpp"

namespace waymark::ui {

void* Headless::NoPixels::upload(const std::uint8_t*, int, int) { return this; }
void Headless::NoPixels::forget(void*) {}

Headless::Headless(std::function<void(Ui&)> screen, float width, float height)
    : ui_(catalogue_, &textures_), screen_(std::move(screen)) {
  look.reduced_motion = true;
  look.theme = "light";
  window.width = width;
  window.height = height;
  settle();
}

void Headless::frame() {
  now_ += 1.0 / 60;
  ui_.begin(window, look, now_);
  screen_(ui_);
  ui_.end();
}

void Headless::settle() {
  frame();
  for (int i = 0; i < frames_max && ui_.wants_frames(); ++i) frame();
  frame();
}

bool Headless::press(std::string_view path) {
  const auto* found = ui_.tree().find(path);
  if (!found) return false;
  if (found->visible.w < 1 || found->visible.h < 1) {
    // Out of sight in a scroll area: brought into view first, as a person would scroll.
    ui_.push(Act{Act::What::focus, found->path, {}});
    settle();
    found = ui_.tree().find(path);
    if (!found || found->visible.w < 1) return false;
  }
  const float scale = window.width / ui_.width();
  ui_.push(PointerMove{found->visible.centre() * scale});
  ui_.push(PointerButton{true, 1, false});
  ui_.push(PointerButton{false, 1, false});
  settle();
  return true;
}

bool Headless::act(std::string_view path) {
  const auto* found = ui_.tree().find(path);
  if (!found) return false;
  ui_.push(Act{Act::What::press, found->path, {}});
  settle();
  return true;
}

bool Headless::focus(std::string_view path) {
  const auto* found = ui_.tree().find(path);
  if (!found) return false;
  ui_.push(Act{Act::What::focus, found->path, {}});
  settle();
  return ui_.tree().focus == id_of(found->path);
}

void Headless::key(Key key, bool shift, bool control) {
  ui_.push(KeyPress{key, shift, control, false});
  settle();
}

void Headless::type(std::string_view text) {
  for (const char32_t c : to_utf32(text)) {
    if (c == '\n')
      ui_.push(KeyPress{Key::enter, false, false, false});
    else
      ui_.push(Typed{c});
  }
  settle();
}

bool Headless::set_text(std::string_view path, std::string_view text) {
  const auto* found = ui_.tree().find(path);
  if (!found) return false;
  ui_.push(Act{Act::What::set_text, found->path, std::string(text)});
  settle();
  return true;
}

std::string Headless::name(std::string_view path) const {
  const auto* found = ui_.tree().find(path);
  return found ? found->name : std::string();
}

std::string Headless::value(std::string_view path) const {
  const auto* found = ui_.tree().find(path);
  return found ? found->value : std::string();
}

bool Headless::shows(std::string_view words) const {
  for (const auto& node : ui_.tree().nodes)
    if (node.name.find(words) != std::string::npos || node.value.find(words) != std::string::npos)
      return true;
  return false;
}

}  // namespace waymark::ui
