#include "client/screens/drive.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace waymark::screens {
namespace {

struct Line {
  std::string verb, where, rest;
};

void skip_spaces(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
}

std::string_view take_word(std::string_view& text) {
  skip_spaces(text);
  std::size_t end = 0;
  if (!text.empty() && text.front() == '"') {
    end = text.find('"', 1);
    end = end == std::string_view::npos ? text.size() : end + 1;
  } else {
    end = std::min(text.find(' '), text.size());
  }
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  skip_spaces(text);
  return word;
}

Line parse(std::string_view text) {
  Line line;
  line.verb = take_word(text);
  if (line.verb == "press" || line.verb == "focus" || line.verb == "text" || line.verb == "wait" ||
      line.verb == "gone") {
    line.where = take_word(text);
  }
  line.rest = text;
  return line;
}

const ui::Semantic* find(const ui::SemanticTree& tree, std::string_view where) {
  if (where.size() >= 2 && where.front() == '"') {
    const std::string_view name = where.substr(1, where.size() - 2);
    // What can be pressed comes before words that say the same.
    const ui::Semantic* found = nullptr;
    for (const ui::Semantic& node : tree.nodes) {
      if (node.name != name || node.layer != tree.top_layer) continue;
      if (node.focusable) return &node;
      if (found == nullptr) found = &node;
    }
    return found;
  }
  return tree.find(where);
}

bool says(const ui::SemanticTree& tree, std::string_view words) {
  return std::any_of(tree.nodes.begin(), tree.nodes.end(), [&](const ui::Semantic& node) {
    return node.name.find(words) != std::string::npos || node.value.find(words) != std::string::npos ||
           node.hint.find(words) != std::string::npos;
  });
}

std::optional<ui::KeyPress> key_named(std::string_view name) {
  ui::KeyPress press;
  for (std::size_t plus = name.find('+'); plus != std::string_view::npos && plus + 1 < name.size();
       plus = name.find('+')) {
    const std::string_view with = name.substr(0, plus);
    if (with == "shift") press.shift = true;
    if (with == "ctrl") press.control = true;
    if (with == "alt") press.alt = true;
    name.remove_prefix(plus + 1);
  }
  using ui::Key;
  constexpr std::array<std::pair<std::string_view, Key>, 27> keys{{{"tab", Key::tab},
                                                                   {"enter", Key::enter},
                                                                   {"space", Key::space},
                                                                   {"escape", Key::escape},
                                                                   {"backspace", Key::backspace},
                                                                   {"delete", Key::remove},
                                                                   {"left", Key::left},
                                                                   {"right", Key::right},
                                                                   {"up", Key::up},
                                                                   {"down", Key::down},
                                                                   {"home", Key::home},
                                                                   {"end", Key::end},
                                                                   {"page_up", Key::page_up},
                                                                   {"page_down", Key::page_down},
                                                                   {"a", Key::a},
                                                                   {"c", Key::c},
                                                                   {"f", Key::f},
                                                                   {"l", Key::l},
                                                                   {"p", Key::p},
                                                                   {"s", Key::s},
                                                                   {"v", Key::v},
                                                                   {"x", Key::x},
                                                                   {"y", Key::y},
                                                                   {"z", Key::z},
                                                                   {"f1", Key::f1},
                                                                   {"+", Key::plus},
                                                                   {"-", Key::minus}}};
  const auto* found =
      std::find_if(keys.begin(), keys.end(), [&](const auto& one) { return one.first == name; });
  if (found == keys.end()) return std::nullopt;
  press.key = found->second;
  return press;
}

// The characters of UTF-8; what is malformed is left out.
std::vector<ui::Event> typed(std::string_view text) {
  std::vector<ui::Event> events;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    char32_t character = first < 0x80 ? first : first & (0xffU >> (size + 1));
    for (std::size_t k = 1; k < size && i + k < text.size(); ++k) {
      character = (character << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
    }
    events.emplace_back(ui::Typed{character});
    i += size;
  }
  return events;
}

}  // namespace

void Driver::picture_done(const std::string& problem) {
  waiting_for_picture_ = false;
  late_answers_.push_back(problem.empty() ? "ok" : "no: " + problem);
}

Driver::Step Driver::step(const ui::SemanticTree& tree, bool settled, std::int64_t now_ms) {
  Step step;
  step.answers = std::exchange(late_answers_, {});
  if (waiting_for_picture_ || lines_.empty()) return step;
  if (since_ms_ < 0) since_ms_ = now_ms;
  const Line line = parse(lines_.front());
  const auto done = [&](std::string answer) {
    lines_.pop_front();
    since_ms_ = -1;
    step.answers.push_back(std::move(answer));
  };
  const bool late = now_ms - since_ms_ >= kDriveWait_ms;

  if (line.verb.empty() || line.verb.front() == '#') {
    done("ok");
  } else if (line.verb == "quit") {
    step.quit = true;
    done("ok");
  } else if (line.verb == "sleep") {
    std::int64_t ms = 0;
    std::from_chars(line.rest.data(), line.rest.data() + line.rest.size(), ms);
    if (now_ms - since_ms_ >= ms) done("ok");
  } else if (!settled && !late) {
    return step;  // what moves or waits comes first
  } else if (line.verb == "press" || line.verb == "focus" || line.verb == "text") {
    const ui::Semantic* node = find(tree, line.where);
    if (node != nullptr && node->enabled) {
      const auto what = line.verb == "press"   ? ui::Act::What::press
                        : line.verb == "focus" ? ui::Act::What::focus
                                               : ui::Act::What::set_text;
      step.events.emplace_back(ui::Act{what, node->path, line.rest});
      done("ok");
    } else if (late) {
      done(node == nullptr ? "no: there is no " + line.where
                           : "no: it cannot be pressed: " + line.where + " (" + node->hint + ")");
    }
  } else if (line.verb == "type") {
    step.events = typed(line.rest);
    done("ok");
  } else if (line.verb == "key") {
    if (const auto press = key_named(line.rest)) {
      step.events.emplace_back(*press);
      done("ok");
    } else {
      done("no: no such key: " + line.rest);
    }
  } else if (line.verb == "wait" || line.verb == "gone") {
    const bool there = find(tree, line.where) != nullptr;
    if (there == (line.verb == "wait")) {
      done("ok");
    } else if (late) {
      done(there ? "no: it is still there: " + line.where : "no: there is no " + line.where);
    }
  } else if (line.verb == "see") {
    if (says(tree, line.rest)) {
      done("ok");
    } else if (late) {
      done("no: nothing says: " + line.rest);
    }
  } else if (line.verb == "picture") {
    step.picture = line.rest;
    waiting_for_picture_ = true;
    lines_.pop_front();
    since_ms_ = -1;
  } else if (line.verb == "tree") {
    std::string dump = tree.dump();
    if (!dump.empty() && dump.back() != '\n') dump += '\n';
    done(dump + ".");
  } else {
    done("no: unknown line: " + line.verb);
  }
  return step;
}

}  // namespace waymark::screens
