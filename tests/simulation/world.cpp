#include "tests/simulation/world.hpp"

#include <algorithm>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <vector>

#include <sqlite3.h>

#include "shared/base/hash.hpp"
#include "shared/domain/kinds.hpp"
#include "shared/sync/session.hpp"
#include "sync-server/service/codes.hpp"
#include "sync-server/service/school.hpp"
#include "tests/simulation/oracle.hpp"
#include "tests/support/temporary.hpp"

namespace waymark::simulation {
namespace {

namespace fs = std::filesystem;
using server::School;

constexpr std::int64_t kReplyTimeMs = 30'000;
constexpr std::int64_t kYearMs = std::int64_t{365} * 24 * 3600 * 1000;
constexpr int kQuietRoundsMax = 400;  // exchanges a computer may need once all is well

// A broken invariant ends the run from wherever it is noticed.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};
[[noreturn]] void broken(int invariant, const std::string& what) {
  throw Broken("invariant " + std::to_string(invariant) + ": " + what);
}
template <class T>
T must(Result<T> result, const char* what) {
  if (!result)
    throw Broken(std::string(what) + ": " + std::string(name(result.error().code)) + " " +
                 result.error().detail);
  return std::move(result).value();
}
void must(Status status, const char* what) {
  if (!status)
    throw Broken(std::string(what) + ": " + std::string(name(status.error().code)) + " " +
                 status.error().detail);
}

// Stops the work on a database after so many steps of SQLite's machine, wherever it is: a power cut.
class PowerCut {
 public:
  PowerCut(store::Store& store, int steps) : handle_(store.db().handle()) {
    sqlite3_progress_handler(
        handle_, steps, [](void*) { return 1; }, nullptr);
  }
  ~PowerCut() { sqlite3_progress_handler(handle_, 0, nullptr, nullptr); }
  PowerCut(const PowerCut&) = delete;

