// The dashboard's built files, as the bundler left them, in the program's memory.
#pragma once

#include <span>
#include <string_view>

namespace waymark::server::web {

struct EmbeddedFile {
  std::string_view path;  // "/app.js"
  std::string_view body;
};
std::span<const EmbeddedFile> files();

}  // namespace waymark::server::web
