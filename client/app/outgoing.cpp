#include "client/app/outgoing.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "client/app/stick.hpp"
#include "shared/base/hash.hpp"
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
constexpr std::int64_t kAskHubMs = 60'000;

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
  for (const auto& name : store::names_in(computer_.data() + "/outgoing", error)) {
    auto replica = fs::path(name).stem().string();
    if (fs::path(name).extension() == ending && ReplicaId::parse(replica)) found.insert(replica);
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
  in_room_.erase(replica.hex());
  due_ms_ = std::min(due_ms_, clock_.steady_ms() + kWaitMs);
  return {};
}

void Outgoing::forget(const ReplicaId& replica) {
  for (const auto* ending : {kToSchool, kFromSchool, kNotTaken}) remove(path(replica.hex(), ending));
}

Status Outgoing::take_answers(Records& records, Profile& profile) {
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
    if (auto given = session.take_certificate()) {
      profile.certify(*given);
      // Not kept, the school gives another when it meets the introduction again.
      (void)computer_.change_profile(profile.person, [&](Profile& kept) { kept.certify(*given); });
    }
    remove(file);
  }
  return {};
}

std::optional<std::int64_t> Outgoing::due_ms() const {
  if (ticket_) return std::nullopt;
  return due_ms_;
}

std::size_t Outgoing::in_room() const {
  auto waiting = replicas(kToSchool);
  return static_cast<std::size_t>(std::count_if(in_room_.begin(), in_room_.end(), [&](const auto& one) {
    return one.second.has && waiting.contains(one.first);
  }));
}

std::size_t Outgoing::waiting() const { return replicas(kToSchool).size(); }

void Outgoing::tick(const std::set<std::string>& held) {
  if (ticket_ || computer_.state().token.empty()) return;
  if (met_ != connection_.hub()) {
    met_ = connection_.hub();
    in_room_.clear();
    failures_ = 0;
    due_ms_ = std::min(due_ms_, clock_.steady_ms());
  }
  if (clock_.steady_ms() < due_ms_) return;
  auto waiting = replicas(kToSchool);
  const bool any = !waiting.empty();
  std::erase_if(waiting, [&](const auto& replica) { return held.contains(replica); });
  if (waiting.empty()) {
    // Those that are held may be let go with something left, and another process may leave some.
    due_ms_ = clock_.steady_ms() + (any ? kWaitMs : kLookForMs);
    return;
  }
  if (!met_.empty()) return hand_to_hub(waiting);
  auto bytes = store::read_whole(path(*waiting.begin(), kToSchool), outgoing_bytes_max * 2);
  if (!bytes) {
    due_ms_ = clock_.steady_ms() + kWaitMaxMs;
    return;
  }
  auto replica = *waiting.begin();
  sent_ = replica;
  sent_hash_ = to_hex(sha256(as_bytes(*bytes)));
  ticket_ = connection_.send(request_for("POST", "/v1/bundles", std::move(*bytes)),
                             [this, replica](Result<HttpReply> reply, std::int64_t wait_ms) {
                               ticket_ = 0;
                               on_answer(replica, std::move(reply), wait_ms);
                             });
}

// Asks first, since another process may have brought it.
void Outgoing::hand_to_hub(const std::set<std::string>& waiting) {
  auto now = clock_.steady_ms();
  auto due = now + kLookForMs;
  const std::string* next = nullptr;
  for (const auto& replica : waiting) {
    const auto& there = in_room_[replica];
    if (there.answered || there.due_ms >= due) continue;
    due = there.due_ms;
    next = &replica;
  }
  if (!next || due > now) {
    due_ms_ = due;
    return;
  }
  auto bytes = store::read_whole(path(*next, kToSchool), outgoing_bytes_max * 2);
  auto& there = in_room_[*next];
  if (!bytes) {
    there.due_ms = now + kWaitMaxMs;
    return;
  }
  if (auto name = to_hex(sha256(as_bytes(*bytes))); name != there.name) {
    there = {};
    there.name = std::move(name);
  }
  const bool asks = !there.asked || there.has;
  sent_ = *next;
  auto url = "/v1/bundles/" + there.name;
  auto request = asks ? request_for("GET", url, "") : request_for("PUT", url, std::move(*bytes));
  ticket_ = connection_.send(std::move(request),
                             [this, replica = *next, asks](Result<HttpReply> reply, std::int64_t wait_ms) {
                               ticket_ = 0;
                               on_hub(replica, asks, std::move(reply), wait_ms);
                             });
}

