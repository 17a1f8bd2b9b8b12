#include "client/app/erased.hpp"

#include "client/app/records.hpp"
#include "shared/domain/kinds.hpp"

namespace waymark::app {

std::vector<std::string> erased_here(Computer& computer, store::Store& heard) {
  std::vector<std::string> people;
  auto erasures = heard.records(domain::school_stream, "erasure");
  if (!erasures) return people;
  for (const auto& erasure : *erasures)
    if (auto person = erasure.text("person"); !person.empty() && computer.profile(person))
      people.push_back(person);
  return people;
}

Status take_away(Computer& computer, Outgoing& outgoing, const std::string& person, Clock& clock,
                 Random& random) {
  if (auto id = PersonId::parse(person)) {
    auto records = Records::open(computer.folder(person), *id, clock, random);
    if (!records && records.error().code == Code::database_locked) return records.error();
    if (records) outgoing.forget((*records)->store().replica());
  }
  return computer.remove_profile(person);
}

}  // namespace waymark::app
