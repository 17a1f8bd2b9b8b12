#include "client/app/student.hpp"

#include <algorithm>

#include "client/app/drawing.hpp"
#include "client/app/student_views.hpp"
#include "shared/base/text.hpp"
#include "shared/domain/kinds.hpp"
#include "shared/domain/record_ids.hpp"

namespace waymark::app {
namespace {

constexpr std::int64_t kMergeMs = 60'000;  // autosaves of one text within a minute are one step of undo
constexpr std::size_t kMarkedMax = 3;
constexpr std::size_t kDraftTextsMax = 32;

// One record's fields in one gesture, with what they were before.
struct Change {
  record::RecordKey key;
  record::Fields fields;
  record::Fields before;  // what undo writes
  std::vector<OpId> base;
  std::vector<OpId> refers;
  store::Edit edit() const { return {key, fields, base, refers}; }
};

struct UndoPart {
  record::RecordKey key;
  record::Fields before, after;
};
struct UndoStep {
  std::string name;  // "set_level": "undo.set_level", "redo.set_level"
  std::vector<Argument> arguments;
  std::vector<UndoPart> parts;
  bool merges = false;
  std::int64_t at_ms = 0;
};

std::string_view name_of(Form form) {
  switch (form) {
    case Form::example:
      return "example";
    case Form::step_by_step:
      return "step_by_step";
    case Form::on_my_own:
      return "on_my_own";
  }
  return "step_by_step";
}
std::string_view name_of(WorkType type) {
  switch (type) {
    case WorkType::text:
      return "text";
    case WorkType::photo:
      return "photo";
    case WorkType::file:
      return "file";
    case WorkType::link:
      return "link";
    case WorkType::shown_in_person:
      return "shown_in_person";
  }
  return "text";
}

Error not_here(std::string_view what) { return {Code::not_found, "no such " + std::string(what)}; }

const record::Value null_value;

}  // namespace

class Student::Impl {
 public:
  explicit Impl(StudentOptions options) : options_(std::move(options)), store_(*options_.store) {
    records_.me = options_.person;
  }

  // ---- reading

  std::uint64_t version() {
    Calendar calendar(options_.clock->now_ms(), options_.offset);
    std::int64_t now[] = {store_.version().value_or(-1),
                          store_.waiting_count().value_or(-1),
                          static_cast<std::int64_t>(refusal_count()),
                          calendar.today_number(),
                          calendar.minute_now() < 12 * 60   ? 0
                          : calendar.minute_now() < 18 * 60 ? 1
                                                            : 2,
                          local_};
    if (!std::equal(std::begin(now), std::end(now), std::begin(seen_state_))) {
      std::copy(std::begin(now), std::end(now), std::begin(seen_state_));
      ++version_;
    }
    return version_;
  }

  Status load() {
    auto now = version();
    if (loaded_ == now) return {};
    auto status = records_.load(store_, touched_);
    touched_.clear();
    if (!status) {
      records_ = RecordSet{};
      records_.me = options_.person;
      loaded_ = 0;
      return status;
    }
    loaded_ = now;
    cached_.reset();
    return {};
  }

  Appearance appearance() {
    if (!load()) return options_.look;
    return look();
  }
  Appearance look() const {
    Appearance look = options_.look;
    if (records_.preferences.empty()) return look;
    const auto& kept = records_.preferences.front();
    if (auto text = kept.text("language"); !text.empty()) look.language = text;
    if (auto text = kept.text("theme"); !text.empty()) look.theme = text;
    if (auto text = kept.text("typeface"); !text.empty()) look.typeface = text;
    if (auto size = kept.integer("text_size"); size >= 100) look.text_size = static_cast<int>(size);
    if (kept.field("reduced_motion")) look.reduced_motion = kept.boolean("reduced_motion");
    if (kept.field("read_aloud")) look.read_aloud = kept.boolean("read_aloud");
    return look;
  }

  Scene scene(const Calendar& calendar) {
    return {records_, store_, *options_.files, calendar, sitting_, options_, look().language};
  }
  Calendar calendar() const { return Calendar(options_.clock->now_ms(), options_.offset); }

  Result<ScreenView> view(const Destination& to) {
    WAYMARK_CHECK(load());
    if (to.screen == Screen::project || to.screen == Screen::check || to.screen == Screen::finish)
      remember_place(to);
    if (cached_ && cached_->first == to) return cached_->second;
    WAYMARK_TRY(made, make(to));
    cached_ = {to, made};
    return made;
  }

  Result<ScreenView> make(const Destination& to) {
    auto now = calendar();
    auto s = scene(now);
    switch (to.screen) {
      case Screen::today:
        return ScreenView(today_view(s));
      case Screen::pack_up:
        return ScreenView(pack_up_view(s));
      case Screen::project:
        return ScreenView(project_view(s, to));
      case Screen::check:
        return ScreenView(check_view(s, to));
      case Screen::finish:
        return ScreenView(finish_view(s, to));
      case Screen::answer:
        return ScreenView(answer_view(s, to));
      case Screen::goals:
        return ScreenView(goals_view(s));
      case Screen::ideas:
        return ScreenView(ideas_view(s));
      case Screen::compare_ideas:
        return ScreenView(compare_ideas_view(s, to));
      case Screen::growth:
        return ScreenView(growth_view(s, to));
      case Screen::about_me:
        return ScreenView(about_me_view(s));
      case Screen::conflict: {
        WAYMARK_TRY(found, conflict_view(s, to));
        return ScreenView(std::move(found));
      }
      case Screen::history: {
        WAYMARK_TRY(found, history_view(s, to));
        return ScreenView(std::move(found));
      }
      case Screen::refusals:
        return ScreenView(refusals_view(s));
      default:
        return Error{Code::unsupported, "not a screen of a signed-in student's records"};
    }
  }

  Person me() {
    Person person{options_.person.hex(), options_.first_name, {}};
    if (!load()) return person;
    if (const auto* member = records_.member_me()) {
      if (!member->text("name").empty()) person.name = member->text("name");
      person.mark = parse_mark(member->text("mark"));
    }
    if (!records_.profiles.empty())
      if (auto mark = parse_mark(records_.profiles.front().text("mark")); !mark.shape.empty())
        person.mark = mark;
    return person;
  }

  // As the student counts: a photo and its small copy are one.
  std::int64_t as_counted(const std::vector<store::FileRow>& files) {
    std::set<std::string> small;
    for (const auto& work : records_.works) small.insert(work.text("small"));
    auto whole = std::count_if(files.begin(), files.end(),
                               [&](const auto& file) { return !small.contains(file.hash); });
    return files.empty() ? 0 : std::max<std::int64_t>(1, whole);
  }

  StudentCounts counts() {
    StudentCounts counts;
    if (!load()) return counts;
    auto now = calendar();
    counts.waiting = records_.waiting_things;
    if (auto files = store_.files_to_send()) {
      counts.files_waiting = as_counted(*files);
      if (auto room = store_.files_in_room(); room && !room->empty()) {
        std::erase_if(*files, [&](const auto& file) { return room->contains({file.stream, file.hash}); });
        counts.files_in_room = std::max<std::int64_t>(0, counts.files_waiting - as_counted(*files));
      }
    }
    if (auto op = store_.op(records_.waiting_longest); op && *op) counts.waiting_since_ms = (*op)->time_ms;
    counts.conflicts = static_cast<std::int64_t>(conflict_ids(scene(now)).size());
    counts.refusals = static_cast<std::int64_t>(records_.refusals.size());
    counts.last_saved_ms = saved_ms_;
    return counts;
  }

  std::vector<WaitingThing> waiting() {
    if (!load()) return {};
    auto now = calendar();
    auto things = waiting_things(scene(now));
    return things ? *things : std::vector<WaitingThing>{};
  }