HttpRequest Outgoing::request_for(std::string method, std::string path, std::string body) const {
  HttpRequest request;
  request.method = std::move(method);
  request.url = std::move(path);
  request.headers["authorization"] = "Bearer " + computer_.state().token;
  if (request.method != "GET") {
    request.headers["content-type"] = "application/octet-stream";
    request.headers["content-encoding"] = "identity";  // what is sealed does not become smaller
  }
  request.timeout_ms = 60'000 + static_cast<std::int64_t>(body.size()) / 20;
  request.body = std::move(body);
  return request;
}

// What a hub says is believed as far as to leave everything here: the answer lies beside the bundle.
void Outgoing::on_hub(const std::string& replica, bool asked, Result<HttpReply> reply,
                      std::int64_t retry_after_ms) {
  if (std::exchange(sent_, {}) != replica) return wait_after({}, retry_after_ms);
  auto& there = in_room_[replica];
  if (!reply && asked && reply.error().code == Code::not_found) {
    there.asked = true, there.has = false;
    there.due_ms = 0;
    return wait_after({}, retry_after_ms);
  }
  if (!reply) return wait_after(reply.error(), retry_after_ms);
  Status kept;
  if (asked && reply->status == 200) {
    kept = store::write_durably(path(replica, kFromSchool), reply->body);
    // Another process may have written it anew meanwhile.
    auto now = store::read_whole(path(replica, kToSchool), outgoing_bytes_max * 2);
    bool of_this = now && to_hex(sha256(as_bytes(*now))) == there.name;
    there.answered = there.has = kept && of_this;
  } else if (reply->status == 204) {
    there.asked = there.has = true;
    there.due_ms = clock_.steady_ms() + kAskHubMs;
  } else {
    kept = Error{Code::not_waymark, "an answer that says nothing of a bundle"};
  }
  wait_after(kept, retry_after_ms);
}

void Outgoing::on_answer(const std::string& replica, Result<HttpReply> reply, std::int64_t retry_after_ms) {
  auto file = path(replica, kToSchool);
  bool the_same = std::exchange(sent_, {}) == replica;
  if (the_same) {
    auto now = store::read_whole(file, outgoing_bytes_max * 2);
    the_same = now && to_hex(sha256(as_bytes(*now))) == sent_hash_;
  }
  // The address may lead to a hub by now, whose word this is not.
  if (!connection_.hub().empty()) return wait_after({}, retry_after_ms);
  Status kept;
  if (reply && the_same) {
    kept = store::write_durably(path(replica, kFromSchool), reply->body);
    if (kept) remove(file);
  } else if (!reply && the_same && is_final(reply.error().code)) {
    kept = store::move_durably(file, path(replica, kNotTaken));
  } else if (!reply) {
    kept = reply.error();
  }
  wait_after(kept, retry_after_ms);
}

void Outgoing::wait_after(const Status& done, std::int64_t retry_after_ms) {
  failures_ = done ? 0 : failures_ + 1;
  auto wait = done ? 0 : std::min(kWaitMaxMs, kWaitMs << std::min(failures_ - 1, 6));
  // A room of computers that had no network comes back together.
  if (wait > 0) wait = wait / 2 + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(wait)));
  due_ms_ = clock_.steady_ms() + std::max(wait, retry_after_ms);
  // Another answers there than was thought.
  if (!done && (done.error().code == Code::unsupported || done.error().code == Code::unauthorized))
    ticket_ = connection_.who_answers([this] { ticket_ = 0; });
}

}  // namespace waymark::app
