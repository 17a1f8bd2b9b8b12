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
// In days that the hub ran, one more than thirty and ninety: the one on which it came may have been about to
// end.
constexpr std::int64_t kHandedDays = 31, kHandedAnswerDays = 91;

// Of what waits without its owner: what the first of its batches met goes by, or is ours to mend, and none
// was taken in. An answer would let go of it; so it comes again.
bool comes_again(const BundleRead& read) {
  if (!read.nothing_taken || read.problems.empty()) return false;
  auto code = read.problems.front().code;
  return is_the_schools_own(code) || code == Code::slowed_down || code == Code::internal;
}

std::string key_of(const ParcelRow& parcel) { return parcel.person.hex() + parcel.name; }

PersonId keeper_of(const Computer& computer) {
  return PersonId::parse(computer.id.hex()).value_or(PersonId{});
}

}  // namespace

Result<Upload> School::begin_handed(const Handed& handed, const PersonId& from, Upload upload) {
  const auto& kept = handed.parcels;
  if (kept.waits(from, upload.hash) || kept.answer(from, upload.hash)) {
    upload.state = {true, true, upload.piece.total};
    return upload;
  }
  if (kept.waiting_of(from) >= parcels_per_person_max) return Error{Code::disk_full, std::string(quota_full)};
  upload.part = uploads_.path(from, upload.hash);
  upload.path = kept.path(from, upload.hash);
  return begin_pieces({from, {}, {}, {}}, std::move(upload), [&] { return handed_bytes(); });
}

Result<Upload> School::begin_parcel(const Bearer& bearer, std::string_view name, const FilePiece& piece) {
  WAYMARK_CHECK(must_be_piece(name, piece, parcel_bytes_max));
  Upload upload;
  upload.hash = name;
  upload.piece = piece;
  if (hub_) return begin_handed(parcels_, bearer.person, std::move(upload));
  // The school reads it where it has come.
  upload.part = upload.path = uploads_.path(bearer.person, name);
  return begin_pieces(bearer, std::move(upload), [&] { return store_->file_bytes(); });
}

Result<ParcelState> School::finish_parcel(const Upload& upload) {
  return finish_sealed(upload, static_cast<std::size_t>(parcel_bytes_max),
                       [&](std::string_view bytes) { return read_parcel(bytes); });
}

Result<ParcelState> School::finish_sealed(const Upload& upload, std::size_t bytes_max, const Reads& reads) {
  writing_.erase(upload.key);
  if (upload.problem) return *upload.problem;
  ParcelState done{upload.state, {}};
  if (!upload.state.whole || !upload.to_write) return done;
  if (!hub_) return finish_at_school(upload, bytes_max, reads);
  if (to_carry_) to_carry_();
  return done;
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

// What a hub kept for others and could not open.
Result<Upload> School::begin_from_hub(const Bearer& bearer, std::string_view name, const FilePiece& piece,
                                      std::int64_t bytes_max, std::optional<std::int64_t> beside) {
  WAYMARK_CHECK(only_the_school());
  WAYMARK_TRY(person, accounts_->person(bearer.person));
  if (!person || person->role != "hub") return Error{Code::forbidden, "this comes from hubs"};
  WAYMARK_CHECK(must_be_piece(name, piece, bytes_max));
  Upload upload;
  upload.hash = name;
  upload.piece = piece;
  upload.part = upload.path = uploads_.path(bearer.person, name);
  upload.of_records = !beside;
  return begin_pieces(bearer, std::move(upload), [&] { return beside.value_or(0); });
}

Result<Upload> School::begin_stick(const Bearer& bearer, std::string_view name, const FilePiece& piece) {
  WAYMARK_TRY(files, store_->file_bytes());
  return begin_from_hub(bearer, name, piece, static_cast<std::int64_t>(wire::bundle_bytes_max), files);
}

Result<ParcelState> School::finish_stick(const Upload& upload) {
  return finish_sealed(upload, wire::bundle_bytes_max, [&](std::string_view bytes) -> Result<std::string> {
    WAYMARK_TRY(read, read_bundle(bytes, Carrier::stick));
    // Nobody on the way can say what was wrong with it, and the computer is told by the answer.
    if (read.problems.empty() || !(read.answer.empty() || comes_again(read))) return read.answer;
    return read.problems.front();
  });
}

Result<Upload> School::begin_bundle(std::string_view token, std::string_view name, const FilePiece& piece) {
  if (!hub_) {
    WAYMARK_TRY(bearer, this->bearer(token));
    return begin_from_hub(bearer, name, piece, kept_bundle_bytes_max, {});  // text has room beside all files
  }
  WAYMARK_TRY(from, computer(token));
  WAYMARK_CHECK(must_be_piece(name, piece, kept_bundle_bytes_max));
  Upload upload;
  upload.hash = name;
  upload.piece = piece;
  upload.of_records = true;
  return begin_handed(bundles_, keeper_of(from), std::move(upload));
}

Result<ParcelState> School::finish_bundle(const Upload& upload) {
  return finish_sealed(upload, static_cast<std::size_t>(kept_bundle_bytes_max),
                       [&](std::string_view bytes) -> Result<std::string> {
                         WAYMARK_TRY(read, read_bundle(bytes, Carrier::through_hub));
                         if (!read.answer.empty() && !comes_again(read)) return read.answer;
                         return read.problems.empty() ? Error{Code::malformed, "the bundle has no batch"}
                                                      : read.problems.front();
                       });
}

Result<std::string> School::bundle_answer(std::string_view token, std::string_view name) {
  Error not_here{Code::not_found, "no such bundle is here"};
  if (!hub_) return not_here;
  WAYMARK_TRY(from, computer(token));
  if (name.size() != 64 || !from_hex(name)) return not_here;
  if (auto answer = bundles_.parcels.answer(keeper_of(from), name)) return *answer;
  if (!bundles_.parcels.waits(keeper_of(from), name)) return not_here;
  return std::string();
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
    if (auto answer = parcels_.parcels.answer(bearer.person, name)) {
      if (news.answers.size() < kAnswersMax) news.answers.emplace_back(name, std::move(*answer));
    } else if (!parcels_.parcels.waits(bearer.person, name)) {
      news.lacking.push_back(name);
    }
  }
  return news;
}

