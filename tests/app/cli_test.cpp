#include <filesystem>
#include <fstream>
#include <sstream>

#include <zip.h>

#include "client/app/computer.hpp"
#include "client/cli/commands.hpp"
#include "shared/wire/bundle.hpp"
#include "shared/wire/news.hpp"
#include "tests/app/world.hpp"

using namespace waymark;
using waymark::test::Lab;
using waymark::test::World;

namespace {

struct Said {
  int code = 0;
  std::string out, errors;
  nlohmann::json json() const { return nlohmann::json::parse(out); }
};

// One computer's command line, against the school in memory.
struct Terminal {
  World& world;
  std::string folder;
  test::SchoolTransport net;
  test::Neighbourhood near;

  Terminal(World& at, const std::string& name)
      : world(at), folder(at.folder.path() + "/" + name), net(*at.school) {}

  Said run(std::vector<std::string> arguments, const std::string& input = "4711\n") {
    arguments.insert(arguments.begin() + 1, {"--profile", folder});
    return run_bare(arguments, input);
  }
  Said run_bare(const std::vector<std::string>& arguments, const std::string& input = "") {
    std::istringstream in(input);
    std::ostringstream out, errors;
    cli::Surroundings around;
    around.clock = &world.clock;
    around.random = &world.random;
    around.transport = &net;
    around.finder = &near;
    around.utc_offset = [](std::int64_t) { return 0; };
    around.in = &in;
    around.out = &out;
    around.errors = &errors;
    around.wording = [](std::string_view language, const app::Phrase& phrase) {
      return std::string(language) + ":" + phrase.key;
    };
    around.wait = [this](std::int64_t ms) { world.clock.advance_ms(ms); };
    Said said;
    said.code = cli::run(arguments, around);
    said.out = out.str();
    said.errors = errors.str();
    return said;
  }
  void join(const PersonId& person) {
    auto code = world.school->add_computer_code("lab-03").value();
    REQUIRE(run({"join", code, "--server", "school.example"}).code == 0);
    REQUIRE(run({"join", world.card(person), "--card", "--pin-stdin"}).code == 0);
  }
};

std::string from_zip(const std::string& path, const char* name) {
  int code = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_RDONLY, &code);
  REQUIRE(archive != nullptr);
  zip_file_t* file = zip_fopen(archive, name, 0);
  std::string text(1 << 20, '\0');
  auto size = file ? zip_fread(file, text.data(), text.size()) : 0;
  if (file) zip_fclose(file);
  zip_discard(archive);
  text.resize(static_cast<std::size_t>(size));
  return text;
}

}  // namespace

TEST_CASE("wrong usage exits with 2, a failure with 1 and one sentence, and version says the protocol") {
  World world;
  Terminal terminal(world, "lab-03");
  CHECK(terminal.run_bare({"sync"}).code == 2);
  CHECK(terminal.run_bare({"dance"}).code == 2);
  CHECK(terminal.run_bare({"--help"}).code == 0);
  CHECK(terminal.run_bare({"version", "--json"}).json()["protocols"] == nlohmann::json::array({1}));
  auto said = terminal.run({"sync"});
  CHECK(said.code == 1);
  CHECK(said.errors == "waymark: This computer belongs to no school yet; join one with: waymark join.\n");
  CHECK(said.out == "");
}

TEST_CASE("by commands alone a student joins, writes, syncs, and finds it at another computer") {
  World world;
  Terminal three(world, "lab-03"), seven(world, "lab-07");
  three.join(world.amira);
  auto added =
      three.run({"add", "goal", "want=ask better questions", "by=2026-12-04", "--pin-stdin", "--json"});
  REQUIRE(added.code == 0);
  auto id = added.json()["id"].get<std::string>();
  CHECK(three.run({"status", "--json"}).json()["people"][0]["waiting"] == 1);
  auto synced = three.run({"sync", "--json"}).json();
  CHECK(synced["sent"] == 1);
  CHECK(synced["waiting"] == 0);
  CHECK(synced["verified"] == true);
  REQUIRE(three.run({"edit", id, "want=ask one better question", "--pin-stdin"}).code == 0);
  REQUIRE(three.run({"sync"}).code == 0);
  seven.join(world.amira);
  REQUIRE(seven.run({"sync"}).code == 0);
  auto shown = seven.run({"show", id, "--pin-stdin", "--json"}).json();
  CHECK(shown["fields"]["want"] == "ask one better question");
  CHECK(shown["history"].size() == 2);
  CHECK(seven.run({"list", "goal", "--pin-stdin", "--json"}).json().size() == 1);
}

