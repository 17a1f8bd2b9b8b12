// The class's stick: bundles that are torn, doubled, read late and in any order, and what a forger puts
// there.
#include "shared/sync/carry.hpp"
#include "shared/sync/carry_files.hpp"
#include "shared/wire/bundle.hpp"
#include "tests/simulation/school_world.hpp"

namespace waymark::simulation {
namespace {
constexpr std::size_t kStickMax = 40;
// Times that everybody's stick goes to school and back, until all is there that a stick can bring: one tells
// that the school lost something, one has it read from the beginning, one brings it back. A copy that finds
// itself out begins anew.
constexpr int kStickRounds = 6;

template <class T>
void keep(std::vector<T>& stick, T item) {
  if (stick.size() >= kStickMax) stick.erase(stick.begin());
  stick.push_back(std::move(item));
}
}  // namespace

// A stick pulled out early, or an old one.
std::string World::damaged(std::string bytes) {
  if (plan_.twin) return bytes;
  if (chance(20)) bytes.resize(random_.below(bytes.size() + 1));
  if (chance(10) && !bytes.empty()) bytes[random_.below(bytes.size())] ^= 0x20;
  return bytes;
}

void World::write_stick(Computer& computer) {
  if (computer.teacher) return;
  std::vector<wire::BundleItem> items;
  if (chance(20)) {
    auto& victim = any();
    if (!victim.teacher && victim.person != computer.person)
      items.push_back({wire::batch_item, forged_batch(computer, victim, word())});
  }
  auto bytes = bundle_of(computer, std::move(items));
  if (!bytes.empty()) keep(to_school_, damaged(std::move(bytes)));
}

// What it has for the school; empty when that is nothing.
std::string World::bundle_of(Computer& computer, std::vector<wire::BundleItem> items) {
  const sync::Author author{computer.person, computer.key, computer.certificate,
                            computer.certificate_signature};
  auto returned = must(sync::make_returned(*computer.store, author), "what was lost");
  for (auto& batch : must(sync::make_batches(*computer.store, author), "batches"))
    items.push_back({wire::batch_item, std::move(batch)});
  auto reading = must(sync::make_reading(*computer.store, author, items.empty()), "reading");
  if (reading) items.push_back({wire::reading_item, std::move(*reading)});
  for (auto& one : returned)
    if (plan_.sabotage != Sabotage::no_seals) items.push_back({wire::returned_item, std::move(one)});
  auto packed = must(sync::pack_files(*computer.store, computer.files, mentions(computer), 1 << 20), "files");
  for (auto& item : packed.items) items.push_back(std::move(item));
  if (items.empty()) return {};
  log("write stick " + std::to_string(computer.index) + " " + std::to_string(items.size()));
  return must(wire::seal_bundle(school_->identity(), computer.key, items), "bundle");
}

// Another student's name and papers over an op of one's own making.
std::string World::forged_batch(const Computer& forger, const Computer& victim, std::string_view mark) {
  record::Op op;
  op.stream = domain::person_stream(victim.person);
  op.kind = "goal";
  op.record = random_.id<RecordId>();
  op.fields = {{"want", std::string("forged ") + std::string(mark)}};
  op.author = victim.person;
  op.replica = random_.id<ReplicaId>();
  op.time_ms = now_ms_;
  random_.fill(op.salt);
  wire::Batch batch{
      victim.person,          op.replica, 1, {}, {}, victim.certificate, victim.certificate_signature, {},
      {record::canonical(op)}};
  batch.ids = {record::op_id(batch.ops.front())};
  forged_.insert(batch.ids.front());
  if (plan_.sabotage == Sabotage::no_batch_signature) return wire::encode(batch, victim.key);
  return wire::encode(batch, forger.key);
}

void World::carry_stick() {
  if (to_school_.empty()) return;
  log("carry stick");
  for (std::size_t count = 1 + random_.below(6); count > 0; count--) {
    auto bytes = to_school_[random_.below(to_school_.size())];
    auto cut = may_die(school_->store(), school_db());
    auto read = school_->read_bundle(bytes);
    bool died = cut.has_value();  // at the latest now, before the answer is on the stick
    cut.reset();
    if (died) {
      crash_school();
      continue;
    }
    note_files_at_school();
    if (!read) continue;
    log("school took in " + std::to_string(read->ops) + " of a stick");
    files_carried_ += read->files;
    brought_back_ += read->brought_back;
    if (!read->answer.empty()) keep(from_school_, Answer{damaged(read->answer), era_});
  }
}

// Says that everything here is at the school, and is not signed by it.
std::string World::forged_answer(Computer& computer) {
  auto n = must(computer.store->last_number(), "number");
  wire::Acknowledgement answer;
  answer.replica = computer.store->replica();
  answer.round = 1'000'000;
  answer.end = answer.at = must(computer.store->own_position(n), "position").value_or(record::Position{});
  return wire::encode(answer, computer.key);
}

std::string World::sabotage_news(Computer& computer, const std::string& bytes) {
  if (plan_.sabotage != Sabotage::news_anywhere) return bytes;
  auto news = must(wire::decode_news(bytes), "sabotage");
  news.asked.cursors.clear();
  for (const auto& reading : must(computer.store->readings(), "readings"))
    news.asked.cursors.push_back({reading.stream, reading.access, reading.cursor.feed, reading.cursor.segment,
                                  reading.cursor.seq, false});
  for (auto& page : news.reply.pages) page.digest.clear();
  return wire::encode(news);
}

void World::hear_answer(Computer& computer, const Answer& answer) {
  auto identity = school_->identity();
  auto bundle = wire::open_bundle(answer.bytes, computer.key);
  if (!bundle || !(bundle->writer == identity)) return;
  // What is known of this school since is of this time; what an older one said may be lost by now.
  if (answer.era != era_) computer.era = -1;
  wire::PieceJoiner joiner;
  for (const auto& item : bundle->items) {
    if (item.kind == wire::news_item) {
      check_told_by_stick(computer, item.body);
      told_ += must(computer.session->on_news(sabotage_news(computer, item.body)), "news");
      if (answer.era == era_) check_cursors(computer);
      finish_erasures(computer);
    }
    if (item.kind == wire::acknowledgement_item) {
      auto waited = must(computer.store->waiting_ids(kWaitingMax), "waiting");
      must(computer.session->on_acknowledgement(item.body, identity), "an acknowledgement");
      note_believed(computer, answer.era, waited);
    }
    if (item.kind == wire::files_item) must(computer.session->on_files(item.body), "files");
    if (item.kind != wire::file_item) continue;
    auto came = sync::take_piece(*computer.store, computer.files, mentions(computer), joiner, item.body);
    if (came || came.error().code != Code::disk_full) files_carried_ += must(std::move(came), "a piece");
  }
}

void World::read_stick(Computer& computer) {
  if (computer.teacher) return;
  log("read stick " + std::to_string(computer.index));
  auto before = must(computer.store->waiting_count(), "waiting");
  auto pick = from_school_.size();
  for (auto& answer : from_school_)
    if (pick-- != 0 && !chance(30)) hear_answer(computer, answer);
  carried_ += std::max<std::int64_t>(0, before - must(computer.store->waiting_count(), "waiting"));
  if (chance(30)) {
    auto believed =
        plan_.sabotage == Sabotage::no_answer_signature ? public_key(computer.key) : school_->identity();
    auto heard = computer.session->on_acknowledgement(forged_answer(computer), believed);
    if (heard && plan_.sabotage == Sabotage::none) broken(10, "a forged acknowledgement was believed");
    check_status(computer);
  }
}

// 1, 7: no network, and nothing else is broken: what is on any student's computer, and was served by the
// school or written there, is at the school, whoever wrote it.
void World::become_quiet_by_sticks() {
  auto goes = [](const Computer& computer) {
    return !computer.teacher && !computer.turned_away && !computer.hub;
  };
  for (int round = 0; round < kStickRounds; round++)
    for (auto& computer : computers_) {
      if (!goes(*computer)) continue;
      auto bytes = bundle_of(*computer, {});
      if (bytes.empty()) continue;
      auto read = must(school_->read_bundle(bytes), "a stick");
      files_carried_ += read.files;
      brought_back_ += read.brought_back;
      if (!read.answer.empty()) hear_answer(*computer, {read.answer, era_});
    }
  for (auto& computer : computers_) {
    if (!goes(*computer) || erased_.count(computer->person)) continue;
    std::set<OpId> refused;
    for (const auto& refusal : must(computer->store->refusals(), "refusals")) refused.insert(refusal.op);
    for (const auto& reading : must(computer->store->readings(), "readings"))
      for (const auto& entry : entries(*computer->store, reading.stream)) {
        auto id = must(OpId::parse(entry.id), "id");
        if (refused.count(id) || erased_ops_.count(id) || must(school_->store().has(id), "has")) continue;
        bool own = is_own(*computer->store, id);
        if (own || must(computer->store->seal_of(id), "seal"))
          broken(7, entry.id + " of " + reading.stream + " is on computer " +
                        std::to_string(computer->index) + (own ? ", which wrote it," : "") +
                        " and no stick brought it to the school");
      }
  }
}

}  // namespace waymark::simulation
