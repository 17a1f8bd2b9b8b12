#include "client/platform/window.hpp"

#define GLFW_INCLUDE_NONE
#include <algorithm>
#include <chrono>
#include <cmath>
#include <mutex>
#include <thread>
#include <vector>

#include <GL/gl.h>
#include <GLFW/glfw3.h>
#include <backends/imgui_impl_opengl3.h>
#include <imgui.h>
#include <stb/stb_image_write.h>

#include "client/platform/system.hpp"
#include "shared/base/background.hpp"

namespace waymark::platform {
namespace {

constexpr double frame_s = 1.0 / 60;
constexpr double idle_s = 30;  // nothing to do: looked at again now and then, for the theme of the system

// Textures in OpenGL; used on the window's thread only.
class GlUploader final : public ui::Uploader {
 public:
  void* upload(const std::uint8_t* rgba, int width, int height) override {
    GLuint name = 0;
    glGenTextures(1, &name);
    glBindTexture(GL_TEXTURE_2D, name);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, clamp_to_edge);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, clamp_to_edge);
    glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, rgba);
    return reinterpret_cast<void*>(static_cast<std::uintptr_t>(name));
  }
  void forget(void* texture) override {
    const auto name = static_cast<GLuint>(reinterpret_cast<std::uintptr_t>(texture));
    glDeleteTextures(1, &name);
  }

 private:
  static constexpr GLint clamp_to_edge = 0x812F;
};

// The glyphs' texture. They are coverage alone: one byte a pixel where OpenGL can read white into the colours
// (3.3), so a quarter of what ImGui's own upload takes of memory and time.
class Glyphs {
 public:
  ~Glyphs() { forget(); }
  void upload() {
    forget();
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    GLint major = 0, minor = 0;
    glGetIntegerv(major_version, &major);
    glGetIntegerv(minor_version, &minor);
    const bool narrow = major > 3 || (major == 3 && minor >= 3);
    unsigned char* pixels = nullptr;
    int width = 0, height = 0;
    if (narrow)
      atlas.GetTexDataAsAlpha8(&pixels, &width, &height);
    else
      atlas.GetTexDataAsRGBA32(&pixels, &width, &height);
    glGenTextures(1, &name_);
    glBindTexture(GL_TEXTURE_2D, name_);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
    glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
    glPixelStorei(GL_UNPACK_ALIGNMENT, narrow ? 1 : 4);
    if (narrow) {
      const GLint white[] = {GL_ONE, GL_ONE, GL_ONE, GL_RED};
      glTexParameteriv(GL_TEXTURE_2D, swizzle_rgba, white);
      glTexImage2D(GL_TEXTURE_2D, 0, r8, width, height, 0, GL_RED, GL_UNSIGNED_BYTE, pixels);
      glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
    } else {
      glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
    }
    atlas.SetTexID(reinterpret_cast<ImTextureID>(static_cast<std::uintptr_t>(name_)));
    atlas.ClearTexData();
  }
  void forget() {
    if (name_ != 0) glDeleteTextures(1, &name_);
    name_ = 0;
  }

 private:
  static constexpr GLenum major_version = 0x821B, minor_version = 0x821C, swizzle_rgba = 0x8E46;
  static constexpr GLint r8 = 0x8229;
  GLuint name_ = 0;
};

ui::Key key_of(int key) {
  using ui::Key;
  switch (key) {
    case GLFW_KEY_TAB:
      return Key::tab;
    case GLFW_KEY_ENTER:
    case GLFW_KEY_KP_ENTER:
      return Key::enter;
    case GLFW_KEY_SPACE:
      return Key::space;
    case GLFW_KEY_ESCAPE:
      return Key::escape;
    case GLFW_KEY_BACKSPACE:
      return Key::backspace;
    case GLFW_KEY_DELETE:
      return Key::remove;
    case GLFW_KEY_LEFT:
      return Key::left;
    case GLFW_KEY_RIGHT:
      return Key::right;
    case GLFW_KEY_UP:
      return Key::up;
    case GLFW_KEY_DOWN:
      return Key::down;
    case GLFW_KEY_HOME:
      return Key::home;
    case GLFW_KEY_END:
      return Key::end;
    case GLFW_KEY_PAGE_UP:
      return Key::page_up;
    case GLFW_KEY_PAGE_DOWN:
      return Key::page_down;
    case GLFW_KEY_KP_ADD:
      return Key::plus;
    case GLFW_KEY_KP_SUBTRACT:
      return Key::minus;
    case GLFW_KEY_F1:
      return Key::f1;
    default:
      return Key::none;
  }
}

