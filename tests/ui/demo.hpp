// One page with every widget, for the robots of the tests and for looking at.
#pragma once

#include <string>
#include <vector>

#include "client/ui/kit.hpp"

namespace waymark::demo {

struct Demo {
  std::string page = "today";
  std::string name = "explaining why a fact matters",
              because =
                  "I have the county flood map and my talk with Mr Halloran. I say what each one shows, but "
                  "not yet why it changes my answer.";
  std::string form = "guided";
  std::string typeface = "reading";
  int level = 2;
  bool ticks[4] = {true, true, false, false};
  bool evidence[4] = {false, true, true, false};
  bool calm = false, sheet = false, toast = false;
  int presses = 0;
  std::vector<int> pin;
  std::string opened;  // the step of the trail that was pressed last
  std::string line;
};

// The page's own words, in both languages.
void lend_words(ui::Catalogue& catalogue);
void draw(ui::Ui& ui, Demo& demo);

}  // namespace waymark::demo
