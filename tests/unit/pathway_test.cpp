#include "shared/domain/pathway.hpp"

#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/support/golden.hpp"
#include "tests/support/pathway_fixture.hpp"

using namespace waymark;
using namespace waymark::domain;
using nlohmann::json;

namespace {

json water() { return json::parse(test::water_pathway); }

// What is wrong with it, as the code's name and the detail.
std::string fault(const json& content) {
  auto parsed = parse_pathway(content.dump());
  if (parsed) return "none";
  return std::string(name(parsed.error().code)) + " " + parsed.error().detail;
}

}  // namespace

TEST_CASE("a pathway's content becomes values with every text in every language") {
  auto parsed = parse_pathway(test::water_pathway);
  REQUIRE(parsed);
  const Pathway& p = *parsed;
  CHECK(p.id == "water-here");
  CHECK(p.title.in("es") == "El agua donde vivimos");
  CHECK(p.lessons == 8);
  CHECK(p.alone);
  CHECK(p.team);
  CHECK(p.interests[1].in("en") == "maps");
  CHECK(p.languages == std::vector<std::string>{"en", "es"});
  REQUIRE(p.steps.size() == 3);
  CHECK(p.steps[0].has_example());
  CHECK(p.steps[0].checklist.size() == 2);
  CHECK_FALSE(p.steps[1].has_example());
  CHECK_FALSE(p.steps[2].has_step_by_step());
  REQUIRE(p.rubric_of("find-sources"));
  CHECK(p.rubric_of("walk-the-creek") == nullptr);
  const auto& criterion = p.rubric_of("find-sources")->criteria[1];
  CHECK(criterion.id == "sources");
  CHECK(criterion.aim == 3);
  CHECK(criterion.levels[2].name.in("en") == "On target");
  CHECK(p.product("talk")->title.in("en") == "A talk");
  CHECK(p.exemplar[0].about.in("es") == "Dos tipos de fuentes");
}

TEST_CASE("a text is picked in the language, then without its region, then in English, then in any") {
  Text text{{{"en", "water"}, {"es", "agua"}}};
  CHECK(text.in("es") == "agua");
  CHECK(text.in("es-MX") == "agua");
  CHECK(text.in("uk") == "water");
  CHECK(Text{{{"fr", "eau"}}}.in("es") == "eau");
  CHECK(Text{}.in("es").empty());
}

TEST_CASE("an outline with nothing but steps is a pathway too") {
  auto parsed = parse_pathway(test::street_pathway);
  REQUIRE(parsed);
  CHECK(parsed->steps.size() == 2);
  CHECK(parsed->rubrics.empty());
  CHECK_FALSE(parsed->alone);
}

TEST_CASE("what is wrong is said with its place") {
  auto content = water();
  content["steps"][0]["forms"]["example"]["work"] = json::object();
  CHECK(fault(content) == "invalid steps[0].forms.example.work: no text in any language");

  content = water();
  content["steps"][1]["title"] = {{"en", "  "}};
  CHECK(fault(content) == "invalid steps[1].title: no text in any language");

  content = water();
  content["title"] = "Water";
  CHECK(fault(content) == "invalid title: not a text by language");

  content = water();
  content["title"]["es"] = 7;
  CHECK(fault(content) == "invalid title.es: not a text");

  content = water();
  content.erase("driving_question");
  CHECK(fault(content) == "invalid driving_question: missing");

  content = water();
  content["steps"][1]["check_my_work"] = "nowhere";
  CHECK(fault(content) == "invalid steps[1].check_my_work: no rubric \"nowhere\"");

  content = water();
  content["steps"][2]["id"] = "find-sources";
  CHECK(fault(content) == "invalid steps[2].id: \"find-sources\" is there twice");

  content = water();
  content["rubrics"][0]["criteria"][0]["id"] = "My question";
  CHECK(fault(content) == "invalid rubrics[0].criteria[0].id: only small letters, digits and hyphens");

  content = water();
  content["rubrics"][0]["criteria"][0]["aim"] = 5;
  CHECK(fault(content) == "invalid rubrics[0].criteria[0].aim: not from 1 to 4");

  content = water();
  content["lessons"] = 18446744073709551615ULL;
  CHECK(fault(content) == "invalid lessons: not from 0 to 1000");

  content = water();
  content["steps"] = "none";
  CHECK(fault(content) == "invalid steps: not a list");

  content = water();
  content["before_you_start"] = json::array();
  CHECK(fault(content) == "invalid before_you_start: not an object");
}

TEST_CASE("two ids that would name one field are the same id") {
  auto content = water();
  content["rubrics"][0]["criteria"][1]["id"] = "my_question";
  CHECK(fault(content) == "invalid rubrics[0].criteria[1].id: \"my_question\" is there twice");
  CHECK(field_of("level.", "my-question") == "level.my_question");
}

