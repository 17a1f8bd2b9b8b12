// A Ui without window and graphics card, driven as a person would: for tests and tools. Every act runs the
// frames it takes until nothing moves.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "client/ui/kit.hpp"

namespace waymark::ui {

class Headless {
 public:
  static constexpr int frames_max = 600;  // until something must have come to rest

  explicit Headless(std::function<void(Ui&)> screen, float width = 1280, float height = 800);

  Ui& ui() { return ui_; }
  Catalogue& catalogue() { return catalogue_; }
  app::Appearance look;  // reduced motion from the start
  Window window;

  // One frame, and as many as it takes for everything to stand still.
  void frame();
  void settle();

  bool press(std::string_view path);  // a click in its middle
  bool act(std::string_view path);    // through the tree, as a screen reader does
  bool focus(std::string_view path);
  void key(Key key, bool shift = false, bool control = false);
  void type(std::string_view text);
  bool set_text(std::string_view path, std::string_view text);
  void push(Event event) { ui_.push(std::move(event)); }

  const SemanticTree& tree() const { return ui_.tree(); }
  const Semantic* find(std::string_view path) const { return ui_.tree().find(path); }
  // What is said of it; empty when it is not there.
  std::string name(std::string_view path) const;
  std::string value(std::string_view path) const;
  bool shows(std::string_view words) const;  // somewhere, as part of a name or a value

 private:
  class NoPixels final : public Uploader {
   public:
    void* upload(const std::uint8_t* rgba, int width, int height) override;
    void forget(void* texture) override;
  };

  Catalogue catalogue_;
  NoPixels uploader_;
  Textures textures_{uploader_};
  Ui ui_;
  std::function<void(Ui&)> screen_;
  double now_ = 0;
};

}  // namespace waymark::ui
