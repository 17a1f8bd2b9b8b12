// What the desktop around the app says: folders, the theme it prefers, and the files a student may want to
// add.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace waymark::platform {

// Where this person's (on a shared computer: this computer's) data lies: $XDG_DATA_HOME/waymark.
std::string data_directory();

// Does the desktop ask for dark colours? Never waits: an answer that takes time is there at the next call.
bool system_prefers_dark();
// "es" of LC_ALL, LC_MESSAGES or LANG; empty when nothing is said.
std::string system_language();

// What is plugged in and can be taken away again: its folder, and its name as the desktop shows it.
struct Stick {
  std::string path, name;
};
std::vector<Stick> sticks();

// Is this folder gone, or as it was before, when the computer starts again? Yes where it lies in memory, as
// on computers that start from a live system or through overlayroot; $WAYMARK_FORGETS says it (yes or no)
// where that cannot be seen, as under Deep Freeze.
bool forgets(const std::string& folder);

struct FoundFile {
  std::string path, name, folder;  // folder: as one knows it, "Pictures"
  std::int64_t bytes = 0;
  std::int64_t changed_ms = 0;
  bool picture = false;
};
// Files of the folders where work lies (pictures, documents, downloads, desktop, sticks), latest first.
// Bounded: at most `most`, looking at no more than twenty thousand entries.
std::vector<FoundFile> recent_files(bool pictures_only, std::size_t most = 60);

}  // namespace waymark::platform