TEST_CASE("commands go through the window's checks: PIN, role, kind, field, limit") {
  World world;
  Terminal terminal(world, "lab-03");
  terminal.join(world.amira);
  auto refused = [&](std::vector<std::string> arguments, const std::string& input = "4711\n") {
    arguments.push_back("--pin-stdin");
    auto said = terminal.run(arguments, input);
    CHECK(said.code == 1);
    CHECK(said.out == "");
    return said.errors;
  };
  CHECK(refused({"add", "goal", "want=x"}, "0000\n").find("That is not the PIN") != std::string::npos);
  CHECK(terminal.run({"list", "goal"}).code == 1);
  CHECK(terminal.run({"add", "draft", "place=goal.new", "text.want=x", "--pin-stdin"}).code == 0);
  CHECK(refused({"add", "draft", "place=goal.new", "text.want=y"}).find("It is there already") !=
        std::string::npos);
  CHECK(refused({"add", "seen", "seen.a=a"}).find("kept by the window") != std::string::npos);
  auto review = refused({"add", "review", "turn_in=a", "project=b", "step=c", "outcome=ready"});
  CHECK(review == "waymark: A student may not write this: review is written by staff, not by owner.\n");
  CHECK(refused({"add", "wish", "want=x"}) ==
        "waymark: There is no kind of record called wish; --help names the kinds.\n");
  CHECK(refused({"add", "goal", "wnat=x"}).find("goal has no field wnat") != std::string::npos);
  CHECK(refused({"add", "goal", "want=" + std::string(4001, 'x')}).find("longer than 4000 bytes") !=
        std::string::npos);
  CHECK(terminal.run({"add", "goal", "want=" + std::string(4000, 'x'), "--pin-stdin"}).code == 0);
  CHECK(refused({"edit", std::string(32, '0'), "want=x"}).find("no record") != std::string::npos);
}

TEST_CASE("without a network a sync says so and loses nothing") {
  World world;
  Terminal terminal(world, "lab-03");
  terminal.join(world.amira);
  REQUIRE(terminal.run({"add", "goal", "want=one", "--pin-stdin"}).code == 0);
  terminal.net.plugged = false;
  auto said = terminal.run({"sync"});
  CHECK(said.code == 1);
  CHECK(said.errors == "waymark: The school could not be reached. Everything is safe here and goes later.\n");
  CHECK(terminal.run({"status", "--json"}).json()["people"][0]["waiting"] == 1);
  terminal.net.plugged = true;
  terminal.net.between = Between::proxy;
  CHECK(terminal.run({"sync"}).errors ==
        "waymark: The network's proxy does not open the way to the school (status 407). Have it let this "
        "address "
        "through; everything is safe here and goes later.\n");
  terminal.net.between = Between::inspection;
  CHECK(terminal.run({"sync"}).errors ==
        "waymark: Something on this network opens secure connections, so nothing was sent (the key is not "
        "the one "
        "that the hello names). Have it leave the school's address alone; everything is safe here and goes "
        "later.\n");
  terminal.net.between = Between::nothing;
  terminal.net.portal = true;
  CHECK(terminal.run({"sync"}).errors ==
        "waymark: The network answers with a page of its own instead of the school (a page answered). Sign "
        "in to "
        "the network with a web browser; everything is safe here and goes later.\n");
  terminal.net.portal = false;
  CHECK(terminal.run({"sync", "--json"}).json()["sent"] == 1);
}

