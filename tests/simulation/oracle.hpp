// What the records must be, computed from the bytes of ops alone and in the plainest way: it shares no code
// with the product, reads JSON with another parser, and walks every path. Slow on purpose.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace waymark::simulation {

// A head as the oracle sees it: the op's id, and the value as JSON text.
struct OracleHead {
  std::string op;
  std::string value;
  bool operator==(const OracleHead&) const = default;
};
struct OracleField {
  std::vector<OracleHead> heads;  // the displayed one first, the others by id
  bool conflict = false;          // heads with different values
};
// "stream kind record" → field → heads. Records whose every op is refused have no fields.
using OracleRecords = std::map<std::string, std::map<std::string, OracleField>>;

struct OracleEntry {
  std::string id;    // 32 hexadecimal digits, as told by the store
  std::string body;  // canonical op or stub
  bool accepted = true;
};

OracleRecords oracle(const std::vector<OracleEntry>& entries);

}  // namespace waymark::simulation
