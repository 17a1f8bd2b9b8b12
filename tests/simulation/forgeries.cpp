// What a student's program could say that is not malformed, by its true author: an op of which there is one a
// record, under a record of its own or based on another; and batches whose `ids` are not those of their ops,
// made of another student's own batch, for the school and for a hub. Behind a word of its own, with a source
// of chance of its own.
#include "shared/sync/carry.hpp"
#include "shared/wire/bundle.hpp"
#include "tests/simulation/school_world.hpp"

namespace waymark::simulation {
namespace {
constexpr std::uint64_t kForgedInHundred = 12;
}  // namespace

void World::forge() {
  if (!plan_.forged || forger_.below(100) >= kForgedInHundred) return;
  const auto& forger = *computers_[forger_.below(computers_.size())];
  auto& victim = *computers_[forger_.below(computers_.size())];
  const auto kind = forger_.below(4);
  if (forger.teacher || victim.teacher || !school_up_) return;
  for (const Computer* computer : {&forger, static_cast<const Computer*>(&victim)})
    if (erased_.contains(computer->person) || left_.contains(computer->person)) return;
  if (kind < 2) return write_twice(forger, kind == 1);
  auto* hub = kind == 3 && !hubs_.empty() ? hubs_[forger_.below(hubs_.size())].get() : nullptr;
  hub ? misname_at_hub(forger, *hub) : misname(forger, victim);
}

// 4: a check-in, which nobody can change, as one of several of a record.
void World::write_twice(const Computer& computer, bool based) {
  auto bearer = school_->bearer(computer.token);
  if (!bearer || !granted_to(computer.person).contains(domain::person_stream(computer.person))) return;
  record::Op op;
  op.stream = domain::person_stream(computer.person);
  op.kind = "checkin";
  op.fields = {{"goal", std::string(32, 'a')}, {"text", "once more"}};
  if (based)
    op.base = {forger_.id<OpId>()};
  else
    op.record = forger_.id<RecordId>();
  op.author = computer.person;
  op.replica = forger_.id<ReplicaId>();
  op.time_ms = now_ms_;
  forger_.fill(op.salt);
  wire::SyncRequest request;
  request.replica = op.replica;
  request.ops = {record::canonical(op)};
  forgeries_++;
  log("write twice " + record::op_id(op).hex());
  auto reply = school_->sync(*bearer, wire::encode(request));
  if (plan_.sabotage == Sabotage::take_any_once) {
    auto transaction = must(store::Transaction::begin(school_->store().db()), "sabotage");
    op.replica = forger_.id<ReplicaId>();  // another one, of which no stub is there
    auto body = record::canonical(op);
    must(school_->store().add(op, body, record::op_id(body)), "sabotage");
    return must(transaction.commit(), "sabotage");
  }
  if (has_content(school_->store(), record::op_id(op)))
    broken(4, record::op_id(op).hex() + " is taken in beside what can never be changed");
  if (!reply) return log("the school refused " + std::string(name(reply.error().code)));
  auto refused = must(wire::decode_reply(*reply), "a reply").refused;
  if (refused.size() != 1 || refused.front().code != "invalid")
    broken(12, record::op_id(op).hex() + " was not refused for what it is");
}

// Of the batch that the victim has just put on a stick a line is another one, or there is one more, or one
// less.
void World::misname(const Computer& forger, Computer& victim) {
  const sync::Author author{victim.person, victim.key, victim.certificate, victim.certificate_signature, {}};
  auto batches = must(sync::make_batches(*victim.store, author), "batches");
  if (batches.empty()) return;
  auto& batch = batches.front();
  auto ids = must(wire::read_batch_ids(batch), "ids");
  auto body = made_up(domain::person_stream(victim.person), "goal", victim.person, forger_);
  auto last_line = batch.rfind('\n', batch.size() - 2) + 1;
  switch (forger_.below(3)) {
    case 0:
      batch.replace(last_line, std::string::npos, body + "\n");
      break;
    case 1:
      batch += body + "\n";
      break;
    default:
      batch.resize(last_line);
  }
  if (plan_.sabotage == Sabotage::any_ids) {
    wire::Batch signed_again{
        victim.person,      victim.store->replica(),      1'000'000, {},    {record::op_id(body)},
        victim.certificate, victim.certificate_signature, {},        {body}};
    batch = wire::encode(signed_again, victim.key);
  }
  std::set<OpId> there;
  for (const auto& id : ids)
    if (must(school_->store().has(id), "has")) there.insert(id);
  forgeries_++;
  log("misname");
  auto sealed = must(wire::seal_bundle(school_->identity(), forger.key,
                                       std::vector<wire::BundleItem>{{wire::batch_item, batch}}),
                     "bundle");
  auto read = school_->read_bundle(sealed);
  if (has_content(school_->store(), record::op_id(body)))
    broken(10, record::op_id(body).hex() + " stands under another op's name");
  // Nothing of it, or what is right of it would count as brought.
  for (const auto& id : ids)
    if (!there.contains(id) && must(school_->store().has(id), "has"))
      broken(10, id.hex() + " was taken in of a batch that is not what its author signed");
  if (read && read->ops > 0) broken(10, "ops of a batch that names others are counted");
}

// A student's own op, in a batch that names another: the hub would carry on what the school does not take.
void World::misname_at_hub(const Computer& forger, Hub& hub) {
  if (!hub.up) return;
  auto bearer = hub.school->bearer(forger.token);
  if (!bearer) return;
  auto own = domain::person_stream(forger.person);
  auto body = made_up(own, "goal", forger.person, forger_);
  wire::Batch batch{forger.person,      forger_.id<ReplicaId>(),      1,  {},    {forger_.id<OpId>()},
                    forger.certificate, forger.certificate_signature, {}, {body}};
  wire::SyncRequest request;
  request.replica = batch.replica;
  request.ops = {body};
  request.batch = wire::signed_lines(batch, forger.key);
  forgeries_++;
  log("misname at the hub");
  auto reply = hub.school->sync(*bearer, wire::encode(request));
  auto salt = to_hex(must(record::parse_op(body), "an op").salt);
  auto look = [&](std::string_view carried) -> Result<std::optional<std::string>> {
    if (carried.find(salt) != std::string_view::npos)
      broken(10, "the hub carries an op under another's name");
    return std::optional<std::string>();
  };
  must(hub.school->carried().change_all(look), "carried");
  if (has_content(hub.school->store(), record::op_id(body)))
    broken(10, "the hub has an op under another's name");
  if (!reply) return;
  auto told = must(wire::decode_reply(*reply), "the hub's own reply");
  if (told.room && told.room->n > 0) broken(15, "the hub says that it has what its batch does not name");
}

}  // namespace waymark::simulation
