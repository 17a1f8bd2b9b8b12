// The PIN: four digits or four pictures, entered or chosen. What was pressed is never shown, only how many.
#include <algorithm>
#include <array>

#include "client/screens/outside.hpp"
#include "client/screens/screens.hpp"

namespace waymark::screens {
namespace {

// Too narrow for the keys beside who it is for.
bool is_folded(const ui::Ui& ui) { return ui.width() < 760; }

constexpr std::string_view kHexadecimal = "0123456789ab";

ui::Text prompt(const app::PinView& view, bool pictures) {
  if (view.choosing && view.again)
    return pictures ? "screen.pin.again_pictures"_t : "screen.pin.again_digits"_t;
  if (view.choosing) return pictures ? "screen.pin.choose_pictures"_t : "screen.pin.choose_digits"_t;
  return pictures ? "screen.pin.pictures"_t : "screen.pin.digits"_t;
}

// Who it is for, and how far it is.
void who(ui::Ui& ui, const app::PinView& view, bool pictures, std::size_t typed, Commands& out) {
  const bool folded = is_folded(ui);
  auto side = ui.box("who", {.fill = ui::Surface::Fill::soft, .radius = 17},
                     {.width = folded ? ui::fill() : ui::px(ui.narrow() ? 280.0F : 340.0F),
                      .pad = {ui.narrow() && !folded ? 13.0F : 24.0F, folded ? 16.0F : 22.0F},
                      .gap = folded ? 10.0F : 14.0F,
                      .cross = ui::Cross::center});
  {
    auto top = ui.row({.width = ui::fill(), .cross = ui::Cross::center});
    if (ui.link("back", "screen.pin.not_you"_t, ui::Icon::back)) out.push_back(go(app::Screen::who));
    ui.stretch();
  }
  if (!folded) {
    ui.space(ui.low() ? 0.0F : 14.0F);
    ui.mark(view.who.mark, view.who.name, ui.low() ? 44.0F : 66.0F);
  }
  ui.heading(1, "screen.pin.hello"_t.with("name", view.who.name),
             {.type = folded || ui.low() ? ui::Type::h1 : ui::Type::display,
              .align = ui::Align::center,
              .width = ui::fill()});
  if (view.error) {
    ui.banner("error", {.text = view.error, .icon = ui::Icon::hand, .alert = true, .soft = false});
  } else {
    ui.text(prompt(view, pictures), {.ink = ui::Ink::muted, .align = ui::Align::center, .width = ui::fill()});
  }
  if (view.unchecked && !view.error)
    ui.text(view.unchecked, {.align = ui::Align::center, .width = ui::fill()});
  if (view.wait_s <= 0) ui.pin_slots(static_cast<int>(typed), view.slots);
  if (!folded) ui.stretch();
  ui.text(view.choosing ? "screen.pin.choose_hint"_t : "screen.pin.forgot"_t,
          {.type = ui::Type::small, .ink = ui::Ink::muted, .align = ui::Align::center, .width = ui::fill()});
}

}  // namespace

void draw_pin(ui::Ui& ui, const app::PinView& view, Locals& locals, Commands& out) {
  std::string& typed = locals.word("pin.typed");
  std::string& kind = locals.word("pin.kind");
  std::string& state = locals.word("pin.state");
  const std::string state_now = view.who.id + (view.choosing ? "c" : "e") + (view.again ? "2" : "1");
  if (state != state_now) {
    // Another person or the second time: nothing of before is left. (A test may begin with some of it typed.)
    if (!state.empty()) typed.clear();
    kind = view.kind == app::PinKind::pictures ? "pictures" : "digits";
    state = state_now;
  }
  if (!view.may_switch) kind = view.kind == app::PinKind::pictures ? "pictures" : "digits";
  const bool pictures = kind == "pictures";

  draw_outside_bar(ui, {}, locals.text_size, out);
  {
    auto body =
        ui.body({.pad = {ui.side(), ui.low() ? 10.0F : 30.0F, ui.side(), 20}, .cross = ui::Cross::center});
    const float room = ui.width() - 2 * ui.side();
    auto panel = ui.card("pin", {.width = ui::px(std::min(900.0F, room)),
                                 .height_min = ui.low() ? 420.0F : 500.0F,
                                 .pad = 1,
                                 .gap = 0});
    // One beside the other; one above the other where it is narrow.
    const auto inside = [&] {
      who(ui, view, pictures, typed.size(), out);
      auto side = ui.column({.width = ui::fill(),
                             .height = ui::fill(),
                             .pad = {ui.narrow() ? 20.0F : 36.0F, ui.low() ? 16.0F : 30.0F},
                             .gap = 16});
      if (view.wait_s > 0) {
        ui.stretch();
        ui.empty_state(ui::Icon::clock, "screen.pin.wait"_t.counted(view.wait_s), "screen.pin.wait_detail"_t);
        ui.stretch();
        return;
      }
      if (view.choosing && view.may_switch) {
        const std::array<ui::Option, 2> kinds{{{.key = "digits", .text = "screen.pin.four_digits"_t},
                                               {.key = "pictures", .text = "screen.pin.four_pictures"_t}}};
        if (const auto chosen = ui.tabs("kind", "screen.pin.kind"_t, kinds, kind, false)) {
          if (kind != *chosen) typed.clear();
          kind = *chosen;
        }
      }
      const auto key = pictures ? ui.picture_pad("pad") : ui.digit_pad("pad");
      if (pictures && !typed.empty()) {
        auto row = ui.row({.cross = ui::Cross::center});
        ui.stretch();
        if (ui.link("take_back", "screen.pin.take_back"_t, ui::Icon::backspace)) typed.pop_back();
      }
      if (key && key->back && !typed.empty()) typed.pop_back();
      if (key && !key->back && key->value >= 0 && key->value < 12) {
        typed.push_back(kHexadecimal[static_cast<std::size_t>(key->value)]);
      }
      if (static_cast<int>(typed.size()) >= view.slots) {
        if (view.choosing) {
          out.push_back(app::ChoosePin{pictures ? app::PinKind::pictures : app::PinKind::digits, typed});
        } else {
          out.push_back(app::EnterPin{typed});
        }
        typed.clear();
      }
    };
    if (is_folded(ui)) {
      auto both = ui.column({.height = ui::fill()});
      inside();
    } else {
      auto both = ui.row({.height = ui::fill()});
      inside();
    }
  }
  draw_outside_line(ui, {}, "screen.pin.line"_t);
}

}  // namespace waymark::screens
