// One school: its data directory, its identity, its people and its replica. Everything that routes, command
// line and tests ask of a server is a function here, over values; nothing here knows HTTP. One thread at a
// time uses it.
//
// The data directory holds school.db (replica and accounts), files/, uploads/, tls/, removals.log and
// the lock; school.db holds the identity's secret key, so the directory is created readable by its owner
// alone.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "shared/base/hash.hpp"
#include "shared/store/store.hpp"
#include "shared/wire/batch.hpp"
#include "shared/wire/bundle.hpp"
#include "shared/wire/joining.hpp"
#include "sync-server/service/backup.hpp"
#include "sync-server/service/hub.hpp"
#include "sync-server/service/in_place.hpp"
#include "sync-server/service/listeners.hpp"
#include "sync-server/service/parcels.hpp"
#include "sync-server/service/removals.hpp"
#include "sync-server/service/sticks.hpp"
#include "sync-server/service/uploads.hpp"
#include "sync-server/store/accounts.hpp"
#include "sync-server/store/carried.hpp"

namespace waymark::sync {
class Session;
}

namespace waymark::server {

class Standings;

struct InitRequest {
  std::string data;      // directory, made if it is not there
  std::string school;    // its name
  std::string email;     // the administrator's sign-in name
  std::string password;  // empty: one is made
};
struct InitResult {
  std::string password;  // as given or made
  std::string
      recovery_phrase;  // 24 groups of Crockford characters that are the identity's secret; shown once
};

// Who a token belongs to.
struct Bearer {
  PersonId person;
  ComputerId computer;
  std::string computer_name;
  Bytes token_hash;
};

struct Hello {
  std::string school;
  PublicKey identity;
  std::string spki;       // SHA-256 of the TLS key's SubjectPublicKeyInfo, 64 hexadecimal digits
  Signature signature{};  // by the identity, over hello_message(spki)
  std::int64_t now_ms = 0;
};

struct JoinedComputer {
  ComputerId id;
  std::string name, token, school;
};
struct JoinedStudent {
  PersonId person;
  std::string first_name, token, certificate, certificate_signature;
  bool pin_was_set = false;  // the PIN given now is the student's from now on
};
// What a card asks for when no PIN came with it.
struct CardNeeds {
  std::string first_name;
  bool new_pin = false;  // choose one; else enter the one chosen before
  std::string pin_kind;
};

// A student's PIN on its way through join_student, and a password through sign_in, cut in three, so that the
// slow hashing in the middle can be done on another thread.
struct PinTry {
  PersonId person;
  Computer computer;
  std::string pin, kind;
  PublicKey device_key;
  std::string token;       // that the device will bring; empty: one is made
  std::string known_hash;  // empty: the PIN is new
  bool good = false;
  std::string fresh_hash;
};
struct PasswordTry {
  std::string address, password, key;
  std::optional<Person> person;  // nobody: it cannot be good
  bool good = false;
};

struct Student {
  Person person;
  std::string display_name;  // given name, and the family name's initial where two share it
};

// Whose hands brought what a device wrote.
// through_hub: a device's own bundle, which a hub could not open.
enum class Carrier { computer, hub, stick, through_hub };

// What a bundle brought.
struct BundleRead {
  std::string name;  // of the student; empty when nothing was taken in
  std::optional<PersonId> person;
  std::int64_t ops = 0, refused = 0;
  std::int64_t known = 0;         // of these ops, that were here already
  std::int64_t letters = 0;       // batches that an adult finds with the dead letters
  std::int64_t brought_back = 0;  // lines that this school had lost
  std::int64_t files = 0;         // that came whole
  bool whole = false;             // its end was there
  std::vector<Error> problems;    // of what was not taken in
  bool nothing_taken = false;     // there were batches, and none of them was taken in
  std::optional<ReplicaId> from;  // whom the answer is for
  std::string answer;             // a bundle sealed to the writer's device; empty when nothing was taken in
};

// A student's file, as it comes: `bytes` from byte `from` on of `total`. Without bytes of a file that has
// some it only asks how far the file has come.
inline constexpr std::int64_t file_bytes_max = 20 * 1024 * 1024;
// Streams that a hub reads: three of a student, two of a class. One header of 256 KiB holds that many.
inline constexpr std::size_t hub_streams_max = 900;
// Says nothing of what came: it can be taken in when this is mended.
constexpr bool is_the_schools_own(Code code) {
  return code == Code::disk_full || code == Code::io || code == Code::database_damaged ||
         code == Code::database_locked || code == Code::server_busy;
}
inline constexpr std::string_view quota_full =
    "quota_full";  // detail of `disk_full` where set_quota() says so
struct FilePiece {
  std::int64_t from = 0, total = 0;
  std::string_view bytes;  // must outlive the upload
};
// How far a file has come.
struct UploadState {
  bool whole = false;      // it is at school
  bool fits = true;        // false: the piece does not begin where the file ends so far
  std::int64_t bytes = 0;  // come so far
};
struct Upload {
  std::string stream, hash, mime, part, path;  // part: what has come; path: of the whole
  FilePiece piece;
  UploadState state;
  bool to_write = false;
  bool of_records = false;  // sealed: the disk's reserve is for it, too
  std::string key;          // of the uploads that are being written
  std::optional<Error> problem;
};
struct FileAt {
  std::string path, mime;
  std::int64_t bytes = 0;
};

// How far a parcel has come; and the school's answer to it, at the school itself where it is whole.
struct ParcelState {
  UploadState state;
  std::string answer;
};
struct ParcelNews {
  std::vector<std::string> lacking;                          // neither wait here nor are answered
  std::vector<std::pair<std::string, std::string>> answers;  // by the parcel's name
};

// Batches on their way from a hub to its school, and which rows they are.
struct HubLoad {
  std::string bundle;  // empty: nothing is to be carried
  std::vector<std::int64_t> rows;
};

// A backup on its way: the database as it was at one moment, and what else belongs to it.
struct BackupJob {
  BackupAbout about;
  SecretKey identity;
  std::string copy;           // of the database; goes when the job ends
  std::shared_ptr<int> hold;  // while it lives, no file is collected
  std::optional<std::int64_t> reserve;
  std::vector<BackupPart> parts;
};

// `malformed` when it is none of ours, or would cost more to check than ours do.
Status must_be_pin_hash(std::string_view pin_hash, std::string_view pin_kind);
Status make_private_directory(const std::string& path);

// So much of a disk is left free by what is not records, whose commits need room, as files and backups; of a
// small disk a twentieth.
inline constexpr std::uintmax_t disk_reserve_bytes = std::uintmax_t{512} << 20;
// `disk_full` where `bytes` more in this folder would leave less than the reserve.
Status must_have_room(const std::string& folder, std::int64_t bytes,
                      std::optional<std::int64_t> reserve = std::nullopt);

class School {
 public:
  static Result<InitResult> init(const InitRequest& request, Clock& clock, Random& random);
  // `database_locked` when another process has the directory.
  static Result<std::unique_ptr<School>> open(const std::string& data, Clock& clock, Random& random);
  ~School();

