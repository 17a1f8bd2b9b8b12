// Ui: what a screen is built from. A screen describes itself from top to bottom each frame; Ui measures every
// box, draws it, writes the semantic tree, and answers "was this pressed?" for what lay there when the person
// pressed. It knows no record and no clock but the frame's, and no word but the catalogue's.
//
// How to write a screen:
//   auto page = ui.page();                          // fills the window
//   { auto bar = ui.top_bar(); ... }
//   { auto body = ui.body();                        // scrolls when it must; grows to the status line
//     ui.heading(1, "goals.title"_t);
//     auto row = ui.row({.gap = 20});
//     { auto card = ui.card("new_goal", {.width = fill(2)});
//       Edited want = ui.field("want", {.label = "goals.want"_t, .text = draft.want});
//       if (want.changed) ask(...want.text...);
//       if (ui.button("save", {.text = "goals.save"_t, .look = Look::pine})) ask(...); } }
//   { auto line = ui.status_line(); ... }
// Boxes close with their C++ scope. Sizes are CSS pixels; content scale and text size are applied inside. The
// first argument of what can be pressed, typed into or remembered is its key: short, stable, and unique among
// its siblings; a node's path is the keys of the boxes around it joined by '/'. For items of a list use the
// record's id as key. Reading order, Tab order and drawing order are the order of the calls.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/app/shown.hpp"
#include "client/app/views.hpp"
#include "client/ui/art.hpp"
#include "client/ui/catalogue.hpp"
#include "client/ui/input.hpp"
#include "client/ui/painter.hpp"
#include "client/ui/semantics.hpp"
#include "client/ui/text.hpp"
#include "client/ui/textures.hpp"
#include "client/ui/theme.hpp"

namespace waymark::ui {

// ---- layout

struct Length {
  enum class Kind { natural, fit, fill, px } kind = Kind::natural;
  float value = 0;
};
constexpr Length natural() { return {}; }                  // what the widget is made for
constexpr Length fit() { return {Length::Kind::fit, 0}; }  // as wide or high as its content
constexpr Length fill(float weight = 1) { return {Length::Kind::fill, weight}; }  // a share of what is left
constexpr Length px(float value) { return {Length::Kind::px, value}; }

enum class Align { start, center, end, between };
enum class Cross { stretch, start, center, end };

struct Pad {
  float left = 0, top = 0, right = 0, bottom = 0;
  constexpr Pad() = default;
  constexpr Pad(float all) : left(all), top(all), right(all), bottom(all) {}
  constexpr Pad(float x, float y) : left(x), top(y), right(x), bottom(y) {}
  constexpr Pad(float l, float t, float r, float b) : left(l), top(t), right(r), bottom(b) {}
};

// Every box. In a row: width is shared by `fill`, heights stretch unless `cross` says otherwise. In a column:
// widths stretch, height is shared by `fill`.
struct Box {
  Length width{}, height{};
  float width_min = 0, width_max = 0;  // 0: none
  float height_min = 0, height_max = 0;
  Pad pad{};
  float gap = 0;
  Align align = Align::start;    // along the direction
  Cross cross = Cross::stretch;  // across it; rows of buttons and words want Cross::center
  bool wrap = false;             // rows: go on in the next line
  std::optional<Vec> at{};       // in a layer: from its top left, in pixels …
  Vec part{};                    // … plus this part of its size (0.5: the middle)
  Vec anchor{};                  // … and which point of this box lies there (0.5: its middle)
};

// What a container looks like, and what it is to a screen reader.
struct Surface {
  enum class Fill { none, surface, well, soft, chosen, trail, page } fill = Fill::none;
  float radius = 16;
  float lift = 0;     // of the shadow; 0: none
  bool edge = false;  // border
  bool dashed = false;
  Role role = Role::group;  // spoken only when it has a name
  Text name{};
};

class Ui;

// A box that is open until the end of the scope.
class [[nodiscard]] Scope {
 public:
  Scope(Scope&& other) noexcept : ui_(std::exchange(other.ui_, nullptr)), pressed_(other.pressed_) {}
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  Scope& operator=(Scope&&) = delete;
  ~Scope();
  bool pressed() const { return pressed_; }  // of a tile, a choice card …
  bool closed() const { return pressed_; }   // of a sheet: Esc or its cross

