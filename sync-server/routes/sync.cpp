// The routes of docs/PROTOCOL.md: hello, join, sync, events, have, files.
#include <algorithm>
#include <memory>

#include "shared/wire/messages.hpp"
#include "shared/wire/pack.hpp"
#include "sync-server/routes/events.hpp"
#include "sync-server/routes/routes.hpp"

namespace waymark::server {
namespace {

using http::Answer;
using http::json;
using http::Request;
using http::Response;

constexpr std::size_t kJoinBytesMax = 16 * 1024;
constexpr std::size_t kHaveBytesMax = 512 * 1024;
constexpr std::size_t kBundleBytesMax = 20 * 1024 * 1024;
constexpr std::size_t kLackingBytesMax = 128 * 1024;
constexpr std::size_t kLackingMax = 1'000;

Result<Bearer> bearer_of(School& school, const Request& request) {
  if (request.bearer().empty()) return Error{Code::unauthorized, "no token came with the request"};
  return school.bearer(request.bearer());
}

Response sync_response(std::string body) {
  Response response{200, {}, std::move(body)};
  response.set("content-type", wire::content_type).set("cache-control", "no-store");
  return response;
}

Status must_be_sync(const Request& request) {
  if (request.header("content-type") != wire::content_type)
    return Error{Code::malformed, "the content type is not " + std::string(wire::content_type)};
  return {};
}

Answer hello(School& school, const Request& request) {
  Hello said;
  auto signature = school.sign_hello(request.spki, said);
  json hello = {{"v", 1},
                {"school", said.school},
                {"identity", to_hex(said.identity.bytes)},
                {"spki", said.spki},
                {"signature", signature},
                {"now", said.now_ms},
                {"protocols", json::array({wire::protocol_version})},
                {"version", std::string(version)}};
  if (school.hub()) hello["hub"] = {{"id", school.hub()->hub.hex()}, {"name", school.hub()->name}};
  return http::json_response(hello);
}

// ---- joining, step by step

Result<Response> begin(School& school, const Request& request, const json& body) {
  WAYMARK_TRY(id, http::text_of(body, "code_id"));
  WAYMARK_TRY(nonce, http::text_of(body, "nonce"));
  WAYMARK_TRY(begun, school.begin_join(id, nonce, request.spki));
  return http::json_response({{"nonce", begun.nonce}, {"proof", begun.proof}});
}

Result<Response> finish(School& school, const Request& request, const json& body) {
  WAYMARK_TRY(id, http::text_of(body, "code_id"));
  WAYMARK_TRY(nonce, http::text_of(body, "nonce"));
  WAYMARK_TRY(proof, http::text_of(body, "proof"));
  WAYMARK_TRY(name, http::text_or(body, "name", ""));
  WAYMARK_TRY(joined, school.finish_join(id, nonce, proof, request.spki, name));
  WAYMARK_TRY(known, school.places());
  json places = json::array();
  for (const auto& place : known)
    places.push_back({{"hub", place.hub}, {"name", place.name}, {"addresses", place.addresses}});
  return http::json_response({{"computer", joined.id.hex()},
                              {"name", joined.name},
                              {"token", joined.token},
                              {"school", joined.school},
                              {"places", places}});
}

Result<Response> card(School& school, const Computer& computer, const json& body) {
  WAYMARK_TRY(typed, http::text_of(body, "card"));
  WAYMARK_TRY(student, school.student_of_card(typed, computer.id));
  WAYMARK_TRY(needs, school.card_needs(student));
  return http::json_response(
      {{"first_name", needs.first_name}, {"new_pin", needs.new_pin}, {"pin_kind", needs.pin_kind}});
}

Result<http::Later> student(School& school, const Computer& computer, const json& body) {
  WAYMARK_TRY(typed, http::text_of(body, "card"));
  WAYMARK_TRY(pin, http::text_of(body, "pin"));
  WAYMARK_TRY(pin_kind, http::text_of(body, "pin_kind"));
  WAYMARK_TRY(key_text, http::text_of(body, "device_key"));
  WAYMARK_TRY(key_bytes, from_hex(key_text));
  if (key_bytes.size() != 32) return Error{Code::malformed, "a device's key has 64 hexadecimal digits"};
  PublicKey key;
  std::copy(key_bytes.begin(), key_bytes.end(), key.bytes.begin());
  WAYMARK_TRY(who, school.student_of_card(typed, computer.id));
  WAYMARK_TRY(token, http::text_or(body, "token", ""));
  WAYMARK_TRY(begun, school.begin_pin(who, computer, pin, pin_kind, key, token));
  auto attempt = std::make_shared<PinTry>(std::move(begun));
  return http::Later{[attempt] { School::check_pin(*attempt); },
                     [&school, attempt]() -> Answer {
                       auto joined = school.finish_pin(*attempt);
                       if (!joined) return joined.error();
                       return http::json_response({{"person", joined->person.hex()},
                                                   {"first_name", joined->first_name},
                                                   {"token", joined->token},
                                                   {"certificate", joined->certificate},
                                                   {"signature", joined->certificate_signature},
                                                   {"pin_set", joined->pin_was_set}});
                     }};
}

// A student's computer that joined after the backup which this school was restored from.
Result<Response> back(School& school, const json& body) {
  WAYMARK_TRY(certificate, http::text_of(body, "certificate"));
  WAYMARK_TRY(signature, http::text_of(body, "signature"));
  WAYMARK_TRY(proof, http::text_of(body, "proof"));
  WAYMARK_TRY(token, http::text_or(body, "token", ""));
  WAYMARK_TRY(joined, school.return_student(certificate, signature, proof, token));
  return http::json_response({{"person", joined.person.hex()}, {"token", joined.token}});
}

// A PIN chosen anew on a student's own computer; only its hash comes.
Result<Response> new_pin(School& school, const Request& request, const json& body) {
  WAYMARK_TRY(bearer, bearer_of(school, request));
  WAYMARK_TRY(hash, http::text_of(body, "pin_hash"));
  WAYMARK_TRY(kind, http::text_of(body, "pin_kind"));
  WAYMARK_CHECK(school.change_pin(bearer, hash, kind));
  return http::no_content();
}

Answer join(School& school, const Request& request) {
  auto body = http::json_body(request);
  if (!body) return body.error();
  auto step = http::text_of(*body, "step");
  if (!step) return step.error();
  if (*step == "begin") return begin(school, request, *body);
  if (*step == "finish") return finish(school, request, *body);
  if (*step == "pin") return new_pin(school, request, *body);
  if (*step == "return") return back(school, *body);
  if (*step != "card" && *step != "student") return Error{Code::malformed, "no such step of joining"};
  if (request.bearer().empty()) return Error{Code::unauthorized, "no computer's token came with the request"};
  auto computer = school.computer(request.bearer());
  if (!computer) return computer.error();
  if (*step == "card") return card(school, *computer, *body);
  return student(school, *computer, *body);
}

// ---- sync

using SyncRead = Result<School::SyncRead>;

// Parsing and hashing, away from School's thread; nothing for who brings no token.
void prepare_sync(Request& request) {
  if (request.bearer().empty()) return;
  request.prepared = std::make_shared<const SyncRead>(School::read_sync(request.body));
}

Result<Response> sync(School& school, const Request& request) {
  WAYMARK_TRY(bearer, bearer_of(school, request));
  if (!wire::is_packed(request.body)) WAYMARK_CHECK(must_be_sync(request));
  if (!request.prepared) return Error{Code::internal, "a request that was not prepared"};
  const auto& read = *static_cast<const SyncRead*>(request.prepared.get());
  if (!read) return read.error();
  WAYMARK_TRY(reply, school.sync(bearer, *read));
  if (!read->packed) return sync_response(std::move(reply));
  Response response{200, {}, std::move(reply)};
  response.bare = true;
  return response;
}

Result<Response> have(School& school, const Request& request) {
  WAYMARK_TRY(bearer, bearer_of(school, request));
  WAYMARK_CHECK(must_be_sync(request));
  WAYMARK_TRY(reply, school.have(bearer, request.body));
  return sync_response(std::move(reply));
}

Result<Response> events(School& school, const Request& request) {
  WAYMARK_TRY(bearer, bearer_of(school, request));
  return student_events(school, bearer);
}

// ---- files

// What a request says of its piece: "bytes 0-99/1000", "bytes */1000" to ask, or nothing for a whole file.
struct PieceSent {
  std::string bytes;
  std::int64_t from = 0, total = 0;
};
using PieceRead = Result<PieceSent>;

// A whole number of at most 15 digits at the beginning of `text`, and then `end`; both are taken off it.
std::optional<std::int64_t> number_before(std::string_view& text, std::string_view end) {
  std::int64_t number = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && digits < 15 && text[digits] >= '0' && text[digits] <= '9'; digits++)
    number = number * 10 + (text[digits] - '0');
  auto rest = text.substr(digits);
  if (digits == 0 || !rest.starts_with(end)) return {};
  text = rest.substr(end.size());
  return number;
}

PieceRead read_piece(std::string_view range, std::string body) {
  PieceSent piece{std::move(body), 0, 0};
  auto size = static_cast<std::int64_t>(piece.bytes.size());
  piece.total = size;
  if (range.empty()) return piece;
  Error strange{Code::malformed, "content-range is \"bytes FROM-TO/TOTAL\" or \"bytes */TOTAL\""};
  if (!range.starts_with("bytes ")) return strange;
  range.remove_prefix(6);
  bool asks = range.starts_with("*/");
  std::optional<std::int64_t> from = 0, to = -1;
  if (asks) {
    range.remove_prefix(2);
  } else {
    from = number_before(range, "-");
    if (from) to = number_before(range, "/");
  }
  auto total = from && to ? number_before(range, "") : std::nullopt;
  if (!total || !range.empty() || *to + 1 - *from != size || *to >= *total) return strange;
  piece.from = *from, piece.total = *total;
  return piece;
}

void prepare_file(Request& request) {
  if (request.bearer().empty()) return;
  request.prepared = std::make_shared<const PieceRead>(
      read_piece(request.header("content-range"), std::exchange(request.body, {})));
}

// A full disk is the administrator's to mend, a full quota is meant; who waits does the same.
Answer not_taken(const Error& error) {
  auto response = http::error_response(error);
  if (error.code == Code::disk_full && error.detail == quota_full)
    response.body = json{{"error", {{"code", std::string(quota_full)}, {"detail", ""}}}}.dump();
  return response;
}

Response piece_response(const UploadState& state) {
  return state.whole ? http::no_content()
         : state.fits
             ? http::text(202, "")
             : http::error_response({Code::conflict, "the piece does not begin where the file ends"});
}

Answer uploaded(School& school, const Upload& upload) {
  auto state = school.finish_upload(upload);
  if (!state) return not_taken(state.error());
  auto response = piece_response(*state);
  response.set("upload-offset", std::to_string(state->bytes));
  return response;
}

Answer put_file(School& school, const Request& request) {
  auto bearer = bearer_of(school, request);
  if (!bearer) return bearer.error();
  const auto& read = *static_cast<const PieceRead*>(request.prepared.get());
  if (!read) return read.error();
  auto begun = school.begin_upload(*bearer, request.param("stream"), request.param("sha256"),
                                   {read->from, read->total, read->bytes}, request.header("content-type"));
  if (!begun) return not_taken(begun.error());
  if (!begun->to_write) return uploaded(school, *begun);
  auto upload = std::make_shared<Upload>(std::move(*begun));
  return http::Later{[upload, kept = request.prepared] { School::write_piece(*upload); },
                     [&school, upload] { return uploaded(school, *upload); }};
}

// At most a thousand names of 64 digits.
Result<std::vector<std::string>> names_in(const json& body, const char* member) {
  Error strange{Code::malformed, '"' + std::string(member) + "\" is a list of names"};
  auto names = body.is_object() ? body.find(member) : body.end();
  if (names == body.end() || !names->is_array()) return strange;
  if (names->size() > kLackingMax) return Error{Code::too_large, "more than 1,000 names at once"};
  std::vector<std::string> all;
  for (const auto& name : *names) {
    if (!name.is_string()) return strange;
    all.push_back(name.get<std::string>());
  }
  return all;
}

// ---- parcels: at a hub they wait for the school, at the school the answer is the last piece's

Answer parcel_came(School& school, const Upload& upload) {
  auto come = school.finish_parcel(upload);
  if (!come) return not_taken(come.error());
  auto response = piece_response(come->state);
  if (!come->answer.empty()) {
    response = {200, {}, std::move(come->answer)};
    response.set("content-type", "application/octet-stream").set("cache-control", "no-store");
  }
  response.set("upload-offset", std::to_string(come->state.bytes));
  return response;
}

Answer put_parcel(School& school, const Request& request) {
  auto bearer = bearer_of(school, request);
  if (!bearer) return bearer.error();
  const auto& read = *static_cast<const PieceRead*>(request.prepared.get());
  if (!read) return read.error();
  auto begun = school.begin_parcel(*bearer, request.param("sha256"), {read->from, read->total, read->bytes});
  if (!begun) return not_taken(begun.error());
  if (!begun->to_write) return parcel_came(school, *begun);
  auto upload = std::make_shared<Upload>(std::move(*begun));
  return http::Later{[upload, kept = request.prepared] { School::write_piece(*upload); },
                     [&school, upload] { return parcel_came(school, *upload); }};
}

Result<Response> parcel_news(School& school, const Request& request) {
  WAYMARK_TRY(bearer, bearer_of(school, request));
  WAYMARK_TRY(body, http::json_body(request));
  WAYMARK_TRY(names, names_in(body, "parcels"));
  WAYMARK_TRY(news, school.parcel_news(bearer, names));
  json answers = json::array();
  for (const auto& [name, answer] : news.answers)
    answers.push_back({{"parcel", name}, {"answer", to_base64url(as_bytes(answer))}});
  return http::json_response({{"v", 1}, {"lacking", news.lacking}, {"answers", answers}});
}

// "bytes=0-99" and "bytes=100-". Anything else is none, and the whole file is the answer.
struct Range {
  std::int64_t from = 0, to = 0;
};
std::optional<Range> read_range(std::string_view text, std::int64_t total) {
  if (!text.starts_with("bytes=")) return {};
  text.remove_prefix(6);
  auto from = number_before(text, "-");
  if (!from) return {};
  if (text.empty()) return Range{*from, total - 1};
  auto to = number_before(text, "");
  if (!to || !text.empty() || *to < *from) return {};
  return Range{*from, std::min(*to, total - 1)};
}

Response file_response(const FileAt& found, std::string_view wanted) {
  auto total = "/" + std::to_string(found.bytes);
  auto range = found.bytes > 0 ? read_range(wanted, found.bytes) : std::nullopt;
  if (range && range->from >= found.bytes) {
    auto response = http::error_response({Code::invalid, "the file ends before that"});
    response.status = 416;
    response.set("content-range", "bytes *" + total);
    return response;
  }
  auto from = range ? range->from : 0;
  auto size = static_cast<std::size_t>(range ? range->to + 1 - from : found.bytes);
  auto body = School::read_file(found, from, size);
  if (!body) return http::error_response(body.error());
  Response response{range ? 206 : 200, {}, std::move(*body)};
  if (range)
    response.set("content-range", "bytes " + std::to_string(from) + "-" + std::to_string(range->to) + total);
  response.set("content-type", found.mime.empty() ? "application/octet-stream" : found.mime)
      .set("accept-ranges", "bytes")
      .set("content-disposition", "attachment")
      .set("cache-control", "private, max-age=31536000, immutable");
  return response;
}

Answer get_file(School& school, const Request& request) {
  auto bearer = bearer_of(school, request);
  if (!bearer) return bearer.error();
  auto found = school.find_file(bearer->person, request.param("stream"), request.param("sha256"));
  if (!found) return found.error();
  auto response = std::make_shared<Response>();
  return http::Later{[response, found = *found, range = std::string(request.header("range"))] {
                       *response = file_response(found, range);
                     },
                     [response]() -> Answer { return std::move(*response); }};
}

Result<Response> lacking_files(School& school, const Request& request) {
  WAYMARK_TRY(bearer, bearer_of(school, request));
  WAYMARK_TRY(body, http::json_body(request));
  WAYMARK_TRY(hashes, names_in(body, "files"));
  WAYMARK_TRY(lacking, school.lacking_files(bearer, request.param("stream"), hashes));
  return http::json_response({{"v", 1}, {"lacking", lacking}});
}

// A hub asks for its key's signature, and for what changed of its people.
Result<Response> hub(School& school, const Request& request) {
  WAYMARK_TRY(bearer, bearer_of(school, request));
  WAYMARK_TRY(papers, school.hub_papers(bearer, request.body));
  Response response{200, {}, std::move(papers)};
  response.set("content-type", "application/json").set("cache-control", "no-store");
  return response;
}

// Somebody's bundle, delivered by whichever joined computer has a network.
Result<Response> bundle(School& school, const Request& request) {
  if (request.bearer().empty()) return Error{Code::unauthorized, "no computer's token came with the request"};
  WAYMARK_TRY(computer, school.computer(request.bearer()));
  (void)computer;
  auto bearer = school.bearer(request.bearer());
  bool for_hub = false;
  if (bearer) {
    WAYMARK_TRY(person, school.accounts().person(bearer->person));
    for_hub = person && person->role == "hub";
  }
  WAYMARK_TRY(read, school.read_bundle(request.body, for_hub));
  // Who brings work for somebody, and cannot read the answer, keeps it until it has been taken in.
  if (read.answer.empty() || (read.nothing_taken && !for_hub))
    return read.problems.empty() ? Error{Code::malformed, "the bundle has no batch"} : read.problems.front();
  Response response{200, {}, std::move(read.answer)};
  response.set("content-type", "application/octet-stream").set("cache-control", "no-store");
  return response;
}

}  // namespace

