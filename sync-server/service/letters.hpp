// A dead letter as people read it: what it was about and its words, whatever of it can be read.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sync-server/store/accounts.hpp"

namespace waymark::server {

struct LetterContent {
  std::string kind, stream;                                // empty when it is no op
  std::int64_t time_ms = 0;                                // when it was written, by its author's clock
  std::vector<std::pair<std::string, std::string>> words;  // a field's name and its text
};
LetterContent content_of(const DeadLetter& letter);

class School;

// For the page "Work that needs a home".
struct LetterLine {
  std::int64_t n = 0, at_ms = 0, written_ms = 0;
  std::string person, name;  // who sent it, or in whose name a hub did
  std::string brought_by;    // that hub's name
  std::string kind, code;
  bool is_private = false;  // a draft: its words are its author's alone
  bool can_take_in = false;
  bool away = false;  // has left: a notice reaches them when they are back
  std::vector<std::pair<std::string, std::string>> words;
  std::string settled, settled_by;  // empty while it waits
  std::int64_t settled_ms = 0;
};
struct LetterPage {
  std::vector<LetterLine> waiting, settled;
  std::int64_t more = 0;  // that wait and are not listed
};
inline constexpr std::size_t letters_listed_max = 200;
// An administrator reads all; a teacher their own and their students'.
Result<LetterPage> letters_for(School& school, const Person& reader);
Result<std::int64_t> letters_waiting_for(School& school, const Person& reader);
// `at_ms`: of the letter that they were shown. After a restore another may have its number: `conflict`.
Result<bool> may_settle(School& school, const Person& reader, std::int64_t n,
                        const std::optional<std::int64_t>& at_ms = std::nullopt);

// Who came back after a restore and is not known: with whom of a roster they may be the same.
struct NewcomerLine {
  std::string id, name;
  std::int64_t at_ms = 0, waiting = 0;
  std::vector<std::string> classes;            // of their certificate
  std::string same_id, same_name, same_class;  // of the same name, on a roster, with nothing written yet
};
Result<std::vector<NewcomerLine>> newcomer_lines(School& school);

}  // namespace waymark::server
