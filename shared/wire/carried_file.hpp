// Files in bundles: pieces of them, and what each side has of those that records mention. docs/PROTOCOL.md is
// the normative text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.hpp"

namespace waymark::wire {

inline constexpr std::size_t carried_piece_bytes_max = 4 * 1024 * 1024;
inline constexpr std::int64_t carried_file_bytes_max = 20 * 1024 * 1024;
inline constexpr std::size_t carried_names_max = 1000;  // of one stream

// The pieces of one file stand one after the other, from its first byte to its last.
struct CarriedPiece {
  std::string stream, hash, mime;
  std::int64_t from = 0, total = 0;
  std::string bytes;
};
std::string encode(const CarriedPiece& piece);
Result<CarriedPiece> decode_piece(std::string_view bytes);

// Of one stream. From a device: what is here, and what it would have. From the school: which of these it has,
// and which it lacks.
struct CarriedNames {
  std::string stream;
  std::vector<std::string> has, lacks;
};
struct CarriedFiles {
  std::int64_t round = 0;  // of the batches and the reading beside it
  std::string replica;     // 32 digits
  std::vector<CarriedNames> streams;
};
std::string encode(const CarriedFiles& files);
Result<CarriedFiles> decode_files(std::string_view bytes);

// A file's pieces in a bundle become whole files again; one that breaks off, or is not what its name says, is
// left out.
class PieceJoiner {
 public:
  // The file that this piece ends.
  struct Whole {
    std::string stream, hash, mime, bytes;
  };
  // `malformed` for a piece that does not follow; `wrong_id` for a file that is not what its name says.
  Result<bool> add(CarriedPiece piece);  // true: whole() is one
  Whole take() { return std::move(whole_); }

 private:
  Whole whole_;
  std::int64_t total_ = -1;  // -1: the next piece begins a file
};

}  // namespace waymark::wire
