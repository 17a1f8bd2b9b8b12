#include "client/platform/kept.hpp"

#include <optional>
#include <vector>

namespace waymark::platform {
namespace {

std::vector<std::string_view> words_of(std::string_view text, std::string_view between) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < text.size();) {
    auto end = std::min(text.find_first_of(between, at), text.size());
    if (end > at) words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

// Spaces and the like are written as three octal digits.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); i++) {
    auto digit = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '7'; };
    if (text[i] == '\\' && digit(i + 1) && digit(i + 2) && digit(i + 3)) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

struct Mount {
  std::string at, type, source, upper;  // upper: of an overlay
};

std::optional<Mount> read_mount(std::string_view line) {
  auto words = words_of(line, " ");
  std::size_t dash = 6;
  while (dash < words.size() && words[dash] != "-") dash++;
  if (dash + 3 >= words.size()) return std::nullopt;
  Mount mount{unescaped(words[4]), std::string(words[dash + 1]), unescaped(words[dash + 2]), {}};
  for (auto option : words_of(words[dash + 3], ","))
    if (option.starts_with("upperdir=")) mount.upper = unescaped(option.substr(9));
  return mount;
}

bool holds(const std::string& at, std::string_view path) {
  if (at == "/") return true;
  return path.starts_with(at) && (path.size() == at.size() || path[at.size()] == '/');
}

// The deepest that holds the path; of several at one place the last lies on top.
const Mount* mount_of(const std::vector<Mount>& mounts, std::string_view path) {
  const Mount* found = nullptr;
  for (const auto& mount : mounts)
    if (holds(mount.at, path) && (!found || mount.at.size() >= found->at.size())) found = &mount;
  return found;
}

// A live system, or one that is told to keep nothing, and not told to keep it all the same.
bool started_to_forget(std::string_view command_line) {
  bool forgets = false;
  for (auto word : words_of(command_line, " \t\n")) {
    auto name = word.substr(0, word.find('='));
    if (word == "boot=live" || word == "boot=casper" || name == "rd.live.image" || name == "fsprotect" ||
        word.starts_with("overlayroot=tmpfs"))
      forgets = true;
    if (word == "persistent" || name == "persistence" || name == "rd.live.overlay" ||
        word == "overlayroot=disabled")
      return false;
  }
  return forgets;
}

}  // namespace

bool lies_in_memory(std::string_view text, std::string_view command_line, std::string_view path) {
  std::vector<Mount> mounts;
  for (auto line : words_of(text, "\n"))
    if (auto mount = read_mount(line)) mounts.push_back(std::move(*mount));
  const auto* mount = mount_of(mounts, path);
  // An overlay may lie on another.
  for (int depth = 0; mount && depth < 8; depth++) {
    if (mount->type == "tmpfs" || mount->type == "ramfs") return true;
    if (mount->source.starts_with("/dev/ram") || mount->source.starts_with("/dev/zram")) return true;
    if (mount->type == "aufs") return started_to_forget(command_line);
    if (mount->type != "overlay") return false;
    const auto* upper = mount->upper.empty() ? nullptr : mount_of(mounts, mount->upper);
    if (!upper || upper == mount) return started_to_forget(command_line);
    mount = upper;
  }
  return false;
}

}  // namespace waymark::platform
