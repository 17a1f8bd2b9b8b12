// Text fields: what somebody types, drawn wrapped, and how it and the view's text keep up with one another.
#include <algorithm>
#include <cmath>

#include "client/ui/impl.hpp"
#include "client/ui/utf8.hpp"

namespace waymark::ui {
namespace {

constexpr std::size_t typed_max = 64;  // texts handed out that the view has not said back yet
constexpr float pad_x = 16, pad_y = 13;

// The view says a text. If it is one we handed out, it has only caught up; else it was changed elsewhere.
void follow_view(FieldState& field, std::string_view view) {
  if (!field.known) {
    field.known = true;
    field.view = view;
    field.editor.set(view, false);
    field.editor.caret_to_end();
    return;
  }
  if (view == field.view) return;
  field.view = view;
  const auto heard = std::find(field.typed.begin(), field.typed.end(), view);
  if (heard != field.typed.end()) {
    field.typed.erase(field.typed.begin(), heard + 1);
    return;
  }
  const auto trimmed = [](std::string_view text) {
    const auto from = text.find_first_not_of(" \n\t"), to = text.find_last_not_of(" \n\t");
    return from == std::string_view::npos ? std::string_view() : text.substr(from, to - from + 1);
  };
  const std::string mine = field.editor.text();
  if (trimmed(mine) == trimmed(view)) return;  // it only trimmed what is still being typed
  field.typed.clear();
  field.editor.set(view, false);
}

}  // namespace

Edited Ui::field(std::string_view key, const Field& spec) {
  Impl& m = *impl_;
  const bool single = spec.lines_min <= 1 && spec.lines_max <= 1 && spec.height.kind != Length::Kind::fill;
  const Type type = Type::body;
  const Face& face = m.fonts.face(type);
  const float line = face.line;

  Box outer;
  outer.gap = 8;
  outer.width = spec.width;
  outer.height = spec.height;
  const int column = m.open(Kind::column, outer);
  m.node(column).grows = true;
  if (spec.label && spec.label_shown) text(spec.label, {.type = Type::label, .spoken = false});

  Box box;
  box.height = spec.height.kind == Length::Kind::fill ? fill() : natural();
  const int index = m.leaf(box, key);
  Node& n = m.node(index);
  n.stretchy = true;
  n.grows = true;
  n.shrinks = true;
  n.hit = Hit::field;
  const Id id = n.id;

  auto [at, fresh] = m.fields.try_emplace(id);
  if (fresh) at->second.value = std::make_unique<FieldState>();
  at->second.seen = m.frame;
  FieldState& field = *at->second.value;
  field.single = single;
  field.secret = spec.secret;
  field.editor.limit(spec.limit);
  follow_view(field, spec.text);

  Edited edited;
  edited.text = field.editor.text();
  edited.changed = field.changed && edited.text != (field.typed.empty() ? field.view : field.typed.back());
  edited.submitted = field.submitted;
  edited.left = field.left;
  if (edited.changed) {
    field.typed.push_back(edited.text);
    if (field.typed.size() > typed_max) field.typed.pop_front();
  }
  m.fonts.want(edited.text);

  if (spec.first_focus && fresh && m.focus != id) {
    m.set_focus(id, m.ring);
    field.editor.caret_to_end();
  }
  const bool focused = m.focus == id;
  const float icon_room = spec.icon == Icon::none ? 0 : 28;
  const float low = spec.big ? 56.0F : 50.0F;
  const Fonts* fonts = &m.fonts;
  const bool secret = spec.secret;
  const auto advance = [fonts, type, secret](char32_t c) {
    const Face& f = fonts->face(type);
    const char32_t shown = secret ? U'•' : c > 0xFFFF ? U'\uFFFD' : c;
    return f.font->GetCharAdvance(static_cast<ImWchar>(shown)) / fonts->scale();
  };
  field.editor.shape(advance, line, std::max(40.0F, (field.inner.w > 0 ? field.inner.w : 400)), single);

  const int lines_min = spec.lines_min, lines_max = spec.lines_max;
  n.measure = [&field, advance, line, single, low, icon_room, lines_min, lines_max](float width) -> Vec {
    if (width <= 0) return {width < 0 ? 320.0F : 120.0F, 0};
    if (single) return {width, std::max(low, line + 2 * pad_y)};
    field.editor.shape(advance, line, std::max(40.0F, width - 2 * pad_x - icon_room), false);
    auto rows = static_cast<int>(field.editor.rows().size());
    rows = std::max(rows, lines_min);
    if (lines_max > 0) rows = std::min(rows, std::max(lines_min, lines_max));
    return {width, static_cast<float>(rows) * line + 2 * pad_y};
  };

  const std::string placeholder = m.plain(spec.placeholder);
  const float edge = m.motion(id, "edge", focused ? 1 : 0, 0.1F);
  const bool wrong = static_cast<bool>(spec.error);
  const Icon icon = spec.icon;
  n.before.push_back([&m, &field, advance, type, line, single, focused, placeholder, edge, icon, icon_room,
                      secret, wrong](const Painter& p, Rect r) {
    const auto& t = p.t;
    p.rect(r, t.surface, 12);
    p.frame(r, mix(t.contrast ? t.border : t.control, t.pine, wrong ? 1.0F : edge), 12,
            focused || t.contrast || wrong ? 2.0F : 1.4F);
    if (icon != Icon::none)
      p.icon(icon, {r.x + pad_x + 8, r.y + std::min(r.h / 2, 25.0F)}, 18, t.muted, 2.1F);
    Rect inner{r.x + pad_x + icon_room, r.y + pad_y, r.w - 2 * pad_x - icon_room, r.h - 2 * pad_y};
    if (single) inner = {inner.x, r.y + (r.h - line) / 2, inner.w, line};
    field.inner = inner;
    field.editor.shape(advance, line, std::max(40.0F, inner.w), single);
    const auto& rows = field.editor.rows();
    const auto& characters = field.editor.characters();
    const std::size_t caret_row = field.editor.row_of_caret();
    const float caret_x = field.editor.x_of(rows[caret_row], field.editor.caret());
    const float caret_y = static_cast<float>(caret_row) * line;
    if (field.follow) {
      if (single) {
        if (caret_x - field.scroll_x > inner.w - 2) field.scroll_x = caret_x - inner.w + 2;
        if (caret_x < field.scroll_x) field.scroll_x = std::max(0.0F, caret_x - 24);
      } else {
        if (caret_y < field.scroll_y) field.scroll_y = caret_y;
        if (caret_y + line > field.scroll_y + inner.h) field.scroll_y = caret_y + line - inner.h;
      }
    }
    const float most = std::max(0.0F, static_cast<float>(rows.size()) * line - inner.h);
    field.scroll_y = single ? 0 : std::clamp(field.scroll_y, 0.0F, most);
    if (single) {
      const float widest = rows.empty() ? 0 : rows.front().width;
      field.scroll_x = std::clamp(field.scroll_x, 0.0F, std::max(0.0F, widest + 4 - inner.w));
    }
    p.clip({inner.x - 3, single ? r.y : inner.y - 4, inner.w + 6, single ? r.h : inner.h + 8});
    const Face& face_now = m.fonts.face(type);
    const auto base_of = [&](float top) { return top + line / 2 + face_now.css * face_now.cap / 2; };
    if (characters.empty() && !placeholder.empty()) {
      const auto kept = m.block(verbatim(placeholder), type);
      Block& hint = *kept;
      m.wrap(hint, inner.w);
      hint.lines_max = single ? 1 : 0;
      m.draw(p, hint, inner, t.muted, Align::start);
    }
    const std::size_t from = field.editor.selection_begin(), to = field.editor.selection_end();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto& row = rows[i];
      const float y = inner.y + static_cast<float>(i) * line - field.scroll_y;
      if (y + line < inner.y - 4 || y > inner.bottom() + 4) continue;
      if (focused && from < to && from < row.end && to > row.begin) {
        const float a = field.editor.x_of(row, std::max(from, row.begin));
        float b = field.editor.x_of(row, std::min(to, row.end));
        if (to > row.end || (row.end > row.begin && characters[row.end - 1] == '\n' && to >= row.end)) b += 6;
        p.rect({inner.x + a - field.scroll_x, y, b - a, line},
               t.contrast ? mix(t.page, t.pine, 0.45F) : with_alpha(t.pine, 0.22F), 3);
      }
      std::u32string words(characters, row.begin, row.end - row.begin);
      if (!words.empty() && words.back() == '\n') words.pop_back();
      if (secret) words.assign(words.size(), U'•');
      for (auto& c : words)
        if (c > 0xFFFF) c = U'\uFFFD';  // kept in the text; the atlas has no such characters
      p.words(type, {inner.x - field.scroll_x, base_of(y)}, t.text, to_utf8(words));
    }
    if (focused) {
      constexpr double half = 0.53;
      const double age = m.now - field.caret_since;
      const bool lit = m.reduced || !m.window_focused || std::fmod(age, 2 * half) < half;
      if (lit && m.window_focused) {
        const float x = inner.x + caret_x - field.scroll_x;
        const float y = inner.y + caret_y - field.scroll_y;
        p.rect({x, y + 2.5F, 2, line - 5}, t.pine, 1);
      }
      if (!m.reduced && m.window_focused) {
        const double next = half - std::fmod(age, half);
        if (m.wake < 0 || next < m.wake) m.wake = next;
      }
    }
    p.unclip();
    if (!single && most > 1) {
      const float thumb = std::max(24.0F, inner.h * inner.h / (inner.h + most));
      const float y = inner.y + (inner.h - thumb) * (field.scroll_y / most);
      p.rect({r.right() - 8, y, 4, thumb}, with_alpha(t.control, 0.7F), 2);
    }
  });
  if (focused && m.ring && m.window_focused) m.ring_around(index, 12, 2);

  Semantic s;
  s.role = Role::field;
  s.name = m.plain(spec.label ? spec.label : spec.placeholder);
  s.value = secret ? std::string() : edited.text;
  s.hint = m.plain(spec.error ? spec.error : spec.hint);
  s.focusable = true;
  s.multiline = !single;
  s.caret = field.editor.caret();
  m.node(index).semantic = std::move(s);

  const std::size_t used = field.editor.characters().size();
  if (spec.error) text(spec.error, {.type = Type::small, .ink = Ink::text, .icon = Icon::question});
  if (spec.hint) text(spec.hint, {.type = Type::small, .ink = Ink::muted, .spoken = false});
  if (used * 10 >= spec.limit * 9 && spec.limit > 20)
    text("kit.field.left"_t.counted(static_cast<std::int64_t>(spec.limit - std::min(used, spec.limit))),
         {.type = Type::small, .ink = Ink::muted});
  m.close();
  return edited;
}

}  // namespace waymark::ui
