// The names of the error codes, as they stand in the protocol and in the catalogue.
#include <array>
#include <cstddef>

#include "shared/base/result.hpp"

namespace waymark {
namespace {
// In the order of the enum.
constexpr std::array<std::string_view, 33> kNames = {
    "malformed",   "invalid",          "too_large",   "too_deep",         "wrong_id",        "unknown_kind",
    "forbidden",   "not_granted",      "not_found",   "exists",           "conflict",        "unauthorized",
    "wrong_pin",   "wrong_password",   "slowed_down", "card_unknown",     "card_voided",     "code_unknown",
    "code_used",   "disk_full",        "io",          "database_damaged", "database_locked", "offline",
    "timeout",     "identity_changed", "not_waymark", "server_busy",      "server_failed",   "not_an_image",
    "unsupported", "cancelled",        "internal"};
static_assert(kNames.size() == static_cast<std::size_t>(Code::internal) + 1);
}  // namespace

std::string_view name(Code code) { return kNames[static_cast<std::size_t>(code)]; }

Code code_named(std::string_view text) {
  for (std::size_t i = 0; i < kNames.size(); i++)
    if (kNames[i] == text) return static_cast<Code>(i);
  return Code::internal;
}

}  // namespace waymark
