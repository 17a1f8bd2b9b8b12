// waymark_bench_connections waymark|beast N: what an idle connection costs. A process of its own connects N
// times over TLS, asks once on each and keeps it; this one serves and looks how much its memory has grown.
//   waymark   the product's listener, with its router
//   beast     the least that this could be with the same libraries: one asynchronous session a connection
//             that reads a request, answers it, and waits for the next
// Printed as one JSON object: the bytes a connection, and how many were held.
#include <fstream>
#include <optional>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sync-server/net/server.hpp"
#include "sync-server/net/tls.hpp"
#include "tests/bench/measure.hpp"
#include "tests/support/temporary.hpp"

using namespace waymark;
using namespace waymark::bench;

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using tcp = asio::ip::tcp;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

class BareSession : public std::enable_shared_from_this<BareSession> {
 public:
  BareSession(tcp::socket socket, asio::ssl::context& context) : stream_(std::move(socket), context) {}
  void start() {
    stream_.async_handshake(asio::ssl::stream_base::server, [self = shared_from_this()](auto error) {
      if (!error) self->read();
    });
  }

 private:
  void read() {
    request_ = {};
    beast::get_lowest_layer(stream_).expires_after(std::chrono::minutes(10));
    bhttp::async_read(stream_, buffer_, request_, [self = shared_from_this()](auto error, std::size_t) {
      if (!error) self->answer();
    });
  }
  void answer() {
    reply_ = {bhttp::status::ok, 11, "{}"};
    reply_.prepare_payload();
    bhttp::async_write(stream_, reply_, [self = shared_from_this()](auto error, std::size_t) {
      if (!error) self->read();
    });
  }
  TlsStream stream_;
  beast::flat_buffer buffer_;
  bhttp::request<bhttp::string_body> request_;
  bhttp::response<bhttp::string_body> reply_;
};

class BareServer {
 public:
  explicit BareServer(const server::net::Tls& tls) {
    context_.use_certificate_chain_file(tls.certificate_path);
    context_.use_private_key_file(tls.key_path, asio::ssl::context::pem);
    accept();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~BareServer() {
    io_.stop();
    thread_.join();
  }
  std::uint16_t port() { return acceptor_.local_endpoint().port(); }

 private:
  void accept() {
    acceptor_.async_accept([this](auto error, tcp::socket socket) {
      if (error) return;
      std::make_shared<BareSession>(std::move(socket), context_)->start();
      accept();
    });
  }
  asio::ssl::context context_{asio::ssl::context::tls_server};
  asio::io_context io_{1};
  tcp::acceptor acceptor_{io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::thread thread_;
};

// Connects, asks, keeps the connection, and says over the pipe how many there are. What it holds itself does
// not count.
[[noreturn]] void ask_on_each(std::uint16_t port, int count, int pipe) {
  asio::io_context io;
  asio::ssl::context context(asio::ssl::context::tls_client);
  std::vector<std::unique_ptr<asio::ssl::stream<tcp::socket>>> held;
  boost::system::error_code error;
  for (int i = 0; i < count && !error; i++) {
    held.push_back(std::make_unique<asio::ssl::stream<tcp::socket>>(io, context));
    auto& stream = *held.back();
    stream.lowest_layer().connect({asio::ip::address_v4::loopback(), port}, error);
    if (!error) stream.handshake(asio::ssl::stream_base::client, error);
    if (!error) asio::write(stream, asio::buffer(std::string("GET / HTTP/1.1\r\nhost: x\r\n\r\n")), error);
    char piece[4096];
    if (!error) stream.read_some(asio::buffer(piece), error);
  }
  int made = static_cast<int>(held.size()) - (error ? 1 : 0);
  if (::write(pipe, &made, sizeof made) != sizeof made) ::_exit(1);
  for (;;) ::pause();
}

std::int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::int64_t all = 0, resident = 0;
  file >> all >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

struct Clients {
  pid_t child = 0;
  int held = 0;
  Clients(std::uint16_t port, int count) {
    int pipes[2];
    if (::pipe(pipes) != 0) std::exit(1);
    // A new program, since this one has threads.
    child = ::fork();
    if (child == 0) {
      auto word = [](auto value) { return std::to_string(value); };
      ::execl("/proc/self/exe", "clients", "clients", word(port).c_str(), word(count).c_str(),
              word(pipes[1]).c_str(), nullptr);
      ::_exit(1);
    }
    ::close(pipes[1]);
    if (::read(pipes[0], &held, sizeof held) != sizeof held) std::exit(1);
    ::close(pipes[0]);
  }
  ~Clients() {
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
};

// A few first, so that what is made once does not count.
template <class Server>
void measure(Server& server, int count) {
  Clients warm(server.port(), 50);
  auto before = resident_bytes();
  Clients clients(server.port(), count);
  auto after = resident_bytes();
  if (clients.held != count) give_up({Code::internal, "held " + std::to_string(clients.held)});
  std::printf("{\"held\":%d,\"bytes\":%.0f}\n", clients.held,
              static_cast<double>(after - before) / clients.held);
}

}  // namespace

int main(int count, char** words) {
  server::net::allow_connections(20'000);
  if (count == 5 && std::string_view(words[1]) == "clients")
    ask_on_each(static_cast<std::uint16_t>(std::atoi(words[2])), std::atoi(words[3]), std::atoi(words[4]));
  if (count != 3) {
    std::fprintf(stderr, "waymark_bench_connections waymark|beast N\n");
    return 2;
  }
  test::TemporaryFolder folder;
  auto tls = must(server::net::own_tls(folder.path() + "/tls", "Bench"));
  int connections = std::atoi(words[2]);
  if (std::string_view(words[1]) == "beast") {
    BareServer server(tls);
    measure(server, connections);
    return 0;
  }
  http::Router router;
  http::Metrics metrics;
  server::net::ServerOptions options;
  options.host = "127.0.0.1";
  options.tls = tls;
  options.connections_max = 20'000;
  options.idle_ms = 600'000;
  auto server = must(server::net::Server::start(options, router, metrics));
  measure(*server, connections);
  return 0;
}
