// School: erasure of a student or of single ops, and what a retention rule asks: who left long ago. What the
// store does with an erasure is in shared/store/erase.hpp; here are the accounts, the files, and what
// outlives a restore.
#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>
#include <set>

#include "shared/domain/record_ids.hpp"
#include "shared/store/erase.hpp"
#include "shared/store/files.hpp"
#include "sync-server/service/school.hpp"
#include "sync-server/service/standing.hpp"

namespace waymark::server {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNamedMax = 256;                        // ops, or files, in one record
constexpr std::int64_t kAgainMs = std::int64_t{10} * 60'000;  // after what failed
constexpr std::string_view kHeededKey = "erasures_heeded";    // how many a hub knew of

}  // namespace

std::vector<std::string> School::old_copies() const {
  std::vector<std::string> found;
  std::error_code error;
  for (const auto& name : store::names_in(data_, error)) {
    auto path = data_ + "/" + name;
    // The nightly ones are told of by how long they are kept.
    if (path == backup_place_.folder) continue;
    if (name.starts_with(replaced_prefix) || name.starts_with("school.db.before-") ||
        name.starts_with("backup"))
      found.push_back(path);
  }
  return found;
}

Result<School::Erased> School::erase_student(const std::optional<PersonId>& by, const PersonId& student) {
  WAYMARK_TRY(person, accounts_->person(student));
  if (!person || person->role != "student") return Error{Code::not_found, "no such student"};
  WAYMARK_TRY(erased, store::is_erased(*store_, student));
  if (erased) return Error{Code::conflict, "this student is erased already"};
  // What is about them in streams of others: how a class calls them, and what they wrote there.
  std::vector<OpId> elsewhere;
  WAYMARK_TRY(streams, store_->streams());
  for (const auto& stream : streams) {
    if (store::person_of_stream(stream)) continue;
    auto member = domain::member_id(student);
    for (std::int64_t seq = 0;;) {
      WAYMARK_TRY(entries, store_->page(stream, seq, 500, std::size_t{8} << 20));
      if (entries.empty()) break;
      for (const auto& entry : entries) {
        seq = entry.seq;
        auto op = record::parse_op(entry.body);
        if (op && (op->author == student || (op->kind == "member" && op->record == member)))
          elsewhere.push_back(entry.id);
      }
    }
  }
  return erase(by, student, elsewhere);
}

Result<School::Erased> School::erase_ops(const std::optional<PersonId>& by, std::vector<OpId> ops) {
  for (const auto& id : ops) {
    WAYMARK_TRY(op, store_->op(id));
    if (!op) return Error{Code::not_found, "no op " + id.hex() + " with content is here"};
    if (op->stream == domain::school_stream && op->kind == store::erasure_kind)
      return Error{Code::invalid, "an erasure cannot be erased"};
  }
  if (ops.empty()) return Error{Code::invalid, "no op is named"};
  return erase(by, std::nullopt, ops);
}

Result<School::Erased> School::erase(const std::optional<PersonId>& by, const std::optional<PersonId>& person,
                                     const std::vector<OpId>& ops) {
  Erased erased;
  WAYMARK_TRY(transaction, store::Transaction::begin(store_->db()));
  erased.ops = static_cast<std::int64_t>(ops.size());
  if (person) {
    WAYMARK_TRY(found, store::erasable_of(*store_, *person));
    erased.ops += found.ops;
    erased.files = found.files;
  }
  std::set<std::pair<std::string, std::string>> files;
  for (const auto& id : ops) {
    WAYMARK_TRY(op, store_->op(id));
    for (auto& hash : op ? store::files_of(*op) : std::vector<std::string>())
      files.emplace(op->stream, std::move(hash));
  }
  auto write = [&](std::string_view field, const std::vector<std::string>& named) -> Status {
    store::Edit edit{{std::string(domain::school_stream), "erasure", {}}, {}, {}, {}};
    if (person) edit.fields["person"] = person->hex();
    if (!named.empty()) edit.fields[std::string(field)] = record::Value(named);
    WAYMARK_TRY(written, write_as_school(std::span(&edit, 1)));
    WAYMARK_TRY(line, store_->line(written.front().op));
    return remember("erasure", person ? person->hex() : named.front(), line.value_or(""));
  };
  for (std::size_t at = 0; at < ops.size() || at == 0; at += kNamedMax) {
    std::vector<std::string> named;
    for (auto i = at; i < std::min(ops.size(), at + kNamedMax); i++) named.push_back(ops[i].hex());
    WAYMARK_CHECK(write("ops", named));
  }
  std::vector<std::string> all;
  for (const auto& id : ops) all.push_back(id.hex());
  WAYMARK_CHECK(forget_letters(all));
  // By a school or a computer that is put back to before those ops their files could not be found.
  std::vector<std::string> marks;
  for (const auto& [stream, hash] : files) {
    WAYMARK_TRY(mentioned, store_->mentions(stream, hash));
    if (!mentioned) marks.push_back(store::file_mark(stream, hash));
  }
  for (std::size_t at = 0; at < marks.size(); at += kNamedMax)
    WAYMARK_CHECK(write(
        "files", {marks.begin() + static_cast<std::ptrdiff_t>(at),
                  marks.begin() + static_cast<std::ptrdiff_t>(std::min(marks.size(), at + kNamedMax))}));
  if (person) {
    WAYMARK_CHECK(forget_person(*person));
    WAYMARK_CHECK(refresh_access());
  }
  WAYMARK_CHECK(accounts_->audit(by, person ? "student erased" : "ops erased",
                                 person ? person->hex() : ops.front().hex()));
  WAYMARK_CHECK(transaction.commit());
  erasures_failed_ms_.reset();
  WAYMARK_CHECK(finish_erasures());
  erased.old_copies = old_copies();
  return erased;
}

