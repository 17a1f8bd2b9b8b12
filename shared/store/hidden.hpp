// What a teacher hid: a record of kind "hidden" in the stream of the record that it names, as "kind" and
// "record", with "hidden" true. It takes nothing away, and false shows the record again. Hidden is whatever
// any head says is hidden: where two teachers did not see each other, the text stays away.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "shared/store/store.hpp"

namespace waymark::store {

inline constexpr std::string_view hidden_kind = "hidden";

// The id of the record that hides another: there is one, so that a second teacher's is an edit of the
// first's.
RecordId hidden_id(std::string_view kind, const RecordId& record);

struct Hiding {
  PersonId by;
  std::int64_t at_ms = 0;
  OpId op;
};
// What is hidden of one stream, by kind and record.
struct HiddenRecord {
  std::string kind;
  RecordId record;
  Hiding hiding;
};
Result<std::vector<HiddenRecord>> hidden_records(Store& store, std::string_view stream);
Result<std::optional<Hiding>> hiding_of(Store& store, const record::RecordKey& key);

}  // namespace waymark::store
