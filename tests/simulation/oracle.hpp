// What the records must be, computed from the bytes of ops alone and in the plainest way: it shares no code
// with the product, reads JSON with another parser, hashes with another library, and walks every path. Slow
// on purpose.
#pragma once

#include <array>
#include <cstdint>
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

struct OracleNode;

// A line as a store serves it. All but the line itself follows from the line.
struct OracleEntry {
  std::string id;    // 32 hexadecimal digits: of an op the hash of its bytes, of a stub what it names
  std::string body;  // canonical op or stub
  bool accepted = true;
  bool erased = false;          // a stub on the ground of law
  bool more_than_once = false;  // of a kind whose records are one op: it has a record, or a base
  const OracleNode* node = nullptr;
};

// The sum of ids modulo 2^128, byte by byte.
class OracleDigest {
 public:
  void add(const OracleEntry& entry);
  std::string hex() const;
  std::int64_t count() const { return count_; }

 private:
  std::array<std::uint8_t, 16> sum_{};
  std::int64_t count_ = 0;
};

// Remembers what it read and computed: the same bytes of the same ops give the same record each time.
class Oracle {
 public:
  Oracle();
  ~Oracle();
  OracleEntry read(std::string line);
  OracleRecords records(const std::vector<OracleEntry>& entries);

 private:
  std::unordered_map<std::string, std::unique_ptr<const OracleNode>> nodes_;  // by their lines
  std::map<std::vector<const OracleNode*>, std::shared_ptr<const OracleFields>> known_;
};

}  // namespace waymark::simulation
