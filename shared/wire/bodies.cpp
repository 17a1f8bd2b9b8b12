#include "shared/wire/bodies.hpp"

#include <algorithm>

#include "shared/base/bytes.hpp"
#include "shared/base/hash.hpp"
#include "shared/wire/header.hpp"
#include "shared/wire/joining.hpp"

namespace waymark::wire {
namespace {

constexpr int kBodyDepthMax = 32;

std::string dumped(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

Result<json> read_body(std::string_view text) {
  if (depth_of(text) > kBodyDepthMax) return Error{Code::too_deep, "JSON nested more than 32 deep"};
  auto value = json::parse(text.begin(), text.end(), nullptr, false);
  if (value.is_discarded()) return Error{Code::malformed, "not JSON"};
  if (!value.is_object()) return Error{Code::malformed, "not a JSON object"};
  return value;
}

// Members as they stand there; of those that must, the first that is missing is told.
class Body {
 public:
  explicit Body(const json& object) : object_(object) {}
  std::string text(const char* name) {
    auto found = object_.find(name);
    if (found == object_.end() || !found->is_string()) return miss(name), std::string();
    return found->get<std::string>();
  }
  std::string text_or_none(const char* name) {
    auto found = object_.find(name);
    return found == object_.end() || found->is_null() ? std::string() : text(name);
  }
  // Of what a server says: absent, or of another type, is as good as nothing.
  std::string told(const char* name) const {
    auto found = object_.find(name);
    return found == object_.end() || !found->is_string() ? std::string() : found->get<std::string>();
  }
  bool flag(const char* name) const {
    auto found = object_.find(name);
    return found != object_.end() && found->is_boolean() && found->get<bool>();
  }
  void miss(const char* name) {
    if (!missing_) missing_ = name;
  }
  Status status() const {
    if (!missing_) return {};
    return Error{Code::malformed, '"' + std::string(missing_) + "\" is missing or is no text"};
  }

 private:
  const json& object_;
  const char* missing_ = nullptr;
};

json places_json(const std::vector<Place>& places) {
  json list = json::array();
  for (const auto& place : places)
    list.push_back({{"hub", place.hub}, {"name", place.name}, {"addresses", place.addresses}});
  return list;
}

std::vector<Place> places_in(const json& body) {
  std::vector<Place> places;
  auto found = body.find("places");
  if (found == body.end() || !found->is_array()) return places;
  for (const auto& item : *found) {
    if (!item.is_object() || places.size() >= places_max) continue;
    Body one(item);
    Place place{one.told("hub"), one.told("name"), {}};
    if (auto addresses = item.find("addresses"); addresses != item.end() && addresses->is_array())
      for (const auto& address : *addresses)
        if (address.is_string() && place.addresses.size() < addresses_max)
          place.addresses.push_back(address.get<std::string>());
    places.push_back(std::move(place));
  }
  return places;
}

Result<PublicKey> device_key(std::string_view text) {
  WAYMARK_TRY(bytes, from_hex(text));
  PublicKey key;
  if (bytes.size() != key.bytes.size())
    return Error{Code::malformed, "a device's key has 64 hexadecimal digits"};
  std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
  return key;
}

json question_json(const JoinBegin& asked) {
  return {{"step", "begin"}, {"code_id", asked.code_id}, {"nonce", asked.nonce}};
}
json question_json(const JoinFinish& asked) {
  return {{"step", "finish"},
          {"code_id", asked.code_id},
          {"nonce", asked.nonce},
          {"proof", asked.proof},
          {"name", asked.name}};
}
json question_json(const CardShown& asked) { return {{"step", "card"}, {"card", asked.card}}; }
json question_json(const SignIn& asked) {
  json body = {{"step", "student"},
               {"card", asked.card},
               {"pin", asked.pin},
               {"pin_kind", asked.pin_kind},
               {"device_key", to_hex(asked.device_key.bytes)}};
  if (!asked.token.empty()) body["token"] = asked.token;
  return body;
}
json question_json(const Return& asked) {
  json body = {{"step", "return"},
               {"certificate", asked.certificate},
               {"signature", asked.signature},
               {"proof", asked.proof}};
  if (!asked.token.empty()) body["token"] = asked.token;
  return body;
}
json question_json(const PinChosen& asked) {
  return {{"step", "pin"}, {"pin_hash", asked.pin_hash}, {"pin_kind", asked.pin_kind}};
}

}  // namespace

// ---- who answers

std::string encode_hello(const Hello& hello) {
  json body = {{"v", 1},
               {"school", hello.school},
               {"identity", hello.identity},
               {"spki", hello.spki},
               {"signature", hello.signature},
               {"now", hello.now_ms},
               {"protocols", hello.protocols},
               {"version", hello.version}};
  if (!hello.hub.empty()) body["hub"] = {{"id", hello.hub}, {"name", hello.hub_name}};
  return dumped(body);
}

Result<Hello> decode_hello(std::string_view text) {
  Error strange{Code::not_waymark, "what answered is no Waymark server"};
  auto body = read_body(text);
  if (!body) return strange;
  Body in(*body);
  Hello hello;
  hello.school = in.told("school"), hello.identity = in.told("identity"), hello.spki = in.told("spki");
  hello.signature = in.told("signature"), hello.version = in.told("version");
  if (auto hub = body->find("hub"); hub != body->end() && hub->is_object()) {
    Body of_hub(*hub);
    hello.hub = of_hub.told("id"), hello.hub_name = of_hub.told("name");
  }
  if (auto now = body->find("now"); now != body->end() && now->is_number_integer())
    hello.now_ms = now->get<std::int64_t>();
  if (auto protocols = body->find("protocols"); protocols != body->end() && protocols->is_array())
    for (const auto& one : *protocols)
      if (one.is_number_integer()) hello.protocols.push_back(one.get<std::int64_t>());
  auto identity = from_hex(hello.identity), signature = from_hex(hello.signature);
  PublicKey key;
  if (!identity || identity->size() != key.bytes.size() || !signature || signature->size() != 64)
    return strange;
  if (!hello.spki.empty() && (hello.spki.size() != 64 || !from_hex(hello.spki))) return strange;
  if (std::find(hello.protocols.begin(), hello.protocols.end(), protocol_version) == hello.protocols.end())
    return Error{Code::unsupported, "the school's server speaks another version"};
  std::copy(identity->begin(), identity->end(), key.bytes.begin());
  if (!verify(key, as_bytes(hello_message(hello.spki)), *signature))
    return Error{Code::identity_changed, "the hello is not signed by the identity it names"};
  return hello;
}

// ---- joining

std::string encode_join(const JoinQuestion& question) {
  return dumped(std::visit([](const auto& asked) { return question_json(asked); }, question));
}

Result<JoinQuestion> decode_join(std::string_view text) {
  WAYMARK_TRY(body, read_body(text));
  Body in(body);
  auto step = in.text("step");
  JoinQuestion asked;
  if (step == "begin") {
    asked = JoinBegin{in.text("code_id"), in.text("nonce")};
  } else if (step == "finish") {
    asked = JoinFinish{in.text("code_id"), in.text("nonce"), in.text("proof"), in.text_or_none("name")};
  } else if (step == "card") {
    asked = CardShown{in.text("card")};
  } else if (step == "student") {
    SignIn sign_in{in.text("card"), in.text("pin"), in.text("pin_kind"), {}, in.text_or_none("token")};
    auto key = in.text("device_key");
    WAYMARK_CHECK(in.status());
    WAYMARK_TRY(read, device_key(key));
    sign_in.device_key = read;
    asked = std::move(sign_in);
  } else if (step == "return") {
    asked = Return{in.text("certificate"), in.text("signature"), in.text("proof"), in.text_or_none("token")};
  } else if (step == "pin") {
    asked = PinChosen{in.text("pin_hash"), in.text("pin_kind")};
  } else {
    WAYMARK_CHECK(in.status());
    return Error{Code::malformed, "no such step of joining"};
  }
  WAYMARK_CHECK(in.status());
  return asked;
}

std::string encode_answer(const JoinBegun& answer) {
  return dumped({{"nonce", answer.nonce}, {"proof", answer.proof}});
}
std::string encode_answer(const ComputerJoined& answer) {
  return dumped({{"computer", answer.computer},
                 {"name", answer.name},
                 {"token", answer.token},
                 {"school", answer.school},
                 {"places", places_json(answer.places)}});
}
std::string encode_answer(const CardRead& answer) {
  return dumped(
      {{"first_name", answer.first_name}, {"new_pin", answer.new_pin}, {"pin_kind", answer.pin_kind}});
}
std::string encode_answer(const SignedIn& answer) {
  return dumped({{"person", answer.person},
                 {"first_name", answer.first_name},
                 {"token", answer.token},
                 {"certificate", answer.certificate},
                 {"signature", answer.signature},
                 {"pin_set", answer.pin_set}});
}
std::string encode_answer(const CameBack& answer) {
  return dumped({{"person", answer.person}, {"token", answer.token}});
}

Result<JoinBegun> decode_begun(std::string_view text) {
  WAYMARK_TRY(body, read_body(text));
  Body in(body);
  JoinBegun begun{in.text("nonce"), in.text("proof")};
  WAYMARK_CHECK(in.status());
  return begun;
}

Result<ComputerJoined> decode_computer_joined(std::string_view text) {
  WAYMARK_TRY(body, read_body(text));
  Body in(body);
  ComputerJoined joined{in.told("computer"), in.told("name"), in.text("token"), in.told("school"),
                        places_in(body)};
  if (joined.token.empty()) in.miss("token");
  WAYMARK_CHECK(in.status());
  return joined;
}

Result<CardRead> decode_card_read(std::string_view text) {
  WAYMARK_TRY(body, read_body(text));
  Body in(body);
  if (body.find("new_pin") == body.end()) in.miss("new_pin");
  WAYMARK_CHECK(in.status());
  return CardRead{in.told("first_name"), in.flag("new_pin"), in.told("pin_kind")};
}

Result<SignedIn> decode_signed_in(std::string_view text) {
  WAYMARK_TRY(body, read_body(text));
  Body in(body);
  SignedIn signed_in{in.text("person"),      in.told("first_name"), in.text("token"),
                     in.told("certificate"), in.told("signature"),  in.flag("pin_set")};
  if (!PersonId::parse(signed_in.person)) in.miss("person");
  if (signed_in.token.empty()) in.miss("token");
  WAYMARK_CHECK(in.status());
  return signed_in;
}

Result<CameBack> decode_came_back(std::string_view text) {
  WAYMARK_TRY(body, read_body(text));
  Body in(body);
  CameBack returned{in.told("person"), in.text("token")};
  WAYMARK_CHECK(in.status());
  return returned;
}

// ---- errors

std::optional<ToldError> decode_error(std::string_view text) {
  auto body = read_body(text);
  if (!body) return std::nullopt;
  auto error = body->find("error");
  if (error == body->end() || !error->is_object()) return std::nullopt;
  Body in(*error);
  ToldError told{in.told("code"), in.told("detail")};
  return told.code.empty() ? std::nullopt : std::optional(std::move(told));
}

// ---- which files are there

std::string encode_names(const char* member, const std::vector<std::string>& names) {
  return dumped({{member, names}});
}

Result<std::vector<std::string>> decode_names(const char* member, std::string_view text) {
  WAYMARK_TRY(body, read_body(text));
  Error strange{Code::malformed, '"' + std::string(member) + "\" is a list of names"};
  auto names = body.find(member);
  if (names == body.end() || !names->is_array()) return strange;
  if (names->size() > names_max) return Error{Code::too_large, "more than 1,000 names at once"};
  std::vector<std::string> all;
  for (const auto& name : *names) {
    if (!name.is_string()) return strange;
    all.push_back(name.get<std::string>());
  }
  return all;
}

std::string encode_lacking(const std::vector<std::string>& names) {
  return dumped({{"v", 1}, {"lacking", names}});
}

std::string encode_parcel_news(const NamesAnswer& answer) {
  json answers = json::array();
  for (const auto& [parcel, bytes] : answer.answers)
    answers.push_back({{"parcel", parcel}, {"answer", to_base64url(as_bytes(bytes))}});
  return dumped({{"v", 1}, {"lacking", answer.lacking}, {"answers", answers}});
}

Result<NamesAnswer> decode_names_answer(std::string_view text) {
  WAYMARK_TRY(body, read_body(text));
  auto lacking = body.find("lacking");
  if (lacking == body.end() || !lacking->is_array())
    return Error{Code::malformed, "an answer that does not say what is lacking"};
  NamesAnswer answer;
  for (const auto& name : *lacking)
    if (name.is_string()) answer.lacking.push_back(name.get<std::string>());
  auto answers = body.find("answers");
  if (answers == body.end() || !answers->is_array()) return answer;
  for (const auto& item : *answers) {
    if (!item.is_object()) continue;
    auto parcel = item.find("parcel"), told = item.find("answer");
    if (parcel == item.end() || !parcel->is_string() || told == item.end() || !told->is_string()) continue;
    auto bytes = from_base64url(told->get_ref<const std::string&>());
    answer.answers.emplace_back(parcel->get<std::string>(),
                                bytes ? std::string(as_text(*bytes)) : std::string());
  }
  return answer;
}

}  // namespace waymark::wire
