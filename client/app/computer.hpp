// What this computer knows without anybody signed in: the school it joined, and who uses it. Small files of
// JSON, each written whole and durably, and changed under a lock, because a window and a script may run at
// once. What cannot be read is set aside, never deleted.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/app/views.hpp"
#include "shared/base/hash.hpp"
#include "shared/base/seams.hpp"

namespace waymark::app {

// computer.json
struct ComputerState {
  std::string address;            // of the school's server: "https://192.168.4.2:8443"
  std::string school;             // its name
  std::string identity;           // 64 hexadecimal digits
  std::vector<std::string> pins;  // TLS keys that the identity has signed, newest first; none over plain HTTP
  std::string id, name, token;    // of this computer
  bool starter = false;           // begun from a starter file, whose copy is beside this one
  std::string hub, hub_name;      // whom the address leads to; empty: the school's server itself
  struct Place {
    std::string hub, name;
    std::vector<std::string> addresses;
    bool operator==(const Place&) const = default;
  };
  std::vector<Place> places;  // where else the school can be reached
  // Before anybody is signed in.
  std::string language, theme = "system";
  int text_size = 100;
  bool joined() const { return !token.empty() || starter; }
};

// profile.json: one student on this computer, readable before signing in.
struct Profile {
  std::string person;  // 32 hexadecimal digits
  std::string name;
  Mark mark;
  std::string token, certificate, signature, device_key;  // of this student here
  std::string introduction;  // sealed to the school, until it has given a certificate
  PinKind pin_kind = PinKind::digits;
  std::string pin_hash;     // Argon2id, in the form the school has the PIN; empty: none
  bool pin_unsent = false;  // chosen here, and the school does not know it yet
  std::int64_t wrong_tries = 0, wrong_at_ms = 0;
  std::int64_t used_ms = 0, heard_ms = 0;
  bool unsent = false;  // something may wait: look, even when nobody is signed in
  std::string notice;   // a sentence's key that the student has not seen yet

  // What the school gave this device: a certificate and its signature. It needs no introduction any more.
  void certify(const std::pair<std::string, std::string>& given) {
    certificate = given.first, signature = given.second;
    introduction.clear();
  }
};

class Computer {
 public:
  // `io`, `disk_full`.
  static Result<Computer> open(std::string data, Clock& clock);

  const std::string& data() const { return data_; }
  const ComputerState& state() const { return state_; }
  Status change(const std::function<void(ComputerState&)>& how);
  // A file that could not be read was set aside.
  bool set_aside() const { return set_aside_; }

  // Those that used this computer, latest first.
  std::vector<Profile> profiles();
  std::optional<Profile> profile(std::string_view person);
  // Makes the folder and the file when they are not there.
  Status change_profile(std::string_view person, const std::function<void(Profile&)>& how);
  std::string folder(std::string_view person) const;
  // The sticks that are plugged in. A student of this school whose profile is on one is found there, whatever
  // is here, until the next call.
  void look_on(const std::vector<std::string>& sticks);
  bool on_stick(std::string_view person) const { return kept_.find(person) != kept_.end(); }
  // Takes a profile that nobody has open from here to a stick, whole. Where it fails it stays here:
  // `disk_full`, `io`; `conflict` when that stick has one of this student already.
  Status move_to(const std::string& stick, std::string_view person);
  // Forgets a student here: the folder is taken away whole.
  Status remove_profile(std::string_view person);

 private:
  std::string kept_on(const std::string& stick) const;

  std::string data_;
  std::map<std::string, std::string, std::less<>> kept_;  // folders on sticks, by person
  Clock* clock_ = nullptr;
  ComputerState state_;
  bool set_aside_ = false;
};

// ---- PINs

// As the school has it: digits as such; pictures, "0" to "b" each here, as numbers from 1 with dots between.
// Empty when it is no PIN.
std::string pin_for_school(std::string_view pin, PinKind kind);
std::string_view name(PinKind kind);  // digits | pictures
PinKind pin_kind_named(std::string_view name);

// How long the next try has to wait, in milliseconds. After three wrong tries two seconds, then twice as long
// each time, up to a minute; a clock that went back makes nobody wait for more than that.
std::int64_t pin_wait_ms(const Profile& profile, std::int64_t now_ms);
// `slowed_down`, `wrong_pin`. A wrong try is kept before the answer is given, so that ending the program does
// not make it undone.
Status check_pin(Computer& computer, Profile& profile, std::string_view pin, std::int64_t now_ms);

}  // namespace waymark::app
