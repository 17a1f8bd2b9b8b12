// The inside of the simulated school: its parts, what may happen, and where each is written: world.cpp makes
// the school and lets people write, people.cpp lets them come and go, network.cpp carries messages, hub.cpp
// has the hub in the room, travel.cpp takes disks back in time and copies them, files.cpp attaches files,
// carries them and lets the school collect, classes.cpp makes classes and says who is in them, archives.cpp
// puts goals and projects away, rounds.cpp edits one goal on three computers, checks.cpp says what must hold.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "shared/domain/kinds.hpp"
#include "shared/sync/file_queue.hpp"
#include "shared/sync/session.hpp"
#include "shared/wire/bundle.hpp"
#include "sync-server/service/school.hpp"
#include "tests/simulation/oracle.hpp"
#include "tests/simulation/world.hpp"

struct sqlite3;

namespace waymark::app {
struct RecordSet;
}

namespace waymark::simulation {

using server::School;

// A broken invariant ends the run from wherever it is noticed.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};
[[noreturn]] inline void broken(int invariant, const std::string& what) {
  throw Broken("invariant " + std::to_string(invariant) + ": " + what);
}
template <class T>
T must(Result<T> result, const char* what) {
  if (!result)
    throw Broken(std::string(what) + ": " + std::string(name(result.error().code)) + " " +
                 result.error().detail);
  return std::move(result).value();
}
inline void must(Status status, const char* what) {
  if (!status)
    throw Broken(std::string(what) + ": " + std::string(name(status.error().code)) + " " +
                 status.error().detail);
}

// What may happen, how often of a thousand events, and its name in a plan.
enum class Kind {
  nothing,
  write,
  staff_write,  // a teacher, on the school's own pages
  open_form,    // a form is opened that will be saved later
  clock,        // a computer's clock jumps by years
  crash,        // a computer loses its power
  crash_school,
  torn,  // a computer loses its power, and its disk had not kept what it said it had
  torn_school,
  gate,      // the school is reachable no longer, or again
  loss,      // how many messages are lost
  pause,     // hours or days pass
  remember,  // somebody makes an image of a computer's disk
  remember_school,
  restore,         // a computer's disk is an old image again
  restore_school,  // so is the school's, while its server was not running
  revert_school,   // and while it was
  copy,            // a computer's disk is copied, and both live on
  write_stick,     // a student writes what waits on the class's stick
  carry_stick,     // the school reads it and puts its answers there
  read_stick,      // a student reads the answers
  move,            // a computer goes to the hub, or back to the school
  hub_gate,        // the hub is reachable no longer, or again
  hub_line,        // so is the school, from the hub
  crash_hub,
  remember_hub,
  restore_hub,      // its disk is an old image again
  replace_hub,      // it is dead, and an empty one takes its place
  attach,           // a student attaches a file
  collect,          // days pass at the school, its clock jumps, and it collects files
  lose_file,        // the school's disk loses one, and nobody notices
  change_class,     // a student changes class, or is in both, or in none
  leave,            // a student leaves the school, or comes back
  co_teach,         // a teacher joins a class, or leaves it
  remove_computer,  // a lost one is turned away
  rejoin,           // and joins anew
  join,             // a newcomer in the middle
  confirm,          // an administrator lets in who was not known
  erase,            // a student, or one op, on the ground of law
  settle,           // an adult settles a dead letter
  torn_hub,         // as a computer
  revert_hub,       // as the school
  copy_hub,         // its disk is copied, and both live on
  write_at_hub,     // a teacher, on its pages
  back_up,          // the school makes a backup, by itself,
  restore_backup,   // and takes one in its place while it runs
  teacher_leaves,   // or comes back
  make_class,       // while the school goes on, with people in it
  change_row,       // a class is closed, opened or renamed
  enroll,           // somebody into a class, or out of it
  write_pathway,    // a teacher, for a class
  begin_project,
  put_away,    // a goal or a project, with what is in it
  bring_back,  // one that is away
  fill,        // a goal or a project
  take_out,    // a piece of work
  move_log,    // an administrator moves removals.log away, restores, and later puts it back
};
struct Event {
  Kind kind = Kind::nothing;
  std::uint64_t seed = 0;  // of everything it decides
};
std::vector<Event> plan_events(const Plan& plan);
std::string_view name(Kind kind);

using Content = std::shared_ptr<const std::string>;

// A computer's files: what was kept is kept, what comes may be torn. Where it is full, nothing comes.
struct FilesHere final : sync::FileDisk {
  std::map<std::string, Content, std::less<>> whole;
  std::map<std::string, std::string, std::less<>> parts;
  bool full = false;

