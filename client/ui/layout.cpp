// Boxes: how wide each would like to be, how wide it may be, how high that makes it, and where it lies.
#include <algorithm>
#include <cmath>

#include "client/ui/impl.hpp"

namespace waymark::ui {
namespace {

float clamp_width(const Box& box, float w) {
  if (box.width_max > 0) w = std::min(w, box.width_max);
  return std::max(w, box.width_min);
}
float clamp_height(const Box& box, float h) {
  if (box.height_max > 0) h = std::min(h, box.height_max);
  return std::max(h, box.height_min);
}

// A share of `room` for each weight, none below its least.
void share(float room, const std::vector<float>& weights, const std::vector<float>& least,
           std::vector<float>& out) {
  const std::size_t count = weights.size();
  std::vector<bool> fixed(count, false);
  out.assign(count, 0);
  for (bool again = true; again;) {
    again = false;
    float left = room, weight = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (fixed[i])
        left -= least[i];
      else
        weight += weights[i];
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (fixed[i]) {
        out[i] = least[i];
        continue;
      }
      out[i] = weight > 0 ? std::max(0.0F, left) * weights[i] / weight : 0;
      if (out[i] < least[i] - 0.01F) {
        fixed[i] = true;
        again = true;
        break;
      }
    }
  }
}

}  // namespace

void Ui::Impl::measure_width(int index) {
  Node& n = node(index);
  const float pad = n.box.pad.left + n.box.pad.right;
  float natural = 0, least = 0;
  if (n.kind == Kind::leaf) {
    if (n.block) {
      natural = n.block->natural;
      least = n.block->widest;
    } else if (n.measure) {
      natural = n.measure(-1).x;
      least = n.shrinks ? n.measure(0).x : natural;
    }
  } else {
    int count = 0;
    for (int c = n.first; c >= 0; c = node(c).next) {
      measure_width(c);
      const Node& child = node(c);
      const bool across = n.kind == Kind::row;
      float want = child.natural_w, need = child.min_w;
      if (n.kind == Kind::layer && child.box.at) want += child.box.at->x;
      if (across) {
        natural += want;
        least = n.box.wrap ? std::max(least, need) : least + need;
      } else {
        natural = std::max(natural, want);
        least = std::max(least, need);
      }
      ++count;
    }
    const float gaps = n.box.gap * static_cast<float>(std::max(0, count - 1));
    if (n.kind == Kind::row) {
      natural += gaps;
      if (!n.box.wrap) least += gaps;
    } else if (n.kind == Kind::grid) {
      const float columns = static_cast<float>(std::min(n.columns, std::max(1, count)));
      natural = natural * columns + n.box.gap * (columns - 1);
      least = least * columns + n.box.gap * (columns - 1);
    }
  }
  natural += pad;
  least += pad;
  if (n.box.width.kind == Length::Kind::px) natural = least = n.box.width.value;
  n.natural_w = clamp_width(n.box, natural);
  n.min_w = std::min(n.natural_w, clamp_width(n.box, least));
}

