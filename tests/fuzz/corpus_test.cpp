// Every decoder takes what was kept of earlier fuzzing, the golden files, and a few hundred damaged copies of
// each.
#include <algorithm>
#include <filesystem>

#include <doctest/doctest.h>

#include "shared/base/seams.hpp"
#include "shared/store/files.hpp"
#include "tests/fuzz/targets.hpp"

using namespace waymark;

namespace {

const std::string kTests = WAYMARK_SOURCE_DIR "/tests/";

std::vector<std::string> seeds_of(const fuzz::Target& target) {
  std::vector<std::filesystem::path> paths;
  for (const auto& folder :
       {kTests + "fuzz/corpus/" + std::string(target.name), kTests + "data/" + std::string(target.seeds)}) {
    if (folder.ends_with('/') || !std::filesystem::is_directory(folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
      if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> seeds;
  for (const auto& path : paths) seeds.push_back(store::read_whole(path.string(), 1 << 20).value());
  return seeds;
}

// One or a few damages: a bit turned, bytes cut out, doubled, or put in that mean something somewhere.
std::string damaged(std::string text, Random& random) {
  constexpr std::string_view telling = "\"{}[],:\\\n\r\0\x01\x02\x04\x0b\xff\xef-0.%=;";
  for (auto times = 1 + random.below(4); times > 0; times--) {
    if (text.empty()) text = "{";
    const auto at = random.below(text.size());
    const auto length = 1 + random.below(std::min<std::uint64_t>(text.size() - at, 40));
    switch (random.below(5)) {
      case 0:
        text[at] = static_cast<char>(text[at] ^ static_cast<char>(1U << random.below(8)));
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(at, length));
        break;
      case 3:
        text[at] = telling[random.below(telling.size())];
        break;
      default:
        text.resize(at);
    }
  }
  return text;
}

}  // namespace

TEST_CASE("each decoder keeps its promises on the corpora, and on damaged copies of them") {
  for (const auto& target : fuzz::targets()) {
    CAPTURE(std::string(target.name));
    const auto seeds = seeds_of(target);
    REQUIRE(!seeds.empty());
    target.run({});
    for (const auto& seed : seeds) target.run(seed);
    SeededRandom random(7);
    for (int i = 0; i < 400; i++) target.run(damaged(seeds[random.below(seeds.size())], random));
  }
}
