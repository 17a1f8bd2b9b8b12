// waymark_bench_fill RECORDS.DB PERSON COUNT: so many goals of a student in the records of a computer, as if
// they had been written there.
#include "shared/domain/kinds.hpp"
#include "shared/store/store.hpp"
#include "tests/bench/measure.hpp"

using namespace waymark;
using namespace waymark::bench;

int main(int count, char** words) {
  if (count != 4) {
    std::fprintf(stderr, "waymark_bench_fill RECORDS.DB PERSON COUNT\n");
    return 2;
  }
  SystemClock clock;
  SystemRandom random;
  auto store = must(store::Store::open(words[1], {&clock, &random, true}));
  auto me = must(PersonId::parse(words[2]));
  std::vector<store::Edit> edits;
  for (int i = 0; i < std::atoi(words[3]); i++)
    edits.push_back({{domain::person_stream(me), "goal", random.id<RecordId>()},
                     {{"want", passage(i)}, {"state", "active"}},
                     {},
                     {}});
  must(store->write(me, edits));
  return 0;
}