TEST_CASE("a sync finds the school where its address has changed") {
  World world;
  Terminal terminal(world, "lab-03");
  terminal.join(world.amira);
  REQUIRE(terminal.run({"add", "goal", "want=one", "--pin-stdin"}).code == 0);
  terminal.net.address = "https://192.168.4.77:8443";
  CHECK(terminal.run({"sync"}).code == 1);
  auto identity = to_hex(world.school->identity().bytes).substr(0, 16);
  terminal.near.near = {{"Alder Creek", identity, terminal.net.address}};
  CHECK(terminal.run({"sync", "--json"}).json()["sent"] == 1);
  CHECK_FALSE(terminal.near.looks);
  terminal.near.near.clear();
  CHECK(terminal.run({"sync", "--json"}).json()["sent"] == 0);
}

TEST_CASE("with several students a command asks which one") {
  World world;
  Terminal terminal(world, "lab-03");
  terminal.join(world.amira);
  REQUIRE(terminal.run({"join", world.card(world.leo), "--pin-stdin"}, "0815\n").code == 0);
  auto said = terminal.run({"list", "goal", "--pin-stdin"});
  CHECK(said.code == 1);
  CHECK(said.errors.find("name one with --person") != std::string::npos);
  CHECK(terminal.run({"list", "goal", "--person", "leo", "--pin-stdin", "--json"}, "0815\n").out == "[]\n");
  CHECK(terminal.run({"sync", "--json"}).json().size() == 2);
}

TEST_CASE(
    "a sync of one student delivers what another one left here, and its answer is taken when they come") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.leo, "0815");
  lab.app->dispatch(app::Lock{});
  lab.join_student(world.amira);
  lab.run(30);
  lab.net.plugged = false;
  lab.add_goal("one");
  lab.app->dispatch(app::Lock{});
  lab.app.reset();
  auto left = [&] {
    std::vector<std::string> endings;
    for (const auto& entry : std::filesystem::directory_iterator(lab.folder + "/outgoing"))
      endings.push_back(entry.path().extension().string());
    return endings;
  };
  REQUIRE(left() == std::vector<std::string>{".to-school"});
  Terminal terminal(world, "lab-03");
  terminal.net.plugged = false;
  CHECK(terminal.run({"sync", "--person", "leo"}).code == 1);
  CHECK(left() == std::vector<std::string>{".to-school"});
  terminal.net.plugged = true;
  REQUIRE(terminal.run({"sync", "--person", "leo"}).code == 0);
  CHECK(world.goals_of(world.amira) == std::vector<std::string>{"one"});
  CHECK(left() == std::vector<std::string>{".from-school"});
  auto synced = terminal.run({"sync", "--person", "amira", "--json"}).json();
  CHECK(synced["waiting"] == 0);
  CHECK(synced["verified"] == true);
  CHECK(left().empty());
}

TEST_CASE("a sync delivers what was left by students who took their records along on a stick") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(30);
  auto stick = world.folder.path() + "/CREEK";
  std::filesystem::create_directories(stick);
  lab.plugged_in = {{stick, "CREEK"}};
  lab.app->dispatch(app::Go{{app::Screen::stick, {}, {}, {}, {}, app::Focus::none}});
  lab.run(3);
  lab.app->dispatch(app::KeepOnStick{stick});
  lab.net.plugged = false;
  lab.add_goal("one");
  lab.app->dispatch(app::Lock{});
  lab.app.reset();
  Terminal terminal(world, "lab-03");
  terminal.net.plugged = false;
  auto waits = terminal.run({"sync"});
  CHECK(waits.code == 1);
  CHECK(waits.errors.find("what 1 left here when signing out still waits here") != std::string::npos);
  terminal.net.plugged = true;
  auto said = terminal.run({"sync"});
  CHECK(said.code == 0);
  CHECK(said.out == "What 1 student left here when signing out is at school now.\n");
  CHECK(world.goals_of(world.amira) == std::vector<std::string>{"one"});
  CHECK(terminal.run({"sync"}).errors.find("no student uses this computer") != std::string::npos);
}

