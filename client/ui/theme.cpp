#include "client/ui/theme.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace waymark::ui {
namespace {

constexpr Tokens light_tokens = {.page = rgb(0xF7F4EE),
                                 .page2 = rgb(0xF2EDE3),
                                 .surface = rgb(0xFFFDF9),
                                 .surface2 = rgb(0xF1ECE1),
                                 .border = rgb(0xDFD6C6),
                                 .control = rgb(0x857C6D),
                                 .text = rgb(0x1E2A2E),
                                 .muted = rgb(0x56605F),
                                 .pine = rgb(0x17594A),
                                 .pine_deep = rgb(0x0E4337),
                                 .pine_soft = rgb(0xDDEAE2),
                                 .on_pine = rgb(0xFFFFFF),
                                 .trail = rgb(0xB34A12),
                                 .trail_soft = rgb(0xFBE9DB),
                                 .on_trail = rgb(0xFFFFFF),
                                 .mark = rgb(0xF8E7A8),
                                 .sand = rgb(0xE9DFCB),
                                 .sand_edge = rgb(0xD6C8AC),
                                 .contour = rgb(0xEAE3D5),
                                 .stone = rgb(0xF4EFE5),
                                 .stone_edge = rgb(0x9C917D),
                                 .focus = rgb(0x0B66C3),
                                 .shadow = rgb(0x4A3A1C),
                                 .shadow_strength = 1,
                                 .contrast = false,
                                 .dusk = false};

constexpr Tokens dusk_tokens = {.page = rgb(0x2B2229),
                                .page2 = rgb(0x1E181D),
                                .surface = rgb(0x352B31),
                                .surface2 = rgb(0x42363C),
                                .border = rgb(0x5A4B50),
                                .control = rgb(0x9C8D86),
                                .text = rgb(0xF5ECE0),
                                .muted = rgb(0xC4B6AA),
                                .pine = rgb(0x93D1B6),
                                .pine_deep = rgb(0xB4E3CE),
                                .pine_soft = rgb(0x2D423A),
                                .on_pine = rgb(0x14261F),
                                .trail = rgb(0xF4A672),
                                .trail_soft = rgb(0x4A3025),
                                .on_trail = rgb(0x2B1609),
                                .mark = rgb(0x665426),
                                .sand = rgb(0x4A3F3A),
                                .sand_edge = rgb(0x66574D),
                                .contour = rgb(0x43373D),
                                .stone = rgb(0x4A3E42),
                                .stone_edge = rgb(0x9C8D86),
                                .focus = rgb(0xFFD98A),
                                .shadow = rgb(0x000000),
                                .shadow_strength = 1.8F,
                                .contrast = false,
                                .dusk = true};

constexpr Tokens contrast_tokens = {.page = rgb(0x000000),
                                    .page2 = rgb(0x000000),
                                    .surface = rgb(0x000000),
                                    .surface2 = rgb(0x000000),
                                    .border = rgb(0xFFFFFF),
                                    .control = rgb(0xFFFFFF),
                                    .text = rgb(0xFFFFFF),
                                    .muted = rgb(0xFFFFFF),
                                    .pine = rgb(0x8CFFD2),
                                    .pine_deep = rgb(0x8CFFD2),
                                    .pine_soft = rgb(0x000000),
                                    .on_pine = rgb(0x000000),
                                    .trail = rgb(0xFFB347),
                                    .trail_soft = rgb(0x000000),
                                    .on_trail = rgb(0x000000),
                                    .mark = rgb(0x000000),
                                    .sand = rgb(0x000000),
                                    .sand_edge = rgb(0xFFFFFF),
                                    .contour = rgb(0x000000),
                                    .stone = rgb(0x000000),
                                    .stone_edge = rgb(0xFFFFFF),
                                    .focus = rgb(0x00E5FF),
                                    .shadow = rgb(0x000000),
                                    .shadow_strength = 0,
                                    .contrast = true,
                                    .dusk = false};

constexpr Pair all_pairs[] = {
    {"text on page", &Tokens::text, &Tokens::page, 4.5F},
    {"text on page2", &Tokens::text, &Tokens::page2, 4.5F},
    {"text on surface", &Tokens::text, &Tokens::surface, 4.5F},
    {"text on surface2", &Tokens::text, &Tokens::surface2, 4.5F},
    {"text on pine_soft", &Tokens::text, &Tokens::pine_soft, 4.5F},
    {"text on mark", &Tokens::text, &Tokens::mark, 4.5F},
    {"text on trail_soft", &Tokens::text, &Tokens::trail_soft, 4.5F},
    {"muted on page", &Tokens::muted, &Tokens::page, 4.5F},
    {"muted on page2", &Tokens::muted, &Tokens::page2, 4.5F},
    {"muted on surface", &Tokens::muted, &Tokens::surface, 4.5F},
    {"muted on surface2", &Tokens::muted, &Tokens::surface2, 4.5F},
    {"muted on pine_soft", &Tokens::muted, &Tokens::pine_soft, 4.5F},
    {"pine on surface", &Tokens::pine, &Tokens::surface, 4.5F},
    {"pine on page", &Tokens::pine, &Tokens::page, 4.5F},
    {"pine on page2", &Tokens::pine, &Tokens::page2, 4.5F},
    {"pine on pine_soft", &Tokens::pine, &Tokens::pine_soft, 4.5F},
    {"pine_deep on pine_soft", &Tokens::pine_deep, &Tokens::pine_soft, 4.5F},
    {"pine_deep on surface", &Tokens::pine_deep, &Tokens::surface, 4.5F},
    {"on_pine on pine", &Tokens::on_pine, &Tokens::pine, 4.5F},
    {"trail on surface", &Tokens::trail, &Tokens::surface, 4.5F},
    {"trail on page", &Tokens::trail, &Tokens::page, 4.5F},
    {"trail on trail_soft", &Tokens::trail, &Tokens::trail_soft, 4.5F},
    {"on_trail on trail", &Tokens::on_trail, &Tokens::trail, 4.5F},
    {"outline of controls on surface", &Tokens::control, &Tokens::surface, 3},
    {"outline of controls on page2", &Tokens::control, &Tokens::page2, 3},
    {"edge of stones on surface", &Tokens::stone_edge, &Tokens::surface, 3},
    {"focus on page", &Tokens::focus, &Tokens::page, 3},
    {"focus on surface", &Tokens::focus, &Tokens::surface, 3},
};

float luminance(Color color) {
  const auto linear = [](std::uint32_t byte) {
    const float c = static_cast<float>(byte & 255U) / 255.0F;
    return c <= 0.04045F ? c / 12.92F : std::pow((c + 0.055F) / 1.055F, 2.4F);
  };
  return 0.2126F * linear(color) + 0.7152F * linear(color >> 8) + 0.0722F * linear(color >> 16);
}

}  // namespace

Color mix(Color a, Color b, float t) {
  Color out = 0;
  for (int shift = 0; shift < 32; shift += 8) {
    const float from = static_cast<float>((a >> shift) & 255U), to = static_cast<float>((b >> shift) & 255U);
    out |= static_cast<Color>(from + (to - from) * t + 0.5F) << shift;
  }
  return out;
}

Color with_alpha(Color color, float alpha) {
  const float a = static_cast<float>(color >> 24) * std::clamp(alpha, 0.0F, 1.0F);
  return (color & 0x00ffffffU) | (static_cast<Color>(a + 0.5F) << 24);
}

const Tokens& tokens(Theme theme) {
  return theme == Theme::light ? light_tokens : theme == Theme::dusk ? dusk_tokens : contrast_tokens;
}

Theme theme_named(std::string_view name, bool system_is_dark) {
  if (name == "light") return Theme::light;
  if (name == "dusk") return Theme::dusk;
  if (name == "contrast") return Theme::contrast;
  return system_is_dark ? Theme::dusk : Theme::light;
}

std::span<const Pair> pairs() { return all_pairs; }

float contrast(Color a, Color b) {
  const float x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05F) / (std::min(x, y) + 0.05F);
}

}  // namespace waymark::ui
