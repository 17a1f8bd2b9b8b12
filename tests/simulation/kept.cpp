// What a hub keeps sealed: a stick that somebody brings to the room, and what waited on a shared computer
// when its student signed out. It hands them on as they are, and the school's answers go back the way they
// came.
#include <algorithm>
#include <filesystem>

#include "shared/base/hash.hpp"
#include "tests/simulation/school_world.hpp"

namespace waymark::simulation {
namespace {
namespace fs = std::filesystem;
constexpr std::size_t kOutgoingMax = 4;
constexpr int kStickInHundred = 6, kSignOutInHundred = 4, kDeliverInHundred = 12;
constexpr std::size_t kPieceBytes = 30'000;
}  // namespace

void World::bring_to_hubs() {
  if (!plan_.kept || hubs_.empty()) return;
  auto& computer = any();
  if (!computer.teacher && chance(kStickInHundred)) bring_stick_to_hub(computer);
  if (!computer.teacher && chance(kSignOutInHundred)) sign_out(computer);
  for (auto& other : computers_)
    if (!other->outgoing.empty() && chance(kDeliverInHundred)) deliver_outgoing(*other);
}

void World::date_what_is_new(const Hub& hub) {
  for (const char* folder : {"/bundles", "/sticks"}) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(hub.folder + folder, none))
      if (!parcel_times_.contains(entry.last_write_time())) fs::last_write_time(entry.path(), parcel_time());
  }
}

void World::bring_stick_to_hub(Computer& computer) {
  auto* hub = some_hub();
  auto bytes = bundle_of(computer, {});
  if (!hub->up || bytes.empty()) return;
  auto kept =
      hub->school->keep_stick(damaged(std::move(bytes)), computer.store->replica().hex() + ".to-school");
  log("a stick at the hub " + std::to_string(computer.index) + (kept ? "" : " is none"));
  date_what_is_new(*hub);
  if (kept && plan_.sabotage == Sabotage::believe_kept)
    for (std::int64_t n = must(computer.store->last_number(), "number"); n > 0; n--)
      must(computer.store->mark_settled(n, false, {}, {}), "sabotage");
  if (kept && !kept->answer.empty())
    from_school_.push_back({damaged(kept->answer), era_of_answer_.at(kept->answer)});
}

// What waits is sealed beside the profile, for whoever switches the computer on next.
void World::sign_out(Computer& computer) {
  auto bytes = bundle_of(computer, {});
  if (bytes.empty()) return;
  log("sign out " + std::to_string(computer.index));
  if (computer.outgoing.size() >= kOutgoingMax) computer.outgoing.erase(computer.outgoing.begin());
  computer.outgoing.push_back(std::move(bytes));
}

void World::deliver_outgoing(Computer& computer) {
  auto* hub = computer.hub ? computer.hub : some_hub();
  if (!hub->up) return;
  for (auto bytes = computer.outgoing.begin(); bytes != computer.outgoing.end();) {
    auto name = to_hex(sha256(as_bytes(*bytes)));
    auto answer = hub->school->bundle_answer(computer.shared_token, name);
    if (answer && !answer->empty()) {
      log("an answer for who signed out " + std::to_string(computer.index));
      kept_++;
      hear_answer(computer, {*answer, era_of_answer_.at(*answer)});
      bytes = computer.outgoing.erase(bytes);
      continue;
    }
    if (!answer && answer.error().code == Code::not_found) {
      auto upload = hub->school->begin_bundle(computer.shared_token, name,
                                              {0, static_cast<std::int64_t>(bytes->size()), *bytes});
      if (upload) School::write_piece(*upload);
      auto put = upload ? hub->school->finish_bundle(*upload) : upload.error();
      log("what waited at a sign-out " + std::to_string(computer.index) + (put ? " is" : " cannot be") +
          " kept");
      date_what_is_new(*hub);
    }
    ++bytes;
  }
}

// ---- from the hub to the school

bool World::send_kept_up(Hub& hub) {
  auto bundle = hub.school->next_bundle();
  auto stick = bundle ? std::nullopt : hub.school->next_stick();
  if (!bundle && !stick) return false;
  Message message{true, kHub, 0, 0, {}, 0, bundle ? Asked::kept_bundle : Asked::stick, &hub};
  if (bundle) message.parcel = *bundle;
  if (stick) message.parcel = {{}, stick->name, stick->bytes}, hub.stick = *stick;
  if (message.parcel.name != hub.parcel.name || hub.asked != message.asked) hub.parcel_come = -1;
  hub.parcel = message.parcel;
  if (hub.parcel_come >= 0) {
    auto path = bundle ? hub.school->bundles().path(bundle->person, bundle->name)
                       : hub.school->sticks().path(stick->replica, stick->name);
    message.from = hub.parcel_come;
    auto size = std::min<std::int64_t>(kPieceBytes, message.parcel.bytes - message.from);
    message.body = must(
        School::read_file({path, "", message.parcel.bytes}, message.from, static_cast<std::size_t>(size)),
        "what a hub keeps");
  }
  hub.asked = message.asked;
  hub.parcel_come = -1;  // until it is heard
  hub.ticket = message.ticket = ++tickets_;
  hub.sent_ms = hub.clock.steady_ms();
  post(std::move(message));
  return true;
}

Result<server::ParcelState> World::take_kept(const server::Bearer& bearer, const Message& message) {
  const server::FilePiece piece{message.from, message.parcel.bytes, message.body};
  if (message.asked == Asked::parcel) return school_->put_parcel(bearer, message.parcel.name, piece);
  bool stick = message.asked == Asked::stick;
  auto upload = stick ? school_->begin_stick(bearer, message.parcel.name, piece)
                      : school_->begin_bundle(message.hub->file.token, message.parcel.name, piece);
  if (!upload) return upload.error();
  if (upload->to_write) School::write_piece(*upload);
  return stick ? school_->finish_stick(*upload) : school_->finish_bundle(*upload);
}

Status World::hear_of_kept(Hub& hub, const Message& message) {
  bool stick = message.asked == Asked::stick;
  if (message.problem == Code::invalid || message.problem == Code::malformed) {
    if (message.asked == Asked::parcel) hub.school->parcel_not_taken(message.parcel);
    if (message.asked == Asked::kept_bundle) hub.school->bundle_not_taken(message.parcel);
    if (stick) hub.school->stick_not_taken(hub.stick);
    return {};
  }
  if (!message.whole) {
    if (!message.problem) hub.parcel_come = std::min(message.from, message.parcel.bytes - 1);
    return {};
  }
  if (message.asked == Asked::parcel) return hub.school->take_parcel_answer(message.parcel, message.body);
  era_of_answer_[message.body] = message.era;
  auto taken = stick ? hub.school->take_stick_answer(hub.stick, message.body)
                     : hub.school->take_bundle_answer(message.parcel, message.body);
  if (stick) kept_++;
  date_what_is_new(hub);
  return taken;
}

}  // namespace waymark::simulation
