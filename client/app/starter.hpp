// A first sign-in on a computer that has never met the school: from a starter file, with a card. What the
// student then is here, the school learns from the introduction that their work carries.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/app/computer.hpp"
#include "shared/wire/starter.hpp"

namespace waymark::app {

// Files of this ending on a stick, in its folder WAYMARK or beside it.
inline constexpr std::string_view starter_ending = ".waymark-starter";

// Keeps the file with this computer, so that other students begin from it too. `not_found`, `malformed`,
// `too_large`, `unsupported`; `io`, `disk_full`. Afterwards the computer counts as joined, and says of which
// school.
Status keep_starter(Computer& computer, Random& random, const std::string& path);
// Where a computer's copy is, if it has one.
std::optional<std::string> starter_of(const Computer& computer);

// Those on a stick, or in its folder WAYMARK.
std::vector<std::string> starters_in(const std::string& folder);

// Whose the card is. `card_unknown`; `identity_changed` where this computer belongs to another school.
Result<wire::OpenedStarter> open_with_card(const Computer& computer, std::string_view card);

// The records of a student who is new here: what their class reads, under their own accesses. Changes nothing
// of records that have been read before.
Status fill_records(const std::string& folder, const wire::OpenedStarter& starter, Clock& clock,
                    Random& random);

}  // namespace waymark::app
