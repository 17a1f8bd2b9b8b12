#include "shared/wire/pack.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <vector>

#include "shared/base/bytes.hpp"
#include "shared/wire/compress.hpp"

namespace waymark::wire {
namespace {

// The first byte, and the codes. What is not a code stands for itself.
constexpr char kPacked = 0x01, kPackedMarked = 0x02;
constexpr char kId = 0x02;      // 16 bytes follow: 32 hexadecimal digits
constexpr char kHalfId = 0x03;  // 8 bytes follow: 16 digits
constexpr char kAgain = 0x04;   // one byte follows: which of this body's ids, counted from 0, is meant
constexpr char kTime = 0x05;    // 6 bytes follow, big-endian: 13 decimal digits, the first of them not 0
constexpr char kFirstMarkedPhrase = 0x06;
constexpr char kFirstPhrase = 0x0b;
constexpr std::string_view kZstd = "\x28\xb5\x2f\xfd";
constexpr std::size_t kAgainMax = 256;

// One byte each from kFirstPhrase on, longest first where one begins another.
constexpr std::array<std::string_view, 21> kPhrases = {
    R"({"author":")",      R"(","base":[")", R"(","base":[],"fields":{")",
    R"("],"fields":{")",   R"("},"kind":")", R"(","record":")",
    R"(","replica":")",    R"(","salt":")",  R"(","stream":"person:)",
    R"(","stream":")",     R"(","time":)",   R"(,"v":1})",
    R"({"again":20000,)",  R"("at":{"c":")", R"({"before":{"c":")",
    R"(","n":)",           R"("same":)",     R"("streams":[{"digest":")",
    R"(0000000000000000)", R"(":")",         R"(",")"};

// What a body that begins with kPackedMarked has besides, from kFirstMarkedPhrase on.
constexpr std::array<std::string_view, 4> kMarkedPhrases = {R"({"mark":")", R"(","ops":1,"replica":")",
                                                            R"("mark":")", R"(","now":)"};

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// How many hexadecimal digits begin here, at most 32.
std::size_t digits_at(std::string_view text) {
  std::size_t count = 0;
  while (count < 32 && count < text.size() && digit_of(text[count]) >= 0) count++;
  return count;
}

void add_bytes_of(std::string_view digits, std::string& out) {
  for (std::size_t i = 0; i < digits.size(); i += 2)
    out += static_cast<char>(digit_of(digits[i]) << 4 | digit_of(digits[i + 1]));
}

bool is_time(std::string_view text) {
  if (text.size() < 13 || text[0] < '1' || text[0] > '9') return false;
  for (std::size_t i = 1; i < 13; i++)
    if (text[i] < '0' || text[i] > '9') return false;
  return true;
}

bool is_code(char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; }

// Which phrase begins here; all of them begin with one of these.
std::size_t phrase_at(std::string_view text) {
  char c = text[0];
  if (c != '"' && c != '{' && c != ',' && c != '0') return kPhrases.size();
  for (std::size_t i = 0; i < kPhrases.size(); i++)
    if (text.substr(0, kPhrases[i].size()) == kPhrases[i]) return i;
  return kPhrases.size();
}

std::size_t marked_phrase_at(std::string_view text) {
  for (std::size_t i = 0; i < kMarkedPhrases.size(); i++)
    if (text.starts_with(kMarkedPhrases[i])) return i;
  return kMarkedPhrases.size();
}

Result<std::string> unpack_codes(std::string_view body, std::size_t bytes_max) {
  bool marked = body[0] == kPackedMarked;
  body.remove_prefix(1);
  std::string out;
  out.reserve(std::min(2 * body.size(), bytes_max));
  std::vector<std::size_t> ids;  // where each begins in what comes out
  Error broken{Code::malformed, "the packed body breaks off or holds no such code"};
  auto take = [&](std::size_t count) {
    auto bytes = body.substr(0, count);
    body.remove_prefix(bytes.size());
    return bytes;
  };
  while (!body.empty()) {
    if (out.size() > bytes_max) break;
    std::size_t plain = 0;
    while (plain < body.size() && !is_code(body[plain])) plain++;
    out += take(plain);
    if (body.empty()) break;
    char c = take(1)[0];
    if (c == kId || c == kHalfId) {
      auto bytes = take(c == kId ? 16 : 8);
      if (bytes.size() != (c == kId ? 16U : 8U)) return broken;
      if (c == kId && ids.size() < kAgainMax) ids.push_back(out.size());
      out += to_hex(as_bytes(bytes));
    } else if (c == kAgain) {
      if (body.empty()) return broken;
      auto which = static_cast<unsigned char>(take(1)[0]);
      if (which >= ids.size()) return broken;
      out.append(out, ids[which], 32);
    } else if (c == kTime) {
      auto bytes = take(6);
      if (bytes.size() != 6) return broken;
      std::uint64_t number = 0;
      for (char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
      auto text = std::to_string(number);
      if (!is_time(text) || text.size() != 13) return broken;
      out += text;
    } else if (marked && c >= kFirstMarkedPhrase &&
               c < kFirstMarkedPhrase + static_cast<char>(kMarkedPhrases.size())) {
      out += kMarkedPhrases[static_cast<std::size_t>(c - kFirstMarkedPhrase)];
    } else {
      auto phrase = static_cast<std::size_t>(c - kFirstPhrase);
      if (c < kFirstPhrase || phrase >= kPhrases.size()) return broken;
      out += kPhrases[phrase];
    }
  }
  if (out.size() > bytes_max) return Error{Code::too_large, "the body expands to more than is taken"};
  return out;
}

}  // namespace

bool is_packed(std::string_view body) {
  return !body.empty() &&
         (body[0] == kPacked || body[0] == kPackedMarked || body.substr(0, kZstd.size()) == kZstd);
}

std::string pack(std::string_view text, bool marked) {
  std::string out(1, marked ? kPackedMarked : kPacked);
  out.reserve(text.size() / 2 + 64);
  std::unordered_map<std::string_view, unsigned char> ids;  // where each was seen first
  std::size_t at = 0;
  while (at < text.size()) {
    auto rest = text.substr(at);
    if (is_code(rest[0])) return std::string(text);
    if (auto phrase = marked ? marked_phrase_at(rest) : kMarkedPhrases.size();
        phrase < kMarkedPhrases.size()) {
      out += static_cast<char>(kFirstMarkedPhrase + static_cast<int>(phrase));
      at += kMarkedPhrases[phrase].size();
      continue;
    }
    if (auto phrase = phrase_at(rest); phrase < kPhrases.size()) {
      out += static_cast<char>(kFirstPhrase + static_cast<int>(phrase));
      at += kPhrases[phrase].size();
      continue;
    }
    auto digits = digits_at(rest);
    if (digits == 32) {
      auto id = rest.substr(0, 32);
      if (auto known = ids.find(id); known != ids.end()) {
        out += kAgain;
        out += static_cast<char>(known->second);
      } else {
        out += kId;
        add_bytes_of(id, out);
        if (ids.size() < kAgainMax) ids.emplace(id, static_cast<unsigned char>(ids.size()));
      }
      at += 32;
    } else if (digits >= 16) {
      out += kHalfId;
      add_bytes_of(rest.substr(0, 16), out);
      at += 16;
    } else if (is_time(rest)) {
      std::uint64_t number = 0;
      for (char c : rest.substr(0, 13)) number = number * 10 + static_cast<std::uint64_t>(c - '0');
      out += kTime;
      for (int shift = 40; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xff);
      at += 13;
    } else {
      // Digits too few for a code are not looked at again.
      auto plain = std::max<std::size_t>(digits, 1);
      out += rest.substr(0, plain);
      at += plain;
    }
  }
  if (out.size() <= compress_from_bytes) return out;
  auto smaller = compress(out);
  return smaller.empty() || smaller.size() >= out.size() ? out : smaller;
}

Result<std::string> unpack(std::string_view body, std::size_t bytes_max) {
  std::string expanded;
  if (body.substr(0, kZstd.size()) == kZstd) {
    WAYMARK_TRY(plain, expand(body, bytes_max + 1));  // a packed body has its first byte more than the text
    expanded = std::move(plain);
    body = expanded;
  }
  if (body.empty() || (body[0] != kPacked && body[0] != kPackedMarked)) {
    if (!expanded.empty() && body.size() > bytes_max)
      return Error{Code::too_large, "the body expands to more than is taken"};
    return std::string(body);
  }
  return unpack_codes(body, bytes_max);
}

}  // namespace waymark::wire
