// Sessions are written as steps with callbacks, not as coroutines: Asio 1.74 knows no coroutines with
// clang 14.
#include "sync-server/net/server.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <ctime>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <netinet/tcp.h>
#include <sys/resource.h>

#include "shared/wire/compress.hpp"
#include "sync-server/net/reading.hpp"

namespace waymark::server::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using tcp = asio::ip::tcp;
using ErrorCode = beast::error_code;
using Milliseconds = std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

beast::string_view beast_view(std::string_view text) { return {text.data(), text.size()}; }

std::string http_date() {
  std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[40];
  auto size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return std::string(text, size);
}

// Pictures and films are packed already.
bool worth_compressing(std::string_view type) {
  return type.substr(0, 5) == "text/" || type.substr(0, 16) == "application/json" ||
         type.substr(0, 15) == "application/vnd" || type.substr(0, 13) == "image/svg+xml" ||
         type.substr(0, 22) == "application/javascript";
}

// Whose request it is as far as turns go. Nobody has looked at the token yet: with invented ones somebody
// gets more turns, and nothing else.
std::string device_of(const http::Request& request) {
  for (auto who : {request.bearer(), request.header("cookie")})
    if (!who.empty()) return std::string(who.substr(0, 128));
  return request.remote;
}

}  // namespace

// What sessions have in common. It outlives them: ~Server runs the io_context dry first.
struct Server::Impl {
  class AnySession {
   public:
    virtual ~AnySession() = default;
    virtual void server_stops() = 0;
  };
  template <class Stream>
  class Session;

  ServerOptions options;
  const http::Router& router;
  http::Metrics& metrics;
  std::function<void(const Access&)> log;
  std::atomic<bool> stopping{false}, stopped_all{false};
  std::once_flag stopped;
  std::atomic<std::size_t> bodies_bytes{0};
  std::atomic<std::size_t> refusals{0};  // connections beyond the bound that are being told so
  std::mutex mutex;
  std::condition_variable empty;
  std::set<AnySession*> sessions;

  // In this order: what is destroyed last is what the sessions inside the later ones still use.
  asio::ssl::context tls{asio::ssl::context::tls_server};
  asio::io_context io{2};
  asio::executor_work_guard<asio::io_context::executor_type> guard{io.get_executor()};
  tcp::acceptor acceptor{asio::make_strand(io)};  // closed from stop()
  asio::thread_pool slow{2};                      // passwords' hashes
  Desk desk;                                      // School's one thread
  std::vector<std::thread> threads;
  std::uint16_t port = 0;

  Impl(ServerOptions the_options, const http::Router& the_router, http::Metrics& the_metrics,
       std::function<void(const Access&)> the_log)
      : options(std::move(the_options)),
        router(the_router),
        metrics(the_metrics),
        log(std::move(the_log)),
        desk(options.waiting_max, options.together, options.after) {}

  Status listen();
  void accept();
  void stop();

  // Runs the handler, its slow work elsewhere, and gives the response; all away from the session's strand.
  void handle(std::shared_ptr<http::Request> request, std::function<void(http::Response)> done);
  void settle(http::Answer answer, std::function<void(http::Response)> done);
  void queue(Desk::Job job);
  Error busy();
  Error come_later();
  // What a handler does, with its time counted.
  http::Answer timed(const std::function<http::Answer()>& work);
};

