// What must hold: at every step, and when all is quiet. The numbers are those of docs/PROTOCOL.md.
#include <algorithm>

#include "tests/simulation/school_world.hpp"

namespace waymark::simulation {
namespace {
constexpr int kQuietRoundsMax = 1'500;  // exchanges a computer may need once all is well, a file a piece each
constexpr int kRoundsBesideOthers = 400;
constexpr std::int64_t kDayMs = std::int64_t{24} * 3600 * 1000;
}  // namespace

// 2: of every line the id is what the line says, and the stream's digest is their sum.
std::vector<OracleEntry> World::entries(store::Store& store, const std::string& stream) {
  std::vector<OracleEntry> all;
  OracleDigest digest;
  std::int64_t seq = 0;
  for (;;) {
    auto page = must(store.page(stream, seq, 500, 8 << 20), "page");
    if (page.empty()) break;
    for (auto& entry : page) {
      if (entry.seq != seq + 1) broken(6, stream + " jumps from " + std::to_string(seq));
      seq = entry.seq;
      auto read = oracle_.read(std::move(entry.body));
      if (read.id != entry.id.hex()) not_as_written(entry.id);
      if (read.more_than_once) broken(4, read.id + " is one of several of a record that is never changed");
      digest.add(read);
      if (entry.state == 3) continue;  // refused, and in no stream but this computer's
      all.push_back(std::move(read));
    }
  }
  auto told = must(store.stream_state(stream), "state");
  if (told.head != digest.count() || told.digest.hex() != digest.hex())
    broken(2, stream + " has another digest than its lines: " + told.digest.hex() + " of " +
                  std::to_string(told.head) + " for " + digest.hex() + " of " +
                  std::to_string(digest.count()));
  return all;
}

// Of which an op stands under a name that another line has.
void World::not_as_written(const OpId& id) {
  auto written =
      std::find_if(committed_.begin(), committed_.end(), [&](const auto& op) { return op.id == id; });
  auto is = [&](bool Committed::*what) { return written != committed_.end() && (*written).*what; };
  broken(is(&Committed::append_only) ? 4
         : is(&Committed::later)     ? 14
                                     : 2,
         id.hex() + " is not what was written under this name");
}

std::int64_t World::op_count(store::Store& store) {
  auto query = must(store.db().prepare("SELECT count(*) FROM op"), "count");
  must(query.step(), "count");
  return query.integer(0);
}

// More than a stub of it.
bool World::has_content(store::Store& store, const OpId& id) {
  auto query = must(store.db().prepare("SELECT 1 FROM op WHERE id = ? AND state <> 1"), "op");
  return must(query.bind(id).step(), "op");
}

// Everything that is looked up meanwhile is looked up in one transaction: each of its own costs as much
// again.
store::Transaction World::look_at(store::Store& store) {
  return must(store::Transaction::begin(store.db()), "a look");
}

void World::watch() {
  auto id = OpId::parse(plan_.watch);
  if (!id) return;
  auto tell = [&](const std::string& whose, store::Store& store) {
    std::string here;
    if (must(store.has(*id), "has")) {
      auto query = must(store.db().prepare("SELECT state, seq FROM op WHERE id = ?"), "watched");
      query.bind(*id);
      must(query.step(), "watched");
      here = " state " + std::to_string(query.integer(0)) + " at " + std::to_string(query.integer(1));
      if (auto reason = must(store.stub_reason(*id), "stub")) here += ", a stub: " + *reason;
      if (is_own(store, *id)) here += ", its own";
      if (must(store.seal_of(*id), "seal")) here += ", under a seal";
    }
    if (auto& last = watched_[whose]; last != here) log("watched: " + whose + (last = here));
  };
  tell("the school", school_->store());
  for (auto& hub : hubs_) tell("hub " + std::to_string(hub->index), hub->school->store());
  for (auto& computer : computers_) tell(who(*computer), *computer->store);
}

void World::check_step() {
  watch();
  auto& computer = any();
  auto looking = look_at(*computer.store);
  // 8: nothing goes away here.
  auto count = op_count(*computer.store);
  if (count < computer.ops_seen) broken(8, who(computer) + " has fewer ops than before");
  computer.ops_seen = count;
  check_cursors(computer);
  // 2, 3: what this computer shows is what its own set of ops says, in whatever order they came.
  auto streams = must(computer.store->streams(), "streams");
  if (streams.empty()) return;
  const auto& stream = streams[random_.below(streams.size())];
  auto held = must(computer.store->held_streams(), "held");
  if (std::find(held.begin(), held.end(), stream) != held.end()) {
    for (std::string_view kind : {"goal", "observation", "support", "member"})
      if (!must(computer.store->records(stream, kind), "records").empty())
        broken(10, who(computer) + " still reads " + stream);
    return check_status(computer);
  }
  compare(*computer.store, entries(*computer.store, stream), 2);
  check_status(computer);
  for (auto& hub : hubs_) check_hub(*hub);
  check_in_the_room(computer);
  check_file_status(computer);
}

// 6: whatever lies at or below a cursor is here. A cursor in a history that the school has left is none; the
// sum of what was served tells.
void World::check_cursors(Computer& computer) {
  auto looking = look_at(parent_of(computer));
  for (const auto& reading : must(computer.store->readings(), "readings")) {
    if (reading.cursor.seq == 0) continue;
    record::Digest there;
    std::optional<OpId> lacking;
    auto query =
        must(parent_of(computer).db().prepare("SELECT op.id FROM op JOIN stream s ON s.id = op.stream "
                                              "WHERE s.name = ? AND seq <= ? ORDER BY seq"),
             "ids");
    query.bind(reading.stream).bind(reading.cursor.seq);
    while (must(query.step(), "ids")) {
      auto id = query.id<OpId>(0);
      there.add(id);
      if (!lacking && !must(computer.store->has(id), "has")) lacking = id;
    }
    bool same_history = there == reading.served;
    // 11: so it is where an access began again, too.
    int number = computer.again.contains(reading.stream) ? 11 : 6;
    if (!same_history && (computer.hub ? computer.hub->era : era_) == 0)
      broken(number,
             who(computer) + " was served something else of " + reading.stream + " than the school has");
    if (same_history && lacking)
      broken(number, who(computer) + " read " + reading.stream + " to " + std::to_string(reading.cursor.seq) +
                         " and lacks " + lacking->hex());
  }
}

// Does the computer know that it wrote this itself? Of what it forgot and read again it need not say that it
// waits, only not that all is well.
bool World::is_own(store::Store& store, const OpId& id) {
  auto query =
      must(store.db().prepare("SELECT 1 FROM outbox JOIN op ON op.n = outbox.op WHERE op.id = ?"), "outbox");
  return must(query.bind(id).step(), "outbox");
}

// 15: status never claims more than is true, as far as the last answer of this school could tell.
void World::check_status(Computer& computer) {
  auto status = must(computer.session->status(), "status");
  if (status.verified && status.waiting > 0) broken(15, "verified with work waiting");
  if (status.in_room < 0 || status.in_room > status.waiting) broken(15, "more in the room than waits");
  if (computer.era != era_) return;
  std::vector<OpId> lacking;
  std::set<OpId> refused;
  std::set<std::string> read;
  for (const auto& reading : must(computer.store->readings(), "readings")) read.insert(reading.stream);
  // Of what it read and may read no longer no answer tells, nor of what it read in a hub's room; its own
  // waits nevertheless.
  auto is_read = [&](const OpId& id) {
    auto stream = must(computer.store->stream_of(id), "stream");
    return stream && read.count(*stream);
  };
  for (const auto& refusal : must(computer.store->refusals(), "refusals")) refused.insert(refusal.op);
  for (const auto& op : committed_)
    if (op.computer == computer.index && !refused.count(op.id) && !is_covered(op) &&
        !must(school_->store().has(op.id), "has") && must(computer.store->has(op.id), "has") &&
        (is_own(*computer.store, op.id) || (status.verified && !computer.hub && is_read(op.id))))
      lacking.push_back(op.id);
  auto waiting = static_cast<std::size_t>(status.waiting);
  // What an adult took in and a school that was put back forgot is a dead letter there, as before.
  if (lacking.size() > waiting) {
    auto letters = dead_letters();
    std::erase_if(lacking, [&](const OpId& id) { return letters.count(id) && is_own(*computer.store, id); });
  }
  if (lacking.size() > waiting)
    broken(15, who(computer) + " says that " + std::to_string(waiting) + " wait, and the school lacks " +
                   std::to_string(lacking.size()) + ", as " + lacking.back().hex());
}

// 15: what is said to be in the room the hub has, be it answered already and kept, or has brought to the
// school. What was answered is kept for a month, and who meets the hub meanwhile hears that the school lost
// it.
void World::check_in_the_room(Computer& computer) {
  const auto* hub = computer.hub;
  if (!hub || computer.heard_hub != hub) return;
  if (computer.heard_hub_era != hub->era || computer.heard_era != era_) return;
  if (now_ms_ - computer.heard_ms > kDayMs) return;
  auto said = must(computer.session->status(), "status").in_room;
  if (said == 0) return;
  std::set<OpId> carried;
  auto look = [&](std::string_view body) -> Result<std::optional<std::string>> {
    for (const auto& id : must(wire::read_batch_ids(body), "carried")) carried.insert(id);
    return std::optional<std::string>();
  };
  must(hub->school->carried().change_all(look), "carried");
  auto waits = must(computer.store->waiting_ids(kWaitingMax), "waiting");
  auto letters = dead_letters();
  auto there = std::count_if(waits.begin(), waits.end(), [&](const OpId& id) {
    // Of who is erased a hub carries nothing that was answered, and once they know only stubs of theirs wait.
    return erased_.count(computer.person) || carried.count(id) || letters.count(id) ||
           must(hub->school->store().has(id), "has") || must(school_->store().has(id), "has") ||
           must(computer.store->stub_reason(id), "stub") == "erased";
  });
  if (said > there)
    broken(15, who(computer) + " says that " + std::to_string(said) + " are in the room, and the hub has " +
                   std::to_string(there));
}

void World::compare(store::Store& store, const std::vector<OracleEntry>& from, int invariant) {
  for (const auto& [key, fields] : oracle_.records(from)) {
    auto space = key.find(' '), second = key.find(' ', space + 1);
    record::RecordKey record_key{key.substr(0, space), key.substr(space + 1, second - space - 1),
                                 must(RecordId::parse(key.substr(second + 1)), "record id")};
    auto record = must(store.find(record_key), "find");
    std::size_t shown = record ? record->fields.size() : 0;
    if (shown != fields->size())
      broken(invariant, key + " shows " + std::to_string(shown) + " fields" +
                            (&store == &school_->store() ? " at the school" : ""));
    for (const auto& [name, expected] : *fields) {
      const auto* field = record->field(name);
      if (!field) broken(invariant, key + " lacks " + name);
      if (field->heads.front().op.hex() != expected.heads.front().op)
        broken(invariant, key + " " + name + " shows another head");
      std::set<std::string> have, want;
      for (const auto& head : field->heads) have.insert(head.op.hex() + record::canonical(head.value));
      for (const auto& head : expected.heads) want.insert(head.op + head.value);
      if (have != want) broken(invariant, key + " " + name + " has other heads");
      if (field->conflict() != expected.conflict)
        broken(3, key + " " + name + " hides or invents a conflict");
    }
  }
}

// ---- while others stay broken

// 16: of whom nothing is broken, and whose parent is well, gets its work through, whatever the others do.
void World::go_on_beside_the_broken() {
  log("some stay broken");
  school_up_ = true;
  lossy_ = 0;
  network_.clear();
  for (auto& hub : hubs_) hub->line_up = chance(60), hub->up = chance(80);
  for (auto& computer : computers_) {
    if (chance(50)) computer->ill = static_cast<Ill>(1 + random_.below(4));
  }
  std::set<int> through;
  std::string last;
  for (int round = 0; round < kRoundsBesideOthers; round++) {
    advance(30'000);
    attack();
    write(any());
    for (auto& computer : computers_) send(*computer);
    for (auto& hub : hubs_) send_up(*hub);
    advance(1'000);
    deliver();
    for (auto& hub : hubs_) send_up(*hub);
    advance(1'000);
    deliver();
    last.clear();
    for (auto& computer : computers_)
      if (computer->ill == Ill::no && !through.count(computer->index)) {
        if (is_through(*computer))
          through.insert(computer->index);
        else
          last = who(*computer);
      }
    if (last.empty()) break;
  }
  if (!last.empty()) broken(16, last + " is well, and its work does not get through while others are broken");
  for (auto& computer : computers_) computer->ill = Ill::no;
}

bool World::is_through(Computer& computer) {
  if (computer.turned_away || (computer.hub && !computer.hub->up)) return true;
  // Who left the school writes on at a hub that has not heard of it: an adult settles that.
  if (left_.count(computer.person) && !school_->bearer(computer.token)) return true;
  auto status = must(computer.session->status(), "status");
  if (computer.hub && !computer.hub->line_up) return status.in_room == status.waiting;
  return status.verified && status.waiting == 0;
}

// ---- when all is well again

void World::become_quiet() {
  school_up_ = true;
  for (auto& hub : hubs_) hub->up = hub->line_up = true;
  lossy_ = 0;
  network_.clear();
  file_network_.clear();
  log("quiet");
  advance(sync::ask_again_ms);
  if (plan_.people || plan_.rough) settle_people();
  quiet_ = true;
  for (auto& computer : computers_) {
    computer->exchanges = 0;
    computer->files.full = false;
    if (computer->file_ticket) {
      computer->file_ticket = 0;
      must(computer->queue->on_lost({Code::offline, ""}, computer->clock.steady_ms()), "loss");
    }
    computer->queue->hurry();
    if (computer->ticket) {
      computer->ticket = 0;
      computer->session->on_lost({Code::offline, ""}, computer->clock.steady_ms());
    }
    // Whoever meets a hub again asks how far the school is.
    if (computer->hub) must(computer->session->meet(computer->hub->file.hub.hex()), "meet");
    computer->session->hurry(computer->clock.steady_ms());
  }
  for (auto& hub : hubs_) {
    hub->ticket = 0;
    hub->session->on_lost({Code::offline, ""}, hub->clock.steady_ms());
    hub->session->hurry(hub->clock.steady_ms());
  }
  set_servers_clocks();
  if (plan_.sticks_only) become_quiet_by_sticks();
  int tidied = 0;
  for (int round = 0; round < kQuietRoundsMax; round++) {
    watch();
    advance(1'000);
    for (auto& computer : computers_) {
      if (computer->turned_away) continue;
      send(*computer);
      send_file(*computer);
    }
    for (auto& hub : hubs_) send_up(*hub);
    if (plan_.kept)
      for (auto& computer : computers_) deliver_outgoing(*computer);
    advance(1'000);
    deliver();
    deliver_files();
    bool all = std::all_of(hubs_.begin(), hubs_.end(), [&](auto& hub) { return hub_is_quiet(*hub); }) &&
               std::all_of(computers_.begin(), computers_.end(), [&](auto& computer) {
                 if (computer->turned_away) return true;
                 auto status = must(computer->session->status(), "status");
                 return status.verified && status.waiting == 0 && reads_everything(*computer) &&
                        stands_where_it_was_left(*computer);
               });
    if (!all) continue;
    // A file on the school's disk whose row was lost is found by one tidying, and taken up by the next.
    if (tidied++ < 2) {
      collect_once();
      continue;
    }
    // Somebody looks at their work: what was not there a while ago is looked for again.
    if (tidied % 10 == 3) {
      advance(sync::ask_again_ms);  // once a day what is said to be at school is asked about
      collect_once();
      for (auto& computer : computers_) {
        // What a hub does not bring on its computer brings: files, and private texts that the school lost.
        if (computer->hub && !(unsettled_file(*computer).empty() && private_is_settled(*computer)))
          go_to(*computer, nullptr);
        computer->queue->hurry();
      }
    }
    if (parcels_are_settled() && std::all_of(computers_.begin(), computers_.end(), [&](auto& computer) {
          return unsettled_file(*computer).empty() && private_is_settled(*computer);
        }))
      return;
  }
  for (auto& computer : computers_) {
    if (computer->turned_away) continue;
    auto status = must(computer->session->status(), "status");
    if (!status.verified || status.waiting)
      broken(16, who(*computer) + " still has " + std::to_string(status.waiting) + " waiting after " +
                     std::to_string(computer->exchanges) + " exchanges");
    if (!reads_everything(*computer)) broken(16, who(*computer) + " has not read everything");
  }
  for (auto& hub : hubs_)
    if (!hub_is_quiet(*hub)) broken(16, "the hub still has something to carry or to read");
  for (auto& computer : computers_) {
    if (computer->turned_away) continue;
    if (auto file = unsettled_file(*computer); !file.empty()) broken(16, who(*computer) + " " + file);
    if (!private_is_settled(*computer)) broken(16, who(*computer) + " still has something for itself alone");
  }
  broken(16, "something is still unread");
}

bool World::reads_everything(Computer& computer) {
  for (const auto& reading : must(computer.store->readings(), "readings"))
    if ((!computer.hub && computer.era != era_) ||
        reading.cursor.seq != must(parent_of(computer).stream_state(reading.stream), "state").head)
      return false;
  return true;
}

// A copy that was not heard since the other one wrote what no stream shows, as what became a dead letter,
// finds out by its next exchange.
bool World::stands_where_it_was_left(Computer& computer) {
  auto there = must(school_->store().position(computer.store->replica()), "position");
  auto here = must(computer.store->last_number(), "number");
  if (there.n <= here) return true;
  // At a hub it asks the school when it meets that, unless nothing was written that could be another's.
  if (computer.hub && here == 0) return true;
  if (computer.hub) must(computer.session->meet(computer.hub->file.hub.hex()), "meet");
  computer.session->hurry(computer.clock.steady_ms());
  return false;
}

// The school has every op that this computer has of its person's private stream.
bool World::private_is_settled(Computer& computer) {
  auto stream = domain::own_stream(computer.person);
  if (computer.turned_away || !granted_to(computer.person).contains(stream)) return true;
  auto there = entries(school_->store(), stream);
  for (const auto& entry : entries(*computer.store, stream))
    if (!entry.erased &&
        std::none_of(there.begin(), there.end(), [&](const auto& one) { return one.id == entry.id; }))
      return false;
  return true;
}

void World::check_quiet() {
  auto& root = school_->store();
  // The oracle first: it says what is wrong, and the product's own look only that something is.
  std::map<std::string, std::vector<OracleEntry>> at_root;
  for (const auto& stream : must(root.streams(), "streams"))
    compare(root, at_root[stream] = entries(root, stream), 2);
  must(root.verify(), "the school's store");
  for (auto& hub : hubs_) must(hub->school->store().verify(), "the hub's store");
  check_nothing_lost();
  check_copies();
  check_files();
  check_refusals();
  check_deletions();
  check_reach();
  check_causes();
  if (plan_.people || plan_.rough) check_classes();
  if (plan_.people) check_erased();
  // 10: what somebody else wrote under a student's name is not at the school.
  for (const auto& id : forged_)
    if (must(root.has(id), "has")) broken(10, id.hex() + " is by somebody else than it says");
  check_authors();
  // 2: everybody who reads a stream has the same, and it is what the oracle says. In a hub's room stands also
  // what the school lost after all who could prove whose it is. Of what the room had and the school has as a
  // dead letter, or has lost since, a stub is left with those who read it there.
  auto letters = dead_letters();
  // What a teacher wrote at a hub, and the school refused, stays with who had read it there: as a stub, also
  // where no letter of it is kept, as it is about somebody who was erased.
  std::set<OpId> lost, of_the_room, lost_there;
  for (const auto& op : committed_) {
    bool at_hub = op.computer == kOnHubPages;
    if (at_hub && letters.count(op.id)) of_the_room.insert(op.id);
    if (op.lost || (at_hub && is_covered(op))) (at_hub ? lost_there : lost).insert(op.id);
  }
  auto only_in_the_room = [&](const Computer& computer, const OracleEntry& entry) {
    auto op = must(OpId::parse(entry.id), "id");
    if (under_another_hub(computer, op)) return true;
    return of_the_room.count(op) ||
           (computer.hub && lost.count(op) && must(computer.hub->school->store().has(op), "has")) ||
           (!hubs_.empty() && !entry.accepted &&
            (letters.count(op) || lost.count(op) || lost_there.count(op)));
  };
  auto looking = std::make_optional(look_at(root));
  for (auto& computer : computers_) {
    auto looking_here = look_at(*computer->store);
    if (computer->turned_away) continue;
    check_held(*computer);
    for (const auto& reading : must(computer->store->readings(), "readings")) {
      const auto here = entries(*computer->store, reading.stream);
      const auto& there = at_root[reading.stream];
      // Of one's own that was erased before it was sent, or refused, only a stub here is left.
      std::set<std::string> erased;
      for (const auto* all : {&here, &there})
        for (const auto& entry : *all)
          if (entry.erased) erased.insert(entry.id);
      auto ids = [&](const std::vector<OracleEntry>& all) {
        std::set<std::string> set;
        for (const auto& entry : all)
          if (entry.accepted || !erased.count(entry.id)) set.insert(entry.id);
        return set;
      };
      auto has = ids(here), wanted = ids(there);
      bool in_room = false;
      for (const auto& entry : here)
        if (has.count(entry.id) && !wanted.count(entry.id) && only_in_the_room(*computer, entry))
          in_room = has.erase(entry.id) > 0;
      // What the school sent back once and has since, as an adult let it in or a stick brought it again, only
      // the school tells its author.
      std::set<OpId> refused;
      for (const auto& refusal : must(computer->store->refusals(), "refusals")) refused.insert(refusal.op);
      if (computer->hub)
        std::erase_if(wanted, [&](const std::string& id) {
          auto op = must(OpId::parse(id), "id");
          return !has.count(id) && letters.count(op) > 0 && refused.count(op) > 0;
        });
      if (has != wanted) {
        std::string what;
        for (const auto& id : has)
          if (!wanted.count(id)) what += ", with " + id;
        for (const auto& id : wanted)
          if (!has.count(id)) what += ", without " + id;
        broken(computer->again.contains(reading.stream) ? 11 : 2,
               who(*computer) + " has another " + reading.stream + what);
      }
      compare(*computer->store, in_room || has.size() != ids(there).size() ? here : there, 2);
    }
  }
  looking.reset();
  for (auto& computer : computers_) must(computer->store->verify(), "a computer's store");
  check_tables();
  for (auto& computer : computers_) log(computer->store->replica().hex());
}

bool World::reads(Computer& computer, const OpId& id) {
  auto stream = must(computer.store->stream_of(id), "stream");
  auto readings = must(computer.store->readings(), "readings");
  return stream && !computer.turned_away &&
         std::any_of(readings.begin(), readings.end(),
                     [&](const auto& one) { return one.stream == *stream; });
}

// It is at a hub, and has this under the seal of another one: it brings it when it meets the school.
bool World::under_another_hub(const Computer& computer, const OpId& id) {
  if (!computer.hub) return false;
  auto seal = must(computer.store->seal_of(id), "seal");
  return seal && !seal->hub.empty() && wire::hub_signer(seal->hub).hub != computer.hub->file.hub.hex();
}

// 1, 7: what was saved and is still on any disk is at the school, or refused and to be read.
void World::check_nothing_lost() {
  auto& root = school_->store();
  std::set<std::string> refused;
  for (auto& computer : computers_)
    for (const auto& refusal : must(computer->store->refusals(), "refusals"))
      if (refusal.content) refused.insert(refusal.op.hex());
  // Or to be read by an adult; or waiting on a computer that is turned away, which says so; or in a holding
  // area.
  auto elsewhere = dead_letters();
  std::set<OpId> held, connected;
  for (auto& computer : computers_)
    for (const auto& op : committed_) {
      if (!has_content(*computer->store, op.id)) continue;
      // Whoever reads the stream and wrote it, or has it under a seal that is believed there, can bring it.
      bool can_bring = reads(*computer, op.id) &&
                       (is_own(*computer->store, op.id) || (must(computer->store->seal_of(op.id), "seal") &&
                                                            !under_another_hub(*computer, op.id)));
      (can_bring ? connected : held).insert(op.id);
    }
  for (const auto& id : held)
    if (!connected.count(id)) elsewhere.insert(id);
  for (const auto& op : committed_) {
    auto at_root = must(root.op(op.id), "op");
    if (is_covered(op)) {
      if (at_root) broken(17, op.id.hex() + " is erased, and still at the school");
      continue;
    }
    bool sent_back = refused.count(op.id.hex()) > 0;
    if (!at_root && elsewhere.count(op.id)) continue;
    // Refused, and the computer that wrote it has forgotten it since.
    if (!at_root && !sent_back && must(root.has(op.id), "has") && op.computer >= 0 &&
        computers_[static_cast<std::size_t>(op.computer)]->travels > 0)
      continue;
    if (!at_root && !sent_back && !op.lost) {
      std::string places;
      for (const auto& computer : computers_)
        if (must(computer->store->has(op.id), "has"))
          places += ", " + who(*computer) + (computer->hub ? " at the hub" : "") +
                    (is_own(*computer->store, op.id) ? " has it as its own" : " has it") +
                    (must(computer->store->seal_of(op.id), "seal") ? " under a seal" : "") +
                    (reads(*computer, op.id) ? " and reads it" : "") +
                    (computer->turned_away ? " and is turned away" : "");
      for (const auto& hub : hubs_)
        if (must(hub->school->store().has(op.id), "has")) places += ", a hub has it";
      if (auto reason = must(root.stub_reason(op.id), "stub"))
        places += ", the school has a stub: " + *reason;
      broken(era_ ? 7 : 1,
             op.id.hex() + " of computer " + std::to_string(op.computer) + " is nowhere to be read" + places);
    }
  }
}

// 3: of two that are shown side by side neither was written by somebody who had seen the other, also where
// what was written between was refused or erased. What never came links nothing.
void World::check_causes() {
  std::map<std::string, std::vector<OpId>> bases;
  for (const auto& op : committed_)
    if (auto written = record::parse_op(op.body); written && must(school_->store().has(op.id), "has"))
      bases[op.id.hex()] = written->base;
  auto saw = [&](const std::string& later, const std::string& earlier) {
    std::set<std::string> reached;
    std::vector<std::string> to_do{later};
    while (!to_do.empty()) {
      auto id = to_do.back();
      to_do.pop_back();
      for (const auto& base : bases[id])
        if (reached.insert(base.hex()).second) to_do.push_back(base.hex());
    }
    return reached.count(earlier) > 0;
  };
  for (const auto& student : students_)
    for (const auto& [key, fields] :
         oracle_.records(entries(school_->store(), domain::person_stream(student))))
      for (const auto& [name, field] : *fields)
        for (const auto& one : field.heads)
          for (const auto& other : field.heads)
            if (one.op != other.op && saw(one.op, other.op))
              broken(3, key + " " + name + " shows " + other.op + " beside " + one.op + ", which saw it");
}

// 10: what a student's name stands under at the school, that student wrote.
void World::check_authors() {
  std::set<std::string> written;
  for (const auto& op : committed_) written.insert(op.id.hex());
  for (const auto& student : students_)
    for (const auto& stream : {domain::person_stream(student), domain::own_stream(student)})
      for (const auto& entry : entries(school_->store(), stream))
        if (entry.accepted && !written.count(entry.id)) broken(10, entry.id + " was written by nobody");
}

// 9: two that are called the same have written the same.
void World::check_copies() {
  std::map<ReplicaId, std::pair<std::string, record::Position>> known;
  auto look = [&](store::Store& store, const std::string& whose) {
    auto n = must(store.last_number(), "number");
    if (n == 0) return;  // nothing is written under it here; a hub has nothing to tell it by
    auto at = must(store.own_position(n), "position").value_or(record::Position{});
    auto [found, fresh] = known.emplace(store.replica(), std::pair(whose, at));
    if (!fresh && !(found->second.second == at))
      broken(9, whose + " (" + std::to_string(at.n) + ") and " + found->second.first + " (" +
                    std::to_string(found->second.second.n) + ") write under one name");
  };
  for (const auto& computer : computers_)
    if (!computer->turned_away) look(*computer->store, who(*computer));  // else nobody can tell it
  for (const auto& hub : hubs_) look(hub->school->store(), "hub " + std::to_string(hub->index));
}

}  // namespace waymark::simulation
