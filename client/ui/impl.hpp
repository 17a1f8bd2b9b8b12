// What Ui keeps between frames and while one is described: boxes, layers, focus, the states of widgets. For
// the sources of this room only.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <imgui.h>

#include "client/ui/editor.hpp"
#include "client/ui/fonts.hpp"
#include "client/ui/kit.hpp"

namespace waymark::ui {

using Paint = std::function<void(const Painter&, Rect)>;

// Of a tile that is chosen.
inline Color chosen_ground(const Tokens& t) { return mix(t.surface, t.pine_soft, 0.75F); }

// ---- words laid out

struct Word {
  std::string words;
  float width = 0, lead = 0;  // `lead`: more than a space before it
  bool marked = false, strong = false;
  bool space = false;     // before it
  bool new_line = false;  // before it
};

struct WordLine {
  std::size_t begin = 0, end = 0;
  float width = 0;
};

struct Block {
  std::vector<Word> words;
  std::vector<WordLine> lines;
  Type type = Type::body;
  float natural = 0, widest = 0;  // on one line; the longest word
  float space = 4;
  int lines_max = 0;
  bool ours = true;     // from the catalogue: its words may not be cut
  bool broken = false;  // a word had to be broken to fit
  float laid_for = -1;
};

// ---- boxes

enum class Kind : std::uint8_t { column, row, grid, layer, leaf };
enum class Hit : std::uint8_t { none, press, field, pad };

struct Node {
  Kind kind = Kind::leaf;
  Box box;
  int columns = 1;
  int parent = -1, first = -1, last = -1, next = -1;
  bool stretchy = false;  // natural width in a column is the whole, natural height in a row too
  bool grows = false;     // natural width in a row is a share
  bool shrinks = false;   // may become narrower than natural
  bool scrolls = false;
  bool silent = false;  // words inside are told by this box's own name
  Hit hit = Hit::none;
  bool enabled = true;
  Id id = 0;
  std::string path;
  Id group = 0;            // radio group
  bool preferred = false;  // the group's stop for Tab while nothing is chosen
  std::optional<Semantic> semantic;
  std::function<Vec(float)> measure;
  std::vector<Paint> before;  // behind the children
  std::vector<Paint> after;   // above them
  std::shared_ptr<Block> block;
  // results
  Rect rect;
  float natural_w = 0, min_w = 0, content_h = 0, natural_h = 0, min_h = 0;
  float scroll = 0;
  float fade = 1;    // of everything in it
  Color ground = 0;  // what it fills itself with, once painted
  int line = 0;
  Rect inner;                          // what it keeps for itself of its arranging
  std::function<void(Node&)> arrange;  // places itself once everything lies
  int pin_to = -1;                     // lies at the top right corner of that box
};

struct Layer {
  int root = -1;
  std::string path;
  bool modal = false;
};

struct HitArea {
  Id id = 0;
  Rect visible;
  int layer = 0;
  Hit hit = Hit::none;
  bool enabled = true;
};

struct ScrollArea {
  Id id = 0;
  Rect rect;
  int layer = 0;
};

template <class T>
struct Kept {
  T value{};
  std::uint64_t seen = 0;
};

struct ScrollState {
  float offset = 0, target = 0, most = 0, page = 0;
  bool jump = true;
};

// Where a trail stood when it was last shown, and the step on from there while it is walked.
struct TrailState {
  std::vector<std::string> done;
  std::string here, fallen, from;
  double since = -1;
};
struct TrailMotion {
  std::string fallen;  // the step whose last stone falls
  std::string from;    // where the line runs on from
  float stone = 1, line = 1, flag = 1;
};

struct FieldState {
  Editor editor;
  bool known = false;
  std::string view;               // what the view said last
  std::deque<std::string> typed;  // handed out and not yet heard back
  bool changed = false, submitted = false, left = false;
  bool single = false, secret = false, enabled = true;
  float scroll_x = 0, scroll_y = 0;
  Rect inner;  // where its words were drawn last
  double caret_since = 0;
  bool follow = true;
};

struct PadState {
  static constexpr std::size_t points_max = 2'000;
  std::vector<Vec> points;
  bool up = false;
  Rect rect;  // where it lay last
};

struct Ui::Impl {
  Ui& ui;
  Catalogue& catalogue;
  Textures* textures;
  ImGuiContext* context = nullptr;
  ImFontAtlas* atlas = nullptr;
  Fonts fonts;
  bool fonts_new = false;

  // ---- the frame
  Window window;
  app::Appearance look;
  float scale = 1;
  Theme theme = Theme::light;
  bool reduced = false;
  double now = 0, delta = 0;
  std::uint64_t frame = 0;
  bool moving = false;
  double page_since = -1;  // when another page came
  double wake = -1;
  std::uint64_t drawn = 0;

