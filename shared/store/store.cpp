#include "shared/store/store.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <set>

#include "waymark_store_sql.hpp"

#include "shared/base/hash.hpp"
#include "shared/store/erase.hpp"
#include "shared/store/hidden.hpp"

namespace waymark::store {
namespace {

constexpr int kSchemaVersion = 6;
constexpr std::int64_t kDayMs = 24 * 60 * 60 * 1000;
constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::max();  // a stub does not say when

enum OpState { kAccepted = 0, kStub = 1, kRefused = 2, kUnplaced = 3 };
enum OutboxState { kWaiting = 0, kAtSchool = 1, kSentBack = 2 };

std::string join(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) {
    if (!text.empty()) text += ' ';
    text += name;
  }
  return text;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    auto end = text.find(' ');
    names.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return names;
}

Bytes digest_blob(const record::Digest& digest) { return from_hex(digest.hex()).value(); }
Result<record::Digest> digest_from(std::int64_t count, ByteView blob) {
  if (blob.size() != 16) return Error{Code::database_damaged, "a digest of another size"};
  record::Digest digest;
  digest.add(OpId::from(blob));
  digest.count = static_cast<std::uint64_t>(count);
  return digest;
}

// A stored body can only fail to parse when the file was damaged underneath us.
Error damaged(const Error& error) { return {Code::database_damaged, error.detail}; }

Result<record::Link> link_from(const OpId& id, int state, std::string_view body) {
  if (state == kStub) {
    auto stub = record::parse_stub(body);
    if (!stub) return damaged(stub.error());
    return record::link_of(*stub);
  }
  auto op = record::parse_op(body);
  if (!op) return damaged(op.error());
  auto link = record::link_of(*op, id);
  link.accepted = state == kAccepted;
  return link;
}

record::Stub stub_of(const record::Op& op, const OpId& id, std::string_view reason) {
  record::Stub stub{id, op.stream, op.kind, op.record, {}, op.base, std::string(reason)};
  for (const auto& field : op.fields) stub.names.push_back(field.first);
  return stub;
}

void add_heads(Record& record, const std::vector<std::string>& names, const OpId& id, record::Op op) {
  for (const auto& name : names) {
    auto found = op.fields.find(name);
    if (found == op.fields.end()) continue;
    record.fields[name].heads.push_back({id, op.time_ms, op.author, op.replica, std::move(found->second)});
  }
}

void order_heads(Record& record) {
  for (auto& [name, field] : record.fields)
    std::sort(field.heads.begin(), field.heads.end(), [](const Head& a, const Head& b) {
      return record::displayed_before(a.time_ms, a.op, b.time_ms, b.op);
    });
}

}  // namespace

// ---- records as values

bool Field::conflict() const {
  return std::any_of(heads.begin() + 1, heads.end(), [&](const Head& head) { return head.value != value(); });
}

const Field* Record::field(std::string_view name) const {
  auto found = fields.find(name);
  return found == fields.end() ? nullptr : &found->second;
}
std::string Record::text(std::string_view name, std::string_view other) const {
  const auto* f = field(name);
  return f ? f->value().text(other) : std::string(other);
}
std::int64_t Record::integer(std::string_view name, std::int64_t other) const {
  const auto* f = field(name);
  return f ? f->value().integer(other) : other;
}
bool Record::boolean(std::string_view name) const {
  const auto* f = field(name);
  return f && f->value().boolean();
}
std::vector<std::string> Record::texts(std::string_view name) const {
  const auto* f = field(name);
  return f ? f->value().texts() : std::vector<std::string>{};
}

namespace {
const Head* latest(const Record& record) {
  const Head* best = nullptr;
  for (const auto& [name, field] : record.fields) {
    const auto& head = field.heads.front();
    if (!best || record::displayed_before(head.time_ms, head.op, best->time_ms, best->op)) best = &head;
  }
  return best;
}
std::vector<OpId> unique(std::vector<OpId> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}
}  // namespace

std::int64_t Record::changed_ms() const {
  const auto* head = latest(*this);
  return head ? head->time_ms : 0;
}
PersonId Record::author() const {
  const auto* head = latest(*this);
  return head ? head->author : PersonId{};
}
std::vector<OpId> Record::heads_of(std::span<const std::string> names) const {
  std::vector<OpId> ids;
  for (const auto& name : names)
    if (const auto* f = field(name))
      for (const auto& head : f->heads) ids.push_back(head.op);
  return unique(std::move(ids));
}
std::vector<OpId> Record::all_heads() const {
  std::vector<OpId> ids;
  for (const auto& [name, f] : fields)
    for (const auto& head : f.heads) ids.push_back(head.op);
  return unique(std::move(ids));
}

// ---- opening

Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const std::string& path, Options options) {
  WAYMARK_TRY(db, Db::open(path));
  std::unique_ptr<Store> store(new Store());
  store->options_ = options;
  store->db_ = std::move(db);
  store->db_->on_transaction([&made = *store] { return made.write_ends(); },
                             [&made = *store] {
                               made.ends_.clear(), made.kinds_.clear();
                               made.any_erased_.reset(), made.any_missing_.reset();
                             });
  WAYMARK_CHECK(store->prepare_schema(path));
  WAYMARK_CHECK(store->start());
  return store;
}

Status Store::prepare_schema(const std::string& path) {
  std::int64_t version = 0;
  {  // ended before the copy is made: SQLite copies nothing while a statement is under way
    WAYMARK_TRY(query, db_->prepare("PRAGMA user_version"));
    WAYMARK_TRY(row, query.step());
    if (row) version = query.integer(0);
  }
  if (version == kSchemaVersion) return db_->execute(sql::parcel);
  if (version > kSchemaVersion)
    return Error{Code::unsupported, "the database was written by a newer version"};
  if (version > 0) {
    auto copy = path + ".before-" + std::to_string(kSchemaVersion);
    std::error_code error;
    std::filesystem::remove(copy, error);
    WAYMARK_CHECK(db_->copy_to(copy));
  }
  WAYMARK_TRY(transaction, Transaction::begin(*db_));
  if (version == 0) WAYMARK_CHECK(db_->execute(sql::schema));
  if (version == 1) WAYMARK_CHECK(db_->execute(sql::schema_2));
  if (version == 1 || version == 2) WAYMARK_CHECK(db_->execute(sql::schema_3));
  if (version >= 1 && version <= 3) WAYMARK_CHECK(db_->execute(sql::schema_4));
  if (version >= 1 && version <= 4) WAYMARK_CHECK(db_->execute(sql::schema_5));
  if (version >= 1 && version <= 5) WAYMARK_CHECK(db_->execute(sql::schema_6));
  WAYMARK_CHECK(db_->execute(sql::parcel));
  WAYMARK_CHECK(db_->execute("PRAGMA user_version = " + std::to_string(kSchemaVersion)));
  return transaction.commit();
}

Status Store::start() {
  WAYMARK_TRY(feed, meta("feed"));
  WAYMARK_TRY(replica, meta("replica"));
  if (!feed || !replica) {
    WAYMARK_TRY(transaction, Transaction::begin(*db_));
    feed_ = random().id<FeedId>();
    replica_ = random().id<ReplicaId>();
    WAYMARK_CHECK(set_meta("feed", feed_.hex()));
    WAYMARK_CHECK(set_meta("replica", replica_.hex()));
    WAYMARK_CHECK(transaction.commit());
  } else {
    WAYMARK_TRY(feed_id, FeedId::parse(*feed));
    WAYMARK_TRY(replica_id, ReplicaId::parse(*replica));
    feed_ = feed_id;
    replica_ = replica_id;
  }
  random().fill(std::span(segment_.bytes).first(8));
  return {};
}

// A connection's first write begins a segment, so that whoever read numbers of a database that was since put
// back can tell.
Status Store::ensure_segment(std::int64_t stream, std::int64_t seq) {
  std::int64_t segment = 0;
  for (auto statement : {sql::segment_find, sql::segment_add}) {
    WAYMARK_TRY(query, db_->prepare(statement));
    query.bind(segment_);
    if (statement.data() == sql::segment_add.data()) query.bind(clock().now_ms());
    WAYMARK_TRY(row, query.step());
    if (!row) continue;
    segment = query.integer(0);
    break;
  }
  WAYMARK_TRY(query, db_->prepare(sql::segment_stream_add));
  return query.bind(stream).bind(segment).bind(seq).run();
}

