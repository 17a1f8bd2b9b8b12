// The pictures that are Waymark's own: cairns and flags, the trail on its map, landscapes, students' marks
// and the pictures of the PIN. Drawn from seeds, so that the same project looks the same on every computer.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/app/views.hpp"
#include "client/ui/painter.hpp"

namespace waymark::ui {

enum class Stone { ahead, done, today, order, order_chosen };
// Stones stacked on `foot`; `size` is half the width of the lowest. `settled` below 1: the last is on its way
// down.
void draw_cairn(const Painter& p, Vec foot, int stones, float size, Stone state, std::uint32_t seed,
                bool shadow = true, float settled = 1);
void draw_flag(const Painter& p, Vec foot, float size, Color color);
void draw_logo(const Painter& p, Vec centre, float size);

// Scenes that an emblem may name; another word draws the hills.
std::span<const std::string_view> scenes();
void draw_scene(const Painter& p, Rect r, std::string_view emblem, std::uint32_t seed);
// As a print with a thin frame and round corners, lying on `ground`.
void draw_scene_print(const Painter& p, Rect r, float radius, std::string_view emblem, std::uint32_t seed,
                      Color ground);
// The scene at the right of a card, cut by the S-curve that keeps words clear of it.
void draw_scene_cut(const Painter& p, Rect card, float radius, std::string_view emblem, std::uint32_t seed,
                    float from, float swing);
// Hills along the foot of a page.
void draw_foot_hills(const Painter& p, Rect r, bool path);
// Contour lines of a map.
void draw_contours(const Painter& p, Rect r, std::uint32_t seed, float fade_from, float fade_over);

std::span<const std::string_view> mark_shapes();
std::span<const std::string_view> mark_colors();
Color mark_color(std::string_view name);
// Is this shape's colour told apart from the disc's (3 : 1)?
bool mark_pair_readable(std::string_view ink, std::string_view disc);
// `initial`: shown while no shape is chosen.
void draw_mark(const Painter& p, Vec centre, float radius, const app::Mark& mark, std::string_view initial);

constexpr int pin_pictures = 12;
// The key of a picture's word, "pin.picture.fish".
std::string_view pin_picture_key(int picture);
void draw_pin_picture(const Painter& p, int picture, Vec centre, float radius);

std::uint32_t seed_of(std::string_view text);

// Where the steps of a trail lie in a box, and the line through them.
struct TrailForm {
  std::vector<Vec> feet;    // of each cairn
  std::vector<Vec> line;    // the whole path
  std::vector<int> at;      // index in `line` of each cairn
  std::vector<Rect> words;  // where each step's words go
  std::vector<bool> right;  // climbing: are the words at the right of the cairn?
};
// `above`, `below`: room left free at the edges, for words.
TrailForm trail_across(Rect r, std::string_view seed, std::size_t steps, float above = 44, float below = 52);
TrailForm trail_climbing(Rect r, std::string_view seed, std::size_t steps);

}  // namespace waymark::ui
