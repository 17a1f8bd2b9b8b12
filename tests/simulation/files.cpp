// Files: students attach them, pieces are lost, doubled and cut short, disks that are full, and a school that
// collects what nothing mentions, by a clock that jumps.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <sqlite3.h>

#include "shared/base/hash.hpp"
#include "shared/store/erase.hpp"
#include "shared/wire/bundle.hpp"
#include "shared/wire/carried_file.hpp"
#include "tests/simulation/school_world.hpp"

namespace waymark::simulation {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kReplyTimeMs = 30'000;
constexpr std::int64_t kDayMs = std::int64_t{24} * 3600 * 1000;
constexpr std::int64_t kYearMs = 365 * kDayMs;
constexpr int kFilesMax = 24;  // of one school: they are compared often

std::string name_of(std::string_view body) { return to_hex(sha256(as_bytes(body))); }

}  // namespace

// ---- a computer's disk

std::optional<std::int64_t> FilesHere::size(std::string_view hash) const {
  auto found = whole.find(hash);
  if (found == whole.end()) return {};
  return static_cast<std::int64_t>(found->second->size());
}
Result<std::string> FilesHere::read(std::string_view hash, std::int64_t from, std::size_t bytes) const {
  auto found = whole.find(hash);
  if (found == whole.end()) return Error{Code::not_found, std::string(hash)};
  return found->second->substr(static_cast<std::size_t>(from), bytes);
}
std::int64_t FilesHere::coming(std::string_view hash) const {
  auto found = parts.find(hash);
  return found == parts.end() ? 0 : static_cast<std::int64_t>(found->second.size());
}
Status FilesHere::append(std::string_view hash, std::int64_t from, std::string_view bytes) {
  if (full) return Error{Code::disk_full, ""};
  auto& part = parts[std::string(hash)];
  part.resize(static_cast<std::size_t>(from));
  part += bytes;
  return {};
}
Status FilesHere::finish(std::string_view hash) {
  auto part = std::move(parts[std::string(hash)]);
  drop(hash);
  if (name_of(part) != hash) return Error{Code::wrong_id, ""};
  whole[std::string(hash)] = std::make_shared<const std::string>(std::move(part));
  return {};
}
void FilesHere::drop(std::string_view hash) {
  if (auto found = parts.find(hash); found != parts.end()) parts.erase(found);
}

// ---- what people do

