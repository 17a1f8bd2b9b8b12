#include "sync-server/service/uploads.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <vector>

namespace waymark::server {
namespace {

namespace fs = std::filesystem;

struct Upload {
  fs::path path;
  fs::file_time_type touched;
  std::uintmax_t bytes = 0;
};

// The one that was not touched for longest first.
std::vector<Upload> uploads_in(const std::string& folder, std::string_view prefix) {
  std::vector<Upload> found;
  std::error_code error;
  for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    if (!entry->path().filename().string().starts_with(prefix)) continue;
    std::error_code gone;
    Upload upload{entry->path(), entry->last_write_time(gone), entry->file_size(gone)};
    if (!gone) found.push_back(std::move(upload));
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.touched < b.touched; });
  return found;
}

void leave(const std::vector<Upload>& uploads, std::size_t count) {
  std::error_code ignored;
  for (std::size_t i = 0; i + count < uploads.size(); i++) fs::remove(uploads[i].path, ignored);
}

}  // namespace

std::string Uploads::path(const PersonId& person, std::string_view hash) const {
  return folder_ + "/" + person.hex() + "." + std::string(hash);
}

std::int64_t Uploads::size(const PersonId& person, std::string_view hash) const {
  std::error_code error;
  auto bytes = fs::file_size(path(person, hash), error);
  return error ? 0 : static_cast<std::int64_t>(bytes);
}

std::int64_t Uploads::bytes() const {
  std::int64_t sum = 0;
  for (const auto& upload : uploads_in(folder_, "")) sum += static_cast<std::int64_t>(upload.bytes);
  return sum;
}

std::set<std::string> Uploads::hashes() const {
  std::set<std::string> found;
  for (const auto& upload : uploads_in(folder_, "")) found.insert(upload.path.extension().string().substr(1));
  return found;
}

void Uploads::forget(const PersonId& person) const { leave(uploads_in(folder_, person.hex() + "."), 0); }

void Uploads::forget_file(std::string_view hash) const {
  std::error_code ignored;
  for (const auto& upload : uploads_in(folder_, ""))
    if (upload.path.filename().string().ends_with("." + std::string(hash))) fs::remove(upload.path, ignored);
}

void Uploads::make_room(const PersonId& person) const {
  leave(uploads_in(folder_, person.hex() + "."), uploads_per_person_max - 1);
  leave(uploads_in(folder_, ""), uploads_max - 1);
}

void Uploads::remove_older_than(std::int64_t age_ms) const {
  auto limit = fs::file_time_type::clock::now() - std::chrono::milliseconds(age_ms);
  std::error_code ignored;
  for (const auto& upload : uploads_in(folder_, ""))
    if (upload.touched < limit) fs::remove(upload.path, ignored);
}

}  // namespace waymark::server