// Letters go by what is printed on the key, not by where it lies.
ui::Key letter_of(int key, int scancode) {
  using ui::Key;
  const char* name = glfwGetKeyName(key, scancode);
  if (!name || name[0] == 0 || name[1] != 0) return Key::none;
  switch (name[0]) {
    case 'a':
      return Key::a;
    case 'c':
      return Key::c;
    case 'f':
      return Key::f;
    case 'l':
      return Key::l;
    case 'p':
      return Key::p;
    case 's':
      return Key::s;
    case 'v':
      return Key::v;
    case 'x':
      return Key::x;
    case 'y':
      return Key::y;
    case 'z':
      return Key::z;
    case '+':
    case '=':
      return Key::plus;
    case '-':
      return Key::minus;
    case '0':
      return Key::zero;
    default:
      return Key::none;
  }
}

}  // namespace

struct Window::Impl {
  GLFWwindow* window = nullptr;
  GlUploader uploader;
  Glyphs glyphs;
  Worker worker{[] { glfwPostEmptyEvent(); }};  // decodes what the textures ask for
  std::unique_ptr<ui::Textures> textures;
  std::unique_ptr<ui::Ui> ui;
  GLFWcursor* hand = nullptr;
  GLFWcursor* beam = nullptr;
  ui::Cursor cursor = ui::Cursor::arrow;
  Window* self = nullptr;
  std::uint64_t frames = 0, drawn = 0, last_hash = 0;
  bool refresh = true, events = true, closing = false, dark = false, renderer = false;
  int calm = 0;  // frames since the last event; hover and focus follow one frame later
  double last_frame = -1, last_click = -10, dark_asked = -100;
  int clicks = 0;
  double click_x = 0, click_y = 0;
  std::vector<std::uint8_t>* grab = nullptr;  // takes the next picture before it is shown
  int grab_width = 0, grab_height = 0;

  static Impl& of(GLFWwindow* window) { return *static_cast<Impl*>(glfwGetWindowUserPointer(window)); }
  void push(ui::Event event) {
    const bool input = !std::holds_alternative<ui::WindowFocus>(event);
    ui->push(std::move(event));
    events = true;
    if (input && self->on_input) self->on_input();
  }
  // The pointer in pixels of the framebuffer.
  ui::Vec pixels(double x, double y) const {
    int ww = 1, wh = 1, fw = 1, fh = 1;
    glfwGetWindowSize(window, &ww, &wh);
    glfwGetFramebufferSize(window, &fw, &fh);
    return {static_cast<float>(x * fw / std::max(1, ww)), static_cast<float>(y * fh / std::max(1, wh))};
  }
  void install();
  bool frame();
};

void Window::Impl::install() {
  glfwSetKeyCallback(window, [](GLFWwindow* w, int key, int scancode, int action, int mods) {
    if (action == GLFW_RELEASE) return;
    ui::KeyPress press;
    press.shift = (mods & GLFW_MOD_SHIFT) != 0;
    press.control = (mods & (GLFW_MOD_CONTROL | GLFW_MOD_SUPER)) != 0;
    press.alt = (mods & GLFW_MOD_ALT) != 0;
    press.key = key_of(key);
    // A letter alone is a character, not a command.
    if (press.key == ui::Key::none && press.control) press.key = letter_of(key, scancode);
    if (press.key != ui::Key::none) of(w).push(press);
  });
  glfwSetCharCallback(window, [](GLFWwindow* w, unsigned character) { of(w).push(ui::Typed{character}); });
  glfwSetCursorPosCallback(
      window, [](GLFWwindow* w, double x, double y) { of(w).push(ui::PointerMove{of(w).pixels(x, y)}); });
  glfwSetCursorEnterCallback(window, [](GLFWwindow* w, int entered) {
    if (!entered) of(w).push(ui::PointerMove{{-10000, -10000}});
  });
  glfwSetMouseButtonCallback(window, [](GLFWwindow* w, int button, int action, int mods) {
    if (button != GLFW_MOUSE_BUTTON_LEFT) return;
    Impl& m = of(w);
    double x = 0, y = 0;
    glfwGetCursorPos(w, &x, &y);
    if (action == GLFW_PRESS) {
      const double now = glfwGetTime();
      const bool again = now - m.last_click < 0.4 && std::hypot(x - m.click_x, y - m.click_y) < 5;
      m.clicks = again ? m.clicks + 1 : 1;
      m.last_click = now;
      m.click_x = x;
      m.click_y = y;
    }
    m.push(ui::PointerMove{m.pixels(x, y)});
    m.push(ui::PointerButton{action == GLFW_PRESS, m.clicks, (mods & GLFW_MOD_SHIFT) != 0});
  });
  glfwSetScrollCallback(
      window, [](GLFWwindow* w, double, double y) { of(w).push(ui::Wheel{static_cast<float>(y)}); });
  glfwSetWindowFocusCallback(window, [](GLFWwindow* w, int focused) {
    of(w).push(ui::WindowFocus{focused != 0});
    if (of(w).self->on_focus) of(w).self->on_focus(focused != 0);
  });
  glfwSetDropCallback(window, [](GLFWwindow* w, int count, const char** paths) {
    Impl& m = of(w);
    if (!m.self->on_drop) return;
    std::vector<std::string> files(paths, paths + count);
    m.self->on_drop(files);
    m.events = true;
  });
  glfwSetWindowRefreshCallback(window, [](GLFWwindow* w) { of(w).refresh = true; });
  glfwSetFramebufferSizeCallback(window, [](GLFWwindow* w, int, int) { of(w).refresh = true; });
  glfwSetWindowContentScaleCallback(window, [](GLFWwindow* w, float, float) { of(w).refresh = true; });
}

