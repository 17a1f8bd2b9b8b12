#include "client/platform/driver.hpp"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/ui/utf8.hpp"

namespace waymark::platform {
namespace {

using Json = nlohmann::json;

ui::Key key_named(const std::string& name) {
  using ui::Key;
  static const std::map<std::string, Key> keys = {{"tab", Key::tab},
                                                  {"enter", Key::enter},
                                                  {"space", Key::space},
                                                  {"escape", Key::escape},
                                                  {"backspace", Key::backspace},
                                                  {"delete", Key::remove},
                                                  {"left", Key::left},
                                                  {"right", Key::right},
                                                  {"up", Key::up},
                                                  {"down", Key::down},
                                                  {"home", Key::home},
                                                  {"end", Key::end},
                                                  {"page_up", Key::page_up},
                                                  {"page_down", Key::page_down},
                                                  {"a", Key::a},
                                                  {"c", Key::c},
                                                  {"f", Key::f},
                                                  {"l", Key::l},
                                                  {"p", Key::p},
                                                  {"s", Key::s},
                                                  {"v", Key::v},
                                                  {"x", Key::x},
                                                  {"y", Key::y},
                                                  {"z", Key::z},
                                                  {"plus", Key::plus},
                                                  {"minus", Key::minus},
                                                  {"zero", Key::zero},
                                                  {"f1", Key::f1}};
  const auto found = keys.find(name);
  return found == keys.end() ? Key::none : found->second;
}

Json told(const ui::Semantic& s) {
  Json out = {{"path", s.path},
              {"role", ui::name(s.role)},
              {"name", s.name},
              {"bounds", {s.bounds.x, s.bounds.y, s.bounds.w, s.bounds.h}}};
  if (!s.value.empty()) out["value"] = s.value;
  if (!s.hint.empty()) out["hint"] = s.hint;
  if (s.level) out["level"] = s.level;
  if (s.focusable) out["focusable"] = true;
  if (s.focused) out["focused"] = true;
  if (s.checkable) out["checked"] = s.checked;
  if (s.selected) out["selected"] = true;
  if (!s.enabled) out["enabled"] = false;
  if (s.layer) out["layer"] = s.layer;
  if (s.cut) out["cut"] = true;
  return out;
}

}  // namespace

struct Driver::Impl {
  Window& window;
  std::string path;
  int listener = -1;
  std::atomic<int> client{-1};
  std::atomic<bool> stopping{false};
  std::thread thread;
  std::mutex mutex;
  std::deque<std::string> lines;
  bool serving = false;

  explicit Impl(Window& w) : window(w) {}

