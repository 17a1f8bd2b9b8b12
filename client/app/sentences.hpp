// Sentences for what went wrong, as keys with their arguments.
#pragma once

#include "client/app/phrase.hpp"
#include "shared/base/result.hpp"

namespace waymark::app {

// "error.<code>": what happened, that the work is safe, what to do.
Phrase sentence_of(const Error& error);
// What to do about it, for those that have it: "error.<code>.do".
Phrase remedy_of(const Error& error);

}  // namespace waymark::app
