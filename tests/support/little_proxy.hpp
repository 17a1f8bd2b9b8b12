// A little proxy that stands between a computer and a school, for tests: it opens ways (CONNECT) to one port
// of this machine, whatever host is asked for, or refuses as it is told.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace waymark::test {

class LittleProxy {
 public:
  explicit LittleProxy(std::uint16_t leads_to) : leads_to_(leads_to) {
    sockaddr_in address = here(0);
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener_, 16) == 0);
    socklen_t size = sizeof address;
    REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { accept(); });
  }
  ~LittleProxy() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    for (auto& worker : workers_) worker.join();
    ::close(listener_);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::atomic<int> refuses{0};  // the status of the refusal; 0: it opens the way
  std::atomic<int> ways{0};     // opened
  std::string asked_for() {
    std::lock_guard lock(mutex_);
    return asked_for_;
  }

 private:
  static sockaddr_in here(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    return address;
  }
  void accept() {
    for (;;) {
      int socket = ::accept(listener_, nullptr, nullptr);
      if (socket < 0 || stopping_) {
        if (socket >= 0) ::close(socket);
        return;
      }
      workers_.emplace_back([this, socket] { serve(socket); });
    }
  }
  static void say(int socket, const std::string& text) {
    (void)::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
  }
  void serve(int socket) {
    std::string head;
    char byte = 0;
    while (head.find("\r\n\r\n") == std::string::npos && head.size() < 8192 &&
           ::recv(socket, &byte, 1, 0) == 1)
      head += byte;
    {
      std::lock_guard lock(mutex_);
      asked_for_ = head.substr(0, head.find(" HTTP"));
    }
    if (int status = refuses) {
      say(socket, "HTTP/1.1 " + std::to_string(status) +
                      " No\r\nproxy-authenticate: Basic realm=\"district\"\r\n"
                      "content-length: 0\r\nconnection: close\r\n\r\n");
    } else {
      int further = ::socket(AF_INET, SOCK_STREAM, 0);
      auto address = here(leads_to_);
      if (::connect(further, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
        ways++;
        say(socket, "HTTP/1.1 200 Connection established\r\n\r\n");
        relay(socket, further);
      }
      ::close(further);
    }
    ::close(socket);
  }
  void relay(int a, int b) {
    char piece[16384];
    pollfd both[2] = {{a, POLLIN, 0}, {b, POLLIN, 0}};
    while (!stopping_) {
      if (::poll(both, 2, 50) < 0) return;
      for (int i = 0; i < 2; i++) {
        if (!(both[i].revents & (POLLIN | POLLHUP | POLLERR))) continue;
        auto size = ::recv(both[i].fd, piece, sizeof piece, 0);
        if (size <= 0) return;
        for (ssize_t sent = 0; sent < size;) {
          auto more =
              ::send(both[1 - i].fd, piece + sent, static_cast<std::size_t>(size - sent), MSG_NOSIGNAL);
          if (more <= 0) return;
          sent += more;
        }
      }
    }
  }

  const std::uint16_t leads_to_;
  int listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::string asked_for_;
  std::thread thread_;
  std::vector<std::thread> workers_;
};

}  // namespace waymark::test
