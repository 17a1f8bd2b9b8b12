// Ids of the records that there is one of: the same on every device without asking. Each kind's scope, which
// the id is made of, is in one table that docs/PROTOCOL.md shows; nobody else puts a scope together.
#pragma once

#include <span>
#include <string_view>

#include "shared/base/bytes.hpp"

namespace waymark::domain {

struct Scope {
  std::string_view kind;
  std::string_view words;  // what is in it, each on a line of its own; empty: nothing, there is one of all
};
std::span<const Scope> scopes();

RecordId assessment_draft_id(std::string_view project, std::string_view step, int attempt);
RecordId draft_id(std::string_view place);
RecordId preferences_id(const PersonId& person);
// `what` is what was seen or dismissed: the part of the field's name behind "seen." or "dismissed.".
RecordId seen_id(std::string_view what);
RecordId profile_id(const PersonId& person);
RecordId step_id(std::string_view project, std::string_view step);
// Without a project: of all projects.
RecordId support_id(std::string_view project);
RecordId held_review_id(std::string_view turn_in);
RecordId class_record_id(const ClassId& class_id);
RecordId member_id(const PersonId& person);
RecordId pathway_draft_id(std::string_view pathway, const PersonId& author);
RecordId school_id();
// The identifiers are the publisher's, as the imported file has them.
RecordId framework_id(std::string_view framework);
RecordId standard_id(std::string_view framework, std::string_view item);
RecordId rubric_id(std::string_view framework, std::string_view rubric);

}  // namespace waymark::domain
