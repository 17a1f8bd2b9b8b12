#include "client/app/sentences.hpp"

#include <cstdlib>

#include "client/app/transport.hpp"

namespace waymark::app {

namespace {

std::string key_of(const Error& error) {
  auto what = between(error);
  return "error." + std::string(what == Between::nothing ? name(error.code)
                                                         : between_names[static_cast<std::size_t>(what)]);
}

}  // namespace

Phrase remedy_of(const Error& error) { return {key_of(error) + ".do", {}, -1}; }

Phrase sentence_of(const Error& error) {
  Phrase phrase{key_of(error), {}, -1};
  if (error.code == Code::slowed_down) {
    auto seconds = std::strtoll(error.detail.c_str(), nullptr, 10);
    phrase.count = seconds > 0 ? seconds : 1;
    phrase.arguments.push_back({"count", phrase.count});
  }
  return phrase;
}

}  // namespace waymark::app
