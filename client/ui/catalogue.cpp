#include "client/ui/catalogue.hpp"

#include <array>
#include <cstring>

#include <boost/locale/gnu_gettext.hpp>

#include "client/ui/embedded_locale.hpp"

namespace waymark::ui {
namespace {

constexpr std::array<std::string_view, 3> all_languages = {"en", "es", "qps"};
constexpr const char* domain = "waymark";

std::string_view mo_of(std::string_view language) {
  for (const auto& file : embedded::locales())
    if (file.name == language) return file.bytes;
  return {};
}

// The keys of a .mo file, whose layout gettext fixes: a magic number, then tables of lengths and offsets.
std::vector<std::string> keys_of(std::string_view mo) {
  std::vector<std::string> keys;
  const auto number = [&](std::size_t at) {
    std::uint32_t value = 0;
    if (at + 4 <= mo.size()) std::memcpy(&value, mo.data() + at, 4);
    return value;
  };
  if (number(0) != 0x950412deU) return keys;
  const auto count = number(8), table = number(12);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto length = number(table + 8 * i), offset = number(table + 8 * i + 4);
    if (offset + length > mo.size()) break;
    std::string_view key = mo.substr(offset, length);
    if (const auto plural = key.find('\0'); plural != std::string_view::npos) key = key.substr(0, plural);
    if (!key.empty()) keys.emplace_back(key);
  }
  return keys;
}

// English as a long language would be: every vowel accented and every word two fifths longer. Braces and what
// they hold stay.
std::string lengthened(std::string_view words) {
  static constexpr std::array<std::pair<char, std::string_view>, 12> accents = {{{'a', "á"},
                                                                                 {'e', "é"},
                                                                                 {'i', "í"},
                                                                                 {'o', "ö"},
                                                                                 {'u', "ü"},
                                                                                 {'n', "ñ"},
                                                                                 {'A', "Á"},
                                                                                 {'E', "É"},
                                                                                 {'I', "Í"},
                                                                                 {'O', "Ö"},
                                                                                 {'U', "Ü"},
                                                                                 {'N', "Ñ"}}};
  std::string out;
  bool inside = false;
  int letters = 0;
  const auto end_word = [&] {
    for (int i = 0; i < (letters * 2 + 4) / 5; ++i) out += "ő";
    letters = 0;
  };
  for (const char c : words) {
    if (c == '{') end_word(), inside = true;
    const bool letter = !inside && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
    if (!letter && !inside) end_word();
    std::string_view put;
    if (letter) {
      ++letters;
      for (const auto& [from, to] : accents)
        if (from == c) put = to;
    }
    if (put.empty())
      out += c;
    else
      out += put;
    if (c == '}') inside = false;
  }
  end_word();
  return out;
}

std::string two_digits(int number) { return (number < 10 ? "0" : "") + std::to_string(number); }

}  // namespace

struct Catalogue::Language {
  std::locale locale;
  const boost::locale::message_format<char>* messages = nullptr;
  bool pseudo = false;

  explicit Language(std::string_view language) : pseudo(language == "qps") {
    const std::string code = pseudo ? "en" : std::string(language);
    boost::locale::gnu_gettext::messages_info info;
    info.language = code;
    info.encoding = "UTF-8";
    info.domains.emplace_back(domain);
    info.paths.emplace_back("embedded");
    info.callback = [code](const std::string& file, const std::string&) {
      std::vector<char> bytes;
      if (file.find("/" + code + "/") != std::string::npos) {
        const auto mo = mo_of(code);
        bytes.assign(mo.begin(), mo.end());
      }
      return bytes;
    };
    messages = boost::locale::gnu_gettext::create_messages_facet<char>(info);
    locale = std::locale(std::locale::classic(),
                         const_cast<boost::locale::message_format<char>*>(messages));  // the locale owns it
  }

