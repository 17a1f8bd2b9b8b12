// What reaches a school over somebody else's hands: batches, each believed by its author's signature alone,
// and the bundles that carry them.
#include <algorithm>
#include <array>

#include "shared/record/erased_line.hpp"
#include "shared/store/erase.hpp"
#include "shared/sync/carry.hpp"
#include "shared/sync/carry_files.hpp"
#include "shared/wire/bundle.hpp"
#include "sync-server/service/codes.hpp"
#include "sync-server/service/school.hpp"

namespace waymark::server {
namespace {
Error may_not_any_more() {
  return {Code::unauthorized, "its author may not any more; it is with the dead letters"};
}
std::string_view name_of(Carrier carrier) {
  constexpr std::array names{"computer", "hub", "stick", "hub"};
  return names[static_cast<std::size_t>(carrier)];
}
// Of one bundle that a device wrote: so many batches, which is more than it has room for, and so many
// introductions that take a slow hash. A device needs one.
constexpr std::int64_t kBatchesMax = 2'048;
constexpr int kIntroductionsMax = 4;
constexpr std::int64_t kFilesBackMax = 24 * 1024 * 1024;  // of files in one answer, beside the news
}  // namespace

Result<School::TakenBatch> School::take(const wire::CheckedBatch& checked, Carrier carrier) {
  WAYMARK_TRY(transaction, store::Transaction::begin(store_->db()));
  auto admitted = checked.introduction ? introduce(*checked.introduction, checked.batch.person)
                                       : admit(checked.certificate, checked.batch.certificate);
  if (!admitted) {
    // The school's own certificate says whose work it is, or the card, though they let nobody in any more.
    bool theirs = admitted.error().code == Code::unauthorized;
    if (theirs && checked.introduction) {
      auto proven = is_theirs(*checked.introduction, checked.batch.person);
      if (!proven && proven.error().code != Code::slowed_down) return proven.error();
      theirs = proven && *proven;
    }
    TakenBatch kept;
    if (theirs) {
      WAYMARK_TRY(here, keep_for_an_adult(checked.batch));
      kept.letters = true;
      kept.here = std::move(here);
    }
    // Wrong tries are counted all the same.
    WAYMARK_CHECK(transaction.commit());
    if (!theirs) return admitted.error();
    return kept;
  }
  auto person = std::move(*admitted);
  WAYMARK_TRY(who, caller(person.id));
  WAYMARK_TRY(settled, store_->position(checked.batch.replica));
  WAYMARK_TRY(taken, sync::take_batch(*store_, who, checked.batch));
  for (const auto& [letter, code] : taken.dead_letters)
    WAYMARK_CHECK(accounts_->add_dead_letter(person.id, letter, code));
  WAYMARK_CHECK(heard_by(carrier, checked, taken.acknowledgement.at.n - settled.n));
  if (checked.introduction) {
    WAYMARK_TRY(computer, ComputerId::parse(checked.certificate.computer));
    WAYMARK_TRY(enrollments, accounts_->enrollments_of(person.id));
    std::vector<ClassId> classes;
    for (const auto& enrollment : enrollments)
      if (enrollment.active) classes.push_back(enrollment.class_id);
    auto& answer = taken.acknowledgement;
    answer.certificate = certificate_of(person, computer, checked.certificate.key, classes);
    answer.certificate_signature = sign_certificate(answer.certificate);
  }
  WAYMARK_CHECK(transaction.commit());
  if (!taken.acknowledgement.refused.empty()) WAYMARK_CHECK(finish_erasures());
  return TakenBatch{std::move(taken.acknowledgement), std::move(person)};
}

// When the device wrote it nobody says, so what counts is when the school has it.
Status School::heard_by(Carrier carrier, const wire::CheckedBatch& checked, std::int64_t settled) {
  const auto& batch = checked.batch;
  WAYMARK_TRY(news, accounts_->device_brought(checked.certificate.key.bytes, batch.replica, batch.round,
                                              name_of(carrier), std::max<std::int64_t>(0, settled)));
  if (!news) return {};
  WAYMARK_TRY(computer, ComputerId::parse(checked.certificate.computer));
  return accounts_->computer_heard(computer);
}

// No position moves: where the computer is let in again, all of it is brought and decided then.
Result<std::vector<std::int64_t>> School::keep_for_an_adult(const wire::Batch& batch) {
  WAYMARK_TRY(gone, store::is_erased(*store_, batch.person));
  std::vector<std::int64_t> in_place;
  for (std::size_t i = 0; i < batch.ops.size(); i++) {
    const auto& line = batch.ops[i];
    // The carrier may let go of all of it: a line that is no op is kept like one, and only a stub has nothing
    // to keep.
    if (record::erased_line(line) || gone) continue;
    auto id = record::op_id(line);
    WAYMARK_TRY(here, store_->has(id));
    auto op = record::parse_op(line);
    WAYMARK_TRY(named, op ? store::is_erased(*store_, op->stream, id) : Result<bool>(false));
    if (here) {
      WAYMARK_TRY(stub, store_->stub_reason(id));
      if (!stub) in_place.push_back(static_cast<std::int64_t>(i));
    }
    if (here || named) continue;
    WAYMARK_CHECK(accounts_->add_dead_letter(batch.person, line, waymark::name(Code::unauthorized)));
  }
  return in_place;
}

Status School::may_hash() {
  if (!introductions_left_) return {};
  if (*introductions_left_ == 0) return Error{Code::slowed_down, "60"};
  --*introductions_left_;
  return {};
}

Result<bool> School::is_theirs(const wire::Introduction& introduction, const PersonId& id) {
  WAYMARK_TRY(erased, store::is_erased(*store_, id));
  if (erased) return true;  // of which nothing is kept
  WAYMARK_TRY(person, accounts_->person(id));
  if (!person || person->role != "student") return false;
  WAYMARK_TRY(devices, carried_->devices());
  for (const auto& device : devices)
    if (device.person == id && std::equal(device.key.begin(), device.key.end(),
                                          introduction.key.bytes.begin(), introduction.key.bytes.end()))
      return true;
  // Only who has the card tries PINs: nobody else can make its owner wait.
  auto code = read_code(introduction.card, card_code_length);
  if (!code) return false;
  WAYMARK_TRY(card, accounts_->card(*code));
  if (!card || card->person != id || card->voided) return false;
  if (person->pin_hash.empty()) return true;
  auto tries = "introduction:" + id.hex();
  WAYMARK_CHECK(may_try(tries));
  WAYMARK_CHECK(may_hash());
  bool good = verify_password(introduction.pin, person->pin_hash);
  if (!good) WAYMARK_CHECK(wrong_try(tries));
  return good;
}

Result<Person> School::introduce(const wire::Introduction& introduction, const PersonId& id) {
  Error not_theirs{Code::unauthorized, "the introduction is not, or no longer, good here"};
  WAYMARK_TRY(person, accounts_->person(id));
  auto computer = ComputerId::parse(introduction.computer);
  auto token = from_hex(introduction.token_hash);
  if (!person || !person->active || person->role != "student" || !computer || !token || token->size() != 32)
    return not_theirs;
  WAYMARK_TRY(computers, accounts_->computers());
  auto known =
      std::find_if(computers.begin(), computers.end(), [&](const auto& c) { return c.id == *computer; });
  if (known != computers.end() && known->removed) return not_theirs;
  WAYMARK_TRY(devices, carried_->devices());
  bool again = std::any_of(devices.begin(), devices.end(), [&](const PaperDevice& device) {
    return device.person == id && !device.removed &&
           std::equal(device.key.begin(), device.key.end(), introduction.key.bytes.begin(),
                      introduction.key.bytes.end());
  });
  if (again) return *person;

  auto code = read_code(introduction.card, card_code_length);
  auto card = code ? accounts_->card(*code) : Result<std::optional<Card>>(std::optional<Card>());
  if (!card) return card.error();
  if (!*card || (*card)->person != id) return Error{Code::card_unknown, "no student has this card"};
  if ((*card)->voided) return Error{Code::card_voided, "a teacher has voided this card"};
  // Counted with the right card alone: who has it not cannot make its owner wait.
  auto tries = "introduction:" + id.hex();
  WAYMARK_CHECK(may_try(tries));
  WAYMARK_CHECK(may_hash());
  bool first = person->pin_hash.empty();
  if (first) {
    WAYMARK_CHECK(must_be_pin_hash(introduction.pin_hash, introduction.pin_kind));
    WAYMARK_CHECK(accounts_->set_pin(id, introduction.pin_hash, introduction.pin_kind));
    WAYMARK_CHECK(remember("pin", id.hex(), introduction.pin_hash, introduction.pin_kind));
  } else if (!verify_password(introduction.pin, person->pin_hash)) {
    WAYMARK_CHECK(wrong_try(tries));
    return Error{Code::wrong_pin, "not the PIN chosen"};
  }
  if (known == computers.end())
    WAYMARK_CHECK(
        accounts_->add_computer({*computer, introduction.computer_name, clock_.now_ms(), {}, false, 0},
                                token_hash(make_token(random_))));
  WAYMARK_CHECK(accounts_->clear_tries(tries));
  WAYMARK_CHECK(accounts_->forget_device(id, introduction.key.bytes));
  WAYMARK_TRY(taken, accounts_->device(*token));
  if (taken) return not_theirs;
  WAYMARK_CHECK(accounts_->add_device(*token, id, *computer, introduction.key.bytes));
  WAYMARK_CHECK(accounts_->audit(id, "signed in away from the school", introduction.computer_name));
  return *person;
}

// Only the device that a certificate names, or that wrote a batch which was taken in, may ask for its person.
Result<PersonId> School::reader_of(std::string_view bytes, const PublicKey& writer,
                                   const std::optional<PersonId>& known) {
  WAYMARK_TRY(reading, wire::decode_reading(bytes));
  if (reading.certificate.empty()) {
    if (known) return *known;
    return Error{Code::unauthorized, "nothing shows whose reading it is"};
  }
  WAYMARK_TRY(certificate,
              wire::check_certificate(identity(), reading.certificate, reading.certificate_signature));
  if (!(certificate.key == writer))
    return Error{Code::unauthorized, "the reading is not by the device that wrote the bundle"};
  WAYMARK_TRY(transaction, store::Transaction::begin(store_->db()));
  WAYMARK_TRY(person, admit(certificate, reading.certificate));
  WAYMARK_CHECK(transaction.commit());
  return person.id;
}

Result<std::vector<std::string>> School::answer_reading(std::string_view bytes, const PersonId& writer,
                                                        BundleRead& read) {
  WAYMARK_TRY(reading, wire::decode_reading(bytes));
  WAYMARK_TRY(transaction, store::Transaction::begin(store_->db()));
  WAYMARK_TRY(who, caller(writer));
  WAYMARK_TRY(person, accounts_->person(writer));
  WAYMARK_TRY(items, sync::answer_reading(*store_, who, reading, identity_));
  WAYMARK_CHECK(transaction.commit());
  if (person) read.name = person->given;
  read.person = writer;
  read.from = reading.asked.replica;
  return items;
}

// What this school lost and a computer still has under its seal.
Status School::take_returned(const std::vector<wire::BundleItem>& items, const PersonId& writer,
                             BundleRead& read) {
  int count = 0;
  bool brought_erasures = false;
  WAYMARK_TRY(transaction, store::Transaction::begin(store_->db()));
  WAYMARK_TRY(who, caller(writer));
  for (const auto& item : items) {
    if (item.kind != wire::returned_item || ++count > wire::returned_items_max) continue;
    auto brought = wire::decode_request(item.body);
    if (!brought) {
      read.problems.push_back(brought.error());
      continue;
    }
    WAYMARK_TRY(hubs, known_hubs(brought->returned));
    WAYMARK_TRY(taken, sync::take_returned(*store_, who, *brought, identity(), hubs));
    read.brought_back += taken.lines;
    for (const auto& [hub, body] : taken.of_the_room)
      WAYMARK_CHECK(keep_letter(hub, body, waymark::name(Code::not_granted)));
    brought_erasures = brought_erasures || taken.school;
  }
  // Only what the school wrote itself, and lost since, comes into its stream from outside.
  if (brought_erasures) WAYMARK_CHECK(heed_erasures());
  WAYMARK_CHECK(transaction.commit());
  return brought_erasures ? finish_erasures() : Status();
}

Result<std::vector<wire::BundleItem>> School::take_files(const std::vector<wire::BundleItem>& items,
                                                         const PersonId& writer, const FilesTaken& rule,
                                                         BundleRead& read) {
  const Bearer bearer{writer, {}, {}, {}};
  std::optional<wire::CarriedFiles> asked;
  wire::PieceJoiner joiner;
  auto may = [&](const std::string& stream, const std::string& hash) -> Result<bool> {
    return rule.only_mentioned ? store_->mentions(stream, hash) : Result<bool>(true);
  };
  for (const auto& item : items) {
    if (item.kind == wire::files_item && !asked)
      if (auto question = wire::decode_files(item.body)) asked = std::move(*question);
    if (item.kind != wire::file_item) continue;
    auto piece = wire::decode_piece(item.body);
    auto whole = piece ? joiner.add(std::move(*piece)) : Result<bool>(piece.error());
    Status put;
    if (whole && *whole) {
      auto it = joiner.take();
      WAYMARK_TRY(allowed, may(it.stream, it.hash));
      put = allowed ? put_file(bearer, it.stream, it.hash, it.bytes, it.mime)
                    : Status(Error{Code::not_granted, "nothing here mentions the file"});
      if (put) read.files++;
    } else if (!whole) {
      put = whole.error();
    }
    // What is wrong with one says nothing of the next; the device keeps what the answer does not name.
    if (!put) read.problems.push_back(put.error());
  }
  std::vector<wire::BundleItem> answer;
  if (!asked) return answer;
  wire::CarriedFiles told{asked->round, asked->replica, {}};
  std::vector<std::pair<std::int64_t, sync::Mention>> to_send;
  for (const auto& names : asked->streams) {
    std::vector<std::string> known, unknown;
    for (const auto& hash : names.has) {
      WAYMARK_TRY(allowed, may(names.stream, hash));
      (allowed ? known : unknown).push_back(hash);
    }
    WAYMARK_TRY(lacking, lacking_files(bearer, names.stream, known));
    lacking.insert(lacking.end(), unknown.begin(), unknown.end());
    wire::CarriedNames here{names.stream, {}, std::move(lacking)};
    for (const auto& hash : names.has)
      if (std::find(here.lacks.begin(), here.lacks.end(), hash) == here.lacks.end()) here.has.push_back(hash);
    told.streams.push_back(std::move(here));
    if (!rule.sends_back) continue;
    for (const auto& hash : names.lacks)
      if (auto found = find_file(writer, names.stream, hash))
        to_send.push_back({found->bytes, {hash, names.stream, found->mime}});
  }
  answer.push_back({wire::files_item, wire::encode(told)});
  std::stable_sort(to_send.begin(), to_send.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::int64_t used = 0;
  for (const auto& [bytes, mention] : to_send) {
    if (used + bytes > kFilesBackMax) break;
    auto content = file(writer, mention.stream, mention.hash);
    if (!content) continue;
    used += bytes;
    sync::add_pieces(answer, mention, *content);
  }
  return answer;
}

Result<std::string> School::take_batch(std::string_view bytes) {
  WAYMARK_CHECK(only_the_school());
  WAYMARK_TRY(checked, wire::decode_batch(bytes, {identity(), &identity_}));
  WAYMARK_TRY(taken, take(checked, Carrier::computer));
  if (taken.letters) return may_not_any_more();
  return wire::encode(taken.acknowledgement, identity_);
}

Result<BundleRead> School::read_bundle(std::string_view bytes, Carrier carrier) {
  WAYMARK_CHECK(only_the_school());
  const bool for_hub = carrier == Carrier::hub;
  WAYMARK_TRY(bundle, wire::open_bundle(bytes, identity_));
  BundleRead read;
  read.whole = bundle.whole;
  std::vector<wire::BundleItem> answers;
  std::optional<PersonId> writer;  // where something of the bundle proves who that is
  bool some = false;               // of the batches was taken in
  std::int64_t n = 0;
  // One commit for all: each of them stands or falls by itself within it.
  WAYMARK_TRY(together, store::Transaction::begin(store_->db()));
  introductions_left_ = for_hub ? std::nullopt : std::optional(kIntroductionsMax);
  struct Ends {
    std::optional<int>& left;
    ~Ends() { left.reset(); }
  } ends{introductions_left_};
  for (const auto& item : bundle.items) {
    if (item.kind != wire::batch_item) continue;
    auto place = n++;
    if (!for_hub && place >= kBatchesMax) {
      if (place == kBatchesMax) read.problems.push_back({Code::slowed_down, "60"});
      continue;
    }
    auto checked = wire::decode_batch(item.body, {identity(), &identity_});
    std::int64_t known = 0;
    if (checked)
      for (const auto& id : checked->batch.ids) {
        WAYMARK_TRY(here, store_->has(id));
        known += here;
      }
    auto taken = checked ? take(*checked, carrier) : Result<TakenBatch>(checked.error());
    if (!taken || taken->letters) {
      // What is wrong with this one says nothing of the next; a disk that is full does.
      auto error = taken ? may_not_any_more() : taken.error();
      auto code = error.code;
      if (is_the_schools_own(code)) return error;
      read.problems.push_back(error);
      if (taken) read.letters++;
      read.nothing_taken = !some;
      // Whoever carries it for others is told; and a device of its own work, if it is well made.
      bool own = checked && checked->certificate.key == bundle.writer;
      if (own) read.from = checked->batch.replica;
      wire::Problem problem{place, std::string(waymark::name(code))};
      if (taken) problem.letters = {checked->batch.replica, wire::end_of(checked->batch), taken->here};
      if (for_hub || own) answers.push_back({wire::problem_item, wire::encode(problem)});
      continue;
    }
    read.nothing_taken = false;
    some = true;
    read.name = taken->person.given;
    read.person = taken->person.id;
    read.known += known;
    read.ops += taken->acknowledgement.end.n - taken->acknowledgement.before.n;
    read.refused += static_cast<std::int64_t>(taken->acknowledgement.refused.size());
    // What others carried for a device is none of theirs to read.
    if (!for_hub && !(checked->certificate.key == bundle.writer)) continue;
    writer = taken->person.id;
    read.from = checked->batch.replica;
    answers.push_back({wire::acknowledgement_item, wire::encode(taken->acknowledgement, identity_)});
  }
  WAYMARK_CHECK(together.commit());
  if (erasures_wait_) (void)finish_erasures();
  const auto reading = std::find_if(bundle.items.begin(), bundle.items.end(),
                                    [](const auto& item) { return item.kind == wire::reading_item; });
  if (!for_hub && reading != bundle.items.end()) {
    auto reader = reader_of(reading->body, bundle.writer, writer);
    if (reader) writer = *reader;
    if (!reader) read.problems.push_back(reader.error());
    if (reader) WAYMARK_CHECK(take_returned(bundle.items, *reader, read));
    // What is new for the writer, after what the writer brought.
    auto news = reader ? answer_reading(reading->body, *reader, read)
                       : Result<std::vector<std::string>>(std::vector<std::string>());
    if (!news) read.problems.push_back(news.error());
    if (news)
      for (auto& one : *news) answers.push_back({wire::news_item, std::move(one)});
  }
  if (!for_hub && writer) {
    WAYMARK_TRY(files, take_files(bundle.items, *writer, {}, read));
    for (auto& one : files) answers.push_back(std::move(one));
  }
  if (answers.empty()) return read;
  WAYMARK_TRY(answer, wire::seal_bundle(bundle.writer, identity_, answers));
  read.answer = std::move(answer);
  return read;
}

}  // namespace waymark::server