  store::Store& store() { return *store_; }
  Accounts& accounts() { return *accounts_; }
  Carried& carried() { return *carried_; }
  Clock& clock() { return clock_; }
  Random& random() { return random_; }
  Listeners& listeners() { return listeners_; }
  Standings& standings() { return *standings_; }  // what pages keep of each student between requests
  const std::string& data() const { return data_; }
  const std::string& name() const { return name_; }
  PublicKey identity() const { return school_key_; }
  // Set where this is a hub of the school, not its server.
  const std::optional<HubFile>& hub() const { return hub_; }
  // At the hub: why its line to the school leads nowhere, as was last seen; nothing: it does, or it was not
  // tried yet.
  const std::optional<Error>& line() const { return line_; }
  void note_line(std::optional<Error> lost) { line_ = std::move(lost); }
  // `unsupported` at a hub: for what needs the school's secrets or is the school's to decide.
  Status only_the_school() const;
  // Read aloud and printed on cards: eight groups of four digits of the identity's hash.
  std::string fingerprint() const;
  std::string sign_hello(std::string_view spki, Hello& hello) const;

  // ---- staff (staff.cpp)
  // Whose work here was ended comes back as who they were, in no class yet.
  Result<Person> add_staff(std::string_view email, std::string_view name, std::string_view role,
                           std::string_view password);
  Status set_password(std::string_view email, std::string_view password);
  std::string make_password();
  // One who works here, by e-mail, id or whole name: `not_found`, `conflict` when several.
  Result<Person> staff_named(std::string_view text);
  Result<std::vector<Person>> teachers_of(const ClassId& class_id);
  Status add_teacher(const std::optional<PersonId>& by, const ClassId& class_id, const PersonId& staff);
  // `conflict` for the only one there is, unless the class may be without.
  Status remove_teacher(const std::optional<PersonId>& by, const ClassId& class_id, const PersonId& staff,
                        bool last_too = false);
  // They work here no more: cannot sign in, and teach no class. Which classes have no teacher now. `conflict`
  // for the only administrator.
  Result<std::vector<ClassRow>> remove_staff(const std::optional<PersonId>& by, const PersonId& staff);

