// PINs, pictures, and the trail as one can walk it with keys.
#include <algorithm>
#include <array>
#include <cmath>

#include "client/ui/impl.hpp"
#include "client/ui/utf8.hpp"

namespace waymark::ui {

// ---- PIN

void Ui::pin_slots(int filled, int slots) {
  Impl& m = *impl_;
  const int index = m.leaf({});
  Node& n = m.node(index);
  const float wide = static_cast<float>(slots) * 54 + static_cast<float>(slots - 1) * 12;
  n.measure = [wide](float) { return Vec{wide, 54}; };
  n.before.push_back([filled, slots](const Painter& p, Rect r) {
    for (int i = 0; i < slots; ++i) {
      const Rect slot{r.x + static_cast<float>(i) * 66, r.y, 54, 54};
      p.rect(slot, p.t.surface, 12);
      const bool here = i == filled;
      p.frame(slot, here ? p.t.pine : p.t.control, 12, here ? 2.6F : p.t.contrast ? 2 : 1.4F);
      if (i < filled) p.circle(slot.centre(), 8, p.t.pine);
    }
  });
  Semantic s;
  s.role = Role::status;
  s.name = m.plain("kit.pin.slots"_t.with("filled", std::int64_t{filled}).with("slots", std::int64_t{slots}));
  n.semantic = std::move(s);
}

std::optional<PinKey> Ui::digit_pad(std::string_view key) {
  Impl& m = *impl_;
  std::optional<PinKey> result;
  auto keys = keyed(key);
  auto pad = grid(3, {.width_max = 488, .gap = 12});
  for (const int digit : {1, 2, 3, 4, 5, 6, 7, 8, 9, -1, 0, -2}) {
    if (digit == -1) {
      m.leaf({});
      continue;
    }
    const bool back = digit == -2;
    const std::string name = back ? m.plain("kit.backspace"_t) : std::to_string(digit);
    Tile look;
    look.name = verbatim(name);
    look.plain = back;
    auto one = tile(back ? "back" : "digit" + name, look, {.pad = 0});
    if (one.pressed()) result = PinKey{back ? -1 : digit, back};
    const int index = m.leaf({});
    m.node(index).stretchy = true;
    m.node(index).measure = [](float w) { return Vec{std::max(64.0F, w), 84}; };
    m.node(index).before.push_back([name, back](const Painter& p, Rect r) {
      if (back)
        p.icon(Icon::backspace, r.centre(), 30, p.t.muted);
      else
        p.words_middle(Type::display, r.centre(), p.t.text, name);
    });
  }
  if (shortcut(Key::backspace, false)) result = PinKey{-1, true};
  return result;
}

std::optional<PinKey> Ui::picture_pad(std::string_view key) {
  Impl& m = *impl_;
  std::optional<PinKey> result;
  auto keys = keyed(key);
  auto pad = grid(width() < 520 ? 3 : 4, {.width_max = 488, .gap = 12});
  for (int picture = 0; picture < pin_pictures; ++picture) {
    Tile look;
    look.name = ui::key(pin_picture_key(picture));
    auto one = tile("picture" + std::to_string(picture), look, {.pad = 0});
    if (one.pressed()) result = PinKey{picture, false};
    const int index = m.leaf({});
    m.node(index).stretchy = true;
    m.node(index).measure = [](float w) { return Vec{std::max(64.0F, w), 112}; };
    m.node(index).before.push_back(
        [picture](const Painter& p, Rect r) { draw_pin_picture(p, picture, r.centre(), 36); });
  }
  if (shortcut(Key::backspace, false)) result = PinKey{-1, true};
  return result;
}

// ---- pictures

void Ui::mark(const app::Mark& mark, std::string_view name, float radius) {
  Impl& m = *impl_;
  const std::u32string letters = to_utf32(name);
  const std::string initial =
      letters.empty() ? std::string() : to_utf8(std::u32string_view(letters).substr(0, 1));
  app::Mark shown = mark;
  // Who has composed none is still told from the next one: the first letter, on a disc that goes with the
  // name.
  constexpr std::array<std::string_view, 7> discs = {"teal", "plum", "pine", "blue", "brown", "ink", "night"};
  if (shown.shape.empty() && shown.disc.empty()) shown.disc = discs[seed_of(name) % discs.size()];
  const int index = m.leaf({});
  m.node(index).measure = [radius](float) { return Vec{2 * radius, 2 * radius}; };
  m.node(index).before.push_back([shown, initial, radius](const Painter& p, Rect r) {
    draw_mark(p, {r.x + radius, r.centre().y}, radius, shown, initial);
  });
}

void Ui::scene(std::string_view emblem, std::string_view seed, Box box, float radius, bool on_chosen) {
  Impl& m = *impl_;
  const int index = m.leaf(box);
  m.node(index).stretchy = m.node(index).grows = m.node(index).shrinks = true;
  // One that fills what is left gives way to words.
  const float high = box.height.kind == Length::Kind::fill ? std::max(40.0F, box.height_min) : 120;
  m.node(index).measure = [high](float w) { return Vec{std::max(60.0F, w), high}; };
  m.node(index).before.push_back([&m, index, emblem = std::string(emblem), seed = seed_of(seed), radius,
                                  on_chosen](const Painter& p, Rect r) {
    Color ground = on_chosen ? chosen_ground(p.t) : 0;
    for (int up = m.node(index).parent; up >= 0 && !ground; up = m.node(up).parent)
      ground = m.node(up).ground;
    draw_scene_print(p, r, radius, emblem, seed, ground ? ground : p.t.surface);
  });
}

void Ui::image(std::string_view path, const Text& name, Box box, float radius) {
  Impl& m = *impl_;
  const int index = m.leaf(box);
  Node& n = m.node(index);
  n.stretchy = n.grows = n.shrinks = true;
  const std::string file(path);
  Textures* textures = m.textures;
  n.measure = [textures, file](float w) -> Vec {
    Textures::Picture picture;
    if (textures) picture = textures->get(file);
    if (!picture.texture) return {w < 0 ? 240.0F : std::max(60.0F, w), 160};
    const float have = static_cast<float>(picture.width), high = static_cast<float>(picture.height);
    if (w < 0) return {have, high};
    const float shown = std::min(w == 0 ? 60 : w, have);
    return {shown, high * shown / have};
  };
  n.before.push_back([textures, file, radius](const Painter& p, Rect r) {
    Textures::Picture picture;
    if (textures) picture = textures->get(file);
    if (!picture.texture) {
      p.rect(r, p.t.surface2, radius);
      p.frame(r, p.t.border, radius, p.t.contrast ? 2 : 1);
      p.icon(Icon::photo, r.centre(), 40, p.t.muted);
      return;
    }
    // Whole, in the middle of its box.
    const float have = static_cast<float>(picture.width) / static_cast<float>(picture.height);
    Rect in = r;
    if (r.w / r.h > have)
      in.w = r.h * have, in.x = r.centre().x - in.w / 2;
    else
      in.h = r.w / have, in.y = r.centre().y - in.h / 2;
    const float k = p.scale();
    p.list()->AddImageRounded(picture.texture, {std::round(in.x * k), std::round(in.y * k)},
                              {std::round(in.right() * k), std::round(in.bottom() * k)}, {0, 0}, {1, 1},
                              p.t.dusk ? rgb(0xB8B8B8) : rgb(0xFFFFFF), radius * k);
    p.frame(in, with_alpha(p.t.border, 0.9F), radius, p.t.contrast ? 2 : 1);
  });
  if (name) {
    Semantic s;
    s.role = Role::image;
    s.name = m.plain(name);
    n.semantic = std::move(s);
  }
}

void Ui::art(ArtKind kind, float size, std::string_view seed) {
  Impl& m = *impl_;
  const int index = m.leaf({});
  m.node(index).measure = [size, kind](float) {
    return kind == ArtKind::flag ? Vec{size * 0.75F, size * 1.1F} : Vec{size * 2.2F, size * 2};
  };
  m.node(index).before.push_back([kind, size, seed = seed_of(seed)](const Painter& p, Rect r) {
    const Vec foot{r.centre().x, r.bottom() - size * 0.1F};
    switch (kind) {
      case ArtKind::logo:
        draw_logo(p, r.centre(), size);
        break;
      case ArtKind::flag:
        draw_flag(p, {r.x + 2, r.bottom() - 1}, size, p.t.trail);
        break;
      case ArtKind::cairn_ahead:
        draw_cairn(p, foot, 2, size, Stone::ahead, seed);
        break;
      case ArtKind::cairn_done:
        draw_cairn(p, foot, 3, size, Stone::done, seed);
        break;
      case ArtKind::cairn_today:
        draw_cairn(p, foot, 3, size, Stone::today, seed);
        break;
    }
  });
}

void Ui::level_stones(int level, bool filled, float size) {
  Impl& m = *impl_;
  const int index = m.leaf({});
  m.node(index).measure = [size](float) { return Vec{size * 2.3F, size * 2.2F}; };
  m.node(index).before.push_back([level, filled, size](const Painter& p, Rect r) {
    draw_cairn(p, {r.centre().x, r.bottom() - size * 0.2F}, level, size,
               filled ? Stone::order_chosen : Stone::order, 3 + static_cast<std::uint32_t>(level), false);
  });
}

void Ui::scene_behind(std::string_view emblem, std::string_view seed, float from, float swing) {
  Impl& m = *impl_;
  const int parent = m.top();
  if (parent < 0) return;
  m.node(parent).before.push_back(
      [emblem = std::string(emblem), seed = seed_of(seed), from, swing](const Painter& p, Rect r) {
        draw_scene_cut(p, r, 18, emblem, seed, from, swing);
      });
}

void Ui::contours_behind(std::string_view seed, float fade_from, float fade_over) {
  Impl& m = *impl_;
  const int parent = m.top();
  if (parent < 0) return;
  m.node(parent).before.push_back([seed = seed_of(seed), fade_from, fade_over](const Painter& p, Rect r) {
    p.clip(r.inset(1));
    draw_contours(p, r, seed, fade_from, fade_over);
    p.unclip();
  });
}

void Ui::canvas(std::string_view key, const Text& name, Box box,
                std::function<void(const Painter&, Rect)> draw) {
  Impl& m = *impl_;
  const int index = m.leaf(box, key);
  Node& n = m.node(index);
  n.stretchy = n.grows = n.shrinks = true;
  n.measure = [](float w) { return Vec{std::max(40.0F, w), 40}; };
  n.before.push_back(std::move(draw));
  if (name) {
    Semantic s;
    s.role = Role::image;
    s.name = m.plain(name);
    n.semantic = std::move(s);
  }
}

Ui::Pen Ui::pad(std::string_view key, const Text& name, Box box,
                std::function<void(const Painter&, Rect)> draw) {
  Impl& m = *impl_;
  const int index = m.leaf(box, key);
  Node& n = m.node(index);
  n.hit = Hit::pad;
  n.measure = [](float w) { return Vec{std::max(40.0F, w), 40}; };
  auto& kept = m.pads[n.id];
  kept.seen = m.frame;
  PadState& state = kept.value;
  Pen pen;
  if (state.rect.w > 0 && state.rect.h > 0)
    for (const Vec at : state.points)
      pen.points.push_back({std::clamp((at.x - state.rect.x) / state.rect.w, 0.0F, 1.0F),
                            std::clamp((at.y - state.rect.y) / state.rect.h, 0.0F, 1.0F)});
  pen.up = std::exchange(state.up, false);
  if (pen.up) state.points.clear();
  n.before.push_back([&state, draw = std::move(draw)](const Painter& p, Rect r) {
    state.rect = r;
    draw(p, r);
  });
  Semantic s;
  s.role = Role::image;
  s.name = m.plain(name);
  n.semantic = std::move(s);
  return pen;
}

// ---- the trail

// A step that was finished since the trail was last shown: its last stone drops and settles, the line runs
// on, the flag goes up; once.
TrailMotion Ui::Impl::walk_trail(const app::Trail& trail) {
  constexpr double stone_s = 0.3, line_s = 0.5, flag_s = 0.25;
  TrailMotion motion;
  if (trail.seed.empty()) return motion;
  const bool known = trails.contains(trail.seed);
  TrailState& state = trails[trail.seed];
  std::vector<std::string> done;
  std::string here;
  for (const auto& step : trail.steps) {
    if (step.state == app::StepState::turned_in || step.state == app::StepState::ready)
      done.push_back(step.id);
    if (step.here) here = step.id;
  }
  if (done != state.done || here != state.here) {
    std::string fallen;
    for (const auto& id : done)
      if (std::find(state.done.begin(), state.done.end(), id) == state.done.end()) fallen = id;
    if (known && !fallen.empty()) {
      state.fallen = fallen;
      state.from = state.here;
      state.since = now;
    }
    state.done = std::move(done);
    state.here = std::move(here);
  }
  const double passed = now - state.since;
  if (reduced || state.since < 0 || passed >= stone_s + line_s + flag_s) return motion;
  moving = true;
  const auto part = [](double value) { return static_cast<float>(std::clamp(value, 0.0, 1.0)); };
  motion.fallen = state.fallen;
  motion.stone = part(passed / stone_s);
  if (state.from != state.here) {
    motion.from = state.from;
    motion.line = part((passed - stone_s) / line_s);
    motion.flag = part((passed - stone_s - line_s) / flag_s);
  }
  return motion;
}

std::optional<std::string> Ui::trail(std::string_view key, const Text& name, const app::Trail& whole,
                                     bool climbing, Box box) {
  Impl& m = *impl_;
  std::optional<std::string> result;
  // Across, a long trail in a narrow window shows the stretch around where one is.
  app::Trail trail = whole;
  const auto fits = static_cast<std::size_t>(std::max(3.0F, (width() - 2 * side()) / 62));
  if (!climbing && whole.steps.size() > fits) {
    std::size_t here = 0;
    for (std::size_t i = 0; i < whole.steps.size(); ++i)
      if (whole.steps[i].here) here = i;
    const std::size_t from = std::min(here > fits / 2 ? here - fits / 2 : 0, whole.steps.size() - fits);
    trail.steps.assign(whole.steps.begin() + static_cast<std::ptrdiff_t>(from),
                       whole.steps.begin() + static_cast<std::ptrdiff_t>(from + fits));
  }
  if (box.height_min == 0)
    box.height_min =
        climbing ? std::max(240.0F, 74.0F * static_cast<float>(trail.steps.size()) + 60) : 168.0F;
  const int index = m.open(Kind::layer, box, key);
  Semantic group_semantic;
  group_semantic.role = Role::list;
  group_semantic.name = m.plain(name);
  m.node(index).semantic = std::move(group_semantic);

  struct Shown {
    app::Trail trail;
    TrailForm form;
    Rect of;
    bool climbing;
    const Impl* m;
    std::vector<std::shared_ptr<Block>> words;
    void shape(Rect r) {
      if (of == r) return;
      of = r;
      if (climbing) {
        form = trail_climbing(r, trail.seed, trail.steps.size());
        return;
      }
      form = trail_across(r, trail.seed, trail.steps.size());
      // Room for the words above the crests and below the dips; in a low box each has one line.
      float above = 44, below = 52;
      for (std::size_t i = 0; i < words.size(); ++i) {
        if (r.h < 176) words[i]->lines_max = 1, words[i]->laid_for = -1;
        m->wrap(*words[i], form.words[i].w);
        const float high = m->height(*words[i]);
        if (form.right[i])
          below = std::max(below, 19 + high + 8);
        else
          above = std::max(above, 32 + high + (trail.steps[i].here ? 22.0F : 0.0F));
      }
      form = trail_across(r, trail.seed, trail.steps.size(), above, below);
    }
  };
  auto shown = std::make_shared<Shown>();
  shown->trail = trail;
  shown->climbing = climbing;
  shown->m = &m;
  const auto done = [](const app::TrailStep& step) {
    return step.state == app::StepState::turned_in || step.state == app::StepState::ready;
  };
  const TrailMotion walk = m.walk_trail(whole);
  m.node(index).before.push_back([shown, done, walk](const Painter& p, Rect r) {
    shown->shape(r);
    const auto& t = p.t;
    const auto& form = shown->form;
    if (form.line.empty()) return;
    p.clip({r.x + 1, r.y - 4, r.w - 2, r.h + 4});
    // The done part reaches the step where the flag stands.
    std::size_t walked = 0, before = 0;
    for (std::size_t i = 0; i < shown->trail.steps.size(); ++i) {
      const auto& step = shown->trail.steps[i];
      if (step.id == walk.from) before = static_cast<std::size_t>(form.at[i]);
      if (step.here || done(step)) walked = static_cast<std::size_t>(form.at[i]);
      if (step.here) break;
    }
    if (before < walked)
      walked = before + static_cast<std::size_t>(static_cast<float>(walked - before) * walk.line);
    for (std::size_t i = 0; i < shown->trail.steps.size(); ++i)
      if (shown->trail.steps[i].here && !t.contrast)
        p.circle({form.feet[i].x, form.feet[i].y - 3}, 34 * walk.flag, t.trail_soft);
    if (!t.contrast) {
      p.polyline(form.line, t.sand_edge, 15);
      p.polyline(form.line, t.sand, 12);
    }
    const std::span<const Vec> line(form.line);
    if (walked > 0) p.polyline(line.first(walked + 1), t.pine, 3);
    p.dots(line.subspan(walked), t.contrast ? t.text : t.stone_edge, 10, 1.5F);
    p.unclip();
  });

  // Each step is a place one can press; where it lies is known once the box is laid out, so it draws from the
  // form.
  for (std::size_t i = 0; i < trail.steps.size(); ++i) {
    const auto& step = trail.steps[i];
    Box place_box;
    place_box.at = Vec{};
    const int one = m.leaf(place_box, step.id);
    const std::string_view which = step.here                                    ? "kit.trail.here"
                                   : step.state == app::StepState::turned_in    ? "kit.trail.turned_in"
                                   : step.state == app::StepState::another_look ? "kit.trail.another_look"
                                   : done(step)                                 ? "kit.trail.done"
                                                                                : "kit.trail.ahead";
    const auto c = m.control(one, Role::button, m.plain(ui::key(which).with("title", step.title)));
    Node& n = m.node(one);
    n.semantic->selected = step.here;
    if (c.pressed) result = step.id;
    const bool is_done = done(step), here = step.here;
    const Type type = here ? (climbing ? Type::h3 : Type::label) : climbing ? Type::body : Type::small;
    auto words = m.block(verbatim(step.title), type, climbing ? 3 : 2);
    shown->words.push_back(words);
    n.measure = [](float) { return Vec{10, 10}; };
    n.arrange = [shown, i, index, &m, words](Node& self) {
      shown->shape(m.node(index).rect);
      const Vec foot = shown->form.feet[i];
      const Rect box_words = shown->form.words[i];
      m.wrap(*words, box_words.w);
      const Rect stones{foot.x - 24, foot.y - 34, 48, 48};
      float widest = 0;
      for (const auto& line : words->lines) widest = std::max(widest, line.width);
      Rect label{box_words.x + (box_words.w - widest) / 2, box_words.y, widest, m.height(*words)};
      if (shown->climbing) {
        label.x = shown->form.right[i] ? box_words.x : box_words.right() - widest;
        if (shown->trail.steps[i].here) label.x += shown->form.right[i] ? 16.0F : -16.0F;
        label.y = foot.y - 4 - m.height(*words) / 2;
        const Rect map = m.node(index).rect;
        const bool called = shown->trail.steps[i].here;
        label.y = std::min(label.y, map.bottom() - (called ? 36.0F : 12.0F) - label.h);
        label.y = std::max(label.y, map.y + (called ? 12.0F : 4.0F));
      } else if (box_words.y < foot.y) {
        label.y = foot.y - 30 - m.height(*words) - (shown->trail.steps[i].here ? 22.0F : 0);
      }
      const float x = std::min(stones.x, label.x), y = std::min(stones.y, label.y);
      self.rect = {x, y, std::max(stones.right(), label.right()) - x,
                   std::max(stones.bottom(), label.bottom()) - y};
      self.inner = label;
    };
    const std::string here_words = here && climbing ? m.plain("kit.trail.you_are_here"_t) : std::string();
    const bool falls = step.id == walk.fallen;
    n.before.push_back([shown, i, is_done, here, c, words, &m, &n, here_words, walk, falls](const Painter& p,
                                                                                            Rect) {
      const auto& t = p.t;
      const auto& shown_step = shown->trail.steps[i];
      const Vec foot = shown->form.feet[i];
      const std::uint32_t seed = seed_of(shown->trail.seed) + static_cast<std::uint32_t>(i) * 7 + 1;
      const float size = 19 + 1.5F * c.glow;
      Rect label = n.inner;
      m.wrap(*words, std::max(label.w + 1, 8.0F));
      if (!t.contrast && !here)
        p.rect({label.x - 4, label.y + 1, label.w + 8, label.h - 2}, with_alpha(t.surface, 0.78F), 6);
      draw_cairn(p, {foot.x, foot.y + size * 0.45F}, is_done || here ? 3 : 2, size,
                 here      ? Stone::today
                 : is_done ? Stone::done
                           : Stone::ahead,
                 seed, true, falls ? walk.stone : 1);
      if (here && walk.flag > 0) {
        const float top = foot.y - size * 1.05F;
        p.clip({foot.x - 20, top - 34, 60, 36});
        draw_flag(p, {foot.x + 1, top + 30 * (1 - walk.flag)}, 28, t.trail);
        p.unclip();
      }
      if (shown_step.state == app::StepState::another_look && !here)
        p.ring({foot.x, foot.y - 4}, 25, t.pine, 1.6F);
      const Align align = !shown->climbing ? Align::center : shown->form.right[i] ? Align::start : Align::end;
      if (here && shown->climbing) {
        const float more = p.width(Type::small_bold, here_words);
        Rect call{label.x - 12, label.y - 10, std::max(label.w, more) + 26, label.h + 36};
        if (!shown->form.right[i]) call.x = label.right() + 14 - call.w;
        p.card(call, 12, 0.7F);
        p.frame(call, t.trail, 12, 2);
        m.draw(p, *words, {call.x + 13, call.y + 8, call.w - 24, label.h}, t.text, Align::start);
        p.words_left(Type::small_bold, call.x + 13, call.bottom() - 16, t.trail, here_words);
        return;
      }
      m.draw(p, *words, label, here ? t.trail : is_done ? t.text : mix(t.muted, t.text, c.glow), align);
    });
    m.ring_around(one, 12, 4);
  }
  m.close();
  return result;
}

std::optional<std::string> Ui::criterion_trail(std::string_view key, const Text& name,
                                               std::span<const Criterion> criteria) {
  Impl& m = *impl_;
  std::optional<std::string> result;
  Box box;
  box.gap = 8;
  box.wrap = true;
  box.cross = Cross::center;
  const int index = m.open(Kind::row, box, key);
  Semantic s;
  s.role = Role::list;
  s.name = m.plain(name);
  m.node(index).semantic = std::move(s);
  for (std::size_t i = 0; i < criteria.size(); ++i) {
    const auto& one = criteria[i];
    if (i > 0) {
      const bool walked = criteria[i - 1].done;
      const int path_index = m.leaf({});
      m.node(path_index).measure = [](float) { return Vec{30, 20}; };
      m.node(path_index).before.push_back([walked](const Painter& p, Rect r) {
        std::vector<Vec> wave;
        for (int k = 0; k <= 12; ++k) {
          const float u = static_cast<float>(k) / 12;
          wave.push_back({r.x + 2 + (r.w - 4) * u, r.centre().y + 1.6F * std::sin(u * 6.2F)});
        }
        if (walked)
          p.polyline(wave, p.t.pine, 2.2F);
        else
          p.dots(wave, p.t.contrast ? p.t.text : p.t.stone_edge, 6.5F, 1.2F);
      });
    }
    const int step = m.leaf({}, one.key);
    const std::string words = m.plain(one.title);
    const Type type = one.here ? Type::small_bold : Type::small;
    const float wide = m.fonts.width(m.fonts.face(type), words);
    const std::string_view which = one.here ? "kit.criterion.here" : one.done ? "kit.criterion.done" : "";
    const auto c =
        m.control(step, Role::link, which.empty() ? words : m.plain(ui::key(which).with("title", words)));
    m.node(step).semantic->selected = one.here;
    if (c.pressed) result = one.key;
    m.node(step).measure = [wide](float) { return Vec{wide + 30, 32}; };
    m.node(step).before.push_back([words, type, one, c, i](const Painter& p, Rect r) {
      draw_cairn(p, {r.x + 10, r.centre().y + 8}, one.done || one.here ? 2 + static_cast<int>(i % 2) : 2, 10,
                 one.done || one.here ? Stone::done : Stone::ahead, static_cast<std::uint32_t>(i) + 2, false);
      p.words_left(type, r.x + 26, r.centre().y, one.here ? p.t.text : mix(p.t.muted, p.t.text, c.glow),
                   words);
    });
    m.ring_around(step, 8, 1);
  }
  m.close();
  return result;
}

}  // namespace waymark::ui
