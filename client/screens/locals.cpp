#include "client/screens/locals.hpp"

#include <algorithm>

namespace waymark::screens {

void Draft::edited(bool changed, bool focused, bool left, std::int64_t now_ms) {
  if (changed) {
    if (!changed_) first_change_ms_ = now_ms;
    last_change_ms_ = now_ms;
    changed_ = true;
  }
  if (left || (focused_ && !focused)) lost_focus_ = true;
  focused_ = focused;
}

void Draft::follow(const app::Field& field) {
  if (fresh_) {
    fresh_ = changed_ = handed_ = false;
    seen_ = field;
    text = field.text;
    return;
  }
  if (field == seen_) {
    // Nothing new. An answer that changes nothing (the same text again) still ends the waiting.
    if (handed_ && field.text == text) handed_ = false;
    return;
  }
  if (handed_) {
    // The first change of the view after we handed over is ours coming back, perhaps tidied (spaces at the
    // end, composed accents): the words under the caret stay as they are until the editor is left.
    handed_ = false;
    seen_ = field;
    if (!changed_ && !focused_) text = field.text;
    return;
  }
  if (changed_) return;  // the student's words and their base stay; app will see that both changed
  seen_ = field;
  text = field.text;
}

bool Draft::due(std::int64_t now_ms) const {
  if (!changed_) return false;
  return lost_focus_ || now_ms - last_change_ms_ >= kDraftPause_ms ||
         now_ms - first_change_ms_ >= kDraftLongest_ms;
}

app::Command Draft::hand_over() {
  changed_ = false;
  handed_ = true;
  lost_focus_ = false;
  return make_(field());
}

Draft& Drafts::open(const std::string& key, const app::Field& field, MakeCommand make) {
  Draft& draft = drafts_[key];
  draft.follow(field);
  draft.make_ = std::move(make);
  draft.drawn_ = true;
  return draft;
}

void Drafts::collect(std::int64_t now_ms, bool all, Commands& out) {
  Commands first;
  for (auto it = drafts_.begin(); it != drafts_.end();) {
    Draft& draft = it->second;
    const bool left = !draft.drawn_;
    if (draft.changed_ && (all || left || draft.due(now_ms))) first.push_back(draft.hand_over());
    draft.lost_focus_ = false;
    draft.drawn_ = false;
    if (left) {
      it = drafts_.erase(it);
    } else {
      ++it;
    }
  }
  // Before whatever else was asked for: that may leave the screen, or lock.
  out.insert(out.begin(), std::make_move_iterator(first.begin()), std::make_move_iterator(first.end()));
}

std::int64_t Drafts::due_in_ms(std::int64_t now_ms) const {
  std::int64_t soonest = -1;
  for (const auto& [key, draft] : drafts_) {
    if (!draft.changed_) continue;
    const std::int64_t at =
        std::min(draft.last_change_ms_ + kDraftPause_ms, draft.first_change_ms_ + kDraftLongest_ms);
    const std::int64_t in = std::max<std::int64_t>(0, at - now_ms);
    if (soonest < 0 || in < soonest) soonest = in;
  }
  return soonest;
}

void Drafts::renew(const std::string& key) {
  const auto it = drafts_.find(key);
  if (it != drafts_.end()) it->second.fresh_ = true;
}

std::string Drafts::text_of(const std::string& key, std::string_view of_view) const {
  const auto it = drafts_.find(key);
  return it == drafts_.end() || it->second.fresh_ ? std::string(of_view) : it->second.text;
}

bool Drafts::any_unsaved() const {
  return std::any_of(drafts_.begin(), drafts_.end(), [](const auto& entry) { return entry.second.changed_; });
}

void Locals::forget() {
  drafts.clear();
  behind.reset();
  file_wish.reset();
  file_choice.reset();
  flags_.clear();
  words_.clear();
  numbers_.clear();
}

}  // namespace waymark::screens
