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
}  // namespace

void World::make_hub() {
  hub_file_ = must(school_->add_hub("North room", {period_}), "hub");
  hub_file_.upstream = "https://school.example";
  hub_ = std::make_unique<Hub>();
  hub_->clock.set_ms(now_ms_);
  hub_->random = std::make_unique<SeededRandom>(random_.u64());
  must(School::make_hub(folder_ + "/hub", hub_file_), "a hub's directory");
  open_hub();
}

void World::open_hub() {
  auto& hub = *hub_;
  hub.session.reset();
  hub.school.reset();
  hub.school = must(School::open(folder_ + "/hub", hub.clock, *hub.random), "hub");
  hub.session = std::make_unique<sync::Session>(hub.school->store());
  must(hub.session->start(), "start");
  hub.session->hurry(hub.clock.steady_ms());
  hub.ticket = 0;
  hub.papers_ms = -kPapersMs;
  hub.parcel_come = -1;
  if (hub.images.empty()) remember(hub.images, hub_image());
}

// Its disk: the database, and the parcels and answers beside it.
Image World::hub_image() {
  Image image{image_of(hub_->school->store()), {}};
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder_ + "/hub/parcels", none)) {
    std::ifstream in(entry.path(), std::ios::binary);
    image.files.emplace(entry.path().filename().string(), std::make_shared<const std::string>(std::string(
                                                              std::istreambuf_iterator<char>(in), {})));
  }
  return image;
}

void World::put_hub_parcels(const std::map<std::string, Content, std::less<>>& parcels) {
  fs::remove_all(folder_ + "/hub/parcels");
  fs::create_directories(folder_ + "/hub/parcels");
  for (const auto& [name, body] : parcels) {
    std::ofstream(folder_ + "/hub/parcels/" + name, std::ios::binary) << *body;
    fs::last_write_time(folder_ + "/hub/parcels/" + name, parcel_time());
  }
}

// The order in which parcels came, which a fast machine's clock does not tell.
fs::file_time_type World::parcel_time() { return begun_ + std::chrono::milliseconds(++parcels_put_); }

// ---- what happens to it

void World::move(Computer& computer) {
  if (!hub_ || computer.teacher) return;
  go_to(computer, !computer.at_hub);
}

void World::go_to(Computer& computer, bool hub) {
  log(std::string(hub ? "to the hub " : "to the school ") + std::to_string(computer.index));
  computer.at_hub = hub;
  // What is on its way is not answered any more.
  if (computer.ticket) computer.session->on_lost({Code::offline, ""}, computer.clock.steady_ms());
  computer.ticket = 0;
  if (computer.file_ticket)
    must(computer.queue->on_lost({Code::cancelled, ""}, computer.clock.steady_ms()), "loss");
  computer.file_ticket = 0;
  must(computer.session->meet(hub ? hub_file_.hub.hex() : ""), "meet");
  computer.queue->meet(hub ? hub_file_.hub.hex() : "");
  computer.session->hurry(computer.clock.steady_ms());
}

void World::crash_hub() {
  if (!hub_) return;
  crashes_++;
  log("crash hub");
  say_no_goodbye(hub_->school->store());
  hub_->session.reset();
  hub_->school.reset();
  disks::lose_power(hub_db(), luck());
  open_hub();
}

void World::restore_hub() {
  if (!hub_) return;
  auto image = hub_->images[random_.below(hub_->images.size())];
  if (chance(50)) remember(hub_->images, hub_image());
  log("restore hub");
  hub_->session.reset();
  hub_->school.reset();
  disks::put(hub_db(), image.database);
  put_hub_parcels(image.files);
  open_hub();
  hub_travelled();
}

void World::hub_travelled() {
  journeys_++;
  hub_->era++;
  count_losses();
}

// It is dead, and another comes with the same file and nothing else.
void World::replace_hub() {
  if (!hub_) return;
  log("replace hub");
  hub_->session.reset();
  hub_->school.reset();
  fs::remove_all(folder_ + "/hub");
  disks::remove_below(folder_ + "/hub/");
  must(School::make_hub(folder_ + "/hub", hub_file_), "a hub's directory");
  open_hub();
  hub_travelled();
}

// ---- its line to the school

