#include "client/app/words.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <vector>

#include "shared/base/text.hpp"

namespace waymark::app {
namespace {

constexpr std::size_t kWordsMax = 1000;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// A word with the white space before it, so that the pieces put together are the text again.
struct Word {
  std::string_view whole;
  std::string key;  // folded, without punctuation at its ends
};

std::vector<Word> split(std::string_view text) {
  std::vector<Word> words;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t begin = at;
    while (at < text.size() && is_space(text[at])) ++at;
    std::size_t word = at;
    while (at < text.size() && !is_space(text[at])) ++at;
    std::string_view bare = text.substr(word, at - word);
    constexpr std::string_view kMarks = ".,;:!?\"'()";
    while (!bare.empty() && kMarks.find(bare.front()) != std::string_view::npos) bare.remove_prefix(1);
    while (!bare.empty() && kMarks.find(bare.back()) != std::string_view::npos) bare.remove_suffix(1);
    words.push_back({text.substr(begin, at - begin), fold(bare)});
  }
  return words;
}

bool is_small(const std::string& key) {
  // Words that say nothing alone, in the languages of the catalogue.
  static constexpr std::array<std::string_view, 24> kSmall = {
      "a",  "an",  "the", "of", "to",  "in", "on",  "and", "or", "at", "el",  "la",
      "lo", "los", "las", "un", "una", "de", "del", "y",   "o",  "en", "con", "al"};
  return std::find(kSmall.begin(), kSmall.end(), key) != kSmall.end();
}

// True where the word is common to both.
using Common = std::vector<bool>;

std::pair<Common, Common> common_words(const std::vector<Word>& a, const std::vector<Word>& b) {
  Common in_a(a.size()), in_b(b.size());
  std::size_t from = 0, end_a = a.size(), end_b = b.size();
  while (from < end_a && from < end_b && a[from].key == b[from].key) in_a[from] = in_b[from] = true, ++from;
  while (end_a > from && end_b > from && a[end_a - 1].key == b[end_b - 1].key)
    in_a[--end_a] = true, in_b[--end_b] = true;
  std::size_t rows = end_a - from, columns = end_b - from;
  if (rows > kWordsMax || columns > kWordsMax) return {in_a, in_b};
  // length[i][j]: the longest common run of words of what remains from i and j on.
  std::vector<std::uint16_t> length((rows + 1) * (columns + 1));
  auto cell = [&](std::size_t i, std::size_t j) -> std::uint16_t& { return length[i * (columns + 1) + j]; };
  for (std::size_t i = rows; i-- > 0;)
    for (std::size_t j = columns; j-- > 0;)
      cell(i, j) = a[from + i].key == b[from + j].key ? static_cast<std::uint16_t>(cell(i + 1, j + 1) + 1)
                                                      : std::max(cell(i + 1, j), cell(i, j + 1));
  for (std::size_t i = 0, j = 0; i < rows && j < columns;) {
    if (a[from + i].key == b[from + j].key)
      in_a[from + i++] = true, in_b[from + j++] = true;
    else if (cell(i + 1, j) >= cell(i, j + 1))
      ++i;
    else
      ++j;
  }
  return {in_a, in_b};
}

Runs marked(const std::vector<Word>& words, const Common& common) {
  std::vector<bool> mark(words.size());
  for (std::size_t i = 0; i < words.size(); ++i) mark[i] = !common[i];
  for (std::size_t i = 1; i + 1 < words.size(); ++i)
    if (common[i] && !common[i - 1] && !common[i + 1]) mark[i] = true;
  for (std::size_t i = 0; i < words.size(); ++i) {
    bool alone = (i == 0 || !mark[i - 1]) && (i + 1 == words.size() || !mark[i + 1]);
    if (mark[i] && alone && is_small(words[i].key)) mark[i] = false;
  }
  Runs runs;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string_view whole = words[i].whole;
    if (runs.empty() || runs.back().marked != mark[i]) {
      // The white space before a mark stays unmarked.
      if (mark[i] && !runs.empty()) {
        std::size_t spaces = 0;
        while (spaces < whole.size() && is_space(whole[spaces])) ++spaces;
        runs.back().text += whole.substr(0, spaces);
        whole.remove_prefix(spaces);
      }
      runs.push_back({"", mark[i]});
    }
    runs.back().text += whole;
  }
  return runs;
}

}  // namespace

std::pair<Runs, Runs> differing_words(std::string_view a, std::string_view b) {
  auto words_a = split(a), words_b = split(b);
  auto [common_a, common_b] = common_words(words_a, words_b);
  return {marked(words_a, common_a), marked(words_b, common_b)};
}

Runs braced_words(std::string_view text) {
  Runs runs;
  bool inside = false;
  for (char c : text) {
    if (c == '{' || c == '}') {
      inside = c == '{';
      continue;
    }
    if (runs.empty() || runs.back().marked != inside) runs.push_back({"", inside});
    runs.back().text += c;
  }
  return runs;
}

std::string without_braces(std::string_view text) {
  std::string bare;
  for (char c : text)
    if (c != '{' && c != '}') bare += c;
  return bare;
}

std::string closest_sentence(const std::vector<std::string>& texts, std::string_view wanted) {
  constexpr std::size_t kWeight = 4, kStem = 6, kTogether = 150;  // letters of a word, of its stem, of both
  auto stems = [](std::string_view text) {
    std::set<std::string> found;
    for (const auto& word : split(text))
      if (word.key.size() >= kWeight && !is_small(word.key)) found.insert(word.key.substr(0, kStem));
    return found;
  };
  const auto looked_for = stems(wanted);
  std::string best;
  std::size_t most = 1;
  for (const auto& text : texts) {
    std::vector<std::string> sentences{""};
    for (const auto& word : split(text)) {
      std::string_view whole = word.whole;
      if (sentences.back().empty())
        while (!whole.empty() && is_space(whole.front())) whole.remove_prefix(1);
      sentences.back() += whole;
      const auto end = whole.find_last_not_of("\"')”’»");
      if (end != std::string_view::npos && std::string_view(".?!").find(whole[end]) != std::string_view::npos)
        sentences.emplace_back();
    }
    for (std::size_t i = 0; i < sentences.size(); ++i) {
      std::size_t common = 0;
      for (const auto& stem : stems(sentences[i])) common += looked_for.count(stem);
      if (common <= most) continue;
      most = common;
      best = sentences[i];
      if (i + 1 < sentences.size() && !sentences[i + 1].empty() &&
          best.size() + sentences[i + 1].size() < kTogether)
        best += " " + sentences[i + 1];
    }
  }
  return best;
}

std::string plain(const Runs& runs) {
  std::string text;
  for (const auto& run : runs) text += run.text;
  return text;
}

}  // namespace waymark::app
