// What stood in a student's texts before they were written anew, here or elsewhere: to read, and to put back.
#include <algorithm>
#include <map>
#include <set>

#include "client/app/student_views.hpp"
#include "client/app/words.hpp"

namespace waymark::app {
namespace {

constexpr std::int64_t kOneSittingMs = 10 * 60'000;
constexpr std::size_t kVersionsMax = 50;
constexpr std::size_t kSlipBytes = 60;  // what may be put right without being a version of its own

bool has_history(const Record& record, const std::string& field) {
  auto how = reads(record, field);
  return record.key.kind != "draft" && (how == Reads::words || how == Reads::line);
}

// A text as one op set it, in a sitting: what was typed on from one to the next, soon after, at one computer.
struct Stand {
  const OpId* id;
  const record::Op* op;
  std::string text;
};
using Sitting = std::vector<Stand>;

std::vector<Sitting> sittings_of(const store::History& history, const std::string& field) {
  auto sets = [&](const OpId& base) {
    auto found = history.find(base);
    return found != history.end() && found->second.fields.contains(field);
  };
  std::map<OpId, const OpId*> next;  // of each that was typed on from
  std::set<OpId> goes_on;
  for (const auto& [id, op] : history) {
    if (!op.fields.contains(field) || std::count_if(op.base.begin(), op.base.end(), sets) != 1) continue;
    const auto& base = *std::find_if(op.base.begin(), op.base.end(), sets);
    const auto& before = history.at(base);
    auto after_ms = op.time_ms - before.time_ms;
    if (op.replica != before.replica || after_ms < 0 || after_ms >= kOneSittingMs) continue;
    if (next.emplace(base, &id).second) goes_on.insert(id);
  }
  std::vector<Sitting> sittings;
  for (const auto& [id, op] : history) {
    if (!op.fields.contains(field) || goes_on.contains(id)) continue;
    Sitting sitting;
    for (const OpId* at = &id; at;) {
      const auto& here = *history.find(*at);
      sitting.push_back({&here.first, &here.second, here.second.fields.at(field).text()});
      auto on = next.find(*at);
      at = on == next.end() ? nullptr : on->second;
    }
    sittings.push_back(std::move(sitting));
  }
  return sittings;
}

// Nearly all of the text, from its beginning and to its end, stands in the other.
bool stands_in(std::string_view text, std::string_view other) {
  auto most = std::min(text.size(), other.size());
  std::size_t first = 0, last = 0;
  while (first < most && text[first] == other[first]) ++first;
  while (last < most - first && text[text.size() - 1 - last] == other[other.size() - 1 - last]) ++last;
  return text.size() - first - last <= std::min(text.size() / 4, kSlipBytes);
}

// Of a sitting what it ended with, and what was there in between and is not any more: not each word of the
// typing, and of what was taken away step by step what stood there before the first.
Sitting worth_showing(const Sitting& sitting) {
  std::vector<std::size_t> kept;
  for (std::size_t i = sitting.size(); i-- > 0;)
    if (std::none_of(kept.begin(), kept.end(),
                     [&](std::size_t later) { return stands_in(sitting[i].text, sitting[later].text); }))
      kept.push_back(i);
  std::set<std::size_t> shown{sitting.size() - 1};
  for (std::size_t i : kept) {
    if (i + 1 == sitting.size()) continue;
    while (i > 0 && sitting[i - 1].text.size() > sitting[i].text.size() &&
           stands_in(sitting[i].text, sitting[i - 1].text))
      --i;
    shown.insert(i);
  }
  Sitting all;
  for (std::size_t i : shown) all.push_back(sitting[i]);
  return all;
}

}  // namespace

Result<std::vector<Earlier>> earlier_of(const Scene& scene, const Record& record) {
  std::vector<Earlier> found;
  WAYMARK_TRY(history, store::history_of(scene.store, record.key));
  std::set<std::string> fields;
  for (const auto& [id, op] : history)
    for (const auto& each : op.fields)
      if (has_history(record, each.first)) fields.insert(each.first);
  for (const auto& name : fields)
    for (const auto& sitting : sittings_of(history, name))
      for (const auto& one : worth_showing(sitting))
        if (!one.text.empty() && one.text != record.text(name))
          found.push_back(
              {name, {*one.id, one.op->time_ms, one.op->author, one.op->replica, one.op->fields.at(name)}});
  std::sort(found.begin(), found.end(), [](const Earlier& a, const Earlier& b) {
    return record::displayed_before(a.head.time_ms, a.head.op, b.head.time_ms, b.head.op);
  });
  std::vector<Earlier> different;
  for (auto& each : found)
    if (different.size() < kVersionsMax &&
        std::none_of(different.begin(), different.end(), [&](const Earlier& other) {
          return other.field == each.field && other.head.value == each.head.value;
        }))
      different.push_back(std::move(each));
  return different;
}

std::string earlier_id(const Scene& scene, const Record& record) {
  // What was never touched since it was made need not be looked at.
  bool touched = std::any_of(record.fields.begin(), record.fields.end(), [&](const auto& each) {
    return has_history(record, each.first) && each.second.heads.front().time_ms > record.created_ms;
  });
  if (!touched) return {};
  auto earlier = earlier_of(scene, record);
  return earlier && !earlier->empty() ? record.key.kind + "/" + id_of(record) : std::string();
}

Result<HistoryView> history_view(const Scene& scene, const Destination& to) {
  HistoryView view;
  for (const RecordList* records : {&scene.r.goals, &scene.r.works, &scene.r.profiles})
    for (const auto& record : *records) {
      if (record.key.kind + "/" + id_of(record) != to.record) continue;
      view.id = to.record;
      view.words = words_of(scene, record);
      WAYMARK_TRY(earlier, earlier_of(scene, record));
      for (const auto& each : earlier) {
        EarlierVersion line{each.field, phrase(what_key(record, each.field)), written_by(scene, each.head)};
        line.version.text = differing_words(record.text(each.field), each.head.value.text()).second;
        view.versions.push_back(std::move(line));
      }
    }
  return view;
}

}  // namespace waymark::app