  std::deque<Node> nodes;  // references stay good while more are added
  std::vector<Layer> layers;
  struct Open {
    int node = -1;         // -1: keys only
    std::size_t path = 0;  // length of the path outside
    Id group_before = 0;
    int sheet = -1;  // the layer of a sheet that gets its cross when it closes
  };
  std::vector<Open> stack;
  std::string path;
  Id group = 0;
  std::unordered_map<Id, int> paths_used;  // paths of this frame
  std::vector<Paint> overlays;             // focus rings and tooltips of the layer that is painted
  Rect clip_now;
  SemanticTree tree, last;
  std::vector<HitArea> hits;
  std::vector<ScrollArea> scrolls;

  // ---- what the person does
  std::deque<Event> events;
  Vec pointer{-1000, -1000};
  bool pointer_down = false;
  Id hover = 0, active = 0, pressed = 0, focus = 0, focus_before = 0;
  double hover_since = 0;
  bool ring = false;
  bool space_pressed = false;  // its character is still to come
  bool escaped = false;
  std::string closed_layer;
  std::vector<KeyPress> shortcuts;
  std::string focus_wanted;
  bool focus_shown = false;  // with the ring
  Id reveal = 0;
  Id dragging_scroll = 0;
  std::size_t focus_index = 0;                      // where the focus was, for when its widget goes away
  std::vector<std::pair<std::string, Id>> openers;  // of sheets: where the focus goes back to
  std::string sheet_opens;
  std::function<std::string()> get_clipboard;
  std::function<void(const std::string&)> set_clipboard;
  Cursor cursor = Cursor::arrow;
  bool window_focused = true;

  std::unordered_map<Id, Kept<float>> motions;
  std::unordered_map<Id, Kept<ScrollState>> scroll_states;
  std::unordered_map<Id, Kept<std::unique_ptr<FieldState>>> fields;
  std::unordered_map<Id, Kept<PadState>> pads;
  std::unordered_map<Id, Kept<bool>> flags;
  std::unordered_map<Id, Kept<int>> numbers;
  std::unordered_map<Id, Kept<std::string>> drafts;
  std::unordered_map<Id, Kept<double>> since;
  std::unordered_map<std::string, TrailState> trails;  // by seed; kept from page to page

  Impl(Ui& self, Catalogue& words, Textures* pictures);
  ~Impl();

  // ---- building
  const Tokens& t() const { return tokens(theme); }
  int open(Kind kind, const Box& box, std::string_view key = {});
  Scope scope(int node, bool was_pressed = false);
  Scope keys(std::string_view key);
  void close();
  int leaf(const Box& box, std::string_view key = {});
  Node& node(int index) { return nodes[static_cast<std::size_t>(index)]; }
  int top() const;
  bool in_row() const;
  std::string path_of(std::string_view key) const;
  Id id(std::string_view key) const { return id_of(path_of(key)); }
  // A layer with one box in it; the box is what is open afterwards.
  int open_layer(const std::string& path, bool modal, Kind kind, const Box& box, std::string_view key);
  void sheets_and_focus();

  std::string plain(const Text& text) const { return catalogue.plain(text); }
  std::shared_ptr<Block> block(const Text& text, Type type, int lines_max = 0) const;
  void wrap(Block& block, float width) const;
  void balance(Block& block, float width) const;
  float height(const Block& block) const;
  float line(Type type) const { return fonts.face(type).line; }
  void draw(const Painter& p, const Block& block, Rect r, Color color, Align align) const;
  // A leaf that shows words.
  int words(const Text& text, const Style& style, Role role, int level);

  // Makes a node something to press. `name` is what it is called.
  struct Control {
    bool pressed = false, hovered = false, held = false, focused = false;
    float glow = 0;  // 0 … 1 of hover
  };
  Control control(int node, Role role, const std::string& name, bool enabled = true);
  Control state(Id id) const;
  [[nodiscard]] bool ringed(int node);  // whether the keyboard's focus is shown here
  void ring_around(int node, float radius, float gap = 2.5F);
  float motion(Id id, std::string_view what, float target, float seconds = 0.12F);
  // 0 … 1 from when this was first shown.
  float arriving(Id id, float seconds);
  float page_fade();
  TrailMotion walk_trail(const app::Trail& trail);
  double time_since(Id id, std::string_view what);

  // ---- layout
  void measure_width(int index);
  void assign_width(int index, float width);
  void measure_height(int index);
  void assign_height(int index, float height);
  void place(int index, float x, float y);
  void lay_out();
  void reveal_focus();

  // ---- painting
  void paint(const Painter& p, int index, int layer, int parent, Rect clip, Rect limit, bool silent);
  void paint_all();

  // ---- input
  void take_events();
  bool take(const Event& event);  // true: the screen may change, wait for the next frame
  bool press_key(const KeyPress& key);
  bool move_focus(int direction);
  bool move_in_group(int direction);
  void set_focus(Id id, bool shown);
  bool activate(Id id);
  const HitArea* hit_at(Vec at) const;
  FieldState* field_state(Id id);
  void remember_typed(FieldState& field);
  void scroll_by(Id id, float by);
  void forget_unseen();
};

}  // namespace waymark::ui