template <class Stream>
class Server::Impl::Session final : public Server::Impl::AnySession,
                                    public std::enable_shared_from_this<Session<Stream>> {
 public:
  static constexpr bool is_tls = !std::is_same_v<Stream, beast::tcp_stream>;

  // `beyond`: there is no room for it, and the first request is answered so.
  template <class... Args>
  explicit Session(Impl& server, bool beyond, Args&&... args)
      : server_(server), stream_(std::forward<Args>(args)...), beyond_(beyond) {
    if (beyond_) server_.refusals++;
    ErrorCode error;
    auto peer = beast::get_lowest_layer(stream_).socket().remote_endpoint(error);
    if (!error) remote_ = peer.address().to_string();
    beast::get_lowest_layer(stream_).socket().set_option(tcp::no_delay(true), error);
    server_.metrics.connections++;
    server_.metrics.connections_ever++;
    std::lock_guard lock(server_.mutex);
    server_.sessions.insert(this);
  }
  ~Session() override {
    release();
    if (more_) {
      more_->on_news({});
      more_->close();
      server_.metrics.listeners--;
    }
    if (beyond_) server_.refusals--;
    std::lock_guard lock(server_.mutex);
    server_.sessions.erase(this);
    server_.metrics.connections--;
    if (server_.sessions.empty()) server_.empty.notify_all();
  }

  void start() {
    asio::dispatch(stream_.get_executor(), [self = this->shared_from_this()] {
      if constexpr (is_tls) {
        self->within(self->server_.options.handshake_ms);
        self->stream_.async_handshake(asio::ssl::stream_base::server, [self](ErrorCode error) {
          if (!error) self->wait_for_request();
        });
      } else {
        self->wait_for_request();
      }
    });
  }

  // Called with the server's mutex held, from another thread.
  void server_stops() override {
    asio::post(stream_.get_executor(), [weak = this->weak_from_this()] {
      if (auto self = weak.lock(); self && (self->idle_ || self->more_)) self->close();
    });
  }

 private:
  void within(std::int64_t ms) { beast::get_lowest_layer(stream_).expires_after(Milliseconds(ms)); }
  void close() { beast::get_lowest_layer(stream_).close(); }

  // The first byte may take long, what follows may not.
  void wait_for_request() {
    if (server_.stopping && buffer_.size() == 0) return close();
    begin_reading(parser_, server_.options.header_bytes_max);
    if (buffer_.size() > 0) return read_header();
    idle_ = true;
    within(beyond_ ? server_.options.header_ms : server_.options.idle_ms);
    // Thousands wait like this: room for a small request, and none that a large one took before.
    buffer_.shrink_to_fit();
    stream_.async_read_some(buffer_.prepare(1'024),
                            [self = this->shared_from_this()](ErrorCode error, std::size_t size) {
                              self->idle_ = false;
                              if (error) return self->end(error);
                              self->buffer_.commit(size);
                              self->read_header();
                            });
  }

  void read_header() {
    begun_ = SteadyClock::now();
    within(server_.options.header_ms);
    bhttp::async_read_header(stream_, buffer_, *parser_,
                             [self = this->shared_from_this()](ErrorCode error, std::size_t) {
                               if (error) return self->unreadable(error);
                               self->header_read();
                             });
  }

  void header_read() {
    auto request = std::make_shared<http::Request>(net::read_header(*parser_));
    request->remote = remote_;
    if constexpr (is_tls) request->spki = server_.options.tls->spki;
    request_ = std::move(request);
    keep_alive_ = parser_->get().keep_alive();

    if (beyond_) return refuse(server_.come_later());
    if (!has_address(*parser_)) return refuse({Code::malformed, "the address cannot be read"});
    body_max_ = server_.router.body_bytes_max(request_->method, request_->path);
    auto length = parser_->content_length();
    if (length && *length > body_max_)
      return refuse({Code::too_large, "the body is larger than is taken here"});
    // What it may become is set aside before it comes, so that many large bodies cannot fill the memory.
    reserved_ = parser_->is_done() ? 0 : length ? static_cast<std::size_t>(*length) : body_max_;
    if (server_.bodies_bytes.fetch_add(reserved_) + reserved_ > server_.options.bodies_bytes_max)
      return refuse({Code::server_busy, std::to_string(2 + reserved_ % 7)});
    parser_->body_limit(body_max_);
    body_until_ = SteadyClock::now() + Milliseconds(server_.options.body_ms);
    if (!parser_->is_done() && lower(request_->header("expect")) == "100-continue") return send_continue();
    read_body();
  }

  void send_continue() {
    auto go_on = std::make_shared<bhttp::response<bhttp::empty_body>>(bhttp::status::continue_, 11);
    within(server_.options.stall_ms);
    bhttp::async_write(stream_, *go_on,
                       [self = this->shared_from_this(), go_on](ErrorCode error, std::size_t) {
                         if (!error) self->read_body();
                       });
  }

  void read_body() {
    if (parser_->is_done()) return body_read();
    auto left = std::chrono::duration_cast<Milliseconds>(body_until_ - SteadyClock::now()).count();
    if (left <= 0) return end(beast::error::timeout);
    within(std::min<std::int64_t>(left, server_.options.stall_ms));
    bhttp::async_read_some(stream_, buffer_, *parser_,
                           [self = this->shared_from_this()](ErrorCode error, std::size_t) {
                             if (error) return self->unreadable(error);
                             self->read_body();
                           });
  }

  void body_read() {
    request_->body = std::move(parser_->get().body());
    bytes_in_ = request_->body.size();
    server_.metrics.bytes_in += static_cast<std::int64_t>(bytes_in_);
    if (auto said = expand_body(*request_, body_max_)) {
      auto response = http::error_response(said->error);
      if (said->status) response.status = said->status;
      return answer(with_headers(std::move(response)));
    }
    beast::get_lowest_layer(stream_).expires_never();
    server_.handle(request_, [self = this->shared_from_this()](http::Response response) {
      asio::post(self->stream_.get_executor(),
                 [self, response = std::move(response)]() mutable { self->answer(std::move(response)); });
    });
  }

  static http::Response with_headers(http::Response response) {
    http::add_security_headers(response);
    return response;
  }

  // What arrived is no request that we read: said once, then the connection ends.
  void unreadable(ErrorCode error) {
    if (auto said = unreadable_for(error)) return refuse(said->error, said->status);
    end(error);
  }

  void refuse(const Error& error, int status = 0) {
    if (error.code == Code::malformed) server_.metrics.malformed++;
    if (!request_) request_ = std::make_shared<http::Request>();
    auto response = with_headers(http::error_response(error));
    if (status) response.status = status;
    drain_ = true;
    answer(std::move(response));
  }

  void answer(http::Response response) {
    bool head = request_->method == "HEAD";
    bool follows = response.more && !head;
    if (response.more && head) response.more->close();
    bool keep = keep_alive_ && !drain_ && !server_.stopping && !follows;
    auto status = static_cast<unsigned>(response.status);
    message_ = {};
    message_.result(status);
    message_.version(11);
    if (!response.bare) message_.set(bhttp::field::date, http_date());
    for (const auto& [name, value] : response.headers) message_.insert(beast_view(name), beast_view(value));
    bool bodiless = status == 204 || status == 304;
    if (!bodiless && !head && !follows && response.body.size() > wire::compress_from_bytes &&
        request_->header("accept-encoding").find("zstd") != std::string_view::npos &&
        response.header("content-encoding").empty() && worth_compressing(response.header("content-type"))) {
      auto packed = wire::compress(response.body);
      if (!packed.empty() && packed.size() < response.body.size()) {
        response.body = std::move(packed);
        message_.set(bhttp::field::content_encoding, "zstd");
      }
    }
    if (!bodiless && !response.bare) message_.insert(bhttp::field::vary, "accept-encoding");
    message_.keep_alive(keep);
    if (!bodiless && !follows) message_.content_length(response.body.size());
    if (!head && !bodiless) message_.body() = std::move(response.body);
    auto bytes_out = message_.body().size();
    server_.metrics.bytes_out += static_cast<std::int64_t>(bytes_out);
    server_.metrics.answered[std::min<std::size_t>(status / 100, 5)]++;
    if (server_.log) {
      auto took = std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - begun_).count();
      server_.log({request_->method, request_->path, remote_, response.status, took, bytes_in_, bytes_out});
    }
    bytes_in_ = 0;
    serializer_.emplace(message_);
    if (follows) return go_on(std::move(response.more));
    if (head) return write_header(keep);
    write_some(keep);
  }

  // An answer that goes on ends with its connection: it has no length.
  void go_on(std::shared_ptr<http::Outlet> more) {
    more_ = std::move(more);
    server_.metrics.listeners++;
    release();
#ifdef TCP_USER_TIMEOUT
    // A laptop that was closed says nothing, and would keep its place for a quarter of an hour.
    int ms = static_cast<int>(server_.options.stall_ms);
    ::setsockopt(beast::get_lowest_layer(stream_).socket().native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT,
                 &ms, sizeof ms);
#endif
    within(server_.options.stall_ms);
    bhttp::async_write_header(stream_, *serializer_,
                              [self = this->shared_from_this()](ErrorCode error, std::size_t) {
                                if (error) return self->end(error);
                                self->follow();
                              });
  }

  void follow() {
    more_->on_news([weak = this->weak_from_this(), executor = stream_.get_executor()] {
      asio::post(executor, [weak] {
        if (auto self = weak.lock()) self->send_more();
      });
    });
    listen_for_the_end();
    send_more();
  }

  // The reader has nothing more to say: what comes is its leaving.
  void listen_for_the_end() {
    beast::get_lowest_layer(stream_).expires_never();
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(512),
                            [self = this->shared_from_this()](ErrorCode, std::size_t) { self->close(); });
  }

  void send_more() {
    if (sending_) return;
    piece_ = more_->take();
    if (piece_.empty() && !more_->open()) return close();
    if (piece_.empty()) return beat_later();
    sending_ = true;
    within(server_.options.stall_ms);
    asio::async_write(stream_, asio::buffer(piece_),
                      [self = this->shared_from_this()](ErrorCode error, std::size_t size) {
                        self->sending_ = false;
                        if (error) return self->end(error);
                        self->server_.metrics.bytes_out += static_cast<std::int64_t>(size);
                        self->send_more();
                      });
  }

  void beat_later() {
    if (!beat_) beat_.emplace(stream_.get_executor());
    beat_->expires_after(Milliseconds(server_.options.beat_ms));
    beat_->async_wait([weak = this->weak_from_this()](ErrorCode error) {
      if (auto self = weak.lock(); self && !error) self->more_->add(self->more_->beat());
    });
  }

  // A HEAD's answer tells the length of a body that does not follow.
  void write_header(bool keep) {
    within(server_.options.stall_ms);
    bhttp::async_write_header(stream_, *serializer_,
                              [self = this->shared_from_this(), keep](ErrorCode error, std::size_t) {
                                if (error) return self->end(error);
                                self->written(keep);
                              });
  }

  // In pieces, so that a slow reader has time and one that stands still has not.
  void write_some(bool keep) {
    if (serializer_->is_done()) return written(keep);
    within(server_.options.stall_ms);
    bhttp::async_write_some(stream_, *serializer_,
                            [self = this->shared_from_this(), keep](ErrorCode error, std::size_t) {
                              if (error) return self->end(error);
                              self->write_some(keep);
                            });
  }

  void release() { server_.bodies_bytes -= std::exchange(reserved_, 0); }

  void written(bool keep) {
    serializer_.reset();
    release();
    request_.reset();
    if (keep) return wait_for_request();
    if (drain_) return drain();
    finish();
  }

  // Closing while the peer still sends would take our answer away from it: read on for a moment.
  void drain() {
    within(2'000);
    ErrorCode ignored;
    if constexpr (!is_tls)
      beast::get_lowest_layer(stream_).socket().shutdown(tcp::socket::shutdown_send, ignored);
    drain_more(32 * 1024 * 1024);
  }
  void drain_more(std::size_t left) {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(64 * 1024),
                            [self = this->shared_from_this(), left](ErrorCode error, std::size_t size) {
                              if (error || size >= left) return self->close();
                              self->drain_more(left - size);
                            });
  }

  void finish() {
    within(1'000);
    if constexpr (is_tls) {
      stream_.async_shutdown([self = this->shared_from_this()](ErrorCode) { self->close(); });
    } else {
      ErrorCode ignored;
      stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    }
  }

  void end(ErrorCode error) {
    if (error == beast::error::timeout) server_.metrics.timed_out++;
    close();
  }

  Impl& server_;
  Stream stream_;
  beast::flat_buffer buffer_;
  std::optional<RequestParser> parser_;
  std::shared_ptr<http::Request> request_;
  bhttp::response<bhttp::string_body> message_;
  std::optional<bhttp::response_serializer<bhttp::string_body>> serializer_;
  std::shared_ptr<http::Outlet> more_;
  std::optional<asio::steady_timer> beat_;
  std::string piece_;  // of it, on its way
  bool sending_ = false;
  std::string remote_;
  SteadyClock::time_point begun_{}, body_until_{};
  std::size_t body_max_ = 0, bytes_in_ = 0, reserved_ = 0;
  bool keep_alive_ = false, drain_ = false, idle_ = false;
  const bool beyond_;
};