  // ---- classes and access
  Result<ClassId> add_class(std::string_view title, const std::optional<std::string>& source = std::nullopt);
  Result<PersonId> add_student(std::string_view given, std::string_view family,
                               const std::optional<std::string>& source = std::nullopt);
  Status enroll(const ClassId& class_id, const PersonId& person, std::string_view role, bool active = true);
  // Those who were here before, with all that they wrote; who had left the school is back. `not_found` for
  // whom it does not know, or has erased. Access follows with refresh_access().
  Status enroll_students(const ClassId& class_id, std::span<const PersonId> students);
  Status may_be_enrolled(const PersonId& student);
  // Grants what enrollments give and ends what they no longer give; writes the class's member records.
  // Idempotent.
  Status refresh_access();
  // The same for somebody who is in no class and never was.
  Status refresh_own_access(const Person& person);
  Result<std::vector<Student>> students_of(const ClassId& class_id);
  Result<std::vector<ClassRow>> classes_of(const PersonId& staff);
  Result<bool> teaches(const PersonId& staff, const PersonId& student);

  // ---- cards and computers
  Result<std::string> card_for(const PersonId& student);      // the one that works, made if there is none
  Result<std::string> reprint_card(const PersonId& student);  // voids the old one
  Result<std::string> add_computer_code(std::string_view name);
  // The handshake of a computer's join. Both sides prove that they know the code, over the TLS key and fresh
  // nonces.
  struct Begun {
    std::string nonce, proof;
  };
  Result<Begun> begin_join(std::string_view id, std::string_view client_nonce, std::string_view spki);
  Result<JoinedComputer> finish_join(std::string_view id, std::string_view client_nonce,
                                     std::string_view proof, std::string_view spki, std::string_view name);
  // `forbidden` for a hub.
  Result<Computer> computer(std::string_view token);

  // From now on nobody syncs from it; what it sent stays. Doing it twice is no error.
  Status remove_computer(const ComputerId& id);

  // A card at a joined computer. Without a PIN it tells what is needed.
  Result<Student> student_of_card(std::string_view typed_card, const ComputerId& computer);
  Result<CardNeeds> card_needs(const Student& student);
  Result<JoinedStudent> join_student(const Student& student, const Computer& computer, std::string_view pin,
                                     std::string_view pin_kind, const PublicKey& device_key);
  // The same in three steps; only the middle one is slow, and it touches no School.
  // `token`: which the device wants to bring, so that it is the same at hubs and at the school; may be empty.
  // `malformed` when it is no token.
  Result<PinTry> begin_pin(const Student& student, const Computer& computer, std::string_view pin,
                           std::string_view pin_kind, const PublicKey& device_key,
                           std::string_view token = {});
  static void check_pin(PinTry& attempt);
  Result<JoinedStudent> finish_pin(const PinTry& attempt);
  Status reset_pin(const PersonId& student);
  // A PIN that a student has chosen anew on one of their computers, which kept it from the network: only its
  // hash comes. `malformed` when it is none of ours, or would cost more to check than ours do.
  Status change_pin(const Bearer& bearer, std::string_view pin_hash, std::string_view pin_kind);

  Result<Bearer> bearer(std::string_view token);
  Result<sync::Caller> caller(const PersonId& person);

  // ---- sync
  // A request as read from its bytes; reading touches no School and may be done on another thread.
  struct SyncRead {
    wire::SyncRequest request;
    std::vector<sync::Pushed> pushed;
    bool packed = false;  // and so the reply will be
  };
  static Result<SyncRead> read_sync(std::string_view body);
  Result<std::string> sync(const Bearer& bearer, const SyncRead& read);
  Result<std::string> sync(const Bearer& bearer, std::string_view body);
  Result<std::string> have(const Bearer& bearer, std::string_view body);
  // A batch, whoever carried it: what its author would have pushed, under the author's own signature. Returns
  // the acknowledgement. `unauthorized` when it is forged, or its computer was removed: what such a one
  // signed becomes dead letters, as what one who left wrote; an author who is not known waits for an
  // administrator, as in return_student.
  Result<std::string> take_batch(std::string_view bytes);
  // Every batch of a bundle that was sealed to this school, each for itself. `unauthorized`, `malformed` when
  // nothing of it can be read. The answer holds what is for its writer; for a hub, which writes for others,
  // everything, and what was not taken in.
  Result<BundleRead> read_bundle(std::string_view bytes, Carrier carrier = Carrier::stick);

  // ---- a first joining without a network (starter.cpp)
  // The file with which the students of a class begin on computers that have never met the school; it is
  // found there at these addresses later. `not_found`; `conflict` where a class has nobody with a card.
  struct Starter {
    std::string bytes;
    int students = 0;
    int without_card = 0;  // of the class, and not in it
  };
  // What goes into it, gathered here; making it takes a slow hash for each student, and touches no School.
  struct StarterContent;
  Result<std::shared_ptr<const StarterContent>> begin_starter(const ClassId& id,
                                                              const std::vector<std::string>& addresses);
  static Result<Starter> make_starter(const StarterContent& content);
  Result<Starter> make_starter(const ClassId& id, const std::vector<std::string>& addresses);

