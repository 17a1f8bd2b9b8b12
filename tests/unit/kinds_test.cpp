#include "shared/domain/kinds.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include <doctest/doctest.h>

#include "shared/domain/record_ids.hpp"
#include "shared/store/hidden.hpp"
#include "tests/support/golden.hpp"

using namespace waymark;
using namespace waymark::domain;
using record::Op;

namespace {
const PersonId kAmira = PersonId::parse("0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a").value();

Op goal() {
  Op op;
  op.stream = person_stream(kAmira);
  op.kind = "goal";
  op.record.bytes.fill(1);
  op.author = kAmira;
  op.fields = {{"want", "ask better questions"}};
  return op;
}
Op checkin() {
  Op op;
  op.stream = person_stream(kAmira);
  op.kind = "checkin";
  op.author = kAmira;
  op.fields = {{"goal", kAmira.hex()}, {"text", "I asked two people."}};
  return op;
}
// A field as docs/PROTOCOL.md writes it.
std::string written(const KindRule& kind, const FieldRule& field) {
  std::string text(field.name);
  const auto max = std::to_string(field.max);
  switch (field.type) {
    case Type::text:
      text += ":" + max;
      break;
    case Type::integer:
      text += ":0-" + max;
      break;
    case Type::boolean:
      text += ":flag";
      break;
    case Type::texts:
      text += ":[" + max + "]";
      break;
  }
  if (field.required && kind.shape == Shape::append_only) text += '!';
  if (field.merge == Merge::quiet) text += '~';
  return text;
}

// How a record comes by its id: "once" is the op's own, "of" a scope; without a word it is random.
std::string made(const KindRule& kind) {
  if (kind.shape == Shape::append_only) return " | once";
  for (const auto& scope : scopes())
    if (scope.kind == kind.name) return scope.words.empty() ? " | of" : " | of " + std::string(scope.words);
  return "";
}

std::string written_table() {
  constexpr std::size_t width = 116;
  std::string table;
  for (const auto& kind : kinds()) {
    table += "    " + std::string(kind.name) + " | " +
             (kind.stream.empty() ? "any" : std::string(kind.stream)) + " | " +
             std::string(name(kind.writer)) + made(kind) + "\n";
    std::string line = "       ";
    for (const auto& field : kind.fields) {
      auto word = " " + written(kind, field);
      if (line.size() + word.size() > width) table += line + "\n", line = "       ";
      line += word;
    }
    table += line + "\n";
  }
  return table;
}
}  // namespace

// Where this fails, what it shows as wanted goes there.
TEST_CASE("docs/PROTOCOL.md has the table of kinds as it is") {
  auto text = test::text_of("docs/PROTOCOL.md");
  auto from = text.find("    assessment_draft |"), to = text.find("\n\n", from);
  REQUIRE(from != std::string::npos);
  CHECK(text.substr(from, to + 1 - from) == written_table());
}

TEST_CASE("the table names each kind once, and each field of a kind once") {
  std::set<std::string_view> names;
  for (const auto& kind : kinds()) {
    CHECK_MESSAGE(names.insert(kind.name).second, std::string(kind.name));
    CHECK(record::valid_name(kind.name));
    std::set<std::string_view> fields;
    for (const auto& field : kind.fields) {
      CHECK_MESSAGE(fields.insert(field.name).second,
                    (std::string(kind.name) + "." + std::string(field.name)));
      CHECK(record::valid_name(field.name));
    }
  }
}

TEST_CASE("a draft lives in a stream that only its author has") {
  for (std::string_view kind : {"assessment_draft", "draft", "pack_up"})
    CHECK(find_kind(kind)->stream == "own");
}

TEST_CASE("an op obeys its kind's types and limits") {
  CHECK(validate(goal()).has_value());
  Op op = goal();
  op.fields["want"] = 7;
  CHECK(validate(op).error().code == Code::invalid);
  op.fields["want"] = std::string(4000, 'a');
  CHECK(validate(op).has_value());
  op.fields["want"] = std::string(4001, 'a');
  CHECK(validate(op).error().code == Code::too_large);
  op = goal();
  op.fields["want"] = record::Value();
  CHECK(validate(op).has_value());
  op.fields["archived"] = "yes";
  CHECK(validate(op).error().code == Code::invalid);
  op = goal();
  op.stream = own_stream(kAmira);
  CHECK(validate(op).error().code == Code::invalid);
  op = goal();
  op.record = {};
  CHECK(validate(op).error().code == Code::invalid);
}

TEST_CASE("an append-only record is whole in its one op") {
  CHECK(validate(checkin()).has_value());
  Op op = checkin();
  op.fields.erase("text");
  CHECK(validate(op).error().detail == "text is missing");
  op = checkin();
  op.record.bytes.fill(1);
  CHECK(validate(op).error().code == Code::invalid);
  op = checkin();
  op.base.resize(1);
  CHECK(validate(op).error().code == Code::invalid);
}

