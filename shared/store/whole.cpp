#include "shared/store/whole.hpp"

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
  for (const auto& id : whole.past) {
    const auto& op = history.at(id);
    for (const auto& [name, value] : op.fields) {
      auto [at, fresh] = whole.set_by.try_emplace(name, id);
      if (!fresh && !record::displayed_before(op.time_ms, id, history.at(at->second).time_ms, at->second))
        continue;
      at->second = id;
      whole.fields[name] = value;
    }
  }
  return whole;
}

}  // namespace waymark::store