  std::optional<std::int64_t> size(std::string_view hash) const override;
  Result<std::string> read(std::string_view hash, std::int64_t from, std::size_t bytes) const override;
  std::int64_t coming(std::string_view hash) const override;
  Status append(std::string_view hash, std::int64_t from, std::string_view bytes) override;
  Status finish(std::string_view hash) override;
  void drop(std::string_view hash) override;
};

// Of a disk: the database, and which files lay beside it.
struct Image {
  std::string database;
  std::map<std::string, Content, std::less<>> files;
};

// What is wrong with a computer that stays broken while the others go on.
enum class Ill {
  no,
  silent,   // it is not heard of
  deaf,     // no answer reaches it
  garbled,  // every answer is cut short
  full,     // its disk
};

struct Hub;

constexpr std::size_t kWaitingMax = 10'000;

struct Computer {
  int index = 0;
  bool teacher = false;
  PersonId person;
  std::string token, path;
  std::string shared_token;           // the computer's own
  std::vector<std::string> outgoing;  // bundles of sign-outs, until their answers came
  ManualClock clock;
  std::unique_ptr<SeededRandom> random;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<sync::Session> session;
  std::uint64_t ticket = 0;  // of the request on its way; 0: none
  std::int64_t sent_ms = 0;
  std::int64_t ops_seen = 0;  // never fewer, but for a journey
  int exchanges = 0;
  int era = 0;                                     // of the school, when it last answered this computer
  Hub* hub = nullptr;                              // where it is; none: at the school
  std::vector<record::RecordKey> records;          // that this computer wrote to
  std::map<std::string, std::vector<OpId>> forms;  // a form opened earlier and not saved yet: what it read
  std::vector<Image> images;                       // of its disk
  FilesHere files;
  std::unique_ptr<sync::FileQueue> queue;
  std::int64_t mentioned_at = -1;  // which files its records mention, and after how many changes
  std::vector<sync::Mention> mentioned;
  std::uint64_t file_ticket = 0;
  std::int64_t file_sent_ms = 0;
  std::map<const Hub*, int> parcels_told;  // of hubs of one name, when one last told of parcels: their eras
  const Hub* heard_hub = nullptr;          // that last answered this computer,
  int heard_hub_era = -1;                  // its era
  int heard_era = -1;                      // and the school's at that moment,
  std::int64_t heard_ms = 0;
  Ill ill = Ill::no;  // until all is mended
  // With what a student's device signs; a copy has the same.
  SecretKey key;
  std::string certificate, certificate_signature;
  server::ComputerId row;
  bool turned_away = false;     // the school knows neither it nor its certificate
  int travels = 0;              // back in time
  std::set<std::string> again;  // streams of which an access ended here and another one began
};

enum class Asked { sync, papers, bundle, parcel, kept_bundle, stick };
inline bool is_sealed(Asked asked) { return asked >= Asked::parcel; }
inline constexpr int kHub = -1;

struct Message {
  bool to_school = true;  // or to the hub
  int computer = 0;       // kHub: between the hub and the school
  std::uint64_t ticket = 0;
  std::int64_t due_ms = 0;
  std::string body;
  int era = 0;  // of the school that answered
  Asked asked = Asked::sync;
  Hub* hub = nullptr;  // one of both ends
  int hub_era = 0;
  bool unauthorized = false;
  // A piece of a parcel, from byte `from` on, and how far it has come; `body` is the piece, or the answer.
  server::ParcelRow parcel = {};
  std::int64_t from = 0;
  bool whole = false;
  std::optional<Code> problem = {};
};

struct Hub {
  int index = 0;
  std::string folder;
  server::HubFile file;
  bool up = true, line_up = true;
  ManualClock clock;
  std::unique_ptr<SeededRandom> random;
  std::unique_ptr<School> school;
  std::unique_ptr<sync::Session> session;  // its own, with the school
  std::vector<Image> images;
  std::uint64_t ticket = 0;
  std::int64_t sent_ms = 0, papers_ms = 0;
  Asked asked = Asked::sync;
  server::HubLoad load;
  server::StickRow stick;         // the last that went
  server::ParcelRow parcel;       // on its way to the school,
  std::int64_t parcel_come = -1;  // and how much of it has come; -1: the school is asked
  int era = 0;                    // how often it has travelled,
  int sent_era = 0;               // and when it last said something
  std::string db() const { return folder + "/school.db"; }
};

// A step of a computer's queue of files on its way, and the answer.
struct FileMessage {
  bool to_school = true;
  int computer = 0;
  std::uint64_t ticket = 0;
  std::int64_t due_ms = 0;
  sync::FileStep step;
  sync::FileReply reply;
  std::optional<Error> error;
  Hub* hub = nullptr;
  int hub_era = 0;
};

struct Attached {
  OpId op;
  std::string stream, hash;
  bool lost = false;  // no surviving disk has it
};

inline constexpr int kOnPages = -1, kOnHubPages = -2;
// What a later version writes: this one knows neither.
inline constexpr std::string_view kLaterKind = "sketch", kLaterField = "mood.of_the_day";

struct Committed {
  OpId id;
  std::string body;
  int computer = 0;  // kOnPages: the school's own; kOnHubPages: a hub's
  bool append_only = false;
  bool lost = false;   // no surviving disk has it
  bool later = false;  // it has a field or a kind of a later version
};

inline std::string who(const Computer& computer) { return "computer " + std::to_string(computer.index); }

class PowerCut;

// While it lives a database cannot grow: a disk that is full.
class FullDisk {
 public:
  explicit FullDisk(store::Store& store);
  ~FullDisk();
  FullDisk(const FullDisk&) = delete;

