#include "client/app/app.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "client/app/computer.hpp"
#include "client/app/connection.hpp"
#include "client/app/drawing.hpp"
#include "client/app/erased.hpp"
#include "client/app/joining.hpp"
#include "client/app/link.hpp"
#include "client/app/outgoing.hpp"
#include "client/app/records.hpp"
#include "client/app/seeking.hpp"
#include "client/app/sentences.hpp"
#include "client/app/stick.hpp"
#include "client/app/student.hpp"
#include "shared/domain/kinds.hpp"
#include "shared/wire/joining.hpp"

namespace waymark::app {
namespace {

constexpr std::size_t kTilesMax = 10;
constexpr std::size_t kBackMax = 50;
constexpr std::int64_t kSticksMs = 2'000;           // for one that was plugged in
constexpr std::int64_t kMayBeForgottenMs = 60'000;  // a moment's waiting is nothing to speak of
constexpr std::int64_t kLookMs = 30'000;  // for a new day, and the part of the day that a greeting names

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

std::vector<Language> languages(const std::string& chosen) {
  return {{"en", "English", chosen != "es"}, {"es", "Español", chosen == "es"}};
}

namespace fs = std::filesystem;

constexpr std::size_t kTakingMax = 50;

Person person_of(const Profile& profile) { return {profile.person, profile.name, profile.mark}; }

std::int64_t bytes_in(const std::string& folder) {
  std::error_code error;
  std::int64_t bytes = 0;
  for (std::filesystem::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error))
    if (at->is_regular_file(error)) bytes += static_cast<std::int64_t>(at->file_size(error));
  return bytes;
}

}  // namespace

struct App::Impl {
  // A student's records held open: signed in, or packed up with something that still goes to school.
  struct Open {
    std::string person;
    std::unique_ptr<Records> records;
    std::unique_ptr<Link> link;
    std::unique_ptr<Student> student;  // only while signed in
    Profile profile;
    std::uint64_t pin_ticket = 0;
  };

  // A file that is being taken in aside: its record is written when it is here.
  struct Taking {
    std::string person;
    AttachFile command;
    struct Done {
      std::atomic<bool> is = false;
      Result<Imported> file = Error{Code::internal, "not taken in yet"};
    };
    std::shared_ptr<Done> done = std::make_shared<Done>();
  };
  // A small copy that is being made; once is enough, also where it comes to nothing.
  struct Making {
    std::string person;
    std::shared_ptr<std::atomic<bool>> done = std::make_shared<std::atomic<bool>>(false);
  };

  enum class PinFor { sign_in, join_enter, join_choose, change_enter, change_choose };
  struct Pin {
    PinFor purpose = PinFor::sign_in;
    Person who;
    PinKind kind = PinKind::digits;
    bool again = false;
    std::string first;  // of two
    Phrase error;
    std::int64_t wait_until_ms = 0;  // steady
  };

  explicit Impl(AppOptions from, Computer at)
      : options(std::move(from)),
        clock(*options.clock),
        random(*options.random),
        computer(std::move(at)),
        connection(options.transport, computer),
        joining(connection, computer, clock, random),
        outgoing(connection, computer, clock, random),
        seeking(options.finder, connection, computer, clock) {
    touched_ms = clock.steady_ms();
  }

  AppOptions options;
  Clock& clock;
  Random& random;
  Computer computer;
  Connection connection;
  Joining joining;
  Outgoing outgoing;
  Seeking seeking;
  std::vector<Announced> near;  // while a computer is to join
  bool browses = false;
  std::map<std::string, std::unique_ptr<Open>> opened;
  Open* me = nullptr;
  bool me_from_stick = false;

  Destination here;
  std::vector<Destination> back;
  Pin pin;
  Phrase toast, error, notice;
  std::int64_t toast_until_ms = 0, touched_ms = 0;
  bool saved = true;

  // Of the screen `stick`: what was found, and what was said last.
  std::vector<StickPlace> sticks, starters;
  Phrase stick_done, stick_next, stick_problem;
  std::int64_t look_for_sticks_ms = 0;

  std::deque<Taking> taking;
  std::vector<Making> making;
  std::set<std::string> made;  // person and hash of every small copy that was asked for

  Shown cached;
  bool dirty = true;
  std::uint64_t seen_student = 0;
  std::int64_t seen_day = 0, seen_wait_s = 0;

  std::int64_t steady() { return clock.steady_ms(); }
  Calendar calendar() { return {clock.now_ms(), options.utc_offset}; }

  // ---- opening and closing

  Result<Open*> hold(const std::string& person) {
    if (auto found = opened.find(person); found != opened.end()) return found->second.get();
    auto profile = computer.profile(person);
    if (!profile) return Error{Code::not_found, "nobody of this name uses this computer"};
    WAYMARK_TRY(id, PersonId::parse(person));
    auto open = std::make_unique<Open>();
    open->person = person;
    WAYMARK_TRY(records, Records::open(computer.folder(person), id, clock, random));
    open->records = std::move(records);
    open->profile = std::move(*profile);
    if (open->records->mended() != Mended::no) {
      open->profile.notice =
          open->records->mended() == Mended::whole ? "notice.mended" : "notice.mended_partly";
      open->profile.unsent = true;
      WAYMARK_CHECK(computer.change_profile(person, [&](Profile& kept) {
        kept.notice = open->profile.notice;
        kept.unsent = true;
      }));
    }
    // Where it fails it is tried again, and what it tells comes from the school too.
    (void)outgoing.take_answers(*open->records, open->profile);
    open->link = std::make_unique<Link>(connection, *open->records, open->profile.token, clock, random);
    give_papers(*open);
    return opened.emplace(person, std::move(open)).first->second.get();
  }

  void give_papers(Open& open) {
    const auto& profile = open.profile;
    open.link->come_back_with({profile.person, computer.state().identity, profile.certificate,
                               profile.signature, profile.introduction, profile.device_key},
                              [this, held = &open](const Link::Kept& now) {
                                auto change = [&](Profile& kept) {
                                  if (!now.token.empty()) kept.token = now.token;
                                  if (!now.certificate.empty())
                                    kept.certify({now.certificate, now.signature});
                                };
                                change(held->profile);
                                // Not kept, it is asked for again when the school knows the old one no
                                // longer.
                                (void)computer.change_profile(held->person, change);
                              });
  }

