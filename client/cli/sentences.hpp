// Errors in one English sentence each, for the error stream: what happened, why, what to do.
#pragma once

#include <string>

#include "shared/base/result.hpp"

namespace waymark::cli {

std::string sentence(const Error& error);

}  // namespace waymark::cli
