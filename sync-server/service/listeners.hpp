// Who listens for news of streams now, and who is to be told of which: students' computers and the
// dashboard's pages. Only what is committed is told, and only to who may read the stream at that moment; what
// is told is a name and a number, never content. Nothing depends on it: who hears nothing asks by itself in a
// while.
#pragma once

#include <memory>
#include <vector>

#include "shared/base/bytes.hpp"
#include "shared/base/result.hpp"

namespace waymark::server {

class School;

struct News {
  std::string stream;
  std::int64_t head = 0;
  std::vector<ClassId> classes;  // whose pages it may change
};

// One who listens. How it is told is its maker's business.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual bool open() const = 0;
  virtual void tell(const News& news) = 0;
  virtual void end() = 0;
};

struct ListenersBounds {
  std::size_t all = 1024, person = 8;
};

// One school's. Belongs to the School, whose thread uses it.
class Listeners {
 public:
  explicit Listeners(ListenersBounds bounds = {}) : bounds_(bounds) {}
  void set_bounds(ListenersBounds bounds) { bounds_ = bounds; }
  // By the hash of a student's token, which hears from then on in one place only, or of a dashboard's
  // session, which has a page for each. `slowed_down` when as many listen as may.
  Status add(const PersonId& person, ByteView token_hash, bool dashboard, std::shared_ptr<Listener> listener);
  // What was committed since the last call. Who may listen no longer is ended.
  void tell(School& school);

 private:
  struct One {
    PersonId person;
    Bytes token_hash;
    bool dashboard = false;
    std::shared_ptr<Listener> listener;
  };
  ListenersBounds bounds_;
  std::vector<One> all_;  // sorted by person
};

}  // namespace waymark::server