  std::vector<std::pair<std::string, std::string>> draft_texts(const std::string& place) {
    std::vector<std::pair<std::string, std::string>> texts;
    if (!load()) return texts;
    if (const auto* draft = records_.draft(place))
      for (const auto& [name, field] : draft->fields)
        if (name.starts_with("text.")) texts.emplace_back(name.substr(5), field.value().text());
    return texts;
  }

  std::vector<sync::Mention> files_mentioned() {
    std::vector<sync::Mention> mentioned;
    if (!load()) return mentioned;
    for (auto it = records_.works.rbegin(); it != records_.works.rend(); ++it) {
      if (auto small = it->text("small"); small.size() == 64)
        mentioned.push_back({small, it->key.stream, "image/jpeg"});
      if (auto hash = it->text("file"); hash.size() == 64)
        mentioned.push_back({hash, it->key.stream, it->text("mime")});
    }
    return mentioned;
  }

  Phrase undo_phrase() const { return step_phrase(undo_, "undo."); }
  Phrase redo_phrase() const { return step_phrase(redo_, "redo."); }
  void refresh() { ++local_; }

  // ---- doing

  Result<Outcome> dispatch(const Command& command) {
    WAYMARK_CHECK(load());
    return command.visit([&](const auto& each) -> Result<Outcome> { return on(each); });
  }

 private:
  // ---- writing

  std::string person_stream() const { return domain::person_stream(options_.person); }
  std::string own_stream() const { return domain::own_stream(options_.person); }

  std::size_t refusal_count() {
    auto found = store_.refusals();
    return found ? found->size() : 0;
  }

  Result<std::optional<Record>> find(const record::RecordKey& key) { return store_.find(key); }

  // What the student typed, as it is kept.
  static Result<std::string> typed(std::string_view text) { return normalize(text); }

  // Heads that this very sitting wrote are always known to whoever sits here, even when a form that was
  // opened before them hands its text in.
  std::vector<OpId> with_mine(std::vector<OpId> base, const std::optional<Record>& current,
                              const record::Fields& fields) const {
    if (!current) return base;
    for (const auto& [name, value] : fields)
      if (const auto* field = current->field(name))
        for (const auto& head : field->heads)
          if (mine_.count(head.op)) base.push_back(head.op);
    return base;
  }

  // Fields as they are to be, based on what is here now; those that are so already are left out.
  static Change change(const record::RecordKey& key, const std::optional<Record>& current,
                       record::Fields fields) {
    Change made;
    made.key = key;
    for (auto& [name, value] : fields) {
      const auto* field = current ? current->field(name) : nullptr;
      if (field && field->value() == value && !field->conflict()) continue;
      if (!field && value.is_null()) continue;
      made.before.emplace(name, field ? field->value() : null_value);
      made.fields.emplace(name, std::move(value));
    }
    if (!current) return made;
    for (const auto& [name, value] : made.fields) {
      const auto* field = current->field(name);
      if (!field) continue;
      // Only the displayed head was read: where there are others, they stay to be shown.
      bool quiet = domain::merge_of(key.kind, name) == domain::Merge::quiet;
      for (const auto& head : field->heads) {
        made.base.push_back(head.op);
        if (!quiet) break;
      }
    }
    return made;
  }

  // One text of a form that began with `field.base`. Nothing when the student left it as it was then.
  Result<std::optional<Change>> text_change(const record::RecordKey& key,
                                            const std::optional<Record>& current, const std::string& name,
                                            const Field& field, bool may_go_back = true) {
    WAYMARK_TRY(text, typed(field.text));
    WAYMARK_TRY(base, parse_base(field.base));
    const auto* now = current ? current->field(name) : nullptr;
    bool mine_is_newer =
        may_go_back && now && std::any_of(now->heads.begin(), now->heads.end(), [&](const store::Head& head) {
          return mine_.count(head.op) && std::find(base.begin(), base.end(), head.op) == base.end();
        });
    std::string begun_with;
    for (const auto& id : base) {
      WAYMARK_TRY(op, store_.op(id));
      if (!op) continue;
      if (auto found = op->fields.find(name); found != op->fields.end()) begun_with = found->second.text();
      if (begun_with == text && !mine_is_newer) return std::optional<Change>();
    }
    if (base.empty() && text.empty() && !now) return std::optional<Change>();
    if (now && !now->conflict() && now->value().text() == text) return std::optional<Change>();
    Change made;
    made.key = key;
    made.fields.emplace(name, text);
    made.before.emplace(name, now ? now->value() : record::Value(begun_with));
    made.base = with_mine(std::move(base), current, made.fields);
    return std::optional(std::move(made));
  }

  Status check(const store::Edit& edit) const {
    auto op = store::op_of(edit, options_.person);
    op.replica = store_.replica();
    op.time_ms = 1;
    return domain::validate(op);
  }

  // Checked, then all or nothing, on the disk.
  Result<std::vector<store::Written>> write(const std::vector<Change>& changes) {
    std::vector<store::Edit> edits;
    for (const auto& each : changes) {
      if (each.fields.empty()) continue;
      auto edit = each.edit();
      WAYMARK_CHECK(check(edit));
      edits.push_back(std::move(edit));
    }
    if (edits.empty()) return std::vector<store::Written>();
    WAYMARK_CHECK(name_this_computer(edits));
    WAYMARK_TRY(written, store_.write(options_.person, edits));
    for (const auto& each : written) mine_.insert(each.op);
    for (const auto& each : edits) {
      auto& touched = touched_[each.key.stream];
      ++touched.ops;
      touched.kinds.insert(each.key.kind);
    }
    saved_ms_ = options_.clock->now_ms();
    return written;
  }

  // So that the student's other computers can say where something was written; told along with the first
  // words written here.
  Status name_this_computer(std::vector<store::Edit>& edits) {
    if (named_ || options_.computer.empty()) return {};
    named_ = true;
    record::RecordKey key{own_stream(), "preferences", domain::preferences_id(options_.person)};
    WAYMARK_TRY(current, find(key));
    const auto name = "computer." + store_.replica().hex();
    if (current && current->text(name) == options_.computer) return {};
    auto made = change(key, current, {{name, options_.computer}});
    if (made.fields.empty()) return {};
    WAYMARK_CHECK(check(made.edit()));
    for (auto& edit : edits)
      if (edit.key == made.key) {
        edit.fields.insert(made.fields.begin(), made.fields.end());
        return {};
      }
    edits.push_back({made.key, made.fields, made.base, made.refers});
    return {};
  }

  void remember(std::string name, std::vector<Argument> arguments, const std::vector<Change>& changes,
                bool merges = false) {
    UndoStep step{std::move(name), std::move(arguments), {}, merges, options_.clock->steady_ms()};
    for (const auto& each : changes) {
      UndoPart part{each.key, each.before, {}};
      for (const auto& old : each.before)
        if (auto now = each.fields.find(old.first); now != each.fields.end()) part.after.insert(*now);
      if (!part.after.empty()) step.parts.push_back(std::move(part));
    }
    if (step.parts.empty()) return;
    redo_.clear();
    if (merges && !undo_.empty()) {
      auto& last = undo_.back();
      bool same = last.merges && last.name == step.name && last.parts.size() == step.parts.size() &&
                  step.at_ms - last.at_ms < kMergeMs;
      for (std::size_t i = 0; same && i < step.parts.size(); ++i) {
        same = last.parts[i].key == step.parts[i].key &&
               last.parts[i].after.size() == step.parts[i].after.size();
        for (const auto& each : step.parts[i].after) same = same && last.parts[i].after.count(each.first) > 0;
      }
      if (same) {
        for (std::size_t i = 0; i < step.parts.size(); ++i) last.parts[i].after = step.parts[i].after;
        last.arguments = step.arguments;
        return;
      }
    }
    undo_.push_back(std::move(step));
    if (undo_.size() > undo_steps_max) undo_.pop_front();
  }

