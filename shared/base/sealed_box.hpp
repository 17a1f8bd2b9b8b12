// A few bytes that only the holder of a key can read: libsodium's sealed box, to the X25519 form of an
// Ed25519 key. Who sealed it, it does not say.
#pragma once

#include <string_view>

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

// A few bytes under a key that both sides have: 24 random bytes and libsodium's secretbox.
Bytes seal_with(const StreamKey& key, ByteView bytes);
// `malformed` when it was sealed with another key, or changed.
Result<Bytes> open_with(const StreamKey& key, ByteView sealed);

// The key that a card's code opens: slow to make, so that a code of 40 bits is not found by trying.
inline constexpr std::size_t card_salt_bytes = 16;
// `salt`: 32 hexadecimal digits, else `malformed`. `internal` where there is no memory for it.
Result<StreamKey> key_of_card(std::string_view code, std::string_view salt);

}  // namespace waymark
