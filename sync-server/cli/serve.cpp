#include "sync-server/cli/serve.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "shared/store/files.hpp"
#include "sync-server/cli/backup.hpp"
#include "sync-server/cli/socket.hpp"
#include "sync-server/http/message.hpp"
#include "sync-server/net/announcement.hpp"
#include "sync-server/net/server.hpp"
#include "sync-server/routes/api.hpp"
#include "sync-server/routes/pages.hpp"
#include "sync-server/routes/routes.hpp"
#include "sync-server/service/hubs.hpp"
#include "sync-server/service/standing.hpp"
#include "sync-server/upstream/upstream.hpp"

namespace waymark::server::cli {
namespace {

bool is_loopback(std::string_view host) { return host.substr(0, 4) == "127." || host == "::1"; }

std::string url(bool tls, const std::string& host, std::uint16_t port) {
  bool v6 = host.find(':') != std::string::npos;
  return std::string(tls ? "https://" : "http://") + (v6 ? "[" + host + "]" : host) + ":" +
         std::to_string(port);
}

// Where others reach it, the most useful first.
std::vector<std::string> addresses(bool tls, const std::string& host, std::uint16_t port) {
  std::vector<std::string> found;
  if (host == "0.0.0.0" || host == "::") {
    for (const auto& address : net::own_addresses()) found.push_back(url(tls, address, port));
    found.push_back(url(tls, "127.0.0.1", port));
  } else {
    found.push_back(url(tls, host, port));
  }
  return found;
}

// One JSON object a line, or plain lines for people.
class Log {
 public:
  explicit Log(bool as_json)
      : json_(as_json), log_("waymark", std::make_shared<spdlog::sinks::stdout_sink_mt>()) {
    log_.set_pattern(json_ ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})" : "%H:%M:%S %v",
                     json_ ? spdlog::pattern_time_type::utc : spdlog::pattern_time_type::local);
    log_.flush_on(spdlog::level::info);
  }
  // members: an object; sentence: the same for people, empty where they need not see it.
  void write(spdlog::level::level_enum level, const json& members, std::string_view sentence) {
    if (json_) {
      auto text = members.dump(-1, ' ', false, json::error_handler_t::replace);
      log_.log(level, "{}", std::string_view(text).substr(1, text.size() - 2));
    } else if (!sentence.empty()) {
      log_.log(level, "{}", sentence);
    }
  }

 private:
  bool json_;
  spdlog::logger log_;
};

// Whatever came next would find no school.
void end_if_closed(const School& school, Log& log, const Status& done) {
  if (school.is_open()) return;
  log.write(spdlog::level::err, {{"event", "stopped"}, {"detail", done ? "" : done.error().detail}},
            "Stopped, without a school." + (done ? "" : " " + sentence(done.error())));
  std::_Exit(EXIT_FAILURE);
}

std::string answer_command(const Commands& commands, School& school, net::Server& server, Log& log,
                           const std::string& line) {
  auto asked = http::parse_json(line);
  Result<json> result = Error{Code::malformed, "not a command"};
  std::string command;
  if (asked) {
    auto text = http::text_of(*asked, "command");
    if (text && asked->contains("arguments")) {
      command = *text;
      auto with_school = [&](const std::function<Status(School&)>& work) -> Status {
        Status done = Error{Code::server_busy, "the server is stopping; try again when it has ended"};
        server.run([&] {
          done = work(school);
          end_if_closed(school, log, done);
        });
        return done;
      };
      result = run_command(commands, with_school, command, (*asked)["arguments"]);
    }
  }
  log.write(spdlog::level::info, {{"event", "command"}, {"command", command}, {"ok", result.has_value()}},
            "");
  json reply;
  if (result)
    reply["result"] = *result;
  else
    reply["error"] = {{"code", std::string(name(result.error().code))}, {"detail", result.error().detail}};
  return reply.dump(-1, ' ', false, json::error_handler_t::replace);
}

