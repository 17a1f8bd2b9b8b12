// School, of parcels: what a hub takes from its room and hands on unread, and what the school makes of it.
#include <algorithm>
#include <filesystem>

#include "shared/base/hash.hpp"
#include "shared/store/files.hpp"
#include "shared/wire/bundle.hpp"
#include "sync-server/service/school.hpp"

namespace waymark::server {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kParcelAgainMs = std::int64_t{24} * 3600 * 1000;
constexpr std::size_t kAnswersMax = 64;  // told at once

// Says nothing of the parcel: the school can take it in when this is mended.
bool is_the_schools_own(Code code) {
  return code == Code::disk_full || code == Code::io || code == Code::database_damaged ||
         code == Code::server_busy;
}

std::string key_of(const ParcelRow& parcel) { return parcel.person.hex() + parcel.name; }

}  // namespace

Result<Upload> School::begin_parcel(const Bearer& bearer, std::string_view name, const FilePiece& piece) {
  WAYMARK_CHECK(must_be_piece(name, piece, parcel_bytes_max));
  Upload upload;
  upload.hash = name;
  upload.piece = piece;
  upload.part = uploads_.path(bearer.person, name);
  // The school reads it where it has come.
  upload.path = hub_ ? parcels_.path(bearer.person, name) : upload.part;
  if (!hub_) return begin_pieces(bearer, std::move(upload), [&] { return store_->file_bytes(); });
  if (parcels_.waits(bearer.person, name) || parcels_.answer(bearer.person, name)) {
    upload.state = {true, true, piece.total};
    return upload;
  }
  if (parcels_.waiting_of(bearer.person) >= parcels_per_person_max)
    return Error{Code::disk_full, std::string(quota_full)};
  return begin_pieces(bearer, std::move(upload), [&] { return parcels_.bytes(); });
}

Result<ParcelState> School::finish_parcel(const Upload& upload) {
  writing_.erase(upload.key);
  if (upload.problem) return *upload.problem;
  ParcelState done{upload.state, {}};
  if (!upload.state.whole || !upload.to_write) return done;
  if (hub_) {
    if (to_carry_) to_carry_();
    return done;
  }
  return finish_at_school(upload, static_cast<std::size_t>(parcel_bytes_max),
                          [&](std::string_view bytes) { return read_parcel(bytes); });
}

// What has come is read once and then goes: it is brought again where it was not taken in.
Result<ParcelState> School::finish_at_school(const Upload& upload, std::size_t bytes_max,
                                             const Reads& reads) {
  ParcelState done{upload.state, {}};
  WAYMARK_TRY(bytes, store::read_whole(upload.path, bytes_max));
  auto answer = reads(bytes);
  auto code = answer ? Code::internal : answer.error().code;
  // What the school itself could not do is tried again with what has come.
  if (!answer && is_the_schools_own(code)) return answer.error();
  std::error_code ignored;
  fs::remove(upload.path, ignored);
  // Of whatever is wrong with it the hub is told as of the parcel, never as if it were the hub's own fault.
  if (!answer && code != Code::malformed)
    return Error{Code::invalid, "not taken in: " + std::string(waymark::name(code))};
  if (!answer) return answer.error();
  done.answer = std::move(*answer);
  return done;
}

// A stick that a hub kept.
Result<Upload> School::begin_stick(const Bearer& bearer, std::string_view name, const FilePiece& piece) {
  WAYMARK_CHECK(only_the_school());
  WAYMARK_TRY(person, accounts_->person(bearer.person));
  if (!person || person->role != "hub") return Error{Code::forbidden, "sticks come from hubs"};
  WAYMARK_CHECK(must_be_piece(name, piece, static_cast<std::int64_t>(wire::bundle_bytes_max)));
  Upload upload;
  upload.hash = name;
  upload.piece = piece;
  upload.part = upload.path = uploads_.path(bearer.person, name);
  return begin_pieces(bearer, std::move(upload), [&] { return store_->file_bytes(); });
}

