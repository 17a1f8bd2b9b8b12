#include "shared/sync/refill.hpp"

#include <algorithm>

namespace waymark::sync {
namespace {
constexpr std::size_t kItemsMax = 4'000;
constexpr std::size_t kLineBytesMax = 512 * 1024;
// In a header: an item, a cursor, and what is there beside them and the page that is added last.
constexpr std::size_t kItemInHeader = 36, kCursorInHeader = 208, kHeaderRest = 64 * 1024;
}  // namespace

Bringing::Bringing(store::Store& store, std::optional<PersonId> person, std::vector<wire::Returned>& pages,
                   std::size_t cursors)
    : store_(store), person_(person), pages_(pages) {
  auto taken = std::min(wire::header_bytes_max, kHeaderRest + kCursorInHeader * cursors);
  items_max_ = std::clamp((wire::header_bytes_max - taken) / kItemInHeader, std::size_t{1}, kItemsMax);
}

bool Bringing::full() const {
  return items_ >= items_max_ || bytes_ >= kLineBytesMax || pages_.size() >= wire::returned_max;
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
      pages_.back().hub = wire::hub_signer(seal->hub);
      items_ += seal->items.size();
    }
  }
  bytes_ += line->size();
  pages_[place].bodies.push_back(std::move(*line));
  return {};
}

}  // namespace waymark::sync
