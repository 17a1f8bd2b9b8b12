// Every word the program says, by key, in the languages built into it; chosen while it runs. Words days,
// times and plurals as each language does. A key that is missing is shown as itself and counted, never an
// empty place.
#pragma once

#include <locale>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/ui/text.hpp"

namespace waymark::ui {

struct Span {
  std::string words;
  bool marked = false, strong = false;
  bool operator==(const Span&) const = default;
};

class Catalogue {
 public:
  // "en", "es", and "qps": English made 40 % longer and accented, to see what a long language does.
  static std::span<const std::string_view> languages();
  static std::string_view own_name(std::string_view language);

  Catalogue();
  ~Catalogue();
  Catalogue(const Catalogue&) = delete;
  Catalogue& operator=(const Catalogue&) = delete;

  // An unknown language becomes English.
  void choose(std::string_view language);
  std::string_view language() const { return language_; }

  // Words for keys that no catalogue has: pages of tests and tools.
  void lend(std::string_view language, std::map<std::string, std::string> words);

  bool has(std::string_view key) const;
  std::string word(const app::Phrase& phrase) const;
  std::string plain(const Text& text) const;
  std::vector<Span> spans(const Text& text) const;
  // Keys asked for that this language does not have.
  const std::set<std::string>& missing() const { return missing_; }
  // Every key of a language, for tests.
  static std::vector<std::string> keys(std::string_view language);
  // What a key says, unworded: for tests.
  static std::string raw(std::string_view language, std::string_view key);

 private:
  struct Language;
  std::string find(std::string_view key, std::int64_t count) const;
  std::string value(const app::Argument& argument, std::string_view form) const;
  std::string day(const app::Day& day, std::string_view form) const;
  std::string time(const app::Moment& moment) const;
  std::string say(std::string_view key, std::vector<app::Argument> arguments) const;

  std::string language_;
  std::map<std::string, std::map<std::string, std::string>, std::less<>> lent_;
  std::unique_ptr<Language> words_;
  mutable std::set<std::string> missing_;
};

}  // namespace waymark::ui
