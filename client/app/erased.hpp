// Who is erased at school is erased on every computer that hears of it, whoever's exchange, stick or command
// tells it: they themselves may never sign in again.
#pragma once

#include <string>
#include <vector>

#include "client/app/computer.hpp"
#include "client/app/outgoing.hpp"
#include "shared/base/seams.hpp"
#include "shared/store/store.hpp"

namespace waymark::app {

// Those of whom `heard` tells that they are erased and who have a profile here.
std::vector<std::string> erased_here(Computer& computer, store::Store& heard);

// Takes away the folder of one whose records nobody here has open, and what waited of theirs. What another
// program has open stays for the next time: `database_locked`.
Status take_away(Computer& computer, Outgoing& outgoing, const std::string& person, Clock& clock,
                 Random& random);

}  // namespace waymark::app
