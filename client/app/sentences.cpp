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

bool is_of_card(Code code) {
  return code == Code::wrong_pin || code == Code::card_unknown || code == Code::card_voided;
}

Phrase not_taken(Code why) {
  if (why == Code::unauthorized) return sentence_of({why, ""});
  return {is_of_card(why) ? "status.not_believed" : "status.not_taken", {}, -1};
}

Phrase remedy_of_not_taken(Code why) {
  auto phrase = not_taken(why);
  phrase.key += ".do";
  return phrase;
}

Phrase file_trouble(const sync::FileQueue::Problem& why) {
  switch (why.error.code) {
    case Code::disk_full:
      return {why.here ? "status.file_disk" : why.room ? "status.file_hub" : "status.file_room", {}, -1};
    case Code::offline:
    case Code::timeout:
    case Code::server_busy:
      return {};
    default:
      return {"status.file_stuck", {}, -1};
  }
}

Phrase remedy_of_file_trouble(const sync::FileQueue::Problem& why) {
  auto phrase = file_trouble(why);
  if (phrase) phrase.key += ".do";
  return phrase;
}

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
