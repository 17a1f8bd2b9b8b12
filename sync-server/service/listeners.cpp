#include "sync-server/service/listeners.hpp"

#include <algorithm>
#include <utility>

#include "sync-server/service/school.hpp"

namespace waymark::server {
namespace {

// Asked again with "slowed_down": far enough apart to be no burden.
constexpr const char* kTryAgainS = "60";

Result<bool> may_listen(School& school, const PersonId& person, ByteView token_hash, bool dashboard) {
  if (!dashboard) {
    WAYMARK_TRY(device, school.accounts().device(token_hash));
    return device && !device->removed && device->person == person;
  }
  WAYMARK_TRY(session, school.accounts().session(token_hash));
  WAYMARK_TRY(who, school.accounts().person(person));
  return session && session->person == person && who && who->active;
}

// "class:<id>" is that class's, "person:<id>" and others of one student are of all the student's classes.
Result<std::vector<ClassId>> classes_of_stream(School& school, std::string_view stream) {
  std::vector<ClassId> classes;
  auto colon = stream.find(':');
  if (colon == std::string_view::npos) return classes;
  auto word = stream.substr(0, colon), id = stream.substr(colon + 1);
  if (word == "class") {
    WAYMARK_TRY(parsed, ClassId::parse(id));
    classes.push_back(parsed);
  } else if (word == "person" || word == "staff") {
    WAYMARK_TRY(parsed, PersonId::parse(id));
    WAYMARK_TRY(enrollments, school.accounts().enrollments_of(parsed));
    for (const auto& enrollment : enrollments)
      if (enrollment.active) classes.push_back(enrollment.class_id);
  }
  return classes;
}

}  // namespace

Status Listeners::add(const PersonId& person, ByteView token_hash, bool dashboard,
                      std::shared_ptr<Listener> listener) {
  std::erase_if(all_, [&](const One& one) {
    bool same = !dashboard && !one.dashboard && equal_secret(one.token_hash, token_hash);
    if (same) one.listener->end();
    return same || !one.listener->open();
  });
  auto of_person =
      std::count_if(all_.begin(), all_.end(), [&](const One& one) { return one.person == person; });
  if (all_.size() >= bounds_.all || static_cast<std::size_t>(of_person) >= bounds_.person)
    return Error{Code::slowed_down, kTryAgainS};
  auto place = std::upper_bound(all_.begin(), all_.end(), person,
                                [](const PersonId& id, const One& one) { return id < one.person; });
  all_.insert(place, {person, Bytes(token_hash.begin(), token_hash.end()), dashboard, std::move(listener)});
  return {};
}

void Listeners::tell(School& school) {
  auto grown = school.store().take_grown();
  if (!grown || grown->empty() || all_.empty()) return;
  auto closed = [](const One& one) { return !one.listener->open(); };
  std::erase_if(all_, closed);
  for (const auto& [stream, head] : *grown) {
    auto readers = school.accounts().readers(stream);
    if (!readers) continue;
    News news{stream, head, {}};
    bool looked = false;
    for (const auto& reader : *readers) {
      auto one = std::lower_bound(all_.begin(), all_.end(), reader,
                                  [](const One& left, const PersonId& id) { return left.person < id; });
      for (; one != all_.end() && one->person == reader; ++one) {
        if (closed(*one)) continue;
        auto may = may_listen(school, one->person, one->token_hash, one->dashboard);
        if (!may || !*may) {
          one->listener->end();
          continue;
        }
        if (one->dashboard && !std::exchange(looked, true))
          if (auto classes = classes_of_stream(school, stream)) news.classes = std::move(*classes);
        one->listener->tell(news);
      }
    }
  }
  std::erase_if(all_, closed);
}

}  // namespace waymark::server
