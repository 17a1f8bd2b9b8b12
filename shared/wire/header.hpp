// How a message's header line is read and written: JSON with bounds, whose members are read by type. For this
// room's own files.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "shared/wire/messages.hpp"

namespace waymark::wire {

using nlohmann::json;

// Reads a JSON header with bounds; nlohmann's exceptions end here.
inline constexpr int kDepthMax = 6;

// Counted before parsing, so that nothing deep is ever begun.
inline int depth_of(std::string_view text) {
  int depth = 0;
  int deepest = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); i++) {
    char c = text[i];
    if (in_text) {
      if (c == '\\') i++;
      if (c == '"') in_text = false;
    } else if (c == '"') {
      in_text = true;
    } else if (c == '[' || c == '{') {
      deepest = std::max(deepest, ++depth);
    } else if (c == ']' || c == '}') {
      depth--;
    }
  }
  return deepest;
}

inline Result<json> parse_header(std::string_view line) {
  if (line.size() > header_bytes_max) return Error{Code::too_large, "a header of more than 256 KiB"};
  if (depth_of(line) > kDepthMax) return Error{Code::too_deep, "a header nested deeper than 6"};
  auto header = json::parse(line.begin(), line.end(), nullptr, false);
  if (header.is_discarded() || !header.is_object())
    return Error{Code::malformed, "the header is no JSON object"};
  auto version = header.find("v");
  if (version == header.end() || !version->is_number_integer()) return Error{Code::malformed, "v is missing"};
  if (version->get<std::int64_t>() != protocol_version)
    return Error{Code::unsupported, "protocol version " + version->dump() + ", this is 1"};
  return header;
}

// Typed reading of members: the first failure is kept, and every later read gives an empty value.
class Members {
 public:
  explicit Members(const json& object) : object_(object) {
    if (!object.is_object()) fail("an object");
  }
  const json* find(const char* name) {
    if (failed_ || !object_.is_object()) return nullptr;
    auto found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
  }
  std::int64_t integer(const char* name, std::optional<std::int64_t> other = std::nullopt) {
    const auto* value = find(name);
    if (!value && other) return *other;
    if (!value || !value->is_number_integer()) return fail(name), 0;
    auto number = value->get<std::int64_t>();
    if (number < -record::integer_max || number > record::integer_max) return fail(name), 0;
    return number;
  }
  std::string text(const char* name, std::optional<std::string> other = std::nullopt) {
    const auto* value = find(name);
    if (!value && other) return *other;
    if (!value || !value->is_string()) return fail(name), std::string();
    return value->get<std::string>();
  }
  bool boolean(const char* name) {
    const auto* value = find(name);
    if (!value) return false;
    if (!value->is_boolean()) return fail(name), false;
    return value->get<bool>();
  }
  template <class AnyId>
  AnyId id(const char* name) {
    auto parsed = AnyId::parse(text(name));
    if (!parsed) return fail(name), AnyId{};
    return *parsed;
  }
  template <class Each>
  void array(const char* name, std::size_t max, Each each) {
    const auto* value = find(name);
    if (!value) return;
    if (!value->is_array()) return fail(name);
    if (value->size() > max) {
      fail(name);
      code_ = Code::too_large;
      return;
    }
    for (const auto& item : *value) {
      if (failed_) return;
      each(item);
    }
  }
  void fail(std::string_view what) {
    if (!failed_) where_ = what;
    failed_ = true;
  }
  bool ok() const { return !failed_; }
  Status status() const {
    if (failed_) return Error{code_, "the header's " + where_};
    return {};
  }
  void adopt(const Members& inner) {
    if (!inner.ok()) fail(inner.where_), code_ = inner.code_;
  }

 private:
  const json& object_;
  bool failed_ = false;
  Code code_ = Code::malformed;
  std::string where_;
};

inline record::Position read_position(Members& in, const char* name) {
  record::Position position;
  if (const auto* value = in.find(name)) {
    Members inner(*value);
    position.n = inner.integer("n");
    position.c = inner.id<record::ChainLink>("c");
    if (position.n < 0) inner.fail("n");
    in.adopt(inner);
  }
  return position;
}

inline json position_json(const record::Position& position) {
  return {{"n", position.n}, {"c", position.c.hex()}};
}

// The lines after the header, at most `max`.
inline Result<std::vector<std::string>> read_lines(std::string_view rest, std::size_t count) {
  std::vector<std::string> lines;
  lines.reserve(count);
  while (lines.size() < count) {
    auto end = rest.find('\n');
    if (end == std::string_view::npos) return Error{Code::malformed, "fewer lines than the header says"};
    if (end > record::op_bytes_max) return Error{Code::too_large, "a line of more than 512 KiB"};
    lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  if (!rest.empty()) return Error{Code::malformed, "more lines than the header says"};
  return lines;
}

struct Message {
  json header;
  std::string_view rest;
};
inline Result<Message> split(std::string_view bytes) {
  if (bytes.size() > message_bytes_max) return Error{Code::too_large, "a message of more than 4 MiB"};
  auto end = bytes.find('\n');
  if (end == std::string_view::npos) return Error{Code::malformed, "no header line"};
  auto header = parse_header(bytes.substr(0, end));
  if (!header) return header.error();
  return Message{std::move(*header), bytes.substr(end + 1)};
}

inline json ids_json(const std::vector<OpId>& ids) {
  json list = json::array();
  for (const auto& id : ids) list.push_back(id.hex());
  return list;
}
inline void read_ids(Members& in, const char* name, std::size_t max, std::vector<OpId>& ids) {
  in.array(name, max, [&](const json& item) {
    auto parsed = OpId::parse(item.is_string() ? item.get<std::string>() : std::string());
    if (!parsed) return in.fail(name);
    ids.push_back(*parsed);
  });
}

inline std::string finish(const json& header) {
  // Invalid UTF-8 cannot stand in a header of ours; if it did, a replacement is better than an exception.
  return header.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
}

}  // namespace waymark::wire
