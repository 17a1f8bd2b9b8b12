// Which words of two texts differ, for the highlighter. Works on words, not letters, because that is what a
// reader compares.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/app/phrase.hpp"

namespace waymark::app {

// Both texts with the words marked that the other does not have in that order. Marks with one common word
// between them are joined, and lone articles and prepositions are left unmarked. Texts of more than a
// thousand words are compared at their ends only.
std::pair<Runs, Runs> differing_words(std::string_view a, std::string_view b);

// A level's text, in which an author has put {what differs from the level before} in braces.
Runs braced_words(std::string_view text);
// The same without braces.
std::string without_braces(std::string_view text);
// The sentence that has most in common with `wanted`, with the one after it while both are short; empty when
// none has at least two words of weight in common. For a piece of an exemplar beside a level's words.
std::string closest_sentence(const std::vector<std::string>& texts, std::string_view wanted);
// The runs' text.
std::string plain(const Runs& runs);

}  // namespace waymark::app