void Ui::Impl::assign_width(int index, float width) {
  Node& n = node(index);
  n.rect.w = width;
  if (n.kind == Kind::leaf) {
    if (n.block) wrap(*n.block, width - n.box.pad.left - n.box.pad.right);
    return;
  }
  const float room = std::max(0.0F, width - n.box.pad.left - n.box.pad.right);
  if (n.kind == Kind::column || n.kind == Kind::layer) {
    for (int c = n.first; c >= 0; c = node(c).next) {
      Node& child = node(c);
      const auto& rule = child.box.width;
      float w = room;
      if (rule.kind == Length::Kind::px)
        w = std::min(rule.value, room);
      else if (rule.kind == Length::Kind::fit)
        w = std::min(child.natural_w, room);
      else if (rule.kind == Length::Kind::natural && (n.box.cross != Cross::stretch || !child.stretchy))
        w = std::min(child.natural_w, room);
      if (n.kind == Kind::layer && rule.kind == Length::Kind::fill) w = room * std::min(1.0F, rule.value);
      assign_width(c, clamp_width(child.box, w));
    }
    return;
  }
  if (n.kind == Kind::grid) {
    const float columns = static_cast<float>(std::max(1, n.columns));
    const float w = std::max(0.0F, (room - n.box.gap * (columns - 1)) / columns);
    int line = 0, column = 0;
    for (int c = n.first; c >= 0; c = node(c).next) {
      node(c).line = line;
      assign_width(c, clamp_width(node(c).box, w));
      if (++column == n.columns) column = 0, ++line;
    }
    return;
  }

  // A row, or the lines of one that wraps.
  const auto growing = [](const Node& child) {
    return child.box.width.kind == Length::Kind::fill ||
           (child.box.width.kind == Length::Kind::natural && child.grows);
  };
  std::vector<int> line;
  int number = 0;
  const auto finish = [&] {
    if (line.empty()) return;
    const float inner = room - n.box.gap * static_cast<float>(line.size() - 1);
    float fixed = 0, slack = 0;
    std::vector<float> weights, least, shares;
    for (const int c : line) {
      const Node& child = node(c);
      if (growing(child)) {
        weights.push_back(child.box.width.kind == Length::Kind::fill ? child.box.width.value : 1);
        least.push_back(child.min_w);
      } else {
        fixed += child.natural_w;
        if (child.shrinks) slack += child.natural_w - child.min_w;
      }
    }
    float grown = 0;
    for (const float one : least) grown += one;
    const float over = std::max(0.0F, fixed + grown - inner);
    const float shrink = slack > 0 ? std::min(1.0F, over / slack) : 0;
    float used = 0;
    for (const int c : line) {
      Node& child = node(c);
      if (growing(child)) continue;
      float w = child.natural_w;
      if (child.shrinks) w -= (child.natural_w - child.min_w) * shrink;
      w = clamp_width(child.box, w);
      used += w;
      assign_width(c, w);
    }
    share(std::max(0.0F, inner - used), weights, least, shares);
    std::size_t at = 0;
    for (const int c : line) {
      Node& child = node(c);
      child.line = number;
      if (growing(child)) assign_width(c, clamp_width(child.box, shares[at++]));
    }
    line.clear();
    ++number;
  };
  float x = 0;
  for (int c = n.first; c >= 0; c = node(c).next) {
    const Node& child = node(c);
    const float w = growing(child) ? std::max(child.min_w, child.box.width_min) : child.natural_w;
    const float need = n.box.wrap && growing(child) ? std::min(child.natural_w, room) : w;
    if (n.box.wrap && !line.empty() && x + n.box.gap + need > room + 0.5F) {
      finish();
      x = 0;
    }
    x += (line.empty() ? 0 : n.box.gap) + need;
    line.push_back(c);
  }
  finish();
}

void Ui::Impl::measure_height(int index) {
  Node& n = node(index);
  const float pad = n.box.pad.top + n.box.pad.bottom;
  float content = 0, least = 0;
  if (n.kind == Kind::leaf) {
    if (n.block)
      content = this->height(*n.block);
    else if (n.measure)
      content = n.measure(n.rect.w - n.box.pad.left - n.box.pad.right).y;
    least = content;
  } else if (n.kind == Kind::column || n.kind == Kind::layer) {
    int count = 0;
    for (int c = n.first; c >= 0; c = node(c).next) {
      measure_height(c);
      const Node& child = node(c);
      const float low =
          child.box.height.kind == Length::Kind::fill || child.scrolls ? child.min_h : child.natural_h;
      if (n.kind == Kind::layer) {
        if (child.box.at && (child.box.part.x != 0 || child.box.part.y != 0 || child.box.anchor.y != 0))
          continue;
        const float below = child.box.at ? child.box.at->y : 0;
        content = std::max(content, child.natural_h + below);
        least = std::max(least, low + below);
        continue;
      }
      content += child.natural_h;
      least += low;
      ++count;
    }
    if (n.kind == Kind::column) {
      const float gaps = n.box.gap * static_cast<float>(std::max(0, count - 1));
      content += gaps;
      least += gaps;
    }
  } else {
    std::vector<float> lines, low;
    for (int c = n.first; c >= 0; c = node(c).next) {
      measure_height(c);
      const Node& child = node(c);
      const auto at = static_cast<std::size_t>(child.line);
      if (lines.size() <= at) lines.resize(at + 1, 0), low.resize(at + 1, 0);
      lines[at] = std::max(lines[at], child.natural_h);
      low[at] = std::max(low[at], child.min_h);
    }
    for (const float h : lines) content += h;
    for (const float h : low) least += h;
    const float gaps = lines.empty() ? 0 : n.box.gap * static_cast<float>(lines.size() - 1);
    content += gaps;
    least += gaps;
  }
  n.content_h = content + pad;
  float natural = n.content_h, low = least + pad;
  if (n.scrolls) low = std::min(low, std::max(n.box.height_min, 72.0F));
  if (n.box.height.kind == Length::Kind::px) natural = low = n.box.height.value;
  n.natural_h = clamp_height(n.box, natural);
  n.min_h = std::min(n.natural_h, std::max(low, n.box.height_min));
}

