#include <doctest/doctest.h>

#include "client/screens/days.hpp"
#include "client/screens/locals.hpp"

using namespace waymark;
using screens::Commands;
using screens::Draft;
using screens::Drafts;

namespace {

screens::MakeCommand glow() {
  return [](const app::Field& field) -> app::Command { return app::SetGlow{"p", "s", field}; };
}

// Types a text into the draft of the editor "glow" and ends the frame.
void typed(Drafts& drafts, const app::Field& view, const std::string& text, std::int64_t now_ms,
           Commands& out, bool focused = true) {
  Draft& draft = drafts.open("glow", view, glow());
  const bool changed = draft.text != text;
  draft.text = text;
  draft.edited(changed, focused, false, now_ms);
  drafts.collect(now_ms, false, out);
}

const app::Field& written(const Commands& out, std::size_t at) {
  return out.at(at).get_if<app::SetGlow>()->text;
}

}  // namespace

TEST_CASE("a draft is handed over when the typing pauses, once") {
  Drafts drafts;
  Commands out;
  const app::Field view{"", "base0"};
  typed(drafts, view, "I fou", 0, out);
  typed(drafts, view, "I found", 300, out);
  CHECK(out.empty());
  typed(drafts, view, "I found", 300 + screens::kDraftPause_ms - 1, out);
  CHECK(out.empty());
  typed(drafts, view, "I found", 300 + screens::kDraftPause_ms, out);
  REQUIRE(out.size() == 1);
  CHECK(written(out, 0).text == "I found");
  CHECK(written(out, 0).base == "base0");
  typed(drafts, view, "I found", 60'000, out);
  CHECK(out.size() == 1);
}

TEST_CASE("somebody who never pauses is saved within two seconds all the same") {
  Drafts drafts;
  Commands out;
  std::string text;
  for (std::int64_t now = 0; now <= 2'000; now += 100) {
    text += "a";
    typed(drafts, {}, text, now, out);
  }
  REQUIRE(out.size() == 1);
  CHECK(written(out, 0).text == "aaaaaaaaaaaaaaaaaaa");  // 19: the key at 1,800 ms was the last of them
}

TEST_CASE("a draft is handed over as soon as its editor loses the focus") {
  Drafts drafts;
  Commands out;
  typed(drafts, {}, "one", 0, out, true);
  typed(drafts, {}, "one", 20, out, false);
  REQUIRE(out.size() == 1);
  CHECK(written(out, 0).text == "one");
}

TEST_CASE("a draft is handed over when its screen is gone") {
  Drafts drafts;
  Commands out;
  typed(drafts, {}, "half a sen", 0, out);
  drafts.collect(20, false, out);
  REQUIRE(out.size() == 1);
  CHECK(written(out, 0).text == "half a sen");
  CHECK_FALSE(drafts.any_unsaved());
}

TEST_CASE("what was typed is handed over before a command that leaves") {
  Drafts drafts;
  Commands out;
  Draft& draft = drafts.open("glow", {}, glow());
  draft.text = "half";
  draft.edited(true, true, false, 0);
  out.push_back(app::Lock{});
  drafts.collect(0, true, out);
  REQUIRE(out.size() == 2);
  CHECK(out[0].get_if<app::SetGlow>());
  CHECK(out[1].get_if<app::Lock>());
}

TEST_CASE("an untouched draft follows the view, a touched one keeps its words and their base") {
  Drafts drafts;
  Commands out;
  typed(drafts, {"old", "b0"}, "old", 0, out);
  CHECK(drafts.open("glow", {"from elsewhere", "b1"}, glow()).text == "from elsewhere");
  typed(drafts, {"from elsewhere", "b1"}, "mine", 20, out);
  CHECK(drafts.open("glow", {"elsewhere again", "b2"}, glow()).text == "mine");
  drafts.collect(5'000, false, out);
  REQUIRE(out.size() == 1);
  CHECK(written(out, 0).text == "mine");
  CHECK(written(out, 0).base == "b1");
}

TEST_CASE("the view's tidied answer does not move the words under the caret") {
  Drafts drafts;
  Commands out;
  typed(drafts, {"", "b0"}, "the ", 0, out);
  typed(drafts, {"", "b0"}, "the ", 1'000, out);
  REQUIRE(out.size() == 1);
  out.clear();
  // App cut the space at the end; the student goes on typing behind it.
  typed(drafts, {"the", "b1"}, "the ", 1'020, out);
  typed(drafts, {"the", "b1"}, "the creek", 1'100, out);
  typed(drafts, {"the", "b1"}, "the creek", 3'000, out);
  REQUIRE(out.size() == 1);
  CHECK(written(out, 0).text == "the creek");
  CHECK(written(out, 0).base == "b1");
}

TEST_CASE("a form that was sent off shows what the view says next") {
  Drafts drafts;
  Commands out;
  typed(drafts, {}, "ask better questions", 0, out);
  drafts.renew("glow");
  out.push_back(app::SaveGoal{});
  (void)drafts.open("other", {}, glow());
  CHECK(drafts.open("glow", {}, glow()).text.empty());
}

TEST_CASE("the window knows when the next draft is due") {
  Drafts drafts;
  Commands out;
  CHECK(drafts.due_in_ms(0) == -1);
  typed(drafts, {}, "a", 100, out);
  CHECK(drafts.due_in_ms(100) == screens::kDraftPause_ms);
  CHECK(drafts.due_in_ms(100'000) == 0);
}

TEST_CASE("days are counted from a day that is known") {
  const app::Day friday{"2026-11-27", 5, 2};
  CHECK(screens::day_after(friday, 3) == app::Day{"2026-11-30", 1, 5});
  CHECK(screens::day_after(friday, 4) == app::Day{"2026-12-01", 2, 6});
  CHECK(screens::day_from(friday, "2027-01-01") == app::Day{"2027-01-01", 5, 37});
  CHECK(screens::day_from(friday, "2026-02-30") == app::Day{});
  CHECK(screens::day_from(friday, "soon") == app::Day{});
  CHECK(screens::day_after({}, 3) == app::Day{});
}
