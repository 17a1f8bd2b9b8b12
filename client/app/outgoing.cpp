#include "client/app/outgoing.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "client/app/stick.hpp"
#include "shared/store/files.hpp"
#include "shared/sync/session.hpp"
#include "shared/wire/bundle.hpp"

namespace waymark::app {
namespace {

namespace fs = std::filesystem;
constexpr const char* kToSchool = ".to-school";
constexpr const char* kFromSchool = ".from-school";
constexpr const char* kNotTaken = ".not-taken";  // the school could not read it, and would not next time
constexpr std::int64_t kLookForMs = 5 * 60'000;
constexpr std::int64_t kWaitMs = 30'000;
constexpr std::int64_t kWaitMaxMs = 30 * 60'000;

void remove(const std::string& path) {
  std::error_code error;
  fs::remove(path, error);
}

bool is_final(Code code) {
  return code == Code::malformed || code == Code::too_large || code == Code::wrong_id ||
         code == Code::forbidden || code == Code::too_deep;
}

}  // namespace

Outgoing::~Outgoing() {
  if (ticket_) connection_.cancel(ticket_);
}

std::string Outgoing::path(const std::string& replica, const char* ending) const {
  return computer_.data() + "/outgoing/" + replica + ending;
}

// Only names that this program gives.
std::set<std::string> Outgoing::replicas(const char* ending) const {
  std::set<std::string> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(computer_.data() + "/outgoing", error)) {
    auto replica = entry.path().stem().string();
    if (entry.path().extension() == ending && ReplicaId::parse(replica)) found.insert(replica);
  }
  return found;
}

Status Outgoing::keep(Records& records, const Profile& profile) {
  const auto replica = records.store().replica();
  WAYMARK_TRY(sealed, seal_waiting(records, profile, computer_.state().identity, outgoing_bytes_max, false));
  if (sealed.ops == 0) {
    forget(replica);
    return {};
  }
  std::error_code error;
  fs::create_directories(computer_.data() + "/outgoing", error);
  if (error) return Error{Code::io, computer_.data() + "/outgoing: " + error.message()};
  auto mine = path(replica.hex(), kToSchool);
  if (!fs::exists(mine, error)) {
    auto work = replicas(kToSchool).size() + replicas(kNotTaken).size();
    auto answers = replicas(kFromSchool);
    if (work >= outgoing_files_max)
      return Error{Code::too_large, "the outgoing folder has no room for one more"};
    for (const auto& answer : answers)
      if (work + answers.size() >= outgoing_files_max) remove(path(answer, kFromSchool));
  }
  WAYMARK_CHECK(store::write_durably(mine, sealed.bytes));
  if (sent_ == replica.hex()) sent_.clear();
  due_ms_ = std::min(due_ms_, clock_.steady_ms() + kWaitMs);
  return {};
}

void Outgoing::forget(const ReplicaId& replica) {
  for (const auto* ending : {kToSchool, kFromSchool, kNotTaken}) remove(path(replica.hex(), ending));
}

Status Outgoing::take_answers(Records& records, const Profile& profile) {
  auto mine = records.store().replica().hex();
  for (const auto& replica : replicas(kFromSchool)) {
    auto file = path(replica, kFromSchool);
    auto bytes = store::read_whole(file, wire::bundle_bytes_max);
    if (!bytes) {
      if (bytes.error().code == Code::too_large) remove(file);
      continue;
    }
    sync::Session session(records.store());
    auto taken = take_answer(session, records, profile, computer_.state().identity, *bytes);
    // One for an earlier replica of this student opens with the same key; one for another student with none.
    if (!taken && replica != mine && taken.error().code == Code::unauthorized) continue;
    // Records that cannot take it now may later.
    if (!taken) {
      auto code = taken.error().code;
      if (code == Code::disk_full || code == Code::io || code == Code::database_damaged) return taken.error();
    }
    remove(file);
  }
  return {};
}

std::optional<std::int64_t> Outgoing::due_ms() const {
  if (ticket_) return std::nullopt;
  return due_ms_;
}

void Outgoing::tick(const std::set<std::string>& held) {
  if (ticket_ || computer_.state().token.empty() || clock_.steady_ms() < due_ms_) return;
  auto waiting = replicas(kToSchool);
  auto next = std::find_if(waiting.begin(), waiting.end(), [&](const auto& r) { return !held.contains(r); });
  if (next == waiting.end()) {
    // Those that are held may be let go with something left, and another process may leave some.
    due_ms_ = clock_.steady_ms() + (waiting.empty() ? kLookForMs : kWaitMs);
    return;
  }
  auto bytes = store::read_whole(path(*next, kToSchool), outgoing_bytes_max * 2);
  if (!bytes) {
    due_ms_ = clock_.steady_ms() + kWaitMaxMs;
    return;
  }
  HttpRequest request;
  request.method = "POST";
  request.url = "/v1/bundles";
  request.headers["authorization"] = "Bearer " + computer_.state().token;
  request.headers["content-type"] = "application/octet-stream";
  request.headers["content-encoding"] = "identity";  // what is sealed does not become smaller
  request.timeout_ms = 60'000 + static_cast<std::int64_t>(bytes->size()) / 20;
  request.body = std::move(*bytes);
  sent_ = *next;
  ticket_ = connection_.send(std::move(request),
                             [this, replica = *next](Result<HttpReply> reply, std::int64_t wait_ms) {
                               ticket_ = 0;
                               on_answer(replica, std::move(reply), wait_ms);
                             });
}

void Outgoing::on_answer(const std::string& replica, Result<HttpReply> reply, std::int64_t retry_after_ms) {
  bool the_same = std::exchange(sent_, {}) == replica;
  auto file = path(replica, kToSchool);
  Status kept;
  if (reply && the_same) {
    kept = store::write_durably(path(replica, kFromSchool), reply->body);
    if (kept) remove(file);
  } else if (!reply && the_same && is_final(reply.error().code)) {
    kept = store::move_durably(file, path(replica, kNotTaken));
  } else if (!reply) {
    kept = reply.error();
  }
  failures_ = kept ? 0 : failures_ + 1;
  auto wait = kept ? 0 : std::min(kWaitMaxMs, kWaitMs << std::min(failures_ - 1, 6));
  // A room of computers that had no network comes back together.
  if (wait > 0) wait = wait / 2 + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(wait)));
  due_ms_ = clock_.steady_ms() + std::max(wait, retry_after_ms);
}

}  // namespace waymark::app
