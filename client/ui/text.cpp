#include "client/ui/text.hpp"

namespace waymark::ui {

Text::Text(app::Phrase phrase) {
  if (phrase) pieces_.push_back({std::move(phrase), false, false});
}

Text Text::argument(std::string_view name, app::Argument value) const {
  Text result = *this;
  for (auto piece = result.pieces_.rbegin(); piece != result.pieces_.rend(); ++piece) {
    auto* phrase = std::get_if<app::Phrase>(&piece->words);
    if (!phrase) continue;
    value.name = name;
    phrase->arguments.push_back(std::move(value));
    break;
  }
  return result;
}

Text Text::with(std::string_view name, std::string value) const {
  return argument(name, {{}, std::move(value)});
}
Text Text::with(std::string_view name, std::int64_t value) const { return argument(name, {{}, value}); }
Text Text::with(std::string_view name, app::Day value) const {
  return argument(name, {{}, std::move(value)});
}
Text Text::with(std::string_view name, app::Moment value) const {
  return argument(name, {{}, std::move(value)});
}

Text Text::counted(std::int64_t count) const {
  Text result = *this;
  for (auto& piece : result.pieces_)
    if (auto* phrase = std::get_if<app::Phrase>(&piece.words)) phrase->count = count;
  return result;
}

Text operator+(Text a, const Text& b) {
  a.pieces_.insert(a.pieces_.end(), b.pieces_.begin(), b.pieces_.end());
  return a;
}

Text key(std::string_view name) { return app::Phrase{std::string(name), {}, -1}; }

Text verbatim(std::string words) {
  Text result;
  if (!words.empty()) result.pieces_.push_back({std::move(words), false, false});
  return result;
}

Text runs(const app::Runs& runs) {
  Text result;
  for (const auto& run : runs)
    if (!run.text.empty()) result.pieces_.push_back({run.text, run.marked, false});
  return result;
}

Text quoted(std::string words) {
  if (words.empty()) return {};
  return key("kit.quoted").with("words", std::move(words));
}

Text strong(Text text) {
  for (auto& piece : text.pieces_) piece.strong = true;
  return text;
}

Text day(const app::Day& day) { return day ? key("kit.day").with("day", day) : Text(); }
Text day_long(const app::Day& day) { return day ? key("kit.day_long").with("day", day) : Text(); }
Text day(const app::Moment& moment) { return key("kit.day").with("day", moment.day); }
Text moment(const app::Moment& moment) { return key("kit.moment").with("moment", moment); }

}  // namespace waymark::ui
