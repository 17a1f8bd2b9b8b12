// The child's side of files, as a state machine without I/O over the network: it says which piece to send or
// to ask for next, takes replies and losses, and keeps in the store which files are at school. Small files go
// first, after the records that mention them; what was cut off goes on where it was; neither direction waits
// for the other. It never gives up. Whoever owns it carries the steps, as for Session. At a hub each file
// goes in a parcel sealed to the school (parcel.hpp), and is at school when the school's own answer says so.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "shared/store/store.hpp"
#include "shared/sync/author.hpp"

namespace waymark::sync {

// A file's state in a replica's store.
inline constexpr int file_to_send = 0, file_at_school = 1, file_to_ask = 2;
inline constexpr std::int64_t file_bytes_max = 20 * 1024 * 1024;
inline constexpr std::size_t files_asked_max = 1'000;
// Pieces grow while they arrive and shrink when they are lost.
struct PieceBytes {
  std::size_t min = 16 * 1024, first = 256 * 1024, max = 1024 * 1024;
};
inline constexpr std::int64_t ask_again_ms = std::int64_t{24} * 3600 * 1000;
// What the school will not take, or what is not sound here, is tried again after this long.
inline constexpr std::int64_t file_hopeless_ms = std::int64_t{3600} * 1000;
inline constexpr std::int64_t room_news_ms = 30'000;  // what became of the parcels at a hub

// Where this replica's files lie, by hash.
class FileDisk {
 public:
  virtual ~FileDisk() = default;
  // Of a whole file; nothing when it is not here.
  virtual std::optional<std::int64_t> size(std::string_view hash) const = 0;
  // `not_found`, `io`; fewer bytes where the file ends.
  virtual Result<std::string> read(std::string_view hash, std::int64_t from, std::size_t bytes) const = 0;
  // Of a file that comes: how much is here, one more piece, its end. `disk_full`, `io`; `wrong_id` when it is
  // not what its name says, and then it is thrown away.
  virtual std::int64_t coming(std::string_view hash) const = 0;
  virtual Status append(std::string_view hash, std::int64_t from, std::string_view bytes) = 0;
  virtual Status finish(std::string_view hash) = 0;
  virtual void drop(std::string_view hash) = 0;
};

// A file that a record names.
struct Mention {
  std::string hash, stream, mime;
};

struct FileStep {
  enum class What {
    ask,   // which of `hashes` does the school lack in `stream`?
    find,  // how far has `hash` come, of `total` bytes?
    put,   // `bytes`, from byte `from` on
    get,   // at most `size` bytes from byte `from` on
  };
  What what = What::ask;
  // At a hub: `hash` is a parcel's name, `hashes` are parcels' names, and no stream is named.
  bool room = false;
  std::string stream, hash, mime;
  std::int64_t from = 0, total = 0;
  std::size_t size = 0;
  std::string bytes;
  std::vector<std::string> hashes;
};

struct FileReply {
  std::vector<std::string> lacking;  // to ask
  bool whole = false;                // to find and put: it is at school, or at a hub in the room,
  std::int64_t come = 0;             // or this much of it, also where the piece did not fit
  std::int64_t from = 0, total = 0;  // to get
  std::string bytes, mime;
  // To ask, at a hub: what the school said, by the parcel's name.
  std::vector<std::pair<std::string, std::string>> answers = {};
};

class FileQueue {
 public:
  FileQueue(store::Store& store, FileDisk& disk, const PieceBytes& pieces = {})
      : store_(store), disk_(disk), pieces_(pieces), up_{pieces.first}, down_{pieces.first} {}

  // Every file that the records here name, the most wanted first.
  void look_by(std::function<std::vector<Mention>()> mentions) { mentions_ = std::move(mentions); }
  // With whom the next steps are: the school's server (empty, as it is before), or a hub by its id. What is
  // on its way must have ended.
  void meet(std::string_view hub);
  // Without it nothing is sent to a hub.
  void sign_as(const Author& author, const PublicKey& identity);
  // There may be something to do: `changed` when records came, so that what the school did not have may be
  // there now.
  void look(bool changed);
  // Now: somebody asked, or the network came back.
  void hurry();

