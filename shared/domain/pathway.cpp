#include "shared/domain/pathway.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <nlohmann/json.hpp>

#include "shared/base/text.hpp"

namespace waymark::domain {
namespace {

using Json = nlohmann::json;

// Reads one document; the first thing that is wrong is kept, and what is read after it does not matter.
class Reader {
 public:
  const std::optional<Error>& error() const { return error_; }

  void fail(const std::string& place, std::string what, Code code = Code::invalid) {
    if (!error_) error_ = Error{code, (place.empty() ? "" : place + ": ") + std::move(what)};
  }

  // A member, or nothing when it is absent or null.
  static const Json* member(const Json& object, std::string_view key) {
    auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
  }

  static std::string under(const std::string& place, std::string_view key) {
    return place.empty() ? std::string(key) : place + "." + std::string(key);
  }

  // An object to read on from; an empty one stands for what is absent.
  const Json& object(const Json& in, const std::string& place, std::string_view key) {
    static const Json none = Json::object();
    const auto* found = member(in, key);
    if (!found) return none;
    if (found->is_object()) return *found;
    fail(under(place, key), "not an object");
    return none;
  }

  std::string word(const Json& in, const std::string& place, std::string_view key, bool required,
                   std::size_t max = 64) {
    const auto* found = member(in, key);
    if (!found) {
      if (required) fail(under(place, key), "missing");
      return {};
    }
    if (!found->is_string()) return fail(under(place, key), "not a text"), std::string();
    auto text = found->get<std::string>();
    if (text.size() > max)
      fail(under(place, key), "longer than " + std::to_string(max) + " bytes", Code::too_large);
    if (!valid_utf8(text)) fail(under(place, key), "not valid UTF-8");
    if (required && text.empty()) fail(under(place, key), "empty");
    return text;
  }

