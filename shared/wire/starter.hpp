// A starter: the file with which the students of a class begin on a computer that has never met the school.
// Each has an entry that opens with their card alone: whose it is, the school's identity, what they may read,
// and the key to the rest, which is what their class reads. Whoever can make an entry that opens with a card
// knows the card, so a student's app believes it; whoever finds the file reads nothing of it. Values to and
// from bytes; docs/PROTOCOL.md is the normative text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/base/hash.hpp"
#include "shared/base/sealed_box.hpp"
#include "shared/wire/messages.hpp"

namespace waymark::wire {

inline constexpr std::size_t starter_entries_max = 200;
inline constexpr std::size_t starter_addresses_max = 8;
inline constexpr std::size_t starter_bytes_max = 64 * 1024 * 1024;

struct StarterEntry {
  PersonId person;
  std::string given;     // the student's name
  bool new_pin = false;  // none was chosen yet
  std::string pin_kind;  // of the one that was
  PublicKey identity;    // the school's
  std::vector<Granted> grants;
  std::vector<std::string> addresses;  // where the school can be found later
};

struct StarterHead {
  std::string school, class_title;
  std::string salt;                  // 32 digits
  std::vector<std::string> entries;  // sealed, in no order
  std::string_view rest;             // of the bytes that were read, after the head
};

struct SealedEntry {
  StarterEntry entry;
  std::string card;  // eight characters
};
// `news`: encoded, each an item. `too_large`.
Result<std::string> make_starter(std::string_view school, std::string_view class_title, std::string_view salt,
                                 const std::vector<SealedEntry>& entries,
                                 const std::vector<std::string>& news);

// `malformed`, `unsupported`, `too_large`.
Result<StarterHead> read_starter(std::string_view bytes);

struct OpenedStarter {
  StarterEntry entry;
  std::vector<std::string> news;
  bool whole = false;  // false: its end is missing
};
// `card_unknown` when no entry opens with it. Takes a second: a card is not to be guessed.
Result<OpenedStarter> open_starter(const StarterHead& head, std::string_view card);

}  // namespace waymark::wire