  // Writes and can be undone.
  Result<Outcome> commit(const std::vector<Change>& changes, std::string name,
                         std::vector<Argument> arguments = {}, bool merges = false) {
    WAYMARK_TRY(written, write(changes));
    if (!written.empty()) remember(std::move(name), std::move(arguments), changes, merges);
    return Outcome{};
  }

  // What makes a new record go away again, and come back.
  static void comes_and_goes(Change& made, const char* flag) {
    made.fields.emplace(flag, false);
    made.before.clear();
    made.before.emplace(flag, true);
  }

  static Phrase step_phrase(const std::deque<UndoStep>& steps, const char* prefix) {
    if (steps.empty()) return {};
    return {prefix + steps.back().name, steps.back().arguments, -1};
  }

  // Of each of these fields the last op that set it to what is expected.
  Result<std::vector<OpId>> last_that_said(const record::RecordKey& key, const record::Fields& names,
                                           const record::Fields& expected) {
    WAYMARK_TRY(history, store_.history(key));
    std::vector<OpId> ops;
    for (const auto& [name, wanted] : names) {
      auto said = expected.find(name);
      const auto& value = said == expected.end() ? null_value : said->second;
      auto last = std::find_if(history.rbegin(), history.rend(), [&](const auto& each) {
        auto set = each.second.fields.find(name);
        return set != each.second.fields.end() && set->second == value;
      });
      if (last != history.rend() && std::find(ops.begin(), ops.end(), last->first) == ops.end())
        ops.push_back(last->first);
    }
    return ops;
  }

  Result<Outcome> turn_back(std::deque<UndoStep>& from, std::deque<UndoStep>& to, bool undoing) {
    if (from.empty()) return Outcome{};
    UndoStep step = from.back();
    std::vector<Change> changes;
    for (auto part = step.parts.rbegin(); part != step.parts.rend(); ++part) {
      const auto& wanted = undoing ? part->before : part->after;
      const auto& expected = undoing ? part->after : part->before;
      WAYMARK_TRY(current, find(part->key));
      Change made;
      made.key = part->key;
      made.fields = wanted;
      bool whole = wanted.count("deleted") || wanted.count("archived");
      // A drawing or a file is one thing, and what another computer made of it stays beside what stood here.
      auto one_thing = [&](const std::string& name) {
        auto how = reads(*current, name);
        return how == Reads::drawing || how == Reads::file;
      };
      bool drawn =
          current && part->key.kind == "draft" &&
          std::any_of(wanted.begin(), wanted.end(), [&](const auto& w) { return one_thing(w.first); });
      bool beside = false;
      for (const auto& [name, value] : wanted) {
        const auto* field = current ? current->field(name) : nullptr;
        auto left = expected.find(name);
        const auto& mine = left == expected.end() ? null_value : left->second;
        bool still = !field ? mine.is_null() : field->heads.size() == 1 && field->value() == mine;
        if (!still && !whole && current && (drawn || one_thing(name))) {
          beside = true;
          continue;
        }
        // A newer change met: the student chooses.
        if (!still && !whole) {
          from.pop_back();
          sitting_.meeting = UndoMeeting{part->key, name, value};
          ++local_;
          Outcome outcome;
          outcome.go = Destination{Screen::conflict, {}, {}, {}, met_by_undo, Focus::none};
          return outcome;
        }
      }
      if (current) {
        std::vector<std::string> names;
        for (const auto& each : wanted) names.push_back(each.first);
        made.base = whole ? current->all_heads() : current->heads_of(names);
        if (beside) {
          WAYMARK_TRY(base, last_that_said(part->key, wanted, expected));
          made.base = std::move(base);
        }
        if (auto flag = wanted.find("archived"); flag != wanted.end() && flag->second.boolean())
          made.fields.emplace(std::string(store::saw_field), saw_of(*current));
      }
      changes.push_back(std::move(made));
    }
    WAYMARK_TRY(written, write(changes));
    (void)written;
    from.pop_back();
    step.merges = false;
    to.push_back(step);
    Outcome outcome;
    outcome.toast = phrase(undoing ? "toast.undone" : "toast.redone");
    return outcome;
  }

  // What is in it, as this student sees it now. Beyond what a list may hold nothing is said to be seen: then
  // it stays.
  record::Value saw_of(const Record& holder) const {
    std::vector<std::string> saw;
    for (const auto& head : records_.held_by(holder))
      if (saw.size() < 256) saw.push_back(head.hex());
    return record::Value(saw);
  }

  // ---- what commands name

  Result<ProjectState> project(const std::string& id) {
    const auto* found = find_record(records_.projects, id);
    if (!found) return not_here("project");
    ProjectState state{found, records_.pathway(store_, found->text("version"))};
    if (!state.pathway) return not_here("pathway");
    return state;
  }
  struct StepPlace {
    ProjectState project;
    const domain::PathwayStep* step;
  };
  Result<StepPlace> step(const std::string& project_id, const std::string& step_id) {
    WAYMARK_TRY(found, project(project_id));
    const auto* content = found.pathway->content.step(step_id);
    if (!content) return not_here("step");
    return StepPlace{found, content};
  }
  Result<const Record*> goal(const std::string& id) {
    const auto* found = find_record(records_.goals, id);
    if (!found) return not_here("goal");
    return found;
  }
  Result<const Record*> work(const std::string& id) {
    const auto* found = find_record(records_.works, id);
    if (!found) return not_here("work");
    return found;
  }

  std::string words(const domain::Text& text) { return text.in(look().language); }

  void remember_place(const Destination& to) {
    if (!to.project.empty()) sitting_.place = to;
    // Without a project it is the current one, which Pack up finds by itself.
  }

  // A change of the step's own record, which there is one of.
  Result<Change> step_change(const std::string& project_id, const std::string& step_id,
                             record::Fields fields) {
    record::RecordKey key{person_stream(), "step", step_record(project_id, step_id)};
    WAYMARK_TRY(current, find(key));
    fields.emplace("project", project_id);
    fields.emplace("step", step_id);
    auto made = change(key, current, std::move(fields));
    made.before.erase("project");
    made.before.erase("step");
    return made;
  }

  Result<std::vector<Change>> close_draft(const std::string& place) {
    std::vector<Change> changes;
    record::RecordKey key{own_stream(), "draft", domain::draft_id(place)};
    WAYMARK_TRY(current, find(key));
    if (!current) return changes;
    record::Fields fields{{"closed", true}};
    for (const auto& each : current->fields)
      if (each.first.starts_with("text.")) fields.emplace(each.first, record::Value());
    WAYMARK_TRY(made, draft_change(key, current, std::move(fields)));
    changes.push_back(std::move(made));
    return changes;
  }

  // ---- check my work: the draft is the student's alone

  struct CheckPlace {
    StepPlace at;
    CheckState check;
    record::RecordKey key;
    std::optional<Record> draft;
  };
  Result<CheckPlace> open_check(const std::string& project_id, const std::string& step_id) {
    WAYMARK_TRY(at, step(project_id, step_id));
    auto now = calendar();
    auto state = check_state(scene(now), at.project, *at.step);
    if (!state.rubric) return not_here("check");
    if (state.turned_in) return Error{Code::conflict, "turned in already"};
    record::RecordKey key{own_stream(), "assessment_draft",
                          assessment_draft_record(project_id, step_id, state.attempt)};
    WAYMARK_TRY(draft, find(key));
    return CheckPlace{at, state, key, draft};
  }
  Change check_change(const CheckPlace& place, record::Fields fields) {
    fields.emplace("project", place.at.project.id());
    fields.emplace("step", place.at.step->id);
    fields.emplace("version", place.at.project.pathway->version);
    fields.emplace("rubric", place.at.step->rubric);
    auto made = change(place.key, place.draft, std::move(fields));
    for (const char* name : {"project", "step", "version", "rubric"}) made.before.erase(name);
    return made;
  }
  // The first text of a draft also says whose it is.
  Result<Outcome> check_text(const std::string& project_id, const std::string& step_id,
                             const std::string& name, const Field& field, std::string undo,
                             std::vector<Argument> arguments = {}) {
    WAYMARK_TRY(place, open_check(project_id, step_id));
    WAYMARK_TRY(text, text_change(place.key, place.draft, name, field));
    if (!text) return Outcome{};
    if (!place.draft) {
      auto whole = check_change(place, text->fields);
      whole.before = text->before;
      return commit({whole}, std::move(undo), std::move(arguments), true);
    }
    return commit({*text}, std::move(undo), std::move(arguments), true);
  }

