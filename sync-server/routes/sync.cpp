// The routes of docs/PROTOCOL.md: hello, join, sync, events, have, files.
#include <algorithm>
#include <memory>

#include "shared/wire/bodies.hpp"
#include "shared/wire/messages.hpp"
#include "shared/wire/pack.hpp"
#include "sync-server/http/ranges.hpp"
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

Result<Bearer> bearer_of(School& school, const Request& request) {
  if (request.bearer().empty()) return Error{Code::unauthorized, "no token came with the request"};
  return school.bearer(request.bearer());
}

Response json_text(std::string body) { return http::text(200, std::move(body), "application/json"); }

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
  wire::Hello hello{said.school,
                    to_hex(said.identity.bytes),
                    said.spki,
                    signature,
                    said.now_ms,
                    {wire::protocol_version},
                    std::string(version),
                    {},
                    {}};
  if (school.hub()) hello.hub = school.hub()->hub.hex(), hello.hub_name = school.hub()->name;
  return json_text(wire::encode_hello(hello));
}

// ---- joining, step by step

Result<Response> answer_to(School& school, const Request& request, const wire::JoinBegin& asked) {
  WAYMARK_TRY(begun, school.begin_join(asked.code_id, asked.nonce, request.spki));
  return json_text(wire::encode_answer(wire::JoinBegun{begun.nonce, begun.proof}));
}

Result<Response> answer_to(School& school, const Request& request, const wire::JoinFinish& asked) {
  WAYMARK_TRY(joined, school.finish_join(asked.code_id, asked.nonce, asked.proof, request.spki, asked.name));
  WAYMARK_TRY(places, school.places());
  return json_text(wire::encode_answer(
      wire::ComputerJoined{joined.id.hex(), joined.name, joined.token, joined.school, std::move(places)}));
}

Result<Computer> computer_of(School& school, const Request& request) {
  if (request.bearer().empty()) return Error{Code::unauthorized, "no computer's token came with the request"};
  return school.computer(request.bearer());
}

Result<Response> answer_to(School& school, const Request& request, const wire::CardShown& asked) {
  WAYMARK_TRY(computer, computer_of(school, request));
  WAYMARK_TRY(student, school.student_of_card(asked.card, computer.id));
  WAYMARK_TRY(needs, school.card_needs(student));
  return json_text(wire::encode_answer(wire::CardRead{needs.first_name, needs.new_pin, needs.pin_kind}));
}

Result<http::Later> answer_to(School& school, const Request& request, const wire::SignIn& asked) {
  WAYMARK_TRY(computer, computer_of(school, request));
  WAYMARK_TRY(who, school.student_of_card(asked.card, computer.id));
  WAYMARK_TRY(begun,
              school.begin_pin(who, computer, asked.pin, asked.pin_kind, asked.device_key, asked.token));
  auto attempt = std::make_shared<PinTry>(std::move(begun));
  return http::Later{[attempt] { School::check_pin(*attempt); },
                     [&school, attempt]() -> Answer {
                       auto joined = school.finish_pin(*attempt);
                       if (!joined) return joined.error();
                       return json_text(wire::encode_answer(wire::SignedIn{
                           joined->person.hex(), joined->first_name, joined->token, joined->certificate,
                           joined->certificate_signature, joined->pin_was_set}));
                     }};
}

// A student's computer that joined after the backup which this school was restored from.
Result<Response> answer_to(School& school, const Request&, const wire::Return& asked) {
  WAYMARK_TRY(joined, school.return_student(asked.certificate, asked.signature, asked.proof, asked.token));
  return json_text(wire::encode_answer(wire::CameBack{joined.person.hex(), joined.token}));
}

// A PIN chosen anew on a student's own computer; only its hash comes.
Result<Response> answer_to(School& school, const Request& request, const wire::PinChosen& asked) {
  WAYMARK_TRY(bearer, bearer_of(school, request));
  WAYMARK_CHECK(school.change_pin(bearer, asked.pin_hash, asked.pin_kind));
  return http::no_content();
}

