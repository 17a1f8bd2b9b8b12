#include "client/ui/editor.hpp"

#include <algorithm>
#include <cstring>

#include "client/ui/utf8.hpp"

namespace waymark::ui {
namespace {

struct Buffer {
  std::u32string text;
  std::function<float(char32_t)> advance = [](char32_t) { return 8.0F; };
  float line = 24, width = 1e9F;
  bool single = false;
  std::vector<Editor::Row> rows;
  bool stale = true;

  float wide(char32_t c) const { return c == '\n' ? 0 : advance(c == '\t' ? ' ' : c); }
  void lay_out();
  const Editor::Row* row_at(std::size_t begin);
};

bool breaks_anywhere(char32_t c) {  // Chinese, Japanese and Korean have no spaces
  return (c >= 0x2E80 && c < 0xA4D0) || (c >= 0xAC00 && c < 0xD7B0) || (c >= 0xF900 && c < 0xFB00) ||
         (c >= 0xFF00 && c < 0xFFF0);
}

void Buffer::lay_out() {
  if (!stale) return;
  stale = false;
  rows.clear();
  const float room = single ? 1e9F : width;
  std::size_t begin = 0;
  while (begin < text.size()) {
    float x = 0, x_at_break = 0;
    std::size_t at = begin, break_at = begin;
    bool hard = false;
    for (; at < text.size(); ++at) {
      const char32_t c = text[at];
      if (c == '\n') {
        ++at;
        hard = true;
        break;
      }
      const float w = wide(c);
      if (x + w > room && c != ' ' && at > begin) break;
      x += w;
      if (c == ' ' || c == '-' || c == 0x2013 || c == 0x2014 || breaks_anywhere(c))
        break_at = at + 1, x_at_break = x;
    }
    if (!hard && at < text.size() && break_at > begin) at = break_at, x = x_at_break;
    rows.push_back({begin, at, x});
    begin = at;
  }
  if (text.empty() || text.back() == '\n') rows.push_back({text.size(), text.size(), 0});
}

const Editor::Row* Buffer::row_at(std::size_t begin) {
  lay_out();
  for (const auto& row : rows)
    if (row.begin == begin) return &row;
  return nullptr;
}

}  // namespace

namespace stb {
#undef INCLUDE_STB_TEXTEDIT_H
#define STB_TEXTEDIT_CHARTYPE char32_t
#define STB_TEXTEDIT_STRING Buffer
#define STB_TEXTEDIT_UNDOSTATECOUNT 400
#define STB_TEXTEDIT_UNDOCHARCOUNT 20000
#include <stb/stb_textedit.h>

// Where a row that begins at `begin` ends; what it is asked before the layout knows such a row is laid out by
// itself.
static void layout_row(StbTexteditRow* out, Buffer* buffer, int begin) {
  const auto* row = buffer->row_at(static_cast<std::size_t>(begin));
  out->x0 = 0;
  out->x1 = row ? row->width : 0;
  out->num_chars = row ? static_cast<int>(row->end - row->begin) : 0;
  out->baseline_y_delta = out->ymax = buffer->line;
  out->ymin = 0;
}
static float width_at(Buffer* buffer, int begin, int offset) {
  const char32_t c = buffer->text[static_cast<std::size_t>(begin + offset)];
  return c == '\n' ? -1.0F : buffer->wide(c);
}
static void remove(Buffer* buffer, int at, int count) {
  buffer->text.erase(static_cast<std::size_t>(at), static_cast<std::size_t>(count));
  buffer->stale = true;
}
static int insert(Buffer* buffer, int at, const char32_t* characters, int count) {
  buffer->text.insert(static_cast<std::size_t>(at), characters, static_cast<std::size_t>(count));
  buffer->stale = true;
  return 1;
}
static bool is_space(char32_t c) { return c == ' ' || c == '\n' || c == '\t' || c == 0xA0; }

enum : int {
  k_shift = 0x400000,
  k_left = 0x200000,
  k_right,
  k_up,
  k_down,
  k_line_start,
  k_line_end,
  k_text_start,
  k_text_end,
  k_delete,
  k_backspace,
  k_undo,
  k_redo,
  k_word_left,
  k_word_right,
  k_page_up,
  k_page_down,
};

#define STB_TEXTEDIT_STRINGLEN(s) (static_cast<int>((s)->text.size()))
#define STB_TEXTEDIT_LAYOUTROW(r, s, n) layout_row(r, s, n)
#define STB_TEXTEDIT_GETWIDTH(s, n, i) width_at(s, n, i)
#define STB_TEXTEDIT_GETWIDTH_NEWLINE -1.0F
#define STB_TEXTEDIT_KEYTOTEXT(k) ((k) >= 0x200000 ? -1 : (k))
#define STB_TEXTEDIT_GETCHAR(s, i) ((s)->text[static_cast<std::size_t>(i)])
#define STB_TEXTEDIT_NEWLINE '\n'
#define STB_TEXTEDIT_IS_SPACE(c) is_space(c)
#define STB_TEXTEDIT_DELETECHARS(s, i, n) remove(s, i, n)
#define STB_TEXTEDIT_INSERTCHARS(s, i, c, n) insert(s, i, c, n)
#define STB_TEXTEDIT_K_SHIFT k_shift
#define STB_TEXTEDIT_K_LEFT k_left
#define STB_TEXTEDIT_K_RIGHT k_right
#define STB_TEXTEDIT_K_UP k_up
#define STB_TEXTEDIT_K_DOWN k_down
#define STB_TEXTEDIT_K_LINESTART k_line_start
#define STB_TEXTEDIT_K_LINEEND k_line_end
#define STB_TEXTEDIT_K_TEXTSTART k_text_start
#define STB_TEXTEDIT_K_TEXTEND k_text_end
#define STB_TEXTEDIT_K_DELETE k_delete
#define STB_TEXTEDIT_K_BACKSPACE k_backspace
#define STB_TEXTEDIT_K_UNDO k_undo
#define STB_TEXTEDIT_K_REDO k_redo
#define STB_TEXTEDIT_K_WORDLEFT k_word_left
#define STB_TEXTEDIT_K_WORDRIGHT k_word_right
#define STB_TEXTEDIT_K_PGUP k_page_up
#define STB_TEXTEDIT_K_PGDOWN k_page_down
#define STB_TEXTEDIT_IMPLEMENTATION
#include <stb/stb_textedit.h>
}  // namespace stb

struct Editor::Impl {
  Buffer buffer;
  stb::STB_TexteditState state{};

