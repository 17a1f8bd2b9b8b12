#include "client/ui/textures.hpp"

#define STBI_NO_STDIO
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include <stb/stb_image.h>

namespace waymark::ui {
namespace {

constexpr std::size_t file_max = 25'000'000;
constexpr int side_read_max = 12'000;  // of what is decoded at all

std::vector<std::uint8_t> read(const std::string& path) {
  std::vector<std::uint8_t> bytes;
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error || size > file_max) return bytes;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!file) return bytes;
  bytes.resize(size);
  bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file.get()));
  return bytes;
}

// Every four pixels become one.
void halve(std::vector<std::uint8_t>& rgba, int& width, int& height) {
  const int w = width / 2, h = height / 2;
  std::vector<std::uint8_t> out(static_cast<std::size_t>(w * h) * 4);
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x)
      for (int c = 0; c < 4; ++c) {
        const auto at = [&](int dx, int dy) {
          return static_cast<int>(
              rgba[static_cast<std::size_t>(((2 * y + dy) * width + 2 * x + dx) * 4 + c)]);
        };
        out[static_cast<std::size_t>((y * w + x) * 4 + c)] =
            static_cast<std::uint8_t>((at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1) + 2) / 4);
      }
  rgba = std::move(out);
  width = w;
  height = h;
}

}  // namespace

Textures::~Textures() {
  for (auto& entry : entries_)
    if (entry.picture.texture) uploader_.forget(entry.picture.texture);
}

void Textures::decode(const std::string& path, Pixels& pixels) {
  const auto bytes = read(path);
  int width = 0, height = 0, channels = 0;
  const auto size = static_cast<int>(bytes.size());
  if (bytes.empty() || !stbi_info_from_memory(bytes.data(), size, &width, &height, &channels) || width <= 0 ||
      height <= 0 || width > side_read_max || height > side_read_max)
    return;
  const std::unique_ptr<stbi_uc, void (*)(void*)> decoded(
      stbi_load_from_memory(bytes.data(), size, &width, &height, &channels, 4), &stbi_image_free);
  if (!decoded) return;
  pixels.rgba.assign(decoded.get(), decoded.get() + static_cast<std::size_t>(width * height) * 4);
  while (std::max(width, height) > side_max) halve(pixels.rgba, width, height);
  pixels.width = width;
  pixels.height = height;
}

const Textures::Picture& Textures::get(std::string_view path) {
  const std::string name(path);
  if (const auto found = index_.find(name); found != index_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    upload(entries_.front());
    let_go();
    return entries_.front().picture;
  }
  entries_.push_front({name, {}, std::make_shared<Pixels>()});
  index_[name] = entries_.begin();
  ++waiting_;
  const auto coming = entries_.front().coming;
  if (background_) {
    background_->run([name, coming] {
      decode(name, *coming);
      coming->done = true;
    });
  } else {
    decode(name, *coming);
    coming->done = true;
    upload(entries_.front());
  }
  let_go();
  return entries_.front().picture;
}

void Textures::upload(Entry& entry) {
  if (!entry.coming || !entry.coming->done) return;
  const auto pixels = std::exchange(entry.coming, nullptr);
  --waiting_;
  if (pixels->rgba.empty()) return;
  entry.picture = {uploader_.upload(pixels->rgba.data(), pixels->width, pixels->height), pixels->width,
                   pixels->height};
  pixels_ += static_cast<std::size_t>(pixels->width) * static_cast<std::size_t>(pixels->height);
}

void Textures::let_go() {
  while (entries_.size() > 1 && (pixels_ > pixels_max || entries_.size() > 500))
    forget(std::string(entries_.back().path));
}

void Textures::forget(std::string_view path) {
  const auto found = index_.find(std::string(path));
  if (found == index_.end()) return;
  const Picture picture = found->second->picture;
  if (picture.texture) uploader_.forget(picture.texture);
  if (found->second->coming) --waiting_;
  pixels_ -= static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height);
  entries_.erase(found->second);
  index_.erase(found);
}

}  // namespace waymark::ui
