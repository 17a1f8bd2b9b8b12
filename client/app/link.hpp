// One student's way to the school: carries what the sync session says over the connection, then the files,
// smallest first. It runs by itself, waits longer after each failure, and never gives up.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/app/connection.hpp"
#include "client/app/listening.hpp"
#include "client/app/records.hpp"
#include "shared/sync/session.hpp"

namespace waymark::app {

class Link {
 public:
  // Files that the records mention and that are not here: hash and stream.
  using Missing = std::function<std::vector<std::pair<std::string, std::string>>()>;

  Link(Connection& connection, Records& records, std::string token, Clock& clock, Random& random);
  ~Link();
  Link(const Link&) = delete;

  void look_for_files_by(Missing missing) { missing_ = std::move(missing); }
  void set_token(std::string token) { token_ = std::move(token); }

  // With these a school that was restored from a backup knows this computer again, though it joined later.
  struct Papers {
    std::string identity;                // the school's, 64 digits
    std::string certificate, signature;  // as they were given
    std::string device_key;              // secret, 64 digits
  };
  void come_back_with(Papers papers, std::function<void(const std::string& token)> keep) {
    papers_ = std::move(papers);
    keep_token_ = std::move(keep);
  }

  // Sends what is due. The Error of the store, if it fails.
  Status tick();
  // Hears at once what is new while the school answers. Without it, it comes with the next exchange.
  void listen(bool on);
  // Nothing while something is on its way.
  std::optional<std::int64_t> due_ms() const;
  void committed() { session_.committed(clock_.steady_ms()); }
  void hurry();

  Result<sync::SessionStatus> status() { return session_.status(); }
  // Why the last exchange came to nothing; nothing when it did not.
  const std::optional<Error>& problem() const { return problem_; }
  const std::vector<wire::Elsewhere>& elsewhere() const { return session_.elsewhere(); }
  // Everything is at school, files too, as an answer of this process has said.
  Result<bool> all_at_school();
  // Something came or was settled since the last call; `files`: files came.
  struct News {
    bool records = false, files = false, status = false;
  };
  News take_news() { return std::exchange(news_, {}); }
  // Files that cannot be sent as they are, and why the last one was not.
  const std::optional<Error>& file_problem() const { return file_problem_; }
  bool busy() const { return sync_ticket_ != 0 || file_ticket_ != 0; }
  // Waits after failures do not count: for a script that tries once.
  int failures() const { return failures_; }
  int replies() const { return replies_; }
  std::int64_t received() const { return received_; }
  std::int64_t files_sent() const { return files_sent_; }
  std::int64_t files_received() const { return files_received_; }

 private:
  Status send_sync();
  Status follow_news();
  void on_sync(Result<HttpReply> reply, std::int64_t retry_after_ms);
  void lost(const Error& error, std::int64_t retry_after_ms);
  bool come_back();
  Status send_file();
  bool fetch_file();
  void file_failed(const std::string& hash, const Error& error, std::int64_t retry_after_ms);

  Connection& connection_;
  Records& records_;
  std::string token_;
  Papers papers_;
  std::function<void(const std::string&)> keep_token_;
  Clock& clock_;
  Random& random_;
  sync::Session session_;
  Listening listening_;
  Listening::Heads told_;  // and not asked for yet
  bool listens_ = false, reached_ = false;
  Missing missing_;
  std::uint64_t sync_ticket_ = 0, file_ticket_ = 0;
  std::int64_t file_due_ms_ = 0, looked_ms_ = 0;
  int file_failures_ = 0;
  bool files_to_look_at_ = true;
  std::set<std::string> hopeless_;   // files that the school will not take, or that are not here
  std::set<std::string> not_there_;  // files that the school does not have yet
  std::optional<Error> problem_;
  std::optional<Error> file_problem_;
  std::optional<Error> store_problem_;
  News news_;
  int failures_ = 0, replies_ = 0;
  std::int64_t received_ = 0, files_sent_ = 0, files_received_ = 0;
};

}  // namespace waymark::app
