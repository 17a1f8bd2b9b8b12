#include "client/platform/system.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

#include "client/platform/kept.hpp"

namespace waymark::platform {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t entries_max = 20'000;
constexpr int depth_max = 4;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}
std::string home() {
  const std::string home = environment("HOME");
  return home.empty() ? "/tmp" : home;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// Does a line of a small settings file hold all of these?
bool file_says(const std::string& path, std::string_view a, std::string_view b) {
  std::ifstream file(path);
  std::string line;
  for (int i = 0; i < 2000 && std::getline(file, line); ++i) {
    line = lower(line);
    if (line.find(a) != std::string::npos && line.find(b) != std::string::npos) return true;
  }
  return false;
}

// GNOME answers through a program of its own; it is asked on a thread.
class DarkAsker {
 public:
  DarkAsker()
      : thread_([this] {
          const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(
              popen("gsettings get org.gnome.desktop.interface color-scheme 2>/dev/null", "r"), &pclose);
          std::array<char, 80> line{};
          if (pipe && std::fgets(line.data(), static_cast<int>(line.size()), pipe.get()))
            dark_ = std::string_view(line.data()).find("dark") != std::string_view::npos;
        }) {}
  ~DarkAsker() { thread_.join(); }
  DarkAsker(const DarkAsker&) = delete;
  DarkAsker& operator=(const DarkAsker&) = delete;
  bool dark() const { return dark_; }

 private:
  std::atomic<bool> dark_{false};
  std::thread thread_;
};

// A folder of the user's, as the desktop named it.
std::string user_folder(std::string_view which, const std::string& otherwise) {
  std::ifstream file(home() + "/.config/user-dirs.dirs");
  std::string line;
  const std::string key = "XDG_" + std::string(which) + "_DIR=\"";
  while (std::getline(file, line)) {
    if (line.rfind(key, 0) != 0) continue;
    std::string path = line.substr(key.size());
    if (const auto quote = path.find('"'); quote != std::string::npos) path.resize(quote);
    if (path.rfind("$HOME", 0) == 0) path = home() + path.substr(5);
    return path;
  }
  return home() + "/" + otherwise;
}

bool is_picture(const fs::path& path) {
  const std::string ending = lower(path.extension().string());
  return ending == ".jpg" || ending == ".jpeg" || ending == ".png" || ending == ".gif" || ending == ".bmp" ||
         ending == ".webp";
}

}  // namespace

std::string data_directory() {
  const std::string base = environment("XDG_DATA_HOME");
  return (base.empty() ? home() + "/.local/share" : base) + "/waymark";
}

bool system_prefers_dark() {
  const std::string theme = lower(environment("GTK_THEME"));
  if (!theme.empty()) return theme.find("dark") != std::string::npos;
  const std::string base = environment("XDG_CONFIG_HOME");
  const std::string config = base.empty() ? home() + "/.config" : base;
  for (const char* gtk : {"/gtk-4.0/settings.ini", "/gtk-3.0/settings.ini"}) {
    if (file_says(config + gtk, "gtk-application-prefer-dark-theme", "true") ||
        file_says(config + gtk, "gtk-application-prefer-dark-theme", "=1") ||
        file_says(config + gtk, "gtk-theme-name", "dark"))
      return true;
  }
  if (file_says(config + "/kdeglobals", "colorscheme", "dark")) return true;
  if (file_says(config + "/xfce4/xfconf/xfce-perchannel-xml/xsettings.xml", "themename", "dark")) return true;
  if (environment("XDG_CURRENT_DESKTOP").find("GNOME") == std::string::npos) return false;
  static DarkAsker asker;
  return asker.dark();
}

std::string system_language() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const std::string value = environment(name);
    if (value.size() >= 2 && value[0] != 'C' && value != "POSIX") return value.substr(0, 2);
  }
  return {};
}

std::vector<Stick> sticks() {
  std::vector<Stick> found;
  const std::string user = environment("USER");
  if (user.empty()) return found;
  std::error_code error;
  for (const std::string& media :
       std::initializer_list<std::string>{"/media/" + user, "/run/media/" + user}) {
    struct stat around {};
    if (::stat(media.c_str(), &around) != 0) continue;
    // A loop over all of them would throw where one is pulled out meanwhile.
    for (auto entry = fs::directory_iterator(media, fs::directory_options::skip_permission_denied, error);
         !error && entry != fs::directory_iterator(); entry.increment(error)) {
      // A folder that was left behind is none: what is plugged in is a file system of its own.
      struct stat info {};
      const auto& path = entry->path();
      if (::stat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode) || info.st_dev == around.st_dev)
        continue;
      found.push_back({path.string(), path.filename().string()});
    }
  }
  std::sort(found.begin(), found.end(), [](const Stick& a, const Stick& b) { return a.path < b.path; });
  return found;
}

bool forgets(const std::string& folder) {
  if (auto said = environment("WAYMARK_FORGETS"); !said.empty()) return said != "no" && said != "0";
#ifdef __linux__
  auto text_of = [](const char* path) {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  std::error_code error;
  auto path = fs::weakly_canonical(folder, error);
  return !error && lies_in_memory(text_of("/proc/self/mountinfo"), text_of("/proc/cmdline"), path.string());
#else
  return false;
#endif
}

std::vector<FoundFile> recent_files(bool pictures_only, std::size_t most) {
  struct Folder {
    std::string path;
    bool stick;
  };
  std::vector<Folder> folders = {{user_folder("PICTURES", "Pictures"), false},
                                 {user_folder("DOCUMENTS", "Documents"), false},
                                 {user_folder("DOWNLOAD", "Downloads"), false},
                                 {user_folder("DESKTOP", "Desktop"), false}};
  std::error_code error;
  for (const auto& stick : sticks()) folders.push_back({stick.path, true});

  std::vector<FoundFile> found;
  std::size_t seen = 0;
  for (const auto& folder : folders) {
    if (folder.path == home() || !fs::is_directory(folder.path, error)) continue;
    fs::recursive_directory_iterator at(folder.path, fs::directory_options::skip_permission_denied, error),
        end;
    for (; !error && at != end && seen < entries_max; at.increment(error), ++seen) {
      const fs::path& path = at->path();
      if (path.filename().string().rfind('.', 0) == 0) {
        if (at->is_directory(error)) at.disable_recursion_pending();
        continue;
      }
      if (at.depth() >= depth_max) at.disable_recursion_pending();
      struct stat info {};
      if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode) || info.st_size == 0) continue;
      FoundFile file;
      file.picture = is_picture(path);
      if (pictures_only && !file.picture) continue;
      file.path = path.string();
      file.name = path.filename().string();
      file.folder = fs::path(folder.path).filename().string();
      file.bytes = info.st_size;
      file.changed_ms = static_cast<std::int64_t>(info.st_mtime) * 1000;
      found.push_back(std::move(file));
    }
  }
  std::sort(found.begin(), found.end(),
            [](const FoundFile& a, const FoundFile& b) { return a.changed_ms > b.changed_ms; });
  if (found.size() > most) found.resize(most);
  return found;
}

}  // namespace waymark::platform