  Result<const domain::PathwayCriterion*> criterion(const CheckPlace& place, const std::string& id) {
    const auto* found = place.check.rubric->criterion(id);
    if (!found) return not_here("criterion");
    return found;
  }

  // ---- the commands

  template <class Other>
  Result<Outcome> on(const Other&) {
    return Error{Code::unsupported, "not a command about a student's records"};
  }

  Result<Outcome> on(const ChooseProject& c) {
    for (const auto& each : records_.projects)
      if (each.text("pathway") == c.pathway)
        return Outcome{Destination{Screen::project, id_of(each), {}, {}, {}, Focus::none}, {}, false};
    const Record* pathway = nullptr;
    for (const auto& each : records_.classes)
      if (each.mine)
        if (const auto* found = find_record(each.pathways, c.pathway)) pathway = found;
    if (!pathway || pathway->boolean("archived")) return not_here("pathway");
    auto version = records_.pathway(store_, pathway->text("published"));
    if (!version) return not_here("pathway");
    if (!c.product.empty() && !version->content.product(c.product)) return not_here("product");
    WAYMARK_TRY(why, typed(trim(c.why)));
    WAYMARK_TRY(question, typed(trim(c.question)));
    if (why.empty()) return Error{Code::invalid, "why: a sentence is missing"};
    Change made;
    made.key = {person_stream(), "project", options_.random->id<RecordId>()};
    made.fields = {{"pathway", c.pathway}, {"version", version->version}, {"why", why}};
    if (!question.empty()) made.fields.emplace("question", question);
    if (!c.product.empty()) made.fields.emplace("product", c.product);
    comes_and_goes(made, "archived");
    WAYMARK_TRY(closing, close_draft("ideas.why"));
    std::vector<Change> changes{made};
    for (auto& each : closing) changes.push_back(std::move(each));
    WAYMARK_TRY(written, write(changes));
    (void)written;
    remember("choose_project", {{"title", words(version->content.title)}}, {made});
    sitting_.marked.clear();
    sitting_.picked.clear();
    sitting_.product.clear();
    ++local_;
    Outcome outcome;
    outcome.go = Destination{Screen::project, made.key.id.hex(), version->content.steps.front().id, {}, {},
                             Focus::none};
    outcome.toast = phrase("toast.project_chosen", {{"title", words(version->content.title)}});
    return outcome;
  }

  Result<Outcome> on(const FilterIdeas& c) {
    sitting_.filter = c.filter;
    ++local_;
    return Outcome{};
  }
  Result<Outcome> on(const MarkIdea& c) {
    auto& marked = sitting_.marked;
    auto found = std::find(marked.begin(), marked.end(), c.pathway);
    if (found != marked.end()) {
      marked.erase(found);
    } else {
      if (marked.size() >= kMarkedMax) marked.erase(marked.begin());
      marked.push_back(c.pathway);
    }
    ++local_;
    return Outcome{};
  }
  Result<Outcome> on(const PickIdea& c) {
    if (sitting_.picked != c.pathway) sitting_.product.clear();
    sitting_.picked = c.pathway;
    ++local_;
    return Outcome{};
  }
  Result<Outcome> on(const PickProduct& c) {
    sitting_.product = c.product;
    ++local_;
    return Outcome{};
  }

  Result<Outcome> on(const SetOwnQuestion& c) {
    WAYMARK_TRY(found, project(c.project));
    WAYMARK_TRY(made, text_change(found.project->key, *found.project, "question", c.question));
    if (!made) return Outcome{};
    return commit({*made}, "own_question", {}, true);
  }

  Result<Outcome> on(const TickItem& c) {
    WAYMARK_TRY(at, step(c.project, c.step));
    auto now = calendar();
    auto items = items_of(scene(now), at.project, *at.step);
    auto item = std::find_if(items.begin(), items.end(), [&](const Item& each) { return each.id == c.item; });
    if (item == items.end()) return not_here("item");
    WAYMARK_TRY(made, step_change(c.project, c.step, {{"item." + c.item, c.done}}));
    return commit({made}, c.done ? "tick" : "untick", {{"item", one_line(item->text)}});
  }

  Result<Outcome> on(const OpenForm& c) {
    WAYMARK_TRY(at, step(c.project, c.step));
    (void)at;
    WAYMARK_TRY(made, step_change(c.project, c.step, {{"form", name_of(c.form)}}));
    WAYMARK_TRY(written, write({made}));  // where one looks is nothing to undo
    (void)written;
    return Outcome{};
  }

  Result<Outcome> on(const PlanStep& c) {
    WAYMARK_TRY(at, step(c.project, c.step));
    if (!c.day.empty() && !valid_date(c.day)) return Error{Code::invalid, "day: not a date"};
    WAYMARK_TRY(made, step_change(c.project, c.step,
                                  {{"planned", c.day.empty() ? record::Value() : record::Value(c.day)}}));
    return commit({made}, "plan_step", {{"step", words(at.step->title)}});
  }

  // ---- work

  Change new_work(const std::string& project_id, const std::string& step_id, WorkType type) {
    Change made;
    made.key = {person_stream(), "work", options_.random->id<RecordId>()};
    made.fields = {{"project", project_id}, {"step", step_id}, {"type", name_of(type)}};
    comes_and_goes(made, "deleted");
    return made;
  }
  static Destination at_work(const Change& made, const std::string& project_id, const std::string& step_id) {
    return {Screen::project, project_id, step_id, {}, made.key.id.hex(), Focus::work};
  }

  Result<Outcome> on(const WriteWork& c) {
    if (!c.work.empty()) {
      WAYMARK_TRY(found, work(c.work));
      std::vector<Change> changes;
      // The title comes along from when the editor opened; it is edited by RenameWork.
      WAYMARK_TRY(title, text_change(found->key, *found, "title", c.title, false));
      WAYMARK_TRY(text, text_change(found->key, *found, "text", c.text));
      if (title) changes.push_back(std::move(*title));
      if (text) changes.push_back(std::move(*text));
      return commit(changes, "write_work", {{"title", one_line(c.title.text)}}, true);
    }
    WAYMARK_TRY(at, step(c.project, c.step));
    (void)at;
    WAYMARK_TRY(title, typed(c.title.text));
    WAYMARK_TRY(text, typed(c.text.text));
    if (c.type == WorkType::link) text = trim(text);
    if (trim(title).empty() && trim(text).empty()) return Outcome{};
    auto made = new_work(c.project, c.step, c.type == WorkType::link ? WorkType::link : WorkType::text);
    made.fields.emplace("title", title);
    made.fields.emplace("text", text);
    WAYMARK_TRY(outcome, commit({made}, "add_work", {{"title", one_line(title.empty() ? text : title)}}));
    outcome.go = at_work(made, c.project, c.step);
    return outcome;
  }