Answer join(School& school, const Request& request) {
  auto body = http::json_text(request);
  if (!body) return body.error();
  auto asked = wire::decode_join(*body);
  if (!asked) return asked.error();
  return std::visit([&](const auto& one) -> Answer { return answer_to(school, request, one); }, *asked);
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

PieceRead read_piece(std::string_view range, std::string body) {
  WAYMARK_TRY(at, http::read_content_range(range, body.size()));
  return PieceSent{std::move(body), at.from, at.total};
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

// ---- parcels: at a hub they wait for the school, at the school the answer is the last piece's

Answer parcel_came(Result<ParcelState> come) {
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
  if (!begun->to_write) return parcel_came(school.finish_parcel(*begun));
  auto upload = std::make_shared<Upload>(std::move(*begun));
  return http::Later{[upload, kept = request.prepared] { School::write_piece(*upload); },
                     [&school, upload] { return parcel_came(school.finish_parcel(*upload)); }};
}

// A stick that a hub kept; nobody else brings one here.
Answer put_stick(School& school, const Request& request) {
  auto bearer = bearer_of(school, request);
  if (!bearer) return bearer.error();
  const auto& read = *static_cast<const PieceRead*>(request.prepared.get());
  if (!read) return read.error();
  auto begun = school.begin_stick(*bearer, request.param("sha256"), {read->from, read->total, read->bytes});
  if (!begun) return not_taken(begun.error());
  if (!begun->to_write) return parcel_came(school.finish_stick(*begun));
  auto upload = std::make_shared<Upload>(std::move(*begun));
  return http::Later{[upload, kept = request.prepared] { School::write_piece(*upload); },
                     [&school, upload] { return parcel_came(school.finish_stick(*upload)); }};
}

// What waited on a shared computer: at a hub by that computer's token, at the school by a hub's.
Answer put_bundle(School& school, const Request& request) {
  if (request.bearer().empty()) return Error{Code::unauthorized, "no token came with the request"};
  const auto& read = *static_cast<const PieceRead*>(request.prepared.get());
  if (!read) return read.error();
  auto begun =
      school.begin_bundle(request.bearer(), request.param("sha256"), {read->from, read->total, read->bytes});
  if (!begun) return not_taken(begun.error());
  if (!begun->to_write) return parcel_came(school.finish_bundle(*begun));
  auto upload = std::make_shared<Upload>(std::move(*begun));
  return http::Later{[upload, kept = request.prepared] { School::write_piece(*upload); },
                     [&school, upload] { return parcel_came(school.finish_bundle(*upload)); }};
}

Result<Response> bundle_answer(School& school, const Request& request) {
  if (request.bearer().empty()) return Error{Code::unauthorized, "no token came with the request"};
  WAYMARK_TRY(answer, school.bundle_answer(request.bearer(), request.param("sha256")));
  if (answer.empty()) return http::no_content();
  Response response{200, {}, std::move(answer)};
  response.set("content-type", "application/octet-stream").set("cache-control", "no-store");
  return response;
}

Result<Response> parcel_news(School& school, const Request& request) {
  WAYMARK_TRY(bearer, bearer_of(school, request));
  WAYMARK_TRY(body, http::json_text(request));
  WAYMARK_TRY(names, wire::decode_names("parcels", body));
  WAYMARK_TRY(news, school.parcel_news(bearer, names));
  return json_text(wire::encode_parcel_news({std::move(news.lacking), std::move(news.answers)}));
}

Response file_response(const FileAt& found, std::string_view wanted) {
  auto total = "/" + std::to_string(found.bytes);
  auto range = found.bytes > 0 ? http::read_range(wanted, found.bytes) : std::nullopt;
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
  WAYMARK_TRY(body, http::json_text(request));
  WAYMARK_TRY(hashes, wire::decode_names("files", body));
  WAYMARK_TRY(lacking, school.lacking_files(bearer, request.param("stream"), hashes));
  return json_text(wire::encode_lacking(lacking));
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
  auto bearer = school.bearer(request.bearer());
  bool for_hub = false;
  if (bearer) {
    WAYMARK_TRY(person, school.accounts().person(bearer->person));
    for_hub = person && person->role == "hub";
  }
  // A hub's token is no computer's, by which somebody signs in.
  if (!for_hub) WAYMARK_CHECK(school.computer(request.bearer()));
  WAYMARK_TRY(read, school.read_bundle(request.body, for_hub ? Carrier::hub : Carrier::computer));
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
  on("PUT", "/v1/bundles/{sha256}", put_bundle, static_cast<std::size_t>(kept_bundle_bytes_max), false,
     prepare_file);
  on("GET", "/v1/bundles/{sha256}", bundle_answer, 0);
  on("POST", "/v1/streams/{stream}/files", lacking_files, kLackingBytesMax);
  on("PUT", "/v1/streams/{stream}/files/{sha256}", put_file, static_cast<std::size_t>(file_bytes_max), false,
     prepare_file);
  on("POST", "/v1/parcels", parcel_news, kLackingBytesMax);
  on("PUT", "/v1/parcels/{sha256}", put_parcel, static_cast<std::size_t>(file_bytes_max), false,
     prepare_file);
  on("PUT", "/v1/sticks/{sha256}", put_stick, static_cast<std::size_t>(file_bytes_max), false, prepare_file);
  on("POST", "/v1/hub", hub, kJoinBytesMax);
  on("GET", "/v1/streams/{stream}/files/{sha256}", get_file, 0);
}

}  // namespace waymark::server