// Describes a frame; true if it differed and was drawn.
bool Window::Impl::frame() {
  int fw = 0, fh = 0;
  glfwGetFramebufferSize(window, &fw, &fh);
  if (fw < 1 || fh < 1) return false;
  float sx = 1, sy = 1;
  glfwGetWindowContentScale(window, &sx, &sy);
  const double now = glfwGetTime();
  if (now - dark_asked > 20) {
    dark = system_prefers_dark();
    dark_asked = now;
  }
  ui::Window shape;
  shape.width = static_cast<float>(fw);
  shape.height = static_cast<float>(fh);
  shape.content_scale = std::clamp(sx, 1.0F, 4.0F);
  shape.dark = dark;
  const app::Appearance wanted = self->look ? self->look() : app::Appearance{};
  ui->begin(shape, wanted, now);
  if (self->screen) self->screen(*ui);
  ui->end();
  ++frames;
  if (ui->fonts_changed()) {
    glyphs.upload();
    refresh = true;
    return frame();  // what was just described still names the old texture
  }
  if (ui->cursor() != cursor) {
    cursor = ui->cursor();
    glfwSetCursor(window, cursor == ui::Cursor::hand ? hand : cursor == ui::Cursor::text ? beam : nullptr);
  }
  const std::uint64_t hash = ui->frame_hash();
  if (hash == last_hash && !refresh) return false;
  last_hash = hash;
  refresh = false;
  glViewport(0, 0, fw, fh);
  glClearColor(0, 0, 0, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  if (grab) {
    grab->resize(static_cast<std::size_t>(fw) * static_cast<std::size_t>(fh) * 4);
    glPixelStorei(GL_PACK_ALIGNMENT, 1);
    glReadPixels(0, 0, fw, fh, GL_RGBA, GL_UNSIGNED_BYTE, grab->data());
    grab_width = fw;
    grab_height = fh;
  }
  glfwSwapBuffers(window);
  ++drawn;
  return true;
}

Window::Window(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) { impl_->self = this; }

Window::~Window() {
  Impl& m = *impl_;
  if (m.renderer) ImGui_ImplOpenGL3_Shutdown();
  m.glyphs.forget();
  m.textures.reset();
  m.ui.reset();
  if (m.hand) glfwDestroyCursor(m.hand);
  if (m.beam) glfwDestroyCursor(m.beam);
  if (m.window) glfwDestroyWindow(m.window);
  glfwTerminate();
}

Result<std::unique_ptr<Window>> Window::open(const WindowOptions& options, ui::Catalogue& catalogue) {
  if (!glfwInit()) return Error{Code::unsupported, "no display: GLFW cannot start"};
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 2);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, 1);
  glfwWindowHint(GLFW_SCALE_TO_MONITOR, 1);
  glfwWindowHint(GLFW_DEPTH_BITS, 0);  // everything is drawn in order
  glfwWindowHint(GLFW_STENCIL_BITS, 0);
  glfwWindowHint(GLFW_VISIBLE, options.visible ? 1 : 0);
  glfwWindowHintString(GLFW_X11_CLASS_NAME, "waymark");
  glfwWindowHintString(GLFW_X11_INSTANCE_NAME, "waymark");
  auto impl = std::make_unique<Impl>();
  impl->window = glfwCreateWindow(options.width, options.height, options.title.c_str(), nullptr, nullptr);
  if (!impl->window) {
    glfwTerminate();
    return Error{Code::unsupported, "no window with OpenGL 3.2"};
  }
  glfwSetWindowSizeLimits(impl->window, 480, 360, GLFW_DONT_CARE, GLFW_DONT_CARE);
  glfwMakeContextCurrent(impl->window);
  glfwSwapInterval(1);
  impl->textures = std::make_unique<ui::Textures>(impl->uploader, &impl->worker);
  impl->ui = std::make_unique<ui::Ui>(catalogue, impl->textures.get());
  impl->renderer = ImGui_ImplOpenGL3_Init("#version 150");
  if (!impl->renderer) return Error{Code::unsupported, "OpenGL cannot draw"};
  ImGui_ImplOpenGL3_CreateDeviceObjects();  // with a texture of its own default font, which nobody uses
  ImGui_ImplOpenGL3_DestroyFontsTexture();
  impl->hand = glfwCreateStandardCursor(GLFW_HAND_CURSOR);
  impl->beam = glfwCreateStandardCursor(GLFW_IBEAM_CURSOR);
  GLFWwindow* window = impl->window;
  impl->ui->set_clipboard(
      [window] {
        const char* text = glfwGetClipboardString(window);
        return std::string(text ? text : "");
      },
      [window](const std::string& text) { glfwSetClipboardString(window, text.c_str()); });
  glfwSetWindowUserPointer(window, impl.get());
  impl->install();
  return std::unique_ptr<Window>(new Window(std::move(impl)));
}

