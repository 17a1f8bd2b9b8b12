#include "sync-server/net/tls.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/base/hash.hpp"

namespace waymark::server::net {
namespace {

constexpr long kDay = 24 * 3600;
constexpr long kValidDays = 820;  // what phones' browsers still take
constexpr long kRenewDays = 60;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(std::FILE* file) const { std::fclose(file); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Owned<EVP_PKEY> read_key(const std::string& path) {
  Owned<BIO> bio(BIO_new_file(path.c_str(), "r"));
  return Owned<EVP_PKEY>(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr) : nullptr);
}
Owned<X509> read_certificate(const std::string& path) {
  Owned<BIO> bio(BIO_new_file(path.c_str(), "r"));
  return Owned<X509>(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
}

// A file of its owner's only, in place of the old one at once.
template <class Write>
Status write_private(const std::string& path, Write write) {
  std::string fresh = path + ".new";
  int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return Error{Code::io, fresh + " cannot be written"};
  Owned<std::FILE> file(::fdopen(descriptor, "w"));
  if (!file) return Error{Code::io, fresh + " cannot be written"};
  bool good = write(file.get()) && std::fflush(file.get()) == 0 && ::fsync(descriptor) == 0;
  if (!good || std::rename(fresh.c_str(), path.c_str()) != 0)
    return Error{Code::io, path + " cannot be written"};
  return {};
}

std::string spki_of(EVP_PKEY* key) {
  int size = i2d_PUBKEY(key, nullptr);
  if (size <= 0) return "";
  Bytes der(static_cast<std::size_t>(size));
  auto* at = der.data();
  i2d_PUBKEY(key, &at);
  return to_hex(sha256(der));
}

bool add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

Owned<X509> make_certificate(EVP_PKEY* key, const std::string& school) {
  Owned<X509> certificate(X509_new());
  std::array<std::uint8_t, 8> serial{};
  if (!certificate || RAND_bytes(serial.data(), static_cast<int>(serial.size())) != 1) return nullptr;
  serial[0] &= 0x7F;
  std::uint64_t number = 1;
  for (auto byte : serial) number = number << 8 | byte;
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), number >> 1);
  // A day back: a classroom's clocks differ.
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kValidDays * kDay);
  X509_set_pubkey(certificate.get(), key);
  auto* name = X509_get_subject_name(certificate.get());
  auto add_name = [&](const char* field, const std::string& value) {
    auto part = value.substr(0, 64);
    while (!part.empty() && (static_cast<unsigned char>(part.back()) & 0xC0) == 0x80 && value.size() > 64)
      part.pop_back();
    X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(part.data()),
                               static_cast<int>(part.size()), -1, 0);
  };
  add_name("O", "Waymark");
  add_name("CN", school.size() <= 64 ? school : "Waymark school");
  X509_set_issuer_name(certificate.get(), name);

  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) == 0) {
    std::string text(host.data());
    bool plain = !text.empty() && text.find_first_not_of(
                                      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789.-") == std::string::npos;
    if (plain && text != "localhost") names += ",DNS:" + text + ",DNS:" + text + ".local";
  }
  for (const auto& address : own_addresses()) names += ",IP:" + address;
  bool good = add_extension(certificate.get(), NID_subject_alt_name, names) &&
              add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE") &&
              add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature") &&
              add_extension(certificate.get(), NID_ext_key_usage, "serverAuth") &&
              X509_sign(certificate.get(), key, EVP_sha256()) > 0;
  return good ? std::move(certificate) : nullptr;
}

bool expires_soon(const X509* certificate) {
  std::time_t limit = std::time(nullptr) + kRenewDays * kDay;
  return X509_cmp_time(X509_get0_notAfter(certificate), &limit) < 0;
}

}  // namespace

std::vector<std::string> own_addresses() {
  std::vector<std::string> addresses;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return addresses;
  for (auto* entry = list; entry; entry = entry->ifa_next) {
    if (!entry->ifa_addr || entry->ifa_addr->sa_family != AF_INET) continue;
    if (!(entry->ifa_flags & IFF_UP) || (entry->ifa_flags & IFF_LOOPBACK)) continue;
    sockaddr_in address{};
    std::memcpy(&address, entry->ifa_addr, sizeof address);
    std::array<char, INET_ADDRSTRLEN> text{};
    if (::inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size()))
      addresses.emplace_back(text.data());
  }
  ::freeifaddrs(list);
  return addresses;
}

Result<Tls> own_tls(const std::string& directory, const std::string& school) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  if (error) return Error{Code::io, directory + ": " + error.message()};
  Tls tls{directory + "/certificate.pem", directory + "/key.pem", ""};

  Owned<EVP_PKEY> key;
  if (std::filesystem::exists(tls.key_path)) {
    key = read_key(tls.key_path);
    if (!key)
      return Error{Code::io, tls.key_path +
                                 " cannot be read; put it back from a backup, or remove it to have a new "
                                 "key made, which every browser will ask about once"};
  } else {
    std::string curve = "P-256";  // OpenSSL's macro takes no constant
    key.reset(EVP_EC_gen(curve.data()));
    if (!key) return Error{Code::internal, "no TLS key could be made"};
    WAYMARK_CHECK(write_private(tls.key_path, [&](std::FILE* file) {
      return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
    }));
  }
  auto certificate = read_certificate(tls.certificate_path);
  if (!certificate || expires_soon(certificate.get()) ||
      X509_check_private_key(certificate.get(), key.get()) != 1) {
    certificate = make_certificate(key.get(), school);
    if (!certificate) return Error{Code::internal, "no TLS certificate could be made"};
    WAYMARK_CHECK(write_private(
        tls.certificate_path, [&](std::FILE* file) { return PEM_write_X509(file, certificate.get()) == 1; }));
  }
  tls.spki = spki_of(key.get());
  return tls;
}

Result<Tls> given_tls(const std::string& certificate_path, const std::string& key_path) {
  auto certificate = read_certificate(certificate_path);
  if (!certificate)
    return Error{Code::invalid, certificate_path + " holds no certificate in PEM form that can be read"};
  auto key = read_key(key_path);
  if (!key) return Error{Code::invalid, key_path + " holds no private key in PEM form that can be read"};
  if (X509_check_private_key(certificate.get(), key.get()) != 1)
    return Error{Code::invalid, "the certificate and the key do not belong together"};
  return Tls{certificate_path, key_path, spki_of(key.get())};
}

}  // namespace waymark::server::net
