// With what a device signs what others carry for it.
#pragma once

#include <string>

#include "shared/base/hash.hpp"

namespace waymark::sync {

struct Author {
  PersonId person;
  SecretKey key;
  std::string certificate, certificate_signature;
  std::string introduction = {};  // instead of these, until the school has answered it
  bool known() const { return !certificate.empty() || !introduction.empty(); }
};

}  // namespace waymark::sync
