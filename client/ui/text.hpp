// Words for a widget: a key of the catalogue, a phrase of the app, or what a person wrote. A bare string is
// none of these, so that no sentence of ours can reach the screen without passing through the catalogue.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "client/app/phrase.hpp"

namespace waymark::ui {

class Text {
 public:
  struct Piece {
    std::variant<app::Phrase, std::string> words;  // in the catalogue, or verbatim
    bool marked = false;                           // highlighter behind it
    bool strong = false;
    bool operator==(const Piece&) const = default;
  };

  Text() = default;
  Text(app::Phrase phrase);  // implicit on purpose: a view's phrase is as good as a text

  // A named argument for the last key.
  Text with(std::string_view name, std::string value) const;
  Text with(std::string_view name, std::int64_t value) const;
  Text with(std::string_view name, app::Day value) const;
  Text with(std::string_view name, app::Moment value) const;
  // The number that chooses among plural forms; it is also {n}.
  Text counted(std::int64_t count) const;

  bool empty() const { return pieces_.empty(); }
  explicit operator bool() const { return !empty(); }
  const std::vector<Piece>& pieces() const { return pieces_; }
  bool operator==(const Text&) const = default;

  friend Text operator+(Text a, const Text& b);
  friend Text verbatim(std::string words);
  friend Text runs(const app::Runs& runs);
  friend Text strong(Text text);

 private:
  Text argument(std::string_view name, app::Argument argument) const;
  std::vector<Piece> pieces_;
};

Text key(std::string_view key);
// What a person wrote, as they wrote it.
Text verbatim(std::string words);
// The same with the words that differ marked.
Text runs(const app::Runs& runs);
// A person's words in the language's quotation marks.
Text quoted(std::string words);
// In the bold face of its type.
Text strong(Text text);
// "Monday", "tomorrow", "November 25"; `day_long`: "Wednesday, November 25".
Text day(const app::Day& day);
Text day_long(const app::Day& day);
// Of when something was written: "date unknown" where its computer's clock told none.
Text day(const app::Moment& moment);
Text moment(const app::Moment& moment);

inline namespace literals {
inline Text operator""_t(const char* name, std::size_t size) { return key({name, size}); }
}  // namespace literals

}  // namespace waymark::ui