  void listen();
  void answer(const Json& json) {
    const std::string line = json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    const int to = client;
    for (std::size_t sent = 0; to >= 0 && sent < line.size();) {
      const auto n = ::send(to, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) return;
      sent += static_cast<std::size_t>(n);
    }
  }
  Json act(const Json& order);
  void settle(int turns = 3) {
    for (int i = 0; i < 240 && (i < turns || window.ui().wants_frames()); ++i) window.turn(0);
  }
};

void Driver::Impl::listen() {
  std::string held;
  while (!stopping) {
    pollfd watched[2] = {{listener, POLLIN, 0}, {client, POLLIN, 0}};
    const int count = client >= 0 ? 2 : 1;
    if (::poll(watched, static_cast<nfds_t>(count), 200) <= 0) continue;
    if (watched[0].revents & POLLIN) {
      const int next = ::accept(listener, nullptr, nullptr);
      if (next >= 0) {
        if (const int before = client.exchange(next); before >= 0) ::close(before);
        held.clear();
      }
      continue;
    }
    if (count < 2 || !(watched[1].revents & (POLLIN | POLLHUP))) continue;
    char bytes[4096];
    const auto n = ::recv(client, bytes, sizeof bytes, 0);
    if (n <= 0) {
      ::close(client.exchange(-1));
      continue;
    }
    held.append(bytes, static_cast<std::size_t>(n));
    for (auto end = held.find('\n'); end != std::string::npos; end = held.find('\n')) {
      const std::lock_guard lock(mutex);
      lines.push_back(held.substr(0, end));
      held.erase(0, end + 1);
    }
    if (held.size() > line_max) held.clear();
    window.wake();
  }
}

Json Driver::Impl::act(const Json& order) {
  const auto no = [](std::string why) { return Json{{"ok", false}, {"why", std::move(why)}}; };
  if (!order.is_object() || !order.contains("do") || !order["do"].is_string())
    return no("not an order: a line is one JSON object with \"do\"");
  const auto text = [&](const char* name) {
    return order.contains(name) && order[name].is_string() ? order[name].get<std::string>() : std::string();
  };
  const auto number = [&](const char* name, int otherwise) {
    return order.contains(name) && order[name].is_number() ? order[name].get<int>() : otherwise;
  };
  const auto flag = [&](const char* name) {
    return order.contains(name) && order[name].is_boolean() && order[name].get<bool>();
  };
  auto& ui = window.ui();
  const std::string what = text("do"), place = text("path");
  const auto* node = place.empty() ? nullptr : ui.tree().find(place);
  const bool needs_node =
      what == "press" || what == "click" || what == "focus" || what == "set_text" || what == "node";
  if (needs_node && !node) return no("no such place, or several: " + place);
  if (what == "press" || what == "focus" || what == "set_text") {
    const auto kind = what == "press"   ? ui::Act::What::press
                      : what == "focus" ? ui::Act::What::focus
                                        : ui::Act::What::set_text;
    ui.push(ui::Act{kind, node->path, text("text")});
    settle();
    return {{"ok", true}};
  }
  if (what == "click") {
    if (node->visible.w < 1) {
      ui.push(ui::Act{ui::Act::What::focus, node->path, {}});
      settle();
      node = ui.tree().find(place);
      if (!node || node->visible.w < 1) return no("out of sight: " + place);
    }
    const float scale = ui.width() > 0 ? window.pixel_width() / ui.width() : 1;
    ui.push(ui::PointerMove{node->visible.centre() * scale});
    ui.push(ui::PointerButton{true, 1, false});
    ui.push(ui::PointerButton{false, 1, false});
    settle();
    return {{"ok", true}};
  }
  if (what == "node") return {{"ok", true}, {"node", told(*node)}};
  if (what == "type") {
    for (const char32_t c : ui::to_utf32(text("text"))) {
      if (c == '\n')
        ui.push(ui::KeyPress{ui::Key::enter, false, false, false});
      else
        ui.push(ui::Typed{c});
    }
    settle();
    return {{"ok", true}};
  }
  if (what == "key") {
    const auto key = key_named(text("key"));
    if (key == ui::Key::none) return no("no such key: " + text("key"));
    ui.push(ui::KeyPress{key, flag("shift"), flag("control"), flag("alt")});
    settle();
    return {{"ok", true}};
  }
  if (what == "wait") {
    const double until = window.seconds() + number("ms", 5000) / 1000.0;
    const std::string words = text("words");
    while (true) {
      if (!place.empty() && ui.tree().find(place)) return {{"ok", true}};
      if (!words.empty())
        for (const auto& s : ui.tree().nodes)
          if (s.name.find(words) != std::string::npos || s.value.find(words) != std::string::npos)
            return {{"ok", true}, {"path", s.path}};
      if (window.seconds() > until) break;
      if (!window.turn(0.05)) return no("the window was closed");
    }
    if (place.empty() && words.empty()) return {{"ok", true}};
    return no("it did not come");
  }
  if (what == "tree") {
    Json nodes = Json::array();
    for (const auto& s : ui.tree().nodes) nodes.push_back(told(s));
    return {{"ok", true}, {"nodes", std::move(nodes)}, {"text", ui.tree().dump()}};
  }
  if (what == "shot") {
    const auto done = window.capture(text("file"));
    if (!done) return no(done.error().detail);
    return {{"ok", true}};
  }
  if (what == "resize") {
    window.resize(number("width", 1280), number("height", 800));
    settle(6);
    return {{"ok", true}};
  }
  if (what == "quit") {
    window.close();
    return {{"ok", true}};
  }
  return no("unknown order: " + what);
}

Driver::Driver(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
  impl_->thread = std::thread([self = impl_.get()] { self->listen(); });
}

Driver::~Driver() {
  impl_->stopping = true;
  impl_->thread.join();
  if (impl_->client >= 0) ::close(impl_->client);
  if (impl_->listener >= 0) ::close(impl_->listener);
  ::unlink(impl_->path.c_str());
}

Result<std::unique_ptr<Driver>> Driver::open(const std::string& socket_path, Window& window) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path.empty() || socket_path.size() >= sizeof address.sun_path)
    return Error{Code::invalid, "the driver's socket needs a path of at most 107 bytes"};
  std::memcpy(address.sun_path, socket_path.c_str(), socket_path.size() + 1);
  auto impl = std::make_unique<Impl>(window);
  impl->path = socket_path;
  impl->listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ::unlink(socket_path.c_str());
  if (impl->listener < 0 ||
      ::bind(impl->listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::chmod(socket_path.c_str(), 0600) != 0 || ::listen(impl->listener, 1) != 0) {
    if (impl->listener >= 0) ::close(impl->listener);
    return Error{Code::io, "cannot listen at " + socket_path + ": " + std::strerror(errno)};
  }
  return std::unique_ptr<Driver>(new Driver(std::move(impl)));
}

void Driver::serve() {
  Impl& m = *impl_;
  if (m.serving) return;  // an act runs frames of its own, and each comes by here
  m.serving = true;
  while (true) {
    std::string line;
    {
      const std::lock_guard lock(m.mutex);
      if (m.lines.empty()) break;
      line = std::move(m.lines.front());
      m.lines.pop_front();
    }
    const Json order = Json::parse(line, nullptr, false);
    m.answer(order.is_discarded() ? Json{{"ok", false}, {"why", "not JSON"}} : m.act(order));
  }
  m.serving = false;
}

}  // namespace waymark::platform
