#include "shared/sync/serve.hpp"

#include <algorithm>
#include <set>

#include "shared/base/hash.hpp"
#include "shared/record/erased_line.hpp"
#include "shared/store/erase.hpp"

namespace waymark::sync {
namespace {

const Access* find_access(const std::vector<Access>& all, std::string_view stream) {
  for (const auto& access : all)
    if (access.stream == stream) return &access;
  return nullptr;
}
const Access* find_access(const Caller& caller, std::string_view stream) {
  return find_access(caller.access, stream);
}

record::Stub stub_of(const record::Op& op, const OpId& id, Code code) {
  record::Stub stub{id, op.stream, op.kind, op.record, {}, op.base, std::string(name(code))};
  for (const auto& field : op.fields) stub.names.push_back(field.first);
  return stub;
}

// The code of an op that belongs to what was erased: nothing of it is kept, here or with its author.
constexpr std::string_view kErased = store::erased_reason;

Result<bool> is_erased(store::Store& store, const Pushed& pushed) {
  if (!pushed.op) return pushed.erased;
  WAYMARK_TRY(author, store::is_erased(store, pushed.op->author));
  if (author) return true;
  return store::is_erased(store, pushed.op->stream, pushed.id);
}

// Taken in once, as from a stick while its author still had the access that has ended since.
Result<bool> has_accepted(store::Store& store, const OpId& id) {
  WAYMARK_TRY(known, store.has(id));
  if (!known) return false;
  WAYMARK_TRY(reason, store.stub_reason(id));
  return !reason;
}

bool writes_as(const Caller& caller, const PersonId& author) {
  return author == caller.person || caller.speaks_for.contains(author);
}

// May they write this, as who they are?
bool may_write(const Caller& caller, const record::Op& op) {
  const auto* access = find_access(caller, op.stream);
  return op.author == caller.person && access && domain::authorize(op, access->role);
}

// A student's words that a hub says over again in its own name settle nothing for the student, who would else
// believe them to be at school. What somebody wrote at the hub who teaches there no longer is the hub's own
// to settle.
bool is_anothers(const Caller& caller, const record::Op& op) {
  return caller.hub && !writes_as(caller, op.author) &&
         (op.stream == domain::person_stream(op.author) || op.stream == domain::own_stream(op.author));
}

// Decides one pushed op and stores the outcome. What was decided once stays so; before that the decision
// depends on the op and its author's rights alone.
Result<Status> settle(store::Store& store, const Caller& caller, const std::string& body,
                      const Pushed& pushed, Served& served) {
  const auto& id = pushed.id;
  const auto& op = pushed.op;
  auto dead = [&](const Error& error) -> Result<Status> {
    served.dead_letters.emplace_back(body, std::string(name(error.code)));
    return Status(error);
  };
  if (!op) return dead(op.error());
  auto other = caller.speaks_for.find(op->author);
  bool speaks = other != caller.speaks_for.end();
  const auto* access = find_access(speaks ? other->second : caller.access, op->stream);
  bool own = writes_as(caller, op->author);
  Status allowed = access ? domain::authorize(*op, access->role)
                          : Status(Error{Code::not_granted, "the stream is not granted to this person"});
  if (access && allowed) allowed = domain::validate(*op);
  // Also what somebody wrote at a hub who teaches there no longer.
  if (own ? !allowed : caller.hub) {
    WAYMARK_TRY(there, has_accepted(store, id));
    if (there) return Status();
  }
  if (!access) return dead(allowed.error());
  if (!own) return dead({Code::forbidden, "the author is somebody else"});

  auto outcome = store::Outcome::duplicate;
  if (allowed) {
    WAYMARK_TRY(added, store.add(*op, body, id));
    outcome = added;
  }
  if (outcome == store::Outcome::duplicate) {
    WAYMARK_TRY(known, store.stub_reason(id));
    if (known) return Status(Error{code_named(*known), "refused before"});
  }
  if (!allowed) {
    WAYMARK_TRY(added, store.add_stub(stub_of(*op, id, allowed.error().code)));
    outcome = added;
  }
  if (outcome == store::Outcome::fresh) served.changed.push_back(op->stream);
  return allowed;
}

// Nothing of what was erased is kept; but what came before and after it in its record meets through its stub.
Status keep_place(store::Store& store, const Caller& caller, const std::string& body, const Pushed& pushed,
                  Served& served) {
  auto stub =
      pushed.op ? Result<record::Stub>(store::erased_stub(*pushed.op, pushed.id)) : record::parse_stub(body);
  if (!stub || stub->id != pushed.id) return {};
  WAYMARK_TRY(erased, store::is_erased(store, stub->stream, stub->id));
  const auto* access = find_access(caller, stub->stream);
  record::Op as_it_was;
  as_it_was.stream = stub->stream, as_it_was.kind = stub->kind;
  if (!erased || !access || !domain::authorize(as_it_was, access->role)) return {};
  WAYMARK_TRY(outcome, store.add_stub(*stub));
  if (outcome == store::Outcome::fresh) served.changed.push_back(stub->stream);
  return {};
}

// Takes the pushed ops and moves the replica's position as far as the chain proves it.
Status take(store::Store& store, const Caller& caller, const wire::SyncRequest& request,
            const std::vector<Pushed>& pushed, Served& served) {
  WAYMARK_TRY(position, store.position(request.replica));
  const auto from = position;
  record::Position at = request.mark ? position : request.before;  // the mark has proved it
  bool joined = at == position, others = false;
  for (std::size_t i = 0; i < pushed.size(); i++) {
    at = record::next(at, pushed[i].id);
    others = others || (pushed[i].op && is_anothers(caller, *pushed[i].op));
    joined = joined && !others;
    WAYMARK_TRY(erased, is_erased(store, pushed[i]));
    if (erased) served.reply.refused.push_back({at.n, std::string(kErased), "erased at the school"});
    if (erased && pushed[i].op && may_write(caller, *pushed[i].op))
      WAYMARK_CHECK(store::note_erased(store, *pushed[i].op, pushed[i].id));
    if (joined) position = at;
    // A request may overlap what was settled before; where the chains meet, it goes on from there.
    if (!joined && !others && at == position) joined = true;
    if (erased) {
      WAYMARK_CHECK(keep_place(store, caller, request.ops[i], pushed[i], served));
      continue;
    }
    WAYMARK_TRY(status, settle(store, caller, request.ops[i], pushed[i], served));
    if (!status)
      served.reply.refused.push_back({at.n, std::string(name(status.error().code)), status.error().detail});
  }
  if (!(position == from)) WAYMARK_CHECK(store.set_position(request.replica, position));
  served.reply.position = position;
  return {};
}

// At a hub: what its own readers may have at once is taken in, and nothing is refused, which only the school
// does. The position says what will be forwarded: it moves on from where it was, and over what the device has
// from the school as settled. Another copy of this replica has another chain, and finds that out.
Status take_in_room(store::Store& store, const Caller& caller, const wire::SyncRequest& request,
                    const wire::Batch* batch, Served& served) {
  WAYMARK_TRY(position, store.position(request.replica));
  if (batch) {
    record::Position at = batch->before;
    bool joined = at == position || (at.n > position.n && at.n <= request.at_school);
    if (joined) position = at;
    for (std::size_t i = 0; i < batch->ids.size(); i++) {
      at = record::next(at, batch->ids[i]);
      if (joined) position = at;
      if (!joined && at == position) joined = true;
      auto op = record::parse_op(batch->ops[i]);
      const auto* access = op ? find_access(caller, op->stream) : nullptr;
      if (!access || !domain::authorize(*op, access->role) || !domain::validate(*op)) continue;
      WAYMARK_TRY(outcome, store.add(*op, batch->ops[i], batch->ids[i]));
      if (outcome == store::Outcome::fresh) served.changed.push_back(op->stream);
    }
    served.carry = joined || at.n < position.n;
    if (joined) WAYMARK_CHECK(store.set_position(request.replica, position));
  }
  served.reply.room = position;
  return {};
}

// What this store served once and has lost since. The seal says that it was let in here, so nobody's rights
// are asked again; without one it may still be the caller's own.
// Does the hub speak for the op's author, who may write it?
bool speaks_for(const std::map<PersonId, std::vector<Access>>& hub, const record::Op& op) {
  auto teacher = hub.find(op.author);
  if (teacher == hub.end()) return false;
  auto access = std::find_if(teacher->second.begin(), teacher->second.end(),
                             [&](const Access& one) { return one.stream == op.stream; });
  return access != teacher->second.end() && domain::authorize(op, access->role) && domain::validate(op);
}

Status take_page_back(store::Store& store, const Caller& caller, const wire::Returned& back,
                      const PublicKey& school, const KnownHubs& hubs, bool hub, Served& served) {
  std::vector<OpId> fresh;
  auto seal = from_hex(back.seal);
  const auto from = back.hub.hub.empty() ? hubs.end() : hubs.find(back.hub.hub);
  const bool of_hub = from != hubs.end();
  bool sealed = false;
  if (seal && back.hub.hub.empty())
    sealed = verify(school, as_bytes(wire::seal_message(back.stream, back.items)), *seal);
  else if (seal && of_hub)
    sealed = wire::hub_has_sealed(back.hub, back.stream, back.items, *seal, school);
  for (const auto& body : back.bodies) {
    auto id = wire::seal_item(body);
    bool believed = sealed && std::find(back.items.begin(), back.items.end(), id) != back.items.end();
    store::Outcome outcome = store::Outcome::duplicate;
    if (auto op = record::parse_op(body)) {
      const auto* access = find_access(caller, op->stream);
      // A hub that was replaced may not know its people yet: it has what it once signed, and the school
      // decides.
      if (of_hub && believed && (hub ? !domain::validate(*op) : !speaks_for(from->second, *op))) {
        believed = false;
        auto whose = PersonId::parse(back.hub.hub);
        if (!hub && whose && op->stream == back.stream) served.of_the_room.emplace_back(*whose, body);
      }
      believed = believed || (access && op->author == caller.person && domain::authorize(*op, access->role) &&
                              domain::validate(*op));
      if (!believed || op->stream != back.stream) continue;
      WAYMARK_TRY(added, store.add(*op, body, id));
      outcome = added;
    } else if (auto stub = record::parse_stub(body); stub && stub->stream == back.stream) {
      if (of_hub) believed = false;  // the school alone refuses
      // An op of the page that is erased comes as its stub: only where this school knows of the erasure, so
      // that nobody makes others' work go away by it.
      if (!believed && sealed && stub->reason == kErased &&
          std::find(back.items.begin(), back.items.end(), stub->id) != back.items.end()) {
        WAYMARK_TRY(erased, store::is_erased(store, stub->stream, stub->id));
        believed = erased;
      }
      if (!believed) continue;
      WAYMARK_TRY(added, store.add_stub(*stub));
      outcome = added;
    }
    if (outcome != store::Outcome::fresh) continue;
    served.changed.push_back(back.stream);
    auto stub = record::parse_stub(body);
    fresh.push_back(stub ? stub->id : id);
  }
  if (!hub || fresh.empty()) return {};
  // The school may lack it as well: the hub brings it on.
  if (sealed) WAYMARK_CHECK(store.keep_seal(back.stream, fresh, back.items, *seal, wire::bytes_of(back.hub)));
  return store.restart_reading(back.stream);
}

// What is left of one reply. Of the header: what pages and grants may take of it, in bytes. moved: something
// is in it already.
struct Room {
  std::size_t ops = 0, bytes = 0, header = 0;
  bool moved = false;
  void take_header(std::size_t taken) { header -= std::min(header, taken); }
};

// What a header's members take at most: a page's own ids and all small ones.
constexpr std::size_t kHeaderRest = 28 * 1024, kLineInHeader = 36;
constexpr std::size_t kGrantInHeader = 96, kPageInHeader = 192, kSealInHeader = 144;  // beside the stream

std::size_t room_in_header(const wire::SyncReply& reply, const ServeLimits& limits) {
  std::size_t taken = kHeaderRest + kLineInHeader * reply.lacking.size() + limits.beside_bytes;
  for (const auto& refused : reply.refused) taken += 64 + refused.code.size() + 2 * refused.sentence.size();
  for (const auto& stream : reply.ended) taken += stream.size() + 3;
  return wire::header_bytes_max - std::min(wire::header_bytes_max, taken);
}

std::size_t in_header(const wire::StreamPage& page) {
  std::size_t taken = kPageInHeader + page.stream.size() + kLineInHeader * page.own.size() +
                      (page.seal.empty() ? 0 : kSealInHeader);
  for (const auto& under : page.under) taken += kSealInHeader + kLineInHeader * under.items.size();
  return taken;
}

// The seals under which a hub had the lines of a page, as far as they fit in.
class Seals {
 public:
  Seals(store::Store& store, const ServeLimits& limits, const Room& room)
      : store_(store),
        limits_(limits),
        items_max_(std::min(wire::under_items_max, room.header / (2 * kLineInHeader))),
        moved_(room.moved) {}