void Ui::Impl::assign_height(int index, float height) {
  Node& n = node(index);
  n.rect.h = height;
  if (n.kind == Kind::leaf) return;
  const float pad = n.box.pad.top + n.box.pad.bottom;
  float inner = height - pad;
  if (n.scrolls) {
    // What is inside may grow to the height of the area, and shrink only as far as its own scroll areas let
    // it.
    float least = 0;
    int count = 0;
    for (int c = n.first; c >= 0; c = node(c).next, ++count)
      least += node(c).box.height.kind == Length::Kind::fill || node(c).scrolls ? node(c).min_h
                                                                                : node(c).natural_h;
    least += n.box.gap * static_cast<float>(std::max(0, count - 1));
    n.content_h = std::max(inner, least) + pad;
    inner = n.content_h - pad;
  }
  if (n.kind == Kind::column) {
    float fixed = 0;
    int count = 0;
    std::vector<float> weights, least, shares;
    const auto filling = [](const Node& child) { return child.box.height.kind == Length::Kind::fill; };
    for (int c = n.first; c >= 0; c = node(c).next, ++count) {
      const Node& child = node(c);
      if (filling(child)) {
        weights.push_back(child.box.height.value);
        least.push_back(child.min_h);
      } else {
        fixed += child.natural_h;
      }
    }
    const float room = inner - n.box.gap * static_cast<float>(std::max(0, count - 1));
    // A lone scroll area that is too high for its column gives way.
    float over = std::max(0.0F, fixed - room);
    for (const float one : least) over = std::max(0.0F, over + one);
    share(std::max(0.0F, room - fixed), weights, least, shares);
    std::size_t at = 0;
    for (int c = n.first; c >= 0; c = node(c).next) {
      Node& child = node(c);
      float h = filling(child) ? shares[at++] : child.natural_h;
      if (!filling(child) && child.scrolls && over > 0) {
        const float give = std::min(over, child.natural_h - child.min_h);
        h -= give;
        over -= give;
      }
      assign_height(c, clamp_height(child.box, h));
    }
    return;
  }
  if (n.kind == Kind::layer) {
    for (int c = n.first; c >= 0; c = node(c).next) {
      Node& child = node(c);
      const auto& rule = child.box.height;
      float h = child.natural_h;
      if (rule.kind == Length::Kind::fill)
        h = inner * std::min(1.0F, rule.value);
      else if (rule.kind == Length::Kind::natural && child.stretchy && !child.box.at)
        h = inner;
      assign_height(c, clamp_height(child.box, h));
    }
    return;
  }
  // Rows and grids: each line is as high as its highest, and the lines share what is left.
  std::vector<float> lines;
  for (int c = n.first; c >= 0; c = node(c).next) {
    const auto at = static_cast<std::size_t>(node(c).line);
    if (lines.size() <= at) lines.resize(at + 1, 0);
    lines[at] = std::max(lines[at], node(c).natural_h);
  }
  if (lines.empty()) return;
  float used = n.box.gap * static_cast<float>(lines.size() - 1);
  for (const float h : lines) used += h;
  const float more = (inner - used) / static_cast<float>(lines.size());
  if (n.kind == Kind::grid || lines.size() == 1)
    for (float& h : lines) h = std::max(0.0F, h + more);
  for (int c = n.first; c >= 0; c = node(c).next) {
    Node& child = node(c);
    const float room = lines[static_cast<std::size_t>(child.line)];
    const auto& rule = child.box.height;
    float h = std::min(child.natural_h, std::max(room, child.min_h));
    if (rule.kind == Length::Kind::fill || (rule.kind == Length::Kind::natural && child.stretchy &&
                                            (n.box.cross == Cross::stretch || n.kind == Kind::grid)))
      h = room;
    assign_height(c, clamp_height(child.box, h));
  }
}