Result<ParcelState> School::finish_stick(const Upload& upload) {
  writing_.erase(upload.key);
  if (upload.problem) return *upload.problem;
  if (!upload.state.whole || !upload.to_write) return ParcelState{upload.state, {}};
  return finish_at_school(upload, wire::bundle_bytes_max, [&](std::string_view bytes) -> Result<std::string> {
    WAYMARK_TRY(read, read_bundle(bytes, Carrier::stick));
    // Nobody on the way can say what was wrong with it, and the computer is told by the answer.
    if (!read.answer.empty() || read.problems.empty()) return read.answer;
    return read.problems.front();
  });
}

Result<ParcelState> School::put_parcel(const Bearer& bearer, std::string_view name, const FilePiece& piece) {
  WAYMARK_TRY(upload, begin_parcel(bearer, name, piece));
  write_piece(upload);
  return finish_parcel(upload);
}

Result<std::string> School::read_parcel(std::string_view bytes) {
  WAYMARK_CHECK(only_the_school());
  WAYMARK_TRY(bundle, wire::open_bundle(bytes, identity_));
  auto first = std::find_if(bundle.items.begin(), bundle.items.end(),
                            [](const auto& item) { return item.kind == wire::batch_item; });
  if (!bundle.whole || first == bundle.items.end())
    return Error{Code::malformed, "the parcel breaks off, or nothing shows whose it is"};
  WAYMARK_TRY(checked, wire::decode_batch(first->body, {identity(), &identity_}));
  if (!(checked.certificate.key == bundle.writer))
    return Error{Code::malformed, "the parcel is not by the device that signed its batch"};
  WAYMARK_TRY(taken, take(checked, Carrier::hub));
  BundleRead read;
  WAYMARK_TRY(items, take_files(bundle.items, checked.batch.person, {taken.letters, false}, read));
  for (const auto& problem : read.problems)
    if (is_the_schools_own(problem.code)) return problem;
  // Who may not any more still brings what belongs to work that is here: more of it may be, one day.
  if (taken.letters && !read.problems.empty()) return read.problems.front();
  if (items.empty()) return Error{Code::malformed, "the parcel does not say which files it is about"};
  if (!taken.letters)
    items.push_back({wire::acknowledgement_item, wire::encode(taken.acknowledgement, identity_)});
  return wire::seal_bundle(bundle.writer, identity_, items);
}

// ---- at the hub

Result<ParcelNews> School::parcel_news(const Bearer& bearer, const std::vector<std::string>& names) {
  ParcelNews news;
  for (const auto& name : names) {
    if (name.size() != 64 || !from_hex(name))
      return Error{Code::malformed, "a parcel's name has 64 hexadecimal digits"};
    if (auto answer = parcels_.answer(bearer.person, name)) {
      if (news.answers.size() < kAnswersMax) news.answers.emplace_back(name, std::move(*answer));
    } else if (!parcels_.waits(bearer.person, name)) {
      news.lacking.push_back(name);
    }
  }
  return news;
}

std::optional<ParcelRow> School::next_parcel() {
  auto now = clock_.steady_ms();
  for (auto& parcel : parcels_.waiting()) {
    auto tried = parcels_tried_.find(key_of(parcel));
    if (tried != parcels_tried_.end() && now - tried->second < kParcelAgainMs) continue;
    return std::move(parcel);
  }
  return {};
}

Status School::take_parcel_answer(const ParcelRow& parcel, std::string_view answer) {
  parcels_tried_.erase(key_of(parcel));
  if (!parcels_.waits(parcel.person, parcel.name)) return {};  // of who was erased meanwhile
  if (answer.empty() || answer.size() > parcel_answer_bytes_max) {
    parcel_not_taken(parcel);
    return {};
  }
  return parcels_.settle(parcel, answer);
}

void School::parcel_not_taken(const ParcelRow& parcel) {
  // Of those that are gone by now nothing need be remembered.
  std::erase_if(parcels_tried_, [&](const auto& tried) {
    auto person = PersonId::parse(tried.first.substr(0, 32));
    return !person || !parcels_.waits(*person, tried.first.substr(32));
  });
  parcels_tried_[key_of(parcel)] = clock_.steady_ms();
}

}  // namespace waymark::server
