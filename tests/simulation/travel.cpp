// Power cuts, and disks that go back in time or double: old images put back with and without a word, a
// running server whose disk is reverted under it, disks that lied about what they kept, and copies that live
// on beside what they were copied from.
#include <algorithm>
#include <filesystem>

#include <sqlite3.h>

#include "tests/simulation/disks.hpp"
#include "tests/simulation/school_world.hpp"
#include "tests/support/temporary.hpp"

namespace waymark::simulation {
namespace {

constexpr std::size_t kImagesMax = 5;
constexpr long kCopiesMax = 3;

// What the disk has kept when the power goes and it had only said that it kept everything: the write-ahead
// log ends early, or its last page is torn. Of what was copied into the database the log is no longer the
// only keeper: the disk that tore it would have torn the database too, and no database survives that.
struct DiskAsKept {
  std::string path, database, log;
  std::size_t copied;
  explicit DiskAsKept(std::string at)
      : path(std::move(at)),
        database(disks::read(path)),
        log(disks::read(path + "-wal")),
        copied(disks::copied_back(path)) {}
  void put_back(SeededRandom& random) {
    if (log.size() > copied) {
      auto from_end = random.below(std::min<std::size_t>(log.size() - copied, 60'000)) + 1;
      if (random.below(2))
        log.resize(log.size() - from_end);
      else
        log[log.size() - from_end] = static_cast<char>(log[log.size() - from_end] ^ 0x40);
    }
    disks::put(path, database);
    disks::put_alone(path + "-wal", log);
  }
};

std::int64_t newest_op(store::Store& store) {
  auto query = must(store.db().prepare("SELECT coalesce(max(n), 0) FROM op"), "the newest op");
  must(query.step(), "the newest op");
  return query.integer(0);
}

}  // namespace

PowerCut::PowerCut(store::Store& store, int steps) : handle_(store.db().handle()) {
  sqlite3_progress_handler(
      handle_, steps, [](void*) { return 1; }, nullptr);
}
PowerCut::PowerCut(const std::string& path, int writes) { disks::cut_power(path, writes); }
PowerCut::~PowerCut() {
  if (handle_)
    sqlite3_progress_handler(handle_, 0, nullptr, nullptr);
  else if (!disks::power_is_gone())
    disks::leave_power();
}
bool PowerCut::came(bool done) { return handle_ ? !done : disks::power_is_gone(); }

// ---- power cuts

std::optional<PowerCut> World::may_die(store::Store& store, const std::string& path, int steps_max) {
  if (!(lossy_ && chance(4))) return std::nullopt;
  auto steps = 1 + static_cast<int>(random_.below(static_cast<std::uint64_t>(steps_max)));
  if (plan_.twin) return std::nullopt;
  if (plan_.rough && rough_.below(2)) {
    cuts_++;
    return std::optional<PowerCut>(std::in_place, path, 1 + static_cast<int>(rough_.below(24)));
  }
  return std::optional<PowerCut>(std::in_place, store, steps);
}

// What a computer was about to write when its power went may be there or not.
void World::note_what_was_kept(Computer& computer, std::int64_t after) {
  auto query =
      must(computer.store->db().prepare(
               "SELECT op.id, op.body FROM outbox JOIN op ON op.n = outbox.op WHERE op.n > ? ORDER BY op.n"),
           "outbox");
  query.bind(after);
  while (must(query.step(), "outbox")) {
    auto id = query.id<OpId>(0);
    if (std::none_of(committed_.begin(), committed_.end(), [&](const auto& op) { return op.id == id; }))
      committed_.push_back({id, query.text(1), computer.index, true});
  }
}

// A connection that ends well writes its log into its database. This one ends with its process.
void World::say_no_goodbye(store::Store& store) {
  sqlite3_db_config(store.db().handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

void World::crash(Computer& computer) {
  crashes_++;
  log("crash " + std::to_string(computer.index));
  auto newest = newest_op(*computer.store);
  OpId saved;
  // One that died in the middle of a transaction writes no more.
  bool writes = chance(50) && !computer.store->db().in_transaction() && !plan_.twin;
  if (writes) {
    // In the middle of a write: what it was about to say is not promised to be there, and nothing else
    // suffers.
    auto steps = 1 + static_cast<int>(random_.below(200));
    std::optional<PowerCut> cut;
    if (plan_.rough && rough_.below(2))
      cut.emplace(computer.path, 1 + static_cast<int>(rough_.below(16)));
    else
      cut.emplace(*computer.store, steps);
    store::Edit edit{{domain::own_stream(computer.person), "pack_up", {}}, {{"line", word()}}, {}, {}};
    auto written = computer.store->write(computer.person, std::span(&edit, 1));
    if (disks::power_is_gone()) cuts_++;
    cut.reset();
    if (written) {
      auto op = must(computer.store->op(written->front().op), "op after a cut that came too late");
      saved = written->front().op;
      committed_.push_back({saved, record::canonical(*op), computer.index, true});
    }
  }
  say_no_goodbye(*computer.store);
  computer.session.reset();
  computer.store.reset();
  disks::lose_power(computer.path, luck());
  open(computer);
  if (saved != OpId{} && !must(computer.store->has(saved), "has"))
    broken(1, saved.hex() + " was saved, and is gone with the power");
  note_what_was_kept(computer, newest);
}

void World::crash_school() {
  crashes_++;
  log("crash school");
  say_no_goodbye(school_->store());
  school_.reset();
  disks::lose_power(school_db(), luck());
  open_school();
}

void World::torn(Computer& computer) {
  if (plan_.twin) return crash(computer);
  crashes_++;
  log("torn " + std::to_string(computer.index));
  DiskAsKept disk(computer.path);
  computer.session.reset();
  computer.store.reset();
  disk.put_back(random_);
  for (auto& [hash, part] : computer.files.parts) part.resize(random_.below(part.size() + 1));
  open(computer);
  travelled(computer);
}

void World::torn_school() {
  if (plan_.twin) return crash_school();
  crashes_++;
  log("torn school");
  DiskAsKept disk(school_db());
  school_.reset();
  disk.put_back(random_);
  open_school();
  school_travelled();
}

// ---- journeys

std::string World::image_of(store::Store& store) {
  sqlite3_int64 size = 0;
  auto* bytes = sqlite3_serialize(store.db().handle(), "main", &size, 0);
  if (!bytes) throw Broken("no image of a disk");
  std::string image(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  sqlite3_free(bytes);
  return image;
}
void World::remember(std::vector<Image>& images, Image image) {
  images.push_back(std::move(image));
  // The first, of before the first sync, is never forgotten.
  if (images.size() > kImagesMax) images.erase(images.begin() + 1);
}
void World::remember(Computer& computer) {
  remember(computer.images, {image_of(*computer.store), computer.files.whole});
}
void World::remember_school() { remember(school_images_, {image_of(school_->store()), school_files()}); }

// Made once a process: a school has ten computers, and their tables need not be made each time.
void World::put_blank(const std::string& path) {
  static const std::string image = [] {
    test::TemporaryFolder folder;
    ManualClock clock;
    SeededRandom random(1);
    auto store =
        must(store::Store::open(folder.path() + "/blank.db", {&clock, &random, true}), "a blank store");
    must(store->db().execute("DELETE FROM meta"), "a blank store");  // the names are each computer's own
    return image_of(*store);
  }();
  disks::put(path, image);
}

void World::restore(Computer& computer) {
  auto image = computer.images[random_.below(computer.images.size())];
  put_back(computer, image);
}

void World::put_back(Computer& computer, const Image& image) {
  log("restore " + std::to_string(computer.index));
  computer.session.reset();
  computer.store.reset();
  disks::put(computer.path, image.database);
  computer.files.whole = image.files;
  computer.files.parts.clear();
  open(computer);
  travelled(computer);
}

void World::restore_school() {
  auto image = school_images_[random_.below(school_images_.size())];
  // What it leaves is an image too: a later journey may lead back to it, as when two copies of one server
  // take turns at one address.
  if (chance(50)) remember_school();
  // A backup that is put in place leaves the files that are there; a disk that is put back does not.
  put_back_school(image, chance(50));
}

void World::put_back_school(const Image& image, bool files_too) {
  log("restore school");
  school_.reset();
  disks::put(school_db(), image.database);
  if (plan_.sabotage == Sabotage::no_removal_log) std::filesystem::remove(folder_ + "/school/removals.log");
  if (plan_.sabotage == Sabotage::no_class_log) forget_what_began();
  if (files_too) put_school_files(image.files);
  open_school();
  school_travelled();
}

// The server does not notice anything: its connection, its segment and its prepared statements live on.
void World::revert_school() {
  if (plan_.sabotage == Sabotage::no_segments) return;  // which only a digest finds
  revert_school(school_images_[random_.below(school_images_.size())].database);
}

void World::revert_school(std::string image) {
  log("revert school");
  revert(school_->store(), std::move(image));
  school_travelled();
}

void World::revert(store::Store& store, std::string image) {
  // A database in memory cannot be one with a write-ahead log; the two bytes of its header say so.
  image[18] = image[19] = 1;
  sqlite3* memory = nullptr;
  sqlite3_open(":memory:", &memory);
  sqlite3_deserialize(memory, "main", reinterpret_cast<unsigned char*>(image.data()),
                      static_cast<sqlite3_int64>(image.size()), static_cast<sqlite3_int64>(image.size()),
                      SQLITE_DESERIALIZE_READONLY);
  auto* backup = sqlite3_backup_init(store.db().handle(), "main", memory, "main");
  bool done = backup && sqlite3_backup_step(backup, -1) == SQLITE_DONE;
  sqlite3_backup_finish(backup);
  sqlite3_close(memory);
  if (!done) throw Broken("a disk could not be reverted");
  // All of the disk is of then: beneath the log lies nothing of a later day.
  (void)sqlite3_wal_checkpoint_v2(store.db().handle(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

// As `waymark-server backup` does while it serves.
void World::back_up() {
  log("back up");
  auto job = must(school_->begin_backup(), "a backup");
  identity_ = job.identity;
  disks::spill(job.copy);
  auto file = folder_ + "/backup-" + std::to_string(backups_.size());
  must(School::finish_backup(job, file), "a backup");
  backups_.push_back(file);
  if (before_loss_) of_lost_log_.insert(file);
}

void World::restore_backup() {
  if (backups_.empty()) return;
  auto file = backups_[rough_.below(backups_.size())];
  log("restore backup");
  restores_++;
  // What was said while the log was away becomes one with what it says itself.
  if (of_lost_log_.contains(file)) doubt_all();
  must(school_->restore(file, *identity_), "a restore");
  granted_.clear();
  school_travelled();
}

void World::torn_hub() {
  auto* hub = some_hub();
  if (!hub) return;
  crashes_++;
  log("torn hub");
  DiskAsKept disk(hub->db());
  hub->session.reset();
  hub->school.reset();
  disk.put_back(random_);
  open_hub(*hub);
  hub_travelled(*hub);
}

// It does not notice anything; what it was about to say goes on.
void World::revert_hub() {
  auto* hub = some_hub();
  if (!hub) return;
  revert_hub(*hub, hub->images[random_.below(hub->images.size())]);
}

void World::revert_hub(Hub& hub, const Image& image) {
  log("revert hub");
  revert(hub.school->store(), image.database);
  put_hub_parcels(hub, image.files);
  hub_travelled(hub);
}

void World::copy(Computer& computer) {
  if (copies_ >= kCopiesMax) return;
  copies_++;
  // Now, or as it was before the first sync.
  auto image = chance(30) ? computer.images.front() : Image{image_of(*computer.store), computer.files.whole};
  auto& copied = copy_of(computer, std::move(image));
  log("copy " + std::to_string(computer.index) + " to " + std::to_string(copied.index));
}

Computer& World::copy_of(const Computer& computer, Image image) {
  auto copied = std::make_unique<Computer>();
  copied->index = static_cast<int>(computers_.size());
  copied->teacher = computer.teacher;
  copied->person = computer.person;
  copied->token = computer.token;
  copied->shared_token = computer.shared_token;
  copied->path = folder_ + "/computer" + std::to_string(copied->index) + ".db";
  copied->random = std::make_unique<SeededRandom>(random_.u64());
  copied->records = computer.records;
  copied->key = computer.key;
  copied->certificate = computer.certificate;
  copied->certificate_signature = computer.certificate_signature;
  copied->row = computer.row;
  copied->clock = computer.clock;
  disks::put(copied->path, image.database);
  copied->files.whole = image.files;
  open(*copied);
  copied->images = {std::move(image)};
  copied->era = -1;
  if (computer.hub) go_to(*copied, computer.hub);
  computers_.push_back(std::move(copied));
  return *computers_.back();
}

// A lab is set up from one disk, on which somebody had already signed in, or worked.
void World::make_clones() {
  for (int i = 0; i < plan_.clones; i++) {
    const auto& computer = *computers_[static_cast<std::size_t>(i) % 2];
    copies_++;
    copy_of(computer,
            i % 3 == 0 ? computer.images.front() : Image{image_of(*computer.store), computer.files.whole});
  }
}

void World::travelled(Computer& computer) {
  journeys_++;
  computer.travels++;
  computer.ops_seen = 0;
  computer.era = -1;
  computer.heard_hub = nullptr;  // what it says of a room is of then
  count_losses();
}
void World::school_travelled() {
  granted_.clear();
  journeys_++;
  era_++;
  count_losses();
}

// Whose it is no computer can prove of what its hub lost before the school had it.
bool World::can_bring(store::Store& store, const Committed& op) {
  return has_content(store, op.id) &&
         (op.computer != kOnHubPages || must(store.seal_of(op.id), "seal").has_value());
}

// What no disk has any more is lost, and nobody can be blamed for it.
void World::count_losses() {
  std::set<OpId> carried;
  for (const auto& hub : hubs_)
    if (hub->school)
      for (const auto& batch : must(hub->school->carried().next(1 << 30, 0), "carried"))
        for (const auto& id : must(wire::read_batch_ids(batch.body), "carried")) carried.insert(id);
  std::vector<store::Transaction> looking;
  looking.push_back(look_at(school_->store()));
  for (auto& computer : computers_) looking.push_back(look_at(*computer->store));
  for (auto& op : committed_) {
    if (op.lost || carried.count(op.id) || has_content(school_->store(), op.id)) continue;
    // What a teacher wrote at a hub it sends by itself.
    if (op.computer == kOnHubPages && std::any_of(hubs_.begin(), hubs_.end(), [&](const auto& hub) {
          return hub->school && is_own(hub->school->store(), op.id);
        }))
      continue;
    op.lost = std::none_of(computers_.begin(), computers_.end(),
                           [&](const auto& computer) { return can_bring(*computer->store, op); });
    if (op.lost) log("lost " + op.id.hex());
  }
  looking.clear();
  count_lost_files();
}

}  // namespace waymark::simulation
