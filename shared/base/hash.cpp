#include "shared/base/hash.hpp"

#include <algorithm>
#include <atomic>
#include <new>

#include <openssl/evp.h>
#include <sodium.h>

namespace waymark {
namespace {
// sodium_init picks the fastest implementation and seeds the generator; it may be called any number of times.
const int kReady = sodium_init();

// SHA-256 of whole messages is OpenSSL's: it has the processor's own instructions, which libsodium leaves
// unused. Looked up once and begun anew for each message: for one of 300 bytes that is what takes longest.
struct Hasher {
  EVP_MD* kind = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  bool ready = kind && context && EVP_DigestInit_ex(context, kind, nullptr) == 1;
  ~Hasher() {
    EVP_MD_CTX_free(context);
    EVP_MD_free(kind);
  }
  bool hash(ByteView bytes, Sha256& out) {
    return ready && EVP_DigestInit_ex(context, nullptr, nullptr) == 1 &&
           EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1 &&
           EVP_DigestFinal_ex(context, out.data(), nullptr) == 1;
  }
};
}  // namespace

Sha256 sha256(ByteView bytes) {
  static thread_local Hasher hasher;
  Sha256 out;
  if (!hasher.hash(bytes, out)) crypto_hash_sha256(out.data(), bytes.data(), bytes.size());
  return out;
}

Sha256 hmac_sha256(ByteView key, ByteView message) {
  Sha256 out;
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key.data(), key.size());
  crypto_auth_hmacsha256_update(&state, message.data(), message.size());
  crypto_auth_hmacsha256_final(&state, out.data());
  return out;
}

static_assert(sizeof(crypto_hash_sha256_state) <= 128);
Sha256Stream::Sha256Stream() { crypto_hash_sha256_init(new (state_.data()) crypto_hash_sha256_state); }
void Sha256Stream::add(ByteView bytes) {
  crypto_hash_sha256_update(reinterpret_cast<crypto_hash_sha256_state*>(state_.data()), bytes.data(),
                            bytes.size());
}
Sha256 Sha256Stream::finish() {
  Sha256 out;
  crypto_hash_sha256_final(reinterpret_cast<crypto_hash_sha256_state*>(state_.data()), out.data());
  return out;
}

bool equal_secret(ByteView a, ByteView b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

// The public half of a key costs as much as a signature, and every signature needs it: of the keys used last
// it is remembered, under a hash of the secret half, so that no secret stays here.
PublicKey public_key(const SecretKey& key) {
  struct Known {
    Sha256 of{};
    PublicKey pub;
  };
  static thread_local std::array<Known, 64> remembered;
  auto of = sha256(key.seed);
  auto& known = remembered[of[0] % remembered.size()];
  if (known.of != of) {
    std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret;
    crypto_sign_seed_keypair(known.pub.bytes.data(), secret.data(), key.seed.data());
    sodium_memzero(secret.data(), secret.size());
    known.of = of;
  }
  return known.pub;
}

Signature sign(const SecretKey& key, ByteView message) {
  // libsodium's secret key is the seed and then the public key.
  auto pub = public_key(key);
  std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret;
  static_assert(crypto_sign_SECRETKEYBYTES == sizeof key.seed + sizeof pub.bytes);
  std::copy(key.seed.begin(), key.seed.end(), secret.begin());
  std::copy(pub.bytes.begin(), pub.bytes.end(), secret.begin() + sizeof key.seed);
  Signature out;
  crypto_sign_detached(out.data(), nullptr, message.data(), message.size(), secret.data());
  sodium_memzero(secret.data(), secret.size());
  return out;
}

bool verify(const PublicKey& key, ByteView message, ByteView signature) {
  return signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.bytes.data()) == 0;
}

namespace {
std::atomic<std::uint64_t> hashed{0};
}

std::uint64_t passwords_hashed() { return hashed; }

std::string hash_password(std::string_view password) {
  hashed++;
  std::string out(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str(out.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
    return {};  // out of memory: an empty hash verifies nothing
  out.resize(std::strlen(out.c_str()));
  return out;
}

bool verify_password(std::string_view password, std::string_view hash) {
  if (hash.empty()) return false;
  hashed++;
  std::string terminated(hash);
  return crypto_pwhash_str_verify(terminated.c_str(), password.data(), password.size()) == 0;
}

}  // namespace waymark
