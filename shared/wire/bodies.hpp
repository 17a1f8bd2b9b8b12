// The JSON bodies of hello, of joining, of an error and of questions about files, as both sides read and
// write them; docs/PROTOCOL.md is the normative text. Members that are not known are read over. What is
// missing or of another type is `malformed`, what is nested more than 32 deep `too_deep`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "shared/base/hash.hpp"
#include "shared/wire/messages.hpp"

namespace waymark::wire {

// ---- who answers

struct Hello {
  std::string school, identity, spki;  // 64 hexadecimal digits each; no spki over plain HTTP
  std::string signature;               // by the identity, over hello_message(spki)
  std::int64_t now_ms = 0;
  std::vector<std::int64_t> protocols;
  std::string version;        // of the program, for people
  std::string hub, hub_name;  // who answers is a hub of the school's; empty: its server
};
std::string encode_hello(const Hello& hello);
// `not_waymark`: what answered is none of our servers. `unsupported`: it speaks other protocols.
// `identity_changed`: it is not signed by the identity that it names.
Result<Hello> decode_hello(std::string_view body);

// ---- joining: what is asked

struct JoinBegin {
  std::string code_id, nonce;
};
struct JoinFinish {
  std::string code_id, nonce, proof, name;
};
struct CardShown {
  std::string card;
};
struct SignIn {
  std::string card, pin, pin_kind;
  PublicKey device_key;
  std::string token;  // the device's own name for it; empty: the school gives one
};
struct Return {
  std::string certificate, signature, proof, token;
};
struct PinChosen {
  std::string pin_hash, pin_kind;
};
using JoinQuestion = std::variant<JoinBegin, JoinFinish, CardShown, SignIn, Return, PinChosen>;
std::string encode_join(const JoinQuestion& question);
Result<JoinQuestion> decode_join(std::string_view body);

// ---- joining: what is answered

struct JoinBegun {
  std::string nonce, proof;
};
struct ComputerJoined {
  std::string computer, name, token, school;
  std::vector<Place> places;
};
struct CardRead {
  std::string first_name;
  bool new_pin = false;
  std::string pin_kind;
};
struct SignedIn {
  std::string person, first_name, token, certificate, signature;
  bool pin_set = false;
};
struct CameBack {
  std::string person, token;
};
std::string encode_answer(const JoinBegun& answer);
std::string encode_answer(const ComputerJoined& answer);
std::string encode_answer(const CardRead& answer);
std::string encode_answer(const SignedIn& answer);
std::string encode_answer(const CameBack& answer);
Result<JoinBegun> decode_begun(std::string_view body);
Result<ComputerJoined> decode_computer_joined(std::string_view body);
Result<CardRead> decode_card_read(std::string_view body);
Result<SignedIn> decode_signed_in(std::string_view body);
Result<CameBack> decode_came_back(std::string_view body);

// ---- errors

struct ToldError {
  std::string code, detail;  // a code may be of a later version
};
// Nothing where it is none: a proxy's page, say.
std::optional<ToldError> decode_error(std::string_view body);

// ---- which files are there

inline constexpr std::size_t names_max = 1'000;
// `member` is "files" or "parcels". `too_large` beyond a thousand.
std::string encode_names(const char* member, const std::vector<std::string>& names);
Result<std::vector<std::string>> decode_names(const char* member, std::string_view body);

struct NamesAnswer {
  std::vector<std::string> lacking;
  // Of parcels alone: each with the school's answer, whose bytes are empty where they cannot be read.
  std::vector<std::pair<std::string, std::string>> answers;
};
std::string encode_lacking(const std::vector<std::string>& names);
std::string encode_parcel_news(const NamesAnswer& answer);
Result<NamesAnswer> decode_names_answer(std::string_view body);

}  // namespace waymark::wire
