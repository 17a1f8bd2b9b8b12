#include "shared/record/chain.hpp"

#include <algorithm>

#include "shared/base/hash.hpp"

namespace waymark::record {

Position next(const Position& at, const OpId& id) {
  std::array<std::uint8_t, 32> both;
  std::copy(at.c.bytes.begin(), at.c.bytes.end(), both.begin());
  std::copy(id.bytes.begin(), id.bytes.end(), both.begin() + 16);
  return {at.n + 1, ChainLink::from(sha256(both))};
}

}  // namespace waymark::record
