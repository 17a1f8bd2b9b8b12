#include "client/app/computer.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <unistd.h>

#include "client/app/json_members.hpp"
#include "shared/store/files.hpp"

namespace waymark::app {

using json = nlohmann::json;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFileBytesMax = 256 * 1024;
constexpr std::int64_t kTriesMax = 1'000'000;  // more are not counted

std::string dumped(const json& object) {
  return object.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

// What cannot be read is left out.
std::vector<ComputerState::Place> places_from(const json& object) {
  std::vector<ComputerState::Place> found;
  if (auto places = object.find("places"); places != object.end() && places->is_array())
    for (const auto& item : *places) {
      if (!item.is_object()) continue;
      ComputerState::Place place{member_text(item, "hub"), member_text(item, "name"), {}};
      if (auto addresses = item.find("addresses"); addresses != item.end() && addresses->is_array())
        for (const auto& address : *addresses)
          if (address.is_string()) place.addresses.push_back(address.get<std::string>());
      found.push_back(std::move(place));
    }
  return found;
}

ComputerState computer_from(const json& object) {
  ComputerState state;
  state.address = member_text(object, "address");
  state.school = member_text(object, "school");
  state.identity = member_text(object, "identity");
  if (auto pins = object.find("pins"); pins != object.end() && pins->is_array())
    for (const auto& pin : *pins)
      if (pin.is_string()) state.pins.push_back(pin.get<std::string>());
  state.id = member_text(object, "computer");
  state.name = member_text(object, "name");
  state.token = member_text(object, "token");
  state.starter = member_flag(object, "starter");
  state.hub = member_text(object, "hub");
  state.hub_name = member_text(object, "hub_name");
  state.places = places_from(object);
  state.language = member_text(object, "language");
  if (auto theme = member_text(object, "theme"); !theme.empty()) state.theme = theme;
  if (auto size = member_number(object, "text_size"); size >= 100 && size <= 200)
    state.text_size = static_cast<int>(size);
  return state;
}
json json_of(const ComputerState& state) {
  json places = json::array();
  for (const auto& place : state.places)
    places.push_back({{"hub", place.hub}, {"name", place.name}, {"addresses", place.addresses}});
  return {{"v", 1},
          {"address", state.address},
          {"school", state.school},
          {"identity", state.identity},
          {"pins", state.pins},
          {"computer", state.id},
          {"name", state.name},
          {"token", state.token},
          {"starter", state.starter},
          {"hub", state.hub},
          {"hub_name", state.hub_name},
          {"places", places},
          {"language", state.language},
          {"theme", state.theme},
          {"text_size", state.text_size}};
}

Profile profile_from(const json& object) {
  Profile profile;
  profile.person = member_text(object, "person");
  profile.name = member_text(object, "name");
  if (auto mark = object.find("mark"); mark != object.end() && mark->is_object())
    profile.mark = {member_text(*mark, "shape"), member_text(*mark, "ink"), member_text(*mark, "disc")};
  profile.token = member_text(object, "token");
  profile.certificate = member_text(object, "certificate");
  profile.signature = member_text(object, "signature");
  profile.device_key = member_text(object, "device_key");
  profile.introduction = member_text(object, "introduction");
  profile.pin_kind = pin_kind_named(member_text(object, "pin_kind"));
  profile.pin_hash = member_text(object, "pin_hash");
  profile.pin_unsent = member_flag(object, "pin_unsent");
  profile.wrong_tries = std::clamp<std::int64_t>(member_number(object, "wrong_tries"), 0, kTriesMax);
  profile.wrong_at_ms = member_number(object, "wrong_at");
  profile.used_ms = member_number(object, "used");
  profile.heard_ms = member_number(object, "heard");
  profile.unsent = member_flag(object, "unsent");
  profile.notice = member_text(object, "notice");
  return profile;
}
json json_of(const Profile& profile) {
  return {{"v", 1},
          {"person", profile.person},
          {"name", profile.name},
          {"mark", {{"shape", profile.mark.shape}, {"ink", profile.mark.ink}, {"disc", profile.mark.disc}}},
          {"token", profile.token},
          {"certificate", profile.certificate},
          {"signature", profile.signature},
          {"device_key", profile.device_key},
          {"introduction", profile.introduction},
          {"pin_kind", name(profile.pin_kind)},
          {"pin_hash", profile.pin_hash},
          {"pin_unsent", profile.pin_unsent},
          {"wrong_tries", profile.wrong_tries},
          {"wrong_at", profile.wrong_at_ms},
          {"used", profile.used_ms},
          {"heard", profile.heard_ms},
          {"unsent", profile.unsent},
          {"notice", profile.notice}};
}

// An object, nothing when there is no file, `malformed` when it is something else or far too long.
Result<std::optional<json>> read_object(const std::string& path) {
  auto bytes = store::read_whole(path, kFileBytesMax);
  if (!bytes && bytes.error().code == Code::not_found) return std::optional<json>();
  if (!bytes && bytes.error().code == Code::too_large) return Error{Code::malformed, path};
  if (!bytes) return bytes.error();
  auto object = json::parse(*bytes, nullptr, false);
  if (!object.is_object()) return Error{Code::malformed, path};
  return std::optional(std::move(object));
}

// Held for as long as it lives, so that two processes do not lose each other's change.
class FileLock {
 public:
  explicit FileLock(const std::string& path)
      : file_(::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    while (file_ >= 0 && ::flock(file_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  FileLock(const FileLock&) = delete;
  ~FileLock() {
    if (file_ >= 0) ::close(file_);
  }

 private:
  int file_;
};

Status make_private(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return Error{error == std::errc::no_space_on_device ? Code::disk_full : Code::io,
                 folder + ": " + error.message()};
  fs::permissions(folder, fs::perms::owner_all, error);
  return {};
}

Status flush(const std::string& path) {
  int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  bool done = file >= 0 && ::fsync(file) == 0;
  auto why = errno;
  if (file >= 0) ::close(file);
  return done ? Status() : Error{Code::io, path + ": " + std::generic_category().message(why)};
}

// Every file and folder of one folder, each on the disk when this returns.
Status copy_durably(const std::string& from, const std::string& to) {
  std::error_code error;
  for (fs::recursive_directory_iterator at(from, error), end; !error && at != end; at.increment(error)) {
    auto path = to + "/" + fs::relative(at->path(), from, error).string();
    if (at->is_directory(error))
      fs::create_directory(path, error);
    else
      fs::copy_file(at->path(), path, fs::copy_options::overwrite_existing, error);
    if (error) break;
    WAYMARK_CHECK(flush(path));
  }
  if (error)
    return Error{error == std::errc::no_space_on_device ? Code::disk_full : Code::io,
                 to + ": " + error.message()};
  return flush(to);
}

// Out of the way first, so that what a crash leaves is no half profile.
Status take_away(const std::string& profile) {
  std::error_code error;
  auto gone =
      fs::path(profile).parent_path().parent_path() / ("forgotten-" + fs::path(profile).filename().string());
  fs::rename(profile, gone, error);
  if (error) return Error{Code::io, profile + ": " + error.message()};
  fs::remove_all(gone, error);
  return {};
}

bool valid_person(std::string_view person) { return PersonId::parse(person).has_value(); }

}  // namespace

Result<Computer> Computer::open(std::string data, Clock& clock) {
  Computer computer;
  computer.data_ = std::move(data);
  computer.clock_ = &clock;
  WAYMARK_CHECK(make_private(computer.data_));
  WAYMARK_CHECK(make_private(computer.data_ + "/profiles"));
  // What was being forgotten when the program was ended.
  std::error_code gone;
  for (const auto& name : store::names_in(computer.data_, gone))
    if (std::error_code ignored; name.starts_with("forgotten-"))
      fs::remove_all(computer.data_ + "/" + name, ignored);
  auto path = computer.data_ + "/computer.json";
  auto object = read_object(path);
  if (!object && object.error().code == Code::malformed) {
    std::error_code error;
    fs::rename(path, path + ".damaged-" + std::to_string(clock.now_ms()), error);
    if (error) return Error{Code::io, path + ": " + error.message()};
    computer.set_aside_ = true;
    return computer;
  }
  if (!object) return object.error();
  if (*object) computer.state_ = computer_from(**object);
  return computer;
}

Status Computer::change(const std::function<void(ComputerState&)>& how) {
  auto path = data_ + "/computer.json";
  FileLock lock(path);
  if (auto now = read_object(path); now && *now) state_ = computer_from(**now);
  auto changed = state_;
  how(changed);
  WAYMARK_CHECK(store::write_durably(path, dumped(json_of(changed))));
  state_ = std::move(changed);
  return {};
}

// The school is in the name, so that a stick may go to two schools.
std::string Computer::kept_on(const std::string& stick) const {
  return stick + "/WAYMARK/profiles-" + state_.identity.substr(0, 16);
}

void Computer::look_on(const std::vector<std::string>& sticks) {
  kept_.clear();
  std::error_code error;
  if (!state_.joined()) return;
  for (const auto& stick : sticks)
    for (const auto& person : store::names_in(kept_on(stick), error))
      if (auto path = kept_on(stick) + "/" + person;
          valid_person(person) && fs::exists(path + "/profile.json", error))
        kept_.emplace(person, path);
}

std::string Computer::folder(std::string_view person) const {
  auto kept = kept_.find(person);
  return kept != kept_.end() ? kept->second : data_ + "/profiles/" + std::string(person);
}

Status Computer::move_to(const std::string& stick, std::string_view person) {
  if (!valid_person(person)) return Error{Code::malformed, "a person's id"};
  auto from = folder(person), to = kept_on(stick) + "/" + std::string(person);
  auto part = kept_on(stick) + "/part-" + std::string(person);
  std::error_code error;
  if (on_stick(person) || fs::exists(to, error)) return Error{Code::conflict, "the stick has this profile"};
  fs::remove_all(part, error);
  WAYMARK_CHECK(make_private(part));
  if (auto copied = copy_durably(from, part); !copied) {
    fs::remove_all(part, error);
    return copied;
  }
  fs::rename(part, to, error);
  if (error) return Error{Code::io, to + ": " + error.message()};
  WAYMARK_CHECK(flush(kept_on(stick)));
  // From here on the one on the stick counts.
  kept_[std::string(person)] = to;
  return take_away(from);
}

std::optional<Profile> Computer::profile(std::string_view person) {
  if (!valid_person(person)) return std::nullopt;
  auto object = read_object(folder(person) + "/profile.json");
  if (!object || !*object) return std::nullopt;
  auto profile = profile_from(**object);
  profile.person = std::string(person);
  return profile;
}

std::vector<Profile> Computer::profiles() {
  std::vector<Profile> profiles;
  std::error_code error;
  std::set<std::string> people;
  for (const auto& kept : kept_) people.insert(kept.first);
  for (const auto& name : store::names_in(data_ + "/profiles", error)) people.insert(name);
  for (const auto& person : people)
    if (auto found = profile(person)) profiles.push_back(std::move(*found));
  std::sort(profiles.begin(), profiles.end(), [](const Profile& a, const Profile& b) {
    return a.used_ms != b.used_ms ? a.used_ms > b.used_ms : a.person < b.person;
  });
  return profiles;
}

Status Computer::change_profile(std::string_view person, const std::function<void(Profile&)>& how) {
  if (!valid_person(person)) return Error{Code::malformed, "a person's id"};
  // One on a stick that was pulled out is not made again.
  if (!on_stick(person)) WAYMARK_CHECK(make_private(folder(person)));
  auto path = folder(person) + "/profile.json";
  FileLock lock(path);
  Profile profile;
  auto object = read_object(path);
  if (!object && object.error().code == Code::malformed) {
    std::error_code error;
    fs::rename(path, path + ".damaged-" + std::to_string(clock_->now_ms()), error);
  } else if (!object) {
    return object.error();
  } else if (*object) {
    profile = profile_from(**object);
  }
  profile.person = std::string(person);
  how(profile);
  return store::write_durably(path, dumped(json_of(profile)));
}

Status Computer::remove_profile(std::string_view person) {
  if (!valid_person(person)) return Error{Code::malformed, "a person's id"};
  WAYMARK_CHECK(take_away(folder(person)));
  if (auto kept = kept_.find(person); kept != kept_.end()) kept_.erase(kept);
  return {};
}

// ---- PINs

std::string_view name(PinKind kind) { return kind == PinKind::pictures ? "pictures" : "digits"; }
PinKind pin_kind_named(std::string_view name) {
  return name == "pictures" ? PinKind::pictures : PinKind::digits;
}

std::string pin_for_school(std::string_view pin, PinKind kind) {
  if (pin.size() != 4) return {};
  std::string text;
  for (char c : pin) {
    bool digit = c >= '0' && c <= '9';
    if (kind == PinKind::digits) {
      if (!digit) return {};
      text += c;
      continue;
    }
    if (!digit && c != 'a' && c != 'b') return {};
    int number = digit ? c - '0' : c - 'a' + 10;
    if (!text.empty()) text += '.';
    text += std::to_string(number + 1);
  }
  return text;
}

std::int64_t pin_wait_ms(const Profile& profile, std::int64_t now_ms) {
  if (profile.wrong_tries < 3) return 0;
  auto doublings = std::min<std::int64_t>(profile.wrong_tries - 3, 5);
  std::int64_t wait = std::min<std::int64_t>(std::int64_t{2'000} << doublings, 60'000);
  // What stands in the file may lie so far away that no difference holds it.
  if (profile.wrong_at_ms > now_ms || profile.wrong_at_ms <= now_ms - wait) return 0;
  return wait - (now_ms - profile.wrong_at_ms);
}

Status check_pin(Computer& computer, Profile& profile, std::string_view pin, std::int64_t now_ms) {
  if (auto wait = pin_wait_ms(profile, now_ms); wait > 0)
    return Error{Code::slowed_down, std::to_string((wait + 999) / 1000)};
  auto as_sent = pin_for_school(pin, profile.pin_kind);
  if (!as_sent.empty() && verify_password(as_sent, profile.pin_hash)) {
    if (profile.wrong_tries > 0)
      WAYMARK_CHECK(computer.change_profile(profile.person, [](Profile& kept) { kept.wrong_tries = 0; }));
    profile.wrong_tries = 0;
    return {};
  }
  profile.wrong_tries++;
  profile.wrong_at_ms = now_ms;
  WAYMARK_CHECK(computer.change_profile(profile.person, [&](Profile& kept) {
    kept.wrong_tries = profile.wrong_tries;
    kept.wrong_at_ms = now_ms;
  }));
  return Error{Code::wrong_pin, "not the PIN chosen"};
}

}  // namespace waymark::app
