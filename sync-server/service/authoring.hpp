// Writing pathways: each author's own draft, kept apart from everybody else's; a preview of what would be
// published; and versions, which stay for ever. A student in flight keeps the version they began with.
#pragma once

#include "sync-server/service/teaching.hpp"

namespace waymark::server {

struct PathwayLine {
  std::string id, published, draft;  // draft: my own, open; empty: none
  Texts title, question;
  std::int64_t number = 0, steps = 0, students = 0, published_ms = 0, draft_ms = 0;
  std::vector<std::string> others_editing;  // names of colleagues with an open draft
  bool archived = false;
};
struct VersionLine {
  std::string id, note, by;
  std::int64_t number = 0, at_ms = 0, students = 0;
};
struct PathwayPage {
  std::string id, content;  // my draft, else what is published
  std::string saw;          // the draft's state, to be handed back when saving; empty: no draft yet
  std::string published;
  std::int64_t number = 0, saved_ms = 0;
  bool has_draft = false, archived = false;
  bool newer_published = false;       // a colleague published since this draft began
  std::vector<VersionLine> versions;  // newest first
  std::vector<std::string> others_editing;
  std::string published_content;  // to compare with
};
struct Saved {
  std::string saw;
  std::int64_t saved_ms = 0;
  std::string problem;  // why it cannot be published yet, with the place; empty: it can
};

Result<std::vector<PathwayLine>> pathways_of(School& school, const PersonId& teacher,
                                             const ClassId& class_id);
Result<PathwayPage> pathway_page(School& school, const PersonId& teacher, const ClassId& class_id,
                                 std::string_view pathway);
// A new pathway as a draft: from a file's content, or from a blank of one step. Its id.
Result<std::string> begin_pathway(School& school, const PersonId& teacher, const ClassId& class_id,
                                  std::string_view content);
// Keeps the draft. `conflict` when it was changed elsewhere since `saw` (the same author in another window),
// unless `keep_mine`; what it replaces stays in the record's history.
Result<Saved> save_draft(School& school, const PersonId& teacher, const ClassId& class_id,
                         std::string_view pathway, std::string_view content, std::string_view saw,
                         bool keep_mine);
// Checks the draft, publishes it with its note, closes it. The version's number.
Result<std::int64_t> publish_draft(School& school, const PersonId& teacher, const ClassId& class_id,
                                   std::string_view pathway, std::string_view note);
Status drop_draft(School& school, const PersonId& teacher, const ClassId& class_id, std::string_view pathway);
Status archive_pathway(School& school, const PersonId& teacher, const ClassId& class_id,
                       std::string_view pathway, bool archived);

// A blank pathway of one step in English and Spanish, ready to be filled.
std::string blank_pathway();

}  // namespace waymark::server