  std::string get(const std::string& key, std::int64_t count) const {
    const char* found = count < 0 ? messages->get(0, nullptr, key.c_str())
                                  : messages->get(0, nullptr, key.c_str(), static_cast<int>(count));
    if (!found) return {};
    return pseudo ? lengthened(found) : std::string(found);
  }
};

std::span<const std::string_view> Catalogue::languages() { return all_languages; }

std::string_view Catalogue::own_name(std::string_view language) {
  if (language == "es") return "Español";
  if (language == "qps") return "Éñglîsh (long)";
  return "English";
}

Catalogue::Catalogue() { choose("en"); }
Catalogue::~Catalogue() = default;

void Catalogue::choose(std::string_view language) {
  bool known = false;
  for (const auto one : all_languages) known = known || one == language;
  const std::string wanted(known ? language : "en");
  if (wanted == language_) return;
  language_ = wanted;
  words_ = std::make_unique<Language>(wanted);
  missing_.clear();
}

void Catalogue::lend(std::string_view language, std::map<std::string, std::string> words) {
  lent_.insert_or_assign(std::string(language), std::move(words));
  missing_.clear();
}

bool Catalogue::has(std::string_view key) const {
  const std::string name(key);
  return !words_->get(name, -1).empty() || !words_->get(name, 1).empty();
}

std::string Catalogue::find(std::string_view key, std::int64_t count) const {
  const std::string name(key);
  std::string found = words_->get(name, count);
  if (found.empty()) found = words_->get(name, count < 0 ? 1 : -1);
  if (found.empty()) {
    const bool pseudo = language_ == "qps";
    const auto language = lent_.find(pseudo ? "en" : std::string_view(language_));
    if (language != lent_.end())
      if (const auto lent = language->second.find(name); lent != language->second.end())
        return pseudo ? lengthened(lent->second) : lent->second;
    if (missing_.size() < 1000) missing_.insert(name);
    return name;
  }
  return found;
}

std::string Catalogue::say(std::string_view key, std::vector<app::Argument> arguments) const {
  return word({std::string(key), std::move(arguments), -1});
}

// Days within a week have names; others are dates. None is that of a moment from a wrong clock.
std::string Catalogue::day(const app::Day& day, std::string_view form) const {
  if (!day) return say(form == "on" ? "kit.on_date_unknown" : "kit.date_unknown", {});
  const auto number = [&](std::size_t from, std::size_t size) {
    int value = 0;
    for (std::size_t i = from; i < from + size && i < day.iso.size(); ++i)
      value = value * 10 + (day.iso[i] - '0');
    return value;
  };
  const std::string month = std::to_string(number(5, 2));
  const std::vector<app::Argument> parts = {
      {"weekday", say("kit.weekday." + std::to_string(day.weekday), {})},
      {"month", say("kit.month." + month, {})},
      {"month_short", say("kit.month_short." + month, {})},
      {"day", std::int64_t{number(8, 2)}},
      {"year", std::int64_t{number(0, 4)}}};
  if (form == "long") return say("kit.date_long", parts);
  if (form == "date") return say("kit.date", parts);
  if (form == "short") return say("kit.date_short", parts);
  if (form == "weekday") return say("kit.weekday." + std::to_string(day.weekday), {});
  const bool on = form == "on";  // "on Monday", "tomorrow"
  if (day.from_today == 0) return say("kit.today", {});
  if (day.from_today == 1) return say("kit.tomorrow", {});
  if (day.from_today == -1) return say("kit.yesterday", {});
  if (day.from_today > -7 && day.from_today < 7) return say(on ? "kit.on_weekday" : "kit.the_weekday", parts);
  const bool far = day.from_today > 300 || day.from_today < -300;
  return say(far ? "kit.date_year" : on ? "kit.on_date" : "kit.date", parts);
}