std::optional<ParcelRow> School::next_of(Handed& handed) {
  auto now = clock_.steady_ms();
  for (auto& row : handed.parcels.waiting()) {
    auto tried = handed.tried.find(key_of(row));
    if (tried != handed.tried.end() && now - tried->second < kParcelAgainMs) continue;
    return std::move(row);
  }
  return {};
}

Status School::take_answer_of(Handed& handed, const ParcelRow& row, std::string_view answer) {
  handed.tried.erase(key_of(row));
  if (!handed.parcels.waits(row.person, row.name)) return {};  // of who was erased meanwhile
  if (answer.empty() || answer.size() > handed.parcels.answer_bytes_max()) {
    not_taken_of(handed, row);
    return {};
  }
  return handed.parcels.settle(row, answer);
}

void School::not_taken_of(Handed& handed, const ParcelRow& row) {
  // Of those that are gone by now nothing need be remembered.
  std::erase_if(handed.tried, [&](const auto& tried) {
    auto person = PersonId::parse(tried.first.substr(0, 32));
    return !person || !handed.parcels.waits(*person, tried.first.substr(32));
  });
  handed.tried[key_of(row)] = clock_.steady_ms();
}

// Whatever lies in these folders, what a power cut left half written too, and at a hub the databases that
// were replaced by hand, of which nobody is told there. A file that is written anew begins anew. In days that
// this ran: a clock that was wrong makes nothing old.
Status School::let_go_of_old(std::int64_t day) {
  WAYMARK_TRY(known, carried_->kept_files());
  std::vector<std::string> gone;
  WAYMARK_TRY(transaction, store::Transaction::begin(store_->db()));
  for (std::string folder : {"", "parcels/", "bundles/", "sticks/"}) {
    std::error_code error;
    for (auto entry = fs::directory_iterator(data_ + "/" + folder, error);
         !error && entry != fs::directory_iterator(); entry.increment(error)) {
      auto name = folder + entry->path().filename().string();
      if (folder.empty() && !(hub_ && name.starts_with(replaced_prefix))) continue;
      std::error_code none;
      auto written = entry->last_write_time(none).time_since_epoch().count();
      if (none) continue;
      auto row = known.extract(name);
      bool answer = name.ends_with(parcel_answer_ending) || name.ends_with(stick_answer_ending);
      if (row.empty() || row.mapped().written != written)
        WAYMARK_CHECK(carried_->keep_file(name, {static_cast<std::int64_t>(written), day}));
      else if (row.mapped().day <= day - (answer ? kHandedAnswerDays : kHandedDays))
        gone.push_back(name);
    }
  }
  for (const auto& [name, since] : known) WAYMARK_CHECK(carried_->forget_file(name));
  WAYMARK_CHECK(transaction.commit());
  std::error_code ignored;
  for (const auto& name : gone) fs::remove_all(data_ + "/" + name, ignored);
  return {};
}

std::int64_t School::handed_bytes() const {
  return parcels_.parcels.bytes() + bundles_.parcels.bytes() + sticks_.bytes();
}

std::optional<ParcelRow> School::next_parcel() { return next_of(parcels_); }
Status School::take_parcel_answer(const ParcelRow& parcel, std::string_view answer) {
  return take_answer_of(parcels_, parcel, answer);
}
void School::parcel_not_taken(const ParcelRow& parcel) { not_taken_of(parcels_, parcel); }

std::optional<ParcelRow> School::next_bundle() { return next_of(bundles_); }
Status School::take_bundle_answer(const ParcelRow& bundle, std::string_view answer) {
  return take_answer_of(bundles_, bundle, answer);
}
void School::bundle_not_taken(const ParcelRow& bundle) { not_taken_of(bundles_, bundle); }

}  // namespace waymark::server
