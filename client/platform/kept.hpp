// Whether a folder is as it was before when the computer starts again, as far as Linux tells: read from text,
// so that a test can show any computer.
#pragma once

#include <string>
#include <string_view>

namespace waymark::platform {

// `mounts`: as /proc/self/mountinfo has them. `command_line`: as the kernel was started, /proc/cmdline.
// `path`: absolute and without links; it need not be there yet. Yes where the path lies in memory: on tmpfs,
// on a disk made of memory, or on an overlay that keeps what is written in one of these. What an overlay of a
// live system writes to cannot be seen any more once it has started: then the kernel's command line says it.
bool lies_in_memory(std::string_view mounts, std::string_view command_line, std::string_view path);

}  // namespace waymark::platform
