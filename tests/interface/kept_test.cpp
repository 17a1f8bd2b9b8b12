// Computers that are as they were before at their next start, as their lists of mounts tell it.
#include "client/platform/kept.hpp"

#include <cstdlib>
#include <filesystem>

#include <doctest/doctest.h>

#include "client/platform/system.hpp"
#include "tests/support/skipped.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using platform::lies_in_memory;

namespace {

const std::string kHome = "/home/lab/.local/share/waymark";

struct Known {
  const char* what;
  const char* mounts;
  const char* command_line;
  bool forgets;
};

// Shortened to what counts.
const Known kKnown[] = {
    {"an ordinary disk",
     "27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n25 27 0:23 / /tmp rw - tmpfs tmpfs rw\n",
     "root=/dev/vda1 ro quiet", false},
    {"a home on a disk of its own, beside a system in memory",
     "27 1 0:5 / / rw - tmpfs rootfs rw\n30 27 8:2 / /home rw - ext4 /dev/sda2 rw\n", "", false},
    {"a system that was copied into memory", "27 1 0:5 / / rw - tmpfs rootfs rw\n", "", true},
    {"homes in memory",
     "27 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 27 0:40 / /home rw - tmpfs none rw,size=2g\n", "", true},
    {"a folder whose name only begins like one in memory",
     "27 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 27 0:40 / /home/la rw - tmpfs none rw\n", "", false},
    {"a disk made of memory", "27 1 1:0 / / rw - ext4 /dev/ram0 rw\n", "", true},
    {"a compressed one", "27 1 252:0 / / rw - ext4 /dev/zram1 rw\n", "", true},
    {"the last of two at one place counts",
     "27 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 27 0:40 / /home rw - tmpfs none rw\n31 30 8:2 / /home rw - "
     "ext4 /dev/sda2 rw\n",
     "", false},
    {"overlayroot, Ubuntu",
     "27 1 0:30 / / rw,relatime - overlay overlayroot "
     "rw,lowerdir=/media/root-ro,upperdir=/media/root-rw/overlay,workdir=/media/root-rw/overlay-workdir/_\n"
     "28 27 8:1 / /media/root-ro ro - ext4 /dev/sda1 ro\n29 27 0:31 / /media/root-rw rw - tmpfs tmpfs-root "
     "rw\n",
     "root=/dev/sda1 overlayroot=tmpfs", true},
    {"overlayroot that writes to a disk",
     "27 1 0:30 / / rw - overlay overlayroot "
     "rw,lowerdir=/media/root-ro,upperdir=/media/root-rw/overlay,workdir=/x\n"
     "29 27 8:5 / /media/root-rw rw - ext4 /dev/sda5 rw\n",
     "overlayroot=device:dev=/dev/sda5", false},
    {"Debian's live system",
     "27 1 0:30 / / rw,noatime - overlay overlay "
     "rw,lowerdir=/run/live/rootfs/filesystem.squashfs/,upperdir=/run/live/overlay/rw,workdir=/run/live/"
     "overlay/work\n"
     "28 27 0:22 / /run rw - tmpfs tmpfs rw\n29 28 0:28 / /run/live/overlay rw - tmpfs tmpfs rw\n",
     "BOOT_IMAGE=/live/vmlinuz boot=live components quiet", true},
    {"the same with a stick that keeps it",
     "27 1 0:30 / / rw - overlay overlay "
     "rw,lowerdir=/run/live/rootfs/filesystem.squashfs/,upperdir=/run/live/persistence/sdb2/rw,workdir=/x\n"
     "28 27 0:22 / /run rw - tmpfs tmpfs rw\n29 28 8:18 / /run/live/persistence/sdb2 rw - ext4 /dev/sdb2 "
     "rw\n",
     "boot=live persistence", false},
    {"Ubuntu's live system, whose upper folder is out of sight",
     "27 1 0:30 / / rw,relatime - overlay /cow "
     "rw,lowerdir=/minimal.squashfs,upperdir=/cow/upper,workdir=/cow/work\n",
     "BOOT_IMAGE=/casper/vmlinuz boot=casper quiet", true},
    {"the same, told to keep",
     "27 1 0:30 / / rw,relatime - overlay /cow "
     "rw,lowerdir=/minimal.squashfs,upperdir=/cow/upper,workdir=/cow/work\n",
     "boot=casper persistent", false},
    {"Fedora's live system",
     "27 1 0:30 / / rw - overlay LiveOS_rootfs "
     "rw,lowerdir=/run/rootfsbase,upperdir=/run/overlayfs,workdir=/run/ovlwork\n"
     "28 27 0:22 / /run rw - tmpfs tmpfs rw\n",
     "root=live:CDLABEL=Fedora rd.live.image", true},
    {"fsprotect", "27 1 0:30 / / rw - aufs none rw,si=1234\n", "root=/dev/sda1 fsprotect=1G", true},
    {"aufs for another reason", "27 1 0:30 / / rw - aufs none rw,si=1234\n", "root=/dev/sda1", false},
    {"a container, whose upper folder is out of sight",
     "27 1 0:30 / / rw - overlay overlay "
     "rw,lowerdir=/var/lib/docker/l,upperdir=/var/lib/docker/overlay2/ab/diff,workdir=/x\n",
     "root=/dev/sda1 quiet", false},
    {"an overlay on an overlay in memory",
     "27 1 8:1 / / rw - ext4 /dev/sda1 rw\n28 27 0:22 / /run rw - tmpfs tmpfs rw\n"
     "29 27 0:30 / /mnt rw - overlay a rw,lowerdir=/,upperdir=/run/a,workdir=/x\n"
     "30 27 0:31 / /home rw - overlay b rw,lowerdir=/,upperdir=/mnt/b,workdir=/x\n",
     "", true},
    {"two overlays that name each other",
     "27 1 0:30 / /mnt rw - overlay a rw,upperdir=/home/a\n28 1 0:31 / /home rw - overlay b "
     "rw,upperdir=/mnt/b\n",
     "", false},
    {"an upper folder with a space in its name",
     "27 1 8:1 / / rw - ext4 /dev/sda1 rw\n28 27 0:22 / /in\\040memory rw - tmpfs tmpfs rw\n"
     "29 27 0:30 / /home rw - overlay a rw,lowerdir=/,upperdir=/in\\040memory/a,workdir=/x\n",
     "", true},
    {"nothing known", "", "boot=live", false},
    {"lines that are none", "27 1\n- - -\n27 1 0:5 / / rw - tmpfs\n\n", "", false},
};

}  // namespace

