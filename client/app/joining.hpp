// Joining, step by step: a computer to its school by a code that is never sent, and a student to this
// computer by a card and a PIN. Says what it is waiting for and why the last step was not done.
#pragma once

#include <optional>
#include <string>

#include "client/app/connection.hpp"
#include "client/app/starter.hpp"

namespace waymark::app {

class Joining {
 public:
  Joining(Connection& connection, Computer& computer, Clock& clock, Random& random)
      : connection_(connection), computer_(computer), clock_(clock), random_(random) {}
  ~Joining() { stop(); }
  Joining(const Joining&) = delete;

  struct Needs {  // of a card
    std::string first_name;
    bool new_pin = false;  // choose one; else enter the one chosen before
    PinKind kind = PinKind::digits;
    bool unchecked = false;  // nobody here can tell whether it is the one chosen before
  };

  // `code` may be the QR's one text, which names the address too.
  void computer(std::string_view address, std::string_view code);
  // From a file, where there is no network.
  void starter(const std::string& path);
  // The QR's text is read too.
  void card(std::string_view card);
  // Only after the card's needs are known.
  void student(std::string_view pin, PinKind kind);
  void stop();  // gives up what is on its way

  bool busy() const { return ticket_ != 0; }
  bool from_starter() const { return from_starter_; }  // the last step was a file's
  const std::optional<Error>& error() const { return error_; }
  const std::string& address() const { return address_; }
  const std::string& code() const { return code_; }  // as typed
  const std::string& typed_card() const { return card_; }
  const std::optional<Needs>& needs() const { return needs_; }
  // Who has just joined; taken once.
  std::optional<std::string> take_joined() { return std::exchange(joined_, std::nullopt); }
  void forget_card() { card_.clear(), needs_.reset(), starter_.reset(), error_.reset(); }

 private:
  void fail(const Error& error) { ticket_ = 0, error_ = error; }
  void begin(const HelloReply& hello, const std::string& code);
  void finish(const HelloReply& hello, const std::string& code, const std::string& nonce,
              const HttpReply& reply);
  void keep_computer(const HelloReply& hello, const HttpReply& reply);
  void keep_student(const HttpReply& reply, const SecretKey& key, const std::string& card,
                    const std::string& pin, PinKind kind);
  // What lets a student in here, given by the school, or still to be introduced to it.
  struct LetIn {
    std::string person, name, token, certificate, signature;
    SecretKey key;
    bool introduces = false;
  };
  bool keep_profile(const LetIn& in, const std::string& card, const std::string& pin, PinKind kind);
  void open_starter(const std::string& card);
  void begin_from_starter(const std::string& card, const std::string& pin, PinKind kind);

  Connection& connection_;
  Computer& computer_;
  Clock& clock_;
  Random& random_;
  std::uint64_t ticket_ = 0;
  bool from_starter_ = false;
  std::string address_, code_, card_;
  std::optional<Error> error_;
  std::optional<Needs> needs_;
  std::optional<wire::OpenedStarter> starter_;  // opened with this card
  std::optional<std::string> joined_;
};

}  // namespace waymark::app
