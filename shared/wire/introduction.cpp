#include "shared/wire/introduction.hpp"

#include "shared/base/sealed_box.hpp"
#include "shared/wire/header.hpp"

namespace waymark::wire {
namespace {
constexpr std::string_view kSealedBegin = R"({"sealed":")", kSealedEnd = R"("})";
}  // namespace

Result<std::string> seal(const Introduction& introduction, const PublicKey& identity) {
  json text = {{"v", protocol_version},
               {"card", introduction.card},
               {"pin", introduction.pin},
               {"pin_kind", introduction.pin_kind},
               {"pin_hash", introduction.pin_hash},
               {"key", to_hex(introduction.key.bytes)},
               {"computer", introduction.computer},
               {"computer_name", introduction.computer_name},
               {"token", introduction.token_hash}};
  auto line = finish(text);
  line.pop_back();  // no newline: it is a line in nothing
  WAYMARK_TRY(box, seal_to(identity, as_bytes(line)));
  return to_hex(box);
}

Result<Introduction> open_introduction(std::string_view hex, const SecretKey& identity) {
  if (hex.size() > introduction_bytes_max) return Error{Code::too_large, "an introduction of over 4 KiB"};
  WAYMARK_TRY(box, from_hex(hex));
  WAYMARK_TRY(opened, open_sealed(identity, box));
  WAYMARK_TRY(header, parse_header(as_text(opened)));
  Members in(header);
  Introduction introduction;
  introduction.card = in.text("card");
  introduction.pin = in.text("pin");
  introduction.pin_kind = in.text("pin_kind");
  introduction.pin_hash = in.text("pin_hash", "");
  introduction.computer = in.text("computer");
  introduction.computer_name = in.text("computer_name", "");
  introduction.token_hash = in.text("token");
  auto key = from_hex(in.text("key"));
  WAYMARK_CHECK(in.status());
  if (!key || key->size() != 32) return Error{Code::malformed, "a key has 64 hexadecimal digits"};
  std::copy(key->begin(), key->end(), introduction.key.bytes.begin());
  return introduction;
}

Result<std::string> seal_line(std::string_view op, const PublicKey& identity) {
  WAYMARK_TRY(box, seal_to(identity, as_bytes(op)));
  return std::string(kSealedBegin) + to_base64url(box) + std::string(kSealedEnd);
}

bool is_sealed_line(std::string_view line) {
  return line.starts_with(kSealedBegin) && line.ends_with(kSealedEnd) &&
         line.size() > kSealedBegin.size() + kSealedEnd.size();
}

Result<std::string> open_line(std::string_view line, const SecretKey& identity) {
  if (!is_sealed_line(line)) return Error{Code::malformed, "no sealed line"};
  line.remove_prefix(kSealedBegin.size());
  line.remove_suffix(kSealedEnd.size());
  WAYMARK_TRY(box, from_base64url(line));
  WAYMARK_TRY(opened, open_sealed(identity, box));
  return std::string(as_text(opened));
}

}  // namespace waymark::wire
