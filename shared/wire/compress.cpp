#include "shared/wire/compress.hpp"

#include <memory>

#include <zstd.h>

namespace waymark::wire {
namespace {

// To make a context and its memory took longer than a small message. One of each a thread is kept, unless
// something large came through it.
constexpr std::size_t kKeptBytesMax = 1024 * 1024;

struct Contexts {
  std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> out{nullptr, ZSTD_freeCCtx};
  std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> in{nullptr, ZSTD_freeDCtx};
  std::unique_ptr<char[]> piece;
  ZSTD_CCtx* compressing() {
    if (!out || ZSTD_sizeof_CCtx(out.get()) > kKeptBytesMax) out.reset(ZSTD_createCCtx());
    return out.get();
  }
  ZSTD_DCtx* expanding() {
    if (!in || ZSTD_sizeof_DCtx(in.get()) > kKeptBytesMax) in.reset(ZSTD_createDCtx());
    ZSTD_DCtx_reset(in.get(), ZSTD_reset_session_and_parameters);
    // A frame may ask for a window of gigabytes; ours never need more than 8 MB.
    ZSTD_DCtx_setParameter(in.get(), ZSTD_d_windowLogMax, 23);
    return in.get();
  }
};
thread_local Contexts contexts;

}  // namespace

std::string compress(std::string_view bytes) {
  std::string packed(ZSTD_compressBound(bytes.size()), '\0');
  auto size =
      ZSTD_compressCCtx(contexts.compressing(), packed.data(), packed.size(), bytes.data(), bytes.size(), 3);
  packed.resize(ZSTD_isError(size) ? 0 : size);
  return packed;
}

Result<std::string> expand(std::string_view bytes, std::size_t bytes_max) {
  auto* context = contexts.expanding();
  const auto piece_bytes = ZSTD_DStreamOutSize();
  if (!contexts.piece) contexts.piece.reset(new char[piece_bytes]);
  std::string plain;
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  std::size_t left = 1;
  while (in.pos < in.size || left != 0) {
    ZSTD_outBuffer out{contexts.piece.get(), piece_bytes, 0};
    auto read_before = in.pos;
    left = ZSTD_decompressStream(context, &out, &in);
    if (ZSTD_isError(left)) return Error{Code::malformed, "not zstd"};
    if (plain.size() + out.pos > bytes_max)
      return Error{Code::too_large, "the body expands to more than is taken"};
    plain.append(contexts.piece.get(), out.pos);
    if (out.pos == 0 && in.pos == read_before && left != 0) return Error{Code::malformed, "cut off zstd"};
  }
  return plain;
}

}  // namespace waymark::wire