 private:
  sqlite3* handle_;
};

struct Computer {
  int index = 0;
  bool teacher = false;
  PersonId person;
  std::string token, path;
  ManualClock clock;
  std::unique_ptr<SeededRandom> random;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<sync::Session> session;
  std::uint64_t ticket = 0;  // of the request on its way; 0: none
  std::int64_t sent_ms = 0;
  std::int64_t ops_seen = 0;  // never fewer
  int exchanges = 0;
  std::vector<record::RecordKey> records;          // that this computer wrote to
  std::map<std::string, std::vector<OpId>> forms;  // a form opened earlier and not saved yet: what it read
};

struct Message {
  bool to_school = true;
  int computer = 0;
  std::uint64_t ticket = 0;
  std::int64_t due_ms = 0;
  std::string body;
};

struct Committed {
  OpId id;
  std::string body;
  int computer = 0;
  bool append_only = false;
};

class World {
 public:
  explicit World(const Plan& plan) : plan_(plan), random_(plan.seed) {
    must_have(fs::is_directory("/dev/shm") ? "/dev/shm" : fs::temp_directory_path().string());
    make_school();
    for (int i = 0; i < plan.students; i++) {
      auto person = make_person("student", i);
      make_computer(person, false);
      make_computer(person, false);
    }
    for (int i = 0; i < plan.teachers; i++) make_computer(make_person("teacher", i), true);
    must(school_->refresh_access(), "access");
    for (auto& computer : computers_) open(*computer);
  }
  ~World() {
    computers_.clear();
    school_.reset();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  World(const World&) = delete;

  Outcome go() {
    Outcome outcome;
    try {
      for (int i = 0; i < plan_.steps; i++) {
        event_ = i;
        step();
        check_step();
      }
      event_ = plan_.steps;
      become_quiet();
      check_quiet();
    } catch (const Broken& failure) {
      outcome.failure = std::string(failure.what()) + " (event " + std::to_string(event_) + ")";
    }
    outcome.log_hash = to_hex(ByteView(sha256(as_bytes(log_))).first(8));
    outcome.events = event_;
    outcome.ops = static_cast<long>(committed_.size());
    outcome.messages = messages_;
    outcome.crashes = crashes_;
    return outcome;
  }

 private:
  // ---- making the world

  void must_have(const std::string& place) {
    std::string pattern = place + "/waymark-simulation-XXXXXX";
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no folder for the simulation");
    folder_ = pattern;
  }
  void make_school() {
    // The slow part, a password's hash, is done once a process: every school begins as a copy of one.
    static const test::TemporaryFolder blank;
    static const bool made = [] {
      ManualClock clock;
      SeededRandom random(1);
      return School::init({blank.path() + "/school", "Alder Creek", "head@alder.example", "creek-and-stone"},
                          clock, random)
          .has_value();
    }();
    if (!made) throw std::runtime_error("no school");
    fs::copy(blank.path() + "/school", folder_ + "/school", fs::copy_options::recursive);
    school_random_ = std::make_unique<SeededRandom>(random_.u64());
    school_ = must(School::open(folder_ + "/school", school_clock_, *school_random_), "school");
    period_ = must(school_->add_class("Period 3"), "class");
  }
  PersonId make_person(std::string_view role, int i) {
    // Staff come with a password's hash, which is slow; who signs in is not this simulator's matter.
    server::Person person;
    person.id = random_.id<PersonId>();
    person.role = role;
    person.given = std::string(role) + std::to_string(i);
    must(school_->accounts().put(person), "person");
    must(school_->enroll(period_, person.id, role), "enrollment");
    if (role == "student") students_.push_back(person.id);
    return person.id;
  }
  void make_computer(const PersonId& person, bool teacher) {
    auto computer = std::make_unique<Computer>();
    computer->index = static_cast<int>(computers_.size());
    computer->teacher = teacher;
    computer->person = person;
    computer->token = server::make_token(random_);
    computer->path = folder_ + "/computer" + std::to_string(computer->index) + ".db";
    computer->random = std::make_unique<SeededRandom>(random_.u64());
    server::Computer row;
    row.id = random_.id<server::ComputerId>();
    row.name = "lab-" + std::to_string(computer->index);
    must(school_->accounts().add_computer(row, server::token_hash(server::make_token(random_))), "computer");
    must(school_->accounts().add_device(server::token_hash(computer->token), person, row.id, {}), "device");
    computers_.push_back(std::move(computer));
  }
  void open(Computer& computer) {
    computer.store =
        must(store::Store::open(computer.path, {&computer.clock, computer.random.get(), true}), "open");
    computer.session = std::make_unique<sync::Session>(*computer.store);
    must(computer.session->start(), "start");
    computer.session->hurry(computer.clock.steady_ms());
    computer.ticket = 0;
    computer.forms.clear();
  }

  // ---- what happens

  bool chance(int in_hundred) { return random_.below(100) < static_cast<std::uint64_t>(in_hundred); }
  Computer& any() { return *computers_[random_.below(computers_.size())]; }
  void log(std::string_view what) {
    log_ += std::to_string(now_ms_);
    log_ += ' ';
    log_ += what;
    log_ += '\n';
  }
  void advance(std::int64_t by_ms) {
    now_ms_ += by_ms;
    school_clock_.advance_ms(by_ms);
    for (auto& computer : computers_) computer->clock.advance_ms(by_ms);
  }

  void step() {
    advance(static_cast<std::int64_t>(random_.below(4'000)));
    auto what = random_.below(100);
    if (what < 34)
      write(any());
    else if (what < 40)
      open_form(any());
    else if (what < 44)
      jump_clock(any());
    else if (what < 48)
      crash(any());
    else if (what < 50)
      crash_school();
    else if (what < 52)
      school_up_ = !school_up_;
    else if (what < 55)
      lossy_ = static_cast<int>(random_.below(60));
    else if (what < 57)
      advance(static_cast<std::int64_t>(random_.below(3 * 24)) * 3'600'000);
    for (auto& computer : computers_) send(*computer);
    deliver();
  }

  // Every kind of gesture: new records, edits of what is here, edits of what was read a while ago, answers
  // that cannot be changed, and work that the school must refuse.
  void write(Computer& computer) {
    store::Edit edit;
    bool append_only = false;
    auto what = random_.below(10);
    if (computer.teacher) {
      auto stream = domain::person_stream(students_[random_.below(students_.size())]);
      if (what < 5) {
        edit.key = {stream, "observation", {}};
        edit.fields = {{"text", word()}};
        append_only = true;
      } else {
        edit.key = {stream, "support", domain::singleton_id("support", stream + "/find-sources")};
        edit.fields = {{"form", what < 8 ? "step_by_step" : "on_my_own"}, {"step", "find-sources"}};
        base_on_what_is_here(computer, edit);
      }
    } else {
      auto stream = domain::person_stream(computer.person);
      if (what < 2) {
        edit.key = {stream, "goal", computer.random->id<RecordId>()};
        edit.fields = {{"want", word()}, {"first_step", word()}};
      } else if (what < 5 && !computer.records.empty()) {
        edit = edit_of(computer, computer.records[random_.below(computer.records.size())]);
      } else if (what < 7) {
        // The same goal on both computers of a student.
        edit = edit_of(computer, {stream, "goal", domain::singleton_id("goal", stream)});
      } else if (what < 8) {
        edit.key = {stream, "checkin", {}};
        edit.fields = {{"goal", domain::singleton_id("goal", stream).hex()}, {"text", word()}};
        append_only = true;
      } else if (what < 9) {
        edit.key = {domain::own_stream(computer.person), "draft", domain::singleton_id("draft", stream)};
        edit.fields = {{"place", "goal.new"}, {"text.want", word()}};
        base_on_what_is_here(computer, edit);
      } else if (chance(50)) {
        // A student may not write a teacher's review; a store of an older version might try.
        edit.key = {stream, "observation", {}};
        edit.fields = {{"text", word()}};
      } else {
        edit.key = {stream, "goal", computer.random->id<RecordId>()};
        edit.fields = {{"want", std::string(70'000, 'a')}};
      }
    }
    std::string form = edit.key.kind + edit.key.id.hex();
    if (auto opened = computer.forms.find(form); opened != computer.forms.end()) {
      edit.base = opened->second;
      computer.forms.erase(opened);
    }
    auto written = computer.store->write(computer.person, std::span(&edit, 1));
    if (!written) throw Broken("a gesture was not saved: " + written.error().detail);
    auto op = must(computer.store->op(written->front().op), "op");
    committed_.push_back({written->front().op, record::canonical(*op), computer.index, append_only});
    if (!append_only && edit.key.kind == "goal") computer.records.push_back(edit.key);
    computer.session->committed(computer.clock.steady_ms());
    log("write " + std::to_string(computer.index) + " " + written->front().op.hex());
  }
  std::string word() { return "word " + std::to_string(random_.below(1'000)); }
  store::Edit edit_of(Computer& computer, const record::RecordKey& key) {
    store::Edit edit;
    edit.key = key;
    if (chance(60)) edit.fields["want"] = word();
    if (chance(40)) edit.fields["first_step"] = word();
    if (edit.fields.empty()) edit.fields["by"] = "2026-11-27";
    base_on_what_is_here(computer, edit);
    return edit;
  }
  void base_on_what_is_here(Computer& computer, store::Edit& edit) {
    auto record = must(computer.store->find(edit.key), "find");
    if (!record) return;
    std::vector<std::string> names;
    for (const auto& field : edit.fields) names.push_back(field.first);
    edit.base = record->heads_of(names);
  }
  // A form is opened now and saved later: meanwhile others may write.
  void open_form(Computer& computer) {
    if (computer.teacher) return;
    auto stream = domain::person_stream(computer.person);
    record::RecordKey key{stream, "goal", domain::singleton_id("goal", stream)};
    auto record = must(computer.store->find(key), "find");
    if (record) computer.forms["goal" + key.id.hex()] = record->all_heads();
  }

  void jump_clock(Computer& computer) {
    static constexpr std::int64_t years[] = {-56, -25, -1, 0, 1, 10};
    computer.clock.set_ms(std::max<std::int64_t>(0, now_ms_ + years[random_.below(6)] * kYearMs));
    log("clock " + std::to_string(computer.index));
  }
  void crash(Computer& computer) {
    crashes_++;
    log("crash " + std::to_string(computer.index));
    if (chance(50)) {
      // In the middle of a write: what it was about to say is not promised to be there, and nothing else
      // suffers.
      std::optional<PowerCut> cut(std::in_place, *computer.store, 1 + static_cast<int>(random_.below(200)));
      store::Edit edit{{domain::own_stream(computer.person), "pack_up", {}}, {{"line", word()}}, {}, {}};
      auto written = computer.store->write(computer.person, std::span(&edit, 1));
      cut.reset();
      if (written) {
        auto op = must(computer.store->op(written->front().op), "op after a cut that came too late");
        committed_.push_back({written->front().op, record::canonical(*op), computer.index, true});
      }
    }
    computer.session.reset();
    computer.store.reset();
    open(computer);
  }
  void crash_school() {
    crashes_++;
    log("crash school");
    school_.reset();
    school_ = must(School::open(folder_ + "/school", school_clock_, *school_random_), "school");
  }

  // ---- the network

  void send(Computer& computer) {
    if (computer.ticket && computer.clock.steady_ms() - computer.sent_ms > kReplyTimeMs) {
      computer.ticket = 0;
      computer.session->on_lost({Code::timeout, ""}, computer.clock.steady_ms());
    }
    auto request = must(computer.session->next(computer.clock.steady_ms()), "next");
    if (!request) return;
    computer.ticket = ++tickets_;
    computer.sent_ms = computer.clock.steady_ms();
    computer.exchanges++;
    post({true, computer.index, computer.ticket, 0, wire::encode(*request)});
    if (plan_.sabotage == Sabotage::settle_before_reply && !request->ops.empty())
      for (std::size_t i = 0; i < request->ops.size(); i++)
        must(
            computer.store->mark_settled(request->before.n + 1 + static_cast<std::int64_t>(i), false, {}, {}),
            "sabotage");
  }
  void post(Message message) {
    messages_++;
    int copies = chance(lossy_) ? 0 : chance(lossy_ / 4) ? 2 : 1;
    log((message.to_school ? "up " : "down ") + std::to_string(message.computer) + " " +
        std::to_string(message.body.size()) + " x" + std::to_string(copies));
    for (int i = 0; i < copies; i++) {
      message.due_ms = now_ms_ + static_cast<std::int64_t>(random_.below(lossy_ ? 20'000 : 200));
      if (chance(lossy_ / 6)) message.body.resize(random_.below(message.body.size() + 1));
      network_.push_back(message);
    }
  }
  void deliver() {
    // In the order of arrival, which is not the order of sending.
    std::stable_sort(network_.begin(), network_.end(),
                     [](const auto& a, const auto& b) { return a.due_ms < b.due_ms; });
    while (!network_.empty() && network_.front().due_ms <= now_ms_) {
      Message message = std::move(network_.front());
      network_.pop_front();
      if (message.to_school)
        arrive_at_school(message);
      else
        arrive_at(*computers_[static_cast<std::size_t>(message.computer)], message);
    }
  }
  void arrive_at_school(const Message& message) {
    if (!school_up_) return;
    const auto& computer = *computers_[static_cast<std::size_t>(message.computer)];
    auto bearer = must(school_->bearer(computer.token), "bearer");
    std::optional<PowerCut> cut;
    bool dies = lossy_ && chance(4);
    if (dies) cut.emplace(school_->store(), 1 + static_cast<int>(random_.below(2'000)));
    auto reply = school_->sync(bearer, message.body);
    cut.reset();
    if (dies && !reply) return crash_school();
    if (!reply) return log("the school refused " + std::string(name(reply.error().code)));
    post({false, message.computer, message.ticket, 0, std::move(*reply)});
  }
  void arrive_at(Computer& computer, const Message& message) {
    if (computer.ticket != message.ticket) return;  // given up on long ago, or a second copy
    computer.ticket = 0;
    auto steady = computer.clock.steady_ms();
    auto reply = wire::decode_reply(message.body);
    if (!reply) return computer.session->on_lost(reply.error(), steady);
    sabotage_reply(computer, *reply);
    std::optional<PowerCut> cut;
    bool dies = lossy_ && chance(4);
    if (dies) cut.emplace(*computer.store, 1 + static_cast<int>(random_.below(2'000)));
    auto applied = computer.session->on_reply(*reply, steady);
    cut.reset();
    if (dies && !applied) return crash(computer);
    if (!applied) throw Broken("a true reply was refused: " + applied.error().detail);
    if (plan_.sabotage == Sabotage::forget_refusals)
      for (const auto& refusal : must(computer.store->refusals(), "refusals"))
        must(computer.store->dismiss_refusal(refusal.op), "sabotage");
  }
  void sabotage_reply(Computer& computer, wire::SyncReply& reply) {
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
          return op && op->time_ms < computer.clock.now_ms() - kYearMs / 2;
        });
  }

  // ---- what must hold

  std::vector<OracleEntry> entries(store::Store& store, const std::string& stream) {
    std::vector<OracleEntry> all;
    std::int64_t seq = 0;
    for (;;) {
      auto page = must(store.page(stream, seq, 500, 8 << 20), "page");
      if (page.empty()) return all;
      for (auto& entry : page) {
        if (entry.seq != seq + 1) broken(6, stream + " jumps from " + std::to_string(seq));
        seq = entry.seq;
        bool accepted = !record::parse_stub(entry.body).has_value();
        all.push_back({entry.id.hex(), std::move(entry.body), accepted});
      }
    }
  }
  std::int64_t op_count(store::Store& store) {
    auto query = must(store.db().prepare("SELECT count(*) FROM op"), "count");
    must(query.step(), "count");
    return query.integer(0);
  }

  void check_step() {
    auto& computer = any();
    // 8: nothing goes away here.
    auto count = op_count(*computer.store);
    if (count < computer.ops_seen)
      broken(8, "computer " + std::to_string(computer.index) + " has fewer ops than before");
    computer.ops_seen = count;
    // 6: whatever lies at or below a cursor is here.
    for (const auto& reading : must(computer.store->readings(), "readings")) {
      if (reading.cursor.seq == 0) continue;
      for (const auto& entry : must(school_->store().page(reading.stream, 0, 10'000, 64 << 20), "page")) {
        if (entry.seq > reading.cursor.seq) break;
        if (!must(computer.store->has(entry.id), "has"))
          broken(6, "computer " + std::to_string(computer.index) + " read " + reading.stream + " to " +
                        std::to_string(reading.cursor.seq) + " and lacks " + entry.id.hex());
      }
    }
    // 2, 3: what this computer shows is what its own set of ops says, in whatever order they came.
    auto streams = must(computer.store->streams(), "streams");
    if (streams.empty()) return;
    const auto& stream = streams[random_.below(streams.size())];
    compare(*computer.store, stream, entries(*computer.store, stream), 2);
    // 15: status never claims more than is true.
    auto status = must(computer.session->status(), "status");
    if (status.verified && status.waiting > 0) broken(15, "verified with work waiting");
    std::int64_t lacking = 0;
    for (const auto& op : committed_)
      if (op.computer == computer.index && !must(school_->store().has(op.id), "has")) lacking++;
    if (lacking > status.waiting) {
      broken(15, "computer " + std::to_string(computer.index) + " says that " +
                     std::to_string(status.waiting) + " wait, and the school lacks " +
                     std::to_string(lacking));
    }
  }

  void compare(store::Store& store, const std::string& stream, const std::vector<OracleEntry>& from,
               int invariant) {
    for (const auto& [key, fields] : oracle(from)) {
      auto space = key.find(' '), second = key.find(' ', space + 1);
      record::RecordKey record_key{key.substr(0, space), key.substr(space + 1, second - space - 1),
                                   must(RecordId::parse(key.substr(second + 1)), "record id")};
      auto record = must(store.find(record_key), "find");
      std::size_t shown = record ? record->fields.size() : 0;
      if (shown != fields.size()) broken(invariant, key + " shows " + std::to_string(shown) + " fields");
      for (const auto& [name, expected] : fields) {
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
    (void)stream;
  }

  void become_quiet() {
    school_up_ = true;
    lossy_ = 0;
    network_.clear();
    log("quiet");
    for (auto& computer : computers_) {
      computer->exchanges = 0;
      if (computer->ticket) {
        computer->ticket = 0;
        computer->session->on_lost({Code::offline, ""}, computer->clock.steady_ms());
      }
      computer->session->hurry(computer->clock.steady_ms());
    }
    for (int round = 0; round < kQuietRoundsMax; round++) {
      advance(1'000);
      for (auto& computer : computers_) send(*computer);
      advance(1'000);
      deliver();
      bool all = std::all_of(computers_.begin(), computers_.end(), [&](auto& computer) {
        auto status = must(computer->session->status(), "status");
        return status.verified && status.waiting == 0 && reads_everything(*computer);
      });
      if (all) return;
    }
    for (auto& computer : computers_) {
      auto status = must(computer->session->status(), "status");
      if (!status.verified || status.waiting)
        broken(16, "computer " + std::to_string(computer->index) + " still has " +
                       std::to_string(status.waiting) + " waiting after " +
                       std::to_string(computer->exchanges) + " exchanges");
    }
    broken(16, "something is still unread");
  }
  bool reads_everything(Computer& computer) {
    for (const auto& reading : must(computer.store->readings(), "readings"))
      if (reading.cursor.seq != must(school_->store().stream_state(reading.stream), "state").head)
        return false;
    return true;
  }

  void check_quiet() {
    auto& root = school_->store();
    must(root.verify(), "the school's store");
    // 1: nothing that was saved is lost.
    std::map<int, std::set<std::string>> refused;
    for (auto& computer : computers_)
      for (const auto& refusal : must(computer->store->refusals(), "refusals"))
        if (refusal.content) refused[computer->index].insert(refusal.op.hex());
    long append_only = 0;
    for (const auto& op : committed_) {
      auto at_root = must(root.op(op.id), "op");
      if (at_root) {
        if (record::canonical(*at_root) != op.body) broken(4, op.id.hex() + " changed");
        if (op.append_only) append_only++;
      } else if (!refused[op.computer].count(op.id.hex())) {
        broken(1, op.id.hex() + " of computer " + std::to_string(op.computer) + " is nowhere to be read");
      }
    }
    // 4: as many unchangeable records at the school as were written.
    long written = 0;
    for (const auto& op : committed_)
      if (op.append_only && !refused[op.computer].count(op.id.hex())) written++;
    if (append_only != written) broken(4, "unchangeable records were lost");
    // 2: everybody who reads a stream has the same, and it is what the oracle says.
    for (auto& computer : computers_) {
      must(computer->store->verify(), "a computer's store");
      for (const auto& reading : must(computer->store->readings(), "readings")) {
        auto here = entries(*computer->store, reading.stream), there = entries(root, reading.stream);
        auto ids = [](const std::vector<OracleEntry>& all) {
          std::set<std::string> set;
          for (const auto& entry : all) set.insert(entry.id);
          return set;
        };
        if (ids(here) != ids(there))
          broken(2, "computer " + std::to_string(computer->index) + " has another " + reading.stream);
        compare(*computer->store, reading.stream, there, 2);
        compare(root, reading.stream, there, 2);
      }
    }
    for (auto& computer : computers_) log(computer->store->replica().hex());
  }

  Plan plan_;
  SeededRandom random_;
  std::string folder_;
  std::int64_t now_ms_ = 1'795'000'000'000;
  ManualClock school_clock_{1'795'000'000'000};
  std::unique_ptr<SeededRandom> school_random_;
  std::unique_ptr<School> school_;
  ClassId period_;
  std::vector<PersonId> students_;
  std::vector<std::unique_ptr<Computer>> computers_;
  std::deque<Message> network_;
  std::vector<Committed> committed_;
  std::string log_;
  std::uint64_t tickets_ = 0;
  bool school_up_ = true;
  int lossy_ = 20;
  int event_ = 0;
  long messages_ = 0, crashes_ = 0;
};

}  // namespace

Outcome run(const Plan& plan) { return World(plan).go(); }

}  // namespace waymark::simulation
