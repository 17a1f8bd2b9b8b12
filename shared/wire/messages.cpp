#include "shared/wire/messages.hpp"

#include <algorithm>

#include "shared/base/hash.hpp"
#include "shared/wire/header.hpp"

namespace waymark::wire {

OpId seal_item(std::string_view line) { return OpId::from(sha256(as_bytes(line))); }

std::vector<OpId> seal_items(const StreamPage& page) {
  auto items = page.own;
  for (const auto& body : page.bodies) items.push_back(seal_item(body));
  return items;
}

namespace {
std::string of_page(std::string text, std::string_view stream, const std::vector<OpId>& items) {
  text += std::string(stream) + '\n';
  for (const auto& item : items) text += item.hex() + '\n';
  return text;
}
}  // namespace

std::string seal_message(std::string_view stream, const std::vector<OpId>& items) {
  return of_page("waymark seal 1\n", stream, items);
}

std::string hub_seal_message(std::string_view hub, std::string_view stream, const std::vector<OpId>& items) {
  return of_page("waymark hub seal 1\n" + std::string(hub) + '\n', stream, items);
}

std::string hub_key_message(std::string_view hub, std::string_view key) {
  return "waymark hub key 1\n" + std::string(hub) + '\n' + std::string(key) + '\n';
}

bool hub_has_sealed(const HubSigner& hub, std::string_view stream, const std::vector<OpId>& items,
                    ByteView seal, const PublicKey& school) {
  auto bytes = bytes_of(hub);
  if (bytes.empty()) return false;
  PublicKey key;
  std::copy_n(bytes.begin() + 16, key.bytes.size(), key.bytes.begin());
  return verify(school, as_bytes(hub_key_message(hub.hub, hub.key)), ByteView(bytes).subspan(48)) &&
         verify(key, as_bytes(hub_seal_message(hub.hub, stream, items)), seal);
}

Bytes bytes_of(const HubSigner& hub) {
  auto bytes = from_hex(hub.hub + hub.key + hub.certified);
  return bytes && bytes->size() == 112 && hub.hub.size() == 32 && hub.key.size() == 64 ? *bytes : Bytes();
}

HubSigner hub_signer(ByteView bytes) {
  if (bytes.size() != 112) return {};
  return {to_hex(bytes.first(16)), to_hex(bytes.subspan(16, 32)), to_hex(bytes.subspan(48))};
}

namespace {
json json_of(const HubSigner& hub) {
  return {{"id", hub.hub}, {"key", hub.key}, {"signature", hub.certified}};
}
void read_signer(Members& in, const json& item, HubSigner& hub) {
  if (!item.contains("hub")) return;
  Members inner(item["hub"]);
  hub = {inner.text("id"), inner.text("key"), inner.text("signature")};
  if (inner.status() && bytes_of(hub).empty()) inner.fail("hub");
  in.adopt(inner);
}
}  // namespace

std::string encode(const SyncRequest& request) {
  json header = {{"v", protocol_version}, {"replica", request.replica.hex()}};
  if (!request.request.empty()) header["request"] = request.request;
  if (request.now_ms != 0) header["now"] = request.now_ms;
  auto ops = static_cast<std::int64_t>(request.ops.size());
  if (request.waiting != ops) header["waiting"] = request.waiting;
  if (request.before.n != 0 && !request.mark) header["before"] = position_json(request.before);
  if (ops > 0) header["ops"] = ops;
  if (request.mark) {
    header["mark"] = *request.mark;
  } else if (request.same) {
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
  for (const auto& back : request.returned) {
    json item = {{"s", back.stream},
                 {"items", ids_json(back.items)},
                 {"seal", back.seal},
                 {"ops", back.bodies.size()}};
    if (!back.hub.hub.empty()) item["hub"] = json_of(back.hub);
    header["returned"].push_back(std::move(item));
  }
  if (!request.batch.empty()) header["batch"] = request.batch;
  if (request.at_school != 0) header["settled"] = request.at_school;
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
  request.batch = in.text("batch", "");
  request.at_school = in.integer("settled", 0);
  if (request.at_school < 0) in.fail("settled");
  if (ops < 0) in.fail("ops");
  if (request.waiting < 0) in.fail("waiting");
  if (in.find("same")) request.same = in.text("same");
  if (in.find("mark")) request.mark = in.text("mark");
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
    read_signer(inner, item, back.hub);
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
  if (reply.room) header["room"] = position_json(*reply.room);
  if (reply.carried != 0) header["carried"] = reply.carried;
  if (reply.beside != 0) header["beside"] = reply.beside;
  if (!reply.problem.empty()) header["problem"] = reply.problem;
  for (const auto& answer : reply.answers) header["answers"].push_back(answer);
  for (const auto& place : reply.places)
    header["places"].push_back({{"hub", place.hub}, {"name", place.name}, {"addresses", place.addresses}});
  if (reply.same) header["same"] = *reply.same;
  if (reply.mark) header["mark"] = *reply.mark;
  if (reply.marks) header["marks"] = true;
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
    for (const auto& under : page.under) {
      item["under"].push_back({{"items", ids_json(under.items)}, {"seal", under.seal}});
      if (!under.hub.hub.empty()) item["under"].back()["hub"] = json_of(under.hub);
    }
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
  if (in.find("room")) reply.room = read_position(in, "room");
  reply.carried = in.integer("carried", 0);
  reply.beside = in.integer("beside", 0);
  if (reply.beside < 0) in.fail("beside");
  reply.problem = in.text("problem", "");
  in.array("answers", answers_max, [&](const json& item) {
    if (!item.is_string()) return in.fail("answers");
    reply.answers.push_back(item.get<std::string>());
  });
  in.array("places", places_max, [&](const json& item) {
    Members inner(item);
    Place place{inner.text("hub"), inner.text("name", ""), {}};
    inner.array("addresses", addresses_max, [&](const json& address) {
      if (!address.is_string()) return inner.fail("addresses");
      place.addresses.push_back(address.get<std::string>());
    });
    in.adopt(inner);
    reply.places.push_back(std::move(place));
  });
  if (in.find("same")) reply.same = in.boolean("same");
  if (in.find("mark")) reply.mark = in.text("mark");
  reply.marks = in.boolean("marks");
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
    inner.array("under", under_max, [&](const json& one) {
      Members sealed(one);
      StreamPage::Under under;
      read_ids(sealed, "items", under_items_max, under.items);
      under.seal = sealed.text("seal");
      read_signer(sealed, one, under.hub);
      inner.adopt(sealed);
      page.under.push_back(std::move(under));
    });
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
