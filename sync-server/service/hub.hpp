// A hub: a school's server in a room, which knows the people of its classes, serves them without the school's
// server, and carries what they write to it. It has none of the school's secrets: what the school says it
// passes on under the school's signature, and what its users say under theirs.
#pragma once

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

}  // namespace waymark::server