std::string Catalogue::time(const app::Moment& moment) const {
  const int hour = moment.minute / 60, minute = moment.minute % 60;
  return say("kit.clock", {{"hour", std::int64_t{hour}},
                           {"hour12", std::int64_t{(hour + 11) % 12 + 1}},
                           {"minute", two_digits(minute)},
                           {"half", say(hour < 12 ? "kit.am" : "kit.pm", {})}});
}

std::string Catalogue::value(const app::Argument& argument, std::string_view form) const {
  if (const auto* words = std::get_if<std::string>(&argument.value)) return *words;
  if (const auto* number = std::get_if<std::int64_t>(&argument.value)) return std::to_string(*number);
  if (const auto* a_day = std::get_if<app::Day>(&argument.value)) return day(*a_day, form);
  const auto& a_moment = std::get<app::Moment>(argument.value);
  if (!a_moment) return form == "time" ? "" : day({}, form);
  if (form == "time") return time(a_moment);
  if (form == "day") return day(a_moment.day, "");
  if (!form.empty()) return day(a_moment.day, form);
  return say(a_moment.day.from_today == 0 ? "kit.moment_today" : "kit.moment_other",
             {{"day", day(a_moment.day, "")}, {"time", time(a_moment)}});
}

std::string Catalogue::word(const app::Phrase& phrase) const { return plain(Text(phrase)); }

std::string Catalogue::plain(const Text& text) const {
  std::string out;
  for (const auto& span : spans(text)) out += span.words;
  return out;
}

std::vector<Span> Catalogue::spans(const Text& text) const {
  std::vector<Span> out;
  const auto put = [&](std::string_view words, bool marked, bool strong) {
    if (words.empty()) return;
    if (!out.empty() && out.back().marked == marked && out.back().strong == strong)
      out.back().words += words;
    else
      out.push_back({std::string(words), marked, strong});
  };
  for (const auto& piece : text.pieces()) {
    if (const auto* verbatim = std::get_if<std::string>(&piece.words)) {
      put(*verbatim, piece.marked, piece.strong);
      continue;
    }
    const auto& phrase = std::get<app::Phrase>(piece.words);
    const std::string pattern = find(phrase.key, phrase.count);
    bool strong = piece.strong;
    for (std::size_t at = 0; at < pattern.size();) {
      const auto stop = pattern.find_first_of("{*", at);
      if (stop == std::string::npos) {
        put(std::string_view(pattern).substr(at), piece.marked, strong);
        break;
      }
      put(std::string_view(pattern).substr(at, stop - at), piece.marked, strong);
      if (pattern[stop] == '*') {
        const bool pair = stop + 1 < pattern.size() && pattern[stop + 1] == '*';
        if (pair)
          strong = !strong;
        else
          put("*", piece.marked, strong);
        at = stop + (pair ? 2 : 1);
        continue;
      }
      const auto close = pattern.find('}', stop);
      if (close == std::string::npos) {
        put(std::string_view(pattern).substr(stop), piece.marked, strong);
        break;
      }
      std::string_view name = std::string_view(pattern).substr(stop + 1, close - stop - 1), form;
      if (const auto colon = name.find(':'); colon != std::string_view::npos) {
        form = name.substr(colon + 1);
        name = name.substr(0, colon);
      }
      bool found = false;
      for (const auto& argument : phrase.arguments)
        if (argument.name == name && !found) {
          put(value(argument, form), piece.marked, strong);
          found = true;
        }
      if (!found && (name == "n" || name == "count") && phrase.count >= 0) {
        put(std::to_string(phrase.count), piece.marked, strong);
        found = true;
      }
      if (!found) put(std::string_view(pattern).substr(stop, close - stop + 1), piece.marked, strong);
      at = close + 1;
    }
  }
  return out;
}

std::vector<std::string> Catalogue::keys(std::string_view language) { return keys_of(mo_of(language)); }

std::string Catalogue::raw(std::string_view language, std::string_view key) {
  const Language words(language);
  std::string found = words.get(std::string(key), -1);
  return found.empty() ? words.get(std::string(key), 1) : found;
}

}  // namespace waymark::ui