void Ui::Impl::place(int index, float x, float y) {
  Node& n = node(index);
  n.rect.x = x;
  n.rect.y = y;
  if (n.kind == Kind::leaf) return;
  const float left = x + n.box.pad.left, top = y + n.box.pad.top - n.scroll;
  const float room_w = n.rect.w - n.box.pad.left - n.box.pad.right;
  const float room_h = (n.scrolls ? n.content_h : n.rect.h) - n.box.pad.top - n.box.pad.bottom;
  if (n.kind == Kind::layer) {
    for (int c = n.first; c >= 0; c = node(c).next) {
      const Node& child = node(c);
      const Vec at = child.box.at.value_or(Vec{});
      place(c, left + at.x + child.box.part.x * room_w - child.box.anchor.x * child.rect.w,
            top + at.y + child.box.part.y * room_h - child.box.anchor.y * child.rect.h);
    }
    return;
  }
  if (n.kind == Kind::column) {
    float used = 0;
    int count = 0;
    for (int c = n.first; c >= 0; c = node(c).next, ++count) used += node(c).rect.h;
    used += n.box.gap * static_cast<float>(std::max(0, count - 1));
    const float left_over = std::max(0.0F, room_h - used);
    float at = top, between = n.box.gap;
    if (n.box.align == Align::center) at += left_over / 2;
    if (n.box.align == Align::end) at += left_over;
    if (n.box.align == Align::between && count > 1) between += left_over / static_cast<float>(count - 1);
    for (int c = n.first; c >= 0; c = node(c).next) {
      const float slack = room_w - node(c).rect.w;
      const float shift = n.box.cross == Cross::center ? slack / 2 : n.box.cross == Cross::end ? slack : 0;
      place(c, left + shift, at);
      at += node(c).rect.h + between;
    }
    return;
  }
  // Lines of a row or a grid.
  int line_count = 0;
  for (int c = n.first; c >= 0; c = node(c).next) line_count = std::max(line_count, node(c).line + 1);
  float line_top = top;
  for (int line = 0; line < line_count; ++line) {
    float high = 0, used = 0;
    int count = 0;
    for (int c = n.first; c >= 0; c = node(c).next) {
      if (node(c).line != line) continue;
      high = std::max(high, node(c).rect.h);
      used += node(c).rect.w;
      ++count;
    }
    used += n.box.gap * static_cast<float>(std::max(0, count - 1));
    const float line_height = line_count == 1 ? room_h : high;
    const float left_over = std::max(0.0F, room_w - used);
    float at = left, between = n.box.gap;
    if (n.kind == Kind::row) {
      if (n.box.align == Align::center) at += left_over / 2;
      if (n.box.align == Align::end) at += left_over;
      if (n.box.align == Align::between && count > 1) between += left_over / static_cast<float>(count - 1);
    }
    for (int c = n.first; c >= 0; c = node(c).next) {
      if (node(c).line != line) continue;
      const float slack = line_height - node(c).rect.h;
      const bool middle =
          n.box.cross == Cross::center || (n.box.cross == Cross::stretch && !node(c).stretchy);
      const float shift = middle ? slack / 2 : n.box.cross == Cross::end ? slack : 0;
      place(c, at, line_top + shift);
      at += node(c).rect.w + between;
    }
    line_top += line_height + n.box.gap;
  }
}

void Ui::Impl::lay_out() {
  const float w = window.width / scale, h = window.height / scale;
  for (auto& layer : layers) {
    measure_width(layer.root);
    assign_width(layer.root, w);
    measure_height(layer.root);
    assign_height(layer.root, h);
  }
  // Scroll areas: how far they can go, and where they are.
  for (auto& n : nodes) {
    if (!n.scrolls) continue;
    auto& kept = scroll_states[n.id];
    kept.seen = frame;
    auto& s = kept.value;
    s.most = std::max(0.0F, n.content_h - n.rect.h);
    s.page = n.rect.h;
    s.target = std::clamp(s.target, 0.0F, s.most);
    if (reduced || s.jump || std::abs(s.target - s.offset) < 0.5F) {
      s.offset = s.target;
      s.jump = false;
    } else {
      s.offset += (s.target - s.offset) * (1 - std::exp(-static_cast<float>(delta) * 18));
      moving = true;
    }
    s.offset = std::clamp(s.offset, 0.0F, s.most);
    n.scroll = std::round(s.offset * scale) / scale;
  }
  for (auto& layer : layers) place(layer.root, 0, 0);
  reveal_focus();
  for (auto& n : nodes) {
    if (n.arrange) n.arrange(n);
    if (n.pin_to < 0) continue;
    const Rect panel = node(n.pin_to).rect;
    n.rect.x = panel.right() - n.rect.w - 16;
    n.rect.y = panel.y + 18;
  }
}

// Scrolls so that what has taken the focus is seen whole.
void Ui::Impl::reveal_focus() {
  if (!reveal) return;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].id != reveal || nodes[i].hit == Hit::none) continue;
    for (int up = nodes[i].parent; up >= 0; up = node(up).parent) {
      Node& area = node(up);
      if (!area.scrolls) continue;
      auto& s = scroll_states[area.id].value;
      const float margin = 16;
      const float above = area.rect.y + margin - nodes[i].rect.y;
      const float below = nodes[i].rect.bottom() + margin - area.rect.bottom();
      float by = 0;
      if (above > 0)
        by = -above;
      else if (below > 0)
        by = std::min(below, -above);
      if (by == 0) continue;
      s.target = s.offset = std::clamp(s.offset + by, 0.0F, s.most);
      area.scroll = std::round(s.offset * scale) / scale;
      for (auto& layer : layers) place(layer.root, 0, 0);
    }
    break;
  }
  reveal = 0;
}

}  // namespace waymark::ui
