#include "sync-server/service/sticks.hpp"

#include <algorithm>
#include <filesystem>
#include <tuple>

#include "shared/base/hash.hpp"
#include "shared/base/text.hpp"
#include "shared/store/files.hpp"
#include "shared/wire/bundle.hpp"
#include "sync-server/service/parcels.hpp"
#include "sync-server/service/portfolio.hpp"

namespace waymark::server {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStick = ".to-school", kStickAnswer = stick_answer_ending;
constexpr std::size_t kReplicaDigits = 32, kStickNameDigits = 64;

struct KeptStick {
  fs::path path;
  StickRow row;
  bool answer = false;
  fs::file_time_type since;
};

// "<replica>.<name>.to-school" waits; "<replica>.from-school" is an answer.
std::vector<KeptStick> sticks_in(const std::string& folder) {
  std::vector<KeptStick> found;
  std::error_code error;
  for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    auto file = entry->path().filename().string();
    auto replica = ReplicaId::parse(file.substr(0, kReplicaDigits));
    if (!replica) continue;
    auto rest = file.substr(kReplicaDigits);
    KeptStick kept;
    kept.path = entry->path();
    kept.answer = rest == kStickAnswer;
    if (!kept.answer &&
        (rest.size() != 1 + kStickNameDigits + kStick.size() || rest[0] != '.' || !rest.ends_with(kStick)))
      continue;
    std::error_code gone;
    kept.row = {*replica, kept.answer ? "" : rest.substr(1, kStickNameDigits),
                static_cast<std::int64_t>(entry->file_size(gone))};
    kept.since = entry->last_write_time(gone);
    if (!gone) found.push_back(std::move(kept));
  }
  std::sort(found.begin(), found.end(), [](const KeptStick& a, const KeptStick& b) {
    return std::tie(a.since, a.row.name) < std::tie(b.since, b.row.name);
  });
  return found;
}

std::string answer_path(const std::string& folder, const ReplicaId& replica) {
  return folder + "/" + replica.hex() + std::string(kStickAnswer);
}

std::string problem_of(const BundleRead& read) {
  if (read.letters > 0) return "home";
  if (read.problems.empty()) return "";
  const auto& first = read.problems.front();
  if (first.detail == quota_full) return "no_room";
  switch (first.code) {
    case Code::wrong_pin:
    case Code::card_unknown:
    case Code::card_voided:
    case Code::slowed_down:
      return "card";
    case Code::unauthorized:
    case Code::wrong_id:
    case Code::forbidden:
    case Code::malformed:
      return "not_believed";
    default:
      return "other";
  }
}

}  // namespace

std::string Sticks::path(const ReplicaId& replica, std::string_view name) const {
  return folder_ + "/" + replica.hex() + "." + std::string(name) + std::string(kStick);
}

bool Sticks::waits(const ReplicaId& replica, std::string_view name) const {
  std::error_code error;
  return fs::is_regular_file(path(replica, name), error);
}

std::optional<std::string> Sticks::answer(const ReplicaId& replica) const {
  auto bytes = store::read_whole(answer_path(folder_, replica), wire::bundle_bytes_max);
  if (!bytes) return {};
  return *bytes;
}

std::vector<StickRow> Sticks::waiting() const {
  std::vector<StickRow> rows;
  for (auto& kept : sticks_in(folder_))
    if (!kept.answer) rows.push_back(std::move(kept.row));
  return rows;
}

std::int64_t Sticks::bytes() const {
  std::int64_t sum = 0;
  for (const auto& kept : sticks_in(folder_)) sum += kept.row.bytes;
  return sum;
}

Status Sticks::keep(const ReplicaId& replica, std::string_view name, std::string_view bytes) const {
  std::error_code error;
  fs::create_directories(folder_, error);
  WAYMARK_CHECK(store::write_durably(path(replica, name), bytes));
  // What waits on its computer is sealed anew with each stick, so the newest has what older ones had; but of
  // those whose end is missing some is only in the newest that has its end.
  std::vector<KeptStick> older;
  for (auto& kept : sticks_in(folder_))
    if (!kept.answer && kept.row.replica == replica && kept.row.name != name)
      older.push_back(std::move(kept));
  bool has_end = wire::bundle_has_end(bytes);
  std::size_t left = 1;
  for (auto kept = older.rbegin(); kept != older.rend(); ++kept) {
    bool ends = false;
    if (!has_end)
      if (auto before = store::read_whole(kept->path, wire::bundle_bytes_max))
        ends = wire::bundle_has_end(*before);
    bool stays = ends || left + (has_end ? 0 : 1) < sticks_of_one_max;
    if (stays) left++;
    if (!stays) fs::remove(kept->path, error);
    has_end = has_end || ends;
  }
  return {};
}