http::Answer Server::Impl::timed(const std::function<http::Answer()>& work) {
  auto begun = SteadyClock::now();
  auto answer = work();
  metrics.handled_us +=
      std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - begun).count();
  return answer;
}

void Server::Impl::settle(http::Answer answer, std::function<void(http::Response)> done) {
  if (auto* later = answer.later()) {
    auto step = std::make_shared<http::Later>(std::move(*later));
    asio::post(slow, [this, step, done = std::move(done)]() mutable {
      if (step->work) step->work();
      queue({.work = [this, step] { return timed(step->then); },
             .done = [this, done = std::move(done)](http::Answer next) { settle(std::move(next), done); },
             .must = true});
    });
    return;
  }
  auto response = std::move(*answer.response());
  http::add_security_headers(response);
  metrics.handling--;
  done(std::move(response));
}

void Server::Impl::handle(std::shared_ptr<http::Request> request, std::function<void(http::Response)> done) {
  metrics.handling++;
  auto finish = [this, done = std::move(done)](http::Answer answer) { settle(std::move(answer), done); };
  auto who = device_of(*request);
  auto bytes = request->body.size();
  if (!desk.has_place(who, bytes)) return finish(busy());
  bool shares = false;
  try {
    shares = router.prepare(*request);
  } catch (...) {  // as in a handler: this request fails
    return finish(Error{Code::internal, ""});
  }
  queue({.work = [this, request] { return timed([&] { return router.handle(*request); }); },
         .done = std::move(finish),
         .shares = shares,
         .who = std::move(who),
         .bytes = bytes});
}

