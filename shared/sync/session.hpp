// The child's side of a sync, as a state machine without I/O: it says what to send and when, takes replies
// and losses, and keeps cursors, positions and records in the store, each reply in one transaction. Whoever
// owns it carries the bytes: libcurl in the app, the simulator in tests. It never gives up, never blocks, and
// never deletes anything because an answer did not have it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "shared/store/store.hpp"
#include "shared/sync/author.hpp"
#include "shared/wire/batch.hpp"
#include "shared/wire/news.hpp"

namespace waymark::sync {

// What a student or a script may be told; never more than is true.
struct SessionStatus {
  std::int64_t waiting = 0;              // own ops not at school yet
  std::int64_t in_room = 0;              // those of them that a hub had when it was last met
  std::int64_t beside = 0;               // the person's ops that this hub carries for other computers
  std::optional<std::int64_t> heard_ms;  // wall clock of the last good reply
  bool verified = false;                 // the last exchange ended with equal digests and nothing waiting
  std::optional<Code> problem;           // why the last try failed
  std::optional<Code> not_taken;  // why the school did not take in what is in the room, as the hub last said
};

class Session {
 public:
  explicit Session(store::Store& store) : store_(store) {}

  // Reads what the store remembers of earlier sessions.
  Status start();
  // Who the next exchanges are with: the school's server (empty, as it is before), or a hub by its id, to
  // which nothing is sent that the author has not signed. What is on its way must have ended. Where it
  // cannot be written down that the streams are to be compared, they are still with who was met before.
  Status meet(std::string_view hub);
  // Without it a hub is read and not pushed to.
  // With other papers than before what a hub already has is signed anew.
  void sign_as(Author author, const PublicKey& identity);

  // The next request, or nothing while it is not time or one is on its way. steady_ms: a clock that never
  // goes back.
  Result<std::optional<wire::SyncRequest>> next(std::int64_t steady_ms);
  // When to ask next() again, on the steady clock; nothing while a request is on its way.
  std::optional<std::int64_t> due_ms() const;
  // Something was written here: send soon, but let a burst of edits gather.
  void committed(std::int64_t steady_ms);
  // The parent says that there is something new: asked for at that time, unless a failure makes us wait.
  void told(std::int64_t steady_ms);
  // Send now: somebody asked, or the network came back.
  void hurry(std::int64_t steady_ms);

  // The reply to the request on its way. The Error of a reply that makes no sense; nothing of it was kept.
  Status on_reply(const wire::SyncReply& reply, std::int64_t steady_ms);
  // No reply: lost, refused, timed out. retry_after_ms is what the server advised, if it spoke.
  void on_lost(const Error& error, std::int64_t steady_ms, std::int64_t retry_after_ms = 0);

  // What came back for batches of this replica, signed by `identity`, else `unauthorized`. It settles the ops
  // of its own batch as far as the proven position reaches. One older than what was heard since, by a stick
  // or from the school itself, is read over.
  Status on_acknowledgement(std::string_view bytes, const PublicKey& identity);

  // What the school had to tell when a stick was read there; whoever hands it over knows that it is the
  // school's. A page is taken where this reader stands at its beginning, what is granted and ended where
  // nothing newer was heard. How many lines were new here.
  Result<std::int64_t> on_news(std::string_view bytes);

  // What the school said of this replica's files when a stick was read there, under the same condition. How
  // many of them are newly known to be at school.
  Result<std::int64_t> on_files(std::string_view bytes);

  Result<SessionStatus> status();
  // Streams whose records changed by the last reply.
  const std::vector<std::string>& changed() const { return changed_; }
  // To be done when a reply shows that the parent has lost something since it was first read, and in its
  // transaction, so that it is done even if the power goes then.
  void when_parent_went_back(std::function<Status()> heed) { heed_went_back_ = std::move(heed); }
  // What the school gave a device that came by an introduction: certificate and signature; taken once.
  std::optional<std::pair<std::string, std::string>> take_certificate() {
    return std::exchange(certificate_, std::nullopt);
  }
  // Where else the school can be reached, as the parent said; taken once.
  std::vector<wire::Place> take_places() { return std::exchange(places_, {}); }
  // Where else something of this person waits, as the school last said.
  const std::vector<wire::Elsewhere>& elsewhere() const { return elsewhere_; }