Status Sticks::settle(const StickRow& stick, std::string_view answer) const {
  auto place = path(stick.replica, stick.name);
  if (!answer.empty()) return put_in_place(place, answer_path(folder_, stick.replica), answer);
  std::error_code ignored;
  fs::remove(place, ignored);
  return {};
}

void Sticks::forget_answers() const {
  std::error_code ignored;
  for (const auto& kept : sticks_in(folder_))
    if (kept.answer) fs::remove(kept.path, ignored);
}

Result<StickRead> read_stick(School& school, const PersonId& reader, std::string_view bytes,
                             std::string_view file) {
  StickRead told;
  auto refused = [&](const Error& error) -> Result<StickRead> {
    if (error.code != Code::unauthorized && error.code != Code::malformed) return error;
    told.problem = error.code == Code::unauthorized ? "another_school" : "damaged";
    return told;
  };
  if (school.hub()) {
    auto kept = school.keep_stick(bytes, file);
    if (!kept) return refused(kept.error());
    told.kept = told.whole = true;
    told.known = kept->known ? 1 : 0;
    told.reader = kept->replica.hex();
    told.answer = std::move(kept->answer);
    WAYMARK_CHECK(school.accounts().audit(reader, "stick read", ""));
    return told;
  }
  auto read = school.read_bundle(bytes, Carrier::stick);
  if (!read) return refused(read.error());
  if (read->person) told.student = trim(staff_name(school, *read->person));
  told.ops = read->ops;
  told.known = read->known;
  told.refused = read->refused;
  told.brought_back = read->brought_back;
  told.files = read->files;
  told.whole = read->whole;
  told.problem = problem_of(*read);
  if (read->from && !read->answer.empty()) {
    told.reader = read->from->hex();
    told.answer = std::move(read->answer);
  }
  WAYMARK_CHECK(school.accounts().audit(reader, "stick read", read->person ? read->person->hex() : ""));
  return told;
}

// ---- at the hub

Result<School::KeptOnHub> School::keep_stick(std::string_view bytes, std::string_view file) {
  if (bytes.size() > wire::bundle_bytes_max) return Error{Code::too_large, "more than a bundle may have"};
  WAYMARK_TRY(to, wire::bundle_reader(bytes));
  if (!(to == identity())) return Error{Code::unauthorized, "it was written for another school"};
  // Whose it is nobody here can read: the file's name says where the answer belongs.
  auto replica = ReplicaId::parse(file.substr(0, file.find('.')));
  if (!replica) return Error{Code::malformed, "a student's file on a stick is called after its computer"};
  KeptOnHub kept{*replica, false, sticks_.answer(*replica).value_or("")};
  auto name = to_hex(sha256(as_bytes(bytes)));
  kept.known = sticks_.waits(*replica, name);
  if (kept.known) return kept;
  const auto size = static_cast<std::int64_t>(bytes.size());
  if (sticks_.waiting().size() >= sticks_max ||
      (quota_bytes_ && handed_bytes() + uploads_.bytes() + size > *quota_bytes_))
    return Error{Code::disk_full, std::string(quota_full)};
  WAYMARK_CHECK(sticks_.keep(*replica, name, bytes));
  if (to_carry_) to_carry_();
  return kept;
}

std::optional<StickRow> School::next_stick() {
  constexpr std::int64_t again_ms = std::int64_t{24} * 3600 * 1000;
  auto now = clock_.steady_ms();
  for (auto& stick : sticks_.waiting()) {
    auto tried = sticks_tried_.find(stick.name);
    if (tried == sticks_tried_.end() || now - tried->second >= again_ms) return std::move(stick);
  }
  return {};
}

Status School::take_stick_answer(const StickRow& stick, std::string_view answer) {
  sticks_tried_.erase(stick.name);
  return sticks_.settle(stick, answer);
}

void School::stick_not_taken(const StickRow& stick) {
  auto waiting = sticks_.waiting();
  std::erase_if(sticks_tried_, [&](const auto& tried) {
    return std::none_of(waiting.begin(), waiting.end(),
                        [&](const auto& row) { return row.name == tried.first; });
  });
  sticks_tried_[stick.name] = clock_.steady_ms();
}

}  // namespace waymark::server
