// A network with a school behind it, in memory: answers as the server's routes do, by the real School. It can
// be unplugged, lose replies, stand behind a captive portal, and change its TLS key.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "client/app/transport.hpp"
#include "shared/wire/joining.hpp"
#include "sync-server/service/school.hpp"

namespace waymark::test {

class SchoolTransport final : public app::Transport {
 public:
  explicit SchoolTransport(server::School& school) : school_(&school) {}

  void attach(server::School& school) { school_ = &school; }

  bool plugged = true;
  bool parcels = true;   // false: a hub of an earlier version
  bool portal = false;   // a captive portal answers
  std::string address;   // the only one at which the school answers; empty: any
  std::string impostor;  // one at which somebody repeats the school's hello, and has another key
  std::map<std::string, int>
      sent_to;  // by the beginning of the address; what a wrong key kept back is not sent
  Between between = Between::nothing;  // or a proxy, or what inspects secure connections
  std::optional<Error> ends_with;      // every exchange
  bool lose_next_reply = false;        // what was asked is done, and nobody hears of it
  int busy = 0;                        // so many answers of 503
  // Also done and not heard of: each request that this says.
  std::function<bool(const app::HttpRequest&)> loses = [](const app::HttpRequest&) { return false; };
  std::string spki = std::string(64, 'a');
  bool events = true;              // a stream of events is kept open; else there is none
  int returns = 0;                 // how often a computer came back with its certificate
  std::vector<std::string> asked;  // "POST /v1/sync"

  // How every stream ends that the listeners may read, as the school's word at that moment.
  void tell() {
    for (const auto& [ticket, person] : listening_) pieces_.emplace_back(ticket, heads_for(person));
  }
  void say(const std::string& text) {
    for (const auto& [ticket, person] : listening_) pieces_.emplace_back(ticket, text);
  }
  void hang_up() {
    for (const auto& [ticket, person] : std::exchange(listening_, {}))
      end(ticket, app::HttpReply{200, {}, ""});
  }
  std::size_t listening() const { return listening_.size(); }

  void begin(std::uint64_t ticket, app::HttpRequest request) override {
    auto path = request.url.substr(request.url.find('/', request.url.find("://") + 3));
    asked.push_back(request.method + " " + path);
    if (!plugged) return end(ticket, Error{Code::offline, "unplugged"});
    if (ends_with) return end(ticket, *ends_with);
    auto host = request.url.substr(0, request.url.size() - path.size());
    if (!impostor.empty() && host == impostor && !request.pins.empty())
      return end(ticket, Error{Code::identity_changed, "another key"});
    if (!address.empty() && host != address && host != impostor)
      return end(ticket, Error{Code::offline, "nobody is at " + host});
    sent_to[host]++;
    if (portal) {
      if (!request.pins.empty()) return end(ticket, Error{Code::identity_changed, "another key"});
      return end(ticket, stands_between(Between::portal, "a page answered"));
    }
    if (between == Between::proxy) return end(ticket, stands_between(between, "status 407"));
    if (between == Between::inspection && !request.pins.empty())
      return end(ticket, Error{Code::identity_changed, "another key"});
    if (!request.pins.empty() &&
        std::find(request.pins.begin(), request.pins.end(), spki) == request.pins.end())
      return end(ticket, Error{Code::identity_changed, "another key"});
    if (busy > 0) {
      busy--;
      return end(ticket, failure(503, {Code::server_busy, "later"}, 7));
    }
    if (path == "/v1/events" && events) {
      if (auto bearer = school_->bearer(token(request))) {
        listening_[ticket] = bearer->person;
        pieces_.emplace_back(ticket, heads_for(bearer->person));
        return;
      }
    }
    auto reply = answer(request, path);
    if (std::exchange(lose_next_reply, false) || loses(request))
      return end(ticket, Error{Code::timeout, "no reply"});
    end(ticket, std::move(reply));
  }
  void cancel(std::uint64_t ticket) override {
    std::erase_if(ended_, [&](const auto& one) { return one.first == ticket; });
    listening_.erase(ticket);
  }
  std::vector<std::pair<std::uint64_t, std::string>> take_pieces() override {
    return std::exchange(pieces_, {});
  }
  std::vector<std::pair<std::uint64_t, Result<app::HttpReply>>> take() override {
    return std::exchange(ended_, {});
  }

 private:
  using json = nlohmann::json;

