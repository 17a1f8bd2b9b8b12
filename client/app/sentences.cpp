#include "client/app/sentences.hpp"

#include <cstdlib>

namespace waymark::app {

Phrase sentence_of(const Error& error) {
  Phrase phrase{"error." + std::string(name(error.code)), {}, -1};
  if (error.code == Code::slowed_down) {
    auto seconds = std::strtoll(error.detail.c_str(), nullptr, 10);
    phrase.count = seconds > 0 ? seconds : 1;
    phrase.arguments.push_back({"count", phrase.count});
  }
  return phrase;
}

}  // namespace waymark::app
