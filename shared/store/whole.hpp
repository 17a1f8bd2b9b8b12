// One record as the authors of some of its ops had it: what those ops reach through base links, and what it
// says. Where people edited without seeing each other, such wholes are what they are shown, to choose from.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>

#include "shared/store/store.hpp"

namespace waymark::store {

using History = std::map<OpId, record::Op>;
Result<History> history_of(Store& store, const record::RecordKey& key);

struct Whole {
  std::set<OpId> past;    // the tips and all that was read before them, as far as it is here
  record::Fields fields;  // as those set them that nothing in the past wrote over; of several the latest
  std::map<std::string, OpId, std::less<>> set_by;
};
// `tips` that are not in the history lead nowhere.
Whole whole_at(const History& history, std::span<const OpId> tips);

}  // namespace waymark::store
