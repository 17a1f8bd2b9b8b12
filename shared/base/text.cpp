#include "shared/base/text.hpp"

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include <utf8proc.h>

namespace waymark {
namespace {

Result<std::string> map(std::string_view text, int options) {
  utf8proc_uint8_t* out = nullptr;
  auto size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &out, static_cast<utf8proc_option_t>(options));
  if (size < 0) return Error{Code::malformed, utf8proc_errmsg(size)};
  std::string result(reinterpret_cast<char*>(out), static_cast<std::size_t>(size));
  std::free(out);  // NOLINT: utf8proc allocates with malloc
  return result;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

}  // namespace

bool valid_utf8(std::string_view text) {
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    // Most text is ASCII, and most of that is taken eight bytes at a time: none has its high bit, and none is
    // 0, or taking 1 from it would have set that.
    for (std::uint64_t eight = 0; left >= 8; at += 8, left -= 8) {
      std::memcpy(&eight, at, 8);
      if ((eight | (eight - 0x0101010101010101)) & 0x8080808080808080) break;
    }
    if (left == 0) break;
    if (*at < 0x80) {
      if (*at == 0) return false;
      at++, left--;
      continue;
    }
    utf8proc_int32_t code = 0;
    auto used = utf8proc_iterate(at, left, &code);
    if (used <= 0) return false;
    at += used, left -= used;
  }
  return true;
}

std::size_t length_utf8(std::string_view text) {
  std::size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

Result<std::string> normalize(std::string_view text) {
  if (!valid_utf8(text)) return Error{Code::malformed, "not UTF-8"};
  return map(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

std::string trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return std::string(text);
}

std::string fold(std::string_view text) {
  auto folded = map(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
  std::string out;
  for (char c : trim(folded ? *folded : std::string(text))) {
    bool space = is_space(c);
    if (space && !out.empty() && out.back() == ' ') continue;
    out += space ? ' ' : c;
  }
  return out;
}

std::string_view truncate_utf8(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) end--;
  return text.substr(0, end);
}

}  // namespace waymark
