// Errors in one English sentence each, for the error stream: what happened, why, what to do.
#pragma once

#include <string>

#include "shared/base/result.hpp"

namespace waymark::cli {

std::string sentence(const Error& error);
// Why the school did not take in what was brought to it, without the full stop.
std::string not_taken(Code why, bool by_stick = false);

}  // namespace waymark::cli