  // ---- hubs (hub.cpp)
  // At the school: another hub for these classes. The file is shown once.
  // `too_large` where they have more students than one hub carries.
  Result<HubFile> add_hub(std::string_view name, const std::vector<ClassId>& classes);
  // How many students of its classes it does not carry, because classes grew since. They work with the
  // school.
  Result<std::int64_t> left_out_of_hub(const PersonId& hub);
  // Its question answered: the hub's TLS key signed, and the people of its classes where they changed.
  Result<std::string> hub_papers(const Bearer& bearer, std::string_view question);
  // Where else a person of this school may reach it.
  Result<std::vector<wire::Place>> places_for(const PersonId& person);
  Result<std::vector<wire::Place>> places();  // all of them
  // At the hub: makes the directory this hub's. `conflict` when it is somebody else's.
  static Status make_hub(const std::string& data, const HubFile& file);
  std::string hub_question(std::string_view spki, const std::vector<std::string>& addresses);
  Status take_papers(std::string_view answer, std::string_view spki);
  // Called when something came that is to be carried, within the transaction that has it.
  void tell_when_to_carry(std::function<void()> told) { to_carry_ = std::move(told); }
  // What is to be carried now; and what the school answered to it.
  Result<HubLoad> next_load();
  Status take_answers(const HubLoad& load, std::string_view bundle);
  // Of the hub's own session with its school: where this has lost something, what it answered lately is
  // brought to it again. The session must not outlive this school.
  void follow(sync::Session& session);
  // After each answer that the session took: what the school told to be erased is carried as stubs.
  Status heard_the_school();

  // ---- parcels (forwarding.cpp): bundles with files, sealed to the school, that a hub takes and hands on as
  // they are. In three steps like a file, of which write_piece() is the middle one. `too_large`, `wrong_id`,
  // `disk_full`, `server_busy`; at the school, which reads it: `invalid` when it was not taken in and may be
  // later, `malformed`, `unauthorized` when it never will be.
  Result<Upload> begin_parcel(const Bearer& bearer, std::string_view name, const FilePiece& piece);
  Result<ParcelState> finish_parcel(const Upload& upload);
  Result<ParcelState> put_parcel(const Bearer& bearer, std::string_view name, const FilePiece& piece);
  // What became of this person's own.
  Result<ParcelNews> parcel_news(const Bearer& bearer, const std::vector<std::string>& names);
  // At the hub: the next to be handed on, and what the school said to it. What it did not take in is brought
  // again once a day.
  std::optional<ParcelRow> next_parcel();
  Status take_parcel_answer(const ParcelRow& parcel, std::string_view answer);
  void parcel_not_taken(const ParcelRow& parcel);
  const Parcels& parcels() const { return parcels_.parcels; }

  // ---- bundles at a hub: of who signed out at a shared computer, brought by that computer's token, and
  // handed on like parcels. At the school, from a hub alone. Errors as of a parcel; `forbidden`.
  Result<Upload> begin_bundle(std::string_view token, std::string_view name, const FilePiece& piece);
  Result<ParcelState> finish_bundle(const Upload& upload);
  // At the hub, to that computer: the school's answer, or no bytes while the bundle waits. `not_found`.
  Result<std::string> bundle_answer(std::string_view token, std::string_view name);
  std::optional<ParcelRow> next_bundle();
  Status take_bundle_answer(const ParcelRow& bundle, std::string_view answer);
  void bundle_not_taken(const ParcelRow& bundle);
  const Parcels& bundles() const { return bundles_.parcels; }

  // ---- sticks at a hub (sticks.cpp): kept as they are, handed on like parcels, and taken in at the school
  // as if they had been read there. The answer is the school's newest for that computer, if there is one.
  // `unauthorized` of another school's, `malformed` of what is no stick's file, `too_large`, `disk_full`.
  struct KeptOnHub {
    ReplicaId replica;
    bool known = false;
    std::string answer;
  };
  Result<KeptOnHub> keep_stick(std::string_view bytes, std::string_view file);
  std::optional<StickRow> next_stick();
  Status take_stick_answer(const StickRow& stick, std::string_view answer);
  void stick_not_taken(const StickRow& stick);
  const Sticks& sticks() const { return sticks_; }
  // At the school, from a hub alone, as a parcel comes.
  Result<Upload> begin_stick(const Bearer& bearer, std::string_view name, const FilePiece& piece);
  Result<ParcelState> finish_stick(const Upload& upload);

