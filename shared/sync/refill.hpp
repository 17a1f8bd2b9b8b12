// What a school lost and is brought back: lines that others wrote, each under the seal it was served with.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "shared/store/store.hpp"
#include "shared/wire/messages.hpp"

namespace waymark::sync {

// Gathers them for one message, up to its bounds.
class Bringing {
 public:
  // `person`: whose own ops are written down anew where no seal says that the school had them. `cursors`: how
  // many stand in the same header.
  Bringing(store::Store& store, std::optional<PersonId> person, std::vector<wire::Returned>& pages,
           std::size_t cursors = 0);

  bool full() const;
  Status add(const OpId& id);

 private:
  store::Store& store_;
  std::optional<PersonId> person_;
  std::vector<wire::Returned>& pages_;
  std::map<std::int64_t, std::size_t> places_;  // of each seal among the pages
  std::size_t items_max_, items_ = 0, bytes_ = 0;
};

}  // namespace waymark::sync
