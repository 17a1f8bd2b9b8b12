// Pictures of the disk on the screen: asked for by path, loaded when first shown, the longest unused let go.
// Where the pixels go is the window's business.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "client/ui/geometry.hpp"
#include "shared/base/background.hpp"

namespace waymark::ui {

// Takes RGBA bytes to where the renderer finds them.
class Uploader {
 public:
  virtual ~Uploader() = default;
  virtual void* upload(const std::uint8_t* rgba, int width, int height) = 0;
  virtual void forget(void* texture) = 0;
};

class Textures {
 public:
  static constexpr std::size_t pixels_max = 24'000'000;  // all together: 96 MB
  static constexpr int side_max = 2048;                  // of one; larger ones are halved until they fit

  // `background`: where pictures are decoded; they show in a later frame. None: at once.
  explicit Textures(Uploader& uploader, Background* background = nullptr)
      : uploader_(uploader), background_(background) {}
  ~Textures();
  Textures(const Textures&) = delete;
  Textures& operator=(const Textures&) = delete;

  struct Picture {
    void* texture = nullptr;  // null: not a picture, or gone
    int width = 0, height = 0;
  };
  const Picture& get(std::string_view path);
  std::size_t pixels() const { return pixels_; }
  // A picture that was asked for is decoded now: there is something to draw soon.
  bool waits() const { return waiting_ > 0; }
  // A changed file under the same path.
  void forget(std::string_view path);

 private:
  struct Pixels {
    std::vector<std::uint8_t> rgba;
    int width = 0, height = 0;
    std::atomic<bool> done = false;
  };
  struct Entry {
    std::string path;
    Picture picture;
    std::shared_ptr<Pixels> coming;  // until it is uploaded
  };
  static void decode(const std::string& path, Pixels& pixels);
  void upload(Entry& entry);
  void let_go();
  Uploader& uploader_;
  Background* background_;
  std::size_t waiting_ = 0;
  std::list<Entry> entries_;  // latest used first
  std::unordered_map<std::string, std::list<Entry>::iterator> index_;
  std::size_t pixels_ = 0;
};

}  // namespace waymark::ui
