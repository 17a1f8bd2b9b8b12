// The table of kinds: every kind of record with its stream, its fields, their types and limits, how they
// merge, and who may write them. Validation, authorization, export and the protocol's documentation read this
// one table. Whether an op is accepted depends on the op and its author's rights, never on which other ops
// are there.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "shared/record/op.hpp"

namespace waymark::domain {

// What a person is in a stream; a grant names it.
enum class Role {
  owner,   // the student (or teacher) whose stream it is
  staff,   // a teacher of that student or class
  member,  // a student of that class: reads
  root,    // the school itself: imports and results
};
std::string_view name(Role role);
std::optional<Role> role_named(std::string_view text);

// How records of a kind come to be and who may edit one.
enum class Shape {
  editable,     // any writer of the stream sets fields by further ops
  append_only,  // one op is the record: it has no base, and its record id is the op's own
};

enum class Type { text, integer, boolean, texts };
enum class Merge {
  last,   // the later time is displayed, the others are shown to the owner
  quiet,  // folded without a word: positions, what was open last
};

struct FieldRule {
  std::string_view name;  // "level." stands for every name that begins so
  Type type = Type::text;
  std::size_t max = 0;  // text: bytes; texts: items (of at most 256 bytes each); integer: greatest value
  bool required = false;
  Merge merge = Merge::last;
};

struct KindRule {
  std::string_view name;
  std::string_view stream;  // the word before the colon; empty: any, as its writer's role allows
  Role writer = Role::owner;
  Shape shape = Shape::editable;
  std::span<const FieldRule> fields;
};

std::span<const KindRule> kinds();
const KindRule* find_kind(std::string_view name);
// The rule of one field; a kind or field that this version does not know merges by the default rule.
const FieldRule* find_field(const KindRule& kind, std::string_view name);
Merge merge_of(std::string_view kind, std::string_view field);

// Is the op well made for its kind: stream, shape, types, limits? `invalid`, `too_large`. An unknown kind or
// field is not an error: it comes from a newer version and is kept as it is, within text_bytes_max a value.
Status validate(const record::Op& op);
inline constexpr std::size_t text_bytes_max = 64 * 1024;

// May somebody with this role in the op's stream write this op? `forbidden`. Who the author is, and whether
// the stream is granted to them, the caller has checked.
Status authorize(const record::Op& op, Role role);

// What is archived only with what it holds: a record of `kind` names its holder in `field`.
struct Held {
  std::string_view holder, kind, field;
};
std::span<const Held> held();

// Is a field what somebody wrote or made, rather than where it belongs? What is hidden has none of these.
bool is_said(std::string_view kind, std::string_view field);

// Names of streams.
std::string own_stream(const PersonId& person);
std::string person_stream(const PersonId& person);
std::string staff_stream(const PersonId& student);
std::string class_stream(const ClassId& id);
std::string author_stream(const ClassId& id);  // drafts of pathways, for the class's staff
std::string inbox_stream(const PersonId& person);
inline constexpr std::string_view school_stream = "school";

// Ids of records that there is one of: the same on every device without asking.
RecordId singleton_id(std::string_view kind, std::string_view scope);

}  // namespace waymark::domain
