// The targets of what is kept on a disk: a backup, the log of removals, and what a computer knows of its
// students before anybody signs in. Each works in a folder of its own.
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>

#include "client/app/computer.hpp"
#include "shared/base/sealed_stream.hpp"
#include "shared/base/seams.hpp"
#include "shared/store/files.hpp"
#include "sync-server/service/backup.hpp"
#include "sync-server/service/removals.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/support/temporary.hpp"

namespace waymark::fuzz {
namespace {

namespace fs = std::filesystem;

const SecretKey& golden_school() {
  static const SecretKey key{sha256(as_bytes("golden seed school"))};
  return key;
}

void put(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string content(const std::string& path) {
  auto bytes = store::read_whole(path, std::size_t{1} << 24);
  promise(bytes.has_value(), "a file that was written can be read");
  return *bytes;
}

// Every file of a folder, by its name from there.
std::map<std::string, std::string> files_of(const std::string& folder) {
  std::map<std::string, std::string> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files[fs::relative(entry.path(), folder)] = content(entry.path());
  return files;
}

std::size_t entries_of(const std::string& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

// ---- a backup

// What a backup has after its two lines, sealed as the school seals it.
std::string sealed(std::string_view plain) {
  StreamSealer sealer(hmac_sha256(golden_school().seed, as_bytes("waymark backup 1")));
  std::string text(as_text(sealer.header()));
  for (; plain.size() >= sealed_piece_bytes; plain.remove_prefix(sealed_piece_bytes))
    text += as_text(sealer.seal(as_bytes(plain.substr(0, sealed_piece_bytes)), false));
  return text += as_text(sealer.seal(as_bytes(plain), true));
}

class Unpacking {
 public:
  Unpacking() { fs::create_directory(inner_); }
  const std::string& file() const { return file_; }
  // Of the bytes, into a folder that is not there yet. Nothing may have come beside it.
  Status read(std::string_view bytes) {
    fs::remove_all(folder_);
    put(file_, bytes);
    auto done = server::read_backup(file_, golden_school(), folder_);
    promise(entries_of(inner_) <= 1 && entries_of(root_.path()) == 2,
            "nothing is written outside the folder");
    const bool known = done || done.error().code == Code::malformed ||
                       done.error().code == Code::wrong_password ||
                       done.error().code == Code::io;  // a name that no disk takes, or two that are one
    promise(known, "a backup is read, or it is none");
    return done;
  }
  std::map<std::string, std::string> files() const { return files_of(folder_); }
  Status write() {
    std::vector<server::BackupPart> parts;
    for (const auto& [name, bytes] : files()) parts.push_back({name, folder_ + "/" + name});
    return server::write_backup(file_, {"Escuela Garza", public_key(golden_school()), 7}, golden_school(),
                                parts);
  }

 private:
  test::TemporaryFolder root_;
  std::string inner_ = root_.path() + "/inner", folder_ = inner_ + "/data", file_ = root_.path() + "/backup";
};

// As a file, and as what a file has sealed, also across the pieces that it is sealed in.
void backup(std::string_view bytes) {
  static Unpacking unpacking;
  (void)unpacking.read(bytes);
  const std::string head = "waymark backup 1\n{\"identity\":\"" + to_hex(public_key(golden_school()).bytes) +
                           "\",\"made\":7,\"school\":\"Escuela Garza\"}\n";
  const std::string first =
      "{\"name\":\"files/0a/first\",\"bytes\":65450}\n" + std::string(sealed_piece_bytes - 86, 'x');
  for (const auto& plain : {std::string(bytes), first + std::string(bytes)}) {
    const auto whole = head + sealed(plain);
    if (!unpacking.read(whole)) continue;
    const auto files = unpacking.files();
    for (const auto& [name, file] : files) {
      promise(server::fits_backup(name), "only what a backup may have comes out of one");
      promise(plain.find(file) != std::string::npos, "a file has the bytes that were written");
    }
    auto about = server::read_about(unpacking.file());
    promise(about && about->school == "Escuela Garza" && about->made_ms == 7, "a backup tells whose it is");
    promise(unpacking.write().has_value(), "what came out of a backup can be backed up");
    promise(unpacking.read(content(unpacking.file())) && unpacking.files() == files,
            "a backup is the same after a second journey");
    promise(!unpacking.read(std::string_view(whole).substr(0, whole.size() - 1)),
            "a backup without its end is none");
    auto turned = whole;
    turned[head.size() + bytes.size() % (whole.size() - head.size())] ^= 1;
    promise(!unpacking.read(turned), "a backup with a bit turned is none");
  }
}

// ---- the log of removals

std::vector<std::string> lines_of(const std::string& path) {
  auto lines = server::RemovalLog(path).lines();
  promise(lines.has_value(), "a mended log can be read");
  return *lines;
}

// Two logs, the second after a byte \x1e; each is mended, and then they become one.
void removals(std::string_view bytes) {
  static const test::TemporaryFolder folder;
  std::array<std::vector<std::string>, 2> logs;
  const std::array paths{folder.path() + "/removals.log", folder.path() + "/other.log"};
  const auto alone = folder.path() + "/alone.log";
  for (std::size_t which : {0U, 1U}) {
    const auto end = std::min(bytes.find('\x1e'), bytes.size());
    const auto text = which == 0 ? bytes.substr(0, end) : bytes.substr(std::min(end + 1, bytes.size()));
    const auto& path = paths[which];
    put(path, text);
    server::RemovalLog log(path);
    // What can be read is what can be read where nothing else is.
    std::vector<std::string> readable;
    std::size_t count = 0;
    for (auto rest = text; rest.find('\n') != std::string_view::npos; count++) {
      if (count == 60) return;  // each is a file of its own here
      const auto line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(line.size() + 1);
      put(alone, std::string(line) + "\n");
      if (server::RemovalLog(alone).lines()) readable.emplace_back(line);
    }
    auto beside = log.mend(7);
    promise(beside.has_value(), "any log can be mended");
    promise(beside->empty() == (readable.size() == count), "a log is mended where a line cannot be read");
    if (!beside->empty()) {
      promise(content(*beside) == text, "what was damaged is kept beside as it was");
      fs::remove(*beside);
    }
    logs[which] = lines_of(path);
    promise(logs[which] == readable, "mending keeps every line that can be read, and no other");
    auto again = log.mend(8);
    promise(again && again->empty(), "what was mended needs no mending");
    auto read = log.read();
    promise(read && read->size() == readable.size(), "every line is a removal");
    for (const auto& removal : *read) {
      const auto written = server::RemovalLog::line_of(removal);
      put(alone, written + "\n");
      auto back = server::RemovalLog(alone).read();
      promise(back && back->size() == 1 && server::RemovalLog::line_of(back->front()) == written,
              "a removal is the same after a second journey");
      auto about = log.read_about(removal.subject);
      promise(about && !about->empty(), "a removal is found by its subject");
    }
  }
  server::RemovalLog log(paths[0]);
  promise(log.merge(paths[1]).has_value(), "two logs can become one");
  const auto merged = lines_of(paths[0]);
  std::map<std::string, std::array<std::ptrdiff_t, 3>> counts;
  for (const auto& line : logs[0]) counts[line][0]++;
  for (const auto& line : logs[1]) counts[line][1]++;
  for (const auto& line : merged) counts[line][2]++;
  for (const auto& [line, count] : counts)
    promise(count[2] == std::max(count[0], count[1]), "two logs become one with the lines of both");
  std::size_t at = 0;
  for (const auto& line : merged)
    if (at < logs[0].size() && line == logs[0][at]) at++;
  promise(at == logs[0].size(), "a log's own order stays where another's lines come in");
  promise(log.merge(paths[1]).has_value() && lines_of(paths[0]) == merged,
          "a log that was taken in is not taken in again");
  const std::string line = server::RemovalLog::line_of({7, "person", std::string(32, 'a'), "gone", "", ""});
  promise(log.append(std::span(&line, 1)).has_value(), "a log can be written on");
  auto longer = merged;
  longer.push_back(line);
  promise(lines_of(paths[0]) == longer, "what is written on a log stands at its end");
}

// ---- computer.json and profile.json

// Where the input begins with a plus, the files are longer than such a file may be.
void computer(std::string_view input) {
  std::string bytes(input);
  if (bytes.starts_with('+')) bytes.replace(0, 1, std::size_t{300} << 10, ' ');
  static const test::TemporaryFolder folder;
  ManualClock clock;
  const auto data = folder.path() + "/data";
  const std::string person(32, 'a');
  const auto state = data + "/computer.json", profile = data + "/profiles/" + person + "/profile.json";
  fs::remove_all(data);
  fs::create_directories(data + "/profiles/" + person);
  put(state, bytes);
  put(profile, bytes);
  auto beside = [&](const std::string& path) { return path + ".damaged-" + std::to_string(clock.now_ms()); };
  auto opened = app::Computer::open(data, clock);
  promise(opened.has_value(), "the app opens whatever stands in its files");
  promise(opened->set_aside() == fs::exists(beside(state)), "a file that is set aside is told of");
  if (opened->set_aside()) promise(content(beside(state)) == bytes, "it is set aside as it was");
  promise(opened->state().text_size >= 100 && opened->state().text_size <= 200, "text can be read");
  auto same = [](auto&) {};
  promise(opened->change(same).has_value(), "what is known of a computer can be written");
  const auto written = content(state);
  auto again = app::Computer::open(data, clock);
  promise(again && again->set_aside() == false && again->change(same) && content(state) == written,
          "what is known of a computer is the same again");

  auto found = opened->profile(person);
  promise(opened->profiles().size() == (found ? 1U : 0U), "a profile is shown where it can be read");
  if (found) {
    promise(found->person == person, "a profile is its folder's");
    found->wrong_tries++;
    const auto wait = app::pin_wait_ms(*found, clock.now_ms());
    promise(wait >= 0 && wait <= 60'000, "nobody waits longer than a minute");
  }
  promise(opened->change_profile(person, same).has_value(), "a profile can be written");
  if (!found) promise(content(beside(profile)) == bytes, "a profile that cannot be read is set aside");
  const auto kept = content(profile);
  promise(opened->change_profile(person, same) && content(profile) == kept, "a profile is the same again");
}

constexpr std::array kTargets{Target{"backup", backup, ""}, Target{"removals", removals, ""},
                              Target{"computer", computer, ""}};

}  // namespace

std::span<const Target> kept_targets() { return kTargets; }

}  // namespace waymark::fuzz
