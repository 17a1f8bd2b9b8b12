#include "shared/wire/starter.hpp"

#include <algorithm>

#include "shared/wire/bundle.hpp"
#include "shared/wire/frames.hpp"
#include "shared/wire/header.hpp"

namespace waymark::wire {
namespace {

constexpr std::string_view kStarterMagic = "waymark starter 1\n";

struct EntryWithKey {
  StarterEntry entry;
  StreamKey key;
};

std::string encode_entry(const StarterEntry& entry, const StreamKey& key) {
  json text = {{"v", protocol_version},      {"person", entry.person.hex()},
               {"given", entry.given},       {"new_pin", entry.new_pin},
               {"pin_kind", entry.pin_kind}, {"identity", to_hex(entry.identity.bytes)},
               {"key", to_hex(key)},         {"addresses", entry.addresses}};
  text["granted"] = json::array();
  for (const auto& granted : entry.grants)
    text["granted"].push_back(
        {{"s", granted.stream}, {"access", granted.access.hex()}, {"role", granted.role}});
  auto line = finish(text);
  line.pop_back();
  return line;
}

template <class Array>
bool take_key(Members& in, const char* name, Array& out) {
  auto bytes = from_hex(in.text(name));
  if (!bytes || bytes->size() != out.size()) return in.fail(name), false;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return true;
}

Result<EntryWithKey> decode_entry(std::string_view text) {
  WAYMARK_TRY(object, parse_header(text));
  Members in(object);
  EntryWithKey read{};
  auto& entry = read.entry;
  entry.person = in.id<PersonId>("person");
  entry.given = in.text("given");
  entry.new_pin = in.boolean("new_pin");
  entry.pin_kind = in.text("pin_kind", "");
  take_key(in, "identity", entry.identity.bytes);
  take_key(in, "key", read.key);
  in.array("granted", streams_max, [&](const json& item) {
    Members inner(item);
    entry.grants.push_back({inner.text("s"), inner.id<AccessId>("access"), inner.text("role")});
    if (!record::valid_stream(entry.grants.back().stream)) inner.fail("granted");
    in.adopt(inner);
  });
  in.array("addresses", starter_addresses_max, [&](const json& item) {
    if (!item.is_string()) return in.fail("addresses");
    entry.addresses.push_back(item.get<std::string>());
  });
  WAYMARK_CHECK(in.status());
  return read;
}

}  // namespace

Result<std::string> make_starter(std::string_view school, std::string_view class_title, std::string_view salt,
                                 const std::vector<SealedEntry>& entries,
                                 const std::vector<std::string>& news) {
  if (entries.size() > starter_entries_max)
    return Error{Code::too_large, "a starter is for at most 200 students"};
  auto key = fresh_stream_key();
  std::vector<std::string> sealed;
  for (const auto& [entry, card] : entries) {
    WAYMARK_TRY(card_key, key_of_card(card, salt));
    sealed.push_back(to_base64url(seal_with(card_key, as_bytes(encode_entry(entry, key)))));
  }
  std::sort(sealed.begin(), sealed.end());  // their place tells nothing of whose they are
  std::string out(kStarterMagic);
  auto head = finish({{"v", protocol_version},
                      {"school", school},
                      {"class", class_title},
                      {"salt", salt},
                      {"entries", sealed}});
  if (head.size() > header_bytes_max) return Error{Code::too_large, "too many students for one starter"};
  out += head;
  StreamSealer sealer(key);
  out += as_text(sealer.header());
  for (const auto& one : news) {
    if (one.size() + 1 > bundle_item_bytes_max) return Error{Code::too_large, "an item of more than 5 MiB"};
    add_frame(out, sealer.seal(as_bytes(static_cast<char>(news_item) + one), false));
  }
  add_frame(out, sealer.seal({}, true));
  if (out.size() > starter_bytes_max) return Error{Code::too_large, "a starter of more than 64 MiB"};
  return out;
}

Result<StarterHead> read_starter(std::string_view bytes) {
  if (bytes.size() > starter_bytes_max) return Error{Code::too_large, "a starter of more than 64 MiB"};
  if (!bytes.starts_with(kStarterMagic)) return Error{Code::malformed, "no starter"};
  bytes.remove_prefix(kStarterMagic.size());
  auto end = bytes.find('\n');
  if (end == std::string_view::npos) return Error{Code::malformed, "a starter that breaks off at once"};
  WAYMARK_TRY(object, parse_header(bytes.substr(0, end)));
  Members in(object);
  StarterHead head;
  head.school = in.text("school");
  head.class_title = in.text("class", "");
  head.salt = in.text("salt");
  in.array("entries", starter_entries_max, [&](const json& item) {
    if (!item.is_string()) return in.fail("entries");
    head.entries.push_back(item.get<std::string>());
  });
  auto salt = from_hex(head.salt);
  if (!salt || salt->size() != card_salt_bytes) in.fail("salt");
  WAYMARK_CHECK(in.status());
  head.rest = bytes.substr(end + 1);
  return head;
}

Result<OpenedStarter> open_starter(const StarterHead& head, std::string_view card) {
  WAYMARK_TRY(card_key, key_of_card(card, head.salt));
  std::optional<EntryWithKey> found;
  for (const auto& sealed : head.entries) {
    auto box = from_base64url(sealed);
    auto text = box ? open_with(card_key, *box) : Result<Bytes>(box.error());
    if (!text) continue;
    WAYMARK_TRY(entry, decode_entry(as_text(*text)));
    found = std::move(entry);
    break;
  }
  if (!found) return Error{Code::card_unknown, "this starter is for other students"};
  OpenedStarter opened;
  opened.entry = std::move(found->entry);
  auto rest = head.rest;
  StreamOpener opener(found->key, as_bytes(rest.substr(0, std::min(rest.size(), sealed_header_bytes))));
  rest.remove_prefix(std::min(rest.size(), sealed_header_bytes));
  for (bool last = false; !last;) {
    auto item = opener.open(as_bytes(take_frame(rest, bundle_item_bytes_max)), last);
    if (!item) return opened;
    if (!last && !item->empty() && item->front() == news_item)
      opened.news.emplace_back(as_text(ByteView(*item).subspan(1)));
  }
  opened.whole = true;
  return opened;
}

}  // namespace waymark::wire