void Server::Impl::queue(Desk::Job job) {
  if (auto away = desk.add(std::move(job))) away->done(busy());
}

// Spread, so that those who are sent away do not come back together.
Error Server::Impl::busy() {
  metrics.turned_away++;
  return {Code::server_busy, std::to_string(2 + metrics.turned_away % 7)};
}
// For want of connections, which end less often than a queue grows shorter.
Error Server::Impl::come_later() {
  return {Code::server_busy, std::to_string(15 + metrics.connections_refused % 31)};
}

Status Server::Impl::listen() {
  ErrorCode error;
  auto address = asio::ip::make_address(options.host, error);
  if (error)
    return Error{Code::invalid,
                 "\"" + options.host + "\" is no address; give one like 0.0.0.0 or 192.168.4.2"};
  if (options.tls) {
    tls.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                        asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
                        asio::ssl::context::no_tlsv1_1,
                    error);
    tls.use_certificate_chain_file(options.tls->certificate_path, error);
    if (error)
      return Error{Code::invalid, options.tls->certificate_path + " cannot be used: " + error.message()};
    tls.use_private_key_file(options.tls->key_path, asio::ssl::context::pem, error);
    if (error) return Error{Code::invalid, options.tls->key_path + " cannot be used: " + error.message()};
  }
  tcp::endpoint endpoint(address, options.port);
  std::string where = options.host + ":" + std::to_string(options.port);
  acceptor.open(endpoint.protocol(), error);
  if (error) return Error{Code::io, where + " cannot be listened on: " + error.message()};
  acceptor.set_option(asio::socket_base::reuse_address(true), error);
  acceptor.bind(endpoint, error);
  if (error == asio::error::address_in_use)
    return Error{Code::exists, "another program listens on " + where +
                                   " already; stop it, or choose another port with --listen"};
  if (error == asio::error::access_denied)
    return Error{Code::forbidden,
                 where + " needs the system's permission; choose a port above 1023 with --listen"};
  if (error) return Error{Code::invalid, where + " cannot be listened on: " + error.message()};
  acceptor.listen(1024, error);
  if (error) return Error{Code::exists, where + " cannot be listened on: " + error.message()};
  port = acceptor.local_endpoint(error).port();
  return {};
}

