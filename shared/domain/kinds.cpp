#include "shared/domain/kinds.hpp"

#include <array>

#include "shared/base/hash.hpp"
#include "shared/base/text.hpp"

namespace waymark::domain {
namespace {

// Sizes in bytes. A line is what fits a card; a passage what fits a page; an essay is a piece of work.
constexpr std::size_t kLine = 560, kPassage = 4000, kEssay = 60000, kId = 32, kWord = 64, kDate = 10;
constexpr std::size_t kContent = 400 * 1024;  // a pathway in all its languages
constexpr std::size_t kFileBytesMax = 20 * 1024 * 1024;

constexpr FieldRule id(std::string_view name, bool required = false) {
  return {name, Type::text, kId, required};
}
constexpr FieldRule line(std::string_view name, bool required = false) {
  return {name, Type::text, kLine, required};
}
constexpr FieldRule passage(std::string_view name, bool required = false) {
  return {name, Type::text, kPassage, required};
}
constexpr FieldRule word(std::string_view name, bool required = false) {
  return {name, Type::text, kWord, required};
}
constexpr FieldRule flag(std::string_view name) { return {name, Type::boolean}; }
constexpr FieldRule date(std::string_view name) { return {name, Type::text, kDate}; }
constexpr FieldRule ids(std::string_view name) { return {name, Type::texts, 256}; }
constexpr FieldRule quiet(FieldRule rule) { return rule.merge = Merge::quiet, rule; }

// ---- own: nobody but the author ever reads these
constexpr std::array kAssessmentDraft = {id("project", true),
                                         word("step", true),
                                         id("version", true),
                                         word("rubric", true),
                                         FieldRule{"level.", Type::integer, 8},
                                         passage("because."),
                                         ids("evidence."),
                                         word("confidence"),
                                         passage("glow"),
                                         passage("grow"),
                                         passage("next"),
                                         id("turned_in"),
                                         quiet(word("open"))};
constexpr std::array kPackUp = {line("line"), id("project"), word("step"), word("place")};
constexpr std::array kDraft = {word("place", true), FieldRule{"text.", Type::text, kEssay}, flag("closed")};
constexpr std::array kPreferences = {
    quiet(word("language")), quiet(word("theme")), quiet(FieldRule{"text_size", Type::integer, 200}),
    quiet(word("typeface")), quiet(flag("reduced_motion")), quiet(flag("read_aloud")),
    // "computer.<replica>": what the computer is called where this student has written.
    quiet(FieldRule{"computer.", Type::text, 120})};
constexpr std::array kNoticeSeen = {quiet(id("seen.")), quiet(flag("dismissed."))};

// ---- person: the portfolio
constexpr std::array kProfile = {passage("strengths"),  passage("interests"), passage("languages"),
                                 passage("learn_best"), passage("need"),      word("mark"),
                                 line("chosen_name")};
constexpr std::array kGoal = {
    passage("want"),    passage("first_step"), date("by"),       passage("how_know"), passage("obstacle"),
    passage("plan_if"), passage("plan_then"),  word("standard"), id("project"),       word("state"),
    passage("learned"), flag("archived"),      quiet(ids("saw"))};
constexpr std::array kCheckin = {id("goal", true), passage("text", true), flag("plan_helped")};
constexpr std::array kProject = {id("pathway", true), id("version"), line("question"), word("product"),
                                 passage("why"),      word("state"), flag("archived"), quiet(ids("saw"))};
constexpr std::array kStep = {id("project"), word("step"), quiet(word("form")), flag("item."),
                              date("planned")};
constexpr std::array kWork = {id("project", true),
                              word("step", true),
                              word("type", true),
                              line("title"),
                              FieldRule{"text", Type::text, kEssay},
                              FieldRule{"file", Type::text, 64},
                              FieldRule{"small", Type::text, 64},
                              line("name"),
                              word("mime"),
                              FieldRule{"bytes", Type::integer, kFileBytesMax},
                              FieldRule{"width", Type::integer, 100000},
                              FieldRule{"height", Type::integer, 100000},
                              flag("deleted")};
constexpr std::array kSelfAssessment = {id("project", true),
                                        word("step", true),
                                        id("version", true),
                                        word("rubric", true),
                                        FieldRule{"try", Type::integer, 99, true},
                                        FieldRule{"level.", Type::integer, 8},
                                        passage("because."),
                                        ids("evidence."),
                                        word("confidence"),
                                        passage("glow"),
                                        passage("grow"),
                                        passage("next"),
                                        ids("saw")};
constexpr std::array kTurnIn = {id("project", true),
                                word("step", true),
                                FieldRule{"try", Type::integer, 99, true},
                                id("self_assessment"),
                                ids("works"),
                                passage("note"),
                                ids("saw")};
constexpr std::array kHelp = {id("project"), word("step"), passage("text"), ids("tried"), word("state")};
constexpr std::array kReply = {id("review", true), passage("text", true)};
constexpr std::array kReview = {id("turn_in", true),
                                id("self_assessment"),
                                id("project", true),
                                word("step", true),
                                id("version"),
                                word("rubric"),
                                FieldRule{"level.", Type::integer, 8},
                                passage("glow"),
                                passage("grow"),
                                passage("next"),
                                word("outcome", true),
                                ids("saw")};
constexpr std::array kObservation = {passage("text", true), word("standard"), id("project"), word("step"),
                                     word("type")};
constexpr std::array kConfirmation = {id("work", true), ids("saw")};
constexpr std::array kHelpAnswer = {id("help", true), passage("text", true)};
constexpr std::array kSupport = {id("project"), word("step"), word("form")};

// ---- staff: what the student does not read yet
constexpr std::array kHeldReview = {id("turn_in"),
                                    id("self_assessment"),
                                    id("project"),
                                    word("step"),
                                    id("version"),
                                    word("rubric"),
                                    FieldRule{"level.", Type::integer, 8},
                                    passage("glow"),
                                    passage("grow"),
                                    passage("next"),
                                    word("outcome"),
                                    ids("saw"),
                                    word("state"),
                                    id("review")};

// ---- class, author, school, inbox
constexpr std::array kClass = {line("title"), line("school"), word("today_step"), id("today_pathway"),
                               flag("archived")};
constexpr std::array kMember = {id("person"), line("name"), word("role"), word("mark"), flag("inactive")};
constexpr std::array kPathway = {word("slug"), line("title"), id("published"), flag("archived"),
                                 quiet(FieldRule{"order", Type::text, 64})};
constexpr std::array kPathwayVersion = {id("pathway", true), FieldRule{"number", Type::integer, 100000, true},
                                        FieldRule{"content", Type::text, kContent, true}, passage("note")};
constexpr std::array kPathwayDraft = {id("pathway"), FieldRule{"content", Type::text, kContent},
                                      id("based_on"), flag("closed")};
constexpr std::array kSchool = {line("name"), line("address")};
// `identifier` and `changed` are the publisher's own: what a newer edition is recognized by.
constexpr std::array kFramework = {line("title"),   line("creator"),    word("language"), line("source"),
                                   flag("retired"), word("identifier"), word("changed"),  word("version"),
                                   word("status"),  passage("license"), passage("text")};
constexpr std::array kStandard = {id("framework"),  word("code"),
                                  passage("text"),
                                  id("parent"),    // under which it is shown
                                  ids("parents"),  // all of them, where there are several
                                  word("type"),     FieldRule{"order", Type::integer, 1000000},
                                  flag("retired"),  word("identifier"),
                                  word("changed"),  line("short"),
                                  passage("notes"), ids("grades"),
                                  ids("links")};  // "isRelatedTo <address>", also to other frameworks
constexpr std::array kRubric = {
    id("framework"),    line("title"),   passage("text"), FieldRule{"content", Type::text, kContent},
    word("identifier"), word("changed"), flag("retired")};
// What a store itself obeys (shared/store/erase.hpp): everything of a person, or single ops.
constexpr std::array kErasure = {id("person"), ids("ops"), ids("files"), word("why")};
// Of any record of the same stream (shared/store/hidden.hpp).
constexpr std::array kHidden = {word("kind", true), id("record", true), flag("hidden")};
constexpr std::array kNotice = {word("type", true), id("op"), word("code"), word("kind"),
                                FieldRule{"text", Type::text, kEssay}};

constexpr std::array kKinds = {
    KindRule{"assessment_draft", "own", Role::owner, Shape::editable, kAssessmentDraft},
    KindRule{"pack_up", "own", Role::owner, Shape::append_only, kPackUp},
    KindRule{"draft", "own", Role::owner, Shape::editable, kDraft},
    KindRule{"preferences", "own", Role::owner, Shape::editable, kPreferences},
    KindRule{"seen", "own", Role::owner, Shape::editable, kNoticeSeen},

    KindRule{"profile", "person", Role::owner, Shape::editable, kProfile},
    KindRule{"goal", "person", Role::owner, Shape::editable, kGoal},
    KindRule{"checkin", "person", Role::owner, Shape::append_only, kCheckin},
    KindRule{"project", "person", Role::owner, Shape::editable, kProject},
    KindRule{"step", "person", Role::owner, Shape::editable, kStep},
    KindRule{"work", "person", Role::owner, Shape::editable, kWork},
    KindRule{"self_assessment", "person", Role::owner, Shape::append_only, kSelfAssessment},
    KindRule{"turn_in", "person", Role::owner, Shape::append_only, kTurnIn},
    KindRule{"help", "person", Role::owner, Shape::editable, kHelp},
    KindRule{"reply", "person", Role::owner, Shape::append_only, kReply},
    KindRule{"review", "person", Role::staff, Shape::append_only, kReview},
    KindRule{"observation", "person", Role::staff, Shape::append_only, kObservation},
    KindRule{"confirmation", "person", Role::staff, Shape::append_only, kConfirmation},
    KindRule{"help_answer", "person", Role::staff, Shape::append_only, kHelpAnswer},
    KindRule{"support", "person", Role::staff, Shape::editable, kSupport},

    KindRule{"held_review", "staff", Role::staff, Shape::editable, kHeldReview},

    KindRule{"class", "class", Role::staff, Shape::editable, kClass},
    KindRule{"member", "class", Role::staff, Shape::editable, kMember},
    KindRule{"pathway", "class", Role::staff, Shape::editable, kPathway},
    KindRule{"pathway_version", "class", Role::staff, Shape::append_only, kPathwayVersion},
    KindRule{"pathway_draft", "author", Role::staff, Shape::editable, kPathwayDraft},

    KindRule{"school", "school", Role::root, Shape::editable, kSchool},
    KindRule{"framework", "school", Role::root, Shape::editable, kFramework},
    KindRule{"standard", "school", Role::root, Shape::editable, kStandard},
    KindRule{"rubric", "school", Role::root, Shape::editable, kRubric},
    KindRule{"erasure", "school", Role::root, Shape::append_only, kErasure},
    KindRule{"hidden", "", Role::staff, Shape::editable, kHidden},
    KindRule{"notice", "inbox", Role::root, Shape::append_only, kNotice},
};

constexpr std::array kHeld = {
    Held{"goal", "checkin", "goal"},       Held{"project", "step", "project"},
    Held{"project", "work", "project"},    Held{"project", "self_assessment", "project"},
    Held{"project", "turn_in", "project"}, Held{"project", "help", "project"}};

std::string_view word_of(std::string_view stream) { return stream.substr(0, stream.find(':')); }

Status check_type(const FieldRule& rule, std::string_view name, const record::Value& value) {
  auto breach = [&](Code code, std::string_view what) {
    return Error{code, std::string(name) + ": " + std::string(what)};
  };
  if (value.is_null())
    return {};  // "not said": every field may be emptied, and required ones are checked apart
  switch (rule.type) {
    case Type::text: {
      const auto* text = std::get_if<std::string>(&value.data);
      if (!text) return breach(Code::invalid, "not a text");
      if (text->size() > rule.max)
        return breach(Code::too_large, "longer than " + std::to_string(rule.max) + " bytes");
      return {};
    }
    case Type::integer: {
      const auto* number = std::get_if<std::int64_t>(&value.data);
      if (!number) return breach(Code::invalid, "not a whole number");
      if (*number < 0 || *number > static_cast<std::int64_t>(rule.max))
        return breach(Code::invalid, "not from 0 to " + std::to_string(rule.max));
      return {};
    }
    case Type::boolean:
      if (!std::holds_alternative<bool>(value.data)) return breach(Code::invalid, "neither true nor false");
      return {};
    case Type::texts: {
      const auto* items = std::get_if<std::vector<record::Scalar>>(&value.data);
      if (!items) return breach(Code::invalid, "not a list");
      if (items->size() > rule.max)
        return breach(Code::too_large, "more than " + std::to_string(rule.max) + " items");
      for (const auto& item : *items) {
        const auto* text = std::get_if<std::string>(&item);
        if (!text) return breach(Code::invalid, "not a list of texts");
        if (text->size() > 256) return breach(Code::too_large, "an item of more than 256 bytes");
      }
      return {};
    }
  }
  return {};
}

}  // namespace

std::string_view name(Role role) {
  switch (role) {
    case Role::owner:
      return "owner";
    case Role::staff:
      return "staff";
    case Role::member:
      return "member";
    case Role::root:
      return "root";
  }
  return "member";
}

std::optional<Role> role_named(std::string_view text) {
  for (Role role : {Role::owner, Role::staff, Role::member, Role::root})
    if (name(role) == text) return role;
  return std::nullopt;
}

std::span<const KindRule> kinds() { return kKinds; }

const KindRule* find_kind(std::string_view name) {
  for (const auto& kind : kKinds)
    if (kind.name == name) return &kind;
  return nullptr;
}

const FieldRule* find_field(const KindRule& kind, std::string_view name) {
  for (const auto& field : kind.fields)
    if (field.name.back() == '.' ? name.size() > field.name.size() && name.starts_with(field.name)
                                 : name == field.name)
      return &field;
  return nullptr;
}

Merge merge_of(std::string_view kind, std::string_view field) {
  const auto* rule = find_kind(kind);
  const auto* found = rule ? find_field(*rule, field) : nullptr;
  return found ? found->merge : Merge::last;
}

Status validate(const record::Op& op) {
  WAYMARK_CHECK(record::check(op));
  const auto* kind = find_kind(op.kind);
  if (kind && !kind->stream.empty() && kind->stream != word_of(op.stream))
    return Error{Code::invalid,
                 std::string(op.kind) + " records live in " + std::string(kind->stream) + " streams"};
  bool one_op = op.record.is_zero();
  if (kind && (kind->shape == Shape::append_only) != one_op)
    return Error{Code::invalid,
                 one_op ? "an editable record has an id" : "an append-only record has no id of its own"};
  if (one_op && !op.base.empty()) return Error{Code::invalid, "an append-only record has no base"};
  for (const auto& [name, value] : op.fields) {
    const auto* rule = kind ? find_field(*kind, name) : nullptr;
    if (rule)
      WAYMARK_CHECK(check_type(*rule, name, value));
    else if (record::canonical(value).size() > text_bytes_max)
      return Error{Code::too_large, name + ": longer than 65536 bytes"};
  }
  // Only an append-only record is whole in one op, so only there can something be missing.
  if (kind && one_op)
    for (const auto& rule : kind->fields) {
      auto found = op.fields.find(rule.name);
      if (rule.required && (found == op.fields.end() || found->second.is_null()))
        return Error{Code::invalid, std::string(rule.name) + " is missing"};
    }
  return {};
}

Status authorize(const record::Op& op, Role role) {
  Role writer;
  if (const auto* kind = find_kind(op.kind)) {
    writer = kind->writer;
  } else {
    // A kind of a newer version: the stream's own rule.
    auto word = word_of(op.stream);
    writer = word == "own" || word == "person"     ? Role::owner
             : word == "school" || word == "inbox" ? Role::root
                                                   : Role::staff;
  }
  // The school itself may write what its staff may: imports make classes and members.
  bool allowed = role == writer || (role == Role::root && writer == Role::staff);
  if (!allowed)
    return Error{Code::forbidden, std::string(op.kind) + " is written by " + std::string(name(writer)) +
                                      ", not by " + std::string(name(role))};
  return {};
}

std::span<const Held> held() { return kHeld; }

bool is_said(std::string_view kind, std::string_view field) {
  const auto* rule = find_kind(kind);
  const auto* found = rule ? find_field(*rule, field) : nullptr;
  if (!found) return true;  // of a newer version
  return (found->type == Type::text && found->max > kWord) || field == "file" || field == "small";
}

std::string own_stream(const PersonId& person) { return "own:" + person.hex(); }
std::string person_stream(const PersonId& person) { return "person:" + person.hex(); }
std::string staff_stream(const PersonId& student) { return "staff:" + student.hex(); }
std::string class_stream(const ClassId& id) { return "class:" + id.hex(); }
std::string author_stream(const ClassId& id) { return "author:" + id.hex(); }
std::string inbox_stream(const PersonId& person) { return "inbox:" + person.hex(); }

RecordId singleton_id(std::string_view kind, std::string_view scope) {
  std::string text(kind);
  text += '\n';
  text += scope;
  return RecordId::from(sha256(as_bytes(text)));
}

}  // namespace waymark::domain
