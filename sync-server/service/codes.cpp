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

std::string make_token(Random& random) {
  std::array<std::uint8_t, 16> bytes;  // more than anybody can guess; it travels with every request
  random.fill(bytes);
  return to_base64url(bytes);
}

Bytes token_hash(std::string_view token) {
  auto hash = sha256(as_bytes(token));
  return Bytes(hash.begin(), hash.end());
}

}  // namespace waymark::server