  // False where the line's own does not fit beside those of the lines before it: then it comes next.
  Result<bool> add(wire::StreamPage& page, const OpId& id) {
    WAYMARK_TRY(seal, store_.seal_of(id));
    if (seal && there_.contains(seal->n)) return true;
    bool mine = false;
    if (!seal && limits_.hub_key) {
      WAYMARK_TRY(written, store_.written_here(id));
      mine = written;
    }
    if (!seal && !mine) return true;
    bool fits = items_ + (mine ? 1 : seal->items.size()) <= items_max_ &&
                page.under.size() + (mine_.empty() ? 0 : 1) < wire::under_max;
    if (!fits) return !moved_ && page.bodies.empty() && page.own.empty();  // one that no reply has room for
    if (mine) {
      items_++;
      mine_.push_back(id);
      return true;
    }
    items_ += seal->items.size();
    there_.insert(seal->n);
    page.under.push_back({std::move(seal->items), to_hex(seal->signature), wire::hub_signer(seal->hub)});
    return true;
  }
  // Its own, over what was written here and the school has not sealed yet.
  void finish(wire::StreamPage& page) {
    if (mine_.empty()) return;
    auto message = wire::hub_seal_message(limits_.signer.hub, page.stream, mine_);
    auto seal = to_hex(sign(*limits_.hub_key, as_bytes(message)));
    page.under.push_back({std::move(mine_), std::move(seal), limits_.signer});
  }

