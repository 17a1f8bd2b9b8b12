#include "shared/store/erase.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "waymark_store_sql.hpp"

#include "shared/base/hash.hpp"

namespace waymark::store {
namespace {

constexpr std::size_t kPage = 500;
constexpr std::size_t kPageBytes = std::size_t{4} << 20;
// Of files that only what came after an erasure names: so many wait to be looked for at once. What is beyond
// lies here unmentioned, and goes with everything that does.
constexpr std::size_t kLateFilesMax = 256;
// Of the files: a space, then each hash and a space; empty where nothing is left to do.
constexpr std::string_view kScrubKey = "scrub", kFilesKey = "erased_files";
constexpr std::array<std::string_view, 6> kPersonal = {"own", "person", "staff", "inbox", "pulse", "talk"};

std::string key_of(std::string_view hex) { return "erased " + std::string(hex); }

bool is_file(std::string_view text) { return text.size() == 64 && from_hex(text).has_value(); }

std::string key_of(std::string_view stream, std::string_view hash) { return key_of(file_mark(stream, hash)); }

using Hashes = std::set<std::string, std::less<>>;

Hashes noted_in(std::string_view text) {
  Hashes noted;
  for (std::size_t at = 1; at + 64 <= text.size(); at += 65) noted.emplace(text.substr(at, 64));
  return noted;
}

// Of these it is looked later whether anything still mentions them. Of those that are one too many for `max`
// together with what waits already, nothing is noted.
Status note_files(Store& store, const std::vector<std::string>& hashes,
                  std::size_t max = static_cast<std::size_t>(-1)) {
  WAYMARK_TRY(known, store.meta(kFilesKey));
  auto noted = known.value_or("").empty() ? std::string(" ") : *known;
  auto there = noted_in(noted);
  for (const auto& hash : hashes)
    if (there.size() < max && there.insert(hash).second) noted += hash + " ";
  return store.set_meta(kFilesKey, noted);
}

Status erase_op(Store& store, const record::Op& op, const OpId& id) {
  WAYMARK_TRY(outcome, store.add_stub(erased_stub(op, id)));
  (void)outcome;
  WAYMARK_TRY(query, store.db().prepare(sql::refusal_remove));
  return query.bind(id).run();
}

Status erase_stream(Store& store, const std::string& stream) {
  std::int64_t seq = 0;
  for (;;) {
    WAYMARK_TRY(entries, store.page(stream, seq, kPage, kPageBytes));
    if (entries.empty()) break;
    for (const auto& entry : entries) {
      seq = entry.seq;
      WAYMARK_TRY(op, store.op(entry.id));  // one's own that were refused have their text too
      if (op) WAYMARK_CHECK(erase_op(store, *op, entry.id));
    }
  }
  // And what nothing mentioned yet, or any more.
  std::vector<std::string> hashes;
  {
    WAYMARK_TRY(query, store.db().prepare(sql::file_of_stream));
    query.bind(stream);
    for (;;) {
      WAYMARK_TRY(row, query.step());
      if (!row) break;
      hashes.push_back(to_hex(query.blob(0)));
    }
  }
  for (const auto& hash : hashes) {
    WAYMARK_TRY(bytes, from_hex(hash));
    WAYMARK_TRY(query, store.db().prepare(sql::file_remove));
    WAYMARK_CHECK(query.bind(ByteView(bytes)).bind(stream).run());
  }
  return note_files(store, hashes);
}

// The rows of files that an erasure names; a store that was put back may have no op that mentioned them.
Status erase_named_files(Store& store, const std::vector<std::string>& marks) {
  std::vector<std::pair<Bytes, std::string>> named;
  {
    WAYMARK_TRY(query, store.db().prepare(sql::file_in_streams));
    for (;;) {
      WAYMARK_TRY(row, query.step());
      if (!row) break;
      auto hash = query.blob(0);
      if (std::find(marks.begin(), marks.end(), file_mark(query.text(1), to_hex(hash))) != marks.end())
        named.emplace_back(Bytes(hash.begin(), hash.end()), query.text(1));
    }
  }
  std::vector<std::string> hashes;
  for (const auto& [hash, stream] : named) {
    hashes.push_back(to_hex(hash));
    WAYMARK_TRY(mentioned, store.mentions(stream, hashes.back()));
    if (mentioned) continue;
    WAYMARK_TRY(query, store.db().prepare(sql::file_remove));
    WAYMARK_CHECK(query.bind(ByteView(hash)).bind(stream).run());
  }
  return note_files(store, hashes);
}

// Those of them that an op here mentions, in any stream.
Result<Hashes> mentioned_of(Store& store, const Hashes& hashes) {
  Hashes found;
  if (hashes.empty()) return found;
  WAYMARK_TRY(query, store.db().prepare(sql::op_texts));
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return found;
    auto body = query.view(0);
    for (auto at = body.find('"'); at != std::string_view::npos; at = body.find('"', at + 1))
      if (at + 65 < body.size() && body[at + 65] == '"')
        if (auto hash = hashes.find(body.substr(at + 1, 64)); hash != hashes.end()) found.insert(*hash);
  }
}

}  // namespace

