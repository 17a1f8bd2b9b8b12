// Boxes with a look, words, and everything that can be pressed.
#include <algorithm>
#include <cmath>

#include "client/ui/impl.hpp"

namespace waymark::ui {
namespace {

constexpr float page_top = 62, page_foot = 40;

Color surface_color(const Tokens& t, Surface::Fill fill) {
  switch (fill) {
    case Surface::Fill::none:
      return 0;
    case Surface::Fill::surface:
      return t.surface;
    case Surface::Fill::well:
      return mix(t.surface, t.surface2, 0.55F);
    case Surface::Fill::soft:
      return mix(t.surface, t.pine_soft, 0.62F);
    case Surface::Fill::chosen:
      return t.pine_soft;
    case Surface::Fill::trail:
      return t.trail_soft;
    case Surface::Fill::page:
      return t.page;
  }
  return 0;
}

// Outline of what can be pressed and is not filled.
Color quiet_edge(const Tokens& t) { return t.contrast ? t.border : mix(t.border, t.control, 0.88F); }

void corner_disc(const Painter& p, Rect r, bool chosen) {
  const Vec at{r.right() - 7, r.y + 7};
  p.circle(at, 13, chosen ? p.t.pine : p.t.surface);
  p.ring(at, 13, chosen ? p.t.surface : p.t.control, chosen ? 2 : 1.5F);
  if (chosen)
    p.icon(Icon::check, at, 17, p.t.on_pine, 3);
  else
    p.icon(Icon::plus, at, 14, p.t.muted, 2.4F);
}

// The flag on the upper edge of the level that the class aims for.
void draw_aim(const Painter& p, Rect card, float pad, const std::string& words) {
  const float wide = p.width(Type::small_bold, words) + 24;
  const Rect flag{card.x + pad, card.y - 16, std::min(wide, card.w - 2 * pad), 26};
  p.rect(flag, p.t.pine, 13);
  p.words_middle(Type::small_bold, flag.centre(), p.t.on_pine, words);
}

}  // namespace

// ---- page

Scope Ui::page(const Page& page) {
  Impl& m = *impl_;
  Box box;
  box.width = fill();
  box.height = fill();
  const int index = m.open_layer("", false, Kind::column, box, {});
  m.node(index).before.push_back([page](const Painter& p, Rect r) {
    p.gradient(r, p.t.page, p.t.page2);
    if (!page.hills) return;
    const float high = r.h < 700 ? 118.0F : 226.0F;
    draw_foot_hills(p, {r.x, r.bottom() - page_foot - high, r.w, high}, page.path);
  });
  return m.scope(index);
}

Scope Ui::top_bar() {
  Impl& m = *impl_;
  Box box;
  box.pad = {side(), 10, side(), 10};
  box.gap = narrow() ? 6.0F : 8.0F;
  box.height_min = page_top;
  box.cross = Cross::center;
  box.wrap = true;
  const int index = m.open(Kind::row, box, "bar");
  m.node(index).before.push_back([](const Painter& p, Rect r) {
    p.rect(r, p.t.surface);
    p.rect({r.x, r.bottom() - 1, r.w, 1}, p.t.border);
  });
  Semantic s;
  s.role = Role::region;
  s.name = m.plain("kit.bar"_t);
  m.node(index).semantic = std::move(s);
  return m.scope(index);
}

Scope Ui::body(Box box) {
  Impl& m = *impl_;
  if (box.pad.left == 0 && box.pad.top == 0 && box.pad.right == 0)
    box.pad = narrow() ? Pad(20, 14) : low() ? Pad(40, 18) : Pad(40, 26);
  box.height = fill();
  const int index = m.open(Kind::column, box, "body");
  Node& n = m.node(index);
  n.scrolls = true;
  n.fade = m.page_fade();
  Semantic s;
  s.role = Role::region;
  s.name = m.plain("kit.main"_t);
  n.semantic = std::move(s);
  return m.scope(index);
}

Scope Ui::status_line() {
  Impl& m = *impl_;
  Box box;
  box.pad = {side(), 4, side(), 4};
  box.gap = narrow() ? 10.0F : 12.0F;
  box.height_min = page_foot;
  box.cross = Cross::center;
  box.wrap = true;
  const int index = m.open(Kind::row, box, "status");
  m.node(index).before.push_back([](const Painter& p, Rect r) {
    p.rect(r, p.t.contrast ? p.t.page : mix(p.t.page2, p.t.surface2, 0.4F));
    p.rect({r.x, r.y, r.w, 1}, p.t.border);
  });
  Semantic s;
  s.role = Role::region;
  s.name = m.plain("kit.status"_t);
  m.node(index).semantic = std::move(s);
  return m.scope(index);
}

void Ui::logo(bool with_words) {
  Impl& m = *impl_;
  const std::string name = m.plain("kit.waymark"_t);
  const float wide = with_words ? 38 + m.fonts.width(m.fonts.face(Type::h2), name) + 20 : 30;
  const int index = m.leaf({});
  Node& n = m.node(index);
  n.measure = [wide](float) { return Vec{wide, 36}; };
  n.before.push_back([name, with_words](const Painter& p, Rect r) {
    draw_logo(p, {r.x + 13, r.centre().y}, 13);
    if (with_words) p.words_left(Type::h2, r.x + 38, r.centre().y, p.t.text, name);
  });
  Semantic s;
  s.role = Role::image;
  s.name = name;
  n.semantic = std::move(s);
}

bool Ui::nav_item(std::string_view key, const Text& text, bool here) {
  Impl& m = *impl_;
  const std::string name = m.plain(text);
  const float words = m.fonts.width(m.fonts.face(Type::label), name);
  const float gap = narrow() ? 11.0F : 16.0F;
  const int index = m.leaf({}, key);
  m.node(index).measure = [words, gap](float) { return Vec{std::ceil(words + 2 * gap), 38}; };
  const auto c = m.control(index, Role::link, name);
  m.node(index).semantic->selected = here;
  m.node(index).before.push_back([name, here, gap, words, glow = c.glow](const Painter& p, Rect r) {
    const auto& t = p.t;
    const Rect pill{r.x, r.centre().y - 18, r.w, 36};
    if (here)
      p.rect(pill, t.pine_soft, 11);
    else if (glow > 0)
      p.rect(pill, with_alpha(t.surface2, glow), 11);
    if (t.contrast && here) p.frame(pill, t.pine, 11, 2);
    if (here) {
      std::vector<Vec> wave;
      for (int i = 0; i <= 20; ++i) {
        const float u = static_cast<float>(i) / 20;
        wave.push_back({r.x + gap + words * u, r.centre().y + 13.2F + std::sin(u * 12.4F)});
      }
      p.polyline(wave, t.pine, 2.2F);
    }
    p.words_left(Type::label, r.x + gap, r.centre().y - (here ? 1.0F : 0.0F),
                 here ? color(t, Ink::pine_deep) : mix(t.muted, t.text, glow), name);
  });
  m.ring_around(index, 11);
  return c.pressed;
}

// ---- boxes

Scope Ui::column(Box box) { return impl_->scope(impl_->open(Kind::column, box)); }
Scope Ui::row(Box box) { return impl_->scope(impl_->open(Kind::row, box)); }
Scope Ui::layer(Box box) { return impl_->scope(impl_->open(Kind::layer, box)); }

Scope Ui::grid(int columns, Box box) {
  const int index = impl_->open(Kind::grid, box);
  impl_->node(index).columns = std::max(1, columns);
  return impl_->scope(index);
}

Scope Ui::box(std::string_view key, const Surface& surface, Box box) {
  Impl& m = *impl_;
  const int index = m.open(Kind::column, box, key);
  Node& n = m.node(index);
  n.before.push_back([surface, &n](const Painter& p, Rect r) {
    const Color fill_color = surface_color(p.t, surface.fill);
    n.ground = fill_color;
    if (surface.lift > 0) p.shadow(r, surface.radius, surface.lift);
    if (fill_color) p.rect(r, fill_color, surface.radius);
    const bool needs_edge =
        p.t.contrast && surface.fill != Surface::Fill::none && surface.fill != Surface::Fill::page;
    if (surface.dashed)
      p.dashed_frame(r, p.t.pine, surface.radius, 1.6F);
    else if (surface.edge || needs_edge)
      p.frame(r, p.t.border, surface.radius, p.t.contrast ? 2 : 1);
  });
  if (surface.name) {
    Semantic s;
    s.role = surface.role;
    s.name = m.plain(surface.name);
    n.semantic = std::move(s);
  }
  return m.scope(index);
}

Scope Ui::card(std::string_view key, Box box) {
  Surface surface;
  surface.fill = Surface::Fill::surface;
  surface.radius = 18;
  surface.lift = 1;
  surface.edge = true;
  return this->box(key, surface, box);
}

Scope Ui::well(Box box) {
  Surface surface;
  surface.fill = Surface::Fill::well;
  surface.radius = 14;
  return this->box({}, surface, box);
}

Scope Ui::soft(Box box) {
  Surface surface;
  surface.fill = Surface::Fill::soft;
  surface.radius = 14;
  return this->box({}, surface, box);
}

Scope Ui::scroll(std::string_view key, Box box) {
  const int index = impl_->open(Kind::column, box, key);
  impl_->node(index).scrolls = true;
  return impl_->scope(index);
}

Scope Ui::tile(std::string_view key, const Tile& tile, Box box) {
  Impl& m = *impl_;
  const int index = m.open(Kind::column, box, key);
  const auto c = m.control(index, tile.role, m.plain(tile.name), tile.enabled);
  Node& n = m.node(index);
  n.silent = true;
  n.preferred = tile.first_focus;
  auto& s = *n.semantic;
  s.hint = m.plain(tile.hint);
  s.checkable = tile.role == Role::radio || tile.role == Role::check_box;
  s.checked = tile.chosen;
  s.selected = tile.chosen;
  s.group = tile.role == Role::radio || tile.role == Role::tab ? m.group : 0;
  s.preferred = tile.first_focus;
  const float on = m.motion(n.id, "on", tile.chosen ? 1 : 0, 0.14F);
  if (tile.first_focus && !m.last.find(n.id)) m.set_focus(n.id, m.ring);
  n.before.push_back([tile, on, c, &n](const Painter& p, Rect r) {
    const auto& t = p.t;
    if (tile.plain) {
      if (c.glow > 0) p.rect(r.inset(-4), with_alpha(t.surface2, c.glow * 0.8F), tile.radius);
      return;
    }
    const Rect body = c.held ? Rect{r.x, r.y + 1, r.w, r.h} : r;
    if (!tile.dashed) p.shadow(body, tile.radius, tile.lift * (c.held ? 0.5F : 1 + 0.5F * c.glow));
    Color ground = surface_color(t, tile.fill);
    if (!ground) ground = t.surface;
    ground = mix(ground, t.surface2, c.glow * (t.contrast ? 0 : 0.35F));
    n.ground = mix(ground, chosen_ground(t), on);
    p.rect(body, n.ground, tile.radius);
    if (tile.dashed)
      p.dashed_frame(body, t.pine, tile.radius, 1.8F);
    else if (on > 0.5F)
      p.frame(body, t.pine, tile.radius, 2.6F);
    else if (tile.edge || t.contrast)
      p.frame(body, mix(t.border, t.control, c.glow * 0.7F), tile.radius, t.contrast ? 2 : 1);
  });
  if (tile.tick)
    n.after.push_back([chosen = tile.chosen](const Painter& p, Rect r) { corner_disc(p, r, chosen); });
  m.ring_around(index, tile.radius);
  return m.scope(index, c.pressed);
}

Scope Ui::radio_group(std::string_view key, const Text& name, Box box) {
  Impl& m = *impl_;
  const int index = m.open(Kind::column, box, key);
  Semantic s;
  s.role = Role::radio_group;
  s.name = m.plain(name);
  m.node(index).semantic = std::move(s);
  m.group = m.node(index).id;
  return m.scope(index);
}

Scope Ui::region(std::string_view key, const Text& name, Box box) {
  Impl& m = *impl_;
  const int index = m.open(Kind::column, box, key);
  Semantic s;
  s.role = Role::region;
  s.name = m.plain(name);
  m.node(index).semantic = std::move(s);
  return m.scope(index);
}

void Ui::space(float size) {
  Box box;
  box.width = px(impl_->in_row() ? size : 0);
  box.height = px(impl_->in_row() ? 0 : size);
  impl_->leaf(box);
}

void Ui::stretch(float weight) {
  Box box;
  if (impl_->in_row())
    box.width = fill(weight);
  else
    box.height = fill(weight);
  impl_->leaf(box);
}

void Ui::rule() {
  Impl& m = *impl_;
  const bool across = m.in_row();
  const int index = m.leaf({});
  Node& n = m.node(index);
  n.stretchy = true;
  n.measure = [across](float) { return across ? Vec{1, 20} : Vec{0, 1}; };
  n.before.push_back([across](const Painter& p, Rect r) {
    if (across)
      p.rect({r.x, r.y, 1, r.h}, p.t.border);
    else
      p.rect({r.x, r.y, r.w, 1}, p.t.border);
  });
}

// ---- words

void Ui::text(const Text& text, Style style) { impl_->words(text, style, Role::text, 0); }

void Ui::heading(int level, const Text& text, Style style) {
  if (style.type == Type::body) style.type = level <= 1 ? Type::h1 : level == 2 ? Type::h2 : Type::h3;
  impl_->words(text, style, Role::heading, level);
}

void Ui::icon(Icon icon, float size, Ink ink) {
  Impl& m = *impl_;
  const int index = m.leaf({});
  Node& n = m.node(index);
  n.measure = [size](float) { return Vec{size, size}; };
  n.before.push_back([icon, size, ink](const Painter& p, Rect r) {
    p.icon(icon, r.centre(), size, color(p.t, ink), size < 19 ? 2.2F : 1.9F);
  });
}

void Ui::disc(Icon icon, float size) {
  Impl& m = *impl_;
  const int index = m.leaf({});
  Node& n = m.node(index);
  n.measure = [size](float) { return Vec{size, size}; };
  n.before.push_back([icon, size](const Painter& p, Rect r) {
    const bool next = icon == Icon::flag;
    const Color ink = next ? p.t.trail : p.t.pine;
    p.circle(r.centre(), size / 2, next ? p.t.trail_soft : p.t.pine_soft);
    if (p.t.contrast) p.ring(r.centre(), size / 2 - 1, ink, 1.6F);
    if (next)
      draw_flag(p, {r.centre().x - size * 0.13F, r.centre().y + size * 0.29F}, size * 0.6F, ink);
    else
      p.icon(icon, r.centre(), size * 0.53F, ink);
  });
}

void Ui::bullet() {
  Impl& m = *impl_;
  const int index = m.leaf({});
  Node& n = m.node(index);
  n.measure = [](float) { return Vec{4, 8}; };
  n.before.push_back([](const Painter& p, Rect r) {
    p.circle({r.x + 2, r.centre().y + 1}, 1.8F, p.t.muted);
  });
}

void Ui::tag(const Text& text) {
  Impl& m = *impl_;
  auto laid = m.block(text, Type::small_bold);
  const int index = m.leaf({});
  Node& n = m.node(index);
  const float wide = laid->natural + 22;
  n.measure = [wide](float) { return Vec{wide, 26}; };
  const std::string words = m.plain(text);
  n.before.push_back([words](const Painter& p, Rect r) {
    p.rect(r, p.t.pine_soft, r.h / 2);
    if (p.t.contrast) p.frame(r, p.t.pine, r.h / 2, 1.5F);
    p.words_middle(Type::small_bold, r.centre(), color(p.t, Ink::pine_deep), words);
  });
  Semantic s;
  s.role = Role::text;
  s.name = words;
  n.semantic = std::move(s);
}

// ---- controls

bool Ui::button(std::string_view key, const Button& spec) {
  Impl& m = *impl_;
  const bool small_link = spec.small && spec.look == Look::link;
  const Type type = spec.big ? Type::h3 : small_link ? Type::small : Type::label;
  auto laid = m.block(spec.text, type);
  const float high = spec.big                  ? 50.0F
                     : small_link              ? 26.0F
                     : spec.small              ? 38.0F
                     : spec.look == Look::link ? 34.0F
                                               : 42.0F;
  const float side_pad = spec.look == Look::link ? 0.0F : spec.big ? 28.0F : spec.small ? 14.0F : 18.0F;
  const float before = spec.icon == Icon::none ? 0.0F : 26.0F,
              after = spec.after == Icon::none ? 0.0F : 26.0F;
  const float around = 2 * side_pad + before + after;
  Box box;
  box.width = spec.width;
  const int index = m.leaf(box, key);
  const auto c =
      m.control(index, spec.look == Look::link ? Role::link : Role::button, m.plain(spec.text), spec.enabled);
  Node& n = m.node(index);
  n.shrinks = true;
  n.semantic->hint = m.plain(spec.hint);
  n.measure = [&m, laid, around, high](float width) -> Vec {
    if (width < 0) return {laid->natural + around, high};
    if (width == 0) return {laid->widest + around, high};
    m.wrap(*laid, std::max(8.0F, width - around));
    return {width, std::max(high, m.height(*laid) + high - m.line(laid->type))};
  };
  const Button look = spec;
  n.before.push_back([&m, laid, look, c, high, side_pad, before, after](const Painter& p, Rect r) {
    const auto& t = p.t;
    const float radius = std::min(high * 0.30F, r.h / 2);
    const bool full = look.look == Look::trail || look.look == Look::pine;
    Rect body = c.held ? Rect{r.x, r.y + 1, r.w, r.h} : r;
    Color ink = t.text, icon_ink = t.pine;
    if (full) {
      Color ground = look.look == Look::trail ? t.trail : t.pine;
      ink = icon_ink = look.look == Look::trail ? t.on_trail : t.on_pine;
      if (!look.enabled) {
        // Waiting: still readable, plainly not yet.
        p.rect(body, t.surface2, radius);
        p.dashed_frame(body, t.control, radius, t.contrast ? 2 : 1.4F);
        ink = icon_ink = t.muted;
      } else {
        if (!t.contrast)
          for (int i = 4; i >= 1; --i) {
            const float grow = static_cast<float>(i) * (c.held ? 0.5F : 1);
            p.rect({body.x - grow * 0.5F, body.y + 2, body.w + grow, body.h + grow - 0.5F},
                   with_alpha(t.dusk ? t.shadow : ground, 0.06F), radius + grow);
          }
        p.rect(body, mix(ground, t.dusk ? t.text : t.shadow, t.contrast ? 0 : 0.16F * c.glow), radius);
        if (!t.contrast)
          p.rect({body.x + radius, body.y + 1, body.w - 2 * radius, 1},
                 with_alpha(rgb(0xFFFFFF), t.dusk ? 0.25F : 0.18F));
      }
    } else if (look.look == Look::quiet) {
      p.rect(body, mix(t.surface, t.surface2, t.contrast ? 0 : c.glow * 0.8F), radius);
      if (look.enabled)
        p.frame(body, quiet_edge(t), radius, t.contrast ? 2 : 1.2F);
      else
        p.dashed_frame(body, t.control, radius, t.contrast ? 2 : 1.2F);
      if (!look.enabled) ink = icon_ink = t.muted;
    } else {
      ink = icon_ink = look.enabled ? mix(t.pine, color(t, Ink::pine_deep), c.glow) : t.muted;
      if (look.small && look.enabled) ink = t.text;
    }
    m.wrap(*laid, std::max(8.0F, r.w - 2 * side_pad - before - after));
    float widest = 0;
    for (const auto& line : laid->lines) widest = std::max(widest, line.width);
    const float whole = widest + before + after;
    float x = look.look == Look::link ? body.x : body.x + (body.w - whole) / 2;
    const float middle = body.centre().y;
    const float size = look.big ? 20.0F : 19.0F;
    if (before > 0) {
      p.icon(look.icon, {x + 9, middle}, size, icon_ink, 2.1F);
      x += before;
    }
    const float high_words = m.height(*laid);
    m.draw(p, *laid, {x, middle - high_words / 2, widest + 1, high_words}, ink,
           look.look == Look::link ? Align::start : Align::center);
    if (look.look == Look::link && c.glow > 0) {
      const float base = middle + high_words / 2 - 1;
      p.line({x, base}, {x + widest, base}, with_alpha(ink, c.glow * 0.7F), 1.4F);
    }
    if (after > 0) p.icon(look.after, {x + widest + 16, middle}, size, icon_ink, 2.3F);
  });
  m.ring_around(index, spec.look == Look::link ? 6 : high * 0.3F);
  return c.pressed;
}

bool Ui::link(std::string_view key, const Text& text, Icon before, Icon after) {
  Button spec;
  spec.text = text;
  spec.look = Look::link;
  spec.icon = before;
  spec.after = after;
  return button(key, spec);
}

bool Ui::icon_button(std::string_view key, const IconButton& spec) {
  Impl& m = *impl_;
  const int index = m.leaf({}, key);
  const std::string name = m.plain(spec.name);
  const auto c = m.control(index, Role::button, name, spec.enabled);
  Node& n = m.node(index);
  n.measure = [size = spec.size](float) { return Vec{size, size}; };
  if (c.hovered && m.now - m.hover_since < 0.5) m.wake = m.wake < 0 ? 0.1 : std::min(m.wake, 0.1);
  const bool told = (c.hovered && m.now - m.hover_since >= 0.5) || (c.focused && m.ring);
  n.before.push_back([&m, spec, c, told, name](const Painter& p, Rect r) {
    if (c.glow > 0) p.circle(r.centre(), r.w / 2, with_alpha(p.t.surface2, c.glow));
    p.icon(spec.icon, r.centre(), r.w * 0.55F, mix(color(p.t, spec.ink), p.t.text, c.glow));
    if (!told) return;
    m.overlays.push_back([r, name](const Painter& q, Rect whole) {
      const float wide = q.width(Type::small, name) + 20;
      Rect tip{r.centre().x - wide / 2, r.bottom() + 8, wide, 30};
      tip.x = std::clamp(tip.x, 8.0F, std::max(8.0F, whole.w - wide - 8));
      if (tip.bottom() > whole.h - 8) tip.y = r.y - 38;
      q.rect(tip, q.t.contrast ? q.t.page : q.t.text, 9);
      if (q.t.contrast) q.frame(tip, q.t.border, 9, 2);
      q.words_middle(Type::small, tip.centre(), q.t.contrast ? q.t.text : q.t.surface, name);
    });
  });
  m.ring_around(index, spec.size / 2);
  return c.pressed;
}

std::optional<std::string> Ui::tabs(std::string_view key, const Text& name, std::span<const Option> options,
                                    std::string_view chosen, bool are_tabs) {
  Impl& m = *impl_;
  std::optional<std::string> result;
  Box box;
  box.pad = 4;
  box.cross = Cross::stretch;
  // Side by side while the words fit; else one under the other.
  float need = 0;
  for (const auto& option : options)
    need = std::max(need, m.fonts.width(m.fonts.face(option.type), m.plain(option.text)) +
                              (option.icon == Icon::none ? 0.0F : 24.0F) + 28);
  const bool stacked = need * static_cast<float>(options.size()) > width() - 2 * side();
  const int index = m.open(stacked ? Kind::column : Kind::row, box, key);
  m.node(index).grows = true;
  Semantic s;
  s.role = are_tabs ? Role::tab_list : Role::radio_group;
  s.name = m.plain(name);
  m.node(index).semantic = std::move(s);
  m.group = m.node(index).id;
  // The raised paper slides to the one that was chosen.
  auto parts = std::make_shared<std::vector<int>>();
  std::size_t chosen_at = options.size();
  for (std::size_t i = 0; i < options.size(); ++i)
    if (options[i].key == chosen) chosen_at = i;
  const float slide =
      chosen_at < options.size() ? m.motion(m.group, "slide", static_cast<float>(chosen_at), 0.16F) : -1;
  m.node(index).before.push_back([&m, parts, slide](const Painter& p, Rect r) {
    const auto& t = p.t;
    p.rect(r, t.surface2, 13);
    if (t.contrast) p.frame(r, t.border, 13, 2);
    if (slide < 0 || parts->empty()) return;
    const auto from = std::min(static_cast<std::size_t>(slide), parts->size() - 1);
    const auto to = std::min(from + 1, parts->size() - 1);
    const Rect a = m.node((*parts)[from]).rect, b = m.node((*parts)[to]).rect;
    const float u = slide - static_cast<float>(from);
    const Rect paper{a.x + (b.x - a.x) * u, a.y + (b.y - a.y) * u, a.w + (b.w - a.w) * u,
                     a.h + (b.h - a.h) * u};
    p.shadow(paper, 10, 0.7F);
    p.rect(paper, t.contrast ? t.pine : t.surface, 10);
    p.frame(paper, t.contrast ? t.pine : t.border, 10, 1);
  });
  for (const auto& option : options) {
    Box part;
    part.width = fill();
    const int one = m.leaf(part, option.key);
    parts->push_back(one);
    const std::string words = m.plain(option.text);
    const auto c = m.control(one, are_tabs ? Role::tab : Role::radio, words);
    Node& n = m.node(one);
    n.shrinks = true;
    n.stretchy = true;
    const bool here = option.key == chosen;
    n.semantic->group = m.group;
    n.semantic->selected = n.semantic->checked = here;
    n.semantic->checkable = !are_tabs;
    if (c.pressed && !here) result = option.key;
    auto laid = m.block(option.text, option.type);
    const float icon_room = option.icon == Icon::none ? 0.0F : 24.0F;
    n.measure = [&m, laid, icon_room](float w) -> Vec {
      if (w < 0) return {laid->natural + 28 + icon_room, 38};
      if (w == 0) return {laid->widest + 16 + icon_room, 38};
      m.wrap(*laid, std::max(8.0F, w - 16 - icon_room));
      return {w, std::max(38.0F, m.height(*laid) + 16)};
    };
    n.before.push_back([&m, laid, here, c, icon = option.icon, icon_room](const Painter& p, Rect r) {
      const auto& t = p.t;
      if (!here && c.glow > 0) p.rect(r, with_alpha(t.surface, 0.5F * c.glow), 10);
      m.wrap(*laid, std::max(8.0F, r.w - 16 - icon_room));
      const Color ink = here ? (t.contrast ? t.on_pine : t.pine_deep) : mix(t.muted, t.text, c.glow);
      float widest = 0;
      for (const auto& line : laid->lines) widest = std::max(widest, line.width);
      float x = r.centre().x - (widest + icon_room) / 2;
      if (icon != Icon::none) {
        p.icon(icon, {x + 9, r.centre().y}, 18, ink, 2.1F);
        x += icon_room;
      }
      const float high = m.height(*laid);
      m.draw(p, *laid, {x, r.centre().y - high / 2, widest + 1, high}, ink, Align::center);
    });
    m.ring_around(one, 10, 1);
  }
  m.close();
  return result;
}

bool Ui::chip(std::string_view key, const Chip& spec) {
  Impl& m = *impl_;
  auto laid = m.block(spec.text, Type::small_bold);
  const float icon_room = spec.icon == Icon::none ? 0.0F : 22.0F;
  const int index = m.leaf({}, key);
  const auto c = m.control(index, spec.radio ? Role::radio : Role::check_box, m.plain(spec.text));
  Node& n = m.node(index);
  n.shrinks = true;
  n.semantic->checkable = true;
  n.semantic->checked = spec.chosen;
  n.semantic->group = spec.radio ? m.group : 0;
  n.measure = [&m, laid, icon_room](float w) -> Vec {
    if (w < 0) return {laid->natural + 28 + icon_room, 36};
    if (w == 0) return {laid->widest + 28 + icon_room, 36};
    m.wrap(*laid, std::max(8.0F, w - 28 - icon_room));
    return {w, std::max(36.0F, m.height(*laid) + 16)};
  };
  const float on = m.motion(n.id, "on", spec.chosen ? 1 : 0);
  n.before.push_back([&m, laid, spec, c, on, icon_room](const Painter& p, Rect r) {
    const auto& t = p.t;
    const float radius = std::min(18.0F, r.h / 2);
    p.rect(r, mix(mix(t.surface, t.surface2, t.contrast ? 0 : c.glow), t.pine_soft, on), radius);
    p.frame(r, mix(quiet_edge(t), t.pine, on), radius,
            spec.chosen ? (t.contrast ? 3.0F : 1.8F) : (t.contrast ? 2.0F : 1.2F));
    m.wrap(*laid, std::max(8.0F, r.w - 28 - icon_room));
    const Color ink = spec.chosen ? color(t, Ink::pine_deep) : t.text;
    float x = r.x + 14;
    if (icon_room > 0) {
      p.icon(spec.icon, {x + 7, r.centre().y}, 16, spec.chosen ? ink : t.pine, 2.3F);
      x += icon_room;
    }
    const float high = m.height(*laid);
    m.draw(p, *laid, {x, r.centre().y - high / 2, r.right() - 13 - x, high}, ink, Align::start);
  });
  m.ring_around(index, 18);
  return c.pressed;
}

bool Ui::check(std::string_view key, const Check& spec) {
  Impl& m = *impl_;
  auto laid = m.block(spec.next ? strong(spec.text) : spec.text, Type::body);
  const std::string next_words = spec.next ? m.plain("kit.next"_t) : std::string();
  const float next_room = spec.next ? m.fonts.width(m.fonts.face(Type::label), next_words) + 40 : 0;
  const int index = m.leaf({}, key);
  const auto c = m.control(index, Role::check_box, m.plain(spec.text), spec.enabled);
  Node& n = m.node(index);
  n.stretchy = true;
  n.shrinks = true;
  n.grows = true;
  n.semantic->checkable = true;
  n.semantic->checked = spec.checked;
  n.semantic->hint = next_words;
  const float lead = m.line(Type::body) - 1;
  n.measure = [&m, laid, next_room](float w) -> Vec {
    if (w < 0) return {laid->natural + 38 + next_room, 40};
    if (w == 0) return {laid->widest + 38 + next_room, 40};
    m.wrap(*laid, std::max(8.0F, w - 38 - next_room));
    return {w, std::max(40.0F, m.height(*laid) + 16)};
  };
  const float on = m.motion(n.id, "on", spec.checked ? 1 : 0, 0.14F);
  n.before.push_back([&m, laid, spec, c, on, next_room, next_words, lead](const Painter& p, Rect r) {
    const auto& t = p.t;
    if (spec.next)
      p.rect({r.x - 10, r.y, r.w + 20, r.h}, t.trail_soft, 12);
    else if (c.glow > 0)
      p.rect({r.x - 10, r.y, r.w + 20, r.h}, with_alpha(t.surface2, 0.55F * c.glow), 12);
    if (spec.next && t.contrast) p.frame({r.x - 10, r.y, r.w + 20, r.h}, t.trail, 12, 2);
    m.wrap(*laid, std::max(8.0F, r.w - 38 - next_room));
    const float high = m.height(*laid);
    const float first = r.centre().y - high / 2 + lead / 2;
    const Rect mark{r.x, first - 11, 22, 22};
    p.rect(mark, mix(t.surface, t.pine, on), 7);
    if (on < 1 || t.contrast) p.frame(mark, mix(t.control, t.pine, on), 7, 1.6F);
    if (on > 0) {
      // The tick draws itself.
      const Vec a{mark.x + 5.2F, mark.y + 11.4F}, b{mark.x + 9.4F, mark.y + 15.3F},
          e{mark.x + 17, mark.y + 7};
      const Vec points[3] = {a, on < 0.4F ? a + (b - a) * (on / 0.4F) : b,
                             on < 0.4F ? a + (b - a) * (on / 0.4F) : b + (e - b) * ((on - 0.4F) / 0.6F)};
      p.polyline(points, t.on_pine, 2.4F);
    }
    m.draw(p, *laid, {r.x + 36, r.centre().y - high / 2, r.w - 36 - next_room, high},
           spec.checked ? t.muted : t.text, Align::start);
    if (spec.next) {
      draw_flag(p, {r.right() - next_room + 16, r.centre().y + 9}, 18, t.trail);
      p.words_left(Type::label, r.right() - next_room + 33, r.centre().y, t.trail, next_words);
    }
  });
  m.ring_around(index, 10, spec.next ? 10 : 4);
  return c.pressed;
}

bool Ui::toggle(std::string_view key, const Toggle& spec) {
  Impl& m = *impl_;
  auto title = m.block(spec.text, Type::label);
  auto detail = m.block(spec.detail, Type::small);
  const bool two = static_cast<bool>(spec.detail);
  const int index = m.leaf({}, key);
  const auto c = m.control(index, Role::toggle, m.plain(spec.text));
  Node& n = m.node(index);
  n.stretchy = n.shrinks = n.grows = true;
  n.semantic->checkable = true;
  n.semantic->checked = spec.on;
  n.semantic->hint = m.plain(spec.detail);
  n.measure = [&m, title, detail, two](float w) -> Vec {
    const float room = 48 + 16;
    if (w < 0) return {std::max(title->natural, detail->natural) + room, 44};
    if (w == 0) return {std::max(title->widest, detail->widest) + room, 44};
    m.wrap(*title, w - room);
    m.wrap(*detail, w - room);
    return {w, std::max(44.0F, m.height(*title) + (two ? m.height(*detail) : 0))};
  };
  const float on = m.motion(n.id, "on", spec.on ? 1 : 0);
  n.before.push_back([&m, title, detail, two, on, c, is_on = spec.on](const Painter& p, Rect r) {
    const auto& t = p.t;
    m.wrap(*title, r.w - 64);
    m.wrap(*detail, r.w - 64);
    const float high = m.height(*title) + (two ? m.height(*detail) : 0);
    const float y = r.centre().y - high / 2;
    m.draw(p, *title, {r.x, y, r.w - 64, high}, t.text, Align::start);
    if (two) m.draw(p, *detail, {r.x, y + m.height(*title), r.w - 64, high}, t.muted, Align::start);
    const Rect track{r.right() - 48, r.centre().y - 14, 48, 28};
    p.rect(track, mix(mix(t.surface2, t.border, c.glow * 0.5F), t.pine, on), 14);
    if (!is_on || t.contrast) p.frame(track, mix(t.control, t.pine, on), 14, 1.6F);
    const Vec knob{track.x + 14 + 20 * on, track.centre().y};
    p.circle(knob, 10, mix(t.surface, t.on_pine, on));
    if (!is_on) p.ring(knob, 10, t.control, 1.4F);
    if (on > 0.6F) p.icon(Icon::check, knob, 14, t.pine, 3);
  });
  m.ring_around(index, 10, 4);
  return c.pressed;
}

bool Ui::radio(std::string_view key, const Text& text, bool chosen, const Text& detail) {
  Impl& m = *impl_;
  auto title = m.block(text, Type::body);
  auto more = m.block(detail, Type::small);
  const bool two = static_cast<bool>(detail);
  const int index = m.leaf({}, key);
  const auto c = m.control(index, Role::radio, m.plain(text));
  Node& n = m.node(index);
  n.stretchy = n.shrinks = n.grows = true;
  n.semantic->checkable = true;
  n.semantic->checked = chosen;
  n.semantic->group = m.group;
  n.semantic->hint = m.plain(detail);
  n.measure = [&m, title, more, two](float w) -> Vec {
    if (w < 0) return {std::max(title->natural, more->natural) + 38, 40};
    if (w == 0) return {std::max(title->widest, more->widest) + 38, 40};
    m.wrap(*title, w - 36);
    m.wrap(*more, w - 36);
    return {w, std::max(40.0F, m.height(*title) + (two ? m.height(*more) : 0) + 12)};
  };
  const float on = m.motion(n.id, "on", chosen ? 1 : 0, 0.14F);
  n.before.push_back([&m, title, more, two, on, c](const Painter& p, Rect r) {
    const auto& t = p.t;
    if (c.glow > 0) p.rect({r.x - 8, r.y, r.w + 16, r.h}, with_alpha(t.surface2, 0.55F * c.glow), 12);
    m.wrap(*title, r.w - 36);
    m.wrap(*more, r.w - 36);
    const float high = m.height(*title) + (two ? m.height(*more) : 0);
    const float y = r.centre().y - high / 2;
    const Vec at{r.x + 11, y + m.line(Type::body) / 2};
    p.circle(at, 11, mix(t.surface, t.pine, on));
    if (on < 1 || t.contrast) p.ring(at, 10.3F, mix(t.control, t.pine, on), 1.7F);
    if (on > 0.3F) p.icon(Icon::check, at, 17 * on, t.on_pine, 3);
    m.draw(p, *title, {r.x + 36, y, r.w - 36, high}, t.text, Align::start);
    if (two) m.draw(p, *more, {r.x + 36, y + m.height(*title), r.w - 36, high}, t.muted, Align::start);
  });
  m.ring_around(index, 10, 4);
  return c.pressed;
}

bool Ui::level_card(std::string_view key, const LevelCard& spec) {
  Impl& m = *impl_;
  auto name_block = m.block(spec.name, Type::h3);
  auto words = m.block(spec.text, Type::body);
  const std::string aim = spec.aim ? m.plain(spec.aim_text) : std::string();
  const float pad = 18, head = spec.tight ? 47.0F : 56.0F;
  Box box;
  box.width = fill();
  const int index = m.leaf(box, key);
  const auto c = m.control(index, Role::radio, m.plain(spec.name) + ". " + m.plain(spec.text));
  Node& n = m.node(index);
  n.stretchy = n.shrinks = true;
  n.preferred = spec.aim;
  auto& s = *n.semantic;
  s.checkable = true;
  s.checked = spec.chosen;
  s.group = m.group;
  s.preferred = spec.aim;
  s.hint = aim;
  s.value = m.plain(
      "kit.level.of"_t.with("level", std::int64_t{spec.level}).with("levels", std::int64_t{spec.levels}));
  n.measure = [&m, name_block, words, pad, head](float w) -> Vec {
    if (w < 0) return {280, 0};
    if (w == 0) return {std::max({words->widest + 2 * pad, name_block->widest + 2 * pad + 68, 190.0F}), 0};
    m.wrap(*name_block, std::max(8.0F, w - 2 * pad - 68));
    m.wrap(*words, std::max(8.0F, w - 2 * pad));
    return {w, std::max(head, m.height(*name_block) + 26) + m.height(*words) + pad};
  };
  const float on = m.motion(n.id, "on", spec.chosen ? 1 : 0, 0.18F);
  n.before.push_back([&m, spec, name_block, words, aim, pad, head, c, on](const Painter& p, Rect r) {
    const auto& t = p.t;
    const Rect body = c.held ? Rect{r.x, r.y + 1, r.w, r.h} : r;
    p.shadow(body, 14, 0.8F * (c.held ? 0.5F : 1 + 0.5F * c.glow));
    p.rect(body,
           mix(mix(t.surface, t.surface2, t.contrast ? 0 : c.glow * 0.3F), mix(t.surface, t.pine_soft, 0.72F),
               on),
           14);
    if (spec.chosen)
      p.frame(body, t.pine, 14, t.contrast ? 4 : 2.6F);
    else
      p.frame(body, mix(t.border, t.control, c.glow * 0.7F), 14, t.contrast ? 2 : 1);
    m.wrap(*name_block, std::max(8.0F, r.w - 2 * pad - 68));
    m.wrap(*words, std::max(8.0F, r.w - 2 * pad));
    const float top = std::max(head, m.height(*name_block) + 26);
    const Vec marker{body.x + pad + 11, body.y + top / 2 + 1};
    p.circle(marker, 11, mix(t.surface, t.pine, on));
    if (on < 1 || t.contrast) p.ring(marker, 10.3F, mix(t.control, t.pine, on), 1.7F);
    if (on > 0.3F) p.icon(Icon::check, marker, 17 * on, t.on_pine, 3);
    const float name_high = m.height(*name_block);
    m.draw(p, *name_block, {body.x + pad + 32, marker.y - name_high / 2, r.w - 2 * pad - 68, name_high},
           spec.chosen ? color(t, Ink::pine_deep) : t.text, Align::start);
    const Vec foot{body.right() - pad - 12, marker.y + 11};
    const std::uint32_t seed = 3 + static_cast<std::uint32_t>(spec.level);
    if (on < 1) draw_cairn(p, foot, spec.level, 12, Stone::order, seed, false);
    if (on > 0) {
      // The stones fill from below.
      const float high = 40 * on;
      p.clip({foot.x - 30, foot.y + 4 - high, 60, high});
      draw_cairn(p, foot, spec.level, 12, Stone::order_chosen, seed, false);
      p.unclip();
    }
    m.draw(p, *words, {body.x + pad, body.y + top - 2, r.w - 2 * pad, m.height(*words)}, t.text,
           Align::start);
    if (!aim.empty()) draw_aim(p, body, pad, aim);
  });
  m.ring_around(index, 14);
  if (!aim.empty() && m.ringed(index)) {
    // The flag lies on the edge where the ring goes: it is laid over it, or the ring would strike its words
    // out.
    n.after.push_back([&m, aim, pad](const Painter&, Rect r) {
      m.overlays.push_back([aim, pad, r, seen = m.clip_now](const Painter& p, Rect) {
        p.clip(seen.inset(-6));
        draw_aim(p, r, pad, aim);
        p.unclip();
      });
    });
  }
  return c.pressed;
}

bool Ui::note_row(std::string_view key, const NoteRow& spec) {
  Impl& m = *impl_;
  auto title = m.block(spec.title, Type::label);
  auto detail = m.block(spec.detail, Type::small, 2);
  const bool two = static_cast<bool>(spec.detail);
  Box row_box;
  if (spec.grows) row_box.height = fill();
  const int index = m.leaf(row_box, key);
  const std::string said = m.plain(spec.detail);
  const auto c = m.control(index, Role::button, m.plain(spec.title) + (said.empty() ? "" : ", " + said));
  Node& n = m.node(index);
  n.stretchy = n.shrinks = n.grows = true;
  const float disc_size = spec.plain ? 36.0F : 44.0F, left = spec.plain ? 50.0F : 76.0F;
  n.measure = [&m, title, detail, two, left, plain = spec.plain](float w) -> Vec {
    if (w < 0) return {std::max(title->natural, detail->natural) + left + 40, 66};
    if (w == 0) return {std::max(title->widest, detail->widest) + left + 40, 66};
    m.wrap(*title, std::max(8.0F, w - left - 40));
    m.wrap(*detail, std::max(8.0F, w - left - 40));
    return {w, std::max(plain ? 52.0F : 66.0F,
                        m.height(*title) + (two ? m.height(*detail) + 2 : 0) + (plain ? 12 : 24))};
  };
  n.before.push_back([&m, title, detail, two, spec, c, disc_size, left](const Painter& p, Rect r) {
    const auto& t = p.t;
    const Rect body = c.held && !spec.plain ? Rect{r.x, r.y + 1, r.w, r.h} : r;
    if (spec.plain) {
      if (c.glow > 0) p.rect({r.x - 8, r.y, r.w + 16, r.h}, with_alpha(t.surface2, 0.6F * c.glow), 12);
    } else {
      p.shadow(body, 14, 0.7F * (c.held ? 0.5F : 1 + 0.4F * c.glow));
      p.rect(body, mix(t.surface, t.surface2, t.contrast ? 0 : 0.3F * c.glow), 14);
      p.frame(body, mix(t.border, t.control, c.glow * 0.6F), 14, t.contrast ? 2 : 1);
    }
    const Vec at{body.x + (spec.plain ? 18 : 40.0F), body.centre().y};
    p.circle(at, disc_size / 2, t.pine_soft);
    if (t.contrast) p.ring(at, disc_size / 2 - 1, t.pine, 1.6F);
    p.icon(spec.icon, at, disc_size * 0.52F, t.pine);
    m.wrap(*title, std::max(8.0F, r.w - left - 40));
    m.wrap(*detail, std::max(8.0F, r.w - left - 40));
    const float high = m.height(*title) + (two ? m.height(*detail) + 2 : 0);
    const float y = body.centre().y - high / 2;
    m.draw(p, *title, {body.x + left, y, r.w - left - 40, high}, t.text, Align::start);
    if (two)
      m.draw(p, *detail, {body.x + left, y + m.height(*title) + 2, r.w - left - 40, high}, t.muted,
             Align::start);
    p.icon(Icon::chevron, {body.right() - (spec.plain ? 8 : 22.0F) + 3 * c.glow, body.centre().y}, 17,
           t.muted, 2.1F);
  });
  m.ring_around(index, spec.plain ? 10 : 14, spec.plain ? 4 : 2.5F);
  return c.pressed;
}

bool Ui::work_tile(std::string_view key, const WorkTile& spec, Box box) {
  Tile look;
  look.name = spec.detail ? spec.title + verbatim(", ") + spec.detail : spec.title;
  look.role = spec.choosable ? Role::check_box : Role::button;
  look.chosen = spec.choosable && spec.chosen;
  look.tick = spec.choosable;
  look.radius = 12;
  if (box.pad.left == 0) box.pad = {6, 6, 6, 8};
  box.gap = 0;
  auto tile_scope = tile(key, look, box);
  Impl& m = *impl_;
  std::optional<Scope> side_by_side;
  if (spec.beside) side_by_side.emplace(row({.gap = 4, .cross = Cross::center}));
  Box picture;
  picture.height = px(spec.picture_height);
  if (spec.beside) picture.width = px(spec.picture_height * 1.3F);
  const int index = m.leaf(picture);
  Node& n = m.node(index);
  n.stretchy = true;
  n.measure = [high = spec.picture_height](float) { return Vec{90, high}; };
  Textures* textures = m.textures;
  n.before.push_back([textures, spec](const Painter& p, Rect r) {
    const auto& t = p.t;
    Textures::Picture found;
    if (textures && !spec.picture.empty()) found = textures->get(spec.picture);
    if (found.texture) {
      // Fills the print; what is over is cut evenly.
      const float want = r.w / r.h, have = static_cast<float>(found.width) / static_cast<float>(found.height);
      ImVec2 from{0, 0}, to{1, 1};
      if (have > want)
        from.x = (1 - want / have) / 2, to.x = 1 - from.x;
      else
        from.y = (1 - have / want) / 2, to.y = 1 - from.y;
      const float k = p.scale();
      p.list()->AddImageRounded(found.texture, {std::round(r.x * k), std::round(r.y * k)},
                                {std::round(r.right() * k), std::round(r.bottom() * k)}, from, to,
                                t.dusk ? rgb(0xB8B8B8) : rgb(0xFFFFFF), 7 * k);
      p.frame(r, with_alpha(t.border, 0.9F), 7, 1);
      return;
    }
    p.rect(r, t.contrast ? t.page : mix(t.surface2, t.pine_soft, spec.icon == Icon::hand ? 1 : 0.3F), 7);
    p.frame(r, t.border, 7, t.contrast ? 2 : 1);
    p.icon(spec.icon, r.centre(), std::min(44.0F, r.h * 0.5F), t.pine, 1.7F);
  });
  {
    Box words_box{.pad = {4, spec.beside ? 0.0F : 8.0F, spec.beside ? 16.0F : 4.0F, 0}, .gap = 1};
    if (spec.beside) words_box.width = fill();
    auto words_scope = column(words_box);
    text(spec.title, {.type = Type::small_bold, .lines_max = spec.beside ? 1 : 2});
    text(spec.detail, {.type = Type::small, .ink = Ink::muted, .lines_max = spec.beside ? 1 : 2});
  }
  side_by_side.reset();
  return tile_scope.pressed();
}

bool Ui::add_tile(std::string_view key, const Text& words, Box box) {
  Tile look;
  look.name = words;
  look.radius = 12;
  look.dashed = true;
  look.lift = 0;
  look.fill = Surface::Fill::soft;
  if (box.pad.left == 0) box.pad = {10, 14};
  box.gap = 8;
  box.align = Align::center;
  box.cross = Cross::center;
  auto tile_scope = tile(key, look, box);
  Impl& m = *impl_;
  const int index = m.leaf({});
  m.node(index).measure = [](float) { return Vec{36, 36}; };
  m.node(index).before.push_back([](const Painter& p, Rect r) {
    p.circle(r.centre(), 18, p.t.pine);
    p.icon(Icon::plus, r.centre(), 20, p.t.on_pine, 2.4F);
  });
  text(words, {.type = Type::label, .ink = Ink::pine_deep, .align = Align::center});
  return tile_scope.pressed();
}

void Ui::banner(std::string_view key, const Banner& spec) {
  Impl& m = *impl_;
  Surface surface;
  surface.fill = spec.soft ? Surface::Fill::soft : Surface::Fill::well;
  surface.radius = 14;
  surface.role = spec.alert ? Role::alert : Role::status;
  surface.name = spec.detail ? spec.text + verbatim(" ") + spec.detail : spec.text;
  auto outer = box(key, surface, {.pad = {18, 14}});
  m.node(m.top()).silent = true;
  auto inner = row({.gap = 16, .cross = Cross::center});
  const int index = m.leaf({});
  m.node(index).measure = [](float) { return Vec{34, 34}; };
  m.node(index).before.push_back([icon = spec.icon, soft = spec.soft](const Painter& p, Rect r) {
    p.circle(r.centre(), 17, soft ? p.t.pine : p.t.surface);
    if (!soft) p.ring(r.centre(), 17, p.t.control, 1.4F);
    p.icon(icon, r.centre(), 20, soft ? p.t.on_pine : p.t.pine, 2.4F);
  });
  auto words_scope = column({.width = fill(), .gap = 2});
  text(spec.text, {.type = spec.detail ? Type::h3 : Type::body});
  text(spec.detail, {.type = Type::body});
}

void Ui::empty_state(Icon icon, const Text& words, const Text& detail) {
  auto outer =
      column({.pad = {20, low() ? 16.0F : 28.0F}, .gap = 12, .align = Align::center, .cross = Cross::center});
  disc(icon, 64);
  text(words, {.type = Type::h3, .align = Align::center, .width_max = 460});
  text(detail, {.ink = Ink::muted, .align = Align::center, .width_max = 460});
}

// ---- over the page

Scope Ui::sheet(std::string_view key, const Sheet& spec) {
  Impl& m = *impl_;
  const std::string name = m.path_of(key);
  const float room_w = width() - 2 * (narrow() ? 12.0F : 40.0F), room_h = height() * 0.94F;
  const bool fresh = [&] {
    for (const auto& s : m.last.nodes)
      if (s.path == name) return false;
    return true;
  }();
  if (fresh) {
    m.openers.emplace_back(name, m.focus);
    m.focus_wanted.clear();
  }
  Box box;
  box.width = px(std::min(spec.width, room_w));
  box.height_max = room_h;
  box.pad = narrow() ? Pad(24, 22) : Pad(40, 34);
  box.gap = 18;
  box.height = fit();
  box.part = {0.5F, 0.5F};
  box.anchor = {0.5F, 0.5F};
  box.at = Vec{0, 14 * (1 - m.arriving(id_of(name + "/#under"), 0.16F))};
  const int index = m.open_layer(name, true, Kind::column, box, key);
  const int layer = m.node(index).parent;
  if (spec.closable) m.stack.back().sheet = layer;
  Node& under = m.node(layer);
  under.id = id_of(name + "/#under");
  under.hit = Hit::press;  // nothing behind a sheet can be pressed
  const float shade = m.arriving(under.id, 0.16F);
  under.before.push_back([shade](const Painter& p, Rect r) {
    const float deep = p.t.dusk ? 0.62F : p.t.contrast ? 0.8F : 0.44F;
    p.rect(r, with_alpha(p.t.contrast || p.t.dusk ? rgb(0x000000) : rgb(0x2A2A20), deep * shade));
  });
  Node& n = m.node(index);
  n.scrolls = true;
  n.fade = shade;
  n.before.push_back([](const Painter& p, Rect r) {
    p.shadow(r, 22, 3);
    p.rect(r, p.t.surface, 22);
    p.frame(r, p.t.border, 22, p.t.contrast ? 2 : 1);
  });
  Semantic s;
  s.role = Role::dialog;
  s.name = m.plain(spec.name);
  n.semantic = std::move(s);
  if (fresh) m.sheet_opens = name;
  const bool closed = spec.closable && (m.closed_layer == name || m.pressed == id_of(name + "/close"));
  if (m.closed_layer == name) m.closed_layer.clear();
  return m.scope(index, closed);
}

bool Ui::toast(std::string_view key, const Text& words, const Text& action) {
  Impl& m = *impl_;
  if (words.empty()) return false;
  const std::string said = m.plain(words);
  const float shown = m.arriving(m.id(key), 0.18F);
  Box box;
  box.pad = {14, 0, action ? 3.0F : 14.0F, 0};
  box.gap = 12;
  box.cross = Cross::center;
  box.height_min = 32;
  const int index = m.open(Kind::row, box, key);
  Node& n = m.node(index);
  n.before.push_back([shown](const Painter& p, Rect r) {
    p.rect(r, p.t.contrast ? p.t.page : with_alpha(p.t.dusk ? p.t.surface2 : p.t.text, shown), 10);
    if (p.t.contrast || p.t.dusk) p.frame(r, p.t.border, 10, p.t.contrast ? 2 : 1);
  });
  Semantic s;
  s.role = Role::status;
  s.name = said;
  n.semantic = std::move(s);
  const Color ink = m.t().contrast || m.t().dusk ? m.t().text : m.t().surface;
  auto laid = m.block(words, Type::small_bold);
  const int text_index = m.leaf({});
  Node& w = m.node(text_index);
  w.block = laid;
  w.shrinks = true;
  w.before.push_back([&m, laid, ink](const Painter& p, Rect r) { m.draw(p, *laid, r, ink, Align::start); });
  bool undone = false;
  if (action) {
    const int button_index = m.leaf({}, "action");
    auto label = m.block(action, Type::small_bold);
    const auto c = m.control(button_index, Role::button, m.plain(action));
    Node& b = m.node(button_index);
    b.measure = [label](float) { return Vec{label->natural + 24, 26}; };
    b.before.push_back([&m, label, c, ink](const Painter& p, Rect r) {
      p.rect(r, with_alpha(ink, 0.16F + 0.14F * c.glow), 8);
      if (p.t.contrast) p.frame(r, p.t.border, 8, 2);
      m.wrap(*label, r.w);
      m.draw(p, *label, {r.x, r.centre().y - m.height(*label) / 2, r.w, m.height(*label)}, ink,
             Align::center);
    });
    m.ring_around(button_index, 8, 1);
    undone = c.pressed;
  }
  m.close();
  return undone;
}

}  // namespace waymark::ui
