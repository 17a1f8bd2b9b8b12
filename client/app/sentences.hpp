// Sentences for what went wrong, as keys with their arguments.
#pragma once

#include "client/app/phrase.hpp"
#include "shared/base/result.hpp"
#include "shared/sync/file_queue.hpp"

namespace waymark::app {

// "error.<code>": what happened, that the work is safe, what to do.
Phrase sentence_of(const Error& error);
// What to do about it, for those that have it: "error.<code>.do".
Phrase remedy_of(const Error& error);

// Why the school did not take in what somebody else brought, and that it is safe here; what to do about it.
Phrase not_taken(Code why);
Phrase remedy_of_not_taken(Code why);
// Why a photo or file is not where it should be, and where it is safe; what to do about it. Nothing where no
// network alone is why.
Phrase file_trouble(const sync::FileQueue::Problem& why);
Phrase remedy_of_file_trouble(const sync::FileQueue::Problem& why);
// Card or PIN were not right: signing in once more mends it.
bool is_of_card(Code code);

}  // namespace waymark::app
