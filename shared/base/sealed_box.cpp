#include "shared/base/sealed_box.hpp"

#include <sodium.h>

namespace waymark {

static_assert(sealed_box_extra_bytes == crypto_box_SEALBYTES);

Result<Bytes> seal_to(const PublicKey& reader, ByteView bytes) {
  std::array<std::uint8_t, crypto_box_PUBLICKEYBYTES> to;
  if (crypto_sign_ed25519_pk_to_curve25519(to.data(), reader.bytes.data()) != 0)
    return Error{Code::malformed, "not a key that can be sealed to"};
  Bytes out(bytes.size() + sealed_box_extra_bytes);
  if (crypto_box_seal(out.data(), bytes.data(), bytes.size(), to.data()) != 0)
    return Error{Code::internal, "sealing failed"};
  return out;
}

Result<Bytes> open_sealed(const SecretKey& reader, ByteView sealed) {
  Error closed{Code::malformed, "sealed to another key, or changed"};
  if (sealed.size() < sealed_box_extra_bytes) return closed;
  std::array<std::uint8_t, crypto_sign_PUBLICKEYBYTES> sign_public;
  std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> sign_secret;
  std::array<std::uint8_t, crypto_box_PUBLICKEYBYTES> box_public;
  std::array<std::uint8_t, crypto_box_SECRETKEYBYTES> box_secret;
  crypto_sign_seed_keypair(sign_public.data(), sign_secret.data(), reader.seed.data());
  bool good = crypto_sign_ed25519_pk_to_curve25519(box_public.data(), sign_public.data()) == 0 &&
              crypto_sign_ed25519_sk_to_curve25519(box_secret.data(), sign_secret.data()) == 0;
  Bytes out(sealed.size() - sealed_box_extra_bytes);
  good = good && crypto_box_seal_open(out.data(), sealed.data(), sealed.size(), box_public.data(),
                                      box_secret.data()) == 0;
  sodium_memzero(sign_secret.data(), sign_secret.size());
  sodium_memzero(box_secret.data(), box_secret.size());
  if (!good) return closed;
  return out;
}

StreamKey fresh_stream_key() {
  StreamKey key;
  crypto_secretstream_xchacha20poly1305_keygen(key.data());
  return key;
}

Bytes seal_with(const StreamKey& key, ByteView bytes) {
  Bytes out(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + bytes.size());
  randombytes_buf(out.data(), crypto_secretbox_NONCEBYTES);
  crypto_secretbox_easy(out.data() + crypto_secretbox_NONCEBYTES, bytes.data(), bytes.size(), out.data(),
                        key.data());
  return out;
}

Result<Bytes> open_with(const StreamKey& key, ByteView sealed) {
  Error closed{Code::malformed, "sealed with another key, or changed"};
  constexpr std::size_t extra = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
  if (sealed.size() < extra) return closed;
  Bytes out(sealed.size() - extra);
  if (crypto_secretbox_open_easy(out.data(), sealed.data() + crypto_secretbox_NONCEBYTES,
                                 sealed.size() - crypto_secretbox_NONCEBYTES, sealed.data(), key.data()) != 0)
    return closed;
  return out;
}

Result<StreamKey> key_of_card(std::string_view code, std::string_view salt) {
  static_assert(card_salt_bytes == crypto_pwhash_SALTBYTES);
  constexpr unsigned long long passes = 2;
  constexpr std::size_t memory = 64 * 1024 * 1024;
  auto bytes = from_hex(salt);
  if (!bytes || bytes->size() != card_salt_bytes) return Error{Code::malformed, "a salt has 32 digits"};
  StreamKey key;
  if (crypto_pwhash(key.data(), key.size(), code.data(), code.size(), bytes->data(), passes, memory,
                    crypto_pwhash_ALG_ARGON2ID13) != 0)
    return Error{Code::internal, "not enough memory to open with a card"};
  return key;
}

}  // namespace waymark