void add_sync_routes(http::Router& router, School& school) {
  auto on = [&](std::string_view method, std::string_view pattern, auto function, std::size_t bytes_max,
                bool shares_commit = false, std::function<void(Request&)> prepare = {}) {
    router.add(method, pattern,
               [&school, function](const Request& request) -> Answer { return function(school, request); },
               {bytes_max, shares_commit, std::move(prepare)});
  };
  on("GET", "/v1/hello", hello, 0);
  on("POST", "/v1/join", join, kJoinBytesMax);
  on("POST", "/v1/sync", sync, wire::message_bytes_max, true, prepare_sync);
  on("GET", "/v1/events", events, 0);
  on("POST", "/v1/have", have, kHaveBytesMax);
  on("POST", "/v1/bundles", bundle, kBundleBytesMax);
  on("POST", "/v1/streams/{stream}/files", lacking_files, kLackingBytesMax);
  on("PUT", "/v1/streams/{stream}/files/{sha256}", put_file, static_cast<std::size_t>(file_bytes_max), false,
     prepare_file);
  on("POST", "/v1/parcels", parcel_news, kLackingBytesMax);
  on("PUT", "/v1/parcels/{sha256}", put_parcel, static_cast<std::size_t>(file_bytes_max), false,
     prepare_file);
  on("POST", "/v1/hub", hub, kJoinBytesMax);
  on("GET", "/v1/streams/{stream}/files/{sha256}", get_file, 0);
}

}  // namespace waymark::server