void Server::Impl::accept() {
  acceptor.async_accept(asio::make_strand(io), [this](ErrorCode error, tcp::socket socket) {
    if (!acceptor.is_open() || stopping) return;
    if (error) {
      // Out of descriptors, most likely: leave those that are here a moment to end.
      auto timer = std::make_shared<asio::steady_timer>(acceptor.get_executor(), Milliseconds(100));
      timer->async_wait([this, timer](ErrorCode) {
        if (!stopping) accept();
      });
      return;
    }
    auto served = static_cast<std::size_t>(metrics.connections.load()) - refusals;
    bool beyond = served >= options.connections_max;
    if (beyond) metrics.connections_refused++;
    if (beyond && refusals >= options.refusals_max) {
      ErrorCode ignored;
      socket.close(ignored);
    } else if (options.tls) {
      std::make_shared<Session<beast::ssl_stream<beast::tcp_stream>>>(*this, beyond, std::move(socket), tls)
          ->start();
    } else {
      std::make_shared<Session<beast::tcp_stream>>(*this, beyond, std::move(socket))->start();
    }
    accept();
  });
}

void Server::Impl::stop() {
  stopping = true;
  asio::post(acceptor.get_executor(), [this] {
    ErrorCode ignored;
    acceptor.close(ignored);
  });
  {
    std::unique_lock lock(mutex);
    for (auto* session : sessions) session->server_stops();
    empty.wait_for(lock, Milliseconds(options.drain_ms), [this] { return sessions.empty(); });
  }
  guard.reset();
  io.stop();
  for (auto& thread : threads) thread.join();
  // What is in a handler now is finished, so that nothing is half done; what waits is not begun.
  slow.stop();
  desk.stop();
  slow.join();
  stopped_all = true;
}

