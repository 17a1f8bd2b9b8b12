// A hub in the class's room: computers that go to it and back to the school, its line to the school, and its
// disk, which may be an old image or an empty one.
#include <chrono>
#include <filesystem>
#include <fstream>

#include "tests/simulation/disks.hpp"
#include "tests/simulation/school_world.hpp"

namespace waymark::simulation {
namespace {
namespace fs = std::filesystem;
constexpr std::int64_t kReplyTimeMs = 30'000;
constexpr std::int64_t kPapersMs = 60'000;
constexpr std::size_t kHubsMax = 4;
constexpr std::uint64_t kFullInHundred = 3;
// What lies beside a hub's database, sealed.
constexpr const char* kKept[] = {"/parcels/", "/bundles/", "/sticks/"};
}  // namespace

Hub& World::make_hub(std::string_view name, const std::vector<ClassId>& classes) {
  auto hub = std::make_unique<Hub>();
  hub->index = static_cast<int>(hubs_.size());
  hub->folder = folder_ + "/hub" + (hubs_.empty() ? "" : std::to_string(hub->index));
  hub->file = must(school_->add_hub(name, classes), "hub");
  hub->file.upstream = "https://school.example";
  hub->clock.set_ms(now_ms_);
  hub->random = std::make_unique<SeededRandom>(random_.u64());
  must(School::make_hub(hub->folder, hub->file), "a hub's directory");
  open_hub(*hub);
  return *hubs_.emplace_back(std::move(hub));
}

Hub* World::some_hub() {
  if (hubs_.empty()) return nullptr;
  return hubs_[hubs_.size() > 1 ? random_.below(hubs_.size()) : 0].get();
}

void World::open_hub(Hub& hub) {
  hub.session.reset();
  hub.school.reset();
  hub.school = must(School::open(hub.folder, hub.clock, *hub.random), "hub");
  hub.session = std::make_unique<sync::Session>(hub.school->store());
  hub.school->follow(*hub.session);
  must(hub.session->start(), "start");
  hub.session->hurry(hub.clock.steady_ms());
  hub.ticket = 0;
  hub.papers_ms = -kPapersMs;
  hub.parcel_come = -1;
  if (hub.images.empty()) remember(hub.images, hub_image(hub));
}

// Its disk: the database, and the parcels and answers beside it.
Image World::hub_image(Hub& hub) {
  Image image{image_of(hub.school->store()), {}};
  std::error_code none;
  for (std::string folder : kKept)
    for (const auto& entry : fs::directory_iterator(hub.folder + folder, none)) {
      std::ifstream in(entry.path(), std::ios::binary);
      image.files.emplace(
          folder + entry.path().filename().string(),
          std::make_shared<const std::string>(std::string(std::istreambuf_iterator<char>(in), {})));
    }
  return image;
}

void World::put_hub_parcels(const Hub& hub, const std::map<std::string, Content, std::less<>>& parcels) {
  for (const char* folder : kKept) {
    fs::remove_all(hub.folder + folder);
    fs::create_directories(hub.folder + folder);
  }
  for (const auto& [name, body] : parcels) {
    std::ofstream(hub.folder + name, std::ios::binary) << *body;
    fs::last_write_time(hub.folder + name, parcel_time());
  }
}

// The order in which parcels came, which a fast machine's clock does not tell.
fs::file_time_type World::parcel_time() {
  return *parcel_times_.insert(begun_ + std::chrono::milliseconds(++parcels_put_)).first;
}

// ---- what happens to it

void World::move(Computer& computer) {
  if (hubs_.empty() || computer.teacher) return;
  // From one room into another, or back to the school.
  bool into_another = hubs_.size() > 1 && chance(50);
  go_to(computer, computer.hub && !into_another ? nullptr : some_hub());
}

void World::go_to(Computer& computer, Hub* hub) {
  log(std::string(hub ? "to the hub " : "to the school ") + std::to_string(computer.index) +
      (hub && hub->index ? " " + std::to_string(hub->index) : ""));
  computer.hub = hub;
  // What is on its way is not answered any more.
  if (computer.ticket) computer.session->on_lost({Code::offline, ""}, computer.clock.steady_ms());
  computer.ticket = 0;
  if (computer.file_ticket)
    must(computer.queue->on_lost({Code::cancelled, ""}, computer.clock.steady_ms()), "loss");
  computer.file_ticket = 0;
  must(computer.session->meet(hub ? hub->file.hub.hex() : ""), "meet");
  computer.queue->meet(hub ? hub->file.hub.hex() : "");
  computer.session->hurry(computer.clock.steady_ms());
}

void World::crash_hub(Hub& hub) {
  crashes_++;
  log("crash hub");
  say_no_goodbye(hub.school->store());
  hub.session.reset();
  hub.school.reset();
  disks::lose_power(hub.db(), luck());
  open_hub(hub);
}

void World::restore_hub() {
  auto* hub = some_hub();
  if (!hub) return;
  auto image = hub->images[random_.below(hub->images.size())];
  if (chance(50)) remember(hub->images, hub_image(*hub));
  put_back_hub(*hub, image);
}

void World::put_back_hub(Hub& hub, const Image& image) {
  log("restore hub");
  hub.session.reset();
  hub.school.reset();
  disks::put(hub.db(), image.database);
  put_hub_parcels(hub, image.files);
  open_hub(hub);
  hub_travelled(hub);
}

void World::hub_travelled(Hub& hub) {
  journeys_++;
  hub.era++;
  count_losses();
}

// It is dead, and another comes with the same file and nothing else.
void World::replace_hub() {
  auto* hub = some_hub();
  if (!hub) return;
  log("replace hub");
  hub->session.reset();
  hub->school.reset();
  fs::remove_all(hub->folder);
  disks::remove_below(hub->folder + "/");
  must(School::make_hub(hub->folder, hub->file), "a hub's directory");
  open_hub(*hub);
  hub_travelled(*hub);
}

// Its disk is put into a second machine, and both are switched on. Neither history is the one hub's any more.
void World::copy_hub() {
  auto* from = some_hub();
  if (!from || hubs_.size() >= kHubsMax) return;
  copies_++;
  auto hub = std::make_unique<Hub>();
  hub->index = static_cast<int>(hubs_.size());
  log("copy hub " + std::to_string(from->index) + " to " + std::to_string(hub->index));
  hub->folder = folder_ + "/hub" + std::to_string(hub->index);
  hub->file = from->file;
  hub->clock = from->clock;
  hub->random = std::make_unique<SeededRandom>(random_.u64());
  auto image = hub_image(*from);
  must(School::make_hub(hub->folder, hub->file), "a hub's directory");
  disks::put(hub->db(), image.database);
  put_hub_parcels(*hub, image.files);
  open_hub(*hub);
  from->era++;
  hub_travelled(*hubs_.emplace_back(std::move(hub)));
}

// A teacher, on a hub's pages, for a student of its classes.
void World::write_at_hub() {
  if (auto* hub = some_hub()) staff_write(*hub->school);
}

// ---- its line to the school

void World::send_up(Hub& hub) {
  auto steady = hub.clock.steady_ms();
  if (hub.ticket && steady - hub.sent_ms > kReplyTimeMs) {
    hub.ticket = 0;
    if (hub.asked == Asked::sync) hub.session->on_lost({Code::timeout, ""}, steady);
  }
  if (hub.ticket) return;
  Message message{true, kHub, 0, 0, {}, 0, {}, &hub};
  if (steady - hub.papers_ms >= kPapersMs) {
    message.asked = Asked::papers;
    message.body = hub.school->hub_question("", {"https://192.168.4.9:8443"});
  } else {
    auto load = must(hub.school->next_load(), "what is to be carried");
    if (!load.bundle.empty()) {
      message.asked = Asked::bundle;
      message.body = load.bundle;
      hub.load = std::move(load);
    } else {
      auto request = must(hub.session->next(steady), "next");
      if (!request && send_kept_up(hub)) return;
      if (!request) return send_parcel_up(hub);
      message.asked = Asked::sync;
      message.body = wire::encode(*request);
    }
  }
  hub.ticket = message.ticket = ++tickets_;
  hub.sent_era = hub.era;
  hub.sent_ms = steady;
  hub.asked = message.asked;
  post(std::move(message));
}

// When there is nothing else to say.
void World::send_parcel_up(Hub& hub) {
  auto next = hub.school->next_parcel();
  if (!next) return;
  if (next->name != hub.parcel.name || next->person != hub.parcel.person) hub.parcel_come = -1;
  hub.parcel = *next;
  Message message{true, kHub, 0, 0, {}, 0, Asked::parcel, &hub};
  message.parcel = hub.parcel;
  if (hub.parcel_come >= 0) {
    auto path = hub.school->parcels().path(next->person, next->name);
    auto size = static_cast<std::size_t>(std::min<std::int64_t>(1'500, next->bytes - hub.parcel_come));
    message.from = hub.parcel_come;
    message.body = must(School::read_file({path, "", next->bytes}, message.from, size), "a parcel");
  }
  hub.parcel_come = -1;  // until it is heard
  hub.ticket = message.ticket = ++tickets_;
  hub.sent_ms = hub.clock.steady_ms();
  hub.asked = message.asked;
  post(std::move(message));
}

void World::hub_at_school(const Message& message) {
  const auto& hub = *message.hub;
  if (!school_up_ || !hub.line_up) return;
  if (!heard_of_ms_) heard_of_ms_ = now_ms_;
  auto bearer = school_->bearer(hub.file.token);
  if (!bearer) return;  // a school of before the hub
  // As it was when it asked: what it brings back may be an erasure.
  auto granted = granted_to(hub.file.hub);
  Result<std::string> reply = Error{Code::internal, ""};
  auto cut = may_die(school_->store(), school_db());
  if (message.asked == Asked::papers) reply = school_->hub_papers(*bearer, message.body);
  if (message.asked == Asked::sync) reply = school_->sync(*bearer, message.body);
  if (message.asked == Asked::bundle) {
    auto read = school_->read_bundle(message.body, server::Carrier::hub);
    if (read)
      reply = std::move(read->answer);
    else
      reply = read.error();
  }
  Message told{false, kHub, message.ticket, 0, {}, era_, message.asked, message.hub};
  if (is_sealed(message.asked)) {
    auto state = take_kept(*bearer, message);
    told.parcel = message.parcel;
    if (state) {
      told.whole = state->state.whole;
      told.from = state->state.bytes;
      reply = std::move(state->answer);
    } else {
      told.problem = state.error().code;
      log("the school did not take in what the hub kept: " + std::string(name(state.error().code)));
      reply = std::string();
    }
  }
  bool died = cut && cut->came(reply.has_value() && !told.problem);
  cut.reset();
  if (died) return crash_school();
  note_files_at_school();
  if (!reply) return log("the school refused the hub " + std::string(name(reply.error().code)));
  if (message.asked == Asked::sync)
    check_served_to_hub(granted, must(wire::decode_reply(*reply), "the school's own reply"));
  told.body = std::move(*reply);
  post(std::move(told));
}

void World::arrive_at_hub_from_school(const Message& told) {
  auto message = told;
  auto& hub = *message.hub;
  if (hub.ticket != message.ticket) return;
  hub.ticket = 0;
  auto steady = hub.clock.steady_ms();
  if (!portal_before(message)) {
    if (message.asked == Asked::sync) hub.session->on_lost({Code::not_waymark, ""}, steady);
    return;
  }
  auto full = full_hub(hub);
  auto cut = may_die(hub.school->store(), hub.db());
  Status taken;
  if (message.asked == Asked::papers) taken = hub.school->take_papers(message.body, "");
  if (message.asked == Asked::papers && taken) hub.papers_ms = steady;
  if (message.asked == Asked::bundle) taken = hub.school->take_answers(hub.load, message.body);
  if (is_sealed(message.asked)) taken = hear_of_kept(hub, message);
  if (message.asked == Asked::sync) {
    auto reply = wire::decode_reply(message.body);
    if (reply) {
      if (plan_.sabotage == Sabotage::hub_believes) {
        auto n = std::min(reply->position.n, must(hub.school->store().last_number(), "number"));
        reply->position = must(hub.school->store().own_position(n), "position").value_or(record::Position{});
      }
      taken = hub.session->on_reply(*reply, steady);
      auto heard = hub.school->heard_the_school();
      if (taken) taken = heard;
    } else
      hub.session->on_lost(reply.error(), steady);
  }
  bool was_full = full && !taken && taken.error().code == Code::disk_full;
  bool died = cut && cut->came(taken.has_value() || was_full);
  cut.reset();
  full.reset();
  if (died) return crash_hub(hub);
  if (was_full) return log("the hub's disk was full");
  // One that was reverted before it first said anything has another key now.
  if (!taken && hub.era != hub.sent_era &&
      (taken.error().code == Code::unauthorized ||
       (message.asked == Asked::papers && taken.error().code == Code::conflict)))
    return;
  if (!taken && taken.error().code != Code::malformed && taken.error().code != Code::identity_changed)
    throw Broken("a true answer was refused by the hub: " + taken.error().detail);
}

// ---- the room's computers at it

void World::arrive_at_hub(const Message& message) {
  auto& hub = *message.hub;
  if (!hub.up) return;
  const auto& computer = *computers_[static_cast<std::size_t>(message.computer)];
  auto bearer = hub.school->bearer(computer.token);
  if (!bearer) {
    Message turned_away{false, message.computer, message.ticket, 0, "unauthorized", era_};
    turned_away.unauthorized = true;
    turned_away.hub = &hub;
    return post(std::move(turned_away));
  }
  auto full = full_hub(hub);
  auto cut = may_die(hub.school->store(), hub.db());
  auto reply = hub.school->sync(*bearer, message.body);
  bool died = cut && cut->came(reply.has_value() || full);
  cut.reset();
  full.reset();
  if (died) return crash_hub(hub);
  if (!reply) return log("the hub refused " + std::string(name(reply.error().code)));
  if (plan_.sabotage == Sabotage::hub_forgets)
    must(hub.school->store().db().execute("DELETE FROM carried"), "sabotage");
  check_served_by_hub(computer, must(wire::decode_reply(*reply), "the hub's own reply"));
  post({false, message.computer, message.ticket, 0, std::move(*reply), era_, Asked::sync, &hub, hub.era});
}

void World::file_arrives_at_hub(const FileMessage& message) {
  auto& hub = *message.hub;
  if (!hub.up) return;
  const auto& step = message.step;
  FileMessage answer{false, message.computer, message.ticket, 0, {}, {}, {}, &hub, hub.era};
  answer.step.what = step.what;
  auto bearer = hub.school->bearer(computers_[static_cast<std::size_t>(message.computer)]->token);
  if (!bearer) {
    answer.error = bearer.error();
    return post_file(std::move(answer));
  }
  if (!step.room) throw Broken("a file came to the hub unsealed");
  if (step.what == sync::FileStep::What::ask) {
    auto news = must(hub.school->parcel_news(*bearer, step.hashes), "news of parcels");
    answer.reply.lacking = std::move(news.lacking), answer.reply.answers = std::move(news.answers);
    return post_file(std::move(answer));
  }
  if (by_chance_between(kFullInHundred)) {
    answer.error = Error{Code::disk_full, ""};
    return post_file(std::move(answer));
  }
  auto path = hub.school->parcels().path(bearer->person, step.hash);
  bool there = fs::exists(path);
  auto put = hub.school->put_parcel(*bearer, step.hash, {step.from, step.total, step.bytes});
  if (put) answer.reply.whole = put->state.whole, answer.reply.come = put->state.bytes;
  if (!put) answer.error = put.error();
  if (!there && fs::exists(path)) fs::last_write_time(path, parcel_time());
  if (plan_.sabotage == Sabotage::hub_drops_files) fs::remove(path);
  if (lossy_ && chance(4)) return crash_hub(hub);
  post_file(std::move(answer));
}

// ---- what must hold of it

// 10: nothing of a stream that the hub was not given can be read there, nor in what it carries.
void World::check_hub(Hub& hub) {
  auto& db = hub.school->store().db();
  {
    auto query =
        must(db.prepare("SELECT s.name FROM op JOIN stream s ON s.id = op.stream WHERE s.name LIKE 'own:%'"),
             "streams");
    if (must(query.step(), "streams") && query.text(0) != domain::own_stream(hub.file.hub))
      broken(10, "the hub has " + query.text(0));
  }
  auto query = must(db.prepare("SELECT body FROM carried"), "carried");
  while (must(query.step(), "carried"))
    if (query.text(0).find("\"stream\":\"own:") != std::string::npos)
      broken(10, "the hub can read what it carries sealed");
}

bool World::hub_is_quiet(Hub& hub) {
  auto status = must(hub.session->status(), "status");
  if (!status.verified) return false;
  // The copy that was not heard since the other one wrote finds out by its next exchange.
  auto there = must(school_->store().position(hub.school->store().replica()), "position");
  if (there.n > must(hub.school->store().last_number(), "number")) {
    hub.session->hurry(hub.clock.steady_ms());
    return false;
  }
  // Also of what came from a removed computer, or from who left: the school has it as letters, and says so.
  if (must(hub.school->carried().carrying(), "carrying").batches > 0) return false;
  // Nor does it owe the school today's question.
  if (!must(hub.school->next_load(), "what is to be carried").rows.empty()) return false;
  if (hub.school->next_parcel() || hub.school->next_bundle() || hub.school->next_stick()) return false;
  for (const auto& reading : must(hub.school->store().readings(), "readings"))
    if (reading.cursor.seq != must(school_->store().stream_state(reading.stream), "state").head) return false;
  return true;
}

}  // namespace waymark::simulation
