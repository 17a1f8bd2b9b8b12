// What reaches a school over somebody else's hands: batches, each believed by its author's signature alone,
// and the bundles that carry them.
#include <algorithm>

#include "shared/sync/carry.hpp"
#include "shared/wire/bundle.hpp"
#include "sync-server/service/codes.hpp"
#include "sync-server/service/school.hpp"

namespace waymark::server {

Result<School::TakenBatch> School::take(const wire::CheckedBatch& checked) {
  WAYMARK_TRY(transaction, store::Transaction::begin(store_->db()));
  auto admitted = checked.introduction ? introduce(*checked.introduction, checked.batch.person)
                                       : admit(checked.certificate, checked.batch.certificate);
  if (!admitted) {
    // Wrong tries are counted all the same.
    WAYMARK_CHECK(transaction.commit());
    return admitted.error();
  }
  auto person = std::move(*admitted);
  WAYMARK_TRY(who, caller(person.id));
  WAYMARK_TRY(taken, sync::take_batch(*store_, who, checked.batch));
  for (const auto& [letter, code] : taken.dead_letters)
    WAYMARK_CHECK(accounts_->add_dead_letter(person.id, letter, code));
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
  return TakenBatch{std::move(taken.acknowledgement), std::move(person)};
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

  auto tries = "introduction:" + id.hex();
  WAYMARK_CHECK(may_try(tries));
  auto code = read_code(introduction.card, card_code_length);
  auto card = code ? accounts_->card(*code) : Result<std::optional<Card>>(std::optional<Card>());
  if (!card) return card.error();
  auto wrong = [&](const Error& error) -> Result<Person> {
    WAYMARK_CHECK(wrong_try(tries));
    return error;
  };
  if (!*card || (*card)->person != id) return wrong({Code::card_unknown, "no student has this card"});
  if ((*card)->voided) return Error{Code::card_voided, "a teacher has voided this card"};
  bool first = person->pin_hash.empty();
  if (first) {
    WAYMARK_CHECK(must_be_pin_hash(introduction.pin_hash, introduction.pin_kind));
    WAYMARK_CHECK(accounts_->set_pin(id, introduction.pin_hash, introduction.pin_kind));
    WAYMARK_CHECK(remember("pin", id.hex(), introduction.pin_hash, introduction.pin_kind));
  } else if (!verify_password(introduction.pin, person->pin_hash)) {
    return wrong({Code::wrong_pin, "not the PIN chosen"});
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

Result<std::vector<std::string>> School::answer_reading(std::string_view bytes, const PublicKey& writer,
                                                        BundleRead& read) {
  WAYMARK_TRY(reading, wire::decode_reading(bytes));
  WAYMARK_TRY(certificate,
              wire::check_certificate(identity(), reading.certificate, reading.certificate_signature));
  // Only the device that the certificate names may ask for its person.
  if (!(certificate.key == writer))
    return Error{Code::unauthorized, "the reading is not by the device that wrote the bundle"};
  WAYMARK_TRY(transaction, store::Transaction::begin(store_->db()));
  WAYMARK_TRY(person, admit(certificate, reading.certificate));
  WAYMARK_TRY(who, caller(person.id));
  WAYMARK_TRY(items, sync::answer_reading(*store_, who, reading, identity_));
  WAYMARK_CHECK(transaction.commit());
  read.name = person.given;
  read.from = reading.asked.replica;
  return items;
}

Result<std::string> School::take_batch(std::string_view bytes) {
  WAYMARK_CHECK(only_the_school());
  WAYMARK_TRY(checked, wire::decode_batch(bytes, {identity(), &identity_}));
  WAYMARK_TRY(taken, take(checked));
  return wire::encode(taken.acknowledgement, identity_);
}

Result<BundleRead> School::read_bundle(std::string_view bytes, bool for_hub) {
  WAYMARK_CHECK(only_the_school());
  WAYMARK_TRY(bundle, wire::open_bundle(bytes, identity_));
  BundleRead read;
  read.whole = bundle.whole;
  std::vector<wire::BundleItem> answers;
  std::int64_t n = 0;
  for (const auto& item : bundle.items) {
    if (item.kind != wire::batch_item) continue;
    auto place = n++;
    auto checked = wire::decode_batch(item.body, {identity(), &identity_});
    auto taken = checked ? take(*checked) : Result<TakenBatch>(checked.error());
    if (!taken) {
      // What is wrong with this one says nothing of the next; a disk that is full does.
      auto code = taken.error().code;
      if (code == Code::disk_full || code == Code::io || code == Code::database_damaged) return taken.error();
      read.problems.push_back(taken.error());
      if (for_hub)
        answers.push_back(
            {wire::problem_item, wire::encode(wire::Problem{place, std::string(waymark::name(code))})});
      continue;
    }
    read.name = taken->person.given;
    read.ops += taken->acknowledgement.end.n - taken->acknowledgement.before.n;
    read.refused += static_cast<std::int64_t>(taken->acknowledgement.refused.size());
    // What others carried for a device is none of theirs to read.
    if (!for_hub && !(checked->certificate.key == bundle.writer)) continue;
    read.from = checked->batch.replica;
    answers.push_back({wire::acknowledgement_item, wire::encode(taken->acknowledgement, identity_)});
  }
  // What is new for the writer, after what the writer brought.
  for (const auto& item : bundle.items) {
    if (item.kind != wire::reading_item || for_hub) continue;
    auto news = answer_reading(item.body, bundle.writer, read);
    if (!news) {
      read.problems.push_back(news.error());
      break;
    }
    for (auto& one : *news) answers.push_back({wire::news_item, std::move(one)});
    break;
  }
  if (answers.empty()) return read;
  WAYMARK_TRY(answer, wire::seal_bundle(bundle.writer, identity_, answers));
  read.answer = std::move(answer);
  return read;
}

}  // namespace waymark::server
