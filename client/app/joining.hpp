// Joining, step by step: a computer to its school by a code that is never sent, and a student to this
// computer by a card and a PIN. Says what it is waiting for and why the last step was not done.
#pragma once

#include <optional>
#include <string>

#include "client/app/connection.hpp"

namespace waymark::app {

class Joining {
 public:
  Joining(Connection& connection, Computer& computer, Random& random)
      : connection_(connection), computer_(computer), random_(random) {}
  ~Joining() { stop(); }
  Joining(const Joining&) = delete;

  struct Needs {  // of a card
    std::string first_name;
    bool new_pin = false;  // choose one; else enter the one chosen before
    PinKind kind = PinKind::digits;
  };

  // `code` may be the QR's one text, which names the address too.
  void computer(std::string_view address, std::string_view code);
  // The QR's text is read too.
  void card(std::string_view card);
  // Only after the card's needs are known.
  void student(std::string_view pin, PinKind kind);
  void stop();  // gives up what is on its way

  bool busy() const { return ticket_ != 0; }
  const std::optional<Error>& error() const { return error_; }
  const std::string& address() const { return address_; }
  const std::string& code() const { return code_; }  // as typed
  const std::string& typed_card() const { return card_; }
  const std::optional<Needs>& needs() const { return needs_; }
  // Who has just joined; taken once.
  std::optional<std::string> take_joined() { return std::exchange(joined_, std::nullopt); }
  void forget_card() { card_.clear(), needs_.reset(), error_.reset(); }

 private:
  void fail(const Error& error) { ticket_ = 0, error_ = error; }
  void begin(const HelloReply& hello, const std::string& code);
  void finish(const HelloReply& hello, const std::string& code, const std::string& nonce,
              const HttpReply& reply);
  void keep_computer(const HelloReply& hello, const HttpReply& reply);
  void keep_student(const HttpReply& reply, const SecretKey& key, const std::string& card,
                    const std::string& pin, PinKind kind);

  Connection& connection_;
  Computer& computer_;
  Random& random_;
  std::uint64_t ticket_ = 0;
  std::string address_, code_, card_;
  std::optional<Error> error_;
  std::optional<Needs> needs_;
  std::optional<std::string> joined_;
};

}  // namespace waymark::app
