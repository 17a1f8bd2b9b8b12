#include "shared/sync/refill.hpp"

namespace waymark::sync {
namespace {
constexpr std::size_t kItemsMax = 4'000;
constexpr std::size_t kLineBytesMax = 512 * 1024;
}  // namespace

bool Bringing::full() const {
  return items_ >= kItemsMax || bytes_ >= kLineBytesMax || pages_.size() >= wire::returned_max;
}

Status Bringing::add(const OpId& id) {
  WAYMARK_TRY(seal, store_.seal_of(id));
  WAYMARK_TRY(line, store_.line(id));
  WAYMARK_TRY(stream, store_.stream_of(id));
  if (!line || !stream) return {};
  // The author's own, from another computer, and no seal says so: the author writes it down anew.
  if (!seal && person_) {
    auto op = record::parse_op(*line);
    if (op && op->author == *person_) {
      WAYMARK_TRY(adopted, store_.adopt(id));
      if (adopted) return {};
    }
  }
  auto place = pages_.size();
  if (seal) place = places_.emplace(seal->n, place).first->second;
  if (place == pages_.size()) {
    pages_.push_back({*stream, {}, {}, {}});
    if (seal) {
      pages_.back().items = seal->items;
      pages_.back().seal = to_hex(seal->signature);
      items_ += seal->items.size();
    }
  }
  bytes_ += line->size();
  pages_[place].bodies.push_back(std::move(*line));
  return {};
}

}  // namespace waymark::sync
