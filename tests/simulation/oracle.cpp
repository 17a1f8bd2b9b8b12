#include "tests/simulation/oracle.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace waymark::simulation {
namespace {
using Json = nlohmann::json;
}  // namespace

struct OracleNode {
  std::string id, record;
  Json json;
  bool accepted = true;
  std::set<std::string> fields;
};

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

const OracleNode* Oracle::node(const OracleEntry& entry) {
  auto& known = nodes_[entry.id + (entry.accepted ? '+' : '-') + entry.body];
  if (known) return known.get();
  OracleNode node{entry.id, {}, Json::parse(entry.body, nullptr, false), entry.accepted, {}};
  if (!node.json.is_discarded()) {
    if (node.accepted)
      for (const auto& [name, value] : node.json["fields"].items()) node.fields.insert(name);
    node.record = node.json["record"].get<std::string>();
    // A record of one op has the op's id.
    if (node.record == std::string(32, '0')) node.record = entry.id;
    node.record = node.json["stream"].get<std::string>() + " " + node.json["kind"].get<std::string>() + " " +
                  node.record;
  }
  known = std::make_unique<const OracleNode>(std::move(node));
  return known.get();
}

OracleRecords Oracle::records(const std::vector<OracleEntry>& entries) {
  std::map<std::string, Nodes> all;
  for (const auto& entry : entries) {
    const auto* one = node(entry);
    if (!one->json.is_discarded()) all[one->record].emplace(one->id, one);
  }
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
