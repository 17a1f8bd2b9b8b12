// A replica in SQLite: every op in the order this place learned it, the heads that follow from them, and how
// far others have been read. All replicas run this code: the student's computer, the school's server, the
// simulator. It promises that what a function returned as done is on the disk, and that cursors, positions
// and heads move only together with the data. Who may do what is decided before an op comes here.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "shared/base/seams.hpp"
#include "shared/record/chain.hpp"
#include "shared/record/merge.hpp"
#include "shared/record/op.hpp"
#include "shared/store/db.hpp"
#include "shared/store/files.hpp"

namespace waymark::store {

// ---- what is read

struct Head {
  OpId op;
  std::int64_t time_ms = 0;
  PersonId author;
  ReplicaId replica;
  record::Value value;
};

struct Field {
  std::vector<Head> heads;  // never empty; the displayed one first
  const record::Value& value() const { return heads.front().value; }
  // True when people really edited without seeing each other and wrote different things.
  bool conflict() const;
};

struct Record {
  record::RecordKey key;
  std::int64_t created_ms = 0;  // the earliest time of its ops here
  std::map<std::string, Field, std::less<>> fields;

  const Field* field(std::string_view name) const;
  std::string text(std::string_view name, std::string_view other = {}) const;
  std::int64_t integer(std::string_view name, std::int64_t other = 0) const;
  bool boolean(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;
  std::int64_t changed_ms() const;  // the latest displayed time
  PersonId author() const;          // of the latest displayed head
  // What an edit of these fields is based on: their heads, sorted and unique.
  std::vector<OpId> heads_of(std::span<const std::string> names) const;
  std::vector<OpId> all_heads() const;
};

// ---- what is written

// One gesture: fields of one record, and the heads its author read. An append-only record has a zero id and
// no base.
struct Edit {
  record::RecordKey key;
  record::Fields fields;
  std::vector<OpId> base;
  std::vector<OpId> refers;  // ops it answers or judges: its time is later than theirs
};
// What it says, as far as it is known before it is written; time, replica and salt are still to come.
record::Op op_of(const Edit& edit, const PersonId& author);
struct Written {
  OpId op;
  RecordId record;
};

enum class Outcome { fresh, duplicate };

// In an op that archives: the heads that its author saw of the records in what is archived.
inline constexpr std::string_view saw_field = "saw";

// ---- feeds and cursors: AccessId names one grant of a stream, SegmentToken a writer's time

struct Cursor {
  FeedId feed;
  SegmentToken segment;
  std::int64_t seq = 0;
  bool operator==(const Cursor&) const = default;
};

struct StreamState {
  std::int64_t head = 0;
  record::Digest digest;
};

struct Entry {
  std::int64_t seq = 0;
  OpId id;
  int state = 0;     // 0 accepted op, otherwise a stub; 3: refused here, and no stub anywhere else
  std::string body;  // canonical bytes
  ReplicaId replica;
};

// One stream that this replica reads at its parent.
struct Reading {
  std::string stream;
  AccessId access;
  std::string role;
  Cursor cursor;
  record::Digest served;
  bool compared = false;  // the parent was asked for what it did not serve of what is here
};

// A page's signature by the parent, and the page's items.
struct Seal {
  std::int64_t n = 0;
  std::vector<OpId> items;
  Bytes signature;
  Bytes hub;  // whose it is, in the form of the wire room; empty: the school's
};

// ---- the outbox

struct Waiting {
  std::int64_t n = 0;
  OpId id;
  std::string body;
};
struct Refusal {
  OpId op;
  std::string code;      // a Code's name
  std::string sentence;  // for the log; people read the catalogue's
  std::int64_t at_ms = 0;
  std::optional<record::Op> content;
};

struct FileRow {
  std::string hash;  // 64 hexadecimal digits
  std::int64_t bytes = 0;
  std::string mime;
  std::string stream;
  int state = 0;  // 0 to be sent, 1 at school, 2 the school is to be asked
  std::int64_t touched_day = 0;
};

// A file in a parcel that a hub was given.
struct SentParcel {
  std::string hub, stream, hash;
  std::string name;        // the parcel's
  std::int64_t round = 0;  // of the parcel
  bool asks = false;       // it has not the file, and only asks for it
};

struct Options {
  Clock* clock = nullptr;
  Random* random = nullptr;
  bool has_parent = true;  // false: the school's own server, whose writes wait for nobody
};

// A small value of a store that is not open, but its file is.
Result<std::optional<std::string>> meta_of(Db& db, std::string_view key);

class Store {
 public:
  // Opens or creates the replica at `path` and brings its schema up to date, with a copy made first. One
  // process writes a database at a time; connections within it may be several.
  static Result<std::unique_ptr<Store>> open(const std::string& path, Options options);
  ~Store();

