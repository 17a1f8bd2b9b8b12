// The server's TLS key and certificate: made at the first start, renewed with the same key before it expires,
// or given by the administrator. Devices pin the key, not the certificate.
#pragma once

#include <string>
#include <vector>

#include "shared/base/result.hpp"

namespace waymark::server::net {

struct Tls {
  std::string certificate_path, key_path;  // PEM
  std::string spki;                        // SHA-256 of the key's SubjectPublicKeyInfo, 64 hexadecimal digits
};

// In `directory`, made readable by its owner alone. The certificate names this machine and its addresses.
Result<Tls> own_tls(const std::string& directory, const std::string& school);
// `invalid` when they are not there, cannot be read, or do not belong together.
Result<Tls> given_tls(const std::string& certificate_path, const std::string& key_path);

// This machine's addresses in its networks, without loopback: "192.168.4.2".
std::vector<std::string> own_addresses();

}  // namespace waymark::server::net