TEST_CASE("who was erased is taken from a shared computer by whichever command hears of it") {
  World world;
  Terminal lab(world, "lab-03");
  lab.join(world.amira);
  REQUIRE(lab.run({"join", world.card(world.leo), "--pin-stdin"}, "0815\n").code == 0);
  REQUIRE(lab.run({"sync"}).code == 0);
  world.school->erase_student(std::nullopt, world.amira).value();
  auto said = lab.run({"sync", "--person", "leo"});
  CHECK(said.code == 0);
  CHECK(said.out.find("Amira is erased at the school, and now here too.") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(lab.folder + "/profiles/" + world.amira.hex()));
  auto people = lab.run({"status", "--json"}).json()["people"];
  REQUIRE(people.size() == 1);
  CHECK(people[0]["person"] == world.leo.hex());
  CHECK(lab.run({"sync"}).out.find("erased") == std::string::npos);
}

TEST_CASE("an export is a zip with everything as JSON, the files, and a page to read") {
  World world;
  Terminal terminal(world, "lab-03");
  terminal.join(world.amira);
  REQUIRE(terminal.run({"add", "goal", "want=ask <better> questions", "--pin-stdin"}).code == 0);
  auto note = world.folder.path() + "/note.txt";
  std::ofstream(note) << "what the river said";
  REQUIRE(terminal
              .run({"add", "work", "project=" + std::string(32, 'a'), "step=sources", "type=file",
                    "title=Notes", "file=@" + note, "--pin-stdin"})
              .code == 0);
  auto synced = terminal.run({"sync", "--json"}).json();
  CHECK(synced["files_sent"] == 1);
  CHECK(synced["files_waiting"] == 0);
  auto path = world.folder.path() + "/amira.zip";
  REQUIRE(terminal.run({"export", path, "--pin-stdin"}).code == 0);
  auto records = nlohmann::json::parse(from_zip(path, "records.json"));
  CHECK(records["format"] == "waymark.export");
  CHECK(records["name"] == "Amira");
  CHECK(records["records"].size() == 2);
  CHECK(records["files"][0]["path"] == "files/note.txt");
  CHECK(from_zip(path, "files/note.txt") == "what the river said");
  auto page = from_zip(path, "index.html");
  CHECK(page.find("ask &lt;better&gt; questions") != std::string::npos);
  CHECK(page.find("<html lang=\"en\">") != std::string::npos);
  CHECK(page.find("<h2>en:export.goals</h2>") != std::string::npos);
  CHECK(terminal.run({"export", path, "--pin-stdin"}).code == 1);
}

