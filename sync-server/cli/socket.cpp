#include "sync-server/cli/socket.hpp"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace waymark::server::cli {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

// A socket's path has about a hundred bytes; a longer one goes by way of the open directory.
struct Address {
  sockaddr_un value{};
  Descriptor directory;

  static Result<Address> in(const std::string& data) {
    Address address;
    address.value.sun_family = AF_UNIX;
    std::string path = data + "/command.sock";
    if (path.size() >= sizeof address.value.sun_path) {
      address.directory = Descriptor(::open(data.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
      if (!address.directory) return Error{Code::not_found, data + " cannot be opened"};
      path = "/proc/self/fd/" + std::to_string(address.directory.get()) + "/command.sock";
    }
    std::memcpy(address.value.sun_path, path.c_str(), path.size() + 1);
    return address;
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&value); }
};

// Up to the line's end. Gives up after wait_ms without a byte, or when told to stop.
Result<std::string> read_line(int socket, std::size_t bytes_max, int wait_ms, const std::atomic<bool>* stop) {
  std::string text;
  int waited = 0;
  for (;;) {
    pollfd waiting{socket, POLLIN, 0};
    int ready = ::poll(&waiting, 1, 100);
    if (stop && *stop) return Error{Code::cancelled, "the server stops"};
    if (ready < 0 && errno != EINTR) return Error{Code::io, "the socket cannot be read"};
    if (ready <= 0) {
      waited += 100;
      if (waited >= wait_ms) return Error{Code::timeout, "no answer came"};
      continue;
    }
    waited = 0;
    char piece[16 * 1024];
    auto size = ::read(socket, piece, sizeof piece);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return Error{Code::io, "the socket was closed before the line's end"};
    text.append(piece, static_cast<std::size_t>(size));
    if (auto end = text.find('\n'); end != std::string::npos) return text.substr(0, end);
    if (text.size() > bytes_max) return Error{Code::too_large, "the line is longer than is taken"};
  }
}

bool write_line(int socket, std::string text) {
  text += '\n';
  std::size_t done = 0;
  while (done < text.size()) {
    auto size = ::send(socket, text.data() + done, text.size() - done, MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    done += static_cast<std::size_t>(size);
  }
  return true;
}

}  // namespace

struct CommandSocket::Impl {
  std::string path;
  Descriptor listener;
  std::function<std::string(const std::string&)> answer;
  std::atomic<bool> stop{false};
  std::thread thread;

  void work() {
    while (!stop) {
      pollfd waiting{listener.get(), POLLIN, 0};
      if (::poll(&waiting, 1, 100) <= 0) continue;
      Descriptor peer(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!peer) continue;
      timeval limit{5, 0};  // one who does not read does not hold up the next
      ::setsockopt(peer.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
      auto line = read_line(peer.get(), command_bytes_max, 2'000, &stop);
      if (line) write_line(peer.get(), answer(*line));
    }
  }
};

CommandSocket::CommandSocket() : impl_(std::make_unique<Impl>()) {}
CommandSocket::~CommandSocket() {
  impl_->stop = true;
  if (impl_->thread.joinable()) impl_->thread.join();
  if (impl_->listener) ::unlink(impl_->path.c_str());
}

Result<std::unique_ptr<CommandSocket>> CommandSocket::open(
    const std::string& data, std::function<std::string(const std::string&)> answer) {
  std::unique_ptr<CommandSocket> made(new CommandSocket());
  auto& impl = *made->impl_;
  impl.path = data + "/command.sock";
  impl.answer = std::move(answer);
  WAYMARK_TRY(address, Address::in(data));
  // Left over from a server that was killed: who has the directory's lock may take it away.
  ::unlink(impl.path.c_str());
  Descriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  // Private from the first moment: nobody gets in between bind and chmod.
  auto mask = ::umask(0177);
  bool bound = listener && ::bind(listener.get(), address.get(), sizeof address.value) == 0;
  ::umask(mask);
  if (!bound || ::listen(listener.get(), 8) != 0)
    return Error{Code::io, impl.path + " cannot be made: " + std::strerror(errno)};
  impl.listener = std::move(listener);
  impl.thread = std::thread([&impl] { impl.work(); });
  return made;
}

Result<std::optional<std::string>> ask_server(const std::string& data, const std::string& line) {
  std::optional<std::string> nobody;
  auto address = Address::in(data);
  if (!address) return nobody;  // no directory, no server
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket || ::connect(socket.get(), address->get(), sizeof(sockaddr_un)) != 0) return nobody;
  if (!write_line(socket.get(), line)) return nobody;
  WAYMARK_TRY(reply, read_line(socket.get(), command_reply_bytes_max, 600'000, nullptr));
  return std::optional<std::string>(std::move(reply));
}

}  // namespace waymark::server::cli