  // What to do next, or nothing while it is not time or something is on its way. The Error of the store.
  Result<std::optional<FileStep>> next(std::int64_t steady_ms);
  // When to ask next() again; nothing while something is on its way or there is nothing to do.
  std::optional<std::int64_t> due_ms() const;
  Status on_reply(const FileReply& reply, std::int64_t steady_ms);
  // No reply, or the school refused. The Error of the store.
  Status on_lost(const Error& error, std::int64_t steady_ms, std::int64_t retry_after_ms = 0);

  bool busy() const { return on_way_.has_value(); }
  // Why the last file did not come or go; `here`: on this computer's own disk.
  struct Problem {
    Error error;
    bool here = false;
    bool room = false;  // a hub said so
  };
  const std::optional<Problem>& problem() const { return up_.problem ? up_.problem : down_.problem; }
  std::int64_t sent() const { return sent_; }
  std::int64_t received() const { return received_; }

 private:
  struct Lane {
    std::size_t piece = 0;
    std::int64_t due_ms = 0;
    int failures = 0;
    std::optional<Problem> problem = {};
  };
  Result<std::optional<FileStep>> next_ask(std::int64_t steady_ms);
  Result<std::optional<FileStep>> next_put(std::int64_t steady_ms);
  std::optional<FileStep> next_get(std::int64_t steady_ms);
  Status note_unknown();
  Status gather_asked(bool all);
  Status asked(const FileStep& step, const FileReply& reply);
  Status put(const FileStep& step, const FileReply& reply, std::int64_t steady_ms);
  Status got(const FileStep& step, const FileReply& reply, std::int64_t steady_ms);
  // At a hub (file_room.cpp).
  struct Sealed;
  Result<std::optional<FileStep>> next_in_room(std::int64_t steady_ms);
  Result<std::optional<FileStep>> next_news(std::int64_t steady_ms);
  Status seal_question(std::int64_t steady_ms);
  Status seal_file(std::int64_t steady_ms);
  FileStep piece_of_sealed() const;
  Status heard_news(const FileStep& step, const FileReply& reply, std::int64_t steady_ms);
  Status heard_answer(const std::string& name, std::string_view bytes, std::int64_t steady_ms);
  Status not_in_room(const store::SentParcel& sent);
  Status parcel_came(const FileReply& reply, const FileStep& step, std::int64_t steady_ms);
  void lost_in_room(const Error& error, std::int64_t steady_ms, std::int64_t retry_after_ms);
  void back_off(Lane& lane, std::int64_t steady_ms, std::int64_t retry_after_ms);
  void arrived(Lane& lane);
  // Not before then; the others go on meanwhile.
  using Later = std::map<std::string, std::int64_t>;
  bool is_off(Later& later, const std::string& hash, std::int64_t steady_ms);
  void due_at(std::int64_t ms);

  store::Store& store_;
  FileDisk& disk_;
  PieceBytes pieces_;
  std::function<std::vector<Mention>()> mentions_;
  std::optional<FileStep> on_way_;
  std::int64_t asked_lost_ = 0;  // how often the school had lost something when that was made
  Lane up_, down_;
  bool up_next_ = true;  // the directions take turns
  std::optional<std::int64_t> due_ms_ = 0;
  std::int64_t ask_due_ms_ = 0;
  bool unknown_ = true;  // of files that are mentioned and here, the store may not know
  std::map<std::string, std::vector<std::string>> to_ask_;  // by stream
  std::map<std::string, std::int64_t> come_;                // what the school said that it has of a file
  void not_there(const std::string& hash, std::int64_t steady_ms);
  Later not_there_;                   // the school did not have it, or not as its name says
  std::string last_missed_;           // what was asked for last and was not there
  std::map<std::string, int> looks_;  // how often, since records last came
  Later put_off_;                     // the school would not take it, or it is not sound here
  std::set<std::string> not_taken_;   // offered after the others, also where somebody hurries
  std::map<std::string, int> wrong_;  // how often a file was not what its name says
  std::int64_t sent_ = 0, received_ = 0;

  // The parcel on its way to the hub. After a restart the file is sealed anew.
  struct Sealed {
    std::string name, bytes, stream;
    std::vector<std::string> hashes;
    std::int64_t round = 0, lost = 0, come = 0;  // lost: how often the school was when it was sealed
    bool asks = false;
  };
  std::string hub_;
  std::optional<Author> author_;
  PublicKey identity_;
  std::optional<Sealed> sealed_;
  std::int64_t news_due_ms_ = 0;
  std::int64_t closed_until_ms_ = 0;  // the hub takes no parcels
};

}  // namespace waymark::sync