  void end(std::uint64_t ticket, Result<app::HttpReply> reply) {
    ended_.emplace_back(ticket, std::move(reply));
  }
  static app::HttpReply failure(int status, const Error& error, int retry_after_s = 0) {
    app::HttpReply reply;
    reply.status = status;
    reply.headers["content-type"] = "application/json";
    if (retry_after_s) reply.headers["retry-after"] = std::to_string(retry_after_s);
    reply.body = json{{"error", {{"code", std::string(name(error.code))}, {"detail", error.detail}}}}.dump();
    return reply;
  }
  static app::HttpReply failed(const Error& error) {
    return failure(error.code == Code::unauthorized ? 401 : 400, error,
                   error.code == Code::slowed_down ? std::stoi(error.detail) : 0);
  }
  // As the server says it: a full quota by a word of its own.
  static app::HttpReply full(const Error& error) {
    auto reply = failure(507, {Code::disk_full, ""});
    if (error.detail == server::quota_full)
      reply.body = json{{"error", {{"code", std::string(server::quota_full)}, {"detail", ""}}}}.dump();
    return reply;
  }
  static app::HttpReply good(const json& body) {
    return {200, {{"content-type", "application/json"}}, body.dump()};
  }
  static std::string token(const app::HttpRequest& request) {
    auto found = request.headers.find("authorization");
    return found == request.headers.end() ? std::string() : found->second.substr(7);
  }

  std::string heads_for(const PersonId& person) {
    std::string text = ":\n\n";
    for (const auto& access : school_->caller(person).value().access)
      text += "data: " +
              json{{"s", access.stream}, {"head", school_->store().stream_state(access.stream).value().head}}
                  .dump() +
              "\n\n";
    return text;
  }

  app::HttpReply answer(const app::HttpRequest& request, const std::string& path) {
    if (path == "/v1/hello") {
      server::Hello hello;
      auto signature = school_->sign_hello(spki, hello);
      json said = {{"v", 1},           {"school", hello.school}, {"identity", to_hex(hello.identity.bytes)},
                   {"spki", spki},     {"signature", signature}, {"now", hello.now_ms},
                   {"protocols", {1}}, {"version", "0.1.0"}};
      if (const auto& hub = school_->hub()) said["hub"] = {{"id", hub->hub.hex()}, {"name", hub->name}};
      return good(said);
    }
    if (path == "/v1/join") return join(request);
    if (path == "/v1/bundles") {
      if (auto computer = school_->computer(token(request)); !computer) return failed(computer.error());
      auto read = school_->read_bundle(request.body, server::Carrier::computer);
      if (!read) return failed(read.error());
      if (!read->answer.empty()) return {200, {{"content-type", "application/octet-stream"}}, read->answer};
      return failed(read->problems.empty() ? Error{Code::malformed, "no batch"} : read->problems.front());
    }
    constexpr std::string_view kBundles = "/v1/bundles/";
    if (path.starts_with(kBundles) && parcels) return bundle(request, path.substr(kBundles.size()));
    auto bearer = school_->bearer(token(request));
    if (!bearer) return failed(bearer.error());
    if (path == "/v1/sync") {
      auto body = school_->sync(*bearer, request.body);
      if (!body) return failed(body.error());
      return {200, {{"content-type", "application/vnd.waymark.sync"}}, *body};
    }
    constexpr std::string_view kStreams = "/v1/streams/";
    if (path.starts_with(kStreams)) {
      auto rest = path.substr(kStreams.size());
      return files(request, *bearer, rest.substr(0, rest.find('/')), rest.substr(rest.rfind('/') + 1));
    }
    constexpr std::string_view kParcels = "/v1/parcels";
    if (path.starts_with(kParcels) && parcels) return parcel(request, *bearer, path.substr(kParcels.size()));
    return failure(404, {Code::not_found, path});
  }

  app::HttpReply bundle(const app::HttpRequest& request, const std::string& name) {
    if (request.method == "GET") {
      auto answer = school_->bundle_answer(token(request), name);
      if (!answer) return failed(answer.error());
      return {answer->empty() ? 204 : 200, {}, *answer};
    }
    auto begun = school_->begin_bundle(token(request), name, piece_of(request));
    if (!begun) return failed(begun.error());
    server::School::write_piece(*begun);
    auto put = school_->finish_bundle(*begun);
    if (!put) return failed(put.error());
    return {204, {{"upload-offset", std::to_string(put->state.bytes)}}, put->answer};
  }

  app::HttpReply parcel(const app::HttpRequest& request, const server::Bearer& bearer,
                        const std::string& name) {
    if (request.method == "POST") {
      auto news = school_->parcel_news(bearer, json::parse(request.body)["parcels"]);
      if (!news) return failed(news.error());
      auto answers = json::array();
      for (const auto& [of, answer] : news->answers)
        answers.push_back({{"parcel", of}, {"answer", to_base64url(as_bytes(answer))}});
      return good({{"lacking", news->lacking}, {"answers", answers}});
    }
    auto put = school_->put_parcel(bearer, name.substr(1), piece_of(request));
    if (!put && put.error().code == Code::disk_full) return full(put.error());
    if (!put) return failed(put.error());
    return {put->state.whole  ? 204
            : put->state.fits ? 202
                              : 409,
            {{"upload-offset", std::to_string(put->state.bytes)}},
            ""};
  }

