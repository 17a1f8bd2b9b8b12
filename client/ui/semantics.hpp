// What is on the screen, told without pixels: the tree that tests, the driver and screen readers read, and
// through which they act. Written anew each frame; a node's path is its identity, its name never is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/ui/geometry.hpp"

namespace waymark::ui {

using Id = std::uint64_t;  // of a path; 0: none

enum class Role {
  group,
  region,
  heading,
  text,
  button,
  link,
  tab_list,
  tab,
  check_box,
  toggle,
  radio_group,
  radio,
  field,
  image,
  list,
  list_item,
  dialog,
  status,
  alert,
  scroll,
};
std::string_view name(Role role);

struct Semantic {
  Id id = 0;
  std::string path;  // "today/next/carry_on"
  Role role = Role::group;
  std::string name;   // what is said first
  std::string value;  // a field's text, a chosen value
  std::string hint;   // why it waits, what it does
  Rect bounds;        // in CSS pixels of the window
  Rect visible;       // the part that no scroll area hides
  int level = 0;      // of a heading
  int layer = 0;      // 0 the page, above it sheets
  int parent = -1;    // index in the tree
  bool focusable = false, focused = false;
  bool checkable = false, checked = false;
  bool selected = false, enabled = true, multiline = false;
  bool cut = false;  // its words do not fit their box: a defect, which tests look for
  std::size_t caret = 0;
  Id group = 0;            // of radio buttons and tabs: one stop for Tab
  bool preferred = false;  // that stop while nothing is chosen
};

struct SemanticTree {
  std::vector<Semantic> nodes;  // in reading order
  Id focus = 0;
  int top_layer = 0;
  std::vector<std::string> doubled;  // paths used twice in one frame: a defect
  const Semantic* find(Id id) const;
  // By its whole path, or by an ending of whole keys ("carry_on") when only one node ends so.
  const Semantic* find(std::string_view path) const;
  // One line a node, indented: for tests and for people.
  std::string dump() const;
};

Id id_of(std::string_view path);

}  // namespace waymark::ui
