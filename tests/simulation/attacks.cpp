// What is not a fault of anybody's computer but done to the school: ops in others' names, broken or
// bottomless ones, forged seals, old requests said again, a portal that answers in the school's place, and
// disks that are full for a moment. It draws from a source of its own, so that all else is as in the plan
// without it.
#include "shared/wire/pack.hpp"
#include "tests/simulation/school_world.hpp"

namespace waymark::simulation {
namespace {
constexpr std::uint64_t kAttackedInHundred = 12, kPortalInHundred = 3, kFullInHundred = 3;
constexpr std::uint64_t kPortalBetweenInHundred = 10;
constexpr std::int64_t kAsManyPagesAsThereMayBe = 1'073'741'823;

// What a hall's network says to whoever has not bought an hour of it.
constexpr std::string_view kPortal = "<!doctype html><title>Welcome</title><p>Please sign in.";

std::int64_t pages_of(store::Store& store) {
  auto query = must(store.db().prepare("PRAGMA page_count"), "pages");
  must(query.step(), "pages");
  return query.integer(0);
}
void allow_pages(store::Store& store, std::int64_t pages) {
  must(store.db().execute("PRAGMA max_page_count=" + std::to_string(pages)), "pages");
}
}  // namespace

FullDisk::FullDisk(store::Store& store) : store_(store) { allow_pages(store, pages_of(store)); }
FullDisk::~FullDisk() { allow_pages(store_, kAsManyPagesAsThereMayBe); }

bool World::by_chance_ill(std::uint64_t in_hundred) { return plan_.attacks && ill_.below(100) < in_hundred; }

std::unique_ptr<FullDisk> World::full_for_a_moment(store::Store& store) {
  return by_chance_ill(kFullInHundred) ? std::make_unique<FullDisk>(store) : nullptr;
}

std::string World::through_portal(const std::string& body) {
  return by_chance_ill(kPortalInHundred) ? std::string(kPortal) : body;
}

bool World::by_chance_between(std::uint64_t in_hundred) {
  return plan_.attacks && !quiet_ && between_.below(100) < in_hundred;
}

std::unique_ptr<FullDisk> World::full_hub(Hub& hub) {
  return by_chance_between(kFullInHundred) ? std::make_unique<FullDisk>(hub.school->store()) : nullptr;
}

// A page that says it is one, a redirect or a proxy's 407 is known for what it is; one that claims to be
// bytes of a file, or an answer, is read as such.
std::optional<Error> World::portal_before(FileMessage& message) {
  if (!by_chance_between(kPortalBetweenInHundred)) return {};
  portals_++;
  Error page{Code::not_waymark, "a page answered"};
  if (message.step.what != sync::FileStep::What::get || between_.below(2)) return page;
  message.error.reset();
  message.reply = {{},         false, 0, 0, static_cast<std::int64_t>(kPortal.size()), std::string(kPortal),
                   "text/html"};
  return {};
}

// What a hub hears in its school's place. False: nothing that can be taken for an answer.
bool World::portal_before(Message& message) {
  if (!by_chance_between(kPortalBetweenInHundred)) return true;
  portals_++;
  if (is_sealed(message.asked) || between_.below(2)) return false;
  message.body = kPortal;
  return true;
}

// Bodies beyond every bound: more bytes than are read, more ops, more bytes than packing shows.
void World::bombard() {
  if (!by_chance_between(2) || !school_up_) return;
  const auto& attacker = *computers_[between_.below(computers_.size())];
  auto bearer = school_->bearer(attacker.token);
  if (!bearer || attacker.teacher) return;
  static const std::string packed = wire::pack(std::string(4 * wire::message_bytes_max, 'a'));
  wire::SyncRequest request;
  request.replica = between_.id<ReplicaId>();
  auto own = domain::person_stream(attacker.person);
  bombs_++;
  auto& school = !hubs_.empty() && between_.below(2) ? *hubs_.front()->school : *school_;
  log("bombard");
  std::string body;
  switch (between_.below(3)) {
    case 0: {
      if (packed.size() > 100'000) throw Broken("no bomb");
      auto text = wire::unpack(packed, wire::message_bytes_max);
      if (text || text.error().code != Code::too_large) broken(12, "a bomb was unpacked");
      body = packed;
      break;
    }
    case 1:
      request.ops.assign(wire::ops_per_request_max + 1, made_up(own, "goal", attacker.person, between_));
      body = wire::encode(request);
      break;
    default:
      request.ops = {made_up(own, "goal", attacker.person, between_)};
      request.ops.front().insert(request.ops.front().size() - 1, wire::message_bytes_max, ' ');
      body = wire::encode(request);
  }
  if (auto reply = school.sync(*bearer, body)) broken(12, "what is beyond every bound was answered");
  if (school.read_bundle(packed)) broken(12, "a bomb was read as a bundle");
  for (const auto& op : request.ops)
    if (has_content(school.store(), record::op_id(op))) broken(10, "what is beyond every bound was taken in");
}

// An op that nobody wrote, by the author it claims.
std::string World::made_up(const std::string& stream, std::string_view kind, const PersonId& author,
                           SeededRandom& random) {
  record::Op op;
  op.stream = stream;
  op.kind = kind;
  op.record = random.id<RecordId>();
  op.fields = {{kind == "goal" ? "want" : "text", std::string("made up")}};
  op.author = author;
  op.replica = random.id<ReplicaId>();
  op.time_ms = now_ms_;
  random.fill(op.salt);
  auto body = record::canonical(op);
  forged_.insert(record::op_id(body));
  return body;
}

void World::attack() {
  if (!by_chance_ill(kAttackedInHundred) || !school_up_) return;
  const auto& attacker = *computers_[ill_.below(computers_.size())];
  const auto& victim = *computers_[ill_.below(computers_.size())];
  auto bearer = school_->bearer(attacker.token);
  if (!bearer || attacker.teacher || victim.person == attacker.person) return;
  auto own = domain::person_stream(attacker.person), theirs = domain::person_stream(victim.person);
  wire::SyncRequest request;
  request.replica = ill_.id<ReplicaId>();
  switch (ill_.below(6)) {
    case 0:
      request.ops = {made_up(theirs, "goal", victim.person, ill_)};
      break;
    case 1:
      request.ops = {made_up(own, "observation", teachers_.front(), ill_)};
      break;
    case 2: {
      std::string bottomless = R"({"v":1,"fields":{"want":)" + std::string(20'000, '[');
      forged_.insert(record::op_id(bottomless));
      request.ops = {std::move(bottomless)};
      break;
    }
    case 3: {
      // What a school that let it in would have sealed, and its author never wrote.
      auto body = made_up(own, "observation", teachers_.front(), ill_);
      wire::Returned returned{own, {record::op_id(body)}, {}, {body}};
      returned.seal = to_hex(sign(attacker.key, as_bytes(wire::seal_message(own, returned.items))));
      if (plan_.sabotage == Sabotage::believe_any_seal)
        returned.seal = to_hex(sign(identity_key(), as_bytes(wire::seal_message(own, returned.items))));
      request.returned = {std::move(returned)};
      break;
    }
    case 4: {
      // Under the name of another's replica, which then finds another position there and begins anew.
      request.replica = victim.store->replica();
      request.before = must(school_->store().position(request.replica), "position");
      request.ops = {made_up(theirs, "goal", victim.person, ill_)};
      break;
    }
    default: {
      auto old = asked_.find(attacker.index);
      if (old == asked_.end()) return;
      log("said again");
      (void)school_->sync(*bearer, old->second);
      return;
    }
  }
  log("attack");
  auto reply = school_->sync(*bearer, wire::encode(request));
  for (const auto& back : request.returned)
    for (const auto& body : back.bodies)
      if (has_content(school_->store(), record::op_id(body)))
        broken(10, "what no school sealed was taken in");
  for (const auto& body : request.ops)
    if (has_content(school_->store(), record::op_id(body))) broken(10, "what nobody wrote was taken in");
  if (reply && !request.ops.empty() && must(wire::decode_reply(*reply), "a reply").refused.empty())
    broken(12, "what nobody wrote was not refused");
}

SecretKey World::identity_key() {
  SecretKey key;
  auto seed = from_hex(must(school_->store().meta("identity"), "identity").value()).value();
  std::copy(seed.begin(), seed.end(), key.seed.begin());
  return key;
}

// A student of the room gives its hub what another one is said to have written: in a batch of theirs, in one
// of one's own, or in none.
void World::attack_hub() {
  if (!plan_.attacks || hubs_.empty()) return;
  auto& hub = *hubs_[hubs_.size() > 1 ? harm_.below(hubs_.size()) : 0];
  if (!hub.up || harm_.below(20) != 0) return;
  const auto& attacker = *computers_[harm_.below(computers_.size())];
  const auto& victim = *computers_[harm_.below(computers_.size())];
  auto bearer = hub.school->bearer(attacker.token);
  if (!bearer || attacker.teacher || victim.teacher || victim.person == attacker.person) return;
  auto body = made_up(domain::person_stream(victim.person), "goal", victim.person, harm_);
  auto op = must(record::parse_op(body), "an op");
  const auto kind = harm_.below(3);
  const auto& writer = kind == 0 ? victim : attacker;
  wire::Batch batch{
      writer.person, op.replica, 1, {}, {}, writer.certificate, writer.certificate_signature, {}, {body}};
  batch.ids = {record::op_id(body)};
  wire::SyncRequest request;
  request.replica = op.replica;
  request.ops = {body};
  bool believed = plan_.sabotage == Sabotage::no_batch_signature;
  if (kind < 2) request.batch = wire::signed_lines(batch, believed ? writer.key : attacker.key);
  log("attack hub");
  (void)hub.school->sync(*bearer, wire::encode(request));
  if (has_content(hub.school->store(), batch.ids.front())) broken(10, "what nobody wrote is at the hub");
}

}  // namespace waymark::simulation
