// Stands between a client and a server on loopback and counts the bytes that pass, headers and all.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

namespace waymark::bench {

class Tap {
 public:
  explicit Tap(std::uint16_t server_port)
      : there_(boost::asio::ip::address_v4::loopback(), server_port),
        acceptor_(io_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)) {
    accept();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Tap() {
    io_.stop();
    thread_.join();
  }
  Tap(const Tap&) = delete;
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  std::atomic<std::size_t> bytes{0};

 private:
  using tcp = boost::asio::ip::tcp;
  struct Pipe : std::enable_shared_from_this<Pipe> {
    Pipe(std::shared_ptr<tcp::socket> a, std::shared_ptr<tcp::socket> b, std::atomic<std::size_t>& count)
        : from(std::move(a)), to(std::move(b)), counted(count) {}
    void pump() {
      from->async_read_some(boost::asio::buffer(piece),
                            [self = shared_from_this()](auto error, std::size_t size) {
                              if (error) return self->to->close();
                              self->counted += size;
                              boost::asio::async_write(*self->to, boost::asio::buffer(self->piece, size),
                                                       [self](auto failed, std::size_t) {
                                                         if (!failed) self->pump();
                                                       });
                            });
    }
    std::shared_ptr<tcp::socket> from, to;
    std::atomic<std::size_t>& counted;
    std::array<char, 8192> piece{};
  };

  void accept() {
    acceptor_.async_accept([this](auto error, tcp::socket socket) {
      if (error) return;
      auto near = std::make_shared<tcp::socket>(std::move(socket));
      auto far = std::make_shared<tcp::socket>(io_);
      far->connect(there_);
      for (auto& one : {near, far}) one->set_option(tcp::no_delay(true));
      std::make_shared<Pipe>(near, far, bytes)->pump();
      std::make_shared<Pipe>(far, near, bytes)->pump();
      accept();
    });
  }

  boost::asio::io_context io_;
  tcp::endpoint there_;
  tcp::acceptor acceptor_;
  std::thread thread_;
};

}  // namespace waymark::bench
