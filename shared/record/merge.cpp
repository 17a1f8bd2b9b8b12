#include "shared/record/merge.hpp"

#include <algorithm>
#include <unordered_map>

namespace waymark::record {

Link link_of(const Op& op, const OpId& id) {
  Link link{id, op.base, {}, true};
  link.names.reserve(op.fields.size());
  for (const auto& field : op.fields) link.names.push_back(field.first);
  return link;
}

Link link_of(const Stub& stub) { return {stub.id, stub.base, stub.names, false}; }

HeadSets heads(std::span<const Link> links) {
  std::unordered_map<OpId, std::size_t> index;
  index.reserve(links.size());
  std::map<std::string, std::vector<std::size_t>, std::less<>> setters;
  for (std::size_t i = 0; i < links.size(); i++) {
    index.emplace(links[i].id, i);
    if (!links[i].accepted) continue;
    for (const auto& name : links[i].names) setters[name].push_back(i);
  }

  HeadSets result;
  std::vector<std::size_t> open;
  for (const auto& [name, ops] : setters) {
    // One walk a field: everything below any setter is superseded if it sets the field too.
    std::vector<bool> reached(links.size(), false);
    auto follow = [&](std::size_t i) {
      for (const auto& base : links[i].base)
        if (auto found = index.find(base); found != index.end() && !reached[found->second]) {
          reached[found->second] = true;
          open.push_back(found->second);
        }
    };
    for (std::size_t i : ops) {
      if (reached[i]) continue;  // already walked from above
      follow(i);
      while (!open.empty()) {
        std::size_t at = open.back();
        open.pop_back();
        follow(at);
      }
    }
    auto& heads = result[name];
    for (std::size_t i : ops)
      if (!reached[i]) heads.push_back(links[i].id);
    std::sort(heads.begin(), heads.end());
  }
  return result;
}

namespace {
std::uint64_t big_endian(const std::uint8_t* bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; i++) value = value << 8 | bytes[i];
  return value;
}
}  // namespace

void Digest::add(const OpId& id) {
  std::uint64_t id_low = big_endian(id.bytes.data() + 8);
  low += id_low;
  high += big_endian(id.bytes.data()) + (low < id_low ? 1 : 0);
  count++;
}

std::string Digest::hex() const {
  std::array<std::uint8_t, 16> bytes;
  for (int i = 0; i < 8; i++) {
    bytes[static_cast<std::size_t>(7 - i)] = static_cast<std::uint8_t>(high >> (8 * i));
    bytes[static_cast<std::size_t>(15 - i)] = static_cast<std::uint8_t>(low >> (8 * i));
  }
  return to_hex(bytes);
}

Result<Digest> Digest::parse(std::uint64_t count, std::string_view hex) {
  WAYMARK_TRY(id, OpId::parse(hex));
  Digest digest;
  digest.add(id);
  digest.count = count;
  return digest;
}

}  // namespace waymark::record