  void press(int key) { stb::stb_textedit_key(&buffer, &state, key); }
  // Home and End go to the ends of the row one sees, not of the paragraph.
  void jump(std::size_t to, bool extend) {
    const auto position = static_cast<int>(to);
    if (!extend) {
      state.select_start = state.select_end = position;
    } else {
      if (state.select_start == state.select_end) state.select_start = state.cursor;
      state.select_end = position;
    }
    state.cursor = position;
    state.has_preferred_x = 0;
  }
  void clamp() {
    const int size = static_cast<int>(buffer.text.size());
    state.cursor = std::clamp(state.cursor, 0, size);
    state.select_start = std::clamp(state.select_start, 0, size);
    state.select_end = std::clamp(state.select_end, 0, size);
  }
};

Editor::Editor() : impl_(std::make_unique<Impl>()) { stb::stb_textedit_initialize_state(&impl_->state, 0); }
Editor::~Editor() = default;

void Editor::shape(std::function<float(char32_t)> advance, float line, float width, bool single) {
  auto& buffer = impl_->buffer;
  buffer.advance = std::move(advance);
  buffer.line = line;
  buffer.width = width;
  buffer.single = single;
  buffer.stale = true;
}

std::string Editor::text() const { return to_utf8(impl_->buffer.text); }
const std::u32string& Editor::characters() const { return impl_->buffer.text; }

void Editor::set(std::string_view text, bool undoable) {
  auto& buffer = impl_->buffer;
  auto& state = impl_->state;
  const std::u32string wanted = to_utf32(text);
  if (wanted == buffer.text) return;
  if (undoable) {
    select_all();
    if (!buffer.text.empty()) stb::stb_textedit_cut(&buffer, &state);
    if (!wanted.empty())
      stb::stb_textedit_paste(&buffer, &state, wanted.data(), static_cast<int>(wanted.size()));
    return;
  }
  const bool at_end = state.cursor == static_cast<int>(buffer.text.size());
  const int cursor = state.cursor;
  buffer.text = wanted;
  buffer.stale = true;
  stb::stb_textedit_initialize_state(&state, 0);
  state.cursor = at_end ? static_cast<int>(wanted.size()) : cursor;
  state.select_start = state.select_end = state.cursor;
  impl_->clamp();
}

bool Editor::key(const KeyPress& press) {
  auto& self = *impl_;
  const int shift = press.shift ? stb::k_shift : 0;
  const auto send = [&](int key) {
    self.press(key);
    return true;
  };
  const auto row = [&] { return rows()[row_of_caret()]; };
  switch (press.key) {
    case Key::left:
      return send((press.control ? stb::k_word_left : stb::k_left) | shift);
    case Key::right:
      return send((press.control ? stb::k_word_right : stb::k_right) | shift);
    case Key::up:
      if (self.buffer.single) return false;
      return send(stb::k_up | shift);
    case Key::down:
      if (self.buffer.single) return false;
      return send(stb::k_down | shift);
    case Key::home:
      if (press.control) return send(stb::k_text_start | shift);
      self.jump(row().begin, press.shift);
      return true;
    case Key::end: {
      if (press.control) return send(stb::k_text_end | shift);
      const Row here = row();
      const auto& text = self.buffer.text;
      const bool more = here.end < text.size() || (here.end > here.begin && text[here.end - 1] == '\n');
      self.jump(here.end - (more && here.end > here.begin ? 1 : 0), press.shift);
      return true;
    }
    case Key::backspace:
      if (press.control && self.state.select_start == self.state.select_end)
        self.press(stb::k_word_left | stb::k_shift);
      return send(stb::k_backspace);
    case Key::remove:
      if (press.control && self.state.select_start == self.state.select_end)
        self.press(stb::k_word_right | stb::k_shift);
      return send(stb::k_delete);
    case Key::enter:
      if (self.buffer.single || press.control) return false;
      type('\n');
      return true;
    case Key::z:
      if (!press.control) return false;
      return send(press.shift ? stb::k_redo : stb::k_undo);
    case Key::y:
      return press.control && send(stb::k_redo);
    case Key::a:
      if (!press.control) return false;
      select_all();
      return true;
    default:
      return false;
  }
}

bool Editor::type(char32_t character) {
  auto& self = *impl_;
  if (character != '\n' && (character < 32 || character == 127)) return false;
  if (self.buffer.single && character == '\n') return false;
  const std::size_t chosen = selection_end() - selection_begin();
  if (self.buffer.text.size() - chosen + 1 > limit_) return false;
  self.press(static_cast<int>(character));
  return true;
}

void Editor::paste(std::string_view text) {
  auto& self = *impl_;
  std::u32string clean;
  for (char32_t c : to_utf32(text)) {
    if (c == '\r') continue;
    if (c == '\t' || (c == '\n' && self.buffer.single)) c = ' ';
    if (c >= 32 || c == '\n') clean += c;
  }
  const std::size_t held = self.buffer.text.size() - (selection_end() - selection_begin());
  if (held + clean.size() > limit_) clean.resize(limit_ > held ? limit_ - held : 0);
  if (!clean.empty())
    stb::stb_textedit_paste(&self.buffer, &self.state, clean.data(), static_cast<int>(clean.size()));
}

std::string Editor::selected() const {
  return to_utf8(
      std::u32string_view(impl_->buffer.text).substr(selection_begin(), selection_end() - selection_begin()));
}

void Editor::cut() { stb::stb_textedit_cut(&impl_->buffer, &impl_->state); }

void Editor::select_all() {
  auto& state = impl_->state;
  state.select_start = 0;
  state.select_end = state.cursor = static_cast<int>(impl_->buffer.text.size());
}

void Editor::click(Vec at, bool extend) {
  auto& self = *impl_;
  self.buffer.lay_out();
  if (extend)
    stb::stb_textedit_drag(&self.buffer, &self.state, at.x, at.y);
  else
    stb::stb_textedit_click(&self.buffer, &self.state, at.x, at.y);
  self.clamp();
}

void Editor::drag(Vec at) {
  auto& self = *impl_;
  self.buffer.lay_out();
  stb::stb_textedit_drag(&self.buffer, &self.state, at.x, at.y);
  self.clamp();
}

void Editor::select_word() {
  auto& self = *impl_;
  const auto& text = self.buffer.text;
  std::size_t begin = caret(), end = caret();
  while (begin > 0 && !stb::is_space(text[begin - 1])) --begin;
  while (end < text.size() && !stb::is_space(text[end])) ++end;
  self.state.select_start = static_cast<int>(begin);
  self.state.select_end = self.state.cursor = static_cast<int>(end);
}

std::size_t Editor::caret() const { return static_cast<std::size_t>(impl_->state.cursor); }
void Editor::caret_to_end() { impl_->jump(impl_->buffer.text.size(), false); }
std::size_t Editor::selection_begin() const {
  return static_cast<std::size_t>(std::min(impl_->state.select_start, impl_->state.select_end));
}
std::size_t Editor::selection_end() const {
  return static_cast<std::size_t>(std::max(impl_->state.select_start, impl_->state.select_end));
}

const std::vector<Editor::Row>& Editor::rows() const {
  impl_->buffer.lay_out();
  return impl_->buffer.rows;
}

float Editor::x_of(const Row& row, std::size_t index) const {
  float x = 0;
  for (std::size_t i = row.begin; i < index && i < row.end; ++i)
    x += impl_->buffer.wide(impl_->buffer.text[i]);
  return x;
}

std::size_t Editor::row_of_caret() const {
  const auto& all = rows();
  const std::size_t at = caret();
  for (std::size_t i = 0; i + 1 < all.size(); ++i)
    if (at >= all[i].begin && at < all[i].end) return i;
  return all.size() - 1;
}

float Editor::line() const { return impl_->buffer.line; }

}  // namespace waymark::ui
