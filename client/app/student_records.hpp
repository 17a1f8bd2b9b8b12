// What a student's views are made of: their own records, those of their classes and the school, read into
// memory and read again stream by stream when something came. Looks things up; decides nothing.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "client/app/student.hpp"
#include "shared/domain/pathway.hpp"
#include "shared/store/hidden.hpp"

namespace waymark::app {

using Record = store::Record;
using RecordList = std::vector<Record>;

// A version of a pathway that a class has, read.
struct PathwayVersion {
  std::string version;  // record id
  std::string pathway;  // record id
  std::string stream;   // of the class
  domain::Pathway content;
};
using PathwayPtr = std::shared_ptr<const PathwayVersion>;

struct ClassRecords {
  std::string stream;
  std::optional<Record> record;
  RecordList members;
  RecordList pathways;
  bool mine = false;  // I am an active member, it is not archived, and I may still read it
};

// One turning in of a step, with what the student thought and what the teacher answered.
struct Attempt {
  const Record* turn_in = nullptr;
  const Record* assessment = nullptr;  // none: turned in without Check my work
  const Record* review = nullptr;      // the latest answer
};

// What was written here since the last reading, by stream: nothing else need be read again when no more came.
struct Touched {
  std::int64_t ops = 0;
  std::set<std::string> kinds;
};

// The type of a notice with work that the school could not place, and the code of the refusal it is shown as.
inline constexpr std::string_view handed_back = "handed_back";

struct RecordSet {
  PersonId me;
  // person
  RecordList goals, checkins, projects, steps, works, self_assessments, turn_ins, helps, replies, reviews,
      observations, confirmations, help_answers, supports, profiles;
  // own
  RecordList drafts, assessment_drafts, pack_ups, seen, preferences;
  std::vector<ClassRecords> classes;
  RecordList standards;
  std::set<OpId> waiting;
  std::int64_t waiting_things = 0;  // as the student counts: records, not changes
  // A draft that is closed or turned in, by somebody who saw all of it: kept, and no thing of its own any
  // more.
  static bool is_done_with(const Record& record);
  OpId waiting_longest;
  std::vector<store::Refusal> refusals;
  std::vector<store::HiddenRecord> hidden;  // of what this student wrote, by a teacher
  // Deleted or archived by somebody who did not see all of it: it stays, and is told.
  struct CameBack {
    record::RecordKey key;
    OpId removal;
  };
  std::vector<CameBack> came_back;
  // The heads of what a goal or a project holds.
  std::vector<OpId> held_by(const Record& holder) const;

  const store::HiddenRecord* hiding_of(const Record& record) const;

  // An answer that a teacher corrected is not among `reviews`; the id of the one that stands, or the same id.
  std::string standing_review(const std::string& id) const;
  std::vector<const Record*> replies_to(const std::string& review) const;
  // Of those that this one takes the place of, when the last was written; 0: of none.
  std::int64_t corrects_ms(const std::string& review) const;

  // Reads what changed since the last time.
  Status load(store::Store& store, const std::map<std::string, Touched>& touched);
  // Of a version's record id; nothing when it is not here or cannot be read.
  PathwayPtr pathway(store::Store& store, const std::string& version) const;

  std::string name_of(const PersonId& person) const;
  Mark mark_of(const PersonId& person) const;
  // A teacher of the class that has this pathway, or of any class of mine.
  const Record* teacher_for(std::string_view class_stream) const;
  const Record* member_me() const;
  std::string standard_text(std::string_view code) const;

  const Record* step(std::string_view project, std::string_view step) const;
  std::vector<const Record*> works_of(std::string_view project, std::string_view step) const;
  std::vector<Attempt> attempts(std::string_view project, std::string_view step) const;
  const Record* assessment_draft(std::string_view project, std::string_view step, int attempt) const;
  const Record* draft(std::string_view place) const;
  std::string draft_text(std::string_view place, std::string_view name) const;
  Field draft_field(std::string_view place, std::string_view name) const;
  bool is_seen(std::string_view id) const;
  bool is_dismissed(std::string_view id) const;
  // True when nothing of it waits.
  bool is_sent(const Record& record) const;

 private:
  // `only`: the kinds to read; none: all of them.
  using Kinds = const std::set<std::string>*;
  void count_waiting_things();
  Status add_handed_back(store::Store& store, std::vector<store::Refusal>& refused) const;
  Status load_person(store::Store& store, Kinds only);
  Status keep_alive(store::Store& store, RecordList& records, std::string_view kind, std::string_view flag);
  Status load_own(store::Store& store, Kinds only);
  void set_corrected_aside();
  Status load_class(store::Store& store, ClassRecords& of);
  // How many entries the stream has gained; negative: it was never read.
  Result<std::int64_t> gained(store::Store& store, const std::string& stream);

  struct Corrected {
    std::string by;
    std::int64_t at_ms = 0;
  };
  std::map<std::string, Corrected> corrected_;  // by the id of the review that no longer stands
  std::map<std::string, std::int64_t> seen_heads_;
  std::string refusal_state_;
  std::size_t erasures_ = 0;
  std::set<std::string> held_streams_;  // of classes that were left
  mutable std::map<std::string, PathwayPtr> pathways_;
};

// Ids of the records there is one of.
RecordId step_record(std::string_view project, std::string_view step);
RecordId assessment_draft_record(std::string_view project, std::string_view step, int attempt);

const Record* find_record(const RecordList& records, std::string_view id);
std::string id_of(const Record& record);

// A text with the head that was read: the displayed one. Others that are there stay to be shown.
Field field_of(const Record* record, std::string_view name);
Result<std::vector<OpId>> parse_base(std::string_view base);
// The same for a form of several fields: "want:<id>;by:<id>".
std::string bases_of(const Record& record, const std::vector<std::string>& names);
Result<std::map<std::string, std::vector<OpId>>> parse_bases(std::string_view bases);

Phrase phrase(std::string key, std::vector<Argument> arguments = {}, std::int64_t count = -1);
Mark parse_mark(std::string_view text);
std::string mark_text(const Mark& mark);
std::string one_line(std::string_view text, std::size_t bytes_max = 80);

}  // namespace waymark::app
