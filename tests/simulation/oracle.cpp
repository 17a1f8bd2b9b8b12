#include "tests/simulation/oracle.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>
#include <sodium.h>

namespace waymark::simulation {
namespace {
using Json = nlohmann::json;

// docs/PROTOCOL.md, section 4: the kinds that have `once`.
const std::set<std::string> kOnce{"pack_up",     "checkin",         "self_assessment", "turn_in",
                                  "reply",       "review",          "observation",     "confirmation",
                                  "help_answer", "pathway_version", "erasure",         "notice"};

using Sixteen = std::array<std::uint8_t, 16>;

std::string hex_of(const Sixteen& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (auto byte : bytes) text += digits[byte / 16], text += digits[byte % 16];
  return text;
}
Sixteen bytes_of(const std::string& hex) {
  Sixteen bytes{};
  if (hex.size() != 32) return bytes;
  for (std::size_t i = 0; i < bytes.size(); i++)
    bytes[i] = static_cast<std::uint8_t>(std::stoul(hex.substr(2 * i, 2), nullptr, 16));
  return bytes;
}
// docs/PROTOCOL.md, section 2: the first 16 bytes of SHA-256 over the op's own.
Sixteen hash_of(const std::string& line) {
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(line.data()), line.size());
  Sixteen first{};
  std::copy_n(hash.begin(), first.size(), first.begin());
  return first;
}
}  // namespace

struct OracleNode {
  Sixteen bytes{};
  std::string id, record;
  Json json;
  bool accepted = true, erased = false, more_than_once = false;
  std::set<std::string> fields;
};

void OracleDigest::add(const OracleEntry& entry) {
  int carry = 0;
  for (std::size_t i = sum_.size(); i-- > 0;) {
    carry += sum_[i] + entry.node->bytes[i];
    sum_[i] = static_cast<std::uint8_t>(carry % 256);
    carry /= 256;
  }
  count_++;
}
std::string OracleDigest::hex() const { return hex_of(sum_); }

namespace {

using Nodes = std::map<std::string, const OracleNode*>;

void below(const std::string& id, const Nodes& nodes, std::set<std::string>& reached) {
  auto found = nodes.find(id);
  if (found == nodes.end()) return;
  for (const auto& base : found->second->json["base"]) {
    auto text = base.get<std::string>();
    if (reached.insert(text).second) below(text, nodes, reached);
  }
}

OracleFields fields_of(const Nodes& nodes) {
  OracleFields fields;
  std::map<std::string, std::set<std::string>> reach;  // op → everything it was based on, however far
  for (const auto& [id, node] : nodes) below(id, nodes, reach[id]);
  std::set<std::string> names;
  for (const auto& [id, node] : nodes) names.insert(node->fields.begin(), node->fields.end());
  for (const auto& name : names) {
    std::vector<const OracleNode*> heads;
    for (const auto& [id, node] : nodes) {
      if (!node->fields.count(name)) continue;
      bool superseded = false;
      for (const auto& [other, by] : nodes)
        superseded = superseded || (by->fields.count(name) && reach[other].count(id));
      if (!superseded) heads.push_back(node);
    }
    std::sort(heads.begin(), heads.end(), [](const OracleNode* a, const OracleNode* b) {
      auto time_a = a->json["time"].get<long long>(), time_b = b->json["time"].get<long long>();
      return time_a != time_b ? time_a > time_b : a->id > b->id;
    });
    auto& field = fields[name];
    for (const auto* head : heads) {
      field.heads.push_back({head->id, head->json["fields"][name].dump()});
      field.conflict = field.conflict || field.heads.back().value != field.heads.front().value;
    }
  }
  return fields;
}

}  // namespace

Oracle::Oracle() = default;
Oracle::~Oracle() = default;

OracleEntry Oracle::read(std::string line) {
  auto& known = nodes_[line];
  if (!known) {
    OracleNode node;
    node.json = Json::parse(line, nullptr, false);
    node.accepted = !node.json.is_object() || !node.json.contains("stub");
    node.bytes = node.accepted ? hash_of(line) : bytes_of(node.json.value("id", ""));
    node.id = hex_of(node.bytes);
    node.erased = !node.accepted && node.json["reason"] == "erased";
    if (node.json.is_object()) {
      if (node.accepted)
        for (const auto& [name, value] : node.json["fields"].items()) node.fields.insert(name);
      node.record = node.json.value("record", "");
      node.more_than_once = node.accepted && kOnce.count(node.json.value("kind", "")) > 0 &&
                            (node.record != std::string(32, '0') || !node.json["base"].empty());
      // A record of one op has the op's id.
      if (node.record == std::string(32, '0')) node.record = node.id;
      node.record = node.json.value("stream", "") + " " + node.json.value("kind", "") + " " + node.record;
    }
    known = std::make_unique<const OracleNode>(std::move(node));
  }
  return {known->id, std::move(line), known->accepted, known->erased, known->more_than_once, known.get()};
}

OracleRecords Oracle::records(const std::vector<OracleEntry>& entries) {
  std::map<std::string, Nodes> all;
  for (const auto& entry : entries)
    if (!entry.node->record.empty()) all[entry.node->record].emplace(entry.id, entry.node);
  OracleRecords records;
  for (const auto& [key, nodes] : all) {
    std::vector<const OracleNode*> of;
    for (const auto& [id, one] : nodes) of.push_back(one);
    auto& known = known_[of];
    if (!known) known = std::make_shared<const OracleFields>(fields_of(nodes));
    records[key] = known;
  }
  return records;
}

}  // namespace waymark::simulation