std::string file_mark(std::string_view stream, std::string_view hash) {
  return OpId::from(sha256(as_bytes("file\n" + std::string(stream) + "\n" + std::string(hash)))).hex();
}

std::vector<std::string> files_of(const record::Op& op) {
  std::vector<std::string> hashes;
  for (const auto& [name, value] : op.fields) {
    if (auto text = value.text(); is_file(text)) hashes.push_back(text);
    for (const auto& item : value.texts())
      if (is_file(item)) hashes.push_back(item);
  }
  return hashes;
}

std::optional<PersonId> person_of_stream(std::string_view stream) {
  auto colon = stream.find(':');
  if (colon == std::string_view::npos ||
      std::find(kPersonal.begin(), kPersonal.end(), stream.substr(0, colon)) == kPersonal.end())
    return std::nullopt;
  auto id = PersonId::parse(stream.substr(colon + 1));
  return id ? std::optional(*id) : std::nullopt;
}

Result<bool> is_erased(Store& store, const PersonId& person) {
  WAYMARK_TRY(any, store.anything_erased());
  if (!any) return false;
  WAYMARK_TRY(found, store.meta(key_of(person.hex())));
  return found.has_value();
}

Result<bool> is_erased(Store& store, std::string_view stream, const OpId& id) {
  WAYMARK_TRY(any, store.anything_erased());
  if (!any) return false;
  if (auto person = person_of_stream(stream)) {
    WAYMARK_TRY(erased, is_erased(store, *person));
    if (erased) return true;
  }
  WAYMARK_TRY(found, store.meta(key_of(id.hex())));
  return found.has_value();
}

Result<Erasable> erasable_of(Store& store, const PersonId& person) {
  Erasable found;
  WAYMARK_TRY(streams, store.streams());
  for (const auto& stream : streams) {
    if (person_of_stream(stream) != person) continue;
    for (std::int64_t seq = 0;;) {
      WAYMARK_TRY(entries, store.page(stream, seq, kPage, kPageBytes));
      if (entries.empty()) break;
      for (const auto& entry : entries) seq = entry.seq, found.ops += entry.state == 0;
    }
    WAYMARK_TRY(query, store.db().prepare(sql::file_of_stream));
    query.bind(stream);
    for (;;) {
      WAYMARK_TRY(row, query.step());
      if (!row) break;
      found.files++;
    }
  }
  return found;
}

Status obey_erasure(Store& store, const record::Op& erasure) {
  auto text = [&](std::string_view name) {
    auto found = erasure.fields.find(name);
    return found == erasure.fields.end() ? std::string() : found->second.text();
  };
  WAYMARK_CHECK(store.set_meta(kScrubKey, "1"));
  WAYMARK_CHECK(note_files(store, {}));  // also where there are none, old copies of the database go
  if (auto person = PersonId::parse(text("person"))) {
    WAYMARK_CHECK(store.set_meta(key_of(person->hex()), "1"));
    WAYMARK_TRY(streams, store.streams());
    for (const auto& stream : streams)
      if (person_of_stream(stream) == *person) WAYMARK_CHECK(erase_stream(store, stream));
  }
  if (auto files = erasure.fields.find("files"); files != erasure.fields.end()) {
    auto marks = files->second.texts();
    for (const auto& mark : marks) WAYMARK_CHECK(store.set_meta(key_of(mark), "1"));
    WAYMARK_CHECK(erase_named_files(store, marks));
  }
  auto named = erasure.fields.find("ops");
  if (named == erasure.fields.end()) return {};
  for (const auto& item : named->second.texts()) {
    auto id = OpId::parse(item);
    if (!id) continue;
    WAYMARK_CHECK(store.set_meta(key_of(id->hex()), "1"));
    WAYMARK_TRY(op, store.op(*id));
    if (!op) continue;
    WAYMARK_CHECK(erase_op(store, *op, *id));
  }
  return {};
}

Status erase_own(Store& store, std::int64_t n) {
  OpId id;
  {
    WAYMARK_TRY(query, store.db().prepare(sql::outbox_op));
    WAYMARK_TRY(row, query.bind(n).step());
    if (!row) return {};
    id = query.id<OpId>(0);
  }
  WAYMARK_TRY(op, store.op(id));
  if (!op) return {};
  WAYMARK_CHECK(store.set_meta(kScrubKey, "1"));
  return erase_op(store, *op, id);
}

