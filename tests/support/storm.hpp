// Many devices at once on real sockets. Each has its ops, its chain, its cursors and its digests, and no
// database: what it sends and what it believes is what docs/PROTOCOL.md says, made directly. They wait by
// exchanges and not by a clock: "retry-after: 3" means after so many times a good answer came to anybody.
#pragma once

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <sys/resource.h>

#include "shared/base/seams.hpp"
#include "shared/domain/kinds.hpp"
#include "shared/sync/serve.hpp"
#include "shared/wire/events.hpp"
#include "shared/wire/messages.hpp"
#include "shared/wire/pack.hpp"

namespace waymark::test {

class StormDevice {
 public:
  StormDevice(PersonId person, std::string the_token, Random& random)
      : token(std::move(the_token)), person_(person), random_(random), replica_(random.id<ReplicaId>()) {}

  // Goals as students write them, to be pushed.
  void write(int count, std::int64_t now_ms) {
    for (int i = 0; i < count; i++) {
      record::Op op;
      op.stream = domain::person_stream(person_);
      op.kind = "goal";
      op.record = random_.id<RecordId>();
      op.fields = {
          {"want", "next I need a second source, and I will ask at the library (" + std::to_string(i) + ")"}};
      op.author = person_;
      op.replica = replica_;
      op.time_ms = now_ms;
      random_.fill(op.salt);
      ops_.push_back(record::canonical(op));
      chain_.push_back(record::next(chain_.back(), record::op_id(ops_.back())));
    }
  }

  // The next message, or the same one again when no answer came.
  std::string body() const {
    wire::SyncRequest request;
    request.replica = replica_;
    request.before = chain_[settled_];
    for (auto i = settled_; i < ops_.size() && request.ops.size() < wire::ops_per_request_max; i++)
      request.ops.push_back(ops_[i]);
    request.waiting = static_cast<std::int64_t>(ops_.size() - settled_);
    if (read_all_) {
      std::vector<sync::ReadSoFar> so_far;
      for (const auto& [stream, reading] : readings_)
        so_far.push_back({stream, reading.access, reading.served});
      request.same = sync::read_hash(feed_, std::move(so_far));
    } else {
      for (const auto& [stream, reading] : readings_)
        request.cursors.push_back({stream, reading.access, feed_, reading.segment, reading.seq, false});
    }
    return wire::pack(wire::encode(request));
  }

  // Empty, or what is wrong with the answer.
  std::string heard(std::string_view body) {
    auto text = wire::unpack(body, wire::message_bytes_max);
    if (!text) return "no packed body";
    auto reply = wire::decode_reply(*text);
    if (!reply) return "no reply: " + reply.error().detail;
    if (!reply->refused.empty()) return "an op was refused: " + reply->refused.front().code;
    auto n = static_cast<std::size_t>(reply->position.n);
    if (n >= chain_.size() || !(chain_[n] == reply->position)) return "a position that is not ours";
    settled_ = n;
    heard_ = true;
    if (reply->same && !*reply->same) return read_all_ = false, "";
    for (const auto& granted : reply->granted) readings_[granted.stream] = {granted.access, {}, 0, {}};
    for (const auto& page : reply->pages)
      if (auto wrong = take(page); !wrong.empty()) return wrong;
    read_all_ = !reply->more;
    return {};
  }

  // Everything written is at school.
  bool pushed() const { return settled_ + 1 == chain_.size(); }
  // And everything at school that it may read was read.
  bool done() const { return heard_ && read_all_ && pushed(); }

  // A new exchange begins, whether or not there is anything to do.
  void comes_back() { heard_ = false; }

  std::string stream() const { return domain::person_stream(person_); }
  std::int64_t written() const { return static_cast<std::int64_t>(ops_.size()); }

  const std::string token;
  int turned_away = 0;         // for this exchange
  int tries = 0;               // until what it had at first was at school
  std::int64_t pushed_at = 0;  // when it was, counted in good answers to anybody; 0: not yet
  double done_s = 0;           // after the storm began

