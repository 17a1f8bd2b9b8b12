// waymark_bench_push: a sustained durable push. N connections, each of a student of its own, send requests of
// 20 ops one after another to a server with authorization and history, over TLS and without; beside them
// plain SQLite inserts the same bytes at 2,000 and at 20 a transaction. Rounds in turn; medians as one JSON
// object.
// waymark_bench_push matrix [SHARE]: the same over TLS with 1, 20 and 200 ops a request and 1, 50 and 500
// students at once, each beside plain SQLite with as many ops a commit as a request has; SHARE 5 does a
// fifth.
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

struct Load {
  int connections = 1, ops_per_request = 20, requests_each = 1;
  int ops() const { return connections * ops_per_request * requests_each; }
};
constexpr int kOpsInAll = 32'000;
Load of_twenty(int connections) { return {connections, 20, kOpsInAll / 20 / connections}; }

// Requests as they go over the wire, ready before the clock starts.
struct Device {
  int ops_per_request = 1;
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
        reply.position.n != static_cast<std::int64_t>(device_.next) * device_.ops_per_request) {
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

double push(const Load& load, bool tls, std::vector<std::string>& ops) {
  SchoolWorld world;
  std::vector<Device> devices(static_cast<std::size_t>(load.connections));
  ops.clear();
  auto students = world.students(load.connections);
  for (auto& device : devices) {
    const auto& student = students[static_cast<std::size_t>(&device - devices.data())];
    device.ops_per_request = load.ops_per_request;
    auto replica = world.random.id<ReplicaId>();
    record::Position at;
    for (int r = 0; r < load.requests_each; r++) {
      wire::SyncRequest request;
      request.replica = replica;
      request.waiting = load.ops_per_request;
      request.before = at;
      request.same = std::string(32, '0');
      for (int i = 0; i < load.ops_per_request; i++) {
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

// Few ops a request cost a commit each, where nobody else's are there to share it: as many requests as take
// about as long in each cell.
void matrix(int share) {
  std::printf("{\"cells\":[");
  bool first = true;
  for (auto load : {Load{1, 1, 1'000}, Load{50, 1, 100}, Load{500, 1, 10}, Load{1, 20, 500}, Load{50, 20, 40},
                    Load{500, 20, 4}, Load{1, 200, 100}, Load{50, 200, 8}, Load{500, 200, 1}}) {
    load.requests_each = std::max(1, load.requests_each / share);
    std::vector<std::string> ops;
    std::vector<double> ours, plain;
    for (int i = 0; i < (share > 1 ? 1 : 3); i++) {
      ours.push_back(load.ops() / push(load, true, ops));
      plain.push_back(load.ops() / raw(ops, static_cast<std::size_t>(load.ops_per_request)));
    }
    std::printf("%s{\"ops\":%d,\"clients\":%d,\"ours\":%.0f,\"raw\":%.0f}",
                std::exchange(first, false) ? "" : ",", load.ops_per_request, load.connections, median(ours),
                median(plain));
  }
  std::printf("]}\n");
}

}  // namespace

int main(int count, char** words) {
  if (count > 1 && std::string_view(words[1]) == "matrix")
    return matrix(count > 2 ? std::max(1, std::atoi(words[2])) : 1), 0;
  int rounds = count > 1 ? std::atoi(words[1]) : 3;
  std::vector<double> tls64, plain64, tls8, raw2000, raw20;
  std::vector<std::string> ops;
  for (int i = 0; i < rounds; i++) {
    tls64.push_back(push(of_twenty(64), true, ops));
    raw2000.push_back(raw(ops, 2'000));
    plain64.push_back(push(of_twenty(64), false, ops));
    raw20.push_back(raw(ops, 20));
    tls8.push_back(push(of_twenty(8), true, ops));
  }
  auto rate = [](const std::vector<double>& seconds) { return kOpsInAll / median(seconds); };
  std::printf("{\"tls_64\":%.0f,\"plain_64\":%.0f,\"tls_8\":%.0f,\"raw_2000\":%.0f,\"raw_20\":%.0f}\n",
              rate(tls64), rate(plain64), rate(tls8), rate(raw2000), rate(raw20));
  return 0;
}