 private:
  store::Store& store_;
};

class World {
 public:
  // `clocks_right`: of a plan with a twin, this one is it.
  explicit World(const Plan& plan, bool clocks_right = false);
  ~World();
  World(const World&) = delete;
  Outcome go();

 private:
  // world.cpp
  void make_folder(const std::string& place);
  void make_school();
  PersonId make_person(std::string_view role, int i);
  void make_computer(const PersonId& person, bool teacher);
  void open(Computer& computer);
  void sign_in(Computer& computer);
  void open_school();
  void happen(const Event& event);
  void write(Computer& computer);
  void staff_write(School& school);
  void write_at_hub();
  OpId save(Computer& computer, const store::Edit& edit, bool append_only);
  store::Edit edit_of(Computer& computer, const record::RecordKey& key);
  store::Edit edit_of_work(Computer& computer, const record::RecordKey& key);
  void base_on_what_is_here(store::Store& store, store::Edit& edit);
  void open_form(Computer& computer);
  void jump_clock(Computer& computer);
  bool chance(int in_hundred) { return random_.below(100) < static_cast<std::uint64_t>(in_hundred); }
  Computer& any() { return *computers_[random_.below(computers_.size())]; }
  std::string word() { return "word " + std::to_string(random_.below(1'000)); }
  void log(std::string_view what);
  void advance(std::int64_t by_ms);

  void set_clock(ManualClock& clock, std::int64_t off_ms);
  std::map<std::string, std::set<long>> heads_by_turn();

  // network.cpp
  void send(Computer& computer);
  void post(Message message);
  void deliver();
  void arrive_at_school(const Message& message);
  void arrive_at(Computer& computer, const Message& message);
  void sabotage_request(Computer& computer, wire::SyncRequest& request);
  void sabotage_reply(Computer& computer, wire::SyncReply& reply);

  // travel.cpp
  static void say_no_goodbye(store::Store& store);
  std::optional<PowerCut> may_die(store::Store& store, const std::string& path, int steps_max = 2'000);
  SeededRandom* luck() { return plan_.rough ? &rough_ : nullptr; }
  std::string school_db() const { return folder_ + "/school/school.db"; }
  void note_what_was_kept(Computer& computer, std::int64_t after);
  void crash(Computer& computer);
  void crash_school();
  void torn(Computer& computer);
  void torn_school();
  static std::string image_of(store::Store& store);
  static void remember(std::vector<Image>& images, Image image);
  void remember(Computer& computer);
  void remember_school();
  static void put_blank(const std::string& path);
  void restore(Computer& computer);
  void put_back(Computer& computer, const Image& image);
  void restore_school();
  void put_back_school(const Image& image, bool files_too);
  void revert_school();
  void revert_school(std::string image);
  static void revert(store::Store& store, std::string image);
  void back_up();
  void restore_backup();
  void copy(Computer& computer);
  Computer& copy_of(const Computer& computer, Image image);
  void make_clones();
  void travelled(Computer& computer);
  void school_travelled();
  static bool can_bring(store::Store& store, const Committed& op);
  void count_losses();

  // files.cpp
  void attach(Computer& computer);
  void finish_erasures(Computer& computer);
  void collect();
  void lose_file();
  void collect_once();
  std::vector<sync::Mention> mentions(Computer& computer);
  void send_file(Computer& computer);
  void post_file(FileMessage message);
  void deliver_files();
  void file_arrives_at_school(const FileMessage& message);
  void file_arrives_at_hub(const FileMessage& message);
  void file_arrives_at(Computer& computer, const FileMessage& message);
  std::string school_file(std::string_view hash) const;
  std::map<std::string, Content, std::less<>> school_files() const;
  void put_school_files(const std::map<std::string, Content, std::less<>>& files);
  bool mentioned_at_school(const Attached& file);
  bool knows_of(Computer& computer, const Attached& file);
  bool school_has(const Attached& file);
  void count_lost_files();
  std::string unsettled_file(Computer& computer);
  using StreamFile = std::pair<std::string, std::string>;
  std::set<StreamFile> files_in_parcels();
  bool parcels_are_settled();
  void note_files_at_school();
  void check_file_status(Computer& computer);
  void check_files();

  // sticks.cpp
  struct Answer {
    std::string bytes;
    int era = 0;
  };
  void write_stick(Computer& computer);
  std::string bundle_of(Computer& computer, std::vector<wire::BundleItem> items);
  void hear_answer(Computer& computer, const Answer& answer);
  void become_quiet_by_sticks();
  void carry_stick();
  void read_stick(Computer& computer);
  std::string damaged(std::string bytes);
  std::string forged_batch(const Computer& forger, const Computer& victim, std::string_view mark);
  std::string forged_answer(Computer& computer);
  std::string sabotage_news(Computer& computer, const std::string& bytes);

  // hub.cpp
  Hub& make_hub(std::string_view name, const std::vector<ClassId>& classes);
  Hub* some_hub();
  void open_hub(Hub& hub);
  Image hub_image(Hub& hub);
  void put_hub_parcels(const Hub& hub, const std::map<std::string, Content, std::less<>>& parcels);
  void send_parcel_up(Hub& hub);
  std::filesystem::file_time_type parcel_time();

  // kept.cpp
  void bring_to_hubs();
  void bring_stick_to_hub(Computer& computer);
  void sign_out(Computer& computer);
  void deliver_outgoing(Computer& computer);
  void date_what_is_new(const Hub& hub);
  bool send_kept_up(Hub& hub);  // false: there is nothing
  Result<server::ParcelState> take_kept(const server::Bearer& bearer, const Message& message);
  Status hear_of_kept(Hub& hub, const Message& message);
  void move(Computer& computer);
  void go_to(Computer& computer, Hub* hub);
  void crash_hub(Hub& hub);
  void restore_hub();
  void put_back_hub(Hub& hub, const Image& image);
  void replace_hub();
  void torn_hub();
  void revert_hub();
  void revert_hub(Hub& hub, const Image& image);
  void copy_hub();
  void hub_travelled(Hub& hub);
  void send_up(Hub& hub);
  void hub_at_school(const Message& message);
  void arrive_at_hub_from_school(const Message& message);
  void arrive_at_hub(const Message& message);
  void check_hub(Hub& hub);
  bool hub_is_quiet(Hub& hub);
  store::Store& parent_of(const Computer& computer) {
    return computer.hub ? computer.hub->school->store() : school_->store();
  }

  // classes.cpp
  void happen_in_classes(Kind kind);
  ClassId make_class(std::string_view title);
  void make_class_for_some();
  void change_row();
  void enroll(const ClassId& where, const PersonId& person, std::string_view role, bool active);
  void enroll_somebody();
  void write_pathway();
  void move_log();
  void put_log_back();
  void doubt_all();
  void forget_what_began();
  bool is_in(const ClassId& where, const PersonId& person);
  std::set<std::string> wished_for(const PersonId& person);
  void check_classes();

  // rounds.cpp
  void edit_in_rounds();

  // ages.cpp
  struct OldImage {
    Image image;
    std::int64_t made_ms = 0;
  };
  void keep_image(int whose, const std::function<Image()>& image);
  void grow_old();

  // days.cpp
  void exchange(Computer& computer, Cost& cost);
  Cost settle(Computer& computer);
  void measure_day(int day);

  // forgeries.cpp
  void forge();
  void write_twice(const Computer& computer, bool based);
  void misname(const Computer& forger, Computer& victim);
  void misname_at_hub(const Computer& forger, Hub& hub);

  // archives.cpp
  void happen_in_archives(Kind kind);
  store::Edit edit_in_holder(Computer& computer, const app::RecordSet& seen);
  std::map<std::string, bool> away_by_oracle(const std::vector<OracleEntry>& all);
  void check_reach();

  // people.cpp
  void happen_among_people(Kind kind);
  void move_student();
  void leave_school();
  void teacher_leaves();
  void co_teach();
  void remove_computer();
  void rejoin(Computer& computer);
  void join_student();
  void confirm_newcomers();
  void settle_people();
  void settle_letter();
  void erase();
  void check_erased();
  void check_letters_of_erased();
  bool is_covered(const Committed& op) const;
  void refresh_access();
  bool come_back(Computer& computer);
  std::set<std::string> granted_to(const PersonId& person);
  void check_served_to_hub(const std::set<std::string>& granted, const wire::SyncReply& reply);
  void check_told_by_stick(const Computer& computer, const std::string& bytes);
  void check_served_by_hub(const Computer& computer, const wire::SyncReply& reply);
  void check_served(const Computer& computer, const std::set<std::string>& granted,
                    const wire::SyncReply& reply);
  void check_held(Computer& computer);
  static void note_regrants(Computer& computer, const wire::SyncReply& reply);
  void note_refusals(const Computer& computer, const std::string& request, const wire::SyncReply& reply);
  void check_refusals();

  void attack();
  void attack_hub();
  void jump_servers_clock();
  void set_servers_clocks();
  SecretKey identity_key();
  bool by_chance_ill(std::uint64_t in_hundred);
  std::unique_ptr<FullDisk> full_for_a_moment(store::Store& store);
  std::string through_portal(const std::string& body);
  bool by_chance_between(std::uint64_t in_hundred);
  std::optional<Error> portal_before(FileMessage& message);
  bool portal_before(Message& message);
  std::unique_ptr<FullDisk> full_hub(Hub& hub);
  void bombard();
  std::string made_up(const std::string& stream, std::string_view kind, const PersonId& author,
                      SeededRandom& random);
  void note_believed(const Computer& computer, int era, const std::vector<OpId>& waited);
  void check_deletions();
  static std::map<std::string, std::int64_t> rows_of(store::Store& store);
  void check_tables();
  void lose(Computer& computer);
  std::set<OpId> dead_letters();

  // checks.cpp
  std::vector<OracleEntry> entries(store::Store& store, const std::string& stream);
  [[noreturn]] void not_as_written(const OpId& id);
  static std::int64_t op_count(store::Store& store);
  static bool has_content(store::Store& store, const OpId& id);
  static store::Transaction look_at(store::Store& store);
  void watch();
  void check_step();
  void check_cursors(Computer& computer);
  static bool is_own(store::Store& store, const OpId& id);
  void check_status(Computer& computer);
  void compare(store::Store& store, const std::vector<OracleEntry>& from, int invariant);
  void check_in_the_room(Computer& computer);
  void check_causes();
  void go_on_beside_the_broken();
  bool is_through(Computer& computer);
  void become_quiet();
  bool reads_everything(Computer& computer);
  bool stands_where_it_was_left(Computer& computer);
  bool private_is_settled(Computer& computer);
  void check_quiet();
  void check_nothing_lost();
  void check_copies();
  void check_authors();
  bool reads(Computer& computer, const OpId& id);
  bool under_another_hub(const Computer& computer, const OpId& id);

  Plan plan_;
  bool clocks_right_ = false;
  SeededRandom random_;               // of the event that happens
  SeededRandom ill_;                  // of attacks
  SeededRandom rough_;                // of disks and power
  SeededRandom harm_;                 // of servers' clocks and attacks on a hub
  SeededRandom between_;              // of portals before files and hubs, of hubs' disks, and of bombs
  SeededRandom forger_;               // of forgeries
  SeededRandom aging_;                // of how far disks go back
  std::map<int, std::string> asked_;  // what each computer last asked the school
  std::string folder_;
  static constexpr std::int64_t kBegunMs = 1'795'000'000'000;
  std::int64_t now_ms_ = kBegunMs;
  ManualClock school_clock_{kBegunMs};
  std::optional<std::int64_t> heard_of_ms_;  // the school, by anybody over a network
  std::map<int, std::vector<OldImage>> old_;
  std::map<std::int64_t, long> aged_;
  std::vector<DayCost> days_;
  long messages_before_ = 0, forgeries_ = 0;
  std::unique_ptr<SeededRandom> school_random_;
  std::unique_ptr<School> school_;
  std::vector<Image> school_images_;
  std::vector<std::string> backups_;
  std::optional<SecretKey> identity_;  // of the school; with it a backup is read
  long restores_ = 0, cuts_ = 0;
  // What was last said of each class, of who is in it, and of who is gone. Where the log of it was away there
  // is nothing that must be so.
  struct Wish {
    bool active = true, sure = true;
    std::string title = {};
  };
  using Place = std::pair<ClassId, PersonId>;
  struct Wishes {
    std::map<ClassId, Wish> classes;
    std::map<Place, Wish> places;
    std::set<PersonId> unsure;             // who of them is gone
    std::set<server::ComputerId> removed;  // and stays so
  };
  Wishes wishes_;
  std::optional<Wishes> before_loss_;  // of the log
  std::set<PersonId> left_before_loss_;
  bool log_was_away_ = false;
  std::set<std::string> of_lost_log_;  // backups
  std::set<Place> were_in_;            // ever
  long made_classes_ = 0, shelved_ = 0, put_away_ = 0;
  int era_ = 0;  // how often the school has travelled
  ClassId period_, other_;
  std::vector<PersonId> students_, teachers_;
  std::vector<std::unique_ptr<Computer>> computers_;
  std::deque<Message> network_;
  std::vector<Committed> committed_;
  std::deque<FileMessage> file_network_;
  std::vector<Attached> attached_;
  std::map<std::string, Content, std::less<>> contents_;  // of every file that was ever attached
  long files_ = 0, collected_ = 0;
  std::string log_;
  Oracle oracle_;
  std::uint64_t tickets_ = 0;
  // The class's stick: what is there stays there, so that it is read again later, and out of order.
  std::vector<std::string> to_school_;
  std::vector<Answer> from_school_;
  std::map<std::string, std::set<StreamFile>> in_parcel_;  // by the parcel's name
  std::set<StreamFile> were_at_school_;
  const std::filesystem::file_time_type begun_ = std::filesystem::file_time_type::clock::now();
  long parcels_put_ = 0;
  std::set<std::filesystem::file_time_type> parcel_times_;
  std::map<std::string, int, std::less<>> era_of_answer_;  // of the school, when a hub had it
  std::set<OpId> forged_;
  std::map<std::string, std::string> watched_;  // where the op of `--watch` stood last
  struct Refused {
    int computer = 0, travels = 0;  // whose it was, and how often that had travelled
    int era = 0;                    // of the school that refused it
  };
  std::map<OpId, Refused> refused_;
  // What each computer took for settled, and of which time of the school that was.
  std::map<std::pair<int, OpId>, int> believed_;
  std::set<OpId> taken_in_, erased_ops_;
  std::set<PersonId> erased_, left_;
  std::set<server::ComputerId> removed_;
  bool quiet_ = false;                                 // all is mended: who is turned away now stays so
  std::map<PersonId, std::set<std::string>> granted_;  // as far as it was asked since anything changed
  std::string granted_as_of_;                          // so many removals the school had heard then
  long joined_ = 0, moved_ = 0, letters_ = 0;
  long carried_ = 0;        // ops settled by a stick's answer
  long kept_ = 0;           // answers to what hubs kept sealed
  long files_carried_ = 0;  // files that a stick brought to the school, or back
  long parcels_ = 0;        // files of which the school's answer came through the hub
  long told_ = 0;           // lines that came with one
  long brought_back_ = 0;   // lines that the school had lost
  bool school_up_ = true;
  std::vector<std::unique_ptr<Hub>> hubs_;
  int lossy_ = 20;
  int event_ = 0;
  long portals_ = 0, bombs_ = 0, side_by_side_ = 0;
  long messages_ = 0, crashes_ = 0, journeys_ = 0, copies_ = 0;
};

// A power cut while a machine works on a database: after so many steps of SQLite's machine, wherever it is,
// or with so many writes to the disk.
class PowerCut {
 public:
  PowerCut(store::Store& store, int steps);
  PowerCut(const std::string& path, int writes);
  ~PowerCut();
  PowerCut(const PowerCut&) = delete;
  // Nothing is heard any more of what was done meanwhile, be it done or not.
  bool came(bool done);

 private:
  sqlite3* handle_ = nullptr;
};

}  // namespace waymark::simulation