  // ---- files by the SHA-256 of their content (files.cpp). A file is had only by who may read a stream it
  // was put into; everything else gets the answer for what is not there. A piece that comes, in three steps;
  // only the middle one is slow, and it touches no School. `too_large`, `wrong_id`, `not_granted`,
  // `disk_full`, `server_busy` when another piece of it is being written.
  Result<Upload> begin_upload(const Bearer& bearer, std::string_view stream, std::string_view hash,
                              const FilePiece& piece, std::string_view mime);
  static void write_piece(Upload& upload);
  Result<UploadState> finish_upload(const Upload& upload);
  // The same at once, and a whole file in one piece.
  Result<UploadState> put_piece(const Bearer& bearer, std::string_view stream, std::string_view hash,
                                const FilePiece& piece, std::string_view mime);
  Status put_file(const Bearer& bearer, std::string_view stream, std::string_view hash, std::string_view body,
                  std::string_view mime);
  // Where its bytes are, and then some of them, which is slow and touches no School.
  Result<FileAt> find_file(const PersonId& reader, std::string_view stream, std::string_view hash);
  static Result<std::string> read_file(const FileAt& file, std::int64_t from, std::size_t size);
  Result<std::string> file(const PersonId& reader, std::string_view stream, std::string_view hash);
  // Which of these were not put into the stream, or are lost since; all, for who may not put files there.
  Result<std::vector<std::string>> lacking_files(const Bearer& bearer, std::string_view stream,
                                                 const std::vector<std::string>& hashes);
  // Removes files that no op of their streams mentions and nobody sent or asked for during thirty days, a
  // bounded number at a time; to be called every hour. Files that a restored database forgot are had again
  // when ops mention them. `on_disk` is what files_on_disk() gave, which is slow
  // and touches no School. How many went; none while a backup reads them.
  Result<std::int64_t> collect_files(const std::vector<std::string>& on_disk);
  static std::vector<std::string> files_on_disk(const std::string& data);
  // Room for all files together; nothing: as much as the disk has.
  void set_quota(std::optional<std::int64_t> bytes) { quota_bytes_ = bytes; }
  // Another than disk_reserve_bytes says.
  void set_disk_reserve(std::int64_t bytes) { disk_reserve_ = bytes; }

  // ---- the dashboard's sessions
  struct SignedIn {
    std::string token, csrf;
    Person person;
  };
  Result<SignedIn> sign_in(std::string_view email, std::string_view password);
  // The same in three steps; only the middle one is slow, and it touches no School.
  Result<PasswordTry> begin_sign_in(std::string_view email, std::string_view password);
  static void check_password(PasswordTry& attempt);
  Result<SignedIn> finish_sign_in(const PasswordTry& attempt);
  Result<std::pair<Person, std::string>> session(std::string_view token);
  Status sign_out(std::string_view token);

  // A record written by staff, checked as if it had come by sync.
  Result<std::vector<store::Written>> write(const PersonId& author, std::span<const store::Edit> edits);
  // A record written by the school itself: imports, notices.
  Result<std::vector<store::Written>> write_as_school(std::span<const store::Edit> edits);

  // ---- backups (keeping.cpp)
  // Quick: what must be done while nobody writes.
  Result<BackupJob> begin_backup();
  // Slow, and touches no School, so that another thread can do it.
  static Status finish_backup(const BackupJob& job, const std::string& file);
  // Puts a backup in this school's place while it runs, and tells it what was removed since. Returns the
  // folder that keeps what was replaced. `wrong_password`, `malformed`, `conflict`: nothing was changed.
  Result<std::string> restore(const std::string& file, const SecretKey& key);
  // The same where no server runs, also into an empty directory.
  static Result<std::string> restore_at(const std::string& data, const std::string& file,
                                        const SecretKey& key, Clock& clock, Random& random);

  // So that a database which somebody puts in the place of this one by hand is noticed: to be called when it
  // is served, and every minute. Only where something was written since is there anything to do.
  Status mark_place();
  // Is the file on the disk the one that is open?
  bool is_in_place() const { return in_place_.holds(); }
  // The same of one that somebody copied just now, too.
  Result<bool> look_at_place();
  struct Replaced {
    std::string folder;          // keeps what is not used of the two; empty: there is nothing to keep
    std::optional<Error> error;  // why what was found is not used
    std::optional<Error> own;    // why there is no whole copy of what was open
    bool decided = true;         // false: what was open goes on without a file, and this is to be done again
  };
  // Goes on with the one that is there, as after a restore; or with its own again where that one is gone,
  // damaged, another school's or of a later version. Where that cannot be told now, as on a full disk, or its
  // own cannot be copied, it goes on as it was, with an error and no folder; `ending`: it keeps what it can
  // and is closed. Closed it is, too, where its own was written over with what cannot be used, or where
  // neither could be opened afterwards: then the next start says why.
  Replaced take_up_replaced(bool ending);
  bool is_open() const { return store_ != nullptr; }