// What the first pages of the day need is read before anybody asks, a student at a time, so that nobody waits
// for it. What cannot be read is told when a page asks. False when a signal to stop came.
bool read_ahead(School& school, net::Server& server, const sigset_t& signals) {
  std::vector<PersonId> students;
  server.run([&] {
    if (auto people = school.accounts().people())
      for (const auto& person : *people)
        if (person.active && person.role == "student") students.push_back(person.id);
  });
  const timespec at_once{0, 0};
  for (const auto& student : students) {
    server.run([&] { (void)school.standings().of(school, student); });
    if (sigtimedwait(&signals, nullptr, &at_once) > 0) return false;
  }
  return true;
}

void back_up(School& school, net::Server& server, Nightly& nightly, Clock& clock, Log& log) {
  auto now = clock.now_ms();
  auto done = [&]() -> Status {
    WAYMARK_CHECK(make_private_directory(nightly.folder()));
    Result<BackupJob> job = Error{Code::server_busy, "the server is stopping"};
    server.run([&] { job = school.begin_backup(); });
    if (!job) return job.error();
    return School::finish_backup(*job, nightly.file(now));
  }();
  if (done) {
    nightly.forget_old(now);
    log.write(spdlog::level::info, {{"event", "backup"}, {"folder", nightly.folder()}}, "");
    return;
  }
  nightly.file(now);
  log.write(
      spdlog::level::err,
      {{"event", "backup"}, {"error", std::string(name(done.error().code))}, {"detail", done.error().detail}},
      "The nightly backup failed: " + sentence(done.error()));
}

// For the administrator's pages. The folder, which may be on another disk, is looked at beside the school's
// work.
bool note_backup(School& school, net::Server& server, const Nightly& nightly, std::int64_t now_ms) {
  auto newest = nightly.newest_ms(now_ms);
  bool old = false;
  server.run([&] {
    auto place = school.backup_place();
    place.last_ms = newest;
    school.set_backup_place(std::move(place));
    old = school.backup_is_old().value_or(false);
  });
  return old;
}

// False: somebody replaced school.db, also by a copy that was made of it since this was last asked.
bool is_in_place(School& school, Log& log) {
  auto looked = school.look_at_place();
  if (looked) return *looked;
  log.write(spdlog::level::err,
            {{"event", "database"},
             {"error", std::string(name(looked.error().code))},
             {"detail", looked.error().detail}},
            "What tells school.db from older copies of it could not be written: " + sentence(looked.error()));
  return school.is_in_place();
}

void take_up_replaced(School& school, Log& log, bool ending) {
  auto [folder, error, own, decided] = school.take_up_replaced(ending);
  json told{{"event", "database replaced"}, {"open", school.is_open()}};
  if (!folder.empty()) told["folder"] = folder;
  if (error) {
    told["error"] = std::string(name(error->code));
    told["detail"] = error->detail;
  }
  if (own) told["not_copied"] = own->detail;
  std::string text = "Somebody replaced school.db while it was served. ";
  if (!error)
    text += "What is there now is used, and computers bring back what is missing.";
  else if (!school.is_open())
    text += "Nothing of it can be used now (" + error->detail +
            "), so the server ends, and its next start tells what to do.";
  else if (!folder.empty())
    text +=
        "What is there cannot be used (" + error->detail + "), and what was served is in its place again.";
  else
    text += "What was open goes on, and has no file of its own (" + error->detail +
            "). It is tried again every minute; do not stop the server before.";
  if (own && (!error || !school.is_open()))
    text += " Of what was served no copy could be made (" + own->detail + ").";
  if (!folder.empty()) text += " What is not used is kept in " + folder + ".";
  if (!error && !school.hub()) text += " Use `restore` instead.";
  log.write(error ? spdlog::level::err : spdlog::level::warn, told, text);
}

void collect_files(School& school, net::Server& server, Log& log) {
  auto on_disk = School::files_on_disk(school.data());
  Result<std::int64_t> gone = std::int64_t{0};
  server.run([&] { gone = school.collect_files(on_disk); });
  if (!gone)
    log.write(spdlog::level::err,
              {{"event", "files collected"},
               {"error", std::string(name(gone.error().code))},
               {"detail", gone.error().detail}},
              "Files that nothing needs could not be removed: " + sentence(gone.error()));
  else if (*gone > 0)
    log.write(spdlog::level::info, {{"event", "files collected"}, {"files", *gone}}, "");
}

}  // namespace

