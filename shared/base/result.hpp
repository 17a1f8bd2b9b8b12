// Result<T>: a value or an Error, for every function that can fail. No exception crosses a room; a Result
// that is dropped does not compile. Its names are std::expected's, so that it can become that once every
// compiler we build with has it.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace waymark {

// What went wrong, as a closed set. A person reads the sentence that the catalogue keeps for the code
// ("error.<name>": what happened, that their work is safe, what to do); `detail` is for the log.
enum class Code {
  malformed,         // bytes that are not what they should be (JSON, CSV, an image, an op)
  invalid,           // well formed, but a value breaks a rule of its kind
  too_large,         // over a stated limit of bytes, items or characters
  too_deep,          // nested deeper than a stated limit
  wrong_id,          // an op's id is not the hash of its content
  unknown_kind,      // a kind that this version may not write
  forbidden,         // the author has no right to do this
  not_granted,       // the stream is not granted to the author
  not_found,         // no such record, file, person, class
  exists,            // it is there already and may not be written twice
  conflict,          // a condition on the state did not hold
  unauthorized,      // no, or no longer valid, credentials
  wrong_pin,         // the PIN is not the one chosen
  wrong_password,    // name or password do not match
  slowed_down,       // too many wrong tries; retry after a while
  card_unknown,      // no such card
  card_voided,       // a teacher has voided this card
  code_unknown,      // no such computer code
  code_used,         // a computer code that has joined a computer already
  disk_full,         // no space; nothing was changed
  io,                // reading or writing failed
  database_damaged,  // SQLite says the file is not sound
  database_locked,   // another process has this data directory or profile
  offline,           // the server could not be reached
  timeout,           // the server did not answer in time
  identity_changed,  // the server is not the school this computer joined
  not_waymark,       // something answered, but not a Waymark server (a captive portal, a proxy)
  server_busy,       // come back later
  server_failed,     // the server answered with an error of its own
  not_an_image,      // the chosen picture is no picture
  unsupported,       // this version cannot do this
  cancelled,         // given up on request
  internal,          // a defect of ours
};

// The code's name as it stands in the protocol and in the catalogue, for example "disk_full".
std::string_view name(Code code);
// The code of a name, or Code::internal for a name this version does not know.
Code code_named(std::string_view text);

struct Error {
  Code code = Code::internal;
  std::string detail;
};

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  // The value; ends the program when there is none (a defect, never bad input).
  T& value() & { return check(), std::get<0>(state_); }
  const T& value() const& { return check(), std::get<0>(state_); }
  // By value, so that a loop over a temporary's value does not dangle.
  T value() && { return check(), std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const { return std::get<1>(state_); }
  T value_or(T other) const& { return has_value() ? std::get<0>(state_) : std::move(other); }

 private:
  void check() const {
    if (!has_value()) std::abort();
  }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}
  bool has_value() const { return !error_; }
  explicit operator bool() const { return has_value(); }
  void value() const {
    if (error_) std::abort();
  }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace waymark

// WAYMARK_TRY(name, expression): the value of a Result in `name`, or return its error from this function.
#define WAYMARK_TRY(name, expression)                                 \
  auto name##_result = (expression);                                  \
  if (!name##_result) return ::waymark::Error(name##_result.error()); \
  auto name = std::move(name##_result).value()
// WAYMARK_CHECK(expression): return the error of a Status, or go on.
#define WAYMARK_CHECK(expression)                                                                       \
  do {                                                                                                  \
    if (auto check_result = (expression); !check_result) return ::waymark::Error(check_result.error()); \
  } while (false)
