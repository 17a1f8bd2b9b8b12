// A frame from its events to its draw list: what was pressed, where the focus goes, how everything is laid
// out, painted and told.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "client/ui/impl.hpp"
#include "client/ui/kit.hpp"
#include "client/ui/utf8.hpp"

namespace waymark::ui {
namespace {

constexpr std::size_t events_max = 4096;
constexpr float scroll_inset = 14;  // the thumb keeps clear of round corners

// The clipboard of a Ui that no window has given one.
std::string& own_clipboard() {
  static std::string text;
  return text;
}

}  // namespace

// ---- construction

Ui::Impl::Impl(Ui& self, Catalogue& words, Textures* pictures)
    : ui(self), catalogue(words), textures(pictures) {
  IMGUI_CHECKVERSION();
  context = ImGui::CreateContext();
  ImGui::SetCurrentContext(context);
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;  // more than 65 536 corners in a picture
  ImGuiStyle& style = ImGui::GetStyle();
  style.CircleTessellationMaxError = 0.15F;
  style.CurveTessellationTol = 0.6F;
  get_clipboard = [] { return own_clipboard(); };
  set_clipboard = [](const std::string& text) { own_clipboard() = text; };
}

Ui::Impl::~Impl() {
  if (ImGui::GetCurrentContext() == context) ImGui::SetCurrentContext(nullptr);
  ImGui::DestroyContext(context);
}

Ui::Ui(Catalogue& catalogue, Textures* textures)
    : impl_(std::make_unique<Impl>(*this, catalogue, textures)) {}
Ui::~Ui() = default;

Scope::~Scope() {
  if (ui_) ui_->impl_->close();
}

// ---- building

int Ui::Impl::top() const {
  for (auto entry = stack.rbegin(); entry != stack.rend(); ++entry)
    if (entry->node >= 0) return entry->node;
  return -1;
}

bool Ui::Impl::in_row() const {
  const int parent = top();
  return parent >= 0 && nodes[static_cast<std::size_t>(parent)].kind == Kind::row;
}

std::string Ui::Impl::path_of(std::string_view key) const {
  if (path.empty()) return std::string(key);
  std::string whole = path;
  if (!key.empty()) whole.append("/").append(key);
  return whole;
}

int Ui::Impl::leaf(const Box& box, std::string_view key) {
  const int index = static_cast<int>(nodes.size());
  const int parent = top();
  nodes.emplace_back();
  Node& n = nodes.back();
  n.box = box;
  n.parent = parent;
  if (parent >= 0) {
    Node& above = node(parent);
    if (above.last >= 0)
      node(above.last).next = index;
    else
      above.first = index;
    above.last = index;
  }
  if (!key.empty()) {
    n.path = path_of(key);
    n.id = id_of(n.path);
    if (paths_used[n.id]++ && tree.doubled.size() < 100) tree.doubled.push_back(path_of(key));
  }
  return index;
}

int Ui::Impl::open(Kind kind, const Box& box, std::string_view key) {
  const int index = leaf(box, key);
  Node& n = node(index);
  n.kind = kind;
  n.stretchy = true;
  n.grows = kind == Kind::column || kind == Kind::grid || kind == Kind::layer;
  n.shrinks = true;
  stack.push_back({index, path.size(), group, -1});
  if (!key.empty()) path = path_of(key);
  return index;
}

Scope Ui::Impl::scope(int, bool was_pressed) { return Scope(&ui, was_pressed); }

Scope Ui::Impl::keys(std::string_view key) {
  stack.push_back({-1, path.size(), group, -1});
  path = path_of(key);
  return Scope(&ui, false);
}

void Ui::Impl::close() {
  if (stack.empty()) return;
  const Open entry = stack.back();
  if (entry.sheet >= 0) {
    // The cross of a sheet: last for Tab, at its corner for the eye.
    const int index = leaf({}, "close");
    Node& n = node(index);
    Node& panel = node(entry.node);
    // It belongs to the layer, so that it does not scroll with the sheet.
    int before = -1;
    for (int c = panel.first; c >= 0 && c != index; c = node(c).next) before = c;
    (before >= 0 ? node(before).next : panel.first) = -1;
    panel.last = before;
    n.parent = entry.sheet;
    node(node(entry.sheet).last).next = index;
    node(entry.sheet).last = index;
    n.pin_to = entry.node;
    const auto c = control(index, Role::button, plain("kit.close"_t));
    n.group = 0;
    n.measure = [](float) { return Vec{40, 40}; };
    n.before.push_back([c](const Painter& p, Rect r) {
      if (c.glow > 0) p.circle(r.centre(), 20, with_alpha(p.t.surface2, c.glow));
      p.icon(Icon::close, r.centre(), 22, mix(p.t.muted, p.t.text, c.glow));
    });
    ring_around(index, 20);
  }
  stack.pop_back();
  path.resize(entry.path);
  group = entry.group_before;
}

int Ui::Impl::open_layer(const std::string& name, bool modal, Kind kind, const Box& box,
                         std::string_view key) {
  const int layer = static_cast<int>(nodes.size());
  nodes.emplace_back();
  nodes.back().kind = Kind::layer;
  nodes.back().stretchy = true;
  layers.push_back({layer, name, modal});
  stack.push_back({layer, path.size(), group, -1});
  const int index = open(kind, box, key);
  stack.erase(stack.end() - 2);
  return index;
}

// ---- what a control is just now

Ui::Impl::Control Ui::Impl::state(Id id) const {
  Control c;
  c.pressed = pressed == id && id != 0;
  c.hovered = hover == id && id != 0;
  c.held = active == id && pointer_down && hover == id;
  c.focused = focus == id && id != 0;
  return c;
}

Ui::Impl::Control Ui::Impl::control(int index, Role role, const std::string& name, bool enabled) {
  Node& n = node(index);
  n.hit = Hit::press;
  n.enabled = enabled;
  n.group = group;
  Control c = state(n.id);
  c.pressed = c.pressed && enabled;
  c.glow = motion(n.id, "glow", (c.hovered || c.held) && enabled ? 1 : 0);
  Semantic s;
  s.role = role;
  s.name = name;
  s.focusable = true;
  s.enabled = enabled;
  n.semantic = std::move(s);
  return c;
}

float Ui::Impl::motion(Id id, std::string_view what, float target, float seconds) {
  const Id key = id ^ (id_of(what) * 31);
  auto [at, fresh] = motions.try_emplace(key);
  auto& kept = at->second;
  if (fresh || reduced) kept.value = target;
  kept.seen = frame;
  const float step = static_cast<float>(delta) / std::max(0.01F, seconds);
  if (kept.value < target)
    kept.value = std::min(target, kept.value + step);
  else if (kept.value > target)
    kept.value = std::max(target, kept.value - step);
  if (kept.value != target) moving = true;
  return kept.value;
}

float Ui::Impl::arriving(Id id, float seconds) {
  const double passed = time_since(id, "arriving");
  if (reduced || passed >= seconds) return 1;
  moving = true;
  const float left = 1 - static_cast<float>(passed) / seconds;
  return 1 - left * left;
}

float Ui::Impl::page_fade() {
  constexpr double seconds = 0.12;
  if (reduced || page_since < 0 || now - page_since >= seconds) return 1;
  moving = true;
  return 0.15F + 0.85F * static_cast<float>((now - page_since) / seconds);
}

double Ui::Impl::time_since(Id id, std::string_view what) {
  const Id key = id ^ (id_of(what) * 37);
  auto [at, fresh] = since.try_emplace(key);
  if (fresh) at->second.value = now;
  at->second.seen = frame;
  return now - at->second.value;
}

bool Ui::Impl::ringed(int index) { return focus == node(index).id && ring && window_focused; }

void Ui::Impl::ring_around(int index, float radius, float gap) {
  if (!ringed(index)) return;
  node(index).after.push_back([this, radius, gap](const Painter&, Rect r) {
    overlays.push_back([radius, gap, r, seen = clip_now](const Painter& p, Rect) {
      p.clip(seen.inset(-6));
      p.frame(r.inset(-gap - 2.5F), p.t.focus, radius + gap + 1.5F, 2.5F);
      p.unclip();
    });
  });
}

// ---- the frame

void Ui::push(Event event) {
  auto& queue = impl_->events;
  // A pointer that only wanders is one movement; one that draws is a line.
  if (!impl_->pads.contains(impl_->active) && std::holds_alternative<PointerMove>(event) && !queue.empty() &&
      std::holds_alternative<PointerMove>(queue.back())) {
    queue.back() = std::move(event);
    return;
  }
  if (queue.size() < events_max) queue.push_back(std::move(event));
}

void Ui::begin(const Window& window, const app::Appearance& look, double now_s) {
  Impl& m = *impl_;
  ImGui::SetCurrentContext(m.context);
  m.frame++;
  m.window = window;
  m.look = look;
  m.delta = m.frame == 1 ? 0.016 : std::clamp(now_s - m.now, 0.0, 0.1);
  m.now = now_s;
  m.reduced = look.reduced_motion;
  m.theme = theme_named(look.theme, window.dark);
  const float text_size = std::clamp(static_cast<float>(look.text_size) / 100.0F, 1.0F, 2.0F);
  // A large window starts a little larger, so that nothing swims in it.
  const float css_w = window.width / window.content_scale, css_h = window.height / window.content_scale;
  const float roomy = std::clamp(std::min(css_w / 1280, css_h / 800), 1.0F, 1.25F);
  m.scale = window.content_scale * text_size * roomy;
  m.catalogue.choose(look.language);
  if (m.fonts.prepare(typeface_named(look.typeface), m.scale)) m.fonts_new = true;

  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {std::max(1.0F, window.width), std::max(1.0F, window.height)};
  io.DeltaTime = std::max(1e-3F, static_cast<float>(m.delta));
  ImGui::NewFrame();

  m.moving = false;
  m.wake = -1;
  m.pressed = 0;
  m.escaped = false;
  m.closed_layer.clear();
  m.shortcuts.clear();
  for (auto& [id, field] : m.fields)
    field.value->changed = field.value->submitted = field.value->left = false;
  m.take_events();

  m.last = std::move(m.tree);
  m.tree = {};
  m.nodes.clear();
  m.layers.clear();
  m.stack.clear();
  m.path.clear();
  m.group = 0;
  m.paths_used.clear();
  m.overlays.clear();
  m.cursor = Cursor::arrow;
}

void Ui::end() {
  Impl& m = *impl_;
  m.lay_out();
  m.paint_all();
  ImGui::Render();

  m.sheets_and_focus();
  if (!m.focus_wanted.empty()) {
    if (const auto* found = m.tree.find(m.focus_wanted)) {
      m.set_focus(found->id, m.ring || found->role != Role::field);
      m.moving = true;
    }
    m.focus_wanted.clear();
  }
  m.tree.focus = m.focus;
  m.forget_unseen();

  // What was drawn, as a number: a frame equal to the last need not reach the screen.
  std::uint64_t hash = 1469598103934665603ULL;
  const auto mix_in = [&hash](const void* data, std::size_t size) {
    const auto* bytes = static_cast<const unsigned char*>(data);
    std::uint64_t word = 0;
    std::size_t i = 0;
    for (; i + 8 <= size; i += 8) {
      std::memcpy(&word, bytes + i, 8);
      hash = (hash ^ word) * 1099511628211ULL;
      hash ^= hash >> 29;
    }
    for (; i < size; ++i) hash = (hash ^ bytes[i]) * 1099511628211ULL;
  };
  const ImDrawData* data = ImGui::GetDrawData();
  for (int i = 0; data && i < data->CmdListsCount; ++i) {
    const ImDrawList* list = data->CmdLists[i];
    mix_in(list->VtxBuffer.Data, static_cast<std::size_t>(list->VtxBuffer.size_in_bytes()));
    mix_in(list->IdxBuffer.Data, static_cast<std::size_t>(list->IdxBuffer.size_in_bytes()));
    for (const auto& command : list->CmdBuffer) {
      mix_in(&command.ClipRect, sizeof command.ClipRect);
      mix_in(&command.TextureId, sizeof command.TextureId);
    }
  }
  const float size[3] = {m.window.width, m.window.height, m.scale};
  mix_in(size, sizeof size);
  m.drawn = hash;
}

// Where the focus was is gone: a sheet that closed gives it back, else nothing is focused and Tab goes on
// from there.
void Ui::Impl::sheets_and_focus() {
  if (focus && !tree.find(focus)) focus = 0;
  for (auto opener = openers.begin(); opener != openers.end();) {
    bool open_still = false;
    for (const auto& layer : layers) open_still = open_still || layer.path == opener->first;
    if (open_still) {
      ++opener;
      continue;
    }
    if (const auto* back = tree.find(opener->second); back && !focus && opener->second)
      set_focus(back->id, ring);
    opener = openers.erase(opener);
  }
  if (!sheet_opens.empty()) {
    const auto* here = focus ? tree.find(focus) : nullptr;
    if (!here || here->layer < tree.top_layer) {
      for (const auto& s : tree.nodes)
        if (s.layer == tree.top_layer && s.focusable) {
          set_focus(s.id, ring);
          moving = true;
          break;
        }
    }
    sheet_opens.clear();
  }
}

bool Ui::fonts_changed() { return std::exchange(impl_->fonts_new, false); }
bool Ui::wants_frames() const {
  return impl_->moving || !impl_->events.empty() || (impl_->textures && impl_->textures->waits());
}
double Ui::wake_in_s() const { return impl_->wake; }
Cursor Ui::cursor() const { return impl_->cursor; }
const SemanticTree& Ui::tree() const { return impl_->tree; }
std::uint64_t Ui::frame_hash() const { return impl_->drawn; }
void Ui::set_clipboard(std::function<std::string()> get, std::function<void(const std::string&)> set) {
  impl_->get_clipboard = std::move(get);
  impl_->set_clipboard = std::move(set);
}

float Ui::width() const { return impl_->window.width / impl_->scale; }
float Ui::height() const { return impl_->window.height / impl_->scale; }
const Tokens& Ui::theme() const { return impl_->t(); }
bool Ui::reduced_motion() const { return impl_->reduced; }
double Ui::now_s() const { return impl_->now; }
std::string Ui::words(const Text& text) const { return impl_->plain(text); }
float Ui::words_width(Type type, const Text& text) const {
  return impl_->fonts.width(impl_->fonts.face(type), impl_->plain(text));
}

bool Ui::shortcut(Key key, bool control, bool shift) {
  auto& keys = impl_->shortcuts;
  for (auto press = keys.begin(); press != keys.end(); ++press)
    if (press->key == key && press->control == control && press->shift == shift) {
      keys.erase(press);
      return true;
    }
  return false;
}

void Ui::turn_page() { impl_->page_since = impl_->now; }

bool Ui::escape() { return std::exchange(impl_->escaped, false); }
void Ui::focus(std::string_view path) { impl_->focus_wanted = path; }
bool Ui::has_focus(std::string_view key) const { return impl_->focus == impl_->id(key); }

Scope Ui::keyed(std::string_view key) { return impl_->keys(key); }

bool& Ui::flag(std::string_view key, bool initial) {
  auto [at, fresh] = impl_->flags.try_emplace(impl_->id(key));
  if (fresh) at->second.value = initial;
  at->second.seen = impl_->frame;
  return at->second.value;
}

int& Ui::number(std::string_view key, int initial) {
  auto [at, fresh] = impl_->numbers.try_emplace(impl_->id(key));
  if (fresh) at->second.value = initial;
  at->second.seen = impl_->frame;
  return at->second.value;
}

std::string& Ui::draft(std::string_view key) {
  auto& kept = impl_->drafts[impl_->id(key)];
  kept.seen = impl_->frame;
  return kept.value;
}

void Ui::Impl::forget_unseen() {
  const auto sweep = [this](auto& map) {
    std::erase_if(map, [this](const auto& entry) { return entry.second.seen + 2 < frame; });
  };
  sweep(motions);
  sweep(scroll_states);
  sweep(fields);
  sweep(pads);
  sweep(flags);
  sweep(numbers);
  sweep(drafts);
  sweep(since);
}

// ---- painting

void Ui::Impl::paint(const Painter& p, int index, int layer, int parent, Rect clip, Rect limit, bool silent) {
  const Node& n = node(index);
  const Rect r = n.rect;
  const Rect visible = intersect(r, clip);
  int told = parent;
  if (n.semantic && !(silent && n.hit == Hit::none)) {
    Semantic s = *n.semantic;
    if (!n.path.empty()) s.id = n.id, s.path = n.path;
    s.bounds = r;
    s.visible = visible;
    s.parent = parent;
    s.layer = layer;
    s.focused = n.id && focus == n.id;
    if (n.block) {
      const bool narrow_box = n.block->ours && n.block->broken;
      const bool low_box = height(*n.block) > r.h + 1.0F;
      const bool outside =
          r.right() > limit.right() + 1.5F || r.x < limit.x - 1.5F || r.bottom() > limit.bottom() + 1.5F;
      s.cut = narrow_box || low_box || outside;
    }
    tree.nodes.push_back(std::move(s));
    told = static_cast<int>(tree.nodes.size()) - 1;
  }
  const bool shown = visible.w > 0 && visible.h > 0;
  if (n.hit != Hit::none && shown) hits.push_back({n.id, visible, layer, n.hit, n.enabled});
  if (n.scrolls) scrolls.push_back({n.id, visible, layer});
  // Shadows reach a little further than their box.
  const Rect reach = intersect(r.inset(-40), clip);
  const bool draws = reach.w > 0 && reach.h > 0;
  const int first_vertex = p.list()->VtxBuffer.Size;
  if (draws)
    for (const auto& one : n.before) one(p, r);
  Rect inner_clip = clip, inner_limit = intersect(limit, r.inset(-1));
  if (n.scrolls) {
    // Room at the sides for shadows and focus rings of what is inside.
    inner_clip = intersect(clip, {r.x - 12, r.y, r.w + 24, r.h});
    inner_limit = {r.x - 2, -1e6F, r.w + 4, 2e6F};
    p.clip(inner_clip);
  }
  const bool quiet = silent || n.silent;
  for (int c = n.first; c >= 0; c = node(c).next) paint(p, c, layer, told, inner_clip, inner_limit, quiet);
  if (n.scrolls) {
    p.unclip();
    const auto& s = scroll_states[n.id].value;
    if (s.most > 1) {
      const float top = std::min(1.0F, n.scroll / 24), bottom = std::min(1.0F, (s.most - n.scroll) / 24);
      const Color shade = p.t.contrast ? p.t.border : p.t.shadow;
      if (p.t.contrast) {
        if (top > 0) p.rect({r.x, r.y, r.w, 2}, shade);
        if (bottom > 0) p.rect({r.x, r.bottom() - 2, r.w, 2}, shade);
      } else {
        const float deep = p.t.dusk ? 0.34F : 0.13F;
        // One more pixel at the sides would lie on the edge of its card.
        p.gradient({r.x + 1, r.y, r.w - 2, 12}, with_alpha(shade, deep * top), with_alpha(shade, 0));
        p.gradient({r.x + 1, r.bottom() - 12, r.w - 2, 12}, with_alpha(shade, 0),
                   with_alpha(shade, deep * bottom));
      }
      const float track = r.h - 2 * scroll_inset, thumb = std::max(36.0F, track * r.h / (r.h + s.most));
      const float at = r.y + scroll_inset + (track - thumb) * (n.scroll / s.most);
      const bool hot = dragging_scroll == n.id || Rect{r.right() - 12, r.y, 14, r.h}.holds(pointer);
      p.rect({r.right() - (hot ? 11.0F : 9.0F), at, hot ? 7.0F : 5.0F, thumb},
             p.t.contrast ? p.t.text : with_alpha(p.t.control, hot ? 0.9F : 0.55F), 3.5F);
    }
  }
  clip_now = clip;
  if (draws)
    for (const auto& one : n.after) one(p, r);
  if (n.fade < 1)
    for (int i = first_vertex; i < p.list()->VtxBuffer.Size; ++i) {
      ImU32& ink = p.list()->VtxBuffer[i].col;
      const auto alpha = static_cast<float>(ink >> IM_COL32_A_SHIFT) * n.fade;
      ink = (ink & ~IM_COL32_A_MASK) | (static_cast<ImU32>(alpha) << IM_COL32_A_SHIFT);
    }
}

void Ui::Impl::paint_all() {
  hits.clear();
  scrolls.clear();
  ImDrawList* list = ImGui::GetBackgroundDrawList();
  const Painter p(list, t(), fonts, scale, reduced);
  const Rect whole{0, 0, window.width / scale, window.height / scale};
  int number = 0;
  for (const auto& layer : layers) {
    paint(p, layer.root, number, -1, whole, whole, false);
    // Focus rings and tooltips of a layer lie above everything in it.
    std::vector<Paint> above;
    above.swap(overlays);
    for (const auto& one : above) one(p, whole);
    if (layer.modal) tree.top_layer = number;
    ++number;
  }
  // What lies under a sheet is no longer there for who listens, nor for Tab.
  if (tree.top_layer > 0)
    for (auto& s : tree.nodes)
      if (s.layer < tree.top_layer) s.focusable = false;
  if (hover) {
    for (const auto& area : hits)
      if (area.id == hover && area.enabled)
        cursor = area.hit == Hit::field ? Cursor::text : area.hit == Hit::pad ? Cursor::arrow : Cursor::hand;
  }
}

// ---- input

const HitArea* Ui::Impl::hit_at(Vec at) const {
  const int least = tree.top_layer;
  for (auto area = hits.rbegin(); area != hits.rend(); ++area)
    if (area->layer >= least && area->visible.holds(at)) return &*area;
  return nullptr;
}

void Ui::Impl::take_events() {
  // The tree of the frame before is what the person saw: all of this is about it.
  while (!events.empty()) {
    const Event event = std::move(events.front());
    events.pop_front();
    if (take(event)) break;
  }
  const auto* under = hit_at(pointer);
  const Id now_under = under ? under->id : 0;
  if (now_under != hover) hover_since = now;
  hover = now_under;
}

bool Ui::Impl::activate(Id id) {
  for (const auto& area : hits)
    if (area.id == id && !area.enabled) return false;
  pressed = id;
  return true;
}

void Ui::Impl::set_focus(Id id, bool shown) {
  if (focus != id) {
    if (const auto found = fields.find(focus); found != fields.end()) found->second.value->left = true;
    if (const auto found = fields.find(id); found != fields.end()) {
      found->second.value->caret_since = now;
      found->second.value->follow = true;
    }
  }
  focus = id;
  ring = shown;
  if (shown || fields.contains(id)) reveal = id;
  for (std::size_t i = 0; i < tree.nodes.size(); ++i)
    if (tree.nodes[i].id == id && id) focus_index = i;
}

FieldState* Ui::Impl::field_state(Id id) {
  const auto found = fields.find(id);
  return found == fields.end() ? nullptr : found->second.value.get();
}

void Ui::Impl::remember_typed(FieldState& field) {
  field.changed = true;
  field.caret_since = now;
  field.follow = true;
}

void Ui::Impl::scroll_by(Id id, float by) {
  const auto found = scroll_states.find(id);
  if (found == scroll_states.end()) return;
  auto& s = found->second.value;
  s.target = std::clamp(s.target + by, 0.0F, s.most);
  moving = true;
}

bool Ui::Impl::take(const Event& event) {
  if (const auto* move = std::get_if<PointerMove>(&event)) {
    pointer = move->at * (1 / scale);
    if (pointer_down && dragging_scroll) {
      for (const auto& area : scrolls)
        if (area.id == dragging_scroll) {
          auto& s = scroll_states[area.id].value;
          const float track = area.rect.h - 2 * scroll_inset;
          const float thumb = std::max(36.0F, track * s.page / (s.page + s.most));
          const float room = std::max(1.0F, track - thumb);
          s.target = s.offset =
              std::clamp((pointer.y - area.rect.y - scroll_inset - thumb / 2) / room, 0.0F, 1.0F) * s.most;
        }
    } else if (pointer_down && active) {
      if (auto pad = pads.find(active); pad != pads.end()) {
        auto& points = pad->second.value.points;
        if (points.size() < PadState::points_max) points.push_back(pointer);
        moving = true;
      }
      if (auto* field = field_state(active)) {
        field->editor.drag(pointer - Vec{field->inner.x - field->scroll_x, field->inner.y - field->scroll_y});
        field->follow = true;
      }
    }
    return false;
  }
  if (const auto* button = std::get_if<PointerButton>(&event)) {
    pointer_down = button->down;
    const auto* area = hit_at(pointer);
    if (button->down) {
      dragging_scroll = 0;
      for (auto scroll = scrolls.rbegin(); scroll != scrolls.rend(); ++scroll) {
        const Rect bar{scroll->rect.right() - 12, scroll->rect.y, 14, scroll->rect.h};
        const auto kept = scroll_states.find(scroll->id);
        if (scroll->layer >= tree.top_layer && bar.holds(pointer) && kept != scroll_states.end() &&
            kept->second.value.most > 1) {
          dragging_scroll = scroll->id;
          break;
        }
      }
      if (dragging_scroll) return false;
      active = area ? area->id : 0;
      if (!area) {
        set_focus(0, false);
        return false;
      }
      if (area->hit == Hit::pad) {
        set_focus(0, false);
        if (auto pad = pads.find(area->id); pad != pads.end()) pad->second.value.points = {pointer};
        return false;
      }
      set_focus(area->id, false);
      if (auto* field = field_state(area->id)) {
        const Vec at = pointer - Vec{field->inner.x - field->scroll_x, field->inner.y - field->scroll_y};
        field->editor.click(at, button->shift);
        if (button->clicks == 2) field->editor.select_word();
        if (button->clicks > 2) field->editor.select_all();
      }
      return false;
    }
    dragging_scroll = 0;
    const Id was = std::exchange(active, 0);
    // The next stroke waits until this one was seen.
    if (auto pad = pads.find(was); pad != pads.end()) return pad->second.value.up = true;
    if (area && area->id == was && area->hit == Hit::press) return activate(was);
    return false;
  }
  if (const auto* wheel = std::get_if<Wheel>(&event)) {
    for (auto area = scrolls.rbegin(); area != scrolls.rend(); ++area) {
      const auto kept = scroll_states.find(area->id);
      if (area->layer < tree.top_layer || !area->rect.holds(pointer) || kept == scroll_states.end()) continue;
      const auto& s = kept->second.value;
      if (s.most < 1 || (wheel->lines > 0 && s.target <= 0) || (wheel->lines < 0 && s.target >= s.most))
        continue;
      scroll_by(area->id, -wheel->lines * 64);
      break;
    }
    // A field that scrolls inside.
    if (const auto* area = hit_at(pointer); area && area->hit == Hit::field)
      if (auto* field = field_state(area->id)) field->scroll_y -= wheel->lines * 48, field->follow = false;
    return false;
  }
  if (const auto* typed = std::get_if<Typed>(&event)) {
    // The space that pressed a button is no letter for the field it opened.
    if (std::exchange(space_pressed, false) && typed->character == ' ') return false;
    auto* field = field_state(focus);
    if (field && field->enabled && field->editor.type(typed->character)) remember_typed(*field);
    // Spaces are keys, other characters may be shortcuts of a pad.
    if (!field && typed->character >= '0' && typed->character <= '9') {
      for (const auto& node : tree.nodes)
        if (node.layer == tree.top_layer &&
            node.path.ends_with("/digit" + std::string(1, static_cast<char>(typed->character))))
          return activate(node.id);
    }
    return false;
  }
  if (const auto* key = std::get_if<KeyPress>(&event)) return press_key(*key);
  if (const auto* window_event = std::get_if<WindowFocus>(&event)) {
    window_focused = window_event->focused;
    if (!window_focused)
      if (auto* field = field_state(focus)) field->left = true;
    return false;
  }
  const auto& act = std::get<Act>(event);
  const auto* found = tree.find(act.path);
  if (!found) return false;
  switch (act.what) {
    case Act::What::focus:
      set_focus(found->id, true);
      return false;
    case Act::What::press:
      if (found->layer < tree.top_layer) return false;
      if (found->focusable) set_focus(found->id, ring);
      if (found->role == Role::field) return false;
      return activate(found->id);
    case Act::What::set_text:
      if (auto* field = field_state(found->id)) {
        set_focus(found->id, true);
        field->editor.set(act.text, true);
        remember_typed(*field);
      }
      return false;
  }
  return false;
}

// The next stop for Tab. A radio group is one stop: the chosen one, else the preferred, else the first.
bool Ui::Impl::move_focus(int direction) {
  std::vector<const Semantic*> stops;
  std::unordered_map<Id, std::size_t> groups;
  for (const auto& s : tree.nodes) {
    if (!s.focusable || s.layer < tree.top_layer) continue;
    if (s.group) {
      const auto [at, fresh] = groups.try_emplace(s.group, stops.size());
      if (!fresh) {
        const Semantic*& held = stops[at->second];
        const auto rank = [&](const Semantic& one) {
          return one.id == focus ? 3 : one.checked || one.selected ? 2 : one.preferred ? 1 : 0;
        };
        if (rank(s) > rank(*held)) held = &s;
        continue;
      }
    }
    stops.push_back(&s);
  }
  if (stops.empty()) return false;
  const auto size = static_cast<int>(stops.size());
  int at = -1;
  for (int i = 0; i < size; ++i)
    if (stops[static_cast<std::size_t>(i)]->id == focus && focus) at = i;
  if (at < 0) {
    // Go on from where the focus was lost.
    const auto index_of = [&](const Semantic* s) { return static_cast<std::size_t>(s - tree.nodes.data()); };
    at = direction > 0 ? -1 : size;
    for (int i = 0; i < size && focus_index > 0; ++i) {
      const bool before = index_of(stops[static_cast<std::size_t>(i)]) < focus_index;
      if (direction > 0 && before) at = i;
      if (direction < 0 && !before) {
        at = i;
        break;
      }
    }
  }
  const int next = ((at + direction) % size + size) % size;
  set_focus(stops[static_cast<std::size_t>(next)]->id, true);
  if (auto* field = field_state(focus)) {
    if (field->single)
      field->editor.select_all();
    else
      field->editor.caret_to_end();
  }
  return true;
}

bool Ui::Impl::move_in_group(int direction) {
  const auto* here = tree.find(focus);
  if (!here || !here->group) return false;
  std::vector<const Semantic*> members;
  int at = 0;
  for (const auto& s : tree.nodes)
    if (s.group == here->group && s.focusable) {
      if (s.id == focus) at = static_cast<int>(members.size());
      members.push_back(&s);
    }
  const auto size = static_cast<int>(members.size());
  if (size < 2) return false;
  const Id next = members[static_cast<std::size_t>(((at + direction) % size + size) % size)]->id;
  set_focus(next, true);
  return activate(next);
}

bool Ui::Impl::press_key(const KeyPress& key) {
  space_pressed = false;
  if (key.key == Key::tab && !key.control && !key.alt) {
    move_focus(key.shift ? -1 : 1);
    return false;
  }
  if (auto* field = field_state(focus); field && field->enabled) {
    const bool writes = !field->secret;
    const bool plain_letter = !key.control && !key.alt && key.key == Key::space;
    if (key.control && (key.key == Key::c || key.key == Key::x)) {
      const std::string chosen = field->editor.selected();
      if (!chosen.empty() && writes) set_clipboard(chosen);
      if (key.key == Key::x && !chosen.empty() && writes) {
        field->editor.cut();
        remember_typed(*field);
      }
      return false;
    }
    if (key.control && key.key == Key::v) {
      field->editor.paste(get_clipboard());
      remember_typed(*field);
      return false;
    }
    const std::u32string before = field->editor.characters();
    if (!key.alt && field->editor.key(key)) {
      field->caret_since = now;
      field->follow = true;
      if (field->editor.characters() != before) remember_typed(*field);
      return false;
    }
    if (key.key == Key::enter) {
      field->submitted = true;
      return true;
    }
    if (plain_letter) return false;  // it comes as a character
  }
  if (key.key == Key::escape) {
    for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer)
      if (layer->modal) {
        closed_layer = layer->path;
        return true;
      }
    escaped = true;
    return true;
  }
  const bool plain_key = !key.control && !key.alt;
  if (plain_key && (key.key == Key::enter || key.key == Key::space) && focus && !fields.contains(focus)) {
    ring = true;
    space_pressed = key.key == Key::space;
    return activate(focus);
  }
  if (plain_key && (key.key == Key::left || key.key == Key::up) && move_in_group(-1)) return true;
  if (plain_key && (key.key == Key::right || key.key == Key::down) && move_in_group(1)) return true;
  if (plain_key) {
    // The innermost scroll area around the focus, else the first that scrolls.
    Id area = 0;
    const auto* here = tree.find(focus);
    for (const auto& scroll : scrolls) {
      const auto kept = scroll_states.find(scroll.id);
      if (scroll.layer < tree.top_layer || kept == scroll_states.end() || kept->second.value.most < 1)
        continue;
      if (!area || (here && scroll.rect.holds(here->bounds.centre()))) area = scroll.id;
    }
    const float page = area ? scroll_states[area].value.page : 0;
    float by = 0;
    if (key.key == Key::down) by = 56;
    if (key.key == Key::up) by = -56;
    if (key.key == Key::page_down) by = page * 0.85F;
    if (key.key == Key::page_up) by = -page * 0.85F;
    if (key.key == Key::home) by = -1e6F;
    if (key.key == Key::end) by = 1e6F;
    if (area && by != 0) {
      scroll_by(area, by);
      return false;
    }
  }
  shortcuts.push_back(key);
  return true;
}

}  // namespace waymark::ui
