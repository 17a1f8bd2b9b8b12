// Views of the screens around a project, complete and believable, in "en" or "es" (the texts of people and
// pathways; our own words are phrases). Made by hand, so that a screen can be tested and pictured without
// app.
#pragma once

#include <string_view>

#include "client/app/views.hpp"

namespace waymark::fixtures {

app::IdeasView ideas(std::string_view language);
app::IdeasView no_ideas();
app::CompareIdeasView compare_ideas(std::string_view language, int how_many);  // 1: a single idea's page
app::ProjectView project(std::string_view language);              // in the middle of the third step
app::ProjectView project_just_chosen(std::string_view language);  // nothing done yet
app::ProjectView project_turned_in(std::string_view language);    // answered, another look
app::ProjectView no_project();
app::CheckView check(std::string_view language);        // second criterion, chosen, with reason and evidence
app::CheckView check_fresh(std::string_view language);  // first criterion, nothing chosen
app::FinishView finish(std::string_view language);
app::FinishView finish_waiting(std::string_view language);  // a criterion is still missing
app::AnswerView answer(std::string_view language);          // another look, two views that differ
app::AnswerView answer_ready(std::string_view language);
app::GrowthView growth(std::string_view language);
app::GrowthView no_growth();

}  // namespace waymark::fixtures