  Result<Outcome> on(const AttachFile& c) {
    WAYMARK_TRY(at, step(c.project, c.step));
    (void)at;
    WAYMARK_TRY(title, typed(trim(c.title)));
    Imported file;
    if (c.taken) {
      file = *c.taken;
    } else {
      WAYMARK_TRY(imported, take_in(*options_.files, c));
      file = std::move(imported);
    }
    bool picture = file.mime.starts_with("image/");
    auto made = new_work(c.project, c.step, picture ? WorkType::photo : WorkType::file);
    made.fields.emplace("file", file.hash);
    made.fields.emplace("name", std::string(truncate_utf8(file.name, 200)));
    made.fields.emplace("mime", file.mime);
    made.fields.emplace("bytes", file.bytes);
    if (picture) {
      made.fields.emplace("width", file.width);
      made.fields.emplace("height", file.height);
      if (!file.small.empty()) made.fields.emplace("small", file.small);
      options_.files->thumbnail(file.hash);  // made now, so that no frame waits for it
    }
    auto shown = title.empty() ? file.name.substr(0, file.name.rfind('.')) : title;
    made.fields.emplace("title", std::string(truncate_utf8(shown, 200)));
    std::vector<Change> changes{made};
    if (!c.drawing.empty()) {
      WAYMARK_TRY(closing, close_draft(drawing_place(c.step)));
      changes.insert(changes.end(), closing.begin(), closing.end());
    }
    WAYMARK_CHECK(check(made.edit()));
    {
      WAYMARK_TRY(transaction, store::Transaction::begin(store_.db()));
      WAYMARK_CHECK(store_.add_file({file.hash, file.bytes, file.mime, person_stream(), 0}));
      if (!file.small.empty())
        WAYMARK_CHECK(store_.add_file({file.small, file.small_bytes, "image/jpeg", person_stream(), 0}));
      WAYMARK_TRY(written, write(changes));
      (void)written;
      WAYMARK_CHECK(transaction.commit());
    }
    remember("add_work", {{"title", one_line(shown)}}, changes);
    return Outcome{at_work(made, c.project, c.step), phrase("toast.work_added", {{"title", one_line(shown)}}),
                   false};
  }

  Result<Outcome> on(const ShowInPerson& c) {
    WAYMARK_TRY(at, step(c.project, c.step));
    (void)at;
    WAYMARK_TRY(title, typed(trim(c.title)));
    auto made = new_work(c.project, c.step, WorkType::shown_in_person);
    if (!title.empty()) made.fields.emplace("title", title);
    WAYMARK_TRY(outcome, commit({made}, "add_work", {{"title", one_line(title)}}));
    outcome.go = at_work(made, c.project, c.step);
    return outcome;
  }

  Result<Outcome> on(const RenameWork& c) {
    WAYMARK_TRY(found, work(c.work));
    WAYMARK_TRY(made, text_change(found->key, *found, "title", c.title));
    if (!made) return Outcome{};
    return commit({*made}, "rename_work", {{"title", one_line(c.title.text)}}, true);
  }

  Result<Outcome> on(const DeleteWork& c) {
    WAYMARK_TRY(found, work(c.work));
    Change made;
    made.key = found->key;
    made.fields.emplace("deleted", true);
    made.before.emplace("deleted", false);
    made.base = found->all_heads();  // only what was seen is deleted
    auto title = one_line(found->text("title"));
    Outcome outcome;
    outcome.go =
        Destination{Screen::project, found->text("project"), found->text("step"), {}, {}, Focus::none};
    outcome.toast = phrase("toast.work_deleted", {{"title", title}});
    WAYMARK_TRY(written, write({made}));
    (void)written;
    remember("delete_work", {{"title", title}}, {made});
    return outcome;
  }

  // ---- goals

  Result<Outcome> on(const SaveGoal& c) {
    if (!c.fields.by.empty() && !valid_date(c.fields.by)) return Error{Code::invalid, "by: not a date"};
    if (!c.fields.project.empty() && !find_record(records_.projects, c.fields.project))
      return not_here("project");
    std::vector<std::pair<std::string, std::string>> said{{"want", c.fields.want},
                                                          {"first_step", c.fields.first_step},
                                                          {"how_know", c.fields.how_know},
                                                          {"obstacle", c.fields.obstacle},
                                                          {"plan_if", c.fields.plan_if},
                                                          {"plan_then", c.fields.plan_then},
                                                          {"standard", c.fields.standard},
                                                          {"project", c.fields.project},
                                                          {"by", c.fields.by}};
    for (auto& [name, text] : said) {
      WAYMARK_TRY(kept, typed(trim(text)));
      text = kept;
    }
    if (said.front().second.empty()) return Error{Code::invalid, "want: what the goal is about is missing"};
    std::vector<Argument> arguments{{"want", one_line(said.front().second)}};
    std::vector<Change> changes;
    if (c.goal.empty()) {
      Change made;
      made.key = {person_stream(), "goal", options_.random->id<RecordId>()};
      for (const auto& [name, text] : said)
        if (!text.empty()) made.fields.emplace(name, text);
      made.fields.emplace("state", "open");
      comes_and_goes(made, "archived");
      changes.push_back(made);
      WAYMARK_TRY(closing, close_draft("goal.new"));
      for (auto& each : closing) changes.push_back(std::move(each));
      WAYMARK_TRY(written, write(changes));
      (void)written;
      remember("add_goal", std::move(arguments), {made});
      return Outcome{Destination{Screen::goals, {}, {}, {}, made.key.id.hex(), Focus::goal},
                     phrase("toast.goal_saved"), false};
    }
    WAYMARK_TRY(found, goal(c.goal));
    // Only what the student changed in the form is written; everything else keeps what came meanwhile.
    WAYMARK_TRY(bases, parse_bases(c.base));
    Change made;
    made.key = found->key;
    std::vector<OpId> based;
    for (const auto& [name, text] : said) {
      const auto& base = bases[name];
      std::string begun_with;
      for (auto it = base.rbegin(); it != base.rend(); ++it) {
        WAYMARK_TRY(op, store_.op(*it));
        if (!op) continue;
        if (auto value = op->fields.find(name); value != op->fields.end()) begun_with = value->second.text();
      }
      const auto* field = found->field(name);
      if (text == begun_with || (field && !field->conflict() && field->value().text() == text)) continue;
      made.fields.emplace(name, text);
      made.before.emplace(name, field ? field->value() : null_value);
      based.insert(based.end(), base.begin(), base.end());
    }
    made.base = with_mine(std::move(based), *found, made.fields);
    WAYMARK_TRY(written, write({made}));
    if (!written.empty()) remember("change_goal", std::move(arguments), {made});
    WAYMARK_TRY(closing, close_draft("goal." + c.goal));
    WAYMARK_TRY(closed, write(closing));
    (void)closed;
    return Outcome{Destination{Screen::goals, {}, {}, {}, c.goal, Focus::goal},
                   written.empty() ? Phrase{} : phrase("toast.goal_changed"), false};
  }

  Result<Outcome> on(const CheckIn& c) {
    WAYMARK_TRY(found, goal(c.goal));
    WAYMARK_TRY(text, typed(trim(c.text)));
    if (text.empty()) return Error{Code::invalid, "text: missing"};
    Change made;
    made.key = {person_stream(), "checkin", {}};
    made.fields = {{"goal", c.goal}, {"text", text}};
    if (c.plan_helped) made.fields.emplace("plan_helped", *c.plan_helped);
    made.refers = found->all_heads();
    WAYMARK_TRY(changes, close_draft("check_in." + c.goal));
    changes.push_back(std::move(made));
    WAYMARK_TRY(written, write(changes));
    (void)written;
    return Outcome{Destination{Screen::goals, {}, {}, {}, c.goal, Focus::goal}, phrase("toast.checked_in"),
                   false};
  }

  Result<Outcome> on(const NewDate& c) {
    WAYMARK_TRY(found, goal(c.goal));
    if (!valid_date(c.by)) return Error{Code::invalid, "by: not a date"};
    return commit({change(found->key, *found, {{"by", c.by}})}, "new_date",
                  {{"want", one_line(found->text("want"))}});
  }