// What was said of this op is not true any more: whoever read to it reads the stream anew, as after a segment
// that wrote it again. A hub alone does that: the school's word comes after it has passed on what it was
// given.
Status Store::tell_again(std::int64_t stream, std::int64_t seq) {
  if (!options_.has_parent) return {};
  segment_ = random().id<SegmentToken>();
  return ensure_segment(stream, seq);
}

Result<SegmentToken> Store::segment() {
  WAYMARK_TRY(query, db_->prepare(sql::segment_last));
  WAYMARK_TRY(row, query.step());
  return row ? query.id<SegmentToken>(0) : SegmentToken{};
}

Result<std::optional<std::string>> meta_of(Db& db, std::string_view key) {
  WAYMARK_TRY(query, db.prepare(sql::meta_get));
  WAYMARK_TRY(row, query.bind(key).step());
  if (!row) return std::optional<std::string>();
  return std::optional<std::string>(query.text(0));
}
Result<std::optional<std::string>> Store::meta(std::string_view key) { return meta_of(*db_, key); }
Status Store::set_meta(std::string_view key, std::string_view value) {
  any_erased_.reset();
  WAYMARK_TRY(query, db_->prepare(sql::meta_set));
  return query.bind(key).bind(as_bytes(value)).run();
}

// Asked once a transaction.
Result<bool> Store::any(std::optional<bool>& known, std::string_view statement) {
  if (known) return *known;
  WAYMARK_TRY(query, db_->prepare(statement));
  WAYMARK_TRY(row, query.step());
  bool found = row && query.integer(0) != 0;
  if (db_->in_transaction()) known = found;
  return found;
}
Result<bool> Store::anything_erased() { return any(any_erased_, sql::meta_erased); }

// ---- names as numbers

namespace {
Result<std::int64_t> intern(Db& db, std::string_view name, std::string_view find, std::string_view add) {
  for (auto statement : {find, add}) {
    WAYMARK_TRY(query, db.prepare(statement));
    WAYMARK_TRY(row, query.bind(name).step());
    if (row) return query.integer(0);
  }
  return Error{Code::internal, "a name without a number"};
}
}  // namespace

Result<std::optional<std::int64_t>> Store::known_stream(std::string_view name, Holding holding) {
  WAYMARK_TRY(query, db_->prepare(holding == Holding::too ? sql::stream_find : sql::stream_shown));
  WAYMARK_TRY(row, query.bind(name).step());
  if (!row) return std::optional<std::int64_t>();
  return std::optional(query.integer(0));
}
Result<std::int64_t> Store::stream_id(std::string_view name) {
  return intern(*db_, name, sql::stream_find, sql::stream_add);
}
Result<std::int64_t> Store::kind_id(std::string_view name) {
  return intern(*db_, name, sql::kind_find, sql::kind_add);
}

// ---- reading records

namespace {

// Reads rows (record row id, record id, created, names, op id, body[, stream]) into records.
Result<std::vector<Record>> read_records(Query& query, std::string_view stream, std::string_view kind,
                                         int stream_column) {
  std::vector<Record> records;
  std::int64_t current = -1;
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) break;
    if (query.integer(0) != current) {
      current = query.integer(0);
      if (!records.empty()) order_heads(records.back());
      Record record;
      record.key = {stream_column < 0 ? std::string(stream) : query.text(stream_column), std::string(kind),
                    query.id<RecordId>(1)};
      record.created_ms = query.integer(2);
      records.push_back(std::move(record));
    }
    auto op = record::parse_op(query.view(5));
    if (!op) return damaged(op.error());
    add_heads(records.back(), split(query.view(3)), query.id<OpId>(4), std::move(*op));
  }
  if (!records.empty()) order_heads(records.back());
  return records;
}

}  // namespace

Result<std::optional<Record>> Store::find(const record::RecordKey& key, Holding holding) {
  WAYMARK_TRY(found, read_record(key, holding));
  if (!found) return found;
  std::vector<Record> shown{std::move(*found)};
  WAYMARK_CHECK(leave_out_hidden(shown));
  return shown.empty() ? std::optional<Record>() : std::optional(std::move(shown.front()));
}

Result<std::optional<Record>> Store::read_record(const record::RecordKey& key, Holding holding) {
  WAYMARK_TRY(stream, known_stream(key.stream, holding));
  if (!stream) return std::optional<Record>();
  WAYMARK_TRY(kind_query, db_->prepare(sql::kind_find));
  WAYMARK_TRY(has_kind, kind_query.bind(key.kind).step());
  if (!has_kind) return std::optional<Record>();
  WAYMARK_TRY(query, db_->prepare(sql::record_find));
  WAYMARK_TRY(row, query.bind(*stream).bind(kind_query.integer(0)).bind(key.id).step());
  if (!row) return std::optional<Record>();
  Record record;
  record.key = key;
  record.created_ms = query.integer(1);
  WAYMARK_TRY(heads, db_->prepare(sql::head_of_record));
  heads.bind(query.integer(0));
  for (;;) {
    WAYMARK_TRY(more, heads.step());
    if (!more) break;
    auto op = record::parse_op(heads.view(2));
    if (!op) return damaged(op.error());
    add_heads(record, split(heads.view(0)), heads.id<OpId>(1), std::move(*op));
  }
  if (record.fields.empty()) return std::optional<Record>();
  order_heads(record);
  return std::optional(std::move(record));
}

// Looks at the hidden ones of a stream once, and only where a record is not all the reader's own.
Status Store::leave_out_hidden(std::vector<Record>& records) {
  if (!reader_) return {};
  std::map<std::string, std::vector<HiddenRecord>, std::less<>> by_stream;
  std::vector<Record> shown;
  for (auto& record : records) {
    bool own = std::all_of(record.fields.begin(), record.fields.end(), [&](const auto& field) {
      const auto& heads = field.second.heads;
      return std::all_of(heads.begin(), heads.end(), [&](const Head& h) { return h.author == *reader_; });
    });
    if (!own && record.key.kind != hidden_kind) {
      auto found = by_stream.find(record.key.stream);
      if (found == by_stream.end()) {
        WAYMARK_TRY(hidden, hidden_records(*this, record.key.stream));
        found = by_stream.emplace(record.key.stream, std::move(hidden)).first;
      }
      if (std::any_of(found->second.begin(), found->second.end(), [&](const HiddenRecord& each) {
            return each.kind == record.key.kind && each.record == record.key.id;
          }))
        continue;
    }
    shown.push_back(std::move(record));
  }
  records = std::move(shown);
  return {};
}

Result<std::vector<Record>> Store::records(std::string_view stream, std::string_view kind, Holding holding) {
  WAYMARK_TRY(stream_row, known_stream(stream, holding));
  if (!stream_row) return std::vector<Record>();
  WAYMARK_TRY(kind_row, kind_id(kind));
  std::vector<Record> found;
  {
    WAYMARK_TRY(query, db_->prepare(sql::record_list));
    query.bind(*stream_row).bind(kind_row);
    WAYMARK_TRY(read, read_records(query, stream, kind, -1));
    found = std::move(read);
  }
  WAYMARK_CHECK(leave_out_hidden(found));
  return found;
}

Result<std::vector<std::string>> Store::held_streams() {
  std::vector<std::string> names;
  WAYMARK_TRY(query, db_->prepare(sql::reading_ended));
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return names;
    names.push_back(query.text(0));
  }
}

Result<std::vector<Record>> Store::records_everywhere(std::string_view stream_word, std::string_view kind) {
  WAYMARK_TRY(kind_row, kind_id(kind));
  std::vector<Record> found;
  {
    WAYMARK_TRY(query, db_->prepare(sql::record_list_everywhere));
    // ':' and ';' are neighbours, so this is every name that begins with the word and a colon.
    query.bind(kind_row).bind(std::string(stream_word) + ":").bind(std::string(stream_word) + ";");
    WAYMARK_TRY(read, read_records(query, {}, kind, 6));
    found = std::move(read);
  }
  WAYMARK_CHECK(leave_out_hidden(found));
  return found;
}

