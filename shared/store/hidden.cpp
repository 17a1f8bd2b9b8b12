#include "shared/store/hidden.hpp"

#include "shared/base/hash.hpp"

namespace waymark::store {
namespace {

std::optional<Hiding> hiding(const Record& record) {
  const auto* field = record.field("hidden");
  if (!field) return std::nullopt;
  for (const auto& head : field->heads)
    if (head.value.boolean()) return Hiding{head.author, head.time_ms, head.op};
  return std::nullopt;
}

}  // namespace

RecordId hidden_id(std::string_view kind, const RecordId& record) {
  std::string text(hidden_kind);
  text.append("\n").append(kind).append("\n").append(record.hex());
  return RecordId::from(sha256(as_bytes(text)));
}

Result<std::vector<HiddenRecord>> hidden_records(Store& store, std::string_view stream) {
  std::vector<HiddenRecord> all;
  WAYMARK_TRY(records, store.records(stream, hidden_kind));
  for (const auto& record : records) {
    auto found = hiding(record);
    auto id = RecordId::parse(record.text("record"));
    // One under another id says nothing: whoever looks a record up must find what a list shows.
    if (found && id && record.key.id == hidden_id(record.text("kind"), *id))
      all.push_back({record.text("kind"), *id, *found});
  }
  return all;
}

Result<std::optional<Hiding>> hiding_of(Store& store, const record::RecordKey& key) {
  WAYMARK_TRY(hidden, hidden_records(store, key.stream));
  for (const auto& each : hidden)
    if (each.kind == key.kind && each.record == key.id) return std::optional(each.hiding);
  return std::optional<Hiding>();
}

}  // namespace waymark::store