Result<std::pair<std::string, std::uint16_t>> read_listen(std::string_view text) {
  Error wrong{Code::invalid, "--listen wants an address and a port, as in 0.0.0.0:8443"};
  auto colon = text.rfind(':');
  std::string host = "0.0.0.0";
  auto port_text = text;
  if (colon != std::string_view::npos) {
    port_text = text.substr(colon + 1);
    if (colon > 0) host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    if (host == "localhost") host = "127.0.0.1";
  }
  if (port_text.empty() || port_text.size() > 5) return wrong;
  std::uint32_t port = 0;
  for (char c : port_text) {
    if (c < '0' || c > '9') return wrong;
    port = port * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (port > 65535) return wrong;
  return std::pair(host, static_cast<std::uint16_t>(port));
}

void add_serve_line(Line& line) {
  auto* app = line.command(line.root, "serve", "Serve the sync protocol and the dashboard", "serve");
  line.text(app, "--listen", "listen", "Address and port; without this 0.0.0.0:8443")->type_name("HOST:PORT");
  line.flag(app, "--plain-http", "plain", "Without TLS: only on loopback, behind a proxy that has it");
  auto* certificate = line.path(app, "--cert", "certificate", "A certificate of your own, PEM");
  auto* key = line.path(app, "--key", "key", "Its private key, PEM");
  certificate->needs(key);
  key->needs(certificate);
  line.text(app, "--keep-backups", "keep_backups", "How long the nightly backups are kept; without this 30")
      ->type_name("DAYS");
  line.path(app, "--backups", "backups",
            "Where they go: best another disk; without this backups/ in the directory");
  line.text(app, "--quota-mb", "quota_mb",
            "Room for all students' files together; without this as much as the disk has")
      ->type_name("MB");
  line.text(app, "--connections", "connections", "How many connections are held at once; without this 4096")
      ->type_name("N");
  line.flag(app, "--no-announce", "no_announce", "Do not tell the network that the school is here");
  line.text(app, "--upstream", "upstream", "The school's address: makes this a hub, which serves a room")
      ->type_name("URL");
  line.path(app, "--upstream-token-file", "token_file", "What `hub add` made for it at the school");
  line.flag(app, "--log-json", "log_json", "One JSON object a line");
}

namespace {

// A hub's directory, made or met again; nothing for a school's.
Status make_hub(const Asked& asked) {
  WAYMARK_TRY(url, argument(asked.arguments, "upstream"));
  WAYMARK_TRY(path, argument(asked.arguments, "token_file"));
  if (url.empty()) return {};
  while (url.ends_with('/')) url.pop_back();
  if (!url.starts_with("https://") && !url.starts_with("http://"))
    return Error{Code::invalid, "--upstream wants the school's address, as in https://school.example:8443"};
  if (path.empty()) {
    auto text = store::read_whole(asked.data + "/hub.json", 64 * 1024);
    if (!text)
      return Error{
          Code::invalid,
          "a hub is started the first time with --upstream-token-file, which `hub add` makes at the school"};
    WAYMARK_TRY(file, read_hub_file(*text));
    file.upstream = url;
    return School::make_hub(asked.data, file);
  }
  WAYMARK_TRY(text, store::read_whole(path, 64 * 1024));
  auto file = read_hub_file(text);
  if (!file) return Error{Code::malformed, path + " cannot be used: " + file.error().detail};
  file->upstream = url;
  return School::make_hub(asked.data, *file);
}

}  // namespace

Status serve(const Asked& asked, const Commands& commands) {
  const auto& arguments = asked.arguments;
  WAYMARK_TRY(listen_text, argument(arguments, "listen", "0.0.0.0:8443"));
  WAYMARK_TRY(certificate, argument(arguments, "certificate"));
  WAYMARK_TRY(key, argument(arguments, "key"));
  WAYMARK_TRY(where, read_listen(listen_text));
  WAYMARK_TRY(backups, argument(arguments, "backups", asked.data + "/backups"));
  WAYMARK_TRY(keep_text, argument(arguments, "keep_backups", "30"));
  int keep_days = std::atoi(keep_text.c_str());
  if (keep_days < 1 || keep_days > 3650)
    return Error{Code::invalid, "--keep-backups wants a number of days from 1 to 3650"};
  WAYMARK_TRY(quota_text, argument(arguments, "quota_mb"));
  auto quota_mb = std::atoll(quota_text.c_str());
  if (!quota_text.empty() && (quota_mb < 1 || quota_mb > 100'000'000))
    return Error{Code::invalid, "--quota-mb wants a number of megabytes from 1 to 100000000"};
  WAYMARK_TRY(connections_text, argument(arguments, "connections", "4096"));
  auto connections = std::atoll(connections_text.c_str());
  if (connections < 16 || connections > 100'000)
    return Error{Code::invalid, "--connections wants a number from 16 to 100000"};
  bool plain = flag_set(arguments, "plain");
  if (plain && !is_loopback(where.first))
    return Error{
        Code::invalid,
        "--plain-http sends PINs readable by everybody on the network, so it is for loopback only; add "
        "--listen 127.0.0.1:PORT, or leave --plain-http out"};

  // Before any thread: they all leave these signals to sigwait.
  sigset_t signals;
  sigemptyset(&signals);
  for (int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, number);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  // What SQLite puts on the disk for a while has room where the school has, and is nobody else's to read.
  ::setenv("SQLITE_TMPDIR", asked.data.c_str(), 0);

  SystemClock clock;
  SystemRandom random;
  WAYMARK_CHECK(make_hub(asked));
  auto opened = School::open(asked.data, clock, random);
  if (!opened && opened.error().code == Code::database_locked)
    return Error{Code::exists, "another server or command uses " + asked.data + "; stop it first"};
  if (!opened) return opened.error();
  auto school = std::move(opened).value();
  Nightly nightly(backups, keep_days);
  if (!school->hub()) school->set_backup_place({backups, keep_days, nightly.newest_ms(clock.now_ms())});
  if (quota_mb > 0) school->set_quota(quota_mb * 1024 * 1024);
  net::ServerOptions options;
  options.connections_max = net::allow_connections(static_cast<std::size_t>(connections));
  // A student who listens has two.
  school->listeners().set_bounds({options.connections_max / 2, ListenersBounds().person});
  options.host = where.first;
  options.port = where.second;
  options.together = [&here = *school](const std::function<void()>& work) {  // a restore changes its store
    return store::together(here.store().db(), work);
  };
  options.after = [&here = *school] {
    if (here.erasures_wait()) (void)here.finish_erasures();
    here.listeners().tell(here);
  };
  if (!plain) {
    WAYMARK_TRY(tls, certificate.empty() ? net::own_tls(asked.data + "/tls", school->name())
                                         : net::given_tls(certificate, key));
    options.tls = tls;
  }
  Log log(flag_set(arguments, "log_json") || asked.as_json);
  http::Metrics metrics;
  http::Router router;
  add_sync_routes(router, *school);
  add_health_routes(router, *school, metrics);
  add_api_routes(router, *school);
  add_pages(router);

  WAYMARK_TRY(server, net::Server::start(options, router, metrics, [&log](const net::Access& access) {
                bool broken = access.status >= 500;
                std::string sentence;
                if (broken)
                  sentence =
                      access.method + " " + access.path + " was answered " + std::to_string(access.status);
                log.write(broken ? spdlog::level::err : spdlog::level::info,
                          {{"event", "request"},
                           {"method", access.method},
                           {"path", access.path},
                           {"remote", access.remote},
                           {"status", access.status},
                           {"took_us", access.took_us},
                           {"bytes_in", access.bytes_in},
                           {"bytes_out", access.bytes_out}},
                          sentence);
              }));
  auto reached = addresses(!plain, where.first, server->port());
  Status noted;
  server->run([&] { noted = school->store().set_meta("address", reached.front()); });
  WAYMARK_CHECK(noted);
  WAYMARK_TRY(socket, CommandSocket::open(asked.data, [&, &router_server = *server](const std::string& line) {
                return answer_command(commands, *school, router_server, log, line);
              }));
  std::string list;
  for (const auto& address : reached) list += (list.empty() ? "" : " and ") + address;
  log.write(
      spdlog::level::info,
      {{"event", "serving"},
       {"school", school->name()},
       {"port", server->port()},
       {"addresses", reached},
       {"connections", options.connections_max},
       {"fingerprint", school->fingerprint()},
       {"spki", options.tls ? options.tls->spki : ""}},
      school->name() + " is served at " + list + ". The school's fingerprint: " + school->fingerprint());

  if (options.connections_max < static_cast<std::size_t>(connections))
    log.write(spdlog::level::warn, {{"event", "fewer connections"}, {"connections", options.connections_max}},
              "The system lets this program open too few files for " + connections_text + " connections: " +
                  std::to_string(options.connections_max) + " are served at once (ulimit -n).");

  std::unique_ptr<net::Announcement> announcement;
  if (!plain && !is_loopback(where.first) && !flag_set(arguments, "no_announce"))
    announcement = net::Announcement::start(
        school->name(), to_hex(school->identity().bytes), server->port(), [&log](const std::string& name) {
          log.write(spdlog::level::info, {{"event", "announced"}, {"name", name}},
                    "Computers on this network find it as \"" + name + "\".");
        });

  std::unique_ptr<upstream::Upstream> up;
  auto meet_the_school = [&] {
    if (!school->hub()) return;
    up = std::make_unique<upstream::Upstream>(
        *school, upstream::Options{options.tls ? options.tls->spki : "", reached},
        [&here = *server](const std::function<void()>& work) { return here.run(work); },
        [&log, &here = *school](const std::optional<Error>& lost) {
          log.write(lost ? spdlog::level::warn : spdlog::level::info,
                    lost ? json{{"event", "school lost"},
                                {"error", std::string(name(lost->code))},
                                {"line", line_word(lost)},
                                {"detail", lost->detail}}
                         : json{{"event", "school reached"}},
                    lost ? lost_line(*lost) + ". The room is served, and it is tried again."
                         : here.hub()->name + " has reached " + here.name() + ".");
        });
    server->run([&] { school->tell_when_to_carry([&up] { up->wake(); }); });
  };
  auto leave_the_school = [&] {
    server->run([&] { school->tell_when_to_carry({}); });
    up.reset();
  };
  Status marked;
  server->run([&] { marked = school->mark_place(); });
  WAYMARK_CHECK(marked);
  meet_the_school();
  bool stopping = !read_ahead(*school, *server, signals);
  for (int minutes = 0; !stopping; minutes++) {
    if (minutes % 60 == 1) collect_files(*school, *server, log);
    bool in_place = true;
    server->run([&] { in_place = is_in_place(*school, log); });
    if (!in_place) {
      leave_the_school();
      server->run([&] {
        take_up_replaced(*school, log, false);
        end_if_closed(*school, log, {});
      });
      meet_the_school();
    }
    if (!school->hub()) {
      bool due = nightly.due(clock.now_ms());
      if (due) back_up(*school, *server, nightly, clock, log);
      if (note_backup(*school, *server, nightly, clock.now_ms()) && due)
        log.write(spdlog::level::warn, {{"event", "backup is old"}},
                  "The last backup is more than two days old, or there is none.");
    }
    // Once a minute is often enough to see that a night has come.
    const timespec minute{60, 0};
    stopping = sigtimedwait(&signals, nullptr, &minute) > 0;
  }
  log.write(spdlog::level::info, {{"event", "stopping"}}, "Stopping: what was accepted is being answered.");
  announcement.reset();
  // Commands first: they run where handlers run.
  socket.reset();
  leave_the_school();
  server->stop();
  // Closing it writes its log into whatever file is there.
  if (!is_in_place(*school, log)) take_up_replaced(*school, log, true);
  log.write(spdlog::level::info, {{"event", "stopped"}}, "Stopped.");
  return {};
}

}  // namespace waymark::server::cli
