// One student's way to the school: carries what the sync session and the queue of files say over the
// connection. It runs by itself, waits longer after each failure, and never gives up.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/app/connection.hpp"
#include "client/app/listening.hpp"
#include "client/app/records.hpp"
#include "shared/sync/file_queue.hpp"
#include "shared/sync/session.hpp"

namespace waymark::app {

class Link {
 public:
  Link(Connection& connection, Records& records, std::string token, Clock& clock, Random& random);
  ~Link();
  Link(const Link&) = delete;

  // Every file that the records mention.
  void look_for_files_by(std::function<std::vector<sync::Mention>()> mentions) {
    files_.look_by(std::move(mentions));
  }
  void set_token(std::string token) { token_ = std::move(token); }

  // With these a school that was restored from a backup knows this computer again, though it joined later.
  // And with them everything is signed that a hub carries.
  struct Papers {
    std::string person;                  // 32 digits
    std::string identity;                // the school's, 64 digits
    std::string certificate, signature;  // as they were given
    std::string introduction;            // until they are
    std::string device_key;              // secret, 64 digits
  };
  // What is given later: a token, or a certificate with its signature. Empty is what stays as it is.
  struct Kept {
    std::string token, certificate, signature;
  };
  void come_back_with(Papers papers, std::function<void(const Kept&)> keep);

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
  // It is the school that has it, and said so: its disk is full, not this computer's.
  bool problem_there() const { return problem_there_; }
  // For what came by another way than its own.
  sync::Session& session() { return session_; }
  // A certificate that came by another way is used from now on.
  void take_certificate();
  // Where else the school can be reached.
  std::vector<wire::Place> take_places() { return session_.take_places(); }
  const std::vector<wire::Elsewhere>& elsewhere() const { return session_.elsewhere(); }
  // Everything is at school, files too, as an answer of this process has said.
  Result<bool> all_at_school();
  // Something came or was settled since the last call; `files`: files came.
  struct News {
    bool records = false, files = false, status = false;
  };
  News take_news() { return std::exchange(news_, {}); }
  // Why the last file did not come or go.
  const std::optional<sync::FileQueue::Problem>& file_problem() const { return files_.problem(); }
  bool busy() const { return sync_ticket_ != 0 || file_ticket_ != 0; }
  // Waits after failures do not count: for a script that tries once.
  int failures() const { return failures_; }
  int replies() const { return replies_; }
  std::int64_t received() const { return received_; }
  std::int64_t files_sent() const { return files_.sent(); }
  std::int64_t files_received() const { return files_.received(); }

 private:
  Status send_sync();
  Status follow_news();
  void on_sync(Result<HttpReply> reply, std::int64_t retry_after_ms);
  void lost(const Error& error, std::int64_t retry_after_ms);
  bool come_back();
  void sign();
  void ask_who_answers();
  Status finish_erasures();
  Status send_file();
  void on_file(const sync::FileStep& step, Result<HttpReply> reply, std::int64_t retry_after_ms);

  Connection& connection_;
  Records& records_;
  std::string token_;
  Papers papers_;
  std::function<void(const Kept&)> keep_;
  Clock& clock_;
  Random& random_;
  sync::Session session_;
  sync::FileQueue files_;
  Listening listening_;
  Listening::Heads told_;  // and not asked for yet
  bool listens_ = false, reached_ = false;
  std::uint64_t sync_ticket_ = 0, file_ticket_ = 0;
  std::string met_;  // the hub that the session meets; empty: the school's server
  std::optional<Error> problem_;
  bool problem_there_ = false;
  std::optional<Error> store_problem_;
  News news_;
  int failures_ = 0, replies_ = 0;
  std::int64_t received_ = 0;
};

}  // namespace waymark::app