  Result<Outcome> on(const WrapUpGoal& c) {
    WAYMARK_TRY(found, goal(c.goal));
    WAYMARK_TRY(learned, typed(trim(c.learned)));
    record::Fields fields{{"state", "wrapped_up"}};
    if (!learned.empty()) fields.emplace("learned", learned);
    std::vector<Argument> arguments{{"want", one_line(found->text("want"))}};
    auto made = change(found->key, *found, std::move(fields));
    WAYMARK_TRY(changes, close_draft("wrap_up." + c.goal));
    changes.push_back(made);
    WAYMARK_TRY(written, write(changes));
    (void)written;
    remember("wrap_up", arguments, {made});
    Outcome outcome;
    outcome.toast = phrase("toast.wrapped_up");
    return outcome;
  }

  Result<Outcome> on(const ReopenGoal& c) {
    WAYMARK_TRY(found, goal(c.goal));
    return commit({change(found->key, *found, {{"state", "open"}})}, "reopen_goal",
                  {{"want", one_line(found->text("want"))}});
  }

  // ---- check my work

  Result<Outcome> on(const SetLevel& c) {
    WAYMARK_TRY(place, open_check(c.project, c.step));
    WAYMARK_TRY(found, criterion(place, c.criterion));
    if (c.level < 0 || c.level > static_cast<int>(found->levels.size())) return not_here("level");
    auto title = words(found->title);
    auto level =
        c.level > 0 ? words(found->levels[static_cast<std::size_t>(c.level) - 1].name) : std::string();
    auto value = c.level > 0 ? record::Value(c.level) : record::Value();
    return commit({check_change(place, {{domain::field_of("level.", c.criterion), value}})},
                  c.level > 0 ? "set_level" : "take_level_back", {{"level", level}, {"criterion", title}});
  }
  Result<Outcome> on(const SetBecause& c) {
    return check_text(c.project, c.step, domain::field_of("because.", c.criterion), c.because, "because");
  }
  Result<Outcome> on(const ToggleEvidence& c) {
    WAYMARK_TRY(place, open_check(c.project, c.step));
    WAYMARK_TRY(found, criterion(place, c.criterion));
    (void)found;
    WAYMARK_TRY(piece, work(c.work));
    auto name = domain::field_of("evidence.", c.criterion);
    auto chosen = place.draft ? place.draft->texts(name) : std::vector<std::string>();
    auto at = std::find(chosen.begin(), chosen.end(), c.work);
    if (at != chosen.end())
      chosen.erase(at);
    else
      chosen.push_back(c.work);
    return commit({check_change(place, {{name, record::Value(chosen)}})}, "evidence",
                  {{"title", one_line(piece->text("title"))}});
  }
  Result<Outcome> on(const SetConfidence& c) {
    if (c.confidence != "foggy" && c.confidence != "most" && c.confidence != "clear")
      return Error{Code::invalid, "confidence: foggy, most or clear"};
    WAYMARK_TRY(place, open_check(c.project, c.step));
    return commit({check_change(place, {{"confidence", c.confidence}})}, "confidence");
  }
  Result<Outcome> on(const SetGlow& c) { return check_text(c.project, c.step, "glow", c.text, "glow"); }
  Result<Outcome> on(const SetGrow& c) { return check_text(c.project, c.step, "grow", c.text, "grow"); }
  Result<Outcome> on(const SetNext& c) { return check_text(c.project, c.step, "next", c.text, "next"); }

  Result<Outcome> on(const TurnIn& c) {
    WAYMARK_TRY(at, step(c.project, c.step));
    WAYMARK_TRY(note, typed(trim(c.note)));
    auto now = calendar();
    auto s = scene(now);
    auto check = check_state(s, at.project, *at.step);
    if (auto waits = turn_in_waits_for(s, at.project, *at.step, check))
      return Error{waits.key == "project.waits_for_answer" ? Code::conflict : Code::invalid, waits.key};
    std::vector<std::string> works, saw;
    std::vector<OpId> seen;
    for (const auto* each : records_.works_of(c.project, c.step)) {
      works.push_back(id_of(*each));
      for (const auto& head : each->all_heads()) seen.push_back(head), saw.push_back(head.hex());
    }
    // Turning in comes after all that was done for it, whatever the clock says.
    for (const Record* each : {records_.step(c.project, c.step), check.source})
      if (each)
        for (const auto& head : each->all_heads()) seen.push_back(head);
    // More than the list may hold: what was worked on last is what is judged.
    auto last = [](std::vector<std::string>& ids) {
      if (ids.size() > 256) ids.erase(ids.begin(), ids.end() - 256);
    };
    last(works), last(saw);

    WAYMARK_TRY(transaction, store::Transaction::begin(store_.db()));
    Change turn;
    turn.key = {person_stream(), "turn_in", {}};
    turn.fields = {{"project", c.project},
                   {"step", c.step},
                   {"try", check.attempt},
                   {"works", record::Value(works)},
                   {"saw", record::Value(saw)}};
    if (!note.empty()) turn.fields.emplace("note", note);
    turn.refers = seen;
    if (check.rubric) {
      Change own;
      own.key = {person_stream(), "self_assessment", {}};
      own.fields = {{"project", c.project},
                    {"step", c.step},
                    {"version", check.source->text("version")},
                    {"rubric", check.source->text("rubric")},
                    {"try", check.attempt},
                    {"saw", record::Value(saw)}};
      for (const auto& [name, field] : check.source->fields)
        if (name.starts_with("level.") || name.starts_with("because.") || name.starts_with("evidence.") ||
            name == "confidence" || name == "glow" || name == "grow" || name == "next")
          if (!field.value().is_null()) own.fields.emplace(name, field.value());
      own.refers = seen;
      WAYMARK_TRY(written, write({own}));
      turn.fields.emplace("self_assessment", written.front().record.hex());
      turn.refers.push_back(written.front().op);
    }
    WAYMARK_TRY(turned, write({turn}));
    if (check.rubric) {
      record::RecordKey key{own_stream(), "assessment_draft",
                            assessment_draft_record(c.project, c.step, check.attempt)};
      WAYMARK_TRY(draft, find(key));
      WAYMARK_TRY(closed, write({change(key, draft, {{"turned_in", turned.front().record.hex()}})}));
      (void)closed;
    }
    WAYMARK_CHECK(transaction.commit());
    // What was turned in stands: the steps before it cannot be taken back through it.
    undo_.clear();
    redo_.clear();
    return Outcome{Destination{Screen::project, c.project, c.step, {}, {}, Focus::none},
                   phrase("toast.turned_in", {{"step", words(at.step->title)}}), false};
  }

  // ---- help and answers

  Result<Outcome> on(const AskForHelp& c) {
    WAYMARK_TRY(at, step(c.project, c.step));
    (void)at;
    WAYMARK_TRY(text, typed(trim(c.text)));
    Change made;
    made.key = {person_stream(), "help", options_.random->id<RecordId>()};
    made.fields = {
        {"project", c.project}, {"step", c.step}, {"text", text}, {"tried", record::Value(c.tried)}};
    made.fields.emplace("state", "open");
    made.before.emplace("state", "settled");
    WAYMARK_TRY(closing, close_draft("stuck." + c.step));
    std::vector<Change> changes{made};
    for (auto& each : closing) changes.push_back(std::move(each));
    WAYMARK_TRY(written, write(changes));
    (void)written;
    Change undoable = made;
    undoable.fields = {{"state", "open"}};
    remember("ask_for_help", {}, {undoable});
    return Outcome{{}, phrase("toast.asked_for_help"), false};
  }
  Result<Outcome> on(const SettleHelp& c) {
    const auto* found = find_record(records_.helps, c.help);
    if (!found) return not_here("question");
    return commit({change(found->key, *found, {{"state", "settled"}})}, "settle_help");
  }

