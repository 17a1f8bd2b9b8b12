// School: the files that students attach. They come in pieces and are kept under the SHA-256 of their content
// in files/, each once, however many streams it was put into.
#include "shared/store/files.hpp"

#include <algorithm>
#include <filesystem>

#include "shared/base/hash.hpp"
#include "shared/store/erase.hpp"
#include "sync-server/service/school.hpp"

namespace waymark::server {
namespace {

namespace fs = std::filesystem;

// A file that nothing mentions, and that nobody sent or asked for, is kept for thirty days: for one counted
// day more, since the one on which it came may have been about to end.
constexpr std::int64_t kGraceDays = 31;
constexpr std::int64_t kDayMs = std::int64_t{24} * 3600 * 1000;
constexpr std::size_t kCollectedMax = 256;  // in one go
constexpr std::size_t kAdoptedMax = 32;     // looked for in one go, each in all ops
constexpr std::string_view kDayKey = "file_day", kDayRunKey = "file_day_run_ms";

std::int64_t number_of(const std::optional<std::string>& text) {
  return text ? std::strtoll(text->c_str(), nullptr, 10) : 0;
}

bool is_hash(std::string_view hash) { return hash.size() == 64 && from_hex(hash).has_value(); }

Error not_there() { return {Code::not_found, "no such file, or not yours to read"}; }
// It could read them, and the school would not know that they are on their way.
Error no_files_here() { return {Code::unsupported, "a hub takes files in parcels, sealed to the school"}; }
Error was_erased() { return {Code::not_granted, "what mentioned this file was erased"}; }
Error not_its_name() { return {Code::wrong_id, "the file is not what its name says"}; }

}  // namespace

Status School::must_be_piece(std::string_view hash, const FilePiece& piece, std::int64_t bytes_max) {
  if (piece.total > bytes_max) return Error{Code::too_large, "more than a file may have"};
  if (!is_hash(hash)) return not_its_name();
  if (piece.from < 0 || static_cast<std::int64_t>(piece.bytes.size()) > piece.total - piece.from)
    return Error{Code::malformed, "a piece beyond the end of its file"};
  return {};
}

std::string School::file_path(std::string_view hash) const {
  return data_ + "/files/" + std::string(hash.substr(0, 2)) + "/" + std::string(hash.substr(2));
}

Result<bool> School::may_put(const PersonId& person, std::string_view stream, std::string_view hash) {
  WAYMARK_TRY(who, caller(person));
  for (const auto& access : who.access)
    if (access.stream == stream && access.role != domain::Role::member) return true;
  // Who left the school still brings what belongs to work of theirs that is here.
  return stream == domain::person_stream(person) ? store_->mentions(stream, hash) : Result<bool>(false);
}

// Put into this stream, and still on the disk as long as it was.
Result<bool> School::has_file(std::string_view stream, std::string_view hash) {
  WAYMARK_TRY(row, store_->file_in(stream, hash));
  std::error_code error;
  return row && fs::file_size(file_path(hash), error) == static_cast<std::uintmax_t>(row->bytes) && !error;
}

// ---- coming

Result<Upload> School::begin_upload(const Bearer& bearer, std::string_view stream, std::string_view hash,
                                    const FilePiece& piece, std::string_view mime) {
  if (hub_) return no_files_here();
  WAYMARK_CHECK(must_be_piece(hash, piece, file_bytes_max));
  WAYMARK_TRY(allowed, may_put(bearer.person, stream, hash));
  if (!allowed) return Error{Code::not_granted, "the stream is not granted to this person"};

  WAYMARK_TRY(erased, store::is_erased_file(*store_, stream, hash));
  if (erased) return was_erased();

  Upload upload;
  upload.stream = stream;
  upload.hash = hash;
  upload.mime = mime.substr(0, 64);
  upload.piece = piece;
  upload.part = uploads_.path(bearer.person, hash);
  upload.path = file_path(hash);
  // Only who may read it there is told so; everybody else sends every byte, whatever the school has.
  WAYMARK_TRY(there, has_file(stream, hash));
  if (there) {
    WAYMARK_TRY(day, file_day());
    WAYMARK_CHECK(store_->touch_file(hash, day));
    upload.state = {true, true, piece.total};
    return upload;
  }
  return begin_pieces(bearer, std::move(upload), [&] { return store_->file_bytes(); });
}

Result<Upload> School::begin_pieces(const Bearer& bearer, Upload upload,
                                    const std::function<Result<std::int64_t>()>& kept_bytes) {
  const auto& piece = upload.piece;
  upload.state.bytes = uploads_.size(bearer.person, upload.hash);
  bool asks = piece.bytes.empty() && piece.total > 0;
  bool at_once = static_cast<std::int64_t>(piece.bytes.size()) == piece.total;
  // A power cut after the last piece and before the end: asking is what ends it.
  if (asks && upload.state.bytes == piece.total) {
    asks = false;
    upload.piece.from = piece.total;
  }
  upload.state.fits = asks || at_once || piece.from == upload.state.bytes;
  if (asks || !upload.state.fits) return upload;
  if (quota_bytes_) {
    WAYMARK_TRY(kept, kept_bytes());
    if (kept + uploads_.bytes() - upload.state.bytes + piece.total > *quota_bytes_)
      return Error{Code::disk_full, std::string(quota_full)};
  }
  if (!upload.of_records && !must_have_room(data_, piece.total - upload.state.bytes, disk_reserve_))
    return Error{Code::disk_full, std::string(quota_full)};
  upload.key = bearer.person.hex() + upload.hash;
  if (!writing_.insert(upload.key).second)
    return Error{Code::server_busy, "1"};  // the same piece again, while the first is being written
  if (piece.from == 0 && !at_once) uploads_.make_room(bearer.person);
  upload.to_write = true;
  return upload;
}

void School::write_piece(Upload& upload) {
  if (!upload.to_write) return;
  auto written = [&]() -> Status {
    const auto& piece = upload.piece;
    std::error_code error;
    if (piece.bytes.size() == static_cast<std::size_t>(piece.total)) {
      if (to_hex(sha256(as_bytes(piece.bytes))) != upload.hash) return not_its_name();
      fs::remove(upload.part, error);
    }
    WAYMARK_CHECK(store::write_piece(upload.part, piece.from, piece.bytes));
    upload.state.bytes = piece.from + static_cast<std::int64_t>(piece.bytes.size());
    if (upload.state.bytes < piece.total) return {};
    if (piece.bytes.size() < static_cast<std::size_t>(piece.total)) {
      WAYMARK_TRY(found, store::hash_of_file(upload.part));
      if (found != upload.hash) {
        fs::remove(upload.part, error);
        return not_its_name();
      }
    }
    WAYMARK_CHECK(store::move_durably(upload.part, upload.path));
    upload.state.whole = true;
    return {};
  }();
  if (!written) upload.problem = written.error();
}

Result<UploadState> School::finish_upload(const Upload& upload) {
  writing_.erase(upload.key);
  if (upload.problem) return *upload.problem;
  if (!upload.state.whole || !upload.to_write) return upload.state;
  // While it was written.
  WAYMARK_TRY(erased, store::is_erased_file(*store_, upload.stream, upload.hash));
  if (erased) {
    WAYMARK_CHECK(store::note_erased_file(*store_, upload.hash));
    WAYMARK_CHECK(finish_erasures());
    return was_erased();
  }
  WAYMARK_TRY(day, file_day());
  WAYMARK_TRY(transaction, store::Transaction::begin(store_->db()));
  WAYMARK_CHECK(store_->add_file({upload.hash, upload.piece.total, upload.mime, upload.stream, 1, day}));
  WAYMARK_CHECK(store_->remove_stray(upload.hash));
  WAYMARK_CHECK(transaction.commit());
  return upload.state;
}

Result<UploadState> School::put_piece(const Bearer& bearer, std::string_view stream, std::string_view hash,
                                      const FilePiece& piece, std::string_view mime) {
  WAYMARK_TRY(upload, begin_upload(bearer, stream, hash, piece, mime));
  write_piece(upload);
  return finish_upload(upload);
}

Status School::put_file(const Bearer& bearer, std::string_view stream, std::string_view hash,
                        std::string_view body, std::string_view mime) {
  WAYMARK_TRY(state,
              put_piece(bearer, stream, hash, {0, static_cast<std::int64_t>(body.size()), body}, mime));
  (void)state;
  return {};
}

// ---- being had

Result<FileAt> School::find_file(const PersonId& reader, std::string_view stream, std::string_view hash) {
  if (!is_hash(hash)) return not_there();
  WAYMARK_TRY(row, store_->file_in(stream, hash));
  WAYMARK_TRY(who, caller(reader));
  bool granted = std::any_of(who.access.begin(), who.access.end(),
                             [&](const sync::Access& access) { return access.stream == stream; });
  if (!row || !granted) return not_there();
  return FileAt{file_path(hash), row->mime, row->bytes};
}

Result<std::string> School::read_file(const FileAt& file, std::int64_t from, std::size_t size) {
  WAYMARK_TRY(bytes, store::read_range(file.path, from, size));
  if (bytes.size() != size) return Error{Code::io, file.path + " is shorter than it was"};
  return bytes;
}

Result<std::string> School::file(const PersonId& reader, std::string_view stream, std::string_view hash) {
  WAYMARK_TRY(found, find_file(reader, stream, hash));
  return read_file(found, 0, static_cast<std::size_t>(found.bytes));
}

Result<std::vector<std::string>> School::lacking_files(const Bearer& bearer, std::string_view stream,
                                                       const std::vector<std::string>& hashes) {
  if (hub_) return no_files_here();
  WAYMARK_TRY(day, file_day());
  WAYMARK_TRY(transaction, store::Transaction::begin(store_->db()));
  std::vector<std::string> lacking;
  for (const auto& hash : hashes) {
    if (!is_hash(hash)) return Error{Code::malformed, "a file's name has 64 hexadecimal digits"};
    bool there = false;
    WAYMARK_TRY(allowed, may_put(bearer.person, stream, hash));
    if (allowed) {
      WAYMARK_TRY(found, has_file(stream, hash));
      there = found;
    }
    if (there) WAYMARK_CHECK(store_->touch_file(hash, day));
    if (!there) lacking.push_back(hash);
  }
  WAYMARK_CHECK(transaction.commit());
  return lacking;
}

// ---- collection

// A day has passed when a server has run here for 24 hours, a day at most between two calls: so no clock that
// jumps, however often, makes a day of less. What it did not run for is not counted.
Result<std::int64_t> School::file_day() {
  WAYMARK_TRY(day, store_->meta(kDayKey));
  return number_of(day);
}

Result<std::int64_t> School::count_day() {
  WAYMARK_TRY(day, file_day());
  WAYMARK_TRY(kept, store_->meta(kDayRunKey));
  auto steady = clock_.steady_ms();
  auto run = number_of(kept);
  if (counted_to_ms_) run += std::clamp<std::int64_t>(steady - *counted_to_ms_, 0, kDayMs);
  auto next = run >= kDayMs ? day + 1 : day;
  WAYMARK_TRY(transaction, store::Transaction::begin(store_->db()));
  WAYMARK_CHECK(store_->set_meta(kDayKey, std::to_string(next)));
  WAYMARK_CHECK(store_->set_meta(kDayRunKey, std::to_string(run % kDayMs)));
  WAYMARK_CHECK(transaction.commit());
  counted_to_ms_ = steady;
  return next;
}

std::vector<std::string> School::files_on_disk(const std::string& data) {
  std::vector<std::string> found;
  auto folder = data + "/files/";
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(folder, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    auto name = entry->path().string().substr(folder.size());
    std::erase(name, '/');
    if (is_hash(name)) found.push_back(std::move(name));
  }
  std::sort(found.begin(), found.end());
  return found;
}

// A file that this database forgot, as after a restore, when the ops that mention it have come back: nobody
// may have its bytes any more but this disk. Who knows its name was given it by a record that they could
// read.
Result<bool> School::adopt(const std::string& hash, std::int64_t day) {
  WAYMARK_TRY(streams, store_->streams_mentioning(hash));
  std::error_code error;
  auto bytes = fs::file_size(file_path(hash), error);
  if (error || streams.empty()) return false;
  for (const auto& [stream, mime] : streams)
    WAYMARK_CHECK(store_->add_file({hash, static_cast<std::int64_t>(bytes), mime, stream, 1, day}));
  return true;
}

bool School::is_being_written(std::string_view hash) const {
  return std::any_of(writing_.begin(), writing_.end(),
                     [&](const std::string& key) { return key.ends_with(hash); });
}

Result<std::int64_t> School::collect_files(const std::vector<std::string>& on_disk) {
  if (copying_.use_count() > 1) return 0;  // a backup reads them
  WAYMARK_TRY(day, count_day());
  uploads_.remove_older_than(upload_age_max_ms);
  WAYMARK_CHECK(let_go_of_old(day));
  auto since = day - kGraceDays;
  WAYMARK_TRY(untouched, store_->files_untouched(since, kCollectedMax));
  std::vector<std::string> gone;
  WAYMARK_TRY(transaction, store::Transaction::begin(store_->db()));
  for (const auto& row : untouched) {
    if (is_being_written(row.hash)) continue;
    WAYMARK_TRY(removed, store_->remove_file(row.stream, row.hash, since));
    if (!removed) WAYMARK_CHECK(store_->touch_file(row.hash, day));  // looked at again after as long
    WAYMARK_TRY(known, store_->knows_file(row.hash));
    if (known) continue;
    // Another stream may mention it to which it has not come yet.
    WAYMARK_TRY(adopted, adopt(row.hash, day));
    if (!adopted) gone.push_back(row.hash);
  }
  WAYMARK_TRY(strays, store_->strays());
  // Some at a time, each in its turn; before one goes it is looked for in any case.
  auto next = strays.upper_bound(adopted_to_);
  std::set<std::string> in_turn;
  for (std::size_t i = 0; i < std::min(kAdoptedMax, strays.size()); i++) {
    if (next == strays.end()) next = strays.begin();
    adopted_to_ = next->first;
    in_turn.insert(adopted_to_);
    ++next;
  }
  for (const auto& [hash, found_day] : strays) {
    WAYMARK_TRY(known, store_->knows_file(hash));
    bool there = std::binary_search(on_disk.begin(), on_disk.end(), hash);
    if (known || !there) WAYMARK_CHECK(store_->remove_stray(hash));
    bool old = found_day <= since;
    if (known || !there || is_being_written(hash) || (!old && !in_turn.contains(hash))) continue;
    WAYMARK_TRY(adopted, adopt(hash, day));
    if (!adopted && !old) continue;
    WAYMARK_CHECK(store_->remove_stray(hash));
    if (!adopted) gone.push_back(hash);
  }
  for (const auto& hash : on_disk) {
    if (strays.contains(hash)) continue;
    WAYMARK_TRY(known, store_->knows_file(hash));
    if (!known) WAYMARK_CHECK(store_->add_stray(hash, day));
  }
  WAYMARK_CHECK(transaction.commit());
  // After the commit: a power cut leaves a stray, never a row without its file.
  std::error_code ignored;
  for (const auto& hash : gone) fs::remove(file_path(hash), ignored);
  return static_cast<std::int64_t>(gone.size());
}

Status School::verify() {
  WAYMARK_CHECK(store_->verify());
  WAYMARK_TRY(hashes, store_->file_hashes());
  for (const auto& hash : hashes) {
    auto found = store::hash_of_file(file_path(hash));
    if (!found) return Error{Code::database_damaged, "the file " + hash + " is not there or cannot be read"};
    if (*found != hash)
      return Error{Code::database_damaged, "the file " + hash + " is not what its name says"};
  }
  return {};
}

}  // namespace waymark::server
