#include "client/app/joining.hpp"

#include "shared/base/text.hpp"
#include "shared/wire/introduction.hpp"
#include "shared/wire/joining.hpp"

namespace waymark::app {
namespace {

HttpRequest join_request(const wire::JoinQuestion& question) {
  HttpRequest request;
  request.method = "POST";
  request.url = "/v1/join";
  request.headers["content-type"] = "application/json";
  request.body = wire::encode_join(question);
  request.reply_bytes_max = 64 * 1024;
  return request;
}

const Error kStrange{Code::not_waymark, "the answer is none of a Waymark server"};

Result<PublicKey> key_of(std::string_view hex) {
  auto bytes = from_hex(hex);
  if (!bytes || bytes->size() != 32) return kStrange;
  PublicKey key;
  std::copy(bytes->begin(), bytes->end(), key.bytes.begin());
  return key;
}

// A code or card as typed, or as the QR's text: an address with the code behind '#'.
std::pair<std::string, std::string> address_and_code(std::string_view text) {
  auto whole = trim(text);
  auto hash = whole.rfind('#');
  if (hash == std::string::npos) return {"", whole};
  return {whole.substr(0, hash), whole.substr(hash + 1)};
}

}  // namespace

void Joining::stop() {
  if (ticket_) connection_.cancel(ticket_);
  ticket_ = 0;
  from_starter_ = false;
}

void Joining::computer(std::string_view typed_address, std::string_view typed_code) {
  stop();
  error_.reset();
  auto [from_code, code_text] = address_and_code(typed_code);
  code_ = code_text;
  address_ = from_code.empty() ? trim(typed_address) : from_code;
  auto code = wire::read_code(code_, wire::computer_code_length);
  if (!code) return fail({Code::code_unknown, code.error().detail});
  auto address = read_address(address_);
  if (!address) return fail({Code::invalid, address.error().detail});
  address_ = *address;
  ticket_ = connection_.hello(address_, [this, code = *code](Result<HelloReply> hello) {
    if (!hello) return fail(hello.error());
    begin(*hello, code);
  });
}

void Joining::begin(const HelloReply& hello, const std::string& code) {
  std::array<std::uint8_t, 16> bytes;
  random_.fill(bytes);
  auto nonce = to_hex(bytes);
  std::vector<std::string> pins;
  if (!hello.spki.empty()) pins.push_back(hello.spki);
  auto request = join_request(wire::JoinBegin{wire::code_id(code), nonce});
  ticket_ = connection_.send_to(address_, pins, std::move(request),
                                [this, hello, code, nonce](Result<HttpReply> reply, std::int64_t) {
                                  // The hello came over a connection with another key than it names.
                                  if (!reply && reply.error().code == Code::identity_changed)
                                    return fail(stands_between(Between::inspection, reply.error().detail));
                                  if (!reply) return fail(reply.error());
                                  finish(hello, code, nonce, *reply);
                                });
}

void Joining::finish(const HelloReply& hello, const std::string& code, const std::string& nonce,
                     const HttpReply& reply) {
  auto begun = wire::decode_begun(reply.body);
  if (!begun) return fail(kStrange);
  auto identity = key_of(hello.identity);
  if (!identity) return fail(identity.error());
  const auto& theirs = begun->nonce;
  auto expected = wire::join_proof("school", code, *identity, hello.spki, nonce, theirs);
  // Whoever stands between has another key or does not know the code.
  if (!equal_secret(as_bytes(expected), as_bytes(begun->proof)))
    return fail({Code::identity_changed, "the server does not know the code"});
  std::vector<std::string> pins;
  if (!hello.spki.empty()) pins.push_back(hello.spki);
  auto request = join_request(
      wire::JoinFinish{wire::code_id(code), nonce,
                       wire::join_proof("computer", code, *identity, hello.spki, nonce, theirs), ""});
  ticket_ = connection_.send_to(address_, pins, std::move(request),
                                [this, hello](Result<HttpReply> answer, std::int64_t) {
                                  if (!answer) return fail(answer.error());
                                  keep_computer(hello, *answer);
                                });
}

void Joining::keep_computer(const HelloReply& hello, const HttpReply& reply) {
  auto joined = wire::decode_computer_joined(reply.body);
  if (!joined) return fail(kStrange);
  // Those who are here already belong to the school that this computer knows.
  if (!computer_.state().identity.empty() && computer_.state().identity != hello.identity &&
      !computer_.profiles().empty())
    return fail({Code::identity_changed, "students of another school use this computer"});
  auto kept = computer_.change([&](ComputerState& state) {
    state.address = address_;
    state.school = joined->school.empty() ? hello.school : joined->school;
    state.identity = hello.identity;
    state.pins.clear();
    if (!hello.spki.empty()) state.pins.push_back(hello.spki);
    state.id = joined->computer;
    state.name = joined->name;
    state.token = joined->token;
    state.hub = hello.hub, state.hub_name = hello.hub_name;
    state.places.clear();
    for (const auto& place : joined->places) state.places.push_back({place.hub, place.name, place.addresses});
  });
  if (!kept) return fail(kept.error());
  ticket_ = 0;
  code_.clear();
}

void Joining::starter(const std::string& path) {
  stop();
  error_.reset();
  from_starter_ = true;
  auto kept = keep_starter(computer_, random_, path);
  if (!kept) fail(kept.error());
}

// Without a network of its own since: what was given by file is all that this computer has.
void Joining::open_starter(const std::string& card) {
  auto opened = open_with_card(computer_, card);
  if (!opened) return fail(opened.error());
  const auto& entry = opened->entry;
  needs_ = Needs{entry.given, entry.new_pin, pin_kind_named(entry.pin_kind), !entry.new_pin};
  starter_ = std::move(*opened);
}

void Joining::card(std::string_view typed) {
  stop();
  error_.reset();
  needs_.reset();
  starter_.reset();
  card_ = address_and_code(typed).second;
  if (!computer_.state().joined()) return fail({Code::unauthorized, "this computer has not joined a school"});
  auto card = wire::read_code(card_, wire::card_code_length);
  if (!card) return fail({Code::card_unknown, card.error().detail});
  if (computer_.state().token.empty()) return open_starter(*card);
  auto request = join_request(wire::CardShown{*card});
  request.headers["authorization"] = "Bearer " + computer_.state().token;
  ticket_ = connection_.send(std::move(request), [this](Result<HttpReply> reply, std::int64_t) {
    if (!reply) return fail(reply.error());
    auto read = wire::decode_card_read(reply->body);
    if (!read) return fail(kStrange);
    ticket_ = 0;
    needs_ = Needs{read->first_name, read->new_pin, pin_kind_named(read->pin_kind)};
  });
}

void Joining::student(std::string_view typed_pin, PinKind kind) {
  if (!needs_ || busy()) return;
  error_.reset();
  auto pin = pin_for_school(typed_pin, kind);
  if (pin.empty()) return fail({Code::wrong_pin, "a PIN is four digits or four pictures"});
  auto card = wire::read_code(card_, wire::card_code_length);
  if (!card) return fail({Code::card_unknown, card.error().detail});
  if (starter_) return begin_from_starter(*card, pin, kind);
  SecretKey key;
  random_.fill(key.seed);
  // Named here, so that it is the same at every hub and at the school.
  std::array<std::uint8_t, 16> bytes;
  random_.fill(bytes);
  auto token = to_base64url(bytes);
  auto request =
      join_request(wire::SignIn{*card, pin, std::string(name(kind)), public_key(key), std::move(token)});
  request.headers["authorization"] = "Bearer " + computer_.state().token;
  ticket_ = connection_.send(std::move(request),
                             [this, key, pin, kind, card = *card](Result<HttpReply> reply, std::int64_t) {
                               if (!reply) return fail(reply.error());
                               keep_student(*reply, key, card, pin, kind);
                             });
}

void Joining::keep_student(const HttpReply& reply, const SecretKey& key, const std::string& card,
                           const std::string& pin, PinKind kind) {
  auto in = wire::decode_signed_in(reply.body);
  auto identity = key_of(computer_.state().identity);
  auto signature = from_hex(in ? in->signature : std::string("none"));
  if (!in || !identity || !signature) return fail(kStrange);
  // A hub has none to give: the school does, once it has read the introduction.
  bool at_hub = !computer_.state().hub.empty() && in->certificate.empty();
  if (!at_hub && !verify(*identity, as_bytes(in->certificate), *signature))
    return fail({Code::identity_changed, "the certificate is not signed by the school"});
  if (!keep_profile({in->person, in->first_name, in->token, in->certificate, in->signature, key, at_hub},
                    card, pin, kind))
    return;
  ticket_ = 0;
  joined_ = in->person;
  forget_card();
}

bool Joining::keep_profile(const LetIn& in, const std::string& card, const std::string& pin, PinKind kind) {
  auto hash = hash_password(pin);
  if (hash.empty()) return fail({Code::internal, "the PIN could not be hashed"}), false;
  std::string introduction;
  if (in.introduces) {
    auto identity = key_of(computer_.state().identity);
    if (!identity) return fail(identity.error()), false;
    auto sealed =
        wire::seal({card, pin, std::string(name(kind)), hash, public_key(in.key), computer_.state().id,
                    computer_.state().name, to_hex(sha256(as_bytes(in.token)))},
                   *identity);
    if (!sealed) return fail(sealed.error()), false;
    introduction = std::move(*sealed);
  }
  // Who has been here before keeps the records; only what lets in is new.
  auto kept = computer_.change_profile(in.person, [&](Profile& profile) {
    if (profile.name.empty()) profile.name = in.name;
    profile.token = in.token;
    profile.certificate = in.certificate;
    profile.signature = in.signature;
    profile.introduction = introduction;
    profile.device_key = to_hex(in.key.seed);
    profile.pin_kind = kind;
    profile.pin_hash = hash;
    profile.pin_unsent = false;
    profile.wrong_tries = 0;
  });
  if (!kept) return fail(kept.error()), false;
  return true;
}

void Joining::begin_from_starter(const std::string& card, const std::string& pin, PinKind kind) {
  const auto starter = std::move(*starter_);
  starter_.reset();
  const auto& entry = starter.entry;
  auto known = computer_.change([&](ComputerState& state) {
    state.identity = to_hex(entry.identity.bytes);
    if (entry.addresses.empty()) return;
    // Whoever answers there has to prove first that it is this school.
    if (state.places.empty()) state.places.push_back({"", state.school, entry.addresses});
  });
  if (!known) return fail(known.error());
  LetIn in;
  in.person = entry.person.hex(), in.name = entry.given;
  random_.fill(in.key.seed);
  std::array<std::uint8_t, 16> bytes;
  random_.fill(bytes);
  in.token = to_base64url(bytes);
  in.introduces = true;
  if (!keep_profile(in, card, pin, kind)) return;
  auto filled = fill_records(computer_.folder(in.person), starter, clock_, random_);
  // Records that somebody has open were filled before.
  if (!filled && filled.error().code != Code::database_locked) return fail(filled.error());
  joined_ = in.person;
  forget_card();
}

}  // namespace waymark::app