TEST_CASE("fields and kinds of a newer version pass, within a limit") {
  Op op = goal();
  op.fields["mood_of_the_future"] = "calm";
  CHECK(validate(op).has_value());
  op.fields["mood_of_the_future"] = std::string(text_bytes_max, 'a');
  CHECK(validate(op).error().code == Code::too_large);
  op = goal();
  op.kind = "kind_of_the_future";
  CHECK(validate(op).has_value());
  CHECK(authorize(op, Role::owner).has_value());
  CHECK(authorize(op, Role::staff).error().code == Code::forbidden);
}

TEST_CASE("one kind has one writer") {
  CHECK(authorize(goal(), Role::owner).has_value());
  for (Role role : {Role::staff, Role::member, Role::root})
    CHECK(authorize(goal(), role).error().code == Code::forbidden);
  Op review = goal();
  review.kind = "review";
  CHECK(authorize(review, Role::staff).has_value());
  CHECK(authorize(review, Role::owner).error().code == Code::forbidden);
  Op standard = goal();
  standard.stream = "school";
  standard.kind = "standard";
  CHECK(authorize(standard, Role::root).has_value());
  CHECK(authorize(standard, Role::staff).error().code == Code::forbidden);
}

TEST_CASE("prefixed fields need a name after the prefix") {
  const auto& kind = *find_kind("self_assessment");
  CHECK(find_field(kind, "level.sources")->type == Type::integer);
  CHECK(find_field(kind, "level.") == nullptr);
  CHECK(find_field(kind, "levels") == nullptr);
}

// The golden ids were made from docs/PROTOCOL.md alone.
TEST_CASE("a record that there is one of has the same id everywhere") {
  using Parts = std::vector<std::string>;
  auto person = [](const Parts& p) { return test::id_of<PersonId>(p.at(p.size() - 1)); };
  const std::map<std::string_view, std::function<RecordId(const Parts&)>> made{
      {"assessment_draft", [](const Parts& p) { return assessment_draft_id(p[0], p[1], std::stoi(p[2])); }},
      {"draft", [](const Parts& p) { return draft_id(p[0]); }},
      {"preferences", [&](const Parts& p) { return preferences_id(person(p)); }},
      {"seen", [](const Parts& p) { return seen_id(p[0]); }},
      {"profile", [&](const Parts& p) { return profile_id(person(p)); }},
      {"step", [](const Parts& p) { return step_id(p[0], p[1]); }},
      {"support", [](const Parts& p) { return support_id(p[0]); }},
      {"held_review", [](const Parts& p) { return held_review_id(p[0]); }},
      {"class", [](const Parts& p) { return class_record_id(test::id_of<ClassId>(p[0])); }},
      {"member", [&](const Parts& p) { return member_id(person(p)); }},
      {"pathway_draft", [&](const Parts& p) { return pathway_draft_id(p[0], person(p)); }},
      {"school", [](const Parts&) { return school_id(); }},
      {"framework", [](const Parts& p) { return framework_id(p[0]); }},
      {"standard", [](const Parts& p) { return standard_id(p[0], p[1]); }},
      {"rubric", [](const Parts& p) { return rubric_id(p[0], p[1]); }},
      {"hidden", [](const Parts& p) { return store::hidden_id(p[0], test::id_of<RecordId>(p[1])); }},
  };
  std::set<std::string> golden;
  for (const auto& entry : test::golden_part("records")) {
    auto kind = test::text(entry, "kind");
    CAPTURE(kind);
    auto parts = entry["parts"].get<Parts>();
    auto scope =
        std::find_if(scopes().begin(), scopes().end(), [&](const auto& s) { return s.kind == kind; });
    REQUIRE(scope != scopes().end());
    auto words = scope->words.empty() ? 0 : std::count(scope->words.begin(), scope->words.end(), ' ') + 1;
    CHECK(words == static_cast<std::ptrdiff_t>(parts.size()));
    CHECK(made.at(scope->kind)(parts).hex() == test::text(entry, "record"));
    golden.insert(kind);
  }
  CHECK(golden.size() == scopes().size());
}

TEST_CASE("staff hide a record of any stream that they write in, and nobody else does") {
  Op op = goal();
  op.kind = "hidden";
  op.fields = {{"kind", "goal"}, {"record", kAmira.hex()}, {"hidden", true}};
  CHECK(validate(op).has_value());
  CHECK(authorize(op, Role::staff).has_value());
  for (Role role : {Role::owner, Role::member}) CHECK(authorize(op, role).error().code == Code::forbidden);
  op.stream = class_stream(ClassId{});
  CHECK(validate(op).has_value());
  op.fields["hidden"] = 1;
  CHECK(validate(op).error().code == Code::invalid);
}

TEST_CASE("what somebody said is told from where it belongs") {
  for (auto [kind, field] : {std::pair("work", "text"),
                             {"work", "title"},
                             {"work", "file"},
                             {"goal", "want"},
                             {"self_assessment", "because.need"},
                             {"kind_of_the_future", "x"}})
    CHECK_MESSAGE(is_said(kind, field), std::string(field));
  for (auto [kind, field] : {std::pair("work", "project"),
                             {"work", "step"},
                             {"work", "type"},
                             {"goal", "by"},
                             {"turn_in", "try"},
                             {"self_assessment", "level.need"}})
    CHECK_FALSE_MESSAGE(is_said(kind, field), std::string(field));
}
