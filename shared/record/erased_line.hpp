// A line that stands for an erased op of one's own where ops are pushed: its stub. It has the op's place in
// the chain and nothing else.
#pragma once

#include <optional>
#include <string_view>

#include "shared/record/op.hpp"

namespace waymark::record {

inline std::optional<OpId> erased_line(std::string_view line) {
  if (!line.ends_with(",\"stub\":1}")) return std::nullopt;
  auto stub = parse_stub(line);
  return stub && stub->reason == "erased" ? std::optional(stub->id) : std::nullopt;
}

}  // namespace waymark::record
