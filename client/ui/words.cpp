// Words in a box: split, wrapped, with the highlighter behind those that differ.
#include <algorithm>
#include <cmath>

#include "client/ui/impl.hpp"
#include "client/ui/utf8.hpp"

namespace waymark::ui {
namespace {

Type bold_of(Type type) {
  if (type == Type::body) return Type::body_bold;
  if (type == Type::small) return Type::small_bold;
  return type;
}

}  // namespace

std::shared_ptr<Block> Ui::Impl::block(const Text& text, Type type, int lines_max) const {
  auto out = std::make_shared<Block>();
  out->type = type;
  out->lines_max = lines_max;
  out->space = fonts.width(fonts.face(type), " ");
  for (const auto& piece : text.pieces())
    if (std::holds_alternative<std::string>(piece.words)) out->ours = false;
  bool space = false, new_line = false;
  for (const auto& span : catalogue.spans(text)) {
    fonts.want(span.words);
    const Type face = span.marked || span.strong ? bold_of(type) : type;
    std::size_t at = 0;
    while (at < span.words.size()) {
      const char c = span.words[at];
      if (c == ' ' || c == '\t' || c == '\r') {
        space = true;
        ++at;
        continue;
      }
      if (c == '\n') {
        if (new_line) out->words.push_back({"", 0, 0, false, false, false, true});
        new_line = true;
        space = false;
        ++at;
        continue;
      }
      std::size_t end = span.words.find_first_of(" \t\r\n", at);
      if (end == std::string::npos) end = span.words.size();
      Word word;
      word.words = span.words.substr(at, end - at);
      word.width = fonts.width(fonts.face(face), word.words);
      word.marked = span.marked;
      word.strong = span.strong || span.marked;
      word.space = space && !new_line;
      word.new_line = new_line;
      out->words.push_back(std::move(word));
      space = new_line = false;
      at = end;
    }
  }
  // The highlighter reaches a little over the ends of its words.
  for (std::size_t i = 1; i < out->words.size(); ++i)
    if (out->words[i].space && out->words[i].marked != out->words[i - 1].marked) out->words[i].lead = 1.5F;
  float line = 0, joined = 0;
  for (const auto& word : out->words) {
    if (word.new_line) line = 0;
    line += word.width + (word.space ? out->space + word.lead : 0);
    joined = word.space || word.new_line ? word.width : joined + word.width;
    out->natural = std::max(out->natural, line);
    out->widest = std::max(out->widest, joined);
  }
  // Rounding of pixels must never send the last word to another line.
  out->natural = std::ceil(out->natural + 0.5F);
  out->widest = std::ceil(std::min(out->widest + 0.5F, 24 * fonts.face(type).css));
  return out;
}

void Ui::Impl::wrap(Block& block, float width) const {
  if (block.laid_for == width) return;
  block.laid_for = width;
  block.lines.clear();
  block.broken = false;
  auto& words = block.words;
  std::size_t i = 0;
  WordLine line{0, 0, 0};
  const auto next_line = [&] {
    line.end = i;
    block.lines.push_back(line);
    line = {i, i, 0};
  };
  while (i < words.size()) {
    // What hangs together without a space moves together.
    std::size_t end = i + 1;
    float need = words[i].width;
    while (end < words.size() && !words[end].space && !words[end].new_line) need += words[end++].width;
    if (words[i].new_line && i > 0) next_line();
    float lead = i > line.begin && words[i].space ? block.space + words[i].lead : 0;
    if (i > line.begin && line.width + lead + need > width + 0.01F) {
      next_line();
      lead = 0;
    }
    if (need > width + 0.01F && width > 8) {
      // Longer than a line: broken where it must be.
      const Word whole = words[i];
      const Type face = whole.strong ? bold_of(block.type) : block.type;
      const float room = width - line.width - lead;
      if (whole.width > room) {
        const std::u32string characters = to_utf32(whole.words);
        std::size_t take = 0;
        float used = 0;
        while (take < characters.size()) {
          const float w = fonts.width(fonts.face(face), to_utf8(characters.substr(take, 1)));
          if (used + w > room && take > 0) break;
          used += w;
          ++take;
        }
        if (take < characters.size()) {
          // At a hyphen of its own, as in a double name, where it has one.
          const std::size_t hyphen = characters.rfind(U'-', take - 1);
          if (hyphen != std::u32string::npos && hyphen > 0) {
            take = hyphen + 1;
            used = fonts.width(fonts.face(face), to_utf8(characters.substr(0, take)));
          }
          block.broken = true;
          Word rest = whole;
          rest.words = to_utf8(characters.substr(take));
          rest.width = fonts.width(fonts.face(face), rest.words);
          rest.space = false;
          rest.new_line = false;
          words[i].words = to_utf8(characters.substr(0, take));
          words[i].width = used;
          words.insert(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, rest);
          line.width += lead + used;
          ++i;
          next_line();
          continue;
        }
      }
      line.width += lead + whole.width;
      ++i;
      continue;
    }
    line.width += lead + need;
    i = end;
  }
  line.end = i;
  if (line.end > line.begin || block.lines.empty()) block.lines.push_back(line);
  if (!block.broken) balance(block, width);
}

// No word stands alone in the last line, and the last two lines of a heading are about as long as each other.
void Ui::Impl::balance(Block& block, float width) const {
  if (block.lines.size() < 2) return;
  if (block.lines_max > 0 && block.lines.size() > static_cast<std::size_t>(block.lines_max)) return;
  const bool heading = block.type <= Type::h3;
  WordLine &upper = block.lines[block.lines.size() - 2], &lower = block.lines.back();
  const auto& words = block.words;
  if (heading && block.lines.size() > 2 && lower.width > 0.45F * upper.width) return;  // long enough as it is
  if (words[lower.begin].new_line || !words[lower.begin].space) return;
  for (bool once = true; once || heading; once = false) {
    const bool alone = std::none_of(words.begin() + static_cast<std::ptrdiff_t>(lower.begin) + 1,
                                    words.begin() + static_cast<std::ptrdiff_t>(lower.end),
                                    [](const Word& word) { return word.space; });
    // What hangs together at the end of the upper line.
    std::size_t from = upper.end - 1;
    float moved = words[from].width;
    while (from > upper.begin && !words[from].space) moved += words[--from].width;
    if (from <= upper.begin || (!heading && !alone)) return;
    const auto spaces = std::count_if(words.begin() + static_cast<std::ptrdiff_t>(upper.begin) + 1,
                                      words.begin() + static_cast<std::ptrdiff_t>(from),
                                      [](const Word& word) { return word.space; });
    const float below = lower.width + moved + block.space + words[lower.begin].lead;
    const float left = upper.width - moved - block.space - words[from].lead;
    if (below > width || (heading ? below > left : spaces < 1)) return;
    upper.end = lower.begin = from;
    upper.width = left;
    lower.width = below;
  }
}

float Ui::Impl::height(const Block& block) const {
  auto lines = block.lines.size();
  if (block.lines_max > 0) lines = std::min(lines, static_cast<std::size_t>(block.lines_max));
  return static_cast<float>(std::max<std::size_t>(1, lines)) * line(block.type);
}

void Ui::Impl::draw(const Painter& p, const Block& block, Rect r, Color color, Align align) const {
  const Face& face = fonts.face(block.type);
  const float lead = face.line;
  auto count = block.lines.size();
  const bool left_out = block.lines_max > 0 && count > static_cast<std::size_t>(block.lines_max);
  if (left_out) count = static_cast<std::size_t>(block.lines_max);
  for (std::size_t i = 0; i < count; ++i) {
    const WordLine& line = block.lines[i];
    const float base = r.y + static_cast<float>(i) * lead + lead / 2 + face.css * face.cap / 2;
    const float slack = r.w - line.width;
    const float start = r.x + (align == Align::center ? slack / 2 : align == Align::end ? slack : 0);
    const auto lead_of = [&](std::size_t w) {
      return w > line.begin && block.words[w].space ? block.space + block.words[w].lead : 0.0F;
    };
    // The highlighter first, one band for each run of marked words.
    float x = start;
    for (std::size_t w = line.begin; w < line.end;) {
      x += lead_of(w);
      if (!block.words[w].marked) {
        x += block.words[w++].width;
        continue;
      }
      const float from = x;
      x += block.words[w++].width;
      while (w < line.end && block.words[w].marked) x += lead_of(w) + block.words[w].width, ++w;
      if (p.t.contrast)
        p.rect({from, base + 4, x - from, 2}, p.t.pine);
      else
        p.rect({from - 2, base - face.css * 0.80F, x - from + 4, face.css * 1.08F}, p.t.mark, 3);
    }
    x = start;
    for (std::size_t w = line.begin; w < line.end; ++w) {
      const Word& word = block.words[w];
      x += lead_of(w);
      const Type type = word.strong ? bold_of(block.type) : block.type;
      if (left_out && i + 1 == count && w + 1 == line.end) {
        std::string shortened = word.words + "…";
        std::u32string characters = to_utf32(word.words);
        while (!characters.empty() && x + p.width(type, shortened) > r.right() + 1) {
          characters.pop_back();
          shortened = to_utf8(characters) + "…";
        }
        p.words(type, {x, base}, color, shortened);
        break;
      }
      p.words(type, {x, base}, word.marked && p.t.contrast ? p.t.pine : color, word.words);
      x += word.width;
    }
  }
}

int Ui::Impl::words(const Text& text, const Style& style, Role role, int level) {
  if (text.empty()) return -1;
  auto laid = block(text, style.type, style.lines_max);
  const float icon_room = style.icon == Icon::none ? 0 : 26;
  Box box;
  box.width = style.width;
  box.width_max = style.width_max;
  box.pad.left = icon_room;
  const int index = leaf(box);
  Node& n = node(index);
  n.block = laid;
  n.shrinks = true;
  n.stretchy = true;
  const Color ink = color(t(), style.ink);
  const Align align = style.align;
  const Icon icon = style.icon;
  const Color icon_ink =
      color(t(), style.ink == Ink::muted || style.ink == Ink::text ? Ink::pine : style.ink);
  n.before.push_back([this, laid, ink, align, icon, icon_ink](const Painter& p, Rect r) {
    if (icon != Icon::none) {
      p.icon(icon, {r.x + 9, r.y + line(laid->type) / 2}, 18, icon_ink, 2.1F);
      r.x += 26;
      r.w -= 26;
    }
    draw(p, *laid, r, ink, align);
  });
  if (style.spoken) {
    Semantic s;
    s.role = role;
    s.level = level;
    s.name = plain(text);
    n.semantic = std::move(s);
  }
  return index;
}

}  // namespace waymark::ui