std::size_t connections_that_fit(std::size_t wanted, std::size_t files) {
  return std::min(wanted, files > own_files_max ? files - own_files_max : 0);
}

// A shell often allows a thousand files at once.
std::size_t allow_connections(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const rlim_t files = wanted + own_files_max;
  if (limit.rlim_cur < files) {
    // Beyond the hard limit only where this program may set it.
    rlimit more{files, std::max(files, limit.rlim_max)},
        most{std::min(files, limit.rlim_max), limit.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &more) != 0) ::setrlimit(RLIMIT_NOFILE, &most);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  return connections_that_fit(wanted, static_cast<std::size_t>(limit.rlim_cur));
}

Server::Server() = default;
Server::~Server() { stop(); }

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, const http::Router& router,
                                              http::Metrics& metrics,
                                              std::function<void(const Access&)> log) {
  std::unique_ptr<Server> server(new Server());
  server->impl_ = std::make_unique<Impl>(std::move(options), router, metrics, std::move(log));
  auto& impl = *server->impl_;
  WAYMARK_CHECK(impl.listen());
  impl.accept();
  for (int i = 0; i < 2; i++) impl.threads.emplace_back([&impl] { impl.io.run(); });
  return server;
}

std::uint16_t Server::port() const { return impl_->port; }

bool Server::run(std::function<void()> function) {
  if (impl_->stopping) return false;
  auto done = std::make_shared<std::promise<void>>();
  auto future = done->get_future();
  impl_->queue({.work = [function = std::move(function)]() -> http::Answer {
                  function();
                  return http::no_content();
                },
                .done = [done](http::Answer) { done->set_value(); },
                .must = true});
  // It may be among what a stop no longer begins.
  while (future.wait_for(Milliseconds(50)) != std::future_status::ready)
    if (impl_->stopped_all) return future.wait_for(Milliseconds(0)) == std::future_status::ready;
  return true;
}

void Server::stop() {
  std::call_once(impl_->stopped, [this] { impl_->stop(); });
}

}  // namespace waymark::server::net
