// What the teacher's pages read of one student and of the pathways in use: records by kind, and the few
// questions that several pages ask of them. For the files of this room.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/domain/pathway.hpp"
#include "shared/store/hidden.hpp"
#include "sync-server/service/teaching.hpp"

namespace waymark::server {

using store::Record;
using Records = std::vector<Record>;

struct Portfolio;
Learner learner(School& school, const Student& student);
std::string staff_name(School& school, const PersonId& id);
std::int64_t heard_at(const School& school, const SeenOn& place);
HeardFrom heard_from(School& school, const Person& person, bool wrote);
AboutMe about_me(const Portfolio& p);
std::map<std::string, std::int64_t> levels_of(const Record& record);
Judgement judgement_of(const Record& record);

// The versions of one page, read once each.
class Pathways {
 public:
  Pathways(School& school, std::vector<ClassId> classes) : school_(school), classes_(std::move(classes)) {}
  const domain::Pathway* of(const std::string& version);
  // A project without a version of its own goes by the one that is published.
  std::string version_of(std::string_view pathway, std::string version);
  std::string version_of(const Record& project) {
    return version_of(project.text("pathway"), project.text("version"));
  }
  std::map<std::string, std::string> take_contents();

 private:
  School& school_;
  std::vector<ClassId> classes_;
  std::map<std::string, std::unique_ptr<domain::Pathway>> parsed_;
  std::map<std::string, std::string> contents_;
};
std::int64_t number_of(const domain::Pathway* pathway, std::string_view step);
Texts title_of(const domain::Pathway* pathway, std::string_view step);

// Records of a student's stream for a page: what a teacher hid has its words taken out.
class Shown {
 public:
  static Result<Shown> of(School& school, const PersonId& student);
  Result<Records> records(std::string_view kind);
  // Who hid it and when; at 0: nobody did.
  Hidden hidden(const Record& record) const;

 private:
  Shown(School& school, std::string stream) : school_(&school), stream_(std::move(stream)) {}
  School* school_;
  std::string stream_;
  std::vector<store::HiddenRecord> hidden_;
};

// Everything of one student's portfolio that a page needs, read kind by kind.
struct Portfolio {
  Records profiles, projects, turn_ins, reviews, assessments, works, helps, help_answers, confirmations,
      goals, supports, held;
  std::shared_ptr<Shown> shown;  // what these were read with

  static const Record* by_id(const Records& records, std::string_view id);
  // The latest: a correction takes an earlier one's place.
  const Record* review_of(const Record& turn_in) const;
  // The last one for its step: a later try takes an earlier one's place.
  bool is_last_try(const Record& turn_in) const;
  bool waits(const Record& turn_in) const { return !review_of(turn_in) && is_last_try(turn_in); }
  const Record* held_of(const RecordId& turn_in) const;
  bool is_held(const Record& turn_in) const;
  std::string step_state(std::string_view project, std::string_view step) const;
  const Record* support_record(std::string_view project) const;
  std::string support_of(std::string_view project) const;

 private:
  friend Result<Portfolio> portfolio(School& school, const PersonId& student);
  using Place = std::pair<std::string, std::string>;  // project, step
  void index();
  std::map<Place, const Record*> last_tries_;
  std::set<Place> begun_;
  std::map<RecordId, const Record*> latest_reviews_, held_;  // by turn-in
};
Result<Portfolio> portfolio(School& school, const PersonId& student);

// Which of a student's goals and projects were archived by somebody who saw all that they hold. What they
// hold is read once, and only where one was archived.
class PutAway {
 public:
  PutAway(School& school, std::string stream) : school_(&school), stream_(std::move(stream)) {}
  Result<bool> has(const Record& holder);

 private:
  School* school_;
  std::string stream_;
  std::map<const domain::Held*, std::map<std::string, Records>> by_holder_;
};

bool wrote_anything(const Portfolio& p);
bool is_open(const Record& record);
bool is_answered(const Portfolio& p, const Record& help);
bool is_shown(const Record& work);  // in person
bool is_confirmed(const Portfolio& p, const Record& work);

// An edit of the fields that differ from what is there, based on what is there.
Result<store::Edit> edit_of(School& school, const record::RecordKey& key, record::Fields fields);
Status write_one(School& school, const PersonId& author, store::Edit edit);
// Field names come from outside; only those of the table may be written.
Status add_judgement(record::Fields& fields, const Judgement& reply);
// At most 256, as a list of ids in a record.
std::vector<std::string> hexes(std::span<const OpId> ids);

}  // namespace waymark::server