void World::send_up() {
  auto& hub = *hub_;
  auto steady = hub.clock.steady_ms();
  if (hub.ticket && steady - hub.sent_ms > kReplyTimeMs) {
    hub.ticket = 0;
    if (hub.asked == Asked::sync) hub.session->on_lost({Code::timeout, ""}, steady);
  }
  if (hub.ticket) return;
  Message message{true, kHub, 0, 0, {}, 0, {}};
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
      if (!request) return send_parcel_up();
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
void World::send_parcel_up() {
  auto& hub = *hub_;
  auto next = hub.school->next_parcel();
  if (!next) return;
  if (next->name != hub.parcel.name || next->person != hub.parcel.person) hub.parcel_come = -1;
  hub.parcel = *next;
  Message message{true, kHub, 0, 0, {}, 0, Asked::parcel};
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
  if (!school_up_ || !hub_line_up_) return;
  auto bearer = school_->bearer(hub_file_.token);
  if (!bearer) return;  // a school of before the hub
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
  Message told{false, kHub, message.ticket, 0, {}, era_, message.asked};
  if (message.asked == Asked::parcel) {
    auto state =
        school_->put_parcel(*bearer, message.parcel.name, {message.from, message.parcel.bytes, message.body});
    told.parcel = message.parcel;
    if (state) {
      told.whole = state->state.whole;
      told.from = state->state.bytes;
      reply = std::move(state->answer);
    } else {
      told.problem = state.error().code;
      reply = std::string();
    }
  }
  bool died = cut && cut->came(reply.has_value() && !told.problem);
  cut.reset();
  if (died) return crash_school();
  note_files_at_school();
  if (!reply) return log("the school refused the hub " + std::string(name(reply.error().code)));
  if (message.asked == Asked::sync)
    check_served_to_hub(must(wire::decode_reply(*reply), "the school's own reply"));
  told.body = std::move(*reply);
  post(std::move(told));
}

void World::arrive_at_hub_from_school(const Message& message) {
  auto& hub = *hub_;
  if (hub.ticket != message.ticket) return;
  hub.ticket = 0;
  auto steady = hub.clock.steady_ms();
  auto cut = may_die(hub.school->store(), hub_db());
  Status taken;
  if (message.asked == Asked::papers) taken = hub.school->take_papers(message.body, "");
  if (message.asked == Asked::papers && taken) hub.papers_ms = steady;
  if (message.asked == Asked::bundle) taken = hub.school->take_answers(hub.load, message.body);
  if (message.asked == Asked::parcel) {
    if (message.problem == Code::invalid || message.problem == Code::malformed)
      hub.school->parcel_not_taken(message.parcel);
    else if (message.whole)
      taken = hub.school->take_parcel_answer(message.parcel, message.body);
    else if (!message.problem)
      hub.parcel_come = std::min(message.from, message.parcel.bytes - 1);
  }
  if (message.asked == Asked::sync) {
    auto reply = wire::decode_reply(message.body);
    if (reply) {
      taken = hub.session->on_reply(*reply, steady);
      auto heard = hub.school->heard_the_school(hub.session->take_went_back());
      if (taken) taken = heard;
    } else
      hub.session->on_lost(reply.error(), steady);
  }
  bool died = cut && cut->came(taken.has_value());
  cut.reset();
  if (died) return crash_hub();
  // One that was reverted before it first said anything has another key now.
  if (!taken && taken.error().code == Code::unauthorized && hub.era != hub.sent_era) return;
  if (!taken && taken.error().code != Code::malformed && taken.error().code != Code::identity_changed)
    throw Broken("a true answer was refused by the hub: " + taken.error().detail);
}

// ---- the room's computers at it

void World::arrive_at_hub(const Message& message) {
  if (!hub_up_) return;
  const auto& computer = *computers_[static_cast<std::size_t>(message.computer)];
  auto& hub = *hub_;
  auto bearer = hub.school->bearer(computer.token);
  if (!bearer) {
    Message turned_away{false, message.computer, message.ticket, 0, "unauthorized", era_};
    turned_away.unauthorized = turned_away.at_hub = true;
    return post(std::move(turned_away));
  }
  auto cut = may_die(hub.school->store(), hub_db());
  auto reply = hub.school->sync(*bearer, message.body);
  bool died = cut && cut->came(reply.has_value());
  cut.reset();
  if (died) return crash_hub();
  if (!reply) return log("the hub refused " + std::string(name(reply.error().code)));
  if (plan_.sabotage == Sabotage::hub_forgets)
    must(hub.school->store().db().execute("DELETE FROM carried"), "sabotage");
  check_served_by_hub(computer, must(wire::decode_reply(*reply), "the hub's own reply"));
  post({false, message.computer, message.ticket, 0, std::move(*reply), era_, Asked::sync, true, hub.era});
}

void World::file_arrives_at_hub(const FileMessage& message) {
  if (!hub_up_) return;
  auto& hub = *hub_;
  const auto& step = message.step;
  FileMessage answer{false, message.computer, message.ticket, 0, {}, {}, {}, true, hub.era};
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
  auto path = hub.school->parcels().path(bearer->person, step.hash);
  bool there = fs::exists(path);
  auto put = hub.school->put_parcel(*bearer, step.hash, {step.from, step.total, step.bytes});
  if (put) answer.reply.whole = put->state.whole, answer.reply.come = put->state.bytes;
  if (!put) answer.error = put.error();
  if (!there && fs::exists(path)) fs::last_write_time(path, parcel_time());
  if (plan_.sabotage == Sabotage::hub_drops_files) fs::remove(path);
  if (lossy_ && chance(4)) return crash_hub();
  post_file(std::move(answer));
}

// ---- what must hold of it

// 10: nothing of a stream that the hub was not given can be read there, nor in what it carries.
void World::check_hub() {
  auto& db = hub_->school->store().db();
  {
    auto query =
        must(db.prepare("SELECT s.name FROM op JOIN stream s ON s.id = op.stream WHERE s.name LIKE 'own:%'"),
             "streams");
    if (must(query.step(), "streams") && query.text(0) != domain::own_stream(hub_file_.hub))
      broken(10, "the hub has " + query.text(0));
  }
  auto query = must(db.prepare("SELECT body FROM carried"), "carried");
  while (must(query.step(), "carried"))
    if (query.text(0).find("\"stream\":\"own:") != std::string::npos)
      broken(10, "the hub can read what it carries sealed");
}

bool World::hub_is_quiet() {
  auto& hub = *hub_;
  auto status = must(hub.session->status(), "status");
  if (!status.verified) return false;
  // Also of what came from a removed computer, or from who left: the school has it as letters, and says so.
  if (must(hub.school->carried().carrying(), "carrying").batches > 0) return false;
  // Nor does it owe the school today's question.
  if (!must(hub.school->next_load(), "what is to be carried").rows.empty()) return false;
  if (hub.school->next_parcel()) return false;
  for (const auto& reading : must(hub.school->store().readings(), "readings"))
    if (reading.cursor.seq != must(school_->store().stream_state(reading.stream), "state").head) return false;
  return true;
}

}  // namespace waymark::simulation