 private:
  friend class Ui;
  Scope(Ui* ui, bool pressed) : ui_(ui), pressed_(pressed) {}
  Ui* ui_;
  bool pressed_;
};

// ---- words

struct Style {
  Type type = Type::body;
  Ink ink = Ink::text;
  Align align = Align::start;
  Length width{};  // natural: the whole width in a column, as wide as the words in a row
  float width_max = 0;
  int lines_max =
      0;  // 0: as many as needed; else the rest is left out with "…" and told whole to screen readers
  Icon icon = Icon::none;  // before the words
  bool spoken = true;      // false: what is said is in the name of what is around it
};

// ---- controls

enum class Look {
  trail,  // the next step, nothing else
  pine,   // the main act of a page
  quiet,  // outlined
  link,   // words alone
};

struct Button {
  Text text{};
  Look look = Look::quiet;
  Icon icon = Icon::none;   // before
  Icon after = Icon::none;  // behind, as an arrow
  bool big = false;         // 50 high
  bool small = false;       // 38 high, in bars; a link: small words, for the status line
  bool enabled = true;
  Text hint{};  // spoken: why it waits, where it leads
  Length width{};
};

struct IconButton {
  Icon icon = Icon::close;
  Text name{};  // spoken, and shown beside the pointer
  Ink ink = Ink::muted;
  float size = 40;
  bool enabled = true;
};

struct Option {
  std::string key;  // stable
  Text text{};
  Icon icon = Icon::none;
  Type type = Type::label;
};

struct Chip {
  Text text{};
  bool chosen = false;
  Icon icon = Icon::none;
  bool radio = false;  // one of a group instead of on and off
};

struct Check {
  Text text{};
  bool checked = false;
  bool next = false;  // the trail's next item: flag and soft row
  bool enabled = true;
};

struct Toggle {
  Text text{};
  Text detail{};
  bool on = false;
};

// A text field. Its text is the view's; while somebody types, what they typed stays and the view follows. A
// change that comes from elsewhere (undo, another computer) is taken over when the view's text is none that
// was typed here.
struct Field {
  Text label{};  // above it, and its name
  bool label_shown = true;
  Text placeholder{};
  std::string_view text{};   // of the view
  int lines_min = 1;         // 1: one line, Enter submits; more: wraps and grows
  int lines_max = 0;         // 0: grows as it needs; else it scrolls inside
  std::size_t limit = 2000;  // characters; the last tenth is told
  Text hint{};               // below it
  Text error{};
  Length width{};
  Length height{};  // fill(): the rest of a card
  bool secret = false;
  bool big = false;  // 56 high
  Icon icon = Icon::none;
  bool first_focus = false;  // takes the focus when the screen or sheet opens
};

struct Edited {
  bool changed = false;
  bool submitted = false;  // Enter, in one line
  bool left = false;       // the focus went away
  std::string text;        // as it stands now
  explicit operator bool() const { return changed; }
};

struct Tile {
  Text name{};  // spoken instead of everything in it
  Text hint{};
  Role role = Role::button;
  bool chosen = false;  // radio and check_box: pine edge and soft fill
  bool enabled = true;
  bool tick = false;  // the corner disc: plus, or tick when chosen
  float radius = 16;
  float lift = 0.8F;
  bool edge = true;
  bool dashed = false;
  bool plain = false;  // no card: only hover and focus
  bool first_focus = false;
  Surface::Fill fill = Surface::Fill::surface;
};

struct LevelCard {
  Text name{};
  Text text{};  // ui::runs(level.text)
  int level = 1, levels = 4;
  bool chosen = false;
  bool aim = false;
  Text aim_text{};     // "What we aim for"
  bool tight = false;  // low windows
};

struct NoteRow {
  Icon icon = Icon::message;
  Text title{};
  Text detail{};
  bool plain = false;  // a row in a card instead of a card
  bool grows = false;  // takes its share of the column's height
};

struct WorkTile {
  Text title{};
  Text detail{};          // "photo", "shown in person"
  std::string picture{};  // path of an image; empty: the icon
  Icon icon = Icon::document;
  bool choosable = false;  // evidence: a check box with a corner disc
  bool chosen = false;
  float picture_height = 100;
  bool beside = false;  // the picture before its name, for low windows
};

struct Banner {
  Text text{};
  Text detail{};
  Icon icon = Icon::check;
  bool alert = false;  // spoken at once
  bool soft = true;    // green; else a quiet well
};

struct Sheet {
  Text name{};
  float width = 640;
  bool closable = true;  // Esc and a cross
};

struct Criterion {
  std::string key;
  Text title{};
  bool done = false, here = false;
};

enum class ArtKind { logo, flag, cairn_ahead, cairn_done, cairn_today };

// Words of the picture PIN are the catalogue's "pin.picture.…".
struct PinKey {
  int value = -1;  // 0 … 9, or 0 … 11 of the pictures
  bool back = false;
};

// ---- Ui

struct Window {
  float width = 1280, height = 800;  // pixels of the framebuffer
  float content_scale = 1;
  bool dark = false;  // the system's choice
};

class Ui {
 public:
  // Fonts and catalogue outlive it. `textures` may be null: pictures then stay empty.
  Ui(Catalogue& catalogue, Textures* textures);
  ~Ui();
  Ui(const Ui&) = delete;
  Ui& operator=(const Ui&) = delete;