 private:
  struct Reading {
    AccessId access;
    SegmentToken segment;
    std::int64_t seq = 0;
    record::Digest served;
  };
  std::string take(const wire::StreamPage& page) {
    auto found = readings_.find(page.stream);
    if (found == readings_.end()) return "a page of a stream that was not granted";
    auto& reading = found->second;
    if (page.reset) reading.served = {};
    for (const auto& id : page.own) reading.served.add(id);
    for (const auto& body : page.bodies) {
      auto stub = record::parse_stub(body);
      reading.served.add(stub ? stub->id : record::op_id(body));
    }
    feed_ = page.feed;
    reading.segment = page.segment;
    reading.seq = page.seq;
    bool equal =
        reading.served.hex() == page.digest && static_cast<std::int64_t>(reading.served.count) == page.head;
    return page.digest.empty() || equal ? "" : "another digest of " + page.stream;
  }

  PersonId person_;
  Random& random_;
  ReplicaId replica_;
  std::vector<std::string> ops_;
  std::vector<record::Position> chain_ = {{}};
  std::size_t settled_ = 0;
  FeedId feed_;
  std::map<std::string, Reading> readings_;
  bool read_all_ = false, heard_ = false;
};

class Storm {
 public:
  Storm(std::uint16_t port, bool tls) : there_(boost::asio::ip::address_v4::loopback(), port), tls_(tls) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
      limit.rlim_cur = limit.rlim_max;
      ::setrlimit(RLIMIT_NOFILE, &limit);
    }
  }

  // Whether this process may hold so many connections, both of whose ends are here.
  static bool fits(std::size_t connections) {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= 2 * connections + 256;
  }

  // One after another when `in_turn`, else all at once. Their connections are made before the first word,
  // unless the storm `connects`.
  void run(std::vector<std::unique_ptr<StormDevice>>& devices, bool in_turn = false) {
    for (auto& device : devices) {
      lines_.push_back(line_of(*device));
      if (!connects) lines_.back()->connect();
      if (listeners_.size() < listening) {
        listeners_.push_back(line_of(*device));
        deaf_.insert(listeners_.back().get());
      }
    }
    left_ = to_push_ = lines_.size();
    for (auto& line : flood_) line->send();
    begun_ = std::chrono::steady_clock::now();
    watch();
    in_turn_ = in_turn;
    for (auto& line : listeners_) line->begin([&one = *line] { one.listen(); });
    if (in_turn)
      lines_[next_++]->send();
    else
      for (auto& line : lines_) connects ? line->begin([&one = *line] { one.send(); }) : line->send();
    io_.run();
  }
  // One device that sends the same over many connections, and again at once whatever the answer is.
  void flood(StormDevice& device, int connections) {
    for (int i = 0; i < connections; i++) {
      flood_.push_back(line_of(device));
      flood_.back()->connect();
      flood_.back()->floods = true;
    }
  }

  // Whoever is done writes more and comes again, for as long as somebody's first push has not gone through.
  bool crowded = false;
  // Each connects when the storm has begun.
  bool connects = false;
  // So many of them have a second connection, on which they listen. The storm goes on until each of these has
  // heard that all it brought is at school.
  std::size_t listening = 0;

  std::size_t bytes = 0;      // of all requests and answers, headers and all, without TLS
  std::int64_t answered = 0;  // with 200, the flood's not counted
  std::int64_t turned_away = 0;
  std::string wrong;  // what no device may ever meet

 private:
  using tcp = boost::asio::ip::tcp;
  using ErrorCode = boost::system::error_code;
  static constexpr int kAnswersASecond = 32, kTriesMax = 100;
  static constexpr std::chrono::seconds kStalled{60};  // no machine is so slow

  struct Line {
    explicit Line(StormDevice& the_device) : device(the_device) {}
    virtual ~Line() = default;
    virtual void connect() = 0;
    virtual void begin(std::function<void()> connected) = 0;
    virtual void send() = 0;
    virtual void listen() = 0;
    StormDevice& device;
    bool floods = false;
    int turned_away = 0;  // who wants to listen
    wire::Heads heads;    // that it was told of
  };
  template <class Stream>
  struct LineOn : Line {
    template <class... Args>
    LineOn(Storm& the_storm, StormDevice& the_device, Args&&... args)
        : Line(the_device), storm(the_storm), stream(std::forward<Args>(args)...) {}
    static constexpr bool is_tls = !std::is_same_v<Stream, tcp::socket>;
    void connect() override {
      stream.lowest_layer().connect(storm.there_);
      stream.lowest_layer().set_option(tcp::no_delay(true));
      if constexpr (is_tls) stream.handshake(boost::asio::ssl::stream_base::client);
    }
    void begin(std::function<void()> connected) override {
      stream.lowest_layer().async_connect(storm.there_, [this, connected](ErrorCode error) {
        if (error) return storm.lost(*this, error);
        stream.lowest_layer().set_option(tcp::no_delay(true));
        if constexpr (is_tls)
          stream.async_handshake(boost::asio::ssl::stream_base::client, [this, connected](ErrorCode failed) {
            failed ? storm.lost(*this, failed) : connected();
          });
        else
          connected();
      });
    }
    void listen() override {
      out =
          "GET /v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer " + device.token + "\r\n\r\n";
      in.clear(), hears = false;
      boost::asio::async_write(stream, boost::asio::buffer(out), [this](ErrorCode error, std::size_t) {
        if (error) return storm.lost(*this, error);
        hear();
      });
    }
    void hear() {
      stream.async_read_some(boost::asio::buffer(piece), [this](ErrorCode error, std::size_t size) {
        if (error) return storm.lost(*this, error);
        in.append(piece.data(), size);
        if (!hears) {
          auto end = in.find("\r\n\r\n");
          if (end == std::string::npos) return hear();
          auto head = in.substr(0, end);
          if (head.compare(0, 12, "HTTP/1.1 200") != 0) {
            auto length = storm.number_after(head, "ontent-length: ", "ontent-Length: ");
            if (in.size() < end + 4 + static_cast<std::size_t>(length)) return hear();
            return storm.hears_later(*this, head);
          }
          in.erase(0, end + 4);
          hears = true;
        }
        if (!reader.read(in, heads)) return storm.stop("an event without an end");
        in.clear();
        storm.told(*this);
        hear();
      });
    }
    void send() override {
      if (!out.empty() && device.turned_away > 0) return write();  // the same again
      auto body = device.body();
      out = "POST /v1/sync HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer " + device.token +
            "\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
      write();
    }
    void write() {
      storm.bytes += out.size();
      in.clear();
      boost::asio::async_write(stream, boost::asio::buffer(out), [this](ErrorCode error, std::size_t) {
        if (error) return storm.lost(*this, error);
        read();
      });
    }
    void read() {
      stream.async_read_some(boost::asio::buffer(piece), [this](ErrorCode error, std::size_t size) {
        if (error) return storm.lost(*this, error);
        in.append(piece.data(), size);
        auto end = in.find("\r\n\r\n");
        if (end == std::string::npos) return read();
        auto length = static_cast<std::size_t>(
            storm.number_after(in.substr(0, end), "ontent-length: ", "ontent-Length: "));
        if (in.size() < end + 4 + length) return read();
        storm.bytes += in.size();
        storm.heard(*this, in.substr(0, end), std::string_view(in).substr(end + 4));
      });
    }
    Storm& storm;
    Stream stream;
    std::string out, in;
    wire::EventReader reader;
    bool hears = false;
    std::array<char, 16 * 1024> piece{};
  };

  static std::int64_t number_after(const std::string& text, const char* name, const char* other) {
    auto at = text.find(name);
    if (at == std::string::npos) at = text.find(other);
    return at == std::string::npos
               ? 0
               : std::strtoll(text.c_str() + at + std::char_traits<char>::length(name), nullptr, 10);
  }

  std::unique_ptr<Line> line_of(StormDevice& device) {
    if (!tls_) return std::make_unique<LineOn<tcp::socket>>(*this, device, io_);
    return std::make_unique<LineOn<boost::asio::ssl::stream<tcp::socket>>>(*this, device, io_, context_);
  }

  // The queue is full for who wants to listen, too.
  void hears_later(Line& listener, const std::string& head) {
    auto seconds = number_after(head, "etry-after: ", "etry-After: ");
    if (head.compare(0, 12, "HTTP/1.1 503") != 0 || seconds <= 0 || ++listener.turned_away > kTriesMax)
      return stop("nothing to listen to: " + head);
    if (left_ == 0) return listener.listen();
    to_listen_.emplace(answered + seconds * kAnswersASecond, &listener);
  }
  void told(Line& listener) {
    auto own = listener.heads.find(listener.device.stream());
    if (own == listener.heads.end() || own->second < listener.device.written()) return;
    deaf_.erase(&listener);
    end_if_done();
  }
  void end_if_done() {
    if (left_ == 0 && deaf_.empty()) io_.stop();
  }

  // Time is only asked whether anything moves at all.
  void watch() {
    watch_.expires_after(kStalled);
    watch_.async_wait([this, before = answered](ErrorCode error) {
      if (error) return;
      if (answered == before) return stop("nobody got an answer for a minute");
      watch();
    });
  }
  void lost(Line& line, const ErrorCode& error) {
    if (!line.floods || left_ > 0) stop("a connection was lost: " + error.message());
  }
  void stop(std::string why) {
    if (wrong.empty()) wrong = std::move(why);
    io_.stop();
  }

  void heard(Line& line, const std::string& head, std::string_view body) {
    bool good = head.compare(0, 12, "HTTP/1.1 200") == 0, busy = head.compare(0, 12, "HTTP/1.1 503") == 0;
    if (!good && !busy) return stop("an answer that is none: " + head);
    if (line.floods) return left_ > 0 ? line.send() : void();
    auto& device = line.device;
    if (device.pushed_at == 0) device.tries++;
    if (busy) {
      turned_away++;
      if (++device.turned_away > kTriesMax) return stop("a device is kept out");
      auto seconds = number_after(head, "etry-after: ", "etry-After: ");
      if (seconds <= 0) return stop("sent away without being told when to come back");
      waiting_.emplace(answered + seconds * kAnswersASecond, &line);
    } else {
      answered++;
      device.turned_away = 0;
      if (auto what = device.heard(body); !what.empty()) return stop(what);
      if (device.pushed_at == 0 && device.pushed()) device.pushed_at = answered, to_push_--;
      if (device.done() && crowded && to_push_ > 0) {
        device.write(1, 0);
        device.comes_back();
      }
      if (device.done()) {
        device.done_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
        left_--;
        if (left_ == 0) end_if_done();
        if (in_turn_ && left_ > 0) lines_[next_++]->send();
      } else {
        line.send();
      }
    }
    // Who waits comes when it is time, or when nobody else is left to count by.
    while (!waiting_.empty() &&
           (waiting_.begin()->first <= answered || waiting_.size() == (in_turn_ ? 1 : left_))) {
      auto* next = waiting_.begin()->second;
      waiting_.erase(waiting_.begin());
      next->send();
    }
    while (!to_listen_.empty() && (to_listen_.begin()->first <= answered || left_ == 0)) {
      auto* next = to_listen_.begin()->second;
      to_listen_.erase(to_listen_.begin());
      next->listen();
    }
  }
  boost::asio::io_context io_;
  boost::asio::ssl::context context_{boost::asio::ssl::context::tls_client};
  tcp::endpoint there_;
  bool tls_ = false, in_turn_ = false;
  std::vector<std::unique_ptr<Line>> lines_, flood_, listeners_;
  std::set<Line*> deaf_;  // listeners that were not told everything yet
  std::size_t left_ = 0, to_push_ = 0, next_ = 0;
  boost::asio::steady_timer watch_{io_};
  // By the number of answers after which they come again.
  std::multimap<std::int64_t, Line*> waiting_, to_listen_;
  std::chrono::steady_clock::time_point begun_;
};

}  // namespace waymark::test
