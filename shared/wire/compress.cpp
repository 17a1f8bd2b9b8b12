#include "shared/wire/compress.hpp"

#include <memory>

#include <zstd.h>

namespace waymark::wire {

std::string compress(std::string_view bytes) {
  std::string packed(ZSTD_compressBound(bytes.size()), '\0');
  auto size = ZSTD_compress(packed.data(), packed.size(), bytes.data(), bytes.size(), 3);
  packed.resize(ZSTD_isError(size) ? 0 : size);
  return packed;
}

Result<std::string> expand(std::string_view bytes, std::size_t bytes_max) {
  std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
  // A frame may ask for a window of gigabytes; ours never need more than 8 MB.
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, 23);
  std::string plain;
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  std::string piece(ZSTD_DStreamOutSize(), '\0');
  std::size_t left = 1;
  while (in.pos < in.size || left != 0) {
    ZSTD_outBuffer out{piece.data(), piece.size(), 0};
    auto read_before = in.pos;
    left = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(left)) return Error{Code::malformed, "not zstd"};
    if (plain.size() + out.pos > bytes_max)
      return Error{Code::too_large, "the body expands to more than is taken"};
    plain.append(piece.data(), out.pos);
    if (out.pos == 0 && in.pos == read_before && left != 0) return Error{Code::malformed, "cut off zstd"};
  }
  return plain;
}

}  // namespace waymark::wire
