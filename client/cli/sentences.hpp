// Errors in one English sentence each, for the error stream: what happened, why, what to do.
#pragma once

#include <string>

#include "shared/base/result.hpp"
#include "shared/sync/file_queue.hpp"

namespace waymark::cli {

std::string sentence(const Error& error);
// Why the school did not take in what was brought to it, without the full stop.
std::string not_taken(Code why, bool by_stick = false);
// Why a photo or file is not where it should be, for which app::file_trouble() has words.
std::string file_trouble(const sync::FileQueue::Problem& why);

}  // namespace waymark::cli
