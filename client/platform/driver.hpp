// Lets a script drive the real window: one line of JSON an act over a local socket, one line back.
//   {"do":"press","path":"today/next/carry_on"}   through the tree; "click": with the pointer
//   {"do":"focus","path":..}  {"do":"set_text","path":..,"text":..}  {"do":"type","text":..}
//   {"do":"key","key":"tab","shift":false,"control":false}
//   {"do":"wait","path":..,"ms":2000}  until it is there;  {"do":"wait","words":..}  until it is shown
//   somewhere
//   {"do":"tree"}  {"do":"node","path":..}  {"do":"shot","file":"/tmp/a.png"}
//   {"do":"resize","width":1024,"height":600}  {"do":"quit"}
// The answer is {"ok":true,..} or {"ok":false,"why":".."}.
#pragma once

#include <memory>
#include <string>

#include "client/platform/window.hpp"

namespace waymark::platform {

class Driver {
 public:
  static constexpr std::size_t line_max = 64 * 1024;

  // Listens at `socket_path` (made anew, readable by its owner only).
  static Result<std::unique_ptr<Driver>> open(const std::string& socket_path, Window& window);
  ~Driver();
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  // On the window's thread, before each frame: does what has come.
  void serve();

  struct Impl;

 private:
  explicit Driver(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace waymark::platform
