#include "client/ui/semantics.hpp"

#include <array>

namespace waymark::ui {

std::string_view name(Role role) {
  static constexpr std::array<std::string_view, 21> names = {
      "group", "region",    "heading", "text",        "button",       "link",        "tab list",
      "tab",   "check box", "switch",  "radio group", "radio button", "field",       "image",
      "list",  "list item", "dialog",  "status",      "alert",        "scroll area", "?"};
  const auto index = static_cast<std::size_t>(role);
  return names[index < names.size() ? index : names.size() - 1];
}

Id id_of(std::string_view path) {
  Id hash = 14695981039346656037ULL;  // FNV-1a
  for (const char c : path) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash ? hash : 1;
}

const Semantic* SemanticTree::find(Id id) const {
  for (const auto& node : nodes)
    if (node.id == id && id) return &node;
  return nullptr;
}

const Semantic* SemanticTree::find(std::string_view path) const {
  const Semantic* found = nullptr;
  int endings = 0;
  for (const auto& node : nodes) {
    if (node.path.empty()) continue;
    if (node.path == path) return &node;
    const bool ends = node.path.size() > path.size() && node.path.ends_with(path) &&
                      node.path[node.path.size() - path.size() - 1] == '/';
    if (ends) found = &node, ++endings;
  }
  return endings == 1 ? found : nullptr;
}

std::string SemanticTree::dump() const {
  std::string out;
  std::vector<int> depth(nodes.size(), 0);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto& node = nodes[i];
    if (node.parent >= 0) depth[i] = depth[static_cast<std::size_t>(node.parent)] + 1;
    out.append(static_cast<std::size_t>(depth[i]) * 2, ' ');
    out += name(node.role);
    if (node.level) out += " " + std::to_string(node.level);
    out += " \"" + node.name + "\"";
    if (!node.value.empty()) out += " = \"" + node.value + "\"";
    if (node.checkable) out += node.checked ? " [x]" : " [ ]";
    if (node.selected) out += " selected";
    if (!node.enabled) out += " waiting";
    if (node.focused) out += " *";
    if (node.cut) out += " CUT";
    if (!node.path.empty()) out += "  <" + node.path + ">";
    out += "\n";
  }
  return out;
}

}  // namespace waymark::ui
