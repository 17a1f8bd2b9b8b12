#include "client/app/stick.hpp"

#include <algorithm>
#include <filesystem>

#include "shared/store/files.hpp"
#include "shared/sync/carry.hpp"
#include "shared/sync/carry_files.hpp"
#include "shared/wire/bundle.hpp"

namespace waymark::app {
namespace {

namespace fs = std::filesystem;
constexpr const char* kFolder = "WAYMARK";
// Together with the reading less than a bundle holds; the rest goes with the next stick.
constexpr std::size_t kStickBytesMax = 16 * 1024 * 1024, kStickFilesMax = 40 * 1024 * 1024;

struct Keys {
  SecretKey device;
  PublicKey identity;
};
Result<Keys> keys_of(const Profile& profile, const std::string& identity) {
  auto device = from_hex(profile.device_key), school = from_hex(identity);
  if (!device || device->size() != 32 || !school || school->size() != 32 ||
      (profile.certificate.empty() && profile.introduction.empty()))
    return Error{Code::conflict, "This student has not signed in at the school with this computer yet"};
  Keys keys;
  std::copy(device->begin(), device->end(), keys.device.seed.begin());
  std::copy(school->begin(), school->end(), keys.identity.bytes.begin());
  return keys;
}

}  // namespace

Result<SealedWork> seal_waiting(Records& records, const Profile& profile, const std::string& identity,
                                std::size_t bytes_max, bool asks) {
  WAYMARK_TRY(keys, keys_of(profile, identity));
  WAYMARK_TRY(person, PersonId::parse(profile.person));
  auto& store = records.store();
  SealedWork sealed;
  const sync::Author author{person, keys.device, profile.certificate, profile.signature,
                            profile.introduction};
  std::vector<std::string> returned;
  if (asks) {
    WAYMARK_TRY(lost, sync::make_returned(store, author));
    returned = std::move(lost);
  }
  WAYMARK_TRY(batches, sync::make_batches(store, author, bytes_max));
  std::vector<wire::BundleItem> items;
  for (auto& batch : batches) items.push_back({wire::batch_item, std::move(batch)});
  if (asks) {
    WAYMARK_TRY(reading, sync::make_reading(store, author, items.empty()));
    if (reading) items.push_back({wire::reading_item, std::move(*reading)});
    for (auto& one : returned) items.push_back({wire::returned_item, std::move(one)});
    WAYMARK_TRY(mentions, records.files_mentioned(person));
    WAYMARK_TRY(files, sync::pack_files(store, records.files(), mentions, kStickFilesMax));
    for (auto& item : files.items) items.push_back(std::move(item));
    sealed.files = files.files, sealed.files_rest = files.rest;
  }
  if (items.empty()) return sealed;
  WAYMARK_TRY(bytes, wire::seal_bundle(keys.identity, keys.device, items));
  sealed.bytes = std::move(bytes);
  WAYMARK_TRY(waiting, store.waiting_count());
  sealed.ops = waiting;
  return sealed;
}

Result<AnswerTaken> take_answer(sync::Session& session, Records& records, const Profile& profile,
                                const std::string& identity, std::string_view bytes) {
  WAYMARK_TRY(keys, keys_of(profile, identity));
  WAYMARK_TRY(bundle, wire::open_bundle(bytes, keys.device));
  if (!(bundle.writer == keys.identity)) return Error{Code::unauthorized, "the answer is not of this school"};
  AnswerTaken taken{bundle.whole};
  for (const auto& item : bundle.items) {
    if (item.kind == wire::acknowledgement_item)
      WAYMARK_CHECK(session.on_acknowledgement(item.body, keys.identity));
    if (item.kind == wire::problem_item)
      if (auto problem = wire::decode_problem(item.body)) taken.problem = code_named(problem->code);
    if (item.kind == wire::news_item) {
      WAYMARK_TRY(news, session.on_news(item.body));
      taken.news += news;
    }
    if (item.kind == wire::files_item) {
      WAYMARK_TRY(settled, session.on_files(item.body));
      taken.files_settled += settled;
    }
  }
  // What they erased goes before anything else comes.
  WAYMARK_CHECK(records.finish_erasures());
  // Which files are wanted the news have told.
  WAYMARK_TRY(person, PersonId::parse(profile.person));
  WAYMARK_TRY(mentions, records.files_mentioned(person));
  wire::PieceJoiner joiner;
  for (const auto& item : bundle.items) {
    if (item.kind != wire::file_item) continue;
    WAYMARK_TRY(came, sync::take_piece(records.store(), records.files(), mentions, joiner, item.body));
    taken.files_came += came ? 1 : 0;
  }
  return taken;
}

Result<StickWritten> write_stick(Records& records, const Profile& profile, const std::string& identity,
                                 const std::string& where) {
  WAYMARK_TRY(sealed, seal_waiting(records, profile, identity, kStickBytesMax, true));
  StickWritten written;
  if (sealed.bytes.empty()) return written;
  fs::path path(where);
  std::error_code error;
  if (fs::is_directory(path, error)) {
    if (path.filename() != kFolder) path /= kFolder;
    fs::create_directories(path, error);
    if (error) return Error{Code::io, path.string() + ": " + error.message()};
    path /= records.store().replica().hex() + ".to-school";
  }
  WAYMARK_CHECK(store::write_durably(path.string(), sealed.bytes));
  written.file = path.string();
  written.ops = sealed.ops;
  written.files = sealed.files, written.files_rest = sealed.files_rest;
  return written;
}

Result<StickRead> read_stick(sync::Session& session, Records& records, const Profile& profile,
                             const std::string& identity, const std::string& where) {
  std::vector<fs::path> paths;
  fs::path path(where);
  std::error_code error;
  if (fs::is_directory(path, error)) {
    if (fs::is_directory(path / kFolder, error)) path /= kFolder;
    for (const auto& name : store::names_in(path.string(), error))
      if (name.ends_with(".from-school")) paths.push_back(path / name);
    if (error) return Error{Code::io, path.string() + ": " + error.message()};
  } else {
    paths.push_back(path);
  }
  auto& store = records.store();
  StickRead read;
  std::optional<Error> problem;
  WAYMARK_TRY(before, store.waiting_count());
  for (const auto& file : paths) {
    auto bytes = store::read_whole(file.string(), wire::bundle_bytes_max);
    auto taken =
        bytes ? take_answer(session, records, profile, identity, *bytes) : Result<AnswerTaken>(bytes.error());
    if (!taken) {
      // On a class's stick most are for others.
      if (paths.size() > 1 && taken.error().code == Code::unauthorized) continue;
      problem = taken.error();
      continue;
    }
    read.answers++;
    read.whole = read.whole && taken->whole;
    read.news += taken->news;
    if (taken->problem) read.problem = taken->problem;
    read.files_settled += taken->files_settled, read.files_came += taken->files_came;
  }
  if (read.answers == 0 && problem) return *problem;
  if (read.answers == 0) return Error{Code::not_found, "no answer of the school for this student is there"};
  WAYMARK_TRY(waiting, store.waiting_count());
  read.waiting = waiting;
  read.settled = std::max<std::int64_t>(0, before - waiting);
  return read;
}

}  // namespace waymark::app
