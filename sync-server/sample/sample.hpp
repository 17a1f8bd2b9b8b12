// The sample school: Alder Creek School with its roster, standards, pathways, cards and computers, and three
// weeks of work by its students. Everything is made through the functions a real school uses: init, the
// imports, joining by card, sync, and reviews as teachers write them. The words are in assets/sample.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "shared/base/result.hpp"

namespace waymark::server {

struct SampleRequest {
  std::string data;                   // the data directory, not yet there or empty
  std::string assets;                 // the folder assets/sample; empty: where this build has it
  std::string at;                     // "2026-11-24", the day on which the sample is opened; empty: today
  bool demo = false;                  // known passwords and PINs, for trying things out
  bool work = true;                   // with what the students did; else their first day is still to come
  std::optional<std::uint64_t> seed;  // repeats keys and codes too: for tests, never for a real school
};

struct SampleCard {
  std::string name, card;
  std::string pin;  // empty: chosen at the card's first use
};
struct SampleSchool {
  std::string school, fingerprint, recovery_phrase;
  std::string admin_email, admin_password;
  std::string teacher_email, teacher_password;      // of Period 3
  std::string colleague_email, colleague_password;  // of the second class
  std::string computer_name, computer_code;         // joins one more computer
  std::string class_title;
  std::vector<SampleCard> cards;  // by name
  std::int64_t ops = 0;           // what the students and teachers wrote

  std::string text() const;
  std::string json() const;
};

// `exists` when the directory holds a school, `not_found` and `malformed` with the place when the assets
// cannot be used.
Result<SampleSchool> make_sample(const SampleRequest& request);

}  // namespace waymark::server
