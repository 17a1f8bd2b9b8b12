// A pathway's content as values: what a teacher wrote for a class, in every language they wrote it in. The
// content is the JSON of a pathway_version record; a project stays with the version it began with. Parsing is
// strict about what it knows, says where something is wrong, and leaves keys of newer versions alone.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.hpp"

namespace waymark::domain {

inline constexpr std::size_t pathway_bytes_max = 400 * 1024;
inline constexpr std::size_t pathway_depth_max = 24;
inline constexpr std::size_t pathway_title_max = 560;  // bytes of a title, question or name in one language
inline constexpr std::size_t pathway_text_max = 8000;  // bytes of any other text in one language
inline constexpr std::size_t pathway_steps_max = 30;
inline constexpr std::size_t pathway_rubrics_max = 12;
inline constexpr std::size_t pathway_criteria_max = 12;
inline constexpr std::size_t pathway_levels_min = 2, pathway_levels_max = 8;
inline constexpr std::size_t pathway_products_max = 12;
inline constexpr std::size_t pathway_list_max = 40;  // items of any other list
inline constexpr std::size_t pathway_id_max = 48;

// One text by language code ("en", "es", "pt-BR"). Never wholly empty once parsed, unless it may be missing.
struct Text {
  std::map<std::string, std::string, std::less<>> by_language;

  bool empty() const { return by_language.empty(); }
  // In that language, else in the language without its region, else in English, else in any; "" when empty.
  const std::string& in(std::string_view language) const;
  bool operator==(const Text&) const = default;
};

struct PathwayProduct {
  std::string id;
  Text title, detail;
};

struct PathwayWord {
  Text word, meaning;
};

struct PathwayStep {
  std::string id;
  Text title, purpose;
  int lessons = 0;
  std::vector<std::string> standards;
  // See an example; absent where `example_work` is empty.
  Text example_work;
  std::vector<Text> example_thinking;
  // Step by step; absent where intro and checklist are both empty.
  Text intro;
  std::vector<Text> checklist, sentence_starters, if_stuck;
  Text on_my_own;
  Text what_good_looks_like;
  std::vector<Text> evidence, question_log;
  Text gentler, stretch;
  std::vector<Text> team_roles;
  std::string rubric;  // of Check my work; empty: none

  bool has_example() const { return !example_work.empty(); }
  bool has_step_by_step() const { return !intro.empty() || !checklist.empty(); }
  bool has_on_my_own() const { return !on_my_own.empty(); }
};

struct PathwayLevel {
  Text name;
  Text text;  // first person; {what differs from the level before} in braces
};

struct PathwayCriterion {
  std::string id;
  Text title, question;
  std::string standard;                // code; empty: none
  std::vector<PathwayLevel> levels;    // lowest first
  int aim = 1;                         // 1 is the lowest
  std::vector<Text> glow, grow, next;  // a teacher's phrases
};

struct PathwayRubric {
  std::string id;
  Text title;
  std::vector<PathwayCriterion> criteria;

  const PathwayCriterion* criterion(std::string_view id) const;
};

struct PathwayPiece {
  Text about, text;
};

struct Pathway {
  std::string id;
  std::int64_t version = 1;
  Text title, question, summary, why_it_matters;
  std::vector<std::string> subjects;
  std::string grades;
  int lessons = 0;
  bool alone = false, team = false;
  std::vector<Text> interests;         // words to find it by: a plain word, or one by language
  std::string emblem;                  // the picture it has on its card; empty: chosen by its interests
  std::vector<std::string> standards;  // codes
  std::vector<PathwayProduct> products;
  std::vector<Text> materials, ask_an_adult;
  std::vector<PathwayWord> words;
  std::vector<PathwayStep> steps;
  std::vector<PathwayRubric> rubrics;
  Text exemplar_title, exemplar_from;
  std::vector<PathwayPiece> exemplar;
  // For the teacher's eyes.
  Text overview, inquiry_question;
  std::vector<Text> lesson_plan, look_for, common_snags, adapt;
  std::vector<std::string> languages;  // that the title is in

  const PathwayStep* step(std::string_view step_id) const;
  const PathwayRubric* rubric(std::string_view rubric_id) const;
  const PathwayProduct* product(std::string_view product_id) const;
  // Check my work of a step; none where the step has none.
  const PathwayRubric* rubric_of(std::string_view step_id) const;
};

// `malformed` when it is no JSON, `too_large`, `too_deep`, `unsupported` for a newer format, else `invalid`
// with the place: "steps[2].forms.example.work: no text in any language".
Result<Pathway> parse_pathway(std::string_view json);

// The same content after the same checks, compact, with "format" and "v", and with every key that this
// version does not know kept as it was: what a pathway_version stores.
Result<std::string> to_content(std::string_view json);

// The name of a record's field about a criterion or an item: "level." and "my-question" give
// "level.my_question", because names of fields have no hyphen. Within a rubric no two ids give one name.
std::string field_of(std::string_view prefix, std::string_view id);

}  // namespace waymark::domain