  // What a roster changes. Who is gone and which role has ended stays so after a restore; classes and
  // enrollments are then as they were last. What comes after in the same transaction should not fail for a
  // reason that can be seen before: the log is not taken back.
  Status put_person(const Person& person);
  Status put_classes(std::span<const ClassRow> rows);
  Status put_enrollments(std::span<const Enrollment> enrollments);
  // What the log tells and this database does not have, as when something failed after it was logged. Before
  // it is planned what a roster changes.
  Status catch_up();

  // ---- who joined after the backup (keeping.cpp)
  // A student's computer that this database does not know shows its certificate and proves its key. The
  // person is let in; one who is not known either waits for an administrator, alone in their own streams.
  // `unauthorized` when computer or person were removed, or nothing is signed by this school.
  Result<JoinedStudent> return_student(std::string_view certificate, std::string_view signature,
                                       std::string_view proof, std::string_view token = {});
  Result<std::vector<Newcomer>> newcomers();
  // Of each in turn, the classes of their certificate that are still here, and of the log since, which is
  // read once.
  Result<std::vector<std::vector<ClassRow>>> classes_of_newcomers(std::span<const Newcomer> newcomers);
  // Into these classes, which it tells.
  Result<std::vector<ClassRow>> confirm_newcomer(const PersonId& id);
  // A roster that was imported meanwhile may have made the same student again. One that has no work and no
  // computer of its own can be put into a newcomer's place; else `conflict`, and both stay.
  Status may_be_merged(const PersonId& listed);
  Status merge_newcomer(const PersonId& newcomer, const PersonId& listed);
  std::string certificate_of(const Person& person, const ComputerId& computer, const PublicKey& device_key,
                             const std::vector<ClassId>& classes) const;
  std::string sign_certificate(std::string_view certificate) const;

  // Writes an edit of a `hidden` record, and remembers it where a restore does not undo it.
  Status hide(const PersonId& teacher, const PersonId& student, const store::Edit& edit);

  // ---- erasure (erasing.cpp): everything that is about a student, or single ops, on the ground of law. It
  // goes from every replica; the audit keeps that it was done.
  struct Erased {
    std::int64_t ops = 0, files = 0;      // that had content
    std::vector<std::string> old_copies;  // of the database, which still have it
  };
  Result<Erased> erase_student(const std::optional<PersonId>& by, const PersonId& student);
  Result<Erased> erase_ops(const std::optional<PersonId>& by, std::vector<OpId> ops);
  // Copies of the database beside it, which know nothing of what happens to it.
  std::vector<std::string> old_copies() const;
  // Where backups are written every night, and how long each is kept: they have what is erased until then.
  struct BackupPlace {
    std::string folder;  // empty: no server runs, or it is a hub's
    int keep_days = 0;
    std::optional<std::int64_t> last_ms = std::nullopt;  // when the newest was made; none is there
  };
  void set_backup_place(BackupPlace place) { backup_place_ = std::move(place); }
  const BackupPlace& backup_place() const { return backup_place_; }
  // The newest is more than two days old, or of a day to come; or none is there though the school is older
  // than a day.
  Result<bool> backup_is_old();
  // What was noted today already, so that the audit says once a day who read about whom.
  class ReadsToday {
   public:
    bool note(std::int64_t day, const std::string& what) {
      if (day != day_) day_ = day, noted_.clear();
      return noted_.insert(what).second;
    }

   private:
    std::int64_t day_ = 0;
    std::set<std::string> noted_;
  };
  ReadsToday& reads_today() { return reads_today_; }
  // Students who left the school, or are in no class any more since their last ended, and when; the longest
  // ago first. Not those who are erased, who were never in a class, or of whom no line of the log tells when.
  // A line counts as no older than those before it, nor than the school: so a wrong clock only makes it
  // later.
  struct Left {
    Person person;
    std::int64_t at_ms = 0;
  };
  Result<std::vector<Left>> left_before(std::int64_t ms);

  // ---- work that was refused without a trace (letters.cpp). An adult settles it; it is never deleted.
  // Why it cannot be taken in: `not_found`, `conflict` (settled before), else what stands against it.
  Status may_take_in(const DeadLetter& letter);
  // Into its stream, as its author wrote it, on an adult's word.
  Status take_in_letter(const PersonId& adult, std::int64_t n);
  // To its author, as a notice with the text.
  Status hand_back_letter(const PersonId& adult, std::int64_t n);
  Status set_aside_letter(const PersonId& adult, std::int64_t n);

