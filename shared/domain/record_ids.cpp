#include "shared/domain/record_ids.hpp"

#include <array>
#include <initializer_list>
#include <string>

#include "shared/domain/kinds.hpp"

namespace waymark::domain {
namespace {

constexpr std::array kScopes = {
    Scope{"assessment_draft", "project step try"},
    Scope{"draft", "place"},
    Scope{"preferences", "person"},
    Scope{"seen", "what"},
    Scope{"profile", "person"},
    Scope{"step", "project step"},
    Scope{"support", "project"},
    Scope{"held_review", "turn_in"},
    Scope{"class", "class"},
    Scope{"member", "person"},
    Scope{"pathway_draft", "pathway author"},
    Scope{"school", ""},
    Scope{"framework", "identifier"},
    Scope{"standard", "framework_identifier identifier"},
    Scope{"rubric", "framework_identifier identifier"},
    Scope{"hidden", "kind record"},  // its id: shared/store/hidden.hpp
};

RecordId of(std::string_view kind, std::initializer_list<std::string_view> parts) {
  std::string scope;
  for (const auto& part : parts) {
    if (&part != parts.begin()) scope += '\n';
    scope += part;
  }
  return singleton_id(kind, scope);
}

}  // namespace

std::span<const Scope> scopes() { return kScopes; }

RecordId assessment_draft_id(std::string_view project, std::string_view step, int attempt) {
  return of("assessment_draft", {project, step, std::to_string(attempt)});
}
RecordId draft_id(std::string_view place) { return of("draft", {place}); }
RecordId preferences_id(const PersonId& person) { return of("preferences", {person.hex()}); }
RecordId seen_id(std::string_view what) { return of("seen", {what}); }
RecordId profile_id(const PersonId& person) { return of("profile", {person.hex()}); }
RecordId step_id(std::string_view project, std::string_view step) { return of("step", {project, step}); }
RecordId support_id(std::string_view project) { return of("support", {project}); }
RecordId held_review_id(std::string_view turn_in) { return of("held_review", {turn_in}); }
RecordId class_record_id(const ClassId& class_id) { return of("class", {class_id.hex()}); }
RecordId member_id(const PersonId& person) { return of("member", {person.hex()}); }
RecordId pathway_draft_id(std::string_view pathway, const PersonId& author) {
  return of("pathway_draft", {pathway, author.hex()});
}
RecordId school_id() { return of("school", {}); }
RecordId framework_id(std::string_view framework) { return of("framework", {framework}); }
RecordId standard_id(std::string_view framework, std::string_view item) {
  return of("standard", {framework, item});
}
RecordId rubric_id(std::string_view framework, std::string_view rubric) {
  return of("rubric", {framework, rubric});
}

}  // namespace waymark::domain
