// School: a first joining where there is no network. What a class reads, and an entry for each of its
// students that opens with their card.
#include "shared/wire/starter.hpp"

#include <algorithm>

#include "shared/sync/carry.hpp"
#include "sync-server/service/school.hpp"

namespace waymark::server {
namespace {
constexpr std::size_t kStarterNewsMax = 48 * 1024 * 1024;
}  // namespace

struct School::StarterContent {
  std::string school, title, salt;
  std::vector<wire::SealedEntry> entries;
  std::vector<std::string> news;
  int without_card = 0;
};

Result<std::shared_ptr<const School::StarterContent>> School::begin_starter(
    const ClassId& id, const std::vector<std::string>& addresses) {
  WAYMARK_CHECK(only_the_school());
  WAYMARK_TRY(row, accounts_->class_by_id(id));
  if (!row) return Error{Code::not_found, "no class has the id " + id.hex()};
  WAYMARK_TRY(cards, carried_->cards());
  WAYMARK_TRY(enrollments, accounts_->enrollments_of(id));
  auto content = std::make_shared<StarterContent>();
  content->school = name_, content->title = row->title;
  for (const auto& enrollment : enrollments) {
    if (!enrollment.active || enrollment.role != "student") continue;
    WAYMARK_TRY(person, accounts_->person(enrollment.person));
    auto card = std::find_if(cards.begin(), cards.end(), [&](const PaperCard& one) {
      return one.person == enrollment.person && !one.voided;
    });
    if (!person || !person->active) continue;
    if (card == cards.end()) {
      content->without_card++;
      continue;
    }
    wire::SealedEntry sealed;
    sealed.card = card->code;
    auto& entry = sealed.entry;
    entry.person = person->id;
    entry.given = person->given;
    entry.new_pin = person->pin_hash.empty();
    entry.pin_kind = person->pin_kind;
    entry.identity = identity();
    entry.addresses = addresses;
    WAYMARK_TRY(access, accounts_->access(person->id));
    for (const auto& one : access)
      entry.grants.push_back({one.stream, one.id, std::string(domain::name(one.role))});
    content->entries.push_back(std::move(sealed));
  }
  if (content->entries.empty())
    return Error{Code::conflict, "nobody of " + row->title + " has a card; print the cards first"};
  // What every student of the class reads, under accesses of nobody: each puts their own in their place.
  sync::Caller reader{random_.id<PersonId>(), {}};
  for (const auto& stream : {domain::class_stream(id), std::string(domain::school_stream)})
    reader.access.push_back({stream, random_.id<AccessId>(), domain::Role::member});
  wire::Reading reading;
  reading.asked.replica = random_.id<ReplicaId>();
  WAYMARK_TRY(transaction, store::Transaction::begin(store_->db()));
  WAYMARK_TRY(news, sync::answer_reading(*store_, reader, reading, identity_, kStarterNewsMax));
  WAYMARK_CHECK(accounts_->audit(std::nullopt, "starter made", row->title));
  WAYMARK_CHECK(transaction.commit());
  std::array<std::uint8_t, card_salt_bytes> salt;
  random_.fill(salt);
  content->salt = to_hex(salt), content->news = std::move(news);
  return std::shared_ptr<const StarterContent>(std::move(content));
}

Result<School::Starter> School::make_starter(const StarterContent& content) {
  WAYMARK_TRY(bytes,
              wire::make_starter(content.school, content.title, content.salt, content.entries, content.news));
  return Starter{std::move(bytes), static_cast<int>(content.entries.size()), content.without_card};
}

Result<School::Starter> School::make_starter(const ClassId& id, const std::vector<std::string>& addresses) {
  WAYMARK_TRY(content, begin_starter(id, addresses));
  return make_starter(*content);
}

}  // namespace waymark::server
