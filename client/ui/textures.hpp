// Pictures of the disk on the screen: asked for by path, loaded when first shown, the longest unused let go.
// Where the pixels go is the window's business.
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "client/ui/geometry.hpp"

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

  explicit Textures(Uploader& uploader) : uploader_(uploader) {}
  ~Textures();
  Textures(const Textures&) = delete;
  Textures& operator=(const Textures&) = delete;

  struct Picture {
    void* texture = nullptr;  // null: not a picture, or gone
    int width = 0, height = 0;
  };
  const Picture& get(std::string_view path);
  std::size_t pixels() const { return pixels_; }
  // A changed file under the same path.
  void forget(std::string_view path);

 private:
  struct Entry {
    std::string path;
    Picture picture;
  };
  Uploader& uploader_;
  std::list<Entry> entries_;  // latest used first
  std::unordered_map<std::string, std::list<Entry>::iterator> index_;
  std::size_t pixels_ = 0;
};

}  // namespace waymark::ui