  std::string id(const Json& in, const std::string& place) {
    auto text = word(in, place, "id", true, pathway_id_max);
    bool good = std::all_of(text.begin(), text.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    if (!good) fail(under(place, "id"), "only small letters, digits and hyphens");
    return text;
  }

  std::int64_t number(const Json& in, const std::string& place, std::string_view key, std::int64_t least,
                      std::int64_t most, std::int64_t otherwise) {
    const auto* found = member(in, key);
    if (!found) return otherwise;
    if (!found->is_number_integer()) return fail(under(place, key), "not a whole number"), otherwise;
    // A number beyond 64 bits is unsigned and would look negative.
    auto value = found->is_number_unsigned() && found->get<std::uint64_t>() > std::uint64_t{1} << 62
                     ? most + 1
                     : found->get<std::int64_t>();
    if (value < least || value > most)
      return fail(under(place, key), "not from " + std::to_string(least) + " to " + std::to_string(most)),
             otherwise;
    return value;
  }

  Text text(const Json& in, const std::string& place, std::string_view key, bool required,
            std::size_t max = pathway_text_max) {
    const auto* found = member(in, key);
    if (found) return one_text(*found, under(place, key), required, max);
    if (required) fail(under(place, key), "missing");
    return {};
  }

  std::vector<Text> texts(const Json& in, const std::string& place, std::string_view key) {
    std::vector<Text> all;
    each(in, place, key, 0, pathway_list_max, [&](const Json& item, const std::string& at) {
      all.push_back(one_text(item, at, true, pathway_text_max));
    });
    return all;
  }

  std::vector<std::string> words(const Json& in, const std::string& place, std::string_view key) {
    std::vector<std::string> all;
    each(in, place, key, 0, pathway_list_max, [&](const Json& item, const std::string& at) {
      if (!item.is_string()) return fail(at, "not a text");
      auto text = item.get<std::string>();
      if (text.empty() || text.size() > 64) return fail(at, "not from 1 to 64 bytes long");
      all.push_back(std::move(text));
    });
    return all;
  }

  template <class Visit>
  void each(const Json& in, const std::string& place, std::string_view key, std::size_t least,
            std::size_t most, Visit visit) {
    auto at = under(place, key);
    const auto* found = member(in, key);
    if (!found) {
      if (least > 0) fail(at, "missing");
      return;
    }
    if (!found->is_array()) return fail(at, "not a list");
    if (found->size() < least) return fail(at, "fewer than " + std::to_string(least));
    if (found->size() > most) return fail(at, "more than " + std::to_string(most), Code::too_large);
    std::size_t index = 0;
    for (const auto& item : *found) visit(item, at + "[" + std::to_string(index++) + "]");
  }

  // Objects of a list.
  template <class Visit>
  void each_object(const Json& in, const std::string& place, std::string_view key, std::size_t least,
                   std::size_t most, Visit visit) {
    each(in, place, key, least, most, [&](const Json& item, const std::string& at) {
      if (!item.is_object()) return fail(at, "not an object");
      visit(item, at);
    });
  }

  void unique(std::set<std::string>& seen, const std::string& id, const std::string& place) {
    if (!seen.insert(field_of({}, id)).second) fail(under(place, "id"), "\"" + id + "\" is there twice");
  }

  Text one_text(const Json& value, const std::string& place, bool required, std::size_t max) {
    Text text;
    if (!value.is_object()) return fail(place, "not a text by language"), text;
    for (const auto& [language, words] : value.items()) {
      if (!language_code(language)) continue;  // a key of a newer version
      if (!words.is_string()) {
        fail(place + "." + language, "not a text");
        continue;
      }
      auto trimmed = trim(words.get<std::string>());
      if (trimmed.size() > max)
        fail(place + "." + language, "longer than " + std::to_string(max) + " bytes", Code::too_large);
      if (!valid_utf8(trimmed)) fail(place + "." + language, "not valid UTF-8");
      if (!trimmed.empty()) text.by_language.emplace(language, std::move(trimmed));
    }
    if (required && text.empty()) fail(place, "no text in any language");
    return text;
  }

  // A word that was written in no particular language; English, for want of a better guess.
  Text plain(const Json& value, const std::string& place) {
    return one_text(Json{{"en", value}}, place, true, pathway_title_max);
  }

 private:
  static bool language_code(std::string_view code) {
    if (code.size() < 2 || code.size() > 16) return false;
    return std::all_of(code.begin(), code.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
  }

  std::optional<Error> error_;
};

Result<Json> load(std::string_view json) {
  if (json.size() > pathway_bytes_max)
    return Error{Code::too_large, "longer than " + std::to_string(pathway_bytes_max) + " bytes"};
  std::size_t depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    char c = json[i];
    if (in_text) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        in_text = false;
    } else if (c == '"') {
      in_text = true;
    } else if (c == '{' || c == '[') {
      if (++depth > pathway_depth_max)
        return Error{Code::too_deep, "nested deeper than " + std::to_string(pathway_depth_max)};
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  auto parsed = Json::parse(json, nullptr, false);
  if (parsed.is_discarded()) return Error{Code::malformed, "not JSON"};
  if (!parsed.is_object()) return Error{Code::malformed, "not a JSON object"};
  if (const auto* format = Reader::member(parsed, "format"))
    if (*format != "waymark.pathway") return Error{Code::invalid, "format: not waymark.pathway"};
  if (const auto* v = Reader::member(parsed, "v"))
    if (*v != 1) return Error{Code::unsupported, "v: a newer format than this version reads"};
  return parsed;
}

PathwayStep read_step(Reader& reader, const Json& in, const std::string& place) {
  PathwayStep step;
  step.id = reader.id(in, place);
  step.title = reader.text(in, place, "title", true, pathway_title_max);
  step.purpose = reader.text(in, place, "purpose", false);
  step.lessons = static_cast<int>(reader.number(in, place, "lessons", 0, 200, 0));
  step.standards = reader.words(in, place, "standards");

  const auto& forms = reader.object(in, place, "forms");
  auto at_forms = Reader::under(place, "forms");
  if (Reader::member(forms, "example")) {
    const auto& example = reader.object(forms, at_forms, "example");
    auto at = Reader::under(at_forms, "example");
    step.example_work = reader.text(example, at, "work", true);
    step.example_thinking = reader.texts(example, at, "thinking");
  }
  const auto& guided = reader.object(forms, at_forms, "step_by_step");
  auto at_guided = Reader::under(at_forms, "step_by_step");
  step.intro = reader.text(guided, at_guided, "intro", false);
  step.checklist = reader.texts(guided, at_guided, "checklist");
  step.sentence_starters = reader.texts(guided, at_guided, "sentence_starters");
  step.if_stuck = reader.texts(guided, at_guided, "if_stuck");
  step.on_my_own = reader.text(forms, at_forms, "on_my_own", false);

  step.what_good_looks_like = reader.text(in, place, "what_good_looks_like", false);
  step.evidence = reader.texts(in, place, "evidence");
  step.question_log = reader.texts(in, place, "question_log");
  const auto& variants = reader.object(in, place, "variants");
  step.gentler = reader.text(variants, Reader::under(place, "variants"), "gentler", false);
  step.stretch = reader.text(variants, Reader::under(place, "variants"), "stretch", false);
  step.team_roles = reader.texts(in, place, "team_roles");
  step.rubric = reader.word(in, place, "check_my_work", false, pathway_id_max);
  return step;
}

PathwayCriterion read_criterion(Reader& reader, const Json& in, const std::string& place) {
  PathwayCriterion criterion;
  criterion.id = reader.id(in, place);
  criterion.title = reader.text(in, place, "title", true, pathway_title_max);
  criterion.question = reader.text(in, place, "question", false, pathway_title_max);
  criterion.standard = reader.word(in, place, "standard", false);
  reader.each_object(in, place, "levels", pathway_levels_min, pathway_levels_max,
                     [&](const Json& item, const std::string& at) {
                       PathwayLevel level;
                       level.name = reader.text(item, at, "name", true, pathway_title_max);
                       level.text = reader.text(item, at, "text", true);
                       criterion.levels.push_back(std::move(level));
                     });
  auto levels = static_cast<std::int64_t>(criterion.levels.size());
  criterion.aim = static_cast<int>(reader.number(in, place, "aim", 1, std::max<std::int64_t>(levels, 1),
                                                 std::max<std::int64_t>(levels - 1, 1)));
  const auto& phrases = reader.object(in, place, "phrases");
  auto at = Reader::under(place, "phrases");
  criterion.glow = reader.texts(phrases, at, "glow");
  criterion.grow = reader.texts(phrases, at, "grow");
  criterion.next = reader.texts(phrases, at, "next");
  return criterion;
}

Result<Pathway> read(const Json& in) {
  Reader reader;
  Pathway p;
  p.id = reader.id(in, {});
  p.version = reader.number(in, {}, "version", 1, 100000, 1);
  p.title = reader.text(in, {}, "title", true, pathway_title_max);
  p.question = reader.text(in, {}, "driving_question", true, pathway_title_max);
  p.summary = reader.text(in, {}, "summary", false);
  p.why_it_matters = reader.text(in, {}, "why_it_matters", false);
  p.subjects = reader.words(in, {}, "subjects");
  p.grades = reader.word(in, {}, "grades", false);
  p.lessons = static_cast<int>(reader.number(in, {}, "lessons", 0, 1000, 0));
  for (const auto& way : reader.words(in, {}, "works")) {
    p.alone |= way == "alone";
    p.team |= way == "team";
  }
  reader.each(in, {}, "interests", 0, pathway_list_max, [&](const Json& item, const std::string& at) {
    p.interests.push_back(item.is_string() ? reader.plain(item, at)
                                           : reader.one_text(item, at, true, pathway_title_max));
  });
  p.emblem = reader.word(in, {}, "emblem", false);
  p.standards = reader.words(in, {}, "standards");
  std::set<std::string> seen;
  reader.each_object(in, {}, "products", 0, pathway_products_max,
                     [&](const Json& item, const std::string& at) {
                       PathwayProduct product;
                       product.id = reader.id(item, at);
                       reader.unique(seen, product.id, at);
                       product.title = reader.text(item, at, "title", true, pathway_title_max);
                       product.detail = reader.text(item, at, "detail", false);
                       p.products.push_back(std::move(product));
                     });
  const auto& before = reader.object(in, {}, "before_you_start");
  p.materials = reader.texts(before, "before_you_start", "materials");
  p.ask_an_adult = reader.texts(before, "before_you_start", "ask_an_adult");
  reader.each_object(before, "before_you_start", "words", 0, pathway_list_max,
                     [&](const Json& item, const std::string& at) {
                       PathwayWord word;
                       word.word = reader.text(item, at, "word", true, pathway_title_max);
                       word.meaning = reader.text(item, at, "meaning", true);
                       p.words.push_back(std::move(word));
                     });
  reader.each_object(in, {}, "rubrics", 0, pathway_rubrics_max, [&](const Json& item, const std::string& at) {
    PathwayRubric rubric;
    rubric.id = reader.id(item, at);
    if (p.rubric(rubric.id)) reader.fail(Reader::under(at, "id"), "\"" + rubric.id + "\" is there twice");
    rubric.title = reader.text(item, at, "title", true, pathway_title_max);
    std::set<std::string> ids;
    reader.each_object(item, at, "criteria", 1, pathway_criteria_max,
                       [&](const Json& criterion, const std::string& place) {
                         rubric.criteria.push_back(read_criterion(reader, criterion, place));
                         reader.unique(ids, rubric.criteria.back().id, place);
                       });
    p.rubrics.push_back(std::move(rubric));
  });
  seen.clear();
  reader.each_object(in, {}, "steps", 1, pathway_steps_max, [&](const Json& item, const std::string& at) {
    p.steps.push_back(read_step(reader, item, at));
    const auto& step = p.steps.back();
    reader.unique(seen, step.id, at);
    if (!step.rubric.empty() && !p.rubric(step.rubric))
      reader.fail(Reader::under(at, "check_my_work"), "no rubric \"" + step.rubric + "\"");
  });
  const auto& exemplar = reader.object(in, {}, "exemplar");
  p.exemplar_title = reader.text(exemplar, "exemplar", "title", false, pathway_title_max);
  p.exemplar_from = reader.text(exemplar, "exemplar", "from", false, pathway_title_max);
  reader.each_object(exemplar, "exemplar", "pieces", 0, pathway_list_max,
                     [&](const Json& item, const std::string& at) {
                       PathwayPiece piece;
                       piece.about = reader.text(item, at, "about", true);
                       piece.text = reader.text(item, at, "text", true);
                       p.exemplar.push_back(std::move(piece));
                     });
  const auto& teacher = reader.object(in, {}, "teacher");
  p.overview = reader.text(teacher, "teacher", "overview", false);
  p.lesson_plan = reader.texts(teacher, "teacher", "lesson_plan");
  p.look_for = reader.texts(teacher, "teacher", "look_for");
  p.common_snags = reader.texts(teacher, "teacher", "common_snags");
  p.adapt = reader.texts(teacher, "teacher", "adapt");
  p.inquiry_question = reader.text(teacher, "teacher", "inquiry_question", false);
  if (reader.error()) return *reader.error();
  for (const auto& [language, words] : p.title.by_language) p.languages.push_back(language);
  return p;
}

template <class Item>
const Item* with_id(const std::vector<Item>& items, std::string_view id) {
  for (const auto& item : items)
    if (item.id == id) return &item;
  return nullptr;
}

}  // namespace

const std::string& Text::in(std::string_view language) const {
  static const std::string none;
  if (auto found = by_language.find(language); found != by_language.end()) return found->second;
  if (auto found = by_language.find(language.substr(0, language.find('-'))); found != by_language.end())
    return found->second;
  if (auto found = by_language.find("en"); found != by_language.end()) return found->second;
  return by_language.empty() ? none : by_language.begin()->second;
}

const PathwayCriterion* PathwayRubric::criterion(std::string_view criterion_id) const {
  return with_id(criteria, criterion_id);
}
const PathwayStep* Pathway::step(std::string_view step_id) const { return with_id(steps, step_id); }
const PathwayRubric* Pathway::rubric(std::string_view rubric_id) const { return with_id(rubrics, rubric_id); }
const PathwayProduct* Pathway::product(std::string_view product_id) const {
  return with_id(products, product_id);
}
const PathwayRubric* Pathway::rubric_of(std::string_view step_id) const {
  const auto* found = step(step_id);
  return found && !found->rubric.empty() ? rubric(found->rubric) : nullptr;
}

Result<Pathway> parse_pathway(std::string_view json) {
  WAYMARK_TRY(parsed, load(json));
  return read(parsed);
}

Result<std::string> to_content(std::string_view json) {
  WAYMARK_TRY(parsed, load(json));
  WAYMARK_CHECK(read(parsed));
  parsed["format"] = "waymark.pathway";
  parsed["v"] = 1;
  auto content = parsed.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (content.size() > pathway_bytes_max)
    return Error{Code::too_large, "longer than " + std::to_string(pathway_bytes_max) + " bytes"};
  return content;
}

std::string field_of(std::string_view prefix, std::string_view id) {
  std::string name(prefix);
  for (char c : id) name += c == '-' ? '_' : c;
  return name;
}

}  // namespace waymark::domain