  // ---- a frame, as its owner (window, Headless) runs it
  void push(Event event);
  void begin(const Window& window, const app::Appearance& look, double now_s);
  void end();
  bool fonts_changed();       // since it was asked last: upload the atlas again
  bool wants_frames() const;  // something moves, or input waits
  double wake_in_s() const;   // a caret blinks, a toast goes; < 0: never
  Cursor cursor() const;
  const SemanticTree& tree() const;
  std::uint64_t frame_hash() const;  // of everything drawn
  void set_clipboard(std::function<std::string()> get, std::function<void(const std::string&)> set);

  // ---- where we are
  float width() const;  // of the window in CSS pixels, after scale and text size
  float height() const;
  bool narrow() const { return width() < 960; }            // one column, bars fold
  bool low() const { return height() < 700; }              // tighter cards
  float side() const { return narrow() ? 20.0F : 40.0F; }  // page margin
  const Tokens& theme() const;
  bool reduced_motion() const;
  double now_s() const;
  // The words themselves, where a widget does not do.
  std::string words(const Text& text) const;
  float words_width(Type type, const Text& text) const;

  // ---- keys of the keyboard; true once a press. Fields, radio groups, Tab, Enter, Space and Esc are done
  // inside.
  bool shortcut(Key key, bool control = true, bool shift = false);
  // Esc on the page, when no sheet took it.
  bool escape();

  // ---- focus
  void focus(std::string_view path);  // whole, or an unambiguous ending; in the next frame
  bool has_focus(std::string_view key) const;

  // ---- keys
  // What is inside gets `key` before its path and no box.
  [[nodiscard]] Scope keyed(std::string_view key);
  // State that lives as long as the widget is shown: "is this unfolded?"
  bool& flag(std::string_view key, bool initial = false);
  int& number(std::string_view key, int initial = 0);
  std::string& draft(std::string_view key);

  // ---- page
  struct Page {
    bool hills = false;  // hills along the foot ("Who are you?")
    bool path = true;
  };
  // Another page than in the frame before: its body fades in.
  void turn_page();
  [[nodiscard]] Scope page() { return page(Page()); }
  [[nodiscard]] Scope page(const Page& page);
  [[nodiscard]] Scope top_bar();                    // a row; 62 high, wraps when it must
  [[nodiscard]] Scope body(Box box = {.gap = 20});  // fills; a column that scrolls when needed
  [[nodiscard]] Scope status_line();                // a row; 40 high
  void logo(bool words = true);
  bool nav_item(std::string_view key, const Text& text, bool here);

  // ---- boxes
  [[nodiscard]] Scope column(Box box = {});
  [[nodiscard]] Scope row(Box box = {});
  [[nodiscard]] Scope grid(int columns, Box box = {});  // equal columns, equal heights in a row
  [[nodiscard]] Scope layer(Box box = {});              // children lie over one another, by `at`
  [[nodiscard]] Scope box(std::string_view key, const Surface& surface, Box box = {});
  [[nodiscard]] Scope card(std::string_view key,
                           Box box = {.pad = 28, .gap = 12});       // column; shadow, edge, radius 18
  [[nodiscard]] Scope well(Box box = {.pad = {18, 14}, .gap = 6});  // quiet, no edge
  [[nodiscard]] Scope soft(Box box = {.pad = {18, 14}, .gap = 6});  // soft green
  [[nodiscard]] Scope scroll(std::string_view key, Box box = {});   // a column; shadows where more follows
  // One thing to press made of several; `name` is what it is called.
  [[nodiscard]] Scope tile(std::string_view key, const Tile& tile, Box box = {.pad = 16, .gap = 6});
  // Arrows go within it; Tab passes it in one step.
  [[nodiscard]] Scope radio_group(std::string_view key, const Text& name, Box box = {});
  // A named region, for screen readers.
  [[nodiscard]] Scope region(std::string_view key, const Text& name, Box box = {});
  void space(float size);
  void stretch(float weight = 1);  // takes what is left
  void rule();                     // hairline, along or across as the box runs

