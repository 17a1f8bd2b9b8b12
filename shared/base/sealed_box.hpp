// A few bytes that only the holder of a key can read: libsodium's sealed box, to the X25519 form of an
// Ed25519 key. Who sealed it, it does not say.
#pragma once

#include "shared/base/hash.hpp"
#include "shared/base/sealed_stream.hpp"

namespace waymark {

inline constexpr std::size_t sealed_box_extra_bytes = 48;
// `malformed` when the key is no point of the curve.
Result<Bytes> seal_to(const PublicKey& reader, ByteView bytes);
// `malformed` when it was sealed to another key, or changed.
Result<Bytes> open_sealed(const SecretKey& reader, ByteView sealed);
// Of the machine's own randomness.
StreamKey fresh_stream_key();

}  // namespace waymark
