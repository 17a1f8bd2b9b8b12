// People and computers that come, go and change class, and what must hold of who reads what: nobody is served
// what is not granted to them, what was read before is in the holding area, and what was refused comes back
// to its author and can be settled by an adult.
#include <algorithm>

#include "shared/sync/carry.hpp"
#include "sync-server/service/codes.hpp"
#include "tests/simulation/disks.hpp"
#include "tests/simulation/school_world.hpp"

namespace waymark::simulation {
namespace {
constexpr long kJoinsMax = 2;
constexpr std::int64_t kLettersMax = 100'000;
}  // namespace

// ---- what happens

void World::happen_among_people(Kind kind) {
  if (kind == Kind::change_class) return move_student();
  if (kind == Kind::leave) return leave_school();
  if (kind == Kind::co_teach) return co_teach();
  if (kind == Kind::remove_computer) return remove_computer();
  if (kind == Kind::rejoin) return rejoin(any());
  if (kind == Kind::join) return join_student();
  if (kind == Kind::confirm) return confirm_newcomers();
  if (kind == Kind::settle) return settle_letter();
  if (kind == Kind::erase) return erase();
}

void World::refresh_access() {
  moved_++;
  granted_.clear();
  if (plan_.sabotage == Sabotage::keep_access) return;
  must(school_->refresh_access(), "access");
}

void World::move_student() {
  auto student = students_[random_.below(students_.size())];
  auto where = random_.below(5);
  if (erased_.count(student)) return;
  log("move " + student.hex() + " " + std::to_string(where));
  if (!must(school_->accounts().person(student), "person")) return;
  enroll(period_, student, "student", where != 0 && where != 1);
  enroll(other_, student, "student", where == 1 || where == 2);
  refresh_access();
}

// All but one, who settles what is to be settled.
void World::teacher_leaves() {
  if (teachers_.size() < 2) return;
  auto teacher = teachers_[1 + rough_.below(teachers_.size() - 1)];
  auto person = must(school_->accounts().person(teacher), "person");
  if (!person) return;
  person->active = !person->active;
  log("teacher leaves " + teacher.hex() + (person->active ? " and comes back" : ""));
  must(school_->put_person(*person), "person");
  if (person->active)
    left_.erase(teacher);
  else
    left_.insert(teacher);
  if (!before_loss_) wishes_.unsure.erase(teacher);
  refresh_access();
}

void World::leave_school() {
  auto student = students_[random_.below(students_.size())];
  auto person = must(school_->accounts().person(student), "person");
  if (!person) return;
  if (erased_.count(student)) return;
  const bool was = person->active;
  person->active = !was || chance(50);
  log("leave " + student.hex() + (person->active ? " and come back" : ""));
  must(school_->put_person(*person), "person");
  if (person->active)
    left_.erase(student);
  else
    left_.insert(student);
  if (!before_loss_ && person->active != was) wishes_.unsure.erase(student);  // else nothing is logged
  refresh_access();
}

void World::co_teach() {
  auto teacher = teachers_[random_.below(teachers_.size())];
  auto place = chance(50) ? period_ : other_;
  bool teaches = chance(60);
  log("co-teach " + teacher.hex() + " " + std::to_string(teaches));
  enroll(place, teacher, "teacher", teaches);
  refresh_access();
}

void World::remove_computer() {
  auto& computer = any();
  auto all = must(school_->accounts().computers(), "computers");
  // Removed once more it says nothing new, also where the log that told it is lost.
  if (std::any_of(all.begin(), all.end(),
                  [&](const auto& one) { return one.id == computer.row && one.removed; }))
    return;
  log("remove " + std::to_string(computer.index));
  if (!school_->remove_computer(computer.row)) return;
  removed_.insert(computer.row);
  wishes_.removed.insert(computer.row);
}

// An adult joins it to the school as a computer of its own, and its person signs in on it.
void World::rejoin(Computer& computer) {
  if (school_->bearer(computer.token)) return;
  auto person = must(school_->accounts().person(computer.person), "person");
  if (!person) return;
  log("rejoin " + std::to_string(computer.index));
  moved_++;
  computer.row = random_.id<server::ComputerId>();
  computer.token = server::make_token(random_);
  server::Computer row;
  row.id = computer.row;
  row.name = "lab-" + std::to_string(computer.index);
  must(school_->accounts().add_computer(row, server::token_hash(server::make_token(random_))), "computer");
  must(school_->accounts().add_device(server::token_hash(computer.token), computer.person, row.id,
                                      public_key(computer.key).bytes),
       "device");
  computer.certificate = school_->certificate_of(*person, row.id, public_key(computer.key), {period_});
  computer.certificate_signature = school_->sign_certificate(computer.certificate);
  sign_in(computer);
  computer.turned_away = false;
}

void World::join_student() {
  if (joined_ >= kJoinsMax) return;
  joined_++;
  log("join");
  auto person = make_person("student", static_cast<int>(students_.size()));
  make_computer(person, false);
  refresh_access();
  open(*computers_.back());
  computers_.back()->clock.set_ms(now_ms_);
  remember(*computers_.back());
}

void World::confirm_newcomers() {
  for (const auto& newcomer : must(school_->newcomers(), "newcomers")) {
    must(school_->confirm_newcomer(newcomer.person), "confirm");
    log("confirm " + newcomer.person.hex());
    moved_++;
    granted_.clear();
  }
}

std::set<OpId> World::dead_letters() {
  std::set<OpId> ids;
  for (bool waiting : {true, false})
    for (const auto& letter : must(school_->accounts().dead_letters(waiting, kLettersMax), "letters"))
      ids.insert(record::op_id(letter.body));
  return ids;
}

void World::settle_letter() {
  auto letters = must(school_->accounts().dead_letters(true, plan_.twin ? kLettersMax : 20), "letters");
  if (letters.empty()) return;
  // By when they came, which no clock tells.
  if (plan_.twin)
    std::sort(letters.begin(), letters.end(), [](const auto& a, const auto& b) { return a.n < b.n; });
  const auto& letter = letters[random_.below(letters.size())];
  auto adult = teachers_.front();
  // What a hub brought in a teacher's name an administrator takes in.
  if (letter.hub) adult = must(school_->accounts().person_by_email("head@alder.example"), "the head")->id;
  auto what = random_.below(4);
  letters_++;
  log("settle " + std::to_string(letter.n) + " " + std::to_string(what));
  if (what == 0) {
    auto back = school_->hand_back_letter(adult, letter.n);
    if (!back && back.error().code == Code::not_granted) return log("it belongs to who was erased");
    return must(std::move(back), "hand back");
  }
  if (what == 1) return must(school_->set_aside_letter(adult, letter.n), "set aside");
  auto taken = school_->take_in_letter(adult, letter.n);
  if (taken) taken_in_.insert(record::op_id(letter.body));
  if (!taken && school_->may_take_in(letter)) must(taken, "take in");
}

// One student of a school at most, and now and then one op.
void World::erase() {
  if (log_was_away_) return;  // what it told would be forgotten with it
  if (chance(40) && erased_.empty()) {
    auto student = students_[random_.below(students_.size())];
    if (!must(school_->accounts().person(student), "person")) return;
    log("erase " + student.hex());
    must(school_->erase_student(std::nullopt, student), "erase");
    erased_.insert(student);
    left_.insert(student);
    granted_.clear();
    return;
  }
  if (committed_.empty()) return;
  const auto& op = committed_[random_.below(committed_.size())];
  if (!must(school_->store().op(op.id), "op")) return;
  log("erase op " + op.id.hex());
  must(school_->erase_ops(std::nullopt, {op.id}), "erase");
  erased_ops_.insert(op.id);
}

bool World::is_covered(const Committed& op) const {
  if (erased_ops_.count(op.id)) return true;
  if (erased_.empty()) return false;
  auto written = record::parse_op(op.body);
  if (!written) return false;
  for (const auto& person : erased_)
    if (written->author == person || written->stream.ends_with(person.hex())) return true;
  return false;
}

// 17: nor is anything of an erased student with the dead letters, for an adult to read.
void World::check_letters_of_erased() {
  for (bool waiting : {true, false})
    for (const auto& letter : must(school_->accounts().dead_letters(waiting, kLettersMax), "letters"))
      for (const auto& person : erased_)
        if (letter.body.find(person.hex()) != std::string::npos)
          broken(17, record::op_id(letter.body).hex() + " of who was erased is a dead letter");
}

// 17: what was erased stands in no byte of any database that still hears of it, and of the school's own.
void World::check_erased() {
  std::set<std::string> salts;
  for (const auto& op : committed_)
    if (is_covered(op)) salts.insert(to_hex(record::parse_op(op.body).value().salt));
  if (salts.empty()) return;
  check_letters_of_erased();
  // A file goes with the last op that mentions it. What an old disk brings back, and no record, is collected
  // as what nothing mentions is.
  std::set<std::string> files, kept;
  for (const auto& file : attached_) {
    auto op =
        std::find_if(committed_.begin(), committed_.end(), [&](const auto& o) { return o.id == file.op; });
    (op != committed_.end() && is_covered(*op) ? files : kept).insert(file.hash);
  }
  for (const auto& hash : kept) files.erase(hash);
  for (const auto& hash : files)
    if (must(school_->store().knows_file(hash), "a file's rows"))
      broken(17, "the erased file " + hash + " is still known at the school");
  auto look = [&](const std::string& path, const std::string& whose) {
    for (std::string_view tail : {"", "-wal"}) {
      auto bytes = disks::read(path + std::string(tail));
      constexpr std::string_view kSalt = "\"salt\":\"";
      for (auto at = bytes.find(kSalt); at != std::string::npos; at = bytes.find(kSalt, at + 1))
        if (auto salt = bytes.substr(at + kSalt.size(), 16); salts.count(salt))
          broken(17, "erased content is still on the disk of " + whose);
    }
  };
  look(folder_ + "/school/school.db", "the school");
  for (const auto& hub : hubs_) look(hub->db(), "the hub");
  for (auto& computer : computers_) {
    // Who has nothing to read at a hub hears of it when they meet the school.
    auto readings = must(computer->store->readings(), "readings");
    bool hears = std::any_of(readings.begin(), readings.end(),
                             [](const auto& reading) { return reading.stream == domain::school_stream; });
    if (computer->turned_away || (!hears && computer->hub)) continue;
    look(computer->path, who(*computer));
    for (const auto& hash : files)
      if (computer->files.whole.contains(hash))
        broken(17, "the erased file " + hash + " is still on " + who(*computer));
  }
}

// The school turns it away: with its certificate it is known again, or its person waits to be confirmed.
bool World::come_back(Computer& computer) {
  if (computer.teacher || plan_.sabotage == Sabotage::no_quarantine) return false;
  auto proof = sign(computer.key, as_bytes(wire::return_message(school_->identity(), computer.certificate)));
  auto joined = school_->return_student(computer.certificate, computer.certificate_signature, to_hex(proof));
  if (!joined) return false;
  log("return " + std::to_string(computer.index));
  computer.token = joined->token;
  granted_.clear();
  return true;
}

// A server is started anew some day, and is told then what outlives its disk. Whoever is known or may come
// back does, teachers and every second other by an adult's hand.
void World::settle_people() {
  // Or the log of who came and went stays away: then nobody's work is lost for it.
  if (before_loss_ && plan_.seed % 2) put_log_back();
  open_school();
  for (auto& computer : computers_) {
    if (computer->hub && chance(50)) go_to(*computer, nullptr);
    if (!school_->bearer(computer->token) && !come_back(*computer) && (computer->teacher || chance(50)))
      rejoin(*computer);
    computer->turned_away = !school_->bearer(computer->token);
    if (computer->turned_away && !removed_.count(computer->row) && !left_.count(computer->person) &&
        !wishes_.unsure.count(computer->person))
      broken(1, who(*computer) + " is turned away for no reason");
  }
  confirm_newcomers();
}

// ---- 10, 11: who reads what

// From enrollments alone, and not from what the school keeps of them.
std::set<std::string> World::granted_to(const PersonId& id) {
  // A school that was reverted hears some time later who came and left.
  auto heard = must(school_->store().meta("removals"), "removals").value_or("");
  if (heard != std::exchange(granted_as_of_, heard)) granted_.clear();
  if (auto known = granted_.find(id); known != granted_.end()) return known->second;
  auto& streams = granted_[id];
  auto& accounts = school_->accounts();
  auto person = must(accounts.person(id), "person");
  bool erased = person && !person->active && erased_.count(id);
  if (!person) return streams;
  streams = {std::string(domain::school_stream)};
  if (!person->active && !erased) return streams;
  streams.insert({domain::own_stream(id), domain::inbox_stream(id)});
  if (person->role == "student") streams.insert(domain::person_stream(id));
  if (erased) return streams;
  for (const auto& enrollment : must(accounts.enrollments_of(id), "enrollments")) {
    auto row = must(accounts.class_by_id(enrollment.class_id), "class");
    if (!enrollment.active || !row || !row->active) continue;
    streams.insert(domain::class_stream(enrollment.class_id));
    if (enrollment.role == "student") continue;
    streams.insert(domain::author_stream(enrollment.class_id));
    for (const auto& other : must(accounts.enrollments_of(enrollment.class_id), "enrollments")) {
      auto student = must(accounts.person(other.person), "person");
      if (!other.active || other.role != "student" || !student || !student->active) continue;
      streams.insert(domain::person_stream(other.person));
      streams.insert(domain::staff_stream(other.person));
      if (enrollment.role == "hub") streams.insert(domain::inbox_stream(other.person));
    }
  }
  return streams;
}

void World::check_served(const Computer& computer, const std::set<std::string>& granted,
                         const wire::SyncReply& reply) {
  for (const auto& page : reply.pages)
    if (!granted.count(page.stream)) broken(10, who(computer) + " is served " + page.stream);
}

void World::check_served_to_hub(const std::set<std::string>& granted, const wire::SyncReply& reply) {
  for (const auto& page : reply.pages)
    if (!granted.count(page.stream)) broken(10, "the hub is served " + page.stream);
}

// A stick is read long after it was written: whose a stream is does not change meanwhile.
void World::check_told_by_stick(const Computer& computer, const std::string& bytes) {
  const auto& me = computer.person;
  auto news = must(wire::decode_news(bytes), "news");
  for (const auto& page : news.reply.pages)
    if (page.stream != domain::school_stream && page.stream != domain::own_stream(me) &&
        page.stream != domain::inbox_stream(me) && page.stream != domain::person_stream(me) &&
        std::none_of(were_in_.begin(), were_in_.end(), [&](const Place& place) {
          return place.second == me && page.stream == domain::class_stream(place.first);
        }))
      broken(10, who(computer) + " is told of " + page.stream + " by a stick");
}

// A hub hears late who came and went; but whose a stream is does not change, nor which classes it is for.
void World::check_served_by_hub(const Computer& computer, const wire::SyncReply& reply) {
  const auto& me = computer.person;
  std::set<std::string> mine{std::string(domain::school_stream), domain::own_stream(me),
                             domain::inbox_stream(me), domain::person_stream(me)};
  for (const auto& [where, person] : were_in_)
    if (person == me) mine.insert(domain::class_stream(where));
  for (const auto& page : reply.pages)
    if (!mine.count(page.stream)) broken(10, who(computer) + " is served " + page.stream + " by the hub");
}

// What others wrote in a stream that is granted no longer cannot be read any more.
void World::check_held(Computer& computer) {
  if (computer.hub) return;  // the school ends what the school gave
  auto granted = granted_to(computer.person);
  for (const auto& stream : must(computer.store->streams(), "streams")) {
    if (granted.count(stream) || stream == domain::own_stream(computer.person) ||
        stream == domain::person_stream(computer.person) || stream == domain::school_stream ||
        stream == domain::inbox_stream(computer.person))
      continue;
    for (std::string_view kind :
         {"goal", "work", "observation", "support", "class", "member", "pathway", "pathway_version"})
      for (const auto& record : must(computer.store->records(stream, kind), "records"))
        for (const auto& [name, field] : record.fields)
          for (const auto& head : field.heads)
            if (head.author != computer.person)
              broken(10, who(computer) + " still reads " + stream + " " + std::string(kind));
  }
}

// 11: of these the reader must have all, whatever was read under the access before.
void World::note_regrants(Computer& computer, const wire::SyncReply& reply) {
  if (reply.granted.empty()) return;
  auto held = must(computer.store->held_streams(), "held");
  for (const auto& granted : reply.granted)
    if (std::find(held.begin(), held.end(), granted.stream) != held.end())
      computer.again.insert(granted.stream);
}

// ---- 12: refusals

void World::note_refusals(const Computer& computer, const std::string& request,
                          const wire::SyncReply& reply) {
  if (refused_.empty() && reply.refused.empty()) return;
  auto asked = must(wire::decode_request(request), "a request that was answered");
  // The last word counts: who was let in again may send it once more.
  for (const auto& body : asked.ops) refused_.erase(record::op_id(body));
  // A mark stands for the position before it, and all was taken in: the reply's is after the last.
  auto before = asked.mark ? reply.position.n - static_cast<std::int64_t>(asked.ops.size()) : asked.before.n;
  for (const auto& refused : reply.refused) {
    if (refused.code == "erased") continue;  // nobody is told of what is gone
    auto at = refused.n - before - 1;
    refused_[record::op_id(asked.ops.at(static_cast<std::size_t>(at)))] = {computer.index, computer.travels,
                                                                           era_};
  }
}

void World::note_believed(const Computer& computer, int era, const std::vector<OpId>& waited) {
  auto waits = must(computer.store->waiting_ids(kWaitingMax), "waiting");
  for (const auto& id : waited)
    if (std::find(waits.begin(), waits.end(), id) == waits.end()) believed_[{computer.index, id}] = era;
}

void World::check_refusals() {
  std::map<int, std::set<OpId>> told;
  for (auto& computer : computers_)
    for (const auto& refusal : must(computer->store->refusals(), "refusals"))
      if (refusal.content) told[computer->index].insert(refusal.op);
  auto letters = dead_letters();
  for (const auto& [id, refused] : refused_) {
    auto& computer = *computers_[static_cast<std::size_t>(refused.computer)];
    if (erased_.count(computer.person) || erased_ops_.count(id)) continue;
    auto op = must(computer.store->op(id), "op");
    if (!op || std::any_of(erased_.begin(), erased_.end(),
                           [&](const PersonId& person) { return op->stream.ends_with(person.hex()); }))
      continue;
    // Once an adult took it in it is no refusal any more, even at a school that has forgotten that.
    if (taken_in_.count(id)) continue;
    if (must(school_->store().op(id), "op") || computer.turned_away || !is_own(*computer.store, id)) continue;
    // A school took it in and lost it, the next one refused it, and the computer is again as it was between:
    // it believes the first, and only an adult reads it.
    if (letters.count(id) && computer.travels != refused.travels) continue;
    // The same, and what the first had said was heard late, as from a stick: while the refusal was lost on
    // its way, or after it, where a school that had refused it took the first one's place again.
    auto believed = believed_.find({refused.computer, id});
    if (letters.count(id) && believed != believed_.end() && believed->second < era_) continue;
    if (!told[refused.computer].count(id))
      broken(12, who(computer) + " was never told that " + id.hex() + " was refused");
  }
}

// ---- 5: deletions

// Told from the oracle's heads and the ops' own words.
void World::check_deletions() {
  auto& root = school_->store();
  for (const auto& student : students_) {
    auto stream = domain::person_stream(student);
    auto all = entries(root, stream);
    std::map<std::string, const OracleEntry*> by_id;
    for (const auto& entry : all) by_id[entry.id] = &entry;
    for (const auto& [key, fields] : oracle_.records(all)) {
      if (key.find(" work ") == std::string::npos) continue;
      std::set<std::string> removals, heads;
      for (const auto& [name, field] : *fields)
        for (const auto& head : field.heads)
          (name == "deleted" && head.value == "true" ? removals : heads).insert(head.op);
      bool gone = std::any_of(removals.begin(), removals.end(), [&](const std::string& removal) {
        return std::all_of(heads.begin(), heads.end(), [&](const std::string& head) {
          auto base = by_id[removal]->body.substr(0, by_id[removal]->body.find("\"fields\""));
          return head == removal || base.find(head) != std::string::npos;
        });
      });
      auto record = must(
          root.find({stream, "work", must(RecordId::parse(key.substr(key.rfind(' ') + 1)), "id")}), "find");
      if (!record) continue;
      bool shown_gone = plan_.sabotage == Sabotage::delete_on_sight
                            ? record->boolean("deleted")
                            : must(root.gone(*record, "deleted"), "gone");
      if (shown_gone != gone) broken(5, key + (gone ? " came back" : " was taken by one who did not see it"));
    }
  }
}

// ---- 17: nothing grows with exchanges that broke off

void World::lose(Computer& computer) {
  computer.ticket = 0;
  computer.session->on_lost({Code::timeout, ""}, computer.clock.steady_ms());
  if (plan_.sabotage == Sabotage::rows_for_lost_replies)
    must(computer.store->set_meta("lost." + std::to_string(now_ms_), "1"), "sabotage");
}

std::map<std::string, std::int64_t> World::rows_of(store::Store& store) {
  std::vector<std::string> tables;
  {
    auto query = must(store.db().prepare("SELECT name FROM sqlite_schema WHERE type = 'table'"), "tables");
    while (must(query.step(), "tables")) tables.push_back(query.text(0));
  }
  std::string all;
  for (const auto& table : tables)
    all += (all.empty() ? "SELECT '" : " UNION ALL SELECT '") + table + "', count(*) FROM " + table;
  std::map<std::string, std::int64_t> rows;
  // Kept prepared under its own address, so it is as lasting as the program.
  static std::set<std::string> lasting;
  auto query = must(store.db().prepare(*lasting.insert(all).first), "rows");
  while (must(query.step(), "rows")) rows[query.text(0)] = query.integer(1);
  return rows;
}

void World::check_tables() {
  auto found = std::find_if(computers_.begin(), computers_.end(),
                            [](const auto& computer) { return !computer->turned_away; });
  if (found == computers_.end()) return;
  auto& computer = **found;
  if (computer.ticket) computer.session->on_lost({Code::timeout, ""}, computer.clock.steady_ms());
  auto here = rows_of(*computer.store), there = rows_of(school_->store());
  for (int i = 0; i < 5; i++) {
    advance(600'000);
    computer.session->hurry(computer.clock.steady_ms());
    auto request = must(computer.session->next(computer.clock.steady_ms()), "next");
    if (!request) broken(17, who(computer) + " does not try again");
    must(school_->sync(must(school_->bearer(computer.token), "bearer"), wire::encode(*request)), "sync");
    lose(computer);
  }
  for (const auto& [table, rows] : rows_of(*computer.store))
    if (rows > here[table]) broken(17, table + " of " + who(computer) + " grows with lost replies");
  for (const auto& [table, rows] : rows_of(school_->store()))
    if (rows > there[table]) broken(17, table + " of the school grows with lost replies");
}

}  // namespace waymark::simulation
