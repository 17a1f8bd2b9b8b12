// Hiding an abusive text, and showing it again (shared/store/hidden.hpp). What a student wrote stays where it
// is; pages leave its words out and say who hid them and when, and a teacher can still open them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sync-server/service/school.hpp"

namespace waymark::server {

struct HiddenText {
  std::string kind, record, by;
  std::int64_t at_ms = 0, written_ms = 0;
  std::map<std::string, std::string> words;  // by field; of a file its hash
  std::string mime;                          // of a file
};
// Newest first.
Result<std::vector<HiddenText>> hidden_texts(School& school, const PersonId& student);

// Only what students themselves write. `not_found` when there is no such record; hiding what is hidden, and
// showing what is not, changes nothing.
Status set_hidden(School& school, const PersonId& teacher, const PersonId& student, std::string_view kind,
                  std::string_view record, bool hidden);

}  // namespace waymark::server
