// What staff wrote of one record without seeing each other, as at the school and in a room whose line was
// down: whole versions, each as its author had the record, never a mixture of fields. A teacher chooses one
// or keeps both; the others stay in the record's history, and can still be chosen then. Nothing here is shown
// of edits that saw each other.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync-server/service/portfolio.hpp"

namespace waymark::server {

inline constexpr std::size_t versions_shown_max = 8;

// The fields by which a reader tells two versions of it apart.
bool tells_apart(std::string_view kind, std::string_view field);
bool has_versions(const Record& record);

// The displayed one first; none where all agree. Of more than eight the latest; the others come when one of
// these was chosen.
Result<std::vector<Version>> versions_of(School& school, const Record& record);
// What a page has shown that shows this record: ids of ops, for who writes by it.
std::vector<std::string> saw_of(const std::optional<Record>& record, const std::vector<Version>& versions);

// The record is as in that version from now on, for everybody; or, of a held reply, its texts stand one under
// the other and it is open again. Based on what was shown and no more: what came meanwhile stays to be shown.
// `not_found` when it is no version of this record; `invalid` to keep both of what cannot be put together.
Status choose_version(School& school, const PersonId& teacher, const record::RecordKey& key,
                      const Choice& choice);

// Under which the school remembers whose replica it is.
std::string hub_replica_key(const ReplicaId& replica);

// An edit that is based on what its author's page showed, or, where that is not said, on what is displayed;
// and always on what the same person wrote here. What others wrote meanwhile is so a version of its own.
Result<store::Edit> edit_seen(School& school, const PersonId& author, const record::RecordKey& key,
                              record::Fields fields, const Saw& saw);

}  // namespace waymark::server
