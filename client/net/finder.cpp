#include "client/net/finder.hpp"

#include <algorithm>

#include "shared/base/text.hpp"

namespace waymark::net {
namespace {

constexpr std::size_t kNameBytesMax = 200;

std::string value_of(const std::vector<std::string>& texts, std::string_view key) {
  for (const auto& text : texts)
    if (text.size() > key.size() && text[key.size()] == '=' && fold(text.substr(0, key.size())) == key)
      return text.substr(key.size() + 1);
  return {};
}

// Words of a stranger: nothing that is no text, and not without end.
bool fit_to_show(const std::string& name) {
  return !name.empty() && name.size() <= kNameBytesMax && valid_utf8(name) &&
         std::none_of(name.begin(), name.end(), [](char c) {
           return static_cast<unsigned char>(c) < ' ' || static_cast<unsigned char>(c) == 0x7F;
         });
}

}  // namespace

std::optional<app::Announced> read_announcement(const std::vector<std::string>& texts,
                                                const std::string& address) {
  auto school = value_of(texts, "school");
  if (!fit_to_show(school)) return std::nullopt;
  return app::Announced{std::move(school), value_of(texts, "id"), address};
}

}  // namespace waymark::net
