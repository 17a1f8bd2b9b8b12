// What the records must be, computed from the bytes of ops alone and in the plainest way: it shares no code
// with the product, reads JSON with another parser, and walks every path. Slow on purpose.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
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
// Of a record whose every op is refused: no fields.
using OracleFields = std::map<std::string, OracleField>;
// "stream kind record" → what it must be.
using OracleRecords = std::map<std::string, std::shared_ptr<const OracleFields>>;

struct OracleEntry {
  std::string id;    // 32 hexadecimal digits, as told by the store
  std::string body;  // canonical op or stub
  bool accepted = true;
};

struct OracleNode;

// Remembers what it read and computed: the same bytes of the same ops give the same record each time.
class Oracle {
 public:
  Oracle();
  ~Oracle();
  OracleRecords records(const std::vector<OracleEntry>& entries);

 private:
  const OracleNode* node(const OracleEntry& entry);
  std::unordered_map<std::string, std::unique_ptr<const OracleNode>> nodes_;  // by all that an entry says
  std::map<std::vector<const OracleNode*>, std::shared_ptr<const OracleFields>> known_;
};

}  // namespace waymark::simulation
