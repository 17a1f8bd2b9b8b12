// What a stick carries besides batches: what a device has read, and what the school has had for it since.
// Both travel in bundles alone, whose writer has signed them. docs/PROTOCOL.md is the normative text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/wire/messages.hpp"

namespace waymark::wire {

// From a device: a request with cursors that pushes nothing.
struct Reading {
  std::int64_t round = 0;  // of the batches that were written with it, or one of its own
  std::string certificate, certificate_signature;  // none where a batch beside it shows who asks
  SyncRequest asked;
};
std::string encode(const Reading& reading);
Result<Reading> decode_reading(std::string_view bytes);

// From the school: what was asked, and the reply. A page is good for a reader who stands where it begins,
// whenever that is; what is granted and ended, only for one who has heard nothing newer.
struct News {
  std::int64_t round = 0;  // of the reading
  SyncRequest asked;
  SyncReply reply;
};
std::string encode(const News& news);
Result<News> decode_news(std::string_view bytes);

}  // namespace waymark::wire
