#include "tests/simulation/oracle.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace waymark::simulation {
namespace {
using Json = nlohmann::json;

struct Node {
  std::string id;
  Json json;
  bool accepted = true;
  std::set<std::string> fields;
};

void below(const std::string& id, const std::map<std::string, Node>& nodes, std::set<std::string>& reached) {
  auto found = nodes.find(id);
  if (found == nodes.end()) return;
  for (const auto& base : found->second.json["base"]) {
    auto text = base.get<std::string>();
    if (reached.insert(text).second) below(text, nodes, reached);
  }
}
}  // namespace

OracleRecords oracle(const std::vector<OracleEntry>& entries) {
  std::map<std::string, std::map<std::string, Node>> records;
  for (const auto& entry : entries) {
    Node node{entry.id, Json::parse(entry.body, nullptr, false), entry.accepted, {}};
    if (node.json.is_discarded()) continue;
    if (node.accepted)
      for (const auto& [name, value] : node.json["fields"].items()) node.fields.insert(name);
    std::string record = node.json["record"].get<std::string>();
    // A record of one op has the op's id.
    if (record == std::string(32, '0')) record = entry.id;
    records[node.json["stream"].get<std::string>() + " " + node.json["kind"].get<std::string>() + " " +
            record]
        .emplace(entry.id, std::move(node));
  }
  OracleRecords result;
  for (const auto& [key, nodes] : records) {
    auto& fields = result[key];
    std::map<std::string, std::set<std::string>> reach;  // op → everything it was based on, however far
    for (const auto& [id, node] : nodes) below(id, nodes, reach[id]);
    std::set<std::string> names;
    for (const auto& [id, node] : nodes) names.insert(node.fields.begin(), node.fields.end());
    for (const auto& name : names) {
      std::vector<const Node*> heads;
      for (const auto& [id, node] : nodes) {
        if (!node.fields.count(name)) continue;
        bool superseded = false;
        for (const auto& [other, by] : nodes)
          superseded = superseded || (by.fields.count(name) && reach[other].count(id));
        if (!superseded) heads.push_back(&node);
      }
      std::sort(heads.begin(), heads.end(), [](const Node* a, const Node* b) {
        auto time_a = a->json["time"].get<long long>(), time_b = b->json["time"].get<long long>();
        return time_a != time_b ? time_a > time_b : a->id > b->id;
      });
      auto& field = fields[name];
      for (const auto* head : heads) {
        field.heads.push_back({head->id, head->json["fields"][name].dump()});
        field.conflict = field.conflict || field.heads.back().value != field.heads.front().value;
      }
    }
  }
  return result;
}

}  // namespace waymark::simulation
