#include "shared/wire/events.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace waymark::wire {
namespace {

void read_line(std::string_view line, Heads& heads) {
  constexpr std::string_view kData = "data:";
  if (!line.starts_with(kData)) return;
  auto event = nlohmann::json::parse(line.substr(kData.size()), nullptr, false);
  if (!event.is_object()) return;
  auto stream = event.find("s"), head = event.find("head");
  if (stream == event.end() || !stream->is_string() || head == event.end() || !head->is_number_integer())
    return;
  auto name = stream->get<std::string>();
  if (name.empty() || (heads.size() >= heads_max && !heads.contains(name))) return;
  auto& known = heads[name];
  known = std::max(known, head->get<std::int64_t>());
}

}  // namespace

std::string encode_event(std::string_view stream, std::int64_t head) {
  nlohmann::json event = {{"s", stream}, {"head", head}};
  return "data: " + event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n\n";
}

bool EventReader::read(std::string_view piece, Heads& heads) {
  while (!piece.empty()) {
    auto end = piece.find('\n');
    line_ += piece.substr(0, end);
    if (line_.size() > event_line_bytes_max) return false;
    if (end == std::string_view::npos) return true;
    read_line(line_, heads);
    line_.clear();
    piece.remove_prefix(end + 1);
  }
  return true;
}

}  // namespace waymark::wire