  Db& db() { return *db_; }
  Clock& clock() { return *options_.clock; }
  Random& random() { return *options_.random; }
  const FeedId& feed() const { return feed_; }
  const ReplicaId& replica() const { return replica_; }
  // The segment that a cursor given now belongs to: the last that wrote.
  Result<SegmentToken> segment();

  // Small values beside the records (who this profile is, the school's identity, settings of this computer).
  Result<std::optional<std::string>> meta(std::string_view key);
  Status set_meta(std::string_view key, std::string_view value);
  // Has anything ever been erased here? For who asks it of one op after the other.
  Result<bool> anything_erased();

  // ---- records. Those of a stream to which the access ended are in the holding area: they stay, and are
  // read only by who says so. A person's own stay readable.
  enum class Holding { hidden, too };
  // Whose computer this is. What was hidden (hidden.hpp) and this person did not write is then not read, by
  // any of the functions below but op(); the school, which keeps it, calls this for nobody.
  void show_to(const PersonId& reader) { reader_ = reader; }
  Result<std::optional<Record>> find(const record::RecordKey& key, Holding holding = Holding::hidden);
  Result<std::vector<Record>> records(std::string_view stream, std::string_view kind,
                                      Holding holding = Holding::hidden);
  Result<std::vector<std::string>> held_streams();
  // Every record of a kind in all streams that begin with `stream_word` ("person"), for a teacher's overview.
  Result<std::vector<Record>> records_everywhere(std::string_view stream_word, std::string_view kind);
  // Deleted or archived (`flag`) by somebody who saw everything that is there: an edit that the deletion did
  // not see wins. What holds other records is gone only where these were seen too: whoever archives it names
  // their heads (`held`) in `saw`.
  Result<bool> gone(const Record& record, std::string_view flag, std::span<const OpId> held = {});
  Result<std::optional<record::Op>> op(const OpId& id);
  Result<std::vector<std::string>> streams();
  // All ops of one record in the order learned, with their ids: its history.
  Result<std::vector<std::pair<OpId, record::Op>>> history(const record::RecordKey& key);
  // Streams that may have grown since the last call, with where they end: for who tells others. Nothing while
  // a transaction runs, for what it wrote may still be taken back.
  Result<std::vector<std::pair<std::string, std::int64_t>>> take_grown();
  // A number that grows with every op learned or written, by any connection.
  Result<std::int64_t> version();

  // ---- writing here: one durable transaction for all edits, which either all stand or none
  Result<std::vector<Written>> write(const PersonId& author, std::span<const Edit> edits);
  // The clock's correction that the last parent told, in milliseconds.
  void set_clock_offset_ms(std::int64_t offset) { clock_offset_ms_ = offset; }

  // ---- learning ops from others; call within a Transaction of db()
  Result<Outcome> add(const record::Op& op, std::string_view body, const OpId& id);
  // The parent serves it as accepted, and here it is the stub of a refusal: of another parent, or of before
  // the school was put back. An erasure's stub stays.
  Result<Outcome> let_in(const record::Op& op, std::string_view body, const OpId& id);
  Result<Outcome> add_stub(const record::Stub& stub);
  Result<bool> has(const OpId& id);
  // The parent serves it as accepted: what was refused once is so no longer. False when it is not here.
  Result<bool> accept(const OpId& id);
  // Why an op is only a stub here; nothing when it is accepted or unknown.
  Result<std::optional<std::string>> stub_reason(const OpId& id);
  // The stream an op is in; nothing when it is unknown.
  Result<std::optional<std::string>> stream_of(const OpId& id);

  // ---- being read
  Result<StreamState> stream_state(std::string_view stream);
  // Is what a reader holds still a place in this feed? Else it starts again from zero.
  Result<bool> valid_cursor(std::string_view stream, const Cursor& cursor);
  // Entries after `seq`, at most `ops_max`, stopping once `bytes_max` is reached (but at least one).
  Result<std::vector<Entry>> page(std::string_view stream, std::int64_t seq, std::size_t ops_max,
                                  std::size_t bytes_max);