ui::Ui& Window::ui() { return *impl_->ui; }
void Window::close() { impl_->closing = true; }
void Window::wake() { glfwPostEmptyEvent(); }
std::uint64_t Window::frames() const { return impl_->frames; }
std::uint64_t Window::frames_drawn() const { return impl_->drawn; }
float Window::pixel_width() const {
  int w = 0, h = 0;
  glfwGetFramebufferSize(impl_->window, &w, &h);
  return static_cast<float>(w);
}
double Window::seconds() const { return glfwGetTime(); }
void Window::resize(int width, int height) {
  glfwSetWindowSize(impl_->window, width, height);
  impl_->refresh = true;
}

void Window::run() {
  while (turn(idle_s)) {
  }
}

bool Window::turn(double wait_s) {
  Impl& m = *impl_;
  const bool busy = m.events || m.refresh || m.calm < 2 || m.ui->wants_frames();
  if (busy) {
    // Not more often than the screen shows it, whatever the driver says about waiting for it.
    const double left = m.last_frame + frame_s - glfwGetTime();
    if (left > 0.0005)
      glfwWaitEventsTimeout(left);
    else
      glfwPollEvents();
    if (glfwGetTime() < m.last_frame + frame_s - 0.002 && !m.refresh) {
      const double rest = m.last_frame + frame_s - glfwGetTime();
      if (rest > 0) std::this_thread::sleep_for(std::chrono::duration<double>(rest));
    }
  } else {
    double wait = wait_s;
    const double wake = m.ui->wake_in_s();
    if (wake >= 0) wait = std::min(wait, wake);
    if (wait > 0.0005)
      glfwWaitEventsTimeout(wait);
    else
      glfwPollEvents();
  }
  if (before_frame) before_frame();
  if (glfwWindowShouldClose(m.window)) {
    glfwSetWindowShouldClose(m.window, 0);
    if (!may_close || may_close()) m.closing = true;
  }
  if (m.closing) return false;
  m.calm = m.events ? 0 : m.calm + 1;
  m.events = false;
  m.last_frame = glfwGetTime();
  m.frame();
  return true;
}

Status Window::capture(const std::string& path) {
  Impl& m = *impl_;
  // What is on its way comes to rest first; then once more, surely drawn.
  for (int i = 0; i < 240 && (m.ui->wants_frames() || i < 3); ++i) {
    turn(0);
    if (m.textures->waits()) m.worker.finish();
  }
  m.refresh = true;
  std::vector<std::uint8_t> pixels;
  m.grab = &pixels;
  m.frame();
  m.grab = nullptr;
  const int fw = m.grab_width, fh = m.grab_height;
  const std::size_t size = pixels.size();
  if (!size) return Error{Code::internal, "nothing to draw"};
  std::vector<std::uint8_t> upright(size);
  const auto row = static_cast<std::size_t>(fw) * 4;
  for (int y = 0; y < fh; ++y)
    std::copy_n(pixels.begin() + static_cast<std::ptrdiff_t>(row * static_cast<std::size_t>(fh - 1 - y)), row,
                upright.begin() + static_cast<std::ptrdiff_t>(row * static_cast<std::size_t>(y)));
  for (std::size_t i = 3; i < size; i += 4) upright[i] = 255;
  if (!stbi_write_png(path.c_str(), fw, fh, 4, upright.data(), static_cast<int>(row)))
    return Error{Code::io, "cannot write " + path};
  return {};
}

}  // namespace waymark::platform