TEST_CASE("a pathway has 1 to 30 steps, a rubric 1 to 12 criteria, a criterion 2 to 8 levels") {
  auto fill = [](json& list, std::size_t count) {
    auto first = list[0];
    list = json::array();
    for (std::size_t i = 0; i < count; ++i) {
      if (first.contains("id")) first["id"] = "n" + std::to_string(i);
      list.push_back(first);
    }
  };
  auto content = water();
  content["steps"] = json::array({content["steps"][2]});
  fill(content["steps"], 30);
  CHECK(fault(content) == "none");
  fill(content["steps"], 31);
  CHECK(fault(content) == "too_large steps: more than 30");
  content["steps"] = json::array();
  CHECK(fault(content) == "invalid steps: fewer than 1");

  content = water();
  fill(content["rubrics"][0]["criteria"], 12);
  CHECK(fault(content) == "none");
  fill(content["rubrics"][0]["criteria"], 13);
  CHECK(fault(content) == "too_large rubrics[0].criteria: more than 12");

  content = water();
  auto& levels = content["rubrics"][0]["criteria"][0]["levels"];
  fill(levels, 8);
  CHECK(fault(content) == "none");
  fill(levels, 9);
  CHECK(fault(content) == "too_large rubrics[0].criteria[0].levels: more than 8");
  fill(levels, 1);
  CHECK(fault(content) == "invalid rubrics[0].criteria[0].levels: fewer than 2");
}

TEST_CASE("texts have a greatest length") {
  auto content = water();
  content["summary"]["en"] = std::string(8000, 'a');
  CHECK(fault(content) == "none");
  content["summary"]["en"] = std::string(8001, 'a');
  CHECK(fault(content) == "too_large summary.en: longer than 8000 bytes");
  content = water();
  content["driving_question"]["en"] = std::string(561, 'a');
  CHECK(fault(content) == "too_large driving_question.en: longer than 560 bytes");
}

TEST_CASE("what is no JSON, too long, too deep or of a newer format is refused") {
  CHECK(parse_pathway("{").error().code == Code::malformed);
  CHECK(parse_pathway("[]").error().code == Code::malformed);
  CHECK(parse_pathway(std::string(pathway_bytes_max + 1, ' ')).error().code == Code::too_large);
  CHECK(parse_pathway("{\"x\":" + std::string(24, '[') + std::string(24, ']') + "}").error().code ==
        Code::too_deep);
  auto content = water();
  content["v"] = 2;
  CHECK(parse_pathway(content.dump()).error().code == Code::unsupported);
  content = water();
  content["format"] = "something.else";
  CHECK(fault(content) == "invalid format: not waymark.pathway");
}

TEST_CASE("content keeps the keys that this version does not know") {
  auto content = water();
  content["from_the_future"] = {{"deep", {1, 2}}};
  content["steps"][0]["sound"] = "owl";
  auto stored = to_content(content.dump());
  REQUIRE(stored);
  auto again = json::parse(*stored);
  CHECK(again["from_the_future"]["deep"][1] == 2);
  CHECK(again["steps"][0]["sound"] == "owl");
  CHECK(again["format"] == "waymark.pathway");
  CHECK(again["v"] == 1);
  CHECK(to_content(*stored).value() == *stored);
  CHECK(to_content("{}").error().detail == "id: missing");
}

TEST_CASE("golden pathways have the steps, items and criteria told, and what is none is refused") {
  for (const auto& entry : test::golden_part("pathways")) {
    CAPTURE(test::text(entry, "name"));
    auto content = test::bytes_of(entry);
    auto pathway = parse_pathway(content);
    REQUIRE(pathway);
    auto steps = test::json::array(), rubrics = test::json::array(), products = test::json::array();
    for (const auto& step : pathway->steps) {
      auto items = test::json::array();
      for (std::size_t n = 1; n <= step.checklist.size(); n++) items.push_back("item." + std::to_string(n));
      steps.push_back({{"id", step.id}, {"rubric", step.rubric}, {"items", items}});
    }
    for (const auto& rubric : pathway->rubrics) {
      auto criteria = test::json::array();
      for (const auto& one : rubric.criteria)
        criteria.push_back(
            {{"level", field_of("level.", one.id)}, {"levels", one.levels.size()}, {"aim", one.aim}});
      rubrics.push_back({{"id", rubric.id}, {"criteria", criteria}});
    }
    for (const auto& product : pathway->products) products.push_back(product.id);
    CHECK(steps == entry["steps"]);
    CHECK(rubrics == entry["rubrics"]);
    CHECK(products == entry["products"]);
  }
  for (const auto& entry : test::golden_part("not_pathways")) {
    CAPTURE(test::text(entry, "name"));
    CHECK_FALSE(parse_pathway(test::bytes_of(entry)).has_value());
  }
}