  // What an erasure leaves on the disk, where one was obeyed since the last time. Not within a transaction:
  // then it waits, and is done when the server calls this after the commit. What fails waits, too, and is
  // tried again after ten minutes, whenever this is called.
  Status finish_erasures();
  bool erasures_wait() const { return erasures_wait_; }

  // Every record, number and digest of the store, and every file against its name.
  Status verify();

 private:
  School(std::string data, Clock& clock, Random& random);
  Status lock();
  Status read_hub();
  Status load();
  void remove_copies() const;
  Status note_restored(std::string_view from);
  void close();
  Result<std::string> owner_of(store::Db& db) const;  // as InPlace keeps it
  static Status must_be_a_file(const std::string& database);
  Error not_the_one_served() const;
  Status must_be_the_one_served() const;
  Status is_ours(const std::string& database) const;
  Status could_be_opened(const std::string& database, const std::string& trial) const;
  Status keep_copy(const std::string& kept);
  Status close_beside(const std::string& folder);
  Status put_own_back(const std::string& folder);
  // Call within the transaction that does it.
  Status remember(std::string_view what, std::string_view subject, std::string_view value,
                  std::string_view kind = {});
  Status remember(std::vector<Removal> removals);  // with one flush; their times are set
  Status hear_removals();
  Status apply(const Removal& removal);
  Status replay_removals();
  Result<Erased> erase(const std::optional<PersonId>& by, const std::optional<PersonId>& person,
                       const std::vector<OpId>& ops);
  // What is about them beside the records.
  Status forget_person(const PersonId& id);
  Status forget_letters(const std::vector<std::string>& ops);
  // What erasures ask for beside the records, where they came back from a computer that still knew them, or
  // to a hub from its school.
  Status heed_erasures();
  // At a hub that knows of so many.
  Status forget_sealed_answers(std::size_t erasures);
  // What a teacher hid at a hub, or a computer brought back, is to outlive a restore like what was hidden
  // here.
  Status heed_hidings(const SyncRead& read);
  Status audit_hiding(const PersonId& teacher, std::string_view student, bool hidden);
  Result<bool> is_gone(const PersonId& person);
  Result<bool> waits_to_be_confirmed(const PersonId& person);
  // The person of a student's certificate that this school signed; who is not known is let in to wait. Within
  // a transaction.
  struct TakenBatch {
    wire::Acknowledgement acknowledgement;
    Person person;
    // Not taken in, since its author may not any more; an adult finds it with the dead letters.
    bool letters = false;
    std::vector<std::int64_t> here = {};  // which of its ops, counted from 0, the school had all the same
  };
  Result<TakenBatch> take(const wire::CheckedBatch& checked, Carrier carrier);
  Status heard_by(Carrier carrier, const wire::CheckedBatch& checked, std::int64_t settled);
  // Which of its ops, counted from 0, are in their place.
  Result<std::vector<std::int64_t>> keep_for_an_adult(const wire::Batch& batch);
  Status keep_letter(const PersonId& sender, std::string_view body, std::string_view code);
  // Did the person write this who is named, though they may not sign in any more?
  Result<bool> is_theirs(const wire::Introduction& introduction, const PersonId& person);
  // `slowed_down` where a bundle has had as many slow hashes as one may ask for.
  Status may_hash();
  std::optional<int> introductions_left_;  // of the bundle that is being read
  // The student of an introduction, as if they had signed in here. Errors as at a sign-in.
  Result<Person> introduce(const wire::Introduction& introduction, const PersonId& person);
  Result<std::string> token_for(std::string_view wanted, const PersonId& person, ByteView key);
  Result<std::map<PersonId, std::vector<sync::Access>>> teachers_at(
      const PersonId& hub, const std::vector<sync::Access>& readable);
  // Which hub writes as this replica: for who reads where something was written.
  Status remember_replica(const PersonId& hub, const ReplicaId& replica);
  struct RoomBatch {
    std::string bytes;
    wire::CheckedBatch checked;
  };
  Result<std::optional<RoomBatch>> batch_of(const Bearer& bearer, const wire::SyncRequest& request);
  Status take_rows(const nlohmann::json& papers);
  Status take_answer(std::string_view bytes);
  Status take_back(const OpId& id, const std::string& code);
  static constexpr std::string_view kHubKeyKey = "hub_key";
  Result<SecretKey> hub_key();
  Result<wire::HubSigner> hub_signer();
  Result<sync::KnownHubs> known_hubs(const std::vector<wire::Returned>& returned);
  // A batch with stubs in the place of its erased ops; nothing: it has none.
  Result<std::optional<std::string>> without_erased(std::string_view batch);
  // What a stick's writer has read, answered.
  Result<std::vector<std::string>> answer_reading(std::string_view bytes, const PersonId& writer,
                                                  BundleRead& read);
  // Whose the reading is, by its certificate, or by `known`, of whom a batch beside it was.
  Result<PersonId> reader_of(std::string_view reading, const PublicKey& writer,
                             const std::optional<PersonId>& known);
  Status take_returned(const std::vector<wire::BundleItem>& items, const PersonId& writer, BundleRead& read);
  // The files of a bundle of this person: those that came are put into their streams, and what the writer
  // asked about is answered, with what it lacks.
  struct FilesTaken {
    bool only_mentioned = false;  // the writer may nothing else any more
    bool sends_back = true;       // what the writer lacks
  };
  Result<std::vector<wire::BundleItem>> take_files(const std::vector<wire::BundleItem>& items,
                                                   const PersonId& writer, const FilesTaken& rule,
                                                   BundleRead& read);
  Result<std::string> read_parcel(std::string_view bytes);
  using Reads = std::function<Result<std::string>(std::string_view)>;
  Result<ParcelState> finish_sealed(const Upload& upload, std::size_t bytes_max, const Reads& reads);
  Result<ParcelState> finish_at_school(const Upload& upload, std::size_t bytes_max, const Reads& reads);
  // `beside`: what has to have room together with it, in bytes; nothing: it is of records alone.
  Result<Upload> begin_from_hub(const Bearer& bearer, std::string_view name, const FilePiece& piece,
                                std::int64_t bytes_max, std::optional<std::int64_t> beside);
  // What a hub hands on, and of it what the school did not take, with when that was (steady).
  struct Handed {
    Parcels parcels;
    std::map<std::string, std::int64_t> tried = {};
  };
  Result<Upload> begin_handed(const Handed& handed, const PersonId& from, Upload upload);
  std::optional<ParcelRow> next_of(Handed& handed);
  Status take_answer_of(Handed& handed, const ParcelRow& row, std::string_view answer);
  void not_taken_of(Handed& handed, const ParcelRow& row);
  // What has been here for too many counted days, answers too, whatever the clock said meanwhile.
  Status let_go_of_old(std::int64_t day);
  std::int64_t handed_bytes() const;  // of the disk: all that is to be handed on, and answers
  Result<Person> admit(const wire::Certificate& certificate, std::string_view text);
  static Status must_be_piece(std::string_view hash, const FilePiece& piece, std::int64_t bytes_max);
  Result<Upload> begin_pieces(const Bearer& bearer, Upload upload,
                              const std::function<Result<std::int64_t>()>& kept_bytes);
  std::string file_path(std::string_view hash) const;
  Result<bool> may_put(const PersonId& person, std::string_view stream, std::string_view hash);
  Result<bool> has_file(std::string_view stream, std::string_view hash);
  bool is_being_written(std::string_view hash) const;
  Result<std::int64_t> file_day();
  Result<std::int64_t> count_day();
  Result<bool> adopt(const std::string& hash, std::int64_t day);
  // `slowed_down` while waiting is due after wrong tries of this key.
  Status may_try(const std::string& key);
  Status wrong_try(const std::string& key);