Result<bool> Store::gone(const Record& record, std::string_view flag, std::span<const OpId> held) {
  const auto* marked = record.field(flag);
  if (!marked) return false;
  std::set<OpId> removals;  // of several at once, one that saw everything is enough
  for (const auto& head : marked->heads)
    if (head.value.boolean()) removals.insert(head.op);
  for (const auto& removal : removals) {
    WAYMARK_TRY(op, this->op(removal));
    bool saw_all = op.has_value();
    for (const auto& other : saw_all ? record.all_heads() : std::vector<OpId>{})
      saw_all =
          saw_all && (removals.count(other) || std::binary_search(op->base.begin(), op->base.end(), other));
    if (!saw_all) continue;
    // Without the list it is of a version that named nothing.
    auto saw = op->fields.find(saw_field);
    if (saw == op->fields.end() || saw->second.is_null()) return true;
    auto seen = saw->second.texts();
    if (std::all_of(held.begin(), held.end(), [&](const OpId& id) {
          return std::find(seen.begin(), seen.end(), id.hex()) != seen.end();
        }))
      return true;
  }
  return false;
}

Result<std::optional<record::Op>> Store::op(const OpId& id) {
  WAYMARK_TRY(query, db_->prepare(sql::op_find));
  WAYMARK_TRY(row, query.bind(id).step());
  if (!row || query.integer(1) == kStub) return std::optional<record::Op>();
  auto op = record::parse_op(query.view(2));
  if (!op) return damaged(op.error());
  return std::optional(std::move(*op));
}

Result<std::vector<std::string>> Store::streams() {
  std::vector<std::string> names;
  WAYMARK_TRY(query, db_->prepare(sql::stream_all));
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return names;
    names.push_back(query.text(0));
  }
}

Result<std::vector<std::pair<OpId, record::Op>>> Store::history(const record::RecordKey& key) {
  std::vector<std::pair<OpId, record::Op>> ops;
  if (reader_) {
    WAYMARK_TRY(shown, find(key));
    if (!shown) return ops;
  }
  WAYMARK_TRY(stream, known_stream(key.stream, Holding::hidden));
  if (!stream) return ops;
  WAYMARK_TRY(kind, kind_id(key.kind));
  WAYMARK_TRY(found, db_->prepare(sql::record_find));
  WAYMARK_TRY(row, found.bind(*stream).bind(kind).bind(key.id).step());
  if (!row) return ops;
  WAYMARK_TRY(query, db_->prepare(sql::op_of_record));
  query.bind(found.integer(0));
  for (;;) {
    WAYMARK_TRY(more, query.step());
    if (!more) return ops;
    if (query.integer(2) == kStub) continue;
    auto op = record::parse_op(query.view(3));
    if (!op) return damaged(op.error());
    ops.emplace_back(query.id<OpId>(1), std::move(*op));
  }
}

Result<std::int64_t> Store::version() {
  WAYMARK_TRY(query, db_->prepare(sql::log_end));
  WAYMARK_TRY(row, query.step());
  return row ? query.integer(0) : std::int64_t{0};
}

// ---- learning ops

Result<Store::End*> Store::end_of(std::string_view stream) {
  auto known = ends_.find(stream);
  if (known != ends_.end()) return &known->second;
  End end;
  WAYMARK_TRY(id, stream_id(stream));
  end.stream = id;
  WAYMARK_TRY(query, db_->prepare(sql::stream_end));
  WAYMARK_TRY(row, query.bind(id).step());
  if (!row) return Error{Code::internal, "a stream without an end"};
  end.head = query.integer(0);
  WAYMARK_TRY(digest, digest_from(end.head, query.blob(1)));
  end.digest = digest;
  return &ends_.emplace(stream, std::move(end)).first->second;
}

Status Store::write_ends() {
  for (auto& [name, end] : ends_) {
    if (!end.moved) continue;
    WAYMARK_TRY(advance, db_->prepare(sql::stream_advance));
    WAYMARK_CHECK(advance.bind(end.head).bind(ByteView(digest_blob(end.digest))).bind(end.stream).run());
    end.moved = false;
    grown_.insert(name);
  }
  return {};
}

Result<std::vector<std::pair<std::string, std::int64_t>>> Store::take_grown() {
  std::vector<std::pair<std::string, std::int64_t>> grown;
  if (db_->in_transaction()) return grown;
  for (const auto& name : std::exchange(grown_, {})) {
    WAYMARK_TRY(state, stream_state(name));
    grown.emplace_back(name, state.head);
  }
  return grown;
}

Result<Store::Row> Store::record_row(std::int64_t stream, std::int64_t kind, const RecordId& id,
                                     std::int64_t time_ms, bool likely_new) {
  for (bool add : {likely_new, !likely_new}) {
    if (add) {
      WAYMARK_TRY(query, db_->prepare(sql::record_add));
      WAYMARK_CHECK(query.bind(stream).bind(kind).bind(id).bind(time_ms).run());
      if (db_->changes() > 0) return Row{db_->last_row(), true};
      continue;
    }
    WAYMARK_TRY(find, db_->prepare(sql::record_find));
    WAYMARK_TRY(row, find.bind(stream).bind(kind).bind(id).step());
    if (!row) continue;
    Row record{find.integer(0), false};
    if (time_ms < find.integer(1)) {
      WAYMARK_TRY(earlier, db_->prepare(sql::record_earlier));
      WAYMARK_CHECK(earlier.bind(time_ms).bind(record.id).run());
    }
    return record;
  }
  return Error{Code::internal, "a record without a number"};
}

Result<std::int64_t> Store::learn(const record::RecordKey& key, const record::Link& link,
                                  std::int64_t time_ms, int state, std::string_view body) {
  if (!db_->in_transaction()) return Error{Code::internal, "an op comes only within a transaction"};
  WAYMARK_TRY(end, end_of(key.stream));
  auto kind = kinds_.find(key.kind);
  if (kind == kinds_.end()) {
    WAYMARK_TRY(id, kind_id(key.kind));
    kind = kinds_.emplace(key.kind, id).first;
  }
  WAYMARK_TRY(record,
              record_row(end->stream, kind->second, key.id.is_zero() ? id_cast<RecordId>(link.id) : key.id,
                         time_ms, link.base.empty()));
  if (!end->moved) WAYMARK_CHECK(ensure_segment(end->stream, end->head + 1));
  {
    WAYMARK_TRY(query, db_->prepare(sql::op_add));
    query.bind(link.id).bind(end->stream).bind(end->head + 1).bind(record.id).bind(state);
    WAYMARK_CHECK(query.bind_lasting(as_bytes(body)).run());
  }
  std::int64_t n = db_->last_row();
  end->head++;
  end->digest.add(link.id);
  end->moved = true;
  for (const auto& base : link.base) {
    WAYMARK_TRY(known, has(base));
    if (known) continue;
    WAYMARK_TRY(query, db_->prepare(sql::missing_add));
    WAYMARK_CHECK(query.bind(base).bind(record.id).run());
    any_missing_.reset();
  }
  WAYMARK_CHECK(update_heads(record, n, link));
  if (state == kAccepted && key.kind == erasure_kind && key.stream == "school") {
    WAYMARK_TRY(erasure, record::parse_op(body));
    WAYMARK_CHECK(obey_erasure(*this, erasure));
  }
  return n;
}

