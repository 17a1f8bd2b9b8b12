// Making the school, and what people do in it.
#include "tests/simulation/world.hpp"

#include <algorithm>
#include <filesystem>

#include "shared/base/hash.hpp"
#include "shared/store/erase.hpp"
#include "sync-server/service/codes.hpp"
#include "tests/simulation/disks.hpp"
#include "tests/simulation/school_world.hpp"
#include "tests/support/temporary.hpp"

namespace waymark::simulation {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kYearMs = std::int64_t{365} * 24 * 3600 * 1000;
constexpr std::int64_t kNightMs = std::int64_t{24} * 3600 * 1000;

struct Likely {
  Kind kind;
  std::string_view name;
  int in_thousand;
};
constexpr Likely kKinds[] = {
    {Kind::write, "write", 310},
    {Kind::staff_write, "staff write", 40},
    {Kind::open_form, "open form", 60},
    {Kind::clock, "clock", 40},
    {Kind::crash, "crash", 40},
    {Kind::crash_school, "crash school", 20},
    {Kind::torn, "torn", 8},
    {Kind::torn_school, "torn school", 4},
    {Kind::gate, "gate", 20},
    {Kind::loss, "loss", 30},
    {Kind::pause, "pause", 20},
    {Kind::remember, "remember", 30},
    {Kind::remember_school, "remember school", 15},
    {Kind::restore, "restore", 14},
    {Kind::restore_school, "restore school", 8},
    {Kind::revert_school, "revert school", 6},
    {Kind::copy, "copy", 6},
    {Kind::write_stick, "write stick", 50},
    {Kind::carry_stick, "carry stick", 30},
    {Kind::read_stick, "read stick", 50},
    {Kind::move, "move", 40},
    {Kind::hub_gate, "hub gate", 10},
    {Kind::hub_line, "hub line", 20},
    {Kind::crash_hub, "crash hub", 10},
    {Kind::remember_hub, "remember hub", 6},
    {Kind::restore_hub, "restore hub", 4},
    {Kind::replace_hub, "replace hub", 4},
    {Kind::attach, "attach", 60},
    {Kind::collect, "collect", 20},
    {Kind::lose_file, "lose file", 12},
};
// Where there are such events, one of these is in an event's place every so often, so that all else is as in
// the plan without them.
constexpr Likely kPeopleKinds[] = {
    {Kind::change_class, "change class", 26},
    {Kind::leave, "leave", 8},
    {Kind::co_teach, "co-teach", 16},
    {Kind::remove_computer, "remove computer", 6},
    {Kind::rejoin, "rejoin", 10},
    {Kind::join, "join", 4},
    {Kind::confirm, "confirm", 6},
    {Kind::settle, "settle", 10},
    {Kind::erase, "erase", 8},
};

// The same where disks and power are rough.
constexpr Likely kRoughKinds[] = {
    {Kind::torn_hub, "torn hub", 6},
    {Kind::revert_hub, "revert hub", 6},
    {Kind::back_up, "back up", 10},
    {Kind::restore_backup, "restore backup", 8},
    {Kind::teacher_leaves, "teacher leaves", 6},
};

// The same where classes are made.
constexpr Likely kClassKinds[] = {
    {Kind::make_class, "make class", 8}, {Kind::change_row, "change class's row", 8},
    {Kind::enroll, "enroll", 24},        {Kind::write_pathway, "write pathway", 20},
    {Kind::move_log, "move log", 4},
};

// The same where things are put away.
constexpr Likely kArchiveKinds[] = {
    {Kind::begin_project, "begin project", 20}, {Kind::put_away, "put away", 50},
    {Kind::bring_back, "bring back", 16},       {Kind::fill, "fill", 80},
    {Kind::take_out, "take out", 16},
};

// The same where there are several hubs.
constexpr Likely kHubKinds[] = {
    {Kind::copy_hub, "copy hub", 12},
    {Kind::write_at_hub, "write at hub", 60},
};

std::optional<Kind> draw(std::span<const Likely> kinds, SeededRandom& random) {
  auto what = static_cast<int>(random.below(1'000));
  for (const auto& likely : kinds) {
    what -= likely.in_thousand;
    if (what < 0) return likely.kind;
  }
  return std::nullopt;
}
bool travels(Kind kind) {
  return kind == Kind::restore_hub || kind == Kind::replace_hub || kind == Kind::torn_hub ||
         kind == Kind::revert_hub || kind == Kind::restore_backup || kind == Kind::move_log ||
         kind == Kind::copy_hub ||
         (kind >= Kind::torn && kind <= Kind::copy && kind != Kind::gate && kind != Kind::loss &&
          kind != Kind::pause);
}

}  // namespace

std::string_view name(Kind kind) {
  for (auto kinds : {std::span<const Likely>(kKinds), std::span<const Likely>(kPeopleKinds),
                     std::span<const Likely>(kRoughKinds), std::span<const Likely>(kClassKinds),
                     std::span<const Likely>(kHubKinds), std::span<const Likely>(kArchiveKinds)})
    for (const auto& likely : kinds)
      if (likely.kind == kind) return likely.name;
  return "nothing";
}

std::vector<Event> plan_events(const Plan& plan) {
  SeededRandom random(plan.seed), of_people(plan.seed + 0x70656f706c65), of_disks(plan.seed + 0x6469736b73),
      of_classes(plan.seed + 0x636c617373), of_hubs(plan.seed + 0x68756273),
      of_archives(plan.seed + 0x736865);
  std::vector<Event> events;
  for (int i = 0; i < plan.steps; i++) {
    Event event{Kind::nothing, random.u64()};
    event.kind = draw(kKinds, random).value_or(Kind::nothing);
    // Every fourth school knows no journeys: what they excuse must hold there without excuse.
    if (plan.people || plan.classes) event.kind = draw(kPeopleKinds, of_people).value_or(event.kind);
    if (plan.rough) event.kind = draw(kRoughKinds, of_disks).value_or(event.kind);
    if (plan.classes) event.kind = draw(kClassKinds, of_classes).value_or(event.kind);
    if (plan.archives) event.kind = draw(kArchiveKinds, of_archives).value_or(event.kind);
    if (plan.hub > 1) event.kind = draw(kHubKinds, of_hubs).value_or(event.kind);
    if (plan.seed % 4 == 0 && travels(event.kind)) event.kind = Kind::nothing;
    events.push_back(event);
  }
  return events;
}

World::World(const Plan& plan, bool clocks_right)
    : plan_(plan),
      clocks_right_(clocks_right),
      random_(plan.seed),
      ill_(plan.seed + 0x696c6c),
      rough_(plan.seed + 0x726f756768),
      harm_(plan.seed + 0x6861726d),
      between_(plan.seed + 0x6265747765656e),
      forger_(plan.seed + 0x666f72676572),
      aging_(plan.seed + 0x616765) {
  plan_.people = plan_.people || plan_.classes;
  disks::use();
  disks::lie(false);
  make_folder(fs::is_directory("/dev/shm") ? "/dev/shm" : fs::temp_directory_path().string());
  make_school();
  for (int i = 0; i < plan.students; i++) {
    auto person = make_person("student", i);
    make_computer(person, false);
    make_computer(person, false);
  }
  if (plan.rounds) make_computer(students_.front(), false);
  for (int i = 0; i < plan.teachers; i++) make_computer(make_person("teacher", i), true);
  must(school_->refresh_access(), "access");
  if (plan.hub) make_hub("North room", {period_});
  if (plan.hub > 1)
    make_hub("South room", plan_.people ? std::vector{period_, other_} : std::vector{period_});
  for (auto& computer : computers_) {
    open(*computer);
    remember(*computer);  // before the first sync
  }
  remember_school();
  school_up_ = !plan.sticks_only;
  // Whoever is at this school was on its disk long ago: a power cut tears what was written since.
  must(school_->store().db().execute("PRAGMA wal_checkpoint(TRUNCATE)"), "checkpoint");
  disks::lie(plan_.sabotage == Sabotage::no_fsync);
}

World::~World() {
  computers_.clear();
  school_.reset();
  hubs_.clear();
  disks::remove_below(folder_);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

Outcome World::go() {
  Outcome outcome;
  auto events = plan_events(plan_);
  std::vector<int> wanted;
  if (plan_.only)
    wanted = *plan_.only;
  else
    for (int i = 0; i < plan_.steps; i++) wanted.push_back(i);
  try {
    for (int i : wanted) {
      event_ = i;
      happen(events.at(static_cast<std::size_t>(i)));
      attack();
      attack_hub();
      bombard();
      jump_servers_clock();
      forge();
      grow_old();
      bring_to_hubs();
      bool is_night = plan_.day > 0 && i % plan_.day == plan_.day - 1;
      if (is_night && plan_.measured) {
        int day = i / plan_.day + 1, days = plan_.steps / plan_.day;
        if (day <= days_measured || day > days - days_measured) measure_day(day);
        messages_before_ = messages_;
      }
      if (is_night) advance(kNightMs);
      if (i == plan_.steps / 4) make_clones();
      check_step();
    }
    event_ = plan_.steps;
    random_ = SeededRandom(plan_.seed + 1);
    outcome.days = (now_ms_ - kBegunMs) / kNightMs;
    outcome.days_by_hand = (heard_of_ms_.value_or(now_ms_) - kBegunMs) / kNightMs;
    if (plan_.rounds) edit_in_rounds();
    if (plan_.liveness) go_on_beside_the_broken();
    become_quiet();
    check_quiet();
    if (plan_.twin) outcome.heads = heads_by_turn();
  } catch (const Broken& failure) {
    outcome.failure = std::string(failure.what()) + " (event " + std::to_string(event_) + ")";
  }
  outcome.log_hash = to_hex(ByteView(sha256(as_bytes(log_))).first(8));
  outcome.events = static_cast<long>(wanted.size());
  outcome.ops = static_cast<long>(committed_.size());
  outcome.messages = messages_;
  outcome.crashes = crashes_;
  outcome.journeys = journeys_;
  outcome.copies = copies_;
  outcome.carried = carried_;
  outcome.files = files_;
  outcome.collected = collected_;
  outcome.told = told_;
  outcome.moved = moved_;
  outcome.letters = letters_;
  outcome.classes = made_classes_;
  outcome.portals = portals_, outcome.bombs = bombs_;
  outcome.side_by_side = side_by_side_;
  outcome.shelved = shelved_, outcome.put_away = put_away_;
  outcome.erased = static_cast<long>(erased_.size() + erased_ops_.size());
  outcome.files_carried = files_carried_;
  outcome.parcels = parcels_;
  outcome.kept = kept_;
  outcome.brought_back = brought_back_;
  outcome.backups = restores_;
  outcome.cuts = cuts_;
  outcome.forgeries = forgeries_;
  outcome.aged = aged_;
  outcome.cost = std::move(days_);
  outcome.log = std::move(log_);
  return outcome;
}

// ---- making the world

void World::make_folder(const std::string& place) {
  std::string pattern = place + "/waymark-simulation-XXXXXX";
  if (!mkdtemp(pattern.data())) throw std::runtime_error("no folder for the simulation");
  folder_ = pattern;
}

void World::make_school() {
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
  disks::put(folder_ + "/school/school.db", disks::read(blank.path() + "/school/school.db"));
  school_random_ = std::make_unique<SeededRandom>(random_.u64());
  open_school();
  period_ = make_class("Period 3");
  if (plan_.people) other_ = make_class("Period 5");
}
void World::open_school() {
  granted_.clear();
  school_.reset();
  school_ = must(School::open(folder_ + "/school", school_clock_, *school_random_), "school");
}

PersonId World::make_person(std::string_view role, int i) {
  // Staff come with a password's hash, which is slow; who signs in is not this simulator's matter.
  server::Person person;
  person.id = random_.id<PersonId>();
  person.role = role;
  person.given = std::string(role) + std::to_string(i);
  must(school_->accounts().put(person), "person");
  enroll(period_, person.id, role, true);
  (role == "student" ? students_ : teachers_).push_back(person.id);
  return person.id;
}

void World::make_computer(const PersonId& person, bool teacher) {
  auto computer = std::make_unique<Computer>();
  computer->index = static_cast<int>(computers_.size());
  computer->teacher = teacher;
  computer->person = person;
  computer->token = server::make_token(random_);
  computer->path = folder_ + "/computer" + std::to_string(computer->index) + ".db";
  put_blank(computer->path);
  computer->random = std::make_unique<SeededRandom>(random_.u64());
  server::Computer row;
  row.id = computer->row = random_.id<server::ComputerId>();
  row.name = "lab-" + std::to_string(computer->index);
  computer->shared_token = server::make_token(random_);
  must(school_->accounts().add_computer(row, server::token_hash(computer->shared_token)), "computer");
  random_.fill(computer->key.seed);
  auto known = must(school_->accounts().person(person), "person");
  computer->certificate = school_->certificate_of(*known, row.id, public_key(computer->key), {period_});
  computer->certificate_signature = school_->sign_certificate(computer->certificate);
  must(school_->accounts().add_device(server::token_hash(computer->token), person, row.id,
                                      public_key(computer->key).bytes),
       "device");
  computers_.push_back(std::move(computer));
}

void World::open(Computer& computer) {
  computer.store =
      must(store::Store::open(computer.path, {&computer.clock, computer.random.get(), true}), "open");
  computer.store->show_to(computer.person);
  computer.session = std::make_unique<sync::Session>(*computer.store);
  must(computer.session->start(), "start");
  computer.session->hurry(computer.clock.steady_ms());
  // Small files in smaller pieces, so that there are several of them and few bytes.
  // What seals a file is longer than most of them.
  const sync::PieceBytes pieces =
      !hubs_.empty() ? sync::PieceBytes{512, 2'048, 4'096} : sync::PieceBytes{64, 512, 1'024};
  computer.queue = std::make_unique<sync::FileQueue>(*computer.store, computer.files, pieces);
  computer.queue->look_by([this, &computer] { return mentions(computer); });
  computer.ticket = computer.file_ticket = 0;
  computer.mentioned_at = -1;
  finish_erasures(computer);
  computer.forms.clear();
  sign_in(computer);
  computer.parcels_told.clear();
  if (!computer.hub) return;
  must(computer.session->meet(computer.hub->file.hub.hex()), "meet");
  computer.queue->meet(computer.hub->file.hub.hex());
}

// With the papers that it has now.
void World::sign_in(Computer& computer) {
  const sync::Author author{
      computer.person, computer.key, computer.certificate, computer.certificate_signature, {}};
  computer.session->sign_as(author, school_->identity());
  computer.queue->sign_as(author, school_->identity());
}

// ---- what happens

void World::log(std::string_view what) {
  log_ += std::to_string(now_ms_);
  log_ += ' ';
  log_ += what;
  log_ += '\n';
}
void World::advance(std::int64_t by_ms) {
  now_ms_ += by_ms;
  school_clock_.advance_ms(by_ms);
  for (auto& computer : computers_) computer->clock.advance_ms(by_ms);
  for (auto& hub : hubs_) hub->clock.advance_ms(by_ms);
}

void World::happen(const Event& event) {
  random_ = SeededRandom(event.seed);
  advance(static_cast<std::int64_t>(random_.below(4'000)));
  switch (event.kind) {
    case Kind::nothing:
      break;
    case Kind::write:
      write(any());
      break;
    case Kind::staff_write:
      staff_write(*school_);
      break;
    case Kind::open_form:
      open_form(any());
      break;
    case Kind::clock:
      jump_clock(any());
      break;
    case Kind::crash:
      crash(any());
      break;
    case Kind::crash_school:
      crash_school();
      break;
    case Kind::torn:
      torn(any());
      break;
    case Kind::torn_school:
      torn_school();
      break;
    case Kind::gate:
      school_up_ = !school_up_ && !plan_.sticks_only;
      break;
    case Kind::loss:
      lossy_ = static_cast<int>(random_.below(60));
      break;
    case Kind::pause:
      advance(static_cast<std::int64_t>(random_.below(3 * 24)) * 3'600'000);
      break;
    case Kind::remember: {
      auto& computer = any();
      remember(computer);
      break;
    }
    case Kind::remember_school:
      remember_school();
      break;
    case Kind::restore:
      restore(any());
      break;
    case Kind::restore_school:
      restore_school();
      break;
    case Kind::revert_school:
      revert_school();
      break;
    case Kind::copy:
      copy(any());
      break;
    case Kind::write_stick:
      write_stick(any());
      break;
    case Kind::carry_stick:
      carry_stick();
      break;
    case Kind::read_stick:
      read_stick(any());
      break;
    case Kind::move:
      move(any());
      break;
    case Kind::hub_gate:
      if (auto* hub = some_hub()) hub->up = !hub->up;
      break;
    case Kind::hub_line:
      if (auto* hub = some_hub()) hub->line_up = !hub->line_up;
      break;
    case Kind::crash_hub:
      if (auto* hub = some_hub()) crash_hub(*hub);
      break;
    case Kind::remember_hub:
      if (auto* hub = some_hub()) remember(hub->images, hub_image(*hub));
      break;
    case Kind::restore_hub:
      restore_hub();
      break;
    case Kind::replace_hub:
      replace_hub();
      break;
    case Kind::attach:
      attach(any());
      break;
    case Kind::collect:
      collect();
      break;
    case Kind::lose_file:
      lose_file();
      break;
    case Kind::begin_project:
    case Kind::put_away:
    case Kind::bring_back:
    case Kind::fill:
    case Kind::take_out:
      happen_in_archives(event.kind);
      break;
    case Kind::copy_hub:
      copy_hub();
      break;
    case Kind::write_at_hub:
      write_at_hub();
      break;
    case Kind::torn_hub:
      torn_hub();
      break;
    case Kind::revert_hub:
      revert_hub();
      break;
    case Kind::back_up:
      back_up();
      break;
    case Kind::restore_backup:
      restore_backup();
      break;
    case Kind::teacher_leaves:
      teacher_leaves();
      break;
    case Kind::make_class:
    case Kind::change_row:
    case Kind::enroll:
    case Kind::write_pathway:
    case Kind::move_log:
      happen_in_classes(event.kind);
      break;
    default:
      happen_among_people(event.kind);
  }
  for (auto& computer : computers_) {
    send(*computer);
    send_file(*computer);
  }
  for (auto& hub : hubs_) send_up(*hub);
  deliver();
  deliver_files();
}

// Every kind of gesture: new records, edits of what is here, edits of what was read a while ago, answers
// that cannot be changed, and work that the school must refuse.
void World::write(Computer& computer) {
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
      base_on_what_is_here(*computer.store, edit);
    }
  } else {
    auto stream = domain::person_stream(computer.person);
    if (what < 2) {
      edit.key = {stream, "goal", computer.random->id<RecordId>()};
      edit.fields = {{"want", word()}, {"first_step", word()}};
    } else if (what < (plan_.people ? 4 : 5) && !computer.records.empty()) {
      edit = edit_of(computer, computer.records[random_.below(computer.records.size())]);
    } else if (what < 6 && plan_.people) {
      edit = edit_of_work(computer, {stream, "work", domain::singleton_id("work", stream)});
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
      base_on_what_is_here(*computer.store, edit);
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
  if (!written && must(store::is_erased(*computer.store, edit.key.stream, {}), "erased"))
    return log("nothing is written there any more");
  if (!written) throw Broken("a gesture was not saved: " + written.error().detail);
  auto op = must(computer.store->op(written->front().op), "op");
  bool later = edit.key.kind == kLaterKind || edit.fields.contains(kLaterField);
  committed_.push_back(
      {written->front().op, record::canonical(*op), computer.index, append_only, false, later});
  if (!append_only && edit.key.kind == "goal") computer.records.push_back(edit.key);
  if (plan_.sabotage == Sabotage::miscount)
    must(computer.store->db().execute("UPDATE stream SET digest = zeroblob(16) WHERE head > 0"), "sabotage");
  computer.session->committed(computer.clock.steady_ms());
  log("write " + std::to_string(computer.index) + " " + written->front().op.hex());
}

OpId World::save(Computer& computer, const store::Edit& edit, bool append_only) {
  auto id = must(computer.store->write(computer.person, std::span(&edit, 1)), "a gesture").front().op;
  auto op = must(computer.store->op(id), "op");
  committed_.push_back({id, record::canonical(*op), computer.index, append_only});
  computer.session->committed(computer.clock.steady_ms());
  return id;
}

// One piece of work, so that both computers of a student change it and delete it; or, of a later version, a
// field or a kind that this one does not know.
store::Edit World::edit_of_work(Computer& computer, const record::RecordKey& key) {
  store::Edit edit;
  edit.key = key;
  auto record = must(computer.store->find(key), "find");
  if (record && chance(35)) {
    edit.fields["deleted"] = true;
    edit.base = record->all_heads();
    return edit;
  }
  edit.fields = {{"project", key.id.hex()}, {"step", "find-sources"}, {"type", "text"}, {"text", word()}};
  if (chance(30)) edit.fields[std::string(kLaterField)] = word();
  if (chance(30)) edit.key.kind = kLaterKind, edit.fields["strokes"] = word();
  base_on_what_is_here(*computer.store, edit);
  return edit;
}

void World::staff_write(School& school) {
  auto teacher = teachers_[random_.below(teachers_.size())];
  store::Edit edit;
  auto stream = domain::person_stream(students_[random_.below(students_.size())]);
  bool append_only = chance(60);
  if (append_only) {
    edit.key = {stream, "observation", {}};
    edit.fields = {{"text", word()}};
  } else {
    edit.key = {stream, "support", domain::singleton_id("support", stream + "/find-sources")};
    edit.fields = {{"form", "step_by_step"}, {"step", "find-sources"}};
    base_on_what_is_here(school.store(), edit);
  }
  auto tried = school.write(teacher, std::span(&edit, 1));
  if (!tried && tried.error().code == Code::not_granted) return log("not theirs to write");
  auto written = must(std::move(tried), "a teacher's write");
  auto op = must(school.store().op(written.front().op), "op");
  committed_.push_back(
      {written.front().op, record::canonical(*op), school.hub() ? kOnHubPages : kOnPages, append_only});
  log("staff write " + written.front().op.hex());
}

store::Edit World::edit_of(Computer& computer, const record::RecordKey& key) {
  store::Edit edit;
  edit.key = key;
  if (chance(60)) edit.fields["want"] = word();
  if (chance(40)) edit.fields["first_step"] = word();
  if (edit.fields.empty()) edit.fields["by"] = "2026-11-27";
  // Refused in the middle of a chain: what is written before that is heard builds on it.
  if (plan_.rough && rough_.below(12) == 0) edit.fields["want"] = std::string(70'000, 'a');
  base_on_what_is_here(*computer.store, edit);
  return edit;
}
void World::base_on_what_is_here(store::Store& store, store::Edit& edit) {
  auto record = must(store.find(edit.key), "find");
  if (!record) return;
  std::vector<std::string> names;
  for (const auto& field : edit.fields) names.push_back(field.first);
  edit.base = record->heads_of(names);
  if (plan_.sabotage == Sabotage::base_by_clock)
    std::erase_if(edit.base, [&](const OpId& id) {
      return must(store.op(id), "op")->time_ms > store.clock().now_ms() + kNightMs;
    });
}

// A form is opened now and saved later: meanwhile others may write.
void World::open_form(Computer& computer) {
  if (computer.teacher) return;
  auto stream = domain::person_stream(computer.person);
  record::RecordKey key{stream, "goal", domain::singleton_id("goal", stream)};
  auto record = must(computer.store->find(key), "find");
  if (record) computer.forms["goal" + key.id.hex()] = record->all_heads();
}

void World::set_clock(ManualClock& clock, std::int64_t off_ms) {
  clock.set_ms(clocks_right_ ? now_ms_ : std::max<std::int64_t>(0, now_ms_ + off_ms));
}

void World::jump_clock(Computer& computer) {
  static constexpr std::int64_t years[] = {-56, -25, -1, 0, 1, 10};
  set_clock(computer.clock, years[random_.below(6)] * kYearMs);
  log("clock " + std::to_string(computer.index));
}

// A box without a battery begins in 1970 until somebody sets it.
void World::jump_servers_clock() {
  if (!plan_.clocks || harm_.below(40) != 0) return;
  static constexpr std::int64_t years[] = {-56, -1, 0, 0, 1, 10};
  bool hub = !hubs_.empty() && harm_.below(2) == 0;
  auto& clock = hub ? hubs_[hubs_.size() > 1 ? harm_.below(hubs_.size()) : 0]->clock : school_clock_;
  set_clock(clock, years[harm_.below(6)] * kYearMs);
  log(hub ? "clock of the hub" : "clock of the school");
}

void World::set_servers_clocks() {
  if (!plan_.clocks) return;
  school_clock_.set_ms(now_ms_);
  for (auto& hub : hubs_) hub->clock.set_ms(now_ms_);
}

// ---- plans

std::vector<std::string> events_of(const Plan& plan) {
  std::vector<std::string> names;
  auto events = plan_events(plan);
  for (int i = 0; i < plan.steps; i++)
    if (!plan.only || std::find(plan.only->begin(), plan.only->end(), i) != plan.only->end())
      names.push_back(std::to_string(i) + " " + std::string(name(events[static_cast<std::size_t>(i)].kind)));
  return names;
}

Plan shrink(Plan plan, int runs_max) {
  // The same invariant, or the same sentence up to its first detail.
  auto what = [](const Outcome& outcome) {
    auto text = outcome.failure.value_or("");
    return text.substr(0, text.find(':'));
  };
  auto wanted = what(run(plan));
  if (wanted.empty()) return plan;
  std::vector<int> kept;
  if (plan.only)
    kept = *plan.only;
  else
    for (int i = 0; i < plan.steps; i++) kept.push_back(i);
  // Large pieces first, then ever smaller ones.
  for (std::size_t piece = std::max<std::size_t>(kept.size() / 2, 1); runs_max > 0;) {
    bool smaller = false;
    for (std::size_t at = 0; at < kept.size() && runs_max > 0;) {
      auto fewer = kept;
      auto from = fewer.begin() + static_cast<std::ptrdiff_t>(at);
      fewer.erase(from, from + static_cast<std::ptrdiff_t>(std::min(piece, fewer.size() - at)));
      auto attempt = plan;
      attempt.only = fewer;
      runs_max--;
      if (what(run(attempt)) == wanted) {
        kept = std::move(fewer);
        smaller = true;
      } else {
        at += piece;
      }
    }
    if (piece == 1 && !smaller) break;
    piece = std::max<std::size_t>(piece / 2, 1);
  }
  plan.only = kept;
  return plan;
}

}  // namespace waymark::simulation
