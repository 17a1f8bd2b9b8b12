#include "shared/wire/messages.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "shared/base/hash.hpp"

namespace waymark::wire {
namespace {

using nlohmann::json;

// Reads a JSON header with bounds; nlohmann's exceptions end here.
constexpr int kDepthMax = 6;

Result<json> parse_header(std::string_view line) {
  if (line.size() > header_bytes_max) return Error{Code::too_large, "a header of more than 256 KiB"};
  bool too_deep = false;
  auto guard = [&](int depth, json::parse_event_t, json&) {
    if (depth > kDepthMax) too_deep = true;
    return !too_deep;
  };
  int depth = 0;  // counted before parsing: the parser recurses no deeper than this, but need not start
  int deepest = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < line.size(); i++) {
    char c = line[i];
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
  if (deepest > kDepthMax) return Error{Code::too_deep, "a header nested deeper than 6"};
  auto header = json::parse(line.begin(), line.end(), guard, false);
  if (header.is_discarded() || !header.is_object())
    return Error{Code::malformed, "the header is no JSON object"};
  auto version = header.find("v");
  if (version == header.end() || !version->is_number_integer()) return Error{Code::malformed, "v is missing"};
  if (version->get<std::int64_t>() != protocol_version)
    return Error{Code::unsupported, "protocol version " + version->dump() + ", this is 0"};
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

record::Position read_position(Members& in, const char* name) {
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

json position_json(const record::Position& position) { return {{"n", position.n}, {"c", position.c.hex()}}; }

// The lines after the header, at most `max`.
Result<std::vector<std::string>> read_lines(std::string_view rest, std::size_t count) {
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
Result<Message> split(std::string_view bytes) {
  if (bytes.size() > message_bytes_max) return Error{Code::too_large, "a message of more than 4 MiB"};
  auto end = bytes.find('\n');
  if (end == std::string_view::npos) return Error{Code::malformed, "no header line"};
  auto header = parse_header(bytes.substr(0, end));
  if (!header) return header.error();
  return Message{std::move(*header), bytes.substr(end + 1)};
}

json ids_json(const std::vector<OpId>& ids) {
  json list = json::array();
  for (const auto& id : ids) list.push_back(id.hex());
  return list;
}
void read_ids(Members& in, const char* name, std::size_t max, std::vector<OpId>& ids) {
  in.array(name, max, [&](const json& item) {
    auto parsed = OpId::parse(item.is_string() ? item.get<std::string>() : std::string());
    if (!parsed) return in.fail(name);
    ids.push_back(*parsed);
  });
}

std::string finish(const json& header) {
  // Invalid UTF-8 cannot stand in a header of ours; if it did, a replacement is better than an exception.
  return header.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
}

}  // namespace

OpId seal_item(std::string_view line) { return OpId::from(sha256(as_bytes(line))); }

std::vector<OpId> seal_items(const StreamPage& page) {
  auto items = page.own;
  for (const auto& body : page.bodies) items.push_back(seal_item(body));
  return items;
}

std::string seal_message(std::string_view stream, const std::vector<OpId>& items) {
  std::string text = "waymark seal 0\n" + std::string(stream) + '\n';
  for (const auto& item : items) text += item.hex() + '\n';
  return text;
}

std::string encode(const SyncRequest& request) {
  json header = {{"v", protocol_version}, {"replica", request.replica.hex()}};
  if (!request.request.empty()) header["request"] = request.request;
  if (request.now_ms != 0) header["now"] = request.now_ms;
  auto ops = static_cast<std::int64_t>(request.ops.size());
  if (request.waiting != ops) header["waiting"] = request.waiting;
  if (request.before.n != 0) header["before"] = position_json(request.before);
  if (ops > 0) header["ops"] = ops;
  if (request.same) {
    header["same"] = *request.same;
  } else {
    json cursors = json::array();
    for (const auto& cursor : request.cursors) {
      json item = {{"s", cursor.stream}, {"access", cursor.access.hex()}, {"seq", cursor.seq}};
      if (cursor.seq > 0) item["feed"] = cursor.feed.hex(), item["segment"] = cursor.segment.hex();
      if (cursor.whole) item["whole"] = true;
      cursors.push_back(std::move(item));
    }
    header["cursors"] = std::move(cursors);
  }
  if (!request.offered.empty()) header["offered"] = ids_json(request.offered);
  for (const auto& back : request.returned)
    header["returned"].push_back({{"s", back.stream},
                                  {"items", ids_json(back.items)},
                                  {"seal", back.seal},
                                  {"ops", back.bodies.size()}});
  std::string out = finish(header);
  for (const auto& op : request.ops) out += op, out += '\n';
  for (const auto& back : request.returned)
    for (const auto& body : back.bodies) out += body, out += '\n';
  return out;
}

Result<SyncRequest> decode_request(std::string_view bytes) {
  WAYMARK_TRY(message, split(bytes));
  Members in(message.header);
  SyncRequest request;
  request.request = in.text("request", "");
  request.replica = in.id<ReplicaId>("replica");
  request.now_ms = in.integer("now", 0);
  std::int64_t ops = in.integer("ops", 0);
  request.waiting = in.integer("waiting", ops);
  request.before = read_position(in, "before");
  if (request.request.size() > 64) in.fail("request");
  if (ops < 0) in.fail("ops");
  if (request.waiting < 0) in.fail("waiting");
  if (in.find("same")) request.same = in.text("same");
  in.array("cursors", streams_max, [&](const json& item) {
    Members inner(item);
    StreamCursor cursor;
    cursor.stream = inner.text("s");
    cursor.access = inner.id<AccessId>("access");
    cursor.seq = inner.integer("seq");
    cursor.whole = inner.boolean("whole");
    if (cursor.seq > 0) {
      cursor.feed = inner.id<FeedId>("feed");
      cursor.segment = inner.id<SegmentToken>("segment");
    }
    if (cursor.seq < 0 || !record::valid_stream(cursor.stream)) inner.fail("cursors");
    in.adopt(inner);
    request.cursors.push_back(std::move(cursor));
  });
  read_ids(in, "offered", offered_max, request.offered);
  std::vector<std::size_t> counts;
  std::size_t total = 0;
  in.array("returned", returned_max, [&](const json& item) {
    Members inner(item);
    Returned back;
    back.stream = inner.text("s");
    read_ids(inner, "items", header_bytes_max / 32, back.items);
    back.seal = inner.text("seal");
    auto count = inner.integer("ops");
    if (count < 0 || !record::valid_stream(back.stream)) inner.fail("returned");
    in.adopt(inner);
    counts.push_back(static_cast<std::size_t>(std::max<std::int64_t>(count, 0)));
    total += counts.back();
    request.returned.push_back(std::move(back));
  });
  WAYMARK_CHECK(in.status());
  if (ops > static_cast<std::int64_t>(ops_per_request_max))
    return Error{Code::too_large, "more than 200 ops"};
  if (total > message_bytes_max / 64) return Error{Code::too_large, "more ops than a message holds"};
  WAYMARK_TRY(lines, read_lines(message.rest, static_cast<std::size_t>(ops) + total));
  auto line = lines.begin() + static_cast<std::ptrdiff_t>(ops);
  for (std::size_t i = 0; i < request.returned.size(); i++)
    for (std::size_t k = 0; k < counts[i]; k++) request.returned[i].bodies.push_back(std::move(*line++));
  lines.resize(static_cast<std::size_t>(ops));
  request.ops = std::move(lines);
  return request;
}

std::string encode(const SyncReply& reply) {
  json header = {{"v", protocol_version}, {"now", reply.now_ms}, {"again", reply.again_ms}};
  if (!reply.feed.is_zero()) header["feed"] = reply.feed.hex();
  if (reply.position.n != 0) header["at"] = position_json(reply.position);
  if (reply.same) header["same"] = *reply.same;
  if (reply.more) header["more"] = true;
  for (const auto& refused : reply.refused)
    header["refused"].push_back({{"n", refused.n}, {"code", refused.code}, {"sentence", refused.sentence}});
  for (const auto& granted : reply.granted)
    header["granted"].push_back(
        {{"s", granted.stream}, {"access", granted.access.hex()}, {"role", granted.role}});
  for (const auto& stream : reply.ended) header["ended"].push_back(stream);
  if (!reply.lacking.empty()) header["lacking"] = ids_json(reply.lacking);
  for (const auto& place : reply.elsewhere)
    header["elsewhere"].push_back({{"computer", place.computer}, {"waiting", place.waiting}});
  for (const auto& page : reply.pages) {
    json item = {{"s", page.stream}, {"segment", page.segment.hex()}, {"seq", page.seq}, {"head", page.head}};
    if (page.reset) item["reset"] = true;
    if (!page.digest.empty()) item["digest"] = page.digest;
    if (!page.seal.empty()) item["seal"] = page.seal;
    if (!page.bodies.empty()) item["ops"] = page.bodies.size();
    for (const auto& id : page.own) item["own"].push_back(id.hex());
    header["streams"].push_back(std::move(item));
  }
  std::string out = finish(header);
  for (const auto& page : reply.pages)
    for (const auto& body : page.bodies) out += body, out += '\n';
  return out;
}

Result<SyncReply> decode_reply(std::string_view bytes) {
  WAYMARK_TRY(message, split(bytes));
  Members in(message.header);
  SyncReply reply;
  reply.now_ms = in.integer("now");
  if (in.find("feed") || in.find("streams")) reply.feed = in.id<FeedId>("feed");
  reply.position = read_position(in, "at");
  reply.again_ms = in.integer("again", 0);
  if (in.find("same")) reply.same = in.boolean("same");
  reply.more = in.boolean("more");
  in.array("refused", ops_per_request_max, [&](const json& item) {
    Members inner(item);
    reply.refused.push_back({inner.integer("n"), inner.text("code"), inner.text("sentence", "")});
    in.adopt(inner);
  });
  in.array("granted", streams_max, [&](const json& item) {
    Members inner(item);
    reply.granted.push_back({inner.text("s"), inner.id<AccessId>("access"), inner.text("role")});
    if (!record::valid_stream(reply.granted.back().stream)) inner.fail("granted");
    in.adopt(inner);
  });
  in.array("ended", streams_max, [&](const json& item) {
    if (!item.is_string()) return in.fail("ended");
    reply.ended.push_back(item.get<std::string>());
  });
  read_ids(in, "lacking", offered_max, reply.lacking);
  in.array("elsewhere", elsewhere_max, [&](const json& item) {
    Members inner(item);
    reply.elsewhere.push_back({inner.text("computer"), inner.integer("waiting")});
    if (reply.elsewhere.back().waiting < 0) inner.fail("elsewhere");
    in.adopt(inner);
  });
  std::vector<std::size_t> counts;
  std::size_t total = 0;
  in.array("streams", streams_max, [&](const json& item) {
    Members inner(item);
    StreamPage page;
    page.stream = inner.text("s");
    page.feed = reply.feed;
    page.segment = inner.id<SegmentToken>("segment");
    page.seq = inner.integer("seq");
    page.head = inner.integer("head");
    page.reset = inner.boolean("reset");
    page.digest = inner.text("digest", "");
    page.seal = inner.text("seal", "");
    read_ids(inner, "own", message_bytes_max / 32, page.own);
    auto ops = inner.integer("ops", 0);
    if (ops < 0 || page.seq < 0 || page.head < page.seq || !record::valid_stream(page.stream))
      inner.fail("streams");
    in.adopt(inner);
    counts.push_back(static_cast<std::size_t>(std::max<std::int64_t>(ops, 0)));
    total += counts.back();
    reply.pages.push_back(std::move(page));
  });
  WAYMARK_CHECK(in.status());
  if (total > message_bytes_max / 64) return Error{Code::too_large, "more ops than a message holds"};
  WAYMARK_TRY(lines, read_lines(message.rest, total));
  std::size_t at = 0;
  for (std::size_t i = 0; i < reply.pages.size(); i++)
    for (std::size_t k = 0; k < counts[i]; k++) reply.pages[i].bodies.push_back(std::move(lines[at++]));
  return reply;
}

std::string encode_have(const std::vector<OpId>& ids) {
  return finish({{"v", protocol_version}, {"ids", ids_json(ids)}});
}

Result<std::vector<OpId>> decode_have(std::string_view bytes) {
  WAYMARK_TRY(message, split(bytes));
  Members in(message.header);
  std::vector<OpId> ids;
  read_ids(in, "ids", have_ids_max, ids);
  WAYMARK_CHECK(in.status());
  return ids;
}

}  // namespace waymark::wire
