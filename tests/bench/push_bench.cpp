// waymark_bench_push: a sustained durable push. N connections, each of a student of its own, send requests of
// 20 ops one after another to a server with authorization and history, over TLS and without; beside them
// plain SQLite inserts the same bytes at 2,000 and at 20 a transaction. Rounds in turn; medians as one JSON
// object.
#include <array>
#include <cstring>
#include <functional>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include "shared/wire/pack.hpp"
#include "tests/bench/raw_sqlite.hpp"
#include "tests/bench/school_world.hpp"

using namespace waymark;
using namespace waymark::bench;

namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

constexpr int kOpsPerRequest = 20, kOpsInAll = 32'000;

// Requests as they go over the wire, ready before the clock starts.
struct Device {
  std::vector<std::string> requests;
  std::size_t next = 0;
};

// One connection that sends a request, reads its answer, and sends the next.
template <class Stream>
class Pusher : public std::enable_shared_from_this<Pusher<Stream>> {
 public:
  Pusher(Device& device, std::unique_ptr<Stream> stream) : device_(device), stream_(std::move(stream)) {}

  void next() {
    if (device_.next == device_.requests.size()) return;
    asio::async_write(*stream_, asio::buffer(device_.requests[device_.next++]),
                      [self = this->shared_from_this()](auto error, std::size_t) {
                        self->check(error);
                        self->read();
                      });
  }

 private:
  void read() {
    stream_->async_read_some(asio::buffer(piece_),
                             [self = this->shared_from_this()](auto error, std::size_t size) {
                               self->check(error);
                               self->text_.append(self->piece_.data(), size);
                               self->look();
                             });
  }
  void look() {
    auto end = text_.find("\r\n\r\n");
    if (end == std::string::npos) return read();
    auto at = text_.find("ontent-");
    at = text_.find("ength: ", at == std::string::npos ? 0 : at);
    auto length = at < end ? std::strtoull(text_.c_str() + at + 7, nullptr, 10) : 0;
    if (text_.size() < end + 4 + length) return read();
    auto reply = must(wire::decode_reply(must(wire::unpack(text_.substr(end + 4), 4 << 20))));
    if (text_.compare(0, 12, "HTTP/1.1 200") != 0 || !reply.refused.empty() ||
        reply.position.n != static_cast<std::int64_t>(device_.next) * kOpsPerRequest) {
      std::fprintf(stderr, "an answer that is none: %s\n", text_.substr(0, 200).c_str());
      std::exit(1);
    }
    text_.clear();
    next();
  }
  void check(const boost::system::error_code& error) {
    if (!error) return;
    std::fprintf(stderr, "%s\n", error.message().c_str());
    std::exit(1);
  }
  Device& device_;
  std::unique_ptr<Stream> stream_;
  std::array<char, 16 * 1024> piece_{};
  std::string text_;
};

double push(int connections, bool tls, std::vector<std::string>& ops) {
  SchoolWorld world;
  std::vector<Device> devices(static_cast<std::size_t>(connections));
  ops.clear();
  for (auto& device : devices) {
    auto student = world.student();
    auto replica = world.random.id<ReplicaId>();
    record::Position at;
    for (int r = 0; r < kOpsInAll / kOpsPerRequest / connections; r++) {
      wire::SyncRequest request;
      request.replica = replica;
      request.waiting = kOpsPerRequest;
      request.before = at;
      request.same = std::string(32, '0');
      for (int i = 0; i < kOpsPerRequest; i++) {
        record::Op op;
        op.stream = domain::person_stream(student.id);
        op.kind = "goal";
        op.record = world.random.id<RecordId>();
        op.fields = {{"want", passage(i)}, {"first_step", passage(r)}};
        op.author = student.id;
        op.replica = replica;
        op.time_ms = world.clock.now_ms();
        world.random.fill(op.salt);
        request.ops.push_back(record::canonical(op));
        ops.push_back(request.ops.back());
        at = record::next(at, record::op_id(request.ops.back()));
      }
      auto body = wire::pack(wire::encode(request));
      device.requests.push_back("POST /v1/sync HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer " +
                                student.token + "\r\ncontent-length: " + std::to_string(body.size()) +
                                "\r\n\r\n" + body);
    }
  }
  world.serve(tls);
  asio::io_context io;
  asio::ssl::context context(asio::ssl::context::tls_client);
  tcp::endpoint there(asio::ip::address_v4::loopback(), world.server->port());
  std::vector<std::function<void()>> begin;
  for (auto& device : devices) {
    tcp::socket socket(io);
    socket.connect(there);
    socket.set_option(tcp::no_delay(true));
    auto add = [&](auto stream) {
      using Stream = typename decltype(stream)::element_type;
      auto pusher = std::make_shared<Pusher<Stream>>(device, std::move(stream));
      begin.push_back([pusher] { pusher->next(); });
    };
    if (tls) {
      auto stream = std::make_unique<asio::ssl::stream<tcp::socket>>(std::move(socket), context);
      stream->handshake(asio::ssl::stream_base::client);
      add(std::move(stream));
    } else {
      add(std::make_unique<tcp::socket>(std::move(socket)));
    }
  }
  double seconds = seconds_of([&] {
    for (auto& one : begin) one();
    io.run();
  });
  must(world.school->store().verify());  // nothing of it was only said
  return seconds;
}

double raw(const std::vector<std::string>& ops, std::size_t in_a_transaction) {
  test::TemporaryFolder folder;
  RawSqlite sqlite(folder.path() + "/raw.db");
  return seconds_of([&] { sqlite.add_all(ops, in_a_transaction); });
}

}  // namespace

int main(int count, char** words) {
  int rounds = count > 1 ? std::atoi(words[1]) : 3;
  std::vector<double> tls64, plain64, tls8, raw2000, raw20;
  std::vector<std::string> ops;
  for (int i = 0; i < rounds; i++) {
    tls64.push_back(push(64, true, ops));
    raw2000.push_back(raw(ops, 2'000));
    plain64.push_back(push(64, false, ops));
    raw20.push_back(raw(ops, 20));
    tls8.push_back(push(8, true, ops));
  }
  auto rate = [](const std::vector<double>& seconds) { return kOpsInAll / median(seconds); };
  std::printf("{\"tls_64\":%.0f,\"plain_64\":%.0f,\"tls_8\":%.0f,\"raw_2000\":%.0f,\"raw_20\":%.0f}\n",
              rate(tls64), rate(plain64), rate(tls8), rate(raw2000), rate(raw20));
  return 0;
}
