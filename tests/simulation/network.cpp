// The network between the computers and the school: what it loses, delays, doubles and cuts short.
#include <algorithm>

#include "shared/base/hash.hpp"
#include "tests/simulation/school_world.hpp"

namespace waymark::simulation {
namespace {
constexpr std::int64_t kReplyTimeMs = 30'000;
constexpr std::int64_t kHalfYearMs = std::int64_t{365} * 12 * 3600 * 1000;

// What a program has that was not started anew.
std::int64_t never_the_same() {
  static std::int64_t count = 0;
  return count++;
}
}  // namespace

void World::send(Computer& computer) {
  if (computer.ill == Ill::silent) return;
  if (plan_.sabotage == Sabotage::wait_for_all)
    for (const auto& other : computers_)
      if (other->ill == Ill::silent) return;
  if (computer.ticket && computer.clock.steady_ms() - computer.sent_ms > kReplyTimeMs) lose(computer);
  auto request = must(computer.session->next(computer.clock.steady_ms()), "next");
  if (!request) return;
  computer.ticket = ++tickets_;
  computer.sent_ms = computer.clock.steady_ms();
  computer.exchanges++;
  sabotage_request(computer, *request);
  if (plan_.attacks && !computer.hub) asked_[computer.index] = wire::encode(*request);
  post({true, computer.index, computer.ticket, 0, wire::encode(*request), 0, Asked::sync, computer.hub});
}

void World::post(Message message) {
  messages_++;
  int copies = chance(lossy_) ? 0 : chance(lossy_ / 4) ? 2 : 1;
  log((message.to_school ? "up " : "down ") + std::to_string(message.computer) + " " +
      std::to_string(message.body.size()) + " x" + std::to_string(copies));
  for (int i = 0; i < copies; i++) {
    message.due_ms = now_ms_ + static_cast<std::int64_t>(random_.below(lossy_ ? 20'000 : 200));
    if (plan_.sabotage == Sabotage::own_chance) message.due_ms += never_the_same() % 7;
    if (chance(lossy_ / 6) && !plan_.twin) message.body.resize(random_.below(message.body.size() + 1));
    network_.push_back(message);
  }
}

void World::deliver() {
  // In the order of arrival, which is not the order of sending.
  std::stable_sort(network_.begin(), network_.end(),
                   [](const auto& a, const auto& b) { return a.due_ms < b.due_ms; });
  while (!network_.empty() && network_.front().due_ms <= now_ms_) {
    Message message = std::move(network_.front());
    network_.pop_front();
    if (message.computer == kHub)
      message.to_school ? hub_at_school(message) : arrive_at_hub_from_school(message);
    else if (message.to_school)
      message.hub ? arrive_at_hub(message) : arrive_at_school(message);
    else
      arrive_at(*computers_[static_cast<std::size_t>(message.computer)], message);
  }
}

void World::arrive_at_school(const Message& message) {
  if (!school_up_) return;
  if (!heard_of_ms_) heard_of_ms_ = now_ms_;
  const auto& computer = *computers_[static_cast<std::size_t>(message.computer)];
  auto bearer = school_->bearer(computer.token);
  if (!bearer) {
    Message turned_away{false, message.computer, message.ticket, 0, "unauthorized", era_};
    turned_away.unauthorized = true;
    return post(std::move(turned_away));
  }
  // As it was when it asked: what it brings back may be an erasure, which ends what others may read.
  auto granted = granted_to(computer.person);
  auto told = must(school_->store().stream_state(domain::school_stream), "state").head;
  auto full = full_for_a_moment(school_->store());
  auto cut = may_die(school_->store(), school_db());
  auto reply = school_->sync(*bearer, message.body);
  bool died = cut && cut->came(reply.has_value());
  cut.reset();
  full.reset();
  if (died) return crash_school();
  if (plan_.sabotage == Sabotage::stubs_link_nothing)
    must(school_->store().db().execute(
             "UPDATE op SET body = CAST(json_set(CAST(body AS TEXT), '$.base', json('[]')) AS BLOB) "
             "WHERE state = 1"),
         "sabotage");
  if (must(school_->store().stream_state(domain::school_stream), "state").head != told) granted_.clear();
  if (!reply) return log("the school refused " + std::string(name(reply.error().code)));
  auto answer = must(wire::decode_reply(*reply), "the school's own reply");
  check_served(computer, granted, answer);
  note_refusals(computer, message.body, answer);
  post({false, message.computer, message.ticket, 0, std::move(*reply), era_});
}

void World::arrive_at(Computer& computer, const Message& message) {
  if (computer.ticket != message.ticket) return;  // given up on long ago, or a second copy
  if (computer.ill == Ill::deaf) return;
  computer.ticket = 0;
  auto steady = computer.clock.steady_ms();
  if (message.unauthorized) {
    computer.session->on_lost({Code::unauthorized, ""}, steady);
    // Whom a hub does not know the school may.
    if (message.hub) return go_to(computer, nullptr);
    computer.turned_away = !school_up_ || !come_back(computer);
    if (!computer.turned_away) computer.session->hurry(steady);
    return;
  }
  computer.turned_away = false;
  auto body = through_portal(message.body);
  if (computer.ill == Ill::garbled) body.resize(body.size() / 2);
  auto reply = wire::decode_reply(body);
  if (!reply) return computer.session->on_lost(reply.error(), steady);
  note_regrants(computer, *reply);
  sabotage_reply(computer, *reply);
  auto waited = must(computer.store->waiting_ids(kWaitingMax), "waiting");
  auto full = computer.ill == Ill::full ? std::make_unique<FullDisk>(*computer.store)
                                        : full_for_a_moment(*computer.store);
  auto cut = may_die(*computer.store, computer.path);
  std::optional<store::Transaction> kept;  // in the middle of one nothing is made sure of
  if (plan_.sabotage == Sabotage::keep_erased && !cut)
    kept.emplace(must(store::Transaction::begin(computer.store->db()), "sabotage"));
  auto applied = computer.session->on_reply(*reply, steady);
  bool was_full = full && !applied && applied.error().code == Code::disk_full;
  bool died = cut && cut->came(applied.has_value() || was_full);
  cut.reset();
  full.reset();
  if (died) return crash(computer);
  if (was_full) return log("the disk was full");
  if (kept) {
    must(kept->commit(), "sabotage");
    must(computer.store->set_meta("scrub", ""), "sabotage");
  }
  if (!applied) throw Broken("a true reply was refused: " + applied.error().detail);
  // What was read of a later version, and by whom it was not written.
  if (plan_.sabotage == Sabotage::drop_unknown && computer.index % 2)
    must(computer.store->db().execute("UPDATE op SET body = CAST(json_remove(CAST(body AS TEXT), "
                                      "'$.fields.\"mood.of_the_day\"') AS BLOB) "
                                      "WHERE state = 0 AND n NOT IN (SELECT op FROM outbox) "
                                      "AND instr(CAST(body AS TEXT), '\"mood.of_the_day\"') > 0"),
         "sabotage");
  // What a hub tells of the school it tells by answers of some time ago.
  computer.era = message.hub && message.era > 0 ? -1 : message.era;
  computer.heard_hub = message.hub;
  computer.heard_hub_era = message.hub ? message.hub_era : -1;
  computer.heard_era = message.era;
  computer.heard_ms = now_ms_;
  note_believed(computer, computer.era, waited);
  finish_erasures(computer);
  computer.queue->look(!computer.session->changed().empty());
  if (plan_.sabotage == Sabotage::forget_refusals)
    for (const auto& refusal : must(computer.store->refusals(), "refusals"))
      must(computer.store->dismiss_refusal(refusal.op), "sabotage");
}

// ---- mistakes on purpose

void World::sabotage_request(Computer& computer, wire::SyncRequest& request) {
  if (plan_.sabotage == Sabotage::open_own && computer.hub && !request.ops.empty()) {
    sync::Author author{
        computer.person, computer.key, computer.certificate, computer.certificate_signature, {}};
    wire::Batch batch{computer.person,
                      request.replica,
                      static_cast<std::int64_t>(tickets_) + 1'000'000,
                      request.before,
                      {},
                      computer.certificate,
                      computer.certificate_signature,
                      {},
                      {}};
    auto lines = request.batch;
    for (const auto& op : request.ops) lines += op, lines += '\n';
    batch.ids = must(wire::read_batch_ids(lines), "sabotage");
    for (std::size_t i = 0; i < batch.ids.size(); i++)
      request.ops[i] = must(computer.store->line(batch.ids[i]), "sabotage").value();
    request.batch = wire::signed_lines(batch, author.key);
  }
  if (plan_.sabotage == Sabotage::settle_before_reply)
    for (std::size_t i = 0; i < request.ops.size(); i++)
      must(computer.store->mark_settled(request.before.n + 1 + static_cast<std::int64_t>(i), false, {}, {}),
           "sabotage");
  if (plan_.sabotage == Sabotage::keep_replica) {
    auto name = sha256(
        as_bytes("machine " + std::to_string(computer.index) + " " + std::to_string(computer.travels)));
    std::copy_n(name.begin(), request.replica.bytes.size(), request.replica.bytes.begin());
  }
  if ((plan_.sabotage == Sabotage::no_digest || plan_.sabotage == Sabotage::keep_replica) &&
      (request.same || request.mark)) {
    request.same.reset();
    request.mark.reset();
    for (const auto& reading : must(computer.store->readings(), "readings"))
      request.cursors.push_back({reading.stream, reading.access, reading.cursor.feed, reading.cursor.segment,
                                 reading.cursor.seq, false});
  }
  if (plan_.sabotage == Sabotage::no_seals)
    for (auto& back : request.returned) back.seal.clear();
  if (plan_.sabotage == Sabotage::no_segments)
    for (auto& cursor : request.cursors) cursor.segment = must(parent_of(computer).segment(), "segment");
}

void World::sabotage_reply(Computer& computer, wire::SyncReply& reply) {
  if (plan_.sabotage == Sabotage::believe_hub && reply.room)
    for (std::int64_t n = 1; n <= reply.room->n; n++)
      must(computer.store->mark_settled(n, false, {}, {}), "sabotage");
  if (plan_.sabotage == Sabotage::no_hub_seals)
    for (auto& page : reply.pages)
      std::erase_if(page.under, [](const auto& seal) { return !seal.hub.hub.empty(); });
  if (plan_.sabotage == Sabotage::hub_claims_more && reply.room) {
    auto n = must(computer.store->last_number(), "number");
    reply.room = must(computer.store->own_position(n), "position").value_or(record::Position{});
  }
  if (plan_.sabotage == Sabotage::cursor_before_data && chance(30))
    for (auto& page : reply.pages) {
      page.bodies.clear();
      page.digest.clear();
    }
  if (plan_.sabotage == Sabotage::delete_what_is_absent && !reply.pages.empty() && chance(20))
    must(computer.store->db().execute(
             "PRAGMA foreign_keys = OFF; DELETE FROM head WHERE op = (SELECT max(n) FROM op);"
             " DELETE FROM outbox WHERE op = (SELECT max(n) FROM op);"
             " DELETE FROM op WHERE n = (SELECT max(n) FROM op);"),
         "sabotage");
  if (plan_.sabotage == Sabotage::clock_decides)
    for (auto& page : reply.pages)
      std::erase_if(page.bodies, [&](const std::string& body) {
        auto op = record::parse_op(body);
        return op && op->time_ms < computer.clock.now_ms() - kHalfYearMs;
      });
  if (plan_.sabotage == Sabotage::keep_reading) reply.ended.clear();
  if (plan_.sabotage == Sabotage::refuse_silently) reply.refused.clear();
  if (plan_.sabotage == Sabotage::grant_from_now || plan_.sabotage == Sabotage::regrant_from_now)
    for (const auto& granted : reply.granted)
      for (auto& page : reply.pages)
        if (page.stream == granted.stream && page.stream != domain::school_stream &&
            (plan_.sabotage == Sabotage::grant_from_now || computer.again.contains(page.stream)))
          page.bodies.clear(), page.own.clear(), page.digest.clear();
  if (plan_.sabotage == Sabotage::strip_unknown)
    for (auto& page : reply.pages)
      std::erase_if(page.bodies, [](const std::string& body) {
        auto op = record::parse_op(body);
        if (!op || domain::find_kind(op->kind)) return false;
        return true;
      });
  // Segments let a cursor fail early; what they miss, digests find: so without segments there are no digests
  // either. A digest that always agrees, as if nobody had compared.
  if (plan_.sabotage == Sabotage::no_digest || plan_.sabotage == Sabotage::no_segments)
    for (auto& page : reply.pages) {
      if (page.digest.empty()) continue;
      auto reading = must(computer.store->reading(page.stream), "reading");
      bool anew = page.reset || !reading ||
                  std::any_of(reply.granted.begin(), reply.granted.end(),
                              [&](const auto& granted) { return granted.stream == page.stream; });
      auto served = anew ? record::Digest{} : reading->served;
      for (const auto& id : page.own) served.add(id);
      for (const auto& body : page.bodies) {
        auto stub = record::parse_stub(body);
        served.add(stub ? stub->id : record::op_id(body));
      }
      page.digest = served.hex();
      page.head = static_cast<std::int64_t>(served.count);
    }
  if (plan_.sabotage == Sabotage::no_chain) {
    auto n = std::min(reply.position.n, must(computer.store->last_number(), "number"));
    reply.position = must(computer.store->own_position(n), "position").value_or(record::Position{});
  }
}

}  // namespace waymark::simulation
