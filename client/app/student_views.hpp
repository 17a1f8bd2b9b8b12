// The views of a signed-in student as functions of what is there: records, the day, and the few choices of
// this sitting that are nobody's record.
#pragma once

#include "client/app/student_records.hpp"
#include "shared/store/whole.hpp"

namespace waymark::app {

// An undo that met a newer change: both are offered, at a conflict of this name.
inline constexpr const char* met_by_undo = "undo";
struct UndoMeeting {
  record::RecordKey key;
  std::string field;
  record::Value old_value;
};

// What this sitting remembers. Lost at the next start without harm.
struct Sitting {
  IdeaFilter filter = IdeaFilter::everything;
  std::vector<std::string> marked;  // pathways for comparison
  std::string picked, product;
  Destination place;  // where the student last worked: what Pack up returns to
  std::optional<UndoMeeting> meeting;
};

struct Scene {
  const RecordSet& r;
  store::Store& store;
  FileFolder& files;
  const Calendar& calendar;
  const Sitting& sitting;
  const StudentOptions& options;
  std::string language;

  const std::string& words(const domain::Text& text) const { return text.in(language); }
};

// ---- projects and steps
struct ProjectState {
  const Record* project = nullptr;
  PathwayPtr pathway;  // none: its class's records are not here
  std::string id() const { return id_of(*project); }
};
ProjectState project_state(const Scene& scene, const Record& project);
// The project last worked on among those that are open, else the last of all; nothing when there is none.
std::optional<ProjectState> current_project(const Scene& scene);
// The one a destination names, else the current one.
std::optional<ProjectState> project_of(const Scene& scene, std::string_view id);
StepState step_state(const Scene& scene, const ProjectState& project, const domain::PathwayStep& step);
// Where the flag stands: the first step that is the student's to do; nothing when all are turned in.
const domain::PathwayStep* step_here(const Scene& scene, const ProjectState& project);
std::string question_of(const Scene& scene, const ProjectState& project);
std::string emblem_of(const domain::Pathway& pathway);
Trail trail_of(const Scene& scene, const ProjectState& project, std::string_view here);
std::vector<Item> items_of(const Scene& scene, const ProjectState& project, const domain::PathwayStep& step);
WorkPiece work_piece(const Scene& scene, const Record& work);
std::vector<std::string> suggestions_of(const Scene& scene);
std::string teacher_of(const Scene& scene, const ProjectState* project);
StandardTag standard_tag(const Scene& scene, std::string_view code);

// ---- check my work
struct CheckState {
  const domain::PathwayRubric* rubric = nullptr;  // none: the step has no Check my work
  int attempt = 1;
  bool turned_in = false;           // nothing can be changed any more
  const Record* source = nullptr;   // the draft, or what was turned in; none: nothing chosen yet
  const Record* earlier = nullptr;  // the assessment of the try before
  std::string proudest, hardest;    // criteria that need a reason; empty until every level is chosen
  bool begun = false, done = false;
  Phrase waits_for;
  Destination waits_to;

  int level(std::string_view criterion) const;
  std::string because(std::string_view criterion) const;
  bool needs_because(std::string_view criterion) const {
    return criterion == proudest || criterion == hardest;
  }
};
CheckState check_state(const Scene& scene, const ProjectState& project, const domain::PathwayStep& step);
// Why a step cannot be turned in now; empty when it can.
Phrase turn_in_waits_for(const Scene& scene, const ProjectState& project, const domain::PathwayStep& step,
                         const CheckState& check);

// ---- values in words
enum class Reads {
  nothing,  // says nothing to a reader, and is not asked about
  words,    // the student's own: two of them can stand one under the other
  line,     // one line of words
  day,
  choice,  // among a few words of ours
  level,
  works,
  tried,
  standard,
  project,
  pathway,
  version,
  product,
  step,
  rubric,
  mark,
  file,     // together with its name, form and size
  drawing,  // together with its other pieces
};
// Nothing for a field that nobody has said it of.
std::optional<Reads> reads(std::string_view kind, std::string_view field);
Reads reads(const Record& record, std::string_view field);
// Fields that are one thing to whoever looks at them: the name of the first, by which all are asked about and
// settled together. Any other field is a thing of its own.
std::string thing_of(const Record& record, std::string_view field);
// What a field is about, beside its record: a criterion, an item of a list.
std::string part_words(const Scene& scene, const Record& record, std::string_view field);

// A thing of several fields as one computer had it that did not see what another did.
struct Side {
  std::string thing;
  store::Head latest;
  std::vector<OpId> heads;
  store::Whole whole;
};
Result<std::vector<Side>> sides_of(const Scene& scene, const Record& record, std::string_view thing);
// The one that this computer goes on with; nothing where all agree.
Result<std::optional<Side>> side_here(const Scene& scene, const Record& record, std::string_view thing);

void say(const Scene& scene, const Record& record, std::string_view field, const record::Value& value,
         Version& into);
void say(const Scene& scene, const Side& side, Version& into);
// The drawing of a step that is not work yet.
Field half_drawn(const Scene& scene, const std::string& step);

// ---- safety
std::vector<std::string> conflict_ids(const Scene& scene);  // "<kind>/<record>/<field>", newest first
bool has_conflict(const Record& record);
// The sentence where a teacher hid it; empty where nobody did.
Phrase hidden_phrase(const Scene& scene, const Record& record);
// What stood in a record's texts before, the latest first: each as it was left, not every word of the typing.
struct Earlier {
  std::string field;
  store::Head head;
};
Result<std::vector<Earlier>> earlier_of(const Scene& scene, const Record& record);
// HistoryView::id, where there is something earlier.
std::string earlier_id(const Scene& scene, const Record& record);
Version written_by(const Scene& scene, const store::Head& head);
// "conflict.what_work_title", "conflict.what_assessment_draft_level"
std::string what_key(const Record& record, const std::string& field);
// The words by which a student knows a record.
std::string words_of(const Scene& scene, const Record& record);
// Where a record is shown.
Destination place_of(const RecordSet& records, const Record& record);

// ---- views
TodayView today_view(const Scene& scene);
PackUpView pack_up_view(const Scene& scene);
ProjectView project_view(const Scene& scene, const Destination& to);
CheckView check_view(const Scene& scene, const Destination& to);
FinishView finish_view(const Scene& scene, const Destination& to);
AnswerView answer_view(const Scene& scene, const Destination& to);
GoalsView goals_view(const Scene& scene);
IdeasView ideas_view(const Scene& scene);
CompareIdeasView compare_ideas_view(const Scene& scene, const Destination& to);
GrowthView growth_view(const Scene& scene, const Destination& to);
AboutMeView about_me_view(const Scene& scene);
Result<ConflictView> conflict_view(const Scene& scene, const Destination& to);
RefusalsView refusals_view(const Scene& scene);
Result<HistoryView> history_view(const Scene& scene, const Destination& to);
Result<std::vector<WaitingThing>> waiting_things(const Scene& scene);

}  // namespace waymark::app