// The common case touches one or two rows: the op saw every head of the fields it sets, and nothing here was
// waiting for it. Everything else recomputes the record from all its ops.
Status Store::update_heads(const Row& row_of, std::int64_t n, const record::Link& link) {
  std::int64_t record = row_of.id;
  WAYMARK_TRY(awaited, any(any_missing_, sql::missing_any));
  if (awaited) {
    WAYMARK_TRY(query, db_->prepare(sql::missing_find));
    WAYMARK_TRY(row, query.bind(link.id).step());
    awaited = row;
  }
  if (awaited) {
    WAYMARK_TRY(query, db_->prepare(sql::missing_remove));
    WAYMARK_CHECK(query.bind(link.id).run());
    return recompute_heads(record);
  }
  if (!link.accepted) return {};

  struct HeadRow {
    std::int64_t op;
    std::vector<std::string> names;
    OpId id;
  };
  std::vector<HeadRow> rows;
  if (!row_of.fresh) {
    WAYMARK_TRY(query, db_->prepare(sql::head_ids));
    query.bind(record);
    for (;;) {
      WAYMARK_TRY(more, query.step());
      if (!more) break;
      rows.push_back({query.integer(0), split(query.view(1)), query.id<OpId>(2)});
    }
  }
  for (auto& row : rows) {
    std::vector<std::string> kept;
    for (auto& name : row.names)
      if (!std::binary_search(link.names.begin(), link.names.end(), name)) kept.push_back(name);
    if (kept.size() == row.names.size()) continue;
    if (!std::binary_search(link.base.begin(), link.base.end(), row.id)) return recompute_heads(record);
    row.names = std::move(kept);
  }
  for (const auto& row : rows) {
    if (row.names.empty()) {
      WAYMARK_TRY(query, db_->prepare(sql::head_remove));
      WAYMARK_CHECK(query.bind(record).bind(row.op).run());
    } else {
      WAYMARK_TRY(query, db_->prepare(sql::head_set));
      WAYMARK_CHECK(query.bind(join(row.names)).bind(record).bind(row.op).run());
    }
  }
  WAYMARK_TRY(query, db_->prepare(sql::head_add));
  return query.bind(record).bind(n).bind(join(link.names)).run();
}

Status Store::recompute_heads(std::int64_t record) {
  std::vector<record::Link> links;
  std::unordered_map<OpId, std::int64_t> numbers;
  {
    WAYMARK_TRY(query, db_->prepare(sql::op_of_record));
    query.bind(record);
    for (;;) {
      WAYMARK_TRY(more, query.step());
      if (!more) break;
      if (query.integer(2) == kUnplaced) continue;
      auto id = query.id<OpId>(1);
      WAYMARK_TRY(link, link_from(id, static_cast<int>(query.integer(2)), query.view(3)));
      numbers.emplace(id, query.integer(0));
      links.push_back(std::move(link));
    }
  }
  std::map<std::int64_t, std::vector<std::string>> names_of;
  for (const auto& [name, ids] : record::heads(links))
    for (const auto& id : ids) names_of[numbers[id]].push_back(name);
  {
    WAYMARK_TRY(query, db_->prepare(sql::head_clear));
    WAYMARK_CHECK(query.bind(record).run());
  }
  for (const auto& [n, names] : names_of) {
    WAYMARK_TRY(query, db_->prepare(sql::head_add));
    WAYMARK_CHECK(query.bind(record).bind(n).bind(join(names)).run());
  }
  return {};
}

Result<bool> Store::has(const OpId& id) {
  WAYMARK_TRY(query, db_->prepare(sql::op_find));
  return query.bind(id).step();
}

Result<std::optional<std::string>> Store::stub_reason(const OpId& id) {
  WAYMARK_TRY(query, db_->prepare(sql::op_find));
  WAYMARK_TRY(row, query.bind(id).step());
  if (!row || query.integer(1) != kStub) return std::optional<std::string>();
  auto stub = record::parse_stub(query.view(2));
  if (!stub) return damaged(stub.error());
  return std::optional(stub->reason);
}

Result<std::optional<std::string>> Store::stream_of(const OpId& id) {
  WAYMARK_TRY(query, db_->prepare(sql::op_stream));
  WAYMARK_TRY(row, query.bind(id).step());
  if (!row) return std::optional<std::string>();
  return std::optional(query.text(0));
}

Status Store::readmit(std::int64_t n, const OpId& id, std::int64_t record) {
  WAYMARK_TRY(state, db_->prepare(sql::op_state_set));
  WAYMARK_CHECK(state.bind(kAccepted).bind(n).run());
  WAYMARK_TRY(removed, db_->prepare(sql::refusal_remove));
  WAYMARK_CHECK(removed.bind(id).run());
  // Who read here meanwhile was told a stub.
  std::int64_t stream = 0, seq = 0;
  {
    WAYMARK_TRY(query, db_->prepare(sql::op_find));
    WAYMARK_TRY(row, query.bind(id).step());
    if (row) stream = query.integer(4), seq = query.integer(5);
  }
  WAYMARK_CHECK(tell_again(stream, seq));
  return recompute_heads(record);
}

Result<bool> Store::accept(const OpId& id) {
  std::int64_t n = 0, record = 0;
  {
    WAYMARK_TRY(query, db_->prepare(sql::op_find));
    WAYMARK_TRY(row, query.bind(id).step());
    if (!row) return false;
    if (query.integer(1) != kRefused && query.integer(1) != kUnplaced) return true;
    n = query.integer(0), record = query.integer(3);
  }
  if (!parent_.empty()) {
    // What the school sent back only the school lets in: a hub may not have heard of it.
    WAYMARK_TRY(query, db_->prepare(sql::outbox_has));
    WAYMARK_TRY(own, query.bind(n).step());
    if (own && query.integer(0) == kSentBack) return true;
  }
  WAYMARK_CHECK(readmit(n, id, record));
  return true;
}

Result<Outcome> Store::add(const record::Op& op, std::string_view body, const OpId& id) {
  WAYMARK_TRY(known, accept(id));
  if (known) return Outcome::duplicate;
  WAYMARK_TRY(erased, is_erased(*this, op.stream, id));
  if (erased) {
    WAYMARK_CHECK(note_erased(*this, op, id));
    return add_stub(stub_of(op, id, erased_reason));
  }
  WAYMARK_TRY(n, learn(op.key(), record::link_of(op, id), op.time_ms, kAccepted, body));
  (void)n;
  return Outcome::fresh;
}

// The signature it came under is of the other line, unless its text was erased under that.
Status Store::become(std::int64_t n, int state, std::string_view body, bool keeps_seal) {
  {
    WAYMARK_TRY(query, db_->prepare(sql::op_become));
    WAYMARK_CHECK(query.bind(state).bind(as_bytes(body)).bind(n).run());
  }
  if (keeps_seal) return {};
  WAYMARK_TRY(query, db_->prepare(sql::sealed_remove));
  return query.bind(n).run();
}

Result<Outcome> Store::let_in(const record::Op& op, std::string_view body, const OpId& id) {
  std::int64_t n = 0, record = 0, stream = 0, seq = 0;
  {
    WAYMARK_TRY(query, db_->prepare(sql::op_find));
    WAYMARK_TRY(row, query.bind(id).step());
    if (!row || query.integer(1) != kStub) return Outcome::duplicate;
    auto stub = record::parse_stub(query.view(2));
    if (!stub) return damaged(stub.error());
    if (stub->reason == erased_reason) return Outcome::duplicate;
    n = query.integer(0), record = query.integer(3), stream = query.integer(4), seq = query.integer(5);
  }
  WAYMARK_TRY(erased, is_erased(*this, op.stream, id));
  if (erased) return Outcome::duplicate;
  WAYMARK_CHECK(become(n, kAccepted, body));
  {
    WAYMARK_TRY(query, db_->prepare(sql::record_earlier));
    WAYMARK_CHECK(query.bind(op.time_ms).bind(record).run());
  }
  WAYMARK_CHECK(tell_again(stream, seq));
  WAYMARK_CHECK(recompute_heads(record));
  return Outcome::fresh;
}