  std::string data_, name_;
  Clock& clock_;
  Random& random_;
  SecretKey identity_;  // at a hub nothing
  PublicKey school_key_;
  std::optional<HubFile> hub_;
  std::optional<Error> line_;
  std::function<void()> to_carry_;
  int lock_file_ = -1;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Accounts> accounts_;
  std::unique_ptr<Carried> carried_;
  RemovalLog removals_;
  InPlace in_place_;
  std::optional<std::int64_t> marked_;  // how much had been written when the place was marked
  RemovalsRead removals_read_;
  Status finish_what_erasures_left();
  bool erasures_wait_ = false;
  std::optional<std::int64_t> erasures_failed_ms_;  // the last time that they were tried in vain (steady)
  std::unique_ptr<Standings> standings_;
  Listeners listeners_;
  struct Pending {
    std::string nonce;
    std::int64_t begun_ms = 0;
  };
  std::map<std::string, Pending> joins_;  // by code id; bounded
  Uploads uploads_;
  Handed parcels_, bundles_;
  Sticks sticks_;
  std::map<std::string, std::int64_t> sticks_tried_;
  std::optional<std::int64_t> counted_to_ms_;  // of the day that is being counted (steady)
  std::string adopted_to_;                     // the stray that was looked for last
  std::set<std::string> writing_;              // uploads of which a piece is being written
  std::optional<std::int64_t> quota_bytes_, disk_reserve_;
  BackupPlace backup_place_;
  ReadsToday reads_today_;
  std::shared_ptr<int> copying_ = std::make_shared<int>();  // shared with backups that are being made
};

using wire::hello_message;
using wire::join_proof;

}  // namespace waymark::server