  void make_student(Open& open) {
    StudentOptions with;
    with.store = &open.records->store();
    with.files = &open.records->files();
    with.clock = &clock;
    with.random = &random;
    with.offset = options.utc_offset;
    with.person = PersonId::parse(open.person).value_or(PersonId{});
    with.first_name = open.profile.name;
    with.computer = computer.state().name;
    with.look = computer_look();
    open.student = std::make_unique<Student>(std::move(with));
    open.link->look_for_files_by([student = open.student.get()] { return student->files_mentioned(); });
    if (options.background)
      open.records->files().make_thumbnails_by([this, held = &open](const std::string& hash) {
        make_thumbnail(held->person, held->records->files().apart(), hash);
      });
  }

  // Signed in from here on.
  Status enter(const std::string& person) {
    WAYMARK_TRY(open, hold(person));
    if (auto now = computer.profile(person)) {
      now->notice = open->profile.notice.empty() ? now->notice : open->profile.notice;
      open->profile = std::move(*now);
    }
    // Before anything is written: should the computer lose power, somebody looks whether something waits.
    WAYMARK_CHECK(computer.change_profile(person, [&](Profile& kept) {
      kept.used_ms = clock.now_ms();
      kept.unsent = true;
    }));
    open->link->set_token(open->profile.token);
    make_student(*open);
    open->link->hurry();
    open->link->listen(true);
    me = open;
    me_from_stick = computer.on_stick(person);
    forget_erased(open->records->store());
    if (!me) return {};
    back.clear();
    here = {Screen::today, {}, {}, {}, {}, Focus::none};
    error = {}, notice = {}, toast = {};
    saved = true;
    joining.forget_card();
    touched_ms = steady();
    if (!open->profile.notice.empty())
      show_toast({open->profile.notice, {{"name", open->profile.name}}, -1}, 30'000);
    return {};
  }

  void leave() {
    if (!me) return;
    finish_background();  // what was chosen is not lost with who chose it
    if (!me) return;
    Open& open = *me;
    me = nullptr;
    keep_face(open);
    open.link->look_for_files_by({});
    open.student.reset();
    std::int64_t heard = 0;
    if (auto status = open.link->status(); status && status->heard_ms) heard = *status->heard_ms;
    (void)computer.change_profile(open.person, [&](Profile& kept) {
      kept.used_ms = clock.now_ms();
      kept.heard_ms = std::max(kept.heard_ms, heard);
      kept.notice.clear();
    });
    open.profile.notice.clear();
    open.link->listen(false);
    // On a shared computer the records may be opened again much later, or never: what waits can go without.
    bool kept = computer.on_stick(open.person);
    if (kept || computer.profiles().size() > 1) (void)outgoing.keep(*open.records, open.profile);
    if (kept) {
      // The stick is taken along now, and must not be in use.
      close(open);
      return;
    }
    // What waits goes by itself, with nobody signed in.
    open.link->hurry();
    close_if_done(open.person);
  }

  // The tile of Who shows the name and the mark that the student chose.
  void keep_face(Open& open) {
    if (!open.student) return;
    auto now = open.student->me();
    if (now.name.empty() || (now.name == open.profile.name && now.mark == open.profile.mark)) return;
    open.profile.name = now.name;
    open.profile.mark = now.mark;
    (void)computer.change_profile(open.person, [&](Profile& kept) {
      kept.name = now.name;
      kept.mark = now.mark;
    });
  }

  // A profile that nobody uses and of which everything is at school is let go.
  void close_if_done(const std::string& person) {
    auto found = opened.find(person);
    if (found == opened.end() || found->second.get() == me) return;
    Open& open = *found->second;
    auto done = open.link->all_at_school();
    bool all = done && *done && !open.profile.pin_unsent;
    if (!all && options.transport && computer.state().joined()) return;
    if (all) outgoing.forget(open.records->store().replica());
    std::int64_t heard = 0;
    if (auto status = open.link->status(); status && status->heard_ms) heard = *status->heard_ms;
    (void)computer.change_profile(person, [&](Profile& kept) {
      kept.unsent = !all;
      kept.heard_ms = std::max(kept.heard_ms, heard);
    });
    close(open);
  }

  void close(Open& open) {
    if (open.pin_ticket) connection.cancel(open.pin_ticket);
    opened.erase(std::string(open.person));
  }

  void lock(Phrase said) {
    error = {};
    leave();
    back.clear();
    here = {};
    notice = error ? error : std::move(said);  // of a file that could not be taken in at the last moment
    error = {}, toast = {};
    pin = {};
  }

  // The database turned out to be damaged while in use: mended and opened again.
  Status recover(Open& open) {
    bool was_me = me == &open;
    auto person = open.person;
    open.link.reset();
    open.student.reset();
    auto marked = open.records->mark_damaged();
    if (was_me) me = nullptr;
    opened.erase(person);
    WAYMARK_CHECK(marked);
    WAYMARK_TRY(again, hold(person));
    if (!was_me) return {};
    make_student(*again);
    again->link->hurry();
    again->link->listen(true);
    me = again;
    show_toast({again->profile.notice, {{"name", again->profile.name}}, -1}, 30'000);
    return {};
  }

  // ---- moving about

  void go(const Destination& to) {
    if (me && here.screen == Screen::pin) {
      go_back();
      if (to.screen == Screen::who || to.screen == Screen::join || to.screen == Screen::pin) return;
    }
    if (!me) {
      if (to.screen == Screen::join) {
        joining.forget_card();
        notice = {};
        here = {Screen::join, {}, {}, {}, {}, Focus::none};
      } else if (to.screen == Screen::who) {
        joining.stop();
        joining.forget_card();
        pin = {};
        here = {};
      }
      return;
    }
    if (to.screen == Screen::who || to.screen == Screen::join || to.screen == Screen::pin) return;
    if (to == here) return;
    stick_done = {}, stick_next = {}, stick_problem = {};
    // The same screen with another part of it open is no step to go back over.
    bool same_place = to.screen == here.screen && to.project == here.project && to.step == here.step &&
                      to.record == here.record && to.screen != Screen::check;
    if (!same_place) {
      back.push_back(here);
      if (back.size() > kBackMax) back.erase(back.begin());
    }
    here = to;
  }

  void go_back() {
    if (here.screen == Screen::pin) {
      bool was_join = pin.purpose == PinFor::join_enter || pin.purpose == PinFor::join_choose;
      pin = {};
      joining.stop();
      if (me) {
        here = back.empty() ? Destination{Screen::today, {}, {}, {}, {}, Focus::none} : back.back();
        if (!back.empty()) back.pop_back();
        return;
      }
      joining.forget_card();
      here = {was_join ? Screen::join : Screen::who, {}, {}, {}, {}, Focus::none};
      return;
    }
    if (!me) {
      joining.stop();
      joining.forget_card();
      here = {};
      return;
    }
    if (back.empty()) return;
    here = back.back();
    back.pop_back();
  }

  void show_toast(Phrase phrase, std::int64_t for_ms) {
    toast = std::move(phrase);
    toast_until_ms = steady() + for_ms;
  }

  // ---- PINs

  void ask_pin(PinFor purpose, Person who, PinKind kind) {
    pin = {};
    pin.purpose = purpose;
    pin.who = std::move(who);
    pin.kind = kind;
    if (here.screen != Screen::pin && me) back.push_back(here);
    here = {Screen::pin, {}, {}, {}, {}, Focus::none};
    notice = {};
  }
  bool choosing() const { return pin.purpose == PinFor::join_choose || pin.purpose == PinFor::change_choose; }

  void sign_in(const std::string& person) {
    auto profile = computer.profile(person);
    if (!profile) {
      notice = sentence_of({Code::not_found, ""});
      return;
    }
    if (profile->pin_hash.empty()) {
      // Without a PIN of this computer only the card lets in.
      joining.forget_card();
      here = {Screen::join, {}, {}, {}, {}, Focus::none};
      notice = {};
      return;
    }
    // Nobody else uses this computer: there is nobody to keep out yet. A stick is soon in other hands.
    if (computer.profiles().size() == 1 && !computer.on_stick(person)) {
      notice = {};
      if (auto in = enter(person); !in) notice = sentence_of(in.error());
      return;
    }
    ask_pin(PinFor::sign_in, person_of(*profile), profile->pin_kind);
    pin.wait_until_ms = steady() + pin_wait_ms(*profile, clock.now_ms());
  }

  void try_pin(const std::string& typed) {
    if (steady() < pin.wait_until_ms) return;
    pin.error = {};
    if (pin.purpose == PinFor::join_enter) {
      joining.student(typed, pin.kind);
      return;
    }
    auto profile = computer.profile(pin.who.id);
    if (!profile) {
      pin.error = sentence_of({Code::not_found, ""});
      return;
    }
    if (auto right = check_pin(computer, *profile, typed, clock.now_ms()); !right) {
      pin.error = sentence_of(right.error());
      pin.wait_until_ms = steady() + pin_wait_ms(*profile, clock.now_ms());
      return;
    }
    if (pin.purpose == PinFor::change_enter) {
      pin.purpose = PinFor::change_choose;
      return;
    }
    auto person = pin.who.id;
    if (auto in = enter(person); !in) {
      pin = {};
      here = {};
      notice = sentence_of(in.error());
    }
  }

  void choose_pin(PinKind kind, const std::string& typed) {
    if (!choosing()) return;
    pin.error = {};
    if (pin_for_school(typed, kind).empty()) {
      pin.error = {"pin.four", {}, -1};
      return;
    }
    if (!pin.again) {
      pin.again = true;
      pin.first = typed;
      pin.kind = kind;
      return;
    }
    if (typed != pin.first || kind != pin.kind) {
      pin.again = false;
      pin.first.clear();
      pin.error = {"pin.differs", {}, -1};
      return;
    }
    if (pin.purpose == PinFor::join_choose) {
      joining.student(typed, kind);
      return;
    }
    auto hash = hash_password(pin_for_school(typed, kind));
    auto kept = hash.empty() ? Status(Error{Code::internal, "the PIN could not be hashed"})
                             : computer.change_profile(me->person, [&](Profile& profile) {
                                 profile.pin_hash = hash;
                                 profile.pin_kind = kind;
                                 profile.pin_unsent = true;
                               });
    if (!kept) {
      pin.error = sentence_of(kept.error());
      return;
    }
    me->profile.pin_hash = hash;
    me->profile.pin_kind = kind;
    me->profile.pin_unsent = true;
    go_back();
    show_toast({"toast.pin_changed", {}, -1}, toast_ms);
  }

  // ---- commands

  void dispatch(const Command& command) {
    error = {};
    command.visit(Overloaded{
        [&](const Go& c) { go(c.to); },
        [&](const Back&) { go_back(); },
        [&](const DismissToast&) { toast = {}; },
        [&](const SignIn& c) {
          if (!me) sign_in(c.person);
        },
        [&](const EnterPin& c) {
          if (here.screen == Screen::pin && !choosing() && !joining.busy()) try_pin(c.pin);
        },
        [&](const ChoosePin& c) {
          if (here.screen == Screen::pin && !joining.busy()) choose_pin(c.kind, c.pin);
        },
        [&](const ChangePin&) {
          if (!me) return;
          ask_pin(me->profile.pin_hash.empty() ? PinFor::change_choose : PinFor::change_enter,
                  me->student->me(), me->profile.pin_kind);
          pin.who.id = me->person;
        },
        [&](const Lock&) { lock({}); },
        [&](const JoinFromStarter& c) {
          if (!me) joining.starter(c.path);
        },
        [&](const JoinComputer& c) {
          if (!me) joining.computer(c.address, c.code);
        },
        [&](const JoinWithCard& c) {
          if (!me) joining.card(c.card);
        },
        [&](const WriteStick& c) { with_stick(c.folder, [&] { write_on(c.folder); }); },
        [&](const ReadStick& c) { with_stick(c.folder, [&] { read_from(c.folder); }); },
        [&](const KeepOnStick& c) { with_stick(c.folder, [&] { keep_on(c.folder); }); },
        [&](const ForgetMe&) { forget_me(); },
        [&](const ChooseLanguage& c) {
          if (c.code == "en" || c.code == "es")
            keep([&] { return computer.change([&](ComputerState& state) { state.language = c.code; }); });
        },
        [&](const ChooseTextSize& c) {
          keep([&] {
            return computer.change(
                [&](ComputerState& state) { state.text_size = std::clamp(c.percent, 100, 200); });
          });
        },
        [&](const AttachFile& c) {
          if (options.background && me)
            take_in(c);
          else
            dispatch_student(command);
        },
        [&](const auto&) { dispatch_student(command); },
    });
    dirty = true;
  }

  // ---- pictures, decoded aside

  void take_in(const AttachFile& command) {
    if (taking.size() >= kTakingMax) finish_background();
    Taking one{me->person, command};
    auto name = command.drawing.empty() ? fs::path(command.path).filename().string() : command.title;
    show_toast({"toast.taking_in", {{"name", name}}, -1}, 60'000);
    options.background->run([folder = me->records->files().apart(), command, done = one.done] {
      done->file = waymark::app::take_in(*folder, command);
      // Made now, so that no frame waits for it.
      if (done->file && done->file->mime.starts_with("image/")) folder->thumbnail(done->file->hash);
      done->is = true;
    });
    taking.push_back(std::move(one));
  }

  // In the order in which they were chosen.
  void take_what_is_done() {
    while (!taking.empty() && taking.front().done->is) {
      auto one = std::move(taking.front());
      taking.pop_front();
      dirty = true;
      if (!me || me->person != one.person) continue;
      toast = {};
      if (!one.done->file) {
        if (!error) error = sentence_of(one.done->file.error());  // until somebody does something
        continue;
      }
      one.command.taken = std::make_shared<const Imported>(std::move(*one.done->file));
      auto at = here;
      dispatch_student(one.command);
      // Whoever went on meanwhile is not called back.
      bool there = at.screen == Screen::project && at.project == one.command.project;
      if (me && !there && here.screen == Screen::project) go_back();
    }
    std::erase_if(making, [&](const Making& one) {
      if (!*one.done) return false;
      if (auto found = opened.find(one.person); found != opened.end() && found->second->student)
        found->second->student->refresh();
      dirty = true;
      return true;
    });
  }

  void finish_background() {
    if (!options.background || (taking.empty() && making.empty())) return;
    options.background->finish();
    take_what_is_done();
  }

  void make_thumbnail(const std::string& person, std::shared_ptr<FileFolder> folder,
                      const std::string& hash) {
    if (!made.insert(person + hash).second) return;
    Making one{person};
    options.background->run([folder = std::move(folder), hash, done = one.done] {
      folder->thumbnail(hash);
      *done = true;
    });
    making.push_back(std::move(one));
  }

  template <class F>
  void keep(F change) {
    auto kept = change();
    if (!kept) notice = sentence_of(kept.error());
  }

  void dispatch_student(const Command& command) {
    if (!me || !Student::takes(command)) return;
    auto done = me->student->dispatch(command);
    if (!done && done.error().code == Code::database_damaged) {
      // The command is still here: mended records take it.
      if (auto mended = recover(*me); !mended) {
        lost(mended.error());
        return;
      }
      done = me->student->dispatch(command);
    }
    if (!done) {
      error = sentence_of(done.error());
      auto code = done.error().code;
      if (code == Code::disk_full || code == Code::io || code == Code::database_damaged ||
          code == Code::database_locked)
        saved = false;
      return;
    }
    saved = true;
    me->link->committed();
    keep_face(*me);
    if (done->lock) {
      lock(done->toast);
      return;
    }
    if (done->toast) show_toast(done->toast, toast_ms);
    if (done->go) go(*done->go);
  }

  // The records cannot be used any more: nobody is signed in, and the first screen says why.
  void lost(const Error& why) {
    if (me) {
      auto person = me->person;
      me = nullptr;
      opened.erase(person);
    }
    back.clear();
    here = {};
    pin = {};
    toast = {}, error = {};
    notice = sentence_of(why);
  }

  // ---- the stick

  template <class F>
  void with_stick(const std::string& folder, F use) {
    if (!me) return;
    stick_done = {}, stick_next = {}, stick_problem = {};
    std::error_code failed;
    if (!std::filesystem::is_directory(folder, failed)) {
      stick_problem = {"stick.not_there", {}, -1};
      return;
    }
    finish_background();  // what was chosen goes along
    if (me) use();
  }

  void write_on(const std::string& folder) {
    auto written = write_stick(*me->records, me->profile, computer.state().identity, folder);
    if (!written) {
      stick_failed(written.error(), "stick.not_written");
      return;
    }
    if (written->ops > 0)
      stick_done = {"stick.written", {{"count", written->ops}}, written->ops};
    else if (written->files > 0)
      stick_done = {"stick.files_written", {{"count", written->files}}, written->files};
    else
      stick_done = {"stick.asks", {}, -1};
    if (written->files_rest > 0)
      stick_next = {"stick.files_rest", {{"count", written->files_rest}}, written->files_rest};
    else
      stick_next = {"stick.written_next", {}, -1};
  }

  void read_from(const std::string& folder) {
    auto read = read_stick(me->link->session(), *me->records, me->profile, computer.state().identity, folder);
    if (!read) {
      stick_failed(read.error(), "stick.not_read");
      return;
    }
    me->link->take_certificate();
    me->student->refresh();
    forget_erased(me->records->store());
    if (!me) return;
    if (read->problem) {
      bool card = is_of_card(*read->problem);
      stick_problem = card ? Phrase{"stick.not_believed", {}, -1} : not_taken(*read->problem);
      // Nothing brings a stick again but who writes it.
      if (!card)
        stick_next = *read->problem == Code::unauthorized ? remedy_of_not_taken(*read->problem)
                                                          : Phrase{"stick.not_taken.do", {}, -1};
      return;
    }
    auto files = read->files_settled + read->files_came;
    if (read->settled > 0)
      stick_done = {"stick.settled", {{"count", read->settled}}, read->settled};
    else if (files > 0)
      stick_done = {"stick.files_settled", {{"count", files}}, files};
    else if (read->news > 0)
      stick_done = {"stick.news", {}, -1};
    else
      stick_done = {"stick.nothing_new", {}, -1};
    if (!read->whole)
      stick_next = {"stick.torn", {}, -1};
    else if (read->waiting > 0)
      stick_next = {"stick.still_waits", {{"count", read->waiting}}, read->waiting};
    else
      stick_next = {"stick.all_settled", {}, -1};
  }

  void keep_on(const std::string& folder) {
    auto person = me->person;
    keep_face(*me);
    Open& open = *me;
    me = nullptr;
    close(open);
    auto moved = computer.move_to(folder, person);
    auto kept_back = back;
    auto kept_error = error;
    if (auto in = enter(person); !in) {
      lost(in.error());
      return;
    }
    back = std::move(kept_back);
    error = std::move(kept_error);
    here = {Screen::stick, {}, {}, {}, {}, Focus::none};
    if (!moved) {
      stick_failed(moved.error(), "stick.not_written");
      if (moved.error().code == Code::conflict) stick_problem = {"stick.kept_before", {}, -1};
      return;
    }
    stick_done = {"stick.kept", {}, -1};
    stick_next = {"stick.kept_next", {}, -1};
  }

  void stick_failed(const Error& why, const std::string& otherwise) {
    auto key = [&]() -> std::string {
      switch (why.code) {
        case Code::disk_full:
          return "stick.full";
        case Code::not_found:
          return "stick.no_answer";
        case Code::malformed:
        case Code::too_large:
          return "stick.damaged";
        case Code::unauthorized:
          return "stick.not_ours";
        case Code::conflict:
          return "stick.no_certificate";
        default:
          return otherwise;
      }
    }();
    stick_problem = {key, {}, -1};
  }

  StickView stick() {
    StickView view;
    view.places = sticks;
    auto waiting = me->records->store().waiting_count();
    view.any_waiting = waiting && *waiting > 0;
    if (view.any_waiting)
      view.waiting = {"stick.waiting", {{"count", *waiting}}, *waiting};
    else
      view.waiting = {"stick.none_waits", {}, -1};
    view.kept = computer.on_stick(me->person);
    view.done = stick_done;
    view.next = stick_next;
    view.problem = stick_problem;
    if (view.problem && forgets_what_waits()) view.next = {"pack_up.forgets", {}, -1};
    return view;
  }

  // On its own screen, where a computer that joins may find a file to begin with, where somebody who keeps a
  // profile on one might sign in, and while such a one is in.
  bool sticks_matter() {
    if (!options.sticks) return false;
    if (!me && here.screen == Screen::join) return !computer.state().joined();
    if (!me) return here.screen == Screen::who && computer.state().joined();
    return here.screen == Screen::stick || computer.on_stick(me->person) || me_from_stick;
  }

  void look_for_starters(const std::vector<std::string>& paths) {
    std::vector<StickPlace> begin_with;
    if (!me && here.screen == Screen::join)
      for (const auto& stick : paths)
        for (const auto& path : starters_in(stick))
          begin_with.push_back({path, std::filesystem::path(path).stem().string()});
    if (begin_with != starters) dirty = true;
    starters = std::move(begin_with);
  }

  void look_for_sticks() {
    if (!sticks_matter() || steady() < look_for_sticks_ms) return;
    look_for_sticks_ms = steady() + kSticksMs;
    auto found = options.sticks();
    if (found != sticks) dirty = true;
    sticks = std::move(found);
    std::vector<std::string> paths;
    for (const auto& stick : sticks) paths.push_back(stick.path);
    look_for_starters(paths);
    computer.look_on(paths);
    if (!me || !me_from_stick || computer.on_stick(me->person)) return;
    lost({Code::io, "the stick is gone"});
    notice = {"notice.stick_gone", {}, -1};
  }

  // What a hub still carries for another computer of this student may be here a second time.
  bool can_forget() {
    auto all = me->link->all_at_school();
    auto link = me->link->status();
    return taking.empty() && all && *all && link && link->beside == 0 && !me->profile.pin_unsent;
  }

  void forget_me() {
    if (!me) return;
    finish_background();
    if (!me || error) return;  // a file that could not be taken in is told first
    if (!can_forget()) {
      error = {"error.forget_waits", {}, -1};
      me->link->hurry();
      return;
    }
    auto person = me->person;
    auto name = me->profile.name;
    outgoing.forget(me->records->store().replica());
    me = nullptr;
    opened.erase(person);
    back.clear();
    here = {};
    pin = {};
    toast = {};
    if (auto gone = computer.remove_profile(person); !gone)
      notice = sentence_of(gone.error());
    else
      notice = {"notice.forgotten", {{"name", name}}, -1};
  }

  // Records that another program has open wait for the next exchange.
  void forget_erased(store::Store& heard) {
    for (const auto& person : erased_here(computer, heard)) erase_here(person);
  }

  void erase_here(const std::string& person) {
    bool was_me = me && me->person == person;
    Phrase said{"notice.erased", {{"name", was_me ? me->profile.name : ""}}, -1};
    if (was_me && options.background) {
      // Nothing is written into the folder any more once it is gone.
      options.background->finish();
      taking.clear(), making.clear();
    }
    Status gone;
    if (auto found = opened.find(person); found != opened.end()) {
      outgoing.forget(found->second->records->store().replica());
      if (found->second->pin_ticket) connection.cancel(found->second->pin_ticket);
      if (was_me) me = nullptr;
      opened.erase(found);
      gone = computer.remove_profile(person);
    } else {
      gone = take_away(computer, outgoing, person, clock, random);
      if (!gone && gone.error().code == Code::database_locked) return;
    }
    dirty = true;
    if (!was_me) return;
    back.clear();
    here = {};
    pin = {};
    toast = {};
    notice = gone ? said : sentence_of(gone.error());
  }

  // ---- what happens by itself

  void send_pin(Open& open) {
    if (!open.profile.pin_unsent || open.pin_ticket || open.link->replies() == 0) return;
    HttpRequest request;
    request.method = "POST";
    request.url = "/v1/join";
    request.headers["content-type"] = "application/json";
    request.headers["authorization"] = "Bearer " + open.profile.token;
    request.body =
        wire::encode_join(wire::PinChosen{open.profile.pin_hash, std::string(name(open.profile.pin_kind))});
    open.pin_ticket = connection.send(
        std::move(request),
        [this, person = open.person, hash = open.profile.pin_hash](Result<HttpReply> reply, std::int64_t) {
          auto found = opened.find(person);
          if (found == opened.end()) return;
          if (reply) found->second->pin_ticket = 0;
          // Else not again before the next start: the old PIN keeps working elsewhere meanwhile.
          if (!reply || found->second->profile.pin_hash != hash) return;
          found->second->profile.pin_unsent = false;
          (void)computer.change_profile(person, [](Profile& kept) { kept.pin_unsent = false; });
          dirty = true;
        });
  }

  void tick() {
    if (connection.poll()) dirty = true;
    take_what_is_done();
    follow_joining();
    look_around();
    look_for_sticks();
    std::vector<std::string> people;
    people.reserve(opened.size());
    for (const auto& [person, open] : opened) people.push_back(person);
    for (const auto& person : people) {
      auto found = opened.find(person);
      if (found == opened.end()) continue;
      Open& open = *found->second;
      if (computer.state().joined() && !open.profile.token.empty()) {
        if (auto sent = open.link->tick(); !sent && !store_failed(open, sent.error())) continue;
        send_pin(open);
      }
      auto news = open.link->take_news();
      if (news.status) keep_places(computer, open.link->take_places());
      if (news.files && open.student) open.student->refresh();
      if (news.records || news.files || news.status) dirty = true;
      if (news.records) forget_erased(open.records->store());  // `open` may be gone
      close_if_done(person);
    }
    std::set<std::string> held;
    for (const auto& [person, open] : opened) held.insert(open->records->store().replica().hex());
    outgoing.tick(held);
    if (me && steady() - touched_ms >= lock_after_ms) {
      lock({"notice.locked", {}, -1});
      dirty = true;
    }
    if (toast && steady() >= toast_until_ms) {
      toast = {};
      dirty = true;
    }
  }

  // The schools of this network, where a computer is to join one; and the one that it has joined, where that
  // does not answer at its address.
  void look_around() {
    bool to_choose = !me && here.screen == Screen::join && !computer.state().joined();
    if (to_choose != std::exchange(browses, to_choose) && options.finder) options.finder->look(to_choose);
    auto found = to_choose && options.finder ? options.finder->found() : std::vector<Announced>();
    if (found != std::exchange(near, found)) dirty = true;
    if (to_choose || !seeking.tick(school_is_lost())) return;
    for (auto& [person, open] : opened) open->link->hurry();
    dirty = true;
  }

  bool school_is_lost() {
    auto nobody = [](const std::optional<Error>& why) {
      return why && (why->code == Code::offline || why->code == Code::timeout ||
                     why->code == Code::not_waymark || why->code == Code::identity_changed);
    };
    return nobody(joining.error()) || std::any_of(opened.begin(), opened.end(), [&](const auto& entry) {
             return nobody(entry.second->link->problem());
           });
  }

  // False when the profile is not open any more.
  bool store_failed(Open& open, const Error& why) {
    dirty = true;
    bool was_me = me == &open;
    if (why.code != Code::database_damaged) {
      if (was_me) error = sentence_of(why);
      return true;
    }
    auto mended = recover(open);
    if (!mended && was_me) lost(mended.error());
    return false;
  }

  void follow_joining() {
    if (auto person = joining.take_joined()) {
      dirty = true;
      if (auto found = opened.find(*person); found != opened.end()) {
        if (auto now = computer.profile(*person)) found->second->profile = std::move(*now);
        found->second->link->set_token(found->second->profile.token);
        give_papers(*found->second);
      }
      if (auto in = enter(*person); !in) {
        pin = {};
        here = {};
        notice = sentence_of(in.error());
      }
      return;
    }
    if (me || joining.busy()) return;
    if (here.screen == Screen::join && joining.needs() && !joining.error()) {
      Person who{"", joining.needs()->first_name, {}};
      ask_pin(joining.needs()->new_pin ? PinFor::join_choose : PinFor::join_enter, who,
              joining.needs()->kind);
      dirty = true;
    }
    bool pin_of_join = pin.purpose == PinFor::join_enter || pin.purpose == PinFor::join_choose;
    if (here.screen == Screen::pin && pin_of_join && joining.error() && !pin.error) {
      pin.error = sentence_of(*joining.error());
      if (joining.error()->code == Code::offline) pin.error = {"error.pin_offline", {}, -1};
      if (joining.error()->code == Code::slowed_down) pin.wait_until_ms = steady() + pin.error.count * 1000;
      pin.again = false;
      pin.first.clear();
      dirty = true;
    }
  }

  // Those who left something here that has not gone yet, at start.
  void send_what_was_left() {
    if (!options.transport || !computer.state().joined()) return;
    for (const auto& profile : computer.profiles()) {
      if (!profile.unsent || profile.token.empty() || computer.on_stick(profile.person)) continue;
      auto open = hold(profile.person);
      if (!open) continue;  // in use elsewhere, or to be told when its owner signs in
      (*open)->link->hurry();
    }
  }

  std::int64_t wake_at_ms() {
    std::int64_t at = steady() + kLookMs;
    if (toast) at = std::min(at, toast_until_ms);
    if (!taking.empty() || !making.empty()) at = std::min(at, steady() + 100);
    if (me) at = std::min(at, touched_ms + lock_after_ms);
    if (sticks_matter()) at = std::min(at, look_for_sticks_ms);
    if (here.screen == Screen::pin && pin.wait_until_ms > steady()) at = std::min(at, steady() + 1'000);
    if (computer.state().joined()) {
      if (auto due = outgoing.due_ms()) at = std::min(at, *due);
      for (const auto& [person, open] : opened)
        if (auto due = open->link->due_ms(); due && !open->profile.token.empty()) at = std::min(at, *due);
    }
    return at;
  }

  // ---- what is shown

  Appearance computer_look() {
    Appearance look;
    const auto& state = computer.state();
    if (!state.language.empty()) look.language = state.language;
    look.theme = state.theme;
    look.text_size = state.text_size;
    return look;
  }

  StatusView status() {
    StatusView view;
    auto when = calendar();
    auto counts = me->student->counts();
    view.saved = saved;
    view.saved_at = when.moment(counts.last_saved_ms);
    view.waiting = counts.waiting;
    view.files_waiting = counts.files_waiting;
    view.waiting_since = when.moment(counts.waiting_since_ms);
    view.conflicts = counts.conflicts;
    view.refusals = counts.refusals;
    view.saved_phrase = saved ? Phrase{"status.saved", {}, -1} : Phrase{"status.not_saved", {}, -1};
    auto all = counts.waiting + counts.files_waiting;
    auto link = me->link->status();
    if (link && link->heard_ms) view.heard = when.moment(*link->heard_ms);
    bool beside = link && link->beside > 0;
    view.elsewhere = all == 0 && (beside || !me->link->elsewhere().empty());
    auto files = counts.files_waiting - counts.files_in_room;  // on this computer only
    if (files > 0) view.files_phrase = {"status.files_here", {{"count", files}}, files};
    bool in_room = link && link->waiting > 0 && link->in_room == link->waiting;
    bool room = in_room || (counts.waiting == 0 && counts.files_in_room > 0);
    if (room && files > 0)
      view.waiting_phrase = {"status.in_room_files", {{"count", files}}, files};
    else if (room && all > 0)
      view.waiting_phrase = {"status.in_room", {{"count", all}}, all};
    else if (files > 0 && counts.waiting == 0)
      view.waiting_phrase = view.files_phrase;
    else if (counts.waiting + files > 0)
      view.waiting_phrase = {"status.waiting", {{"count", counts.waiting + files}}, counts.waiting + files};
    else if (view.elsewhere)
      view.waiting_phrase = {beside ? "status.beside" : "status.from_here", {}, -1};
    else if (link && link->verified && taking.empty())
      view.waiting_phrase = {"status.all_at_school", {}, -1};
    if (view.heard)
      view.heard_phrase = {"status.heard", {{"day", view.heard.day}}, -1};
    else
      view.heard_phrase = {"status.never_heard", {}, -1};
    problem(view, link ? me->link->problem() : std::optional(link.error()));
    return view;
  }

  void problem(StatusView& view, const std::optional<Error>& why) {
    what_went_wrong(view, why);
    // The sentences about what went wrong say that work is safe here; here it is not. A moment's waiting
    // alone is nothing to speak of.
    bool wrong = static_cast<bool>(view.problem);
    if (forgets_what_waits() && (wrong || waited_ms() >= kMayBeForgottenMs)) {
      view.problem = {"status.forgets", {}, -1};
      if (!wrong) view.problem_do = {"status.forgets.do", {}, -1};
      return;
    }
    if (!wrong && !me->link->elsewhere().empty()) {
      const auto& place = me->link->elsewhere().front();
      view.problem = {
          "status.elsewhere", {{"count", place.waiting}, {"computer", place.computer}}, place.waiting};
      view.problem_do = {"status.elsewhere.do", {{"computer", place.computer}}, -1};
    }
  }

  // No network is no problem here: the line about what waits says enough.
  void what_went_wrong(StatusView& view, const std::optional<Error>& why) {
    if (why) switch (why->code) {
        case Code::offline:
        case Code::timeout:
        case Code::server_busy:
        case Code::cancelled:
          break;
        case Code::unauthorized:
        case Code::identity_changed:
        case Code::not_waymark:
        case Code::unsupported:
        case Code::disk_full:
        case Code::io:
        case Code::database_damaged:
          if (why->code == Code::disk_full && me->link->problem_there()) {
            view.problem = {"status.school_full", {}, -1};
            view.problem_do = {"status.school_full.do", {}, -1};
            return;
          }
          view.problem = sentence_of(*why);
          view.problem_do = remedy_of(*why);
          return;
        default:
          view.problem = {"status.problem", {}, -1};
          view.problem_do = {"status.problem.do", {}, -1};
          return;
      }
    if (auto link = me->link->status(); link && link->not_taken) {
      view.problem = not_taken(*link->not_taken);
      view.problem_do = remedy_of_not_taken(*link->not_taken);
      return;
    }
    if (const auto& file = me->link->file_problem()) {
      view.problem = file_trouble(*file);
      view.problem_do = remedy_of_file_trouble(*file);
    }
  }

  // Something is on this computer and not at school yet, and the computer forgets.
  bool forgets_what_waits() {
    if (!options.forgets || me_from_stick) return false;
    auto counts = me->student->counts();
    return !taking.empty() || counts.waiting + counts.files_waiting > 0;
  }
  std::int64_t waited_ms() {
    auto counts = me->student->counts();
    if (counts.waiting + counts.files_waiting == 0)
      return 0;  // a file that is being taken in waits since now
    return clock.now_ms() - counts.waiting_since_ms;
  }

  // Where the work is, at packing up: in the words of the status.
  void say_where(PackUpView& view) {
    auto now = status();
    if (now.elsewhere || now.files_waiting > 0) view.waiting = now.waiting_phrase;
    if (now.waiting_phrase.key == "status.in_room") view.waiting = {"pack_up.in_room", {}, -1};
    if (!taking.empty()) {
      view.saved = {"pack_up.taking_in", {}, -1};
      view.waiting = {"pack_up.taking_in_detail", {}, -1};
    }
  }

  FrameView frame() {
    FrameView view;
    view.me = me->student->me();
    if (view.me.id.empty()) view.me.id = me->person;
    view.here = here;
    view.can_go_back = !back.empty();
    view.status = status();
    view.undo = me->student->undo();
    view.redo = me->student->redo();
    view.toast = toast;
    view.error = error;
    return view;
  }

  WhoView who() {
    WhoView view;
    auto profiles = computer.profiles();
    std::int64_t heard = 0;
    for (const auto& profile : profiles) {
      heard = std::max(heard, profile.heard_ms);
      (view.tiles.size() < kTilesMax ? view.tiles : view.others).push_back(person_of(profile));
    }
    for (const auto& [person, open] : opened)
      if (auto status = open->link->status(); status && status->heard_ms)
        heard = std::max(heard, *status->heard_ms);
    view.more = !view.others.empty();
    auto look = computer_look();
    view.languages = languages(look.language);
    view.text_size = look.text_size;
    view.joined = computer.state().joined();
    view.computer = computer.state().name;
    view.school = computer.state().school;
    view.heard = calendar().moment(heard);
    if (view.heard && view.heard.day.from_today < 0)
      view.heard_phrase = {"who.heard", {{"day", view.heard.day}}, -1};
    if (options.forgets) view.forgets = {"who.forgets", {}, -1};
    view.notice = notice;
    for (const auto& profile : profiles)
      if (!view.notice && !profile.notice.empty())
        view.notice = {profile.notice, {{"name", profile.name}}, -1};
    if (!view.notice && computer.set_aside()) view.notice = {"notice.computer_set_aside", {}, -1};
    return view;
  }

  JoinView join() {
    JoinView view;
    const auto& state = computer.state();
    // A computer that the school has removed begins again.
    bool removed = joining.error() && joining.error()->code == Code::unauthorized;
    bool ready = state.joined() && !removed;
    view.step = ready ? JoinStep::card : JoinStep::computer_code;
    view.address = joining.address().empty() ? state.address : joining.address();
    view.code = joining.code();
    view.card = joining.typed_card();
    for (std::size_t i = 0; i < near.size(); i++) {
      // The same one over both versions of IP.
      bool again = i > 0 && near[i].school == near[i - 1].school && near[i].identity == near[i - 1].identity;
      if (!again) view.near.push_back({near[i].school, near[i].address});
    }
    view.starters = starters;
    view.busy = joining.busy();
    if (joining.error()) {
      view.error = sentence_of(*joining.error());
      if (joining.error()->code == Code::invalid) view.error = {"error.address", {}, -1};
      if (joining.error()->code == Code::offline && view.step == JoinStep::card)
        view.error = {"error.card_offline", {}, -1};
      if (joining.from_starter()) view.error = {"error.starter", {}, -1};
    }
    if (state.joined()) {
      view.school = state.school;
      PublicKey key;
      if (auto bytes = from_hex(state.identity); bytes && bytes->size() == key.bytes.size()) {
        std::copy(bytes->begin(), bytes->end(), key.bytes.begin());
        view.fingerprint = wire::fingerprint(key);
      }
    }
    return view;
  }

  PinView pin_view() {
    PinView view;
    view.choosing = choosing();
    view.again = pin.again;
    view.kind = pin.kind;
    view.may_switch = view.choosing && !pin.again;
    view.who = pin.who;
    view.wait_s = static_cast<int>((std::max<std::int64_t>(0, pin.wait_until_ms - steady()) + 999) / 1000);
    // A file was all there was to begin with: the school checks it when something reaches it.
    if (pin.purpose == PinFor::join_enter && joining.needs() && joining.needs()->unchecked)
      view.unchecked = {"pin.unchecked", {}, -1};
    view.error = pin.error;
    return view;
  }

  SettingsView settings() {
    SettingsView view;
    auto look = me->student->appearance();
    view.languages = languages(look.language);
    view.theme = look.theme;
    view.text_size = look.text_size;
    view.typeface = look.typeface;
    view.reduced_motion = look.reduced_motion;
    view.read_aloud = look.read_aloud;
    view.computer = computer.state().name;
    view.school = computer.state().school;
    view.status = status();
    view.waiting = me->student->waiting();
    view.pin_kind = me->profile.pin_kind;
    view.has_pin = !me->profile.pin_hash.empty();
    view.stored_bytes = bytes_in(computer.folder(me->person));
    view.can_forget = can_forget();
    return view;
  }

  void compose(Shown& now) {
    now.frame.reset();
    now.look = me ? me->student->appearance() : computer_look();
    if (here.screen == Screen::pin) {
      now.screen = pin_view();
    } else if (!me) {
      if (here.screen == Screen::join)
        now.screen = join();
      else
        now.screen = who();
    } else if (here.screen == Screen::settings) {
      now.screen = settings();
    } else if (here.screen == Screen::stick) {
      now.screen = stick();
    } else {
      auto view = me->student->view(here);
      if (!view && view.error().code == Code::database_damaged) {
        if (auto mended = recover(*me); !mended)
          lost(mended.error());
        else
          view = me->student->view(here);
      }
      if (me && !view) lost(view.error());
      if (!me) {
        now.look = computer_look();
        now.screen = who();
        now.here = here;
        return;
      }
      now.screen = std::move(*view);
      auto* pack_up = std::get_if<PackUpView>(&now.screen);
      if (pack_up) say_where(*pack_up);
      if (pack_up && forgets_what_waits()) pack_up->forgets = {"pack_up.forgets", {}, -1};
    }
    if (me) now.frame = frame();
    now.here = here;
  }

  const Shown& shown() {
    auto day = calendar().today_number();
    auto wait_s = here.screen == Screen::pin
                      ? (std::max<std::int64_t>(0, pin.wait_until_ms - steady()) + 999) / 1000
                      : 0;
    auto student = me ? me->student->version() : 0;
    if (!dirty && day == seen_day && wait_s == seen_wait_s && student == seen_student && cached.version > 0)
      return cached;
    Shown now;
    compose(now);
    seen_day = day;
    seen_wait_s = wait_s;
    seen_student = me ? me->student->version() : 0;
    dirty = false;
    bool same = cached.version > 0 && now.look == cached.look && now.frame == cached.frame &&
                now.here == cached.here && now.screen == cached.screen;
    now.version = cached.version + (same ? 0 : 1);
    if (!same) cached = std::move(now);
    return cached;
  }
};

App::App() = default;
App::~App() {
  if (impl_) impl_->leave();
}

Result<std::unique_ptr<App>> App::open(AppOptions options) {
  if (!options.clock || !options.random || !options.utc_offset)
    return Error{Code::internal, "an app without a clock"};
  WAYMARK_TRY(computer, Computer::open(options.data, *options.clock));
  std::unique_ptr<App> app(new App());
  app->impl_ = std::make_unique<Impl>(std::move(options), std::move(computer));
  app->impl_->look_for_sticks();
  app->impl_->send_what_was_left();
  return app;
}

const Shown& App::shown() { return impl_->shown(); }
void App::dispatch(const Command& command) {
  impl_->touched_ms = impl_->steady();
  impl_->dispatch(command);
}
void App::touched() { impl_->touched_ms = impl_->steady(); }
void App::tick() { impl_->tick(); }
std::int64_t App::wake_at_ms() const { return impl_->wake_at_ms(); }
void App::sync_now() {
  for (auto& [person, open] : impl_->opened) open->link->hurry();
}

}  // namespace waymark::app