Result<Outcome> Store::add_stub(const record::Stub& stub) {
  std::int64_t n = 0, record = 0, stream = 0, seq = 0;
  int state = kStub;
  {
    WAYMARK_TRY(query, db_->prepare(sql::op_find));
    WAYMARK_TRY(row, query.bind(stub.id).step());
    if (!row) {
      WAYMARK_TRY(added, learn({stub.stream, stub.kind, stub.record}, record::link_of(stub), kNoTime, kStub,
                               record::canonical(stub)));
      (void)added;
      return Outcome::fresh;
    }
    n = query.integer(0), state = static_cast<int>(query.integer(1)), record = query.integer(3);
    stream = query.integer(4), seq = query.integer(5);
  }
  bool erased = stub.reason == "erased";
  if (state == kStub || (state == kRefused && !erased)) return Outcome::duplicate;
  WAYMARK_TRY(op, this->op(stub.id));
  // Also what its author wrote elsewhere: that disk may be gone, or this one was put back.
  bool own = state == kUnplaced || (op && op->author == reader_);
  if (!own) {
    WAYMARK_TRY(query, db_->prepare(sql::outbox_has));
    WAYMARK_TRY(row, query.bind(n).step());
    own = row;
  }
  if (own && !erased) {  // our own work, refused: its content stays with its author
    WAYMARK_TRY(query, db_->prepare(sql::op_state_set));
    WAYMARK_CHECK(query.bind(kRefused).bind(n).run());
    WAYMARK_TRY(refusal, db_->prepare(sql::refusal_add));
    WAYMARK_CHECK(refusal.bind(stub.id).bind(stub.reason).bind("").bind(clock().now_ms()).run());
  } else {
    WAYMARK_CHECK(become(n, kStub, record::canonical(stub), erased));
    if (!erased) WAYMARK_CHECK(tell_again(stream, seq));
    // The parent's stub may come before the erasure that it is of.
    if (op && erased) WAYMARK_CHECK(give_up_files(*this, *op));
  }
  WAYMARK_CHECK(recompute_heads(record));
  return Outcome::fresh;
}

// ---- writing

record::Op op_of(const Edit& edit, const PersonId& author) {
  record::Op op;
  op.stream = edit.key.stream;
  op.kind = edit.key.kind;
  op.record = edit.key.id;
  op.fields = edit.fields;
  op.base = unique(edit.base);
  op.author = author;
  return op;
}

Result<std::vector<Written>> Store::write(const PersonId& author, std::span<const Edit> edits) {
  std::vector<Written> written;
  WAYMARK_TRY(transaction, Transaction::begin(*db_));
  std::int64_t now = clock().now_ms() + clock_offset_ms_;
  for (const auto& edit : edits) {
    // It would be let in nowhere else, and nothing that comes later would take it away here.
    if (auto person = person_of_stream(edit.key.stream)) {
      WAYMARK_TRY(erased, is_erased(*this, *person));
      if (erased) return Error{Code::not_granted, "what belongs here was erased, and nothing more is kept"};
    }
    auto op = op_of(edit, author);
    op.replica = replica_;
    op.time_ms = std::min(now, record::integer_max);
    for (const std::vector<OpId>* ids : {&std::as_const(op.base), &edit.refers})
      for (const auto& id : *ids) {
        WAYMARK_TRY(seen, this->op(id));
        if (seen && seen->time_ms >= op.time_ms && seen->time_ms <= now + kDayMs)
          op.time_ms = seen->time_ms + 1;
      }
    random().fill(op.salt);
    WAYMARK_CHECK(record::check(op));
    std::string body = record::canonical(op);
    if (body.size() > record::op_bytes_max) return Error{Code::too_large, "an op of more than 512 KiB"};
    OpId id = record::op_id(body);
    WAYMARK_TRY(n, learn(op.key(), record::link_of(op, id), op.time_ms, kAccepted, body));
    if (options_.has_parent) {
      WAYMARK_TRY(query, db_->prepare(sql::outbox_add));
      WAYMARK_CHECK(query.bind(n).run());
    }
    written.push_back({id, op.record.is_zero() ? id_cast<RecordId>(id) : op.record});
  }
  WAYMARK_CHECK(transaction.commit());
  return written;
}

// ---- being read

Result<StreamState> Store::stream_state(std::string_view stream) {
  if (auto known = ends_.find(stream); known != ends_.end())
    return StreamState{known->second.head, known->second.digest};
  WAYMARK_TRY(query, db_->prepare(sql::stream_state_get));
  WAYMARK_TRY(row, query.bind(stream).step());
  if (!row) return StreamState{};
  StreamState state;
  state.head = query.integer(0);
  WAYMARK_TRY(digest, digest_from(state.head, query.blob(1)));
  state.digest = digest;
  return state;
}

Result<bool> Store::valid_cursor(std::string_view stream, const Cursor& cursor) {
  if (cursor.seq == 0) return true;
  if (cursor.feed != feed_) return false;
  WAYMARK_TRY(row, known_stream(stream));
  if (!row) return false;
  WAYMARK_TRY(state, stream_state(stream));
  if (cursor.seq > state.head) return false;
  WAYMARK_TRY(segment, db_->prepare(sql::segment_find));
  WAYMARK_TRY(known, segment.bind(cursor.segment).step());
  if (!known) return false;
  WAYMARK_TRY(rewrote, db_->prepare(sql::segment_rewrote));
  WAYMARK_TRY(later, rewrote.bind(*row).bind(segment.integer(0)).bind(cursor.seq).step());
  return !later;
}

Result<std::vector<Entry>> Store::page(std::string_view stream, std::int64_t seq, std::size_t ops_max,
                                       std::size_t bytes_max) {
  std::vector<Entry> entries;
  WAYMARK_TRY(row, known_stream(stream));
  if (!row) return entries;
  WAYMARK_TRY(query, db_->prepare(sql::op_page));
  query.bind(*row).bind(seq).bind(static_cast<std::int64_t>(ops_max));
  std::size_t bytes = 0;
  while (bytes < bytes_max) {
    WAYMARK_TRY(more, query.step());
    if (!more) break;
    Entry entry{query.integer(0), query.id<OpId>(1), static_cast<int>(query.integer(2)), query.text(3), {}};
    if (entry.state == kAccepted) {
      auto replica = record::replica_of(entry.body);
      if (!replica) return damaged(replica.error());
      entry.replica = *replica;
    } else if (entry.state != kStub) {
      auto op = record::parse_op(entry.body);
      if (!op) return damaged(op.error());
      entry.replica = op->replica;
      entry.body = record::canonical(stub_of(*op, entry.id, "refused"));
    }
    bytes += entry.body.size();
    entries.push_back(std::move(entry));
  }
  return entries;
}

// ---- reading a parent

namespace {
Result<Reading> reading_row(const Query& query) {
  Reading reading;
  reading.stream = query.text(0);
  reading.access = query.id<AccessId>(1);
  reading.role = query.text(2);
  reading.cursor = {query.id<FeedId>(3), query.id<SegmentToken>(4), query.integer(5)};
  WAYMARK_TRY(served, digest_from(query.integer(6), query.blob(7)));
  reading.served = served;
  reading.compared = query.integer(8) != 0;
  return reading;
}
}  // namespace

Result<std::vector<Reading>> Store::readings() {
  std::vector<Reading> readings;
  WAYMARK_TRY(query, db_->prepare(sql::reading_list));
  query.bind(parent_);
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return readings;
    WAYMARK_TRY(reading, reading_row(query));
    readings.push_back(std::move(reading));
  }
}

Result<std::optional<Reading>> Store::reading(std::string_view stream) {
  WAYMARK_TRY(query, db_->prepare(sql::reading_one));
  WAYMARK_TRY(row, query.bind(stream).bind(parent_).step());
  if (!row) return std::optional<Reading>();
  WAYMARK_TRY(reading, reading_row(query));
  return std::optional(std::move(reading));
}

Status Store::grant(std::string_view stream, const AccessId& access, std::string_view role) {
  WAYMARK_TRY(row, stream_id(stream));
  WAYMARK_TRY(find, db_->prepare(sql::reading_find));
  WAYMARK_TRY(known, find.bind(parent_).bind(row).step());
  if (known && find.id<AccessId>(0) == access) {
    WAYMARK_TRY(query, db_->prepare(sql::reading_role));
    return query.bind(role).bind(parent_).bind(row).run();
  }
  WAYMARK_TRY(query, db_->prepare(sql::reading_set));
  WAYMARK_CHECK(query.bind(parent_).bind(row).bind(access).bind(role).run());
  return unplace_refused(row);
}