 private:
  bool at_hub() const { return !store_.parent().empty(); }
  Status push_to_hub(wire::SyncRequest& request);
  Status heard_from_hub(const wire::SyncReply& reply);
  Status heard_from_school(const wire::SyncReply& reply);
  Status keep_room(std::int64_t n);
  Status give_again_after(std::int64_t n);
  Status renumber();
  Status mark(wire::SyncRequest& request, const std::vector<store::Reading>& readings,
              const std::vector<store::Waiting>& ops);
  Status apply_mark(const wire::SyncReply& reply);
  Status apply(const wire::SyncReply& reply);
  Status settle(const wire::SyncReply& reply);
  Status settle_one(std::int64_t n, const std::vector<wire::Refused>& refused);
  bool late() const;
  // Has somebody else begun a reading again since the last request? At a hub, what a computer of the room
  // brought: the school may lack it as well.
  bool set_back() const { return store_.restarts() != restarts_seen_; }
  Result<std::int64_t> newest();
  Result<std::int64_t> rounds();
  Result<bool> count_rounds_on(std::int64_t round);
  Result<bool> begins_here(const wire::News& news, const std::string& stream);
  Status apply_page(const wire::StreamPage& page);
  Status stop_reading(const std::string& stream);
  Status restart(const std::string& stream);
  Status compare(const std::string& stream, const record::Digest& served);
  Status ask_what_is_lost(wire::SyncRequest& request);
  Status note_what_is_lost(const wire::SyncReply& reply);
  Status finish_refill(const std::vector<wire::StreamPage>& pages);

  // Streams of which the parent may have lost something: everything of them that is here is offered, then
  // what the parent lacks is brought back under the seals it was served with.
  struct Offering {
    std::int64_t after_n = 0;  // told of everything up to here in the log
    bool all = false;
    std::int64_t restarts = 0;  // of the stream's reading, when the offering began
  };
  struct Refill {
    std::map<std::string, Offering> streams, on_their_way;
    std::vector<OpId> lacking;
    std::size_t returning = 0;       // the first so many of them are on their way
    std::vector<OpId> returned;      // and were, with the request that is answered
    std::set<OpId> declined;         // brought back, and not taken
    std::set<std::string> answered;  // streams of which this reply lacks nothing that was offered
  };

  Status offer(const std::string& stream, const Offering& told, wire::SyncRequest& request);

  // The mark that answers the request on its way when all is well, and the reply that it stands for.
  struct Promised {
    std::string mark;
    wire::SyncReply reply;
  };

  store::Store& store_;
  bool in_flight_ = false, started_ = false;
  bool again_now_ = false;    // the last reply left something to do at once
  bool send_cursors_ = true;  // false: a hash will do
  bool marks_ = false;        // the parent understands marks
  std::optional<Promised> promised_;
  bool verified_ = false;
  Refill refill_;
  std::set<std::string> whole_;     // streams to be read to their head with our own ops' content
  std::set<OpId> served_;           // by the pages of this reply
  std::vector<std::int64_t> sent_;  // numbers of the ops on their way
  std::int64_t due_ms_ = 0;
  int failures_ = 0;
  bool mismatched_ = false;
  int mismatches_ = 0;  // replies in a row of which a digest did not agree
  std::int64_t advised_ms_ = 20'000;
  std::optional<std::int64_t> heard_ms_;
  std::int64_t kept_heard_ms_ = 0, kept_offset_ms_ = 0;  // as the store has them
  std::optional<Code> problem_;
  std::vector<std::string> changed_;
  std::vector<wire::Elsewhere> elsewhere_;
  std::optional<Author> author_;
  PublicKey identity_;
  std::string room_hub_;              // the hub that was met last
  std::string signer_, room_signer_;  // the papers now, and those with which the hub was given what it has
  std::int64_t room_n_ = 0;           // and the last number that it had
  std::int64_t again_from_ = -1;      // what the hub has above this number it is given again
  std::int64_t pushed_end_ = -1;      // the last number on its way to the hub
  std::optional<std::int64_t> lost_after_;       // what the school was heard to have lost since that was sent
  std::int64_t restarts_seen_ = 0;               // of all readings, when it was sent
  std::int64_t asked_round_ = 0, asked_ms_ = 0;  // rounds written here and the wall clock, when it was sent
  bool hurried_ = false;                         // asked to hurry since then
  bool asking_ = false;                          // it asks what `ask_school_` says
  std::int64_t beside_ = 0;                      // as the hub last said
  std::optional<Code> not_taken_;                // likewise
  bool moved_meanwhile_ = false;                 // cursors have moved since the request on its way was made
  bool asked_again_ = false;                     // it was given again what it said it does not carry
  bool went_back_ = false;                       // the reply that is being applied shows it
  std::function<Status()> heed_went_back_;
  bool ask_school_ = false;  // this hub has not yet been given a batch since it was met
  std::optional<std::pair<std::string, std::string>> certificate_;
  std::vector<wire::Place> places_;
};

inline constexpr std::int64_t gather_ms = 1'500;  // a burst of edits becomes one request
inline constexpr std::int64_t backoff_first_ms = 2'000;
inline constexpr std::int64_t backoff_max_ms = 5 * 60'000;

}  // namespace waymark::sync
