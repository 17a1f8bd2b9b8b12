// What stood in a student's texts before they were written anew, here or elsewhere: to read, and to put back.
#include <algorithm>

#include "client/app/student_views.hpp"
#include "client/app/words.hpp"

namespace waymark::app {
namespace {

constexpr std::int64_t kOneSittingMs = 10 * 60'000;
constexpr std::size_t kVersionsMax = 50;

bool has_history(const Record& record, const std::string& field) {
  auto how = reads(record, field);
  return record.key.kind != "draft" && (how == Reads::words || how == Reads::line);
}

// Typed on from there soon after, at the same computer, and not much of it taken away.
bool typed_on(const store::History& history, const std::string& field, const OpId& id, const record::Op& op) {
  auto text = op.fields.at(field).text();
  return std::any_of(history.begin(), history.end(), [&](const auto& each) {
    const auto& next = each.second;
    auto sets = [&](const OpId& base) {
      auto found = history.find(base);
      return found != history.end() && found->second.fields.contains(field);
    };
    return next.replica == op.replica && next.fields.contains(field) &&
           std::find(next.base.begin(), next.base.end(), id) != next.base.end() &&
           std::count_if(next.base.begin(), next.base.end(), sets) == 1 &&
           next.time_ms - op.time_ms < kOneSittingMs &&
           next.fields.at(field).text().size() * 2 >= text.size();
  });
}

}  // namespace

Result<std::vector<Earlier>> earlier_of(const Scene& scene, const Record& record) {
  std::vector<Earlier> found;
  WAYMARK_TRY(history, store::history_of(scene.store, record.key));
  for (const auto& [id, op] : history)
    for (const auto& [name, value] : op.fields) {
      if (!has_history(record, name) || value.text().empty() || value.text() == record.text(name)) continue;
      if (typed_on(history, name, id, op)) continue;
      found.push_back({name, {id, op.time_ms, op.author, op.replica, value}});
    }
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