void World::attach(Computer& computer) {
  if (computer.teacher || attached_.size() >= kFilesMax) return;
  auto stream = domain::person_stream(computer.person);
  if (must(store::is_erased(*computer.store, stream, {}), "erased")) return;
  Content body;
  if (!attached_.empty() && chance(10)) {
    body = contents_[attached_[random_.below(attached_.size())].hash];  // somebody's else, or the same twice
  } else {
    std::string bytes(1 + random_.below(chance(30) ? 4'000 : 300), '\0');
    for (char& c : bytes) c = static_cast<char>(random_.below(256));
    body = std::make_shared<const std::string>(std::move(bytes));
  }
  auto hash = name_of(*body);
  contents_[hash] = computer.files.whole[hash] = body;
  store::Edit edit{{stream, "work", computer.random->id<RecordId>()},
                   {{"project", std::string(32, 'a')},
                    {"step", "plan"},
                    {"type", "photo"},
                    {"file", hash},
                    {"mime", "image/png"},
                    {"bytes", static_cast<std::int64_t>(body->size())}},
                   {},
                   {}};
  if (chance(20)) edit.fields["title"] = 7;  // refused: nothing at the school will mention the file
  auto transaction = must(store::Transaction::begin(computer.store->db()), "begin");
  must(computer.store->add_file({hash, static_cast<std::int64_t>(body->size()), "image/png", stream, 0}),
       "a file's row");
  auto written = must(computer.store->write(computer.person, std::span(&edit, 1)), "attach");
  must(transaction.commit(), "commit");
  auto op = must(computer.store->op(written.front().op), "op");
  committed_.push_back({written.front().op, record::canonical(*op), computer.index, false});
  attached_.push_back({written.front().op, stream, hash});
  computer.session->committed(computer.clock.steady_ms());
  log("attach " + std::to_string(computer.index) + " " + hash);
}

std::vector<sync::Mention> World::mentions(Computer& computer) {
  // The same as long as nothing was written there.
  auto changes = sqlite3_total_changes64(computer.store->db().handle());
  if (changes == computer.mentioned_at) return computer.mentioned;
  computer.mentioned_at = changes;
  auto& found = computer.mentioned;
  found.clear();
  auto stream = domain::person_stream(computer.person);
  if (!computer.teacher)
    for (const auto& work : must(computer.store->records(stream, "work"), "works"))
      if (auto hash = work.text("file"); !hash.empty()) found.push_back({hash, stream, work.text("mime")});
  return found;
}

// What was erased leaves the disk, and no piece of it that is on its way comes back.
void World::finish_erasures(Computer& computer) {
  std::vector<std::string> here;
  for (const auto& file : computer.files.whole) here.push_back(file.first);
  auto gone = must(store::erased_files(*computer.store, [&] { return here; }), "erased files");
  if (!gone) return;
  if (computer.file_ticket) {
    computer.file_ticket = 0;
    must(computer.queue->on_lost({Code::cancelled, ""}, computer.clock.steady_ms()), "loss");
  }
  for (const auto& hash : *gone) computer.files.whole.erase(hash);
  // The profile of who is erased goes as a whole, with files of which its database knows nothing.
  if (must(store::is_erased(*computer.store, computer.person), "erased")) computer.files.whole.clear();
  computer.files.parts.clear();
  must(store::forget_erased_files(*computer.store), "erased files");
}

void World::collect() {
  auto days = 1 + random_.below(chance(70) ? 50 : 3);
  for (std::uint64_t day = 0; day < days; day++) {
    advance(kDayMs);
    collect_once();
  }
}

void World::lose_file() {
  auto there = School::files_on_disk(folder_ + "/school");
  if (there.empty()) return;
  const auto& hash = there[random_.below(there.size())];
  log("lose file " + hash);
  fs::remove(school_file(hash));
  count_lost_files();
}

void World::collect_once() {
  static constexpr std::int64_t years[] = {-56, -1, 1, 10};
  auto jump = lossy_ && chance(20) ? years[random_.below(4)] * kYearMs : 0;
  if (jump) set_clock(school_clock_, jump);
  auto before = School::files_on_disk(school_->data());
  // Only when all has arrived: else others notice first that it is another op now.
  if (plan_.sabotage == Sabotage::rewrite && quiet_)
    must(school_->store().db().execute(
             "UPDATE op SET body = CAST(replace(CAST(body AS TEXT), '\"word ', '\"ward ') AS BLOB) WHERE n = "
             "(SELECT max(op.n) FROM op JOIN record r ON r.id = op.record JOIN kind k ON k.id = r.kind "
             "WHERE k.name IN ('observation', 'checkin') AND op.state = 0)"),
         "sabotage");
  if (plan_.sabotage == Sabotage::collect_what_is_old) {
    must(school_->store().db().execute("DELETE FROM file"), "sabotage");
    for (const auto& hash : before) fs::remove(school_file(hash));
  }
  auto cut = may_die(school_->store(), school_db(), 500);
  auto gone = school_->collect_files(before);
  bool died = cut && cut->came(gone.has_value());
  cut.reset();
  if (jump) school_clock_.set_ms(now_ms_);
  if (!gone && !died) throw Broken("collecting failed: " + gone.error().detail);
  if (died) crash_school();
  if (gone) collected_ += *gone;
  // 19: what is mentioned stays.
  for (const auto& file : attached_)
    if (std::binary_search(before.begin(), before.end(), file.hash) && !fs::exists(school_file(file.hash)) &&
        mentioned_at_school(file))
      broken(19, "the file " + file.hash + " was collected, and " + file.op.hex() + " mentions it");
  count_lost_files();
  if (gone && *gone) log("collected " + std::to_string(*gone));
}

// ---- on its way

void World::send_file(Computer& computer) {
  if (computer.ill != Ill::no) return;
  auto steady = computer.clock.steady_ms();
  if (computer.file_ticket && steady - computer.file_sent_ms > kReplyTimeMs) {
    computer.file_ticket = 0;
    must(computer.queue->on_lost({Code::timeout, ""}, steady), "loss");
  }
  auto step = must(computer.queue->next(steady), "next file");
  if (!step) return;
  if (plan_.sabotage == Sabotage::never_ask && step->what == sync::FileStep::What::ask) {
    must(computer.queue->on_reply({}, steady), "sabotage");
    return;
  }
  computer.file_ticket = ++tickets_;
  computer.file_sent_ms = steady;
  post_file({true, computer.index, computer.file_ticket, 0, std::move(*step), {}, {}, computer.hub});
}

void World::post_file(FileMessage message) {
  messages_++;
  int copies = chance(lossy_) ? 0 : chance(lossy_ / 4) ? 2 : 1;
  auto& bytes = message.to_school ? message.step.bytes : message.reply.bytes;
  log((message.to_school ? "file up " : "file down ") + std::to_string(message.computer) + " " +
      std::to_string(bytes.size()) + " x" + std::to_string(copies));
  for (int i = 0; i < copies; i++) {
    message.due_ms = now_ms_ + static_cast<std::int64_t>(random_.below(lossy_ ? 20'000 : 200));
    if (chance(lossy_ / 6)) bytes.resize(random_.below(bytes.size() + 1));
    file_network_.push_back(message);
  }
}

void World::deliver_files() {
  std::stable_sort(file_network_.begin(), file_network_.end(),
                   [](const auto& a, const auto& b) { return a.due_ms < b.due_ms; });
  while (!file_network_.empty() && file_network_.front().due_ms <= now_ms_) {
    auto message = std::move(file_network_.front());
    file_network_.pop_front();
    if (message.to_school)
      message.hub ? file_arrives_at_hub(message) : file_arrives_at_school(message);
    else
      file_arrives_at(*computers_[static_cast<std::size_t>(message.computer)], message);
  }
}

void World::file_arrives_at_school(const FileMessage& message) {
  if (!school_up_) return;
  if (!heard_of_ms_) heard_of_ms_ = now_ms_;
  using What = sync::FileStep::What;
  const auto& step = message.step;
  FileMessage answer{false, message.computer, message.ticket, 0, {}, {}, {}};
  auto known = school_->bearer(computers_[static_cast<std::size_t>(message.computer)]->token);
  if (!known) {
    answer.error = known.error();
    return post_file(std::move(answer));
  }
  const auto& bearer = *known;
  auto cut = may_die(school_->store(), school_db(), 500);
  switch (step.what) {
    case What::ask: {
      auto lacking = school_->lacking_files(bearer, step.stream, step.hashes);
      if (lacking) answer.reply.lacking = *lacking;
      if (!lacking) answer.error = lacking.error();
      break;
    }
    case What::find:
    case What::put: {
      auto state =
          school_->put_piece(bearer, step.stream, step.hash, {step.from, step.total, step.bytes}, step.mime);
      if (state) answer.reply.whole = state->whole, answer.reply.come = state->bytes;
      if (!state) answer.error = state.error();
      break;
    }
    case What::get: {
      auto found = school_->find_file(bearer.person, step.stream, step.hash);
      auto size =
          found ? std::clamp<std::int64_t>(found->bytes - step.from, 0, static_cast<std::int64_t>(step.size))
                : 0;
      auto bytes = !found      ? Result<std::string>(found.error())
                   : size == 0 ? Result<std::string>(Error{Code::invalid, "the file ends before that"})
                               : School::read_file(*found, step.from, static_cast<std::size_t>(size));
      if (bytes) answer.reply = {{}, false, 0, step.from, found->bytes, *bytes, found->mime};
      if (!bytes) answer.error = bytes.error();
      break;
    }
  }
  bool died = cut && cut->came(!answer.error);
  cut.reset();
  if (died) return crash_school();
  note_files_at_school();
  post_file(std::move(answer));
}

void World::file_arrives_at(Computer& computer, const FileMessage& message) {
  if (computer.file_ticket != message.ticket) return;
  computer.file_ticket = 0;
  computer.files.full = lossy_ && chance(5);
  auto steady = computer.clock.steady_ms();
  auto received = computer.queue->received(), sent = computer.queue->sent();
  auto heard = message;
  if (auto page = portal_before(heard)) heard.error = *page;
  if (plan_.sabotage == Sabotage::believe_portal && heard.error && heard.error->code == Code::not_waymark)
    heard.error.reset(), heard.reply = {}, heard.reply.whole = true;
  must(heard.error ? computer.queue->on_lost(*heard.error, steady)
                   : computer.queue->on_reply(heard.reply, steady),
       "a file's answer");
  files_ += computer.queue->received() - received;
  if (!message.hub) return;
  parcels_ += computer.queue->sent() - sent;
  // Of all that it was given the hub has told, or it was given nothing else.
  auto given = must(computer.store->parcels_at(message.hub->file.hub.hex()), "parcels");
  bool of_all = heard.step.what == sync::FileStep::What::ask || (given.size() == 1 && heard.reply.whole);
  if (!heard.error && of_all && message.hub_era == message.hub->era) {
    std::erase_if(computer.parcels_told,
                  [&](const auto& told) { return told.first->file.hub == message.hub->file.hub; });
    for (const auto& twin : hubs_)
      if (twin->file.hub == message.hub->file.hub) computer.parcels_told[twin.get()] = twin->era;
  }
  if (plan_.sabotage == Sabotage::believe_hub_of_files && heard.reply.whole)
    for (const auto& one : given)
      must(computer.store->set_file_state(one.stream, one.hash, sync::file_at_school), "sabotage");
}

// ---- the school's disk

std::string World::school_file(std::string_view hash) const {
  return folder_ + "/school/files/" + std::string(hash.substr(0, 2)) + "/" + std::string(hash.substr(2));
}

std::map<std::string, Content, std::less<>> World::school_files() const {
  std::map<std::string, Content, std::less<>> files;
  for (const auto& hash : School::files_on_disk(folder_ + "/school"))
    files.emplace(hash, contents_.find(hash)->second);
  return files;
}

void World::put_school_files(const std::map<std::string, Content, std::less<>>& files) {
  for (const auto& hash : School::files_on_disk(folder_ + "/school"))
    if (!files.contains(hash)) fs::remove(school_file(hash));
  for (const auto& [hash, body] : files) {
    fs::create_directories(fs::path(school_file(hash)).parent_path());
    std::ofstream(school_file(hash), std::ios::binary) << *body;
  }
}

// ---- what must hold

bool World::mentioned_at_school(const Attached& file) { return has_content(school_->store(), file.op); }

// A file that no disk has is lost, and nobody can be blamed for it: the school may let go what nothing there
// mentions, and a computer may be put back. What the school has for another stream is not told to this one.
void World::count_lost_files() {
  auto& root = school_->store();
  auto in_parcels = files_in_parcels();
  for (auto& file : attached_) {
    if (file.lost || in_parcels.contains({file.stream, file.hash})) continue;
    bool there =
        fs::exists(school_file(file.hash)) && (must(root.file_in(file.stream, file.hash), "a file's row") ||
                                               !must(root.knows_file(file.hash), "a file's rows"));
    file.lost = !there && std::none_of(computers_.begin(), computers_.end(), [&](const auto& computer) {
      return computer->files.whole.contains(file.hash) &&
             domain::person_stream(computer->person) == file.stream &&
             !(quiet_ && (computer->turned_away || !knows_of(*computer, file)));
    });
    if (file.lost) log("lost file " + file.hash);
  }
}

// Whose database was put back to before a photo, and who has left and reads nothing any more, has only bytes.
bool World::knows_of(Computer& computer, const Attached& file) {
  return granted_to(computer.person).contains(file.stream) || must(computer.store->has(file.op), "has");
}

bool World::school_has(const Attached& file) {
  return must(school_->store().file_in(file.stream, file.hash), "a file's row") &&
         fs::exists(school_file(file.hash));
}

// What the hub still carries, read with the school's key.
std::set<World::StreamFile> World::files_in_parcels() {
  std::set<StreamFile> files;
  for (const auto& hub : hubs_) {
    if (!hub->school) continue;
    for (const auto& row : hub->school->parcels().waiting()) {
      auto [known, fresh] = in_parcel_.try_emplace(row.name);
      if (fresh) {
        SecretKey identity;
        auto seed = must(from_hex(must(school_->store().meta("identity"), "identity").value()), "identity");
        std::copy(seed.begin(), seed.end(), identity.seed.begin());
        auto path = hub->school->parcels().path(row.person, row.name);
        auto bytes = must(School::read_file({path, "", row.bytes}, 0, static_cast<std::size_t>(row.bytes)),
                          "a parcel");
        for (const auto& item : must(wire::open_bundle(bytes, identity), "a parcel").items)
          if (item.kind == wire::file_item) {
            auto piece = must(wire::decode_piece(item.body), "a piece");
            known->second.emplace(piece.stream, piece.hash);
          }
      }
      files.insert(known->second.begin(), known->second.end());
    }
  }
  return files;
}

// Nothing waits in the room that the school lacks and would take.
bool World::parcels_are_settled() {
  auto in_parcels = files_in_parcels();
  return std::none_of(attached_.begin(), attached_.end(), [&](const Attached& file) {
    return in_parcels.contains({file.stream, file.hash}) && mentioned_at_school(file) && !school_has(file);
  });
}

void World::note_files_at_school() {
  if (hubs_.empty()) return;
  for (const auto& file : attached_) {
    StreamFile one(file.stream, file.hash);
    if (!were_at_school_.contains(one) && school_has(file)) were_at_school_.insert(std::move(one));
  }
}

// 15: nothing is said to be at school that never was, and nothing to be in the room of which the hub, since
// it last spoke of parcels, had nothing.
void World::check_file_status(Computer& computer) {
  if (hubs_.empty() || computer.teacher) return;
  note_files_at_school();
  for (const auto& row : must(computer.store->files_at_school(), "files at school"))
    if (!were_at_school_.contains({row.stream, row.hash}))
      broken(15, "computer " + std::to_string(computer.index) + " says that the file " + row.hash +
                     " is at school");
  auto in_room = must(computer.store->files_in_room(), "files in the room");
  if (in_room.empty() || erased_.contains(computer.person)) return;
  for (const auto& [hub, era] : computer.parcels_told) {
    // Of two copies of one the computer does not know which it was.
    std::vector<const Hub*> twins;
    bool as_told = true;
    for (const auto& [other, then] : computer.parcels_told)
      if (other->file.hub == hub->file.hub) twins.push_back(other), as_told = as_told && then == other->era;
    if (!as_told) continue;
    for (const auto& sent : must(computer.store->parcels_at(hub->file.hub.hex()), "parcels"))
      if (!sent.asks && in_room.contains({sent.stream, sent.hash}) &&
          std::none_of(twins.begin(), twins.end(), [&](const Hub* twin) {
            const auto& parcels = twin->school->parcels();
            return parcels.waits(computer.person, sent.name) || parcels.answer(computer.person, sent.name);
          }))
        broken(15, "computer " + std::to_string(computer.index) + " says that the file " + sent.hash +
                       " is in the room");
  }
}

// What has not come or gone yet, though it can. Where a student has no access any more, what belongs to work
// that did not come waits. What the school's disk lost only a computer that has it can tell, and what it has
// comes to a computer that meets the school itself.
std::string World::unsettled_file(Computer& computer) {
  if (computer.teacher || computer.turned_away) return {};
  auto granted = granted_to(computer.person);
  for (const auto& mention : mentions(computer)) {
    if (!granted.contains(mention.stream)) continue;
    bool lost = std::any_of(attached_.begin(), attached_.end(), [&](const Attached& file) {
      return file.lost && file.hash == mention.hash && file.stream == mention.stream;
    });
    if (!lost && !computer.files.whole.contains(mention.hash)) return "lacks the file " + mention.hash;
  }
  for (const auto& row : must(computer.store->files_to_send(), "files to send"))
    // Here only refused work mentions it, and there what did was erased: it waits for an adult.
    if (!must(store::is_erased_file(school_->store(), row.stream, row.hash), "erased") &&
        (granted.contains(row.stream) || must(school_->store().mentions(row.stream, row.hash), "mentions")))
      return "has not sent the file " + row.hash;
  for (const auto& file : attached_)
    if (computer.files.whole.contains(file.hash) && domain::person_stream(computer.person) == file.stream &&
        knows_of(computer, file) && mentioned_at_school(file) && !school_has(file))
      return "has not noticed that the school lost the file " + file.hash;
  return {};
}

// 19: every file that an accepted record mentions is at the school, and is what its name says; and everybody
// whose record it is has it.
void World::check_files() {
  count_lost_files();
  for (const auto& file : attached_) {
    if (file.lost || !mentioned_at_school(file)) continue;
    if (!must(school_->store().file_in(file.stream, file.hash), "a file's row"))
      broken(19, "the school does not know of the file " + file.hash);
    std::ifstream in(school_file(file.hash), std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (bytes != *contents_[file.hash])
      broken(19, "the file " + file.hash + (fs::exists(school_file(file.hash)) ? " is another" : " is not") +
                     " at the school");
  }
  for (const auto& computer : computers_)
    if (auto file = unsettled_file(*computer); !file.empty())
      broken(19, "computer " + std::to_string(computer->index) + " " + file);
}

}  // namespace waymark::simulation