  Result<Outcome> mark_seen(const std::string& name, const std::string& scope, record::Value value) {
    record::RecordKey key{own_stream(), "seen", domain::seen_id(scope)};
    WAYMARK_TRY(current, find(key));
    WAYMARK_TRY(written, write({change(key, current, {{name, std::move(value)}})}));
    (void)written;
    return Outcome{};
  }
  Result<Outcome> on(const ReadAnswer& c) {
    auto id = records_.standing_review(c.review);
    if (!find_record(records_.reviews, id)) return not_here("answer");
    return mark_seen("seen." + id, id, id);
  }
  Result<Outcome> on(const Reply& c) {
    const auto* review = find_record(records_.reviews, records_.standing_review(c.review));
    if (!review) return not_here("answer");
    WAYMARK_TRY(text, typed(trim(c.text)));
    if (text.empty()) return Error{Code::invalid, "text: missing"};
    Change made;
    made.key = {person_stream(), "reply", {}};
    made.fields = {{"review", id_of(*review)}, {"text", text}};
    made.refers = review->all_heads();
    WAYMARK_TRY(changes, close_draft("reply." + c.review));
    changes.push_back(std::move(made));
    WAYMARK_TRY(written, write(changes));
    (void)written;
    return Outcome{{}, phrase("toast.replied"), false};
  }
  Result<Outcome> on(const DismissNote& c) {
    std::string id;
    switch (c.note.kind) {
      case NoteKind::waiting:
        id = "waiting." + std::to_string(calendar().today_number());
        break;
      case NoteKind::answer:
        return on(ReadAnswer{c.note.to.record});
      case NoteKind::help_answer:
        id = "help_answer." + c.note.to.record;
        break;
      case NoteKind::came_back:
        for (const auto& each : records_.came_back) {
          auto name = "came_back." + each.removal.hex();
          if (records_.is_dismissed(name)) continue;
          WAYMARK_TRY(record, find(each.key));
          if (!record || place_of(records_, *record) != c.note.to) continue;
          id = name;
          break;
        }
        if (id.empty()) return Outcome{};
        break;
      case NoteKind::hidden:
      case NoteKind::goal:
      case NoteKind::conflict:
      case NoteKind::refusal:
        return Outcome{};  // these go when what they are about is settled
    }
    return mark_seen("dismissed." + id, id, true);
  }

  Result<Outcome> on(const PackUp& c) {
    WAYMARK_TRY(line, typed(trim(c.line)));
    Change made;
    made.key = {own_stream(), "pack_up", {}};
    made.fields = {{"line", line}};
    auto at = sitting_.place;
    if (at.project.empty()) {
      auto now = calendar();
      auto s = scene(now);
      if (auto current = current_project(s)) {
        at.project = current->id();
        if (const auto* here = step_here(s, *current)) at.step = here->id;
      }
    }
    if (find_record(records_.projects, at.project)) {
      made.fields.emplace("project", at.project);
      if (!at.step.empty()) made.fields.emplace("step", at.step);
      std::string place;
      if (at.screen == Screen::check && !at.part.empty()) place = "check." + at.part;
      if (at.screen == Screen::finish) place = "finish";
      if (at.focus == Focus::item) place = "item." + at.part;
      if (at.focus == Focus::work) place = "work." + at.record;
      if (!place.empty() && place.size() <= 64) made.fields.emplace("place", place);
    }
    WAYMARK_TRY(changes, close_draft("pack_up"));
    changes.push_back(std::move(made));
    WAYMARK_TRY(written, write(changes));
    (void)written;
    return Outcome{{}, {}, true};
  }

  // ---- about me and settings

  Result<Outcome> on(const SetAboutMe& c) {
    static constexpr std::string_view kFields[] = {"strengths",  "interests", "languages",
                                                   "learn_best", "need",      "chosen_name"};
    if (std::find(std::begin(kFields), std::end(kFields), c.field) == std::end(kFields))
      return not_here("field");
    record::RecordKey key{person_stream(), "profile", domain::profile_id(options_.person)};
    WAYMARK_TRY(current, find(key));
    WAYMARK_TRY(made, text_change(key, current, c.field, c.text));
    if (!made) return Outcome{};
    return commit({*made}, "about_me", {}, true);
  }
  Result<Outcome> on(const SetMark& c) {
    record::RecordKey key{person_stream(), "profile", domain::profile_id(options_.person)};
    WAYMARK_TRY(current, find(key));
    return commit({change(key, current, {{"mark", mark_text(c.mark)}})}, "mark");
  }

  Result<Outcome> on(const SetPreference& c) {
    record::Value value;
    auto one_of = [&](std::initializer_list<std::string_view> allowed) {
      return std::find(allowed.begin(), allowed.end(), c.value) != allowed.end();
    };
    bool good = false;
    if (c.name == "language") good = c.value.size() >= 2 && c.value.size() <= 16, value = c.value;
    if (c.name == "theme") good = one_of({"system", "light", "dusk", "contrast"}), value = c.value;
    if (c.name == "typeface") good = one_of({"reading", "plain", "dyslexic"}), value = c.value;
    if (c.name == "text_size") {
      good = one_of({"100", "125", "150", "175", "200"});
      if (good) value = std::stoi(c.value);
    }
    if (c.name == "reduced_motion" || c.name == "read_aloud")
      good = one_of({"on", "off"}), value = c.value == "on";
    if (!good) return Error{Code::invalid, c.name + ": not \"" + c.value + "\""};
    record::RecordKey key{own_stream(), "preferences", domain::preferences_id(options_.person)};
    WAYMARK_TRY(current, find(key));
    auto made = change(key, current, {{c.name, value}});
    return commit({made}, "preference");
  }

  // ---- safety nets

  Result<Outcome> on(const SaveDraft& c) {
    if (c.texts.size() > kDraftTextsMax) return Error{Code::too_large, "more than 32 texts in a draft"};
    record::RecordKey key{own_stream(), "draft", domain::draft_id(c.place)};
    WAYMARK_TRY(current, find(key));
    record::Fields fields{{"place", c.place}, {"closed", false}};
    for (const auto& [name, text] : c.texts) {
      WAYMARK_TRY(kept, typed(text));
      fields.emplace("text." + name, kept);
    }
    WAYMARK_TRY(made, draft_change(key, current, std::move(fields)));
    // Only "still open" is no news.
    if (made.fields.empty()) return Outcome{};
    WAYMARK_TRY(written, write({made}));
    (void)written;
    return Outcome{};
  }
  // Of a drawing that was gone on with at two computers, what this one had read is what it goes on from.
  Result<Change> draft_change(const record::RecordKey& key, const std::optional<Record>& current,
                              record::Fields fields) {
    auto now = calendar();
    std::optional<Side> here;
    if (current) {
      WAYMARK_TRY(found, side_here(scene(now), *current, "text.length"));
      here = std::move(found);
    }
    if (!here) return change(key, current, std::move(fields));
    Change made{key, {}, {}, {}, {}};
    for (auto& [name, value] : fields) {
      auto found = here->whole.fields.find(name);
      auto said = found == here->whole.fields.end() ? record::Value() : found->second;
      if (said == value) continue;
      if (auto by = here->whole.set_by.find(name); by != here->whole.set_by.end())
        made.base.push_back(by->second);
      made.fields.emplace(name, std::move(value));
      made.before.emplace(name, std::move(said));
    }
    return made;
  }
  Result<Outcome> on(const DropDraft& c) {
    WAYMARK_TRY(closing, close_draft(c.place));
    WAYMARK_TRY(written, write(closing));
    if (!written.empty()) remember("drop_draft", {}, closing);
    return Outcome{};
  }

