// Project ideas: what the classes have published, why each might fit, and two or three side by side.
#include <algorithm>
#include <map>

#include "client/app/student_views.hpp"
#include "shared/base/text.hpp"

namespace waymark::app {
namespace {

constexpr std::size_t kGoodToKnowMax = 4;

// What is said so far about each standard: the latest level and what was aimed for.
struct Said {
  std::int64_t at_ms = -1;
  int level = 0, aim = 0;
};
std::map<std::string, Said> said_so_far(const Scene& scene) {
  std::map<std::string, Said> said;
  for (const RecordList* records : {&scene.r.self_assessments, &scene.r.reviews})
    for (const auto& record : *records) {
      auto pathway = scene.r.pathway(scene.store, record.text("version"));
      const auto* rubric = pathway ? pathway->content.rubric(record.text("rubric")) : nullptr;
      if (!rubric) continue;
      for (const auto& criterion : rubric->criteria) {
        int level = static_cast<int>(record.integer(domain::field_of("level.", criterion.id)));
        auto& entry = said[criterion.standard];
        if (level == 0 || record.created_ms < entry.at_ms) continue;
        entry = {record.created_ms, level, criterion.aim};
      }
    }
  said.erase("");
  return said;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (char c : fold(text) + " ") {
    bool letter = static_cast<unsigned char>(c) >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (letter) {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  return words;
}

// "maps" and "map", "cooking" and "cook": one begins with the other, but for an ending of at most three.
bool same_stem(const std::string& a, const std::string& b) {
  const auto& shorter = a.size() < b.size() ? a : b;
  const auto& longer = a.size() < b.size() ? b : a;
  return shorter.size() >= 3 && longer.size() - shorter.size() <= 3 && longer.starts_with(shorter);
}

// The part of what the student wrote that names one of the interests; empty when none does.
std::string own_words_about(const std::string& written, const domain::Pathway& pathway) {
  std::string clause;
  auto names_one = [&] {
    auto mine = words_of(clause);
    for (const auto& interest : pathway.interests)
      for (const auto& [language, text] : interest.by_language)
        for (const auto& theirs : words_of(text))
          for (const auto& word : mine)
            if (same_stem(word, theirs)) return true;
    return false;
  };
  for (char c : written + "\n") {
    if (c != ',' && c != '.' && c != ';' && c != '\n') {
      clause += c;
      continue;
    }
    if (!trim(clause).empty() && names_one()) return one_line(clause);
    clause.clear();
  }
  return {};
}

std::vector<Reason> reasons_for(const Scene& scene, const domain::Pathway& pathway,
                                const std::map<std::string, Said>& said) {
  std::vector<Reason> reasons;
  auto has = [&](const std::string& code) {
    return std::find(pathway.standards.begin(), pathway.standards.end(), code) != pathway.standards.end();
  };
  for (const auto& goal : scene.r.goals)
    if (goal.text("state") != "wrapped_up" && !goal.text("standard").empty() && has(goal.text("standard"))) {
      reasons.push_back(
          {ReasonSource::still_needed, phrase("ideas.reason_goal"), one_line(goal.text("want"))});
      break;
    }
  for (const auto& code : pathway.standards) {
    auto found = said.find(code);
    if (found == said.end() || found->second.level >= found->second.aim) continue;
    reasons.push_back({ReasonSource::still_needed,
                       phrase("ideas.reason_needed", {{"standard", scene.r.standard_text(code)}}),
                       {}});
    break;
  }
  if (!scene.r.profiles.empty()) {
    const auto& profile = scene.r.profiles.front();
    for (const char* name : {"interests", "strengths"})
      if (auto words = own_words_about(profile.text(name), pathway); !words.empty()) {
        reasons.push_back({ReasonSource::about_me, phrase("ideas.reason_about_me"), words});
        break;
      }
  }
  // With nothing said yet everything is new, which is no reason.
  if (!said.empty())
    for (const auto& code : pathway.standards)
      if (!said.count(code)) {
        reasons.push_back({ReasonSource::still_needed,
                           phrase("ideas.reason_new", {{"standard", scene.r.standard_text(code)}}),
                           {}});
        break;
      }
  return reasons;
}

struct Offer {
  const Record* pathway = nullptr;
  PathwayPtr version;
};
std::vector<Offer> offers(const Scene& scene) {
  std::vector<Offer> found;
  for (const auto& each : scene.r.classes) {
    if (!each.mine) continue;
    for (const auto& pathway : each.pathways) {
      if (pathway.boolean("archived") || pathway.text("published").empty()) continue;
      if (auto version = scene.r.pathway(scene.store, pathway.text("published")))
        found.push_back({&pathway, version});
    }
  }
  return found;
}

IdeaCard idea_card(const Scene& scene, const Offer& offer, const std::vector<Reason>& reasons) {
  const auto& content = offer.version->content;
  IdeaCard card;
  card.pathway = id_of(*offer.pathway);
  card.version = offer.version->version;
  card.title = scene.words(content.title);
  card.question = scene.words(content.question);
  card.summary = scene.words(content.summary);
  card.emblem = emblem_of(content);
  card.lessons = content.lessons;
  card.alone = content.alone;
  card.team = content.team;
  if (!reasons.empty()) card.reason = reasons.front();
  for (const auto& reason : reasons) {
    card.needed |= reason.source == ReasonSource::still_needed;
    card.liked |= reason.source == ReasonSource::about_me;
  }
  const auto& marked = scene.sitting.marked;
  card.marked = std::find(marked.begin(), marked.end(), card.pathway) != marked.end();
  for (const auto& project : scene.r.projects)
    if (project.text("pathway") == card.pathway) {
      card.chosen_already = true;
      card.project = id_of(project);
    }
  return card;
}

bool passes(const IdeaCard& card, IdeaFilter filter) {
  switch (filter) {
    case IdeaFilter::everything:
      return true;
    case IdeaFilter::needed:
      return card.needed;
    case IdeaFilter::liked:
      return card.liked;
    case IdeaFilter::alone:
      return card.alone;
    case IdeaFilter::together:
      return card.team;
  }
  return true;
}

}  // namespace

IdeasView ideas_view(const Scene& scene) {
  IdeasView view;
  auto said = said_so_far(scene);
  std::vector<IdeaCard> all;
  for (const auto& offer : offers(scene))
    all.push_back(idea_card(scene, offer, reasons_for(scene, offer.version->content, said)));
  view.none_yet = all.empty();
  for (auto filter : {IdeaFilter::everything, IdeaFilter::needed, IdeaFilter::liked, IdeaFilter::alone,
                      IdeaFilter::together})
    if (std::any_of(all.begin(), all.end(), [&](const IdeaCard& card) { return passes(card, filter); }))
      view.filters.push_back(filter);
  view.filter = scene.sitting.filter;
  if (std::find(view.filters.begin(), view.filters.end(), view.filter) == view.filters.end())
    view.filter = IdeaFilter::everything;
  for (auto& card : all) {
    view.marked += card.marked ? 1 : 0;
    if (passes(card, view.filter)) view.cards.push_back(std::move(card));
  }
  return view;
}

CompareIdeasView compare_ideas_view(const Scene& scene, const Destination& to) {
  CompareIdeasView view;
  auto said = said_so_far(scene);
  for (const auto& offer : offers(scene)) {
    auto id = id_of(*offer.pathway);
    const auto& marked = scene.sitting.marked;
    bool wanted =
        to.record.empty() ? std::find(marked.begin(), marked.end(), id) != marked.end() : to.record == id;
    if (!wanted) continue;
    const auto& content = offer.version->content;
    IdeaDetail detail;
    detail.reasons = reasons_for(scene, content, said);
    detail.card = idea_card(scene, offer, detail.reasons);
    detail.do_text = scene.words(content.summary);
    for (const auto& code : content.standards) detail.learn.push_back(standard_tag(scene, code));
    detail.why_it_matters = scene.words(content.why_it_matters);
    for (const auto* texts : {&content.ask_an_adult, &content.materials})
      for (const auto& text : *texts)
        if (detail.good_to_know.size() < kGoodToKnowMax) detail.good_to_know.push_back(scene.words(text));
    for (const auto& product : content.products)
      detail.products.push_back({product.id, scene.words(product.title), scene.words(product.detail)});
    view.ideas.push_back(std::move(detail));
  }
  view.chosen = scene.sitting.picked;
  if (view.ideas.size() == 1) view.chosen = view.ideas.front().card.pathway;
  const IdeaDetail* chosen = nullptr;
  for (auto& idea : view.ideas)
    if (idea.card.pathway == view.chosen) idea.chosen = true, chosen = &idea;
  if (!chosen) view.chosen.clear();
  if (chosen)
    for (const auto& product : chosen->products)
      if (product.id == scene.sitting.product) view.product = product.id;
  view.why = scene.r.draft_field("ideas.why", "why");
  if (!chosen)
    view.waiting = phrase("ideas.waits_for_choice");
  else if (view.product.empty() && !chosen->products.empty())
    view.waiting = phrase("ideas.waits_for_product");
  else if (trim(view.why.text).empty())
    view.waiting = phrase("ideas.waits_for_why");
  return view;
}

}  // namespace waymark::app
