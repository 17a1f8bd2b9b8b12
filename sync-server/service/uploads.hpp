// Files on their way to the school: of each what has come so far, from its first byte on, as a file of its
// own, so that an upload goes on where it was cut off, also after a restart. An upload belongs to the person
// who sends it and ends when the file is whole; nobody learns from it what the school has. What is here may
// be thrown away at any time: it is sent again.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "shared/record/op.hpp"

namespace waymark::server {

inline constexpr std::size_t uploads_per_person_max = 8;
inline constexpr std::size_t uploads_max = 4096;
inline constexpr std::int64_t upload_age_max_ms = std::int64_t{7} * 24 * 3600 * 1000;

class Uploads {
 public:
  explicit Uploads(std::string folder) : folder_(std::move(folder)) {}

  std::string path(const PersonId& person, std::string_view hash) const;
  // How many bytes of it have come.
  std::int64_t size(const PersonId& person, std::string_view hash) const;
  std::int64_t bytes() const;            // of all of them
  std::set<std::string> hashes() const;  // of all files that have begun to come
  // Before a new one begins: where this person or the school has as many as may be, the one that was not
  // touched for longest goes.
  void make_room(const PersonId& person) const;
  void forget(const PersonId& person) const;      // all that this person began
  void forget_file(std::string_view hash) const;  // whoever sends it
  void remove_older_than(std::int64_t age_ms) const;

 private:
  std::string folder_;
};

}  // namespace waymark::server