// The school's server alone says what it has stubs of: a hub may be newer than they are.
Status Store::unplace_refused(std::int64_t stream) {
  for (;;) {
    std::int64_t n = 0, record = 0;
    {
      WAYMARK_TRY(query, db_->prepare(sql::op_refused_of));
      WAYMARK_TRY(row, query.bind(stream).step());
      if (!row || !parent_.empty()) return {};
      n = query.integer(0), record = query.integer(1);
    }
    WAYMARK_TRY(state, db_->prepare(sql::op_state_set));
    WAYMARK_CHECK(state.bind(kUnplaced).bind(n).run());
    WAYMARK_CHECK(recompute_heads(record));
  }
}

Status Store::revoke(std::string_view stream) {
  WAYMARK_TRY(row, known_stream(stream));
  if (!row) return {};
  if (parent_.empty()) {
    WAYMARK_TRY(query, db_->prepare(sql::reading_end_everywhere));
    return query.bind(*row).run();
  }
  WAYMARK_TRY(query, db_->prepare(sql::reading_end));
  return query.bind(parent_).bind(*row).run();
}

Status Store::revoke_at_hubs() {
  WAYMARK_TRY(query, db_->prepare(sql::reading_end_at_hubs));
  return query.run();
}

Status Store::set_cursor(std::string_view stream, const Cursor& cursor, const record::Digest& served,
                         bool verified) {
  WAYMARK_TRY(row, stream_id(stream));
  WAYMARK_TRY(query, db_->prepare(sql::reading_move));
  query.bind(cursor.feed).bind(cursor.segment).bind(cursor.seq).bind(static_cast<std::int64_t>(served.count));
  query.bind(ByteView(digest_blob(served)));
  if (verified)
    query.bind(clock().now_ms());
  else
    query.bind_null();
  return query.bind(parent_).bind(row).run();
}

std::int64_t Store::restarts(std::string_view stream) const {
  auto found = restarts_.find(stream);
  return found == restarts_.end() ? 0 : found->second;
}

Status Store::restart_reading(std::string_view stream) {
  restarts_[std::string(stream)]++;
  restarts_of_all_++;
  WAYMARK_TRY(row, stream_id(stream));
  WAYMARK_TRY(query, db_->prepare(sql::reading_compared));
  WAYMARK_CHECK(query.bind(0).bind(parent_).bind(row).run());
  return unplace_refused(row);
}

Status Store::compare_all_again() {
  WAYMARK_TRY(query, db_->prepare(sql::reading_compare_all));
  return query.bind(parent_).run();
}

Status Store::compare_elsewhere(std::string_view stream) {
  WAYMARK_TRY(row, stream_id(stream));
  WAYMARK_TRY(query, db_->prepare(sql::reading_compare_elsewhere));
  return query.bind(parent_).bind(row).run();
}

Status Store::mark_compared(std::string_view stream) {
  WAYMARK_TRY(row, stream_id(stream));
  WAYMARK_TRY(query, db_->prepare(sql::reading_compared));
  return query.bind(1).bind(parent_).bind(row).run();
}

Status Store::keep_seal(std::string_view stream, const std::vector<OpId>& ops, const std::vector<OpId>& items,
                        ByteView signature, ByteView hub) {
  std::vector<std::int64_t> wanted;
  for (const auto& op : ops) {
    WAYMARK_TRY(query, db_->prepare(sql::unsealed));
    WAYMARK_TRY(row, query.bind(op).bind(!hub.empty()).step());
    if (!row) continue;
    auto is_signed = [&](const OpId& item) {
      return std::find(items.begin(), items.end(), item) != items.end();
    };
    bool stands = is_signed(op);
    if (query.integer(1) == kStub) {
      auto stub = record::parse_stub(query.view(2));
      if (!stub) return damaged(stub.error());
      // Of an erased op its text's signature is enough.
      stands = (stands && stub->reason == erased_reason) || is_signed(record::op_id(query.view(2)));
    }
    if (stands) wanted.push_back(query.integer(0));
  }
  if (wanted.empty()) return {};
  Bytes blob;
  for (const auto& item : items) blob.insert(blob.end(), item.bytes.begin(), item.bytes.end());
  WAYMARK_TRY(row, stream_id(stream));
  std::int64_t seal = 0;
  {
    WAYMARK_TRY(query, db_->prepare(sql::seal_add));
    query.bind(row).bind(ByteView(blob)).bind(signature);
    if (hub.empty())
      query.bind_null();
    else
      query.bind(hub);
    WAYMARK_TRY(added, query.step());
    if (!added) return Error{Code::internal, "a seal without a number"};
    seal = query.integer(0);
  }
  for (auto n : wanted) {
    WAYMARK_TRY(query, db_->prepare(sql::sealed_add));
    WAYMARK_CHECK(query.bind(n).bind(seal).run());
  }
  return {};
}

Result<std::optional<Seal>> Store::seal_of(const OpId& op) {
  WAYMARK_TRY(query, db_->prepare(sql::seal_of_op));
  WAYMARK_TRY(row, query.bind(op).step());
  if (!row) return std::optional<Seal>();
  Seal seal;
  seal.n = query.integer(0);
  auto items = query.blob(1), signature = query.blob(2);
  for (std::size_t at = 0; at + 16 <= items.size(); at += 16)
    seal.items.push_back(OpId::from(items.subspan(at, 16)));
  seal.signature.assign(signature.begin(), signature.end());
  auto hub = query.blob(3);
  seal.hub.assign(hub.begin(), hub.end());
  return std::optional(std::move(seal));
}

Result<bool> Store::written_here(const OpId& op) {
  WAYMARK_TRY(query, db_->prepare(sql::op_written_here));
  return query.bind(op).step();
}

Result<std::vector<std::pair<std::int64_t, OpId>>> Store::settled_ops(std::string_view stream, std::int64_t n,
                                                                      std::size_t ops_max) {
  std::vector<std::pair<std::int64_t, OpId>> ops;
  WAYMARK_TRY(row, known_stream(stream));
  if (!row) return ops;
  WAYMARK_TRY(query, db_->prepare(sql::op_settled));
  query.bind(*row).bind(n).bind(static_cast<std::int64_t>(ops_max));
  for (;;) {
    WAYMARK_TRY(more, query.step());
    if (!more) return ops;
    ops.emplace_back(query.integer(0), query.id<OpId>(1));
  }
}

Result<record::Digest> Store::told_digest(std::string_view stream) {
  record::Digest digest;
  WAYMARK_TRY(row, known_stream(stream));
  if (!row) return digest;
  WAYMARK_TRY(query, db_->prepare(sql::op_told));
  query.bind(*row);
  for (;;) {
    WAYMARK_TRY(more, query.step());
    if (!more) return digest;
    digest.add(query.id<OpId>(0));
  }
}

Result<std::optional<std::string>> Store::line(const OpId& id) {
  WAYMARK_TRY(query, db_->prepare(sql::op_find));
  WAYMARK_TRY(row, query.bind(id).step());
  if (!row) return std::optional<std::string>();
  return std::optional(query.text(2));
}

// ---- pushing

Result<bool> Store::adopt(const OpId& id) {
  WAYMARK_TRY(query, db_->prepare(sql::outbox_adopt));
  WAYMARK_CHECK(query.bind(id).run());
  return db_->changes() > 0;
}

Result<std::int64_t> Store::waiting_count() {
  WAYMARK_TRY(query, db_->prepare(sql::outbox_waiting_count));
  WAYMARK_TRY(row, query.step());
  return row ? query.integer(0) : std::int64_t{0};
}

Result<std::int64_t> Store::waiting_count_after(std::int64_t n) {
  WAYMARK_TRY(query, db_->prepare(sql::outbox_waiting_after));
  WAYMARK_TRY(row, query.bind(n).step());
  return row ? query.integer(0) : std::int64_t{0};
}

Result<std::vector<OpId>> Store::waiting_ids(std::size_t ops_max) {
  std::vector<OpId> ids;
  WAYMARK_TRY(query, db_->prepare(sql::outbox_waiting_ids));
  query.bind(static_cast<std::int64_t>(ops_max));
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return ids;
    ids.push_back(query.id<OpId>(0));
  }
}

Result<std::optional<record::Position>> Store::own_position(std::int64_t n) {
  if (n == 0) return std::optional(record::Position{});
  WAYMARK_TRY(query, db_->prepare(sql::outbox_at));
  WAYMARK_TRY(row, query.bind(n).step());
  if (!row) return std::optional<record::Position>();
  return std::optional(record::Position{n, query.id<record::ChainLink>(0)});
}

