#include "shared/wire/joining.hpp"

#include <algorithm>

namespace waymark::wire {
namespace {
constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
bool is_digit(char c) { return c >= '0' && c <= '9'; }
}  // namespace

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
    if (c == ' ' || c == '-' || c == '\t' || c == '\n' || c == '\r') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    if (kDigits.find(c) == std::string_view::npos)
      return Error{Code::malformed, "a character that no code has"};
    code += c;
  }
  if (code.size() != length)
    return Error{Code::malformed, "a code of " + std::to_string(length) + " characters"};
  return code;
}

std::string code_id(std::string_view code) {
  return to_hex(ByteView(sha256(as_bytes("waymark code\n" + std::string(code)))).first(4));
}

std::string hello_message(std::string_view spki) { return "waymark hello 1\n" + std::string(spki); }

std::string join_proof(std::string_view side, std::string_view code, const PublicKey& identity,
                       std::string_view spki, std::string_view client_nonce, std::string_view server_nonce) {
  std::string message = "waymark join 1\n", key = to_hex(identity.bytes);
  for (auto part : {side, std::string_view(key), spki, client_nonce, server_nonce}) {
    message += part;
    message += '\n';
  }
  return to_hex(hmac_sha256(as_bytes(code), as_bytes(message)));
}

std::string return_message(const PublicKey& identity, std::string_view certificate) {
  return "waymark return 1\n" + to_hex(identity.bytes) + '\n' + std::string(certificate);
}

std::string fingerprint(const PublicKey& identity) {
  auto hex = to_hex(ByteView(sha256(identity.bytes)).first(16));
  std::transform(hex.begin(), hex.end(), hex.begin(),
                 [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  return grouped(hex);
}

bool valid_pin(std::string_view pin, std::string_view kind) {
  if (kind == "digits") return pin.size() == 4 && std::all_of(pin.begin(), pin.end(), is_digit);
  if (kind != "pictures") return false;
  int count = 0;
  while (!pin.empty()) {
    auto end = pin.find('.');
    auto part = pin.substr(0, end);
    if (part.empty() || part.size() > 2 || !std::all_of(part.begin(), part.end(), is_digit)) return false;
    int number = 0;
    for (char c : part) number = number * 10 + (c - '0');
    if (number < 1 || number > 12) return false;
    count++;
    if (end == std::string_view::npos) break;
    pin.remove_prefix(end + 1);
  }
  return count == 4;
}

}  // namespace waymark::wire
