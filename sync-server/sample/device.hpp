// A student's profile on one computer of the sample school: it makes ops as a device does, in its own replica
// with its own chain, and brings them to the school by sync and its files by the file routes' functions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "shared/wire/messages.hpp"
#include "sync-server/service/school.hpp"

namespace waymark::server {

// What one student has written so far, on whichever computer: the heads that the next op is based on.
class SampleAuthor {
 public:
  explicit SampleAuthor(const PersonId& person_id) : person(person_id) {}
  // The op that a field's value comes from, and the one before it.
  struct Heads {
    OpId now, before;
  };
  PersonId person;
  std::map<std::pair<record::RecordKey, std::string>, Heads> heads;
};

class SampleDevice {
 public:
  SampleDevice(School& school, SampleAuthor& author, std::string token, Random& random);

  // Makes an op of the author's now, to be sent by the next sync. An append-only kind has a zero id; its
  // record is then the op. unaware: based on what was there before the last edit, as on a computer that had
  // not heard.
  Result<OpId> write(const record::RecordKey& key, record::Fields fields, bool unaware = false);
  // Keeps a file to be sent; its hash.
  std::string add_file(const std::string& stream, std::string bytes, std::string mime);
  // left: how many more ops the device says it holds, that do not arrive today.
  Status sync(std::int64_t left = 0);

 private:
  School& school_;
  SampleAuthor& author_;
  std::string token_;
  ReplicaId replica_;
  Random& random_;
  record::Position position_;
  std::vector<std::string> pending_;
  std::map<std::string, wire::StreamCursor> cursors_;  // what it has read
  struct File {
    std::string stream, hash, bytes, mime;
  };
  std::vector<File> files_;
};

}  // namespace waymark::server