Result<std::int64_t> Store::last_number() {
  WAYMARK_TRY(query, db_->prepare(sql::outbox_last));
  WAYMARK_TRY(row, query.step());
  return row ? query.integer(0) : std::int64_t{0};
}

Result<std::int64_t> Store::first_waiting() {
  {
    WAYMARK_TRY(query, db_->prepare(sql::outbox_first_waiting));
    WAYMARK_TRY(row, query.step());
    if (row) return query.integer(0);
  }
  WAYMARK_TRY(last, last_number());
  return last + 1;
}

Result<std::vector<Waiting>> Store::freeze(std::int64_t first_n, std::size_t ops_max, std::size_t bytes_max) {
  WAYMARK_TRY(transaction, Transaction::begin(*db_));
  record::Position at;
  {
    WAYMARK_TRY(query, db_->prepare(sql::outbox_last));
    WAYMARK_TRY(row, query.step());
    if (row) at = {query.integer(0), query.id<record::ChainLink>(1)};
  }
  std::vector<std::pair<std::int64_t, OpId>> unnumbered;
  {
    WAYMARK_TRY(query, db_->prepare(sql::outbox_unnumbered));
    query.bind(static_cast<std::int64_t>(ops_max));
    for (;;) {
      WAYMARK_TRY(row, query.step());
      if (!row) break;
      unnumbered.emplace_back(query.integer(0), query.id<OpId>(1));
    }
  }
  for (const auto& [op, id] : unnumbered) {
    at = record::next(at, id);
    WAYMARK_TRY(query, db_->prepare(sql::outbox_number));
    WAYMARK_CHECK(query.bind(at.n).bind(at.c).bind(op).run());
  }
  std::vector<Waiting> waiting;
  {
    WAYMARK_TRY(query, db_->prepare(sql::outbox_from));
    query.bind(first_n).bind(static_cast<std::int64_t>(ops_max));
    std::size_t bytes = 0;
    while (bytes < bytes_max) {
      WAYMARK_TRY(row, query.step());
      if (!row) break;
      waiting.push_back({query.integer(0), query.id<OpId>(1), query.text(2)});
      bytes += waiting.back().body.size();
    }
  }
  WAYMARK_CHECK(transaction.commit());
  return waiting;
}

Status Store::mark_settled(std::int64_t n, bool refused, std::string_view code, std::string_view sentence) {
  std::int64_t op = 0;
  {
    WAYMARK_TRY(query, db_->prepare(sql::outbox_settle));
    WAYMARK_TRY(row, query.bind(refused ? kSentBack : kAtSchool).bind(n).step());
    if (!row) return {};
    op = query.integer(0);
    WAYMARK_CHECK(query.run());
  }
  OpId id;
  std::int64_t record = 0;
  {
    WAYMARK_TRY(query, db_->prepare(sql::op_at));
    WAYMARK_TRY(row, query.bind(op).step());
    if (!row) return Error{Code::database_damaged, "the outbox names an op that is not here"};
    id = query.id<OpId>(0), record = query.integer(1);
    if (query.integer(2) == kStub || (query.integer(2) == kAccepted) != refused) return {};
  }
  // Refused once, and let in by a school that was put back and decides otherwise now.
  if (!refused) return readmit(op, id, record);
  // It links nothing until the school's stub of it comes: of some refusals there is none.
  WAYMARK_TRY(state, db_->prepare(sql::op_state_set));
  WAYMARK_CHECK(state.bind(kUnplaced).bind(op).run());
  WAYMARK_TRY(refusal, db_->prepare(sql::refusal_add));
  WAYMARK_CHECK(refusal.bind(id).bind(code).bind(sentence).bind(clock().now_ms()).run());
  return recompute_heads(record);
}

Result<bool> Store::was_served(std::int64_t n) {
  WAYMARK_TRY(query, db_->prepare(sql::outbox_served));
  return query.bind(n).step();
}

Result<bool> Store::mark_unsettled_after(std::int64_t n) {
  {
    WAYMARK_TRY(query, db_->prepare(sql::outbox_unsettle));
    WAYMARK_CHECK(query.bind(n).run());
  }
  if (db_->changes() == 0) return false;
  WAYMARK_CHECK(mark_files_unsent());
  return true;
}

Status Store::become_new_replica() {
  WAYMARK_TRY(transaction, Transaction::begin(*db_));
  auto replica = random().id<ReplicaId>();
  WAYMARK_CHECK(set_meta("replica", replica.hex()));
  WAYMARK_TRY(query, db_->prepare(sql::outbox_renumber));
  WAYMARK_CHECK(query.run());
  WAYMARK_CHECK(transaction.commit());
  replica_ = replica;
  return {};
}

Result<std::vector<Refusal>> Store::refusals() {
  std::vector<Refusal> refusals;
  WAYMARK_TRY(query, db_->prepare(sql::refusal_list));
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return refusals;
    Refusal refusal{query.id<OpId>(0), query.text(1), query.text(2), query.integer(3), std::nullopt};
    if (auto op = record::parse_op(query.view(4))) refusal.content = std::move(*op);
    refusals.push_back(std::move(refusal));
  }
}

Status Store::dismiss_refusal(const OpId& op) {
  WAYMARK_TRY(query, db_->prepare(sql::refusal_dismiss));
  return query.bind(op).run();
}

// ---- being pushed to

Result<record::Position> Store::position(const ReplicaId& replica) {
  WAYMARK_TRY(query, db_->prepare(sql::position_get));
  WAYMARK_TRY(row, query.bind(replica).step());
  if (!row) return record::Position{};
  return record::Position{query.integer(0), query.id<record::ChainLink>(1)};
}

Status Store::set_position(const ReplicaId& replica, const record::Position& position) {
  WAYMARK_TRY(query, db_->prepare(sql::position_set));
  return query.bind(replica).bind(position.n).bind(position.c).run();
}

// ---- files

namespace {
FileRow file_row(const Query& query) {
  return {to_hex(query.blob(0)), query.integer(1), query.text(2), query.text(3),
          static_cast<int>(query.integer(4))};
}
}  // namespace

Result<std::optional<FileRow>> Store::file_in(std::string_view stream, std::string_view hash) {
  WAYMARK_TRY(bytes, from_hex(hash));
  WAYMARK_TRY(query, db_->prepare(sql::file_find));
  WAYMARK_TRY(row, query.bind(ByteView(bytes)).bind(stream).step());
  if (!row) return std::optional<FileRow>();
  return std::optional(file_row(query));
}

Result<std::int64_t> Store::file_bytes() {
  WAYMARK_TRY(query, db_->prepare(sql::file_bytes));
  WAYMARK_TRY(row, query.step());
  return row ? query.integer(0) : 0;
}

Status Store::add_file(const FileRow& row) {
  WAYMARK_TRY(bytes, from_hex(row.hash));
  WAYMARK_TRY(stream, stream_id(row.stream));
  WAYMARK_TRY(query, db_->prepare(sql::file_add));
  query.bind(ByteView(bytes)).bind(row.bytes).bind(row.mime).bind(stream).bind(row.state);
  return query.bind(clock().now_ms()).bind(row.touched_day).run();
}

Status Store::set_file_state(std::string_view stream, std::string_view hash, int state) {
  WAYMARK_TRY(bytes, from_hex(hash));
  {
    WAYMARK_TRY(forget, db_->prepare(sql::parcel_forget_file));
    WAYMARK_CHECK(forget.bind(stream).bind(hash).run());
  }
  WAYMARK_TRY(query, db_->prepare(sql::file_state));
  return query.bind(state).bind(ByteView(bytes)).bind(stream).run();
}

Status Store::mark_files_unsent(bool also_in_parcels) {
  if (also_in_parcels) {
    files_lost_++;
    for (auto statement : {sql::parcel_lost, sql::parcel_forget_all}) {
      WAYMARK_TRY(query, db_->prepare(statement));
      WAYMARK_CHECK(query.run());
    }
  }
  WAYMARK_TRY(query, db_->prepare(sql::file_unsent));
  return query.run();
}

