#include "sync-server/service/codes.hpp"

#include "shared/base/hash.hpp"

namespace waymark::server {
namespace {
constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
}

std::string make_code(Random& random, std::size_t length) {
  std::string code;
  for (std::size_t i = 0; i < length; i++) code += kDigits[random.below(kDigits.size())];
  return code;
}

std::string grouped(std::string_view code) {
  std::string text;
  for (std::size_t i = 0; i < code.size(); i++) {
    if (i > 0 && i % 4 == 0) text += '-';
    text += code[i];
  }
  return text;
}

Result<std::string> read_code(std::string_view typed, std::size_t length) {
  std::string code;
  for (char c : typed) {
    if (c == ' ' || c == '-') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    if (kDigits.find(c) == std::string_view::npos)
      return Error{Code::malformed, "a character that no code has"};
    code += c;
  }
  if (code.size() != length) return Error{Code::malformed, "a code of another length"};
  return code;
}

std::string code_id(std::string_view code) {
  return to_hex(ByteView(sha256(as_bytes("waymark code\n" + std::string(code)))).first(4));
}

std::string make_token(Random& random) {
  std::array<std::uint8_t, 32> bytes;
  random.fill(bytes);
  return to_base64url(bytes);
}

Bytes token_hash(std::string_view token) {
  auto hash = sha256(as_bytes(token));
  return Bytes(hash.begin(), hash.end());
}

}  // namespace waymark::server