  // ---- reading a parent
  // Which one everything below means: empty for the school's server, else a hub's id.
  void read_at(std::string parent) { parent_ = std::move(parent); }
  const std::string& parent() const { return parent_; }
  Result<std::vector<Reading>> readings();
  Result<std::optional<Reading>> reading(std::string_view stream);
  // New access to a stream, or another access to it: starts from zero.
  Status grant(std::string_view stream, const AccessId& access, std::string_view role);
  // The access ended: reading stops, and the records go to the holding area. What the school ends ends at
  // hubs too, which may never be met again.
  Status revoke(std::string_view stream);
  // What a hub once granted and the school, which has just said all that it grants, does not.
  Status revoke_at_hubs();
  Status set_cursor(std::string_view stream, const Cursor& cursor, const record::Digest& served,
                    bool verified);
  // Reading begins at zero again, and what is here and not there is to be found anew. In one transaction with
  // what set it back.
  Status restart_reading(std::string_view stream);
  // How often that was, since this store was opened: of one stream, and of all.
  std::int64_t restarts(std::string_view stream) const;
  std::int64_t restarts() const { return restarts_of_all_; }
  // The same for all streams, reading on where it was.
  Status compare_all_again();
  // What was read of a stream here every other parent may lack. In one transaction with what was read, so
  // that it stands whoever is met next, and whatever was forgotten of who was met.
  Status compare_elsewhere(std::string_view stream);
  Status mark_compared(std::string_view stream);
  // Keeps a page's signature for those of its ops that have none yet and whose line here it signs: an op of
  // which the page had a stub, or the other way round, is brought back by the signature of what is here
  // alone.
  // A hub's gives way to the school's.
  Status keep_seal(std::string_view stream, const std::vector<OpId>& ops, const std::vector<OpId>& items,
                   ByteView signature, ByteView hub = {});
  Result<std::optional<Seal>> seal_of(const OpId& op);
  // Was it written on this replica, under whatever name it had then?
  Result<bool> written_here(const OpId& op);
  // What is here of a stream and should be at the parent: neither waiting nor refused. After log number `n`.
  Result<std::vector<std::pair<std::int64_t, OpId>>> settled_ops(std::string_view stream, std::int64_t n,
                                                                 std::size_t ops_max);
  // What a parent that has lost nothing has served of it: these, and the stubs of what was refused.
  Result<record::Digest> told_digest(std::string_view stream);
  // An op or a stub as it was served.
  Result<std::optional<std::string>> line(const OpId& id);

  // ---- pushing to a parent
  // An op of this person that another of their replicas wrote is pushed from here, where it is lost
  // elsewhere. False when this replica pushes it already.
  Result<bool> adopt(const OpId& op);
  // How many own ops are not at school yet.
  Result<std::int64_t> waiting_count();
  // The same, leaving out what has a number up to n.
  Result<std::int64_t> waiting_count_after(std::int64_t n);
  // Which they are, oldest first, at most `ops_max`.
  Result<std::vector<OpId>> waiting_ids(std::size_t ops_max);
  // Gives numbers to what has none and returns own ops from number `first_n` on, up to the limits.
  Result<std::vector<Waiting>> freeze(std::int64_t first_n, std::size_t ops_max, std::size_t bytes_max);
  // Own position at number n; nothing when this replica never gave that number.
  Result<std::optional<record::Position>> own_position(std::int64_t n);
  Result<std::int64_t> last_number();
  // The number from which own ops are to be sent: the lowest that waits, or the one that comes next.
  Result<std::int64_t> first_waiting();
  Status mark_settled(std::int64_t n, bool refused, std::string_view code, std::string_view sentence);
  // Did the own op of this number come back under a seal? Then whose seal it is had let it in.
  Result<bool> was_served(std::int64_t n);
  // Everything the parent has no longer is to be sent again: all own ops after n that it must have lost, the
  // refused ones too, so that it refuses them again, and the files, which it may have lost as well. Were
  // there any?
  Result<bool> mark_unsettled_after(std::int64_t n);
  // This database was copied or put back: a new replica id, all own ops to be numbered and offered anew.
  Status become_new_replica();
  Result<std::vector<Refusal>> refusals();
  Status dismiss_refusal(const OpId& op);

  // ---- being pushed to
  Result<record::Position> position(const ReplicaId& replica);
  Status set_position(const ReplicaId& replica, const record::Position& position);

  // ---- files
  Result<std::optional<FileRow>> file_in(std::string_view stream, std::string_view hash);
  Result<std::int64_t> file_bytes();  // of all files together
  Status add_file(const FileRow& row);
  // Whatever was known of parcels with this file counts no longer.
  Status set_file_state(std::string_view stream, std::string_view hash, int state);
  // The school may have lost them: it is asked for all, and what hubs were given is sent once more, since the
  // school may have answered for it before that. Unless it is a hub that lacks something: it is asked what it
  // has.
  Status mark_files_unsent(bool also_in_parcels = true);
  // How often the school was heard to have lost something, since this store was opened: an answer to what was
  // asked before that says nothing.
  std::int64_t files_lost() const { return files_lost_; }
  Result<std::vector<FileRow>> files_to_send();    // or to be asked for; the smallest first
  Result<std::vector<FileRow>> files_at_school();  // as far as is known
  Result<std::vector<std::string>> file_hashes();  // of all files

