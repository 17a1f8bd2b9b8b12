#include "sync-server/http/ranges.hpp"

#include <algorithm>

namespace waymark::http {
namespace {

// A whole number of at most 15 digits at the beginning of `text`, and then `end`; both are taken off it.
std::optional<std::int64_t> number_before(std::string_view& text, std::string_view end) {
  std::int64_t number = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && digits < 15 && text[digits] >= '0' && text[digits] <= '9'; digits++)
    number = number * 10 + (text[digits] - '0');
  auto rest = text.substr(digits);
  if (digits == 0 || !rest.starts_with(end)) return {};
  text = rest.substr(end.size());
  return number;
}

}  // namespace

Result<PieceRange> read_content_range(std::string_view text, std::size_t body_bytes) {
  auto size = static_cast<std::int64_t>(body_bytes);
  if (text.empty()) return PieceRange{0, size};
  Error strange{Code::malformed, "content-range is \"bytes FROM-TO/TOTAL\" or \"bytes */TOTAL\""};
  if (!text.starts_with("bytes ")) return strange;
  text.remove_prefix(6);
  std::optional<std::int64_t> from = 0, to = -1;
  if (text.starts_with("*/")) {
    text.remove_prefix(2);
  } else {
    from = number_before(text, "-");
    if (from) to = number_before(text, "/");
  }
  auto total = from && to ? number_before(text, "") : std::nullopt;
  if (!total || !text.empty() || *to + 1 - *from != size || *to >= *total) return strange;
  return PieceRange{*from, *total};
}

std::optional<ByteRange> read_range(std::string_view text, std::int64_t total) {
  if (!text.starts_with("bytes=")) return {};
  text.remove_prefix(6);
  auto from = number_before(text, "-");
  if (!from) return {};
  if (text.empty()) return ByteRange{*from, total - 1};
  auto to = number_before(text, "");
  if (!to || !text.empty() || *to < *from) return {};
  return ByteRange{*from, std::min(*to, total - 1)};
}

}  // namespace waymark::http
