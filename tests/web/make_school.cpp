// waymark_web_school DIR: makes the class of tests/support/classroom.hpp in a new data directory, as it
// stands now on a Monday evening, with a picture among the work; for the browser's journeys.
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <tuple>

#include "shared/domain/record_ids.hpp"
#include "shared/store/files.hpp"
#include "shared/sync/carry.hpp"
#include "shared/wire/bundle.hpp"
#include "tests/support/classroom.hpp"

namespace {

// A small drawing as PNG: 64 by 48 pixels of four colours, stored without compression.
std::string picture() {
  auto big = [](std::uint32_t n) {
    return std::string{static_cast<char>(n >> 24), static_cast<char>(n >> 16), static_cast<char>(n >> 8),
                       static_cast<char>(n)};
  };
  auto crc = [](std::string_view bytes) {
    std::uint32_t c = 0xFFFFFFFF;
    for (unsigned char b : bytes) {
      c ^= b;
      for (int i = 0; i < 8; i++) c = (c & 1) ? c >> 1 ^ 0xEDB88320 : c >> 1;
    }
    return ~c;
  };
  std::string png = "\x89PNG\r\n\x1a\n", raw;
  auto chunk = [&](std::string_view type, const std::string& data) {
    png += big(static_cast<std::uint32_t>(data.size()));
    std::string body = std::string(type) + data;
    png += body + big(crc(body));
  };
  constexpr std::uint32_t w = 320, h = 200;
  chunk("IHDR", big(w) + big(h) + std::string("\x08\x02\0\0\0", 5));
  for (std::uint32_t y = 0; y < h; y++) {
    raw += '\0';
    for (std::uint32_t x = 0; x < w; x++) {
      bool creek = y > 130 + (x / 8) % 12 && y<165, roof = x> 60 && x < 150 && y > 40 && y < 100;
      raw += creek  ? std::string("\x5b\x93\xbb")
             : roof ? std::string("\xd9\xa9\x9c")
                    : std::string("\xef\xe9\xd6");
    }
  }
  std::string zlib = "\x78\x01";
  std::uint32_t a = 1, b = 0;
  for (unsigned char c : raw) a = (a + c) % 65521, b = (b + a) % 65521;
  for (std::size_t at = 0; at < raw.size(); at += 65535) {
    auto part = raw.substr(at, 65535);
    auto n = static_cast<std::uint16_t>(part.size());
    auto inverse = static_cast<std::uint16_t>(~n);
    zlib += at + 65535 >= raw.size() ? '\1' : '\0';
    zlib += {static_cast<char>(n), static_cast<char>(n >> 8), static_cast<char>(inverse),
             static_cast<char>(inverse >> 8)};
    zlib += part;
  }
  chunk("IDAT", zlib + big(b << 16 | a));
  chunk("IEND", "");
  return png;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace waymark;
  if (argc != 2) return 2;
  SystemRandom random;
  SystemClock now;
  ManualClock clock(now.now_ms() - std::int64_t{9} * 86'400'000 - 16 * 60'000);
  std::string data = argv[1];
  if (!server::School::init({data, "Alder Creek", "head@alder.example", "head-of-school"}, clock, random))
    return 1;
  auto school = server::School::open(data, clock, random).value();
  auto pathway =
      store::read_whole(std::string(WAYMARK_SOURCE_DIR) + "/assets/sample/pathways/one-small-thing.json",
                        1 << 20)
          .value();
  test::Classroom room(*school, clock, pathway);
  room.monday();
  auto png = picture();
  auto hash = to_hex(sha256(as_bytes(png)));
  const auto& amira = room.students[0];
  server::Bearer bearer{amira, {}, "lab-01", {}};
  school->put_file(bearer, domain::person_stream(amira), hash, png, "image/png").value();
  clock.advance_ms(60'000);
  room.write(amira, "work",
             {{"project", room.projects[0]},
              {"step", "notice"},
              {"type", "photo"},
              {"title", "The door at going home"},
              {"file", hash},
              {"name", "door.png"},
              {"mime", "image/png"},
              {"bytes", static_cast<std::int64_t>(png.size())},
              {"width", 320},
              {"height", 200}});
  // Work that needs a home: two things that came while Amira was in no class, and one nobody can read.
  for (std::string_view want :
       {"Ask the caretaker how the door was made", "Measure how loud it is at going home"}) {
    record::Op op;
    op.stream = domain::person_stream(amira);
    op.kind = "goal";
    op.record = random.id<RecordId>();
    op.fields = {{"want", want}, {"first_step", "write three questions"}};
    op.author = amira;
    op.replica = random.id<ReplicaId>();
    op.time_ms = clock.now_ms();
    random.fill(op.salt);
    school->accounts().add_dead_letter(amira, record::canonical(op), "not_granted").value();
  }
  school->accounts().add_dead_letter(room.students[1], "half a sentence that a disk", "malformed").value();
  // One who left, for the page of what is erased.
  auto left = school->add_student("Ruth", "Vega").value();
  auto person = school->accounts().person(left).value().value();
  person.active = false;
  school->put_person(person).value();
  // A teacher with students of one name in two classes, and one who left hers.
  auto mendez =
      school->add_staff("mendez@alder.example", "Inés Mendez", "teacher", "two-small-classes").value();
  std::vector<server::NewName> first{{"Noa", "Lind", ""}, {"Sam", "Ortega", ""}, {"Ivy", "Stone", ""}};
  std::vector<server::NewName> second{{"Sam", "Ortega", ""}};
  auto period1 =
      ClassId::parse(server::make_class(*school, mendez.id, "Period 1", first).value().class_id).value();
  server::make_class(*school, mendez.id, "Period 2", second).value();
  for (const auto& student : school->students_of(period1).value())
    if (student.person.given == "Ivy")
      server::leave_class(*school, mendez.id, period1, student.person.id).value();
  // A class of two teachers who answered, each without seeing the other: one reply is held twice, one was
  // sent.
  auto vidal =
      school->add_staff("vidal@alder.example", "Tomás Vidal", "teacher", "another-two-small").value();
  std::vector<server::NewName> third{{"Ada", "Brook", ""}, {"Ben", "Ito", ""}};
  auto period4 =
      ClassId::parse(server::make_class(*school, mendez.id, "Period 4", third).value().class_id).value();
  school->add_teacher(std::nullopt, period4, vidal.id).value();
  auto two_steps = server::begin_pathway(*school, mendez.id, period4, pathway).value();
  server::publish_draft(*school, mendez.id, period4, two_steps, "").value();
  auto version = server::pathways_of(*school, mendez.id, period4).value().front().published;
  auto turn_in = [&](const PersonId& student) {
    auto project =
        room.write(student, "project",
                   {{"pathway", two_steps}, {"version", version}, {"question", "Who waits at the door?"}});
    auto own = room.write(student, "self_assessment",
                          {{"project", project},
                           {"step", "watch"},
                           {"version", version},
                           {"rubric", "small-thing"},
                           {"try", 1},
                           {"level.need", 3},
                           {"level.improve", 2},
                           {"level.clear", 3},
                           {"confidence", "most"}},
                          true);
    return room.write(student, "turn_in",
                      {{"project", project}, {"step", "watch"}, {"try", 1}, {"self_assessment", own}}, true);
  };
  auto pupils = school->students_of(period4).value();
  const auto &ada = pupils[0].person.id, &ben = pupils[1].person.id;
  using server::Saw;
  Saw nothing{std::in_place};
  auto later = [&] { clock.advance_ms(60'000); };
  auto bens = turn_in(ben), adas = turn_in(ada);
  server::hold_reply(*school, mendez.id, period4, bens,
                     {{{"need", 3}}, "You waited for the quiet ones.", "", "", "ready"}, nothing)
      .value();
  server::send_replies(*school, mendez.id, period4).value();
  later();
  store::Edit unseen{{domain::staff_stream(ben), "held_review", domain::held_review_id(bens)},
                     {{"turn_in", bens},
                      {"version", version},
                      {"rubric", "small-thing"},
                      {"step", "watch"},
                      {"level.need", 2},
                      {"glow", "You drew the door well."},
                      {"next", "Ask one person why."},
                      {"outcome", "another_look"},
                      {"state", "held"}},
                     {},
                     {}};
  school->write(vidal.id, std::span(&unseen, 1)).value();
  server::hold_reply(*school, mendez.id, period4, adas,
                     {{{"need", 3}, {"improve", 2}}, "You watched at two different times.", "", "", "ready"},
                     nothing)
      .value();
  server::set_support(*school, mendez.id, ada, "", "example", nothing).value();
  server::set_today(*school, mendez.id, period4, two_steps, "notice", nothing).value();
  later();
  server::hold_reply(*school, vidal.id, period4, adas,
                     {{{"need", 2}, {"improve", 2}},
                      "Your tally is easy to read.",
                      "",
                      "Watch once more, with a friend.",
                      "another_look"},
                     nothing)
      .value();
  server::set_support(*school, vidal.id, ada, "", "on_my_own", nothing).value();
  server::set_today(*school, vidal.id, period4, two_steps, "watch", nothing).value();
  // Ada's computer is known by what a class box brings, Ben's by a stick. Ada plans for days to come, and
  // once wrote on a computer whose clock was three days ahead.
  for (auto [student, name, carrier] :
       {std::tuple(ada, "cart-04", "hub"), {ben, "kitchen laptop", "stick"}}) {
    Bytes token(32, 0), key(32, 0);
    random.fill(token);
    random.fill(key);
    auto computer = random.id<server::ComputerId>();
    school->accounts().add_computer({computer, name, clock.now_ms(), {}, false, 0}, token).value();
    school->accounts().add_device(token, student, computer, key).value();
    later();
    school->accounts().device_brought(key, random.id<ReplicaId>(), 1, carrier, 3).value();
  }
  for (std::int64_t days : {-1, 1, 9}) {
    auto at = static_cast<std::time_t>(now.now_ms() / 1000 + days * 86'400);  // the reader's days
    char text[16];
    std::strftime(text, sizeof text, "%Y-%m-%d", std::localtime(&at));
    auto goal = room.write(
        ada, "goal", {{"want", "In " + std::to_string(days) + " days"}, {"by", std::string_view(text)}});
    if (days != 9) continue;
    clock.advance_ms(std::int64_t{3} * 86'400'000);
    room.write(ada, "checkin", {{"goal", goal}, {"text", "By a clock that is ahead."}}, true);
    clock.advance_ms(-std::int64_t{3} * 86'400'000);
  }
  // What Noa and Sam wrote on a computer without a network lies on a stick, beside a file that is none.
  auto few = school->students_of(period1).value();
  const auto &noa = few[0].person.id, &sam = few[1].person.id;
  auto folder = data + "-stick";
  std::filesystem::create_directories(folder);
  auto put = [&](const std::string& name, std::string_view bytes) {
    store::write_durably(folder + "/" + name + ".to-school", bytes).value();
  };
  for (auto [student, ops] : {std::pair(noa, 1), {sam, 3}}) {
    SecretKey key;
    random.fill(key.seed);
    server::Computer laptop{random.id<server::ComputerId>(), "kitchen laptop", clock.now_ms(), {}, false, 0};
    Bytes token(32, 0);
    random.fill(token);
    school->accounts().add_computer(laptop, token).value();
    auto who = school->student_of_card(school->card_for(student).value(), laptop.id).value();
    auto joined = school->join_student(who, laptop, "4711", "digits", public_key(key)).value();
    auto kept = store::Store::open(folder + "/" + laptop.id.hex() + ".db", {&clock, &random, true}).value();
    for (int i = 0; i < ops; i++) {
      store::Edit edit{{domain::person_stream(student), "goal", random.id<RecordId>()},
                       {{"want", "Written at the kitchen table, " + std::to_string(i)}},
                       {},
                       {}};
      kept->write(student, std::span(&edit, 1)).value();
    }
    auto batches =
        sync::make_batches(*kept, {student, key, joined.certificate, joined.certificate_signature, ""})
            .value();
    auto stick = wire::seal_bundle(school->identity(), key, {{wire::batch_item, batches.front()}}).value();
    put(kept->replica().hex(), stick);
    if (student == sam)
      put("torn-" + kept->replica().hex(), std::string_view(stick).substr(0, stick.size() - 10));
  }
  put("homework", "This is no stick's file.");
  // Two class boxes: one that was heard an hour ago and has something on its way, one that never was.
  auto box = school->add_hub("North room", {room.class_id}).value();
  school->add_hub("Library", {period1}).value();
  server::HubQuestion question{std::string(64, 'a'), {"https://10.0.0.9:8443"}, 12, ""};
  school->hub_papers(school->bearer(box.token).value(), server::encode(question)).value();
  std::printf("%s %s %s\n", room.class_id.hex().c_str(), amira.hex().c_str(), ada.hex().c_str());
  return 0;
}
