// The golden files of tests/data/golden and what their index says of them, for the tests that read them.
#pragma once

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "shared/base/hash.hpp"

namespace waymark::test {

using nlohmann::json;

// A file of the source tree.
inline std::string text_of(const std::string& name) {
  std::ifstream in(std::string(WAYMARK_SOURCE_DIR) + "/" + name, std::ios::binary);
  REQUIRE_MESSAGE(in.good(), name);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

inline std::string golden_file(const std::string& name) { return text_of("tests/data/golden/" + name); }

// One part of the index; an empty one would make its test assert nothing.
inline json golden_part(const char* name) {
  json index = json::parse(golden_file("index.json"), nullptr, false);
  REQUIRE(index.is_object());
  REQUIRE(index.value("v", -1) == 1);
  json found = index.value(name, json());
  REQUIRE_MESSAGE(!found.empty(), name);
  return found;
}

inline std::string text(const json& object, const char* name) { return object.value(name, std::string()); }

// An entry's bytes: a file, or parts of which some are repeated.
inline std::string bytes_of(const json& entry) {
  if (entry.contains("file")) return golden_file(text(entry, "file"));
  std::string out;
  for (const auto& piece : entry.value("parts", json::array())) {
    if (piece.is_string()) {
      out += piece.get<std::string>();
      continue;
    }
    std::string repeated = text(piece, "repeat");
    for (std::size_t i = 0; i < piece.value("times", std::size_t{0}); i++) out += repeated;
  }
  return out;
}

template <class AnyId>
AnyId id_of(const json& value) {
  auto parsed = AnyId::parse(value.get<std::string>());
  REQUIRE(parsed);
  return *parsed;
}

inline PublicKey key_of(const json& value) {
  auto bytes = from_hex(value.get<std::string>());
  REQUIRE(bytes);
  PublicKey key;
  REQUIRE(bytes->size() == key.bytes.size());
  std::copy(bytes->begin(), bytes->end(), key.bytes.begin());
  return key;
}

inline SecretKey secret_of(const json& value) {
  SecretKey secret;
  secret.seed = key_of(value).bytes;
  return secret;
}

}  // namespace waymark::test