  static server::FilePiece piece_of(const app::HttpRequest& request) {
    auto found = request.headers.find("content-range");
    auto range = found == request.headers.end() ? std::string() : found->second;
    server::FilePiece piece{0, static_cast<std::int64_t>(request.body.size()), request.body};
    if (auto slash = range.find('/'); slash != std::string::npos) {
      piece.total = std::stoll(range.substr(slash + 1));
      if (range[6] != '*') piece.from = std::stoll(range.substr(6));
    }
    return piece;
  }

  app::HttpReply files(const app::HttpRequest& request, const server::Bearer& bearer,
                       const std::string& stream, const std::string& hash) {
    auto header = [&](const char* name) {
      auto found = request.headers.find(name);
      return found == request.headers.end() ? std::string() : found->second;
    };
    if (request.method == "POST") {
      auto lacking = school_->lacking_files(bearer, stream, json::parse(request.body)["files"]);
      return lacking ? good({{"lacking", *lacking}}) : failed(lacking.error());
    }
    if (request.method == "PUT") {
      auto put = school_->put_piece(bearer, stream, hash, piece_of(request), header("content-type"));
      if (!put && put.error().code == Code::disk_full) return full(put.error());
      if (!put) return failed(put.error());
      return {put->whole ? 204 : put->fits ? 202 : 409, {{"upload-offset", std::to_string(put->bytes)}}, ""};
    }
    auto found = school_->find_file(bearer.person, stream, hash);
    if (!found) return failure(404, found.error());
    auto from = std::stoll(header("range").substr(6));
    auto size = std::min(found->bytes - from,
                         std::stoll(header("range").substr(header("range").find('-') + 1)) + 1 - from);
    auto body = server::School::read_file(*found, from, static_cast<std::size_t>(size));
    if (!body) return failed(body.error());
    return {206,
            {{"content-type", found->mime},
             {"content-range", "bytes " + std::to_string(from) + "-" + std::to_string(from + size - 1) + "/" +
                                   std::to_string(found->bytes)}},
            *body};
  }

  app::HttpReply join(const app::HttpRequest& request) {
    auto body = json::parse(request.body);
    auto step = body["step"].get<std::string>();
    if (step == "begin") {
      auto begun =
          school_->begin_join(body["code_id"].get<std::string>(), body["nonce"].get<std::string>(), spki);
      if (!begun) return failed(begun.error());
      return good({{"nonce", begun->nonce}, {"proof", begun->proof}});
    }
    if (step == "finish") {
      auto joined =
          school_->finish_join(body["code_id"].get<std::string>(), body["nonce"].get<std::string>(),
                               body["proof"].get<std::string>(), spki, body["name"].get<std::string>());
      if (!joined) return failed(joined.error());
      return good({{"computer", joined->id.hex()},
                   {"name", joined->name},
                   {"token", joined->token},
                   {"school", joined->school}});
    }
    if (step == "return") {
      returns++;
      auto joined =
          school_->return_student(body["certificate"].get<std::string>(),
                                  body["signature"].get<std::string>(), body["proof"].get<std::string>());
      if (!joined) return failed(joined.error());
      return good({{"person", joined->person.hex()}, {"token", joined->token}});
    }
    if (step == "pin") {
      auto bearer = school_->bearer(token(request));
      if (!bearer) return failed(bearer.error());
      auto changed = school_->change_pin(*bearer, body["pin_hash"].get<std::string>(),
                                         body["pin_kind"].get<std::string>());
      if (!changed) return failed(changed.error());
      return good({{"changed", true}});
    }
    auto computer = school_->computer(token(request));
    if (!computer) return failed(computer.error());
    auto student = school_->student_of_card(body["card"].get<std::string>(), computer->id);
    if (!student) return failed(student.error());
    if (step == "card") {
      auto needs = school_->card_needs(*student);
      if (!needs) return failed(needs.error());
      return good(
          {{"first_name", needs->first_name}, {"new_pin", needs->new_pin}, {"pin_kind", needs->pin_kind}});
    }
    PublicKey key;
    auto bytes = from_hex(body["device_key"].get<std::string>()).value();
    std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
    auto joined = school_->join_student(*student, *computer, body["pin"].get<std::string>(),
                                        body["pin_kind"].get<std::string>(), key);
    if (!joined) return failed(joined.error());
    return good({{"person", joined->person.hex()},
                 {"first_name", joined->first_name},
                 {"token", joined->token},
                 {"certificate", joined->certificate},
                 {"signature", joined->certificate_signature},
                 {"pin_set", joined->pin_was_set}});
  }

  server::School* school_;
  std::vector<std::pair<std::uint64_t, Result<app::HttpReply>>> ended_;
  std::vector<std::pair<std::uint64_t, std::string>> pieces_;
  std::map<std::uint64_t, PersonId> listening_;
};

}  // namespace waymark::test