 private:
  store::Store& store_;
  const ServeLimits& limits_;
  std::size_t items_max_, items_ = 0;
  std::vector<OpId> mine_;
  bool moved_;
  std::set<std::int64_t> there_;
};

struct Reader {
  const ReplicaId& replica;
  bool hub = false;
};

Result<wire::StreamPage> read_page(store::Store& store, const Access& access,
                                   const wire::StreamCursor* cursor, const Reader& reader,
                                   const ServeLimits& limits, Room& room) {
  const auto* identity = limits.identity;
  wire::StreamPage page;
  page.stream = access.stream;
  page.feed = store.feed();
  WAYMARK_TRY(segment, store.segment());
  page.segment = segment;
  std::int64_t from = 0;
  if (cursor && cursor->access == access.id && cursor->seq > 0) {
    WAYMARK_TRY(valid, store.valid_cursor(access.stream, {cursor->feed, cursor->segment, cursor->seq}));
    if (valid)
      from = cursor->seq;
    else
      page.reset = true;
  }
  page.seq = from;
  bool whole = cursor && cursor->whole;
  std::vector<OpId> items;  // of the lines
  if (room.ops > 0 && room.bytes > 0) {
    WAYMARK_TRY(entries, store.page(access.stream, from, room.ops, room.bytes));
    Seals seals(store, limits, room);
    for (auto& entry : entries) {
      bool by_id = !whole && entry.state == 0 && entry.replica == reader.replica;
      if (limits.hub && !by_id) {
        WAYMARK_TRY(fits, seals.add(page, entry.id));
        if (!fits) break;
      }
      page.seq = entry.seq;
      room.moved = true;
      if (room.ops > 0) room.ops--;
      room.bytes -= std::min(room.bytes, by_id ? 35 : entry.body.size());
      if (by_id) {
        page.own.push_back(entry.id);
      } else {
        page.bodies.push_back(std::move(entry.body));
        items.push_back(entry.state == 0 ? entry.id : wire::seal_item(page.bodies.back()));
      }
    }
    seals.finish(page);
  }
  // A device's own it can push again without one; a hub's own are its teachers'.
  if (identity && !(page.bodies.empty() && (page.own.empty() || !reader.hub))) {
    items.insert(items.begin(), page.own.begin(), page.own.end());
    page.seal = to_hex(sign(*identity, as_bytes(wire::seal_message(page.stream, items))));
  }
  WAYMARK_TRY(state, store.stream_state(access.stream));
  page.head = state.head;
  if (page.seq == page.head) page.digest = state.digest.hex();
  room.take_header(in_header(page));
  return page;
}

std::string read_text(const FeedId& feed, std::vector<ReadSoFar> streams) {
  std::sort(streams.begin(), streams.end(), [](const auto& a, const auto& b) { return a.stream < b.stream; });
  std::string text = feed.hex();
  for (const auto& read : streams)
    text += '\n' + read.stream + ' ' + read.access.hex() + ' ' + std::to_string(read.digest.count) + ' ' +
            read.digest.hex();
  return text;
}

std::string half_hash(std::string_view text) { return OpId::from(sha256(as_bytes(text))).hex(); }

Result<std::vector<ReadSoFar>> all_of(store::Store& store, const Caller& caller) {
  std::vector<ReadSoFar> all;
  for (const auto& access : caller.access) {
    WAYMARK_TRY(state, store.stream_state(access.stream));
    all.push_back({access.stream, access.id, state.digest});
  }
  return all;
}

// The mark of a reader that has everything.
Result<std::string> mark_here(store::Store& store, const Caller& caller, const ReplicaId& replica) {
  WAYMARK_TRY(all, all_of(store, caller));
  WAYMARK_TRY(segment, store.segment());
  WAYMARK_TRY(position, store.position(replica));
  return mark_of(store.feed(), std::move(all), segment, replica, position);
}

// The mark alone answers where it tells the reader all: what it sent is accepted, fresh, and all that is new,
// and its cursors go on in the same segment.
Status answer_by_mark(store::Store& store, const Caller& caller, const wire::SyncRequest& request,
                      const SegmentToken& segment, wire::SyncReply& reply) {
  WAYMARK_TRY(now, store.segment());
  bool enough = now == segment && reply.refused.empty();
  std::size_t own = 0;
  for (const auto& page : reply.pages) {
    enough = enough && page.bodies.empty() && page.seq == page.head;
    own += page.own.size();
  }
  if (!enough || own != request.ops.size()) return {};
  WAYMARK_TRY(mark, mark_here(store, caller, request.replica));
  reply.mark = mark;
  reply.same.reset();
  reply.position = {};
  reply.feed = {};
  reply.pages.clear();
  return {};
}

}  // namespace

std::string read_hash(const FeedId& feed, std::vector<ReadSoFar> streams) {
  return half_hash(read_text(feed, std::move(streams)));
}

std::string mark_of(const FeedId& feed, std::vector<ReadSoFar> streams, const SegmentToken& segment,
                    const ReplicaId& replica, const record::Position& at) {
  return half_hash(read_text(feed, std::move(streams)) + '\n' + segment.hex() + ' ' + replica.hex() + ' ' +
                   std::to_string(at.n) + ' ' + at.c.hex());
}

std::vector<Pushed> read_pushed(const wire::SyncRequest& request) {
  std::vector<Pushed> pushed;
  pushed.reserve(request.ops.size());
  for (const auto& body : request.ops) {
    if (auto erased = record::erased_line(body))
      pushed.push_back({*erased, Error{Code::malformed, "erased"}, true});
    else
      pushed.push_back({record::op_id(body), record::parse_op(body)});
  }
  return pushed;
}

Result<Served> serve(store::Store& store, const Caller& caller, const wire::SyncRequest& request,
                     const std::vector<Pushed>& pushed, const ServeLimits& limits) {
  Served served;
  auto& reply = served.reply;
  reply.now_ms = store.clock().now_ms();
  reply.again_ms = limits.again_ms;
  const Reader reader{request.replica, caller.hub};

  // Compared before anything is taken in, so that one request can both push and learn that nothing else is
  // new.
  bool by_hash = request.mark || request.same;
  WAYMARK_TRY(segment, store.segment());
  if (request.mark) {
    WAYMARK_TRY(here, mark_here(store, caller, request.replica));
    reply.same = here == *request.mark && !limits.hub;
    if (!*reply.same) {
      // Where the chain of its ops begins is not known: nothing is taken in, and all comes again with
      // cursors.
      WAYMARK_TRY(position, store.position(request.replica));
      reply.position = position;
      return served;
    }
  } else if (request.same) {
    WAYMARK_TRY(here, all_of(store, caller));
    reply.same = read_hash(store.feed(), std::move(here)) == *request.same;
  }
  std::vector<std::pair<const Access*, std::int64_t>> heads;
  if (by_hash && *reply.same)
    for (const auto& access : caller.access) {
      WAYMARK_TRY(state, store.stream_state(access.stream));
      heads.emplace_back(&access, state.head);
    }

  if (limits.hub)
    WAYMARK_CHECK(take_in_room(store, caller, request, limits.batch, served));
  else
    WAYMARK_CHECK(take(store, caller, request, pushed, served));
  if (limits.school)
    for (const auto& back : request.returned)
      WAYMARK_CHECK(take_page_back(store, caller, back, *limits.school,
                                   limits.hubs ? *limits.hubs : KnownHubs(), limits.hub, served));
  if (!request.offered.empty()) {
    WAYMARK_TRY(lacking, missing(store, caller, request.offered));
    reply.lacking = std::move(lacking);
  }
  if (by_hash && !*reply.same) return served;

  if (by_hash) {
    Room room{limits.ops_max, limits.bytes_max, room_in_header(reply, limits)};
    // The reader stood at every head as it was; it is owed what this request itself brought.
    for (const auto& [access, head] : heads) {
      WAYMARK_TRY(state, store.stream_state(access->stream));
      if (state.head == head) continue;
      WAYMARK_TRY(now, store.segment());
      wire::StreamCursor cursor{access->stream, access->id, store.feed(), now, head, false};
      WAYMARK_TRY(page, read_page(store, *access, &cursor, reader, limits, room));
      if (page.seq < page.head) reply.more = true;
      reply.feed = page.feed;
      reply.pages.push_back(std::move(page));
    }
    if (request.mark) WAYMARK_CHECK(answer_by_mark(store, caller, request, segment, reply));
    return served;
  }

  reply.marks = !limits.hub && !caller.hub;  // which bring no seals
  std::map<std::string_view, const wire::StreamCursor*> cursors;
  for (const auto& cursor : request.cursors) {
    cursors.emplace(cursor.stream, &cursor);
    if (!find_access(caller, cursor.stream)) reply.ended.push_back(cursor.stream);
  }
  Room room{limits.ops_max, limits.bytes_max, room_in_header(reply, limits)};
  // Where the reader stands at the end costs a few bytes and lets it compare. What is new or granted comes
  // after that as far as there is room in the header; what is left out is neither granted nor ended, and
  // comes next.
  std::vector<std::pair<const Access*, const wire::StreamCursor*>> all, news;
  for (const auto& access : caller.access) {
    auto found = cursors.find(access.stream);
    const auto* cursor = found == cursors.end() ? nullptr : found->second;
    WAYMARK_TRY(state, store.stream_state(access.stream));
    bool stands = cursor && cursor->access == access.id && cursor->seq == state.head;
    if (stands && state.head > 0) {
      WAYMARK_TRY(valid, store.valid_cursor(access.stream, {cursor->feed, cursor->segment, cursor->seq}));
      stands = valid;
    }
    (stands ? all : news).emplace_back(&access, cursor);
  }
  const auto at_end = all.size();
  all.insert(all.end(), news.begin(), news.end());
  for (std::size_t i = 0; i < all.size(); i++) {
    const auto& [access, cursor] = all[i];
    if (i >= at_end &&
        room.header < kGrantInHeader + kPageInHeader + kSealInHeader + 2 * access->stream.size()) {
      reply.more = true;
      break;
    }
    if (!cursor || cursor->access != access->id) {
      reply.granted.push_back({access->stream, access->id, std::string(domain::name(access->role))});
      room.take_header(kGrantInHeader + access->stream.size());
    }
    WAYMARK_TRY(page, read_page(store, *access, cursor, reader, limits, room));
    if (page.seq < page.head) reply.more = true;
    reply.feed = page.feed;
    reply.pages.push_back(std::move(page));
  }
  auto by_stream = [](const auto& a, const auto& b) { return a.stream < b.stream; };
  std::sort(reply.granted.begin(), reply.granted.end(), by_stream);
  std::sort(reply.pages.begin(), reply.pages.end(), by_stream);
  return served;
}

Result<Served> push(store::Store& store, const Caller& caller, const wire::SyncRequest& request,
                    const std::vector<Pushed>& pushed) {
  Served served;
  WAYMARK_CHECK(take(store, caller, request, pushed, served));
  return served;
}

Result<Served> take_back(store::Store& store, const Caller& caller,
                         const std::vector<wire::Returned>& returned, const PublicKey& school,
                         const KnownHubs& hubs) {
  Served served;
  for (const auto& back : returned)
    WAYMARK_CHECK(take_page_back(store, caller, back, school, hubs, false, served));
  return served;
}

Result<std::vector<OpId>> missing(store::Store& store, const Caller& caller, const std::vector<OpId>& ids) {
  std::vector<OpId> lacking;
  for (const auto& id : ids) {
    WAYMARK_TRY(stream, store.stream_of(id));
    if (!stream || !find_access(caller, *stream)) lacking.push_back(id);
  }
  return lacking;
}

}  // namespace waymark::sync