  // ---- files on their way through hubs
  Status put_parcel(const SentParcel& sent);  // instead of an earlier one with this file at this hub
  Result<std::vector<SentParcel>> parcels_at(std::string_view hub);  // the oldest first
  Status forget_parcel(std::string_view hub, std::string_view name);
  // Those of files_to_send() of which some hub has all, as far as is known: stream and hash.
  Result<std::set<std::pair<std::string, std::string>>> files_in_room();

  // ---- collecting files, at the parent
  Status touch_file(std::string_view hash, std::int64_t day);
  Result<std::vector<FileRow>> files_untouched(std::int64_t since_day, std::size_t rows_max);
  // Does an op of the stream hold this name, whatever its kind? What was erased does not.
  Result<bool> mentions(std::string_view stream, std::string_view hash);
  // The streams whose ops do, and the type that the op says the file has.
  Result<std::map<std::string, std::string>> streams_mentioning(std::string_view hash);
  // The row, when it was not touched after that day and nothing mentions it. True: it is gone.
  Result<bool> remove_file(std::string_view stream, std::string_view hash, std::int64_t since_day);
  Result<bool> knows_file(std::string_view hash);  // in any stream
  Result<std::map<std::string, std::int64_t>> strays();
  Status add_stray(std::string_view hash, std::int64_t day);
  Status remove_stray(std::string_view hash);

  // Recomputes every projection from the log and compares it with what was stored: digests, heads, numbering.
  Status verify();
  // Throws the projections away and makes them again from the log.
  Status rebuild();

 private:
  Store() = default;
  Status prepare_schema(const std::string& path);
  Status start();
  Result<std::optional<std::int64_t>> known_stream(std::string_view name, Holding holding = Holding::too);
  Status readmit(std::int64_t n, const OpId& id, std::int64_t record);
  Result<std::optional<Record>> read_record(const record::RecordKey& key, Holding holding);
  Status leave_out_hidden(std::vector<Record>& records);
  Result<std::int64_t> stream_id(std::string_view name);
  Result<std::int64_t> kind_id(std::string_view name);
  // The end of a stream as this transaction has moved it; written down once, before the commit.
  struct End {
    std::int64_t stream = 0, head = 0;
    record::Digest digest;
    bool moved = false;
  };
  Result<End*> end_of(std::string_view stream);
  Status write_ends();
  Result<std::vector<FileRow>> file_rows(std::string_view statement);
  Result<bool> any(std::optional<bool>& known, std::string_view statement);
  Status ensure_segment(std::int64_t stream, std::int64_t seq);
  Status tell_again(std::int64_t stream, std::int64_t seq);
  // Another line stands for the op from now on.
  Status become(std::int64_t n, int state, std::string_view body, bool keeps_seal = false);
  struct Row {
    std::int64_t id = 0;
    bool fresh = false;
  };
  Result<Row> record_row(std::int64_t stream, std::int64_t kind, const RecordId& id, std::int64_t time_ms,
                         bool likely_new);
  Result<std::int64_t> learn(const record::RecordKey& key, const record::Link& link, std::int64_t time_ms,
                             int state, std::string_view body);
  Status update_heads(const Row& record, std::int64_t n, const record::Link& link);
  Status recompute_heads(std::int64_t record);
  // Own work that was refused links again when the school's stubs of it are read anew.
  Status unplace_refused(std::int64_t stream);

  Options options_;
  std::unique_ptr<Db> db_;
  FeedId feed_;
  ReplicaId replica_;
  SegmentToken segment_;  // begun with this connection's first write
  std::int64_t clock_offset_ms_ = 0;
  std::string parent_;
  std::optional<PersonId> reader_;
  // Of the running transaction alone: what it added it may also take back, and others write between two.
  std::map<std::string, End, std::less<>> ends_;
  std::map<std::string, std::int64_t, std::less<>> kinds_;
  std::optional<bool> any_erased_, any_missing_;
  std::int64_t files_lost_ = 0;
  std::set<std::string, std::less<>> grown_;
  std::map<std::string, std::int64_t, std::less<>> restarts_;
  std::int64_t restarts_of_all_ = 0;
};

}  // namespace waymark::store