Result<bool> is_erased_file(Store& store, std::string_view stream, std::string_view hash) {
  if (auto person = person_of_stream(stream)) {
    WAYMARK_TRY(erased, is_erased(store, *person));
    if (erased) return true;
  }
  WAYMARK_TRY(found, store.meta(key_of(stream, hash)));
  if (!found) return false;
  WAYMARK_TRY(mentioned, store.mentions(stream, hash));
  return !mentioned;
}

Status note_erased_file(Store& store, std::string_view hash) {
  return note_files(store, {std::string(hash)});
}

Status give_up_files(Store& store, const record::Op& op) {
  auto hashes = files_of(op);
  for (const auto& hash : hashes) {
    WAYMARK_CHECK(store.set_meta(key_of(op.stream, hash), "1"));
    WAYMARK_TRY(mentioned, store.mentions(op.stream, hash));
    if (mentioned) continue;
    WAYMARK_TRY(bytes, from_hex(hash));
    WAYMARK_TRY(query, store.db().prepare(sql::file_remove));
    WAYMARK_CHECK(query.bind(ByteView(bytes)).bind(op.stream).run());
  }
  WAYMARK_CHECK(must_scrub(store));
  return hashes.empty() ? Status() : note_files(store, hashes);
}

Status note_erased(Store& store, const record::Op& op, const OpId& id) {
  auto hashes = files_of(op);
  // Of the streams of who is erased no file is taken in anyway. An op that an erasure names was here once:
  // its files are as many as they are, and each is marked once.
  WAYMARK_TRY(named, store.meta(key_of(id.hex())));
  std::vector<std::string> unheard;
  for (auto& hash : hashes) {
    WAYMARK_TRY(heard, store.meta(key_of(op.stream, hash)));
    if (heard) continue;
    if (named) WAYMARK_CHECK(store.set_meta(key_of(op.stream, hash), "1"));
    unheard.push_back(std::move(hash));
  }
  return unheard.empty() ? Status() : note_files(store, unheard, kLateFilesMax);
}

Result<std::optional<std::vector<std::string>>> erased_files(Store& store, const FileNames& kept,
                                                             const FileIsHere& is_here) {
  WAYMARK_TRY(known, store.meta(kFilesKey));
  if (!known || known->empty()) return std::optional<std::vector<std::string>>();
  Hashes unknown;
  WAYMARK_TRY(streams, store.streams());
  for (const auto& hash : kept ? kept() : std::vector<std::string>()) {
    WAYMARK_TRY(known_still, store.knows_file(hash));
    for (auto stream = streams.begin(); !known_still && stream != streams.end(); ++stream) {
      WAYMARK_TRY(named, store.meta(key_of(*stream, hash)));
      if (named) unknown.insert(hash);
    }
  }
  for (const auto& hash : noted_in(*known)) {
    if (is_here && !is_here(hash)) continue;
    WAYMARK_TRY(known_still, store.knows_file(hash));
    if (!known_still) unknown.insert(hash);
  }
  WAYMARK_TRY(mentioned, mentioned_of(store, unknown));
  std::vector<std::string> gone;
  for (const auto& hash : unknown)
    if (!mentioned.contains(hash)) gone.push_back(hash);
  return std::optional(std::move(gone));
}

Status forget_erased_files(Store& store) { return store.set_meta(kFilesKey, ""); }

record::Stub erased_stub(const record::Op& op, const OpId& id) {
  record::Stub stub{id, op.stream, op.kind, op.record, {}, op.base, std::string(erased_reason)};
  for (const auto& field : op.fields) stub.names.push_back(field.first);
  return stub;
}

Status must_scrub(Store& store) { return store.set_meta(kScrubKey, "1"); }

Result<bool> waits_to_be_scrubbed(Store& store) {
  WAYMARK_TRY(wanted, store.meta(kScrubKey));
  return !wanted.value_or("").empty();
}

Result<bool> scrub(Store& store) {
  WAYMARK_TRY(wanted, waits_to_be_scrubbed(store));
  if (!wanted || store.db().in_transaction()) return false;
  // What it writes meanwhile lies on the disk: in memory it would be as much as the database.
  WAYMARK_CHECK(store.db().execute("PRAGMA temp_store=FILE"));
  auto written = store.db().execute("VACUUM");
  WAYMARK_CHECK(store.db().execute("PRAGMA temp_store=MEMORY"));
  WAYMARK_CHECK(written);
  WAYMARK_TRY(emptied, store.db().empty_log(true));
  if (!emptied) return false;  // the next time does it
  // Last: whoever loses power before this does it all again.
  WAYMARK_CHECK(store.set_meta(kScrubKey, ""));
  return true;
}

}  // namespace waymark::store
