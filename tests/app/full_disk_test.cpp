// A disk that is really full: the file system of a child process, small and its own (a user's mount
// namespace, so no rights are needed). What a doctest check says there would be said in the child alone: it
// comes back as lines of text.
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sync-server/service/authoring.hpp"
#include "tests/app/world.hpp"
#include "tests/support/pathway_fixture.hpp"
#include "tests/support/skipped.hpp"

using namespace waymark;
using namespace waymark::app;
using waymark::test::Lab;
using waymark::test::World;

namespace {

namespace fs = std::filesystem;

const std::string kNotApart = "nobody may have a file system of their own on this machine (user namespaces)";

class Child {
 public:
  void expect(bool holds, const std::string& what) {
    if (!holds) said_ += what + "\n";
  }
  // A file system of so many kilobytes at that folder.
  void mount_at(const std::string& folder, int kilobytes) {
    fs::create_directories(folder);
    auto size = "size=" + std::to_string(kilobytes) + "k";
    if (mount("tmpfs", folder.c_str(), "tmpfs", 0, size.c_str()) != 0) said_ += "no mount\n";
  }
  const std::string& said() const { return said_; }

 private:
  std::string said_;
};

// Takes all the room that is left there.
void fill(const std::string& folder) {
  int file = ::open((folder + "/filler").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  std::string block(4096, 'f');
  while (::write(file, block.data(), block.size()) > 0) {
  }
  while (::write(file, block.data(), 1) > 0) {
  }
  ::close(file);
}
void make_room(const std::string& folder) { fs::remove(folder + "/filler"); }

// What the child says went wrong; nothing where all held. `possible` turns false where this machine lets
// nobody have a file system of their own.
std::string in_child(bool& possible, const std::function<void(Child&)>& body) {
  int pipes[2];
  REQUIRE(pipe(pipes) == 0);
  auto write_to = [](const char* path, const std::string& text) {
    int file = ::open(path, O_WRONLY);
    bool done = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (file >= 0) ::close(file);
    return done;
  };
  auto uid = std::to_string(getuid()), gid = std::to_string(getgid());
  auto child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(pipes[0]);
    bool apart = unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && write_to("/proc/self/setgroups", "deny") &&
                 write_to("/proc/self/uid_map", "0 " + uid + " 1") &&
                 write_to("/proc/self/gid_map", "0 " + gid + " 1") &&
                 mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    Child said;
    std::string words = "apart";
    if (apart) {
      try {
        body(said);
        words = said.said();
      } catch (...) {
        words = said.said() + "a check of the test's own world failed\n";
      }
    }
    (void)!::write(pipes[1], words.data(), words.size());
    _exit(apart ? 0 : 2);
  }
  ::close(pipes[1]);
  std::string words;
  char block[4096];
  for (ssize_t n; (n = ::read(pipes[0], block, sizeof block)) > 0;)
    words.append(block, static_cast<std::size_t>(n));
  ::close(pipes[0]);
  int status = 0;
  waitpid(child, &status, 0);
  possible = WIFEXITED(status) && WEXITSTATUS(status) != 2;
  if (possible && WEXITSTATUS(status) != 0) words += "the child died\n";
  if (!WIFEXITED(status)) possible = true, words += "the child was killed\n";
  return possible ? words : "";
}

std::vector<std::string> goals_at(server::School& school, const PersonId& person) {
  std::vector<std::string> wants;
  for (const auto& goal : school.store().records(domain::person_stream(person), "goal").value())
    wants.push_back(goal.text("want"));
  std::sort(wants.begin(), wants.end());
  return wants;
}

SaveGoal large_goal(int n) {
  SaveGoal goal;
  goal.fields.want = "goal " + std::to_string(n) + std::string(3'900, 'w');
  goal.fields.first_step = std::string(3'900, 's');
  return goal;
}

}  // namespace

TEST_CASE("a student's disk that is full loses nothing, says so in a sentence, and work goes on with room") {
  bool possible = true;
  auto wrong = in_child(possible, [](Child& child) {
    World world;
    auto pathway =
        server::begin_pathway(*world.school, world.teacher, world.period3, test::water_pathway).value();
    server::publish_draft(*world.school, world.teacher, world.period3, pathway, "First").value();
    auto disk = world.folder.path() + "/lab-03";
    child.mount_at(disk, 12'000);
    Lab lab(world, "lab-03");
    lab.join_computer();
    lab.join_student(world.amira);
    lab.run(60);
    lab.app->dispatch(ChooseProject{pathway, "map", "", "the creek"});
    auto project = lab.see<ProjectView>().id;
    lab.net.plugged = false;
    std::vector<std::string> saved;
    auto save = [&](int n) {
      auto goal = large_goal(n);
      lab.app->dispatch(goal);
      bool done = lab.frame().error.key.empty();
      if (done) saved.push_back(goal.fields.want);
      return done;
    };
    auto here = [&] {
      auto wants = lab.goals();
      std::sort(saved.begin(), saved.end());
      return wants == saved;
    };
    for (int n = 0; n < 3; n++) child.expect(save(n), "a goal is saved while there is room");
    fill(disk);
    int n = 3;
    while (n < 400 && save(n)) n++;
    child.expect(n < 400, "the disk was never full");
    child.expect(lab.frame().error.key == "error.disk_full", "the sentence: " + lab.frame().error.key);
    child.expect(!lab.frame().status.saved, "it says saved");
    child.expect(here(), "what was saved is not all there");
    // A file: refused with the same sentence, and no half of it stays.
    auto path = world.folder.path() + "/notes.txt";
    std::ofstream(path) << std::string(300'000, 'n');
    lab.app->dispatch(AttachFile{project, "find-sources", path, "", false});
    child.expect(lab.frame().error.key == "error.disk_full", "a file's sentence: " + lab.frame().error.key);
    for (const auto& entry : fs::recursive_directory_iterator(disk + "/profiles"))
      child.expect(!entry.is_regular_file() || entry.path().string().find("/files/") == std::string::npos,
                   "left behind: " + entry.path().string());
    // A network comes, and the program is begun anew, while it is full.
    lab.net.plugged = true;
    lab.run(60);
    lab.app.reset();
    lab.start();
    lab.app->dispatch(SignIn{world.amira.hex()});
    lab.run(30);
    lab.app.reset();

    make_room(disk);
    lab.start();
    lab.sign_in(world.amira);
    child.expect(here(), "something is lost after a restart");
    child.expect(save(n), "the goal that was refused is not saved with room");
    lab.app->dispatch(AttachFile{project, "find-sources", path, "", false});
    child.expect(lab.frame().error.key.empty(), "the file is not taken in with room");
    lab.run(600);
    child.expect(goals_at(*world.school, world.amira) == saved, "not all of it is at school");
    child.expect(
        world.school->store().records(domain::person_stream(world.amira), "work").value().size() == 1,
        "the file's record is not at school");
    child.expect(lab.frame().status.saved, "it does not say saved");
    child.expect(lab.frame().error.key.empty(), "an error stays: " + lab.frame().error.key);
  });
  if (!possible) return test::skipped(kNotApart);
  CHECK(wrong == "");
}

TEST_CASE(
    "a photo at school that has no room on this computer's disk is told, and comes by itself with room") {
  bool possible = true;
  auto wrong = in_child(possible, [](Child& child) {
    World world;
    auto pathway =
        server::begin_pathway(*world.school, world.teacher, world.period3, test::water_pathway).value();
    server::publish_draft(*world.school, world.teacher, world.period3, pathway, "First").value();
    Lab lab(world, "lab-03"), home(world, "home");
    lab.join_computer();
    lab.join_student(world.amira);
    lab.run(60);
    lab.app->dispatch(ChooseProject{pathway, "map", "", "the creek"});
    auto project = lab.see<ProjectView>().id;
    auto path = world.folder.path() + "/film.mp4";
    std::ofstream(path) << std::string(3'000'000, 'f');
    lab.app->dispatch(AttachFile{project, "find-sources", path, "", false});
    lab.run(200);
    child.expect(lab.frame().status.waiting_phrase.key == "status.all_at_school",
                 "the film is not at school");
    home.join_computer();
    auto files = home.folder + "/profiles/" + world.amira.hex() + "/files";
    child.mount_at(files, 2'000);
    home.join_student(world.amira);
    home.run(300);
    auto told = home.frame().status.problem.key;
    child.expect(told == "status.file_disk", "told: " + told);
    child.expect(home.frame().status.problem_do.key == "status.file_disk.do", "what to do is not told");
    child.expect(mount("tmpfs", files.c_str(), "tmpfs", MS_REMOUNT, "size=9000k") == 0, "no more room");
    home.run(1'200);
    child.expect(home.frame().status.problem.key.empty(), "still told: " + home.frame().status.problem.key);
    std::uintmax_t size = 0;
    for (const auto& entry : fs::recursive_directory_iterator(files))
      if (entry.is_regular_file()) size += entry.file_size();
    child.expect(size == 3'000'000, "the film is not here: " + std::to_string(size));
  });
  if (!possible) return test::skipped(kNotApart);
  CHECK(wrong == "");
}

TEST_CASE(
    "a school's disk that is full takes nothing half, computers keep and wait, and all comes with room") {
  bool possible = true;
  auto wrong = in_child(possible, [](Child& child) {
    auto disk = fs::temp_directory_path().string() + "/waymark-small-" + std::to_string(getpid());
    child.mount_at(disk, 24'000);
    setenv("TMPDIR", disk.c_str(), 1);
    World world;
    child.mount_at(world.folder.path() + "/lab-03", 60'000);
    Lab lab(world, "lab-03");
    lab.join_computer();
    lab.join_student(world.amira);
    lab.run(60);
    lab.net.plugged = false;
    std::vector<std::string> saved;
    for (int n = 0; n < 60; n++) {
      auto goal = large_goal(n);
      lab.app->dispatch(goal);
      saved.push_back(goal.fields.want);
    }
    std::sort(saved.begin(), saved.end());
    fill(disk);
    lab.net.plugged = true;
    lab.run(300);
    auto there = goals_at(*world.school, world.amira);
    child.expect(there.size() < saved.size(), "the school's disk was not full");
    child.expect(std::includes(saved.begin(), saved.end(), there.begin(), there.end()), "half a goal");
    child.expect(lab.goals() == saved, "something is lost on the computer");
    child.expect(lab.frame().error.key.empty(), "the student is shown an error: " + lab.frame().error.key);
    child.expect(lab.frame().status.problem.key == "status.school_full",
                 "the sentence: " + lab.frame().status.problem.key);
    child.expect(lab.frame().status.saved, "it says that it is not saved here");
    make_room(disk);
    lab.run(900);
    child.expect(goals_at(*world.school, world.amira) == saved, "not all of it came");
    child.expect(lab.frame().status.problem.key.empty(),
                 "a problem stays: " + lab.frame().status.problem.key);
    child.expect(world.school->store().verify().has_value(), "the school's store does not verify");
    world.school.reset();
    umount2((world.folder.path() + "/lab-03").c_str(), MNT_DETACH);
    umount2(disk.c_str(), MNT_DETACH);
    fs::remove(disk);
  });
  if (!possible) return test::skipped(kNotApart);
  CHECK(wrong == "");
}
