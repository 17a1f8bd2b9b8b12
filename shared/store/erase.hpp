// Erasure: the one kind of record that a store itself obeys. The school writes it into the stream that
// everybody reads (kind "erasure": a person's id, or ids of single ops), so that it reaches every replica on
// the roads that all records take. Where it is learned, the ops that it names become stubs at once, and those
// that come later come as stubs: the outcome depends on the set of ops and not on their order.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/store/store.hpp"

namespace waymark::store {

inline constexpr std::string_view erasure_kind = "erasure";
inline constexpr std::string_view erased_reason = "erased";

// The person whose stream it is and who is erased with it: of "own:", "person:", "staff:", "inbox:", "pulse:"
// and "talk:"; nobody of the others.
std::optional<PersonId> person_of_stream(std::string_view stream);

Result<bool> is_erased(Store& store, const PersonId& person);
// By its stream's person or by its own id.
Result<bool> is_erased(Store& store, std::string_view stream, const OpId& id);

// How much there is of a person to be erased: ops with content, and files.
struct Erasable {
  std::int64_t ops = 0, files = 0;
};
Result<Erasable> erasable_of(Store& store, const PersonId& person);

// What an erasure says, done to what is here. Called by the store itself as it learns one.
Status obey_erasure(Store& store, const record::Op& erasure);

// A text of an op that was refused because its author or its place is erased: gone here too.
Status erase_own(Store& store, std::int64_t n);

// How an erasure names a file of a stream, so that only who has the file knows which it is: the first 16
// bytes of SHA-256 over "file", a newline, the stream, a newline, and the file's hash as hex64. In hex.
std::string file_mark(std::string_view stream, std::string_view hash);
// The names of files in any field of the op.
std::vector<std::string> files_of(const record::Op& op);

// A file that comes into this stream though what mentioned it there was erased: with its person, or with the
// op that named it. Whoever keeps the files does not take it in.
Result<bool> is_erased_file(Store& store, std::string_view stream, std::string_view hash);
// It came all the same.
Status note_erased_file(Store& store, std::string_view hash);
// An op that was here is a stub now: with it go the files of its stream that no other op there mentions.
Status give_up_files(Store& store, const record::Op& op);
// An op came that is erased, and the files that it names may lie here. Only of an op whose author may write
// it: a stranger's would make this look for what they like. Of 256 files at once, at most.
Status note_erased(Store& store, const record::Op& op, const OpId& id);

// Files of which nothing is left that mentions them, in any stream, since something was erased; nothing at
// all where nothing was erased. Whoever keeps the files deletes them, pieces of them and old copies of the
// database too, and then says so: a crash in between loses none. `kept` tells of all there are, because a
// disk that was put back may have lost their rows: of those without one go those that an erasure names. Those
// that `is_here` knows nothing of are gone already: nothing is looked through for them.
using FileNames = std::function<std::vector<std::string>()>;
using FileIsHere = std::function<bool(const std::string& hash)>;
Result<std::optional<std::vector<std::string>>> erased_files(Store& store, const FileNames& kept = {},
                                                             const FileIsHere& is_here = {});
Status forget_erased_files(Store& store);

// What stands in an erased op's place.
record::Stub erased_stub(const record::Op& op, const OpId& id);

// Erased content may still stand in pages of the database that are free, and in its write-ahead log. Writes
// both anew where an erasure was obeyed since the last time; does nothing within a transaction. True: done.
// It takes as much of the disk as the database has, twice.
Result<bool> scrub(Store& store);
Result<bool> waits_to_be_scrubbed(Store& store);
// Next time, because erased content was beside the records.
Status must_scrub(Store& store);

}  // namespace waymark::store
