#include "sync-server/service/parcels.hpp"

#include <algorithm>
#include <filesystem>

#include "shared/store/files.hpp"

namespace waymark::server {
namespace {

namespace fs = std::filesystem;

constexpr auto kAnswer = parcel_answer_ending;
constexpr std::int64_t kLeastBytes = 4096;  // of a disk, for the smallest file
constexpr std::size_t kPersonDigits = 32, kNameDigits = 64;

struct Kept {
  fs::path path;
  ParcelRow row;
  bool answered = false;
  fs::file_time_type since;
};

std::vector<Kept> kept_in(const std::string& folder) {
  std::vector<Kept> found;
  std::error_code error;
  for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    auto file = entry->path().filename().string();
    Kept kept;
    kept.path = entry->path();
    kept.answered = file.ends_with(kAnswer);
    if (kept.answered) file.resize(file.size() - kAnswer.size());
    auto person = PersonId::parse(file.substr(0, kPersonDigits));
    if (!person || file.size() != kPersonDigits + 1 + kNameDigits || file[kPersonDigits] != '.') continue;
    std::error_code gone;
    kept.row = {*person, file.substr(kPersonDigits + 1), static_cast<std::int64_t>(entry->file_size(gone))};
    kept.since = entry->last_write_time(gone);
    if (!gone) found.push_back(std::move(kept));
  }
  std::sort(found.begin(), found.end(), [](const Kept& a, const Kept& b) {
    return std::tie(a.since, a.row.name) < std::tie(b.since, b.row.name);
  });
  return found;
}

}  // namespace

Status put_in_place(const std::string& file, const std::string& answer_file, std::string_view answer) {
  auto written = store::write_durably(answer_file, answer);
  bool full = !written && written.error().code == Code::disk_full;
  if (!written && !full) return written;
  std::error_code ignored;
  fs::remove(file, ignored);
  if (full) written = store::write_durably(answer_file, answer);
  return written || written.error().code == Code::disk_full ? Status() : written;
}

std::string Parcels::path(const PersonId& person, std::string_view name) const {
  return folder_ + "/" + person.hex() + "." + std::string(name);
}

bool Parcels::waits(const PersonId& person, std::string_view name) const {
  std::error_code error;
  return fs::is_regular_file(path(person, name), error);
}

std::optional<std::string> Parcels::answer(const PersonId& person, std::string_view name) const {
  auto bytes = store::read_whole(path(person, name) + std::string(kAnswer), answer_bytes_max_);
  if (!bytes) return {};
  return *bytes;
}

std::vector<ParcelRow> Parcels::waiting() const {
  std::vector<ParcelRow> rows;
  for (auto& kept : kept_in(folder_))
    if (!kept.answered) rows.push_back(std::move(kept.row));
  return rows;
}

std::size_t Parcels::waiting_of(const PersonId& person) const {
  auto rows = waiting();
  return static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(), [&](const ParcelRow& row) { return row.person == person; }));
}

std::int64_t Parcels::bytes() const {
  std::int64_t sum = 0;
  for (const auto& kept : kept_in(folder_)) sum += std::max(kept.row.bytes, kLeastBytes);
  return sum;
}

Status Parcels::settle(const ParcelRow& parcel, std::string_view answer) const {
  auto place = path(parcel.person, parcel.name);
  return put_in_place(place, place + std::string(kAnswer), answer);
}

void Parcels::forget(const PersonId& person) const {
  std::error_code ignored;
  for (const auto& kept : kept_in(folder_))
    if (kept.row.person == person) fs::remove(kept.path, ignored);
}

void Parcels::forget_answers() const {
  std::error_code ignored;
  for (const auto& kept : kept_in(folder_))
    if (kept.answered) fs::remove(kept.path, ignored);
}

}  // namespace waymark::server
