// The chain that proves a replica's numbering: c(0) is zero, c(n) the first 16 bytes of SHA-256(c(n-1) ||
// id(n)). A receiver that says "I have yours up to (n, c)" is believed only where the device's own c(n) is
// the same.
#pragma once

#include <cstdint>

#include "shared/record/op.hpp"

namespace waymark::record {

using ChainLink = Id<struct ChainTag>;

struct Position {
  std::int64_t n = 0;
  ChainLink c;
  bool operator==(const Position&) const = default;
};

Position next(const Position& at, const OpId& id);

}  // namespace waymark::record