Status School::forget_person(const PersonId& id) {
  WAYMARK_TRY(known, accounts_->person(id));
  if (!known) {
    // Joined after the backup that was restored: a name is not needed to be told of.
    Person person;
    person.id = id;
    person.role = "student";
    person.active = false;
    WAYMARK_CHECK(accounts_->put(person));
  }
  uploads_.forget(id);
  parcels_.parcels.forget(id);
  return accounts_->forget(id);
}

// What came as a dead letter and was taken in is there twice.
Status School::forget_letters(const std::vector<std::string>& ops) {
  std::set<OpId> ids;
  for (const auto& text : ops)
    if (auto id = OpId::parse(text)) ids.insert(*id);
  return accounts_->forget_letters(ids);
}

Status School::heed_erasures() {
  std::vector<Removal> log;
  if (!hub_) {
    WAYMARK_CHECK(hear_removals());
    WAYMARK_TRY(known, removals_.read());
    log = std::move(known);
  }
  WAYMARK_TRY(erasures, store_->records(domain::school_stream, store::erasure_kind));
  bool any = false;
  for (const auto& erasure : erasures) {
    auto id = PersonId::parse(erasure.text("person"));
    WAYMARK_TRY(line, store_->line(id_cast<OpId>(erasure.key.id)));
    bool logged = std::any_of(log.begin(), log.end(), [&](const Removal& removal) {
      return removal.what == "erasure" && removal.value == line.value_or("");
    });
    if (logged) continue;
    WAYMARK_CHECK(forget_letters(erasure.texts("ops")));
    if (id) {
      WAYMARK_TRY(person, accounts_->person(*id));
      bool here = person && (person->active || !person->given.empty() || !person->family.empty());
      if (here || !hub_) WAYMARK_CHECK(forget_person(*id));
      WAYMARK_TRY(carried, carried_->forget_answered(*id));
      if (here || carried) WAYMARK_CHECK(store::must_scrub(*store_));
      any = any || here || carried;
    }
    // A school that was restored without it, as on a new disk.
    if (!hub_) WAYMARK_CHECK(remember("erasure", id ? id->hex() : "", line.value_or("")));
    any = any || !hub_;
  }
  if (hub_) WAYMARK_CHECK(forget_sealed_answers(erasures.size()));
  if (!any) return {};
  erasures_wait_ = true;
  return refresh_access();
}

// Whose the answers to sticks and bundles are a hub cannot know, and the school tells each of them again.
Status School::forget_sealed_answers(std::size_t erasures) {
  auto now = std::to_string(erasures);
  WAYMARK_TRY(heeded, store_->meta(kHeededKey));
  if (heeded.value_or("0") == now) return {};
  sticks_.forget_answers();
  bundles_.parcels.forget_answers();
  return store_->set_meta(kHeededKey, now);
}

Status School::finish_erasures() {
  erasures_wait_ = true;
  if (store_->db().in_transaction()) return {};
  // It writes the whole database anew: what fails is not to be tried with every request.
  auto now = clock_.steady_ms();
  if (erasures_failed_ms_ && now >= *erasures_failed_ms_ && now - *erasures_failed_ms_ < kAgainMs) return {};
  erasures_failed_ms_ = now;
  WAYMARK_CHECK(finish_what_erasures_left());
  if (!erasures_wait_) erasures_failed_ms_.reset();
  return {};
}

