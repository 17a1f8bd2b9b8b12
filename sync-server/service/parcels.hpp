// Parcels at a hub: bundles that devices have sealed to the school, each a file of its own until the school
// has answered it, and then the answer until its device has had time to fetch it. A parcel belongs to the
// person who brought it; nobody else learns that it is here. The folder is all there is, so nothing can
// disagree with it; what is lost here the devices find lacking and bring again.
//
// In a folder of its own likewise what waited on a shared computer when somebody signed out: whose it is only
// the school can read, so it belongs to the computer that brought it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.hpp"
#include "shared/record/op.hpp"

namespace waymark::server {

// A file of 20 MiB in its pieces, with what seals it and shows whose it is.
inline constexpr std::int64_t parcel_bytes_max = 22 * 1024 * 1024;
inline constexpr std::size_t parcels_per_person_max = 1'000;
inline constexpr std::size_t parcel_answer_bytes_max = 64 * 1024;
inline constexpr std::int64_t kept_bundle_bytes_max = 20 * 1024 * 1024;
// Of a bundle of so many bytes, each of whose batches is answered, and as many refusals as fit in.
inline constexpr std::size_t kept_bundle_answer_bytes_max = 8 * 1024 * 1024;

inline constexpr std::string_view parcel_answer_ending = ".answer";

// The answer takes the place of what was answered: of a disk that is full this goes first, and where the
// answer has no room even so it is lost, and had again by who brings the same again.
Status put_in_place(const std::string& file, const std::string& answer_file, std::string_view answer);

struct ParcelRow {
  PersonId person;   // of a bundle the computer's id
  std::string name;  // 64 digits: the SHA-256 of its bytes
  std::int64_t bytes = 0;
};

class Parcels {
 public:
  explicit Parcels(std::string folder, std::size_t answer_bytes_max = parcel_answer_bytes_max)
      : folder_(std::move(folder)), answer_bytes_max_(answer_bytes_max) {}
  std::size_t answer_bytes_max() const { return answer_bytes_max_; }

  std::string path(const PersonId& person, std::string_view name) const;
  bool waits(const PersonId& person, std::string_view name) const;
  std::optional<std::string> answer(const PersonId& person, std::string_view name) const;
  // The one that waits longest first.
  std::vector<ParcelRow> waiting() const;
  std::size_t waiting_of(const PersonId& person) const;
  // What they take of the disk, answers too: a small one as much as the disk gives it.
  std::int64_t bytes() const;
  // The answer takes the parcel's place.
  Status settle(const ParcelRow& parcel, std::string_view answer) const;
  void forget(const PersonId& person) const;
  void forget_answers() const;

 private:
  std::string folder_;
  std::size_t answer_bytes_max_;
};

}  // namespace waymark::server
