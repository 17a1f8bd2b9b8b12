// A hub: a school's server in a room, which knows the people of its classes, serves them without the school's
// server, and carries what they write to it. It has none of the school's secrets: what the school says it
// passes on under the school's signature, and what its users say under theirs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/hash.hpp"

namespace waymark::server {

// What `hub add` writes at the school, and what a hub's data directory keeps as hub.json.
struct HubFile {
  PersonId hub;
  std::string name, school;
  PublicKey identity;                // the school's
  std::string token;                 // lets the hub in at the school
  std::vector<std::string> classes;  // their titles, for people
  std::string upstream;  // where the school is: "https://school.example:8443"; empty in the file of `hub add`
};
std::string encode(const HubFile& file);
// `malformed`, with what is wrong.
Result<HubFile> read_hub_file(std::string_view text);

// What a hub asks of its school: its key's signature, and its people where they changed.
struct HubQuestion {
  std::string spki;  // of the hub's TLS key; empty over plain HTTP
  std::vector<std::string> addresses;
  std::int64_t carrying = 0;  // ops on their way
  std::string version;        // of the people that it has; empty: none
  std::string key = {};  // the public half of the one it seals with, 64 digits; empty: of an earlier version
};
std::string encode(const HubQuestion& question);
// Addresses beyond eight or of more than 260 bytes are read over.
Result<HubQuestion> read_hub_question(std::string_view text);

}  // namespace waymark::server