Status School::finish_what_erasures_left() {
  WAYMARK_TRY(wanted, store::waits_to_be_scrubbed(*store_));
  if (wanted) {
    WAYMARK_TRY(bytes, store_->db().bytes());
    WAYMARK_CHECK(must_have_room(data_, 2 * bytes, disk_reserve_.value_or(0)));
  }
  WAYMARK_TRY(scrubbed, store::scrub(*store_));
  // What pages keep of a student goes by the stream's end, which an erasure does not move.
  if (scrubbed) standings_ = std::make_unique<Standings>();
  std::optional<std::set<std::string>> coming;
  WAYMARK_TRY(gone, store::erased_files(*store_, {}, [&](const std::string& hash) {
                std::error_code none;
                if (!coming) coming = uploads_.hashes();
                return coming->contains(hash) || fs::exists(file_path(hash), none);
              }));
  erasures_wait_ = gone.has_value() || (wanted && !scrubbed);
  if (!gone) return {};
  std::optional<Error> stays;
  for (const auto& hash : *gone) {
    if (is_being_written(hash))
      continue;  // for somebody else; what was for whom it went is refused at its end
    uploads_.forget_file(hash);
    std::error_code error;
    if (fs::remove(file_path(hash), error); error)
      stays = Error{Code::io, file_path(hash) + ": " + error.message()};
  }
  if (stays) return *stays;
  WAYMARK_CHECK(store::forget_erased_files(*store_));
  erasures_wait_ = wanted && !scrubbed;
  return {};
}

Result<std::vector<School::Left>> School::left_before(std::int64_t ms) {
  // Since when; who or what began again since is out of it.
  std::map<PersonId, std::int64_t> gone;
  std::map<ClassId, std::int64_t> closed;
  std::map<std::pair<ClassId, PersonId>, std::int64_t> ended;
  auto note = [](auto& since, const auto& key, bool over, std::int64_t at_ms) {
    if (over)
      since.emplace(key, at_ms);
    else
      since.erase(key);
  };
  // A clock that once ran behind must not make anybody long gone: no line is older than one before it.
  WAYMARK_TRY(at_ms, accounts_->first_person_ms());
  WAYMARK_TRY(log, removals_.read());
  for (const auto& line : log) {
    at_ms = std::max(at_ms, line.at_ms);
    auto id = PersonId::parse(line.subject);
    auto class_id = ClassId::parse(line.what == "class" ? line.subject : line.class_id);
    if (line.what == "person" && id) note(gone, *id, line.value == "gone", at_ms);
    if (line.what == "class" && class_id) note(closed, *class_id, line.value == "gone", at_ms);
    if (line.what == "enrollment" && id && class_id)
      note(ended, std::pair(*class_id, *id), line.value == "ended", at_ms);
  }
  std::set<ClassId> open;
  WAYMARK_TRY(classes, accounts_->classes());
  for (const auto& row : classes)
    if (row.active) open.insert(row.id);
  // Nothing: in a class, or never in one.
  auto out_of_class = [&](const PersonId& id) -> Result<std::int64_t> {
    std::int64_t last = 0;
    WAYMARK_TRY(enrollments, accounts_->enrollments_of(id));
    for (const auto& one : enrollments) {
      if (one.active && open.contains(one.class_id)) return std::int64_t{0};
      // Of both the earlier: who was taken out of a class that ended later was out of it already.
      auto since = std::numeric_limits<std::int64_t>::max();
      auto end = ended.find({one.class_id, id});
      if (!one.active && end != ended.end()) since = end->second;
      auto close = closed.find(one.class_id);
      if (!open.contains(one.class_id) && close != closed.end()) since = std::min(since, close->second);
      if (since != std::numeric_limits<std::int64_t>::max()) last = std::max(last, since);
    }
    return last;
  };
  std::vector<Left> left;
  WAYMARK_TRY(people, accounts_->people());
  for (auto& person : people) {
    if (person.role != "student") continue;
    std::int64_t since_ms = 0;
    if (auto found = gone.find(person.id); !person.active && found != gone.end()) since_ms = found->second;
    if (person.active) {
      WAYMARK_TRY(out, out_of_class(person.id));
      since_ms = out;
    }
    if (since_ms == 0 || since_ms >= ms) continue;
    WAYMARK_TRY(erased, store::is_erased(*store_, person.id));
    if (!erased) left.push_back({std::move(person), since_ms});
  }
  std::stable_sort(left.begin(), left.end(), [](const Left& a, const Left& b) { return a.at_ms < b.at_ms; });
  return left;
}

}  // namespace waymark::server
