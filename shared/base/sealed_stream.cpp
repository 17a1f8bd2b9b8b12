#include "shared/base/sealed_stream.hpp"

#include <sodium.h>

namespace waymark {

static_assert(sealed_extra_bytes == crypto_secretstream_xchacha20poly1305_ABYTES);
static_assert(sealed_header_bytes == crypto_secretstream_xchacha20poly1305_HEADERBYTES);

struct StreamSealer::State {
  crypto_secretstream_xchacha20poly1305_state value;
};
struct StreamOpener::State {
  crypto_secretstream_xchacha20poly1305_state value;
};

StreamSealer::StreamSealer(const StreamKey& key) : state_(std::make_unique<State>()), header_{} {
  crypto_secretstream_xchacha20poly1305_init_push(&state_->value, header_.data(), key.data());
}
StreamSealer::~StreamSealer() { sodium_memzero(state_.get(), sizeof(State)); }

Bytes StreamSealer::seal(ByteView piece, bool last) {
  Bytes out(piece.size() + sealed_extra_bytes);
  crypto_secretstream_xchacha20poly1305_push(&state_->value, out.data(), nullptr, piece.data(), piece.size(),
                                             nullptr, 0,
                                             last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
                                                  : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
  return out;
}

StreamOpener::StreamOpener(const StreamKey& key, ByteView header) : state_(std::make_unique<State>()) {
  sound_ = header.size() == sealed_header_bytes &&
           crypto_secretstream_xchacha20poly1305_init_pull(&state_->value, header.data(), key.data()) == 0;
}
StreamOpener::~StreamOpener() { sodium_memzero(state_.get(), sizeof(State)); }

Result<Bytes> StreamOpener::open(ByteView piece, bool& last) {
  Error broken{Code::malformed, "the encrypted bytes are damaged, or the key is another"};
  if (!sound_ || piece.size() < sealed_extra_bytes) return broken;
  Bytes out(piece.size() - sealed_extra_bytes);
  unsigned char tag = 0;
  sound_ = crypto_secretstream_xchacha20poly1305_pull(&state_->value, out.data(), nullptr, &tag, piece.data(),
                                                      piece.size(), nullptr, 0) == 0;
  if (!sound_) return broken;
  last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  return out;
}

}  // namespace waymark
