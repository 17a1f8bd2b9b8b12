#include "shared/record/op.hpp"

#include <algorithm>

#include "shared/base/text.hpp"

namespace waymark::record {

Value::Value(const std::vector<std::string>& texts) {
  std::vector<Scalar> items;
  items.reserve(texts.size());
  for (const auto& text : texts) items.emplace_back(text);
  data = std::move(items);
}

std::string Value::text(std::string_view other) const {
  const auto* s = std::get_if<std::string>(&data);
  return s ? *s : std::string(other);
}
std::int64_t Value::integer(std::int64_t other) const {
  const auto* i = std::get_if<std::int64_t>(&data);
  return i ? *i : other;
}
bool Value::boolean(bool other) const {
  const auto* b = std::get_if<bool>(&data);
  return b ? *b : other;
}
std::vector<std::string> Value::texts() const {
  std::vector<std::string> texts;
  if (const auto* items = std::get_if<std::vector<Scalar>>(&data))
    for (const auto& item : *items)
      if (const auto* s = std::get_if<std::string>(&item)) texts.push_back(*s);
  return texts;
}

bool valid_name(std::string_view name) {
  return !name.empty() && name.size() <= name_bytes_max && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
}

bool valid_stream(std::string_view stream) {
  auto colon = stream.find(':');
  auto word = stream.substr(0, colon);
  if (word.empty() || word.size() > 16 ||
      !std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; }))
    return false;
  return colon == std::string_view::npos || RecordId::parse(stream.substr(colon + 1)).has_value();
}

namespace {

Status check_one(std::monostate) { return {}; }
Status check_one(bool) { return {}; }
Status check_one(std::int64_t value) {
  if (value > integer_max || value < -integer_max) return Error{Code::malformed, "an integer beyond 2^53"};
  return {};
}
Status check_one(const std::string& text) {
  if (!valid_utf8(text)) return Error{Code::malformed, "a text that is not UTF-8"};
  return {};
}
Status check_one(const std::vector<Scalar>& items) {
  if (items.size() > array_items_max) return Error{Code::too_large, "an array of more than 1024 items"};
  for (const auto& item : items)
    WAYMARK_CHECK(std::visit([](const auto& value) { return check_one(value); }, item));
  return {};
}

}  // namespace

Status check_frame(const Op& op) {
  if (!valid_stream(op.stream)) return Error{Code::malformed, "the stream's name"};
  if (!valid_name(op.kind)) return Error{Code::malformed, "the kind's name"};
  if (op.fields.empty()) return Error{Code::malformed, "an op sets at least one field"};
  if (op.fields.size() > op_fields_max) return Error{Code::too_large, "more than 256 fields"};
  if (op.base.size() > op_base_max) return Error{Code::too_large, "more than 256 bases"};
  if (!std::is_sorted(op.base.begin(), op.base.end()) ||
      std::adjacent_find(op.base.begin(), op.base.end()) != op.base.end())
    return Error{Code::malformed, "bases are sorted and unique"};
  if (op.time_ms > integer_max || op.time_ms < -integer_max) return Error{Code::malformed, "the time"};
  for (const auto& [name, value] : op.fields)
    if (!valid_name(name)) return Error{Code::malformed, "the name of a field"};
  return {};
}

Status check(const Op& op) {
  WAYMARK_CHECK(check_frame(op));
  for (const auto& [name, value] : op.fields)
    WAYMARK_CHECK(std::visit([](const auto& one) { return check_one(one); }, value.data));
  return {};
}

}  // namespace waymark::record
