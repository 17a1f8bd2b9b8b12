// Editing one text: caret, selection, word jumps, undo, and rows that wrap. Knows no window; a field gives it
// keys and draws its rows.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/ui/input.hpp"

namespace waymark::ui {

class Editor {
 public:
  struct Row {
    std::size_t begin = 0, end = 0;  // code points; the end may be a line break
    float width = 0;
  };

  Editor();
  ~Editor();
  Editor(const Editor&) = delete;
  Editor& operator=(const Editor&) = delete;

  // How wide a character is, how high a row, how wide the field; single: no line breaks, no wrapping.
  void shape(std::function<float(char32_t)> advance, float line, float width, bool single);
  void limit(std::size_t characters) { limit_ = characters; }

  std::string text() const;
  const std::u32string& characters() const;
  // Replaces everything; an undo step only when asked for.
  void set(std::string_view text, bool undoable);

  // Did it mean something here? Enter in a single line, Tab and Esc do not.
  bool key(const KeyPress& press);
  bool type(char32_t character);
  void paste(std::string_view text);
  std::string selected() const;
  void cut();
  void select_all();
  void click(Vec at, bool extend);
  void drag(Vec at);
  void select_word();

  std::size_t caret() const;
  void caret_to_end();
  std::size_t selection_begin() const;
  std::size_t selection_end() const;
  const std::vector<Row>& rows() const;
  float x_of(const Row& row, std::size_t index) const;
  std::size_t row_of_caret() const;
  float line() const;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
  std::size_t limit_ = 100000;
};

}  // namespace waymark::ui
