#include "shared/base/bytes.hpp"

#include <sodium.h>

namespace waymark {
namespace {
constexpr char kHexDigits[] = "0123456789abcdef";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::string base64(ByteView bytes, int variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
  text.resize(std::strlen(text.c_str()));
  return text;
}
}  // namespace

std::string to_hex(ByteView bytes) {
  std::string text(bytes.size() * 2, '\0');
  char* at = text.data();
  for (auto byte : bytes) {
    *at++ = kHexDigits[byte >> 4];
    *at++ = kHexDigits[byte & 15];
  }
  return text;
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return Error{Code::malformed, "hexadecimal digits come in pairs"};
  Bytes bytes(text.size() / 2);
  if (!read_hex(text, bytes)) return Error{Code::malformed, "not lower-case hexadecimal"};
  return bytes;
}

bool read_hex(std::string_view text, std::span<std::uint8_t> out) {
  if (text.size() != out.size() * 2) return false;
  for (std::size_t i = 0; i < out.size(); i++) {
    int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

std::string to_base64url(ByteView bytes) { return base64(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING); }
std::string to_base64(ByteView bytes) { return base64(bytes, sodium_base64_VARIANT_ORIGINAL); }

Result<Bytes> from_base64url(std::string_view text) {
  Bytes bytes(text.size() * 3 / 4 + 3);
  std::size_t size = 0;
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, nullptr,
                        sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
    return Error{Code::malformed, "not base64url"};
  bytes.resize(size);
  return bytes;
}

}  // namespace waymark
