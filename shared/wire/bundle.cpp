#include "shared/wire/bundle.hpp"

#include <algorithm>

#include "shared/base/sealed_box.hpp"
#include "shared/wire/frames.hpp"

namespace waymark::wire {
namespace {

constexpr std::string_view kMagic = "waymark bundle 1\n";
constexpr std::size_t kKeyBytes = 32, kSignatureBytes = 64;
constexpr std::size_t kSealedKeyBytes = kKeyBytes + sealed_box_extra_bytes;
constexpr std::size_t kHeadBytes = kMagic.size() + kKeyBytes + kSealedKeyBytes + sealed_header_bytes;

constexpr std::size_t kLastFrameBytes = 4 + sealed_extra_bytes;
Error bundle_too_large() { return Error{Code::too_large, "a bundle of more than 64 MiB"}; }

// Signed by the writer: whoever knows the stream's key are writer and reader, so every frame is the writer's.
std::string writer_message(const PublicKey& reader, const StreamKey& key) {
  std::string message(kMagic);
  message += as_text(reader.bytes);
  message += as_text(sha256(key));
  return message;
}

}  // namespace

Result<std::string> seal_bundle(const PublicKey& reader, const SecretKey& writer,
                                const std::vector<BundleItem>& items) {
  auto key = fresh_stream_key();
  WAYMARK_TRY(sealed_key, seal_to(reader, key));
  StreamSealer sealer(key);
  std::string out(kMagic);
  out += as_text(reader.bytes);
  out += as_text(sealed_key);
  out += as_text(sealer.header());
  auto signature = sign(writer, as_bytes(writer_message(reader, key)));
  std::string head(as_text(public_key(writer).bytes));
  head += as_text(signature);
  add_frame(out, sealer.seal(as_bytes(head), false));
  for (const auto& item : items) {
    if (item.body.size() + 1 > bundle_item_bytes_max)
      return Error{Code::too_large, "an item of more than 5 MiB"};
    add_frame(out, sealer.seal(as_bytes(static_cast<char>(item.kind) + item.body), false));
    if (out.size() + kLastFrameBytes > bundle_bytes_max) return bundle_too_large();
  }
  add_frame(out, sealer.seal({}, true));
  return out;
}

Result<PublicKey> bundle_reader(std::string_view bytes) {
  if (!bytes.starts_with(kMagic) || bytes.size() < kHeadBytes)
    return Error{Code::malformed, "no bundle, or one that breaks off at once"};
  PublicKey key;
  auto raw = as_bytes(bytes.substr(kMagic.size(), kKeyBytes));
  std::copy(raw.begin(), raw.end(), key.bytes.begin());
  return key;
}

bool bundle_has_end(std::string_view bytes) {
  if (!bundle_reader(bytes)) return false;
  auto rest = bytes.substr(kHeadBytes);
  // Only the last frame holds nothing.
  for (auto frame = take_frame(rest, bundle_item_bytes_max); !frame.empty();
       frame = take_frame(rest, bundle_item_bytes_max))
    if (frame.size() == sealed_extra_bytes) return true;
  return false;
}

Result<Bundle> open_bundle(std::string_view bytes, const SecretKey& reader) {
  if (bytes.size() > bundle_bytes_max) return bundle_too_large();
  WAYMARK_TRY(to, bundle_reader(bytes));
  if (!(to == public_key(reader))) return Error{Code::unauthorized, "the bundle is sealed to somebody else"};
  auto rest = bytes.substr(kMagic.size() + kKeyBytes);
  WAYMARK_TRY(key_bytes, open_sealed(reader, as_bytes(rest.substr(0, kSealedKeyBytes))));
  StreamKey key;
  if (key_bytes.size() != key.size()) return Error{Code::malformed, "the bundle's key"};
  std::copy(key_bytes.begin(), key_bytes.end(), key.begin());
  rest.remove_prefix(kSealedKeyBytes);
  StreamOpener opener(key, as_bytes(rest.substr(0, sealed_header_bytes)));
  rest.remove_prefix(sealed_header_bytes);

  Bundle bundle;
  bool last = false;
  auto head = opener.open(as_bytes(take_frame(rest, bundle_item_bytes_max)), last);
  if (!head || head->size() != kKeyBytes + kSignatureBytes)
    return Error{Code::malformed, "the bundle breaks off before its writer is named"};
  std::copy(head->begin(), head->begin() + kKeyBytes, bundle.writer.bytes.begin());
  if (!verify(bundle.writer, as_bytes(writer_message(to, key)), ByteView(*head).subspan(kKeyBytes)))
    return Error{Code::malformed, "the bundle's writer has not signed it"};
  while (!last) {
    auto frame = take_frame(rest, bundle_item_bytes_max);
    auto item = opener.open(as_bytes(frame), last);
    if (!item) return bundle;  // torn: what came before stands
    if (last) break;
    if (item->empty()) continue;
    bundle.items.push_back({item->front(), std::string(as_text(ByteView(*item).subspan(1)))});
  }
  bundle.whole = true;
  return bundle;
}

}  // namespace waymark::wire