  // ---- words
  void text(const Text& text, Style style = {});
  void heading(int level, const Text& text) { heading(level, text, {}); }
  void heading(int level, const Text& text,
               Style style);  // type by level unless the style names one but body
  void icon(Icon icon, float size = 20, Ink ink = Ink::pine);
  void disc(Icon icon, float size = 44);  // an icon on a soft disc
  void bullet();                          // the dot between two short texts

  // ---- controls
  bool button(std::string_view key, const Button& button);
  bool icon_button(std::string_view key, const IconButton& button);
  bool link(std::string_view key, const Text& text, Icon before = Icon::none, Icon after = Icon::none);
  // The key chosen in this frame. The raised paper of forms, languages, text sizes.
  std::optional<std::string> tabs(std::string_view key, const Text& name, std::span<const Option> options,
                                  std::string_view chosen, bool are_tabs = true);
  bool chip(std::string_view key, const Chip& chip);
  bool check(std::string_view key, const Check& check);  // true: it was pressed; the view follows
  bool toggle(std::string_view key, const Toggle& toggle);
  // A radio row with a round marker.
  bool radio(std::string_view key, const Text& text, bool chosen, const Text& detail = {});
  bool level_card(std::string_view key, const LevelCard& card);
  Edited field(std::string_view key, const Field& field);
  bool note_row(std::string_view key, const NoteRow& row);
  bool work_tile(std::string_view key, const WorkTile& tile, Box box = {.width = fill()});
  // Dashed, with a plus.
  bool add_tile(std::string_view key, const Text& text, Box box = {.width = fill()});
  void banner(std::string_view key, const Banner& banner);
  void tag(const Text& text);  // a small soft label: "lab-03", "2 of 4"
  void empty_state(Icon icon, const Text& text, const Text& detail = {});

  // ---- PIN
  void pin_slots(int filled, int slots);
  std::optional<PinKey> digit_pad(std::string_view key);  // digits also by keyboard
  std::optional<PinKey> picture_pad(std::string_view key);

  // ---- pictures
  void mark(const app::Mark& mark, std::string_view name, float radius);  // decorative
  // `on_chosen`: it lies over a chosen tile instead of within one.
  void scene(std::string_view emblem, std::string_view seed, Box box, float radius = 10,
             bool on_chosen = false);
  void image(std::string_view path, const Text& name, Box box, float radius = 10);
  void art(ArtKind kind, float size, std::string_view seed = {});
  // Stones in order of a level: 1 … `of`.
  void level_stones(int level, bool filled, float size = 12);
  // Behind what comes next in the same card: the landscape cut by its S-curve at the right.
  void scene_behind(std::string_view emblem, std::string_view seed, float from = 0.40F, float swing = 0.33F);
  void contours_behind(std::string_view seed, float fade_from = 0, float fade_over = 1);
  // Draws anything; say in words what it shows.
  void canvas(std::string_view key, const Text& name, Box box,
              std::function<void(const Painter&, Rect)> draw);

  // A page to draw on with the pointer: what was drawn since it went down, in parts of the box (0 … 1); `up`
  // once, when it is let go. No stop for Tab: offer another way beside it.
  struct Pen {
    std::vector<Vec> points;
    bool up = false;
  };
  Pen pad(std::string_view key, const Text& name, Box box, std::function<void(const Painter&, Rect)> draw);

  // ---- the trail; the id of a step that was pressed
  std::optional<std::string> trail(std::string_view key, const Text& name, const app::Trail& trail,
                                   bool climbing, Box box = {.height = fill()});
  std::optional<std::string> criterion_trail(std::string_view key, const Text& name,
                                             std::span<const Criterion> criteria);

  // ---- over the page
  [[nodiscard]] Scope sheet(std::string_view key, const Sheet& sheet);
  // In the status line, so that it covers nothing. True: Undo was pressed. Spoken once.
  bool toast(std::string_view key, const Text& text, const Text& action);

  struct Impl;

 private:
  friend class Scope;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waymark::ui