TEST_CASE("a large file goes on where it was cut off, up and down") {
  World world;
  Terminal lab(world, "lab-03");
  lab.join(world.amira);
  auto film = world.folder.path() + "/film.mp4";
  std::string bytes(1'500'000, '\0');
  for (char& c : bytes) c = static_cast<char>(world.random.below(256));
  std::ofstream(film, std::ios::binary) << bytes;
  REQUIRE(lab.run({"add", "work", "project=" + std::string(32, 'a'), "step=sources", "type=file",
                   "title=Film", "file=@" + film, "--pin-stdin"})
              .code == 0);
  auto cut = [](const std::string& method, int after) {
    return [method, left = std::make_shared<int>(after)](const app::HttpRequest& request) {
      return request.method == method && request.url.find("/files/") != std::string::npos && --*left < 0;
    };
  };
  auto exchanges = [](const Terminal& at, const std::string& method) {
    return std::count_if(at.net.asked.begin(), at.net.asked.end(), [&](const std::string& one) {
      return one.starts_with(method) && one.find("/files/") != std::string::npos;
    });
  };
  lab.net.loses = cut("PUT", 2);  // it is found, one piece goes, and the answer to the next is lost
  auto synced = lab.run({"sync", "--json"}).json();
  CHECK(synced["files_sent"] == 0);
  CHECK(synced["files_waiting"] == 1);
  CHECK(exchanges(lab, "PUT") == 3);
  lab.net.loses = cut("PUT", 100);
  lab.net.asked.clear();
  synced = lab.run({"sync", "--json"}).json();
  CHECK(synced["files_sent"] == 1);
  CHECK(synced["files_waiting"] == 0);
  CHECK(exchanges(lab, "PUT") == 3);  // found, and the two pieces that were left

  Terminal home(world, "home");
  home.join(world.amira);
  home.net.loses = cut("GET", 1);
  CHECK(home.run({"sync", "--json"}).json()["files_received"] == 0);
  home.net.loses = cut("GET", 100);
  CHECK(home.run({"sync", "--json"}).json()["files_received"] == 1);
  auto path = world.folder.path() + "/amira.zip";
  REQUIRE(home.run({"export", path, "--pin-stdin"}).code == 0);
  auto begins = from_zip(path, "files/film.mp4");
  CHECK(begins.size() > 1'000);
  CHECK(bytes.starts_with(begins));
}

TEST_CASE("a sync says why a file waits, and a file that is too large for the school is not taken in") {
  World world;
  Terminal lab(world, "lab-03");
  lab.join(world.amira);
  auto file = [&](const std::string& name, std::size_t size) {
    auto path = world.folder.path() + "/" + name;
    std::ofstream(path, std::ios::binary) << std::string(size, name.front());
    return path;
  };
  auto add = [&](const std::string& path) {
    return lab.run({"add", "work", "project=" + std::string(32, 'a'), "step=sources", "type=file",
                    "title=Notes", "file=@" + path, "--pin-stdin"});
  };
  auto has = [](const Said& said, const std::string& text) {
    return said.out.find(text) != std::string::npos;
  };
  world.school->set_quota(1);
  REQUIRE(add(file("notes.txt", 2'000)).code == 0);
  auto said = lab.run({"sync"});
  CHECK(said.code == 0);
  CHECK_MESSAGE(
      has(said,
          "0 waiting, 1 file waiting.\n  The school has no room for more photos and files; they are "
          "safe here and go with a sync when there is room; tell a teacher.\n"),
      said.out);
  CHECK(has(lab.run({"status"}),
            " 0 waiting, 1 file waiting, 0 refused; last heard from school 0 minutes ago."));
  world.clock.advance_ms(60'000);
  CHECK(has(lab.run({"status"}), "last heard from school 1 minute ago."));
  REQUIRE(add(file("more.txt", 2'000)).code == 0);
  CHECK(has(lab.run({"sync"}), "0 waiting, 2 files waiting.\n"));
  CHECK(lab.run({"sync", "--json"}).json()["file_problem"]["code"] == "disk_full");
  world.school->set_quota({});
  said = lab.run({"sync"});
  CHECK(has(said, "0 waiting, 0 files waiting.\n"));
  CHECK_FALSE(has(said, "room"));
  CHECK(lab.run({"sync", "--json"}).json()["file_problem"].is_null());

  CHECK(add(file("at-the-bound.mp4", 20 * 1024 * 1024)).code == 0);
  said = add(file("larger.mp4", 20 * 1024 * 1024 + 1));
  CHECK(said.code == 1);
  CHECK(said.errors ==
        "waymark: This is larger than Waymark takes and was not written: larger.mp4 has 20971521 bytes.\n");
  said = lab.run({"sync"});
  CHECK(has(said, "0 files waiting.\n"));
  CHECK(world.school->store().records(domain::person_stream(world.amira), "work").value().size() == 3);
  // What is not on the disk any more is told as such, and holds up nothing else.
  REQUIRE(add(file("gone.txt", 3'000)).code == 0);
  auto gone = to_hex(sha256(as_bytes(std::string(3'000, 'g'))));
  REQUIRE(std::filesystem::remove(lab.folder + "/profiles/" + world.amira.hex() + "/files/" +
                                  gone.substr(0, 2) + "/" + gone));
  CHECK(has(lab.run({"sync"}),
            "A photo or file could not be sent (not_found), and what was written is safe; "));
}

TEST_CASE("the page of an export speaks the student's language") {
  World world;
  Terminal terminal(world, "lab-03");
  terminal.join(world.amira);
  REQUIRE(terminal.run({"add", "preferences", "language=es", "--pin-stdin"}).code == 0);
  REQUIRE(terminal.run({"add", "goal", "want=preguntar mejor", "--pin-stdin"}).code == 0);
  REQUIRE(terminal
              .run({"add", "self_assessment", "project=" + std::string(32, 'a'), "step=sources",
                    "version=" + std::string(32, 'b'), "rubric=r", "try=1", "level.sources=2",
                    "because.sources=dos personas", "--pin-stdin"})
              .code == 0);
  auto path = world.folder.path() + "/amira.zip";
  REQUIRE(terminal.run({"export", path, "--pin-stdin"}).code == 0);
  auto page = from_zip(path, "index.html");
  CHECK(page.find("<html lang=\"es\">") != std::string::npos);
  CHECK(page.find("es:export.want preguntar mejor") != std::string::npos);
  CHECK(page.find("<b>sources</b> <span>2</span>") != std::string::npos);  // its pathway is not here
  CHECK(page.find("<b>es:export.because</b> <span>dos personas</span>") != std::string::npos);
  CHECK(page.find("en:export") == std::string::npos);
}

TEST_CASE("a window left open keeps the commands off the same student, with a sentence") {
  World world;
  Lab lab(world, "lab-03");
  lab.join_computer();
  lab.join_student(world.amira);
  lab.run(30);
  Terminal terminal(world, "lab-03");
  auto said = terminal.run({"list", "goal", "--pin-stdin"});
  CHECK(said.code == 1);
  CHECK(said.errors ==
        "waymark: Another Waymark has this student's records open; close it, or pack up there, and try "
        "again.\n");
}

TEST_CASE("a stick brings what was written elsewhere, once, and no other student's") {
  World world;
  Terminal lab(world, "lab-03"), home(world, "lab-07"), other(world, "lab-09");
  lab.join(world.amira);
  home.join(world.amira);
  other.join(world.leo);
  auto stick = world.folder.path() + "/stick";
  std::filesystem::create_directory(stick);
  auto bundle = [&](Terminal& at, const std::string& what) {
    return at.run_bare({"bundle", what, stick, "--profile", at.folder, "--pin-stdin", "--json"}, "4711\n");
  };
  REQUIRE(lab.run({"sync"}).code == 0);
  auto carry = [&] {
    auto written = bundle(lab, "write");
    REQUIRE(written.code == 0);
    std::ifstream in(written.json()["file"].get<std::string>(), std::ios::binary);
    auto read = world.school->read_bundle(std::string{std::istreambuf_iterator<char>(in), {}}).value();
    CHECK(read.name == "Amira");
    std::ofstream(stick + "/WAYMARK/" + read.from->hex() + ".from-school", std::ios::binary) << read.answer;
  };
  REQUIRE(home.run({"add", "goal", "want=written at home", "first_step=walk", "--pin-stdin"}).code == 0);
  REQUIRE(home.run({"sync"}).code == 0);
  CHECK(lab.run({"list", "goal", "--pin-stdin"}).out.find("written at home") == std::string::npos);
  carry();
  CHECK(bundle(other, "read").code == 1);
  auto told = bundle(lab, "read");
  REQUIRE(told.code == 0);
  CHECK(told.json()["news"] > 0);
  CHECK(told.json()["settled"] == 0);
  CHECK(lab.run({"list", "goal", "--pin-stdin"}).out.find("written at home") != std::string::npos);
  // Read twice it brings nothing more, and the next one brings only what came since.
  CHECK(bundle(lab, "read").json()["news"] == 0);
  carry();
  CHECK(bundle(lab, "read").json()["news"] == 0);
  CHECK(lab.run({"sync"}).code == 0);
}

TEST_CASE("nobody is told what another student may read, whatever certificate they show") {
  World world;
  Terminal lab(world, "lab-03");
  lab.join(world.amira);
  lab.join(world.leo);
  auto computer = app::Computer::open(lab.folder, world.clock).value();
  auto amira = computer.profile(world.amira.hex()).value(), leo = computer.profile(world.leo.hex()).value();
  auto ask = [&](const app::Profile& papers, const app::Profile& writer) {
    wire::Reading reading;
    reading.certificate = papers.certificate;
    reading.certificate_signature = papers.signature;
    reading.asked.replica = world.random.id<ReplicaId>();
    SecretKey key;
    auto seed = from_hex(writer.device_key).value();
    std::copy(seed.begin(), seed.end(), key.seed.begin());
    return world.school
        ->read_bundle(
            wire::seal_bundle(world.school->identity(), key, {{wire::reading_item, wire::encode(reading)}})
                .value())
        .value();
  };
  CHECK(ask(amira, amira).answer.size() > 100);
  auto theirs = ask(amira, leo);
  CHECK(theirs.answer.empty());
  REQUIRE(theirs.problems.size() == 1);
  CHECK(theirs.problems[0].code == Code::unauthorized);
  amira.signature[5] = amira.signature[5] == '0' ? '1' : '0';
  CHECK(ask(amira, amira).answer.empty());
}

TEST_CASE("what waits goes to the school on a stick and counts when its answer has come back") {
  World world;
  Terminal lab(world, "lab-03");
  lab.join(world.amira);
  auto stick = world.folder.path() + "/stick";
  std::filesystem::create_directory(stick);
  auto bundle = [&](std::vector<std::string> arguments, const std::string& pin = "4711\n") {
    arguments.insert(arguments.end(), {"--profile", lab.folder, "--pin-stdin", "--json"});
    return lab.run_bare(arguments, pin);
  };
  REQUIRE(lab.run({"sync"}).code == 0);
  CHECK(bundle({"bundle", "write", stick}).json()["ops"] == 0);
  REQUIRE(lab.run({"add", "goal", "want=carried by hand", "first_step=walk", "--pin-stdin"}).code == 0);
  CHECK(bundle({"bundle", "write", stick}, "0000\n").code == 1);
  auto written = bundle({"bundle", "write", stick});
  REQUIRE(written.code == 0);
  CHECK(written.json()["ops"] == 1);
  CHECK(lab.run({"status", "--json"}).json()["people"][0]["waiting"] == 1);
  CHECK(bundle({"bundle", "read", stick}).errors.find("no answer of the school") != std::string::npos);

  std::ifstream in(written.json()["file"].get<std::string>(), std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  CHECK(bytes.find("carried by hand") == std::string::npos);
  auto read = world.school->read_bundle(bytes).value();
  CHECK(read.ops == 1);
  auto answer = stick + "/WAYMARK/" + read.from->hex() + ".from-school";
  std::ofstream(answer, std::ios::binary) << read.answer.substr(0, 60);
  CHECK(bundle({"bundle", "read", stick}).code == 1);
  CHECK(bundle({"bundle", "read", written.json()["file"].get<std::string>()}).code == 1);
  std::ofstream(answer, std::ios::binary) << read.answer;
  auto heard = bundle({"bundle", "read", stick});
  REQUIRE(heard.code == 0);
  CHECK(heard.json()["settled"] == 1);
  CHECK(heard.json()["waiting"] == 0);
  CHECK(lab.run({"status", "--json"}).json()["people"][0]["waiting"] == 0);
  CHECK(bundle({"bundle", "read", stick}).code == 0);
  CHECK(lab.run_bare({"bundle", "write", "--profile", lab.folder}).code == 2);
}
