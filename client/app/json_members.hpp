// Members of JSON that others wrote: the value if it is there and of its type, else nothing. Never throws.
#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

namespace waymark::app {

inline std::string member_text(const nlohmann::json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}
inline std::int64_t member_number(const nlohmann::json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}
inline bool member_flag(const nlohmann::json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

}  // namespace waymark::app
