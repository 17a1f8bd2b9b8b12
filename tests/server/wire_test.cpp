// A real server on a free port, with TLS, and the app's own transport against it: nothing between them is
// pretended but the school's people.
#include <chrono>
#include <fstream>
#include <future>
#include <optional>
#include <thread>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/app/link.hpp"
#include "client/net/curl_transport.hpp"
#include "shared/sync/session.hpp"
#include "shared/wire/compress.hpp"
#include "shared/wire/joining.hpp"
#include "shared/wire/messages.hpp"
#include "sync-server/net/server.hpp"
#include "sync-server/routes/routes.hpp"
#include "tests/support/little_proxy.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using namespace waymark::server;
using app::HttpReply;
using app::HttpRequest;
using nlohmann::json;

namespace {

const std::string kNonce(64, 'b');

// Waits for what was begun, one after another.
struct Asker {
  waymark::net::CurlTransport transport;
  std::uint64_t last = 0;
  explicit Asker(ProxySettings proxies = {}) : transport({}, std::move(proxies)) {}

  Result<HttpReply> ask(HttpRequest request) {
    transport.begin(++last, std::move(request));
    for (;;) {
      for (auto& [ticket, reply] : transport.take())
        if (ticket == last) return std::move(reply);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
};

// A socket that says whatever it likes.
struct Raw {
  int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  explicit Raw(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    REQUIRE(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  ~Raw() { ::close(socket); }
  void say(std::string_view text) {
    while (!text.empty()) {
      auto size = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
      if (size <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(size));
    }
  }
  // Everything until the server closes.
  std::string rest() {
    std::string text;
    char piece[4096];
    for (;;) {
      auto size = ::recv(socket, piece, sizeof piece, 0);
      if (size <= 0) return text;
      text.append(piece, static_cast<std::size_t>(size));
    }
  }
};

struct World {
  SystemClock clock;
  SystemRandom random;
  test::TemporaryFolder folder;
  std::string data = folder.path() + "/school";
  InitResult made =
      School::init({data, "Alder Creek", "head@alder.example", "head-of-alder"}, clock, random).value();
  std::unique_ptr<School> school = School::open(data, clock, random).value();
  ClassId period3 = school->add_class("Period 3").value();
  PersonId teacher =
      school->add_staff("rivera@alder.example", "Elena Rivera", "teacher", "creek-and-stone").value().id;
  PersonId amira = student("Amira", "Haddad"), leo = student("Leo", "Marchetti");
  http::Metrics metrics;
  http::Router router;
  server::net::ServerOptions options;
  std::unique_ptr<server::net::Server> server;
  std::vector<std::string> pins;
  Asker asker;

  explicit World(bool tls = true) {
    REQUIRE(school->enroll(period3, teacher, "teacher"));
    REQUIRE(school->refresh_access());
    add_sync_routes(router, *school);
    add_health_routes(router, *school, metrics);
    options.host = "127.0.0.1";
    options.together = [this](const std::function<void()>& work) {
      return store::together(school->store().db(), work);
    };
    options.after = [this] { school->listeners().tell(*school); };
    if (tls) {
      options.tls = server::net::own_tls(data + "/tls", "Alder Creek").value();
      pins = {options.tls->spki};
    }
    start();
  }
  ~World() { server.reset(); }
  void start() { server = server::net::Server::start(options, router, metrics).value(); }

  PersonId student(std::string_view given, std::string_view family) {
    auto id = school->add_student(given, family).value();
    REQUIRE(school->enroll(period3, id, "student"));
    return id;
  }
  // School is used on the server's thread only.
  template <class Function>
  auto at_school(Function function) {
    std::optional<decltype(function())> result;
    REQUIRE(server->run([&] { result.emplace(function()); }));
    return std::move(*result);
  }
  std::string url(std::string_view path) const {
    return (options.tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(server->port()) +
           std::string(path);
  }
  HttpRequest request(std::string_view method, std::string_view path, std::string_view token = "") const {
    HttpRequest request;
    request.method = method;
    request.url = url(path);
    request.pins = pins;
    if (!token.empty()) request.headers["authorization"] = "Bearer " + std::string(token);
    return request;
  }
  HttpReply join(const json& body, std::string_view token = "") {
    auto asked = request("POST", "/v1/join", token);
    asked.headers["content-type"] = "application/json";
    asked.body = body.dump();
    return asker.ask(asked).value();
  }
  HttpReply sync(std::string body, std::string_view token) {
    auto asked = request("POST", "/v1/sync", token);
    asked.headers["content-type"] = wire::content_type;
    asked.body = std::move(body);
    return asker.ask(asked).value();
  }
  json joined_computer(const std::string& name) {
    auto code = at_school([&] { return school->add_computer_code(name).value(); });
    auto id = wire::code_id(code);
    auto begun = json::parse(join({{"step", "begin"}, {"code_id", id}, {"nonce", kNonce}}).body);
    auto proof = wire::join_proof("computer", code, school->identity(), options.tls ? options.tls->spki : "",
                                  kNonce, begun["nonce"].get<std::string>());
    return json::parse(
        join({{"step", "finish"}, {"code_id", id}, {"nonce", kNonce}, {"proof", proof}, {"name", ""}}).body);
  }
  std::string card(const PersonId& who) {
    return at_school([&] { return school->card_for(who).value(); });
  }
  HttpReply join_student(const PersonId& who, const std::string& computer_token, std::string_view pin) {
    return join({{"step", "student"},
                 {"card", card(who)},
                 {"pin", pin},
                 {"pin_kind", "digits"},
                 {"device_key", std::string(64, '1')}},
                computer_token);
  }
  // Joined on a computer of its own name.
  std::string student_token(const PersonId& who, const std::string& computer = "lab-03") {
    auto token = joined_computer(computer)["token"].get<std::string>();
    return json::parse(join_student(who, token, "4711").body)["token"].get<std::string>();
  }
  void sync_until_done(store::Store& device, std::string_view token) {
    sync::Session session(device);
    for (int round = 0; round < 10; round++) {
      session.hurry(0);
      auto asked = session.next(0).value();
      REQUIRE(asked);
      auto reply = sync(wire::encode(*asked), token);
      REQUIRE(reply.status == 200);
      REQUIRE(session.on_reply(wire::decode_reply(reply.body).value(), 0));
      if (session.status().value().verified) return;
    }
    FAIL("not in step after ten rounds");
  }
  std::unique_ptr<store::Store> device(const std::string& name) {
    return store::Store::open(folder.path() + "/" + name, {&clock, &random, true}).value();
  }
};

std::string code_of(const HttpReply& reply) {
  auto body = json::parse(reply.body, nullptr, false);
  return body.is_discarded() || !body.contains("error") ? "" : body["error"]["code"].get<std::string>();
}

record::Op goal_of(const PersonId& person, std::uint8_t n, std::string want) {
  record::Op op;
  op.stream = domain::person_stream(person);
  op.kind = "goal";
  op.record.bytes.fill(n);
  op.fields["want"] = std::move(want);
  op.author = person;
  op.replica.bytes.fill(7);
  op.time_ms = 1'795'000'000'000;
  op.salt.fill(n);
  return op;
}

// Noise that does not compress.
std::string noise(std::size_t size) {
  std::string text(size, '\0');
  SeededRandom random{9};
  random.fill({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  return text;
}

}  // namespace

TEST_CASE("the hello tells the school's identity, which has signed the TLS key") {
  World world;
  auto unpinned = world.request("GET", "/v1/hello");
  unpinned.pins.clear();
  auto hello = json::parse(world.asker.ask(unpinned).value().body);
  CHECK(hello["school"] == "Alder Creek");
  CHECK(hello["v"] == 1);
  CHECK(hello["protocols"] == json::array({1}));
  CHECK(hello["spki"] == world.options.tls->spki);
  CHECK(hello["identity"] == to_hex(world.school->identity().bytes));
  CHECK(verify(world.school->identity(), as_bytes("waymark hello 1\n" + hello["spki"].get<std::string>()),
               from_hex(hello["signature"].get<std::string>()).value()));
  // The same exchange with the key pinned, and with another one.
  CHECK(world.asker.ask(world.request("GET", "/v1/hello")).value().status == 200);
  world.pins = {std::string(64, 'a'), world.options.tls->spki};
  CHECK(world.asker.ask(world.request("GET", "/v1/hello")).value().status == 200);
  world.pins = {std::string(64, 'a')};
  CHECK(world.asker.ask(world.request("GET", "/v1/hello")).error().code == Code::identity_changed);
}

TEST_CASE("a changed TLS key is noticed, and a renewed certificate of the same key is not") {
  World world;
  world.server.reset();
  std::filesystem::remove(world.data + "/tls/certificate.pem");
  world.options.tls = server::net::own_tls(world.data + "/tls", "Alder Creek").value();
  world.start();
  CHECK(world.asker.ask(world.request("GET", "/v1/hello")).value().status == 200);
  world.server.reset();
  std::filesystem::remove_all(world.data + "/tls");
  world.options.tls = server::net::own_tls(world.data + "/tls", "Alder Creek").value();
  world.start();
  CHECK(world.asker.ask(world.request("GET", "/v1/hello")).error().code == Code::identity_changed);
}

TEST_CASE("a certificate that is not good yet, or no longer, is good for who knows the key") {
  // As on a small computer without a battery, which starts in 1970.
  World world;
  world.server.reset();
  for (long from_day : {365L, -800L}) {
    const auto& tls = *world.options.tls;
    std::unique_ptr<FILE, int (*)(FILE*)> key_file(std::fopen(tls.key_path.c_str(), "r"), std::fclose);
    std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
        PEM_read_PrivateKey(key_file.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    REQUIRE(key);
    std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), from_day * 24 * 3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), (from_day + 30) * 24 * 3600);
    X509_set_pubkey(certificate.get(), key.get());
    REQUIRE(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
    std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(tls.certificate_path.c_str(), "w"), std::fclose);
    REQUIRE(PEM_write_X509(file.get(), certificate.get()) == 1);
    file.reset();
    world.start();
    auto hello = world.asker.ask(world.request("GET", "/v1/hello"));
    REQUIRE(hello);
    CHECK(hello->status == 200);
    world.server.reset();
  }
}

TEST_CASE("a computer joins, a card asks for a PIN, and what is written there is found at another computer") {
  World world;
  auto lab3 = world.joined_computer("lab-03");
  CHECK(lab3["name"] == "lab-03");
  CHECK(lab3["school"] == "Alder Creek");
  auto lab3_token = lab3["token"].get<std::string>();
  auto needs =
      json::parse(world.join({{"step", "card"}, {"card", world.card(world.amira)}}, lab3_token).body);
  CHECK(needs == json({{"first_name", "Amira"}, {"new_pin", true}, {"pin_kind", ""}}));
  auto first = json::parse(world.join_student(world.amira, lab3_token, "4711").body);
  CHECK(first["person"] == world.amira.hex());
  CHECK(first["pin_set"] == true);
  CHECK(verify(world.school->identity(), as_bytes(first["certificate"].get<std::string>()),
               from_hex(first["signature"].get<std::string>()).value()));
  needs = json::parse(world.join({{"step", "card"}, {"card", world.card(world.amira)}}, lab3_token).body);
  CHECK(needs == json({{"first_name", "Amira"}, {"new_pin", false}, {"pin_kind", "digits"}}));

  auto here = world.device("lab3.db");
  record::RecordKey key{domain::person_stream(world.amira), "goal", {}};
  key.id.bytes.fill(1);
  store::Edit edit{key, {{"want", "ask better questions"}}, {}, {}};
  REQUIRE(here->write(world.amira, std::span(&edit, 1)));
  world.sync_until_done(*here, first["token"].get<std::string>());

  auto lab7_token = world.joined_computer("lab-07")["token"].get<std::string>();
  auto second = json::parse(world.join_student(world.amira, lab7_token, "4711").body);
  CHECK(second["pin_set"] == false);
  auto there = world.device("lab7.db");
  world.sync_until_done(*there, second["token"].get<std::string>());
  CHECK(there->find(key).value()->text("want") == "ask better questions");

  auto op = here->find(key).value()->all_heads().front();
  OpId unknown;
  unknown.bytes.fill(9);
  auto asked = world.request("POST", "/v1/have", second["token"].get<std::string>());
  asked.headers["content-type"] = wire::content_type;
  asked.body = wire::encode_have({op, unknown});
  CHECK(wire::decode_have(world.asker.ask(asked).value().body).value() == std::vector<OpId>{unknown});
}

TEST_CASE("a PIN chosen anew on a computer holds at the next one") {
  World world;
  auto token = world.student_token(world.amira);
  auto hash = hash_password("2222");
  CHECK(world.join({{"step", "pin"}, {"pin_hash", hash}, {"pin_kind", "digits"}}, token).status == 204);
  auto lab7 = world.joined_computer("lab-07")["token"].get<std::string>();
  CHECK(code_of(world.join_student(world.amira, lab7, "4711")) == "wrong_pin");
  CHECK(world.join_student(world.amira, lab7, "2222").status == 200);
  CHECK(code_of(world.join({{"step", "pin"}, {"pin_hash", "x"}, {"pin_kind", "digits"}}, token)) ==
        "malformed");
}

TEST_CASE("wrong, used and voided codes and cards each have their own answer") {
  World world;
  auto code = world.at_school([&] { return world.school->add_computer_code("lab-03").value(); });
  auto id = wire::code_id(code);
  CHECK(code_of(world.join({{"step", "begin"}, {"code_id", "00000000"}, {"nonce", kNonce}})) ==
        "code_unknown");
  auto begun = world.join({{"step", "begin"}, {"code_id", id}, {"nonce", kNonce}});
  CHECK(begun.status == 200);
  auto wrong = world.join({{"step", "finish"},
                           {"code_id", id},
                           {"nonce", kNonce},
                           {"proof", std::string(64, '0')},
                           {"name", ""}});
  CHECK(wrong.status == 404);
  CHECK(code_of(wrong) == "code_unknown");
  // Made for another TLS key: somebody stands in between.
  auto nonce = json::parse(world.join({{"step", "begin"}, {"code_id", id}, {"nonce", kNonce}}).body)["nonce"];
  auto elsewhere = wire::join_proof("computer", code, world.school->identity(), std::string(64, 'c'), kNonce,
                                    nonce.get<std::string>());
  CHECK(code_of(world.join(
            {{"step", "finish"}, {"code_id", id}, {"nonce", kNonce}, {"proof", elsewhere}, {"name", ""}})) ==
        "code_unknown");
  auto token = world.joined_computer("lab-05")["token"].get<std::string>();
  auto used = world.at_school([&] {
    auto spent = world.school->add_computer_code("lab-06").value();
    REQUIRE(world.school->accounts().use_computer_code(wire::code_id(spent)));
    return wire::code_id(spent);
  });
  auto again = world.join({{"step", "begin"}, {"code_id", used}, {"nonce", kNonce}});
  CHECK(again.status == 409);
  CHECK(code_of(again) == "code_used");

  CHECK(code_of(world.join({{"step", "card"}, {"card", "ZZZZ-ZZZZ"}}, token)) == "card_unknown");
  CHECK(code_of(world.join({{"step", "card"}, {"card", "ZZZZ-ZZZZ"}})) == "unauthorized");
  CHECK(code_of(world.join({{"step", "card"}, {"card", "ZZZZ-ZZZZ"}}, "nonsense")) == "unauthorized");
  auto old = world.card(world.leo);
  world.at_school([&] { return world.school->reprint_card(world.leo).value(); });
  CHECK(code_of(world.join({{"step", "card"}, {"card", old}}, token)) == "card_voided");
}

TEST_CASE("a wrong PIN is said, and after three the server asks for time") {
  World world;
  auto token = world.joined_computer("lab-03")["token"].get<std::string>();
  REQUIRE(world.join_student(world.amira, token, "4711").status == 200);
  for (int i = 0; i < 3; i++) {
    auto wrong = world.join_student(world.amira, token, "0000");
    CHECK(wrong.status == 403);
    CHECK(code_of(wrong) == "wrong_pin");
  }
  auto slowed = world.join_student(world.amira, token, "4711");
  CHECK(slowed.status == 429);
  CHECK(code_of(slowed) == "slowed_down");
  CHECK(std::stoi(slowed.headers["retry-after"]) > 0);
  // Nobody else waits for it.
  CHECK(world.join_student(world.leo, token, "1234").status == 200);
}

TEST_CASE("tries that come at the same time are slowed down like tries one after another") {
  World world;
  auto token = world.joined_computer("lab-03")["token"].get<std::string>();
  REQUIRE(world.join_student(world.amira, token, "4711").status == 200);
  auto card = world.card(world.amira);
  for (std::uint64_t ticket = 1000; ticket < 1012; ticket++) {
    auto asked = world.request("POST", "/v1/join", token);
    asked.headers["content-type"] = "application/json";
    asked.body = json({{"step", "student"},
                       {"card", card},
                       {"pin", "000" + std::to_string(ticket % 10)},
                       {"pin_kind", "digits"},
                       {"device_key", std::string(64, '1')}})
                     .dump();
    world.asker.transport.begin(ticket, asked);
  }
  int wrong = 0, slowed = 0;
  while (wrong + slowed < 12) {
    for (auto& [ticket, reply] : world.asker.transport.take()) {
      CHECK(ticket >= 1000);
      (code_of(reply.value()) == "wrong_pin" ? wrong : slowed)++;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  CHECK(wrong == 3);
  CHECK(slowed == 9);
}

TEST_CASE("each op that may not be is refused by name, and the others arrive") {
  World world;
  auto token = world.student_token(world.amira);
  auto good = goal_of(world.amira, 1, "read more");
  auto altered = record::canonical(goal_of(world.amira, 2, "x"));
  altered.insert(1, " ");  // no longer the bytes that were hashed
  auto foreign = goal_of(world.amira, 3, "x");
  foreign.author = world.leo;
  auto elsewhere = goal_of(world.leo, 4, "x");
  elsewhere.author = world.amira;
  auto longest = goal_of(world.amira, 5, std::string(65 * 1024, 'x'));
  auto last = goal_of(world.amira, 6, "ask better questions");

  wire::SyncRequest request;
  request.request = "0123456789abcdef";
  request.replica = good.replica;
  request.now_ms = good.time_ms;
  request.ops = {record::canonical(good),    altered,
                 record::canonical(foreign), record::canonical(elsewhere),
                 record::canonical(longest), record::canonical(last)};
  auto reply = world.sync(wire::encode(request), token);
  REQUIRE(reply.status == 200);
  auto answer = wire::decode_reply(reply.body).value();
  std::vector<std::pair<std::int64_t, std::string>> refused;
  for (const auto& r : answer.refused) refused.emplace_back(r.n, r.code);
  CHECK(refused == std::vector<std::pair<std::int64_t, std::string>>{
                       {2, "malformed"}, {3, "forbidden"}, {4, "not_granted"}, {5, "too_large"}});
  CHECK(answer.position.n == 6);
  CHECK(world.at_school([&] {
    return world.school->store().records(domain::person_stream(world.amira), "goal").value().size();
  }) == 2);
  CHECK(world.at_school([&] { return world.school->accounts().dead_letters_waiting().value(); }) == 3);
}

TEST_CASE("the same push that comes over six connections at once is one") {
  World world;
  auto token = world.student_token(world.amira);
  wire::SyncRequest request;
  for (std::uint8_t n = 1; n <= 40; n++) {
    auto op = goal_of(world.amira, n, "read more");
    request.replica = op.replica;
    request.ops.push_back(record::canonical(op));
  }
  auto body = wire::encode(request);
  std::vector<std::future<HttpReply>> replies;
  for (int i = 0; i < 6; i++)
    replies.push_back(std::async(std::launch::async, [&] {
      Asker asker;
      auto asked = world.request("POST", "/v1/sync", token);
      asked.headers["content-type"] = wire::content_type;
      asked.body = body;
      return asker.ask(std::move(asked)).value();
    }));
  for (auto& reply : replies) {
    auto got = reply.get();
    REQUIRE(got.status == 200);
    CHECK(wire::decode_reply(got.body).value().position.n == 40);
  }
  CHECK(world.at_school([&] {
    return world.school->store().stream_state(domain::person_stream(world.amira)).value().head;
  }) == 40);
}

TEST_CASE("bodies that are no message are refused, each by its name") {
  World world;
  auto token = world.student_token(world.amira);
  CHECK(code_of(world.sync("nonsense", token)) == "malformed");
  CHECK(world.sync("nonsense", token).status == 400);
  std::string deep = R"({"v":1,"cursors":)" + std::string(500, '[') + std::string(500, ']') + "}\n";
  CHECK(code_of(world.sync(deep, token)) == "too_deep");
  CHECK(code_of(world.sync("x", "no-such-token")) == "unauthorized");
  auto asked = world.request("POST", "/v1/sync", token);
  asked.body = "x";
  CHECK(code_of(world.asker.ask(asked).value()) == "malformed");
  asked = world.request("POST", "/v1/join");
  asked.headers["content-type"] = "application/json";
  asked.body = std::string(33, '[') + std::string(33, ']');
  CHECK(code_of(world.asker.ask(asked).value()) == "too_deep");
  asked.body = "{";
  CHECK(code_of(world.asker.ask(asked).value()) == "malformed");
  asked.body = R"({"step":"dance"})";
  CHECK(code_of(world.asker.ask(asked).value()) == "malformed");
  CHECK(world.asker.ask(world.request("GET", "/v1/nothing")).value().status == 404);
  CHECK(world.asker.ask(world.request("DELETE", "/v1/hello")).value().status == 405);
}

TEST_CASE("a body over the limit, plain or packed, is refused and the next request is answered") {
  World world;
  auto token = world.student_token(world.amira);
  auto asked = world.request("POST", "/v1/sync", token);
  asked.headers["content-type"] = wire::content_type;
  asked.headers["content-encoding"] = "identity";
  asked.body = noise(4 * 1024 * 1024 + 1);
  auto reply = world.asker.ask(asked).value();
  CHECK(reply.status == 413);
  CHECK(code_of(reply) == "too_large");
  asked.body.pop_back();  // at the limit it is read, and found to be no message
  CHECK(code_of(world.asker.ask(asked).value()) == "malformed");
  // A bomb: a few kilobytes that would become 200 MB.
  asked.headers["content-encoding"] = "zstd";
  asked.body = wire::compress(std::string(200 * 1024 * 1024, 'x'));
  CHECK(asked.body.size() < 64 * 1024);
  CHECK(code_of(world.asker.ask(asked).value()) == "too_large");
  asked.body = "not zstd";
  CHECK(code_of(world.asker.ask(asked).value()) == "malformed");
  asked.headers["content-encoding"] = "br";
  CHECK(world.asker.ask(asked).value().status == 415);
  CHECK(world.asker.ask(world.request("GET", "/healthz")).value().body == "live\n");
}

TEST_CASE("a school whose disk is full takes nothing in, says so, and takes everything when there is room") {
  World world;
  auto token = world.student_token(world.amira);
  auto pages = [&](const std::string& limit) {
    return world.at_school(
        [&] { return world.school->store().db().execute("PRAGMA max_page_count = " + limit).has_value(); });
  };
  REQUIRE(pages("1"));  // SQLite takes what there is: no page more
  wire::SyncRequest request;
  request.request = "0123456789abcdef";
  for (std::uint8_t n = 1; n <= 40; n++)
    request.ops.push_back(record::canonical(goal_of(world.amira, n, std::string(3900, 'w'))));
  request.replica = goal_of(world.amira, 1, "x").replica;
  auto refused = world.sync(wire::encode(request), token);
  CHECK(refused.status == 507);
  CHECK(code_of(refused) == "disk_full");
  CHECK(std::stoi(refused.headers["retry-after"]) > 0);
  auto there = [&] {
    return world.at_school([&] {
      return world.school->store().records(domain::person_stream(world.amira), "goal").value().size();
    });
  };
  CHECK(there() == 0);
  CHECK(world.asker.ask(world.request("GET", "/healthz")).value().status == 200);
  REQUIRE(pages("1000000"));
  auto reply = world.sync(wire::encode(request), token);
  REQUIRE(reply.status == 200);
  CHECK(wire::decode_reply(reply.body).value().position.n == 40);
  CHECK(there() == 40);
  CHECK(world.at_school([&] { return world.school->verify().has_value(); }));
}

TEST_CASE("expanding stops at the limit, and finds what was cut off") {
  CHECK(wire::expand(wire::compress(std::string(1000, 'x')), 1000).value() == std::string(1000, 'x'));
  CHECK(wire::expand(wire::compress(std::string(1001, 'x')), 1000).error().code == Code::too_large);
  auto cut = wire::compress(noise(1000));
  cut.resize(cut.size() - 1);
  CHECK(wire::expand(cut, 2000).error().code == Code::malformed);
  CHECK(wire::expand("", 10).error().code == Code::malformed);
}

TEST_CASE("a file goes up and comes down whole, to those who may have it") {
  World world;
  auto amira = world.student_token(world.amira), leo = world.student_token(world.leo, "lab-07");
  auto body = noise(3 * 1024 * 1024);
  auto hash = to_hex(sha256(as_bytes(body)));
  auto path = "/v1/streams/" + domain::person_stream(world.amira) + "/files/" + hash;
  auto put = world.request("PUT", path, amira);
  put.headers["content-type"] = "image/png";
  put.body = body;
  put.body[0] = static_cast<char>(put.body[0] ^ 1);
  CHECK(code_of(world.asker.ask(put).value()) == "wrong_id");
  put.body = body;
  CHECK(world.asker.ask(put).value().status == 204);
  auto got = world.asker.ask(world.request("GET", path, amira)).value();
  CHECK(got.body == body);
  CHECK(got.headers["content-type"] == "image/png");
  auto head = world.asker.ask(world.request("HEAD", path, amira)).value();
  CHECK(head.status == 200);
  CHECK(head.body.empty());
  CHECK(head.headers["content-length"] == std::to_string(body.size()));
  CHECK(world.asker.ask(world.request("HEAD", path, leo)).value().status == 404);
  CHECK(code_of(world.asker.ask(world.request("GET", path)).value()) == "unauthorized");
  auto small = world.request("GET", path, amira);
  small.reply_bytes_max = body.size() - 1;
  CHECK(world.asker.ask(small).error().code == Code::too_large);
  put.url = world.url("/v1/streams/" + domain::person_stream(world.leo) + "/files/" + hash);
  put.body = body;
  CHECK(code_of(world.asker.ask(put).value()) == "not_granted");
  put.body = noise(20 * 1024 * 1024 + 1);
  CHECK(code_of(world.asker.ask(put).value()) == "too_large");
}

TEST_CASE("a file goes on where it was cut off, up and down") {
  World world;
  auto amira = world.student_token(world.amira);
  auto body = noise(300'000);
  auto path =
      "/v1/streams/" + domain::person_stream(world.amira) + "/files/" + to_hex(sha256(as_bytes(body)));
  auto put = [&](std::string range, std::string bytes) {
    auto request = world.request("PUT", path, amira);
    request.headers["content-type"] = "image/png";
    if (!range.empty()) request.headers["content-range"] = range;
    request.body = std::move(bytes);
    return world.asker.ask(request).value();
  };
  auto get = [&](std::string range) {
    auto request = world.request("GET", path, amira);
    request.headers["range"] = range;
    return world.asker.ask(request).value();
  };
  auto reply = put("bytes */300000", "");
  CHECK(reply.status == 202);
  CHECK(reply.headers["upload-offset"] == "0");
  reply = put("bytes 0-99999/300000", body.substr(0, 100'000));
  CHECK(reply.status == 202);
  CHECK(reply.headers["upload-offset"] == "100000");
  CHECK(get("bytes=0-9").status == 404);
  reply = put("bytes 0-99999/300000", body.substr(0, 100'000));
  CHECK(reply.status == 409);
  CHECK(code_of(reply) == "conflict");
  CHECK(reply.headers["upload-offset"] == "100000");
  for (const char* strange :
       {"bytes 100000-299999", "bytes 100000-300000/300000", "bytes 100000-299998/300000", "bytes -1/300000",
        "bytes 100000-/300000", "items 0-1/2", "bytes */", "bytes */300000",
        "bytes 100000-299999/9999999999999999"})
    CHECK(code_of(put(strange, body.substr(100'000))) == "malformed");
  reply = put("bytes 100000-299999/300000", body.substr(100'000));
  CHECK(reply.status == 204);
  CHECK(reply.headers["upload-offset"] == "300000");
  CHECK(put("bytes */300000", "").status == 204);

  auto first = get("bytes=0-99999"), rest = get("bytes=100000-");
  CHECK(first.status == 206);
  CHECK(first.headers["content-range"] == "bytes 0-99999/300000");
  CHECK(first.headers["content-type"] == "image/png");
  CHECK(rest.headers["content-range"] == "bytes 100000-299999/300000");
  CHECK(first.body + rest.body == body);
  CHECK(get("bytes=299999-400000").body == body.substr(299'999));
  auto beyond = get("bytes=300000-");
  CHECK(beyond.status == 416);
  CHECK(beyond.headers["content-range"] == "bytes */300000");
  for (const char* ignored : {"bytes=-5", "bytes=5-4", "bytes=0-1,3-4", "lines=0-1"}) {
    CHECK(get(ignored).status == 200);
    CHECK(get(ignored).body.size() == body.size());
  }

  auto ask = [&](const std::string& said) {
    auto request = world.request("POST", path.substr(0, path.rfind('/')), amira);
    request.headers["content-type"] = "application/json";
    request.body = said;
    return world.asker.ask(request).value();
  };
  auto name = path.substr(path.rfind('/') + 1), other = std::string(64, '0');
  CHECK(json::parse(ask(json{{"files", {name, other}}}.dump()).body) == json{{"v", 1}, {"lacking", {other}}});
  CHECK(code_of(ask(R"({"files":["x"]})")) == "malformed");
  CHECK(code_of(ask(R"({"files":"x"})")) == "malformed");
  CHECK(code_of(ask("[]")) == "malformed");
  CHECK(ask(json{{"files", json::array_t(1'000, other)}}.dump()).status == 200);
  CHECK(code_of(ask(json{{"files", json::array_t(1'001, other)}}.dump())) == "too_large");

  world.at_school([&] { return world.school->set_quota(1), true; });
  auto more = noise(1'000);
  path = path.substr(0, path.rfind('/') + 1) + to_hex(sha256(as_bytes(more)));
  reply = put("", more);
  CHECK(reply.status == 507);
  CHECK(code_of(reply) == "quota_full");
  CHECK(reply.headers["retry-after"] == "300");
}

TEST_CASE("a removed computer is turned away") {
  World world;
  auto computer = world.joined_computer("lab-03");
  auto token =
      json::parse(world.join_student(world.amira, computer["token"].get<std::string>(), "4711").body)["token"]
          .get<std::string>();
  world.at_school([&] {
    return world.school->remove_computer(ComputerId::parse(computer["computer"].get<std::string>()).value())
        .has_value();
  });
  auto reply = world.sync("x", token);
  CHECK(reply.status == 401);
  CHECK(code_of(reply) == "unauthorized");
}

TEST_CASE("what is no HTTP gets one answer and no more, and the server goes on") {
  World world(false);
  Raw garbage(world.server->port());
  garbage.say("\x16\x03\x01\x02 this is nothing that a browser says\r\n\r\n");
  auto answer = garbage.rest();
  CHECK(answer.substr(0, 12) == "HTTP/1.1 400");
  Raw header(world.server->port());
  header.say("GET / HTTP/1.1\r\nx: " + std::string(20 * 1024, 'x') + "\r\n\r\n");
  CHECK(header.rest().substr(0, 12) == "HTTP/1.1 431");
  // Its length is not told before: the limit holds while it comes.
  Raw chunked(world.server->port());
  chunked.say("POST /v1/join HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
  for (int i = 0; i < 17; i++) chunked.say("400\r\n" + std::string(1024, 'x') + "\r\n");
  chunked.say("0\r\n\r\n");
  CHECK(chunked.rest().substr(0, 12) == "HTTP/1.1 413");
  CHECK(world.metrics.malformed == 1);
  CHECK(world.asker.ask(world.request("GET", "/healthz")).value().status == 200);
}

TEST_CASE("who sends a byte now and then loses the connection, and nobody else does") {
  World world(false);
  world.server.reset();
  world.options.header_ms = 200;
  world.options.stall_ms = 200;
  world.start();
  Raw slow(world.server->port());
  slow.say("GET /v1/hel");
  CHECK(slow.rest().empty());
  Raw body(world.server->port());
  body.say("POST /v1/join HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
  CHECK(body.rest().empty());
  while (world.metrics.timed_out < 2) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  CHECK(world.asker.ask(world.request("GET", "/healthz")).value().status == 200);
}

TEST_CASE("connections beyond the bound are told to come later, and there is room again when others end") {
  World world(false);
  world.server.reset();
  world.options.connections_max = 2;
  world.options.refusals_max = 1;
  world.options.header_ms = 60'000;  // nobody here is too slow
  world.start();
  {
    Raw one(world.server->port()), two(world.server->port());
    one.say("GET /healthz HTTP/1.1\r\nhost: x\r\n");
    two.say("GET /healthz HTTP/1.1\r\nhost: x\r\n");
    while (world.metrics.connections < 2) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    Raw three(world.server->port());
    while (world.metrics.connections < 3) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    // So many are told, and who comes beyond them is closed without a word.
    Raw four(world.server->port());
    CHECK(four.rest().empty());
    CHECK(world.metrics.connections_refused == 2);
    three.say("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
    auto told = three.rest();
    CHECK(told.substr(0, 12) == "HTTP/1.1 503");
    auto at = told.find("etry-after: ");
    REQUIRE(at != std::string::npos);
    auto seconds = std::atoi(told.c_str() + at + 12);
    CHECK(seconds >= 15);
    CHECK(seconds <= 45);
    CHECK(told.find("server_busy") != std::string::npos);
    one.say("connection: close\r\n\r\n");
    CHECK(one.rest().substr(0, 12) == "HTTP/1.1 200");
  }
  while (world.metrics.connections > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  Raw four(world.server->port());
  four.say("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  CHECK(four.rest().substr(0, 12) == "HTTP/1.1 200");
}

TEST_CASE("so many connections are held as the system allows files, beside the server's own") {
  CHECK(server::net::connections_that_fit(10'000, 20'000) == 10'000);
  CHECK(server::net::connections_that_fit(10'000, 10'256) == 10'000);
  CHECK(server::net::connections_that_fit(10'000, 10'255) == 9'999);
  CHECK(server::net::connections_that_fit(10'000, 1'024) == 768);
  CHECK(server::net::connections_that_fit(10'000, 256) == 0);
  CHECK(server::net::connections_that_fit(10'000, 0) == 0);
}

TEST_CASE("bodies that would fill the memory together are asked to come later") {
  World world(false);
  world.server.reset();
  world.options.bodies_bytes_max = 1000;
  world.start();
  constexpr int tries_max = 10'000;
  const auto pause = [] { std::this_thread::sleep_for(std::chrono::milliseconds(1)); };
  // One whose body never comes holds most of the room, another is turned away. Which of two headers is read
  // first is the server's affair: where it was the other's, the first was turned away, and asks again.
  std::optional<Raw> first;
  const auto was_answered = [&] {
    char byte = 0;
    return ::recv(first->socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
  };
  std::string answer;
  for (int tries = 0; answer.find(" 503 ") == std::string::npos; tries++, pause()) {
    REQUIRE(tries < tries_max);
    if (!first || was_answered()) {
      first.emplace(world.server->port());
      first->say("POST /v1/join HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\n{");
    }
    Raw second(world.server->port());
    second.say("POST /v1/join HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 101\r\n\r\n" +
               std::string(101, 'x'));
    answer = second.rest();
  }
  CHECK(answer.find(R"("code":"server_busy")") != std::string::npos);
  CHECK(answer.find("retry-after: ") != std::string::npos);
  first->say(std::string(899, 'x'));
  std::string piece(12, '\0');
  CHECK(::recv(first->socket, piece.data(), piece.size(), MSG_WAITALL) == 12);
  CHECK(piece == "HTTP/1.1 400");
  // Its room is free again.
  for (int tries = 0; answer.find(" 400 ") == std::string::npos; tries++, pause()) {
    REQUIRE(tries < tries_max);
    Raw third(world.server->port());
    third.say("POST /v1/join HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 900\r\n\r\n" +
              std::string(900, 'x'));
    answer = third.rest();
  }
}

TEST_CASE("requests beyond what may wait are asked to come later, and told when") {
  World world(false);
  world.server.reset();
  world.options.waiting_max = 1;
  world.start();
  // Holds the desk up, so that the first hello waits and the second finds no room.
  std::promise<void> held, begun;
  std::thread holder([&] {
    world.server->run([&] {
      begun.set_value();
      held.get_future().wait();
    });
  });
  begun.get_future().wait();
  Raw first(world.server->port()), second(world.server->port());
  first.say("GET /v1/hello HTTP/1.1\r\nconnection: close\r\n\r\n");
  while (world.metrics.handling < 1) std::this_thread::yield();
  second.say("GET /v1/hello HTTP/1.1\r\nconnection: close\r\n\r\n");
  auto turned = second.rest();
  CHECK(turned.substr(0, 12) == "HTTP/1.1 503");
  CHECK(turned.find("retry-after: ") != std::string::npos);
  CHECK(turned.find("server_busy") != std::string::npos);
  held.set_value();
  holder.join();
  CHECK(first.rest().substr(0, 12) == "HTTP/1.1 200");
  CHECK(world.metrics.turned_away == 1);
}

TEST_CASE("a stop answers what was accepted and takes no more") {
  World world(false);
  std::atomic<bool> inside{false}, go_on{false};
  world.router.add("GET", "/slow", [&](const http::Request&) -> http::Answer {
    return http::Later{[&] {
                         inside = true;
                         while (!go_on) std::this_thread::sleep_for(std::chrono::milliseconds(1));
                       },
                       [] { return http::text(200, "answered"); }};
  });
  auto port = world.server->port();
  Raw idle(port), asked(port);
  idle.say("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
  asked.say("GET /slow HTTP/1.1\r\nhost: x\r\n\r\n");
  while (!inside) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::thread stopping([&] { world.server->stop(); });
  CHECK(idle.rest().find("live") != std::string::npos);  // closed though it was kept alive
  go_on = true;
  auto answer = asked.rest();
  CHECK(answer.find("answered") != std::string::npos);
  CHECK(answer.find("Connection: close") != std::string::npos);
  stopping.join();
  CHECK(world.asker.ask(world.request("GET", "/healthz")).error().code == Code::offline);
  CHECK_FALSE(world.server->run([] {}));
}

TEST_CASE("the port of another program is named with what to do") {
  World world(false);
  auto options = world.options;
  options.port = world.server->port();
  auto second = server::net::Server::start(options, world.router, world.metrics);
  CHECK(second.error().code == Code::exists);
  CHECK(second.error().detail.find("--listen") != std::string::npos);
  options.host = "not-an-address";
  CHECK(server::net::Server::start(options, world.router, world.metrics).error().code == Code::invalid);
}

TEST_CASE("a captive portal is never taken for the school") {
  World world(false);
  world.router.add("GET", "/portal",
                   [](const http::Request&) -> http::Answer { return http::html(200, "<p>Sign in"); });
  world.router.add("GET", "/away", [](const http::Request&) -> http::Answer {
    return http::redirect("http://portal.example/");
  });
  CHECK(between(world.asker.ask(world.request("GET", "/portal")).error()) == Between::portal);
  CHECK(between(world.asker.ask(world.request("GET", "/away")).error()) == Between::portal);
  // Plain HTTP where TLS is expected, and nothing at all.
  auto tls = world.request("GET", "/v1/hello");
  tls.url = "https://127.0.0.1:" + std::to_string(world.server->port()) + "/v1/hello";
  CHECK(world.asker.ask(tls).error().code == Code::not_waymark);
  tls.url = "https://127.0.0.1:1/v1/hello";
  CHECK(world.asker.ask(tls).error().code == Code::offline);
  tls.url = "ftp://127.0.0.1/";
  CHECK(world.asker.ask(tls).error().code == Code::invalid);
  tls.url = "https://127.0.0.1/";
  tls.pins = {"abc"};
  CHECK(world.asker.ask(tls).error().code == Code::malformed);
}

TEST_CASE("an exchange that takes too long ends, and one that was cancelled never comes back") {
  World world(false);
  std::atomic<bool> go_on{false};
  world.router.add("GET", "/slow", [&](const http::Request&) -> http::Answer {
    return http::Later{[&] {
                         while (!go_on) std::this_thread::sleep_for(std::chrono::milliseconds(1));
                       },
                       [] { return http::text(200, "late"); }};
  });
  auto slow = world.request("GET", "/slow");
  slow.timeout_ms = 200;
  CHECK(world.asker.ask(slow).error().code == Code::timeout);
  slow.timeout_ms = 30'000;
  world.asker.transport.begin(77, slow);
  world.asker.transport.cancel(77);
  CHECK(world.asker.ask(world.request("GET", "/healthz")).value().status == 200);
  go_on = true;
  CHECK(world.asker.ask(world.request("GET", "/slow")).value().body == "late");
  CHECK(world.asker.transport.take().empty());
}

TEST_CASE("health, readiness and numbers are there for whoever watches the server") {
  World world;
  CHECK(world.asker.ask(world.request("GET", "/readyz")).value().body == "ready\n");
  auto metrics = world.asker.ask(world.request("GET", "/metrics")).value();
  CHECK(metrics.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(metrics.headers["content-encoding"] == "zstd");
  CHECK(metrics.body.find("\nwaymark_requests_total{status=\"2xx\"} 1\n") != std::string::npos);
  CHECK(metrics.body.find("\nwaymark_computers 0\n") != std::string::npos);
  CHECK(metrics.headers["x-content-type-options"] == "nosniff");
}

TEST_CASE("the TLS key and its directory are their owner's alone, and a foreign pair is refused") {
  test::TemporaryFolder folder;
  auto tls = server::net::own_tls(folder.path() + "/tls", "Alder Creek").value();
  auto permissions = std::filesystem::status(tls.key_path).permissions();
  CHECK((permissions & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) ==
        std::filesystem::perms::none);
  CHECK(server::net::own_tls(folder.path() + "/tls", "Alder Creek").value().spki == tls.spki);
  CHECK(server::net::given_tls(tls.certificate_path, tls.key_path).value().spki == tls.spki);
  auto other = server::net::own_tls(folder.path() + "/other", "Alder Creek").value();
  CHECK(server::net::given_tls(tls.certificate_path, other.key_path).error().code == Code::invalid);
  CHECK(server::net::given_tls(folder.path() + "/none", tls.key_path).error().code == Code::invalid);
  std::ofstream(tls.key_path) << "damaged";
  CHECK(server::net::own_tls(folder.path() + "/tls", "Alder Creek").error().code == Code::io);
}

// ---- event streams

namespace {

// An open stream of events, over the app's transport.
struct Hearing {
  waymark::net::CurlTransport transport;
  std::string heard;
  std::optional<Result<HttpReply>> ended;

  Hearing(const World& world, const std::string& token, std::string_view path = "/v1/events",
          std::int64_t silence_ms = 60'000) {
    auto request = world.request("GET", path, token);
    request.silence_ms = silence_ms;
    transport.begin(1, request);
  }
  void take() {
    for (auto& [ticket, piece] : transport.take_pieces()) heard += piece;
    for (auto& [ticket, reply] : transport.take()) ended.emplace(std::move(reply));
  }
  // False after ten seconds.
  bool until(const std::function<bool()>& so) {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    for (;;) {
      take();
      if (so()) return true;
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  bool hears(const std::string& text) {
    return until([&] { return heard.find(text) != std::string::npos; });
  }
  bool ends() {
    return until([&] { return ended.has_value(); });
  }
};

std::string head_line(const std::string& stream, std::int64_t head) {
  return "data: " + json{{"s", stream}, {"head", head}}.dump() + "\n\n";
}

void observe(World& world, const PersonId& student, const std::string& text) {
  store::Edit edit{{domain::person_stream(student), "observation", {}}, {{"text", text}}, {}, {}};
  REQUIRE(
      world.at_school([&] { return world.school->write(world.teacher, std::span(&edit, 1)).has_value(); }));
}

}  // namespace

TEST_CASE("whoever listens is told at once how streams end that they may read, and of no other") {
  World world;
  auto amiras = world.student_token(world.amira), leos = world.student_token(world.leo, "lab-04");
  Hearing amira(world, amiras), leo(world, leos);
  REQUIRE(amira.hears(head_line(domain::person_stream(world.amira), 0)));
  REQUIRE(leo.hears(head_line(domain::person_stream(world.leo), 0)));
  CHECK(world.metrics.listeners == 2);
  // A write of the dashboard, and one of a device.
  observe(world, world.amira, "Asked twice.");
  CHECK(amira.hears(head_line(domain::person_stream(world.amira), 1)));
  auto device = world.device("leo.db");
  world.sync_until_done(*device, leos);
  store::Edit goal{{domain::person_stream(world.leo), "goal", {}}, {{"want", "draw"}}, {}, {}};
  goal.key.id.bytes.fill(4);
  REQUIRE(device->write(world.leo, std::span(&goal, 1)));
  world.sync_until_done(*device, leos);
  CHECK(leo.hears(head_line(domain::person_stream(world.leo), 1)));
  // A stream of both comes after; by then what was not for them would have come.
  auto third = world.at_school([&] { return world.student("Noor", "Siddiqui"); });
  REQUIRE(world.at_school([&] { return world.school->refresh_access().has_value(); }));
  auto head = world.at_school(
      [&] { return world.school->store().stream_state("class:" + world.period3.hex()).value().head; });
  for (auto* hearing : {&amira, &leo}) CHECK(hearing->hears(head_line("class:" + world.period3.hex(), head)));
  CHECK(amira.heard.find(third.hex()) == std::string::npos);
  CHECK(amira.heard.find(world.leo.hex()) == std::string::npos);
  CHECK(leo.heard.find(world.amira.hex()) == std::string::npos);
}

TEST_CASE("a stream of events shows that it lives, and ends with a silence, a removal or the server") {
  World world;
  world.server.reset();
  world.options.beat_ms = 20;
  world.start();
  auto token = world.student_token(world.amira);
  {
    Hearing hearing(world, token);
    CHECK(hearing.hears(":\n\n:\n\n"));
    // Another of the same computer takes its place.
    Hearing second(world, token);
    CHECK(hearing.ends());
    CHECK(second.hears(":\n\n"));
    auto computers = world.at_school([&] { return world.school->accounts().computers().value(); });
    REQUIRE(computers.size() == 1);
    REQUIRE(world.at_school([&] { return world.school->remove_computer(computers[0].id).has_value(); }));
    observe(world, world.amira, "Not for a removed computer.");
    CHECK(second.ends());
    CHECK(second.heard.find("\"head\":1}") == std::string::npos);
  }
  auto leos = world.student_token(world.leo, "lab-05");
  Hearing leo(world, leos);
  CHECK(leo.hears(":\n\n"));
  auto begun = std::chrono::steady_clock::now();
  world.server->stop();
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(2));
  CHECK(leo.ends());
  CHECK(world.metrics.listeners == 0);
}

TEST_CASE("a stream that falls silent is given up") {
  World world(false);
  auto quiet = std::make_shared<http::Outlet>("");
  world.router.add("GET", "/quiet", [&](const http::Request&) -> http::Answer {
    http::Response response;
    response.set("content-type", "text/event-stream");
    quiet->add("data: x\n\n");
    response.more = quiet;
    return response;
  });
  Hearing hearing(world, "", "/quiet", 1'000);
  CHECK(hearing.hears("data: x"));
  REQUIRE(hearing.ends());
  CHECK(hearing.ended->error().code == Code::timeout);
}

TEST_CASE("who listens and does not read is dropped, and what waits for them is not kept") {
  World world(false);
  world.server.reset();
  world.options.stall_ms = 300;
  world.start();
  auto flood = std::make_shared<http::Outlet>(":");
  world.router.add("GET", "/flood", [&](const http::Request&) -> http::Answer {
    http::Response response;
    response.set("content-type", "text/event-stream");
    response.more = flood;
    return response;
  });
  Raw deaf(world.server->port());
  deaf.say("GET /flood HTTP/1.1\r\nhost: x\r\n\r\n");
  while (world.metrics.listeners == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  // What the system itself keeps on the way is some megabytes.
  const std::string piece(1024, 'x');
  std::size_t pieces = 0;
  for (; pieces < 256 * 1024 && flood->add(piece); pieces++)
    if (pieces % 32 == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
  CHECK(pieces < 256 * 1024);
  CHECK_FALSE(flood->open());
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (world.metrics.listeners > 0 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  CHECK(world.metrics.listeners == 0);
  CHECK(world.asker.ask(world.request("GET", "/healthz")).value().status == 200);
}

TEST_CASE("so many may listen and no more, each person and all together; without a token nobody") {
  World world;
  CHECK(code_of(world.asker.ask(world.request("GET", "/v1/events")).value()) == "unauthorized");
  CHECK(code_of(world.asker.ask(world.request("GET", "/v1/events", "no-such-token")).value()) ==
        "unauthorized");
  std::vector<std::unique_ptr<Hearing>> open;
  for (int i = 0; i < 8; i++) {
    open.push_back(
        std::make_unique<Hearing>(world, world.student_token(world.amira, "lab-" + std::to_string(i))));
    REQUIRE(open.back()->hears("data:"));
  }
  auto ninth = world.student_token(world.amira, "lab-9");
  auto refused = world.asker.ask(world.request("GET", "/v1/events", ninth)).value();
  CHECK(refused.status == 429);
  CHECK(refused.headers["retry-after"] == "60");
  Hearing leo(world, world.student_token(world.leo, "lab-10"));
  CHECK(leo.hears("data:"));
  // Who leaves makes room.
  open.pop_back();
  while (world.metrics.listeners > 8) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  Hearing again(world, ninth);
  CHECK(again.hears("data:"));

  struct Ear final : Listener {
    bool open() const override { return true; }
    void tell(const News&) override {}
    void end() override {}
  };
  Listeners bounded({3, 2});
  auto ear = std::make_shared<Ear>();
  CHECK(bounded.add(world.amira, Bytes{1}, false, ear).has_value());
  CHECK(bounded.add(world.amira, Bytes{2}, false, ear).has_value());
  CHECK(bounded.add(world.amira, Bytes{3}, false, ear).error().code == Code::slowed_down);
  CHECK(bounded.add(world.leo, Bytes{4}, false, ear).has_value());
  CHECK(bounded.add(world.teacher, Bytes{5}, true, ear).error().code == Code::slowed_down);
}

// The computer's clock stands still but for the moment by which a class is spread, so that no exchange of its
// own ever comes: what arrives, arrives because the school said that it is there. How long it takes, ./dev
// bench says.
TEST_CASE(
    "a teacher's comment is with a student who listens at once, by one exchange, however long they would "
    "wait") {
  World world;
  auto token = world.student_token(world.amira);
  ManualClock still(world.clock.now_ms());
  auto records = app::Records::open(world.folder.path() + "/amira", world.amira, still, world.random).value();
  auto computer = app::Computer::open(world.folder.path() + "/computer", still).value();
  REQUIRE(computer.change([&](app::ComputerState& state) {
    state.address = world.url("");
    state.identity = to_hex(world.school->identity().bytes);
    state.pins = world.pins;
  }));
  waymark::net::CurlTransport transport;
  app::Connection connection(&transport, computer);
  app::Link link(connection, *records, token, still, world.random);
  link.listen(true);
  link.hurry();
  auto until = [&](auto so) {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!so() && std::chrono::steady_clock::now() < end) {
      connection.poll();
      REQUIRE(link.tick());
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    REQUIRE(so());
  };
  auto waits_for = [&] { return link.due_ms().value_or(0) - still.steady_ms(); };
  auto comments = [&] {
    return records->store().records(domain::person_stream(world.amira), "observation").value().size();
  };
  constexpr std::int64_t kSpread = 50;
  until([&] { return world.metrics.listeners == 1 && link.status().value().verified && !link.busy(); });
  for (std::size_t i = 1; i <= 20; i++) {
    CHECK(waits_for() >= 1'000);
    auto replies = link.replies();
    observe(world, world.amira, "Comment " + std::to_string(i));
    until([&] { return waits_for() <= kSpread || link.busy() || link.replies() > replies; });
    still.advance_ms(kSpread);
    until([&] { return link.replies() > replies && !link.busy(); });
    CHECK(comments() == i);
    CHECK(link.replies() == replies + 1);
  }
}

// ---- what stands between

namespace {

// A computer that has joined, and its way to the school.
struct Joined {
  World& world;
  app::Computer computer = app::Computer::open(world.folder.path() + "/computer", world.clock).value();
  waymark::net::CurlTransport transport;
  app::Connection connection{&transport, computer};

  Joined(World& at, const std::string& address, ProxySettings proxies = {},
         std::vector<std::string> names = {})
      : world(at), transport({}, std::move(proxies), std::move(names)) {
    REQUIRE(computer.change([&](app::ComputerState& state) {
      state.address = address;
      state.identity = to_hex(world.school->identity().bytes);
      state.pins = world.pins;
    }));
  }
  Result<HttpReply> ask(const std::string& path) {
    std::optional<Result<HttpReply>> answer;
    HttpRequest request;
    request.url = path;
    connection.send(std::move(request),
                    [&](Result<HttpReply> reply, std::int64_t) { answer.emplace(std::move(reply)); });
    while (!answer) {
      connection.poll();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return *std::move(answer);
  }
};

// Somebody else's server with TLS, in the school's place.
struct Other {
  http::Router router;
  http::Metrics metrics;
  server::net::ServerOptions options;
  std::unique_ptr<server::net::Server> server;
  std::atomic<int> asked{0};  // but for hellos

  Other(const World& world, std::function<http::Response(const http::Request&)> answer) {
    router.add("GET", "/{rest...}", [this, answer](const http::Request& request) -> http::Answer {
      if (request.path != "/v1/hello") asked++;
      return answer(request);
    });
    options.host = "127.0.0.1";
    options.tls = server::net::own_tls(world.folder.path() + "/other", "Other").value();
    server = server::net::Server::start(options, router, metrics).value();
  }
  std::string address() const { return "https://127.0.0.1:" + std::to_string(server->port()); }
};

}  // namespace

TEST_CASE("a portal with TLS of its own is named, and gets nothing but a greeting") {
  World world;
  Other portal(world, [](const http::Request&) { return http::html(200, "<p>Guest network: sign in"); });
  Joined joined(world, portal.address());
  auto answer = joined.ask("/v1/events");
  CHECK(between(answer.error()) == Between::portal);
  CHECK(portal.asked == 0);
}

TEST_CASE("what opens secure connections is named though the school's hello comes through it") {
  World world;
  Asker behind;
  Other inspector(world, [&](const http::Request& request) {
    auto reply = behind.ask(world.request("GET", request.path)).value();
    return http::text(reply.status, reply.body, "application/json");
  });
  Joined joined(world, inspector.address());
  auto answer = joined.ask("/v1/events");
  CHECK(between(answer.error()) == Between::inspection);
  CHECK(inspector.asked == 0);
  CHECK(joined.computer.state().pins == world.pins);
}

TEST_CASE("a school outside is reached by the proxy where the direct way fails, and first by it after that") {
  World world;
  test::LittleProxy proxy(world.server->port());
  // A name that no network knows.
  Joined joined(world, "https://school.invalid:8443", {proxy.url(), ""});
  CHECK(joined.ask("/v1/hello").value().status == 200);
  CHECK(proxy.asked_for() == "CONNECT school.invalid:8443");
  CHECK(proxy.ways == 1);
  CHECK(joined.ask("/v1/hello").value().status == 200);
  // Another key at its end is no school's, whatever the proxy says.
  Other other(world, [](const http::Request&) { return http::text(200, "welcome"); });
  test::LittleProxy elsewhere(other.server->port());
  Joined misled(world, "https://school.invalid:8443", {elsewhere.url(), ""});
  CHECK_FALSE(misled.ask("/v1/events"));
  CHECK(elsewhere.ways > 0);
  CHECK(other.asked == 0);
}

TEST_CASE("a proxy that refuses is named; one that is not there, or not for this name, is no news") {
  World world;
  test::LittleProxy proxy(world.server->port());
  for (int status : {407, 403, 502}) {
    proxy.refuses = status;
    Joined joined(world, "https://school.invalid:8443", {proxy.url(), ""});
    auto answer = joined.ask("/v1/hello");
    CHECK(between(answer.error()) == Between::proxy);
    CHECK(answer.error().detail.find(std::to_string(status)) != std::string::npos);
    // When it opens the way, work goes on by itself.
    proxy.refuses = 0;
    CHECK(joined.ask("/v1/hello").value().status == 200);
  }
  auto ways = proxy.ways.load();
  Joined excepted(world, "https://school.invalid:8443", {proxy.url(), "school.invalid"});
  CHECK(excepted.ask("/v1/hello").error().code == Code::offline);
  Joined no_proxy(world, "https://school.invalid:8443", {"http://127.0.0.1:1", ""});
  CHECK(no_proxy.ask("/v1/hello").error().code == Code::offline);
  // Inside of this network nobody asks a proxy.
  for (const char* near :
       {"https://127.0.0.1:1", "https://[::1]:1", "https://localhost:1", "https://school.local:1"}) {
    Joined joined(world, near, {proxy.url(), ""});
    CHECK(joined.ask("/v1/hello").error().code == Code::offline);
  }
  CHECK(proxy.ways == ways);
}

TEST_CASE("a network that knows every name is a portal's, though nobody there speaks on the school's port") {
  World world;
  const std::string no_name = "waymark-no-such-name.invalid:1:127.0.0.1";
  Joined lied_to(world, "https://school.example:1", {}, {no_name, "school.example:1:127.0.0.1"});
  CHECK(between(lied_to.ask("/v1/hello").error()) == Between::portal);
  // Inside of this network no names are asked for, and a network that does not know the school is only that.
  Joined near(world, "https://127.0.0.1:1", {}, {no_name});
  CHECK(near.ask("/v1/hello").error().code == Code::offline);
  Joined unknown(world, "https://school.invalid:1");
  CHECK(unknown.ask("/v1/hello").error().code == Code::offline);
}

TEST_CASE("the proxy is the one that the environment names") {
  ::setenv("https_proxy", "http://proxy.district.example:3128", 1);
  ::setenv("no_proxy", "localhost,.school.example", 1);
  auto settings = proxies_of_environment();
  ::unsetenv("https_proxy");
  ::unsetenv("no_proxy");
  CHECK(settings.proxy == "http://proxy.district.example:3128");
  CHECK(settings.never == "localhost,.school.example");
  CHECK(proxies_of_environment().proxy.empty());
}