Status Store::put_parcel(const SentParcel& sent) {
  WAYMARK_TRY(query, db_->prepare(sql::parcel_put));
  query.bind(sent.hub).bind(sent.stream).bind(sent.hash).bind(sent.name).bind(sent.round);
  return query.bind(sent.asks).run();
}

Result<std::vector<SentParcel>> Store::parcels_at(std::string_view hub) {
  std::vector<SentParcel> all;
  WAYMARK_TRY(query, db_->prepare(sql::parcel_at));
  query.bind(hub);
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return all;
    all.push_back({query.text(0), query.text(1), query.text(2), query.text(3), query.integer(4),
                   query.integer(5) != 0});
  }
}

Status Store::forget_parcel(std::string_view hub, std::string_view name) {
  WAYMARK_TRY(query, db_->prepare(sql::parcel_forget));
  return query.bind(hub).bind(name).run();
}

Result<std::set<std::pair<std::string, std::string>>> Store::files_in_room() {
  std::set<std::pair<std::string, std::string>> files;
  WAYMARK_TRY(query, db_->prepare(sql::parcel_in_room));
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return files;
    files.emplace(query.text(0), query.text(1));
  }
}

Result<std::vector<FileRow>> Store::files_to_send() { return file_rows(sql::file_to_send); }
Result<std::vector<FileRow>> Store::files_at_school() { return file_rows(sql::file_at_school); }

Result<std::vector<FileRow>> Store::file_rows(std::string_view statement) {
  std::vector<FileRow> rows;
  WAYMARK_TRY(query, db_->prepare(statement));
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return rows;
    rows.push_back(file_row(query));
  }
}

Result<std::vector<std::string>> Store::file_hashes() {
  std::vector<std::string> hashes;
  WAYMARK_TRY(query, db_->prepare(sql::file_all));
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return hashes;
    hashes.push_back(to_hex(query.blob(0)));
  }
}

Status Store::touch_file(std::string_view hash, std::int64_t day) {
  WAYMARK_TRY(bytes, from_hex(hash));
  WAYMARK_TRY(query, db_->prepare(sql::file_touch));
  return query.bind(day).bind(ByteView(bytes)).bind(day).run();
}

Result<std::vector<FileRow>> Store::files_untouched(std::int64_t since_day, std::size_t rows_max) {
  std::vector<FileRow> rows;
  WAYMARK_TRY(query, db_->prepare(sql::file_untouched));
  query.bind(since_day).bind(static_cast<std::int64_t>(rows_max));
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return rows;
    rows.push_back(file_row(query));
  }
}

Result<bool> Store::mentions(std::string_view stream, std::string_view hash) {
  WAYMARK_TRY(query, db_->prepare(sql::op_mentions));
  return query.bind(stream).bind(as_bytes(hash)).step();
}

Result<std::map<std::string, std::string>> Store::streams_mentioning(std::string_view hash) {
  std::map<std::string, std::string> streams;
  WAYMARK_TRY(query, db_->prepare(sql::op_mentioning));
  query.bind(as_bytes(hash));
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return streams;
    auto& mime = streams[query.text(0)];
    auto op = record::parse_op(query.view(1));
    if (!op) return damaged(op.error());
    if (auto field = op->fields.find("mime"); field != op->fields.end()) mime = field->second.text();
  }
}

Result<bool> Store::remove_file(std::string_view stream, std::string_view hash, std::int64_t since_day) {
  WAYMARK_TRY(bytes, from_hex(hash));
  WAYMARK_TRY(mentioned, mentions(stream, hash));
  if (mentioned) return false;
  {
    WAYMARK_TRY(query, db_->prepare(sql::file_untouched_since));
    WAYMARK_TRY(untouched, query.bind(ByteView(bytes)).bind(stream).bind(since_day).step());
    if (!untouched) return false;
  }
  WAYMARK_TRY(query, db_->prepare(sql::file_remove));
  WAYMARK_CHECK(query.bind(ByteView(bytes)).bind(stream).run());
  return true;
}

Result<bool> Store::knows_file(std::string_view hash) {
  WAYMARK_TRY(bytes, from_hex(hash));
  WAYMARK_TRY(query, db_->prepare(sql::file_known));
  return query.bind(ByteView(bytes)).step();
}

Result<std::map<std::string, std::int64_t>> Store::strays() {
  std::map<std::string, std::int64_t> found;
  WAYMARK_TRY(query, db_->prepare(sql::stray_all));
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return found;
    found.emplace(to_hex(query.blob(0)), query.integer(1));
  }
}

Status Store::add_stray(std::string_view hash, std::int64_t day) {
  WAYMARK_TRY(bytes, from_hex(hash));
  WAYMARK_TRY(query, db_->prepare(sql::stray_add));
  return query.bind(ByteView(bytes)).bind(day).run();
}

Status Store::remove_stray(std::string_view hash) {
  WAYMARK_TRY(bytes, from_hex(hash));
  WAYMARK_TRY(query, db_->prepare(sql::stray_remove));
  return query.bind(ByteView(bytes)).run();
}

// ---- checking and rebuilding

Status Store::verify() {
  WAYMARK_CHECK(db_->check_integrity());
  auto broken = [](const std::string& what) { return Error{Code::database_damaged, what}; };
  {
    std::string stream;
    std::int64_t seq = 0;
    record::Digest digest;
    auto close = [&]() -> Status {
      if (stream.empty()) return {};
      WAYMARK_TRY(state, stream_state(stream));
      if (state.head != seq) return broken("stream " + stream + " ends at another number than its log");
      if (!(state.digest == digest)) return broken("stream " + stream + " has another digest than its log");
      return {};
    };
    WAYMARK_TRY(query, db_->prepare(sql::op_all));
    for (;;) {
      WAYMARK_TRY(row, query.step());
      if (!row) break;
      if (query.view(3) != stream) {
        WAYMARK_CHECK(close());
        stream = query.text(3), seq = 0, digest = {};
      }
      if (query.integer(4) != ++seq) return broken("stream " + stream + " has a gap before " + query.text(4));
      auto id = query.id<OpId>(0);
      digest.add(id);
      if (query.integer(1) != kStub && record::op_id(query.view(2)) != id)
        return broken("op " + id.hex() + " is not what its id says");
    }
    WAYMARK_CHECK(close());
  }
  {
    WAYMARK_TRY(query, db_->prepare(sql::op_homeless));
    WAYMARK_TRY(row, query.step());
    if (row) return broken("op " + query.id<OpId>(0).hex() + " belongs to no record or stream");
  }
  std::vector<std::int64_t> records;
  {
    WAYMARK_TRY(query, db_->prepare(sql::record_all));
    for (;;) {
      WAYMARK_TRY(row, query.step());
      if (!row) break;
      records.push_back(query.integer(0));
    }
  }
  auto stored = [&](std::int64_t record) -> Result<std::set<std::pair<std::int64_t, std::string>>> {
    std::set<std::pair<std::int64_t, std::string>> heads;
    WAYMARK_TRY(query, db_->prepare(sql::head_ids));
    query.bind(record);
    for (;;) {
      WAYMARK_TRY(row, query.step());
      if (!row) return heads;
      heads.emplace(query.integer(0), query.text(1));
    }
  };
  // Recomputed inside a transaction that is never committed.
  WAYMARK_TRY(transaction, Transaction::begin(*db_));
  for (auto record : records) {
    WAYMARK_TRY(before, stored(record));
    WAYMARK_CHECK(recompute_heads(record));
    WAYMARK_TRY(after, stored(record));
    if (before != after) return broken("record " + std::to_string(record) + " has other heads than its log");
  }
  return {};
}

Status Store::rebuild() {
  WAYMARK_TRY(transaction, Transaction::begin(*db_));
  std::vector<std::int64_t> records;
  {
    WAYMARK_TRY(query, db_->prepare(sql::record_all));
    for (;;) {
      WAYMARK_TRY(row, query.step());
      if (!row) break;
      records.push_back(query.integer(0));
    }
  }
  for (auto record : records) WAYMARK_CHECK(recompute_heads(record));
  return transaction.commit();
}

}  // namespace waymark::store
