#include "shared/store/whole.hpp"

#include <algorithm>

#include "shared/record/merge.hpp"

namespace waymark::store {

Result<History> history_of(Store& store, const record::RecordKey& key) {
  WAYMARK_TRY(ops, store.history(key));
  History history;
  for (auto& [id, op] : ops) history.emplace(id, std::move(op));
  return history;
}

Whole whole_at(const History& history, std::span<const OpId> tips) {
  Whole whole;
  std::vector<OpId> open(tips.begin(), tips.end());
  while (!open.empty()) {
    auto id = open.back();
    open.pop_back();
    auto op = history.find(id);
    if (op == history.end() || !whole.past.insert(id).second) continue;
    open.insert(open.end(), op->second.base.begin(), op->second.base.end());
  }
  std::vector<record::Link> links;
  for (const auto& id : whole.past) links.push_back(record::link_of(history.at(id), id));
  for (const auto& [name, ids] : record::heads(links)) {
    auto last = std::min_element(ids.begin(), ids.end(), [&](const OpId& a, const OpId& b) {
      return record::displayed_before(history.at(a).time_ms, a, history.at(b).time_ms, b);
    });
    whole.set_by.emplace(name, *last);
    whole.fields.emplace(name, history.at(*last).fields.at(name));
  }
  return whole;
}

}  // namespace waymark::store