  Result<Outcome> on(const ResolveConflict& c) {
    auto now = calendar();
    record::RecordKey key;
    std::string name;
    std::optional<record::Value> chosen;
    const bool undo = c.id == met_by_undo;
    if (undo && !sitting_.meeting) return not_here("conflict");
    if (undo) {
      key = sitting_.meeting->key, name = sitting_.meeting->field;
      if (c.op == "undo") chosen = sitting_.meeting->old_value;
    } else {
      auto first = c.id.find('/');
      auto second = first == std::string::npos ? first : c.id.find('/', first + 1);
      if (second == std::string::npos) return not_here("conflict");
      auto kind = c.id.substr(0, first);
      name = c.id.substr(second + 1);
      WAYMARK_TRY(id, RecordId::parse(c.id.substr(first + 1, second - first - 1)));
      const auto* rule = domain::find_kind(kind);
      if (!rule) return not_here("conflict");
      key = {rule->stream == "own" ? own_stream() : person_stream(), kind, id};
    }
    WAYMARK_TRY(current, find(key));
    const auto* field = current ? current->field(name) : nullptr;
    if (!field) return not_here("conflict");
    auto how = reads(*current, name);
    if (c.keep_both && how != Reads::words) return not_here("way to keep both");
    if (!undo && (how == Reads::drawing || how == Reads::file)) {
      WAYMARK_TRY(whole, whole_thing(scene(now), *current, name, c.op));
      return settle(whole, *current, "toast.chosen_one");
    }
    const char* kept = "toast.chosen_one";
    if (c.keep_both) {
      std::vector<std::string> texts;  // the older first, each once
      for (auto head = field->heads.rbegin(); head != field->heads.rend(); ++head)
        if (auto text = head->value.text();
            !text.empty() && std::find(texts.begin(), texts.end(), text) == texts.end())
          texts.push_back(text);
      if (undo)
        if (auto old = sitting_.meeting->old_value.text();
            !old.empty() && std::find(texts.begin(), texts.end(), old) == texts.end())
          texts.insert(texts.begin(), old);
      // What was put together elsewhere holds it already: no line is to stand there twice.
      auto stands_in = [](const std::string& text, const std::string& whole) {
        return ("\n\n" + whole + "\n\n").find("\n\n" + text + "\n\n") != std::string::npos;
      };
      auto all = texts;
      std::erase_if(texts, [&](const std::string& text) {
        return std::any_of(all.begin(), all.end(),
                           [&](const std::string& other) { return other != text && stands_in(text, other); });
      });
      std::string both;
      for (const auto& text : texts) both += (both.empty() ? "" : "\n\n") + text;
      chosen = both;
      kept = texts.size() > 2 ? "toast.kept_all" : "toast.kept_both";
    }
    if (!chosen)
      for (const auto& head : field->heads)
        if (head.op.hex() == c.op) chosen = head.value;
    if (!chosen) return not_here("version");
    Change made;
    made.key = key;
    made.fields.emplace(name, *chosen);
    made.before.emplace(name, field->value());
    made.base = current->heads_of(std::vector<std::string>{name});
    return settle(made, *current, kept);
  }

  // All fields of a thing as one computer had it, in one op over all that is there of them.
  Result<Change> whole_thing(const Scene& s, const Record& current, const std::string& thing,
                             const std::string& op) {
    WAYMARK_TRY(sides, sides_of(s, current, thing));
    WAYMARK_TRY(here, side_here(s, current, thing));
    auto chosen = std::find_if(sides.begin(), sides.end(),
                               [&](const Side& side) { return side.latest.op.hex() == op; });
    if (chosen == sides.end() || !here) return not_here("version");
    Change made;
    made.key = current.key;
    std::vector<std::string> names;
    auto value = [](const Side& side, const std::string& name) {
      auto found = side.whole.fields.find(name);
      return found == side.whole.fields.end() ? record::Value() : found->second;
    };
    for (const auto& [name, field] : current.fields) {
      if (thing_of(current, name) != thing) continue;
      auto wanted = value(*chosen, name);
      if (!field.conflict() && field.value() == wanted) continue;
      names.push_back(name);
      made.fields.emplace(name, wanted);
      made.before.emplace(name, value(*here, name));
    }
    made.base = current.heads_of(names);
    return made;
  }

  Result<Outcome> settle(const Change& made, const Record& record, const char* toast) {
    WAYMARK_TRY(written, write({made}));
    (void)written;
    remember("resolve", {}, {made});
    sitting_.meeting.reset();
    ++local_;
    auto place = place_of(records_, record);
    WAYMARK_CHECK(load());
    auto now = calendar();
    auto rest = conflict_ids(scene(now));
    Outcome outcome;
    outcome.go = rest.empty() ? place : Destination{Screen::conflict, {}, {}, {}, rest.front(), Focus::none};
    outcome.toast = phrase(toast);
    return outcome;
  }

  // An edit like another: it is based on what stands there now, and can be taken back.
  Result<Outcome> on(const PutBack& c) {
    auto slash = c.id.find('/');
    if (slash == std::string::npos) return not_here("text");
    WAYMARK_TRY(id, RecordId::parse(c.id.substr(slash + 1)));
    record::RecordKey key{person_stream(), c.id.substr(0, slash), id};
    WAYMARK_TRY(current, find(key));
    if (!current) return not_here("text");
    auto now = calendar();
    WAYMARK_TRY(earlier, earlier_of(scene(now), *current));
    auto found = std::find_if(earlier.begin(), earlier.end(), [&](const Earlier& each) {
      return each.field == c.field && each.head.op.hex() == c.op;
    });
    if (found == earlier.end()) return not_here("version");
    auto words = found->head.value.text();
    WAYMARK_TRY(outcome, commit({change(key, current, {{c.field, found->head.value}})}, "put_back",
                                {{"words", one_line(words)}}));
    outcome.toast = phrase("toast.put_back");
    return outcome;
  }

  Result<Outcome> on(const DismissRefusal& c) {
    WAYMARK_TRY(id, OpId::parse(c.op));
    for (const auto& refusal : records_.refusals)
      if (refusal.op == id && refusal.code == handed_back) {
        auto name = std::string(handed_back) + "." + id.hex();
        return mark_seen("dismissed." + name, name, true);
      }
    WAYMARK_CHECK(store_.dismiss_refusal(id));
    ++local_;
    return Outcome{};
  }
  Result<Outcome> on(const Undo&) { return turn_back(undo_, redo_, true); }
  Result<Outcome> on(const Redo&) { return turn_back(redo_, undo_, false); }

  StudentOptions options_;
  store::Store& store_;
  RecordSet records_;
  Sitting sitting_;
  std::deque<UndoStep> undo_, redo_;
  std::set<OpId> mine_;
  std::map<std::string, Touched> touched_;
  std::int64_t saved_ms_ = 0;
  bool named_ = false;  // the computer's name travels along
  std::int64_t local_ = 0;
  std::int64_t seen_state_[6] = {-2, -2, -2, -2, -2, -2};
  std::uint64_t version_ = 0, loaded_ = 0;
  std::optional<std::pair<Destination, ScreenView>> cached_;
};

Student::Student(StudentOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Student::~Student() = default;

bool Student::shows(Screen screen) {
  switch (screen) {
    case Screen::who:
    case Screen::join:
    case Screen::pin:
    case Screen::settings:
      return false;
    default:
      return true;
  }
}
bool Student::takes(const Command& command) {
  static const std::size_t first = Command(ChooseProject{}).index();
  return command.index() >= first;
}

Result<ScreenView> Student::view(const Destination& to) { return impl_->view(to); }
Result<Outcome> Student::dispatch(const Command& command) { return impl_->dispatch(command); }
std::uint64_t Student::version() { return impl_->version(); }
void Student::refresh() { impl_->refresh(); }
Person Student::me() { return impl_->me(); }
Appearance Student::appearance() { return impl_->appearance(); }
StudentCounts Student::counts() { return impl_->counts(); }
std::vector<WaitingThing> Student::waiting() { return impl_->waiting(); }
Phrase Student::undo() const { return impl_->undo_phrase(); }
Phrase Student::redo() const { return impl_->redo_phrase(); }
std::vector<std::pair<std::string, std::string>> Student::draft_texts(const std::string& place) {
  return impl_->draft_texts(place);
}
std::vector<sync::Mention> Student::files_mentioned() { return impl_->files_mentioned(); }

}  // namespace waymark::app