TEST_CASE(
    "whether a computer forgets is told by its mounts, and by how it was started where they do not show it") {
  for (const auto& known : kKnown) {
    INFO(known.what);
    CHECK(lies_in_memory(known.mounts, known.command_line, kHome) == known.forgets);
  }
}

TEST_CASE(
    "this computer's memory is told from its disk, before the folder is there, and a setting has the last "
    "word") {
  ::unsetenv("WAYMARK_FORGETS");
  std::error_code error;
  if (!std::filesystem::is_directory("/dev/shm", error) || platform::forgets("/proc") ||
      !platform::forgets("/dev/shm"))
    return test::skipped("/dev/shm is not in memory here");
  CHECK(platform::forgets("/dev/shm/not/there/yet"));
  test::TemporaryFolder folder;
  std::filesystem::create_directory_symlink("/dev/shm", folder.path() + "/link");
  CHECK(platform::forgets(folder.path() + "/link/below"));
  ::setenv("WAYMARK_FORGETS", "no", 1);
  CHECK_FALSE(platform::forgets("/dev/shm"));
  ::setenv("WAYMARK_FORGETS", "0", 1);
  CHECK_FALSE(platform::forgets("/dev/shm"));
  ::setenv("WAYMARK_FORGETS", "yes", 1);
  CHECK(platform::forgets("/proc"));
  ::unsetenv("WAYMARK_FORGETS");
}
